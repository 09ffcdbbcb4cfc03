"""From sensor to pelvis angles: closed forms, mirror images, any mounting, and the ways a recording can be doubtful."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

from hiphitch_analysis.motion.calibration import calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import describe_orientation, estimate_orientation
from hiphitch_analysis.motion.pelvis import estimate_angles, pelvis_angles
from hiphitch_analysis.schema import ACC, GYR, QUAT
from hiphitch_analysis.simulate import simulate_set

RATE_HZ = 60.0
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # doubts are tested as flags, and once as warnings
# Sensor flat on the sacrum, label outwards: x up, y to the left, z backwards. Columns: the sensor's axes in a pelvis frame (forward, left, up).
WORN = Rotation.from_matrix(np.array([[0, 0, -1], [0, 1, 0], [1, 0, 0]], dtype=float))


def posed(obliquity_deg, rotation_deg, tilt_deg, stance="left"):
    """Orientation of a sensor on a pelvis with these angles in the project's signs, after 6 s of level standing; built with scipy only."""
    n = 360
    still = np.zeros(n)
    obliquity, rotation, tilt = (np.radians(np.r_[still, np.atleast_1d(a) * np.ones(n)]) for a in (obliquity_deg, rotation_deg, tilt_deg))
    sign = 1.0 if stance == "left" else -1.0  # with the left leg stood on, the free side is the right one
    # Right-handed about forward lifts the left side, about left tips the pelvis anteriorly, about up brings the right side forward.
    turns = Rotation.from_euler("ZXY", np.stack([sign * rotation, -sign * obliquity, tilt], axis=1))
    time = np.arange(2 * n) / RATE_HZ
    return describe_orientation(time, (turns * WORN).as_quat(scalar_first=True), RATE_HZ, "device")


@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize("angles", [(-8, 0, 0), (0, 5, 0), (0, 0, 6), (-8, 5, 6), (-12, -10, -15)])
def test_angles_of_a_pose_in_closed_form(stance, angles):
    orientation = posed(*angles, stance)
    calibration = calibrate(orientation, stance, "-z")
    found = pelvis_angles(orientation, calibration, stance)
    last = found.iloc[-1]
    assert last["obliquity_deg"] == pytest.approx(angles[0], abs=1e-6)
    assert last["tilt_deg"] == pytest.approx(angles[2], abs=1e-6)
    # rotation is known up to slow drift, so its step is compared where it happens
    step = found["rotation_deg"].iloc[361] - found["rotation_deg"].iloc[358]
    assert step == pytest.approx(angles[1], abs=0.3)


def test_a_recording_that_begins_in_the_set_has_its_mean_posture_for_zero():
    simulated = simulate_set(reps=8, stance="left", drop_deg=8, seed=1)
    begin_s, end_s = simulated.reps["start_s"].iloc[0], simulated.reps["end_s"].iloc[-1]
    orientation = estimate_orientation(condition_imu(simulated.imu.loc[begin_s:end_s]))
    calibration = calibrate(orientation, "left")
    found = pelvis_angles(orientation, calibration, "left")
    assert (calibration.zero_s, calibration.relative_zero) == (None, True)
    assert simulated.angles.loc[begin_s:end_s, "obliquity_deg"].mean() < -3.5  # of 0 to −8
    # 0.05°: the mean of the vertical is not quite the mean of its angles, by the cosine of a few degrees
    assert found[["obliquity_deg", "tilt_deg"]].mean().to_list() == pytest.approx([0.0, 0.0], abs=0.05)


def angles_of(simulated, stance, **kwargs):
    return estimate_angles(simulated.imu.drop(columns=QUAT), stance, **kwargs)


def error_deg(found, simulated, column="obliquity_deg"):
    truth = np.interp(found.index, simulated.angles.index, simulated.angles[column])
    return float(np.sqrt(np.mean((found[column] - truth) ** 2)))


@pytest.mark.parametrize("mounting", [(0, 0, 0), (10, -20, 15), (180, 0, 0), (90, 40, -70), (-33, 160, 100)])
@pytest.mark.parametrize("stance", ["left", "right"])
def test_obliquity_is_recovered_under_any_mounting(mounting, stance):
    simulated = simulate_set(reps=8, stance=stance, drop_deg=8, seed=5, mounting_deg=mounting, tilt_deg=0.0)
    # 0.3°: the filter's 0.1° on such movement and the zero's share of body sway (0.2–0.3° over 5 s)
    assert error_deg(angles_of(simulated, stance), simulated) < 0.3


def test_mirror_image_swaps_sides_only():
    imu = simulate_set(reps=6, stance="left", drop_deg=8, seed=4).imu[ACC + GYR]
    # Mirroring left and right turns y of the default mounting round: a vector's y changes sign, a turning's x and z do.
    mirrored = imu.assign(**{c: -imu[c] for c in ("acc_y_m_s2", "gyr_x_rad_s", "gyr_z_rad_s")})
    one, other = estimate_angles(imu, "left", "-z"), estimate_angles(mirrored, "right", "-z")
    # 0.01°: the filter treats both worlds alike, but its heading-dependent rounding does not
    assert np.abs(one - other).max().max() < 0.01


def test_twice_the_rate_changes_nothing():
    slow, fast = (angles_of(simulate_set(reps=6, drop_deg=8, seed=4, rate_hz=hz, device="ideal"), "left") for hz in (60.0, 120.0))
    difference = slow["obliquity_deg"].to_numpy() - np.interp(slow.index, fast.index, fast["obliquity_deg"])
    assert np.abs(difference).max() < 0.1  # the filter's own discretisation


def calibrated(imu, stance="left", ap_axis=None):
    return calibrate(estimate_orientation(condition_imu(imu)), stance, ap_axis)


@pytest.fixture(scope="module")
def imu():
    return simulate_set(reps=8, stance="left", drop_deg=8, seed=7, tilt_deg=0.0).imu[ACC + GYR]


def test_two_footed_zero_is_found_before_the_weight_shift(imu):
    calibration = calibrated(imu)
    assert not calibration.relative_zero and calibration.axis_source == "movement"
    assert calibration.zero_s[0] < 1.0 and 4.0 < calibration.zero_s[1] < 5.5  # the simulated stance lasts 5 s
    assert calibration.axis_disagreement_deg < 5 and calibration.flags == ()


def test_recording_that_begins_on_one_leg_has_no_level(imu):
    calibration = calibrated(imu[imu.index > 6.5])
    assert calibration.relative_zero and "relative_zero" in calibration.flags


def from_one_leg(simulated):
    """The recording as it would be had it begun standing still on the stance leg: that stance, prolonged, then the repetitions."""
    imu, start = simulated.imu[ACC + GYR], simulated.reps["start_s"].iloc[0]
    still = imu[(imu.index > start - 0.6) & (imu.index < start - 0.1)]
    whole = pd.concat([*[still, still.iloc[::-1]] * 6, imu[imu.index >= start - 0.1]])
    return whole.set_axis(pd.Index(np.arange(len(whole)) / RATE_HZ, name="time_s"))


@pytest.mark.parametrize("seconds", [0.5, 0.7, 1.0, 1.5])
@pytest.mark.parametrize("drop_deg", [5, 9, 12])
def test_beginning_of_the_repetitions_is_no_weight_shift(seconds, drop_deg):
    simulated = simulate_set(12, "left", drop_deg, seed=2, lower_s=seconds, raise_s=seconds)
    calibration = calibrated(from_one_leg(simulated))
    assert calibration.zero_s is not None and calibration.relative_zero


def test_too_short_a_stance_has_no_level():
    calibration = calibrated(simulate_set(reps=6, drop_deg=8, seed=2, quiet_s=1.5).imu[ACC + GYR])
    assert calibration.relative_zero


def test_axis_disagreement_is_flagged_beyond_15_degrees():
    for yaw, flagged in ((0, False), (8, False), (25, True), (40, True)):
        simulated = simulate_set(reps=8, drop_deg=8, seed=7, tilt_deg=0.0, mounting_deg=yawed(yaw))
        calibration = calibrated(simulated.imu[ACC + GYR])
        assert calibration.axis_disagreement_deg == pytest.approx(yaw, abs=4)  # rotation and sway of the simulated athlete
        assert ("axis_disagreement" in calibration.flags) == flagged


def yawed(angle):
    """Find the mounting angles that turn the sensor about the vertical: tried out rather than assumed, by the rest pose staying the same."""
    rest = simulate_set(reps=1, drop_deg=8, seed=0, device="ideal").imu[ACC].iloc[0].to_numpy()
    tilted = [simulate_set(reps=1, drop_deg=8, seed=0, device="ideal", mounting_deg=m).imu[ACC].iloc[0].to_numpy() for m in np.eye(3) * 90]
    axis = int(np.argmin([np.linalg.norm(t - rest) for t in tilted]))
    return tuple(np.eye(3)[axis] * angle)


def test_tilt_in_step_with_the_repetitions_is_noticed():
    calibration = calibrated(simulate_set(reps=8, drop_deg=8, seed=7, tilt_deg=5.0).imu[ACC + GYR])
    assert "axis_disagreement" in calibration.flags  # atan(5/8) = 32°


def test_given_axis_is_used_and_checked(imu):
    assert calibrated(imu, ap_axis="-z").axis_source == "given"
    reversed_axis = calibrated(imu, ap_axis="+z")
    assert "movement_goes_up" in reversed_axis.flags
    with pytest.raises(ValueError, match="points up or down"):
        calibrated(imu, ap_axis="+x")
    with pytest.raises(ValueError, match="expected one of"):
        calibrated(imu, ap_axis="z")


def test_wrong_stance_side_shows(imu):
    assert "sensor_reversed" in calibrated(imu, stance="right").flags


def test_label_inwards_is_turned_about():
    simulated = simulate_set(reps=8, stance="left", drop_deg=8, seed=7, mounting_deg=yawed(180))
    calibration = calibrated(simulated.imu[ACC + GYR])
    assert "sensor_reversed" in calibration.flags
    assert error_deg(angles_of(simulated, "left"), simulated) < 0.3


def test_stance_side_from_the_movement():
    for stance in ("left", "right"):
        simulated = simulate_set(reps=8, stance=stance, drop_deg=8, seed=9)
        assert calibrated(simulated.imu[ACC + GYR], stance=None).rises == (stance == "right")  # the right side rises when the left one drops


def test_device_orientation_where_there_is_no_gyroscope():
    simulated = simulate_set(reps=8, drop_deg=8, seed=3)
    imu = simulated.imu[QUAT]
    assert estimate_orientation(condition_imu(imu)).route == "device"
    # the simulated device errs in inclination by up to 0.3°
    assert error_deg(estimate_angles(imu, "left"), simulated) < 0.5


def test_gravity_alone_for_slow_movement():
    simulated = simulate_set(reps=8, drop_deg=8, seed=3)
    imu = simulated.imu[ACC]
    angles = estimate_angles(imu, "left")
    assert estimate_orientation(condition_imu(imu)).route == "accelerometer"
    assert angles["rotation_deg"].isna().all()
    reps = (angles.index > simulated.reps["start_s"].iloc[0]) & (angles.index < simulated.reps["end_s"].iloc[-1])
    assert error_deg(angles[reps], simulated) < 1.0  # at one second a phase the pelvis accelerates by 0.06 m/s², 0.4° of gravity's direction


def test_upside_down_sensor_measures_the_same():
    upright = simulate_set(reps=6, drop_deg=8, seed=11, tilt_deg=0.0)
    flipped = upright.imu[ACC + GYR].assign(**{c: -upright.imu[c] for c in ("acc_x_m_s2", "acc_y_m_s2", "gyr_x_rad_s", "gyr_y_rad_s")})
    # half a turn about z: x points down now; the filter sees another heading, hence the tolerance
    assert np.abs(estimate_angles(flipped, "left") - angles_of(upright, "left")).max().max() < 0.05


def test_a_gap_leaves_no_angle():
    imu = simulate_set(reps=8, drop_deg=8, seed=3).imu[ACC + GYR]
    time = imu.index.to_numpy()
    angles = estimate_angles(imu[(time < 12) | (time > 13)], "left")
    assert angles.loc[12.1:12.9].isna().all().all() and angles.loc[:10].notna().all().all()


def test_doubts_are_warnings_in_python(imu):
    with pytest.warns(UserWarning, match="where level is cannot be known"):
        estimate_angles(imu[imu.index > 6.5], "left")


def test_gaps_in_an_orientation_that_is_not_needed_do_no_harm():
    simulated = simulate_set(reps=6, drop_deg=8, seed=3)
    imu = simulated.imu.copy()
    imu.loc[imu.index % 0.5 > 0.2, QUAT] = np.nan
    assert not condition_imu(imu).flags and error_deg(estimate_angles(imu, "left"), simulated) < 0.3


def test_unknown_stance_is_refused(imu):
    with pytest.raises(ValueError, match="expected left or right"):
        estimate_angles(imu, "middle")


def correlation(simulated, stance):
    found = angles_of(simulated, stance)["obliquity_deg"]
    return float(np.corrcoef(found, np.interp(found.index, simulated.angles.index, simulated.angles["obliquity_deg"]))[0, 1])


@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize("drop_deg", [5, 7])
def test_far_hikes_are_not_taken_for_drops_of_a_reversed_sensor(stance, drop_deg):
    """A raise that ends 5° above level after each small drop moves mostly above level, but begins with a lowering."""
    simulated = simulate_set(12, stance, drop_deg, seed=3, faults=["hike_above_level:severe"], soft_tissue=1.0)
    assert "sensor_reversed" not in calibrated(simulated.imu[ACC + GYR], stance).flags
    assert correlation(simulated, stance) > 0.95  # −1 if it were turned about


@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize(
    "slow",
    [
        {"drop_deg": 2.5, "lower_s": 2.9, "raise_s": 2.8, "bottom_pause_s": 0.8, "sway": 0.7},  # so slow and small that it looks like standing
        {"drop_deg": 14.0, "lower_s": 2.4, "raise_s": 2.4, "bottom_pause_s": 0.8, "sway": 1.5},  # the calmest moments are at the bottom too
        {"drop_deg": 4.5, "lower_s": 0.9, "raise_s": 1.9, "sway": 1.2, "walk_off": True},
    ],
)
def test_a_label_inwards_is_noticed_whatever_the_tempo(slow, stance):
    simulated = simulate_set(9, stance, seed=4, mounting_deg=(0.0, 0.0, 180.0), **slow)
    assert "sensor_reversed" in calibrated(simulated.imu[ACC + GYR], stance).flags
    assert correlation(simulated, stance) > 0.9  # walking off is part of it


@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize("slipped_deg", [-1.5, 1.5])
def test_skin_that_slips_in_the_weight_shift_does_not_turn_the_sensor_about(stance, slipped_deg):
    """Drops of 4° that begin 1.5° above or below the zero: in the one they go up beyond it, in the other they never come back to it."""
    drops = np.tile(-2.0 * (1 - np.cos(2 * np.pi * np.arange(120) / 120)), 3)
    orientation = posed(slipped_deg + drops, 0, 0, stance)
    assert "sensor_reversed" not in calibrate(orientation, stance).flags
    assert "sensor_reversed" in calibrate(orientation, "left" if stance == "right" else "right").flags

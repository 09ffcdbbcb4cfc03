"""The ways in which files silently ruin an orientation filter, each planted in a sound recording: caught by name, or without consequence."""

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.motion.calibration import calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import estimate_orientation
from hiphitch_analysis.motion.pelvis import pelvis_angles
from hiphitch_analysis.schema import ACC, GYR

SET = {"reps": 8, "stance": "left", "drop_deg": 8.0, "seed": 7}


@pytest.fixture(scope="module")
def sound():
    return hh.simulate_set(**SET)


def found_in(imu):
    """Angles and measured repetitions of an IMU table."""
    conditioned = condition_imu(imu)
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, "left")
    angles = pelvis_angles(orientation, calibration, "left", conditioned.valid)
    return angles, hh.measure_reps(angles, hh.detect_reps(angles, "left"), calibration.relative_zero), conditioned


def assert_same_reps(imu, sound, within_deg):
    """The repetitions of `imu` are those of the sound recording, their drops and return errors within a tolerance."""
    _, expected, _ = found_in(sound.imu[ACC + GYR])
    _, found, conditioned = found_in(imu)
    assert len(found) == len(expected) == 8
    for measure in ("drop_deg", "return_error_deg"):
        assert np.abs(found[measure] - expected[measure]).max() < within_deg
    return conditioned


@pytest.mark.parametrize("group", [ACC, GYR])
@pytest.mark.parametrize("rows", [[600], [600, 601, 602], [0], [-1]])
def test_missing_rows(sound, group, rows):
    """One missing accelerometer row makes VQF report 0.2° instead of 8°, without a word."""
    imu = sound.imu[ACC + GYR].copy()
    imu.loc[imu.index[rows], group] = np.nan
    # 0.05°: a straight line over three samples of this movement misses it by hundredths
    conditioned = assert_same_reps(imu, sound, 0.05)
    assert rows in ([0], [-1]) or "missing_samples" in conditioned.flags


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda imu: imu.assign(**{c: np.degrees(imu[c]) for c in GYR}), "got deg/s"),
        (lambda imu: imu.assign(**{c: imu[c] / 9.80665 for c in ACC}), "looks like g"),
        (lambda imu: imu.assign(**{c: imu[c] / 9.80665 * 1000 for c in ACC}), "looks like mg"),
        (lambda imu: imu.set_axis(pd.Index(imu.index * 2, name="time_s")), "sampling rate is wrong"),
        (lambda imu: imu.set_axis(pd.Index(imu.index / 2, name="time_s")), "sampling rate is wrong"),
        (lambda imu: imu.assign(**{c: -imu[c] for c in GYR}), "opposite directions"),
        (lambda imu: imu.assign(acc_y_m_s2=-imu["acc_y_m_s2"]), "opposite directions"),
        (lambda imu: imu.assign(gyr_z_rad_s=-imu["gyr_z_rad_s"]), "opposite directions"),
        (lambda imu: imu.assign(**dict.fromkeys(GYR, 0.001)), "next to nothing"),
    ],
)
def test_what_would_ruin_every_angle_is_refused_by_name(sound, change, name):
    with pytest.raises(ValueError, match=name):
        found_in(change(sound.imu[ACC + GYR]))


def test_acceleration_without_gravity_is_refused(sound):
    imu = sound.imu[ACC + GYR].copy()
    turn = estimate_orientation(condition_imu(imu)).up
    imu[ACC] = imu[ACC].to_numpy() - 9.80665 * turn
    with pytest.raises(ValueError, match="gravity seems to have been removed"):
        found_in(imu)


def test_an_accelerometer_turned_round_as_on_some_phones_changes_no_repetition(sound):
    """All three signs: the vertical points down, obliquity is the same, tilt and rotation change sign."""
    turned = sound.imu[ACC + GYR].assign(**{c: -sound.imu[c] for c in ACC})
    assert_same_reps(turned, sound, 0.02)  # rounding of the filter's other hemisphere
    upright, upside = found_in(sound.imu[ACC + GYR])[0], found_in(turned)[0]
    assert np.abs(upright["tilt_deg"] + upside["tilt_deg"]).max() < 0.2
    assert upright["rotation_deg"].corr(upside["rotation_deg"]) < -0.98


def test_single_precision_changes_nothing(sound):
    assert_same_reps(sound.imu[ACC + GYR].astype(np.float32), sound, 0.01)


def test_column_order_and_integers_do_no_harm(sound):
    shuffled = sound.imu[[*GYR[::-1], *ACC[::-1]]]
    assert_same_reps(shuffled, sound, 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_five_per_cent_of_the_packets_lost(sound, seed):
    """Filters that take the remaining samples for all of them are 0.2° off at 5 %, and every repetition is 5 % quicker."""
    imu = sound.imu[ACC + GYR]
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.choice(len(imu), round(0.95 * len(imu)), replace=False))
    conditioned = assert_same_reps(imu.iloc[kept], sound, 0.08)  # bridged linearly: 0.04° measured on such data, twice that for the worst of eight
    assert conditioned.missing_share == pytest.approx(0.05, abs=0.005)


def test_jittering_clock(sound):
    jittery = hh.simulate_set(**SET, jitter_s=0.004, device="phone", rate_hz=60.0)
    _, reps, conditioned = found_in(jittery.imu[ACC + GYR])
    assert conditioned.jitter_s > 0.001 and len(reps) == 8
    assert np.abs(reps["drop_deg"].to_numpy() - jittery.reps["drop_deg"].to_numpy()).max() < 0.3


@pytest.mark.parametrize("device", ["dot", "phone"])
@pytest.mark.parametrize("rep_s", [2.0, 4.0])
@pytest.mark.parametrize("drop_deg", [1.0, 1.5, 2.0])
def test_small_slow_repetitions_are_not_taken_for_rest(device, rep_s, drop_deg):
    """VQF's own thresholds take such sets for rest and overstate them by 5–11 %."""
    half = rep_s / 2
    technique = {"lower_s": half, "raise_s": half, "pause_s": 0.0, "variability": 0.0, "rotation_deg": 0.0, "tilt_deg": 0.0}
    simulated = hh.simulate_set(20, "left", drop_deg, seed=3, device=device, **technique)
    conditioned = condition_imu(simulated.imu[ACC + GYR])
    orientation = estimate_orientation(conditioned)
    angles = pelvis_angles(orientation, calibrate(orientation, "left", "-z"), "left")
    truth = np.interp(angles.index, simulated.angles.index, simulated.angles["obliquity_deg"])
    moving = (angles.index > simulated.reps["start_s"].iloc[0]) & (angles.index < simulated.reps["end_s"].iloc[-1])
    true, found = truth[moving] - truth[moving].mean(), angles.loc[moving, "obliquity_deg"].to_numpy()
    ratio = float((found - found.mean()) @ true / (true @ true))
    assert 0.99 < ratio < 1.01


def clipped_at(imu, columns, limit):
    return imu.assign(**{c: imu[c].clip(-limit, limit) for c in columns})


def test_clipped_gyroscope_is_named_and_its_surroundings_are_not_measured(sound):
    walking = hh.simulate_set(**SET, walk_off=True).imu[ACC + GYR]
    peak = float(walking[GYR].abs().max().max())
    angles, _, conditioned = found_in(clipped_at(walking, GYR, 0.6 * peak))
    assert "clipped" in conditioned.flags and conditioned.clipped > 0
    assert any("gyroscope" in warning for warning in conditioned.warnings)
    clipped = walking.index[(walking[GYR].abs() > 0.6 * peak).any(axis=1)]
    around = angles["obliquity_deg"].reindex(clipped, method="nearest")
    assert len(clipped) > 3 and around.isna().mean() > 0.9  # single samples at the limit, without a row of them, may be sound ones
    assert angles["obliquity_deg"].iloc[: len(angles) // 2].notna().all()  # the set itself is far away


@pytest.mark.parametrize("rate_hz", [25.0, 60.0, 200.0])
def test_sound_recordings_are_not_called_clipped(rate_hz):
    for seed in range(4):
        imu = hh.simulate_set(6, "right", 6.0, seed=seed, rate_hz=rate_hz, device=("dot", "phone")[seed % 2], walk_off=seed > 1).imu
        assert condition_imu(imu[ACC + GYR]).clipped == 0


def test_a_rounded_peak_whose_top_samples_are_alike_is_not_clipped():
    """Samples of 0.001 rad/s are coarse: at the top of the fastest of many turns three in a row may read the same."""
    time_s = np.arange(0, 60, 0.01)
    turns = sum(height * np.exp(-(((time_s - at) / 0.3) ** 2)) for at, height in ((10, 0.6), (20, 0.8064), (30, 0.7), (40, 0.65)))
    still = np.random.default_rng(0).normal(0, 1e-3, (len(time_s), 6))
    imu = pd.DataFrame(still, columns=[*ACC, *GYR], index=pd.Index(time_s, name="time_s"))
    imu["acc_z_m_s2"] += 9.81
    imu["gyr_x_rad_s"] = np.round(turns / 1e-3) * 1e-3
    top = (imu["gyr_x_rad_s"] == imu["gyr_x_rad_s"].max()).sum()
    assert top >= 3 and condition_imu(imu).clipped == 0

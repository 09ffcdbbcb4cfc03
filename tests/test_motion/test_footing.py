"""Walking and touch-downs, told by how the pelvis travels."""

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.motion.calibration import calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.footing import mark_touch_downs, mask_walking
from hiphitch_analysis.motion.orientation import Orientation, Overview, estimate_orientation
from hiphitch_analysis.motion.pelvis import pelvis_angles
from hiphitch_analysis.schema import ACC, GYR
from hiphitch_analysis.simulate import Athlete


def looked_at(simulated):
    orientation = estimate_orientation(condition_imu(simulated.imu[ACC + GYR]))
    return orientation, pelvis_angles(orientation, calibrate(orientation, "left"), "left")


@pytest.mark.parametrize("drop_deg", [2.5, 8.0])
@pytest.mark.parametrize("seed", range(3))
def test_walking_off_is_no_set(seed, drop_deg):
    """Its swings of 8° would also hide repetitions of 2.5° from a search that adapts to the usual swing."""
    simulated = hh.simulate_set(12, "left", drop_deg, seed=seed, walk_off=True)
    orientation, angles = looked_at(simulated)
    standing, walked_s = mask_walking(orientation, angles)
    assert 3 < walked_s < 9  # five seconds of it, and a margin on either side
    found = hh.detect_reps(standing)
    assert found["kind"].eq("complete").sum() == 12 and (found["end_s"] < simulated.reps["end_s"].max() + 1).all()
    assert angles["obliquity_deg"].notna().all()  # the angles themselves stay


def test_somebody_who_only_walks_is_left_as_is():
    simulated = hh.simulate_set(12, "left", 8.0, seed=1, walk_off=True)
    end = simulated.reps["end_s"].max() + 6.5
    imu = simulated.imu.loc[end:, ACC + GYR]
    whole = pd.concat([imu, imu.iloc[::-1]] * 3)
    orientation = estimate_orientation(condition_imu(whole.set_axis(pd.Index(np.arange(len(whole)) / 60, name="time_s"))))
    angles = pelvis_angles(orientation, calibrate(orientation, "left", "-z"), "left")
    assert mask_walking(orientation, angles)[1] == 0.0


@pytest.mark.parametrize("seed", range(6))
def test_a_foot_that_comes_down_ends_the_repetition(seed):
    simulated = hh.simulate_set(10, "left", 8.0, seed=seed, aborted=(5,))
    orientation, angles = looked_at(simulated)
    found = mark_touch_downs(orientation, hh.detect_reps(angles))
    assert found["kind"].tolist() == simulated.reps["kind"].tolist()
    aborted = found[found["kind"].eq("aborted")].iloc[0]
    assert aborted["end_s"] == aborted["bottom_s"] == pytest.approx(simulated.reps["bottom_s"].iloc[4], abs=0.7)  # the foot rests for 0.6 s


@pytest.mark.parametrize("seed", range(4))
def test_a_rest_on_one_leg_is_no_touch_down(seed):
    """A pause of four seconds in mid set, without a shift of weight: made by holding the stance before one repetition."""
    simulated = hh.simulate_set(10, "left", 8.0, seed=seed)
    imu, start = simulated.imu[ACC + GYR], simulated.reps["start_s"].iloc[5] - 0.05
    held = imu[(imu.index > start - 0.1) & (imu.index <= start)]
    whole = pd.concat([imu[imu.index <= start], *[held.iloc[::-1], held] * 20, imu[imu.index > start]])
    orientation = estimate_orientation(condition_imu(whole.set_axis(pd.Index(np.arange(len(whole)) / 60, name="time_s"))))
    angles = pelvis_angles(orientation, calibrate(orientation, "left"), "left")
    found = mark_touch_downs(orientation, hh.detect_reps(angles))
    assert found["kind"].tolist() == ["complete"] * 10


def test_in_a_whole_analysis(tmp_path):
    simulated = hh.simulate_set(10, "left", 8.0, seed=2, aborted=(4,), walk_off=True)
    simulated.imu[ACC + GYR].to_csv(tmp_path / "set.csv")
    session = hh.analyse(tmp_path / "set.csv", "left")
    assert session.reps["kind"].value_counts().to_dict() == {"complete": 10, "aborted": 1}
    assert "walking_left_out" in session.flags and any("walking" in warning for warning in session.warnings)


@pytest.mark.parametrize("seed", range(3))
def test_the_top_is_where_the_pelvis_is_calm(seed):
    """Without a proven zero and without a label to go by: a sensor worn on its side by somebody who sways too much to stand still."""
    simulated = hh.simulate_set(12, "left", 8.0, seed=seed, sway=1.5, quiet_s=2.0, mounting_deg=(0.0, 0.0, 90.0))
    orientation = estimate_orientation(condition_imu(simulated.imu[ACC + GYR]))
    calibration = calibrate(orientation, "left")
    found = hh.detect_reps(pelvis_angles(orientation, calibration, "left"))
    assert {"relative_zero", "direction_from_rest"} <= set(calibration.flags)
    truth = simulated.reps["bottom_s"].to_numpy()
    bottoms = found["bottom_s"].to_numpy()
    assert len(found) == 12 and np.abs(bottoms - truth).max() < 0.4


RATE_HZ, DROP_DEG, RAISE_S, SHIFT_M, SHIFT_S = 25.0, 8.0, 1.0, 0.08, 1.2


def smooth_step(time, begin, lasts):
    """Minimum jerk from 0 to 1, and its acceleration [1/s²]."""
    u = np.clip((time - begin) / lasts, 0, 1)
    return u**3 * (10 - 15 * u + 6 * u**2), 60 * u * (1 - u) * (1 - 2 * u) / lasts**2


def made_by_hand(shift_after_bottom_s, failed=False, sideways_in_raises=0.0, sways=(0.0, 0.0), answered_s=2.0, acceleration=True):
    """Six repetitions of 8°, one second down and one up every three seconds, and a shift of the weight by 8 cm within 1.2 s.

    Level again by a raise, or, where that failed, by the shift. `sideways_in_raises` is that of the sensor, as a share of the shift's acceleration.
    `sways` is the speed along the shift and across it [m/s] that the first half second of the last raise brings, lost again over `answered_s`.
    """
    time = np.arange(0, 30, 1 / RATE_HZ)
    starts = 4.0 + 3 * np.arange(6)
    bottoms, ends = starts + 1.0, starts + 1.0 + RAISE_S
    off_s = bottoms[-1] + shift_after_bottom_s
    shift_m_s2 = SHIFT_M * smooth_step(time, off_s, SHIFT_S)[1]
    drop = sum(
        smooth_step(time, start, 1.0)[0] - smooth_step(time, bottom, RAISE_S)[0] for start, bottom in zip(starts[:-1], bottoms[:-1], strict=True)
    )
    drop += smooth_step(time, starts[-1], 1.0)[0] - (smooth_step(time, off_s, SHIFT_S) if failed else smooth_step(time, bottoms[-1], RAISE_S))[0]
    for bottom in bottoms if sideways_in_raises else ():
        shift_m_s2 = shift_m_s2 + sideways_in_raises * SHIFT_M * smooth_step(time, bottom, SHIFT_S)[1]
    swaying = np.where((time >= bottoms[-1]) & (time < bottoms[-1] + 0.5), 2.0, 0.0)  # 1/s: over half a second
    swaying[(time >= bottoms[-1] + 0.5) & (time < bottoms[-1] + 0.5 + answered_s)] = -1 / answered_s
    sideways, forward = shift_m_s2 + sways[0] * swaying, sways[1] * swaying
    if failed:
        ends[-1] = off_s + SHIFT_S
    roll = np.radians(DROP_DEG) * drop
    up = np.column_stack([0 * time, np.sin(roll), np.cos(roll)])
    still = np.zeros((len(time), 3))
    moved = np.column_stack([0.6 * sideways - 0.8 * forward, 0.8 * sideways + 0.6 * forward, 0 * time])  # in no special direction of the room
    quat = np.tile([1.0, 0.0, 0.0, 0.0], (len(time), 1))
    overview = Overview(time, RATE_HZ, up, still, moved if acceleration else None, quat)
    reps = pd.DataFrame({"set": 1, "kind": "complete", "start_s": starts, "bottom_s": bottoms, "end_s": ends})
    return Orientation(time, quat, up, RATE_HZ, "vqf", np.zeros(len(time), dtype=bool), overview), reps


@pytest.mark.parametrize("after_s", [0.2, 1.0, 2.0])
def test_a_shift_of_weight_that_brings_the_pelvis_up_is_no_raise(after_s):
    orientation, reps = made_by_hand(after_s, failed=True)
    found = mark_touch_downs(orientation, reps)
    assert found["kind"].tolist() == ["complete"] * 5 + ["aborted"]
    assert found["end_s"].iloc[-1] == reps["bottom_s"].iloc[-1] and found["end_s"].iloc[:-1].equals(reps["end_s"].iloc[:-1])


@pytest.mark.parametrize("after_s", [0.4, 0.5, 0.8, RAISE_S, 2.0, 5.0])
def test_stepping_off_after_a_raise_or_out_of_its_middle_leaves_it_complete(after_s):
    """The weight is well on its way (its push at its height) 0.3 s after it sets out: for who sets out at 0.4 s, at 84 % of the raise."""
    orientation, reps = made_by_hand(after_s)
    assert mark_touch_downs(orientation, reps)["kind"].tolist() == ["complete"] * 6


def test_a_recording_that_ends_on_one_leg_keeps_its_last_repetition():
    orientation, reps = made_by_hand(20.0)  # the shift would come after the end
    assert mark_touch_downs(orientation, reps)["kind"].tolist() == ["complete"] * 6


def test_what_all_raises_show_is_no_step_off():
    """A sensor that travels sideways in every raise as it would in a shift, in a recording that ends before the shift."""
    orientation, reps = made_by_hand(20.0, sideways_in_raises=1.0)
    assert mark_touch_downs(orientation, reps)["kind"].tolist() == ["complete"] * 6


@pytest.mark.parametrize(
    ("after_s", "sways", "answered_s"),
    [
        (2.0, (0.0, 0.12), 2.0),  # forward, as hard as a step off: which then does not stop it
        (2.0, (-0.06, 0.0), 0.5),  # sideways, half as hard as the step off that follows
        (20.0, (0.04, 0.0), 0.5),  # answered like a step off, but too gently to move the weight, and the recording ends on one leg
    ],
)
def test_a_sway_in_the_last_raise_is_no_step_off(after_s, sways, answered_s):
    orientation, reps = made_by_hand(after_s, sways=sways, answered_s=answered_s)
    assert mark_touch_downs(orientation, reps)["kind"].tolist() == ["complete"] * 6


def test_without_acceleration_the_last_repetition_stays():
    orientation, reps = made_by_hand(1.0, failed=True, acceleration=False)
    assert mark_touch_downs(orientation, reps)["kind"].tolist() == ["complete"] * 6


@pytest.mark.parametrize("seed", range(6))
def test_a_muscle_that_fails_ends_the_set_without_a_repetition(seed):
    """Strength of 1.6 N·m/kg does not last for 45 repetitions; one of 3.2 does."""
    for strength, ends_with in ((1.6, "aborted"), (3.2, "complete")):
        athlete = Athlete(strength_left_nm_kg=strength, strength_right_nm_kg=strength)
        simulated = hh.simulate_set(45, "left", 8.0, seed=seed, athlete=athlete, device=("dot", "mtw", "phone")[seed % 3], soft_tissue=1.0)
        orientation, angles = looked_at(simulated)
        found = mark_touch_downs(orientation, hh.detect_reps(angles))
        assert simulated.reps["kind"].iloc[-1] == ends_with and found["kind"].tolist() == simulated.reps["kind"].tolist()


@pytest.mark.parametrize("drop_deg", [3.0, 12.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_foot_that_comes_down_ends_the_set(seed, drop_deg):
    simulated = hh.simulate_set(10, "right", drop_deg, seed=seed, aborted=(11,), walk_off=seed % 2 == 0)
    orientation, _ = looked_at(simulated)
    angles = pelvis_angles(orientation, calibrate(orientation, "right"), "right")
    found = mark_touch_downs(orientation, hh.detect_reps(mask_walking(orientation, angles)[0]))
    assert found["kind"].tolist() == ["complete"] * 10 + ["aborted"]

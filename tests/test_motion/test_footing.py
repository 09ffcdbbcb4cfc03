"""Walking and touch-downs, told by how the pelvis travels."""

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.motion.calibration import calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.footing import mark_touch_downs, mask_walking
from hiphitch_analysis.motion.orientation import estimate_orientation
from hiphitch_analysis.motion.pelvis import pelvis_angles
from hiphitch_analysis.schema import ACC, GYR


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

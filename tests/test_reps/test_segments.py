"""Trunk and free leg in each repetition, against curves whose measures are known beforehand."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.measure import measure_reps
from hiphitch_analysis.reps.segments import measure_segments

REPS = pd.DataFrame({"rep": [1, 2], "set": 1, "side": "left", "kind": "complete", "start_s": [2.0, 4.0], "bottom_s": [3.0, 5.0], "end_s": [4.0, 6.0]})


def make_angles(**columns):
    """Two repetitions of 8° in raised cosines; `columns` are functions of time [s] and of how far it is lowered [0–1]."""
    time = np.round(np.arange(0, 8, 0.01), 2)
    lowered = np.where((time >= 2) & (time <= 6), (1 - np.cos(np.pi * (time - 2))) / 2, 0.0)
    pelvis = {"obliquity_deg": -8.0 * lowered, "rotation_deg": 0.0, "tilt_deg": 0.0}
    return pd.DataFrame({**pelvis, **{name: of(time, lowered) for name, of in columns.items()}}, index=pd.Index(time, name="time_s"))


def test_without_further_sensors_there_is_nothing_to_add():
    assert measure_segments(make_angles(), REPS).columns.empty


def test_a_lean_over_the_stance_leg_is_no_pull():
    angles = make_angles(trunk_lean_deg=lambda t, low: 2.0 + 3.0 * low, trunk_lean_se_deg=lambda t, low: 0.5 + 0 * t)
    measured = measure_segments(angles, REPS)
    assert measured["trunk_lean_max_deg"].tolist() == pytest.approx([5.0, 5.0]) and measured["trunk_lean_max_se_deg"].tolist() == [0.5, 0.5]
    # a raised cosine leaves the straight way between its ends by at most 0.105 of its height
    assert measured["trunk_pull_deg"].max() < 0.11 * 3.0


def test_a_bend_in_the_raise_is_a_pull():
    bump = lambda t, low: -4.0 * np.where((t > 3) & (t < 4), np.sin(np.pi * (t - 3)) ** 2, 0.0)  # noqa: E731
    measured = measure_segments(make_angles(trunk_lean_deg=bump), REPS)
    assert measured["trunk_pull_deg"].tolist() == pytest.approx([4.0, 0.0], abs=1e-9)
    assert measured["trunk_lean_max_deg"].tolist() == [0.0, 0.0]  # toward the stance side it never went


def test_a_bend_to_the_free_side_does_not_hide_a_lean_over_the_stance_leg():
    both = make_angles(trunk_lean_deg=lambda t, low: 4.0 * low - 6.0 * np.where((t > 3) & (t < 4), np.sin(np.pi * (t - 3)) ** 2, 0.0))
    assert measure_segments(both, REPS)["trunk_lean_max_deg"].tolist() == pytest.approx([4.0, 4.0])


def leg(gain, inward, lift=0.0):
    flexion = lambda t, low: 8.0 + lift * (1 - low)  # noqa: E731
    return make_angles(free_leg_angle_deg=lambda t, low: -gain * 8.0 * low - inward, free_thigh_flexion_deg=flexion)


@pytest.mark.parametrize(("gain", "inward"), [(1.0, 0.0), (0.4, 0.0), (1.0, 10.0), (0.0, -3.0)])
def test_gain_and_inward_angle_of_the_leg(gain, inward):
    measured = measure_segments(leg(gain, inward), REPS)
    assert measured["leg_gain"].to_numpy() == pytest.approx(gain, abs=1e-9)
    assert measured["leg_in_deg"].to_numpy() == pytest.approx(inward, abs=1e-9)
    assert measured["thigh_lift_deg"].to_numpy() == pytest.approx(0.0, abs=1e-9)


def test_a_thigh_lifted_in_the_raise_and_what_that_does_to_the_gain():
    plain, lifted = measure_segments(leg(1.0, 0.0), REPS), measure_segments(leg(1.0, 0.0, lift=15.0), REPS)
    assert lifted["thigh_lift_deg"].to_numpy() == pytest.approx(15.0)
    # flexion of 15° in step with 8° through a sensor turned by 8° (norms): 0.14 · 15/8 = 0.26 on top
    assert lifted["leg_gain_se"].to_numpy() == pytest.approx(np.hypot(plain["leg_gain_se"], np.radians(8) * 15 / 8), rel=1e-6)


def test_a_gap_leaves_the_repetition_empty_and_a_pelvis_that_stands_still_the_gain():
    angles = leg(1.0, 2.0)
    angles.loc[2.5:2.6, "free_leg_angle_deg"] = np.nan
    assert measure_segments(angles, REPS)["leg_gain"].isna().tolist() == [True, False]
    still = leg(1.0, 2.0).assign(obliquity_deg=0.0)
    assert measure_segments(still, REPS)["leg_gain"].isna().all() and measure_segments(still, REPS)["thigh_lift_deg"].notna().all()


def test_the_floor_carries_its_largest_share():
    assert measure_segments(make_angles(floor_share=lambda t, low: 0.25 * low), REPS)["floor_share_max"].to_numpy() == pytest.approx(0.25, abs=1e-4)


def test_they_come_with_the_other_measures():
    measured = measure_reps(leg(0.5, 0.0), REPS)
    assert measured["leg_gain"].to_numpy() == pytest.approx(0.5) and measured["drop_deg"].to_numpy() == pytest.approx(8.0, abs=0.05)


def test_tilt_drift_is_told_from_tilt_in_step_with_the_drop():
    """A drift of 3° from the second repetition on, and 2° in step with each: 0° and 3°, but for the drift's own way during a repetition."""
    angles = make_angles(tilt_deg=lambda t, low: 2.0 * low + np.where(t >= 4.0, 3.0, 0.0))
    assert measure_reps(angles, REPS)["tilt_drift_deg"].tolist() == pytest.approx([0.0, 3.0], abs=0.2)


def test_sway_is_the_turning_that_does_not_go_with_the_task():
    """Rotation in step is none; 1° at 2 Hz is: its rate is 4π cos, of root mean square 4π/√2; less 5 %, the 5 Hz low-pass."""
    in_step = measure_reps(make_angles(rotation_deg=lambda t, low: 4.0 * low), REPS)["sway_deg_s"]
    assert in_step.max() < 0.1
    swaying = measure_reps(make_angles(rotation_deg=lambda t, low: np.sin(4 * np.pi * t)), REPS)["sway_deg_s"]
    assert swaying.to_numpy() == pytest.approx(4 * np.pi / np.sqrt(2), rel=0.05)


def test_without_a_heading_there_is_no_sway():
    angles = make_angles().assign(rotation_deg=np.nan)
    measured = measure_reps(angles, REPS)
    assert measured["sway_deg_s"].isna().all() and measured["tilt_drift_deg"].notna().all()


def test_a_time_that_may_be_off_widens_what_hangs_on_it():
    """The leg goes with the pelvis, 2 s a repetition; off by t its gain is cos(π t)."""
    sure, unsure = (measure_segments(leg(1.0, 0.0).assign(free_leg_late_s=late), REPS) for late in (0.0, 0.25))
    assert unsure["leg_gain"].tolist() == sure["leg_gain"].tolist()
    # for t even in ±a/π, the mean square of 1 − cos(π t) is 3/2 − 2 sin(a)/a + sin(2a)/(4a)
    a = np.pi * 0.25
    added = np.sqrt(unsure["leg_gain_se"] ** 2 - sure["leg_gain_se"] ** 2)
    # a quarter: ten looks, and each of the two repetitions has standing still on one side of it
    assert added.to_numpy() == pytest.approx(np.sqrt(1.5 - 2 * np.sin(a) / a + np.sin(2 * a) / (4 * a)), rel=0.25)
    assert unsure["leg_in_se_deg"].equals(sure["leg_in_se_deg"])  # that hangs on the mean


def test_a_time_off_by_half_a_repetition_leaves_the_gain_unknown():
    """Then the gain may be anything from −1 to 1; a leg that hangs still has no gain at any time."""
    moving, still = (measure_segments(leg(gain, 0.0).assign(free_leg_late_s=1.0), REPS) for gain in (1.0, 0.0))
    assert moving["leg_gain"].isna().all() and moving["leg_gain_se"].isna().all() and moving["leg_in_deg"].notna().all()
    assert still["leg_gain"].to_numpy() == pytest.approx(0.0, abs=1e-9)


def test_a_trunk_whose_time_may_be_off():
    bump = lambda t, low: -4.0 * np.where((t > 3) & (t < 4), np.sin(np.pi * (t - 3)) ** 2, 0.0)  # noqa: E731
    little, much = (measure_segments(make_angles(trunk_lean_deg=bump).assign(trunk_late_s=late), REPS) for late in (0.05, 2.0))
    assert little["trunk_pull_deg"].tolist() == pytest.approx([4.0, 0.0], abs=1e-9)
    assert np.isnan(much["trunk_pull_deg"].iloc[0])  # the bend may as well belong to another raise, or to none

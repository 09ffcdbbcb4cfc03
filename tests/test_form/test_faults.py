"""Coaching points: limits, chances in closed form, severity, and the courage to say 'not observable'."""

import numpy as np
import pytest
from scipy.stats import t

from hiphitch_analysis import norms
from hiphitch_analysis.form.faults import fault_severity, find_faults, judge_reps, mark_faults
from hiphitch_analysis.form.points import OBLIQUE_KEY, POINTS


def test_clean_set_has_no_fault(reps_table):
    faults = find_faults(reps_table())
    seen = faults[faults["observable"]]
    assert set(seen["severity"]) == {"none"} and (seen["chance"] < 0.1).all()
    assert faults["fault"].tolist() == [p.key for p in POINTS] + [OBLIQUE_KEY]


def test_what_is_not_worn_is_not_observable_and_it_says_how_to_look(reps_table):
    faults = find_faults(reps_table()).set_index("fault")
    unseen = faults[~faults["observable"]]
    trunk, leg = ["trunk_lean_stance", "trunk_lean_free"], ["leg_lifted", "leg_drawn_in", "hip_and_leg_apart"]
    assert unseen.index.tolist() == [*trunk, *leg, "foot_resting", "lumbar_not_neutral", "loss_of_balance", OBLIQUE_KEY]
    assert set(unseen["severity"]) == {"not observable"} and unseen["chance"].isna().all() and (unseen["reps"].map(len) == 0).all()
    assert "breastbone" in unseen.loc["trunk_lean_stance", "finding"] and "thigh" in unseen.loc["leg_lifted", "finding"]


def test_the_oblique_is_never_claimed_whatever_is_worn(reps_table):
    everything = {
        "trunk_lean_max_deg": 6.0,
        "trunk_pull_deg": 9.0,
        "thigh_lift_deg": 20.0,
        "leg_in_deg": 9.0,
        "leg_gain": 0.2,
        "floor_share_max": 0.4,
    }
    faults = find_faults(reps_table(**everything, tilt_drift_deg=8.0, sway_deg_s=4.0)).set_index("fault")
    assert faults.index[~faults["observable"]].tolist() == [OBLIQUE_KEY] and "EMG" in faults.loc[OBLIQUE_KEY, "finding"]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("drop_too_large", {"drop_deg": 14.0}),
        ("drop_too_small", {"drop_deg": 2.5}),
        ("pelvis_not_square", {"rotation_range_deg": 9.0}),
        ("incomplete_return", {"return_error_deg": 4.0}),
        ("hike_above_level", {"return_error_deg": -4.0}),
        ("trunk_lean_stance", {"trunk_lean_max_deg": 6.0}),
        ("trunk_lean_free", {"trunk_pull_deg": 6.0}),
        ("leg_lifted", {"thigh_lift_deg": 15.0}),
        ("leg_drawn_in", {"leg_in_deg": 10.0}),
        ("hip_and_leg_apart", {"leg_gain": 0.5}),
        ("foot_resting", {"floor_share_max": 0.25}),
        ("lumbar_not_neutral", {"tilt_drift_deg": -8.0}),
        ("loss_of_balance", {"sway_deg_s": 3.0}),
        ("tempo_too_fast", {"raise_s": 0.5}),
        ("tempo_uneven", {"lower_s": [0.8, 1.8] * 10}),
    ],
)
def test_each_fault_is_named_and_no_other(name, columns, reps_table):
    faults = find_faults(reps_table(**columns))
    broken = faults[faults["severity"].isin(["mild", "moderate", "severe"])]
    assert broken["fault"].tolist() == [name]
    assert broken["chance"].iloc[0] > 0.9 and len(broken["reps"].iloc[0]) >= 17


def test_chance_is_that_of_the_kth_worst_repetition(fault):
    errors = np.linspace(0, 3, 20)  # the third worst of twenty (15 %) is 3 − 2·3/19
    expected = t.cdf((3 - 2 * 3 / 19 - norms.RETURN_ERROR_DEG.mild.value) / norms.RETURN_SE_DEG.value, 6)
    assert fault("incomplete_return", return_error_deg=errors)["chance"] == pytest.approx(expected)


def test_chance_is_a_half_at_the_limit(fault):
    assert fault("drop_too_large", drop_deg=norms.DROP_LARGE_DEG.mild.value)["chance"] == pytest.approx(0.5)


def test_a_single_bad_repetition_is_no_fault_of_the_set(fault):
    found = fault("incomplete_return", return_error_deg=[0.5] * 19 + [6.0])
    assert found["severity"] == "none" and found["reps"] == []


def test_it_says_where_the_fault_began(fault):
    found = fault("incomplete_return", return_error_deg=[0.5] * 4 + [3.5] + [0.5] * 9 + [3.5] * 6)
    assert found["reps"] == [5, 15, 16, 17, 18, 19, 20] and found["first_rep"] == 15


def test_severity_steps():
    point = next(p for p in POINTS if p.key == "incomplete_return")
    assert [fault_severity(point, value) for value in (1.9, 2.5, 4.0, 5.5)] == ["none", "mild", "moderate", "severe"]
    small = next(p for p in POINTS if p.key == "drop_too_small")
    assert [fault_severity(small, value) for value in (4.1, 3.5, 2.5, 1.0)] == ["none", "mild", "moderate", "severe"]


def test_without_a_level_the_return_is_not_observable(fault):
    found = fault("incomplete_return", return_error_deg=np.nan)
    assert not found["observable"] and found["severity"] == "not observable" and np.isnan(found["chance"])


def test_a_steadily_slowing_set_is_not_uneven(fault):
    assert fault("tempo_uneven", lower_s=np.linspace(0.9, 1.6, 20))["severity"] == "none"


def test_only_complete_measured_repetitions_are_judged(reps_table):
    reps = reps_table(drop_deg=[7.0] * 10 + [30.0] * 10, kind=["complete"] * 10 + ["partial"] * 5 + ["complete"] * 5)
    reps["unmeasured"] = [None] * 15 + ["gap in the data"] * 5
    assert find_faults(reps).set_index("fault").loc["drop_too_large", "severity"] == "none"


def test_sets_are_judged_apart(reps_table):
    reps = reps_table(set=[1] * 10 + [2] * 10, drop_deg=[7.0] * 10 + [14.0] * 10)
    large = find_faults(reps).query("fault == 'drop_too_large'")
    assert large["severity"].tolist() == ["none", "moderate"]


def test_no_repetitions_no_verdict(reps_table):
    assert find_faults(reps_table(0)).empty and judge_reps(reps_table(0)).empty


def test_each_repetition_carries_its_own_faults(reps_table):
    marked = mark_faults(reps_table(3, drop_deg=[7.0, 12.0, 2.0], return_error_deg=[3.0, 0.0, 0.0]))
    assert marked["faults"].tolist() == [["incomplete_return"], ["drop_too_large"], ["drop_too_small"]]


def test_each_repetition_has_its_own_chance_by_its_own_standard_error(reps_table):
    chances = judge_reps(reps_table(2, return_error_deg=[3.0, 3.0], return_error_se_deg=[0.5, 2.0]))["incomplete_return"]
    assert chances.tolist() == pytest.approx([t.cdf(2.0, 6), t.cdf(0.5, 6)])


def test_a_repetition_that_is_not_judged_has_no_chance(reps_table):
    reps = reps_table(3, kind=["complete", "partial", "complete"])
    assert judge_reps(reps)["drop_too_large"].isna().tolist() == [False, True, False]


def test_set_and_repetitions_name_the_same_ones(reps_table):
    """1.9° short: kept; 2.3° with a standard error of 1°: likelier than not, but not likely; 3.5°: likely."""
    errors = [1.9] * 8 + [2.3] * 4 + [3.5] * 8
    marked = mark_faults(reps_table(return_error_deg=errors))
    row = find_faults(marked).set_index("fault").loc["incomplete_return"]
    assert row["reps"] == marked.loc[marked["faults"].map(bool), "rep"].tolist() == list(range(13, 21))
    assert row["first_rep"] == 13 and row["value"] == 3.5  # the median of 2.3 four times and 3.5 eight times


def test_a_doubtful_set_has_the_fault_but_names_no_repetition(reps_table):
    row = find_faults(reps_table(return_error_deg=2.3)).set_index("fault").loc["incomplete_return"]
    assert row["severity"] == "mild" and row["reps"] == [] and np.isnan(row["first_rep"]) and 0.5 < row["chance"] < norms.MARK_CHANCE.value

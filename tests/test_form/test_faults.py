"""Coaching points: limits, chances in closed form, severity, and the courage to say 'not observable'."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from hiphitch_analysis import norms
from hiphitch_analysis.form.faults import FAULTS, UNSEEN, fault_severity, find_faults, mark_faults
from hiphitch_analysis.form.score import WEIGHTS, score_form


def reps_table(count=20, **columns):
    """A set without a fault, but for the columns given."""
    begin = np.arange(count) * 2.2
    times = {"start_s": begin, "bottom_s": begin + 1, "end_s": begin + 2, "lower_s": 1.0, "raise_s": 1.0}
    angles = {"drop_deg": 7.0, "return_error_deg": 0.5, "rotation_range_deg": 2.0}
    plain = {"rep": range(1, count + 1), "set": 1, "side": "left", "kind": "complete", **times, **angles}
    return pd.DataFrame({**plain, **columns})


def fault(name, **columns):
    return find_faults(reps_table(**columns)).set_index("fault").loc[name]


def test_clean_set_has_no_fault():
    faults = find_faults(reps_table())
    seen = faults[faults["observable"]]
    assert set(seen["severity"]) == {"none"} and (seen["chance"] < 0.1).all()
    assert faults["fault"].tolist() == [p.key for p in FAULTS] + list(UNSEEN)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("drop_too_large", {"drop_deg": 14.0}),
        ("drop_too_small", {"drop_deg": 2.5}),
        ("pelvis_not_square", {"rotation_range_deg": 9.0}),
        ("incomplete_return", {"return_error_deg": 4.0}),
        ("tempo_too_fast", {"raise_s": 0.5}),
        ("tempo_uneven", {"lower_s": [0.7, 1.6] * 10}),
    ],
)
def test_each_fault_is_named_and_no_other(name, columns):
    faults = find_faults(reps_table(**columns))
    broken = faults[faults["severity"].isin(["mild", "moderate", "severe"])]
    assert broken["fault"].tolist() == [name]
    assert broken["chance"].iloc[0] > 0.9 and len(broken["reps"].iloc[0]) >= 17


def test_chance_is_that_of_the_kth_worst_repetition():
    errors = np.linspace(0, 3, 20)  # the third worst of twenty (15 %) is 3 − 2·3/19
    expected = norm.cdf((3 - 2 * 3 / 19 - norms.RETURN_ERROR_DEG.mild.value) / norms.RETURN_SE_DEG.value)
    assert fault("incomplete_return", return_error_deg=errors)["chance"] == pytest.approx(expected)


def test_chance_is_a_half_at_the_limit():
    assert fault("drop_too_large", drop_deg=norms.DROP_LARGE_DEG.mild.value)["chance"] == pytest.approx(0.5)


def test_a_single_bad_repetition_is_no_fault_of_the_set():
    found = fault("incomplete_return", return_error_deg=[0.5] * 19 + [6.0])
    assert found["severity"] == "none" and found["reps"] == []


def test_it_says_where_the_fault_began():
    found = fault("incomplete_return", return_error_deg=[0.5] * 4 + [3.5] + [0.5] * 9 + [3.5] * 6)
    assert found["reps"] == [5, 15, 16, 17, 18, 19, 20] and found["first_rep"] == 15


def test_severity_steps():
    point = next(p for p in FAULTS if p.key == "incomplete_return")
    assert [fault_severity(point, value) for value in (1.9, 2.5, 4.0, 5.5)] == ["none", "mild", "moderate", "severe"]
    small = next(p for p in FAULTS if p.key == "drop_too_small")
    assert [fault_severity(small, value) for value in (4.1, 3.5, 2.5, 1.0)] == ["none", "mild", "moderate", "severe"]


def test_without_a_level_the_return_is_not_observable():
    found = fault("incomplete_return", return_error_deg=np.nan)
    assert not found["observable"] and found["severity"] == "not observable" and np.isnan(found["chance"])


def test_a_steadily_slowing_set_is_not_uneven():
    assert fault("tempo_uneven", lower_s=np.linspace(0.9, 1.6, 20))["severity"] == "none"


def test_only_complete_measured_repetitions_are_judged():
    reps = reps_table(drop_deg=[7.0] * 10 + [30.0] * 10, kind=["complete"] * 10 + ["partial"] * 5 + ["complete"] * 5)
    reps["unmeasured"] = [None] * 15 + ["gap in the data"] * 5
    assert find_faults(reps).set_index("fault").loc["drop_too_large", "severity"] == "none"


def test_sets_are_judged_apart():
    reps = reps_table(set=[1] * 10 + [2] * 10, drop_deg=[7.0] * 10 + [14.0] * 10)
    large = find_faults(reps).query("fault == 'drop_too_large'")
    assert large["severity"].tolist() == ["none", "moderate"]


def test_no_repetitions_no_verdict():
    assert find_faults(reps_table(0)).empty and score_form(reps_table(0)).empty


def test_each_repetition_carries_its_own_faults():
    marked = mark_faults(reps_table(3, drop_deg=[7.0, 12.0, 2.0], return_error_deg=[3.0, 0.0, 0.0]))
    assert marked["faults"].tolist() == [["incomplete_return"], ["drop_too_large"], ["drop_too_small"]]


def test_score_of_clean_set_is_full():
    score = score_form(reps_table()).iloc[0]
    assert score["form_score"] == 100 and score["points_lost"] == {} and score["form_low"] <= 100 <= score["form_high"]


def test_points_lost_add_up_and_are_those_of_the_weights():
    severe = norms.RETURN_ERROR_DEG.severe
    score = score_form(reps_table(return_error_deg=[severe] * 10 + [0.0] * 10, rotation_range_deg=norms.ROTATION_RANGE_DEG.severe)).iloc[0]
    assert score["points_lost"] == {"incomplete_return": WEIGHTS["incomplete_return"] / 2, "pelvis_not_square": WEIGHTS["pelvis_not_square"]}
    assert score["form_score"] == 100 - sum(score["points_lost"].values())


def test_score_stays_within_its_interval_and_the_interval_is_reproducible():
    reps = reps_table(return_error_deg=np.linspace(0, 5, 20), drop_deg=np.linspace(6, 12, 20))
    one, other = score_form(reps).iloc[0], score_form(reps).iloc[0]
    assert 0 <= one["form_low"] < one["form_score"] < one["form_high"] <= 100
    assert (one["form_low"], one["form_high"]) == (other["form_low"], other["form_high"])


def test_more_of_a_fault_never_scores_better():
    scores = [score_form(reps_table(rotation_range_deg=r))["form_score"].iloc[0] for r in (4, 6, 8, 10, 14)]
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[-1]


def test_every_coaching_point_has_a_weight():
    assert set(WEIGHTS) == {point.key for point in FAULTS}

"""The course of a set, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.course import describe_course, fit_drift


def table(**columns):
    n = len(next(iter(columns.values())))
    number = np.arange(1, n + 1)
    times = {"start_s": 2.0 * number, "bottom_s": 2.0 * number + 1, "end_s": 2.0 * number + 2}
    plain = {"drop_deg": 8.0, "lower_s": 1.0, "raise_s": 1.0}
    return pd.DataFrame({"rep": number, "set": 1, "side": "left", "kind": "complete", **times, **plain, **columns})


def row(reps, measure):
    return describe_course(reps).set_index("measure").loc[measure]


def test_worked_by_hand():
    """Drops 7, 8, 9, 8: median 8, standard deviation √(2/3); slopes between pairs 1, 1, 1/3, 1, 0, −1, of which the median is 2/3."""
    found = row(table(drop_deg=[7.0, 8.0, 9.0, 8.0]), "drop_deg")
    assert found["n_reps"] == 4 and found["median"] == 8.0 and found["sd"] == pytest.approx(np.sqrt(2 / 3))
    assert found["drift"] == pytest.approx(10 * np.median([1, 1, 1 / 3, 1, 0, -1]))


def test_one_odd_repetition_moves_no_drift():
    error = 0.05 * np.arange(20)
    odd = np.where(np.arange(20) == 12, 9.0, error)
    for values in (error, odd):
        assert row(table(return_error_deg=values), "return_error_deg")["drift"] == pytest.approx(0.5)


def test_an_error_that_all_share_changes_neither_scatter_nor_drift():
    rng = np.random.default_rng(3)
    error = rng.normal(0, 0.5, 20)
    one, other = (row(table(return_error_deg=error + off), "return_error_deg") for off in (0.0, 1.5))
    assert other["median"] - one["median"] == pytest.approx(1.5)
    assert other[["sd", "drift", "drift_low", "drift_high"]].tolist() == pytest.approx(one[["sd", "drift", "drift_low", "drift_high"]].tolist())


def test_interval_of_the_drift_holds_no_drift_as_often_as_it_says():
    rng = np.random.default_rng(4)
    held = []
    for _ in range(300):
        _, low, high = fit_drift(np.arange(1.0, 31.0), rng.normal(0, 1, 30))
        held.append(low <= 0 <= high)
    assert 0.91 < np.mean(held) < 0.99  # 95 % ± three standard errors of 300


def test_a_repetition_that_does_not_count_is_left_out_but_keeps_its_number():
    reps = table(return_error_deg=[0.0, 0.1, 9.0, 0.3, 0.4])
    reps.loc[2, "kind"] = "partial"
    found = row(reps, "return_error_deg")
    assert found["n_reps"] == 4 and found["drift"] == pytest.approx(1.0)


def test_sets_apart_and_measures_that_are_not_known_left_out():
    reps = table(return_error_deg=[np.nan] * 8)
    reps["set"] = [1] * 4 + [2] * 4
    found = describe_course(reps)
    assert found["set"].tolist() == [1] * 3 + [2] * 3 and set(found["measure"]) == {"drop_deg", "lower_s", "raise_s"}


def test_too_few_for_a_drift():
    found = row(table(drop_deg=[8.0]), "drop_deg")
    assert found["median"] == 8.0 and found[["sd", "drift", "drift_low"]].isna().all()
    assert describe_course(table(drop_deg=[8.0]).iloc[:0]).empty
    with pytest.raises(ValueError, match="measure_reps"):
        describe_course(table(drop_deg=[8.0]).drop(columns="lower_s"))

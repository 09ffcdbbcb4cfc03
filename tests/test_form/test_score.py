"""The form score: additive, explained, monotone, with an interval, and comparable where the same was seen."""

import numpy as np
import pytest

from hiphitch_analysis import norms
from hiphitch_analysis.form.points import POINTS
from hiphitch_analysis.form.score import CORE, WEIGHTS, score_form, weigh_differently


def test_score_of_clean_set_is_full(reps_table):
    score = score_form(reps_table()).iloc[0]
    assert score["form_score"] == 100 and score["points_lost"] == {} and score["form_low"] <= 100 <= score["form_high"]


def test_points_lost_add_up_and_are_those_of_the_weights(reps_table):
    severe = norms.RETURN_ERROR_DEG.severe
    score = score_form(reps_table(return_error_deg=[severe] * 10 + [0.0] * 10, rotation_range_deg=norms.ROTATION_RANGE_DEG.severe)).iloc[0]
    assert score["points_lost"] == {"incomplete_return": WEIGHTS["incomplete_return"] / 2, "pelvis_not_square": WEIGHTS["pelvis_not_square"]}
    assert score["form_score"] == 100 - sum(score["points_lost"].values())


def test_score_stays_within_its_interval_and_the_interval_is_reproducible(reps_table):
    reps = reps_table(return_error_deg=np.linspace(0, 5, 20), drop_deg=np.linspace(6, 12, 20))
    one, other = score_form(reps).iloc[0], score_form(reps).iloc[0]
    assert 0 <= one["form_low"] < one["form_score"] < one["form_high"] <= 100
    assert (one["form_low"], one["form_high"]) == (other["form_low"], other["form_high"])


def test_more_of_a_fault_never_scores_better(reps_table):
    scores = [score_form(reps_table(rotation_range_deg=r))["form_score"].iloc[0] for r in (4, 6, 8, 10, 14)]
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[-1]


def test_every_coaching_point_has_a_weight():
    assert set(WEIGHTS) == {point.key for point in POINTS}


def test_a_point_that_is_not_seen_costs_nothing_and_is_named(reps_table):
    score = score_form(reps_table()).iloc[0]
    assert "trunk_lean_stance" in score["not_seen"] and "incomplete_return" not in score["not_seen"]
    assert score_form(reps_table(trunk_lean_max_deg=10.0)).iloc[0]["form_score"] == 100 - WEIGHTS["trunk_lean_stance"]


def test_the_core_is_the_same_whatever_else_is_worn(reps_table):
    faulty = {"return_error_deg": 3.5, "drop_deg": 11.0}
    alone = score_form(reps_table(**faulty)).iloc[0]
    more = score_form(reps_table(**faulty, trunk_lean_max_deg=8.0, leg_gain=0.2, sway_deg_s=4.0)).iloc[0]
    assert alone["form_core"] == more["form_core"] == alone["form_score"] > more["form_score"]


def test_without_a_level_there_is_no_core(reps_table):
    score = score_form(reps_table(return_error_deg=np.nan)).iloc[0]
    assert np.isnan(score["form_core"]) and score["form_score"] == 100


def test_points_are_the_mean_over_those_that_were_seen(reps_table):
    half = [norms.RETURN_ERROR_DEG.severe, np.nan] * 10
    assert score_form(reps_table(return_error_deg=half)).iloc[0]["points_lost"] == {"incomplete_return": WEIGHTS["incomplete_return"]}


def test_a_surer_measurement_has_a_narrower_interval(reps_table):
    rough, fine = (score_form(reps_table(return_error_deg=3.5, return_error_se_deg=se)).iloc[0] for se in (1.0, 0.1))
    assert fine["form_high"] - fine["form_low"] < 0.2 * (rough["form_high"] - rough["form_low"])  # the spread of repetitions is nil here


def test_the_interval_holds_what_another_error_of_measurement_would_give(reps_table):
    """A common error of one standard error, the score of it in closed form: 40 points over 3°, at 3.5° a loss of 20."""
    score = score_form(reps_table(return_error_deg=3.5, return_error_se_deg=0.3)).iloc[0]
    for shift in (-1, 1):
        assert score["form_low"] < 100 - 40 * (1.5 + 0.3 * shift) / 3 < score["form_high"]
    # Normal draws: ±1.96 standard errors of 4 points each. Of 400 draws the 2.5th percentile has a standard error of 0.13 standard errors, so the
    # width one of 0.19 · 4 = 0.8 points; twice that.
    assert score["form_high"] - score["form_low"] == pytest.approx(2 * 1.96 * 0.3 * 40 / 3, abs=1.6)


def test_what_hangs_on_a_weight(reps_table):
    table = weigh_differently(reps_table(return_error_deg=3.5, rotation_range_deg=8.5)).set_index("fault")
    assert table.loc["incomplete_return", ["points_lost", "form_score", "with_half", "with_twice"]].tolist() == pytest.approx([20, 65, 75, 45])
    assert table.loc["pelvis_not_square", ["points_lost", "with_half", "with_twice"]].tolist() == pytest.approx([15, 72.5, 50])
    assert table.loc["drop_too_large", "with_twice"] == 65 and "trunk_lean_stance" not in table.index


def test_no_repetitions_no_score(reps_table):
    assert score_form(reps_table(0)).empty and weigh_differently(reps_table(0)).empty


def test_the_core_has_points_and_weights():
    assert set(CORE) < set(WEIGHTS)

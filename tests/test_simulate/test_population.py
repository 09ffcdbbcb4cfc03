import dataclasses
import math

import numpy as np
import pytest

from hiphitch_analysis.simulate.population import (
    LAWS,
    PER_REP_BEFORE,
    Population,
    Squad,
    draw_squad,
    growth_at,
    slope_at,
    weeks_to_goal,
)

FRESH = math.log(45) - 2 * math.log(0.95)  # log capacity that leaves 45 in a third set
MANY = 4000


def someone(law, missing=0.5, slope=0.05, rate=0.05, right=-0.1, **effects):
    """One athlete whose right side is weaker and lacks `missing` + 0.1 for 3×45."""
    level = np.array([FRESH - missing])
    return Squad(Population(law, **effects), level, np.array([[0.0, right]]), np.array([slope]), np.array([rate]))


def test_growth_by_hand():
    weeks = np.array([[0.0, 3.0, 10.0]])
    assert growth_at(someone("linear"), weeks)[0] == pytest.approx([0, 0.15, 0.5], abs=1e-12)
    assert growth_at(someone("log"), weeks)[0] == pytest.approx([0, 0.05 * 1.3862943611, 0.05 * 2.3978952728], abs=1e-10)
    # (1 − e^−0.05k)/0.05 · 0.05: 1 − e^−.15 and 1 − e^−.5
    assert growth_at(someone("saturating"), weeks)[0] == pytest.approx([0, 0.1392920236, 0.3934693403], abs=1e-10)


@pytest.mark.parametrize("law", LAWS)
def test_slope_is_the_growth_per_week(law):
    squad, step = draw_squad(20, Population(law), seed=3), 1e-5
    for week in (0.5, 4.0, 20.0):
        difference = (growth_at(squad, week + step) - growth_at(squad, week - step)) / (2 * step)
        assert slope_at(squad, week) == pytest.approx(difference, abs=1e-8)
    assert slope_at(squad, 0.0) == pytest.approx(squad.slope)


def test_saturating_growth_is_linear_for_a_small_rate_and_ends():
    weeks = np.array([[1.0, 10.0, 40.0]])
    assert growth_at(someone("saturating", rate=1e-9), weeks) == pytest.approx(growth_at(someone("linear"), weeks), abs=1e-7)
    squad = someone("saturating", rate=0.1)
    assert squad.level + growth_at(squad, 1000.0) == pytest.approx(squad.asymptote)
    assert np.isinf(someone("log").asymptote).all()


# 0.6 are missing on the right and 0.05 are gained in the first week.
@pytest.mark.parametrize(
    ("law", "weeks"),
    [
        ("linear", 12.0),
        ("log", math.exp(12) - 1),
        ("saturating", -math.log(1 - 0.05 * 12) / 0.05),  # 18.3
    ],
)
def test_week_of_3x45_in_closed_form(law, weeks):
    assert weeks_to_goal(someone(law)) == pytest.approx([weeks], rel=1e-9)


def test_week_of_3x45_counts_the_two_sets_before():
    # 90 repetitions before it at log(33/37)/50 each cost 0.206, which takes 4.1 more weeks at 0.05.
    later = 90 * math.log(37 / 33) / 50 / 0.05
    assert weeks_to_goal(someone("linear", per_rep_before=PER_REP_BEFORE)) == pytest.approx([12 + later])
    # After-failure effects play no part: both sets before were 45 of 45.
    assert weeks_to_goal(someone("linear", after_failure=-0.5)) == pytest.approx([12])
    # The set factor counts once per further set.
    assert weeks_to_goal(someone("linear", set_factor=1.0)) == pytest.approx([12 + 2 * math.log(0.95) / 0.05])


def test_week_of_3x45_is_that_of_the_weaker_side():
    assert weeks_to_goal(someone("linear", right=0.2)) == pytest.approx([10])


@pytest.mark.parametrize("law", LAWS)
def test_on_that_week_the_capacity_is_45(law):
    squad = draw_squad(200, Population(law, per_rep_before=-0.001), seed=5)
    weeks = weeks_to_goal(squad)
    reached = np.isfinite(weeks) & (weeks > 0) & (weeks < 1e6)
    assert reached.sum() > 100
    log_capacity = squad.level + squad.side.min(axis=1) + growth_at(squad, np.where(reached, weeks, 0.0)) + 2 * math.log(0.95) - 0.001 * 90
    assert np.exp(log_capacity[reached]) == pytest.approx(45, rel=1e-6)
    never = np.isinf(weeks)
    at_the_end = squad.level + squad.side.min(axis=1) + growth_at(squad, 1e9 if law == "linear" else 1e5) + 2 * math.log(0.95) - 0.001 * 90
    assert (at_the_end[never] < math.log(45)).all()


def test_who_is_there_is_there_and_who_does_not_grow_never_comes():
    assert weeks_to_goal(someone("linear", missing=-0.2, slope=-0.01)) == [0.0]
    for law in LAWS:
        assert weeks_to_goal(someone(law, slope=-0.01)) == [np.inf]
        assert weeks_to_goal(someone(law, slope=0.0)) == [np.inf]
    assert weeks_to_goal(someone("saturating", rate=0.05 / 0.59)) == [np.inf]  # growth ends at 0.59, 0.6 are missing
    assert np.isfinite(weeks_to_goal(someone("saturating", rate=0.05 / 0.61))).all()


def test_drawn_parameters_have_the_moments_asked_for():
    linear, bending, log = (draw_squad(MANY, Population(law, correlation=0.5), seed=2) for law in LAWS)
    se = 1 / math.sqrt(MANY)  # of a mean, in standard deviations; of a standard deviation by √2 less
    for values, mean, spread in (
        (linear.level, math.log(22), 0.30),
        (linear.slope, 0.055, 0.02),
        (log.slope, 0.25, 0.10),
        (np.log(bending.rate), math.log(0.12), 0.45),
        (bending.asymptote, math.log(62), 0.20),
        (linear.side.ravel(), 0.0, 0.06),
    ):
        assert values.mean() == pytest.approx(mean, abs=4 * se * spread)
        assert values.std() == pytest.approx(spread, rel=4 * se / math.sqrt(2))
    for squad, growth in ((linear, linear.slope), (log, log.slope), (bending, bending.asymptote)):
        assert np.corrcoef(squad.level, growth)[0, 1] == pytest.approx(0.5, abs=4 * 0.75 * se)
    assert np.corrcoef(linear.side.T)[0, 1] == pytest.approx(0, abs=4 * se)


def test_the_first_athletes_stay_and_keep_their_level_under_another_law():
    few, many = draw_squad(3, seed=7), draw_squad(30, seed=7)
    for name in ("level", "side", "slope"):
        assert (getattr(few, name) == getattr(many, name)[:3]).all()
    assert (draw_squad(3, Population("log"), seed=7).level == few.level).all()
    assert not np.isin(draw_squad(30, seed=8).level, many.level).any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"law": "cubic"}, "law: expected linear, saturating, log, got 'cubic'"),
        ({"slope": (0.05, -0.01)}, "slope: expected a mean"),
        ({"level": (math.nan, 0.3)}, "level: expected a mean"),
        ({"set_sd": -0.04}, "set_sd: expected a standard deviation"),
        ({"rate": (0.0, 0.45)}, "rate, set_factor, correlation: expected above 0"),
        ({"set_factor": 0.0}, "rate, set_factor, correlation"),
        ({"correlation": 1.5}, "rate, set_factor, correlation"),
    ],
)
def test_impossible_populations_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Population(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"side": np.zeros((3, 1))}, "expected level"),
        ({"slope": np.zeros(2)}, "expected level"),
        ({"level": np.array([1.0, 2.0, np.nan])}, "expected finite"),
        ({"population": Population("saturating"), "rate": np.array([0.1, 0.0, 0.1])}, "expected rates above 0"),
    ],
)
def test_impossible_squads_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(draw_squad(3), **wrong)


@pytest.mark.parametrize("options", [{"athletes": 0}, {"seed": -1}])
def test_bad_draws_are_refused(options):
    with pytest.raises(ValueError, match="athletes, seed: expected"):
        draw_squad(**options)

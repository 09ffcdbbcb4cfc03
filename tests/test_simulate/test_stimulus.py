"""Growth by training, where it can be worked out by hand: the same sets in every session of athletes for whom no set ends."""

import math

import numpy as np
import pytest

from hiphitch_analysis.simulate import ClimbLadder, Population, Season, Squad, Stimulus, draw_squad, simulate_mechanistic_season, simulate_season
from hiphitch_analysis.simulate.reference import train_reference

SLOPE = 0.05
SAME = ClimbLadder(((2, 20),))  # three sessions a week: 120 repetitions per leg
BIG = Squad(Population(set_factor=1.0), np.full(2, math.log(1e4)), np.zeros((2, 2)), np.full(2, SLOPE), np.full(2, np.nan))


def growth_weeks(stimulus, weeks=8, season=None):
    """Week of every first set, and the weeks of growth behind it."""
    known = simulate_season(BIG, weeks, season=season, policy=SAME, stimulus=stimulus)
    first = known.sets[(known.sets["set"] == 1) & (known.sets["side"] == "left") & (known.sets["athlete_id"] == "A01")]
    return first["week"].to_numpy(), np.log(first["expected_capacity"].to_numpy() / 1e4) / SLOPE


def test_reference_dose_grows_as_the_law_says():
    week, grown = growth_weeks(Stimulus(120, effective_from=0.0))
    assert grown == pytest.approx(week, abs=1e-9)


@pytest.mark.parametrize(("reference", "ceiling", "pace"), [(240, 1.5, 0.75), (60, 1.5, 1.2), (60, 3.0, 1.5), (1e12, 1.5, 0.0)])
def test_a_week_sets_the_pace_of_the_next(reference, ceiling, pace):
    # ceiling · x / (ceiling − 1 + x) with x = 120/reference; the first week has the pace 1.
    week, grown = growth_weeks(Stimulus(reference, effective_from=0.0, ceiling=ceiling))
    assert grown == pytest.approx(np.where(week < 1, week, 1 + pace * (week - 1)), abs=1e-6)


def test_only_repetitions_near_the_limit_are_effective():
    week, grown = growth_weeks(Stimulus(120, effective_from=0.5))  # 20 of 10,000
    assert grown == pytest.approx(np.minimum(week, 1.0), abs=1e-9)


def test_week_of_the_goal_follows_the_growth():
    # 45 after two sets of 45 without any cost: log 45 − log 40 missing, at 0.05 per week of growth 2.3557 weeks; at a pace of .75 from week 1 on.
    squad = Squad(Population(set_factor=1.0), np.full(1, math.log(40)), np.zeros((1, 2)), np.full(1, SLOPE), np.full(1, np.nan))
    wanted = math.log(45 / 40) / SLOPE
    plain = train_reference(squad, 8, 0, policy=SAME)[2]["week_3x45"]
    assert plain.iloc[0] == pytest.approx(wanted)
    slower = train_reference(squad, 8, 0, policy=SAME, stimulus=Stimulus(240, effective_from=0.0))[2]["week_3x45"]
    assert slower.iloc[0] == pytest.approx(1 + (wanted - 1) / 0.75)
    never = train_reference(squad, 8, 0, policy=SAME, stimulus=Stimulus(1e12, effective_from=0.0))[2]["week_3x45"]
    assert never.iloc[0] == np.inf


def test_pace_follows_what_each_athlete_did():
    """Some stay away, some do two sets where others do three: everybody's growth follows from their own log."""
    people = Population(set_factor=1.0, session_sd=0.0, side_session_sd=0.0, set_sd=0.0)
    squad = draw_squad(6, people, seed=4)
    stimulus = Stimulus(100, effective_from=0.0)
    known = simulate_season(squad, 12, seed=4, season=Season(attendance=0.5), policy=ClimbLadder(complete_to_advance=1), stimulus=stimulus)
    sets = known.sets.assign(reps=known.log["reps"])
    assert known.log.groupby("athlete_id")["set"].max().nunique() == 2
    for i, (_, rows) in enumerate(sets.groupby("athlete_id")):
        dose = rows.groupby(rows["week"].astype(int))["reps"].sum().reindex(range(12), fill_value=0) / 2  # per leg
        pace = [1.0, *stimulus.pace(dose.to_numpy())[:-1]]
        for row in rows[rows["set"] == 1].itertuples():
            whole, part = int(row.week), row.week % 1
            own = sum(pace[:whole]) + pace[whole] * part
            side = squad.side[i, int(row.side == "right")]
            assert math.log(row.expected_capacity) == pytest.approx(squad.level[i] + side + squad.slope[i] * own)


def test_whoever_does_not_come_does_not_grow():
    known = train_reference(draw_squad(3, seed=1), 6, 1, Season(attendance=0.0), stimulus=Stimulus())
    assert len(known[0]["reps"]) == 0
    assert (known[2]["week_3x45"] == np.inf).all()


def test_strength_grows_by_training_too():
    plain, idle = (simulate_mechanistic_season(1, weeks=2, seed=1, policy=SAME, stimulus=s).athletes for s in (None, Stimulus(1e12)))
    assert plain["left_start"].iloc[0] == idle["left_start"].iloc[0] < idle["left_end"].iloc[0] < plain["left_end"].iloc[0]


@pytest.mark.parametrize("options", [{"reference_reps": 0}, {"effective_from": 1.0}, {"ceiling": 1.0}])
def test_senseless_assumptions_are_refused(options):
    with pytest.raises(ValueError, match="expected"):
        Stimulus(**options)

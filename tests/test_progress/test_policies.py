"""What the comparison says, against logs looked at by other means, and against numbers worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.policies import MEASURES, PolicyRuns, compare_policies, record_policies, say_pace, summarise_policies, train_under
from hiphitch_analysis.simulate import POLICIES, STANDARD, ClimbLadder, Population, Season, Stimulus, draw_squad, simulate_season
from hiphitch_analysis.simulate.population import PER_REP_BEFORE
from hiphitch_analysis.simulate.reference import train_reference

RUNS = train_under(squads=3, athletes=8, weeks=20, seed=3)
TABLE = summarise_policies(RUNS)


def of_policy(runs, name):
    return runs.athletes[runs.athletes["policy"] == name].set_index("athlete_id")


@pytest.mark.parametrize("name", ["standard ladder", "open set every 4th session", "every set to failure", "third set first"])
def test_measures_are_those_of_the_log(name):
    """The same season once more, written as a log with its truth and looked at row by row."""
    people = Population(set_factor=1.0, per_rep_before=PER_REP_BEFORE, after_failure=-0.28)
    known = simulate_season(draw_squad(24, people, seed=3), weeks=20, seed=3, policy=POLICIES[name])
    log = known.log.assign(capacity=known.sets["capacity"], week=known.sets["week"])
    measured = of_policy(RUNS, name)
    for athlete, rows in log.groupby("athlete_id"):
        full = rows[rows["reps"] >= 45].pivot_table(index="week", columns="side", values="set", aggfunc="count", fill_value=0)
        goal = full.index[(full.reindex(columns=["left", "right"], fill_value=0) >= 3).all(axis=1)]
        way = rows[rows["week"] <= goal[0]] if len(goal) else rows
        row = measured.loc[athlete]
        assert row["weeks_done"] == (goal[0] if len(goal) else np.inf)
        assert row["sessions"] == way["session"].nunique()
        failed = way["stop_reason"].isin(["fatigue", "technique"])
        assert row["failed"] == pytest.approx(failed.mean())
        assert row["form_stops"] == pytest.approx((way["stop_reason"] == "technique").mean())
        assert row["near_failure"] == pytest.approx((way["capacity"] - way["reps"] <= 2).mean())
        assert row["reserve_reps"] == pytest.approx((way["capacity"].astype(int) - way["reps"]).mean())
        # Three sessions a week and everybody comes: so many sessions are a third as many weeks.
        assert row["reps_week"] == pytest.approx(way["reps"].sum() / 2 / (way["session"].nunique() / 3))
    assert measured["weeks_able"].to_numpy() == pytest.approx(known.athletes["week_3x45"].to_numpy())
    weaker = known.athletes[["left", "right"]].min(axis=1) + known.athletes["level"]
    assert measured["start_reps"].to_numpy() == pytest.approx(np.exp(weaker.to_numpy()))


def test_prescriptions_week_by_week():
    asked = {name: rows.set_index("week") for name, rows in RUNS.prescribed.groupby("policy")}
    assert asked["standard ladder"].loc[0, ["reps_low", "reps_high"]].tolist() == [40, 50]  # the third session is at 2 × 25 for whoever can
    assert asked["3×45 from the first day"][["reps_low", "reps", "reps_high"]].eq(135).all(axis=None)
    assert asked["a step every week"]["reps"].tolist() == [40, 50, 60, 90, 105, 120] + [135] * 14
    assert RUNS.prescribed.groupby("policy").size().eq(20).all()


def test_same_athletes_same_luck():
    """Capacity is what it would be without chance times the same chance, whatever is asked for: also of a policy with fewer sets."""
    squad = draw_squad(6, seed=2)
    chance = []
    for policy in (ClimbLadder(((2, 20),)), POLICIES["every set to failure"]):
        sets, _, _ = train_reference(squad, 4, 2, Season(attendance=0.7), policy, most_sets=3)
        key = pd.MultiIndex.from_arrays([sets[name] for name in ("athlete", "planned", "side", "set")])
        chance.append(pd.Series(sets["capacity"] / sets["expected"], key))
    two, three = chance
    assert len(two) < len(three) and set(two.index) < set(three.index)
    assert two.to_numpy() == pytest.approx(three.reindex(two.index).to_numpy(), rel=1e-12)


def test_a_policy_of_fewer_sets_is_lucky_in_the_same_sets():
    two = ClimbLadder(((2, 20),))
    runs = train_under({"two sets": two}, squads=2, athletes=3, weeks=3, seed=2)
    squad = draw_squad(6, Population(set_factor=1.0, per_rep_before=PER_REP_BEFORE, after_failure=-0.28), seed=2)
    sets, _, _ = train_reference(squad, 3, 2, policy=two, most_sets=3)  # as many as the standard ladder asks for
    spare = pd.Series(np.floor(sets["capacity"]) - sets["reps"]).groupby(sets["athlete"]).mean()
    assert of_policy(runs, "two sets")["reserve_reps"].to_numpy() == pytest.approx(spare.to_numpy())


def test_nothing_shows_the_goal_sooner_than_asking_for_it_always():
    """Whoever does 3 × 45 on a day would have done so had it been asked for on that day before; this needs the same luck under every policy."""
    soonest = of_policy(RUNS, "3×45 from the first day")["weeks_done"]
    for name in POLICIES:
        assert (of_policy(RUNS, name)["weeks_done"] >= soonest).all()


def test_growth_is_the_same_under_every_policy_unless_assumed_otherwise():
    for name in POLICIES:
        assert (of_policy(RUNS, name)["weeks_able"] == of_policy(RUNS, STANDARD)["weeks_able"]).all()
    some = {name: POLICIES[name] for name in (STANDARD, "3×45 from the first day")}
    assumed = compare_policies(some, squads=3, athletes=8, weeks=20, seed=3, stimulus=Stimulus(80))
    assert assumed.loc["3×45 from the first day", "weeks_able_diff"] < -0.2  # more of it near the limit


def test_standard_ladder_is_always_there_and_no_different_from_itself():
    table = compare_policies({"every set to failure": POLICIES["every set to failure"]}, squads=2, athletes=2, weeks=3)
    assert table.index.tolist() == [STANDARD, "every set to failure"]
    assert (table.loc[STANDARD].filter(like="_diff") == 0).all()


def made(values, squads, weeks=20.0):
    """Runs whose only measure is given: {policy: one value per athlete}."""
    per_squad = len(next(iter(values.values()))) // squads
    squad = np.repeat(np.arange(squads), per_squad)
    rows = [pd.DataFrame({"policy": name, "squad": squad, "athlete_id": range(len(squad)), "weeks_done": v}) for name, v in values.items()]
    return PolicyRuns(pd.concat(rows), pd.DataFrame(), weeks)


def test_summary_by_hand():
    inf = np.inf
    table = summarise_policies(made({STANDARD: [2.0, 4, 6, 8], "b": [3.0, 5, inf, 9]}, squads=2))
    # Differences: 1 and 1 in the first squad; 20 − 6 = 14 and 1 in the second. Squads 1 and 7.5: mean 4.25, SD 4.596, SE 3.25; t(1) = 12.706.
    row = table.loc["b"]
    assert row["weeks_done_diff"] == pytest.approx(4.25)
    assert row["weeks_done_diff_high"] - row["weeks_done_diff"] == pytest.approx(12.7062 * 3.25, rel=1e-4)
    assert row["weeks_done_diff"] - row["weeks_done_diff_low"] == pytest.approx(12.7062 * 3.25, rel=1e-4)
    # The lowest value that a half, a tenth, nine tenths of the athletes do not exceed.
    assert row[["weeks_done", "weeks_done_low", "weeks_done_high"]].tolist() == [5, 3, inf]
    assert table["reached"].tolist() == [1.0, 0.75] and table["season_weeks"].tolist() == [20, 20]


def test_a_median_beyond_the_season_has_no_standard_error():
    table = summarise_policies(made({STANDARD: [2.0, 4, 6, 8], "b": [3.0, np.inf, np.inf, np.inf], "c": [21.0, 25, 30, 30]}, squads=2))
    assert table["weeks_done"].tolist() == [4, np.inf, 25]
    assert table["weeks_done_se"].isna().tolist() == [False, True, True]


def test_standard_error_of_a_median():
    # 60 squads of 20 normal values: √(π/2)/√1200 = .0362. A bootstrapped median's standard error scatters by some 15 %: three of them.
    values = np.random.default_rng(8).normal(10, 1, 1200)
    table = summarise_policies(made({STANDARD: values}, squads=60))
    assert table.loc[STANDARD, "weeks_done_se"] == pytest.approx(math.sqrt(math.pi / 2 / 1200), rel=0.45)


def test_squads_differ_as_a_whole():
    # Squads of one value each: the median of 9 squads drawn again, not of 180 athletes.
    values = np.repeat(np.random.default_rng(1).normal(10, 1, 9), 20)
    assert summarise_policies(made({STANDARD: values}, squads=9)).loc[STANDARD, "weeks_done_se"] > 0.15


def test_a_choice_of_athletes_can_be_looked_at():
    strong = RUNS.athletes["start_reps"] >= 22
    table = summarise_policies(replace(RUNS, athletes=RUNS.athletes[strong]))
    assert table.index.tolist() == TABLE.index.tolist()
    assert table.loc[STANDARD, "weeks_done"] < TABLE.loc[STANDARD, "weeks_done"]


def test_whoever_never_came_is_left_out():
    habits = Season(attendance=0.3, attendance_sd=0.25)
    runs = train_under({STANDARD: POLICIES[STANDARD]}, squads=2, athletes=8, weeks=2, season=habits)
    came = runs.athletes["sessions"] > 0
    assert 0 < (~came).sum() < 16 and (runs.athletes["failed"].notna() == came).all()
    assert summarise_policies(runs).loc[STANDARD, "failed"] in set(runs.athletes.loc[came, "failed"])


def test_mechanistic_generator_rates_technique():
    some = {name: POLICIES[name] for name in (STANDARD, "every set to failure")}
    runs = train_under(some, squads=2, athletes=2, weeks=1, seed=1, generator="mechanistic")
    easy, hard = (of_policy(runs, name)["technique"] for name in some)
    assert (hard <= easy).all() and hard.mean() < easy.mean() and easy.between(0, 9).all()
    assert "technique" not in RUNS.athletes and "technique" in MEASURES


def test_records_have_no_infinity():
    records = record_policies(summarise_policies(made({STANDARD: [3.0, np.inf, np.inf, np.inf]}, squads=2)))
    assert records[0]["policy"] == STANDARD and records[0]["weeks_done"] is None and records[0]["weeks_done_low"] == 3.0


def test_the_assumption_is_said():
    assert "same pace under every policy; nobody knows" in say_pace(None)
    assert say_pace(Stimulus(80)).startswith("Assumed, not measured") and "80 per leg and week" in say_pace(Stimulus(80))


@pytest.mark.parametrize(
    "options", [{"squads": 1}, {"athletes": 0}, {"generator": "guess"}, {"generator": "mechanistic", "law": "log"}, {"law": "x"}]
)
def test_bad_options_are_refused(options):
    with pytest.raises(ValueError, match="expected"):
        compare_policies(**{"squads": 2, "athletes": 2, "weeks": 2, **options})

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from hiphitch_analysis.schema import Log, check_table
from hiphitch_analysis.simulate import Population, Season, Squad, draw_squad, simulate_season
from hiphitch_analysis.simulate.population import LAWS, growth_at, weeks_to_goal

QUIET = {"session_sd": 0.0, "side_session_sd": 0.0, "set_sd": 0.0}
BIG = simulate_season(draw_squad(seed=4), weeks=12, seed=4)


def same(capacity, n=1, slope=0.0, **effects):
    """n athletes of one capacity on both sides, who gain `slope` per week."""
    return Squad(Population(**effects), np.full(n, math.log(capacity)), np.zeros((n, 2)), np.full(n, slope), np.full(n, np.nan))


def test_log_keeps_the_schema_and_the_truth_its_order():
    check_table(BIG.log, Log)
    assert ",".join(BIG.log.columns) == (
        "athlete_id,date,session,side,set,target_reps,reps,ankle_kg,body_mass_kg,rest_s,rpe,pain,technique,stop_reason,amrap,notes"
    )
    key = ["athlete_id", "session", "side", "set"]
    assert (BIG.log[key] == BIG.sets[key]).all(axis=None)
    assert not BIG.log.duplicated(key).any()
    assert BIG.athletes.index.tolist() == sorted(BIG.log["athlete_id"].unique())


def test_log_shows_capacity_up_to_the_target_and_no_more():
    shown = np.minimum(np.floor(BIG.sets["capacity"]), BIG.log["target_reps"])
    assert (BIG.log["reps"] == shown).all()
    assert ((BIG.log["stop_reason"] == "target") == (BIG.log["reps"] == BIG.log["target_reps"])).all()
    failed = BIG.log[BIG.log["stop_reason"] != "target"]
    # One failure in five by form: 2,400 failures, SE 0.8 %, four of them.
    assert (failed["stop_reason"] == "technique").mean() == pytest.approx(0.2, abs=0.033)
    assert set(failed["stop_reason"]) == {"fatigue", "technique"}


def test_share_of_capped_sets_in_closed_form():
    # The first session of 1500 athletes, each with its own level, side, day, side on that day and set.
    people = Population()
    first = simulate_season(draw_squad(1500, people, seed=1), weeks=0.1, seed=1).log
    spread = math.sqrt(0.30**2 + 0.06**2 + 0.06**2 + 0.05**2 + 0.04**2)
    for number, expected in ((1, norm.cdf(math.log(22 / 20) / spread)), (2, norm.cdf(math.log(22 * 0.95 / 20) / spread))):
        capped = first.loc[first["set"] == number, "stop_reason"] == "target"
        # Both sides of an athlete nearly agree: SE of a share of about .6 among 1500 is at most .0127, four of them.
        assert capped.mean() == pytest.approx(expected, abs=0.051)


def test_shares_and_slopes_of_the_reference_squads():
    """58–75 % of the sets stop at the prescription, and the slopes are those asked for: 20 squads of 40 over 12 weeks."""
    share, mean, spread = [], [], []
    for seed in range(20):
        squad = draw_squad(40, seed=seed)
        share.append((simulate_season(squad, weeks=12, seed=seed).log["stop_reason"] == "target").mean())
        mean.append(squad.slope.mean())
        spread.append(squad.slope.std(ddof=1))
    assert 0.58 < np.mean(share) < 0.75
    assert min(share) > 0.50 and max(share) < 0.80  # a squad of 40 differs from the next by some percent
    # 800 slopes: SE .02/√800 = .0007 of the mean and .0005 of the SD, four of them.
    assert np.mean(mean) == pytest.approx(0.055, abs=0.0028)
    assert np.mean(spread) == pytest.approx(0.02, abs=0.002)


def test_variance_components_come_back_by_plain_algebra():
    n, m = 150, 60
    effects = Population(slope=(0.0, 0.0), level=(math.log(22), 0.3))
    truth = simulate_season(draw_squad(n, effects, seed=3), weeks=m / 3, seed=3, season=Season(ladder=((3, 1000),))).sets
    log_c = np.log(truth["capacity"].to_numpy()).reshape(n, m, 3, 2) - np.log(0.95) * np.arange(3)[None, None, :, None]
    day = log_c.mean(axis=2)  # (athlete, session, side)
    unlike, alike = day[..., 0] - day[..., 1], day.mean(axis=2)
    set_var = log_c.var(axis=2, ddof=1).mean()
    side_day_var = unlike.var(axis=1, ddof=1).mean() / 2 - set_var / 3
    day_var = alike.var(axis=1, ddof=1).mean() - side_day_var / 2 - set_var / 6
    side_var = unlike.mean(axis=1).var(ddof=1) / 2 - (side_day_var + set_var / 3) / m
    level_var = alike.mean(axis=1).var(ddof=1) - side_var / 2 - (day_var + side_day_var / 2 + set_var / 6) / m
    # A variance from f degrees of freedom has a relative SE of √(2/f), its root of half that; four of them, f from 149 to 36,000.
    for found, expected, freedom in (
        (set_var, 0.04, 2 * n * m * 2),
        (side_day_var, 0.05, n * (m - 1) / 2),
        (day_var, 0.06, n * (m - 1) / 2.5),
        (side_var, 0.06, n - 1),
        (level_var, 0.30, n - 1),
    ):
        assert math.sqrt(found) == pytest.approx(expected, rel=4 * math.sqrt(2 / freedom) / 2)


def test_capacity_follows_from_its_parts():
    effects = {"per_rep_before": -0.002, "after_failure": -0.2, "per_ankle_kg": -0.06, "set_factor": 0.97}
    squad = same(40, n=3, slope=0.03, **effects)
    known = simulate_season(squad, weeks=26, seed=2, season=Season(ankle_step_kg=0.5))
    log = known.log.assign(week=(known.log["date"] - known.log["date"].min()).dt.days / 7)
    sets = log.groupby(["athlete_id", "session", "side"])
    before = sets["reps"].cumsum() - log["reps"]
    failed = sets["stop_reason"].shift().isin(["fatigue", "technique"])
    by_hand = math.log(40) + 0.03 * log["week"] + (log["set"] - 1) * math.log(0.97) - 0.002 * before - 0.2 * failed - 0.06 * log["ankle_kg"]
    assert np.log(known.sets["expected_capacity"]).to_numpy() == pytest.approx(by_hand.to_numpy(), abs=1e-12)
    assert failed.any() and (log["ankle_kg"] > 0).any()  # else the formula was not put to the test
    noise = np.log(known.sets["capacity"] / known.sets["expected_capacity"])
    assert noise.std() == pytest.approx(math.sqrt(0.06**2 + 0.05**2 + 0.04**2), rel=0.15)  # 234 days: 5 %, three of them


@pytest.mark.parametrize("law", LAWS)
def test_the_truth_of_athletes_is_their_parameters(law):
    squad = draw_squad(30, Population(law, per_rep_before=-0.001), seed=6)
    truth = simulate_season(squad, weeks=2, seed=1).athletes
    assert (truth["week_3x45"] == weeks_to_goal(squad)).all()
    assert (truth["level"] == squad.level).all() and (truth["slope"] == squad.slope).all()
    weaker = np.where(truth["left"] < truth["right"], "left", "right")
    assert (truth["weaker_side"] == weaker).all()


def test_from_that_week_on_a_day_without_noise_is_45_45_45():
    squad = draw_squad(40, Population("saturating", **QUIET), seed=6)
    known = simulate_season(squad, weeks=30, seed=1, season=Season(ladder=((3, 45),)))
    third = known.log[known.log["set"] == 3].merge(known.athletes["week_3x45"], on="athlete_id")
    week = (third["date"] - third["date"].min()).dt.days / 7
    both = (third["reps"] >= 45).groupby([third["athlete_id"], third["session"]]).transform("all")
    # before that day the sets before are shorter too, which without a carry-over changes nothing
    assert (both == (week >= third["week_3x45"])).all()
    assert both.any() and not both.all()


def test_ladder_is_climbed_in_order_then_ankle_weight():
    strong = same(500, n=1, **QUIET, set_factor=1.0, per_ankle_kg=-0.01)
    steps = [(2, 20, 0), (2, 25, 0), (2, 30, 0), (3, 30, 0), (3, 35, 0), (3, 40, 0), (3, 45, 0), (3, 45, 0.5), (3, 45, 1.0)]
    log = simulate_season(strong, weeks=6, season=Season(ankle_step_kg=0.5)).log
    done = log.groupby("session").agg(sets=("set", "max"), target=("target_reps", "first"), kg=("ankle_kg", "first"))
    assert [tuple(row) for row in done.to_numpy().tolist()] == [step for step in steps for _ in range(2)]
    assert log["date"].drop_duplicates().dt.day_of_week.tolist() == [0, 2, 4] * 6
    assert log.loc[log["set"] == 1, "rest_s"].isna().all() and log.loc[log["set"] > 1, "rest_s"].between(20, 110).all()
    repeated = simulate_season(strong, weeks=10).log
    assert repeated["ankle_kg"].eq(0).all() and repeated[["session", "set"]].iloc[-1].tolist() == [30, 3]
    assert simulate_season(strong, weeks=40, season=Season(ankle_step_kg=0.5)).log["ankle_kg"].max() == 10


def test_two_complete_sessions_in_a_row_move_up():
    just = same(20.5, **QUIET, set_factor=1.0)  # 20 of 20, then 20 of 25 for ever
    assert simulate_season(just, weeks=2).log.groupby("session")["target_reps"].first().tolist() == [20, 20, 25, 25, 25, 25]
    three = simulate_season(just, weeks=2, season=Season(complete_to_advance=3)).log
    assert three.groupby("session")["target_reps"].first().tolist() == [20, 20, 20, 25, 25, 25]


def test_every_so_many_sessions_the_last_set_is_uncapped():
    known = simulate_season(same(60, n=20), weeks=8, seed=3, season=Season(uncapped_every=4))
    log = known.log
    last = log["set"] == log.groupby(["athlete_id", "session"])["set"].transform("max")
    assert (log["amrap"] == ((log["session"] % 4 == 0) & last)).all()
    open_end = log[log["amrap"]]
    assert (open_end["reps"] == np.floor(known.sets.loc[open_end.index, "capacity"])).all()
    assert open_end["stop_reason"].isin(["fatigue", "technique"]).all()
    assert (open_end["reps"] > open_end["target_reps"]).any()
    assert not BIG.log["amrap"].any()


def test_slips_are_in_the_log_only():
    squad = draw_squad(20, seed=1)
    clean, slipped = (simulate_season(squad, weeks=12, seed=5, season=Season(typo_rate=rate)) for rate in (0.0, 0.02))
    pd.testing.assert_frame_equal(clean.sets, slipped.sets)
    wrong = clean.log["reps"] != slipped.log["reps"]
    assert wrong.sum() / (clean.log["reps"] >= 10).sum() == pytest.approx(0.02, abs=4 * math.sqrt(0.02 / len(wrong)))
    assert (slipped.log.loc[wrong, "reps"] == clean.log.loc[wrong, "reps"] // 10).all()
    assert (slipped.sets["done_reps"] == clean.log["reps"]).all()


def test_exertion_is_rated_around_what_it_took():
    effort = 10 * BIG.log["reps"] / BIG.sets["capacity"]
    far = effort < 7.5  # ratings end at 10
    error = BIG.log.loc[far, "rpe"] - effort[far]
    assert error.mean() == pytest.approx(0, abs=4 * 0.72 / math.sqrt(far.sum()))
    assert error.std() == pytest.approx(math.sqrt(0.7**2 + 0.5**2 / 12), rel=4 / math.sqrt(2 * far.sum()))  # rounded to halves


def test_sets_stopped_early():
    squad = same(30, n=100)
    known = simulate_season(squad, weeks=8, seed=2, season=Season(pain_stops=0.05, other_stops=0.1))
    log = known.log
    for reason, rate in (("pain", 0.05), ("other", 0.1)):
        assert (log["stop_reason"] == reason).mean() == pytest.approx(rate, abs=4 * math.sqrt(rate / len(log)))
    early = log["stop_reason"].isin(["pain", "other"])
    able = np.minimum(np.floor(known.sets["capacity"]), log["target_reps"])
    assert (log.loc[early, "reps"] / able[early]).between(0.4 - 1 / 20, 0.9).all()
    assert (log.loc[log["stop_reason"] == "pain", "pain"] >= 5).all()
    assert (log.loc[log["stop_reason"] != "pain", "pain"] == 0).all()


def test_same_seed_same_season_whatever_the_others_do_and_however_long_it_goes_on():
    habits = Season(attendance=0.7, attendance_sd=0.15, illness_rate=0.05, pain_stops=0.02, typo_rate=0.01, uncapped_every=5)
    log = simulate_season(draw_squad(12, seed=3), weeks=10, seed=9, season=habits).log
    pd.testing.assert_frame_equal(log, simulate_season(draw_squad(12, seed=3), weeks=10, seed=9, season=habits).log)
    few = simulate_season(draw_squad(3, seed=3), weeks=10, seed=9, season=habits).log
    pd.testing.assert_frame_equal(few, log[log["athlete_id"].isin(["A01", "A02", "A03"])].reset_index(drop=True))
    short = simulate_season(draw_squad(12, seed=3), weeks=4, seed=9, season=habits).log
    pd.testing.assert_frame_equal(short, log[log["date"] < "2026-02-02"].reset_index(drop=True))


def test_seeds_and_athletes_are_independent():
    seasons = [simulate_season(same(22, n=40), weeks=12, seed=seed, season=Season(ladder=((3, 1000),))).sets for seed in (1, 2)]
    one, two = (np.log(sets["capacity"] / sets["expected_capacity"]).to_numpy().reshape(40, 36, 6) for sets in seasons)
    # 1440 days, whose six sets share an effect: SE of a correlation of day means .026, four of them.
    assert np.corrcoef(one.mean(axis=2).ravel(), two.mean(axis=2).ravel())[0, 1] == pytest.approx(0, abs=4 * 0.026)
    pairs = np.corrcoef(one.mean(axis=2))[np.triu_indices(40, 1)]
    assert pairs.mean() == pytest.approx(0, abs=4 / math.sqrt(36 * len(pairs)))


def test_growth_counts_from_the_first_planned_session():
    squad = same(22, slope=0.05, **QUIET)
    known = simulate_season(squad, weeks=4, start="2025-03-03")
    assert known.log["date"].min() == pd.Timestamp("2025-03-03")
    first = known.sets[known.sets["set"] == 1]
    assert np.log(first["capacity"] / 22).to_numpy() == pytest.approx(growth_at(squad, first["week"].to_numpy()))


@pytest.mark.parametrize("options", [{"weeks": 0}, {"weeks": 1000}, {"seed": -2}])
def test_bad_options_are_refused(options):
    with pytest.raises(ValueError, match="expected"):
        simulate_season(draw_squad(2), **options)

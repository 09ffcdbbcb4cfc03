"""The capacity of a log: what was put in comes out, whatever the log lacks, and no warning ever reaches a coach (warnings are errors here)."""

import itertools

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.forecast import chance_to_complete, draw_worlds, log_capacity, weeks_to_goal
from hiphitch_analysis.simulate import Population, Season, draw_squad, simulate_season


def made_log(sessions, reps, *, target=45, reason="fatigue", sides=("left", "right"), sets=2):
    """A log of one athlete, three sessions a week; `reps` maps the session's number to the repetitions of every set."""
    rows = [
        {
            "athlete_id": "A01",
            "date": pd.Timestamp("2026-01-05") + pd.Timedelta(days=int(7 * session / 3)),
            "side": side,
            "set": number + 1,
            "target_reps": float(reps(session) if reason == "target" else target),
            "reps": reps(session),
            "stop_reason": reason,
        }
        for session in range(sessions)
        for side in sides
        for number in range(sets)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def season():
    return simulate_season(draw_squad(30, seed=11), weeks=10, seed=11)


def test_slopes_are_recovered(season):
    capacity = fit_capacity(season.log, curved=False)
    true = season.athletes.loc[list(capacity.athletes), "slope"]
    peak = capacity.branches[0].peak
    found = peak.vector[1] + peak.found.mean[:, 1]
    # 30 athletes: three standard errors of the mean slope, 0.02/√30 for the athletes drawn and as much again for their sets
    assert peak.vector[1] == pytest.approx(true.mean(), abs=3 * 0.003)
    assert np.corrcoef(found, true)[0, 1] > 0.9


def test_what_the_parameters_are_called_is_what_they_are(season):
    """Standard deviations of day, side on that day and set within three standard errors of the generator's."""
    peak = fit_capacity(season.log, curved=False).branches[0].peak
    truth = {"residual": 0.04, "session": 0.06, "side_session": 0.05, "side": 0.06, "level_sd": 0.30, "gain_sd": 0.02}
    for name, value in truth.items():
        place = peak.layout.names.index(name)
        assert abs(peak.vector[place] - np.log(value)) < 3 * np.sqrt(peak.cov[place, place]), name
    place = peak.layout.names.index("second_set")
    assert abs(peak.vector[place] - np.log(0.95)) < 3 * np.sqrt(peak.cov[place, place])


def test_left_and_right_swapped_swap_the_sides_only(season):
    log = season.log[season.log["athlete_id"].isin(["A01", "A02", "A03"])]
    mirrored = log.assign(side=log["side"].map({"left": "right", "right": "left"}))
    one, other = (fit_capacity(table, curved=False).branches[0].peak for table in (log, mirrored))
    assert one.value == pytest.approx(other.value, abs=1e-3)
    assert one.found.mean[:, [0, 1, 3, 2]] == pytest.approx(other.found.mean, abs=2e-3)


def test_the_order_of_rows_does_not_matter(season):
    log = season.log[season.log["athlete_id"].isin(["A01", "A02"])]
    one, other = (fit_capacity(table, curved=False).branches[0].peak.value for table in (log, log.sample(frac=1, random_state=1)))
    assert one == pytest.approx(other, abs=1e-9)


def test_a_typing_error_is_left_out_and_said_to_be(season):
    log = season.log[season.log["athlete_id"].isin(["A01", "A02", "A03", "A04"])].reset_index(drop=True)
    row = log.index[log["reps"] >= 20][20]
    log.loc[row, ["reps", "stop_reason"]] = [2, "fatigue"]
    capacity = fit_capacity(log, curved=False)
    assert capacity.left_out[["reps", "why"]].values.tolist() == [[2, "far from all others: a typing error?"]]
    assert np.exp(capacity.branches[0].peak.vector[capacity.branches[0].peak.layout.fixed]) < 0.06  # of 0.04; with the error in, it is 0.1


def test_sets_of_no_repetition_say_nothing():
    log = made_log(10, lambda session: 20 + session)
    log.loc[[2, 7, 20], "reps"] = 0
    capacity = fit_capacity(log, curved=False)
    assert capacity.left_out["why"].tolist() == ["no repetition"] * 3 and len(capacity.sets) == 37


def test_nothing_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one set with a repetition"):
        fit_capacity(made_log(3, lambda _: 0))


@pytest.mark.parametrize(
    "log",
    [
        made_log(1, lambda _: 20, reason="target"),
        made_log(1, lambda _: 20, sides=("left",), sets=1),
        made_log(15, lambda session: min(20 + 2 * session, 45), reason="target"),
        made_log(15, lambda session: 15 + session // 2),
        made_log(15, lambda _: 20),
        made_log(12, lambda session: 20 + session, sides=("left",)),
        made_log(8, lambda _: 1),
        made_log(8, lambda _: 300),
        made_log(15, lambda session: 40 - session),
    ],
    ids=["one session", "one set", "all capped", "all failed", "always the same", "left only", "single repetitions", "hundreds", "falling"],
)
def test_logs_that_lack_nearly_everything_get_an_answer(log):
    capacity = fit_capacity(log)
    assert sum(branch.weight for branch in capacity.branches) == pytest.approx(1.0)
    worlds = draw_worlds(capacity, worlds=10, draws=20)
    weeks = weeks_to_goal(worlds)
    assert weeks.shape == (200, 1) and not np.isnan(weeks).any() and (weeks >= 0).all()
    now = log_capacity(worlds, np.array([(log["date"].max() - log["date"].min()).days / 7]))
    last = log.groupby("side")["reps"].last()
    if log["stop_reason"].eq("fatigue").all() and len(log) > 4:
        for side in last.index:  # a day strays by 8 %
            assert np.median(now[:, 0, ["left", "right"].index(side)]) == pytest.approx(np.log(last[side] + 0.5), abs=0.3)


def test_an_all_capped_log_is_a_lower_bound(season):
    """Nearly all of the posterior lies above what was done; how far above, the log does not say."""
    log = made_log(15, lambda _: 30, reason="target")
    now = np.exp(log_capacity(draw_worlds(fit_capacity(log)), np.array([4.6])))[:, 0, 0]
    low, high = np.quantile(now, [0.1, 0.9])
    assert low > 30 and high / low > 1.5


def test_one_sided_athletes_have_another_side_that_is_known_less():
    worlds = draw_worlds(fit_capacity(made_log(12, lambda session: 20 + session, sides=("left",)), curved=False))
    able = log_capacity(worlds, np.array([4.0]))[:, 0]
    assert able[:, 1].std() > 1.5 * able[:, 0].std()


def test_chances_fall_with_what_is_asked(season):
    worlds = draw_worlds(fit_capacity(season.log, curved=False))
    weeks = np.full(30, 10.0)
    chances = [chance_to_complete(worlds, weeks, *asked) for asked in ((2, 20), (3, 20), (3, 30), (3, 45))]
    assert all((more <= less + 0.05).all() for less, more in itertools.pairwise(chances))  # 2,000 draws: 0.02 of luck
    assert (chance_to_complete(worlds, weeks, 2, 20, spare=3) <= chances[0] + 0.05).all()
    assert (chance_to_complete(worlds, weeks, 2, 20, load=0.05) <= chances[0] + 0.05).all()


def test_chance_to_complete_holds(season):
    """Next week's first sessions, simulated from the same athletes: as many are completed as the chances say."""
    longer = simulate_season(draw_squad(30, seed=11), weeks=11, seed=11)
    fit = fit_capacity(longer.log[longer.sets["week"].to_numpy() < 10], curved=False)
    worlds = draw_worlds(fit)
    future = longer.log[longer.sets["week"].to_numpy() >= 10].assign(week=longer.sets["week"])
    done, said = [], []
    for (name, _, side), sets in future.groupby(["athlete_id", "session", "side"]):
        i, j = fit.athletes.index(name), ["left", "right"].index(side)
        weeks = np.full(30, sets["week"].iloc[0])
        said.append(chance_to_complete(worlds, weeks, len(sets), int(sets["target_reps"].iloc[0]))[i, j])
        done.append(bool((sets["stop_reason"] == "target").all()))
    # 180 sessions of a side, three of an athlete alike: a standard error of about 0.05
    assert np.mean(said) == pytest.approx(np.mean(done), abs=0.12)
    surely, hardly = np.array(said) > 0.9, np.array(said) < 0.1
    assert np.array(done)[surely].mean() > 0.8 and np.array(done)[hardly].mean() < 0.2


def test_sets_that_pain_stopped_do_not_lower_capacity():
    """A tenth of the sets stop early from pain. They say "at least", so capacity at the season's end is as without them: on average to 3 %."""
    squad = draw_squad(12, seed=4)
    season = simulate_season(squad, weeks=8, seed=4, season=Season(pain_stops=0.1))
    assert season.log["stop_reason"].eq("pain").mean() > 0.05
    capacity = fit_capacity(season.log, curved=False)
    now = np.median(log_capacity(draw_worlds(capacity), np.full(12, 8.0)), axis=0)
    true = squad.level[:, None] + squad.side + 8.0 * squad.slope[:, None]
    assert abs((now - true).mean()) < 0.03


def test_curved_laws_win_where_growth_is_curved():
    season = simulate_season(draw_squad(25, Population(law="saturating"), seed=6), weeks=10, seed=6)
    capacity = fit_capacity(season.log)
    assert sum(branch.weight for branch in capacity.branches if branch.law.kind == "linear") < 0.05

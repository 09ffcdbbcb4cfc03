import math

import numpy as np
import pytest

from hiphitch_analysis.simulate import Population, Season, Squad, draw_squad, simulate_season
from hiphitch_analysis.simulate.season import plan_calendar, when_trained


def test_everybody_comes_three_times_a_week_by_default():
    calendar = plan_calendar(Season(), 5, 4, seed=1)
    assert calendar.days.tolist() == [0, 2, 4, 7, 9, 11, 14, 16, 18, 21, 23, 25]
    assert calendar.came.all()
    assert calendar.trained_weeks == pytest.approx(np.tile(calendar.days / 7, (5, 1)))


def test_a_season_may_end_within_a_week():
    assert plan_calendar(Season(weekdays=(1, 5)), 1, 1.5, seed=1).days.tolist() == [1, 5, 8]


def test_attendance_and_its_spread():
    n, m = 400, 150
    calendar = plan_calendar(Season(attendance=0.7, attendance_sd=0.12), n, m / 3, seed=1)
    share = calendar.came.mean(axis=1)
    # 400 athletes: SE of the mean .12/20, of the SD .12/√800; drawing 150 sessions adds a variance of about .7·.3/150.
    assert share.mean() == pytest.approx(0.7, abs=4 * 0.006)
    assert share.std() == pytest.approx(math.sqrt(0.12**2 + (0.21 - 0.0144) / m), abs=4 * 0.0045)
    assert calendar.attendance.std() == pytest.approx(0.12, abs=4 * 0.0045)
    assert (plan_calendar(Season(attendance=0.6), 20, 40, seed=1).attendance == 0.6).all()


def test_illness_keeps_away_and_stops_growth():
    weeks = 60
    calendar = plan_calendar(Season(illness_rate=0.04, illness_weeks=(1.0, 2.0)), 300, weeks, seed=2)
    # .04 spells a week of 10.5 days on average; some overlap, so a little less than 6 % of the days: 1 − exp(−.06) = 5.8 %.
    assert calendar.ill_days.mean() == pytest.approx(0.058, abs=0.008)
    at = calendar.days.astype(int)
    assert (calendar.came == ~calendar.ill_days[:, at]).all()
    by_hand = np.array([[(day - ill[:day].sum()) / 7 for day in at] for ill in calendar.ill_days[:20]])
    assert calendar.trained_weeks[:20] == pytest.approx(by_hand)


def test_week_of_3x45_waits_for_the_ill():
    calendar = plan_calendar(Season(), 5, 4, seed=1)
    calendar.ill_days[1:4, 7:14] = True  # ill in the second week
    trained = np.array([2.0, 1.0, 8 / 7, 3.5, np.inf])
    # Well throughout; done on the last day before; a day after it; beyond the season, a week later; never.
    assert when_trained(calendar, trained) == pytest.approx([2.0, 1.0, 15 / 7, 4.5, np.inf])
    assert when_trained(calendar, np.zeros(5)).tolist() == [0.0] * 5


def test_a_long_gap_costs_a_step():
    strong = Squad(Population(), np.full(40, math.log(300)), np.zeros((40, 2)), np.zeros(40), np.full(40, np.nan))
    log = simulate_season(strong, weeks=30, seed=3, season=Season(illness_rate=0.05, illness_weeks=(3.0, 3.0))).log
    ladder = [(2, 20), (2, 25), (2, 30), (3, 30), (3, 35), (3, 40), (3, 45)]
    gaps = 0
    for _, mine in log.groupby("athlete_id"):
        days = mine.groupby("session").agg(date=("date", "first"), sets=("set", "max"), reps=("target_reps", "first"))
        steps = [ladder.index((sets, int(reps))) for sets, reps in days[["sets", "reps"]].to_numpy().tolist()]
        for i in np.flatnonzero(days["date"].diff().dt.days > 14):
            if steps[i - 1] < 6 and steps[i - 2] == steps[i - 1] - 1:  # in the middle of a step
                assert steps[i] == steps[i - 1] - 1
                gaps += 1
    assert gaps > 5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"attendance": 1.2}, "attendance: expected 0 to 1"),
        ({"attendance": 0.7, "attendance_sd": 0.5}, "attendance_sd: expected 0 to below 0.46"),
        ({"attendance_sd": 0.1}, "attendance_sd: expected"),
        ({"pain_stops": 0.6, "other_stops": 0.6}, "expected at most 1 together"),
        ({"weekdays": (0, 7)}, "weekdays: expected"),
        ({"weekdays": ()}, "weekdays: expected"),
        ({"ladder": ()}, "ladder: expected"),
        ({"ladder": ((0, 20),)}, "ladder: expected"),
        ({"illness_weeks": (2.0, 1.0)}, "illness_weeks: expected the least"),
        ({"early": (0.5, 1.5)}, "early: expected"),
        ({"complete_to_advance": 0}, "complete_to_advance: expected 1 or more"),
        ({"typo_rate": -0.1}, "typo_rate: expected 0 to 1"),
    ],
)
def test_impossible_seasons_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Season(**wrong)


def test_the_season_of_a_squad_uses_its_calendar():
    habits = Season(attendance=0.5)
    known = simulate_season(draw_squad(10, seed=1), weeks=10, seed=6, season=habits)
    calendar = plan_calendar(habits, 10, 10, seed=6)
    assert known.log.groupby("athlete_id")["session"].max().to_numpy() == pytest.approx(calendar.came.sum(axis=1))

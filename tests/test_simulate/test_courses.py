"""Policies by sequences worked out by hand, and by replaying logs."""

import math

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.schema import STOP_REASONS
from hiphitch_analysis.simulate import (
    POLICIES,
    STANDARD,
    ClimbLadder,
    FollowOpenSet,
    GoToFailure,
    KeepTimetable,
    Population,
    Season,
    Shown,
    Squad,
    draw_squad,
    fine_ladder,
    simulate_season,
)
from hiphitch_analysis.simulate.log import LADDER

EVERY_OTHER_DAY = (0, 2, 4, 7, 9, 11, 14, 16, 18, 21, 23, 25)
FAILS, DOES = 0, 1000


def follow(policy, able, days=EVERY_OTHER_DAY, reason="target"):
    """Prescriptions (sets, reps) of one athlete who can do so many repetitions per set in each session; open sets are done to the end."""
    course, asked_for = policy.start(1), []
    came = np.array([True])
    for day, can in zip(days, able, strict=False):
        asked = course.prescribe(day, came)
        sets, target, open_sets = int(asked.sets[0]), int(asked.reps[0]), int(asked.open_sets[0])
        asked_for.append((sets, target))
        reps = np.zeros((1, 3, 2), int)
        for number in range(sets):
            reps[0, number] = can if number >= sets - open_sets else min(can, target)
        course.note(Shown(came, asked, reps, np.full(reps.shape, STOP_REASONS.index(reason))))
    return asked_for


def endless(n=1):
    """Athletes for whom no set ever ends."""
    return Squad(Population(), np.full(n, math.log(1e6)), np.zeros((n, 2)), np.zeros(n), np.full(n, np.nan))


def first_goal_session(policy, weeks=12):
    """The first session of an endless athlete in which 3 × 45 is asked for."""
    log = simulate_season(endless(), weeks, season=Season(), policy=policy).log
    return int(log.loc[(log["set"] == 3) & (log["target_reps"] == 45), "session"].min())


@pytest.mark.parametrize("sessions", [1, 2, 3])
def test_without_limits_every_step_takes_its_sessions(sessions):
    assert first_goal_session(ClimbLadder(complete_to_advance=sessions)) == sessions * (len(LADDER) - 1) + 1


@pytest.mark.parametrize(
    ("policy", "session"),
    [
        (ClimbLadder(fine_ladder(2), complete_to_advance=1), 15),  # 20 22 24 26 28 30, then 30 32 … 44 and 45: the 15th
        (KeepTimetable(), 19),  # six weeks of three sessions come before
        (KeepTimetable(0.5), 10),  # three weeks; half a week after the first session of a week is its third
        (FollowOpenSet(), 2),
        (GoToFailure(), 1),
    ],
)
def test_without_limits_the_others_take(policy, session):
    assert first_goal_session(policy) == session


def test_standard_ladder_by_hand():
    able = [DOES, DOES, DOES, FAILS, DOES, DOES, FAILS, FAILS]
    assert follow(ClimbLadder(), able) == [(2, 20), (2, 20), (2, 25), (2, 25), (2, 25), (2, 25), (2, 30), (2, 30)]


def test_ladder_steps_back_after_failed_sessions_in_a_row():
    policy = ClimbLadder(complete_to_advance=1, failed_to_step_back=2)
    able = [DOES, DOES, FAILS, DOES, FAILS, FAILS, FAILS, FAILS, FAILS, FAILS, FAILS, FAILS, FAILS]
    climbed = [(2, 20), (2, 25), (2, 30), (2, 30)]  # one failure is none yet
    fell = [(3, 30), (3, 30), (2, 30), (2, 30), (2, 25), (2, 25), (2, 20), (2, 20), (2, 20)]  # never below the first
    assert follow(policy, able, days=range(0, 26, 2)) == climbed + fell


def test_a_gap_puts_one_step_lower_and_forgets_what_was_in_a_row():
    policy = ClimbLadder(complete_to_advance=2)
    assert follow(policy, [DOES] * 6, days=(0, 2, 4, 19, 21, 23)) == [(2, 20), (2, 20), (2, 25), (2, 20), (2, 20), (2, 25)]
    assert follow(policy, [DOES] * 4, days=(0, 2, 4, 18))[-1] == (2, 25)  # fourteen days are no gap


def test_timetable_minds_nothing_but_the_calendar():
    weekly = [(2, 20)] * 3 + [(2, 25)] * 3 + [(2, 30)] * 3 + [(3, 30)] * 3
    assert follow(KeepTimetable(), [FAILS] * 12) == follow(KeepTimetable(), [DOES] * 12) == weekly
    assert follow(KeepTimetable(), [DOES] * 3, days=(100, 102, 107)) == [(2, 20), (2, 20), (2, 25)]  # from the first session on
    assert follow(KeepTimetable(0.1), [FAILS] * 2, days=(0, 2.1)) == [(2, 20), (3, 30)]  # three steps exactly, despite floating point


def test_open_set_sets_the_next_prescriptions():
    policy = FollowOpenSet(every=3, share=0.9, fewest=10)
    # 30 reached: 27. Then 40 on the 4th: 36, with a third set. Then 8: 7.2, but never fewer than 10. Then 50: 45.
    able = [30, 1, 1, 40, 1, 1, 8, 1, 1, 50, 1, 1]
    assert follow(policy, able) == [(2, 20), *[(2, 27)] * 3, *[(3, 36)] * 3, *[(2, 10)] * 3, *[(3, 45)] * 2]


def test_open_set_share_is_exact_despite_floating_point():
    assert follow(FollowOpenSet(every=1, share=0.29, fewest=1), [100, 100]) == [(2, 20), (2, 29)]


def test_open_set_cut_short_says_nothing():
    assert follow(FollowOpenSet(every=1), [30, 5], reason="pain") == [(2, 20), (2, 20)]
    assert follow(FollowOpenSet(every=1), [30, 5], reason="fatigue") == [(2, 20), (2, 27)]


def test_to_failure_leaves_every_set_open():
    log = simulate_season(draw_squad(5, seed=1), weeks=2, seed=1, policy=GoToFailure(2, 20)).log
    assert log["amrap"].all() and (log["target_reps"] == 20).all() and set(log["set"]) == {1, 2}
    assert set(log["stop_reason"]) == {"fatigue", "technique"}
    assert (log["reps"] > 20).any()


def replay(policy, log, day_of):
    """Let a policy see the log of one athlete, session by session; return what it would have asked for."""
    course, came, asked_for = policy.start(1), np.array([True]), []
    for _, rows in log.groupby("session"):
        asked = course.prescribe(day_of(rows["date"].iloc[0]), came)
        asked_for.append((int(asked.sets[0]), int(asked.reps[0]), int(asked.open_sets[0])))
        reps, reason = np.zeros((2, 1, policy.most_sets, 2), int)
        for row in rows.itertuples():
            at = 0, row.set - 1, int(row.side == "right")
            reps[at], reason[at] = row.reps, STOP_REASONS.index(row.stop_reason)
        course.note(Shown(came, asked, reps, reason))
    return asked_for


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_needs_the_log_and_nothing_else(name):
    """What it asked for follows from the log alone: from its sets, targets, repetitions and reasons, without the athletes behind it."""
    habits = Season(attendance=0.6, attendance_sd=0.2, illness_rate=0.1, illness_weeks=(2, 4), pain_stops=0.05, other_stops=0.02)
    log = simulate_season(draw_squad(12, seed=5), weeks=16, seed=5, season=habits, policy=POLICIES[name]).log
    start = pd.Timestamp("2026-01-05")  # the first planned session
    for _, rows in log.groupby("athlete_id"):
        sessions = rows.groupby("session")
        asked = list(zip(sessions["set"].max(), sessions["target_reps"].first(), sessions.apply(lambda s: s["amrap"].sum() // 2), strict=True))
        assert replay(POLICIES[name], rows, lambda date: (date - start).days) == asked


def test_the_season_s_own_ladder_is_a_policy_like_any_other():
    habits = {"ladder": ((2, 10), (2, 15)), "complete_to_advance": 1, "restart_after_days": 4, "ankle_step_kg": 0.5, "uncapped_every": 4}
    squad = draw_squad(8, seed=2)
    policy = ClimbLadder(**habits)
    own = simulate_season(squad, weeks=8, seed=2, season=Season(attendance=0.7, **habits)).log
    given = simulate_season(squad, weeks=8, seed=2, season=Season(attendance=0.7), policy=policy).log
    assert own.equals(given) and own["amrap"].any() and (own["ankle_kg"] > 0).any()


def test_standard_is_the_ladder_that_is_in_use():
    assert POLICIES[STANDARD] == Season().policy == ClimbLadder()


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (ClimbLadder, {"complete_to_advance": 0}),
        (ClimbLadder, {"failed_to_step_back": -1}),
        (ClimbLadder, {"ladder": ()}),
        (KeepTimetable, {"weeks_per_step": 0}),
        (FollowOpenSet, {"share": 1.2}),
        (FollowOpenSet, {"every": 0}),
        (GoToFailure, {"sets": 0}),
        (fine_ladder, {"by": 0}),
    ],
)
def test_impossible_policies_are_refused(make, options):
    with pytest.raises(ValueError, match="expected"):
        make(**options)

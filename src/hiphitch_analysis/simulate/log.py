"""A training log as athletes leave it: capped at the prescription, with gaps, tired days and the odd pain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hiphitch_analysis.schema import SIDES, Log, check_table
from hiphitch_analysis.simulate.athlete import Athlete, draw_athlete
from hiphitch_analysis.simulate.performance import fresh_capacity
from hiphitch_analysis.simulate.population import PER_ANKLE_KG, PER_REP_BEFORE

LADDER = ((2, 20), (2, 25), (2, 30), (3, 30), (3, 35), (3, 40), (3, 45))  # sets × repetitions
ANKLE_STEP_KG = 0.5  # beyond the ladder's end
ANKLE_MOST_KG = 10.0  # assumption: no heavier ankle weight is in use
COMPLETE_TO_ADVANCE = 2  # complete sessions in a row
WEEKDAYS = (0, 2, 4)  # planned sessions: days after the first of each week
RESTART_GAP_DAYS = 14  # assumption: after a longer gap one step lower

# Spread of log capacity. Assumptions.
SESSION_SD = 0.06  # the day
SIDE_SESSION_SD = 0.05
SET_SD = 0.04
# After a set to failure about 70 % remain, with what its repetitions cost (meta-analyses of sets to failure).
AFTER_FAILURE = -0.28
# Absence, log capacity: lost per week away beyond the first, at most this much, regained with this time constant. Assumptions.
LOST_PER_WEEK, LOST_MOST, REGAIN_WEEKS = 0.05, 0.30, 2.0

REST_S = (60.0, 10.0)  # assumption: mean and standard deviation of the rest between sets
TECHNIQUE_STOP = 0.2  # assumption: share of failures where form, not strength, ends the set
PAIN_SPREAD = 2.0  # assumption: pain at a spell's first session lies this far around the athlete's usual level, 0–10
PAIN_FADE = 0.7  # assumption: share left from session to session
PAIN_STOPS_AT = 5.0  # assumption: from here on a set is stopped early


@dataclass(frozen=True, slots=True)
class SimulatedLog:
    """A season's log and what lay behind it.

    Attributes
    ----------
    log : DataFrame
        Table LOG.
    capacity : DataFrame
        The truth, one row per set in the log's order: ``athlete_id, date, session, side, set, capacity`` (repetitions to failure in that set,
        before rounding down), ``fresh_capacity`` (without the day's, session's and earlier sets' effects, without ankle weight).
    athletes : tuple of Athlete
    """

    log: pd.DataFrame
    capacity: pd.DataFrame
    athletes: tuple[Athlete, ...]


@dataclass(slots=True)
class _Progress:
    """Where one athlete stands on the ladder."""

    step: int = 0
    in_a_row: int = 0
    last_day: int | None = None
    pain: float = 0.0
    pain_side: str = "left"

    @property
    def prescription(self) -> tuple[int, int, float]:
        """Sets, repetitions and ankle weight [kg]."""
        sets, reps = LADDER[min(self.step, len(LADDER) - 1)]
        return sets, reps, min(ANKLE_MOST_KG, ANKLE_STEP_KG * max(0, self.step - len(LADDER) + 1))


def simulate_log(athletes: int | Sequence[Athlete] = 6, weeks: float = 8, seed: int = 0, start: str = "2026-01-05") -> SimulatedLog:
    """Simulate a season of training on the ladder 2×20 … 3×45, then with ankle weight in steps of 0.5 kg up to 10 kg.

    Parameters
    ----------
    athletes : int or sequence of Athlete
        How many to draw, or the athletes themselves.
    weeks : float
        Length of the season [weeks], three planned sessions in each.
    seed : int
        Seed, 0 or more; the same seed gives the same tables, and an athlete's season does not depend on the others.
    start : str
        ISO date of the first planned session.

    Returns
    -------
    SimulatedLog

    Raises
    ------
    ValueError
        No athlete, no week, a negative seed.

    Notes
    -----
    Capacity of a set is log-normal: athlete and side, gain on log(1 + weeks), the day, the side that day, the repetitions done before, the ankle
    weight and the set. The log shows ``min(floor(capacity), prescription)``: a set that reaches its target only says that capacity was at least
    that. Task moves up for both sides after two complete sessions in a row, and one step down after a gap of more than two weeks.

    Examples
    --------
    >>> season = simulate_log(athletes=2, weeks=4, seed=1)
    >>> bool((season.log["reps"] <= season.log["target_reps"]).all())
    True
    """
    if seed < 0:
        raise ValueError(f"seed: expected 0 or more, got {seed!r}. Any whole number will do.")
    if not 0 < weeks <= 520:
        raise ValueError(f"weeks: expected more than 0 and at most 520, got {weeks!r}. A season has 8 to 52.")
    people = draw_athletes(athletes, seed) if isinstance(athletes, int) else tuple(athletes)
    if not people or len({athlete.id for athlete in people}) != len(people):
        raise ValueError(f"athletes: expected at least one, each with an id of its own, got {[a.id for a in people]}. Name or draw some.")
    seasons = [_train(athlete, weeks, np.random.default_rng([seed, 5, number]), start) for number, athlete in enumerate(people)]
    log = pd.DataFrame([row for rows, _ in seasons for row in rows], columns=list(Log.to_schema().columns))
    truth = pd.DataFrame(
        [row for _, rows in seasons for row in rows], columns=["athlete_id", "date", "session", "side", "set", "capacity", "fresh_capacity"]
    )
    return SimulatedLog(check_table(log, Log), truth, people)


def draw_athletes(number: int, seed: int) -> tuple[Athlete, ...]:
    """Draw `number` athletes A01, A02 …; the first ones stay the same when more are drawn."""
    return tuple(draw_athlete(f"A{i + 1:02d}", np.random.default_rng([seed, 4, i])) for i in range(number))


def _train(athlete: Athlete, weeks: float, rng: np.random.Generator, start: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One athlete's season: rows of the log and of the truth."""
    state = _Progress()
    log: list[dict[str, Any]] = []
    truth: list[dict[str, Any]] = []
    session = 0
    first = pd.Timestamp(start)
    for week in range(int(np.ceil(weeks))):
        for weekday in WEEKDAYS:
            day = 7 * week + weekday
            came = rng.random() < athlete.attendance
            draws = np.random.default_rng(rng.integers(2**63))  # one stream per planned session, whether or not it is used
            if day >= 7 * weeks or not came or _is_away(athlete, day / 7):
                continue
            session += 1
            if state.last_day is not None and day - state.last_day > RESTART_GAP_DAYS:
                state.step, state.in_a_row = max(0, state.step - 1), 0
            state.last_day = day
            rows, behind = _do_session(athlete, state, day / 7, draws)
            stamp = {"athlete_id": athlete.id, "date": first + pd.Timedelta(days=day), "session": session}
            log += [stamp | row for row in rows]
            truth += [stamp | row for row in behind]
            _advance(state, rows)
    return log, truth


def _is_away(athlete: Athlete, week: float) -> bool:
    if athlete.absence_weeks is None:
        return False
    begin, length = athlete.absence_weeks
    return begin <= week < begin + length


def _advance(state: _Progress, rows: list[dict[str, Any]]) -> None:
    """Move up the ladder after enough complete sessions in a row."""
    complete = all(row["reps"] >= row["target_reps"] for row in rows)
    state.in_a_row = state.in_a_row + 1 if complete else 0
    if state.in_a_row >= COMPLETE_TO_ADVANCE:
        state.step, state.in_a_row = state.step + 1, 0


@lru_cache(maxsize=4096)
def log_capacity_at_start(athlete: Athlete, side: str) -> float:
    """Return the log of the repetitions to failure in week 0, fresh: what strength, fatigue and technique come to in the fatigue model."""
    return float(np.log(max(1.0, fresh_capacity(athlete, side))))


def log_fresh_capacity(athlete: Athlete, side: str, week: float) -> float:
    """Return the log of the repetitions to failure on a usual day, fresh and without ankle weight.

    Parameters
    ----------
    athlete : Athlete
    side : {"left", "right"}
        Stance side.
    week : float
        Weeks since the first planned session; weeks away do not count as training, and cost some capacity for a while.

    Returns
    -------
    float

    Examples
    --------
    >>> someone = Athlete(weekly_gain=0.2)
    >>> round(log_fresh_capacity(someone, "right", 4) - log_fresh_capacity(someone, "right", 0), 2)  # 0.2 log(1 + 4)
    0.32
    """
    trained, lost = week, 0.0
    if athlete.absence_weeks is not None:
        begin, length = athlete.absence_weeks
        away = min(max(week - begin, 0.0), length)
        trained -= away
        back = max(week - begin - length, 0.0)
        lost = min(LOST_MOST, LOST_PER_WEEK * max(away - 1, 0.0)) * float(np.exp(-back / REGAIN_WEEKS))
    return log_capacity_at_start(athlete, side) + athlete.weekly_gain * float(np.log1p(trained)) - lost


def _do_session(athlete: Athlete, state: _Progress, week: float, rng: np.random.Generator) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All sets of one day, sides in turn."""
    sets, target, ankle_kg = state.prescription
    pain = _feel_pain(athlete, state, rng)
    day = rng.normal(0, SESSION_SD)
    of_side = dict(zip(SIDES, day + rng.normal(0, SIDE_SESSION_SD, 2), strict=True))
    mass = round(athlete.body.mass_kg + rng.normal(0, 0.3), 1)  # assumption: body mass varies by some hundred grams
    before = dict.fromkeys(SIDES, 0)
    failed = dict.fromkeys(SIDES, False)
    rows, behind = [], []
    for number in range(1, sets + 1):
        for side in SIDES:
            fresh = log_fresh_capacity(athlete, side, week)
            tired = PER_REP_BEFORE * before[side] + AFTER_FAILURE * failed[side]
            capacity = float(np.exp(fresh + of_side[side] + tired + PER_ANKLE_KG * ankle_kg + rng.normal(0, SET_SD)))
            hurts = pain if side == state.pain_side else 0.0
            reps, reason = _stop(capacity, target, hurts, rng)
            before[side] += reps
            failed[side] = reason in ("fatigue", "technique")
            noted = {
                "side": side,
                "set": number,
                "target_reps": target,
                "reps": reps,
                "ankle_kg": ankle_kg,
                "body_mass_kg": mass,
                "rest_s": np.nan if number == 1 else max(20.0, 5 * round(rng.normal(*REST_S) / 5)),
                "rpe": _rate_effort(reps / capacity, rng),
                "pain": round(hurts),
                "technique": _rate_technique(athlete, side, reps / capacity, rng),
                "stop_reason": reason,
                "amrap": False,
                "notes": None,
            }
            rows.append(noted)
            behind.append({"side": side, "set": number, "capacity": capacity, "fresh_capacity": float(np.exp(fresh))})
    return rows, behind


def _stop(capacity: float, target: int, pain: float, rng: np.random.Generator) -> tuple[int, str]:
    """How many good repetitions, and why no more."""
    early, form = rng.uniform(0.4, 0.9), rng.random() < TECHNIQUE_STOP
    able = min(int(capacity), target)
    if pain >= PAIN_STOPS_AT:
        return int(early * able), "pain"
    if able >= target:
        return target, "target"
    return able, "technique" if form else "fatigue"


def _feel_pain(athlete: Athlete, state: _Progress, rng: np.random.Generator) -> float:
    """Let a painful spell fade or begin; return today's pain [0–10]."""
    begins, side = rng.random() < athlete.pain_rate, str(rng.choice(SIDES))
    start = float(np.clip(athlete.pain_level + rng.uniform(-PAIN_SPREAD, PAIN_SPREAD), 1, 10))
    state.pain = state.pain * PAIN_FADE if state.pain >= 1 else 0.0
    if begins and start > state.pain:
        state.pain, state.pain_side = start, athlete.pain_side or side
    return state.pain


def _rate_effort(effort: float, rng: np.random.Generator) -> float:
    """Rate perceived exertion: ten times the share of capacity used, with an assumed error of 0.7."""
    return float(np.clip(round(2 * (10 * min(effort, 1.0) + rng.normal(0, 0.7))) / 2, 0, 10))


def _rate_technique(athlete: Athlete, side: str, effort: float, rng: np.random.Generator) -> float:
    """Rate technique as a coach would, 0–10, with an assumed error of 0.5."""
    habit = athlete.technique
    usual = usual_technique(athlete.return_deficit_deg(side), habit.drop_deg, habit.raise_s, effort)
    return float(np.clip(round(float(usual) + rng.normal(0, 0.5)), 0, 10))


def usual_technique(return_deficit_deg: ArrayLike, drop_deg: ArrayLike, raise_s: ArrayLike, effort: ArrayLike) -> NDArray[np.float64]:
    """Return the rating that a coach would give on average, 9 at best, from the habits and how near to failure the set came. Assumption throughout.

    Parameters
    ----------
    return_deficit_deg : array_like
        How far short of level the raise of a spent muscle ends [°].
    drop_deg : array_like
        Usual drop [°].
    raise_s : array_like
        Usual time of a raise [s].
    effort : array_like
        Share of the set's capacity that was used [0–1]. Form goes from 0.6 on.

    Returns
    -------
    ndarray, shape as that of the arguments together

    Examples
    --------
    >>> usual_technique(3.0, 8.0, 1.0, [0.6, 0.8, 1.0])
    array([9. , 8.1, 7.2])
    """
    tired = np.clip((np.asarray(effort) - 0.6) / 0.4, 0, 1)
    faults = (
        0.6 * np.asarray(return_deficit_deg) * tired
        + 0.8 * np.maximum(0.0, np.asarray(drop_deg) - 9)
        + 5 * np.maximum(0.0, 0.8 - np.asarray(raise_s))
    )
    return np.asarray(9 - faults)

"""A squad climbs its ladder: session after session, set after set, all athletes at once; what the log shows and what it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES, STOP_REASONS, Log, check_table
from hiphitch_analysis.simulate.log import ANKLE_MOST_KG, PAIN_STOPS_AT, REST_S
from hiphitch_analysis.simulate.season import Array, Calendar, Counts, Flags, Season

MOST_REPS = 1000
TARGET, FATIGUE, TECHNIQUE, PAIN, OTHER = range(len(STOP_REASONS))
EARLY, SHARE, FORM, SLIP, HURT = range(5)  # what is left to chance in a set
KEPT = ("session", "target_reps", "ankle_kg", "amrap", "reps", "reason", "capacity", "expected")


class Doers(Protocol):
    """What the athletes can do; it knows their tiredness, the ladder does not. Arrays have the shape (n, 2): athletes and sides."""

    def begin_session(self, session: int, ankle_kg: Array) -> None:
        """Come fresh to planned session number `session` (from 0) with this ankle weight [kg], shape (n,)."""

    def try_set(self, number: int, rest_s: Array) -> tuple[Array, Array]:
        """Return the capacity of set `number` (from 0) after so much rest, with and without the noise of day, side on that day and set."""

    def end_set(self, reps: Counts, failed: Flags) -> None:
        """Take note of the repetitions done and whether they were all that could be."""


@dataclass(slots=True)
class Ladder:
    """Where each of n athletes stands."""

    season: Season
    step: Counts
    in_a_row: Counts
    last_day: Array
    sessions: Counts

    @classmethod
    def start(cls, season: Season, athletes: int) -> Ladder:
        """Put everybody on the first step."""
        nought = np.zeros(athletes, np.int64)
        return cls(season, nought, nought.copy(), np.full(athletes, np.nan), nought.copy())

    def prescribe(self, day: float, came: Flags) -> tuple[Counts, Counts, Array, Flags]:
        """Return sets, repetitions, ankle weight [kg] and whether the last set is uncapped, for those who came on that day, each of shape (n,)."""
        gap = came & (day - self.last_day > self.season.restart_after_days)
        self.step = np.where(gap, np.maximum(0, self.step - 1), self.step)
        self.in_a_row = np.where(gap, 0, self.in_a_row)
        self.last_day = np.where(came, day, self.last_day)
        self.sessions = self.sessions + came
        steps = np.array(self.season.ladder)
        sets, reps = steps[np.minimum(self.step, len(steps) - 1)].T
        ankle_kg = np.minimum(ANKLE_MOST_KG, self.season.ankle_step_kg * np.maximum(0, self.step - len(steps) + 1))
        every = self.season.uncapped_every
        uncapped = self.sessions % every == 0 if every else np.zeros(len(came), bool)
        return sets, reps, ankle_kg, uncapped

    def advance(self, came: Flags, complete: Flags) -> None:
        """Move up whoever did enough complete sessions in a row."""
        self.in_a_row = np.where(came, np.where(complete, self.in_a_row + 1, 0), self.in_a_row)
        up = self.in_a_row >= self.season.complete_to_advance
        self.step, self.in_a_row = self.step + up, np.where(up, 0, self.in_a_row)


def train_squad(doers: Doers, season: Season, calendar: Calendar, seed: int) -> dict[str, NDArray[Any]]:
    """Let a squad train through its season.

    Parameters
    ----------
    doers : Doers
    season : Season
    calendar : Calendar
    seed : int

    Returns
    -------
    dict of ndarray
        One value per set done, ordered by athlete, session, set and side; ``athlete``, ``planned`` and ``side`` count from 0, ``set`` and
        ``session`` from 1, ``reason`` is an index into `STOP_REASONS`.
    """
    n, m = calendar.came.shape
    most = max(sets for sets, _ in season.ladder)
    uniform, normal = _draw_chances(n, m, most, seed)
    rest_s = np.maximum(20, 5 * np.round((REST_S[0] + REST_S[1] * normal[..., 1]) / 5))
    kept = {name: np.zeros((m, most, n, 2)) for name in KEPT}
    done = np.zeros((m, most, n, 2), bool)
    ladder = Ladder.start(season, n)
    for session, day in enumerate(calendar.days.tolist()):
        came = calendar.came[:, session]
        sets, target, ankle_kg, uncapped = ladder.prescribe(day, came)
        doers.begin_session(session, ankle_kg)
        complete = came.copy()
        for number in range(most):
            doing = came & (number < sets)
            if not doing.any():
                break
            amrap = uncapped & (number == sets - 1)
            capacity, expected = doers.try_set(number, rest_s[session, number])
            cap = np.where(amrap, MOST_REPS, target)[:, None]
            reps, reason = _stop(season, capacity, cap, uniform[session, number])
            complete &= ~doing | (reps >= target[:, None]).all(axis=1)
            doers.end_set(reps, np.isin(reason, (FATIGUE, TECHNIQUE)))
            done[session, number] = doing[:, None]
            of_athlete = (ladder.sessions[:, None], target[:, None], ankle_kg[:, None], amrap[:, None])
            for name, values in zip(KEPT, (*of_athlete, reps, reason, capacity, expected), strict=True):
                kept[name][session, number] = values
        ladder.advance(came, complete)
    kept["effort"] = 10 * np.minimum(kept["reps"] / np.maximum(kept["capacity"], 1e-9), 1) + season.rpe_error_sd * normal[..., 0]
    return _in_order(kept | {"rest_s": rest_s, "slip": uniform[..., SLIP], "hurt": uniform[..., HURT]}, done)


def lay_out(sets: dict[str, NDArray[Any]], season: Season, calendar: Calendar, ids: tuple[str, ...], start: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write down what was done: table LOG, and the truth behind each of its rows.

    Parameters
    ----------
    sets : dict of ndarray
        From `train_squad`.
    season : Season
    calendar : Calendar
    ids : tuple of str, n
        Pseudonyms.
    start : str
        ISO date of the first planned session.

    Returns
    -------
    log : DataFrame
        Table LOG.
    truth : DataFrame
        ``athlete_id, date, session, side, set, week`` (since the first planned session), ``capacity`` (repetitions to failure in that set, before
        rounding down), ``expected_capacity`` (the same without the noise of day, side on that day and set), ``done_reps`` (what the log would show
        without slips).
    """
    day, reps, reason = calendar.days[sets["planned"]], sets["reps"], sets["reason"]
    date = np.datetime64(start, "s") + (86400 * day).astype("timedelta64[s]")
    key = {
        "athlete_id": np.array(ids, object)[sets["athlete"]],
        "date": date,
        "session": sets["session"],
        "side": np.array(SIDES, object)[sets["side"]],
        "set": sets["set"],
    }
    slipped = (sets["slip"] < season.typo_rate) & (reps >= 10)
    noted = {
        "target_reps": sets["target_reps"],
        "reps": np.where(slipped, reps // 10, reps).astype(np.int64),
        "ankle_kg": sets["ankle_kg"],
        "body_mass_kg": calendar.body_mass_kg[sets["athlete"]],
        "rest_s": np.where(sets["set"] == 1, np.nan, sets["rest_s"]),
        "rpe": np.clip(np.round(2 * sets["effort"]) / 2, 0, 10),
        "pain": np.where(reason == PAIN, np.floor(PAIN_STOPS_AT + (11 - PAIN_STOPS_AT) * sets["hurt"]), 0.0),
        "technique": np.nan,
        "stop_reason": np.array(STOP_REASONS, object)[reason.astype(int)],
        "amrap": sets["amrap"].astype(bool),
        "notes": None,
    }
    truth = pd.DataFrame({**key, "week": day / 7, "capacity": sets["capacity"], "expected_capacity": sets["expected"], "done_reps": reps.astype(int)})
    return check_table(pd.DataFrame({**key, **noted}), Log), truth


def _draw_chances(n: int, m: int, most: int, seed: int) -> tuple[Array, Array]:
    """Draw uniform (m, most, n, 2, 5) and normal numbers (m, most, n, 2, 2), one stream per athlete."""
    uniform, normal = np.empty((n, m, most, 2, HURT + 1)), np.empty((n, m, most, 2, 2))
    for i in range(n):
        rng = np.random.default_rng([seed, 10, i])
        other = np.random.default_rng(rng.integers(2**63))
        uniform[i], normal[i] = rng.random((m, most, 2, HURT + 1)), other.standard_normal((m, most, 2, 2))
    return uniform.transpose(1, 2, 0, 3, 4), normal.transpose(1, 2, 0, 3, 4)


def _stop(season: Season, capacity: Array, cap: Counts, chances: Array) -> tuple[Counts, Counts]:
    """Return good repetitions, and why no more as an index into `STOP_REASONS`, each of shape (n, 2)."""
    able = np.minimum(np.floor(capacity), cap).astype(np.int64)
    reason = np.where(able >= cap, TARGET, np.where(chances[..., FORM] < season.technique_share, TECHNIQUE, FATIGUE))
    pain, early = chances[..., EARLY] < season.pain_stops, chances[..., EARLY] < season.pain_stops + season.other_stops
    share = season.early[0] + (season.early[1] - season.early[0]) * chances[..., SHARE]
    reps = np.where(early, np.floor(share * able).astype(np.int64), able)
    return reps, np.where(pain, PAIN, np.where(early, OTHER, reason))


def _in_order(kept: dict[str, NDArray[Any]], done: Flags) -> dict[str, NDArray[Any]]:
    """Put what was kept per (session, set, athlete, side) into one row per set done, athlete by athlete."""
    order = done.transpose(2, 0, 1, 3)
    athlete, session, number, side = np.nonzero(order)
    rows = {name: values.transpose(2, 0, 1, 3)[order] for name, values in kept.items()}
    return {"athlete": athlete, "planned": session, "side": side, "set": number + 1, **rows}

"""A squad trains as its policy says: session after session, set after set, all athletes at once; what the log shows and what it does not."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES, STOP_REASONS, Log, check_table
from hiphitch_analysis.simulate.log import PAIN_STOPS_AT, REST_S
from hiphitch_analysis.simulate.policy import Policy, Shown
from hiphitch_analysis.simulate.season import Array, Calendar, Counts, Flags, Season

MOST_REPS = 1000
TARGET, FATIGUE, TECHNIQUE, PAIN, OTHER = range(len(STOP_REASONS))
EARLY, SHARE, FORM, SLIP, HURT = range(5)  # what is left to chance in a set
KEPT = ("session", "target_reps", "ankle_kg", "amrap", "reps", "reason", "capacity", "expected")


class Doers(Protocol):
    """What the athletes can do; it knows their tiredness, the policy does not. Arrays have the shape (n, 2): athletes and sides."""

    def begin_session(self, session: int, ankle_kg: Array) -> None:
        """Come fresh to planned session number `session` (from 0) with this ankle weight [kg], shape (n,)."""

    def try_set(self, number: int, rest_s: Array) -> tuple[Array, Array]:
        """Return the capacity of set `number` (from 0) after so much rest, with and without the noise of day, side on that day and set."""

    def end_set(self, reps: Counts, failed: Flags) -> None:
        """Take note of the repetitions done, none where no set was asked for, and whether they were all that could be."""


def train_squad(
    doers: Doers, season: Season, calendar: Calendar, seed: int, policy: Policy | None = None, most_sets: int | None = None
) -> dict[str, NDArray[Any]]:
    """Let a squad train through its season.

    Parameters
    ----------
    doers : Doers
    season : Season
    calendar : Calendar
    seed : int
    policy : Policy, optional
        What the next session asks for, from what the log shows; by default the season's own.
    most_sets : int, optional
        Sets per session for which chance is drawn. The same number gives two policies the same luck; by default as many as the policy asks for.

    Returns
    -------
    dict of ndarray
        One value per set done, ordered by athlete, session, set and side; ``athlete``, ``planned`` and ``side`` count from 0, ``set`` and
        ``session`` from 1, ``reason`` is an index into `STOP_REASONS`.

    Notes
    -----
    A policy learns the repetitions as they were done; slips of the pen come into the log later.
    """
    n, m = calendar.came.shape
    followed = policy or season.policy
    most = most_sets or followed.most_sets
    uniform, normal = _draw_chances(n, m, most, seed)
    rest_s = np.maximum(20, 5 * np.round((REST_S[0] + REST_S[1] * normal[..., 1]) / 5))
    kept = {name: np.zeros((m, most, n, 2)) for name in KEPT}
    done = np.zeros((m, most, n, 2), bool)
    course, sessions = followed.start(n), np.zeros(n, np.int64)
    for session, day in enumerate(calendar.days.tolist()):
        came = calendar.came[:, session]
        asked = course.prescribe(day, came)
        sessions += came
        doers.begin_session(session, asked.ankle_kg)
        reps_shown, reason_shown = np.zeros((2, n, most, 2), np.int64)
        for number in range(most):
            doing = came & (number < asked.sets)
            if not doing.any():
                break
            amrap = number >= asked.sets - asked.open_sets
            capacity, expected = doers.try_set(number, rest_s[session, number])
            cap = np.where(amrap, MOST_REPS, asked.reps)[:, None]
            reps, reason = _stop(season, capacity, cap, uniform[session, number])
            reps = np.where(doing[:, None], reps, 0)
            doers.end_set(reps, np.isin(reason, (FATIGUE, TECHNIQUE)) & doing[:, None])
            reps_shown[:, number], reason_shown[:, number] = reps, reason
            done[session, number] = doing[:, None]
            of_athlete = (sessions[:, None], asked.reps[:, None], asked.ankle_kg[:, None], amrap[:, None])
            for name, values in zip(KEPT, (*of_athlete, reps, reason, capacity, expected), strict=True):
                kept[name][session, number] = values
        course.note(Shown(came, asked, reps_shown, reason_shown))
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

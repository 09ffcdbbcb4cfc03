"""HISTORY and OUTLOOK → the next prescription: rules on what was reached, held against the chance of completing what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hiphitch_analysis import norms
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.schema import SIDES, History, check_table

LADDER: tuple[tuple[int, int], ...] = ((2, 20), (2, 25), (2, 30), (3, 30), (3, 35), (3, 40), (3, 45))
WEIGHTED_START = 3  # with a new ankle weight the ladder is climbed again from 3 × 30
OUT_OF_REACH = 0.1  # chance below which a step that was not completed is left
BECAUSE = (
    "pain",
    "break",
    "short of level",
    "form",
    "complete",
    "next step unlikely",
    "one side",
    "none to spare",
    "far short",
    "out of reach",
    "once more",
    "no target",
    "short",
)


@dataclass(frozen=True, slots=True)
class Prescription:
    """What comes next for one athlete, and why.

    Attributes
    ----------
    athlete_id : str
    action : {"advance", "repeat", "step back", "restart", "rest", "add ankle weight"}
    sets, reps : int
        Next session on each side; 0 when resting.
    ankle_kg : float
        Ankle weight [kg].
    headline : str
        At most ten words.
    reason : str
        What in the log or the recordings led to it.
    because : str
        The same as one of `BECAUSE`, for whoever sorts or counts.
    step, step_left, step_right : int
        Index into `LADDER` of the last session, and of the step each leg could do next; −1 for a side that was not logged.
    ready_for_ankle_weight : bool
    """

    athlete_id: str
    action: str
    sets: int
    reps: int
    ankle_kg: float
    headline: str
    reason: str
    because: str
    step: int
    step_left: int
    step_right: int
    ready_for_ankle_weight: bool


def plan_next(history: pd.DataFrame, as_of: pd.Timestamp | None = None, outlook: Outlook | None = None) -> Prescription:
    """Choose the next session of one athlete.

    Parameters
    ----------
    history : DataFrame
        Table HISTORY of one athlete, from `summarise_log`.
    as_of : Timestamp, optional
        The day of the decision, for the length of a break; by default the day of the last session.
    outlook : Outlook, optional
        What the capacity model says of the athlete, with the chance of every step of `LADDER` in its order; without it only what was reached is
        looked at.

    Returns
    -------
    Prescription

    Raises
    ------
    ValueError
        No session, or more than one athlete.

    Notes
    -----
    In this order: pain holds the programme; a long break restarts one step lower; two complete sessions in a row of each side, back to level and
    in good form where they were recorded, advance by one step, after 3 × 45 to the ankle weight; three sessions in a row far short of the target
    step back; everything else repeats. An outlook holds the next step back that would probably not be completed, lets one complete session be enough
    where the next step is as good as certain, steps down to what is likelier done than not where the present step is out of reach, and asks for
    repetitions to spare before an ankle weight. The numbers are assumptions and stand in `norms`.

    Examples
    --------
    >>> from hiphitch_analysis.progress.history import summarise_log
    >>> rows = [("A01", f"2026-01-{day:02d}", side, k, 20, 20) for day in (5, 7) for side in ("left", "right") for k in (1, 2)]
    >>> log = pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "target_reps", "reps"])
    >>> plan_next(summarise_log(log)).headline
    'Move up to 2 × 25. Every set reached its target.'
    """
    history = check_table(history, History)
    athletes = history["athlete_id"].unique()
    if len(athletes) != 1:
        raise ValueError(f"history: expected the sessions of one athlete, got {len(athletes)} athletes. Select one athlete_id.")
    history = history.sort_values("session", kind="stable")
    sides = {side: rows for side in SIDES if len(rows := history[history["side"].eq(side)])}
    last = pd.concat([rows.tail(1) for rows in sides.values()])
    step = min(_last_step(rows) for rows in sides.values())
    action, because, next_step, ankle_kg, headline, reason = _decide(sides, last, step, as_of or last["date"].max(), outlook)
    sets, reps = (0, 0) if action == "rest" else LADDER[next_step]
    able = {side: _could_do(sides.get(side), _chances(outlook, [side])) for side in SIDES}
    if action == "advance":  # whoever is sent up could do it, be it after one session
        able = {side: max(reached, next_step) if side in sides else reached for side, reached in able.items()}
    return Prescription(
        athlete_id=str(athletes[0]),
        action=action,
        sets=sets,
        reps=reps,
        ankle_kg=ankle_kg,
        headline=headline,
        reason=reason,
        because=because,
        step=step,
        step_left=able["left"],
        step_right=able["right"],
        ready_for_ankle_weight=action == "add ankle weight",
    )


def _decide(
    sides: dict[str, pd.DataFrame], last: pd.DataFrame, step: int, as_of: pd.Timestamp, outlook: Outlook | None
) -> tuple[str, str, int, float, str, str]:
    """Return action, because, next step, ankle weight [kg], headline and reason; `last` holds each side's last session."""
    chance = _chances(outlook, list(sides))
    ankle_kg = float(last["ankle_kg"].max())
    hurting = last[last["pain"].ge(norms.PAIN_STOP.value) | last["pain_stop"]]
    if len(hurting):
        worst = hurting.loc[hurting["pain"].fillna(-1).idxmax()]
        pain = f"Pain at {worst['pain']:.0f} of 10" if worst["pain"] > 0 else "A set stopped by pain"
        return (
            "rest",
            "pain",
            step,
            ankle_kg,
            f"Rest. {pain}, {worst['side']} side.",
            "Stop until it has settled, and let a physiotherapist look at it.",
        )
    away = (as_of - last[["date", "recorded_on"]].max().max()).days  # a recorded set is a session, be it in the log or not
    if away > norms.RESTART_GAP_DAYS.value:
        lower = max(step - 1, 0)
        return (
            "restart",
            "break",
            lower,
            ankle_kg,
            f"Restart at {_name(lower)}. {away} days without a session.",
            "Ask why; one step lower is safe after a break.",
        )
    if short := _short_of_level(last):
        side, clean, done, since = short
        reason = f"Only {clean} of its {done} repetitions recorded{since} came back to within {norms.RETURN_ERROR_DEG.mild.value:g}° of level."
        return "repeat", "short of level", step, ankle_kg, f"Repeat {_name(step)}. The {side} hip stops short of level.", reason
    done = all(_met(row, step) for row in last.itertuples())
    sure = chance is not None and step < len(LADDER) - 1 and chance(step + 1, True) >= norms.CHANCE_TO_ADVANCE_EARLY.value
    if all(_ready(rows, step) for rows in sides.values()) or (done and sure):
        if poor_form := _poor_form(last):
            side, score = poor_form
            reason = f"The {side} side's recorded form scored {score:.0f} of 100; from {norms.FORM_TO_ADVANCE.value:g} it moves up."
            return "repeat", "form", step, ankle_kg, f"Repeat {_name(step)}. Form first, then more repetitions.", reason
        return _advance(step, ankle_kg, last, chance, outlook)
    tries = int(norms.FAILED_SESSIONS_TO_STEP_BACK.value)
    if step and any(len(rows) >= tries and _far_short(rows.tail(tries)).all() for rows in sides.values()):
        return "step back", "far short", step - 1, ankle_kg, f"Back to {_name(step - 1)}. Far short {tries} times running.", _shortfall(last)
    if step and chance is not None and not done and chance(step, False) < OUT_OF_REACH:
        lower = max((i for i in range(step) if chance(i, False) >= norms.CHANCE_TO_ADVANCE.value), default=0)
        reason = f"{_shortfall(last)} Chance to complete {_name(step)}: {_percent(chance(step, False))}."
        return "step back", "out of reach", lower, ankle_kg, f"Back to {_name(lower)}. {_name(step)} is out of reach.", reason
    if done:
        return (
            "repeat",
            "once more",
            step,
            ankle_kg,
            f"Repeat {_name(step)}. Once more, then move up.",
            "Every set reached its target; two sessions in a row move up.",
        )
    if last["target_reps"].isna().all():
        return "repeat", "no target", step, ankle_kg, f"Repeat {_name(step)}. The log names no target.", _shortfall(last)
    return "repeat", "short", step, ankle_kg, f"Repeat {_name(step)}. Not every set reached its target.", _shortfall(last)


def _advance(
    step: int, ankle_kg: float, last: pd.DataFrame, chance: Callable[[int, bool], float] | None, outlook: Outlook | None
) -> tuple[str, str, int, float, str, str]:
    both = len(last) == len(SIDES)
    reason = "Complete sessions " + ("on both sides" if both else "on the only side logged")
    reason += ", back to level where recorded." if last["clean_reps"].notna().any() else "; form was not recorded."
    if step < len(LADDER) - 1:
        if chance is not None:
            likely = chance(step + 1, False)
            reason += f" Chance to complete {_name(step + 1)}: {_percent(likely)}."
            if likely < norms.CHANCE_TO_ADVANCE.value:
                return "repeat", "next step unlikely", step, ankle_kg, f"Repeat {_name(step)}. {_name(step + 1)} would probably fail.", reason
        return "advance", "complete", step + 1, ankle_kg, f"Move up to {_name(step + 1)}. Every set reached its target.", reason
    if not both:
        return (
            "repeat",
            "one side",
            step,
            ankle_kg,
            f"Repeat {_name(step)}. Log the other side too.",
            "The ankle weight comes after 3 × 45 on both sides.",
        )
    if outlook is not None and not ankle_kg and not outlook.ankle_ready:
        spare, least = f"{norms.REPS_TO_SPARE.value:g} repetitions to spare", _percent(norms.CHANCE_FOR_ANKLE_WEIGHT.value)
        reason += f" An ankle weight comes when {_name(step)} with {spare} has a chance of {least} on two session days running."
        return "repeat", "none to spare", step, ankle_kg, f"Repeat {_name(step)}. Some to spare first, then ankle weight.", reason
    heavier = ankle_kg + norms.FIRST_ANKLE_KG.value
    headline = f"Ankle weight: {heavier:g} kg at {_name(WEIGHTED_START)}. Two complete {_name(step)}."
    return "add ankle weight", "complete", WEIGHTED_START, heavier, headline, reason


def _chances(outlook: Outlook | None, sides: list[str]) -> Callable[[int, bool], float] | None:
    """Return the chance, by step and whether repetitions are to spare, that the less likely of the logged sides completes it."""
    if outlook is None:
        return None
    table = outlook.chances
    return lambda step, spare: float(table.loc[step, [f"{side}_spare" for side in sides] if spare else sides].min())


def _percent(share: float) -> str:
    return f"{round(100 * share)} %" if 0.01 <= share < 0.995 else ("under 1 %" if share < 0.01 else "over 99 %")


def _asked(row: Any) -> float:
    """Return the repetitions a session asked of each set: its target, or, without one, what its poorest set did."""
    return float(row.reps_min if pd.isna(row.target_reps) else row.target_reps)


def _step_of(row: Any) -> int:
    """Return the highest ladder step that asks for no more sets and repetitions than this session of one side did; 0 when it did less than any."""
    return max((i for i, (sets, reps) in enumerate(LADDER) if sets <= row.sets_done and reps <= _asked(row)), default=0)


def _met(row: Any, step: int) -> bool:
    """Return whether a session of one side did all that `step` asks for."""
    sets, reps = LADDER[step]
    return bool(row.complete) and row.sets_done >= sets and _asked(row) >= reps


def _ready(rows: pd.DataFrame, step: int) -> bool:
    """Return whether a side did all of `step` in enough sessions of its own in a row."""
    recent = rows.tail(int(norms.COMPLETE_SESSIONS_TO_ADVANCE.value))
    return len(recent) >= norms.COMPLETE_SESSIONS_TO_ADVANCE.value and all(_met(row, step) for row in recent.itertuples())


def _last_step(rows: pd.DataFrame) -> int:
    """Return the step of a side's last session that had as many sets as a step asks for: a set on its own says nothing of the step."""
    whole = rows[rows["sets_done"] >= LADDER[0][0]]
    return _step_of(next((whole if len(whole) else rows).tail(1).itertuples()))


def _could_do(rows: pd.DataFrame | None, chance: Callable[[int, bool], float] | None) -> int:
    """Return the step a side is ready for on its own: one above its last once it is ready and that is likely; −1 when it was not logged."""
    if rows is None:
        return -1
    step = _last_step(rows)
    ready = _ready(rows, step) and not _short_of_level(rows.tail(1)) and not _poor_form(rows.tail(1))
    if ready and chance is not None and step < len(LADDER) - 1:
        ready = chance(step + 1, False) >= norms.CHANCE_TO_ADVANCE.value
    return min(step + int(ready), len(LADDER) - 1)


def _far_short(rows: pd.DataFrame) -> pd.Series:
    return rows["reps_min"] < norms.FAR_SHORT_SHARE.value * rows["target_reps"]


def _short_of_level(rows: pd.DataFrame) -> tuple[str, int, int, str] | None:
    """Return side, clean and judged repetitions of the set with the largest share short of level, if that is a fault, and when it was if later."""
    rows = rows[rows["judged_reps"] > 0]
    share = 1.0 - rows["clean_reps"] / rows["judged_reps"]
    if rows.empty or share.max() < norms.FAULT_SHARE.value:
        return None
    worst = rows.loc[share.idxmax()]
    since = f" on {worst['recorded_on'].day} {worst['recorded_on']:%b}" if worst["recorded_on"] > worst["date"] else ""
    return str(worst["side"]), int(worst["clean_reps"]), int(worst["judged_reps"]), since


def _poor_form(rows: pd.DataFrame) -> tuple[str, float] | None:
    """Return side and form score of the worst recorded set, if it is too low to move up."""
    worst = rows["form_score"].min()
    if pd.isna(worst) or worst >= norms.FORM_TO_ADVANCE.value:
        return None
    return str(rows.loc[rows["form_score"].idxmin(), "side"]), float(worst)


def _shortfall(last: pd.DataFrame) -> str:
    missed = last[~last["complete"]]
    if missed.empty:
        return "The last session was shorter than this step."
    if missed["target_reps"].isna().all():
        return "The log does not say what was prescribed."
    parts = [f"{r.side}: {r.reps_min} of {r.target_reps:g} in its poorest set" for r in missed.itertuples()]
    return f"{'; '.join(parts)}."


def _name(step: int) -> str:
    """Return how a step is written: sets × reps."""
    sets, reps = LADDER[step]
    return f"{sets} × {reps}"

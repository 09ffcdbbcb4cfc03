"""LOG (+ SESSIONS) → everything known about each athlete's progress, the object that ``hiphitch progress --json`` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from hiphitch_analysis.progress.history import OPTIONAL, summarise_log
from hiphitch_analysis.progress.plan import LADDER, MODEL, STATEMENT, Prescription, plan_next
from hiphitch_analysis.schema import SIDES

MEANT_FOR = {
    "target_reps": "what was prescribed is not known, so no session can be called complete",
    "stop_reason": "a set that reached its target is taken to have stopped there",
    "pain": "pain is not considered",
    "ankle_kg": "ankle weight is taken to be 0 kg",
}


def summarise_progress(log: pd.DataFrame, sessions: pd.DataFrame | None = None, as_of: pd.Timestamp | None = None) -> dict[str, Any]:
    """Sum up where every athlete of a log stands.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    sessions : DataFrame, optional
        Table SESSIONS of recorded sets.
    as_of : Timestamp, optional
        The day of the decision; by default the last day in the log.

    Returns
    -------
    dict
        ``model``, ``athletes`` (one entry per athlete and side; the prescription is the athlete's, repeated on both) and ``not_inferred``.
    """
    history = summarise_log(log, sessions)
    as_of = as_of or history["date"].max()
    athletes = []
    for _, rows in history.groupby("athlete_id"):
        plan = plan_next(rows, as_of)
        athletes += [_side(rows[rows["side"].eq(side)], plan) for side in SIDES if rows["side"].eq(side).any()]
    missing = [column for column in OPTIONAL if column not in log or log[column].isna().all()]
    not_inferred = [f"{column} is not in the log: {MEANT_FOR[column]}" for column in missing if column in MEANT_FOR]
    return {"model": {"name": MODEL, "statement": STATEMENT}, "as_of": as_of.date().isoformat(), "athletes": athletes, "not_inferred": not_inferred}


def describe_progress(summary: dict[str, Any]) -> str:
    """Return the result of `summarise_progress` in a few lines for a person at a terminal."""
    lines: list[str] = []
    for entry in summary["athletes"]:
        plan = entry["next_prescription"]
        headline = [f"{entry['athlete_id']}: {plan['headline']}", f"  {plan['reason']}"]
        lines += headline if not lines or headline[0] not in lines else []
        at_least = "at least " if entry["reps_are_at_least"] else ""
        lines.append(f"  {entry['side']}: {at_least}{entry['reps_last_set']} in the last set on {entry['last_date']}; could do {entry['could_do']}")
    return "\n".join([*lines, summary["model"]["statement"], *summary["not_inferred"]])


def _side(rows: pd.DataFrame, plan: Prescription) -> dict[str, Any]:
    last = rows.sort_values("session").iloc[-1]
    prescription = {key: value for key, value in asdict(plan).items() if key in ("action", "sets", "reps", "ankle_kg", "headline", "reason")}
    return {
        "athlete_id": plan.athlete_id,
        "side": str(last["side"]),
        "sessions": int(rows["session"].nunique()),
        "last_date": last["date"].date().isoformat(),
        "capped_share": float(rows["capped"].mean()),
        "reps_last_set": int(last["reps_last"]),
        "reps_are_at_least": bool(last["capped"]),
        "step": _step_name(plan.step),
        "could_do": _step_name(plan.step_left if last["side"] == "left" else plan.step_right),
        "next_prescription": prescription,
        "ankle_weight_ready": plan.ready_for_ankle_weight,
    }


def _step_name(step: int) -> str:
    return f"{LADDER[step][0]}x{LADDER[step][1]}"

"""LOG (+ SESSIONS) → everything known about each athlete's progress, the object that ``hiphitch progress --json`` prints."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pandas as pd

from hiphitch_analysis.progress.capacity import Capacity, fit_capacity
from hiphitch_analysis.progress.history import OPTIONAL, choose_today, summarise_log
from hiphitch_analysis.progress.observe import AT_LEAST
from hiphitch_analysis.progress.outlook import Outlook, look_ahead
from hiphitch_analysis.progress.plan import LADDER, Prescription, plan_next
from hiphitch_analysis.progress.sentences import describe_trends
from hiphitch_analysis.progress.unlogged import list_unlogged
from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.workload.dose import sum_weeks

HORIZON_WEEKS = 26
MODEL = "censored capacity"
HOW_READ = (
    "A set that stopped at its target says “at least”, one that ended in fatigue or form says “this many”: the capacity behind both is modelled, "
    "its growth averaged over straight and slowing laws. Intervals hold 80 %."
)
STATEMENT = (
    f"{HOW_READ} No ratio of acute to chronic load is given as a risk: random loads give the same ratio "
    "(Impellizzeri 2021, doi:10.1007/s40279-020-01378-6)."
)
MEANT_FOR = {
    "target_reps": ("what was prescribed", "no session can be called complete"),
    "stop_reason": ("why sets stopped", "a set that reached its target is taken to have stopped there, one that fell short to have ended in fatigue"),
    "pain": ("pain", "it is not considered"),
    "ankle_kg": ("the ankle weight", "it is taken to be 0 kg"),
}

Progress = Callable[[int, int, str], None]


def summarise_progress(
    log: pd.DataFrame,
    sessions: pd.DataFrame | None = None,
    as_of: pd.Timestamp | None = None,
    horizon_weeks: float = HORIZON_WEEKS,
    only: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Sum up where every athlete of a log stands and is going.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    sessions : DataFrame, optional
        Table SESSIONS of recorded sets.
    as_of : Timestamp, optional
        The day of the decision; by default the last day in the log, or of a recording.
    horizon_weeks : float
        How far ahead a date may lie [weeks].
    only : str, optional
        Say it of this athlete only; what is said still leans on all athletes of the log.
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    dict
        ``model``, ``athletes`` (one entry per athlete and side; the prescription and the date are the athlete's, repeated on both;
        ``if_pain_ends``: what would be said if pain ended capacity as fatigue does, null where no set stopped for pain), ``weekly_dose`` (see
        `sum_weeks`; empty where no recorded set has an impulse), ``trends`` (of what is not censored, see `describe_trends`), ``left_out`` (sets
        that were not used, with the reason) and ``not_inferred``.
    """
    history = summarise_log(log, sessions)
    as_of = as_of or choose_today(log, sessions)
    not_inferred = [*list_unlogged(log, sessions, only), *list_missing(log)]
    capacity: Capacity | None = None
    outlooks: dict[str, Outlook] = {}
    if_pain_ends: dict[tuple[str, str], Outlook] = {}
    if (log["reps"] > 0).any():
        capacity = fit_capacity(log, progress=progress)
        outlooks = look_ahead(capacity, LADDER, as_of, horizon_weeks)
        if_pain_ends = _if_pain_ends(log, as_of, horizon_weeks, progress)
    else:
        not_inferred.append("no set holds a repetition: nothing can be said of capacity")
    athletes = []
    for name, rows in history.groupby("athlete_id"):
        if only in (None, name):
            outlook = outlooks.get(str(name))
            plan = plan_next(rows, as_of, outlook)
            sides = [_side(rows[rows["side"].eq(side)], plan, outlook) for side in SIDES if rows["side"].eq(side).any()]
            athletes += [{**side, "if_pain_ends": _instead(if_pain_ends.get((str(name), side["side"])), side["side"])} for side in sides]
    trends = describe_trends(log, sessions)
    return {
        "model": {"name": MODEL, "statement": STATEMENT, **(_describe_model(capacity) if capacity is not None else {})},
        "as_of": as_of.date().isoformat(),
        "horizon_weeks": horizon_weeks,
        "athletes": athletes,
        "weekly_dose": _weeks(sessions, log, only),
        "trends": [trend for trend in trends if only in (None, trend["athlete_id"])],
        "left_out": _left_out(capacity, only),
        "not_inferred": not_inferred,
    }


def list_missing(log: pd.DataFrame) -> list[str]:
    """List the columns that a log lacks, each with what cannot be said without it.

    Examples
    --------
    >>> list_missing(pd.DataFrame({"target_reps": [20], "stop_reason": ["target"], "ankle_kg": [0.0]}))
    ['pain is not in the log: it is not considered']
    """
    missing = [column for column in OPTIONAL if column not in log or log[column].isna().all()]
    return ["{} is not in the log: {}".format(*MEANT_FOR[column]) for column in missing if column in MEANT_FOR]


def describe_progress(summary: dict[str, Any]) -> str:
    """Return the result of `summarise_progress` in a few lines for a person at a terminal."""
    lines: list[str] = []
    for entry in summary["athletes"]:
        plan = entry["next_prescription"]
        headline = f"{entry['athlete_id']}: {plan['headline']}"
        if headline not in lines:
            lines += [headline, f"  {plan['reason']}", f"  {_say_date(entry, summary)}"]
            lines += [f"  {alarm}" for alarm in entry["alarms"]]
            changed = [trend for trend in summary["trends"] if trend["athlete_id"] == entry["athlete_id"] and trend["changed"]]
            lines += [f"  {trend['sentence']}" for trend in changed]
        lines.append(f"  {entry['side']}: {_say_capacity(entry)}; could do {entry['could_do']}")
        if entry["if_pain_ends"] is not None:
            lines.append(f"  {entry['side']}: sets stopped for pain say “at least” here; {_say_instead(entry['if_pain_ends'])}")
    left_out = [f"left out: {row['athlete_id']} {row['date']} {row['side']} set {row['set']}: {row['why']}" for row in summary["left_out"]]
    return "\n".join([*lines, *left_out, summary["model"]["statement"], *summary["not_inferred"]])


def _say_date(entry: dict[str, Any], summary: dict[str, Any]) -> str:
    date, chance, horizon_weeks = entry["date_3x45"], entry["date_3x45"]["prob_within_horizon"], summary["horizon_weeks"]
    if chance is None:
        return "3×45: no set is known to have ended in fatigue or form, so there is only a lower bound; one set without a target would tell."
    if date["median"] is None:
        return f"3×45: not within {horizon_weeks:g} weeks, most likely (chance {100 * chance:.0f} %)"
    if entry["lower_bound_only"] and date["p10"] is not None and date["p10"] <= summary["as_of"]:
        return "3×45: may be within reach already; one set without a target would tell"
    if date["p90"] is not None and date["p90"] <= summary["as_of"]:
        return f"3×45: within reach on a usual day since about {date['median']}"
    late = date["p90"] or f"beyond {horizon_weeks:g} weeks"
    return f"3×45: about {date['median']}; with a chance of 80 % between {date['p10']} and {late}"


def _say_capacity(entry: dict[str, Any]) -> str:
    at_least = "at least " if entry["reps_are_at_least"] else ""
    done = f"{at_least}{entry['reps_last_set']} in the last set on {entry['last_date']}"
    if entry["reps_set1_now"] is None:
        return done
    low, high = entry["reps_set1_interval"]
    if entry["lower_bound_only"]:
        return f"{done}; no set is known to have ended in fatigue, so a fresh set to failure would come to at least {low:.0f}"
    return f"{done}; a fresh set to failure would now come to {entry['reps_set1_now']:.0f} ({low:.0f} to {high:.0f})"


def _side(rows: pd.DataFrame, plan: Prescription, outlook: Outlook | None) -> dict[str, Any]:
    last = rows.sort_values("session").iloc[-1]
    side = str(last["side"])
    prescription = {key: value for key, value in asdict(plan).items() if key in ("action", "sets", "reps", "ankle_kg", "headline", "reason")}
    return {
        "athlete_id": plan.athlete_id,
        "side": side,
        "sessions": int(rows["session"].nunique()),
        "last_date": last["date"].date().isoformat(),
        "capped_share": float(rows["capped"].mean()),
        "reps_last_set": int(last["reps_last"]),
        "reps_are_at_least": bool(last["capped"]),
        "step": _step_name(plan.step),
        "could_do": _step_name(plan.step_left if side == "left" else plan.step_right),
        **_outlook(outlook, side),
        "next_prescription": prescription,
        "ankle_weight_ready": plan.ready_for_ankle_weight,
    }


def _outlook(outlook: Outlook | None, side: str) -> dict[str, Any]:
    """Return what the model says of a side, as JSON knows it; nulls where nothing could be fitted."""
    if outlook is None:
        names = ("slope", "slope_se", "reps_set1_now", "reps_set1_interval", "asymmetry", "uncapped_set_wanted")
        dates = dict.fromkeys(("median", "p10", "p25", "p75", "p90", "prob_within_horizon"))
        return {**dict.fromkeys(names), "date_3x45": dates, "alarms": [], "lower_bound_only": True}
    median, low, high = outlook.reps_now[side]
    chance = outlook.prob_within_horizon
    asymmetry = None
    if outlook.asymmetry is not None:
        asymmetry = dict(zip(("log_ratio", "low", "high"), (round(value, 4) for value in outlook.asymmetry), strict=True))
    dates_known = {name: None if date is None else date.date().isoformat() for name, date in outlook.date_3x45.items()}
    return {
        "slope": round(outlook.slope, 5),
        "slope_se": round(outlook.slope_se, 5),
        "reps_set1_now": round(low if outlook.only_at_least else median, 2),
        "reps_set1_interval": [round(low, 2), None if outlook.only_at_least else round(high, 2)],
        "lower_bound_only": outlook.only_at_least,
        "date_3x45": {**dates_known, "prob_within_horizon": None if math.isnan(chance) else round(chance, 3)},
        "asymmetry": asymmetry,
        "alarms": list(outlook.alarms),
        "uncapped_set_wanted": outlook.uncapped,
    }


def _if_pain_ends(log: pd.DataFrame, as_of: pd.Timestamp, horizon_weeks: float, progress: Progress | None) -> dict[tuple[str, str], Outlook]:
    """Return what would be said of every athlete and side with a set stopped for pain, were that the end of capacity."""
    hurt = log[log["stop_reason"].eq("pain") & log["reps"].gt(0)] if "stop_reason" in log else log.iloc[:0]
    if hurt.empty:
        return {}
    outlooks = look_ahead(fit_capacity(log, pain_ends=True, progress=progress), LADDER, as_of, horizon_weeks)
    return {(name, side): outlooks[name] for name, side in set(zip(hurt["athlete_id"], hurt["side"], strict=True)) if name in outlooks}


def _instead(outlook: Outlook | None, side: str) -> dict[str, Any] | None:
    if outlook is None:
        return None
    told = _outlook(outlook, side)
    return {name: told[name] for name in ("reps_set1_now", "reps_set1_interval", "date_3x45")}


def _say_instead(told: dict[str, Any]) -> str:
    low, high = told["reps_set1_interval"]
    date = told["date_3x45"]["median"]
    upto = f"{low:.0f} or more" if high is None else f"{told['reps_set1_now']:.0f} ({low:.0f} to {high:.0f})"
    return f"if pain had ended capacity, a fresh set would come to {upto}{'' if date is None else f', 3×45 about {date}'}"


def _weeks(sessions: pd.DataFrame | None, log: pd.DataFrame, only: str | None) -> list[dict[str, Any]]:
    """Return what each week did to the hip abductors, for athletes with a recorded set whose impulse is known."""
    if sessions is None or sessions["impulse_nms"].isna().all():
        return []
    weeks = sum_weeks(sessions, log).dropna(subset=["impulse_nms"])
    return [
        {
            "athlete_id": row.athlete_id,
            "side": row.side,
            "week": row.week.date().isoformat(),
            "sets": int(row.sets),
            "reps": int(row.reps),
            "impulse_nms": round(row.impulse_nms, 1),
            "estimated_share": round(row.estimated_share, 3),
        }
        for row in weeks.itertuples()
        if only in (None, row.athlete_id)
    ]


def _describe_model(capacity: Capacity) -> dict[str, Any]:
    laws = [{"law": one.law.kind, "rate_per_week": one.law.rate, "weight": round(one.weight, 4)} for one in capacity.branches if one.weight > 5e-5]
    return {
        "sets": len(capacity.sets),
        "capped_share": round(float(capacity.sets["says"].eq(AT_LEAST).mean()), 3),
        "growth": laws,
    }


def _left_out(capacity: Capacity | None, only: str | None) -> list[dict[str, Any]]:
    if capacity is None:
        return []
    rows = capacity.left_out if only is None else capacity.left_out[capacity.left_out["athlete_id"].eq(only)]
    return [
        {
            "athlete_id": row.athlete_id,
            "date": row.date.date().isoformat(),
            "side": row.side,
            "set": int(row.set),
            "reps": int(row.reps),
            "why": row.why,
        }
        for row in rows.itertuples()
    ]


def _step_name(step: int) -> str:
    return f"{LADDER[step][0]}x{LADDER[step][1]}"

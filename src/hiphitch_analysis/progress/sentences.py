"""Trends → one plain sentence per athlete and measure, with its uncertainty, and the same as numbers for a page or a JSON file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.norms import FORM_SCORE_MDC95
from hiphitch_analysis.progress.course import CONSTANT, Trend
from hiphitch_analysis.progress.measures import MEASURES, Measure, place_weeks
from hiphitch_analysis.progress.trends import fit_trend

FROM_LOG = ("rpe", "pain")
MDC95 = {"form_score": FORM_SCORE_MDC95.value}  # of what it is known
NUMBERS = ("per_week", "per_week_low", "per_week_high", "change", "change_low", "change_high")


def describe_trends(log: pd.DataFrame, sessions: pd.DataFrame | None = None) -> list[dict[str, Any]]:
    """Say of every athlete how form, exertion and pain go over the weeks.

    Parameters
    ----------
    log : DataFrame
        Table LOG: its ``rpe`` and ``pain``, and each athlete's first day.
    sessions : DataFrame, optional
        Table SESSIONS of recorded sets.

    Returns
    -------
    list of dict
        One per athlete and measure with any value, of plain JSON types: ``athlete_id, measure, unit, n_days, first_week, last_week, method, time,
        per_week, per_week_low, per_week_high, change, change_low, change_high`` (null where not known), ``changed`` (true where the 95 % interval
        leaves out zero; null without an interval), ``mdc95`` and ``beyond_mdc95`` (the change against that of two recordings; null where it is not
        known), ``sentence``, ``notes``.

    Notes
    -----
    Weeks count from the athlete's first day in either table. Of several athletes and measures one in twenty changes "measurably" by chance alone.

    Examples
    --------
    >>> log = pd.DataFrame({"athlete_id": "A01", "date": ["2026-01-05"], "side": "left", "set": 1, "reps": 20, "rpe": 5.0})
    >>> describe_trends(log)[0]["sentence"]
    'Exertion: one day so far, so nothing can be said of a change.'
    """
    entries = [entry for name, table in place_measures(log, sessions).items() for entry in _describe(table, name)]
    return sorted(entries, key=lambda entry: (entry["athlete_id"], list(MEASURES).index(entry["measure"])))


def place_measures(log: pd.DataFrame, sessions: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Return, of each measure with any value, its table with ``week`` since the athlete's first day in either table.

    Parameters
    ----------
    log, sessions : DataFrame
        As for `describe_trends`.
    """
    tables = dict.fromkeys(FROM_LOG, log)
    if sessions is not None:
        tables = {name: sessions for name in MEASURES if name not in FROM_LOG} | tables
    dated = [
        table[["athlete_id", "date"]].assign(date=pd.to_datetime(table["date"])) for table in (log, sessions) if table is not None and len(table)
    ]
    began = pd.concat(dated).groupby("athlete_id")["date"].min() if dated else pd.Series(dtype="datetime64[ns]")
    known = {name: table for name, table in tables.items() if name in table and table[name].notna().any()}
    return {name: place_weeks(table.drop(columns="week", errors="ignore"), began=began) for name, table in known.items()}


def _describe(table: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    known = table.dropna(subset=[name])
    days = known.groupby("athlete_id")["week"].agg(lambda weeks: len(np.unique(weeks)))
    once = [_tell_once(str(who), name, float(known.loc[known["athlete_id"].eq(who), "week"].iloc[0])) for who in days.index[days < 2]]
    several = known[known["athlete_id"].isin(days.index[days >= 2])]
    if several.empty:
        return once
    trend = fit_trend(several, name)
    return once + [_tell(trend, row) for row in trend.athletes.to_dict("records")]


def _tell(trend: Trend, row: Mapping[Any, Any]) -> dict[str, Any]:
    numbers = {key: _number(row[key]) for key in NUMBERS}
    low, high = numbers["per_week_low"], numbers["per_week_high"]
    changed = None if low is None or high is None else not low <= 0.0 <= high
    limit = MDC95.get(trend.measure)
    beyond = None if limit is None else abs(float(row["change"])) > limit
    return {
        **_head(str(row["athlete_id"]), trend.measure),
        "n_days": int(row["n_days"]),
        "first_week": float(row["first_week"]),
        "last_week": float(row["last_week"]),
        "method": trend.method,
        "time": trend.time,
        **numbers,
        "changed": changed,
        "mdc95": limit,
        "beyond_mdc95": beyond,
        "sentence": say_trend(trend, str(row["athlete_id"])),
        "notes": list(trend.notes),
    }


def _tell_once(who: str, name: str, week: float) -> dict[str, Any]:
    sentence = f"{MEASURES[name].name}: one day so far, so nothing can be said of a change."
    place = {"n_days": 1, "first_week": week, "last_week": week, "method": "nothing to fit", "time": None}
    nothing = {**dict.fromkeys(NUMBERS), "changed": None, "mdc95": MDC95.get(name), "beyond_mdc95": None}
    return {**_head(who, name), **place, **nothing, "sentence": sentence, "notes": []}


def _head(who: str, name: str) -> dict[str, Any]:
    return {"athlete_id": who, "measure": name, "unit": MEASURES[name].unit}


def _number(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def say_trend(trend: Trend, athlete_id: str) -> str:
    """Say in a sentence or two how an athlete's measure goes, and how sure that is.

    Parameters
    ----------
    trend : Trend
        Of a measure of LOG or SESSIONS.
    athlete_id : str

    Returns
    -------
    str

    Raises
    ------
    ValueError
        An athlete the trend does not hold.

    Examples
    --------
    >>> weeks = pd.DataFrame({"athlete_id": "A01", "side": "left", "week": np.arange(9.0), "pain": [3, 2, 3, 2, 2, 1, 1, 0, 1]})
    >>> say_trend(fit_trend(weeks, "pain"), "A01")
    'Pain has fallen: −0.32 points a week, between −0.48 and −0.15; −2.5 points in 8 weeks.'
    """
    rows = trend.athletes[trend.athletes["athlete_id"].eq(athlete_id)]
    if rows.empty:
        raise ValueError(f"athlete: expected one of {', '.join(trend.athletes['athlete_id'])}, got {athlete_id!r}.")
    row, measure = rows.iloc[0], MEASURES[trend.measure]
    if trend.method == CONSTANT:
        return f"{measure.name} was {trend.points['value'].iloc[0]:g} on every one of {row['n_days']} days."
    per_week, low, high = (float(row[key]) for key in ("per_week", "per_week_low", "per_week_high"))
    average = "on average " if trend.time != "week" else ""
    rate = f"{average}{_signed(per_week)}{measure.many} a week"
    if not math.isfinite(low):
        return f"{measure.name}: {rate} over {row['n_days']} days, too few to tell it from chance."
    between = f"{rate}, between {_signed(low)} and {_signed(high)}"
    if low <= 0.0 <= high:
        return f"{measure.name} has not changed measurably: {between}.{_say_hidden(measure, row, trend.measure)}"
    in_all = f"{_signed(float(row['change']))}{measure.many} in {_say_weeks(float(row['last_week'] - row['first_week']))}"
    return f"{measure.name} {measure.up if per_week > 0 else measure.down}: {between}; {in_all}{_say_against_mdc(row, trend.measure)}."


def _say_against_mdc(row: pd.Series, measure: str) -> str:
    if measure not in MDC95:
        return ""
    limit = MDC95[measure]
    if abs(float(row["change"])) > limit:
        return f", more than the {limit:g} by which two recordings differ by chance"
    return f", less than the {limit:g} by which two recordings differ by chance: only many recordings together show it"


def _say_hidden(measure: Measure, row: pd.Series, name: str) -> str:
    """Say so where a change beyond the smallest detectable one could still be hidden: not measurable is not the same as none."""
    limit = MDC95.get(name)
    reach = max(abs(float(row["change_low"])), abs(float(row["change_high"])))
    if limit is None or reach <= limit:
        return ""
    return f" A change of as much as {reach:.0f}{measure.many} in {_say_weeks(float(row['last_week'] - row['first_week']))} is not ruled out."


def _say_weeks(weeks: float) -> str:
    rounded = f"{weeks:.0f}" if weeks >= 2 else f"{weeks:.1f}".removesuffix(".0")
    return f"{rounded} week{'' if rounded == '1' else 's'}"


def _signed(value: float) -> str:
    """Write a number with two digits that count and its sign.

    >>> _signed(-0.456), _signed(12.3), _signed(0.0)
    ('−0.46', '+12', '0')
    """
    digits = 0 if abs(value) >= 10 else 1 if abs(value) >= 1 else 2
    text = f"{value:+.{digits}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")

"""What a trend is: the result of `fit_trend`, and how its rows are written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK, LOG_WEEK, AUTO = "week", "log(1+week)", "auto"
MIXED_SLOPES, MIXED, POOLED = "mixed, own slopes", "mixed, one slope", "least squares, cluster-robust"
ALONE, CONSTANT = "each athlete alone", "constant"
BETTER_BY = 2.0  # AIC: what log(1+week) must gain to be preferred to plain weeks
COURSE_POINTS = 25
TAIL = 0.975
ATHLETES_FOR_MIXED = 5  # fewer say next to nothing about how athletes differ


@dataclass(frozen=True, slots=True)
class Trend:
    """How a measure went over the weeks.

    Attributes
    ----------
    measure : str
        Name of the column.
    time : {"week", "log(1+week)"}
        In what the measure is taken to be straight.
    method : str
        What was fitted: one of the module's names of methods.
    effects : DataFrame
        Fixed effects of the squad, one row each, indexed by name (``level`` at week 0, ``time`` = slope per unit of `time`, …): ``estimate, se, low,
        high`` (95 %). Empty for an athlete alone.
    sds : dict of str to float
        Standard deviations between athletes (``level`` at week 0, ``slope``), between the groups within one (``side``, ``day``), and ``residual``.
    athletes : DataFrame
        One row per athlete: ``athlete_id, n_values, n_days, first_week, last_week``; ``slope, slope_low, slope_high`` per unit of `time`, shrunken
        towards the squad's in a mixed model; ``change, change_low, change_high`` from the first week to the last; ``per_week, per_week_low,
        per_week_high``, that change per week. Intervals are of 95 %, NaN where the data give none.
    courses : DataFrame
        ``athlete_id, side, week, fitted, low, high``: the fitted line of each side with its 95 % band (of the line, not of single values).
    points : DataFrame
        ``athlete_id, side, week, value``: what was fitted.
    log_likelihood : float
        Restricted one of a mixed model, else NaN.
    aic : dict of str to float
        Of both times, by plain maximum likelihood; empty where time was given.
    notes : tuple of str
        What was done and left out, in words.
    """

    measure: str
    time: str
    method: str
    effects: pd.DataFrame
    sds: dict[str, float]
    athletes: pd.DataFrame
    courses: pd.DataFrame
    points: pd.DataFrame
    log_likelihood: float
    aic: dict[str, float]
    notes: tuple[str, ...]


def choose_time(aic: dict[str, float], time: str) -> tuple[str, list[str]]:
    """Return the time in which to fit, and a sentence that says why."""
    if time != AUTO:
        return time, []
    if set(aic) != {WEEK, LOG_WEEK}:
        return WEEK, ["Change is taken as straight in weeks: with log(1+week) it could not be compared."]
    gain = aic[WEEK] - aic[LOG_WEEK]
    if abs(gain) <= BETTER_BY:
        return WEEK, ["Change is taken as straight in weeks: log(1+week) describes it as well or as badly (AIC)."]
    chosen, other = (LOG_WEEK, WEEK) if gain > 0 else (WEEK, LOG_WEEK)
    return chosen, [f"Change is taken as straight in {chosen}: it fits better than in {other} (AIC lower by {abs(gain):.1f})."]


def clock(weeks: Array, time: str) -> Array:
    """Return weeks in the unit of `time`."""
    return np.log1p(weeks) if time == LOG_WEEK else weeks


def sum_up(points: pd.DataFrame, time: str, slope: float, low: float, high: float) -> dict[str, object]:
    """Return an athlete's row of `Trend.athletes`."""
    first, last = float(points["week"].min()), float(points["week"].max())
    start, end = clock(np.array([first, last]), time)
    row: dict[str, object] = {"athlete_id": str(points["athlete_id"].iloc[0]), "n_values": len(points), "n_days": int(points["week"].nunique())}
    row |= {"first_week": first, "last_week": last, "slope": slope, "slope_low": low, "slope_high": high}
    for name, factor in (("change", end - start), ("per_week", (end - start) / (last - first) if last > first else 1.0)):
        row |= {name: slope * factor, f"{name}_low": low * factor, f"{name}_high": high * factor}
    return row


def draw_course(who: object, side: str, weeks: Array, fitted: Array | float, half: Array | float) -> pd.DataFrame:
    """Return the rows of `Trend.courses` for one athlete and side."""
    return pd.DataFrame({"athlete_id": str(who), "side": side, "week": weeks, "fitted": fitted, "low": fitted - half, "high": fitted + half})


def show_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return `Trend.points`."""
    return points[["athlete_id", "side", "week", "value"]].astype({"athlete_id": str}).reset_index(drop=True)


def no_effects() -> pd.DataFrame:
    """Return `Trend.effects` where nothing is said of a squad."""
    return pd.DataFrame(columns=["estimate", "se", "low", "high"], dtype=float)

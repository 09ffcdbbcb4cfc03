"""A measure of fewer than five athletes over the weeks: a line for each, and one slope for all without a claim beyond them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.stats import t

from hiphitch_analysis.progress.course import (
    ALONE,
    ATHLETES_FOR_MIXED,
    AUTO,
    COURSE_POINTS,
    LOG_WEEK,
    POOLED,
    TAIL,
    WEEK,
    Trend,
    choose_time,
    clock,
    draw_course,
    no_effects,
    show_points,
    sum_up,
)
from hiphitch_analysis.progress.line import DAYS_FOR_LEAST_SQUARES, Line, fit_line


def fit_few(points: pd.DataFrame, measure: str, time: str) -> Trend:
    """Fit a line to each athlete; for several also one slope for all."""
    aic: dict[str, float] = {}
    enough = points.groupby("athlete_id")["week"].nunique().min() >= DAYS_FOR_LEAST_SQUARES
    if time == AUTO and enough:
        lines = {name: _lines(points, name) for name in (WEEK, LOG_WEEK)}
        rss = {name: sum(line.rss for line in own.values()) for name, own in lines.items()}
        parameters = sum(1 + len(line.offsets) for line in lines[WEEK].values())
        n, least = len(points), np.finfo(float).tiny
        aic = {name: float(n * np.log(max(value / n, least)) + 2 * parameters) for name, value in rss.items()}
    chosen, said = choose_time(aic, time if enough or time != AUTO else WEEK)
    own = _lines(points, chosen)
    rows, courses = [], []
    for who, group in points.groupby("athlete_id", sort=True):
        if who in own:
            line = own[who]
            rows.append(sum_up(group, chosen, line.slope, line.slope_low, line.slope_high))
            courses += [_line_course(group, str(side), line, chosen) for side in line.offsets]
    several = len(own) > 1
    steps = [f"{who}: {line.method}." for who, line in own.items()]
    alone = f"Fewer than {ATHLETES_FOR_MIXED} athletes, or too few values: each has a line of its own, not drawn towards the others'."
    steps.append(alone if several else "One athlete: nothing is said about others.")
    return Trend(
        measure=measure,
        time=chosen,
        method=POOLED if several else ALONE,
        effects=_pool(points[points["athlete_id"].isin(list(own))], chosen) if several else no_effects(),
        sds={},
        athletes=pd.DataFrame(rows),
        courses=pd.concat(courses, ignore_index=True),
        points=show_points(points),
        log_likelihood=float("nan"),
        aic=aic,
        notes=(*said, *steps),
    )


def _lines(points: pd.DataFrame, time: str) -> dict[str, Line]:
    lines = {}
    for who, group in points.groupby("athlete_id", sort=True):
        if np.ptp(group["week"]) > 0:
            when = clock(group["week"].to_numpy(dtype=float), time)
            lines[str(who)] = fit_line(when, group["value"].to_numpy(dtype=float), group["side"])
    return lines


def _line_course(points: pd.DataFrame, side: str, line: Line, time: str) -> pd.DataFrame:
    weeks = np.linspace(points["week"].min(), points["week"].max(), COURSE_POINTS)
    when = clock(weeks, time)
    variance = line.level_se**2 + 2 * when * line.covariance + when**2 * line.slope_se**2
    half = line.quantile * np.sqrt(np.maximum(variance, 0.0))
    return draw_course(points["athlete_id"].iloc[0], side, weeks, line.level + line.offsets[side] + line.slope * when, half)


def _pool(points: pd.DataFrame, time: str) -> pd.DataFrame:
    """One slope for all by least squares, with a level for each athlete and side, and errors that allow athletes to differ."""
    from statsmodels.regression.linear_model import OLS

    cells = pd.get_dummies(points["athlete_id"].astype(str) + "/" + points["side"]).to_numpy(dtype=float)
    when = clock(points["week"].to_numpy(dtype=float), time)
    y = points["value"].to_numpy(dtype=float)
    people = pd.factorize(points["athlete_id"])[0]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = OLS(y, np.column_stack([when, cells])).fit(cov_type="cluster", cov_kwds={"groups": people})
    slope, se = float(found.params[0]), float(np.sqrt(found.cov_params()[0, 0]))
    half = float(t.ppf(TAIL, people.max())) * se
    return pd.DataFrame({"estimate": [slope], "se": [se], "low": [slope - half], "high": [slope + half]}, index=["time"])

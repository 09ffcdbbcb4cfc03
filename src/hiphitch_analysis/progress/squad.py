"""A measure of five athletes or more over the weeks: mixed models, and what they say of the squad and of each athlete."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import t

from hiphitch_analysis.progress.course import (
    ATHLETES_FOR_MIXED,
    AUTO,
    COURSE_POINTS,
    MIXED,
    MIXED_SLOPES,
    TAIL,
    WEEK,
    Array,
    Trend,
    choose_time,
    clock,
    draw_course,
    show_points,
    sum_up,
)
from hiphitch_analysis.progress.gls import NO_SLOPE, Design, MixedFit, predict_average, spread_slopes
from hiphitch_analysis.progress.mixed import step_down

WEEKS_FOR_SLOPE = 3  # different ones, in so many athletes, before their slopes may differ
PAIRS_FOR_DAY = 5  # values beyond the first of a day, before a day may have an effect of its own
NO_WEIGHTS = "Each day and side counts once, however many sets it had: statsmodels' mixed model takes no weights."


def build_design(points: pd.DataFrame, time: str, kept: list[str], days: bool, covariates: Sequence[str], moderators: Sequence[str]) -> Design:
    """Return the data of a mixed model: `kept` names the columns whose groups share an effect, `days` whether a day may have one."""
    when = clock(points["week"].to_numpy(dtype=float), time)
    columns = {"level": np.ones(len(points)), "time": when}
    for name in (*covariates, *moderators):
        columns |= _coded(points[name])
    for name in moderators:
        columns |= {f"time:{key}": when * values for key, values in _coded(points[name]).items()}
    who = points["athlete_id"]
    groups = {name: points.groupby(who)[name].transform(lambda g: pd.factorize(g)[0]) for name in kept}
    components = {name: codes.to_numpy(dtype=np.int64) for name, codes in groups.items() if codes.max() > 0}
    day = points.groupby(who)["week"].transform(lambda g: pd.factorize(g)[0])
    if days and len(points) - len(points[["athlete_id", "week"]].drop_duplicates()) >= PAIRS_FOR_DAY:
        components["day"] = day.to_numpy(dtype=np.int64)
    x = np.column_stack(list(columns.values()))
    return Design(points["value"].to_numpy(dtype=float), x, tuple(columns), when, pd.factorize(who)[0].astype(np.int64), components)


def _coded(values: pd.Series) -> dict[str, Array]:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return {str(values.name): values.to_numpy(dtype=float)}
    levels = sorted(values.astype(str).unique())[1:]
    return {f"{values.name}[{level}]": values.astype(str).eq(level).to_numpy(dtype=float) for level in levels}


def fit_squad(points: pd.DataFrame, measure: str, time: str, designs: dict[str, Design]) -> Trend | None:
    """Fit mixed models; None where none can be."""
    weeks = points.groupby("athlete_id")["week"].nunique()
    slopes = int((weeks >= WEEKS_FOR_SLOPE).sum()) >= ATHLETES_FOR_MIXED
    if len(points) <= designs[WEEK].x.shape[1] + len(weeks):
        return None
    aic = {}
    if time == AUTO:
        plain = {name: step_down(design, reml=False, slopes=slopes)[0] for name, design in designs.items()}
        aic = {name: 2.0 * (fit.parameters - fit.log_likelihood) for name, fit in plain.items() if fit is not None}
    chosen, said = choose_time(aic, time)
    fit, steps = step_down(designs[chosen], reml=True, slopes=slopes)
    if fit is None:
        return None
    own = [] if slopes else [f"Fewer than {ATHLETES_FOR_MIXED} athletes have {WEEKS_FOR_SLOPE} different weeks: one slope for all."]
    fits = spread_slopes(fit) if slopes else [(1.0, fit)]
    rows = [_own(fits, code, group, chosen) for code, (_, group) in enumerate(points.groupby("athlete_id", sort=True))]
    sds = {"level": float(np.sqrt(max(0.0, fit.cov_re[0, 0]))), "slope": float(np.sqrt(max(0.0, fit.cov_re[1, 1])))}
    sds |= {name: float(np.sqrt(variance)) for name, variance in fit.components.items()} | {"residual": float(np.sqrt(fit.residual))}
    return Trend(
        measure=measure,
        time=chosen,
        method=MIXED if fit.slope == NO_SLOPE else MIXED_SLOPES,
        effects=_effects(fit),
        sds=sds,
        athletes=pd.DataFrame([row for row, _ in rows]),
        courses=pd.concat([course for _, course in rows], ignore_index=True),
        points=show_points(points),
        log_likelihood=fit.log_likelihood,
        aic=aic,
        notes=(*said, *own, *steps, NO_WEIGHTS),
    )


def _effects(fit: MixedFit) -> pd.DataFrame:
    se, freedom = np.sqrt(np.diag(fit.beta_cov)), _freedom(fit)
    half = t.ppf(TAIL, freedom) * se
    return pd.DataFrame({"estimate": fit.beta, "se": se, "low": fit.beta - half, "high": fit.beta + half}, index=list(fit.design.names))


def _freedom(fit: MixedFit) -> Array:
    """Degrees of freedom of each fixed effect, by containment: those of the random effect between whose groups it varies, else the residual's."""
    design = fit.design
    people, n = pd.Series(design.athlete), len(design.y)
    persons = people.nunique()
    groups = {name: people.astype(str) + "/" + pd.Series(codes).astype(str) for name, codes in design.components.items()}
    moving = pd.Series(design.time).abs() > np.finfo(float).eps
    level: list[str] = []
    for column in map(pd.Series, design.x.T):
        if _same_within(column, people):
            level.append("level")
        elif fit.slope != NO_SLOPE and _same_within((column / design.time)[moving].round(9), people[moving]):
            level.append("slope")
        else:
            level.append(next((name for name, group in groups.items() if _same_within(column, group)), "residual"))
    available = {"level": persons, "slope": persons, **{name: group.nunique() - persons for name, group in groups.items()}}
    available["residual"] = n - persons * (1 if fit.slope == NO_SLOPE else 2)
    return np.array([max(1, available[name] - level.count(name)) for name in level], dtype=float)


def _same_within(values: pd.Series, groups: pd.Series) -> bool:
    return bool(values.eq(values.groupby(groups).transform("first")).all())


def _own(fits: list[tuple[float, MixedFit]], code: int, points: pd.DataFrame, time: str) -> tuple[dict[str, object], pd.DataFrame]:
    """Return an athlete's row of slopes, and the course of each side."""
    design = fits[0][1].design
    rows = np.flatnonzero(design.athlete == code)
    quantile = float(t.ppf(TAIL, design.athlete.max()))
    slope, se = predict_average(fits, code, _slope_row(design.x[rows], design)[None, :], np.array([[0.0, 1.0]]), {})
    row = sum_up(points, time, float(slope[0]), *(float(slope[0] + sign * quantile * se[0]) for sign in (-1, 1)))
    weeks = np.linspace(points["week"].min(), points["week"].max(), COURSE_POINTS)
    when = clock(weeks, time)
    courses = []
    for side in sorted(points["side"].unique()):
        first = rows[points["side"].eq(side)][0]
        x = design.x[first] + (when - design.time[first])[:, None] * _slope_row(design.x[[first]], design)
        groups = {name: int(codes[first]) for name, codes in design.components.items() if name != "day"}  # an average day, but this side
        fitted, error = predict_average(fits, code, x, np.column_stack([np.ones(COURSE_POINTS), when]), groups)
        courses.append(draw_course(points["athlete_id"].iloc[0], str(side), weeks, fitted, quantile * error))
    return row, pd.concat(courses, ignore_index=True)


def _slope_row(x: Array, design: Design) -> Array:
    """Return what the fixed effects count in the slope of rows `x`, averaged over them."""
    row = np.zeros(len(design.names))
    means = dict(zip(design.names, x.mean(axis=0), strict=True))
    for i, name in enumerate(design.names):
        row[i] = 1.0 if name == "time" else means[name.removeprefix("time:")] if name.startswith("time:") else 0.0
    return row

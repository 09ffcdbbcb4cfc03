"""LOG or SESSIONS → how a measure that is not censored goes over the weeks: form, drop, return error, exertion, pain. Not repetitions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from hiphitch_analysis.progress.line import Line, fit_line
from hiphitch_analysis.progress.measures import average_days
from hiphitch_analysis.progress.gls import NO_SLOPE, Design, MixedFit, predict_average, spread_slopes
from hiphitch_analysis.progress.mixed import step_down

Array = NDArray[np.float64]

WEEK, LOG_WEEK, AUTO = "week", "log(1+week)", "auto"
MIXED_SLOPES, MIXED, POOLED, ALONE, CONSTANT = (
    "mixed, own slopes",
    "mixed, one slope",
    "least squares, cluster-robust",
    "each athlete alone",
    "constant",
)
ATHLETES_FOR_MIXED = 5  # fewer say next to nothing about how athletes differ
WEEKS_FOR_SLOPE = 3  # different ones, in so many athletes, before their slopes may differ
BETTER_BY = 2.0  # AIC: what log(1+week) must gain to be preferred to plain weeks
PAIRS_FOR_DAY = 5  # values beyond the first of a day, before a day may have an effect of its own
COURSE_POINTS = 25
TAIL = 0.975
NO_WEIGHTS = "Each day and side counts once, however many sets it had: statsmodels' mixed model takes no weights."


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


def fit_trend(
    table: pd.DataFrame,
    measure: str,
    *,
    time: str = AUTO,
    athlete: str = "athlete_id",
    components: Sequence[str] = ("side", "day"),
    covariates: Sequence[str] = (),
    moderators: Sequence[str] = (),
) -> Trend:
    """Fit the course of a measure over the weeks, for a squad or one athlete, as far as the data bear it.

    Parameters
    ----------
    table : DataFrame
        SESSIONS, LOG, or any table with `athlete`, `measure` and ``date`` or ``week``.
    measure : str
        Column to follow: ``form_score, drop_deg, return_error_deg, rotation_range_deg, rep_s`` of SESSIONS, ``rpe, pain`` of LOG. Not repetitions:
        they stop at the prescription.
    time : {"auto", "week", "log(1+week)"}
        Straight in which time; by default in weeks, unless log(1+week) lowers AIC by more than 2.
    athlete : str
        Column that says who.
    components : sequence of str
        Columns whose groups within an athlete share an effect; ``day`` is a day's. The first is what courses are drawn by.
    covariates, moderators : sequence of str
        Columns on which the level depends, and those on which level and slope depend: numbers, or words (against the first in the alphabet).

    Returns
    -------
    Trend

    Raises
    ------
    ValueError
        A missing column, an unknown time, or no two values at different times.

    Notes
    -----
    Sets of one day and side are averaged. Then, from the fullest to the plainest: a linear mixed model with level and slope of each athlete, effects
    of side and day within athlete; the same with one slope; for fewer than five athletes least squares with a level for each and errors robust
    to clusters; for one athlete (and for each of fewer than five) a line as in `fit_line`. The notes say which, and why. No weights, no censoring:
    near the end of a bounded scale (a form score of 100, pain of 0) a straight line is a rough description.

    Intervals of a mixed model take its variances as known; those of the squad's effects use t with the degrees of freedom of the athletes, or of
    what else the effect varies between.

    Examples
    --------
    >>> weeks = pd.DataFrame({"athlete_id": "A01", "week": np.arange(10.0), "side": "left", "form_score": 70 + 2 * np.arange(10.0)})
    >>> trend = fit_trend(weeks, "form_score")
    >>> trend.method, round(trend.athletes["per_week"].iloc[0], 2)
    ('each athlete alone', 2.0)
    """
    if time not in (AUTO, WEEK, LOG_WEEK):
        raise ValueError(f"time: expected {AUTO}, {WEEK} or {LOG_WEEK}, got {time!r}.")
    extra = [*covariates, *moderators]
    kept = [name for name in components if name != "day" and name in table]
    points = average_days(table, measure, athlete, [*kept, *(name for name in extra if name not in kept)])
    if points["week"].nunique() < 2 or not (points.groupby("athlete_id")["week"].nunique() > 1).any():
        raise ValueError(f"{measure}: expected values of two different days of one athlete, got {len(points)} values. A trend needs both.")
    points["side"] = points[kept[0]].astype(str) if kept else "both"
    if np.ptp(points["value"]) == 0:
        return _constant(points, measure)
    squad = points["athlete_id"].nunique() >= ATHLETES_FOR_MIXED
    if extra or squad:
        designs = {name: _build_design(points, name, kept, "day" in components, covariates, moderators) for name in (WEEK, LOG_WEEK)}
        trend = _fit_squad(points, measure, time, designs)
        if trend is not None:
            return trend
    return _fit_few(points, measure, time)


# --- A squad ---------------------------------------------------------------------------------------------------------------------------------
def _build_design(points: pd.DataFrame, time: str, kept: list[str], days: bool, covariates: Sequence[str], moderators: Sequence[str]) -> Design:
    when = _clock(points["week"].to_numpy(dtype=float), time)
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


def _fit_squad(points: pd.DataFrame, measure: str, time: str, designs: dict[str, Design]) -> Trend | None:
    """Fit mixed models; None where none can be."""
    weeks = points.groupby("athlete_id")["week"].nunique()
    slopes = int((weeks >= WEEKS_FOR_SLOPE).sum()) >= ATHLETES_FOR_MIXED
    if len(points) <= designs[WEEK].x.shape[1] + len(weeks):
        return None
    aic = {}
    if time == AUTO:
        plain = {name: step_down(design, reml=False, slopes=slopes)[0] for name, design in designs.items()}
        aic = {name: 2.0 * (fit.parameters - fit.log_likelihood) for name, fit in plain.items() if fit is not None}
    chosen, said = _choose_time(aic, time)
    fit, steps = step_down(designs[chosen], reml=True, slopes=slopes)
    if fit is None:
        return None
    own = [] if slopes else [f"Fewer than {ATHLETES_FOR_MIXED} athletes have {WEEKS_FOR_SLOPE} different weeks: one slope for all."]
    fits = spread_slopes(fit) if slopes else [(1.0, fit)]
    rows = [_own(fits, code, group, chosen) for code, (_, group) in enumerate(points.groupby("athlete_id", sort=True))]
    sds = {"level": float(np.sqrt(fit.cov_re[0, 0])), "slope": float(np.sqrt(fit.cov_re[1, 1]))}
    sds |= {name: float(np.sqrt(variance)) for name, variance in fit.components.items()} | {"residual": float(np.sqrt(fit.residual))}
    return Trend(
        measure=measure,
        time=chosen,
        method=MIXED if fit.slope == NO_SLOPE else MIXED_SLOPES,
        effects=_effects(fit),
        sds=sds,
        athletes=pd.DataFrame([row for row, _ in rows]),
        courses=pd.concat([course for _, course in rows], ignore_index=True),
        points=_shown(points),
        log_likelihood=fit.log_likelihood,
        aic=aic,
        notes=tuple([*said, *own, *steps, NO_WEIGHTS]),
    )


def _choose_time(aic: dict[str, float], time: str) -> tuple[str, list[str]]:
    if time != AUTO:
        return time, []
    gain = aic.get(WEEK, np.inf) - aic.get(LOG_WEEK, np.inf) if aic else 0.0
    chosen = LOG_WEEK if gain > BETTER_BY else WEEK
    told = "cannot be told apart" if abs(gain) <= BETTER_BY else f"describes it better (AIC lower by {abs(gain):.1f})"
    return chosen, [f"Straight in weeks or in log(1+week): {told if abs(gain) <= BETTER_BY else f'{chosen} {told}'}; taken: {chosen}."]


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
    level: list[str] = []
    for column in design.x.T:
        series = pd.Series(column)
        slope = pd.Series(np.divide(column, design.time, out=np.full(n, np.nan), where=np.abs(design.time) > 1e-9))
        if (series.groupby(people).nunique() <= 1).all():
            level.append("level")
        elif fit.slope != NO_SLOPE and (slope.round(9).groupby(people).nunique() <= 1).all():
            level.append("slope")
        else:
            level.append(next((name for name, group in groups.items() if (series.groupby(group).nunique() <= 1).all()), "residual"))
    available = {"level": persons, "slope": persons, **{name: group.nunique() - persons for name, group in groups.items()}}
    available["residual"] = n - persons * (1 if fit.slope == NO_SLOPE else 2)
    return np.array([max(1, available[name] - level.count(name)) for name in level], dtype=float)


def _own(fits: list[tuple[float, MixedFit]], code: int, points: pd.DataFrame, time: str) -> tuple[dict[str, object], pd.DataFrame]:
    """Return an athlete's row of slopes, and the course of each side."""
    design = fits[0][1].design
    mine = design.x[design.athlete == code]
    x_slope = _slope_row(mine, design)
    quantile = float(t.ppf(TAIL, design.athlete.max()))
    slope, se = predict_average(fits, code, x_slope[None, :], np.array([[0.0, 1.0]]), {})
    row = _row(points, time, float(slope[0]), *(float(slope[0] + sign * quantile * se[0]) for sign in (-1, 1)))
    courses = []
    for side, group in points.groupby("side", sort=True):
        weeks = np.linspace(points["week"].min(), points["week"].max(), COURSE_POINTS)
        when = _clock(weeks, time)
        first = design.x[design.athlete == code][(points["side"] == side).to_numpy()][0]
        start = float(_clock(group["week"].to_numpy(dtype=float)[:1], time)[0])
        x = first + (when - start)[:, None] * _slope_row(first[None, :], design)
        where = {
            name: int(codes[design.athlete == code][(points["side"] == side).to_numpy()][0]) for name, codes in list(design.components.items())[:1]
        }
        fitted, error = predict_average(
            fits, code, x, np.column_stack([np.ones(COURSE_POINTS), when]), {k: v for k, v in where.items() if k != "day"}
        )
        courses.append(_course(points["athlete_id"].iloc[0], str(side), weeks, fitted, quantile * error))
    return row, pd.concat(courses, ignore_index=True)


def _slope_row(x: Array, design: Design) -> Array:
    """Return what the fixed effects count in the slope of rows `x`, averaged over them."""
    row = np.zeros(len(design.names))
    means = dict(zip(design.names, x.mean(axis=0), strict=True))
    for i, name in enumerate(design.names):
        row[i] = 1.0 if name == "time" else means[name.removeprefix("time:")] if name.startswith("time:") else 0.0
    return row


# --- Few athletes, or one --------------------------------------------------------------------------------------------------------------------
def _fit_few(points: pd.DataFrame, measure: str, time: str) -> Trend:
    """Fit a line to each athlete; for several also one slope for all."""
    said: list[str] = []
    aic: dict[str, float] = {}
    if time == AUTO:
        lines = {name: _lines(points, name) for name in (WEEK, LOG_WEEK)}
        rss = {name: sum(line.rss for line in own.values()) for name, own in lines.items()}
        parameters = sum(1 + len(line.offsets) for line in lines[WEEK].values())
        n, least = len(points), np.finfo(float).tiny
        aic = {name: float(n * np.log(max(value / n, least)) + 2 * parameters) for name, value in rss.items()}
    chosen, said = _choose_time(aic, time)
    own = _lines(points, chosen)
    rows, courses = [], []
    for who, group in points.groupby("athlete_id", sort=True):
        if who in own:
            line = own[who]
            rows.append(_row(group, chosen, line.slope, line.slope_low, line.slope_high))
            courses += [_line_course(group, str(side), line, chosen) for side in line.offsets]
    several = len(own) > 1
    steps = [f"Fewer than {ATHLETES_FOR_MIXED} athletes, or too few values: each has a line of its own, not drawn towards the others'."]
    steps += [f"{who}: {line.method}." for who, line in own.items()]
    return Trend(
        measure=measure,
        time=chosen,
        method=POOLED if several else ALONE,
        effects=_pool(points[points["athlete_id"].isin(list(own))], chosen) if several else _no_effects(),
        sds={},
        athletes=pd.DataFrame(rows),
        courses=pd.concat(courses, ignore_index=True),
        points=_shown(points),
        log_likelihood=float("nan"),
        aic=aic,
        notes=tuple([*said, *(steps if several else steps[1:]), *([] if several else ["One athlete: nothing is said about others."])]),
    )


def _lines(points: pd.DataFrame, time: str) -> dict[str, Line]:
    lines = {}
    for who, group in points.groupby("athlete_id", sort=True):
        if group["week"].nunique() > 1:
            when = _clock(group["week"].to_numpy(dtype=float), time)
            lines[str(who)] = fit_line(when, group["value"].to_numpy(dtype=float), group["side"])
    return lines


def _line_course(points: pd.DataFrame, side: str, line: Line, time: str) -> pd.DataFrame:
    weeks = np.linspace(points["week"].min(), points["week"].max(), COURSE_POINTS)
    when = _clock(weeks, time)
    variance = line.level_se**2 + 2 * when * line.covariance + when**2 * line.slope_se**2
    half = line.quantile * np.sqrt(np.maximum(variance, 0.0))
    return _course(points["athlete_id"].iloc[0], side, weeks, line.level + line.offsets[side] + line.slope * when, half)


def _pool(points: pd.DataFrame, time: str) -> pd.DataFrame:
    """One slope for all by least squares, with a level for each athlete and side, and errors that allow athletes to differ."""
    from statsmodels.regression.linear_model import OLS

    cells = pd.get_dummies(points["athlete_id"].astype(str) + "/" + points["side"]).to_numpy(dtype=float)
    when = _clock(points["week"].to_numpy(dtype=float), time)
    y = points["value"].to_numpy(dtype=float)
    people = pd.factorize(points["athlete_id"])[0]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = OLS(y, np.column_stack([when, cells])).fit(cov_type="cluster", cov_kwds={"groups": people})
    slope, se = float(found.params[0]), float(np.sqrt(found.cov_params()[0, 0]))
    half = float(t.ppf(TAIL, people.max())) * se
    return pd.DataFrame({"estimate": [slope], "se": [se], "low": [slope - half], "high": [slope + half]}, index=["time"])


def _constant(points: pd.DataFrame, measure: str) -> Trend:
    value, nan = float(points["value"].iloc[0]), float("nan")
    groups = [group for _, group in points.groupby("athlete_id", sort=True)]
    courses = [
        _course(g["athlete_id"].iloc[0], str(side), np.linspace(g["week"].min(), g["week"].max(), COURSE_POINTS), value, nan)
        for g in groups
        for side in sorted(g["side"].unique())
    ]
    return Trend(
        measure=measure,
        time=WEEK,
        method=CONSTANT,
        effects=_no_effects(),
        sds={},
        athletes=pd.DataFrame([_row(group, WEEK, 0.0, nan, nan) for group in groups]),
        courses=pd.concat(courses, ignore_index=True),
        points=_shown(points),
        log_likelihood=nan,
        aic={},
        notes=(f"Every value is {value:g}: there is nothing to fit, and no spread to tell how sure that is.",),
    )


# --- Rows ------------------------------------------------------------------------------------------------------------------------------------
def _clock(weeks: Array, time: str) -> Array:
    return np.log1p(weeks) if time == LOG_WEEK else weeks


def _row(points: pd.DataFrame, time: str, slope: float, low: float, high: float) -> dict[str, object]:
    first, last = float(points["week"].min()), float(points["week"].max())
    start, end = _clock(np.array([first, last]), time)
    row: dict[str, object] = {"athlete_id": str(points["athlete_id"].iloc[0]), "n_values": len(points), "n_days": int(points["week"].nunique())}
    row |= {"first_week": first, "last_week": last, "slope": slope, "slope_low": low, "slope_high": high}
    for name, factor in (("change", end - start), ("per_week", (end - start) / (last - first) if last > first else 1.0)):
        row |= {name: slope * factor, f"{name}_low": low * factor, f"{name}_high": high * factor}
    return row


def _course(who: object, side: str, weeks: Array, fitted: Array | float, half: Array | float) -> pd.DataFrame:
    return pd.DataFrame({"athlete_id": str(who), "side": side, "week": weeks, "fitted": fitted, "low": fitted - half, "high": fitted + half})


def _shown(points: pd.DataFrame) -> pd.DataFrame:
    return points[["athlete_id", "side", "week", "value"]].astype({"athlete_id": str}).reset_index(drop=True)


def _no_effects() -> pd.DataFrame:
    return pd.DataFrame(columns=["estimate", "se", "low", "high"], dtype=float)

"""A squad's growth for the scientist: every athlete's slopes with their intervals, the mixed model's courses, and the numbers behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hiphitch_analysis.progress.capacity import Capacity
from hiphitch_analysis.progress.course import CONSTANT, Trend, clock
from hiphitch_analysis.progress.measures import MEASURES
from hiphitch_analysis.progress.observe import BOUND
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.sentences import MDC95
from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.palette import INK, MODEL, MODEL_TEXT, MUTED, NOTE, PASSED, RULE, TICK, WASH
from hiphitch_analysis.report.trend import LABELS

TEN_TO_NINETY = 1.2816  # standard deviations on either side of the mean that hold 8 in 10 of a normal distribution
MOST_NAMES, NAME_HEIGHT = 12, 0.05  # names beside their lines: more cannot be read; how high one is, of the range
ROW_MM, FRAME_MM = 4.6, 22.0  # height of a forest: of each athlete, and around them
NUMBERS = (
    "athlete",
    "sessions",
    "sets",
    "capped",
    "growth, % a week",
    "left, reps now",
    "right, reps now",
    "left/right",
    "3 × 45: 1 in 10 – even chance – 9 in 10",
    "within half a year",
)


def draw_growth(ax: Axes, outlooks: Mapping[str, Outlook], names: Sequence[str]) -> Axes:
    """Draw how fast the capacity of each athlete grows, with its 80 % interval, in the order of the page.

    Parameters
    ----------
    ax : Axes
        `ROW_MM` high for each athlete and `FRAME_MM` around them.
    outlooks : mapping of str to Outlook
        From `look_ahead`.
    names : sequence of str
        Athletes from top to bottom; one without an outlook keeps an empty line.

    Returns
    -------
    Axes

    Notes
    -----
    Slopes of the latent capacity over the next four weeks, shrunken towards the squad's. Hollow: no set of that athlete ended in fatigue or form, so
    that the slope is the squad's and the prior's rather than the athlete's own.
    """
    low, middle, high = _growth([outlooks[name] for name in names if name in outlooks])
    places = [i for i, name in enumerate(names) if name in outlooks]
    hollow = [outlooks[name].only_at_least for name in names if name in outlooks]
    _draw_forest(ax, places, low, middle, high, hollow)
    ax.axvline(float(middle.mean()), color=MODEL, linewidth=1.0, zorder=0, gid="mean")
    style_axes(ax, f"Capacity grows by {middle.mean():.1f} % a week", note="mean of these; 8 in 10")
    ax.set_xlabel("gain in good repetitions a week [%]", size=NOTE, color=INK)
    _name_rows(ax, names)
    return ax


def describe_growth(outlooks: Mapping[str, Outlook], names: Sequence[str]) -> str:
    """Put `draw_growth` into words."""
    known = [name for name in names if name in outlooks]
    _, middle, _ = _growth([outlooks[name] for name in known])
    slow, fast = known[int(middle.argmin())], known[int(middle.argmax())]
    floor = sum(outlooks[name].only_at_least for name in known)
    return (
        f"Growth of capacity of {len(known)} athletes, per cent a week: mean {middle.mean():.1f}, from {middle.min():.1f} ({slow}) to "
        f"{middle.max():.1f} ({fast}). Of {floor} no set ended in fatigue or form: their slopes lean on the others'."
    )


def draw_changes(ax: Axes, trend: Trend, names: Sequence[str]) -> Axes:
    """Draw by how much a measure changed in each athlete from the first week to the last, with its 95 % interval and the smallest detectable change.

    Parameters
    ----------
    ax, names
        As for `draw_growth`.
    trend : Trend
        Of a measure that is not censored, from `fit_trend`.

    Returns
    -------
    Axes
    """
    rows = trend.athletes.set_index("athlete_id").reindex([name for name in names if name in set(trend.athletes["athlete_id"])])
    limit = MDC95.get(trend.measure)
    if limit is not None:
        ax.axvspan(-limit, limit, color=WASH, linewidth=0, zorder=0, gid="mdc95")
    ax.axvline(0.0, color=MUTED, linewidth=0.8, zorder=0)
    places = [i for i, name in enumerate(names) if name in rows.index]
    low, middle, high = (rows[name].to_numpy(dtype=float) for name in ("change_low", "change", "change_high"))
    _draw_forest(ax, places, low, middle, high, [False] * len(places), INK)
    measure = MEASURES[trend.measure]
    note = f"95 %; grey: ±{limit:g} by chance" if limit is not None else "95 %; MDC not known"
    style_axes(ax, f"{measure.name}: change over the log", note=note)
    ax.set_xlabel(f"last week minus first week, {LABELS[trend.measure]}", size=NOTE, color=INK)
    _name_rows(ax, names)
    return ax


def describe_changes(trend: Trend, names: Sequence[str]) -> str:
    """Put `draw_changes` into words."""
    rows = trend.athletes[trend.athletes["athlete_id"].isin(names)].set_index("athlete_id")
    least, most = rows["change"].idxmin(), rows["change"].idxmax()
    clear = int(((rows["change_low"] > 0) | (rows["change_high"] < 0)).sum())
    span = f"from {rows.at[least, 'change']:+.1f} ({least}) to {rows.at[most, 'change']:+.1f} ({most})"
    name = MEASURES[trend.measure].name
    return f"{name}, change from the first week to the last in {len(rows)} athletes: {span}; {clear} of the 95 % intervals leave out zero."


def draw_courses(ax: Axes, trend: Trend) -> Axes:
    """Draw the fitted courses of all athletes, thin, and the squad's average over them.

    Parameters
    ----------
    ax : Axes
        About 273 × 70 mm.
    trend : Trend

    Returns
    -------
    Axes
    """
    for _, course in trend.courses.groupby(["athlete_id", "side"], sort=True):
        ax.plot(course["week"], course["fitted"], color=PASSED, linewidth=0.9, zorder=1, gid="athlete")
    _name_ends(ax, trend.courses)
    if "level" in trend.effects.index:
        weeks = np.linspace(0.0, float(trend.points["week"].max()), 50)
        average = trend.effects.at["level", "estimate"] + trend.effects.at["time", "estimate"] * clock(weeks, trend.time)
        ax.plot(weeks, average, color=MODEL_TEXT, linewidth=2.4, zorder=3, gid="average")
    style_axes(ax, say_squad_trend(trend), note=f"thin: fitted, each athlete and side; thick: average; {trend.method}")
    ax.set_xlabel("weeks since each athlete's first day", size=NOTE, color=INK)
    ax.set_ylabel(LABELS[trend.measure], size=NOTE, color=INK)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    ax.grid(axis="y", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    return ax


def say_squad_trend(trend: Trend) -> str:
    """Say in a sentence how a measure goes in the squad as a whole.

    Examples
    --------
    >>> from hiphitch_analysis.progress.trends import fit_trend
    >>> rng = np.random.default_rng(1)
    >>> rows = [(f"A{i}", "left", week, 50 + i + 2.0 * week + rng.normal(0, 0.5)) for i in range(6) for week in range(8)]
    >>> table = pd.DataFrame(rows, columns=["athlete_id", "side", "week", "form_score"])
    >>> say_squad_trend(fit_trend(table, "form_score")).partition(".")[0]
    'Form has become better: +14'
    """
    measure = MEASURES[trend.measure]
    if trend.method == CONSTANT or "time" not in trend.effects.index:
        return f"{measure.name} did not change"
    weeks = float(trend.points["week"].max())
    span = float(clock(np.array([weeks]), trend.time)[0])
    estimate, low, high = (span * float(trend.effects.at["time", name]) for name in ("estimate", "low", "high"))
    rate = f"{estimate:+.1f}{measure.many} in {weeks:.0f} weeks, 95 % {low:+.1f} to {high:+.1f}".replace("-", "−")
    if low <= 0.0 <= high:
        return f"{measure.name} has not changed measurably: {rate}"
    return f"{measure.name} {measure.up if estimate > 0 else measure.down}: {rate}"


def list_numbers(
    history: pd.DataFrame,
    capacity: Capacity,
    outlooks: Mapping[str, Outlook],
    names: Sequence[str],
    on_hold: Mapping[str, str] | None = None,
) -> list[tuple[str, ...]]:
    """List the numbers behind the table and the figures, a row an athlete, with the columns of `NUMBERS`.

    Parameters
    ----------
    history : DataFrame
        Table HISTORY.
    capacity : Capacity
    outlooks : mapping of str to Outlook
    names : sequence of str
        Athletes, in the order of the rows.
    on_hold : mapping of str to str, optional
        What stands in the place of a date for athletes who rest or stayed away: it would hold for training as before.

    Returns
    -------
    list of tuple of str
        Intervals are of 80 %.
    """
    rows = []
    for name in (name for name in names if name in outlooks):
        outlook, sets = outlooks[name], capacity.sets[capacity.sets["athlete_id"].eq(name)]
        low, middle, high = (float(values[0]) for values in _growth([outlook]))
        ratio = outlook.asymmetry
        chance = outlook.prob_within_horizon
        rows.append(
            (
                name,
                str(history.loc[history["athlete_id"].eq(name), "session"].nunique()),
                str(len(sets)),
                f"{sets['says'].ne(BOUND).mean():.0%}",
                f"{middle:.1f} ({low:.1f} to {high:.1f})",
                *(_say_reps(outlook, side) if sets["side"].eq(side).any() else "not logged" for side in ("left", "right")),
                "all of a side capped" if ratio is None else f"{math.exp(ratio[0]):.2f} ({math.exp(ratio[1]):.2f} to {math.exp(ratio[2]):.2f})",
                (on_hold or {}).get(name) or _say_dates(outlook),
                "" if math.isnan(chance) else f"{chance:.0%}" if chance >= 0.01 else "under 1%",
            )
        )
    return rows


def _say_dates(outlook: Outlook) -> str:
    dates = [outlook.date_3x45[key] for key in ("p10", "median", "p90")]
    return "lower bound only" if outlook.only_at_least else " – ".join("later" if day is None else f"{day.day} {day:%b}" for day in dates)


def _say_reps(outlook: Outlook, side: str) -> str:
    median, low, high = outlook.reps_now[side]
    return f"≥ {low:.0f} (9 in 10)" if outlook.only_at_least else f"{median:.0f} ({low:.0f} to {high:.0f})"


def _growth(outlooks: Sequence[Outlook]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lower end, middle and upper end of growth [% a week]."""
    slope, se = np.array([(one.slope, one.slope_se) for one in outlooks]).T
    low, middle, high = (100.0 * np.expm1(slope + sign * TEN_TO_NINETY * se) for sign in (-1, 0, 1))
    return low, middle, high


def _draw_forest(
    ax: Axes, places: Sequence[int], low: np.ndarray, middle: np.ndarray, high: np.ndarray, hollow: Sequence[bool], colour: str = MODEL_TEXT
) -> None:
    ax.hlines(places, low, high, color=colour, linewidth=1.4, zorder=2)
    for place, at, open_mark in zip(places, middle, hollow, strict=True):
        ax.plot(at, place, "o", ms=5, mfc="white" if open_mark else colour, mec=colour, mew=1.2, zorder=3, gid="hollow" if open_mark else "filled")


def _name_ends(ax: Axes, courses: pd.DataFrame) -> None:
    """Write each athlete's name behind the course, moved up where it would hide another."""
    ends = courses.groupby(["athlete_id", "side"]).tail(1).groupby("athlete_id")[["week", "fitted"]].mean().sort_values("fitted")
    if len(ends) > MOST_NAMES:
        return
    room, height = NAME_HEIGHT * float(np.ptp(courses["fitted"])), -np.inf
    for who, end in ends.iterrows():
        height = max(height + room, end["fitted"])
        at = (float(courses["week"].max()), height)
        ax.annotate(str(who), at, (5, 0), textcoords="offset points", size=TICK, color=MUTED, va="center")


def _name_rows(ax: Axes, names: Sequence[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(axis="x", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)

"""A measure over the weeks: each side's days, the line through them, and the change that two recordings show by chance."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hiphitch_analysis.progress.course import Trend
from hiphitch_analysis.progress.measures import MEASURES
from hiphitch_analysis.progress.sentences import MDC95, say_trend
from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.palette import INK, MUTED, NOTE, RULE, WASH, side_style

LABELS = {
    "form_score": "form score, 0–100",
    "drop_deg": "drop [°]",
    "return_error_deg": "missing to level [°]",
    "rotation_range_deg": "twist of the pelvis [°]",
    "rep_s": "time of a repetition [s]",
    "rpe": "exertion (RPE), 0–10",
    "pain": "pain, 0–10",
}
HEADINGS = {
    "form_score": "Form",
    "drop_deg": "Drop",
    "return_error_deg": "Return to level",
    "rotation_range_deg": "Twist",
    "rep_s": "Tempo",
    "rpe": "Exertion",
    "pain": "Pain",
}
MARGIN = 0.08  # of the range, above and below
LABEL_HEIGHT, LABEL_LIFT = 0.1, 5.5  # sides that end closer than this share of the range are named so many points apart
WORDS_WIDTH, WORDS_HEIGHT = 0.55, 0.2  # room for the band's words, in shares of the axes


def draw_trend(ax: Axes, trend: Trend, athlete_id: str) -> Axes:
    """Draw the course of a measure: the days of each side, the fitted lines with their 95 % bands, and the smallest detectable change in grey.

    Parameters
    ----------
    ax : Axes
        About 182 × 60 mm.
    trend : Trend
        Of a measure of LOG or SESSIONS, by left and right side.
    athlete_id : str
        Whose course.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        An athlete the trend does not hold.

    Notes
    -----
    The grey band lies about where the lines begin: within it, two single recordings may differ by chance. The line rests on all of them and can show
    less. Points are not joined: what lies between two days is not known.
    """
    points, courses = _of_athlete(trend.points, trend, athlete_id), _of_athlete(trend.courses, trend, athlete_id)
    limit = MDC95.get(trend.measure)
    low, high = points["value"].min(), points["value"].max()
    if limit is not None:
        begins = courses.groupby("side")["fitted"].first().mean()
        ax.axhspan(begins - limit, begins + limit, color=WASH, linewidth=0, zorder=0, gid="mdc95")
        for edge in (begins - limit, begins + limit):
            ax.axhline(edge, color=RULE, linewidth=0.6, zorder=0)
        low, high = min(low, begins - limit), max(high, begins + limit)
    ends = courses.groupby("side", sort=True)["fitted"].last()
    close = len(ends) == 2 and float(ends.max() - ends.min()) < LABEL_HEIGHT * float(high - low)
    for side, course in courses.groupby("side", sort=True):
        lift = (LABEL_LIFT if side == ends.idxmax() else -LABEL_LIFT) if close else 0.0
        _draw_side(ax, str(side), course, points[points["side"].eq(side)], lift)
    verdict, _, rate = say_trend(trend, athlete_id).partition(": ")
    style_axes(ax, verdict.rstrip("."), note=_shorten(rate))
    room = MARGIN * max(high - low, 1e-6)
    ax.set_ylim(low - room, high + room)
    first, last = min(0.0, points["week"].min()), points["week"].max()
    ax.set_xlim(first - 0.02 * (last - first), last + 0.1 * (last - first))
    ax.set_xlabel("weeks since the first day", size=NOTE, color=INK)
    ax.set_ylabel(LABELS[trend.measure], size=NOTE, color=INK)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    if limit is not None:
        _explain_band(ax, begins, limit, points)
    return ax


def describe_trend(trend: Trend, athlete_id: str) -> str:
    """Put the course of a measure into words: what each side did, and whether it changed.

    Parameters
    ----------
    trend, athlete_id
        As for `draw_trend`.

    Returns
    -------
    str
    """
    points, courses = _of_athlete(trend.points, trend, athlete_id), _of_athlete(trend.courses, trend, athlete_id)
    told = [
        f"{_name_side(str(side))} from {course['fitted'].iloc[0]:.3g} to {course['fitted'].iloc[-1]:.3g}"
        for side, course in courses.groupby("side", sort=True)
    ]
    days = points["week"].nunique()
    return f"{HEADINGS[trend.measure]} on {days} days, {LABELS[trend.measure]}: {'; '.join(told)}. {say_trend(trend, athlete_id)}"


def _draw_side(ax: Axes, side: str, course: pd.DataFrame, points: pd.DataFrame, lift: float) -> None:
    style = side_style(side) if side in ("left", "right") else side_style("right")
    ax.fill_between(course["week"], course["low"], course["high"], color=style.tint, alpha=0.6, linewidth=0, zorder=1)
    ax.plot(course["week"], course["fitted"], style.line, color=style.colour, linewidth=1.8, zorder=3, gid=f"line-{side}")
    ax.plot(
        points["week"], points["value"], style.marker, ms=4.2, mfc=style.face, mec=style.colour, mew=0.9, alpha=0.85, zorder=2, gid=f"days-{side}"
    )
    ax.annotate(
        _name_side(side),
        (course["week"].iloc[-1], course["fitted"].iloc[-1]),
        (6, lift),
        textcoords="offset points",
        size=NOTE,
        weight="bold",
        color=style.colour,
        va="center",
    )


def _explain_band(ax: Axes, begins: float, limit: float, points: pd.DataFrame) -> None:
    """Write what the grey band means into that of its corners where the fewest days lie."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across, up = (points["week"] - left) / (right - left), (points["value"] - bottom) / (top - bottom)
    low, high = ((edge - bottom) / (top - bottom) for edge in (begins - limit, begins + limit))

    def count(corner: tuple[str, str]) -> int:
        beside = across < WORDS_WIDTH if corner[0] == "left" else across > 1 - WORDS_WIDTH
        near = up.between(low, low + WORDS_HEIGHT) if corner[1] == "bottom" else up.between(high - WORDS_HEIGHT, high)
        return int((beside & near).sum())

    across_at, up_at = min((("left", "bottom"), ("left", "top"), ("right", "bottom"), ("right", "top")), key=count)
    x, y = (0.0 if across_at == "left" else 1.0), (begins - limit if up_at == "bottom" else begins + limit)
    ax.annotate(
        f"grey: two recordings differ by up to {limit:g} by chance",
        (x, y),
        (4 if across_at == "left" else -4, 3 if up_at == "bottom" else -3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        size=NOTE,
        color=MUTED,
        ha="left" if across_at == "left" else "right",
        va="bottom" if up_at == "bottom" else "top",
    )


def _shorten(rate: str) -> str:
    """Keep the rate and its interval: the rest stands in the page's sentence."""
    return rate.partition(";")[0].partition(". ")[0].rstrip(".")


def _name_side(side: str) -> str:
    return side if side in ("left", "right") else "both sides"


def _of_athlete(table: pd.DataFrame, trend: Trend, athlete_id: str) -> pd.DataFrame:
    if trend.measure not in MEASURES:
        raise ValueError(f"trend: expected one of {', '.join(MEASURES)}, got {trend.measure!r}. Other measures have no words here.")
    rows = table[table["athlete_id"].eq(athlete_id)]
    if rows.empty:
        raise ValueError(f"athlete: expected one of {', '.join(sorted(trend.athletes['athlete_id']))}, got {athlete_id!r}.")
    return rows

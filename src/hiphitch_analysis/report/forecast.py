"""Where each leg has come from and is going: the last sets, the third set that the model expects, and when it reaches 45."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hiphitch_analysis.progress.capacity import Capacity
from hiphitch_analysis.progress.forecast import World
from hiphitch_analysis.progress.outlook import QUANTILES, Outlook
from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.capacity import third_set
from hiphitch_analysis.report.palette import COLUMN_MM, INK, MUTED, NOTE, PANEL_MM, PAPER, TICK, SideStyle, side_style
from hiphitch_analysis.report.timeline import date_axis, describe_progress, draw_progress, explain_marks, format_date, mark_sets
from hiphitch_analysis.schema import SIDES

STEP_DAYS = 4
AHEAD_DAYS = 112  # the figure's future; a date beyond it is an arrow
WORDS_DAYS = 28  # nearer to an edge than this, the date's words stand beside the tick


def trace_third_set(capacity: Capacity, worlds: Sequence[World], athlete_id: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """Follow the third set of one athlete, after two of 45, on usual days from the first session on.

    Parameters
    ----------
    capacity : Capacity
        From `fit_capacity`.
    worlds : sequence of World
        From `draw_worlds`.
    athlete_id : str
    as_of : Timestamp
        Today.

    Returns
    -------
    DataFrame
        Columns ``date, side`` and ``p10, p25, median, p75, p90`` of good repetitions [n], every fourth day until sixteen weeks ahead.
    """
    place, own = capacity.athletes.index(athlete_id), capacity.sets[capacity.sets["athlete_id"].eq(athlete_id)]
    began = own["date"].min()
    days = range(0, (as_of - began).days + AHEAD_DAYS + STEP_DAYS, STEP_DAYS)
    rows = [
        {"date": began + pd.Timedelta(days=day), "side": side, **dict(zip(QUANTILES, values, strict=True))}
        for side in SIDES
        if own["side"].eq(side).any()
        for day in days
        for values in [third_set(capacity, worlds, place, side, day / 7.0, tuple(QUANTILES.values()))]
    ]
    return pd.DataFrame(rows)


def draw_weeks(history: pd.DataFrame, course: pd.DataFrame, outlook: Outlook | None, as_of: pd.Timestamp, height_mm: float) -> tuple[Figure, str]:
    """Draw the last sets of every side that was logged, with the forecast where there is one that shows something.

    Parameters
    ----------
    history : DataFrame
        Table HISTORY of one athlete.
    course : DataFrame
        From `trace_third_set`.
    outlook : Outlook or None
    as_of : Timestamp
        Today.
    height_mm : float
        Height of the figure [mm].

    Returns
    -------
    Figure
    str
        The figure in words.
    """
    logged = [side for side in SIDES if history["side"].eq(side).any()]
    fig, axes = new_figure(PANEL_MM if len(logged) == 1 else COLUMN_MM, height_mm, columns=len(logged))
    words, ahead = [describe_progress(history, side) for side in logged], _pick_shown(outlook)
    for ax, side in zip(axes, logged, strict=True):
        if ahead is None:
            draw_progress(ax, history, side)
        else:
            draw_forecast(ax, history, course, ahead.date_3x45, as_of, side)
            words.append(describe_forecast(course, ahead.date_3x45, as_of, side))
    return fig, " ".join(words)


def name_weeks(outlook: Outlook | None) -> tuple[str, str]:
    """Return the title of `draw_weeks` and the note beside it."""
    if _pick_shown(outlook) is None:
        return "Reps in the last set", "open arrow: at least this many"
    return (
        "Reps in the last set, and when 3 × 45 comes",
        "line: a third set, by the model; bands: 5 and 8 in 10; bar: the date, 8 in 10",
    )


def _pick_shown(outlook: Outlook | None) -> Outlook | None:
    """Return the outlook where it has something to show; a lower bound runs off the figure."""
    return None if outlook is None or outlook.only_at_least else outlook


def draw_forecast(
    ax: Axes, history: pd.DataFrame, course: pd.DataFrame, date_3x45: Mapping[str, pd.Timestamp | None], as_of: pd.Timestamp, side: str
) -> Axes:
    """Draw the last sets of one side, the third set behind and ahead, and on the goal line when the athlete reaches 3 × 45.

    Parameters
    ----------
    ax : Axes
        About 88 × 60 mm; two sides share one vertical axis.
    history : DataFrame
        Table HISTORY of one athlete.
    course : DataFrame
        From `trace_third_set`.
    date_3x45 : mapping of str to (Timestamp or None)
        Quantiles of the date, from `Outlook`; it is the athlete's, of the weaker side.
    as_of : Timestamp
        Today.
    side : {"left", "right"}
        Stance side.

    Returns
    -------
    Axes

    Notes
    -----
    The dark band holds five chances in ten, the light one eight. What lies behind is solid, what lies ahead dashed. Points are as in `draw_progress`
    and never joined.
    """
    style, own = side_style(side), course[course["side"].eq(side)]
    points = mark_sets(ax, history, side)
    for low, high, alpha in (("p10", "p90", 0.5), ("p25", "p75", 1.0)):
        ax.fill_between(own["date"], own[low], own[high], color=style.tint, alpha=alpha, linewidth=0, zorder=0, gid=low)
    behind = own["date"] <= as_of
    # The dashed part begins where the solid one ends.
    ahead = ~behind | (own["date"] == own.loc[behind, "date"].max())
    for part, line in ((behind, "-"), (ahead, (0, (4, 2)))):
        ax.plot(own.loc[part, "date"], own.loc[part, "median"], linestyle=line, color=style.colour, linewidth=1.3, zorder=2)
    last = as_of + pd.Timedelta(days=AHEAD_DAYS)
    ax.axvline(as_of, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    ax.annotate("today", (as_of, 0.0), (6, 3), xycoords=("data", "axes fraction"), textcoords="offset points", size=TICK, color=MUTED)
    _draw_date(ax, date_3x45, as_of, last, style)
    date_axis(ax, pd.concat([history["date"], pd.Series([last])]))
    # The explanation of the marks keeps clear of the band as well, and of the word "today".
    edges = np.linspace(own["p10"], own["p90"], 4)
    taken = [pd.DataFrame({"date": own["date"], "count": edge}) for edge in edges]
    taken += [pd.DataFrame({"date": as_of + pd.to_timedelta(np.arange(0, 18, 3), "D"), "count": 1.0})]
    explain_marks(ax, points, style, pd.concat(taken))
    return ax


def describe_forecast(course: pd.DataFrame, date_3x45: Mapping[str, pd.Timestamp | None], as_of: pd.Timestamp, side: str) -> str:
    """Put the third set of one side, and the date, into words; arguments as for `draw_forecast`."""
    own = course[course["side"].eq(side)].set_index("date").sort_index()
    now = own.loc[:as_of].iloc[-1]
    goal = "not in sight" if date_3x45["median"] is None else f"about {format_date(date_3x45['median'])}"
    return (
        f"A third set, {side} leg standing, would now come to {now['median']:.0f} repetitions, between {now['p10']:.0f} and {now['p90']:.0f} "
        f"8 times in 10; 3 × 45 on both sides: {goal}."
    )


def _draw_date(ax: Axes, dates: Mapping[str, pd.Timestamp | None], as_of: pd.Timestamp, last: pd.Timestamp, style: SideStyle) -> None:
    """Draw the interval of the date on the goal line, open to the right where it leaves the figure; nothing where it is past or too far off."""
    early, median, late = (dates[name] for name in ("p10", "median", "p90"))
    if early is None or early >= last or (late is not None and late <= as_of):
        return
    goal, begins = 45, max(early, as_of)
    ends = last if late is None else min(late, last)
    ax.plot([begins, ends], [goal, goal], color=INK, linewidth=3.5, solid_capstyle="butt", zorder=5, gid="date")
    if late is None or late > last:
        ax.plot(last, goal, ">", color=INK, ms=6, zorder=6, clip_on=False)
    if median is None or not begins <= median <= ends:
        return
    ax.plot([median, median], [goal - 1.6, goal + 1.6], color="white", linewidth=2.6, zorder=6)
    ax.plot([median, median], [goal - 1.6, goal + 1.6], color=INK, linewidth=1.2, zorder=7)
    near = (last - median).days < WORDS_DAYS
    words: dict[str, Any] = {"size": NOTE, "weight": "bold", "color": style.colour, "ha": "right" if near else "center", "va": "bottom", "zorder": 7}
    ax.annotate(f"about {median.day} {median:%b}", (median, goal), (0, 6), textcoords="offset points", bbox=PAPER, **words)

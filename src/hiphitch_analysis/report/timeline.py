"""The last sets over the weeks: what was reached, exactly or at least."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from hiphitch_analysis.progress.history import count_last_sets
from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.marks import AT_LEAST, NOT_MEASURED
from hiphitch_analysis.report.palette import INK, NOTE, PAPER, RULE, SideStyle, side_style
from hiphitch_analysis.schema import SIDES, History, check_table

KEY_LEFTS, KEY_WIDTH = (0.2, 0.4), 0.55  # of the axes: where the explanation of the marks may begin, and how wide it is
KEY_BOTTOM, KEY_STEP, KEY_TOP = 0.05, 0.085, 0.8  # its lowest line, from line to line, and below the goal
LOOKS: dict[str, dict[str, Any]] = {
    "capped": {"marker": AT_LEAST, "ms": 7.5, "mfc": "white", "mew": 1.2},
    "exact": {"ms": 5.2, "mew": 1.0},
    "pain": {"marker": NOT_MEASURED, "ms": 6.0, "mew": 1.8},
}
WORDS = {"capped": "at least: stopped at the target", "exact": "exactly this many", "pain": "stopped by pain"}


def draw_progress(ax: Axes, history: pd.DataFrame, side: str, goal: int = 45) -> Axes:
    """Draw the repetitions of each session's last set on one side: the clean ones where it was recorded, else those logged.

    Parameters
    ----------
    ax : Axes
        About 88 × 60 mm; two sides share one vertical axis.
    history : DataFrame
        Table HISTORY of one athlete.
    side : {"left", "right"}
        Stance side.
    goal : int, default 45
        Repetitions of the goal line.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No session of that side, or more than one athlete.

    Notes
    -----
    An open arrow is a set that stopped at its target: at least this many. A filled mark is exactly this many, a cross a set stopped by pain.
    Points are never joined: what lies between two sessions is not known.
    """
    points = mark_sets(ax, history, side, goal)
    explain_marks(ax, points, side_style(side))
    return ax


def mark_sets(ax: Axes, history: pd.DataFrame, side: str, goal: int = 45) -> pd.DataFrame:
    """Draw what `draw_progress` draws, but for the explanation of the marks, which needs to know what else is drawn.

    Parameters
    ----------
    ax, history, side, goal
        As for `draw_progress`.

    Returns
    -------
    DataFrame
        Columns ``date, count, kind`` of the points, among others.
    """
    style, points = side_style(side), _read_points(history, side)
    ax.axhline(goal, color=INK, linewidth=1.0, zorder=1)
    ax.annotate(f"goal: {goal} reps", (0.0, goal), (3, 3), xycoords=("axes fraction", "data"), textcoords="offset points", size=NOTE, va="bottom")
    for kind in LOOKS:
        chosen = points[points["kind"].eq(kind)]
        if len(chosen):
            ax.plot(chosen["date"], chosen["count"], linestyle="none", zorder=3, gid=kind, **_look(kind, style))
    style_axes(ax, style.title, style.colour, _name_counts(points))
    top = max(goal, int(points["count"].max()))
    ax.set_ylim(0, top * 1.16)
    ax.yaxis.set_major_locator(MultipleLocator(10))
    ax.set_yticks(sorted({*range(0, goal - 5, 10), goal}))
    ax.grid(axis="y", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    date_axis(ax, points["date"])
    return points


def describe_progress(history: pd.DataFrame, side: str, goal: int = 45) -> str:
    """Put the progress of one side into words.

    Parameters
    ----------
    history, side, goal
        As for `draw_progress`.

    Returns
    -------
    str
    """
    points = _read_points(history, side)
    last = points.iloc[-1]
    count = f"at least {last['count']}" if last["kind"] == "capped" else str(last["count"])
    capped = int(points["kind"].eq("capped").sum())
    return (
        f"Last set, {_name_counts(points)}, {side} leg standing: {count} on {format_date(last['date'])}, goal {goal}; "
        f"{capped} of {len(points)} sets stopped at their target and only say at least."
    )


def format_date(date: pd.Timestamp) -> str:
    """Write a date as a coach would.

    >>> format_date(pd.Timestamp("2026-10-05"))
    '5 Oct 2026'
    """
    return f"{date.day} {date:%b %Y}"


def date_axis(ax: Axes, dates: pd.Series) -> None:
    """Give `ax` a horizontal axis of dates, with a margin on both sides and few ticks."""
    first, last = dates.min(), dates.max()
    margin = max((last - first) * 0.06, pd.Timedelta(days=3))
    ax.set_xlim(first - margin, last + margin)
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=6))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(FuncFormatter(_tick_date))


def _read_points(history: pd.DataFrame, side: str) -> pd.DataFrame:
    history = check_table(history, History)
    side_style(side)
    athletes = history["athlete_id"].unique()
    if len(athletes) > 1:
        raise ValueError(f"history: expected the sessions of one athlete, got {len(athletes)} athletes. Select one athlete_id.")
    points = history[history["side"].eq(side)].sort_values(["date", "session"])
    if points.empty:
        logged = ", ".join(s for s in SIDES if history["side"].eq(s).any()) or "none"
        raise ValueError(f"history: expected sessions with {side} stance, got sides {logged}. Draw only the sides that were logged.")
    return count_last_sets(points)


def _name_counts(points: pd.DataFrame) -> str:
    """Say whether the points are clean repetitions, as a recording shows them, or what the log says."""
    recorded = points["recorded_last"] & points["clean_reps"].notna()
    return "clean reps" if recorded.all() else "clean reps where recorded" if recorded.any() else "reps as logged"


def _tick_date(number: float, _: int | None) -> str:
    date = mdates.num2date(number)  # type: ignore[no-untyped-call]
    if date.day > 1:
        return f"{date.day} {date:%b}"
    return f"{date:%b ’%y}" if date.month == 1 else f"{date:%b}"


def explain_marks(ax: Axes, points: pd.DataFrame, style: SideStyle, taken: pd.DataFrame | None = None) -> None:
    """Write beside one sample of each mark that occurs what it means, where the figure is emptiest.

    Parameters
    ----------
    ax : Axes
        With its final limits.
    points : DataFrame
        From `mark_sets`.
    style : SideStyle
    taken : DataFrame, optional
        Further places to keep clear of, as columns ``date, count``.
    """
    shown = [kind for kind in WORDS if points["kind"].eq(kind).any()]
    every = pd.concat([points[["date", "count"]], *([] if taken is None else [taken])])
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across = (mdates.date2num(every["date"]) - left) / (right - left)  # type: ignore[no-untyped-call]
    up = (every["count"].to_numpy(float) - bottom) / (top - bottom)

    def count_hidden(place: tuple[float, float]) -> int:
        beside = (across > place[0] - 0.05) & (across < place[0] + KEY_WIDTH)
        return int((beside & (up > place[1] - KEY_STEP) & (up < place[1] + KEY_STEP * len(shown))).sum())

    heights = np.arange(KEY_BOTTOM, KEY_TOP - KEY_STEP * (len(shown) - 1), KEY_STEP / 2)
    x, lowest = min(((x, float(y)) for y in heights for x in KEY_LEFTS), key=count_hidden)
    for i, kind in enumerate(reversed(shown)):
        y, look = lowest + KEY_STEP * i, _look(kind, style)
        ax.plot(x, y, linestyle="none", transform=ax.transAxes, gid="key", **{**look, "ms": look["ms"] * 0.9})
        ax.text(
            x + 0.035, y, WORDS[kind], transform=ax.transAxes, size=NOTE, va="center_baseline", color=INK, zorder=2.5, bbox=PAPER
        )  # over lines, under points


def _look(kind: str, style: SideStyle) -> dict[str, Any]:
    filled = {"marker": style.marker, "mfc": style.colour} if kind == "exact" else {}
    return {"mec": style.colour, **filled, **LOOKS[kind]}

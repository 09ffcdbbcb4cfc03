"""The capacity behind a log, and what it will come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from hiphitch_analysis.progress.capacity import Capacity
from hiphitch_analysis.progress.forecast import GOAL_REPS, GOAL_SETS, World, log_capacity, weeks_to_goal
from hiphitch_analysis.progress.observe import BOUND
from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.marks import AT_LEAST
from hiphitch_analysis.report.palette import INK, MUTED, NOTE, RULE, TICK, side_style
from hiphitch_analysis.schema import SIDES

AHEAD_WEEKS = 16.0
INTERVAL = (0.1, 0.5, 0.9)
SURE = 0.9  # belief from which on straight and slowing growth are said to be told apart
NEARLY = 0.005  # from none or all: not rounded to it


def draw_capacity(ax: Axes, capacity: Capacity, worlds: Sequence[World], athlete_id: str, side: str) -> Axes:
    """Draw one side's sets, the capacity behind them and its course ahead, and when 3 × 45 is reached.

    Parameters
    ----------
    ax : Axes
        About 88 × 70 mm; two sides share one vertical axis.
    capacity : Capacity
        From `fit_capacity`.
    worlds : sequence of World
        From `draw_worlds`.
    athlete_id : str
    side : {"left", "right"}

    Returns
    -------
    Axes

    Notes
    -----
    The band is the capacity of a third set, after two of 45, that holds with a chance of 80 %; marks are the sets of the log as they were, open
    arrows those that stopped at their target. The bar on the goal line is the 80 % interval of the week in which the weaker side gets there.
    """
    style, place = side_style(side), capacity.athletes.index(athlete_id)
    own = capacity.sets[capacity.sets["athlete_id"].eq(athlete_id) & capacity.sets["side"].eq(side)]
    now = float(capacity.sets.loc[capacity.sets["athlete_id"].eq(athlete_id), "week"].max())
    weeks = np.linspace(0.0, now + AHEAD_WEEKS, 80)
    low, middle, high = np.array([third_set(capacity, worlds, place, side, week) for week in weeks]).T
    ax.fill_between(weeks, low, high, color=style.tint, linewidth=0, zorder=1)
    ax.plot(weeks, middle, color=style.colour, linestyle=style.line, linewidth=1.4, zorder=2)
    ax.axvline(now, color=RULE, linewidth=1.0, zorder=0)
    ax.annotate("today", (now, 0.0), (3, 4), xycoords=("data", "axes fraction"), textcoords="offset points", size=NOTE, color=MUTED)
    ended = own["says"].eq(BOUND)
    ax.plot(
        own.loc[~ended, "week"], own.loc[~ended, "reps"], marker=AT_LEAST, linestyle="none", ms=5.5, mfc="white", mec=style.colour, mew=0.9, zorder=3
    )
    ax.plot(
        own.loc[ended, "week"], own.loc[ended, "reps"], marker=style.marker, linestyle="none", ms=3.6, mfc=style.colour, mec=style.colour, zorder=4
    )
    ax.axhline(GOAL_REPS, color=INK, linewidth=1.0, zorder=1)
    _draw_date(ax, weeks_to_goal(worlds)[:, place], float(weeks[-1]))
    style_axes(ax, style.title, style.colour, "good repetitions in a set")
    ax.set_xlabel("weeks since the first session", size=TICK, color=MUTED)
    ax.set_xlim(-0.5, weeks[-1] + 0.5)
    ax.set_ylim(0, max(GOAL_REPS * 1.35, float(own["reps"].max()) * 1.1))
    ax.yaxis.set_major_locator(MultipleLocator(15))
    ax.grid(axis="y", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    return ax


def describe_capacity(capacity: Capacity, worlds: Sequence[World], athlete_id: str, side: str) -> str:
    """Put `draw_capacity` into words."""
    place = capacity.athletes.index(athlete_id)
    own = capacity.sets[capacity.sets["athlete_id"].eq(athlete_id)]
    now = float(own["week"].max())
    own = own[own["side"].eq(side)]
    low, middle, high = third_set(capacity, worlds, place, side, now)
    ended = int(own["says"].eq(BOUND).sum())
    return (
        f"{side_style(side).title}: {len(own)} sets in {now:.0f} weeks, {ended} of them ended in fatigue or form, {len(own) - ended} say at least. "
        f"A third set would now come to {middle:.0f} repetitions, between {low:.0f} and {high:.0f} with a chance of 80 %."
    )


def say_growth(capacity: Capacity) -> str:
    """Say whether a log tells straight growth from slowing growth, and how many weeks it covers.

    Parameters
    ----------
    capacity : Capacity
        From `fit_capacity`.

    Returns
    -------
    str
    """
    weeks = f"{capacity.sets['week'].max():.0f} weeks of log"
    if all(branch.law.kind == "linear" for branch in capacity.branches):
        return f"After {weeks} no slowing growth explains this log well enough to be weighed against straight growth."
    straight = sum(branch.weight for branch in capacity.branches if branch.law.kind == "linear")
    if straight >= SURE:
        return f"After {weeks} straight growth has {_say_belief(straight)} of the belief: that growth slows down does not show."
    if straight <= 1 - SURE:
        limited = sum(branch.weight for branch in capacity.branches if branch.law.kind == "saturating")
        kinds = f"towards a limit {_say_belief(limited)}, without one {_say_belief(1 - straight - limited)}"
        return f"After {weeks} straight growth keeps {_say_belief(straight)} of the belief. Growth that slows down has the rest: {kinds}."
    return (
        f"After {weeks} straight growth has {_say_belief(straight)} of the belief and slowing growth {_say_belief(1 - straight)}: they look alike, "
        "and the forecast is as wide as that."
    )


def _say_belief(share: float) -> str:
    if share < NEARLY:
        return f"under {100 * NEARLY:g} %"
    return f"over {100 - 100 * NEARLY:g} %" if share > 1 - NEARLY else f"{100 * share:.0f} %"


def third_set(
    capacity: Capacity, worlds: Sequence[World], place: int, side: str, week: float, shares: tuple[float, ...] = INTERVAL
) -> tuple[float, ...]:
    """Return quantiles of the repetitions [n] that a third set, after two of 45, comes to on a usual day of a week since the first session."""
    able = log_capacity(worlds, np.full(len(capacity.athletes), week))[:, place, SIDES.index(side)]
    tired = np.concatenate([np.full(len(world.gain), world.of_set[-1] + world.before * (GOAL_SETS - 1) * GOAL_REPS) for world in worlds])
    return tuple(np.exp(np.quantile(able + tired, shares)).tolist())


def _draw_date(ax: Axes, weeks: Any, last: float) -> None:
    """Draw the interval of the week on the goal line, open to the right where it leaves the figure."""
    low, middle, high = np.quantile(weeks, INTERVAL, method="higher").tolist()
    words: dict[str, Any] = {"xytext": (0, 7), "textcoords": "offset points", "size": NOTE, "color": INK}
    if low >= last:
        ax.annotate("3 × 45: not in sight", (last, GOAL_REPS), ha="right", **words)
        return
    ax.plot([low, min(high, last)], [GOAL_REPS] * 2, color=INK, linewidth=4, solid_capstyle="butt", zorder=5)
    if high > last:
        ax.plot(last, GOAL_REPS, ">", color=INK, ms=7, zorder=6, clip_on=False)
    if middle < last:
        ax.plot(middle, GOAL_REPS, "D", ms=6, mfc="white", mec=INK, mew=1.2, zorder=6)
    when = f"about week {middle:.0f}" if middle < last else f"from week {low:.0f} on, likely later"
    ax.annotate(
        f"3 × 45: {when}",
        (min(middle, last), GOAL_REPS),
        ha="left" if middle < 0.25 * last else "center" if middle < 0.75 * last else "right",
        **words,
    )

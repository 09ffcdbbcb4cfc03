"""Left against right in repetitions, with its interval: which leg does more, and whether that could be chance."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from hiphitch_analysis.progress.gap import SURE, Gap
from hiphitch_analysis.report.palette import INK, MUTED, NOTE, PAPER, TICK, side_style


def draw_left_right(ax: Axes, gap: Gap) -> Axes:
    """Draw a difference between the sides on an axis whose left half is the left leg's.

    Parameters
    ----------
    ax : Axes
        About 85 × 22 mm.
    gap : Gap

    Returns
    -------
    Axes

    Notes
    -----
    In the colour and shape of the side that does more; a grey diamond where the difference could be chance.
    """
    median, low, high = gap.reps, gap.low, gap.high
    style = side_style("left" if median > 0 else "right")
    colour, marker = (MUTED, "D") if gap.chance else (style.colour, style.marker)
    reach = max(10.0, 5 * math.ceil(1.1 * max(abs(low), abs(high)) / 5))
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.plot([-high, -low], [0, 0], color=colour, linewidth=3.0, solid_capstyle="butt", gid="interval")
    ax.plot(-median, 0, marker, ms=7, mfc="white", mec=colour, mew=1.6, gid="gap")
    words = f"{style.word} +{abs(median):.0f}" if round(abs(median)) else "equal"
    ax.annotate(words, (-median, 0), (0, 8), textcoords="offset points", size=NOTE, weight="bold", color=colour, ha="center", va="bottom", bbox=PAPER)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-1, 1.8)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set(color=MUTED, linewidth=0.6)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MultipleLocator(max(5, reach / 2)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: "equal" if not x else f"{'left' if x < 0 else 'right'} +{abs(x):.3g}"))
    ax.tick_params(labelsize=TICK, color=MUTED, labelcolor=INK, width=0.6, length=3)
    return ax


def say_left_right(gap: Gap | None) -> str:
    """Say how the sides differ, with the interval, and whether it could be chance.

    Parameters
    ----------
    gap : Gap or None
        From `measure_gap`.

    Returns
    -------
    str

    Examples
    --------
    >>> say_left_right(Gap(6.1, 3.2, 9.0))
    'Left does about 6 more in a first set (8 in 10: 3 to 9): almost surely real.'
    >>> say_left_right(Gap(-1.0, -3.0, 1.1))
    'Right does about 1 more in a first set (8 in 10: 3 more to 1 fewer): could be chance.'
    """
    if gap is None:
        return "Not known: on one side every set stopped at its target. One set there without a target would tell."
    side, median, low, high = ("Left", gap.reps, gap.low, gap.high) if gap.reps >= 0 else ("Right", -gap.reps, -gap.high, -gap.low)
    between = f"{low:.0f} to {high:.0f}" if low >= 0 else f"{high:.0f} more to {-low:.0f} fewer"
    verdict = "could be chance" if gap.chance else "likely real" if gap.certainty < SURE else "almost surely real"
    if round(median) == 0:
        return f"Equal, give or take {max(abs(low), abs(high)):.0f} in a first set (8 in 10)."
    return f"{side} does about {median:.0f} more in a first set (8 in 10: {between}): {verdict}."

"""Left against right in repetitions, with its interval: which leg does more, and whether that could be chance."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.report.palette import INK, MUTED, NOTE, TICK, side_style

SURE, LIKELY = 0.95, 0.80
WIDTH_80 = 2 * 1.2816  # standard deviations between the ends of an interval of 80 %


def compare_sides(outlook: Outlook) -> tuple[float, float, float] | None:
    """Turn the ratio of both sides into repetitions of a first set.

    Parameters
    ----------
    outlook : Outlook

    Returns
    -------
    (float, float, float) or None
        How many more the left side does [n]: median and 80 % interval, negative where the right side does more. None where one side's sets were
        all capped.

    Notes
    -----
    The ratio is better known than either side, which share the athlete's good and bad days: its interval is laid about the geometric mean of both.
    """
    if outlook.asymmetry is None:
        return None
    middle = math.sqrt(outlook.reps_now["left"][0] * outlook.reps_now["right"][0])
    median, low, high = (2 * middle * math.sinh(log_ratio / 2) for log_ratio in outlook.asymmetry)
    return median, low, high


def draw_left_right(ax: Axes, gap: tuple[float, float, float]) -> Axes:
    """Draw a difference between the sides on an axis whose left half is the left leg's.

    Parameters
    ----------
    ax : Axes
        About 85 × 22 mm.
    gap : (float, float, float)
        From `compare_sides`.

    Returns
    -------
    Axes

    Notes
    -----
    In the colour and shape of the side that does more; a grey diamond where the difference could be chance.
    """
    median, low, high = gap
    likely = _chance(gap) >= LIKELY
    style = side_style("left" if median > 0 else "right")
    colour, marker = (style.colour, style.marker) if likely else (MUTED, "D")
    reach = max(10.0, 5 * math.ceil(1.1 * max(abs(low), abs(high)) / 5))
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.plot([-high, -low], [0, 0], color=colour, linewidth=3.0, solid_capstyle="butt", gid="interval")
    ax.plot(-median, 0, marker, ms=7, mfc="white", mec=colour, mew=1.6, gid="gap")
    words = f"{style.word} +{abs(median):.0f}" if round(abs(median)) else "equal"
    ax.annotate(words, (-median, 0), (0, 8), textcoords="offset points", size=NOTE, weight="bold", color=colour, ha="center", va="bottom")
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-1, 1.8)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set(color=MUTED, linewidth=0.6)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MultipleLocator(max(5, reach / 2)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: "equal" if not x else f"{'left' if x < 0 else 'right'} +{abs(x):.3g}"))
    ax.tick_params(labelsize=TICK, color=MUTED, labelcolor=INK, width=0.6, length=3)
    return ax


def say_left_right(gap: tuple[float, float, float] | None) -> str:
    """Say how the sides differ, with the interval, and whether it could be chance.

    Parameters
    ----------
    gap : (float, float, float) or None
        From `compare_sides`.

    Returns
    -------
    str

    Examples
    --------
    >>> say_left_right((6.1, 3.2, 9.0))
    'Left does about 6 more in a first set (8 in 10: 3 to 9): almost surely real.'
    >>> say_left_right((-1.0, -3.0, 1.1))
    'Right does about 1 more in a first set (8 in 10: 3 more to 1 fewer): could be chance.'
    """
    if gap is None:
        return "Not known: on one side every set stopped at its target. One set there without a target would tell."
    median, low, high = gap if gap[0] >= 0 else (-gap[0], -gap[2], -gap[1])
    side = "Left" if gap[0] >= 0 else "Right"
    between = f"{low:.0f} to {high:.0f}" if low >= 0 else f"{high:.0f} more to {-low:.0f} fewer"
    chance = _chance(gap)
    verdict = "almost surely real" if chance >= SURE else "likely real" if chance >= LIKELY else "could be chance"
    if round(median) == 0:
        return f"Equal, give or take {max(abs(low), abs(high)):.0f} in a first set (8 in 10)."
    return f"{side} does about {median:.0f} more in a first set (8 in 10: {between}): {verdict}."


def _chance(gap: tuple[float, float, float]) -> float:
    """Return the chance that the side which seems to do more does so, from a normal distribution with that interval."""
    median, low, high = gap
    return 0.5 * (1 + math.erf(abs(median) / ((high - low) / WIDTH_80) / math.sqrt(2))) if high > low else 1.0

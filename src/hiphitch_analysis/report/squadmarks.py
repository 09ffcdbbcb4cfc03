"""The small pictures in a squad's table: last sets over the weeks, left–right gap, date of 3 × 45. All rows share their scales.

Each is SVG of paths and text alone, in pixels; its classes take the page's colours, which change with dark mode. Each has its words beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from hiphitch_analysis import norms
from hiphitch_analysis.progress.forecast import GOAL_REPS
from hiphitch_analysis.progress.gap import Gap
from hiphitch_analysis.progress.review import LOOK_BACK_WEEKS, Goal, LastSets, SquadRow
from hiphitch_analysis.progress.summary import HORIZON_WEEKS
from hiphitch_analysis.report.palette import MUTED, PASSED, RULE, side_style
from hiphitch_analysis.schema import SIDES

SETS_PX, GAP_PX, GOAL_PX = (148, 36), (100, 32), (164, 34)  # width, height
PLOT_PX = 102  # of the width of last sets; the rest is for their numbers
LINE_PX = 11.5  # from one number to the next
LEAST_GAP = 10.0  # repetitions: the axis of gaps reaches at least so far
_COLOURS = {"left": side_style("left").colour, "right": side_style("right").colour, "muted": MUTED}


@dataclass(frozen=True, slots=True)
class Scales:
    """What all rows share: the day, the most repetitions of any last set, and the largest gap that is drawn [repetitions]."""

    as_of: pd.Timestamp
    reps: float
    gap: float


def find_scales(rows: Sequence[SquadRow], as_of: pd.Timestamp) -> Scales:
    """Find the scales that hold for all rows."""
    reps = [count for row in rows for sets in row.last_sets.values() for count in sets.counts]
    gaps = [abs(end) for row in rows if row.gap is not None for end in (row.gap.low, row.gap.high)]
    return Scales(as_of, float(max([GOAL_REPS, *reps])), max([LEAST_GAP, *gaps]))


def draw_last_sets(last_sets: Mapping[str, LastSets], scales: Scales) -> tuple[int, int, str]:
    """Draw the last sets of the last weeks: width, height, and the marks of an SVG.

    A line joins sessions, but not across a break; its last mark is open where the athlete could have done more.
    """
    width, height = SETS_PX
    top, bottom, first = 6.0, height - 5.0, scales.as_of - pd.Timedelta(weeks=LOOK_BACK_WEEKS)

    def place(day: pd.Timestamp, count: int) -> tuple[float, float]:
        return 3 + (PLOT_PX - 9) * (day - first) / (scales.as_of - first), bottom - (bottom - top) * count / scales.reps

    goal = place(first, GOAL_REPS)[1]
    marks = f'<path class="rule" d="M0 {goal:.1f}H{PLOT_PX}" stroke="{RULE}" stroke-width="1"></path>'
    ends = []
    for side in reversed(SIDES):  # left on top
        sets = last_sets.get(side)
        if sets is None or not sets.days:
            continue
        points = [place(day, count) for day, count in zip(sets.days, sets.counts, strict=True)]
        steps = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
        for (before, day), (x, y) in zip(pairwise(sets.days), points[1:], strict=True):
            steps.append(f"{'M' if (day - before).days > norms.RESTART_GAP_DAYS.value else 'L'}{x:.1f} {y:.1f}")
        dash = ' stroke-dasharray="3 2"' if side == "right" else ""
        marks += f'<path class="line {side}" d="{"".join(steps)}" fill="none" stroke="{_COLOURS[side]}" stroke-width="1.5"{dash}></path>'
        marks += draw_mark(side, *points[-1], 3.0, hollow=sets.at_least[-1])
        ends.append((points[-1][1], side, f"{side_style(side).letter} {'≥ ' if sets.at_least[-1] else ''}{sets.counts[-1]}"))
    for y, side, words in _spread(ends, height):
        marks += f'<text class="{side}" x="{PLOT_PX + 4}" y="{y:.1f}">{words}</text>'
    return width, height, marks


def say_last_sets(last_sets: Mapping[str, LastSets]) -> str:
    """Put `draw_last_sets` into words."""
    told = []
    for side, sets in last_sets.items():
        if sets.days:
            day, more = sets.days[-1], "at least " if sets.at_least[-1] else ""
            told.append(f"{side}: {more}{sets.counts[-1]} on {_day(day)}, {sets.counts[0]} on {_day(sets.days[0])}")
        else:
            told.append(f"{side}: no session in {LOOK_BACK_WEEKS} weeks")
    return "; ".join(told)


def draw_gap(gap: Gap, scales: Scales) -> tuple[int, int, str]:
    """Draw a left–right gap with its interval: width, height, and the marks of an SVG. More on the left lies to the left."""
    width, height = GAP_PX
    middle, y = width / 2, height - 10.0

    def place(reps: float) -> float:
        return middle - reps / scales.gap * (middle - 6)

    kind = "muted" if gap.chance else "left" if gap.reps > 0 else "right"
    dash = ' stroke-dasharray="3 2"' if kind == "right" else ""
    marks = f'<path class="rule" d="M{middle:.1f} 2V{height - 2}" stroke="{RULE}" stroke-width="1"></path>'
    line = f"M{place(gap.high):.1f} {y:.1f}H{place(gap.low):.1f}"
    marks += f'<path class="line {kind}" d="{line}" stroke="{_COLOURS[kind]}" stroke-width="1.8"{dash}></path>'
    marks += draw_mark(kind, place(gap.reps), y, 3.6, hollow=gap.chance)
    if not gap.chance:
        marks += f'<text class="{kind}" x="{place(gap.reps):.1f}" y="{y - 8:.1f}" text-anchor="middle">{abs(gap.reps):.0f}</text>'
    return width, height, marks


def say_gap(gap: Gap) -> str:
    """Put `draw_gap` into words.

    Examples
    --------
    >>> say_gap(Gap(6.8, 3.2, 10.9))
    'left more by about 7, 8 in 10 between 3 and 11'
    >>> say_gap(Gap(-0.6, -3.2, 1.9))
    'could be chance: 8 in 10 between right 3 more and left 2 more'
    """
    if gap.chance:
        return f"could be chance: 8 in 10 between right {-gap.low:.0f} more and left {gap.high:.0f} more"
    least, most = sorted((abs(gap.low), abs(gap.high)))
    return f"{'left' if gap.reps > 0 else 'right'} more by about {abs(gap.reps):.0f}, 8 in 10 between {least:.0f} and {most:.0f}"


def draw_goal(goal: Goal, scales: Scales) -> tuple[int, int, str]:
    """Draw when 3 × 45 comes: width, height, and the marks of an SVG. A bar that leaves the half year ends in a point."""
    width, height = GOAL_PX
    y, last = height - 10.0, float(width - 6)
    start = 0.0 if goal.early is None else max(0.0, _place_day(goal.early, scales))
    end = last if goal.late is None else min(last, max(_place_day(goal.late, scales), start + 2))
    point = f"L{width} {y:.1f}L{end:.1f} {y + 4:.1f}" if goal.late is None else f"V{y + 4:.1f}"
    marks = f'<path class="bar" d="M{start:.1f} {y - 4:.1f}H{end:.1f}{point}H{start:.1f}z" fill="{PASSED}"></path>'
    if goal.median is None:
        return width, height, f'{marks}<text x="{width}" y="{y - 9:.1f}" text-anchor="end">{_say_later(goal, scales)}</text>'
    tick = min(last, max(1.0, _place_day(goal.median, scales)))
    marks += f'<path class="line right" d="M{tick:.1f} {y - 6:.1f}V{y + 6:.1f}" stroke="{_COLOURS["right"]}" stroke-width="2.2"></path>'
    x = min(max(tick, 19.0), width - 19.0)
    return width, height, f'{marks}<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle">{_day(goal.median)}</text>'


def say_goal(goal: Goal, scales: Scales) -> str:
    """Put `draw_goal` into words."""
    if goal.early is None:
        return _say_later(goal, scales)
    until = "beyond the half year ahead" if goal.late is None else _day(goal.late)
    about = _say_later(goal, scales) if goal.median is None else f"about {_day(goal.median)}"
    return f"{about}; 8 in 10 chance between {_day(goal.early)} and {until}"


def draw_months(scales: Scales) -> str:
    """Draw the months above the dates, as a whole SVG that needs no words: every date says its own."""
    days = pd.date_range(scales.as_of, scales.as_of + pd.Timedelta(weeks=HORIZON_WEEKS), freq="MS")
    names = "".join(f'<text x="{_place_day(day, scales):.1f}" y="11">{day:%b}</text>' for day in days if _place_day(day, scales) < GOAL_PX[0] - 20)
    return f'<svg class="picture" role="img" aria-label="months" width="{GOAL_PX[0]}" height="14" viewBox="0 0 {GOAL_PX[0]} 14">{names}</svg>'


def draw_mark(kind: str, x: float, y: float, size: float, *, hollow: bool) -> str:
    """Draw a circle for left, a square for right, a diamond for neither, about a point of an SVG."""
    r = size
    shape = {
        "left": f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z",
        "right": f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}z",
        "muted": f"M{x - r - 1:.1f} {y:.1f}L{x:.1f} {y - r - 1:.1f}L{x + r + 1:.1f} {y:.1f}L{x:.1f} {y + r + 1:.1f}z",
    }[kind]
    look, fill = (" hollow", "white") if hollow else ("", _COLOURS[kind])
    return f'<path class="mark {kind}{look}" d="{shape}" fill="{fill}" stroke="{_COLOURS[kind]}" stroke-width="1.4"></path>'


def _place_day(day: pd.Timestamp, scales: Scales) -> float:
    return float((day - scales.as_of) / pd.Timedelta(weeks=HORIZON_WEEKS)) * (GOAL_PX[0] - 6)


def _spread(ends: list[tuple[float, str, str]], height: int) -> list[tuple[float, str, str]]:
    """Move the numbers at the ends of two lines apart until both can be read, in their order and within the picture."""
    ends = sorted(ends)
    y = np.array([end[0] for end in ends]) + 4.0
    if len(y) == 2 and y[1] - y[0] < LINE_PX:
        y = y.mean() + np.array([-0.5, 0.5]) * LINE_PX
    shift = max(0.0, 10.0 - y[0]) - max(0.0, y[-1] - (height - 2)) if len(y) else 0.0
    return [(float(at + shift), side, words) for at, (_, side, words) in zip(y, ends, strict=True)]


def _say_later(goal: Goal, scales: Scales) -> str:
    tenths = round(10 * goal.chance)
    return f"later; {tenths if tenths else 'under 1'} in 10 before {_day(scales.as_of + pd.Timedelta(weeks=HORIZON_WEEKS))}"


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%b}"

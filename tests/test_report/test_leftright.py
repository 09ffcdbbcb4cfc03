"""Left against right: on its own side, in its own shape, and not more certain than it is."""

import math
from types import SimpleNamespace

import pytest

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.leftright import compare_sides, draw_left_right, say_left_right


def outlook(asymmetry, left=24.0, right=24.0):
    return SimpleNamespace(asymmetry=asymmetry, reps_now={"left": (left, left, left), "right": (right, right, right)})


def test_a_ratio_becomes_repetitions():
    # 30 against 20: the ratio 1.5 about the mean √600 gives back the difference, √600 · 2 sinh(ln 1.5 / 2) = 10.
    median, low, high = compare_sides(outlook((math.log(1.5), 0.0, math.log(2)), 30.0, 20.0))
    assert (median, low) == pytest.approx((10.0, 0.0)) and high == pytest.approx(math.sqrt(600) * (math.sqrt(2) - math.sqrt(0.5)))
    assert compare_sides(outlook(None)) is None


@pytest.mark.parametrize(
    ("gap", "x", "marker", "words"),
    [
        ((6.0, 3.0, 9.0), -6.0, "o", "left +6"),
        ((-6.0, -9.0, -3.0), 6.0, "s", "right +6"),
        ((1.0, -2.0, 4.0), -1.0, "D", "left +1"),  # could be chance: a diamond
        ((0.2, -2.0, 2.4), -0.2, "D", "equal"),
    ],
)
def test_the_side_that_does_more_lies_on_its_own_half(gap, x, marker, words):
    _, (ax,) = new_figure(85, 22)
    draw_left_right(ax, gap)
    mark = next(line for line in ax.lines if line.get_gid() == "gap")
    bar = next(line for line in ax.lines if line.get_gid() == "interval")
    assert mark.get_xdata()[0] == x and mark.get_marker() == marker
    assert sorted(bar.get_xdata()) == sorted([-gap[1], -gap[2]])
    assert words in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (None, "Not known: on one side every set stopped at its target."),
        ((6.0, 3.0, 9.0), "Left does about 6 more in a first set (8 in 10: 3 to 9): almost surely real."),  # 2.56 standard deviations
        ((-3.0, -6.4, 0.4), "Right does about 3 more in a first set (8 in 10: 6 more to 0 fewer): likely real."),  # 1.13: 87 %
        ((-1.0, -3.5, 1.5), "could be chance"),  # 0.51: 70 %
        ((0.1, -2.0, 2.2), "Equal, give or take 2 in a first set (8 in 10)."),
    ],
)
def test_it_is_said_with_its_chance(gap, words):
    assert words in say_left_right(gap)

"""Left against right: on its own side, in its own shape, and not more certain than it is."""

import pytest

from hiphitch_analysis.progress.gap import Gap
from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.leftright import draw_left_right, say_left_right


@pytest.mark.parametrize(
    ("gap", "x", "marker", "words"),
    [
        (Gap(6.0, 3.0, 9.0), -6.0, "o", "left +6"),
        (Gap(-6.0, -9.0, -3.0), 6.0, "s", "right +6"),
        (Gap(1.0, -2.0, 4.0), -1.0, "D", "left +1"),  # could be chance: a diamond
        (Gap(0.2, -2.0, 2.4), -0.2, "D", "equal"),
    ],
)
def test_the_side_that_does_more_lies_on_its_own_half(gap, x, marker, words):
    _, (ax,) = new_figure(85, 22)
    draw_left_right(ax, gap)
    mark = next(line for line in ax.lines if line.get_gid() == "gap")
    bar = next(line for line in ax.lines if line.get_gid() == "interval")
    assert mark.get_xdata()[0] == x and mark.get_marker() == marker
    assert sorted(bar.get_xdata()) == sorted([-gap.low, -gap.high])
    assert words in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (None, "Not known: on one side every set stopped at its target."),
        (Gap(6.0, 3.0, 9.0), "Left does about 6 more in a first set (8 in 10: 3 to 9): almost surely real."),  # 2.56 standard deviations
        (Gap(-3.0, -5.6, -0.4), "Right does about 3 more in a first set (8 in 10: 0 to 6): likely real."),  # 1.48 standard deviations: 93 %
        (Gap(-1.0, -3.5, 1.5), "could be chance"),  # 0.51: 70 %
        (Gap(0.1, -2.0, 2.2), "Equal, give or take 2 in a first set (8 in 10)."),
    ],
)
def test_it_is_said_with_its_chance(gap, words):
    assert words in say_left_right(gap)

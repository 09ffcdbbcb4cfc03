"""The figures of the studies: what is drawn is what was counted."""

import pytest

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.studies import describe_coverage, describe_ranks, draw_coverage, draw_ranks

CELLS = {
    "linear 4": {"coverage": 0.79, "coverage_se": 0.02, "mixed_coverage": 0.47},
    "log 8": {"coverage": 0.84, "coverage_se": 0.03, "mixed_coverage": 0.13},
}
RANKS = {
    "level": {"counts": [10] * 10, "p_value": 0.9, "coverage": 0.8},
    "side_session": {"counts": [2, 4, 6, 8, 10, 10, 12, 14, 16, 18], "p_value": 0.001, "coverage": 0.7},
}


def test_coverage_of_each_cell_and_what_was_promised():
    _, (ax,) = new_figure(182, 60)
    draw_coverage(ax, CELLS)
    held = sorted(line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o")
    assert held == pytest.approx([79, 84])
    assert describe_coverage(CELLS).count("79 to 84") == 1 and "13 to 47" in describe_coverage(CELLS)


def test_every_bin_is_a_dot_and_level_dots_are_level():
    _, (ax,) = new_figure(182, 40)
    draw_ranks(ax, RANKS)
    upper, lower = (line.get_ydata() for line in ax.lines if line.get_marker() == "o")
    assert upper == pytest.approx([1.45] * 10) and lower == pytest.approx([0.045 * n for n in RANKS["side_session"]["counts"]])
    said = describe_ranks(RANKS)
    assert "1 of 2 parameters" in said and "not of side on a day" in said and "70 to 80 %" in said

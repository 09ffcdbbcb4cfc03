"""The figures of the studies: what is drawn is what was counted."""

import pytest

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.studies import describe_coverage, describe_ranks, draw_coverage, draw_ranks, say_calibration, say_coverage, say_source

CELLS = {
    "linear 4": {"coverage": 0.79, "coverage_se": 0.02, "mixed_coverage": 0.47},
    "log 8": {"coverage": 0.84, "coverage_se": 0.03, "mixed_coverage": 0.13},
}
RANKS = {
    "level": {"counts": [10] * 10, "distance": 0.05, "p_value": 0.9, "coverage": 0.8},
    "side_session": {"counts": [2, 4, 6, 8, 10, 10, 12, 14, 16, 18], "distance": 0.2, "p_value": 0.001, "coverage": 0.7},
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


def test_evenness_is_said_as_what_could_stay_hidden_and_the_lowest_by_name():
    said = describe_ranks(RANKS)
    # Kolmogorov–Smirnov at 100 truths: a table gives 1.36 / √100 = 0.136 for 5 %, exactly 0.134; 80 % less 70 % are 0.1 / √(0.16 / 100) = 2.5
    assert "more than 0.20 (side on a day)" in said and "by 0.13 in one of twenty" in said and "up to 0.33 could stay hidden" in said
    assert "More uneven than chance makes them: side on a day." in said
    assert "70 to 80 %, least for side on a day, 2.5 standard errors below 80." in said
    level = {"level": RANKS["level"]}
    assert "uneven" not in describe_ranks(level) and "standard errors" not in describe_ranks(level)


def test_only_cases_below_the_promise_by_more_than_chance_are_named():
    cells = {
        "a 4": {"coverage": 0.77, "coverage_se": 0.02},
        "b 8": {"coverage": 0.75, "coverage_se": 0.02},
        "c 8": {"coverage": 0.9, "coverage_se": 0.01},
    }
    said = say_coverage({"coverage": 0.8, "coverage_se": 0.006, "mixed_coverage": 0.32}, cells)
    assert "two standard errors: b 8 weeks (75.0 ± 2.0 %). " in said and "a 4" not in said and "c 8" not in said
    assert "misses 3.4 times as often" in said  # 68 of 100 instead of 20
    assert "no case" in say_coverage({"coverage": 0.8, "coverage_se": 0.006, "mixed_coverage": 0.32}, {"c 8": cells["c 8"]})


def test_chances_that_say_too_little_are_said_to():
    tenths = [{"low": 0.0, "high": 0.1, "n": 90, "promised": 0.0, "kept": 0.0}, {"low": 0.6, "high": 0.7, "n": 10, "promised": 0.65, "kept": 0.95}]
    said = say_calibration(tenths)
    assert "off by 0.030 on average; but 90 % of them lie below 0.1" in said and "The 10 between 0.1 and 0.9 are off by 0.30" in said
    assert "less often" in said


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ({"seeds": [3, 7]}, "seeds 3 to 7"),
        ({"first_seed": 5}, "seeds from 5"),
        ({"first_seeds": {"one": 1, "two": 9}}, "seeds from 1 (one), 9 (two)"),
        ({"seed": 0}, "seed 0"),
    ],
)
def test_where_figures_come_from(seeds, said):
    assert say_source({"study": "reps", "commit": "abc1234", **seeds}, "20 sets") == (
        f"Source: study reps (reports/validation/reps.json), 20 sets, {said}, commit abc1234."
    )

"""The figures of the fatigue laboratory: what is drawn where, and what the words say."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.fatigue import describe_pools, describe_reps_against, describe_seen, draw_pools, draw_reps_against, draw_seen

T_975 = 2.447  # 97.5 % of Student's t with six degrees of freedom, as tables print it: limits of a standard error that is itself not known well


@pytest.fixture
def ax() -> Axes:
    return new_figure(182, 72)[1][0]


@pytest.fixture
def pools() -> pd.DataFrame:
    """Two sets of 10 and 6.4 repetitions with a pause between them, round numbers."""
    rows = [
        (0.0, 1, False, 0.0, 0.5, 0.0),
        (20.0, 1, False, 10.0, 0.5, 0.3),
        (20.0, 1, True, 10.0, 0.0, 0.3),
        (80.0, 1, True, 10.0, 0.0, 0.1),
        (80.0, 2, False, 0.0, 0.5, 0.1),
        (92.8, 2, False, 6.4, 0.5, 0.4),
    ]
    table = pd.DataFrame(rows, columns=["time_s", "set", "pause", "reps", "active_share", "fatigued_share"]).set_index("time_s")
    return table.assign(resting_share=1 - table["active_share"] - table["fatigued_share"], fails_at=0.4)


def named(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def test_pools_stand_on_each_other_below_the_line_of_failure(ax, pools):
    draw_pools(ax, pools)
    (edge,) = named(ax, "tired-edge")
    assert edge.get_ydata().tolist() == pools["fatigued_share"].tolist()
    (working,) = [area for area in ax.collections if area.get_gid() == "working"]
    assert working.get_paths()[0].vertices[:, 1].max() == pytest.approx(0.9)  # 0.4 tired and 0.5 working
    assert named(ax, "fails-at")[0].get_ydata()[0] == 0.4
    told = [text.get_text() for text in ax.texts]
    assert {"set 1: 10 reps", "set 2: 6 reps", "tired", "working", "resting", "a set fails here"} == set(told)


def test_words_beside_the_last_instant_do_not_cover_each_other(ax, pools):
    draw_pools(ax, pools.assign(fails_at=0.21))  # the line close to the middle of the tired share
    heights = sorted(text.get_position()[1] for text in ax.texts if text.get_gid() != "set")
    assert np.diff(heights).min() >= 0.074  # a line of ticks at the figure's height


def test_pools_in_words(pools):
    told = describe_pools(pools)
    assert "set 1: 10 reps, 30% tired, set 2: 6 reps, 40% tired" in told and "fails at 40% tired" in told


@pytest.fixture
def against() -> pd.DataFrame:
    return pd.DataFrame(
        {"value": [0.0, 2.0, 4.0], "reps_p10": [20.0, 18.0, 16.0], "reps_median": [30.0, 28.0, 24.0], "reps_p90": [np.inf, 40.0, 36.0]}
    )


def test_the_reader_stands_on_the_middle_line(ax, against):
    draw_reps_against(ax, against, "Repetitions", "ankle weight [kg]", own=3.0)
    (own,) = named(ax, "own")
    assert (own.get_xdata()[0], own.get_ydata()[0]) == (3.0, 26.0)
    assert [text.get_text() for text in ax.texts] == ["you: 26"]
    assert ax.get_ylim()[0] == 0 and np.isfinite(ax.get_ylim()).all()  # endless repetitions are drawn to an end
    assert "at 0 30 (20 to inf) and at 4 24 (16 to 36)" in describe_reps_against(against, "Repetitions", "kg")


def test_a_reader_beyond_the_panel_is_not_marked(ax, against):
    draw_reps_against(ax, against, "Repetitions", "ankle weight [kg]", own=5.0)
    assert not named(ax, "own") and not ax.texts


def test_panels_that_share_an_axis_keep_both_bands(against):
    _, (left, right) = new_figure(182, 60, columns=2)
    draw_reps_against(left, against.assign(reps_p90=90.0), "one", "kg")
    draw_reps_against(right, against.assign(reps_p90=40.0), "two", "kg")
    assert left.get_ylim()[1] >= 90


def test_truth_and_sensor_are_drawn_over_the_same_time(ax):
    times = {"bottom_s": [60.0, 120.0, 180.0], "kind": ["complete", "complete", "aborted"]}
    truth = pd.DataFrame({**times, "drop_deg": [8.0, 9.0, 3.0]})
    seen = pd.DataFrame({**times, "drop_deg": [8.5, 9.5, 3.0], "drop_se_deg": [0.5, 0.5, 0.5]})
    draw_seen(ax, truth, seen, "drop_deg", "Drop")
    (container,) = [c for c in ax.containers if hasattr(c, "lines")]
    assert container.lines[0].get_xdata().tolist() == [1.0, 2.0]  # minutes; what was given up is left out
    (bars,) = container.lines[2]
    assert [float(np.ptp(segment[:, 1])) for segment in bars.get_segments()] == pytest.approx([2 * T_975 * 0.5] * 2, rel=1e-3)
    (true,) = [line for line in ax.lines if line.get_label() == "true"]
    assert true.get_ydata().tolist() == [8.0, 9.0]
    assert "2 repetitions in truth, 2 seen; median 8.5° in truth, 9.0° seen" in describe_seen(truth, seen, "drop_deg", "Drop")

"""The coach's figures: what is drawn where, and what the words say."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color
from matplotlib.figure import Figure

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.figures import describe_ladder, describe_progress, describe_reps, draw_ladder, draw_progress, draw_reps
from hiphitch_analysis.report.marks import AT_LEAST
from hiphitch_analysis.report.palette import INK, MEND, side_style
from hiphitch_analysis.report.timeline import WORDS

LADDER = ((2, 20), (2, 25), (3, 45))


@pytest.fixture
def ax() -> Axes:
    return new_figure(88, 60)[1][0]


def words(ax: Axes) -> list[str]:
    titles = [ax.get_title(loc="left"), ax.get_title(loc="right")]
    return [t.get_text() for t in ax.texts if t.get_text()] + titles


def named(ax: Axes, gid: str) -> list:
    return [line for line in ax.lines if line.get_gid() == gid]


def bars_of(ax: Axes, colour: str) -> list[tuple[float, float, float]]:
    """Number, lower and upper end of each bar of one colour."""
    found = [bar for group in ax.containers for bar in group if same_color(bar.get_facecolor(), colour)]
    ends = [(bar.get_x() + bar.get_width() / 2, *sorted((bar.get_y(), bar.get_y() + bar.get_height()))) for bar in found]
    return [tuple(round(float(value), 9) for value in bar) for bar in ends]  # floating point: −0.5 − 7.5 need not be exactly −8


# --- The ladder ------------------------------------------------------------------------------------------------------------------------------
def test_ladder_has_all_steps_and_the_ankle_weight_dashed(ax):
    draw_ladder(ax, LADDER, 1, 0)
    assert len(ax.patches) == 4
    assert {patch.get_linestyle() for patch in ax.patches[:3]} <= {"-", "solid"}
    assert ax.patches[3].get_linestyle() not in ("-", "solid")
    assert {"2 × 20", "2 × 25", "3 × 45", "goal", "left: could do 2 × 25", "right: stay here"} <= set(words(ax))


def test_ladder_fills_the_step_of_the_next_session_only(ax):
    draw_ladder(ax, LADDER, 1, 0)
    assert [same_color(patch.get_facecolor(), INK) for patch in ax.patches] == [True, False, False, False]


def test_ladder_takes_the_next_session_as_given(ax):
    draw_ladder(ax, LADDER, 2, 2, current=1, passed_dates={0: "24 Aug"})
    assert [same_color(patch.get_facecolor(), INK) for patch in ax.patches] == [False, True, False, False]
    assert "24 Aug" in words(ax)


def test_a_leg_is_told_to_stay_only_where_the_next_session_is_no_step_on(ax):
    draw_ladder(ax, LADDER, 1, 1, current=1, last=1)
    assert [text.get_text() for text in ax.texts if "stay here" in text.get_text()] == ["left: stay here", "right: stay here"]
    ax.clear()
    draw_ladder(ax, LADDER, 1, 1, current=1, last=0)
    assert [text.get_text() for text in ax.texts if "could do" in text.get_text()] == ["left: could do 2 × 25", "right: could do 2 × 25"]


def test_ladder_sets_each_leg_on_its_step(ax):
    draw_ladder(ax, LADDER, 1, 0)
    on_step = {gid: [line.get_xdata()[0] for line in named(ax, gid)][-1] for gid in ("leg-left", "leg-right")}
    assert on_step == {"leg-left": 1.5, "leg-right": 0.5}
    assert {line.get_marker() for line in named(ax, "leg-left")} == {"o"}
    assert {line.get_marker() for line in named(ax, "leg-right")} == {"s"}


def test_ladder_says_when_a_leg_was_not_logged(ax):
    draw_ladder(ax, LADDER, -1, 0)
    assert "left: not logged" in words(ax)
    assert len(named(ax, "leg-left")) == 1  # only the one beside the words
    assert describe_ladder(LADDER, -1, 0).endswith("Left leg was not logged; right leg could do 2 × 20.")


def test_ladder_in_words_names_the_ankle_weight():
    assert "Next session: the ankle weight." in describe_ladder(LADDER, 3, 3)


@pytest.mark.parametrize("steps", [(-1, -1, None), (4, 0, None), (0, 0, 4)])
def test_ladder_refuses_steps_it_does_not_have(ax, steps):
    left, right, current = steps
    with pytest.raises(ValueError, match="ladder: expected steps from 0 to 3"):
        draw_ladder(ax, LADDER, left, right, current=current)


# --- Every repetition ---------------------------------------------------------------------------------------------------------------------------
def test_a_bar_reaches_from_its_end_to_its_bottom(ax, tired_reps):
    draw_reps(ax, tired_reps, "right")
    assert bars_of(ax, side_style("right").colour) == [(n, -8.0, -0.5) for n in (1, 2, 3, 5, 6, 7)]
    assert bars_of(ax, MEND) == [(n, -8.0, -3.0) for n in (8, 9, 10)]


def test_short_reps_carry_a_shape_besides_the_colour(ax, tired_reps):
    draw_reps(ax, tired_reps, "right")
    (mark,) = named(ax, "short")
    assert mark.get_marker() == "v"
    assert list(mark.get_xdata()) == [8, 9, 10]


def test_an_unmeasured_rep_is_a_cross_and_no_bar(ax, tired_reps):
    draw_reps(ax, tired_reps, "right")
    (cross,) = named(ax, "unmeasured")
    assert (cross.get_marker(), list(cross.get_xdata())) == ("x", [4])
    assert any("not measured: rep 4" in word for word in words(ax))


def test_only_the_first_rep_of_the_last_run_is_annotated(ax, tired_reps):
    tired_reps.at[1, "faults"] = ["incomplete_return"]
    tired_reps.loc[1, "return_error_deg"] = 2.5
    draw_reps(ax, tired_reps, "right")
    assert [word for word in words(ax) if "stop" in word] == ["from rep 8 it stops short"]
    assert {line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1 and len(line.get_xdata()) == 2} == {7.5}


def test_a_run_that_ends_before_the_set_is_named_with_both_ends(make_reps):
    assert "reps 2–3 stop short" in describe_reps(make_reps([0.0, 3.0, 3.0, 0.0]), "left")
    assert "rep 2 stops short" in describe_reps(make_reps([0.0, 3.0, 0.0]), "left")


def test_an_unmeasured_rep_does_not_break_the_run(make_reps):
    reps = make_reps([0.0, 3.0, 3.0, 3.0])
    reps.loc[2, ["top_deg", "bottom_deg", "return_error_deg"]] = np.nan
    reps.at[2, "faults"] = []
    assert "from rep 2 it stops short" in describe_reps(reps, "left")


def test_a_hike_lies_above_the_level_line(ax, make_reps):
    draw_reps(ax, make_reps([-1.5, 0.0]), "left")
    assert bars_of(ax, side_style("left").colour)[0] == (1, -8.0, 1.5)


def test_reps_not_counted_are_open_bars(ax, make_reps):
    reps = make_reps([0.5, 0.5, 0.5])
    reps.loc[1, "kind"] = "partial"
    draw_reps(ax, reps, "left")
    assert [n for n, _, _ in bars_of(ax, "white")] == [2]
    assert "2 of 2 come back to level" in words(ax)
    assert any("open bar: not counted" in word for word in words(ax))


def test_without_a_level_the_bars_hang_from_the_highest_top(ax, make_reps):
    reps = make_reps([np.nan] * 3)
    reps["top_deg"], reps["bottom_deg"] = [5.0, 4.0, 2.0], [-3.0, -4.0, -5.0]
    draw_reps(ax, reps, "left")
    # The highest top, 5°, becomes 0.
    assert bars_of(ax, side_style("left").colour) == [(1, -8, 0), (2, -9, -1), (3, -10, -3)]
    assert "3 reps, level unknown" in words(ax)
    assert "level" not in words(ax)
    assert len(ax.patches) == 3  # three bars and no band around a level that is not known


def test_reps_in_words(tired_reps):
    assert describe_reps(tired_reps, "right") == (
        "Every rep, right leg standing: 6 of 9 come back to level; from rep 8 it stops short; "
        "typical lowest position 8.0° below level; 1 not measured."
    )


def test_two_sides_share_one_axis_that_holds_both(make_reps):
    _, (left, right) = new_figure(182, 60, columns=2)
    draw_reps(left, make_reps([0.5], bottom_deg=-16.0), "left")
    draw_reps(right, make_reps([0.5], side="right"), "right")
    assert left.get_ylim() == right.get_ylim()
    assert left.get_ylim()[0] < -16.0


@pytest.mark.parametrize(("column", "told"), [("faults", "missing column 'faults'"), ("top_deg", "missing column 'top_deg'")])
def test_reps_need_measures_and_faults(ax, tired_reps, column, told):
    with pytest.raises(ValueError, match=told):
        draw_reps(ax, tired_reps.drop(columns=column), "right")


def test_reps_refuse_two_sets_no_set_and_an_unknown_side(ax, tired_reps):
    with pytest.raises(ValueError, match="got 2 sets"):
        draw_reps(ax, tired_reps.assign(set=[1] * 5 + [2] * 5), "right")
    with pytest.raises(ValueError, match="got 0 sets"):
        draw_reps(ax, tired_reps.iloc[:0], "right")
    with pytest.raises(ValueError, match="side: expected left or right, got 'both'"):
        draw_reps(ax, tired_reps, "both")


# --- Progress --------------------------------------------------------------------------------------------------------------------------------------
def points(ax: Axes, gid: str) -> list[tuple[str, float]]:
    return [(str(mdates.num2date(ax.convert_xunits(x)).date()), float(y)) for line in named(ax, gid) for x, y in zip(*line.get_data(), strict=True)]


def test_capped_sets_are_open_arrows_and_exact_ones_filled(ax, history):
    draw_progress(ax, history, "left")
    assert points(ax, "capped") == [("2026-01-05", 20.0), ("2026-01-08", 25.0)]
    assert points(ax, "exact") == [("2026-01-12", 27.0)]
    (arrow,), (filled,) = named(ax, "capped"), named(ax, "exact")
    assert arrow.get_marker() is AT_LEAST
    assert arrow.get_markerfacecolor() == "white"
    assert (filled.get_marker(), filled.get_markerfacecolor()) == ("o", side_style("left").colour)


def test_a_recorded_set_counts_its_clean_reps_and_is_then_exact(ax, history):
    draw_progress(ax, history, "right")
    assert points(ax, "exact") == [("2026-01-05", 18.0), ("2026-01-08", 22.0)]
    assert points(ax, "pain") == [("2026-01-12", 10.0)]
    assert named(ax, "pain")[0].get_marker() == "x"
    assert named(ax, "capped") == []
    assert "clean reps where recorded" in words(ax)


def test_points_are_never_joined_and_the_goal_is_a_line(ax, history):
    draw_progress(ax, history, "left", goal=40)
    for gid in ("capped", "exact"):
        assert {line.get_linestyle() for line in named(ax, gid)} == {"None"}
    assert any(list(line.get_ydata()) == [40, 40] for line in ax.lines)
    assert "goal: 40 reps" in words(ax)


def test_only_marks_that_occur_are_explained(ax, history):
    draw_progress(ax, history, "left")
    assert "stopped by pain" not in words(ax)
    assert "at least: stopped at the target" in words(ax)


def test_progress_in_words(history):
    assert describe_progress(history, "right") == (
        "Last set, clean reps where recorded, right leg standing: 10 on 12 Jan 2026, goal 45; "
        "0 of 3 sets stopped at their target and only say at least."
    )
    assert "at least 25 on 8 Jan 2026" in describe_progress(history[history["session"] < 3], "left")


def test_one_session_is_enough(ax, history):
    draw_progress(ax, history.head(1), "left")
    low, high = ax.get_xlim()
    assert low < mdates.date2num(pd.Timestamp("2026-01-05")) < high


def test_progress_refuses_a_side_never_logged_and_two_athletes(ax, history):
    with pytest.raises(ValueError, match="expected sessions with right stance, got sides left"):
        draw_progress(ax, history[history["side"].eq("left")], "right")
    with pytest.raises(ValueError, match="got 2 athletes"):
        draw_progress(ax, history.assign(athlete_id=["A01"] * 3 + ["A02"] * 3), "left")


def test_figures_keep_no_state_outside_their_axes(tired_reps):
    fig = Figure()
    _, other = fig.subplots(1, 2)
    draw_reps(fig.axes[0], tired_reps, "right")
    assert not other.has_data()


# --- Words and data keep apart ------------------------------------------------------------------------------------------------------------------
def test_notes_stand_above_bars_that_hang_from_the_top(make_reps):
    reps = make_reps([np.nan] * 6)
    reps.loc[5, "kind"] = "partial"
    fig, (ax,) = new_figure(88, 58)
    draw_reps(ax, reps, "right")
    fig.draw(renderer := FigureCanvasAgg(fig).get_renderer())
    (notes,) = [text for text in ax.texts if "level unknown" in text.get_text()]
    assert notes.get_text().count("\n") == 1  # one below the other
    highest = ax.transData.transform((0, 0))[1]
    assert notes.get_window_extent(renderer).y0 > highest
    assert ax.get_window_extent().width > 0.8 * fig.bbox.width  # a long note does not make the panel narrow


def test_marks_are_explained_where_no_point_is(ax, history):
    low = history[history["side"].eq("left")].tail(1).assign(reps_last=3, reps_min=3, date=pd.Timestamp("2026-01-14"), session=4)
    draw_progress(ax, pd.concat([history[history["side"].eq("left")], low]), "left")
    ax.figure.draw_without_rendering()
    words = [text.get_window_extent() for text in ax.texts if text.get_text() in WORDS.values()]
    points = [ax.transData.transform(place) for line in ax.lines if line.get_gid() in WORDS for place in line.get_xydata()]
    assert len(words) == 2 and len(points) == 4
    assert not [place for place in points for box in words if box.padded(3).contains(*place)]

"""The movement's figures: mean, scatter, and what was found in the recording."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.curves import describe_angles, describe_waveform, draw_angles, draw_waveform
from hiphitch_analysis.report.palette import side_style


@pytest.fixture
def ax() -> Axes:
    return new_figure(182, 50)[1][0]


def named(ax: Axes, gid: str) -> list:
    return [artist for artist in (*ax.lines, *ax.patches) if artist.get_gid() == gid]


def test_the_mean_is_the_raised_cosine_it_was_made_of(ax, angles, tired_reps):
    draw_waveform(ax, angles, tired_reps, "right")
    (mean,) = named(ax, "mean-right")
    percent, degrees = mean.get_data()
    # Between two samples of 0.02 s the straight line departs from the cosine by at most 8·π²/8·(0.02/2)² ≈ 0.001°.
    np.testing.assert_allclose(degrees, -4.0 * (1 - np.cos(2 * np.pi * np.asarray(percent) / 100)), atol=0.002)
    assert mean.get_linestyle() == side_style("right").line == "--"


def test_unmeasured_reps_are_left_out_of_the_mean(ax, angles, tired_reps):
    draw_waveform(ax, angles, tired_reps, "right")
    assert len(named(ax, "single")) == 9
    assert "of 9 reps" in ax.get_xlabel()


def test_without_a_level_there_is_no_level_line(angles, tired_reps):
    _, (known, unknown) = new_figure(182, 60, columns=2)
    draw_waveform(known, angles, tired_reps, "left")
    draw_waveform(unknown, angles, tired_reps.assign(return_error_deg=np.nan), "left")
    assert len(known.lines) == len(unknown.lines) + 1


def test_a_single_rep_has_no_scatter(ax, angles, tired_reps):
    draw_waveform(ax, angles, tired_reps.head(1), "left")
    (band,) = ax.collections
    assert band.get_paths()[0].vertices[:, 1].min() == pytest.approx(-8.0, abs=0.01)  # the curve itself


def test_waveform_refuses_a_set_without_a_whole_rep(ax, angles, tired_reps):
    with pytest.raises(ValueError, match="at least one complete, measured repetition"):
        draw_waveform(ax, angles, tired_reps.assign(kind="partial"), "left")
    with pytest.raises(ValueError, match="one repetition without a gap"):
        draw_waveform(ax, angles.assign(obliquity_deg=np.nan), tired_reps, "left")


def test_waveform_in_words(angles, tired_reps):
    assert describe_waveform(angles, tired_reps, "left") == (
        "Mean of 9 reps, left leg standing: obliquity from 0° down to −8° at 50 per cent of the rep, back to 0°."
    )


def test_every_rep_is_marked_at_its_lowest_point(ax, angles, tired_reps):
    draw_angles(ax, angles, tired_reps, quiet_s=(0.5, 3.5))
    assert [mark.get_xdata()[0] for mark in named(ax, "bottom")] == list(tired_reps["bottom_s"])
    assert [mark.get_ydata()[0] for mark in named(ax, "bottom")] == pytest.approx([-8.0] * 10, abs=0.01)
    assert [(span.get_x(), span.get_x() + span.get_width()) for span in named(ax, "rep")] == list(
        zip(tired_reps["start_s"], tired_reps["end_s"], strict=True)
    )


def test_quiet_stance_is_shaded(ax, angles, tired_reps):
    draw_angles(ax, angles, tired_reps, quiet_s=(0.5, 3.5))
    (span,) = named(ax, "quiet")
    assert (span.get_x(), span.get_width()) == (0.5, 3.0)


def test_reps_not_counted_are_outlined_and_named(ax, angles, tired_reps):
    tired_reps.loc[4, "kind"] = "partial"
    draw_angles(ax, angles, tired_reps)
    (span,) = named(ax, "partial")
    assert span.get_facecolor()[3] == 0.0
    assert "partial" in [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="left") == "9 reps counted, 1 partial left out"
    assert named(ax, "quiet") == []


def test_a_gap_stays_a_gap(ax, angles, tired_reps):
    angles.loc[10.0:11.0, "obliquity_deg"] = np.nan
    draw_angles(ax, angles, tired_reps)
    (line,) = named(ax, "obliquity")
    assert np.isnan(line.get_ydata()).sum() == angles["obliquity_deg"].isna().sum() > 0


def test_a_recording_without_reps_is_still_drawn(ax, angles, tired_reps):
    draw_angles(ax, angles, tired_reps.iloc[:0])
    assert ax.get_title(loc="left") == "0 reps counted"
    assert describe_angles(angles, tired_reps.iloc[:0]) == "Whole recording, 28 s: 0 reps counted; obliquity between −8° and 0°."

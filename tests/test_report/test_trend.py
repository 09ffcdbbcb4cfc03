"""A measure's course: what is drawn where, and what the words say."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hiphitch_analysis.progress.trends import fit_trend
from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.trend import describe_trend, draw_trend

WEEK = np.arange(9.0)
WOBBLE = np.array([0.1, -0.1, 0.1, -0.1, 0.0, -0.1, 0.1, -0.1, 0.1])


@pytest.fixture
def ax() -> Axes:
    return new_figure(182, 60)[1][0]


@pytest.fixture
def form() -> pd.DataFrame:
    """Left 60 and right 56 at the beginning, both 2 points better each week, and a wobble without slope."""
    sides = {"left": 60.0, "right": 56.0}
    return pd.concat([pd.DataFrame({"athlete_id": "A01", "week": WEEK, "side": s, "form_score": at + 2 * WEEK + WOBBLE}) for s, at in sides.items()])


def named(ax: Axes, gid: str) -> list:
    return [line for line in (*ax.lines, *ax.patches) if line.get_gid() == gid]


def test_lines_and_days_are_where_they_were_measured(ax, form):
    draw_trend(ax, fit_trend(form, "form_score", time="week"), "A01")
    for side, at in (("left", 60.0), ("right", 56.0)):
        (line,), (days,) = named(ax, f"line-{side}"), named(ax, f"days-{side}")
        np.testing.assert_allclose(line.get_ydata()[[0, -1]], [at, at + 16.0], atol=0.05)  # the wobble's mean is not quite zero
        np.testing.assert_allclose(days.get_xdata(), WEEK)
        np.testing.assert_allclose(days.get_ydata(), at + 2 * WEEK + WOBBLE)


def test_the_grey_band_lies_about_the_beginning(ax, form):
    draw_trend(ax, fit_trend(form, "form_score", time="week"), "A01")
    (band,) = named(ax, "mdc95")
    assert isinstance(band, Rectangle)
    assert band.get_y() == pytest.approx(58.0 - 8.2, abs=0.05) and band.get_height() == pytest.approx(16.4)
    assert any("two recordings differ by up to 8.2 by chance" in text.get_text() for text in ax.texts)


def test_no_band_where_no_limit_is_known(ax, form):
    draw_trend(ax, fit_trend(form.rename(columns={"form_score": "rpe"}).assign(rpe=lambda t: t["rpe"] / 10), "rpe"), "A01")
    assert named(ax, "mdc95") == [] and not any("grey" in text.get_text() for text in ax.texts)


def test_the_finding_is_the_title(ax, form):
    draw_trend(ax, fit_trend(form, "form_score", time="week"), "A01")
    assert ax.get_title(loc="left") == "Form has become better"
    assert ax.get_title(loc="right").startswith("+2.0 points a week, between +")


def test_everything_lies_within_the_axes(ax, form):
    trend = fit_trend(form, "form_score")
    draw_trend(ax, trend, "A01")
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert trend.points["week"].between(left, right).all() and trend.points["value"].between(bottom, top).all()


@pytest.mark.parametrize(
    "change", [lambda t: t.assign(form_score=85.0), lambda t: t[t["side"].eq("left")].head(2), lambda t: t[t["side"].eq("right")]]
)
def test_little_is_drawn_too(ax, form, change):
    trend = fit_trend(change(form), "form_score")
    draw_trend(ax, trend, "A01")
    ax.figure.canvas.draw()
    assert describe_trend(trend, "A01").startswith("Form on ")


def test_names_of_sides_that_end_together_stand_apart(ax, form):
    draw_trend(ax, fit_trend(form.assign(form_score=np.tile(60 + 2 * WEEK + WOBBLE, 2)), "form_score"), "A01")
    left, right = (next(text for text in ax.texts if text.get_text() == side) for side in ("left", "right"))
    assert abs(left.get_position()[1] - right.get_position()[1]) >= 10  # points: the height of a line of this size


def test_in_words(form):
    told = describe_trend(fit_trend(form, "form_score", time="week"), "A01")
    assert told.startswith("Form on 9 days, form score, 0–100: left from 60 to 76; right from 56 to 72. Form has become better: +2.0 points a week")


def test_who_is_not_there_is_refused(ax, form):
    trend = fit_trend(form, "form_score")
    with pytest.raises(ValueError, match="expected one of A01, got 'B'"):
        draw_trend(ax, trend, "B")
    with pytest.raises(ValueError, match="no words"):
        draw_trend(ax, fit_trend(form.rename(columns={"form_score": "other"}), "other"), "A01")

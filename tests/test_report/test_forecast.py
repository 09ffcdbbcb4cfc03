"""Where each leg is going: bands, today, and the date on the goal line."""

import pandas as pd
import pytest

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.forecast import describe_forecast, draw_forecast
from hiphitch_analysis.report.timeline import WORDS

TODAY = pd.Timestamp("2026-01-12")
DATES = {name: pd.Timestamp(day) for name, day in (("p10", "2026-02-10"), ("p25", "2026-02-20"), ("median", "2026-03-01"), ("p75", "2026-03-20"))}


@pytest.fixture
def course():
    days = pd.date_range("2026-01-04", "2026-05-05", freq="4D")
    table = pd.DataFrame({"date": days, "side": "left", "median": [25.0 + 0.5 * i for i in range(len(days))]})
    return table.assign(p10=lambda t: t["median"] - 4, p25=lambda t: t["median"] - 2, p75=lambda t: t["median"] + 2, p90=lambda t: t["median"] + 4)


def draw(history, course, dates):
    _, (ax,) = new_figure(88, 60)
    return draw_forecast(ax, history, course, dates, TODAY, "left")


def test_what_lies_behind_is_solid_and_what_lies_ahead_dashed(history, course):
    ax = draw(history, course, DATES | {"p90": pd.Timestamp("2026-04-10")})
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2 and line.get_linestyle() in ("-", "--") and line.get_marker() == "None"]
    behind, ahead = lines
    assert behind.get_linestyle() == "-" and ahead.get_linestyle() == "--"
    assert behind.get_xdata()[-1] == ahead.get_xdata()[0]  # one line, without a gap
    assert len(ax.collections) == 2 and "today" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("dates", "ends", "words"),
    [
        (DATES | {"p90": pd.Timestamp("2026-04-10")}, ("2026-02-10", "2026-04-10"), "about 1 Mar"),
        (DATES | {"p90": None}, ("2026-02-10", "2026-05-04"), "about 1 Mar"),  # open to the right: sixteen weeks ahead
        (dict.fromkeys(("p10", "p25", "median", "p75", "p90")), None, None),  # not in sight
        (dict.fromkeys(("p10", "p25", "median", "p75", "p90"), pd.Timestamp("2026-01-05")), None, None),  # reached already
    ],
)
def test_the_date_lies_on_the_goal_line(history, course, dates, ends, words):
    ax = draw(history, course, dates)
    bars = [line for line in ax.lines if line.get_gid() == "date"]
    assert [tuple(f"{pd.Timestamp(x):%Y-%m-%d}" for x in bar.get_xdata()) for bar in bars] == ([ends] if ends else [])
    assert all(set(bar.get_ydata()) == {45} for bar in bars)
    assert any((text.get_text() == words) for text in ax.texts) is (words is not None)


def test_in_words(course):
    told = describe_forecast(course, DATES, TODAY, "left")
    assert told.startswith("A third set, left leg standing, would now come to 26 repetitions, between 22 and 30 8 times in 10; ")
    assert told.endswith("3 × 45 on both sides: about 1 Mar 2026.")
    assert describe_forecast(course, {"median": None}, TODAY, "left").endswith("not in sight.")


def test_the_explanation_of_the_marks_lies_on_nothing(history, course):
    ax = draw(history, course, DATES | {"p90": pd.Timestamp("2026-04-10")})
    ax.figure.draw_without_rendering()
    words = [text.get_window_extent() for text in ax.texts if text.get_text() in WORDS.values()]
    drawn = [line for line in ax.lines if line.get_gid() in WORDS or len(line.get_xdata()) > 2]
    places = [tuple(place) for line in drawn for place in line.get_transform().transform(line.get_xydata())]
    assert len(words) == 2 and len(places) > 30
    assert not [place for place in places for box in words if box.contains(*place)]

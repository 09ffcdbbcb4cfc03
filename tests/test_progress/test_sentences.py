"""What a coach is told of a trend, and its numbers in JSON."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.norms import FORM_SCORE_MDC95
from hiphitch_analysis.progress.sentences import describe_trends, say_trend
from hiphitch_analysis.progress.trends import fit_trend
from hiphitch_analysis.simulate.log import simulate_log


def weekly(values, measure="form_score", who="A01"):
    return pd.DataFrame({"athlete_id": who, "side": "left", "week": np.arange(len(values), dtype=float), measure: values})


WOBBLE = np.array([0.1, -0.1, 0.1, -0.1, -0.1, 0.1, -0.1, 0.1])  # neither slope nor level


def test_a_large_change_is_set_against_what_recordings_differ_by():
    told = say_trend(fit_trend(weekly(60 + 2.0 * np.arange(8) + WOBBLE), "form_score"), "A01")
    assert told.startswith("Form has become better: +2.0 points a week, between +")
    assert told.endswith("; +14 points in 7 weeks, more than the 8.2 by which two recordings differ by chance.")


def test_a_small_sure_change_is_said_to_be_small():
    told = say_trend(fit_trend(weekly(90 - 0.5 * np.arange(8) + WOBBLE), "form_score"), "A01")
    assert "has become worse: −0.50 points a week" in told
    assert "less than the 8.2 by which two recordings differ by chance: only many recordings together show it" in told


def test_no_measurable_change_is_not_called_none():
    told = say_trend(fit_trend(weekly(70 + 60 * WOBBLE), "form_score"), "A01")
    assert told.startswith("Form has not changed measurably: ") and "is not ruled out." in told
    told = say_trend(fit_trend(weekly(70 + WOBBLE), "form_score"), "A01")
    assert told.startswith("Form has not changed measurably: ") and "ruled out" not in told


@pytest.mark.parametrize(
    ("measure", "slope", "words"),
    [
        ("pain", -0.3, "Pain has fallen: −0.30 points a week"),
        ("rpe", 0.3, "Exertion has risen: +0.30 points a week"),
        ("return_error_deg", -0.3, "What is missing to level has shrunk: −0.30° a week"),
        ("rep_s", 0.3, "The time of a repetition has become longer: +0.30 s a week"),
    ],
)
def test_each_measure_has_its_words(measure, slope, words):
    told = say_trend(fit_trend(weekly(4 + slope * np.arange(8) + 0.1 * WOBBLE, measure), measure), "A01")
    assert told.startswith(words) and "two recordings" not in told


def test_who_is_not_there_is_refused():
    with pytest.raises(ValueError, match="expected one of A01, got 'B'"):
        say_trend(fit_trend(weekly(np.arange(8.0)), "form_score"), "B")


def test_the_limit_is_the_studys():
    assert FORM_SCORE_MDC95.low < FORM_SCORE_MDC95.value < FORM_SCORE_MDC95.high and "study faults" in FORM_SCORE_MDC95.source


@pytest.fixture(scope="module")
def season():
    """A log of three, and recordings of the first from the second week on: form rises by exactly 2 points a week."""
    log = simulate_log(athletes=3, weeks=6, seed=2).log
    first = log["athlete_id"].iloc[0]
    began = pd.to_datetime(log.loc[log["athlete_id"].eq(first), "date"]).min()
    days = began + pd.to_timedelta(7 * np.arange(1, 7), unit="D")
    sessions = pd.DataFrame({"athlete_id": first, "date": days, "side": "left", "form_score": 60 + 2.0 * np.arange(6)})
    return log, sessions


def test_entries_are_plain_json_in_the_order_of_athletes(season):
    log, sessions = season
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        entries = describe_trends(log, sessions)
    assert json.loads(json.dumps(entries, allow_nan=False)) == entries
    assert [e["athlete_id"] for e in entries] == sorted(e["athlete_id"] for e in entries)
    assert {"form_score", "rpe", "pain"} == {e["measure"] for e in entries}
    form = next(e for e in entries if e["measure"] == "form_score")
    assert (form["first_week"], form["last_week"], form["n_days"]) == (1.0, 6.0, 6)  # weeks since the first day in either table
    assert form["per_week"] == pytest.approx(2.0) and form["change"] == pytest.approx(10.0)
    assert form["changed"] is True and form["beyond_mdc95"] is True and form["mdc95"] == 8.2


def test_tables_are_not_changed(season):
    log, sessions = season
    before = log.copy(), sessions.copy()
    describe_trends(log, sessions)
    pd.testing.assert_frame_equal(log, before[0])
    pd.testing.assert_frame_equal(sessions, before[1])


def test_what_was_not_logged_is_not_told():
    log = simulate_log(athletes=1, weeks=3, seed=1).log
    assert {e["measure"] for e in describe_trends(log.drop(columns="rpe"))} == {"pain"}
    assert describe_trends(log.assign(rpe=np.nan, pain=np.nan)) == []
    assert describe_trends(log.iloc[:0]) == []


def test_one_day_is_said_to_be_one():
    log = simulate_log(athletes=2, weeks=4, seed=1).log
    second = log["athlete_id"].unique()[1]
    once = log[log["athlete_id"].ne(second) | log["session"].eq(1)]
    entry = next(e for e in describe_trends(once) if e["athlete_id"] == second and e["measure"] == "rpe")
    assert "one day so far" in entry["sentence"] and entry["per_week"] is None and entry["changed"] is None
    assert entry.keys() == describe_trends(log)[0].keys()

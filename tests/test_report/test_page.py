"""Fragments of a page: the words, and that nothing from a file comes through as markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiphitch_analysis.progress.plan import Prescription
from hiphitch_analysis.report.export import clean
from hiphitch_analysis.report.page import (
    Answer,
    answer_plan,
    esc,
    write_answers,
    write_headline,
    write_note,
    write_section,
    write_table,
    write_top,
    write_unseen,
)

EVIL = "<img src=x onerror=alert(1)>"
PLAN = Prescription("A01", "repeat", 3, 30, 0.0, "Repeat 3 × 30. Once more.", "Why.", "once more", 3, 4, 3, False)


@pytest.mark.parametrize(
    "fragment",
    [
        write_top(EVIL, [EVIL], page=EVIL, example=True),
        write_headline(EVIL, EVIL),
        write_answers([Answer(EVIL, EVIL, EVIL)]),
        write_section(EVIL, EVIL),
        write_table([EVIL], [[EVIL, EVIL]]),
        write_unseen([EVIL]),
        write_note(EVIL),
    ],
)
def test_markup_from_outside_comes_out_as_words(fragment):
    assert "<img" not in fragment.text
    assert "&lt;img" in fragment.text
    assert fragment._repr_html_().endswith(fragment.text)
    assert str(clean(fragment._repr_html_())) == str(clean(fragment.text))  # a page has its own looks


@given(st.text())
def test_escaped_text_holds_nothing_that_html_reads(text):
    assert not set(esc(text)) & set("<>\"'")


def test_only_example_data_carries_the_badge():
    assert "EXAMPLE DATA" in write_top("A01", [], example=True).text
    assert "EXAMPLE DATA" not in write_top("A01", []).text


def test_three_answers_of_a_plan():
    following, date, weight = answer_plan(PLAN)
    assert following.answer == "3 × 30 on each side"
    assert date.answer == "no date yet"  # the rules look back only
    assert weight.answer == "not yet"


@pytest.mark.parametrize(
    ("changes", "following", "weight"),
    [
        ({"action": "rest", "sets": 0, "reps": 0}, "rest", "not yet"),
        ({"action": "add ankle weight", "ankle_kg": 0.5, "ready_for_ankle_weight": True}, "3 × 30 on each side with 0.5 kg", "start with 0.5 kg"),
        ({"ankle_kg": 1.0}, "3 × 30 on each side with 1 kg", "stay at 1 kg"),
    ],
)
def test_answers_follow_the_plan(changes, following, weight):
    values = {name: getattr(PLAN, name) for name in PLAN.__slots__} | changes
    answers = answer_plan(Prescription(**values))
    assert (answers[0].answer, answers[2].answer) == (following, weight)


def test_limits_are_sentences_written_once():
    text = write_unseen(["no magnet", "no magnet", "", "Rep 3 is missing."]).text
    assert text.count("<li>") == 2
    assert "<li>No magnet.</li><li>Rep 3 is missing.</li>" in text


def test_no_limits_is_said_and_not_left_empty():
    assert "Nothing was missing" in write_unseen([]).text


def test_a_page_needs_a_headline():
    with pytest.raises(ValueError, match="headline: expected a sentence"):
        write_headline(" ", "reason")

"""The stack of edits, and what they are said to do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiphitch_analysis.interactive.edits import Correction, Edits, add_rep, begin_edits, edits_to_table, keep_rep, move_rep, redo, reset_rep, undo
from hiphitch_analysis.interactive.effects import describe_rep, list_effects, summarise_side

FOUND = pd.DataFrame({"rep": [1, 2, 3], "start_s": [1.0, 4.0, 7.0], "bottom_s": [2.0, 5.0, 8.0], "end_s": [3.0, 6.0, 9.0]})

times = st.tuples(*[st.floats(0, 20)] * 3)
number = st.integers(1, 3)
one_edit = st.one_of(
    st.tuples(st.just(move_rep), number, times),
    st.tuples(st.just(keep_rep), number, st.booleans()),
    st.tuples(st.just(add_rep), times),
    st.tuples(st.just(reset_rep), number),
)


def do(edits, edit):
    act, *arguments = edit
    return act(edits, *arguments) if act is reset_rep else act(edits, FOUND, *arguments)


@settings(max_examples=50, deadline=None)
@given(st.lists(one_edit, max_size=8), one_edit)
def test_undo_takes_one_edit_back_and_redo_does_it_again(before, edit):
    edits = Edits()
    for one in before:
        edits = do(edits, one)
    after = do(edits, edit)
    if after.now == edits.now:  # it changed nothing, and there is nothing to take back
        assert after == edits
    else:
        assert undo(after).now == edits.now and undo(after).past == edits.past
        assert redo(undo(after)) == after
        assert redo(after) == after  # a new edit ends what could be done again


@settings(max_examples=50, deadline=None)
@given(st.lists(one_edit, max_size=8))
def test_a_table_says_what_the_edits_are(made):
    edits = Edits()
    for one in made:
        edits = do(edits, one)
    assert begin_edits(edits_to_table(edits, "x")).now == edits.now
    while edits.past:
        edits = undo(edits)
    assert edits.now == () == Edits().now and undo(edits) == edits


def test_only_what_differs_is_a_correction():
    assert move_rep(Edits(), FOUND, 2, (4.0, 5.0, 6.0)) == Edits()
    moved = move_rep(Edits(), FOUND, 2, (4.0, 5.1234, 5.76))
    assert moved.now == (Correction(2, None, 5.123, 5.76),)
    out = keep_rep(moved, FOUND, 2, False)
    assert out.now == (Correction(2, None, 5.123, 5.76, False),) and keep_rep(out, FOUND, 2, True).now == moved.now
    assert reset_rep(out, 2).now == ()


def test_what_was_added_has_the_next_number_and_is_gone_when_left_out():
    edits = add_rep(add_rep(Edits(), FOUND, (10, 11, 12)), FOUND, (13, 14, 15))
    assert [one.rep for one in edits.now] == [4, 5]
    edits = move_rep(edits, FOUND, 5, (13.5, 14, 15))
    assert edits.now[1] == Correction(5, 13.5, 14.0, 15.0)
    assert [one.rep for one in keep_rep(edits, FOUND, 4, False).now] == [5]
    with pytest.raises(ValueError, match="rep 6: expected one of 5"):
        move_rep(edits, FOUND, 6, (1, 2, 3))


def make_reps(**changed):
    reps = pd.DataFrame(
        {
            "rep": [1, 2, 3],
            "side": "right",
            "kind": "complete",
            "start_s": [1.0, 4.0, 7.0],
            "bottom_s": [2.0, 5.0, 8.0],
            "end_s": [3.0, 6.62, 9.0],
            "lower_s": 1.0,
            "raise_s": [1.0, 1.62, 1.0],
            "drop_deg": 8.0,
            "return_error_deg": [0.2, 2.9, -0.1],
            "faults": [[], ["incomplete_return"], []],
            "unmeasured": None,
        }
    )
    return reps.assign(found_rep=reps["rep"], **changed)


def test_effects_are_said_as_the_report_will_say_them():
    before = make_reps()
    moved = make_reps(end_s=[3.0, 6.38, 9.0], raise_s=[1.0, 1.38, 1.0])
    (row,) = list_effects((Correction(2, end_s=6.38),), before, moved)
    assert row == {
        "side": "right",
        "rep": "2",
        "what": "end moved",
        "before": "6.62 s",
        "after": "6.38 s",
        "effect": "raise 1.62 → 1.38 s; fault unchanged",
    }
    healed = make_reps(end_s=[3.0, 6.9, 9.0], raise_s=[1.0, 1.9, 1.0], faults=[[], ["tempo_too_fast"], []])
    assert list_effects((Correction(2, end_s=6.9),), before, healed)[0]["effect"] == (
        "raise 1.62 → 1.90 s; fault gone: incomplete return; new fault: tempo too fast"
    )
    partial = make_reps(kind=["complete", "partial", "complete"], end_s=[3.0, 5.4, 9.0], raise_s=[1.0, 0.4, 1.0])
    assert list_effects((Correction(2, end_s=5.4),), before, partial)[0]["effect"] == "raise 1.62 → 0.40 s; now partial; reps 3 → 2"


def test_counts_run_on_from_edit_to_edit():
    out = make_reps(kind=["left out", "complete", "left out"])
    edits = (Correction(1, keep=False), Correction(3, keep=False))
    effects = [row["effect"] for row in list_effects(edits, make_reps(), out)]
    assert effects == ["reps 3 → 2; never counted as zero", "reps 2 → 1; never counted as zero"]
    added = pd.concat([make_reps(), make_reps().iloc[2:].assign(rep=4, found_rep=4, start_s=10.0, end_s=12.0)], ignore_index=True)
    assert list_effects((Correction(4, 10.0, 11.0, 12.0),), make_reps(), added) == [
        {"side": "right", "rep": "4", "what": "added", "before": "not found", "after": "10.00–12.00 s", "effect": "reps 3 → 4"}
    ]


def test_one_that_was_not_counted_is_said_to_be_so():
    before = make_reps(kind=["partial", "complete", "complete"])
    out = make_reps(kind=["left out", "complete", "complete"])
    assert list_effects((Correction(1, keep=False),), before, out)[0]["effect"] == "not counted before: partial; never counted as zero"


def test_a_repetition_is_described_in_sentences():
    was, now = (make_reps(end_s=[3.0, end, 9.0]).to_dict("records")[1] for end in (6.62, 6.38))
    assert describe_rep(was, now) == ["The end was moved 0.24 s earlier.", "Drop 8.0°, 2.9° short of level.", "The fault stays: incomplete return."]
    assert describe_rep(was, was) == ["As found.", "Drop 8.0°, 2.9° short of level.", "Fault: incomplete return."]
    two = ["incomplete_return", "tempo_too_fast"]
    assert describe_rep(was, now | {"faults": two})[2:] == ["The fault stays: incomplete return.", "New fault: tempo too fast."]
    assert describe_rep(was | {"faults": two}, now | {"faults": two})[2] == "The faults stay: incomplete return, tempo too fast."
    assert describe_rep(None, now | {"faults": []}) == ["Added by hand.", "Drop 8.0°, 2.9° short of level."]
    assert describe_rep(was, now | {"faults": [], "return_error_deg": np.nan})[1:] == ["Drop 8.0°.", "The fault is gone: incomplete return."]
    assert describe_rep(was, now | {"kind": "left out"}) == ["Left out: not counted, and never a zero."]
    assert describe_rep(was, was | {"unmeasured": "gap in the data"})[1] == "Not measured: gap in the data."


def test_a_side_is_summed_up():
    assert summarise_side("right", make_reps()) == "RIGHT leg standing: 3 reps, 2 clean"
    assert summarise_side("right", make_reps(return_error_deg=np.nan)) == "RIGHT leg standing: 3 reps"
    assert summarise_side("left", make_reps()) == "LEFT leg standing: 0 reps"

"""Corrections on a cosine of known depth and tempo: what moves, goes or comes is told by the cosine alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiphitch_analysis.reps.corrections import apply_corrections, describe_corrections
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.measure import measure_reps

REP_S, DEPTH_DEG, FIRST_S, N = 2.0, 8.0, 3.0, 6
TIME = np.arange(0, 40, 0.01)


def make_angles(sides=False):
    """Six repetitions from 3 s on, one after the other; with sides six more from 25 s on, on the right leg."""
    moving = (TIME >= FIRST_S) & (TIME < FIRST_S + N * REP_S)
    if sides:
        moving |= (TIME >= 25) & (TIME < 25 + N * REP_S)
    begins = np.where(TIME < 20, FIRST_S, 25.0)
    obliquity = np.where(moving, -DEPTH_DEG / 2 * (1 - np.cos(2 * np.pi * (TIME - begins) / REP_S)), 0.0)
    angles = pd.DataFrame({"obliquity_deg": obliquity, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(TIME, name="time_s"))
    if sides:
        angles.insert(0, "side", np.where(TIME < 20, "left", "right"))
    return angles


def make_found(first=(FIRST_S,), side="left"):
    """The table of the same repetitions, written down instead of detected."""
    start = np.concatenate([at + REP_S * np.arange(N) for at in first])
    return pd.DataFrame(
        {
            "rep": np.arange(1, len(start) + 1),
            "set": np.repeat(np.arange(1, len(first) + 1), N),
            "side": np.repeat([side, "right"][: len(first)], N),
            "kind": "complete",
            "confidence": 0.99,
            "start_s": start,
            "bottom_s": start + REP_S / 2,
            "end_s": start + REP_S,
        }
    )


def corrections(*rows):
    table = pd.DataFrame(rows, columns=["rep", "start_s", "bottom_s", "end_s", "keep"]).assign(recording="x")
    return table.astype({"rep": "int64", "keep": "bool", "start_s": float, "bottom_s": float, "end_s": float})


ANGLES, FOUND = make_angles(), make_found()
EMPTY = np.nan


def test_without_corrections_the_table_is_as_it_came():
    for nothing in (corrections(), corrections((2, EMPTY, EMPTY, EMPTY, True)), corrections((2, 5.0, 6.0, 7.0, True))):
        assert apply_corrections(ANGLES, FOUND, nothing).equals(FOUND)


def test_an_end_moved_by_0_24_s_changes_the_raise_by_0_24_s_and_nothing_before_it():
    moved = apply_corrections(ANGLES, FOUND, corrections((3, EMPTY, EMPTY, 9.0 - 0.24, True)))
    before, after = measure_reps(ANGLES, FOUND), measure_reps(ANGLES, moved)
    assert after.loc[2, "raise_s"] == pytest.approx(before.loc[2, "raise_s"] - 0.24)
    assert after.loc[2, "pause_s"] == pytest.approx(0.24)
    # the cosine 0.24 s before its top; the 5 Hz low-pass takes 1e-2 of a 0.5 Hz cosine
    assert after.loc[2, "return_error_deg"] == pytest.approx(DEPTH_DEG / 2 * (1 - np.cos(np.pi * 0.24)), abs=0.05)
    assert moved["corrected"].fillna("").tolist() == ["", "", "moved", "", "", ""]
    assert moved["confidence"].isna().tolist() == [False, False, True, False, False, False]
    same = ["drop_deg", "lower_s", "top_deg", "bottom_deg"]
    assert after[same].equals(before[same]) and moved["kind"].eq("complete").all()


def test_what_is_left_out_counts_no_more_and_lengthens_no_pause():
    out = apply_corrections(ANGLES, FOUND, corrections((4, EMPTY, EMPTY, EMPTY, False)))
    assert out["kind"].tolist() == ["complete"] * 3 + ["left out"] + ["complete"] * 2
    assert out["rep"].tolist() == out["found_rep"].tolist() == [1, 2, 3, 4, 5, 6]
    assert measure_reps(ANGLES, out)["pause_s"].dropna().to_numpy() == pytest.approx(0, abs=1e-9)


def test_one_is_added_in_its_place_in_time_and_set():
    missed = FOUND.drop(index=2).assign(rep=range(1, N))
    added = apply_corrections(ANGLES, missed, corrections((6, 7.0, 8.0, 9.0, True)))
    assert added[["rep", "found_rep", "set", "start_s"]].to_numpy().tolist() == [
        [1, 1, 1, 3.0], [2, 2, 1, 5.0], [3, 6, 1, 7.0], [4, 3, 1, 9.0], [5, 4, 1, 11.0], [6, 5, 1, 13.0],
    ]  # fmt: skip
    assert added["kind"].eq("complete").all() and added["side"].eq("left").all()
    assert measure_reps(ANGLES, added).loc[2, "drop_deg"] == pytest.approx(DEPTH_DEG, abs=0.05)  # low-pass as above


def test_two_that_were_taken_for_one_and_the_other_way_round():
    whole = FOUND.drop(index=3).assign(rep=range(1, N)).reset_index(drop=True)
    whole.loc[2, "end_s"] = 11.0  # the third has swallowed the fourth
    split = apply_corrections(ANGLES, whole, corrections((3, EMPTY, EMPTY, 9.0, True), (6, 9.0, 10.0, 11.0, True)))
    assert split["start_s"].tolist() == FOUND["start_s"].tolist() and split["end_s"].tolist() == FOUND["end_s"].tolist()
    one = apply_corrections(ANGLES, FOUND, corrections((3, EMPTY, EMPTY, EMPTY, False), (4, EMPTY, EMPTY, EMPTY, False), (7, 7.0, 8.0, 11.0, True)))
    assert one["kind"].tolist() == ["complete"] * 5  # those left out have another in their place
    assert one["rep"].tolist() == [1, 2, 3, 4, 5] and one["found_rep"].tolist() == [1, 2, 7, 5, 6]


def test_a_raise_cut_below_half_is_partial_and_an_aborted_one_gets_a_raise():
    half = apply_corrections(ANGLES, FOUND, corrections((6, EMPTY, EMPTY, 14.0 + 0.4, True)))  # cos(0.4π): 35 % regained
    assert half["kind"].tolist()[-1] == "partial"
    given_up = FOUND.copy()
    given_up.loc[5, ["kind", "end_s"]] = ["aborted", 14.0]
    assert apply_corrections(ANGLES, given_up, corrections((6, EMPTY, EMPTY, 15.0, True)))["kind"].tolist()[-1] == "complete"
    lower = apply_corrections(ANGLES, given_up, corrections((6, EMPTY, 13.8, EMPTY, True)))
    assert lower.loc[5, ["kind", "bottom_s", "end_s"]].tolist() == ["aborted", 13.8, 13.8]


def test_sets_and_legs_of_what_is_added():
    angles, found = make_angles(sides=True), make_found((FIRST_S, 25.0))
    near = apply_corrections(angles, found, corrections((13, 16.0, 16.5, 17.0, True)))
    assert near.loc[near["corrected"].eq("added"), ["side", "set", "rep"]].to_numpy().tolist() == [["left", 1, 7]]
    only_right = found[6:].assign(set=1, rep=range(1, N + 1)).reset_index(drop=True)
    alone = apply_corrections(angles, only_right, corrections((7, 3.0, 4.0, 5.0, True)))
    assert alone["set"].tolist() == [1] + [2] * N and alone["side"].tolist() == ["left"] + ["right"] * N
    none = apply_corrections(ANGLES, FOUND.iloc[:0], corrections((1, 3.0, 4.0, 5.0, True)), "right")
    assert none[["rep", "set", "side", "kind"]].to_numpy().tolist() == [[1, 1, "right", "complete"]]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(2, EMPTY, EMPTY, 7.5, True)], "rep 2 (5 to 7.5 s) and rep 3 (7 to 9 s) overlap, expected one after the other"),
        ([(2, EMPTY, 8.0, EMPTY, True)], "rep 2 — expected start < bottom < end, got 5, 8 and 7 s"),
        ([(6, EMPTY, EMPTY, 41.0, True)], "rep 6 lies outside the recording — expected 0 to 39.99 s, got 13 to 41 s"),
        ([(7, EMPTY, 16.0, EMPTY, True)], "rep 7 is beyond the 6 found and adds one — expected its three times, got no start_s and end_s"),
        ([(7, 16.0, 17.0, 18.0, False)], "rep 7: there are only 6 repetitions to leave out — expected a number from 1 to 6, got 7 with keep false"),
        ([(7, 4.0, 4.5, 4.9, True)], "rep 1 (3 to 5 s) and rep 7 (added) (4 to 4.9 s) overlap"),
        ([(1, EMPTY, EMPTY, EMPTY, True), (1, EMPTY, EMPTY, EMPTY, False)], "rep 1 has more than one row"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(rows, told):
    with pytest.raises(ValueError, match=r"^corrections: ") as error:
        apply_corrections(ANGLES, FOUND, corrections(*rows))
    assert told in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("found", "told"),
    [(1, "rep 9: there is only 1 repetition to leave out — expected the number 1,"), (0, "rep 9: there is no repetition to leave out — expected no")],
)
def test_what_was_not_found_cannot_be_left_out(found, told):
    with pytest.raises(ValueError, match=told):
        apply_corrections(ANGLES, FOUND.iloc[:found], corrections((9, EMPTY, EMPTY, EMPTY, False)))


def test_nothing_reaches_from_one_leg_to_the_other():
    angles, found = make_angles(sides=True), make_found((FIRST_S, 25.0))
    with pytest.raises(ValueError, match="reaches from one leg to the other"):
        apply_corrections(angles, found, corrections((6, EMPTY, EMPTY, 21.0, True)))


def test_numbers_are_those_found_however_often_it_is_applied():
    file = corrections((2, EMPTY, EMPTY, EMPTY, False), (5, 11.1, EMPTY, EMPTY, True), (7, 16.0, 17.0, 18.0, True))
    once = apply_corrections(ANGLES, FOUND, file)
    assert apply_corrections(ANGLES, FOUND, file.iloc[::-1].reset_index(drop=True)).equals(once)
    assert describe_corrections(once) == "corrected by hand: 1 repetition moved, 1 left out, 1 added"
    assert describe_corrections(FOUND) == ""


def test_a_detected_table_can_be_corrected():
    found = detect_reps(ANGLES, "left")
    out = apply_corrections(ANGLES, found, corrections((1, EMPTY, EMPTY, EMPTY, False)))
    assert len(found) == N and out["kind"].eq("complete").sum() == N - 1


time_in_file = st.one_of(st.just(EMPTY), st.floats(0, 39.9).map(lambda t: round(t, 3)))
any_row = st.tuples(st.integers(1, N + 2), time_in_file, time_in_file, time_in_file, st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(any_row, max_size=4, unique_by=lambda row: row[0]))
def test_whatever_is_asked_is_refused_or_in_order(rows):
    try:
        reps = apply_corrections(ANGLES, FOUND, corrections(*rows))
    except ValueError as error:
        assert str(error).startswith("corrections: ")
        return
    kept = reps[reps["kind"].ne("left out")]
    assert (kept["start_s"] < kept["bottom_s"]).all() and (kept["bottom_s"] < kept["end_s"]).all()
    # times are written to the millisecond, so that neighbours may touch that much
    assert (kept["end_s"].to_numpy()[:-1] <= kept["start_s"].to_numpy()[1:] + 0.001).all()
    assert reps["start_s"].is_monotonic_increasing and reps["rep"].tolist() == list(range(1, len(reps) + 1))
    assert reps["set"].is_monotonic_increasing

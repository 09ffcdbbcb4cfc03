import pandas as pd
import pytest

from hiphitch_analysis.read import read_log
from hiphitch_analysis.read.merging import append_sets, merge_sets

EMPTY = pd.DataFrame(columns=["athlete_id", "date", "side", "set", "reps"])


def log(*rows, **columns):
    """Make a log of one athlete, left leg: (day of January, set, repetitions)."""
    table = pd.DataFrame([{"athlete_id": "A1", "date": pd.Timestamp(2026, 1, day), "side": "left", "set": k, "reps": reps} for day, k, reps in rows])
    return table.assign(**columns)


def added(merged):
    return [(row.date.day, row.set, row.reps) for row in merged.added.itertuples()]


def test_what_is_new_what_is_there_and_what_differs():
    merged = merge_sets(log((5, 1, 20), (5, 2, 18)), log((5, 1, 20), (5, 2, 19), (5, 3, 15), (7, 1, 21)))
    assert added(merged) == [(5, 3, 15), (7, 1, 21)]
    assert merged.present == 1
    assert merged.conflicts == ("A1 2026-01-05 left set 2: reps 18 in the log, 19 here",)


def test_a_figure_that_one_log_does_not_give_is_no_conflict():
    old = log((5, 1, 20), (5, 2, 20), (5, 3, 20), ankle_kg=[0.5, None, 1.0], stop_reason=["fatigue", None, "target"])
    new = log((5, 1, 20), (5, 2, 20), (5, 3, 20), ankle_kg=[0.5001, 0.5, 2.0], stop_reason=[None, "fatigue", "fatigue"], rpe=8.0)
    merged = merge_sets(old, new)
    assert (merged.present, merged.conflicts) == (
        2,
        ("A1 2026-01-05 left set 3: ankle_kg 1 in the log, 2 here, stop_reason target in the log, fatigue here",),
    )


def test_athletes_sides_and_days_are_kept_apart():
    new = log((5, 1, 20))
    for other in (new.assign(athlete_id="B2"), new.assign(side="right"), new.assign(date=pd.Timestamp(2026, 1, 6)), new.assign(set=2)):
        assert len(merge_sets(new, other).added) == 1
    assert len(merge_sets(EMPTY, new).added) == 1


def test_another_target_is_counted_and_left():
    merged = merge_sets(log((5, 1, 20), (5, 2, 20), target_reps=[20.0, None]), log((5, 1, 20), (5, 2, 20), target_reps=25.0))
    assert (merged.present, merged.other_target, merged.conflicts) == (2, 2, ())


@pytest.mark.parametrize(
    ("old", "new", "numbers"),
    [
        ([None], [None], [None]),
        ([7.0], [None], [7.0]),  # the log counts its sessions: the day has one
        ([None], [7.0], [None]),
        ([1.0, 2.0], [1.0, 2.0], [1.0, 2.0]),
        ([1.0, 2.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ([12.0, 13.0], [1.0, 2.0], [12.0, 13.0]),
        ([2.0], [1.0, 2.0], [1.0, 2.0]),
        ([None], [1.0, 2.0], "unclear"),
        ([7.0], [1.0, 2.0], "unclear"),
        ([1.0, 2.0], [None], "unclear"),
        ([None, 1.0], [1.0], "unclear"),
    ],
)
def test_sessions_of_a_day(old, new, numbers):
    """The first set of each session is in the log, as far as it has that session; the second is new."""
    there = pd.concat([log((5, 1, 20), session=number) for number in old], ignore_index=True)
    export = pd.concat([log((5, 1, 20), (5, 2, 19), session=number) for number in new], ignore_index=True)
    merged = merge_sets(there, export)
    if numbers == "unclear":
        assert merged.added.empty and "cannot be told apart; number the log's in its column 'session'" in merged.conflicts[0]
    else:
        sessions = merged.added.loc[merged.added["set"].eq(2), "session"]
        assert [None if pd.isna(number) else number for number in sessions] == numbers
        assert merged.present == sum(number in old or len(old) == len(new) for number in new) and not merged.conflicts


@pytest.mark.parametrize("session", [{}, {"session": 4.0}])
def test_merging_what_was_added_adds_nothing(session):
    new = log((5, 1, 20), (5, 2, 18), (7, 1, 22), **session)
    first = merge_sets(EMPTY, new)
    assert len(first.added) == 3 and merge_sets(first.added, new).added.empty


COLUMNS = ["athlete_id", "date", "side", "set", "reps", "ankle_kg", "notes"]
ROW = 'A1,2026-01-05,left,1,20,0.5,"slow, clean"\n'
GERMAN = "\ufeffsep=;\r\nReps;Coach;Set;Side;Date;Athlete ID;Ankle kg;Notes\r\n 20;Kim;1;Left;2026-01-04;A1;0,5;'x'\r\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ",".join(COLUMNS) + "\n" + ROW),
        ("athlete_id,date,side,set,reps", ",".join(COLUMNS) + "\n" + ROW),
        (GERMAN, GERMAN + "20;;1;left;2026-01-05;A1;0,5;slow, clean\r\n"),
    ],
)
def test_sets_are_written_below_what_is_there(text, expected):
    assert append_sets(text, log((5, 1, 20), ankle_kg=0.5, notes="slow, clean", rpe=float("nan")), COLUMNS) == expected


def test_truth_and_quotes_go_through_a_file(write):
    sets = log(
        (5, 1, 20),
        (5, 2, 19),
        amrap=pd.array([True, None], dtype="boolean"),
        notes=['he said "so", twice', None],
        target_source="given",
        target_reps=20.0,
    )
    text = append_sets("", sets, ["athlete_id", "date", "side", "set", "target_reps", "reps", "amrap", "notes", "target_source"])
    back = read_log(write(text))
    pd.testing.assert_frame_equal(back, sets[back.columns], check_dtype=False)


def test_a_note_is_no_formula_in_the_log_and_reads_back_as_it_was(tmp_path):
    sets = pd.DataFrame({"athlete_id": ["A1"], "date": [pd.Timestamp(2026, 1, 6)], "side": ["left"], "set": [1], "reps": [21], "notes": ["=1+1"]})
    path = tmp_path / "log.csv"
    path.write_text(append_sets("", sets, ["athlete_id", "date", "side", "set", "reps", "notes"]))
    assert path.read_text().splitlines()[1] == "A1,2026-01-06,left,1,21,'=1+1"
    assert read_log(path)["notes"].tolist() == ["=1+1"]

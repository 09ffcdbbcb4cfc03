"""Importing: what the log looks like before and after, and what is said about it."""

import pytest

from hiphitch_analysis.read import import_logs, read_log, read_logs
from hiphitch_analysis.read.intake import describe_import

HEVY_HEADER = "title,start_time,end_time,exercise_title,exercise_notes,set_index,set_type,weight_kg,reps,rpe\n"
MAP = "exercise,counts_as,side\n"


def hevy(*sets, exercise="Hip Hitch (Left)"):
    """Write an export of Hevy: (day of June, set index, repetitions)."""
    return HEVY_HEADER + "".join(f'Hips,"{day} Jun 2025, 19:56",,{exercise},,{k},normal,,{reps},\n' for day, k, reps in sets)


@pytest.fixture
def into(tmp_path):
    return tmp_path / "log.csv"


def test_a_new_log_is_made_and_the_same_file_twice_adds_nothing(write, into):
    export = write(hevy((3, 0, 20), (3, 1, 20), (3, 2, 18)))
    done = import_logs([export], into, athlete_id="A1")
    assert len(done.merged[0].added) == 3
    before = into.read_bytes()
    assert before.decode().splitlines()[0].startswith("athlete_id,date,session,side,set,target_reps,reps,")
    again = import_logs([export], into, athlete_id="A1")
    assert (len(again.merged[0].added), again.merged[0].present) == (0, 3)
    assert into.read_bytes() == before


def test_a_later_export_adds_what_is_new(write, into):
    import_logs([write(hevy((3, 0, 20), (3, 1, 20), (5, 0, 21)))], into, athlete_id="A1")
    before = into.read_text()
    done = import_logs([write(hevy((7, 0, 22), (3, 0, 20), (3, 1, 20), (5, 0, 21), (5, 1, 19)))], into, athlete_id="A1")
    assert (len(done.merged[0].added), done.merged[0].present) == (2, 3)
    assert into.read_text().startswith(before)
    log = read_log(into)
    assert [(row.date.day, row.set, row.reps) for row in log.itertuples()] == [(3, 1, 20), (3, 2, 20), (5, 1, 21), (5, 2, 19), (7, 1, 22)]


def test_other_figures_are_a_conflict_and_stay(write, into):
    import_logs([write(hevy((3, 0, 20)))], into, athlete_id="A1")
    before = into.read_bytes()
    done = import_logs([write(hevy((3, 0, 22)))], into, athlete_id="A1")
    assert into.read_bytes() == before
    said = describe_import(done)
    assert "added: 0; already there: 0; in conflict: 1" in said
    assert "conflict, left as it was: A1 2025-06-03 left set 1: reps 20 in the log, 22 here" in said


def test_targets_that_a_log_does_not_take_over_are_said_with_what_to_do(write, into):
    plan = write("date,sets,target_reps\n2025-06-01,2,25\n", "plan.csv")
    export = write(hevy((3, 0, 20), (3, 1, 18)))
    import_logs([export], into, athlete_id="A1")
    said = describe_import(import_logs([export], into, athlete_id="A1", plan=plan))
    assert "2 sets already there with another target, or none: left as they were. " in said and "into a new log (--into another name)" in said
    fresh = into.with_name("fresh.csv")
    import_logs([export], fresh, athlete_id="A1", plan=plan)
    assert read_log(fresh)["target_reps"].tolist() == [25, 25]


def test_a_name_that_is_nearly_one_of_the_file_is_asked_after(write, into):
    log = write("athlete_id,date,side,set,reps\nM01,2026-01-31,left,1,30\n")
    with pytest.raises(ValueError, match=r"none of it of m01\. Did you mean M01\? Correct"):
        import_logs([log], into, athlete_id="m01")


def test_a_pseudonym_that_differs_from_one_of_the_log_by_capitals_is_doubted(write, into):
    export = write(hevy((3, 0, 20)))
    import_logs([export], into, athlete_id="M01")
    assert "M01" not in describe_import(import_logs([write(hevy((4, 0, 20)))], into, athlete_id="M02"))
    said = describe_import(import_logs([write(hevy((5, 0, 20)))], into, athlete_id="m01"))
    assert "m01 is new to the log, which already has M01" in said


def test_rows_of_others_are_untouched_to_the_letter(write, into):
    mine = "\ufeffAthlete ID;Date;Side;Set;Reps;Coach;Ankle kg\r\nB2;2026-01-31;Left;1; 30 ;Kim;0,75\r\n\r\nB2;2026-01-31;RIGHT;1;29;;\r\n"
    into.write_bytes(mine.encode())
    import_logs([write(hevy((3, 0, 20), (3, 1, 20)))], into, athlete_id="A1")
    head, rest = mine.split("\r\n", 1)
    expected = f"{head};target_reps;target_source\r\n{rest}" + "".join(f"A1;2025-06-03;left;{k};20;;;20;inferred\r\n" for k in (1, 2))
    assert into.read_bytes().decode() == expected
    assert read_log(into)["ankle_kg"].tolist()[0] == 0.75


def test_a_log_in_another_encoding_keeps_its_words(write, into):
    into.write_bytes("athlete_id,date,side,set,reps,notes\nB2,2026-01-31,left,1,30,müde\n".encode("latin-1"))
    import_logs([write(hevy((3, 0, 20)))], into, athlete_id="A1")
    assert read_log(into)["notes"].tolist()[0] == "müde"


def test_an_imported_log_and_its_export_are_the_same_log(write, into):
    content = hevy((3, 0, 20), (3, 1, 20)).replace("normal,,20,\n", "failure,0.5,20,9.5\n", 1)
    export = write(content)
    import_logs([export], into, athlete_id="A1")
    assert read_logs([into, export], athlete_id="A1")["reps"].tolist() == [20, 20]


def test_several_files_at_once(write, into):
    files = [write(hevy((3, 0, 20), (5, 0, 21)), "a.csv"), write(hevy((5, 0, 21), (7, 0, 22)), "b.csv")]
    done = import_logs(files, into, athlete_id="A1")
    assert [(len(merged.added), merged.present) for merged in done.merged] == [(2, 0), (1, 1)]
    assert read_log(into)["reps"].tolist() == [20, 21, 22]


def test_two_athletes_in_one_file(write, into):
    sheet = write("date,athlete,left\n2026-01-05,A1,20/18\n2026-01-05,B2,15\n")
    done = import_logs([sheet], into, athlete_id="A1")
    assert read_log(into)["athlete_id"].tolist() == ["A1", "A1"] and "left out: 1 of another athlete" in describe_import(done)
    import_logs([sheet], into)
    assert read_log(into)["athlete_id"].tolist() == ["A1", "A1", "B2"]
    with pytest.raises(ValueError, match=r"file\.csv: the file is of A1, B2, none of it of C3"):
        import_logs([sheet], into, athlete_id="C3")


def test_a_log_of_ours_can_be_imported_too(write, into):
    ours = write("athlete_id,date,session,side,set,reps,technique\nA1,2026-01-05,3,left,1,20,7\n")
    import_logs([ours], into)
    assert read_log(into)[["session", "technique"]].iloc[0].tolist() == [3.0, 7.0]
    assert import_logs([ours], into).merged[0].present == 1


# --- The map -----------------------------------------------------------------------------------------------------------------------------------
def test_a_map_is_written_once_and_then_kept(write, into, tmp_path):
    names = tmp_path / "map.csv"
    export = write(hevy((3, 0, 20)) + hevy((3, 0, 5), exercise="Squat").removeprefix(HEVY_HEADER) * 2)
    done = import_logs([export], into, athlete_id="A1", mapping=names)
    assert names.read_text() == MAP + "Hip Hitch (Left),hip_hitch,left\nSquat,,\n"
    assert "map: 2 exercises added to it" in describe_import(done)
    before = names.read_bytes()
    assert import_logs([export], into, athlete_id="A1", mapping=names).new_names == ()
    assert names.read_bytes() == before
    more = write(hevy((3, 0, 20)) + hevy((4, 0, 20), exercise="Pelvic Drop R").removeprefix(HEVY_HEADER))
    assert import_logs([more], into, athlete_id="A1", mapping=names).new_names == ("Pelvic Drop R",)
    assert names.read_text() == before.decode() + "Pelvic Drop R,hip_hitch,right\n"


def test_a_map_is_written_even_where_nothing_can_be_imported_yet(write, into, tmp_path):
    names = tmp_path / "map.csv"
    export = write(hevy((3, 0, 20), (3, 1, 18), exercise="Hüftheben"))
    with pytest.raises(ValueError, match="none of 1 exercises is recognised as the hip hitch; the commonest are 'Hüftheben' \\(2\\)"):
        import_logs([export], into, athlete_id="A1", mapping=names)
    assert not into.exists()
    names.write_text(names.read_text().replace("Hüftheben,,", "Hüftheben,hip_hitch,pairs"))
    import_logs([export], into, athlete_id="A1", mapping=names)
    assert read_log(into)["side"].tolist() == ["left", "right"]


def test_a_hand_sheet_needs_no_map(write, into, tmp_path):
    import_logs([write("date,left\n2026-01-05,20\n")], into, athlete_id="A1", mapping=tmp_path / "map.csv")
    assert into.exists() and not (tmp_path / "map.csv").exists()


def test_a_plan_gives_the_targets(write, into):
    plan = write("date,sets,target_reps\n2025-06-01,2,25\n", "plan.csv")
    done = import_logs([write(hevy((3, 0, 20), (3, 1, 20), (3, 2, 18)))], into, athlete_id="A1", plan=plan)
    assert read_log(into)["target_reps"].tolist()[:2] == [25.0, 25.0] and read_log(into)["target_source"].tolist()[:2] == ["plan", "plan"]
    assert "targets: 2 plan, 1 unknown" in describe_import(done)


def test_what_is_said(write, into):
    content = hevy((3, 0, 20), (3, 1, 20), (3, 2, 18)).replace("0,normal", "0,warmup") + 'Hips,"3 Jun 2025, 19:56",,Plank,,0,normal,,,\n' * 2
    assert describe_import(import_logs([write(content)], into, athlete_id="A1")).splitlines() == [
        "file.csv (Hevy): 2 sets of the hip hitch in 5 rows",
        "  taken as the hip hitch: Hip Hitch (Left)",
        "  sides: from the exercises' names (2 left)",
        "  left out: 2 another exercise, 1 warm-up",
        "  targets: 2 unknown",
        "  added: 2; already there: 0; in conflict: 0",
        f"log: {into}",
    ]


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ("a,b\n1,2\n", "log.csv: missing column"),
        ("athlete_id,date,side,set,reps\nB2,2026-01-31,left,1,-3\n", "log.csv: reps must be at least 0"),
        ("athlete_id,date,side,set,reps\n" + "B2,2026-01-31,left,1,3\n" * 2, "log.csv: set 1 on the left of B2 on 2026-01-31 is logged twice"),
    ],
)
def test_a_log_that_is_none_is_not_touched(write, into, there, message):
    into.write_text(there)
    with pytest.raises(ValueError, match=message):
        import_logs([write(hevy((3, 0, 20)))], into, athlete_id="A1")
    assert into.read_text() == there


def test_a_bad_file_among_good_ones_leaves_the_log_alone(write, into, tmp_path):
    with pytest.raises(ValueError, match="not a training log"):
        import_logs([write(hevy((3, 0, 20))), write("x,y\n1,2\n", "bad.csv")], into, athlete_id="A1", mapping=tmp_path / "map.csv")
    assert not into.exists() and not (tmp_path / "map.csv").exists()


def test_an_empty_file_is_an_empty_log(write, into):
    into.write_text("")
    import_logs([write(hevy((3, 0, 20)))], into, athlete_id="A1")
    assert len(read_log(into)) == 1
    header = into.read_text().splitlines()[0]
    into.write_text(header + "\n")
    import_logs([write(hevy((3, 0, 20)))], into, athlete_id="A1")
    assert len(read_log(into)) == 1


def test_a_compressed_log_is_not_added_to(write, into):
    import gzip

    into.write_bytes(gzip.compress(b"athlete_id,date,side,set,reps\nB2,2026-01-31,left,1,3\n"))
    with pytest.raises(ValueError, match="expected a plain CSV to add to, got a compressed one"):
        import_logs([write(hevy((3, 0, 20)))], into, athlete_id="A1")

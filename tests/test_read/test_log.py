import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiphitch_analysis.read import read_log, read_logs
from hiphitch_analysis.read.logfile import LogDoubt

SHORT = "athlete_id,date,side,set,reps\n"
FULL = "athlete_id,date,session,side,set,target_reps,reps,ankle_kg,body_mass_kg,rest_s,rpe,pain,technique,stop_reason,amrap,notes\n"


def test_full_row(write):
    log = read_log(write(FULL + 'A1,2026-01-31,4,left,1,30,28,0.5,71.5,60,8,0,7,fatigue,true,"slow, but clean"\n'))
    row = log.iloc[0]
    assert row["date"] == pd.Timestamp(2026, 1, 31)
    assert row.drop("date").to_dict() == {
        "athlete_id": "A1",
        "session": 4.0,
        "side": "left",
        "set": 1,
        "target_reps": 30.0,
        "reps": 28,
        "ankle_kg": 0.5,
        "body_mass_kg": 71.5,
        "rest_s": 60.0,
        "rpe": 8.0,
        "pain": 0.0,
        "technique": 7.0,
        "stop_reason": "fatigue",
        "amrap": True,
        "notes": "slow, but clean",
    }


def test_required_columns_are_enough_and_unknown_ones_left_out(write):
    log = read_log(write("coach,athlete_id,date,side,set,reps\nKim,A1,2026-01-31,left,1,30\nKim,A1,2026-01-31,right,1,29\n"))
    assert list(log.columns) == ["athlete_id", "date", "side", "set", "reps"]
    assert log["reps"].tolist() == [30, 29]
    assert log.index.tolist() == [0, 1]


def test_semicolons_decimal_commas_byte_order_mark_and_loose_spelling(write):
    header = "\ufeffsep=;\nAthlete ID; DATE ;Side;Set;Reps;Ankle kg;AMRAP;Stop Reason\n"
    log = read_log(write(header + "A1;2026-01-31;Left;1;30;0,75;Yes;FATIGUE\n\n;;;;;;;\n"))
    assert log.loc[0, ["side", "ankle_kg", "amrap", "stop_reason"]].tolist() == ["left", 0.75, True, "fatigue"]
    assert len(log) == 1


def test_empty_optional_cells_and_rows_that_end_early(write):
    log = read_log(write(SHORT.strip() + ",ankle_kg,amrap,stop_reason\nA1,2026-01-31,left,1,30,,,\nA1,2026-01-31,left,2,30"))
    assert log[["ankle_kg", "amrap", "stop_reason"]].isna().all(axis=None)
    assert len(log) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("athlete_id,date,side,set\nA1,2026-01-31,left,1\n", "missing column 'reps' .*`hiphitch template log` writes an empty one"),
        (SHORT, "expected rows below the header in line 1, got none"),
        (SHORT.replace("set", "reps"), "missing column 'set'"),
        (SHORT.replace("\n", ",Reps\n") + "A1,2026-01-31,left,1,30,31\n", "column 'reps' stands twice"),
        (SHORT + "A1,03/04/2026,left,1,30\n", "date must be an ISO date like 2026-01-31, got '03/04/2026' in line 2"),
        (SHORT + "A1,20260131,left,1,30\n", "date must be an ISO date"),
        (SHORT + "A1,2026-02-30,left,1,30\n", "date must be an ISO date"),
        (SHORT + "A1,0001-01-01,left,1,30\n", "date must be an ISO date"),
        (SHORT + "A1,,left,1,30\n", "date is empty in line 2"),
        (SHORT + "A1,2026-01-31,left,1,30\n\nA1,2026-01-31,left,2,thirty\n", "reps must be a whole number, got 'thirty' in line 4"),
        (SHORT + "A1,2026-01-31,left,1,30.5\n", "reps must be a whole number, got '30.5' in line 2"),
        (SHORT + "A1,2026-01-31,left,1,\n", "reps must be a whole number, got '' in line 2"),
        (SHORT + "A1,2026-01-31,left,1,30\nA1,2026-01-31,up,1,30\n", "side must be one of 'left', 'right', got 'up' in line 3"),
        (SHORT + "A1,2026-01-31,left,1,-1\n", "reps must be at least 0 and at most 1000, got -1 in line 2"),
        (SHORT + ",2026-01-31,left,1,30\n", "athlete_id is empty in line 2"),
        (SHORT + "A 1,2026-01-31,left,1,30\n", "athlete_id must be 1 to 32 letters, digits, - or _, got 'A 1' in line 2"),
        (SHORT.replace("\n", ",ankle_kg\n") + "A1,2026-01-31,left,1,30,31\n", "ankle_kg must be at least 0 and at most 30, got 31 in line 2"),
        (SHORT.replace("\n", ",amrap\n") + "A1,2026-01-31,left,1,30,perhaps\n", "amrap must be true or false, got 'perhaps' in line 2"),
        (SHORT.replace("\n", ",stop_reason\n") + "A1,2026-01-31,left,1,30,bored\n", "stop_reason must be one of .*got 'bored' in line 2"),
        (SHORT + "A1,2026-01-31,left,1,30,31\n", "line 2 has 6 cells, expected 5"),
    ],
)
def test_faults_are_named_with_their_line(write, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_log(write(content))
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)


def test_all_faulty_columns_in_one_message_and_only_the_first_rows(write):
    with pytest.raises(ValueError, match=r"date must .* in line 2, 3, 4 and 1 more; set must be a whole number, got 'x' in line 5"):
        read_log(write(SHORT + "A1,31.1.2026,left,1,3\n" * 3 + "A1,1.2.2026,left,x,3\n"))


def test_one_set_logged_twice_is_refused(write):
    row = "A1,2026-01-31,left,1,30\n"
    with pytest.raises(ValueError, match="set 1 on the left of A1 on 2026-01-31 is logged twice, in line 2 and line 4"):
        read_log(write(SHORT + row + row.replace("left", "right") + row))
    with pytest.raises(ValueError, match="logged twice, in line 2 and line 3"):  # an empty session is the same session
        read_log(write(SHORT.replace("\n", ",session\n") + (row.replace("\n", ",\n")) * 2))
    assert len(read_log(write(SHORT.replace("\n", ",session\n") + row.replace("\n", ",1\n") + row.replace("\n", ",2\n")))) == 2


def test_a_body_mass_that_jumps_is_asked_about(write):
    """Two people under one name, on different days: nothing else would tell."""
    rows = "A1,2026-01-05,left,1,20,61.0\nA1,2026-01-07,left,1,45,83.5\nA2,2026-01-05,left,1,20,70\nA2,2026-01-07,left,1,20,71.5\n"
    with pytest.warns(LogDoubt, match=r"A1: body mass 61 kg on 2026-01-05 but 83.5 kg on 2026-01-07. If these are two people") as doubts:
        assert len(read_log(write(SHORT.strip() + ",body_mass_kg\n" + rows))) == 4
    assert len(doubts) == 1


def test_body_mass_may_change_over_months(write):
    assert len(read_log(write(SHORT.strip() + ",body_mass_kg\nA1,2026-01-05,left,1,20,60\nA1,2026-06-05,left,1,20,75\n"))) == 2


def test_several_logs_become_one(write):
    one = write(SHORT + "A1,2026-01-31,left,1,30\nA1,2026-02-01,left,1,31\n", "one.csv")
    two = write(SHORT + "A1,2026-02-01,left,1,31\nA1,2026-02-02,left,1,32\n", "two.csv")
    assert read_logs([one, two])["reps"].tolist() == [30, 31, 32]
    other = write(SHORT + "A1,2026-01-31,left,1,35\n", "other.csv")
    with pytest.raises(ValueError, match=r"set 1 on the left of A1 on 2026-01-31 is logged twice, in one\.csv and other\.csv"):
        read_logs([one, other])
    with pytest.raises(ValueError, match="expected at least one file"):
        read_logs([])


cell = st.sampled_from(["A1", "2026-01-31", "left", "1", "30", "", "x", "1e999", "-1", "0.5", "9" * 30, '"', "2200-01-01", "true"]) | st.text(
    max_size=6
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150, derandomize=True)
@given(start=st.sampled_from([SHORT, FULL, ""]), rows=st.lists(st.lists(cell, max_size=16), max_size=5))
def test_any_content_gives_a_table_or_a_value_error(write, start, rows):
    try:
        log = read_log(write((start + "\n".join(",".join(row) for row in rows)).encode("utf-8", "surrogatepass")))
    except ValueError as error:
        assert "file.csv" in str(error)
        assert "\n" not in str(error)
    else:
        assert len(log)

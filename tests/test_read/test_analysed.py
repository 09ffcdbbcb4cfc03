import pandas as pd
import pytest

from hiphitch_analysis.read import read_sessions
from hiphitch_analysis.schema import Sessions

HEADER = ",".join(Sessions.to_schema().columns) + "\n"
ROW = "pelvis_1,A1,2026-01-31,4,left,1,30,6.5,1.2,3.1,2.0,84,80,88,,vqf,,30,28\n"


def test_one_file(write):
    row = read_sessions(write(HEADER + ROW)).iloc[0]
    assert row[["recording", "athlete_id", "side", "set", "n_reps", "form_score", "route"]].tolist() == ["pelvis_1", "A1", "left", 1, 30, 84.0, "vqf"]
    assert row["date"] == pd.Timestamp(2026, 1, 31)
    assert row[["impulse_nms", "flags"]].isna().all()


def test_athlete_and_date_may_be_empty(write):
    row = read_sessions(write(HEADER + ROW.replace("A1,2026-01-31,4", ",,"))).iloc[0]
    assert row[["athlete_id", "date", "session"]].isna().all()


def test_folder_is_searched_to_the_bottom_and_identical_rows_stand_once(write, tmp_path):
    (tmp_path / "deeper").mkdir()
    write(HEADER + ROW, "b_sessions.csv")
    write(HEADER + ROW + ROW.replace("left,1", "right,1"), "deeper/sessions.csv")
    write(HEADER, "a_sessions.csv")
    write("something else\n", "b_reps.csv")
    table = read_sessions(tmp_path)
    assert table["side"].tolist() == ["left", "right"]
    assert table.index.tolist() == [0, 1]


def test_recordings_without_a_repetition_leave_an_empty_table(write, tmp_path):
    write(HEADER, "a_sessions.csv")
    write(HEADER, "b_sessions.csv")
    table = read_sessions(tmp_path)
    assert len(table) == 0
    assert list(table.columns) == HEADER.strip().split(",")
    assert table["n_reps"].dtype == "int64"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER.replace("route,", ""), "missing column 'route' .*`hiphitch analyse --out` makes this table"),
        (HEADER + ROW.replace("left", "front"), "side must be one of 'left', 'right', got 'front' in line 2"),
        (HEADER + ROW.replace("84", "120"), "form_score must be at least 0 and at most 100, got 120 in line 2"),
    ],
)
def test_faults_are_named(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_sessions(write(content))


def test_folder_without_sessions(tmp_path):
    with pytest.raises(ValueError, match=r"expected at least one file \*sessions\.csv in or below this folder, got none"):
        read_sessions(tmp_path)

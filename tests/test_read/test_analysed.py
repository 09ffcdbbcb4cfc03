import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.read import read_sessions
from hiphitch_analysis.schema import KEPT, TABLES, Angles, Sessions, check_table

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


ANGLES = "time_s,obliquity_deg,rotation_deg,tilt_deg\n0.0,0.0,0.0,0.0\n0.01,-8.0,0.0,0.0\n"


def test_a_table_opened_without_its_reader_is_told_which_reads_it(write):
    path = write(ANGLES, "set_angles.csv")
    with pytest.raises(ValueError, match=r"^angles: missing index 'time_s'\. .* read_angles\(\) opens one kept as csv\.$"):
        hh.detect_reps(pd.read_csv(path))
    assert hh.read_angles(path)["obliquity_deg"].tolist() == [0.0, -8.0]


def test_every_table_with_a_reader_names_it():
    """A reader carries its table's name; one that makes the table (from foreign files) is named as its maker."""
    told = {}
    for model in TABLES:
        with pytest.raises(ValueError) as caught:
            check_table(pd.DataFrame({"nothing": [1]}), model)
        told[model.Config.name] = f"read_{model.Config.name}()" in str(caught.value)
    assert told == {name: f"read_{name}" in hh.__all__ for name in told}
    assert all(callable(getattr(hh, f"read_{model.Config.name}")) for model in KEPT)


def test_a_reader_does_not_send_back_to_itself(write):
    assert Angles in KEPT and Sessions in KEPT
    for read, content in ((hh.read_angles, ANGLES.replace("tilt_deg", "tilt")), (read_sessions, HEADER.replace("route,", ""))):
        with pytest.raises(ValueError, match=r"^kept\.csv: missing column '(tilt_deg|route)' .*makes? this table\.$"):
            read(write(content, "kept.csv"))

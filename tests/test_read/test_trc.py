import re

import numpy as np
import pytest
from tests.bodies import STANDING, positions, trc

from hiphitch_analysis.read import read_pose
from hiphitch_analysis.schema import Markers, check_table

FLAT = {"RHip": (340, 620), "LHip": (400, 618), "RAnkle": (338, 1090), "LAnkle": (402, 1090), "RShoulder": (320, 350), "LShoulder": (420, 350)}


def flags(pose):
    return [flag for flag, _ in pose.doubts]


def test_y_up_metres_become_z_up(write):
    pose = read_pose(write(trc(), "any.name"))
    assert (pose.kind, pose.format, pose.frame_px, pose.doubts) == ("markers", "trc", None, ())
    assert list(pose.table.columns[:3]) == ["L.ASIS_x_m", "L.ASIS_y_m", "L.ASIS_z_m"]
    assert pose.table.index.tolist() == pytest.approx([0, 0.01, 0.02, 0.03])
    assert pose.table.iloc[0, :3].tolist() == pytest.approx([0.10, 0.13, 0.96])  # x, −z, y
    check_table(pose.table, Markers)


def test_a_right_hand_stays_a_right_hand_whichever_axis_is_up(write):
    """Forward × left = up, in every orientation of the file's axes."""
    turns = {  # the person's forward, up and right in the file's axes
        "y": np.eye(3),
        "z": np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]),
        "x": np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1]]),
        "-y": np.diag([1, -1, -1]),
        "-z": np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
        "-x": np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]]),
    }
    for name, turn in turns.items():
        assert np.linalg.det(turn) == pytest.approx(1)
        xyz = positions() @ turn
        pose = read_pose(write(trc(xyz), f"{name}.trc"))
        assert flags(pose) == (["up_axis"] if name.startswith("-") else []), name
        table = pose.table.iloc[0]
        at = {marker: np.array([table[f"{marker}_{axis}_m"] for axis in "xyz"]) for marker in STANDING}
        right = at["R.ASIS"] - at["L.ASIS"]
        forward = at["R.ASIS"] - at["R.PSIS"]
        up = at["C7"] - at["L_ankle"]
        assert up[2] == pytest.approx(1.42)
        assert np.cross(right, forward)[2] > 0, name


@pytest.mark.parametrize(
    "changes",
    [
        {"blank": False},
        {"tail": "\t"},
        {"tail": "\t\t"},
        {"time_word": "Times"},
        {"first_line": "PathFileType  4\t(X/Y/Z) C:\\Users\\somebody\\trial.trc"},
        {"first_line": "PathFileType\t4\t(X/Y/Z)\t"},
        {"rate": "100.0"},
        {"unit": "mm", "scale": 1000},
        {"unit": "cm", "scale": 100},
        {"unit": "meters"},
    ],
)
def test_habits_of_writers_change_nothing(write, changes):
    plain, other = read_pose(write(trc(), "a.trc")), read_pose(write(trc(**changes), "b.trc"))
    np.testing.assert_allclose(other.table, plain.table, atol=1e-5)  # the files have five decimals
    assert other.doubts == ()


def test_windows_ends_commas_padding_and_quotes_change_nothing(write):
    plain = read_pose(write(trc(), "a.trc")).table
    text = trc()
    head, _, rows = text.partition("\n\n")
    padded = head + "\n\n" + re.sub(r"(?m)\t", "\t   ", rows)
    quoted = head.replace("\t", '"\t"') + "\n\n" + rows
    decimal_comma = head + "\n\n" + rows.replace(".", ",")
    for other in (text.replace("\n", "\r\n"), text.replace("\t", ","), padded, quoted, decimal_comma):
        assert read_pose(write(other, "b.trc")).table.equals(plain)


def test_time_starts_at_zero_and_the_files_own_start_is_kept(write):
    pose = read_pose(write(trc(times=[1.5, 1.51, 1.52, 1.53])))
    assert pose.table.index.tolist() == pytest.approx([0, 0.01, 0.02, 0.03])
    assert pose.start_s == 1.5


def test_empty_cells_and_zero_triples_are_not_seen(write):
    xyz = positions()
    xyz[1, 0] = np.nan
    xyz[2, 1] = 0
    xyz[3, 2, 1] = np.nan  # one cell of three: the marker has no place
    table = read_pose(write(trc(xyz))).table
    assert table.isna().sum().sum() == 9
    for row, marker in ((1, "L.ASIS"), (2, "R.ASIS"), (3, "L.PSIS")):
        assert table.iloc[row][[f"{marker}_{axis}_m" for axis in "xyz"]].isna().all()


def test_zero_in_one_axis_is_a_place(write):
    xyz = positions()
    xyz[:, 6] = [0, 1.5, 0]
    assert not read_pose(write(trc(xyz))).table.isna().any(axis=None)


def test_names_are_kept_without_their_subject(write):
    names = ["Daphnee:ASISl", "Daphnee:ASISr", "r.PSIS_study", "RASI", "LANK", "R_ankle_study", "C7"]
    columns = read_pose(write(trc(names=names))).table.columns
    assert [column.removesuffix("_x_m") for column in columns[::3]] == ["ASISl", "ASISr", "r.PSIS_study", "RASI", "LANK", "R_ankle_study", "C7"]


def test_two_subjects_with_the_same_names_keep_them_apart(write):
    names = ["A:LASI", "B:LASI", "A:RASI", "x", "LANK", "RANK", "C7"]
    pose = read_pose(write(trc(names=names)))
    assert [column.removesuffix("_x_m") for column in pose.table.columns[:9:3]] == ["A:LASI", "B:LASI", "RASI"]
    assert flags(pose) == ["several_subjects"]


def test_a_marker_without_a_name_has_a_number(write):
    text = trc().replace("R.ASIS\t", "\t")
    columns = read_pose(write(text)).table.columns
    assert columns[3] == "marker_2_x_m" and columns[6] == "L.PSIS_x_m"


@pytest.mark.parametrize(("unit", "scale", "read_as"), [("m", 1000, "mm"), ("mm", 1, "m"), ("mm", 100, "cm"), ("", 1000, "mm"), ("inch", 1, "m")])
def test_a_header_that_lies_about_the_unit_is_found_out(write, unit, scale, read_as):
    pose = read_pose(write(trc(unit=unit, scale=scale)))
    assert flags(pose) == ["unit_doubtful"]
    assert f"read as {read_as}" in pose.doubts[0][1]
    assert pose.table["C7_z_m"].iloc[0] == pytest.approx(1.5)


def test_markers_of_the_pelvis_alone_may_be_close_together(write):
    pelvis = {name: place for name, place in STANDING.items() if "SIS" in name}
    still = 0.7 * positions(names=pelvis)  # a child's: 18 cm wide
    pose = read_pose(write(trc(still, list(pelvis), unit="mm", scale=1000)))
    assert flags(pose) == ["up_doubtful"]  # the unit is not
    assert pose.table["L.ASIS_z_m"].iloc[0] == pytest.approx(0.7 * 0.96)


def test_what_is_no_person_in_any_unit_is_read_as_stated_and_said(write):
    pose = read_pose(write(trc(unit="m", scale=10)))
    assert flags(pose) == ["size_doubtful"]
    assert pose.table["C7_z_m"].iloc[0] == pytest.approx(15)


def test_up_is_doubtful_without_telling_names_and_when_lying(write):
    pose = read_pose(write(trc(names=list("abcdefg"))))
    assert flags(pose) == ["up_doubtful"]
    assert pose.table["g_z_m"].iloc[0] == pytest.approx(1.5)  # the custom of TRC: y up
    askew = positions() @ np.array([[1, 0, 0], [0, np.sqrt(0.5), np.sqrt(0.5)], [0, -np.sqrt(0.5), np.sqrt(0.5)]])
    assert flags(read_pose(write(trc(askew)))) == ["up_doubtful"]


def test_times_decide_where_the_header_gives_another_rate(write):
    pose = read_pose(write(trc(rate="60")))
    assert flags(pose) == ["rate_differs"]
    assert pose.table.index[1] == pytest.approx(0.01)
    with pytest.raises(ValueError, match="the file says 100 Hz, but --rate-hz"):
        read_pose(write(trc()), rate_hz=60)


def test_a_time_column_that_was_never_filled_leaves_the_rate(write):
    assert read_pose(write(trc(times=[0, 0, 0, 0], rate="50"))).table.index.tolist() == pytest.approx([0, 0.02, 0.04, 0.06])
    assert read_pose(write(trc(times=[0, 0, 0, 0], rate="")), rate_hz=50).table.index[1] == pytest.approx(0.02)
    with pytest.raises(ValueError, match=r"expected times or a frame rate, and the file states neither. Give the frames per second"):
        read_pose(write(trc(times=[0, 0, 0, 0], rate="")))


def test_a_row_cut_off_while_being_written_is_left_out(write):
    text = trc(frames=4)
    pose = read_pose(write(text[: text.rstrip().rfind("\t")]))
    assert len(pose.table) == 3
    assert flags(pose) == ["rows_missing"]


def test_pixels_under_the_unit_m_are_landmarks(write):
    xyz = np.array([[(*point, 0) for point in FLAT.values()]] * 3, dtype=float)
    pose = read_pose(write(trc(xyz, list(FLAT))))
    assert (pose.kind, pose.format) == ("landmarks", "trc")
    assert pose.table["left_hip_y_px"].tolist() == [618] * 3
    assert pose.table["left_hip_visibility"].isna().all()
    assert flags(pose) == ["unit_doubtful"]


def test_flat_metres_are_markers(write):
    xyz = np.array([[(x / 500, 2.2 - y / 500, 0) for x, y in FLAT.values()]] * 3)
    pose = read_pose(write(trc(xyz, list(FLAT))))
    assert pose.kind == "markers" and pose.doubts == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("PathFileType\t4\n", "without names of markers — expected a line beginning Frame#, Time"),
        (trc().partition("\n\n")[0] + "\n", "expected rows below the header, got none"),
        (trc().replace("Time\t", "Zeit\t"), "expected Time behind Frame#, got 'Zeit'"),
        ("PathFileType\n\n\nFrame#\tTime\t\t\n1\t0\t\t\n", "expected names of markers behind Time, got none"),
        (re.sub(r"-?\d+\.\d+", "", trc()), "expected positions of markers, got only empty or zero cells"),
        (trc(0 * positions()), "expected positions of markers, got only empty or zero cells"),
        (trc().replace("2\t0.01000\t0.11000", "2\t0.01000\t0.11000\t0.5"), "line 8 has 24 cells, expected 23 as in the header"),
        (trc().replace("2\t0.01000\t0.11000\t", "2\t0.01000\t"), "line 8 has only 22 cells, expected 23 as in the header"),
        (trc().replace("2\t0.01000\t0.11000", "2\t0.01000\tup"), "line 8, cell 3 must be a number, got 'up'"),
        (trc().replace("2\t0.01000\t0.11000", "2\t0.01000\tinf"), "line 8, cell 3 must be a number, got 'inf'"),
        (trc().replace("2\t0.01000\t0.11000", "2\t0.01000\t1e30"), r"line 8 holds a number above 1e\+07"),
        (trc(times=[0, 0.01, 0.005, 0.02]), "time goes backwards in line 9 — expected every frame later"),
        (trc(times=[0, 0.01, 0.01, 0.02]), "lines 8 and 9 have the same time"),
        (trc().replace("2\t0.01000", "2\t"), "line 8 has no usable time"),
        (trc(names=["a", "b", "c", "d", "e", "f", "a"]), "marker 'a' stands twice"),
        (trc(names=list("abcdefg"), unit="furlong", scale=1e4), "unit 'furlong' — expected mm, cm or m"),
    ],
)
def test_faults_are_named(write, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_pose(write(text))
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)

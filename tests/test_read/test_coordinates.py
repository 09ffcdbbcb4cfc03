import numpy as np
import pytest
from tests.bodies import motion

from hiphitch_analysis.read import read_pose
from hiphitch_analysis.schema import Coordinates, check_table


def flags(pose):
    return [flag for flag, _ in pose.doubts]


def test_degrees_and_metres_with_names_as_in_the_file(write):
    pose = read_pose(write(motion(rows=((1, 12, 0.5), (1.5, 12.5, 0.6))), "any.name"))
    assert (pose.kind, pose.format, pose.doubts) == ("coordinates", "opensim", ())
    assert pose.table.columns.tolist() == ["pelvis_tilt_deg", "pelvis_list_deg", "pelvis_tx_m"]
    assert pose.table.index.tolist() == [0, 0.01]
    assert pose.table.to_numpy().tolist() == [[1, 12, 0.5], [1.5, 12.5, 0.6]]
    check_table(pose.table, Coordinates)


def test_radians_are_converted_and_metres_are_not(write):
    pose = read_pose(write(motion(rows=((np.pi / 6, -np.pi / 2, 0.5), (0, 0, 0.6)), degrees="inDegrees=no\n")))
    assert pose.table.iloc[0].tolist() == pytest.approx([30, -90, 0.5], abs=1e-6)  # the file has eight decimals
    assert pose.doubts == ()


def test_a_header_that_says_radians_above_thirty_degrees_is_found_out(write):
    for degrees in ("inDegrees=no\n", ""):
        pose = read_pose(write(motion(rows=((30, 2, 0.5), (31, 2, 0.6)), degrees=degrees)))
        assert pose.table["pelvis_tilt_deg"].tolist() == [30, 31]
        assert flags(pose) == ["unit_doubtful"]


def test_small_angles_without_a_word_about_degrees_are_doubtful(write):
    pose = read_pose(write(motion(rows=((0.1, 0.2, 0.5), (0.1, 0.2, 0.6)), degrees="")))
    assert flags(pose) == ["unit_doubtful"]
    assert pose.table["pelvis_tilt_deg"].iloc[0] == pytest.approx(5.7296, abs=1e-3)


JOINTS = tuple(f"{joint}_{side}" for side in "rl" for joint in ("hip_flexion", "knee_angle", "ankle_angle"))
PELVIS = ("pelvis_tilt", "pelvis_list", "pelvis_rotation")


def squat(joints, largest):
    """Return a motion in which pelvis and joints go up to `largest` and back, and a translation that is larger than any angle."""
    course = np.sin(np.linspace(0, np.pi, 21))[:, None] * np.linspace(0.2, 1.0, 3 + len(joints)) * largest
    return motion(names=(*PELVIS, *joints, "pelvis_tx"), rows=np.column_stack([course, np.full(21, 4.0)]))


@pytest.mark.parametrize("largest", [0.4, 2.4, 3.14])
def test_joints_that_all_move_within_what_radians_reach_are_no_degrees(write, largest):
    told = rf"^squat.mot: the header says inDegrees=yes — expected joints that move by degrees, got 6 of .* beyond {largest:.2g}, .* inDegrees=no"
    with pytest.raises(ValueError, match=told):
        read_pose(write(squat(JOINTS, largest), "squat.mot"))


def test_one_angle_beyond_radians_shows_degrees(write):
    assert read_pose(write(squat(JOINTS, 3.15))).doubts == ()


@pytest.mark.parametrize("joints", [(), JOINTS[:5]])
def test_where_few_angles_could_show_degrees_they_are_doubted(write, joints):
    """Quiet standing of the pelvis alone, in degrees."""
    pose = read_pose(write(squat(joints, 0.9)))
    assert flags(pose) == ["unit_doubtful"]
    assert pose.table["pelvis_tilt_deg"].max() == pytest.approx(0.18, abs=1e-6)  # a fifth of it, not turned into degrees again
    assert "reach only 0.9, as radians would; they were read as degrees" in pose.doubts[0][1]


def test_joints_that_a_model_holds_still_show_nothing(write):
    names, still = (*PELVIS, *JOINTS), np.zeros((2, len(JOINTS)))
    pose = read_pose(write(motion(names=names, rows=np.column_stack([[[1.0, 2.0, 0.5], [1.0, 3.0, 0.5]], still]))))
    assert flags(pose) == ["unit_doubtful"]
    assert read_pose(write(motion(names=names, rows=np.zeros((2, len(names)))), "zero.mot")).doubts == ()  # no angle is the same in any unit


@pytest.mark.parametrize(
    "name", ["expert1/squats1", "expert1/squatsAsym1", "expert1/walking1", "expert1/walkingTS1", "expert1/DJ1", "opensim_gait/subject01_walk1_ik"]
)
def test_real_motions_in_radians_under_a_header_of_degrees(shared, write, name):
    head, _, table = shared(f"{name}.mot").read_text().partition("endheader\n")
    assert not [flag for flag in flags(read_pose(shared(f"{name}.mot"))) if "inDegrees=yes" in head and flag == "unit_doubtful"]
    names, *rows = [line.split() for line in table.splitlines() if line.strip()]
    turning = np.array([column != "time" and not column.endswith(("_tx", "_ty", "_tz")) for column in names])
    values = np.array(rows, dtype=float)
    values[:, turning] = np.radians(values[:, turning])
    text = "inDegrees=yes\nendheader\n" + "\n".join(["\t".join(names), *("\t".join(f"{value:.8f}" for value in row) for row in values)]) + "\n"
    with pytest.raises(ValueError, match="the header says inDegrees=yes — expected joints that move by degrees"):
        read_pose(write(text))


def test_order_of_columns_and_the_files_own_start(write):
    text = (
        motion(names=("pelvis_list", "pelvis_tx", "hip_flexion_r"))
        .replace("      0.00000000", "      0.50000000")
        .replace("      0.01000000", "      0.51000000")
    )
    pose = read_pose(write(text))
    assert pose.table.columns.tolist() == ["pelvis_list_deg", "pelvis_tx_m", "hip_flexion_r_deg"]
    assert pose.start_s == 0.5
    assert pose.table.index.tolist() == pytest.approx([0, 0.01])


def test_blanks_tabs_and_commas_part_cells(write):
    plain = read_pose(write(motion(), "a.mot")).table
    text = motion()
    head, _, table = text.partition("endheader\n")
    blanks = f"{head}endheader\n" + table.replace("\t", "   ")
    names, _, rows = table.partition("\n")
    names_by_tab_only = f"{head}endheader\n{names}\n" + rows.replace("\t", " ")
    commas = head.replace("\n", ",,,\n") + "endheader,,,\n" + table.replace(" ", "").replace("\t", ",")
    trailing = f"{head}endheader\n" + table.replace("\n", "\t\n")
    for other in (blanks, names_by_tab_only, commas, trailing, text.replace("\n", "\r\n")):
        assert read_pose(write(other, "b.mot")).table.equals(plain)


def test_old_headers_and_other_first_lines(write):
    rows = motion().partition("endheader\n")[2]
    old = "name subject01_walk1\ndatacolumns 4\ndatarows 2\nrange 0 0.01\nendheader\n" + rows
    assert flags(read_pose(write(old))) == ["unit_doubtful"]  # it does not say degrees
    assert read_pose(write(motion(first="normal_walk.mot"))).kind == "coordinates"
    typed = read_pose(write("DataType=double\n" + motion()))
    assert typed.kind == "coordinates"


def test_names_with_blanks_as_sports2d_writes_them(write):
    pose = read_pose(write(motion(names=("pelvis", "right ankle", "trunk"))))
    assert pose.table.columns.tolist() == ["pelvis_deg", "right_ankle_deg", "trunk_deg"]


def test_states_of_opensim_4_keep_values_and_leave_speeds(write):
    names = ("/jointset/ground_pelvis/pelvis_list/value", "/jointset/ground_pelvis/pelvis_list/speed", "/forceset/glut_med1_r/activation")
    pose = read_pose(write(motion(names=names, rows=((0.1, 3.0, 0.5), (0.2, 3.0, 0.5)), degrees="inDegrees=no\n")))
    assert pose.table.columns.tolist() == ["pelvis_list_deg"]
    assert pose.table.iloc[0, 0] == pytest.approx(np.degrees(0.1), abs=1e-6)


def test_a_row_cut_off_while_being_written_is_left_out(write):
    text = motion(rows=((10, 2, 0.5), (10, 2, 0.6))).rstrip("\n")
    pose = read_pose(write(text[: text.rfind("\t")]))
    assert len(pose.table) == 1
    assert flags(pose) == ["rows_missing"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Coordinates\ninDegrees=yes\nendheader\n", "line 4: expected names of columns that begin with time, got ''"),
        (motion(rows=()), "expected rows below the header, got none"),
        (
            motion(names=("pelvis_tilt_moment", "pelvis_tx_force", "hip_flexion_r_moment")),
            "expected joint angles, got columns pelvis_tilt_moment, pelvis_tx_force",
        ),
        (motion(names=("ground_force_vx", "ground_force_px", "ground_torque_x")), "expected joint angles, got columns ground_force_vx"),
        (motion().replace("time\t", "frame\t"), "expected names of columns that begin with time, got 'frame'"),
        (motion(names=("pelvis_tilt", "pelvis_tilt", "pelvis_tx")), "column 'pelvis_tilt' stands twice"),
        (motion().replace("2.50000000", "up"), "line 12, cell 3 must be a number, got 'up'"),
        (motion().replace("2.50000000", "1\t2"), "line 12 has 5 cells, expected 4 as in the header"),
        (motion().replace("2.00000000\t", ""), "line 11 has only 3 cells, expected 4"),
        (motion().replace("2.50000000", "1e400"), "line 12, cell 3 must be a number, got '1e400'"),
        (motion().replace("      0.01000000", "     -0.01000000"), "time goes backwards in line 12"),
        (motion().replace("2.50000000", "2.5e9"), "line 12 holds a number above"),
    ],
)
def test_faults_are_named(write, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_pose(write(text))
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)


def test_orientations_of_sensors_are_no_motion(write):
    text = "DataRate=100\nDataType=Quaternion\nendheader\ntime\tpelvis_imu\n0\t1,0,0,0\n0.01\t1,0,0,0\n"
    with pytest.raises(ValueError, match="not a file of markers, landmarks or joint angles"):
        read_pose(write(text))

import json
import zipfile

import numpy as np
import pytest
from tests.bodies import PICTURE, frame, keypoints

from hiphitch_analysis.read import read_pose
from hiphitch_analysis.schema import Landmarks, check_table

# Written down from the detectors' own documentation, not taken from the reader.
BODY_25 = [
    "nose",
    "neck",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "mid_hip",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
    "left_big_toe",
    "left_small_toe",
    "left_heel",
    "right_big_toe",
    "right_small_toe",
    "right_heel",
]
COCO_17 = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
BODY_25B = [*COCO_17, "neck", "head", "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel"]
COCO_18 = [
    "nose",
    "neck",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
]
HALPE_26 = [
    *COCO_17,
    "head",
    "neck",
    "mid_hip",
    "left_big_toe",
    "right_big_toe",
    "left_small_toe",
    "right_small_toe",
    "left_heel",
    "right_heel",
]
SKELETONS = {"BODY_25": BODY_25, "BODY_25B": BODY_25B, "COCO_17": COCO_17, "COCO_18": COCO_18, "HALPE_26": HALPE_26}


def flags(pose):
    return [flag for flag, _ in pose.doubts]


def moved(by, picture=PICTURE):
    return {name: (x + by, y) for name, (x, y) in picture.items()}


@pytest.fixture
def clip(tmp_path):
    """Write one file per text and return the folder."""

    def write(texts, name="cam_{:012d}_keypoints.json", first=0):
        folder = tmp_path / "clip"
        folder.mkdir(exist_ok=True)
        for number, text in enumerate(texts, first):
            (folder / name.format(number)).write_text(text)
        return folder

    return write


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_every_skeleton_is_told_by_the_body(clip, skeleton):
    pose = read_pose(clip([frame(keypoints(SKELETONS[skeleton], moved(i))) for i in range(3)]), rate_hz=30)
    assert (pose.kind, pose.format) == ("landmarks", f"openpose_{skeleton.lower()}")
    assert pose.table.index.tolist() == pytest.approx([0, 1 / 30, 2 / 30])
    for point in ("left_hip", "right_hip", "left_knee", "right_ankle", "left_shoulder", "nose"):
        assert pose.table[[f"{point}_x_px", f"{point}_y_px"]].iloc[2].tolist() == [PICTURE[point][0] + 2, PICTURE[point][1]]
    assert pose.table["left_hip_visibility"].tolist() == [0.9] * 3
    assert flags(pose) == (["skeleton"] if skeleton.startswith("BODY") else [])
    check_table(pose.table, Landmarks)


@pytest.mark.parametrize("skeleton", ["BODY_25", "BODY_25B"])
@pytest.mark.parametrize("hidden", [(), ("left_heel", "right_heel"), ("left_ankle", "left_heel"), ("nose",)])
@pytest.mark.parametrize("view", ["front", "behind", "raised arm"])
def test_the_two_of_25_points_in_hard_views(clip, skeleton, hidden, view):
    picture = {name: place for name, place in PICTURE.items() if name not in hidden}
    if view == "behind":
        picture = {name: (720 - x, y) for name, (x, y) in picture.items()}
    if view == "raised arm":
        picture["left_wrist"], picture["left_elbow"] = (480, 90), (470, 210)
    pose = read_pose(clip([frame(keypoints(SKELETONS[skeleton], picture))]), rate_hz=30)
    assert pose.format == f"openpose_{skeleton.lower()}"


def test_what_the_body_does_not_show_is_asked_for(clip):
    only_hips = {name: place for name, place in PICTURE.items() if name in ("left_hip", "right_hip")}
    folder = clip([frame(keypoints(BODY_25B, only_hips))])
    with pytest.raises(ValueError, match=r"BODY_25 and BODY_25B both have 25 points.*Say which model was used, skeleton='BODY_25'"):
        read_pose(folder, rate_hz=30)
    assert read_pose(folder, rate_hz=30, skeleton="BODY_25B").table["left_hip_x_px"].tolist() == [398]
    with pytest.raises(ValueError, match="HALPE_26 has 26 points, the file has 25"):
        read_pose(folder, rate_hz=30, skeleton="HALPE_26")
    with pytest.raises(ValueError, match=r"skeleton: expected one of BODY_25, .*, got 'openpose'"):
        read_pose(folder, rate_hz=30, skeleton="openpose")


def test_a_body_cut_off_below_the_hips_fits_both_and_is_asked_for(clip):
    upper = {name: PICTURE[name] for name in ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip")}
    with pytest.raises(ValueError, match=r"the body does not show which this is \(fits: BODY_25B? 100%, BODY_25B? 100%\)"):
        read_pose(clip([frame(keypoints(BODY_25B, upper))]), rate_hz=30)


def test_a_rate_is_asked_for(clip):
    with pytest.raises(ValueError, match=r"clip: expected times or a frame rate.*rate_hz=R"):
        read_pose(clip([frame(keypoints(COCO_17))] * 2))


def test_frames_come_in_the_order_of_their_numbers(clip):
    folder = clip([frame(keypoints(COCO_17, moved(i))) for i in range(12)], "frame{}.json")  # frame10 comes before frame2 in the alphabet
    assert read_pose(folder, rate_hz=30).table["nose_x_px"].tolist() == [360 + i for i in range(12)]


def test_numbers_left_out_are_gaps_in_time(clip):
    folder = clip([frame(keypoints(COCO_17))] * 2, first=5)
    clip([frame(keypoints(COCO_17))], first=9)
    pose = read_pose(folder, rate_hz=10)
    assert pose.table.index.tolist() == pytest.approx([0, 0.1, 0.4])
    assert flags(pose) == ["frames_missing"] and "2 frames" in pose.doubts[0][1]


def test_a_zip_archive_is_as_good(clip, tmp_path):
    folder = clip([frame(keypoints(COCO_17, moved(i))) for i in range(12)])
    with zipfile.ZipFile(tmp_path / "clip.zip", "w") as archive:
        for file in sorted(folder.iterdir(), reverse=True):
            archive.write(file, f"json/{file.name}")
    assert read_pose(tmp_path / "clip.zip", rate_hz=30).table.equals(read_pose(folder, rate_hz=30).table)


def test_nobody_in_a_frame_is_empty_and_counted(clip):
    person = keypoints(COCO_17)
    pose = read_pose(clip([frame(person), frame(), frame([0.0] * 51), frame(person)]), rate_hz=30)
    assert pose.table["left_hip_x_px"].isna().tolist() == [False, True, True, False]
    assert pose.table["left_hip_visibility"].tolist() == [0.9, 0, 0, 0.9]
    assert flags(pose) == ["nobody"] and "2 of 4 frames" in pose.doubts[0][1]


def test_a_point_that_was_not_found_is_empty(clip):
    pose = read_pose(clip([frame(keypoints(COCO_17))]), rate_hz=30)
    assert pose.table["left_eye_x_px"].isna().all()
    assert pose.table["left_eye_visibility"].tolist() == [0]


def test_of_several_people_the_tallest_is_followed_whatever_their_order(clip):
    frames = []
    for i in range(10):
        athlete, other = (
            keypoints(COCO_17, moved(3 * i)),
            keypoints(COCO_17, {name: (x / 2 + 400 - 3 * i, y / 2) for name, (x, y) in PICTURE.items()}),
        )
        frames.append(frame(*([athlete, other] if i % 2 else [other, athlete])))
    frames[4] = frame()  # the athlete is found again after a frame without anybody
    pose = read_pose(clip(frames), rate_hz=30)
    expected = [398 + 3 * i for i in range(10)]
    expected[4] = np.nan
    np.testing.assert_array_equal(pose.table["left_hip_x_px"], expected)
    assert flags(pose) == ["several_people", "nobody"]
    assert "9 of 10 frames" in pose.doubts[0][1]


def test_a_bystander_is_not_followed_while_the_athlete_is_hidden(clip):
    """Half a second without the athlete: empty. Longer: somebody new has come before the camera."""
    bystander = keypoints(COCO_17, {name: (x / 2 + 600, y / 2) for name, (x, y) in PICTURE.items()})
    athlete = keypoints(COCO_17)
    pose = read_pose(clip([frame(athlete, bystander), *[frame(bystander)] * 15, frame(bystander, athlete)]), rate_hz=30)
    assert pose.table["left_hip_x_px"].isna().tolist() == [False] + [True] * 15 + [False]
    assert pose.table["left_hip_x_px"].iloc[-1] == 398
    assert flags(pose) == ["several_people", "person_lost"] and "15 of 17 frames" in pose.doubts[1][1]
    longer = read_pose(clip([frame(athlete), *[frame(bystander)] * 20]), rate_hz=30)
    assert longer.table["left_hip_x_px"].iloc[-5:].tolist() == [799] * 5


def test_shares_of_the_picture_need_its_size(clip):
    shares = {name: (x / 720, y / 1280) for name, (x, y) in PICTURE.items()}
    folder = clip([frame(keypoints(COCO_17, shares))])
    with pytest.raises(ValueError, match=r"positions are shares of the picture \(0 to 1\).*frame_px=\(W, H\)"):
        read_pose(folder, rate_hz=30)
    table = read_pose(folder, rate_hz=30, frame_px=(720, 1280)).table
    assert table[["right_hip_x_px", "right_hip_y_px"]].iloc[0].tolist() == pytest.approx([322, 624])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([frame(), frame()], "expected people of one skeleton, got nobody in 2 frames"),
        ([frame(keypoints(COCO_17)), frame(keypoints(COCO_18))], "got 17 and 18 keypoints"),
        ([frame([1.0, 2.0, 0.5] * 40)], "40 keypoints per person are no skeleton that is known — expected BODY_25"),
        ([frame(keypoints(COCO_17)), "{}"], "cam_000000000001_keypoints.json is no frame with people"),
        ([frame(keypoints(COCO_17)), frame(keypoints(COCO_17))[:-9]], "cam_000000000001_keypoints.json is no frame with people"),
        ([frame(keypoints(COCO_17)), ""], "cam_000000000001_keypoints.json is no frame with people"),
        ([frame(keypoints(COCO_17)), frame([1.0, 2.0])], "cam_000000000001_keypoints.json is no frame with people"),
        ([frame(keypoints(COCO_17)).replace("398.0", "1e30")], r"holds a number above 1e\+07"),
    ],
)
def test_faults_are_named(clip, texts, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_pose(clip(texts), rate_hz=30)
    assert str(caught.value).startswith("clip: ")
    assert "\n" not in str(caught.value)


def test_frames_of_two_cameras_are_not_mixed(clip):
    clip([frame(keypoints(COCO_17))], "cam01.{:06d}.json")
    with pytest.raises(ValueError, match=r"the frames of several recordings \('cam01\.' and 'cam02\.'\)"):
        read_pose(clip([frame(keypoints(COCO_17))], "cam02.{:06d}.json"), rate_hz=30)


def test_one_frame_alone_and_folders_without_frames_are_refused(clip, tmp_path, write):
    with pytest.raises(ValueError, match=r"one frame of a recording — expected all of them. Name the folder"):
        read_pose(write(frame(keypoints(COCO_17))), rate_hz=30)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="expected the files of a recording"):
        read_pose(tmp_path / "empty", rate_hz=30)
    with pytest.raises(ValueError, match="not a file of markers"):
        read_pose(clip([json.dumps({"version": 1})]), rate_hz=30)


def test_followed_person_and_skeleton_of_a_real_clip(shared):
    pose = read_pose(shared("pose2sim/balancing/pose/cam02_json"), rate_hz=60)
    assert pose.format == "openpose_body_25b"
    # cam02.0002.json, numbers 11 and 12 of its first person, as they stand in the file
    assert pose.table[["left_hip_x_px", "left_hip_y_px", "right_hip_x_px", "right_hip_y_px"]].iloc[2].tolist() == [620.879, 752.265, 536.771, 752.286]
    other = read_pose(shared("pose2sim/mediapipe_0.10.14_cam02.csv"))
    # Two detectors, one person: where hips are in the middle they agree to a part of the hips' width (about 90 px); bystanders stand farther off.
    for axis in "xy":
        ours, theirs = ((table[f"left_hip_{axis}_px"] + table[f"right_hip_{axis}_px"]).to_numpy() / 2 for table in (pose.table, other.table))
        assert np.nanmedian(np.abs(ours - theirs)) < 30
    assert read_pose(shared("pose2sim/balancing/pose/cam01_json"), rate_hz=60).format == "openpose_body_25b"

import json

import numpy as np
import pytest
from tests.bodies import PICTURE

from hiphitch_analysis.read import read_pose
from hiphitch_analysis.schema import Landmarks, check_table

# MediaPipe's points in its order, written down from its documentation.
MEDIAPIPE = [
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
]
SHOWN = [name for name in MEDIAPIPE if name in PICTURE]
SIZE = (720, 1280)
SHARES = {name: (x / 720, y / 1280) for name, (x, y) in PICTURE.items()}
HIPS = ["left_hip_x_px", "left_hip_y_px", "right_hip_x_px", "right_hip_y_px"]
EXPECTED = [398, 620, 322, 624]


def flags(pose):
    return [flag for flag, _ in pose.doubts]


def csv(
    heading="{}_{}", fields=("x", "y", "z", "visibility"), picture=PICTURE, before="time", times=(0, 0.04, 0.08), names=SHOWN, mark=",", after=""
):
    """Return a table with one row per time; ``heading`` makes a column's name of a point and a field."""
    columns = [before] if before else []
    lines = [
        mark.join([*columns, *(heading.format(name, field) for name in names for field in fields)])
        + (f"{mark}{after.split('=')[0]}" if after else "")
    ]
    for i, time in enumerate(times):
        values = {"x": 0, "y": 1}
        cells = [str(time)] if before else []
        for name in names:
            place = picture[name]
            cells += [f"{place[values[field]] + (i if picture is PICTURE else 0):.7g}" if field in values else "0.5" for field in fields]
        lines.append(mark.join(cells) + (f"{mark}{after.split('=')[1]}" if after else ""))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "heading",
    ["{}_{}", "landmark_{}_{}", "{}.{}", "{} {}", "PoseLandmark.{}_{}", "{}_{}_px", "pose_{}_{}"],
    ids=lambda heading: heading.replace("{}", "N"),
)
@pytest.mark.parametrize("spell", [str, str.upper], ids=["lower", "upper"])
def test_headings_people_write(write, heading, spell):
    text = csv(heading, names=SHOWN)
    header, _, rows = text.partition("\n")
    header = ",".join(["time", *(spell(name) for name in header.split(",")[1:])])
    pose = read_pose(write(f"{header}\n{rows}", "any.name"))
    assert (pose.kind, pose.format, pose.doubts) == ("landmarks", "mediapipe_csv", ())
    assert pose.table[HIPS].iloc[0].tolist() == EXPECTED
    assert pose.table["left_hip_visibility"].tolist() == [0.5] * 3
    assert pose.table.index.tolist() == [0, 0.04, 0.08]
    assert set(pose.table.columns) == {f"{name}_{what}" for name in SHOWN for what in ("x_px", "y_px", "visibility")}
    check_table(pose.table, Landmarks)


@pytest.mark.parametrize("certainty", ["v", "visibility", "score", "confidence", "likelihood", "conf"])
def test_certainty_by_any_name_and_none(write, certainty):
    assert read_pose(write(csv(fields=("x", "y", certainty)))).table["nose_visibility"].tolist() == [0.5] * 3
    assert read_pose(write(csv(fields=("x", "y")))).table["nose_visibility"].isna().all()


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("behind", [0, 468])
def test_numbered_points_from_0_or_1_with_a_face_behind(write, first, behind):
    places = [SHARES.get(name, (0.5, 0.5)) for name in MEDIAPIPE] + [(0.1, 0.1)] * behind
    header = ",".join(["class", *(f"{field}{i + first}" for i in range(len(places)) for field in "xyzv")])
    row = ",".join(["squat", *(f"{x},{y},0,0.9" for x, y in places)])
    pose = read_pose(write(f"{header}\n{row}\n{row}\n"), rate_hz=25, frame_px=SIZE)
    assert pose.table[HIPS].iloc[0].tolist() == pytest.approx(EXPECTED)
    assert pose.table.index.tolist() == [0, 0.04]
    assert len(pose.table.columns) == 3 * 33


def test_shares_of_a_portrait_picture_are_multiplied_by_width_and_height(write):
    text = csv(picture=SHARES)
    with pytest.raises(
        ValueError, match=r"file.csv: positions are shares of the picture \(0 to 1\), and the file does not say its size .*frame_px=\(W, H\)"
    ):
        read_pose(write(text))
    pose = read_pose(write(text), frame_px=SIZE)
    assert pose.frame_px == SIZE
    assert pose.table[HIPS].iloc[0].tolist() == pytest.approx(EXPECTED, abs=1e-3)  # seven digits
    stated = text.replace("time,", "width,height,time,").replace("\n0", "\n720,1280,0")
    assert read_pose(write(stated)).table[HIPS].iloc[0].tolist() == pytest.approx(EXPECTED, abs=1e-3)
    with pytest.raises(ValueError, match="the file says the picture has 720 × 1280 px, but frame_px says 1280 × 720"):
        read_pose(write(stated), frame_px=(1280, 720))


def test_pixels_are_left_alone_and_keep_the_size_that_was_given(write):
    pose = read_pose(write(csv()), frame_px=SIZE)
    assert pose.table[HIPS].iloc[0].tolist() == EXPECTED
    assert pose.frame_px == SIZE and pose.doubts == ()
    assert flags(read_pose(write(csv()), frame_px=(64, 64))) == ["frame_doubtful"]


def test_a_person_partly_out_of_the_picture_is_still_in_shares(write):
    outside = {name: (x, y + 0.6) for name, (x, y) in SHARES.items()}
    assert read_pose(write(csv(picture=outside)), frame_px=SIZE).table["left_hip_y_px"].iloc[0] == pytest.approx(620 + 768, abs=1e-3)


def test_world_landmarks_are_refused(write):
    world = {name: ((x - 360) / 560, (y - 622) / 560) for name, (x, y) in PICTURE.items()}
    with pytest.raises(ValueError, match=r"counted from the middle of the hips.*Export the image landmarks"):
        read_pose(write(csv(picture=world)), frame_px=SIZE)


@pytest.mark.parametrize(
    ("before", "times", "steps"),
    [
        ("time_s", (5, 5.04, 5.08), 0.04),
        ("timestamp", (0, 40, 80), 0.04),
        ("timestamp_ms", (1000, 1040, 1080), 0.04),
        ("time (ms)", (0, 4, 8), 0.004),
        ("timestamp_us", (0, 40000, 80000), 0.04),
        ("t", (0, 4e7, 8e7), 0.04),
        ("Time", (0, 0.5, 1.0), None),
    ],
)
def test_units_of_time(write, before, times, steps):
    if steps is None:  # half a second between frames is no camera
        with pytest.raises(ValueError, match="no camera's in s, ms, µs or ns"):
            read_pose(write(csv(before=before, times=times)))
    else:
        assert read_pose(write(csv(before=before, times=times))).table.index.tolist() == pytest.approx([0, steps, 2 * steps])


def test_frame_numbers_need_a_rate_and_keep_their_gaps(write):
    text = csv(before="frame", times=(10, 11, 14))
    with pytest.raises(ValueError, match="expected times or a frame rate"):
        read_pose(write(text))
    assert read_pose(write(text), rate_hz=25).table.index.tolist() == pytest.approx([0, 0.04, 0.16])
    with pytest.raises(ValueError, match="the file says 25 Hz, but --rate-hz"):
        read_pose(write(csv()), rate_hz=30)


def test_our_own_table(write):
    pose = read_pose(write(csv("{}_{}", before="time_s").replace("_x,", "_x_px,").replace("_y,", "_y_px,").replace("_z,", "_note,")))
    assert pose.format == "landmarks"
    assert pose.table[HIPS].iloc[0].tolist() == EXPECTED


def test_semicolons_decimal_commas_and_words_in_other_columns(write):
    text = csv(mark=";", after="class=up, and down").replace(".", ",")
    assert read_pose(write(text)).table[HIPS].iloc[0].tolist() == EXPECTED


def test_nobody_in_a_row_is_empty(write):
    lines = csv().split("\n")
    lines[2] = "0.04" + "," * (len(lines[0].split(",")) - 1)
    lines[3] = "0.08," + ",".join(["0"] * (len(lines[0].split(",")) - 1))
    table = read_pose(write("\n".join(lines))).table
    assert table["left_hip_x_px"].isna().tolist() == [False, True, True]


def test_a_picture_on_its_head_is_doubted(write):
    pose = read_pose(write(csv(picture={name: (x, 1280 - y) for name, (x, y) in PICTURE.items()})))
    assert flags(pose) == ["upside_down"]


def test_certainties_in_percent_and_above_one(write):
    assert flags(read_pose(write(csv().replace(",0.5", ",50")))) == ["percent"]
    assert read_pose(write(csv().replace(",0.5", ",50"))).table["nose_visibility"].tolist() == [0.5] * 3
    pose = read_pose(write(csv().replace(",0.5", ",1.05")))
    assert flags(pose) == ["visibility_clipped"] and pose.table["nose_visibility"].tolist() == [1] * 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (csv().split("\n")[0] + "\n", "expected rows below the header, got none"),
        (csv(names=["nose", "left_hip"]), "not a file of markers, landmarks or joint angles"),
        (csv().replace("620", "up", 1), r"line 2, cell \d+ must be a number, got 'up'"),
        (csv().replace("\n0.04,", "\n0.04,7,"), "line 3 has 62 cells, expected 61"),
        (csv().replace("\n0.04,361,", "\n0.04,"), "line 3 has only 60 cells, expected 61"),
        (csv(times=(0, 0.08, 0.04)), "time goes backwards in line 4"),
        (csv(times=("", "", "")), "line 2 has no usable time"),
        (csv(picture=dict.fromkeys(PICTURE, (0, 0))), "expected somebody in the picture, got nobody in 3 frames"),
        (csv().replace("620", "1e30", 1), r"holds a number above 1e\+07"),
        (csv().replace("time,", "width,height,time,").replace("\n0", "\n0,0,0"), "expected width and height of the picture in pixels, got 0 × 0"),
    ],
)
def test_faults_are_named(write, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_pose(write(text))
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)


# --- JSON --------------------------------------------------------------------------------------------------------------------------------------
def point(name, **more):
    x, y = SHARES.get(name, (0.5, 0.5))
    return {"x": x, "y": y, "z": 0.0, "visibility": 0.9, **more}


BY_NAME = {name: point(name) for name in SHOWN}
BY_ORDER = [point(name) for name in MEDIAPIPE]
FLAT = {f"{name.upper()}_{field}": value for name in SHOWN for field, value in point(name).items()}
NUMBERS = [value for item in BY_ORDER for value in item.values()]
NAMED_PIXELS = [{"name": name, "x": x, "y": y, "score": 0.9} for name, (x, y) in PICTURE.items()]
LAYOUTS = {
    "list of lists": [BY_ORDER] * 3,
    "frames with names": [{"frame": i, "landmarks": BY_NAME} for i in range(3)],
    "flat names": [{"frame": i, **FLAT} for i in range(3)],
    "lists of people": [{"timestamp_ms": 40 * i, "landmarks": [BY_ORDER]} for i in range(3)],
    "beside": {"fps": 25, "width": 720, "height": 1280, "frames": [{"pose_landmarks": BY_ORDER}] * 3},
    "camel": {"video": {"frameRate": 25, "frameWidth": 720, "frameHeight": 1280}, "frames": [{"poseLandmarks": BY_ORDER}] * 3},
    "landmark": {"frames": [{"time": 0.04 * i, "pose_landmarks": {"landmark": BY_ORDER}} for i in range(3)]},
    "by number": {str(i): BY_NAME for i in range(3)},
    "numbers": [{"frame": i, "keypoints": NUMBERS} for i in range(3)],
    "rows": [{"frame": i, "keypoints": [list(item.values()) for item in BY_ORDER]} for i in range(3)],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_people_write(write, layout):
    pose = read_pose(write(json.dumps(LAYOUTS[layout], indent=1)), rate_hz=25, frame_px=SIZE)
    assert (pose.kind, pose.format, pose.doubts) == ("landmarks", "mediapipe_json", ())
    assert pose.table[HIPS].iloc[2].tolist() == pytest.approx(EXPECTED)
    assert pose.table["left_hip_visibility"].tolist() == [0.9] * 3
    assert pose.table.index.tolist() == pytest.approx([0, 0.04, 0.08])


def test_what_stands_beside_the_frames_is_used(write):
    for layout in ("beside", "camel"):
        pose = read_pose(write(json.dumps(LAYOUTS[layout])))
        assert pose.frame_px == SIZE
        with pytest.raises(ValueError, match="the file says 25 Hz, but --rate-hz"):
            read_pose(write(json.dumps(LAYOUTS[layout])), rate_hz=30)
    for layout, message in (("list of lists", "expected times or a frame rate"), ("landmark", "positions are shares")):
        with pytest.raises(ValueError, match=message):
            read_pose(write(json.dumps(LAYOUTS[layout])))


def test_lines_of_json_and_a_last_one_cut_off(write):
    lines = [json.dumps({"frame": i, "landmarks": BY_NAME}) for i in range(4)]
    text = "\n".join(lines)
    assert len(read_pose(write(text), rate_hz=25, frame_px=SIZE).table) == 4
    assert len(read_pose(write(text[:-30]), rate_hz=25, frame_px=SIZE).table) == 3


def test_named_pixels_and_scores(write):
    pose = read_pose(write(json.dumps([{"t": 0.04 * i, "keypoints": NAMED_PIXELS} for i in range(3)])))
    assert pose.table[HIPS].iloc[0].tolist() == EXPECTED
    assert pose.table["nose_visibility"].tolist() == [0.9] * 3


def test_whole_numbers_times_a_hundred(write):
    scaled = [{what: round(100 * value) for what, value in item.items()} for item in BY_ORDER]
    pose = read_pose(write(json.dumps([scaled] * 2)), rate_hz=25, frame_px=SIZE)
    assert flags(pose) == ["percent"]
    assert pose.table[HIPS].iloc[0].tolist() == pytest.approx(EXPECTED, abs=6.4)  # half a hundredth of 1280
    assert pose.table["left_hip_visibility"].tolist() == [0.9] * 2


def test_several_people_and_nobody_are_counted(write):
    frames = [[BY_ORDER, BY_ORDER], [BY_ORDER], [], None]
    pose = read_pose(write(json.dumps([{"timestamp_ms": 40 * i, "landmarks": people} for i, people in enumerate(frames)])), frame_px=SIZE)
    assert sorted(flags(pose)) == ["nobody", "several_people"]
    assert pose.table["left_hip_x_px"].isna().tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"landmarks": [', "expected JSON, got what cannot be read as such"),
        ('{"landmarks": []}', "expected a list of frames with landmarks, got none"),
        ('{"landmarks": 3}', "expected a list of frames with landmarks, got none"),
        (json.dumps({"landmarks": BY_ORDER}), "expected a list of frames, got one frame"),
        (json.dumps({"landmarks": BY_NAME}), "expected a list of frames, got one frame"),
        (json.dumps([BY_ORDER[:17]]), "frame 1 holds points without names that are not MediaPipe's 33"),
        (json.dumps([{"landmarks": []}] * 3), "expected somebody in the picture, got nobody in 3 frames"),
        (json.dumps([{"landmarks": {"left_hip": point("left_hip")}}] * 3), "got no right_hip"),
        (json.dumps([{"time": time, "landmarks": BY_NAME} for time in (0, 0.08, 0.04)]), "time goes backwards in frame 3"),
        (
            json.dumps([{"time": None if i else 0, "landmarks": BY_NAME} for i in range(3)]),
            "frame 2 has no usable time — expected one everywhere",
        ),
        ('{"landmarks": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        (json.dumps([BY_ORDER]).replace('"x": 0.5,', '"x": Infinity,'), r"holds a number above 1e\+07"),
    ],
    ids=range(12),
)
def test_faults_of_a_json_are_named(write, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_pose(write(content), frame_px=SIZE, rate_hz=None if "time" in message else 25)
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)


def test_real_clips(shared):
    pose = read_pose(shared("opencap_squat/mediapipe_0.10.14_c1.csv"))
    assert pose.table.shape == (807, 99) and pose.doubts == ()
    assert pose.table.index[1] == pytest.approx(0.016706261268028846)  # its second row
    assert pose.table["nose_x_px"].iloc[0] == pytest.approx(332.4386501312256)
    hips = pose.table["left_hip_x_px"] - pose.table["right_hip_x_px"]
    assert 40 < np.median(hips) < 65  # measured by hand: about 52 px, seen from the front

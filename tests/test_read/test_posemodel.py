"""A pose model in front of a video: what it is shown, what becomes of what it says, and what is said where it is not there."""

import json
import os
import struct
import weakref
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis import norms
from hiphitch_analysis.read import posemodel
from hiphitch_analysis.read.posemodel import POINTS, describe_limits, follow_person, open_model, read_video_landmarks
from hiphitch_analysis.simulate import Camera
from hiphitch_analysis.simulate.camera import project_skeleton

NO_OPENCV = "needs OpenCV (extra video or pose)"
needs_mediapipe = pytest.mark.skipif(find_spec("mediapipe") is None, reason="needs MediaPipe (extra pose, in an environment of its own)")
SIZE = (160, 96)  # width, height
HIPS = [POINTS.index("left_hip"), POINTS.index("right_hip")]


def write_video(path, frames, hz=25.0, codec="MJPG"):
    cv2 = pytest.importorskip("cv2", reason=NO_OPENCV)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), hz, frames[0].shape[1::-1])
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def dot(x, y):
    """Black room with a square dot of pure red about the middle of this pixel, in OpenCV's order."""
    frame = np.zeros((SIZE[1], SIZE[0], 3), dtype=np.uint8)
    frame[y - 4 : y + 5, x - 4 : x + 5] = (0, 0, 255)
    return frame


def see_dot(picture):
    """A model to whom the middle of what is red is all 33 points, 0.75 sure; it sees nobody where nothing is red."""
    y, x = np.nonzero(picture[..., 0] > 128)
    if not len(x):
        return None
    return np.tile([x.mean() / picture.shape[1], y.mean() / picture.shape[0], 0.75], (len(POINTS), 1))


@contextmanager
def given(find):
    yield find


# --- What the model is shown, and what becomes of its answer ----------------------------------------------------------------------------------------
def test_shares_become_pixels_at_the_frames_times_and_nobody_becomes_nothing(tmp_path):
    places = [(20 + 2 * i, 30 + i) for i in range(40)]
    hidden = range(12, 17)
    frames = [np.zeros_like(dot(50, 50)) if i in hidden else dot(*place) for i, place in enumerate(places)]
    told = []
    pose = follow_person(write_video(tmp_path / "clip.avi", frames), see_dot, lambda *step: told.append(step))
    assert (pose.kind, pose.format, pose.frame_px) == ("landmarks", "mediapipe_video", SIZE)
    np.testing.assert_allclose(pose.table.index, np.arange(40) / 25, atol=1e-3)  # AVI states times in whole microseconds, OpenCV in milliseconds
    seen = [i for i in range(40) if i not in hidden]
    # one pixel: the picture was compressed, which smears the dot's edge
    np.testing.assert_allclose(pose.table[["left_hip_x_px", "left_hip_y_px"]].to_numpy()[seen], np.array(places)[seen], atol=1)
    assert pose.table["right_ankle_visibility"].iloc[seen].eq(0.75).all()
    assert pose.table.iloc[list(hidden)].isna().all().all()
    assert told[-1][:2] == (40, 40)
    assert list(pose.table.columns[:6]) == [f"{point}_{what}" for point in POINTS[:2] for what in ("x_px", "y_px", "visibility")]


def test_a_video_that_is_shown_turned_is_followed_as_shown(tmp_path):
    """A phone held upright writes lying pictures and a matrix in the file's head that turns them."""
    cv2 = pytest.importorskip("cv2", reason=NO_OPENCV)
    path = write_video(tmp_path / "clip.mp4", [cv2.rotate(dot(30, 20), cv2.ROTATE_90_COUNTERCLOCKWISE)] * 12, codec="mp4v")
    head = bytearray(path.read_bytes())
    matrix = head.index(b"tkhd") + 44  # of the track's header: after version, times, ids, duration, layer and volume
    assert struct.unpack(">9i", head[matrix : matrix + 36]) == (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    head[matrix : matrix + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, SIZE[1] << 16, 0, 1 << 30)  # a quarter turn clockwise
    path.write_bytes(head)
    pose = follow_person(path, see_dot)
    assert pose.frame_px == SIZE
    np.testing.assert_allclose(pose.table[["nose_x_px", "nose_y_px"]].median(), [30, 20], atol=1)


def test_no_frame_is_kept(tmp_path):
    pictures, most = [], 0

    def find(picture):
        nonlocal most
        pictures.append(weakref.ref(picture))
        most = max(most, sum(reference() is not None for reference in pictures))
        return see_dot(picture)

    follow_person(write_video(tmp_path / "clip.avi", [dot(50, 50)] * 60), find)
    assert len(pictures) == 60
    assert most <= 2  # the one being looked at, and the one before it until its name is taken


def test_a_video_with_nobody_is_said(tmp_path):
    with pytest.raises(ValueError, match="expected somebody in the picture, got nobody in 12 frames"):
        follow_person(write_video(tmp_path / "clip.avi", [np.zeros_like(dot(50, 50))] * 12), see_dot)


@pytest.mark.parametrize(("content", "message"), [(b"", "an empty file"), (b"time_s,acc\n", "got something else"), (None, "no such file")])
def test_what_is_no_video_is_said_before_the_model_is_loaded(tmp_path, content, message):
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_video_landmarks(path)


# --- The model that is not there --------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("python", "words"), [((3, 12, 1), "not installed: in"), ((3, 13, 0), "not installed and cannot be on Python 3.13: in")])
def test_without_mediapipe_one_sentence_says_what_to_install(monkeypatch, python, words):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(posemodel, "sys", SimpleNamespace(version_info=python, stderr=posemodel.sys.stderr))
    with pytest.raises(ValueError, match=r'environment of its own, made with Python 3.11 or 3.12, pip install "hiphitch-analysis\[pose\]"') as error:
        open_model("clip.mp4").__enter__()
    assert str(error.value).startswith("clip.mp4: ") and words in str(error.value)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (ImportError("libGL.so.1: cannot open"), r"does not load here \(libGL.so.1: cannot open\). Install it afresh: in an environment of its own"),
        (
            SimpleNamespace(__version__="0.10.31"),
            r"mediapipe 0.10.31 no longer carries its pose model — expected 0.10.14: in an environment of its own",
        ),
    ],
)
def test_a_mediapipe_that_does_not_run_here_is_said(monkeypatch, found, words):
    def load(name):
        if isinstance(found, ImportError):
            raise found
        return found

    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr("importlib.import_module", load)
    with pytest.raises(ValueError, match=words):
        open_model("clip.mp4").__enter__()


def test_what_libraries_write_past_python_does_not_reach_the_terminal(monkeypatch, capfd):
    class Loud:
        """A model that writes to the terminal as libraries in C++ do: when made, at the first picture and when closed."""

        def __init__(self, **options):
            os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
            self.first = True

        def process(self, picture):
            if self.first:
                os.write(2, b"W0000 inference_feedback_manager.cc:114\n")
            self.first = False
            return SimpleNamespace(pose_landmarks=SimpleNamespace(landmark=[SimpleNamespace(x=0.5, y=0.25, visibility=1.0)] * 33))

        def close(self):
            os.write(2, b"closed\n")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    loud = SimpleNamespace(solutions=SimpleNamespace(pose=SimpleNamespace(Pose=Loud)))
    monkeypatch.setattr("importlib.import_module", lambda name: loud)
    with open_model("clip.mp4") as find:
        assert find(dot(50, 50)).shape == (33, 3)
        os.write(2, b"our bar\n")
    assert capfd.readouterr().err == "our bar\n"


# --- Through the front door -------------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """A simulated set on film: a video of the right length and size, and a model that sees the athlete in it as the camera truly does."""
    folder, camera = tmp_path_factory.mktemp("filmed"), Camera(width_px=270, height_px=480, focal_px=375.0, rate_hz=20.0)
    made = hh.simulate_set(3, "left", 9.0, seed=23, skeleton_hz=60.0, rotation_deg=1.0)
    seen = project_skeleton(made.skeleton, camera)
    path = write_video(folder / "clip.avi", [np.zeros((480, 270, 3), dtype=np.uint8)] * len(seen), hz=20.0)
    shares = np.full((len(seen), len(POINTS), 3), np.nan)
    for i, point in enumerate(POINTS):
        if f"{point}_x_px" in seen:
            shares[:, i] = seen[[f"{point}_x_px", f"{point}_y_px", f"{point}_visibility"]] / np.array([270, 480, 1])

    @contextmanager
    def model(name):
        frames = iter(shares)
        yield lambda picture: next(frames)

    return SimpleNamespace(path=path, made=made, model=model)


def test_a_set_is_counted_and_its_limits_are_said(filmed, hiphitch, monkeypatch, tmp_path):
    monkeypatch.setattr(posemodel, "open_model", filmed.model)
    code, out, err = hiphitch("analyse", filmed.path, "--stance", "left", "--markerless", "--json", "-", "--out", tmp_path)
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["quality"]["format"], found["quality"]["route"]) == ("mediapipe_video", "landmarks")
    assert found["n_reps"] == 3
    # The camera's perspective and the low-pass at 3 Hz, as of landmarks in a file (test_session.test_captured), here of 20 frames a second.
    assert [rep["drop_deg"] for rep in found["reps"]] == pytest.approx(filmed.made.reps["drop_deg"].tolist(), abs=0.6)
    assert found["quality"]["flags"][0] == "markerless"
    assert describe_limits()[1] in found["warnings"]
    # The landmarks stay, in our own format: the model is slow, and they say the same again.
    again = json.loads(hiphitch("analyse", tmp_path / "clip_landmarks.csv", "--stance", "left", "--json", "-")[1])
    assert again["quality"]["format"] == "landmarks"
    assert [rep["drop_deg"] for rep in again["reps"]] == pytest.approx([rep["drop_deg"] for rep in found["reps"]], abs=0.01)  # thousandths of a pixel
    assert [flag for flag in found["quality"]["flags"] if flag != "markerless"] == again["quality"]["flags"]
    hiphitch("analyse", tmp_path / "clip_landmarks.csv", "--stance", "left", "--out", tmp_path / "again")
    assert not list((tmp_path / "again").glob("*landmarks_landmarks.csv"))  # a file of landmarks is not written out once more


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stance": "left", "ap_axis": "+x"}, "--ap-axis: belongs to other recordings, and clip.avi is a video"),
        ({"stance": "left", "format": "own"}, "--format: belongs to other recordings"),
        ({}, "Give --stance"),
        ({"stance": "both"}, "expected left or right"),
    ],
)
def test_what_does_not_belong_or_is_missing_is_said_before_the_model_is_loaded(filmed, options, words):
    with pytest.raises(ValueError, match=words):
        hh.analyse(filmed.path, markerless=True, **options)


def test_only_a_video_can_be_followed(tmp_path, hiphitch):
    path = tmp_path / "landmarks.csv"
    path.write_text("time_s,left_hip_x_px,left_hip_y_px,right_hip_x_px,right_hip_y_px\n0,1,2,3,4\n")
    code, out, err = hiphitch("analyse", path, "--stance", "left", "--markerless")
    assert (code, out) == (2, "")
    assert err.startswith("hiphitch: landmarks.csv: expected a video (MP4, MOV, AVI, MKV or WebM)") and err.count("\n") == 1


def test_who_films_without_markers_is_told_of_the_weaker_way(filmed):
    with pytest.raises(
        ValueError, match=r"both hip markers are seen together in 0 of \d+ frames .* --markerless follows the body itself, which is less"
    ):
        hh.analyse(filmed.path, "left")


def test_the_limits_are_what_the_study_found():
    study = json.loads((Path(__file__).parents[2] / "reports/validation/views.json").read_text("utf-8"))
    (landmarks,) = [row for row in study["routes"] if row["route"] == "landmarks"]
    counted, n = landmarks["counted_exactly"], landmarks["sets"]
    assert norms.LANDMARK_COUNTED.value == pytest.approx(counted, abs=0.001)
    give = 2 * np.sqrt(counted * (1 - counted) / n)
    assert (norms.LANDMARK_COUNTED.low, norms.LANDMARK_COUNTED.high) == pytest.approx((counted - give, counted + give), abs=0.01)
    sizes = list(landmarks["drop_rms_by_size_deg"])
    assert f"drops of {sizes[0].split('–')[0]} to {sizes[-1].split('–')[1]} it counted {counted:.0%}" in describe_limits()[1]


# --- The real model ---------------------------------------------------------------------------------------------------------------------------------
@needs_mediapipe
def test_the_real_model_sees_what_it_saw_when_the_file_was_made(shared, capfd):
    """Bit by bit where MediaPipe is the same; another OpenCV may decode a video's colours by a hair otherwise."""
    pose = read_video_landmarks(shared("pose2sim/balancing/cam02.mp4"))
    kept = hh.read_pose(shared("pose2sim/mediapipe_0.10.14_cam02.csv"), frame_px=pose.frame_px).table
    np.testing.assert_allclose(pose.table.index, kept.index, atol=1e-6)
    np.testing.assert_allclose(pose.table[kept.columns].to_numpy(), kept.to_numpy(), rtol=0, atol=0.01)  # by place: times differ in their last digit
    assert capfd.readouterr() == ("", "")


@needs_mediapipe
def test_the_real_model_analyses_a_video_as_its_landmarks(shared):
    video = hh.analyse(shared("pose2sim/balancing/cam02.mp4"), "right", markerless=True)
    file = hh.analyse(shared("pose2sim/mediapipe_0.10.14_cam02.csv"), "right", frame_px=(1080, 1920))
    assert list(video.angles.columns) == list(file.angles.columns)
    np.testing.assert_allclose(video.angles.to_numpy(), file.angles.to_numpy(), rtol=0, atol=0.01)  # NaN where the other is
    assert tuple(flag for flag in video.flags if flag != "markerless") == file.flags


@needs_mediapipe
def test_the_real_model_sees_nobody_in_an_empty_room(tmp_path, capfd):
    with pytest.raises(ValueError, match="got nobody in 20 frames"):
        read_video_landmarks(write_video(tmp_path / "clip.avi", [np.full((240, 160, 3), 120, dtype=np.uint8)] * 20))
    assert capfd.readouterr() == ("", "")

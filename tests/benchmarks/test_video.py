"""What a frame of a phone's 1080p clip costs, ours beside OpenCV's own detector on the same frames, decoding left out. Run by ``tasks.py bench``.

OpenCV searches every frame whole, as it does by default; with its refinement for AprilTags its corners come near to ours (MARKERS: 0.09° against
0.04° of obliquity), without any they are four times worse. Processor time is compared, in one thread.
"""

import time

import numpy as np
import pytest

from hiphitch_analysis.read.tracker import MARKER_IDS, Tracker
from hiphitch_analysis.simulate.camera import Camera
from hiphitch_analysis.simulate.clip import Filming, film_clip
from hiphitch_analysis.simulate.recording import simulate_set

FRAMES, ROUNDS, SLOW_FRAMES = 30, 2, 4  # the slowest gets by with a few frames
OURS, PLAIN, APRILTAG = (
    "ours: followed, corners between pixels",
    "OpenCV, whole frame, no refinement (its default)",
    "OpenCV, whole frame, AprilTag refinement",
)


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """A second of lowering, six markers in sight, as grey pictures."""
    cv2 = pytest.importorskip("cv2", reason="needs OpenCV (extra video)")
    made = simulate_set(reps=1, stance="left", drop_deg=8, seed=3, quiet_s=4.0, skeleton_hz=100.0)
    start_s = float(made.reps["start_s"].iloc[0])
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    filming = Filming(bend_m=0.12, noise=6.0, codec="MJPG", quality=60)
    film_clip(made.skeleton.loc[start_s : start_s + FRAMES / 30 + 0.1], Camera(distance_m=2.75, yaw_deg=10, elevation_deg=5), path, filming, seed=5)
    capture, pictures = cv2.VideoCapture(str(path)), []
    while len(pictures) < FRAMES:
        went, picture = capture.read()
        if not went:
            break
        pictures.append(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    capture.release()
    return pictures


def run_ours(cv2, pictures):
    tracker = Tracker(cv2)
    return np.mean([np.isfinite(tracker.look(picture)[:4, 0, 0]).all() for picture in pictures])


def run_opencv(refinement):
    def run(cv2, pictures):
        settings = cv2.aruco.DetectorParameters()
        settings.cornerRefinementMethod = getattr(cv2.aruco, refinement)
        detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_16h5), settings)
        whole = 0
        for picture in pictures:
            _, ids, _ = detector.detectMarkers(picture)
            whole += set(MARKER_IDS[:4]) <= set(np.ravel([] if ids is None else ids).tolist())
        return whole / len(pictures)

    return run


METHODS = {OURS: run_ours, PLAIN: run_opencv("CORNER_REFINE_NONE"), APRILTAG: run_opencv("CORNER_REFINE_APRILTAG")}


def test_frames_per_second_beside_opencv(frames, capsys):
    cv2 = pytest.importorskip("cv2")
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    seconds, whole = dict.fromkeys(METHODS, np.inf), {}
    for _ in range(ROUNDS):
        for name, run in METHODS.items():
            shown = frames[:SLOW_FRAMES] if name == APRILTAG else frames
            begin = time.process_time()
            whole[name] = run(cv2, shown)
            seconds[name] = min(seconds[name], (time.process_time() - begin) / len(shown))  # per frame
    cv2.setNumThreads(threads)
    with capsys.disabled():
        print(f"\n\n1080 × 1920, {len(frames)} frames, one thread, processor time; frames in which all four markers on the body were found")
        for name in METHODS:
            print(f"{name:52}{1 / seconds[name]:8.0f} frames/s{seconds[name] / seconds[OURS]:7.2f} × ours{whole[name]:8.0%} whole")
    assert whole[OURS] >= max(whole.values())
    assert seconds[OURS] < seconds[PLAIN]  # though the corners are four times as exact
    assert seconds[OURS] < seconds[APRILTAG] / 4

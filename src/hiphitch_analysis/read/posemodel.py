"""A video of a person without markers → what a pose model sees in each frame (extra ``pose``). Frames are looked at one by one and never kept.

The model is MediaPipe's "full" one, which lies in the package itself: nothing is fetched. It follows one person, and says where it believes joints to
be under clothes.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hiphitch_analysis import norms
from hiphitch_analysis.read.frames import Array, Doubt, Pose
from hiphitch_analysis.read.imagepoints import build_landmarks
from hiphitch_analysis.read.skeletons import SKELETONS
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.video import Picture, Progress, check_video, load_opencv, watch_video

Find = Callable[[Picture], Array | None]

POINTS = SKELETONS["MEDIAPIPE_33"]
MARKERLESS = "mediapipe_video"
PYTHON_BELOW = (3, 13)
HOW_TO_INSTALL = 'in an environment of its own, made with Python 3.11 or 3.12, pip install "hiphitch-analysis[pose]"'


def read_video_landmarks(path: str | Path, progress: Progress | None = None) -> Pose:
    """Follow a person without markers through a video, with MediaPipe's pose model.

    Parameters
    ----------
    path : str or Path
        MP4, MOV, AVI, MKV or WebM, recognised by content.
    progress : callable, optional
        Called with frames done, frames in all (0 where the file does not say) and a text.

    Returns
    -------
    Pose
        Of kind landmarks: all 33 points in pixels of the picture as it is shown, at the frames' own times; empty in frames without a person. Its
        doubts say what such landmarks are worth.

    Raises
    ------
    ValueError
        No video, an empty or damaged one, nobody in it, or MediaPipe is not installed.

    Notes
    -----
    The model's own smoothing is left off: it takes every video for one of 30 frames per second, and it lags. `measure_landmarks` smooths without.
    """
    path = Path(path)
    name = printable(path.name or str(path), 120)
    check_video(path, name)
    with open_model(name) as find:
        return follow_person(path, find, progress)


def follow_person(path: str | Path, find: Find, progress: Progress | None = None) -> Pose:
    """Ask a pose model for the person in every frame of a video.

    Parameters
    ----------
    path : str or Path
    find : callable
        Picture, shape (height, width, 3) as red, green, blue → x, y as shares of width and height and certainty [0–1] of MediaPipe's 33 points, shape
        (33, 3); None where nobody is seen.
    progress : callable, optional
        As in `read_video_landmarks`.

    Returns
    -------
    Pose
        As of `read_video_landmarks`.

    Raises
    ------
    ValueError
        No video, an empty or damaged one, or nobody in it.
    """
    path = Path(path)
    name = printable(path.name or str(path), 120)
    check_video(path, name)
    cv2 = load_opencv(name)
    nobody = np.full((len(POINTS), 3), np.nan)

    def look(frame: Picture) -> Array:
        found = find(cv2.cvtColor(frame, cv2.COLOR_GRAY2RGB if frame.ndim == 2 else cv2.COLOR_BGR2RGB))
        return nobody if found is None else found

    watched = watch_video(cv2, path, look, progress, f"the person in {name}")
    width, height = (float(side) for side in watched.frame_px)
    x, y, visibility = np.moveaxis(watched.rows, -1, 0) * np.array([width, height, 1.0])[:, None, None]
    points = {point: (x[:, i], y[:, i], visibility[:, i]) for i, point in enumerate(POINTS)}
    table, frame_px, doubts = build_landmarks(name, points, watched.time_s, None, (width, height))
    return Pose("landmarks", table, MARKERLESS, frame_px, (*watched.doubts, *doubts, describe_limits()))


def describe_limits() -> Doubt:
    """Return what has to be known of angles that come from a pose model alone, as a flag and a sentence."""
    error, counted = norms.LANDMARK_DEG, norms.LANDMARK_COUNTED
    sentence = (
        f"measured without markers: a pose model's hips strayed from the true line by {error.low:g} to {error.high:g}° (SD) in real clips, and of "
        f"simulated sets with drops of 3 to 12° it counted {counted.value:.0%} exactly; trust large drops, not single degrees, and use "
        "printed markers (hiphitch markers) or a sensor for these"
    )
    return "markerless", sentence


@contextmanager
def open_model(name: str) -> Iterator[Find]:
    """Yield MediaPipe's pose model as something that finds a person in a picture, and close it afterwards.

    Parameters
    ----------
    name : str
        The file that needs it, for the message.

    Raises
    ------
    ValueError
        MediaPipe is not there, does not run, or is one that no longer carries the model.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="google.protobuf")
        with _hush():
            pose = _load_mediapipe(name).solutions.pose.Pose(model_complexity=1, smooth_landmarks=False)  # other complexities would be fetched
            pose.process(np.zeros((64, 64, 3), dtype=np.uint8))  # what it has to say it says on the first picture

        def find(picture: Picture) -> Array | None:
            seen = pose.process(picture).pose_landmarks
            return None if seen is None else np.array([(point.x, point.y, point.visibility) for point in seen.landmark])

        try:
            yield find
        finally:
            with _hush():
                pose.close()


def _load_mediapipe(name: str) -> Any:
    if importlib.util.find_spec("mediapipe") is None:
        here = sys.version_info[:2]
        which = "" if here < PYTHON_BELOW else f" and cannot be on Python {here[0]}.{here[1]}"
        raise ValueError(f"{name}: a video without markers needs the package mediapipe 0.10.14, which is not installed{which}: {HOW_TO_INSTALL}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mediapipe = importlib.import_module("mediapipe")
    except (ImportError, OSError) as error:
        raise ValueError(f"{name}: the package mediapipe does not load here ({error}). Install it afresh: {HOW_TO_INSTALL}.") from error
    if not hasattr(mediapipe, "solutions"):
        version = getattr(mediapipe, "__version__", "of another version")
        raise ValueError(f"{name}: mediapipe {version} no longer carries its pose model — expected 0.10.14: {HOW_TO_INSTALL}.")
    return mediapipe


@contextmanager
def _hush() -> Iterator[None]:
    """Keep the terminal free of what libraries in C++ write there past Python."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

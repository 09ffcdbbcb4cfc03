"""A video's frames, one after the other and never kept: its clock, what is wrong with it, and what is wanted of each frame (extra ``video``)."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.extras import how_to_install
from hiphitch_analysis.read.frames import Doubt
from hiphitch_analysis.read.text import printable

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
Progress = Callable[[int, int, str], None]

SUFFIXES = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".3gp")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")  # JPEG, PNG, GIF
PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class Watched:
    """What was wanted of every frame of a video.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        The frames' own times [s], from 0.
    rows : ndarray, shape (n, …)
        What `watch_video` was told to look for, frame by frame.
    frame_px : (int, int)
        Width and height of the picture, turned as it is shown.
    doubts : tuple of (str, str)
        Short codes, and the sentences that explain them.
    """

    time_s: Array
    rows: Array
    frame_px: tuple[int, int]
    doubts: tuple[tuple[str, str], ...]


def is_video(path: str | Path) -> bool:
    r"""Whether a file begins as MP4 and MOV, AVI, or Matroska and WebM do; False where it cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "any-name.txt"
    >>> _ = file.write_bytes(b"\x00\x00\x00\x20ftypisom")
    >>> is_video(file)
    True
    """
    head = _head(path)
    old_mov = head[4:8] in (b"moov", b"mdat", b"wide")
    boxes = head[4:8] == b"ftyp" and head[8:12] not in PICTURE_BRANDS
    return boxes or old_mov or (head[:4] == b"RIFF" and head[8:12] == b"AVI ") or head[:4] == b"\x1a\x45\xdf\xa3"


def meant_as_video(path: str | Path) -> bool:
    """Whether whoever hands a file in takes it for a video: it is one, is named as one, or is a picture.

    Examples
    --------
    >>> meant_as_video("set1.MOV"), meant_as_video("set1.csv")
    (True, False)
    """
    return is_video(path) or Path(path).suffix.lower() in SUFFIXES or _is_picture(path)


def _is_picture(path: str | Path) -> bool:
    head = _head(path)
    brand = head[4:8] == b"ftyp" and head[8:12] in PICTURE_BRANDS
    return brand or head.startswith(PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _head(path: str | Path) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(16)
    except OSError:
        return b""


def check_video(path: Path, name: str) -> None:
    """Raise ValueError where a file is not there, is empty or does not begin as a video does; `name` is what messages call it."""
    if not path.is_file():
        raise ValueError(f"{name}: no such file. Give the path of a video.")
    if path.stat().st_size == 0:
        raise ValueError(f"{name}: expected a video, got an empty file. Copy it from the phone again.")
    if _is_picture(path):
        raise ValueError(f"{name}: expected a video, got a still picture. Film the whole set, from standing quietly on both feet to the end.")
    if not is_video(path):
        raise ValueError(f"{name}: expected a video (MP4, MOV, AVI, MKV or WebM), got something else. Give the file the phone recorded.")


def watch_video(cv2: Any, path: Path, look: Callable[[Picture], Array], progress: Progress | None, doing: str) -> Watched:
    """Look at every frame of a video, one after the other; none is kept.

    Parameters
    ----------
    cv2 : module
        From `load_opencv`.
    path : Path
        A file that `check_video` has let pass.
    look : callable
        What is wanted of a frame: the picture, shape (height, width, 3) as blue, green, red, or grey of shape (height, width) → numbers, of the same
        shape every time.
    progress : callable or None
        Called with frames done, frames in all and `doing`.
    doing : str
        What is being done, in words.

    Returns
    -------
    Watched

    Raises
    ------
    ValueError
        Not a single frame can be shown.
    """
    name = printable(path.name, 120)
    times: list[float] = []
    rows: list[Array] = []
    size = (0, 0)
    with _opened(cv2, path) as capture:
        total = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        said_hz = float(capture.get(cv2.CAP_PROP_FPS))
        for time_s, picture in _frames(cv2, capture):
            size = (picture.shape[1], picture.shape[0])
            times.append(time_s)
            rows.append(look(picture))
            if progress is not None and len(rows) % 10 == 0:
                progress(len(rows), max(total, len(rows)), doing)
    if not rows:
        raise ValueError(f"{name}: expected a video, got one without a frame that can be shown. It is damaged or cut off: copy or export it again.")
    clock, doubts = _clock(np.array(times), said_hz)
    if total and len(rows) < 0.95 * total:
        doubts.append(("video_cut_off", f"{name} says it has {total} frames and shows {len(rows)}: its end is missing or damaged"))
    return Watched(clock, np.array(rows), size, tuple(doubts))


def grab_frames(path: str | Path, numbers: Sequence[int], quarters: int = 0) -> dict[int, NDArray[np.uint8]]:
    """Read a few frames of a video again, to be looked at.

    Parameters
    ----------
    path : str or Path
        A video that `track_markers` opened.
    numbers : sequence of int
        Which frames, counted from 0.
    quarters : int
        Quarter turns anticlockwise, as in `MarkerTracks`.

    Returns
    -------
    dict of int to ndarray of uint8, shape (height, width, 3)
        Number → red, green and blue. A frame that is not there is left out.

    Raises
    ------
    ValueError
        OpenCV is not installed.
    """
    cv2 = load_opencv(Path(path).name)
    wanted = set(numbers)
    found: dict[int, NDArray[np.uint8]] = {}
    with _opened(cv2, Path(path)) as capture:
        for number in range(max(wanted, default=-1) + 1):
            if not capture.grab():
                break
            if number in wanted:
                went, picture = capture.retrieve()
                if went:
                    found[number] = np.rot90(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), quarters)
    return found


def load_opencv(name: str) -> Any:
    """Return OpenCV, whichever of its packages is installed.

    Parameters
    ----------
    name : str
        The file that needs it, for the message.

    Raises
    ------
    ValueError
        It is not there, or too old to find markers.
    """
    if importlib.util.find_spec("cv2") is not None:
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what is wrong with a file is said once, and by us
        cv2 = importlib.import_module("cv2")
        if hasattr(getattr(cv2, "aruco", None), "ArucoDetector"):
            return cv2
    raise ValueError(f"{name}: a video needs one more package, OpenCV 4.10 or later. Install it with: {how_to_install('video')}")


@contextmanager
def _opened(cv2: Any, path: Path) -> Iterator[Any]:
    capture = cv2.VideoCapture(str(path))
    try:
        yield capture
    finally:
        capture.release()


def _frames(cv2: Any, capture: Any) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield time [s] and picture, one frame after the other."""
    while capture.isOpened():
        try:
            went, picture = capture.read()
        except cv2.error:  # a damaged frame ends what can be shown
            return
        if not went or picture is None:
            return
        yield float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000, picture


def _clock(times: Array, said_hz: float) -> tuple[Array, list[Doubt]]:
    """Return the frames' times from zero: their own where they increase, else even ones at the stated rate."""
    if len(times) > 1 and (np.diff(times) > 0).all():
        return times - times[0], []
    rate = said_hz if 1 <= said_hz <= 1000 else 30.0
    doubt = ("frame_times_doubtful", f"the video's frames carry no increasing times: {rate:g} frames per second were taken instead")
    return np.arange(len(times)) / rate, [doubt] if len(times) > 1 else []

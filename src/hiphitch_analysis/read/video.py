"""A video of printed markers → the corners of each marker, frame by frame (extra ``video``). Frames are looked at one by one and never kept."""

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
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.filming import Backdrop, Doubt, doubt_filming, turn_upright
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.tracker import BODY_IDS, HIP_IDS, MARKER_IDS, WHOLE_EVERY, Tracker

Array = NDArray[np.float64]
Grey = NDArray[np.uint8]
Progress = Callable[[int, int, str], None]

SUFFIXES = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".3gp")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")  # JPEG, PNG, GIF
PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
LEAST_SEEN = 10  # frames with both hip markers

HOW_TO_SHOW = "show both hip markers (0 on the right, 1 on the left) flat, whole and in good light, each at least 17 pixels wide"


@dataclass(frozen=True, slots=True)
class MarkerTracks:
    """Where the printed markers are in every frame of a video.

    Attributes
    ----------
    table : DataFrame
        Index ``time_s``, the frames' own times [s]; ``m<id>_<corner>_x_px`` and ``m<id>_<corner>_y_px`` for every marker seen, corner 0 to 3
        clockwise from the printed top left [px, y down]; NaN where not seen.
    frame_px : (int, int)
        Width and height of the picture, turned as it is shown.
    rate_hz : float
        Frames per second, the median.
    missed : dict of int to int
        Frames that lack each marker of `table` between its first sight and its last.
    quarters : int
        Quarter turns anticlockwise that set the pictures of the file upright, as the hip markers' arrows say.
    doubts : tuple of (str, str)
        Short codes, and the sentences that explain them.
    """

    table: pd.DataFrame
    frame_px: tuple[int, int]
    rate_hz: float
    missed: dict[int, int]
    quarters: int
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


def track_markers(path: str | Path, progress: Progress | None = None) -> MarkerTracks:
    """Find the printed markers in every frame of a video.

    Parameters
    ----------
    path : str or Path
        MP4, MOV, AVI, MKV or WebM, recognised by content.
    progress : callable, optional
        Called with frames done, frames in all (0 where the file does not say) and a text.

    Returns
    -------
    MarkerTracks

    Raises
    ------
    ValueError
        No video, an empty or damaged one, OpenCV is not installed, or the hip markers are hardly ever seen together.

    Notes
    -----
    AprilTag 16h5, the markers with the fewest cells, are found at the fewest pixels; ids are limited to the six that are printed. OpenCV only tells
    which marker is where; its corners are located between pixels by `fit_square`, four times as well. A marker once seen is followed by its edges and
    known by its cells, else looked for by its code around where it was, as it is and then twice and three times as large; the whole picture is
    searched every 15th frame, and when a marker is lost. Wall and floor are followed like that while they move, as a phone in a hand makes them.
    Frames are neither kept nor copied, so memory does not grow with the clip but for 48 numbers per frame.
    """
    path = Path(path)
    name = printable(path.name or str(path), 120)
    _check_file(path, name)
    cv2 = load_opencv(name)
    tracker, backdrop = Tracker(cv2), Backdrop(cv2)
    times: list[float] = []
    rows: list[Array] = []
    size = (0, 0)
    with _opened(cv2, path) as capture:
        total = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        said_hz = float(capture.get(cv2.CAP_PROP_FPS))
        for time_s, picture in _frames(cv2, capture):
            grey = _grey(cv2, picture)
            size = (grey.shape[1], grey.shape[0])
            times.append(time_s)
            rows.append(tracker.look(grey))
            if len(rows) % WHOLE_EVERY == 1:
                backdrop.look(grey, tracker.pair)
            if progress is not None and len(rows) % 10 == 0:
                progress(len(rows), max(total, len(rows)), f"markers in {name}")
    if not rows:
        raise ValueError(f"{name}: expected a video, got one without a frame that can be shown. It is damaged or cut off: copy or export it again.")
    corners = np.array(rows)
    _check_seen(name, corners)
    clock, doubts = _clock(np.array(times), said_hz)
    if total and len(rows) < 0.95 * total:
        doubts.append(("video_cut_off", f"{name} says it has {total} frames and shows {len(rows)}: its end is missing or damaged"))
    doubts += doubt_filming(clock, corners, size, tracker, backdrop)
    corners, size, quarters = turn_upright(corners, size)
    if quarters:
        doubts.append(("picture_turned", f"the picture was not upright: it was turned by {90 * quarters}°, as the markers' arrows say"))
    return _build(clock, corners, size, quarters, doubts)


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
    raise ValueError(f'{name}: a video needs one more package, OpenCV 4.10 or later. Install it with: pip install "hiphitch-analysis[video]"')


def _check_file(path: Path, name: str) -> None:
    if not path.is_file():
        raise ValueError(f"{name}: no such file. Give the path of a video.")
    if path.stat().st_size == 0:
        raise ValueError(f"{name}: expected a video, got an empty file. Copy it from the phone again.")
    if _is_picture(path):
        raise ValueError(f"{name}: expected a video, got a still picture. Film the whole set, from standing quietly on both feet to the end.")
    if not is_video(path):
        raise ValueError(f"{name}: expected a video (MP4, MOV, AVI, MKV or WebM), got something else. Give the file the phone recorded.")


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


def _grey(cv2: Any, picture: NDArray[np.uint8]) -> Grey:
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))


def _check_seen(name: str, rows: Array) -> None:
    seen = np.isfinite(rows[:, :, 0, 0])
    both = int(seen[:, list(HIP_IDS)].all(axis=1).sum())
    if both < LEAST_SEEN:
        got = ", ".join(f"{i} in {int(seen[:, i].sum())}" for i in MARKER_IDS if seen[:, i].any()) or "none"
        raise ValueError(f"{name}: both hip markers are seen together in {both} of {len(rows)} frames (markers: {got}). Please {HOW_TO_SHOW}.")


def _clock(times: Array, said_hz: float) -> tuple[Array, list[Doubt]]:
    """Return the frames' times from zero: their own where they increase, else even ones at the stated rate."""
    if len(times) > 1 and (np.diff(times) > 0).all():
        return times - times[0], []
    rate = said_hz if 1 <= said_hz <= 1000 else 30.0
    doubt = ("frame_times_doubtful", f"the video's frames carry no increasing times: {rate:g} frames per second were taken instead")
    return np.arange(len(times)) / rate, [doubt] if len(times) > 1 else []


def _build(time_s: Array, rows: Array, size: tuple[int, int], quarters: int, doubts: list[Doubt]) -> MarkerTracks:
    seen = np.isfinite(rows[:, :, 0, 0])
    columns: dict[str, Array] = {}
    missed: dict[int, int] = {}
    for i in MARKER_IDS:
        if not seen[:, i].any():
            continue
        first, last = np.flatnonzero(seen[:, i])[[0, -1]]
        missed[i] = int((~seen[first : last + 1, i]).sum()) if i in BODY_IDS else 0
        columns |= {f"m{i}_{corner}_{axis}_px": rows[:, i, corner, j] for corner in range(4) for j, axis in enumerate("xy")}
    table = pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))
    return MarkerTracks(table, size, float(1 / np.median(np.diff(time_s))), missed, quarters, tuple(doubts))

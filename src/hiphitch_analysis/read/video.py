"""A video of printed markers → the corners of each marker, frame by frame (extra ``video``). Frames are looked at one by one and never kept."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.edges import fit_square
from hiphitch_analysis.read.text import printable

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
Grey = NDArray[np.uint8]
Progress = Callable[[int, int, str], None]

MARKER_IDS = (0, 1, 2, 3, 4, 5)  # right and left front hip bone, breastbone, free ankle, wall, floor
BODY_IDS, HIP_IDS = (0, 1, 2, 3), (0, 1)
SMALLEST = 0.008  # perimeter over the picture's long side: the detector's own 0.03 would lose markers of 14 pixels
WHOLE_EVERY = 15  # frames: wall and floor stand still
LOST_AFTER = 5  # frames without a marker, after which it may be anywhere
SEARCH_ALL_FRAMES = 30  # how long each frame is searched whole for a marker never seen or lost; later every fifth is
LEAST_CROP_PX = 10  # a marker at the picture's edge is cut off
LARGER = (1, 2, 3)  # times as large: a marker bent or tilted away may show at one of them only
ROUND = 1.2  # sides of a marker around where it was: a pelvis moves by few pixels per frame
GROWS = 1.4  # from one sight to the next a marker does not grow or shrink by more
LEAST_SEEN = 10  # frames with both hip markers

HOW_TO_SHOW = "show both hip markers (0 on the right, 1 on the left) flat, whole and in good light, each at least 17 pixels wide"
WITHOUT = "Without markers, --markerless follows the body itself, which is less sure."


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
    doubts : tuple of (str, str)
        Short codes, and the sentences that explain them.
    """

    table: pd.DataFrame
    frame_px: tuple[int, int]
    rate_hz: float
    missed: dict[int, int]
    doubts: tuple[tuple[str, str], ...]


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
    try:
        with Path(path).open("rb") as file:
            head = file.read(16)
    except OSError:
        return False
    old_mov = head[4:8] in (b"moov", b"mdat", b"wide")
    return head[4:8] == b"ftyp" or old_mov or (head[:4] == b"RIFF" and head[8:12] == b"AVI ") or head[:4] == b"\x1a\x45\xdf\xa3"


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
    which marker is where; its corners are located between pixels by `fit_square`, four times as well. A marker once seen is looked for around where
    it was, first as it is, then twice and three times as large; the whole picture is searched every 15th frame, and when a marker is lost.
    Frames are neither kept nor copied, so memory does not grow with the clip but for 48 numbers per frame.
    """
    path = Path(path)
    name = printable(path.name or str(path), 120)
    check_video(path, name)
    cv2 = load_opencv(name)
    tracker = _Tracker(cv2)
    watched = watch_video(cv2, path, lambda frame: tracker.look(_grey(cv2, frame)), progress, f"markers in {name}")
    doubts = list(watched.doubts)
    if tracker.twice:
        doubts.append(
            ("marker_twice", f"a marker was seen twice at once in {tracker.twice} frames: a mirror, or a second sheet? The larger was taken")
        )
    return _build(name, watched.time_s, watched.rows, watched.frame_px, doubts)


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
    capture = cv2.VideoCapture(str(path))
    try:
        total = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT))) if capture.isOpened() else 0
        said_hz = float(capture.get(cv2.CAP_PROP_FPS)) if capture.isOpened() else 0.0
        times: list[float] = []
        rows: list[Array] = []
        size = (0, 0)
        for time_s, frame in _frames(cv2, capture):
            size = (frame.shape[1], frame.shape[0])
            times.append(time_s)
            rows.append(look(frame))
            if progress is not None and len(rows) % 10 == 0:
                progress(len(rows), max(total, len(rows)), doing)
    finally:
        capture.release()
    if not rows:
        raise ValueError(f"{name}: expected a video, got one without a frame that can be shown. It is damaged or cut off: copy or export it again.")
    clock, doubts = _clock(np.array(times), said_hz)
    if total and len(rows) < 0.95 * total:
        doubts.append(("video_cut_off", f"{name} says it has {total} frames and shows {len(rows)}: its end is missing or damaged"))
    return Watched(clock, np.array(rows), size, tuple(doubts))


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
        cv2 = importlib.import_module("cv2")
        if hasattr(getattr(cv2, "aruco", None), "ArucoDetector"):
            return cv2
    raise ValueError(f'{name}: a video needs one more package, OpenCV 4.10 or later. Install it with: pip install "hiphitch-analysis[video]"')


@dataclass
class _Tracker:
    """What is remembered from frame to frame: where each marker was, and how long ago."""

    cv2: Any
    frame: int = 0
    twice: int = 0
    last: dict[int, Array] = field(default_factory=dict)
    missed: dict[int, int] = field(default_factory=dict)
    unseen: int = 0  # frames in a row in which a hip marker was nowhere

    def __post_init__(self) -> None:
        aruco = self.cv2.aruco
        self._detector = aruco.ArucoDetector(aruco.getPredefinedDictionary(aruco.DICT_APRILTAG_16h5), aruco.DetectorParameters())

    def look(self, grey: Grey) -> Array:
        """Return the corners of all markers in this frame, shape (6, 4, 2), NaN where not seen."""
        known = [i for i in BODY_IDS if i in self.last and self.missed[i] < LOST_AFTER]
        found = {i: corners for i in known if (corners := self._near(grey, i)) is not None}
        lost = any(i not in found and (i not in self.last or self.missed[i] >= LOST_AFTER - 1) for i in HIP_IDS)
        self.unseen = self.unseen + 1 if lost else 0
        if self.frame % WHOLE_EVERY == 0 or (lost and (self.unseen <= SEARCH_ALL_FRAMES or self.frame % LOST_AFTER == 0)):
            for i, corners in self._detect(grey, SMALLEST).items():
                fitted = None if i in found else fit_square(grey, corners)
                if fitted is not None:
                    found[i] = fitted
        row = np.full((len(MARKER_IDS), 4, 2), np.nan)
        for i in MARKER_IDS:
            if i in found:
                row[i] = self.last[i] = found[i]
                self.missed[i] = 0
            elif i in self.last:
                self.missed[i] += 1
        self.frame += 1
        return row

    def _near(self, grey: Grey, marker: int) -> Array | None:
        """Look for one marker around where it was, as it is, then twice and three times as large."""
        was = self.last[marker]
        size = _side(was)
        margin = ROUND * size + 6 * (1 + self.missed[marker])
        left, top = (int(max(0, np.floor(low - margin))) for low in was.min(axis=0))
        right, bottom = (int(np.ceil(high + margin)) for high in was.max(axis=0))
        crop = np.ascontiguousarray(grey[top:bottom, left:right])
        if min(crop.shape) < LEAST_CROP_PX:
            return None
        rate = min(0.9, SMALLEST * max(grey.shape) / max(crop.shape))
        for times in LARGER:
            seen = crop if times == 1 else self.cv2.resize(crop, None, fx=times, fy=times, interpolation=self.cv2.INTER_CUBIC)
            corners = self._detect(seen, rate).get(marker)
            if corners is None:
                continue
            corners = (corners + 0.5) / times - 0.5
            if not 1 / GROWS < _side(corners) / size < GROWS or ((corners[1] - corners[0]) @ (was[1] - was[0])) < 0:
                continue
            fitted = fit_square(crop, corners)
            if fitted is not None:
                return np.asarray(fitted + np.array([left, top]))
        return None

    def _detect(self, grey: Grey, smallest: float) -> dict[int, Array]:
        """Return the printed markers in a picture, roughly; of two with one id the larger one."""
        settings = self._detector.getDetectorParameters()
        settings.cornerRefinementMethod = self.cv2.aruco.CORNER_REFINE_NONE
        settings.minMarkerPerimeterRate = smallest
        self._detector.setDetectorParameters(settings)
        corners, ids, _ = self._detector.detectMarkers(grey)
        found: dict[int, Array] = {}
        for i, square in zip([] if ids is None else np.ravel(ids).tolist(), corners, strict=True):
            place = np.asarray(square, dtype=float).reshape(4, 2)
            if i not in MARKER_IDS:
                continue
            if i in found:
                self.twice += 1
            if i not in found or _side(place) > _side(found[i]):
                found[i] = place
        return found


def _side(corners: Array) -> float:
    """Return the mean side of a marker [px]."""
    return float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).mean())


def check_video(path: Path, name: str) -> None:
    """Raise ValueError where a file is not there, is empty or does not begin as a video does; `name` is what messages call it."""
    if not path.is_file():
        raise ValueError(f"{name}: no such file. Give the path of a video.")
    if path.stat().st_size == 0:
        raise ValueError(f"{name}: expected a video, got an empty file. Copy it from the phone again.")
    if not is_video(path):
        raise ValueError(f"{name}: expected a video (MP4, MOV, AVI, MKV or WebM), got something else. Give the file the phone recorded.")


def _frames(cv2: Any, capture: Any) -> Iterator[tuple[float, Picture]]:
    """Yield time [s] and picture, one frame after the other."""
    while capture.isOpened():
        try:
            went, frame = capture.read()
        except cv2.error:  # a damaged frame ends what can be shown
            return
        if not went or frame is None:
            return
        yield float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000, frame


def _grey(cv2: Any, frame: Picture) -> Grey:
    return frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))


def _clock(times: Array, said_hz: float) -> tuple[Array, list[tuple[str, str]]]:
    """Return the frames' times from zero: their own where they increase, else even ones at the stated rate."""
    if len(times) > 1 and (np.diff(times) > 0).all():
        return times - times[0], []
    rate = said_hz if 1 <= said_hz <= 1000 else 30.0
    doubt = ("frame_times_doubtful", f"the video's frames carry no increasing times: {rate:g} frames per second were taken instead")
    return np.arange(len(times)) / rate, [doubt] if len(times) > 1 else []


def _build(name: str, time_s: Array, rows: Array, size: tuple[int, int], doubts: list[tuple[str, str]]) -> MarkerTracks:
    seen = np.isfinite(rows[:, :, 0, 0])
    both = int(seen[:, list(HIP_IDS)].all(axis=1).sum())
    if both < LEAST_SEEN:
        got = ", ".join(f"{i} in {int(seen[:, i].sum())}" for i in MARKER_IDS if seen[:, i].any()) or "none"
        raise ValueError(
            f"{name}: both hip markers are seen together in {both} of {len(rows)} frames (markers: {got}). Please {HOW_TO_SHOW}. {WITHOUT}"
        )
    columns: dict[str, Array] = {}
    missed: dict[int, int] = {}
    for i in MARKER_IDS:
        if not seen[:, i].any():
            continue
        first, last = np.flatnonzero(seen[:, i])[[0, -1]]
        missed[i] = int((~seen[first : last + 1, i]).sum()) if i in BODY_IDS else 0
        columns |= {f"m{i}_{corner}_{axis}_px": rows[:, i, corner, j] for corner in range(4) for j, axis in enumerate("xy")}
    table = pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))
    return MarkerTracks(table, size, float(1 / np.median(np.diff(time_s))), missed, tuple(doubts))

"""A video of printed markers → the corners of each marker, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.filming import Backdrop, doubt_filming, turn_upright
from hiphitch_analysis.read.frames import Doubt
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.tracker import BODY_IDS, HIP_IDS, MARKER_IDS, WHOLE_EVERY, Tracker
from hiphitch_analysis.read.video import Picture, Progress, check_video, load_opencv, watch_video

Array = NDArray[np.float64]

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
    check_video(path, name)
    cv2 = load_opencv(name)
    tracker, backdrop = Tracker(cv2), Backdrop(cv2)

    def look(picture: Picture) -> Array:
        grey = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        row = tracker.look(grey)
        if tracker.frame % WHOLE_EVERY == 1:
            backdrop.look(grey, tracker.pair)
        return row

    watched = watch_video(cv2, path, look, progress, f"markers in {name}")
    _check_seen(name, watched.rows)
    doubts = [*watched.doubts, *doubt_filming(watched.time_s, watched.rows, watched.frame_px, tracker, backdrop)]
    corners, size, quarters = turn_upright(watched.rows, watched.frame_px)
    if quarters:
        doubts.append(("picture_turned", f"the picture was not upright: it was turned by {90 * quarters}°, as the markers' arrows say"))
    return _build(watched.time_s, corners, size, quarters, doubts)


def _check_seen(name: str, rows: Array) -> None:
    seen = np.isfinite(rows[:, :, 0, 0])
    both = int(seen[:, list(HIP_IDS)].all(axis=1).sum())
    if both < LEAST_SEEN:
        got = ", ".join(f"{i} in {int(seen[:, i].sum())}" for i in MARKER_IDS if seen[:, i].any()) or "none"
        raise ValueError(
            f"{name}: both hip markers are seen together in {both} of {len(rows)} frames (markers: {got}). Please {HOW_TO_SHOW}. {WITHOUT}"
        )


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

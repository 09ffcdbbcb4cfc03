"""Points in a picture as a detector wrote them → table LANDMARKS: pixels, y down, names like ``left_hip``, certainty from 0 to 1.

Many files hold positions as shares of the picture's width and height. An angle of such shares is wrong by the picture's shape (a level of 5° in a
portrait video looks like 2.8°), so they are multiplied by its size, and refused where nobody says the size.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from hiphitch_analysis.read.frames import LARGEST, Array, Doubt
from hiphitch_analysis.schema import Landmarks, check_table

HIPS = ("left_hip", "right_hip")
_PREFIX = re.compile(r"^(?:(?:pose|landmarks?|keypoints?|kp|body)[_. ]+)+|^poselandmark[_. ]*")
_NORMALISED_UP_TO = 3.0  # shares of the picture; detectors place points outside it, but not far
_ORIGIN_SHARE = 0.03  # of the picture: nobody's hips stay that near its corner; in metres about the hips they are there always
_PERCENT_FROM = 10.0  # a certainty above that counts to 100
_PERCENT_UP_TO = 250.0
_UPSIDE_DOWN_SHARE = 0.8


def name_landmark(name: str) -> str:
    """Return the name of a point of the body in the table's spelling.

    >>> [name_landmark(name) for name in ("LEFT_HIP", "RHip", "leftHip", "landmark_left_hip", "PoseLandmark.LEFT_HIP", "L_Hip", "hip right")]
    ['left_hip', 'right_hip', 'left_hip', 'left_hip', 'left_hip', 'left_hip', 'right_hip']
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=^[LR])(?=[A-Z][a-z])", "_", name.strip())
    plain = re.sub(r"\W+", "_", _PREFIX.sub("", parted.lower().replace("pose_landmark.", ""))).strip("_")
    plain = re.sub(r"^([lr])_", lambda found: "left_" if found[1] == "l" else "right_", plain)
    found = re.fullmatch(r"(?!mouth)(.+)_(left|right|l|r)", plain)
    return plain if not found else f"{'left' if found[2][0] == 'l' else 'right'}_{found[1]}"


def build_landmarks(
    name: str,
    points: Mapping[str, tuple[Array, Array, Array]],
    time_s: Array,
    given_px: tuple[float, float] | None,
    stated_px: tuple[float, float] | None,
) -> tuple[pd.DataFrame, tuple[float, float] | None, tuple[Doubt, ...]]:
    """Make the table LANDMARKS, and say what is doubtful about it.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    points : mapping of str to three ndarrays, shape (n,)
        x, y and certainty of each point, named as by `name_landmark`; both x and y are exactly zero where a detector found nothing.
    time_s : ndarray, shape (n,)
        [s] from 0.
    given_px, stated_px : tuple of float or None
        Width and height of the picture, as the caller and as the file say.

    Returns
    -------
    DataFrame
        Table LANDMARKS.
    tuple of float or None
        Width and height of the picture [px], where known.
    tuple of (str, str)

    Raises
    ------
    ValueError
        No hips, nobody in any frame, positions in metres about the hips, or shares of a picture whose size nobody says.
    """
    missing = [hip for hip in HIPS if hip not in points]
    if missing:
        raise ValueError(f"{name}: expected left_hip and right_hip among the points, got no {' and no '.join(missing)}. Export them too.")
    frame_px = _choose_frame(name, given_px, stated_px)
    xy = np.stack([np.column_stack(points[point][:2]) for point in points], axis=1).astype(np.float64)
    certainty = np.stack([points[point][2] for point in points], axis=1).astype(np.float64)
    with np.errstate(invalid="ignore"):
        if (np.abs(xy) > LARGEST).any() or (np.abs(certainty) > LARGEST).any():
            raise ValueError(f"{name}: holds a number above {LARGEST:.0e} — expected positions in a picture. Leave such cells empty.")
    xy[(xy == 0).all(axis=2) | np.isnan(xy).any(axis=2)] = np.nan
    if np.isnan(xy).all():
        raise ValueError(f"{name}: expected somebody in the picture, got nobody in {len(xy)} frames. Look at the video, or film again.")
    xy, certainty, doubts = _undo_percent(name, xy, certainty)
    if np.nanquantile(np.abs(xy), 0.95) <= _NORMALISED_UP_TO:
        _refuse_world(name, xy[:, [list(points).index(hip) for hip in HIPS]])
        if frame_px is None:
            raise ValueError(
                f"{name}: positions are shares of the picture (0 to 1), and the file does not say its size — expected pixels. "
                "Give width and height of the video, --frame WxH (frame_px=(W, H) in Python)."
            )
        xy = xy * np.array(frame_px)
    elif frame_px is not None and np.nanquantile(xy, 0.9, axis=(0, 1)).max() > _NORMALISED_UP_TO * max(frame_px):
        sentence = f"{name}: many points lie far outside a picture of {frame_px[0]:g} × {frame_px[1]:g} px"
        doubts += (("frame_doubtful", sentence),)
    doubts += _see_upside_down(name, list(points), xy)
    columns: dict[str, Array] = {}
    for i, point in enumerate(points):
        columns |= {f"{point}_x_px": xy[:, i, 0], f"{point}_y_px": xy[:, i, 1], f"{point}_visibility": certainty[:, i]}
    table = pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))
    return check_table(table, Landmarks), frame_px, doubts


def check_frame(name: str, width: float, height: float) -> tuple[float, float]:
    """Return width and height of a picture; ValueError unless both are sizes of one."""
    if not all(math.isfinite(side) and 16 <= side <= 100_000 for side in (width, height)):
        raise ValueError(f"{name}: expected width and height of the picture in pixels, got {width:g} × {height:g}. Give those of the video.")
    return float(width), float(height)


def _choose_frame(name: str, given: tuple[float, float] | None, stated: tuple[float, float] | None) -> tuple[float, float] | None:
    if given is not None and stated is not None and tuple(given) != tuple(stated):
        raise ValueError(
            f"{name}: the file says the picture has {stated[0]:g} × {stated[1]:g} px, but frame_px says {given[0]:g} × {given[1]:g}. "
            "Leave it out or correct it."
        )
    return given if given is not None else stated


def _undo_percent(name: str, xy: Array, certainty: Array) -> tuple[Array, Array, tuple[Doubt, ...]]:
    """Bring certainty to 0 to 1; where it counts to 100 and so do whole-numbered positions, these too."""
    highest = float(np.nanmax(certainty, initial=0.0))
    if highest <= _PERCENT_FROM:
        clipped = np.clip(certainty, 0, 1)
        if highest <= 1 and np.array_equal(clipped, certainty, equal_nan=True):
            return xy, certainty, ()
        return xy, clipped, (("visibility_clipped", f"{name}: certainties lie outside 0 to 1 (up to {highest:.3g}) and were cut to it"),)
    seen = xy[np.isfinite(xy)]
    whole = bool((seen == np.round(seen)).all() and np.abs(seen).max() <= _PERCENT_UP_TO)
    what = "certainties and positions count to 100; both were divided by it" if whole else "certainties count to 100 and were divided by it"
    return xy / (100 if whole else 1), np.clip(certainty / 100, 0, 1), (("percent", f"{name}: {what}"),)


def _refuse_world(name: str, hips: Array) -> None:
    middle = hips.mean(axis=1)
    middle = middle[np.isfinite(middle).all(axis=1)]
    if len(middle) and (np.median(np.abs(middle), axis=0) < _ORIGIN_SHARE).all():
        raise ValueError(
            f"{name}: positions are counted from the middle of the hips, so they are metres in space ('world landmarks') — "
            "expected places in the picture. Export the image landmarks."
        )


def _see_upside_down(name: str, points: list[str], xy: Array) -> tuple[Doubt, ...]:
    """Doubt pictures in which shoulders are seen below hips: somebody's y points up, or the video stands on its head."""
    shoulders, hips = ([i for i, point in enumerate(points) if point in (f"left_{part}", f"right_{part}")] for part in ("shoulder", "hip"))
    if not shoulders:
        return ()
    below = xy[:, shoulders, 1].mean(axis=1) - xy[:, hips, 1].mean(axis=1)
    below = below[np.isfinite(below)]
    if not len(below) or (below > 0).mean() < _UPSIDE_DOWN_SHARE:
        return ()
    sentence = (
        f"{name}: the shoulders are seen below the hips: y points up in this file, or the video stands on its head; left and right signs are unsafe"
    )
    return (("upside_down", sentence),)

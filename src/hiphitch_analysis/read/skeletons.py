"""Which number in a list of keypoints is which point of the body: the models that detectors come with.

BODY_25 and BODY_25B both have 25 points and their files do not say which they are; read as the other, a left hip is a right ankle. They are told
apart by the body: heels are the same numbers in both, and ankles belong to them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.read.frames import Array

_SIDED = {"L": "left_", "R": "right_"}


def _points(words: str) -> tuple[str, ...]:
    """Return names of points from words like ``Lhip`` and ``nose``."""
    return tuple(_SIDED.get(word[0], "") + (word[1:] if word[0] in _SIDED else word) for word in words.split())


_COCO_17 = "nose Leye Reye Lear Rear Lshoulder Rshoulder Lelbow Relbow Lwrist Rwrist Lhip Rhip Lknee Rknee Lankle Rankle"
_FEET_25 = "Lbig_toe Lsmall_toe Lheel Rbig_toe Rsmall_toe Rheel"
SKELETONS: dict[str, tuple[str, ...]] = {
    "BODY_25": _points(
        "nose neck Rshoulder Relbow Rwrist Lshoulder Lelbow Lwrist mid_hip Rhip Rknee Rankle Lhip Lknee Lankle Reye Leye Rear Lear " + _FEET_25
    ),
    "BODY_25B": _points(f"{_COCO_17} neck head {_FEET_25}"),
    "COCO_17": _points(_COCO_17),
    "COCO_18": _points("nose neck Rshoulder Relbow Rwrist Lshoulder Lelbow Lwrist Rhip Rknee Rankle Lhip Lknee Lankle Reye Leye Rear Lear"),
    "HALPE_26": _points(f"{_COCO_17} head neck mid_hip Lbig_toe Rbig_toe Lsmall_toe Rsmall_toe Lheel Rheel"),
    "MEDIAPIPE_33": _points(
        "nose Leye_inner Leye Leye_outer Reye_inner Reye Reye_outer Lear Rear mouth_left mouth_right Lshoulder Rshoulder Lelbow Relbow Lwrist Rwrist "
        "Lpinky Rpinky Lindex Rindex Lthumb Rthumb Lhip Rhip Lknee Rknee Lankle Rankle Lheel Rheel Lfoot_index Rfoot_index"
    ),
}
_ENOUGH = 0.7  # of what can be checked must fit
_AHEAD = 0.2  # and the other hypothesis that much less


def choose_skeleton(name: str, keypoints: Array, given: str | None) -> str:
    """Return which skeleton keypoints have.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    keypoints : ndarray, shape (n, points, 2)
        Positions in the picture, y down; NaN where not seen.
    given : str or None
        What the caller says.

    Returns
    -------
    str
        A key of `SKELETONS`.

    Raises
    ------
    ValueError
        Another number of points than the caller's skeleton has, none that has it, or two that cannot be told apart.
    """
    count = keypoints.shape[1]
    if given is not None:
        if len(SKELETONS[given]) != count:
            raise ValueError(f"{name}: {given} has {len(SKELETONS[given])} points, the file has {count}. Name another skeleton, or leave it out.")
        return given
    possible = [skeleton for skeleton, points in SKELETONS.items() if len(points) == count]
    if not possible:
        known = ", ".join(f"{skeleton} ({len(points)})" for skeleton, points in SKELETONS.items())
        raise ValueError(f"{name}: {count} keypoints per person are no skeleton that is known — expected {known}. Use one of these models.")
    if len(possible) == 1:
        return possible[0]
    fits = sorted(((fit_anatomy(keypoints, skeleton), skeleton) for skeleton in possible), reverse=True)
    (best, chosen), (second, _) = fits[:2]
    if not (best >= _ENOUGH and best - second >= _AHEAD):
        shares = ", ".join(f"{skeleton} {fit:.0%}" for fit, skeleton in fits)
        raise ValueError(
            f"{name}: {' and '.join(possible)} both have {count} points, and the body does not show which this is (fits: {shares}). "
            f"Say which model was used, skeleton='{possible[0]}' or '{possible[1]}'."
        )
    return chosen


def fit_anatomy(keypoints: Array, skeleton: str) -> float:
    """Return the share of frames and checks in which a skeleton makes a body: hip above knee above ankle, ankles at their heels, eyes at the nose.

    Parameters
    ----------
    keypoints : ndarray, shape (n, points, 2)
        Positions in the picture, y down; NaN where not seen.
    skeleton : str
        A key of `SKELETONS`.

    Returns
    -------
    float
        0 to 1; 0 where nothing can be checked.
    """
    at = {point: keypoints[:, i] for i, point in enumerate(SKELETONS[skeleton])}
    checks = []
    for side in ("left", "right"):
        hip, knee, ankle, shoulder = (at[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "shoulder"))
        checks += [_above(shoulder, hip), _above(hip, knee), _above(knee, ankle), _shorter(at["left_hip"] - at["right_hip"], shoulder - hip)]
        checks += [_shorter(shoulder - at["nose"], shoulder - ankle), _shorter(at[f"{side}_eye"] - at["nose"], 0.5 * (shoulder - hip))]
        checks += [_shorter(0.5 * (hip - knee), knee - ankle), _shorter(0.5 * (knee - ankle), hip - knee)]  # as long as one another, or half
        if f"{side}_heel" in at:
            checks += [_shorter(at[f"{side}_heel"] - ankle, 0.5 * (knee - ankle))]
        if "mid_hip" in at:
            checks += [_shorter(at["mid_hip"] - hip, 0.5 * (shoulder - hip))]
    told = np.concatenate(checks)
    told = told[np.isfinite(told)]
    return float(told.mean()) if told.size else 0.0


def _above(upper: Array, lower: Array) -> Array:
    return _where_known(upper[:, 1] < lower[:, 1], upper[:, 1] + lower[:, 1])


def _shorter(short: Array, long: Array) -> Array:
    a, b = np.hypot(*short.T), np.hypot(*long.T)
    return _where_known(a < b, a + b)


def _where_known(true: NDArray[np.bool_], known: Array) -> Array:
    return np.where(np.isfinite(known), np.asarray(true, dtype=np.float64), np.nan)

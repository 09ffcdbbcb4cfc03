"""Markers of one person as points on the body: found by name, short gaps bridged, left and right as they stand and not only as they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.motion.markernames import find_places

Array = NDArray[np.float64]
Points = dict[str, Array]

BRIDGE_S = 0.2  # a straight line over a fifth of a second of a hip hitch errs by a tenth of a degree
WIDTH_M = (0.05, 0.6)  # PSIS of a child, ASIS of anybody: beyond it the unit is another one
STEEP_DEG = 45.0  # a line between the hips is never so steep in half of the samples: the vertical is then another axis
MOSTLY = 0.5
WIDTH_CHANGE = 0.3  # skin stretches the lines by up to 14 % in deep squats, triangulation wavers by 23 %


@dataclass(frozen=True, slots=True)
class MarkerSet:
    """Points on the body of one person.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    points : dict of str to ndarray, shape (n, 3)
        Place → x, y, z [m], z up; NaN in gaps that are too long to bridge.
    lines : tuple of str
        The pairs whose lines tell how the pelvis stands: asis and psis, one of them, or hip.
    flags, warnings : tuple of str
    """

    time_s: Array
    points: Points
    lines: tuple[str, ...]
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


def gather_markers(markers: pd.DataFrame) -> MarkerSet:
    """Find the markers of the body in a table of all markers.

    Parameters
    ----------
    markers : DataFrame
        Table MARKERS: index ``time_s``; ``<name>_x_m``, ``<name>_y_m``, ``<name>_z_m``, z up.

    Returns
    -------
    MarkerSet

    Raises
    ------
    ValueError
        No pair of markers on the pelvis, markers of several people, a time that does not increase, another unit, another axis upwards, or left
        and right exchanged throughout.
    """
    time_s = markers.index.to_numpy(dtype=float)
    if len(time_s) < 2 or not (np.diff(time_s) > 0).all():
        raise ValueError("markers: expected at least two samples at increasing times. Was the file written whole?")
    names = [str(column)[:-4] for column in markers.columns if str(column).endswith("_x_m")]
    places = find_places(name for name in names if all(f"{name}_{axis}_m" in markers for axis in "yz"))
    raw = {place: markers[[f"{name}_{axis}_m" for axis in "xyz"]].to_numpy(dtype=float) for place, name in places.items()}
    raw = {place: values for place, values in raw.items() if np.isfinite(values).all(axis=1).any()}
    lines = _choose_lines(raw, names)
    _check_scale(raw, lines)
    straight, exchanged = _straighten(raw, lines)
    clean, jumped = _drop_jumps(straight, lines)
    points = {place: bridge_gaps(time_s, values) for place, values in clean.items()}
    doubts = exchanged | jumped | _find_gaps(points, lines) | _doubt_lines(lines)
    return MarkerSet(time_s, points, lines, tuple(doubts), tuple(doubts.values()))


def bridge_gaps(time_s: Array, values: Array) -> Array:
    """Fill gaps of at most `BRIDGE_S` with a straight line.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    values : ndarray, shape (n, d)
        Coordinates of one point; it is there with all of them or not at all.

    Returns
    -------
    ndarray, shape (n, d)
        NaN in longer gaps, and before the first and after the last time the point is seen.

    Examples
    --------
    >>> bridge_gaps(np.arange(4) / 10, np.array([[0.0], [np.nan], [np.nan], [3.0]])).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    known = np.asarray(np.isfinite(values).all(axis=1))
    filled = np.where(known[:, None], values, np.nan)
    at = np.flatnonzero(known)
    step_s = (time_s[-1] - time_s[0]) / (len(time_s) - 1)
    for i in np.flatnonzero(np.diff(at) > 1):
        before, after = at[i], at[i + 1]
        if time_s[after] - time_s[before] <= BRIDGE_S + 1.01 * step_s:
            share = ((time_s[before + 1 : after] - time_s[before]) / (time_s[after] - time_s[before]))[:, None]
            filled[before + 1 : after] = (1 - share) * values[before] + share * values[after]
    return filled


def middle(points: Points, place: str) -> Array:
    """Return the middle between the left and the right one of a paired place [m]."""
    return np.asarray((points[f"left_{place}"] + points[f"right_{place}"]) / 2)


def has_pair(points: Points, place: str) -> bool:
    """Return whether both sides of a paired place are there."""
    return {f"left_{place}", f"right_{place}"} <= points.keys()


def back_of_pelvis(points: Points) -> Array | None:
    """Return the middle of the PSIS markers, or the sacrum's marker [m]; None without either."""
    return middle(points, "psis") if has_pair(points, "psis") else points.get("sacrum")


def _choose_lines(points: Points, names: Iterable[str]) -> tuple[str, ...]:
    bones = tuple(line for line in ("asis", "psis") if has_pair(points, line))
    if bones:
        return bones
    if has_pair(points, "hip"):
        return ("hip",)
    missing = ", ".join(f"{side} {line.upper()}" for line in ("asis", "psis") for side in ("left", "right") if f"{side}_{line}" not in points)
    found = ", ".join(list(names)[:12]) or "no marker at all"
    raise ValueError(
        f"markers: missing {missing} — expected both markers of at least one pair on the pelvis (got {found}). Rename them, as LASI and RASI."
    )


def _check_scale(points: Points, lines: tuple[str, ...]) -> None:
    for line in lines:
        vector = points[f"right_{line}"] - points[f"left_{line}"]
        seen = np.isfinite(vector[:, 0])
        if not seen.any():
            raise ValueError(f"markers: left and right {_call(line)} are never seen at once, so their line is not known. Fill the gaps.")
        width = float(np.median(np.linalg.norm(vector[seen], axis=1)))
        if not WIDTH_M[0] <= width <= WIDTH_M[1]:
            raise ValueError(f"markers: left and right {_call(line)} are {width:.3g} m apart — expected 0.05 to 0.6 m. Are these metres?")
        steep = np.degrees(np.arctan2(np.abs(vector[seen, 2]), np.hypot(vector[seen, 0], vector[seen, 1])))
        if float(np.median(steep)) > STEEP_DEG:
            raise ValueError(f"markers: the line of the {_call(line)} stands at {np.median(steep):.0f}° — expected nearly level. Does z point up?")


def _straighten(points: Points, lines: tuple[str, ...]) -> tuple[Points, dict[str, str]]:
    """Exchange left and right of a pelvis pair in the samples in which they are called the wrong way round.

    The way from PSIS to ASIS is forwards whatever the sides are called, and says where the right side is.
    """
    back = back_of_pelvis(points)
    if back is None or not has_pair(points, "asis"):
        return points, {}
    forward = middle(points, "asis") - back
    right = np.column_stack([forward[:, 1], -forward[:, 0]])
    along = {line: ((points[f"right_{line}"] - points[f"left_{line}"])[:, :2] * right).sum(axis=1) for line in lines}
    shares = {line: float((values[np.isfinite(values)] < 0).mean()) if np.isfinite(values).any() else 0.0 for line, values in along.items()}
    if len(lines) > 1 and all(share > MOSTLY for share in shares.values()):
        raise ValueError(
            "markers: left and right of both ASIS and PSIS are exchanged, or front and back — expected right ASIS on the right, seen from behind. "
            "Correct the names, or the axes' handedness."
        )
    straight, doubts = dict(points), {}
    for line, share in shares.items():
        if share == 0.0:
            continue
        where, left, right_one = (along[line] < 0)[:, None], points[f"left_{line}"], points[f"right_{line}"]
        straight[f"left_{line}"], straight[f"right_{line}"] = np.where(where, right_one, left), np.where(where, left, right_one)
        doubts[f"{line}_exchanged"] = (
            f"left and right {line.upper()} were called the wrong way round in {share:.0%} of the samples and were exchanged there"
        )
    return straight, doubts


def _drop_jumps(points: Points, lines: tuple[str, ...]) -> tuple[Points, dict[str, str]]:
    """Leave out a pair of the pelvis where its markers are not as far apart as usual: one of them is then a reflection, or another marker."""
    clean, doubts = dict(points), {}
    for line in lines:
        width = np.linalg.norm(points[f"right_{line}"] - points[f"left_{line}"], axis=1)
        jumps = np.abs(width / np.nanmedian(width) - 1) > WIDTH_CHANGE
        if jumps.any():
            for place in (f"left_{line}", f"right_{line}"):
                clean[place] = np.where(jumps[:, None], np.nan, points[place])
            doubts[f"{line}_jumps"] = (
                f"the {_call(line)} are over {WIDTH_CHANGE:.0%} nearer or farther apart than usual in {int(jumps.sum())} samples, "
                "which were not used: a marker was taken for another one"
            )
    return clean, doubts


def _find_gaps(points: Points, lines: tuple[str, ...]) -> dict[str, str]:
    gaps = {f"{side}_{line}": float(np.isnan(points[f"{side}_{line}"][:, 0]).mean()) for line in lines for side in ("left", "right")}
    if not any(gaps.values()):
        return {}
    missing = float(np.isnan(sum(points[place][:, 0] for place in gaps)).mean())
    if missing == 1.0:
        raise ValueError(f"markers: the {' and '.join(map(_call, lines))} are never all seen at once, so no angle is known. Fill the gaps.")
    side, _, line = max(gaps, key=lambda place: gaps[place]).partition("_")
    told = (
        f"{missing:.0%} of the recording lacks a marker of the pelvis for longer than {BRIDGE_S:g} s, most often the {side} {_call(line)}: "
        "repetitions there are not measured"
    )
    return {"gaps": told}


def _doubt_lines(lines: tuple[str, ...]) -> dict[str, str]:
    if lines == ("hip",):
        told = "no markers on the hip bones: the line between the hips is all there is, tilt is not observable and obliquity less sure"
        return {"no_bone_markers": told}
    if len(lines) == 1:
        other = "PSIS" if lines == ("asis",) else "ASIS"
        return {"one_line": f"no pair of {other} markers: what the skin does at one pair is not cancelled by the other, obliquity is less sure"}
    return {}


def _call(line: str) -> str:
    return "hip" if line == "hip" else line.upper()

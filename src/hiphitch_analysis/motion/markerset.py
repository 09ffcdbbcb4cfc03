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
    points = {place: bridge_gaps(time_s, values) for place, values in raw.items() if np.isfinite(values).all(axis=1).any()}
    lines = _choose_lines(points, names)
    _check_scale(points, lines)
    points, flags, warnings = _straighten(points, lines)
    gaps = {f"{side}_{line}": float(np.isnan(points[f"{side}_{line}"][:, 0]).mean()) for line in lines for side in ("left", "right")}
    if any(gaps.values()):
        worst = max(gaps, key=lambda place: gaps[place])
        missing = float(np.isnan(sum(points[place][:, 0] for place in gaps)).mean())
        flags.append("gaps")
        warnings.append(
            f"{missing:.0%} of the recording lacks a marker of the pelvis for longer than {BRIDGE_S:g} s, most often {_say(worst)}: "
            "repetitions there are not measured"
        )
    if lines == ("hip",):
        flags.append("no_bone_markers")
        warnings.append("no markers on the hip bones: the line between the hips is all there is, tilt is not observable and obliquity less sure")
    elif len(lines) == 1:
        other = "PSIS" if lines == ("asis",) else "ASIS"
        flags.append("one_line")
        warnings.append(f"no pair of {other} markers: what the skin does at one pair is not cancelled by the other, obliquity is less sure")
    return MarkerSet(time_s, points, lines, tuple(flags), tuple(warnings))


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
            raise ValueError(f"markers: left and right {line.upper()} are never seen at once, so their line is not known. Fill the gaps.")
        width = float(np.median(np.linalg.norm(vector[seen], axis=1)))
        if not WIDTH_M[0] <= width <= WIDTH_M[1]:
            raise ValueError(f"markers: left and right {line.upper()} are {width:.3g} m apart — expected 0.05 to 0.6 m. Are these metres?")
        steep = np.degrees(np.arctan2(np.abs(vector[seen, 2]), np.hypot(vector[seen, 0], vector[seen, 1])))
        if float(np.median(steep)) > STEEP_DEG:
            raise ValueError(f"markers: the line of the {line.upper()} stands at {np.median(steep):.0f}° — expected nearly level. Does z point up?")


def _straighten(points: Points, lines: tuple[str, ...]) -> tuple[Points, list[str], list[str]]:
    """Exchange left and right of a pelvis pair in the samples in which they are called the wrong way round.

    The way from PSIS to ASIS is forwards whatever the sides are called, and says where the right side is.
    """
    back = back_of_pelvis(points)
    if back is None or not has_pair(points, "asis"):
        return points, [], []
    forward = middle(points, "asis") - back
    right = np.column_stack([forward[:, 1], -forward[:, 0]])
    wrong = {line: ((points[f"right_{line}"] - points[f"left_{line}"])[:, :2] * right).sum(axis=1) < 0 for line in lines}
    if all(w.mean() > MOSTLY for w in wrong.values()) and len(wrong) > 1:
        raise ValueError(
            "markers: left and right of both ASIS and PSIS are exchanged, or front and back — expected right ASIS on the right, seen from behind. "
            "Correct the names, or the axes' handedness."
        )
    straight, flags, warnings = dict(points), [], []
    for line, where in wrong.items():
        if not where.any():
            continue
        left, right_one = points[f"left_{line}"], points[f"right_{line}"]
        straight[f"left_{line}"] = np.where(where[:, None], right_one, left)
        straight[f"right_{line}"] = np.where(where[:, None], left, right_one)
        flags.append(f"{line}_exchanged")
        warnings.append(
            f"left and right {line.upper()} were called the wrong way round in {where.mean():.0%} of the samples and were exchanged there"
        )
    return straight, flags, warnings


def _say(place: str) -> str:
    side, _, name = place.partition("_")
    return f"the {side} {'hip' if name == 'hip' else name.upper()}"

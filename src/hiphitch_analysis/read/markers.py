"""Positions of markers as a file has them → table MARKERS: metres, z up, nothing where a marker was not seen.

Headers of such files are often copied from another file, so units and the upward axis are held against the body itself: a person's markers span
0.2 to 3 m, and stand in the order foot, knee, pelvis, shoulder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.frames import Array, Doubt, refuse_far
from hiphitch_analysis.schema import Markers, check_table

UNITS = {"mm": 1e-3, "m": 1.0, "cm": 1e-2}  # in the order in which they are tried
_SPELLINGS = {
    **dict.fromkeys(("millimeter", "millimeters", "millimetre", "millimetres"), "mm"),
    **dict.fromkeys(("meter", "meters", "metre", "metres"), "m"),
    **dict.fromkeys(("centimeter", "centimeters", "centimetre", "centimetres"), "cm"),
}
_PERSON_M = (0.2, 3.0)
_CLUSTER_M = 0.05  # markers of one segment may lie that near to one another
_LOOKED_AT = 500  # frames that are enough to see how large and which way up a person is
_CLEARLY = 0.8  # of the way from foot to pelvis that lies along one axis: 37° off it at most
_LEVELS = {
    "foot": r"toe|heel|hee$|calc|cal$|ankle|ank$|ajc|mal$|mt[1-5]|meta|foot|hallux",
    "knee": r"knee|kne$|kjc|[ml]fc$|epicond",
    "pelvis": r"asis|psis|asi$|psi$|sacr|pelvis|hip|hjc",
    "shoulder": r"should|sho$|acro|c7|t1$|t10|clav|ster|strn|xiph|neck",
    "head": r"head|nose|hd$|hed$",
}
_PAIRS = (
    ("pelvis", "foot"),
    ("pelvis", "knee"),
    ("knee", "foot"),
    ("shoulder", "pelvis"),
    ("shoulder", "foot"),
    ("head", "shoulder"),
)
# Where the new x, y and z come from, and their signs: rotations all, so that a right hand stays a right hand.
_TURNS: dict[tuple[int, int], tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    (2, 1): ((0, 1, 2), (1, 1, 1)),
    (1, 1): ((0, 2, 1), (1, -1, 1)),
    (0, 1): ((1, 2, 0), (1, 1, 1)),
    (2, -1): ((0, 1, 2), (1, -1, -1)),
    (1, -1): ((0, 2, 1), (1, 1, -1)),
    (0, -1): ((2, 1, 0), (1, 1, -1)),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a file, or its format, says about its markers.

    Attributes
    ----------
    unit : str or None
        As written; None where it says nothing.
    up : int
        Axis that points up: 0, 1 or 2.
    up_source : str
        Who says so, for messages.
    up_stated : bool
        Whether the file itself says so, not only the custom of its format.
    """

    unit: str | None
    up: int
    up_source: str
    up_stated: bool = False


def drop_empty(name: str, xyz: Array, lines: NDArray[np.int64], place: str = "line") -> Array:
    """Return positions with NaN where a marker was not seen: where one of its cells is empty, or all three are exactly zero.

    Raises
    ------
    ValueError
        Nothing was seen at all, or a number is far out of any room.
    """
    refuse_far(name, xyz, lines, place)
    xyz[(xyz == 0).all(axis=2) | np.isnan(xyz).any(axis=2)] = np.nan
    if np.isnan(xyz).all():
        raise ValueError(f"{name}: expected positions of markers, got only empty or zero cells. Was anything labelled before it was exported?")
    return xyz


def build_markers(name: str, names: Sequence[str], xyz: Array, time_s: Array, header: Header) -> tuple[pd.DataFrame, tuple[Doubt, ...]]:
    """Make the table MARKERS, and say what is doubtful about the file.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    names : sequence of str
        Of the markers, as in the file.
    xyz : ndarray, shape (n, markers, 3)
        Positions as `drop_empty` leaves them, in the file's unit and axes; changed in place.
    time_s : ndarray, shape (n,)
        [s] from 0.
    header : Header

    Returns
    -------
    DataFrame
        Table MARKERS.
    tuple of (str, str)

    Raises
    ------
    ValueError
        Names that cannot be told apart, or no unit.
    """
    plain, doubts = name_markers(name, names)
    looked_at = xyz[:: max(1, len(xyz) // _LOOKED_AT)]
    factor, unit_doubts = _find_unit(name, plain, looked_at, header.unit)
    (axis, sign), up_doubts = _find_up(name, plain, looked_at, header)
    order, signs = _TURNS[axis, sign]
    xyz *= factor
    turned = xyz[:, :, list(order)]
    for i in range(3):
        if signs[i] < 0:
            turned[:, :, i] *= -1
    columns = [f"{marker}_{letter}_m" for marker in plain for letter in "xyz"]
    table = pd.DataFrame(turned.reshape(len(xyz), -1), index=pd.Index(time_s, name="time_s"), columns=columns)
    return check_table(table, Markers), (*doubts, *unit_doubts, *up_doubts)


def name_markers(name: str, names: Sequence[str]) -> tuple[list[str], tuple[Doubt, ...]]:
    """Return the markers' names without their subject (``Daphnee:ASISr`` is ASISr), and with it where two subjects share a name.

    >>> name_markers("a.c3d", ["Daphnee:ASISr", "box:left"])[0]
    ['ASISr', 'left']
    """
    full = [" ".join(marker.split()) or f"marker_{i + 1}" for i, marker in enumerate(names)]
    short = [marker.rpartition(":")[2].strip() or marker for marker in full]
    shared = {marker for marker in short if short.count(marker) > 1}
    plain = [whole if marker in shared else marker for whole, marker in zip(full, short, strict=True)]
    twice = sorted({marker for marker in plain if plain.count(marker) > 1})
    if twice:
        raise ValueError(f"{name}: marker '{twice[0]}' stands twice — expected every name once. Rename or remove one of them.")
    if not shared:
        return plain, ()
    sentence = f"{name}: {len(shared)} marker names belong to several subjects, for example {min(shared)}; these keep the subject's name"
    return plain, (("several_subjects", sentence),)


def measure_span(xyz: Array) -> float | None:
    """Return how far the markers of a frame lie apart along the longest axis (median over the frames with three or more), in the file's unit."""
    seen = xyz[np.isfinite(xyz[:, :, 0]).sum(axis=1) >= 3]
    if not len(seen):
        return None
    return float(np.median((np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1)).max(axis=1)))


def fits_person(span: float | None, factor: float) -> bool:
    """Whether markers that lie `span` apart, in a unit of `factor` metres, may be a person's."""
    return span is not None and _PERSON_M[0] <= span * factor <= _PERSON_M[1]


def find_level(names: Sequence[str], xyz: Array, level: str) -> Array | None:
    """Return the mean position over the markers of one level of the body, frame by frame; None where no marker is named like it."""
    at = [i for i, marker in enumerate(names) if re.search(_LEVELS[level], _plain(marker))]
    if not at:
        return None
    some = xyz[:, at]
    counts = np.isfinite(some[:, :, :1]).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(some, axis=1) / np.where(counts, counts, np.nan), dtype=np.float64)


def see_up(names: Sequence[str], xyz: Array) -> tuple[int, int, tuple[str, str]] | None:
    """Return axis and sign of the way up the body, and the levels that show it; None where no two are named or they lie askew."""
    for upper, lower in _PAIRS:
        above, below = find_level(names, xyz, upper), find_level(names, xyz, lower)
        if above is None or below is None:
            continue
        ways = above - below
        ways = ways[np.isfinite(ways).all(axis=1)]
        if not len(ways):
            continue
        way = np.median(ways, axis=0)
        axis = int(np.argmax(np.abs(way)))
        if abs(way[axis]) > 0 and abs(way[axis]) >= _CLEARLY * float(np.linalg.norm(way)):
            return axis, 1 if way[axis] > 0 else -1, (upper, lower)
        return None
    return None


def _plain(marker: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"(?i)[_ .-]?study$|[_ -]?augmented$", "", marker.lower()))


def _find_unit(name: str, names: Sequence[str], xyz: Array, stated: str | None) -> tuple[float, tuple[Doubt, ...]]:
    unit = None if stated is None or not stated.strip() else _SPELLINGS.get(stated.strip().lower(), stated.strip().lower())
    span = measure_span(xyz)
    fitting = [known for known, factor in UNITS.items() if fits_person(span, factor)]
    if unit in UNITS and (span is None or unit in fitting or (not _is_whole(names) and _CLUSTER_M <= span * UNITS[unit] <= _PERSON_M[1])):
        return UNITS[unit], ()
    if fitting:
        said = f"says the unit is {unit}" if unit else "states no unit"
        sentence = f"{name}: the header {said}; the markers span {span:.4g}, so they were read as {fitting[0]}"
        return UNITS[fitting[0]], (("unit_doubtful", sentence),)
    if unit not in UNITS:
        raise ValueError(
            f"{name}: unit '{(stated or '')[:20]}' — expected mm, cm or m, and the markers do not show it either. Write the unit into the header."
        )
    sentence = (
        f"{name}: the markers span {(span or 0) * UNITS[unit]:.3g} m, which is no person (expected 0.2 to 3 m); read as {unit}, as the header says"
    )
    return UNITS[unit], (("size_doubtful", sentence),)


def _is_whole(names: Sequence[str]) -> bool:
    """Whether markers are named from the feet up to pelvis or shoulders."""
    levels = {level for level, words in _LEVELS.items() if any(re.search(words, _plain(marker)) for marker in names)}
    return "foot" in levels and not levels.isdisjoint(("pelvis", "shoulder"))


def _find_up(name: str, names: Sequence[str], xyz: Array, header: Header) -> tuple[tuple[int, int], tuple[Doubt, ...]]:
    seen = see_up(names, xyz)
    if seen is None:
        sentence = f"{name}: the markers do not show which way is up; {'xyz'[header.up]} was taken, as {header.up_source}"
        return (header.up, 1), (("up_doubtful", sentence),)
    axis, sign, (upper, lower) = seen
    if (axis, sign) == (header.up, 1) or (not header.up_stated and sign > 0):
        return (axis, sign), ()
    which = f"{'−' if sign < 0 else ''}{'xyz'[axis]}"
    sentence = f"{name}: {'xyz'[header.up]} should point up, as {header.up_source}, but {upper} lies above {lower} along {which}, which was taken"
    return (axis, sign), (("up_axis", sentence),)

"""Marker positions as ``.trc``: OpenSim, OpenCap, Pose2Sim, Sports2D, Vicon and others, each with habits of its own.

The rows are found by the line that begins ``Frame#``, not by counting: the blank line below the names is there or not, tabs trail, numbers are
padded, and some files went through a spreadsheet and have commas. Sports2D also writes pixels this way, under the unit m.
"""

from __future__ import annotations

import re

import numpy as np

from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, check_rate, start_clock, time_by_rate
from hiphitch_analysis.read.grid import Grid, read_grid, split_line
from hiphitch_analysis.read.imagepoints import build_landmarks, name_landmark
from hiphitch_analysis.read.markers import Header, build_markers, drop_empty, fits_person, measure_span, name_markers, see_up
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, find_delimiter, first_line, printable

_HEADER_SEARCH = 12  # lines; four in every real file
_FRAME = re.compile(r'^[\s"]*frame', re.IGNORECASE)
_AXES = re.compile(r'^[\s,;"]*x\d*\b', re.IGNORECASE)
_CUSTOM_UP = 1


def recognise_trc(source: Source) -> bool:
    """Whether the first line begins ``PathFileType``."""
    return len(source.texts) == 1 and source.texts[0].lines[first_line(source.texts[0])].strip(' \t"').lower().startswith("pathfiletype")


def read_trc(source: Source, hints: PoseHints) -> Pose:
    """Read a TRC file.

    Parameters
    ----------
    source : Source
    hints : PoseHints
        The file has times of its own, so the caller's rate is only compared.

    Returns
    -------
    Pose
        Of kind markers; of kind landmarks where it holds pixels.

    Raises
    ------
    ValueError
        No line of names, no rows, cells that are no numbers, or times that run backwards.
    """
    text = source.texts[0]
    at = _find_names(text)
    delimiter = find_delimiter(text.lines[at])
    names = _read_names(text, at, delimiter)
    stated = _read_header(text, at)
    grid = read_grid(text, _first_row(text, at), None if delimiter == " " else delimiter, 2 + 3 * len(names), range(1, 2 + 3 * len(names)))
    xyz = drop_empty(text.name, grid.numbers[:, 1:].reshape(len(grid.numbers), len(names), 3), grid.lines)
    time_s, doubts = _read_times(text.name, grid, _number(stated.get("datarate")), hints)
    doubts += _count_rows(text.name, len(time_s), _number(stated.get("numframes")))
    if _is_picture(names, xyz):
        return _read_picture(text.name, names, xyz, time_s, hints, doubts)
    header = Header(stated.get("units"), _CUSTOM_UP, "is the custom of TRC files")
    table, further = build_markers(text.name, names, xyz, time_s, header)
    return Pose("markers", table, TRC.name, None, (*doubts, *further), _start(grid))


def _find_names(text: Text) -> int:
    start = first_line(text) + 1
    at = next((i for i in range(start, min(start + _HEADER_SEARCH, len(text.lines))) if _FRAME.match(text.lines[i])), None)
    if at is None:
        raise ValueError(f"{text.name}: a TRC without names of markers — expected a line beginning Frame#, Time below the header. Export it again.")
    return at


def _read_names(text: Text, at: int, delimiter: str) -> list[str]:
    """Return the markers' names: each stands above the first of its three columns, or right behind the one before."""
    cells = split_line(text.lines[at], None if delimiter == " " else delimiter)
    if len(cells) < 2 or not cells[1].lower().startswith("time"):
        got = printable(cells[1] if len(cells) > 1 else "", 30)
        raise ValueError(f"{text.name}: line {at + 1}: expected Time behind Frame#, got '{got}'. Export it again.")
    filled = [i for i, cell in enumerate(cells) if cell and i > 1]
    if not filled:
        raise ValueError(f"{text.name}: line {at + 1}: expected names of markers behind Time, got none. Were any labelled?")
    if all((i - 2) % 3 == 0 for i in filled) and len(filled) > 1:
        return cells[2 : filled[-1] + 1 : 3]
    return [cells[i] for i in filled]


def _read_header(text: Text, at: int) -> dict[str, str]:
    """Return what the header says by its names in lower case; tabs, commas or blanks part them."""
    lines = text.lines[first_line(text) + 1 : at]
    keys = next((i for i, line in enumerate(lines) if line.strip(' \t"').lower().startswith("datarate")), None)
    if keys is None or keys + 1 >= len(lines):
        return {}
    mark = find_delimiter(lines[keys].strip())
    parted = [split_line(lines[i], mark) if mark != " " and mark in lines[i] else lines[i].split() for i in (keys, keys + 1)]
    return {key.lower(): value for key, value in zip(*parted, strict=False)}


def _number(word: str | None) -> float | None:
    try:
        value = float(word or "")
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None


def _first_row(text: Text, at: int) -> int:
    return at + 2 if at + 1 < len(text.lines) and _AXES.match(text.lines[at + 1]) else at + 1


def _read_times(name: str, grid: Grid, stated_hz: float | None, hints: PoseHints) -> tuple[Array, tuple[Doubt, ...]]:
    times = grid.numbers[:, 0].copy()
    if np.isnan(times).all() or (len(times) > 1 and (times == times[0]).all()):  # the column was never filled
        return time_by_rate(name, np.arange(len(times), dtype=float), stated_hz or hints.rate_hz), ()
    time_s = start_clock(name, times, grid.lines)
    return time_s, check_rate(name, time_s, stated_hz, hints.rate_hz)


def _start(grid: Grid) -> float:
    first = float(grid.numbers[0, 0])
    return first if np.isfinite(first) else 0.0


def _count_rows(name: str, got: int, announced: float | None) -> tuple[Doubt, ...]:
    if announced is None or got >= announced:
        return ()
    return (("rows_missing", f"{name}: the header announces {announced:.0f} frames, the file holds {got}"),)


def _is_picture(names: list[str], xyz: Array) -> bool:
    """Whether the positions are pixels: flat, larger than any room in metres, and with the feet at larger y than the hips."""
    flat = not np.any(xyz[:, :, 2][np.isfinite(xyz[:, :, 2])])
    span = measure_span(xyz)
    up = see_up(names, xyz)
    return flat and span is not None and not fits_person(span, 1.0) and span > 3 and (up is None or up[:2] == (1, -1))


def _read_picture(name: str, names: list[str], xyz: Array, time_s: Array, hints: PoseHints, doubts: tuple[Doubt, ...]) -> Pose:
    plain, further = name_markers(name, names)
    points = {name_landmark(marker): i for i, marker in enumerate(plain)}
    empty = np.full(len(time_s), np.nan)
    columns: dict[str, tuple[Array, Array, Array]] = {point: (xyz[:, i, 0], xyz[:, i, 1], empty) for point, i in points.items()}
    sentence = f"{name}: the positions are flat and span {measure_span(xyz):.0f}, so they were read as pixels, whatever unit the header says"
    table, frame_px, more = build_landmarks(name, columns, time_s, hints.frame_px, None)
    return Pose("landmarks", table, TRC.name, frame_px, (*doubts, *further, ("unit_doubtful", sentence), *more))


TRC = PoseFormat("trc", "markers as .trc (PathFileType …)", recognise_trc, read_trc)

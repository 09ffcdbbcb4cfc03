"""Landmarks of one camera in a CSV: our own table, and what people write when they save MediaPipe's results.

Columns are found by their headings: ``left_hip_x``, ``LEFT_HIP_visibility``, ``landmark_left_hip_x``; 33 numbered points are MediaPipe's in order.
Whether positions are pixels or shares of the picture is seen from the numbers (`read.imagepoints`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, check_rate, guess_time_unit, start_clock, time_by_rate
from hiphitch_analysis.read.grid import Grid, read_grid, split_line
from hiphitch_analysis.read.imagepoints import HIPS, build_landmarks, check_frame, name_landmark
from hiphitch_analysis.read.skeletons import SKELETONS
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, find_delimiter, first_line

POINTS = SKELETONS["MEDIAPIPE_33"]
_NAMED = re.compile(
    r"^(?P<point>.*[a-z].*?)[_. ]?(?<![a-z])(?P<what>x|y|z|v|visibility|vis|score|conf|confidence|likelihood|presence)(?:_?px|_norm|_pixels?)?$"
)
_NUMBERED = re.compile(r"^(?P<what>x|y|z|v|visibility)_?(?P<number>\d{1,3})$|^(?:landmark_?)?(?P<first>\d{1,3})[_. ](?P<then>x|y|z|v|visibility)$")
CERTAINTY = ("v", "visibility", "vis", "score", "conf", "confidence", "likelihood")
TIME = re.compile(
    r"^(?:time|timestamp|time_?stamp|t|seconds?|sec|frame_?time|video_?time)(?:[_ ]?[(\[]?(?P<unit>s|sec|ms|us|µs|ns)[)\]]?)?$|^(?P<bare>ms)$"
)
FRAME = re.compile(r"^(?:frame|frame_?(?:number|num|no|id|idx|index)|image_?(?:number|id|index)?|index)$")
TIME_UNITS = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
SIZES = re.compile(r"^(?:frame|image|img|video)?_?(?P<side>width|height)(?:_?px)?$")
FIELDS = ("x", "y", "visibility")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table has what.

    Attributes
    ----------
    points : dict of str to dict of str to int
        Columns of ``x``, ``y`` and ``visibility`` of each landmark.
    time : tuple of (int, float or None) or None
        Column of the time and its factor to seconds; None for the factor where no unit is stated.
    frame : int or None
        Column of the frame's number.
    size : tuple of int or None
        Columns of the picture's width and height.
    own : bool
        Whether it is our own table.
    """

    points: dict[str, dict[str, int]]
    time: tuple[int, float | None] | None
    frame: int | None
    size: tuple[int, int] | None
    own: bool


def recognise_csv(source: Source) -> bool:
    """Whether the headings of the first line name x and y of both hips."""
    return len(source.texts) == 1 and all({"x", "y"} <= _lay_out(source.texts[0]).points.get(hip, {}).keys() for hip in HIPS)


def read_csv(source: Source, hints: PoseHints) -> Pose:
    """Read a table with one row per frame.

    Parameters
    ----------
    source : Source
    hints : PoseHints
        ``rate_hz`` where there is no time column, ``frame_px`` where positions are shares of a picture whose size the file does not state.

    Returns
    -------
    Pose
        Of kind landmarks.

    Raises
    ------
    ValueError
        No rows, cells that are no numbers, no time, no size of the picture, or times that run backwards.
    """
    text = source.texts[0]
    layout = _lay_out(text)
    header, delimiter = _header(text)
    wanted = {column for fields in layout.points.values() for column in fields.values()}
    wanted |= {layout.time[0]} if layout.time else set()
    wanted |= {layout.frame} if layout.frame is not None else set()
    wanted |= set(layout.size or ())
    columns = sorted(wanted)
    grid = read_grid(text, first_line(text) + 1, delimiter, len(header), columns)
    at = {column: grid.numbers[:, i] for i, column in enumerate(columns)}
    time_s, doubts = _time_rows(text.name, layout, at, grid, hints)
    empty = np.full(len(time_s), np.nan)
    points = {}
    for point, fields in layout.points.items():
        x, y, visibility = (at[fields[what]] if what in fields else empty for what in FIELDS)
        points[point] = (x, y, visibility)
    stated = None if layout.size is None else check_frame(text.name, *(float(at[column][0]) for column in layout.size))
    table, frame_px, further = build_landmarks(text.name, points, time_s, hints.frame_px, stated)
    return Pose("landmarks", table, "landmarks" if layout.own else "mediapipe_csv", frame_px, (*doubts, *further))


def read_heading(heading: str) -> tuple[str, str] | None:
    """Return the point (or its number) and what of it a heading names; None where it names none.

    >>> [read_heading(name) for name in ("LEFT_HIP_x", "landmark_left_hip_visibility", "left_hip_x_px", "v24", "class")]
    [('left_hip', 'x'), ('left_hip', 'visibility'), ('left_hip', 'x'), ('24', 'visibility'), None]
    """
    plain = heading.strip()
    numbered = _NUMBERED.match(plain.lower())
    if numbered:
        what, point = numbered["what"] or numbered["then"], numbered["number"] or numbered["first"]
    else:
        named = _NAMED.match(plain.lower())
        if named is None:
            return None
        what, point = named["what"], name_landmark(plain[: named.end("point")])
    return point, "visibility" if what in CERTAINTY else what


def _header(text: Text) -> tuple[list[str], str | None]:
    line = text.lines[first_line(text)]
    mark = find_delimiter(line)
    delimiter = None if mark == " " else mark
    names = split_line(line, delimiter)
    while names and not names[-1]:
        names.pop()
    return names, delimiter


def _lay_out(text: Text) -> Layout:
    names = _header(text)[0]
    found: dict[str, dict[str, int]] = {}
    time, frame, sides = None, None, {}
    for i, name in enumerate(names):
        plain = name.strip().lower()
        timed, size = TIME.match(plain), SIZES.match(plain)
        if timed and time is None:
            unit = timed["unit"] or timed["bare"]
            time = (i, TIME_UNITS[unit] if unit else None)
        elif FRAME.match(plain) and frame is None:
            frame = i
        elif size:
            sides[size["side"]] = i
        elif heading := read_heading(name):
            found.setdefault(heading[0], {}).setdefault(heading[1], i)
    points = {point: fields for point, fields in _count_points(found).items() if {"x", "y"} <= fields.keys()}
    own = "time_s" in names and all(f"{hip}_x_px" in names for hip in HIPS)
    return Layout(points, time, frame, (sides["width"], sides["height"]) if len(sides) == 2 else None, own)


def _count_points(found: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the columns by landmark; numbered points are MediaPipe's 33, counted from 0 or from 1, whatever else is numbered behind them."""
    numbers = sorted(int(point) for point in found if point.isdecimal())
    if len(numbers) < len(POINTS) or HIPS[0] in found:
        return {point: fields for point, fields in found.items() if not point.isdecimal()}
    return {name: found.get(str(numbers[0] + i), {}) for i, name in enumerate(POINTS)}


def _time_rows(name: str, layout: Layout, at: Mapping[int, Array], grid: Grid, hints: PoseHints) -> tuple[Array, tuple[Doubt, ...]]:
    if layout.time is not None:
        times = at[layout.time[0]]
        known = times[np.isfinite(times)]
        factor = layout.time[1] or guess_time_unit(name, known)
        time_s = start_clock(name, times * factor, grid.lines)
        return time_s, check_rate(name, time_s, None, hints.rate_hz)
    numbers = np.arange(len(grid.lines), dtype=float)
    if layout.frame is not None:
        numbers = start_clock(name, at[layout.frame], grid.lines)
    return time_by_rate(name, numbers, hints.rate_hz), ()


LANDMARKS_CSV = PoseFormat("landmarks", "landmarks in a csv (our own: time_s,left_hip_x_px,…; MediaPipe's)", recognise_csv, read_csv)

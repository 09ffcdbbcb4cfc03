"""Landmarks of one camera in a CSV or JSON: our own table, and what people write when they save MediaPipe's results.

Columns are found by their headings: ``left_hip_x``, ``LEFT_HIP_visibility``, ``landmark_left_hip_x``, ``x23``; keys of a JSON likewise, and lists of
33 are MediaPipe's points in its order. Whether positions are pixels or shares of the picture is seen from the numbers (`read.imagepoints`).
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, check_rate, guess_time_unit, start_clock, time_by_rate
from hiphitch_analysis.read.grid import Grid, read_grid, split_line
from hiphitch_analysis.read.imagepoints import HIPS, build_landmarks, check_frame, name_landmark
from hiphitch_analysis.read.skeletons import SKELETONS
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, find_delimiter, first_line, printable

_POINTS = SKELETONS["MEDIAPIPE_33"]
_NAMED = re.compile(
    r"^(?P<point>.*[a-z].*?)[_. ]?(?<![a-z])(?P<what>x|y|z|v|visibility|vis|score|conf|confidence|likelihood|presence)(?:_?px|_norm|_pixels?)?$"
)
_NUMBERED = re.compile(r"^(?P<what>x|y|z|v|visibility)_?(?P<number>\d{1,3})$|^(?:landmark_?)?(?P<first>\d{1,3})[_. ](?P<then>x|y|z|v|visibility)$")
_CERTAINTY = ("v", "visibility", "vis", "score", "conf", "confidence", "likelihood")
_TIME = re.compile(
    r"^(?:time|timestamp|time_?stamp|t|seconds?|sec|frame_?time|video_?time)(?:[_ ]?[(\[]?(?P<unit>s|sec|ms|us|µs|ns)[)\]]?)?$|^(?P<bare>ms)$"
)
_FRAME = re.compile(r"^(?:frame|frame_?(?:number|num|no|id|idx|index)|image_?(?:number|id|index)?|index)$")
_TIME_UNITS = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_SIZES = re.compile(r"^(?:frame|image|img|video)?_?(?P<side>width|height)(?:_?px)?$")
_RATES = ("fps", "framerate", "frame_rate", "rate_hz", "frames_per_second")
_FRAMES = ("frames", "poses", "results", "data", "landmarks", "pose_landmarks", "poselandmarks", "keypoints")
_PEOPLE = ("landmarks", "pose_landmarks", "poselandmarks", "keypoints", "landmark", "pose", "points", "keypoints2d")
_JSON_SIGNS = re.compile(r'(?i)left_?hip|"pose_?landmarks"|"landmarks"|"keypoints"|"visibility"')
_JSON_HEAD = 20_000  # characters in which a JSON of landmarks shows itself
_FIELDS = ("x", "y", "visibility")


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


@dataclass(slots=True)
class _Clip:
    """A JSON's frames, as they are gathered."""

    rows: list[dict[str, tuple[float, float, float]]] = field(default_factory=list)
    times: list[tuple[float, float | None]] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    several: int = 0


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
        x, y, visibility = (at[fields[what]] if what in fields else empty for what in _FIELDS)
        points[point] = (x, y, visibility)
    stated = None if layout.size is None else check_frame(text.name, *(float(at[column][0]) for column in layout.size))
    table, frame_px, further = build_landmarks(text.name, points, time_s, hints.frame_px, stated)
    return Pose("landmarks", table, "landmarks" if layout.own else "mediapipe_csv", frame_px, (*doubts, *further))


def recognise_json(source: Source) -> bool:
    """Whether a JSON speaks of hips, landmarks or keypoints near its beginning."""
    if len(source.texts) != 1:
        return False
    head = "\n".join(source.texts[0].lines[:2000])[:_JSON_HEAD].lstrip()
    return head[:1] in ("{", "[") and '"people"' not in head and _JSON_SIGNS.search(head) is not None


def read_json(source: Source, hints: PoseHints) -> Pose:
    """Read a list of frames, or JSON lines with one frame each.

    Parameters
    ----------
    source : Source
    hints : PoseHints
        As for `read_csv`; sizes and rates beside the frames are used where there are any.

    Returns
    -------
    Pose
        Of kind landmarks.

    Raises
    ------
    ValueError
        Damaged, no frames, points that are not named and not 33, no time, or no size of the picture.
    """
    text = source.texts[0]
    content = _load(text)
    beside = _lower(content) if isinstance(content, dict) else {}
    clip = _gather(text.name, _find_frames(text.name, content))
    names = list(dict.fromkeys(point for row in clip.rows for point in row))
    if not names:
        raise ValueError(f"{text.name}: expected somebody in the picture, got nobody in {len(clip.rows)} frames. Look at the video, or film again.")
    nothing = (math.nan, math.nan, math.nan)
    values = np.array([[row.get(point, nothing) for point in names] for row in clip.rows], dtype=np.float64)
    points = {point: (values[:, i, 0], values[:, i, 1], values[:, i, 2]) for i, point in enumerate(names)}
    time_s, doubts = _time_clip(text.name, clip, _find_rate(beside), hints)
    table, frame_px, further = build_landmarks(text.name, points, time_s, hints.frame_px, _find_size(text.name, beside))
    if clip.several:
        doubts += (("several_people", f"{text.name}: {clip.several} frames show several people; the first of each was taken"),)
    nobody = sum(not row for row in clip.rows)
    if nobody:
        doubts += (("nobody", f"{text.name}: {nobody} of {len(clip.rows)} frames show nobody; they are empty"),)
    return Pose("landmarks", table, "mediapipe_json", frame_px, (*doubts, *further))


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
    return point, "visibility" if what in _CERTAINTY else what


# --- Tables --------------------------------------------------------------------------------------------------------------------------------------
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
        timed, size = _TIME.match(plain), _SIZES.match(plain)
        if timed and time is None:
            unit = timed["unit"] or timed["bare"]
            time = (i, _TIME_UNITS[unit] if unit else None)
        elif _FRAME.match(plain) and frame is None:
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
    if len(numbers) < len(_POINTS) or HIPS[0] in found:
        return {point: fields for point, fields in found.items() if not point.isdecimal()}
    return {name: found.get(str(numbers[0] + i), {}) for i, name in enumerate(_POINTS)}


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


# --- JSON ----------------------------------------------------------------------------------------------------------------------------------------
def _load(text: Text) -> Any:
    try:
        return json.loads("\n".join(text.lines))
    except RecursionError as error:
        raise ValueError(f"{text.name}: the JSON is nested too deeply — expected a list of frames. Export the landmarks again.") from error
    except ValueError as error:
        whole: ValueError = error
    rows = [line for line in text.lines if line.strip()]
    try:
        frames = [json.loads(line) for line in rows[:-1]]
        if not frames:
            raise whole
        with contextlib.suppress(ValueError):  # the last line may be cut off while being written
            frames.append(json.loads(rows[-1]))
        return frames
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{text.name}: expected JSON, got what cannot be read as such ({printable(str(whole), 60)}). Export the landmarks again."
        ) from error


def _find_frames(name: str, content: Any) -> list[Any]:
    """Return the list of frames, wherever it stands."""
    if isinstance(content, dict):
        lower = _lower(content)
        inner = next((lower[key] for key in _FRAMES if isinstance(lower.get(key), list | dict)), None)
        if inner is None and content and all(str(key).isdecimal() for key in content):
            inner = content
        if isinstance(inner, dict):
            if not all(str(key).isdecimal() and len(str(key)) < 10 for key in inner):
                raise ValueError(f"{name}: expected a list of frames, got one frame. Export the whole recording.")
            inner = [
                {"frame": int(key), **frame} if isinstance(frame, dict) else {"frame": int(key), "landmarks": frame}
                for key, frame in sorted(inner.items(), key=lambda item: int(item[0]))
            ]
        content = inner
    if not isinstance(content, list) or not content:
        raise ValueError(f"{name}: expected a list of frames with landmarks, got none. Export the landmarks frame by frame.")
    if all(isinstance(item, dict) and _is_point(item) for item in content):
        raise ValueError(f"{name}: expected a list of frames, got one frame. Export the whole recording.")
    return content


def _gather(name: str, frames: Sequence[Any]) -> _Clip:
    clip = _Clip()
    for number, frame in enumerate(frames):
        beside = _lower(frame) if isinstance(frame, dict) else {}
        people = list(_find_people(frame, beside))
        clip.several += len(people) > 1
        row = _read_person(people[0]) if people else {}
        if row is None:
            raise ValueError(
                f"{name}: frame {number + 1} holds points without names that are not MediaPipe's 33 — expected names like left_hip, or 33. "
                "Export them with their names."
            )
        clip.rows.append(row)
        clip.times.append(_find_time(beside))
        clip.numbers.append(next((_to_number(value) for key, value in beside.items() if _FRAME.match(key)), math.nan))
    return clip


def _find_people(frame: Any, beside: Mapping[str, Any]) -> Iterator[Any]:
    """Yield everybody in a frame: a list of points, or a mapping of names to points."""
    inner = next((beside[key] for key in _PEOPLE if key in beside), frame)
    if isinstance(inner, dict) and (deeper := next((value for key, value in _lower(inner).items() if key in _PEOPLE), None)) is not None:
        inner = deeper
    if not inner or not isinstance(inner, list | dict):
        return
    if isinstance(inner, list) and isinstance(inner[0], list) and inner[0] and isinstance(inner[0][0], list | dict):
        yield from (person for person in inner if person)
    elif inner is not frame or isinstance(frame, list) or any("hip" in key for key in beside):
        yield inner


def _read_person(person: Any) -> dict[str, tuple[float, float, float]] | None:
    """Return x, y, certainty by landmark; None where points have no names and are not 33."""
    row: dict[str, dict[str, float]] = {}
    if isinstance(person, dict):
        for key, value in person.items():
            if isinstance(value, dict | list):
                row[name_landmark(str(key))] = _read_point(value)
            elif heading := read_heading(str(key)):
                row.setdefault(heading[0], {})[heading[1]] = _to_number(value)
    else:
        if person and not isinstance(person[0], dict | list) and len(person) % len(_POINTS) == 0:
            width = len(person) // len(_POINTS)
            person = [person[i : i + width] for i in range(0, len(person), width)]
        names = [_point_name(point) for point in person]
        if None in names:
            if len(person) != len(_POINTS):
                return None
            names = list(_POINTS)
        row = {str(name): _read_point(point) for name, point in zip(names, person, strict=True)}
    found = {name: fields for name, fields in row.items() if {"x", "y"} <= fields.keys()}
    return {name: (fields["x"], fields["y"], fields.get("visibility", math.nan)) for name, fields in found.items()} or None


def _read_point(point: Any) -> dict[str, float]:
    if isinstance(point, dict):
        fields = {("visibility" if key in _CERTAINTY else key): _to_number(value) for key, value in _lower(point).items()}
        return {what: fields[what] for what in _FIELDS if what in fields}
    if not isinstance(point, list) or len(point) < 2:
        return {}
    values = [_to_number(value) for value in point[:4]]
    return dict(zip(_FIELDS, (values[0], values[1], values[3] if len(values) > 3 else math.nan), strict=True))


def _point_name(point: Any) -> str | None:
    if not isinstance(point, dict):
        return None
    lower = _lower(point)
    name = next((lower[key] for key in ("name", "landmark", "part", "label", "landmark_name") if isinstance(lower.get(key), str)), None)
    return None if name is None else name_landmark(name)


def _is_point(item: Mapping[str, Any]) -> bool:
    lower = _lower(item)
    return not isinstance(lower.get("x"), dict | list) and {"x", "y"} <= lower.keys() and not any("hip" in key for key in lower)


def _find_time(beside: Mapping[str, Any]) -> tuple[float, float | None]:
    for key, value in beside.items():
        timed = _TIME.match(key)
        if timed:
            unit = timed["unit"] or timed["bare"]
            return _to_number(value), _TIME_UNITS[unit] if unit else None
    return math.nan, None


def _time_clip(name: str, clip: _Clip, stated_hz: float | None, hints: PoseHints) -> tuple[Array, tuple[Doubt, ...]]:
    times = np.array([time for time, _ in clip.times])
    if np.isfinite(times).any():
        factor = clip.times[0][1] or guess_time_unit(name, times[np.isfinite(times)])
        time_s = _start_frames(name, times * factor)
        return time_s, check_rate(name, time_s, stated_hz, hints.rate_hz)
    numbers = np.array(clip.numbers)
    numbers = _start_frames(name, numbers) if np.isfinite(numbers).all() else np.arange(len(numbers), dtype=float)
    if stated_hz is not None and hints.rate_hz is not None:
        check_rate(name, np.array([0.0, 1 / stated_hz]), None, hints.rate_hz)
    return time_by_rate(name, numbers, stated_hz or hints.rate_hz), ()


def _start_frames(name: str, values: Array) -> Array:
    """Start the clock of a JSON, whose frames have no lines."""
    try:
        return start_clock(name, values, np.arange(1, len(values) + 1))
    except ValueError as error:
        raise ValueError(str(error).replace("lines ", "frames ").replace("line ", "frame ").replace("every row", "every frame")) from error


def _find_rate(beside: Mapping[str, Any]) -> float | None:
    for holder in (beside, *(_lower(value) for value in beside.values() if isinstance(value, dict))):
        for key in _RATES:
            rate = _to_number(holder.get(key))
            if 0 < rate < 1e5:
                return rate
    return None


def _find_size(name: str, beside: Mapping[str, Any]) -> tuple[float, float] | None:
    for holder in (beside, *(_lower(value) for value in beside.values() if isinstance(value, dict))):
        sides = {found["side"]: _to_number(value) for key, value in holder.items() if (found := _SIZES.match(key))}
        if len(sides) == 2:
            return check_frame(name, sides["width"], sides["height"])
        pair = next((holder[key] for key in ("resolution", "image_size", "frame_size", "frame_px") if isinstance(holder.get(key), list)), None)
        if pair is not None and len(pair) == 2:
            return check_frame(name, _to_number(pair[0]), _to_number(pair[1]))
    return None


def _lower(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a mapping with its keys in snake_case: ``frameRate`` is frame_rate, too."""
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)).lower(): value for key, value in mapping.items()}


def _to_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


LANDMARKS_CSV = PoseFormat("landmarks", "landmarks in a csv (our own: time_s,left_hip_x_px,…; MediaPipe's)", recognise_csv, read_csv)
LANDMARKS_JSON = PoseFormat("mediapipe_json", "MediaPipe landmarks in a JSON", recognise_json, read_json)

"""Landmarks of one camera in a JSON: a list of frames as people save MediaPipe's results, wherever it stands, or JSON lines with one frame each.

Points have names, or are MediaPipe's 33 in its order; each is a mapping with x and y, a short list of numbers, or flat keys like ``LEFT_HIP_x``.
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
from hiphitch_analysis.read.imagepoints import build_landmarks, check_frame, name_landmark
from hiphitch_analysis.read.landmarks import CERTAINTY, FIELDS, FRAME, POINTS, SIZES, TIME, TIME_UNITS, read_heading
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, printable

_RATES = ("fps", "framerate", "frame_rate", "rate_hz", "frames_per_second")
_FRAMES = ("frames", "poses", "results", "data", "landmarks", "pose_landmarks", "poselandmarks", "keypoints")
_PEOPLE = ("landmarks", "pose_landmarks", "poselandmarks", "keypoints", "landmark", "pose", "points", "keypoints2d")
_JSON_SIGNS = re.compile(r'(?i)left_?hip|"pose_?landmarks"|"landmarks"|"keypoints"|"visibility"')
_JSON_HEAD = 20_000  # characters in which a JSON of landmarks shows itself


@dataclass(slots=True)
class _Clip:
    """A JSON's frames, as they are gathered."""

    rows: list[dict[str, tuple[float, float, float]]] = field(default_factory=list)
    times: list[tuple[float, float | None]] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    several: int = 0


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
        clip.numbers.append(next((_to_number(value) for key, value in beside.items() if FRAME.match(key)), math.nan))
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
        if person and not isinstance(person[0], dict | list) and len(person) % len(POINTS) == 0:
            width = len(person) // len(POINTS)
            person = [person[i : i + width] for i in range(0, len(person), width)]
        names = [_point_name(point) for point in person]
        if None in names:
            if len(person) != len(POINTS):
                return None
            names = list(POINTS)
        row = {str(name): _read_point(point) for name, point in zip(names, person, strict=True)}
    found = {name: fields for name, fields in row.items() if {"x", "y"} <= fields.keys()}
    return {name: (fields["x"], fields["y"], fields.get("visibility", math.nan)) for name, fields in found.items()} or None


def _read_point(point: Any) -> dict[str, float]:
    if isinstance(point, dict):
        fields = {("visibility" if key in CERTAINTY else key): _to_number(value) for key, value in _lower(point).items()}
        return {what: fields[what] for what in FIELDS if what in fields}
    if not isinstance(point, list) or len(point) < 2:
        return {}
    values = [_to_number(value) for value in point[:4]]
    return dict(zip(FIELDS, (values[0], values[1], values[3] if len(values) > 3 else math.nan), strict=True))


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
        timed = TIME.match(key)
        if timed:
            unit = timed["unit"] or timed["bare"]
            return _to_number(value), TIME_UNITS[unit] if unit else None
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
    return start_clock(name, values, np.arange(1, len(values) + 1), "frame")


def _find_rate(beside: Mapping[str, Any]) -> float | None:
    for holder in (beside, *(_lower(value) for value in beside.values() if isinstance(value, dict))):
        for key in _RATES:
            rate = _to_number(holder.get(key))
            if 0 < rate < 1e5:
                return rate
    return None


def _find_size(name: str, beside: Mapping[str, Any]) -> tuple[float, float] | None:
    for holder in (beside, *(_lower(value) for value in beside.values() if isinstance(value, dict))):
        sides = {found["side"]: _to_number(value) for key, value in holder.items() if (found := SIZES.match(key))}
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


LANDMARKS_JSON = PoseFormat("mediapipe_json", "MediaPipe landmarks in a JSON", recognise_json, read_json)

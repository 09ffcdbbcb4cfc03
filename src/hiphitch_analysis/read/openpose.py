"""OpenPose's folders with one JSON per frame, as other detectors and Pose2Sim write them too; a zip archive of them is good as well.

Frames are taken in the order of their numbers. The files state neither frame rate nor skeleton (`read.skeletons` finds it), and a frame may hold
several people: the one followed is the tallest at first, then whoever is nearest to where that one was, and nobody where that is far off.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, time_by_rate
from hiphitch_analysis.read.imagepoints import build_landmarks
from hiphitch_analysis.read.skeletons import SKELETONS, choose_skeleton
from hiphitch_analysis.read.source import Source, read_members
from hiphitch_analysis.read.text import first_line, printable

_NUMBER = re.compile(r"(\d+)(?:_keypoints)?\.json$", re.IGNORECASE | re.ASCII)
_MOST_FRAMES = 200_000  # an hour at 50 Hz
_LOOKED_AT = 5  # files of a folder that show whether it is one of frames
_KEYPOINTS = "pose_keypoints_2d"
_FARTHEST = 0.5  # of a person's height from one frame to the next: whoever is farther off is somebody else
_FOUND_AGAIN_AFTER = 15  # frames in which the person was not there: then the tallest is followed again
_LEAST_SEEN = 0.05  # certainty below which a keypoint does not help to tell people apart


def recognise_openpose(source: Source) -> bool:
    """Whether a folder or archive holds numbered JSON files that list people, or the file is one of them."""
    text = source.texts[0] if len(source.texts) == 1 else None
    if text is not None and text.lines[first_line(text)].lstrip().startswith("{") and _people("\n".join(text.lines)) is not None:
        return True
    return holds_frames(source.path)


def holds_frames(path: Path) -> bool:
    """Whether a folder or archive holds such files; only a few are opened."""
    numbered = (data for member, data in read_members(path, ".json", _MOST_FRAMES) if _NUMBER.search(member))
    return any(_people(data) is not None for data in itertools.islice(numbered, _LOOKED_AT))


def read_openpose(source: Source, hints: PoseHints) -> Pose:
    """Read a folder or archive of frames.

    Parameters
    ----------
    source : Source
        Only its path is used, so that a clip of any length fits into memory.
    hints : PoseHints
        ``rate_hz`` is needed; ``skeleton`` where the body does not show it; ``frame_px`` where positions are shares of the picture.

    Returns
    -------
    Pose
        Of kind landmarks.

    Raises
    ------
    ValueError
        No rate, no skeleton, nobody seen, several cameras, or a frame that cannot be read.
    """
    name = source.name
    if len(source.texts) == 1 and not holds_frames(source.path):
        raise ValueError(
            f"{name}: one frame of a recording — expected all of them. Name the folder with the frames' JSON files, or a zip archive of it."
        )
    numbers, frames = _read_frames(source.path, name)
    keypoints, doubts = follow_person(name, frames)
    frame_numbers = np.array(numbers, dtype=float)
    time_s = time_by_rate(name, frame_numbers, hints.rate_hz)
    seen = np.where(keypoints[:, :, 2:] > 0, keypoints[:, :, :2], np.nan)
    if np.isnan(seen).all():
        raise ValueError(f"{name}: expected somebody in the picture, got nobody in {len(frames)} frames. Look at the video, or film again.")
    skeleton = choose_skeleton(name, seen, hints.skeleton)
    points = {point: (seen[:, i, 0], seen[:, i, 1], keypoints[:, i, 2]) for i, point in enumerate(SKELETONS[skeleton])}
    table, frame_px, further = build_landmarks(name, points, time_s, hints.frame_px, None)
    missing = int(frame_numbers[-1] - frame_numbers[0]) + 1 - len(frame_numbers)
    if missing:
        doubts += (("frames_missing", f"{name}: {missing} frames between the first and the last have no file; they are gaps in time"),)
    found = (
        (("skeleton", f"{name}: the keypoints were read as {skeleton}, as the body shows"),) if _is_shared(skeleton) and not hints.skeleton else ()
    )
    return Pose("landmarks", table, f"openpose_{skeleton.lower()}", frame_px, (*doubts, *found, *further))


def follow_person(name: str, frames: list[list[Array]]) -> tuple[Array, tuple[Doubt, ...]]:
    """Choose one person per frame.

    Parameters
    ----------
    name : str
        The recording's name, for messages.
    frames : list of list of ndarray, shape (points, 3)
        People of each frame: x, y, certainty.

    Returns
    -------
    ndarray, shape (n, points, 3)
        NaN, with certainty 0, where nobody was seen.
    tuple of (str, str)
        How many frames held several people, only somebody else, and nobody.

    Raises
    ------
    ValueError
        Nobody anywhere, or people with different numbers of points.
    """
    counts = sorted({len(person) for people in frames for person in people})
    if len(counts) != 1:
        got = " and ".join(map(str, counts)) + " keypoints" if counts else f"nobody in {len(frames)} frames"
        raise ValueError(f"{name}: expected people of one skeleton, got {got}. Run one pose model over the whole video.")
    chosen = np.full((len(frames), counts[0], 3), np.nan)
    chosen[:, :, 2] = 0
    last: Array | None = None
    tall, lost, strangers = 0.0, 0, 0
    for at, people in enumerate(frames):
        person = _find_again(people, last, tall) if last is not None and lost < _FOUND_AGAIN_AFTER else max(people, key=_height, default=None)
        if person is None:
            lost += 1
            strangers += bool(people)
            continue
        tall = max(_height(person), tall if lost < _FOUND_AGAIN_AFTER else 0.0)
        chosen[at], last, lost = person, person, 0
    several = sum(len(people) > 1 for people in frames)
    nobody = sum(not people for people in frames)
    doubts: tuple[Doubt, ...] = ()
    if several:
        sentence = f"{name}: {several} of {len(frames)} frames show several people; the one nearest to the frame before was followed"
        doubts += (("several_people", sentence),)
    if strangers:
        doubts += (
            ("person_lost", f"{name}: {strangers} of {len(frames)} frames show only somebody else, far from the frame before; they are empty"),
        )
    if nobody:
        doubts += (("nobody", f"{name}: {nobody} of {len(frames)} frames show nobody; they are empty"),)
    return chosen, doubts


def _find_again(people: list[Array], last: Array, tall: float) -> Array | None:
    """Return whoever is nearest to where a person so tall was last; None where even the nearest is too far off to be the same one."""
    person = min(people, key=lambda person: _distance(person, last), default=None)
    return None if person is None or (tall > 0 and _distance(person, last) > _FARTHEST * tall) else person


def _distance(person: Array, last: Array) -> float:
    """Return how far a person's points lie from those of the last one, on average over points that both have."""
    both = (person[:, 2] > _LEAST_SEEN) & (last[:, 2] > _LEAST_SEEN)
    return float(np.hypot(*(person[both, :2] - last[both, :2]).T).mean()) if both.any() else np.inf


def _height(person: Array) -> float:
    y = person[person[:, 2] > _LEAST_SEEN, 1]
    return float(np.ptp(y)) if len(y) else 0.0


def _is_shared(skeleton: str) -> bool:
    return sum(len(points) == len(SKELETONS[skeleton]) for points in SKELETONS.values()) > 1


def _read_frames(path: Path, name: str) -> tuple[list[int], list[list[Array]]]:
    """Return the frames' numbers and people, in the order of the numbers."""
    found: dict[int, list[Array]] = {}
    series: set[str] = set()
    for member, people in _each_frame(path, name):
        stem, number = _split_name(member)
        series.add(stem)
        if len(series) > 1:
            first, second = (printable(one or "frames without a name", 40) for one in sorted(series))
            raise ValueError(
                f"{name}: holds the frames of several recordings ('{first}' and '{second}') — expected one. Name the folder of one of them."
            )
        found[number] = people
    if not found:
        raise ValueError(f"{name}: expected numbered JSON files with people in them, got none. Name the folder that holds the frames.")
    numbers = sorted(found)
    return numbers, [found[number] for number in numbers]


def _split_name(member: str) -> tuple[str, int]:
    """Return what stands before a frame's number, and the number.

    >>> _split_name("json/cam01_000000000012_keypoints.json")
    ('json/cam01_', 12)
    """
    found = _NUMBER.search(member)
    return (member[: found.start()], int(found[1])) if found else (member, 0)


def _each_frame(path: Path, name: str) -> Iterator[tuple[str, list[Array]]]:
    for member, data in read_members(path, ".json", _MOST_FRAMES):
        if _NUMBER.search(member) is None:
            continue
        people = _people(data)
        if people is None:
            shown = printable(PurePosixPath(member).name, 60)
            raise ValueError(f"{name}: {shown} is no frame with people — expected a JSON with a list 'people'. Export it again, or remove it.")
        yield member, people


def _people(data: str | bytes) -> list[Array] | None:
    """Return x, y, certainty of everybody in a frame; None when it is no such frame."""
    try:
        frame: Any = json.loads(data)
        people = frame["people"] if isinstance(frame, dict) else None
        if not isinstance(people, list):
            return None
        found = [np.array(person[_KEYPOINTS], dtype=np.float64) for person in people if person.get(_KEYPOINTS)]
        shaped = [points.reshape(-1, 3) for points in found]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return [np.nan_to_num(points, nan=0.0, posinf=np.nan, neginf=np.nan) for points in shaped if (np.nan_to_num(points[:, 2]) > 0).any()]


OPENPOSE = PoseFormat("openpose", "OpenPose's folder with one JSON per frame", recognise_openpose, read_openpose)

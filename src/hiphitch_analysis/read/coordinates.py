"""Motions of OpenSim models (``.mot``, ``.sto``): inverse kinematics of OpenSim, OpenCap, Pose2Sim, Sports2D → COORDINATES in ° and m.

Moments, forces and activations come in the same kind of file; they are refused by the names of their columns. ``inDegrees=no`` means radians.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, check_rate, refuse_far, start_clock
from hiphitch_analysis.read.grid import read_grid, split_line
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, find_delimiter, printable
from hiphitch_analysis.schema import Coordinates, check_table

_HEADER_SEARCH = 60  # lines; credits may stand above the table
_BLANK = ' \t,;"'
_DATA_TYPE = re.compile(r"^\s*DataType\s*=\s*(?!double)\w+", re.IGNORECASE | re.MULTILINE)
_DEGREES = re.compile(r"^\s*inDegrees\s*=\s*(yes|no|true|false)\b", re.IGNORECASE | re.MULTILINE)
_ROWS = re.compile(r"^\s*(?:nRows\s*=|datarows)\s*(\d+)", re.IGNORECASE | re.MULTILINE | re.ASCII)
_NO_MOTION = re.compile(
    r"_(?:moment|force|torque|power|[vp][xyz]|accel|acc|speed|u)$|(?:^|_)force_|ground_\w*(?:force|torque|moment)|activation|excitation|fiber|tendon|"
    r"reserve|residual",
    re.IGNORECASE,
)
_TRANSLATION = re.compile(r"(?:_t[xyz]|_(?:x|y|z)?translation|_t[123])$", re.IGNORECASE)
_STATE = re.compile(r"^/.*/(?P<name>[^/]+)/(?P<what>value|speed)$")
_FULL_TURNS_RAD = 4 * np.pi  # no joint turns further: larger numbers are degrees, whatever the header says
_HALF_TURN_RAD = np.pi  # nor do many together stay below this in degrees, when somebody moves
_ENOUGH_JOINTS = 6  # assumption: of trunk and legs; fewer may be held still, or be a model of the pelvis alone


def recognise_motion(source: Source) -> bool:
    """Whether lines end in ``endheader`` with a table that begins ``time`` below, and no other kind of data is announced."""
    if len(source.texts) != 1:
        return False
    text = source.texts[0]
    end = _end_of_header(text)
    return end is not None and _DATA_TYPE.search(_head(text, end)) is None


def read_motion(source: Source, hints: PoseHints) -> Pose:
    """Read a motion.

    Parameters
    ----------
    source : Source
    hints : PoseHints
        The file has times of its own, so the caller's rate is only compared.

    Returns
    -------
    Pose
        Of kind coordinates: names as in the file with ``_deg`` or ``_m`` behind.

    Raises
    ------
    ValueError
        Moments or forces, no rows, cells that are no numbers, times that run backwards, or a header that says degrees over joints that all move
        within what radians can reach.
    """
    text = source.texts[0]
    end = _end_of_header(text) or 0
    names, delimiter = _read_names(text, end)
    columns = _choose_columns(text.name, names)
    grid = read_grid(text, end + 2, delimiter, len(names), [0, *columns.values()])
    refuse_far(text.name, grid.numbers[:, 1:], grid.lines)
    time_s = start_clock(text.name, grid.numbers[:, 0], grid.lines)
    doubts = check_rate(text.name, time_s, None, hints.rate_hz)
    announced = _ROWS.search(_head(text, end))
    if announced and len(announced[1]) < 10 and int(announced[1]) > len(time_s):
        doubts += (("rows_missing", f"{text.name}: the header announces {announced[1]} rows, the file holds {len(time_s)}"),)
    values = grid.numbers[:, 1:]
    turns = np.array([_TRANSLATION.search(name) is None for name in columns])
    rotations = [name for name, turning in zip(columns, turns, strict=True) if turning]
    in_degrees, further = _find_unit(text, end, rotations, values[:, turns])
    if not in_degrees:
        values[:, turns] = np.degrees(values[:, turns])
    spelled = [f"{name}_{'deg' if turning else 'm'}" for name, turning in zip(columns, turns, strict=True)]
    table = pd.DataFrame(values, index=pd.Index(time_s, name="time_s"), columns=spelled)
    return Pose("coordinates", check_table(table, Coordinates), MOTION.name, None, (*doubts, *further), float(grid.numbers[0, 0]))


def _end_of_header(text: Text) -> int | None:
    return next((i for i, line in enumerate(text.lines[:_HEADER_SEARCH]) if line.strip(_BLANK).lower() == "endheader"), None)


def _head(text: Text, end: int) -> str:
    return "\n".join(line.strip(_BLANK) for line in text.lines[:end])


def _read_names(text: Text, end: int) -> tuple[list[str], str | None]:
    """Return the names of the columns and what parts the cells: a tab or comma where rows have as many as names, else any blanks."""
    line = text.lines[end + 1] if end + 1 < len(text.lines) else ""
    mark = find_delimiter(line.strip())
    row = next((line for line in text.lines[end + 2 :] if line.strip(_BLANK)), "")
    delimiter = mark if mark != " " and (mark in row.strip() or not row) else None
    names = split_line(line, delimiter)
    while names and not names[-1]:
        names.pop()
    if not names or names[0].lower() != "time":
        got = printable(names[0] if names else "", 30)
        raise ValueError(f"{text.name}: line {end + 2}: expected names of columns that begin with time, got '{got}'. Export the motion again.")
    return names, delimiter


def _choose_columns(name: str, names: list[str]) -> dict[str, int]:
    """Return the coordinates among the columns and where they stand; ``/jointset/…/pelvis_list/value`` is pelvis_list."""
    columns: dict[str, int] = {}
    for i, column in enumerate(names[1:], 1):
        state = _STATE.match(column)
        if (state and state["what"] == "speed") or (not state and (column.startswith("/") or _NO_MOTION.search(column))):
            continue
        plain = re.sub(r"\s+", "_", state["name"] if state else column) or f"column_{i}"
        if plain in columns:
            raise ValueError(f"{name}: column '{printable(plain, 40)}' stands twice — expected every name once. Rename or remove one of them.")
        columns[plain] = i
    if not columns:
        got = ", ".join(printable(column, 40) for column in names[1:4]) or "none"
        raise ValueError(f"{name}: expected joint angles, got columns {got}. Name the file of the inverse kinematics.")
    return columns


def _find_unit(text: Text, end: int, names: list[str], angles: Array) -> tuple[bool, tuple[Doubt, ...]]:
    """Return whether angles are in degrees: as the header says, unless no joint could turn that far in radians."""
    stated = _DEGREES.search(_head(text, end))
    largest = _largest(angles)
    if stated and stated[1].lower() in ("yes", "true"):
        return True, _doubt_degrees(text.name, names, angles)
    if largest > _FULL_TURNS_RAD:
        said = "inDegrees=no" if stated else "nothing about degrees"
        return True, (("unit_doubtful", f"{text.name}: the header says {said}, but angles reach {largest:.0f}; they were read as degrees"),)
    if stated:
        return False, ()
    sentence = f"{text.name}: the header does not say whether angles are degrees or radians; they reach only {largest:.2g} and were read as radians"
    return False, (("unit_doubtful", sentence),)


def _doubt_degrees(name: str, names: list[str], angles: Array) -> tuple[Doubt, ...]:
    """Refuse what a header calls degrees when many joints move and none beyond half a turn in radians; where few could show it, doubt it."""
    largest = _largest(angles)
    if not 0 < largest <= _HALF_TURN_RAD:
        return ()
    joints = sum("pelvis" not in joint.lower() and _moves(column) for joint, column in zip(names, angles.T, strict=True))
    if joints >= _ENOUGH_JOINTS:
        raise ValueError(
            f"{name}: the header says inDegrees=yes — expected joints that move by degrees, got {joints} of trunk and legs, and no angle beyond "
            f"{largest:.2g}, as in radians. Write inDegrees=no into the header, or export the motion again."
        )
    said = f"{name}: the header says inDegrees=yes, but angles reach only {largest:.2g}, as radians would; they were read as degrees"
    return (("unit_doubtful", f"{said} (write inDegrees=no where they are not)"),)


def _moves(angle: Array) -> bool:
    seen = angle[np.isfinite(angle)]
    return bool(seen.size) and float(np.ptp(seen)) > 0


def _largest(angles: Array) -> float:
    seen = np.abs(angles[np.isfinite(angles)])
    return float(seen.max()) if seen.size else 0.0


MOTION = PoseFormat("opensim", "motions of OpenSim models (.mot, .sto)", recognise_motion, read_motion)

"""Exports of FitNotes: Android with the unit in the heading or in a column, and iOS with warm-ups, decimal commas and times.

The times are in UTC and are taken as they are written: a workout near midnight may bear the date of the day beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hiphitch_analysis.read.entries import NOT_DONE, SET, WARM_UP, App, Entry, pick, read_starts
from hiphitch_analysis.read.text import Cells
from hiphitch_analysis.read.weights import find_unit, parse_number

_ANDROID = {"date", "exercise", "category", "reps"}
_IOS = {"starttime", "exercise", "equipment", "reps"}
_FAILED = "failed"
_STATUS = {"": SET, "done": SET, _FAILED: SET}  # the others, like NotStarted, were not done
_NOTES = ("comment", "note", "notes")


def _find_columns(header: Sequence[str]) -> dict[str, int]:
    return {name.lower(): position for position, name in reversed(list(enumerate(header)))}


def _recognise(header: Sequence[str]) -> bool:
    names = _find_columns(header).keys()
    return names >= _ANDROID or names >= _IOS


def _read(cells: Cells) -> list[Entry]:
    columns = _find_columns(cells.header)
    weights = [(name, find_unit(name)) for name in columns if name.startswith("weight") and "unit" not in name]
    moments = read_starts(cells, columns["starttime"] if columns.keys() >= _IOS else columns["date"])
    entries = []
    for row, line, moment in zip(cells.rows, cells.lines, moments, strict=True):
        status = pick(row, columns, "status").lower()
        kind = WARM_UP if pick(row, columns, "iswarmup").lower() == "true" else _STATUS.get(status, NOT_DONE)
        weight, unit = next(((cell, unit) for name, unit in weights if (cell := pick(row, columns, name))), ("", ""))
        entries.append(
            Entry(
                line=int(line),
                moment=moment,
                workout=pick(row, columns, "name"),
                exercise=pick(row, columns, "exercise"),
                label="",
                kind=kind,
                reps=pick(row, columns, "reps"),
                weight=parse_number(weight),
                unit=unit or find_unit(pick(row, columns, "weight unit")),
                rpe=parse_number(pick(row, columns, "rpe")),
                failed=status == _FAILED,
                note=next((note for name in _NOTES if (note := pick(row, columns, name))), ""),
                note_is_own=True,
                row=tuple(row),
            )
        )
    return entries


FITNOTES = App("FitNotes", _recognise, _read)

"""Exports of the Hevy app, in kilograms or pounds."""

from __future__ import annotations

from collections.abc import Sequence

from hiphitch_analysis.read.entries import DROP_SET, SET, UNKNOWN_KIND, WARM_UP, App, Entry, pick, read_starts
from hiphitch_analysis.read.rows import tidy_name
from hiphitch_analysis.read.text import Cells
from hiphitch_analysis.read.weights import parse_number

_REQUIRED = {"start_time", "exercise_title", "set_index", "reps"}
_WEIGHTS = {"weight_kg": "kg", "weight_lbs": "lb", "weight_lb": "lb"}
_FAILURE = "failure"
_KINDS = {"": SET, "normal": SET, _FAILURE: SET, "warmup": WARM_UP, "dropset": DROP_SET}


def _find_columns(header: Sequence[str]) -> dict[str, int]:
    return {tidy_name(name): position for position, name in reversed(list(enumerate(header)))}


def _recognise(header: Sequence[str]) -> bool:
    return _find_columns(header).keys() >= _REQUIRED


def _read(cells: Cells) -> list[Entry]:
    columns = _find_columns(cells.header)
    weight = next((name for name in _WEIGHTS if name in columns), "")
    moments = read_starts(cells, columns["start_time"])
    entries = []
    for row, line, moment in zip(cells.rows, cells.lines, moments, strict=True):
        kind = "".join(c for c in pick(row, columns, "set_type").lower() if c.isalpha())
        note = pick(row, columns, "exercise_notes")
        entries.append(
            Entry(
                line=int(line),
                moment=moment,
                workout=pick(row, columns, "title"),
                exercise=pick(row, columns, "exercise_title"),
                label=pick(row, columns, "set_index"),
                kind=_KINDS.get(kind, UNKNOWN_KIND),
                reps=pick(row, columns, "reps"),
                weight=parse_number(pick(row, columns, weight)),
                unit=_WEIGHTS.get(weight, ""),
                rpe=parse_number(pick(row, columns, "rpe")),
                failed=kind == _FAILURE,
                note=note,
                block_note=note,
                row=tuple(row),
            )
        )
    return entries


HEVY = App("Hevy", _recognise, _read)

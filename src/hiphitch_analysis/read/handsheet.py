"""The sheet a coach keeps by hand: one row per date, the sets of each leg in a cell like 3x30 or 30/30/28."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from hiphitch_analysis.read.cells import get_column, name_faults
from hiphitch_analysis.read.dates import read_moments
from hiphitch_analysis.read.setcells import AMRAP, find_reasons, parse_pain, parse_reason, parse_sets, parse_target, parse_weight
from hiphitch_analysis.read.text import Cells, Text, printable, split_header
from hiphitch_analysis.read.weights import find_unit
from hiphitch_analysis.read.words import name_side
from hiphitch_analysis.read.workouts import TWICE, Taken
from hiphitch_analysis.schema import SIDES

NO_SETS = "without sets"
_HEADER_WITHIN = 10  # lines: a title or two may stand above the header
_SETS = "sets"
_ROLES = {
    role: re.compile(pattern)
    for role, pattern in (
        ("date", r"date|datum|fecha|data"),
        ("day", r"day|tag|jour|dia|giorno"),
        ("athlete_id", r"athlete( id)?|athlet\w*|name|sportler\w*|spieler\w*|player|patient\w*|nom|nombre|atleta|id"),
        ("session", r"session|einheit|seance|sesion"),
        ("target_reps", r"target( reps)?|ziel\w*|soll|vorgabe|prescri\w*|plan(ned)?|goal|objectif|cible|objetivo"),
        ("ankle_kg", r"(ankle|weight|load|gewicht\w*|manschette|last|poids|charge|peso|carga|kg|kgs|lb|lbs)( weight| kg| kgs| lb| lbs)*"),
        ("pain", r"pain|schmerz\w*|douleur\w*|dolor"),
        ("stop_reason", r"stop\w*( by| reason| why)?|why( stopped)?|reason|grund|abbruch\w*|arret|raison|motivo"),
        ("notes", r"note|notes|notizen?|bemerkung\w*|comments?|commentaires?|remarks?|remarques?|notas?|comentarios?|observaciones"),
    )
}

_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    _SETS: (parse_sets, "sets like 3x30 or 30/30/28 (sets × repetitions)"),
    "target_reps": (parse_target, "repetitions like 30, 3x30 or max"),
    "pain": (parse_pain, "a number from 0 to 10"),
    "session": (lambda cell: cell if re.fullmatch(r"\d{0,4}", cell) else None, "a number"),
}

Columns = dict[tuple[str, str | None], list[int]]


@dataclass(frozen=True, slots=True)
class _Leg:
    """What a row says of one leg: repetitions of its sets, what was asked of them, weight [kg], pain [0–10], and why it stopped, as written."""

    side: str
    sets: list[int]
    target: list[int]
    ankle_kg: float
    pain: float
    stop: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the sheet; `stop` is why both legs stopped, where the sheet has one column for both."""

    line: int
    moment: datetime | None
    athlete_id: str | None
    session: str | None
    notes: str
    stop: str
    legs: tuple[_Leg, ...]
    cells: tuple[str, ...]


def find_sheet(text: Text) -> int | None:
    """Return the position of the header of a hand sheet, the line that names a date and a left or right column; None where there is none."""
    for position, line in enumerate(text.lines[:_HEADER_WITHIN]):
        columns = _find_columns(split_header(line)) if line.strip() else {}
        if ("date", None) in columns and any((_SETS, side) in columns for side in SIDES):
            return position
    return None


def read_sheet(cells: Cells, unit: str | None = None) -> Taken:
    """Read a hand sheet.

    Parameters
    ----------
    cells : Cells
        Below the header that `find_sheet` found.
    unit : {"kg", "lb"}, optional
        Of ankle weights where neither heading nor cell says it; by default kilograms.

    Returns
    -------
    Taken
        Its sets with columns of table LOG, athlete_id only where the sheet has such a column.

    Raises
    ------
    ValueError
        All cells that cannot be read, with their lines, or one day that stands twice with different sets.

    Notes
    -----
    Left and right are the leg stood on. A single number as target asks it of every set, ``3x30`` of three. Why a row stopped is put down to the sets
    that fell short: of their target, or, without one, of the most repetitions in that row; ``target`` to those that did not. Where that leaves no
    set, the reason goes to the notes: which set it means is then not known. Notes that tell it set by set (``left set 2: pain``) are understood.
    """
    columns = _find_columns(cells.header)
    left_out: Counter[str] = Counter()
    kept: dict[tuple[Any, ...], _Row] = {}
    for row in _read_rows(cells, columns, unit):
        key = (row.athlete_id, row.moment and row.moment.date(), row.session)
        if not any(leg.sets for leg in row.legs):
            left_out[NO_SETS] += 1
        elif row.moment is None:
            raise ValueError(f"{cells.name}: the date is empty in line {row.line}, which has sets. Add it.")
        elif (first := kept.setdefault(key, row)) is not row:
            if first.cells != row.cells:
                raise ValueError(
                    f"{cells.name}: {row.moment:%Y-%m-%d} stands twice, in line {first.line} and {row.line}, with different entries. "
                    "Remove one, or number the sessions of that day in a column 'session'."
                )
            left_out[TWICE] += 1
    if not kept:
        raise ValueError(f"{cells.name}: expected sets like 3x30 or 30/30/28 below left or right, got none. Was anything logged?")
    sets = [(row.line - 1, one) for row in kept.values() for one in _list_sets(row)]
    table = pd.DataFrame([one for _, one in sets], index=[line for line, _ in sets]).dropna(axis="columns", how="all")
    order = [name for name in ("athlete_id", "date", "session") if name in table]
    return Taken(table.sort_values(order, kind="stable"), left_out, _say_unread(cells, columns))


def _find_columns(header: Sequence[str]) -> Columns:
    """Return the places of what the headings mean, each for one side or for both."""
    columns: Columns = {}
    for position, heading in enumerate(header):
        side, words = name_side(heading)
        said = " ".join(words)
        role = _SETS if side and not words else next((role for role, pattern in _ROLES.items() if pattern.fullmatch(said)), None)
        if role is not None:
            columns.setdefault((role, side), []).append(position)
    if ("day", None) in columns:  # beside a date it is the day of the week
        columns.setdefault(("date", None), columns["day", None])
    for side in SIDES:  # "Left 1, Left 2, Left 3": one set in each, in the order of their numbers
        columns.get((_SETS, side), []).sort(key=lambda place: int((re.findall(r"\d+", header[place]) or ["0"])[0]))
    return columns


def _read_rows(cells: Cells, columns: Columns, unit: str | None) -> list[_Row]:
    date = columns["date", None][0]
    moments = read_moments(cells, date, cells.header[date])
    values = _parse_cells(cells, columns, unit)
    sides = [side for side in SIDES if (_SETS, side) in columns]

    def find(role: str, side: str | None) -> list[int]:
        return columns.get((role, side)) or columns.get((role, None), [])

    rows = []
    for i, (row, line, moment) in enumerate(zip(cells.rows, cells.lines, moments, strict=True)):
        legs = [
            _Leg(
                side,
                [reps for place in columns[_SETS, side] for reps in values[place][i]],
                next((values[place][i] for place in find("target_reps", side)), []),
                next((values[place][i] for place in find("ankle_kg", side)), math.nan),
                next((values[place][i] for place in find("pain", side)), math.nan),
                next((row[place].strip() for place in columns.get(("stop_reason", side), [])), ""),
            )
            for side in sides
        ]
        athlete_id, session, notes, stop = (
            next((row[place].strip() for place in columns.get((role, None), [])), None) for role in ("athlete_id", "session", "notes", "stop_reason")
        )
        rows.append(_Row(int(line), moment, athlete_id, session, notes or "", stop or "", tuple(legs), tuple(row)))
    return rows


def _parse_cells(cells: Cells, columns: Columns, unit: str | None) -> dict[int, list[Any]]:
    """Return the meaning of every cell in the columns that have a form of their own, by the column's place."""
    values, faults = {}, []
    for (role, _), places in columns.items():
        for place in places:
            heading = cells.header[place]
            if role == "ankle_kg":
                in_unit = find_unit(heading) or unit or "kg"
                values[place], expected = [parse_weight(cell, in_unit) for cell in get_column(cells, place)], "a weight like 0.5"
            elif role in _PARSERS:
                parse, expected = _PARSERS[role]
                values[place] = [parse(cell) for cell in get_column(cells, place)]
            else:
                continue
            if bad := [i for i, value in enumerate(values[place]) if value is None]:
                faults.append(name_faults(cells, heading, expected, place, bad))
    if faults:
        raise ValueError(f"{cells.name}: {'; '.join(faults)}. Correct these cells.")
    return values


def _list_sets(row: _Row) -> list[dict[str, Any]]:
    """Return the sets of a row as rows of table LOG."""
    sets: list[dict[str, Any]] = []
    for leg in row.legs:
        of_leg = [
            {
                "athlete_id": row.athlete_id,
                "date": pd.Timestamp(row.moment.date()) if row.moment else None,
                "session": float(row.session) if row.session else math.nan,
                "side": leg.side,
                "set": number,
                "target_reps": math.nan if (asked := _asked(leg.target, number)) in (None, AMRAP) else float(asked),
                "reps": reps,
                "ankle_kg": leg.ankle_kg,
                "pain": leg.pain,
                "stop_reason": None,
                "amrap": True if asked == AMRAP else None,
                "notes": None,
            }
            for number, reps in enumerate(leg.sets, 1)
        ]
        if not _put_down(leg.stop, of_leg) and of_leg:
            of_leg[0]["notes"] = f"stopped: {leg.stop}"
        sets += of_leg
    unsaid = "" if _put_down(row.stop, sets) else f"stopped: {row.stop}"
    reasons = find_reasons(row.notes)
    for one in sets:
        one["stop_reason"] = reasons.get((one["side"], one["set"]), one["stop_reason"])
    sets[0]["notes"] = "; ".join(note for note in (row.notes, unsaid, sets[0]["notes"]) if note) or None
    return sets


def _asked(target: list[int], number: int) -> int | None:
    """Return what was asked of a set: of one number every set, of several the sets in turn."""
    if len(target) == 1:
        return target[0]
    return target[number - 1] if number <= len(target) else None


def _put_down(stop: str, sets: list[dict[str, Any]]) -> bool:
    """Give the reason to the sets it must mean; return False when there is a reason, but no such set."""
    reason = parse_reason(stop)
    if reason is None or not sets:
        return True
    most = max(one["reps"] for one in sets)
    short = [one["amrap"] is True or one["reps"] < (most if math.isnan(one["target_reps"]) else one["target_reps"]) for one in sets]
    meant = [one for one, is_short in zip(sets, short, strict=True) if is_short != (reason == "target")] or (sets if len(sets) == 1 else [])
    for one in meant:
        one["stop_reason"] = reason
    return bool(meant)


def _say_unread(cells: Cells, columns: Columns) -> tuple[str, ...]:
    read = {place for places in columns.values() for place in places}
    unread = [printable(name, 30) for place, name in enumerate(cells.header) if place not in read and name]
    return (f"columns not read: {', '.join(unread)}",) if unread else ()

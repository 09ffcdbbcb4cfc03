"""Exports of the Strong app: comma or semicolon, English or translated headers, with or without units, from 2016 to today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from hiphitch_analysis.read.entries import DROP_SET, NOTE, REST_TIMER, SET, UNKNOWN_KIND, WARM_UP, App, Entry, pick, read_starts
from hiphitch_analysis.read.text import Cells
from hiphitch_analysis.read.weights import find_unit, parse_number
from hiphitch_analysis.read.words import find_words, fold

# What a heading says in any language Strong speaks: its words without accents, as a whole. The order matters: workout notes are notes too.
_ROLES = {
    role: re.compile(pattern)
    for role, pattern in (
        ("date", r"date|datum|fecha|data"),
        ("workout_notes", r"(?=.*\bnot)(?=.*(workout|training|entrain|entren|trein|allen|seance)).*"),
        ("notes", r"not(e|es|izen|a|as)"),
        ("duration", r".*(durat|dauer|duree|durac).*"),
        ("exercise", r".*(exerci|ubung|uebung|ejercici|eserciz).*"),
        ("order", r".*(set order|reihenfolge|\bord(re|en|ine|em)\b).*"),
        ("weight_unit", r".*(weight unit|gewichtseinheit|unite de poids|unidad de peso|unita di peso).*"),
        ("weight", r"(weight|gewicht|poids|peso)( kgs?| lbs?)?|kgs?|lbs?"),
        ("reps", r"reps?|wdh|wiederh\w*|repeti\w*|ripet\w*"),
        ("rpe", r"rpe"),
        ("seconds", r"(sec|sek|seg)\w*"),
        ("number", r"workout"),
        ("workout", r".*(workout|training|entrain|entren|trein|allen|seance).*"),
    )
}
_REQUIRED = {"date", "exercise", "order", "reps"}
_TAGS = {"w": WARM_UP, "d": DROP_SET, "f": SET}
_FAILURE = "f"
_NUMBER = re.compile(r"\d+(\.0+)?")


def _find_columns(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, heading in enumerate(header):
        words = " ".join(find_words(heading))
        role = next((role for role, pattern in _ROLES.items() if role not in columns and pattern.fullmatch(words)), None)
        if role is not None:
            columns[role] = position
    return columns


def _recognise(header: Sequence[str]) -> bool:
    return _find_columns(header).keys() >= _REQUIRED


def _read(cells: Cells) -> list[Entry]:
    columns = _find_columns(cells.header)
    unit = find_unit(cells.header[columns["weight"]]) if "weight" in columns else ""
    moments = read_starts(cells, columns["date"])
    entries = []
    for row, line, moment in zip(cells.rows, cells.lines, moments, strict=True):
        label, reps, seconds = (pick(row, columns, name) for name in ("order", "reps", "seconds"))
        kind = _name_kind(label, parse_number(reps), parse_number(seconds))
        entries.append(
            Entry(
                line=int(line),
                moment=moment,
                workout=f"{pick(row, columns, 'number')} {pick(row, columns, 'workout')}",
                exercise=pick(row, columns, "exercise"),
                label=label if _NUMBER.fullmatch(label) else "",
                kind=kind,
                reps=reps,
                weight=parse_number(pick(row, columns, "weight")),
                unit=unit or find_unit(pick(row, columns, "weight_unit")),
                rpe=parse_number(pick(row, columns, "rpe")),
                failed=fold(label) == _FAILURE,
                rest_s=parse_number(seconds) if kind == REST_TIMER else float("nan"),
                note=pick(row, columns, "notes"),
                row=tuple(row),
            )
        )
    return _share_notes(entries)


def _name_kind(label: str, reps: float, seconds: float) -> str:
    """Return what a row is. Besides numbers and the tags W, D and F, Strong writes words, translated: a rest timer has seconds, a note nothing."""
    if _NUMBER.fullmatch(label):
        return SET
    if fold(label) in _TAGS:
        return _TAGS[fold(label)]
    if reps > 0 or len(label) < 3:
        return UNKNOWN_KIND
    return REST_TIMER if seconds > 0 else NOTE


def _share_notes(entries: list[Entry]) -> list[Entry]:
    """Give all rows of an exercise its note: Strong keeps one for all sets, and writes it into the first of them or into a row of its own."""
    blocks = _number_blocks(entries)
    notes: dict[int, list[str]] = {}
    for entry, block in zip(entries, blocks, strict=True):
        notes.setdefault(block, []).extend([entry.note] if entry.note else [])
    return [replace(entry, block_note=" | ".join(notes[block])) for entry, block in zip(entries, blocks, strict=True)]


def _number_blocks(entries: list[Entry]) -> list[int]:
    """Count the exercises as they were done. One that was done twice in a row, such as once on each leg, shows by a note or a first set again."""
    exercises = [(entry.moment, entry.workout, entry.exercise) for entry in entries]
    blocks: list[int] = []
    block, highest = 0, -1.0
    for i, entry in enumerate(entries):
        number = parse_number(entry.label)
        # a row that is a note stands above the sets it is for, or below the last of them
        noted = entry.note != "" and (entry.kind != NOTE or exercises[i + 1 : i + 2] == [exercises[i]])
        if exercises[i] != exercises[i - 1] or number <= highest or noted:
            block, highest = block + 1, -1.0
        highest = max(highest, number) if number == number else highest
        blocks.append(block)
    return blocks


STRONG = App("Strong", _recognise, _read)

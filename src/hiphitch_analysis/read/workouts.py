"""Entries of an app's export → sets of the hip hitch: what counts, on which leg, which set of which session. What is left out is counted."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import pandas as pd

from hiphitch_analysis.read.entries import NOT_DONE, NOTE, REST_TIMER, SET, Entry
from hiphitch_analysis.read.exercises import PAIRS, Exercise, holds, look_up
from hiphitch_analysis.read.setcells import find_reason, find_reasons
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.weights import parse_number, to_kg
from hiphitch_analysis.read.words import SEGMENT, find_side, find_side_in_note
from hiphitch_analysis.schema import Log

OTHER_EXERCISE = "another exercise"
NO_REPETITIONS = "without repetitions"
TWICE = "twice in the file"
FROM_MAP, FROM_NAMES, FROM_NOTES, IN_TURN = "from the map", "from the exercises' names", "from the notes", "in turn, as the map says"
MAXIMAL_RPE = 10.0
_SHOWN = 3
_NO_SET = (REST_TIMER, NOTE, NOT_DONE)  # nothing was done between two sets

Key = tuple[datetime, str, str]  # an exercise in one workout


@dataclass(frozen=True, slots=True)
class Taken:
    """The sets of the hip hitch in an export.

    Attributes
    ----------
    sets : DataFrame
        Columns of table LOG without athlete and target, in the order of time.
    left_out : Counter of str
        Rows that were left out, by reason.
    doubts : tuple of str
        What was assumed or dropped within the sets that were taken, one sentence each.
    exercises : tuple of str
        Those of an app that were taken as the hip hitch.
    sides : Counter of (str, str)
        Where an app's sets have their stance side from, and which: sets by source and side.
    """

    sets: pd.DataFrame
    left_out: Counter[str]
    doubts: tuple[str, ...]
    exercises: tuple[str, ...] = ()
    sides: Counter[tuple[str, str]] = field(default_factory=Counter)


def take_sets(name: str, entries: Sequence[Entry], mapping: Mapping[str, Exercise], unit: str | None = None) -> Taken:
    """Choose the sets of the hip hitch from an export.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    entries : sequence of Entry
        In the order of the file.
    mapping : mapping of str to Exercise
        From `read_map`; exercises it does not hold are recognised by name.
    unit : {"kg", "lb"}, optional
        Of weights whose unit the file does not say; by default kilograms, with a doubt.

    Returns
    -------
    Taken

    Raises
    ------
    ValueError
        No such set; repetitions that cannot be; a side that is not known; pairs with an odd set; one workout twice, with different figures.

    Notes
    -----
    Left out are other exercises, warm-ups, drop sets, rest timers, notes, planned sets, sets without repetitions, and rows that stand twice. Why a
    set stopped is what a note says, in the words of a hand sheet: of a set by its number (``left; set 2: form``), or of the one set that the note
    belongs to. Else a set that the app marks as failed, or that was rated RPE 10, stopped by fatigue. A note for a whole exercise stands with its
    first set, also where the app keeps it in a row that is left out. A zero stands for "not applicable" in weights, RPE and repetitions. Sets are
    numbered by side within a workout; two workouts of one day become two sessions.
    """
    meanings = {exercise: look_up(exercise, mapping) for exercise in dict.fromkeys(entry.exercise for entry in entries)}
    left_out: Counter[str] = Counter()
    kept = _drop_repeats(name, entries, meanings, left_out)
    rests = _find_rests(kept, meanings)
    chosen = []
    for entry in kept:
        reason = _leave_out(entry, meanings)
        if reason:
            left_out[reason] += 1
        else:
            chosen.append(replace(entry, rest_s=rests.get(entry.line, math.nan)))
    if not chosen:
        raise ValueError(_say_none(name, entries, meanings, left_out))
    _check_repetitions(name, chosen)
    found = _find_sides(name, chosen, meanings, mapping)
    sides = [side for _, side in found]
    doubts: Counter[str] = Counter()
    notes = _place_notes(chosen)
    numbers = _count_sets(chosen, sides)
    rows = [_make_row(*one, unit, doubts) for one in zip(chosen, sides, numbers, notes, strict=True)]
    said = tuple(f"{text} ({n} {'set' if n == 1 else 'sets'})" for text, n in doubts.items())
    exercises = tuple(dict.fromkeys(entry.exercise for entry in chosen))
    return Taken(_number(pd.DataFrame(rows), chosen), left_out, said, exercises, Counter(found))


def _leave_out(entry: Entry, meanings: Mapping[str, Exercise]) -> str:
    """Return why an entry is no set of the hip hitch; empty for one that is."""
    if not meanings[entry.exercise].counts:
        return OTHER_EXERCISE
    if entry.kind != SET:
        return entry.kind
    return NO_REPETITIONS if entry.reps == "" or parse_number(entry.reps) == 0 else ""


def _drop_repeats(name: str, entries: Sequence[Entry], meanings: Mapping[str, Exercise], left_out: Counter[str]) -> list[Entry]:
    """Leave out rows that stand twice: one right below the other, or a workout again after others (two exports glued together)."""
    kept: list[Entry] = []
    known: dict[Key, Counter[tuple[str, ...]]] = defaultdict(Counter)
    labels: dict[Key, set[str]] = defaultdict(set)
    first: dict[Key, int] = {}
    there: dict[tuple[Key, int], Counter[tuple[str, ...]]] = {}
    stretch, before = 0, entries[0]
    for entry in entries:
        stretch += _workout(before) != _workout(entry)
        key = (*_workout(entry), entry.exercise)
        again = meanings[entry.exercise].counts and first.setdefault(key, stretch) != stretch
        earlier = there.setdefault((key, stretch), Counter(known[key])) if again else Counter()
        if earlier[entry.row] or (entry.label and entry is not before and entry.row == before.row and meanings[entry.exercise].counts):
            earlier[entry.row] -= 1
            left_out[TWICE] += 1
        elif again and entry.kind == SET and entry.label in labels[key]:
            raise ValueError(
                f"{name}: the workout of {entry.moment:%Y-%m-%d} stands twice, with different figures of '{printable(entry.exercise, 40)}' "
                f"(line {entry.line}). Remove one of them."
            )
        else:
            known[key][entry.row] += 1
            labels[key].add(entry.label)
            kept.append(entry)
        before = entry
    return kept


def _workout(entry: Entry) -> tuple[datetime, str]:
    return entry.moment, entry.workout


def _find_rests(entries: Sequence[Entry], meanings: Mapping[str, Exercise]) -> dict[int, float]:
    """Return by line the rest before a set [s]: what the timer between the set before and this one says."""
    rests: dict[int, float] = {}
    timer, workout = math.nan, None
    for entry in entries:
        if _workout(entry) != workout:
            timer, workout = math.nan, _workout(entry)
        counts = meanings[entry.exercise].counts
        if entry.kind == REST_TIMER:
            timer = entry.rest_s if counts else math.nan
        elif not counts or entry.kind not in _NO_SET:
            rests[entry.line] = timer
            timer = math.nan
    return rests


def _check_repetitions(name: str, entries: Sequence[Entry]) -> None:
    lowest, highest = _limits("reps")
    bad = [e for e in entries if not (lowest <= (reps := parse_number(e.reps)) <= highest and reps % 1 == 0)]
    if bad:
        got = ", ".join(dict.fromkeys(f"'{printable(entry.reps, 30)}'" for entry in bad[:_SHOWN]))
        lines = ", ".join(str(entry.line) for entry in bad[:_SHOWN])
        more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        raise ValueError(
            f"{name}: repetitions must be a whole number from {lowest:g} to {highest:g}, got {got} in line {lines}{more}. "
            "Correct them where they were logged, and export again."
        )


def _find_sides(name: str, entries: Sequence[Entry], meanings: Mapping[str, Exercise], mapping: Mapping[str, Exercise]) -> list[tuple[str, str]]:
    """Return for each set what says its stance side, and the side: the map, else the exercise's name, its note, the turn where the map says pairs."""
    sides = [_say_side(entry, meanings[entry.exercise].side if holds(mapping, entry.exercise) else "") for entry in entries]
    pairs: dict[Key, list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        if sides[i][1] is None and meanings[entry.exercise].side in PAIRS:
            pairs[*_workout(entry), entry.exercise].append(i)
    odd = [entries[places[0]] for places in pairs.values() if len(places) % 2]
    if odd:
        days = ", ".join(f"{entry.moment:%Y-%m-%d}" for entry in odd[:_SHOWN]) + (f" and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else "")
        raise ValueError(
            f"{name}: '{printable(odd[0].exercise, 40)}' is logged in pairs of left and right, but on {days} an odd number of sets is left. "
            "Add or remove a set there, or write the side into the notes of that day's sets."
        )
    for places in pairs.values():
        for turn, i in enumerate(places):
            sides[i] = IN_TURN, PAIRS[meanings[entries[i].exercise].side][turn % 2]
    if unknown := [entry for entry, (_, side) in zip(entries, sides, strict=True) if side is None]:
        lines = ", ".join(str(entry.line) for entry in unknown[:_SHOWN])
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        raise ValueError(
            f"{name}: on which leg '{printable(unknown[0].exercise, 40)}' was done is not said in line {lines}{more}. Say it in a map "
            "(--map MAP.csv, column side: left, right, or pairs for sets that are left and right in turn), in the exercise's name or in its notes."
        )
    return [(source, str(side)) for source, side in sides]


def _say_side(entry: Entry, said: str) -> tuple[str, str | None]:
    """Return what says the side of a set, and the side; None where nothing does."""
    if said and said not in PAIRS:
        return FROM_MAP, said
    if side := find_side(entry.exercise):
        return FROM_NAMES, side
    return FROM_NOTES, find_side_in_note(entry.note) or find_side_in_note(entry.block_note)


def _place_notes(entries: Sequence[Entry]) -> list[str]:
    """Return the note to keep with each set: its own, and what is noted with the exercise only with the first of its sets."""
    told: set[tuple[Key, str]] = set()
    notes = []
    for entry in entries:
        key = ((*_workout(entry), entry.exercise), entry.block_note)
        notes.append(entry.note or ("" if key in told else entry.block_note))
        told.add(key)
    return notes


def _count_sets(entries: Sequence[Entry], sides: Sequence[str]) -> list[int]:
    """Return the number of each set, by side within a workout."""
    counts: Counter[tuple[datetime, str, str]] = Counter()
    numbers = []
    for entry, side in zip(entries, sides, strict=True):
        counts[*_workout(entry), side] += 1
        numbers.append(counts[*_workout(entry), side])
    return numbers


def _find_reason(entry: Entry, side: str, number: int) -> str | None:
    """Return why a set stopped, where its notes say so."""
    reason = find_reasons(entry.block_note or entry.note, side).get((side, number))
    own = map(find_reason, SEGMENT.split(entry.note)) if entry.note_is_own and not reason else ()
    return next(filter(None, own), reason)


def _make_row(entry: Entry, side: str, number: int, note: str, unit: str | None, doubts: Counter[str]) -> dict[str, Any]:
    """Return one set as a row of table LOG, as far as an app knows it."""
    rpe = _within("rpe", entry.rpe or math.nan, "an RPE above 10 is left out", doubts)
    ankle_kg = to_kg(entry.weight or math.nan, entry.unit or unit or "kg")
    ankle_kg = _within("ankle_kg", ankle_kg, "a weight that no ankle carries is left out", doubts)
    if not math.isnan(ankle_kg) and not entry.unit and unit is None:
        doubts["the file does not say whether weights are kg or lb: taken as kg, else give --weight-unit lb"] += 1
    return {
        "date": pd.Timestamp(entry.moment.date()),
        "side": side,
        "set": number,
        "reps": int(parse_number(entry.reps)),
        "ankle_kg": ankle_kg,
        "rest_s": _within("rest_s", entry.rest_s, "a rest of more than two hours is left out", doubts),
        "rpe": rpe,
        "stop_reason": _find_reason(entry, side, number) or ("fatigue" if entry.failed or rpe == MAXIMAL_RPE else None),
        "notes": note or None,
    }


def _within(column: str, value: float, doubt: str, doubts: Counter[str]) -> float:
    lowest, highest = _limits(column)
    if math.isnan(value) or lowest <= value <= highest:
        return value
    doubts[doubt] += 1
    return math.nan


@cache
def _limits(column: str) -> tuple[float, float]:
    """Return the lowest and highest value that table LOG allows in a column."""
    checks = [check.statistics for check in Log.to_schema().columns[column].checks]
    return next(c["min_value"] for c in checks if "min_value" in c), next(c["max_value"] for c in checks if "max_value" in c)


def _number(sets: pd.DataFrame, entries: Sequence[Entry]) -> pd.DataFrame:
    """Return the sets in the order of time, numbered by session where a day has several."""
    workouts = sorted(dict.fromkeys(map(_workout, entries)), key=lambda workout: workout[0])  # of two at the same minute, the first in the file
    place = {workout: i for i, workout in enumerate(workouts)}
    of_day = pd.Series([moment.date() for moment, _ in workouts])
    session = (of_day.groupby(of_day).cumcount() + 1.0).where(of_day.duplicated(keep=False))
    order = pd.Series([place[_workout(entry)] for entry in entries], index=sets.index)
    sets = sets.assign(session=session.loc[order].to_numpy())
    return sets.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _say_none(name: str, entries: Sequence[Entry], meanings: Mapping[str, Exercise], left_out: Counter[str]) -> str:
    if counted := [exercise for exercise, meaning in meanings.items() if meaning.counts]:
        why = ", ".join(f"{n} {reason}" for reason, n in left_out.most_common() if reason != OTHER_EXERCISE)
        return f"{name}: '{printable(counted[0], 40)}' is there, but no set of it to count ({why}). Log it as working sets with repetitions."
    common = Counter(entry.exercise for entry in entries if entry.kind == SET).most_common(5)
    names = ", ".join(f"'{printable(exercise, 40)}' ({n})" for exercise, n in common)
    return (
        f"{name}: none of {len(meanings)} exercises is recognised as the hip hitch; the commonest are {names}. Say in a map which one is: "
        "`hiphitch import … --map MAP.csv` writes one with all names, to put hip_hitch beside the right one."
    )

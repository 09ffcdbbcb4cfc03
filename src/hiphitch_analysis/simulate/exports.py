"""A training log as training apps export it: Strong, Hevy, FitNotes, with the habits of each that make reading them hard.

None of them has a column for the side or for the prescription; all hold one person. A set to failure is marked where the app has a mark for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hiphitch_analysis.schema import SIDES

POUNDS_PER_KG = 2.2046226218
EXERCISE, WORKOUT, CATEGORY = "Hip Hitch", "Hips", "Legs"
START_HOUR = 18  # a log knows days, an app knows hours
SECONDS_PER_REP = 2
WARM_UP_REPS = 5
UNITS = ("kg", "lb")
DATES = ("en", "us", "fr")
SIDE_PLACES = ("name", "notes")
MONTHS_FR = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody uses the app; the defaults are the easiest to read.

    Attributes
    ----------
    unit : {"kg", "lb"}
        Of weights. Some files say which, others do not.
    dates : {"en", "us", "fr"}
        Hevy's dates: ``30 Jun 2025, 19:56``, ``Jun 30, 2025, 7:56 PM``, ``30 juin 2025, 19:56``.
    side_in : {"name", "notes"}
        Where the side stands: ``Hip Hitch (Left)``, or a note.
    warm_up : bool
        Begin each side with a warm-up set, which is no set of the log, where the app has a mark for it.
    decimal_comma : bool
        Strong for Android in a language that writes it. FitNotes for iOS always does.
    bom : bool
        Begin the file with a byte order mark.

    Raises
    ------
    ValueError
        A unit, form of dates or place of the side that is none.
    """

    unit: str = "kg"
    dates: str = "en"
    side_in: str = "name"
    warm_up: bool = False
    decimal_comma: bool = False
    bom: bool = False

    def __post_init__(self) -> None:
        """Refuse habits nobody has."""
        for name, allowed in (("unit", UNITS), ("dates", DATES), ("side_in", SIDE_PLACES)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: expected {' or '.join(allowed)}, got {getattr(self, name)!r}. See Habits.")


@dataclass(frozen=True, slots=True)
class _Set:
    """One set as an app knows it."""

    start: pd.Timestamp  # of the workout
    minutes: int  # the workout took
    exercise: str
    exercise_note: str  # on that day
    index: int  # within the exercise, from 0, warm-ups included
    number: int  # working sets from 1
    kind: str  # normal, warmup or failure
    weight: float  # in the app's unit
    reps: int
    body_weight: float
    comment: str  # on this set
    rpe: float = math.nan
    rest_before_s: float = math.nan


def format_strong_2016(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like Strong in 2016: the unit is the column's name, sets count from 0, nothing is marked."""
    weight, distance = ("kg", "km") if habits.unit == "kg" else ("lbs", "mi")
    rows = (
        f"{s.start},{_quote(WORKOUT)},{_quote(s.exercise)},{s.index},{s.weight:g},{s.reps},0,0,{_quote(s.exercise_note if s.index == 0 else '')}"
        for s in _list_sets(log, habits)
    )
    return _lines(habits, f"Date,Workout Name,Exercise Name,Set Order,{weight},Reps,{distance},Seconds,Notes", rows)


def format_strong_2017(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like Strong in 2017 to 2019: no unit anywhere, W and F in the place of a set's number."""
    rows = (
        f"{s.start},{_quote(WORKOUT)},{_quote(s.exercise)},{_set_order(s)},{_point(s.weight)},{s.reps},0,0,{_first_notes(s)}"
        for s in _list_sets(log, habits, habits.warm_up)
    )
    return _lines(habits, "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes", rows)


def format_strong(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like Strong from 2020 on: as before, with duration, RPE and a row for each rest."""

    def rows() -> Iterator[str]:
        for s in _list_sets(log, habits, habits.warm_up):
            begin = f"{s.start},{_quote(WORKOUT)},{_duration(s.minutes, 'min')},{_quote(s.exercise)}"
            if not math.isnan(s.rest_before_s):
                yield f"{begin},Rest Timer,0,0.0,0,{s.rest_before_s:.1f},,,"
            yield f"{begin},{_set_order(s)},{_point(s.weight)},{s.reps},0,0,{_first_notes(s)},{_optional(s.rpe)}"

    header = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
    return _lines(habits, header, rows())


def format_strong_android(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like Strong for Android: semicolons, units beside the values, empty where there is no weight."""

    def number(value: float) -> str:
        return _optional(value).replace(".", ",") if habits.decimal_comma else _optional(value)

    unit = {"kg": "kg", "lb": "lbs"}[habits.unit]
    rows = (
        f"{s.start};{_quote(WORKOUT)};{_quote(s.exercise)};{_set_order(s)};{number(s.weight) if s.weight else ''};{unit if s.weight else ''};"
        f"{s.reps};{number(s.rpe)};;;0;{_first_notes(s, ';')};{_duration(s.minutes, 'm')}"
        for s in _list_sets(log, habits, habits.warm_up)
    )
    header = (
        "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;Notes;Workout Notes;Workout Duration"
    )
    return _lines(habits, header, rows)


def format_hevy(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like Hevy: the newest workout first, text in quotes, sets count from 0, RPE from 6 on."""
    weight, distance = ("weight_kg", "distance_km") if habits.unit == "kg" else ("weight_lbs", "distance_miles")
    names = "title start_time end_time description exercise_title superset_id exercise_notes set_index set_type"
    header = ",".join(f'"{name}"' for name in [*names.split(), weight, "reps", distance, "duration_seconds", "rpe"])
    sets = sorted(_list_sets(log, habits, habits.warm_up), key=lambda s: s.start, reverse=True)
    rows = (
        f"{_quote(WORKOUT)},{_quote(_hevy_date(s.start, habits))},{_quote(_hevy_date(s.start + pd.Timedelta(minutes=s.minutes), habits))},"
        f'"",{_quote(s.exercise)},,{_quote(s.exercise_note)},{s.index},"{s.kind}",{f"{s.weight:g}" if s.weight else ""},{s.reps},,,'
        f"{_optional(s.rpe) if s.rpe >= 6 else ''}"
        for s in sets
    )
    return _lines(habits, header, rows)


def format_fitnotes(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like FitNotes today: the unit beside the weight, sets only by their order, a comment per set."""
    unit = {"kg": "kgs", "lb": "lbs"}[habits.unit]
    rows = (
        f"{s.start:%Y-%m-%d},{_cell(s.exercise)},{CATEGORY},{_point(s.weight) if s.weight else ''},{unit if s.weight else ''},{s.reps},,,,"
        f"{_cell(s.comment)}"
        for s in _list_sets(log, habits)
    )
    return _lines(habits, "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment", rows)


def format_fitnotes_old(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like FitNotes some years ago: the unit in the column's name, no comment.

    Raises
    ------
    ValueError
        The side is to stand in notes, which this file does not have.
    """
    if habits.side_in == "notes":
        raise ValueError("fitnotes_old: expected the side in the exercise's name, got it in notes. This file has no notes; use fitnotes.")
    rows = (f"{s.start:%Y-%m-%d},{_cell(s.exercise)},{CATEGORY},{_point(s.weight)},{s.reps},,," for s in _list_sets(log, habits))
    return _lines(habits, f"Date,Exercise,Category,Weight ({habits.unit}s),Reps,Distance,Distance Unit,Time", rows)


def format_fitnotes_ios(log: pd.DataFrame, habits: Habits) -> str:
    """Lay out one athlete's log like FitNotes for iOS: decimal commas in quotes, times in UTC, failed sets and warm-ups marked."""

    def number(value: float) -> str:
        return _cell(_optional(value).replace(".", ","))

    rows = (
        f"{WORKOUT},{s.start:%Y-%m-%dT%H:%M:%SZ},{s.start + pd.Timedelta(minutes=s.minutes):%Y-%m-%dT%H:%M:%SZ},{number(s.body_weight)},"
        f"{_cell(s.exercise)},None,{s.reps},{number(s.weight)},,,{'Failed' if s.kind == 'failure' else 'Done'},"
        f'{"true" if s.kind == "warmup" else "false"},{number(s.rpe)},,"{CATEGORY}",{_cell(s.comment)}'
        for s in _list_sets(log, habits, habits.warm_up)
    )
    header = "Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Time,Distance,Status,IsWarmup,RPE,RIR,Categories,Note"
    return _lines(habits, header, rows)


APPS: dict[str, Callable[[pd.DataFrame, Habits], str]] = {
    "strong": format_strong,
    "strong_2017": format_strong_2017,
    "strong_2016": format_strong_2016,
    "strong_android": format_strong_android,
    "hevy": format_hevy,
    "fitnotes": format_fitnotes,
    "fitnotes_old": format_fitnotes_old,
    "fitnotes_ios": format_fitnotes_ios,
}


def _list_sets(log: pd.DataFrame, habits: Habits, warm_up: bool = False) -> Iterator[_Set]:
    """Go through one athlete's log as an app holds it: workout by workout, in it one exercise per side, in it set by set."""
    for date, day in log.groupby("date"):
        for hour, (_, workout) in enumerate(day.groupby("session", dropna=False), START_HOUR):
            for side in SIDES:
                yield from _list_exercise(workout, side, date + pd.Timedelta(hours=hour), habits, warm_up)


def _list_exercise(workout: pd.DataFrame, side: str, start: pd.Timestamp, habits: Habits, warm_up: bool) -> Iterator[_Set]:
    scale = POUNDS_PER_KG if habits.unit == "lb" else 1.0
    seconds = SECONDS_PER_REP * workout["reps"].sum() + workout["rest_s"].sum()
    rows = list(workout[workout["side"] == side].sort_values("set").itertuples())
    notes = [_note(row) for row in rows]
    told = [f"set {row.set}: {note}" for row, note in zip(rows, notes, strict=True) if note]
    of_exercise = {
        "start": start,
        "minutes": max(1, round(seconds / 60)),
        "exercise": EXERCISE if habits.side_in == "notes" else f"{EXERCISE} ({side.capitalize()})",
        "exercise_note": "; ".join([side, *told] if habits.side_in == "notes" else told),
    }
    if warm_up and rows:
        body = round(rows[0].body_mass_kg * scale, 1)
        yield _Set(
            **of_exercise,
            index=0,
            number=0,
            kind="warmup",
            weight=0.0,
            reps=WARM_UP_REPS,
            body_weight=body,
            comment=side if habits.side_in == "notes" else "",
        )
    for number, (row, note) in enumerate(zip(rows, notes, strict=True)):
        yield _Set(
            **of_exercise,
            index=number + warm_up,
            number=number + 1,
            kind="failure" if row.stop_reason == "fatigue" else "normal",
            weight=round(row.ankle_kg * scale, 2),
            reps=row.reps,
            rpe=row.rpe,
            rest_before_s=row.rest_s,
            body_weight=round(row.body_mass_kg * scale, 1),
            comment="; ".join(filter(None, [side if habits.side_in == "notes" else "", note])),
        )


def _note(row: Any) -> str:
    """Say why a set ended where no mark of the app can, and what else was noted."""
    stopped = {"technique": "form went", "pain": "pain", "other": "interrupted"}.get(row.stop_reason, "")
    return "; ".join(filter(None, [stopped, row.notes if isinstance(row.notes, str) else ""]))


def _lines(habits: Habits, header: str, rows: Iterable[str]) -> str:
    return "\ufeff" * habits.bom + "\n".join([header, *rows]) + "\n"


def _set_order(s: _Set) -> str:
    """Return what Strong writes in the place of a set's number."""
    return {"warmup": "W", "failure": "F"}.get(s.kind, str(s.number))


def _first_notes(s: _Set, delimiter: str = ",") -> str:
    """Return Strong's two columns of notes: in quotes on an exercise's first row, nothing on the others."""
    return f'{_quote(s.exercise_note)}{delimiter}""' if s.index == 0 else delimiter


def _duration(minutes: int, suffix: str) -> str:
    return f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}{suffix}"


def _hevy_date(time: pd.Timestamp, habits: Habits) -> str:
    if habits.dates == "us":
        return f"{MONTHS_EN[time.month - 1]} {time.day}, {time.year}, {time.hour % 12 or 12}:{time:%M} {'AM' if time.hour < 12 else 'PM'}"
    months = MONTHS_FR if habits.dates == "fr" else MONTHS_EN
    return f"{time.day} {months[time.month - 1]} {time.year}, {time:%H:%M}"


def _quote(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _cell(text: str) -> str:
    """Quote only what needs it."""
    return _quote(text) if any(mark in text for mark in ',"\n') else text


def _point(value: float) -> str:
    """Write a number with a decimal point even where it is whole."""
    return repr(round(float(value), 2))


def _optional(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}"

"""A log file opened and recognised by its content, and what it gives: our CSV, a hand sheet, or the export of an app → table LOG."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.entries import SET, App, Entry
from hiphitch_analysis.read.exercises import Exercise, read_map
from hiphitch_analysis.read.fitnotes import FITNOTES
from hiphitch_analysis.read.handsheet import find_sheet, read_sheet
from hiphitch_analysis.read.hevy import HEVY
from hiphitch_analysis.read.rows import check_lines, read_rows, tidy_name
from hiphitch_analysis.read.source import open_source
from hiphitch_analysis.read.strong import STRONG
from hiphitch_analysis.read.targets import apply_plan, infer_targets, mark_given, read_plan
from hiphitch_analysis.read.text import Text, first_line, open_text, printable, read_head, split_cells, split_header
from hiphitch_analysis.read.weights import KG
from hiphitch_analysis.read.workbook import is_workbook, open_workbook
from hiphitch_analysis.read.workouts import Taken, take_sets
from hiphitch_analysis.schema import ATHLETE_ID, Log

APPS: tuple[App, ...] = (HEVY, STRONG, FITNOTES)
OWN = "our CSV"
HAND_SHEET = "hand sheet"
EXPECTED = (
    f"our CSV (`hiphitch template log`), a hand sheet (`hiphitch template log --hand-sheet`) or an export of {', '.join(app.name for app in APPS)}"
)
_MAGIC_ZIP = b"PK\x03\x04"
_KEY = ["athlete_id", "date", "session", "side", "set"]
_OURS = [name for name, column in Log.to_schema().columns.items() if column.required]
_FEW = 2  # required columns that show that a file was meant to be ours


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log that was opened and recognised.

    Attributes
    ----------
    text : Text
    header : int
        Position of its header.
    format : str
        `OWN`, `HAND_SHEET` or an app's name.
    entries : tuple of Entry
        Of an app's export; else empty.
    """

    text: Text
    header: int
    format: str
    entries: tuple[Entry, ...] = ()

    @property
    def exercises(self) -> Counter[str]:
        """The sets of each exercise in an app's export."""
        return Counter({entry.exercise: 0 for entry in self.entries}) + Counter(entry.exercise for entry in self.entries if entry.kind == SET)


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows about a log that its file may not say.

    Attributes
    ----------
    athlete_id : str or None
    mapping : mapping of str to Exercise
        From `read_map`.
    plan : DataFrame or None
        From `read_plan`.
    weight_unit : {"kg", "lb"} or None
    """

    athlete_id: str | None
    mapping: Mapping[str, Exercise]
    plan: pd.DataFrame | None
    weight_unit: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a log file gave.

    Attributes
    ----------
    log : DataFrame
        Table LOG.
    rows : int
        Rows of the file.
    left_out : Counter of str
        How many were left out, by reason.
    doubts : tuple of str
        What was assumed, one sentence each.
    exercises : tuple of str
        Those of an app that were taken as the hip hitch.
    sides : Counter of (str, str)
        Where an app's sets have their stance side from, and which: sets by source and side.
    """

    log: pd.DataFrame
    rows: int
    left_out: Counter[str]
    doubts: tuple[str, ...]
    exercises: tuple[str, ...] = ()
    sides: Counter[tuple[str, str]] = field(default_factory=Counter)


class LogDoubt(UserWarning):
    """Something was assumed in reading a log; the message says what."""


def make_hints(athlete_id: str | None, mapping: str | Path | None, plan: str | Path | None, weight_unit: str | None) -> Hints:
    """Return the hints that the options of a command name; ValueError for one that cannot be."""
    if athlete_id is not None and not re.fullmatch(ATHLETE_ID, athlete_id):
        raise ValueError(f"athlete_id: expected a pseudonym of 1 to 32 letters, digits, - or _, got {printable(athlete_id)!r}.")
    if weight_unit is not None and weight_unit not in KG:
        raise ValueError(f"weight_unit: expected {' or '.join(KG)}, got {printable(weight_unit)!r}.")
    return Hints(athlete_id, read_map(mapping) if mapping is not None else {}, read_plan(plan) if plan is not None else None, weight_unit)


def open_log(path: str | Path) -> LogFile:
    """Open a log and recognise its format.

    Parameters
    ----------
    path : str or Path
        A text file (gzip and xz are unpacked), an xlsx workbook, or a zip archive with one log in it.

    Returns
    -------
    LogFile

    Raises
    ------
    ValueError
        The file cannot be read, is of no known format, or holds several logs.
    """
    path = Path(path)
    if is_workbook(path):
        texts = open_workbook(path)
    elif read_head(path, len(_MAGIC_ZIP)) == _MAGIC_ZIP:
        texts = list(open_source(path).texts)
    else:
        texts = [open_text(path)]
    found = [log for text in texts if (log := _recognise(text)) is not None]
    if len(found) > 1:
        raise ValueError(
            f"{path.name}: expected one log, got {len(found)} ({', '.join(log.text.name for log in found[:3])}). Save each as its own file."
        )
    if found:
        return found[0]
    if meant := [text for text in texts if len(set(_OURS) & _names(text)) >= _FEW]:
        return LogFile(meant[0], first_line(meant[0]), OWN)  # its reader says what is missing
    first = texts[0]
    got = f"first line '{printable(first.lines[first_line(first)].strip())}'"
    raise ValueError(f"{first.name}: not a training log that can be read ({got}). Expected {EXPECTED}.")


def read_opened(file: LogFile, hints: Hints) -> Reading:
    """Read a log that was opened.

    Parameters
    ----------
    file : LogFile
    hints : Hints

    Returns
    -------
    Reading

    Raises
    ------
    ValueError
        As `read_log`.
    """
    if file.format == OWN:
        log = read_rows(file.text, Log)
        rows = len(log)
        refuse_repeats(log, [f"line {i + 1}" for i in log.index], file.text.name)
        if hints.plan is not None or "target_source" in log:
            log = mark_given(log)
        if hints.plan is not None:
            log = apply_plan(log, hints.plan)
        return Reading(log.reset_index(drop=True), rows, Counter(), ())
    if file.format == HAND_SHEET:
        cells = split_cells(file.text, file.header, pad=True)
        taken, rows = read_sheet(cells, hints.weight_unit), len(cells.rows)
    else:
        taken, rows = take_sets(file.text.name, file.entries, hints.mapping, hints.weight_unit), len(file.entries)
    return Reading(_finish(taken, file.text.name, hints), rows, +taken.left_out, taken.doubts, taken.exercises, taken.sides)


def _recognise(text: Text) -> LogFile | None:
    header = first_line(text)
    if set(_OURS) <= _names(text):
        return LogFile(text, header, OWN)
    names = split_header(text.lines[header])
    app = next((app for app in APPS if app.recognise(names)), None)
    if app is not None:
        return LogFile(text, header, app.name, tuple(app.read(split_cells(text, header, pad=True))))
    sheet = find_sheet(text)
    return None if sheet is None else LogFile(text, sheet, HAND_SHEET)


def _names(text: Text) -> set[str]:
    return {tidy_name(name) for name in split_header(text.lines[first_line(text)])}


def _finish(taken: Taken, name: str, hints: Hints) -> pd.DataFrame:
    """Return table LOG of the sets of a hand sheet or an app: with its athlete and targets, without columns that hold nothing."""
    log = taken.sets
    if "athlete_id" not in log or log["athlete_id"].isin(("", None)).any():
        if hints.athlete_id is None:
            raise ValueError(f"{name}: the file does not say whose log it is. Give --athlete ID (athlete_id).")
        said = log["athlete_id"].replace("", None) if "athlete_id" in log else pd.Series(None, index=log.index, dtype="str")
        log = log.assign(athlete_id=said.fillna(hints.athlete_id))
    log = mark_given(check_lines(log, name, Log))
    if hints.plan is not None:
        log = apply_plan(log, hints.plan)
    log = infer_targets(log)
    columns = [column for column in Log.to_schema().columns if column in log and (column in _OURS or log[column].notna().any())]
    return check_lines(log[columns], name, Log).reset_index(drop=True)


def refuse_repeats(log: pd.DataFrame, places: Sequence[str], name: str) -> None:
    """Refuse one set that is logged twice; `places` says for each row where it comes from."""
    key = [column for column in _KEY if column in log]
    for _, rows in log.reset_index(drop=True)[log.duplicated(key, keep=False).to_numpy()].groupby(key, dropna=False, sort=False):
        first = rows.iloc[0]
        what = f"set {first['set']} on the {first['side']} of {first['athlete_id']} on {first['date']:%Y-%m-%d}"
        where = " and ".join(places[i] for i in rows.index[:3])
        raise ValueError(f"{name}: {what} is logged twice, in {where}. Remove one, or number the sessions of that day in a column 'session'.")

"""What the exports of training apps have in common: one entry per row, in the app's own terms, before anything is chosen or mapped."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hiphitch_analysis.read.dates import read_moments
from hiphitch_analysis.read.text import Cells

SET = "set"
WARM_UP = "warm-up"
DROP_SET = "drop set"
REST_TIMER = "rest timer"
NOTE = "note"
NOT_DONE = "planned, not done"
UNKNOWN_KIND = "a kind of set that is not known here"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of an app's export.

    Attributes
    ----------
    line : int
        Line of the file.
    moment : datetime
        When the workout began, as written; midnight where the app gives the day only.
    workout : str
        What tells workouts that began at the same time apart.
    exercise : str
        Its name in the app.
    label : str
        Number of the set within the exercise, as written; empty where the app gives none.
    kind : str
        `SET`, or what else the row is.
    reps : str
        Repetitions, as written.
    weight : float
        In `unit`; NaN for none.
    unit : {"kg", "lb", ""}
        Empty where the file does not say.
    rpe : float
        Rating of perceived exertion; NaN for none.
    failed : bool
        Whether the app says that the set went to failure.
    rest_s : float
        Of a rest timer: its time [s].
    note, block_note : str
        What is noted with the set, and with its exercise in that workout.
    note_is_own : bool
        Whether the app keeps a note for each set, so that `note` speaks of this one.
    row : tuple of str
        All cells, to tell repeated rows.
    """

    line: int
    moment: datetime
    workout: str
    exercise: str
    label: str
    kind: str
    reps: str
    weight: float = math.nan
    unit: str = ""
    rpe: float = math.nan
    failed: bool = False
    rest_s: float = math.nan
    note: str = ""
    block_note: str = ""
    note_is_own: bool = False
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """A training app whose exports can be read.

    Attributes
    ----------
    name : str
    recognise : callable
        Whether a header is one of its exports.
    read : callable
        Cells → entries.
    """

    name: str
    recognise: Callable[[Sequence[str]], bool]
    read: Callable[[Cells], list[Entry]]


def read_starts(cells: Cells, position: int) -> list[datetime]:
    """Return when the workout of each row began.

    Raises
    ------
    ValueError
        As `read_moments`, or an empty cell.
    """
    moments = read_moments(cells, position, cells.header[position])
    if empty := [str(line) for line, moment in zip(cells.lines, moments, strict=True) if moment is None]:
        raise ValueError(f"{cells.name}: {cells.header[position]} is empty in line {', '.join(empty[:3])}. Correct or remove these lines.")
    return [moment for moment in moments if moment is not None]


def pick(row: Sequence[str], columns: Mapping[str, int], name: str) -> str:
    """Return one cell of a row, stripped; empty where the file has no such column."""
    position = columns.get(name)
    return "" if position is None else row[position].strip()

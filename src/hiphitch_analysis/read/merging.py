"""New sets into a log that is there: what is there already adds nothing, what is there with other figures is left as it was, and said."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pandas as pd

from hiphitch_analysis.outputs import guard_cell
from hiphitch_analysis.read.rows import tidy_name
from hiphitch_analysis.read.text import find_delimiter
from hiphitch_analysis.schema import Log

FIGURES = ("reps", "ankle_kg", "rpe", "pain", "stop_reason")  # what was done; a figure that one of two logs does not give is no conflict
_TOLERANCE = 5e-4  # half a gram: figures that went through a file

_Day = tuple[str, pd.Timestamp]


@dataclass(frozen=True, slots=True)
class Merged:
    """What new sets are to a log.

    Attributes
    ----------
    added : DataFrame
        Table LOG: the sets that the log does not have.
    present : int
        How many it has already.
    other_target : int
        How many of these have another target in the log, or none.
    conflicts : tuple of str
        Sets that the log has with other figures, and days whose sessions cannot be told apart: one sentence each. Nothing of them is added.
    """

    added: pd.DataFrame
    present: int
    other_target: int
    conflicts: tuple[str, ...]


def merge_sets(log: pd.DataFrame, new: pd.DataFrame) -> Merged:
    """Find out which sets a log does not have yet.

    Parameters
    ----------
    log, new : DataFrame
        Table LOG. A set is the same set when athlete, date, session, side and number agree; where a day has a single session its number is no matter.

    Returns
    -------
    Merged

    Examples
    --------
    >>> day = {"athlete_id": "A1", "date": pd.Timestamp(2026, 1, 5), "side": "left"}
    >>> log = pd.DataFrame([{**day, "set": 1, "reps": 20}])
    >>> new = pd.DataFrame([{**day, "set": 1, "reps": 20}, {**day, "set": 2, "reps": 18}])
    >>> merge_sets(log, new).added["set"].tolist(), merge_sets(log, new).present
    ([2], 1)
    """
    old_sessions, new_sessions = _list_sessions(log), _list_sessions(new)
    there = {(_day(row), _session(row), row["side"], row["set"]): row for row in log.to_dict("records")}
    numbers: dict[_Day, dict[float, float] | None] = {
        day: _match_sessions(old_sessions[day], sessions) for day, sessions in new_sessions.items() if day in old_sessions
    }
    unclear = [day for day, matched in numbers.items() if matched is None]
    conflicts = [
        f"{athlete_id} {date:%Y-%m-%d}: the sessions of that day cannot be told apart; number the log's in its column 'session', as 1, 2 …"
        for athlete_id, date in unclear
    ]
    added, counts = [], Counter[str]()
    for place, row in enumerate(new.to_dict("records")):
        day, session = _day(row), _session(row)
        matched = numbers.get(day, {})
        if matched is None:
            continue
        session = matched.get(session, session)
        old = there.get((day, session, row["side"], row["set"]))
        if old is None:
            added.append((place, math.nan if session < 0 else session))
        elif differing := [name for name in FIGURES if _differ(old.get(name), row.get(name))]:
            figures = ", ".join(f"{name} {_show(old[name])} in the log, {_show(row[name])} here" for name in differing)
            conflicts.append(f"{row['athlete_id']} {row['date']:%Y-%m-%d} {row['side']} set {row['set']}: {figures}")
        else:
            counts["present"] += 1
            target = row.get("target_reps")
            counts["other target"] += pd.notna(target) and target != old.get("target_reps")
    rows = new.iloc[[place for place, _ in added]]
    if "session" in rows or any(not math.isnan(session) for _, session in added):
        rows = rows.assign(session=[session for _, session in added])
    return Merged(rows, counts["present"], counts["other target"], tuple(conflicts))


def append_sets(text: str, sets: pd.DataFrame, columns: Sequence[str]) -> str:
    r"""Return the text of a log with further sets below it.

    Parameters
    ----------
    text : str
        The log as it is; its rows are kept to the letter. Empty for a new one.
    sets : DataFrame
        Table LOG.
    columns : sequence of str
        Of a new log. To one that is there a column is added only where one of the sets has something in it, at the end of the header; rows that
        end before it are empty in it.

    Returns
    -------
    str

    Examples
    --------
    >>> sets = pd.DataFrame({"athlete_id": ["A1"], "date": [pd.Timestamp(2026, 1, 6)], "side": ["left"], "set": [1], "reps": [21]})
    >>> print(append_sets("athlete_id,date,side,set,reps\nA1,2026-01-05,left,1,20\n", sets, []), end="")
    athlete_id,date,side,set,reps
    A1,2026-01-05,left,1,20
    A1,2026-01-06,left,1,21
    """
    end = "\r\n" if "\r\n" in text else "\n"
    if not text.strip("\ufeff \r\n"):
        text = ",".join(columns) + end
    start, header, rest = _split_at_header(text)
    delimiter = find_delimiter(header)
    names = [tidy_name(name) for name in next(csv.reader([header], delimiter=delimiter))]
    further = [name for name in Log.to_schema().columns if name in sets and name not in names and sets[name].notna().any()]
    header += "".join(delimiter + name for name in further)
    lines = StringIO()
    writer = csv.writer(lines, delimiter=delimiter, lineterminator=end)
    comma = delimiter == ";"  # as spreadsheets write it where a semicolon parts the cells
    writer.writerows([_show(row.get(name), comma) for name in (*names, *further)] for row in sets.to_dict("records"))
    text = start + header + rest
    return text + ("" if text.endswith(("\n", "\r")) else end) + lines.getvalue()


def _split_at_header(text: str) -> tuple[str, str, str]:
    """Return what stands before the header line, that line without its end, and what stands below it, end included."""
    start = 0
    for line in text.splitlines(keepends=True):
        bare = line.lstrip("\ufeff")
        if bare.strip() and not bare.strip().strip('"').lower().startswith("sep="):
            start += len(line) - len(bare)
            header = bare.rstrip("\r\n")
            return text[:start], header, text[start + len(header) :]
        start += len(line)
    return text, "", ""


def _list_sessions(log: pd.DataFrame) -> dict[_Day, list[float]]:
    """Return the numbers of the sessions of each athlete and day, −1 for none."""
    session = log["session"].fillna(-1.0) if "session" in log else pd.Series(-1.0, index=log.index)
    days: dict[_Day, set[float]] = {}
    for athlete_id, date, number in zip(log["athlete_id"], log["date"], session, strict=True):
        days.setdefault((athlete_id, date), set()).add(number)
    return {day: sorted(numbers) for day, numbers in days.items()}


def _match_sessions(old: list[float], new: list[float]) -> dict[float, float] | None:
    """Return which session of a log each new session is, those that are new left out; None where it cannot be told."""
    if set(old) <= set(new) or set(new) <= set(old):
        unnumbered_among_others = -1.0 in (*old, *new) and max(len(old), len(new)) > 1
        return None if unnumbered_among_others else {}
    return dict(zip(new, old, strict=True)) if len(old) == len(new) and (len(old) == 1 or -1.0 not in (*old, *new)) else None


def _day(row: dict[Hashable, Any]) -> _Day:
    return row["athlete_id"], row["date"]


def _session(row: dict[Hashable, Any]) -> float:
    number = row.get("session", math.nan)
    return -1.0 if pd.isna(number) else float(number)


def _differ(old: Any, new: Any) -> bool:
    if old is None or new is None or pd.isna(old) or pd.isna(new):
        return False
    return bool(old != new if isinstance(old, str) else abs(old - new) > _TOLERANCE)


def _show(value: Any, decimal_comma: bool = False) -> str:
    """Return a value of table LOG as it stands in our CSV."""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return guard_cell(value)
    number = f"{value:.10g}"
    return number.replace(".", ",") if decimal_comma else number

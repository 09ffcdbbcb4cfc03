"""What was prescribed: taken from a plan, or inferred where a log shows it, and marked as such in ``target_source``."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from hiphitch_analysis.read.cells import get_column, name_faults, parse_numbers
from hiphitch_analysis.read.dates import read_moments
from hiphitch_analysis.read.rows import tidy_name
from hiphitch_analysis.read.text import Cells, first_line, open_text, printable, split_cells
from hiphitch_analysis.schema import SIDES

PLAN_COLUMNS = ("date", "sets", "target_reps", "athlete_id", "side", "ankle_kg")
_REQUIRED = PLAN_COLUMNS[:3]
_LIMITS = {"sets": (1, 50), "target_reps": (1, 1000), "ankle_kg": (0, 30)}
_FAILED = ("fatigue", "technique", "pain", "other")  # stopped by anything but the target


def read_plan(path: str | Path) -> pd.DataFrame:
    r"""Read a plan: what was prescribed from which day on.

    Parameters
    ----------
    path : str or Path
        CSV with the columns date, sets, target_reps and, where needed, athlete_id, side and ankle_kg [kg].

    Returns
    -------
    DataFrame
        One row per row of the plan with all of these columns; athlete_id and side are empty strings where the row holds for every one.

    Raises
    ------
    ValueError
        A column or a value that cannot be, with its line; or two rows for the same day and people.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "plan.csv"
    >>> _ = file.write_text("date,sets,target_reps\n2026-01-05,2,20\n2026-01-19,3,30\n")
    >>> read_plan(file)[["date", "sets", "target_reps"]]
            date  sets  target_reps
    0 2026-01-05   2.0         20.0
    1 2026-01-19   3.0         30.0
    """
    text = open_text(path)
    cells = split_cells(text, first_line(text), pad=True)
    names = [tidy_name(name) for name in cells.header]
    if missing := [name for name in _REQUIRED if name not in names]:
        got = ", ".join(f"'{printable(name, 30)}'" for name in cells.header)
        raise ValueError(
            f"{text.name}: a plan needs the columns {', '.join(_REQUIRED)} (and may have {', '.join(PLAN_COLUMNS[3:])}); {missing[0]} is missing "
            f"(got {got}). One row holds from its date until the next."
        )
    columns: dict[str, Any] = {"date": [moment and pd.Timestamp(moment.date()) for moment in read_moments(cells, names.index("date"), "date")]}
    faults = []
    for name in ("sets", "target_reps", "ankle_kg"):
        columns[name], fault = _read_numbers(cells, names, name)
        faults += fault
    for name in ("athlete_id", "side"):
        columns[name] = [word.lower() if name == "side" else word for word in get_column(cells, names.index(name))] if name in names else ""
    plan = pd.DataFrame(columns)
    if "side" in names and (bad := plan.index[~plan["side"].isin(("", *SIDES))].tolist()):
        faults.append(name_faults(cells, "side", "left, right or empty", names.index("side"), bad))
    if len(undated := plan.index[plan["date"].isna()]):
        faults.append(name_faults(cells, "date", "a date like 2026-01-31", names.index("date"), undated.tolist()))
    if len(twice := plan.index[plan.duplicated(["date", "athlete_id", "side"])]):
        faults.append(f"line {cells.lines[twice[0]]} prescribes something else for the same day")
    if faults:
        raise ValueError(f"{text.name}: {'; '.join(faults)}. Correct these cells.")
    return plan


def apply_plan(log: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Give the sets of a log the target that the plan had for their day.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    plan : DataFrame
        From `read_plan`. A row holds from its date on until the next row. A row that names the athlete goes before one that does not, and then one
        that names the side: what is prescribed to one athlete holds until something else is prescribed to that athlete.

    Returns
    -------
    DataFrame
        The log with target_reps and target_source. Targets that the log itself gives are kept; sets beyond the prescribed number and AMRAP sets get
        none. An ankle weight that the log does not give is the plan's.
    """
    log = _with_columns(log)
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in plan.sort_values("date", kind="stable").itertuples():
        rows.setdefault((row.athlete_id, row.side), []).append(row)
    prescribed = [_find_row(rows, *key) for key in zip(log["athlete_id"], log["date"], log["side"], strict=True)]
    there = pd.Series([row is not None for row in prescribed], index=log.index)
    values = {name: [float("nan") if row is None else getattr(row, name) for row in prescribed] for name in ("sets", "target_reps", "ankle_kg")}
    offered = pd.DataFrame(values, index=log.index, dtype="float64")
    bare = there & log["target_reps"].isna() & (log["set"] <= offered["sets"]) & ~_is_amrap(log)
    log = log.assign(target_reps=log["target_reps"].mask(bare, offered["target_reps"]), target_source=log["target_source"].mask(bare, "plan"))
    if offered["ankle_kg"].notna().any():
        log = log.assign(ankle_kg=log["ankle_kg"].fillna(offered["ankle_kg"]) if "ankle_kg" in log else offered["ankle_kg"])
    return log


def _find_row(rows: dict[tuple[str, str], list[Any]], athlete_id: str, date: pd.Timestamp, side: str) -> Any:
    """Return the row of a plan that holds for a set: of those that name most, the last until that day."""
    for key in ((athlete_id, side), (athlete_id, ""), ("", side), ("", "")):
        if place := bisect_right(rows.get(key, []), date, key=lambda row: row.date):
            return rows[key][place - 1]
    return None


def infer_targets(log: pd.DataFrame) -> pd.DataFrame:
    """Infer the target of sessions that give none, where their sets show it.

    Parameters
    ----------
    log : DataFrame
        Table LOG.

    Returns
    -------
    DataFrame
        The log with target_reps and target_source.

    Notes
    -----
    The target shows where, on one side of a session, at least two sets have the same number and no other set has another one but the last and those
    that failed. Only sets with that number get it, and failed ones with fewer. A failed set that reached it gets none: its own target was higher, or
    there was none. Neither does a last set with another number of which nothing is known. So a wrong guess can only say "at least this many" of a
    set that would have said so without it, never that a set failed which did not, or that one was capped which failed.
    """
    log = _with_columns(log)
    failed = log["stop_reason"].isin(_FAILED) if "stop_reason" in log else pd.Series(False, index=log.index)
    session = log["session"].fillna(-1.0) if "session" in log else pd.Series(-1.0, index=log.index)
    sessions: dict[tuple[Any, ...], list[_Set]] = {}
    columns = (log["athlete_id"], log["date"], session, log["side"], log["set"], log["reps"], failed, _is_amrap(log), log["target_reps"])
    for place, (*key, number, reps, has_failed, amrap, target) in enumerate(zip(*columns, strict=True)):
        sessions.setdefault(tuple(key), []).append(_Set(number, place, int(reps), bool(has_failed), bool(amrap), target == target))
    targets, sources = log["target_reps"].to_list(), log["target_source"].to_list()
    for sets in sessions.values():
        target = _find_target(sorted(sets))
        for one in sets if target else []:
            if not one.amrap and (one.reps < target if one.failed else one.reps == target):
                targets[one.place], sources[one.place] = float(target), "inferred"
    return log.assign(target_reps=targets, target_source=pd.Series(sources, index=log.index, dtype="str"))


class _Set(NamedTuple):
    """One set: its number, its place in the log, what was done, and whether the log gives it a target."""

    number: int
    place: int
    reps: int
    failed: bool
    amrap: bool
    has_target: bool


def _find_target(sets: list[_Set]) -> int:
    """Return the target that the sets of one side of a session show, in their order; 0 where they show none."""
    if any(one.has_target for one in sets):
        return 0
    whole = [one for one in sets if not one.failed and not one.amrap]
    if len({one.reps for one in whole}) > 1 and whole[-1] is sets[-1]:
        whole = whole[:-1]
    return whole[0].reps if len(whole) > 1 and len({one.reps for one in whole}) == 1 else 0


def mark_given(log: pd.DataFrame) -> pd.DataFrame:
    """Return the log with target_source ``given`` for every target that says nothing else of where it comes from, and none without a target."""
    log = _with_columns(log)
    source = log["target_source"].where(log["target_reps"].notna(), None)
    return log.assign(target_source=source.where(source.notna() | log["target_reps"].isna(), "given"))


def _with_columns(log: pd.DataFrame) -> pd.DataFrame:
    """Return a copy that has the columns of a target."""
    empty = {"target_reps": pd.Series(float("nan"), index=log.index), "target_source": pd.Series(None, index=log.index, dtype="str")}
    return log.assign(**{name: values for name, values in empty.items() if name not in log})


def _is_amrap(log: pd.DataFrame) -> pd.Series:
    return log["amrap"].eq(True).fillna(False).astype(bool) if "amrap" in log else pd.Series(False, index=log.index)


def _read_numbers(cells: Cells, names: list[str], name: str) -> tuple[Any, list[str]]:
    if name not in names:
        return float("nan"), []
    position = names.index(name)
    values, bad = parse_numbers(get_column(cells, position), cells.decimal_comma)
    lowest, highest = _LIMITS[name]
    whole = name != "ankle_kg"
    wrong = [i for i, v in enumerate(values) if i in bad or (whole and v % 1 != 0) or not (lowest <= v <= highest or (v != v and not whole))]
    expected = f"{'a whole number' if whole else 'a number'} from {lowest} to {highest}"
    return values, [name_faults(cells, name, expected, position, wrong)] if wrong else []

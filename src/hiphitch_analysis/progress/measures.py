"""LOG or SESSIONS → one value of a measure per athlete, day and side, with the weeks since that athlete's first day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Measure:
    """What a measure is called, and what is said of it when it goes up or down; `many` is its unit in a sentence."""

    name: str
    unit: str
    many: str
    up: str
    down: str


# Capacity is not among them: logged repetitions are capped at the prescription, and progress.capacity reads them as what they are.
MEASURES = {
    "form_score": Measure("Form", "0–100", " points", "has become better", "has become worse"),
    "drop_deg": Measure("The drop", "°", "°", "has become larger", "has become smaller"),
    "return_error_deg": Measure("What is missing to level", "°", "°", "has grown", "has shrunk"),
    "rotation_range_deg": Measure("The pelvis's twist", "°", "°", "has become larger", "has become smaller"),
    "rep_s": Measure("The time of a repetition", "s", " s", "has become longer", "has become shorter"),
    "rpe": Measure("Exertion", "0–10", " points", "has risen", "has fallen"),
    "pain": Measure("Pain", "0–10", " points", "has risen", "has fallen"),
}


def place_weeks(table: pd.DataFrame, athlete: str = "athlete_id", began: pd.Series | None = None) -> pd.DataFrame:
    """Add the column ``week`` [weeks since the athlete's first day]; a table that has it stays as it is.

    Parameters
    ----------
    table : DataFrame
        With the columns `athlete` and ``date``; rows that miss either are left out.
    athlete : str
        Name of the column that says who.
    began : Series, optional
        Each athlete's first day, where it lies before this table's.

    Raises
    ------
    ValueError
        Neither ``week`` nor ``date``, or no column `athlete`.

    Examples
    --------
    >>> place_weeks(pd.DataFrame({"athlete_id": "A01", "date": ["2026-01-05", "2026-01-19"]}))["week"].tolist()
    [0.0, 2.0]
    """
    _expect(table, [athlete])
    if "week" in table:
        return table.dropna(subset=[athlete, "week"])
    if "date" not in table:
        raise ValueError(f"table: expected a column 'date' or 'week', got {', '.join(map(repr, table))}. A trend needs to know when.")
    known = table.dropna(subset=[athlete, "date"])
    date = pd.to_datetime(known["date"])
    first = date.groupby(known[athlete]).min() if began is None else pd.to_datetime(began)
    return known.assign(date=date, week=(date - known[athlete].map(first)).dt.days / 7.0)


def average_days(table: pd.DataFrame, measure: str, athlete: str = "athlete_id", by: Sequence[str] = ("side",)) -> pd.DataFrame:
    """Average the sets of one day: they are no new days, and counting them as such would make every interval too narrow.

    Parameters
    ----------
    table : DataFrame
        LOG, SESSIONS, or any table with `athlete`, ``week`` or ``date``, and `measure`.
    measure, athlete : str
        Names of columns.
    by : sequence of str
        What else keeps rows apart, beside athlete and day.

    Returns
    -------
    DataFrame
        ``athlete_id, week, value, n_sets`` and the columns of `by`, without missing values, ordered by athlete and week.

    Raises
    ------
    ValueError
        A column is missing or holds no number.

    Examples
    --------
    >>> log = pd.DataFrame({"athlete_id": "A01", "week": 0.0, "side": "left", "rpe": [5, 6, None]})
    >>> average_days(log, "rpe").values.tolist()
    [['A01', 0.0, 'left', 5.5, 2]]
    """
    _expect(table, [athlete, measure, *by])
    rows = place_weeks(table, athlete)
    values = pd.to_numeric(rows[measure], errors="coerce")
    if bool((values.isna() & rows[measure].notna()).any()):
        raise ValueError(f"{measure}: expected numbers, got {rows.loc[values.isna() & rows[measure].notna(), measure].iloc[0]!r}. Mend the column.")
    finite = values.where(values.abs() < float("inf"))
    rows = rows.assign(athlete_id=rows[athlete], value=finite).dropna(subset=["value", *by])
    keys = ["athlete_id", "week", *by]
    return rows.groupby(keys, sort=True)["value"].agg(value="mean", n_sets="size").reset_index()


def _expect(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise ValueError(f"table: expected the columns {', '.join(map(repr, missing))}, got {', '.join(map(repr, table))}. Name what the table has.")

"""Cells of text → numbers, dates and truth values, with the places of those that are none."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.read.text import Cells, printable

_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_YEARS = (1900, 2199)  # what a date of today's software can hold, and nobody trained outside it
_EMPTY = frozenset(("nan", "na", "n/a", "null", "none"))
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SHOWN = 3


def get_column(cells: Cells, position: int) -> list[str]:
    """Return the stripped cells of one column."""
    return [row[position].strip() for row in cells.rows]


def parse_numbers(column: Sequence[str], decimal_comma: bool) -> tuple[NDArray[np.float64], list[int]]:
    """Return the numbers of a column (NaN where a cell is empty) and the positions of cells that are no finite number."""
    values = [math.nan] * len(column)
    bad = []
    for i, cell in enumerate(column):
        if not cell or cell.lower() in _EMPTY:
            continue
        try:
            value = float(cell.replace(",", ".") if decimal_comma else cell)
        except ValueError:
            value = math.inf
        if "_" in cell or not math.isfinite(value):  # Python reads 1_000 as a thousand; nobody's export writes it
            bad.append(i)
        else:
            values[i] = value
    return np.array(values, dtype=np.float64), bad


def parse_dates(column: Sequence[str]) -> tuple[list[date | None], list[int]]:
    """Return the ISO dates of a column (None where a cell is empty) and the positions of cells that are none."""
    values: list[date | None] = [None] * len(column)
    bad = []
    for i, cell in enumerate(column):
        if not cell:
            continue
        try:
            values[i] = date.fromisoformat(cell)
        except ValueError:
            bad.append(i)
            continue
        if not _ISO_DATE.match(cell) or not _YEARS[0] <= int(cell[:4]) <= _YEARS[1]:
            bad.append(i)
    return values, bad


def parse_truth(column: Sequence[str]) -> tuple[list[bool | None], list[int]]:
    """Return the truth values of a column (None where a cell is empty) and the positions of cells that are none."""
    values = [_TRUTH.get(cell.lower()) for cell in column]
    return values, [i for i, cell in enumerate(column) if cell and cell.lower() not in _TRUTH]


def name_faults(cells: Cells, column: str, expected: str, position: int, bad: Sequence[int]) -> str:
    """Say in words what is wrong in a column: what was expected, what was got, on which lines of the file."""
    got = ", ".join(dict.fromkeys(f"'{printable(cells.rows[i][position].strip(), 30)}'" for i in bad[:_SHOWN]))
    lines = ", ".join(str(cells.lines[i]) for i in bad[:_SHOWN])
    more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    return f"{column} must be {expected}, got {got} in line {lines}{more}"


def read_numbers(cells: Cells, columns: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Return the named columns as numbers, NaN where a cell is empty.

    Raises
    ------
    ValueError
        A column stands twice in the header, or a cell is no finite number: all of them in one message.
    """
    values, faults = {}, []
    for name in columns:
        if cells.header.count(name) > 1:
            raise ValueError(f"{cells.name}: column '{name}' stands twice in the header. Remove or rename one of them.")
        position = cells.header.index(name)
        values[name], bad = parse_numbers(get_column(cells, position), cells.decimal_comma)
        if bad:
            faults.append(name_faults(cells, name, "a number", position, bad))
    if faults:
        raise ValueError(f"{cells.name}: {'; '.join(faults)}. Correct the cells or leave them empty.")
    return values

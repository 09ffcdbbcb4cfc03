"""A CSV whose columns are those of a table in ``schema`` → that table, with every fault named by its line in the file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.outputs import unguard_cell
from hiphitch_analysis.read.cells import get_column, name_faults, parse_dates, parse_numbers, parse_truth
from hiphitch_analysis.read.text import Cells, Text, first_line, printable, split_cells, split_header
from hiphitch_analysis.schema import Table, check_table, name_reader

_SHOWN = 12  # unknown columns in a message
_WORDS = ("side", "stop_reason")  # chosen from a list: Left and LEFT mean left


def tidy_name(name: str) -> str:
    """Return a column name in lower case with single underscores for blanks.

    >>> tidy_name(" Athlete  ID ")
    'athlete_id'
    """
    return re.sub(r"\s+", "_", name.strip().lower())


def read_rows(text: Text, model: type[Table], *, may_be_empty: bool = False) -> pd.DataFrame:
    """Read one table.

    Parameters
    ----------
    text : Text
        The file: comma or semicolon between the cells; with semicolons the decimal point may be a comma.
    model : Table
        A class of ``schema``; columns it does not name are left out.
    may_be_empty : bool
        Whether a header without rows is good too.

    Returns
    -------
    DataFrame
        The checked table. Its index is the line of the file less one, so that a row counted from 1 is a line.

    Raises
    ------
    ValueError
        All faults of the file in one message, each with its line.
    """
    header = first_line(text)
    names = tuple(tidy_name(name) for name in split_header(text.lines[header]))
    columns = model.to_schema().columns
    if any(column.required and name not in names for name, column in columns.items()):
        unknown = [printable(name, 30) for name in names if name not in columns]
        check_lines(pd.DataFrame(columns=[*(name for name in names if name in columns), *unknown[:_SHOWN]]), text.name, model)
    twice = sorted({name for name in names if name in columns and names.count(name) > 1})
    if twice:
        raise ValueError(f"{text.name}: column '{twice[0]}' stands twice in the header. Remove or rename one of them.")
    cells = replace(split_cells(text, header, pad=True, may_be_empty=may_be_empty), header=names)
    index = pd.Index(cells.lines - 1)
    values, faults = {}, []
    for name, column in columns.items():
        if name in names:
            values[name], fault = _parse(cells, name, str(column.dtype))
            faults += fault
    if faults:
        raise ValueError(f"{text.name}: {'; '.join(faults)}. Correct these cells.")
    return check_lines(pd.DataFrame({name: pd.Series(value, index=index) for name, value in values.items()}), text.name, model)


def _parse(cells: Cells, name: str, dtype: str) -> tuple[Any, list[str]]:
    """Return the values of one column and a sentence on the cells that are wrong."""
    position = cells.header.index(name)
    column = get_column(cells, position)
    if dtype.startswith("datetime"):
        dates, bad = parse_dates(column)
        values, expected = pd.array([pd.NaT if b in bad else d for b, d in enumerate(dates)], dtype="datetime64[ns]"), "an ISO date like 2026-01-31"
    elif dtype in ("boolean", "bool"):
        truth, bad = parse_truth(column)
        values, expected = pd.array(truth, dtype="boolean"), "true or false"
    elif dtype == "float64":
        values, bad = parse_numbers(column, cells.decimal_comma)
        expected = "a number"
    elif dtype == "int64":
        values, bad = parse_numbers(column, cells.decimal_comma)
        bad = sorted({*bad, *np.flatnonzero(~(np.mod(values, 1) == 0))})
        expected = "a whole number"
    else:
        values, bad, expected = pd.array([_word(cell, name) or None for cell in column], dtype="str"), [], ""
    return values, [name_faults(cells, name, expected, position, bad)] if bad else []


def _word(cell: str, name: str) -> str:
    return cell.lower() if name in _WORDS else unguard_cell(cell)


def check_lines(table: pd.DataFrame, name: str, model: type[Table]) -> pd.DataFrame:
    """Check a table whose index is the line of a file less one, so that its faults are named by their lines."""
    try:
        return check_table(table, model)
    except ValueError as error:
        # check_table counts rows from 1: with this index these are lines of the file
        config: Any = model.Config
        faults = str(error).removeprefix(f"{config.name}: ").removesuffix(name_reader(model)).replace(" in row ", " in line ")
        raise ValueError(f"{name}: {faults}") from error

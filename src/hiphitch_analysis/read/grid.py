"""Many rows of numbers below a header → one array, block by block: a file of ten million cells takes seconds, and little memory beyond its text."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.cells import parse_numbers
from hiphitch_analysis.read.text import Text, printable

_BLOCK = 2048  # rows that are text and numbers at once
_MISSING = ["", "nan", "NaN", "NAN", "na", "NA", "n/a", "N/A", "null", "NULL", "none", "None", "-nan", "-nan(ind)", "-1.#IND", "1.#QNAN"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers of a text.

    Attributes
    ----------
    numbers : ndarray, shape (n, columns)
        NaN where a cell is empty.
    lines : ndarray of int, shape (n,)
        Line of the file (from 1) of each row.
    cut_off : bool
        Whether the last row ended early and was left out.
    """

    numbers: NDArray[np.float64]
    lines: NDArray[np.int64]
    cut_off: bool


def read_grid(text: Text, start: int, delimiter: str | None, width: int, columns: Sequence[int]) -> Grid:
    """Read the rows from a line on.

    Parameters
    ----------
    text : Text
    start : int
        Position in ``text.lines`` of the first row.
    delimiter : str or None
        What separates the cells; None: any blanks. Unless it is the comma, a comma may stand for the decimal point.
    width : int
        Cells in a row; empty ones beyond are no harm.
    columns : sequence of int
        Which cells to read.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        No rows, a row with more or fewer cells (the last one may be cut off), or a cell that is no finite number.
    """
    blank = " \t" if delimiter is None else f' \t"{delimiter}'
    kept = [i for i in range(start, len(text.lines)) if text.lines[i].strip(blank)]
    cut_off = bool(kept) and _count(text.lines[kept[-1]], delimiter) < width
    if cut_off:
        kept.pop()
    if not kept:
        raise ValueError(f"{text.name}: expected rows below the header, got none. Was anything recorded?")
    values = np.empty((len(kept), len(columns)))
    for first in range(0, len(kept), _BLOCK):
        numbers = kept[first : first + _BLOCK]
        rows = [_fit(text, i, delimiter, width) for i in numbers]
        values[first : first + len(rows)] = _parse(text.name, rows, numbers, delimiter, width, columns)
    return Grid(values, np.array(kept, dtype=np.int64) + 1, cut_off)


def split_line(line: str, delimiter: str | None) -> list[str]:
    """Return the cells of one line, stripped of blanks and quotes."""
    if delimiter is None:
        return line.split()
    cells = line.split(delimiter)
    if '"' in line:
        with contextlib.suppress(csv.Error):  # an unclosed quotation mark: the plain cells will say what is wrong
            cells = next(csv.reader([line], delimiter=delimiter), [])
    return [cell.strip() for cell in cells]


def _count(line: str, delimiter: str | None) -> int:
    return len(line.split()) if delimiter is None else len(split_line(line, delimiter)) if '"' in line else line.count(delimiter) + 1


def _fit(text: Text, i: int, delimiter: str | None, width: int) -> str:
    """Return a line with exactly `width` cells, without quotation marks."""
    line = text.lines[i]
    if '"' in line and delimiter is not None:
        line = delimiter.join(cell.replace(delimiter, " ").replace('"', " ") for cell in split_line(line, delimiter))
    count = _count(line, delimiter)
    if count > width:
        cells = split_line(line, delimiter)
        if any(cells[width:]):
            raise ValueError(f"{text.name}: line {i + 1} has {count} cells, expected {width} as in the header. Correct or remove that line.")
        return (delimiter or " ").join(cells[:width])
    if count < width:
        raise ValueError(f"{text.name}: line {i + 1} has only {count} cells, expected {width} as in the header. Correct or remove that line.")
    return line


def _parse(name: str, rows: list[str], numbers: list[int], delimiter: str | None, width: int, columns: Sequence[int]) -> NDArray[np.float64]:
    block = "\n".join(rows)
    decimal = "," if delimiter != "," and "," in block else "."
    try:
        table = pd.read_csv(
            io.StringIO(block),
            sep=r"\s+" if delimiter is None else delimiter,
            header=None,
            names=list(range(width)),
            index_col=False,
            usecols=sorted(set(columns)),
            dtype=np.float64,
            decimal=decimal,
            skipinitialspace=True,
            skip_blank_lines=False,
            quoting=csv.QUOTE_NONE,
            keep_default_na=False,
            na_values=_MISSING,
        )
        values = table[list(columns)].to_numpy()
    except (ValueError, TypeError, OverflowError):  # a cell is no number: find it, whatever pandas says
        values = None
    if values is None or np.isinf(values).any() or len(values) != len(rows):
        values = _parse_slowly(name, rows, numbers, delimiter, columns)
    return np.asarray(values, dtype=np.float64)


def _parse_slowly(name: str, rows: list[str], numbers: list[int], delimiter: str | None, columns: Sequence[int]) -> NDArray[np.float64]:
    """Read the same row by row, and name the cell that is no number."""
    values = np.empty((len(rows), len(columns)))
    for at, row in enumerate(rows):
        cells = split_line(row, delimiter)
        wanted = ["" if cells[column] in _MISSING else cells[column] for column in columns]
        values[at], bad = parse_numbers(wanted, decimal_comma=delimiter != ",")
        if bad:
            got = printable(wanted[bad[0]], 30)
            where = f"line {numbers[at] + 1}, cell {columns[bad[0]] + 1}"
            raise ValueError(f"{name}: {where} must be a number, got '{got}'. Correct the cell or leave it empty.")
    return values

"""Spreadsheets (xlsx) → the text of each sheet, so that a sheet and a CSV are read the same way."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

from hiphitch_analysis.extras import how_to_install
from hiphitch_analysis.read.text import Text, printable, read_head

_MAGIC_ZIP = b"PK\x03\x04"
_MAGIC_XLS = b"\xd0\xcf\x11\xe0"
_MEMBER = "xl/workbook.xml"


def is_workbook(path: Path) -> bool:
    """Return whether a file is an xlsx workbook; ValueError when it cannot be read, or is of the kind before xlsx."""
    head = read_head(path, len(_MAGIC_ZIP))
    if head == _MAGIC_XLS:
        raise ValueError(f"{printable(path.name, 120)}: expected CSV or xlsx, got an old xls workbook. Save it as xlsx or CSV first.")
    if head != _MAGIC_ZIP:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _MEMBER in archive.namelist()
    except zipfile.BadZipFile:
        return False


def open_workbook(path: Path) -> list[Text]:
    """Return the sheets of a workbook that hold anything, each as text with tabs between the cells; line n is row n of the sheet.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Text
        Named after the file, and the sheet where there are several. Dates are in ISO form, numbers without needless decimals, formulas the
        values they had when the workbook was saved.

    Raises
    ------
    ValueError
        openpyxl is not installed, or the workbook is damaged or empty.
    """
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise ValueError(f"{path.name}: reading xlsx needs openpyxl. Install it ({how_to_install('xlsx')}), or save the sheet as CSV.") from error
    try:
        with path.open("rb") as file:  # of a path openpyxl would judge the ending
            workbook = load_workbook(file, data_only=True)
            sheets = [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in workbook.worksheets]
    except Exception as error:  # openpyxl raises whatever its parts raise on a damaged file
        raise ValueError(f"{path.name}: the workbook cannot be read ({type(error).__name__}). Save it again, or as CSV.") from error
    filled = [(title, rows) for title, rows in sheets if any(cell is not None for row in rows for cell in row)]
    if not filled:
        raise ValueError(f"{path.name}: the workbook is empty. Expected a header line and rows below it.")
    name = printable(path.name, 120)
    return [Text(name if len(filled) == 1 else f"{name}, sheet '{printable(title, 40)}'", _to_lines(rows)) for title, rows in filled]


def _to_lines(rows: list[list[Any]]) -> tuple[str, ...]:
    lines = StringIO()
    writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
    writer.writerows([_to_text(cell) for cell in row] for row in rows)
    return tuple(lines.getvalue().removesuffix("\n").split("\n"))


def _to_text(cell: Any) -> str:
    """Return a cell as text on one line."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return " ".join(str(cell).split())

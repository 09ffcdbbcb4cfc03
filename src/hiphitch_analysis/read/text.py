"""Open a text file whatever its encoding or compression, and cut the lines below a header into cells. Every reader starts here."""

from __future__ import annotations

import csv
import gzip
import lzma
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MAGIC_GZIP = b"\x1f\x8b"
_MAGIC_XZ = b"\xfd7zXZ\x00"
_MAGIC_ZIP = b"PK\x03\x04"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_EXCEL_HINT = re.compile(r'^\s*"?sep=', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded text file.

    Attributes
    ----------
    name : str
        The file's name without its folder, for messages.
    lines : tuple of str
        Its lines without line ends.
    """

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells below a header line.

    Attributes
    ----------
    name : str
        The file's name, for messages.
    header : tuple of str
        Column names as written, stripped of blanks.
    rows : tuple of list of str
        One list per row, each at least as long as the header.
    lines : ndarray of int, shape (n,)
        The line of the file (from 1) on which each row begins.
    decimal_comma : bool
        Whether a comma may stand for the decimal point (only where the cells are not separated by commas).
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[list[str], ...]
    lines: NDArray[np.int64]
    decimal_comma: bool


def open_text(path: str | Path) -> Text:
    """Read a text file: UTF-8 with or without BOM, UTF-16 with BOM, else Latin-1; gzip and xz are unpacked.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Text

    Raises
    ------
    ValueError
        The file is missing, a folder, unreadable, empty, damaged or not text.
    """
    path = Path(path)
    name = printable(path.name or str(path), 120)
    data = _unpack(_read_bytes(path, name), name)
    if not data.strip():
        raise ValueError(f"{name}: the file is empty. Expected a recording or a log with a header line and rows below it.")
    text = _decode(data, name)
    if _CONTROL.search(text):
        start = printable(text.lstrip().split("\n", 1)[0])
        raise ValueError(f"{name}: expected a text file, got binary content beginning '{start}'. Export the recording as text (csv or txt) first.")
    return Text(name, _split_lines(text))


def read_head(path: Path, length: int) -> bytes:
    """Return the first `length` bytes of a file (−1: all of them); ValueError when it cannot be read."""
    return _read_bytes(path, printable(path.name or str(path), 120), length)


def decode_text(data: bytes) -> tuple[str, ...] | None:
    """Return the lines of a text within an archive; None when it is empty or no text."""
    text = _decode(data, "archive") if data.strip() else ""
    return None if not text.strip() or _CONTROL.search(text) else _split_lines(text)


def first_line(text: Text) -> int:
    """Return the position of the first line that is neither blank nor a ``sep=`` hint for spreadsheets; 0 if there is none."""
    return next((i for i, line in enumerate(text.lines) if line.strip() and not _EXCEL_HINT.match(line)), 0)


def without_units(text: Text, header_line: int) -> Text:
    """Return the text with the line of units below its header left empty, so that the lines below keep their numbers."""
    return Text(text.name, (*text.lines[: header_line + 1], "", *text.lines[header_line + 2 :]))


def find_delimiter(header: str) -> str:
    """Return what separates the names of a header line: tab, semicolon or comma, whichever is most frequent; a blank if there is none.

    >>> find_delimiter("time_s;acc_x_m_s2;acc_y_m_s2")
    ';'
    """
    return max("\t;, ", key=lambda mark: header.count(mark) if mark != " " else 0.5)


def split_header(line: str) -> tuple[str, ...]:
    """Return the names of a header line, stripped of blanks, quotes and unnamed last columns."""
    delimiter = find_delimiter(line)
    names = line.split() if delimiter == " " else [cell.strip() for cell in _first_row(line, delimiter)]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def split_cells(text: Text, header_line: int, *, pad: bool, may_be_empty: bool = False) -> Cells:
    """Cut the lines below the header into cells.

    Parameters
    ----------
    text : Text
        The file.
    header_line : int
        Position of the header in ``text.lines``.
    pad : bool
        True: a row that ends early gets empty cells (hand-written logs). False: it is an error, except on the last line of the file, where it is
        the mark of a recording cut off while being written and the row is left out.
    may_be_empty : bool
        Whether a header without rows is good too.

    Returns
    -------
    Cells

    Raises
    ------
    ValueError
        No rows, or a row with more or fewer cells than the header.
    """
    line = text.lines[header_line]
    header, delimiter = split_header(line), find_delimiter(line)
    rows, numbers = [], []
    try:
        for number, row in _split_rows(text.lines, header_line + 1, delimiter):
            if not any(cell.strip() for cell in row):
                continue
            if any(cell.strip() for cell in row[len(header) :]):
                raise ValueError(f"{text.name}: line {number} has {len(row)} cells, expected {len(header)} as in the header. {_MISPLACED}")
            if len(row) < len(header) and not pad:
                if number == len(text.lines):
                    continue
                raise ValueError(f"{text.name}: line {number} has only {len(row)} cells, expected {len(header)} as in the header. {_MISPLACED}")
            rows.append(row + [""] * (len(header) - len(row)))
            numbers.append(number)
    except csv.Error as error:
        raise ValueError(f"{text.name}: the rows cannot be told apart ({error}). Look for a quotation mark that is not closed.") from error
    if not rows and not may_be_empty:
        raise ValueError(f"{text.name}: expected rows below the header in line {header_line + 1}, got none. Was anything recorded?")
    return Cells(text.name, header, tuple(rows), np.array(numbers, dtype=np.int64), delimiter != ",")


_MISPLACED = "Correct or remove that line."


def printable(text: str, length: int = 60) -> str:
    r"""Return `text` on one line, shortened to `length` characters, with what cannot be printed shown as a dot.

    >>> printable("a\tb")
    'a·b'
    """
    shown = "".join(c if c.isprintable() else "·" for c in text[:length])
    return shown + "…" if len(text) > length else shown


def _read_bytes(path: Path, name: str, length: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except FileNotFoundError as error:
        raise ValueError(f"{name}: no such file. Check the name and the folder.") from error
    except IsADirectoryError as error:
        raise ValueError(f"{name}: expected a file, got a folder. Name one file in it.") from error
    except OSError as error:
        # Windows answers "permission denied" when asked to read a folder.
        reason = "it is a folder" if path.is_dir() else error.strerror or type(error).__name__
        raise ValueError(f"{name}: cannot be read ({reason}). Check the name and who may read it.") from error
    except ValueError as error:
        raise ValueError(f"{name}: not a possible file name. Check the name and the folder.") from error


def _split_lines(text: str) -> tuple[str, ...]:
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"))


def _unpack(data: bytes, name: str) -> bytes:
    try:
        if data.startswith(_MAGIC_GZIP):
            return gzip.decompress(data)
        if data.startswith(_MAGIC_XZ):
            return lzma.decompress(data)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise ValueError(f"{name}: the compressed file is damaged or cut off. Unpack it by other means or copy it again.") from error
    if data.startswith(_MAGIC_ZIP):
        raise ValueError(f"{name}: expected a text file, got a zip archive or a spreadsheet. Unpack it, or save the sheet as CSV, first.")
    return data


def _decode(data: bytes, name: str) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: begins like UTF-16 text but cannot be read as such. Save it as UTF-8.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _first_row(line: str, delimiter: str) -> list[str]:
    """Split one line; an unclosed quotation mark is left for the rows to complain about."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _split_rows(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number (from 1) on which each row begins, and its cells; a quoted cell may span lines."""
    if delimiter == " ":
        yield from ((i + 1, lines[i].split()) for i in range(start, len(lines)))
        return
    reader = csv.reader((lines[i] + "\n" for i in range(start, len(lines))), delimiter=delimiter)
    begins = start + 1
    for row in reader:
        yield begins, row
        begins = start + reader.line_num + 1

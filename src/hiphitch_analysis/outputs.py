"""Writing results: files are whole or they are not there, and no spreadsheet finds a formula in them."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+\s*[=+\-@\t\r\n]")


def write_whole(path: str | Path, text: str | bytes) -> Path:
    """Write `text` to `path` through a temporary file beside it, so that no half-written file is ever seen.

    Parameters
    ----------
    path : str or Path
        Missing folders are made.
    text : str or bytes
        Text is written as UTF-8, line ends as they are.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        The place cannot be written to.
    """
    return write_all({Path(path): text})[0]


def write_all(files: Mapping[Path, str | bytes]) -> list[Path]:
    """Write several files that belong together: first all of them beside their places, then all into them.

    Parameters
    ----------
    files : mapping of Path to str or bytes
        As for `write_whole`, in the order in which they appear.

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        One of the places cannot be written to. None of the files has changed then, unless it was the last step, the renaming, that failed.
    """
    waiting: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            try:
                if path.is_dir():
                    raise IsADirectoryError(None, "is a folder")
                waiting[path] = _write_beside(path, text)
            except OSError as error:
                raise ValueError(f"{path}: cannot be written ({error.strerror or error}). Choose another place.") from error
        for path, temporary in waiting.items():
            try:
                temporary.replace(path)
            except OSError as error:
                raise ValueError(f"{path}: cannot be written ({error.strerror or error}). Choose another place.") from error
    finally:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)
    return list(waiting)


def table_to_csv(table: pd.DataFrame) -> str:
    r"""Return a table as CSV text that a spreadsheet shows as it is.

    Parameters
    ----------
    table : DataFrame
        Its index is left out. A list within a cell is written as words with spaces between.

    Returns
    -------
    str
        Text that a spreadsheet would take for a formula has an apostrophe before it (CWE-1236); our own readers take it off again. Numbers keep
        their minus sign.

    Examples
    --------
    >>> print(table_to_csv(pd.DataFrame({"notes": ["=1+1", "well"], "bottom_deg": [-8.0, -7.5], "reps": [[1, 2], []]})), end="")
    notes,bottom_deg,reps
    '=1+1,-8,1 2
    well,-7.5,
    """
    texts = [name for name in table.columns if not (pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_datetime64_any_dtype(table[name]))]
    safe = table.assign(**{name: table[name].map(_to_text) for name in texts}).rename(columns=lambda name: guard_cell(str(name)))
    return str(safe.to_csv(index=False, float_format="%.6g", date_format="%Y-%m-%d", lineterminator="\n"))


def guard_cell(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    >>> guard_cell("=HYPERLINK(1)"), guard_cell("8 reps, then -1")
    ("'=HYPERLINK(1)", '8 reps, then -1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_cell(text: str) -> str:
    """Take off the apostrophe that `guard_cell` put there.

    >>> unguard_cell("'=HYPERLINK(1)"), unguard_cell("'twas enough")
    ('=HYPERLINK(1)', "'twas enough")
    """
    return text[1:] if _GUARDED.match(text) else text


def _to_text(cell: object) -> object:
    if isinstance(cell, list):
        return " ".join(map(str, cell))
    return guard_cell(cell) if isinstance(cell, str) else cell


def _write_beside(path: Path, text: str | bytes) -> Path:
    """Write `text` into a temporary file in the folder of `path` and return its place; nothing is left when that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        # mkstemp makes private files; a report is as readable as any other file its owner makes
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary

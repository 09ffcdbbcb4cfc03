"""What ``hiphitch analyse --out`` left behind → tables SESSIONS, REPS, FAULTS, DOSES and ANGLES."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.rows import check_lines, read_rows
from hiphitch_analysis.read.text import open_text, printable
from hiphitch_analysis.schema import Angles, Doses, Faults, Reps, Sessions

_PATTERN = "*sessions.csv"


def read_sessions(path: str | Path) -> pd.DataFrame:
    """Read analysed sets from one file, or from every ``*sessions.csv`` in and below a folder.

    Parameters
    ----------
    path : str or Path
        A CSV written by ``hiphitch analyse --out``, or a folder.

    Returns
    -------
    DataFrame
        Table SESSIONS, files in the order of their names; rows that are the same in every column stand once. It has no rows when no recording had a
        repetition.

    Raises
    ------
    ValueError
        A folder without such a file, or a fault in one of them.
    """
    path = Path(path)
    files = sorted(path.rglob(_PATTERN)) if path.is_dir() else [path]
    if not files:
        name = printable(path.name or str(path), 120)
        raise ValueError(f"{name}: expected at least one file {_PATTERN} in or below this folder, got none. `hiphitch analyse --out` makes them.")
    tables = [read_rows(open_text(file), Sessions, may_be_empty=True) for file in files]
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled).drop_duplicates(ignore_index=True)


def read_reps(path: str | Path) -> pd.DataFrame:
    """Read table REPS from a ``*_reps.csv``; the faults of each repetition are a list again.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        Table REPS.
    """
    reps = read_rows(open_text(path), Reps, may_be_empty=True).reset_index(drop=True)
    return reps.assign(faults=[str(cell).split() if isinstance(cell, str) else [] for cell in reps["faults"]]) if "faults" in reps else reps


def read_doses(path: str | Path) -> pd.DataFrame:
    """Read table DOSES from a ``*_doses.csv``; arguments and errors as `read_reps`."""
    return read_rows(open_text(path), Doses, may_be_empty=True).reset_index(drop=True)


def read_faults(path: str | Path) -> pd.DataFrame:
    """Read table FAULTS from a ``*_faults.csv``; the repetitions concerned are a list of numbers again.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        Table FAULTS.
    """
    faults = read_rows(open_text(path), Faults, may_be_empty=True).reset_index(drop=True)
    return faults.assign(
        unit=faults["unit"].fillna(""),
        cue=faults["cue"].fillna(""),
        reps=[[int(word) for word in cell.split()] if isinstance(cell, str) else [] for cell in faults["reps"]],
    )


def read_angles(path: str | Path) -> pd.DataFrame:
    """Read table ANGLES from a ``*_angles.csv`` or from what ``analyse --angles`` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        Table ANGLES.

    Raises
    ------
    ValueError
        Not such a file.
    """
    text = open_text(path)
    try:
        angles = pd.read_csv(StringIO("\n".join(text.lines)), index_col="time_s")
    except ValueError as error:
        raise ValueError(f"{text.name}: expected a table of angles with a column time_s. `hiphitch analyse --angles` makes one.") from error
    return check_lines(angles, text.name, Angles)

"""What ``hiphitch analyse --out`` left behind: one row per analysed set → table SESSIONS."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.rows import read_rows
from hiphitch_analysis.read.text import open_text, printable
from hiphitch_analysis.schema import Sessions

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

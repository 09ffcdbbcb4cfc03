"""The training log: our CSV, one row per set → table LOG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.rows import read_rows
from hiphitch_analysis.read.text import open_text
from hiphitch_analysis.schema import Log

_KEY = ["athlete_id", "date", "session", "side", "set"]


def read_log(path: str | Path) -> pd.DataFrame:
    r"""Read a training log, one row per set.

    Parameters
    ----------
    path : str or Path
        CSV with a header line. Required are athlete_id, date (ISO, like 2026-01-31), side (stance side), set and reps; the other columns of table
        LOG are read where they are there, unknown ones are left out. Cells are separated by commas, or by semicolons or tabs, and then the decimal
        point may be a comma.

    Returns
    -------
    DataFrame
        Table LOG, in the order of the file.

    Raises
    ------
    ValueError
        All faults of the file in one message, each with its line; or one set logged twice.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = file.write_text("athlete_id,date,side,set,reps\nA1,2026-01-31,left,1,30\n")
    >>> read_log(file)
      athlete_id       date  side  set  reps
    0         A1 2026-01-31  left    1    30
    """
    text = open_text(path)
    log = read_rows(text, Log)
    _refuse_repeats(log, [f"line {i + 1}" for i in log.index], text.name)
    return log.reset_index(drop=True)


def read_logs(paths: Sequence[str | Path]) -> pd.DataFrame:
    """Read training logs into one table; a row that stands in several files counts once.

    Parameters
    ----------
    paths : sequence of str or Path
        Files as for `read_log`, at least one.

    Returns
    -------
    DataFrame
        Table LOG, file after file.

    Raises
    ------
    ValueError
        No file, a fault in one of them, or one set with different figures in two of them.
    """
    if not paths:
        raise ValueError("log: expected at least one file, got none. Name a training log.")
    names = [Path(path).name for path in paths]
    log = pd.concat([read_log(path) for path in paths], keys=range(len(paths)), names=["file", "row"])
    log = log[~log.duplicated()]
    _refuse_repeats(log, [names[file] for file in log.index.get_level_values("file")], "log")
    return log.reset_index(drop=True)


def _refuse_repeats(log: pd.DataFrame, places: Sequence[str], name: str) -> None:
    """Refuse one set that is logged twice; `places` says for each row where it comes from."""
    key = [column for column in _KEY if column in log]
    for _, rows in log.reset_index(drop=True)[log.duplicated(key, keep=False).to_numpy()].groupby(key, dropna=False, sort=False):
        first = rows.iloc[0]
        what = f"set {first['set']} on the {first['side']} of {first['athlete_id']} on {first['date']:%Y-%m-%d}"
        where = " and ".join(places[i] for i in rows.index[:3])
        raise ValueError(f"{name}: {what} is logged twice, in {where}. Remove one, or number the sessions of that day in a column 'session'.")

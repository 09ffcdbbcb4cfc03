"""Training logs → table LOG."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.logfile import Hints, LogDoubt, make_hints, open_log, read_opened, refuse_repeats


def read_log(
    path: str | Path,
    *,
    athlete_id: str | None = None,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    weight_unit: str | None = None,
) -> pd.DataFrame:
    r"""Read a training log of any known format.

    Parameters
    ----------
    path : str or Path
        Our CSV; a hand sheet with one row per date and a column for each leg (CSV or xlsx, cells like 3x30 or 30/30/28); or what Strong, Hevy or
        FitNotes export. In all of them the side is the stance side, the leg stood on. Of our CSV are required athlete_id, date (ISO, like
        2026-01-31), side, set and reps; the other columns of table LOG are read where they are there, unknown ones are left out. Cells are separated
        by commas, or by semicolons or tabs, and then the decimal point may be a comma.
    athlete_id : str, optional
        Whose log it is, for files that do not say.
    mapping : str or Path, optional
        CSV with the columns exercise, counts_as, side: which exercises of an app are the hip hitch. Without it they are recognised by name.
    plan : str or Path, optional
        CSV with the columns date, sets, target_reps (and athlete_id, side, ankle_kg): what was prescribed, for logs that do not say.
    weight_unit : {"kg", "lb"}, optional
        Of weights whose unit the file does not say; by default kilograms.

    Returns
    -------
    DataFrame
        Table LOG; our CSV in the order of the file, others in the order of time.

    Raises
    ------
    ValueError
        All faults of the file in one message, each with its line; one set logged twice; a file of no known format; an export without a hip hitch, or
        with one whose side is not known.

    Notes
    -----
    What is assumed, such as kilograms where a file names no unit, is warned of (`LogDoubt`).
    Of a hand sheet or an app without targets, and without a plan, the target is inferred where the sets show it (`infer_targets`); the column
    target_source says so. Why a set stopped stays empty where the log does not say it.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = file.write_text("athlete_id,date,side,set,reps\nA1,2026-01-31,left,1,30\n")
    >>> read_log(file)
      athlete_id       date  side  set  reps
    0         A1 2026-01-31  left    1    30
    """
    return _read(path, make_hints(athlete_id, mapping, plan, weight_unit))


def read_logs(
    paths: Sequence[str | Path],
    *,
    athlete_id: str | None = None,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    weight_unit: str | None = None,
) -> pd.DataFrame:
    """Read training logs into one table; a row that stands in several files counts once.

    Parameters
    ----------
    paths : sequence of str or Path
        Files as for `read_log`, at least one.
    athlete_id, mapping, plan, weight_unit
        As for `read_log`.

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
    hints = make_hints(athlete_id, mapping, plan, weight_unit)
    names = [Path(path).name for path in paths]
    log = pd.concat([_read(path, hints) for path in paths], keys=range(len(paths)), names=["file", "row"])
    log = log[~log.duplicated()]
    refuse_repeats(log, [names[file] for file in log.index.get_level_values("file")], "log")
    return log.reset_index(drop=True)


def _read(path: str | Path, hints: Hints) -> pd.DataFrame:
    file = open_log(path)
    reading = read_opened(file, hints)
    for doubt in reading.doubts:
        warnings.warn(LogDoubt(f"{file.text.name}: {doubt}"), stacklevel=3)
    return reading.log

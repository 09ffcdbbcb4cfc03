"""Training logs → table LOG."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from hiphitch_analysis.read.logfile import Hints, LogDoubt, make_hints, read_opened, refuse_repeats
from hiphitch_analysis.read.mistaken import open_training_log

JUMP, JUMP_DAYS = 1.15, 14  # nobody gains or loses a seventh of body mass within two weeks


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
    What is assumed, such as kilograms where a file names no unit, is warned of (`LogDoubt`), and so is a pseudonym that two people may have been
    given: their sets on one day are refused, those of different days show only where body mass jumps.
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
    log = _read(path, make_hints(athlete_id, mapping, plan, weight_unit))
    _doubt_people(log)
    return log


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
    _doubt_people(log)
    return log.reset_index(drop=True)


def _read(path: str | Path, hints: Hints) -> pd.DataFrame:
    file = open_training_log(path)
    reading = read_opened(file, hints)
    for doubt in reading.doubts:
        warnings.warn(LogDoubt(f"{file.text.name}: {doubt}"), stacklevel=3)
    return reading.log


def _doubt_people(log: pd.DataFrame) -> None:
    """Warn of each pseudonym whose body mass jumps from one day to the next as that of one person cannot."""
    if "body_mass_kg" not in log:
        return
    for name, rows in log.dropna(subset=["body_mass_kg"]).groupby("athlete_id", sort=False):
        mass = rows.groupby("date")["body_mass_kg"].median()
        change = np.log(mass).diff().abs() > np.log(JUMP)
        soon = mass.index.to_series().diff() <= pd.Timedelta(days=JUMP_DAYS)
        for place in np.flatnonzero(change & soon)[:1]:
            before, after = mass.index[place - 1], mass.index[place]
            sentence = (
                f"{name}: body mass {mass[before]:g} kg on {before:%Y-%m-%d} but {mass[after]:g} kg on {after:%Y-%m-%d}. If these are two people, "
                "give each a pseudonym; if not, correct the mass."
            )
            warnings.warn(LogDoubt(sentence), stacklevel=3)

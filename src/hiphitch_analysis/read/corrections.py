"""A file of rep corrections → table CORRECTIONS, and back into a text that says the same."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd

from hiphitch_analysis.outputs import guard_cell
from hiphitch_analysis.read.rows import read_rows
from hiphitch_analysis.read.text import open_text
from hiphitch_analysis.schema import Corrections, check_table

COLUMNS = list(Corrections.to_schema().columns)
TIMES = ("start_s", "bottom_s", "end_s")


def read_corrections(path: str | Path) -> pd.DataFrame:
    """Read corrections of repetitions.

    Parameters
    ----------
    path : str or Path
        Comma-separated, with the columns ``recording,rep,start_s,bottom_s,end_s,keep``.

    Returns
    -------
    DataFrame
        Table CORRECTIONS, in the order of the file; without rows where nothing was corrected.

    Raises
    ------
    ValueError
        All faults of the file in one message, each with its line.
    """
    text = open_text(path)
    corrections = read_rows(text, Corrections, may_be_empty=True)[COLUMNS]
    faults = []
    for (recording, rep), rows in corrections.groupby(["recording", "rep"], sort=False):
        if len(rows) > 1:
            faults.append(f"rep {rep} of {recording} stands in lines {', '.join(str(i + 1) for i in rows.index)}, expected one row for it")
    for line, row in corrections.iterrows():
        given = [name for name in TIMES if pd.notna(row[name])]
        if any(row[one] >= row[following] for one, following in itertools.pairwise(given)):
            said = ", ".join(f"{name} {row[name]:g}" for name in given)
            faults.append(f"rep {row['rep']} of {row['recording']} has {said} in line {int(str(line)) + 1}, expected rising times")
    if faults:
        raise ValueError(f"{text.name}: {'; '.join(faults)}. Correct these lines.")
    return corrections.reset_index(drop=True)


def corrections_to_csv(corrections: pd.DataFrame) -> str:
    """Return table CORRECTIONS as CSV text, times to the millisecond, no name a formula for a spreadsheet.

    Examples
    --------
    >>> one = {"recording": "set3", "rep": 26, "start_s": float("nan"), "bottom_s": float("nan"), "end_s": 51.65, "keep": True}
    >>> print(corrections_to_csv(pd.DataFrame([one])), end="")
    recording,rep,start_s,bottom_s,end_s,keep
    set3,26,,,51.650,true
    """
    corrections = check_table(corrections, Corrections)
    words = corrections.assign(recording=corrections["recording"].map(guard_cell), keep=corrections["keep"].map({True: "true", False: "false"}))
    return str(words[COLUMNS].to_csv(index=False, float_format="%.3f", lineterminator="\n"))

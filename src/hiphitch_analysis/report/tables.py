"""The tables behind a page: a notebook keeps them while it runs, and they are written beside the page.

A kept table is an output of its cell, of type text/csv and with a name. So the tables come from the very run that drew the figures, without a second
computation and without a file that the kernel writes; JupyterLab shows nothing of it, and the page leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pandas as pd
from IPython.display import display
from nbformat import NotebookNode

from hiphitch_analysis.outputs import table_to_csv

CSV = "text/csv"
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def keep_table(table: pd.DataFrame, name: str) -> None:
    """Keep a table for the folder in which the page will lie.

    Parameters
    ----------
    table : DataFrame
        Its index is left out.
    name : str
        What it holds, in small letters: ``reps`` becomes ``PAGE_reps.csv``.

    Raises
    ------
    ValueError
        A name that is none for a file.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"name: expected small letters, digits and _, got {name!r}. It becomes part of the file's name.")
    display({CSV: table_to_csv(table)}, metadata={CSV: {"table": name}}, raw=True)  # type: ignore[no-untyped-call]


def take_tables(notebook: NotebookNode) -> dict[str, str]:
    """Take the kept tables out of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place: the outputs that hold the tables are removed.

    Returns
    -------
    dict of str to str
        CSV text by name, in the order of the cells; of two tables of one name the later one.
    """
    tables: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if CSV in output.get("data", {}):
                tables[output.metadata[CSV]["table"]] = output.data[CSV]
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if CSV not in output.get("data", {})]
    return tables


def find_last_day(files: Mapping[Path, str | bytes]) -> str | None:
    r"""Find the last day that tables speak of.

    Parameters
    ----------
    files : mapping of Path to str or bytes
        Files of a report; those that are no CSV are passed over.

    Returns
    -------
    str or None
        ISO date; the latest in any column ``date``, None without one.

    Examples
    --------
    >>> find_last_day({Path("A01_history.csv"): "date,reps\n2026-01-05,20\n2026-01-08,25\n", Path("A01_form.csv"): "fault\nx\n"})
    '2026-01-08'
    """
    texts = [text if isinstance(text, str) else text.decode() for path, text in files.items() if path.suffix == ".csv"]
    days = [
        day
        for text in texts
        if "date" in text.partition("\n")[0].split(",")
        for day in pd.read_csv(StringIO(text), usecols=["date"], dtype="str")["date"].dropna()
    ]
    return max(days, default=None)

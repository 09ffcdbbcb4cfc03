"""REPS → the repetitions that count and were measured, with what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from hiphitch_analysis.schema import Reps, check_table


def select_measured(reps: pd.DataFrame, needed: Iterable[str]) -> pd.DataFrame:
    """Return the complete, measured repetitions in order of time.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.
    needed : iterable of str
        Columns that have to be there.

    Returns
    -------
    DataFrame
        Rows of table REPS.

    Raises
    ------
    ValueError
        A needed column is missing.

    Examples
    --------
    >>> times = {"set": 1, "side": "left", "start_s": [0.0, 3.0], "bottom_s": [1.0, 4.0], "end_s": [2.0, 5.0]}
    >>> reps = pd.DataFrame({"rep": [1, 2], "kind": ["complete", "partial"], **times, "lower_s": 1.0})
    >>> select_measured(reps, ["lower_s"])["rep"].tolist()
    [1]
    """
    reps = check_table(reps, Reps)
    if missing := [name for name in needed if name not in reps]:
        raise ValueError(f"reps: missing column {', '.join(map(repr, missing))} — expected measured repetitions. measure_reps() adds the measures.")
    return reps[is_measured(reps)].sort_values(["set", "start_s"], kind="stable")


def is_measured(reps: pd.DataFrame) -> pd.Series:
    """Return for each row of table REPS whether it is a complete repetition that could be measured."""
    complete = reps["kind"].eq("complete")
    return complete & reps["unmeasured"].isna() if "unmeasured" in reps else complete

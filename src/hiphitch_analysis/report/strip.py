"""REPS of one set → what the strip of repetitions shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis.schema import Reps, check_table

NEEDED = ("top_deg", "bottom_deg", "return_error_deg", "faults")


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars of one set.

    Attributes
    ----------
    clean, short, uncounted : DataFrame
        Columns ``rep, top, bottom`` [°]: repetitions back to level, those that stop short of it, and partial or aborted ones.
    unmeasured : list of int
        Repetitions without a measure.
    level_known : bool
        Whether 0° is level; if not, it is the set's highest top.
    run : (int, int) or None
        First and last repetition of the last unbroken run of those that stop short.
    run_words : str
        What to say of the run; empty without one.
    summary : str
        How many come back to level.
    first, last : int
        Numbers of the set's first and last repetition, as in REPS.
    """

    clean: pd.DataFrame
    short: pd.DataFrame
    uncounted: pd.DataFrame
    unmeasured: list[int]
    level_known: bool
    run: tuple[int, int] | None
    run_words: str
    summary: str
    first: int
    last: int


def read_strip(reps: pd.DataFrame) -> Strip:
    """Sort the repetitions of one set into the bars of the strip.

    Parameters
    ----------
    reps : DataFrame
        Table REPS of one set, with measures and ``faults``.

    Returns
    -------
    Strip

    Raises
    ------
    ValueError
        No repetition, more than one set, or a column missing.
    """
    reps = check_table(reps, Reps)
    missing = [name for name in NEEDED if name not in reps]
    if missing:
        raise ValueError(f"reps: missing column {', '.join(map(repr, missing))}. measure_reps() adds the measures, mark_faults() the faults.")
    sets = reps["set"].unique()
    if len(sets) != 1:
        raise ValueError(f"reps: expected the repetitions of one set, got {len(sets)} sets. Select one set number.")
    level_known = bool(reps["return_error_deg"].notna().any())
    bars = _measure_bars(reps, level_known)
    complete = reps["kind"].eq("complete")
    measured = bars["top"].notna() & bars["bottom"].notna()
    short = pd.Series([isinstance(keys, list) and "incomplete_return" in keys for keys in reps["faults"]], index=reps.index)
    run = _last_run(bars.loc[complete & measured, "rep"].tolist(), set(bars.loc[complete & short, "rep"]))
    last_measured = bars.loc[complete & measured, "rep"].max()
    n_measured, n_short = int((complete & measured).sum()), int((complete & measured & short).sum())
    return Strip(
        clean=bars[complete & measured & ~short],
        short=bars[complete & measured & short],
        uncounted=bars[~complete & measured],
        unmeasured=bars.loc[complete & ~measured, "rep"].tolist(),
        level_known=level_known,
        run=run,
        run_words=_say_run(run, last_measured) if run else "",
        summary=f"{n_measured - n_short} of {n_measured} come back to level" if level_known else f"{n_measured} reps, level unknown",
        first=int(bars["rep"].min()),
        last=int(bars["rep"].max()),
    )


def _measure_bars(reps: pd.DataFrame, level_known: bool) -> pd.DataFrame:
    """Return ``rep, top, bottom``: degrees from level, or from the set's highest top where level is unknown."""
    if level_known:
        # An aborted one has no end of a raise: it is drawn from where it began.
        return pd.DataFrame({"rep": reps["rep"], "top": (-reps["return_error_deg"]).fillna(reps["top_deg"]), "bottom": reps["bottom_deg"]})
    highest = reps["top_deg"].max()
    return pd.DataFrame({"rep": reps["rep"], "top": reps["top_deg"] - highest, "bottom": reps["bottom_deg"] - highest})


def _last_run(order: list[int], short: set[int]) -> tuple[int, int] | None:
    """Return the ends of the last unbroken run of `short` in `order`; what was not measured does not break it."""
    concerned = [i for i, rep in enumerate(order) if rep in short]
    if not concerned:
        return None
    first = last = concerned[-1]
    while first - 1 in concerned:
        first -= 1
    return order[first], order[last]


def _say_run(run: tuple[int, int], last_measured: int) -> str:
    first, last = run
    if first == last:
        return f"rep {first} stops short"
    return f"from rep {first} it stops short" if last == last_measured else f"reps {first}–{last} stop short"

"""Edits of repetitions as a value: every edit makes a new one, and the way back and forth is kept in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from hiphitch_analysis.schema import Corrections, check_table

TIMES = ("start_s", "bottom_s", "end_s")
SAME_S = 0.0005  # times are written to the millisecond


@dataclass(frozen=True, slots=True)
class Correction:
    """What is changed in one repetition: a row of table CORRECTIONS.

    Attributes
    ----------
    rep : int
        Its number as found; beyond those found where it was added.
    start_s, bottom_s, end_s : float or None
        New times [s]; None as found.
    keep : bool
    """

    rep: int
    start_s: float | None = None
    bottom_s: float | None = None
    end_s: float | None = None
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Edits:
    """The corrections of one recording as they stand, and those before and after them.

    Attributes
    ----------
    now : tuple of Correction
        By number of the repetition; one that changes nothing is not there.
    past, future : tuple of tuple of Correction
        What `undo` and `redo` go back and forth to, the nearest last.
    """

    now: tuple[Correction, ...] = ()
    past: tuple[tuple[Correction, ...], ...] = ()
    future: tuple[tuple[Correction, ...], ...] = ()


def begin_edits(corrections: pd.DataFrame) -> Edits:
    """Return table CORRECTIONS of one recording as edits, without a past."""
    read = []
    for row in check_table(corrections, Corrections).to_dict("records"):
        start, bottom, end = (None if pd.isna(row[name]) else float(row[name]) for name in TIMES)
        read.append(Correction(int(row["rep"]), start, bottom, end, bool(row["keep"])))
    return Edits(tuple(sorted((one for one in read if one != Correction(one.rep)), key=lambda one: one.rep)))


def edits_to_table(edits: Edits, recording: str) -> pd.DataFrame:
    """Return edits as table CORRECTIONS of `recording`."""
    rows = [(recording, one.rep, one.start_s, one.bottom_s, one.end_s, one.keep) for one in edits.now]
    return check_table(pd.DataFrame(rows, columns=list(Corrections.to_schema().columns)), Corrections)


def move_rep(edits: Edits, found: pd.DataFrame, rep: int, times: tuple[float, float, float]) -> Edits:
    """Give a repetition new times; one that is as found becomes so again.

    Parameters
    ----------
    edits : Edits
    found : DataFrame
        Table REPS as found.
    rep : int
        Its number as found, or as added.
    times : tuple of float
        Start, bottom and end [s].

    Returns
    -------
    Edits

    Raises
    ------
    ValueError
        No repetition has this number.

    Examples
    --------
    >>> found = pd.DataFrame({"rep": [1], "start_s": [1.0], "bottom_s": [2.0], "end_s": [3.0]})
    >>> moved = move_rep(Edits(), found, 1, (1.0, 2.0, 2.75))
    >>> moved.now
    (Correction(rep=1, start_s=None, bottom_s=None, end_s=2.75, keep=True),)
    >>> move_rep(moved, found, 1, (1.0, 2.0, 3.0)).now
    ()
    """
    before = _correction_of(edits, found, rep)
    as_found = found.loc[found["rep"].eq(rep), list(TIMES)].to_numpy(dtype=float)
    new = enumerate(round(float(time), 3) for time in times)
    start, bottom, end = (None if len(as_found) and abs(time - as_found[0, i]) <= SAME_S else time for i, time in new)
    return _put(edits, Correction(rep, start, bottom, end, before.keep))


def keep_rep(edits: Edits, found: pd.DataFrame, rep: int, keep: bool) -> Edits:
    """Leave a repetition out or take it back in; an added one that is left out is gone.

    Parameters
    ----------
    edits : Edits
    found : DataFrame
        Table REPS as found.
    rep : int
    keep : bool

    Returns
    -------
    Edits

    Raises
    ------
    ValueError
        No repetition has this number.
    """
    before = _correction_of(edits, found, rep)
    if not keep and not found["rep"].eq(rep).any():
        return reset_rep(edits, rep)
    return _put(edits, replace(before, keep=keep))


def add_rep(edits: Edits, found: pd.DataFrame, times: tuple[float, float, float]) -> Edits:
    """Add a repetition; its number is the next beyond those found and those added before.

    Parameters
    ----------
    edits : Edits
    found : DataFrame
        Table REPS as found.
    times : tuple of float
        Start, bottom and end [s].

    Returns
    -------
    Edits
    """
    number = max([0, *found["rep"], *(one.rep for one in edits.now)]) + 1
    start, bottom, end = (round(float(time), 3) for time in times)
    return _put(edits, Correction(int(number), start, bottom, end))


def reset_rep(edits: Edits, rep: int) -> Edits:
    """Take a repetition back to what was found; an added one is gone."""
    return _put(edits, Correction(rep))


def undo(edits: Edits) -> Edits:
    """Take the last edit back, if there is one.

    >>> once = reset_rep(keep_rep(Edits(), pd.DataFrame({"rep": [1]}), 1, False), 1)
    >>> undo(once).now, undo(undo(once)) == Edits((), (), (once.now, once.past[-1]))
    ((Correction(rep=1, start_s=None, bottom_s=None, end_s=None, keep=False),), True)
    """
    return Edits(edits.past[-1], edits.past[:-1], (*edits.future, edits.now)) if edits.past else edits


def redo(edits: Edits) -> Edits:
    """Do again what was last taken back, if nothing was edited since."""
    return Edits(edits.future[-1], (*edits.past, edits.now), edits.future[:-1]) if edits.future else edits


def _correction_of(edits: Edits, found: pd.DataFrame, rep: int) -> Correction:
    known = {int(number): Correction(int(number)) for number in found["rep"]} | {one.rep: one for one in edits.now}
    if rep not in known:
        raise ValueError(f"rep {rep}: expected one of {len(known)} repetitions, and there is none of this number. Choose another one.")
    return known[rep]


def _put(edits: Edits, correction: Correction) -> Edits:
    """Return edits with this correction in place of the one before; the same edits where it changes nothing."""
    others = [one for one in edits.now if one.rep != correction.rep]
    now = tuple(sorted([*others, *([correction] if correction != Correction(correction.rep) else [])], key=lambda one: one.rep))
    return edits if now == edits.now else Edits(now, (*edits.past, edits.now))

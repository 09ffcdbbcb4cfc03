"""REPS as found + CORRECTIONS → REPS as a person wants them: the one place where corrections are applied, before anything is measured."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.reps.confidence import is_partial
from hiphitch_analysis.reps.curve import smooth_angle
from hiphitch_analysis.reps.sets import SET_GAP_S
from hiphitch_analysis.schema import Angles, Corrections, Reps, check_table

Array = NDArray[np.float64]

TIMES = ["start_s", "bottom_s", "end_s"]
SAME_S = 0.001  # times are written to the millisecond
_ENDING = re.compile(r"\.(?:csv|txt|tsv|json|zip|cwa|mvnx|trc|c3d|mot|sto|mp4|mov|m4v|avi|mkv|webm|3gp)(?:\.(?:gz|xz|bz2))?$", re.IGNORECASE)
LEFT_OUT, MOVED, ADDED = "left out", "moved", "added"


def select_corrections(corrections: pd.DataFrame, recording: str) -> pd.DataFrame:
    """Return the rows of table CORRECTIONS that speak of `recording`; a name with the ending of its file means it too, and is given without."""
    corrections = check_table(corrections, Corrections)
    names = corrections["recording"]
    meant = names.eq(recording) | names.str.replace(_ENDING, "", regex=True).eq(recording)
    return corrections[meant].assign(recording=recording).reset_index(drop=True)


def apply_corrections(angles: pd.DataFrame, reps: pd.DataFrame, corrections: pd.DataFrame, side: str | None = None) -> pd.DataFrame:
    """Move, leave out and add repetitions.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS as found, from `detect_reps`: the numbers in `corrections` are its numbers.
    corrections : DataFrame
        Table CORRECTIONS of this recording (see `select_corrections`).
    side : {"left", "right"}, optional
        Stance side of what is added, where `angles` has no sides of its own; by default that of the first repetition.

    Returns
    -------
    DataFrame
        Table REPS without measures, numbered anew in order of time, with the columns ``corrected`` and ``found_rep``. What was left out stays as a
        row of that kind, so that the pauses around it keep their length; only where something was put in its place it is gone. Without a correction
        the table as it came.

    Raises
    ------
    ValueError
        Times outside the recording, in disorder, overlapping or reaching from one leg to the other; a number that stands twice, or one beyond those
        found that lacks a time.

    Notes
    -----
    Whether a repetition with new times is complete or partial is told as for those found: by what its raise regains. An aborted one to which an end
    behind its bottom is given has a raise. What is added belongs to the set it lies in or is nearest to, at most 8.5 s away, else to one of its own.

    Examples
    --------
    >>> time = np.arange(0, 12, 0.02)
    >>> lowering = np.where((time > 2) & (time < 10), -4 * (1 - np.cos(2 * np.pi * (time - 2) / 2)), 0.0)
    >>> angles = pd.DataFrame({"obliquity_deg": lowering, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(time, name="time_s"))
    >>> times = {"start_s": [2.0, 4.0], "bottom_s": [3.0, 5.0], "end_s": [4.0, 6.0]}
    >>> found = pd.DataFrame({"rep": [1, 2], "set": 1, "side": "left", "kind": "complete", **times})
    >>> out = {"recording": "x", "rep": 2, "start_s": np.nan, "bottom_s": np.nan, "end_s": np.nan, "keep": False}
    >>> new = {"recording": "x", "rep": 3, "start_s": 6.0, "bottom_s": 7.0, "end_s": 8.0, "keep": True}
    >>> apply_corrections(angles, found, pd.DataFrame([out, new]))[["rep", "kind", "corrected", "start_s"]].values.tolist()
    [[1, 'complete', nan, 2.0], [2, 'left out', 'left out', 4.0], [3, 'complete', 'added', 6.0]]
    """
    angles, reps, corrections = check_table(angles, Angles), check_table(reps, Reps), check_table(corrections, Corrections)
    _refuse_twice(corrections)
    legs = [leg if isinstance(leg, str) else None for leg in reps["side"]]
    rows = [{**row, "side": leg, "found_rep": row["rep"], "corrected": None} for row, leg in zip(reps.to_dict("records"), legs, strict=True)]
    side = next(iter(legs), None) if side is None else side
    of_rep = {int(row["rep"]): row for row in rows}
    for change in corrections.to_dict("records"):
        found = of_rep.get(int(change["rep"]))
        if found is None:
            rows.append(_add(change, len(reps), angles, side))
        else:
            _change(found, change)
    if all(row["corrected"] is None for row in rows):
        return reps
    rows.sort(key=lambda row: (row["start_s"], row["found_rep"]))
    kept = [row for row in rows if row["corrected"] != LEFT_OUT]
    _refuse_disorder(rows, kept, angles)
    _place_in_sets(rows)
    _judge_kinds(kept, angles)
    rows = [row for row in rows if row["corrected"] != LEFT_OUT or not any(_overlap(row, other) for other in kept)]
    return _as_reps(rows, reps)


def describe_corrections(reps: pd.DataFrame) -> str:
    """Say how many repetitions of a corrected table REPS a person moved, left out and added; empty for none.

    >>> describe_corrections(pd.DataFrame({"corrected": ["moved", None, "added", "moved"]}))
    'corrected by hand: 2 repetitions moved, 1 added'
    """
    if "corrected" not in reps:
        return ""
    counts = [(int(reps["corrected"].eq(what).sum()), what) for what in (MOVED, LEFT_OUT, ADDED)]
    said = [f"{count} {what}" for count, what in counts if count]
    number, _, what = said[0].partition(" ")
    return ", ".join([f"corrected by hand: {number} repetition{'' if number == '1' else 's'} {what}", *said[1:]])


def _refuse_twice(corrections: pd.DataFrame) -> None:
    twice = corrections.loc[corrections["rep"].duplicated(), "rep"].unique()
    if len(twice):
        raise ValueError(f"corrections: rep {_listed(twice)} has more than one row, expected one. Keep the one that is meant.")


def _add(change: dict[Any, Any], found: int, angles: pd.DataFrame, side: str | None) -> dict[Any, Any]:
    """Return the row of a repetition that was not found."""
    missing = [name for name in TIMES if pd.isna(change[name])]
    number = int(change["rep"])
    if not change["keep"]:
        there = f"there are only {found} repetitions" if found > 1 else f"there is {'only 1' if found else 'no'} repetition"
        expected = f"a number from 1 to {found}" if found > 1 else "the number 1" if found else "no such row"
        raise ValueError(
            f"corrections: rep {number}: {there} to leave out — expected {expected}, got {number} with keep false. "
            "Correct the number, or remove the row."
        )
    if missing:
        raise ValueError(
            f"corrections: rep {number} is beyond the {found} found and adds one — expected its three times, got no {_listed(missing)}. See REPS."
        )
    if "side" in angles:
        side = str(angles["side"].to_numpy()[min(int(angles.index.searchsorted(change["bottom_s"])), len(angles) - 1)])
    times = {name: float(change[name]) for name in TIMES}
    return {"set": None, "side": side, "kind": "complete", "confidence": np.nan, **times, "found_rep": number, "corrected": ADDED}


def _change(row: dict[Any, Any], change: dict[Any, Any]) -> None:
    """Give a found repetition its new times, or leave it out."""
    new = {name: float(change[name]) for name in TIMES if pd.notna(change[name]) and abs(change[name] - row[name]) > SAME_S / 2}
    if row["kind"] == "aborted" and "bottom_s" in new and "end_s" not in new:
        new["end_s"] = new["bottom_s"]  # it has no raise
    if not change["keep"]:
        row |= {**new, "corrected": LEFT_OUT, "kind": LEFT_OUT}
    elif new:
        row |= {**new, "corrected": MOVED, "confidence": np.nan}


def _refuse_disorder(rows: list[dict[Any, Any]], kept: list[dict[Any, Any]], angles: pd.DataFrame) -> None:
    """Refuse times that cannot be, and of those kept what overlaps; what detection found is not asked."""
    first_s, last_s = float(angles.index[0]), float(angles.index[-1])
    for row in rows:
        name, (start, bottom, end) = _name(row), (row[time] for time in TIMES)
        if row["corrected"] is None:
            continue
        if not (first_s - SAME_S <= start and end <= last_s + SAME_S):
            raise ValueError(
                f"corrections: {name} lies outside the recording — expected {first_s:g} to {last_s:g} s, got {start:g} to {end:g} s. "
                "Correct its times."
            )
        if not (start < bottom < end or (row["kind"] in ("aborted", LEFT_OUT) and start < bottom == end)):
            raise ValueError(f"corrections: {name} — expected start < bottom < end, got {start:g}, {bottom:g} and {end:g} s. Correct its times.")
        if "side" in angles and len(angles["side"].loc[start:end].unique()) > 1:
            raise ValueError(f"corrections: {name} ({start:g} to {end:g} s) reaches from one leg to the other, expected one leg. Correct its times.")
    for one, following in itertools.pairwise(kept):
        if (one["corrected"] or following["corrected"]) and _overlap(one, following):
            raise ValueError(
                f"corrections: {_name(one)} ({one['start_s']:g} to {one['end_s']:g} s) and {_name(following)} ({following['start_s']:g} to "
                f"{following['end_s']:g} s) overlap, expected one after the other. Correct their times, or leave one out."
            )


def _overlap(one: dict[Any, Any], other: dict[Any, Any]) -> bool:
    return bool(one["start_s"] < other["end_s"] - SAME_S and other["start_s"] < one["end_s"] - SAME_S)


def _place_in_sets(rows: list[dict[Any, Any]]) -> None:
    """Give what was added the number of a set, and number the sets in order of time."""
    placed = [row for row in rows if row["set"] is not None]
    fresh = max((row["set"] for row in placed), default=0)
    for row in (row for row in rows if row["set"] is None):
        gaps = [
            (max(other["start_s"] - row["end_s"], row["start_s"] - other["end_s"]), other["set"]) for other in placed if other["side"] == row["side"]
        ]
        gap, nearest = min(gaps, default=(np.inf, 0))
        row["set"] = nearest if gap <= SET_GAP_S else (fresh := fresh + 1)
        placed.append(row)
    order = {number: i for i, number in enumerate(dict.fromkeys(row["set"] for row in rows), 1)}
    for row in rows:
        row["set"] = order[row["set"]]


def _judge_kinds(kept: list[dict[Any, Any]], angles: pd.DataFrame) -> None:
    """Tell of those with new times whether they are complete or partial."""
    curve = smooth_angle(angles, "obliquity_deg")
    finished = [row for row in kept if row["start_s"] < row["bottom_s"] < row["end_s"]]
    if curve is None or not finished:
        return
    start, bottom, end = np.interp(np.array([[row[name] for name in TIMES] for row in finished]).T, angles.index.to_numpy(dtype=float), curve)
    for row, partial in zip(finished, is_partial(start - bottom, end - bottom), strict=True):
        if row["corrected"] is not None:
            row["kind"] = "partial" if partial else "complete"


def _as_reps(rows: list[dict[Any, Any]], found: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(rows).assign(rep=np.arange(1, len(rows) + 1))
    columns = list(found.columns)
    at = columns.index("kind") + 1
    table = table[[*columns[:at], "corrected", "found_rep", *columns[at:]]]
    return check_table(table.astype({"corrected": "str", "side": "str"}), Reps)


def _name(row: dict[Any, Any]) -> str:
    return f"rep {row['found_rep']}{' (added)' if row['corrected'] == ADDED else ''}"


def _listed(names: Iterable[Any]) -> str:
    return " and ".join(map(str, names))

"""The last recorded set of each leg, out of the folder that `analyse` left: what the pages of an athlete, a squad and a recording show of it."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hiphitch_analysis.progress.history import LEG_IN_DOUBT
from hiphitch_analysis.read.analysed import read_angles, read_faults, read_reps
from hiphitch_analysis.schema import SIDES

# What is said before all form: that the other leg may have been stood on. A sensor that seems to sit the other way round decides all the same.
LEG_DOUBTS = (*LEG_IN_DOUBT, "sensor_reversed", "movement_goes_up")


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """The last set of an analysed recording.

    Attributes
    ----------
    recording : str
        The recording's name.
    date : pandas.Timestamp or None
    angles : DataFrame
        Table ANGLES of the whole recording.
    all_reps : DataFrame
        Table REPS of the whole recording.
    reps, faults : DataFrame
        Tables REPS and FAULTS of its last set.
    zero_s : (float, float) or None
        The quiet stance that says what level is [s].
    dose : dict or None
        What that set asked of the hip abductors: a row of table DOSES with its equivalents; None where the body was not known.
    assumptions : tuple of str
        What was taken for granted in it.
    warnings : tuple of str
        What is doubtful about the measurement.
    leg_doubts : tuple of str
        Those of them that say the other leg may have been stood on: then nothing else holds.
    """

    recording: str
    date: pd.Timestamp | None
    angles: pd.DataFrame
    all_reps: pd.DataFrame
    reps: pd.DataFrame
    faults: pd.DataFrame
    zero_s: tuple[float, float] | None
    dose: dict[str, Any] | None
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    leg_doubts: tuple[str, ...]


def read_last_sets(sessions: pd.DataFrame | None, analysed: str | Path | None, athlete_id: str) -> dict[str, RecordedSet]:
    """Read the last recorded set of each side of an athlete.

    Parameters
    ----------
    sessions : DataFrame or None
        Table SESSIONS.
    analysed : str or Path or None
        Folder that ``hiphitch analyse --out`` left.
    athlete_id : str

    Returns
    -------
    dict of {"left", "right"} to RecordedSet
        A side never recorded is absent, and so is one whose form was not judged.

    Raises
    ------
    ValueError
        A table of a recording is not where `analyse` left it.
    """
    if sessions is None or analysed is None:
        return {}
    mine = sessions[sessions["athlete_id"].eq(athlete_id) & sessions["form_score"].notna()].sort_values(
        ["date", "set"], kind="stable", na_position="first"
    )
    last = {side: mine[mine["side"].eq(side)].tail(1) for side in SIDES}
    return {
        side: _read_set(Path(analysed), row["recording"].iloc[0], side, row["date"].dropna().squeeze() if row["date"].notna().any() else None)
        for side, row in last.items()
        if len(row)
    }


def pick_leg_doubts(flags: Iterable[str], warnings: Iterable[str]) -> tuple[str, ...]:
    """Pick from a recording's doubts those that say the other leg may have been stood on.

    Parameters
    ----------
    flags, warnings : iterable of str
        The same doubts, as codes and as sentences.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> pick_leg_doubts(["few_samples", "sensor_reversed"], ["a few", "the other leg was stood on"])
    ('the other leg was stood on',)
    """
    return tuple(warning for flag, warning in zip(flags, warnings, strict=True) if flag in LEG_DOUBTS)


def find_recording(analysed: Path, recording: str) -> Path:
    """Find the folder in which `analyse` left the tables of a recording.

    Parameters
    ----------
    analysed : Path
        Folder that ``hiphitch analyse --out`` left, or the table of sessions in it.
    recording : str
        Name of the recording.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        Its table of repetitions is not there, or more than once.
    """
    folder = analysed.parent if analysed.is_file() else analysed
    found = sorted(folder.rglob(f"{glob.escape(recording)}_reps.csv"))
    if not found:
        raise ValueError(f"{recording}_reps.csv: expected beside the sessions in {folder.name}, not there. Run `hiphitch analyse --out` again.")
    if len(found) > 1:
        raise ValueError(f"{recording}_reps.csv: expected once in {folder.name}, found {len(found)} times. Keep one analysis of each recording.")
    return found[0].parent


def read_last_set(place: Path, recording: str, side: str) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Read a recording's repetitions on one side, the faults of the last set of them, and that set's number.

    Parameters
    ----------
    place : Path
        From `find_recording`.
    recording : str
    side : {"left", "right"}

    Returns
    -------
    DataFrame
        Table REPS.
    DataFrame
        Table FAULTS of one set.
    int
    """
    reps, faults = read_reps(place / f"{recording}_reps.csv"), read_faults(place / f"{recording}_faults.csv")
    reps = reps[reps["side"].eq(side)] if "side" in reps else reps
    number = reps.loc[reps["kind"].eq("complete"), "set"].max()
    return reps, faults[faults["set"].eq(number)], number


def _read_set(analysed: Path, recording: str, side: str, date: pd.Timestamp | None) -> RecordedSet:
    place = find_recording(analysed, recording)
    reps, faults, number = read_last_set(place, recording, side)
    summary = json.loads((place / f"{recording}.json").read_text(encoding="utf-8"))
    work = summary.get("workload")
    zero = summary["quality"]["calibration"]["zero_s"]
    angles = read_angles(place / f"{recording}_angles.csv")
    if "side" in angles:
        angles = angles[angles["side"].eq(side)]
    return RecordedSet(
        recording=recording,
        date=date,
        angles=angles,
        all_reps=reps,
        reps=reps[reps["set"].eq(number)],
        faults=faults,
        zero_s=tuple(zero) if zero else None,
        dose=next((dose for dose in work["sets"] if dose["set"] == number), None) if work else None,
        assumptions=tuple(work["assumptions"]) if work else (),
        warnings=tuple(summary["warnings"]),
        leg_doubts=pick_leg_doubts(summary["quality"]["flags"], summary["warnings"]),
    )

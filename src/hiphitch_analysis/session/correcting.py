"""Repetitions as found, or as a person corrected them → everything that is judged by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from hiphitch_analysis.form.faults import find_faults, mark_faults
from hiphitch_analysis.form.score import score_form
from hiphitch_analysis.motion.plausibility import UNLIKE, find_doubts
from hiphitch_analysis.precision import Precision
from hiphitch_analysis.reps.corrections import LEFT_OUT, apply_corrections, describe_corrections, select_corrections
from hiphitch_analysis.reps.measure import measure_reps
from hiphitch_analysis.reps.smoothness import measure_smoothness
from hiphitch_analysis.schema import Corrections, check_table
from hiphitch_analysis.session.session import Details, SensorSteps, Session
from hiphitch_analysis.session.workload import work_out


def measure_found(angles: pd.DataFrame, found: pd.DataFrame, relative_zero: bool, precision: Precision | None) -> pd.DataFrame:
    """Return table REPS as found, with measures and faults.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.
    found : DataFrame
        Table REPS from `detect_reps` or `apply_corrections`.
    relative_zero : bool
        Whether there was no stance on both feet that says what level is.
    precision : Precision or None
        How well the angles are known.

    Returns
    -------
    DataFrame
        Table REPS.
    """
    measured = measure_reps(angles, found, relative_zero, precision)
    return mark_faults(measured.join(measure_smoothness(angles, measured)))


def judge_form(reps: pd.DataFrame, flags: Iterable[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Judge the form of a recording, unless it may be of another exercise: then a cue would be said with certainty of what was never done.

    Parameters
    ----------
    reps : DataFrame
        Table REPS, from `measure_found`.
    flags : iterable of str
        Everything doubtful about the recording.

    Returns
    -------
    DataFrame
        Table REPS; without faults where form is not judged.
    DataFrame
        Table FAULTS; then every point is not observable.
    DataFrame
        From `score_form`; then without scores.
    """
    faults, scores = find_faults(reps), score_form(reps)
    if UNLIKE not in flags:
        return reps, faults, scores
    unknown = {"observable": False, "severity": "not observable", "cue": "", "finding": "Not judged: these may not be hip hitches."}
    faults = faults.assign(**unknown, **dict.fromkeys(("value", "value_se", "chance", "first_rep"), np.nan), reps=[[] for _ in range(len(faults))])
    scores = scores.assign(**dict.fromkeys((name for name in scores if name.startswith("form_")), np.nan))
    return reps.assign(faults=[[] for _ in range(len(reps))]), faults, scores


def no_corrections() -> pd.DataFrame:
    """Return table CORRECTIONS without rows."""
    return check_table(pd.DataFrame(columns=list(Corrections.to_schema().columns)), Corrections)


def correct_session(session: Session, corrections: pd.DataFrame) -> Session:
    """Judge a recording anew, with corrected repetitions.

    Parameters
    ----------
    session : Session
        From `analyse`.
    corrections : DataFrame
        Table CORRECTIONS. They take the place of any before: their numbers are those of ``session.found``. Rows of other recordings do not count.

    Returns
    -------
    Session
        With other repetitions, and all that follows from them: measures, faults, scores, workload, flags and warnings.

    Raises
    ------
    ValueError
        A correction that cannot be: see `apply_corrections`.

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> folder = getfixture("tmp_path")
    >>> session = hh.analyse(hh.write_set(hh.simulate_set(6, "left", seed=3), folder, "set1")[0], "left")
    >>> row = {"recording": session.recording, "rep": 1, "start_s": float("nan"), "bottom_s": float("nan"), "end_s": float("nan"), "keep": False}
    >>> corrected = hh.correct_session(session, pd.DataFrame([row]))
    >>> corrected.warnings[-1], int(hh.session_rows(corrected)["n_reps"].iloc[0])
    ('corrected by hand: 1 repetition left out', 5)
    """
    own = select_corrections(corrections, session.recording)
    found = apply_corrections(session.angles, session.found, own, session.stance)
    reps = measure_found(session.angles, found, session.relative_zero, session.precision)
    details = session.details
    before, after = (find_doubts_of_reps(session.sensor, table, details) for table in (session.reps, reps))
    flags = (*(flag for flag in session.flags if flag not in before), *after)
    reps, faults, scores = judge_form(reps, flags)
    return replace(
        session,
        corrections=own,
        reps=reps,
        faults=faults,
        scores=scores,
        workload=work_out(session.angles, reps, details.mass_kg, details.height_m, details.sex, details.ankle_kg or 0.0),
        flags=flags,
        warnings=(*(warning for warning in session.warnings if warning not in before.values()), *after.values()),
    )


def find_doubts_of_reps(sensor: SensorSteps | None, reps: pd.DataFrame, details: Details) -> dict[str, str]:
    """Say what is doubtful about the repetitions, what could not be had, and what a person changed in them.

    Parameters
    ----------
    sensor : SensorSteps or None
        Of a sensor's recording, the steps from its samples to angles.
    reps : DataFrame
        Table REPS with measures.
    details : Details

    Returns
    -------
    dict of str to str
        Flags, each with its sentence.
    """
    kept = reps[reps["kind"].ne(LEFT_OUT)]
    doubts = {} if sensor is None else find_doubts(sensor.orientation, kept)
    if (details.mass_kg is None) != (details.height_m is None):
        doubts["body_incomplete"] = "the load on the hip abductors was not computed: it needs body mass and height, and only one was given"
    if not reps["kind"].eq("complete").any():
        doubts["no_reps"] = "no repetition was found" if len(kept) == len(reps) else "no complete repetition is left"
    if corrected := describe_corrections(reps):
        doubts["corrected"] = corrected
    return doubts

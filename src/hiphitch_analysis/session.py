"""One recording → everything known about it: the stages in a row, and the tables they leave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.form.faults import find_faults, mark_faults
from hiphitch_analysis.form.score import score_form
from hiphitch_analysis.motion.calibration import Calibration, calibrate
from hiphitch_analysis.motion.conditioning import Conditioned, condition_imu
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.motion.pelvis import pelvis_angles
from hiphitch_analysis.motion.plausibility import find_doubts
from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.read.imu import read_imu, recognise_imu
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.measure import measure_reps
from hiphitch_analysis.schema import SIDES, Sessions, check_table


@dataclass(frozen=True, slots=True)
class Details:
    """What a recording cannot say of itself; all of it optional.

    Attributes
    ----------
    athlete_id : str or None
        Pseudonym.
    date : pandas.Timestamp or None
    session : int or None
        Number of the session of that athlete.
    set : int
        Number of the recording's first set on that side within the session.
    ankle_kg : float or None
        Ankle weight on the free leg [kg].
    """

    athlete_id: str | None = None
    date: pd.Timestamp | None = None
    session: int | None = None
    set: int = 1
    ankle_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One analysed recording with every intermediate.

    Attributes
    ----------
    recording : str
        The file's name without folder and ending.
    format : str
        The file format as recognised.
    stance : {"left", "right"}
        The leg stood on.
    details : Details
    conditioned : Conditioned
        The samples at a fixed rate, and what had to be done to them.
    orientation : Orientation
    calibration : Calibration
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS with measures and faults: complete, partial and aborted ones.
    faults : DataFrame
        Table FAULTS.
    scores : DataFrame
        One row per set, from `score_form`.
    flags, warnings : tuple of str
        Every doubt as a code, and as a sentence.
    """

    recording: str
    format: str
    stance: str
    details: Details
    conditioned: Conditioned
    orientation: Orientation
    calibration: Calibration
    angles: pd.DataFrame
    reps: pd.DataFrame
    faults: pd.DataFrame
    scores: pd.DataFrame
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


def analyse(
    path: str | Path,
    stance: str | None = None,
    *,
    ap_axis: str | None = None,
    rate_hz: float | None = None,
    format: str | None = None,  # noqa: A002 — the command line's word
    details: Details | None = None,
) -> Session:
    """Analyse one pelvis recording from file to form score.

    Parameters
    ----------
    path : str or Path
        A recording in any format that `read_imu` knows.
    stance : {"left", "right"}, optional
        The leg stood on. Without it the side that drops is taken for the free one, which trusts the sensor's label to face backwards.
    ap_axis : {"+x", "-x", "+y", "-y", "+z", "-z"}, optional
        The sensor axis that points forward, when the mounting is known.
    rate_hz : float, optional
        Sampling rate [Hz], for files that do not say.
    format : str, optional
        File format, when it should not be recognised from the content.
    details : Details, optional
        Athlete, date, session, set and ankle weight, for the SESSIONS row.

    Returns
    -------
    Session

    Raises
    ------
    ValueError
        The file cannot be read or no angle in it can be trusted. A recording without repetitions is not an error: it is flagged ``no_reps``.
    """
    path = Path(path)
    details = details or Details()
    imu = read_imu(path, rate_hz=rate_hz, format=format)
    conditioned = condition_imu(imu)
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, _known_side(stance), ap_axis)
    side, inferred = (stance, None) if stance is not None else _inferred_side(calibration)
    angles = pelvis_angles(orientation, calibration, side, conditioned.valid)
    reps = measure_reps(angles, detect_reps(angles, side), calibration.relative_zero)
    reps = mark_faults(reps)
    flags, warnings = find_doubts(orientation, zip(reps["start_s"], reps["end_s"], strict=True))
    if inferred:
        flags, warnings = ["stance_inferred", *flags], [inferred, *warnings]
    if not reps["kind"].eq("complete").any():
        flags, warnings = [*flags, "no_reps"], [*warnings, "no repetition was found"]
    return Session(
        recording=recording_name(path),
        format=format or recognise_imu(path),
        stance=side,
        details=details,
        conditioned=conditioned,
        orientation=orientation,
        calibration=calibration,
        angles=angles,
        reps=reps,
        faults=find_faults(reps),
        scores=score_form(reps),
        flags=(*conditioned.flags, *calibration.flags, *flags),
        warnings=(*conditioned.warnings, *calibration.warnings, *warnings),
    )


def session_rows(session: Session) -> pd.DataFrame:
    """Sum `session` up to table SESSIONS, one row per set; one row with ``n_reps`` 0 when no repetition was found."""
    complete = session.reps[session.reps["kind"].eq("complete")]
    rows = [_session_row(session, i, complete[complete["set"].eq(number)]) for i, number in enumerate(complete["set"].unique())]
    rows = rows or [_session_row(session, 0, complete)]
    return check_table(pd.DataFrame(rows, columns=list(Sessions.to_schema().columns)), Sessions)


def summarise_session(session: Session) -> dict[str, Any]:
    """Return `session` as plain values, the object that ``hiphitch analyse --json`` prints."""
    of_kind = {kind: _records(session.reps[session.reps["kind"].eq(kind)]) for kind in ("complete", "partial", "aborted")}
    zero = session.calibration.zero_s
    return {
        "recording": session.recording,
        "stance": session.stance,
        "n_reps": len(of_kind["complete"]),
        "reps": of_kind["complete"],
        "partial": of_kind["partial"],
        "aborted": of_kind["aborted"],
        "form": _form(session),
        "quality": {
            "format": session.format,
            "route": session.orientation.route,
            "rate_hz": round(session.orientation.rate_hz, 3),
            "duration_s": round(float(session.orientation.time_s[-1] - session.orientation.time_s[0]), 3),
            "missing_share": session.conditioned.missing_share,
            "gravity_m_s2": _plain(session.conditioned.gravity_m_s2),
            "calibration": {
                "zero_s": list(zero) if zero else None,
                "relative_zero": session.calibration.relative_zero,
                "axis_source": session.calibration.axis_source,
                "axis_disagreement_deg": _plain(session.calibration.axis_disagreement_deg),
            },
            "flags": list(session.flags),
        },
        "warnings": list(session.warnings),
    }


def describe_session(session: Session) -> str:
    """Return `session` in a few lines for a person at a terminal."""
    orientation, rows = session.orientation, session_rows(session)
    duration = orientation.time_s[-1] - orientation.time_s[0]
    how = f"{session.format}, {duration:.0f} s at {orientation.rate_hz:.4g} Hz, angles by {orientation.route}"
    lines = [f"{session.recording}: {how}, standing on the {session.stance} leg"]
    for row in rows.itertuples():
        error = f"{abs(row.return_error_deg):.1f}° {'short of' if row.return_error_deg >= 0 else 'above'} level"
        error = "level unknown" if pd.isna(row.return_error_deg) else error
        lines.append(
            f"  set {row.set}: {row.n_reps} repetitions, drop {row.drop_deg:.1f}°, {error}, {row.rep_s:.1f} s each, "
            f"form {row.form_score:.0f} of 100 ({row.form_low:.0f} to {row.form_high:.0f})"
            if row.n_reps
            else "  no repetitions"
        )
    seen = session.faults[session.faults["observable"] & session.faults["severity"].ne("none")]
    lines += [f"  {fault.severity}: {fault.finding} \u201c{fault.cue}\u201d" for fault in seen.itertuples()]
    left_out = session.reps["kind"].ne("complete").sum()
    lines += [f"  {left_out} partial or aborted repetitions not counted"] if left_out else []
    return "\n".join([*lines, *(f"  ! {warning}" for warning in session.warnings)])


def write_session(session: Session, out: str | Path) -> list[Path]:
    """Leave the tables of `session` in the folder `out`: SESSIONS, REPS, FAULTS and ANGLES as CSV, and the summary as JSON.

    Parameters
    ----------
    session : Session
    out : str or Path
        Folder; the files are named after the recording.

    Returns
    -------
    list of Path
        The files written.
    """
    texts = {
        "_sessions.csv": table_to_csv(session_rows(session)),
        "_reps.csv": table_to_csv(session.reps),
        "_faults.csv": table_to_csv(session.faults),
        "_angles.csv": angles_to_csv(session.angles),
        ".json": json.dumps(summarise_session(session), indent=1, ensure_ascii=False),
    }
    return [write_whole(Path(out) / f"{session.recording}{ending}", text) for ending, text in texts.items()]


def angles_to_csv(angles: pd.DataFrame) -> str:
    """Return table ANGLES as CSV text, ``time_s`` first; a thousandth of a degree is below what any sensor resolves."""
    return str(angles.rename(index=lambda t: f"{t:.4f}").to_csv(float_format="%.3f", lineterminator="\n"))


def table_to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV text; a list within a cell is written as words with spaces between."""
    lists = [c for c in table.columns if table[c].map(lambda cell: isinstance(cell, list)).any()]
    flat = table.assign(**{c: table[c].map(lambda cell: " ".join(map(str, cell))) for c in lists})
    return str(flat.to_csv(index=False, float_format="%.6g", date_format="%Y-%m-%d", lineterminator="\n"))


def recording_name(path: Path) -> str:
    """Return the name of a recording: the file's, without folder and ending.

    >>> recording_name(Path("squad/A03_left.csv.xz"))
    'A03_left'
    """
    return Path(path.stem).stem if path.suffix in (".xz", ".gz", ".bz2") else path.stem


def _known_side(stance: str | None) -> str | None:
    if stance is not None and stance not in SIDES:
        raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {stance!r}. It is the leg stood on.")
    return stance


def _inferred_side(calibration: Calibration) -> tuple[str, str]:
    if calibration.rises is None:
        raise ValueError(
            "stance: not given, and the recording does not show which side drops. Give --stance left or --stance right, the leg stood on."
        )
    side = "right" if calibration.rises else "left"
    return side, f"the stance side was not given: taken to be {side}, because the other side of the pelvis drops"


def _session_row(session: Session, i: int, reps: pd.DataFrame) -> dict[str, Any]:
    score = session.scores[session.scores["set"].eq(reps["set"].iloc[0])] if len(reps) else session.scores.iloc[:0]
    details = session.details
    return {
        "recording": session.recording,
        "athlete_id": details.athlete_id,
        "date": details.date,
        "session": details.session,
        "side": session.stance,
        "set": details.set + i,
        "n_reps": len(reps),
        "clean_reps": (~reps["faults"].map(lambda faults: "incomplete_return" in faults)).sum() if reps["return_error_deg"].notna().any() else np.nan,
        **{name: reps[name].median() for name in ("drop_deg", "return_error_deg", "rotation_range_deg")},
        "rep_s": (reps["lower_s"] + reps["raise_s"]).median(),
        **{name: score[name].iloc[0] if len(score) else np.nan for name in ("form_score", "form_low", "form_high")},
        "impulse_nms": np.nan,
        "route": session.orientation.route,
        "flags": " ".join(session.flags),
    }


def _form(session: Session) -> dict[str, Any]:
    """Score, interval and faults: of the recording as a whole (sets weighted by their repetitions) and of each set."""
    scores = session.scores
    weights = scores["n_judged"].to_numpy(dtype=float)
    whole = {name: float(np.average(scores[f"form_{name}"], weights=weights)) if len(scores) else None for name in ("score", "low", "high")}
    faults = session.faults.assign(certainty=session.faults["chance"].where(session.faults["chance"] >= 0.5, 1 - session.faults["chance"]))
    return {**whole, "sets": _records(scores), "faults": _records(faults)}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): _plain(v) for k, v in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    """Return `value` as JSON knows it: no NaN, no numpy."""
    if isinstance(value, list | dict):
        return value
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value

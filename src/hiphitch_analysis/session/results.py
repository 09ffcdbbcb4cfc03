"""Session → what it leaves: table SESSIONS, JSON, files, and a few lines for a person at a terminal."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.form.faults import judge_reps
from hiphitch_analysis.form.repnames import name_reps
from hiphitch_analysis.motion.plausibility import UNLIKE
from hiphitch_analysis.outputs import table_to_csv, write_all
from hiphitch_analysis.precision import half_width
from hiphitch_analysis.read.frames import Pose
from hiphitch_analysis.read.posemodel import MARKERLESS
from hiphitch_analysis.reps.corrections import LEFT_OUT
from hiphitch_analysis.reps.course import describe_course
from hiphitch_analysis.reps.fatigue import contrast_fresh_tired, find_fatigue_onset
from hiphitch_analysis.reps.tempo import describe_tempo
from hiphitch_analysis.schema import Sessions, check_table
from hiphitch_analysis.session.session import SensorSteps, Session


def session_rows(session: Session) -> pd.DataFrame:
    """Sum `session` up to table SESSIONS, one row per set; one row with ``n_reps`` 0 when no repetition was found."""
    complete = session.reps[session.reps["kind"].eq("complete")]
    rows, earlier = [], Counter[str]()
    for _, members in complete.groupby("set"):
        side = str(members["side"].iloc[0])
        rows.append(_session_row(session, side, earlier[side], members))
        earlier[side] += 1
    rows = rows or [_session_row(session, session.stance, 0, complete)]
    return check_table(pd.DataFrame(rows, columns=list(Sessions.to_schema().columns)), Sessions)


def summarise_session(session: Session) -> dict[str, Any]:
    """Return `session` as plain values, the object that ``hiphitch analyse --json`` prints."""
    chances = judge_reps(session.reps).round(3) if UNLIKE not in session.flags else pd.DataFrame(index=session.reps.index)
    reps = session.reps.assign(chances=[{name: _plain(chance) for name, chance in row.dropna().items()} for _, row in chances.iterrows()])
    of_kind = {kind: _records(reps[reps["kind"].eq(kind)]) for kind in ("complete", "partial", "aborted", LEFT_OUT)}
    return {
        "recording": session.recording,
        "stance": session.stance,
        "date": None if session.details.date is None else f"{session.details.date:%Y-%m-%d}",
        "date_from_file": session.details.date_from_file,
        "n_reps": len(of_kind["complete"]),
        "reps": of_kind["complete"],
        "partial": of_kind["partial"],
        "aborted": of_kind["aborted"],
        "left_out": of_kind[LEFT_OUT],
        "form": _form(session),
        "sets": _sets(session.reps),
        "workload": _workload(session),
        "quality": {
            "format": session.format,
            "route": session.route,
            "rate_hz": round(session.rate_hz, 3),
            "duration_s": round(session.duration_s, 3),
            **_sensor_quality(session.sensor),
            "calibration": {
                "zero_s": None if session.zero_s is None else list(session.zero_s),
                "relative_zero": session.relative_zero,
                "axis_source": None if session.sensor is None else session.sensor.calibration.axis_source,
                "axis_disagreement_deg": None if session.sensor is None else _plain(session.sensor.calibration.axis_disagreement_deg),
            },
            # What limits the angles, as standard deviations; every standard error follows from these.
            "precision": {name: _plain(value) for name, value in asdict(session.precision).items()},
            "flags": list(session.flags),
        },
        "warnings": list(session.warnings),
        "made_from": {**session.made_from, "corrections": _records(session.corrections)},
    }


def describe_session(session: Session) -> str:
    """Return `session` in a few lines for a person at a terminal."""
    rows = session_rows(session)
    day = f", {session.details.date:%Y-%m-%d} (says the file)" if session.details.date is not None and session.details.date_from_file else ""
    how = f"{session.format}{day}, {session.duration_s:.0f} s at {session.rate_hz:.4g} Hz, angles by {session.route}"
    both = len(set(rows["side"])) > 1
    lines = [f"{session.recording}: {how}, standing on {'both legs in turn' if both else f'the {session.stance} leg'}"]
    names = [f"{f'{row.side} ' if both else ''}set {row.set}" for row in rows.itertuples()]
    for i, row in enumerate(rows.itertuples()):
        error = "level unknown" if pd.isna(row.return_error_deg) else _level_in_words(row.return_error_deg)
        if not row.n_reps:
            lines.append("  no repetitions")
            continue
        form = f"form {row.form_score:.0f} of 100 ({row.form_low:.0f} to {row.form_high:.0f})" if pd.notna(row.form_score) else "form not judged"
        middle = "middle: " if row.n_reps > 1 else ""  # of the whole set; the faults below speak of the repetitions that have them
        moved = f"{middle}drop {row.drop_deg:.1f}°{_give_or_take(session, i)}, {error}, {row.rep_s:.1f} s each; {form}"
        lines.append(f"  {names[i]}: {_count(row.n_reps)}, {moved if pd.notna(row.drop_deg) else 'not measured'}")
    seen = session.faults[session.faults["observable"] & session.faults["severity"].ne("none")]
    of_set = dict(zip(session.reps.loc[session.reps["kind"].eq("complete"), "set"].unique(), names, strict=False)) if len(names) > 1 else {}
    lines += [f"  {f'{of_set[fault.set]}, ' if fault.set in of_set else ''}{fault.severity}: {_name_fault(fault)}" for fault in seen.itertuples()]
    lines += [] if session.workload is None else [f"  {_dose_in_words(dose, names[i])}" for i, dose in enumerate(session.workload.doses.itertuples())]
    uncounted = session.reps["kind"].isin(["partial", "aborted"]).sum()
    lines += [f"  not counted, partial or aborted: {_count(uncounted)}"] if uncounted else []
    return "\n".join([*lines, *(f"  ! {warning}" for warning in session.warnings)])


def write_session(session: Session, out: str | Path) -> list[Path]:
    """Leave the tables of `session` in the folder `out`: SESSIONS, REPS, FAULTS, ANGLES and, where there are, DOSES and LANDMARKS; a JSON summary.

    Parameters
    ----------
    session : Session
    out : str or Path
        Folder; the files are named after the recording.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        The folder cannot be written to. None of the files is left then.
    """
    texts = {
        "_sessions.csv": table_to_csv(session_rows(session)),
        "_reps.csv": table_to_csv(session.reps),
        "_faults.csv": table_to_csv(session.faults),
        "_angles.csv": angles_to_csv(session.angles),
        **({} if session.workload is None else {"_doses.csv": table_to_csv(session.workload.doses)}),
        **({"_landmarks.csv": landmarks_to_csv(session.source.table)} if isinstance(session.source, Pose) and session.format == MARKERLESS else {}),
        ".json": json.dumps(summarise_session(session), indent=1, ensure_ascii=False),
    }
    return write_all({Path(out) / f"{session.recording}{ending}": text for ending, text in texts.items()})


def angles_to_csv(angles: pd.DataFrame) -> str:
    """Return table ANGLES as CSV text, ``time_s`` first; a thousandth of a degree is below what any sensor resolves."""
    return str(angles.rename(index=lambda t: f"{t:.4f}").to_csv(float_format="%.3f", lineterminator="\n"))


def landmarks_to_csv(landmarks: pd.DataFrame) -> str:
    """Return table LANDMARKS as CSV text in our own format, ``time_s`` first; a thousandth of a pixel is far below what any pose model resolves."""
    return str(landmarks.rename(index=lambda t: f"{t:.6f}").to_csv(float_format="%.3f", lineterminator="\n"))


def _give_or_take(session: Session, i: int) -> str:
    """Return half the width of the 95 % interval of a set's drop in words; nothing where it is not known."""
    complete = session.reps[session.reps["kind"].eq("complete")]
    se = complete.loc[complete["set"].eq(complete["set"].unique()[i]), "drop_se_deg"].median() if len(complete) else np.nan
    return "" if pd.isna(se) else f" ± {float(half_width(se)):.1f}°"


def _name_fault(fault: Any) -> str:
    """Return what was seen, in which repetitions (none where all are too doubtful to be named), and what to say."""
    where = f", {name_reps(fault.reps)}".replace("\N{NO-BREAK SPACE}", " ") if fault.reps else ""
    return f"{fault.finding.removesuffix('.')}{where}. \u201c{fault.cue}\u201d"


def _count(repetitions: int) -> str:
    return f"{repetitions} repetition{'' if repetitions == 1 else 's'}"


def _dose_in_words(dose: Any, name: str) -> str:
    if pd.isna(dose.mean_nm):
        return f"{name}: hip abductors not measured"
    give = 1.96 * dose.mean_se_nm
    return (
        f"{name}: hip abductors {dose.mean_nm:.0f} ± {give:.0f} N·m on average for {dose.load_s:.0f} s, {dose.work_j:.1f} J a raise, "
        f"hip joint up to {dose.joint_low_bw:.1f} to {dose.joint_high_bw:.1f} × body weight"
    )


def _level_in_words(return_error_deg: float) -> str:
    if abs(return_error_deg) < 0.5:
        return "back to level"
    return f"{abs(return_error_deg):.1f}° {'short of' if return_error_deg > 0 else 'above'} level"


def _session_row(session: Session, side: str, i: int, reps: pd.DataFrame) -> dict[str, Any]:
    score = session.scores[session.scores["set"].eq(reps["set"].iloc[0])] if len(reps) else session.scores.iloc[:0]
    details, judged = session.details, reps[reps["return_error_deg"].notna() & (UNLIKE not in session.flags)]
    return {
        "recording": session.recording,
        "athlete_id": details.athlete_id,
        "date": details.date,
        "session": details.session,
        "side": side,
        "set": details.set + i,
        "n_reps": len(reps),
        **{name: reps[name].median() for name in ("drop_deg", "return_error_deg", "rotation_range_deg")},
        "rep_s": (reps["lower_s"] + reps["raise_s"]).median(),
        **{name: score[name].iloc[0] if len(score) else np.nan for name in ("form_score", "form_low", "form_high")},
        "impulse_nms": _impulse(session, reps),
        "route": session.route,
        "flags": " ".join(session.flags),
        "judged_reps": len(judged) if len(judged) else np.nan,
        "clean_reps": (~judged["faults"].map(lambda faults: "incomplete_return" in faults)).sum() if len(judged) else np.nan,
    }


def _sensor_quality(sensor: SensorSteps | None) -> dict[str, Any]:
    """Return what is known of a sensor's samples; nothing of them where the angles came from elsewhere."""
    if sensor is None:
        return dict.fromkeys(("missing_share", "jitter_s", "clipped_samples", "gravity_m_s2"))
    conditioned = sensor.conditioned
    return {
        "missing_share": conditioned.missing_share,
        "jitter_s": conditioned.jitter_s,
        "clipped_samples": conditioned.clipped,
        "gravity_m_s2": _plain(conditioned.gravity_m_s2),
    }


def _impulse(session: Session, reps: pd.DataFrame) -> float:
    if session.workload is None or not len(reps):
        return np.nan
    doses = session.workload.doses
    return float(doses.loc[doses["set"].eq(reps["set"].iloc[0]), "impulse_nms"].iloc[0])


def _workload(session: Session) -> dict[str, Any] | None:
    """Return what each set asked of the hip abductors; None where body mass or height is not known."""
    if session.workload is None:
        return None
    work = session.workload
    return {
        "body": {"mass_kg": work.body.mass_kg, **asdict(work.body)},
        "ankle_kg": session.details.ankle_kg or 0.0,
        "strength": work.strength,
        "sets": [
            {**dose, "equivalents": None if equal is None else _no_nan(asdict(equal))}
            for dose, equal in zip(_records(work.doses), work.equivalents, strict=True)
        ],
        "assumptions": list(work.assumptions),
    }


def _form(session: Session) -> dict[str, Any]:
    """Score, interval and faults: of the recording as a whole (sets weighted by their repetitions) and of each set."""
    scores = session.scores
    weights = scores["n_judged"].to_numpy(dtype=float)
    known = len(scores) > 0 and bool(scores["form_score"].notna().all())
    whole = {name: float(np.average(scores[f"form_{name}"], weights=weights)) if known else None for name in ("score", "low", "high")}
    faults = session.faults.assign(certainty=session.faults["chance"].where(session.faults["chance"] >= 0.5, 1 - session.faults["chance"]))
    return {**whole, "sets": _records(scores), "faults": _records(faults)}


def _sets(reps: pd.DataFrame) -> list[dict[str, Any]]:
    """How each set went: tempo, course of every measure, from where on its form goes, and how its end differs from its beginning."""
    told = []
    for number, members in reps[reps["kind"].eq("complete")].groupby("set"):
        onset = find_fatigue_onset(members)
        told.append(
            {
                "set": int(str(number)),
                "side": members["side"].iloc[0],
                "tempo": next(iter(_records(describe_tempo(members).drop(columns="set"))), None),
                "course": _records(describe_course(members).drop(columns="set")),
                "onset": {name: _plain(getattr(onset, name)) for name in ("rep", "low", "high", "p_value", "reason")},
                "changes": _records(onset.measures),
                "fresh_tired": _records(contrast_fresh_tired(members, onset)),
            }
        )
    return told


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): _plain(v) for k, v in row.items()} for row in table.to_dict("records")]


def _no_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _no_nan(value) if isinstance(value, dict) else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Return `value` as JSON knows it: no NaN, no numpy."""
    if isinstance(value, list | dict):
        return value
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value

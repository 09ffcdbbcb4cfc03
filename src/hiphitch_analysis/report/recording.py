"""One recording as a page: its answer, the last set of each leg, every repetition with its standard error, and how it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from hiphitch_analysis.motion.plausibility import UNLIKE
from hiphitch_analysis.precision import half_width
from hiphitch_analysis.report.lastsets import RecordedSet, pick_leg_doubts
from hiphitch_analysis.report.pdf import make_pdf, need_typst
from hiphitch_analysis.report.run import Parameter, Progress
from hiphitch_analysis.report.write import Written, find_notebook, write_report
from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.session import Session, session_rows, summarise_session
from hiphitch_analysis.session.recording import recording_name

NOTEBOOK = "11_one_recording.ipynb"
_SPACE = "\N{NO-BREAK SPACE}"
# What limits the angles, in words and with its unit; the names are those of `Precision`.
LIMITS = {
    "zero_deg": ("the zero", "°"),
    "axis_deg": ("the direction of forward", "°"),
    "share": ("share that skin and scale take", ""),
    "noise_deg": ("a change within a repetition", "°"),
    "drift_deg": ("drift since the zero", "°"),
    "heading_deg": ("a change of rotation", "°"),
}


def write_recording_report(
    recording: str | Path, out: str | Path, parameters: Mapping[str, Parameter], *, pdf: bool = False, progress: Progress | None = None
) -> Written:
    """Write the page of one recording: ``session_NAME.html`` in `out`.

    Parameters
    ----------
    recording : str or Path
        A recording in any format that `analyse` knows.
    out : str or Path
        Folder.
    parameters : mapping
        What the recording cannot say of itself, by the names of the notebook's parameters; None where nothing is said.
    pdf : bool, default False
        Write ``session_NAME.pdf`` as well.
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    Written

    Raises
    ------
    ValueError
        As `analyse`; nothing is written then.
    """
    path = Path(recording)
    if not path.exists():
        raise ValueError(f"{path.name}: expected a recording, there is no such file. Check the name and the folder.")
    if pdf:
        need_typst()
    name = recording_name(path)
    title = f"Hip hitch: {name}"
    files = {key: str(Path(value).resolve()) for key in ("thigh", "trunk", "corrections") if isinstance(value := parameters.get(key), str)}
    given = {**parameters, **files, "recording": str(path.resolve())}
    beside = {f"session_{name}.pdf": lambda page: make_pdf(page, title)} if pdf else {}
    return write_report(find_notebook(NOTEBOOK), Path(out) / f"session_{name}.html", given, title, beside=beside, progress=progress)


def pick_sets(session: Session) -> dict[str, RecordedSet]:
    """Pick the last set of each leg.

    Parameters
    ----------
    session : Session
        From `analyse`.

    Returns
    -------
    dict of {"left", "right"} to RecordedSet
        A leg without a complete repetition is absent.
    """
    work = summarise_session(session)["workload"]
    picked = {}
    for side in SIDES:
        reps = session.reps[session.reps["side"].eq(side)]
        number = reps.loc[reps["kind"].eq("complete"), "set"].max()
        if pd.isna(number):
            continue
        angles = session.angles[session.angles["side"].eq(side)] if "side" in session.angles else session.angles
        picked[side] = RecordedSet(
            recording=session.recording,
            date=session.details.date,
            angles=angles,
            all_reps=reps,
            reps=reps[reps["set"].eq(number)],
            faults=session.faults[session.faults["set"].eq(number)],
            zero_s=session.zero_s,
            dose=next((dose for dose in work["sets"] if dose["set"] == number), None) if work else None,
            assumptions=tuple(work["assumptions"]) if work else (),
            warnings=session.warnings,
            leg_doubts=pick_leg_doubts(session.flags, session.warnings),
        )
    return picked


def say_recording(session: Session) -> tuple[str, str]:
    """Say in one sentence what was found, and in another how it was measured.

    Parameters
    ----------
    session : Session

    Returns
    -------
    (str, str)
        Headline and answer of the page.
    """
    rows = session_rows(session)
    reps, judged = int(rows["n_reps"].sum()), rows["judged_reps"].sum()
    legs = " and ".join(dict.fromkeys(rows["side"]))
    how = f"{session.duration_s:.0f}{_SPACE}s at {session.rate_hz:.4g}{_SPACE}Hz, {session.format}, angles by {session.route}."
    if not reps:
        return "We found no repetition.", f"Standing on the {legs} leg. {how}"
    sets = f"{len(rows)} sets" if len(rows) > 1 else "One set"
    where = f"{sets}, standing on the {legs} leg{'s' if ' and ' in legs else ''}. {how}"
    if UNLIKE in session.flags:
        return "These may not be hip hitches.", f"{reps} reps found; their form is not judged. {where}"
    if not judged:
        return f"{reps} reps found. Level is not known.", where
    return f"{rows['clean_reps'].sum():.0f} of {judged:.0f} reps came back to level.", where


def list_sets(session: Session) -> list[tuple[str, ...]]:
    """List the sets: name, repetitions, drop, level, time and form, each with its 95 % limits where they are known."""
    rows, complete = session_rows(session), session.reps[session.reps["kind"].eq("complete")]
    told: list[tuple[str, ...]] = []
    for row, (_, reps) in zip(rows.itertuples(), complete.groupby("set"), strict=False):
        form = f"{row.form_score:.0f} ({row.form_low:.0f} to {row.form_high:.0f})" if pd.notna(row.form_score) else "not known"
        told.append(
            (
                f"{row.side}, set {row.set}",
                f"{row.n_reps}",
                _say(row.drop_deg, reps.get("drop_se_deg"), "°"),
                _say(row.return_error_deg, reps.get("return_error_se_deg"), "°"),
                f"{row.rep_s:.1f}{_SPACE}s" if pd.notna(row.rep_s) else "not known",
                form,
            )
        )
    return told


def list_reps(session: Session) -> list[tuple[str, ...]]:
    """List every repetition with its measures and their standard errors; what was not measured with the reason."""
    told: list[tuple[str, ...]] = []
    for rep in session.reps.to_dict("records"):
        faults = [str(fault).replace("_", " ") for fault in rep.get("faults") or []]
        remark = rep.get("unmeasured") if isinstance(rep.get("unmeasured"), str) else ", ".join(faults)
        told.append(
            (
                f"{rep['rep']}",
                f"{rep['set']}, {rep['side']}" if rep["kind"] == "complete" else str(rep["kind"]),
                *(_with_se(rep, name, 1) for name in ("drop_deg", "return_error_deg")),
                _with_se(rep, "rotation_range_deg", 0),
                *(f"{rep[name]:.1f}" if pd.notna(rep.get(name)) else "–" for name in ("lower_s", "raise_s")),
                str(remark or ""),
            )
        )
    return told


def list_quality(session: Session) -> list[tuple[str, str]]:
    """List how the recording was measured, and what limits its angles."""
    quality = summarise_session(session)["quality"]
    calibration = quality["calibration"]
    zero = calibration["zero_s"]
    known = zero is not None and not calibration["relative_zero"]
    shown = [
        ("file format", quality["format"]),
        ("angles by", quality["route"]),
        ("rate", f"{quality['rate_hz']:.4g}{_SPACE}Hz for {quality['duration_s']:.0f}{_SPACE}s"),
        (
            "level",
            f"standing still on both feet from {zero[0]:.1f} to {zero[1]:.1f}{_SPACE}s"
            if known
            else "not known: no stance on both feet was seen before the set",
        ),
        ("samples missing", _share(quality["missing_share"])),
        ("forward axis from", calibration["axis_source"]),
    ]
    given = [(name, value) for name, value in quality["precision"].items() if value is not None]
    limits = [(f"limited by {LIMITS[name][0]}", f"SD {value:.2g}{LIMITS[name][1]}") for name, value in given]
    return [(name, str(value)) for name, value in [*shown, *limits] if value is not None]


def _say(value: float, se: pd.Series | None, unit: str) -> str:
    if pd.isna(value):
        return "not known"
    give = float(half_width(se.median())) if se is not None and se.notna().any() else float("nan")
    about = f" ±{_SPACE}{give:.1f}{unit}" if pd.notna(give) else ""
    return f"{value:.1f}{unit}".replace("-", "−") + about


def _with_se(rep: dict[str, Any], name: str, digits: int) -> str:
    value, se = rep.get(name), rep.get(f"{name.removesuffix('_deg')}_se_deg")
    if value is None or pd.isna(value):
        return "–"
    about = f"{_SPACE}(SE{_SPACE}{se:.1f})" if se is not None and pd.notna(se) else ""
    return f"{value:.{digits}f}".replace("-", "−") + about


def _share(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.1f}{_SPACE}%"

"""One recording → everything known about it: the stages in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.imu import read_start_day, recognise_imu
from hiphitch_analysis.read.mistaken import refuse_log
from hiphitch_analysis.read.pose import is_pose
from hiphitch_analysis.read.source import fingerprint
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.video import check_video, meant_as_video
from hiphitch_analysis.read.words import find_side_in_file_name
from hiphitch_analysis.reps.corrections import select_corrections
from hiphitch_analysis.session.captured import AnalysedPose, analyse_markerless, analyse_pose, analyse_video
from hiphitch_analysis.session.correcting import correct_session, find_doubts_of_reps, judge_form, no_corrections
from hiphitch_analysis.session.further import add_further, read_sensor
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.session.session import Details, SensorSteps, Session
from hiphitch_analysis.session.workload import work_out


def analyse(
    path: str | Path,
    stance: str | None = None,
    *,
    ap_axis: str | None = None,
    rate_hz: float | None = None,
    format: str | None = None,  # noqa: A002 — the command line's word
    sensor: str | None = None,
    acc_unit: str | None = None,
    gyr_unit: str | None = None,
    thigh: str | Path | None = None,
    trunk: str | Path | None = None,
    frame_px: tuple[float, float] | None = None,
    markerless: bool = False,
    details: Details | None = None,
    corrections: pd.DataFrame | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Session:
    """Analyse one recording, of a pelvis sensor, markers, landmarks, a model's coordinates or a video, from file to form score.

    Parameters
    ----------
    path : str or Path
        A recording in any format that `read_imu`, `read_pose` or `track_markers` knows; with `markerless` a video.
    stance : {"left", "right"}, optional
        The leg stood on. Without it the side that drops is taken for the free one, which trusts the sensor's label to face backwards.
    ap_axis : {"+x", "-x", "+y", "-y", "+z", "-z"}, optional
        The sensor axis that points forward, when the mounting is known.
    rate_hz, format, sensor, acc_unit, gyr_unit : optional
        As in `read_imu`, for files that do not say.
    thigh, trunk : str or Path, optional
        Recordings of further sensors on the front of the free thigh and on the breastbone, laid beside the pelvis's by a clock that the files
        share, or else begun at the same moment. A recording that names sensors on these places needs neither.
    frame_px : tuple of float, optional
        Width and height of the picture [px], for landmarks that are shares of it.
    markerless : bool
        Whether to follow the body itself through a video, instead of printed markers; a weaker way, see `read_video_landmarks`.
    details : Details, optional
        Athlete, date, session, set, ankle weight and body, for the SESSIONS row and the workload. Without a date, that of a file which says surely
        when it was begun is taken.
    corrections : DataFrame, optional
        Table CORRECTIONS (see `read_corrections`): repetitions that a person moved, left out or added. Rows of other recordings do not count; a table
        that has only such rows is doubted.
    progress : callable, optional
        Called with frames done, frames in all and a text while a video is looked through.

    Returns
    -------
    Session

    Raises
    ------
    ValueError
        The file cannot be read, no angle in it can be trusted, or a correction cannot be. A recording without repetitions is not an error: it is
        flagged ``no_reps``.
    """
    path = Path(path)
    details = details or Details()
    of_sensors: dict[str, object] = {"ap_axis": ap_axis, "sensor": sensor, "thigh": thigh, "trunk": trunk}
    if markerless:
        check_video(path, printable(path.name, 120))
    if markerless or (format is None and meant_as_video(path)):
        _refuse(path, of_sensors | {"rate_hz": rate_hz, "frame": frame_px, "format": format}, f"other recordings, and {path.name} is a video")
        look = analyse_markerless if markerless else analyse_video
        session = _as_session(path, look(path, stance, progress), stance, details)
    elif format is None and is_pose(path):
        _refuse(path, of_sensors, f"sensors, and {path.name} holds none")
        session = _as_session(path, analyse_pose(path, stance, rate_hz, frame_px), stance, details)
    else:
        options = {"rate_hz": rate_hz, "format": format, "acc_unit": acc_unit, "gyr_unit": gyr_unit}
        session = _analyse_sensors(path, options, stance, ap_axis, sensor, {"thigh": thigh, "trunk": trunk}, format, details)
    given = {"stance": stance, "rate_hz": rate_hz, "format": format, "acc_unit": acc_unit, "gyr_unit": gyr_unit, "frame_px": frame_px, **of_sensors}
    session = replace(
        _doubt_side(session, path.name, given=stance is not None), made_from=_describe_origin(path, given | {"markerless": markerless or None})
    )
    return session if corrections is None else _correct(session, corrections)


def _describe_origin(path: Path, options: Mapping[str, object]) -> dict[str, object]:
    """Say what a result is made from: version, content, and the options given, files among them as their content too."""
    files = {name: fingerprint(str(options[name])) for name in ("thigh", "trunk") if options[name] is not None}
    given = {name: value for name, value in options.items() if value is not None}
    return {"hiphitch_analysis": version("hiphitch-analysis"), "recording": fingerprint(path), "options": given | files}


def _doubt_side(session: Session, name: str, given: bool) -> Session:
    """Doubt a stance side where the file's name says the other one."""
    named = find_side_in_file_name(name)
    if named in (None, session.stance):
        return session
    how = "the stance given" if given else "the stance taken from the movement"
    doubt = f"the file is called {printable(name, 60)}, but {how} is {session.stance}: check on which leg the person stood"
    return replace(session, flags=(*session.flags, "stance_against_name"), warnings=(*session.warnings, doubt))


def _correct(session: Session, corrections: pd.DataFrame) -> Session:
    """Correct the repetitions of a recording, and doubt a table that has rows, but none of it."""
    corrected = correct_session(session, corrections)
    if corrections.empty or len(corrected.corrections):
        return corrected
    others = ", ".join(corrections["recording"].drop_duplicates().head(3))
    doubt = f"nothing was corrected: the corrections speak of {others}, and this recording is {session.recording}"
    return replace(corrected, flags=(*corrected.flags, "corrections_unused"), warnings=(*corrected.warnings, doubt))


def _analyse_sensors(
    path: Path,
    options: Mapping[str, object],
    stance: str | None,
    ap_axis: str | None,
    sensor: str | None,
    further: dict[str, str | Path | None],
    format: str | None,  # noqa: A002 — the command line's word
    details: Details,
) -> Session:
    """Judge what a pelvis sensor, and those beside it, felt."""
    try:
        pelvis = read_sensor(path, options, sensor)
    except ValueError:
        refuse_log(path)
        raise
    day, doubts = read_start_day(path, format), dict[str, str]()
    if details.date is None:
        details = replace(details, date=day, date_from_file=day is not None)
    elif day is not None and day.normalize() != details.date.normalize():
        said, given = (f"{date.day} {date:%b %Y}" for date in (day, details.date))
        doubts["date_against_file"] = f"the file says {said}, the date given is {given}: the given one was taken"
    found = analyse_samples(pelvis.imu, stance, ap_axis, partial(add_further, path, options, further, pelvis, doubts), pelvis.timing.packets)
    if found.inferred:
        doubts["stance_inferred"] = found.inferred
    if found.walked_s:
        doubts["walking_left_out"] = f"{found.walked_s:.0f} s of the recording are walking: no repetition was looked for there"
    steps = SensorSteps(found.conditioned, found.orientation, found.calibration)
    doubts |= find_doubts_of_reps(steps, found.reps, details)
    flags = (*(doubt.flag for doubt in pelvis.doubts), *found.conditioned.flags, *found.calibration.flags, *doubts)
    reps, faults, scores = judge_form(found.reps, flags)
    return Session(
        recording=recording_name(path),
        format=format or recognise_imu(path),
        stance=found.stance,
        details=details,
        route=found.orientation.route,
        rate_hz=found.orientation.rate_hz,
        duration_s=float(found.orientation.time_s[-1] - found.orientation.time_s[0]),
        zero_s=found.calibration.zero_s,
        relative_zero=found.calibration.relative_zero,
        sensor=steps,
        source=None,
        precision=found.precision,
        angles=found.angles,
        found=found.found,
        corrections=no_corrections(),
        reps=reps,
        faults=faults,
        scores=scores,
        workload=work_out(found.angles, found.reps, details.mass_kg, details.height_m, details.sex, details.ankle_kg or 0.0),
        flags=flags,
        warnings=(*map(str, pelvis.doubts), *found.conditioned.warnings, *found.calibration.warnings, *doubts.values()),
    )


def _refuse(path: Path, options: dict[str, object], what: str) -> None:
    """Refuse options that mean nothing for this kind of recording."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    if given:
        raise ValueError(f"{', '.join(given)}: belongs to {what}. Leave it out.")


def _as_session(path: Path, found: AnalysedPose, stance: str | None, details: Details) -> Session:
    """Judge what cameras or a model showed."""
    doubts = find_doubts_of_reps(None, found.reps, details)
    flags = (*found.flags, *doubts)
    reps, faults, scores = judge_form(found.reps, flags)
    time_s = found.angles.index.to_numpy(dtype=float)
    return Session(
        recording=recording_name(path),
        format=found.format,
        stance=str(stance),
        details=details,
        route=found.kind,
        rate_hz=found.rate_hz,
        duration_s=float(time_s[-1] - time_s[0]),
        zero_s=found.captured.zero_s,
        relative_zero=found.captured.relative_zero,
        sensor=None,
        source=found.source,
        precision=found.captured.precision,
        angles=found.angles,
        found=found.found,
        corrections=no_corrections(),
        reps=reps,
        faults=faults,
        scores=scores,
        workload=work_out(found.angles, found.reps, details.mass_kg, details.height_m, details.sex, details.ankle_kg or 0.0),
        flags=flags,
        warnings=(*found.warnings, *doubts.values()),
    )


def recording_name(path: Path) -> str:
    """Return the name of a recording: the file's, without folder and ending.

    >>> recording_name(Path("squad/A03_left.csv.xz"))
    'A03_left'
    """
    return Path(path.stem).stem if path.suffix in (".xz", ".gz", ".bz2") else path.stem


def share_corrections(corrections: pd.DataFrame, files: Iterable[Path]) -> dict[Path, pd.DataFrame]:
    """Return for each recording its own corrections; all of them where they speak of none, so that `analyse` doubts them.

    Parameters
    ----------
    corrections : DataFrame
        Table CORRECTIONS.
    files : iterable of Path

    Returns
    -------
    dict of Path to DataFrame
        Table CORRECTIONS; without rows for a recording that needs none while another one does.
    """
    own = {file: select_corrections(corrections, recording_name(file)) for file in files}
    return own if any(map(len, own.values())) else dict.fromkeys(own, corrections)

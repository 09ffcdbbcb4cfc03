"""One recording → everything known about it: the stages in a row."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from hiphitch_analysis.form.faults import find_faults
from hiphitch_analysis.form.score import score_form
from hiphitch_analysis.motion.calibration import Calibration
from hiphitch_analysis.motion.conditioning import Conditioned
from hiphitch_analysis.motion.orientation import Orientation
from hiphitch_analysis.motion.plausibility import find_doubts
from hiphitch_analysis.motion.segments import add_segments
from hiphitch_analysis.precision import Precision
from hiphitch_analysis.read.frames import Pose
from hiphitch_analysis.read.imu import list_sensors, read_imu, recognise_imu
from hiphitch_analysis.read.markertracks import MarkerTracks
from hiphitch_analysis.read.parts import find_part
from hiphitch_analysis.read.pose import is_pose
from hiphitch_analysis.read.samples import RecordingDoubt
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.video import check_video, meant_as_video
from hiphitch_analysis.schema import ANKLE_KG, BODY_HEIGHT_M, BODY_MASS_KG, SEXES, other_side
from hiphitch_analysis.session.captured import AnalysedPose, analyse_markerless, analyse_pose, analyse_video
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.session.workload import Workload, work_out


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
    mass_kg, height_m : float or None
        Body mass [kg] and height [m].
    sex : {"male", "female"} or None
    """

    athlete_id: str | None = None
    date: pd.Timestamp | None = None
    session: int | None = None
    set: int = 1
    ankle_kg: float | None = None
    mass_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody weighs or measures."""
        for name, (low, high) in (("ankle_kg", ANKLE_KG), ("mass_kg", BODY_MASS_KG), ("height_m", BODY_HEIGHT_M)):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value:g}. Check the unit.")
        if self.sex is not None and self.sex not in SEXES:
            raise ValueError(f"sex: expected {' or '.join(SEXES)}, got {self.sex!r}. It chooses the body segment parameters.")


@dataclass(frozen=True, slots=True)
class SensorSteps:
    """The steps from a sensor's samples to angles.

    Attributes
    ----------
    conditioned : Conditioned
        The samples at a fixed rate, and what had to be done to them.
    orientation : Orientation
    calibration : Calibration
    """

    conditioned: Conditioned
    orientation: Orientation
    calibration: Calibration


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
        The leg stood on in the first set; where it changes, table ANGLES has a column ``side``, as table REPS always has.
    details : Details
    route : str
        How the angles were obtained, as in table SESSIONS.
    rate_hz, duration_s : float
        Of the angles [Hz, s].
    zero_s : (float, float) or None
        The quiet stance on both feet that says what level is [s].
    relative_zero : bool
        Whether there was none.
    sensor : SensorSteps or None
        Of a sensor's recording, the steps from its samples to angles.
    source : Pose or MarkerTracks or None
        What a file of markers, landmarks or coordinates, or a video, held; None for a sensor's recording.
    precision : Precision
        What limits the angles.
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS with measures and faults: complete, partial and aborted ones.
    faults : DataFrame
        Table FAULTS.
    scores : DataFrame
        One row per set, from `score_form`.
    workload : Workload or None
        What the hip abductors did; None where body mass or height is not known.
    flags, warnings : tuple of str
        Every doubt as a code, and as a sentence.
    """

    recording: str
    format: str
    stance: str
    details: Details
    route: str
    rate_hz: float
    duration_s: float
    zero_s: tuple[float, float] | None
    relative_zero: bool
    sensor: SensorSteps | None
    source: Pose | MarkerTracks | None
    precision: Precision
    angles: pd.DataFrame
    reps: pd.DataFrame
    faults: pd.DataFrame
    scores: pd.DataFrame
    workload: Workload | None
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


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
        Recordings of further sensors on the front of the free thigh and on the breastbone, begun at the same moment. A recording that names sensors
        on these places needs neither.
    frame_px : tuple of float, optional
        Width and height of the picture [px], for landmarks that are shares of it.
    markerless : bool
        Whether to follow the body itself through a video, instead of printed markers; a weaker way, see `read_video_landmarks`.
    details : Details, optional
        Athlete, date, session, set, ankle weight and body, for the SESSIONS row and the workload.
    progress : callable, optional
        Called with frames done, frames in all and a text while a video is looked through.

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
    of_sensors: dict[str, object] = {"ap_axis": ap_axis, "sensor": sensor, "thigh": thigh, "trunk": trunk}
    if markerless:
        check_video(path, printable(path.name, 120))
    if markerless or (format is None and meant_as_video(path)):
        _refuse(path, of_sensors | {"rate_hz": rate_hz, "frame": frame_px, "format": format}, f"other recordings, and {path.name} is a video")
        look = analyse_markerless if markerless else analyse_video
        return _as_session(path, look(path, stance, progress), stance, details)
    if format is None and is_pose(path):
        _refuse(path, of_sensors, f"sensors, and {path.name} holds none")
        return _as_session(path, analyse_pose(path, stance, rate_hz, frame_px), stance, details)
    read = partial(read_imu, rate_hz=rate_hz, format=format, acc_unit=acc_unit, gyr_unit=gyr_unit)
    imu, reading_flags, reading_warnings = _read_with_doubts(read, path, sensor)
    doubts: dict[str, str] = {}
    found = analyse_samples(imu, stance, ap_axis, partial(_add_further, path, read, {"thigh": thigh, "trunk": trunk}, doubts))
    if found.inferred:
        doubts["stance_inferred"] = found.inferred
    if found.walked_s:
        doubts["walking_left_out"] = f"{found.walked_s:.0f} s of the recording are walking: no repetition was looked for there"
    doubts |= find_doubts(found.orientation, found.reps) | _find_lacks(found.reps, details)
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
        sensor=SensorSteps(found.conditioned, found.orientation, found.calibration),
        source=None,
        precision=found.precision,
        angles=found.angles,
        reps=found.reps,
        faults=find_faults(found.reps),
        scores=score_form(found.reps),
        workload=work_out(found.angles, found.reps, details.mass_kg, details.height_m, details.sex, details.ankle_kg or 0.0),
        flags=(*reading_flags, *found.conditioned.flags, *found.calibration.flags, *doubts),
        warnings=(*reading_warnings, *found.conditioned.warnings, *found.calibration.warnings, *doubts.values()),
    )


def _refuse(path: Path, options: dict[str, object], what: str) -> None:
    """Refuse options that mean nothing for this kind of recording."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    if given:
        raise ValueError(f"{', '.join(given)}: belongs to {what}. Leave it out.")


def _as_session(path: Path, found: AnalysedPose, stance: str | None, details: Details) -> Session:
    """Judge what cameras or a model showed."""
    doubts = _find_lacks(found.reps, details)
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
        reps=found.reps,
        faults=find_faults(found.reps),
        scores=score_form(found.reps),
        workload=work_out(found.angles, found.reps, details.mass_kg, details.height_m, details.sex, details.ankle_kg or 0.0),
        flags=(*found.flags, *doubts),
        warnings=(*found.warnings, *doubts.values()),
    )


def _find_lacks(reps: pd.DataFrame, details: Details) -> dict[str, str]:
    """Say what could not be had: the load where the body is half known, and repetitions where there are none."""
    lacks = {}
    if (details.mass_kg is None) != (details.height_m is None):
        lacks["body_incomplete"] = "the load on the hip abductors was not computed: it needs body mass and height, and only one was given"
    if not reps["kind"].eq("complete").any():
        lacks["no_reps"] = "no repetition was found"
    return lacks


def recording_name(path: Path) -> str:
    """Return the name of a recording: the file's, without folder and ending.

    >>> recording_name(Path("squad/A03_left.csv.xz"))
    'A03_left'
    """
    return Path(path.stem).stem if path.suffix in (".xz", ".gz", ".bz2") else path.stem


def _read_with_doubts(read: Callable[..., pd.DataFrame], path: Path, sensor: str | None) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Read a recording, and turn the warnings about it into flags and sentences."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RecordingDoubt)
        imu = read(path, sensor=sensor)
    doubts = [entry.message for entry in caught if isinstance(entry.message, RecordingDoubt)]
    return imu, [doubt.flag for doubt in doubts], [str(doubt) for doubt in doubts]


def _add_further(
    path: Path,
    read: Callable[..., pd.DataFrame],
    given: dict[str, str | Path | None],
    doubts: dict[str, str],
    angles: pd.DataFrame,
    calibration: Calibration,
    stance: str,
) -> pd.DataFrame:
    """Add the sensors on free thigh and trunk: from the files given, else from the pelvis's own recording where it names such sensors.

    A sensor that nobody asked for and that cannot be used is left out, which `doubts` then say.
    """
    named = list_sensors(path)
    for name, part in (("thigh", f"{other_side(stance)}_thigh"), ("trunk", "trunk")):
        file = given[name]
        if file is None and find_part(named, part) is None:
            continue
        try:
            imu = read(path if file is None else file, sensor=part if file is None or list_sensors(file) else None)
            angles, flags, warnings = add_segments(angles, calibration, stance, **{name: imu})
            doubts |= dict(zip(flags, warnings, strict=True))
        except ValueError as error:
            if file is not None:
                raise
            doubts[f"{name}_unusable"] = f"the {name} sensor in the recording was left out: {error}"
    return angles

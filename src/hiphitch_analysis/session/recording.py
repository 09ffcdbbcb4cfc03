"""One recording → everything known about it: the stages in a row."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from hiphitch_analysis.form.faults import find_faults, mark_faults
from hiphitch_analysis.form.score import score_form
from hiphitch_analysis.motion.calibration import Calibration, calibrate
from hiphitch_analysis.motion.conditioning import Conditioned, condition_imu
from hiphitch_analysis.motion.footing import mark_touch_downs, mask_walking
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.motion.pelvis import estimate_precision, pelvis_angles
from hiphitch_analysis.motion.plausibility import find_doubts
from hiphitch_analysis.motion.segments import add_segments
from hiphitch_analysis.precision import Precision
from hiphitch_analysis.read.imu import list_sensors, read_imu, recognise_imu
from hiphitch_analysis.read.parts import find_part
from hiphitch_analysis.read.samples import RecordingDoubt
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.measure import measure_reps
from hiphitch_analysis.reps.sides import find_sides, turn_sides
from hiphitch_analysis.reps.smoothness import measure_smoothness
from hiphitch_analysis.schema import SEXES, SIDES


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
        for name, low, high in (("ankle_kg", 0, 30), ("mass_kg", 20, 300), ("height_m", 1.0, 2.5)):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {value:g}. Check the unit.")
        if self.sex is not None and self.sex not in SEXES:
            raise ValueError(f"sex: expected {' or '.join(SEXES)}, got {self.sex!r}. It chooses the body segment parameters.")


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
    conditioned : Conditioned
        The samples at a fixed rate, and what had to be done to them.
    orientation : Orientation
    calibration : Calibration
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
    precision: Precision
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
    sensor: str | None = None,
    acc_unit: str | None = None,
    gyr_unit: str | None = None,
    thigh: str | Path | None = None,
    trunk: str | Path | None = None,
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
    rate_hz, format, sensor, acc_unit, gyr_unit : optional
        As in `read_imu`, for files that do not say.
    thigh, trunk : str or Path, optional
        Recordings of further sensors on the front of the free thigh and on the breastbone, begun at the same moment. A recording that names sensors
        on these places needs neither.
    details : Details, optional
        Athlete, date, session, set, ankle weight and body, for the SESSIONS row and the workload.

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
    read = partial(read_imu, rate_hz=rate_hz, format=format, acc_unit=acc_unit, gyr_unit=gyr_unit)
    imu, reading_flags, reading_warnings = _read_with_doubts(read, path, sensor)
    conditioned = condition_imu(imu)
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, _known_side(stance), ap_axis)
    side, inferred = (stance, None) if stance is not None else _inferred_side(calibration)
    precision = estimate_precision(orientation, calibration)
    angles = pelvis_angles(orientation, calibration, side, conditioned.valid)
    angles, segment_flags, segment_warnings = _add_further(path, read, angles, calibration, side, {"thigh": thigh, "trunk": trunk})
    angles = turn_sides(angles, find_sides(mask_walking(orientation, angles)[0], side))
    standing, walked_s = mask_walking(orientation, angles)
    found = mark_touch_downs(orientation, detect_reps(standing, side))
    measured = measure_reps(angles, found, calibration.relative_zero, precision)
    reps = mark_faults(measured.join(measure_smoothness(angles, measured)))
    flags, sentences = find_doubts(orientation, reps)
    if walked_s:
        flags, sentences = (
            ["walking_left_out", *flags],
            [f"{walked_s:.0f} s of the recording are walking: no repetition was looked for there", *sentences],
        )
    flags, sentences = [*segment_flags, *flags], [*segment_warnings, *sentences]
    if inferred:
        flags, sentences = ["stance_inferred", *flags], [inferred, *sentences]
    if not reps["kind"].eq("complete").any():
        flags, sentences = [*flags, "no_reps"], [*sentences, "no repetition was found"]
    return Session(
        recording=recording_name(path),
        format=format or recognise_imu(path),
        stance=side,
        details=details,
        conditioned=conditioned,
        orientation=orientation,
        calibration=calibration,
        precision=precision,
        angles=angles,
        reps=reps,
        faults=find_faults(reps),
        scores=score_form(reps),
        flags=(*reading_flags, *conditioned.flags, *calibration.flags, *flags),
        warnings=(*reading_warnings, *conditioned.warnings, *calibration.warnings, *sentences),
    )


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
    angles: pd.DataFrame,
    calibration: Calibration,
    stance: str,
    given: dict[str, str | Path | None],
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Add the sensors on free thigh and trunk: from the files given, else from the pelvis's own recording where it names such sensors.

    A sensor that nobody asked for and that cannot be used is left out with a warning.
    """
    free = "right" if stance == "left" else "left"
    named = list_sensors(path)
    flags: list[str] = []
    sentences: list[str] = []
    for name, part in (("thigh", f"{free}_thigh"), ("trunk", "trunk")):
        file = given[name]
        if file is None and find_part(named, part) is None:
            continue
        try:
            imu = read(path if file is None else file, sensor=part if file is None or list_sensors(file) else None)
            angles, more_flags, more_warnings = add_segments(angles, calibration, stance, **{name: imu})
        except ValueError as error:
            if file is not None:
                raise
            more_flags, more_warnings = [f"{name}_unusable"], [f"the {name} sensor in the recording was left out: {error}"]
        flags, sentences = [*flags, *more_flags], [*sentences, *more_warnings]
    return angles, flags, sentences


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

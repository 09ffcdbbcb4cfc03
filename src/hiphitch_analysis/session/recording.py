"""One recording → everything known about it: the stages in a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hiphitch_analysis.form.faults import find_faults, mark_faults
from hiphitch_analysis.form.score import score_form
from hiphitch_analysis.motion.calibration import Calibration, calibrate
from hiphitch_analysis.motion.conditioning import Conditioned, condition_imu
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.motion.pelvis import estimate_precision, pelvis_angles
from hiphitch_analysis.motion.plausibility import find_doubts
from hiphitch_analysis.precision import Precision
from hiphitch_analysis.read.imu import read_imu, recognise_imu
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.measure import measure_reps
from hiphitch_analysis.schema import SIDES


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
    precision = estimate_precision(orientation, calibration)
    reps = measure_reps(angles, detect_reps(angles, side), calibration.relative_zero, precision)
    reps = mark_faults(reps)
    flags, warnings = find_doubts(orientation, reps)
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
        precision=precision,
        angles=angles,
        reps=reps,
        faults=find_faults(reps),
        scores=score_form(reps),
        flags=(*conditioned.flags, *calibration.flags, *flags),
        warnings=(*conditioned.warnings, *calibration.warnings, *warnings),
    )


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

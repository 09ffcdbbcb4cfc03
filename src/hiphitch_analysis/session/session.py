"""What is kept of one analysed recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from hiphitch_analysis.motion.calibration import Calibration
from hiphitch_analysis.motion.conditioning import Conditioned
from hiphitch_analysis.motion.orientation import Orientation
from hiphitch_analysis.precision import Precision
from hiphitch_analysis.read.frames import Pose
from hiphitch_analysis.read.markertracks import MarkerTracks
from hiphitch_analysis.schema import ANKLE_KG, BODY_HEIGHT_M, BODY_MASS_KG, SEXES
from hiphitch_analysis.session.workload import Workload


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
    date_from_file : bool
        Whether nobody gave the date, and the file said it.
    """

    athlete_id: str | None = None
    date: pd.Timestamp | None = None
    session: int | None = None
    set: int = 1
    ankle_kg: float | None = None
    mass_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None
    date_from_file: bool = False

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
    found : DataFrame
        Table REPS as detected, before any correction and without measures.
    corrections : DataFrame
        Table CORRECTIONS, the rows of this recording; without rows where nothing was corrected.
    reps : DataFrame
        Table REPS with measures and faults: complete, partial and aborted ones, and those a person left out.
    faults : DataFrame
        Table FAULTS.
    scores : DataFrame
        One row per set, from `score_form`.
    workload : Workload or None
        What the hip abductors did; None where body mass or height is not known.
    flags, warnings : tuple of str
        Every doubt as a code, and as a sentence.
    made_from : dict of str to object
        Version of the package, the file's fingerprint, and the options that were given; empty where it was made without a file.
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
    found: pd.DataFrame
    corrections: pd.DataFrame
    reps: pd.DataFrame
    faults: pd.DataFrame
    scores: pd.DataFrame
    workload: Workload | None
    flags: tuple[str, ...]
    warnings: tuple[str, ...]
    made_from: Mapping[str, object] = field(default_factory=dict)

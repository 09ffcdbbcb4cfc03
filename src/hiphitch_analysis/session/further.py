"""Sensors worn beside the pelvis's: read, laid on the pelvis's time, and turned into angles of trunk and free leg."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hiphitch_analysis.motion.calibration import Calibration
from hiphitch_analysis.motion.conditioning import LostSamplesError
from hiphitch_analysis.motion.segments import Beside, add_segments
from hiphitch_analysis.read.clocks import Clock, Timing, find_offset
from hiphitch_analysis.read.imu import list_sensors, read_imu, read_timing
from hiphitch_analysis.read.parts import find_part
from hiphitch_analysis.read.samples import RecordingDoubt
from hiphitch_analysis.read.streams import LEAST_SHARED, describe_little_shared
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.schema import other_side


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor's recording as read.

    Attributes
    ----------
    name : str
        The file's, for messages.
    imu : DataFrame
        Table IMU.
    timing : Timing
        What the file says of its time beside the samples.
    doubts : tuple of RecordingDoubt
    """

    name: str
    imu: pd.DataFrame
    timing: Timing
    doubts: tuple[RecordingDoubt, ...]


def read_sensor(path: str | Path, options: Mapping[str, object], sensor: str | None) -> Sensor:
    """Read a recording, and collect the doubts about it instead of warning.

    Parameters
    ----------
    path : str or Path
    options : mapping of str to object
        Of `read_imu`.
    sensor : str or None
        As in `read_imu`.

    Returns
    -------
    Sensor

    Raises
    ------
    ValueError
        As `read_imu`.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RecordingDoubt)
        imu = read_imu(path, sensor=sensor, **options)  # type: ignore[arg-type]
    doubts = tuple(entry.message for entry in caught if isinstance(entry.message, RecordingDoubt))
    return Sensor(printable(Path(path).name, 120), imu, read_timing(path, sensor=sensor, **options), doubts)  # type: ignore[arg-type]


def place_sensor(pelvis: Sensor, other: Sensor, name: str) -> tuple[Beside, dict[str, str]]:
    """Find when a further sensor began, by a clock that it shares with the pelvis's, and say where that is a guess.

    Parameters
    ----------
    pelvis, other : Sensor
    name : {"thigh", "trunk"}

    Returns
    -------
    beside : Beside
    doubts : dict of str to str
        Flags and sentences.

    Raises
    ------
    ValueError
        By a clock that is surely shared, the two recordings overlap by less than half of the pelvis's.
    """
    mine, theirs, packets = pelvis.timing.clock, other.timing.clock, other.timing.packets
    offset_s = find_offset(mine, theirs)
    if mine is None or theirs is None or offset_s is None:
        return Beside(packets=packets), {}
    if mine.shared is False or theirs.shared is False:
        sentence = f"the {mine.kind}s of pelvis and {name} were not synchronised: both recordings are taken to have begun at the same moment"
        return Beside(packets=packets), {f"{name}_clock_not_shared": sentence}
    lasts_s, step_s = float(pelvis.imu.index[-1]), float(other.imu.index[-1]) / (len(other.imu) - 1)
    common = max(0.0, min(lasts_s, offset_s + float(other.imu.index[-1])) - max(0.0, offset_s)) / lasts_s
    if common < LEAST_SHARED:
        if mine.shared and theirs.shared:
            raise ValueError(describe_little_shared(other.name, pelvis.name, common))
        sentence = f"the clocks of pelvis and {name} hardly overlap: both recordings are taken to have begun at the same moment"
        return Beside(packets=packets), {f"{name}_clock_guessed": sentence}
    beside = Beside(offset_s, max(mine.within_s, theirs.within_s), packets)
    return beside, _doubt_clock(mine, theirs, offset_s, step_s, name)


def _doubt_clock(mine: Clock, theirs: Clock, offset_s: float, step_s: float, name: str) -> dict[str, str]:
    began = f"the {name} sensor began {abs(offset_s):.2f} s {'after' if offset_s > 0 else 'before'} the pelvis's"
    if abs(offset_s) <= step_s:
        return {}
    if not (mine.shared and theirs.shared):
        return {f"{name}_clock_guessed": f"{began}, by clocks that are taken to be the same because they overlap; the files do not say so"}
    if mine.kind == "time of day":
        return {f"{name}_by_time_of_day": f"{began}, by the time of day in both files, which may be off by {mine.within_s:g} s or more"}
    return {}


def add_further(
    path: Path,
    options: Mapping[str, object],
    given: Mapping[str, str | Path | None],
    pelvis: Sensor,
    doubts: dict[str, str],
    angles: pd.DataFrame,
    calibration: Calibration,
    stance: str,
) -> pd.DataFrame:
    """Add the sensors on free thigh and trunk: from the files given, else from the pelvis's own recording where it names such sensors.

    Parameters
    ----------
    path : Path
        The pelvis's recording.
    options : mapping of str to object
        Of `read_imu`.
    given : mapping of str to path
        Files of ``thigh`` and ``trunk``, or None.
    pelvis : Sensor
    doubts : dict of str to str
        Takes up flags and sentences.
    angles : DataFrame
        Table ANGLES.
    calibration : Calibration
        Of the pelvis sensor.
    stance : {"left", "right"}
        The leg stood on.

    Returns
    -------
    DataFrame
        Table ANGLES. A sensor that lost too many samples is left out, as is one that nobody asked for and that cannot be used; `doubts` then say so.

    Raises
    ------
    ValueError
        A file given cannot be used.
    """
    named = list_sensors(path)
    for name, part in (("thigh", f"{other_side(stance)}_thigh"), ("trunk", "trunk")):
        file = given[name]
        if file is None and find_part(named, part) is None:
            continue
        try:
            sensor = read_sensor(path if file is None else file, options, part if file is None or list_sensors(file) else None)
            beside, guessed = (Beside(packets=sensor.timing.packets), {}) if file is None else place_sensor(pelvis, sensor, name)
            angles, flags, sentences = add_segments(angles, calibration, stance, **{name: sensor.imu}, beside={name: beside})
            doubts |= {f"{name}_{doubt.flag}": f"{name} sensor: {doubt}" for doubt in sensor.doubts} | guessed
            doubts |= dict(zip(flags, sentences, strict=True))
        except ValueError as error:
            if file is not None and not isinstance(error, LostSamplesError):
                raise
            where = "in the recording" if file is None else f"({printable(Path(file).name, 120)})"
            doubts[f"{name}_unusable"] = f"the {name} sensor {where} was left out: {error}"
    return angles

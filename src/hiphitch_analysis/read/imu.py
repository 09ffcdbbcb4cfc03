"""A file of an inertial sensor → table IMU, whatever device wrote it. Formats are told apart by content, never by name."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.apdm import APDM
from hiphitch_analysis.read.axivity import CWA
from hiphitch_analysis.read.clocks import Timing
from hiphitch_analysis.read.coremotion import SENSORLOG
from hiphitch_analysis.read.labelled import LABELLED, names_gyroscope
from hiphitch_analysis.read.mvnx import MVNX
from hiphitch_analysis.read.opensim import OPENSIM
from hiphitch_analysis.read.own import OWN
from hiphitch_analysis.read.parts import choose_sensor
from hiphitch_analysis.read.phyphox import PHYPHOX
from hiphitch_analysis.read.polar import POLAR
from hiphitch_analysis.read.samples import Format, Hints, RecordingDoubt
from hiphitch_analysis.read.sensor_logger import SENSOR_LOGGER
from hiphitch_analysis.read.shimmer import SHIMMER
from hiphitch_analysis.read.source import Source, choose_format, describe_content, open_source
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.xio import XIMU3
from hiphitch_analysis.read.xsens import DOT, MTW
from hiphitch_analysis.schema import GYR

FORMATS: tuple[Format, ...] = (
    OWN,
    DOT,
    MTW,
    MVNX,
    OPENSIM,
    APDM,
    XIMU3,
    SHIMMER,
    SENSOR_LOGGER,
    PHYPHOX,
    SENSORLOG,
    POLAR,
    CWA,
    LABELLED,  # the last: it takes whatever names accelerations
)


def recognise_imu(path: str | Path) -> str:
    r"""Return the name of the format of a sensor recording.

    Parameters
    ----------
    path : str or Path
        The file, zip archive or folder.

    Returns
    -------
    str
        One of the names that ``--format`` takes.

    Raises
    ------
    ValueError
        The file cannot be read, or is of no known format.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "any-name.dat"
    >>> _ = file.write_text("time_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2\n0,0,0,9.81\n0.01,0,0,9.81\n")
    >>> recognise_imu(file)
    'own'
    """
    return _recognise(open_source(path))[0].name


def list_sensors(path: str | Path) -> tuple[str, ...]:
    """Return the names of the sensors in a recording; none where it holds a single nameless one.

    Parameters
    ----------
    path : str or Path
        The file, zip archive or folder.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        The file cannot be read, or is of no known format.
    """
    chosen, source = _recognise(open_source(path))
    return chosen.name_sensors(source)


def read_imu(
    path: str | Path,
    rate_hz: float | None = None,
    format: str | None = None,  # noqa: A002 — the command line's word
    *,
    sensor: str | None = None,
    acc_unit: str | None = None,
    gyr_unit: str | None = None,
) -> pd.DataFrame:
    r"""Read a sensor recording of any known format.

    Parameters
    ----------
    path : str or Path
        The file (gzip and xz are unpacked), or a zip archive or folder as phone apps export it.
    rate_hz : float, optional
        Sampling rate [Hz], for files that do not state one. Where the file states one, the two must agree within 2 %.
    format : str, optional
        Name of the format; by default it is recognised by content.
    sensor : str, optional
        Which sensor of a recording that holds several: its name in the file, or a part of the body (``pelvis``, ``trunk``, ``left_thigh``,
        ``right_thigh``) that only one of the names fits. By default the pelvis.
    acc_unit : {"m/s2", "g", "mg"}, optional
        Unit of the accelerations, for files that do not state it.
    gyr_unit : {"rad/s", "deg/s"}, optional
        Unit of the angular rates, for files that do not state it.

    Returns
    -------
    DataFrame
        Table IMU: index time_s [s] from 0; acc [m/s²], gyr [rad/s], mag [µT], quat [–] (sensor → earth) as far as the file has them. Missing
        packets are gaps in time_s; empty cells are NaN. Quaternions have length 1 and no jumps of sign.

    Raises
    ------
    ValueError
        The file cannot be read, is of no known format, or holds what cannot be a recording.

    Notes
    -----
    Units are those each format prescribes or each heading states: a file relabelled or converted by hand cannot be told from an original here. A
    last row cut off while being written is left out.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "pelvis.csv"
    >>> _ = file.write_text("time_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2\n5.00,0,0,9.81\n5.01,0,0,9.82\n")
    >>> read_imu(file)
            acc_x_m_s2  acc_y_m_s2  acc_z_m_s2
    time_s
    0.00           0.0         0.0        9.81
    0.01           0.0         0.0        9.82
    """
    if rate_hz is not None and not (math.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz: expected a positive number of samples per second [Hz], got {rate_hz:g}. Give the rate the sensor was set to.")
    if format is not None and format not in (known.name for known in FORMATS):
        raise ValueError(f"format: expected one of {', '.join(known.name for known in FORMATS)}, got '{printable(str(format))}'.")
    whole, chosen, source, hints = _open(path, format, sensor, Hints(rate_hz, None, acc_unit, gyr_unit))
    imu = chosen.read(source, hints)
    if not set(GYR) <= set(imu.columns):
        _doubt_left_out(whole, source)
    return imu


def read_timing(
    path: str | Path,
    rate_hz: float | None = None,
    format: str | None = None,  # noqa: A002 — the command line's word
    *,
    sensor: str | None = None,
    acc_unit: str | None = None,
    gyr_unit: str | None = None,
) -> Timing:
    """Read what a recording says of its time beside the times of its samples.

    Parameters
    ----------
    path, rate_hz, format, sensor, acc_unit, gyr_unit
        As in `read_imu`, which must be able to read the file.

    Returns
    -------
    Timing
        The packets that a counter shows (Xsens), and a clock that other sensors may share: the DOT's and MTw's own, the time of day where the file
        has it (Sensor Logger, Shimmer, any csv whose time counts from 1970).

    Raises
    ------
    ValueError
        The file cannot be read or is of no known format.
    """
    _, chosen, source, hints = _open(path, format, sensor, Hints(rate_hz, None, acc_unit, gyr_unit))
    return chosen.read_timing(source, hints)


def read_start_day(path: str | Path, format: str | None = None) -> pd.Timestamp | None:  # noqa: A002 — the command line's word
    """Return the day on which a sensor recording began, where its file surely says it.

    Parameters
    ----------
    path : str or Path
        The file, zip archive or folder.
    format : str, optional
        As in `read_imu`.

    Returns
    -------
    Timestamp or None
        The day as it was where the recording was made; None where the format does not say it, or only in UTC.

    Raises
    ------
    ValueError
        The file cannot be read, or is of no known format.
    """
    source = open_source(path)
    chosen = next((known for known in FORMATS if known.name == format), None)
    return (chosen or _recognise(source)[0]).find_day(source)


def _doubt_left_out(whole: Source, taken: Source) -> None:
    """Name the gyroscope files of an archive that lie beside the one text that was read."""
    left_out = [text for text in whole.texts if text not in taken.texts and names_gyroscope(text)]
    if left_out:
        names = ", ".join(printable(text.name, 40) for text in left_out[:3])
        doubt = (
            f"{whole.name}: only {printable(taken.texts[0].name, 40)} was read, and left out the gyroscope that lies beside it ({names}), because "
            "the files are no export that is known here. Put both into one csv, or export the recording again and leave its files as they are"
        )
        warnings.warn(RecordingDoubt("gyroscope_left_out", doubt), stacklevel=3)


def _open(path: str | Path, format: str | None, sensor: str | None, hints: Hints) -> tuple[Source, Format, Source, Hints]:  # noqa: A002
    """Return the whole source, the format, what of the source is to be read, and the hints with the sensor chosen."""
    whole = source = open_source(path)
    chosen = next((known for known in FORMATS if known.name == format), None)
    if chosen is None:
        chosen, source = _recognise(whole)
    return whole, chosen, source, replace(hints, sensor=choose_sensor(source.name, chosen.name_sensors(source), sensor))


def _recognise(source: Source) -> tuple[Format, Source]:
    """Return the format of a source, and the source: of an archive that is no maker's export the only text that is a recording."""
    found = choose_format(source, FORMATS)
    if found is not None:
        return found
    raise ValueError(
        f"{source.name}: not a sensor recording that can be read ({describe_content(source)}). Expected {'; '.join(f.label for f in FORMATS)}; "
        "or markers, landmarks and OpenSim motions. "
        "Convert it to the first of these, or name its format with --format."
    )

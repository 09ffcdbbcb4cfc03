"""A file of an inertial sensor → table IMU, whatever device wrote it. Formats are told apart by content, never by name."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from hiphitch_analysis.read.own import OWN
from hiphitch_analysis.read.samples import Format
from hiphitch_analysis.read.text import Text, first_line, open_text, printable
from hiphitch_analysis.read.xsens import DOT, MTW

FORMATS: tuple[Format, ...] = (OWN, DOT, MTW)


def recognise_imu(path: str | Path) -> str:
    r"""Return the name of the format of a sensor recording.

    Parameters
    ----------
    path : str or Path
        The file; gzip and xz are unpacked.

    Returns
    -------
    str
        ``own``, ``xsens_dot`` or ``xsens_mtw``.

    Raises
    ------
    ValueError
        The file cannot be read, or is none of these.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "any-name.dat"
    >>> _ = file.write_text("time_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2\n0,0,0,9.81\n0.01,0,0,9.81\n")
    >>> recognise_imu(file)
    'own'
    """
    return _recognise(open_text(path)).name


def read_imu(path: str | Path, rate_hz: float | None = None, format: str | None = None) -> pd.DataFrame:  # noqa: A002  (the command line's word)
    r"""Read a sensor recording of any known format.

    Parameters
    ----------
    path : str or Path
        The file; gzip and xz are unpacked.
    rate_hz : float, optional
        Sampling rate [Hz], for files that do not state one. Where the file states one, the two must agree within 2 %.
    format : str, optional
        Name of the format, ``own``, ``xsens_dot`` or ``xsens_mtw``; by default it is recognised by content.

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
    Units are those each format prescribes: a file relabelled or converted by hand cannot be told from an original here. A last row cut off while
    being written is left out.

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
    text = open_text(path)
    chosen = next((known for known in FORMATS if known.name == format), None) or _recognise(text)
    return chosen.read(text, rate_hz)


def _recognise(text: Text) -> Format:
    found = next((known for known in FORMATS if known.recognise(text)), None)
    if found is None:
        line = printable(text.lines[first_line(text)].strip())
        known = "; ".join(f.label for f in FORMATS)
        raise ValueError(
            f"{text.name}: not a sensor recording that can be read (first line '{line}'). Expected {known}. "
            f"Convert it to the first of these, or name its format with --format {'|'.join(f.name for f in FORMATS)}."
        )
    return found

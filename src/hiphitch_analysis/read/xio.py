"""x-io x-IMU3 logs: one csv per kind of data, each with its own time stamps.

==========================  ======================================================
file                        columns
==========================  ======================================================
``Inertial.csv``            ``Timestamp (us)``, ``Gyroscope X (deg/s)`` …, ``Accelerometer X (g)`` …
``Quaternion.csv``          ``Timestamp (us),W,X,Y,Z``: sensor → earth, z up
``Magnetometer.csv``        arbitrary unit: left out
==========================  ======================================================

A folder or zip archive may hold the logs of several loggers, told apart by what stands before ``Inertial.csv`` in the names.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.samples import Format, Hints, build_imu, choose_rate, measure_rate
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, first_line, split_cells, split_header
from hiphitch_analysis.schema import ACC, GYR, QUAT

_TIME = "Timestamp (us)"
_GYR = tuple(f"Gyroscope {axis} (deg/s)" for axis in "XYZ")
_ACC = tuple(f"Accelerometer {axis} (g)" for axis in "XYZ")
_QUAT = ("W", "X", "Y", "Z")
_KINDS = {"inertial.csv": {_TIME, *_GYR, *_ACC}, "quaternion.csv": {_TIME, *_QUAT}}
_TICK_S = 1e-6


def recognise_ximu3(source: Source) -> bool:
    """Whether one of the texts has the columns of an x-IMU3's inertial or quaternion log."""
    return bool(_logs(source))


def name_loggers(source: Source) -> tuple[str, ...]:
    """Return what stands before the kind of log in the files' names; none for a single log."""
    prefixes = dict.fromkeys(prefix for prefix, _ in _logs(source))
    return tuple(prefixes) if len(source.texts) > 1 and all(prefixes) else ()


def read_ximu3(source: Source, hints: Hints) -> pd.DataFrame:
    """Read an x-IMU3 log.

    Parameters
    ----------
    source : Source
    hints : Hints
        ``sensor`` names the logger where there are several.

    Returns
    -------
    DataFrame
        Table IMU: of the inertial log where there is one, else of the quaternions.

    Raises
    ------
    ValueError
        What cannot be a recording, or another rate than the caller's.
    """
    logs = [(kind, text) for (prefix, kind), text in _logs(source).items() if hints.sensor in (None, prefix)]
    kind, text = min(logs, key=lambda log: list(_KINDS).index(log[0]))
    cells = split_cells(text, first_line(text), pad=False)
    if kind == "inertial.csv":
        values = read_numbers(cells, [_TIME, *_GYR, *_ACC])
        columns = {ours: values[theirs] * np.pi / 180 for ours, theirs in zip(GYR, _GYR, strict=True)}
        columns |= {ours: values[theirs] * GRAVITY_M_S2.value for ours, theirs in zip(ACC, _ACC, strict=True)}
    else:
        values = read_numbers(cells, [_TIME, *_QUAT])
        columns = {ours: values[theirs] for ours, theirs in zip(QUAT, _QUAT, strict=True)}
    time_s = values[_TIME] * _TICK_S
    choose_rate(text.name, measure_rate(time_s), hints.rate_hz)
    return build_imu(text.name, cells.lines, time_s, columns)


def _logs(source: Source) -> dict[tuple[str, str], Text]:
    """Return the inertial and quaternion logs of a source by what stands before the kind in the name, and by kind."""
    found = {}
    for text in source.texts:
        header = set(split_header(text.lines[first_line(text)]))
        kind = next((kind for kind, columns in _KINDS.items() if columns <= header), None)
        if kind is not None:
            name = PurePosixPath(text.name).name
            prefix = name[: -len(kind)] if name.lower().endswith(kind) else name
            folder = PurePosixPath(text.name).parent.name
            found[(prefix.strip("_- ") or folder, kind)] = text
    return found


XIMU3 = Format("ximu3", "x-io x-IMU3 csv", recognise_ximu3, read_ximu3, name_loggers)

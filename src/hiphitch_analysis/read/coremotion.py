"""SensorLog csv: what Apple's CoreMotion reports, one row per sample.

==========================================================  ===========================================================
column                                                      read as
==========================================================  ===========================================================
``motionGravityX(G)`` + ``motionUserAccelerationX(G)``      specific force: −9.80665 × their sum
``motionRotationRateX(rad/s)``                              angular rate, right-handed, bias removed by the phone
``accelerometerAccelerationX(G)``                           specific force: −9.80665 × it, where there is no motion
``gyroRotationX(rad/s)``                                    angular rate, where there is no motion
``motionTimestamp_sinceReboot(s)`` and others               s
==========================================================  ===========================================================

CoreMotion's gravity points down (a phone flat on a table, screen up, has −1 G along z) and its accelerations have the same sign: all of them are
the specific force turned round.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.samples import Hints, build_imu, choose_rate, measure_rate, text_format
from hiphitch_analysis.read.streams import Stream, sort_stream
from hiphitch_analysis.read.text import Text, first_line, split_cells, split_header
from hiphitch_analysis.schema import ACC, GYR


def _axes(stem: str, unit: str) -> list[str]:
    return [f"{stem}{axis}({unit})" for axis in "XYZ"]


_GRAVITY, _USER, _ROTATION = _axes("motionGravity", "G"), _axes("motionUserAcceleration", "G"), _axes("motionRotationRate", "rad/s")
_RAW, _GYRO = _axes("accelerometerAcceleration", "G"), _axes("gyroRotation", "rad/s")
_CLOCKS = ("motionTimestamp_sinceReboot(s)", "accelerometerTimestamp_sinceReboot(s)", "gyroTimestamp_sinceReboot(s)", "loggingTime(s)")


def recognise_sensorlog(text: Text) -> bool:
    """Whether the header names one of CoreMotion's accelerations as SensorLog does."""
    return bool(set(split_header(text.lines[first_line(text)])) & {_RAW[0], _USER[0], _GRAVITY[0]})


def read_sensorlog(text: Text, hints: Hints) -> pd.DataFrame:
    """Read a SensorLog csv.

    Parameters
    ----------
    text : Text
    hints : Hints
        The caller's rate is used only when the file has no clock.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        No acceleration with gravity, no clock and no rate, or what cannot be a recording.
    """
    cells = split_cells(text, first_line(text), pad=False)

    def has(names: Sequence[str]) -> bool:
        return all(name in cells.header for name in names)

    def take(names: Sequence[str]) -> np.ndarray:
        return np.column_stack(list(read_numbers(cells, names).values()))

    if has(_GRAVITY) and has(_USER):
        felt = take(_GRAVITY) + take(_USER)
    elif has(_RAW):
        felt = take(_RAW)
    else:
        raise ValueError(f"{text.name}: expected an acceleration with gravity, got only a part of it. Log motionGravity, or the accelerometer.")
    rate = take(_ROTATION) if has(_ROTATION) else take(_GYRO) if has(_GYRO) else None
    columns = [-GRAVITY_M_S2.value * felt] + ([rate] if rate is not None else [])
    clock = next((name for name in _CLOCKS if name in cells.header), None)
    if clock is not None:
        time_s = read_numbers(cells, [clock])[clock]
    elif hints.rate_hz is not None:
        time_s = np.arange(len(cells.rows)) / hints.rate_hz
    else:
        raise ValueError(f"{text.name}: expected a clock ({_CLOCKS[0]}), got none. Give --rate-hz R (rate_hz=R in Python).")
    stream = sort_stream(Stream(text.name, time_s, np.hstack(columns), cells.lines))
    choose_rate(text.name, measure_rate(stream.time_s), hints.rate_hz)
    names = ACC + GYR if rate is not None else ACC
    return build_imu(text.name, stream.lines, stream.time_s, dict(zip(names, stream.xyz.T, strict=True)))


SENSORLOG = text_format("sensorlog", "SensorLog csv (Apple CoreMotion)", recognise_sensorlog, read_sensorlog)

"""Sensor Logger exports (iOS and Android): a zip archive or folder with one csv per sensor, or one of these csv files.

============================  ================================================================================
file                          columns by name: ``time`` [ns since 1970], ``seconds_elapsed`` [s], ``z``, ``y``, ``x``
============================  ================================================================================
``TotalAcceleration.csv``     m/s², with gravity (Android)
``Accelerometer.csv``         m/s², WITHOUT gravity
``Gravity.csv``               m/s²: gravity and acceleration together make the specific force
``Gyroscope.csv``             rad/s
``Metadata.csv``              ``platform`` and ``standardisation``
============================  ================================================================================

On iOS accelerations and gravity have all three signs turned round (a phone flat on a table has its gravity along −z), unless "Standardise Units &
Frames" was on. Without Metadata a recording with ``TotalAcceleration.csv`` is taken for Android's, one without for iOS's (app's documentation: UNITS,
COORDINATES, CROSSPLATFORM). Obliquity is the same either way, tilt and rotation change sign.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.clocks import Timing, read_unix
from hiphitch_analysis.read.samples import Format, Hints
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.streams import Stream, bring_together, build_from_streams, sort_stream
from hiphitch_analysis.read.text import Text, first_line, split_cells, split_header

_COLUMNS = {"time", "seconds_elapsed", "x", "y", "z"}
_TOTAL, _LINEAR, _GRAVITY, _GYROSCOPE = ("totalacceleration", "accelerometer", "gravity", "gyroscope")
_LEAST_M_S2 = 6.0  # the median of an acceleration with gravity lies above


def recognise_sensor_logger(source: Source) -> bool:
    """Whether a text has the app's columns and, in an archive, a motion sensor's name."""
    return bool(_files(source)) if len(source.texts) > 1 else any(_has_columns(text) for text in source.texts)


def read_sensor_logger(source: Source, hints: Hints) -> pd.DataFrame:
    """Read a Sensor Logger recording.

    Parameters
    ----------
    source : Source
    hints : Hints
        The files have clocks and units, so the caller's rate is only compared.

    Returns
    -------
    DataFrame
        Table IMU on the accelerometer's times.

    Raises
    ------
    ValueError
        No acceleration with gravity, streams that do not overlap, or what cannot be a recording.
    """
    files = _files(source) or {_TOTAL: source.texts[0]}  # a single csv: its size says below whether it holds gravity
    streams = {kind: _read_stream(text) for kind, text in files.items()}
    if _TOTAL in streams:
        main = streams[_TOTAL]
    elif _LINEAR in streams and _GRAVITY in streams:
        linear = streams[_LINEAR]
        main = Stream("Accelerometer.csv with Gravity.csv", linear.time_s, linear.xyz + bring_together(linear, streams[_GRAVITY]), linear.lines)
    else:
        raise _no_gravity(source)
    if not np.nanmedian(np.linalg.norm(main.xyz, axis=1)) > _LEAST_M_S2:
        raise _no_gravity(source)
    sign = -1.0 if _signs_turned(source, _TOTAL in streams) else 1.0
    main = Stream(main.name, main.time_s, sign * main.xyz, main.lines)
    return build_from_streams(source.name, main, streams.get(_GYROSCOPE), hints)


def read_sensor_logger_timing(source: Source, hints: Hints) -> Timing:
    """Return the time of day at the accelerometer's first sample; `source` is a recording that `read_sensor_logger` reads."""
    files = _files(source)
    text = files.get(_TOTAL, files.get(_LINEAR, source.texts[0]))
    return Timing(clock=read_unix(read_numbers(split_cells(text, first_line(text), pad=False), ["time"])["time"] * 1e-9))


def _no_gravity(source: Source) -> ValueError:
    return ValueError(
        f"{source.name}: expected an acceleration with gravity (TotalAcceleration.csv, or Accelerometer.csv and Gravity.csv together), got none. "
        "Record Gravity too, and name the whole export (zip or folder)."
    )


def _signs_turned(source: Source, total: bool) -> bool:
    """Whether the accelerations have iOS's signs."""
    metadata = source.find("Metadata.csv")
    told = {}
    if metadata is not None and len(metadata.lines) > 1:
        told = dict(zip((n.lower() for n in split_header(metadata.lines[0])), split_header(metadata.lines[1]), strict=False))
    platform, standardised = told.get("platform", "").lower(), told.get("standardisation", "").lower() == "true"
    if platform:
        return "ios" in platform and not standardised
    return not total and len(source.texts) > 1


def _files(source: Source) -> dict[str, Text]:
    """Return the csv files of the motion sensors by their names in lower case."""
    named = {PurePosixPath(text.name).stem.lower(): text for text in source.texts if _has_columns(text)}
    return {kind: named[kind] for kind in (_TOTAL, _LINEAR, _GRAVITY, _GYROSCOPE) if kind in named}


def _has_columns(text: Text) -> bool:
    return set(split_header(text.lines[first_line(text)])) >= _COLUMNS


def _read_stream(text: Text) -> Stream:
    cells = split_cells(text, first_line(text), pad=False)
    numbers = read_numbers(cells, ["seconds_elapsed", "x", "y", "z"])
    values = np.column_stack([numbers[axis] for axis in "xyz"])
    return sort_stream(Stream(PurePosixPath(text.name).name, numbers["seconds_elapsed"], values, cells.lines))


SENSOR_LOGGER = Format(
    "sensor_logger", "Sensor Logger (zip, folder or csv)", recognise_sensor_logger, read_sensor_logger, read_timing=read_sensor_logger_timing
)

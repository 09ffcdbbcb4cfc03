"""Polar Sensor Logger: one text file per sensor of a Polar device, semicolons between the cells.

====================================  ======================================
column                                read as
====================================  ======================================
``sensor timestamp [ns]``             the device's clock, ns since 2000
``timestamp [ms]`` (newer versions)   left out: it follows from the former
``X [mg]``, ``Y [mg]``, ``Z [mg]``    acceleration
``X [dps]`` or ``X [deg/sec]`` …      angular rate
====================================  ======================================

Acceleration and angular rate of one device belong together when they lie in one zip archive or folder. A chest strap has no gyroscope.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.samples import ACC_UNITS, GYR_UNITS, Format, Hints, spell_unit
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.streams import Stream, build_from_streams, sort_stream
from hiphitch_analysis.read.text import Text, first_line, split_cells, split_header

_CLOCK = "sensor timestamp [ns]"
_AXIS = re.compile(r"^(?P<axis>[XYZ])\s*\[(?P<unit>[^\]]+)\]$", re.IGNORECASE)


def recognise_polar(source: Source) -> bool:
    """Whether a text has the sensor's clock in ns and three axes of an acceleration."""
    return any("acc" in _find_axes(text) for text in source.texts)


def read_polar(source: Source, hints: Hints) -> pd.DataFrame:
    """Read a Polar Sensor Logger recording.

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
        Several accelerometers, streams that do not overlap, or what cannot be a recording.
    """
    streams = [(quantity, _read_stream(text, axes)) for text in source.texts for quantity, axes in _find_axes(text).items()]
    accelerometers = [stream for quantity, stream in streams if quantity == "acc"]
    if len(accelerometers) > 1:
        names = " and ".join(stream.name for stream in accelerometers[:3])
        raise ValueError(f"{source.name}: holds several accelerometers ({names}). Name the file of one of them, or sort them into folders.")
    gyroscope = next((stream for quantity, stream in streams if quantity == "gyr"), None)
    return build_from_streams(source.name, accelerometers[0], gyroscope, hints)


def _find_axes(text: Text) -> dict[str, list[tuple[str, float]]]:
    """Return heading and factor to SI of x, y and z for ``acc`` or ``gyr``; nothing when the text is none of a Polar sensor's."""
    names = split_header(text.lines[first_line(text)])
    if _CLOCK not in names:
        return {}
    axes = {match["axis"].upper(): (name, spell_unit(match["unit"])) for name in names if (match := _AXIS.match(name))}
    if set(axes) != set("XYZ"):
        return {}
    for quantity, known in (("acc", ACC_UNITS), ("gyr", GYR_UNITS)):
        if all(unit in known for _, unit in axes.values()):
            return {quantity: [(axes[axis][0], known[axes[axis][1]]) for axis in "XYZ"]}
    return {}


def _read_stream(text: Text, axes: list[tuple[str, float]]) -> Stream:
    cells = split_cells(text, first_line(text), pad=False)
    numbers = read_numbers(cells, [_CLOCK, *(name for name, _ in axes)])
    values = np.column_stack([numbers[name] * factor for name, factor in axes])
    return sort_stream(Stream(text.name, numbers[_CLOCK] * 1e-9, values, cells.lines))


POLAR = Format("polar", "Polar Sensor Logger txt", recognise_polar, read_polar)

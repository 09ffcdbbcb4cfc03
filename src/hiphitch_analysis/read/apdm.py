"""APDM (Opal) csv of Mobility Lab and Motion Studio: several named monitors side by side, in two layouts.

==================  ===========================================================  ==============================================
what                ``Test Name`` layout                                         ``Format=7`` layout
==================  ===========================================================  ==============================================
names               in each heading: ``Lumbar/Acceleration/X``                   in the first line: ``…,5718,,,Lumbar,…``
headings            one line, then one line of units                             two lines: quantity, then axis
``Time``            s                                                            µs since 1970
acceleration        m/s²                                                         m/s²
angular rate        rad/s                                                        rad/s
orientation         Scalar, X, Y, Z: sensor → earth, z up                        S, X, Y, Z: the same
==================  ===========================================================  ==============================================
"""

from __future__ import annotations

import re

import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.samples import ACC_UNITS, GYR_UNITS, Array, Hints, build_imu, choose_rate, choose_unit, measure_rate, text_format
from hiphitch_analysis.read.text import Cells, Text, split_cells, without_units
from hiphitch_analysis.schema import ACC, GYR, MAG, QUAT

_SEARCH = 30  # lines
_RATE = re.compile(r"^Sample Rate:\s*,\s*(\d+(?:\.\d+)?)\s*,?\s*Hz", re.IGNORECASE | re.ASCII)
_PARTS = {  # of a heading in the first layout → ours
    "Acceleration": ACC,
    "Angular Velocity": GYR,
    "Magnetic Field": MAG,
}
_KINDS = {"Accelerometer": ACC, "Gyroscope": GYR, "Magnetometer": MAG, "Orientation": QUAT}  # of the second layout


def recognise_apdm(text: Text) -> bool:
    """Whether a heading like ``Lumbar/Acceleration/X`` follows ``Time``, or the first line is ``Format=…`` over Accelerometer and Gyroscope."""
    return _header(text) is not None or _is_format(text)


def name_monitors(text: Text) -> tuple[str, ...]:
    """Return the names of the monitors."""
    if _is_format(text):
        return tuple(name for name, _ in _format_monitors(text))
    header = _header(text)
    cells = text.lines[header].split(",") if header is not None else []
    return tuple(dict.fromkeys(cell.strip().split("/")[0] for cell in cells if cell.strip().endswith("/Acceleration/X")))


def read_apdm(text: Text, hints: Hints) -> pd.DataFrame:
    """Read one monitor of an APDM recording.

    Parameters
    ----------
    text : Text
    hints : Hints
        ``sensor`` names the monitor.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        What cannot be a recording, a unit that is none, or another rate than the caller's.
    """
    return _read_format(text, hints) if _is_format(text) else _read_named(text, hints)


def _read_named(text: Text, hints: Hints) -> pd.DataFrame:
    header = _header(text) or 0
    units = dict(zip((cell.strip() for cell in text.lines[header].split(",")), text.lines[header + 1].split(","), strict=False))
    cells = split_cells(without_units(text, header), header, pad=False)
    columns: dict[str, Array] = {}
    for part, ours in _PARTS.items():
        theirs = [f"{hints.sensor}/{part}/{axis}" for axis in "XYZ"]
        if all(name in cells.header for name in theirs):
            values = read_numbers(cells, theirs)
            factor = _factor(text.name, ours, units.get(theirs[0], ""))
            columns |= {name: values[their] * factor for name, their in zip(ours, theirs, strict=True)}
    turned = [f"{hints.sensor}/Orientation/{part}" for part in ("Scalar", "X", "Y", "Z")]
    if all(name in cells.header for name in turned):
        columns |= dict(zip(QUAT, read_numbers(cells, turned).values(), strict=True))
    time_s = read_numbers(cells, ["Time"])["Time"]
    stated = next((float(match.group(1)) for line in text.lines[:header] if (match := _RATE.match(line))), None)
    choose_rate(text.name, stated or measure_rate(time_s), hints.rate_hz)
    return build_imu(text.name, cells.lines, time_s, columns)


def _factor(name: str, ours: list[str], unit: str) -> float:
    if ours is MAG:
        return 1.0
    quantity, units = ("acc", ACC_UNITS) if ours is ACC else ("gyr", GYR_UNITS)
    return choose_unit(name, quantity, units, unit.strip() or None, None)


def _read_format(text: Text, hints: Hints) -> pd.DataFrame:
    monitors = _format_monitors(text)
    first = dict(monitors)[str(hints.sensor)]
    last = next((start for _, start in monitors if start > first), None)
    kinds = text.lines[1].split(",")[first:last]
    names = [f"column {i}" for i in range(1, len(text.lines[1].split(",")) + 1)]
    # The three header lines name columns only together: numbers stand in for names.
    numbered = Text(text.name, ("", "", ",".join(names), *text.lines[3:]))
    cells: Cells = split_cells(numbered, 2, pad=False)
    columns: dict[str, Array] = {}
    for kind, ours in _KINDS.items():
        if kind in (cell.strip() for cell in kinds):
            at = first + [cell.strip() for cell in kinds].index(kind)
            columns |= dict(zip(ours, read_numbers(cells, names[at : at + len(ours)]).values(), strict=True))
    time_us = read_numbers(cells, names[:1])[names[0]]
    time_s = (time_us - time_us[0]) * 1e-6
    choose_rate(text.name, measure_rate(time_s), hints.rate_hz)
    return build_imu(text.name, cells.lines, time_s, columns)


def _header(text: Text) -> int | None:
    """Return the position of the line that names the columns in the first layout."""
    return next((i for i, line in enumerate(text.lines[:_SEARCH]) if line.startswith("Time,") and "/Acceleration/X" in line), None)


def _is_format(text: Text) -> bool:
    return len(text.lines) > 3 and text.lines[0].startswith("Format=") and "Accelerometer" in text.lines[1] and text.lines[1].startswith("Time,")


def _format_monitors(text: Text) -> list[tuple[str, int]]:
    """Return name and first column of each monitor in the second layout."""
    kinds, named = [cell.strip() for cell in text.lines[1].split(",")], text.lines[0].split(",")
    starts = [i for i, kind in enumerate(kinds) if kind == "Accelerometer"]
    ends = [*starts[1:], len(kinds)]
    monitors: list[tuple[str, int]] = []
    for start, end in zip(starts, ends, strict=True):
        words = [cell.strip() for cell in named[start:end] if cell.strip()]
        monitors.append((words[-1] if words else f"monitor {len(monitors) + 1}", start))
    return monitors


APDM = text_format("apdm", "APDM csv", recognise_apdm, read_apdm, name_monitors)

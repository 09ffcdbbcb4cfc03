"""Shimmer Consensys csv: calibrated channels named ``<device>_<signal>_CAL``, a line of units below the header.

====================================  ====================================================================
signal                                read as
====================================  ====================================================================
``Accel_LN_X`` … (low noise)          acceleration, preferred
``Accel_WR_X`` … (wide range)         acceleration, where there is no low-noise one
``Gyro_X`` …                          angular rate
``Timestamp_Unix`` or another one     time [ms]; ``Timestamp_SyncDevice`` and such count ms from the start
``Mag_X`` …                           local flux, an arbitrary unit: left out
====================================  ====================================================================

``…_RAW`` and ``…_UNCAL`` channels are counts without a unit and are refused. The low-noise accelerometer reads up to about 20 m/s²: a hip hitch stays
far below.
"""

from __future__ import annotations

import re

import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.clocks import Timing, read_unix
from hiphitch_analysis.read.samples import ACC_UNITS, GYR_UNITS, Array, Hints, build_imu, choose_rate, choose_unit, measure_rate, text_format
from hiphitch_analysis.read.text import Text, find_delimiter, first_line, split_cells, split_header, without_units
from hiphitch_analysis.schema import ACC, GYR

_CHANNEL = re.compile(r"^(?P<device>.+?)_(?P<signal>(?:Accel|Gyro|Mag|Timestamp)\w*?)_(?P<kind>CAL|UNCAL|RAW)$", re.IGNORECASE)
_ACCELEROMETERS = ("Accel_LN", "Accel_WR", "Accel")
_CLOCKS = ("Timestamp_Unix", "Timestamp_SyncDevice", "Timestamp_Shimmer", "Timestamp")


def recognise_shimmer(text: Text) -> bool:
    """Whether the header names a Shimmer's time stamp and an accelerometer or gyroscope."""
    signals = {signal for _, signal, _ in _channels(text)}
    return any(s.startswith("Timestamp") for s in signals) and any(s.startswith(("Accel", "Gyro")) for s in signals)


def name_shimmers(text: Text) -> tuple[str, ...]:
    """Return the devices that have an accelerometer."""
    return tuple(dict.fromkeys(device for device, signal, _ in _channels(text) if signal.startswith("Accel")))


def read_shimmer(text: Text, hints: Hints) -> pd.DataFrame:
    """Read one device of a Consensys export.

    Parameters
    ----------
    text : Text
    hints : Hints
        ``sensor`` names the device.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        Only uncalibrated channels, no accelerometer, a unit that is none, or another rate than the caller's.
    """
    header = first_line(text)
    device = hints.sensor or next((name for name, _, _ in _channels(text)), "")
    line = text.lines[header]
    units = dict(zip(split_header(line), text.lines[header + 1].split(find_delimiter(line)), strict=False)) if header + 1 < len(text.lines) else {}
    names = set(units)
    accelerometer = next((a for a in _ACCELEROMETERS if f"{device}_{a}_X_CAL" in names), None)
    clock = next((c for c in _CLOCKS if f"{device}_{c}_CAL" in names), None)
    if accelerometer is None or clock is None:
        what = "accelerometer" if accelerometer is None else "time stamp"
        raise ValueError(f"{text.name}: no calibrated {what} of {device} (…_CAL) in the header. Export calibrated data from Consensys.")
    cells = split_cells(without_units(text, header), header, pad=False)
    columns: dict[str, Array] = {}
    for signal, ours, quantity, known in ((accelerometer, ACC, "acc", ACC_UNITS), ("Gyro", GYR, "gyr", GYR_UNITS)):
        theirs = [f"{device}_{signal}_{axis}_CAL" for axis in "XYZ"]
        if all(name in cells.header for name in theirs):
            factor = choose_unit(text.name, quantity, known, units.get(theirs[0], "").strip() or None, None)
            columns |= {name: values * factor for name, values in zip(ours, read_numbers(cells, theirs).values(), strict=True)}
    time_ms = read_numbers(cells, [f"{device}_{clock}_CAL"])[f"{device}_{clock}_CAL"]
    time_s = (time_ms - time_ms[0]) / 1000
    choose_rate(text.name, measure_rate(time_s), hints.rate_hz)
    return build_imu(text.name, cells.lines, time_s, columns)


def read_shimmer_timing(text: Text, hints: Hints) -> Timing:
    """Return the time of day at the first sample, where the export has ``Timestamp_Unix``; of the device that ``hints.sensor`` names."""
    header = first_line(text)
    device = hints.sensor or next((name for name, _, _ in _channels(text)), "")
    column = f"{device}_{_CLOCKS[0]}_CAL"
    cells = split_cells(without_units(text, header), header, pad=False)
    return Timing(clock=read_unix(read_numbers(cells, [column])[column] / 1000) if column in cells.header else None)


def _channels(text: Text) -> list[tuple[str, str, str]]:
    """Return device, signal and kind of every channel in the header."""
    matches = (_CHANNEL.match(name) for name in split_header(text.lines[first_line(text)]))
    return [(match["device"], match["signal"], match["kind"].upper()) for match in matches if match]


SHIMMER = text_format("shimmer", "Shimmer Consensys csv", recognise_shimmer, read_shimmer, name_shimmers, read_shimmer_timing)

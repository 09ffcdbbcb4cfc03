"""OpenSim orientations (``.sto`` with ``DataType=Quaternion``), as its IMU tools write them: one column per sensor, each cell ``w,x,y,z``.

Quaternions turn sensor coordinates into those of the maker's earth frame with z up: OpenSim itself turns them into its y-up ground only later, when
it places the sensors. The files name no unit of time; where ``time`` counts packets (steps of 1), it is divided by ``DataRate``.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from hiphitch_analysis.read.samples import Hints, build_imu, choose_rate, measure_rate, text_format
from hiphitch_analysis.read.text import Text, printable
from hiphitch_analysis.schema import QUAT

_HEADER_SEARCH = 40  # lines; real files have about six above the table
_RATE = re.compile(r"^\s*DataRate\s*=\s*(\d+(?:\.\d+)?)\s*$", re.IGNORECASE | re.MULTILINE | re.ASCII)
_QUATERNIONS = re.compile(r"^\s*DataType\s*=\s*Quaternion\s*$", re.IGNORECASE | re.MULTILINE)


def recognise_sto(text: Text) -> bool:
    """Whether the lines above ``endheader`` announce quaternions."""
    end = _end_of_header(text)
    return end is not None and _QUATERNIONS.search("\n".join(text.lines[:end])) is not None


def name_columns(text: Text) -> tuple[str, ...]:
    """Return the names of the sensors."""
    end = _end_of_header(text)
    names = text.lines[end + 1].split("\t") if end is not None and end + 1 < len(text.lines) else []
    return tuple(name.strip() for name in names[1:] if name.strip())


def read_sto(text: Text, hints: Hints) -> pd.DataFrame:
    """Read one sensor's orientation from an OpenSim file.

    Parameters
    ----------
    text : Text
    hints : Hints
        ``sensor`` names the column.

    Returns
    -------
    DataFrame
        Table IMU with quaternions only.

    Raises
    ------
    ValueError
        No rows, cells that are no quaternions, no rate, or another one than the caller's.
    """
    end = _end_of_header(text) or 0
    position = 1 + name_columns(text).index(str(hints.sensor))
    times, quats, lines = [], [], []
    for number, line in enumerate(text.lines[end + 2 :], end + 3):
        cells = line.rstrip("\n").split("\t")
        if not line.strip():
            continue
        if len(cells) <= position or cells[position].count(",") != 3:
            if number == len(text.lines):
                continue  # cut off while being written
            got = printable(cells[position] if len(cells) > position else line, 40)
            raise ValueError(f"{text.name}: line {number} has no quaternion for {hints.sensor} — expected w,x,y,z, got '{got}'. Export it again.")
        try:
            times.append(float(cells[0]))
            quats.append([float(value) for value in cells[position].split(",")])
        except ValueError as error:
            raise ValueError(f"{text.name}: line {number} holds what is no number ({printable(str(error), 60)}). Export it again.") from error
        lines.append(number)
    if not times:
        raise ValueError(f"{text.name}: expected rows below the header in line {end + 2}, got none. Was anything recorded?")
    stated = _RATE.search("\n".join(text.lines[:end]))
    time_s = np.array(times)
    rate = float(stated.group(1)) if stated else None
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    if rate is not None and abs(step - 1.0) < 1e-6 and rate > 2:
        time_s = time_s / rate  # packets were counted
    elif abs(step - 1.0) < 1e-6:
        rate = choose_rate(text.name, rate, hints.rate_hz)
        if rate is None:
            raise ValueError(f"{text.name}: the time column counts packets and no DataRate is stated. Give --rate-hz R (rate_hz=R in Python).")
        time_s = time_s / rate
    choose_rate(text.name, rate or measure_rate(time_s), hints.rate_hz)
    return build_imu(text.name, np.array(lines), time_s, dict(zip(QUAT, np.array(quats).T, strict=True)))


def _end_of_header(text: Text) -> int | None:
    return next((i for i, line in enumerate(text.lines[:_HEADER_SEARCH]) if line.strip().lower() == "endheader"), None)


OPENSIM = text_format("opensim", "OpenSim orientations (.sto)", recognise_sto, read_sto, name_columns)

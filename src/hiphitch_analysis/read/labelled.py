"""Any csv whose headings say what each column is, like ``Gyroscope X (deg/s)``, ``acc_x``, ``AccX [m/s²]``, ``time_ms`` or ``ax,ay,az``.

A heading is read as quantity, axis and unit. Units come from the heading, else from the caller (``--acc-unit``, ``--gyr-unit``); the time from a time
column whose unit is stated or can only be one, else from ``--rate-hz``. What is ambiguous is refused rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.clocks import Timing, read_unix
from hiphitch_analysis.read.samples import (
    ACC_UNITS,
    GYR_UNITS,
    Array,
    Hints,
    build_imu,
    choose_rate,
    choose_unit,
    measure_rate,
    spell_unit,
    text_format,
)
from hiphitch_analysis.read.text import Cells, Text, first_line, printable, split_cells, split_header
from hiphitch_analysis.schema import ACC, GYR, MAG

_WORDS = {
    "free": r"(?:linear|user|free|dynamic)\W*(?:acc\w*)|lin\W?acc\w*|acc\w*\W*(?:linear|user|without\W*g\w*)",
    "acc": r"acc|accel|accelerometer|acceleration|total\W?acceleration|a(?=[xyz]$)",
    "gyr": r"gyr|gyro|gyroscope|angular\W?rate|angular\W?velocity|rotation\W?rate|omega|[gw](?=[xyz]$)",
    "mag": r"mag|magnetometer|magnetic\W?field",
}
_TIME = re.compile(r"^(?:time|timestamp|time\W?stamp|t|elapsed|seconds|seconds\W?elapsed|sample\W?time|clock)$")
_UNIT = re.compile(r"[(\[](?P<unit>[^)\]]*)[)\]]\s*$")
_TAIL = re.compile(r"(?:^|[\W_])(?P<unit>m_?s_?\^?2|m/s\^?2|mg|g|rad_?/?s|deg_?/?s|dps|ut|us|ms|ns|s)$")
_TAIL_UNITS = {"m_s2": "m/s2", "ms2": "m/s2", "m_s_2": "m/s2", "rad_s": "rad/s", "rads": "rad/s", "deg_s": "deg/s", "degs": "deg/s"}
_TIME_UNITS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PLAUSIBLE_HZ = (15.0, 2000.0)
_PREFIX = re.compile(r"^(?:imu|sensor|raw|calibrated|cal|bmi\d+|mpu\d+)\W+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What one heading says: quantity (``acc gyr mag free time``), axis (``x y z``, empty for time) and unit as written, None when it has none."""

    quantity: str
    axis: str
    unit: str | None


def recognise_labelled(text: Text) -> bool:
    """Whether three headings name the axes of an acceleration."""
    if "PacketCounter" in _names(text):
        return False  # an Xsens export without a sign of which kind: the kinds differ in units
    found = {(h.quantity, h.axis) for name in _names(text) if (h := read_heading(name))}
    return any(all((quantity, axis) in found for axis in "xyz") for quantity in ("acc", "free"))


def names_gyroscope(text: Text) -> bool:
    """Whether three headings name the axes of a gyroscope, by its name or its unit."""
    found = {heading.axis for name in _names(text) if (heading := read_heading(name)) and heading.quantity == "gyr"}
    return found >= set("xyz") or sum("rad/s" in name or "deg/s" in name for name in _names(text)) >= 3


def read_heading(name: str) -> Heading | None:
    """Return what a heading says; None when it is none of a motion sensor's.

    Parameters
    ----------
    name : str

    Returns
    -------
    Heading or None

    Examples
    --------
    >>> read_heading("Gyroscope X (deg/s)")
    Heading(quantity='gyr', axis='x', unit='deg/s')
    >>> read_heading("acc_y_m_s2"), read_heading("az")
    (Heading(quantity='acc', axis='y', unit='m/s2'), Heading(quantity='acc', axis='z', unit=None))
    >>> read_heading("time_us"), read_heading("accuracy")
    (Heading(quantity='time', axis='', unit='us'), None)
    """
    unit, bare = None, name.strip()
    bracketed = _UNIT.search(bare)
    if bracketed:
        unit, bare = bracketed["unit"].strip().lower() or None, bare[: bracketed.start()]
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare).lower()
    tail = None if bracketed else _TAIL.search(plain)
    if tail and tail.start() > 0:
        unit, plain = _TAIL_UNITS.get(tail["unit"], tail["unit"]), plain[: tail.start()]
    plain = _PREFIX.sub("", re.sub(r"[\W_]+", " ", plain).strip())
    if _TIME.match(plain):
        return Heading("time", "", unit)
    for quantity, words in _WORDS.items():
        match = re.match(rf"^(?:{words})\W*(?P<axis>[xyz])$", plain) or re.match(rf"^(?P<axis>[xyz])\W*(?:{words})$", plain)
        if match:
            return Heading(quantity, match["axis"], unit)
    return None


def read_labelled(text: Text, hints: Hints) -> pd.DataFrame:
    """Read a csv by its headings.

    Parameters
    ----------
    text : Text
    hints : Hints
        Rate and units, where the headings do not say.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        Gravity was removed, two columns for one axis, units or rate neither stated nor given, or what cannot be a recording.
    """
    names = _names(text)
    headings = {position: heading for position, name in enumerate(names) if (heading := read_heading(name))}
    cells = replace(split_cells(text, first_line(text), pad=False), header=tuple(f"{i}" for i in range(len(names))))
    columns: dict[str, Array] = {}
    for quantity, ours in (("acc", ACC), ("gyr", GYR), ("mag", MAG)):
        found = _find_axes(text.name, names, headings, quantity)
        if not found:
            continue
        units = {headings[position].unit for position in found}
        if len(units) > 1:
            written = ", ".join(names[position] for position in found)
            raise ValueError(f"{text.name}: the axes of one sensor have different units ({printable(written, 80)}). Correct the headings.")
        unit = units.pop()
        if quantity == "mag":
            if unit is None or spell_unit(unit) not in ("ut", "µt"):
                continue  # in another unit it is of no use here
            factor = 1.0
        else:
            given = hints.acc_unit if quantity == "acc" else hints.gyr_unit
            factor = choose_unit(text.name, quantity, ACC_UNITS if quantity == "acc" else GYR_UNITS, unit, given)
        values = read_numbers(cells, [str(position) for position in found])
        columns |= {name: column * factor for name, column in zip(ours, values.values(), strict=True)}
    if ACC[0] not in columns:
        raise ValueError(
            f"{text.name}: expected the acceleration with gravity, got only the one without it (linear or user acceleration). "
            "Export the accelerometer itself."
        )
    return build_imu(text.name, cells.lines, _read_time(cells, names, headings, hints)[0], columns)


def read_labelled_timing(text: Text, hints: Hints) -> Timing:
    """Return the time of day at the first sample, where the times count from 1970; `text` is a file that `read_labelled` reads."""
    names = _names(text)
    headings = {position: heading for position, name in enumerate(names) if (heading := read_heading(name))}
    cells = replace(split_cells(text, first_line(text), pad=False), header=tuple(f"{i}" for i in range(len(names))))
    time_s, start_s = _read_time(cells, names, headings, hints)
    return Timing(clock=read_unix(start_s + time_s))


def _find_axes(name: str, names: tuple[str, ...], headings: dict[int, Heading], quantity: str) -> list[int]:
    """Return the positions of x, y and z of a quantity; none when it is not there."""
    found = []
    for axis in "xyz":
        at = [position for position, heading in headings.items() if (heading.quantity, heading.axis) == (quantity, axis)]
        if len(at) > 1:
            raise ValueError(f"{name}: columns {' and '.join(repr(names[i]) for i in at)} both name {quantity} {axis}. Keep one of them.")
        found += at
    return found if len(found) == 3 else []


def _read_time(cells: Cells, names: tuple[str, ...], headings: dict[int, Heading], hints: Hints) -> tuple[Array, float]:
    """Return the time of each row, from 0, and what the clock read in the first [s]."""
    name = cells.name
    at = [position for position, heading in headings.items() if heading.quantity == "time"]
    if len(at) > 1:
        stated = [position for position in at if headings[position].unit is not None]
        at = stated if len(stated) == 1 else at[:0] if hints.rate_hz else at
    if len(at) > 1:
        raise ValueError(f"{name}: columns {' and '.join(repr(names[i]) for i in at)} all name a time. Keep one of them.")
    if not at:
        if hints.rate_hz is None:
            raise ValueError(f"{name}: the file has neither a time column nor a rate. Give --rate-hz R (rate_hz=R in Python).")
        return np.arange(len(cells.rows)) / hints.rate_hz, 0.0
    raw = read_numbers(cells, [str(at[0])])[str(at[0])]
    time = raw - raw[0]
    unit = headings[at[0]].unit
    rate = measure_rate(time)
    if unit is not None:
        factor = _TIME_UNITS.get(unit.strip().lower())
        if factor is None:
            raise ValueError(f"{name}: unit of '{names[at[0]]}' — expected s, ms, us or ns. Correct the heading.")
    else:
        fitting = sorted({f for f in _TIME_UNITS.values() if rate is not None and _PLAUSIBLE_HZ[0] <= rate / f <= _PLAUSIBLE_HZ[1]})
        if hints.rate_hz is not None and rate is not None:
            fitting = [f for f in fitting if abs(rate / f / hints.rate_hz - 1) < 0.02]
        if len(fitting) != 1:
            raise ValueError(f"{name}: the unit of time in '{names[at[0]]}' is not stated. Write it into the heading, like time_s or time_ms.")
        factor = fitting[0]
    choose_rate(name, measure_rate(time * factor), hints.rate_hz)
    return np.asarray(time * factor), float(raw[0] * factor)


def _names(text: Text) -> tuple[str, ...]:
    return split_header(text.lines[first_line(text)])


LABELLED = text_format(
    "labelled", "a csv whose headings name acceleration, axis and unit", recognise_labelled, read_labelled, read_timing=read_labelled_timing
)

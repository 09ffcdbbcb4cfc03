"""What every reader of sensor recordings shares: the rate, the time line, the device's orientation, and the finished IMU table."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.read.clocks import Timing
from hiphitch_analysis.read.orientation import prepare_quaternions
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.text import Text, printable
from hiphitch_analysis.schema import ACC, GYR, MAG, QUAT, Imu, check_table

Array = NDArray[np.float64]

RATE_TOLERANCE = 0.02  # clocks of sensors agree to 0.01 %; 2 % apart is another rate
_TIME_LIMIT_S = 1e11  # thousands of years: no clock in seconds reads that
_MENDED_SHARE = 0.02  # of all rows: more than that is no accident of a radio link
_SWAPPED_S = 1.0  # rows that swapped places are nearer in time; a clock that began anew falls farther
_RESET_GAP_S = 1.0
_LEAST_STAMPS = 20  # fewer times say nothing about how samples came
_GROUPS = (ACC, GYR, MAG, QUAT)


ACC_UNITS = {"m/s2": 1.0, "g": GRAVITY_M_S2.value, "mg": GRAVITY_M_S2.value / 1000}
GYR_UNITS = {"rad/s": 1.0, "deg/s": np.pi / 180}
_SAME_UNIT = {
    **dict.fromkeys(("m/s/s", "ms-2", "m.s-2"), "m/s2"),
    **dict.fromkeys(("gs",), "g"),
    **dict.fromkeys(("r/s", "radians/s"), "rad/s"),
    **dict.fromkeys(("dps", "degrees/s", "degree/s", "deg/sec"), "deg/s"),
}


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows about a recording that its file may not say.

    Attributes
    ----------
    rate_hz : float or None
        Sampling rate [Hz].
    sensor : str or None
        One of the names in a recording of several sensors.
    acc_unit, gyr_unit : str or None
        A key of `ACC_UNITS` and of `GYR_UNITS`.
    """

    rate_hz: float | None = None
    sensor: str | None = None
    acc_unit: str | None = None
    gyr_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of sensor recording. A new kind is a module that makes one of these, and one line in ``read.imu.FORMATS``.

    Attributes
    ----------
    name : str
        Short name, as for ``--format``.
    label : str
        A few words on what it is, for messages.
    recognise : callable
        Whether a source has this format, judged by content.
    read : callable
        Source and the caller's hints → table IMU.
    name_sensors : callable
        Names of the sensors in a source, none where a recording holds one nameless sensor. With names, `read` always gets one in its hints.
    read_timing : callable
        What a source that can be read says of its time beside the samples.
    find_day : callable
        The day on which a recording began where it was made, None where the file does not surely say it: a time in UTC may be the day beside.
    """

    name: str
    label: str
    recognise: Callable[[Source], bool]
    read: Callable[[Source, Hints], pd.DataFrame]
    name_sensors: Callable[[Source], tuple[str, ...]] = lambda source: ()
    read_timing: Callable[[Source, Hints], Timing] = lambda source, hints: Timing()
    find_day: Callable[[Source], pd.Timestamp | None] = lambda source: None


def text_format(
    name: str,
    label: str,
    recognise: Callable[[Text], bool],
    read: Callable[[Text, Hints], pd.DataFrame],
    name_sensors: Callable[[Text], tuple[str, ...]] = lambda text: (),
    read_timing: Callable[[Text, Hints], Timing] = lambda text, hints: Timing(),
) -> Format:
    """Make the Format of recordings that are one text; a zip archive or folder with that one text in it is good too."""
    return Format(
        name,
        label,
        lambda source: len(source.texts) == 1 and recognise(source.texts[0]),
        lambda source, hints: read(source.texts[0], hints),
        lambda source: name_sensors(source.texts[0]),
        lambda source, hints: read_timing(source.texts[0], hints),
    )


def choose_unit(name: str, quantity: str, units: Mapping[str, float], stated: str | None, given: str | None) -> float:
    """Return the factor to SI of the unit the file states, else of the one given by the caller.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    quantity : {"acc", "gyr"}
        As in ``--acc-unit`` and ``--gyr-unit``.
    units : mapping of str to float
        `ACC_UNITS` or `GYR_UNITS`.
    stated, given : str or None
        In any usual spelling.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Neither is there, one is unknown, or both are there and differ.

    Examples
    --------
    >>> choose_unit("a.csv", "gyr", GYR_UNITS, "rad/s", None)
    1.0
    """
    known = {unit: units.get(spell_unit(unit)) for unit in (stated, given) if unit is not None}
    expected = " or ".join(units)
    for unit, factor in known.items():
        if factor is None:
            raise ValueError(f"{name}: unit of {quantity} '{printable(unit, 20)}' — expected {expected}. Convert the column, or correct its heading.")
    factors = [factor for factor in known.values() if factor is not None]
    if not factors:
        raise ValueError(f"{name}: the file does not say in which unit {quantity} is. Give --{quantity}-unit {'|'.join(units)} ({quantity}_unit).")
    if len(set(factors)) > 1:
        raise ValueError(f"{name}: {quantity} is in {stated} according to the file, but --{quantity}-unit says {given}. Leave it out or correct it.")
    return factors[0]


def spell_unit(unit: str) -> str:
    """Return a unit in this module's spelling, or as it is when it is none of them.

    >>> [spell_unit(unit) for unit in ("(m/s^2)", "G", "°/s", "dps", "m/(s^2)")]
    ['m/s2', 'g', 'deg/s', 'deg/s', 'm/s2']
    """
    plain = re.sub(r"[()\[\]^*·\s]", "", unit.lower()).replace("²", "2").replace("°", "deg")
    return _SAME_UNIT.get(plain, plain)


def choose_rate(name: str, stated_hz: float | None, given_hz: float | None) -> float | None:
    """Return the rate [Hz] the file states, else the one given by the caller, else None.

    Raises
    ------
    ValueError
        Both are there and differ by more than 2 %.
    """
    if stated_hz is None or given_hz is None:
        return given_hz if stated_hz is None else stated_hz
    if abs(stated_hz - given_hz) > RATE_TOLERANCE * stated_hz:
        raise ValueError(f"{name}: the file says {stated_hz:.6g} Hz, but --rate-hz (rate_hz) says {given_hz:.6g} Hz. Leave it out or correct it.")
    return stated_hz


def measure_rate(time_s: Array) -> float | None:
    """Return the rate [Hz] that follows from the median step of `time_s` [s]; None if there is no forward step."""
    steps = np.diff(time_s)
    steps = steps[steps > 0]
    return float(1 / np.median(steps)) if steps.size else None


def count_from_start(values: Array, modulus: float) -> Array:
    """Count from the first value, undoing the overflows of a counter that restarts from 0 at `modulus`.

    >>> count_from_start(np.array([65534.0, 65535.0, 0.0, 1.0]), 2**16)
    array([0., 1., 2., 3.])
    """
    wraps = np.concatenate([[0.0], np.cumsum(np.diff(values) < -modulus / 2)])
    return np.asarray(values - values[0] + wraps * modulus, dtype=np.float64)


def build_imu(name: str, lines: NDArray[np.int64], time_s: Array, columns: Mapping[str, Array]) -> pd.DataFrame:
    """Make the table IMU: time from 0, whole groups of columns only, repeated samples once.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    lines : ndarray of int, shape (n,)
        Line of the file of each sample, for messages.
    time_s : ndarray, shape (n,)
        Time [s]; missing packets are gaps in it and stay gaps.
    columns : mapping of str to ndarray, shape (n,)
        Columns of the table IMU. A group (acc, gyr, mag, quat) without a single number is left out.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        Time missing or going backwards, two different samples at one time, fewer than two samples, neither accelerations nor orientation.
    """
    groups = [group for group in _GROUPS if group[0] in columns and any(np.isfinite(columns[c]).any() for c in group)]
    if ACC not in groups and QUAT not in groups:
        got = " and ".join(group[0].split("_")[0] for group in groups) or "nothing"
        raise ValueError(f"{name}: expected accelerations or the device's orientation (quaternions), got {got}. Export at least one of them.")
    table = pd.DataFrame({c: columns[c] for group in groups for c in group}, index=pd.Index(time_s, name="time_s"))
    if QUAT in groups:
        table[QUAT] = prepare_quaternions(table[QUAT].to_numpy(), name, lines)
    table = _check_time(table, name, lines)
    if len(table) < 2:
        raise ValueError(f"{name}: expected at least two samples, got {len(table)}. Was anything recorded?")
    table.index = table.index - table.index[0]
    return check_table(table, Imu)


class RecordingDoubt(UserWarning):
    """A doubt about a recording that shows while it is read; `flag` is its short code, for ``quality``."""

    def __init__(self, flag: str, sentence: str) -> None:
        super().__init__(sentence)
        self.flag = flag


def _check_time(table: pd.DataFrame, name: str, lines: NDArray[np.int64]) -> pd.DataFrame:
    """Return the table with a strictly increasing time; refuse a time line that is none.

    Rows that a radio link swapped are put in order, a clock that began anew runs on after a second's gap, samples that came in bursts under one time
    are spread, and repeated samples stand once: all with a warning.
    """
    time_s = table.index.to_numpy(dtype=float)
    wrong = np.flatnonzero(~(np.abs(time_s) < _TIME_LIMIT_S))
    if wrong.size:
        raise ValueError(f"{name}: line {lines[wrong[0]]} has no usable time. Every sample needs one; correct or remove the line.")
    table, lines = _mend_order(table, name, lines)
    time_s = table.index.to_numpy(dtype=float)
    values = table.to_numpy()
    again = np.flatnonzero(np.diff(time_s) == 0) + 1
    repeated = np.array([np.array_equal(values[i], values[i - 1], equal_nan=True) for i in again], dtype=bool)
    if repeated.any():
        sentence = f"{name}: {int(repeated.sum())} row(s) stand twice and were taken once, first in line {lines[again[repeated][0]]}"
        warnings.warn(RecordingDoubt("repeated_rows", sentence), stacklevel=4)
    table, lines = table.iloc[np.setdiff1d(np.arange(len(table)), again[repeated])], np.delete(lines, again[repeated])
    if repeated.all():
        return table
    return _spread_bursts(table, name, lines)


def _mend_order(table: pd.DataFrame, name: str, lines: NDArray[np.int64]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    time_s = table.index.to_numpy(dtype=float, copy=True)
    steps = np.diff(time_s)
    back = np.flatnonzero(steps < 0)
    if not back.size:
        return table, lines
    if back.size > _MENDED_SHARE * len(time_s):
        raise ValueError(f"{name}: time goes backwards in line {lines[back[0] + 1]}. Sort the rows, or cut the file into its recordings.")
    if (steps[back] > -_SWAPPED_S).all():
        order = np.argsort(time_s, kind="stable")
        warnings.warn(RecordingDoubt("rows_swapped", f"{name}: {back.size} rows were out of order and have been sorted"), stacklevel=4)
        return table.iloc[order], lines[order]
    for at in back:
        time_s[at + 1 :] += time_s[at] - time_s[at + 1] + _RESET_GAP_S
    sentence = f"{name}: the clock began anew {back.size} time(s), first in line {lines[back[0] + 1]}; how long the pause was is not known"
    warnings.warn(RecordingDoubt("clock_reset", sentence), stacklevel=4)
    return table.set_axis(pd.Index(time_s, name="time_s")), lines


def _spread_bursts(table: pd.DataFrame, name: str, lines: NDArray[np.int64]) -> pd.DataFrame:
    """Spread samples that arrived together under one time evenly until the next time."""
    time_s = table.index.to_numpy(dtype=float)
    stamps, first, sizes = np.unique(time_s, return_index=True, return_counts=True)
    twice = first[sizes > 1][0] + 1
    if len(stamps) < _LEAST_STAMPS:
        raise ValueError(f"{name}: lines {lines[twice - 1]} and {lines[twice]} have the same time but different values. Remove one of them.")
    if (sizes > 1).mean() < _MENDED_SHARE:
        sentence = f"{name}: {int((sizes - 1).sum())} samples share their time with another one and were left out, first in line {lines[twice]}"
        warnings.warn(RecordingDoubt("same_times", sentence), stacklevel=4)
        return table.iloc[first]
    # A burst's stamp is that of its arrival: its samples were taken since the one before.
    ends = np.cumsum(sizes) - 1.0
    spread = np.interp(np.arange(len(time_s)), ends, stamps)
    head = np.arange(len(time_s)) < ends[0]
    spread[head] = stamps[0] - (ends[0] - np.arange(len(time_s))[head]) * (stamps[1] - stamps[0]) / sizes[1]
    warnings.warn(
        RecordingDoubt("bursts", f"{name}: samples came in bursts of about {np.median(sizes):.0f} under one time, and were spread"), stacklevel=4
    )
    return table.set_axis(pd.Index(spread, name="time_s"))

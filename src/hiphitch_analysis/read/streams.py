"""Phones write each sensor with a clock of its own: several streams → one table on the accelerometer's times."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.samples import Hints, RecordingDoubt, build_imu, choose_rate, measure_rate
from hiphitch_analysis.schema import ACC, GYR

Array = NDArray[np.float64]

LONGEST_STEP_S = 0.25  # between two samples that may be interpolated
LEAST_SHARED = 0.5  # of the accelerometer's time that another stream must cover


@dataclass(frozen=True, slots=True)
class Stream:
    """One sensor's samples.

    Attributes
    ----------
    name : str
        Where they come from, for messages.
    time_s : ndarray, shape (n,)
        Time [s] on a clock common to all streams of a recording.
    xyz : ndarray, shape (n, 3)
        x, y, z in SI units.
    lines : ndarray of int, shape (n,)
        Line of the file of each sample, for messages.
    """

    name: str
    time_s: Array
    xyz: Array
    lines: NDArray[np.int64]


def sort_stream(stream: Stream) -> Stream:
    """Return the stream in order of time, each time once, and warn of how many were left out: phones deliver in bursts, and now and then twice."""
    known = np.isfinite(stream.time_s)
    order = np.argsort(stream.time_s[known], kind="stable")
    time_s, xyz, lines = stream.time_s[known][order], stream.xyz[known][order], stream.lines[known][order]
    first = np.r_[True, np.diff(time_s) > 0] if len(time_s) else np.zeros(0, dtype=bool)
    if not first.all():
        sentence = f"{stream.name}: {int((~first).sum())} row(s) repeat a time and were left out, first in line {lines[~first].min()}"
        warnings.warn(RecordingDoubt("repeated_rows", sentence), stacklevel=3)
    return Stream(stream.name, time_s[first], xyz[first], lines[first])


def bring_together(main: Stream, other: Stream) -> Array:
    """Interpolate another stream to the times of the main one.

    Parameters
    ----------
    main, other : Stream
        In order of time.

    Returns
    -------
    ndarray, shape (len(main.time_s), 3)
        NaN before and after the other stream, and in its gaps of more than a quarter of a second.

    Raises
    ------
    ValueError
        The two overlap by less than half of the main stream.

    Examples
    --------
    >>> line = np.arange(4)
    >>> main = Stream("acc", np.array([0.0, 0.1, 0.2, 0.3]), np.zeros((4, 3)), line)
    >>> other = Stream("gyr", np.array([0.05, 0.15, 0.25, 0.35]), np.array([[0.5], [1.5], [2.5], [3.5]]) * [1, 0, 0], line)
    >>> bring_together(main, other)[:, 0]
    array([nan,  1.,  2.,  3.])
    """
    together = np.column_stack([np.interp(main.time_s, other.time_s, other.xyz[:, i], np.nan, np.nan) for i in range(3)])
    after = np.clip(np.searchsorted(other.time_s, main.time_s), 1, len(other.time_s) - 1)
    apart = other.time_s[after] - other.time_s[after - 1] > LONGEST_STEP_S
    together[apart & (main.time_s != other.time_s[after])] = np.nan
    shared = float(np.isfinite(together[:, 0]).mean())
    if shared < LEAST_SHARED:
        raise ValueError(describe_little_shared(other.name, main.name, shared))
    return together


def describe_little_shared(other: str, main: str, shared: float) -> str:
    """Say that a recording covers too little of another one's time.

    >>> describe_little_shared("gyr.csv", "acc.csv", 0.1)[:46]
    'gyr.csv: covers only 10% of the time of acc.cs'
    """
    return (
        f"{other}: covers only {shared:.0%} of the time of {main} — expected at least half. "
        "Check that both were recorded together, and leave one out if not."
    )


def build_from_streams(name: str, accelerometer: Stream, gyroscope: Stream | None, hints: Hints) -> pd.DataFrame:
    """Make the table IMU on the accelerometer's times.

    Parameters
    ----------
    name : str
        The recording's name, for messages.
    accelerometer : Stream
        Specific force [m/s²], in order of time.
    gyroscope : Stream or None
        Angular rate [rad/s], in order of time.
    hints : Hints
        Streams have clocks, so the caller's rate is only compared.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        The streams do not overlap, another rate than the caller's, or what cannot be a recording.
    """
    columns = dict(zip(ACC, accelerometer.xyz.T, strict=True))
    if gyroscope is not None:
        columns |= dict(zip(GYR, bring_together(accelerometer, gyroscope).T, strict=True))
    time_s = accelerometer.time_s - accelerometer.time_s[:1]
    choose_rate(name, measure_rate(time_s), hints.rate_hz)
    return build_imu(name, accelerometer.lines, time_s, columns)

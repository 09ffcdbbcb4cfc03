"""What every reader of poses shares: the result, what the caller may add, and the clock of the frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.read.samples import choose_rate, measure_rate
from hiphitch_analysis.read.source import Source

Array = NDArray[np.float64]
Doubt = tuple[str, str]

LARGEST = 1e7  # no position, angle or pixel of a person is larger, in whatever unit
_LATEST_S = 1e11  # thousands of years: no clock in seconds reads that
_FRAME_RATES_HZ = (4.0, 1500.0)  # of cameras; a factor of a thousand apart, so that a step has one unit only


@dataclass(frozen=True, slots=True)
class Pose:
    """A pose over time, as read from a file.

    Attributes
    ----------
    kind : {"markers", "landmarks", "coordinates"}
        Which table it is.
    table : DataFrame
        Table MARKERS [m, z up], LANDMARKS [px, y down] or COORDINATES [°, m]; index time_s [s] from 0.
    format : str
        Name of the format it was read from.
    frame_px : tuple of float or None
        Width and height of the picture [px]; None where there is no picture or nobody says.
    doubts : tuple of (str, str)
        What is doubtful about the file: a short flag and a sentence each.
    start_s : float
        Time [s] of the first frame on the file's own clock, by which files of one recording are laid beside each other.
    """

    kind: str
    table: pd.DataFrame
    format: str
    frame_px: tuple[float, float] | None = None
    doubts: tuple[Doubt, ...] = ()
    start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PoseHints:
    """What the caller knows about a file that it may not say.

    Attributes
    ----------
    rate_hz : float or None
        Frames per second [Hz].
    frame_px : tuple of float or None
        Width and height of the picture [px].
    skeleton : str or None
        A key of ``read.skeletons.SKELETONS``.
    """

    rate_hz: float | None = None
    frame_px: tuple[float, float] | None = None
    skeleton: str | None = None


@dataclass(frozen=True, slots=True)
class PoseFormat:
    """One kind of pose file. A new kind is a module that makes one of these, and one line in ``read.pose.FORMATS``.

    Attributes
    ----------
    name : str
        Short name, as in ``Pose.format``.
    label : str
        A few words on what it is, for messages.
    recognise : callable
        Whether a source has this format, judged by content.
    read : callable
        Source and the caller's hints → Pose.
    """

    name: str
    label: str
    recognise: Callable[[Source], bool]
    read: Callable[[Source, PoseHints], Pose]


def start_clock(name: str, time_s: Array, lines: NDArray[np.int64], place: str = "line") -> Array:
    """Return the times [s] counted from the first frame; `lines` says where each stands, and `place` what is counted there.

    Raises
    ------
    ValueError
        A frame has no time, or is not later than the one before.
    """
    wrong = np.flatnonzero(~(np.abs(time_s) < _LATEST_S))
    if wrong.size:
        raise ValueError(f"{name}: {place} {lines[wrong[0]]} has no usable time — expected one everywhere. Correct or remove that {place}.")
    back = np.flatnonzero(np.diff(time_s) <= 0)
    if back.size:
        first, second = lines[back[0]], lines[back[0] + 1]
        same = time_s[back[0] + 1] == time_s[back[0]]
        what = f"{place}s {first} and {second} have the same time" if same else f"time goes backwards in {place} {second}"
        raise ValueError(f"{name}: {what} — expected every frame later than the one before. Sort the rows, or cut the file into its recordings.")
    started: Array = time_s - time_s[0]
    if (np.diff(started) <= 0).any():
        raise ValueError(
            f"{name}: times near {time_s[0]:.3g} s lie too close together to be told apart. Export them counted from the recording's start."
        )
    return started


def time_by_rate(name: str, frames: Array, rate_hz: float | None) -> Array:
    """Return the times [s] of frames that are only numbered; ValueError where nobody says the rate."""
    if rate_hz is None:
        raise ValueError(
            f"{name}: expected times or a frame rate, and the file states neither. "
            "Give the frames per second of the video, --rate-hz R (rate_hz=R in Python)."
        )
    return np.asarray((frames - frames[0]) / rate_hz, dtype=np.float64)


def check_rate(name: str, time_s: Array, stated_hz: float | None, given_hz: float | None) -> tuple[Doubt, ...]:
    """Hold the rate that a file states, and the caller's, against its times; a difference in the file is a doubt, in the caller's word an error."""
    measured = measure_rate(time_s)
    choose_rate(name, measured, given_hz)
    if measured is None or stated_hz is None or abs(stated_hz - measured) <= 0.02 * measured:
        return ()
    return (("rate_differs", f"{name}: the header says {stated_hz:.6g} Hz, its times say {measured:.6g} Hz; the times were used"),)


def guess_time_unit(name: str, times: Array) -> float:
    """Return the factor to seconds of times whose unit nobody states: only one of s, ms, µs and ns makes a camera's frame rate of them.

    >>> guess_time_unit("a.json", np.array([0.0, 33.0, 67.0]))
    0.001
    """
    rate = measure_rate(times)
    if rate is None:
        return 1.0
    for factor in (1.0, 1e-3, 1e-6, 1e-9):
        if _FRAME_RATES_HZ[0] <= rate / factor < _FRAME_RATES_HZ[1]:
            return factor
    raise ValueError(f"{name}: steps of {1 / rate:.3g} from frame to frame are no camera's in s, ms, µs or ns. Correct them, or give --rate-hz R.")


def refuse_far(name: str, values: Array, lines: NDArray[np.int64], place: str = "line") -> None:
    """Raise ValueError where a value is farther out than any of a person can be."""
    with np.errstate(invalid="ignore"):
        far = np.flatnonzero((np.abs(values) > LARGEST).any(axis=tuple(range(1, values.ndim))))
    if far.size:
        raise ValueError(
            f"{name}: {place} {lines[far[0]]} holds a number above {LARGEST:.0e} — expected positions or angles. Leave such cells empty."
        )

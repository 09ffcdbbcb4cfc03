"""What a file says of its time beside its samples: how many packets the device counted, and a clock that other sensors may share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis import norms

Array = NDArray[np.float64]

_UNIX_S = (1e9, 4e9)  # 2001 to 2096: no clock that began with a recording, or when the device was switched on, reads that in seconds


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that does not begin anew with each recording.

    Attributes
    ----------
    kind : str
        Only clocks of one kind can be compared: ``DOT``, ``MTw`` or ``time of day``.
    start_s : float
        What it read at the recording's first sample [s].
    period_s : float
        After how long it begins anew [s]; infinite where it never does.
    shared : bool or None
        Whether the file shows that other sensors have this clock too; None where it says nothing.
    within_s : float
        How far two such clocks may be apart [s].
    """

    kind: str
    start_s: float
    period_s: float
    shared: bool | None
    within_s: float


@dataclass(frozen=True, slots=True)
class Timing:
    """What a file says of its time.

    Attributes
    ----------
    packets : int or None
        Packets that the device counted from the first sample to the last, both included; None without a counter that fits the times.
    clock : Clock or None
    """

    packets: int | None = None
    clock: Clock | None = None


def read_unix(time_s: Array) -> Clock | None:
    """Return the clock of times in seconds since 1970; None where they cannot be that.

    >>> read_unix(np.array([1.7e9, 1.7e9 + 0.02])).start_s, read_unix(np.array([0.0, 0.02]))
    (1700000000.0, None)
    """
    known = time_s[np.isfinite(time_s)]
    if not len(known) or not (known >= _UNIX_S[0]).all() or not (known < _UNIX_S[1]).all():
        return None
    return Clock("time of day", float(known.min()), np.inf, True, norms.TIME_OF_DAY_S.value)


def find_offset(main: Clock | None, other: Clock | None) -> float | None:
    """Return how much later than the main recording's first sample the other's was taken [s]; None without a clock that could be common.

    >>> one, two = (Clock("DOT", start, 4294.967296, True, 0.01) for start in (4294.9, 0.1))
    >>> round(find_offset(one, two), 6)  # the second began after the clock's overflow
    0.167296
    """
    if main is None or other is None or main.kind != other.kind:
        return None
    offset, period = other.start_s - main.start_s, main.period_s
    return offset if np.isinf(period) else (offset + period / 2) % period - period / 2

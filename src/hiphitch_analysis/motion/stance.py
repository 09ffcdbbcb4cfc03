"""Where the person stands still on both feet, and the shift of weight that follows: what tells level, and which way is sideways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, correlate1d
from scipy.signal import butter, sosfiltfilt

from hiphitch_analysis.motion.orientation import Overview
from hiphitch_analysis.norms import QUIET_STANCE_S

Array = NDArray[np.float64]

QUIET_TURN_DEG_S = 2.0  # sway of the standing pelvis turns slower; the slowest lowering is faster at its peak
QUIET_SPREAD_DEG = 0.5  # standard deviation: body sway stays below, the slowest small repetition does not
QUIET_ACC_M_S2 = 0.12  # and does not travel: a weight shift without any turning would otherwise pass
SHIFT_LASTS_S = 1.2  # the weight is on one leg, and the pelvis at rest again, after that long
SHIFT_M = 0.04  # half the feet's distance, 5–10 cm, is how far the pelvis goes over; standing and swaying it comes back before
SHIFT_OVER_REPS = 1.75  # and that many times further than in the movement that follows, else it may be that movement's own beginning
SHIFT_WITHIN_S = 4.0
TRAVEL_CUTOFF_HZ = 3.0
LEAST_BLOCKS = 28  # the low-pass pads by nine samples at each end


@dataclass(frozen=True, slots=True)
class Stance:
    """How a recording begins.

    Attributes
    ----------
    quiet : ndarray of bool, shape (k,)
        Blocks of the overview within any still stretch of at least 3 s.
    zero_s : (float, float) or None
        Start and end of the first of them [s], trimmed by half a second at each end; None when there is none.
    shift_s : (float, float) or None
        Start and end of the sideways shift that follows it and tells a two-footed stance from one on one leg [s]; None when there is none.
    travel : ndarray, shape (k, 2), or None
        Horizontal acceleration in the earth frame, low-passed [m/s²]; None when the recording holds none.
    """

    quiet: NDArray[np.bool_]
    zero_s: tuple[float, float] | None
    shift_s: tuple[float, float] | None
    travel: Array | None


def find_stance(overview: Overview) -> Stance:
    """Find where the person stands still, the first such stretch, and the shift of weight after it.

    Parameters
    ----------
    overview : Overview

    Returns
    -------
    Stance
    """
    time_s, rate = overview.time_s, overview.rate_hz
    window = round(QUIET_STANCE_S.value * rate)
    none = np.zeros(len(time_s), dtype=bool)
    if len(none) < window + 2:
        return Stance(none, None, None, None)
    turning = _rolling_mean((overview.turning**2).sum(axis=1), window)
    centred = overview.up - overview.up.mean(axis=0)
    spread = _rolling_mean((centred**2).sum(axis=1), window) - sum(_rolling_mean(axis, window) ** 2 for axis in centred.T)
    still = (turning < np.radians(QUIET_TURN_DEG_S) ** 2) & (spread * window / (window - 1) < np.radians(QUIET_SPREAD_DEG) ** 2)
    travel = way = None
    if overview.acceleration is not None and len(none) >= LEAST_BLOCKS:
        travel = low_pass(overview.acceleration[:, :2], rate, TRAVEL_CUTOFF_HZ)
        still &= _rolling_mean((travel**2).sum(axis=1), window) < QUIET_ACC_M_S2**2
    quiet = binary_dilation(still, np.ones(window))  # a window's verdict holds for the whole window …
    if travel is not None:  # … but two stances are never one across the shift between them
        way = travelled(travel, rate)
        quiet &= way < SHIFT_M
    starts = np.flatnonzero(np.diff(np.r_[False, quiet].astype(int)) == 1)
    ends = np.flatnonzero(np.diff(np.r_[quiet, False].astype(int)) == -1)
    long = ends - starts >= 0.8 * window  # the shift is cut away from the end
    if not long.any():
        return Stance(quiet, None, None, travel)
    start, end = time_s[starts[long][0]], time_s[ends[long][0]]
    if travel is None:  # a shift without any turning would not show, so only the first seconds are taken
        end = min(end, start + QUIET_STANCE_S.value)
    shift_s = _find_shift(time_s, way, quiet, float(end), rate) if way is not None else None
    margin = 0.5 if end - start > 2.0 + 1.0 else 0.0
    return Stance(quiet, (float(start + margin), float(end - margin)), shift_s, travel)


def _find_shift(time_s: Array, way: Array, quiet: NDArray[np.bool_], end_s: float, rate_hz: float) -> tuple[float, float] | None:
    """Return the stretch around the furthest way the pelvis goes after the quiet stance, where that stands out from the movement that follows."""
    after = np.flatnonzero((time_s >= end_s - 1.0) & (time_s < end_s + SHIFT_WITHIN_S))
    later = way[(time_s >= end_s + SHIFT_WITHIN_S) & ~quiet]
    window = round(2.0 * rate_hz)
    ways = [later[i : i + window].max() for i in range(0, len(later) - window, window)]
    furthest = after[np.argmax(way[after])]
    if way[furthest] < max(SHIFT_M, SHIFT_OVER_REPS * float(np.median(ways)) if ways else 0.0):
        return None
    return float(time_s[furthest] - SHIFT_LASTS_S / 2 - 0.2), float(time_s[furthest] + SHIFT_LASTS_S / 2 + 0.2)


def travelled(acceleration: Array, rate_hz: float) -> Array:
    """Return how far a point goes within the `SHIFT_LASTS_S` around each sample, were it as fast at their end as at their beginning [m].

    Parameters
    ----------
    acceleration : ndarray, shape (k, 2)
        Horizontal, in the earth frame [m/s²].
    rate_hz : float

    Returns
    -------
    ndarray, shape (k,)

    Notes
    -----
    The acceleration integrated twice, less the way that the change of speed over the window would make: both integrals in one, a moving sum with
    weights that fall evenly from half the window to its negative. A constant error of the acceleration, and a constant speed, come to nothing.

    Examples
    --------
    10 cm to the side, speeding up and slowing down for half a second each, at rest before and after:

    >>> acceleration = np.zeros((300, 2))
    >>> acceleration[100:150, 1], acceleration[150:200, 1] = 0.4, -0.4
    >>> way = travelled(acceleration, rate_hz=100.0)
    >>> way[[30, 150, 270]].round(3).tolist()
    [0.0, 0.1, 0.0]
    """
    count = max(2, round(SHIFT_LASTS_S * rate_hz))
    weights = ((count - 1) / 2 - np.arange(count)) / rate_hz**2
    return np.asarray(np.linalg.norm(correlate1d(acceleration, weights, axis=0, mode="constant"), axis=1))


def _rolling_mean(values: Array, window: int) -> Array:
    """Return the mean over `window` samples around each; NaN, which is below nothing, where they reach beyond the ends."""
    sums, after = np.concatenate([[0.0], np.cumsum(values)]), (window - 1) // 2
    means = np.full(len(values), np.nan)
    means[window - 1 - after : len(values) - after] = (sums[window:] - sums[:-window]) / window
    return means


def low_pass(values: Array, rate_hz: float, cutoff_hz: float) -> Array:
    """Return `values` through a second-order Butterworth low-pass, forwards and backwards."""
    return np.asarray(sosfiltfilt(butter(2, min(cutoff_hz, 0.4 * rate_hz), fs=rate_hz, output="sos"), values, axis=0))

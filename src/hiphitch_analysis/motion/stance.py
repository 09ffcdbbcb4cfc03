"""Where the person stands still on both feet, and the shift of weight that follows: what tells level, and which way is sideways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.signal import butter, sosfiltfilt

from hiphitch_analysis.motion.orientation import Overview
from hiphitch_analysis.norms import QUIET_STANCE_S

Array = NDArray[np.float64]

QUIET_TURN_DEG_S = 2.0  # sway of the standing pelvis turns slower; the slowest lowering is faster at its peak
QUIET_SPREAD_DEG = 0.5  # standard deviation: body sway stays below, the slowest small repetition does not
QUIET_ACC_M_S2 = 0.12  # and does not travel: a weight shift without any turning would otherwise pass
SHIFT_ACC_M_S2 = 0.2  # the pelvis accelerates sideways by more when the weight goes onto one leg
SHIFT_OVER_REPS = 1.5  # and by that many times more than in the movement that follows, else it may be that movement's own beginning
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
        Start and end of the sideways jerk that follows it and tells a two-footed stance from one on one leg [s]; None when there is none.
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
    turning = pd.Series(np.degrees(np.linalg.norm(overview.turning, axis=1)) ** 2)
    spread = np.degrees(np.sqrt(pd.DataFrame(overview.up).rolling(window, center=True).var().sum(axis=1, min_count=3)))
    still = (np.sqrt(turning.rolling(window, center=True).mean()) < QUIET_TURN_DEG_S) & (spread < QUIET_SPREAD_DEG)
    travel = None
    if overview.acceleration is not None and len(none) >= LEAST_BLOCKS:
        travel = low_pass(overview.acceleration[:, :2], rate, TRAVEL_CUTOFF_HZ)
        still &= np.sqrt(pd.Series((travel**2).sum(axis=1)).rolling(window, center=True).mean()) < QUIET_ACC_M_S2
    quiet = binary_dilation(still, np.ones(window))  # a window's verdict holds for the whole window …
    if travel is not None:  # … but two stances are never one across the jerk between them
        jerk = np.linalg.norm(travel, axis=1) > SHIFT_ACC_M_S2
        quiet &= ~binary_dilation(jerk, np.ones(round(0.4 * rate)))
    starts = np.flatnonzero(np.diff(np.r_[False, quiet].astype(int)) == 1)
    ends = np.flatnonzero(np.diff(np.r_[quiet, False].astype(int)) == -1)
    long = ends - starts >= 0.8 * window  # the jerk's edges are cut away from the very ends
    if not long.any():
        return Stance(quiet, None, None, travel)
    start, end = time_s[starts[long][0]], time_s[ends[long][0]]
    if travel is None:  # a shift without any turning would not show, so only the first seconds are taken
        end = min(end, start + QUIET_STANCE_S.value)
    shift_s = _find_shift(time_s, travel, quiet, float(end), rate) if travel is not None else None
    margin = 0.5 if end - start > 2.0 + 1.0 else 0.0
    return Stance(quiet, (float(start + margin), float(end - margin)), shift_s, travel)


def _find_shift(time_s: Array, travel: Array, quiet: NDArray[np.bool_], end_s: float, rate_hz: float) -> tuple[float, float] | None:
    """Return the stretch after the quiet stance whose sideways acceleration stands out from that of the movement that follows it."""
    acceleration = np.linalg.norm(travel, axis=1)
    after = (time_s >= end_s - 1.0) & (time_s < end_s + SHIFT_WITHIN_S)
    later = acceleration[(time_s >= end_s + SHIFT_WITHIN_S) & ~quiet]
    window = round(2.0 * rate_hz)
    peaks = [later[i : i + window].max() for i in range(0, len(later) - window, window)]
    threshold = max(SHIFT_ACC_M_S2, SHIFT_OVER_REPS * float(np.median(peaks)) if peaks else 0.0)
    beyond = after & (acceleration > threshold)
    if not beyond.any():
        return None
    first, last = time_s[beyond][0], time_s[beyond][-1]
    return float(first - 0.3), float(min(last, first + 1.5) + 0.3)


def low_pass(values: Array, rate_hz: float, cutoff_hz: float) -> Array:
    """Return `values` through a second-order Butterworth low-pass, forwards and backwards."""
    return np.asarray(sosfiltfilt(butter(2, min(cutoff_hz, 0.4 * rate_hz), fs=rate_hz, output="sos"), values, axis=0))

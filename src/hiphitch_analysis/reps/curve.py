"""An angle over time as one smooth curve, and where it turns: what finding, measuring and telling the legs apart start from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

Array = NDArray[np.float64]

CUTOFF_HZ = 5.0  # keeps a repetition of half a second whole, takes the sensor's rattle away
SMALLEST_SWING_DEG = 0.8  # sway of a standing pelvis stays below
LEAST_SAMPLES = 30


def smooth_angle(angles: pd.DataFrame, name: str) -> Array | None:
    """Return the low-passed column `name` of table ANGLES [°], gaps bridged by straight lines; None when too little of it is there."""
    known = angles[name].notna()
    time, curve = angles.index.to_numpy(dtype=float), angles[name].to_numpy(dtype=float)
    if known.sum() < LEAST_SAMPLES:
        return None
    if not known.all():
        curve = np.interp(time, time[known], curve[known])
    rate_hz = 1.0 / float(np.median(np.diff(time)))
    return np.asarray(sosfiltfilt(butter(2, min(CUTOFF_HZ, 0.4 * rate_hz), fs=rate_hz, output="sos"), curve))


def typical_swing(curve: Array) -> float:
    """Return the median of the larger swings [°]: those of at least half the largest but one in twenty."""
    turns = find_turns(curve, SMALLEST_SWING_DEG)
    swings = np.abs(np.diff(curve[turns]))
    return float(np.median(swings[swings >= 0.5 * np.percentile(swings, 95)])) if len(swings) else 0.0


def find_turns(curve: Array, threshold: float) -> list[int]:
    """Return the indices of alternating highs and lows that differ by at least `threshold` [°]."""
    slope = np.diff(curve)
    bends = 1 + np.flatnonzero((slope[:-1] < 0) != (slope[1:] < 0))  # nowhere else can a high or a low be
    candidates = [0, *bends.tolist(), len(curve) - 1]
    values = curve[candidates].tolist()
    turns: list[int] = []
    high = low = 0
    rising: bool | None = None
    for i, value in enumerate(values):
        high = i if value > values[high] else high
        low = i if value < values[low] else low
        if rising is not False and values[high] - value >= threshold:
            turns.append(high)
            rising, low = False, i
            high = i
        elif rising is not True and value - values[low] >= threshold:
            turns.append(low)
            rising, high = True, i
            low = i
    if rising is not None:
        turns.append(high if rising else low)
    return [candidates[turn] for turn in turns]

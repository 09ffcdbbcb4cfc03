"""Standing still on both feet, as cameras see it: feet level and still, the pelvis still and between them. It is the zero of every angle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.motion.markerset import Points, has_pair
from hiphitch_analysis.motion.stance import QUIET_SPREAD_DEG
from hiphitch_analysis.norms import QUIET_STANCE_S

Array = NDArray[np.float64]

FEET = ("ankle", "heel", "toe")
FOOT_STILL_M = 0.004  # standard deviation over the window: a foot on the floor shows the camera's noise, a hanging one the body's sway
PELVIS_STILL_M = 0.008  # the same for the pelvis: sway of somebody on both feet is 2–6 mm; the shift onto one leg is ten times that
LEVEL_M = 0.04  # feet of one person on one floor
BETWEEN = (0.3, 0.7)  # share of the way from foot to foot; on one leg the pelvis is nearly over that foot
APART_M = 0.06  # nearer feet do not tell whose side the pelvis is on
FIRST_SHARE = 0.5  # of the recording: a later stance is not the one before the set
TRIM_S = 0.5  # before the weight goes over


def find_zero(
    time_s: Array,
    pelvis: Array,
    left_up_deg: Array,
    points: Points,
    between: tuple[float, float] = BETWEEN,
    foot_still_m: float = FOOT_STILL_M,
    level_spread_deg: float = QUIET_SPREAD_DEG,
) -> tuple[float, float] | None:
    """Find the first quiet stance on both feet.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    pelvis : ndarray, shape (n, 3)
        Middle of the pelvis [m], z up.
    left_up_deg : ndarray, shape (n,)
        Elevation of the line right → left [°].
    points : dict of str to ndarray, shape (n, 3)
        Markers of the feet among others [m].
    between : (float, float)
        Where the pelvis is, from the right foot (0) to the left one (1).
    foot_still_m, level_spread_deg : float
        Standard deviations below which a foot [m] and the line [°] count as still: what the route's own noise makes of stillness.

    Returns
    -------
    (float, float) or None
        Start and end [s], at least 3 s; None when there is none in the recording's first half, or no pair of markers on the feet.

    Notes
    -----
    A free foot that hangs beside the other one can be as level, and nearly as still; the pelvis over one of the feet gives it away.
    """
    feet = [place for place in FEET if has_pair(points, place)]
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    window = round(QUIET_STANCE_S.value * rate_hz) + 1
    if not feet or len(time_s) < window:
        return None
    left, right = (points[f"{side}_{feet[0]}"] for side in ("left", "right"))
    across = (left - right)[:, :2]
    width = np.linalg.norm(across, axis=1)
    share = ((pelvis - right)[:, :2] * across).sum(axis=1) / np.maximum(width, 1e-9) ** 2
    both = (width > APART_M) & (share > between[0]) & (share < between[1]) & (np.abs(left[:, 2] - right[:, 2]) < LEVEL_M)
    still = (spread_over(pelvis, window) < PELVIS_STILL_M) & (spread_over(left_up_deg[:, None], window) < level_spread_deg)
    for place in feet:
        for side in ("left", "right"):
            spread = spread_over(points[f"{side}_{place}"], window)
            still &= (spread < foot_still_m) | (np.isinf(spread) & (place != feet[0]))  # a hidden toe proves nothing while the ankle is seen
    still &= _mean_over(both.astype(float), window) > 0.999
    return first_stretch(time_s, still, window)


def first_stretch(time_s: Array, still: NDArray[np.bool_], window: int) -> tuple[float, float] | None:
    """Return start and end of the first stretch whose windows are all still, in the recording's first half.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    still : ndarray of bool, shape (n − window + 1,)
        Verdict of the window that begins at each sample.
    window : int
        Samples per window.

    Returns
    -------
    (float, float) or None
        [s]

    Examples
    --------
    >>> first_stretch(np.arange(10.0), np.array([False, True, True, False, False, False, False]), window=4)
    (1.0, 4.5)
    """
    if not still.any():
        return None
    begin = int(np.argmax(still))
    if time_s[begin] - time_s[0] > FIRST_SHARE * (time_s[-1] - time_s[0]):
        return None
    run = np.flatnonzero(~still[begin:])
    last = begin + (int(run[0]) if len(run) else len(still) - begin) - 1 + window - 1
    start, end = float(time_s[begin]), float(time_s[last])
    return (start, end - TRIM_S) if end - TRIM_S - start >= QUIET_STANCE_S.value else (start, end)


def spread_over(values: Array, window: int) -> Array:
    """Return the standard deviation of points within the window that begins at each sample.

    Parameters
    ----------
    values : ndarray, shape (n, d)
        In any unit.
    window : int
        Samples per window.

    Returns
    -------
    ndarray, shape (n − window + 1,)
        Root of the summed variances; infinite where a value is missing.
    """
    known = np.asarray(np.isfinite(values).all(axis=1))
    centred = np.where(known[:, None], values - np.nanmean(values, axis=0) if known.any() else 0.0, 0.0)
    variance = _mean_over((centred**2).sum(axis=1), window) - sum(_mean_over(axis, window) ** 2 for axis in centred.T)
    return np.where(_mean_over(known.astype(float), window) > 1 - 0.5 / window, np.sqrt(np.maximum(variance, 0.0)), np.inf)


def _mean_over(values: Array, window: int) -> Array:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((sums[window:] - sums[:-window]) / window)

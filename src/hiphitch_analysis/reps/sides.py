"""ANGLES → ANGLES with the leg stood on: where in a recording the person changes legs, told by where the movement lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.reps.curve import smooth_angle
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.schema import SIDES, Angles, check_table, other_side

Array = NDArray[np.float64]

LEAST_REPS, ENOUGH_REPS, WEAK_SHARE = 3, 6, 1 / 3  # of the longest set: fewer swings may be standing about, unless they are enough to have a beat
BEGINS_S = 1.0  # people begin standing
TURNED = ["obliquity_deg", "rotation_deg", "trunk_lean_deg", "lumbar_bend_deg"]  # signs that depend on which leg is stood on
OF_ONE_LEG = ["free_leg_angle_deg", "free_leg_angle_se_deg", "free_thigh_flexion_deg", "free_thigh_flexion_se_deg", "free_knee_flexion_deg"]


def find_sides(angles: pd.DataFrame, stance: str) -> pd.Series:
    """Find which leg is stood on at every moment.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES, all of it as of standing on `stance`; obliquity empty where the person walks (`mask_walking`).
    stance : {"left", "right"}
        The leg stood on in the first set.

    Returns
    -------
    Series of str
        Leg stood on, with the index of `angles`.

    Raises
    ------
    ValueError
        A stance that is neither left nor right.

    Notes
    -----
    On the other leg the other side drops: what was down goes up. Sets of six repetitions or more (or of three, if that is a third of the longest)
    are told apart by whether they lie above or below where the pelvis stands before and after them, so that a zero which skin moved does no harm.
    The change is placed in the middle between two sets. Who changes legs without a rest of several seconds is not told: the repetitions then lie
    above level, see `find_doubts`.

    Examples
    --------
    >>> time = np.arange(0, 25, 0.02)
    >>> swing = 4 * (1 - np.cos(2 * np.pi * time / 2))
    >>> first, second = (time > 2) & (time < 8), (time > 17) & (time < 23)
    >>> obliquity = np.where(first, -swing, np.where(second, swing, 0.0))
    >>> angles = pd.DataFrame({"obliquity_deg": obliquity, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(time, name="time_s"))
    >>> sides = find_sides(angles, "left")
    >>> round(float(sides.index[sides.eq("right")][0]), 1)
    12.5
    >>> turn_sides(angles, sides).groupby("side")["obliquity_deg"].min().round(1).to_dict()
    {'left': -8.0, 'right': -8.0}
    """
    if stance not in SIDES:
        raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {stance!r}. It is the leg stood on in the first set.")
    angles = check_table(angles, Angles)
    other = np.zeros(len(angles), dtype=bool)
    for change in _find_changes(angles):
        other[change:] = ~other[change:]
    return pd.Series(np.where(other, other_side(stance), stance), index=angles.index, name="side")


def turn_sides(angles: pd.DataFrame, sides: pd.Series) -> pd.DataFrame:
    """Express every stretch of a recording as of the leg stood on.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES, all of it as of the first leg.
    sides : Series of str
        From `find_sides`.

    Returns
    -------
    DataFrame
        Table ANGLES; where legs are changed with a column ``side``, signs turned on the other leg, and the free leg's angles left out there, because
        its sensor is then on the stance leg. Without a change the table as it came.
    """
    other = sides.ne(sides.iloc[0]).to_numpy()
    if not other.any():
        return angles
    turned = angles.copy()
    turned.loc[other, [name for name in TURNED if name in angles]] *= -1.0
    turned.loc[other, [name for name in OF_ONE_LEG if name in angles]] = np.nan
    turned.insert(0, "side", sides)
    return turned


def _find_changes(angles: pd.DataFrame) -> list[int]:
    """Return the samples at which the person changes legs."""
    curve = smooth_angle(angles, "obliquity_deg")
    if curve is None:
        return []
    time = angles.index.to_numpy(dtype=float)
    level = float(np.median(curve[time < time[0] + BEGINS_S]))
    # Folded at level, both legs go down: so the sets are found before it is known which leg is stood on.
    folded = angles.assign(obliquity_deg=-np.abs(curve - level))
    sets = [members for _, members in detect_reps(folded).groupby("set")]
    least = max(LEAST_REPS, min(ENOUGH_REPS, WEAK_SHARE * max(map(len, sets), default=0)))
    bouts = [_describe_bout(time, curve, members) for members in sets if len(members) >= least]
    upward = [bout.middle > standing for bout, standing in zip(bouts, _levels(time, curve, bouts, level), strict=True)]
    changes = [k for k in range(1, len(bouts)) if upward[k] != upward[k - 1]]
    return [int(np.searchsorted(time, (bouts[k - 1].end_s + bouts[k].start_s) / 2)) for k in changes]


@dataclass(frozen=True, slots=True)
class _Bout:
    """Swings in a row: from when to when [s], how long one is [s], and half way between highest and lowest [°]."""

    start_s: float
    end_s: float
    rep_s: float
    middle: float


def _describe_bout(time: Array, curve: Array, cycles: pd.DataFrame) -> _Bout:
    start_s, end_s = float(cycles["start_s"].iloc[0]), float(cycles["end_s"].iloc[-1])
    low, high = np.percentile(curve[(time >= start_s) & (time <= end_s)], [10, 90])
    return _Bout(start_s, end_s, float((cycles["end_s"] - cycles["start_s"]).median()), float(low + high) / 2)


def _levels(time: Array, curve: Array, bouts: list[_Bout], otherwise: float) -> list[float]:
    """Return for each bout the obliquity of standing before and after it [°], without what is so near that it may still belong to it.

    Where nothing is left before or after, `otherwise`.
    """
    levels = []
    for k, bout in enumerate(bouts):
        before = time < bout.start_s - bout.rep_s
        after = time > bout.end_s + bout.rep_s
        if k:
            before &= time > bouts[k - 1].end_s + bouts[k - 1].rep_s
        if k + 1 < len(bouts):
            after &= time < bouts[k + 1].start_s - bouts[k + 1].rep_s
        known = [float(np.median(curve[beside])) for beside in (before, after) if beside.any()]
        levels.append(float(np.mean(known)) if known else otherwise)
    return levels

"""ANGLES with trunk and free leg + REPS → what those did in each repetition. Without such columns there is nothing to add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.precision import Precision, change_se

Array = NDArray[np.float64]

TRUNK = ["trunk_lean_max_deg", "trunk_lean_max_se_deg", "trunk_pull_deg", "trunk_pull_se_deg"]
FREE_LEG = ["thigh_lift_deg", "thigh_lift_se_deg", "leg_in_deg", "leg_in_se_deg", "leg_gain", "leg_gain_se"]
# What hangs on which moment of the pelvis's a segment's angle belongs to, and the limit of form it is held against: a time that may be off by so much
# that it alone could make a fault of it leaves nothing to say.
OF_TIME = {
    "trunk_pull_deg": norms.TRUNK_PULL_DEG.mild.value,
    "thigh_lift_deg": norms.THIGH_LIFT_DEG.mild.value,
    "leg_gain": norms.LEG_APART.mild.value,
}
LATE_LOOKS = 10  # times, even over what is possible, at which these are measured anew
LEAST_RANGE_DEG = 1.0  # of obliquity in a repetition: less says nothing of how the leg goes with the pelvis
# How a sensor on trunk or thigh errs within one repetition; its zero and its drift cancel in a change.
WORN = Precision(
    zero_deg=float("nan"),
    axis_deg=norms.MOUNTING_YAW_DEG.value,
    share=norms.SKIN_SHARE.value,
    noise_deg=norms.CHANGE_NOISE_DEG.value,
    drift_deg=norms.DRIFT_DEG.value,
    heading_deg=float("nan"),
)


def measure_segments(angles: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    """Measure trunk, free leg and free foot in each repetition.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES; the columns of trunk, free leg and floor share are used where they are.
    reps : DataFrame
        Table REPS.

    Returns
    -------
    DataFrame
        Columns of table REPS, as many as `angles` allows, with the index of `reps`; NaN where a repetition touches a gap.

    Notes
    -----
    Trunk lean is measured from the vertical (quiet standing). The trunk's pull is what its lean departs, in the raise, from a straight way between
    bottom and end: whoever leans all the time does not pull. The free leg is fitted, sample by sample, as ``leg angle = leg_gain · obliquity −
    leg_in``: hip and leg moving as one unit give a gain of 1 whatever the drop. Where a sensor's time may be off the pelvis's (``trunk_late_s``,
    ``free_leg_late_s``), what is measured anew at times that far off, root mean square, adds to the
    standard errors; a value for which that is more than its limit of form is NaN.
    """
    time = angles.index.to_numpy(dtype=float)
    measured: dict[str, Array] = {}
    spans = list(_spans(time, reps))
    if "trunk_lean_deg" in angles:
        lean, lean_se = (_column(angles, name) for name in ("trunk_lean_deg", "trunk_lean_se_deg"))

        def measure_trunk(late: float) -> Array:
            moved = _move(time, lean, late)
            return _rows((_measure_trunk(moved[a:c], lean_se[a:c], b - a) for a, b, c in spans), TRUNK)

        rows = _with_late(measure_trunk, _most(angles, "trunk_late_s"), TRUNK)
        measured |= dict(zip(TRUNK, rows.T, strict=True))
    if "free_leg_angle_deg" in angles:
        leg, leg_se, flexion, obliquity = (
            _column(angles, name) for name in ("free_leg_angle_deg", "free_leg_angle_se_deg", "free_thigh_flexion_deg", "obliquity_deg")
        )

        def measure_leg(late: float) -> Array:
            out, up = _move(time, leg, late), _move(time, flexion, late)
            return _rows((_measure_leg(out[a:c], leg_se[a:c], up[a:c], obliquity[a:c], b - a) for a, b, c in spans), FREE_LEG)

        rows = _with_late(measure_leg, _most(angles, "free_leg_late_s"), FREE_LEG)
        measured |= dict(zip(FREE_LEG, rows.T, strict=True))
    if "floor_share" in angles:
        share = _column(angles, "floor_share")
        measured["floor_share_max"] = np.array([share[a:c].max() for a, _, c in spans])
    return pd.DataFrame(measured, index=reps.index)


def _rows(rows: Iterable[tuple[float, ...]], names: list[str]) -> Array:
    return np.array(list(rows), dtype=float).reshape(-1, len(names))


def _most(angles: pd.DataFrame, name: str) -> float:
    """Return the largest value of a column; 0 without it."""
    return float(angles[name].max()) if name in angles else 0.0


def _move(time: Array, values: Array, late: float) -> Array:
    """Return what a sensor saw if its times are `late` seconds off; beyond its ends nothing."""
    return values if late == 0 else np.asarray(np.interp(time + late, time, values, left=np.nan, right=np.nan))


def _with_late(measure: Callable[[float], Array], late: float, names: list[str]) -> Array:
    """Measure, and add to the standard errors what each value changes, root mean square, while the time is off by up to `late` either way.

    A value that changes by more than its limit of form is NaN.
    """
    rows = measure(0.0)
    if not late > 0:
        return rows
    moved = np.array([measure(by) for by in late * ((2 * np.arange(LATE_LOOKS) + 1) / LATE_LOOKS - 1)])
    for at, name in enumerate(names):
        if name in OF_TIME:
            apart = moved[:, :, at] - rows[:, at]
            seen = np.isfinite(apart)
            spread = np.sqrt((np.where(seen, apart, 0.0) ** 2).sum(axis=0) / np.maximum(seen.sum(axis=0), 1))
            rows[:, at + 1] = np.hypot(rows[:, at + 1], spread)
            rows[spread > OF_TIME[name], at : at + 2] = np.nan
    return rows


def _spans(time: Array, reps: pd.DataFrame) -> Iterator[tuple[int, int, int]]:
    """Yield the samples of start, bottom and one past the end of each repetition."""
    for rep in reps.itertuples():
        first, middle = np.searchsorted(time, (rep.start_s, rep.bottom_s))
        last = int(np.searchsorted(time, rep.end_s, side="right"))
        yield int(first), min(int(middle), last - 1), last


def _column(angles: pd.DataFrame, name: str) -> Array:
    return angles[name].to_numpy(dtype=float) if name in angles else np.full(len(angles), np.nan)


def _measure_trunk(lean: Array, lean_se: Array, bottom: int) -> tuple[float, ...]:
    if not np.isfinite(lean).all():
        return (np.nan,) * len(TRUNK)
    most = int(np.argmax(lean))
    rise = lean[bottom:]
    pull = max(0.0, float((np.linspace(rise[0], rise[-1], len(rise)) - rise).max()))
    return float(lean[most]), float(lean_se[most]), pull, float(change_se(WORN, pull, 0.0))


def _measure_leg(leg: Array, leg_se: Array, flexion: Array, obliquity: Array, bottom: int) -> tuple[float, ...]:
    if not (np.isfinite(leg).all() and np.isfinite(flexion).all() and np.isfinite(obliquity).all()):
        return (np.nan,) * len(FREE_LEG)
    lift = max(0.0, float((flexion[bottom:] - flexion[bottom]).max()))
    lift_se = float(change_se(WORN, lift, np.ptp(leg)))
    inward, inward_se, gain, gain_se = np.nan, np.nan, np.nan, np.nan
    swing = float(np.ptp(obliquity))
    if swing >= LEAST_RANGE_DEG:
        centred = obliquity - obliquity.mean()
        gain = float(centred @ leg / (centred @ centred))
        inward, inward_se = gain * float(obliquity.mean()) - float(leg.mean()), float(np.median(leg_se))
        # A thigh sensor turned to the side takes a part of the flexion that goes with the pelvis for turning in the frontal plane.
        crossed = float(centred @ flexion / (centred @ centred))
        of_shares, of_axis = np.sqrt(2) * WORN.share * gain, np.radians(WORN.axis_deg) * crossed
        gain_se = float(np.sqrt(of_shares**2 + of_axis**2 + 2 * (WORN.noise_deg / swing) ** 2))
    return lift, lift_se, inward, inward_se, gain, gain_se

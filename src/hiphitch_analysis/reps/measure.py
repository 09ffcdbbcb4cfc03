"""ANGLES + REPS → REPS with measures: what each repetition was like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.precision import Precision, change_se, level_se, rotation_se
from hiphitch_analysis.reps.detect import smooth_obliquity
from hiphitch_analysis.schema import Angles, Reps, check_table

Array = NDArray[np.float64]

CURVE_POINTS = 101
MEASURES = [
    "top_deg", "bottom_deg", "drop_deg", "return_error_deg", "rotation_range_deg", "tilt_range_deg",
    "drop_se_deg", "return_error_se_deg", "rotation_range_se_deg", "lower_s", "raise_s", "pause_s", "peak_velocity_deg_s", "regularity",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Signals:
    """A recording as arrays of one length: time [s], smoothed obliquity [°], its velocity [°/s], tilt and rotation [°], and where it is known."""

    time: Array
    curve: Array
    velocity: Array
    tilt: Array
    rotation: Array
    known: NDArray[np.bool_]


def measure_reps(angles: pd.DataFrame, reps: pd.DataFrame, relative_zero: bool = False, precision: Precision | None = None) -> pd.DataFrame:
    """Measure each repetition.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS from `detect_reps`.
    relative_zero : bool, default False
        True when the zero of obliquity is no two-footed stance: the return error is then not observable and stays empty.
    precision : Precision, optional
        How well the angles are known. Without it the standard errors stay empty.

    Returns
    -------
    DataFrame
        Table REPS with measures. A repetition that touches a gap in the angles is not measured: NaN, with the reason in ``unmeasured``.

    Notes
    -----
    Obliquity is low-passed at 5 Hz. Rotation and tilt are ranges within the repetition; from rotation the straight line from its first to its
    last sample is removed first, because the heading of a sensor without a magnetometer drifts.
    """
    angles, reps = check_table(angles, Angles), check_table(reps, Reps)
    curve = smooth_obliquity(angles)
    time = angles.index.to_numpy(dtype=float)
    tilt = angles["tilt_deg"].to_numpy()
    rotation = angles["rotation_deg"].to_numpy()
    signals = None if curve is None else _Signals(time, curve, np.gradient(curve, time), tilt, rotation, angles["obliquity_deg"].notna().to_numpy())
    rows = [_measure_one(signals, rep, relative_zero, precision) for rep in reps.itertuples()]
    measures = pd.DataFrame(rows, columns=[*MEASURES, "unmeasured"], index=reps.index)
    measures["unmeasured"] = measures["unmeasured"].astype("str")
    measured = reps.drop(columns=[c for c in measures.columns if c in reps]).join(measures)
    same_set = measured["set"].eq(measured["set"].shift(-1))
    measured["pause_s"] = (measured["start_s"].shift(-1) - measured["end_s"]).clip(lower=0).where(same_set)
    if curve is not None:
        measured["regularity"] = _regularity(time, curve, measured)
    return check_table(measured, Reps)


def normalise_curves(time_s: Array, values: Array, reps: pd.DataFrame, points: int = CURVE_POINTS) -> Array:
    """Resample `values` within each repetition to the same number of points.

    Parameters
    ----------
    time_s, values : ndarray, shape (n,)
        Time [s] and any angle or rate.
    reps : DataFrame
        Table REPS.
    points : int, default 101
        One point per per cent.

    Returns
    -------
    ndarray, shape (len(reps), points)
    """
    grid = np.linspace(0.0, 1.0, points)
    starts, ends = reps["start_s"].to_numpy(), reps["end_s"].to_numpy()
    return np.array([np.interp(a + grid * (b - a), time_s, values) for a, b in zip(starts, ends, strict=True)]).reshape(len(reps), points)


def _measure_one(signals: _Signals | None, rep: object, relative_zero: bool, precision: Precision | None) -> dict[str, object]:
    start_s, bottom_s, end_s = (float(getattr(rep, name)) for name in ("start_s", "bottom_s", "end_s"))
    if signals is None:
        return {"unmeasured": "gap in the data"}
    first, middle = np.searchsorted(signals.time, (start_s, bottom_s))
    last = int(np.searchsorted(signals.time, end_s, side="right"))
    if not signals.known[first:last].all():
        return {"unmeasured": "gap in the data"}
    top, bottom, end = np.interp([start_s, bottom_s, end_s], signals.time, signals.curve)
    tilts = np.interp([start_s, bottom_s, end_s], signals.time, signals.tilt)
    rotation_range = _range_without_drift(signals.rotation[first:last])
    aborted = getattr(rep, "kind") == "aborted"  # noqa: B009 — itertuples has no static type
    level = not (relative_zero or aborted)
    errors: dict[str, object] = {}
    if precision is not None:
        errors = {
            "drop_se_deg": float(change_se(precision, bottom - top, tilts[1] - tilts[0])),
            "return_error_se_deg": float(level_se(precision, end, tilts[2])) if level else np.nan,
            "rotation_range_se_deg": float(rotation_se(precision, rotation_range)),
        }
    return {
        "top_deg": top,
        "bottom_deg": bottom,
        "drop_deg": max(top - bottom, 0.0),
        "return_error_deg": -end if level else np.nan,
        "rotation_range_deg": rotation_range,
        "tilt_range_deg": float(np.ptp(signals.tilt[first:last])),
        **errors,
        "lower_s": bottom_s - start_s,
        "raise_s": np.nan if aborted else end_s - bottom_s,
        "peak_velocity_deg_s": np.nan if aborted or middle == last else max(float(signals.velocity[middle:last].max()), 0.0),
        "unmeasured": None,
    }


def _range_without_drift(values: Array) -> float:
    return float(np.ptp(values - np.linspace(values[0], values[-1], len(values))))


def _regularity(time: Array, curve: Array, reps: pd.DataFrame) -> pd.Series:
    """Correlate each complete repetition's curve with the mean of the others of its set."""
    regularity = pd.Series(np.nan, index=reps.index)
    complete = reps[reps["kind"].eq("complete") & reps["unmeasured"].isna()]
    for _, members in complete.groupby("set"):
        if len(members) < 3:
            continue
        curves = normalise_curves(time, curve, members)
        others = (curves.sum(axis=0) - curves) / (len(curves) - 1)
        regularity[members.index] = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(curves, others, strict=True)]
    return regularity

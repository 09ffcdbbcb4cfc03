"""ANGLES + REPS → REPS with measures: what each repetition was like."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.reps.detect import smooth_obliquity
from hiphitch_analysis.schema import Angles, Reps, check_table

Array = NDArray[np.float64]

CURVE_POINTS = 101
MEASURES = [
    "top_deg", "bottom_deg", "drop_deg", "return_error_deg", "rotation_range_deg", "tilt_range_deg",
    "lower_s", "raise_s", "pause_s", "peak_velocity_deg_s", "regularity",
]  # fmt: skip


def measure_reps(angles: pd.DataFrame, reps: pd.DataFrame, relative_zero: bool = False) -> pd.DataFrame:
    """Measure each repetition.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS from `detect_reps`.
    relative_zero : bool, default False
        True when the zero of obliquity is no two-footed stance: the return error is then not observable and stays empty.

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
    rows = [_measure_one(angles, time, curve, rep, relative_zero) for rep in reps.itertuples()]
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


def _measure_one(angles: pd.DataFrame, time: Array, curve: Array | None, rep: object, relative_zero: bool) -> dict[str, object]:
    start_s, bottom_s, end_s = (float(getattr(rep, name)) for name in ("start_s", "bottom_s", "end_s"))
    inside = (time >= start_s) & (time <= end_s)
    if curve is None or angles.loc[inside, "obliquity_deg"].isna().any():
        return {"unmeasured": "gap in the data"}
    top, bottom, end = np.interp([start_s, bottom_s, end_s], time, curve)
    raising = (time >= bottom_s) & (time <= end_s)
    velocity = np.gradient(curve, time)
    aborted = getattr(rep, "kind") == "aborted"  # noqa: B009 — itertuples has no static type
    return {
        "top_deg": top,
        "bottom_deg": bottom,
        "drop_deg": max(top - bottom, 0.0),
        "return_error_deg": np.nan if relative_zero or aborted else -end,
        "rotation_range_deg": _range_without_drift(angles.loc[inside, "rotation_deg"].to_numpy()),
        "tilt_range_deg": float(np.ptp(angles.loc[inside, "tilt_deg"].to_numpy())),
        "lower_s": bottom_s - start_s,
        "raise_s": np.nan if aborted else end_s - bottom_s,
        "peak_velocity_deg_s": np.nan if aborted or not raising.any() else max(float(velocity[raising].max()), 0.0),
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

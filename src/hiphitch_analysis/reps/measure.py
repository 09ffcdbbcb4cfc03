"""ANGLES + REPS → REPS with measures: what each repetition was like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.precision import Precision, change_se, level_se, rotation_se
from hiphitch_analysis.reps.curve import smooth_angle
from hiphitch_analysis.reps.segments import measure_segments
from hiphitch_analysis.schema import Angles, Reps, check_table

Array = NDArray[np.float64]

CURVE_POINTS = 101
MEASURES = [
    "top_deg", "bottom_deg", "drop_deg", "return_error_deg", "rotation_range_deg", "tilt_range_deg",
    "drop_se_deg", "return_error_se_deg", "rotation_range_se_deg", "tilt_drift_deg", "tilt_drift_se_deg", "sway_deg_s",
    "lower_s", "raise_s", "pause_s", "peak_velocity_deg_s", "regularity",
]  # fmt: skip
LEAST_SAMPLES = 8  # for a fit of three numbers
BEFORE_S = 1.0  # standing on one leg before the first lowering, over which sway averages out a little


@dataclass(frozen=True, slots=True)
class _Signals:
    """A recording as arrays of one length: time [s], smoothed obliquity [°], its velocity [°/s], tilt and rotation [°] as they are and smoothed."""

    time: Array
    curve: Array
    velocity: Array
    tilt: Array
    rotation: Array
    smooth_tilt: Array
    smooth_rotation: Array
    known: NDArray[np.bool_]


def measure_reps(angles: pd.DataFrame, reps: pd.DataFrame, relative_zero: bool = False, precision: Precision | None = None) -> pd.DataFrame:
    """Measure each repetition.

    Parameters
    ----------
    angles : DataFrame, n rows
        Table ANGLES, the one in which the repetitions were found: index ``time_s`` [s], angles [°].
    reps : DataFrame, k rows
        Table REPS from `detect_reps`.
    relative_zero : bool, default False
        True when the zero of obliquity is no two-footed stance: the return error is then not observable and stays empty.
    precision : Precision, optional
        How well the angles are known. Without it the standard errors stay empty.

    Returns
    -------
    DataFrame, k rows
        Table REPS with measures, angles and their standard errors in [°], times in [s], velocities in [°/s]. A repetition that touches a gap in the
        angles is not measured: NaN, with the reason in ``unmeasured``. Trunk and free leg have columns where `angles` has them.

    Raises
    ------
    ValueError
        `angles` is no table ANGLES, or `reps` no table REPS.

    Notes
    -----
    With φ the obliquity at start, bottom and end, drop is φ(start) − φ(bottom), and return error −φ(end), the elevation still missing to level: it
    needs the zero of a quiet stance on both feet. Standard errors follow from `precision` (`change_se` for the drop, `level_se` for the return
    error). Obliquity is low-passed at 5 Hz. Rotation and tilt are ranges within the repetition; from rotation the straight line from its first to its
    last sample is removed first, because the heading of a sensor without a magnetometer drifts. Trunk and free leg: see `measure_segments`. Valid for
    repetitions of 0.5–8 s at 20 Hz or more, as `detect_reps`; the low-pass takes off from the drop what is quicker.

    Examples
    --------
    Two repetitions of 8° that end at level:

    >>> time = np.arange(0, 8, 0.02)
    >>> obliquity = np.where((time > 2) & (time < 6), -4 * (1 - np.cos(np.pi * (time - 2))), 0.0)
    >>> angles = pd.DataFrame({"obliquity_deg": obliquity, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(time, name="time_s"))
    >>> reps = pd.DataFrame({"rep": [1, 2], "set": 1, "kind": "complete", "start_s": [2.0, 4.0], "bottom_s": [3.0, 5.0], "end_s": [4.0, 6.0]})
    >>> measured = measure_reps(angles, reps)
    >>> measured[["drop_deg", "return_error_deg", "lower_s"]].round(1).to_numpy().tolist()
    [[8.0, 0.0, 1.0], [8.0, 0.0, 1.0]]
    >>> measure_reps(angles, reps, relative_zero=True)["return_error_deg"].isna().all()
    np.True_
    """
    angles, reps = check_table(angles, Angles), check_table(reps, Reps)
    signals = _prepare(angles)
    standing = (
        {} if signals is None else {number: _standing_tilt(signals, float(start)) for number, start in reps.groupby("set")["start_s"].min().items()}
    )
    rows = [_measure_one(signals, rep, relative_zero, standing, precision) for rep in reps.itertuples()]
    measures = pd.DataFrame(rows, columns=[*MEASURES, "unmeasured"], index=reps.index)
    measures["unmeasured"] = measures["unmeasured"].astype("str")
    measures = measures.join(measure_segments(angles, reps))
    measured = reps.drop(columns=[c for c in measures.columns if c in reps]).join(measures)
    same_set = measured["set"].eq(measured["set"].shift(-1))
    measured["pause_s"] = (measured["start_s"].shift(-1) - measured["end_s"]).clip(lower=0).where(same_set)
    if signals is not None:
        measured["regularity"] = _regularity(signals.time, signals.curve, measured)
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


def _prepare(angles: pd.DataFrame) -> _Signals | None:
    curve = smooth_angle(angles, "obliquity_deg")
    if curve is None:
        return None
    time = angles.index.to_numpy(dtype=float)
    smooth = [smooth_angle(angles, name) for name in ("tilt_deg", "rotation_deg")]
    smooth_tilt, smooth_rotation = (np.full(len(time), np.nan) if values is None else values for values in smooth)
    tilt, rotation = angles["tilt_deg"].to_numpy(), angles["rotation_deg"].to_numpy()
    return _Signals(time, curve, np.gradient(curve, time), tilt, rotation, smooth_tilt, smooth_rotation, angles["obliquity_deg"].notna().to_numpy())


def _standing_tilt(signals: _Signals, start_s: float) -> float:
    """Return the sagittal tilt just before a set's first lowering [°]; where the recording begins with it, that of its first sample."""
    first, last = np.searchsorted(signals.time, (start_s - BEFORE_S, start_s))
    before = signals.tilt[first : max(last, first + 1)]
    return float(np.nanmean(before)) if np.isfinite(before).any() else np.nan


def _measure_one(
    signals: _Signals | None, rep: Any, relative_zero: bool, standing: dict[int, float], precision: Precision | None
) -> dict[str, object]:
    start_s, bottom_s, end_s = float(rep.start_s), float(rep.bottom_s), float(rep.end_s)
    if signals is None:
        return {"unmeasured": "gap in the data"}
    first, middle = np.searchsorted(signals.time, (start_s, bottom_s))
    last = int(np.searchsorted(signals.time, end_s, side="right"))
    if not signals.known[first:last].all():
        return {"unmeasured": "gap in the data"}
    top, bottom, end = np.interp([start_s, bottom_s, end_s], signals.time, signals.curve)
    tilts = np.interp([start_s, bottom_s, end_s], signals.time, signals.tilt)
    rotation_range = _range_without_drift(signals.rotation[first:last])
    tilt_top, sway = _without_the_task(signals, first, last)
    tilt_drift = tilt_top - standing[int(rep.set)]
    aborted = rep.kind == "aborted"
    level = not (relative_zero or aborted)
    errors: dict[str, object] = {}
    if precision is not None:
        errors = {
            "drop_se_deg": float(change_se(precision, bottom - top, tilts[1] - tilts[0])),
            "return_error_se_deg": float(level_se(precision, end, tilts[2])) if level else np.nan,
            "rotation_range_se_deg": float(rotation_se(precision, rotation_range)),
            "tilt_drift_se_deg": float(np.hypot(change_se(precision, tilt_drift, 0.0), precision.drift_deg)),
        }
    return {
        "top_deg": top,
        "bottom_deg": bottom,
        "drop_deg": max(top - bottom, 0.0),
        "return_error_deg": -end if level else np.nan,
        "rotation_range_deg": rotation_range,
        "tilt_range_deg": float(np.ptp(signals.tilt[first:last])),
        "tilt_drift_deg": tilt_drift,
        "sway_deg_s": sway,
        **errors,
        "lower_s": bottom_s - start_s,
        "raise_s": np.nan if aborted else end_s - bottom_s,
        "peak_velocity_deg_s": np.nan if aborted or middle == last else max(float(signals.velocity[middle:last].max()), 0.0),
        "unmeasured": None,
    }


def _without_the_task(signals: _Signals, first: int, last: int) -> tuple[float, float]:
    """Return the tilt at the top [°] and the turning left over [°/s] when from tilt and rotation is taken what goes with time and obliquity.

    What is left is sway. A standing pelvis sways in all directions, but sideways it is the movement itself that shows.
    """
    time, curve = signals.time[first:last], signals.curve[first:last]
    if last - first < LEAST_SAMPLES:
        return np.nan, np.nan
    task = np.column_stack([np.ones(last - first), time - time.mean(), curve - max(curve[0], curve[-1])])
    turned = np.column_stack([signals.smooth_tilt[first:last], signals.smooth_rotation[first:last]])
    explained = np.linalg.pinv(task) @ turned  # a column that is not known stays so
    left_over = np.gradient(turned - task @ explained, time, axis=0)
    return float(explained[0, 0]), float(np.sqrt((left_over**2).mean(axis=0).sum()))


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

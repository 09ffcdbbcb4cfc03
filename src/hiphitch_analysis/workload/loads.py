"""ANGLES of a recording → LOADS: the hip-abductor moment over time, its standard error, and the forces behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import savgol_coeffs

from hiphitch_analysis import norms
from hiphitch_analysis.workload.anthropometry import Body, check_ankle_weight
from hiphitch_analysis.workload.mechanics import MAX_ANGLE_DEG, Motion, Posture, PostureError, hip_moment, hip_moment_se
from hiphitch_analysis.workload.muscle import hip_forces

Array = NDArray[np.float64]

# Rates and accelerations are those of quartics fitted to so much time. A cosine of half a second a phase keeps 99.7 % of its acceleration, one of a
# quarter 95 %; white noise of a tenth of a degree at 100 Hz would make half a newton metre of it.
WINDOW_S = 0.4
ORDER = 4
ANGLES = ("obliquity_deg", "trunk_lean_deg", "free_leg_angle_deg")


def measure_loads(angles: pd.DataFrame, body: Body, ankle_kg: float = 0.0) -> pd.DataFrame:
    """Compute what the hip abductors do from measured angles, at every sample.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES at a fixed rate. What is not in it is taken for granted, with a standard error of its own: see `list_assumptions`.
    body : Body
    ankle_kg : float, default 0
        Ankle weight on the free leg [kg].

    Returns
    -------
    DataFrame
        Table LOADS with the index of `angles`. It holds while the person stands on the stance leg; standing on both feet it means nothing. Samples
        with an angle beyond 60° are empty.

    Raises
    ------
    ValueError
        An ankle weight nobody hangs on a leg.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> time_s = pd.Index(np.arange(0, 8, 0.01), name="time_s")
    >>> angles = pd.DataFrame({"obliquity_deg": -4 + 4 * np.cos(np.pi * time_s), "obliquity_se_deg": 0.7}, index=time_s)
    >>> loads = measure_loads(angles, estimate_body(75, 1.78, "male"))
    >>> loads.loc[2:6, ["moment_nm", "acceleration_nm"]].agg(["min", "max"]).round(1).to_numpy().tolist()
    [[62.3, -2.1], [74.1, 2.1]]
    """
    check_ankle_weight(ankle_kg)
    time_s = angles.index.to_numpy(dtype=float)
    pelvis, trunk, leg = (_within_reach(angles, name) for name in ANGLES)
    posture = Posture(pelvis, trunk, leg, np.clip(_column(angles, "floor_share", 0.0), 0.0, 1.0))
    motion = _differentiate((pelvis, trunk, leg), float(np.median(np.diff(time_s))) if len(time_s) > 1 else WINDOW_S)
    moment = hip_moment(body, posture, ankle_kg, motion)
    of_angles, of_body = hip_moment_se(body, posture, _posture_error(angles, pelvis), ankle_kg)
    forces = hip_forces(body, posture, moment, ankle_kg, motion)
    return pd.DataFrame(
        {
            "moment_nm": moment.total_nm,
            "moment_se_nm": np.hypot(of_angles, of_body),
            "pelvis_nm": moment.pelvis_nm,
            "upper_nm": moment.upper_nm,
            "leg_nm": moment.leg_nm,
            "ankle_nm": moment.ankle_nm,
            "floor_nm": moment.floor_nm,
            "acceleration_nm": moment.acceleration_nm,
            "adduction_deg": forces.adduction_deg,
            "passive_nm": forces.passive_nm,
            "muscle_low_n": forces.muscle_low_n,
            "muscle_high_n": forces.muscle_high_n,
            "joint_low_bw": forces.joint_low_n / body.weight_n,
            "joint_high_bw": forces.joint_high_n / body.weight_n,
        },
        index=angles.index,
    )


def list_assumptions(angles: pd.DataFrame) -> list[str]:
    """Return what `measure_loads` takes for granted of these angles, one sentence each."""
    taken = []
    if _missing(angles, "trunk_lean_deg"):
        lean = norms.TRUNK_UPRIGHT_DEG.value
        taken.append(f"trunk lean was not measured: taken to be upright, give or take {lean:g}° (a degree of lean is about 2.4 % of the moment)")
    if _missing(angles, "free_leg_angle_deg"):
        taken.append("the free leg was not measured: taken to hang; one that turns with the pelvis asks some 6 % less at the bottom of a 5° drop")
    if _missing(angles, "floor_share"):
        taken.append("the free foot is taken to carry no weight")
    if _missing(angles, "obliquity_se_deg"):
        taken.append(f"level is not known: the angles' own zero is taken for it, give or take {norms.LEVEL_UNKNOWN_DEG.value:g}°")
    beyond = int(sum((angles[name].abs() > MAX_ANGLE_DEG).sum() for name in ANGLES if name in angles))
    if beyond:
        taken.append(f"{beyond} angles lie beyond {MAX_ANGLE_DEG:g}°, as in no hip hitch: nothing was computed there")
    return taken


def _missing(angles: pd.DataFrame, name: str) -> bool:
    return name not in angles or bool(angles[name].isna().all())


def _column(angles: pd.DataFrame, name: str, otherwise: float) -> Array:
    """Return a column, with `otherwise` where the table does not have it or it is empty."""
    if name not in angles:
        return np.full(len(angles), otherwise)
    values = angles[name].to_numpy(dtype=float)
    return np.where(np.isnan(values), otherwise, values) if name != "obliquity_deg" else values


def _within_reach(angles: pd.DataFrame, name: str) -> Array:
    values = _column(angles, name, 0.0)
    return np.where(np.abs(values) <= MAX_ANGLE_DEG, values, np.nan)


def _posture_error(angles: pd.DataFrame, obliquity_deg: Array) -> PostureError:
    """Return the standard errors of the angles: those measured, and those of what was taken for granted."""
    upright, hanging = norms.TRUNK_UPRIGHT_DEG.value, np.hypot(norms.LEG_HANGS_DEG.value, norms.LEG_FOLLOWS.value * obliquity_deg)
    lean = upright if _missing(angles, "trunk_lean_deg") else _column(angles, "trunk_lean_se_deg", norms.TRUNK_LEAN_SE_DEG.value)
    leg = hanging if _missing(angles, "free_leg_angle_deg") else _column(angles, "free_leg_angle_se_deg", norms.LEG_IN_SE_DEG.value)
    floor = 0.0 if _missing(angles, "floor_share") else norms.FLOOR_SHARE_SE.value
    return PostureError(_column(angles, "obliquity_se_deg", norms.LEVEL_UNKNOWN_DEG.value), lean, leg, floor)


def _differentiate(angles_deg: tuple[Array, Array, Array], step_s: float) -> Motion:
    """Return rates and accelerations of the angles; zero for one that never changes, and where a gap or the recording's end is too near."""
    points = max(2 * round(WINDOW_S / step_s / 2) + 1, ORDER + 1 + ORDER % 2)
    pelvis, trunk, leg = (_derivatives(np.radians(angle), points, step_s) for angle in angles_deg)
    return Motion((pelvis[0], trunk[0], leg[0]), (pelvis[1], trunk[1], leg[1]))


def _derivatives(angle: Array, points: int, step_s: float) -> tuple[Array, Array]:
    seen = angle[np.isfinite(angle)]
    if len(angle) < points or not len(seen) or seen.min() == seen.max():
        return np.zeros(()), np.zeros(())
    first, second = (_convolve(angle, savgol_coeffs(points, ORDER, deriv=order, delta=step_s)) for order in (1, 2))
    return first, second


def _convolve(values: Array, taps: Array) -> Array:
    half = len(taps) // 2
    inside = np.convolve(values, taps, "valid")
    return np.pad(np.where(np.isnan(inside), 0.0, inside), half)

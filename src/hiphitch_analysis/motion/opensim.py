"""OpenSim's pelvis coordinates ↔ our pelvis angles, always through the whole rotation matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from hiphitch_analysis import norms
from hiphitch_analysis.motion.captured import RELATIVE, Captured, build_angles, check_stance, spread_precision, unwrap_known
from hiphitch_analysis.precision import Precision, level_se
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]

TORSO = ("lumbar_extension_deg", "lumbar_bending_deg", "lumbar_rotation_deg")
THIGH = ("hip_flexion_{}_deg", "hip_adduction_{}_deg", "hip_rotation_{}_deg")
BENT_DEG = 15.0  # a knee that bends by more shows which sign its model gives flexion; models of both kinds are about
COORDINATES = ("pelvis_tilt_deg", "pelvis_list_deg", "pelvis_rotation_deg")


def from_opensim(tilt_deg: ArrayLike, list_deg: ArrayLike, rotation_deg: ArrayLike) -> tuple[Array, Array, Array]:
    """Turn OpenSim's pelvis coordinates into rotation, obliquity and tilt.

    Parameters
    ----------
    tilt_deg, list_deg, rotation_deg : array_like, shape (n,)
        OpenSim's ``pelvis_tilt``, ``pelvis_list`` and ``pelvis_rotation`` [°].

    Returns
    -------
    rotation, left_up, tilt : ndarray, shape (n,)
        Heading, + right side forward; elevation of the line right hip → left hip above the horizontal; sagittal tilt, + anterior [°].

    Notes
    -----
    OpenSim turns the pelvis (X forward, Y up, Z right) about Z, then X, then Y, so its second angle is no obliquity: only when the person faces the
    laboratory's X and tilts little do the two agree. Baker's sequence about Y, X, Z has the second angle asin(cos τ sin λ cos ρ − sin τ sin ρ)
    of OpenSim's tilt τ, list λ and rotation ρ: the elevation of the pelvis's −Z, from right to left, which is the Y of it turned by
    Rz(τ) Rx(λ) Ry(ρ).

    References
    ----------
    Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
    Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7

    Examples
    --------
    A pelvis that is turned by 90° and tipped: OpenSim knows no list, but the right hip is 10° higher.

    >>> rotation, left_up, tilt = from_opensim([10.0], [0.0], [90.0])
    >>> float(left_up.round(6)[0])
    -10.0
    """
    turned = Rotation.from_euler("ZXY", _stack(tilt_deg, list_deg, rotation_deg), degrees=True)
    rotation, left_up, posterior = turned.as_euler("YXZ", degrees=True).T
    return rotation, left_up, -posterior


def to_opensim(rotation_deg: ArrayLike, left_up_deg: ArrayLike, tilt_deg: ArrayLike) -> tuple[Array, Array, Array]:
    """Turn rotation, obliquity and tilt into OpenSim's pelvis coordinates.

    Parameters
    ----------
    rotation_deg, left_up_deg, tilt_deg : array_like, shape (n,)
        As `from_opensim` returns them [°].

    Returns
    -------
    tilt, list, rotation : ndarray, shape (n,)
        ``pelvis_tilt``, ``pelvis_list`` and ``pelvis_rotation`` [°].

    Examples
    --------
    >>> tilt, list_, rotation = to_opensim([0.0], [-8.0], [0.0])
    >>> float(list_.round(6)[0])
    -8.0
    """
    turned = Rotation.from_euler("YXZ", _stack(rotation_deg, left_up_deg, -np.asarray(tilt_deg, dtype=float)), degrees=True)
    tilt, list_, rotation = turned.as_euler("ZXY", degrees=True).T
    return tilt, list_, rotation


def measure_coordinates(coordinates: pd.DataFrame, stance: str) -> Captured:
    """Measure pelvis angles from a model's pelvis coordinates.

    Parameters
    ----------
    coordinates : DataFrame, n rows
        Table COORDINATES, from `read_pose`: index ``time_s`` [s]; columns ``pelvis_tilt_deg``, ``pelvis_list_deg`` and ``pelvis_rotation_deg`` [°]
        with OpenSim's meaning and signs, NaN where not known. The model's lumbar, hip and knee coordinates [°] tell trunk and free leg where they
        are there.
    stance : {"left", "right"}
        The leg stood on.

    Returns
    -------
    Captured
        Its ``angles`` are table ANGLES, n rows [°], with standard errors. Obliquity and tilt are always against the model's horizontal, flagged
        ``relative_zero``: a model's coordinates do not tell what the feet do, so no quiet stance is subtracted. Rotation is counted from its median,
        which ``heading_deg`` keeps.

    Raises
    ------
    ValueError
        Missing columns, no numbers in them, a stance that is no side, or a pelvis that lies on its side (median obliquity beyond 45°).

    Notes
    -----
    Obliquity, the elevation of the line from the stance hip to the free hip, is ± asin(cos τ sin λ cos ρ − sin τ sin ρ) of OpenSim's tilt τ, list λ
    and rotation ρ; + standing on the right leg. In Baker's sequence rotation–obliquity–tilt it is the second angle [1]_; OpenSim's ``pelvis_list``,
    the second of tilt–list–rotation, is not.

    Valid for an upright pelvis in a model whose Y points up; near 90° of obliquity heading and tilt cannot be told apart. How well the angles are
    known depends on what the model was fitted to, which the coordinates do not say: the standard errors are assumptions (`norms.MODEL_DEG`).

    References
    ----------
    .. [1] Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
       Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7

    Examples
    --------
    >>> table = pd.DataFrame(0.0, index=pd.Index([0.0, 0.1], name="time_s"), columns=list(COORDINATES))
    >>> table["pelvis_list_deg"] = [0.0, 8.0]  # the left side goes up; standing on the left leg the free side has dropped
    >>> measure_coordinates(table, stance="left").angles["obliquity_deg"].iloc[1].round(6)
    np.float64(-8.0)
    """
    free_left = check_stance(stance)
    missing = [name for name in COORDINATES if name not in coordinates]
    if missing:
        got = ", ".join(map(str, coordinates.columns[:8]))
        raise ValueError(
            f"coordinates: missing column {', '.join(missing)} (got {got}). They are the pelvis's three angles in an OpenSim motion file."
        )
    values = coordinates[list(COORDINATES)].to_numpy(dtype=float)
    known = np.isfinite(values).all(axis=1)
    rotation, left_up, tilt = np.full((3, len(values)), np.nan)
    if not known.any():
        raise ValueError("coordinates: expected numbers in the pelvis's three angles, got none. Was the motion file written whole?")
    rotation[known], left_up[known], tilt[known] = from_opensim(*values[known].T)
    if float(np.median(np.abs(left_up[known]))) > 45.0:
        raise ValueError(
            "coordinates: the pelvis lies on its side in half of the samples — expected an upright person. Does the model's Y axis point up?"
        )
    turned = np.degrees(unwrap_known(np.radians(rotation)))
    heading = float(np.nanmedian(turned))
    precision = model_precision()
    angles = build_angles(coordinates.index.to_numpy(dtype=float), free_left * left_up, -free_left * (turned - heading), tilt, precision)
    _add_segments(angles, coordinates, np.radians(rotation), free_left, precision)
    warnings = [f"a model's coordinates do not say what the feet do: {RELATIVE}"]
    flags = ["relative_zero"]
    if not known.all():
        flags.append("gaps")
        warnings.append(f"{1 - known.mean():.0%} of the samples hold no pelvis coordinates; repetitions there are not measured")
    return Captured(
        check_table(angles, Angles), None, True, precision, tuple(flags), tuple(warnings), heading_deg=heading, place_m=_find_place(coordinates)
    )


def _find_place(coordinates: pd.DataFrame) -> Array | None:
    place = [f"pelvis_{axis}_m" for axis in ("tx", "ty", "tz")]
    return coordinates[place].to_numpy(dtype=float) if set(place) <= set(coordinates.columns) else None


def build_coordinates(angles: pd.DataFrame, stance: str, heading_deg: float = 0.0) -> pd.DataFrame:
    """Turn pelvis angles into OpenSim's pelvis coordinates: with its heading, the exact way back from `measure_coordinates`.

    Parameters
    ----------
    angles : DataFrame, n rows
        Table ANGLES. Where it has a column ``side``, that counts instead of `stance`.
    stance : {"left", "right"}
        The leg stood on.
    heading_deg : float, default 0
        Heading from which rotation is counted [°]: ``heading_deg`` of what `measure_coordinates` returned. By default the person faces the ground's
        X where rotation is 0.

    Returns
    -------
    DataFrame, n rows
        Index ``time_s`` [s]; ``pelvis_tilt_deg``, ``pelvis_list_deg``, ``pelvis_rotation_deg`` [°]. Empty where one of the three angles is.

    Raises
    ------
    ValueError
        `angles` is no table ANGLES, a stance that is no side, or a heading that is no number.

    Notes
    -----
    Exact to rounding, but that the same rotation has several names: list comes back within ±90°, and rotation may differ by whole turns. Where the
    angles lack the heading (a sensor's lack it, and drift is taken out of them) the pelvis comes back tipped as it was, but facing another way, which
    changes OpenSim's tilt and list too.

    Examples
    --------
    >>> table = pd.DataFrame({"pelvis_tilt_deg": [5.0, 9.0], "pelvis_list_deg": [-4.0, 2.0], "pelvis_rotation_deg": [30.0, 34.0]})
    >>> found = measure_coordinates(table.rename_axis("time_s"), stance="left")
    >>> build_coordinates(found.angles, "left", found.heading_deg).round(9).to_numpy().tolist()
    [[5.0, -4.0, 30.0], [9.0, 2.0, 34.0]]
    """
    free_left: float | Array = check_stance(stance)
    if not np.isfinite(heading_deg):
        raise ValueError(f"heading_deg: expected degrees, got {heading_deg}. Only measure_coordinates knows it; 0 faces the ground's X.")
    angles = check_table(angles, Angles)
    if "side" in angles:
        free_left = np.where(angles["side"].eq("right"), 1.0, -1.0)
    rotation, obliquity, tilt = angles[["rotation_deg", "obliquity_deg", "tilt_deg"]].to_numpy(dtype=float).T
    values = np.column_stack([heading_deg - free_left * rotation, free_left * obliquity, tilt])
    known = np.isfinite(values).all(axis=1)
    coordinates = np.full_like(values, np.nan)
    if known.any():
        coordinates[known] = np.column_stack(to_opensim(*values[known].T))
        coordinates[:, 2] += 360.0 * np.round((values[:, 0] - coordinates[:, 2]) / 360.0)  # somebody who turns round goes on counting
    return pd.DataFrame(coordinates, index=angles.index, columns=list(COORDINATES))


def model_precision() -> Precision:
    """Say how well a model's coordinates are known when nobody knows what it was fitted to.

    Returns
    -------
    Precision
        Its zero is NaN: level is not known.
    """
    return spread_precision(np.nan, 0.0, norms.MARKER_SHARE.value, norms.MODEL_DEG.value, norms.MODEL_DEG.value)


def _add_segments(angles: pd.DataFrame, coordinates: pd.DataFrame, heading: Array, free_left: float, precision: Precision) -> None:
    """Add trunk, free thigh and free knee where the model has them; `heading` is the pelvis's rotation [rad], + right side forward."""
    zero = np.zeros_like(heading)
    to_right, ahead = np.column_stack([np.sin(heading), zero, np.cos(heading)]), np.column_stack([np.cos(heading), zero, -np.sin(heading)])
    trunk = _turn_segment(coordinates, TORSO, (1.0, 1.0, 1.0), (0.0, 1.0, 0.0))
    if trunk is not None:
        lean = np.degrees(np.arctan2(free_left * (trunk * to_right).sum(axis=1), trunk[:, 1]))
        angles["trunk_lean_deg"], angles["lumbar_bend_deg"] = lean, angles["obliquity_deg"] - lean
        angles["trunk_lean_se_deg"] = level_se(precision, lean, np.nan)
    free, mirrored = (
        ("l", (1.0, -1.0, -1.0)) if free_left > 0 else ("r", (1.0, 1.0, 1.0))
    )  # adduction and inward rotation turn the other way on the left
    thigh = _turn_segment(coordinates, tuple(name.format(free) for name in THIGH), mirrored, (0.0, -1.0, 0.0))
    if thigh is not None:
        angles["free_leg_angle_deg"] = np.degrees(np.arctan2(-free_left * (thigh * to_right).sum(axis=1), -thigh[:, 1]))
        angles["free_thigh_flexion_deg"] = np.degrees(np.arctan2((thigh * ahead).sum(axis=1), -thigh[:, 1]))
        for name in ("free_leg_angle", "free_thigh_flexion"):
            angles[f"{name}_se_deg"] = level_se(precision, angles[f"{name}_deg"], np.nan)
        angles["free_leg_angle_deg"] = angles["free_leg_angle_deg"].where(angles["free_leg_angle_deg"].abs() <= 90)
    if f"knee_angle_{free}_deg" in coordinates:
        knee = coordinates[f"knee_angle_{free}_deg"].to_numpy(dtype=float)
        most = knee[np.nanargmax(np.abs(knee))] if np.isfinite(knee).any() else 0.0
        angles["free_knee_flexion_deg"] = np.maximum(-knee if most < -BENT_DEG else knee, -30.0)


def _turn_segment(coordinates: pd.DataFrame, names: tuple[str, ...], signs: tuple[float, ...], along: tuple[float, float, float]) -> Array | None:
    """Return the direction `along` of a segment that hangs on the pelvis by three turns about Z, X and Y, in ground, shape (n, 3)."""
    if not set(names) <= set(coordinates.columns):
        return None
    pelvis, joint = (coordinates[list(group)].to_numpy(dtype=float) for group in (COORDINATES, names))
    known = np.isfinite(pelvis).all(axis=1) & np.isfinite(joint).all(axis=1)
    direction = np.full((len(pelvis), 3), np.nan)
    if known.any():
        turned = Rotation.from_euler("ZXY", pelvis[known], degrees=True) * Rotation.from_euler("ZXY", joint[known] * signs, degrees=True)
        direction[known] = turned.apply(along)
    return direction


def _stack(*angles: ArrayLike) -> Array:
    return np.column_stack([np.atleast_1d(np.asarray(angle, dtype=float)) for angle in angles])

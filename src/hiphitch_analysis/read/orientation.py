"""Orientation as a device writes it → quaternions w, x, y, z that turn sensor coordinates into earth coordinates with z up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hiphitch_analysis.norms import GRAVITY_M_S2

Array = NDArray[np.float64]

_NORM = (0.98, 1.02)  # rounding to three decimals stays within 0.2 %
_ORTHOGONAL = 0.03  # largest error of RᵀR; what norms within 0.98–1.02 allow, rounded
_FREE_LIMIT_M_S2 = 1e6  # far beyond any sensor; keeps damaged cells from overflowing


def prepare_quaternions(quat: Array, name: str, lines: NDArray[np.int64]) -> Array:
    """Bring quaternions to length 1 and make them continuous: q and −q are the same orientation, and devices jump between them.

    Parameters
    ----------
    quat : ndarray, shape (n, 4)
        w, x, y, z [–]; rows with a NaN are passed on as NaN.
    name : str
        The file's name, for messages.
    lines : ndarray of int, shape (n,)
        Lines of the file, for messages.

    Returns
    -------
    ndarray, shape (n, 4)

    Raises
    ------
    ValueError
        A quaternion's norm is not within 0.98–1.02.
    """
    out = np.full(quat.shape, np.nan)
    whole = np.flatnonzero(np.isfinite(quat).all(axis=1))
    if not whole.size:
        return out
    norm = np.linalg.norm(np.clip(quat[whole], -2, 2), axis=1)  # clipped: the square of an absurd number is no longer a number
    wrong = np.flatnonzero((norm < _NORM[0]) | (norm > _NORM[1]))
    if wrong.size:
        at = lines[whole[wrong[0]]]
        raise ValueError(f"{name}: the quaternion in line {at} has a norm that is not 1 (expected 0.98 to 1.02). Export the orientation again.")
    unit = quat[whole] / norm[:, None]
    flips = np.cumsum((unit[1:] * unit[:-1]).sum(axis=1) < 0) % 2
    out[whole] = unit * np.concatenate([[1.0], 1.0 - 2.0 * flips])[:, None]
    return out


def turn_matrices(matrices: Array, name: str, lines: NDArray[np.int64]) -> Array:
    """Return rotation matrices as quaternions.

    Parameters
    ----------
    matrices : ndarray, shape (n, 9)
        Row by row [–]; a row with a NaN gives NaN.
    name : str
        The file's name, for messages.
    lines : ndarray of int, shape (n,)
        Lines of the file, for messages.

    Returns
    -------
    ndarray, shape (n, 4)

    Raises
    ------
    ValueError
        A matrix is no rotation.
    """
    out = np.full((len(matrices), 4), np.nan)
    whole = np.flatnonzero(np.isfinite(matrices).all(axis=1))
    if not whole.size:
        return out
    matrix = np.clip(matrices[whole], -2, 2).reshape(-1, 3, 3)
    error = np.abs(matrix.transpose(0, 2, 1) @ matrix - np.eye(3)).max(axis=(1, 2))
    wrong = np.flatnonzero((error > _ORTHOGONAL) | (np.linalg.det(matrix) < 0))
    if wrong.size:
        raise ValueError(f"{name}: the matrix in line {lines[whole[wrong[0]]]} is no rotation matrix. Export the orientation again.")
    out[whole] = Rotation.from_matrix(matrix).as_quat(scalar_first=True)
    return out


def turn_roll_pitch_yaw(angles_deg: Array) -> Array:
    """Return roll, pitch and yaw as quaternions, R = Rz(yaw) Ry(pitch) Rx(roll).

    Parameters
    ----------
    angles_deg : ndarray, shape (n, 3)
        Roll, pitch, yaw [°]; a row with a NaN gives NaN.

    Returns
    -------
    ndarray, shape (n, 4)

    Examples
    --------
    >>> turn_roll_pitch_yaw(np.array([[0.0, 0.0, 180.0]])).round(6) + 0.0
    array([[0., 0., 0., 1.]])
    """
    out = np.full((len(angles_deg), 4), np.nan)
    whole = np.isfinite(angles_deg).all(axis=1)
    if whole.any():
        out[whole] = Rotation.from_euler("ZYX", angles_deg[whole][:, ::-1], degrees=True).as_quat(scalar_first=True)
    return out


def restore_gravity(quat: Array, free_m_s2: Array) -> Array:
    """Return the specific force in the sensor frame, R(q)⁻¹ (free + g ẑ), from a device's free acceleration.

    Parameters
    ----------
    quat : ndarray, shape (n, 4)
        Orientation, sensor → earth, of length 1 [–].
    free_m_s2 : ndarray, shape (n, 3)
        Free acceleration in the earth frame, gravity removed [m/s²].

    Returns
    -------
    ndarray, shape (n, 3)
        Specific force [m/s²]; NaN where either is missing or the free acceleration is beyond 10⁶ m/s².

    Notes
    -----
    Standard gravity is put back; the device took away its own idea of it, so up to 0.3 % of the result's length is not measured.

    Examples
    --------
    >>> restore_gravity(np.array([[1.0, 0.0, 0.0, 0.0]]), np.array([[0.5, 0.0, 0.0]]))
    array([[0.5    , 0.     , 9.80665]])
    """
    out = np.full(free_m_s2.shape, np.nan)
    whole = np.isfinite(quat).all(axis=1) & (np.abs(free_m_s2) < _FREE_LIMIT_M_S2).all(axis=1)
    if whole.any():
        force = free_m_s2[whole] + np.array([0.0, 0.0, GRAVITY_M_S2.value])
        out[whole] = Rotation.from_quat(quat[whole], scalar_first=True).inv().apply(force)
    return out

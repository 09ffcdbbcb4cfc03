"""Quaternions w, x, y, z (sensor → earth) on whole recordings: only what the angles need, as plain array arithmetic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def vertical_in_sensor(quat: Array) -> Array:
    """Return the earth's vertical in the sensor's frame.

    Parameters
    ----------
    quat : ndarray, shape (n, 4)

    Returns
    -------
    ndarray, shape (n, 3)

    Examples
    --------
    >>> vertical_in_sensor(np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])) + 0.0  # level; upside down
    array([[ 0.,  0.,  1.],
           [ 0.,  0., -1.]])
    """
    w, x, y, z = quat.T
    return np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])


def turn_axis(quat: Array, axis: Array) -> tuple[Array, Array]:
    """Return the horizontal components (east, north) of one direction of the sensor's frame, turned into the earth's.

    Parameters
    ----------
    quat : ndarray, shape (n, 4)
    axis : ndarray, shape (3,)

    Returns
    -------
    tuple of ndarray, shape (n,)
    """
    w, x, y, z = quat.T
    a, b, c = (float(value) for value in axis)
    east = a * (1 - 2 * (y * y + z * z)) + (2 * b) * (x * y - w * z) + (2 * c) * (x * z + w * y)
    north = (2 * a) * (x * y + w * z) + b * (1 - 2 * (x * x + z * z)) + (2 * c) * (y * z - w * x)
    return east, north


def turn_vectors(quat: Array, vectors: Array) -> Array:
    """Return vectors of the sensor's frame, shape (n, 3), in the earth's."""
    w, v = quat[:, :1], quat[:, 1:]
    twice = 2 * np.cross(v, vectors)
    return np.asarray(vectors + w * twice + np.cross(v, twice))


def turning_between(quat: Array) -> Array:
    """Return the turn from each orientation to the next in the sensor's frame as rotation vectors [rad], shape (n − 1, 3)."""
    one, two = quat[:-1], quat[1:]
    w = (one * two).sum(axis=1)
    v = one[:, :1] * two[:, 1:] - two[:, :1] * one[:, 1:] - np.cross(one[:, 1:], two[:, 1:])
    v *= np.where(w < 0, -1.0, 1.0)[:, None]
    sine = np.linalg.norm(v, axis=1)
    angle = 2 * np.arctan2(sine, np.abs(w))
    return np.asarray(v * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0)[:, None])

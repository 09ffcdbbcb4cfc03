"""Rigid bodies in motion, with exact derivatives: how a segment turns, and what a point on it feels.

The room's axes are x forward, y left, z up. A turn is a rotation from a moving frame into the room with its angular rate and angular
acceleration, both in the moving frame's axes. No small angle is assumed anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turn:
    """How a frame turns at n instants.

    Attributes
    ----------
    rotation : Rotation
        n rotations, frame → room.
    rate, change : ndarray, shape (n, 3)
        Angular rate [rad/s] and angular acceleration [rad/s²] in the frame's own axes.
    """

    rotation: Rotation
    rate: Array
    change: Array


@dataclass(frozen=True, slots=True)
class Path:
    """Where a point is at n instants, in the room.

    Attributes
    ----------
    position, acceleration : ndarray, shape (n, 3)
        [m], [m/s²].
    """

    position: Array
    acceleration: Array


def turn_about_axes(yaw: Array, roll: Array, pitch: Array) -> Turn:
    """Turn about the vertical, then about the forward axis so reached, then about the transverse axis so reached.

    Parameters
    ----------
    yaw, roll, pitch : ndarray, shape (3, n)
        Angles as curves [rad, rad/s, rad/s²] about z, x and y, right-handed. For a pelvis this is the order rotation, obliquity, tilt.

    Returns
    -------
    Turn

    References
    ----------
    Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
    Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7
    """
    a, b, c = yaw, roll, pitch
    sb, cb, sc, cc = np.sin(b[0]), np.cos(b[0]), np.sin(c[0]), np.cos(c[0])
    # The three axes as the turned frame sees them: the vertical (z) and the forward axis (x) move in it, the last axis (y) does not.
    vertical = np.stack([-sc * cb, sb, cc * cb], axis=1)
    vertical_rate = np.stack([-cc * cb * c[1] + sc * sb * b[1], cb * b[1], -sc * cb * c[1] - cc * sb * b[1]], axis=1)
    forward = np.stack([cc, np.zeros_like(cc), sc], axis=1)
    forward_rate = c[1][:, None] * np.stack([-sc, np.zeros_like(cc), cc], axis=1)
    rate = a[1][:, None] * vertical + b[1][:, None] * forward
    rate[:, 1] += c[1]
    change = a[2][:, None] * vertical + a[1][:, None] * vertical_rate + b[2][:, None] * forward + b[1][:, None] * forward_rate
    change[:, 1] += c[2]
    return Turn(_rotate_in_turn(a[0], b[0], c[0]), rate, change)


def compose(outer: Rotation, inner: Rotation) -> Rotation:
    """Rotate by `inner`, then by `outer`: their product, several times faster than ``outer * inner`` for long arrays."""
    (x, y, z, w), (a, b, c, d) = outer.as_quat().T, inner.as_quat().T
    product = [w * a + x * d + y * c - z * b, w * b - x * c + y * d + z * a, w * c + x * b - y * a + z * d, w * d - x * a - y * b - z * c]
    return Rotation.from_quat(np.column_stack(product))


def turn_on(outer: Turn, inner: Turn) -> Turn:
    """Put one turning frame on another: `inner` is relative to `outer`."""
    back = inner.rotation.inv()
    carried = back.apply(outer.rate)
    return Turn(
        compose(outer.rotation, inner.rotation), carried + inner.rate, back.apply(outer.change) + np.cross(carried, inner.rate) + inner.change
    )


def feel_at(origin: Path, turn: Turn, offset: Array, gravity_m_s2: float) -> Array:
    """Return the specific force at a point fixed in a turning frame, in that frame's axes.

    Parameters
    ----------
    origin : Path
        The frame's origin.
    turn : Turn
        How the frame turns.
    offset : ndarray, shape (3,) or (n, 3)
        The point in the frame [m].
    gravity_m_s2 : float
        Gravity, downwards.

    Returns
    -------
    ndarray, shape (n, 3)
        [m/s²]; about +9.81 along whatever points up at rest.
    """
    force = turn.rotation.inv().apply(origin.acceleration + np.array([0.0, 0.0, gravity_m_s2]))
    return np.asarray(force + _lever(turn, offset))


def carry_point(origin: Path, turn: Turn, offset: Array) -> Path:
    """Follow a point fixed in a turning frame at `offset` [m], shape (3,) or (n, 3), from its origin."""
    position = origin.position + turn.rotation.apply(np.asarray(offset))
    return Path(position, origin.acceleration + turn.rotation.apply(_lever(turn, offset)))


def carry_sliding_point(origin: Path, turn: Turn, offset: Array) -> Path:
    """Follow a point that also slides in the turning frame.

    Parameters
    ----------
    origin : Path
    turn : Turn
    offset : ndarray, shape (3, n, 3)
        The point in the frame as a curve [m, m/s, m/s²].
    """
    slide = _lever(turn, offset[0]) + 2 * np.cross(turn.rate, offset[1]) + offset[2]
    return Path(origin.position + turn.rotation.apply(offset[0]), origin.acceleration + turn.rotation.apply(slide))


def _rotate_in_turn(yaw: Array, roll: Array, pitch: Array) -> Rotation:
    """Rotate about z, x and y in turn, intrinsically: ``Rotation.from_euler("ZXY", …)``, several times faster for long arrays."""
    (sa, ca), (sb, cb), (sc, cc) = ((np.sin(angle / 2), np.cos(angle / 2)) for angle in (yaw, roll, pitch))
    x, y, z, w = ca * sb * cc - sa * cb * sc, ca * cb * sc + sa * sb * cc, sa * cb * cc + ca * sb * sc, ca * cb * cc - sa * sb * sc
    return Rotation.from_quat(np.column_stack([x, y, z, w]))


def _lever(turn: Turn, offset: Array) -> Array:
    """Tangential and centripetal acceleration at `offset`, in the frame's axes."""
    r = np.broadcast_to(offset, turn.rate.shape)
    return np.asarray(np.cross(turn.change, r) + np.cross(turn.rate, np.cross(turn.rate, r)))

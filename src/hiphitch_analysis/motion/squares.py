"""Printed squares in a picture: their middles, a plane made square again, how a camera sees them, and two of them as one rigid body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]

UNIT = np.array([[-0.5, -0.5, 0.0], [0.5, -0.5, 0.0], [0.5, 0.5, 0.0], [-0.5, 0.5, 0.0]])  # x right and y down as printed, z into the paper
STEPS, STEP = 40, 1e-5  # of Levenberg and Marquardt; for differences [rad, m]
RIG_FRAMES = 24
OUTWARD_DEG = 40.0  # between two markers on the front hip bones, each turned outward: where the search begins
ELEVATIONS_DEG = (0.0, 10.0, -10.0)
EVERY_WAY = np.arange(4) * np.pi / 2


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera turns directions into pixels.

    Attributes
    ----------
    focal_px : float
        Focal length [px].
    middle_px : (float, float)
        Where it looks at in the picture [px].
    """

    focal_px: float
    middle_px: tuple[float, float]

    def project(self, places: Array) -> Array:
        """Return where places (x right, y down, z away from the camera) [m], shape (…, 3), are in the picture [px]."""
        return np.asarray(self.focal_px * places[..., :2] / np.maximum(places[..., 2:], 1e-3) + np.array(self.middle_px))


def centre_of(corners: Array) -> Array:
    """Return the middle of squares as their diagonals meet, which holds in perspective.

    Parameters
    ----------
    corners : ndarray, shape (n, 4, 2)
        [px]

    Returns
    -------
    ndarray, shape (n, 2)
        [px]

    Examples
    --------
    >>> centre_of(np.array([[[0.0, 0.0], [4.0, 1.0], [4.0, 3.0], [0.0, 4.0]]])).round(2).tolist()
    [[2.67, 2.0]]
    """
    first, second = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    across = corners[:, 1] - corners[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (across[:, 0] * second[:, 1] - across[:, 1] * second[:, 0]) / (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    return np.asarray(corners[:, 0] + share[:, None] * first)


def rectify(points: Array, square: Array) -> Array:
    """Undo the perspective of a plane in which a square stands upright.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        [px]
    square : ndarray, shape (4, 2)
        Its corners [px].

    Returns
    -------
    ndarray, shape (n, 2)
        In sides of the square, x right and y down. Planes parallel to the square's come out square too, in another size.

    Examples
    --------
    >>> seen = np.array([[100.0, 100.0], [200.0, 110.0], [200.0, 190.0], [100.0, 200.0]])
    >>> rectify(seen[:2], seen).round(6).tolist()
    [[-0.5, -0.5], [0.5, -0.5]]
    """
    middle, size = square.mean(axis=0), float(np.ptp(square))
    rows, right_side = [], []
    for (x, y), (u, v, _) in zip((square - middle) / size, UNIT, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right_side += [u, v]
    mapping = np.append(np.linalg.solve(np.array(rows), np.array(right_side)), 1.0).reshape(3, 3)
    mapped = np.column_stack([(points - middle) / size, np.ones(len(points))]) @ mapping.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def fit_poses(seen: Array, model: Array, start: Array, lens: Lens) -> tuple[Array, Array]:
    """Place a rigid body before the camera in every frame.

    Parameters
    ----------
    seen : ndarray, shape (n, k, 2)
        Its points in the picture [px].
    model : ndarray, shape (k, 3)
        The same points in the body's own axes [m].
    start : ndarray, shape (n, 6)
        First guess: rotation vector [rad] and place [m].
    lens : Lens

    Returns
    -------
    poses : ndarray, shape (n, 6)
    error_px : ndarray, shape (n,)
        Root mean square of what is left [px].
    """
    poses, damping = start.copy(), np.full(len(start), 1e-3)
    residual = (seen - lens.project(place_body(model, poses))).reshape(len(seen), -1)
    cost = (residual**2).sum(axis=1)
    for _ in range(STEPS):
        slopes = []
        for i in range(6):
            moved = poses.copy()
            moved[:, i] += STEP
            slopes.append((lens.project(place_body(model, moved)) - lens.project(place_body(model, poses))).reshape(len(seen), -1) / STEP)
        jacobian = np.stack(slopes, axis=2)
        normal = np.einsum("nki,nkj->nij", jacobian, jacobian)
        diagonal = np.einsum("nii->ni", normal)
        damped = normal + np.eye(6) * (damping[:, None] * diagonal + 1e-9)[:, None, :]
        tried = poses + np.linalg.solve(damped, np.einsum("nki,nk->ni", jacobian, residual)[:, :, None])[:, :, 0]
        tried_residual = (seen - lens.project(place_body(model, tried))).reshape(len(seen), -1)
        tried_cost = (tried_residual**2).sum(axis=1)
        better = tried_cost < cost
        gained = np.max(np.where(better, (cost - tried_cost) / np.maximum(cost, 1e-12), 0.0))
        poses[better], residual[better], cost[better] = tried[better], tried_residual[better], tried_cost[better]
        damping = np.where(better, damping / 5, damping * 5).clip(1e-9, 1e6)
        if gained < 1e-9 and better.any():
            break
    return poses, np.sqrt(cost / (2 * seen.shape[1]))


def place_body(model: Array, poses: Array) -> Array:
    """Return the points of a body [m], shape (n, k, 3), as it is placed and turned in each pose, shape (n, 6)."""
    return np.asarray(np.einsum("nij,kj->nki", Rotation.from_rotvec(poses[:, :3]).as_matrix(), model) + poses[:, None, 3:])


def guess_poses(seen: Array, width_m: float, width_px: Array, lens: Lens) -> Array:
    """Guess that a body faces the camera, as far away as its width says; shape (n, 6)."""
    depth = lens.focal_px * width_m / width_px
    middle = (seen.mean(axis=1) - np.array(lens.middle_px)) / lens.focal_px
    return np.column_stack([np.zeros((len(seen), 3)), middle * depth[:, None], depth])


def find_up(corners: Array, size_m: float, lens: Lens) -> tuple[Array, float]:
    """Say where up is, from a marker that lies flat on the floor.

    Parameters
    ----------
    corners : ndarray, shape (4, 2)
        [px]
    size_m : float
        Its side [m].
    lens : Lens

    Returns
    -------
    up : ndarray, shape (3,)
        Of length 1; x right, y down, z away from the camera.
    error_px : float
        How well a flat square explains the corners [px].

    Notes
    -----
    Seen at a grazing angle a square has one pose only, where one seen from the front can be flipped. Which way round it lies does not matter.
    """
    best, least = np.array([0.0, -1.0, 0.0]), np.inf
    for elevation in ELEVATIONS_DEG:
        flat = Rotation.from_rotvec([-np.pi / 2 + np.radians(elevation + 15.0), 0.0, 0.0])
        for way in EVERY_WAY:
            guess = guess_poses(corners[None], size_m, np.array([np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max()]), lens)
            guess[0, :3] = (flat * Rotation.from_rotvec([0.0, 0.0, way])).as_rotvec()
            pose, error = fit_poses(corners[None], size_m * UNIT, guess, lens)
            if error[0] < least and pose[0, 5] > 0:
                least, best = float(error[0]), -Rotation.from_rotvec(pose[0, :3]).as_matrix()[:, 2]
    return best, least


def fit_rig(right: Array, left: Array, size_m: float, lens: Lens) -> Array:
    """Find how the left marker sits against the right one, by one adjustment of all frames together.

    Parameters
    ----------
    right, left : ndarray, shape (n, 4, 2)
        Corners in frames that show both [px]; 24 of them, spread over the clip, are used.
    size_m : float
        Side of the markers [m].
    lens : Lens

    Returns
    -------
    ndarray, shape (8, 3)
        Corners of both in the right one's axes [m].

    Notes
    -----
    A single square of 30 pixels is hardly seen to turn; that both have to keep their places on one body in every frame is what fixes them. Corners
    that do not fit count less (soft L1).
    """
    chosen = np.unique(np.linspace(0, len(right) - 1, RIG_FRAMES).round().astype(int))
    seen = np.concatenate([right[chosen], left[chosen]], axis=1)
    side = np.linalg.norm(seen[:, :4] - np.roll(seen[:, :4], 1, axis=1), axis=2).mean()
    width = np.linalg.norm(seen[:, 4:].mean(axis=1) - seen[:, :4].mean(axis=1), axis=1)
    turn = np.radians(OUTWARD_DEG)
    apart = size_m * float(width.mean()) / side
    # The right marker faces to the right by half of it; seen from it the left one is turned to the left, and set back.
    rig = np.array([0.0, -turn, 0.0, apart * np.cos(turn / 2), 0.0, apart * np.sin(turn / 2)])
    start = guess_poses(seen[:, :4], size_m, np.full(len(seen), side), lens)
    start[:, 1] = turn / 2
    poses = start.copy()

    def residual(unknown: Array) -> Array:
        """Return what is left when every frame's pose is the best one for this rig [px]."""
        model = _rig_model(unknown, size_m)
        poses[:] = fit_poses(seen, model, poses, lens)[0]
        return np.asarray((lens.project(place_body(model, poses)) - seen).ravel())

    found = least_squares(residual, rig, loss="soft_l1", f_scale=0.3, diff_step=1e-3, x_scale=[0.3, 0.3, 0.3, 0.1, 0.1, 0.1], max_nfev=30)
    return _rig_model(found.x, size_m)


def _rig_model(rig: Array, size_m: float) -> Array:
    square = size_m * UNIT
    return np.concatenate([square, place_body(square, rig[None])[0]])

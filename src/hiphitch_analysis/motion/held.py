"""A phone in a hand: how it turned, as markers on wall or floor show, and the same markers as a phone at rest would have seen them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hiphitch_analysis.motion.landmarks import low_pass_runs
from hiphitch_analysis.motion.markerset import bridge_gaps
from hiphitch_analysis.motion.rig import FLOOR, WALL, WANDER_PX
from hiphitch_analysis.motion.squares import Lens

Array = NDArray[np.float64]

HELD_HZ = 4.0  # a hand's sway, without the noise of the corners
MOSTLY = 0.5  # of the frames show what stands still
ROUNDS = 3  # of Gauss and Newton: turns of some degrees


def hold_still(time_s: Array, corners: dict[int, Array], lens: Lens) -> dict[int, Array]:
    """Undo how a phone in a hand turned.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    corners : dict of int to ndarray, shape (n, 4, 2)
        Of each marker [px], NaN where not seen.
    lens : Lens

    Returns
    -------
    dict of int to ndarray, shape (n, 4, 2)
        The same where wall and floor stand still. Where they wander the phone did: every marker as it would be seen had it not turned, NaN where
        neither is seen; or, where they are hardly seen, without them.

    Notes
    -----
    A turn about the lens moves the picture the same way however far away things are. The wall's marker tells it, being as high as the hips; the
    floor's does where there is none. A hand also shifts the phone by some centimetres, which looks like a turn aside or up. By the wall's marker 2 cm
    of that turn the line by 0.1°, by the floor's, which lies far from the picture's middle, by 0.3°.
    """
    wander = [i for i in (WALL, FLOOR) if i in corners and np.nanstd(corners[i], axis=0).max() >= WANDER_PX]
    if not wander:
        return corners
    turns = low_pass_runs(time_s, bridge_gaps(time_s, find_turns(corners[wander[0]], lens)), HELD_HZ)
    known = np.asarray(np.isfinite(turns).all(axis=1))
    if known.mean() < MOSTLY:
        return {i: square for i, square in corners.items() if i not in (WALL, FLOOR)}
    return {i: _turn_back(np.where(known[:, None, None], square, np.nan), np.nan_to_num(turns), lens) for i, square in corners.items()}


def find_turns(square: Array, lens: Lens) -> Array:
    """Find how a camera turned, by a marker that stands still.

    Parameters
    ----------
    square : ndarray, shape (n, 4, 2)
        Its corners [px].
    lens : Lens

    Returns
    -------
    ndarray, shape (n, 3)
        Rotation vector of the rays from the marker's usual place to where it is seen: x right, y down, z away from the camera [rad].
    """
    u, v = ((np.nanmedian(square, axis=0) - np.array(lens.middle_px)) / lens.focal_px).T
    one = np.ones(4)
    slopes = np.stack([np.column_stack([-u * v, 1 + u**2, -v]), np.column_stack([-one - v**2, u * v, u])], axis=1).reshape(8, 3)
    usual = np.column_stack([u, v]).ravel()
    turns = np.zeros((len(square), 3))
    seen = np.asarray(np.isfinite(square).all(axis=(1, 2)))
    for _ in range(ROUNDS):
        left = (_turn_back(square, turns, lens) - np.array(lens.middle_px)).reshape(-1, 8) / lens.focal_px - usual
        step = np.linalg.lstsq(slopes, np.nan_to_num(left).T, rcond=None)[0].T
        turns = (Rotation.from_rotvec(turns) * Rotation.from_rotvec(step)).as_rotvec()
    return np.where(seen[:, None], turns, np.nan)


def _turn_back(square: Array, turns: Array, lens: Lens) -> Array:
    rays = np.concatenate([(square - np.array(lens.middle_px)) / lens.focal_px, np.ones((*square.shape[:2], 1))], axis=2)
    return lens.project(np.einsum("nji,nkj->nki", Rotation.from_rotvec(turns).as_matrix(), rays))

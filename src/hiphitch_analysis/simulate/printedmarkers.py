"""Printed markers on the simulated body, on the wall and on the floor: where their paper is in the room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

RIGHT, LEFT, STERNUM, ANKLE, WALL, FLOOR = range(6)
OUTWARD_DEG, DOWN_DEG, TWIST_DEG = 20.0, 8.0, 8.0  # how a marker on a front hip bone sits; assumption, an adult of usual build
IN_FRONT_M = 0.02  # breastbone and ankle carry theirs before what the skeleton knows of them
BODY_M, STATIC_M = 0.05, 0.15  # sides of the black squares, on the body and on wall and floor
BEHIND_M, BESIDE_M = 0.35, 0.42  # the wall marker against the middle between the hips
AHEAD_M, ASIDE_M = 0.55, -0.15  # the floor marker against it


@dataclass(frozen=True, slots=True)
class Wearer:
    """A skeleton that wears markers.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        [s]
    places : dict of str to ndarray, shape (n, 3)
        Joints and skin markers in the room [m].
    swing : ndarray, shape (n,)
        How far the line between the front hip bones has tilted from where it began, as a share of its whole way.
    free : {"left", "right"}
        The leg whose foot ends elsewhere than it began.
    """

    time_s: Array
    places: dict[str, Array]
    swing: Array
    free: str

    def at(self, name: str, time_s: Array) -> Array:
        """Return where a point of the body is [m], shape (n, 3), at these times [s]."""
        return np.column_stack([np.interp(time_s, self.time_s, axis) for axis in self.places[name].T])


@dataclass(frozen=True, slots=True)
class Paper:
    """A marker in the room, at n instants.

    Attributes
    ----------
    centre : ndarray, shape (n, 3)
        [m]
    across, up : ndarray, shape (n, 3)
        Its own axes, to the right and up as printed.
    """

    centre: Array
    across: Array
    up: Array

    def at(self, x_m: Array, y_m: Array, bend_m: float = np.inf) -> Array:
        """Return where points of the paper are [m], shape (n, k, 3).

        Parameters
        ----------
        x_m, y_m : ndarray, shape (k,)
            From its middle, to the right and down as printed [m].
        bend_m : float
            Radius about which the paper is bent, about its upright line [m]; infinite: flat.
        """
        normal = np.cross(self.across, self.up)  # toward whoever reads it
        flat = self.centre[:, None] + x_m[:, None] * self.across[:, None] - y_m[:, None] * self.up[:, None]
        return np.asarray(flat - (x_m**2 / (2 * bend_m))[:, None] * normal[:, None])


def dress(skeleton: pd.DataFrame) -> Wearer:
    """Let a skeleton wear markers.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`, at any rate.

    Returns
    -------
    Wearer
    """
    names = [column.removesuffix("_x_m") for column in skeleton if column.endswith("_x_m")]
    places = {name: skeleton[[f"{name}_{axis}_m" for axis in "xyz"]].to_numpy(dtype=float) for name in names}
    gone = {side: float(np.linalg.norm(places[f"{side}_ankle"][0] - places[f"{side}_ankle"][-1])) for side in ("left", "right")}
    rise = (places["LASI"] - places["RASI"])[:, 2]
    swing = (rise - rise[0]) / max(float(np.ptp(rise)), 1e-6)
    return Wearer(skeleton.index.to_numpy(dtype=float), places, swing, "left" if gone["left"] > gone["right"] else "right")


def wear_marker(wearer: Wearer, marker: int, time_s: Array, skin_tilt_deg: float = 0.0) -> Paper:
    """Place a marker of the body: 0 and 1 on the right and left front hip bone, 2 on the breastbone, 3 on the free ankle.

    Parameters
    ----------
    wearer : Wearer
    marker : int
        0 to 3.
    time_s : ndarray, shape (n,)
        When [s].
    skin_tilt_deg : float
        How far markers on the hip bones tilt on the skin in step with the repetitions, right and left opposite ways [°].

    Returns
    -------
    Paper
    """
    right_asis, left_asis = wearer.at("RASI", time_s), wearer.at("LASI", time_s)
    left = _unit(left_asis - right_asis)
    forward = (left_asis + right_asis - wearer.at("LPSI", time_s) - wearer.at("RPSI", time_s)) / 2
    forward = _unit(forward - (forward * left).sum(axis=1, keepdims=True) * left)
    up = np.cross(forward, left)
    if marker not in (RIGHT, LEFT):
        return Paper(wearer.at("STERNUM" if marker == STERNUM else f"{wearer.free}_ankle", time_s) + IN_FRONT_M * forward, left, up)
    aside = -1.0 if marker == RIGHT else 1.0  # the right one is turned to the right
    swing = np.interp(time_s, wearer.time_s, wearer.swing)[:, None]
    outward, down, twist = np.radians(OUTWARD_DEG * aside), np.radians(DOWN_DEG + aside * skin_tilt_deg * swing), np.radians(TWIST_DEG * aside)
    normal = np.cos(outward) * forward + np.sin(outward) * left
    across = np.cos(outward) * left - np.sin(outward) * forward
    high = np.cos(down) * up + np.sin(down) * normal
    across, high = np.cos(twist) * across + np.sin(twist) * high, np.cos(twist) * high - np.sin(twist) * across
    return Paper(right_asis if marker == RIGHT else left_asis, across, high)


def fix_marker(wearer: Wearer, marker: int) -> Paper:
    """Place a marker that stays: 4 upright on the wall behind the athlete, 5 flat on the floor before them.

    Parameters
    ----------
    wearer : Wearer
    marker : int
        4 or 5.

    Returns
    -------
    Paper
        At one instant.
    """
    x, y, z = (wearer.places["left_hip"][0] + wearer.places["right_hip"][0]) / 2
    across = np.array([[0.0, 1.0, 0.0]])
    if marker == WALL:
        return Paper(np.array([[x - BEHIND_M, y + BESIDE_M, z]]), across, np.array([[0.0, 0.0, 1.0]]))
    return Paper(np.array([[x + AHEAD_M, y + ASIDE_M, 0.0]]), across, np.array([[-1.0, 0.0, 0.0]]))


def line_between(wearer: Wearer, time_s: Array) -> pd.DataFrame:
    """Return the truth of the line from the right to the left hip marker at these times [s].

    Parameters
    ----------
    wearer : Wearer
    time_s : ndarray, shape (n,)
        [s]

    Returns
    -------
    DataFrame
        ``left_up_deg``, its elevation, and ``heading_deg``, its turn about the vertical, + with the left side forward [°].
    """
    across = wearer.at("LASI", time_s) - wearer.at("RASI", time_s)
    truth = {
        "left_up_deg": np.degrees(np.arctan2(across[:, 2], np.hypot(across[:, 0], across[:, 1]))),
        "heading_deg": np.degrees(np.arctan2(across[:, 0], across[:, 1])),
    }
    return pd.DataFrame(truth, index=pd.Index(time_s, name="time_s"))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

"""Where joints and skin markers of the simulated body are in the room: x forward, y left, z up, the floor at height 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import SIDES, other_side
from hiphitch_analysis.simulate.body import LUMBAR_HINGE, Body
from hiphitch_analysis.simulate.kinematics import turn_about_axes
from hiphitch_analysis.simulate.motion import Motion, Segment

Array = NDArray[np.float64]

# Places on the segments, as shares of body height: forward, to the side, up from the segment's upper end (pelvis: from the middle between the hips;
# trunk: from the lumbar hinge). Assumptions, an adult of usual build; the spines lie as far apart as hips over 0.71 (computed from ten CT pelves).
ASIS = (0.035, 0.070, 0.045)
PSIS = (-0.055, 0.028, 0.045)
SHOULDER = (0.0, 0.116, 0.213)
C7, STERNUM, NOSE, EAR = (-0.04, 0.0, 0.245), (0.065, 0.0, 0.16), (0.06, 0.0, 0.335), (0.0, 0.042, 0.345)
ELBOW, WRIST = (0.01, 0.135, 0.055), (0.04, 0.140, -0.095)  # arms hang beside the trunk
HEEL, TOE = (-0.025, 0.0, -0.030), (0.105, 0.0, -0.030)  # from the ankle, in the shank's axes

STANDING_M, WALKING_M = 0.05, 0.20  # how far the pelvis sways over standing feet, and how much farther it is when they have left

JOINTS = ("nose", *(f"{side}_{part}" for side in SIDES for part in ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")))
MARKERS = ("C7", "STERNUM", *(f"{side[0].upper()}{part}" for side in SIDES for part in ("ASI", "PSI")))


def place_skeleton(motion: Motion, body: Body) -> pd.DataFrame:
    """Place joints and pelvis markers at every instant of a motion.

    Parameters
    ----------
    motion : Motion
    body : Body

    Returns
    -------
    DataFrame
        Index ``time_s``; columns ``<name>_x_m``, ``<name>_y_m``, ``<name>_z_m`` [m] for every name in `JOINTS` and `MARKERS`.

    Notes
    -----
    The same rigid chain as the sensors': the pelvis turns about the stance hip, the trunk about the lumbar hinge, each thigh about its hip, each
    shank about its knee, but for a foot that stands: it stays where it is.
    """
    h, half = body.height_m, body.hip_distance_m / 2
    pelvis, trunk = _turn(motion.pelvis), _turn(motion.trunk)
    still = np.zeros((len(motion.time_s), 3))
    still[:, 1] = motion.pivot_m[0]
    standing = body.leg_m * np.array([0.0, 0.0, 1.0])
    middle = motion.middle_m[0] + standing + still - pelvis.apply(still)
    hinge = middle + pelvis.apply([0.0, 0.0, LUMBAR_HINGE * h])

    def on(origin: Array, turn: Rotation, place: tuple[float, float, float], side: str = "left") -> Array:
        forward, aside, up = place
        return np.asarray(origin + turn.apply(h * np.array([forward, aside if side == "left" else -aside, up])))

    places: dict[str, Array] = {
        "nose": on(hinge, trunk, NOSE),
        "C7": on(hinge, trunk, C7),
        "STERNUM": on(hinge, trunk, STERNUM),
    }
    for side in SIDES:
        places |= {f"{side}_{part}": on(hinge, trunk, place, side) for part, place in _TRUNK_PARTS.items()}
        places |= {f"{side[0].upper()}{part}": on(middle, pelvis, place, side) for part, place in (("ASI", ASIS), ("PSI", PSIS))}
        hip = middle + pelvis.apply([0.0, half if side == "left" else -half, 0.0])
        thigh = motion.thighs[side]
        bent = Segment(thigh.yaw, thigh.roll, np.stack([thigh.pitch[0] + motion.knee_rad[side], *np.zeros((2, len(hip)))]))
        knee = hip + _turn(thigh).apply([0.0, 0.0, -body.thigh_m])
        shank = _turn(bent)
        ankle = knee + shank.apply([0.0, 0.0, -body.shank_m])
        # A foot that carries weight stays where it was put down; ankle and, by half, knee give way to it by the millimetres of the body's sway.
        give = _bears(motion, side)[:, None] * (ankle[0] - ankle)
        knee, ankle = knee + give / 2, ankle + give
        places |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        places |= {f"{side}_{part}": on(ankle, shank, place) for part, place in (("heel", HEEL), ("toe", TOE))}
    columns = {f"{name}_{axis}_m": places[name][:, i] for name in (*JOINTS, *MARKERS) for i, axis in enumerate("xyz")}
    return pd.DataFrame(columns, index=pd.Index(motion.time_s, name="time_s"))


_TRUNK_PARTS = {"ear": EAR, "shoulder": SHOULDER, "elbow": ELBOW, "wrist": WRIST}


def _bears(motion: Motion, side: str) -> Array:
    """Return how far a foot is planted [0–1]: not while its leg hangs free, nor once the body has walked on."""
    walked = np.abs(motion.middle_m[0, :, 0] - motion.middle_m[0, 0, 0])
    return np.asarray((1 - motion.weight[other_side(side)]) * np.clip(1 - (walked - STANDING_M) / WALKING_M, 0, 1))


def _turn(segment: Segment) -> Rotation:
    return turn_about_axes(segment.yaw, segment.roll, segment.pitch).rotation

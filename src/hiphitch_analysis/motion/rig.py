"""Two printed markers as one rigid body against the vertical that a marker on the floor shows; and when that is not to be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.motion.captured import from_zero
from hiphitch_analysis.motion.landmarks import CUTOFF_HZ, low_pass_runs
from hiphitch_analysis.motion.markerset import bridge_gaps
from hiphitch_analysis.motion.squares import Lens, find_up, fit_poses, fit_rig, guess_poses, place_body

Array = NDArray[np.float64]

RIGHT, LEFT, STERNUM, ANKLE, WALL, FLOOR = range(6)
SIZE_M, STATIC_SIZE_M = 0.05, 0.15  # black squares of the printed sheet: on the body, on wall and floor
RIG_WIDTH_PX = 100.0  # between the markers, below which two of them do not show how the pelvis turns
UNEVEN_DEG = 0.1  # markers that tilt by 3° on the skin, seen as a rigid pair: by so much it may differ from the plain line unasked
ELEVATION_SE_DEG = 2.4  # of the elevation of the lens by a floor marker far from the middle; simulated clips, focal length up to 10 % off
AGREE_DEG = 1.0  # by how much wall and floor may contradict one another
UNEXPLAINED = 3.0  # times what rotation and noise explain of the difference between the two ways to measure
WANDER_PX = 1.5  # standard deviation of a wall marker beyond which the camera was in a hand


@dataclass(frozen=True, slots=True)
class Rig:
    """What the two markers as one rigid body show.

    Attributes
    ----------
    raw, left_up : ndarray, shape (n,)
        Elevation of the line from the right marker to the left one, frame by frame and smoothed [°].
    heading : ndarray, shape (n,)
        Its turn about the vertical, + with the left side nearer to the camera, smoothed [°].
    elevation_deg, yaw_deg, roll_deg : float
        How far the lens is above the markers, aside of where the pelvis faces, and turned about its own axis [°].
    """

    raw: Array
    left_up: Array
    heading: Array
    elevation_deg: float
    yaw_deg: float
    roll_deg: float


def smooth_angle(time_s: Array, angle: Array) -> Array:
    """Bridge short gaps of an angle and low-pass it, shape (n,)."""
    return low_pass_runs(time_s, bridge_gaps(time_s, angle[:, None]), CUTOFF_HZ)[:, 0]


def measure_rig(time_s: Array, corners: dict[int, Array], lens: Lens) -> Rig | None:
    """Measure the two markers as one rigid body, upright against the floor marker; None without one."""
    if FLOOR not in corners:
        return None
    up, error_px = find_up(np.nanmedian(corners[FLOOR], axis=0), STATIC_SIZE_M, lens)
    both = np.flatnonzero(np.isfinite(corners[RIGHT] + corners[LEFT]).all(axis=(1, 2)))
    if error_px > WANDER_PX:
        return None
    right, left = corners[RIGHT][both], corners[LEFT][both]
    model = fit_rig(right, left, SIZE_M, lens)
    middle = [model[:4].mean(axis=0), model[4:].mean(axis=0)]
    seen = np.concatenate([right, left], axis=1)
    width = np.linalg.norm(left.mean(axis=1) - right.mean(axis=1), axis=1)
    start = guess_poses(right, float(np.linalg.norm(middle[1] - middle[0])), width, lens)
    start[:, 1] = np.arctan2(middle[1][2] - middle[0][2], middle[1][0] - middle[0][0])
    poses, _ = fit_poses(seen, model, start, lens)
    ends = place_body(np.array(middle), poses)
    across = ends[:, 1] - ends[:, 0]
    ahead = np.array([0.0, 0.0, 1.0]) - up[2] * up
    ahead = ahead / np.linalg.norm(ahead)
    aside = np.cross(ahead, up)  # to the right in the picture
    rise = np.degrees(np.arcsin(across @ up / np.linalg.norm(across, axis=1)))
    heading = np.degrees(np.arctan2(-across @ ahead, across @ aside))  # + left side nearer to the camera
    sight = ends.mean(axis=1)
    elevation = -np.degrees(np.arcsin(sight @ up / np.linalg.norm(sight, axis=1)))
    whole = np.full((len(time_s), 2), np.nan)
    whole[both] = np.column_stack([rise, heading])
    bearing = np.degrees(np.arctan2(sight @ aside, sight @ ahead))
    roll = float(np.degrees(np.arctan2(up[0], -up[1])))
    elevation_deg, yaw_deg = float(np.median(elevation)), float(np.median(heading - bearing))
    return Rig(
        whole[:, 0], smooth_angle(time_s, whole[:, 0]), smooth_angle(time_s, whole[:, 1]), elevation_deg, yaw_deg, roll
    )  # fmt: skip


def find_wall_roll(corners: dict[int, Array]) -> float | None:
    """Return how far the picture is turned by the wall marker's upright sides [°]; None without one.

    Its two upright sides lean apart in perspective; what they have in common does not.
    """
    if WALL not in corners:
        return None
    square = np.nanmedian(corners[WALL], axis=0)
    upright = (square[0] - square[3]) + (square[1] - square[2])
    return float(np.degrees(np.arctan2(upright[0], -upright[1])))


def doubt_rig(rig: Rig, left_up: Array, zero: NDArray[np.bool_], width: float, noise: float, wall_roll: float | None) -> tuple[str, str] | None:
    """Return why the two markers are not measured as one body; None when they can be."""
    if width < RIG_WIDTH_PX:
        return "plain_line", f"the hip markers are {width:.0f} px apart: too few to tell turning from dropping, so the plain line was measured"
    if wall_roll is not None and abs(rig.roll_deg - wall_roll) > AGREE_DEG + abs(rig.elevation_deg * np.sin(np.radians(rig.yaw_deg))):
        return (
            "statics_disagree",
            f"the markers on wall and floor disagree by {abs(rig.roll_deg - wall_roll):.1f}° about level: the plain line was measured",
        )
    apart = from_zero(rig.left_up, zero) - from_zero(left_up, zero)
    apart = apart - (0.0 if zero.any() else float(np.nanmedian(apart)))
    found = float(np.sqrt(np.nanmean(apart**2)))
    turning = np.sin(np.radians(np.hypot(rig.elevation_deg, ELEVATION_SE_DEG))) * float(np.nanstd(rig.heading))
    if found > UNEXPLAINED * float(np.sqrt(turning**2 + noise**2 + UNEVEN_DEG**2)):
        return "markers_moved", f"the hip markers moved against one another, as skin or a loose card does ({found:.1f}°): the plain line was measured"
    return None

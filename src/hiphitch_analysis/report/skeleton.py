"""A person on one leg, seen from behind: outline and bones of hips and thighs, to scale, for forces to be drawn upon.

Shapes are those of hips 175 mm apart, in millimetres, and grow with the distance between the hips. They show where things are; nothing is read off
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon
from numpy.typing import NDArray

from hiphitch_analysis.report.palette import BODY_FILL, BONE_FILL
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.mechanics import Posture

Array = NDArray[np.float64]
Points = Sequence[tuple[float, float]]

DRAWN_WIDTH_MM = 175.0  # between the hips of the shapes below
FAR_MM = 600.0  # beyond the picture's edge
BETWEEN = 12  # points of a smooth outline per point given

# Right halves of symmetric shapes, from the midline on top to the midline below. Origins: midway between the hips, the lumbar hinge, a hip.
PELVIS: Points = [
    *((0, 84), (22, 88), (46, 108), (78, 121), (110, 113), (131, 88), (128, 60), (112, 32), (112, 8), (106, -22), (84, -30)),
    *((70, -54), (52, -66), (34, -52), (22, -28), (0, -22)),
]
HIPS_OUTLINE: Points = [(0, 150), (84, 142), (112, 108), (143, 50), (160, -15), (158, -58), (105, -100), (0, -45)]
TRUNK_OUTLINE: Points = [(0, 420), (170, 400), (150, 200), (120, 90), (104, 20), (108, -60), (0, -90)]
THIGH_OUTLINE: Points = [(0, 30), (76, -10), (79, -80), (74, -180), (64, -300), (54, -420), (0, -430)]
# Of the free leg, whose hip joint lies toward the midline of its shaft; the stance leg is its mirror image.
NECK: Points = [(-4, 12), (44, 20), (56, 2), (40, -14), (0, -13)]
SHAFT: Points = [(40, 22), (62, 24), (74, 10), (70, -30), (46, -200), (18, -410), (-14, -410), (14, -200), (40, -26)]
HEAD_MM, SPINE_MM = 22.0, 11.0  # radius of the femur's head, half the width of the spine


def scale_of(body: Body) -> float:
    """Return metres of `body` per millimetre of the shapes."""
    return body.hip_distance_m / DRAWN_WIDTH_MM


def draw_skeleton(ax: Axes, body: Body, posture: Posture, stance_lean_deg: float) -> None:
    """Draw outline and bones about the stance hip, which is the origin; x toward the free side, y up, in metres.

    Parameters
    ----------
    ax : Axes
    body : Body
    posture : Posture
        Single numbers.
    stance_lean_deg : float
        How far the stance leg leans inwards, downwards [°].
    """
    k = scale_of(body)
    tilt, lean, swing = (float(np.asarray(a)) for a in (posture.obliquity_deg, posture.trunk_lean_deg, posture.free_leg_angle_deg))
    middle, free_hip = (_turn(np.array([[share * body.hip_distance_m, 0.0]]), tilt)[0] for share in (0.5, 1.0))
    hinge = middle + _turn(np.array([[0.0, body.hinge_m]]), tilt)[0]
    stance_hip = np.zeros(2)
    for name, shape, at, angle in (
        ("trunk", TRUNK_OUTLINE, hinge, lean),
        ("hips", HIPS_OUTLINE, middle, tilt),
        ("stance-leg", THIGH_OUTLINE, stance_hip, stance_lean_deg),
        ("free-leg", THIGH_OUTLINE, free_hip, swing),
    ):
        ax.add_patch(Polygon(at + k * _turn(_smooth(_mirror(shape)), angle), facecolor=BODY_FILL, edgecolor="none", zorder=0, gid=name))
    bone: dict[str, Any] = {"facecolor": BONE_FILL, "edgecolor": "white", "linewidth": 0.9}
    for at, angle, side, whose in ((stance_hip, stance_lean_deg, -1.0, "stance"), (free_hip, swing, 1.0, "free")):
        for shape, name in ((SHAFT, f"{whose}-thigh"), (NECK, f"{whose}-neck")):
            ax.add_patch(Polygon(at + k * _turn(_smooth(np.array(shape)) * (side, 1.0), angle), zorder=1, gid=name, **bone))
    sacrum = middle + k * _turn(np.array([[0.0, 84.0]]), tilt)[0]
    top = hinge + k * _turn(np.array([[0.0, FAR_MM]]), lean)[0]
    for low, high, name in ((sacrum, hinge, "sacrum"), (hinge, top, "spine")):
        ax.add_patch(Polygon(_beam(low, high, k * SPINE_MM), facecolor=BONE_FILL, edgecolor="none", zorder=1, gid=name))
    ax.add_patch(Circle(tuple(hinge), k * SPINE_MM, facecolor=BONE_FILL, edgecolor="none", zorder=1))
    ax.add_patch(Polygon(middle + k * _turn(_smooth(_mirror(PELVIS)), tilt), zorder=2, gid="pelvis", **bone))
    for at, name in ((stance_hip, "stance-hip"), (free_hip, "free-hip")):
        ax.add_patch(Circle(tuple(at), k * HEAD_MM, zorder=2.5, gid=name, **bone))


def _turn(points: Array, angle_deg: float) -> Array:
    """Turn points anticlockwise about the origin."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]))


def _mirror(half: Points) -> Array:
    """Close a right half with its mirror image."""
    right = np.array(half, dtype=float)
    inner = right[1:-1] if right[0, 0] == right[-1, 0] == 0 else right
    return np.concatenate([right, inner[::-1] * (-1, 1)])


def _smooth(points: Array) -> Array:
    """Draw a closed curve through points (Catmull–Rom)."""
    before, after, beyond = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0), np.roll(points, -2, axis=0)
    t = (np.arange(BETWEEN) / BETWEEN)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (before, points, after, beyond))
    curve = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return np.asarray(curve.reshape(-1, 2))


def _beam(low: Array, high: Array, half: float) -> Array:
    """Return the corners of a beam between two points."""
    along = (high - low) / np.hypot(*(high - low))
    across = half * np.array([-along[1], along[0]])
    return np.array([low + across, high + across, high - across, low - across])

"""From where a single camera sees the person: front or back, how far off square, how large; and whether a hip hitch can be seen from there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.captured import spread_precision
from hiphitch_analysis.precision import Precision

Array = NDArray[np.float64]
Points = dict[str, Array]

FACINGS = ("front", "back")
UPRIGHT_SHARE = 0.75  # of the clip has a shorter trunk: bending forwards shortens it in the picture, and nothing lengthens it
WIDTH_SPREAD = 0.06  # of hips and shoulders together: people differ by some 8 % in each of the two widths
TOO_SURE = 0.6  # share of the frames: a smaller majority for front or back is doubtful
HOW_TO_FILM = "film square from the front or the back, lens at hip height, from 2.5–3 m, upright, the person filling the picture's height"


@dataclass(frozen=True, slots=True)
class View:
    """How the camera sees the person.

    Attributes
    ----------
    facing : {"front", "back"}
        The side of the person that the camera sees.
    agreement : float
        Share of the frames whose labels say the same [0–1].
    yaw_deg : float
        How far the camera is off square to the pelvis, either way [°], 0–90, from the widths of hips and shoulders against the trunk's length.
    yaw_low_deg, yaw_high_deg : float
        The same for people whose widths are one standard deviation smaller and larger [°]; near square a width hardly tells.
    hip_px : float
        Distance between the hips [px].
    px_per_m : float
        Scale [px/m], taking the trunk for one of usual length.
    """

    facing: str
    agreement: float
    yaw_deg: float
    yaw_low_deg: float
    yaw_high_deg: float
    hip_px: float
    px_per_m: float


def decide_facing(points: Points) -> tuple[str, float]:
    """Decide once per clip whether the camera sees the person's front or back.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 2)
        Landmarks [px].

    Returns
    -------
    facing : {"front", "back"}
        Seen from the front, the left side is on the picture's right.
    agreement : float
        Share of the frames that say so [0–1].
    """
    across = points["left_hip"][:, 0] - points["right_hip"][:, 0]
    if "left_shoulder" in points:
        shoulders = points["left_shoulder"][:, 0] - points["right_shoulder"][:, 0]
        across = np.where(np.isfinite(shoulders), across + shoulders, across)
    across = across[np.isfinite(across)]
    front = float((across > 0).mean())
    return ("front", front) if front >= 0.5 else ("back", 1 - front)


def estimate_view(points: Points, facing: str, agreement: float) -> View:
    """Estimate how far off square and how large the camera sees the person.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 2)
        Landmarks [px], sides repaired; hips and shoulders.
    facing : {"front", "back"}
    agreement : float
        From `decide_facing`.

    Returns
    -------
    View

    Notes
    -----
    Turned by ψ, a width across the body shrinks by cos ψ and the trunk's length does not. Widths are taken from the frames in which the trunk is
    longest, when the person stands upright. A camera above or below shortens the trunk, so that ψ comes out too small.

    Examples
    --------
    Hips 80 px and shoulders 138 px apart on a trunk of 200 px are square; half of both is 60° off:

    >>> body = {"left_hip": (40, 200), "right_hip": (-40, 200), "left_shoulder": (69, 0), "right_shoulder": (-69, 0)}
    >>> for narrow in (1.0, 0.5):
    ...     view = estimate_view({name: np.array([(narrow * x, y)] * 3, dtype=float) for name, (x, y) in body.items()}, "front", 1.0)
    ...     print(round(view.yaw_deg), round(view.hip_px))
    0 80
    60 40
    """
    hips = points["left_hip"] - points["right_hip"]
    shoulders = points["left_shoulder"] - points["right_shoulder"]
    trunk = np.linalg.norm((points["left_hip"] + points["right_hip"] - points["left_shoulder"] - points["right_shoulder"]) / 2, axis=1)
    upright = trunk >= np.nanquantile(trunk, UPRIGHT_SHARE)
    hip_ratio, shoulder_ratio = (float(np.nanmedian(np.linalg.norm(v, axis=1)[upright] / trunk[upright])) for v in (hips, shoulders))
    cosine = (hip_ratio / norms.HIPS_PER_TRUNK.value + shoulder_ratio / norms.SHOULDERS_PER_TRUNK.value) / 2
    low, yaw, high = (float(np.degrees(np.arccos(min(1.0, cosine * factor)))) for factor in (1 + WIDTH_SPREAD, 1.0, 1 - WIDTH_SPREAD))
    width, length = float(np.nanmedian(np.linalg.norm(hips, axis=1))), float(np.nanmedian(trunk[upright]))
    return View(facing, agreement, yaw, low, high, width, length / norms.TRUNK_M.value)


def view_precision(view: View, jitter_px: float, zero_spread_deg: float, zero_s: tuple[float, float] | None) -> Precision:
    """Say how well angles from this view are known.

    Parameters
    ----------
    view : View
    jitter_px : float
        What is left of a landmark's jitter after the low-pass, standard deviation per coordinate [px].
    zero_spread_deg : float
        How much the line moved in the quiet stance, standard deviation [°]; NaN without one.
    zero_s : (float, float) or None
        The quiet stance [s].

    Returns
    -------
    Precision

    Notes
    -----
    The share of a drop that is wrong is 1/cos ψ − 1 of a view ψ off square, beside the model's own. A landmark's error is one in the picture, so it
    weighs 1/cos ψ as much as in the square view. A lens off the hips' height by the angle e sees sin e of the pelvis's axial rotation.
    """
    cosine = max(np.cos(np.radians(view.yaw_deg)), 0.05)
    share = float(np.hypot(norms.LANDMARK_SHARE.value, 1 / cosine - 1))
    model = norms.LANDMARK_DEG.value / cosine
    jitter = np.degrees(np.sqrt(2) * jitter_px / view.hip_px)
    leak = np.sin(np.radians(norms.CAMERA_ELEVATION_DEG.value)) * norms.TURNING_DEG.value
    spread = float(np.sqrt(model**2 + jitter**2 + leak**2))
    zero = np.nan if zero_s is None else float(zero_spread_deg / np.sqrt(max(1.0, zero_s[1] - zero_s[0])))
    return spread_precision(zero, 0.0, share, spread, np.nan)


def judge_view(view: View, precision: Precision) -> tuple[list[str], list[str]]:
    """Refuse a view that cannot show a hip hitch, and say what is doubtful about one that can.

    Parameters
    ----------
    view : View
    precision : Precision
        From `view_precision`.

    Returns
    -------
    flags, warnings : list of str

    Raises
    ------
    ValueError
        The standard error of a change is so large that a usual drop would not always show.
    """
    off = f"the camera stands about {view.yaw_deg:.0f}° off square (between {view.yaw_low_deg:.0f} and {view.yaw_high_deg:.0f}°)"
    small = f"the hips are {view.hip_px:.0f} px apart"
    oblique, few = view.yaw_deg > norms.OBLIQUE_DEG.value, view.hip_px < norms.HIP_WIDTH_PX.value
    if precision.noise_deg > norms.CLEAR_DROP_DEG.value:
        reasons = " and ".join(reason for reason, holds in ((off, oblique), (small, few)) if holds) or "the landmarks jitter too much"
        raise ValueError(
            f"landmarks: this view cannot show a hip hitch: {reasons}, so a change of obliquity is known to ±{precision.noise_deg:.1f}° only — "
            f"expected at most {norms.CLEAR_DROP_DEG.value:g}°. To mend it, {HOW_TO_FILM}."
        )
    flags, warnings = [], []
    if oblique:
        flags.append("oblique_view")
        warnings.append(
            f"{off}: a drop may come out wrong by {precision.share:.0%}, landmarks follow the legs, and bending forwards looks like leaning. "
            f"Next time, {HOW_TO_FILM}"
        )
    if few:
        flags.append("few_pixels")
        warnings.append(f"{small}, where one pixel is {np.degrees(1.414 / view.hip_px):.1f}°: come nearer, or film with more pixels")
    if view.agreement < TOO_SURE:
        flags.append("view_doubtful")
        warnings.append(
            f"only {view.agreement:.0%} of the frames say that the camera sees the person's {view.facing}: if it does not, every sign is turned round"
        )
    return flags, warnings

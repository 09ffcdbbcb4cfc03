"""Optical markers → angles of pelvis, trunk and free leg with their standard errors (table ANGLES)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.captured import NO_ZERO, RELATIVE, Captured, build_angles, check_stance, from_zero, spread_precision, unwrap_known
from hiphitch_analysis.motion.feet import FEET, find_zero
from hiphitch_analysis.motion.markerset import MarkerSet, Points, back_of_pelvis, gather_markers, has_pair, middle
from hiphitch_analysis.precision import Precision, level_se
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]

SKIN_MOVES_DEG = 1.0  # half of what two lines move against one another; squats and jumps stay below
FOOT_STAYS_M, FOOT_LEAVES_M = 0.01, 0.03  # standard deviation over the recording, of a foot stood on and of one that hangs or steps


def measure_markers(markers: pd.DataFrame, stance: str) -> Captured:
    """Measure the angles of pelvis, trunk and free leg from optical markers.

    Parameters
    ----------
    markers : DataFrame
        Table MARKERS: index ``time_s``; ``<name>_x_m``, ``<name>_y_m``, ``<name>_z_m`` for each marker, right-handed, z up, NaN where not seen.
        Names are known in many spellings, see `markernames`.
    stance : {"left", "right"}
        The leg stood on.

    Returns
    -------
    Captured
        Zero is the first quiet stance on both feet; without one obliquity and tilt are against the horizontal, flagged ``relative_zero``.
        Rotation is counted from the zero, else from its median.

    Raises
    ------
    ValueError
        See `gather_markers`.

    Notes
    -----
    Obliquity is the mean of the elevations of the ASIS line and of the PSIS line. Skin pulls the two lines opposite ways when the hips flex
    unequally, so the mean of the two angles errs less (on 22 trials of one person 0.7°) than the sum of the two vectors, in which the longer
    ASIS line weighs more (1.0°), and less than a rigid pelvis fitted to a static trial (1.1°). Of what a bone turns some may be lost on the skin.
    Where there are no markers on the hip bones, the line between the hips' centres is taken.

    The trunk is the line from the middle of the pelvis to that of the shoulders: both lie near the axis about which chest and pelvis turn against one
    another, which moves C7 and the PSIS sideways (in five trials of one person 0.7 to 2.5° off the model's trunk instead of 0.9 to 3.6°). Without
    shoulders it is the line from the back of the pelvis to C7. The free leg is the line from the hip's centre (marker or regression [2]_) to the
    ankle, else to the knee.

    References
    ----------
    .. [1] Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
       Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7
    .. [2] Harrington ME et al. Prediction of the hip joint centre in adults, children, and patients with cerebral palsy based on magnetic resonance
       imaging. J Biomech 2007. doi:10.1016/j.jbiomech.2006.02.003

    Examples
    --------
    Facing x, standing on the left leg, the right side of the pelvis 2.5 cm lower on lines of 25 and 10 cm:

    >>> pelvis = {"LASI": (0.2, 0.125, 1.0), "RASI": (0.2, -0.125, 0.975), "LPSI": (0, 0.05, 1.0), "RPSI": (0, -0.05, 0.99)}
    >>> row = {f"{name}_{axis}_m": [value] * 2 for name, point in pelvis.items() for axis, value in zip("xyz", point)}
    >>> found = measure_markers(pd.DataFrame(row, index=pd.Index([0.0, 0.01], name="time_s")), stance="left")
    >>> found.angles["obliquity_deg"].round(2).tolist()
    [-5.71, -5.71]
    """
    free_left = check_stance(stance)
    found = gather_markers(markers)
    left_up, heading, tilt = pelvis_of(found.points, found.lines)
    pelvis = np.mean([middle(found.points, line) for line in found.lines], axis=0)
    zero_s = find_zero(found.time_s, pelvis, left_up, found.points)
    zero = _between(found.time_s, zero_s)
    precision = marker_precision(found.lines, line_disagreement(found.points, found.lines), left_up, zero, zero_s)
    obliquity = from_zero(free_left * left_up, zero)
    rotation = -free_left * (heading - (np.nanmean(heading[zero]) if zero.any() else np.nanmedian(heading)))
    angles = build_angles(found.time_s, obliquity, rotation, from_zero(tilt, zero), precision)
    _add_trunk(angles, found, np.radians(heading), free_left, zero, precision)
    _add_free_leg(angles, found, np.radians(left_up), np.radians(heading), free_left, zero, precision)
    flags, warnings = list(found.flags), list(found.warnings)
    if len(found.lines) > 1 and precision.drift_deg > SKIN_MOVES_DEG:
        flags.append("skin_moves")
        warnings.append(
            f"the ASIS and PSIS lines move against one another by {2 * precision.drift_deg:.1f}° (SD), which is skin or a loose marker and no bone: "
            "standard errors were widened. Walking does the same"
        )
    if zero_s is None:
        seen = any(has_pair(found.points, place) for place in FEET)
        flags.append("relative_zero")
        warnings.append(f"{NO_ZERO if seen else 'without markers on both feet no stance on both feet can be proven'}: {RELATIVE}")
    doubt = doubt_stance(found.points, stance)
    if doubt is not None:
        flags.append("stance_doubtful")
        warnings.append(doubt)
    return Captured(check_table(angles, Angles), zero_s, zero_s is None, precision, tuple(flags), tuple(warnings), place_m=pelvis)


def pelvis_of(points: Points, lines: tuple[str, ...]) -> tuple[Array, Array, Array]:
    """Return how the pelvis stands.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 3)
        Places on the body [m].
    lines : tuple of str
        The pairs to use.

    Returns
    -------
    left_up, heading, tilt : ndarray, shape (n,)
        Elevation of the line right → left; heading of the line left → right, unwrapped, + right side forward; sagittal tilt, + anterior, NaN where
        nothing tells where the front of the pelvis is [°].
    """
    elevations, headings = [], []
    for line in lines:
        x, y, z = (points[f"right_{line}"] - points[f"left_{line}"]).T
        elevations.append(np.arctan2(-z, np.hypot(x, y)))
        headings.append(unwrap_known(np.arctan2(y, x)))
    left_up = np.asarray(np.mean(elevations, axis=0))
    turns = [2 * np.pi * np.round(np.nanmean(heading - headings[0]) / (2 * np.pi)) for heading in headings]  # two lines may be unwrapped a turn apart
    heading = np.mean([heading - turn for heading, turn in zip(headings, turns, strict=True)], axis=0)
    tilt = np.full_like(left_up, np.nan)
    axes = pelvis_axes(points, left_up, heading)
    if axes is not None:
        _, forward, up = axes
        tilt = np.arctan2(-forward[:, 2], up[:, 2])
    return np.degrees(left_up), np.degrees(heading), np.degrees(tilt)


def pelvis_axes(points: Points, left_up: Array, heading: Array) -> tuple[Array, Array, Array] | None:
    """Return the pelvis's axes to the right, forwards and up, each of shape (n, 3); None where nothing tells where its front is.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 3)
        Places on the body [m].
    left_up, heading : ndarray, shape (n,)
        Elevation and heading of its sideways line [rad].
    """
    back = back_of_pelvis(points)
    if back is None or not has_pair(points, "asis"):
        return None
    right = np.column_stack([np.cos(left_up) * np.cos(heading), np.cos(left_up) * np.sin(heading), -np.sin(left_up)])
    forward = middle(points, "asis") - back
    forward = forward - (forward * right).sum(axis=1, keepdims=True) * right
    forward = forward / np.linalg.norm(forward, axis=1, keepdims=True)
    return right, forward, np.cross(right, forward)


def estimate_hip(points: Points, side: str, left_up: Array, heading: Array) -> Array | None:
    """Return the centre of a hip [m], shape (n, 3): its own marker, else by regression on the pelvis's width and depth; None without either.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 3)
        Places on the body [m].
    side : {"left", "right"}
    left_up, heading : ndarray, shape (n,)
        Elevation and heading of the pelvis's sideways line [rad].

    Notes
    -----
    Harrington et al. 2007: from the middle of the ASIS 0.24 depth + 9.9 mm backwards, 0.30 width + 10.9 mm down, 0.33 width + 7.3 mm to the side.
    Its error of about a centimetre is the same throughout, so it comes into a change of the leg's angle only where the pelvis turns against the leg.
    """
    if f"{side}_hip" in points:
        return points[f"{side}_hip"]
    axes, back = pelvis_axes(points, left_up, heading), back_of_pelvis(points)
    if axes is None or back is None:
        return points.get(f"{side}_asis")
    right, forward, up = axes
    front = middle(points, "asis")
    depth = np.nanmedian(np.linalg.norm(front - back, axis=1))
    width = np.nanmedian(np.linalg.norm(points["right_asis"] - points["left_asis"], axis=1))
    outwards = right if side == "right" else -right
    return np.asarray(front - (0.24 * depth + 0.0099) * forward - (0.30 * width + 0.0109) * up + (0.33 * width + 0.0073) * outwards)


def line_disagreement(points: Points, lines: tuple[str, ...]) -> float:
    """Return half of how much the elevations of two lines move against one another, standard deviation [°]; NaN where there is one line only.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 3)
        Places on the body [m].
    lines : tuple of str
        The pairs used.

    Notes
    -----
    Two lines on one bone keep their angle. What they do not keep is skin, and their mean errs by about half of it: in five trials of one person the
    mean was off a bone model by 0.33 to 1.06° and this figure was 0.44 to 1.34°, in the same order.
    """
    if len(lines) < 2:
        return np.nan
    elevations = []
    for line in lines:
        x, y, z = (points[f"left_{line}"] - points[f"right_{line}"]).T
        elevations.append(np.degrees(np.arctan2(z, np.hypot(x, y))))
    return float(np.nanstd(elevations[0] - elevations[1])) / 2


def marker_precision(
    lines: tuple[str, ...], disagreement_deg: float, left_up: Array, zero: NDArray[np.bool_], zero_s: tuple[float, float] | None
) -> Precision:
    """Say how well angles from these lines are known.

    Parameters
    ----------
    lines : tuple of str
        The pairs used.
    disagreement_deg : float
        From `line_disagreement`; NaN where there is one line only.
    left_up : ndarray, shape (n,)
        Elevation of the line [°].
    zero : ndarray of bool, shape (n,)
        Samples of the quiet stance.
    zero_s : (float, float) or None
        Its start and end [s].

    Returns
    -------
    Precision

    Notes
    -----
    The cameras' own error, tenths of a millimetre on a line of 10 to 25 cm, is nothing beside the skin's. Where two lines disagree by more than is
    usual in a squat, the recording itself says how much the skin moves.
    """
    if len(lines) > 1:
        spread = float(np.fmax(norms.MARKER_SKIN_DEG.value, disagreement_deg))
    else:
        spread = norms.KEYPOINT_DEG.value if lines == ("hip",) else norms.MARKER_LINE_DEG.value
    level = np.nan
    if zero_s is not None:
        swayed = float(np.nanstd(left_up[zero])) / np.sqrt(max(1.0, zero_s[1] - zero_s[0]))  # sway is independent of itself after about a second
        level = float(np.hypot(swayed, norms.SKIN_BULGE_DEG.value))
    return spread_precision(level, norms.MARKER_PLACED_DEG.value, norms.MARKER_SHARE.value, spread, spread)


def doubt_stance(points: Points, stance: str) -> str | None:
    """Return what speaks against the stated stance side: its foot moves about while the other one stays; None when nothing does.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 3)
        Places on the body [m].
    stance : {"left", "right"}
        The leg said to be stood on.

    Returns
    -------
    str or None
    """
    foot = next((place for place in FEET if has_pair(points, place)), None)
    if foot is None:
        return None
    other = "right" if stance == "left" else "left"
    moved = {side: float(np.sqrt(np.nanvar(points[f"{side}_{foot}"], axis=0).sum())) for side in (stance, other)}
    if moved[stance] < FOOT_LEAVES_M or moved[other] > FOOT_STAYS_M:
        return None
    return (
        f"the {stance} {foot} moves by {100 * moved[stance]:.0f} cm (SD), the {other} one by {100 * moved[other]:.0f} cm: "
        f"the {other} leg seems to be the one stood on. Analyse it with --stance {other}"
    )


def _add_trunk(angles: pd.DataFrame, found: MarkerSet, heading: Array, free_left: float, zero: NDArray[np.bool_], pelvis: Precision) -> None:
    points = found.points
    centre = np.mean([middle(points, line) for line in found.lines], axis=0)
    if has_pair(points, "shoulder"):
        trunk = middle(points, "shoulder") - centre
    elif "c7" in points:
        back = back_of_pelvis(points)
        trunk = points["c7"] - (centre if back is None else back)
    else:
        return
    lean = from_zero(np.degrees(np.arctan2(-(trunk * _to_free(heading, free_left)).sum(axis=1), trunk[:, 2])), zero)
    angles["trunk_lean_deg"] = lean
    angles["lumbar_bend_deg"] = angles["obliquity_deg"] - lean
    angles["trunk_lean_se_deg"] = _se(_segment_precision(pelvis, norms.MARKER_TRUNK_DEG.value), lean)


def _add_free_leg(
    angles: pd.DataFrame, found: MarkerSet, left_up: Array, heading: Array, free_left: float, zero: NDArray[np.bool_], pelvis: Precision
) -> None:
    points, free = found.points, "left" if free_left > 0 else "right"
    knee, ankle = points.get(f"{free}_knee"), points.get(f"{free}_ankle")
    hip = estimate_hip(points, free, left_up, heading)
    end = knee if ankle is None else ankle
    if hip is None or end is None:
        return
    precision = _segment_precision(pelvis, norms.MARKER_LEG_DEG.value)
    out = np.arctan2(((end - hip) * _to_free(heading, free_left)).sum(axis=1), (hip - end)[:, 2])
    angles["free_leg_angle_deg"] = from_zero(np.degrees(out), zero)
    angles["free_leg_angle_se_deg"] = _se(precision, angles["free_leg_angle_deg"].to_numpy())
    if knee is None:
        return
    thigh = knee - hip
    forwards = np.column_stack([-np.sin(heading), np.cos(heading), np.zeros(len(heading))])
    angles["free_thigh_flexion_deg"] = from_zero(np.degrees(np.arctan2((thigh * forwards).sum(axis=1), -thigh[:, 2])), zero)
    angles["free_thigh_flexion_se_deg"] = _se(precision, angles["free_thigh_flexion_deg"].to_numpy())
    if ankle is not None:
        shank = ankle - knee
        bent = np.arctan2(np.linalg.norm(np.cross(thigh, shank), axis=1), (thigh * shank).sum(axis=1))
        angles["free_knee_flexion_deg"] = np.maximum(from_zero(np.degrees(bent), zero), -30.0)


def _to_free(heading: Array, free_left: float) -> Array:
    """Return the horizontal direction to the free side, shape (n, 3), of a pelvis whose line left → right has this heading."""
    return -free_left * np.column_stack([np.cos(heading), np.sin(heading), np.zeros(len(heading))])


def _segment_precision(pelvis: Precision, spread: float) -> Precision:
    return spread_precision(pelvis.zero_deg, 0.0, norms.MARKER_SHARE.value, spread, np.nan)


def _se(precision: Precision, angle: Array) -> Array:
    return np.where(np.isfinite(angle), level_se(precision, angle, np.nan), np.nan)


def _between(time_s: Array, zero_s: tuple[float, float] | None) -> NDArray[np.bool_]:
    if zero_s is None:
        return np.zeros(len(time_s), dtype=bool)
    return np.asarray((time_s >= zero_s[0]) & (time_s < zero_s[1]))

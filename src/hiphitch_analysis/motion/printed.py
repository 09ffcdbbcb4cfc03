"""Printed markers in a video → obliquity of the line between the hip bones, trunk lean and the free leg's angle (table ANGLES)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.captured import NO_ZERO, RELATIVE, Captured, build_angles, check_stance, from_zero, spread_precision
from hiphitch_analysis.motion.feet import PELVIS_STILL_M, first_stretch, spread_over
from hiphitch_analysis.motion.held import hold_still
from hiphitch_analysis.motion.landmarks import CUTOFF_HZ, low_pass_runs
from hiphitch_analysis.motion.markerset import BRIDGE_S, bridge_gaps
from hiphitch_analysis.motion.printederrors import add_skin, noise_after_smoothing, plain_precision, rig_precision
from hiphitch_analysis.motion.rig import (
    ANKLE,
    LEFT,
    RIGHT,
    SIZE_M,
    STERNUM,
    WALL,
    Rig,
    doubt_rig,
    find_wall_roll,
    measure_rig,
    smooth_angle,
)
from hiphitch_analysis.motion.squares import Lens, centre_of, rectify
from hiphitch_analysis.motion.stance import QUIET_SPREAD_DEG, SHIFT_M
from hiphitch_analysis.precision import Precision, level_se
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]

USUAL_LENS = 26 / 36  # focal length over the picture's long side: 26 mm on 36 mm, a telephone's main camera
LEAST_RUN = 10  # frames: fewer are no clip
LOW_DEG, HIGH_DEG = 5.0, 10.0  # elevation of the lens: up to the first all is well, beyond the second nothing is promised
HOW_TO_FILM = "put the phone on a stand, the lens at hip height, square in front, 2.5 to 3 m away"


@dataclass(frozen=True, slots=True)
class Printed(Captured):
    """Angles from printed markers, and how they were come by.

    Attributes
    ----------
    way : {"rig", "wall", "picture"}
        Measured on two markers as one rigid body against the floor's vertical, after the wall's perspective was undone, or in the picture as it is.
    line_precision : Precision
        How well the angle of the line between the markers is known; `precision` adds what skin does between marker and bone.
    width_px : float
        Between the two markers, median [px].
    elevation_deg, yaw_deg : float
        How far the lens is above the hips, and aside of where the pelvis faces [°]; NaN where nothing shows it.
    missing : float
        Share of the frames between first and last sight in which a hip marker was not seen [0–1].
    """

    way: str
    line_precision: Precision
    width_px: float
    elevation_deg: float
    yaw_deg: float
    missing: float


def measure_printed(tracks: pd.DataFrame, frame_px: tuple[int, int], stance: str, focal_px: float | None = None) -> Printed:
    """Measure the line between the front hip bones, trunk and free leg from printed markers.

    Parameters
    ----------
    tracks : DataFrame
        Index ``time_s``; ``m<id>_<corner>_x_px``, ``m<id>_<corner>_y_px`` [px, y down], corner 0 to 3 clockwise from the printed top left, NaN where
        not seen. 0 is on the right hip bone, 1 on the left; 2 breastbone, 3 free ankle, 4 wall, 5 floor where there are such.
    frame_px : (int, int)
        Width and height of the picture [px].
    stance : {"left", "right"}
        The leg stood on.
    focal_px : float, optional
        The lens's focal length [px]; by default a telephone's usual one.

    Returns
    -------
    Printed
        Zero is the first quiet stance, proven by the weight that goes over to the stance leg afterwards; without one the angles are flagged
        ``relative_zero`` and are against what `way` takes for the horizontal. Tilt is NaN; rotation is known where the two markers were measured as
        one body.

    Raises
    ------
    ValueError
        The hip markers are missing or hardly seen, times that do not increase, or a view that cannot show a hip hitch.

    Notes
    -----
    The line between the two middles is always measured: after undoing the perspective of the wall marker's plane, else in the picture. It takes
    sin e of the pelvis's rotation for obliquity, e being the height of the lens in degrees. With a floor marker the two markers are also taken for
    one rigid body, which is free of that, and is reported where the markers are far enough apart, wall and floor agree, and rotation explains the
    difference to the plain line; else markers have moved on the skin. In each way the quiet stance is subtracted, which removes unequal sticking.

    Gaps up to 0.2 s are bridged, longer ones stay empty; then 3 Hz low-pass. What is measured is the line of the markers: skin moves over the bone.
    """
    free_left = check_stance(stance)
    time_s, corners = _gather(tracks)
    lens = Lens(USUAL_LENS * max(frame_px) if focal_px is None else focal_px, ((frame_px[0] - 1) / 2, (frame_px[1] - 1) / 2))
    corners = hold_still(time_s, corners, lens)
    centres = {i: centre_of(square) for i, square in corners.items()}
    px_per_m = _scale(corners)
    flat, in_wall = _flatten(centres, corners.get(WALL))
    left_up = measure_line(time_s, flat[RIGHT], flat[LEFT])
    zero_s, gone_m = _find_zero(time_s, centres, left_up, px_per_m, stance)
    zero = (time_s >= zero_s[0]) & (time_s < zero_s[1]) if zero_s else np.zeros(len(time_s), dtype=bool)
    width = float(np.nanmedian(np.linalg.norm(centres[LEFT] - centres[RIGHT], axis=1)))
    rig = measure_rig(time_s, corners, lens)
    noise = _line_noise(time_s, centres, width)
    line = plain_precision(left_up, noise, zero_s, rig, rectified=in_wall)
    flags, warnings = _judge_view(width, rig, line)
    way, heading = ("wall" if in_wall else "picture"), np.full(len(time_s), np.nan)
    if rig is not None:
        doubt = doubt_rig(rig, left_up, zero, width, noise, find_wall_roll(corners))
        if doubt is None:
            way, left_up, heading = "rig", rig.left_up, rig.heading
            line = rig_precision(noise_after_smoothing(time_s, rig.raw[:, None]), zero_s)
        else:
            flags.append(doubt[0])
            warnings.append(doubt[1])
    skin = add_skin(line, left_up, zero, zero_s)
    # heading is + with the left side forward, rotation with the free side
    rotation = free_left * (from_zero(heading, zero) if zero.any() or way != "rig" else heading - np.nanmedian(heading))
    angles = build_angles(time_s, from_zero(free_left * left_up, zero), rotation, np.full(len(time_s), np.nan), skin)
    _add_segments(angles, time_s, flat, free_left, zero, skin)
    missing = _missing(corners)
    for flag, warning in _doubts(angles, zero_s, gone_m, missing, in_wall):
        flags.append(flag)
        warnings.append(warning)
    return Printed(
        check_table(angles, Angles), zero_s, zero_s is None, skin, tuple(flags), tuple(warnings), way, line, width,
        np.nan if rig is None else rig.elevation_deg, np.nan if rig is None else rig.yaw_deg, missing,
    )  # fmt: skip


def measure_line(time_s: Array, right: Array, left: Array) -> Array:
    """Measure the line between two points of the pelvis in a picture.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        [s]
    right, left : ndarray, shape (n, 2)
        The person's right and left point, x right and y down, in any unit; NaN where not seen.

    Returns
    -------
    ndarray, shape (n,)
        Elevation of the line from the right point to the left one [°], + left side up as the picture shows it; gaps up to 0.2 s are bridged, longer
        ones stay NaN, then 3 Hz low-pass.

    Examples
    --------
    >>> time_s, right = np.arange(30) / 30, np.tile([100.0, 200.0], (30, 1))
    >>> measure_line(time_s, right, right + [100.0, 10.0])[0].round(2)  # the left point lower by a tenth of the way
    np.float64(-5.71)
    """
    across = left - right
    return smooth_angle(time_s, np.degrees(np.arctan2(-across[:, 1], across[:, 0])))


def _gather(tracks: pd.DataFrame) -> tuple[Array, dict[int, Array]]:
    time_s = tracks.index.to_numpy(dtype=float)
    if len(time_s) < LEAST_RUN or not (np.diff(time_s) > 0).all():
        raise ValueError(f"markers: expected at least {LEAST_RUN} frames at increasing times. Film the whole set.")
    corners = {}
    for i in range(6):
        names = [f"m{i}_{corner}_{axis}_px" for corner in range(4) for axis in "xy"]
        if set(names) <= set(tracks.columns):
            square = tracks[names].to_numpy(dtype=float).reshape(-1, 4, 2)
            if np.isfinite(square).all(axis=(1, 2)).any():
                corners[i] = square
    missing = [str(i) for i in (RIGHT, LEFT) if i not in corners]
    if missing:
        raise ValueError(
            f"markers: missing {' and '.join(missing)} — expected 0 on the right front hip bone and 1 on the left. Are both in the picture?"
        )
    both = np.isfinite(corners[RIGHT] + corners[LEFT]).all(axis=(1, 2))
    if both.sum() < LEAST_RUN:
        raise ValueError(
            f"markers: both hip markers are seen together in {both.sum()} frames — expected the whole set. Keep hands and shirt off them."
        )
    turned = float(np.nanmedian((centre_of(corners[LEFT]) - centre_of(corners[RIGHT]))[:, 0]))
    if turned < 0:
        raise ValueError(
            "markers: the left marker (1) is seen left of the right one (0) — expected the other way round. Exchange them, or unmirror the video."
        )
    return time_s, corners


def _scale(corners: dict[int, Array]) -> float:
    """Return pixels per metre at the pelvis, from the markers' upright sides, which turning outward does not shorten."""
    sides = [np.linalg.norm(corners[i][:, a] - corners[i][:, b], axis=1) for i in (RIGHT, LEFT) for a, b in ((0, 3), (1, 2))]
    return float(np.nanmedian(sides)) / SIZE_M


def _flatten(centres: dict[int, Array], wall: Array | None) -> tuple[dict[int, Array], bool]:
    """Undo the perspective of the wall's plane; without a wall leave the picture as it is."""
    if wall is None:
        return centres, False
    square = np.nanmedian(wall, axis=0)
    return {i: rectify(place, square) for i, place in centres.items()}, True


def _line_noise(time_s: Array, centres: dict[int, Array], width: float) -> float:
    """Return the noise of the plain line's angle [°]."""
    right, left = (noise_after_smoothing(time_s, centres[marker]) for marker in (RIGHT, LEFT))
    return float(np.degrees(np.hypot(right, left) / width))


def _find_zero(time_s: Array, centres: dict[int, Array], left_up: Array, px_per_m: float, stance: str) -> tuple[tuple[float, float] | None, float]:
    """Find the first quiet stance, and how far the pelvis then goes over to the stance side [m]; it is no zero if it does not."""
    place = bridge_gaps(time_s, (centres[RIGHT] + centres[LEFT]) / 2) / px_per_m
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    window = round(norms.QUIET_STANCE_S.value * rate_hz) + 1
    if len(time_s) < window:
        return None, np.nan
    still = (spread_over(place, window) < PELVIS_STILL_M) & (spread_over(left_up[:, None], window) < QUIET_SPREAD_DEG)
    quiet_s = first_stretch(time_s, still, window)
    if quiet_s is None:
        return None, np.nan
    during, later = (time_s >= quiet_s[0]) & (time_s < quiet_s[1]), time_s >= quiet_s[1]
    sideways = (place[:, 0] - np.nanmedian(place[during, 0])) * (
        1.0 if stance == "left" else -1.0
    )  # the person's left is to the right in the picture
    ends = [float(np.nanquantile(sideways[later], q)) for q in (0.25, 0.75)] if np.isfinite(sideways[later]).any() else [0.0]
    gone_m = max(ends, key=abs)
    return (quiet_s if gone_m > SHIFT_M else None), gone_m


def _judge_view(width: float, rig: Rig | None, line: Precision) -> tuple[list[str], list[str]]:
    """Refuse a view that cannot show a hip hitch, and say what is doubtful about one that can."""
    if line.noise_deg > norms.CLEAR_DROP_DEG.value:
        raise ValueError(
            f"markers: this clip cannot show a hip hitch: they are {width:.0f} px apart and a change is known to ±{line.noise_deg:.1f}° only — "
            f"expected at most {norms.CLEAR_DROP_DEG.value:g}°. To mend it, {HOW_TO_FILM}."
        )
    flags, warnings = [], []
    if width < norms.HIP_WIDTH_PX.value:
        flags.append("few_pixels")
        warnings.append(f"the hip markers are {width:.0f} px apart, where one pixel is {np.degrees(1.414 / width):.1f}°: come nearer")
    if rig is not None and abs(rig.elevation_deg) > LOW_DEG:
        flags.append("lens_not_level")
        where = "above" if rig.elevation_deg > 0 else "below"
        change = "changes are doubtful" if abs(rig.elevation_deg) > HIGH_DEG else "turning the pelvis looks like dropping it"
        warnings.append(f"the lens is {abs(rig.elevation_deg):.0f}° {where} the hips: {change}. Next time, {HOW_TO_FILM}")
    if rig is not None and abs(rig.yaw_deg) > norms.OBLIQUE_DEG.value:
        flags.append("oblique_view")
        warnings.append(f"the camera stands about {abs(rig.yaw_deg):.0f}° off square: changes are doubtful. Next time, {HOW_TO_FILM}")
    return flags, warnings


def _missing(corners: dict[int, Array]) -> float:
    """Return the share of frames, between first sight and last, that lack a hip marker."""
    seen = np.asarray(np.isfinite(corners[RIGHT] + corners[LEFT]).all(axis=(1, 2)))
    first, last = np.flatnonzero(seen)[[0, -1]]
    return float(1 - seen[first : last + 1].mean())


def _add_segments(angles: pd.DataFrame, time_s: Array, flat: dict[int, Array], free_left: float, zero: NDArray[np.bool_], pelvis: Precision) -> None:
    """Add trunk lean and the free leg's angle where the breastbone and the free ankle carry a marker."""
    smooth = {i: low_pass_runs(time_s, bridge_gaps(time_s, place), CUTOFF_HZ) for i, place in flat.items() if i in (RIGHT, LEFT, STERNUM, ANKLE)}

    def segment(out: Array, spread: float) -> tuple[Array, Array]:
        angle = from_zero(np.degrees(out), zero)
        known = spread_precision(pelvis.zero_deg, 0.0, pelvis.share, spread, np.nan)
        return angle, np.where(np.isfinite(angle), level_se(known, angle, np.nan), np.nan)

    if STERNUM in smooth:
        trunk = smooth[STERNUM] - (smooth[RIGHT] + smooth[LEFT]) / 2
        lean, se = segment(np.arctan2(-free_left * trunk[:, 0], -trunk[:, 1]), norms.MARKER_TRUNK_DEG.value)
        angles["trunk_lean_deg"], angles["lumbar_bend_deg"], angles["trunk_lean_se_deg"] = lean, angles["obliquity_deg"] - lean, se
    if ANKLE in smooth:
        leg = smooth[ANKLE] - smooth[LEFT if free_left > 0 else RIGHT]
        angles["free_leg_angle_deg"], angles["free_leg_angle_se_deg"] = segment(
            np.arctan2(free_left * leg[:, 0], leg[:, 1]), norms.MARKER_LEG_DEG.value
        )


def _doubts(angles: pd.DataFrame, zero_s: tuple[float, float] | None, gone_m: float, missing: float, in_wall: bool) -> list[tuple[str, str]]:
    low, high = norms.MARKER_SKIN_DEG.low, norms.MARKER_SKIN_DEG.high
    skin = f"what is measured is the marker line: skin moves over the bone by {low:g} to {high:g}° (SD), which the standard errors count in"
    doubts = [("marker_line", skin)]
    if missing > 0:
        share = f"{missing:.0%}" if missing >= 0.005 else "under 1%"
        doubts.append(("markers_missed", f"a hip marker was not seen in {share} of the frames; gaps up to {BRIDGE_S:g} s were bridged"))
    unknown = float(angles["obliquity_deg"].isna().mean())
    if unknown:
        doubts.append(("gaps", f"{unknown:.0%} of the clip lacks a hip marker for longer than {BRIDGE_S:g} s: repetitions there are not measured"))
    if zero_s is None:
        doubts.append(("relative_zero", f"{NO_ZERO}: {RELATIVE}"))
    if gone_m < -SHIFT_M:
        doubts.append(
            ("stance_doubtful", f"after standing still the pelvis goes {-100 * gone_m:.0f} cm to the free side: was the other leg stood on?")
        )
    if not in_wall and zero_s is None:
        doubts.append(("level_unknown", "there is neither a marker on the wall nor a quiet stance: only changes of the angle are known"))
    return doubts

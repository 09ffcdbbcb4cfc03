"""Landmarks of a single camera → obliquity, trunk lean and the free leg's angle with their standard errors (table ANGLES)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.captured import NO_ZERO, RELATIVE, Captured, build_angles, check_stance, from_zero, spread_precision
from hiphitch_analysis.motion.feet import find_zero
from hiphitch_analysis.motion.markerset import BRIDGE_S, bridge_gaps, has_pair, middle
from hiphitch_analysis.motion.stance import SHIFT_M, low_pass
from hiphitch_analysis.motion.view import FACINGS, View, decide_facing, estimate_view, judge_view, view_precision
from hiphitch_analysis.precision import Precision, level_se
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]
Points = dict[str, Array]

CUTOFF_HZ = 3.0  # a hip hitch lives below 1 Hz, a landmark's jitter everywhere
COLLAPSED = 0.5  # of the usual distance between the hips: no pelvis turns by 60° within a hip hitch
COLLAPSED_SHARE = 0.3  # of the frames, beyond which nothing useful is left
FOOT_STILL_M, LEVEL_SPREAD_DEG = 0.01, 1.5  # a foot on the floor and a standing pelvis, as landmarks waver
JUMP_M = 0.3  # between two frames no pelvis goes so far: the model has gone over to another person
WALK_M_S = 2.0  # nor, over frames in which nobody is seen, faster than somebody who walks briskly
KEEPS_JUMPING, JUMP_EVERY_S = 3, 4.0  # so often, and once in the time of a repetition: nothing that is left belongs to one person
VISIBLE = 0.3  # below, a model has guessed, and some write zeros; above, it says nothing: frames with sides exchanged carry 1.00
LEAST_RUN = 10  # samples: the low-pass pads by nine at each end
NEEDED, USEFUL = ("hip", "shoulder"), ("hip", "shoulder", "knee", "ankle")


@dataclass(frozen=True, slots=True)
class Filmed(Captured):
    """Angles from a single camera's landmarks, and what had to be done for them.

    Attributes
    ----------
    view : View
        From where the camera sees the person.
    repaired : int
        Frames in which left and right were exchanged back.
    dropped : int
        Frames whose hips lie on one another and were not used.
    """

    view: View
    repaired: int
    dropped: int


def measure_landmarks(landmarks: pd.DataFrame, stance: str, facing: str | None = None) -> Filmed:
    """Measure obliquity, trunk lean and the free leg's angle from one camera's landmarks.

    Parameters
    ----------
    landmarks : DataFrame
        Table LANDMARKS: index ``time_s``; ``<landmark>_x_px``, ``<landmark>_y_px`` [px, y down], ``<landmark>_visibility`` [0–1]. Hips and
        shoulders are needed; knees and ankles tell the free leg, ankles the zero.
    stance : {"left", "right"}
        The leg stood on.
    facing : {"front", "back"}, optional
        The side of the person that the camera sees; by default what most frames say.

    Returns
    -------
    Filmed
        Zero is the first quiet stance on both feet, which also removes the camera's roll; without one the angles are against the picture's
        horizontal, flagged ``relative_zero``. Rotation and tilt are NaN: one camera does not see them.

    Raises
    ------
    ValueError
        Missing landmarks, times that do not increase, coordinates that are no pixels, a model that keeps going over from person to person, or a view
        that cannot show a hip hitch.

    Notes
    -----
    Pose models exchange left and right of a whole body for some frames, at full "visibility". Which side is where is decided once per clip, and
    frames that say otherwise are turned round. Coordinates are low-passed at 3 Hz forwards and backwards, gaps of up to 0.2 s bridged.

    A hip landmark is the model's idea of a joint under clothes; no filter removes that it follows the legs and the view. See `view_precision`.
    """
    free_left = check_stance(stance)
    time_s, raw = _gather(landmarks)
    decided, agreement = decide_facing(raw)
    if facing is not None:
        if facing not in FACINGS:
            raise ValueError(f"facing: expected {' or '.join(FACINGS)}, got {facing!r}. It is the side of the person that the camera sees.")
        agreement, decided = (agreement if facing == decided else 1 - agreement), facing
    points, exchanged = repair_sides(raw, decided)
    points, dropped = drop_collapsed(points)
    view = estimate_view(points, decided, agreement)
    jumps = count_jumps(time_s, points, view)
    points, jitter_px = _smooth(time_s, points)
    towards_left = 1.0 if decided == "front" else -1.0  # in the picture, the way from the person's right to their left
    across, down = (points["left_hip"] - points["right_hip"]).T
    left_up = np.degrees(np.arctan2(-down, towards_left * across))
    quiet_s, gone_over_m = _find_zero(time_s, points, left_up, view, stance, towards_left)
    zero_s = quiet_s if gone_over_m > SHIFT_M else None
    zero = (time_s >= zero_s[0]) & (time_s < zero_s[1]) if zero_s else np.zeros(len(time_s), dtype=bool)
    precision = view_precision(view, jitter_px, float(np.nanstd(left_up[zero])) if zero.any() else np.nan, zero_s)
    flags, warnings = judge_view(view, precision)
    unknown = np.full_like(left_up, np.nan)
    angles = build_angles(time_s, from_zero(free_left * left_up, zero), unknown, unknown, precision)
    _add_segments(angles, points, free_left, towards_left, zero, view, precision)
    repaired = int(exchanged.sum())
    if gone_over_m < -SHIFT_M:
        flags.append("stance_doubtful")
        warnings.append(f"after standing still the pelvis goes {-100 * gone_over_m:.0f} cm to the free side: was the other leg stood on?")
    for flag, warning in _doubts(points, angles, zero_s, repaired, int(dropped.sum()), jumps):
        flags.append(flag)
        warnings.append(warning)
    told, place_m = (tuple(flags), tuple(warnings)), middle(points, "hip") / view.px_per_m
    return Filmed(check_table(angles, Angles), zero_s, zero_s is None, precision, *told, view, repaired, int(dropped.sum()), place_m=place_m)


def repair_sides(points: Points, facing: str) -> tuple[Points, NDArray[np.bool_]]:
    """Exchange left and right in the frames in which they stand the wrong way round for this view.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 2)
        Landmarks [px].
    facing : {"front", "back"}

    Returns
    -------
    points : dict of str to ndarray, shape (n, 2)
    exchanged : ndarray of bool, shape (n,)
        Frames whose hips were exchanged. Legs go with the hips, for feet may cross; shoulders are judged by themselves.
    """
    sign = 1.0 if facing == "front" else -1.0
    wrong = {name: sign * (points[f"left_{name}"] - points[f"right_{name}"])[:, 0] < 0 for name in NEEDED}
    straight = {}
    for name in USEFUL:
        if has_pair(points, name):
            where, left, right = wrong.get(name, wrong["hip"])[:, None], points[f"left_{name}"], points[f"right_{name}"]
            straight[f"left_{name}"], straight[f"right_{name}"] = np.where(where, right, left), np.where(where, left, right)
    return straight, wrong["hip"]


def drop_collapsed(points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Leave out the hips in the frames in which they lie on one another.

    Parameters
    ----------
    points : dict of str to ndarray, shape (n, 2)
        Landmarks [px].

    Returns
    -------
    points : dict of str to ndarray, shape (n, 2)
        Hips NaN in those frames.
    dropped : ndarray of bool, shape (n,)

    Raises
    ------
    ValueError
        So many frames that nothing useful is left.
    """
    width = np.linalg.norm(points["left_hip"] - points["right_hip"], axis=1)
    dropped = width < COLLAPSED * np.nanmedian(width)
    if dropped.mean() > COLLAPSED_SHARE:
        raise ValueError(
            f"landmarks: in {dropped.mean():.0%} of the frames the hips lie on one another — expected under {COLLAPSED_SHARE:.0%}. Is the person "
            "filmed from the side, or turning round? Film square from the front or the back."
        )
    kept = {name: np.where(dropped[:, None], np.nan, place) if name.endswith("_hip") else place for name, place in points.items()}
    return kept, dropped


def count_jumps(time_s: Array, points: Points, view: View) -> int:
    """Return how often the pelvis is somewhere else from one frame to the next in which it is seen.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    points : dict of str to ndarray, shape (n, 2)
        Landmarks [px], not yet smoothed.
    view : View

    Returns
    -------
    int

    Raises
    ------
    ValueError
        So often that nothing that is left belongs to one person.
    """
    pelvis = middle(points, "hip")
    seen = np.isfinite(pelvis).all(axis=1)
    step_m = np.linalg.norm(np.diff(pelvis[seen], axis=0), axis=1) / view.px_per_m
    jumps = int((step_m > np.maximum(JUMP_M, WALK_M_S * np.diff(time_s[seen]))).sum())
    length_s = float(time_s[-1] - time_s[0])
    if jumps >= max(KEEPS_JUMPING, length_s / JUMP_EVERY_S):
        raise ValueError(
            f"landmarks: the pelvis jumps {jumps} times by more than {JUMP_M:g} m in {length_s:.0f} s — expected one person, and the pose model goes "
            "over from one to another. Film with nobody else in the picture, mirrors included."
        )
    return jumps


def _gather(landmarks: pd.DataFrame) -> tuple[Array, Points]:
    time_s = landmarks.index.to_numpy(dtype=float)
    needed = [f"{side}_{name}" for name in NEEDED for side in ("left", "right")]
    missing = [name for name in needed if not {f"{name}_x_px", f"{name}_y_px"} <= set(landmarks.columns)]
    if missing:
        got = ", ".join(str(column)[:-5] for column in landmarks.columns if str(column).endswith("_x_px")) or "none"
        raise ValueError(f"landmarks: missing {', '.join(missing)} — expected both hips and both shoulders (got {got}).")
    if len(time_s) < LEAST_RUN or not (np.diff(time_s) > 0).all():
        raise ValueError(f"landmarks: expected at least {LEAST_RUN} frames at increasing times. Was the file written whole?")
    points = {
        f"{side}_{name}": landmarks[[f"{side}_{name}_x_px", f"{side}_{name}_y_px"]].to_numpy(dtype=float)
        for name in USEFUL
        for side in ("left", "right")
        if f"{side}_{name}_x_px" in landmarks and f"{side}_{name}_y_px" in landmarks
    }
    for name, place in points.items():
        sure = landmarks.get(f"{name}_visibility", pd.Series(1.0, index=landmarks.index)).to_numpy(dtype=float)
        points[name] = np.where((np.isfinite(place).all(axis=1) & ~(sure < VISIBLE))[:, None], place, np.nan)
    seen = np.isfinite(sum(points[name] for name in needed)).all(axis=1)
    if seen.sum() < LEAST_RUN:
        raise ValueError("landmarks: hips and shoulders are seen together in fewer than ten frames — expected a person in the picture.")
    if float(np.median(np.abs(points["left_hip"][seen]))) < 2.0:
        raise ValueError("landmarks: coordinates lie between 0 and 1 — expected pixels. Multiply x by the picture's width and y by its height.")
    return time_s, points


def _smooth(time_s: Array, points: Points) -> tuple[Points, float]:
    """Bridge short gaps and low-pass; return also what is left of the hips' jitter [px]."""
    smooth = {name: low_pass_runs(time_s, bridge_gaps(time_s, place), CUTOFF_HZ) for name, place in points.items()}
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    rough = np.concatenate([(points[f"{side}_hip"] - smooth[f"{side}_hip"]).ravel() for side in ("left", "right")])
    kept = min(1.0, CUTOFF_HZ / (rate_hz / 2))  # share of white noise below the cut-off
    usual = 1.4826 * float(np.nanmedian(np.abs(rough))) if np.isfinite(rough).any() else 0.0  # a jump or a lost frame is no jitter
    return smooth, usual * float(np.sqrt(kept / max(1 - kept, 0.1)))


def low_pass_runs(time_s: Array, place: Array, cutoff_hz: float) -> Array:
    """Low-pass each stretch without gaps on an even clock of its own; cameras' frames come at uneven times.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    place : ndarray, shape (n, d)
        In any unit; NaN where not known.
    cutoff_hz : float
        [Hz]

    Returns
    -------
    ndarray, shape (n, d)
        Stretches of fewer than ten samples become NaN.
    """
    smooth = np.full_like(place, np.nan)
    known = np.isfinite(place).all(axis=1)
    edges = np.flatnonzero(np.diff(np.r_[False, known, False].astype(int)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < LEAST_RUN:
            continue
        times = time_s[start:end]
        even = np.linspace(times[0], times[-1], end - start)
        filtered = low_pass(np.column_stack([np.interp(even, times, axis) for axis in place[start:end].T]), 1 / (even[1] - even[0]), cutoff_hz)
        smooth[start:end] = np.column_stack([np.interp(times, even, axis) for axis in filtered.T])
    return smooth


def _find_zero(
    time_s: Array, points: Points, left_up: Array, view: View, stance: str, towards_left: float
) -> tuple[tuple[float, float] | None, float]:
    """Find the first quiet stance, about the person's own size, and how far the pelvis then goes over to the stance side [m].

    A camera that is rolled by 4° shows the pelvis 6 cm beside where it is over the feet, so that does not tell one foot from both. What follows
    does: the pelvis goes over to the foot stood on, which stays where it is, while the other one goes with the pelvis.
    """
    upright = {name: np.column_stack([np.zeros(len(place)), place[:, 0], -place[:, 1]]) / view.px_per_m for name, place in points.items()}
    ankles = {name: place for name, place in upright.items() if name.endswith("_ankle")}
    pelvis = middle(upright, "hip")
    zero_s = find_zero(time_s, pelvis, left_up, ankles, (-np.inf, np.inf), FOOT_STILL_M, LEVEL_SPREAD_DEG)
    if zero_s is None:
        return None, np.nan
    during, later = (time_s >= zero_s[0]) & (time_s < zero_s[1]), time_s >= zero_s[1]
    gone = []
    for ankle in ankles.values():
        beside = (pelvis - ankle)[:, 1] * towards_left * (1.0 if stance == "left" else -1.0)
        if np.isfinite(beside[later]).any():
            gone.append(float(np.nanmedian(beside[later]) - np.nanmedian(beside[during])))
    return zero_s, max(gone, key=abs, default=np.nan)


def _add_segments(
    angles: pd.DataFrame, points: Points, free_left: float, towards_left: float, zero: NDArray[np.bool_], view: View, precision: Precision
) -> None:
    to_free = free_left * towards_left
    trunk = middle(points, "shoulder") - middle(points, "hip")
    lean = from_zero(np.degrees(np.arctan2(-to_free * trunk[:, 0], -trunk[:, 1])), zero)
    angles["trunk_lean_deg"] = lean
    angles["lumbar_bend_deg"] = angles["obliquity_deg"] - lean
    spread = float(np.hypot(norms.LANDMARK_TRUNK_DEG.value, np.sin(np.radians(view.yaw_deg)) * norms.TRUNK_PITCH_DEG.value))
    segment = spread_precision(precision.zero_deg, 0.0, precision.share, spread, np.nan)
    angles["trunk_lean_se_deg"] = np.where(np.isfinite(lean), level_se(segment, lean, np.nan), np.nan)
    free = "left" if free_left > 0 else "right"
    end = points.get(f"{free}_ankle", points.get(f"{free}_knee"))
    if end is None:
        return
    leg = end - points[f"{free}_hip"]
    out = from_zero(np.degrees(np.arctan2(to_free * leg[:, 0], leg[:, 1])), zero)
    angles["free_leg_angle_deg"] = np.where(np.abs(out) <= 90, out, np.nan)
    angles["free_leg_angle_se_deg"] = np.where(np.isfinite(out), level_se(segment, out, np.nan), np.nan)


def _doubts(
    points: Points, angles: pd.DataFrame, zero_s: tuple[float, float] | None, repaired: int, dropped: int, jumps: int
) -> list[tuple[str, str]]:
    doubts, frames = [], len(angles)
    if repaired:
        doubts.append(("sides_repaired", f"left and right were exchanged in {repaired} of {frames} frames and were turned back"))
    if dropped:
        doubts.append(("frames_dropped", f"the hips lay on one another in {dropped} of {frames} frames, which were not used"))
    missing = float(angles["obliquity_deg"].isna().mean())
    if missing:
        doubts.append(("gaps", f"{missing:.0%} of the clip lacks the hips for longer than {BRIDGE_S:g} s: repetitions there are not measured"))
    if jumps:
        doubts.append(("person_jumps", f"the pelvis jumps {jumps} times by more than {JUMP_M:g} m: is a second person in the picture?"))
    if zero_s is None:
        seen = has_pair(points, "ankle")
        reason = NO_ZERO if seen else "without landmarks of both ankles no stance on both feet can be proven"
        doubts.append(("relative_zero", f"{reason}, and the camera's roll is not known: {RELATIVE}"))
    return doubts

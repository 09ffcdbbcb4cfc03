"""How the sensor sits on the pelvis: vertical and zero from quiet standing, forward from whoever knows (see `axes`), and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.motion.axes import angle_between, hear_mounting, hear_movement, hear_shift, make_horizontal, weigh_witnesses
from hiphitch_analysis.motion.orientation import Orientation, Overview
from hiphitch_analysis.motion.stance import Stance, find_stance
from hiphitch_analysis.norms import AXIS_DISAGREEMENT_DEG, GIVEN_AXIS_DEG, QUIET_STANCE_S
from hiphitch_analysis.schema import AP_AXES

Array = NDArray[np.float64]
AxisSource = Literal["given", "movement", "mounting", "unknown"]

CALM_S, CALM_SHARE = 1.0, 0.25
MOSTLY = 0.5  # of the recording lies after the shift: else the quiet stance is not the one before the set
BEGINS_S, SHIFT_TAKES_S = 0.4, 1.2  # where a set begins is looked at for so long, so long after the weight began to go over
SHORTEST_SET_S = 5.0
FIRST_S = 15.0  # a few repetitions, certainly on the first leg
CLEAR_DIRECTION = 0.5  # of half the movement's range: its middle lies that far to one side of zero and beginning
DEFAULT_AP_AXIS = "-z"  # flat on the back of the pelvis, its label to be read from behind
UNKNOWN_AXIS_DEG = 52.0  # standard deviation of an axis that could point anywhere in a half circle


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the sensor sits on the pelvis.

    Attributes
    ----------
    up, forward : ndarray, shape (3,)
        Vertical and forward directions of the pelvis in the sensor's frame, at zero pose; unit length, at right angles.
    zero_s : (float, float) or None
        The quiet stance that defines zero [s]; None when the recording has none, and its mean posture is zero.
    relative_zero : bool
        True when the zero is not a proven two-footed stance: changes are valid, level is not known.
    zero_spread_deg : float
        How much obliquity or tilt moved within that stance, standard deviation [°]; NaN without one.
    axis_source : {"given", "movement", "mounting", "unknown"}
        Where `forward` comes from; movement: weighed against the mounting and the weight shift; unknown: obliquity and tilt cannot be told apart.
    axis_deg : float
        Standard deviation of `forward` about the vertical [°].
    axis_disagreement_deg : float
        Angle between the movement's own axis and the mounting axis [°], 0–90; NaN where one of them is missing.
    rises : bool or None
        Whether the movement goes mostly up on the right side of the pelvis (True) or down (False); None when unclear.
    flags, warnings : tuple of str
    """

    up: Array
    forward: Array
    zero_s: tuple[float, float] | None
    relative_zero: bool
    zero_spread_deg: float
    axis_source: AxisSource
    axis_deg: float
    axis_disagreement_deg: float
    rises: bool | None
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


def calibrate(orientation: Orientation, stance: str | None, ap_axis: str | None = None) -> Calibration:
    """Find the zero pose and the pelvis axes in the sensor's frame.

    Parameters
    ----------
    orientation : Orientation
        From `estimate_orientation`.
    stance : {"left", "right"} or None
        The leg stood on. It tells forward from backward, because a hip hitch goes down on the free side; None leaves that to the mounting.
    ap_axis : {"+x", "-x", "+y", "-y", "+z", "-z"}, optional
        The sensor axis that points forward, when the mounting is known. By default movement, weight shift and the usual mounting ``-z`` (label to be
        read from behind) are weighed against one another.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        An axis that does not exist or lies along the vertical.
    """
    if ap_axis is not None and ap_axis not in AP_AXES:
        raise ValueError(f"ap_axis: expected one of {', '.join(AP_AXES)}, got {ap_axis!r}. It names the sensor axis that points forward.")
    overview = orientation.overview
    found = find_stance(overview)
    still = _between(overview, found.zero_s) if found.zero_s else np.ones(len(overview.time_s), dtype=bool)
    up = overview.up[still].mean(axis=0)
    up = np.asarray(up / np.linalg.norm(up))
    mounting = hear_mounting(_axis_vector(ap_axis or DEFAULT_AP_AXIS), up)
    if ap_axis is not None and mounting is None:
        raise ValueError(f"ap_axis: {ap_axis} points up or down in this recording, not forward. Check how the sensor was worn.")
    movement, shift = hear_movement(overview, found, up), hear_shift(overview, found, up)
    heard = [witness for witness in (movement, mounting, shift) if witness is not None]
    disagreement = angle_between(movement.line, mounting.line) if movement is not None and mounting is not None else float("nan")

    source: AxisSource
    if ap_axis is not None and mounting is not None:
        source, forward, axis_deg = "given", mounting.line, GIVEN_AXIS_DEG.value
    elif heard:
        source = "movement" if movement is not None else "mounting"
        forward, axis_deg = weigh_witnesses(heard, up)
        forward = forward if mounting is None or forward @ mounting.line >= 0 else -forward
    else:
        source, forward, axis_deg = "unknown", make_horizontal(np.eye(3)[np.argmin(np.abs(up))], up), UNKNOWN_AXIS_DEG
    # What little follows a late shift is no set: then it was the step off, and the quiet stance before it on one leg.
    follows = found.shift_s is not None and overview.time_s[-1] - found.shift_s[1] > SHORTEST_SET_S
    proven = follows or (found.zero_s is not None and found.travel is None)
    rises, by_rest = _tell_direction(overview, found, forward, up, proven)
    flags, warnings = _judge_zero(found, follows, orientation.route == "accelerometer")
    if disagreement > AXIS_DISAGREEMENT_DEG.value:
        flags.append("axis_disagreement")
        warnings.append(
            f"the movement's own axis lies {disagreement:.0f}° from the sensor's forward axis ({ap_axis or DEFAULT_AP_AXIS}): the sensor was worn "
            "differently (say how with --ap-axis), or the pelvis tilts forwards and backwards in time with the repetitions"
        )
    if source == "movement" and by_rest and rises is not None:
        flags.append("direction_from_rest")
        warnings.append("which way along the movement's axis is forward was told by where the pelvis is calm: it was taken to be at the top")
    elif source == "movement" and rises is None:
        flags.append("direction_unknown" if mounting is None else "direction_from_mounting")
        how = "is not known" if mounting is None else "was taken from a label that faces backwards"
        warnings.append(f"which way along the movement's axis is forward {how}: if that is wrong, what goes up in truth goes down (give --ap-axis)")
    if source == "unknown":
        flags.append("axis_unknown")
        warnings.append("neither the movement nor the mounting shows which way is forward: obliquity and tilt cannot be told apart (give --ap-axis)")
    if source == "mounting":
        flags.append("axis_from_mounting")
        warnings.append(f"the movement has no clear axis, so the sensor's {DEFAULT_AP_AXIS} axis was taken to point forward")
    if stance is not None and rises is not None and rises == (stance == "left"):
        # The free side seems to go up: either forward is backward, or the movement is not what the stance says.
        if source == "given":
            flags.append("movement_goes_up")
            warnings.append(f"the pelvis mostly rises on the free side: check the stance side (given: {stance}) and the forward axis ({ap_axis})")
        else:
            forward, rises = -forward, not rises
            flags.append("sensor_reversed")
            warnings.append("the sensor seems to sit the other way round (label inwards), or the other leg was stood on: forward was turned about")
    spread = float(np.degrees(np.sqrt(overview.up[still].var(axis=0).sum() / 2))) if found.zero_s else float("nan")
    return Calibration(up, forward, found.zero_s, not proven, spread, source, axis_deg, disagreement, rises, tuple(flags), tuple(warnings))


def _tell_direction(overview: Overview, found: Stance, forward: Array, up: Array, proven: bool) -> tuple[bool | None, bool]:
    """Return whether the right side of the pelvis rises (None when that is not clear), and whether that was told without a proven level."""
    moving, begins_s = ~found.quiet, None
    if found.shift_s is not None:  # so slow and small a set may look quiet, but whatever comes after the shift is done on one leg
        after = overview.time_s >= found.shift_s[1]
        moving = after if after.mean() > MOSTLY else moving
        begins_s = found.shift_s[0] + SHIFT_TAKES_S  # the jerk of a quick first lowering may pass for the end of the shift
    if proven:
        rises = _rising_side(overview, forward, up, moving, begins_s)
        if rises is None:  # legs in turn: both sides drop
            rises = _rising_side(overview, forward, up, moving & (np.cumsum(moving) <= FIRST_S * overview.rate_hz), begins_s)
        if rises is not None:
            return rises, False
    # Without a zero to compare with, where the pelvis is calm must do: people stand level before and after …
    calmest = overview.up[_calmest(overview)].mean(axis=0)
    rises = _rising_side(overview, forward, np.asarray(calmest / np.linalg.norm(calmest)), moving, begins_s)
    if rises is None and found.zero_s is not None:  # … but pauses at the bottom are calm too. Nobody hangs for seconds before a set.
        rises = _rising_side(overview, forward, up, moving, begins_s)
    return rises, True


def _rising_side(overview: Overview, forward: Array, up: Array, moving: NDArray[np.bool_], begins_s: float | None) -> bool | None:
    """Return whether the right side of the pelvis goes up from its zero while moving (None when that is not clear).

    Two things tell: where the zero lies within the movement's range, and where the movement begins in it, for nobody hangs for seconds before a set.
    Skin that slips in the weight shift moves the one, swaying before the first lowering the other. It also has to be beyond the zero first on that
    side: whoever hikes far above level after each small drop moves mostly above it, but begins with a lowering.
    """
    right = np.cross(forward, up)
    if not moving.any():
        return None
    elevation = overview.up @ (right / np.linalg.norm(right))
    at = int(np.argmax(moving)) if begins_s is None else min(int(np.searchsorted(overview.time_s, begins_s)), len(elevation) - 1)
    begins = elevation[at : at + max(1, round(BEGINS_S * overview.rate_hz))].mean()
    elevation = elevation[moving]
    low, high = np.percentile(elevation, [10, 90])  # a tenth may be walking off
    lean = (low + high - begins) / max(high - low, 1e-9)
    if abs(lean) < CLEAR_DIRECTION:
        return None
    first = elevation[np.argmax(np.abs(elevation) > (high - low) / 2)]
    return bool(lean > 0) if (first > 0) == (lean > 0) else None


def _calmest(overview: Overview) -> NDArray[np.bool_]:
    """Return the quarter of the recording around which the pelvis turns least."""
    window = max(1, round(CALM_S * overview.rate_hz))
    speed = pd.Series(np.linalg.norm(overview.turning, axis=1)).rolling(window, center=True, min_periods=1).mean().to_numpy()
    return np.asarray(speed <= np.quantile(speed, CALM_SHARE))


def _judge_zero(found: Stance, set_follows: bool, gravity_alone: bool) -> tuple[list[str], list[str]]:
    if found.zero_s is None:
        reason = f"no quiet stance of at least {QUIET_STANCE_S.value:g} s was found"
    elif set_follows:
        return [], []
    elif found.travel is None:
        lacking = "a gyroscope, which would tell gravity from acceleration," if gravity_alone else "acceleration"
        return ["zero_unproven"], [f"without {lacking} it cannot be checked that the quiet stance was on both feet"]
    else:
        reason = "the quiet stance is not followed by a shift of weight onto one leg and a set, so it may have been on one leg itself"
    return ["relative_zero"], [f"{reason}: drops are valid, but where level is cannot be known (return error and hike: not observable)"]


def _axis_vector(name: str) -> Array:
    return np.asarray(np.eye(3)["xyz".index(name[1])] * (1.0 if name[0] == "+" else -1.0))


def _between(overview: Overview, span: tuple[float, float]) -> NDArray[np.bool_]:
    return (overview.time_s >= span[0]) & (overview.time_s < span[1])

"""Which way the sensor sits on the pelvis: the vertical and the zero from quiet standing, the forward axis from the movement or the mounting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.signal import butter, sosfiltfilt

from hiphitch_analysis.motion.orientation import Orientation
from hiphitch_analysis.norms import AXIS_DISAGREEMENT_DEG, QUIET_STANCE_S
from hiphitch_analysis.schema import AP_AXES

Array = NDArray[np.float64]
AxisSource = Literal["given", "movement", "mounting", "unknown"]

QUIET_TURN_DEG_S = 2.0  # sway of the standing pelvis turns slower; the slowest lowering is faster at its peak
QUIET_SPREAD_DEG = 0.5  # standard deviation: body sway stays below, the slowest small repetition does not
QUIET_ACC_M_S2 = 0.12  # and does not travel: a weight shift without any turning would otherwise pass
SHIFT_ACC_M_S2 = 0.2  # the pelvis accelerates sideways by more when the weight goes onto one leg
SHIFT_OVER_REPS = 1.5  # and by that many times more than in the movement that follows, else it may be that movement's own beginning
SHIFT_WITHIN_S = 4.0
MOVEMENT_CUTOFF_HZ = 5.0
CLEAR_AXIS = 3.0  # the movement turns this many times more (variance) about its main axis than about the other horizontal one
FLAT_MOUNTING = 0.3  # sine: nearer to vertical than this, a sensor axis says nothing about forward
CLEAR_DIRECTION = 0.6  # of half the movement's range: the movement lies that far to one side of the zero
DEFAULT_AP_AXIS = "-z"  # flat on the back of the pelvis, its label to be read from behind


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the sensor sits on the pelvis.

    Attributes
    ----------
    up, forward : ndarray, shape (3,)
        Vertical and forward directions of the pelvis in the sensor's frame, at zero pose; unit length, at right angles.
    zero_s : (float, float) or None
        The quiet stance that defines zero [s]; None when the recording has none.
    relative_zero : bool
        True when the zero is not a proven two-footed stance: changes are valid, level is not known.
    axis_source : {"given", "movement", "mounting", "unknown"}
        Where `forward` comes from; unknown: obliquity and tilt cannot be told apart.
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
    axis_source: AxisSource
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
        The sensor axis that points forward, when the mounting is known. By default the axis is found from the movement, and the mounting ``-z``
        (label to be read from behind) only serves as cross-check and as a way out when the movement has no clear axis.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        An axis that does not exist or lies along the vertical.

    Notes
    -----
    The movement's axis is the first principal axis of the horizontal angular rate. Sagittal tilt that goes in phase with the repetitions turns it
    by atan(tilt / obliquity): that is why both axes are compared and a disagreement over 15° is flagged.
    """
    if ap_axis is not None and ap_axis not in AP_AXES:
        raise ValueError(f"ap_axis: expected one of {', '.join(AP_AXES)}, got {ap_axis!r}. It names the sensor axis that points forward.")
    quiet, zero_s, shifted = find_quiet_stance(orientation)
    still = _between(orientation, zero_s) if zero_s else np.ones(len(orientation.time_s), dtype=bool)
    up = _unit(orientation.up[still].mean(axis=0))
    mounted = _horizontal(_axis_vector(ap_axis or DEFAULT_AP_AXIS), up)
    if ap_axis is not None and mounted is None:
        raise ValueError(f"ap_axis: {ap_axis} points up or down in this recording, not forward. Check how the sensor was worn.")
    moving = ~quiet
    line, dominance = _movement_line(orientation, up, moving)
    clear = line is not None and dominance >= CLEAR_AXIS
    disagreement = float("nan")
    if line is not None and mounted is not None:
        disagreement = float(np.degrees(np.arccos(min(1.0, abs(float(line @ mounted))))))

    source: AxisSource
    if ap_axis is not None and mounted is not None:
        source, forward = "given", mounted
    elif clear and line is not None:
        source, forward = "movement", line if mounted is None or line @ mounted >= 0 else -line
    elif mounted is not None:
        source, forward = "mounting", mounted
    else:
        source, forward = "unknown", _unit(np.eye(3)[np.argmin(np.abs(up))] - up * up[np.argmin(np.abs(up))])
    rises = _rising_side(orientation, forward, up, moving) if zero_s and shifted else None
    flags, warnings = _judge_zero(zero_s, shifted, orientation)
    if disagreement > AXIS_DISAGREEMENT_DEG.value:
        flags.append("axis_disagreement")
        warnings.append(
            f"the movement's own axis lies {disagreement:.0f}° from the sensor's forward axis ({ap_axis or DEFAULT_AP_AXIS}): the sensor was worn "
            "differently (say how with --ap-axis), or the pelvis tilts forwards and backwards in time with the repetitions"
        )
    if source == "movement" and rises is None:
        flags.append("direction_unknown" if mounted is None else "direction_from_mounting")
        how = "is not known" if mounted is None else "was taken from a label that faces backwards"
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
    return Calibration(up, forward, zero_s, not (zero_s and shifted), source, disagreement, rises, tuple(flags), tuple(warnings))


def find_quiet_stance(orientation: Orientation) -> tuple[NDArray[np.bool_], tuple[float, float] | None, bool]:
    """Find where the person stands still, and the first such stretch, which should be the stance on both feet.

    Parameters
    ----------
    orientation : Orientation

    Returns
    -------
    quiet : ndarray of bool, shape (n,)
        Samples within any still stretch of at least 3 s.
    zero_s : (float, float) or None
        Start and end of the first of them [s], trimmed by half a second at each end; None when there is none.
    shifted : bool
        Whether a weight shift follows it: the sideways jerk that tells a two-footed stance from one on one leg. True, unproven, when the
        recording holds no acceleration.
    """
    rate, window = orientation.rate_hz, round(QUIET_STANCE_S.value * orientation.rate_hz)
    none = np.zeros(len(orientation.time_s), dtype=bool)
    if len(none) < window + 2:
        return none, None, False
    turning = pd.Series(np.degrees(np.linalg.norm(angular_rate(orientation), axis=1)) ** 2)
    up = pd.DataFrame(orientation.up)
    spread = np.degrees(np.sqrt(up.rolling(window, center=True).var().sum(axis=1, min_count=3)))
    still = (np.sqrt(turning.rolling(window, center=True).mean()) < QUIET_TURN_DEG_S) & (spread < QUIET_SPREAD_DEG)
    level = None
    if orientation.acceleration is not None and len(none) > 3 * 9:
        level = _smooth(orientation.acceleration[:, :2], rate, 3.0)
        travel = pd.Series((level**2).sum(axis=1))
        still &= np.sqrt(travel.rolling(window, center=True).mean()) < QUIET_ACC_M_S2
    quiet = binary_dilation(still, np.ones(window))  # a window's verdict holds for the whole window …
    if level is not None:  # … but two stances are never one across the jerk between them
        jerk = np.linalg.norm(level, axis=1) > SHIFT_ACC_M_S2
        quiet &= ~binary_dilation(jerk, np.ones(round(0.4 * rate)))
    starts = np.flatnonzero(np.diff(np.r_[False, quiet].astype(int)) == 1)
    ends = np.flatnonzero(np.diff(np.r_[quiet, False].astype(int)) == -1)
    long = ends - starts >= 0.8 * window  # the jerk's edges are cut away from the very ends
    if not long.any():
        return quiet, None, False
    start, end = orientation.time_s[starts[long][0]], orientation.time_s[ends[long][0]]
    if level is None:  # a shift without any turning would not show, so only the first seconds are taken
        shifted, end = True, min(end, start + QUIET_STANCE_S.value)
    else:
        shifted = _weight_shifts(orientation.time_s, np.linalg.norm(level, axis=1), quiet, float(end), rate)
    margin = 0.5 if end - start > 2.0 + 1.0 else 0.0
    return quiet, (float(start + margin), float(end - margin)), shifted


def _weight_shifts(time_s: Array, acceleration: Array, quiet: NDArray[np.bool_], end_s: float, rate_hz: float) -> bool:
    """Return whether the sideways acceleration [m/s²] after the quiet stance stands out from that of the movement that follows it."""
    after = (time_s >= end_s - 1.0) & (time_s < end_s + SHIFT_WITHIN_S)
    later = acceleration[(time_s >= end_s + SHIFT_WITHIN_S) & ~quiet]
    window = round(2.0 * rate_hz)
    peaks = [later[i : i + window].max() for i in range(0, len(later) - window, window)]
    usual = float(np.median(peaks)) if peaks else 0.0
    return bool(np.max(acceleration[after], initial=0.0) > max(SHIFT_ACC_M_S2, SHIFT_OVER_REPS * usual))


def angular_rate(orientation: Orientation) -> Array:
    """Return the angular rate in the sensor's frame [rad/s], shape (n, 3), from successive orientations."""
    turns = (orientation.turns[:-1].inv() * orientation.turns[1:]).as_rotvec() * orientation.rate_hz
    return np.vstack([turns, turns[-1:]])


def _movement_line(orientation: Orientation, up: Array, moving: NDArray[np.bool_]) -> tuple[Array | None, float]:
    """Return the main axis of the horizontal turning, of unknown sense, and how clear it is (ratio of variances)."""
    rate = angular_rate(orientation)
    if len(rate) <= 3 * 9 or moving.sum() < orientation.rate_hz:
        return None, 0.0
    rate = _smooth(rate, orientation.rate_hz, MOVEMENT_CUTOFF_HZ)[moving]
    rate = rate - np.outer(rate @ up, up)
    length = np.linalg.norm(rate, axis=1)
    # A few steps or a weight shift turn the pelvis much faster than the repetitions: each sample's say is capped at the typical one's.
    rate = rate / np.maximum(length, max(np.median(length), 1e-9))[:, None]
    values, vectors = np.linalg.eigh(rate.T @ rate / len(rate))
    line = vectors[:, 2] - up * (vectors[:, 2] @ up)
    return _unit(line), float(values[2] / max(values[1], 1e-12))


def _rising_side(orientation: Orientation, forward: Array, up: Array, moving: NDArray[np.bool_]) -> bool | None:
    """Return whether the right side of the pelvis mostly lies above its zero while moving (None when that is not clear)."""
    elevation = np.asarray(orientation.turns.apply(np.cross(forward, up)))[moving, 2]
    low, high = np.percentile(elevation, [5, 95])
    lean = (low + high) / max(high - low, 1e-9)
    return None if abs(lean) < CLEAR_DIRECTION else bool(lean > 0)


def _judge_zero(zero_s: tuple[float, float] | None, shifted: bool, orientation: Orientation) -> tuple[list[str], list[str]]:
    if zero_s is None:
        reason = f"no quiet stance of at least {QUIET_STANCE_S.value:g} s was found"
    elif not shifted:
        reason = "the quiet stance is not followed by a shift of weight, so it may have been on one leg"
    elif orientation.acceleration is None:
        return ["zero_unproven"], ["without acceleration it cannot be checked that the quiet stance was on both feet"]
    else:
        return [], []
    return ["relative_zero"], [f"{reason}: drops are valid, but where level is cannot be known (return error and hike: not observable)"]


def _axis_vector(name: str) -> Array:
    return np.asarray(np.eye(3)["xyz".index(name[1])] * (1.0 if name[0] == "+" else -1.0))


def _horizontal(axis: Array, up: Array) -> Array | None:
    level = axis - up * (axis @ up)
    return _unit(level) if float(np.linalg.norm(level)) >= FLAT_MOUNTING else None


def _between(orientation: Orientation, span: tuple[float, float]) -> NDArray[np.bool_]:
    return (orientation.time_s >= span[0]) & (orientation.time_s < span[1])


def _smooth(values: Array, rate_hz: float, cutoff_hz: float) -> Array:
    return np.asarray(sosfiltfilt(butter(2, min(cutoff_hz, 0.4 * rate_hz), fs=rate_hz, output="sos"), values, axis=0))


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))

"""How well the line between two printed markers is known, and the pelvis behind it: what is noise, what goes with the movement, what stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.landmarks import CUTOFF_HZ, low_pass_runs
from hiphitch_analysis.motion.markerset import bridge_gaps
from hiphitch_analysis.motion.rig import ELEVATION_SE_DEG, Rig
from hiphitch_analysis.precision import Precision

Array = NDArray[np.float64]

NOISE_HZ = 6.0  # above it a marker's way is noise, with nothing of the movement in it
UNSEEN_YAW_SHARE = 0.015  # 1/cos 10° − 1: how far off square an unknown view usually is
RIG_SHARE = 0.02  # simulated clips (study printed): a focal length up to 10 % off, markers that slide by millimetres, which no rigid body does
RIG_SPREAD_DEG = 0.04  # the same: what comes on top of the noise
RIG_TURN_DEG = 0.7  # rotation by two markers of some 30 px: rendered clips show 0.1 to 0.9°
MOVES = (0.05, 0.95)  # quantiles between which the line tilts to and fro


def noise_after_smoothing(time_s: Array, values: Array) -> float:
    """Return what is left, after the low-pass, of noise that shows above `NOISE_HZ`.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        [s]
    values : ndarray, shape (n, d)
        As measured, in any unit; NaN where not known.

    Returns
    -------
    float
        Standard deviation per column, root mean square.
    """
    half_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0]) / 2
    cut = min(NOISE_HZ, 0.6 * half_hz)
    rough = (values - low_pass_runs(time_s, bridge_gaps(time_s, values), cut)).ravel()
    if not np.isfinite(rough).any():
        return 0.0
    return float(1.4826 * np.nanmedian(np.abs(rough)) * np.sqrt(min(CUTOFF_HZ / half_hz, 1.0) / (1 - cut / half_hz)))


def plain_precision(left_up: Array, noise: float, zero_s: tuple[float, float] | None, rig: Rig | None, rectified: bool) -> Precision:
    """State how well the plain line's angle is known.

    Parameters
    ----------
    left_up : ndarray, shape (n,)
        The angle, smoothed [°].
    noise : float
        Of it [°].
    zero_s : (float, float) or None
        Start and end of the quiet stance [s].
    rig : Rig or None
        What shows how high the lens is and how the pelvis turns.
    rectified : bool
        Whether the perspective of the wall was undone; else a view aside stretches every angle by the same share.

    Returns
    -------
    Precision

    Notes
    -----
    A lens off hip height by e takes sin e of the pelvis's rotation for obliquity. Where rotation goes with the drop, that is a share of the drop and
    nothing at level; the rest of rotation errs by itself.
    """
    if rig is None:
        leak, rest = np.sin(np.radians(norms.CAMERA_ELEVATION_DEG.value)), 0.0
        low, high = np.nanquantile(left_up, MOVES)
        with_drop = norms.TURNING_DEG.value / max(float(high - low), norms.CLEAR_DROP_DEG.value)
    else:
        leak = np.sin(np.radians(np.hypot(rig.elevation_deg, ELEVATION_SE_DEG)))
        known = np.isfinite(left_up) & np.isfinite(rig.heading)
        with_drop, level = np.polyfit(left_up[known], rig.heading[known], 1)
        rest = float(np.std(rig.heading[known] - with_drop * left_up[known] - level))
    share = float(np.hypot(leak * with_drop, 0.0 if rectified else UNSEEN_YAW_SHARE))
    spread = float(np.hypot(noise, leak * rest))
    return Precision(_zero_of_line(noise, zero_s), 0.0, share, float(np.sqrt(2)) * spread, spread, np.nan)


def rig_precision(noise: float, zero_s: tuple[float, float] | None) -> Precision:
    """State how well two markers as one rigid body are known.

    Parameters
    ----------
    noise : float
        Of its angle, smoothed [°].
    zero_s : (float, float) or None
        Start and end of the quiet stance [s].

    Returns
    -------
    Precision

    Notes
    -----
    What a wrong focal length and a rig that is not quite rigid do is the same in every repetition and grows with it; it is nothing at level.
    """
    spread = float(np.hypot(noise, RIG_SPREAD_DEG))
    return Precision(_zero_of_line(noise, zero_s), 0.0, RIG_SHARE, float(np.sqrt(2)) * spread, spread, float(np.sqrt(2)) * RIG_TURN_DEG)


def add_skin(line: Precision, left_up: Array, zero: NDArray[np.bool_], zero_s: tuple[float, float] | None) -> Precision:
    """Add what lies between the line of the markers and the pelvis: how the person sways in quiet stance, and skin.

    Parameters
    ----------
    line : Precision
        Of the line.
    left_up : ndarray, shape (n,)
        Its angle, smoothed [°].
    zero : ndarray of bool, shape (n,)
        Frames of the quiet stance.
    zero_s : (float, float) or None
        Its start and end [s].

    Returns
    -------
    Precision

    Notes
    -----
    A hip hitch flexes the hips little, so skin moves as in a squat: as fast as the movement itself, so that both ends of a drop err by themselves.
    """
    skin, share = norms.MARKER_SKIN_DEG.value, float(np.hypot(line.share, norms.MARKER_SHARE.value))
    sway = np.nan
    if zero_s is not None and np.isfinite(left_up[zero]).any():
        sway = float(np.nanstd(left_up[zero]) / np.sqrt(max(1.0, zero_s[1] - zero_s[0])))  # independent of itself after about a second
    level = float(np.sqrt(line.zero_deg**2 + sway**2 + norms.SKIN_BULGE_DEG.value**2))
    return Precision(
        level,
        0.0,
        share,
        float(np.hypot(line.noise_deg, np.sqrt(2) * skin)),
        float(np.hypot(line.drift_deg, skin)),
        float(np.hypot(line.heading_deg, np.sqrt(2) * skin)),
    )


def _zero_of_line(noise: float, zero_s: tuple[float, float] | None) -> float:
    """Return how well the line's own mean over the quiet stance is known [°]: smoothed noise is independent of itself twice per cut-off period."""
    return np.nan if zero_s is None else noise / float(np.sqrt(max(1.0, 2 * CUTOFF_HZ * (zero_s[1] - zero_s[0]))))

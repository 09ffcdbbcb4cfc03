"""Which horizontal direction of the sensor is forward: three witnesses, none of them sure, weighed against one another.

The *movement* turns mainly about the forward axis, but sagittal tilt in step with the repetitions turns that axis by atan(tilt / obliquity). The
*mounting* says how the sensor was meant to sit, but nobody sticks it on to the degree, and some wear it otherwise. The *weight shift* onto one leg
carries the pelvis sideways, whatever the pelvis does in the repetitions. Where they agree the axis is known well; where one of them stands alone it
is outvoted; where they disagree without a majority the standard error says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.motion.orientation import Overview
from hiphitch_analysis.motion.stance import LEAST_BLOCKS, Stance, low_pass
from hiphitch_analysis.norms import MOUNTING_YAW_DEG, SHIFT_DIRECTION_DEG, TILT_COUPLING

Array = NDArray[np.float64]

MOVEMENT_CUTOFF_HZ = 5.0
CLEAR_AXIS = 3.0  # the movement turns this many times more (variance) about its main axis than about the other horizontal one
REPEATS_S = (0.9, 9.0)  # a repetition and its pauses last so long
CLEAR_REPEAT = 3.5  # times the standard error that a lagged covariance has by chance: the largest of a hundred lags comes to 2.5
CLEAR_SHIFT = 4.0  # and the weight shift goes so many times more (variance) one way than across
FLAT_MOUNTING = 0.3  # sine: nearer to vertical than this, a sensor axis says nothing about forward
# How likely each witness is to speak of the forward axis at all. Assumption: the exercise asked for is mostly the one done; sensors are often worn
# differently from what was meant.
TRUST_MOVEMENT, TRUST_MOUNTING, TRUST_SHIFT = 0.9, 0.8, 0.9
GRID_DEG = np.arange(0.0, 180.0, 0.5)
MODE_DEG = 45.0  # beyond it from the likeliest direction lies another explanation, not an error of this one


@dataclass(frozen=True, slots=True)
class Witness:
    """What one source says about the forward line.

    Attributes
    ----------
    name : {"movement", "mounting", "shift"}
    line : ndarray, shape (3,)
        Horizontal direction in the sensor's frame, of unknown sense; unit length.
    sd_deg : float
        Its standard deviation if it speaks of the forward axis [°].
    trust : float
        The chance that it does [0–1].
    """

    name: str
    line: Array
    sd_deg: float
    trust: float


def hear_movement(overview: Overview, stance: Stance, up: Array) -> Witness | None:
    """Return the main axis of the horizontal turning outside quiet standing, else of what repeats in it; None when neither stands out."""
    moving = ~stance.quiet
    if len(moving) < LEAST_BLOCKS or moving.sum() < overview.rate_hz:
        return None
    rate = low_pass(overview.turning, overview.rate_hz, MOVEMENT_CUTOFF_HZ)
    rate = rate - np.outer(rate @ up, up)
    length = np.linalg.norm(rate, axis=1)
    # A few steps or a weight shift turn the pelvis much faster than the repetitions: each sample's say is capped at that of the quicker quarter.
    # Not at the median's: between pauses that is sway, which would then have as much to say as the movement.
    rate = rate / np.maximum(length, max(np.percentile(length[moving], 75), 1e-9))[:, None]
    values, vectors = np.linalg.eigh(rate[moving].T @ rate[moving] / moving.sum())
    swings = max(1.0, moving.sum() / overview.rate_hz)  # about one swing a second
    if values[2] >= CLEAR_AXIS * values[1]:
        main, scatter = vectors[:, 2], np.sqrt(max(values[1], 0.0) / values[2] / swings)
    else:
        main, share = _repeating_axis(np.where(moving[:, None], rate, 0.0), overview.rate_hz)
        scatter = np.sqrt(values[1] * values[2] / swings) / max(share / moving.sum(), 1e-9)
        if scatter > 1 / CLEAR_REPEAT:
            return None
    coupling = np.degrees(np.arctan(TILT_COUPLING.value))
    return Witness("movement", make_horizontal(main, up), float(np.hypot(coupling, np.degrees(scatter))), TRUST_MOVEMENT)


def _repeating_axis(rate: Array, rate_hz: float) -> tuple[Array, float]:
    """Return the axis of the turning that is most like itself one repetition later, and its covariance with that, summed over the samples.

    Sway may be as large as a small repetition, and has an axis of its own, but it forgets itself within a second; repetitions come back.
    """
    count = len(rate)
    spectrum = np.fft.rfft(rate, 2 * count, axis=0)
    later = np.fft.irfft(spectrum[:, :, None].conj() * spectrum[:, None, :], axis=0)
    later = later[int(REPEATS_S[0] * rate_hz) : min(int(REPEATS_S[1] * rate_hz), count)]
    values, vectors = np.linalg.eigh((later + later.transpose(0, 2, 1)) / 2)
    if not len(values):
        return np.eye(3)[0], 0.0
    best = int(np.argmax(values[:, -1]))
    return vectors[best][:, -1], float(values[best, -1])


def hear_mounting(axis: Array, up: Array) -> Witness | None:
    """Return the horizontal part of a sensor axis that should point forward; None when it points up or down."""
    steepness = abs(float(axis @ up))
    if np.sqrt(1 - steepness**2) < FLAT_MOUNTING:
        return None
    return Witness("mounting", make_horizontal(axis, up), MOUNTING_YAW_DEG.value, TRUST_MOUNTING)


def hear_shift(overview: Overview, stance: Stance, up: Array) -> Witness | None:
    """Return the direction across the weight shift's acceleration; None when there was no shift or it went no clear way."""
    if stance.shift_s is None or stance.travel is None or stance.zero_s is None:
        return None
    during = (overview.time_s >= stance.shift_s[0]) & (overview.time_s < stance.shift_s[1])
    travel = stance.travel[during]
    values, vectors = np.linalg.eigh(travel.T @ travel / max(1, len(travel)))
    if values[1] < CLEAR_SHIFT * values[0]:
        return None
    at = min(int(np.searchsorted(overview.time_s, stance.zero_s[1])), len(overview.quat) - 1)
    sideways = turn_back(overview.quat[at], np.array([*vectors[:, 1], 0.0]))
    scatter = np.degrees(np.sqrt(max(values[0], 0.0) / values[1] / 4))  # one shift speeds up and slows down: a handful of independent looks
    return Witness("shift", make_horizontal(np.cross(sideways, up), up), float(np.hypot(SHIFT_DIRECTION_DEG.value, scatter)), TRUST_SHIFT)


def weigh_witnesses(witnesses: list[Witness], up: Array) -> tuple[Array, float]:
    """Weigh what the witnesses say.

    Parameters
    ----------
    witnesses : list of Witness
        At least one.
    up : ndarray, shape (3,)

    Returns
    -------
    line : ndarray, shape (3,)
        The forward line, of the first witness's sense.
    sd_deg : float
        Its standard deviation [°].

    Notes
    -----
    Each witness gives a density over the half circle: normal about its line with its standard deviation, plus an even floor for the case that it
    speaks of something else. Their product, normalised, is the posterior; mean and standard deviation are taken within 45° of its peak.

    Examples
    --------
    >>> up, one, other = np.array([0.0, 0, 1]), np.array([1.0, 0, 0]), np.array([0.0, 1, 0])
    >>> line, sd = weigh_witnesses([Witness("movement", one, 8.0, 0.9), Witness("shift", one, 8.0, 0.9), Witness("mounting", other, 8.0, 0.8)], up)
    >>> bool(abs(line @ one) > 0.999), round(sd, 1)  # outvoted
    (True, 5.8)
    """
    first = witnesses[0].line
    across = np.cross(up, first)
    density = np.ones_like(GRID_DEG)
    for witness in witnesses:
        at = np.degrees(np.arctan2(witness.line @ across, witness.line @ first))
        apart = wrap_line(GRID_DEG - at)
        normal = np.exp(-0.5 * (apart / witness.sd_deg) ** 2) / (witness.sd_deg * np.sqrt(2 * np.pi))
        density *= witness.trust * normal + (1 - witness.trust) / 180.0
    peak = GRID_DEG[int(np.argmax(density))]
    apart = wrap_line(GRID_DEG - peak)
    weight = np.where(np.abs(apart) <= MODE_DEG, density, 0.0)
    weight /= weight.sum()
    mean = float(weight @ apart)
    angle = np.radians(wrap_line(peak + mean))
    return first * np.cos(angle) + across * np.sin(angle), float(np.sqrt(weight @ (apart - mean) ** 2))


def angle_between(one: Array, other: Array) -> float:
    """Return the angle between two lines [°], 0–90."""
    return float(np.degrees(np.arccos(min(1.0, abs(float(one @ other))))))


def wrap_line(angle_deg: Array) -> Array:
    """Return the same line's angle between −90 and 90 [°]."""
    return np.asarray((angle_deg + 90.0) % 180.0 - 90.0)


def make_horizontal(vector: Array, up: Array) -> Array:
    """Return the horizontal direction of a vector, unit length."""
    level = vector - up * (vector @ up)
    return np.asarray(level / np.linalg.norm(level))


def turn_back(quat: Array, vector: Array) -> Array:
    """Return an earth-frame vector in the frame of a sensor of orientation `quat` (w, x, y, z)."""
    w, v = quat[0], -quat[1:]
    twice = 2 * np.cross(v, vector)
    return np.asarray(vector + w * twice + np.cross(v, twice))

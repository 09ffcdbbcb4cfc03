"""Can the numbers be what they claim to be? Gravity gives the accelerometer away, and the accelerometer the gyroscope and the clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from hiphitch_analysis.norms import GRAVITY_M_S2

Array = NDArray[np.float64]

GRAVITY_USABLE = (8.5, 11.2)  # m/s²; beyond it the unit or the sensor is wrong
GRAVITY_MOVING = (6.0, 16.0)  # m/s²; the same for the median of a recording without a calm second
GRAVITY_GOOD = (9.3, 10.3)  # m/s²; outside it the accelerometer wants calibration
REST_SPREAD = 0.03  # a second in which the specific force varies less, relative to itself, is a rest
OWN_ACC_HZ = 0.6  # a sensor 10 cm from the hip adds its own acceleration to gravity's turning: 14 % at this frequency, 40 % at 1 Hz
COMPARED_HZ = 20.0  # enough for what is compared
TURNING = 0.2  # m/s³: gravity turns by more than about 1 °/s
DEG_FACTOR = (0.008, 0.04)  # about 1/57.3
STRETCH_S, MOST_STRETCHES = 15.0, 6
EXPLAINED = 0.94  # multiple correlation: shanks, thighs, chests and pelvises in 75 real recordings of exercises give factors of 0.6 to 1.2 beyond it
LEAST_EXPLAINED = 0.2  # of the stretches
SURE = 0.15  # standard error of the factor: a movement of one frequency only cannot tell a lever arm from a scale
SCALE_GOOD = (0.75, 1.3)
SCALE_USABLE = (0.6, 1.6)  # beyond it every angle would be wrong by as much
FLIPS = ("x", "y", "z", "xy", "xz", "yz", "xyz")  # axes of the gyroscope that may turn the wrong way


def check_gravity(acc: Array, rate_hz: float) -> float:
    """Return the norm of the specific force at rest [m/s²], refusing what cannot be m/s² with gravity.

    Parameters
    ----------
    acc : ndarray, shape (n, 3)
        Specific force [m/s²], without missing values.
    rate_hz : float

    Returns
    -------
    float
        In the calmest second; NaN when there is none.

    Raises
    ------
    ValueError
        The unit is another one, or gravity was removed.
    """
    norm = np.sqrt(np.einsum("ij,ij->i", acc, acc))
    calm, spread = _calmest_second(norm, rate_hz)
    rests = spread < REST_SPREAD * calm
    typical = calm if rests else float(np.median(norm))
    low, high = GRAVITY_USABLE if rests else GRAVITY_MOVING
    if low <= typical <= high:
        return calm if rests else float("nan")
    reads, expected = f"imu: the accelerometer reads {typical:.4g} at rest", f"expected about {GRAVITY_M_S2.value:.2f} m/s²"
    if 0.85 <= typical <= 1.15:
        raise ValueError(f"{reads} — {expected}; this looks like g. Multiply it by {GRAVITY_M_S2.value}, or read it with --acc-unit g.")
    if 850 <= typical <= 1150:
        raise ValueError(f"{reads} — {expected}; this looks like mg (multiply by {GRAVITY_M_S2.value / 1000:.8f}) or cm/s² (by 0.01).")
    if typical < 0.85:
        raise ValueError(f"{reads} — {expected}; gravity seems to have been removed. Export the raw acceleration.")
    raise ValueError(f"{reads} — {expected}. Check its unit and calibration.")


def _calmest_second(norm: Array, rate_hz: float) -> tuple[float, float]:
    """Return mean and standard deviation of the second that varies least, tried every tenth of a second."""
    block = max(1, min(int(rate_hz / 10), len(norm) // 2))
    whole = len(norm) // block * block
    blocks = norm[:whole].reshape(-1, block)
    span = max(1, min(len(blocks), round(rate_hz / block)))
    sums, squares = (np.concatenate([[0.0], np.cumsum(power.sum(axis=1))]) for power in (blocks, blocks**2))
    count = span * block
    means = (sums[span:] - sums[:-span]) / count
    spreads = np.sqrt(np.maximum((squares[span:] - squares[:-span]) / count - means**2, 0.0))
    calmest = int(np.argmin(spreads))
    return float(means[calmest]), float(spreads[calmest])


def compare_turning(acc: Array, gyr: Array, rate_hz: float) -> float:
    """Return how far the accelerometer turns for what the gyroscope says, refusing what cannot be rad/s, one frame and a right clock.

    Parameters
    ----------
    acc, gyr : ndarray, shape (n, 3)
        Specific force [m/s²] and angular rate [rad/s], without missing values.
    rate_hz : float

    Returns
    -------
    float
        The factor between both where it can be told, else 1.

    Raises
    ------
    ValueError
        The gyroscope is in °/s, reads nothing, turns the other way about some axis, or the sampling rate is wrong.

    Notes
    -----
    In the sensor's frame gravity turns as dg/dt = −ω × g; a sensor at a distance r from the point it turns about also feels α × r + ω × (ω × r).
    Both together, with r unknown, explain nearly all of what is felt when a body segment moves about a joint. The factor on the first is then 1 for
    rad/s and a right clock, and the stated rate over the true one for a wrong clock. Stretches that it does not explain say nothing.

    An accelerometer with all three signs turned round (as some phones export it) leaves the equation as it is and cannot be told here; obliquity,
    which only needs a vertical line and the movement's own axis, is the same either way, tilt and rotation change sign.
    """
    if len(acc) < 5 * rate_hz:
        return 1.0  # too short to tell a unit from a jerk
    block = max(1, int(rate_hz / COMPARED_HZ))
    acc, gyr, rate_hz = block_means(acc, block), block_means(gyr, block), rate_hz / block
    look = _look(block_means(acc, 2), block_means(gyr, 2), rate_hz / 2)  # what is below OWN_ACC_HZ needs no more
    if look.seen > 0.4 and look.told < 0.1 * look.seen:
        raise ValueError(
            "imu: the gyroscope reads next to nothing while the accelerometer turns — expected both to turn together. "
            "Check the export, or leave the gyr columns out to use gravity alone."
        )
    if look.told > TURNING and DEG_FACTOR[0] < look.factor < DEG_FACTOR[1] and look.likeness > 0.6:
        raise ValueError("imu: the gyroscope turns about 57 times as far as the accelerometer — expected rad/s, got deg/s. Divide it by 57.29578.")
    fits = _fit_stretches(acc, gyr, rate_hz)
    clear = fits[fits[:, 1] > EXPLAINED, 0]
    enough = len(clear) >= max(1, LEAST_EXPLAINED * len(fits))
    factor = float(np.median(clear)) if enough else 1.0
    if look.told > TURNING and (not enough or factor < 0):
        _refuse_frames(look, certain=enough)
    if not SCALE_USABLE[0] <= factor <= SCALE_USABLE[1]:
        raise ValueError(
            f"imu: the accelerometer turns {factor:.2f} times as far as the gyroscope says — expected the same. "
            "The sampling rate is wrong by that much (give the right one with --rate-hz), or the gyroscope's unit or range."
        )
    return factor


def _fit_stretches(acc: Array, gyr: Array, rate_hz: float) -> Array:
    """Return for each of some stretches the factor, and how well a turn about a joint explains it; shape (stretches, 2)."""
    length = min(len(acc), int(STRETCH_S * rate_hz))
    count = min(MOST_STRETCHES, len(acc) // length)
    begins = np.linspace(0, len(acc) - length, count).astype(int)
    return np.array([_fit_turning(acc[begin : begin + length], gyr[begin : begin + length], rate_hz) for begin in begins])


def _fit_turning(acc: Array, gyr: Array, rate_hz: float) -> tuple[float, float]:
    """Fit factor and lever arm, and return the factor and the multiple correlation of the fit."""
    busy = np.sqrt((np.diff(gyr, axis=0) ** 2).sum() / max((gyr**2).sum(), 1e-12)) * rate_hz / (2 * np.pi)  # mean frequency of the turning
    cutoff = float(np.clip(2 * busy, 0.5, 5.0))
    both = sosfiltfilt(butter(2, min(cutoff, 0.4 * rate_hz), fs=rate_hz, output="sos"), np.hstack([acc, gyr]), axis=0)
    force, rate = both[:, :3], both[:, 3:]
    change = np.gradient(both, 1.0 / rate_hz, axis=0)
    # Acceleration for each unit of lever arm: columns of skew(α) + ω ωᵀ − |ω|² 1.
    felt = _skew(change[:, 3:]) + rate[:, :, None] * rate[:, None, :] - (rate**2).sum(axis=1)[:, None, None] * np.eye(3)
    lever = np.gradient(felt, 1.0 / rate_hz, axis=0) + _skew(rate) @ felt
    parts = np.concatenate([-np.cross(rate, force)[:, :, None], lever], axis=2)
    edge = int(rate_hz / cutoff)
    if len(parts) < 4 * edge:
        return 1.0, 0.0
    parts, seen = parts[edge:-edge].reshape(-1, 4), change[edge:-edge, :3].ravel()
    solution, *_ = np.linalg.lstsq(parts, seen, rcond=None)
    left = seen - parts @ solution
    power = float(left @ left)
    # Neighbouring samples of a low-passed signal say the same: so many of them are independent.
    independent = len(seen) / 3 * 2 * cutoff / rate_hz
    spread = np.sqrt(power / independent * np.linalg.pinv(parts.T @ parts)[0, 0])
    explained = np.sqrt(max(0.0, 1.0 - power / max(float(seen @ seen), 1e-12)))
    return float(solution[0]), float(explained) if spread < SURE else 0.0


def _skew(vectors: Array) -> Array:
    """Return the matrices that turn a cross product from the left into a product, shape (n, 3, 3)."""
    x, y, z = vectors.T
    zero = np.zeros_like(x)
    return np.stack([np.stack([zero, -z, y], axis=1), np.stack([z, zero, -x], axis=1), np.stack([-y, x, zero], axis=1)], axis=1)


@dataclass(frozen=True, slots=True)
class _Look:
    """Gravity's turning below some frequency: as seen and as told by each axis of the gyroscope, root mean square [m/s³], and how both compare."""

    seen: float
    told: float
    factor: float
    likeness: float
    likeness_flipped: dict[str, float]


def _look(acc: Array, gyr: Array, rate_hz: float) -> _Look:
    sos = butter(2, OWN_ACC_HZ, fs=rate_hz, output="sos")
    gravity = sosfiltfilt(sos, acc, axis=0)
    edge = int(rate_hz / OWN_ACC_HZ)  # the filter's own beginning and end
    seen = np.gradient(gravity, 1.0 / rate_hz, axis=0)[edge:-edge].ravel()
    axes = np.eye(3)
    parts = np.stack([sosfiltfilt(sos, -np.cross(gyr * axes[i], gravity), axis=0)[edge:-edge].ravel() for i in range(3)])
    # Everything asked for follows from the products of the axes' parts with one another and with what was seen.
    among, with_seen, seen_power = np.einsum("in,jn->ij", parts, parts), np.einsum("in,n->i", parts, seen), float(np.einsum("n,n->", seen, seen))

    def likeness(signs: Array) -> float:
        return float(signs @ with_seen / max(np.sqrt(seen_power * (signs @ among @ signs)), 1e-12))

    flipped = {name: likeness(np.array([-1.0 if axis in name else 1.0 for axis in "xyz"])) for name in FLIPS}
    told_power, samples = float(among.sum()), len(seen) / 3
    return _Look(
        seen=float(np.sqrt(seen_power / samples)),
        told=float(np.sqrt(told_power / samples)),
        factor=float(with_seen.sum() / max(told_power, 1e-12)),
        likeness=likeness(np.ones(3)),
        likeness_flipped=flipped,
    )


def _refuse_frames(look: _Look, certain: bool) -> None:
    wrong, likeness = max(look.likeness_flipped.items(), key=lambda item: item[1])
    if certain or (likeness > 0.8 and look.likeness < 0.5):
        about = "" if len(wrong) == 3 else f" about {' and '.join(wrong)}"
        raise ValueError(
            f"imu: gyroscope and accelerometer turn in opposite directions{about} — expected one right-handed frame. "
            "Check the export's signs and axes."
        )


def block_means(values: Array, block: int) -> Array:
    """Return the means of every `block` rows in a row; what is left at the end is left out."""
    whole = len(values) // block * block
    total = values[:whole:block].astype(np.float64)
    for place in range(1, block):  # a handful of long sums: numpy's mean over a short middle axis takes twice as long
        total += values[place:whole:block]
    return total / block

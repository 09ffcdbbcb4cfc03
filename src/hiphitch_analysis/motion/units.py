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
COMPARED_HZ = 10.0  # enough for what is compared below OWN_ACC_HZ
SCALE_GOOD = (0.8, 1.25)  # the body's own acceleration blurs the comparison of gyroscope and accelerometer by less
SCALE_USABLE = (0.6, 1.6)  # beyond it, seen this clearly, every angle would be wrong by as much
FASTER_HZ, SCALE_USABLE_FASTER = 1.5, (0.55, 1.8)
CLEARLY_ALIKE = 0.9
TURNING = 0.2  # m/s³: gravity turns by more than about 1 °/s
DEG_FACTOR = (0.008, 0.04)  # about 1/57.3
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
        The factor between both where they move alike, else 1.

    Raises
    ------
    ValueError
        The gyroscope is in °/s, reads nothing, turns the other way about some axis, or the sampling rate is wrong.

    Notes
    -----
    In the sensor's frame gravity turns as dg/dt = −ω × g. The factor between both sides, below the frequencies where the body's own acceleration
    rules, is 1 for rad/s, 1/57.3 for deg/s, and for a wrong clock the stated rate over the true one. An accelerometer with all three signs
    turned round (as some phones export it) leaves the equation as it is and cannot be told here; obliquity, which only needs a vertical line and the
    movement's own axis, is the same either way, tilt and rotation change sign.
    """
    if len(acc) < 5 * rate_hz:
        return 1.0  # too short to tell a unit from a jerk
    block = max(1, int(rate_hz / COMPARED_HZ))
    acc, gyr, rate_hz = _block_means(acc, block), _block_means(gyr, block), rate_hz / block
    slow, faster = _look(acc, gyr, rate_hz, OWN_ACC_HZ), _look(acc, gyr, rate_hz, FASTER_HZ)
    if slow.seen > 0.4 and slow.told < 0.1 * slow.seen:
        raise ValueError(
            "imu: the gyroscope reads next to nothing while the accelerometer turns — expected both to turn together. "
            "Check the export, or leave the gyr columns out to use gravity alone."
        )
    if slow.told > TURNING:
        _refuse_frames(slow)
        _refuse_clock(slow, SCALE_USABLE)
    # What a clock set too fast makes of slow repetitions lies above the first look's frequencies; there the body's own acceleration blurs more.
    _refuse_clock(faster, SCALE_USABLE_FASTER)
    return slow.factor if slow.told > TURNING and slow.likeness > 0.8 else 1.0


@dataclass(frozen=True, slots=True)
class _Look:
    """Gravity's turning below some frequency: as seen and as told by each axis of the gyroscope, root mean square [m/s³], and how both compare."""

    seen: float
    told: float
    factor: float
    likeness: float
    likeness_flipped: dict[str, float]


def _look(acc: Array, gyr: Array, rate_hz: float, cutoff_hz: float) -> _Look:
    sos = butter(2, cutoff_hz, fs=rate_hz, output="sos")
    gravity = sosfiltfilt(sos, acc, axis=0)
    edge = int(rate_hz / cutoff_hz)  # the filter's own beginning and end
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


def _refuse_frames(look: _Look) -> None:
    if DEG_FACTOR[0] < look.factor < DEG_FACTOR[1] and look.likeness > 0.6:
        raise ValueError("imu: the gyroscope turns about 57 times as far as the accelerometer — expected rad/s, got deg/s. Divide it by 57.29578.")
    wrong, likeness = max(look.likeness_flipped.items(), key=lambda item: item[1])
    if likeness > 0.8 and look.likeness < 0.5:
        about = "" if len(wrong) == 3 else f" about {' and '.join(wrong)}"
        raise ValueError(
            f"imu: gyroscope and accelerometer turn in opposite directions{about} — expected one right-handed frame. "
            "Check the export's signs and axes."
        )


def _refuse_clock(look: _Look, usable: tuple[float, float]) -> None:
    if look.told > TURNING and look.likeness > CLEARLY_ALIKE and not usable[0] <= look.factor <= usable[1]:
        raise ValueError(
            f"imu: the accelerometer turns {look.factor:.2f} times as far as the gyroscope says — expected the same. "
            "The sampling rate is wrong by that much (give the right one with --rate-hz), or the gyroscope's unit or range."
        )


def _block_means(values: Array, block: int) -> Array:
    whole = len(values) // block * block
    return np.asarray(values[:whole].reshape(-1, block, values.shape[1]).mean(axis=1))

"""The one guard in front of the orientation filter: fixed rate, no missing values, right units; refuse what cannot be trusted.

A filter fed with one missing accelerometer row reports 0.2° repetitions instead of 8° without a word, so everything that reaches it passes here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.transform import Rotation, Slerp

from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.schema import ACC, GYR, QUAT, Imu, check_table

Array = NDArray[np.float64]

MIN_RATE_HZ = 15.0
MAX_RATE_HZ = 2000.0  # no body-worn sensor samples faster: the time column is then in another unit
MIN_SAMPLES = 4
ABSURD = 1e7  # in any unit of any sensor: such a cell is a broken one
SHORT_S = 3.0  # one slow repetition
MAX_MISSING_SHARE = 0.2
MAX_BRIDGE_S = 0.25  # a straight line over a quarter of a second of a slow movement errs by tenths of a degree; over more it does not
SETTLE_S = 3.0  # the orientation filter needs about its time constant to forget a bridged stretch
GRAVITY_USABLE = (8.5, 11.2)  # m/s²; beyond it the unit or the sensor is wrong
GRAVITY_MOVING = (6.0, 16.0)  # m/s²; the same for the median of a recording without a calm second
OWN_ACC_HZ = 0.6  # a sensor 10 cm from the hip adds its own acceleration to gravity's turning: 14 % at this frequency, 40 % at 1 Hz
GYR_SCALE = (0.8, 1.25)  # the body's own acceleration blurs the comparison with the accelerometer by less
REST_SPREAD = 0.03  # a second in which the specific force varies less, relative to itself, is a rest
GRAVITY_GOOD = (9.3, 10.3)  # m/s²; outside it the accelerometer wants calibration


@dataclass(frozen=True, slots=True)
class Conditioned:
    """An IMU table that the orientation filter may have.

    Attributes
    ----------
    imu : DataFrame
        Table IMU at a fixed rate, without missing values; only complete groups of columns (acc, gyr, quat).
    valid : ndarray of bool, shape (n,)
        False where a gap was bridged that is too long to be believed, or where the filter is still settling after one.
    rate_hz : float
        Sampling rate [Hz].
    missing_share : float
        Share of the expected samples that were missing or not a number [0–1].
    gravity_m_s2 : float
        Specific force in the calmest second [m/s²]; NaN without an accelerometer or without a calm second.
    flags, warnings : tuple of str
        Short codes, and the sentences that explain them.
    """

    imu: pd.DataFrame
    valid: NDArray[np.bool_]
    rate_hz: float
    missing_share: float
    gravity_m_s2: float
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


def condition_imu(imu: pd.DataFrame) -> Conditioned:
    """Bring `imu` to a fixed rate and make sure that its numbers can be what they claim to be.

    Parameters
    ----------
    imu : DataFrame
        Table IMU; it is not changed.

    Returns
    -------
    Conditioned

    Raises
    ------
    ValueError
        No usable sensor, too few samples, too slow, too many samples missing, or units that cannot be right.

    Notes
    -----
    Samples are interpolated linearly (orientations on the sphere). Gaps up to 0.25 s are bridged silently, longer ones are bridged and marked in
    `valid`. Valid for 15 Hz and more.

    Examples
    --------
    >>> time = np.arange(0, 2, 0.02)
    >>> still = pd.DataFrame({ACC[0]: 0.0, ACC[1]: 0.0, ACC[2]: 9.81}, index=pd.Index(time, name="time_s"))
    >>> still.iloc[10:12] = np.nan
    >>> conditioned = condition_imu(still)
    >>> float(round(conditioned.rate_hz, 6)), len(conditioned.imu), bool(conditioned.imu.isna().any(axis=None))
    (50.0, 100, False)
    """
    imu = check_table(imu, Imu)
    imu = imu.where(imu.abs() < ABSURD)
    columns = _complete_groups(imu)
    rate_hz, missing_share, kept = _fixed_rate(imu[columns])
    grid = np.arange(kept.index[0], kept.index[-1] + 0.25 / rate_hz, 1.0 / rate_hz)
    grid = np.minimum(grid, kept.index[-1])
    even = _resample(kept, grid)
    valid, flags, warnings = _mark_gaps(kept.index.to_numpy(), grid, rate_hz)
    duration = float(grid[-1] - grid[0])
    if duration < SHORT_S:
        flags.append("short")
        warnings.append(f"the recording lasts {duration:.2f} s, too short to hold a slow repetition")
    if missing_share > 0:
        flags.append("missing_samples")
        warnings.append(f"{missing_share:.1%} of the samples were missing and have been interpolated")
    gravity = np.nan
    if ACC[0] in even:
        gravity = _check_gravity(even[ACC].to_numpy(), rate_hz)
        if not np.isnan(gravity) and not GRAVITY_GOOD[0] <= gravity <= GRAVITY_GOOD[1]:
            flags.append("gravity")
            warnings.append(f"at rest the accelerometer reads {gravity:.2f} m/s² instead of {GRAVITY_M_S2.value:.2f}: it wants calibration")
        if GYR[0] in even:
            scale = _check_rate_unit(even[ACC].to_numpy(), even[GYR].to_numpy(), rate_hz)
            if not GYR_SCALE[0] <= scale <= GYR_SCALE[1]:
                flags.append("gyroscope_scale")
                warnings.append(f"the accelerometer turns {scale:.2f} times as far as the gyroscope says: check the gyroscope's unit and range")
    return Conditioned(even, valid, rate_hz, missing_share, gravity, tuple(flags), tuple(warnings))


def _complete_groups(imu: pd.DataFrame) -> list[str]:
    """Return the columns that the orientation needs, of those sensors that have all their axes and at least one value in each."""
    groups = [group for group in (ACC, GYR, QUAT) if set(group) <= set(imu.columns) and bool(imu[group].notna().any().all())]
    if ACC not in groups and QUAT not in groups:
        raise ValueError(
            "imu: no usable sensor — expected an accelerometer (acc_x_m_s2 …) or a device orientation (quat_w …) with values on all axes, "
            f"got {', '.join(map(str, imu.columns)) or 'no column'}. Export the accelerometer with the gyroscope."
        )
    if ACC in groups and GYR in groups:
        groups = [ACC, GYR]  # the device's own orientation is not needed then, and its gaps do no harm
    return [column for group in groups for column in group]


def _fixed_rate(imu: pd.DataFrame) -> tuple[float, float, pd.DataFrame]:
    """Return the rate [Hz], the share of samples missing on that grid, and the rows without a missing value."""
    kept = imu.dropna()
    if len(kept) < MIN_SAMPLES:
        raise ValueError(f"imu: {len(kept)} complete samples — expected at least {MIN_SAMPLES}. Check the export.")
    time = kept.index.to_numpy(dtype=float)
    steps = np.diff(imu.index.to_numpy(dtype=float))
    # Whole time steps over the time they took: exact for rounding clocks and lost packets, which one median step is not. Where the clock jitters
    # too much to tell a lost packet from a late one, every step up to two and a half usual ones counts as one.
    relative = steps / np.median(steps)
    whole = np.round(relative)
    near = relative < 2.5
    jittered = float(np.sqrt(np.mean((relative - whole)[near] ** 2))) > 0.22
    rate_hz = float(near.sum() / steps[near].sum()) if jittered else float(whole.sum() / steps.sum())
    if rate_hz > MAX_RATE_HZ:
        raise ValueError(f"imu: {rate_hz:.3g} samples per second — expected at most {MAX_RATE_HZ:g}. Check that time_s is in seconds.")
    duration = time[-1] - time[0]
    if rate_hz < MIN_RATE_HZ:
        raise ValueError(f"imu: {rate_hz:.3g} samples per second — expected at least {MIN_RATE_HZ:g}. Record faster, or check the unit of time_s.")
    expected = round(duration * rate_hz) + 1
    missing = max(0.0, 1.0 - len(kept) / expected)
    missing = 0.0 if missing * expected < 1 else missing
    if missing > MAX_MISSING_SHARE:
        raise ValueError(
            f"imu: {missing:.0%} of the samples are missing — at most {MAX_MISSING_SHARE:.0%} can be bridged. Check the export, or record again."
        )
    return rate_hz, missing, kept


def _resample(kept: pd.DataFrame, grid: Array) -> pd.DataFrame:
    """Interpolate every column of `kept` to the times `grid` [s]."""
    time = kept.index.to_numpy(dtype=float)
    vectors = {c: np.interp(grid, time, kept[c].to_numpy()) for c in kept.columns if c not in QUAT}
    even = pd.DataFrame(vectors, index=pd.Index(grid, name="time_s"))
    if QUAT[0] in kept:
        turns = Rotation.from_quat(kept[QUAT].to_numpy(copy=True), scalar_first=True)
        even[QUAT] = Slerp(time, turns)(grid).as_quat(scalar_first=True)
    return even


def _mark_gaps(time: Array, grid: Array, rate_hz: float) -> tuple[NDArray[np.bool_], list[str], list[str]]:
    """Mark as invalid every sample inside a gap longer than can be bridged, and the settling time around it."""
    valid = np.ones(len(grid), dtype=bool)
    gaps = [(a, b) for a, b in itertools.pairwise(time) if b - a > MAX_BRIDGE_S + 1.0 / rate_hz]
    for start, end in gaps:
        margin = min(end - start, SETTLE_S)
        valid &= (grid < start - margin) | (grid > end + margin)
    if not gaps:
        return valid, [], []
    longest = max(b - a for a, b in gaps)
    return valid, ["gaps"], [f"{len(gaps)} gap(s) in the data, the longest {longest:.1f} s: what lies inside is not measured"]


def _check_gravity(acc: Array, rate_hz: float) -> float:
    """Return the norm of the specific force at rest [m/s²], refusing what cannot be m/s² with gravity; NaN when there is no rest."""
    norm = np.linalg.norm(acc, axis=1)
    windows = pd.Series(norm).rolling(max(2, min(len(acc), round(rate_hz))))
    calmest = int(windows.std().argmin())
    spread, calm = float(windows.std().iloc[calmest]), float(windows.mean().iloc[calmest])
    rests = spread < REST_SPREAD * calm
    typical = calm if rests else float(np.median(norm))
    low, high = GRAVITY_USABLE if rests else GRAVITY_MOVING
    if low <= typical <= high:
        return calm if rests else float("nan")
    reads, expected = f"imu: the accelerometer reads {typical:.4g} at rest", f"expected about {GRAVITY_M_S2.value:.2f} m/s²"
    if 0.85 <= typical <= 1.15:
        raise ValueError(f"{reads} — {expected}; this looks like g. Multiply it by {GRAVITY_M_S2.value}.")
    if 850 <= typical <= 1150:
        raise ValueError(f"{reads} — {expected}; this looks like mg (multiply by {GRAVITY_M_S2.value / 1000:.8f}) or cm/s² (by 0.01).")
    if typical < 0.85:
        raise ValueError(f"{reads} — {expected}; gravity seems to have been removed. Export the raw acceleration.")
    raise ValueError(f"{reads} — {expected}. Check its unit and calibration.")


def _check_rate_unit(acc: Array, gyr: Array, rate_hz: float) -> float:
    """Refuse a gyroscope whose turning does not fit the accelerometer's, and return the factor between both where they move alike (else 1).

    In the sensor's frame gravity turns as dg/dt = −ω × g. The factor between both sides, below the frequencies where the body's own acceleration
    rules, is 1 for rad/s and 1/57.3 for deg/s.
    """
    if len(acc) < 5 * rate_hz:
        return 1.0  # too short to tell a unit from a jerk
    sos = butter(2, OWN_ACC_HZ, fs=rate_hz, output="sos")
    gravity = sosfiltfilt(sos, acc, axis=0)
    seen = np.gradient(gravity, 1.0 / rate_hz, axis=0)
    told = sosfiltfilt(sos, -np.cross(gyr, gravity), axis=0)
    power = float(np.sqrt((told**2).sum(axis=1).mean()))
    factor = float((seen * told).sum() / max((told**2).sum(), 1e-12))
    likeness = float((seen * told).sum() / max(np.sqrt((seen**2).sum() * (told**2).sum()), 1e-12))
    moving = power > 0.2  # m/s³: gravity turns by more than about 1 °/s
    turning = float(np.sqrt((seen**2).sum(axis=1).mean()))
    if turning > 0.4 and power < 0.1 * turning:
        raise ValueError(
            "imu: the gyroscope reads next to nothing while the accelerometer turns — expected both to turn together. "
            "Check the export, or leave the gyr columns out to use gravity alone."
        )
    if moving and 0.008 < factor < 0.04 and likeness > 0.6:
        raise ValueError("imu: the gyroscope turns about 57 times as far as the accelerometer — expected rad/s, got deg/s. Divide it by 57.29578.")
    if moving and likeness < -0.8:
        raise ValueError(
            "imu: gyroscope and accelerometer turn in opposite directions — expected one right-handed frame. Check the export's signs and axes."
        )
    return factor if moving and likeness > 0.8 else 1.0

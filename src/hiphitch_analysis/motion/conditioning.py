"""The one guard in front of the orientation filter: fixed rate, no missing values, right units; refuse what cannot be trusted.

A filter fed with one missing accelerometer row reports 0.2° repetitions instead of 8° without a word, so everything that reaches it passes here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from hiphitch_analysis.motion.units import GRAVITY_GOOD, SCALE_GOOD, check_gravity, compare_turning
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
SETTLE_S = 3.0  # the orientation filter needs about its time constant to forget a bridged stretch, or a turn that it saw too little of
UNEVEN_SHARE = 0.05  # of a sample: clocks that only round stay below
IRREGULAR_SHARE = 0.22  # of a sample: beyond it a lost packet cannot be told from a late one

# A sensor at the end of its range repeats its largest value. What rounding does to the crest of a slow curve looks alike, but is not so steep.
CLIPPED_ROW = 2  # samples in a row
# No sensor measures less far, in m/s² and rad/s (±1.7 g and ±125 °/s are the smallest on sale, less a tenth): below, a single row is a rounded peak.
SMALLEST_RANGE = {"accelerometer": 15.0, "gyroscope": 1.9}
CLIPPED_BEYOND = 2.0  # times the axis's own root mean square
CLIPPED_STEEP = 5.0  # times the usual step from sample to sample


_BY_COUNTER = ", as the device's packet counter shows"


class LostSamplesError(ValueError):
    """More samples are missing than can be bridged."""


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
    jitter_s : float
        How far the time stamps lie from an even clock, step by step, root mean square [s].
    clipped : int
        Samples at the end of a sensor's range.
    gravity_m_s2 : float
        Specific force in the calmest second [m/s²]; NaN without an accelerometer or without a calm second.
    flags, warnings : tuple of str
        Short codes, and the sentences that explain them.
    """

    imu: pd.DataFrame
    valid: NDArray[np.bool_]
    rate_hz: float
    missing_share: float
    jitter_s: float
    clipped: int
    gravity_m_s2: float
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


def condition_imu(imu: pd.DataFrame, packets: int | None = None) -> Conditioned:
    """Bring `imu` to a fixed rate and make sure that its numbers can be what they claim to be.

    Parameters
    ----------
    imu : DataFrame
        Table IMU; it is not changed.
    packets : int, optional
        How many samples the device took from the first row to the last, both included, by its packet counter. Without it a lost sample shows only
        where the steps between most others are single ones.

    Returns
    -------
    Conditioned

    Raises
    ------
    LostSamplesError
        Too many samples are missing.
    ValueError
        No usable sensor, too few samples, too slow, or units that cannot be right.

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
    columns = _complete_groups(imu)
    values = imu[columns].to_numpy(dtype=float, copy=True)
    values[~(np.abs(values) < ABSURD)] = np.nan
    time_s = imu.index.to_numpy(dtype=float)
    whole = ~np.isnan(values).any(axis=1)
    rate_hz, missing_share, jitter_s = _fixed_rate(time_s, whole, packets)
    time_s, values = time_s[whole], values[whole]
    clipped = _find_clipped(values, columns)
    grid = np.minimum(np.arange(time_s[0], time_s[-1] + 0.25 / rate_hz, 1.0 / rate_hz), time_s[-1])
    even = _resample(time_s, values, columns, grid)
    valid, flags, warnings = _mark_gaps(time_s, grid, rate_hz)
    if any(at.any() for at in clipped.values()):
        valid &= _away_from_clips(clipped, time_s, grid)
        flags.append("clipped")
        where = " and ".join(f"{sensor} ({int(at.sum())} samples)" for sensor, at in clipped.items() if at.any())
        warnings.append(f"the {where} went to the end of the measuring range: what lies around it is not measured; set a larger range")
    duration = float(grid[-1] - grid[0])
    if duration < SHORT_S:
        flags.append("short")
        warnings.append(f"the recording lasts {duration:.2f} s, too short to hold a slow repetition")
    if jitter_s * rate_hz > IRREGULAR_SHARE:
        flags.append("irregular_clock")
        warnings.append(f"the time between samples varies by {1000 * jitter_s:.0f} ms: they were interpolated to an even {rate_hz:.0f} per second")
    if missing_share > 0:
        flags.append("missing_samples")
        warnings.append(f"{missing_share:.1%} of the samples were missing{f'{_BY_COUNTER},' if packets else ''} and have been interpolated")
    gravity = np.nan
    if ACC[0] in even:
        acc = even[ACC].to_numpy()
        gravity = check_gravity(acc, rate_hz)
        if not np.isnan(gravity) and not GRAVITY_GOOD[0] <= gravity <= GRAVITY_GOOD[1]:
            flags.append("gravity")
            warnings.append(f"at rest the accelerometer reads {gravity:.2f} m/s² instead of {GRAVITY_M_S2.value:.2f}: it wants calibration")
        if GYR[0] in even:
            scale = compare_turning(acc, even[GYR].to_numpy(), rate_hz)
            if not SCALE_GOOD[0] <= scale <= SCALE_GOOD[1]:
                flags.append("gyroscope_scale")
                warnings.append(
                    f"the accelerometer turns {scale:.2f} times as far as the gyroscope says: check the sampling rate and the gyroscope's range"
                )
    clipped_samples = sum(int(at.sum()) for at in clipped.values())
    return Conditioned(even, valid, rate_hz, missing_share, jitter_s, clipped_samples, gravity, tuple(flags), tuple(warnings))


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


def _fixed_rate(time_s: Array, whole: NDArray[np.bool_], packets: int | None) -> tuple[float, float, float]:
    """Return the rate [Hz], the share of samples missing on that grid, and the jitter [s]; `whole` marks the rows without a missing value."""
    count = int(whole.sum())
    if count < MIN_SAMPLES:
        raise ValueError(f"imu: {count} complete samples — expected at least {MIN_SAMPLES}. Check the export.")
    steps = np.diff(time_s)
    usual = float(np.median(steps)) if packets is None else float(time_s[-1] - time_s[0]) / (packets - 1)
    # Whole time steps over the time they took: exact for rounding clocks and lost packets, which one median step is not. Where the clock jitters
    # too much to tell a lost packet from a late one, every step up to two and a half usual ones counts as one.
    relative = steps / usual
    counted = np.round(relative)
    near = relative < 2.5
    jitter = float(np.sqrt(np.mean((relative - counted)[near] ** 2)))
    if packets is not None:
        rate_hz = 1.0 / usual
    else:
        rate_hz = float(near.sum() / steps[near].sum()) if jitter > IRREGULAR_SHARE else float(counted.sum() / steps.sum())
    if rate_hz > MAX_RATE_HZ:
        raise ValueError(f"imu: {rate_hz:.3g} samples per second — expected at most {MAX_RATE_HZ:g}. Check that time_s is in seconds.")
    first, last = (time_s[i] for i in np.flatnonzero(whole)[[0, -1]])
    if rate_hz < MIN_RATE_HZ:
        raise ValueError(f"imu: {rate_hz:.3g} samples per second — expected at least {MIN_RATE_HZ:g}. Record faster, or check the unit of time_s.")
    expected = round((last - first) * rate_hz) + 1
    missing = max(0.0, 1.0 - count / expected)
    missing = 0.0 if missing * expected < 1 else missing
    if missing > MAX_MISSING_SHARE:
        raise LostSamplesError(
            f"imu: {missing:.0%} of the samples are missing{_BY_COUNTER if packets else ''} ({count} of {expected} are there) — "
            f"at most {MAX_MISSING_SHARE:.0%} can be bridged. Check the export, or record again."
        )
    return rate_hz, missing, jitter * usual if jitter > UNEVEN_SHARE else 0.0


def _resample(time_s: Array, values: Array, columns: list[str], grid: Array) -> pd.DataFrame:
    """Interpolate every column to the times `grid` [s], orientations on the sphere."""
    vectors = [i for i, column in enumerate(columns) if column not in QUAT]
    if len(time_s) == len(grid) and np.abs(time_s - grid).max() < 1e-9:
        straight = values[:, vectors]
    else:
        straight = np.column_stack([np.interp(grid, time_s, values[:, i]) for i in vectors]) if vectors else np.empty((len(grid), 0))
    even = pd.DataFrame(straight, columns=[columns[i] for i in vectors], index=pd.Index(grid, name="time_s"))
    if QUAT[0] in columns:
        turns = Rotation.from_quat(values[:, [columns.index(c) for c in QUAT]], scalar_first=True)
        even[QUAT] = Slerp(time_s, turns)(grid).as_quat(scalar_first=True)
    return even


def _mark_gaps(time_s: Array, grid: Array, rate_hz: float) -> tuple[NDArray[np.bool_], list[str], list[str]]:
    """Mark as invalid every sample inside a gap longer than can be bridged, and the settling time around it."""
    valid = np.ones(len(grid), dtype=bool)
    wide = np.flatnonzero(np.diff(time_s) > MAX_BRIDGE_S + 1.0 / rate_hz)
    for start, end in zip(time_s[wide], time_s[wide + 1], strict=True):
        margin = min(end - start, SETTLE_S)
        valid &= (grid < start - margin) | (grid > end + margin)
    if not len(wide):
        return valid, [], []
    longest = float(np.diff(time_s)[wide].max())
    return valid, ["gaps"], [f"{len(wide)} gap(s) in the data, the longest {longest:.1f} s: what lies inside is not measured"]


def _find_clipped(values: Array, columns: list[str]) -> dict[str, NDArray[np.bool_]]:
    """Return for accelerometer and gyroscope which samples lie at the end of the measuring range."""
    found = {}
    for sensor, group in (("accelerometer", ACC), ("gyroscope", GYR)):
        if group[0] in columns:
            found[sensor] = np.zeros(len(values), dtype=bool)
            for column in group:
                axis = np.ascontiguousarray(values[:, columns.index(column)])  # gone over a dozen times
                found[sensor] |= _at_the_end(axis, SMALLEST_RANGE[sensor])
    return found


def _at_the_end(axis: Array, smallest_range: float) -> NDArray[np.bool_]:
    """Return where one axis stays at its largest or smallest value after a steep way there; nearer than measuring ranges end, more than once."""
    clipped = np.zeros(len(axis), dtype=bool)
    for end in (axis.max(), axis.min()):
        at = axis == end
        places = np.flatnonzero(at)
        following = np.diff(places) == 1
        rows = int((following & ~np.append(False, following[:-1])).sum())  # of two and more
        if len(places) <= CLIPPED_ROW or rows < (1 if abs(end) >= smallest_range else 2):
            continue
        step = np.abs(np.diff(axis))
        centre = np.median(axis)
        first = np.flatnonzero(at[1:] & ~at[:-1])
        steep = bool(len(first)) and np.median(step[first]) > CLIPPED_STEEP * np.median(step)
        if steep and abs(end - centre) > CLIPPED_BEYOND * np.sqrt(np.mean((axis - centre) ** 2)):
            clipped |= at
    return clipped


def _away_from_clips(clipped: dict[str, NDArray[np.bool_]], time_s: Array, grid: Array) -> NDArray[np.bool_]:
    """Mark as invalid what a clipped sample spoils: after a turn seen too small the filter needs its time, after a push only a moment."""
    valid = np.ones(len(grid), dtype=bool)
    for sensor, at in clipped.items():
        margin = SETTLE_S if sensor == "gyroscope" else MAX_BRIDGE_S
        times = time_s[at]
        if len(times):
            following = np.searchsorted(times, grid)
            before = grid - times[np.clip(following - 1, 0, None)]
            after = times[np.clip(following, None, len(times) - 1)] - grid
            near_before, near_after = (following > 0) & (before < margin), (following < len(times)) & (after < margin)
            valid &= ~(near_before | near_after)
    return valid

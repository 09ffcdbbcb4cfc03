"""Orientation and calibration → pelvis angles over time with their standard errors (table ANGLES)."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from hiphitch_analysis import norms
from hiphitch_analysis.motion.calibration import Calibration, calibrate
from hiphitch_analysis.motion.captured import Captured
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.motion.quaternions import turn_axis
from hiphitch_analysis.precision import Precision, level_se, rotation_se
from hiphitch_analysis.schema import SIDES

Array = NDArray[np.float64]

HEADING_DRIFT_HZ = 0.05  # slower than this, axial rotation cannot be told from the heading's drift
SWAY_S = 1.0  # body sway is independent of itself after about so long


def estimate_angles(imu: pd.DataFrame, stance: str, ap_axis: str | None = None) -> pd.DataFrame:
    """Estimate pelvis angles from one pelvis sensor.

    Parameters
    ----------
    imu : DataFrame
        Table IMU, from `read_imu`: index ``time_s`` [s], specific force [m/s²] and angular rate [rad/s], or the device's own orientation [–].
    stance : {"left", "right"}
        The leg stood on.
    ap_axis : {"+x", "-x", "+y", "-y", "+z", "-z"}, optional
        The sensor axis that points forward; by default found from the movement.

    Returns
    -------
    DataFrame
        Table ANGLES [°] with standard errors [°], one row per sample at an even rate; empty where samples were missing for long or clipped.

    Raises
    ------
    ValueError
        No table IMU, no usable sensor, sampled too slowly or for too short, units that cannot be right (`condition_imu`), a stance that is no side,
        or a forward axis that does not exist or is vertical (`calibrate`).

    Warns
    -----
    UserWarning
        Each doubt about the recording in a sentence; `analyse` keeps them in its `Session`, with every intermediate.

    Notes
    -----
    Orientation by offline VQF without the magnetometer [1]_, with stricter thresholds of rest than its defaults, which take slow repetitions of 1–2°
    for rest; where there is no gyroscope the device's own orientation, else gravity alone. Then rotation, obliquity and tilt in Baker's sequence
    [2]_, less what they are in the quiet stance (see `pelvis_angles`). Valid from 15 Hz on.

    References
    ----------
    .. [1] Laidig D, Seel T. VQF: Highly accurate IMU orientation estimation with bias estimation and magnetic disturbance rejection. Information
       Fusion 2023. doi:10.1016/j.inffus.2022.10.014
    .. [2] Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
       Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> imu = hh.simulate_set(reps=3, stance="left", drop_deg=8, seed=1).imu
    >>> angles = estimate_angles(imu, stance="left")
    >>> list(angles.columns)
    ['obliquity_deg', 'rotation_deg', 'tilt_deg', 'obliquity_se_deg', 'rotation_se_deg', 'tilt_se_deg']
    >>> bool(angles["obliquity_deg"].min() < -7)
    True
    """
    found = measure_sensor(imu, stance, ap_axis)
    for doubt in found.warnings:
        warnings.warn(doubt, stacklevel=2)
    return found.angles


def measure_sensor(imu: pd.DataFrame, stance: str, ap_axis: str | None = None) -> Captured:
    """Estimate pelvis angles from one pelvis sensor, with what `measure_reps` has to know of them.

    Parameters
    ----------
    imu, stance, ap_axis
        As for `estimate_angles`, which gives the angles alone.

    Returns
    -------
    Captured
        As of markers, landmarks and a model's coordinates: angles, where their zero comes from, how well they are known, and what is in doubt.

    Raises
    ------
    ValueError
        As `estimate_angles`.

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> found = measure_sensor(hh.simulate_set(reps=3, stance="left", drop_deg=8, seed=1).imu, stance="left")
    >>> reps = hh.measure_reps(found.angles, hh.detect_reps(found.angles), found.relative_zero, found.precision)
    >>> bool((reps["drop_se_deg"] > 0.2).all())
    True
    """
    conditioned = condition_imu(imu)
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, stance, ap_axis)
    return Captured(
        angles=pelvis_angles(orientation, calibration, stance, conditioned.valid),
        zero_s=calibration.zero_s,
        relative_zero=calibration.relative_zero,
        precision=estimate_precision(orientation, calibration),
        flags=(*conditioned.flags, *calibration.flags),
        warnings=(*conditioned.warnings, *calibration.warnings),
    )


def pelvis_angles(orientation: Orientation, calibration: Calibration, stance: str, valid: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Express the sensor's orientation as pelvis angles.

    Parameters
    ----------
    orientation : Orientation
    calibration : Calibration
    stance : {"left", "right"}
        The leg stood on.
    valid : ndarray of bool, shape (n,), optional
        Samples to keep; the others become NaN.

    Returns
    -------
    DataFrame
        Table ANGLES with standard errors. Rotation is NaN on the accelerometer route, which knows no heading.

    Raises
    ------
    ValueError
        A stance that is no side.

    Notes
    -----
    With f, u and m the forward, upward and stance → free axes of the pelvis in the earth frame (z up), obliquity is asin(m_z), tilt is
    atan2(−f_z, u_z) and rotation is the heading of m: the sequence rotation–obliquity–tilt. Obliquity and tilt do not depend on the heading. From
    both is taken what they are on average in the quiet stance; a recording without one has its mean posture for zero, and level is then not known.
    From rotation is taken what changes more slowly than 0.05 Hz.

    References
    ----------
    Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
    Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7
    """
    if stance not in SIDES:
        raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {stance!r}. It is the leg stood on.")
    right = np.cross(calibration.forward, calibration.up)
    free = right if stance == "left" else -right
    # The third component of an axis in the earth frame is its component along the vertical, which the sensor's frame knows too.
    obliquity = np.degrees(np.arcsin(np.clip(orientation.up @ free, -1.0, 1.0)))
    tilt = np.degrees(np.arctan2(-(orientation.up @ calibration.forward), orientation.up @ calibration.up))
    east, north = turn_axis(orientation.quat, free)
    heading = np.degrees(np.unwrap(np.arctan2(north, east)))
    rotation = _without_drift(heading if stance == "left" else -heading, orientation.rate_hz)
    if orientation.route == "accelerometer":
        rotation = np.full_like(rotation, np.nan)
    if calibration.zero_s is not None:
        start, end = np.searchsorted(orientation.time_s, calibration.zero_s)
        obliquity, tilt = obliquity - obliquity[start:end].mean(), tilt - tilt[start:end].mean()
    precision = estimate_precision(orientation, calibration)
    columns = {
        "obliquity_deg": obliquity,
        "rotation_deg": rotation,
        "tilt_deg": tilt,
        "obliquity_se_deg": level_se(precision, obliquity, tilt),
        "rotation_se_deg": rotation_se(precision, rotation),
        "tilt_se_deg": level_se(precision, tilt, obliquity),
    }
    angles = pd.DataFrame(columns, index=pd.Index(orientation.time_s, name="time_s"))
    if valid is not None and not valid.all():
        angles.loc[~valid] = np.nan
    return angles


def estimate_precision(orientation: Orientation, calibration: Calibration) -> Precision:
    """Say how well the angles of a recording are known.

    Parameters
    ----------
    orientation : Orientation
    calibration : Calibration

    Returns
    -------
    Precision
    """
    noise, drift, share, heading = norms.CHANGE_NOISE_DEG.value, norms.DRIFT_DEG.value, norms.SKIN_SHARE.value, norms.HEADING_DEG.value
    if orientation.route == "device":
        drift = norms.DEVICE_DRIFT_DEG.value
    elif orientation.route == "accelerometer":
        noise = drift = norms.GRAVITY_NOISE_DEG.value
        heading = float("nan")
        share = float(np.hypot(share, norms.GRAVITY_SHARE.value))
    zero = float("nan")
    if calibration.zero_s is not None and not calibration.relative_zero:
        swayed = calibration.zero_spread_deg / np.sqrt(max(1.0, (calibration.zero_s[1] - calibration.zero_s[0]) / SWAY_S))
        zero = float(np.hypot(swayed, norms.SKIN_BULGE_DEG.value))
    return Precision(zero, calibration.axis_deg, share, noise, drift, heading)


def _without_drift(heading: Array, rate_hz: float) -> Array:
    """Subtract what changes more slowly than any repetition."""
    if len(heading) < 4 * rate_hz:
        return np.asarray(heading - np.linspace(heading[0], heading[-1], len(heading)))
    block = max(1, int(rate_hz * 0.01 / HEADING_DRIFT_HZ))  # a hundred values per period of what is to be removed are plenty
    middles = np.arange(block // 2, len(heading), block)
    means = np.add.reduceat(heading, np.arange(0, len(heading), block))[: len(middles)] / block
    means[-1] = heading[middles[-1]]  # the last block may be cut off
    slow = sosfiltfilt(butter(2, HEADING_DRIFT_HZ, fs=rate_hz / block, output="sos"), means, padlen=len(means) - 1)
    return np.asarray(heading - np.interp(np.arange(len(heading)), middles, slow))

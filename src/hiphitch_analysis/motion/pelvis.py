"""Orientation and calibration → pelvis angles over time (table ANGLES)."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from hiphitch_analysis.motion.calibration import Calibration, calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.schema import SIDES, Angles, check_table

Array = NDArray[np.float64]

HEADING_DRIFT_HZ = 0.05  # slower than this, axial rotation cannot be told from the heading's drift


def estimate_angles(imu: pd.DataFrame, stance: str, ap_axis: str | None = None) -> pd.DataFrame:
    """Estimate pelvis angles from one pelvis sensor.

    Parameters
    ----------
    imu : DataFrame
        Table IMU, from `read_imu`.
    stance : {"left", "right"}
        The leg stood on.
    ap_axis : {"+x", "-x", "+y", "-y", "+z", "-z"}, optional
        The sensor axis that points forward; by default found from the movement.

    Returns
    -------
    DataFrame
        Table ANGLES. Doubts about the recording are warnings; `analyse` keeps them in its `Session`, with every intermediate.

    Raises
    ------
    ValueError
        No angle can be trusted: see `condition_imu` and `calibrate`.

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> imu = hh.simulate_set(reps=3, stance="left", drop_deg=8, seed=1).imu
    >>> angles = estimate_angles(imu, stance="left")
    >>> list(angles.columns)
    ['obliquity_deg', 'rotation_deg', 'tilt_deg']
    >>> bool(angles["obliquity_deg"].min() < -7)
    True
    """
    conditioned = condition_imu(imu)
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, stance, ap_axis)
    for doubt in (*conditioned.warnings, *calibration.warnings):
        warnings.warn(doubt, stacklevel=2)
    return pelvis_angles(orientation, calibration, stance, conditioned.valid)


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
        Table ANGLES. Rotation is NaN on the accelerometer route, which knows no heading.

    Notes
    -----
    With f, u and m the forward, upward and stance → free axes of the pelvis in the earth frame (z up), obliquity is asin(m_z), tilt is
    atan2(−f_z, u_z) and rotation is the heading of m: the sequence rotation–obliquity–tilt. Obliquity and tilt do not depend on the heading.

    References
    ----------
    Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
    Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7
    """
    if stance not in SIDES:
        raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {stance!r}. It is the leg stood on.")
    right = np.cross(calibration.forward, calibration.up)
    free = right if stance == "left" else -right
    m, f, u = (np.asarray(orientation.turns.apply(axis)) for axis in (free, calibration.forward, calibration.up))
    obliquity = np.degrees(np.arcsin(np.clip(m[:, 2], -1.0, 1.0)))
    tilt = np.degrees(np.arctan2(-f[:, 2], u[:, 2]))
    heading = np.degrees(np.unwrap(np.arctan2(m[:, 1], m[:, 0])))
    rotation = _without_drift(heading if stance == "left" else -heading, orientation.rate_hz)
    if orientation.route == "accelerometer":
        rotation = np.full_like(rotation, np.nan)
    if calibration.zero_s is not None:
        start, end = calibration.zero_s
        still = (orientation.time_s >= start) & (orientation.time_s < end)
        obliquity, tilt = obliquity - obliquity[still].mean(), tilt - tilt[still].mean()
    columns = {"obliquity_deg": obliquity, "rotation_deg": rotation, "tilt_deg": tilt}
    angles = pd.DataFrame(columns, index=pd.Index(orientation.time_s, name="time_s"))
    if valid is not None:
        angles.loc[~valid] = np.nan
    return check_table(angles, Angles)


def _without_drift(heading: Array, rate_hz: float) -> Array:
    """Subtract what changes more slowly than any repetition."""
    if len(heading) < 4 * rate_hz:
        return np.asarray(heading - np.linspace(heading[0], heading[-1], len(heading)))
    slow = sosfiltfilt(butter(2, HEADING_DRIFT_HZ, fs=rate_hz, output="sos"), heading, padlen=len(heading) - 1)
    return np.asarray(heading - slow)

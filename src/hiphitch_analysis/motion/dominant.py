"""Any body segment, any exercise about one axis: the angle about that axis, for those who count other movements than the hip hitch."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation

Array = NDArray[np.float64]

REST_S = 0.5
REST_SHARE = 0.25  # of the recording's calmest samples: where the segment rests


def estimate_dominant_angle(imu: pd.DataFrame) -> pd.DataFrame:
    """Estimate the angle of a segment in the vertical plane in which it moves most.

    Parameters
    ----------
    imu : DataFrame
        Table IMU of a sensor on the segment that moves.

    Returns
    -------
    DataFrame
        Table ANGLES: ``obliquity_deg`` is that angle, 0 where the segment rests and negative where the movement goes, so that `detect_reps` and
        `measure_reps` apply; rotation and tilt are 0.

    Raises
    ------
    ValueError
        See `condition_imu`.

    Notes
    -----
    The vertical in the sensor's frame wanders in the plane in which the segment moves; the angle is its place in that plane, which needs no heading
    and does not drift. It sees nothing of turns about the vertical itself.

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> imu = hh.simulate_set(reps=5, stance="left", drop_deg=8, seed=1).imu
    >>> int(hh.detect_reps(estimate_dominant_angle(imu))["kind"].eq("complete").sum())
    5
    """
    orientation = estimate_orientation(condition_imu(imu))
    angle = _plane_angle(orientation.up)
    angle = angle - np.median(angle[_resting(orientation)])
    low, high = np.percentile(angle, [2, 98])
    columns = {"obliquity_deg": angle if -low > high else -angle, "rotation_deg": 0.0, "tilt_deg": 0.0}
    return pd.DataFrame(columns, index=pd.Index(orientation.time_s, name="time_s"))


def _plane_angle(up: Array) -> Array:
    """Return the place of the vertical [°] in the plane through its mean and its main direction of change."""
    middle = up.mean(axis=0) / np.linalg.norm(up.mean(axis=0))
    away = up - np.outer(up @ middle, middle)
    _, vectors = np.linalg.eigh(away.T @ away)
    return np.asarray(np.degrees(np.unwrap(np.arctan2(up @ vectors[:, 2], up @ middle))))


def _resting(orientation: Orientation) -> NDArray[np.bool_]:
    """Return the samples around which the segment turns least."""
    overview = orientation.overview
    window = max(1, round(REST_S * overview.rate_hz))
    speed = pd.Series(np.linalg.norm(overview.turning, axis=1)).rolling(window, center=True, min_periods=1).mean().to_numpy()
    return np.asarray(np.interp(orientation.time_s, overview.time_s, speed) <= np.quantile(speed, REST_SHARE))

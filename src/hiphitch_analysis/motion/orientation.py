"""Conditioned sensor → orientation over time, by the best route the recording allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.transform import Rotation

from hiphitch_analysis.motion.conditioning import Conditioned
from hiphitch_analysis.motion.quaternions import turn_vectors, turning_between, vertical_in_sensor
from hiphitch_analysis.motion.units import block_means
from hiphitch_analysis.schema import ACC, GYR, QUAT

Array = NDArray[np.float64]
Route = Literal["vqf", "device", "accelerometer"]

# The filter's own defaults take 1–2° repetitions for rest, learn the movement as gyroscope bias and overstate it by 5–11 %; these do not.
REST = {"restThGyr": 0.5, "restThAcc": 0.2}  # °/s, m/s²
TILT_CUTOFF_HZ = 2.0  # accelerometer route: above the repetition's frequency, below most jerks
OVERVIEW_HZ = 25.0


@dataclass(frozen=True, slots=True)
class Overview:
    """The same recording in block means, at about 25 samples a second: enough to see standing, stepping and which way the movement goes.

    Attributes
    ----------
    time_s : ndarray, shape (k,)
        Middle of each block [s].
    rate_hz : float
    up : ndarray, shape (k, 3)
        The vertical in the sensor's frame.
    turning : ndarray, shape (k, 3)
        Angular rate in the sensor's frame [rad/s].
    acceleration : ndarray, shape (k, 3), or None
        Acceleration in the earth frame, gravity removed [m/s²]; None without an accelerometer and on the accelerometer route.
    quat : ndarray, shape (k, 4)
        Orientation at each block's middle, w, x, y, z.
    """

    time_s: Array
    rate_hz: float
    up: Array
    turning: Array
    acceleration: Array | None
    quat: Array


@dataclass(frozen=True, slots=True)
class Orientation:
    """Where the sensor points, over time.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    quat : ndarray, shape (n, 4)
        Sensor → earth, w, x, y, z; earth's z points up. The heading is arbitrary and drifts (accelerometer route: it means nothing).
    up : ndarray, shape (n, 3)
        The vertical in the sensor's frame.
    rate_hz : float
        Sampling rate [Hz].
    route : {"vqf", "device", "accelerometer"}
        Gyroscope and accelerometer fused here; the device's own fusion; gravity alone.
    resting : ndarray of bool, shape (n,)
        Where the filter took the sensor to be at rest (all False on the other routes).
    overview : Overview
    """

    time_s: Array
    quat: Array
    up: Array
    rate_hz: float
    route: Route
    resting: NDArray[np.bool_]
    overview: Overview


def estimate_orientation(conditioned: Conditioned) -> Orientation:
    """Estimate the sensor's orientation.

    Parameters
    ----------
    conditioned : Conditioned
        From `condition_imu`.

    Returns
    -------
    Orientation

    Notes
    -----
    With a gyroscope: offline VQF without magnetometer (forwards and backwards in time), so there is no start-up transient. Without one: the
    device's own orientation where the file holds it, else gravity alone through a 2 Hz low-pass, which is right only for slow, smooth movement.

    References
    ----------
    Laidig D, Seel T. VQF: Highly accurate IMU orientation estimation with bias estimation and magnetic disturbance rejection. Information Fusion
    2023. doi:10.1016/j.inffus.2022.10.014
    """
    imu, rate_hz = conditioned.imu, conditioned.rate_hz
    # Copies, because pandas hands out read-only views and the compiled filters want to own what they read.
    acc, gyr, quat = (imu[group].to_numpy(copy=True) if group[0] in imu else None for group in (ACC, GYR, QUAT))
    resting = np.zeros(len(imu), dtype=bool)
    route: Route
    if gyr is not None and acc is not None:
        route = "vqf"
        quat, resting = _fuse(gyr, acc, rate_hz)
    elif quat is not None:
        route = "device"
    else:
        route = "accelerometer"
        quat = _tilt(imu[ACC].to_numpy(copy=True), rate_hz)
    return describe_orientation(imu.index.to_numpy(dtype=float), quat, rate_hz, route, resting, acc if route != "accelerometer" else None, gyr)


def describe_orientation(
    time_s: Array,
    quat: Array,
    rate_hz: float,
    route: Route,
    resting: NDArray[np.bool_] | None = None,
    acc: Array | None = None,
    gyr: Array | None = None,
) -> Orientation:
    """Make an `Orientation`, and its overview, of a known quaternion.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Time [s], evenly spaced.
    quat : ndarray, shape (n, 4)
        Sensor → earth, w, x, y, z.
    rate_hz : float
        Sampling rate [Hz].
    route : {"vqf", "device", "accelerometer"}
    resting : ndarray of bool, shape (n,), optional
    acc, gyr : ndarray, shape (n, 3), optional
        Specific force [m/s²] and angular rate [rad/s] in the sensor's frame. Without the rate it follows from the orientation.

    Returns
    -------
    Orientation
    """
    up = vertical_in_sensor(quat)
    block = max(1, min(round(rate_hz / OVERVIEW_HZ), len(quat) // 4))
    middles = quat[block // 2 :: block][: len(quat) // block]
    overview_hz = rate_hz / block
    if gyr is not None:
        turning = block_means(gyr, block)
    else:
        between = turning_between(middles) * overview_hz
        turning = np.vstack([between, between[-1:]])
    acceleration = None
    if acc is not None:
        acceleration = turn_vectors(middles, block_means(acc, block))
        acceleration[:, 2] -= np.median(acceleration[:, 2])
    overview = Overview(block_means(time_s[:, None], block)[:, 0], overview_hz, block_means(up, block), turning, acceleration, middles)
    return Orientation(time_s, quat, up, rate_hz, route, np.zeros(len(quat), dtype=bool) if resting is None else resting, overview)


def _fuse(gyr: Array, acc: Array, rate_hz: float) -> tuple[Array, NDArray[np.bool_]]:
    from vqf import offlineVQF

    fused = offlineVQF(np.ascontiguousarray(gyr), np.ascontiguousarray(acc), None, 1.0 / rate_hz, REST)
    return fused["quat6D"], fused["restDetected"].astype(bool)


def _tilt(acc: Array, rate_hz: float) -> Array:
    """Return the turn that brings the low-passed specific force upright by the shortest way."""
    if len(acc) > 3 * 9:  # sosfiltfilt pads by nine samples at each end
        acc = sosfiltfilt(butter(2, TILT_CUTOFF_HZ, fs=rate_hz, output="sos"), acc, axis=0)
    up = acc / np.linalg.norm(acc, axis=1, keepdims=True)
    # Shortest way from one fixed pose, not from upright itself: a sensor near upside down would spin about the vertical.
    first = up.mean(axis=0) / np.linalg.norm(up.mean(axis=0))
    upright, _ = Rotation.align_vectors([[0.0, 0.0, 1.0]], [first])
    axis = np.cross(up, first)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine, (up @ first)[:, None])
    turns = upright * Rotation.from_rotvec(np.where(sine > 0, axis / np.maximum(sine, 1e-12), 0.0) * angle)
    return np.asarray(turns.as_quat(scalar_first=True))

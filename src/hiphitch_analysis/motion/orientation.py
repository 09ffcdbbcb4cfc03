"""Conditioned sensor → orientation over time, by the best route the recording allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.transform import Rotation

from hiphitch_analysis.motion.conditioning import Conditioned
from hiphitch_analysis.schema import ACC, GYR, QUAT

Array = NDArray[np.float64]
Route = Literal["vqf", "device", "accelerometer"]

# The filter's own defaults take 1–2° repetitions for rest, learn the movement as gyroscope bias and overstate it by 5–11 %; these do not.
REST = {"restThGyr": 0.5, "restThAcc": 0.2}  # °/s, m/s²
TILT_CUTOFF_HZ = 2.0  # accelerometer route: above the repetition's frequency, below most jerks


@dataclass(frozen=True, slots=True)
class Orientation:
    """Where the sensor points, over time.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    turns : Rotation, length n
        Sensor → earth; earth's z points up. The heading is arbitrary and drifts (accelerometer route: it means nothing).
    rate_hz : float
        Sampling rate [Hz].
    route : {"vqf", "device", "accelerometer"}
        Gyroscope and accelerometer fused here; the device's own fusion; gravity alone.
    resting : ndarray of bool, shape (n,)
        Where the filter took the sensor to be at rest (all False on the other routes).
    acceleration : ndarray, shape (n, 3), or None
        Acceleration in the earth frame with gravity removed [m/s²]; None without an accelerometer and on the accelerometer route.
    """

    time_s: Array
    turns: Rotation
    rate_hz: float
    route: Route
    resting: NDArray[np.bool_]
    acceleration: Array | None

    @property
    def up(self) -> Array:
        """The vertical in the sensor's frame, shape (n, 3)."""
        return np.asarray(self.turns.inv().apply([0.0, 0.0, 1.0]))


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
        turns, resting = _fuse(gyr, acc, rate_hz)
    elif quat is not None:
        route = "device"
        turns = Rotation.from_quat(quat, scalar_first=True)
    else:
        route = "accelerometer"
        turns = _tilt(imu[ACC].to_numpy(copy=True), rate_hz)
    acceleration = None
    if acc is not None and route != "accelerometer":
        acceleration = turns.apply(acc)
        acceleration = acceleration - [0.0, 0.0, np.median(acceleration[:, 2])]
    return Orientation(imu.index.to_numpy(dtype=float), turns, rate_hz, route, resting, acceleration)


def _fuse(gyr: Array, acc: Array, rate_hz: float) -> tuple[Rotation, NDArray[np.bool_]]:
    from vqf import offlineVQF

    fused = offlineVQF(np.ascontiguousarray(gyr), np.ascontiguousarray(acc), None, 1.0 / rate_hz, REST)
    return Rotation.from_quat(fused["quat6D"], scalar_first=True), fused["restDetected"].astype(bool)


def _tilt(acc: Array, rate_hz: float) -> Rotation:
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
    return upright * Rotation.from_rotvec(np.where(sine > 0, axis / np.maximum(sine, 1e-12), 0.0) * angle)

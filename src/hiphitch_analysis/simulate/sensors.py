"""The simulated pelvis as an inertial sensor on the sacrum feels it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR, QUAT, Imu, check_table
from hiphitch_analysis.simulate.curves import Array
from hiphitch_analysis.simulate.motion import Motion

GRAVITY_M_S2 = 9.80665  # standard gravity

# The sensor seen from the hips' line. Assumption: over the sacrum, about S2.
BEHIND_M = 0.08
ABOVE_M = 0.03
SACRAL_SLOPE_DEG = 17.0  # assumption: the skin over the sacrum faces backwards and this much upwards

# Default mounting, columns = sensor x, y, z in the pelvis frame (x forward, y left, z up): z out of the skin, x up.
UPRIGHT = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


@dataclass(frozen=True, slots=True)
class SensorModel:
    """Errors of one kind of sensor.

    Attributes
    ----------
    name : str
        Key of `SENSORS`.
    acc_noise, gyr_noise : float
        White noise density [m/s²/√Hz], [rad/s/√Hz].
    acc_bias : float
        Standard deviation of the constant accelerometer bias per axis [m/s²].
    gyr_bias : tuple of float
        Smallest and largest magnitude of the constant gyroscope bias per axis [rad/s].
    gyr_drift : float
        Standard deviation of the bias's linear change per axis [rad/s per s].
    acc_step, gyr_step : float
        Quantisation [m/s²], [rad/s].
    """

    name: str
    acc_noise: float
    gyr_noise: float
    acc_bias: float
    gyr_bias: tuple[float, float]
    gyr_drift: float
    acc_step: float
    gyr_step: float


def _model(name: str, acc_ug: float, gyr_deg_s: float) -> SensorModel:
    """Noise densities [µg/√Hz, °/s/√Hz] with the errors every model shares: those of a sensor some time after its factory calibration."""
    return SensorModel(
        name=name,
        acc_noise=acc_ug * 1e-6 * GRAVITY_M_S2,
        gyr_noise=float(np.radians(gyr_deg_s)),
        acc_bias=0.03,  # assumption
        gyr_bias=(float(np.radians(0.2)), float(np.radians(0.5))),  # assumption
        gyr_drift=float(np.radians(0.02)) / 60,  # assumption
        acc_step=32 * GRAVITY_M_S2 / 2**16,  # 16 bits over ±16 g
        gyr_step=float(np.radians(4000)) / 2**16,  # 16 bits over ±2000 °/s
    )


SENSORS = {
    # The noise printed for the maker's MTi-1, doi:10.2478/tar-2023-0022; that a DOT has the same is an assumption.
    "dot": _model("dot", acc_ug=120, gyr_deg_s=0.007),
    "mtw": _model("mtw", acc_ug=200, gyr_deg_s=0.010),  # assumption: of the same order
    "ideal": SensorModel("ideal", 0.0, 0.0, 0.0, (0.0, 0.0), 0.0, 0.0, 0.0),
}

# Errors of the device's own orientation. Assumptions; a heading without reference drifts by some degrees in a minute.
HEADING_DRIFT_DEG_MIN = 2.0
INCLINATION_ERROR_DEG = 0.3  # at most
INCLINATION_PERIOD_S = (30.0, 90.0)

_AXES = {"x": np.array([1.0, 0, 0]), "y": np.array([0, 1.0, 0]), "z": np.array([0, 0, 1.0])}


@dataclass(frozen=True, slots=True)
class Felt:
    """What an ideal sensor feels.

    Attributes
    ----------
    acc_m_s2 : ndarray, shape (n, 3)
        Specific force in the sensor's axes [m/s²].
    gyr_rad_s : ndarray, shape (n, 3)
        Angular rate in the sensor's axes [rad/s].
    turn : ndarray, shape (n, 3, 3)
        Sensor → room (x forward, y left, z up).
    position_m : ndarray, shape (n, 3)
        The sensor in the room [m].
    """

    acc_m_s2: Array
    gyr_rad_s: Array
    turn: NDArray[np.float64]
    position_m: Array


def mount_sensor(mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0), slope_deg: float = SACRAL_SLOPE_DEG) -> Array:
    """Return the sensor's axes in the pelvis frame.

    Parameters
    ----------
    mounting_deg : tuple of three floats
        Turns [°] away from the default mounting, one after the other about the sensor's own z (on the skin; 180 = upside down), y (tilt) and x
        (turned to the side, yaw).
    slope_deg : float
        How far the skin faces upwards [°].

    Returns
    -------
    ndarray, shape (3, 3)
        Sensor → pelvis (x forward, y left, z up): its columns are the sensor's axes. By default z points backwards out of the skin and x up.

    Examples
    --------
    >>> mount_sensor(slope_deg=0).round(6)[:, 0].tolist()  # sensor x points up
    [0.0, 0.0, 1.0]
    """
    slope = Rotation.from_euler("y", slope_deg, degrees=True).as_matrix()
    return np.asarray(slope @ UPRIGHT @ Rotation.from_euler("ZYX", mounting_deg, degrees=True).as_matrix())


def turn_pelvis(motion: Motion) -> NDArray[np.float64]:
    """Return the pelvis's rotation matrix and its first two time derivatives.

    Parameters
    ----------
    motion : Motion

    Returns
    -------
    ndarray, shape (3, n, 3, 3)
        Pelvis → room, first and second derivative [1, 1/s, 1/s²].

    Notes
    -----
    Rotation about the vertical, then obliquity about the pelvis's forward axis, then tilt about its transverse axis, each of the product's
    factors differentiated exactly.

    References
    ----------
    Baker R. Pelvic angles: a mathematically rigorous definition which is consistent with a conventional clinical understanding of the terms.
    Gait & Posture 2001. doi:10.1016/S0966-6362(00)00083-7
    """
    free_left = 1.0 if motion.stance == "right" else -1.0
    rotation, obliquity, tilt = np.moveaxis(motion.angles_rad, 2, 0)
    a = _turn_about("z", -free_left * rotation)
    b = _turn_about("x", free_left * obliquity)
    c = _turn_about("y", tilt)
    first = a[1] @ b[0] @ c[0] + a[0] @ b[1] @ c[0] + a[0] @ b[0] @ c[1]
    mixed = a[1] @ b[1] @ c[0] + a[1] @ b[0] @ c[1] + a[0] @ b[1] @ c[1]
    second = a[2] @ b[0] @ c[0] + a[0] @ b[2] @ c[0] + a[0] @ b[0] @ c[2] + 2 * mixed
    return np.stack([a[0] @ b[0] @ c[0], first, second])


def _turn_about(axis: str, angle: Array) -> NDArray[np.float64]:
    """Rotation matrices about one axis, shape (3, n, 3, 3), from an angle with its two derivatives, shape (3, n)."""
    k = np.cross(np.eye(3), _AXES[axis])
    turn = Rotation.from_rotvec(angle[0][:, None] * _AXES[axis]).as_matrix()
    rate, change = angle[1][:, None, None], angle[2][:, None, None]
    return np.stack([turn, rate * (k @ turn), change * (k @ turn) + rate**2 * (k @ k @ turn)])


def feel_motion(motion: Motion, mounting: Array, hip_distance_m: float) -> Felt:
    """Work out what an ideal sensor on the sacrum feels.

    Parameters
    ----------
    motion : Motion
    mounting : ndarray, shape (3, 3)
        From `mount_sensor`.
    hip_distance_m : float
        Distance between the hip centres [m].

    Returns
    -------
    Felt

    Notes
    -----
    The sensor sits at the stance hip + R·offset, so that its acceleration is the hip's plus R̈·offset. Specific force is Sᵀ(a − g), the angular
    rate comes from RᵀṘ: no small angle is assumed.
    """
    free_left = 1.0 if motion.stance == "right" else -1.0
    offset = np.array([-BEHIND_M, free_left * hip_distance_m / 2, ABOVE_M])
    turn, rate, change = turn_pelvis(motion)
    spin = np.swapaxes(turn, 1, 2) @ rate
    pelvis_rate = np.stack([spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]], axis=1)
    force = motion.hip_m[2] + change @ offset + np.array([0, 0, GRAVITY_M_S2])
    sensor_turn = turn @ mounting
    return Felt(
        acc_m_s2=np.einsum("nij,ni->nj", sensor_turn, force),
        gyr_rad_s=pelvis_rate @ mounting,
        turn=sensor_turn,
        position_m=motion.hip_m[0] + turn @ offset,
    )


def record_imu(felt: Felt, time_s: Array, model: SensorModel, seed: int = 0) -> pd.DataFrame:
    """Add a sensor's errors to what it feels.

    Parameters
    ----------
    felt : Felt
    time_s : ndarray, shape (n,)
        Instants [s], evenly spaced.
    model : SensorModel
    seed : int
        Seed of the sensor's noise, independent of the human's.

    Returns
    -------
    DataFrame
        Table IMU with accelerometer, gyroscope and the device's own orientation.
    """
    rng = np.random.default_rng([seed, 3])
    n = len(time_s)
    width = np.sqrt(0.5 / (time_s[1] - time_s[0])) if n > 1 else 0.0
    bias = rng.choice([-1.0, 1.0], 3) * rng.uniform(*model.gyr_bias, 3) + np.outer(time_s, rng.normal(0, model.gyr_drift, 3))
    acc = felt.acc_m_s2 + rng.normal(0, model.acc_bias, 3)
    device = _sense_orientation(felt.turn, time_s, rng, ideal=model.name == "ideal")
    acc = acc + model.acc_noise * width * rng.standard_normal((n, 3))
    gyr = felt.gyr_rad_s + bias + model.gyr_noise * width * rng.standard_normal((n, 3))
    values = np.hstack([_quantise(acc, model.acc_step), _quantise(gyr, model.gyr_step), device])
    return check_table(pd.DataFrame(values, columns=[*ACC, *GYR, *QUAT], index=pd.Index(time_s, name="time_s")), Imu)


def _quantise(values: Array, step: float) -> Array:
    return np.round(values / step) * step if step else values


def _sense_orientation(turn: NDArray[np.float64], time_s: Array, rng: np.random.Generator, ideal: bool) -> Array:
    """Return the device's own quaternion (w, x, y, z): arbitrary heading that drifts, and an inclination slowly wrong by up to 0.3°."""
    heading = rng.uniform(-180, 180) + rng.normal(0, HEADING_DRIFT_DEG_MIN) / 60 * time_s
    period, phase, toward = rng.uniform(*INCLINATION_PERIOD_S), *rng.uniform(0, 2 * np.pi, 2)
    wrong = np.radians(rng.uniform(0.3, 1.0) * INCLINATION_ERROR_DEG) * np.sin(2 * np.pi * time_s / period + phase)
    true = Rotation.from_matrix(turn)
    if not ideal:
        lean = Rotation.from_rotvec(np.outer(wrong, [np.cos(toward), np.sin(toward), 0.0]))
        true = Rotation.from_euler("z", heading[:, None], degrees=True) * lean * true
    quaternion = true.as_quat()[:, [3, 0, 1, 2]]
    jump = np.sum(quaternion[1:] * quaternion[:-1], axis=1) < 0
    flips = np.concatenate([[1.0], np.cumprod(np.where(jump, -1.0, 1.0))])
    return np.asarray(quaternion * flips[:, None])

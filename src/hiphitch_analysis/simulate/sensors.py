"""The simulated body as inertial sensors on sacrum, thigh and chest feel it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR, QUAT
from hiphitch_analysis.simulate.body import GRAVITY_M_S2, LUMBAR_HINGE, Body
from hiphitch_analysis.simulate.curves import Array
from hiphitch_analysis.simulate.devices import Device, draw_kept, read_axes
from hiphitch_analysis.simulate.kinematics import Path, Turn, carry_point, carry_sliding_point, compose, feel_at, turn_about_axes, turn_on
from hiphitch_analysis.simulate.motion import Motion, Segment

SENSORS = ("pelvis", "thigh", "trunk")

# Where each sits, seen from its segment's upper end (pelvis: from the middle between the hips), in the segment's axes. Assumptions.
BEHIND_M, ABOVE_M = 0.08, 0.03  # on the sacrum, about S2
THIGH_FRONT_M, THIGH_SHARE = 0.07, 0.5  # on the front of the thigh, halfway down
CHEST_FRONT_M, CHEST_ABOVE_SHARE = 0.11, 0.16  # on the breastbone; share of body height above the lumbar hinge
SACRAL_SLOPE_DEG = 17.0  # assumption: the skin over the sacrum faces backwards and this much upwards

# Default mountings, columns = sensor x, y, z in the segment's frame (x forward, y left, z up): z out of the skin, x up.
ON_THE_BACK = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
IN_FRONT = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])

# Skin: it does not follow the bone's turn entirely, and what sits on it swings when the body is shaken. Assumptions; how far skin moves over the
# bone in a hip hitch, nobody has measured. Standard deviation of the share not followed, by sensor.
SKIN_LAG = {"pelvis": 0.05, "thigh": 0.06, "trunk": 0.03}
SKIN_BULGE_DEG = {"pelvis": 0.3, "thigh": 0.0, "trunk": 0.0}  # and of how far it turns when the muscles under it take the weight on one leg
SWING_HZ, SWING_DAMPING = (5.0, 9.0), 0.35
SWING_DEG_PER_M_S2 = 0.1

# Errors of the device's own orientation. Assumptions; a heading without reference drifts by some degrees in a minute.
HEADING_DRIFT_DEG_MIN = 2.0
INCLINATION_ERROR_DEG = 0.3  # at most
INCLINATION_PERIOD_S = (30.0, 90.0)


@dataclass(frozen=True, slots=True)
class Felt:
    """What an ideal sensor feels at n instants.

    Attributes
    ----------
    acc_m_s2 : ndarray, shape (n, 3)
        Specific force in the sensor's axes [m/s²].
    gyr_rad_s : ndarray, shape (n, 3)
        Angular rate in the sensor's axes [rad/s].
    turn : Rotation
        n rotations, sensor → room (x forward, y left, z up).
    """

    acc_m_s2: Array
    gyr_rad_s: Array
    turn: Rotation


def mount_sensor(mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0), sensor: str = "pelvis", slope_deg: float | None = None) -> Array:
    """Return the sensor's axes in its segment's frame.

    Parameters
    ----------
    mounting_deg : tuple of three floats
        Turns [°] away from the default mounting, one after the other about the sensor's own z (on the skin; 180 = upside down), y (tilt) and x
        (turned to the side, yaw).
    sensor : {"pelvis", "thigh", "trunk"}
        Where it sits.
    slope_deg : float, optional
        How far the skin faces upwards [°]; 17 over the sacrum, else 0.

    Returns
    -------
    ndarray, shape (3, 3)
        Sensor → segment (x forward, y left, z up): its columns are the sensor's axes. By default z points out of the skin and x up.

    Examples
    --------
    >>> mount_sensor(slope_deg=0).round(6)[:, 0].tolist()  # sensor x points up
    [0.0, 0.0, 1.0]
    """
    usual, facing_up = (ON_THE_BACK, SACRAL_SLOPE_DEG) if sensor == "pelvis" else (IN_FRONT, 0.0)
    slope = Rotation.from_euler("y", facing_up if slope_deg is None else slope_deg, degrees=True).as_matrix()
    return np.asarray(slope @ usual @ Rotation.from_euler("ZYX", mounting_deg, degrees=True).as_matrix())


def feel_motion(motion: Motion, body: Body, sensor: str, mounting: Array, thigh_side: str = "right", skin: Turn | None = None) -> Felt:
    """Work out what an ideal sensor feels.

    Parameters
    ----------
    motion : Motion
    body : Body
    sensor : {"pelvis", "thigh", "trunk"}
    mounting : ndarray, shape (3, 3)
        From `mount_sensor`.
    thigh_side : {"left", "right"}
        The thigh that carries the sensor.
    skin : Turn, optional
        How the skin under the sensor turns against the bone, see `wobble_skin`.

    Returns
    -------
    Felt

    Notes
    -----
    Pelvis, trunk and thigh are rigid and hang together: the pelvis turns about the stance hip, the trunk about the lumbar hinge, the thigh about
    its hip. No small angle is assumed.
    """
    pelvis = _turn(motion.pelvis)
    n = len(motion.time_s)
    away = np.zeros((3, n, 3))
    away[:, :, 1] = motion.pivot_m
    # The stance hip stands still where the weight shift put it, and the pelvis turns about it.
    hip = Path(motion.middle_m[0] + away[0], motion.middle_m[2] + away[2])
    middle = carry_sliding_point(hip, pelvis, -away)
    if sensor == "pelvis":
        origin, turn, place = middle, pelvis, np.array([-BEHIND_M, 0.0, ABOVE_M])
    elif sensor == "trunk":
        origin, turn = carry_point(middle, pelvis, np.array([0.0, 0.0, LUMBAR_HINGE * body.height_m])), _turn(motion.trunk)
        place = np.array([CHEST_FRONT_M, 0.0, CHEST_ABOVE_SHARE * body.height_m])
    else:
        sideways = body.hip_distance_m / 2 * (1 if thigh_side == "left" else -1)
        origin, turn = carry_point(middle, pelvis, np.array([0.0, sideways, 0.0])), _turn(motion.thighs[thigh_side])
        place = np.array([THIGH_FRONT_M, 0.0, -THIGH_SHARE * body.thigh_m])
    force = feel_at(origin, turn, place, GRAVITY_M_S2)
    if skin is not None:
        turn = turn_on(turn, skin)
        force = skin.rotation.inv().apply(force)
    return Felt(force @ mounting, turn.rate @ mounting, compose(turn.rotation, Rotation.from_matrix(mounting)))


def wobble_skin(motion: Motion, felt: Felt, sensor: str, amount: float, thigh_side: str, rng: np.random.Generator) -> Turn:
    """Let the skin lag behind the bone and swing.

    Parameters
    ----------
    motion : Motion
        Evenly sampled but for jitter.
    felt : Felt
        What an ideal sensor with its axes along the segment's feels: it shakes the skin.
    sensor : {"pelvis", "thigh", "trunk"}
    amount : float
        Multiple of the usual.
    thigh_side : {"left", "right"}
    rng : Generator

    Returns
    -------
    Turn
        Skin relative to bone. The lag is a share of each of the segment's own angles; the bulge comes with the weight on one leg and goes with it;
        the swing is that of a damped spring shaken by the acceleration felt.
    """
    segment = {"pelvis": motion.pelvis, "trunk": motion.trunk, "thigh": motion.thighs[thigh_side]}[sensor]
    lag = rng.normal(0, amount * SKIN_LAG[sensor], 3)
    bulge = np.radians(rng.normal(0, amount * SKIN_BULGE_DEG[sensor], 3))
    on_one_leg = motion.pivot_m / max(float(np.abs(motion.pivot_m[0]).max()), 1e-9)
    omega = 2 * np.pi * rng.uniform(*SWING_HZ)
    step = float(np.median(np.diff(motion.time_s))) if len(motion.time_s) > 1 else 1.0
    # How the sensor hangs on the skin in a new pose belongs to the lag; only what comes on top of gravity shakes it.
    shaken = felt.acc_m_s2 - felt.turn.inv().apply([0.0, 0.0, GRAVITY_M_S2])
    gain = amount * np.radians(SWING_DEG_PER_M_S2)
    sideways, forward = (_swing(gain * shaken[:, axis], step, omega) for axis in (1, 0))
    return turn_about_axes(
        -lag[0] * (segment.yaw - segment.yaw[:, :1] * [[1], [0], [0]]) + bulge[0] * on_one_leg,
        -lag[1] * (segment.roll - segment.roll[:, :1] * [[1], [0], [0]]) + bulge[1] * on_one_leg + sideways,
        -lag[2] * (segment.pitch - segment.pitch[:, :1] * [[1], [0], [0]]) + bulge[2] * on_one_leg - forward,
    )


def record_imu(felt: Felt, nominal_s: Array, taken_s: Array, device: Device, rate_hz: float, rng: np.random.Generator) -> pd.DataFrame:
    """Add a device's errors to what it feels.

    Parameters
    ----------
    felt : Felt
        At the instants `taken_s`.
    nominal_s, taken_s : ndarray, shape (n,)
        Instants of an even clock, and those at which the samples were taken [s].
    device : Device
    rate_hz : float
        Sampling rate [Hz].
    rng : Generator
        Independent of the human's.

    Returns
    -------
    DataFrame
        Table IMU with accelerometer, gyroscope and the device's own orientation; lost samples are missing.
    """
    acc = read_axes(felt.acc_m_s2, taken_s, device.acc, rate_hz, rng)
    gyr = read_axes(felt.gyr_rad_s, taken_s, device.gyr, rate_hz, rng)
    orientation = _sense_orientation(felt.turn, taken_s, rng, ideal=device.key == "ideal")
    kept = draw_kept(device, len(nominal_s), rng)
    stamps = pd.Index((taken_s if device.stamps else nominal_s)[kept], name="time_s")
    return pd.DataFrame(np.hstack([acc, gyr, orientation])[kept], columns=[*ACC, *GYR, *QUAT], index=stamps)


def _turn(segment: Segment) -> Turn:
    return turn_about_axes(segment.yaw, segment.roll, segment.pitch)


def _swing(push: Array, step_s: float, omega: float) -> Array:
    """Angle, rate and acceleration of a damped spring whose resting place `push` moves, as a curve (3, n); exact for a push that holds each step."""
    damped = omega * np.sqrt(1 - SWING_DAMPING**2)
    decay, phase = np.exp(-SWING_DAMPING * omega * step_s), damped * step_s
    cos, sin = np.cos(phase), np.sin(phase)
    back = [1.0, -2 * decay * cos, decay**2]
    leaning = SWING_DAMPING * omega / damped
    first, second = 1 - decay * (cos + leaning * sin), decay * (decay + leaning * sin - cos)
    angle = lfilter([0.0, first, second], back, push)
    # Its rate answers to the same push with the damped sine of the spring.
    beat = omega**2 / damped * decay * sin
    rate = lfilter([0.0, beat, -beat], back, push)
    return np.stack([angle, rate, omega**2 * (push - angle) - 2 * SWING_DAMPING * omega * rate])


def _sense_orientation(turn: Rotation, time_s: Array, rng: np.random.Generator, ideal: bool) -> NDArray[np.float64]:
    """Return the device's own quaternion (w, x, y, z): arbitrary heading that drifts, and an inclination slowly wrong by up to 0.3°."""
    heading = rng.uniform(-180, 180) + rng.normal(0, HEADING_DRIFT_DEG_MIN) / 60 * time_s
    period, phase, toward = rng.uniform(*INCLINATION_PERIOD_S), *rng.uniform(0, 2 * np.pi, 2)
    wrong = np.radians(rng.uniform(0.3, 1.0) * INCLINATION_ERROR_DEG) * np.sin(2 * np.pi * time_s / period + phase)
    if not ideal:
        half = np.radians(heading) / 2
        zero = np.zeros(len(half))
        spin = Rotation.from_quat(np.column_stack([zero, zero, np.sin(half), np.cos(half)]))
        turn = compose(spin, compose(Rotation.from_rotvec(np.outer(wrong, [np.cos(toward), np.sin(toward), 0.0])), turn))
    quaternion = turn.as_quat()[:, [3, 0, 1, 2]]
    jump = np.sum(quaternion[1:] * quaternion[:-1], axis=1) < 0
    flips = np.concatenate([[1.0], np.cumprod(np.where(jump, -1.0, 1.0))])
    return np.asarray(quaternion * flips[:, None])

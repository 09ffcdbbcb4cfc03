"""From the moment to forces: what gluteus medius and minimus pull with, and what that does to the hip joint.

Nobody sees the lever arm of a living muscle, so two published models of the hip stand for what it could be, as bounds, and every force is a pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.mechanics import Moment, Motion, Posture

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Gluteus medius and minimus of one musculoskeletal model over hip adduction, weighted by the strength of their parts.

    Attributes
    ----------
    name : str
    hip_distance_m : float
        Between the model's hip centres, with which its lever arms grow [m].
    adduction_deg, arm_m : tuple of float
        Lever arm about the front-to-back axis of the hip [m] at these angles.
    leaning_at_deg, inclination_deg : tuple of float
        Line of pull from the vertical, upper end toward the midline [°], at these angles.
    source : str
    """

    name: str
    hip_distance_m: float
    adduction_deg: tuple[float, ...]
    arm_m: tuple[float, ...]
    leaning_at_deg: tuple[float, ...]
    inclination_deg: tuple[float, ...]
    source: str


# Computed for the project with OpenSim from the two published models; the line of pull includes the tensor fasciae latae.
GAIT2392 = Geometry(
    "gait2392",
    0.167,
    (-20, -10, 0, 5, 10, 15, 20),
    (0.0471, 0.0450, 0.0422, 0.0405, 0.0387, 0.0368, 0.0347),
    (-10, 0, 5, 10, 15),
    (28.7, 25.5, 23.8, 22.0, 20.2),
    "computed with OpenSim from gait2392: Delp 1990, doi:10.1109/10.102791",
)
RAJAGOPAL = Geometry(
    "Rajagopal–Lai–Uhlrich",
    0.1545,
    (-20, -10, 0, 5, 10, 15, 20),
    (0.0531, 0.0508, 0.0476, 0.0457, 0.0437, 0.0415, 0.0392),
    (-10, 0, 5, 10, 15),
    (21.4, 18.8, 17.4, 15.9, 14.4),
    "computed with OpenSim from the Rajagopal model as refined by Lai and Uhlrich: doi:10.1109/TBME.2016.2586891",
)
GEOMETRIES = (GAIT2392, RAJAGOPAL)


@dataclass(frozen=True, slots=True)
class Forces:
    """Forces of one moment, each of shape (n,) or a number; low and high are those of the two geometries.

    Attributes
    ----------
    adduction_deg : ndarray
        Adduction of the stance hip: how far the pelvis drops, and how far the leg leans to stand under the body's weight [°].
    muscle_low_n, muscle_high_n : ndarray
        Gluteus medius and minimus together, if they carry the whole moment [N].
    joint_low_n, joint_high_n : ndarray
        Contact force in the stance hip [N].
    passive_nm : ndarray
        What ligaments and the iliotibial band could carry of the moment when the hip hangs in adduction [N·m]: an assumption, and not subtracted.
    """

    adduction_deg: Array
    muscle_low_n: Array
    muscle_high_n: Array
    joint_low_n: Array
    joint_high_n: Array
    passive_nm: Array


def hip_forces(body: Body, posture: Posture, moment: Moment, ankle_kg: float = 0.0, motion: Motion | None = None) -> Forces:
    """Compute muscle and joint force behind a moment.

    Parameters
    ----------
    body : Body
    posture : Posture
    moment : Moment
        From `hip_moment` with the same body, posture, ankle weight and motion.
    ankle_kg : float, default 0
        Ankle weight on the free leg [kg].
    motion : Motion, optional

    Returns
    -------
    Forces

    Notes
    -----
    Lever arms grow with the distance between the hips, so that a wider pelvis has a larger moment and the same force. Beyond the tables' ends
    (adduction of −20 and 20°, for the line of pull −10 and 15°) their last value is held. A moment below zero needs no abductor: force zero.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> from hiphitch_analysis.workload.mechanics import hip_moment
    >>> man = estimate_body(75, 1.78, "male")
    >>> forces = hip_forces(man, Posture(), hip_moment(man, Posture()))
    >>> round(float(forces.muscle_low_n)), round(float(forces.muscle_high_n))
    (1251, 1526)
    >>> round(float(forces.joint_low_n / man.weight_n), 2), round(float(forces.joint_high_n / man.weight_n), 2)
    (2.48, 2.83)
    """
    g, floor = GRAVITY_M_S2.value, np.asarray(posture.floor_share) * (body.leg_kg + ankle_kg)
    adduction = stance_adduction(body, posture, moment, ankle_kg)
    push, lift = accelerate_whole(body, posture, ankle_kg, motion)
    carried = g * (body.pelvis_kg + body.upper_kg + body.leg_kg + ankle_kg - floor) + lift
    muscle, joint = [], []
    for geometry in GEOMETRIES:
        arm, lean = place_muscle(geometry, body, adduction)
        force = np.maximum(0.0, moment.total_nm) / arm
        muscle.append(force)
        joint.append(np.hypot(force * np.sin(lean) + push, force * np.cos(lean) + carried))
    return Forces(adduction, np.minimum(*muscle), np.maximum(*muscle), np.minimum(*joint), np.maximum(*joint), passive_moment(body, adduction))


def place_muscle(geometry: Geometry, body: Body, adduction_deg: Array) -> tuple[Array, Array]:
    """Return the muscle's lever arm [m] and how far its line of pull leans toward the midline [rad], at an adduction of the stance hip."""
    arm = np.interp(adduction_deg, geometry.adduction_deg, geometry.arm_m) * (body.hip_distance_m / geometry.hip_distance_m)
    return np.asarray(arm), np.radians(np.interp(adduction_deg, geometry.leaning_at_deg, geometry.inclination_deg))


def stance_adduction(body: Body, posture: Posture, moment: Moment, ankle_kg: float = 0.0) -> Array:
    """Return the adduction of the stance hip [°], + adducted.

    The foot stands under the weight it carries, so the leg leans inwards by the angle whose sine is that weight's lever arm over the leg's length:
    some 6° at a level pelvis. The drop adds to it. The stance leg's own weight is taken to stand over the foot: half a degree too little.
    """
    free = np.asarray(posture.floor_share) * (body.leg_kg + ankle_kg)
    standing_n = GRAVITY_M_S2.value * (body.mass_kg + ankle_kg - free)
    lean = np.degrees(np.arcsin(np.clip(moment.static_nm / (standing_n * body.leg_m), -1, 1)))
    return np.asarray(lean - np.asarray(posture.obliquity_deg))


def doubt_adduction(adduction_deg: float) -> str | None:
    """Return a sentence where the stance hip is adducted further than the muscles' tables go; None where it is not."""
    first, last = GEOMETRIES[0].adduction_deg[0], GEOMETRIES[0].adduction_deg[-1]
    if first <= adduction_deg <= last:
        return None
    how, end = ("adducted", last) if adduction_deg > last else ("abducted", -first)
    known = f"the muscles' lever arms are known up to {end:g}° only, and those of {end:g}° are taken"
    return f"the stance hip is {how} by {abs(adduction_deg):.0f}°: {known}"


def passive_moment(body: Body, adduction_deg: Array) -> Array:
    """Return what ligaments and the iliotibial band could carry at an adduction of the stance hip [N·m]."""
    beyond = np.maximum(0.0, adduction_deg - norms.PASSIVE_FROM_DEG.value)
    return np.asarray(norms.PASSIVE_NM_KG_DEG.value * body.mass_kg * beyond)


def accelerate_whole(body: Body, posture: Posture, ankle_kg: float, motion: Motion | None) -> tuple[Array, Array]:
    """Return mass times acceleration of all that the stance hip carries, toward the free side and upwards [N]."""
    if motion is None:
        return np.zeros(()), np.zeros(())
    w, i = body.hip_distance_m, 1j
    # How the sum of mass times place hangs on each direction, in the complex plane: x toward the free side, y up.
    places = (
        body.pelvis_kg * (w / 2 + i * body.pelvis_com_m) + body.upper_kg * (w / 2 + i * body.hinge_m) + (body.leg_kg + ankle_kg) * w,
        i * body.upper_kg * body.upper_com_m,
        -i * (body.leg_kg * body.leg_com_m + ankle_kg * body.cuff_m),
    )
    angles = (posture.obliquity_deg, posture.trunk_lean_deg, posture.free_leg_angle_deg)
    total = sum(
        place * (i * np.asarray(change) - np.square(rate)) * np.exp(i * np.radians(angle))
        for place, angle, rate, change in zip(places, angles, motion.rate_rad_s, motion.acceleration_rad_s2, strict=True)
    )
    return np.real(total), np.imag(total)

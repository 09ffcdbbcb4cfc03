"""The balance at the stance hip: weights with their lever arms on one side, the muscle with its own on the other, and the joint's push."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.effects import Case
from hiphitch_analysis.workload.mechanics import hip_moment
from hiphitch_analysis.workload.muscle import GAIT2392, Geometry, accelerate_whole, hip_forces, place_muscle, stance_adduction


@dataclass(frozen=True, slots=True)
class Balance:
    """What acts on the body above the stance hip, with one muscle geometry; the ranges are those of both.

    Attributes
    ----------
    weights : DataFrame
        One row per force that turns the pelvis about the stance hip, index ``upper`` (pelvis, trunk, head, arms), ``leg``, ``ankle`` (only with an
        ankle weight) and ``floor`` (only with a foot on it): ``force_n`` (downwards; the floor's is negative), ``arm_m`` (toward the free side).
    acceleration_nm : float
        What acceleration adds to their moment [N·m].
    moment_nm : float
        What the muscle has to give [N·m].
    adduction_deg : float
        Of the stance hip [°].
    stance_lean_deg : float
        How far the stance leg leans inwards to stand under the weight [°].
    arm_m, inclination_deg : float
        Lever arm of the muscle [m], and lean of its pull from the vertical, upper end toward the midline [°].
    muscle_n, joint_n : float
        Force of the muscle and of the joint [N] with this geometry.
    joint_xy_n : (float, float)
        The joint's push on the pelvis, toward the free side and upwards [N].
    muscle_range_n, joint_range_n : (float, float)
        Of both geometries [N].
    """

    weights: pd.DataFrame
    acceleration_nm: float
    moment_nm: float
    adduction_deg: float
    stance_lean_deg: float
    arm_m: float
    inclination_deg: float
    muscle_n: float
    joint_n: float
    joint_xy_n: tuple[float, float]
    muscle_range_n: tuple[float, float]
    joint_range_n: tuple[float, float]


def balance_hip(body: Body, case: Case | None = None, geometry: Geometry = GAIT2392) -> Balance:
    """Balance the stance hip in one case.

    Parameters
    ----------
    body : Body
    case : Case, optional
        Of single numbers, not of a whole repetition; by default level, still and without a weight.
    geometry : Geometry
        The muscle model whose lever arm is taken.

    Returns
    -------
    Balance

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> level = balance_hip(estimate_body(75, 1.78, "male"))
    >>> level.weights.assign(arm_mm=1000 * level.weights["arm_m"]).round()[["force_n", "arm_mm"]].to_numpy().tolist()
    [[443.0, 88.0], [146.0, 175.0]]
    >>> round(level.muscle_n), round(1000 * level.arm_m), round(level.muscle_n * level.arm_m, 1)
    (1526, 42, 64.5)
    """
    case = case or Case()
    posture, ankle_kg, g = case.posture, case.ankle_kg, GRAVITY_M_S2.value
    moment = hip_moment(body, posture, ankle_kg, case.motion)
    forces = hip_forces(body, posture, moment, ankle_kg, case.motion)
    adduction = stance_adduction(body, posture, moment, ankle_kg)
    arm, lean = place_muscle(geometry, body, adduction)
    muscle = max(0.0, float(moment.total_nm)) / float(arm)
    push, lift = accelerate_whole(body, posture, ankle_kg, case.motion)
    floor_n = g * float(np.asarray(posture.floor_share)) * (body.leg_kg + ankle_kg)
    acting = {
        "upper": (g * (body.pelvis_kg + body.upper_kg), moment.pelvis_nm + moment.upper_nm),
        "leg": (g * body.leg_kg, moment.leg_nm),
        "ankle": (g * ankle_kg, moment.ankle_nm),
        "floor": (-floor_n, moment.floor_nm),
    }
    rows = {name: (force, float(turning) / force) for name, (force, turning) in acting.items() if force}
    weights = pd.DataFrame.from_dict(rows, orient="index", columns=["force_n", "arm_m"])
    joint = muscle * np.sin(lean) + push, muscle * np.cos(lean) + weights["force_n"].sum() + lift
    return Balance(
        weights=weights,
        acceleration_nm=float(moment.acceleration_nm),
        moment_nm=float(moment.total_nm),
        adduction_deg=float(adduction),
        stance_lean_deg=float(adduction + np.asarray(posture.obliquity_deg)),
        arm_m=float(arm),
        inclination_deg=float(np.degrees(lean)),
        muscle_n=muscle,
        joint_n=float(np.hypot(*joint)),
        joint_xy_n=(float(joint[0]), float(joint[1])),
        muscle_range_n=(float(forces.muscle_low_n), float(forces.muscle_high_n)),
        joint_range_n=(float(forces.joint_low_n), float(forces.joint_high_n)),
    )

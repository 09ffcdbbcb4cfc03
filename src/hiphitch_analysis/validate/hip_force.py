"""Hip contact force of standing on one leg: this project's model beside three older ones, and both beside what instrumented hips felt.

The older models are two-dimensional or, Iglič's, a balance in space with straight muscles; all take a part of the body's weight at a distance from
the stance hip that grows with the distance between the hips. They are written down here from their published equations.

References
----------
Pauwels F. Gesammelte Abhandlungen zur funktionellen Anatomie des Bewegungsapparates. Springer 1965. doi:10.1007/978-3-642-86841-2
Debrunner HU. Studien zur Biomechanik des Hüftgelenkes I. Z Orthop 1975.
Iglič A et al. Mathematical analysis of Chiari osteotomy. Acta Orthop Iugosl 1990;21:35-9.
Fischer MCM et al. Patient-specific static models of the hip against in-vivo forces. J Biomech 2021. doi:10.1016/j.jbiomech.2021.110526
Bergmann G et al. Standardized loads acting in hip implants. PLoS One 2016;11:e0155612. doi:10.1371/journal.pone.0155612
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from hiphitch_analysis.agreement import rmse
from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.workload.anthropometry import Body, estimate_body
from hiphitch_analysis.workload.mechanics import Moment, Posture, hip_moment
from hiphitch_analysis.workload.muscle import Forces, hip_forces

Array = NDArray[np.float64]

# Pauwels: shares of body weight and arms from Braune & Fischer's person, whose hips are 170 mm apart; muscle arm 40 mm, 21° from the vertical.
PAUWELS_LOAD, PAUWELS_ARM, PAUWELS_HIPS_M = 0.81365, 0.64644, 0.170
PAUWELS_MUSCLE_M, PAUWELS_MUSCLE_DEG = 0.040, 21.0
# Debrunner: five sixths of body weight, 1.28 times half the distance between the hips away. Its muscle is read off a radiograph; here Pauwels'.
DEBRUNNER_LOAD, DEBRUNNER_ARM = 5 / 6, 0.64
# Iglič: the leg stood on is 0.161 of body weight, its arm 0.48 and that of the ground's reaction 1.01 of half the distance between the hips.
IGLIC_LEG, IGLIC_LEG_ARM, IGLIC_GROUND_ARM = 0.161, 0.48, 1.01
IGLIC_PELVIS_DEG, IGLIC_FEMUR_M, IGLIC_HIPS_M = 0.5, 0.423, 0.169
# Its muscles: group, area (gluteus maximus = 1; Johnston 1979), origin on the pelvis and insertion on the femur in cm, x forward, y up, z to the side
# (Dostal & Andrews 1981). One tension per group: front, middle and back.
IGLIC_MUSCLES: tuple[tuple[int, float, tuple[float, float, float], tuple[float, float, float]], ...] = (
    (0, 0.80 / 3, (2.7, 10.2, 6.2), (-1.8, -2.6, 7.3)),
    (0, 0.34 / 3, (2.9, 7.3, 4.1), (0.4, -2.7, 6.9)),
    (0, 0.12, (4.5, 7.8, 5.6), (2.2, -43.6, 3.3)),
    (0, 0.40, (4.3, 3.7, 2.6), (4.3, -41.5, 0.2)),
    (1, 0.80 / 3, (-0.2, 13.2, 1.8), (-1.8, -2.6, 7.3)),
    (1, 0.34 / 3, (-0.4, 8.8, 2.0), (0.4, -2.7, 6.9)),
    (2, 0.80 / 3, (-4.8, 9.7, -1.5), (-1.8, -2.6, 7.3)),
    (2, 0.34 / 3, (-2.6, 7.1, 0.0), (0.4, -2.7, 6.9)),
    (2, 0.10, (-7.8, 5.5, -4.7), (-0.1, -0.1, 5.5)),
)


def force_by_pauwels(mass_kg: float, hip_distance_m: float) -> float:
    """Return Pauwels' hip contact force [N]; the muscle's arm grows with the hips, so its multiple of body weight is everybody's.

    Examples
    --------
    >>> round(force_by_pauwels(58.7, 0.170) / (58.7 * GRAVITY_M_S2.value), 3)  # the book's own person
    3.009
    """
    return _balance(mass_kg * GRAVITY_M_S2.value, PAUWELS_LOAD, PAUWELS_ARM)


def force_by_debrunner(mass_kg: float, hip_distance_m: float) -> float:
    """Return Debrunner's hip contact force [N], with Pauwels' muscle."""
    return _balance(mass_kg * GRAVITY_M_S2.value, DEBRUNNER_LOAD, DEBRUNNER_ARM)


def force_by_iglic(mass_kg: float, hip_distance_m: float) -> float:
    """Return Iglič's hip contact force [N]: nine muscles in three groups of one tension each, which the three moments about the hip fix.

    Examples
    --------
    >>> round(force_by_iglic(75.0, 0.169) / (75.0 * GRAVITY_M_S2.value), 2)
    2.36
    """
    weight, half, scale = mass_kg * GRAVITY_M_S2.value, hip_distance_m / 2, hip_distance_m / IGLIC_HIPS_M / 100
    load = (1 - IGLIC_LEG) * weight
    arm = (IGLIC_GROUND_ARM - IGLIC_LEG * IGLIC_LEG_ARM) * half / (1 - IGLIC_LEG)
    adducted = np.arcsin(IGLIC_LEG_ARM * half / IGLIC_FEMUR_M)
    pull, turn = np.zeros((3, 3)), np.zeros((3, 3))  # per unit of tension: force on the pelvis and its moment, by group
    for group, area, origin, insertion in IGLIC_MUSCLES:
        start, end = _roll(origin, np.radians(IGLIC_PELVIS_DEG)) * scale, _roll(insertion, adducted) * scale
        force = area * (end - start) / np.linalg.norm(end - start)
        pull[:, group] += force
        turn[:, group] += np.cross(start, force)
    down = np.array([0.0, -load, 0.0])
    tension = np.linalg.solve(turn, -np.cross([0.0, 0.0, -arm], down))
    return float(np.linalg.norm(pull @ tension + down))


def predict_hip_force(person: dict[str, Any]) -> dict[str, float]:
    """Return what every model says of one person's hip contact force [body weights]: ``sex``, ``mass_kg``, ``height_m``, ``hip_distance_m``."""
    return {model: predict(person) for model, predict in _MODELS.items()}


def compare_hip_forces(people: pd.DataFrame) -> pd.DataFrame:
    """Hold every model against measured hip contact forces.

    Parameters
    ----------
    people : DataFrame
        One row per person, standing on one leg: ``sex``, ``mass_kg``, ``height_m``, ``hip_distance_m`` and the ``measured_bw`` force [body weights].

    Returns
    -------
    DataFrame
        One row per model: ``model``, ``mean_bw``, ``bias_bw``, ``rmse_bw`` [body weights] and ``r``, the correlation over people (empty where a model
        says the same of everybody).
    """
    measured = people["measured_bw"].to_numpy(dtype=float)
    rows = []
    predicted = pd.DataFrame([predict_hip_force(person) for person in people.to_dict("records")])
    for model in predicted:
        found = predicted[model].to_numpy()
        varies = np.ptp(found) > 1e-6
        rows.append(
            {
                "model": model,
                "mean_bw": found.mean(),
                "bias_bw": (found - measured).mean(),
                "rmse_bw": rmse(found, measured),
                "r": np.corrcoef(found, measured)[0, 1] if varies else np.nan,
            }
        )
    return pd.DataFrame(rows)


def explain_scatter(people: pd.DataFrame) -> pd.DataFrame:
    """Say what about each person would have to differ for the model to give the measured force exactly, one thing at a time.

    Parameters
    ----------
    people : DataFrame
        As for `compare_hip_forces`.

    Returns
    -------
    DataFrame
        One row per person: ``arm_mm``, the muscle's lever arm [mm]; ``lean_deg``, the lean of the trunk over the stance leg [°]; and ``missing_n``,
        what muscles that pull across the joint without turning it would have to add [N]; the last two with a lever arm between the two geometries.
    """
    return pd.DataFrame([_explain(person) for person in people.to_dict("records")])


def _balance(weight_n: float, load: float, arm: float) -> float:
    """Return the hip force that a load (share of weight, arm as a share of the distance between the hips) takes with Pauwels' muscle."""
    muscle, lean = load * weight_n * arm * PAUWELS_HIPS_M / PAUWELS_MUSCLE_M, np.radians(PAUWELS_MUSCLE_DEG)
    return float(np.hypot(muscle * np.sin(lean), load * weight_n + muscle * np.cos(lean)))


def _roll(point_cm: tuple[float, float, float], angle: float) -> Array:
    """Turn a point about the forward axis: the knee inwards, the free side of the pelvis up."""
    x, y, z = point_cm
    return np.array([x, y * np.cos(angle) - z * np.sin(angle), y * np.sin(angle) + z * np.cos(angle)])


def _stand(person: dict[str, Any], lean_deg: float = 0.0) -> tuple[Body, Moment, Forces]:
    body, posture = _body(person), Posture(0.0, lean_deg)
    moment = hip_moment(body, posture)
    return body, moment, hip_forces(body, posture, moment)


def _body(person: dict[str, Any]) -> Body:
    return estimate_body(person["mass_kg"], person["height_m"], person["sex"], hip_distance_m=person["hip_distance_m"])


def _ours(which: str) -> Callable[[dict[str, Any]], float]:
    def predict(person: dict[str, Any]) -> float:
        body, _, forces = _stand(person)
        low, high = float(forces.joint_low_n), float(forces.joint_high_n)
        return {"low": low, "high": high, "middle": (low + high) / 2}[which] / body.weight_n

    return predict


def _theirs(model: Callable[[float, float], float]) -> Callable[[dict[str, Any]], float]:
    return lambda person: float(model(person["mass_kg"], person["hip_distance_m"]) / (person["mass_kg"] * GRAVITY_M_S2.value))


_MODELS: dict[str, Callable[[dict[str, Any]], float]] = {
    "ours, Rajagopal–Lai–Uhlrich": _ours("low"),
    "ours, gait2392": _ours("high"),
    "ours, middle of the two": _ours("middle"),
    "Pauwels 1965": _theirs(force_by_pauwels),
    "Debrunner 1975, Pauwels' muscle": _theirs(force_by_debrunner),
    "Iglič 1990": _theirs(force_by_iglic),
}


def _explain(person: dict[str, Any]) -> dict[str, float]:
    body, moment, forces = _stand(person)
    wanted = float(person["measured_bw"]) * body.weight_n
    middle = float((forces.joint_low_n + forces.joint_high_n) / 2)
    # The joint force in the middle of the two geometries as one muscle: its arm, and the direction that gives this force.
    carried = float(body.weight_n - GRAVITY_M_S2.value * body.leg_kg)
    arm = 2 / float(1 / _arm(moment, forces.muscle_low_n) + 1 / _arm(moment, forces.muscle_high_n))
    pull = float(moment.total_nm) / arm
    steep = brentq(lambda cos: pull**2 + carried**2 + 2 * pull * carried * cos - middle**2, -1, 1)

    def joint(lever_m: float, moment_nm: float) -> float:
        muscle = moment_nm / lever_m
        return float(np.sqrt(muscle**2 + carried**2 + 2 * muscle * carried * steep))

    def leaning(lean_deg: float) -> float:
        return joint(arm, float(hip_moment(body, Posture(0.0, lean_deg)).total_nm)) - wanted

    return {
        "arm_mm": 1000 * brentq(lambda lever: joint(lever, float(moment.total_nm)) - wanted, 0.01, 0.2),
        "lean_deg": brentq(leaning, -30, 30),
        "missing_n": wanted - middle,
    }


def _arm(moment: Moment, force_n: Array) -> float:
    return float(moment.total_nm) / float(force_n)

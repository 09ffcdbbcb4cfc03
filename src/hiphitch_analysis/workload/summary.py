"""One person in one posture → everything the workload says: the object that ``hiphitch workload --json`` prints, and the same in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.equivalence import Range, find_ankle_weight, find_equivalents, range_of_reps
from hiphitch_analysis.workload.fatigue import Ability, mean_share, peak_share, predict_sets, recovery_half_time
from hiphitch_analysis.workload.mechanics import Moment, Posture, PostureError, hip_moment, hip_moment_se
from hiphitch_analysis.workload.muscle import GEOMETRIES, doubt_adduction, hip_forces
from hiphitch_analysis.workload.repetition import Demand, Repetition, demand_of, move, pose, turn_round, work_of

TYPICAL_DROP_DEG = 8.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A session as it is asked for.

    Attributes
    ----------
    sets : int
        On one side.
    reps : int
        Per set.
    rest_s : float
        Between two sets of one side [s].
    effort : float
        Repetitions as a share of those possible, which an ankle weight should keep [0–1].

    Raises
    ------
    ValueError
        A number of sets or repetitions, a rest or an effort nobody trains with.
    """

    sets: int = 2
    reps: int = 20
    rest_s: float = 60.0
    effort: float = 0.8

    def __post_init__(self) -> None:
        """Refuse what nobody trains with."""
        for name, low, high in (("sets", 1, 20), ("reps", 1, 500), ("rest_s", 0, 3600), ("effort", 0.05, 1)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {getattr(self, name):g}.")


def summarise_workload(
    body: Body, asked: Repetition, ability: Ability, plan: Plan | None = None, *, moving: bool = False, doubts: Sequence[str] = ()
) -> dict[str, Any]:
    """Say what standing so asks of the hip abductors, and what a set of such repetitions does.

    Parameters
    ----------
    body : Body
    asked : Repetition
        Its lowest point is the posture; a drop of 0 is standing level, and the repetitions are then taken to be 8° deep.
    ability : Ability
        From `strength`.
    plan : Plan, optional
        By default two sets of twenty with a minute's rest.
    moving : bool
        Whether acceleration at the lowest point is counted in the moment; else the posture is held.
    doubts : sequence of str
        Sentences about the input, for ``warnings``.

    Returns
    -------
    dict
        Plain values, ready for JSON; forces as [low, high] of the two muscle geometries, what is not known as {low, median, high} of an 80 %
        interval, None where there is no such number.
    """
    plan = plan or Plan()
    posture, motion = pose(asked), turn_round(asked) if moving else None
    moment = hip_moment(body, posture, asked.ankle_kg, motion)
    forces = hip_forces(body, posture, moment, asked.ankle_kg, motion)
    beyond = doubt_adduction(float(forces.adduction_deg))
    level = float(hip_moment(body, Posture()).total_nm)
    total = float(moment.total_nm)
    repetition = asked if asked.drop_deg else replace(asked, drop_deg=TYPICAL_DROP_DEG)
    demand = demand_of(body, repetition)
    by_set = predict_sets(ability, demand, plan.sets, plan.reps, plan.rest_s)
    _, of_body = hip_moment_se(body, posture, PostureError(), asked.ankle_kg)
    return {
        "moment_nm": total,
        "moment_nm_kg": total / body.mass_kg,
        "moment_se_nm": float(of_body),
        "moment_parts_nm": _parts(moment),
        "static_nm": float(moment.static_nm),
        "acceleration_nm": float(moment.acceleration_nm),
        "change_percent": 100 * (total / level - 1),
        "level_moment_nm": level,
        "adduction_deg": float(forces.adduction_deg),
        "muscle_force_n": [float(forces.muscle_low_n), float(forces.muscle_high_n)],
        "muscle_force_bw": [float(force) / body.weight_n for force in (forces.muscle_low_n, forces.muscle_high_n)],
        "joint_force_n": [float(forces.joint_low_n), float(forces.joint_high_n)],
        "joint_force_bw": [float(force) / body.weight_n for force in (forces.joint_low_n, forces.joint_high_n)],
        "passive_nm": [0.0, float(forces.passive_nm)],
        "geometries": [geometry.name for geometry in GEOMETRIES],
        "posture": {name: float(np.asarray(value)) for name, value in asdict(posture).items()},
        "ankle_kg": asked.ankle_kg,
        "body": {"mass_kg": body.mass_kg, **asdict(body)},
        "repetition": _describe_repetition(body, repetition, demand),
        "strength": {"source": ability.source, "strength_nm": asdict(_range(ability.strength_nm))},
        "load_share": {"mean": asdict(_range(mean_share(ability, demand))), "peak": asdict(_range(peak_share(ability, demand)))},
        "reps_to_failure": _finite(asdict(range_of_reps(ability, demand))),
        "session": {**asdict(plan), "by_set": [_finite(row) for row in by_set.to_dict("records")]},
        "recovery_half_s": asdict(_range(recovery_half_time(ability))),
        "equivalents": _equivalents(body, ability, repetition, plan),
        "ankle_weight": {
            "reps": plan.reps,
            "effort": plan.effort,
            "ankle_kg": asdict(find_ankle_weight(body, ability, repetition, plan.reps, plan.effort)),
        },
        "warnings": [*doubts, *([] if beyond is None else [beyond])],
    }


def describe_workload(found: dict[str, Any]) -> str:
    """Return what `summarise_workload` found in a few lines for a person at a terminal."""
    body, parts, reps, session = found["body"], found["moment_parts_nm"], found["reps_to_failure"], found["session"]
    low, high = found["muscle_force_n"]
    names = {
        "upper": "trunk, head and arms",
        "pelvis": "pelvis",
        "leg": "free leg",
        "ankle": "ankle weight",
        "floor": "floor",
        "acceleration": "speed",
    }
    where = ", ".join(f"{names[name]} {value:.1f}" for name, value in parts.items() if name in names and abs(value) >= 0.05)
    each, strength, share = found["repetition"], found["strength"], found["load_share"]["mean"]
    lines = [
        f"{body['mass_kg']:g} kg, hips {1000 * body['hip_distance_m']:.0f} mm apart",
        f"hip-abductor moment {found['moment_nm']:.1f} N·m ({found['moment_nm_kg']:.2f} N·m/kg), "
        f"give or take {1.96 * found['moment_se_nm']:.0f} for what is not known of the body: {where}",
        f"  {found['change_percent']:+.0f} % of standing level without a weight" if abs(found["change_percent"]) >= 0.5 else "",
        f"gluteus medius and minimus pull with {low:.0f} to {high:.0f} N ({_span(found['muscle_force_bw'], '.1f')} × body weight), "
        f"the hip joint carries {_span(found['joint_force_bw'], '.1f')} × body weight: two published hips",
        f"  ligaments may carry up to {found['passive_nm'][1]:.0f} N·m of it" if found["passive_nm"][1] >= 0.5 else "",
        f"a repetition of {each['drop_deg']:g}°, {each['phase_s']:g} s down and up: {each['mean_nm']:.1f} N·m on average, "
        f"{each['peak_nm']:.1f} at most (speed adds {100 * each['acceleration_share']:.1f} %), {each['work_j']:.1f} J a raise",
        f"strength {_between(strength['strength_nm'])} N·m ({strength['source']}): the load is {_between(share, 100)} % of it",
        f"repetitions to failure: {_between(reps)}; chance to complete {session['sets']} × {session['reps']}, {session['rest_s']:g} s of rest: "
        + ", ".join(f"set {row['set']} {100 * row['chance_complete']:.0f} %" for row in session["by_set"])
        + f"; half of the fatigue leaves in {_between(found['recovery_half_s'])} s",
        _say_equivalents(found["equivalents"], session["reps"]),
        _say_ankle_weight(found["ankle_weight"]),
    ]
    return "\n".join([line for line in lines if line] + [f"! {doubt}" for doubt in found["warnings"]])


def _say_equivalents(found: dict[str, Any], reps: int) -> str:
    if found["reps"]["median"] is None:
        return ""
    more = f"+{found['reps']['median']:.1f} repetitions, +{found['phase_s']['median']:.2f} s a phase or +{found['drop_deg']['median']:.1f}° of drop"
    share = 100 * found["moment_share"]
    return f"+{found['added_kg']:g} kg at the ankle (+{share:.1f} %) makes {reps} repetitions as hard as one of these: {more}"


def _say_ankle_weight(found: dict[str, Any]) -> str:
    reps, effort, kg = found["reps"], 100 * found["effort"], found["ankle_kg"]
    if kg["median"] == 0:
        return f"no ankle weight: {reps} repetitions are likely more than {effort:.0f} % of those possible without one"
    return f"with {_between(kg, form='.1f')} kg at the ankle, {reps} repetitions are {effort:.0f} % of those possible"


def _parts(moment: Moment) -> dict[str, float]:
    names = ("pelvis", "upper", "leg", "ankle", "floor", "carrying", "turning", "acceleration")
    return {name: float(getattr(moment, f"{name}_nm")) for name in names}


def _describe_repetition(body: Body, repetition: Repetition, demand: Demand) -> dict[str, Any]:
    """Return what one repetition asks, with what acceleration adds to its peak, also without carrying the upper body to and fro."""
    _, posture, motion = move(repetition)
    moment = hip_moment(body, posture, repetition.ankle_kg, motion)
    static = float(moment.static_nm.max())
    return {
        **asdict(repetition),
        "mean_nm": demand.mean_nm,
        "peak_nm": demand.peak_nm,
        "static_peak_nm": static,
        "acceleration_share": float(demand.peak_nm / static - 1),
        "turning_share": float((moment.static_nm + moment.turning_nm).max() / static - 1),
        "work_j": work_of(body, repetition),
    }


def _equivalents(body: Body, ability: Ability, repetition: Repetition, plan: Plan) -> dict[str, Any]:
    found = find_equivalents(body, ability, repetition, plan.reps)
    return {name: _finite(value) if isinstance(value, dict) else value for name, value in asdict(found).items()}


def _range(values: Any) -> Range:
    return Range(*(float(q) for q in np.quantile(values, (0.1, 0.5, 0.9))))


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with None for what JSON does not know."""
    return {name: value if not isinstance(value, float) or np.isfinite(value) else None for name, value in values.items()}


def _between(found: dict[str, Any], scale: float = 1, form: str = ".0f") -> str:
    low, median, high = ("no end" if found[name] is None else format(scale * found[name], form) for name in ("low", "median", "high"))
    return median if low == high == "no end" else f"{median} ({low} to {high})"


def _span(pair: list[float], form: str) -> str:
    return f"{pair[0]:{form}} to {pair[1]:{form}}"

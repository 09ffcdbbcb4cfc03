"""Does the standard error of a moment hold the truth, and do predicted repetitions? Simulated people whose bodies are not those of the tables."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm as normal

from hiphitch_analysis.schema import ACC, GYR, SEXES
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.simulate import Athlete, Body, draw_athlete, simulate_set
from hiphitch_analysis.simulate.body import GRAVITY_M_S2
from hiphitch_analysis.simulate.fatigue import hold_time
from hiphitch_analysis.simulate.mechanics import Posture, abductor_moment
from hiphitch_analysis.simulate.performance import fresh_capacity
from hiphitch_analysis.validate.form import add_simulated, draw_form_case
from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.dose import measure_doses
from hiphitch_analysis.workload.fatigue import Ability, reps_to_failure
from hiphitch_analysis.workload.loads import measure_loads
from hiphitch_analysis.workload.repetition import Repetition, demand_of
from hiphitch_analysis.workload.strength import ability_from_hold, ability_from_torque, ability_of_population

ROUTES = {"pelvis": ("pelvis",), "pelvis and trunk": ("pelvis", "trunk"), "pelvis, trunk and thigh": ("pelvis", "trunk", "thigh")}
NOMINAL = 0.90
TORQUE_CV, HOLD_SD_S = 0.05, 11.5  # how far the simulated tests are off


@dataclass(frozen=True, slots=True)
class Person:
    """A simulated person whose lengths and masses are not those of the tables: what `simulate.mechanics` takes for a body."""

    height_m: float
    hip_distance_m: float
    leg_com_m: float
    mass_kg: float
    pelvis_kg: float
    upper_kg: float
    leg_kg: float


def draw_person(body: Body, rng: np.random.Generator) -> Person:
    """Draw a person of a sex, mass and height: hips 7 % nearer or farther apart, heights, the leg's centre and its mass 6 % off (SDs)."""
    leg_kg = body.leg_kg * (1 + 0.06 * rng.normal())
    return Person(
        height_m=body.height_m * (1 + 0.06 * rng.normal()),  # the heights of pelvis, hinge and upper body are shares of it
        hip_distance_m=body.height_m * (0.099 + 0.0071 * rng.normal()),
        leg_com_m=body.leg_com_m * (1 + 0.06 * rng.normal()),
        mass_kg=body.mass_kg,
        pelvis_kg=body.pelvis_kg,
        upper_kg=body.mass_kg - body.pelvis_kg - 2 * leg_kg,
        leg_kg=leg_kg,
    )


def try_moment(route: str, seed: int, reps: int = 12) -> dict[str, Any]:
    """Simulate a set, measure its mean moment from what some sensors show, and compare it with the truth.

    Parameters
    ----------
    route : str
        One of `ROUTES`.
    seed : int
        Of person, habits, sensors and movement: a trunk that leans by 3° (SD), a free leg that hangs, turns with the pelvis, or anything between.
    reps : int

    Returns
    -------
    dict
        ``route, seed, true_nm, mean_nm, mean_se_nm``; empty where the set was not found.
    """
    rng = np.random.default_rng([seed, 31])
    case = draw_form_case(seed) | {"sensors": ROUTES[route], "leg_coupling": float(rng.uniform(0, 1)), "lean_deg": float(3 * rng.normal())}
    body = Body(str(rng.choice(SEXES)), float(rng.uniform(50, 100)), float(rng.uniform(1.55, 1.95)))
    ankle_kg = float(rng.choice([0.0, 1.0, 3.0]))
    made = simulate_set(reps, ankle_kg=ankle_kg, **case)
    truth = made.reps[made.reps["kind"].eq("complete")]
    angles = made.angles.loc[truth["start_s"].min() : truth["end_s"].max()]
    person = draw_person(body, rng)
    true = float(abductor_moment(person, _still(angles), ankle_kg).mean())

    found = analyse_samples(made.recordings["pelvis"][ACC + GYR], case["stance"], add_further=add_simulated(made))
    known = estimate_body(body.mass_kg, body.height_m, body.sex)
    doses = measure_doses(measure_loads(found.angles, known, ankle_kg), found.angles, found.reps, known, ability_of_population(known, body.sex))
    row = doses.loc[doses["n_reps"].idxmax()] if len(doses) else pd.Series(dtype=float)
    return {"route": route, "seed": seed, "true_nm": true, "mean_nm": row.get("mean_nm", np.nan), "mean_se_nm": row.get("mean_se_nm", np.nan)}


def summarise_moments(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Sum up tries of `try_moment`: by route, how far off the mean moment is, and how often its interval holds the truth."""
    told = []
    for route, group in rows.dropna().groupby("route", sort=False):
        error = group["mean_nm"] - group["true_nm"]
        told.append(
            {
                "route": route,
                "n": len(group),
                "bias_percent": 100 * float((error / group["true_nm"]).mean()),
                "rms_percent": 100 * float(np.sqrt(((error / group["true_nm"]) ** 2).mean())),
                "se_percent": 100 * float((group["mean_se_nm"] / group["true_nm"]).mean()),
                "nominal": NOMINAL,
                "held": float((error.abs() <= normal.ppf(0.5 + NOMINAL / 2) * group["mean_se_nm"]).mean()),
            }
        )
    return told


def try_reps(seed: int) -> dict[str, Any]:
    """Draw an athlete, test the strength with an error, predict the repetitions to failure, and let the simulated athlete do them.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict
        ``seed, reps`` and, for no test, a torque and a hold: low, median and high of the 80 % interval.
    """
    rng = np.random.default_rng([seed, 32])
    athlete = draw_athlete("A01", rng)
    body = athlete.body
    known = estimate_body(body.mass_kg, body.height_m, body.sex)
    strength = athlete.strength_nm("left")
    leg_nm = GRAVITY_M_S2 * body.leg_kg * body.leg_com_m
    held = max(15.0, hold_time(leg_nm / strength, athlete.muscle) + HOLD_SD_S * rng.normal())
    habit = athlete.technique
    demand = demand_of(known, Repetition(habit.drop_deg, (habit.lower_s + habit.raise_s) / 2, posture="rigid-leg"))
    abilities: dict[str, Ability] = {
        "no test": ability_of_population(known, body.sex),
        "torque": ability_from_torque(strength * (1 + TORQUE_CV * rng.normal()), known),
        "hold": ability_from_hold(held, known),
    }
    row: dict[str, Any] = {"seed": seed, "reps": fresh_capacity(_steady(_weigh(athlete, rng)), "left")}
    for name, ability in abilities.items():
        ends = np.quantile(reps_to_failure(ability, demand), (0.1, 0.5, 0.9), method="nearest")
        row |= {f"{name} {end}": float(value) for end, value in zip(("low", "median", "high"), ends, strict=True)}
    return row


def summarise_reps(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Sum up tries of `try_reps`: by test, how far off the median is and how often the 80 % interval holds the truth."""
    told = []
    for test in ("no test", "torque", "hold"):
        ratio = rows[f"{test} median"] / rows["reps"]
        told.append(
            {
                "test": test,
                "n": len(rows),
                "median_ratio": float(ratio.median()),
                "width_ratio": float((rows[f"{test} high"] / rows[f"{test} low"].clip(lower=1)).median()),
                "nominal": 0.8,
                "held": float(((rows[f"{test} low"] <= rows["reps"]) & (rows["reps"] <= rows[f"{test} high"])).mean()),
            }
        )
    return told


def _still(angles: pd.DataFrame) -> Posture:
    """Return the simulator's posture of true angles, without their derivatives: over whole repetitions acceleration cancels out."""

    def curve(degrees: pd.Series) -> Any:
        return np.stack([np.radians(degrees.to_numpy()), *np.zeros((2, len(degrees)))])

    drop, lean, leg = -angles["obliquity_deg"], angles["trunk_lean_deg"], angles["free_leg_angle_deg"]
    return Posture(curve(drop), curve(lean), curve(leg), angles["floor_share"].to_numpy())


def _weigh(athlete: Athlete, rng: np.random.Generator) -> Athlete:
    """Return the athlete for whom all moments are larger by what a drawn person's hips and masses make of them: as if so much weaker."""
    body, still = athlete.body, np.zeros((3, 1))
    level = Posture(still, still, still, np.zeros(1))
    ratio = float(abductor_moment(draw_person(body, rng), level)[0] / abductor_moment(body, level)[0])
    return dataclasses.replace(athlete, strength_left_nm_kg=athlete.strength_left_nm_kg / ratio)


def _steady(athlete: Athlete) -> Athlete:
    """Return the athlete whose raises come back to level and whose trunk stays upright to the end."""
    return dataclasses.replace(athlete, return_deficit_left_deg=0.0, return_deficit_right_deg=0.0, tired_lean_deg=0.0)

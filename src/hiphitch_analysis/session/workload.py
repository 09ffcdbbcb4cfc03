"""What one recording asked of the hip abductors, where the body is known."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis.workload.anthropometry import Body, doubt_build, estimate_body
from hiphitch_analysis.workload.dose import measure_doses
from hiphitch_analysis.workload.equivalence import Equivalents, find_equivalents
from hiphitch_analysis.workload.fatigue import Ability
from hiphitch_analysis.workload.loads import list_assumptions, measure_loads
from hiphitch_analysis.workload.mechanics import MAX_ANGLE_DEG
from hiphitch_analysis.workload.muscle import doubt_adduction
from hiphitch_analysis.workload.repetition import Repetition
from hiphitch_analysis.workload.strength import ability_of_population


@dataclass(frozen=True, slots=True)
class Workload:
    """What the hip abductors did in one recording.

    Attributes
    ----------
    body : Body
    loads : DataFrame
        Table LOADS.
    doses : DataFrame
        Table DOSES.
    equivalents : tuple of Equivalents or None
        Of each set, what one more kilogram at the ankle stands for; None where the set was not measured.
    strength : str
        Where the strength behind the shares is known from.
    assumptions : tuple of str
        What was not measured and taken for granted, one sentence each.
    """

    body: Body
    loads: pd.DataFrame
    doses: pd.DataFrame
    equivalents: tuple[Equivalents | None, ...]
    strength: str
    assumptions: tuple[str, ...]


def work_out(
    angles: pd.DataFrame, reps: pd.DataFrame, mass_kg: float | None, height_m: float | None, sex: str | None, ankle_kg: float
) -> Workload | None:
    """Compute loads and doses of one recording; None where body mass or height is not known."""
    if mass_kg is None or height_m is None:
        return None
    body, assumptions = estimate_body(mass_kg, height_m, sex), list_assumptions(angles)
    ability, loads = ability_of_population(body, sex), measure_loads(angles, body, ankle_kg)
    deepest = loads["adduction_deg"].where(_in_sets(loads, reps)).max()
    doubts = (doubt_build(mass_kg, height_m), None if pd.isna(deepest) else doubt_adduction(float(deepest)))
    assumptions += [doubt for doubt in doubts if doubt is not None]
    if sex is None:
        assumptions.append("the sex was not given: body segments are the mean of both tables, and less sure")
    doses = measure_doses(loads, angles, reps, body, ability)
    equivalents = tuple(_find_equivalents(reps[reps["set"].eq(number)], body, ability, ankle_kg) for number in doses["set"])
    return Workload(body, loads, doses, equivalents, ability.source, tuple(assumptions))


def _in_sets(loads: pd.DataFrame, reps: pd.DataFrame) -> pd.Series:
    """Whether each sample lies within a complete repetition."""
    time_s, inside = loads.index.to_numpy(dtype=float), pd.Series(data=False, index=loads.index)
    for rep in reps[reps["kind"].eq("complete")].itertuples():
        inside |= (time_s >= rep.start_s) & (time_s < rep.end_s)
    return inside


def _find_equivalents(members: pd.DataFrame, body: Body, ability: Ability, ankle_kg: float) -> Equivalents | None:
    """Return what one more kilogram stands for in a set like this one: its median drop and tempo, and as many repetitions."""
    complete = members[members["kind"].eq("complete")]
    drop_deg, phase_s = complete["drop_deg"].median(), (complete["lower_s"] + complete["raise_s"]).median() / 2
    if pd.isna(drop_deg) or pd.isna(phase_s) or drop_deg > MAX_ANGLE_DEG / 2:
        return None
    return find_equivalents(body, ability, Repetition(float(drop_deg), float(phase_s), ankle_kg), len(complete))

"""What one recording asked of the hip abductors, where the body is known."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis.workload.anthropometry import Body, estimate_body
from hiphitch_analysis.workload.dose import measure_doses
from hiphitch_analysis.workload.loads import list_assumptions, measure_loads
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
    strength : str
        Where the strength behind the shares is known from.
    assumptions : tuple of str
        What was not measured and taken for granted, one sentence each.
    """

    body: Body
    loads: pd.DataFrame
    doses: pd.DataFrame
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
    if sex is None:
        assumptions.append("the sex was not given: body segments are the mean of both tables, and less sure")
    return Workload(body, loads, measure_doses(loads, angles, reps, body, ability), ability.source, tuple(assumptions))

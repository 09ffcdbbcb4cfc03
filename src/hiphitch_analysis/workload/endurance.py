"""A session followed through: the three pools over time, what a weight, a drop or a rest does to the repetitions, and how strong one has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.equivalence import Range, range_of_reps
from hiphitch_analysis.workload.fatigue import Ability, fatigue_after, mean_share, peak_share, predict_sets, recover, reps_to_failure
from hiphitch_analysis.workload.repetition import Demand, Repetition, demand_of
from hiphitch_analysis.workload.strength import ability_from_torque

Array = NDArray[np.float64]

AS_TAUGHT = Repetition(posture="rigid-leg")  # 8° down, a second down and a second up, hip and free leg one unit, trunk upright
STEP_S = 1.0
STRONGEST = 30.0  # how many times stronger than one repetition needs the search goes


def middle_ability(strength_nm: ArrayLike) -> Ability:
    """Return somebody exactly so strong [N·m], who tires as `norms` has it and is as heavy as the tables say; an array: as many people.

    Examples
    --------
    >>> middle_ability(120.0).rate
    array([1.])
    """
    strength = np.atleast_1d(np.asarray(strength_nm, dtype=float))
    return Ability(strength, np.ones_like(strength), np.ones_like(strength), "a strength that is given")


def trace_pools(strength_nm: float, demand: Demand, sets: int, reps: float, rest_s: float) -> pd.DataFrame:
    """Follow the resting, active and fatigued share of the muscle through a session.

    Parameters
    ----------
    strength_nm : float
        Largest moment of the rested muscle [N·m].
    demand : Demand
        Of one repetition.
    sets : int
    reps : float
        Asked for in each set; a set ends there, or at failure.
    rest_s : float
        Between two sets [s].

    Returns
    -------
    DataFrame
        Index ``time_s`` [s], once a second and at every beginning and end: ``set``, ``pause`` (True in the rest after that set), ``reps`` done in
        that set, the shares ``active_share`` (mean over a repetition), ``fatigued_share`` and ``resting_share`` [0–1], which add up to one, and
        ``fails_at``, the fatigued share at which the peak of a repetition finds nothing left.

    Examples
    --------
    >>> pools = trace_pools(120.0, Demand(mean_nm=68.4, peak_nm=72.0, rep_s=2.0), sets=2, reps=45, rest_s=60)
    >>> pools.groupby("set")["reps"].max().round(1).tolist()
    [24.2, 18.1]
    """
    ability, time, fatigued, parts = middle_ability(strength_nm), 0.0, np.zeros(1), []
    load, fails_at = float(mean_share(ability, demand)[0]), max(0.0, float(1 - peak_share(ability, demand)[0]))
    for number in range(1, sets + 1):
        done = min(float(reps_to_failure(ability, demand, fatigued)[0]), reps)
        working = _instants(done * float(demand.rep_s))
        tired = fatigue_after(ability, demand, working / float(demand.rep_s), fatigued)
        parts.append(pd.DataFrame({"time_s": time + working, "set": number, "pause": False, "reps": working / float(demand.rep_s)}))
        parts[-1] = parts[-1].assign(active_share=load, fatigued_share=tired)
        time, fatigued = time + working[-1], tired[-1:]
        if number < sets:
            pause = _instants(rest_s)
            tired = recover(ability, fatigued, pause)
            parts.append(pd.DataFrame({"time_s": time + pause, "set": number, "pause": True, "reps": done, "active_share": 0.0}))
            parts[-1] = parts[-1].assign(fatigued_share=tired)
            time, fatigued = time + rest_s, tired[-1:]
    pools = pd.concat(parts).set_index("time_s")
    return pools.assign(resting_share=1 - pools["active_share"] - pools["fatigued_share"], fails_at=fails_at)


def price_changes(body: Body, strength_nm: float, repetition: Repetition) -> pd.DataFrame:
    """Count the repetitions to failure of a fresh set before and after three changes that make it harder, each on its own.

    Parameters
    ----------
    body : Body
    strength_nm : float
        Largest moment of the rested muscle [N·m].
    repetition : Repetition
        As it is before.

    Returns
    -------
    DataFrame
        ``change, reps``; the first row is without a change.
    """
    heavier, deeper = replace(repetition, ankle_kg=repetition.ankle_kg + 2), replace(repetition, drop_deg=1.5 * repetition.drop_deg)
    cases = (
        ("as it is", strength_nm, repetition),
        ("a tenth less strength", 0.9 * strength_nm, repetition),
        ("2 kg more at the ankle", strength_nm, heavier),
        (f"a drop of {deeper.drop_deg:g}° instead of {repetition.drop_deg:g}°", strength_nm, deeper),
    )
    rows = [(change, float(reps_to_failure(middle_ability(strong), demand_of(body, rep))[0])) for change, strong, rep in cases]
    return pd.DataFrame(rows, columns=["change", "reps"])


def vary_strength(body: Body, demand: Demand, values: Sequence[float]) -> pd.DataFrame:
    """Count the repetitions to failure of a fresh set for people of different strength.

    Parameters
    ----------
    body : Body
    demand : Demand
        Of one repetition.
    values : sequence of float
        Strengths per body mass, as a dynamometer would find them [N·m/kg].

    Returns
    -------
    DataFrame
        As `vary_repetition`.
    """
    return _lay_out(values, [range_of_reps(ability_from_torque(value * body.mass_kg, body), demand) for value in values])


def vary_repetition(body: Body, ability: Ability, repetition: Repetition, what: str, values: Sequence[float]) -> pd.DataFrame:
    """Count the repetitions to failure of a fresh set while one thing about the repetition changes.

    Parameters
    ----------
    body : Body
    ability : Ability
    repetition : Repetition
        As it is otherwise.
    what : str
        Name of a field of `Repetition`, e.g. ``ankle_kg``.
    values : sequence of float
        What it takes on, in its unit.

    Returns
    -------
    DataFrame
        ``value, reps_p10, reps_median, reps_p90``; infinite where recovery keeps up.
    """
    changed = [replace(repetition, **{what: value}) for value in values]  # type: ignore[arg-type]
    return _lay_out(values, [range_of_reps(ability, demand_of(body, each)) for each in changed])


def vary_rest(ability: Ability, demand: Demand, sets: int, reps: float, values: Sequence[float]) -> pd.DataFrame:
    """Count the repetitions that could be done in the last of some sets while the rest between them changes.

    Parameters
    ----------
    ability : Ability
    demand : Demand
        Of one repetition.
    sets : int
    reps : float
        Asked for in each set before; they end there, or at failure.
    values : sequence of float
        Rests between two sets [s].

    Returns
    -------
    DataFrame
        As `vary_repetition`.
    """
    last = [predict_sets(ability, demand, sets, reps, value).iloc[-1] for value in values]
    return _lay_out(values, [Range(row["reps_p10"], row["reps_median"], row["reps_p90"]) for row in last])


def least_strength(demand: Demand, sets: int, reps: float, rest_s: float) -> float:
    """Find the strength with which every set is just completed [N·m], to a thousandth.

    Parameters
    ----------
    demand : Demand
        Of one repetition.
    sets : int
    reps : float
        In each set.
    rest_s : float
        Between two sets [s].

    Examples
    --------
    >>> round(least_strength(Demand(mean_nm=68.4, peak_nm=72.0, rep_s=2.0), sets=1, reps=24.2, rest_s=60))
    120
    """
    strengths = np.geomspace(float(demand.peak_nm), STRONGEST * float(demand.peak_nm), 4000)
    people, fatigued, able = middle_ability(strengths), np.zeros_like(strengths), np.ones(len(strengths), dtype=bool)
    for _ in range(sets):
        able &= reps_to_failure(people, demand, fatigued) >= reps
        fatigued = recover(people, fatigue_after(people, demand, reps, fatigued), rest_s)
    return float(strengths[np.argmax(able)])


def _instants(duration_s: float) -> Array:
    """Return every second of a duration, and its end."""
    return np.append(np.arange(0, duration_s, STEP_S), duration_s)


def _lay_out(values: Sequence[float], ranges: list[Range]) -> pd.DataFrame:
    rows = [(value, found.low, found.median, found.high) for value, found in zip(values, ranges, strict=True)]
    return pd.DataFrame(rows, columns=["value", "reps_p10", "reps_median", "reps_p90"])

"""What stands for what: a kilogram at the ankle in repetitions, seconds or degrees, and the ankle weight that keeps an effort.

Two ways to train are equally hard here when they end equally near to failure: when their repetitions are the same share of those possible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.schema import ANKLE_KG
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.fatigue import Ability, reps_to_failure
from hiphitch_analysis.workload.repetition import Demand, Repetition, demand_of

Array = NDArray[np.float64]

QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is not known exactly: its median and the ends of its 80 % interval; NaN where there is none."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Equivalents:
    """What makes a set as hard as some more weight at the ankle does, each on its own.

    Attributes
    ----------
    added_kg : float
        The weight [kg].
    moment_share : float
        What it adds to the mean moment, as a share [–].
    reps : Range
        So many repetitions more.
    phase_s : Range
        So much slower, each phase [s].
    drop_deg : Range
        So much deeper [°].
    """

    added_kg: float
    moment_share: float
    reps: Range
    phase_s: Range
    drop_deg: Range


def find_equivalents(body: Body, ability: Ability, repetition: Repetition, reps: float, added_kg: float = 1.0) -> Equivalents:
    """Find what makes a set as hard as `added_kg` more at the ankle.

    Parameters
    ----------
    body : Body
    ability : Ability
    repetition : Repetition
        As it is done now.
    reps : float
        Repetitions of the set as it is done now.
    added_kg : float, default 1
        [kg]

    Returns
    -------
    Equivalents
        Ranges over what is not known of the athlete. Worlds in which the set as it is cannot be begun, or never ends, are left out.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> from hiphitch_analysis.workload.strength import ability_from_torque
    >>> found = find_equivalents(estimate_body(75, 1.78, "male"), ability_from_torque(150.0, estimate_body(75, 1.78, "male")), Repetition(), reps=30)
    >>> round(found.moment_share, 3), round(found.reps.median, 1), round(found.phase_s.median, 2), round(found.drop_deg.median, 1)
    (0.025, 1.6, 0.06, 2.3)
    """
    now, heavier = (demand_of(body, each) for each in (repetition, replace(repetition, ankle_kg=repetition.ankle_kg + added_kg)))
    possible, then = reps_to_failure(ability, now), reps_to_failure(ability, heavier)
    usable = np.isfinite(possible) & np.isfinite(then) & (then > 0)
    slower = np.linspace(repetition.phase_s, 2.5 * repetition.phase_s, 151)
    deeper = np.linspace(repetition.drop_deg, repetition.drop_deg + 20, 201)
    return Equivalents(
        added_kg=added_kg,
        moment_share=float(heavier.mean_nm / now.mean_nm - 1),
        reps=_range(reps * (possible[usable] / then[usable] - 1)),
        phase_s=_range(_reach(body, ability, [replace(repetition, phase_s=s) for s in slower], slower, then)[usable] - repetition.phase_s),
        drop_deg=_range(_reach(body, ability, [replace(repetition, drop_deg=d) for d in deeper], deeper, then)[usable] - repetition.drop_deg),
    )


def find_ankle_weight(body: Body, ability: Ability, repetition: Repetition, reps: float, effort: float = 0.8) -> Range:
    """Find the ankle weight with which a set is so hard.

    Parameters
    ----------
    body : Body
    ability : Ability
    repetition : Repetition
        Its own ankle weight does not matter.
    reps : float
        Repetitions of the set.
    effort : float, default 0.8
        These repetitions as a share of those possible [0–1]; 1 is failure.

    Returns
    -------
    Range
        [kg]. 0 where the set is harder than that without a weight; 30 kg is the end of the range.

    Raises
    ------
    ValueError
        An effort that is not above 0 and at most 1.
    """
    if not 0 < effort <= 1:
        raise ValueError(f"effort: expected above 0 and at most 1, got {effort:g}. It is the repetitions done over those possible.")
    weights = np.linspace(*ANKLE_KG, 151)
    wanted = np.full(len(ability.strength_nm), reps / effort)
    found = _reach(body, ability, [replace(repetition, ankle_kg=kg) for kg in weights], weights, wanted)
    return _range(np.where(np.isnan(found), ANKLE_KG[1], found))


def _reach(body: Body, ability: Ability, harder: list[Repetition], values: Array, wanted: Array) -> Array:
    """Return, for each world, the first of `values` with which so few repetitions are possible, between two of them by a straight line.

    The first value where even that is hard enough; NaN where none is.
    """
    possible = np.stack([reps_to_failure(ability, demand_of(body, each)) for each in harder])
    enough = possible <= wanted
    at = np.argmax(enough, axis=0)
    before, worlds = np.maximum(at - 1, 0), np.arange(possible.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (possible[before, worlds] - wanted) / (possible[before, worlds] - possible[at, worlds])
    between = values[before] + np.where(np.isfinite(part), part, 1.0) * (values[at] - values[before])
    return np.where(enough.any(axis=0), between, np.nan)


def _range(values: Array) -> Range:
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2 or not len(known):
        return Range(np.nan, np.nan, np.nan)
    return Range(*(float(q) for q in np.quantile(known, QUANTILES)))


def range_of_reps(ability: Ability, demand: Demand) -> Range:
    """Return how many repetitions there are before failure; infinite where recovery keeps up."""
    return Range(*(float(q) for q in np.quantile(reps_to_failure(ability, demand), QUANTILES, method="nearest")))

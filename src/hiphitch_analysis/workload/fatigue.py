"""Three compartments: how the load of a set becomes fatigue, how many repetitions there are before failure, and what a rest gives back.

Motor units rest, work or are fatigued. Working ones follow the load L, a share of strength; they tire at the rate F, and fatigued ones recover at the
rate R, r times faster at rest: dM/dt = F L − R M under load, −r R M at rest. What is left is 1 − M, and a set fails when the load's peak reaches it.
Within a set of hip hitches the load never rests. Working units are taken to follow the load at once (the papers: within a tenth of a second).

References
----------
Xia T, Frey Law LA. A theoretical approach for modeling peripheral muscle fatigue and recovery. J Biomech 2008;41:3046-52.
doi:10.1016/j.jbiomech.2008.07.013
Frey-Law LA, Looft JM, Heitsman J. A three-compartment muscle fatigue model accurately predicts joint-specific maximum endurance times for sustained
isometric tasks. J Biomech 2012;45:1803-8. doi:10.1016/j.jbiomech.2012.04.018
Looft JM, Herkert N, Frey-Law L. Modification of a three-compartment muscle fatigue model to predict peak torque decline during intermittent tasks.
J Biomech 2018;77:16-25. doi:10.1016/j.jbiomech.2018.06.005
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hiphitch_analysis.norms import HIP_FATIGUE_PER_S, HIP_RECOVERY_PER_S, REST_MULTIPLIER
from hiphitch_analysis.workload.repetition import Demand

Array = NDArray[np.float64]

F, R = HIP_FATIGUE_PER_S.value, HIP_RECOVERY_PER_S.value


@dataclass(frozen=True, slots=True)
class Ability:
    """What somebody's hip abductors can do, as equally likely worlds; `strength` makes it from a test or from a population.

    Attributes
    ----------
    strength_nm : ndarray, shape (n,)
        Largest moment the rested muscle holds [N·m].
    rate : ndarray, shape (n,)
        How many times faster it tires and recovers than the rates in `norms`.
    heaviness : ndarray, shape (n,)
        How many times heavier a repetition is for this body, and in the form it is done in, than the model's tables say.
    source : str
        Where that is known from, in words.
    """

    strength_nm: Array
    rate: Array
    heaviness: Array
    source: str


def mean_share(ability: Ability, demand: Demand) -> Array:
    """Return the mean moment of a repetition as a share of strength, in each world."""
    return np.asarray(demand.mean_nm * ability.heaviness / ability.strength_nm)


def peak_share(ability: Ability, demand: Demand) -> Array:
    """Return the highest moment of a repetition as a share of strength, in each world."""
    return np.asarray(demand.peak_nm * ability.heaviness / ability.strength_nm)


def fatigue_after(ability: Ability, demand: Demand, reps: ArrayLike, fatigued: ArrayLike = 0.0) -> Array:
    """Return the fatigued share [0–1] after some repetitions that follow one another without a rest."""
    settled, lasting = _settles(ability, demand), np.exp(-R * ability.rate * np.asarray(reps) * demand.rep_s)
    return np.asarray(settled + (np.asarray(fatigued) - settled) * lasting)


def recover(ability: Ability, fatigued: ArrayLike, rest_s: ArrayLike) -> Array:
    """Return what is left of the fatigued share after a rest."""
    return np.asarray(np.asarray(fatigued) * np.exp(-REST_MULTIPLIER.value * R * ability.rate * np.asarray(rest_s)))


def recovery_half_time(ability: Ability) -> Array:
    """Return how long half of the fatigue takes to leave a resting muscle [s], in each world."""
    return np.asarray(np.log(2) / (REST_MULTIPLIER.value * R * ability.rate))


def reps_to_failure(ability: Ability, demand: Demand, fatigued: ArrayLike = 0.0) -> Array:
    """Return how many repetitions there are before the load's peak reaches what is left of the muscle.

    Parameters
    ----------
    ability : Ability
    demand : Demand
        Of one repetition.
    fatigued : array_like
        Fatigued share at the beginning [0–1].

    Returns
    -------
    ndarray, shape (n,)
        With a fraction; 0 where the first one is too heavy, infinite where recovery keeps up.

    Examples
    --------
    >>> import numpy as np
    >>> one = Ability(np.array([120.0]), np.array([1.0]), np.array([1.0]), "an example")  # 75 kg, 1.6 N·m/kg
    >>> reps_to_failure(one, Demand(mean_nm=68.4, peak_nm=72.0, rep_s=2.0)).round(1)
    array([24.2])
    """
    settled, start = _settles(ability, demand), np.asarray(fatigued, dtype=float)
    room = 1 - peak_share(ability, demand)
    with np.errstate(divide="ignore", invalid="ignore"):
        time_s = np.log((settled - start) / (settled - room)) / (R * ability.rate)
    reps = np.where(settled > room, time_s / demand.rep_s, np.inf)
    return np.asarray(np.where(room <= start, 0.0, reps))


def hold_time(load: ArrayLike, rate: ArrayLike = 1.0) -> Array:
    """Return how long a share of strength can be held by the rested muscle [s].

    Examples
    --------
    >>> hold_time([0.3, 0.5, 0.7]).round(1)
    array([177. ,  70.2,  29.2])
    """
    load, rate = np.asarray(load, dtype=float), np.asarray(rate, dtype=float)
    reached = R * (1 - load) / (F * load)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(reached < 1, -np.log1p(-reached) / (R * rate), np.inf))


def load_of_hold(hold_s: ArrayLike, rate: ArrayLike = 1.0) -> Array:
    """Return the share of strength that is held for so long by the rested muscle; the inverse of `hold_time`."""
    lasting = -np.expm1(-R * np.asarray(rate) * np.asarray(hold_s))
    return np.asarray(R / (R + F * lasting))


def predict_sets(ability: Ability, demand: Demand, sets: int, reps: float, rest_s: float) -> pd.DataFrame:
    """Follow a session set by set.

    Parameters
    ----------
    ability : Ability
    demand : Demand
        Of one repetition.
    sets : int
    reps : float
        Asked for in each set; a set ends there, or at failure.
    rest_s : float
        Between two sets on one side [s].

    Returns
    -------
    DataFrame
        One row per set: ``set``, ``reps_p10``, ``reps_median``, ``reps_p90`` (that could be done), ``chance_complete`` [0–1], ``effort_median`` (of
        the last repetition: its peak over what is left; 1 is failure) and ``fatigued_median`` (at the end of the set).
    """
    fatigued, rows = np.zeros_like(ability.strength_nm), []
    for number in range(1, sets + 1):
        possible = reps_to_failure(ability, demand, fatigued)
        done = np.minimum(possible, reps)
        fatigued = fatigue_after(ability, demand, done, fatigued)
        p10, median, p90 = np.quantile(possible, (0.1, 0.5, 0.9), method="nearest")
        effort = peak_share(ability, demand) / np.maximum(1 - fatigued, 1e-9)
        rows.append(
            {
                "set": number,
                "reps_p10": float(p10),
                "reps_median": float(median),
                "reps_p90": float(p90),
                "chance_complete": float(np.mean(possible >= reps)),
                "effort_median": float(np.median(np.minimum(effort, 1.0))),
                "fatigued_median": float(np.median(fatigued)),
            }
        )
        fatigued = recover(ability, fatigued, rest_s)
    return pd.DataFrame(rows)


def _settles(ability: Ability, demand: Demand) -> Array:
    """Return the fatigued share that the load would end in, were there no failure; above 1 for most loads."""
    return np.asarray(F / R * mean_share(ability, demand))

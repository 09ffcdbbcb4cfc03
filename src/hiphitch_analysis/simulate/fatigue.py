"""The three-compartment fatigue model with rest recovery (3CC-r): how load becomes fatigue, and fatigue failure.

Motor units are resting, active or fatigued, as shares of one. Active ones follow the load, tire at the rate F and recover at the rate R, faster by
the multiplier r while the muscle rests. What is left for work is 1 − fatigued; *brain effort* is load over what is left, and at 1 the muscle fails.

Departure from the papers' rule: there the multiplier acts whenever the active share is above the target, so also on the falling half of every
cycle of a movement, which a muscle that never rests would feel as rest. Here it acts while the muscle carries nothing.

References
----------
Xia T, Frey Law LA. A theoretical approach for modeling peripheral muscle fatigue and recovery. J Biomech 2008. doi:10.1016/j.jbiomech.2008.07.013
Looft JM, Herkert N, Frey-Law L. Modification of a three-compartment muscle fatigue model to predict peak torque decline during intermittent tasks.
J Biomech 2018. doi:10.1016/j.jbiomech.2018.06.005
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DRIVE_PER_S = 10.0  # how fast active units follow the load, up and down [1/s], as in the papers
REST_LOAD = 0.01  # below this share of strength a muscle counts as resting


@dataclass(frozen=True, slots=True)
class Muscle:
    """Fatigue parameters of one muscle group.

    Attributes
    ----------
    fatigue_rate, recovery_rate : float
        F and R [1/s].
    rest_multiplier : float
        r: recovery is this many times faster at rest [–].
    """

    fatigue_rate: float
    recovery_rate: float
    rest_multiplier: float = 15.0


# No values were published for the hip. Assumption: the hip abductors tire like the knee extensors, which also fits the measured side-lying hold;
# the group without a joint of its own ("general") is the enduring end of the spread.
KNEE = Muscle(0.01500, 0.00149)
GENERAL = Muscle(0.00970, 0.00091)


def tire(fatigued: float, load: float, duration_s: float, muscle: Muscle) -> float:
    """Return the fatigued share after a constant load, the active share taken to follow it at once.

    Parameters
    ----------
    fatigued : float
        Share at the beginning [0–1].
    load : float
        Share of strength [0–1]; 0 is rest.
    duration_s : float
        [s]
    muscle : Muscle

    Examples
    --------
    >>> round(tire(0.4, 0.0, 60.0, KNEE), 3)  # a minute of rest leaves 26 % of it
    0.105
    """
    rate = muscle.recovery_rate * (muscle.rest_multiplier if load < REST_LOAD else 1.0)
    settled = muscle.fatigue_rate * load / rate
    return settled + (fatigued - settled) * math.exp(-rate * duration_s)


def hold_time(load: float, muscle: Muscle) -> float:
    """Return how long a constant load can be held [s]: until load = 1 − fatigued; infinite when recovery keeps up.

    Examples
    --------
    >>> round(hold_time(0.4, KNEE)), hold_time(0.02, KNEE)
    (108, inf)
    """
    reached = muscle.recovery_rate * (1 - load) / (muscle.fatigue_rate * load)
    return -math.log(1 - reached) / muscle.recovery_rate if reached < 1 else math.inf


def trace_fatigue(load: Array, step_s: float, muscle: Muscle) -> Array:
    """Integrate the three compartments over a load that changes.

    Parameters
    ----------
    load : ndarray, shape (n,)
        Share of strength wanted [0–1], one value per step.
    step_s : float
        Step [s], at most 0.1: active units follow with a time constant of 0.1 s.
    muscle : Muscle

    Returns
    -------
    ndarray, shape (n, 2)
        Active and fatigued share at the end of each step.
    """
    if step_s > 0.1:
        raise ValueError(f"step_s: expected at most 0.1 s, got {step_s!r}. Active units follow the load within 0.1 s.")
    follow = 1 - math.exp(-DRIVE_PER_S * step_s)
    fast = muscle.rest_multiplier * muscle.recovery_rate * step_s
    slow, spent = muscle.recovery_rate * step_s, muscle.fatigue_rate * step_s
    active = fatigued = 0.0
    out = []
    for wanted in load.tolist():
        resting = 1.0 - active - fatigued
        gap = wanted - active
        moved = follow * (min(gap, resting) if gap > 0 else gap)
        tiring = spent * (active + moved / 2)
        active += moved - tiring
        fatigued += tiring - (fast if wanted < REST_LOAD else slow) * fatigued
        out.append((active, fatigued))
    return np.array(out).reshape(-1, 2)

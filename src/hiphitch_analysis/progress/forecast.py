"""CAPACITY → when 3 × 45 is reached: first passage of the weaker side's third set, simulated from everything that is not known for certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.capacity import Branch, Capacity
from hiphitch_analysis.progress.growth import Law
from hiphitch_analysis.progress.marginal import Marginal, Variances
from hiphitch_analysis.progress.observe import REPS_BEFORE
from hiphitch_analysis.progress.parameters import EFFECTS
from hiphitch_analysis.progress.posterior import draw_parameters

Array = NDArray[np.float64]

GOAL_SETS, GOAL_REPS = 3, 45
WORLDS, DRAWS_IN_EACH = 50, 40


@dataclass(frozen=True, slots=True)
class World:
    """One law of growth with one set of parameters that the log allows, and athletes drawn from what it then says of them.

    Attributes
    ----------
    law : Law
    level : ndarray, shape (d, a, 2)
        Log capacity of a first set on left and right in the first week, without ankle weight.
    gain : ndarray, shape (d, a)
        Growth of it in the first week [1/week].
    rate : ndarray, shape (d, a)
        By which growth slows down [1/week].
    of_set : tuple of float
        What first, second and third sets differ from the first, nothing done before.
    before : float
        Effect of one repetition done before.
    load : float
        Effect of ankle weight as a share of body mass.
    variances : Variances
    """

    law: Law
    level: Array
    gain: Array
    rate: Array
    of_set: tuple[float, float, float]
    before: float
    load: float
    variances: Variances

    def grow(self, weeks: Array) -> Array:
        """Return the growth of log capacity after `weeks`, shape (a,): shape (d, a)."""
        return np.asarray(self.gain * self.law.grow(weeks, self.rate))


def draw_worlds(capacity: Capacity, worlds: int = WORLDS, draws: int = DRAWS_IN_EACH, seed: int = 0) -> tuple[World, ...]:
    """Draw from the posterior: growth laws by their weights, parameters, and the athletes given these.

    Parameters
    ----------
    capacity : Capacity
    worlds : int
        How many laws with parameters; the athletes' effects are found anew for each.
    draws : int
        Of all athletes in each of them.
    seed : int

    Returns
    -------
    tuple of World
    """
    rng = np.random.default_rng(seed)
    # Shares of the worlds, rounded so that they add up, and so that a law of small weight keeps its chance to be drawn.
    bounds = np.cumsum([branch.weight for branch in capacity.branches])
    law = np.minimum(np.searchsorted(bounds, (np.arange(worlds) + rng.random()) / worlds), len(bounds) - 1)
    return tuple(
        _draw_world(branch, *drawn, draws, rng)
        for place, branch in enumerate(capacity.branches)
        for drawn in draw_parameters(branch.design, branch.peak, int((law == place).sum()), rng)
    )


def _draw_world(branch: Branch, vector: Array, found: Marginal, draws: int, rng: np.random.Generator) -> World:
    layout = branch.peak.layout
    scatter = rng.standard_normal((draws, *found.mean.shape))
    effects = found.mean + np.einsum("aij,daj->dai", np.linalg.cholesky(found.cov), scatter)
    m = layout.columns
    at = dict(zip(layout.names, vector.tolist(), strict=True))
    # Where nobody carried a weight yet, what it costs is what is believed beforehand.
    load = at.get("load", EFFECTS["load"][0] + EFFECTS["load"][1] * float(rng.standard_normal()))
    rate = branch.law.rate * (np.exp(effects[:, :, 2]) if m == 3 else np.ones(effects.shape[:2]))
    level = at["level"] + effects[:, :, :1] + effects[:, :, m:]
    of_set = (0.0, at["second_set"], at["second_set"] + at["third_set"])
    return World(branch.law, level, at["gain"] + effects[:, :, 1], rate, of_set, at["before"] / REPS_BEFORE, load, layout.unpack(vector)[1])


def weeks_to_goal(worlds: Sequence[World]) -> Array:
    """Return after how many weeks since their first session the athletes reach 3 × 45, shape (d, a); infinite: never.

    3 × 45 is reached when the noise-free capacity of the weaker side's third set, on a day of three sets of 45, is 45 repetitions.
    """
    return np.concatenate([_weeks_to_goal(world) for world in worlds])


def _weeks_to_goal(world: World) -> Array:
    tired = world.of_set[GOAL_SETS - 1] + world.before * (GOAL_SETS - 1) * GOAL_REPS
    missing = np.log(GOAL_REPS) - world.level.min(axis=2) - tired
    grows = world.gain > 0
    weeks = world.law.weeks_to(missing / np.where(grows, world.gain, 1.0), world.rate)
    return np.asarray(np.where(missing <= 0, 0.0, np.where(grows, weeks, np.inf)))


def log_capacity(worlds: Sequence[World], weeks: Array) -> Array:
    """Return the log capacity of a first set on a usual day, shape (d, a, 2), at `weeks` since each athlete's first session, shape (a,)."""
    return np.concatenate([world.level + world.grow(weeks)[:, :, None] for world in worlds])


def chance_to_complete(
    worlds: Sequence[World], weeks: Array, sets: int, reps: int, spare: int = 0, load: Array | float = 0.0, seed: int = 0
) -> Array:
    """Return the chance that every set of a session reaches its target with repetitions to spare, on each side.

    Parameters
    ----------
    worlds : sequence of World
    weeks : ndarray, shape (a,)
        When, since each athlete's first session.
    sets, reps : int
        What is asked of each side.
    spare : int
        Repetitions that could still be done well.
    load : ndarray, shape (a,), or float
        Ankle weight as a share of body mass.
    seed : int
        Of the day's luck.

    Returns
    -------
    ndarray, shape (a, 2)
    """
    rng = np.random.default_rng(seed)
    held = []
    for world in worlds:
        now, sd = world.level + (world.grow(weeks) + world.load * np.asarray(load))[:, :, None], world.variances
        day = rng.normal(0, sd.session, (*now.shape[:2], 1)) + rng.normal(0, sd.side_session, now.shape)
        enough = np.ones(now.shape, dtype=bool)
        for number in range(sets):
            able = now + day + world.of_set[min(number, 2)] + world.before * number * reps + rng.normal(0, sd.residual, now.shape)
            enough &= able >= np.log(reps + spare)
        held.append(enough)
    return np.asarray(np.concatenate(held).mean(axis=0))

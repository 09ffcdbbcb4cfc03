"""Sets that only say "between" or "at least", each replaced by the normal distribution that moves the athlete as the set itself would.

What makes such a likelihood hard is its shape: an "at least" cuts off what lies below and says nothing about what lies above, so that its peak and
the curvature there (Laplace's method) tell little of it. Here every set's own distribution is matched by its mean and variance instead, given all
other sets: expectation propagation. What is left is a linear model with normal errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Curvature, Days, Design, factorise
from hiphitch_analysis.progress.likelihood import Likelihood, censored_normal

Array = NDArray[np.float64]

SWEEPS = 60
TOLERANCE = 1e-4  # of a standard deviation of log capacity; the marginal likelihood is wrong by about its square
HARDLY = 1e-2  # what is still moving that much after all sweeps has no answer
SLOW, SHORTER, SHORTEST = 0.9, 0.6, 0.1  # where a sweep hardly helps, the next goes less far
WARY = 0.3  # and where it has come to that, the trend of two is not followed either
PATIENCE = 30  # sweeps; whoever still swings is then led by short steps only
MOST_CERTAIN = 1.0 - 1e-5  # share of what is known of a set's log capacity that the set itself may tell
FARTHEST = 5.0  # times a sweep, when the trend of two is followed


@dataclass(frozen=True, slots=True)
class Sites:
    """For each set, the normal distribution that stands for it, in natural parameters of log capacity.

    Attributes
    ----------
    precision : ndarray, shape (n,)
        Inverse variance; 0 where a set says nothing.
    pull : ndarray, shape (n,)
        Precision times mean.
    """

    precision: Array
    pull: Array


@dataclass(frozen=True, slots=True)
class Posterior:
    """The random effects given what stands for the sets.

    Attributes
    ----------
    curvature : Curvature
    pull : ndarray, shape (s, 2)
        Of each cell's sets on what its effects add up to.
    white : ndarray, shape (a, m + 2)
        Mean of the whitened effects of athletes.
    day : ndarray, shape (s, 2)
        Mean of the effects of days on left and right.
    mean, variance : ndarray, shape (n,)
        Of the effects that act on each set, added up.
    """

    curvature: Curvature
    pull: Array
    white: Array
    day: Array
    mean: Array
    variance: Array


@dataclass(frozen=True, slots=True)
class Others:
    """What all other sets say of each set.

    Attributes
    ----------
    mean, variance : ndarray, shape (n,)
        Of the effects that act on it, added up.
    sigma : ndarray, shape (n,)
        Standard deviation of its log capacity.
    likelihood : Likelihood
        Of what it says.
    """

    mean: Array
    variance: Array
    sigma: Array
    likelihood: Likelihood


def nothing_said(design: Design) -> Sites:
    """Return where every search may begin."""
    return Sites(np.zeros(len(design.cell)), np.zeros(len(design.cell)))


def combine(design: Design, sites: Sites, base: Array, days: Days, factor: Array) -> Posterior:
    """Put together what all sets say.

    Parameters
    ----------
    design : Design
    sites : Sites
    base : ndarray, shape (n,)
        Log capacity without random effects.
    days : Days
    factor : ndarray, shape (m + 2, m + 2)
        As in `Variances`.

    Returns
    -------
    Posterior
    """
    curvature = factorise(design, design.per_cell(sites.precision), days, factor)
    pull = design.per_cell(sites.pull - sites.precision * base)
    white, day = curvature.solve(design, design.collect(pull) @ factor, pull)
    of_cell = design.spread(white @ factor.T) + day
    return Posterior(curvature, pull, white, day, of_cell.ravel()[design.cell], curvature.of_cells(design).ravel()[design.cell])


def leave_out(design: Design, sites: Sites, base: Array, posterior: Posterior, residual: float) -> Others:
    """Take each set's own word out of what all say, and see how likely what it says is then."""
    told = np.minimum(sites.precision * posterior.variance, MOST_CERTAIN)
    variance = posterior.variance / (1.0 - told)
    mean = variance * (posterior.mean / posterior.variance - (sites.pull - sites.precision * base))
    sigma = np.sqrt(residual**2 + variance)
    return Others(mean, variance, sigma, censored_normal(design.bounds, base + mean, sigma))


def renew(others: Others, base: Array) -> Sites:
    """Return the normal distributions that leave each set's effects the same mean and variance as its own likelihood does."""
    score, weight = others.likelihood.score, others.likelihood.weight
    left = 1.0 - np.minimum(others.variance * weight, MOST_CERTAIN)
    precision = weight / left
    return Sites(precision, (score + others.mean * weight) / left + precision * base)


def match(design: Design, base: Array, residual: float, days: Days, factor: Array, start: Sites, tolerance: float) -> tuple[Sites, Posterior, Others]:
    """Find the sites that agree with each other: sweeps over all sets at once, every athlete following the trend of his last two.

    Raises
    ------
    FloatingPointError
        The parameters are so far off that no such sites were found.
    """
    sites, length = start, np.ones(len(design.first_set))
    moved = np.full(len(length), np.inf)
    before: tuple[Sites, Array, Array] | None = None
    for sweep in range(SWEEPS):
        posterior = combine(design, sites, base, days, factor)
        others = leave_out(design, sites, base, posterior, residual)
        new = renew(others, base)
        spread = posterior.variance
        wider = new.precision - sites.precision
        further = new.pull - sites.pull - wider * base
        step = np.maximum(np.abs(wider) * spread, np.abs(further - wider * posterior.mean) * np.sqrt(spread))
        last, moved = moved, np.maximum.reduceat(step, design.first_set)
        on_average = float(moved.mean())
        if on_average <= tolerance or (sweep == SWEEPS - 1 and on_average <= HARDLY):
            return sites, posterior, others
        if not np.isfinite(on_average):
            break
        slow = moved > SLOW * last
        length = np.where(slow, np.maximum(SHORTER * length, SHORTEST), length)
        now = sites, wider, further
        sites = _advance(design, base, spread, now, before, length, ~slow | (length >= WARY))
        before = now
        if sweep >= PATIENCE:
            length, before = np.minimum(length, WARY), None
    if start.precision.any():  # what stood for the sets elsewhere leads astray
        return match(design, base, residual, days, factor, nothing_said(design), tolerance)
    raise FloatingPointError("no sites were found that agree with each other")


def _advance(
    design: Design,
    base: Array,
    spread: Array,
    now: tuple[Sites, Array, Array],
    before: tuple[Sites, Array, Array] | None,
    length: Array,
    follow: NDArray[np.bool_],
) -> Sites:
    """Go on from `now`, sites and the changes that a sweep made: to where the changes would vanish, were they to go on as since `before`.

    Where that is nowhere (a precision would be negative), and for athletes who do not `follow` it, go as far as the sweep did, times `length`.
    """
    sites, wider, further = now
    athlete = design.athlete[design.cell // 2]
    plain = length[athlete]
    precision, pull = sites.precision + plain * wider, sites.pull + plain * (further + wider * base)
    if before is not None:
        old, old_wider, old_further = before
        bent, drifted = wider - old_wider, further - old_further
        along = design.per_athlete_sets(wider * bent * spread**2 + further * drifted * spread)
        across = design.per_athlete_sets(bent**2 * spread**2 + drifted**2 * spread)
        share = np.clip(along / np.maximum(across, 1e-300), -FARTHEST, FARTHEST)[athlete]
        ahead = sites.precision + wider - share * (sites.precision - old.precision + bent)
        trusted = (follow & (np.minimum.reduceat(ahead, design.first_set) >= 0.0))[athlete]
        pull = np.where(trusted, sites.pull + further + wider * base - share * (sites.pull - old.pull + drifted + bent * base), pull)
        precision = np.where(trusted, ahead, precision)
    return Sites(precision, pull)

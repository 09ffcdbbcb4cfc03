"""One growth law fitted to a log: the penalised marginal likelihood at its peak, and how sharp the peak is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hiphitch_analysis.progress.blocks import Design
from hiphitch_analysis.progress.marginal import Marginal, marginal_likelihood
from hiphitch_analysis.progress.matching import TOLERANCE, Sites
from hiphitch_analysis.progress.parameters import Layout
from hiphitch_analysis.progress.start import find_start

Array = NDArray[np.float64]

ENOUGH = 0.1  # gradient in units of the parameters' own uncertainty: near enough for one step of Newton's method to lead to the peak
MOST_STEPS = 200
SAMPLE = 150  # athletes; of twice as many, some are looked at first, and how they differ stands for the curvature
DIFFERENCE, EXACTLY = 0.1, 1e-5  # of a parameter's uncertainty, to take the curvature from; and how well the sites must agree for that
LEAST_CURVATURE = 0.02  # where the likelihood is flatter than that, seven times the uncertainty the search took for granted is enough


@dataclass(frozen=True, slots=True)
class Peak:
    """Where the penalised marginal likelihood is highest: that of the spreads with the fixed effects free, and with what sites leave out.

    Attributes
    ----------
    layout : Layout
    vector : ndarray, shape (d,)
    cov : ndarray, shape (d, d)
        Inverse curvature there: how sure the parameters are.
    value : float
        Log-likelihood plus the prior's log density, without `Marginal.beyond`.
    evidence : float
        Log of the integral over the parameters, by Laplace's method, with it.
    found : Marginal
        The athletes there.
    """

    layout: Layout
    vector: Array
    cov: Array
    value: float
    evidence: float
    found: Marginal


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the way up.

    Attributes
    ----------
    vector : ndarray, shape (d,)
    scale : ndarray, shape (d, d)
        A rough covariance of the parameters.
    value : float
        Log-likelihood plus the prior's log density.
    found : Marginal
        The athletes there.
    """

    vector: Array
    scale: Array
    value: float
    found: Marginal


class Target:
    """The penalised marginal likelihood as a function of one vector; remembers the last sites to begin the next search there."""

    def __init__(self, design: Design, layout: Layout, sites: Sites | None = None) -> None:
        self.design, self.layout, self.sites = design, layout, sites
        self.mean, self.sd = layout.priors()
        self.last: tuple[Array, float, Marginal] | None = None

    def evaluate(self, vector: Array, tolerance: float = TOLERANCE) -> Marginal:
        """Return the marginal likelihood there."""
        if self.last is None or tolerance < self.last[1] or not np.array_equal(self.last[0], vector):
            self.last = vector, tolerance, marginal_likelihood(self.design, *self.layout.unpack(vector), self.sites, tolerance)
            self.sites = self.last[2].sites
        return self.last[2]

    def value(self, vector: Array, found: Marginal) -> float:
        """Return log-likelihood plus the prior's log density, without `Marginal.beyond`."""
        prior = -0.5 * ((vector - self.mean) / self.sd) ** 2 - np.log(self.sd) - 0.5 * np.log(2 * np.pi)
        return float(found.value.sum() + prior.sum())

    def scatter(self, vector: Array, found: Marginal) -> Array:
        """Return the inverse curvature that the scatter of the athletes' own gradients stands for: exact at the peak, were there endless athletes."""
        each = self.layout.gradient(vector, found)
        return np.asarray(np.linalg.inv(each.T @ each + np.diag(self.sd**-2.0)))

    def gradient(self, vector: Array, found: Marginal) -> Array:
        """Return the gradient of `value`, shape (d,)."""
        return np.asarray(self.layout.gradient(vector, found).sum(axis=0) - (vector - self.mean) / self.sd**2)


def find_peak(design: Design, layout: Layout, start: Array | None = None, sites: Sites | None = None, scale: Array | None = None) -> Peak:
    """Maximise the penalised marginal likelihood, and measure how sharp its peak is.

    Parameters
    ----------
    design : Design
    layout : Layout
    start : ndarray, shape (d,), optional
        Where to begin; by default where `find_start` says.
    sites : Sites, optional
        What stands for the sets, to begin with.
    scale : ndarray, shape (d, d), optional
        A guess at the parameters' covariance.

    Returns
    -------
    Peak
    """
    place = climb(design, layout, start, sites, scale)
    target, vector, athletes = Target(design, layout, place.found.sites), place.vector, len(design.first_set)
    if athletes > 2 * SAMPLE:
        cov = target.scatter(vector, place.found)
        _, beyond, freed = _look_around(Target(design.select(SAMPLE), layout), replace(place, scale=cov))
        beyond *= athletes / SAMPLE
    else:
        curvature, beyond, freed = _look_around(target, place)
        cov = _invert(curvature, place.scale)
    vector = vector + cov @ (target.gradient(vector, place.found) + beyond + freed)
    found = target.evaluate(vector)
    value = target.value(vector, found)
    evidence = value + float(found.beyond.sum()) + 0.5 * len(vector) * np.log(2 * np.pi) + 0.5 * float(np.linalg.slogdet(cov)[1])
    return Peak(layout, vector, cov, value, evidence, found)


def climb(
    design: Design, layout: Layout, start: Array | None = None, sites: Sites | None = None, scale: Array | None = None, steps: int = MOST_STEPS
) -> Place:
    """As `find_peak`, without measuring the peak, in at most so many steps."""
    target = Target(design, layout, sites)
    at, everybody = start, len(design.first_set)
    if at is None and everybody > 2 * SAMPLE:  # so many nearly say what all say
        at = climb(design.select(SAMPLE), layout).vector
    elif at is None:
        at, target.sites = find_start(design, layout)
    if scale is None:
        scale = target.scatter(at, target.evaluate(at))
    root = np.linalg.cholesky(scale)

    def downhill(step: Array) -> tuple[float, Array]:
        place = at + root @ step
        try:
            found = target.evaluate(place)
        except FloatingPointError:
            return np.inf, np.zeros_like(step)
        return -target.value(place, found), -root.T @ target.gradient(place, found)

    ended = minimize(downhill, np.zeros_like(at), jac=True, method="BFGS", options={"gtol": ENOUGH, "maxiter": steps})
    vector = at + root @ ended.x
    found = target.evaluate(vector)
    return Place(vector, root @ ended.hess_inv @ root.T, target.value(vector, found), found)


def _look_around(target: Target, place: Place) -> tuple[Array, Array, Array]:
    """Return, from differences in every direction that matters, minus the second derivatives and two corrections of the gradient.

    The second derivatives in two effects beside level and gain are those of a linear model with normal errors.

    Returns
    -------
    curvature : ndarray, shape (d, d)
    beyond : ndarray, shape (d,)
        Gradient of `Marginal.beyond`.
    freed : ndarray, shape (d,)
        What the gradient lacks because spreads are looked for at one value of the fixed effects instead of at all that are possible (restricted
        maximum likelihood, which does not take a spread for too small for the sake of the mean that had to be found as well).
    """
    layout, vector = target.layout, place.vector
    p = layout.fixed

    def look(vector: Array) -> tuple[Array, Array, float, float]:
        found = target.evaluate(vector, EXACTLY)
        known = found.curvature.of_fixed(target.design, found.sites.precision)[0] + np.diag(target.sd[:p] ** -2.0)
        return target.gradient(vector, found), known, float(found.beyond.sum()), -0.5 * float(np.linalg.slogdet(known)[1])

    gradient, known, beyond_here, freed_here = look(vector)
    curvature, beyond, freed = np.zeros_like(place.scale), np.zeros_like(vector), np.zeros_like(vector)
    curvature[2:p, 2:p] = known[2:, 2:]
    for k in (0, 1, *range(p, len(vector))):
        ahead, step = vector.copy(), DIFFERENCE * np.sqrt(place.scale[k, k])
        ahead[k] += step
        there, _, beyond_there, freed_there = look(ahead)
        curvature[k] = curvature[:, k] = (gradient - there) / step
        beyond[k] = (beyond_there - beyond_here) / step
        freed[k] = (freed_there - freed_here) / step
    return curvature, beyond, freed


def _invert(curvature: Array, scale: Array) -> Array:
    """Return the inverse, no direction more than so much flatter than `scale` has it."""
    root = np.linalg.cholesky(scale)
    values, vectors = np.linalg.eigh(root.T @ (0.5 * (curvature + curvature.T)) @ root)
    turned = root @ vectors
    return np.asarray((turned / np.maximum(values, LEAST_CURVATURE)) @ turned.T)

"""One growth law fitted to a log: the penalised marginal likelihood at its peak, and how sharp the peak is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hiphitch_analysis.progress.blocks import Design
from hiphitch_analysis.progress.marginal import Marginal, Mode, marginal_likelihood
from hiphitch_analysis.progress.parameters import Layout
from hiphitch_analysis.progress.start import find_start

Array = NDArray[np.float64]

ENOUGH = 1e-2  # gradient in units of the parameters' own uncertainty: the peak is then missed by a hundredth of that
MOST_STEPS = 200
SAMPLE = 150  # athletes; of twice as many, some are looked at first, and how they differ stands for the curvature
DIFFERENCE = 1e-4  # of a parameter's uncertainty, to take the curvature from: so near that one Newton step finds the mode, exact to 1e-9
LEAST_CURVATURE = 0.02  # where the likelihood is flatter than that, seven times the uncertainty the search took for granted is enough


@dataclass(frozen=True, slots=True)
class Peak:
    """Where the penalised marginal likelihood is highest.

    Attributes
    ----------
    layout : Layout
    vector : ndarray, shape (d,)
    cov : ndarray, shape (d, d)
        Inverse curvature there: how sure the parameters are.
    value : float
        Log-likelihood plus the prior's log density.
    evidence : float
        Log of the integral over the parameters, by Laplace's method.
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


class _Target:
    """The penalised marginal likelihood as a function of one vector; remembers the last mode to begin the next search there."""

    def __init__(self, design: Design, layout: Layout, mode: Mode | None = None) -> None:
        self.design, self.layout, self.mode = design, layout, mode
        self.mean, self.sd = layout.priors()
        self.last: tuple[Array, Marginal] | None = None

    def evaluate(self, vector: Array) -> Marginal:
        if self.last is None or not np.array_equal(self.last[0], vector):
            self.last = vector, marginal_likelihood(self.design, *self.layout.unpack(vector), self.mode)
            self.mode = self.last[1].mode
        return self.last[1]

    def value(self, vector: Array, found: Marginal) -> float:
        prior = -0.5 * ((vector - self.mean) / self.sd) ** 2 - np.log(self.sd) - 0.5 * np.log(2 * np.pi)
        return float(found.value.sum() + prior.sum())

    def scatter(self, vector: Array, found: Marginal) -> Array:
        """Return the inverse curvature that the scatter of the athletes' own gradients stands for: exact at the peak, were there endless athletes."""
        each = self.layout.gradient(vector, found)
        return np.asarray(np.linalg.inv(each.T @ each + np.diag(self.sd**-2.0)))

    def gradient(self, vector: Array, found: Marginal) -> Array:
        return np.asarray(self.layout.gradient(vector, found).sum(axis=0) - (vector - self.mean) / self.sd**2)


def find_peak(design: Design, layout: Layout, start: Array | None = None, mode: Mode | None = None, scale: Array | None = None) -> Peak:
    """Maximise the penalised marginal likelihood, and measure how sharp its peak is.

    Parameters
    ----------
    design : Design
    layout : Layout
    start : ndarray, shape (d,), optional
        Where to begin; by default at the prior's mean.
    mode : Mode, optional
        Random effects to begin with.
    scale : ndarray, shape (d, d), optional
        A guess at the parameters' covariance.

    Returns
    -------
    Peak
    """
    place = climb(design, layout, start, mode, scale)
    target, vector = _Target(design, layout, place.found.mode), place.vector
    many = len(design.first_set) > 2 * SAMPLE
    cov = target.scatter(vector, place.found) if many else _invert_curvature(target, place)
    evidence = place.value + 0.5 * len(vector) * np.log(2 * np.pi) + 0.5 * float(np.linalg.slogdet(cov)[1])
    return Peak(layout, vector, cov, place.value, evidence, place.found)


def climb(
    design: Design, layout: Layout, start: Array | None = None, mode: Mode | None = None, scale: Array | None = None, steps: int = MOST_STEPS
) -> Place:
    """As `find_peak`, without measuring the peak, in at most so many steps."""
    target = _Target(design, layout, mode)
    at, everybody = start, len(design.first_set)
    if at is None and everybody > 2 * SAMPLE:  # so many nearly say what all say
        at = climb(design.select(SAMPLE), layout).vector
    elif at is None:
        at, target.mode = find_start(design, layout)
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


def _invert_curvature(target: _Target, place: Place) -> Array:
    """Return the inverse of minus the second derivatives, from differences of the gradient along directions of about one uncertainty each."""
    root, vector = np.linalg.cholesky(place.scale), place.vector
    here = target.gradient(vector, place.found)
    rows = []
    for direction in root.T:
        ahead = vector + DIFFERENCE * direction
        rows.append((here - target.gradient(ahead, target.evaluate(ahead))) / DIFFERENCE @ root)
    curvature = np.array(rows)
    values, vectors = np.linalg.eigh(0.5 * (curvature + curvature.T))
    turned = root @ vectors
    return np.asarray((turned / np.maximum(values, LEAST_CURVATURE)) @ turned.T)

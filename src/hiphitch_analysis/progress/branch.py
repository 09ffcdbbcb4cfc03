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
DIFFERENCE = 1e-3  # of a parameter's uncertainty, to take the curvature from; the gradient is exact to 1e-8 of it
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


class _Target:
    """The penalised marginal likelihood as a function of one vector; remembers the last mode to begin the next search there."""

    def __init__(self, design: Design, layout: Layout, mode: Mode | None = None) -> None:
        self.design, self.layout, self.mode = design, layout, mode
        self.mean, self.sd = layout.priors()

    def evaluate(self, vector: Array) -> Marginal:
        found = marginal_likelihood(self.design, *self.layout.unpack(vector), self.mode)
        self.mode = found.mode
        return found

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
    vector, scale, found = climb(design, layout, start, mode, scale)
    target = _Target(design, layout, found.mode)
    many = len(design.first_set) > 2 * SAMPLE
    cov = target.scatter(vector, found) if many else _invert_curvature(target, vector, found, np.linalg.cholesky(scale))
    value = target.value(vector, found)
    evidence = value + 0.5 * len(vector) * np.log(2 * np.pi) + 0.5 * float(np.linalg.slogdet(cov)[1])
    return Peak(layout, vector, cov, value, evidence, found)


def climb(
    design: Design, layout: Layout, start: Array | None = None, mode: Mode | None = None, scale: Array | None = None
) -> tuple[Array, Array, Marginal]:
    """As `find_peak`, without measuring the peak: return the vector, a rough covariance of it, and the athletes there."""
    target = _Target(design, layout, mode)
    at, everybody = start, len(design.first_set)
    if at is None and everybody > 2 * SAMPLE:  # so many nearly say what all say
        at = climb(design.select(SAMPLE), layout)[0]
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

    ended = minimize(downhill, np.zeros_like(at), jac=True, method="BFGS", options={"gtol": ENOUGH, "maxiter": MOST_STEPS})
    vector = at + root @ ended.x
    return vector, root @ ended.hess_inv @ root.T, target.evaluate(vector)


def _invert_curvature(target: _Target, vector: Array, found: Marginal, root: Array) -> Array:
    """Return the inverse of minus the second derivatives, from differences of the gradient along the columns of `root`."""
    here = target.gradient(vector, found)
    rows = []
    for direction in root.T:
        ahead = vector + DIFFERENCE * direction
        rows.append((here - target.gradient(ahead, target.evaluate(ahead))) / DIFFERENCE @ root)
    curvature = np.array(rows)
    values, vectors = np.linalg.eigh(0.5 * (curvature + curvature.T))
    turned = root @ vectors
    return np.asarray((turned / np.maximum(values, LEAST_CURVATURE)) @ turned.T)

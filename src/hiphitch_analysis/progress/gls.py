"""A mixed model whose variances are given: its fixed effects, its likelihood, and each athlete's own level and slope.

Statsmodels finds the variances (`progress.mixed`); its predictions leave the athletes' effects out, and its intervals of them take everything
else as known. So both are worked out here, athlete by athlete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

NO_SLOPE = "none"
SPREAD_POINTS = 9  # slope standard deviations tried
SPREAD_REACH = 3.0  # up to so many times the estimated one, or the error of one athlete's slope where that is larger


@dataclass(frozen=True, slots=True)
class Design:
    """Data of a mixed model: ``y`` (n,), fixed effects ``x`` (n, p) named `names`, ``time`` (n,), ``athlete`` (n,) from 0 in ascending order.

    `components` holds, by name, the group (n,) of each row within its athlete, from 0.
    """

    y: Array
    x: Array
    names: tuple[str, ...]
    time: Array
    athlete: Codes
    components: Mapping[str, Codes]


@dataclass(frozen=True, slots=True)
class MixedFit:
    """A fitted mixed model, in the measure's own unit.

    Attributes
    ----------
    design : Design
    beta, beta_cov : ndarray, shape (p,), (p, p)
        Fixed effects and their covariance, variances taken as known.
    cov_re : ndarray, shape (2, 2)
        Covariance of the athletes' levels at time 0 and slopes; zeros where the model has no slopes.
    components : dict of str to float
        Variance of each further effect.
    residual : float
        Residual variance.
    log_likelihood : float
    parameters : int
        Fixed effects and variances estimated.
    slope : str
        How the athletes' slopes vary: correlated with their levels, independent of them (at the mean time), none.
    """

    design: Design
    beta: Array
    beta_cov: Array
    cov_re: Array
    components: dict[str, float]
    residual: float
    log_likelihood: float
    parameters: int
    slope: str


def solve_effects(fit: MixedFit) -> MixedFit:
    """Return `fit` with the fixed effects that are best at its variances, by generalised least squares, and their covariance."""
    p = fit.design.x.shape[1]
    information, score = np.zeros((p, p)), np.zeros(p)
    for code in range(count_athletes(fit.design)):
        rows, _, _, v = _athlete(fit, code)
        solved = np.linalg.solve(v, fit.design.x[rows])
        information += solved.T @ fit.design.x[rows]
        score += solved.T @ fit.design.y[rows]
    cov = np.linalg.inv(information)
    return replace(fit, beta=cov @ score, beta_cov=np.asarray(cov, dtype=np.float64))


def restricted_likelihood(fit: MixedFit) -> float:
    """Return the restricted log-likelihood of `fit`, whose fixed effects are the best at its variances."""
    n, p = fit.design.x.shape
    total = -(n - p) * np.log(2 * np.pi) + np.linalg.slogdet(fit.beta_cov)[1]
    for code in range(count_athletes(fit.design)):
        rows, _, _, v = _athlete(fit, code)
        residual = fit.design.y[rows] - fit.design.x[rows] @ fit.beta
        total -= np.linalg.slogdet(v)[1] + residual @ np.linalg.solve(v, residual)
    return float(0.5 * total)


def spread_slopes(fit: MixedFit) -> list[tuple[float, MixedFit]]:
    """Return the fit at several slope standard deviations with the weight of each, all of them taken as equally likely beforehand.

    How far athletes' slopes differ is the variance known worst, and the one their own slopes hang on: shrinking all to one line because no
    difference was seen would promise too much.
    """
    time = fit.design.time
    turn = np.array([[1.0, time.mean()], [0.0, 1.0]])
    at_middle = turn @ fit.cov_re @ turn.T
    level, slope = np.sqrt(np.maximum(np.diag(at_middle), 0.0))
    corr = at_middle[0, 1] / (level * slope) if min(level, slope) > 0 else 0.0
    own = [np.sum((time[rows] - time[rows].mean()) ** 2) for rows in (fit.design.athlete == code for code in range(count_athletes(fit.design)))]
    error = np.sqrt(fit.residual / max(float(np.median(own)), np.finfo(float).tiny))
    back, fits = np.linalg.inv(turn), []
    for sd in np.linspace(0.0, SPREAD_REACH * max(float(slope), float(error)), SPREAD_POINTS):
        off = corr * level * sd
        fits.append(solve_effects(replace(fit, cov_re=back @ np.array([[level**2, off], [off, sd**2]]) @ back.T)))
    likelihood = np.array([restricted_likelihood(one) for one in fits])
    weights = np.exp(likelihood - likelihood.max())
    return list(zip((weights / weights.sum()).tolist(), fits, strict=True))


def predict_average(fits: Sequence[tuple[float, MixedFit]], athlete: int, x: Array, time: Array, groups: Mapping[str, int]) -> tuple[Array, Array]:
    """Return what `predict_athlete` says, averaged over weighted fits: estimates, and standard errors that hold how far the fits disagree."""
    told = [predict_athlete(fit, athlete, x, time, groups) for _, fit in fits]
    weights = np.array([weight for weight, _ in fits])[:, None]
    estimates, errors = np.array([estimate for estimate, _ in told]), np.array([se for _, se in told])
    mean = (weights * estimates).sum(axis=0)
    return mean, np.sqrt((weights * (errors**2 + (estimates - mean) ** 2)).sum(axis=0))


def predict_athlete(fit: MixedFit, athlete: int, x: Array, time: Array, groups: Mapping[str, int]) -> tuple[Array, Array]:
    """Return an athlete's own combinations of fixed and random effects, shrunken, with their standard errors.

    Parameters
    ----------
    fit : MixedFit
    athlete : int
        Its code.
    x : ndarray, shape (k, p)
        Fixed effects of each combination.
    time : ndarray, shape (k, 2)
        What the athlete's level and slope count in each: ``[1, t]`` for a value at time t, ``[0, 1]`` for the slope.
    groups : mapping of str to int
        The group of each component that counts; an average one where it is left out.

    Returns
    -------
    estimate, se : ndarray, shape (k,)
        The standard error is that of the estimate against the athlete's truth: it holds the error of the fixed effects, of the athlete's own
        effects, and how the two go together; the variances are taken as known.
    """
    rows, z, g, v = _athlete(fit, athlete)
    zg = z @ g
    solved_x, solved_z = np.linalg.solve(v, fit.design.x[rows]), np.linalg.solve(v, zg)
    effects = solved_z.T @ (fit.design.y[rows] - fit.design.x[rows] @ fit.beta)
    x_to_z = zg.T @ solved_x  # of shape (q, p)
    cov_b = g - zg.T @ solved_z + x_to_z @ fit.beta_cov @ x_to_z.T
    cov_xb = -fit.beta_cov @ x_to_z.T
    weights = np.zeros((len(time), len(g)))
    weights[:, :2] = time
    at = 2
    for name in fit.components:
        size = int(fit.design.components[name][rows].max()) + 1
        group = groups.get(name)
        if group is not None and group < size:
            weights[:, at + group] = time[:, 0]
        at += size
    variance = np.einsum("kp,pq,kq->k", x, fit.beta_cov, x) + 2 * np.einsum("kp,pq,kq->k", x, cov_xb, weights)
    variance += np.einsum("kp,pq,kq->k", weights, cov_b, weights)
    return x @ fit.beta + weights @ effects, np.sqrt(np.maximum(variance, 0.0))


def count_athletes(design: Design) -> int:
    """Return how many athletes there are."""
    return int(design.athlete.max()) + 1


def _athlete(fit: MixedFit, athlete: int) -> tuple[Codes, Array, Array, Array]:
    """Return an athlete's rows, random-effect design, its covariance, and the covariance of its values."""
    rows = np.flatnonzero(fit.design.athlete == athlete)
    z, variances = [np.column_stack([np.ones(len(rows)), fit.design.time[rows]])], []
    for name, variance in fit.components.items():
        indicator = indicate(fit.design.components[name][rows])
        z.append(indicator)
        variances += [variance] * indicator.shape[1]
    g = np.zeros((2 + len(variances), 2 + len(variances)))
    g[:2, :2] = fit.cov_re
    g[2:, 2:] = np.diag(variances)
    design = np.hstack(z)
    return rows, design, g, design @ g @ design.T + fit.residual * np.eye(len(rows))


def indicate(codes: Codes) -> Array:
    """Return a column of 0 and 1 for each group."""
    return np.eye(int(codes.max()) + 1)[codes]

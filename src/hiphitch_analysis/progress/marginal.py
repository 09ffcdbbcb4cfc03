"""The mixed model's marginal likelihood: random effects of athlete, side and session integrated out by Laplace's method, with its exact gradient.

The log capacity behind a set is linear: fixed effects, an effect of the athlete on each growth column (level, gain …), one of each side, and one of
each session and side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Curvature, Days, Design, factorise
from hiphitch_analysis.progress.likelihood import Likelihood, censored_normal, differentiate

Array = NDArray[np.float64]

NEWTON_STEPS = 50
NEWTON_TOLERANCE = 1e-5  # of log capacity; the step that is this small leaves an error of its square


@dataclass(frozen=True, slots=True)
class Variances:
    """How far sets, sessions, sides and athletes stray.

    Attributes
    ----------
    residual, session, side_session, side : float
        Standard deviations of log capacity: of a set, of a day, of a side on that day, of a side.
    growth : ndarray, shape (m, m)
        Lower triangular factor of the covariance of an athlete's growth effects.
    """

    residual: float
    session: float
    side_session: float
    side: float
    growth: Array

    @property
    def factor(self) -> Array:
        """Lower triangular factor of the covariance of growth effects and sides, shape (m + 2, m + 2)."""
        m = len(self.growth)
        whole = np.zeros((m + 2, m + 2))
        whole[:m, :m] = self.growth
        whole[m, m] = whole[m + 1, m + 1] = self.side
        return whole

    @property
    def days(self) -> Days:
        """Covariance of a day's effects on left and right."""
        return Days.of(self.session, self.side_session)


@dataclass(frozen=True, slots=True)
class Mode:
    """The most likely random effects, with the fixed level and gain added: these sums hardly change when parameters do.

    Attributes
    ----------
    of_athlete : ndarray, shape (a, m + 2)
        Growth effects and sides.
    of_session : ndarray, shape (s, 2)
        Effects of each day on left and right.
    """

    of_athlete: Array
    of_session: Array


@dataclass(frozen=True, slots=True)
class Marginal:
    """Marginal log-likelihood at given parameters, and the athletes' effects given the data.

    Attributes
    ----------
    value : ndarray, shape (a,)
        Of each athlete.
    in_fixed : ndarray, shape (a, p)
        Its gradient in the fixed effects.
    in_residual, in_session, in_side_session : ndarray, shape (a,)
        In the logarithm of the residual's, and in the session's and side-session's standard deviations.
    in_factor : ndarray, shape (a, m + 2, m + 2)
        In the entries of `Variances.factor`.
    mean, cov : ndarray, shape (a, m + 2) and (a, m + 2, m + 2)
        Growth effects and sides given the data; the mean is corrected to first order for the skewness that moves it away from the mode.
    day_cov : ndarray, shape (s, 2)
        Variances, given the data, of the sum and the difference of left and right on each day, over √2.
    mode : Mode
    linear : ndarray, shape (n,)
        Log capacity of each set at the mode.
    """

    value: Array
    in_fixed: Array
    in_residual: Array
    in_session: Array
    in_side_session: Array
    in_factor: Array
    mean: Array
    cov: Array
    day_cov: Array
    mode: Mode
    linear: Array


def marginal_likelihood(design: Design, fixed: Array, variances: Variances, start: Mode | None = None) -> Marginal:
    """Integrate the random effects out.

    Parameters
    ----------
    design : Design
    fixed : ndarray, shape (p,)
    variances : Variances
    start : Mode, optional
        Where to begin looking for the mode.

    Returns
    -------
    Marginal

    Raises
    ------
    FloatingPointError
        The parameters are so far off that no mode was found.

    Notes
    -----
    Laplace: log ∫ exp(f) ≈ f(mode) − ½ log |H|, with H the curvature at the mode. The gradient is exact for this approximation: besides what depends
    on a parameter directly, the mode moves with it, and with the mode the weights in H. With v the posterior variance of a set's log capacity and w'
    the change of its weight, t = −½ v w' is the force on the mode, and λ = H⁻¹ U't both that implicit part and the first-order shift of the mean.
    """
    factor, days = variances.factor, variances.days
    base = design.offset + design.fixed @ fixed
    white, day, linear, likelihood, curvature = _find_mode(design, base, fixed, variances, start)
    further = differentiate(likelihood)
    variance, day_variance = curvature.variances(design)
    force = -0.5 * variance * design.per_cell(further.bend)
    shift, day_shift = curvature.solve(design, design.collect(force) @ factor, force)
    moved = design.spread(shift @ factor.T) + day_shift
    score, weight = design.per_cell(likelihood.score), curvature.weight

    of_set, moved_set = variance.ravel()[design.cell], moved.ravel()[design.cell]
    in_linear = likelihood.score - 0.5 * of_set * further.bend - likelihood.weight * moved_set
    in_tau = further.in_tau - 0.5 * of_set * further.weight_in_tau + moved_set * further.score_in_tau
    in_factor = (
        design.collect(score + force - weight * moved)[:, :, None] * white[:, None, :]
        + design.collect(score)[:, :, None] * shift[:, None, :]
        - curvature.raw @ factor @ curvature.inverse
    )
    total, apart = (
        design.per_athlete(0.5 * ((effect**2 + own + 2.0 * its_shift * effect) / scale**2 - 1.0 / scale))
        for effect, its_shift, own, scale in zip(_halves(day), _halves(day_shift), day_variance.T, (days.total, days.apart), strict=True)
    )
    value = (
        design.per_athlete_sets(likelihood.value)
        - 0.5 * design.per_athlete(days.penalty(day) + curvature.logdet)
        - 0.5 * (white**2).sum(axis=1)
        + 0.5 * np.linalg.slogdet(curvature.inverse)[1]
    )
    effects, sd = white @ factor.T, np.sqrt(np.diagonal(curvature.inverse, axis1=1, axis2=2))
    trusted = np.minimum(1.0, 1.0 / np.maximum(np.abs(shift / sd).max(axis=1, keepdims=True), 1e-12))  # a correction of first order, no more
    return Marginal(
        value=value,
        in_fixed=design.per_athlete_sets(design.fixed * in_linear[:, None]),
        in_residual=design.per_athlete_sets(in_tau),
        in_session=4.0 * variances.session * total,
        in_side_session=2.0 * variances.side_session * (total + apart),
        in_factor=in_factor,
        mean=effects + (trusted * shift) @ factor.T,
        cov=factor @ curvature.inverse @ factor.T,
        day_cov=day_variance,
        mode=Mode(effects + _level_and_gain(fixed, len(factor)), day),
        linear=linear,
    )


def _find_mode(
    design: Design, base: Array, fixed: Array, variances: Variances, start: Mode | None
) -> tuple[Array, Array, Array, Likelihood, Curvature]:
    """Newton's method, all athletes at once; an athlete whose step would lead down takes half of it.

    Return whitened effects of athletes, effects of days, log capacity of each set, its likelihood, and the curvature there.
    """
    factor, days = variances.factor, variances.days
    if start is None:
        white, day = np.zeros((len(design.first_set), len(factor))), np.zeros((len(design.athlete), 2))
    else:
        white, day = (start.of_athlete - _level_and_gain(fixed, len(factor))) @ np.linalg.inv(factor).T, start.of_session
    step, day_step, best, size = np.zeros_like(white), np.zeros_like(day), np.full(len(white), -np.inf), np.inf
    for _ in range(NEWTON_STEPS):
        linear = base + (design.spread(white @ factor.T) + day).ravel()[design.cell]
        likelihood = censored_normal(design.bounds, linear, variances.residual)
        height = design.per_athlete_sets(likelihood.value) - 0.5 * (design.per_athlete(days.penalty(day)) + (white**2).sum(axis=1))
        lower = height < best - 1e-9 * (1.0 + np.abs(best))
        if lower.any() and size > NEWTON_TOLERANCE:
            step, day_step = np.where(lower[:, None], 0.5 * step, 0.0), np.where(lower[design.athlete][:, None], 0.5 * day_step, 0.0)
            white, day = white - step, day - day_step
            continue
        curvature = factorise(design, design.per_cell(likelihood.weight), days, factor)
        if size <= NEWTON_TOLERANCE:
            return white, day, linear, likelihood, curvature
        best = height
        score = design.per_cell(likelihood.score)
        step, day_step = curvature.solve(design, design.collect(score) @ factor - white, score - days.pull(day))
        white, day = white + step, day + day_step
        size = float(np.abs(design.spread(step @ factor.T) + day_step).max())
    raise FloatingPointError("no mode was found")


def _level_and_gain(fixed: Array, columns: int) -> Array:
    """Return the fixed effects that athletes have effects on too, in the places of these."""
    return np.asarray(np.r_[fixed[:2], np.zeros(columns - 2)])


def _halves(day: Array) -> tuple[Array, Array]:
    """Return sum and difference of left and right over √2."""
    return (day[:, 0] + day[:, 1]) * np.sqrt(0.5), (day[:, 0] - day[:, 1]) * np.sqrt(0.5)

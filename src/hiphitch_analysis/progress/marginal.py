"""The mixed model's marginal likelihood: random effects of athlete, side and session integrated out, with its gradient.

The log capacity behind a set is linear: fixed effects, an effect of the athlete on each growth column (level, gain …), one of each side, and one of
each session and side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Curvature, Days, Design
from hiphitch_analysis.progress.matching import TOLERANCE, Others, Posterior, Sites, match, nothing_said

Array = NDArray[np.float64]


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
class Marginal:
    """Marginal log-likelihood at given parameters, and the random effects given the data.

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
        Growth effects and sides given the data.
    day, day_variance : ndarray, shape (s, 2)
        Sum and difference of left and right on each day, over √2: mean and variance given the data.
    linear : ndarray, shape (n,)
        Mean log capacity of each set given the data.
    sites : Sites
        What stands for the sets.
    curvature : Curvature
    beyond : ndarray, shape (a,)
        What `value` leaves out because sites are not skewed, to third order.
    """

    value: Array
    in_fixed: Array
    in_residual: Array
    in_session: Array
    in_side_session: Array
    in_factor: Array
    mean: Array
    cov: Array
    day: Array
    day_variance: Array
    linear: Array
    sites: Sites
    curvature: Curvature
    beyond: Array


def marginal_likelihood(design: Design, fixed: Array, variances: Variances, start: Sites | None = None, tolerance: float = TOLERANCE) -> Marginal:
    """Integrate the random effects out.

    Parameters
    ----------
    design : Design
    fixed : ndarray, shape (p,)
    variances : Variances
    start : Sites, optional
        Where to begin looking for what stands for the sets.
    tolerance : float
        How well they have to agree with each other, in standard deviations of log capacity.

    Returns
    -------
    Marginal

    Raises
    ------
    FloatingPointError
        The parameters are so far off that nothing was found.

    Notes
    -----
    Expectation propagation: the integral of the sites over all random effects, each site scaled so that, in the place of the set that it stands for,
    it changes no integral. Where the sites agree with each other this is stationary in them, so that the gradient is what depends on a parameter
    directly: the residual and the fixed effects through each set's likelihood given all others, the variances as in a linear model with normal errors
    (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, sections 3.6 and 5.5).
    """
    factor, days = variances.factor, variances.days
    base = design.offset + design.fixed @ fixed
    sites, all_say, others = match(design, base, variances.residual, days, factor, start or nothing_said(design), tolerance)
    curvature, likelihood = all_say.curvature, others.likelihood
    scaling = (
        likelihood.value
        + 0.5 * np.log1p(sites.precision * others.variance)
        - 0.5 * (all_say.mean**2 / all_say.variance - others.mean**2 / others.variance)
    )
    of_cell = design.spread(all_say.white @ factor.T) + all_say.day
    value = (
        design.per_athlete_sets(scaling)
        + 0.5 * design.per_athlete((all_say.pull * of_cell).sum(axis=1) - curvature.logdet)
        + 0.5 * np.linalg.slogdet(curvature.inverse)[1]
    )
    day = np.column_stack([all_say.day[:, 0] + all_say.day[:, 1], all_say.day[:, 0] - all_say.day[:, 1]]) * np.sqrt(0.5)
    day_variance = curvature.of_days(design)
    total, apart = (
        design.per_athlete(0.5 * ((day[:, k] ** 2 + day_variance[:, k]) / scale**2 - 1.0 / scale)) for k, scale in enumerate((days.total, days.apart))
    )
    left_to_say = design.collect(all_say.pull - curvature.weight * of_cell)
    return Marginal(
        value=value,
        in_fixed=design.per_athlete_sets(design.fixed * likelihood.score[:, None]),
        in_residual=design.per_athlete_sets(likelihood.in_log_sigma * (variances.residual / others.sigma) ** 2),
        in_session=4.0 * variances.session * total,
        in_side_session=2.0 * variances.side_session * (total + apart),
        in_factor=left_to_say[:, :, None] * all_say.white[:, None, :] - curvature.raw @ factor @ curvature.inverse,
        mean=all_say.white @ factor.T,
        cov=factor @ curvature.inverse @ factor.T,
        day=day,
        day_variance=day_variance,
        linear=base + all_say.mean,
        sites=sites,
        curvature=curvature,
        beyond=_beyond_sites(design, all_say, others),
    )


def _beyond_sites(design: Design, all_say: Posterior, others: Others) -> Array:
    """Return the logarithm of the integral less that with sites, to third order, of each athlete.

    Each set's own distribution is skewed where its site is not. One such set changes nothing, two that act on the same effects do: by a sixth of the
    product of their skewnesses and the cube of the correlation of what acts on them (Opper, Paquet & Winther, J. Mach. Learn. Res. 2013;14:2857).
    That is 1 within a cell, less between left and right on a day, and next to nothing from day to day.
    """
    skewness = others.likelihood.bend * others.variance**3 / all_say.variance**1.5
    of_cell = design.per_cell(skewness)
    variance = all_say.curvature.of_cells(design)
    correlation = all_say.curvature.across(design) / np.sqrt(variance[:, 0] * variance[:, 1])
    within = 0.5 * (of_cell**2 - design.per_cell(skewness**2)).sum(axis=1)
    return design.per_athlete(within + correlation**3 * of_cell[:, 0] * of_cell[:, 1]) / 6.0

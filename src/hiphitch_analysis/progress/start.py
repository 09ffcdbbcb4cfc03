"""Somewhere near the peak to begin from: expectation–maximisation for the variances, least squares for the fixed effects, one sweep of the sites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Design
from hiphitch_analysis.progress.marginal import Variances
from hiphitch_analysis.progress.matching import Posterior, Sites, combine, leave_out, nothing_said, renew
from hiphitch_analysis.progress.parameters import CORRELATION, Layout

Array = NDArray[np.float64]

ROUNDS = 10


def find_start(design: Design, layout: Layout) -> tuple[Array, Sites]:
    """Return parameters near the peak of the penalised likelihood, and what stands for the sets there.

    Parameters
    ----------
    design : Design
    layout : Layout

    Returns
    -------
    vector : ndarray, shape (d,)
    sites : Sites
    """
    mean, sd = layout.priors()
    p = layout.fixed
    fixed, variances = layout.unpack(mean)
    sites, base = nothing_said(design), design.offset + design.fixed @ fixed
    for round_number in range(ROUNDS):
        factor, days = variances.factor, variances.days
        posterior = combine(design, sites, base, days, factor)
        if round_number:
            fixed, posterior = _with_fixed(design, sites, base, posterior, (fixed, mean[:p], sd[:p]))
            base = design.offset + design.fixed @ fixed
        others = leave_out(design, sites, base, posterior, variances.residual)
        sites = renew(others, base)
        if round_number > 1:
            # Newton's step for the logarithm of the residual's standard deviation, as were the days known.
            told = max(1.0, variances.residual**2 * float(sites.precision.sum()))
            far = float((others.likelihood.in_log_sigma * (variances.residual / others.sigma) ** 2).sum()) / told
            residual = variances.residual * float(np.exp(np.clip(far, -0.5, 0.5)))
            variances = _update(design, layout, residual, posterior)
    return layout.pack(fixed, variances), sites


def _with_fixed(design: Design, sites: Sites, base: Array, posterior: Posterior, prior: tuple[Array, Array, Array]) -> tuple[Array, Posterior]:
    """Return the fixed effects that fit best, and the random ones with them."""
    fixed, mean, sd = prior
    score = sites.pull - sites.precision * (base + posterior.mean)
    known, white, day = posterior.curvature.of_fixed(design, sites.precision)
    step = np.linalg.solve(known + np.diag(sd**-2.0), design.fixed.T @ score - (fixed - mean) / sd**2)
    white, day = posterior.white - white @ step, posterior.day - day @ step
    of_set = (design.spread(white @ posterior.curvature.factor.T) + day).ravel()[design.cell]
    return fixed + step, replace(posterior, white=white, day=day, mean=of_set)


def _update(design: Design, layout: Layout, residual: float, posterior: Posterior) -> Variances:
    """Return the variances that the random effects, and how uncertain these are, come to; the priors count as a case or two."""
    m, curvature, day = layout.columns, posterior.curvature, posterior.day
    factor = curvature.factor
    effects = posterior.white @ factor.T
    second = np.einsum("ai,aj->ij", effects, effects) + (factor @ curvature.inverse @ factor.T).sum(axis=0)
    side = _pooled(second[m, m] + second[m + 1, m + 1], 2 * len(effects), layout, "side")
    of_day = curvature.of_days(design)
    total = ((day[:, 0] + day[:, 1]) ** 2 / 2 + of_day[:, 0]).sum()
    apart = ((day[:, 0] - day[:, 1]) ** 2 / 2 + of_day[:, 1]).sum()
    side_session = _pooled(apart, len(day), layout, "side_session")
    session = _pooled(max(total - len(day) * side_session**2, 0.0) / 2, len(day), layout, "session")
    spread = [_pooled(second[i, i], len(effects), layout, f"{name}_sd") for i, name in enumerate(("level", "gain", "rate")[:m])]
    scale = np.sqrt(np.diag(second)[:m])
    related = second[:m, :m] / np.outer(scale, scale) * len(effects) / (len(effects) + CORRELATION[1] ** -2)
    np.fill_diagonal(related, 1.0)
    return Variances(residual, session, side_session, side, np.array(spread)[:, None] * np.linalg.cholesky(related))


def _pooled(squares: float, count: int, layout: Layout, name: str) -> float:
    mean, sd = layout.priors()
    place = layout.names.index(name)
    cases = 0.5 / sd[place] ** 2
    return float(np.sqrt((squares + cases * np.exp(2 * mean[place])) / (count + cases)))

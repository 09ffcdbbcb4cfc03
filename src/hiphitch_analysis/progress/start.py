"""Somewhere near the peak to begin from: expectation–maximisation for the variances, one joint Newton step for everything else in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Curvature, Design, factorise
from hiphitch_analysis.progress.likelihood import censored_normal, differentiate
from hiphitch_analysis.progress.marginal import Mode, Variances
from hiphitch_analysis.progress.parameters import Layout

Array = NDArray[np.float64]

ROUNDS = 8
LARGEST_STEP = 0.5  # of log capacity


def find_start(design: Design, layout: Layout) -> tuple[Array, Mode]:
    """Return parameters near the peak of the penalised likelihood, and the random effects there.

    Parameters
    ----------
    design : Design
    layout : Layout

    Returns
    -------
    vector : ndarray, shape (d,)
    mode : Mode
    """
    mean, sd = layout.priors()
    vector, p = mean.copy(), layout.fixed
    fixed, variances = layout.unpack(vector)
    effects, day = np.zeros((len(design.first_set), layout.columns + 2)), np.zeros((len(design.athlete), 2))
    for round_number in range(ROUNDS):
        factor, days = variances.factor, variances.days
        linear = design.offset + design.fixed @ fixed + (design.spread(effects) + day).ravel()[design.cell]
        likelihood = censored_normal(design.bounds, linear, variances.residual)
        curvature = factorise(design, design.per_cell(likelihood.weight), days, factor)
        score = design.per_cell(likelihood.score)
        white = np.linalg.solve(factor, effects.T).T
        step, day_step = curvature.solve(design, design.collect(score) @ factor - white, score - days.pull(day))
        fixed_step, step, day_step = _with_fixed(design, curvature, likelihood.score, likelihood.weight, (fixed, mean[:p], sd[:p]), step, day_step)
        change = design.fixed @ fixed_step + (design.spread(step @ factor.T) + day_step).ravel()[design.cell]
        share = min(1.0, LARGEST_STEP / max(float(np.abs(change).max()), 1e-12))
        fixed, effects, day = fixed + share * fixed_step, effects + share * step @ factor.T, day + share * day_step
        if round_number:
            # Newton's step for the logarithm of the residual's standard deviation, as were nothing censored.
            told = max(1.0, variances.residual**2 * float(likelihood.weight.sum()))
            far = float(differentiate(likelihood).in_tau.sum()) / (2.0 * told)
            residual = variances.residual * float(np.exp(np.clip(far, -0.5, 0.5)))
            variances = _update(design, layout, residual, curvature, effects, day)
    vector[:p] = fixed
    vector[p : p + 4] = np.log([variances.residual, variances.session, variances.side_session, variances.side])
    vector[p + 4 : p + 4 + layout.columns] = np.log(np.sqrt((variances.growth**2).sum(axis=1)))
    effects[:, :2] += fixed[:2]
    return vector, Mode(effects, day)


def _with_fixed(
    design: Design, curvature: Curvature, score: Array, weight: Array, prior: tuple[Array, Array, Array], step: Array, day_step: Array
) -> tuple[Array, Array, Array]:
    """Return the joint Newton step of fixed and random effects, from that of the random ones alone."""
    fixed, mean, sd = prior
    factor, columns = curvature.factor, design.fixed
    weighted = columns * weight[:, None]
    moved = design.spread(step @ factor.T) + day_step
    pull = columns.T @ score - weighted.T @ moved.ravel()[design.cell] - (fixed - mean) / sd**2
    against, answers = columns.T @ weighted + np.diag(sd**-2.0), []
    for k in range(columns.shape[1]):
        of_cell = design.per_cell(weighted[:, k])
        answer = curvature.solve(design, design.collect(of_cell) @ factor, of_cell)
        against[:, k] -= weighted.T @ (design.spread(answer[0] @ factor.T) + answer[1]).ravel()[design.cell]
        answers.append(answer)
    fixed_step = np.asarray(np.linalg.solve(against, pull), dtype=np.float64)
    for along, (of_athlete, of_session) in zip(fixed_step, answers, strict=True):
        step, day_step = step - along * of_athlete, day_step - along * of_session
    return fixed_step, step, day_step


def _update(design: Design, layout: Layout, residual: float, curvature: Curvature, effects: Array, day: Array) -> Variances:
    """Return the variances that the random effects, and how uncertain these are, come to; the priors count as a case or two."""
    m, factor = layout.columns, curvature.factor
    cov = factor @ curvature.inverse @ factor.T
    second = np.einsum("ai,aj->ij", effects, effects) + cov.sum(axis=0)
    side = _pooled(second[m, m] + second[m + 1, m + 1], 2 * len(effects), layout, "side")
    of_day = curvature.variances(design)[1]
    total = ((day[:, 0] + day[:, 1]) ** 2 / 2 + of_day[:, 0]).sum()
    apart = ((day[:, 0] - day[:, 1]) ** 2 / 2 + of_day[:, 1]).sum()
    side_session = _pooled(apart, len(day), layout, "side_session")
    session = _pooled(max(total - len(day) * side_session**2, 0.0) / 2, len(day), layout, "session")
    spread = [_pooled(second[i, i], len(effects), layout, f"{name}_sd") for i, name in enumerate(("level", "gain", "rate")[:m])]
    return Variances(residual, session, side_session, side, np.diag(spread))  # correlations begin at their prior's mean


def _pooled(squares: float, count: int, layout: Layout, name: str) -> float:
    mean, sd = layout.priors()
    place = layout.names.index(name)
    cases = 0.5 / sd[place] ** 2
    return float(np.sqrt((squares + cases * np.exp(2 * mean[place])) / (count + cases)))

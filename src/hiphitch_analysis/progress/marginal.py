"""The mixed model's marginal likelihood: random effects of athlete, side and session integrated out by Laplace's method, with its exact gradient.

The log capacity behind a set is linear: fixed effects, an effect of the athlete on each growth column (level, gain …), one of each side, and one of
each session and side. Every athlete is a problem of his own, every session a two-by-two one within it (its left and its right sets), so that all of
them are solved at once by sums over sets, sessions and athletes; nothing larger than an athlete's handful of effects is ever inverted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.likelihood import Bounds, Likelihood, censored_normal, differentiate

Array = NDArray[np.float64]
Index = NDArray[np.int64]

NEWTON_STEPS = 50
NEWTON_TOLERANCE = 1e-5  # of log capacity; the step that is this small leaves an error of its square


@dataclass(frozen=True, slots=True)
class Design:
    """Sets, ordered by athlete and session, and what the model says each of them depends on.

    Attributes
    ----------
    bounds : Bounds
        Of log capacity in each set; infinite above where the set was capped.
    fixed : ndarray, shape (n, p)
        Columns of the fixed effects.
    offset : ndarray, shape (n,)
        Known part of log capacity.
    cell : ndarray of int, shape (n,)
        2 × session + side (left 0, right 1).
    growth : ndarray, shape (s, m)
        Of each session, the columns that the athlete has an effect on.
    athlete : ndarray of int, shape (s,)
        Of each session; ascending from 0, nobody left out.
    """

    bounds: Bounds
    fixed: Array
    offset: Array
    cell: Index
    growth: Array
    athlete: Index

    @property
    def athletes(self) -> int:
        """How many."""
        return int(self.athlete[-1]) + 1

    def select(self, athletes: int) -> Design:
        """Return the sets of the first so many athletes."""
        sessions = int(np.searchsorted(self.athlete, athletes))
        sets = int(np.searchsorted(self.cell // 2, sessions))
        return Design(
            Bounds.of(self.bounds.lower[:sets], self.bounds.upper[:sets]),
            self.fixed[:sets],
            self.offset[:sets],
            self.cell[:sets],
            self.growth[:sessions],
            self.athlete[:sessions],
        )


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


@dataclass(frozen=True, slots=True)
class Mode:
    """The most likely random effects, whitened.

    Attributes
    ----------
    of_athlete : ndarray, shape (a, m + 2)
        Growth effects and sides, divided by `Variances.factor`.
    of_session : ndarray, shape (s, 2)
        Effects of left and right on each day.
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
    mode: Mode
    linear: Array


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The two-by-two problems: weights of left and right and what remains of them once the day's own effect is free."""

    weight: Array  # (s, 2)
    inner: Array  # (s, 3): M = (W + K⁻¹)⁻¹ as LL, LR, RR
    passed: Array  # (s, 2, 2): E = I − M W, the share of an athlete's effect that the day does not take up
    kept: Array  # (s, 3): S = W E as LL, LR, RR
    logdet: Array  # (s,): log |I + K W|


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
    the change of its weight, t = −½ v w' is the force on the mode, λ = H⁻¹ U't both that implicit part and the first-order shift of the mean.
    """
    factor, session_sd, side_session_sd = variances.factor, variances.session, variances.side_session
    between = 2.0 * session_sd**2 + side_session_sd**2, side_session_sd**2  # variances of the day's sum and difference of sides, over √2
    base = design.offset + design.fixed @ fixed
    mode, likelihood, sessions = _find_mode(design, base, variances, between, start)
    further = differentiate(likelihood)
    curvature = _sum_curvature(design, sessions)
    inverse = np.linalg.inv(_whiten(curvature, factor))
    spread = factor @ inverse @ factor.T
    variance, day_variance = _posterior_variances(design, sessions, spread)
    count = len(design.athlete)
    force = -0.5 * variance * _per_cell(further.bend, design.cell, count)
    shift, day_shift = _solve(design, sessions, factor, inverse, _collect(design, force) @ factor, force)
    moved = (shift @ factor.T)[design.athlete]
    moved_cell = _spread(design.growth, moved) + day_shift
    score, weight = _per_cell(likelihood.score, design.cell, count), sessions.weight

    first = np.searchsorted(design.athlete, np.arange(design.athletes))
    of_set = first_sets(design)
    in_linear = likelihood.score - 0.5 * variance.ravel()[design.cell] * further.bend - likelihood.weight * moved_cell.ravel()[design.cell]
    in_tau = further.in_tau - 0.5 * variance.ravel()[design.cell] * further.weight_in_tau + moved_cell.ravel()[design.cell] * further.score_in_tau
    in_factor = (
        _collect(design, score + force - weight * moved_cell)[:, :, None] * mode.of_athlete[:, None, :]
        + _collect(design, score)[:, :, None] * shift[:, None, :]
        - curvature @ factor @ inverse
    )
    in_between = []
    for sign, scale, own in zip((1.0, -1.0), between, day_variance.T, strict=True):
        effect, its_shift = ((x[:, 0] + sign * x[:, 1]) / np.sqrt(2.0) for x in (mode.of_session, day_shift))
        in_between.append(0.5 * ((effect**2 + own + 2.0 * its_shift * effect) / scale**2 - 1.0 / scale))
    total, single = (np.add.reduceat(x, first) for x in in_between)

    value = (
        np.add.reduceat(likelihood.value, of_set)
        - 0.5 * np.add.reduceat(_day_penalty(mode.of_session, between) + sessions.logdet, first)
        - 0.5 * (mode.of_athlete**2).sum(axis=1)
        + 0.5 * np.linalg.slogdet(inverse)[1]
    )
    return Marginal(
        value=value,
        in_fixed=np.add.reduceat(design.fixed * in_linear[:, None], of_set, axis=0),
        in_residual=np.add.reduceat(in_tau, of_set),
        in_session=4.0 * session_sd * total,
        in_side_session=2.0 * side_session_sd * (total + single),
        in_factor=in_factor,
        mean=(mode.of_athlete + shift) @ factor.T,
        cov=spread,
        mode=mode,
        linear=base + (_spread(design.growth, (mode.of_athlete @ factor.T)[design.athlete]) + mode.of_session).ravel()[design.cell],
    )


def first_sets(design: Design) -> Index:
    """Return the place of each athlete's first set."""
    return np.searchsorted(design.athlete[design.cell // 2], np.arange(design.athletes))


def _find_mode(
    design: Design, base: Array, variances: Variances, between: tuple[float, float], start: Mode | None
) -> tuple[Mode, Likelihood, _Sessions]:
    """Newton's method, all athletes at once; an athlete whose step would lead down takes half of it."""
    factor, count = variances.factor, len(design.athlete)
    first, of_set = np.searchsorted(design.athlete, np.arange(design.athletes)), first_sets(design)
    mode = start or Mode(np.zeros((design.athletes, len(factor))), np.zeros((count, 2)))
    step, best = Mode(np.zeros_like(mode.of_athlete), np.zeros_like(mode.of_session)), np.full(design.athletes, -np.inf)
    size = np.inf
    for _ in range(NEWTON_STEPS):
        raw = (mode.of_athlete @ factor.T)[design.athlete]
        linear = base + (_spread(design.growth, raw) + mode.of_session).ravel()[design.cell]
        likelihood = censored_normal(design.bounds, linear, variances.residual)
        height = (
            np.add.reduceat(likelihood.value, of_set)
            - 0.5 * np.add.reduceat(_day_penalty(mode.of_session, between), first)
            - 0.5 * (mode.of_athlete**2).sum(axis=1)
        )
        lower = height < best - 1e-9 * (1.0 + np.abs(best))
        if lower.any() and size > NEWTON_TOLERANCE:
            step = Mode(np.where(lower[:, None], 0.5 * step.of_athlete, 0.0), np.where(lower[design.athlete][:, None], 0.5 * step.of_session, 0.0))
            mode = Mode(mode.of_athlete - step.of_athlete, mode.of_session - step.of_session)
            continue
        sessions = _solve_sessions(_per_cell(likelihood.weight, design.cell, count), between)
        if size <= NEWTON_TOLERANCE:
            return mode, likelihood, sessions
        best = height
        score = _per_cell(likelihood.score, design.cell, count)
        inverse = np.linalg.inv(_whiten(_sum_curvature(design, sessions), factor))
        pull = score - _times_precision(mode.of_session, between)
        step = Mode(*_solve(design, sessions, factor, inverse, _collect(design, score) @ factor - mode.of_athlete, pull))
        mode = Mode(mode.of_athlete + step.of_athlete, mode.of_session + step.of_session)
        size = float(np.abs(_spread(design.growth, (step.of_athlete @ factor.T)[design.athlete]) + step.of_session).max())
    raise FloatingPointError("no mode was found")


def _solve_sessions(weight: Array, between: tuple[float, float]) -> _Sessions:
    """Invert every session's two-by-two problem."""
    left, right = weight[:, 0], weight[:, 1]
    same, cross = 0.5 * (1 / between[0] + 1 / between[1]), 0.5 * (1 / between[0] - 1 / between[1])
    a, d = left + same, right + same
    det = a * d - cross**2
    inner = np.column_stack([d / det, -cross / det, a / det])
    passed = np.empty((len(weight), 2, 2))
    passed[:, 0, 0], passed[:, 0, 1] = 1.0 - inner[:, 0] * left, -inner[:, 1] * right
    passed[:, 1, 0], passed[:, 1, 1] = -inner[:, 1] * left, 1.0 - inner[:, 2] * right
    kept = np.column_stack([left * passed[:, 0, 0], left * passed[:, 0, 1], right * passed[:, 1, 1]])
    return _Sessions(weight, inner, passed, kept, np.log(det * between[0] * between[1]))


def _solve(design: Design, sessions: _Sessions, factor: Array, inverse: Array, pull: Array, day_pull: Array) -> tuple[Array, Array]:
    """Solve H x = pull for the whitened effects of athletes and the effects of days."""
    inner = sessions.inner
    alone = np.column_stack(
        [inner[:, 0] * day_pull[:, 0] + inner[:, 1] * day_pull[:, 1], inner[:, 1] * day_pull[:, 0] + inner[:, 2] * day_pull[:, 1]]
    )
    of_athlete = np.einsum("aij,aj->ai", inverse, pull - _collect(design, sessions.weight * alone) @ factor)
    taken = sessions.weight * _spread(design.growth, (of_athlete @ factor.T)[design.athlete])
    of_session = alone - np.column_stack(
        [inner[:, 0] * taken[:, 0] + inner[:, 1] * taken[:, 1], inner[:, 1] * taken[:, 0] + inner[:, 2] * taken[:, 1]]
    )
    return of_athlete, of_session


def _sum_curvature(design: Design, sessions: _Sessions) -> Array:
    """Return Σ Q'SQ of each athlete over his sessions, Q the rows of growth columns and sides: shape (a, m + 2, m + 2)."""
    growth, kept, m = design.growth, sessions.kept, design.growth.shape[1]
    first = np.searchsorted(design.athlete, np.arange(design.athletes))
    left, right = kept[:, 0] + kept[:, 1], kept[:, 1] + kept[:, 2]
    total = np.zeros((design.athletes, m + 2, m + 2))
    for i in range(m):
        for j in range(i, m):
            total[:, i, j] = total[:, j, i] = np.add.reduceat((left + right) * growth[:, i] * growth[:, j], first)
        total[:, i, m] = total[:, m, i] = np.add.reduceat(left * growth[:, i], first)
        total[:, i, m + 1] = total[:, m + 1, i] = np.add.reduceat(right * growth[:, i], first)
    total[:, m, m], total[:, m + 1, m + 1] = np.add.reduceat(kept[:, 0], first), np.add.reduceat(kept[:, 2], first)
    total[:, m, m + 1] = total[:, m + 1, m] = np.add.reduceat(kept[:, 1], first)
    return total


def _posterior_variances(design: Design, sessions: _Sessions, spread: Array) -> tuple[Array, Array]:
    """Return the posterior variance of log capacity, shape (s, 2), and of the day's sum and difference of sides over √2, shape (s, 2)."""
    m, passed, inner = design.growth.shape[1], sessions.passed, sessions.inner
    of_growth = np.einsum("aij,si,sj->s", spread[:, :m, :m], design.growth, design.growth) if design.athletes == 1 else None
    own = spread[design.athlete]
    if of_growth is None:
        of_growth = np.einsum("si,sij,sj->s", design.growth, own[:, :m, :m], design.growth)
    with_side = np.einsum("si,sij->sj", design.growth, own[:, :m, m:])
    sides = own[:, m:, m:]

    def quadratic(left: Array, right: Array) -> Array:
        both = left + right
        return np.asarray(
            both**2 * of_growth
            + 2 * both * (left * with_side[:, 0] + right * with_side[:, 1])
            + left**2 * sides[:, 0, 0]
            + 2 * left * right * sides[:, 0, 1]
            + right**2 * sides[:, 1, 1]
        )

    variance = np.column_stack([inner[:, 2 * k] + quadratic(passed[:, k, 0], passed[:, k, 1]) for k in (0, 1)])
    taken = np.eye(2) - passed
    day = []
    for sign in (1.0, -1.0):
        row = (taken[:, 0] + sign * taken[:, 1]) / np.sqrt(2.0)
        day.append(0.5 * (inner[:, 0] + inner[:, 2]) + sign * inner[:, 1] + quadratic(row[:, 0], row[:, 1]))
    return variance, np.column_stack(day)


def _whiten(curvature: Array, factor: Array) -> Array:
    return np.eye(len(factor)) + factor.T @ curvature @ factor


def _per_cell(values: Array, cell: Index, sessions: int) -> Array:
    return np.bincount(cell, values, 2 * sessions).reshape(-1, 2)


def _collect(design: Design, of_cell: Array) -> Array:
    """Return Σ Q'x of each athlete, shape (a, m + 2)."""
    first = np.searchsorted(design.athlete, np.arange(design.athletes))
    return np.add.reduceat(np.column_stack([design.growth * of_cell.sum(axis=1, keepdims=True), of_cell]), first, axis=0)


def _spread(growth: Array, raw: Array) -> Array:
    """Return the effect on left and right of each session, shape (s, 2), of growth and side effects given per session, shape (s, m + 2)."""
    m = growth.shape[1]
    return np.asarray((growth * raw[:, :m]).sum(axis=1, keepdims=True) + raw[:, m:])


def _times_precision(day: Array, between: tuple[float, float]) -> Array:
    same, cross = 0.5 * (1 / between[0] + 1 / between[1]), 0.5 * (1 / between[0] - 1 / between[1])
    return np.asarray(same * day + cross * day[:, ::-1])


def _day_penalty(day: Array, between: tuple[float, float]) -> Array:
    return np.asarray(0.5 * ((day[:, 0] + day[:, 1]) ** 2 / between[0] + (day[:, 0] - day[:, 1]) ** 2 / between[1]))


def with_growth(design: Design, fixed: Array, offset: Array, growth: Array) -> Design:
    """Return the same sets with other columns and offsets."""
    return replace(design, fixed=fixed, offset=offset, growth=growth)

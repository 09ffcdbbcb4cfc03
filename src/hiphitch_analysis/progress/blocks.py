"""The linear algebra of a log: sets within sessions within athletes, every level solved for all at once.

Every athlete is a problem of his own, every session a two-by-two one within it (its left and its right sets). All of them are solved together by sums
over sets, sessions and athletes; nothing larger than an athlete's handful of effects is ever inverted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.likelihood import Bounds

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """Sets, ordered by athlete and session, and what the model says each of them depends on.

    Attributes
    ----------
    bounds : Bounds
        Of log capacity in each set; infinite above where the set was capped.
    fixed : ndarray, shape (n, p)
        Columns of the fixed effects; the first two are level and gain.
    offset : ndarray, shape (n,)
        Known part of log capacity.
    cell : ndarray of int, shape (n,)
        2 × session + side (left 0, right 1).
    growth : ndarray, shape (s, m)
        Of each session, the columns that the athlete has an effect on; the first two are level and gain.
    athlete : ndarray of int, shape (s,)
        Of each session; ascending from 0, nobody left out.
    first_session, first_set : ndarray of int, shape (a,)
        Where each athlete begins; found from the above.
    """

    bounds: Bounds
    fixed: Array
    offset: Array
    cell: Index
    growth: Array
    athlete: Index
    first_session: Index = field(init=False)
    first_set: Index = field(init=False)

    def __post_init__(self) -> None:
        everybody = np.arange(self.athlete[-1] + 1)
        object.__setattr__(self, "first_session", np.searchsorted(self.athlete, everybody))
        object.__setattr__(self, "first_set", np.searchsorted(self.cell // 2, self.first_session))

    def select(self, athletes: int) -> Design:
        """Return the sets of the first so many athletes."""
        sessions = int(np.searchsorted(self.athlete, athletes))
        sets = int(np.searchsorted(self.cell // 2, sessions))
        bounds = Bounds.of(self.bounds.lower[:sets], self.bounds.upper[:sets])
        return Design(bounds, self.fixed[:sets], self.offset[:sets], self.cell[:sets], self.growth[:sessions], self.athlete[:sessions])

    def per_cell(self, of_set: Array) -> Array:
        """Sum over the sets of each session's left and right, shape (s, 2)."""
        return np.asarray(np.bincount(self.cell, of_set, 2 * len(self.athlete)).reshape(-1, 2), dtype=np.float64)

    def per_athlete(self, of_session: Array) -> Array:
        """Sum over each athlete's sessions."""
        return np.asarray(np.add.reduceat(of_session, self.first_session, axis=0))

    def per_athlete_sets(self, of_set: Array) -> Array:
        """Sum over each athlete's sets."""
        return np.asarray(np.add.reduceat(of_set, self.first_set, axis=0))

    def collect(self, of_cell: Array) -> Array:
        """Return Q'x of each athlete, shape (a, m + 2): Q has a row for each cell, its growth columns and its side."""
        m = self.growth.shape[1]
        rows = np.empty((len(of_cell), m + 2))
        rows[:, :m] = self.growth * (of_cell[:, 0] + of_cell[:, 1])[:, None]
        rows[:, m:] = of_cell
        return self.per_athlete(rows)

    def spread(self, of_athlete: Array) -> Array:
        """Return Qx of each cell, shape (s, 2), from effects of each athlete, shape (a, m + 2)."""
        own, m = of_athlete[self.athlete], self.growth.shape[1]
        grown = own[:, 0] * self.growth[:, 0]
        for i in range(1, m):
            grown += own[:, i] * self.growth[:, i]
        return np.asarray(own[:, m:] + grown[:, None])


@dataclass(frozen=True, slots=True)
class Days:
    """Covariance of the effects of a day on left and right, through the variances of their sum and difference over √2.

    Attributes
    ----------
    total, apart : float
        Variances of the sum and the difference.
    """

    total: float
    apart: float

    @staticmethod
    def of(session: float, side_session: float) -> Days:
        """Return the covariance that follows from the standard deviations of a day and of a side on that day."""
        return Days(2.0 * session**2 + side_session**2, side_session**2)

    @property
    def precision(self) -> tuple[float, float]:
        """Diagonal and off-diagonal element of the inverse."""
        return 0.5 * (1 / self.total + 1 / self.apart), 0.5 * (1 / self.total - 1 / self.apart)

    def penalty(self, day: Array) -> Array:
        """Return x'K⁻¹x of each session."""
        left, right = day[:, 0], day[:, 1]
        return np.asarray(0.5 * ((left + right) ** 2 / self.total + (left - right) ** 2 / self.apart))

    def pull(self, day: Array) -> Array:
        """Return K⁻¹x of each session."""
        same, cross = self.precision
        return np.asarray(same * day + cross * day[:, ::-1])


@dataclass(frozen=True, slots=True)
class Curvature:
    """The curvature of the log-likelihood in all random effects, factorised.

    Attributes
    ----------
    weight : ndarray, shape (s, 2)
        W, of each cell.
    inner : ndarray, shape (s, 3)
        M = (W + K⁻¹)⁻¹ of each session, as left-left, left-right, right-right.
    passed : ndarray, shape (s, 2, 2)
        I − M W: the share of an athlete's effect that the day does not take up.
    logdet : ndarray, shape (s,)
        log |I + K W|.
    raw : ndarray, shape (a, m + 2, m + 2)
        Σ Q'W(I − M W)Q: what an athlete's sets say of his effects once his days are free.
    inverse : ndarray, shape (a, m + 2, m + 2)
        Inverse curvature in the whitened effects of athletes.
    factor : ndarray, shape (m + 2, m + 2)
        Triangular factor of their covariance.
    """

    weight: Array
    inner: Array
    passed: Array
    logdet: Array
    raw: Array
    inverse: Array
    factor: Array

    def solve(self, design: Design, pull: Array, day_pull: Array) -> tuple[Array, Array]:
        """Solve H x = pull: whitened effects of athletes, shape (a, m + 2), and effects of days, shape (s, 2)."""
        alone = self._times_inner(day_pull)
        of_athlete = np.einsum("aij,aj->ai", self.inverse, pull - design.collect(self.weight * alone) @ self.factor)
        return of_athlete, alone - self._times_inner(self.weight * design.spread(of_athlete @ self.factor.T))

    def _times_inner(self, x: Array) -> Array:
        left, right, inner = x[:, 0], x[:, 1], self.inner
        out = np.empty_like(x)
        out[:, 0] = inner[:, 0] * left + inner[:, 1] * right
        out[:, 1] = inner[:, 1] * left + inner[:, 2] * right
        return out

    def variances(self, design: Design) -> tuple[Array, Array]:
        """Return the posterior variance of log capacity in each cell, and of the day's sum and difference of sides over √2, both of shape (s, 2)."""
        m, growth, inner, passed = design.growth.shape[1], design.growth, self.inner, self.passed
        cov = (self.factor @ self.inverse @ self.factor.T)[design.athlete]
        of_growth, with_side = np.zeros(len(growth)), np.zeros((len(growth), 2))
        for i in range(m):
            with_side += cov[:, i, m:] * growth[:, i, None]
            for j in range(i, m):
                of_growth += cov[:, i, j] * growth[:, i] * growth[:, j] * (1 + (i != j))
        sides = cov[:, m:, m:]

        def quadratic(left: Array, right: Array) -> Array:
            both = left + right
            return np.asarray(
                both**2 * of_growth
                + 2 * both * (left * with_side[:, 0] + right * with_side[:, 1])
                + left**2 * sides[:, 0, 0]
                + 2 * left * right * sides[:, 0, 1]
                + right**2 * sides[:, 1, 1]
            )

        of_cell, of_day = np.empty((len(inner), 2)), np.empty((len(inner), 2))
        taken = np.eye(2) - passed
        for k, sign in enumerate((1.0, -1.0)):
            of_cell[:, k] = inner[:, 2 * k] + quadratic(passed[:, k, 0], passed[:, k, 1])
            left, right = (taken[:, 0] + sign * taken[:, 1]).T * np.sqrt(0.5)
            of_day[:, k] = 0.5 * (inner[:, 0] + inner[:, 2]) + sign * inner[:, 1] + quadratic(left, right)
        return of_cell, of_day


def factorise(design: Design, weight: Array, days: Days, factor: Array) -> Curvature:
    """Factorise the curvature.

    Parameters
    ----------
    design : Design
    weight : ndarray, shape (s, 2)
        Minus the second derivative of the log-likelihood in log capacity, summed over each cell's sets.
    days : Days
    factor : ndarray, shape (m + 2, m + 2)
        Lower triangular factor of the covariance of an athlete's growth effects and sides.

    Returns
    -------
    Curvature
    """
    left, right = weight[:, 0], weight[:, 1]
    same, cross = days.precision
    a, d = left + same, right + same
    det = a * d - cross**2
    inner = np.empty((len(weight), 3))
    inner[:, 0], inner[:, 1], inner[:, 2] = d / det, -cross / det, a / det
    passed = np.empty((len(weight), 2, 2))
    passed[:, 0, 0], passed[:, 0, 1] = 1.0 - inner[:, 0] * left, -inner[:, 1] * right
    passed[:, 1, 0], passed[:, 1, 1] = -inner[:, 1] * left, 1.0 - inner[:, 2] * right
    raw = _sum_raw(design, left * passed[:, 0, 0], left * passed[:, 0, 1], right * passed[:, 1, 1])
    inverse = np.asarray(np.linalg.inv(np.eye(len(factor)) + factor.T @ raw @ factor), dtype=np.float64)
    return Curvature(weight, inner, passed, np.log(det * days.total * days.apart), raw, inverse, factor)


def _sum_raw(design: Design, of_left: Array, of_both: Array, of_right: Array) -> Array:
    growth, m = design.growth, design.growth.shape[1]
    left, right = of_left + of_both, of_both + of_right
    pairs = [(i, j) for i in range(m) for j in range(i, m)]
    columns = [(left + right) * growth[:, i] * growth[:, j] for i, j in pairs]
    columns += [left * growth[:, i] for i in range(m)] + [right * growth[:, i] for i in range(m)] + [of_left, of_right, of_both]
    sums = design.per_athlete(np.array(columns).T)
    places = [*pairs, *((i, m) for i in range(m)), *((i, m + 1) for i in range(m)), (m, m), (m + 1, m + 1), (m, m + 1)]
    raw = np.empty((len(sums), m + 2, m + 2))
    for k, (i, j) in enumerate(places):
        raw[:, i, j] = raw[:, j, i] = sums[:, k]
    return raw

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
        """Return M x of each session, of one x, shape (s, 2), or of several, shape (s, 2, k)."""
        left, right = x[:, 0], x[:, 1]
        same_left, cross, same_right = self.inner.T if x.ndim == 2 else self.inner.T[:, :, None]
        out = np.empty_like(x)
        out[:, 0] = same_left * left + cross * right
        out[:, 1] = cross * left + same_right * right
        return out

    def of_fixed(self, design: Design, precision: Array) -> tuple[Array, Array, Array]:
        """Return what sets of this precision say of the fixed effects, and what these take away from the random ones.

        Parameters
        ----------
        design : Design
        precision : ndarray, shape (n,)
            Of each set; its sums are `weight`.

        Returns
        -------
        known : ndarray, shape (p, p)
            Precision of the fixed effects once random effects are free.
        white, day : ndarray, shape (a, m + 2, p) and (s, 2, p)
            Effects of athletes (whitened) and of days that one of each fixed effect makes up for.
        """
        weighted, m = design.fixed * precision[:, None], design.growth.shape[1]
        pull = np.stack([design.per_cell(column) for column in weighted.T], axis=2)
        alone, weight, growth = self._times_inner(pull), self.weight[:, :, None], design.growth[:, :, None]
        free = pull - weight * alone
        of_athlete = design.per_athlete(np.concatenate([growth * (free[:, :1] + free[:, 1:]), free], axis=1))
        white = self.inverse @ (self.factor.T @ of_athlete)
        own = (self.factor @ white)[design.athlete]
        of_cell = own[:, m:] + (growth * own[:, :m]).sum(axis=1, keepdims=True)
        day = alone - self._times_inner(weight * of_cell)
        p = pull.shape[2]
        return weighted.T @ design.fixed - pull.reshape(-1, p).T @ (of_cell + day).reshape(-1, p), white, day

    def of_cells(self, design: Design) -> Array:
        """Return the posterior variance of log capacity in each cell, shape (s, 2)."""
        out, athletes = np.empty((len(self.inner), 2)), self._of_athletes(design)
        for k in range(2):
            out[:, k] = self.inner[:, 2 * k] + _quadratic(athletes, self.passed[:, k, 0], self.passed[:, k, 1])
        return out

    def across(self, design: Design) -> Array:
        """Return the posterior covariance of log capacity on left and right on each day, shape (s,)."""
        left, right, both = self._of_athletes(design)
        passed = self.passed
        mixed = passed[:, 0, 0] * passed[:, 1, 1] + passed[:, 0, 1] * passed[:, 1, 0]
        return np.asarray(self.inner[:, 1] + passed[:, 0, 0] * passed[:, 1, 0] * left + passed[:, 0, 1] * passed[:, 1, 1] * right + mixed * both)

    def of_days(self, design: Design) -> Array:
        """Return the posterior variance of each day's sum and difference of sides over √2, shape (s, 2)."""
        inner, taken, athletes = self.inner, np.eye(2) - self.passed, self._of_athletes(design)
        out = np.empty((len(inner), 2))
        for k, sign in enumerate((1.0, -1.0)):
            left, right = (taken[:, 0] + sign * taken[:, 1]).T * np.sqrt(0.5)
            out[:, k] = 0.5 * (inner[:, 0] + inner[:, 2]) + sign * inner[:, 1] + _quadratic(athletes, left, right)
        return out

    def _of_athletes(self, design: Design) -> Array:
        """Return what the athlete's effects alone leave uncertain in each session, shape (3, s): variances of left and right, and covariance."""
        m, growth = design.growth.shape[1], design.growth
        cov = (self.factor @ self.inverse @ self.factor.T)[design.athlete]
        of_growth, with_side = np.zeros(len(growth)), np.zeros((len(growth), 2))
        for i in range(m):
            with_side += cov[:, i, m:] * growth[:, i, None]
            for j in range(i, m):
                of_growth += cov[:, i, j] * growth[:, i] * growth[:, j] * (1 + (i != j))
        left, right = of_growth + 2 * with_side[:, 0] + cov[:, m, m], of_growth + 2 * with_side[:, 1] + cov[:, m + 1, m + 1]
        return np.array([left, right, of_growth + with_side[:, 0] + with_side[:, 1] + cov[:, m, m + 1]])


def _quadratic(athletes: Array, left: Array, right: Array) -> Array:
    return np.asarray(left**2 * athletes[0] + right**2 * athletes[1] + 2 * left * right * athletes[2])


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

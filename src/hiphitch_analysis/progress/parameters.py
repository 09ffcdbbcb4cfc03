"""The parameters of the capacity model as one vector: what they mean, what is believed of them beforehand, and how the gradient gets there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.growth import Law
from hiphitch_analysis.progress.marginal import Marginal, Variances

Array = NDArray[np.float64]

SPREADS = ("residual", "session", "side_session", "side")
# What is believed beforehand, as mean and standard deviation; of standard deviations it is their logarithm that is normal. Assumptions of
# this project, wide enough for a squad to speak for itself.
LEVEL = (np.log(25.0), 0.5)  # log repetitions in a first set, in the first week
GAIN = (0.6, 0.4)  # of log capacity over the first twelve weeks
GAIN_WEEKS = 12.0
SPREAD_OF_GAIN = (np.log(0.25), 0.6)  # between athletes, over those weeks
SPREAD_OF_LEVEL = (np.log(0.30), 0.5)
SPREAD_OF_RATE = (np.log(0.45), 0.5)  # of the logarithm of the rate at which growth slows down
SPREAD_PRIORS = {
    "residual": (np.log(0.05), 0.3),  # nobody repeats a set to one part in a hundred, however even a log looks
    "session": (np.log(0.06), 0.6),
    "side_session": (np.log(0.05), 0.6),
    "side": (np.log(0.07), 0.6),
}
CORRELATION = (0.0, 0.5)  # of its inverse hyperbolic tangent
EFFECTS = {
    "second_set": (-0.05, 0.05),
    "third_set": (-0.03, 0.05),
    "before": (-0.05, 0.06),  # for 50 repetitions done before
    "rest": (0.05, 0.05),  # for twice the rest
    "failed": (-0.15, 0.15),  # after a set to failure
    "load": (-4.0, 2.0),  # for ankle weight as a share of body mass
}
STEP = 1e-30


@dataclass(frozen=True, slots=True)
class Layout:
    """Which place in the vector is what.

    Attributes
    ----------
    effects : tuple of str
        Fixed effects beside level and gain, keys of `EFFECTS`.
    law : Law
        Of growth.
    columns : int
        Growth columns an athlete has an effect on: level and gain, and where it is 3 the rate as well.
    """

    effects: tuple[str, ...]
    law: Law
    columns: int

    @property
    def names(self) -> tuple[str, ...]:
        """One for each place."""
        m = self.columns
        of_growth = ("level_sd", "gain_sd", "rate_sd")[:m]
        related = tuple(f"correlation_{i}{j}" for i in range(1, m) for j in range(i))
        return ("level", "gain", *self.effects, *SPREADS, *of_growth, *related)

    @property
    def fixed(self) -> int:
        """Number of fixed effects."""
        return 2 + len(self.effects)

    def priors(self) -> tuple[Array, Array]:
        """Return mean and standard deviation of the normal prior of each place."""
        by_then = float(self.law.grow(GAIN_WEEKS))
        gain = (GAIN[0] / by_then, GAIN[1] / by_then)
        spread_of_gain = (SPREAD_OF_GAIN[0] - np.log(by_then), SPREAD_OF_GAIN[1])
        of_growth = [SPREAD_OF_LEVEL, spread_of_gain, SPREAD_OF_RATE][: self.columns]
        related = [CORRELATION] * (self.columns * (self.columns - 1) // 2)
        of_effects, of_spreads = [EFFECTS[name] for name in self.effects], [SPREAD_PRIORS[name] for name in SPREADS]
        both = np.array([LEVEL, gain, *of_effects, *of_spreads, *of_growth, *related])
        return both[:, 0], both[:, 1]

    def unpack(self, vector: Array) -> tuple[Array, Variances]:
        """Return fixed effects and variances."""
        p = self.fixed
        residual, session, side_session, side = np.exp(vector[p : p + 4]).tolist()
        return vector[:p], Variances(residual, session, side_session, side, _growth_factor(vector[p + 4 :], self.columns))

    def pack(self, fixed: Array, variances: Variances) -> Array:
        """Return the vector that `unpack` takes apart."""
        spreads = [getattr(variances, name) for name in SPREADS]
        return np.concatenate([fixed, np.log(spreads), _of_growth_factor(variances.growth)])

    def gradient(self, vector: Array, found: Marginal) -> Array:
        """Return the gradient of each athlete's marginal log-likelihood, shape (a, d)."""
        _, variances = self.unpack(vector)
        m, of_factor = self.columns, found.in_factor
        own = vector[self.fixed + 4 :]
        steps = own + 1j * STEP * np.eye(len(own))
        turned = np.array([np.imag(_growth_factor(step, m)) / STEP for step in steps])  # exact: no difference is taken
        return np.column_stack(
            [
                found.in_fixed,
                found.in_residual,
                found.in_session * variances.session,
                found.in_side_session * variances.side_session,
                (of_factor[:, m, m] + of_factor[:, m + 1, m + 1]) * variances.side,
                np.einsum("aij,kij->ak", of_factor[:, :m, :m], turned),
            ]
        )


def _growth_factor(own: NDArray[np.generic], columns: int) -> Array:
    """Return the triangular factor of a covariance from log standard deviations and inverse hyperbolic tangents of partial correlations."""
    spread, partial = np.exp(own[:columns]), np.tanh(own[columns:])
    factor = np.zeros((columns, columns), dtype=own.dtype)
    place = 0
    for i in range(columns):
        left = spread[i]
        for j in range(i):
            factor[i, j] = left * partial[place]
            left = left * np.sqrt(1.0 - partial[place] ** 2)
            place += 1
        factor[i, i] = left
    return factor


def _of_growth_factor(factor: Array) -> Array:
    """Return log standard deviations and inverse hyperbolic tangents of partial correlations: `_growth_factor` backwards."""
    spread = np.sqrt((factor**2).sum(axis=1))
    partial = [factor[i, j] / np.sqrt((factor[i, j:] ** 2).sum()) for i in range(1, len(factor)) for j in range(i)]
    return np.concatenate([np.log(spread), np.arctanh(partial)])

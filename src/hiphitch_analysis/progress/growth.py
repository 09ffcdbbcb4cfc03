"""How capacity grows: straight on; or ever more slowly, towards a limit or without one, at a rate that has to be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Kind = Literal["linear", "saturating", "logarithmic"]


@dataclass(frozen=True, slots=True)
class Law:
    """A law of growth, in weeks at the first week's pace.

    Attributes
    ----------
    kind : {"linear", "saturating", "logarithmic"}
        w; (1 − exp(−k w)) / k, which never goes beyond 1/k; log(1 + k w) / k, which has no limit. Both are w where k is small.
    rate : float
        k, by which growth slows down, in the middle of a population [1/week]; 0 where it does not.

    Examples
    --------
    >>> Law("saturating", 0.25).grow([0, 4, 8]).round(2).tolist(), Law("logarithmic", 1.0).grow([0, 4, 8]).round(2).tolist()
    ([0.0, 2.53, 3.46], [0.0, 1.61, 2.2])
    """

    kind: Kind
    rate: float = 0.0

    def grow(self, weeks: ArrayLike, rate: ArrayLike | None = None) -> Array:
        """Return how far growth has come after `weeks` [weeks at the first pace], at the law's own rate or another."""
        w, k = self._at(weeks, rate)
        if self.kind == "linear":
            return w
        return np.asarray(-np.expm1(-k * w) / k if self.kind == "saturating" else np.log1p(k * w) / k)

    def bend(self, weeks: ArrayLike, rate: ArrayLike | None = None) -> Array:
        """Return the derivative of `grow` in the logarithm of the rate.

        Examples
        --------
        >>> law, step = Law("saturating", 0.2), 1e-6
        >>> by_difference = (law.grow(8, 0.2 * np.exp(step)) - law.grow(8, 0.2 * np.exp(-step))) / (2 * step)
        >>> bool(abs(law.bend(8) - by_difference) < 1e-8)
        True
        """
        w, k = self._at(weeks, rate)
        if self.kind == "linear":
            return np.zeros_like(w)
        return np.asarray((w * np.exp(-k * w) if self.kind == "saturating" else w / (1.0 + k * w)) - self.grow(w, k))

    def weeks_to(self, gain: ArrayLike, rate: ArrayLike | None = None) -> Array:
        """Return the weeks until growth has come so far: the inverse of `grow`; infinite where it never does, 0 where nothing is to be gained.

        Examples
        --------
        >>> Law("saturating", 0.25).weeks_to([-1.0, 3.46, 4.1]).round(1).tolist()
        [0.0, 8.0, inf]
        """
        g, k = self._at(np.maximum(gain, 0.0), rate)
        if self.kind == "linear":
            return g
        if self.kind == "logarithmic":
            return np.asarray(np.expm1(np.minimum(k * g, 100.0)) / k)
        reached = k * g < 1.0
        return np.asarray(np.where(reached, -np.log1p(-np.where(reached, k * g, 0.0)) / k, np.inf))

    def _at(self, weeks: ArrayLike, rate: ArrayLike | None) -> tuple[Array, Array]:
        w, k = np.broadcast_arrays(np.asarray(weeks, dtype=np.float64), np.asarray(self.rate if rate is None else rate, dtype=np.float64))
        return w, k


LINEAR = Law("linear")

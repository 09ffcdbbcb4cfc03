"""What a set says about capacity: the normal log-likelihood of "between" and "at least", with its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx

Array = NDArray[np.float64]

ROOT_HALF = np.sqrt(0.5)
ROOT_2_PI = np.sqrt(2.0 * np.pi)
CERTAIN = -8.0  # standard deviations: an "at least" so far below the mean holds but for one in 10¹⁵, and says nothing


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what each observation lies.

    Attributes
    ----------
    lower, upper : ndarray, shape (n,)
        `upper` is infinite where all that is known is "at least"; `lower` is finite.
    closed, open : ndarray of int
        Which have two bounds, and which one.
    """

    lower: Array
    upper: Array
    closed: NDArray[np.intp]
    open: NDArray[np.intp]

    @staticmethod
    def of(lower: Array, upper: Array) -> Bounds:
        """Return the bounds `lower` and `upper`."""
        two = np.isfinite(upper)
        return Bounds(lower, upper, np.flatnonzero(two), np.flatnonzero(~two))


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood of each observation at mean η and standard deviation σ.

    Attributes
    ----------
    value : ndarray, shape (n,)
        log P(lower ≤ y < upper).
    score, weight, bend : ndarray, shape (n,)
        First derivative in η, minus the second (never negative), and the third.
    in_log_sigma : ndarray, shape (n,)
        Derivative in log σ.
    """

    value: Array
    score: Array
    weight: Array
    bend: Array
    in_log_sigma: Array


def censored_normal(bounds: Bounds, mean: Array, sigma: Array) -> Likelihood:
    """Work out the likelihood of observations known only to lie within bounds.

    Parameters
    ----------
    bounds : Bounds
    mean, sigma : ndarray, shape (n,)
        η and σ.

    Returns
    -------
    Likelihood

    Notes
    -----
    With a, b the standardised bounds, P = Φ(b) − Φ(a), A = φ(a)/P and B = φ(b)/P, every derivative is a polynomial in a, b, A and B. To keep A and B
    exact far out in the tails, where P underflows, the interval is reflected so that its middle is not negative, and everything is scaled by
    exp(a²/2) through the scaled complementary error function. The likelihood is log-concave in η.

    Examples
    --------
    A capped set of 20 says little once capacity is far above it, a failed one of 20 says much:

    >>> bounds = Bounds.of(np.log([20.0, 20.0]), np.array([np.inf, np.log(21.0)]))
    >>> censored_normal(bounds, np.log([30.0, 30.0]), np.array([0.1, 0.1])).value.round(1).tolist()
    [-0.0, -8.8]
    """
    value, score, weight, bend, in_log_sigma = np.empty((5, len(mean)))
    one = bounds.open
    sd = sigma[one]
    a = np.maximum((bounds.lower[one] - mean[one]) / sd, CERTAIN)
    scaled = 0.5 * erfcx(ROOT_HALF * a)
    at_a = 1.0 / (ROOT_2_PI * scaled)
    value[one], score[one] = np.log(scaled) - 0.5 * a**2, at_a / sd
    curved = np.maximum(at_a * (at_a - a), 0.0)
    weight[one], in_log_sigma[one] = curved / sd**2, a * at_a
    bend[one] = (curved * (2.0 * at_a - a) - at_a) / sd**3

    two = bounds.closed
    mid, sd = mean[two], sigma[two]
    a, b = (bounds.lower[two] - mid) / sd, (bounds.upper[two] - mid) / sd
    turned = a + b < 0.0
    near, far = np.where(turned, -b, a), np.where(turned, -a, b)
    fall = np.exp(0.5 * (near - far) * (near + far))
    scaled = np.maximum(0.5 * (erfcx(ROOT_HALF * near) - fall * erfcx(ROOT_HALF * far)), 1e-300)
    at_near = 1.0 / (ROOT_2_PI * scaled)
    at_far = fall * at_near
    pull = np.where(turned, at_far - at_near, at_near - at_far)
    first = near * at_near - far * at_far
    value[two], score[two] = np.log(scaled) - 0.5 * near**2, pull / sd
    curved = np.maximum(pull**2 - first, 0.0)
    weight[two], in_log_sigma[two] = curved / sd**2, first
    second = np.where(turned, -1.0, 1.0) * (near**2 * at_near - far**2 * at_far)
    bend[two] = (2.0 * pull * curved + second - pull * (1.0 + first)) / sd**3
    return Likelihood(value, score, weight, bend, in_log_sigma)

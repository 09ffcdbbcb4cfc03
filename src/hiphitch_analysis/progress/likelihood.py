"""What a set says about capacity: the normal log-likelihood of "between" and "at least", with the derivatives a Laplace approximation asks for."""

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
    closed : ndarray of bool, shape (n,)
        Which have two bounds.
    """

    lower: Array
    upper: Array
    closed: NDArray[np.bool_]

    @staticmethod
    def of(lower: Array, upper: Array) -> Bounds:
        """Return the bounds `lower` and `upper`."""
        return Bounds(lower, upper, np.isfinite(upper))


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood of each observation at mean η and standard deviation σ = exp(τ).

    Attributes
    ----------
    value : ndarray, shape (n,)
        log P(lower ≤ y < upper).
    score, weight : ndarray, shape (n,)
        First derivative in η, and minus the second (never negative).
    part : ndarray of int, shape (k,)
        The places of the observations that say anything; of the others all is zero.
    a, b, at_a, at_b : ndarray, shape (k,)
        What further derivatives are made of, see `censored_normal`: standardised bounds and A, B (zero where there is no upper bound).
    sigma : float
    """

    value: Array
    score: Array
    weight: Array
    part: NDArray[np.intp]
    a: Array
    b: Array
    at_a: Array
    at_b: Array
    sigma: float


@dataclass(frozen=True, slots=True)
class Further:
    """Further derivatives of a `Likelihood`, each of shape (n,).

    Attributes
    ----------
    bend : ndarray
        Derivative of the weight in η.
    in_tau, score_in_tau, weight_in_tau : ndarray
        Derivatives in τ of value, score and weight.
    """

    bend: Array
    in_tau: Array
    score_in_tau: Array
    weight_in_tau: Array


def censored_normal(bounds: Bounds, mean: Array, sigma: float) -> Likelihood:
    """Work out the likelihood of observations known only to lie within bounds.

    Parameters
    ----------
    bounds : Bounds
    mean : ndarray, shape (n,)
    sigma : float

    Returns
    -------
    Likelihood

    Notes
    -----
    With a, b the standardised bounds, P = Φ(b) − Φ(a), A = φ(a)/P and B = φ(b)/P, every derivative is a polynomial in a, b, A and B. To keep A and B
    exact far out in the tails, where P underflows, the interval is reflected so that its middle is not negative, and everything is scaled by
    exp(a²/2) through the scaled complementary error function. The likelihood is log-concave in η, so that Newton's method has one place to go to.

    Examples
    --------
    A capped set of 20 says little once capacity is far above it, a failed one of 20 says much:

    >>> bounds = Bounds.of(np.log([20.0, 20.0]), np.array([np.inf, np.log(21.0)]))
    >>> censored_normal(bounds, np.log([30.0, 30.0]), 0.1).value.round(1).tolist()
    [-0.0, -8.8]
    """
    a = (bounds.lower - mean) / sigma
    part = np.flatnonzero((a > CERTAIN) | bounds.closed)
    a, two = a[part], np.flatnonzero(bounds.closed[part])
    scaled = 0.5 * erfcx(ROOT_HALF * np.maximum(a, CERTAIN))
    b, at_b = np.zeros_like(a), np.zeros_like(a)
    low, high = a[two], (bounds.upper[part[two]] - mean[part[two]]) / sigma
    turned = low + high < 0.0
    near, far = np.where(turned, -high, low), np.where(turned, -low, high)
    fall = np.exp(0.5 * (near - far) * (near + far))
    scaled[two] = np.maximum(0.5 * (erfcx(ROOT_HALF * near) - fall * erfcx(ROOT_HALF * far)), 1e-300)
    a[two] = near
    log_chance = np.log(scaled) - 0.5 * a**2
    at_a = 1.0 / (ROOT_2_PI * scaled)
    at_near, at_far = at_a[two], fall * at_a[two]
    a[two], b[two] = low, high
    at_a[two], at_b[two] = np.where(turned, at_far, at_near), np.where(turned, at_near, at_far)
    pull = (at_a - at_b) / sigma
    value, score, weight = np.zeros((3, len(mean)))
    value[part], score[part] = log_chance, pull
    weight[part] = np.maximum(pull**2 - (a * at_a - b * at_b) / sigma**2, 0.0)
    return Likelihood(value, score, weight, part, a, b, at_a, at_b, sigma)


def differentiate(likelihood: Likelihood) -> Further:
    """Differentiate once more, and in the logarithm of the standard deviation."""
    a, b, part, sigma = likelihood.a, likelihood.b, likelihood.part, likelihood.sigma
    score, weight = likelihood.score[part], likelihood.weight[part]
    of_a, of_b = a * likelihood.at_a, b * likelihood.at_b
    first = of_a - of_b
    of_a, of_b = a * of_a, b * of_b
    second = of_a - of_b
    third = a * of_a - b * of_b
    further = np.zeros((4, len(likelihood.value)))
    further[0, part] = -2.0 * score * weight - second / sigma**3 + score * (1.0 + first) / sigma**2
    further[1, part] = first
    further[2, part] = score_in_tau = second / sigma - score * (1.0 + first)
    further[3, part] = 2.0 * score * score_in_tau + (3.0 * first - third + first**2) / sigma**2
    return Further(*further)

"""The likelihood of "between" and "at least", against scipy's normal distribution and against differences of it."""

import numpy as np
import pytest
from scipy.stats import norm

from hiphitch_analysis.progress.likelihood import Bounds, censored_normal

SIGMA = 0.07
CASES = [(3.0, 3.05), (3.0, 3.3), (3.0, np.inf), (2.0, 2.7), (3.4, np.inf), (2.6, np.inf)]
MEANS = np.array([2.7, 2.95, 3.02, 3.3, 3.45])


def at(lower, upper, mean, sigma=SIGMA):
    return censored_normal(Bounds.of(np.array([lower]), np.array([upper])), np.array([mean]), np.array([sigma]))


@pytest.mark.parametrize(("lower", "upper"), CASES)
@pytest.mark.parametrize("mean", MEANS)
def test_chance_is_that_of_the_normal_distribution(lower, upper, mean):
    """By the tail in which the interval lies: a difference of two numbers near one would lose what is asked for."""
    a, b = (lower - mean) / SIGMA, (upper - mean) / SIGMA
    tail = norm.sf(a) - norm.sf(b) if a + b > 0 else norm.cdf(b) - norm.cdf(a)
    assert at(lower, upper, mean).value[0] == pytest.approx(np.log(tail), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(("lower", "upper"), CASES)
@pytest.mark.parametrize("mean", MEANS)
def test_every_derivative_is_the_difference_of_the_one_before(lower, upper, mean):
    step = 1e-5
    ahead, back = (at(lower, upper, mean + sign * step) for sign in (1, -1))
    wider, narrower = (at(lower, upper, mean, SIGMA * np.exp(sign * step)) for sign in (1, -1))
    here = at(lower, upper, mean)

    def slope(name, high, low):
        return (getattr(high, name)[0] - getattr(low, name)[0]) / (2 * step)

    # differences of second order: their error is of the size of 1e-5² times the derivative two orders up, of scale 1/σ
    close = {"rel": 1e-5, "abs": 1e-6}
    assert here.score[0] == pytest.approx(slope("value", ahead, back), **close)
    assert here.weight[0] == pytest.approx(-slope("score", ahead, back), **close)
    assert here.bend[0] == pytest.approx(-slope("weight", ahead, back), rel=1e-4, abs=1e-4)
    assert here.in_log_sigma[0] == pytest.approx(slope("value", wider, narrower), **close)


@pytest.mark.parametrize("mean", [-3.0, 0.0, 8.0, 20.0])
def test_far_out_everything_stays_finite_and_right(mean):
    """Hundreds of standard deviations away the log-likelihood is that of the nearer bound: −½ a², and its slope a/σ."""
    found = at(3.0, 3.05, mean)
    nearer = 3.0 if mean < 3 else 3.05
    a = (nearer - mean) / SIGMA
    assert found.value[0] == pytest.approx(-0.5 * a**2, rel=0.01)
    assert found.score[0] == pytest.approx(a / SIGMA, rel=0.01)
    assert np.isfinite([*found.bend, *found.in_log_sigma]).all()


def test_a_cap_far_below_capacity_says_nothing():
    found = at(3.0, np.inf, 4.5)
    assert [found.value[0], found.score[0], found.weight[0], found.bend[0], found.in_log_sigma[0]] == pytest.approx(np.zeros(5), abs=1e-9)

"""Laws of growth in closed form."""

import numpy as np
import pytest

from hiphitch_analysis.progress.growth import LINEAR, Law

LAWS = [LINEAR, Law("saturating", 0.15), Law("logarithmic", 0.5)]


@pytest.mark.parametrize("law", LAWS)
def test_every_law_begins_with_a_week_a_week(law):
    assert law.grow(1e-6) == pytest.approx(1e-6, rel=1e-5) and law.grow(0.0) == 0.0


@pytest.mark.parametrize("law", LAWS)
def test_weeks_to_is_the_inverse(law):
    weeks = np.array([0.0, 0.5, 4.0, 25.0])
    assert law.weeks_to(law.grow(weeks)) == pytest.approx(weeks, rel=1e-9)
    assert law.weeks_to(-1.0) == 0.0


def test_growth_ends_where_it_must():
    law = Law("saturating", 0.2)
    assert law.grow(1000.0) == pytest.approx(5.0) and np.isinf(law.weeks_to(5.0)) and np.isinf(law.weeks_to(7.0))
    assert Law("logarithmic", 1.0).grow(np.e - 1) == pytest.approx(1.0)


@pytest.mark.parametrize("law", LAWS[1:])
def test_bend_is_the_derivative_in_the_logarithm_of_the_rate(law):
    step, weeks = 1e-6, np.array([0.5, 6.0, 20.0])
    by_difference = (law.grow(weeks, law.rate * np.exp(step)) - law.grow(weeks, law.rate * np.exp(-step))) / (2 * step)
    assert law.bend(weeks) == pytest.approx(by_difference, rel=1e-6)
    assert (LINEAR.bend(weeks) == 0).all()

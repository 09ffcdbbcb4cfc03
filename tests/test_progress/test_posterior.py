"""Draws of the parameters, against a random walk that knows nothing of a peak."""

import numpy as np
import pytest

from hiphitch_analysis.progress.branch import Target
from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.growth import LINEAR, Law
from hiphitch_analysis.progress.parameters import Layout
from hiphitch_analysis.progress.posterior import draw_parameters
from hiphitch_analysis.simulate import draw_squad, simulate_season

STEPS = 6000


def test_draws_are_those_of_a_random_walk():
    """Six athletes, four weeks: spreads are hardly known, and their posterior is not normal. Both ways of drawing must agree within chance."""
    branch = fit_capacity(simulate_season(draw_squad(6, seed=3), weeks=4, seed=3).log, curved=False).branches[0]
    peak, rng = branch.peak, np.random.default_rng(5)
    drawn = np.array([vector for vector, _ in draw_parameters(branch.design, peak, 400, rng)])

    target, root = Target(branch.design, peak.layout, peak.found.sites), np.linalg.cholesky(peak.cov) * 0.6

    def height(at):
        found = target.evaluate(at)
        return target.value(at, found) + found.beyond.sum()

    at, walked = peak.vector, []
    here = height(at)
    for _ in range(STEPS):
        ahead = at + root @ rng.standard_normal(len(at))
        there = height(ahead)
        if np.log(rng.random()) < there - here:
            at, here = ahead, there
        walked.append(at)
    walked = np.array(walked[STEPS // 10 :])
    # of about 200 effective draws each: standard errors of 0.07 for a mean and of 5 % for a spread, both ways together of 0.1 and 7 %
    sd = walked.std(axis=0)
    assert (drawn.mean(axis=0) - walked.mean(axis=0)) / sd == pytest.approx(np.zeros(len(sd)), abs=0.35)
    assert drawn.std(axis=0) / sd == pytest.approx(np.ones(len(sd)), abs=0.25)


def test_none_are_drawn_where_none_are_asked_for():
    branch = fit_capacity(simulate_season(draw_squad(2, seed=1), weeks=3, seed=1).log, curved=False).branches[0]
    assert draw_parameters(branch.design, branch.peak, 0, np.random.default_rng(0)) == []


@pytest.mark.parametrize("law", [LINEAR, Law("saturating", 0.1)])
def test_a_vector_put_together_comes_apart_the_same(law):
    layout = Layout(("second_set", "before"), law, 2 if law == LINEAR else 3)
    mean, sd = layout.priors()
    vector = mean + sd * np.random.default_rng(2).standard_normal(len(mean))
    assert layout.pack(*layout.unpack(vector)) == pytest.approx(vector, rel=1e-12)


def test_the_peak_is_that_of_the_spreads_whatever_the_fixed_effects():
    """Restricted likelihood and what sites leave out: the slope of their sum is none at the peak, that of the likelihood alone is."""
    branch = fit_capacity(simulate_season(draw_squad(12, seed=4), weeks=6, seed=4).log, curved=False).branches[0]
    peak, p = branch.peak, branch.peak.layout.fixed
    target, sd = Target(branch.design, peak.layout, peak.found.sites), np.sqrt(np.diag(peak.cov))

    def heights(at):
        found = target.evaluate(at, 1e-9)
        known = found.curvature.of_fixed(branch.design, found.sites.precision)[0] + np.diag(target.sd[:p] ** -2.0)
        alone = target.value(at, found)
        return np.array([alone, alone + found.beyond.sum() - 0.5 * np.linalg.slogdet(known)[1]])

    slopes = []
    for k in range(p, len(sd)):
        step = 0.1 * sd[k] * np.eye(len(sd))[k]
        slopes.append((heights(peak.vector + step) - heights(peak.vector - step)) / 0.2)
    alone, whole = np.abs(slopes).T
    assert whole.max() < 0.1  # of a standard deviation: what one step of Newton's method may miss
    assert whole.max() < 0.5 * alone.max()

"""Draws of the parameters, against a random walk that knows nothing of a peak."""

import numpy as np
import pytest

from hiphitch_analysis.progress.branch import Target
from hiphitch_analysis.progress.capacity import fit_capacity
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

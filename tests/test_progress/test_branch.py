"""The peak of one growth law: whether it is one, and of what."""

import numpy as np

from hiphitch_analysis.progress.branch import Target
from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.simulate import draw_squad, simulate_season


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

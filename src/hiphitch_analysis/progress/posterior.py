"""Draws of the parameters of one growth law, as uncertain as the log leaves them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Design
from hiphitch_analysis.progress.branch import Peak, Target
from hiphitch_analysis.progress.marginal import Marginal

Array = NDArray[np.float64]

WIDER = 1.1  # than the curvature says: tails are looked at, too
PROPOSED = 2  # for each that is drawn
NEAR_ENOUGH = 1e-3  # for sites to agree with each other; the likelihood is off by about its square


def draw_parameters(design: Design, peak: Peak, count: int, rng: np.random.Generator) -> list[tuple[Array, Marginal]]:
    """Draw parameters from their posterior.

    Parameters
    ----------
    design : Design
    peak : Peak
        Of the law that `design` is made for.
    count : int
    rng : Generator

    Returns
    -------
    list of (ndarray, Marginal)
        Parameters, and the athletes at these; some may come more than once.

    Notes
    -----
    Spreads are less certain upwards than downwards, and how sure a mean is depends on a spread: the normal distribution around the peak is not quite
    the posterior. So more are drawn from it than are asked for, and of these some again, with the posterior over the normal density for a chance
    (sampling, importance resampling).
    """
    if not count:
        return []
    root, target = WIDER * np.linalg.cholesky(peak.cov), Target(design, peak.layout, peak.found.sites)
    proposed: list[tuple[Array, Marginal]] = []
    log_weight: list[float] = []
    while len(proposed) < PROPOSED * count:
        step = rng.standard_normal(len(root))
        vector = peak.vector + root @ step
        try:
            found = target.evaluate(vector, NEAR_ENOUGH)
        except FloatingPointError:  # far out in a tail that nobody believes in
            continue
        proposed.append((vector, found))
        log_weight.append(target.value(vector, found) + float(found.beyond.sum()) + 0.5 * float(step @ step))
    weight = np.exp(np.array(log_weight) - max(log_weight))
    bounds = np.cumsum(weight) / weight.sum()
    chosen = np.searchsorted(bounds, (np.arange(count) + rng.random()) / count)
    return [proposed[min(place, len(proposed) - 1)] for place in chosen]

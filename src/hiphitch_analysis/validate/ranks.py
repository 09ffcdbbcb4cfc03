"""Are the capacity model's parameters as uncertain as it says? Truths drawn from its own priors, and where they fall in what it then believes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kstest

from hiphitch_analysis.progress.capacity import ALWAYS, fit_capacity
from hiphitch_analysis.progress.growth import LINEAR
from hiphitch_analysis.progress.observe import REPS_BEFORE
from hiphitch_analysis.progress.parameters import Layout
from hiphitch_analysis.progress.posterior import draw_parameters
from hiphitch_analysis.simulate import Population, draw_squad, simulate_season

Array = NDArray[np.float64]

ATHLETES, WEEKS_OF_LOG, DRAWS = 25, 8, 200
RANKED = (
    "level", "gain", "before", "residual", "session", "side_session", "side", "level_sd", "gain_sd", "correlation_10"
)  # fmt: skip
BINS = 10


def rank_parameters(seed: int) -> dict[str, float]:
    """Draw parameters from the priors, simulate a squad that has them, fit its log, and say where each truth lies in its posterior.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict
        ``seed``, and of each name in `RANKED` the share of the posterior's draws that lie below the truth [0–1].

    Notes
    -----
    The generator knows one set effect, the same from each set to the next; it is drawn from what the priors of both steps say together, and not
    ranked itself.
    """
    rng = np.random.default_rng([seed, 21])
    layout = Layout(ALWAYS, LINEAR, 2)
    mean, sd = layout.priors()
    drawn = dict(zip(layout.names, rng.normal(mean, sd).tolist(), strict=True))
    step = 0.5 * (mean[2] + mean[3]) + sd[2] * np.sqrt(0.5) * rng.standard_normal()
    people = Population(
        level=(drawn["level"], np.exp(drawn["level_sd"])),
        slope=(drawn["gain"], np.exp(drawn["gain_sd"])),
        correlation=float(np.tanh(drawn["correlation_10"])),
        side_sd=np.exp(drawn["side"]),
        session_sd=np.exp(drawn["session"]),
        side_session_sd=np.exp(drawn["side_session"]),
        set_sd=np.exp(drawn["residual"]),
        set_factor=float(np.exp(step)),
        per_rep_before=drawn["before"] / REPS_BEFORE,
    )
    season = simulate_season(draw_squad(ATHLETES, people, seed), WEEKS_OF_LOG, seed)
    branch = fit_capacity(season.log, curved=False).branches[0]
    believed = np.array([vector for vector, _ in draw_parameters(branch.design, branch.peak, DRAWS, rng)])
    names = branch.peak.layout.names
    below = [float((believed[:, names.index(name)] < drawn[name]).sum()) for name in RANKED]
    ranks = (np.array(below) + rng.random(len(RANKED))) / (DRAWS + 1)
    return {"seed": float(seed), **dict(zip(RANKED, ranks.tolist(), strict=True))}


def summarise_ranks(rows: pd.DataFrame) -> dict[str, Any]:
    """Return of each parameter the counts in ten equal bins, the largest distance from flat, its p-value, and how often an 80 % interval held."""
    told = {}
    for name in RANKED:
        ranks = rows[name].to_numpy()
        test = kstest(ranks, "uniform")
        told[name] = {
            "counts": np.histogram(ranks, BINS, (0, 1))[0].tolist(),
            "distance": round(float(test.statistic), 3),
            "p_value": round(float(test.pvalue), 4),
            "coverage": round(float(((ranks > 0.1) & (ranks < 0.9)).mean()), 3),
        }
    return {"squads": len(rows), "parameters": told}

"""LOG → which share of sets reaches its target: a description beside the censored model, and why it is no more than that."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from hiphitch_analysis.progress.odds import LOGIT, Array, OddsFit, count_sets, fit_nothing, keep_varying, prepare_sets, tabulate_odds

FALLING_TARGET = (
    "A description, not a measure of progress: the prescription rises when sets are completed, so the share completed falls exactly when an athlete "
    "moves up. Capacity is read by the censored model."
)
ATHLETES_AS_CLUSTERS = 5  # from so many on; fewer are too few clusters, and sessions are
SEPARATED = 12.0  # log odds per standard deviation of an effect: some effect separates the outcomes


def fit_completion(log: pd.DataFrame) -> OddsFit:
    """Describe which sets reach their target: a marginal logit with exchangeable sets (GEE) and errors robust to clusters.

    Parameters
    ----------
    log : DataFrame
        Table LOG with ``target_reps``; sets without a cap (``amrap``) are left out, as are those without a target.

    Returns
    -------
    OddsFit
        Effects of ``week``, ``set`` and ``target`` (per doubling of the target), each where it varies, on the odds that a set reaches its target.
        Clusters are athletes; of fewer than five, sessions.

    Raises
    ------
    ValueError
        Not a LOG.

    Notes
    -----
    The share completed falls when the prescription rises, which it does after success: without the target beside it, the effect of the week mixes the
    two, and with it, what is left is still not capacity. With few clusters the errors are those corrected for bias (Mancl and DeRouen), with t.

    References
    ----------
    Mancl LA, DeRouen TA. A covariance estimator for GEE with improved small-sample properties. Biometrics 2001. doi:10.1111/j.0006-341X.2001.00126.x

    Examples
    --------
    >>> log = pd.DataFrame({"athlete_id": "A01", "date": "2026-01-05", "side": "left", "set": [1, 2], "reps": 20, "target_reps": 20})
    >>> fit_completion(log).notes[0]
    'Every set reached its target: nothing to fit.'
    """
    sets = prepare_sets(log)
    sets = sets.dropna(subset=["target_reps"]) if "target_reps" in sets else sets.iloc[:0]
    if "amrap" in sets:
        sets = sets[~sets["amrap"].eq(True).fillna(False).astype(bool)]
    if sets.empty:
        return fit_nothing(sets, "The log has no targets, so nothing can be called completed.")
    done = (sets["reps"] >= sets["target_reps"]).astype(float)
    if done.nunique() < 2:
        return fit_nothing(sets, f"{'Every' if done.iloc[0] else 'No'} set reached its target: nothing to fit.")
    told = [FALLING_TARGET]
    columns = {"week": sets["week"], "set": sets["set"].astype(float), "target": np.log2(sets["target_reps"].astype(float))}
    x = keep_varying(pd.DataFrame(columns), told)
    by_athlete = sets["athlete_id"].nunique() >= ATHLETES_AS_CLUSTERS
    clusters = pd.factorize(sets["athlete_id"] if by_athlete else sets["visit"])[0]
    rarer = min(done.sum(), len(done) - done.sum())
    if clusters.max() < x.shape[1] + 1 or rarer < x.shape[1] + 1:
        return fit_nothing(sets, f"Too few sets to compare: {int(rarer)} of the rarer outcome, {clusters.max() + 1} clusters.")
    found = _fit_gee(done.to_numpy(), x.to_numpy(dtype=float), clusters)
    if found is None:
        return fit_nothing(sets, "No solution was found: some effect separates completed sets from the others completely.")
    told.append(f"Clusters: {'athletes' if by_athlete else 'sessions'}, sets within one {found[2]}.")
    freedom = clusters.max() + 1 - x.shape[1] - 1
    table = tabulate_odds(list(x), found[0], np.sqrt(np.diag(found[1])), float(t.ppf(0.975, max(1, freedom))))
    return OddsFit(table, *count_sets(sets), (0.0, 1.0), float("nan"), f"GEE {LOGIT}", tuple(told))


def _fit_gee(done: Array, x: Array, clusters: NDArray[np.int64]) -> tuple[Array, Array, str] | None:
    """Return effects, their robust covariance and how sets of a cluster were taken to go together; None without a finite solution."""
    from statsmodels.genmod.cov_struct import Exchangeable, Independence
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    order = np.argsort(clusters, kind="stable")
    middle, scale = x.mean(axis=0), x.std(axis=0)
    standard = np.column_stack([(x - middle) / scale, np.ones(len(x))])[order]
    for structure, words in ((Exchangeable(), "exchangeable"), (Independence(), "independent, since no exchangeable correlation was found")):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            model: Any = GEE(done[order], standard, groups=clusters[order], family=Binomial(), cov_struct=structure)
            try:
                found = model.fit(maxiter=200, cov_type="bias_reduced")
                cov = np.asarray(found.cov_params())
            except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
                continue
        if found.converged and np.isfinite(cov).all() and (np.abs(found.params) < SEPARATED).all():
            k = x.shape[1]
            said = f"{words}, correlation {float(structure.dep_params):.2f}" if words == "exchangeable" else words
            return np.asarray(found.params)[:k] / scale, cov[:k, :k] / np.outer(scale, scale), said
    return None

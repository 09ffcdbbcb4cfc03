"""A cumulative logit by statsmodels, with exact gradients: its own are differences, and a level for each of forty athletes took half a minute."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]

FLAT = 1e-4  # log-likelihood that one Newton step may still gain at an optimum
SEPARATED = 12.0  # log odds per standard deviation of an effect, or their standard error: some effect separates the ratings
STEP = 1e-4  # of a parameter, where the gradient is differenced once


def fit_ordered(rating: NDArray[np.int64], x: Array, clusters: NDArray[np.int64]) -> tuple[Array, Array, float] | None:
    """Fit a cumulative logit and judge the optimum by what a Newton step could still gain.

    Parameters
    ----------
    rating : ndarray of int, shape (n,)
        From 0, each level in use.
    x : ndarray, shape (n, k)
        Effects, each of which varies.
    clusters : ndarray of int, shape (n,)
        Rows that may be alike.

    Returns
    -------
    (ndarray, ndarray, float) or None
        Log odds ratios (k,), their covariance (k, k) robust to clusters, and the log-likelihood; None where no optimum was found.
    """
    middle, scale = x.mean(axis=0), x.std(axis=0)
    k = x.shape[1]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the Newton step below judges
        model = _ordered_logit(rating, (x - middle) / scale)
        start = None
        for optimiser in ("bfgs", "newton"):
            try:
                found = model.fit(start_params=start, method=optimiser, maxiter=500, disp=False, skip_hessian=True)
                start = np.asarray(found.params, dtype=np.float64)
                scores = model.score_obs(start)
                inverse = np.linalg.inv(-model.hessian(start))
            except (np.linalg.LinAlgError, ValueError):
                return None
            gain = 0.5 * float(scores.sum(axis=0) @ inverse @ scores.sum(axis=0))
            if 0 <= gain < FLAT and (np.diag(inverse) > 0).all():
                break
        else:
            return None
        log_likelihood = float(model.loglike(start))
    if (np.abs(start[:k]) > SEPARATED).any() or (np.sqrt(np.diag(inverse))[:k] > SEPARATED).any():
        return None
    by_cluster = pd.DataFrame(scores).groupby(clusters).sum().to_numpy()
    n = len(by_cluster)
    cov = inverse @ (by_cluster.T @ by_cluster) @ inverse * n / max(1, n - 1)
    return start[:k] / scale, cov[:k, :k] / np.outer(scale, scale), log_likelihood


def _ordered_logit(rating: NDArray[np.int64], x: Array) -> Any:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    class OrderedLogit(OrderedModel):  # type: ignore[misc]
        """The model of statsmodels with its derivatives written out."""

        def score_obs(self, params: Array) -> Array:
            thresholds = self.transform_threshold_params(params)
            linear = self.exog @ params[: self.exog.shape[1]]
            above, below = expit(thresholds[self.endog + 1] - linear), expit(thresholds[self.endog] - linear)
            at_above, at_below = above * (1 - above), below * (1 - below)
            chance = np.maximum(above - below, np.finfo(float).tiny)
            rows = np.arange(len(linear))
            by_threshold = np.zeros((len(rows), len(thresholds)))
            by_threshold[rows, self.endog + 1] += at_above / chance
            by_threshold[rows, self.endog] -= at_below / chance
            # The first threshold moves all of them, the others' parameters are logarithms of their distances.
            inner = by_threshold[:, 1:-1]
            beyond = np.cumsum(inner[:, ::-1], axis=1)[:, ::-1]
            beyond[:, 1:] *= np.exp(params[self.exog.shape[1] + 1 :])
            return np.hstack([-((at_above - at_below) / chance)[:, None] * self.exog, beyond])

        def score(self, params: Array) -> Array:
            return np.asarray(self.score_obs(params).sum(axis=0))

        def hessian(self, params: Array) -> Array:
            steps = STEP * np.eye(len(params))
            columns = [(self.score(params + step) - self.score(params - step)) / (2 * STEP) for step in steps]
            return 0.5 * (np.array(columns) + np.array(columns).T)

    return OrderedLogit(rating, x, distr="logit")

"""Are stated chances worth anything: do they tell cases apart, and do they hold? Pure statistics on arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import mannwhitneyu

Array = NDArray[np.float64]

BINS = 10


def area_under_roc(scores: ArrayLike, happened: ArrayLike) -> float:
    """Return the chance that a case scores higher than a case that is none.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Anything that should be larger where it happened; ties count half.
    happened : array_like of bool, shape (n,)

    Returns
    -------
    float
        Area under the receiver operating characteristic [0–1]; 0.5 tells nothing. NaN where all or none happened.

    Examples
    --------
    >>> area_under_roc([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    0.75
    """
    value, is_case = np.asarray(scores, dtype=float), np.asarray(happened, dtype=bool)
    if is_case.all() or not is_case.any():
        return float("nan")
    won = mannwhitneyu(value[is_case], value[~is_case], method="asymptotic").statistic  # pairs; the method only saves an exact p-value
    return float(won / (is_case.sum() * (~is_case).sum()))


def calibration_curve(chances: ArrayLike, happened: ArrayLike) -> pd.DataFrame:
    """Put what was promised beside what was kept.

    Parameters
    ----------
    chances : array_like, shape (n,)
        Stated chances [0–1]; NaN is left out.
    happened : array_like of bool, shape (n,)

    Returns
    -------
    DataFrame
        One row per tenth that holds any: ``low, high`` of the tenth, number ``n``, mean ``promised`` and share ``kept`` [0–1].

    Examples
    --------
    >>> calibration_curve([0.1, 0.1, 0.9, 0.9], [False, False, True, False])[["n", "promised", "kept"]].values.tolist()
    [[2.0, 0.1, 0.0], [2.0, 0.9, 0.5]]
    """
    chance, truth = np.asarray(chances, dtype=float), np.asarray(happened, dtype=float)
    known = np.isfinite(chance)
    table = pd.DataFrame({"chance": chance[known], "truth": truth[known]})
    table["bin"] = np.minimum((table["chance"] * BINS).astype(int), BINS - 1)
    bins = table.groupby("bin").agg(n=("truth", "size"), promised=("chance", "mean"), kept=("truth", "mean")).reset_index()
    return bins.assign(low=bins["bin"] / BINS, high=(bins["bin"] + 1) / BINS)[["low", "high", "n", "promised", "kept"]]


def calibration_error(chances: ArrayLike, happened: ArrayLike) -> float:
    """Return the expected calibration error: the mean distance between promised and kept over the tenths, weighted by their numbers [0–1].

    Parameters
    ----------
    chances : array_like, shape (n,)
        Stated chances [0–1]; NaN is left out.
    happened : array_like of bool, shape (n,)

    Returns
    -------
    float
        NaN where no chance was stated.

    Examples
    --------
    >>> round(calibration_error([0.1, 0.1, 0.9, 0.9], [False, False, True, False]), 2)
    0.25
    """
    bins = calibration_curve(chances, happened)
    return float(np.average((bins["promised"] - bins["kept"]).abs(), weights=bins["n"])) if len(bins) else float("nan")

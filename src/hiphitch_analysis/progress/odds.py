"""Odds of a higher rating or of a completed set: the result both models of sets share, and the sets they start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.progress.history import number_sessions
from hiphitch_analysis.progress.measures import place_weeks
from hiphitch_analysis.schema import Log, check_table

Array = NDArray[np.float64]

LOGIT, NOTHING = "logit", "nothing to fit"


@dataclass(frozen=True, slots=True)
class OddsFit:
    """Effects on the odds of a higher rating, or of a completed set.

    Attributes
    ----------
    effects : DataFrame
        Log odds ratios indexed by name: ``estimate, se, low, high`` (95 %), and ``odds_ratio``. Empty when there was nothing to fit.
    n_sets, n_athletes, n_sessions : int
        What was fitted.
    levels : tuple of float
        The ratings in use, lowest first; of completion 0 and 1.
    log_likelihood : float
        NaN where the fit has none.
    method : str
    notes : tuple of str
        What was done and left out, and what it may and may not say.
    """

    effects: pd.DataFrame
    n_sets: int
    n_athletes: int
    n_sessions: int
    levels: tuple[float, ...]
    log_likelihood: float
    method: str
    notes: tuple[str, ...]


def prepare_sets(log: pd.DataFrame) -> pd.DataFrame:
    """Return a checked log with ``week`` and ``visit``, a number for each session of each athlete."""
    sets = place_weeks(check_table(log, Log))
    visit = sets["athlete_id"] + "/" + number_sessions(sets.reindex(columns=[*sets.columns, *({"session"} - set(sets))])).astype(str)
    return sets.assign(visit=pd.factorize(visit)[0])


def keep_varying(effects: pd.DataFrame, told: list[str]) -> pd.DataFrame:
    """Return the effects that vary and are not told by those before them, and say which were left out."""
    kept: list[str] = []
    for name in effects:
        columns = effects[[*kept, name]].to_numpy(dtype=float)
        centred = columns - columns.mean(axis=0)
        scale = centred.std(axis=0)
        if scale[-1] > 0 and np.linalg.matrix_rank(centred / np.where(scale > 0, scale, 1.0), tol=1e-6 * np.sqrt(len(effects))) == len(kept) + 1:
            kept.append(str(name))
    out = [str(name) for name in effects if name not in kept]
    if out:
        told.append(f"Does not vary by itself, so left out: {', '.join(out)}.")
    return effects[kept]


def tabulate_odds(names: list[str], estimate: Array, se: Array, quantile: float) -> pd.DataFrame:
    """Return `OddsFit.effects`."""
    estimate, half = estimate[: len(names)], quantile * se[: len(names)]
    columns = {"estimate": estimate, "se": se[: len(names)], "low": estimate - half, "high": estimate + half, "odds_ratio": np.exp(estimate)}
    return pd.DataFrame(columns, index=names)


def count_sets(sets: pd.DataFrame) -> tuple[int, int, int]:
    """Return how many sets, athletes and sessions there are."""
    return len(sets), int(sets["athlete_id"].nunique()), int(sets["visit"].nunique())


def fit_nothing(sets: pd.DataFrame, why: str) -> OddsFit:
    """Return an empty result that says why."""
    empty = pd.DataFrame(columns=["estimate", "se", "low", "high", "odds_ratio"], dtype=float)
    return OddsFit(empty, *count_sets(sets), (), float("nan"), NOTHING, (why,))

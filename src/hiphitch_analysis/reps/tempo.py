"""REPS → how each set was timed: phases, its own beat and how that drifts, and how it kept to a metronome."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.reps.complete import select_measured
from hiphitch_analysis.reps.course import fit_drift

Array = NDArray[np.float64]

PHASES = ("lower_s", "raise_s", "pause_s")
COUNTS = 2  # of a repetition: one down, one up; a pause at the top belongs to them
LEAST_INTERVALS = 4  # for a correlation
COLUMNS = [
    "set", "n_reps",
    "lower_s", "lower_sd_s", "lower_cv", "raise_s", "raise_sd_s", "raise_cv", "pause_s", "pause_sd_s", "pause_cv",
    "count_s", "drift_s", "drift_low_s", "drift_high_s", "correlation", "in_range", "lag_s", "lag_drift_s",
]  # fmt: skip


def describe_tempo(reps: pd.DataFrame, beat_s: float | None = None) -> pd.DataFrame:
    """Describe the tempo of each set.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.
    beat_s : float, optional
        Time between the beats of a metronome [s], one beat for each count.

    Returns
    -------
    DataFrame
        One row per set: ``set, n_reps``; mean, standard deviation [s] and coefficient of variation of lowering, raise and pause at the top
        (``lower_s, lower_sd_s, lower_cv, raise_…, pause_…``); ``count_s``, the set's own beat: half the median time from the beginning of one
        repetition to that of the next [s]; ``drift_s`` with its 95 % interval ``drift_low_s, drift_high_s``, by how much that time grows from
        repetition to repetition [s]; ``correlation`` of each such time with the next [−1–1]; ``in_range``, the share of repetitions of which
        lowering and raise both last as long as `norms.COUNT_S` allows [0–1]. With a metronome ``lag_s``, how much later than the beat every
        count comes than the one before [s], and ``lag_drift_s``, by how much that grows from repetition to repetition [s]. NaN where there is
        too little to tell.

    Raises
    ------
    ValueError
        Repetitions without measures, or a beat that is no time.

    Notes
    -----
    A time from one repetition to the next is used where both are complete and measured and nothing lies between them. The drift is the
    Theil–Sen slope, which a single long pause does not move. A recording does not hear the metronome: only how the distance to its beat changes
    can be told, not the distance itself. Who follows a beat keeps ``lag_s`` near zero and makes good a late repetition with a short one, so that
    the correlation is negative; in an own, wandering pace it is near zero; where the pace itself goes slowly up and down it is positive. Of n
    times without any relation the correlation is −1/n on average.

    Examples
    --------
    >>> start = np.array([0.0, 2.1, 4.2, 6.3, 8.4, 10.5])
    >>> times = {"start_s": start, "bottom_s": start + 1.0, "end_s": start + 2.0, "lower_s": 1.0, "raise_s": 1.0, "pause_s": [0.1] * 5 + [np.nan]}
    >>> reps = pd.DataFrame({"rep": np.arange(1, 7), "set": 1, "side": "left", "kind": "complete", **times})
    >>> describe_tempo(reps, beat_s=1.0)[["count_s", "in_range", "lag_s"]].round(3).values.tolist()
    [[1.05, 1.0, 0.05]]
    """
    if beat_s is not None and not (np.isfinite(beat_s) and beat_s > 0):
        raise ValueError(f"beat_s: expected a time above 0 s, got {beat_s!r}. At 60 beats per minute it is 1.")
    used = select_measured(reps, PHASES)
    rows = [{"set": int(number), "n_reps": len(members), **_describe_set(members, beat_s)} for number, members in used.groupby("set")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _describe_set(reps: pd.DataFrame, beat_s: float | None) -> dict[str, float]:
    told: dict[str, float] = {}
    for phase in PHASES:
        lasts = reps[phase].dropna().to_numpy(dtype=float)
        name = phase.removesuffix("_s")
        mean = float(lasts.mean()) if len(lasts) else np.nan
        sd = float(lasts.std(ddof=1)) if len(lasts) > 1 else np.nan
        told |= {phase: mean, f"{name}_sd_s": sd, f"{name}_cv": sd / mean if mean > 0 else np.nan}
    number, start = reps["rep"].to_numpy(dtype=float), reps["start_s"].to_numpy(dtype=float)
    follows = np.diff(number) == 1
    number, interval = number[:-1][follows], np.diff(start)[follows]
    lags = interval / COUNTS - (np.nan if beat_s is None else beat_s)
    working = reps[["lower_s", "raise_s"]].apply(lambda lasts: lasts.between(norms.COUNT_S.low, norms.COUNT_S.high)).all(axis=1)
    drift, low, high = fit_drift(number, interval)
    return told | {
        "count_s": float(np.median(interval)) / COUNTS if len(interval) else np.nan,
        "drift_s": drift,
        "drift_low_s": low,
        "drift_high_s": high,
        "correlation": _correlation(number, interval),
        "in_range": float(working.mean()),
        "lag_s": float(lags.mean()) if len(lags) else np.nan,
        "lag_drift_s": np.nan if beat_s is None else drift / COUNTS,
    }


def _correlation(number: Array, interval: Array) -> float:
    """Return the lag-1 autocorrelation of the intervals; those with a gap between them are no neighbours."""
    off = interval - interval.mean() if len(interval) else interval
    spread = float((off**2).sum())
    if len(interval) < LEAST_INTERVALS or spread <= np.finfo(float).eps * len(interval):
        return np.nan
    neighbours = np.diff(number) == 1
    return float((off[:-1] * off[1:])[neighbours].sum()) / spread

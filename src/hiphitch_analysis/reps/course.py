"""REPS → how each set went, measure by measure: what was usual, how much it scattered, and how it drifted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import theilslopes

from hiphitch_analysis.reps.complete import select_measured

Array = NDArray[np.float64]

NEEDED = ["drop_deg", "lower_s", "raise_s"]
MEASURES = [*NEEDED, "return_error_deg", "rotation_range_deg", "tilt_drift_deg", "peak_velocity_deg_s", "lower_sparc", "raise_sparc"]
LEAST_FOR_DRIFT = 4  # values: fewer have no interval to speak of
PER_REPS = 10.0  # a drift is given over so many repetitions
COLUMNS = ["set", "measure", "n_reps", "median", "sd", "drift", "drift_low", "drift_high"]


def describe_course(reps: pd.DataFrame) -> pd.DataFrame:
    """Describe each measure's course through each set.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    DataFrame
        One row per set and measure known in it: ``set, measure, n_reps``; ``median`` and standard deviation ``sd`` in the measure's unit; and
        ``drift``, by how much it grows over 10 repetitions, with its 95 % interval ``drift_low, drift_high`` (NaN below 4 repetitions).

    Raises
    ------
    ValueError
        Repetitions without measures.

    Notes
    -----
    The drift is the Theil–Sen slope, which one odd repetition does not move. Errors that all repetitions share (how the sensor is worn, where level
    is) cancel in a drift and in the standard deviation, not in the median: its error is in the measure's ``_se`` column.

    Examples
    --------
    >>> number = np.arange(1, 7)
    >>> times = {"start_s": 2.0 * number, "bottom_s": 2.0 * number + 1, "end_s": 2.0 * number + 2, "lower_s": 1.0, "raise_s": 1.0}
    >>> reps = pd.DataFrame({"rep": number, "set": 1, "side": "left", "kind": "complete", **times, "drop_deg": 8.0})
    >>> course = describe_course(reps.assign(return_error_deg=0.1 * number)).set_index("measure")
    >>> course.loc["return_error_deg", ["median", "drift"]].astype(float).round(2).tolist()
    [0.35, 1.0]
    """
    used = select_measured(reps, NEEDED)
    rows = []
    for number, members in used.groupby("set"):
        for name in MEASURES:
            values = members[name].dropna() if name in members else members["rep"].iloc[:0]
            if len(values):
                drift = fit_drift(members.loc[values.index, "rep"].to_numpy(dtype=float), values.to_numpy(dtype=float))
                sd = float(values.std()) if len(values) > 1 else np.nan
                rows.append((int(number), name, len(values), float(values.median()), sd, *(PER_REPS * bound for bound in drift)))
    return pd.DataFrame(rows, columns=COLUMNS)


def fit_drift(number: Array, values: Array) -> tuple[float, float, float]:
    """Return the Theil–Sen slope of `values` over the repetitions' numbers, per repetition, and its 95 % interval; NaN below four values."""
    if len(values) < LEAST_FOR_DRIFT:
        return np.nan, np.nan, np.nan
    found = theilslopes(values, number, alpha=0.95)
    return float(found.slope), float(found.low_slope), float(found.high_slope)

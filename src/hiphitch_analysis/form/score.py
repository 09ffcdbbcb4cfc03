"""REPS → form score: 100 less the points that each fault costs, with an interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.form.faults import FAULTS, CoachingPoint, fault_se
from hiphitch_analysis.schema import Reps, check_table

Array = NDArray[np.float64]

# Points a repetition loses when it breaks a coaching point severely. Assumption: what the exercise is about weighs most; nothing was fitted.
WEIGHTS = {
    "incomplete_return": 40.0,
    "drop_too_large": 40.0,
    "drop_too_small": 40.0,
    "pelvis_not_square": 30.0,
    "tempo_too_fast": 25.0,
    "tempo_uneven": 15.0,
}
DRAWS = 400
SEED = 20  # of the interval's draws: the same recording always gets the same interval


def score_form(reps: pd.DataFrame) -> pd.DataFrame:
    """Score the form of each set.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures, from `measure_reps`.

    Returns
    -------
    DataFrame
        One row per set: ``set, n_judged, form_score, form_low, form_high`` (0–100, 95 % interval) and ``points_lost``, a dict of coaching
        point → points, which add up to 100 − form_score unless the score ends at 0.

    Notes
    -----
    Each repetition loses, for each coaching point, a share of the point's weight that grows linearly from 0 at the limit to 1 where it is severe;
    the set's score is the mean over its repetitions. The interval draws the measurement's common error of each measure from its standard error
    and resamples the repetitions; it says nothing about the weights, which are assumptions. A coaching point that was not observable costs
    nothing: compare scores only where the same points were seen.
    """
    reps = check_table(reps, Reps)
    measured = reps["unmeasured"].isna() if "unmeasured" in reps else True
    judged = reps[reps["kind"].eq("complete") & measured]
    rows = [{"set": int(number), **_score_set(members)} for number, members in judged.groupby("set")]
    return pd.DataFrame(rows, columns=["set", "n_judged", "form_score", "form_low", "form_high", "points_lost"])


def _score_set(reps: pd.DataFrame) -> dict[str, object]:
    values = {point.key: point.measure(reps).to_numpy(dtype=float) for point in FAULTS}
    lost = {point.key: float(_points(point, values[point.key]).mean()) for point in FAULTS}
    standard_errors = [fault_se(point, reps) for point in FAULTS]
    rng = np.random.default_rng(SEED)
    scores = np.empty(DRAWS)
    for i in range(DRAWS):
        rows = rng.integers(len(reps), size=len(reps))
        errors = rng.standard_normal(len(FAULTS))
        total = sum(
            _points(point, values[point.key][rows] + error * own_se).mean()
            for point, error, own_se in zip(FAULTS, errors, standard_errors, strict=True)
        )
        scores[i] = max(0.0, 100.0 - total)
    score = max(0.0, 100.0 - sum(lost.values()))
    low, high = np.percentile(scores, [2.5, 97.5])
    return {
        "n_judged": len(reps),
        "form_score": score,
        "form_low": min(float(low), score),
        "form_high": max(float(high), score),
        "points_lost": {key: points for key, points in lost.items() if points > 0},
    }


def _points(point: CoachingPoint, values: Array) -> Array:
    """Return the points each repetition loses; none where the measure is missing."""
    limit, severe = point.limit.mild.value, point.limit.severe
    share = np.clip((values - limit) / (severe - limit), 0.0, 1.0)
    return WEIGHTS[point.key] * np.nan_to_num(share)

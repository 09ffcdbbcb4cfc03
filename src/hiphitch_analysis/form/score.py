"""REPS → form score: 100 less the points that each fault costs, with an interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.form.faults import fault_se, judgeable
from hiphitch_analysis.form.points import POINTS, CoachingPoint
from hiphitch_analysis.schema import Reps, check_table

Array = NDArray[np.float64]

# Points a repetition loses when it breaks a coaching point severely. Assumption: what the exercise is about weighs most; nothing was fitted.
WEIGHTS = {
    "incomplete_return": 40.0,
    "hike_above_level": 30.0,
    "drop_too_large": 40.0,
    "drop_too_small": 40.0,
    "pelvis_not_square": 30.0,
    "trunk_lean_stance": 30.0,
    "trunk_lean_free": 30.0,
    "leg_lifted": 20.0,
    "leg_drawn_in": 20.0,
    "hip_and_leg_apart": 20.0,
    "foot_resting": 40.0,
    "lumbar_not_neutral": 20.0,
    "tempo_too_fast": 25.0,
    "tempo_uneven": 15.0,
    "loss_of_balance": 20.0,
}
# What every route sees, from one phone's camera to three sensors, once level is known: a score of these alone can be compared between routes.
CORE = ("incomplete_return", "hike_above_level", "drop_too_large", "drop_too_small", "tempo_too_fast", "tempo_uneven")
DRAWS = 400
SEED = 20  # of the interval's draws: the same recording always gets the same interval
FACTOR = 2.0  # by which a weight is made smaller and larger to see what hangs on it
COLUMNS = ["set", "n_judged", "form_score", "form_low", "form_high", "form_core", "points_lost", "not_seen"]


def score_form(reps: pd.DataFrame) -> pd.DataFrame:
    """Score the form of each set.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures, from `measure_reps`.

    Returns
    -------
    DataFrame
        One row per set: ``set, n_judged, form_score, form_low, form_high`` (0–100, 95 % interval); ``form_core``, the score of what every route
        sees, NaN where one of these points was not seen; ``points_lost``, a dict of coaching point → points, which add up to 100 − form_score unless
        the score ends at 0; ``not_seen``, the coaching points that cost nothing because this recording does not show them.

    Notes
    -----
    Each repetition loses, for each coaching point, a share of the point's weight that grows linearly from 0 at the limit to 1 where it is severe;
    the set's score is the mean over its repetitions. The interval draws the measurement's common error of each measure from its standard error
    and resamples the repetitions; it says nothing about the weights, which are assumptions: see `weigh_differently`. Compare
    ``form_score`` only where the same points were seen, ``form_core`` between routes.
    """
    judged = judgeable(check_table(reps, Reps))
    rows = [{"set": int(number), **_score_set(members)} for number, members in judged.groupby("set")]
    return pd.DataFrame(rows, columns=COLUMNS)


def weigh_differently(reps: pd.DataFrame) -> pd.DataFrame:
    """Show how the score would change if a coaching point weighed half or twice as much.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    DataFrame
        One row per set and coaching point that was seen: ``set, fault, weight, points_lost, form_score, with_half, with_twice`` (0–100).

    Examples
    --------
    >>> times = {"start_s": 0.0, "bottom_s": 1.0, "end_s": 2.0, "lower_s": 1.0, "raise_s": 1.0}
    >>> reps = pd.DataFrame({"rep": [1], "set": 1, "side": "left", "kind": "complete", **times, "drop_deg": 15.0})
    >>> weigh_differently(reps).set_index("fault").loc["drop_too_large", ["form_score", "with_half", "with_twice"]].tolist()
    [60.0, 80.0, 20.0]
    """
    judged = judgeable(check_table(reps, Reps))
    rows = []
    for number, members in judged.groupby("set"):
        lost = {point.key: points for point in POINTS if (points := _mean_points(point, members)) is not None}
        total = sum(lost.values())
        for key, points in lost.items():
            scores = [max(0.0, 100.0 - total - change * points) for change in (0.0, 1 / FACTOR - 1, FACTOR - 1)]
            rows.append((int(number), key, WEIGHTS[key], points, *scores))
    return pd.DataFrame(rows, columns=["set", "fault", "weight", "points_lost", "form_score", "with_half", "with_twice"])


def _score_set(reps: pd.DataFrame) -> dict[str, object]:
    lost = {point.key: points for point in POINTS if (points := _mean_points(point, reps)) is not None}
    score = max(0.0, 100.0 - sum(lost.values()))
    low, high = np.percentile(_draw_scores(reps), [2.5, 97.5])
    core = max(0.0, 100.0 - sum(lost[key] for key in CORE)) if set(CORE) <= set(lost) else np.nan
    return {
        "n_judged": len(reps),
        "form_score": score,
        "form_low": min(float(low), score),
        "form_high": max(float(high), score),
        "form_core": core,
        "points_lost": {key: points for key, points in lost.items() if points > 0},
        "not_seen": [point.key for point in POINTS if point.key not in lost],
    }


def _draw_scores(reps: pd.DataFrame) -> Array:
    """Return scores as they would be with other errors of measurement and other repetitions of the same kind."""
    rng = np.random.default_rng(SEED)
    times_drawn = rng.multinomial(len(reps), np.full(len(reps), 1 / len(reps)), size=DRAWS)
    errors: dict[str, Array] = {}  # two coaching points on one measure share its error
    total = np.zeros(DRAWS)
    for point in POINTS:
        values = point.measure(reps).to_numpy(dtype=float)
        seen = np.isfinite(values)
        error = errors.setdefault(point.se_column or point.key, rng.standard_normal(DRAWS)) * fault_se(point, reps)
        lost = _points(point, values[seen] + error[:, None]) * times_drawn[:, seen]
        total += lost.sum(axis=1) / np.maximum(1, times_drawn[:, seen].sum(axis=1))
    return np.maximum(0.0, 100.0 - total)


def _mean_points(point: CoachingPoint, reps: pd.DataFrame) -> float | None:
    """Return the points that a set loses by one coaching point; None where it is not seen in any repetition."""
    values = point.measure(reps).dropna().to_numpy(dtype=float)
    return float(_points(point, values).mean()) if len(values) else None


def _points(point: CoachingPoint, values: Array) -> Array:
    """Return the points each repetition loses."""
    limit, severe = point.limit.mild.value, point.limit.severe
    return np.asarray(WEIGHTS[point.key] * np.clip((values - limit) / (severe - limit), 0.0, 1.0))

"""LOG → what each set says about capacity: between, at least, or nothing; and what capacity in that set depends on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hiphitch_analysis.progress.history import number_sessions
from hiphitch_analysis.schema import SIDES, Log, check_table

OPTIONAL = ("session", "target_reps", "ankle_kg", "body_mass_kg", "rest_s", "stop_reason", "amrap")
ENDS = ("fatigue", "technique")  # capacity counts good repetitions, so a set stopped for its form was at its end
USUAL_REST_S = 60.0
USUAL_MASS_KG = 70.0
REPS_BEFORE = 50.0  # unit of the effect of repetitions done before
BOUND, AT_LEAST, NOTHING = "between", "at least", "nothing"


def observe_sets(log: pd.DataFrame, pain_ends: bool = False) -> pd.DataFrame:
    """Work out what each set of a log says about capacity.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    pain_ends : bool, default False
        Whether a set stopped by pain ended capacity, as fatigue does; by default it only says "at least": to see how much hangs on that.

    Returns
    -------
    DataFrame
        One row per set, ordered by athlete, session, side and set: ``athlete_id, date, session, week`` (since the athlete's first session),
        ``side, set, target_reps, reps, stop_reason``; ``says`` (between, at least, nothing), ``lower, upper`` (bounds of log capacity, `upper`
        infinite where it says "at least"); and what the set depends on: ``second_set, third_set`` (0 or 1), ``before`` (repetitions done on that side
        in that session, in fifties), ``rest`` (doublings of 60 s), ``failed`` (the set before it ended in failure), ``load`` (ankle weight as a share
        of body mass).

    Notes
    -----
    Stopped by fatigue or form at r repetitions, capacity was at least r and less than r + 1. Stopped by its target, it was at least r. Pain and other
    reasons say at least r too: something else ended the set. Without a stop reason, a set that fell short of its target is taken to have ended in
    fatigue, and so is one without a cap (``amrap``); one that reached its target, or had none, says at least r. A set of no repetition at all says
    nothing: whoever cannot do one did not try, or stood wrongly.

    Examples
    --------
    >>> log = pd.DataFrame({"athlete_id": "A01", "date": "2026-01-05", "side": "left", "set": [1, 2], "target_reps": 20, "reps": [20, 17]})
    >>> observe_sets(log)[["says", "lower", "upper"]].round(2).values.tolist()
    [['at least', 3.0, inf], ['between', 2.83, 2.89]]
    """
    log = check_table(log, Log)
    log = log.reindex(columns=[*log.columns, *(name for name in OPTIONAL if name not in log)])
    sets = log.assign(session=number_sessions(log)).sort_values(["athlete_id", "session", "side", "set"], kind="stable", ignore_index=True)
    reps, target, reason = sets["reps"].to_numpy(dtype=float), sets["target_reps"].to_numpy(dtype=float), sets["stop_reason"]
    uncapped = sets["amrap"].eq(True).fillna(False).to_numpy(dtype=bool)
    unsaid = reason.isna().to_numpy()
    ended = reason.isin([*ENDS, *(["pain"] if pain_ends else [])]).to_numpy() | (unsaid & ((reps < target) | uncapped))
    says = np.where(reps < 1, NOTHING, np.where(ended, BOUND, AT_LEAST))
    known = np.maximum(reps, 1.0)
    same = ["athlete_id", "session", "side"]
    groups = sets.groupby(same, sort=False)
    first = groups.cumcount().eq(0).to_numpy()
    rest = np.log2(np.clip(sets["rest_s"].to_numpy(dtype=float), 10.0, None) / USUAL_REST_S)
    mass = sets["body_mass_kg"].fillna(sets.groupby("athlete_id")["body_mass_kg"].transform("median")).fillna(USUAL_MASS_KG)
    began = sets.groupby("athlete_id")["date"].transform("min")
    return sets[["athlete_id", "date", "session", "side", "set", "target_reps", "reps", "stop_reason"]].assign(
        week=(sets["date"] - began).dt.days / 7.0,
        says=says,
        lower=np.log(known),
        upper=np.where(says == BOUND, np.log(known + 1.0), np.inf),
        second_set=(sets["set"] >= 2).astype(float),
        third_set=(sets["set"] >= 3).astype(float),
        before=(groups["reps"].cumsum() - sets["reps"]) / REPS_BEFORE,
        rest=np.where(first | np.isnan(rest), 0.0, rest),
        failed=np.where(first, 0.0, np.append(0.0, (says == BOUND)[:-1])),
        load=(sets["ankle_kg"].fillna(0.0) / mass).astype(float),
    )


def side_index(sets: pd.DataFrame) -> np.ndarray:
    """Return 0 for left, 1 for right."""
    return np.asarray(sets["side"].map({side: i for i, side in enumerate(SIDES)}), dtype=np.int64)

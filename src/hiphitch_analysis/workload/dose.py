"""LOADS of a recording → DOSES: what each set asked of the hip abductors; and SESSIONS → what a week did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import Doses, check_table
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.fatigue import Ability

Array = NDArray[np.float64]

SEEN_SHARE = 0.9  # of a set's time; below it an impulse would be a guess
INTERVAL = (0.1, 0.9)  # ends of an 80 % interval


def measure_doses(loads: pd.DataFrame, angles: pd.DataFrame, reps: pd.DataFrame, body: Body, ability: Ability) -> pd.DataFrame:
    """Sum up what each set asked of the hip abductors.

    Parameters
    ----------
    loads : DataFrame
        Table LOADS.
    angles : DataFrame
        Table ANGLES of the same samples: the work goes into turning the pelvis.
    reps : DataFrame
        Table REPS; complete repetitions count, and a set lasts from the first lowering to the end of the last raise.
    body : Body
    ability : Ability
        What the athlete's hip abductors can do.

    Returns
    -------
    DataFrame
        Table DOSES, one row per set.

    Notes
    -----
    A standing pause between two repetitions counts: on one leg the hip abductors work there as well. What ligaments might carry is not taken off.
    """
    time_s = loads.index.to_numpy(dtype=float)
    complete = reps[reps["kind"].eq("complete")]
    rows = [_sum_set(members, loads, time_s, angles["obliquity_deg"].to_numpy(dtype=float), body, ability) for _, members in complete.groupby("set")]
    return check_table(pd.DataFrame(rows, columns=list(Doses.to_schema().columns)), Doses)


def sum_weeks(sessions: pd.DataFrame, log: pd.DataFrame | None = None) -> pd.DataFrame:
    """Sum recorded and logged sets up to one row per athlete, side and week.

    Parameters
    ----------
    sessions : DataFrame
        Table SESSIONS.
    log : DataFrame, optional
        Table LOG; sets in it that were not recorded count with the athlete's own impulse per repetition, as `estimated_share` says.

    Returns
    -------
    DataFrame
        ``athlete_id``, ``side``, ``week`` (its Monday), ``sets``, ``reps``, ``impulse_nms`` [N·m·s] and ``estimated_share`` [0–1] of it. No
        impulse where the athlete has no recorded set with one.

    Examples
    --------
    >>> day = pd.Timestamp("2026-01-07")
    >>> one = {"athlete_id": "A01", "date": day, "side": "left", "set": 1, "n_reps": 20, "impulse_nms": 2800.0}
    >>> log = pd.DataFrame({"athlete_id": "A01", "date": [day, pd.Timestamp("2026-01-08")], "side": "left", "set": 1, "reps": [20, 10]})
    >>> sum_weeks(pd.DataFrame([one]), log)[["week", "sets", "reps", "impulse_nms", "estimated_share"]].to_numpy().tolist()
    [[Timestamp('2026-01-05 00:00:00'), 2, 30, 4200.0, 0.333...]]
    """
    keys = ["athlete_id", "date", "side", "set"]
    recorded = sessions.dropna(subset=["athlete_id", "date"])[[*keys, "n_reps", "impulse_nms"]].rename(columns={"n_reps": "reps"})
    whole = recorded = recorded.drop_duplicates(keys, keep="last")
    if log is not None:
        logged = log[[*keys, "reps"]].drop_duplicates(keys, keep="last").merge(recorded[keys], on=keys, how="left", indicator=True)
        alone = logged[logged["_merge"].eq("left_only")].drop(columns="_merge")
        whole = pd.concat([whole, alone.assign(impulse_nms=np.nan)], ignore_index=True)
    seen = recorded.dropna(subset=["impulse_nms"]).groupby("athlete_id")[["impulse_nms", "reps"]].sum()
    usual = whole["athlete_id"].map(seen["impulse_nms"] / seen["reps"].where(seen["reps"] > 0))
    guessed = whole["impulse_nms"].isna()
    whole = whole.assign(
        impulse_nms=whole["impulse_nms"].fillna(usual * whole["reps"]),
        week=whole["date"] - pd.to_timedelta(whole["date"].dt.day_of_week, unit="D"),
    )
    whole["guessed_nms"] = whole["impulse_nms"].where(guessed, 0.0)
    weeks = whole.groupby(["athlete_id", "side", "week"], as_index=False).agg(
        sets=("reps", "size"), reps=("reps", "sum"), impulse_nms=("impulse_nms", _sum_or_nothing), guessed_nms=("guessed_nms", "sum")
    )
    return weeks.assign(estimated_share=weeks["guessed_nms"] / weeks["impulse_nms"]).drop(columns="guessed_nms")


def _sum_set(members: pd.DataFrame, loads: pd.DataFrame, time_s: Array, obliquity_deg: Array, body: Body, ability: Ability) -> dict[str, Any]:
    first, last = np.searchsorted(time_s, (members["start_s"].min(), members["end_s"].max()))
    of_set = loads.iloc[first:last]
    moment = of_set["moment_nm"].to_numpy()
    load_s = float(members["end_s"].max() - members["start_s"].min())
    seen = np.isfinite(moment)
    usable = len(moment) > 0 and seen.mean() >= SEEN_SHARE
    mean, se = (float(np.mean(of_set[name].to_numpy()[seen])) if usable else np.nan for name in ("moment_nm", "moment_se_nm"))
    peaks = pd.DataFrame([_peak(rep, loads, time_s, obliquity_deg) for rep in members.itertuples()]).median()
    share = np.quantile(mean * ability.heaviness / ability.strength_nm, (INTERVAL[0], 0.5, INTERVAL[1])) if usable else np.full(3, np.nan)
    step_s = load_s / max(len(moment), 1)
    return {
        "set": int(members["set"].iloc[0]),
        "side": members["side"].iloc[0],
        "n_reps": len(members),
        "load_s": load_s,
        "impulse_nms": max(mean, 0.0) * load_s,
        "impulse_se_nms": se * load_s,
        "mean_nm": mean,
        "mean_se_nm": se,
        "mean_nm_kg": mean / body.mass_kg,
        **peaks.to_dict(),
        "hanging_s": float((of_set["passive_nm"] > 0).sum() * step_s),
        "mean_share": max(share[1], 0.0),
        "mean_share_low": max(share[0], 0.0),
        "mean_share_high": max(share[2], 0.0),
        "above_half_s": float((moment > np.median(ability.strength_nm) / 2).sum() * step_s),
    }


def _peak(rep: Any, loads: pd.DataFrame, time_s: Array, obliquity_deg: Array) -> dict[str, float]:
    """Return the highest moment of one repetition, the forces then, and the work of its raise; empty where a sample is missing."""
    start, bottom, end = np.searchsorted(time_s, (rep.start_s, rep.bottom_s, rep.end_s))
    moment = loads["moment_nm"].to_numpy()[start:end]
    names = ("muscle_low_n", "muscle_high_n", "joint_low_bw", "joint_high_bw")
    if not len(moment) or not np.isfinite(moment).all():
        return dict.fromkeys(("peak_nm", "acceleration_share", "work_j", *names), np.nan)
    at = int(np.argmax(moment))
    peak = float(moment[at])
    raised = slice(bottom, end + 1)
    work = np.trapezoid(loads["moment_nm"].to_numpy()[raised], np.radians(obliquity_deg[raised]))
    return {
        "peak_nm": peak,
        "acceleration_share": float(loads["acceleration_nm"].to_numpy()[start + at]) / peak if peak > 0 else np.nan,
        "work_j": float(work),
        **{name: float(loads[name].to_numpy()[start:end].max()) for name in names},
    }


def _sum_or_nothing(values: pd.Series) -> float:
    """Return the sum; nothing where every value is missing or one is."""
    return float(values.sum(skipna=False))

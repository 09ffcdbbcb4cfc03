"""REPS → FAULTS: each repetition and each set held against the coaching points, with the chance that a fault is there.

A repetition is marked with a fault that it has with a chance of at least `norms.MARK_CHANCE`. A set has a fault when at least `norms.FAULT_SHARE` of
its repetitions go beyond the limit. The measurement's standard error is taken as common
to the whole set (zero, mounting and soft tissue do not average out over repetitions), so the chance that the fault is there has a closed form:
the k-th worst repetition, k being that share of the set, compared with the limit in units of the standard error.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.form.points import OBLIQUE_KEY, OBLIQUE_LOOK, POINTS, CoachingPoint
from hiphitch_analysis.precision import chance_beyond
from hiphitch_analysis.schema import Faults, Reps, check_table

Array = NDArray[np.float64]


def find_faults(reps: pd.DataFrame) -> pd.DataFrame:
    """Hold each set against the coaching points.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures, from `measure_reps`, one row per repetition. Only complete, measured ones are judged. Where a column of standard
        errors is missing or empty (no `precision` was given to `measure_reps`) the usual one of a worn sensor stands in.

    Returns
    -------
    DataFrame
        Table FAULTS: a row for each set and coaching point, broken, kept, or not observable in this recording; ``value``, ``value_se`` and ``limit``
        in ``unit``, ``chance`` in [0–1]. Without a set to judge, no rows.

    Raises
    ------
    ValueError
        `reps` is no table REPS.

    Notes
    -----
    The usual standard errors are assumptions: 0.5° of a drop, 1.0° of a return error, of a rotation range and of a trunk lean, the others in `norms`
    (``…_SE…``); ``value_se`` says which was taken. They are a worn sensor's: landmarks, markers and OpenSim see worse, so hand `measure_reps` their
    precision.

    The limits are working proposals of this project (`norms`), after no paper; the chance comes from the standard error of the measure
    (`precision.chance_beyond`) and holds for the set as a whole. That the oblique of the free side pulls is never claimed: only its visible signs
    are, a trunk that bends or a hike.

    Examples
    --------
    >>> times = {"start_s": range(10), "bottom_s": range(10), "end_s": range(10), "lower_s": 1.0, "raise_s": 1.0}
    >>> angles = {"drop_deg": 8.0, "return_error_deg": [0.5] * 6 + [3.5] * 4, "rotation_range_deg": 2.0}
    >>> reps = pd.DataFrame({"rep": range(1, 11), "set": 1, "side": "left", "kind": "complete", **times, **angles})
    >>> faults = find_faults(reps).set_index("fault")
    >>> faults.loc["incomplete_return", "severity"], faults.loc["incomplete_return", "reps"]
    ('moderate', [7, 8, 9, 10])
    >>> float(round(faults.loc["incomplete_return", "chance"], 3))  # the second worst of ten is 1.5° beyond, the standard error is 1°
    0.908
    """
    judged = judgeable(check_table(reps, Reps))
    rows = []
    for number, members in judged.groupby("set"):
        rows += [_judge(point, int(number), members) for point in POINTS]
        rows.append({**_blank(OBLIQUE_KEY, int(number)), "finding": OBLIQUE_LOOK})
    return check_table(pd.DataFrame(rows, columns=list(Faults.to_schema().columns)), Faults)


def mark_faults(reps: pd.DataFrame) -> pd.DataFrame:
    """Return `reps` with the column ``faults``: for every repetition the keys of the coaching points that it is likely to break.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    DataFrame
        Table REPS. A repetition that was not measured has an empty list.

    Notes
    -----
    Likely means a chance of at least `norms.MARK_CHANCE`: of what lies just beyond a limit half would be error of the measurement.
    """
    marked = check_table(reps, Reps).assign(faults=[[] for _ in range(len(reps))])
    likely = judge_reps(marked) >= norms.MARK_CHANCE.value
    for index, row in likely.iterrows():
        marked.at[index, "faults"] = row.index[row].tolist()
    return marked


def judge_reps(reps: pd.DataFrame) -> pd.DataFrame:
    """Return the chance that each repetition breaks each coaching point.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    DataFrame
        One column per coaching point that at least one repetition shows, one row per repetition [0–1]; NaN where a repetition was not judged.

    Examples
    --------
    >>> times = {"start_s": 0.0, "bottom_s": 1.0, "end_s": 2.0, "lower_s": 1.0, "raise_s": 1.0}
    >>> reps = pd.DataFrame({"rep": [1], "set": 1, "side": "left", "kind": "complete", **times, "drop_deg": 12.0, "drop_se_deg": 1.0})
    >>> judge_reps(reps)[["drop_too_large", "drop_too_small"]].round(3).to_dict("records")
    [{'drop_too_large': 0.954, 'drop_too_small': 0.0}]
    """
    reps = check_table(reps, Reps)
    judged = judgeable(reps)
    columns: dict[str, pd.Series] = {}
    for point in POINTS:
        parts = [_chances(point, members) for _, members in judged.groupby("set")]
        chances = pd.concat(parts) if parts else pd.Series(dtype=float)
        if chances.notna().any():
            columns[point.key] = chances.reindex(reps.index)
    return pd.DataFrame(columns, index=reps.index)


def fault_severity(point: CoachingPoint, value: float) -> str:
    """Return how far `value` lies beyond the limit of `point`: none, mild, moderate or severe."""
    steps = [point.limit.mild.value, point.limit.moderate, point.limit.severe]
    reached = sum(point.beyond * (value - step) > 0 for step in steps)
    return ("none", "mild", "moderate", "severe")[reached]


def fault_se(point: CoachingPoint, reps: pd.DataFrame) -> float:
    """Return the standard error of a coaching point's measure in a set: its own, as the median over the repetitions, else the usual one."""
    own = reps[point.se_column].median() if point.se_column in reps else np.nan
    return float(point.standard_error.value if pd.isna(own) else own)


def judgeable(reps: pd.DataFrame) -> pd.DataFrame:
    """Return the repetitions that form is judged by: complete and measured."""
    measured = reps["unmeasured"].isna() if "unmeasured" in reps else True
    return reps[reps["kind"].eq("complete") & measured]


def _excess(point: CoachingPoint, values: pd.Series) -> Array:
    """Return by how much each value lies beyond the limit (negative: within it)."""
    return np.asarray(point.beyond * (values.to_numpy(dtype=float) - point.limit.mild.value))


def _chances(point: CoachingPoint, reps: pd.DataFrame) -> pd.Series:
    """Return the chance of each repetition of a set, by its own standard error where it has one."""
    own = reps[point.se_column].astype(float) if point.se_column in reps else pd.Series(np.nan, index=reps.index)
    return pd.Series(chance_beyond(_excess(point, point.measure(reps)), own.fillna(point.standard_error.value)), index=reps.index)


def _judge(point: CoachingPoint, number: int, reps: pd.DataFrame) -> dict[str, object]:
    values = point.measure(reps)
    row = {**_blank(point.key, number), "unit": point.limit.mild.unit, "limit": point.limit.mild.value}
    if values.isna().all():
        return {**row, "finding": point.look}
    values = values.dropna()
    excess = _excess(point, values)
    needed = max(1, math.ceil(norms.FAULT_SHARE.value * len(excess)))
    kth_worst = float(np.sort(excess)[-needed])
    chance = float(chance_beyond(kth_worst, fault_se(point, reps)))
    broken = kth_worst > 0
    value = float(values[excess > 0].median() if broken else values.median())
    likely = _chances(point, reps) >= norms.MARK_CHANCE.value
    marked = reps.loc[likely, "rep"].astype(int).tolist() if broken else []
    finding = point.finding.format(value=abs(value), unit=point.limit.mild.unit) if broken else "Within the limit."
    return {
        **row,
        "observable": True,
        "cue": point.cue,
        "value": value,
        "value_se": fault_se(point, reps),
        "chance": chance,
        "severity": fault_severity(point, value) if broken else "none",
        "reps": marked,
        "first_rep": _last_run(marked),
        "finding": finding,
    }


def _blank(key: str, number: int) -> dict[str, object]:
    """Return the row of a coaching point that cannot be seen."""
    nothing = {"value": np.nan, "value_se": np.nan, "unit": "", "limit": np.nan, "chance": np.nan, "first_rep": np.nan, "cue": ""}
    return {"set": number, "fault": key, "observable": False, "severity": "not observable", "reps": [], **nothing}


def _last_run(reps: list[int]) -> float:
    """Return the first repetition of the last unbroken run in a sorted list."""
    if not reps:
        return float("nan")
    first = len(reps) - 1
    while first > 0 and reps[first - 1] == reps[first] - 1:
        first -= 1
    return float(reps[first])

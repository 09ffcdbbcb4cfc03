"""REPS → FAULTS: the coaching points, one function of the repetition each, with limit, certainty, finding and cue.

A set has a fault when at least `norms.FAULT_SHARE` of its repetitions go beyond the limit. The measurement's standard error is taken as common
to the whole set (zero, mounting and soft tissue do not average out over repetitions), so the chance that the fault is there has a closed form:
the k-th worst repetition, k being that share of the set, compared with the limit in units of the standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from hiphitch_analysis import norms
from hiphitch_analysis.norms import Limit, Norm
from hiphitch_analysis.schema import Faults, Reps, check_table

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CoachingPoint:
    """One coaching point that repetitions can be held against.

    Attributes
    ----------
    key : str
        Name of the fault in tables.
    title : str
        Name of the coaching point for people, said as it should be.
    measure : callable
        REPS of one set → one value per repetition.
    limit : Limit
        Working limit and the steps to moderate and severe.
    standard_error : Norm
        Of the measurement, common to all repetitions of a set, in the measure's unit; for tables that carry none of their own.
    se_column : str or None
        Column of REPS with the measurement's own standard error.
    beyond : {1, -1}
        1: the fault lies above the limit; −1: below.
    finding : str
        What was seen, with ``{value}`` for the set's value and ``{unit}``.
    cue : str
        What to say.
    """

    key: str
    title: str
    measure: Callable[[pd.DataFrame], pd.Series]
    limit: Limit
    standard_error: Norm
    se_column: str | None
    beyond: int
    finding: str
    cue: str


def _faster_phase(reps: pd.DataFrame) -> pd.Series:
    return reps[["lower_s", "raise_s"]].min(axis=1)


def _off_beat(reps: pd.DataFrame) -> pd.Series:
    """Return how far each repetition's duration lies from the median of its neighbours, as a share of it.

    The neighbours, not the whole set: a set that slows down steadily is tired, not uneven.
    """
    duration = reps["lower_s"] + reps["raise_s"]
    beat = duration.rolling(7, center=True, min_periods=1).median()
    return (duration / beat - 1.0).abs()


FAULTS: tuple[CoachingPoint, ...] = (
    CoachingPoint(
        "incomplete_return", "Back to level", lambda r: r["return_error_deg"], norms.RETURN_ERROR_DEG, norms.RETURN_SE_DEG, "return_error_se_deg", 1,
        "The pelvis stops {value:.1f}{unit} short of level.", "Squeeze the standing hip: belt level.",
    ),
    CoachingPoint(
        "drop_too_large", "Small drop", lambda r: r["drop_deg"], norms.DROP_LARGE_DEG, norms.DROP_SE_DEG, "drop_se_deg", 1,
        "The pelvis drops {value:.0f}{unit}, more than the exercise wants.", "Smaller. Half that drop.",
    ),
    CoachingPoint(
        "drop_too_small", "Drop large enough", lambda r: r["drop_deg"], norms.DROP_SMALL_DEG, norms.DROP_SE_DEG, "drop_se_deg", -1,
        "The pelvis drops only {value:.1f}{unit}.", "Let the belt sink a little lower.",
    ),
    CoachingPoint(
        "pelvis_not_square", "Pelvis square", lambda r: r["rotation_range_deg"], norms.ROTATION_RANGE_DEG, norms.ROTATION_SE_DEG,
        "rotation_range_se_deg", 1, "The pelvis twists {value:.0f}{unit} while it moves.", "Both hip bones face the wall.",
    ),
    CoachingPoint(
        "tempo_too_fast", "Slow tempo", _faster_phase, norms.PHASE_FAST_S, norms.PHASE_SE_S, None, -1,
        "The quicker half of the movement takes {value:.2f} {unit}.", "Count one down, one up.",
    ),
    CoachingPoint(
        "tempo_uneven", "Even tempo", _off_beat, norms.OFF_BEAT, norms.OFF_BEAT_SE, None, 1,
        "Single repetitions are {value:.0%} off the beat.", "Same beat, every rep.",
    ),
)  # fmt: skip

UNSEEN: dict[str, tuple[str, str]] = {
    "trunk_lean": ("Trunk upright", "One sensor on the pelvis cannot see the trunk: watch from behind."),
    "leg_lifted": ("Free leg hanging", "One sensor on the pelvis cannot see the free leg: watch from the front."),
    "foot_resting": ("Free foot off the floor", "Weight on the free foot cannot be seen by a motion sensor: watch the foot."),
    "oblique_pull": ("Glutes pull, not the oblique", "The muscle that pulls cannot be seen in the movement: put a hand on it, or measure EMG."),
}


def find_faults(reps: pd.DataFrame) -> pd.DataFrame:
    """Hold each set against the coaching points.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures, from `measure_reps`. Only complete, measured repetitions are judged.

    Returns
    -------
    DataFrame
        Table FAULTS: for each set every coaching point, broken or not, and those that one pelvis sensor cannot see.

    Notes
    -----
    The limits are working proposals (`norms`), the chance assumes a normal error of the measurement and holds for the set as a whole.

    Examples
    --------
    >>> times = {"start_s": range(10), "bottom_s": range(10), "end_s": range(10), "lower_s": 1.0, "raise_s": 1.0}
    >>> angles = {"drop_deg": 8.0, "return_error_deg": [0.5] * 6 + [3.5] * 4, "rotation_range_deg": 2.0}
    >>> reps = pd.DataFrame({"rep": range(1, 11), "set": 1, "side": "left", "kind": "complete", **times, **angles})
    >>> faults = find_faults(reps).set_index("fault")
    >>> faults.loc["incomplete_return", "severity"], faults.loc["incomplete_return", "reps"]
    ('moderate', [7, 8, 9, 10])
    >>> float(round(faults.loc["incomplete_return", "chance"], 3))  # the second worst of ten is 1.5° beyond, the standard error is 1°
    0.933
    """
    judged = _judgeable(check_table(reps, Reps))
    rows = []
    for number, members in judged.groupby("set"):
        rows += [_judge(point, int(number), members) for point in FAULTS]
        rows += [_unseen(key, int(number)) for key in UNSEEN]
    return check_table(pd.DataFrame(rows, columns=list(Faults.to_schema().columns)), Faults)


def mark_faults(reps: pd.DataFrame) -> pd.DataFrame:
    """Return `reps` with the column ``faults``: for every repetition the keys of the limits that it goes beyond.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    DataFrame
        Table REPS. A repetition that was not measured has an empty list.
    """
    marked = check_table(reps, Reps).assign(faults=[[] for _ in range(len(reps))])
    judged = _judgeable(marked)
    for _, members in judged.groupby("set"):
        for point in FAULTS:
            for index in members.index[_excess(point, point.measure(members)) > 0]:
                marked.at[index, "faults"] = [*marked.at[index, "faults"], point.key]
    return marked


def fault_severity(point: CoachingPoint, value: float) -> str:
    """Return how far `value` lies beyond the limit of `point`: none, mild, moderate or severe."""
    steps = [point.limit.mild.value, point.limit.moderate, point.limit.severe]
    reached = sum(point.beyond * (value - step) > 0 for step in steps)
    return ("none", "mild", "moderate", "severe")[reached]


def fault_se(point: CoachingPoint, reps: pd.DataFrame) -> float:
    """Return the standard error of a coaching point's measure in a set: its own, as the median over the repetitions, else the usual one."""
    own = reps[point.se_column].median() if point.se_column in reps else np.nan
    return float(point.standard_error.value if pd.isna(own) else own)


def _judgeable(reps: pd.DataFrame) -> pd.DataFrame:
    measured = reps["unmeasured"].isna() if "unmeasured" in reps else True
    return reps[reps["kind"].eq("complete") & measured]


def _excess(point: CoachingPoint, values: pd.Series) -> Array:
    """Return by how much each value lies beyond the limit (negative: within it)."""
    return np.asarray(point.beyond * (values.to_numpy(dtype=float) - point.limit.mild.value))


def _judge(point: CoachingPoint, number: int, reps: pd.DataFrame) -> dict[str, object]:
    values = point.measure(reps)
    row: dict[str, object] = {"set": number, "fault": point.key, "unit": point.limit.mild.unit, "limit": point.limit.mild.value, "cue": point.cue}
    if values.isna().all():
        return {**row, **_NOT_OBSERVABLE, "reps": [], "finding": "Not observable in this recording."}
    values = values.dropna()
    excess = _excess(point, values)
    needed = max(1, math.ceil(norms.FAULT_SHARE.value * len(excess)))
    kth_worst = float(np.sort(excess)[-needed])
    chance = float(norm.cdf(kth_worst / fault_se(point, reps)))
    concerned = reps.loc[values.index[excess > 0], "rep"].astype(int).tolist() if kth_worst > 0 else []
    value = float(values[excess > 0].median()) if concerned else float(values.median())
    finding = point.finding.format(value=value, unit=point.limit.mild.unit) if concerned else "Within the limit."
    return {
        **row,
        "observable": True,
        "value": value,
        "chance": chance,
        "severity": fault_severity(point, value) if concerned else "none",
        "reps": concerned,
        "first_rep": _last_run(concerned),
        "finding": finding,
    }


_NOT_OBSERVABLE: dict[str, object] = {"observable": False, "value": np.nan, "chance": np.nan, "severity": "not observable", "first_rep": np.nan}


def _unseen(key: str, number: int) -> dict[str, object]:
    return {"set": number, "fault": key, "unit": "", "limit": np.nan, "reps": [], "finding": UNSEEN[key][1], "cue": "", **_NOT_OBSERVABLE}


def _last_run(reps: list[int]) -> float:
    """Return the first repetition of the last unbroken run in a sorted list."""
    if not reps:
        return float("nan")
    first = len(reps) - 1
    while first > 0 and reps[first - 1] == reps[first] - 1:
        first -= 1
    return float(reps[first])

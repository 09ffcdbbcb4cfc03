"""Doubts about a recording that only show once its orientation is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.motion.footing import TRAVEL_M_S2
from hiphitch_analysis.motion.orientation import Orientation

Array = NDArray[np.float64]

AT_EDGE_S = 0.1  # of the recording
RESTING = 0.1  # share of the repetitions
SURE = 0.8  # chance below which a repetition's kind is said to be in doubt
ABOVE_SHARE, ABOVE_REPS = 0.5, 3  # so many repetitions in a row that end higher above level than half their drop are no hip hitches on this leg


def find_doubts(orientation: Orientation, reps: pd.DataFrame) -> dict[str, str]:
    """Say what speaks against taking the repetitions found for hip hitches on the stated leg, against their count, or against their angles.

    Parameters
    ----------
    orientation : Orientation
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    dict of str to str
        Flags, each with its sentence.
    """
    overview = orientation.overview
    doubts: dict[str, str] = {}
    moving = _inside(overview.time_s, reps)
    if overview.acceleration is not None and moving.any():
        travel = float(np.sqrt((overview.acceleration[moving] ** 2).sum(axis=1).mean()))
        if travel > TRAVEL_M_S2:
            doubts["unlike_hip_hitch"] = (
                f"the pelvis accelerates by {travel:.1f} m/s² (rms), as in walking or jumping: these repetitions may not be hip hitches"
            )
    changed = reps[reps["side"].ne(reps["side"].shift())]
    if len(changed) > 1 and reps["side"].notna().all():
        legs = ", ".join(f"the {rep.side} from repetition {rep.rep}" for rep in changed.itertuples())
        doubts["side_change"] = f"legs were changed: stood on {legs}; each set is measured as of its own leg"
    above = reps["return_error_deg"] < -ABOVE_SHARE * reps["drop_deg"]
    if above.rolling(ABOVE_REPS).sum().ge(ABOVE_REPS).any():
        first = int(reps.loc[above, "rep"].iloc[0])
        doubts["stance_doubtful"] = (
            f"from about repetition {first} the movement lies above level: the other leg may have been stood on. Analyse each side on its own"
        )
    doubts |= _find_cuts(orientation.time_s, reps)
    near = reps.loc[reps["confidence"] < SURE, "rep"].tolist() if "confidence" in reps else []
    if near:
        doubts["count_doubtful"] = (
            f"the count is not sure: repetition{'s' * (len(near) > 1)} {', '.join(map(str, near))} at the limit between complete and partial, "
            "or between a repetition and sway"
        )
    inside = _inside(orientation.time_s, reps)
    resting = float(orientation.resting[inside].mean()) if inside.any() else 0.0
    if resting > RESTING:
        doubts["rest_within_reps"] = (
            f"the orientation filter took {resting:.0%} of the repetitions for rest: so slow or small a movement may be misread"
        )
    if orientation.route == "accelerometer":
        doubts["accelerometer_only"] = (
            "no gyroscope: angles come from gravity alone, right only for slow, smooth repetitions; axial rotation is not observable"
        )
    elif orientation.route == "device":
        doubts["device_orientation"] = "no gyroscope data: the device's own orientation was used, its filter and its errors are not known"
    return doubts


def _find_cuts(time_s: Array, reps: pd.DataFrame) -> dict[str, str]:
    """Say where the recording begins or ends within a repetition."""
    if reps.empty:
        return {}
    first, last = reps.iloc[0], reps.iloc[-1]
    cuts = {}
    if first["kind"] == "aborted" and first["start_s"] - time_s[0] < AT_EDGE_S:
        cuts["cut_at_start"] = "the recording begins within a repetition, which is not counted"
    raise_s = reps["raise_s"].median()
    if last["kind"] == "aborted" and time_s[-1] - last["bottom_s"] < (AT_EDGE_S if pd.isna(raise_s) else raise_s):
        cuts["cut_at_end"] = "the recording ends within a repetition, which is not counted"
    return cuts


def _inside(time_s: Array, reps: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which samples lie within a repetition."""
    inside = np.zeros(len(time_s), dtype=bool)
    for start, end in np.searchsorted(time_s, reps[["start_s", "end_s"]].to_numpy()):
        inside[start:end] = True
    return inside

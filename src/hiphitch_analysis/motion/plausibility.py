"""Doubts about a recording that only show once its orientation is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.motion.footing import TRAVEL_M_S2
from hiphitch_analysis.motion.orientation import Orientation

Array = NDArray[np.float64]

SURE = 0.8  # chance below which a repetition's kind is said to be in doubt
ABOVE_SHARE, ABOVE_REPS = 0.5, 3  # so many repetitions in a row that end higher above level than half their drop are no hip hitches on this leg


def find_doubts(orientation: Orientation, reps: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Say what speaks against taking the repetitions found for hip hitches on the stated leg, or against their angles.

    Parameters
    ----------
    orientation : Orientation
    reps : DataFrame
        Table REPS with measures.

    Returns
    -------
    flags, warnings : list of str
    """
    overview = orientation.overview
    flags, warnings = [], []
    moving = _inside(overview.time_s, reps)
    if overview.acceleration is not None and moving.any():
        travel = float(np.sqrt((overview.acceleration[moving] ** 2).sum(axis=1).mean()))
        if travel > TRAVEL_M_S2:
            flags.append("unlike_hip_hitch")
            warnings.append(f"the pelvis accelerates by {travel:.1f} m/s² (rms), as in walking or jumping: these repetitions may not be hip hitches")
    changed = reps["side"].ne(reps["side"].shift()) if reps["side"].notna().all() else pd.Series(False, index=reps.index)
    if changed.sum() > 1:
        flags.append("side_change")
        legs = ", ".join(f"the {rep.side} from repetition {rep.rep}" for rep in reps[changed].itertuples())
        warnings.append(f"legs were changed: stood on {legs}; each set is measured as of its own leg")
    above = reps["return_error_deg"] < -ABOVE_SHARE * reps["drop_deg"]
    if above.rolling(ABOVE_REPS).sum().ge(ABOVE_REPS).any():
        first = int(reps.loc[above, "rep"].iloc[0])
        flags.append("stance_doubtful")
        warnings.append(
            f"from about repetition {first} the movement lies above level: the other leg may have been stood on. Analyse each side on its own"
        )
    near = reps.loc[reps["confidence"] < SURE, "rep"].tolist() if "confidence" in reps else []
    if near:
        flags.append("count_doubtful")
        warnings.append(
            f"the count is not sure: repetition{'s' * (len(near) > 1)} {', '.join(map(str, near))} at the limit between complete and partial, or "
            "between a repetition and sway"
        )
    inside = _inside(orientation.time_s, reps)
    resting = float(orientation.resting[inside].mean()) if inside.any() else 0.0
    if resting > 0.1:
        flags.append("rest_within_reps")
        warnings.append(f"the orientation filter took {resting:.0%} of the repetitions for rest: so slow or small a movement may be misread")
    if orientation.route == "accelerometer":
        flags.append("accelerometer_only")
        warnings.append("no gyroscope: angles come from gravity alone, right only for slow, smooth repetitions; axial rotation is not observable")
    elif orientation.route == "device":
        flags.append("device_orientation")
        warnings.append("no gyroscope data: the device's own orientation was used, its filter and its errors are not known")
    return flags, warnings


def _inside(time_s: Array, reps: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which samples lie within a repetition."""
    inside = np.zeros(len(time_s), dtype=bool)
    for start, end in np.searchsorted(time_s, reps[["start_s", "end_s"]].to_numpy()):
        inside[start:end] = True
    return inside

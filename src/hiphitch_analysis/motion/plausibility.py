"""Doubts about a recording that only show once its orientation is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.footing import TRAVEL_M_S2
from hiphitch_analysis.motion.orientation import Orientation

Array = NDArray[np.float64]

UNLIKE = "unlike_hip_hitch"  # the flag of a recording whose repetitions may be some other exercise's
AT_EDGE_S = 0.1  # of the recording
RESTING = 0.1  # share of the repetitions
SURE = 0.8  # chance below which a repetition's kind is said to be in doubt
NOT_JUDGED = "these repetitions may not be hip hitches, so their form is not judged"
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
    doubts = find_unlike(reps)
    moving = _inside(overview.time_s, reps)
    if overview.acceleration is not None and moving.any():
        travel = float(np.sqrt((overview.acceleration[moving] ** 2).sum(axis=1).mean()))
        if travel > TRAVEL_M_S2:
            doubts[UNLIKE] = f"the pelvis accelerates by {travel:.1f} m/s² (rms), as in walking or jumping: {NOT_JUDGED}"
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
            "no gyroscope was read: angles come from gravity alone, right only for slow, smooth repetitions; axial rotation is not observable"
        )
    elif orientation.route == "device":
        doubts["device_orientation"] = "no gyroscope data: the device's own orientation was used, its filter and its errors are not known"
    return doubts


def find_unlike(reps: pd.DataFrame, time_s: Array | None = None, place_m: Array | None = None) -> dict[str, str]:
    """Say whether the repetitions go farther than those of a hip hitch can.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures.
    time_s : ndarray, shape (n,), optional
        Times of `place_m` [s].
    place_m : ndarray, shape (n, 2) or (n, 3), optional
        Middle of the pelvis [m], where it is seen.

    Returns
    -------
    dict of str to str
        The flag `UNLIKE` with its sentence, or nothing.

    Examples
    --------
    >>> times = {"rep": [1, 2], "set": 1, "kind": "complete", "start_s": [0.0, 2.0], "bottom_s": [1.0, 3.0], "end_s": [2.0, 4.0]}
    >>> find_unlike(pd.DataFrame({**times, "drop_deg": [8.0, 9.0], "tilt_range_deg": 4.0}))
    {}
    >>> list(find_unlike(pd.DataFrame({**times, "drop_deg": [8.0, 9.0], "tilt_range_deg": 40.0})))
    ['unlike_hip_hitch']
    """
    complete = reps[reps["kind"].eq("complete")]
    drop, tilt = (float(complete[name].median()) for name in ("drop_deg", "tilt_range_deg"))
    if drop > norms.DROP_OF_ANOTHER_DEG.value:
        return {UNLIKE: f"the pelvis seems to drop by {drop:.0f}°, more than a hip can: {NOT_JUDGED}"}
    if tilt > norms.TILT_OF_ANOTHER_DEG.value:
        return {UNLIKE: f"the pelvis tips forwards and back by {tilt:.0f}°, as in a squat: {NOT_JUDGED}"}
    if time_s is not None and place_m is not None and len(complete):
        travel = float(pd.Series([_travel(place_m[_inside(time_s, complete.iloc[[i]])]) for i in range(len(complete))]).median())
        if travel > norms.TRAVEL_OF_ANOTHER_M.value:
            return {UNLIKE: f"the pelvis travels by {100 * travel:.0f} cm within a repetition, as in a squat or a step: {NOT_JUDGED}"}
    return {}


def _travel(place_m: Array) -> float:
    """Return the longest way along an axis [m]; NaN where nothing is seen."""
    seen = place_m[np.isfinite(place_m).all(axis=1)]
    return float(np.ptp(seen, axis=0).max()) if len(seen) else float("nan")


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

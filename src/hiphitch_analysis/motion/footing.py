"""What the feet do, told by how the pelvis travels: walking before and after a set, and the free foot coming down in the middle of one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from hiphitch_analysis.motion.orientation import Orientation
from hiphitch_analysis.motion.stance import LEAST_BLOCKS, TRAVEL_CUTOFF_HZ, low_pass

Array = NDArray[np.float64]

TRAVEL_M_S2 = 1.0  # rms acceleration of the pelvis: a hip hitch stays below 0.3, walking is well above
STRIDE_S = 2.0  # about one stride and a half
MOSTLY = 0.7  # of the recording: whoever travels so much does some other exercise, and all of it is kept
LONGER_PAUSE_S = 2.0  # than the set's usual one: stepping down, standing on both feet and getting back takes more
BACK_ON_M_S2, BACK_ON_S = 0.25, 0.3  # shifting the weight back onto one leg; sway on it stays below, or is briefer


def mask_walking(orientation: Orientation, angles: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Hide from the search for repetitions what the pelvis does while the person walks.

    Parameters
    ----------
    orientation : Orientation
    angles : DataFrame
        Table ANGLES.

    Returns
    -------
    angles : DataFrame
        Table ANGLES, its obliquity empty where the person walks; as it was when most of the recording travels or none of it.
    walked_s : float
        How long that was [s].
    """
    overview = orientation.overview
    if overview.acceleration is None:
        return angles, 0.0
    window = max(1, round(STRIDE_S * overview.rate_hz))
    power = pd.Series((overview.acceleration**2).sum(axis=1)).rolling(window, center=True, min_periods=1).mean()
    walking = binary_dilation(np.sqrt(power.to_numpy()) > TRAVEL_M_S2, np.ones(window))
    if not walking.any() or walking.mean() > MOSTLY:
        return angles, 0.0
    nearest = np.clip(np.searchsorted(overview.time_s, angles.index.to_numpy()), 0, len(walking) - 1)
    masked = angles.copy()
    masked.loc[walking[nearest], "obliquity_deg"] = np.nan
    return masked, float(walking.sum() / overview.rate_hz)


def mark_touch_downs(orientation: Orientation, reps: pd.DataFrame) -> pd.DataFrame:
    """Call a repetition aborted when the free foot came down in it: what brings the pelvis back to level is then a shift of weight, no raise.

    Parameters
    ----------
    orientation : Orientation
    reps : DataFrame
        Table REPS from `detect_reps`.

    Returns
    -------
    DataFrame
        Table REPS. An aborted repetition ends at its lowest point.

    Notes
    -----
    Seen by a pause that is two seconds longer than the set's usual one and holds the sideways acceleration of getting back onto one leg. A foot that
    only touches, without weight, does not show.
    """
    overview = orientation.overview
    if overview.acceleration is None or len(overview.time_s) < LEAST_BLOCKS or len(reps) < 3:
        return reps
    sideways = np.linalg.norm(low_pass(overview.acceleration[:, :2], overview.rate_hz, TRAVEL_CUTOFF_HZ), axis=1)
    marked = reps.copy()
    for _, members in reps.groupby("set"):
        pauses = members["start_s"].to_numpy()[1:] - members["end_s"].to_numpy()[:-1]
        if not len(pauses):
            continue
        for i in np.flatnonzero(pauses > np.median(pauses) + LONGER_PAUSE_S):
            row = members.index[i]
            first, last = np.searchsorted(overview.time_s, (members.at[row, "end_s"] + 0.2, members["start_s"].iloc[i + 1] - 0.1))
            if (sideways[first:last] > BACK_ON_M_S2).sum() > BACK_ON_S * overview.rate_hz:
                marked.loc[row, ["kind", "end_s"]] = ["aborted", members.at[row, "bottom_s"]]
    return marked

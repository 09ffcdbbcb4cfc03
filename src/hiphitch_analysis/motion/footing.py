"""What the feet do, told by how the pelvis travels: walking before and after a set, and the free foot coming down within one or ending it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from hiphitch_analysis.motion.orientation import Orientation, Overview
from hiphitch_analysis.motion.stance import LEAST_BLOCKS, SHIFT_WITHIN_S, TRAVEL_CUTOFF_HZ, low_pass

Array = NDArray[np.float64]

TRAVEL_M_S2 = 1.0  # rms acceleration of the pelvis: a hip hitch stays below 0.3, walking is well above
STRIDE_S = 2.0  # about one stride and a half
MOSTLY = 0.7  # of the recording: whoever travels so much does some other exercise, and all of it is kept
LONGER_PAUSE_S = 2.0  # than the set's usual one: stepping down, standing on both feet and getting back takes more
BACK_ON_M_S2, BACK_ON_S = 0.25, 0.3  # shifting the weight back onto one leg; sway on it stays below, or is briefer
PUSH_S = 0.5  # about half a shift of weight: over so long the pelvis gains its sideways speed, and over as long it loses it; sway averages out
LOW_SHARE = 0.4  # of its drop that the pelvis still lacks: a raise that runs into the step off has regained more when the weight moves
LEAST_PUSH_M_S = 0.05  # taking the pelvis half the distance between the hips (some 8 cm) to the side within two seconds takes more
HARDER = 1.75  # times the set's usual push in a raise; a foot that comes down gives two to six times, a raise rarely one and a half
ALIKE = 0.6  # the two pushes of one shift, the weaker as a share of the stronger; a raise's is a quarter of the step off that follows
LEAST_USUAL = 3  # repetitions before the last that say what a push in a raise is usually like
AGAINST = -0.7  # cosine between them: what the first has set going the second stops


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
    In the middle of a set it is seen by a pause that is two seconds longer than the set's usual one and holds the sideways acceleration of getting
    back onto one leg.

    A set's last repetition is one that could not be raised when the step off lies in its way up instead of after it. Getting off the leg is one push
    towards the free side and a like one against it. The first has to come while the pelvis is low, clearly harder than what the set's raises show,
    and no harder push may follow within four seconds: stepping off after a good raise is such a one, and so is walking off.

    Of 124 simulated sets that end with a muscle's failure all are seen. Of the last repetitions of 2,176 sets without one none is called so; of 100
    with drops of 15° in half a second and much sway one is, and of 535 whose recording stops before the step off two. A last repetition may stay
    complete when the weight moves as slowly as the person sways (in two seconds: 31 of 40 did) or somebody walks off at once, and be called aborted
    when a raise is given up in its first third by stepping off. A foot that only touches, without weight, does not show.
    """
    overview = orientation.overview
    if overview.acceleration is None or len(overview.time_s) < LEAST_BLOCKS or len(reps) < 3:
        return reps
    push = np.column_stack([_sum_over(axis, overview.rate_hz) for axis in overview.acceleration[:, :2].T])
    sideways = np.linalg.norm(low_pass(overview.acceleration[:, :2], overview.rate_hz, TRAVEL_CUTOFF_HZ), axis=1)
    marked = reps.copy()
    for _, members in reps.groupby("set"):
        if _steps_off_low(overview, push, members):
            marked.loc[members.index[-1], ["kind", "end_s"]] = ["aborted", members["bottom_s"].iloc[-1]]
        pauses = members["start_s"].to_numpy()[1:] - members["end_s"].to_numpy()[:-1]
        if not len(pauses):
            continue
        for i in np.flatnonzero(pauses > np.median(pauses) + LONGER_PAUSE_S):
            row = members.index[i]
            first, last = np.searchsorted(overview.time_s, (members.at[row, "end_s"] + 0.2, members["start_s"].iloc[i + 1] - 0.1))
            if (sideways[first:last] > BACK_ON_M_S2).sum() > BACK_ON_S * overview.rate_hz:
                marked.loc[row, ["kind", "end_s"]] = ["aborted", members.at[row, "bottom_s"]]
    return marked


def _sum_over(acceleration: Array, rate_hz: float) -> Array:
    """Return by how much half a second's acceleration, centred on each sample, changes the speed [m/s]."""
    window = max(1, round(PUSH_S * rate_hz))
    return np.asarray(np.convolve(acceleration, np.ones(window) / rate_hz, "same"))


def _steps_off_low(overview: Overview, push: Array, members: pd.DataFrame) -> bool:
    """Return whether the shift of weight that ends a set begins while the pelvis of its last repetition is still low."""
    if len(members) < LEAST_USUAL + 1 or members["kind"].iloc[-1] == "aborted":
        return False
    hardness = np.linalg.norm(push, axis=1)
    low = [_while_low(overview, *times) for times in members[["start_s", "bottom_s", "end_s"]].to_numpy()]
    usual = float(np.median([hardness[begin:end].max() for begin, end in low[:-1]]))
    begin, end = low[-1]
    first = begin + int(np.argmax(hardness[begin:end]))
    if first == end - 1 or hardness[first] < max(LEAST_PUSH_M_S, HARDER * usual):  # a push that still grows culminates higher up
        return False
    until = int(np.searchsorted(overview.time_s, members["end_s"].iloc[-1] + SHIFT_WITHIN_S))
    along = push[first:until] @ push[first] / hardness[first]
    over = first + int(np.argmax(along <= 0))
    if over == first:
        return False
    second = over + int(np.argmax(hardness[over:until]))
    cosine = along[second - first] / hardness[second]
    return bool(cosine < AGAINST and ALIKE < hardness[first] / hardness[second] < 1 / ALIKE)


def _while_low(overview: Overview, start_s: float, bottom_s: float, end_s: float) -> tuple[int, int]:
    """Return the samples [begin, end) of a repetition's way up in which the pelvis still lacks a good part of its drop, at least one."""
    start, bottom, top = np.minimum(np.searchsorted(overview.time_s, (start_s, bottom_s, end_s)), len(overview.time_s) - 1)
    lacking = np.arccos(np.clip(overview.up[bottom : top + 1] @ overview.up[start], -1.0, 1.0))
    regained = lacking <= LOW_SHARE * lacking[0]
    return int(bottom), int(bottom + 1 + (np.argmax(regained) if regained.any() else top - bottom))

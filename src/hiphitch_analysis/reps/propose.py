"""Where in a free stretch of a recording a repetition that was missed most likely lies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hiphitch_analysis.reps.curve import smooth_angle
from hiphitch_analysis.schema import Angles, Reps, check_table

USUAL_S = 2.0  # a repetition's duration where none is known
LEAST_S = 0.3  # less room than this holds no repetition
RESTING = 0.1  # of the drop: as near to the top the movement has not begun, or is at its end


def propose_rep(angles: pd.DataFrame, reps: pd.DataFrame, at_s: float) -> tuple[float, float, float]:
    """Propose a repetition near a moment, between those that are there.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS; those left out are free room.
    at_s : float
        About where [s].

    Returns
    -------
    tuple of float
        Start, bottom and end [s]: the lowest point near `at_s`, and where the movement towards it begins and from it ends.

    Raises
    ------
    ValueError
        No room between its neighbours.

    Examples
    --------
    >>> time = np.arange(0, 8, 0.01)
    >>> lowering = np.where((time > 2) & (time < 4), -4 * (1 - np.cos(np.pi * (time - 2))), 0.0)
    >>> angles = pd.DataFrame({"obliquity_deg": lowering, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(time, name="time_s"))
    >>> none = pd.DataFrame(columns=["rep", "set", "side", "kind", "start_s", "bottom_s", "end_s"])
    >>> [round(t, 1) for t in propose_rep(angles, none, 2.6)]
    [2.2, 3.0, 3.8]
    """
    angles, reps = check_table(angles, Angles), check_table(reps, Reps)
    kept = reps[reps["kind"].ne("left out")]
    time_s, curve = angles.index.to_numpy(dtype=float), smooth_angle(angles, "obliquity_deg")
    usual = float((kept["end_s"] - kept["start_s"]).median()) if len(kept) else USUAL_S
    leg = angles["side"].ne(angles["side"].shift()).cumsum().to_numpy() if "side" in angles else np.zeros(len(time_s))
    low = max([time_s[0], *kept.loc[kept["start_s"] <= at_s, "end_s"]])
    high = min([time_s[-1], *kept.loc[kept["start_s"] > at_s, "start_s"]])
    near = max(low, min(at_s, high))
    at = min(int(np.searchsorted(time_s, near)), len(time_s) - 1)
    room = (time_s >= max(low, near - usual)) & (time_s <= min(high, near + usual)) & (leg == leg[at])
    inside = np.flatnonzero(room)
    if curve is None or len(inside) < 5 or time_s[inside[-1]] - time_s[inside[0]] < LEAST_S:
        raise ValueError(f"there is no room for a repetition at {at_s:.2f} s: choose a free place, or shorten or leave out a neighbour first.")
    bottom = int(np.clip(inside[np.argmin(curve[inside])], inside[0] + 2, inside[-1] - 2))
    before, after = curve[inside[0] : bottom], curve[bottom + 1 : inside[-1] + 1]
    begins = np.flatnonzero(before >= before.max() - RESTING * (before.max() - curve[bottom]))[-1]
    ends = np.flatnonzero(after >= after.max() - RESTING * (after.max() - curve[bottom]))[0]
    return float(time_s[inside[0] + begins]), float(time_s[bottom]), float(time_s[bottom + 1 + ends])

"""Skin between bone and marker: it slides about, does not follow the bone's turn entirely, and turns when one leg takes the weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate.skeleton import MARKERS

Array = NDArray[np.float64]

# Assumptions; on the front hip bones the sliding makes half a degree, as one person's ASIS line erred in squats.
SLIDE_MM, LAG, BULGE_DEG = 1.5, 0.05, 0.3
# How fast skin slides: in that person's squats the error changed within half a second to two by 1.2 to 1.5 times its standard deviation.
SLIDE_HZ = (0.1, 1.0)
BEATS = 4
SWAY_DEG_S = 1.0  # a pelvis that turns no faster sways
ONE_LEG_LEAST_M = 0.03  # a pelvis that never goes farther aside only sways
LINES = (("RASI", "LASI"), ("RPSI", "LPSI"))
CARRIES = (*MARKERS, *(f"{side}_{part}" for side in SIDES for part in ("shoulder", "knee", "ankle", "heel", "toe")))


@dataclass(frozen=True, slots=True)
class Skin:
    """How much skin moves over bone; nobody measured a hip hitch.

    Attributes
    ----------
    slide_mm : float
        Standard deviation of how far a marker has slid since the person stood still on both feet, along each of the room's axes [mm].
    lag : float
        Standard deviation, from person to person, of the share of the pelvis's turn that a line of two markers does not follow [–].
    bulge_deg : float
        The same, of how far the line turns when the weight goes onto one leg [°].
    """

    slide_mm: float = SLIDE_MM
    lag: float = LAG
    bulge_deg: float = BULGE_DEG


def wear_skin(skeleton: pd.DataFrame, skin: Skin, seed: int = 0) -> pd.DataFrame:
    """Move what sticks to the skin as it moves over the bone.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`.
    skin : Skin
    seed : int

    Returns
    -------
    DataFrame
        As `skeleton`, with every point that carries a marker moved. Skin slides about, as a sum of waves, while the pelvis moves and as far as the
        weight has gone over to one leg; over somebody who stands still it is still.
    """
    rng = np.random.default_rng([seed, 23])
    worn, time_s = skeleton.copy(), skeleton.index.to_numpy(dtype=float)
    aside = (skeleton["left_hip_y_m"] + skeleton["right_hip_y_m"]).to_numpy() / 2
    gone = np.abs(aside - aside[0])
    on_one_leg = gone / max(float(gone.max()), ONE_LEG_LEAST_M)
    moving_s = _count_moving(skeleton, time_s)
    for right, left in LINES:
        lag, bulge = rng.normal(0, skin.lag), np.radians(rng.normal(0, skin.bulge_deg))
        across, up = (skeleton[f"{left}_{axis}_m"].to_numpy() - skeleton[f"{right}_{axis}_m"].to_numpy() for axis in "yz")
        raised = np.arctan2(up, across)
        turn = -lag * (raised - raised[0]) + bulge * on_one_leg
        for name, end in ((right, -0.5), (left, 0.5)):
            worn[f"{name}_y_m"] += end * (across * (np.cos(turn) - 1) - up * np.sin(turn))
            worn[f"{name}_z_m"] += end * (across * np.sin(turn) + up * (np.cos(turn) - 1))
    for name in CARRIES:
        phases, beats = rng.uniform(0, 2 * np.pi, (3, BEATS)), rng.uniform(*SLIDE_HZ, (3, BEATS))
        waves = np.sin(2 * np.pi * beats[:, :, None] * moving_s + phases[:, :, None]).sum(axis=1)
        for axis, slid in zip("xyz", skin.slide_mm * np.sqrt(2 / BEATS) * on_one_leg * waves, strict=True):
            worn[f"{name}_{axis}_m"] += slid / 1000
    return worn


def _count_moving(skeleton: pd.DataFrame, time_s: Array) -> Array:
    """Return a clock [s] that runs, on average over what moves, like any other, and stands while the pelvis does."""
    across, up = (skeleton[f"left_hip_{axis}_m"].to_numpy() - skeleton[f"right_hip_{axis}_m"].to_numpy() for axis in "yz")
    speed = np.abs(np.gradient(np.degrees(np.arctan2(up, across)), time_s))
    moves = speed > SWAY_DEG_S
    return np.asarray(np.cumsum(np.gradient(time_s) * np.where(moves, speed, 0.0)) / (float(speed[moves].mean()) if moves.any() else 1.0))

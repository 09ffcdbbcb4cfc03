"""Tracks of printed markers without the pictures: their corners as a camera sees them, with the errors of finding them in a video."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.simulate.camera import Camera, place_camera
from hiphitch_analysis.simulate.clip import READOUT_S, Filming, film_times
from hiphitch_analysis.simulate.printedmarkers import ANKLE, FLOOR, LEFT, RIGHT, STATIC_M, STERNUM, WALL, dress, fix_marker, wear_marker

Array = NDArray[np.float64]

CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])  # x right, y down, in sides of the square


@dataclass(frozen=True, slots=True)
class Finding:
    """How finding markers in a video errs; the default is what rendered clips of 1080 lines show.

    Attributes
    ----------
    jitter_px : float
        Standard deviation of each corner's place from frame to frame [px].
    lost : float
        Share of the frames in which a marker on a hip bone is not found [0–1], each frame by itself.
    """

    jitter_px: float = 0.075
    lost: float = 0.0


def track_corners(
    skeleton: pd.DataFrame, camera: Camera, filming: Filming | None = None, finding: Finding | None = None, seed: int = 0
) -> pd.DataFrame:
    """Track the corners of printed markers as if a clip had been filmed and searched.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`, at any rate.
    camera : Camera
        It looks at the middle between the hips; the markers are on the front.
    filming : Filming, optional
        Of it count size, bend, tilt on the skin, exposure, and which markers there are; what blurs a picture is within `finding`.
    finding : Finding, optional
    seed : int

    Returns
    -------
    DataFrame
        Index ``time_s``; ``m<id>_<corner>_x_px``, ``m<id>_<corner>_y_px``, as `track_markers` makes of a video.
    """
    filming, finding = filming or Filming(), finding or Finding()
    rng = np.random.default_rng([seed, 34])
    wearer, view = dress(skeleton), place_camera(skeleton, camera)
    times = film_times(skeleton, camera, filming)
    columns: dict[str, Array] = {}
    statics = [marker for marker, there in ((WALL, filming.wall), (FLOOR, filming.floor)) if there]
    for marker in (RIGHT, LEFT, STERNUM, ANKLE, *statics):
        if marker in statics:
            places = np.repeat(fix_marker(wearer, marker).at(STATIC_M * CORNERS[:, 0], STATIC_M * CORNERS[:, 1]), len(times), axis=0)
        else:
            row = view.project(wear_marker(wearer, marker, times).centre)[:, 1]
            seen_s = times + READOUT_S * np.clip(row / camera.height_px, 0, 1) + filming.exposure_s / 2
            x, y = (filming.size_m * CORNERS).T
            bend_m = filming.bend_m if marker in (RIGHT, LEFT) else np.inf
            places = wear_marker(wearer, marker, seen_s, filming.skin_tilt_deg).at(x, y, bend_m)
        corners = view.project(places.reshape(-1, 3)).reshape(-1, 4, 2) + rng.normal(0, finding.jitter_px, (len(times), 4, 2))
        inside = ((corners >= 0) & (corners < (camera.width_px, camera.height_px))).all(axis=(1, 2))
        corners[~inside] = np.nan
        if marker in (RIGHT, LEFT):
            corners[rng.random(len(times)) < finding.lost] = np.nan
        columns |= {f"m{marker}_{corner}_{axis}_px": corners[:, corner, i] for corner in range(4) for i, axis in enumerate("xy")}
    return pd.DataFrame(columns, index=pd.Index(times - times[0], name="time_s"))

"""How well printed markers filmed with a phone measure the pelvis, and whether the standard errors hold: clips rendered, and made of corners only."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.motion.printed import Printed
from hiphitch_analysis.norms import MARKER_SHARE, MARKER_SKIN_DEG, SKIN_BULGE_DEG
from hiphitch_analysis.precision import SPREAD_DF, change_se, half_width, level_se
from hiphitch_analysis.read.markertracks import MarkerTracks, track_markers
from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.session.captured import analyse_tracks
from hiphitch_analysis.simulate import TIRELESS, Body, Camera, SimulatedSet, simulate_set
from hiphitch_analysis.simulate.clip import READOUT_S, Filming, film_clip, film_times
from hiphitch_analysis.simulate.cornertracks import Finding, track_corners
from hiphitch_analysis.simulate.printedmarkers import dress, line_between
from hiphitch_analysis.simulate.skeleton import ASIS
from hiphitch_analysis.simulate.skin import Skin, wear_skin
from hiphitch_analysis.validate.form import match_reps

NOMINAL = 0.90
MEASURES = ("line_drop", "line_end", "drop", "end")  # against the line between the markers, and against the bone
FRAMES = {"1080p": (1080, 1920), "720p": (720, 1280)}
USUAL_LENS = 26 / 36  # focal length over the picture's long side that the analysis takes for granted
BENT_M = 0.12
SHORT_S = 1.0  # filmed on after the last repetition
# How corners are found in rendered clips (this study): noise from frame to frame, and how often a marker is missed.
FOUND = {"1080p": Finding(0.06, 0.001), "720p": Finding(0.061, 0.005)}


@dataclass(frozen=True, slots=True)
class ClipCase:
    """A clip to film: who does what, and how it is filmed.

    Attributes
    ----------
    seed : int
    frame : {"1080p", "720p"}
    stance : {"left", "right"}
    asked : dict
        Arguments of `simulate_set`.
    camera : Camera
    filming : Filming
    skin : Skin
    """

    seed: int
    frame: str
    stance: str
    asked: dict[str, Any]
    camera: Camera
    filming: Filming
    skin: Skin


def draw_clip(seed: int, frame: str) -> ClipCase:
    """Draw a clip of the kind a coach is asked to make, from good to just about allowed.

    Parameters
    ----------
    seed : int
    frame : {"1080p", "720p"}

    Returns
    -------
    ClipCase
        A person of 1.5 to 1.95 m who drops by 3 to 12° within 0.7 to 1.4 s and turns the pelvis by up to 8°, filmed from 2.5 to 3 m, up to 10° aside,
        5° high or low and 5° rolled, with a lens whose focal length is up to 10 % off a telephone's usual one. Markers of 5 cm bend about 12 cm and
        tilt by up to 3° on the skin. How much skin slides, lags and bulges is drawn as `norms` assumes; a t-distribution is a normal one of varying
        spread.

    Examples
    --------
    >>> abs(draw_clip(1, "720p").camera.yaw_deg) <= 10
    True
    """
    rng = np.random.default_rng([seed, 51])
    height_m = float(rng.uniform(1.5, 1.95))
    lower_s, raise_s = rng.uniform(0.7, 1.4, 2).tolist()
    stance = SIDES[int(rng.integers(2))]
    asked = {
        "stance": stance,
        "seed": seed,
        "drop_deg": float(rng.uniform(3.0, 12.0)),
        "lower_s": lower_s,
        "raise_s": raise_s,
        "rotation_deg": float(rng.uniform(0.0, 8.0)),
        "tilt_deg": float(rng.normal(0, 1.5)),
        "variability": float(rng.uniform(0.03, 0.12)),
        "sway": float(rng.uniform(0.6, 1.4)),
        "quiet_s": 4.0,
        "athlete": replace(TIRELESS, body=Body(str(rng.choice(["male", "female"])), 22 * height_m**2, height_m)),
    }
    width, height = FRAMES[frame]
    camera = Camera(
        distance_m=float(rng.uniform(2.5, 3.0)),
        yaw_deg=float(rng.uniform(-10, 10)),
        elevation_deg=float(rng.uniform(-5, 5)),
        roll_deg=float(rng.uniform(-5, 5)),
        width_px=width,
        height_px=height,
        focal_px=float(rng.uniform(0.9, 1.1)) * USUAL_LENS * height,
    )
    filming = Filming(
        exposure_s=float(np.exp(rng.uniform(np.log(1 / 240), np.log(1 / 30)))),
        noise=float(rng.uniform(3, 8)),
        bend_m=BENT_M,
        skin_tilt_deg=float(rng.uniform(0, 3)),
        codec="MJPG",
        quality=int(rng.integers(15, 60)),
    )
    soft = min(3.0, float(np.sqrt(SPREAD_DF / rng.chisquare(SPREAD_DF))))
    line_mm = 2000 * ASIS[1] * height_m
    skin = Skin(
        slide_mm=soft * float(np.radians(MARKER_SKIN_DEG.value)) * line_mm / float(np.sqrt(2)),
        lag=soft * MARKER_SHARE.value,
        bulge_deg=soft * SKIN_BULGE_DEG.value,
    )
    return ClipCase(seed, frame, stance, asked, camera, filming, skin)


def perform_clip(case: ClipCase, reps: int) -> tuple[SimulatedSet, pd.DataFrame]:
    """Simulate what is filmed: the set, and its skeleton with the skin under the markers, until shortly after the last repetition."""
    made = simulate_set(reps, skeleton_hz=100.0, **case.asked)
    if made.skeleton is None:
        raise ValueError("skeleton: expected one, got none. Ask simulate_set for skeleton_hz.")
    return made, wear_skin(made.skeleton.loc[: float(made.reps["end_s"].iloc[-1]) + SHORT_S], case.skin, case.seed)


def film_tracks(case: ClipCase, skeleton: pd.DataFrame) -> MarkerTracks:
    """Render a clip and find the markers in it; needs OpenCV."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.avi"
        film_clip(skeleton, case.camera, path, case.filming, case.seed)
        return track_markers(path)


def find_corners(skeleton: pd.DataFrame, camera: Camera, filming: Filming, finding: Finding, seed: int) -> MarkerTracks:
    """Make the tracks of a clip without its pictures."""
    table = track_corners(skeleton, camera, filming, finding, seed)
    return MarkerTracks(table, (camera.width_px, camera.height_px), camera.rate_hz, {}, 0, ())


def measure_clip(case: ClipCase, made: SimulatedSet, skeleton: pd.DataFrame, tracks: MarkerTracks) -> pd.DataFrame:
    """Measure a clip, and put every error beside its standard error.

    Parameters
    ----------
    case : ClipCase
    made : SimulatedSet
        What was done.
    skeleton : DataFrame
        With the skin's movement in it: the truth of the line between the markers.
    tracks : MarkerTracks

    Returns
    -------
    DataFrame
        One row per true repetition that was found, or one without measures: ``seed, frame``, what the clip came to (``way, n_reps, true_reps,
        missing``, root mean square ``rmse_deg`` of the line's change from quiet stance), and per repetition the error and the standard error of
        ``line_drop`` and ``line_end`` (against the line of the markers at the moments that the analysis took for the repetition's), ``drop`` and
        ``end`` (against the bone's own repetition); ``true_deg`` is the bone's drop. An ``end`` is the angle against quiet stance there.
    """
    head: dict[str, Any] = {"seed": case.seed, "frame": case.frame, "true_reps": int(made.reps["kind"].eq("complete").sum())}
    try:
        analysed = analyse_tracks(tracks, case.stance)
    except ValueError as error:
        return pd.DataFrame([{**head, "way": "refused", "n_reps": 0, "reason": str(error)}])
    found = analysed.captured
    if not isinstance(found, Printed):
        raise TypeError("tracks: expected a measurement of printed markers.")
    sign = 1.0 if case.stance == "right" else -1.0
    late_s = float(film_times(skeleton, case.camera, case.filming)[0]) + case.filming.exposure_s / 2 + READOUT_S / 2
    true = sign * line_between(dress(skeleton), tracks.table.index.to_numpy() + late_s)["left_up_deg"].to_numpy()
    time_s, angle = analysed.angles.index.to_numpy(), analysed.angles["obliquity_deg"].to_numpy()
    zero = np.zeros(len(time_s), dtype=bool) if found.zero_s is None else (time_s >= found.zero_s[0]) & (time_s < found.zero_s[1])
    zero_deg = float(true[zero].mean()) if zero.any() else float(np.nanmedian(true - angle))
    head |= {
        "way": found.way,
        "n_reps": int(analysed.reps["kind"].eq("complete").sum()),
        "missing": found.missing,
        "rmse_deg": float(np.sqrt(np.nanmean((angle - true + zero_deg) ** 2))),
        "flags": " ".join(found.flags),
    }
    rows = []
    for index, mine in match_reps(made.reps, analysed.reps).items():
        rep, got = made.reps.loc[index], analysed.reps.loc[mine]
        top, bottom, end = np.interp(got[["start_s", "bottom_s", "end_s"]].to_numpy(dtype=float), time_s, true)
        rows.append(
            head
            | {
                "true_deg": rep["drop_deg"],
                "line_drop_error_deg": got["drop_deg"] - (top - bottom),
                "line_drop_se_deg": float(change_se(found.line_precision, got["drop_deg"], np.nan)),
                "line_end_error_deg": -got["return_error_deg"] - (end - zero_deg),
                "line_end_se_deg": float(level_se(found.line_precision, got["return_error_deg"], np.nan)),
                "drop_error_deg": got["drop_deg"] - rep["drop_deg"],
                "drop_se_deg": got["drop_se_deg"],
                "end_error_deg": rep["return_error_deg"] - got["return_error_deg"],
                "end_se_deg": got["return_error_se_deg"],
            }
        )
    return pd.DataFrame(rows or [head])


def try_clip(seed: int, frame: str, rendered: bool, reps: int = 3) -> pd.DataFrame:
    """Draw a clip, render it or make its corners only, and measure it: see `measure_clip`."""
    case = draw_clip(seed, frame)
    made, skeleton = perform_clip(case, reps)
    tracks = film_tracks(case, skeleton) if rendered else find_corners(skeleton, case.camera, case.filming, FOUND[frame], seed)
    return measure_clip(case, made, skeleton, tracks)


def summarise_clips(rows: pd.DataFrame) -> dict[str, Any]:
    """Sum up clips of one kind: error, dropouts, count, and how often the 90 % intervals hold.

    Parameters
    ----------
    rows : DataFrame
        Of `measure_clip`.

    Returns
    -------
    dict
    """
    clips = rows.drop_duplicates("seed")
    told: dict[str, Any] = {
        "clips": len(clips),
        "ways": {str(way): int(count) for way, count in clips["way"].value_counts().items()},
        "counted_exactly": round(float(clips["n_reps"].eq(clips["true_reps"]).mean()), 3),
        "missing_worst": round(float(clips["missing"].max()), 4),
        "change_rmse_deg": round(float(np.sqrt((clips["rmse_deg"] ** 2).mean())), 3),
        "change_rmse_worst_deg": round(float(clips["rmse_deg"].max()), 3),
        "repetitions": int(rows["true_deg"].notna().sum()),
        "nominal": NOMINAL,
    }
    for measure in MEASURES:
        error, se = rows[f"{measure}_error_deg"], rows[f"{measure}_se_deg"]
        known = error.notna() & se.notna()
        told[measure] = {
            "rms_error_deg": round(float(np.sqrt((error[known] ** 2).mean())), 3),
            "median_se_deg": round(float(se[known].median()), 3),
            "held": round(float((error[known].abs() <= half_width(se[known], NOMINAL)).mean()), 3),
        }
    return told

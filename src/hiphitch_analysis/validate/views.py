"""The same simulated sets by sensor, optical and printed markers and a pose model: what each counts, how far off it is, and whether it says so."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.precision import half_width
from hiphitch_analysis.read.markertracks import MarkerTracks
from hiphitch_analysis.schema import ACC, GYR
from hiphitch_analysis.session.captured import analyse_pose, analyse_tracks
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.simulate import Camera, PoseModel, SimulatedSet, simulate_set, write_film
from hiphitch_analysis.simulate.clip import Filming
from hiphitch_analysis.simulate.skin import Skin, wear_skin
from hiphitch_analysis.validate.form import draw_form_case, match_reps
from hiphitch_analysis.validate.printed import BENT_M, FOUND, find_corners

ROUTES = ("sensor", "markers", "printed", "landmarks")
NOMINAL = 0.90
SKIN_TILT_DEG = 1.5  # how far printed markers tilt on the skin: half of what the study of rendered clips goes to
DROPS_DEG = (3.0, 6.0, 9.0, 12.0)  # ends of the drops that a study tells apart


def draw_view(seed: int) -> tuple[Camera, PoseModel]:
    """Draw how a coach films: square to the front or back give or take 8°, lens within 10 cm of hip height, upright within 2°, 2.5 to 3.5 m away.

    The pose model drifts by 1 to 3 pixels and swaps sides in up to a fifth of the frames. Printed markers are filmed by the same camera, in front.
    """
    rng = np.random.default_rng([seed, 41])
    camera = Camera(
        view=str(rng.choice(["front", "back"])),
        distance_m=float(rng.uniform(2.5, 3.5)),
        yaw_deg=float(8 * rng.normal()),
        elevation_deg=float(2 * rng.normal()),
        roll_deg=float(2 * rng.normal()),
    )
    return camera, PoseModel(drift_px=float(rng.uniform(1, 3)), jitter_px=0.5, swapped=float(rng.uniform(0, 0.2)))


def try_set(seed: int, reps: int = 10) -> pd.DataFrame:
    """Simulate one set and measure it on every route.

    Parameters
    ----------
    seed : int
        Of athlete, sensor, markers and film; drops of 3 to 12°.
    reps : int

    Returns
    -------
    DataFrame
        One row per route and true repetition that was found: ``route``, ``seed``, ``true_deg``, ``drop_deg``, ``drop_se_deg``, ``true_error_deg``,
        ``return_error_deg``, ``return_error_se_deg``; one row with empty measures for a route that found none. ``n_reps`` is the number counted.
    """
    case = draw_form_case(seed) | {"sensors": ("pelvis",), "drop_deg": float(np.random.default_rng([seed, 42]).uniform(DROPS_DEG[0], DROPS_DEG[-1]))}
    made = simulate_set(reps, skeleton_hz=60.0, **case)
    camera, model = draw_view(seed)
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        if made.skeleton is not None:
            write_film(made.skeleton, camera, model, folder, "film", ("landmarks", "trc"), seed)
        for route in ROUTES:
            tables.append(_compare(made.reps, _measure(route, made, camera, Path(folder), case["stance"], seed), route, seed))
    return pd.concat(tables, ignore_index=True)


def find_printed(made: SimulatedSet, camera: Camera, seed: int) -> MarkerTracks:
    """Film a simulated set that wears printed markers from the front, and find them; the skin under them is that under the optical ones.

    Parameters
    ----------
    made : SimulatedSet
        With its skeleton.
    camera : Camera
        Where the phone stands; it is on the other side of the person for a camera behind.
    seed : int

    Returns
    -------
    MarkerTracks
        Made of corners without pictures, with markers on wall and floor.
    """
    if made.skeleton is None:
        raise ValueError("skeleton: expected one, got none. Ask simulate_set for skeleton_hz.")
    worn, filming = wear_skin(made.skeleton, Skin(), seed), Filming(bend_m=BENT_M, skin_tilt_deg=SKIN_TILT_DEG)
    return find_corners(worn, replace(camera, view="front"), filming, FOUND["1080p"], seed)


def summarise_views(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Sum up tries of `try_set`, by route: sets counted exactly, error of a drop by its size, and how often the 90 % intervals hold the truth."""
    told = []
    for route, group in rows.groupby("route", sort=False):
        sets = group.groupby("seed").agg(n_reps=("n_reps", "first"), true=("true_reps", "first"))
        measured = group.dropna(subset=["drop_deg"])
        error = measured["drop_deg"] - measured["true_deg"]
        ends = list(pairwise(DROPS_DEG))
        by_size = {f"{low:g}–{high:g}°": _rms(error[measured["true_deg"].between(low, high, inclusive="left")]) for low, high in ends}
        told.append(
            {
                "route": route,
                "sets": len(sets),
                "counted_exactly": float(sets["n_reps"].eq(sets["true"]).mean()),
                "within_one": float((sets["n_reps"] - sets["true"]).abs().le(1).mean()),
                "repetitions": len(measured),
                "drop_bias_deg": float(error.mean()),
                "drop_rms_deg": _rms(error),
                "drop_rms_by_size_deg": by_size,
                "drop_se_deg": float(measured["drop_se_deg"].mean()),
                "drop_held": _held(error, measured["drop_se_deg"]),
                "return_rms_deg": _rms((measured["return_error_deg"] - measured["true_error_deg"]).dropna()),
                "return_held": _held(measured["return_error_deg"] - measured["true_error_deg"], measured["return_error_se_deg"]),
                "nominal": NOMINAL,
            }
        )
    return told


def _measure(route: str, made: SimulatedSet, camera: Camera, folder: Path, stance: str, seed: int) -> pd.DataFrame:
    """Return table REPS by one route; without rows where the route refuses the recording."""
    try:
        if route == "sensor":
            return analyse_samples(made.recordings["pelvis"][ACC + GYR], stance).reps
        if route == "printed":
            return analyse_tracks(find_printed(made, camera, seed), stance).reps
        return analyse_pose(folder / ("film_markers.trc" if route == "markers" else "film_landmarks.csv"), stance).reps
    except ValueError:
        return pd.DataFrame(columns=["kind"])


def _compare(true: pd.DataFrame, found: pd.DataFrame, route: str, seed: int) -> pd.DataFrame:
    complete = found[found["kind"].eq("complete")]
    n_true = int(true["kind"].eq("complete").sum())
    head = {"route": route, "seed": seed, "n_reps": len(complete), "true_reps": n_true}
    names = ("drop_deg", "drop_se_deg", "return_error_deg", "return_error_se_deg")
    pairs = match_reps(true, found) if len(found) else {}
    rows = [
        {
            **head,
            "true_deg": true.at[index, "drop_deg"],
            "true_error_deg": true.at[index, "return_error_deg"],
            **{name: complete.at[mine, name] for name in names},
        }
        for index, mine in pairs.items()
        if mine in complete.index
    ]
    return pd.DataFrame(rows or [head], columns=[*head, "true_deg", "true_error_deg", *names])


def _rms(error: pd.Series) -> float:
    return float(np.sqrt((error**2).mean()))


def _held(error: pd.Series, se: pd.Series) -> float:
    known = error.notna() & se.notna()
    return float((error.abs()[known] <= half_width(se[known], NOMINAL)).mean())

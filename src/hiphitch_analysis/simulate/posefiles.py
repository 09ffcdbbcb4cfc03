"""Write what cameras and motion capture see of a simulated set, in the forms people keep it: MediaPipe CSV, OpenPose JSON, our landmarks, TRC."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from hiphitch_analysis.simulate.camera import Camera, PoseModel, estimate_pose, project_skeleton
from hiphitch_analysis.simulate.files import format_series, write_whole
from hiphitch_analysis.simulate.skeleton import MARKERS
from hiphitch_analysis.simulate.skin import Skin, wear_skin

POSE_FORMATS = ("landmarks", "mediapipe", "openpose")
MEDIAPIPE_NAMES = {"toe": "foot_index"}  # where MediaPipe's word differs from ours
# OpenPose's BODY_25B, number by number; those that the skeleton does not have stay empty.
BODY_25B = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "upper_neck", "head_top", "left_toe",
    "left_small_toe", "left_heel", "right_toe", "right_small_toe", "right_heel",
)  # fmt: skip


def write_film(
    skeleton: pd.DataFrame, camera: Camera, model: PoseModel, out: str | Path, name: str, formats: Iterable[str] = ("mediapipe",), seed: int = 0
) -> list[Path]:
    """Film a skeleton, let a pose model err on it, and write both what it made and what the camera truly saw.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`, or `SimulatedSet.skeleton`.
    camera : Camera
    model : PoseModel
    out : path
        Folder, made if missing.
    name : str
        Beginning of every file name.
    formats : iterable of {"landmarks", "mediapipe", "openpose", "trc"}
        As `write_landmarks`; ``trc`` is motion capture of markers on its skin, ``NAME_markers.trc``.
    seed : int

    Returns
    -------
    list of Path
        What was written, ``NAME_truth_landmarks.csv`` last where there is a film.
    """
    wanted = tuple(formats)
    filmed = [key for key in wanted if key != "trc"]
    paths = []
    if filmed:
        seen = project_skeleton(skeleton, camera)
        paths = write_landmarks(estimate_pose(seen, model, seed), camera, out, name, filmed)
    if "trc" in wanted:
        paths.append(write_whole(Path(out) / f"{name}_markers.trc", format_trc(wear_skin(skeleton, Skin(), seed), f"{name}_markers", seed)))
    return [*paths, *([write_whole(Path(out) / f"{name}_truth_landmarks.csv", format_series(seen, 3))] if filmed else [])]


def write_landmarks(landmarks: pd.DataFrame, camera: Camera, out: str | Path, name: str, formats: Iterable[str] = POSE_FORMATS) -> list[Path]:
    """Write what a pose model made of a film.

    Parameters
    ----------
    landmarks : DataFrame
        Table LANDMARKS.
    camera : Camera
        Its frame size normalises MediaPipe's coordinates.
    out : path
        Folder, made if missing.
    name : str
        Beginning of every file name.
    formats : iterable of {"landmarks", "mediapipe", "openpose"}
        ``NAME_landmarks.csv`` (our own), ``NAME_mediapipe.csv`` (coordinates as shares of the frame), folder ``NAME_openpose`` with one JSON a frame.

    Returns
    -------
    list of Path
        Files, and the folder.

    Raises
    ------
    ValueError
        An unknown format.
    """
    wanted = tuple(formats)
    if unknown := sorted(set(wanted) - set(POSE_FORMATS)):
        raise ValueError(f"formats: expected some of {', '.join(POSE_FORMATS)}, got {', '.join(unknown)}. Name formats that can be written.")
    folder, paths = Path(out), []
    for key in wanted:
        if key == "landmarks":
            paths.append(write_whole(folder / f"{name}_landmarks.csv", format_series(landmarks, 3).replace("nan", "")))
        elif key == "mediapipe":
            paths.append(write_whole(folder / f"{name}_mediapipe.csv", format_mediapipe(landmarks, camera)))
        else:
            frames = folder / f"{name}_openpose"
            for number, text in enumerate(format_openpose(landmarks)):
                write_whole(frames / f"{name}_{number:012d}_keypoints.json", text)
            paths.append(frames)
    return paths


def format_mediapipe(landmarks: pd.DataFrame, camera: Camera) -> str:
    """Lay out landmarks as people save MediaPipe's: frame, time, and for each landmark x, y (shares of the frame), z and v."""
    names = list(dict.fromkeys(column.rsplit("_", 2)[0] for column in landmarks if column.endswith("_x_px")))
    columns: dict[str, object] = {"frame": np.arange(len(landmarks)), "time": landmarks.index.to_numpy()}
    for name in names:
        word = "_".join(MEDIAPIPE_NAMES.get(part, part) for part in name.split("_"))
        columns[f"{word}_x"] = landmarks[f"{name}_x_px"].to_numpy() / camera.width_px
        columns[f"{word}_y"] = landmarks[f"{name}_y_px"].to_numpy() / camera.height_px
        columns[f"{word}_z"] = 0.0
        columns[f"{word}_v"] = landmarks[f"{name}_visibility"].to_numpy()
    return str(pd.DataFrame(columns).to_csv(index=False, float_format="%.6f", lineterminator="\n"))


def format_openpose(landmarks: pd.DataFrame) -> Iterable[str]:
    """Lay out each frame as OpenPose's JSON with the skeleton BODY_25B; a frame without a person has none."""
    known = [name for name in BODY_25B if f"{name}_x_px" in landmarks]
    values = {name: landmarks[[f"{name}_x_px", f"{name}_y_px", f"{name}_visibility"]].to_numpy() for name in known}
    for i in range(len(landmarks)):
        points = [values[name][i].round(3).tolist() if name in values else [0.0, 0.0, 0.0] for name in BODY_25B]
        flat = [number for point in points for number in point]
        people = [] if np.isnan(flat).any() else [{"person_id": [-1], "pose_keypoints_2d": flat}]
        yield json.dumps({"version": 1.3, "people": people}) + "\n"


def format_trc(skeleton: pd.DataFrame, name: str, seed: int = 0, noise_mm: float = 0.3) -> str:
    """Lay out markers as motion capture's TRC: millimetres, x forward, y up, z to the right.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`.
    name : str
        Of the file, for its head.
    seed : int
    noise_mm : float
        Standard deviation of each coordinate from frame to frame [mm].

    Returns
    -------
    str
    """
    rng, n = np.random.default_rng([seed, 22]), len(skeleton)
    time_s = skeleton.index.to_numpy()
    rate = (n - 1) / (time_s[-1] - time_s[0]) if n > 1 else 1.0
    names = [*MARKERS, *(f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "knee", "ankle", "heel", "toe"))]
    blocks = []
    for marker in names:
        x, y, z = (1000 * skeleton[f"{marker}_{axis}_m"].to_numpy() for axis in "xyz")
        blocks.append(np.column_stack([x, z, -y]) + rng.normal(0, noise_mm, (n, 3)))
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{name}.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate:.6g}\t{rate:.6g}\t{n}\t{len(names)}\tmm\t{rate:.6g}\t1\t{n}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    template = "%d\t%.6f" + "\t%.4f" * (3 * len(names))
    rows = [template % (i + 1, t, *row) for i, (t, row) in enumerate(zip(time_s, np.hstack(blocks), strict=True))]
    return "\n".join([*head, *rows]) + "\n"

"""A file of markers, landmarks or an OpenSim motion → `Pose`, whatever wrote it. Formats are told apart by content, never by name."""

from __future__ import annotations

import math
from pathlib import Path

from hiphitch_analysis.read.c3d import C3D
from hiphitch_analysis.read.coordinates import MOTION
from hiphitch_analysis.read.frames import Pose, PoseFormat, PoseHints
from hiphitch_analysis.read.imagepoints import check_frame
from hiphitch_analysis.read.landmarks import LANDMARKS_CSV
from hiphitch_analysis.read.landmarks_json import LANDMARKS_JSON
from hiphitch_analysis.read.opencap import OPENCAP
from hiphitch_analysis.read.openpose import OPENPOSE, holds_frames
from hiphitch_analysis.read.skeletons import SKELETONS
from hiphitch_analysis.read.source import Source, choose_format, describe_content, open_source
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.trc import TRC

FORMATS: tuple[PoseFormat, ...] = (TRC, C3D, MOTION, OPENCAP, OPENPOSE, LANDMARKS_CSV, LANDMARKS_JSON)


def read_pose(
    path: str | Path,
    rate_hz: float | None = None,
    *,
    frame_px: tuple[float, float] | None = None,
    skeleton: str | None = None,
) -> Pose:
    r"""Read markers, landmarks or a motion of any known format.

    Parameters
    ----------
    path : str or Path
        The file (gzip and xz are unpacked); of OpenPose the folder with one JSON per frame, or a zip archive of it.
    rate_hz : float, optional
        Frames per second [Hz], for files that do not state them. Where the file has times, the two must agree within 2 %.
    frame_px : tuple of float, optional
        Width and height of the picture [px], for landmarks that are shares of it.
    skeleton : {"BODY_25", "BODY_25B", "COCO_17", "COCO_18", "HALPE_26", "MEDIAPIPE_33"}, optional
        Which keypoints an OpenPose folder holds; by default their number and the body show it.

    Returns
    -------
    Pose
        ``kind`` says which table: markers [m, z up], landmarks [px, y down] or coordinates [°, m]. ``doubts`` is worth reading.

    Raises
    ------
    ValueError
        The file cannot be read, is of no known format, does not say what it must and nobody else does, or holds what cannot be a pose.

    Notes
    -----
    Which way is up, in which unit, and which of two skeletons, is judged by the body; where the header says otherwise, `doubts` says so. A last row
    cut off while being written is left out.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "any-name.dat"
    >>> _ = file.write_text("frame,time,left_hip_x,left_hip_y,right_hip_x,right_hip_y\n0,0.00,310,500,250,500\n1,0.04,310,495,250,500\n")
    >>> pose = read_pose(file, frame_px=(720, 1280))
    >>> pose.kind, pose.table["left_hip_y_px"].tolist()
    ('landmarks', [500.0, 495.0])
    """
    if rate_hz is not None and not (math.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz: expected a positive number of frames per second [Hz], got {rate_hz:g}. Give the rate of the video.")
    if frame_px is not None:
        frame_px = check_frame("frame_px", *_pair(frame_px))
    if skeleton is not None and skeleton not in SKELETONS:
        raise ValueError(
            f"skeleton: expected one of {', '.join(SKELETONS)}, got '{printable(str(skeleton), 30)}'. Leave it out if the body shows it."
        )
    path = Path(path)
    frames = holds_frames(path)
    source = Source(path, printable(path.name or str(path), 120), ()) if frames else open_source(path)
    chosen, source = (OPENPOSE, source) if frames else _recognise(source)
    return chosen.read(source, PoseHints(rate_hz, frame_px, skeleton))


def is_pose(path: str | Path) -> bool:
    """Whether a file is of a format that `read_pose` knows; False where it cannot be opened, which its reader then says."""
    path = Path(path)
    try:
        if holds_frames(path):
            return True
        _recognise(open_source(path))
    except ValueError:
        return False
    return True


def _pair(frame_px: tuple[float, float]) -> tuple[float, float]:
    try:
        width, height = frame_px
        return float(width), float(height)
    except (TypeError, ValueError) as error:
        raise ValueError(f"frame_px: expected width and height, got {printable(repr(frame_px), 40)}. Write frame_px=(1080, 1920).") from error


def _recognise(source: Source) -> tuple[PoseFormat, Source]:
    """Return the format of a source, and the source: of several texts the only one that is a pose."""
    found = choose_format(source, FORMATS)
    if found is not None:
        return found
    raise ValueError(
        f"{source.name}: not a file of markers, landmarks or joint angles that can be read ({describe_content(source)}). "
        f"Expected {'; '.join(known.label for known in FORMATS)}. Export it as one of these."
    )

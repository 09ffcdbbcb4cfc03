"""A file of markers, landmarks or an OpenSim motion, or a video with or without printed markers → angles and repetitions: the stages in a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hiphitch_analysis.motion.captured import Captured, check_stance
from hiphitch_analysis.motion.landmarks import measure_landmarks
from hiphitch_analysis.motion.markers import measure_markers
from hiphitch_analysis.motion.opensim import measure_coordinates
from hiphitch_analysis.motion.plausibility import find_unlike
from hiphitch_analysis.motion.printed import measure_printed
from hiphitch_analysis.read.frames import Pose
from hiphitch_analysis.read.markertracks import MarkerTracks, track_markers
from hiphitch_analysis.read.pose import read_pose
from hiphitch_analysis.read.posemodel import read_video_landmarks
from hiphitch_analysis.read.video import Progress
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.sides import find_sides, turn_sides
from hiphitch_analysis.session.correcting import measure_found

MEASURES: dict[str, Callable[[pd.DataFrame, str], Captured]] = {
    "markers": measure_markers,
    "landmarks": measure_landmarks,
    "coordinates": measure_coordinates,
}


@dataclass(frozen=True, slots=True)
class AnalysedPose:
    """What a file of markers, landmarks or coordinates shows.

    Attributes
    ----------
    source : Pose or MarkerTracks
        As read.
    kind, format : str
        What it holds (``printed markers`` for a video of such), and in which format.
    captured : Captured
        Its angles, where their zero comes from and how well they are known.
    angles : DataFrame
        Table ANGLES; where legs are changed within the recording, with a column ``side`` and each stretch as of its own leg.
    found : DataFrame
        Table REPS as detected, without measures.
    reps : DataFrame
        Table REPS with measures and faults: complete, partial and aborted ones.
    rate_hz : float
        Frames per second.
    flags, warnings : tuple of str
        Every doubt as a code, and as a sentence.
    """

    source: Pose | MarkerTracks
    kind: str
    format: str
    captured: Captured
    angles: pd.DataFrame
    found: pd.DataFrame
    reps: pd.DataFrame
    rate_hz: float
    flags: tuple[str, ...]
    warnings: tuple[str, ...]


def analyse_pose(path: str | Path, stance: str | None, rate_hz: float | None = None, frame_px: tuple[float, float] | None = None) -> AnalysedPose:
    """Analyse a file of markers, landmarks or OpenSim coordinates.

    Parameters
    ----------
    path : str or Path
        Any file that `read_pose` knows.
    stance : {"left", "right"} or None
        The leg stood on in the first set. It has to be given: what moves is seen from outside, and does not tell which leg is meant.
    rate_hz : float, optional
        Frames per second [Hz], for files that do not say.
    frame_px : tuple of float, optional
        Width and height of the picture [px], for landmarks that are shares of it.

    Returns
    -------
    AnalysedPose

    Raises
    ------
    ValueError
        The file cannot be read, no stance is given, or no angle can be trusted: see `measure_markers`, `measure_landmarks`, `measure_coordinates`.
    """
    pose = read_pose(path, rate_hz, frame_px=frame_px)
    if stance is None:
        raise ValueError(f"stance: expected left or right for {pose.kind}, got nothing. Give --stance, the leg stood on in the first set.")
    return _analyse(pose, pose.kind, pose.format, MEASURES[pose.kind](pose.table, stance), stance)


def analyse_markerless(path: str | Path, stance: str | None, progress: Progress | None = None) -> AnalysedPose:
    """Analyse a video of a person without markers.

    Parameters
    ----------
    path : str or Path
        Any video that `read_video_landmarks` opens.
    stance : {"left", "right"} or None
        The leg stood on in the first set. It has to be given.
    progress : callable, optional
        Called with frames done, frames in all and a text.

    Returns
    -------
    AnalysedPose

    Raises
    ------
    ValueError
        No stance is given, the video cannot be read, or no angle can be trusted: see `read_video_landmarks`, `measure_landmarks`.
    """
    stance = _check_video_stance(stance)
    pose = read_video_landmarks(path, progress)
    return _analyse(pose, pose.kind, pose.format, measure_landmarks(pose.table, stance), stance)


def analyse_video(path: str | Path, stance: str | None, progress: Progress | None = None) -> AnalysedPose:
    """Analyse a video of printed markers.

    Parameters
    ----------
    path : str or Path
        Any video that `track_markers` opens.
    stance : {"left", "right"} or None
        The leg stood on in the first set. It has to be given.
    progress : callable, optional
        Called with frames done, frames in all and a text.

    Returns
    -------
    AnalysedPose

    Raises
    ------
    ValueError
        No stance is given, the video cannot be read, or no angle can be trusted: see `track_markers`, `measure_printed`.
    """
    stance = _check_video_stance(stance)
    return analyse_tracks(track_markers(path, progress), stance)


def analyse_tracks(tracks: MarkerTracks, stance: str) -> AnalysedPose:
    """Analyse printed markers that were found in a video.

    Parameters
    ----------
    tracks : MarkerTracks
    stance : {"left", "right"}
        The leg stood on in the first set.

    Returns
    -------
    AnalysedPose

    Raises
    ------
    ValueError
        No angle can be trusted: see `measure_printed`.
    """
    return _analyse(tracks, "printed markers", "video", measure_printed(tracks.table, tracks.frame_px, stance), stance)


def _check_video_stance(stance: str | None) -> str:
    """Return the stance, checked before minutes are spent on a video."""
    if stance is None:
        raise ValueError("stance: expected left or right for a video, got nothing. Give --stance, the leg stood on in the first set.")
    check_stance(stance)
    return stance


def _analyse(source: Pose | MarkerTracks, kind: str, form: str, captured: Captured, stance: str) -> AnalysedPose:
    angles = turn_sides(captured.angles, find_sides(captured.angles, stance))
    found = detect_reps(angles, stance, _resting_noise(captured))
    time_s = angles.index.to_numpy(dtype=float)
    rate = 1 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else float("nan")
    reps = measure_found(angles, found, captured.relative_zero, captured.precision)
    unlike = find_unlike(reps, time_s, captured.place_m)
    return AnalysedPose(
        source=source,
        kind=kind,
        format=form,
        captured=captured,
        angles=angles,
        found=found,
        reps=reps,
        rate_hz=rate,
        flags=(*(flag for flag, _ in source.doubts), *captured.flags, *unlike),
        warnings=(*(sentence for _, sentence in source.doubts), *captured.warnings, *unlike.values()),
    )


def _resting_noise(captured: Captured) -> float:
    """Return what noise makes of a change of obliquity while the person stands still on both feet [°]; 0 where no such stance is known."""
    if captured.zero_s is None:
        return 0.0
    standing = captured.angles["obliquity_deg"].loc[captured.zero_s[0] : captured.zero_s[1]]
    return float(np.sqrt(2) * standing.std())

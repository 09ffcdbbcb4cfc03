"""A training log given as a recording, or a recording as a log: say what it is, and which command takes it."""

from __future__ import annotations

from pathlib import Path

from hiphitch_analysis.read.imu import recognise_imu
from hiphitch_analysis.read.logfile import LogFile, open_log
from hiphitch_analysis.read.pose import is_pose
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.video import meant_as_video


def open_training_log(path: str | Path) -> LogFile:
    """Open a training log, as `open_log` does.

    Raises
    ------
    ValueError
        As `open_log`; of a recording it says that `analyse` takes it.
    """
    path = Path(path)
    try:
        return open_log(path)
    except ValueError:
        kind = _name_recording(path)
        if kind is None:
            raise
        raise ValueError(f"{printable(path.name, 120)}: expected a training log, got a recording ({kind}). Use `hiphitch analyse` for it.") from None


def refuse_log(path: Path) -> None:
    """Refuse a training log where a recording is expected; do nothing with any other file.

    Raises
    ------
    ValueError
        It is one: the message says which commands take it.
    """
    try:
        kind = open_log(path).format
    except ValueError:
        return
    raise ValueError(
        f"{printable(path.name, 120)}: expected a recording, got a training log ({kind}). Use `hiphitch import` to add it to a log, "
        "`hiphitch progress` to judge it, or `hiphitch report athlete` for a page on one athlete."
    )


def _name_recording(path: Path) -> str | None:
    """Return what kind of recording a file is; None where it is none."""
    try:
        if meant_as_video(path):
            return "video"
        return "markers, landmarks or a model's motion" if is_pose(path) else recognise_imu(path)
    except ValueError:
        return None

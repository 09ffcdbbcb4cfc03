"""Marker positions of motion-capture systems as ``.c3d``, through ezc3d (extra ``c3d``). Unseen points are those with a negative residual.

ezc3d reads in a process of its own (``c3d_child.py``), because damaged files can crash it. Plug-in models write angles, forces and moments among the
points; the file lists which, and they are left out.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from hiphitch_analysis.extras import how_to_install
from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, time_by_rate
from hiphitch_analysis.read.markers import Header, build_markers, drop_empty
from hiphitch_analysis.read.samples import choose_rate
from hiphitch_analysis.read.source import Source

_KEY = 0x50  # second byte of every such file
_NO_POSITIONS = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS", "MODELED_MARKERS_POWERS")
_AXES = {"X": 0, "Y": 1, "Z": 2}
_CUSTOM_UP = 2
_BLOCK = 512  # bytes
_LONGEST_S = 300.0  # to read the largest files takes seconds
Said = dict[str, list[str]]  # the parameters of the group POINT, as text


def recognise_c3d(source: Source) -> bool:
    """Whether the second byte is 0x50 and the first points to a block of parameters."""
    return len(source.head) > 2 and source.head[1] == _KEY and 0 < source.head[0] < 64


def read_c3d(source: Source, hints: PoseHints) -> Pose:
    """Read a C3D file.

    Parameters
    ----------
    source : Source
    hints : PoseHints
        ``rate_hz`` where the file states none.

    Returns
    -------
    Pose
        Of kind markers.

    Raises
    ------
    ValueError
        The extra is not installed, the file is damaged, or it holds no markers.
    """
    if importlib.util.find_spec("ezc3d") is None:
        raise ValueError(f"{source.name}: C3D files need one more package. Install it with: {how_to_install('c3d')}")
    _refuse_short(source)
    positions, residuals, said, header_rate = _load(source)
    labels = _read_labels(said, positions.shape[1])
    keep = _choose_points(said, labels)
    if not keep or positions.shape[2] == 0:
        raise ValueError(f"{source.name}: expected positions of markers, got none. Export the labelled trial.")
    rate = _first(said, "RATE") or header_rate
    stated = choose_rate(source.name, rate if np.isfinite(rate) and rate > 0 else None, hints.rate_hz)
    frames = np.arange(positions.shape[2], dtype=float)
    time_s = time_by_rate(source.name, frames, stated)
    positions[:, residuals < 0] = np.nan
    positions[~np.isfinite(positions)] = np.nan
    xyz = drop_empty(source.name, np.ascontiguousarray(positions[:, keep].transpose(2, 1, 0)), frames.astype(np.int64) + 1, "frame")
    table, doubts = build_markers(source.name, [labels[i] for i in keep], xyz, time_s, _read_header(said))
    return Pose("markers", table, C3D.name, None, (*doubts, *_count_frames(source.name, said, positions.shape[2])))


def _load(source: Source) -> tuple[Array, Array, Said, float]:
    """Return positions (3 × points × frames), residuals (points × frames), the POINT parameters and the header's rate."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "points.npz"
        command = [sys.executable, "-P", str(Path(__file__).with_name("c3d_child.py")), str(source.path.absolute()), str(out)]
        try:
            ran = subprocess.run(
                command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, timeout=_LONGEST_S, check=False
            )
            if ran.returncode:
                raise OSError("crashed")
            with np.load(out) as found:
                positions = np.asarray(found["points"], dtype=np.float64)
                residuals = np.asarray(found["residuals"], dtype=np.float64).reshape(positions.shape[1:])
                said, rate = json.loads(str(found["said"])), float(found["rate"])
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired, zipfile.BadZipFile) as error:  # whatever it tripped over, it is this file
            raise ValueError(f"{source.name}: the C3D file is damaged or cut off — expected points and parameters. Copy it again.") from error
    return positions, residuals, said, rate


def _refuse_short(source: Source) -> None:
    """Refuse a file shorter than the positions its header announces: the reader would fill them with anything."""
    words = np.frombuffer(source.head[: _BLOCK - _BLOCK % 2], dtype="<u2")
    if len(words) < 9:
        raise ValueError(
            f"{source.name}: the C3D file ends within its header — expected {_BLOCK} bytes at least, got {len(source.head)}. Copy it again."
        )
    points, analogs, first, last, start = (int(words[i]) for i in (1, 2, 3, 4, 8))
    scale = np.frombuffer(source.head[12:16], dtype="<f4")[0]
    if start == 0 or last < first or last == 0xFFFF or not -1e6 < scale < 1e6:
        return  # another byte order, or more frames than a word holds: the reader knows
    size = (start - 1) * _BLOCK + (last - first + 1) * (4 * points + analogs) * (4 if scale < 0 else 2)
    got = source.path.stat().st_size
    if got < size - _BLOCK and not _is_big_endian(source):
        raise ValueError(f"{source.name}: the C3D file is cut off — expected {size} bytes, got {got}. Copy it again.")


def _is_big_endian(source: Source) -> bool:
    at = (source.head[0] - 1) * _BLOCK + 3
    return len(source.head) > at and source.head[at] == 86


def _read_labels(said: Said, count: int) -> list[str]:
    """Return the points' labels; beyond 255 of them the file goes on with LABELS2."""
    names = [key for key in said if key == "LABELS" or re.fullmatch(r"LABELS[0-9]{1,3}", key)]
    labels = [label.strip() for key in sorted(names, key=lambda key: int(key[6:] or 1)) for label in said[key]]
    return [*labels[:count], *[""] * (count - len(labels))]


def _choose_points(said: Said, labels: list[str]) -> list[int]:
    left_out = {label.strip() for key in _NO_POSITIONS for label in said.get(key, [])}
    return [i for i, label in enumerate(labels) if label not in left_out or not label]


def _first(said: Said, key: str) -> float:
    try:
        return float(said[key][0])
    except (KeyError, IndexError, ValueError):
        return 0.0


def _read_header(said: Said) -> Header:
    unit = next(iter(said.get("UNITS", [])), None)
    screen = next(iter(said.get("Y_SCREEN", [])), "")
    stated = _AXES.get(screen.strip().upper().removeprefix("+"))
    if stated is None:
        return Header(unit, _CUSTOM_UP, "is the custom of C3D files")
    return Header(unit, stated, "the header says", up_stated=True)


def _count_frames(name: str, said: Said, got: int) -> tuple[Doubt, ...]:
    announced = _first(said, "FRAMES")
    if announced == got or not 0 < announced < 0xFFFF:
        return ()
    return (("rows_missing", f"{name}: the parameters announce {announced:.0f} frames, the file holds {got}"),)


C3D = PoseFormat("c3d", "markers as .c3d", recognise_c3d, read_c3d)

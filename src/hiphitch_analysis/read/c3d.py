"""Marker positions of motion-capture systems as ``.c3d``, through ezc3d (extra ``c3d``). Unseen points are those with a negative residual.

Plug-in models write angles, forces and moments among the points; the file lists which, and they are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hiphitch_analysis.read.frames import Array, Doubt, Pose, PoseFormat, PoseHints, time_by_rate
from hiphitch_analysis.read.markers import Header, build_markers, drop_empty
from hiphitch_analysis.read.samples import choose_rate
from hiphitch_analysis.read.source import Source

_KEY = 0x50  # second byte of every such file
_NO_POSITIONS = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS", "MODELED_MARKERS_POWERS")
_AXES = {"X": 0, "Y": 1, "Z": 2}
_CUSTOM_UP = 2
_BLOCK = 512  # bytes


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
    try:
        import ezc3d  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise ValueError(f'{source.name}: C3D files need one more package. Install it with: pip install "hiphitch-analysis[c3d]"') from error
    _refuse_short(source)
    try:
        content = ezc3d.c3d(str(source.path), extract_forceplat_data=False)
        parameters = content["parameters"]["POINT"]
        positions = np.asarray(content["data"]["points"], dtype=np.float64)[:3]
        residuals = np.asarray(content["data"]["meta_points"]["residuals"], dtype=np.float64).reshape(positions.shape[1:])
        labels = _read_labels(parameters, positions.shape[1])
    except Exception as error:  # whatever the reader trips over, it is this file
        raise ValueError(f"{source.name}: the C3D file is damaged or cut off ({type(error).__name__}). Copy it again.") from error
    keep = _choose_points(parameters, labels)
    if not keep or positions.shape[2] == 0:
        raise ValueError(f"{source.name}: expected positions of markers, got none. Export the labelled trial.")
    rate = _first(parameters, "RATE") or float(content["header"]["points"]["frame_rate"] or 0)
    stated = choose_rate(source.name, rate if np.isfinite(rate) and rate > 0 else None, hints.rate_hz)
    frames = np.arange(positions.shape[2], dtype=float)
    time_s = time_by_rate(source.name, frames, stated)
    positions[:, residuals < 0] = np.nan
    positions[~np.isfinite(positions)] = np.nan
    xyz = drop_empty(source.name, np.ascontiguousarray(positions[:, keep].transpose(2, 1, 0)), frames.astype(np.int64) + 1)
    table, doubts = build_markers(source.name, [labels[i] for i in keep], xyz, time_s, _read_units(parameters))
    return Pose("markers", table, C3D.name, None, (*doubts, *_count_frames(source.name, parameters, positions)))


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


def _read_labels(parameters: Any, count: int) -> list[str]:
    """Return the points' labels; beyond 255 of them the file goes on with LABELS2."""
    names = [key for key in parameters if key == "LABELS" or (key.startswith("LABELS") and key[6:].isdecimal())]
    labels = [str(label).strip() for key in sorted(names, key=lambda key: int(key[6:] or 1)) for label in parameters[key]["value"]]
    return [*labels[:count], *[""] * (count - len(labels))]


def _choose_points(parameters: Any, labels: list[str]) -> list[int]:
    left_out = {str(label).strip() for key in _NO_POSITIONS if key in parameters for label in parameters[key]["value"]}
    return [i for i, label in enumerate(labels) if label not in left_out]


def _first(parameters: Any, key: str) -> float:
    values = parameters[key]["value"] if key in parameters else []
    return float(values[0]) if len(values) else 0.0


def _read_units(parameters: Any) -> Header:
    units = parameters["UNITS"]["value"] if "UNITS" in parameters else []
    screen = parameters["Y_SCREEN"]["value"] if "Y_SCREEN" in parameters else []
    stated = _AXES.get(str(screen[0]).strip().upper().removeprefix("+")) if len(screen) else None
    unit = str(units[0]) if len(units) else None
    if stated is None:
        return Header(unit, _CUSTOM_UP, "is the custom of C3D files")
    return Header(unit, stated, "the header says", up_stated=True)


def _count_frames(name: str, parameters: Any, positions: Array) -> tuple[Doubt, ...]:
    announced = _first(parameters, "FRAMES")
    got = positions.shape[2]
    if announced == got or not 0 < announced < 0xFFFF:
        return ()
    return (("rows_missing", f"{name}: the parameters announce {announced:.0f} frames, the file holds {got}"),)


C3D = PoseFormat("c3d", "markers as .c3d", recognise_c3d, read_c3d)

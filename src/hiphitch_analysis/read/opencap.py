"""The JSON that OpenCap's viewer takes: where the bodies of an OpenSim model are over time → markers at their origins.

The origin of ``femur_l`` is the left hip's joint centre, that of ``tibia_l`` the knee's; positions are metres, y up.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hiphitch_analysis.read.frames import Pose, PoseFormat, PoseHints, check_rate, start_clock
from hiphitch_analysis.read.markers import Header, build_markers, drop_empty
from hiphitch_analysis.read.source import Source


def recognise_opencap(source: Source) -> bool:
    """Whether a JSON speaks of bodies, times and translations."""
    if len(source.texts) != 1 or not source.texts[0].lines[0].lstrip().startswith("{"):
        return False
    text = "\n".join(source.texts[0].lines)
    return all(word in text for word in ('"bodies"', '"time"', '"translation"'))


def read_opencap(source: Source, hints: PoseHints) -> Pose:
    """Read the bodies of a model.

    Parameters
    ----------
    source : Source
    hints : PoseHints
        The file has times of its own, so the caller's rate is only compared.

    Returns
    -------
    Pose
        Of kind markers.

    Raises
    ------
    ValueError
        Damaged, or bodies without one place for every time.
    """
    name = source.texts[0].name
    try:
        content: Any = json.loads("\n".join(source.texts[0].lines))
        times = np.array(content["time"], dtype=np.float64)
        bodies = {str(body): np.array(entry["translation"], dtype=np.float64) for body, entry in content["bodies"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(
            f"{name}: expected a list of times and bodies with a translation each, got something else. Export the file again."
        ) from error
    wrong = [body for body, places in bodies.items() if places.shape != (len(times), 3)] if times.ndim == 1 else ["time"]
    if wrong or not bodies or not len(times):
        got = f"'{wrong[0][:40]}' has another length" if wrong else "none"
        raise ValueError(f"{name}: expected bodies with one place for each time, got {got}. Export the file again.")
    frames = np.arange(1, len(times) + 1)
    time_s = start_clock(name, times, frames, "frame")
    doubts = check_rate(name, time_s, None, hints.rate_hz)
    xyz = drop_empty(name, np.stack(list(bodies.values()), axis=1), frames, "frame")
    table, further = build_markers(name, list(bodies), xyz, time_s, Header("m", 1, "is the custom of OpenSim"))
    return Pose("markers", table, OPENCAP.name, None, (*doubts, *further), float(times[0]))


OPENCAP = PoseFormat("opencap", "OpenCap's bodies in a JSON", recognise_opencap, read_opencap)

"""What each way of measuring resolves: error of a drop by sensor, markers and landmarks on the same simulated sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.palette import INK, MUTED, NOTE, WATCH_TEXT, side_style

SMALL_DROP_DEG = 4.0  # the smallest drop that a coach asks for
# By route: words, marker, colour, line, and how far its name stands above its end [pt].
_ROUTES = {
    "sensor": ("a sensor on the sacrum", "o", side_style("left").colour, "-", -3),
    "markers": ("optical markers on the hip bones", "s", INK, "--", 3),
    "landmarks": ("a pose model's hips, from a phone", "^", WATCH_TEXT, ":", 0),
}


def draw_routes(ax: Axes, routes: Sequence[dict[str, Any]]) -> Axes:
    """Draw how far off one repetition's drop is, by its size and by how it was measured.

    Parameters
    ----------
    ax : Axes
        About 182 × 70 mm.
    routes : sequence of dict
        Of the study ``views``: ``route`` and ``drop_rms_by_size_deg`` [°].

    Returns
    -------
    Axes
    """
    sizes = list(routes[0]["drop_rms_by_size_deg"])
    at = np.arange(len(sizes))
    for told in routes:
        words, marker, colour, line, above = _ROUTES[told["route"]]
        errors = [told["drop_rms_by_size_deg"][size] for size in sizes]
        ax.plot(at, errors, line, marker=marker, ms=5.5, color=colour, linewidth=1.4, zorder=3)
        ax.annotate(words, (at[-1], errors[-1]), xytext=(8, above), textcoords="offset points", size=NOTE, va="center", color=colour)
    ax.axhline(SMALL_DROP_DEG / 2, color=MUTED, linewidth=0.8)
    ax.annotate("half of the smallest drop asked for", (-0.22, SMALL_DROP_DEG / 2), xytext=(0, 3), textcoords="offset points", size=NOTE, color=MUTED)
    ax.set_xticks(at, sizes)
    ax.set_xlim(-0.25, len(sizes) + 0.65)
    ax.set_ylim(0, None)
    ax.set_xlabel("true drop of the repetition", size=NOTE)
    ax.set_ylabel("error of its drop, RMS [°]", size=NOTE)
    style_axes(ax, "How far off one repetition's drop is")
    return ax


def describe_routes(routes: Sequence[dict[str, Any]]) -> str:
    """Put `draw_routes` into words."""
    told = [f"{_ROUTES[route['route']][0]} {route['drop_rms_deg']:.1f}°" for route in routes]
    return f"How far off one repetition's drop is, root mean square over simulated sets: {', '.join(told)}."

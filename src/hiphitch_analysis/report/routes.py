"""What each way of measuring resolves: error of a drop by sensor, optical and printed markers and landmarks on the same simulated sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.palette import INK, MODEL_TEXT, MUTED, NOTE, WATCH_TEXT, side_style

SMALL_DROP_DEG = 4.0  # the smallest drop that a coach asks for
NAME_GAP = 0.075  # between two names, as a share of the axis: the height of a line of text and a little
# By route: words, marker, colour, line.
_ROUTES = {
    "sensor": ("a sensor on the sacrum", "o", side_style("left").colour, "-"),
    "markers": ("optical markers on the hip bones", "s", INK, "--"),
    "printed": ("printed markers, from a phone", "D", MODEL_TEXT, "-."),
    "landmarks": ("a pose model's hips, from a phone", "^", WATCH_TEXT, ":"),
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
    ends = []
    for told in routes:
        _, marker, colour, line = _ROUTES[told["route"]]
        errors = [told["drop_rms_by_size_deg"][size] for size in sizes]
        ax.plot(at, errors, line, marker=marker, ms=5.5, color=colour, linewidth=1.4, zorder=3)
        ends.append(errors[-1])
    highest = 1.1 * max(SMALL_DROP_DEG / 2, *(error for told in routes for error in told["drop_rms_by_size_deg"].values()))
    for told, end, place in zip(routes, ends, spread_names(ends, NAME_GAP * highest), strict=True):
        words, _, colour, _ = _ROUTES[told["route"]]
        ax.plot([at[-1] + 0.06, at[-1] + 0.14], [end, place], color=colour, linewidth=0.8)
        ax.text(at[-1] + 0.17, place, words, size=NOTE, va="center", color=colour)
    ax.axhline(SMALL_DROP_DEG / 2, color=MUTED, linewidth=0.8)
    end = len(sizes) + 0.62
    ax.annotate(
        "half of the smallest drop asked for", (end, SMALL_DROP_DEG / 2), (0, 3), textcoords="offset points", size=NOTE, color=MUTED, ha="right"
    )
    ax.set_xticks(at, sizes)
    ax.set_xlim(-0.25, len(sizes) + 0.65)
    ax.set_ylim(0, highest)
    ax.set_xlabel("true drop of the repetition", size=NOTE)
    ax.set_ylabel("error of its drop, RMS [°]", size=NOTE)
    style_axes(ax, "How far off one repetition's drop is")
    return ax


def spread_names(ends: Sequence[float], gap: float) -> list[float]:
    """Move names so far apart that none lies on another, each as near to its end as its neighbours leave it.

    Parameters
    ----------
    ends : sequence of float
        Where each would like to be.
    gap : float
        Between two of them, at least.

    Returns
    -------
    list of float
        In the order of `ends`.

    Examples
    --------
    >>> spread_names([3.0, 1.0, 1.0], 0.5)
    [3.0, 0.75, 1.25]
    """
    order = np.argsort(ends, kind="stable")
    groups: list[list[float]] = []  # neighbours that touch, as their ends
    for end in np.asarray(ends, dtype=float)[order].tolist():
        groups.append([end])
        while len(groups) > 1 and _top(groups[-2], gap) + gap > _bottom(groups[-1], gap):
            last = groups.pop()
            groups[-1] += last
    places = [_bottom(group, gap) + gap * i for group in groups for i in range(len(group))]
    return [places[rank] for rank in np.argsort(order)]


def _bottom(group: list[float], gap: float) -> float:
    """Return the place of the lowest of names that stand one above the other about the middle of their ends."""
    return sum(group) / len(group) - gap * (len(group) - 1) / 2


def _top(group: list[float], gap: float) -> float:
    return _bottom(group, gap) + gap * (len(group) - 1)


def describe_routes(routes: Sequence[dict[str, Any]]) -> str:
    """Put `draw_routes` into words."""
    told = [f"{_ROUTES[route['route']][0]} {route['drop_rms_deg']:.1f}°" for route in routes]
    return f"How far off one repetition's drop is, root mean square over simulated sets: {', '.join(told)}."

"""What the studies found: how often intervals held, and whether parameters are as uncertain as the model says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hiphitch_analysis.report.palette import INK, MUTED, NOTE, TICK, WATCH_TEXT, side_style

TARGET = (0.74, 0.86)  # what the study asks of every cell
FAIR, FAIR_ROW = "#EEF1F4", "#DCE2E8"
LEVEL = 0.45  # height of a bin that holds its share, of a row
BY_CHANCE = 1.96  # standard deviations: one bin in twenty lies beyond
IN_WORDS = {
    "level": "level of the population",
    "gain": "gain per week",
    "before": "repetitions done before",
    "residual": "set to set",
    "session": "day to day",
    "side_session": "side on a day",
    "side": "left and right",
    "level_sd": "athletes' levels",
    "gain_sd": "athletes' gains",
    "correlation_10": "level with gain",
}


def draw_coverage(ax: Axes, cells: Mapping[str, Mapping[str, float]]) -> Axes:
    """Draw how often 80 % intervals held the true date, by law of growth and weeks of log, beside the mixed model people use.

    Parameters
    ----------
    ax : Axes
        About 182 × 75 mm.
    cells : mapping
        Of the study ``dates``: by name, ``coverage``, ``coverage_se`` and ``mixed_coverage`` [0–1].

    Returns
    -------
    Axes
    """
    names = list(cells)
    rows = np.arange(len(names))[::-1]
    ax.axvspan(*(100 * share for share in TARGET), color=FAIR, zorder=0)
    ax.plot([80, 80], [-0.7, len(names) - 0.7], color=INK, linewidth=1.0, zorder=1)  # below the names
    for row, name in zip(rows, names, strict=True):
        cell = cells[name]
        held, error = 100 * cell["coverage"], 200 * cell["coverage_se"]
        ax.plot([held - error, held + error], [row, row], color=side_style("left").colour, linewidth=1.2, zorder=2)
        ax.plot(held, row, "o", ms=5, color=side_style("left").colour, zorder=3)
        ax.plot(100 * cell["mixed_coverage"], row, "s", ms=4.5, mfc="white", mec=WATCH_TEXT, mew=1.2, zorder=3)
    first = cells[names[0]]
    above: dict[str, Any] = {"xytext": (0, 8), "textcoords": "offset points", "size": NOTE, "ha": "center"}
    ax.annotate("this model", (100 * first["coverage"], rows[0]), color=side_style("left").colour, **above)
    ax.annotate("MixedLM on capped reps", (100 * first["mixed_coverage"], rows[0]), color=WATCH_TEXT, **above)
    ax.set_yticks(rows, [f"{name} weeks of log" for name in names], size=NOTE)
    ax.set_ylim(-0.7, len(names) + 0.1)
    ax.set_xlim(0, 100)
    ax.set_xlabel("intervals that held the true date of 3 × 45 [%]; 80 were promised", size=NOTE, color=MUTED)
    return _bare(ax)


def describe_coverage(cells: Mapping[str, Mapping[str, float]]) -> str:
    """Put `draw_coverage` into words."""
    held, plain = ([100 * cell[name] for cell in cells.values()] for name in ("coverage", "mixed_coverage"))
    return (
        f"Of intervals that promise 80 %, this model's held the true date in {min(held):.0f} to {max(held):.0f} % over {len(cells)} cases of growth "
        f"and weeks of log; those of a mixed model on capped repetitions in {min(plain):.0f} to {max(plain):.0f} %."
    )


def draw_ranks(ax: Axes, parameters: Mapping[str, Mapping[str, Any]]) -> Axes:
    """Draw where truths fell in what the model believed of each parameter: a row of ten dots, as high as each other where it is as sure as it says.

    Parameters
    ----------
    ax : Axes
        About 182 × 100 mm.
    parameters : mapping
        Of the study ``ranks``: by name, ``counts`` of truths in ten equal bins of the posterior.

    Returns
    -------
    Axes
    """
    rows = np.arange(len(parameters))[::-1]
    for row, told in zip(rows, parameters.values(), strict=True):
        counts = np.asarray(told["counts"], dtype=float)
        fair, bins = counts.sum() / len(counts), len(counts)
        luck = BY_CHANCE * np.sqrt(fair * (1 - 1 / bins)) / fair
        ax.fill_between([0, bins], row + LEVEL * (1 - luck), row + LEVEL * (1 + luck), color=FAIR_ROW, linewidth=0, zorder=0)
        ax.plot([0, bins], [row + LEVEL, row + LEVEL], color=INK, linewidth=0.8, zorder=1)
        ax.plot([0, bins], [row, row], color=MUTED, linewidth=0.5, zorder=1)
        ax.plot(np.arange(bins) + 0.5, row + LEVEL * counts / fair, "o", ms=4, color=side_style("left").colour, zorder=2)
    ax.set_yticks(rows + LEVEL, [IN_WORDS[name] for name in parameters], size=NOTE)
    ax.set_ylim(-0.1, len(rows) + 0.1)
    ax.set_xlim(0, len(counts))
    ax.set_xticks([0, len(counts) / 2, len(counts)], ["0", "50", "100"])
    ax.set_xlabel("share of the model's belief that lies below the truth [%]", size=NOTE, color=MUTED)
    return _bare(ax)


def describe_ranks(parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """Put `draw_ranks` into words."""
    flat = [name for name, told in parameters.items() if told["p_value"] >= 0.05]
    odd = [IN_WORDS[name] for name in parameters if name not in flat]
    held = [100 * told["coverage"] for told in parameters.values()]
    return (
        f"Truths drawn from the priors fall evenly into the posterior of {len(flat)} of {len(parameters)} parameters (Kolmogorov–Smirnov, p of 0.05 "
        f"or more){'' if not odd else '; not of ' + ', '.join(odd)}. Intervals that promise 80 % held {min(held):.0f} to {max(held):.0f} %."
    )


def _bare(ax: Axes) -> Axes:
    """Leave rows their names and the lower axis its line."""
    for spine in ("top", "right", "left"):
        ax.spines[spine].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=TICK)
    return ax

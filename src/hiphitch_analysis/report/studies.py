"""What the studies found: how often intervals and chances held, how uncertain parameters are, and where the figures come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from scipy.stats import kstwo

from hiphitch_analysis.report.palette import BAND, INK, MUTED, NOTE, TICK, WASH, WATCH_TEXT, side_style

PROMISED = 0.8
TARGET = (0.74, 0.86)  # what the study asks of every cell
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
LEAST_CHANCE, MOST_CHANCE = 0.1, 0.9  # between them a chance says that nobody is sure
ODD = 0.05  # chance at which a row is called uneven


def say_source(study: Mapping[str, Any], n: str) -> str:
    """Say where figures come from: study, how many, seeds, commit.

    Parameters
    ----------
    study : mapping
        A file of ``reports/validation``.
    n : str
        How many of what.

    Returns
    -------
    str

    Examples
    --------
    >>> say_source({"study": "dates", "commit": "82ff322", "first_seed": 54000}, "19,200 forecasts")
    'Source: study dates (reports/validation/dates.json), 19,200 forecasts, seeds from 54000, commit 82ff322.'
    """
    if "seeds" in study:
        seeds = f"seeds {study['seeds'][0]} to {study['seeds'][1]}"
    elif "first_seeds" in study:
        seeds = "seeds from " + ", ".join(f"{first} ({name})" for name, first in study["first_seeds"].items())
    else:
        seeds = f"seeds from {study['first_seed']}" if "first_seed" in study else f"seed {study['seed']}"
    return f"Source: study {study['study']} (reports/validation/{study['study']}.json), {n}, {seeds}, commit {study['commit']}."


def say_calibration(bins: Sequence[Mapping[str, float]]) -> str:
    """Say what stated chances were worth where they were neither near 0 nor near 1, which the average over all of them hides.

    Parameters
    ----------
    bins : sequence of mapping
        Tenths of the study ``faults``: ``low``, ``high``, ``n``, and the means ``promised`` and ``kept`` [0–1].

    Returns
    -------
    str

    Examples
    --------
    >>> tenths = [{"low": low, "high": low + 0.1, "n": n, "promised": p, "kept": k} for low, n, p, k in [(0.0, 98, 0.0, 0.0), (0.4, 2, 0.45, 0.25)]]
    >>> print(say_calibration(tenths))
    All in all, chances are off by 0.004 on average; but 98 % of them lie below 0.1. The 2 between 0.1 and 0.9 are off by 0.20: on the whole \
they say a fault more often than it is there.
    """
    low, unsure = [b for b in bins if b["high"] <= LEAST_CHANCE], [b for b in bins if b["low"] >= LEAST_CHANCE and b["high"] <= MOST_CHANCE]
    total, between = sum(b["n"] for b in bins), sum(b["n"] for b in unsure)
    over = sum(b["n"] * (b["promised"] - b["kept"]) for b in unsure)
    way = "more often" if over > 0 else "less often"
    return (
        f"All in all, chances are off by {_mean_gap(bins):.3f} on average; but {100 * sum(b['n'] for b in low) / total:.0f} % of them lie below "
        f"{LEAST_CHANCE:g}. The {between:,} between {LEAST_CHANCE:g} and {MOST_CHANCE:g} are off by {_mean_gap(unsure):.2f}: on the whole "
        f"they say a fault {way} than it is there."
    )


def _mean_gap(bins: Sequence[Mapping[str, float]]) -> float:
    return float(sum(b["n"] * abs(b["promised"] - b["kept"]) for b in bins) / sum(b["n"] for b in bins))


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
    ax.axvspan(*(100 * share for share in TARGET), color=WASH, zorder=0)
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


def say_coverage(pooled: Mapping[str, float], cells: Mapping[str, Mapping[str, float]]) -> str:
    """Say how often the intervals held all in all, and in which cases less often than promised by more than chance.

    Parameters
    ----------
    pooled, cells : mapping
        Of the study ``dates``: as for `draw_coverage`, all cases together and by name.

    Returns
    -------
    str

    Examples
    --------
    >>> cases = {"log 8": {"coverage": 0.74, "coverage_se": 0.01}, "log 4": {"coverage": 0.79, "coverage_se": 0.01}}
    >>> print(say_coverage({"coverage": 0.8, "coverage_se": 0.01, "mixed_coverage": 0.4}, cases))
    All together, 80.0 ± 1.0 % held (standard error) where 80 were promised. Below 80 by more than two standard errors: log 8 weeks \
(74.0 ± 1.0 %). Of the mixed model's intervals 40 % held: it misses 3.0 times as often as it claims.
    """
    below = {name: cell for name, cell in cells.items() if cell["coverage"] + 2 * cell["coverage_se"] < PROMISED}
    named = ", ".join(f"{name} weeks ({_with_error(cell)} %)" for name, cell in sorted(below.items(), key=lambda item: item[1]["coverage"]))
    return (
        f"All together, {_with_error(pooled)} % held (standard error) where {100 * PROMISED:.0f} were promised. "
        f"Below {100 * PROMISED:.0f} by more than two standard errors: {named or 'no case'}. "
        f"Of the mixed model's intervals {100 * pooled['mixed_coverage']:.0f} % held: it misses "
        f"{(1 - pooled['mixed_coverage']) / (1 - PROMISED):.1f} times as often as it claims."
    )


def _with_error(cell: Mapping[str, float]) -> str:
    return f"{100 * cell['coverage']:.1f} ± {100 * cell['coverage_se']:.1f}"


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
        ax.fill_between([0, bins], row + LEVEL * (1 - luck), row + LEVEL * (1 + luck), color=BAND, linewidth=0, zorder=0)
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
    """Put `draw_ranks` into words: how far from even the rows are, how far chance alone goes, and the interval that held least.

    Parameters
    ----------
    parameters : mapping
        As for `draw_ranks`, with ``distance`` (the largest between the truths' distribution and an even one), its ``p_value``, and ``coverage``
        of 80 % intervals [0–1].

    Returns
    -------
    str

    Notes
    -----
    That a row is not told from an even one does not make it even: with as many truths, a departure as large as what was seen and what chance does in
    nineteen of twenty together could stay hidden.
    """
    n = sum(next(iter(parameters.values()))["counts"])
    by_chance = float(kstwo.ppf(1 - ODD, n))
    names = sorted(parameters, key=lambda name: -parameters[name]["distance"])
    most = parameters[names[0]]["distance"]
    farthest = " and ".join(IN_WORDS[name] for name in names if parameters[name]["distance"] == most)
    odd = [IN_WORDS[name] for name, told in parameters.items() if told["p_value"] < ODD]
    least = min(parameters, key=lambda name: parameters[name]["coverage"])
    held = [told["coverage"] for told in parameters.values()]
    off = (PROMISED - held[list(parameters).index(least)]) / np.sqrt(PROMISED * (1 - PROMISED) / n)
    below = f", {off:.1f} standard errors below 80" if off > 0 else ""
    return (
        f"Over {n} truths drawn from the priors, none of {len(parameters)} parameters departs from even by more than {most:.2f} ({farthest}); chance "
        f"alone does by {by_chance:.2f} in one of twenty, so that departures up to {most + by_chance:.2f} could stay hidden"
        f"{'' if not odd else '. More uneven than chance makes them: ' + ', '.join(odd)}. "
        f"Intervals that promise 80 % held {100 * min(held):.0f} to {100 * max(held):.0f} %, least for {IN_WORDS[least]}{below}."
    )


def _bare(ax: Axes) -> Axes:
    """Leave rows their names and the lower axis its line."""
    for spine in ("top", "right", "left"):
        ax.spines[spine].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=TICK)
    return ax

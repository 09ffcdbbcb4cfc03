"""How a session tires the hip muscles: the three pools over time, what changes the repetitions, and what a sensor sees of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hiphitch_analysis.precision import half_width
from hiphitch_analysis.report.canvas import new_figure, render_svg, style_axes
from hiphitch_analysis.report.palette import COLUMN_MM, INK, MODEL, MODEL_TEXT, MODEL_TINT, MUTED, NOTE, PASSED, RULE, TICK, side_style
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.endurance import AS_TAUGHT, trace_pools
from hiphitch_analysis.workload.repetition import demand_of

LEFT = side_style("left")
HEIGHT_MM = 72.0
MOST_REPS = 200  # drawn where recovery keeps up; nobody's set is followed further


def draw_pools(ax: Axes, pools: pd.DataFrame, title: str = "Where the muscle is") -> Axes:
    """Draw the tired, working and resting share of the muscle through a session, and the line at which a set fails.

    Parameters
    ----------
    ax : Axes
        About 182 × 72 mm.
    pools : DataFrame
        From `trace_pools`.
    title : str

    Returns
    -------
    Axes
    """
    time, tired, active = pools.index.to_numpy(), pools["fatigued_share"].to_numpy(), pools["active_share"].to_numpy()
    ax.fill_between(time, 0, tired, color=PASSED, linewidth=0, gid="tired")
    ax.fill_between(time, tired, tired + active, color=LEFT.tint, linewidth=0, gid="working")
    ax.plot(time, tired, color=INK, linewidth=1.1, gid="tired-edge")
    fails_at = float(pools["fails_at"].iloc[0])
    ax.axhline(fails_at, color=INK, linewidth=0.9, linestyle=(0, (5, 3)), gid="fails-at")
    ends = pools[~pools["pause"]].groupby("set")["reps"].last()
    for number, part in pools[~pools["pause"]].groupby("set"):
        middle = (part.index[0] + part.index[-1]) / 2
        ax.text(middle, 1.03, f"set {number}: {_count(float(ends[number]))}", size=NOTE, color=INK, ha="center", va="bottom", gid="set")
        ax.axvline(part.index[0], color=RULE, linewidth=0.6, zorder=0)
    whole = max(float(time[-1]), 1.0)
    beside = 1.012 * whole
    for height, words, colour in _place_words(float(tired[-1]), float(active[-1]), fails_at):
        ax.text(beside, height, words, size=TICK, color=colour, va="center", clip_on=False)
    ax.set_ylim(0, 1)
    ax.set_xlim(0, whole)
    ax.set_yticks([0, 0.5, 1], ["0", "half", "all"])
    ax.set_xlabel("time [s]", fontsize=TICK, color=MUTED)
    ax.set_ylabel("share of the muscle", fontsize=TICK, color=MUTED)
    style_axes(ax, title)
    ax.set_title(title, loc="left", size=9.5, weight="bold", color=INK, pad=20)  # above the sets' names
    return ax


def describe_pools(pools: pd.DataFrame) -> str:
    """Say in words what `draw_pools` shows."""
    ends = pools[~pools["pause"]].groupby("set").last()
    done = ", ".join(
        f"set {number}: {_count(row.reps)}, {row.fatigued_share:.0%} tired" for number, row in zip(ends.index, ends.itertuples(), strict=True)
    )
    return (
        f"The muscle's tired, working and resting share over {pools.index[-1]:.0f} s. {done}. A set fails at {pools['fails_at'].iloc[0]:.0%} tired."
    )


def draw_reps_against(ax: Axes, table: pd.DataFrame, title: str, axis: str, own: float | None = None) -> Axes:
    """Draw the repetitions to failure against what is changed: the middle as a line, 8 people in 10 as a band.

    Parameters
    ----------
    ax : Axes
        About 90 × 60 mm.
    table : DataFrame
        From `vary_repetition` or `vary_rest`.
    title, axis : str
        Title of the panel; what is changed, with its unit.
    own : float, optional
        Where the reader stands; marked, where the panel reaches so far.

    Returns
    -------
    Axes
    """
    x = table["value"].to_numpy()
    low, middle, high = (np.minimum(table[name].to_numpy(dtype=float), MOST_REPS) for name in ("reps_p10", "reps_median", "reps_p90"))
    ax.fill_between(x, low, high, color=MODEL_TINT, linewidth=0, gid="band")
    ax.plot(x, middle, color=MODEL_TEXT, linewidth=1.4, gid="median")
    if own is not None and x[0] <= own <= x[-1]:
        at = float(np.interp(own, x, middle))
        ax.plot([own], [at], "o", color=MODEL, markeredgecolor=INK, markersize=6, gid="own", zorder=5, clip_on=False)
        ax.annotate(f"you: {int(at)}", (own, at), xytext=(7, 7), textcoords="offset points", size=NOTE, color=INK)
    ax.set_ylim(0, max(1.05 * float(high.max()), ax.get_ylim()[1]))  # panels may share it
    ax.set_xlim(x[0], x[-1])
    ax.set_xlabel(axis, fontsize=TICK, color=MUTED)
    style_axes(ax, title)
    return ax


def describe_reps_against(table: pd.DataFrame, title: str, axis: str) -> str:
    """Say in words what `draw_reps_against` shows."""
    ends = [f"at {row.value:g} {row.reps_median:.0f} ({row.reps_p10:.0f} to {row.reps_p90:.0f})" for row in table.iloc[[0, -1]].itertuples()]
    return f"{title} against {axis}: {' and '.join(ends)}, 8 people in 10 in brackets."


def draw_seen(ax: Axes, truth: pd.DataFrame, seen: pd.DataFrame, column: str, title: str) -> Axes:
    """Draw one measure of every complete repetition as it was and as a sensor saw it, with 95 % limits, over time.

    Parameters
    ----------
    ax : Axes
        About 182 × 55 mm.
    truth : DataFrame
        Table TRUTH_REPS.
    seen : DataFrame
        Table REPS of the same recording, with measures.
    column : {"drop_deg", "return_error_deg"}
    title : str

    Returns
    -------
    Axes
    """
    true, found = (table[table["kind"].eq("complete")] for table in (truth, seen))
    give = half_width(found[column.replace("_deg", "_se_deg")].to_numpy(dtype=float))
    bars: dict[str, Any] = {"ecolor": LEFT.edge, "elinewidth": 1.0, "markersize": 3.2}
    ax.errorbar(found["bottom_s"] / 60, found[column], give, fmt="o", color=LEFT.colour, label="seen by the sensor, with 95 % limits", **bars)
    ax.plot(true["bottom_s"] / 60, true[column], "_", color=INK, markersize=5, markeredgewidth=1.3, label="true", zorder=5)
    ax.set_xlabel("time [min]", fontsize=TICK, color=MUTED)
    ax.set_ylabel("degrees", fontsize=TICK, color=MUTED)
    ax.set_ylim(bottom=min(0.0, *(ax.get_ylim()[:1])))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, frameon=False, fontsize=TICK)
    style_axes(ax, title)
    return ax


def describe_seen(truth: pd.DataFrame, seen: pd.DataFrame, column: str, title: str) -> str:
    """Say in words what `draw_seen` shows."""
    counts = [int(table["kind"].eq("complete").sum()) for table in (truth, seen)]
    middles = [float(table.loc[table["kind"].eq("complete"), column].median()) for table in (truth, seen)]
    return f"{title}: {counts[0]} repetitions in truth, {counts[1]} seen; median {middles[0]:.1f}° in truth, {middles[1]:.1f}° seen."


def render_session(body: Body, strength_nm_kg: float, rest_s: float, ankle_kg: float, sets: int = 3, reps: int = 45) -> tuple[str, str]:
    """Draw a session to the sliders' settings; for `interactive.sliders.fatigue_sliders`.

    Parameters
    ----------
    body : Body
    strength_nm_kg : float
        Strength per body mass [N·m/kg].
    rest_s, ankle_kg : float
        Between two sets [s]; on the free leg [kg].
    sets, reps : int
        What is asked for.

    Returns
    -------
    svg : str
    sentence : str
    """
    pools = trace_pools(strength_nm_kg * body.mass_kg, demand_of(body, replace(AS_TAUGHT, ankle_kg=ankle_kg)), sets, reps, rest_s)
    done = pools[~pools["pause"]].groupby("set")["reps"].last()
    complete = int((done >= reps).sum())
    asked = f"{sets} × {reps} with {rest_s:.0f} s of rest" + (f" and {ankle_kg:g} kg at the ankle" if ankle_kg else "")
    verdict = "all sets are completed" if complete == sets else f"the sets end at {', '.join(_count(n) for n in done)}"
    sentence = f"{asked}, at {strength_nm_kg:.2f} N·m/kg: {verdict}."
    fig, (ax,) = new_figure(COLUMN_MM, HEIGHT_MM)
    draw_pools(ax, pools, f"Asked for: {sets} × {reps}")
    return render_svg(fig, sentence), sentence


def _count(reps: float) -> str:
    """Return whole repetitions: one that is not completed does not count.

    >>> _count(24.2), _count(45.0)
    ('24 reps', '45 reps')
    """
    whole = int(reps + 1e-9)
    return f"{whole} rep{'' if whole == 1 else 's'}"


def _place_words(tired: float, active: float, fails_at: float) -> list[tuple[float, str, str]]:
    """Return height, words and colour of what stands beside the last instant, kept apart."""
    wanted = [(tired / 2, "tired", INK), (fails_at, "a set fails here", INK), (tired + active / 2, "working", LEFT.colour)]
    wanted.append((min(1.0, (1 + tired + active) / 2), "resting", MUTED))
    placed: list[tuple[float, str, str]] = []
    for height, words, colour in sorted(wanted):
        placed.append((max(height, placed[-1][0] + 0.075) if placed else height, words, colour))
    return placed

"""Figures of a simulated recording and its truth: what a sensor wrote, what the body did, and how tired that made it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.palette import INK, MUTED, NOTE, PASSED, RULE, TICK, side_style

# Three lines of one panel: colour, dashes; told apart without colour as well.
LINES = ((INK, "-"), ("#0072B2", (0, (4, 1.5))), ("#D55E00", (0, (1, 1))))


def draw_signals(ax: Axes, table: pd.DataFrame, columns: Sequence[str], names: Sequence[str], title: str, unit: str) -> Axes:
    """Draw up to three columns of a time series over time, each named at its end.

    Parameters
    ----------
    ax : Axes
    table : DataFrame
        Index ``time_s`` [s].
    columns : sequence of str
    names : sequence of str
        What to call them in the figure.
    title, unit : str
        Title of the panel, and the unit on its vertical axis.

    Returns
    -------
    Axes
    """
    time = table.index.to_numpy()
    for (colour, dashes), column, name in zip(LINES, columns, names, strict=False):
        ax.plot(time, table[column], color=colour, linestyle=dashes, linewidth=0.9, label=name)
    ax.set_xlim(time[0], time[-1])
    ax.set_xlabel("time [s]", fontsize=TICK, color=MUTED)
    ax.set_ylabel(f"[{unit}]", fontsize=TICK, color=MUTED)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3, frameon=False, fontsize=TICK, handlelength=2.4)
    style_axes(ax, title)
    return ax


def draw_effort(ax: Axes, effort: pd.DataFrame, side: str) -> Axes:
    """Draw load, fatigue and brain effort of one leg's abductors over a recording.

    Parameters
    ----------
    ax : Axes
    effort : DataFrame
        Table TRUTH_EFFORT.
    side : {"left", "right"}

    Returns
    -------
    Axes
    """
    style = side_style(side)
    minutes = effort.index.to_numpy() / 60
    fatigued = effort[f"{side}_fatigued"].to_numpy()
    ax.fill_between(minutes, 0, fatigued, color=PASSED, linewidth=0, label="tired share of the muscle")
    ax.plot(minutes, effort[f"{side}_load"], color=MUTED, linewidth=0.5, label="load, share of strength")
    ax.plot(minutes, effort[f"{side}_brain_effort"], color=style.colour, linewidth=0.9, label="brain effort: load over what is left")
    ax.axhline(1.0, color=INK, linewidth=0.8, linestyle=(0, (5, 3)))
    ax.annotate("failure", (0, 1.0), xytext=(3, 2), textcoords="offset points", fontsize=NOTE, color=INK)
    ax.set_ylim(0, 1.15)
    ax.set_xlim(0, minutes[-1])
    ax.set_xlabel("time [min]", fontsize=TICK, color=MUTED)
    ax.set_ylabel("share of full strength", fontsize=TICK, color=MUTED)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, frameon=False, fontsize=TICK)
    style_axes(ax, style.title, style.colour)
    return ax


def draw_truth(ax: Axes, reps: pd.DataFrame, column: str, title: str, unit: str) -> Axes:
    """Draw one measure of every complete repetition, set by set; what was given up is marked at the foot.

    Parameters
    ----------
    ax : Axes
    reps : DataFrame
        Table TRUTH_REPS.
    column : str
        The measure.
    title, unit : str

    Returns
    -------
    Axes
    """
    for _, rows in reps.groupby("set"):
        style = side_style(str(rows["side"].iloc[0]))
        whole = rows["kind"].eq("complete")
        ax.plot(rows["rep"][whole], rows[column][whole], style.marker, color=style.colour, markerfacecolor=style.face, markersize=3, linestyle="none")
        for given_up in rows["rep"][~whole]:
            ax.axvline(given_up, ymin=0.0, ymax=0.06, color=INK, linewidth=1.2)
        if rows["rep"].iloc[0] > 1:
            ax.axvline(rows["rep"].iloc[0] - 0.5, color=RULE, linewidth=0.8)
    ax.set_xlabel("repetition (short mark: given up)", fontsize=TICK, color=MUTED)
    ax.set_ylabel(f"[{unit}]", fontsize=TICK, color=MUTED)
    ax.set_ylim(bottom=min(0.0, float(reps.loc[reps["kind"].eq("complete"), column].min())))
    style_axes(ax, title)
    return ax


def describe_effort(effort: pd.DataFrame, sets: Sequence[tuple[int, int, str]]) -> str:
    """Say in words what `draw_effort` shows; `sets` holds complete repetitions, target and stop reason of each set."""
    done = ", ".join(f"{complete} of {target} ({reason})" for complete, target, reason in sets)
    most = max(effort["left_fatigued"].max(), effort["right_fatigued"].max())
    return f"Load, tired share and brain effort over {effort.index[-1] / 60:.1f} minutes. Sets: {done}. At most {most:.0%} of the muscle was tired."


def draw_noise(ax: Axes, noise: pd.DataFrame, signal: str, unit: str) -> Axes:
    """Draw the Allan deviation of simulated static devices (marks) over what their presets say (lines).

    Parameters
    ----------
    ax : Axes
    noise : DataFrame
        From `validate.compare_noise`.
    signal : {"accelerometer", "gyroscope"}
    unit : str

    Returns
    -------
    Axes
    """
    for (colour, dashes), marker, (device, rows) in zip(LINES, "os^", noise[noise["signal"].eq(signal)].groupby("device"), strict=False):
        ax.plot(rows["tau_s"], rows["expected"], color=colour, linestyle=dashes, linewidth=0.9)
        ax.plot(rows["tau_s"], rows["simulated"], marker, color=colour, markersize=3.5, linestyle="none", label=device)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("averaged over [s]", fontsize=TICK, color=MUTED)
    ax.set_ylabel(f"Allan deviation [{unit}]", fontsize=TICK, color=MUTED)
    ax.legend(frameon=False, fontsize=TICK)
    style_axes(ax, signal.capitalize())
    return ax

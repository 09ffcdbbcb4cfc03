"""Progression policies side by side: when 3×45 is done and how many sets fail, and what is prescribed over the weeks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.progress.policies import PolicyRuns
from hiphitch_analysis.report.canvas import new_figure, render_svg, style_axes
from hiphitch_analysis.report.palette import COLUMN_MM, INK, MUTED, NOTE, PASSED, RULE, TICK, side_style
from hiphitch_analysis.simulate import STANDARD

STYLE = side_style("left")  # cool: no policy looks wrong by its colour
BESIDE: Any = {"xycoords": ("axes fraction", "data"), "annotation_clip": False}  # at the right of the panel, on a row
MOST_REPS = 150  # per leg and session: 3×45 and some room


@dataclass(frozen=True, slots=True)
class Panel:
    """How one measure is drawn.

    Attributes
    ----------
    title, unit : str
        Title of the panel, and what stands on its axis.
    scale : float
        From the table's unit to the axis's.
    decimals : int
        Of the difference beside each row.
    """

    title: str
    unit: str
    scale: float = 1.0
    decimals: int = 1


PANELS = {
    "weeks_done": Panel("3×45 is done", "week of the season"),
    "failed": Panel("Sets that fail on the way", "% of sets, ended by fatigue or form", 100, 0),
    "form_stops": Panel("Sets stopped for form", "% of sets", 100, 0),
    "near_failure": Panel("Sets where form goes", "% of sets that end within 2 repetitions of capacity", 100, 0),
    "reserve_reps": Panel("Left in reserve", "repetitions at the end of a set"),
    "reps_week": Panel("Work", "repetitions per leg and week", 1, 0),
    "sessions": Panel("Sessions to 3×45", "sessions", 1, 0),
}


def draw_policies(ax: Axes, table: pd.DataFrame, measure: str = "failed") -> Axes:
    """Draw one measure of every policy, a row each, fewest failed sets on top.

    Parameters
    ----------
    ax : Axes
        About 90 × 80 mm; two measures side by side share the vertical axis and with it the names.
    table : DataFrame
        From `compare_policies`.
    measure : str
        A key of `PANELS`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No standard ladder in the table, or another measure.

    Notes
    -----
    The mark is the median over athletes, the bar holds 8 in 10 of them, an arrow goes beyond the season. The numbers at the right are differences to
    the standard ladder, means over the same athletes.
    """
    panel, rows = _panel(measure), _sorted(table)
    columns = [measure, f"{measure}_low", f"{measure}_high"]
    values = panel.scale * rows[columns]
    endless = not np.isfinite(values).all(axis=None)
    edge = float(rows["season_weeks"].iloc[0]) if endless else 1.04 * float(values.max(axis=None))
    ax.axvline(float(values.loc[STANDARD, measure]), color=STYLE.colour, linewidth=0.9, linestyle=(0, (4, 2)), zorder=0)
    for at, name in enumerate(rows.index):
        colour = STYLE.colour if name == STANDARD else INK
        middle, low, high = values.loc[name]
        ax.plot([min(low, edge), min(high, edge)], [at, at], color=STYLE.edge if name == STANDARD else PASSED, linewidth=4, solid_capstyle="butt")
        if not np.isfinite(high):
            ax.plot(edge, at, ">", ms=6, mfc="white", mec=colour, mew=1.0, clip_on=False, gid="beyond")
        if np.isfinite(middle):
            ax.plot(middle, at, "D" if name == STANDARD else "o", ms=6, mfc=colour, mec="white", mew=0.7, zorder=3, clip_on=False, gid="median")
        words = "standard" if name == STANDARD else _signed(panel.scale * float(rows.loc[name, f"{measure}_diff"]), panel.decimals)
        ax.annotate(words, (1.06, at), xycoords=("axes fraction", "data"), size=NOTE, color=colour, va="center", annotation_clip=False)
    ax.annotate(
        "against the\nstandard", (1.06, -0.75), xycoords=("axes fraction", "data"), size=TICK, color=MUTED, va="bottom", annotation_clip=False
    )
    ax.set_xlim(0, edge)
    ax.set_ylim(len(rows) - 0.5, -0.7)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set_xlabel(panel.unit, size=NOTE, color=INK)
    ax.set_yticks(range(len(rows)), list(rows.index))
    style_axes(ax, panel.title)
    ax.tick_params(axis="y", length=0, labelsize=NOTE)
    for label in ax.get_yticklabels():
        if label.get_text() == STANDARD:
            label.set(weight="bold", color=STYLE.colour)
    ax.grid(axis="x", color=RULE, linewidth=0.4)
    ax.set_axisbelow(True)
    return ax


def describe_policies(table: pd.DataFrame) -> str:
    """Put the comparison into words: how many sets fail, and how much sooner or later than on the standard ladder 3×45 is done.

    Parameters
    ----------
    table : DataFrame
        From `compare_policies`.

    Returns
    -------
    str
    """
    rows = _sorted(table)
    others = rows.drop(index=STANDARD)
    parts = [f"{name}: {row['failed']:.0%}, {_say_weeks(float(row['weeks_done_diff']))}" for name, row in others.iterrows()]
    median, failed = rows.loc[STANDARD, ["weeks_done", "failed"]].astype(float)
    when = f"in week {median:.0f}" if np.isfinite(median) else "beyond the season"
    return f"On the {STANDARD} the median athlete does 3×45 {when}, and {failed:.0%} of sets fail. {'; '.join(parts)}."


def say_policies(table: pd.DataFrame) -> str:
    """Say in one sentence what the comparison comes to.

    Parameters
    ----------
    table : DataFrame
        From `compare_policies`.

    Returns
    -------
    str

    Examples
    --------
    >>> columns = {"failed": [0.3, 0.8, 1.0], "weeks_done_diff": [0.0, -0.3, 4.0]}
    >>> say_policies(pd.DataFrame(columns, index=[STANDARD, "a step every week", "every set to failure"]))
    '2 of 3 policies come to 3×45 within a week of the standard ladder; what differs is how many sets fail: 30% to 80%.'
    """
    rows = _sorted(table)
    near = rows[rows["weeks_done_diff"].abs() <= 1]["failed"]
    return (
        f"{len(near)} of {len(rows)} policies come to 3×45 within a week of the {STANDARD}; what differs is how many sets fail: "
        f"{near.min():.0%} to {near.max():.0%}."
    )


def tabulate_policies(table: pd.DataFrame) -> str:
    """Write the comparison as plain text, fewest failed sets on top.

    Parameters
    ----------
    table : DataFrame
        From `compare_policies`.

    Returns
    -------
    str
        One line per policy under one of headings.
    """
    head = ("policy", "3×45 in week", "8 in 10", "later by", "95 %", "reach it", "sets fail", "form stops", "near limit", "reserve", "reps/week")
    lines: list[tuple[str, ...]] = [head]
    for name, row in _sorted(table).iterrows():
        weeks = [_week(float(row[f"weeks_done{part}"]), float(row["season_weeks"])) for part in ("", "_low", "_high")]
        later = [_signed(float(row[f"weeks_done_diff{part}"]), 1) for part in ("", "_low", "_high")]
        against = ("–", "–") if name == STANDARD else (later[0], f"{later[1]} to {later[2]}")
        shares = [f"{row[share]:.0%}" for share in ("reached", "failed", "form_stops", "near_failure")]
        amounts = [f"{row['reserve_reps']:.1f}", f"{row['reps_week']:.0f}"]
        lines.append((str(name), weeks[0], f"{weeks[1]} to {weeks[2]}", *against, *shares, *amounts))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(w) if not i else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))) for line in lines
    )


def draw_prescriptions(ax: Axes, prescribed: pd.DataFrame, policy: str, beside: str = STANDARD) -> Axes:
    """Draw what a policy asks for over the weeks, beside another one.

    Parameters
    ----------
    ax : Axes
        About 58 × 50 mm; several share one vertical axis.
    prescribed : DataFrame
        `PolicyRuns.prescribed`.
    policy, beside : str
        Names of the policies.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        A policy that was not run.

    Notes
    -----
    Solid: the median over athletes, with a band that holds 8 in 10 of them. Dashed: the median under the other policy.
    """
    for name in (policy, beside):
        if name not in set(prescribed["policy"]):
            raise ValueError(f"policy: expected one of {', '.join(dict.fromkeys(prescribed['policy']))}, got {name!r}. Choose one that was run.")
    rows, others = (prescribed[prescribed["policy"].eq(name)] for name in (policy, beside))
    ax.fill_between(rows["week"], rows["reps_low"], rows["reps_high"], color=STYLE.tint, linewidth=0, step="mid")
    ax.plot(others["week"], others["reps"], color=INK, linewidth=0.9, linestyle=(0, (4, 2)), drawstyle="steps-mid", gid="beside")
    ax.plot(rows["week"], rows["reps"], color=STYLE.colour, linewidth=1.6, drawstyle="steps-mid", gid="policy")
    spread = bool((rows["reps_high"] > rows["reps_low"]).any())
    for line, words in enumerate((f"dashed: {beside}", "band: 8 in 10 athletes" if spread else "the same for every athlete")):
        ax.text(0.98, 0.14 - 0.09 * line, words, transform=ax.transAxes, size=TICK, color=MUTED, ha="right")
    ax.set_xlim(0, float(rows["week"].max()))
    ax.set_ylim(0, MOST_REPS)
    ax.set_yticks([40, 60, 90, 135], ["2×20", "2×30", "3×30", "3×45"])
    ax.xaxis.set_major_locator(MultipleLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda week, _: f"{week:.0f}"))
    ax.set_xlabel("week", size=TICK, color=MUTED)
    style_axes(ax, policy)
    return ax


def write_policies(runs: PolicyRuns, table: pd.DataFrame, out: str | Path) -> tuple[Path, ...]:
    """Write a comparison as files.

    Parameters
    ----------
    runs : PolicyRuns
    table : DataFrame
        From `summarise_policies`.
    out : str or Path
        Folder.

    Returns
    -------
    tuple of Path
        ``policies.csv`` (the table), ``policies_athletes.csv`` (one row per policy and athlete), ``policies_prescribed.csv`` (week by week) and
        ``policies.svg``. In tables what has no end is ``inf``.

    Raises
    ------
    ValueError
        The folder cannot be written to.
    """
    fig, (weeks, failed) = new_figure(COLUMN_MM, 85, columns=2)
    draw_policies(weeks, table, "weeks_done")
    draw_policies(failed, table, "failed")
    texts = {
        "policies.csv": table.round(4).to_csv(lineterminator="\n"),
        "policies_athletes.csv": runs.athletes.round(4).to_csv(index=False, lineterminator="\n"),
        "policies_prescribed.csv": runs.prescribed.to_csv(index=False, lineterminator="\n"),
        "policies.svg": render_svg(fig, describe_policies(table)),
    }
    return tuple(write_whole(Path(out) / name, text) for name, text in texts.items())


def _panel(measure: str) -> Panel:
    if measure not in PANELS:
        raise ValueError(f"measure: expected one of {', '.join(PANELS)}, got {measure!r}.")
    return PANELS[measure]


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    """Put the policy with the fewest failed sets first."""
    if STANDARD not in table.index:
        raise ValueError(f"table: expected the {STANDARD} among the policies, got {', '.join(map(str, table.index))}. compare_policies() has it.")
    return table.sort_values("failed", kind="stable")


def _signed(value: float, decimals: int) -> str:
    """Write a difference with its sign.

    >>> _signed(-0.3, 1), _signed(0.04, 1), _signed(12.2, 0)
    ('−0.3', '0.0', '+12')
    """
    rounded = round(value, decimals)
    return f"{rounded:+.{decimals}f}".replace("-", "−") if rounded else f"{0:.{decimals}f}"


def _week(week: float, season_weeks: float) -> str:
    return f"{week:.0f}" if np.isfinite(week) else f">{season_weeks:g}"


def _say_weeks(later: float) -> str:
    if abs(later) < 0.05:
        return "as soon"
    return f"{abs(later):.1f} weeks {'later' if later > 0 else 'sooner'}"

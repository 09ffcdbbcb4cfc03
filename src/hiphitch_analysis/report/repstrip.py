"""The strip: every repetition of a set as a bar from its top to its lowest position."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from hiphitch_analysis.norms import RETURN_ERROR_DEG
from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.marks import NOT_MEASURED
from hiphitch_analysis.report.palette import GOOD_TEXT, GOOD_TINT, MEND, MEND_TEXT, MUTED, NOTE, PAPER, RULE, TICK, SideStyle, side_style
from hiphitch_analysis.report.strip import Strip, read_strip

NOTE_SHARE = 0.09  # of the panel's height, a line of notes


def last_sets(reps: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the complete repetitions of each leg's last set.

    Parameters
    ----------
    reps : DataFrame
        Table REPS.

    Returns
    -------
    dict of {"left", "right"} to DataFrame
        Rows of `reps`; a leg without a complete repetition is absent.

    Examples
    --------
    >>> sets = pd.DataFrame({"rep": [1, 2, 3], "set": [1, 2, 2], "side": "left", "kind": ["complete", "complete", "aborted"]})
    >>> {side: rows["rep"].tolist() for side, rows in last_sets(sets).items()}
    {'left': [2]}
    """
    complete = reps[reps["kind"].eq("complete")]
    return {str(side): rows[rows["set"].eq(rows["set"].max())] for side, rows in complete.groupby("side")}


def draw_reps(ax: Axes, reps: pd.DataFrame, side: str, level_band_deg: float = RETURN_ERROR_DEG.mild.value) -> Axes:
    """Draw every repetition of one set as a bar from its top to its lowest position.

    Parameters
    ----------
    ax : Axes
        About 88 × 60 mm; two sides share one vertical axis.
    reps : DataFrame
        Table REPS of one set, with measures and ``faults``.
    side : {"left", "right"}
        Stance side.
    level_band_deg : float, default 2
        Half the height of the band around level [°].

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No repetition, more than one set, or a column missing.

    Notes
    -----
    A bar ends at the top where the raise ended, and its lower end is the lowest position. Repetitions that stop short of level are tinted and
    carry a triangle. A repetition that was not measured is a cross, one that was not counted (partial, aborted) an open bar. Without a
    two-footed zero the level is unknown: the bars hang from the set's highest top.
    """
    style, strip = side_style(side), read_strip(reps)
    if strip.level_known:
        ax.axhspan(-level_band_deg, level_band_deg, color=GOOD_TINT, linewidth=0, zorder=0)
        ax.axhline(0, color=GOOD_TEXT, linewidth=1.0, zorder=1)
    for bars, look in (
        (strip.clean, {"color": style.colour}),
        (strip.short, {"color": MEND}),
        (strip.uncounted, {"facecolor": "white", "edgecolor": MUTED, "linewidth": 0.8}),
    ):
        ax.bar(bars["rep"], bars["top"] - bars["bottom"], bottom=bars["bottom"], width=0.66, zorder=2, **look)
    ax.plot(strip.short["rep"], strip.short["top"] + 0.6, "v", ms=3.6, color=MEND, zorder=3, gid="short")
    ax.plot(strip.unmeasured, [-5.0] * len(strip.unmeasured), NOT_MEASURED, ms=5, mew=1.4, color=MUTED, zorder=3, gid="unmeasured")
    _annotate_run(ax, strip)
    ax.update_datalim([(1, -11.0), (1, level_band_deg)])
    ax.use_sticky_edges = False
    ax.margins(y=0.02)
    ax.autoscale(axis="y")
    _finish_strip(ax, strip, style)
    return ax


def describe_reps(reps: pd.DataFrame, side: str) -> str:
    """Put the strip of repetitions into words.

    Parameters
    ----------
    reps : DataFrame
        Table REPS of one set, with measures and ``faults``.
    side : {"left", "right"}
        Stance side.

    Returns
    -------
    str

    Examples
    --------
    >>> times = {"start_s": [0.0, 2.0], "bottom_s": [1.0, 3.0], "end_s": [2.0, 4.0], "top_deg": [0.0, -0.5], "bottom_deg": [-8.0, -8.5]}
    >>> marks = {"return_error_deg": [0.5, 3.0], "faults": [[], ["incomplete_return"]]}
    >>> describe_reps(pd.DataFrame({"rep": [1, 2], "set": 1, "kind": "complete", **times, **marks}), "left")
    'Every rep, left leg standing: 1 of 2 come back to level; rep 2 stops short; typical lowest position 8.2° below level.'
    """
    strip = read_strip(reps)
    drop = -pd.concat([strip.clean, strip.short])["bottom"].median()
    depth = "" if pd.isna(drop) else f"; typical lowest position {drop:.1f}° below {'level' if strip.level_known else 'the highest top'}"
    run = f"; {strip.run_words}" if strip.run_words else ""
    missed = f"; {len(strip.unmeasured)} not measured" if strip.unmeasured else ""
    return f"Every rep, {side_style(side).word} leg standing: {strip.summary}{run}{depth}{missed}."


def _annotate_run(ax: Axes, strip: Strip) -> None:
    """Say at the first repetition of the last unbroken run that form went."""
    if strip.run is None:
        return
    first, late = strip.run[0] - 0.5, strip.run[0] > 0.5 * (strip.first + strip.last)
    ax.axvline(first, color=MEND_TEXT, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    text = ax.annotate(
        strip.run_words, (first, 0.02), (-3 if late else 3, 0), xycoords=("data", "axes fraction"), textcoords="offset points",
        size=NOTE, weight="bold", color=MEND_TEXT, ha="right" if late else "left", va="bottom", zorder=4,
    )  # fmt: skip
    text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85})


def _finish_strip(ax: Axes, strip: Strip, style: SideStyle) -> None:
    style_axes(ax, style.title, style.colour, strip.summary)
    ax.set_xlim(strip.first - 0.8, strip.last + 0.8)
    stride = 5 if strip.last - strip.first < 60 else 20
    ax.set_xticks([strip.first, *(n for n in range(stride, strip.last + 1, stride) if n > strip.first + 1)])
    ax.set_xlabel("rep", size=TICK, color=MUTED, labelpad=1)
    ax.yaxis.set_major_locator(MultipleLocator(5))
    # The two sides share the axis but not the meaning of its zero: the word belongs to the panel.
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: "" if abs(y) < 0.01 else f"{y:+.0f}°".replace("-", "−")))
    zero = "level" if strip.level_known else "top"
    ax.annotate(zero, (0, 0), (-3.5, 0), xycoords=("axes fraction", "data"), textcoords="offset points", size=TICK, ha="right", va="center_baseline")
    ax.grid(axis="y", color=RULE, linewidth=0.5, zorder=0)
    ax.set_axisbelow(True)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    notes = [] if strip.level_known else ["level unknown: bars hang from the highest top"]
    notes += [f"× not measured: rep {', '.join(map(str, strip.unmeasured))}"] if 0 < len(strip.unmeasured) <= 3 else []
    notes += [f"× not measured: {len(strip.unmeasured)} reps"] if len(strip.unmeasured) > 3 else []
    notes += ["open bar: not counted"] if len(strip.uncounted) else []
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + NOTE_SHARE * len(notes) * (high - low))  # the highest bar reaches up to where the notes stand
    text = ax.text(0.02, 0.985, "\n".join(notes), transform=ax.transAxes, size=TICK, color=MUTED, ha="left", va="top", zorder=4, bbox=PAPER)
    text.set_in_layout(False)  # else a long note makes the panel narrow

"""The coach's figures: the ladder of steps, every repetition of a set, and the last sets over the weeks.

Each function draws tables into one `Axes` and nothing else; its companion ``describe_…`` puts the same figure into words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MultipleLocator

from hiphitch_analysis.norms import RETURN_ERROR_DEG
from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.marks import AT_LEAST, NOT_MEASURED
from hiphitch_analysis.report.palette import BODY, GOOD_TEXT, GOOD_TINT, INK, MEND, MEND_TEXT, MUTED, NOTE, PASSED, RULE, TICK, SideStyle, side_style
from hiphitch_analysis.report.strip import Strip, read_strip
from hiphitch_analysis.schema import SIDES, History, check_table

GAP = 0.06  # between two steps, in steps


# --- The ladder ------------------------------------------------------------------------------------------------------------------------------
def draw_ladder(
    ax: Axes,
    ladder: Sequence[tuple[int, int]],
    step_left: int,
    step_right: int,
    passed_dates: Mapping[int, str] | None = None,
    current: int | None = None,
) -> Axes:
    """Draw the steps from the first prescription to the ankle weight, and where each leg stands.

    Parameters
    ----------
    ax : Axes
        About 182 × 30 mm.
    ladder : sequence of (int, int)
        Sets and repetitions of each step, lowest first.
    step_left, step_right : int
        Index of the step each leg could do; ``len(ladder)`` is the ankle weight, −1 a leg that was not logged.
    passed_dates : mapping of int to str, optional
        What to write under a step, e.g. ``{0: "24 Aug", 2: "since 5 Oct"}``.
    current : int, optional
        The step of the next session; by default the lower of the two legs'.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        A step that the ladder does not have, or neither leg logged.
    """
    current = _current_step(ladder, step_left, step_right, current)
    ax.set_axis_off()
    names = [*(f"{s} × {r}" for s, r in ladder), "+ weight"]
    for i, name in enumerate(names):
        look = _step_look(i, current, len(ladder))
        ax.add_patch(Rectangle((i + GAP / 2, 0), 1 - GAP, _step_height(i), **look))
        here = i == current
        weight, colour = "bold" if here else "normal", INK if i <= current else MUTED
        ax.text(i + 0.5, -0.12, name, size=BODY if here else NOTE, weight=weight, color=colour, ha="center", va="top")
        note = {len(ladder) - 1: "goal", len(ladder): "at the ankle", current: "next session", **(passed_dates or {})}.get(i, "")
        ax.text(i + 0.5, -0.52, note, size=TICK, color=MUTED, ha="center", va="top")
    _place_legs(ax, [*names[:-1], "the ankle weight"], step_left, step_right)
    ax.set_xlim(0, len(ladder) + 1)
    ax.set_ylim(-0.85, _step_height(len(ladder)) + 0.9)
    return ax


def describe_ladder(ladder: Sequence[tuple[int, int]], step_left: int, step_right: int, current: int | None = None) -> str:
    """Put the ladder into words.

    Parameters
    ----------
    ladder, step_left, step_right, current
        As for `draw_ladder`.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_ladder([(2, 20), (2, 25), (3, 45)], 1, 0)
    'Ladder of 3 steps up to 3 × 45, then an ankle weight. Next session: 2 × 20. Left leg could do 2 × 25; right leg could do 2 × 20.'
    """
    current = _current_step(ladder, step_left, step_right, current)
    names = [*(f"{s} × {r}" for s, r in ladder), "the ankle weight"]
    legs = [f"{side} leg could do {names[step]}" if step >= 0 else f"{side} leg was not logged" for side, step in _legs(step_left, step_right)]
    return (
        f"Ladder of {len(ladder)} steps up to {names[-2]}, then an ankle weight. Next session: {names[current]}. {legs[0].capitalize()}; {legs[1]}."
    )


def _legs(step_left: int, step_right: int) -> list[tuple[str, int]]:
    return [("left", step_left), ("right", step_right)]


def _current_step(ladder: Sequence[tuple[int, int]], step_left: int, step_right: int, current: int | None) -> int:
    logged = [step for step in (step_left, step_right) if step >= 0]
    if not logged or not all(-1 <= step <= len(ladder) for step in (step_left, step_right, current or 0)):
        raise ValueError(
            f"ladder: expected steps from 0 to {len(ladder)} (−1 for one leg that was not logged), got {step_left}, {step_right}, {current}."
        )
    return min(logged) if current is None else current


def _step_height(i: int) -> float:
    return 0.14 + 0.14 * i


def _step_look(i: int, current: int, ankle: int) -> dict[str, Any]:
    if i == current:
        return {"facecolor": INK, "edgecolor": INK, "linewidth": 0.8}
    if i < current:
        return {"facecolor": PASSED, "edgecolor": PASSED, "linewidth": 0.8}
    return {"facecolor": "white", "edgecolor": MUTED, "linewidth": 0.8, "linestyle": (0, (3, 2)) if i == ankle else "-"}


def _place_legs(ax: Axes, names: Sequence[str], step_left: int, step_right: int) -> None:
    """Set the marks of both legs upon their steps, and say in the empty corner above the low steps what they mean."""
    top = _step_height(len(names) - 1) + 0.66
    for row, (side, step) in enumerate(_legs(step_left, step_right)):
        style = side_style(side)
        spots = [(0.12, top - 0.42 * row)]
        if step >= 0:
            apart = 0.14 if step_left == step_right else 0.0
            spots += [(step + 0.5 + (-apart if side == "left" else apart), _step_height(step) + 0.26)]
        for x, y in spots:
            ax.plot(x, y, style.marker, ms=10, mfc=style.colour, mec=style.colour, clip_on=False, gid=f"leg-{side}")
            ax.text(x, y, style.letter, size=TICK, weight="bold", color="white", ha="center", va="center_baseline")
        words = f"{side}: ready for {names[step]}" if step >= 0 else f"{side}: not logged"
        ax.text(0.28, spots[0][1], words, size=NOTE, weight="bold", color=style.colour, ha="left", va="center_baseline")


# --- Every repetition of a set -----------------------------------------------------------------------------------------------------------------
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
    ax.text(0.02, 0.985, " · ".join(notes), transform=ax.transAxes, size=TICK, color=MUTED, ha="left", va="top", zorder=4)


# --- The last sets over the weeks ------------------------------------------------------------------------------------------------------------------
def draw_progress(ax: Axes, history: pd.DataFrame, side: str, goal: int = 45) -> Axes:
    """Draw the repetitions of each session's last set on one side: the clean ones where it was recorded, else those logged.

    Parameters
    ----------
    ax : Axes
        About 88 × 60 mm; two sides share one vertical axis.
    history : DataFrame
        Table HISTORY of one athlete.
    side : {"left", "right"}
        Stance side.
    goal : int, default 45
        Repetitions of the goal line.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No session of that side, or more than one athlete.

    Notes
    -----
    An open arrow is a set that stopped at its target: at least this many. A filled mark is exactly this many, a cross a set stopped by pain.
    Points are never joined: what lies between two sessions is not known.
    """
    style, points = side_style(side), _read_points(history, side)
    ax.axhline(goal, color=INK, linewidth=1.0, zorder=1)
    ax.annotate(f"goal: {goal} reps", (0.0, goal), (3, 3), xycoords=("axes fraction", "data"), textcoords="offset points", size=NOTE, va="bottom")
    looks: dict[str, dict[str, Any]] = {
        "capped": {"marker": AT_LEAST, "ms": 7.5, "mfc": "white", "mew": 1.2},
        "exact": {"marker": style.marker, "ms": 5.2, "mfc": style.colour, "mew": 1.0},
        "pain": {"marker": NOT_MEASURED, "ms": 6.0, "mew": 1.8},
    }
    for kind, look in looks.items():
        chosen = points[points["kind"].eq(kind)]
        if len(chosen):
            ax.plot(chosen["date"], chosen["count"], linestyle="none", mec=style.colour, zorder=3, gid=kind, **look)
    style_axes(ax, style.title, style.colour, _name_counts(points))
    top = max(goal, int(points["count"].max()))
    ax.set_ylim(0, top * 1.16)
    ax.yaxis.set_major_locator(MultipleLocator(10))
    ax.set_yticks(sorted({*range(0, goal - 5, 10), goal}))
    ax.grid(axis="y", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    _date_axis(ax, points["date"])
    _explain_marks(ax, looks, points, style)
    return ax


def describe_progress(history: pd.DataFrame, side: str, goal: int = 45) -> str:
    """Put the progress of one side into words.

    Parameters
    ----------
    history, side, goal
        As for `draw_progress`.

    Returns
    -------
    str
    """
    points = _read_points(history, side)
    last = points.iloc[-1]
    count = f"at least {last['count']}" if last["kind"] == "capped" else str(last["count"])
    capped = int(points["kind"].eq("capped").sum())
    return (
        f"Last set, {_name_counts(points)}, {side} leg standing: {count} on {format_date(last['date'])}, goal {goal}; "
        f"{capped} of {len(points)} sets stopped at their target and only say at least."
    )


def format_date(date: pd.Timestamp) -> str:
    """Write a date as a coach would.

    >>> format_date(pd.Timestamp("2026-10-05"))
    '5 Oct 2026'
    """
    return f"{date.day} {date:%b %Y}"


def _read_points(history: pd.DataFrame, side: str) -> pd.DataFrame:
    history = check_table(history, History)
    side_style(side)
    athletes = history["athlete_id"].unique()
    if len(athletes) > 1:
        raise ValueError(f"history: expected the sessions of one athlete, got {len(athletes)} athletes. Select one athlete_id.")
    points = history[history["side"].eq(side)].sort_values(["date", "session"])
    if points.empty:
        logged = ", ".join(s for s in SIDES if history["side"].eq(s).any()) or "none"
        raise ValueError(f"history: expected sessions with {side} stance, got sides {logged}. Draw only the sides that were logged.")
    unclean = points["clean_reps"] < points["recorded_reps"]  # form went before the target did: exactly this many were good
    kind = pd.Series("exact", index=points.index).mask(points["capped"] & ~unclean, "capped").mask(points["stop_last"].eq("pain"), "pain")
    return points.assign(kind=kind, count=points["clean_reps"].fillna(points["reps_last"]).astype(int))


def _name_counts(points: pd.DataFrame) -> str:
    """Say whether the points are clean repetitions, as a recording shows them, or what the log says."""
    recorded = points["clean_reps"].notna()
    return "clean reps" if recorded.all() else "clean reps where recorded" if recorded.any() else "reps as logged"


def _date_axis(ax: Axes, dates: pd.Series) -> None:
    first, last = dates.min(), dates.max()
    margin = max((last - first) * 0.06, pd.Timedelta(days=3))
    ax.set_xlim(first - margin, last + margin)
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=6))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(FuncFormatter(_tick_date))


def _tick_date(number: float, _: int | None) -> str:
    date = mdates.num2date(number)  # type: ignore[no-untyped-call]
    if date.day > 1:
        return f"{date.day} {date:%b}"
    return f"{date:%b ’%y}" if date.month == 1 else f"{date:%b}"


def _explain_marks(ax: Axes, looks: Mapping[str, dict[str, Any]], points: pd.DataFrame, style: SideStyle) -> None:
    """Write beside one sample of each mark that occurs what it means, in the empty corner under the points."""
    words = {"capped": "at least: stopped at the target", "exact": "exactly this many", "pain": "stopped by pain"}
    shown = [kind for kind in words if points["kind"].eq(kind).any()]
    for i, kind in enumerate(reversed(shown)):
        y = 0.05 + 0.085 * i
        ax.plot(0.2, y, linestyle="none", transform=ax.transAxes, mec=style.colour, gid="key", **{**looks[kind], "ms": looks[kind]["ms"] * 0.9})
        ax.text(0.235, y, words[kind], transform=ax.transAxes, size=NOTE, va="center_baseline", color=INK)

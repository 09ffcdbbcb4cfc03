"""Figures of the movement itself: the mean repetition with its scatter, and the whole recording with what was found in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from hiphitch_analysis.report.canvas import style_axes
from hiphitch_analysis.report.palette import BAND, BODY, GOOD_TEXT, GOOD_TINT, INK, MUTED, NOTE, TICK, WASH, side_style
from hiphitch_analysis.reps.measure import normalise_curves
from hiphitch_analysis.schema import Angles, Reps, check_table

Array = NDArray[np.float64]

MARK_AT = slice(8, None, 21)  # per cent of the repetition at which the mean carries a mark
LABELLED = 5  # every fifth repetition carries its number


def draw_waveform(ax: Axes, angles: pd.DataFrame, reps: pd.DataFrame, side: str) -> Axes:
    """Draw obliquity against per cent of the repetition: single repetitions, their mean, and ± one standard deviation.

    Parameters
    ----------
    ax : Axes
        About 88 × 65 mm; may hold both sides.
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS; complete, measured repetitions are drawn.
    side : {"left", "right"}
        Stance side.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No complete, measured repetition.

    Notes
    -----
    The band is the scatter between repetitions, not the uncertainty of the mean. Without a two-footed zero no level line is drawn.
    """
    style = side_style(side)
    curves, level_known = _read_curves(angles, reps)
    percent = np.linspace(0.0, 100.0, curves.shape[1])
    mean, spread = curves.mean(axis=0), curves.std(axis=0, ddof=1) if len(curves) > 1 else np.zeros(curves.shape[1])
    if level_known:
        ax.axhline(0, color=GOOD_TEXT, linewidth=1.0, zorder=1)
    ax.fill_between(percent, mean - spread, mean + spread, color=style.tint, linewidth=0, zorder=1)
    for curve in curves:
        ax.plot(percent[::4], curve[::4], color=style.edge, linewidth=0.5, zorder=2, gid="single")
    ax.plot(percent, mean, style.line, color=style.colour, linewidth=1.8, zorder=3, gid=f"mean-{side}")
    ax.plot(percent[MARK_AT], mean[MARK_AT], style.marker, ms=4.5, mfc=style.face, mec=style.colour, mew=1.2, zorder=4)
    ax.annotate(style.word, (100, mean[-1]), (5, 0), textcoords="offset points", size=BODY, weight="bold", color=style.colour, va="center_baseline")
    style_axes(ax, style.title, style.colour)
    ax.set_xlim(0, 100)
    ax.set_xticks(range(0, 101, 25))
    ax.set_xlabel(f"per cent of the rep; mean ± SD of {len(curves)} reps", size=NOTE, color=MUTED, labelpad=1)
    ax.set_ylabel("obliquity, degrees (drop is −)", size=NOTE, color=MUTED)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _signed(y, "level 0" if level_known else "0")))
    ax.text(0.24, 0.99, "lowering", transform=ax.transAxes, size=TICK, color=MUTED, ha="center", va="top")
    ax.text(0.76, 0.99, "raising", transform=ax.transAxes, size=TICK, color=MUTED, ha="center", va="top")
    ax.margins(y=0.12)
    return ax


def describe_waveform(angles: pd.DataFrame, reps: pd.DataFrame, side: str) -> str:
    """Put the mean repetition into words.

    Parameters
    ----------
    angles, reps, side
        As for `draw_waveform`.

    Returns
    -------
    str
    """
    curves, _ = _read_curves(angles, reps)
    mean = curves.mean(axis=0)
    lowest = int(np.argmin(mean))
    return (
        f"Mean of {len(curves)} reps, {side_style(side).word} leg standing: obliquity from {_signed(mean[0])}° down to {_signed(mean[lowest])}° "
        f"at {lowest} per cent of the rep, back to {_signed(mean[-1])}°."
    )


def draw_angles(ax: Axes, angles: pd.DataFrame, reps: pd.DataFrame, quiet_s: tuple[float, float] | None = None) -> Axes:
    """Draw the whole recording with the repetitions that were found, so that a reader can check them by eye.

    Parameters
    ----------
    ax : Axes
        About 182 × 55 mm.
    angles : DataFrame
        Table ANGLES. Missing samples are gaps.
    reps : DataFrame
        Table REPS; may be empty.
    quiet_s : (float, float), optional
        Begin and end of the quiet stance that defines zero [s]; shaded.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        The tables are not ANGLES and REPS.

    Notes
    -----
    Each counted repetition is a shaded span with a mark at its lowest point; one that was not counted is only outlined.
    """
    angles, reps = check_table(angles, Angles), check_table(reps, Reps)
    time_s, obliquity = angles.index.to_numpy(dtype=float), angles["obliquity_deg"].to_numpy(dtype=float)
    style_axes(ax, _count_reps(reps))
    if quiet_s is not None:
        ax.axvspan(*quiet_s, color=GOOD_TINT, linewidth=0, zorder=0, gid="quiet")
        ax.annotate(
            "standing still",
            (quiet_s[0], 0.985),
            (2, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            size=TICK,
            color=GOOD_TEXT,
            va="top",
        )
        ax.axhline(0, color=GOOD_TEXT, linewidth=0.8, zorder=1)
    ax.plot(time_s, obliquity, color=INK, linewidth=0.8, zorder=3, gid="obliquity")
    for i, rep in enumerate(reps.to_dict("records")):
        _mark_rep(ax, rep, time_s, obliquity, tinted=i % 2 == 0)
    if len(time_s):
        ax.set_xlim(float(time_s[0]), float(time_s[-1]))
    ax.set_xlabel("seconds from the start of the recording; shaded: one rep each", size=NOTE, color=MUTED, labelpad=1)
    ax.set_ylabel("obliquity, degrees", size=NOTE, color=MUTED)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _signed(y)))
    ax.margins(y=0.18)
    return ax


def describe_angles(angles: pd.DataFrame, reps: pd.DataFrame) -> str:
    """Put the whole recording into words.

    Parameters
    ----------
    angles, reps
        As for `draw_angles`.

    Returns
    -------
    str
    """
    angles, reps = check_table(angles, Angles), check_table(reps, Reps)
    time_s, obliquity = angles.index.to_numpy(dtype=float), angles["obliquity_deg"]
    length = f"{time_s[-1] - time_s[0]:.0f} s" if len(time_s) else "no samples"
    between = f"; obliquity between {_signed(obliquity.min())}° and {_signed(obliquity.max())}°" if obliquity.notna().any() else ""
    return f"Whole recording, {length}: {_count_reps(reps)}{between}."


def _read_curves(angles: pd.DataFrame, reps: pd.DataFrame) -> tuple[Array, bool]:
    """Return one time-normalised curve per complete, measured repetition, and whether 0° is level."""
    angles, reps = check_table(angles, Angles), check_table(reps, Reps)
    chosen = reps[reps["kind"].eq("complete") & (reps["unmeasured"].isna() if "unmeasured" in reps else True)]
    if chosen.empty:
        raise ValueError("reps: expected at least one complete, measured repetition, got none. Leave the figure out and say so.")
    curves = normalise_curves(angles.index.to_numpy(dtype=float), angles["obliquity_deg"].to_numpy(dtype=float), chosen)
    whole = curves[np.isfinite(curves).all(axis=1)]
    if not len(whole):
        raise ValueError("angles: expected one repetition without a gap, got none. Leave the figure out and say so.")
    return whole, "return_error_deg" in reps and bool(reps["return_error_deg"].notna().any())


def _mark_rep(ax: Axes, rep: dict[str, object], time_s: Array, obliquity: Array, tinted: bool) -> None:
    start_s, bottom_s, end_s = (float(str(rep[name])) for name in ("start_s", "bottom_s", "end_s"))
    counted = rep["kind"] == "complete"
    if counted:
        ax.axvspan(start_s, end_s, color=WASH if tinted else BAND, linewidth=0, zorder=0, gid="rep")
    else:
        ax.axvspan(start_s, end_s, facecolor="none", edgecolor=MUTED, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0, gid=str(rep["kind"]))
    side = rep.get("side")
    style = side_style(side) if isinstance(side, str) else side_style("right")
    lowest = float(np.interp(bottom_s, time_s, obliquity)) if len(time_s) else float("nan")
    ax.plot(bottom_s, lowest, style.marker, ms=3.6, mfc=style.face if counted else "white", mec=style.colour, mew=0.9, zorder=4, gid="bottom")
    number = int(str(rep["rep"]))
    words = str(rep["kind"]) if not counted else str(number) if number == 1 or number % LABELLED == 0 else ""
    ax.annotate(words, (bottom_s, lowest), (0, -6), textcoords="offset points", size=TICK, color=MUTED, ha="center", va="top")


def _count_reps(reps: pd.DataFrame) -> str:
    n = reps["kind"].value_counts()
    left_out = [f"{n[kind]} {kind}" for kind in ("partial", "aborted") if kind in n]
    counted = int(n.get("complete", 0))
    by_hand = f", {n['left out']} left out by hand" if "left out" in n else ""
    return f"{counted} rep{'' if counted == 1 else 's'} counted" + (f", {' and '.join(left_out)} left out" if left_out else "") + by_hand


def _signed(value: float, zero: str = "0") -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return zero if text in ("0", "-0") else text.replace("-", "−")

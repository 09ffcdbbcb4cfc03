"""Where the moment of the hip abductors comes from, what changes it, and what tempo adds: the figures of the mechanics page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hiphitch_analysis.report.canvas import new_figure, render_svg, style_axes
from hiphitch_analysis.report.freebody import describe_free_body, draw_free_body
from hiphitch_analysis.report.palette import BODY, COLUMN_MM, INK, LOAD, LOAD_TEXT, MODEL_TEXT, MUTED, NOTE, PALE_SHADE, PASSED, RULE, SHADE, TICK
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.effects import PARTS, Case, split_moment

# Words, filling, type and outline of each part.
LOOKS: dict[str, tuple[str, str, str, str]] = {
    "upper": ("trunk, head, arms", MUTED, "white", "white"),
    "pelvis": ("pelvis", PALE_SHADE, INK, "white"),
    "leg": ("free leg", SHADE, INK, "white"),
    "ankle": ("ankle weight", LOAD, INK, LOAD_TEXT),
    "floor": ("floor carries", "white", INK, MUTED),
    "acceleration": ("turning round", "white", INK, INK),
}
HATCHES = {"floor": "////", "acceleration": "\\\\\\\\"}
LETTER, NAME_LETTER = 0.95, 1.08  # width of a letter of a part's and of a case's words, in per cent of the panel
BAR_HIGH = 0.62


def draw_contributions(ax: Axes, split: pd.DataFrame, reference: bool = True) -> Axes:
    """Draw where the moment comes from, one bar per case.

    Parameters
    ----------
    ax : Axes
        About 182 × 50 mm for four cases.
    split : DataFrame
        From `split_moment`.
    reference : bool, default True
        A dotted line at the first case's total.

    Returns
    -------
    Axes

    Notes
    -----
    What takes away from the moment stands left of zero; the short upright line is the sum.
    """
    values = split[[f"{part}_nm" for part in PARTS]].to_numpy(dtype=float)
    right, left = np.clip(values, 0, None).sum(axis=1).max(), np.clip(values, None, 0).sum(axis=1).min()
    span = 1.2 * right - left
    axis = span / (1 - NAME_LETTER / 100 * max(len(str(case)) for case in split["case"]))  # with room for the cases' words
    named: dict[str, float] = {}
    for row, (case, parts, total) in enumerate(zip(split["case"], values, split["total_nm"], strict=True)):
        ends = {1: 0.0, -1: 0.0}  # how far the bar reaches to the right and to the left
        for part, value in zip(PARTS, parts, strict=True):
            if round(value, 2) == 0:
                continue
            way = 1 if value > 0 else -1
            _draw_part(ax, part, ends[way], value, row, axis, named)
            ends[way] += value
        ax.plot([total, total], [row - BAR_HIGH / 2 - 0.06, row + BAR_HIGH / 2 + 0.06], color=INK, linewidth=1.4, gid="total", zorder=5)
        ax.text(ends[1] + 0.012 * span, row, f"{'= ' if ends[-1] else ''}{total:.1f}", size=NOTE, weight="bold", color=INK, va="center")
        ax.text(left - 0.012 * span, row, str(case), size=NOTE, color=INK, ha="right", va="center")
    if reference and len(split) > 1:
        first = float(split["total_nm"].iloc[0])
        ax.plot([first, first], [-0.5, len(split) - 0.5], color=INK, linewidth=0.9, linestyle=(0, (1, 2)), zorder=4, gid="reference")
    if left < 0:
        ax.plot([0, 0], [-0.5, len(split) - 0.5], color=INK, linewidth=0.9, zorder=4)
    ax.set_xlim(left - 0.005 * span - (axis - span), left + span)
    ax.set_ylim(len(split) - 0.45, -1.35)
    ax.set_axis_off()
    ax.set_title("Moment about the stance hip, N·m", loc="left", size=BODY, weight="bold", color=INK, pad=4)
    return ax


def _draw_part(ax: Axes, part: str, start: float, value: float, row: int, axis: float, named: dict[str, float]) -> None:
    """Draw one part of a bar, its number where there is room, and its name where it first appears; `named` holds where each name stands."""
    words, fill, text, edge = LOOKS[part]
    look: dict[str, Any] = {"facecolor": fill, "edgecolor": edge, "linewidth": 0.9, "hatch": HATCHES.get(part), "gid": f"part-{part}"}
    ax.add_patch(Rectangle((start, row - BAR_HIGH / 2), value, BAR_HIGH, zorder=3, **look))
    share = 100 * abs(value) / axis
    number = f"{value:.0f}".replace("-", "−")
    if share > LETTER * (1 + len(number)):
        backing = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if part in HATCHES else None
        ax.text(start + value / 2, row, number, size=TICK, color=text, ha="center", va="center", zorder=6, bbox=backing)
    if part not in named:
        middle, room = start + value / 2, LETTER / 100 * axis * len(words)
        crowded = any(abs(middle - other) < room for other in named.values()) and row == 0
        named[part] = middle if row == 0 else np.inf
        at = row - BAR_HIGH / 2 - (0.48 if crowded else 0.1)
        backing = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        ax.text(middle, at, words, size=TICK, color=LOAD_TEXT if part == "ankle" else MUTED, ha="center", va="bottom", zorder=6, bbox=backing)


def describe_contributions(split: pd.DataFrame) -> str:
    """Put `draw_contributions` into words.

    Examples
    --------
    >>> row = {"case": "level", "upper_nm": 31.7, "pelvis_nm": 7.2, "leg_nm": 25.6, "ankle_nm": 0, "floor_nm": 0, "acceleration_nm": 0}
    >>> describe_contributions(pd.DataFrame([row | {"total_nm": 64.5}]))
    'Where the moment about the stance hip comes from. level: 64.5 N·m (trunk, head, arms 32, pelvis 7, free leg 26).'
    """
    told = []
    for row in split.to_dict("records"):
        parts = [f"{LOOKS[part][0]} {row[f'{part}_nm']:.0f}".replace("-", "−") for part in PARTS if round(row[f"{part}_nm"], 2)]
        told.append(f"{row['case']}: {row['total_nm']:.1f} N·m ({', '.join(parts)})")
    return f"Where the moment about the stance hip comes from. {'; '.join(told)}."


def draw_effects(ax: Axes, changes: pd.DataFrame) -> Axes:
    """Draw what makes it harder or easier: numbers in columns, a bar for the moment, a diamond for the muscle's force.

    Parameters
    ----------
    ax : Axes
        About 182 × 100 mm.
    changes : DataFrame
        From `compare_changes`.

    Returns
    -------
    Axes

    Notes
    -----
    The muscle's column is a range where the two muscle models differ by more than rounding; the diamond stands in its middle.
    """
    reach = float(changes[["moment_percent", "muscle_percent_low", "muscle_percent_high"]].abs().max(axis=None))
    edge = 10 * np.ceil(reach / 10 + 0.1)
    ax.set_xlim(-4.4 * edge, 1.12 * edge)
    columns = {"moment": (-2.22 * edge, INK), "muscle force": (-1.26 * edge, MODEL_TEXT)}
    y = 0.0
    for name, (x, colour) in columns.items():
        ax.text(x, y, name, size=TICK, weight="bold", color=colour, ha="right", va="center")
    for value in (-edge, 0, edge):
        ax.text(value, y, _percent(value, 0), size=TICK, color=MUTED, ha="center", va="center")
    for group, rows in changes.groupby("group", sort=False):
        y += 0.25
        ax.text(-4.4 * edge, y + 0.9, _heading(str(group)), size=NOTE, weight="bold", color=INK, va="center")
        y += 0.9
        for row in rows.itertuples():
            y += 1
            _draw_change(ax, row, y, columns, edge)
    for value in (-edge, edge):
        ax.plot([value, value], [0.6, y + 0.6], color=RULE, linewidth=0.7, zorder=0)
    ax.plot([0, 0], [0.6, y + 0.6], color=MUTED, linewidth=0.9, zorder=4)
    ax.set_ylim(y + 0.8, -1.4)
    ax.set_axis_off()
    ax.set_title("What makes it harder or easier", loc="left", size=BODY, weight="bold", color=INK, pad=4)
    ax.text(-4.4 * edge, -0.9, "change from standing level without a weight; bar: moment, diamond: muscle force", size=TICK, color=MUTED, va="center")
    return ax


def _heading(group: str) -> str:
    return f"{group}, at its peak, against 8° held still" if group == "Speed" else group


def _draw_change(ax: Axes, row: Any, y: float, columns: dict[str, tuple[float, str]], edge: float) -> None:
    """Draw one row of `draw_effects`."""
    load = row.group == "Load"
    look: dict[str, Any] = {"facecolor": LOAD if load else SHADE, "edgecolor": LOAD_TEXT if load else MUTED, "linewidth": 0.8}
    ax.add_patch(Rectangle((0, y - 0.3), row.moment_percent, 0.6, zorder=2, gid="moment", **look))
    low, high = row.muscle_percent_low, row.muscle_percent_high
    ax.plot([low, high], [y, y], color=MODEL_TEXT, linewidth=1.2, zorder=5)
    ax.plot((low + high) / 2, y, "D", ms=4.2, mfc="white", mec=MODEL_TEXT, mew=1.2, zorder=6, gid="muscle")
    ax.text(-4.3 * edge, y, row.change, size=NOTE, color=INK, va="center")
    for (x, colour), words in zip(columns.values(), (_percent(row.moment_percent), _percent_range(low, high)), strict=True):
        ax.text(x, y, words, size=NOTE, color=colour, ha="right", va="center")


def _percent(value: float, decimals: int = 1) -> str:
    """Write a change with its sign, a zero without.

    >>> _percent(-12.75), _percent(0.004), _percent(20, 0)
    ('−12.8 %', '0 %', '+20 %')
    """
    rounded = round(value, decimals)
    return f"{rounded:+.{decimals}f} %".replace("-", "−") if rounded else "0 %"


def _percent_range(low: float, high: float) -> str:
    """Write what two models say, once where they agree to 0.1 %.

    >>> _percent_range(13.06, 13.09), _percent_range(2.0, 3.0)
    ('+13.1 %', '+2.0 to +3.0 %')
    """
    if round(high, 1) - round(low, 1) <= 0.1001:
        return _percent((low + high) / 2)
    return f"{_percent(low).removesuffix(' %')} to {_percent(high)}"


def describe_effects(changes: pd.DataFrame) -> str:
    """Put `draw_effects` into words: each change with what it does to moment and muscle force.

    Examples
    --------
    >>> row = {"group": "Load", "change": "1 kg at the ankle", "moment_percent": 2.67, "muscle_percent_low": 2.73, "muscle_percent_high": 2.74}
    >>> describe_effects(pd.DataFrame([row]))
    'What makes it harder or easier, moment and muscle force. Load: 1 kg at the ankle +2.7 %, +2.7 %.'
    """
    told = []
    for group, rows in changes.groupby("group", sort=False):
        each = [f"{r.change} {_percent(r.moment_percent)}, {_percent_range(r.muscle_percent_low, r.muscle_percent_high)}" for r in rows.itertuples()]
        told.append(f"{_heading(str(group))}: {'; '.join(each)}.")
    return f"What makes it harder or easier, moment and muscle force. {' '.join(told)}"


def draw_tempo(ax: Axes, tempo: pd.DataFrame, drop_deg: float = 8.0) -> Axes:
    """Draw what turning round at the bottom adds to the moment, by the seconds of each phase.

    Parameters
    ----------
    ax : Axes
        About 182 × 60 mm.
    tempo : DataFrame
        From `trace_tempo`, sorted by ``phase_s``.
    drop_deg : float, default 8
        The drop it was traced for [°].

    Returns
    -------
    Axes
    """
    phase, turning, added = (tempo[name].to_numpy(dtype=float) for name in ("phase_s", "turning_percent", "added_percent"))
    ax.fill_between(phase, 0, turning, color=PASSED, linewidth=0)
    ax.fill_between(phase, turning, added, facecolor="white", edgecolor=MUTED, linewidth=0, hatch="////")
    ax.plot(phase, turning, color=MUTED, linewidth=0.9, linestyle=(0, (4, 2)), gid="turning")
    ax.plot(phase, added, color=INK, linewidth=1.6, gid="added")
    for at, words in ((1.0, "1 s"), (0.5, "½ s")):
        if phase[0] <= at <= phase[-1]:
            y = float(np.interp(at, phase, added))
            ax.plot(at, y, "o", ms=5, mfc="white", mec=INK, mew=1.4, zorder=5, gid="marked")
            ax.annotate(f"{words}: {_percent(y)}", (at, y), xytext=(7, 7), textcoords="offset points", size=NOTE, weight="bold", color=INK)
    ax.set_xlim(phase[0], phase[-1])
    ax.set_ylim(0, 1.08 * added.max())
    early = float(phase[0] + 0.06 * (phase[-1] - phase[0]))
    under, over = (float(np.interp(early, phase, line)) for line in (turning, added))
    for y, to, words in (
        (0.86, (under + over) / 2, "hatched: carrying the upright trunk to and fro"),
        (0.68, under / 2, "grey: turning pelvis and leg"),
    ):
        leader = {"arrowstyle": "-", "color": INK, "linewidth": 0.6, "shrinkA": 2, "shrinkB": 0, "relpos": (0, 0.5)}
        place: dict[str, Any] = {"xytext": (0.22, y), "textcoords": "axes fraction", "va": "center"}
        ax.annotate(words, (early, to), size=NOTE, color=INK, arrowprops=leader, **place)
    ax.set_xlabel("seconds to lower, and to raise", size=TICK, color=MUTED)
    ax.set_ylabel("added to the moment, %", size=TICK, color=MUTED)
    style_axes(ax, f"What tempo adds at the bottom of {drop_deg:g}°, against holding still there")
    return ax


def describe_tempo_effect(tempo: pd.DataFrame, drop_deg: float = 8.0) -> str:
    """Put `draw_tempo` into words.

    Examples
    --------
    >>> describe_tempo_effect(pd.DataFrame({"phase_s": [0.5, 1.0], "turning_percent": [7.0, 1.8], "added_percent": [11.8, 3.0]}))
    'What tempo adds to the moment at the bottom of 8°: +3.0 % at 1 s a phase (turning pelvis and leg +1.8 %), +11.8 % at 0.5 s (+7.0 %).'
    """
    marked = [(at, *(float(np.interp(at, tempo["phase_s"], tempo[f"{name}_percent"])) for name in ("added", "turning"))) for at in (1.0, 0.5)]
    (_, slow, slow_turning), (_, fast, fast_turning) = marked
    return (
        f"What tempo adds to the moment at the bottom of {drop_deg:g}°: {_percent(slow)} at 1 s a phase (turning pelvis and leg "
        f"{_percent(slow_turning)}), {_percent(fast)} at 0.5 s ({_percent(fast_turning)})."
    )


def render_case(body: Body, case: Case) -> tuple[str, str]:
    """Draw free body and contributions of one case as one picture, for sliders.

    Parameters
    ----------
    body : Body
    case : Case

    Returns
    -------
    str
        SVG, 182 mm wide.
    str
        The sentence that goes with it, which is also its text alternative.
    """
    posture, sentence = case.posture, describe_free_body(body, case.posture, case.ankle_kg, case.motion)
    fig, (free,) = new_figure(COLUMN_MM, 162)
    fig.set_layout_engine("none")  # both panels have their places, and a slider has no time to look for them
    free.set_position((0.0, 0.18, 1.0, 0.82))
    bar = fig.add_axes((0.0, 0.01, 1.0, 0.13))
    draw_free_body(free, body, posture, case.ankle_kg, case.motion)
    draw_contributions(bar, split_moment(body, {"": case}))
    return render_svg(fig, sentence), sentence

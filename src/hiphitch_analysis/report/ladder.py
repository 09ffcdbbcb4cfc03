"""The ladder: all steps from the first prescription to the ankle weight, and where each leg stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hiphitch_analysis.report.palette import BODY, INK, MUTED, NOTE, PASSED, TICK, side_style

GAP = 0.06  # between two steps, in steps


def draw_ladder(
    ax: Axes,
    ladder: Sequence[tuple[int, int]],
    step_left: int,
    step_right: int,
    passed_dates: Mapping[int, str] | None = None,
    current: int | None = None,
    last: int | None = None,
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
    last : int, optional
        The step of the last session; by default that of the next. A leg is told to stay only where the next session is no step on.

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
    _place_legs(ax, [*names[:-1], "the ankle weight"], step_left, step_right, current, last)
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


def _place_legs(ax: Axes, names: Sequence[str], step_left: int, step_right: int, current: int, last: int | None) -> None:
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
        words = f"{side}: {_say_step(names, step, current, last)}" if step >= 0 else f"{side}: not logged"
        ax.text(0.28, spots[0][1], words, size=NOTE, weight="bold", color=style.colour, ha="left", va="center_baseline")


def _say_step(names: Sequence[str], step: int, current: int, last: int | None) -> str:
    """Say where a leg stands: it stays only where the next session is no step on, and on a way down it has been where it stands."""
    if last is not None and current < last:
        return f"had reached {names[step]}"
    return "stay here" if step == current and last in (None, current) else f"could do {names[step]}"

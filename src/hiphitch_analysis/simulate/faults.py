"""The faults of the exercise: what *mild*, *moderate* and *severe* mean for each, in one table, and what each does to a repetition."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hiphitch_analysis.simulate.repetition import Repetition

SEVERITIES = ("mild", "moderate", "severe")


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One fault a simulated athlete can have.

    Attributes
    ----------
    key : str
        Its name.
    text : str
        What happens.
    unit : str
        Unit of the amount.
    amounts : tuple of three floats
        Mild, moderate, severe.
    distort : callable
        (repetition, amount) → the repetition with that much of the fault.
    bounds : tuple of two floats
        Least and largest amount that can be asked for.
    grows_over : int
        Repetitions from the onset until the amount is reached.
    """

    key: str
    text: str
    unit: str
    amounts: tuple[float, float, float]
    distort: Callable[[Repetition, float], Repetition]
    bounds: tuple[float, float]
    grows_over: int = 0


def _change(**new: Callable[[Repetition, float], float]) -> Callable[[Repetition, float], Repetition]:
    def distort(rep: Repetition, amount: float) -> Repetition:
        values: dict[str, Any] = {name: value(rep, amount) for name, value in new.items()}
        return dataclasses.replace(rep, **values)

    return distort


def _leave_leg_behind(rep: Repetition, share: float) -> Repetition:
    """Let the free leg stay behind: it turns less with the pelvis, and knee and hip bend to let the hip sink past the foot."""
    return dataclasses.replace(
        rep,
        leg_coupling=rep.leg_coupling * (1 - share),
        thigh_bottom_deg=rep.thigh_bottom_deg + 10 * share,
        knee_bottom_deg=rep.knee_bottom_deg + 20 * share,
    )


# Amounts are working definitions (assumptions): moderate is what a coach would mention, mild what a coach may let pass, severe what nobody overlooks.
KINDS: tuple[FaultKind, ...] = (
    FaultKind(
        "incomplete_return", "the raise stops short of level", "°", (2.0, 3.0, 5.0),
        _change(return_error_deg=lambda r, a: r.return_error_deg + a), (0.1, 15.0),
    ),
    FaultKind(
        "hike_above_level", "the raise goes on above level", "°", (2.0, 3.0, 5.0),
        _change(return_error_deg=lambda r, a: r.return_error_deg - a), (0.1, 15.0),
    ),
    FaultKind(
        "drop_too_large", "the pelvis drops this far and turns by a degree for each degree beyond 8°", "°", (11.0, 13.0, 16.0),
        _change(drop_deg=lambda r, a: max(r.drop_deg, a), rotation_deg=lambda r, a: r.rotation_deg + max(0.0, a - 8.0)), (8.0, 30.0),
    ),
    FaultKind(
        "drop_too_small", "the pelvis hardly drops", "°", (3.0, 2.5, 1.5),
        _change(drop_deg=lambda r, a: min(r.drop_deg, a)), (0.1, 8.0),
    ),
    FaultKind(
        "pelvis_not_square", "the pelvis turns while it drops", "°", (6.0, 8.0, 12.0),
        _change(rotation_deg=lambda r, a: a), (0.1, 30.0),
    ),
    FaultKind(
        "trunk_lean_stance", "the trunk leans over the stance leg, half as far at the top", "°", (3.0, 5.0, 10.0),
        _change(lean_bottom_deg=lambda r, a: r.lean_bottom_deg + a, lean_top_deg=lambda r, a: r.lean_top_deg + a / 2), (0.1, 30.0),
    ),
    FaultKind(
        "trunk_lean_free", "the trunk bends toward the free side during the raise, as when its oblique pulls", "°", (3.0, 5.0, 10.0),
        _change(lean_raise_deg=lambda r, a: r.lean_raise_deg - a), (0.1, 30.0),
    ),
    FaultKind(
        "leg_lifted", "the thigh is lifted during the raise", "°", (8.0, 15.0, 25.0),
        _change(thigh_top_deg=lambda r, a: r.thigh_top_deg + a, knee_top_deg=lambda r, a: r.knee_top_deg + a), (0.1, 80.0),
    ),
    FaultKind(
        "leg_drawn_in", "the free leg is drawn toward the midline", "°", (5.0, 10.0, 20.0),
        _change(leg_in_deg=lambda r, a: r.leg_in_deg + a), (0.1, 40.0),
    ),
    FaultKind(
        "foot_resting", "the floor carries this share of the free leg's weight at the bottom, half of it at the top", "1", (0.12, 0.25, 0.50),
        _change(floor_bottom=lambda r, a: a, floor_top=lambda r, a: a / 2), (0.01, 1.0),
    ),
    FaultKind(
        "hip_and_leg_apart", "this share of the free leg's going along with the hip is lost", "1", (0.3, 0.5, 0.8), _leave_leg_behind, (0.01, 1.0),
    ),
    FaultKind(
        "lumbar_not_neutral", "the pelvis tips forward over the set", "°", (6.0, 8.0, 12.0),
        _change(tilt_base_deg=lambda r, a: r.tilt_base_deg + a), (0.1, 30.0), grows_over=8,
    ),
    FaultKind(
        "tempo_too_fast", "each phase takes this long", "s", (0.65, 0.60, 0.45),
        _change(lower_s=lambda r, a: min(r.lower_s, a), raise_s=lambda r, a: min(r.raise_s, a)), (0.2, 1.0),
    ),
    FaultKind(
        "tempo_uneven", "single repetitions are this share too long or too short", "1", (0.18, 0.25, 0.40),
        _change(off_beat=lambda r, a: a), (0.01, 0.6),
    ),
    FaultKind(
        "loss_of_balance", "the whole body sways this many times more; the first such lowering ends in a touch-down", "1", (2.0, 3.0, 5.0),
        _change(unsteadiness=lambda r, a: a), (1.0, 10.0),
    ),
)  # fmt: skip
FAULTS = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one recording.

    Attributes
    ----------
    key : str
        Key of `FAULTS`.
    severity : {"mild", "moderate", "severe"} or float
        Column of the table, or an amount in the fault's own unit.
    onset_rep : int
        From this repetition of each set on.

    Raises
    ------
    ValueError
        An unknown fault or severity, an onset below 1.

    Examples
    --------
    >>> Fault("trunk_lean_stance", "moderate").amount
    5.0
    """

    key: str
    severity: str | float = "moderate"
    onset_rep: int = 1

    def __post_init__(self) -> None:
        """Refuse a fault the table does not have."""
        if self.key not in FAULTS:
            raise ValueError(f"fault: expected one of {', '.join(FAULTS)}, got {self.key!r}. Choose one of them.")
        if isinstance(self.severity, str) and self.severity not in SEVERITIES:
            raise ValueError(f"fault {self.key}: expected severity {', '.join(SEVERITIES)} or an amount, got {self.severity!r}. See simulate.FAULTS.")
        low, high = FAULTS[self.key].bounds
        if not isinstance(self.severity, str) and not low <= self.severity <= high:
            raise ValueError(f"fault {self.key}: expected {low:g} to {high:g}, got {self.severity!r}. Choose a person's value.")
        if self.onset_rep < 1:
            raise ValueError(f"fault {self.key}: expected an onset at repetition 1 or later, got {self.onset_rep!r}. Repetitions count from 1.")

    @property
    def amount(self) -> float:
        """How much of it, in the fault's unit."""
        return FAULTS[self.key].amounts[SEVERITIES.index(self.severity)] if isinstance(self.severity, str) else self.severity

    def distort(self, rep: Repetition, number: int) -> Repetition:
        """Return repetition `number` of a set with the fault in it, or unchanged before the onset."""
        kind = FAULTS[self.key]
        if number < self.onset_rep:
            return rep
        grown = min(1.0, (number - self.onset_rep + 1) / (kind.grows_over + 1))
        changed = kind.distort(rep, self.amount * grown)
        return dataclasses.replace(changed, faults=(*changed.faults, self.key))


def parse_fault(text: str) -> Fault:
    """Read a fault as written on the command line, ``KEY[:SEVERITY][@REP]``.

    Parameters
    ----------
    text : str
        E.g. ``trunk_lean_stance``, ``leg_lifted:severe`` or ``incomplete_return:4.5@12``.

    Returns
    -------
    Fault

    Raises
    ------
    ValueError
        See `Fault`; also when REP is no whole number.

    Examples
    --------
    >>> parse_fault("incomplete_return:mild@12")
    Fault(key='incomplete_return', severity='mild', onset_rep=12)
    """
    rest, at, onset = text.partition("@")
    key, _, severity = rest.partition(":")
    if at and not onset.isdecimal():
        raise ValueError(f"fault {key}: expected a repetition's number after @, got {onset!r}. Write e.g. {key}:moderate@12.")
    try:
        amount: str | float = float(severity)
    except ValueError:
        amount = severity or "moderate"
    return Fault(key, amount, int(onset) if onset else 1)


def list_faults() -> str:
    """Return the table of faults as text, one line each."""
    rows: list[tuple[str, ...]] = [("fault", *SEVERITIES, "unit", "what happens")]
    rows += [(kind.key, *(f"{amount:g}" for amount in kind.amounts), kind.unit, kind.text) for kind in KINDS]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)

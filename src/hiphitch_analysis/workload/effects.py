"""What makes the hip abductors' work harder or easier, as tables: changes side by side, where a moment comes from, what tempo adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hiphitch_analysis.workload.anthropometry import Body, check_ankle_weight
from hiphitch_analysis.workload.mechanics import Motion, Posture, hip_moment
from hiphitch_analysis.workload.muscle import hip_forces
from hiphitch_analysis.workload.repetition import Repetition, move

PARTS = ("upper", "pelvis", "leg", "ankle", "floor", "acceleration")  # columns of a split moment, in the order in which they are told
WORKED_DROP_DEG = 8.0  # a usual drop, on top of which speed is compared
PHASES_S = (0.25, 2.0)  # from as fast as anybody hitches to slower than any count


@dataclass(frozen=True, slots=True)
class Case:
    """One way of standing on one leg, still or at one instant of a movement.

    Attributes
    ----------
    posture : Posture
    ankle_kg : float
        Ankle weight on the free leg [kg].
    motion : Motion or None
        How the angles change; None holds still.
    """

    posture: Posture = field(default_factory=Posture)
    ankle_kg: float = 0.0
    motion: Motion | None = None


CASES: Mapping[str, Case] = {
    "level, no weight": Case(),
    "3 kg at the ankle": Case(ankle_kg=3.0),
    "8° drop, trunk upright": Case(Posture(-WORKED_DROP_DEG)),
    "leaning 10° over the leg": Case(Posture(trunk_lean_deg=10.0)),
}


def compare_changes(body: Body, ankle_kg: Sequence[float] = (1.0, 3.0, 5.0)) -> pd.DataFrame:
    """Compare what load, depth, speed and tricks do to the work of the hip abductors.

    Parameters
    ----------
    body : Body
    ankle_kg : sequence of float
        Ankle weights to compare [kg].

    Returns
    -------
    DataFrame
        One row per change: ``group``, ``change`` (words), ``moment_nm``, and against standing level without a weight ``moment_percent``,
        ``muscle_percent_low`` and ``muscle_percent_high`` (the two muscle geometries). Under "Speed" the values are peaks of a smooth repetition
        of 8°, and per cent are against 8° held still.

    Notes
    -----
    Bending hip and knee of the free leg moves it forwards. The frontal-plane moment is weight times distance to the side, so the change is zero
    as long as the leg does not swing inwards or outwards; the row says so with its zero. What the model cannot show: a lifted leg is raised by
    other muscles, and then the pelvis no longer has to be.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> changes = compare_changes(estimate_body(75, 1.78, "male")).set_index("change")
    >>> changes["moment_percent"].round(1)[["1 kg at the ankle", "10° drop", "½ s down, ½ s up"]].tolist()
    [2.7, 14.3, 11.8]
    """
    level, deep = Case(), Case(Posture(-WORKED_DROP_DEG))
    fast = [Case(posture, motion=motion) for _, posture, motion in (move(Repetition(WORKED_DROP_DEG, phase_s)) for phase_s in (1.0, 0.5))]
    rows: list[tuple[str, str, Case, Case]] = [
        *(("Load", f"{kg:g} kg at the ankle", Case(ankle_kg=check_ankle_weight(kg)), level) for kg in ankle_kg),
        *(("Depth", f"{drop:g}° drop", Case(Posture(-drop)), level) for drop in (5.0, 10.0)),
        ("Speed", "1 s down, 1 s up", fast[0], deep),
        ("Speed", "½ s down, ½ s up", fast[1], deep),
        *(("Tricks that make it easier", f"lean {lean:g}° over the standing leg", Case(Posture(0, lean)), level) for lean in (5.0, 10.0)),
        ("Tricks that make it easier", "draw the foot 10° to the midline", Case(Posture(0, 0, -10.0)), level),
        ("Tricks that make it easier", "rest ¼ of the leg on the floor", Case(Posture(floor_share=0.25)), level),
        ("Tricks that make it easier", "lift the leg: bend hip and knee", level, level),
    ]
    return pd.DataFrame([{"group": group, "change": words, **_compare(body, case, to)} for group, words, case, to in rows])


def split_moment(body: Body, cases: Mapping[str, Case] = CASES) -> pd.DataFrame:
    """Split the moment of some cases into where it comes from.

    Parameters
    ----------
    body : Body
    cases : mapping of str to Case
        By the words under which they are shown.

    Returns
    -------
    DataFrame
        One row per case: ``case``, ``upper_nm``, ``pelvis_nm``, ``leg_nm``, ``ankle_nm``, ``floor_nm`` (what the floor takes away, ≤ 0),
        ``acceleration_nm``, and ``total_nm``, their sum [N·m].

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> split = split_moment(estimate_body(75, 1.78, "male")).set_index("case")
    >>> split.loc["level, no weight", ["upper_nm", "pelvis_nm", "leg_nm", "total_nm"]].round().tolist()
    [32.0, 7.0, 26.0, 64.0]
    """
    rows = []
    for words, case in cases.items():
        moment = hip_moment(body, case.posture, case.ankle_kg, case.motion)
        rows.append({"case": words, **{f"{part}_nm": float(getattr(moment, f"{part}_nm")) + 0.0 for part in (*PARTS, "total")}})  # no −0
    return pd.DataFrame(rows)


def trace_tempo(body: Body, drop_deg: float = WORKED_DROP_DEG, phases_s: ArrayLike | None = None) -> pd.DataFrame:
    """Trace what acceleration adds to the peak moment of a smooth repetition, from fast to slow.

    Parameters
    ----------
    body : Body
    drop_deg : float, default 8
        How far the free side sinks [°].
    phases_s : array_like of shape (n,), optional
        Durations of lowering, and of raising [s]; by default 0.25 to 2 s.

    Returns
    -------
    DataFrame
        One row per duration: ``phase_s``, ``peak_nm``, and in per cent of the same drop held still ``turning_percent`` (turning pelvis and leg),
        ``carrying_percent`` (pushing the upright upper body to and fro) and ``added_percent``, their sum.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> trace_tempo(estimate_body(75, 1.78, "male"), 8, [1.0, 0.5])["added_percent"].round(1).tolist()
    [3.0, 11.8]
    """
    phases = np.geomspace(*PHASES_S, 36) if phases_s is None else np.asarray(phases_s, dtype=float)
    still = float(hip_moment(body, Posture(-drop_deg)).total_nm)
    rows = []
    for phase_s in phases:
        _, posture, motion = move(Repetition(drop_deg, float(phase_s)))
        moment = hip_moment(body, posture, 0.0, motion)
        peak = int(np.argmax(moment.total_nm))
        # Where the peak is not at the bottom, the static moment there is smaller: the difference goes to the turning it makes room for.
        added, carried = float(moment.total_nm[peak]) - still, float(moment.carrying_nm[peak])
        rows.append((float(phase_s), still + added, *(100 * part / still for part in (added - carried, carried, added))))
    return pd.DataFrame(rows, columns=["phase_s", "peak_nm", "turning_percent", "carrying_percent", "added_percent"])


def _compare(body: Body, case: Case, to: Case) -> dict[str, float]:
    """Return the peak moment of a case, and by how many per cent moment and muscle force leave those of another."""
    (moment, *muscle), (base, *bases) = _peaks(body, case), _peaks(body, to)
    percent = sorted(100 * (one / other - 1) for one, other in zip(muscle, bases, strict=True))
    return {
        "moment_nm": moment,
        "moment_percent": 100 * (moment / base - 1),
        "muscle_percent_low": percent[0],
        "muscle_percent_high": percent[1],
    }


def _peaks(body: Body, case: Case) -> tuple[float, float, float]:
    """Return the largest moment [N·m] of a case, and muscle force by both geometries [N]."""
    moment = hip_moment(body, case.posture, case.ankle_kg, case.motion)
    forces = hip_forces(body, case.posture, moment, case.ankle_kg, case.motion)
    return float(np.max(moment.total_nm)), float(np.max(forces.muscle_low_n)), float(np.max(forces.muscle_high_n))

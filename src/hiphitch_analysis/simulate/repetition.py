"""One repetition as it is going to be done: the joint between who performs and how the body then moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repetition:
    """What one repetition comes to, before sway.

    Attributes
    ----------
    kind : {"complete", "partial", "aborted"}
        As in table REPS.
    drop_deg : float
        Lowering from where the repetition begins [°].
    return_error_deg : float
        How far below level the raise ends [°]; negative = above.
    rotation_deg, tilt_deg : float
        Axial rotation (free side forward) and anterior tilt at the bottom [°].
    tilt_base_deg : float
        Anterior tilt throughout [°].
    lean_top_deg, lean_bottom_deg, lean_raise_deg : float
        Trunk toward the stance side at top and bottom, and what is added in the middle of the raise [°].
    thigh_top_deg, thigh_bottom_deg, knee_top_deg, knee_bottom_deg : float
        Flexion of the free hip against the vertical, and of the knee [°].
    leg_coupling : float
        How far the free leg turns with the pelvis in the frontal plane [–].
    leg_in_deg : float
        Free leg toward the midline throughout [°].
    floor_top, floor_bottom : float
        Share of the free leg's weight on the floor [0–1].
    lower_s, raise_s, bottom_pause_s, pause_s : float
        Durations [s].
    off_beat : float
        Share by which this repetition may be too long or too short [–].
    unsteadiness : float
        Sway during it, as a multiple of the usual [–].
    faults : tuple of str
        Faults asked for that are in it.
    """

    kind: str = "complete"
    drop_deg: float = 8.0
    return_error_deg: float = 0.0
    rotation_deg: float = 2.0
    tilt_deg: float = 0.5
    tilt_base_deg: float = 0.0
    lean_top_deg: float = 0.0
    lean_bottom_deg: float = 0.0
    lean_raise_deg: float = 0.0
    thigh_top_deg: float = 8.0
    thigh_bottom_deg: float = 8.0
    knee_top_deg: float = 20.0
    knee_bottom_deg: float = 20.0
    leg_coupling: float = 1.0
    leg_in_deg: float = 0.0
    floor_top: float = 0.0
    floor_bottom: float = 0.0
    lower_s: float = 1.0
    raise_s: float = 1.0
    bottom_pause_s: float = 0.0
    pause_s: float = 0.15
    off_beat: float = 0.0
    unsteadiness: float = 1.0
    faults: tuple[str, ...] = ()

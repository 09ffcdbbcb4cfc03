"""What an athlete sets out to do in one set, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from hiphitch_analysis.schema import SIDES

# Inter-hip distance as a share of body height: 0.099 ± 0.007, computed from ten CT pelves.
HIP_DISTANCE_SHARE = 0.099


@dataclass(frozen=True, slots=True)
class MotionPlan:
    """What the athlete sets out to do in one set, and how well.

    Attributes
    ----------
    reps : int
        Complete repetitions.
    stance : {"left", "right"}
        The leg stood on.
    drop_deg : float
        Intended lowering of the free side from where a repetition begins [°].
    lower_s, raise_s, pause_s : float
        Mean duration of lowering and raising and of the rest at the top [s].
    return_error_deg : float
        How far below level the last raise ends [°]; it grows from zero where tiredness sets in.
    rotation_deg : float
        Axial rotation of a repetition (free side forward at the bottom) [°].
    rotation_per_deg : float
        Extra rotation per degree of drop beyond `rotation_threshold_deg`, doubled when tired [°/°]. Assumption.
    rotation_threshold_deg : float
        Drop beyond which the pelvis twists [°]. Assumption.
    tilt_deg : float
        Anterior tilt at the bottom, in step with the drop [°].
    tempo_drift : float
        Relative change of lowering and raising times at the set's end; −0.2 = a fifth faster [–].
    fatigue_onset : float
        Share of the set after which form drifts, 0 to below 1 [–].
    variability : float
        Coefficient of variation of amplitude and timing from repetition to repetition [–].
    sway : float
        Body sway as a multiple of a typical adult's; 0 = none [–].
    quiet_s : float
        Standing still on both feet before the set [s].
    height_m : float
        Body height, which sets the distance between the hips [m].
    partial, aborted : tuple of int
        Rows of the truth table (from 1) that are partial or aborted, in addition to the complete ones.
    """

    reps: int = 20
    stance: str = "left"
    drop_deg: float = 8.0
    lower_s: float = 1.0
    raise_s: float = 1.0
    pause_s: float = 0.15
    return_error_deg: float = 0.0
    rotation_deg: float = 2.0
    rotation_per_deg: float = 0.45
    rotation_threshold_deg: float = 9.0
    tilt_deg: float = 0.5
    tempo_drift: float = 0.0
    fatigue_onset: float = 0.6
    variability: float = 0.08
    sway: float = 1.0
    quiet_s: float = 5.0
    height_m: float = 1.75
    partial: tuple[int, ...] = ()
    aborted: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what nobody could do."""
        if self.stance not in SIDES:
            raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {self.stance!r}. It is the leg stood on.")
        limits = {
            "reps": (0, 1000),
            "drop_deg": (0.1, 30),
            "lower_s": (0.2, 20),
            "raise_s": (0.2, 20),
            "pause_s": (0, 60),
            "return_error_deg": (-20, 20),
            "rotation_deg": (-30, 30),
            "rotation_per_deg": (0, 3),
            "rotation_threshold_deg": (0, 30),
            "tilt_deg": (-20, 20),
            "tempo_drift": (-0.7, 3),
            "fatigue_onset": (0, 0.99),
            "variability": (0, 0.3),
            "sway": (0, 10),
            "quiet_s": (0, 600),
            "height_m": (1.0, 2.4),
        }
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {getattr(self, name)!r}. Choose a value a person could show.")
        rows = [*self.partial, *self.aborted]
        if len(set(rows)) != len(rows) or any(not 1 <= row <= self.reps + len(rows) for row in rows):
            raise ValueError(
                f"partial, aborted: expected different rows between 1 and {self.reps + len(rows)}, got {rows}. Rows count all repetitions of the set."
            )

    @property
    def hip_distance_m(self) -> float:
        """Distance between the hip centres [m]."""
        return HIP_DISTANCE_SHARE * self.height_m

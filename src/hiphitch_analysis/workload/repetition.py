"""A repetition as it is asked for: how deep, how slow, in which posture; and what it asks of the hip abductors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.norms import COUNT_S
from hiphitch_analysis.workload.anthropometry import Body, check_ankle_weight
from hiphitch_analysis.workload.mechanics import MAX_ANGLE_DEG, Moment, Motion, Posture, hip_moment

Array = NDArray[np.float64]

POSTURES = {"vertical": (0.0, 0.0), "rigid-trunk": (1.0, 0.0), "rigid-leg": (0.0, 1.0)}  # how much of the pelvis's turning trunk and free leg share
POINTS = 129  # of one repetition: the mean and the peak of so smooth a curve are then right to six digits


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition as asked for.

    Attributes
    ----------
    drop_deg : float
        From level down [°], magnitude.
    phase_s : float
        Duration of lowering, and of raising [s].
    ankle_kg : float
        Ankle weight on the free leg [kg].
    trunk_lean_deg, free_leg_angle_deg, floor_share : float
        As in `Posture`, held through the repetition.
    posture : {"vertical", "rigid-trunk", "rigid-leg"}
        Whether trunk and free leg keep their angle, or trunk or leg turns with the pelvis.

    Raises
    ------
    ValueError
        A drop, phase, ankle weight or posture nobody trains with.
    """

    drop_deg: float = 8.0
    phase_s: float = COUNT_S.value
    ankle_kg: float = 0.0
    trunk_lean_deg: float = 0.0
    free_leg_angle_deg: float = 0.0
    floor_share: float = 0.0
    posture: str = "vertical"

    def __post_init__(self) -> None:
        """Refuse what is no repetition."""
        if not -MAX_ANGLE_DEG <= self.drop_deg <= MAX_ANGLE_DEG:
            raise ValueError(f"drop_deg: expected −60 to 60, got {self.drop_deg:g}. Angles are in degrees, from level.")
        if not 0.1 <= self.phase_s <= 60:
            raise ValueError(f"phase_s: expected 0.1 to 60, got {self.phase_s:g}. It is the time of lowering, and of raising, in seconds.")
        if self.posture not in POSTURES:
            raise ValueError(f"posture: expected {', '.join(POSTURES)}, got {self.posture!r}. It says what turns with the pelvis.")
        check_ankle_weight(self.ankle_kg)
        pose(self)

    @property
    def rep_s(self) -> float:
        """Duration of the repetition [s]."""
        return 2 * self.phase_s


@dataclass(frozen=True, slots=True)
class Demand:
    """What one repetition asks of the hip abductors, each a number or an array.

    Attributes
    ----------
    mean_nm, peak_nm : float or ndarray
        Moment over the repetition [N·m].
    rep_s : float or ndarray
        Its duration [s].
    """

    mean_nm: float | Array
    peak_nm: float | Array
    rep_s: float | Array


def pose(repetition: Repetition, depth: float | Array = 1.0) -> Posture:
    """Return the posture at a share of the drop: 1 at the bottom, 0 at the top."""
    trunk, leg = POSTURES[repetition.posture]
    obliquity = -repetition.drop_deg * np.asarray(depth)
    return Posture(obliquity, repetition.trunk_lean_deg + trunk * obliquity, repetition.free_leg_angle_deg + leg * obliquity, repetition.floor_share)


def move(repetition: Repetition, n: int = POINTS) -> tuple[Array, Posture, Motion]:
    """Return one repetition over time: level, down and back as a cosine, the smoothest of slow movements.

    Parameters
    ----------
    repetition : Repetition
    n : int
        Samples.

    Returns
    -------
    time_s : ndarray, shape (n,)
        From the beginning of the lowering to the end of the raise [s].
    posture : Posture
    motion : Motion
    """
    time_s = np.linspace(0, repetition.rep_s, n)
    omega = np.pi / repetition.phase_s
    size = -np.radians(repetition.drop_deg) / 2
    rate, change = size * omega * np.sin(omega * time_s), size * omega**2 * np.cos(omega * time_s)
    trunk, leg = POSTURES[repetition.posture]
    motion = Motion((rate, trunk * rate, leg * rate), (change, trunk * change, leg * change))
    return time_s, pose(repetition, (1 - np.cos(omega * time_s)) / 2), motion


def turn_round(repetition: Repetition) -> Motion:
    """Return the motion at the lowest point, where lowering turns into raising."""
    _, _, motion = move(repetition, 3)
    at_bottom = [tuple(float(np.asarray(curve)[1]) for curve in curves) for curves in (motion.rate_rad_s, motion.acceleration_rad_s2)]
    return Motion(at_bottom[0], at_bottom[1])  # type: ignore[arg-type]


def moment_of(body: Body, repetition: Repetition, n: int = POINTS) -> Moment:
    """Return the hip-abductor moment over one repetition, with all its parts."""
    _, posture, motion = move(repetition, n)
    return hip_moment(body, posture, repetition.ankle_kg, motion)


def demand_of(body: Body, repetition: Repetition) -> Demand:
    """Return what one repetition asks of the hip abductors.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> demand = demand_of(estimate_body(75, 1.78, "male"), Repetition(drop_deg=8, phase_s=1))
    >>> round(demand.mean_nm, 1), round(demand.peak_nm, 1), demand.rep_s
    (68.3, 74.1, 2)
    """
    total = moment_of(body, repetition).total_nm
    return Demand(float(np.trapezoid(total, dx=1 / (len(total) - 1))), float(total.max()), repetition.rep_s)


def work_of(body: Body, repetition: Repetition) -> float:
    """Return what the hip abductors put into one raise [J]: moment times the turning of the pelvis, from the bottom to level, without acceleration.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> round(work_of(estimate_body(75, 1.78, "male"), Repetition(drop_deg=8)), 1)
    9.5
    """
    posture = pose(repetition, np.linspace(1, 0, POINTS))
    return float(np.trapezoid(hip_moment(body, posture, repetition.ankle_kg).total_nm, np.radians(posture.obliquity_deg)))

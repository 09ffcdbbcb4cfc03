"""The frontal plane of standing on one leg: what the hip abductors hold and move, by inverse dynamics about a stance hip that stands still.

Pelvis, upper body and free leg turn by the angles q₁, q₂, q₃, each from the vertical and each with the sign its column has in table ANGLES
(``obliquity_deg``, ``trunk_lean_deg``, ``free_leg_angle_deg``); all three turn anticlockwise where the free side is drawn on the right. With the
origin in the stance hip, x toward the free side, y up, w the distance between the hips and l its half, the centres of mass lie at

    pelvis      x = l cos q₁ − h_p sin q₁
    upper body  x = l cos q₁ − h_l sin q₁ − h_u sin q₂
    free leg    x = w cos q₁ + r_L sin q₃
    ankle weight   as the leg, with r_a for r_L.

Weights times these arms are the static moment. Turning and pushing about the masses adds the moment of acceleration,

    J₁ q̈₁ + J₂ q̈₂ + J₃ q̈₃ + c₂ (q̈₁ + q̈₂) + s₂ (q̇₁² − q̇₂²) + c₃ (q̈₁ + q̈₃) + s₃ (q̇₁² − q̇₃²),

where J are moments of inertia about the stance hip, lumbar hinge and free hip, and c, s the two parts of each coupling, which turn with q₂ − q₁ and
q₃ − q₁. A foot on the floor takes its share of the leg's and the ankle weight's weight at the free hip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.workload.anthropometry import Body

Array = NDArray[np.float64]

MAX_ANGLE_DEG = 60.0  # beyond it no pelvis, trunk or hanging leg is meant


@dataclass(frozen=True, slots=True)
class Posture:
    """Angles of the frontal plane as in table ANGLES, each a number or an array of shape (n,).

    Attributes
    ----------
    obliquity_deg : array_like
        Elevation of the line stance hip → free hip [°]; a drop is negative.
    trunk_lean_deg : array_like
        Trunk from vertical [°], + toward the stance side.
    free_leg_angle_deg : array_like
        Free leg from vertical [°], + away from the midline.
    floor_share : array_like
        Share of the free leg's weight that the floor carries [0–1].

    Raises
    ------
    ValueError
        An angle beyond 60°, or a share outside 0 to 1. NaN is let through: where nothing was measured, nothing is computed.
    """

    obliquity_deg: ArrayLike = 0.0
    trunk_lean_deg: ArrayLike = 0.0
    free_leg_angle_deg: ArrayLike = 0.0
    floor_share: ArrayLike = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no posture on one leg."""
        for name in ("obliquity_deg", "trunk_lean_deg", "free_leg_angle_deg"):
            values = np.asarray(getattr(self, name), dtype=float)
            if _largest(values) > MAX_ANGLE_DEG or -_largest(-values) < -MAX_ANGLE_DEG:
                worst = values.flat[np.nanargmax(np.abs(values))]
                raise ValueError(f"{name}: expected −60 to 60, got {worst:g}. Angles are in degrees, from level or vertical.")
        share = np.asarray(self.floor_share, dtype=float)
        if _largest(share) > 1 or -_largest(-share) < 0:
            raise ValueError(f"floor_share: expected 0 to 1, got {float(share.flat[np.nanargmax(np.abs(share - 0.5))]):g}. It is a share of the leg.")


@dataclass(frozen=True, slots=True)
class Motion:
    """How the angles of a `Posture` change: (pelvis, trunk, leg), each a number or an array of shape (n,).

    Attributes
    ----------
    rate_rad_s : tuple of array_like
        First derivatives [rad/s].
    acceleration_rad_s2 : tuple of array_like
        Second derivatives [rad/s²].
    """

    rate_rad_s: tuple[ArrayLike, ArrayLike, ArrayLike]
    acceleration_rad_s2: tuple[ArrayLike, ArrayLike, ArrayLike]


@dataclass(frozen=True, slots=True)
class Moment:
    """The hip-abductor moment about the stance hip and where it comes from; + keeps the free side up. All of shape (n,), or numbers.

    Attributes
    ----------
    pelvis_nm, upper_nm, leg_nm, ankle_nm : ndarray
        Weights times lever arms [N·m].
    floor_nm : ndarray
        What the floor takes away, ≤ 0 [N·m].
    carrying_nm : ndarray
        Of the acceleration, what it takes to push the upper body to and fro and up and down from its hinge while it leans as it does [N·m].
    turning_nm : ndarray
        Of the acceleration, all the rest [N·m].
    total_nm : ndarray
        Their sum.
    """

    pelvis_nm: Array
    upper_nm: Array
    leg_nm: Array
    ankle_nm: Array
    floor_nm: Array
    carrying_nm: Array
    turning_nm: Array
    total_nm: Array

    @property
    def static_nm(self) -> Array:
        """The moment without acceleration [N·m]."""
        return np.asarray(self.pelvis_nm + self.upper_nm + self.leg_nm + self.ankle_nm + self.floor_nm)

    @property
    def acceleration_nm(self) -> Array:
        """What acceleration adds [N·m]."""
        return np.asarray(self.carrying_nm + self.turning_nm)


def hip_moment(body: Body, posture: Posture, ankle_kg: float = 0.0, motion: Motion | None = None) -> Moment:
    """Compute the hip-abductor moment of standing on one leg, and where it comes from.

    Parameters
    ----------
    body : Body
    posture : Posture
        Angles, numbers or arrays of one length.
    ankle_kg : float, default 0
        Ankle weight on the free leg [kg].
    motion : Motion, optional
        Rates and accelerations of the angles; without it the moment is static.

    Returns
    -------
    Moment

    Notes
    -----
    Exact for four rigid masses in one plane. Level pelvis, trunk and leg vertical: body weight times half the distance between the hips, however
    the mass is shared out. What the model does not know: rotation and tilt of the pelvis, a stance hip that moves, arms that swing.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> man = estimate_body(75, 1.78, "male")
    >>> level, leaning = (hip_moment(man, Posture(0, lean)) for lean in (0, 10))
    >>> round(float(level.total_nm), 1), round(float(leaning.total_nm), 1)
    (64.5, 48.8)
    >>> round(float(hip_moment(man, Posture(), ankle_kg=1.0).total_nm / level.total_nm - 1), 3)
    0.027
    """
    g, w = GRAVITY_M_S2.value, body.hip_distance_m
    sin1, sin2, sin3 = _sines(posture)
    cos1 = _cosine(sin1)
    hanging_kg = body.leg_kg + ankle_kg
    pelvis = g * body.pelvis_kg * (w / 2 * cos1 - body.pelvis_com_m * sin1)
    upper = g * body.upper_kg * (w / 2 * cos1 - body.hinge_m * sin1 - body.upper_com_m * sin2)
    leg = g * body.leg_kg * (w * cos1 + body.leg_com_m * sin3)
    ankle = g * ankle_kg * (w * cos1 + body.cuff_m * sin3)
    floor = -g * hanging_kg * w * np.asarray(posture.floor_share) * cos1
    carrying = turning = np.zeros(np.shape(cos1))
    if motion is not None:
        carrying, turning = _accelerate(body, ankle_kg, motion, (cos1, sin1), (_cosine(sin2), sin2), (_cosine(sin3), sin3))
    total = pelvis + upper + leg + ankle + floor + carrying + turning
    return Moment(*(np.asarray(part) for part in (pelvis, upper, leg, ankle, floor, carrying, turning, total)))


@dataclass(frozen=True, slots=True)
class PostureError:
    """Standard errors of a `Posture`, in its units, each a number or an array of shape (n,)."""

    obliquity_deg: ArrayLike = 0.0
    trunk_lean_deg: ArrayLike = 0.0
    free_leg_angle_deg: ArrayLike = 0.0
    floor_share: ArrayLike = 0.0


def hip_moment_se(body: Body, posture: Posture, error: PostureError, ankle_kg: float = 0.0) -> tuple[Array, Array]:
    """Return the standard error of the static moment: what the angles leave open, and what the body does.

    Parameters
    ----------
    body : Body
        Its `spread` says how far its lengths and masses may be off.
    posture : Posture
    error : PostureError
    ankle_kg : float, default 0
        Ankle weight [kg], taken as known.

    Returns
    -------
    of_angles, of_body : ndarray
        [N·m]; independent of each other. The body's part is the same error in everything one person does: it drops out of a comparison.

    Notes
    -----
    First order in each error. A second-order term matters from errors of some 10° on.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> of_angles, of_body = hip_moment_se(estimate_body(75, 1.78, "male"), Posture(), PostureError(trunk_lean_deg=3.0))
    >>> round(float(of_angles), 1), round(float(of_body), 1)  # 3° of lean not seen; hips 0.7 % of height nearer or farther apart
    (4.7, 4.6)
    """
    g, w, spread = GRAVITY_M_S2.value, body.hip_distance_m, body.spread
    sin1, sin2, sin3 = _sines(posture)
    cos1 = _cosine(sin1)
    hanging, lifted = body.leg_kg + ankle_kg, 1 - np.asarray(posture.floor_share)
    across = (body.pelvis_kg + body.upper_kg) / 2 + hanging * lifted  # kg, at the full distance between the hips
    upright = body.pelvis_kg * body.pelvis_com_m + body.upper_kg * body.hinge_m
    upper_x = w / 2 * cos1 - body.hinge_m * sin1 - body.upper_com_m * sin2
    of_angles = (
        (across * w * sin1 + upright * cos1) * np.radians(error.obliquity_deg),
        body.upper_kg * body.upper_com_m * _cosine(sin2) * np.radians(error.trunk_lean_deg),
        (body.leg_kg * body.leg_com_m + ankle_kg * body.cuff_m) * _cosine(sin3) * np.radians(error.free_leg_angle_deg),
        hanging * w * cos1 * np.asarray(error.floor_share),
    )
    of_body = (
        across * cos1 * spread.hip_distance_m,
        # A heavier leg makes the upper body lighter by two of them.
        (w * lifted * cos1 + body.leg_com_m * sin3 - 2 * upper_x) * spread.leg_kg,
        body.upper_kg * sin1 * spread.hinge_m,
        body.upper_kg * sin2 * spread.upper_com_m,
        body.leg_kg * sin3 * spread.leg_com_m,
    )
    return _root_sum(g, of_angles), _root_sum(g, of_body)


def _root_sum(scale: float, parts: tuple[Array, ...]) -> Array:
    return np.asarray(scale * np.sqrt(sum(np.square(part) for part in parts)))


def _accelerate(
    body: Body, ankle_kg: float, motion: Motion, pelvis: tuple[Array, Array], trunk: tuple[Array, Array], leg: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Return what acceleration adds [N·m]: by carrying the upper body on its moving hinge, and by all else. Each angle as (cos, sin)."""
    w, half = body.hip_distance_m, body.hip_distance_m / 2
    hanging_kg = body.leg_kg + ankle_kg
    swinging = body.leg_kg * body.leg_com_m + ankle_kg * body.cuff_m
    about_hip = (
        body.pelvis_kg_m2 + body.pelvis_kg * (half**2 + body.pelvis_com_m**2) + body.upper_kg * (half**2 + body.hinge_m**2) + hanging_kg * w**2
    )
    about_hinge = body.upper_kg_m2 + body.upper_kg * body.upper_com_m**2
    about_free_hip = body.leg_kg_m2 + body.leg_kg * body.leg_com_m**2 + ankle_kg * body.cuff_m**2
    rate, change = motion.rate_rad_s, motion.acceleration_rad_s2
    (v1, v2, v3), (a1, a2, a3) = (np.square(r) for r in rate), (np.asarray(a) for a in change)
    cos, sin = _turned(pelvis, trunk)
    moved = body.upper_kg * body.upper_com_m
    along, across = moved * (body.hinge_m * cos - half * sin), moved * (half * cos + body.hinge_m * sin)
    carrying = along * (a1 + a2) + across * (v1 - v2)
    cos, sin = _turned(pelvis, leg)
    coupled = w * swinging
    turning = about_hip * a1 + about_hinge * a2 + about_free_hip * a3 + coupled * (sin * (a1 + a3) - cos * (v1 - v3))
    return np.asarray(carrying), np.asarray(turning)


def _sines(posture: Posture) -> tuple[Array, Array, Array]:
    pelvis, trunk, leg = posture.obliquity_deg, posture.trunk_lean_deg, posture.free_leg_angle_deg
    return np.sin(np.radians(pelvis)), np.sin(np.radians(trunk)), np.sin(np.radians(leg))


def _cosine(sine: Array) -> Array:
    """Return the cosine of an angle within ±90° from its sine: right to the last digits within ±60°, at a fifth of what a cosine costs."""
    return np.sqrt(1 - sine * sine)


def _turned(pelvis: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return cosine and sine of how far `other` is turned against the pelvis."""
    (c1, s1), (c, s) = pelvis, other
    return c * c1 + s * s1, s * c1 - c * s1


def _largest(values: Array) -> float:
    """Return the largest of some numbers, leaving out NaN; −inf where there is none."""
    return float(np.fmax.reduce(values, axis=None, initial=-np.inf))

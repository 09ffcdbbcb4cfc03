"""What the hip abductors of the stance leg have to do: the frontal-plane moment about the stance hip, from the movement itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.simulate.body import ANKLE_WEIGHT, GRAVITY_M_S2, LUMBAR_HINGE, PELVIS_COM, RADIUS_OF_GYRATION, UPPER_COM

Array = NDArray[np.float64]

STANCE_ADDUCTION_DEG = 5.9  # the stance hip at a level pelvis with the foot under the midline; computed: 5.7 to 6.0
# Ligaments and the iliotibial band carry part of the load when the hip hangs in adduction: abductor EMG is low in the fully dropped position
# (Hardcastle & Nade 1985). Onset and stiffness are assumptions.
PASSIVE_FROM_DEG = 15.0
PASSIVE_NM_KG_PER_DEG = 0.03


class Build(Protocol):
    """Lengths and masses: those of one `Body`, or one for each instant of a posture, as arrays of shape (n,)."""

    @property
    def height_m(self) -> float | Array:
        """Body height [m]."""

    @property
    def hip_distance_m(self) -> float | Array:
        """Distance between the hip centres [m]."""

    @property
    def leg_com_m(self) -> float | Array:
        """The leg's centre of mass below the hip [m]."""

    @property
    def mass_kg(self) -> float | Array:
        """Body mass [kg]."""

    @property
    def pelvis_kg(self) -> float | Array:
        """Mass of the lower trunk [kg]."""

    @property
    def upper_kg(self) -> float | Array:
        """Mass of everything above the pelvis [kg]."""

    @property
    def leg_kg(self) -> float | Array:
        """Mass of one leg [kg]."""


@dataclass(frozen=True, slots=True)
class Posture:
    """Frontal-plane posture over one stance leg, each angle a curve of shape (3, n): value, first and second derivative [rad, s].

    Attributes
    ----------
    drop : ndarray, shape (3, n)
        Free side below the stance side, + down.
    lean : ndarray, shape (3, n)
        Trunk from vertical, + toward the stance side.
    leg : ndarray, shape (3, n)
        Free leg from vertical, + away from the midline.
    floor_share : ndarray, shape (n,)
        Share of the free leg's weight that the floor carries.
    """

    drop: Array
    lean: Array
    leg: Array
    floor_share: Array


def abductor_moment(body: Build, posture: Posture, ankle_kg: float | Array = 0.0) -> Array:
    """Return the net abductor moment about the stance hip, + keeping the free side up.

    Parameters
    ----------
    body : Body
        Or several, as arrays of shape (n,), one for each instant of the posture.
    posture : Posture
    ankle_kg : float or ndarray, shape (n,)
        Ankle weight on the free leg [kg].

    Returns
    -------
    ndarray, shape (n,)
        Moment [N·m]: weights times lever arms, and what it takes to accelerate pelvis, trunk, leg and ankle weight about a hip that stands still.

    Notes
    -----
    Level pelvis, trunk and free leg vertical: body weight times half the distance between the hips, exactly.

    Examples
    --------
    >>> still = np.zeros((3, 1))
    >>> level = Posture(still, still, still, np.zeros(1))
    >>> from hiphitch_analysis.simulate.body import Body
    >>> man = Body("male", 75, 1.78)
    >>> round(float(abductor_moment(man, level)[0] / (75 * GRAVITY_M_S2 * man.hip_distance_m / 2)), 12)
    1.0
    """
    w, h = body.hip_distance_m, body.height_m
    # x toward the free side, y up, origin in the stance hip; every angle below turns anticlockwise.
    pelvis, trunk, leg = -posture.drop, posture.lean, posture.leg
    across, along = _arm(pelvis, 0.0), _arm(pelvis, np.pi / 2)  # unit vectors of the pelvis: toward the free hip, and upwards
    upward, downward = _arm(trunk, np.pi / 2), _arm(leg, -np.pi / 2)
    moment = np.zeros(pelvis.shape[1])
    for mass, place in (
        (body.pelvis_kg, w / 2 * across + PELVIS_COM * h * along),
        (body.upper_kg, w / 2 * across + LUMBAR_HINGE * h * along + UPPER_COM * h * upward),
        (body.leg_kg, w * across + body.leg_com_m * downward),
        (ankle_kg, w * across + ANKLE_WEIGHT * h * downward),
    ):
        (x, y), (ax, ay) = place[0], place[1]
        moment += mass * (x * (GRAVITY_M_S2 + ay) - y * ax)
    for mass, name, angle in ((body.pelvis_kg, "pelvis", pelvis), (body.upper_kg, "upper", trunk), (body.leg_kg, "leg", leg)):
        moment += mass * (RADIUS_OF_GYRATION[name] * h) ** 2 * angle[2]
    supported = posture.floor_share * (body.leg_kg + ankle_kg) * GRAVITY_M_S2 * w * np.cos(posture.drop[0])
    return np.asarray(moment - supported)


def passive_moment(body: Build, drop_rad: Array) -> Array:
    """Return what ligaments carry when the free side hangs low [N·m]; zero until the stance hip is well adducted."""
    adduction = np.degrees(drop_rad) + STANCE_ADDUCTION_DEG
    return np.asarray(PASSIVE_NM_KG_PER_DEG * body.mass_kg * np.maximum(0.0, adduction - PASSIVE_FROM_DEG))


def demand(body: Build, posture: Posture, ankle_kg: float | Array = 0.0) -> Array:
    """Return what the abductors themselves have to give [N·m], shape (n,): the net moment less what ligaments carry, never negative."""
    return np.maximum(0.0, abductor_moment(body, posture, ankle_kg) - passive_moment(body, posture.drop[0]))


def _arm(angle: Array, from_x_rad: float) -> Array:
    """Position and acceleration, shape (2, 2, n), of the end of a unit arm at `angle` + `from_x_rad` anticlockwise from x."""
    sin, cos = np.sin(angle[0] + from_x_rad), np.cos(angle[0] + from_x_rad)
    rate, change = angle[1], angle[2]
    return np.stack([[cos, sin], [-sin * change - cos * rate**2, cos * change - sin * rate**2]])

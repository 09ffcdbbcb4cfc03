"""The body that is moved: masses and lengths from sex, height and body mass, or as measured, each with how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from hiphitch_analysis import norms
from hiphitch_analysis.schema import ANKLE_KG, BODY_HEIGHT_M, BODY_MASS_KG, SEXES


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of the body, for everybody of one sex.

    Attributes
    ----------
    mass : float
        Share of body mass.
    com : float
        Centre of mass from the upper end, as a share of the segment's length.
    gyration : float
        Radius of gyration about the front-to-back axis through the centre of mass, as a share of the length.
    length : float
        Share of body height.
    """

    mass: float
    com: float
    gyration: float
    length: float


# de Leva P. Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters. J Biomech 1996;29:1223-30. doi:10.1016/0021-9290(95)00178-6
# Table 4, with the segment ends CERV, XYPH, OMPH, MIDH for head and trunk and the ankle joint centre for the shank. Lengths are the paper's means
# over its mean heights (1.741 m, 1.735 m). Turning in the frontal plane is about the "sagittal" axis, that of a foot about its long one.
_MALE_M, _FEMALE_M = 1.741, 1.735
SEGMENTS: dict[str, dict[str, Segment]] = {
    "male": {
        "head": Segment(0.0694, 0.5002, 0.303, 0.2429 / _MALE_M),
        "upper trunk": Segment(0.1596, 0.5066, 0.505, 0.2421 / _MALE_M),
        "middle trunk": Segment(0.1633, 0.4502, 0.482, 0.2155 / _MALE_M),
        "lower trunk": Segment(0.1117, 0.6115, 0.615, 0.1457 / _MALE_M),
        "upper arm": Segment(0.0271, 0.5772, 0.285, 0.2817 / _MALE_M),
        "forearm": Segment(0.0162, 0.4574, 0.276, 0.2689 / _MALE_M),
        "hand": Segment(0.0061, 0.7900, 0.628, 0.0862 / _MALE_M),
        "thigh": Segment(0.1416, 0.4095, 0.329, 0.4222 / _MALE_M),
        "shank": Segment(0.0433, 0.4395, 0.251, 0.4403 / _MALE_M),
        "foot": Segment(0.0137, 0.4415, 0.124, 0.2581 / _MALE_M),
    },
    "female": {
        "head": Segment(0.0668, 0.4841, 0.271, 0.2437 / _FEMALE_M),
        "upper trunk": Segment(0.1545, 0.5050, 0.466, 0.2280 / _FEMALE_M),
        "middle trunk": Segment(0.1465, 0.4512, 0.433, 0.2053 / _FEMALE_M),
        "lower trunk": Segment(0.1247, 0.4920, 0.433, 0.1815 / _FEMALE_M),
        "upper arm": Segment(0.0255, 0.5754, 0.278, 0.2751 / _FEMALE_M),
        "forearm": Segment(0.0138, 0.4559, 0.261, 0.2643 / _FEMALE_M),
        "hand": Segment(0.0056, 0.7474, 0.531, 0.0780 / _FEMALE_M),
        "thigh": Segment(0.1478, 0.3612, 0.369, 0.3685 / _FEMALE_M),
        "shank": Segment(0.0481, 0.4352, 0.267, 0.4386 / _FEMALE_M),
        "foot": Segment(0.0129, 0.4014, 0.139, 0.2283 / _FEMALE_M),
    },
}
SHOULDER_HEIGHT = {"male": 0.5155 / _MALE_M, "female": 0.4979 / _FEMALE_M}  # shoulders above hips (MIDS to MIDH), same table, share of height
SHOULDER_TO_SIDE = 0.129  # shoulder from the midline, share of height: Drillis & Contini 1966, as in Winter's textbook
FOOT_BELOW_ANKLE = 0.02  # assumption: the foot's centre hangs half the ankle's height (0.039 of body height) below the ankle joint
BUILD_KG_M2 = (13.0, 50.0)  # assumption: body mass over height squared outside of which a typing error is likelier than a person
CUFF_ABOVE_ANKLE = 0.03  # assumption: an ankle weight sits some 5 cm above the ankle joint


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the lengths and masses of a `Body` may be off, as standard deviations; 0 for what is known."""

    hip_distance_m: float = 0.0
    leg_kg: float = 0.0
    hinge_m: float = 0.0
    upper_com_m: float = 0.0
    leg_com_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """Masses [kg], lengths [m] and moments of inertia [kg·m²] of one person, in the frontal plane.

    Attributes
    ----------
    pelvis_kg, upper_kg, leg_kg : float
        Mass of the pelvis, of everything above it, and of one leg.
    hip_distance_m : float
        Between the hip centres.
    pelvis_com_m, hinge_m : float
        Height of the pelvis's centre of mass, and of the hinge on which the upper body leans, above the line of the hips.
    upper_com_m : float
        Centre of mass of the upper body above that hinge.
    leg_com_m, cuff_m, leg_m : float
        Centre of mass of a leg, an ankle weight, and the ankle, below the hip.
    pelvis_kg_m2, upper_kg_m2, leg_kg_m2 : float
        Moments of inertia about the front-to-back axis through each centre of mass.
    spread : Spread
        How far these may be off.

    Raises
    ------
    ValueError
        A mass or length that is not positive.

    Notes
    -----
    `dataclasses.replace` puts measured values in the place of any of them.
    """

    pelvis_kg: float
    upper_kg: float
    leg_kg: float
    hip_distance_m: float
    pelvis_com_m: float
    hinge_m: float
    upper_com_m: float
    leg_com_m: float
    cuff_m: float
    leg_m: float
    pelvis_kg_m2: float
    upper_kg_m2: float
    leg_kg_m2: float
    spread: Spread = Spread()

    def __post_init__(self) -> None:
        """Refuse a body nobody has."""
        wrong = [f.name for f in fields(self) if f.name != "spread" and not getattr(self, f.name) > 0]
        if wrong:
            raise ValueError(f"body: expected {', '.join(wrong)} above 0, got {', '.join(f'{getattr(self, n):g}' for n in wrong)}. Check the unit.")

    @property
    def mass_kg(self) -> float:
        """Body mass."""
        return self.pelvis_kg + self.upper_kg + 2 * self.leg_kg

    @property
    def weight_n(self) -> float:
        """Body weight."""
        return self.mass_kg * norms.GRAVITY_M_S2.value


def estimate_body(mass_kg: float, height_m: float, sex: str | None = None, *, hip_distance_m: float | None = None) -> Body:
    """Estimate a person's masses and lengths from tables.

    Parameters
    ----------
    mass_kg : float
        Body mass [kg], 20 to 300.
    height_m : float
        Body height [m], 1.0 to 2.5.
    sex : {"male", "female"}, optional
        Chooses the table; without it the mean of both is taken, and the spreads grow by half their difference.
    hip_distance_m : float, optional
        Distance between the hip centres [m] as measured (X-ray, or 0.71 of the distance between the iliac spines); by default 0.0985 of the height.

    Returns
    -------
    Body

    Raises
    ------
    ValueError
        A mass, height or hip distance no person has, or another word for the sex.

    References
    ----------
    de Leva P. Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters. J Biomech 1996;29:1223-30. doi:10.1016/0021-9290(95)00178-6

    Examples
    --------
    >>> man = estimate_body(75, 1.78, "male")
    >>> round(man.pelvis_kg, 2), round(man.upper_kg, 2), round(man.leg_kg, 2)
    (8.38, 36.83, 14.89)
    >>> round(man.leg_com_m, 3), round(man.upper_com_m, 2), round(man.leg_kg_m2, 2)
    (0.327, 0.25, 1.15)
    """
    _check("mass_kg", mass_kg, BODY_MASS_KG)
    _check("height_m", height_m, BODY_HEIGHT_M)
    if sex is None:
        return _between(*(estimate_body(mass_kg, height_m, each, hip_distance_m=hip_distance_m) for each in SEXES))
    if sex not in SEXES:
        raise ValueError(f"sex: expected {' or '.join(SEXES)}, got {sex!r}. It chooses the body segment parameters.")
    hips = norms.HIP_DISTANCE_SHARE
    if hip_distance_m is not None:
        _check("hip_distance_m", hip_distance_m, (hips.value * height_m * 0.6, hips.value * height_m * 1.4))
    table = SEGMENTS[sex]
    length = {name: segment.length * height_m for name, segment in table.items()}
    com = {name: segment.com * length[name] for name, segment in table.items()}  # below each segment's upper end

    pelvis, hinge = table["lower trunk"], length["lower trunk"]
    shoulder, ankle = SHOULDER_HEIGHT[sex] * height_m - hinge, length["thigh"] + length["shank"]
    chest, aside = length["middle trunk"] + length["upper trunk"], SHOULDER_TO_SIDE * height_m
    # Centres to the side of the midline and above the hinge; of the leg, below the hip.
    upper = {
        "middle trunk": (0.0, length["middle trunk"] - com["middle trunk"], 1),
        "upper trunk": (0.0, chest - com["upper trunk"], 1),
        "head": (0.0, chest + length["head"] - com["head"], 1),
        "upper arm": (aside, shoulder - com["upper arm"], 2),
        "forearm": (aside, shoulder - length["upper arm"] - com["forearm"], 2),
        "hand": (aside, shoulder - length["upper arm"] - length["forearm"] - com["hand"], 2),
    }
    leg = {
        "thigh": (0.0, com["thigh"], 1),
        "shank": (0.0, length["thigh"] + com["shank"], 1),
        "foot": (0.0, ankle + FOOT_BELOW_ANKLE * height_m, 1),
    }
    upper_com, upper_inertia, _ = _join(upper, table, length)
    leg_com, leg_inertia, leg_share = _join(leg, table, length)
    return Body(
        pelvis_kg=pelvis.mass * mass_kg,
        upper_kg=(1 - pelvis.mass - 2 * leg_share) * mass_kg,
        leg_kg=leg_share * mass_kg,
        hip_distance_m=hips.value * height_m if hip_distance_m is None else hip_distance_m,
        pelvis_com_m=hinge - com["lower trunk"],
        hinge_m=hinge,
        upper_com_m=upper_com,
        leg_com_m=leg_com,
        cuff_m=ankle - CUFF_ABOVE_ANKLE * height_m,
        leg_m=ankle,
        pelvis_kg_m2=pelvis.mass * mass_kg * (pelvis.gyration * hinge) ** 2,
        upper_kg_m2=upper_inertia * mass_kg,
        leg_kg_m2=leg_inertia * mass_kg,
        spread=Spread(
            hip_distance_m=(hips.high - hips.low) / 2 * height_m if hip_distance_m is None else norms.HIP_DISTANCE_SE_M.value,
            leg_kg=norms.LEG_MASS_SPREAD.value * leg_share * mass_kg,
            hinge_m=norms.LENGTH_SPREAD.value * hinge,
            upper_com_m=norms.LENGTH_SPREAD.value * upper_com,
            leg_com_m=norms.LENGTH_SPREAD.value * leg_com,
        ),
    )


def doubt_build(mass_kg: float, height_m: float) -> str | None:
    """Return a sentence where mass and height together fit hardly anybody, as when one is in pounds or feet; None where they may."""
    index = mass_kg / height_m**2
    low, high = BUILD_KG_M2
    if low <= index <= high:
        return None
    return f"{mass_kg:g} kg and {height_m:g} m are {index:.0f} kg/m², which fits hardly anybody ({low:g} to {high:g}): check the units"


def check_ankle_weight(ankle_kg: float) -> float:
    """Return an ankle weight [kg] that is one; raise ValueError for one nobody hangs on a leg."""
    return _check("ankle_kg", ankle_kg, ANKLE_KG)


def _check(name: str, value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    if not low <= value <= high:
        raise ValueError(f"{name}: expected {low:.3g} to {high:.3g}, got {value:g}. Check the unit.")
    return value


def _join(parts: dict[str, tuple[float, float, int]], table: dict[str, Segment], length: dict[str, float]) -> tuple[float, float, float]:
    """Return centre of mass [m] along the midline, moment of inertia about it [m², per kg of body mass] and share of body mass of joined segments."""
    shares = {name: table[name].mass * number for name, (_, _, number) in parts.items()}
    whole = sum(shares.values())
    centre = sum(shares[name] * along for name, (_, along, _) in parts.items()) / whole
    inertia = sum(
        shares[name] * ((table[name].gyration * length[name]) ** 2 + aside**2 + (along - centre) ** 2) for name, (aside, along, _) in parts.items()
    )
    return centre, inertia, whole


def _between(one: Body, other: Body) -> Body:
    """Return the mean of two bodies, its spreads grown by half their difference."""
    names = [f.name for f in fields(Body) if f.name != "spread"]
    middle = {name: (getattr(one, name) + getattr(other, name)) / 2 for name in names}
    apart = {name: (getattr(one, name) - getattr(other, name)) / 2 for name in (f.name for f in fields(Spread))}
    own = {name: (getattr(one.spread, name) + getattr(other.spread, name)) / 2 for name in apart}
    return replace(one, **middle, spread=Spread(**{name: float(np.hypot(own[name], apart[name])) for name in apart}))

"""The body that moves: lengths and masses from sex, height and body mass. The simulator's own numbers, apart from the analysis."""

from __future__ import annotations

from dataclasses import dataclass

from hiphitch_analysis.schema import SEXES

GRAVITY_M_S2 = 9.80665  # standard gravity, which weighs on bodies and sensors alike

# Segment masses as shares of body mass and centres of mass as shares of the segment's length from its upper end.
# de Leva P. Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters. J Biomech 1996. doi:10.1016/0021-9290(95)00178-6
LOWER_TRUNK_MASS = {"male": 0.1117, "female": 0.1247}
THIGH_MASS, THIGH_COM = {"male": 0.1416, "female": 0.1478}, {"male": 0.4095, "female": 0.3612}
SHANK_MASS, SHANK_COM = {"male": 0.0433, "female": 0.0481}, {"male": 0.4395, "female": 0.4352}
FOOT_MASS = {"male": 0.0137, "female": 0.0129}
# Lengths as shares of height, from the same tables (male 1.741 m: thigh 0.4222, shank 0.4340).
THIGH_LENGTH, SHANK_LENGTH = 0.2425, 0.2493
LEG_LENGTH = 0.53  # assumption: hip height as a share of body height
HIP_DISTANCE = 0.099  # inter-hip distance: 0.099 ± 0.007 of height, computed from ten CT pelves
# Heights above the hips' line as shares of body height: centre of the pelvis, lumbar hinge, and upper body's centre above that hinge. Assumption:
# read off a man of 1.78 m, the same for both sexes.
PELVIS_COM, LUMBAR_HINGE, UPPER_COM = 0.0326, 0.0837, 0.1404
RADIUS_OF_GYRATION = {"pelvis": 0.045, "upper": 0.16, "leg": 0.155}  # assumption: frontal plane, share of height; leg: 1.14 kg m² at 75 kg, 1.78 m
ANKLE_WEIGHT = 0.46  # assumption: an ankle weight hangs this share of height below the hip


@dataclass(frozen=True, slots=True)
class Body:
    """Lengths [m] and masses [kg] of one person.

    Attributes
    ----------
    sex : {"male", "female"}
    mass_kg, height_m : float
        Body mass, 30 to 200 kg, and height, 1.2 to 2.3 m.

    Raises
    ------
    ValueError
        A sex without tables, a mass or height no adult has.

    Examples
    --------
    >>> man = Body("male", 75.0, 1.78)
    >>> round(man.leg_kg, 2), round(man.hip_distance_m, 3)
    (14.89, 0.176)
    """

    sex: str = "male"
    mass_kg: float = 75.0
    height_m: float = 1.78

    def __post_init__(self) -> None:
        """Refuse a body nobody has."""
        if self.sex not in SEXES:
            raise ValueError(f"sex: expected {' or '.join(SEXES)}, got {self.sex!r}. It chooses the segment table.")
        for name, low, high in (("mass_kg", 30, 200), ("height_m", 1.2, 2.3)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {getattr(self, name)!r}. Choose a person's value.")

    @property
    def hip_distance_m(self) -> float:
        """Distance between the hip centres."""
        return HIP_DISTANCE * self.height_m

    @property
    def leg_m(self) -> float:
        """Height of the hips above the floor, standing."""
        return LEG_LENGTH * self.height_m

    @property
    def thigh_m(self) -> float:
        """Length of the thigh."""
        return THIGH_LENGTH * self.height_m

    @property
    def shank_m(self) -> float:
        """Length of the shank."""
        return SHANK_LENGTH * self.height_m

    @property
    def pelvis_kg(self) -> float:
        """Mass of the lower trunk."""
        return LOWER_TRUNK_MASS[self.sex] * self.mass_kg

    @property
    def leg_kg(self) -> float:
        """Mass of one leg."""
        return (THIGH_MASS[self.sex] + SHANK_MASS[self.sex] + FOOT_MASS[self.sex]) * self.mass_kg

    @property
    def upper_kg(self) -> float:
        """Mass of everything above the pelvis."""
        return self.mass_kg - self.pelvis_kg - 2 * self.leg_kg

    @property
    def leg_com_m(self) -> float:
        """Distance of the leg's centre of mass below the hip."""
        thigh, shank, foot = THIGH_MASS[self.sex], SHANK_MASS[self.sex], FOOT_MASS[self.sex]
        below = thigh * THIGH_COM[self.sex] * self.thigh_m + shank * (self.thigh_m + SHANK_COM[self.sex] * self.shank_m)
        return (below + foot * (self.thigh_m + self.shank_m)) / (thigh + shank + foot)

"""Who trains: body, strength, fatigue, habits of form and of training, drawn from priors of the simulator's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from hiphitch_analysis.schema import ATHLETE_ID, SEXES
from hiphitch_analysis.simulate.body import Body
from hiphitch_analysis.simulate.fatigue import GENERAL, KNEE, Muscle

# --- Body. Assumption: adult runners; mean and standard deviation per sex. ---
HEIGHT_M = {"male": (1.79, 0.07), "female": (1.66, 0.06)}
BODY_MASS_INDEX = (22.0, 1.8)  # [kg/m²]

# --- Strength of the hip abductors [N·m/kg]. Means: eccentric, side-lying, 831 people, Ramskov 2014 (1.62 ± 0.38 men, 1.41 ± 0.33 women).
# Assumption: the members of a squad differ by about half as much as those 831, who differ by measurement error as well. ---
STRENGTH_NM_KG = {"male": (1.62, 0.18), "female": (1.41, 0.16)}
SIDE_SD = 0.04  # assumption: each side differs from the athlete's mean by this share

# --- Habits. All assumptions. ---
DROP_DEG = (7.5, 1.2)
RETURN_DEFICIT_DEG = (2.0, 1.0)  # at failure, around the 3° at which a raise is moderately short
TIRED_LEAN_DEG = (3.0, 2.5)  # at failure; some lean over the stance leg, a few pull with the oblique and lean the other way
TWIST_PER_DEG = (0.45, 0.08)
LEG_COUPLING = (1.0, 0.06)
PHASE_S = (1.0, 0.08)
VARIABILITY = (0.05, 0.11)  # lowest and highest coefficient of variation
WEEKLY_GAIN = (0.25, 0.10)  # on log(1 + weeks): strength grows with the logarithm of time, Steele 2022, doi:10.1080/02701367.2022.2070592
WEEKLY_GAIN_LEAST = 0.02
ATTENDANCE = (8.4, 3.6)  # beta distribution, mean .70: home-exercise adherence is reported from about .3 to .8
PAIN_RATE = 0.01  # chance per session that a painful spell begins
PAIN_LEVEL = 3.5  # pain at its beginning, 0–10


@dataclass(frozen=True, slots=True)
class Technique:
    """How one person does the exercise when fresh.

    Attributes
    ----------
    drop_deg : float
        Lowering of the free side from where a repetition begins [°].
    lower_s, raise_s : float
        Duration of lowering and raising [s].
    bottom_pause_s, pause_s : float
        Rest at the bottom and at the top [s].
    rotation_deg : float
        Axial rotation at the bottom, free side forward [°].
    rotation_per_deg, rotation_from_deg : float
        Extra rotation per degree of drop beyond this drop [°/°], [°]: too much drop makes the pelvis turn. Assumption.
    tilt_deg : float
        Anterior tilt at the bottom, in step with the drop [°].
    lean_deg : float
        Trunk toward the stance side throughout [°].
    thigh_flexion_deg, knee_flexion_deg : float
        The free leg, a little bent [°].
    leg_coupling : float
        How far the free leg turns with the pelvis in the frontal plane: 1 = hip and leg one unit, 0 = it hangs straight down [–].
    variability : float
        Coefficient of variation of amplitude and timing from repetition to repetition [–].
    beat_correction : float
        Share of a timing error made good at the next event: 0 = own pace that wanders, about 0.3 = following a metronome [–]. Assumption.
    sway : float
        Body sway as a multiple of a typical adult's; 0 = none [–].
    """

    drop_deg: float = 8.0
    lower_s: float = 1.0
    raise_s: float = 1.0
    bottom_pause_s: float = 0.0
    pause_s: float = 0.15
    rotation_deg: float = 2.0
    rotation_per_deg: float = 0.45
    rotation_from_deg: float = 9.0
    tilt_deg: float = 0.5
    lean_deg: float = 0.0
    thigh_flexion_deg: float = 8.0
    knee_flexion_deg: float = 20.0
    leg_coupling: float = 1.0
    variability: float = 0.08
    beat_correction: float = 0.3
    sway: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what nobody could do."""
        limits = {
            "drop_deg": (0.1, 30),
            "lower_s": (0.2, 20),
            "raise_s": (0.2, 20),
            "bottom_pause_s": (0, 60),
            "pause_s": (0, 60),
            "rotation_deg": (-30, 30),
            "rotation_per_deg": (0, 3),
            "rotation_from_deg": (0, 30),
            "tilt_deg": (-20, 20),
            "lean_deg": (-20, 20),
            "thigh_flexion_deg": (-10, 60),
            "knee_flexion_deg": (0, 100),
            "leg_coupling": (0, 1.5),
            "variability": (0, 0.3),
            "beat_correction": (0, 1),
            "sway": (0, 10),
        }
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {getattr(self, name)!r}. Choose a value a person could show.")


@dataclass(frozen=True, slots=True)
class Athlete:
    """One simulated athlete.

    Attributes
    ----------
    id : str
        Pseudonym, 1 to 32 letters, digits, - or _.
    body : Body
        Sex, mass and height.
    strength_left_nm_kg, strength_right_nm_kg : float
        Isometric strength of the hip abductors of that leg, per body mass [N·m/kg].
    muscle : Muscle
        How fast they tire and recover.
    technique : Technique
        Form when fresh.
    return_deficit_left_deg, return_deficit_right_deg : float
        How far below level the raise ends at failure, by stance side [°].
    tired_lean_deg : float
        Trunk toward the stance side at failure [°]; negative = toward the free side.
    weekly_gain : float
        Gain of the log capacity per unit of log(1 + weeks trained) [–].
    attendance : float
        Chance of coming to a planned session [0–1].
    absence_weeks : tuple of two floats or None
        First week and number of weeks away [weeks from the start].
    pain_rate : float
        Chance per session that a painful spell begins [0–1].
    pain_level : float
        Usual pain when a spell begins [0–10].
    pain_side : {"left", "right"} or None
        Where it hurts; None = a side drawn for each spell.
    """

    id: str = "A01"
    body: Body = field(default_factory=Body)
    strength_left_nm_kg: float = 1.6
    strength_right_nm_kg: float = 1.6
    muscle: Muscle = KNEE
    technique: Technique = field(default_factory=Technique)
    return_deficit_left_deg: float = 3.0
    return_deficit_right_deg: float = 3.0
    tired_lean_deg: float = 3.0
    weekly_gain: float = 0.25
    attendance: float = 0.7
    absence_weeks: tuple[float, float] | None = None
    pain_rate: float = PAIN_RATE
    pain_level: float = PAIN_LEVEL
    pain_side: str | None = None

    def __post_init__(self) -> None:
        """Refuse a pseudonym that could not be a file's name, and a strength nobody has."""
        if not re.match(ATHLETE_ID, self.id):
            raise ValueError(f"athlete id: expected 1 to 32 letters, digits, - or _, got {self.id!r}. Use a pseudonym such as 'A03'.")
        for name in ("strength_left_nm_kg", "strength_right_nm_kg"):
            if not 0.3 <= getattr(self, name) <= 10:
                raise ValueError(f"{name}: expected 0.3 to 10 N·m/kg, got {getattr(self, name)!r}. Adults have about 1 to 2.5.")

    @property
    def tires(self) -> bool:
        """False for somebody whose muscle spends nothing: form stays as it is and no set fails."""
        return self.muscle.fatigue_rate > 0

    def strength_nm(self, side: str) -> float:
        """Return the strength standing on `side` [N·m]."""
        return (self.strength_left_nm_kg if side == "left" else self.strength_right_nm_kg) * self.body.mass_kg

    def return_deficit_deg(self, side: str) -> float:
        """Return how far below level a raise ends at failure, standing on `side` [°]."""
        return self.return_deficit_left_deg if side == "left" else self.return_deficit_right_deg


# Whoever repeats one form for ever: the muscle spends nothing. For recordings whose form and number of repetitions are asked for.
TIRELESS = Athlete(id="tireless", muscle=Muscle(0.0, KNEE.recovery_rate))


def draw_athlete(id: str, rng: np.random.Generator) -> Athlete:  # noqa: A002 - the field's name in every table
    """Draw an athlete from the priors above.

    Parameters
    ----------
    id : str
        Pseudonym.
    rng : Generator

    Returns
    -------
    Athlete

    Examples
    --------
    >>> draw_athlete("A01", np.random.default_rng(0)).id
    'A01'
    """
    sex = str(rng.choice(SEXES))
    height = float(np.clip(rng.normal(*HEIGHT_M[sex]), 1.45, 2.05))
    mass = round(float(np.clip(rng.normal(*BODY_MASS_INDEX), 18, 27)) * height**2, 1)
    strength = float(np.clip(rng.normal(*STRENGTH_NM_KG[sex]), 0.8, 2.6)) * (1 + rng.normal(0, SIDE_SD, 2))
    deficit = np.maximum(0.0, rng.normal(*RETURN_DEFICIT_DEG, 2))
    technique = Technique(
        drop_deg=float(np.clip(rng.normal(*DROP_DEG), 4.5, 10)),
        lower_s=float(np.clip(rng.normal(*PHASE_S), 0.75, 1.4)),
        raise_s=float(np.clip(rng.normal(*PHASE_S), 0.75, 1.4)),
        rotation_per_deg=max(0.0, float(rng.normal(*TWIST_PER_DEG))),
        leg_coupling=float(np.clip(rng.normal(*LEG_COUPLING), 0.8, 1.2)),
        variability=float(rng.uniform(*VARIABILITY)),
    )
    return Athlete(
        id=id,
        body=Body(sex, mass, round(height, 2)),
        strength_left_nm_kg=float(strength[0]),
        strength_right_nm_kg=float(strength[1]),
        muscle=_draw_muscle(rng),
        technique=technique,
        return_deficit_left_deg=float(deficit[0]),
        return_deficit_right_deg=float(deficit[1]),
        tired_lean_deg=float(rng.normal(*TIRED_LEAN_DEG)),
        weekly_gain=max(WEEKLY_GAIN_LEAST, float(rng.normal(*WEEKLY_GAIN))),
        attendance=float(rng.beta(*ATTENDANCE)),
    )


def _draw_muscle(rng: np.random.Generator) -> Muscle:
    """Draw fatigue parameters between those of the knee and the general ones, both rates together.

    Assumption: a third of the way on average, which puts the side-lying hold of the drawn athletes near the one measured (104.8 ± 34.1 s).
    """
    share = rng.beta(1, 2)
    rates = [float(knee ** (1 - share) * general**share) for knee, general in zip(_rates(KNEE), _rates(GENERAL), strict=True)]
    return Muscle(*rates)


def _rates(muscle: Muscle) -> tuple[float, float]:
    return muscle.fatigue_rate, muscle.recovery_rate

"""Who trains: strength endurance, habits of form and of training, drawn from priors of the simulator's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from hiphitch_analysis.schema import ATHLETE_ID, SEXES

# --- Body. Assumption: adult runners; mean and standard deviation per sex. ---
HEIGHT_M = {"male": (1.79, 0.07), "female": (1.66, 0.06)}
BODY_MASS_INDEX = (22.0, 1.8)  # [kg/m²]

# --- Strength endurance: capacity = good repetitions in a fresh set to failure. No published course of the hip hitch was found. ---
# Assumption: about 25 at the start. For comparison, single-leg heel rises to failure at this cadence: 37 (men) and 30 (women) in their twenties,
# Hébert-Losier 2017, doi:10.1016/j.physio.2017.03.002.
LOG_CAPACITY = (float(np.log(25.0)), 0.30)
# Assumption: gain on log(1 + weeks), so that 25 become 47 in twelve weeks on average. That strength grows with the logarithm of time:
# Steele 2022, doi:10.1080/02701367.2022.2070592.
WEEKLY_GAIN = (0.25, 0.10)
WEEKLY_GAIN_LEAST = 0.02
SIDE_SD = 0.08  # assumption: difference of each side from the athlete's mean, in log capacity

# --- Habits. All assumptions. ---
DROP_DEG = (7.5, 1.2)
RETURN_DEFICIT_DEG = (1.0, 0.5)  # at failure
TWIST_PER_DEG = (0.45, 0.08)
PHASE_S = (1.0, 0.08)
VARIABILITY = (0.05, 0.11)  # lowest and highest coefficient of variation
ATTENDANCE = (8.4, 3.6)  # beta distribution, mean .70: home-exercise adherence is reported from about .3 to .8
PAIN_RATE = 0.01  # chance per session that a painful spell begins
PAIN_LEVEL = 3.5  # pain at its beginning, 0–10


@dataclass(frozen=True, slots=True)
class Athlete:
    """One simulated athlete.

    Attributes
    ----------
    id : str
        Pseudonym, 1 to 32 letters, digits, - or _.
    sex : {"male", "female"}
    mass_kg, height_m : float
        Body mass [kg] and height [m].
    log_capacity_left, log_capacity_right : float
        Natural logarithm of the repetitions to failure standing on that leg, fresh, in week 0 [log repetitions].
    weekly_gain : float
        Gain of the log capacity per unit of log(1 + weeks trained) [–].
    drop_deg : float
        Drop the athlete aims at [°].
    return_deficit_left_deg, return_deficit_right_deg : float
        How far below level the raise ends at failure, by stance side [°].
    twist_per_deg : float
        Axial rotation per degree of drop beyond 9° [°/°].
    lower_s, raise_s : float
        Tempo [s].
    variability : float
        Coefficient of variation from repetition to repetition [–].
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

    id: str
    sex: str
    mass_kg: float
    height_m: float
    log_capacity_left: float
    log_capacity_right: float
    weekly_gain: float
    drop_deg: float = 7.5
    return_deficit_left_deg: float = 1.0
    return_deficit_right_deg: float = 1.0
    twist_per_deg: float = 0.45
    lower_s: float = 1.0
    raise_s: float = 1.0
    variability: float = 0.08
    attendance: float = 0.7
    absence_weeks: tuple[float, float] | None = None
    pain_rate: float = PAIN_RATE
    pain_level: float = PAIN_LEVEL
    pain_side: str | None = None

    def __post_init__(self) -> None:
        """Refuse a pseudonym that could not be a file's name."""
        if not re.match(ATHLETE_ID, self.id):
            raise ValueError(f"athlete id: expected 1 to 32 letters, digits, - or _, got {self.id!r}. Use a pseudonym such as 'A03'.")

    def log_capacity(self, side: str) -> float:
        """Return the log capacity in week 0 standing on `side`."""
        return self.log_capacity_left if side == "left" else self.log_capacity_right

    def return_deficit_deg(self, side: str) -> float:
        """Return how far below level a raise ends at failure, standing on `side` [°]."""
        return self.return_deficit_left_deg if side == "left" else self.return_deficit_right_deg


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
    level = rng.normal(*LOG_CAPACITY)
    left, right = level + rng.normal(0, SIDE_SD, 2)
    deficit = np.maximum(0.0, rng.normal(*RETURN_DEFICIT_DEG, 2))
    return Athlete(
        id=id,
        sex=sex,
        mass_kg=round(float(np.clip(rng.normal(*BODY_MASS_INDEX), 18, 27)) * height**2, 1),
        height_m=round(height, 2),
        log_capacity_left=float(left),
        log_capacity_right=float(right),
        weekly_gain=max(WEEKLY_GAIN_LEAST, float(rng.normal(*WEEKLY_GAIN))),
        drop_deg=float(np.clip(rng.normal(*DROP_DEG), 4.5, 10)),
        return_deficit_left_deg=float(deficit[0]),
        return_deficit_right_deg=float(deficit[1]),
        twist_per_deg=max(0.0, float(rng.normal(*TWIST_PER_DEG))),
        lower_s=float(np.clip(rng.normal(*PHASE_S), 0.75, 1.4)),
        raise_s=float(np.clip(rng.normal(*PHASE_S), 0.75, 1.4)),
        variability=float(rng.uniform(*VARIABILITY)),
        attendance=float(rng.beta(*ATTENDANCE)),
    )

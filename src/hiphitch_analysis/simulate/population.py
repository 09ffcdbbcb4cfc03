"""Who a squad is to a training log: latent log-capacity, how it grows over the weeks, and when 3×45 comes within reach.

The logarithm of the repetitions to failure is ``level + side + slope · f(week)`` on a usual day, fresh and without ankle weight. One shape f per
growth law, each with f(0) = 0 and f′(0) = 1, so that `slope` is the gain per week at the start under every law:

=========== ===================== =======================
linear      week                  never ends
saturating  (1 − exp(−k week))/k  ends at level + slope/k
log         log(1 + week)         ever slower
=========== ===================== =======================
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LAWS = ("linear", "saturating", "log")
GOAL_SETS, GOAL_REPS = 3, 45
# The fatigue model 3CC-r at 45 % of maximum with 60 s of rest gives 37 repetitions in a third set after 2×20 but 33 after 2×45: log capacity per
# repetition done before. The same model gives 27 repetitions with an ankle weight of 3 kg where 32 are possible without: per kg.
PER_REP_BEFORE = math.log(33 / 37) / 50
PER_ANKLE_KG = math.log(27 / 32) / 3


@dataclass(frozen=True, slots=True)
class Population:
    """Where the athletes of a squad come from, and what acts on all of them. All effects are on the logarithm of capacity.

    Pairs are mean and standard deviation of a normal distribution over athletes. Only those of the growth law matter.

    Attributes
    ----------
    law : {"linear", "saturating", "log"}
        Growth law.
    level : pair
        Log-repetitions to failure in week 0.
    slope : pair
        Linear law: gain per week [1/week].
    asymptote : pair
        Saturating law: log-repetitions where growth ends. Its spread is an assumption.
    rate : pair
        Saturating law: median of the rate [1/week] and standard deviation of its logarithm.
    gain : pair
        Log law: gain per unit of log(1 + week).
    correlation : float
        Between an athlete's level and slope, asymptote or gain [−1–1].
    side_sd : float
        Each side's own effect.
    session_sd, side_session_sd, set_sd : float
        The day, the side on that day, the set.
    set_factor : float
        Capacity falls to this share from each set of a session to the next [–].
    per_rep_before : float
        Effect of each repetition done before on that side in the session; 0 = none, `PER_REP_BEFORE` = as the fatigue model has it.
    after_failure : float
        Effect on the set that follows one to failure on the same side; 0 = none.
    per_ankle_kg : float
        Effect of ankle weight [1/kg].

    Raises
    ------
    ValueError
        An unknown law, a negative spread, a factor, rate or correlation out of range.

    Notes
    -----
    The set factor multiplies once per further set (0.95, 0.9025 …): of the two readings of "set factor .95" only this one makes a set effect
    counted twice cost two weeks, which is what was reported of the generator that these settings come from (2 · log .95 / .055 = 1.9 weeks).
    """

    law: str = "linear"
    level: tuple[float, float] = (math.log(22), 0.30)
    slope: tuple[float, float] = (0.055, 0.02)
    asymptote: tuple[float, float] = (math.log(62), 0.20)
    rate: tuple[float, float] = (0.12, 0.45)
    gain: tuple[float, float] = (0.25, 0.10)
    correlation: float = 0.0
    side_sd: float = 0.06
    session_sd: float = 0.06
    side_session_sd: float = 0.05
    set_sd: float = 0.04
    set_factor: float = 0.95
    per_rep_before: float = 0.0
    after_failure: float = 0.0
    per_ankle_kg: float = PER_ANKLE_KG

    def __post_init__(self) -> None:
        """Refuse what nobody could be drawn from."""
        if self.law not in LAWS:
            raise ValueError(f"law: expected {', '.join(LAWS)}, got {self.law!r}. It is how capacity grows over the weeks.")
        for name in ("level", "slope", "asymptote", "rate", "gain"):
            mean, spread = getattr(self, name)
            if not (math.isfinite(mean) and 0 <= spread < math.inf):
                raise ValueError(f"{name}: expected a mean and a standard deviation of 0 or more, got {(mean, spread)}. Give both as numbers.")
        for name in ("side_sd", "session_sd", "side_session_sd", "set_sd"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name}: expected a standard deviation of 0 or more, got {getattr(self, name)!r}. 0 switches it off.")
        if not (self.rate[0] > 0 and 0 < self.set_factor <= 1.5 and -1 <= self.correlation <= 1):
            got = (self.rate[0], self.set_factor, self.correlation)
            raise ValueError(f"rate, set_factor, correlation: expected above 0, above 0 up to 1.5, −1 to 1, got {got}. See Population.")


@dataclass(frozen=True, slots=True)
class Squad:
    """The true parameters of n athletes. `draw_squad` makes it from a `Population`; priors of another form can fill it directly.

    Attributes
    ----------
    population : Population
        Its law and its effects hold for every athlete.
    level : ndarray, shape (n,)
        Log-repetitions to failure in week 0, mean of the sides.
    side : ndarray, shape (n, 2)
        What left and right add to it.
    slope : ndarray, shape (n,)
        Gain of log-repetitions per week in week 0.
    rate : ndarray, shape (n,)
        Rate k of the saturating law [1/week]; not looked at under the other laws.
    """

    population: Population
    level: Array
    side: Array
    slope: Array
    rate: Array

    def __post_init__(self) -> None:
        """Refuse parameters that do not belong together."""
        n = len(self.level)
        shapes = [np.shape(values) for values in (self.level, self.side, self.slope, self.rate)]
        if n < 1 or shapes != [(n,), (n, 2), (n,), (n,)]:
            raise ValueError(f"squad: expected level (n,), side (n, 2), slope (n,), rate (n,) of the same n athletes, got shapes {shapes}.")
        if not all(np.isfinite(values).all() for values in (self.level, self.side, self.slope)):
            raise ValueError("squad: expected finite level, side and slope, got NaN or infinity. Every athlete needs all three.")
        if self.population.law == "saturating" and not (self.rate > 0).all():
            raise ValueError(f"squad: expected rates above 0 under the saturating law, got {self.rate.min()}. Growth that never ends is linear.")

    @property
    def ids(self) -> tuple[str, ...]:
        """Pseudonyms: A01, A02 and so on."""
        return tuple(f"A{i + 1:02d}" for i in range(len(self.level)))

    @property
    def asymptote(self) -> Array:
        """Log-repetitions where growth ends, mean of the sides, shape (n,); infinite but under the saturating law."""
        if self.population.law == "saturating":
            return self.level + self.slope / self.rate
        return np.full(len(self.level), np.inf)


def draw_squad(athletes: int = 40, population: Population | None = None, seed: int = 0) -> Squad:
    """Draw the true parameters of a squad.

    Parameters
    ----------
    athletes : int
        How many, at least 1.
    population : Population, optional
        Where from; by default the reference settings with linear growth.
    seed : int
        Seed, 0 or more. The first athletes stay the same when more are drawn, and keep their level and sides under another law.

    Returns
    -------
    Squad

    Raises
    ------
    ValueError
        No athlete, a negative seed.

    Examples
    --------
    >>> squad = draw_squad(3, seed=1)
    >>> squad.level.shape, squad.side.shape
    ((3,), (3, 2))
    """
    if athletes < 1 or seed < 0:
        raise ValueError(f"athletes, seed: expected at least 1, and 0 or more, got {athletes!r} and {seed!r}. A squad has 10 to 40.")
    people = population or Population()
    drawn = np.array([np.random.default_rng([seed, 8, i]).standard_normal(5) for i in range(athletes)])
    z_level, z_rate = drawn[:, 0], drawn[:, 4]
    z_growth = people.correlation * z_level + math.sqrt(1 - people.correlation**2) * drawn[:, 1]
    level = people.level[0] + people.level[1] * z_level
    rate = np.full(athletes, np.nan)
    if people.law == "saturating":
        rate = people.rate[0] * np.exp(people.rate[1] * z_rate)
        slope = (people.asymptote[0] + people.asymptote[1] * z_growth - level) * rate
    else:
        mean, spread = people.slope if people.law == "linear" else people.gain
        slope = mean + spread * z_growth
    return Squad(people, level, people.side_sd * drawn[:, 2:4], slope, rate)


def growth_at(squad: Squad, weeks: ArrayLike) -> Array:
    """Return the log-repetitions gained since week 0.

    Parameters
    ----------
    squad : Squad
    weeks : array_like, shape (), (n,) or (n, m)
        Weeks of training.

    Returns
    -------
    ndarray, shape (n,) or (n, m)

    Examples
    --------
    >>> squad = Squad(Population("log"), np.array([3.0]), np.zeros((1, 2)), np.array([0.25]), np.array([np.nan]))
    >>> growth_at(squad, [[0.0, np.e - 1]])
    array([[0.  , 0.25]])
    """
    week = np.asarray(weeks, float)
    slope, rate = _beside(squad.slope, week), _beside(squad.rate, week)
    if squad.population.law == "linear":
        return np.asarray(slope * week)
    if squad.population.law == "log":
        return np.asarray(slope * np.log1p(week))
    return np.asarray(slope * -np.expm1(-rate * week) / rate)


def slope_at(squad: Squad, weeks: ArrayLike) -> Array:
    """Return the gain of log-repetitions per week at that very week; arguments and shape as for `growth_at`.

    Examples
    --------
    >>> squad = Squad(Population("log"), np.array([3.0]), np.zeros((1, 2)), np.array([0.25]), np.array([np.nan]))
    >>> slope_at(squad, 4.0)
    array([0.05])
    """
    week = np.asarray(weeks, float)
    slope, rate = _beside(squad.slope, week), _beside(squad.rate, week)
    if squad.population.law == "linear":
        return np.asarray(slope * np.ones_like(week))
    if squad.population.law == "log":
        return np.asarray(slope / (1 + week))
    return np.asarray(slope * np.exp(-rate * week))


def weeks_to_gain(squad: Squad, gain: Array) -> Array:
    """Return the weeks of training until growth comes to `gain`, exactly: the growth law is inverted.

    Parameters
    ----------
    squad : Squad
    gain : ndarray, shape (n,)
        Wanted gain of log capacity since week 0.

    Returns
    -------
    ndarray, shape (n,)
        Weeks of training; 0 where nothing is wanted, infinite where growth never comes to it.

    Examples
    --------
    >>> squad = Squad(Population(), np.array([3.0]), np.zeros((1, 2)), np.array([0.05]), np.array([np.nan]))
    >>> weeks_to_gain(squad, np.array([0.6]))
    array([12.])
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shape = gain / squad.slope  # f(week) has to come to this
        if squad.population.law == "linear":
            week = shape
        elif squad.population.law == "log":
            week = np.expm1(shape)
        else:
            week = np.where(squad.rate * shape < 1, -np.log1p(-squad.rate * shape) / squad.rate, np.inf)
    return np.where(gain <= 0, 0.0, np.where(squad.slope > 0, week, np.inf))


def weeks_to_goal(squad: Squad) -> Array:
    """Return the weeks of training until 3×45 is within reach.

    That is when the third set of the weaker side has a capacity of 45 on a day without noise (no effect of day, side on that day and set), after two
    sets of 45 on that side.

    Parameters
    ----------
    squad : Squad

    Returns
    -------
    ndarray, shape (n,)
        Weeks of training; 0 where it is within reach from the start, infinite where it never is.

    Examples
    --------
    >>> fresh = np.log(45 / 0.95**2)  # what it takes in week 0
    >>> squad = Squad(Population(), np.array([fresh - 0.5]), np.array([[0.0, -0.1]]), np.array([0.05]), np.array([np.nan]))
    >>> weeks_to_goal(squad).round(9)  # 0.6 missing on the right, 0.05 gained per week
    array([12.])
    """
    effects = squad.population
    tired = (GOAL_SETS - 1) * (math.log(effects.set_factor) + effects.per_rep_before * GOAL_REPS)
    return weeks_to_gain(squad, math.log(GOAL_REPS) - tired - (squad.level + squad.side.min(axis=1)))


def _beside(values: Array, weeks: Array) -> Array:
    """Give one value per athlete the axes of `weeks`."""
    return values[:, None] if weeks.ndim == 2 else values

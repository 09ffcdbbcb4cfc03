"""What a squad plans, and what becomes of it: sessions, the ladder, attendance, illness, early stops, slips in the log."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.simulate.courses import ClimbLadder
from hiphitch_analysis.simulate.log import COMPLETE_TO_ADVANCE, LADDER, RESTART_GAP_DAYS, TECHNIQUE_STOP, WEEKDAYS
from hiphitch_analysis.simulate.policy import check_steps

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

BODY_MASS_KG = (70.0, 9.0)  # assumption: adult runners of both sexes


@dataclass(frozen=True, slots=True)
class Season:
    """How a squad trains and how it keeps its log; the defaults are those of the reference: everybody comes, nothing hurts, no slips.

    `ladder`, `complete_to_advance`, `restart_after_days`, `ankle_step_kg` and `uncapped_every` make the policy that a squad follows where no other is
    given.

    Attributes
    ----------
    weekdays : tuple of int
        Planned sessions, days after the first of each week [0–6].
    ladder : tuple of (sets, repetitions)
        Prescriptions in order.
    complete_to_advance : int
        Complete sessions in a row that move both sides up.
    restart_after_days : float
        A longer gap between sessions puts an athlete one step lower.
    ankle_step_kg : float
        Ankle weight added with each step beyond the ladder's end [kg], up to 10 kg; 0 = the last step is repeated.
    uncapped_every : int
        In every so many-th session of an athlete the last set is done without a cap (AMRAP); 0 = never.
    attendance, attendance_sd : float
        Chance of coming to a planned session [0–1]: mean and standard deviation over athletes (beta distribution).
    illness_rate : float
        Chance per athlete and week that an illness begins [0–1]. Whoever is ill stays away, and does not grow meanwhile.
    illness_weeks : tuple of two float
        Shortest and longest illness [weeks].
    technique_share : float
        Share of failures where form, not strength, ends the set [0–1]; capacity counts good repetitions, so both end it.
    pain_stops, other_stops : float
        Chance that pain, or something else, ends a set early [0–1].
    early : tuple of two float
        Least and largest share of what was possible that such a set comes to [0–1].
    rpe_error_sd : float
        Error of rated exertion around ten times the share of capacity used [points].
    typo_rate : float
        Chance that the last digit of the repetitions is left out in the log: 2 for 20 [0–1].

    Raises
    ------
    ValueError
        A chance outside 0–1, a ladder without steps, a weekday that is none.
    """

    weekdays: tuple[int, ...] = WEEKDAYS
    ladder: tuple[tuple[int, int], ...] = LADDER
    complete_to_advance: int = COMPLETE_TO_ADVANCE
    restart_after_days: float = RESTART_GAP_DAYS
    ankle_step_kg: float = 0.0
    uncapped_every: int = 0
    attendance: float = 1.0
    attendance_sd: float = 0.0
    illness_rate: float = 0.0
    illness_weeks: tuple[float, float] = (1.0, 2.0)
    technique_share: float = TECHNIQUE_STOP
    pain_stops: float = 0.0
    other_stops: float = 0.0
    early: tuple[float, float] = (0.4, 0.9)
    rpe_error_sd: float = 0.7
    typo_rate: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a season nobody could train."""
        for name in ("attendance", "illness_rate", "technique_share", "pain_stops", "other_stops", "typo_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: expected 0 to 1, got {getattr(self, name)!r}. It is a chance.")
        if self.pain_stops + self.other_stops > 1:
            raise ValueError(f"pain_stops, other_stops: expected at most 1 together, got {self.pain_stops + self.other_stops!r}. Lower one.")
        if self.attendance_sd < 0 or self.attendance_sd**2 >= max(self.attendance * (1 - self.attendance), 1e-12):
            most = math.sqrt(self.attendance * (1 - self.attendance))
            raise ValueError(f"attendance_sd: expected 0 to below {most:.2f} around {self.attendance!r}, got {self.attendance_sd!r}. Lower it.")
        if not self.weekdays or sorted(set(self.weekdays)) != list(self.weekdays) or not set(self.weekdays) <= set(range(7)):
            raise ValueError(f"weekdays: expected rising days from 0 to 6, got {self.weekdays}. Three sessions a week are (0, 2, 4).")
        check_steps(self.ladder)
        ranges = (("illness_weeks", self.illness_weeks, math.inf), ("early", self.early, 1))
        for name, (low, high), most in ranges:
            if not 0 <= low <= high <= most:
                raise ValueError(f"{name}: expected the least, then the largest value, got {(low, high)}. Turn them round.")
        least = (("complete_to_advance", 1), ("restart_after_days", 0), ("ankle_step_kg", 0), ("uncapped_every", 0), ("rpe_error_sd", 0))
        for name, low in least:
            if not getattr(self, name) >= low:
                raise ValueError(f"{name}: expected {low} or more, got {getattr(self, name)!r}. See Season.")

    @property
    def policy(self) -> ClimbLadder:
        """The policy of a squad that follows no other."""
        return ClimbLadder(
            self.ladder, self.complete_to_advance, 0, self.restart_after_days, ankle_step_kg=self.ankle_step_kg, uncapped_every=self.uncapped_every
        )


@dataclass(frozen=True, slots=True)
class Calendar:
    """When n athletes come to m planned sessions.

    Attributes
    ----------
    days : ndarray, shape (m,)
        Planned sessions, days since the first one.
    came : ndarray of bool, shape (n, m)
    trained_weeks : ndarray, shape (n, m)
        Weeks that count as training: all but those of illness.
    attendance : ndarray, shape (n,)
        Each athlete's chance of coming [0–1].
    body_mass_kg : ndarray, shape (n,)
    ill_days : ndarray of bool, shape (n, d)
        Illness on each day of the season.
    """

    days: Array
    came: Flags
    trained_weeks: Array
    attendance: Array
    body_mass_kg: Array
    ill_days: Flags


def plan_calendar(season: Season, athletes: int, weeks: float, seed: int) -> Calendar:
    """Draw who comes when; an athlete's calendar depends neither on the others nor on how long the season is.

    Parameters
    ----------
    season : Season
    athletes : int
    weeks : float
        Length of the season, up to 520 [weeks].
    seed : int
        0 or more.

    Returns
    -------
    Calendar

    Raises
    ------
    ValueError
        No week or too many, a negative seed.
    """
    if not 0 < weeks <= 520:
        raise ValueError(f"weeks: expected more than 0 and at most 520, got {weeks!r}. A season has 8 to 52.")
    if seed < 0:
        raise ValueError(f"seed: expected 0 or more, got {seed!r}. Any whole number will do.")
    whole = math.ceil(weeks)
    days = np.array([7 * week + day for week in range(whole) for day in season.weekdays if 7 * week + day < 7 * weeks], float)
    attendance, mass = np.empty(athletes), np.empty(athletes)
    ill = np.zeros((athletes, 7 * whole), bool)
    came = np.empty((athletes, len(days)), bool)
    for i in range(athletes):
        rng = np.random.default_rng([seed, 9, i])
        habits, chance = np.random.default_rng(rng.integers(2**63)), np.random.default_rng(rng.integers(2**63))
        mass[i] = round(float(np.clip(habits.normal(*BODY_MASS_KG), 45, 110)), 1)
        attendance[i] = _draw_attendance(season, habits)
        came[i] = chance.random(len(days)) < attendance[i]
        for week, (begins, length, day) in enumerate(rng.random((whole, 3)) if season.illness_rate > 0 else ()):
            if begins < season.illness_rate:
                first, low_high = 7 * week + int(7 * day), season.illness_weeks
                ill[i, first : first + round(7 * (low_high[0] + length * (low_high[1] - low_high[0])))] = True
    lost = np.hstack([np.zeros((athletes, 1)), ill.cumsum(axis=1)])  # days of illness before each day
    at = days.astype(int)
    return Calendar(days, came & ~ill[:, at], (days - lost[:, at]) / 7, attendance, mass, ill)


def when_trained(calendar: Calendar, weeks: Array) -> Array:
    """Return the calendar week in which so many weeks of training are done, shape (n,); beyond the season nobody is ill.

    Parameters
    ----------
    calendar : Calendar
    weeks : ndarray, shape (n,)
        Weeks of training; infinite stays infinite.

    Returns
    -------
    ndarray, shape (n,)
    """
    out = weeks + calendar.ill_days.sum(axis=1) / 7
    for i in np.flatnonzero(calendar.ill_days.any(axis=1)):
        well = np.flatnonzero(~calendar.ill_days[i])
        if weeks[i] == 0:
            out[i] = 0.0
        elif 7 * weeks[i] <= len(well):
            last = math.ceil(7 * weeks[i]) - 1  # the day of training in which it is done
            out[i] = (well[last] + 7 * weeks[i] - last) / 7
    return np.asarray(out)


def _draw_attendance(season: Season, rng: np.random.Generator) -> float:
    if season.attendance_sd == 0:
        return season.attendance
    mean = season.attendance
    both = mean * (1 - mean) / season.attendance_sd**2 - 1
    return float(rng.beta(mean * both, (1 - mean) * both))

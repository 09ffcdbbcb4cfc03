"""The policies there are: a ladder climbed step by step, a timetable, open sets that tell the next prescription, and every set to failure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiphitch_analysis.simulate.log import ANKLE_MOST_KG, COMPLETE_TO_ADVANCE, LADDER, RESTART_GAP_DAYS
from hiphitch_analysis.simulate.policy import Course, Flags, Policy, Prescribed, Shown, Steps, check_steps
from hiphitch_analysis.simulate.population import GOAL_REPS, GOAL_SETS


def fine_ladder(by: int) -> Steps:
    """Return the ladder from 2×20 to 3×45 in steps of so many repetitions; the third set comes at 30, as on the standard ladder.

    Examples
    --------
    >>> fine_ladder(5) == LADDER
    True
    >>> fine_ladder(8)
    ((2, 20), (2, 28), (2, 30), (3, 30), (3, 38), (3, 45))
    """
    if by < 1:
        raise ValueError(f"by: expected at least 1 repetition, got {by!r}. Such as 2.")
    return (*((2, reps) for reps in (*range(20, 30, by), 30)), *((GOAL_SETS, reps) for reps in (*range(30, GOAL_REPS, by), GOAL_REPS)))


@dataclass(frozen=True, slots=True)
class ClimbLadder:
    """Step by step, up after complete sessions. The defaults are the standard ladder.

    Attributes
    ----------
    ladder : tuple of (sets, repetitions)
        Prescriptions in order; the last one is repeated.
    complete_to_advance : int
        Complete sessions in a row that move both sides up.
    failed_to_step_back : int
        Incomplete sessions in a row that move both sides one step down; 0 = never.
    restart_after_days : float
        A longer gap between sessions puts an athlete one step lower.
    ankle_step_kg : float
        Ankle weight added with each step beyond the ladder's end [kg], up to 10 kg; 0 = none.
    uncapped_every : int
        In every so many-th session of an athlete the last set has no cap; 0 = never.

    Raises
    ------
    ValueError
        A ladder without steps, a number out of range.

    Examples
    --------
    >>> course = ClimbLadder().start(1)
    >>> everybody = np.array([True])
    >>> for day in (0, 2, 4):  # two complete sessions, and up
    ...     asked = course.prescribe(day, everybody)
    ...     reps = np.full((1, 3, 2), asked.reps[0])
    ...     course.note(Shown(everybody, asked, reps, np.zeros_like(reps)))
    >>> int(asked.sets[0]), int(asked.reps[0])
    (2, 25)
    """

    ladder: Steps = LADDER
    complete_to_advance: int = COMPLETE_TO_ADVANCE
    failed_to_step_back: int = 0
    restart_after_days: float = RESTART_GAP_DAYS
    ankle_step_kg: float = 0.0
    uncapped_every: int = 0

    def __post_init__(self) -> None:
        """Refuse what nobody could follow."""
        check_steps(self.ladder)
        least = {"complete_to_advance": 1, "failed_to_step_back": 0, "restart_after_days": 0, "ankle_step_kg": 0, "uncapped_every": 0}
        for name, low in least.items():
            if not getattr(self, name) >= low:
                raise ValueError(f"{name}: expected {low} or more, got {getattr(self, name)!r}. See ClimbLadder.")

    @property
    def most_sets(self) -> int:
        """The largest number of sets on the ladder."""
        return max(sets for sets, _ in self.ladder)

    def start(self, athletes: int) -> Course:
        """Put everybody on the first step."""
        return _Climbers(self, athletes)


class _Climbers:
    """Where each of n athletes stands on a ladder."""

    def __init__(self, policy: ClimbLadder, athletes: int) -> None:
        self._policy, self._steps = policy, np.array(policy.ladder)
        self._step, self._complete, self._failed, self._sessions = np.zeros((4, athletes), np.int64)
        self._last_day = np.full(athletes, np.nan)

    def prescribe(self, day: float, came: Flags) -> Prescribed:
        gap = came & (day - self._last_day > self._policy.restart_after_days)
        self._step = np.where(gap, np.maximum(0, self._step - 1), self._step)
        self._complete, self._failed = (np.where(gap, 0, count) for count in (self._complete, self._failed))
        self._last_day = np.where(came, day, self._last_day)
        self._sessions = self._sessions + came
        sets, reps = self._steps[np.minimum(self._step, len(self._steps) - 1)].T
        ankle_kg = np.minimum(ANKLE_MOST_KG, self._policy.ankle_step_kg * np.maximum(0, self._step - len(self._steps) + 1))
        every = self._policy.uncapped_every
        open_sets = (self._sessions % every == 0).astype(np.int64) if every else np.zeros_like(sets)
        return Prescribed(sets, reps, ankle_kg, open_sets)

    def note(self, shown: Shown) -> None:
        complete, down_after = shown.complete, self._policy.failed_to_step_back
        self._complete = np.where(shown.came, np.where(complete, self._complete + 1, 0), self._complete)
        self._failed = np.where(shown.came, np.where(complete, 0, self._failed + 1), self._failed)
        up = self._complete >= self._policy.complete_to_advance
        down = (self._failed >= down_after) & (down_after > 0)
        self._step = np.maximum(0, self._step + up - down)
        self._complete, self._failed = np.where(up, 0, self._complete), np.where(down, 0, self._failed)


@dataclass(frozen=True, slots=True)
class KeepTimetable:
    """One step up every so many weeks since an athlete's first session, whatever happened.

    Attributes
    ----------
    weeks_per_step : float
    ladder : tuple of (sets, repetitions)

    Raises
    ------
    ValueError
        A ladder without steps, no time per step.
    """

    weeks_per_step: float = 1.0
    ladder: Steps = LADDER

    def __post_init__(self) -> None:
        """Refuse what nobody could follow."""
        check_steps(self.ladder)
        if not 0 < self.weeks_per_step < math.inf:
            raise ValueError(f"weeks_per_step: expected more than 0, got {self.weeks_per_step!r}. 1 is a step a week.")

    @property
    def most_sets(self) -> int:
        """The largest number of sets on the ladder."""
        return max(sets for sets, _ in self.ladder)

    def start(self, athletes: int) -> Course:
        """Wait for everybody's first session."""
        return _OnTime(self, athletes)


class _OnTime:
    """When each of n athletes began."""

    def __init__(self, policy: KeepTimetable, athletes: int) -> None:
        self._policy, self._steps, self._first_day = policy, np.array(policy.ladder), np.full(athletes, np.nan)

    def prescribe(self, day: float, came: Flags) -> Prescribed:
        self._first_day = np.where(came & np.isnan(self._first_day), day, self._first_day)
        weeks = np.where(came, day - self._first_day, 0.0) / 7
        step = np.floor(weeks / self._policy.weeks_per_step + 1e-9).astype(np.int64)  # 0.3 weeks three times are 0.9
        sets, reps = self._steps[np.minimum(step, len(self._steps) - 1)].T
        return Prescribed(sets, reps, np.zeros(len(came)), np.zeros_like(sets))

    def note(self, shown: Shown) -> None:
        """Nothing that happens matters."""


@dataclass(frozen=True, slots=True)
class FollowOpenSet:
    """An open last set in the first and then every so many-th session; a share of what the weaker side reached in it is prescribed until the next.

    Attributes
    ----------
    every : int
        Sessions from one open set to the next.
    share : float
        Share of the repetitions reached that is prescribed [0–1].
    fewest : int
        Never fewer repetitions than this.
    ladder : tuple of (sets, repetitions)
        Where it begins; and as many sets go with a number of repetitions as on its highest step that asks for no more.

    Raises
    ------
    ValueError
        A ladder without steps, a number out of range.
    """

    every: int = 4
    share: float = 0.9
    fewest: int = 10
    ladder: Steps = LADDER

    def __post_init__(self) -> None:
        """Refuse what nobody could follow."""
        check_steps(self.ladder)
        if not (self.every >= 1 and 0 < self.share <= 1 and self.fewest >= 1):
            got = (self.every, self.share, self.fewest)
            raise ValueError(f"every, share, fewest: expected at least 1, above 0 up to 1, at least 1, got {got}. See FollowOpenSet.")

    @property
    def most_sets(self) -> int:
        """The largest number of sets on the ladder."""
        return max(sets for sets, _ in self.ladder)

    def start(self, athletes: int) -> Course:
        """Begin with the ladder's first step, its last set open."""
        return _Tested(self, athletes)


class _Tested:
    """What the last open set of each of n athletes led to."""

    def __init__(self, policy: FollowOpenSet, athletes: int) -> None:
        self._policy, self._steps = policy, np.array(policy.ladder)
        self._reps, self._sessions = np.full(athletes, policy.ladder[0][1]), np.zeros(athletes, np.int64)

    def prescribe(self, day: float, came: Flags) -> Prescribed:
        self._sessions = self._sessions + came
        fits = self._steps[:, 1] <= self._reps[:, None]
        highest = np.where(fits, np.arange(len(self._steps)), 0).max(axis=1)
        test = came & ((self._sessions - 1) % self._policy.every == 0)
        return Prescribed(self._steps[highest, 0], self._reps, np.zeros(len(came)), test.astype(np.int64))

    def note(self, shown: Shown) -> None:
        reached, cut_short = shown.last_set()
        told = shown.came & (shown.asked.open_sets > 0) & ~cut_short
        share = np.floor(self._policy.share * reached + 1e-9).astype(np.int64)  # 0.29 · 100 are 29
        self._reps = np.where(told, np.clip(share, self._policy.fewest, self._policy.ladder[-1][1]), self._reps)


@dataclass(frozen=True, slots=True)
class GoToFailure:
    """Every set of every session to failure, the unwise extreme; what the goal asks for stands beside it in the log.

    Attributes
    ----------
    sets, reps : int
    """

    sets: int = GOAL_SETS
    reps: int = GOAL_REPS

    def __post_init__(self) -> None:
        """Refuse what nobody could follow."""
        check_steps(((self.sets, self.reps),))

    @property
    def most_sets(self) -> int:
        """As many as there are."""
        return self.sets

    def start(self, athletes: int) -> Course:
        """Ask for the same in every session."""
        return _Same(self)


class _Same:
    """The same in every session."""

    def __init__(self, policy: GoToFailure) -> None:
        self._policy = policy

    def prescribe(self, day: float, came: Flags) -> Prescribed:
        sets, reps = (np.full(len(came), number) for number in (self._policy.sets, self._policy.reps))
        return Prescribed(sets, reps, np.zeros(len(came)), sets)

    def note(self, shown: Shown) -> None:
        """Nothing that happens matters."""


# Names as a coach would say them. "3×45 from the first day" stops at 45, so that it shows 3×45 as early as anything can.
POLICIES: dict[str, Policy] = {
    "standard ladder": ClimbLadder(),
    "up after 1 session": ClimbLadder(complete_to_advance=1),
    "up after 3 sessions": ClimbLadder(complete_to_advance=3),
    "down after 2 failures": ClimbLadder(failed_to_step_back=2),
    "2 repetitions more each time": ClimbLadder(fine_ladder(2), complete_to_advance=1),
    "third set first": ClimbLadder(((2, 20), *((GOAL_SETS, reps) for reps in (20, 25, 30, 35, 40, 45)))),
    "repetitions first": ClimbLadder((*((2, reps) for reps in (20, 25, 30, 35, 40, 45)), (GOAL_SETS, GOAL_REPS))),
    "open set every 4th session": FollowOpenSet(),
    "a step every week": KeepTimetable(),
    "3×45 from the first day": ClimbLadder(((GOAL_SETS, GOAL_REPS),)),
    "every set to failure": GoToFailure(),
}
STANDARD = "standard ladder"

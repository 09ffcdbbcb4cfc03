"""Progression policies: what the next session asks of each athlete, from what the log shows so far and from nothing else.

A policy is a frozen setting. `start` makes a course for so many athletes, all at once, which prescribes a session to those who come and then takes
note of what the log shows of it (`Shown`); capacity and tiredness never reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.schema import STOP_REASONS

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Steps = tuple[tuple[int, int], ...]

EARLY_REASONS = [STOP_REASONS.index(reason) for reason in ("pain", "other")]


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What one session asks of n athletes, all fields of shape (n,).

    Attributes
    ----------
    sets, reps : ndarray of int
    ankle_kg : ndarray
        Ankle weight [kg].
    open_sets : ndarray of int
        So many of the last sets are done without a cap (AMRAP).
    """

    sets: Counts
    reps: Counts
    ankle_kg: Array
    open_sets: Counts


@dataclass(frozen=True, slots=True)
class Shown:
    """What the log shows of one session of n athletes.

    Attributes
    ----------
    came : ndarray of bool, shape (n,)
    asked : Prescribed
    reps : ndarray of int, shape (n, most sets, 2)
        Good repetitions per set and side; 0 for sets not asked for.
    reason : ndarray of int, shape (n, most sets, 2)
        Why each set ended, an index into `STOP_REASONS`.
    """

    came: Flags
    asked: Prescribed
    reps: Counts
    reason: Counts

    @property
    def complete(self) -> Flags:
        """Whether an athlete came and every set on both sides reached its target, shape (n,)."""
        asked_for = np.arange(self.reps.shape[1]) < self.asked.sets[:, None]
        reached = self.reps >= self.asked.reps[:, None, None]
        return np.asarray(self.came & (reached | ~asked_for[:, :, None]).all(axis=(1, 2)))

    def last_set(self) -> tuple[Counts, Flags]:
        """Return the repetitions of the last set on the side with fewer, and whether pain or something else cut it short, each of shape (n,)."""
        row, last = np.arange(len(self.came)), self.asked.sets - 1
        return self.reps[row, last].min(axis=1), np.asarray(np.isin(self.reason[row, last], EARLY_REASONS).any(axis=1))


class Course(Protocol):
    """A policy at work for n athletes."""

    def prescribe(self, day: float, came: Flags) -> Prescribed:
        """Prescribe the session of that day [days since the first planned one] to those who came, shape (n,)."""

    def note(self, shown: Shown) -> None:
        """Take note of what the log shows of the session just prescribed."""


class Policy(Protocol):
    """How the next session follows from the log."""

    @property
    def most_sets(self) -> int:
        """The largest number of sets it ever asks for."""

    def start(self, athletes: int) -> Course:
        """Begin with so many athletes who have done nothing yet."""


def check_steps(ladder: Sequence[tuple[int, int]]) -> None:
    """Refuse a ladder nobody could climb.

    Raises
    ------
    ValueError
        No step, or one without sets or repetitions.
    """
    if not ladder or any(not (1 <= sets <= 10 and 1 <= reps <= 1000) for sets, reps in ladder):
        raise ValueError(f"ladder: expected steps of 1 to 10 sets and 1 to 1000 repetitions, got {ladder}. Such as ((2, 20), (3, 45)).")

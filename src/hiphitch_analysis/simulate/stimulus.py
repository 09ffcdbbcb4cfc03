"""How fast an athlete grows under what is asked: by default as fast as ever, or, as one stated assumption, by the repetitions of the week before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.simulate.season import Array, Calendar, when_trained


@dataclass(frozen=True, slots=True)
class Stimulus:
    """Growth that depends on training. An assumption throughout: nobody has measured it for the hip hitch.

    A week's pace is ``ceiling · x / (ceiling − 1 + x)`` with x the effective repetitions of the week before over the reference: nothing without
    training, 1 at the reference, never more than the ceiling. The first week has the pace 1. A repetition is effective from a certain share of what
    that set could have been.

    Attributes
    ----------
    reference_reps : float
        Effective repetitions per leg and week at which capacity grows as its law says.
    effective_from : float
        Share of a set's capacity from which repetitions count [0–1]; 0 counts all.
    ceiling : float
        What the pace comes to with repetitions without end, above 1.

    Raises
    ------
    ValueError
        A number out of range.

    Examples
    --------
    >>> Stimulus(reference_reps=100, ceiling=1.5).pace(np.array([0.0, 50.0, 100.0, 1e9])).round(2)
    array([0.  , 0.75, 1.  , 1.5 ])
    """

    reference_reps: float = 100.0
    effective_from: float = 0.5
    ceiling: float = 1.5

    def __post_init__(self) -> None:
        """Refuse what would make growth endless or senseless."""
        if not (0 < self.reference_reps < math.inf and 0 <= self.effective_from < 1 and 1 < self.ceiling < math.inf):
            got = (self.reference_reps, self.effective_from, self.ceiling)
            raise ValueError(f"reference_reps, effective_from, ceiling: expected above 0, 0 to below 1, above 1, got {got}. See Stimulus.")

    def pace(self, effective_reps: Array) -> Array:
        """Return the pace of growth after a week of so many effective repetitions per leg, 1 = as the law says."""
        share = effective_reps / self.reference_reps
        return np.asarray(self.ceiling * share / (self.ceiling - 1 + share))


class Growth:
    """Weeks of growth that n athletes have behind them, session by session."""

    def __init__(self, calendar: Calendar, stimulus: Stimulus | None) -> None:
        """Begin a season with nothing behind."""
        self._stimulus, self._calendar = stimulus, calendar
        self._trained, self._days = calendar.trained_weeks, calendar.days
        self._dose, self._pace = np.zeros(len(self._trained)), np.ones(len(self._trained))
        self._weeks = self._trained.copy()

    @property
    def by_the_end(self) -> Array:
        """Weeks of growth at the last planned session, shape (n,)."""
        return np.asarray(self._weeks[:, -1])

    def begin_session(self, session: int) -> Array:
        """Return the weeks of growth at planned session number `session` (from 0), shape (n,)."""
        if self._stimulus is not None and session > 0:
            passed = self._trained[:, session] - self._trained[:, session - 1]
            self._weeks[:, session] = self._weeks[:, session - 1] + self._pace * passed
            if self._days[session] // 7 > self._days[session - 1] // 7:
                self._pace, self._dose = self._stimulus.pace(self._dose), np.zeros_like(self._dose)
        return np.asarray(self._weeks[:, session])

    def note_set(self, reps: NDArray[np.int64], capacity: Array) -> None:
        """Count the effective repetitions of a set, both arguments of shape (n, 2)."""
        if self._stimulus is not None:
            self._dose = self._dose + np.maximum(0, reps - self._stimulus.effective_from * capacity).mean(axis=1)

    def when(self, weeks: Array) -> Array:
        """Return the calendar week in which so many weeks of growth are done, shape (n,).

        Where growth hangs on training it is infinite beyond the season, and between two sessions in proportion.
        """
        if self._stimulus is None:
            return when_trained(self._calendar, weeks)
        return np.array([np.interp(wanted, own, self._days / 7, right=np.inf) for wanted, own in zip(weeks, self._weeks, strict=True)])

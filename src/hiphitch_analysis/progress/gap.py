"""Left against right, as repetitions of a first set."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hiphitch_analysis.progress.outlook import Outlook

SURE = 0.95  # from there on a page says "almost surely"
WIDTH_80 = 2 * 1.2816  # standard deviations between the ends of an interval of 80 %


@dataclass(frozen=True, slots=True)
class Gap:
    """How many more repetitions of a first set the left side does now.

    Attributes
    ----------
    reps, low, high : float
        Median and 80 % interval [n]; negative where the right side does more.
    """

    reps: float
    low: float
    high: float

    @property
    def certainty(self) -> float:
        """The chance [0–1] that the side which seems to do more does so, from a normal distribution with that interval."""
        if self.high <= self.low:
            return 1.0
        return 0.5 * (1.0 + math.erf(abs(self.reps) / ((self.high - self.low) / WIDTH_80) / math.sqrt(2.0)))

    @property
    def chance(self) -> bool:
        """Whether the difference could be chance: the interval, which every page draws, holds zero."""
        return self.low <= 0.0 <= self.high


def measure_gap(outlook: Outlook | None) -> Gap | None:
    """Turn the ratio of both sides into repetitions.

    Parameters
    ----------
    outlook : Outlook or None

    Returns
    -------
    Gap or None
        None where nothing is known, or one side's sets were all capped.

    Notes
    -----
    The ratio is better known than either side, which share the athlete's good and bad days: its interval is laid about the geometric mean of both,
    and that mean's own uncertainty is left out.
    """
    if outlook is None or outlook.asymmetry is None:
        return None
    middle = math.sqrt(outlook.reps_now["left"][0] * outlook.reps_now["right"][0])
    return Gap(*(2.0 * middle * math.sinh(log_ratio / 2.0) for log_ratio in outlook.asymmetry))

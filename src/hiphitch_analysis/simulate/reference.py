"""The reference generator: training logs from latent log-capacity, every ingredient stated and the truth beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate.policy import Policy
from hiphitch_analysis.simulate.population import Squad, growth_at, weeks_to_goal
from hiphitch_analysis.simulate.season import Array, Calendar, Counts, Flags, Season, plan_calendar
from hiphitch_analysis.simulate.stimulus import Growth, Stimulus
from hiphitch_analysis.simulate.training import lay_out, train_squad


@dataclass(frozen=True, slots=True)
class SimulatedSeason:
    """A squad's log and the truth behind it.

    Attributes
    ----------
    log : DataFrame
        Table LOG.
    sets : DataFrame
        The truth of every set, in the log's order: ``athlete_id, date, session, side, set, week`` (since the first planned session), ``capacity``
        (repetitions to failure in that set, before rounding down), ``expected_capacity`` (without the noise of day, side on that day and set),
        ``done_reps`` (good repetitions done; the log differs where somebody mistyped).
    athletes : DataFrame
        The truth of every athlete, one row each, indexed by ``athlete_id``: ``week_3x45`` (weeks from the first planned session to the first day on
        which 3×45 is within reach, infinite when it never is), ``weaker_side``, ``attendance`` (chance of coming [0–1]), and the generator's own
        parameters.
    """

    log: pd.DataFrame
    sets: pd.DataFrame
    athletes: pd.DataFrame


class _LatentAthletes:
    """What latent athletes can do: `Doers` of the training."""

    def __init__(self, squad: Squad, growth: Growth, noise: Array) -> None:
        """Take who they are, how they grow, and the effects of day, side on that day and set, added up (n, m, most, 2)."""
        self._squad, self._growth, self._effects, self._noise = squad, growth, squad.population, noise

    def begin_session(self, session: int, ankle_kg: Array) -> None:
        self._session, self._of_ankle = session, self._effects.per_ankle_kg * ankle_kg[:, None]
        gained = growth_at(self._squad, self._growth.begin_session(session))
        self._usual = self._squad.level[:, None] + self._squad.side + gained[:, None]
        self._before = np.zeros((len(ankle_kg), 2), np.int64)
        self._failed = np.zeros((len(ankle_kg), 2), bool)

    def try_set(self, number: int, rest_s: Array) -> tuple[Array, Array]:
        effects = self._effects
        tired = number * math.log(effects.set_factor) + effects.per_rep_before * self._before + effects.after_failure * self._failed
        expected = self._usual + tired + self._of_ankle
        self._capacity = np.exp(expected + self._noise[:, self._session, number])
        return self._capacity, np.exp(expected)

    def end_set(self, reps: Counts, failed: Flags) -> None:
        self._before, self._failed = self._before + reps, failed
        self._growth.note_set(reps, self._capacity)


def simulate_season(
    squad: Squad,
    weeks: float = 12,
    seed: int = 0,
    season: Season | None = None,
    start: str = "2026-01-05",
    policy: Policy | None = None,
    stimulus: Stimulus | None = None,
) -> SimulatedSeason:
    """Simulate the training log of a squad whose true capacity follows its growth law.

    Parameters
    ----------
    squad : Squad
        Who trains, from `draw_squad` or filled by hand.
    weeks : float
        Length of the season, up to 520 [weeks].
    seed : int
        Seed of all that happens in the season, 0 or more. An athlete's season depends neither on the others nor on how long it goes on.
    season : Season, optional
        How they train and keep the log; by default the reference settings.
    start : str
        ISO date of the first planned session.
    policy : Policy, optional
        What the next session asks for; by default the season's ladder. Athletes grow at the same pace under every policy, unless there is a
        `stimulus`: nobody knows how much the policy itself would change that.
    stimulus : Stimulus, optional
        Let growth depend on the repetitions done, as one stated assumption.

    Returns
    -------
    SimulatedSeason
        Parameters of the generator in ``athletes``: ``level``, ``left``, ``right``, ``slope`` (in week 0), ``rate``, ``asymptote``.

    Raises
    ------
    ValueError
        No week, a negative seed.

    Notes
    -----
    log C = level + side + growth(week) + day + side on that day + (set − 1) · log(set factor) + repetitions before · effect + after a failure
    + ankle weight · effect + set. A set ends at min(floor(C), prescription), unless something stops it early.

    Examples
    --------
    >>> from hiphitch_analysis.simulate.population import Population, draw_squad
    >>> known = simulate_season(draw_squad(4, Population("saturating"), seed=1), weeks=3, seed=1)
    >>> len(known.log) == len(known.sets), bool((known.log["reps"] <= known.sets["capacity"]).all())
    (True, True)
    """
    done, calendar, athletes = train_reference(squad, weeks, seed, season, policy, stimulus)
    log, sets = lay_out(done, season or Season(), calendar, squad.ids, start)
    return SimulatedSeason(log, sets, athletes)


def train_reference(
    squad: Squad,
    weeks: float,
    seed: int,
    season: Season | None = None,
    policy: Policy | None = None,
    stimulus: Stimulus | None = None,
    most_sets: int | None = None,
) -> tuple[dict[str, NDArray[Any]], Calendar, pd.DataFrame]:
    """Train a squad without laying out its log: what many seasons are made of quickly.

    Parameters
    ----------
    squad, weeks, seed, season, policy, stimulus
        As for `simulate_season`.
    most_sets : int, optional
        As for `train_squad`.

    Returns
    -------
    sets : dict of ndarray
        From `train_squad`.
    calendar : Calendar
    athletes : DataFrame
        As in `SimulatedSeason`.
    """
    plan = season or Season()
    followed = policy or plan.policy
    calendar = plan_calendar(plan, len(squad.level), weeks, seed)
    growth = Growth(calendar, stimulus)
    most = most_sets or followed.most_sets
    doers = _LatentAthletes(squad, growth, draw_noise(squad, len(calendar.days), most, seed))
    sets = train_squad(doers, plan, calendar, seed, followed, most)
    return sets, calendar, _describe(squad, calendar, growth)


def draw_noise(squad: Squad, sessions: int, most: int, seed: int) -> Array:
    """Draw the effects of day, side on that day and set, added up, shape (n, sessions, most sets, 2); one stream per athlete."""
    effects, noise = squad.population, np.empty((len(squad.level), sessions, most, 2))
    for i in range(len(squad.level)):
        rng = np.random.default_rng([seed, 11, i])
        z = rng.standard_normal((sessions, 3 + 2 * most))
        of_day = effects.session_sd * z[:, :1] + effects.side_session_sd * z[:, 1:3]
        noise[i] = of_day[:, None, :] + effects.set_sd * z[:, 3:].reshape(sessions, most, 2)
    return noise


def _describe(squad: Squad, calendar: Calendar, growth: Growth) -> pd.DataFrame:
    """Lay out the true parameters, one row per athlete."""
    return pd.DataFrame(
        {
            "week_3x45": growth.when(weeks_to_goal(squad)),
            "weaker_side": np.array(SIDES)[squad.side.argmin(axis=1)],
            "attendance": calendar.attendance,
            "level": squad.level,
            "left": squad.side[:, 0],
            "right": squad.side[:, 1],
            "slope": squad.slope,
            "rate": squad.rate,
            "asymptote": squad.asymptote,
        },
        index=pd.Index(squad.ids, name="athlete_id"),
    )

"""The misspecified generator: training logs from athletes whose strength grows and whose repetitions come out of the fatigue model.

No log-normal capacity, set factor or growth law of capacity is put in: what a set costs the next one, what rest gives back and what an ankle weight
takes follow from load and fatigue, so that a model of log capacity is wrong about them in its own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate.athlete import Athlete
from hiphitch_analysis.simulate.endurance import Legs, gather_legs, go_to_failure, take_legs, tire_legs
from hiphitch_analysis.simulate.log import REST_S, draw_athletes
from hiphitch_analysis.simulate.policy import Policy
from hiphitch_analysis.simulate.population import GOAL_REPS, GOAL_SETS, Population, Squad, growth_at, weeks_to_gain
from hiphitch_analysis.simulate.reference import SimulatedSeason, draw_noise
from hiphitch_analysis.simulate.season import Array, Calendar, Counts, Flags, Season, plan_calendar
from hiphitch_analysis.simulate.stimulus import Growth, Stimulus
from hiphitch_analysis.simulate.training import lay_out, train_squad

BETWEEN_NM_KG = (0.3, 20.0)  # where the strength for 3×45 is sought


@dataclass(frozen=True, slots=True)
class Training:
    """What training does to strength, and what varies from day to day. All effects are on the logarithm of strength, and assumptions.

    Capacity changes about 2.2 times as much as strength on the logarithm, so that these spreads come near the reference generator's.

    Attributes
    ----------
    gain : pair
        Mean and standard deviation over athletes of what strength gains in the end [–].
    rate : pair
        Median of the rate at which it comes [1/week] and standard deviation of its logarithm.
    session_sd, side_session_sd, set_sd : float
        The day, the side on that day, the set.
    """

    gain: tuple[float, float] = (0.45, 0.12)
    rate: tuple[float, float] = (0.12, 0.45)
    session_sd: float = 0.027
    side_session_sd: float = 0.023
    set_sd: float = 0.018


class _TiringAthletes:
    """What tiring athletes can do: `Doers` of the training. Each side does its sets one after the other, the other side fresh meanwhile."""

    def __init__(self, legs: Legs, strength: Squad, growth: Growth, noise: Array) -> None:
        """Take who they are, how strength grows, and the effects of day, side on that day and set on its log, added up (n, m, most, 2)."""
        self._legs, self._noise = take_legs(legs, np.tile(np.arange(len(legs.drop_deg)), 2)), noise
        self._strength, self._growth = strength, growth

    def begin_session(self, session: int, ankle_kg: Array) -> None:
        gained = growth_at(self._strength, self._growth.begin_session(session))
        self._usual = self._strength.level[:, None] + self._strength.side + gained[:, None]
        self._session, self._ankle_kg = session, np.repeat(ankle_kg, 2)
        self._fatigued = np.zeros(2 * len(ankle_kg))
        self._course = self._fatigued[None]

    def try_set(self, number: int, rest_s: Array) -> tuple[Array, Array]:
        # The muscle as it is today, and as it would be without noise, from the same tiredness.
        usual = self._usual.ravel()
        strength = np.exp(np.concatenate([usual + self._noise[:, self._session, number].ravel(), usual]))
        fatigued = np.tile(self._fatigued, 2)
        if number:
            fatigued = tire_legs(self._legs, fatigued, 0.0, np.tile(rest_s.ravel(), 2))
        capacity, self._course = go_to_failure(self._legs, strength, fatigued, np.tile(self._ankle_kg, 2))
        self._capacity, expected = capacity.reshape(2, -1, 2)
        return self._capacity, expected

    def end_set(self, reps: Counts, failed: Flags) -> None:
        attempts = np.minimum((reps + failed).ravel(), len(self._course) - 1)  # the one that failed tires as well
        self._fatigued = self._course[attempts, np.arange(len(attempts))]
        self._growth.note_set(reps, self._capacity)


def simulate_mechanistic_season(
    athletes: int | Sequence[Athlete] = 40,
    weeks: float = 12,
    seed: int = 0,
    season: Season | None = None,
    training: Training | None = None,
    start: str = "2026-01-05",
    policy: Policy | None = None,
    stimulus: Stimulus | None = None,
) -> SimulatedSeason:
    """Simulate the training log of athletes who tire as the fatigue model has it, while training makes them stronger.

    Parameters
    ----------
    athletes : int or sequence of Athlete
        How many to draw, or the athletes themselves: body, strength, fatigue and habits of form count; how they train is up to `season`.
    weeks : float
        Length of the season, up to 520 [weeks].
    seed : int
        Seed, 0 or more. An athlete's season depends neither on the others nor on how long it goes on.
    season : Season, optional
        How they train and keep the log; by default the reference settings.
    training : Training, optional
        What training does to strength.
    start : str
        ISO date of the first planned session.
    policy : Policy, optional
        What the next session asks for; by default the season's ladder. Strength grows at the same pace under every policy, unless there is a
        `stimulus`: nobody knows how much the policy itself would change that.
    stimulus : Stimulus, optional
        Let the growth of strength depend on the repetitions done, as one stated assumption.

    Returns
    -------
    SimulatedSeason
        Parameters of the generator in ``athletes``: ``left_strength_nm_kg`` and ``right_strength_nm_kg`` in week 0, ``slope`` of log strength in
        week 0 [1/week], ``rate`` [1/week], and ``left_start, right_start, left_end, right_end``: repetitions to failure, fresh and without noise, in
        week 0 and at the season's end. A capacity ends at 200, where a set is given up.

    Raises
    ------
    ValueError
        No athlete, one who does not tire, two with one id, no week, a negative seed.

    Notes
    -----
    A set's capacity is deterministic: that of the fatigue model for the strength of that set, from the tiredness that the sets before left on that
    leg. 3×45 is within reach when the third of three sets with a minute between them has a capacity of 45 on the side that comes to it later.

    Examples
    --------
    >>> known = simulate_mechanistic_season(2, weeks=1, seed=1)
    >>> bool((known.log["reps"] <= known.sets["capacity"]).all())
    True
    """
    people = draw_athletes(athletes, seed) if isinstance(athletes, int) else tuple(athletes)
    done, calendar, truth = train_mechanistic(people, weeks, seed, season, training, policy, stimulus)
    log, sets = lay_out(done, season or Season(), calendar, tuple(athlete.id for athlete in people), start)
    return SimulatedSeason(log, sets, truth)


def train_mechanistic(
    athletes: Sequence[Athlete],
    weeks: float,
    seed: int,
    season: Season | None = None,
    training: Training | None = None,
    policy: Policy | None = None,
    stimulus: Stimulus | None = None,
    most_sets: int | None = None,
) -> tuple[dict[str, NDArray[Any]], Calendar, pd.DataFrame]:
    """Train a squad without laying out its log.

    Parameters
    ----------
    athletes, weeks, seed, season, training, policy, stimulus
        As for `simulate_mechanistic_season`.
    most_sets : int, optional
        As for `train_squad`.

    Returns
    -------
    sets : dict of ndarray
        From `train_squad`.
    calendar : Calendar
    athletes : DataFrame
        As in `SimulatedSeason`.

    Raises
    ------
    ValueError
        As `simulate_mechanistic_season`.
    """
    if not athletes or len({athlete.id for athlete in athletes}) != len(athletes):
        raise ValueError(f"athletes: expected at least one, each with an id of its own, got {[a.id for a in athletes]}. Name or draw some.")
    plan = season or Season()
    followed = policy or plan.policy
    calendar = plan_calendar(plan, len(athletes), weeks, seed)
    legs, strength, growth = gather_legs(athletes), _draw_strength(athletes, training or Training(), seed), Growth(calendar, stimulus)
    most = most_sets or followed.most_sets
    doers = _TiringAthletes(legs, strength, growth, draw_noise(strength, len(calendar.days), most, seed))
    sets = train_squad(doers, plan, calendar, seed, followed, most)
    return sets, calendar, _describe(athletes, legs, strength, calendar, growth)


def strength_for_goal(legs: Legs) -> Array:
    """Return the strength with which a third set of 45 is just possible after two sets of 45 and a minute of rest each [N·m], shape (p,).

    Parameters
    ----------
    legs : Legs
    """
    low, high = (np.log(bound * legs.builds.mass_kg) for bound in BETWEEN_NM_KG)
    for _ in range(20):  # to 4 parts in a million
        middle = (low + high) / 2
        enough = _third_set(legs, np.exp(middle)) >= GOAL_REPS
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(np.exp(high))


def _third_set(legs: Legs, strength_nm: Array) -> Array:
    """Return the capacity of the third set on a day of 3×45, as far as 45 and a little, shape (p,)."""
    fatigued, none = np.zeros_like(strength_nm), np.zeros_like(strength_nm)
    for number in range(GOAL_SETS):
        if number:
            fatigued = tire_legs(legs, fatigued, 0.0, REST_S[0])
        capacity, course = go_to_failure(legs, strength_nm, fatigued, none, most=GOAL_REPS + 1)
        attempts = np.where(capacity < GOAL_REPS, np.floor(capacity).astype(int) + 1, GOAL_REPS)
        fatigued = course[np.minimum(attempts, len(course) - 1), np.arange(len(attempts))]
    return capacity


def _draw_strength(people: Sequence[Athlete], training: Training, seed: int) -> Squad:
    """Draw how everybody's log strength [log N·m] grows: a squad of the saturating law, with strength in the place of repetitions."""
    log_strength = np.log([[athlete.strength_nm(side) for side in SIDES] for athlete in people])
    z = np.array([np.random.default_rng([seed, 12, i]).standard_normal(2) for i in range(len(people))])
    rate = training.rate[0] * np.exp(training.rate[1] * z[:, 1])
    effects = Population("saturating", session_sd=training.session_sd, side_session_sd=training.side_session_sd, set_sd=training.set_sd)
    level = log_strength.mean(axis=1)
    return Squad(effects, level, log_strength - level[:, None], (training.gain[0] + training.gain[1] * z[:, 0]) * rate, rate)


def _describe(people: Sequence[Athlete], legs: Legs, strength: Squad, calendar: Calendar, growth: Growth) -> pd.DataFrame:
    """Lay out what was true, one row per athlete."""
    usual = strength.level[:, None] + strength.side
    missing = np.log(strength_for_goal(legs)).reshape(-1, 2) - usual
    gained = growth_at(strength, growth.by_the_end)
    none = np.zeros(usual.size)
    capacity = {
        when: go_to_failure(legs, np.exp(values).ravel(), none, none)[0].reshape(-1, 2)
        for when, values in (("start", usual), ("end", usual + gained[:, None]))
    }
    return pd.DataFrame(
        {
            "week_3x45": growth.when(weeks_to_gain(strength, missing.max(axis=1))),
            "weaker_side": np.array(SIDES)[missing.argmax(axis=1)],
            "attendance": calendar.attendance,
            **{f"{side}_strength_nm_kg": [athlete.strength_nm(side) / athlete.body.mass_kg for athlete in people] for side in SIDES},
            "slope": strength.slope,
            "rate": strength.rate,
            **{f"{side}_{when}": reps[:, i] for when, reps in capacity.items() for i, side in enumerate(SIDES)},
        },
        index=pd.Index([athlete.id for athlete in people], name="athlete_id"),
    )

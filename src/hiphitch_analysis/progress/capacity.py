"""LOG → what every athlete can do: the latent capacity behind capped sets, under several growth laws weighed by how well they explain the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.progress.blocks import Design
from hiphitch_analysis.progress.branch import Peak, climb, find_peak
from hiphitch_analysis.progress.growth import LINEAR, Law
from hiphitch_analysis.progress.likelihood import Bounds
from hiphitch_analysis.progress.observe import BOUND, NOTHING, observe_sets, side_index
from hiphitch_analysis.progress.parameters import Layout

Array = NDArray[np.float64]
Index = NDArray[np.int64]

ALWAYS = ("second_set", "third_set", "before")  # a forecast of the third set needs them even where no third set was done yet
SOMETIMES = ("rest", "failed", "load")
SATURATING = tuple(Law("saturating", rate) for rate in (0.03, 0.07, 0.12, 0.18, 0.26))
LOGARITHMIC = tuple(Law("logarithmic", rate) for rate in (0.1, 0.3, 1.0))
BELIEF = {"linear": 1 / 3, "saturating": 1 / 3, "logarithmic": 1 / 3}  # beforehand, shared evenly among the rates of one kind
ROUNDS, DAMPING, STEPS_A_ROUND = 7, 0.6, 8  # of linearising the rate
HOPELESS = 15.0  # a law whose likelihood is lower by that much than another's, three rounds on, has no say
TOO_FAR = 6.0  # standard deviations of a set
STILL = 0.06  # mean change of log rate in the last round: a law that has not settled by then has no say


@dataclass(frozen=True, slots=True)
class Branch:
    """One growth law, fitted.

    Attributes
    ----------
    law : Law
        Of growth.
    peak : Peak
    design : Design
        Linearised about `rate_of` and `gain_of` where the law is curved.
    weight : float
        How much it is believed, given the log [0–1].
    """

    law: Law
    peak: Peak
    design: Design
    weight: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """The capacity of every athlete of a log.

    Attributes
    ----------
    sets : DataFrame
        From `observe_sets`, the sets that say something, with ``day``, the row of `Mode.of_session` that a set belongs to.
    left_out : DataFrame
        From `observe_sets`, the sets that were not used, with ``why``.
    athletes : tuple of str
        Pseudonyms, in the order of every array.
    branches : tuple of Branch
        The growth laws, the linear one first; their weights add up to one.
    """

    sets: pd.DataFrame
    left_out: pd.DataFrame
    athletes: tuple[str, ...]
    branches: tuple[Branch, ...]


def fit_capacity(
    log: pd.DataFrame, curved: bool = True, pain_ends: bool = False, progress: Callable[[int, int, str], None] | None = None
) -> Capacity:
    """Fit the latent capacity behind a training log.

    Parameters
    ----------
    log : DataFrame
        Table LOG, of one athlete or a squad.
    curved : bool, default True
        Whether growth that slows down is considered beside linear growth.
    pain_ends : bool, default False
        See `observe_sets`.
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    Capacity

    Raises
    ------
    ValueError
        No set with a single repetition.

    Notes
    -----
    Latent log capacity is linear in athlete, growth, side, day, set order, repetitions done before, rest, failure before and ankle weight; a set says
    that it lies between two bounds or above one. All random effects are integrated out (`marginal_likelihood`), the parameters get the priors of
    `parameters`, and the laws of growth are averaged by their evidence. A set that lies more than six standard deviations of a set from what
    the others of its athlete say is taken for a typing error, left out, and said to be.

    Examples
    --------
    >>> from hiphitch_analysis.simulate import draw_squad, simulate_season
    >>> season = simulate_season(draw_squad(8, seed=1), weeks=8, seed=1)
    >>> capacity = fit_capacity(season.log, curved=False)
    >>> gain, true = capacity.branches[0].peak.vector[1], season.athletes["slope"].mean()
    >>> bool(abs(gain - true) < 0.02)
    True
    """
    observed = observe_sets(log, pain_ends)
    empty = (observed["says"] == NOTHING).to_numpy()
    if empty.all():
        raise ValueError("log: expected at least one set with a repetition, got none. Enter the repetitions that were done.")
    left_out = observed[empty].assign(why="no repetition")
    sets, frame, linear = _fit_linear(observed[~empty])
    far = np.abs(0.5 * (sets["lower"] + np.where(np.isinf(sets["upper"]), sets["lower"], sets["upper"])) - linear.found.linear)
    odd = ((sets["says"] == BOUND) & (far > TOO_FAR * linear.layout.unpack(linear.vector)[1].residual)).to_numpy()
    if odd.any() and not odd.all():
        left_out = pd.concat([left_out, sets[odd].drop(columns="day").assign(why="far from all others: a typing error?")], ignore_index=True)
        sets, frame, linear = _fit_linear(sets[~odd].drop(columns="day"))
    branches, best = [Branch(LINEAR, linear, frame.linear(), 1.0)], linear.value
    laws = (*SATURATING, *LOGARITHMIC) if curved else ()
    for number, law in enumerate(laws):
        if progress is not None:
            progress(number + 1, len(laws) + 1, "fitting growth")
        try:
            branch = _fit_curved(frame, law, linear, best)
        except FloatingPointError:  # a law under which the log cannot be
            continue
        if branch is not None:
            branches.append(branch)
            best = max(best, branch.peak.value)
    names = tuple(sets["athlete_id"].unique())
    return Capacity(sets, left_out, names, _weigh(branches))


def _fit_linear(sets: pd.DataFrame) -> tuple[pd.DataFrame, _Frame, Peak]:
    sets = sets.reset_index(drop=True)
    frame = _frame(sets)
    return sets.assign(day=frame.cell // 2), frame, find_peak(frame.linear(), Layout(frame.effects, LINEAR, 2))


def _weigh(branches: list[Branch]) -> tuple[Branch, ...]:
    kinds = [branch.law.kind for branch in branches]
    rates = {"linear": 1, "saturating": len(SATURATING), "logarithmic": len(LOGARITHMIC)}
    belief = np.log([BELIEF[kind] / rates[kind] for kind in kinds]) + np.array([branch.peak.evidence for branch in branches])
    weights = np.exp(belief - belief.max())
    weights /= weights.sum()
    return tuple(replace(branch, weight=float(weight)) for branch, weight in zip(branches, weights, strict=True))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every growth law shares: the sets as arrays."""

    effects: tuple[str, ...]
    bounds: Bounds
    columns: Array  # (n, p − 2), of the effects
    cell: Index
    week: Array  # (s,)
    athlete: Index  # (s,)

    def linear(self) -> Design:
        return self._design(self.week, np.column_stack([np.ones_like(self.week), self.week]), np.zeros(len(self.cell)))

    def curved(self, law: Law, gain: Array, log_rate: Array) -> Design:
        """Linearise about a gain and a rate of each athlete; `log_rate` is how far that rate lies from the population's."""
        k = law.rate * np.exp(log_rate)[self.athlete]
        grown = law.grow(self.week, k)
        bend = gain[self.athlete] * law.bend(self.week, k)
        offset = (-bend * log_rate[self.athlete])[self.cell // 2]
        return self._design(grown, np.column_stack([np.ones_like(grown), grown, bend]), offset)

    def _design(self, grown: Array, growth: Array, offset: Array) -> Design:
        of_set = grown[self.cell // 2]
        fixed = np.column_stack([np.ones_like(of_set), of_set, self.columns])
        return Design(self.bounds, fixed, offset, self.cell, growth, self.athlete)


def _frame(sets: pd.DataFrame) -> _Frame:
    athlete = np.asarray(pd.factorize(sets["athlete_id"])[0], dtype=np.int64)
    key = pd.MultiIndex.from_arrays([athlete, sets["session"]])
    session, first = pd.factorize(key)[0], ~key.duplicated()
    effects = (*ALWAYS, *(name for name in SOMETIMES if sets[name].to_numpy().any()))
    return _Frame(
        effects,
        Bounds.of(sets["lower"].to_numpy(), sets["upper"].to_numpy()),
        sets[list(effects)].to_numpy(dtype=float),
        2 * session.astype(np.int64) + side_index(sets),
        sets["week"].to_numpy()[first],
        athlete[first],
    )


def _fit_curved(frame: _Frame, law: Law, linear: Peak, best: float) -> Branch | None:
    """Fit growth at a population's rate, every athlete's own lying around it: linearised about the last estimate, again and again."""
    layout, athletes = Layout(frame.effects, law, 3), len(linear.found.value)
    mean, _ = layout.priors()
    gain, log_rate, vector = np.full(athletes, mean[1]), np.zeros(athletes), mean.copy()
    shared = [i for i, name in enumerate(layout.names) if name in linear.layout.names and name not in ("gain", "gain_sd")]
    vector[shared] = linear.vector[[linear.layout.names.index(layout.names[i]) for i in shared]]
    place, moved = None, np.inf
    for number in range(ROUNDS):
        design = frame.curved(law, gain, log_rate)
        place = (
            climb(design, layout, vector, steps=STEPS_A_ROUND)
            if place is None
            else climb(design, layout, place.vector, place.found.sites, place.scale, STEPS_A_ROUND)
        )
        if number >= 2 and place.value < best - HOPELESS:
            return None
        step = place.found.mean[:, 2] - log_rate
        moved = float(np.abs(step).mean())
        gain = gain + DAMPING * (place.vector[1] + place.found.mean[:, 1] - gain)
        log_rate = log_rate + DAMPING * step
    if place is None or moved > STILL:
        return None
    design = frame.curved(law, gain, log_rate)
    return Branch(law, find_peak(design, layout, place.vector, place.found.sites, place.scale), design, 0.0)

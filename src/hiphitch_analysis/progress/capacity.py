"""LOG → what every athlete can do: the latent capacity behind capped sets, under several growth laws weighed by how well they explain the log."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.progress.branch import Peak, climb, find_peak
from hiphitch_analysis.progress.growth import LINEAR, Law
from hiphitch_analysis.progress.likelihood import Bounds
from hiphitch_analysis.progress.blocks import Design
from hiphitch_analysis.progress.observe import NOTHING, observe_sets, side_index
from hiphitch_analysis.progress.parameters import Layout

Array = NDArray[np.float64]
Index = NDArray[np.int64]

ALWAYS = ("second_set", "third_set", "before")  # a forecast of the third set needs them even where no third set was done yet
SOMETIMES = ("rest", "failed", "load")
SATURATING = tuple(Law("saturating", rate) for rate in (0.03, 0.07, 0.12, 0.18, 0.26))
LOGARITHMIC = tuple(Law("logarithmic", rate) for rate in (0.1, 0.3, 1.0))
BELIEF = {"linear": 1 / 3, "saturating": 1 / 3, "logarithmic": 1 / 3}  # beforehand, shared evenly among the rates of one kind
ROUNDS, DAMPING = 7, 0.6  # of linearising the rate
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
        From `observe_sets`, with ``athlete``, the athlete's place in `athletes`.
    athletes : tuple of str
        Pseudonyms, in the order of every array.
    branches : tuple of Branch
        The growth laws, the linear one first; their weights add up to one.
    """

    sets: pd.DataFrame
    athletes: tuple[str, ...]
    branches: tuple[Branch, ...]


def fit_capacity(log: pd.DataFrame, curved: bool = True, pain_ends: bool = False) -> Capacity:
    """Fit the latent capacity behind a training log.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    curved : bool, default True
        Whether growth that slows down is considered beside linear growth.
    pain_ends : bool, default False
        See `observe_sets`.

    Returns
    -------
    Capacity
    """
    sets = observe_sets(log, pain_ends)
    sets = sets[sets["says"] != NOTHING].reset_index(drop=True)
    codes, names = pd.factorize(sets["athlete_id"])
    frame = _frame(sets, np.asarray(codes, dtype=np.int64))
    linear = find_peak(frame.linear(), Layout(frame.effects, LINEAR, 2))
    branches = [Branch(LINEAR, linear, frame.linear(), 1.0)]
    if curved:
        branches += [branch for law in (*SATURATING, *LOGARITHMIC) if (branch := _fit_curved(frame, law, linear)) is not None]
    kinds = [branch.law.kind for branch in branches]
    belief = np.array([BELIEF[kind] / kinds.count(kind) for kind in kinds])
    evidence = np.log(belief) + np.array([branch.peak.evidence for branch in branches])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    return Capacity(sets, tuple(names), tuple(replace(branch, weight=float(w)) for branch, w in zip(branches, weights, strict=True)))


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


def _frame(sets: pd.DataFrame, athlete: Index) -> _Frame:
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


def _fit_curved(frame: _Frame, law: Law, linear: Peak) -> Branch | None:
    """Fit growth at a population's rate, every athlete's own lying around it: linearised about the last estimate, again and again."""
    layout = Layout(frame.effects, law, 3)
    athletes = len(linear.found.value)
    mean, sd = layout.priors()
    gain, log_rate = np.full(athletes, mean[1]), np.zeros(athletes)
    start, scale, mode = mean.copy(), None, None
    shared = [i for i, name in enumerate(layout.names) if name in linear.layout.names and name not in ("gain", "gain_sd")]
    start[shared] = linear.vector[[linear.layout.names.index(layout.names[i]) for i in shared]]
    moved = np.inf
    for _ in range(ROUNDS):
        design = frame.curved(law, gain, log_rate)
        start, scale, found = climb(design, layout, start, mode, scale)
        mode = found.mode
        step = found.mean[:, 2] - log_rate
        moved = float(np.abs(step).mean())
        gain = gain + DAMPING * (start[1] + found.mean[:, 1] - gain)
        log_rate = log_rate + DAMPING * step
    if moved > STILL:
        return None
    design = frame.curved(law, gain, log_rate)
    return Branch(law, find_peak(design, layout, start, mode, scale), design, 0.0)

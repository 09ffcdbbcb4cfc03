"""CAPACITY → where every athlete stands and is going, with its uncertainty: the numbers a plan, a page and ``progress --json`` start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from hiphitch_analysis import norms
from hiphitch_analysis.progress.capacity import Capacity
from hiphitch_analysis.progress.forecast import World, chance_to_complete, draw_worlds, log_capacity, weeks_to_goal
from hiphitch_analysis.progress.observe import BOUND
from hiphitch_analysis.schema import SIDES

Array = NDArray[np.float64]

SLOPE_WEEKS = 4.0  # ahead, over which the slope is averaged
QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
SPARE = tuple(f"{side}_spare" for side in SIDES)
RECENT_WEEKS = 3.0  # without a set that ended in fatigue or form, an uncapped one would say most


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the log says of one athlete at a day.

    Attributes
    ----------
    athlete_id : str
    slope, slope_se : float
        Log-repetitions per week over the next four weeks.
    reps_now : dict of str to (float, float, float)
        Of each side, repetitions of a first set now: median and 80 % interval.
    date_3x45 : dict of str to (Timestamp or None)
        Quantiles of the day on which 3 × 45 is reached, None beyond the horizon or where nothing says; a day that is past: it was reached then.
    prob_within_horizon : float
        NaN where nothing says.
    asymmetry : (float, float, float) or None
        log(left/right): median and 80 % interval; None where one side's sets were all capped.
    alarms : tuple of str
    uncapped : str or None
        The side on which an uncapped set would teach most; None when both are known well.
    only_at_least : bool
        No set of this athlete ended in fatigue or form: everything above is a lower bound leaning on the others, or on what is believed beforehand.
    ankle_ready : bool
        3 × 45 with repetitions to spare is likely on both of the last two session days.
    chances : DataFrame
        Of each step asked for: ``sets, reps, left, right`` and ``left_spare, right_spare``, the chance to complete it on a usual day at the ankle
        weight of the last session, without and with repetitions to spare.
    """

    athlete_id: str
    slope: float
    slope_se: float
    reps_now: dict[str, tuple[float, float, float]]
    date_3x45: dict[str, pd.Timestamp | None]
    prob_within_horizon: float
    asymmetry: tuple[float, float, float] | None
    alarms: tuple[str, ...]
    uncapped: str | None
    only_at_least: bool
    ankle_ready: bool
    chances: pd.DataFrame


def look_ahead(
    capacity: Capacity, steps: tuple[tuple[int, int], ...], as_of: pd.Timestamp, horizon_weeks: float = 26.0, seed: int = 0
) -> dict[str, Outlook]:
    """Say of every athlete what the log says.

    Parameters
    ----------
    capacity : Capacity
        From `fit_capacity`.
    steps : tuple of (sets, reps)
        Prescriptions whose chance is wanted.
    as_of : Timestamp
        The day of the decision.
    horizon_weeks : float
        How far ahead a date may lie [weeks].
    seed : int

    Returns
    -------
    dict of str to Outlook
    """
    worlds, sets = draw_worlds(capacity, seed=seed), capacity.sets
    by_athlete = sets.groupby("athlete_id", sort=False)
    began = by_athlete["date"].min()
    now = ((as_of - began).dt.days / 7.0).to_numpy()
    able = log_capacity(worlds, now)
    slope = (log_capacity(worlds, now + SLOPE_WEEKS) - able)[:, :, 0] / SLOPE_WEEKS
    weeks = weeks_to_goal(worlds)
    load = (by_athlete["load"].last()).to_numpy()
    asked = [(chance_to_complete(worlds, now, *step, 0, load, seed), _with_spare(worlds, now, step, load, seed)) for step in steps]
    ready = _ankle_ready(worlds, capacity, seed)
    residuals = _day_residuals(capacity)
    outlooks = {}
    for i, name in enumerate(capacity.athletes):
        own = sets[sets["athlete_id"].eq(name)]
        ended = own[own["says"].eq(BOUND)]
        nothing = not len(ended) and len(capacity.athletes) == 1
        chances = [
            {"sets": step[0], "reps": step[1], **dict(zip(SIDES, done[i], strict=True)), **dict(zip(SPARE, spare[i], strict=True))}
            for step, (done, spare) in zip(steps, asked, strict=True)
        ]
        outlooks[name] = Outlook(
            athlete_id=name,
            slope=float(slope[:, i].mean()),
            slope_se=float(slope[:, i].std()),
            reps_now={side: _triple(np.exp(able[:, i, j])) for j, side in enumerate(SIDES)},
            date_3x45=dict.fromkeys(QUANTILES) if nothing else _dates(weeks[:, i], began[name], as_of, horizon_weeks),
            prob_within_horizon=float("nan") if nothing else float((weeks[:, i] <= now[i] + horizon_weeks).mean()),
            asymmetry=_triple(able[:, i, 0] - able[:, i, 1]) if set(ended["side"]) == set(SIDES) else None,
            alarms=_alarms(residuals[residuals["athlete_id"].eq(name)], float(np.median(slope[:, i]))),
            uncapped=_teaches_most(own, able[:, i]),
            only_at_least=not len(ended),
            ankle_ready=bool(ready[i]),
            chances=pd.DataFrame(chances),
        )
    return outlooks


def forecast(capacity: Capacity, as_of: pd.Timestamp | None = None, horizon_weeks: float = 26.0, seed: int = 0) -> pd.DataFrame:
    """Say when every athlete reaches 3 × 45.

    Parameters
    ----------
    capacity : Capacity
        From `fit_capacity`.
    as_of : Timestamp, optional
        The day from which the horizon counts; by default the log's last day.
    horizon_weeks : float
        How far ahead a date may lie [weeks].
    seed : int

    Returns
    -------
    DataFrame
        One row per athlete: ``athlete_id, median, p10, p25, p75, p90`` (days, NaT beyond the horizon) and ``prob_within_horizon`` [0–1].

    Notes
    -----
    3 × 45 is reached when the noise-free capacity of the weaker side's third set, on a day of three sets, is 45 good repetitions.

    Examples
    --------
    >>> from hiphitch_analysis.progress.capacity import fit_capacity
    >>> from hiphitch_analysis.simulate import draw_squad, simulate_season
    >>> dates = forecast(fit_capacity(simulate_season(draw_squad(3, seed=1), weeks=6, seed=1).log, curved=False))
    >>> dates.columns.tolist()
    ['athlete_id', 'p10', 'p25', 'median', 'p75', 'p90', 'prob_within_horizon']
    """
    as_of = as_of or capacity.sets["date"].max()
    began = capacity.sets.groupby("athlete_id", sort=False)["date"].min()
    weeks = weeks_to_goal(draw_worlds(capacity, seed=seed))
    rows = []
    for i, name in enumerate(capacity.athletes):
        within = float((weeks[:, i] <= (as_of - began[name]).days / 7.0 + horizon_weeks).mean())
        rows.append({"athlete_id": name, **_dates(weeks[:, i], began[name], as_of, horizon_weeks), "prob_within_horizon": within})
    return pd.DataFrame(rows).astype(dict.fromkeys(QUANTILES, "datetime64[ns]"))


def _with_spare(worlds: tuple[World, ...], weeks: Array, step: tuple[int, int], load: Array, seed: int) -> Array:
    return chance_to_complete(worlds, weeks, *step, int(norms.REPS_TO_SPARE.value), load, seed)


def _triple(draws: Array) -> tuple[float, float, float]:
    low, median, high = np.quantile(draws, [0.1, 0.5, 0.9]).tolist()
    return median, low, high


def _dates(weeks: Array, began: pd.Timestamp, as_of: pd.Timestamp, horizon_weeks: float) -> dict[str, pd.Timestamp | None]:
    last = (as_of - began).days / 7.0 + horizon_weeks
    # "higher": a quantile between a date and never is never
    found = {name: float(np.quantile(weeks, share, method="higher")) for name, share in QUANTILES.items()}
    return {name: began + pd.Timedelta(days=round(7 * week)) if week <= last else None for name, week in found.items()}


def _ankle_ready(worlds: tuple[World, ...], capacity: Capacity, seed: int) -> NDArray[np.bool_]:
    """Return whether 3 × 45 with repetitions to spare was likely on both sides, on each of the last two session days, without ankle weight."""
    days = capacity.sets.groupby("athlete_id", sort=False)["week"].agg(lambda weeks: sorted(set(weeks))[-2:])
    ready = np.array([len(two) == 2 for two in days])
    for which in (0, -1):
        weeks = np.array([two[which] for two in days])
        chance = _with_spare(worlds, weeks, (3, 45), np.zeros(len(weeks)), seed)
        ready &= (chance >= norms.CHANCE_FOR_ANKLE_WEIGHT.value).all(axis=1)
    return ready


def _day_residuals(capacity: Capacity) -> pd.DataFrame:
    """Return of every session how far its day lay from expectation, ``off`` [log repetitions] and ``z``, under the likeliest law."""
    branch = max(capacity.branches, key=lambda one: one.weight)
    found, days = branch.peak.found, branch.peak.layout.unpack(branch.peak.vector)[1].days
    total = found.day[:, 0]
    known = np.sqrt(np.maximum(days.total - found.day_variance[:, 0], 1e-12))  # how far such estimates stray when days are as they are said to be
    sessions = capacity.sets.drop_duplicates("day")[["athlete_id", "week", "date"]].reset_index(drop=True)
    told = known > 0.2 * np.sqrt(days.total)  # a session of capped sets far below capacity says nothing of its day
    return sessions.assign(off=total * np.sqrt(0.5), z=np.where(told, total / known, 0.0), sd=np.sqrt(days.total / 2), told=told)


def _alarms(days: pd.DataFrame, slope: float) -> tuple[str, ...]:
    """Name what the last sessions are alarming for: days that keep falling below expectation, and three weeks without a gain."""
    alarms, below = [], 0.0
    for z in days["z"]:
        below = max(0.0, below - z - norms.ALARM_DRIFT.value)
    if below > norms.ALARM_SUM.value:
        alarms.append("below expectation: the last sessions together are worse than day-to-day luck explains; rest, sleep, illness, pain?")
    recent = days[(days["week"] > days["week"].max() - norms.PLATEAU_WEEKS.value) & days["told"]]
    if len(recent) >= 4 and days["week"].max() >= norms.PLATEAU_WEEKS.value:
        off = recent["week"] - recent["week"].mean()
        spread = float((off**2).sum())
        trend = slope + float((off * recent["off"]).sum()) / spread
        error = float(recent["sd"].iloc[0]) / np.sqrt(spread)
        if ndtr(-trend / error) > norms.PLATEAU_CHANCE.value:
            alarms.append("plateau: capacity has probably not grown over the last three weeks")
    return tuple(alarms)


def _teaches_most(own: pd.DataFrame, able: Array) -> str | None:
    """Return the side that is known worse, when no set of it ended in fatigue or form within the last weeks."""
    recent = own[own["week"] > own["week"].max() - RECENT_WEEKS]
    capped = [side for side in SIDES if own["side"].eq(side).any() and not (recent["side"].eq(side) & recent["says"].eq(BOUND)).any()]
    spread = dict(zip(SIDES, able.std(axis=0), strict=True))
    return max(capped, key=lambda side: spread[side]) if capped else None

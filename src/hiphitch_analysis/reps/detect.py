"""ANGLES → REPS: find every lower-and-raise cycle without being told how many, how fast or how deep."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.reps.confidence import PARTIAL_SHARE, is_partial, rate_confidence
from hiphitch_analysis.reps.curve import SMALLEST_SWING_DEG, find_turns, smooth_angle, typical_swing
from hiphitch_analysis.reps.sets import find_sets
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]

SWING_SHARE = 0.25  # of the recording's typical swing: a smaller reversal is a waver, not the end of a lowering
REVERSAL_SHARE, DEEP_SHARE = 0.15, 0.6  # but two smaller ones, not below the first, are a partial raise, when they follow a deep lowering
NOISE_SDS = 2.0  # a swing of so many standard deviations of a change is more than noise makes 49 times in 50
SLOW_SHARE = 0.12  # of the peak speed: sway on one leg stays below, even where a small slow lowering begins
EXTRAPOLATION, FARTHEST = 1.5, 0.2  # see _samples_to_rest
LONG_PAUSE_S, REST_S = 2.0, 1.0  # where none follows sooner, a raise's height is that of the first second after it: the step off comes later
COLUMNS = ["rep", "set", "side", "kind", "confidence", "start_s", "bottom_s", "end_s"]


def detect_reps(angles: pd.DataFrame, side: str | None = None, noise_deg: float = 0.0) -> pd.DataFrame:
    """Find the repetitions in a recording.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES: index ``time_s`` [s]; of its columns obliquity [°] counts, and ``side`` where it is there.
    side : {"left", "right"}, optional
        Stance side, written into the table. Where `angles` has its own (see `find_sides`) that counts.
    noise_deg : float, default 0
        Standard deviation of what noise alone makes of obliquity within a repetition [°], for routes that see worse than a sensor: a swing of less
        than two of them is not taken for one.

    Returns
    -------
    DataFrame
        Table REPS without measures, one row per cycle: complete, partial and aborted ones in order of time, times in [s], confidence [0–1]. Only the
        complete ones count. Nothing reaches from one leg to the other. No rows where nothing was found, or less than 30 samples are known.

    Raises
    ------
    ValueError
        `angles` is no table ANGLES.

    Notes
    -----
    The method, and its shares and limits, are this project's own. The smoothed obliquity (low-pass at 5 Hz) is cut into alternating swings down and
    up, ignoring reversals smaller than a quarter of the typical swing (and than 0.8°). Each swing down begins a repetition, from where its speed
    leaves rest to where the raise comes to rest, between samples. Only changes of obliquity are looked at, so its zero does not matter. Valid for
    drops of 1° and more and repetitions of 0.5–8 s, sampled at 20 Hz or more.

    Examples
    --------
    >>> time = np.arange(0, 12, 0.02)
    >>> lowering = np.where((time > 2) & (time < 10), -4 * (1 - np.cos(2 * np.pi * (time - 2) / 2)), 0.0)
    >>> angles = pd.DataFrame({"obliquity_deg": lowering, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(time, name="time_s"))
    >>> detect_reps(angles)["kind"].tolist()
    ['complete', 'complete', 'complete', 'complete']
    """
    angles = check_table(angles, Angles)
    smallest = max(SMALLEST_SWING_DEG, NOISE_SDS * noise_deg)
    if "side" not in angles:
        return _detect_on_one_leg(angles, side, smallest)
    begins = angles["side"].ne(angles["side"].shift()).cumsum()
    found = [_detect_on_one_leg(stretch, str(stretch["side"].iloc[0]), smallest) for _, stretch in angles.groupby(begins)]
    reps = pd.concat(found, ignore_index=True)
    earlier_sets = np.cumsum([0, *(table["set"].max() if len(table) else 0 for table in found[:-1])])
    reps["set"] += np.repeat(earlier_sets, [len(table) for table in found])
    reps["rep"] = np.arange(1, len(reps) + 1)
    return reps


def _detect_on_one_leg(angles: pd.DataFrame, side: str | None, smallest: float) -> pd.DataFrame:
    time = angles.index.to_numpy(dtype=float)
    curve = smooth_angle(angles, "obliquity_deg")
    if curve is None:
        return _as_table([], side, smallest)
    typical = typical_swing(curve)
    least = max(smallest, SWING_SHARE * typical)
    turns = find_turns(curve, max(smallest, REVERSAL_SHARE * typical))
    turns = _without_wavers(curve, turns, SWING_SHARE * typical, DEEP_SHARE * typical)
    velocity = np.gradient(curve, time)
    cycles = _mark_partial([_describe_cycle(time, curve, velocity, *cycle) for cycle in _cycles(curve, turns)])
    return _as_table(_in_sets(cycles), side, least)


def _without_wavers(curve: Array, turns: list[int], least: float, deep: float) -> list[int]:
    """Return the turning points without swings smaller than `least` [°], the smallest first, but for those of a partial raise.

    A partial raise regains less than half of a lowering of at least `deep` [°] before the next lowering.
    """
    kept = list(turns)
    while len(kept) > 2:
        heights = curve[kept]
        swings = np.abs(np.diff(heights))
        free = np.flatnonzero((swings < least) & ~_of_partial_raises(heights, deep))
        if not len(free):
            break
        smallest = int(free[np.argmin(swings[free])])
        if smallest == 0:
            del kept[0]
        elif smallest == len(swings) - 1:
            del kept[-1]
        else:
            del kept[smallest : smallest + 2]
    return kept


def _of_partial_raises(heights: Array, deep: float) -> NDArray[np.bool_]:
    """Return which swings are the up and the down of a partial raise: high, low, less than half way up, and down again."""
    swings = np.diff(heights)
    partial = np.zeros(len(swings), dtype=bool)
    down, up = -swings[:-2], swings[1:-1]
    at = 1 + np.flatnonzero((up > 0) & (down >= deep) & (up < PARTIAL_SHARE * down))
    partial[at] = partial[at + 1] = True
    return partial


def _cycles(curve: Array, turns: list[int]) -> list[tuple[int, int, int | None]]:
    """Return (top, bottom, next top) of every swing down; the next top is None where no raise follows."""
    cycles = []
    for i, (top, bottom) in enumerate(itertools.pairwise(turns)):
        if curve[bottom] < curve[top]:
            cycles.append((top, bottom, turns[i + 2] if i + 2 < len(turns) else None))
    return cycles


def _describe_cycle(time: Array, curve: Array, velocity: Array, top: int, bottom: int, next_top: int | None) -> dict[str, float | str]:
    fastest = bottom - _fastest(-velocity[top : bottom + 1][::-1])
    before = _samples_to_rest(-velocity[top : fastest + 1][::-1])
    start = float(top) if before is None else fastest - before
    cut_off = before is None and top == 0  # a turn within the recording may lie between two samples
    end = float(bottom)
    if next_top is not None:
        quickest = bottom + _fastest(velocity[bottom : next_top + 1])
        after = _samples_to_rest(velocity[quickest : next_top + 1])
        end = float(next_top) if after is None else quickest + after
        cut_off |= after is None and next_top == len(curve) - 1
    if next_top is None or cut_off:
        rest = None if cut_off else _samples_to_rest(-velocity[fastest : bottom + 1])
        lowest = end = float(bottom) if rest is None else fastest + rest
        drop, rise, kind = _between_samples(curve, start) - _between_samples(curve, end), 0.0, "aborted"
    else:
        lowest, drop = _vertex(curve, bottom), _between_samples(curve, start) - float(curve[bottom])
        # Where the raise came to rest, of the repetition's own drop: sway in a pause, the step off after a set and what came before the repetition
        # may have gone higher.
        until = next_top if time[next_top] - _between_samples(time, end) <= LONG_PAUSE_S else int(np.searchsorted(time, time[round(end)] + REST_S))
        rise = float(curve[round(end) : max(round(end), until) + 1].mean() - curve[bottom])
        kind = "complete"
    start_s, bottom_s, end_s = (_between_samples(time, place) for place in (start, lowest, end))
    return {"kind": kind, "start_s": start_s, "bottom_s": bottom_s, "end_s": end_s, "drop": drop, "rise": rise}


def _mark_partial(cycles: list[dict[str, float | str]]) -> list[dict[str, float | str]]:
    """Call those of the finished cycles partial whose raise regains too little."""
    finished = [cycle for cycle in cycles if cycle["kind"] != "aborted"]
    drop, rise = (np.array([cycle[name] for cycle in finished], dtype=float) for name in ("drop", "rise"))
    for cycle, partial in zip(finished, is_partial(drop, rise), strict=True):
        cycle["kind"] = "partial" if partial else "complete"
    return cycles


def _between_samples(values: Array, place: float) -> float:
    """Return the value at a place between two samples, on the straight line from one to the other."""
    before = min(int(place), len(values) - 2)
    return float(values[before] + (place - before) * (values[before + 1] - values[before]))


def _vertex(curve: Array, lowest: int) -> float:
    """Return where, between samples, the parabola through the lowest one and its two neighbours has its bottom."""
    if not 0 < lowest < len(curve) - 1:
        return float(lowest)
    before, at, after = curve[lowest - 1 : lowest + 2]
    bend = before - 2 * at + after
    return lowest + min(max(0.5 * float(before - after) / float(bend), -0.5), 0.5) if bend > 0 else float(lowest)


def _fastest(speed: Array) -> int:
    """Return the fastest sample of the first stretch, from the lowest point on, that carries a good part of a swing.

    The step onto the leg may run into the first lowering, and the step off into the last raise; either may be quicker.
    """
    peak = int(speed.argmax())
    moving = speed > SLOW_SHARE * speed[peak]
    still = np.flatnonzero(~moving)
    at = int(still.searchsorted(peak))
    begin, end = (int(still[at - 1]) + 1 if at else 0), (int(still[at]) if at < len(still) else len(speed))
    if not moving[:begin].any() and speed[begin:end].sum() >= 0.5 * speed[moving].sum():  # nearly always: there is no other stretch to speak of
        return peak
    bounds = [0, *(np.flatnonzero(moving[1:] != moving[:-1]) + 1).tolist(), len(speed)]
    stretches = [(begin, end) for begin, end in itertools.pairwise(bounds) if moving[begin]]
    way = [speed[begin:end].sum() for begin, end in stretches]
    begin, end = next(stretch for stretch, gone in zip(stretches, way, strict=True) if gone >= 0.5 * max(way))
    return int(begin + np.argmax(speed[begin:end]))


def _samples_to_rest(speed: Array) -> float | None:
    """Return how many samples after the fastest one (the first of `speed`) the movement comes to rest; None when it is cut off before it does.

    Sway hides the moment itself, so it is extrapolated from where the speed falls below twice and once `SLOW_SHARE` of its peak. With 1.5 times
    the way between both, a minimum-jerk and a cosine movement err by +2.5 % and −2 % of their duration; the plain crossing errs by 4–10 %. It
    never reaches farther than a fifth of the way gone so far (these two need 0.18 and 0.13), so that a step onto the leg which runs into the
    first lowering is not taken for part of it.
    """
    low, twice = _falls_to(speed, SLOW_SHARE * speed[0]), _falls_to(speed, 2 * SLOW_SHARE * speed[0])
    if low is None or twice is None:
        return None
    return min(low + min(EXTRAPOLATION * (low - twice), FARTHEST * low), float(len(speed) - 1))


def _falls_to(speed: Array, level: float) -> float | None:
    """Return the place between two samples where the speed first falls to `level`; None when it never does."""
    first = int((speed <= level).argmax())
    if first == 0:
        return 0.0 if speed[0] <= level else None
    return first - float((level - speed[first]) / (speed[first - 1] - speed[first]))


def _in_sets(cycles: list[dict[str, float | str]]) -> list[dict[str, float | str]]:
    """Give the cycles numbers by sets, without those that belong to none."""
    kind = np.array([cycle["kind"] for cycle in cycles], dtype=str)
    start, end, drop, rise = (np.array([cycle[name] for cycle in cycles], dtype=float) for name in ("start_s", "end_s", "drop", "rise"))
    # What follows a partial raise has only a part of the way to go down, and all of it up.
    after_partial = np.append(False, kind[:-1] == "partial")[: len(kind)]
    sets = find_sets(kind, start, end, np.where(after_partial, np.maximum(drop, rise), drop))
    return [{**cycles[i], "set": number} for number, members in enumerate(sets, 1) for i in members]


def _as_table(rows: list[dict[str, float | str]], side: str | None, least: float) -> pd.DataFrame:
    kinds = {"set": int, "kind": str, "start_s": float, "bottom_s": float, "end_s": float, "drop": float, "rise": float}
    table = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in kinds.items()})
    table["rep"], table["side"] = np.arange(1, len(rows) + 1), pd.Series([side] * len(rows), dtype="str")
    table["confidence"] = rate_confidence(table["drop"].to_numpy(), table["rise"].to_numpy(), table["kind"].to_numpy(), least)
    return table[COLUMNS]

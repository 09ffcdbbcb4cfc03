"""REPS of one person → how the pelvis turns with the drop: from which drop on, and by how much per degree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.reps.complete import select_measured

Array = NDArray[np.float64]

LEAST_REPS = 20
LEAST_SIDE = 5  # repetitions below and above every break that is tried
PLACES = 60  # breaks tried, evenly between: a tenth of a degree apart where drops spread by 6°
DRAWS = 999  # of shuffles, sign changes and bootstraps each
WHAT = ["drop_deg", "rotation_range_deg"]
ALPHA = 0.05
TAILS = (2.5, 97.5)  # of both intervals [%]
SEED = 22
NOTHING = 1e-12  # [°²] instead of zero, where rotations lie on the line exactly or a resample has nothing beyond a break


@dataclass(frozen=True, slots=True)
class Coupling:
    """Rotation range as a function of drop: ``base_deg + slope · max(0, drop − break_deg)``.

    Attributes
    ----------
    n_reps : int
        Repetitions used.
    drop_low_deg, drop_high_deg : float
        5th and 95th percentile of their drops [°].
    break_deg, break_low_deg, break_high_deg : float
        Drop from which on the pelvis turns more [°], and its 95 % interval; NaN when it cannot be told.
    slope, slope_low, slope_high : float
        Turning per degree of drop beyond the break [°/°], and its 95 % interval; without a break that of a straight line; NaN without coupling.
    base_deg : float
        Rotation range below the break [°]; NaN when no break can be told.
    p_coupling : float
        Share of shuffled repetitions whose rotation goes with drop at least as well [0–1]; NaN where it could not be asked.
    p_break : float
        Share of straight lines of the same scatter that look at least as bent [0–1]; NaN without coupling.
    reason : str or None
        One sentence where no break can be told.
    """

    n_reps: int
    drop_low_deg: float
    drop_high_deg: float
    break_deg: float = np.nan
    break_low_deg: float = np.nan
    break_high_deg: float = np.nan
    slope: float = np.nan
    slope_low: float = np.nan
    slope_high: float = np.nan
    base_deg: float = np.nan
    p_coupling: float = np.nan
    p_break: float = np.nan
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Points:
    """Drop and rotation of n repetitions [°], and errors that the repetitions of a recording share, drawn `DRAWS` times, shape (draws, n) [°]."""

    drop: Array
    rotation: Array
    drop_error: Array
    rotation_error: Array


def fit_coupling(reps: pd.DataFrame) -> Coupling:
    """Fit how one person's pelvic rotation goes with the drop.

    Parameters
    ----------
    reps : DataFrame
        Table REPS with measures, of one person; several sets and recordings may follow one another (``pandas.concat``).

    Returns
    -------
    Coupling

    Raises
    ------
    ValueError
        Repetitions without measures.

    Notes
    -----
    Least squares over a grid of breaks with at least five repetitions on either side; a slope below zero is no coupling. A break is told when
    rotation goes with drop at all (shuffled rotations) and a straight line does worse than chance bends it (its residuals with signs drawn anew,
    which keeps that they are larger where the pelvis turns more). Intervals are percentiles of the fit to repetitions drawn anew, in pairs of
    drop and rotation for the same reason.

    All repetitions of a recording share the errors of how its sensor was worn. Where the table carries standard errors (``drop_se_deg``,
    ``rotation_range_se_deg``), one error for each recording is drawn in every copy of the data, so that neither an offset between recordings
    passes for a break nor an interval is narrower than the measurement. A new recording begins where ``rep`` does not rise.

    Tiredness may steepen the coupling: fit fresh repetitions where that matters.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drop = rng.uniform(4, 14, 80)
    >>> turned = 2 + 0.5 * np.maximum(0, drop - 9) + rng.normal(0, 0.3, 80)
    >>> times = {"start_s": 0.0, "bottom_s": 1.0, "end_s": 2.0}
    >>> reps = pd.DataFrame({"rep": np.arange(1, 81), "set": 1, "side": "left", "kind": "complete", **times, "drop_deg": drop})
    >>> found = fit_coupling(reps.assign(rotation_range_deg=turned))
    >>> found.break_low_deg < 9 < found.break_high_deg, found.slope_low < 0.5 < found.slope_high
    (True, True)
    """
    rng = np.random.default_rng(SEED)
    points = _collect_points(reps, rng)
    n = len(points.drop)
    low, high = (float(end) for end in np.percentile(points.drop, [5, 95])) if n else (np.nan, np.nan)
    untold = Coupling(n, low, high)
    if n < LEAST_REPS:
        return replace(untold, reason=f"{n} measured repetitions: at least {LEAST_REPS} are needed to see how rotation goes with the drop")
    if high - low < norms.COUPLING_SPREAD_DEG.value:
        least = f"{norms.COUPLING_SPREAD_DEG.value:g}°"
        return replace(untold, reason=f"the drops lie between {low:.1f}° and {high:.1f}°: only if they differ by {least} can a break be seen")
    ordered = np.sort(points.drop)
    straight, places = ordered[:1], np.linspace(ordered[LEAST_SIDE - 1], ordered[-LEAST_SIDE], PLACES)  # a break at the smallest drop is none
    p_coupling = _ask_coupling(points, np.append(straight, places), rng)
    if p_coupling > ALPHA:
        return replace(untold, p_coupling=p_coupling, reason="rotation does not go with the drop more than chance makes it")
    p_break = _ask_break(points, straight, places, rng)
    asked = replace(untold, p_coupling=p_coupling, p_break=p_break)
    if p_break > ALPHA:
        reason = f"no break stands out between {low:.1f}° and {high:.1f}°: a straight line from the smallest drop on does as well"
        _, slope, _ = _fit_copies(points, straight, rng)
        return replace(asked, slope=slope[0], slope_low=slope[1], slope_high=slope[2], reason=reason)
    base, slope, place = _fit_copies(points, places, rng)
    broken = replace(asked, break_deg=place[0], break_low_deg=place[1], break_high_deg=place[2])
    return replace(broken, slope=slope[0], slope_low=slope[1], slope_high=slope[2], base_deg=base[0])


def _collect_points(reps: pd.DataFrame, rng: np.random.Generator) -> _Points:
    begins = reps["rep"].diff().le(0) if "rep" in reps else False
    used = select_measured(reps.assign(recording=np.cumsum(begins)), WHAT).dropna(subset=WHAT)
    recording = used["recording"].to_numpy(dtype=int)
    errors = []
    for name in ("drop_se_deg", "rotation_range_se_deg"):
        error = used[name].fillna(0.0).to_numpy(dtype=float) if name in used else np.zeros(len(used))
        errors.append(rng.standard_normal((DRAWS, recording.max(initial=0) + 1))[:, recording] * error)
    return _Points(*(used[name].to_numpy(dtype=float) for name in WHAT), *errors)


def _ask_coupling(points: _Points, places: Array, rng: np.random.Generator) -> float:
    """Return the share of copies with shuffled rotations that a hinge explains as well."""
    order = np.argsort(rng.random((DRAWS, len(points.drop))), axis=1)
    shuffled = points.rotation[order] + points.rotation_error
    return _share_as_large(_gain(points.drop, np.vstack([points.rotation, shuffled]), places).max(axis=1))


def _ask_break(points: _Points, straight: Array, places: Array, rng: np.random.Generator) -> float:
    """Return the share of straight copies, the residuals' signs drawn anew, that look as bent."""
    slope, base = np.polyfit(points.drop, points.rotation, 1)
    line = base + slope * points.drop
    signs = rng.choice([-1.0, 1.0], (DRAWS, len(line)))
    copies = line + signs * (points.rotation - line) + points.rotation_error + slope * points.drop_error
    rotations = np.vstack([points.rotation, copies])
    total = ((rotations - rotations.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    by_line, by_hinge = _gain(points.drop, rotations, straight)[:, 0], _gain(points.drop, rotations, places).max(axis=1)
    return _share_as_large((by_hinge - by_line) / np.maximum(total - by_hinge, NOTHING))


def _share_as_large(values: Array) -> float:
    """Return the share of the values that are at least the first, which is among them."""
    return float((values >= values[0]).mean())


def _gain(drop: Array, rotations: Array, places: Array) -> Array:
    """Return the sum of squares that a hinge at each place takes from each row of rotations [°²], shape (k, c); nothing for a falling one."""
    hinges = np.maximum(0.0, drop - places[:, None])
    hinges -= hinges.mean(axis=1, keepdims=True)
    return np.asarray(np.maximum(rotations @ hinges.T, 0.0) ** 2 / (hinges**2).sum(axis=1))


def _fit_copies(points: _Points, places: Array, rng: np.random.Generator) -> Iterator[tuple[float, float, float]]:
    """Yield for base [°], slope [°/°] and place [°] of the best hinge: its value, and both ends of its interval from repetitions drawn anew."""
    n = len(points.drop)
    weights = np.vstack([np.ones(n), rng.multinomial(n, np.full(n, 1 / n), size=DRAWS)])
    drop = np.vstack([points.drop, points.drop + points.drop_error])
    rotation = np.vstack([points.rotation, points.rotation + points.rotation_error])
    mean = (weights * rotation).sum(axis=1) / n
    best = np.full((4, len(weights)), -1.0)  # gain, base, slope, place
    for place in places:
        hinge = np.maximum(0.0, drop - place)
        mean_hinge = (weights * hinge).sum(axis=1) / n
        along = np.maximum(0.0, (weights * hinge * rotation).sum(axis=1) - n * mean_hinge * mean)
        width = np.maximum((weights * hinge**2).sum(axis=1) - n * mean_hinge**2, NOTHING)
        slope = along / width
        tried = np.array([along * slope, mean - slope * mean_hinge, slope, np.full(len(weights), place)])
        best = np.where(tried[0] > best[0], tried, best)
    for values in best[1:]:
        low, high = np.percentile(values[1:], TAILS)
        yield float(values[0]), float(low), float(high)

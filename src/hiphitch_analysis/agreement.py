"""Agreement and reliability: how far two methods, raters or days differ, and what change a measurement can show. Pure statistics on arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, f, norm, t

Array = NDArray[np.float64]
Interval = tuple[float, float]

LIMITS_SD = 1.96  # as Bland and Altman draw them
BOOTSTRAPS = 2000


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Limits of agreement between two methods, in the unit of what was measured.

    Attributes
    ----------
    n : int
        Pairs used.
    bias : float
        Mean of first minus second.
    sd : float
        Standard deviation of a single difference.
    lower, upper : float
        95 % limits of agreement, bias ± 1.96 sd.
    bias_ci, lower_ci, upper_ci : (float, float)
        95 % confidence intervals of the bias and of each limit.
    """

    n: int
    bias: float
    sd: float
    lower: float
    upper: float
    bias_ci: Interval
    lower_ci: Interval
    upper_ci: Interval


def bland_altman(first: ArrayLike, second: ArrayLike, subject: ArrayLike | None = None) -> BlandAltman:
    """Compare two methods by their differences.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        What each method measured, pair by pair; pairs with a NaN are left out.
    subject : array_like, shape (n,), optional
        Who was measured, where each person contributes several pairs whose true value varies. The standard deviation then holds the variance
        between and within persons, and the intervals count persons rather than pairs.

    Returns
    -------
    BlandAltman

    Raises
    ------
    ValueError
        Different lengths, or fewer than three pairs (persons).

    Notes
    -----
    The limits' intervals use the variance of a limit, sd² (1/n + 1.96²/(2(n − 1))), and Student's t. Valid for differences that are about normal
    and do not grow with the value measured; plot them to see.

    References
    ----------
    Bland JM, Altman DG. Statistical methods for assessing agreement between two methods of clinical measurement. Lancet 1986.
    doi:10.1016/S0140-6736(86)90837-8

    Bland JM, Altman DG. Agreement between methods of measurement with multiple observations per individual. J Biopharm Stat 2007.
    doi:10.1080/10543400701329422

    Examples
    --------
    >>> found = bland_altman([10.0, 12.0, 9.0, 11.0], [9.0, 11.0, 9.0, 9.0])
    >>> found.bias, round(found.sd, 3)
    (1.0, 0.816)
    """
    one, other = _pairs(first, second)
    known = ~(np.isnan(one) | np.isnan(other))
    difference = one[known] - other[known]
    if subject is None:
        n, sd = len(difference), float(difference.std(ddof=1)) if len(difference) > 1 else float("nan")
        bias = float(difference.mean()) if n else float("nan")
    else:
        who = np.asarray(subject)
        if who.shape != one.shape:
            raise ValueError(f"subject: {len(who)} values — expected one for each of the {len(one)} pairs. Give them in the same order.")
        bias, sd, n = _repeated(difference, who[known])
    if n < 3:
        raise ValueError(f"agreement: {n} {'pairs' if subject is None else 'persons'} — expected at least 3. Measure more of them.")
    lower, upper = bias - LIMITS_SD * sd, bias + LIMITS_SD * sd
    quantile = float(t.ppf(0.975, n - 1))
    of_bias = quantile * sd / np.sqrt(n)
    of_limit = quantile * sd * np.sqrt(1 / n + LIMITS_SD**2 / (2 * (n - 1)))
    around = [(centre - half, centre + half) for centre, half in ((bias, of_bias), (lower, of_limit), (upper, of_limit))]
    return BlandAltman(len(difference), bias, sd, lower, upper, *((float(a), float(b)) for a, b in around))


def _repeated(difference: Array, who: NDArray[np.generic]) -> tuple[float, float, int]:
    """Return the bias, the standard deviation of a single difference and the number of persons, by one-way analysis of variance."""
    groups = [difference[who == person] for person in np.unique(who)]
    n, total = len(groups), len(difference)
    if n < 2 or total == n:
        return float(difference.mean()), float(difference.std(ddof=1)) if total > 1 else float("nan"), n
    counts = np.array([len(group) for group in groups])
    means = np.array([group.mean() for group in groups])
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (total - n)
    between = float((counts * (means - difference.mean()) ** 2).sum()) / (n - 1)
    per_person = (total - (counts**2).sum() / total) / (n - 1)
    return float(difference.mean()), float(np.sqrt(within + max(0.0, (between - within) / per_person))), n


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well measurements tell subjects apart, and how large their error is.

    Attributes
    ----------
    n, k : int
        Subjects and measurements of each (raters, days, devices).
    icc_2_1, icc_3_1 : float
        Intraclass correlation of a single measurement: absolute agreement of raters drawn at random; consistency of these raters.
    icc_2_1_ci, icc_3_1_ci : (float, float)
        95 % confidence intervals.
    sem : float
        Standard error of measurement within the same rater: the root of the residual mean square, in the unit of the measurement.
    sem_ci : (float, float)
        Its 95 % confidence interval.
    sem_agreement : float
        Standard error of measurement when the rater may be any: with the variance between raters.
    """

    n: int
    k: int
    icc_2_1: float
    icc_2_1_ci: Interval
    icc_3_1: float
    icc_3_1_ci: Interval
    sem: float
    sem_ci: Interval
    sem_agreement: float


def assess_reliability(ratings: ArrayLike) -> Reliability:
    """Work out intraclass correlations and standard errors of measurement.

    Parameters
    ----------
    ratings : array_like, shape (n, k)
        One row per subject, one column per rater, day or device; rows with a NaN are left out.

    Returns
    -------
    Reliability

    Raises
    ------
    ValueError
        Fewer than three subjects or two raters.

    Notes
    -----
    Two-way analysis of variance without interaction. Valid for normal errors of equal size; an ICC also depends on how different the subjects are,
    the standard error of measurement does not.

    References
    ----------
    Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. Psychol Bull 1979. doi:10.1037/0033-2909.86.2.420

    McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol Methods 1996. doi:10.1037/1082-989X.1.1.30

    Weir JP. Quantifying test-retest reliability using the intraclass correlation coefficient and the SEM. J Strength Cond Res 2005.
    doi:10.1519/15184.1

    Examples
    --------
    >>> found = assess_reliability([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(found.icc_2_1, 2), round(found.icc_3_1, 2)
    (0.29, 0.71)
    """
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"ratings: shape {table.shape} — expected one row per subject and at least two columns. Give each rater a column.")
    table = table[~np.isnan(table).any(axis=1)]
    n, k = table.shape
    if n < 3:
        raise ValueError(f"ratings: {n} complete subjects — expected at least 3. Measure more of them.")
    grand = table.mean()
    between = k * float(((table.mean(axis=1) - grand) ** 2).sum()) / (n - 1)
    raters = n * float(((table.mean(axis=0) - grand) ** 2).sum()) / (k - 1)
    left = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + grand
    freedom = (n - 1) * (k - 1)
    error = float((left**2).sum()) / freedom
    agreement = _ratio(between - error, between + (k - 1) * error + k * (raters - error) / n)
    consistency = _ratio(between - error, between + (k - 1) * error)
    spread = error * freedom / np.array([chi2.ppf(0.975, freedom), chi2.ppf(0.025, freedom)])
    return Reliability(
        n,
        k,
        agreement,
        _agreement_ci(agreement, between, raters, error, n, k),
        consistency,
        _consistency_ci(between, error, n, k),
        float(np.sqrt(error)),
        (float(np.sqrt(spread[0])), float(np.sqrt(spread[1]))),
        float(np.sqrt(error + max(0.0, (raters - error) / n))),
    )


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")


def _agreement_ci(icc: float, between: float, raters: float, error: float, n: int, k: int) -> Interval:
    if error <= 0 or np.isnan(icc):
        return (float("nan"), float("nan"))
    a, b = k * icc / (n * (1 - icc)) if icc < 1 else np.inf, 1 + k * icc * (n - 1) / (n * (1 - icc)) if icc < 1 else np.inf
    if not np.isfinite(a):
        return (float("nan"), float("nan"))
    freedom = (a * raters + b * error) ** 2 / ((a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    low, high = float(f.ppf(0.975, n - 1, freedom)), float(f.ppf(0.975, freedom, n - 1))
    noise = k * raters + (k * n - k - n) * error
    lower = n * (between - low * error) / (low * noise + n * between)
    upper = n * (high * between - error) / (noise + n * high * between)
    return (float(lower), float(upper))


def _consistency_ci(between: float, error: float, n: int, k: int) -> Interval:
    if error <= 0:
        return (float("nan"), float("nan"))
    ratio, freedom = between / error, (n - 1) * (k - 1)
    low, high = ratio / f.ppf(0.975, n - 1, freedom), ratio * f.ppf(0.975, freedom, n - 1)
    return (float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1)))


def mdc95(sem: float) -> float:
    """Return the minimal detectable change with 95 % confidence, 1.96 √2 times the standard error of measurement, in its unit.

    >>> round(mdc95(1.0), 2)
    2.77
    """
    return float(norm.ppf(0.975) * np.sqrt(2) * sem)


def rmse(first: ArrayLike, second: ArrayLike, demean: bool = False) -> float:
    """Return the root mean square of first minus second, in their unit.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Pairs with a NaN are left out.
    demean : bool, default False
        Whether the mean difference is taken away first.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Different lengths, or no pair.

    Examples
    --------
    >>> rmse([1.0, 2.0, 3.0], [0.0, 2.0, 2.0], demean=True).__round__(3)
    0.471
    """
    one, other = _pairs(first, second)
    difference = (one - other)[~(np.isnan(one) | np.isnan(other))]
    if not len(difference):
        raise ValueError("agreement: no pair without a missing value — expected at least 1. Check that both cover the same samples.")
    return float(np.sqrt(np.mean((difference - difference.mean() * demean) ** 2)))


@dataclass(frozen=True, slots=True)
class Band:
    """A mean curve with bands around it, in the unit of the curves.

    Attributes
    ----------
    n : int
        Curves used.
    mean, sd : ndarray, shape (p,)
        Point by point.
    mean_half, new_half : ndarray, shape (p,)
        Half width of the 95 % band that holds the whole true mean curve, and of the one that holds the whole of a new curve.
    """

    n: int
    mean: Array
    sd: Array
    mean_half: Array
    new_half: Array


def band_curves(curves: ArrayLike, seed: int = 0) -> Band:
    """Put bands around curves that hold over their whole length at once, by bootstrap.

    Parameters
    ----------
    curves : array_like, shape (n, p)
        One curve per row on a common grid, for example one repetition at 101 points; rows with a NaN are left out.
    seed : int, default 0
        Of the bootstrap: the same curves always get the same bands.

    Returns
    -------
    Band

    Raises
    ------
    ValueError
        Fewer than five curves.

    Notes
    -----
    The half widths are multiples of the point's standard deviation, large enough that 95 % of resampled mean curves (of curves left out) lie
    within them at every point; bands drawn point by point hold far fewer. Valid for about ten curves or more: with few, resampling sees too
    little of the spread.

    References
    ----------
    Lenhoff MW, et al. Bootstrap prediction and confidence bands: a superior statistical method for analysis of gait data. Gait & Posture 1999.
    doi:10.1016/S0966-6362(98)00043-5

    Examples
    --------
    >>> curves = np.random.default_rng(1).normal(size=(30, 11))
    >>> band = band_curves(curves)
    >>> bool((band.new_half > 1.96 * band.sd).all())  # wider than point by point
    True
    """
    table = np.asarray(curves, dtype=float)
    if table.ndim != 2:
        raise ValueError(f"curves: shape {table.shape} — expected one curve per row. Bring them to a common grid first.")
    table = table[~np.isnan(table).any(axis=1)]
    n = len(table)
    if n < 5:
        raise ValueError(f"curves: {n} complete curves — expected at least 5. Record more repetitions.")
    mean, sd = table.mean(axis=0), table.std(axis=0, ddof=1)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(n, np.full(n, 1 / n), BOOTSTRAPS)  # how often each curve was drawn
    centred = table - mean  # the spread by squares below must not lose digits to a large mean
    means = times @ centred / n
    own = np.sqrt(np.maximum((times @ centred**2 / n - means**2) * n / (n - 1), 1e-24))
    of_mean = np.abs(means / own).max(axis=1)
    # A new curve is judged by curves that it was not drawn with: one of those left out, all of them equally likely.
    judged = np.argmax(np.where(times == 0, rng.random(times.shape), -1.0), axis=1)
    of_new = np.abs((centred[judged] - means) / own).max(axis=1)
    return Band(n, mean, sd, float(np.quantile(of_mean, 0.95)) * sd, float(np.quantile(of_new, 0.95)) * sd)


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"agreement: shapes {one.shape} and {other.shape} — expected two rows of the same length. Pair the measurements first.")
    return one, other

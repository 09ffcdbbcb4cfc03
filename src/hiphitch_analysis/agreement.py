"""Agreement and reliability: how far two methods, raters or days differ, and what change a measurement can show. Pure statistics on arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, f, nct, norm, t

Array = NDArray[np.float64]
Interval = tuple[float, float]

TAILS = (0.025, 0.975)  # of every interval
LIMITS_SD = 1.96  # as Bland and Altman draw them
BOOTSTRAPS = 2000
SPREAD_FLOOR = 0.3  # a resample counts as at least this share as spread as the curves: near-copies would blow the bands up
ROUNDING = 1e-13  # differences smaller than this share of the values are rounding


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Limits of agreement between two methods, in the unit of what was measured.

    Attributes
    ----------
    n, persons : int
        Pairs used, and persons they are of.
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
    persons: int
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
        Who was measured, where each person contributes several pairs whose true value varies; pairs of nobody (NaN) are left out. By default
        every pair is a person of its own.

    Returns
    -------
    BlandAltman
        Methods that always differ by the same amount have a standard deviation of 0 and intervals without width.

    Raises
    ------
    ValueError
        Different lengths, or fewer than three pairs (persons).

    Notes
    -----
    With one pair per person the limits' intervals are exact, each limit taken by itself (noncentral t). With several, the variance of a single
    difference is that between persons plus that within, from a one-way analysis of variance; the intervals recover their variance from those of
    the two (MOVER) and count persons. Valid for differences that are about normal and do not grow with the value measured; plot them to see.

    References
    ----------
    Bland JM, Altman DG. Statistical methods for assessing agreement between two methods of clinical measurement. Lancet 1986.
    doi:10.1016/S0140-6736(86)90837-8

    Bland JM, Altman DG. Agreement between methods of measurement with multiple observations per individual. J Biopharm Stat 2007.
    doi:10.1080/10543400701329422

    Carkeet A. Exact parametric confidence intervals for Bland–Altman limits of agreement. Optom Vis Sci 2015. doi:10.1097/OPX.0000000000000513

    Zou GY. Confidence interval estimation for the Bland–Altman limits of agreement with multiple observations per individual. Stat Methods Med
    Res 2013. doi:10.1177/0962280211402548

    Examples
    --------
    >>> found = bland_altman([10.0, 12.0, 9.0, 11.0], [9.0, 11.0, 9.0, 9.0])
    >>> found.bias, round(found.sd, 3)
    (1.0, 0.816)
    """
    one, other = _pairs(first, second)
    who = np.arange(len(one)) if subject is None else np.asarray(subject, dtype=object)
    if who.shape != one.shape:
        raise ValueError(f"subject: {who.size} values — expected one for each of the {len(one)} pairs. Give them in the same order.")
    known = ~(np.isnan(one) | np.isnan(other)) & (who == who)  # what does not equal itself is NaN, among names too
    difference, person = one[known] - other[known], np.unique(who[known], return_inverse=True)[1]
    counts = np.bincount(person)
    n, total = len(counts), len(difference)
    if n < 3:
        raise ValueError(f"agreement: {n} {'pairs' if subject is None else 'persons'} — expected at least 3. Measure more of them.")
    bias, means = float(difference.mean()), np.bincount(person, difference) / counts
    square = float((counts * (means - bias) ** 2).sum()) / (n - 1)
    within = float(((difference - means[person]) ** 2).sum()) / (total - n) if total > n else 0.0
    per_person = float(total - (counts**2).sum() / total) / (n - 1)
    between = max(0.0, (square - within) / per_person)
    sd = float(np.sqrt(between + within))
    of_bias = float(t.ppf(TAILS[1], n - 1) * np.sqrt(between * (counts**2).sum() + within * total) / total)
    if total == n:
        near, far = (float(abs(factor - LIMITS_SD) * sd) for factor in nct.ppf(TAILS, n - 1, LIMITS_SD * np.sqrt(n)) / np.sqrt(n))
    else:
        parts = ((square / per_person, n - 1), ((1 - 1 / per_person) * within, total - n))
        near, far = (float(np.hypot(of_bias, LIMITS_SD * (bound - sd))) for bound in _sd_bounds(sd, parts))
    lower, upper = bias - LIMITS_SD * sd, bias + LIMITS_SD * sd
    return BlandAltman(total, n, bias, sd, lower, upper, (bias - of_bias, bias + of_bias), (lower - far, lower + near), (upper - near, upper + far))


def _sd_bounds(sd: float, parts: tuple[tuple[float, int], ...]) -> Interval:
    """Return the confidence limits of a standard deviation whose variance is a sum of independent mean squares, each with its degrees of freedom."""
    below, above = (
        np.sqrt(sum((square * (freedom / chi2.ppf(tail, freedom) - 1)) ** 2 for square, freedom in parts)) for tail in (TAILS[1], TAILS[0])
    )
    return float(np.sqrt(max(0.0, sd**2 - below))), float(np.sqrt(sd**2 + above))


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well measurements tell subjects apart, and how large their error is.

    Attributes
    ----------
    n, k : int
        Subjects and measurements of each (raters, days, devices).
    icc_2_1, icc_3_1 : float
        Intraclass correlation of a single measurement: absolute agreement of raters drawn at random; consistency of these raters. NaN where
        nothing varies; below zero there is no reliability.
    icc_2_1_ci, icc_3_1_ci : (float, float)
        95 % confidence intervals; NaN where the raters differ by nothing but a constant.
    sem : float
        Standard error of measurement within the same rater: the root of the residual mean square, in the unit of the measurement.
    sem_ci : (float, float)
        Its 95 % confidence interval.
    sem_agreement : float
        Standard error of measurement when the rater may be any: with the variance between raters. It has no interval: so few raters say too
        little about all of them.
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

    @property
    def mdc95(self) -> float:
        """Minimal detectable change between two measurements by the same rater, from `sem`."""
        return mdc95(self.sem)

    @property
    def mdc95_ci(self) -> Interval:
        """Its 95 % confidence interval."""
        return mdc95(self.sem_ci[0]), mdc95(self.sem_ci[1])


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
    Two-way analysis of variance without interaction; F and chi-square intervals, in ICC(2,1) with the degrees of freedom of Satterthwaite, for
    which an estimate below zero counts as zero. Valid for normal errors of equal size; an ICC also depends on how different the subjects are, the
    standard error of measurement does not.

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
    rows, columns = table.mean(axis=1, keepdims=True), table.mean(axis=0)
    freedom = (n - 1) * (k - 1)
    squares = np.array([k * ((rows - grand) ** 2).sum() / (n - 1), n * ((columns - grand) ** 2).sum() / (k - 1)])
    squares = np.append(squares, ((table - rows - columns + grand) ** 2).sum() / freedom)
    between, raters, error = (float(square) for square in np.where(squares > (ROUNDING * np.abs(table).max()) ** 2, squares, 0.0))
    agreement = _ratio(between - error, between + (k - 1) * error + k * (raters - error) / n)
    consistency = _ratio(between - error, between + (k - 1) * error)
    sem_low, sem_high = (float(np.sqrt(error * freedom / chi2.ppf(tail, freedom))) for tail in TAILS[::-1])
    return Reliability(
        n,
        k,
        agreement,
        _agreement_ci(between, raters, error, n, k),
        consistency,
        _consistency_ci(between, error, n, k),
        float(np.sqrt(error)),
        (sem_low, sem_high),
        float(np.sqrt(error + max(0.0, (raters - error) / n))),
    )


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")


def _agreement_ci(between: float, raters: float, error: float, n: int, k: int) -> Interval:
    if error == 0:
        return float("nan"), float("nan")
    a = max(0.0, between - error) / (raters + (n - 1) * error)  # k icc / (n (1 − icc)) of McGraw and Wong
    b = 1 + a * (n - 1)
    freedom = (a * raters + b * error) ** 2 / ((a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    low, high = float(f.ppf(TAILS[1], n - 1, freedom)), float(f.ppf(TAILS[1], freedom, n - 1))
    noise = k * raters + (k * n - k - n) * error
    return n * (between - low * error) / (low * noise + n * between), n * (high * between - error) / (noise + n * high * between)


def _consistency_ci(between: float, error: float, n: int, k: int) -> Interval:
    if error == 0:
        return float("nan"), float("nan")
    ratio, freedom = between / error, (n - 1) * (k - 1)
    low, high = float(ratio / f.ppf(TAILS[1], n - 1, freedom)), float(ratio * f.ppf(TAILS[1], freedom, n - 1))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def mdc95(sem: float) -> float:
    """Return the minimal detectable change with 95 % confidence, 1.96 √2 times the standard error of measurement, in its unit.

    Take `sem` where the same rater measures again and `sem_agreement` where it may be another.

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
        Half width of the 95 % band that holds the whole true mean curve (confidence), and of the one that holds the whole of a new curve
        (prediction).
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
        One curve per row on a common grid, for example one repetition at 101 points; rows with a NaN are left out. To compare two methods, hand
        in their differences curve by curve: `mean` is then the bias, `mean` ± 1.96 `sd` the limits of agreement at each point, and `new_half`
        those of whole curves.
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
    The half widths are multiples of the point's standard deviation, large enough that 95 % of resampled mean curves (of curves left out of a
    resample) lie within them at every point; bands drawn point by point hold far fewer. Lenhoff judges each resample by all curves; judging by
    those left out keeps the promise with few curves too. In 300 simulated sets of smooth curves each, a new curve lay inside in 98 % (5 to 10
    curves) to 97 % (25), the true mean in 97 % to 94 %, pointwise 1.96 sd in 64 % to 84 %. Valid for curves that are independent of each other:
    repetitions of one person say nothing about the next person.

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
    mean = table.mean(axis=0)
    centred = np.where(np.ptp(table, axis=0) > 0, table - mean, 0.0)  # the spread by squares below must not lose digits to a large mean
    sd = np.sqrt((centred**2).sum(axis=0) / (n - 1))
    rng = np.random.default_rng(seed)
    times = rng.multinomial(n, np.full(n, 1 / n), BOOTSTRAPS)  # how often each curve was drawn
    means = times @ centred / n
    own = np.sqrt(np.maximum((times @ centred**2 / n - means**2) * n / (n - 1), (SPREAD_FLOOR * sd) ** 2))
    own[:, sd == 0] = 1.0
    of_mean = np.abs(means / own).max(axis=1)
    # A new curve is judged by curves that it was not drawn with: one of those left out, all of them equally likely. Few resamples leave none out.
    judged = np.argmax(np.where(times == 0, rng.random(times.shape), -1.0), axis=1)
    of_new = np.abs((centred[judged] - means) / own).max(axis=1)[(times == 0).any(axis=1)]
    return Band(n, mean, sd, float(np.quantile(of_mean, 0.95)) * sd, float(np.quantile(of_new, 0.95)) * sd)


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"agreement: shapes {one.shape} and {other.shape} — expected two rows of the same length. Pair the measurements first.")
    return one, other

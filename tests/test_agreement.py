"""Agreement statistics against published worked examples, independent oracles and simulated coverage."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.integrate import quad
from scipy.stats import chi, chi2, norm, t
from statsmodels.stats.anova import anova_lm

from hiphitch_analysis import agreement
from hiphitch_analysis.agreement import assess_reliability, band_curves, bland_altman, mdc95, rmse

# Bland & Altman 1986, Table 1: peak expiratory flow [l/min] of 17 people, the first readings with a large and a mini Wright meter.
LARGE = np.array([494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427.0])
MINI = np.array([512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451.0])
# Bland & Altman 2007, Table 1: cardiac output of 12 people by radionuclide ventriculography and by impedance cardiography, in pairs.
RADIONUCLIDE = """7.83 7.42 7.89 7.12 7.88|6.16 7.26 6.71 6.54|4.75 5.24 4.86 4.78 6.05 5.42|4.21 3.61 3.72 3.87 3.92|3.13 2.98 2.85 3.17 3.09 3.12
|5.92 6.42 5.92 6.27|7.13 6.62 6.58 6.93|4.54 4.81 5.11 5.29 5.39 5.57|4.48 4.92 3.97|4.22 4.65 4.74 4.44 4.50|6.78 6.07 6.52 6.42 6.41 5.76
|5.06 4.72 4.90 4.80 4.90 5.10"""
IMPEDANCE = """6.57 5.62 6.90 6.57 6.35|4.06 4.29 4.26 4.09|4.71 5.50 5.08 5.02 6.01 5.67|4.14 4.20 4.61 4.68 5.04|3.03 2.86 2.77 2.46 2.32 2.43
|5.90 5.81 5.70 5.76|5.09 4.63 4.61 5.09|4.72 4.61 4.36 4.20 4.36 4.20|3.17 3.12 2.96|4.35 4.62 3.16 3.53 3.53|7.20 6.09 7.00 7.10 7.40 6.80
|4.50 4.20 3.80 3.80 4.20 4.50"""
# Shrout & Fleiss 1979, Table 2: six targets, four judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])
# Weir 2005, data set A: eight people, two trials.
TRIALS = np.array([[146, 148, 170, 90, 157, 156, 176, 205], [140, 152, 152, 99, 145, 153, 167, 218.0]]).T


def cardiac_output():
    groups, others = ([np.array(person.split(), dtype=float) for person in text.split("|")] for text in (RADIONUCLIDE, IMPEDANCE))
    return np.concatenate(groups), np.concatenate(others), np.repeat(np.arange(12), [len(group) for group in groups])


def mean_squares(values, *factors):
    """Mean squares of an additive analysis of variance by statsmodels, one per factor and the residual's."""
    frame = pd.DataFrame({"value": values, **{f"f{i}": factor for i, factor in enumerate(factors)}})
    table = anova_lm(smf.ols("value ~ " + " + ".join(f"C(f{i})" for i in range(len(factors))), frame).fit())
    return (table["sum_sq"] / table["df"]).to_numpy()


# --- Bland and Altman ------------------------------------------------------------------------------------------------------------------------
def test_peak_flow_of_bland_and_altman():
    found = bland_altman(LARGE, MINI)
    assert (found.n, found.persons) == (17, 17)
    assert found.bias == pytest.approx(-2.1, abs=0.05) and found.sd == pytest.approx(38.8, abs=0.05)  # as printed
    # the paper draws the limits at two standard deviations: −79.7 and 75.5
    assert found.bias - 2 * found.sd == pytest.approx(-79.7, abs=0.1) and found.bias + 2 * found.sd == pytest.approx(75.5, abs=0.1)
    assert found.lower == pytest.approx(-78.1, abs=0.05) and found.upper == pytest.approx(73.9, abs=0.05)
    assert found.bias_ci == pytest.approx((-22.0, 17.8), abs=0.1)  # as printed
    # printed: −114.3 to −45.1 about −79.7, symmetric and approximate; the exact interval has about that width and reaches farther out
    assert found.lower_ci[1] - found.lower_ci[0] == pytest.approx(114.3 - 45.1, rel=0.05)
    assert found.lower - found.lower_ci[0] > 114.3 - 79.7 > found.lower_ci[1] - found.lower


def test_limits_intervals_are_those_of_the_pivot():
    # Independent of the noncentral t: with s the sample's over the true standard deviation, P(limit < mean + k s) = E Φ(√n (k s − 1.96)).
    n, found = len(LARGE), bland_altman(LARGE, MINI)
    spread = chi(n - 1, scale=1 / np.sqrt(n - 1))
    for bound, share in zip(found.upper_ci, (0.025, 0.975), strict=True):
        k = (bound - found.bias) / found.sd
        held, _ = quad(lambda s, k=k: norm.cdf(np.sqrt(n) * (k * s - 1.96)) * spread.pdf(s), 0, 4)
        assert held == pytest.approx(share, abs=1e-6)
    mirrored = tuple(2 * found.bias - bound for bound in reversed(found.upper_ci))
    assert found.lower_ci == pytest.approx(mirrored)


@pytest.mark.parametrize(
    ("n", "content", "confidence", "factor", "digits"),
    [
        (10, 0.95, 0.95, 2.911, 3),  # one-sided normal tolerance factors as tabulated, e.g. Natrella 1963
        (20, 0.95, 0.95, 2.396, 3),
        (30, 0.95, 0.95, 2.220, 3),
        (40, 0.90, 0.99, 1.9017, 4),  # real-statistics.com, "Tolerance interval example", by the noncentral t
    ],
)
def test_outer_interval_of_a_limit_is_the_tabulated_tolerance_factor(monkeypatch, n, content, confidence, factor, digits):
    monkeypatch.setattr(agreement, "LIMITS_SD", float(norm.ppf(content)))
    monkeypatch.setattr(agreement, "TAILS", (1 - confidence, confidence))
    found = bland_altman(np.random.default_rng(n).normal(size=n), np.zeros(n))
    assert round((found.upper_ci[1] - found.bias) / found.sd, digits) == factor
    assert round((found.bias - found.lower_ci[0]) / found.sd, digits) == factor


def test_cardiac_output_of_bland_and_altman():
    found = bland_altman(*cardiac_output())
    assert (found.n, found.persons) == (60, 12)
    # Bland & Altman 2007, "true value varies", as printed there from Stata
    assert found.bias == pytest.approx(0.6021667, abs=1e-7) and found.sd**2 == pytest.approx(0.98133606, abs=1e-7)
    assert (found.lower, found.upper) == pytest.approx((-1.3394565, 2.5437899), abs=1e-6)  # from a rounded standard deviation
    first, second, _ = cardiac_output()
    assert bland_altman(first, second).sd == pytest.approx(0.9610571, abs=1e-7)  # the paper's, ignoring who is who


def test_cardiac_output_does_not_depend_on_order_or_on_names():
    first, second, who = cardiac_output()
    found, order = bland_altman(first, second, who), np.random.default_rng(0).permutation(60)
    names = np.array([f"person {number}" for number in who])
    shuffled = bland_altman(first[order], second[order], names[order])
    assert np.hstack([shuffled.upper_ci, shuffled.bias_ci]) == pytest.approx(np.hstack([found.upper_ci, found.bias_ci]))


def test_balanced_repeated_pairs_have_the_intervals_of_zou():
    # Zou 2013 in the paper's own terms: variance of the persons' means, harmonic mean of the numbers of pairs
    rng = np.random.default_rng(3)
    difference = 1 + rng.normal(0, 2, (9, 1)) + rng.normal(0, 1, (9, 4))
    of_means, within = difference.mean(axis=1).var(ddof=1), difference.var(axis=1, ddof=1).mean()
    total = of_means + (1 - 1 / 4) * within
    terms = [(of_means, 8), ((1 - 1 / 4) * within, 27)]
    low = total - np.sqrt(sum((v * (1 - df / chi2.isf(0.025, df))) ** 2 for v, df in terms))
    high = total + np.sqrt(sum((v * (df / chi2.isf(0.975, df) - 1)) ** 2 for v, df in terms))
    half = t.isf(0.025, 8) * np.sqrt(of_means / 9)
    upper = difference.mean() + 1.96 * np.sqrt(total)
    found = bland_altman(difference.ravel(), np.zeros(36), subject=np.repeat(np.arange(9), 4))
    assert found.bias_ci == pytest.approx((difference.mean() - half, difference.mean() + half))
    assert found.upper_ci[0] == pytest.approx(upper - np.hypot(half, 1.96 * (np.sqrt(total) - np.sqrt(low))))
    assert found.upper_ci[1] == pytest.approx(upper + np.hypot(half, 1.96 * (np.sqrt(high) - np.sqrt(total))))
    assert found.lower_ci == pytest.approx(tuple(2 * found.bias - bound for bound in reversed(found.upper_ci)))


def test_persons_who_differ_less_than_their_pairs_add_no_variance():
    within = mean_squares([0, 3, 1, 2, 0.5, 2.5], [1, 1, 2, 2, 3, 3])[1]  # every person's mean is 1.5
    found = bland_altman([0, 3, 1, 2, 0.5, 2.5], np.zeros(6), subject=[1, 1, 2, 2, 3, 3])
    assert found.sd == pytest.approx(np.sqrt(within))


def test_repeated_pairs_with_one_pair_each_are_plain_pairs():
    assert bland_altman(LARGE, MINI, subject=np.arange(17)) == bland_altman(LARGE, MINI)


def test_exchanging_the_methods_turns_everything_around():
    one, other = bland_altman(LARGE, MINI), bland_altman(MINI, LARGE)
    assert (other.bias, other.lower, other.upper) == pytest.approx((-one.bias, -one.upper, -one.lower))
    assert other.lower_ci == pytest.approx((-one.upper_ci[1], -one.upper_ci[0]))


@pytest.mark.parametrize(
    ("between", "within", "pairs"),
    [(3.0, 0.0, [1] * 20), (2.0, 0.5, [5] * 12), (1.0, 1.0, [5] * 12), (1.0, 1.0, [2, 3, 5, 6, 2, 4, 3, 6, 5, 2, 4, 3, 3, 5])],
)
def test_intervals_of_bias_and_limits_hold_the_truth_as_often_as_they_say(between, within, pairs):
    rng, runs, held = np.random.default_rng(8), 1000, np.zeros(3)
    who = np.repeat(np.arange(len(pairs)), pairs)
    reach = 1.96 * np.hypot(between, within)
    for _ in range(runs):
        difference = 2.0 + rng.normal(0, between, len(pairs))[who] + rng.normal(0, within, len(who))
        found = bland_altman(difference, np.zeros(len(who)), subject=who)
        truths = (2.0, found.bias_ci), (2.0 - reach, found.lower_ci), (2.0 + reach, found.upper_ci)
        held += [low < truth < high for truth, (low, high) in truths]
    # 1000 runs know a coverage of 95 % to 0.7 %: three of these, and 1 % for the approximation with several pairs
    assert held / runs == pytest.approx(np.full(3, 0.95), abs=0.021 if within == 0 else 0.031)


# --- Reliability -----------------------------------------------------------------------------------------------------------------------------
def test_judges_of_shrout_and_fleiss():
    found = assess_reliability(JUDGES)
    assert (found.n, found.k) == (6, 4)
    assert found.icc_2_1 == pytest.approx(0.29, abs=0.005) and found.icc_3_1 == pytest.approx(0.71, abs=0.005)  # Table 4 of the paper
    # R, irr::icc of the same table (two-way, single; agreement and consistency); psych::ICC prints 0.019–0.761 and 0.342–0.946
    assert (found.icc_2_1, *found.icc_2_1_ci) == pytest.approx((0.2897638, 0.01878651, 0.7610844), abs=1e-7)
    assert (found.icc_3_1, *found.icc_3_1_ci) == pytest.approx((0.7148407, 0.34246477, 0.9458583), abs=1e-7)


def test_standard_errors_are_those_of_an_analysis_of_variance():
    target, judge = np.indices(JUDGES.shape)
    _, judges, residual = mean_squares(JUDGES.ravel(), target.ravel(), judge.ravel())
    found = assess_reliability(JUDGES)
    assert found.sem == pytest.approx(np.sqrt(residual))
    assert found.sem_agreement == pytest.approx(np.sqrt(residual + (judges - residual) / 6))
    # 15 degrees of freedom: the 97.5 and 2.5 % points of any printed chi-square table are 27.488 and 6.262
    assert found.sem_ci == pytest.approx((found.sem * np.sqrt(15 / 27.488), found.sem * np.sqrt(15 / 6.262)), rel=1e-4)


def test_trials_of_weir():
    found = assess_reliability(TRIALS)
    assert found.sem == pytest.approx(7.6, abs=0.05)  # as printed, p. 236
    by_hand = np.diff(TRIALS, axis=1).std(ddof=1) / np.sqrt(2)  # with two trials, the typical error
    assert found.sem == pytest.approx(by_hand)
    assert found.mdc95 == pytest.approx(1.96 * np.sqrt(2) * by_hand, rel=1e-4)  # the normal quantile is 1.95996
    assert found.mdc95_ci == pytest.approx([1.96 * np.sqrt(2) * bound for bound in found.sem_ci], rel=1e-4)
    assert found.sem_agreement == found.sem  # the trials' means differ less than chance would have them


def test_a_strict_judge_costs_agreement_but_not_consistency():
    stricter = JUDGES - [0, 3, 0, 0]
    one, other = assess_reliability(JUDGES), assess_reliability(stricter)
    assert other.icc_3_1 == pytest.approx(one.icc_3_1) and other.sem == pytest.approx(one.sem)
    assert other.icc_2_1 < one.icc_2_1 and other.sem_agreement > one.sem_agreement


def test_another_unit_changes_the_error_but_not_the_correlations():
    one, other = assess_reliability(JUDGES), assess_reliability(10 * JUDGES + 300)
    assert (other.icc_2_1, other.icc_3_1) == pytest.approx((one.icc_2_1, one.icc_3_1))
    assert (other.sem, other.sem_agreement) == pytest.approx((10 * one.sem, 10 * one.sem_agreement))


def test_intervals_of_reliability_hold_the_truth_as_often_as_they_say():
    rng, runs, held = np.random.default_rng(2), 1000, np.zeros(4)
    for _ in range(runs):  # subjects 2, raters 1, error 1
        ratings = rng.normal(0, 2, (15, 1)) + rng.normal(0, 1, 4) + rng.normal(0, 1, (15, 4))
        found = assess_reliability(ratings)
        truths = (4 / 6, found.icc_2_1_ci), (4 / 5, found.icc_3_1_ci), (1.0, found.sem_ci), (1.96 * np.sqrt(2), found.mdc95_ci)
        held += [low < truth < high for truth, (low, high) in truths]
    # 1000 runs know a coverage of 95 % to 0.7 %; Satterthwaite's degrees of freedom in ICC(2,1) are an approximation
    assert held[1:] / runs == pytest.approx(np.full(3, 0.95), abs=0.021) and held[0] / runs == pytest.approx(0.95, abs=0.031)


def test_five_percent_of_unchanged_people_seem_changed_beyond_the_minimal_detectable_change():
    rng = np.random.default_rng(6)
    people, raters = rng.normal(0, 3, 4000), rng.normal(0, 2, 4000)
    same = rng.normal(0, 1.5, (4000, 2))
    assert np.mean(np.abs(same[:, 0] - same[:, 1]) > mdc95(1.5)) == pytest.approx(0.05, abs=0.0105)  # 4000 know it to 0.35 %
    other = people[:, None] + np.stack([raters, raters[::-1]], axis=1) + same
    assert np.mean(np.abs(other[:, 0] - other[:, 1]) > mdc95(np.hypot(1.5, 2))) == pytest.approx(0.05, abs=0.0105)


def test_ratings_without_error_have_no_interval():
    found = assess_reliability([[0.1, 0.1], [0.2, 0.2], [0.7, 0.7]])
    assert found.icc_2_1 == found.icc_3_1 == 1.0 and found.sem == found.mdc95 == 0
    assert np.isnan([*found.icc_2_1_ci, *found.icc_3_1_ci]).all()
    shifted = assess_reliability([[0.1, 0.3], [0.2, 0.4], [0.7, 0.9]])  # 0.1 + 0.2 is not 0.3 in binary: rounding is no error
    assert shifted.icc_3_1 == 1.0 and shifted.sem == 0
    # variances by hand: of the subjects' means 0.31/3, of the raters' 0.2²/2
    assert shifted.icc_2_1 == pytest.approx((0.31 / 3) / (0.31 / 3 + 0.02))


def test_ratings_without_subjects_have_no_reliability():
    alike = assess_reliability(np.full((4, 3), 0.1))
    assert np.isnan([alike.icc_2_1, alike.icc_3_1, *alike.icc_2_1_ci, *alike.icc_3_1_ci]).all() and alike.sem == 0
    level = assess_reliability([[1.0, 2.0], [2.0, 1.0], [1.5, 1.5]])  # subjects' means all 1.5
    assert level.icc_3_1 == -1 and level.sem == pytest.approx(np.sqrt(0.5))  # −1/(k − 1); squares of ±½ four times over 2 degrees of freedom
    assert np.isfinite(level.icc_2_1_ci).all()


# --- RMSE ------------------------------------------------------------------------------------------------------------------------------------
def test_rmse_in_closed_form():
    time = np.linspace(0, 1, 1001)[:-1]
    assert rmse(3 + 2 * np.sin(2 * np.pi * time), 0 * time) == pytest.approx(np.sqrt(9 + 2))
    assert rmse(3 + 2 * np.sin(2 * np.pi * time), 0 * time, demean=True) == pytest.approx(np.sqrt(2))


def test_rmse_leaves_out_missing_pairs():
    assert rmse([3.0, np.nan, -4.0, 1.0], [0.0, 0.0, 0.0, np.nan]) == pytest.approx(np.sqrt(12.5))  # (9 + 16)/2


# --- Bands -----------------------------------------------------------------------------------------------------------------------------------
GRID = np.linspace(0, 1, 51)
WAVES = np.stack([np.ones(51), np.sin(np.pi * GRID), np.cos(2 * np.pi * GRID)])
TRUE_MEAN = np.sin(2 * np.pi * GRID)


def curves_of(rng, n):
    """Smooth random curves about a sine: three random waves."""
    return TRUE_MEAN + rng.normal(0, 1, (n, 3)) @ WAVES


def test_band_in_closed_form():
    band = band_curves([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [4.0, 5.0]])
    assert band.n == 5 and band.mean.tolist() == [2.0, 5.0]
    assert band.sd == pytest.approx([np.sqrt(2.5), 0])


def test_band_is_what_slow_resampling_finds(monkeypatch):
    rng, resamples, curves = np.random.default_rng(11), 20000, curves_of(np.random.default_rng(12), 10)[:, ::10]
    of_mean, of_new = [], []
    for _ in range(resamples):  # the definition, drawn curve by curve
        drawn = rng.integers(0, 10, 10)
        mean, sd = curves[drawn].mean(axis=0), np.maximum(curves[drawn].std(axis=0, ddof=1), 0.3 * curves.std(axis=0, ddof=1))
        of_mean.append(np.max(np.abs(curves.mean(axis=0) - mean) / sd))
        left_out = np.setdiff1d(np.arange(10), drawn)
        if len(left_out):
            of_new.append(np.max(np.abs(curves[rng.choice(left_out)] - mean) / sd))
    monkeypatch.setattr(agreement, "BOOTSTRAPS", resamples)
    band = band_curves(curves)
    # 20 000 resamples know these quantiles to about 1 %
    assert band.mean_half / band.sd == pytest.approx(np.full(6, np.quantile(of_mean, 0.95)), rel=0.03)
    assert band.new_half / band.sd == pytest.approx(np.full(6, np.quantile(of_new, 0.95)), rel=0.03)


@pytest.mark.parametrize("n", [8, 25])
def test_bands_hold_whole_curves_as_often_as_they_say(n):
    rng, runs = np.random.default_rng(4), 150
    whole, mean, pointwise = 0.0, 0.0, 0.0
    for seed in range(runs):
        band, new = band_curves(curves_of(rng, n), seed), curves_of(rng, 20)
        whole += (np.abs(new - band.mean) <= band.new_half).all(axis=1).mean() / runs
        pointwise += (np.abs(new - band.mean) <= 1.96 * band.sd).all(axis=1).mean() / runs
        mean += (np.abs(TRUE_MEAN - band.mean) <= band.mean_half).all() / runs
    # 150 runs know a coverage of 95 % to 1.8 %; with few curves the bands err on the wide side. Drawn point by point they hold clearly fewer.
    assert 0.93 < whole < 0.995 and mean > 0.90 and pointwise < 0.87


def test_many_curves_have_the_band_of_their_process():
    # Its multiple of the standard deviation by drawing from the process itself: the 95 % point of the largest |z| of a curve.
    z = np.abs(np.random.default_rng(9).normal(size=(20000, 3)) @ (WAVES / np.sqrt((WAVES**2).sum(axis=0)))).max(axis=1)
    multiple = np.quantile(z, 0.95)
    assert 2.1 < multiple < 2.6  # simultaneous, but of only three waves
    band = band_curves(curves_of(np.random.default_rng(10), 400))
    # 400 curves know the 95 % point of their largest deviation to about 4 %, and their standard deviation to 3.5 %
    assert band.new_half / band.sd == pytest.approx(np.full(51, multiple), rel=0.1)
    assert band.mean_half * 20 / band.sd == pytest.approx(np.full(51, multiple), rel=0.05)
    assert band.sd == pytest.approx(np.sqrt((WAVES**2).sum(axis=0)), rel=0.12)


def test_bands_follow_the_unit_and_repeat_with_the_seed():
    curves = curves_of(np.random.default_rng(3), 12)
    one, other = band_curves(curves, seed=1), band_curves(10 * curves + 300, seed=1)
    assert other.new_half == pytest.approx(10 * one.new_half) and other.mean_half == pytest.approx(10 * one.mean_half)
    assert (band_curves(curves, seed=1).new_half == one.new_half).all()
    assert (band_curves(curves, seed=2).new_half != one.new_half).all()


def test_differences_of_paired_curves_give_pointwise_limits():
    rng = np.random.default_rng(7)
    first, second = curves_of(rng, 12), curves_of(rng, 12)
    band = band_curves(first - second)
    at = bland_altman(first[:, 17], second[:, 17])
    assert (band.mean[17], band.mean[17] + 1.96 * band.sd[17]) == pytest.approx((at.bias, at.upper))
    assert (band.new_half > 1.96 * band.sd).all()


def test_points_that_do_not_vary_leave_the_band_alone():
    curves = curves_of(np.random.default_rng(0), 10)
    held = np.hstack([curves, np.full((10, 1), 0.1)])
    plain, band = band_curves(curves), band_curves(held)
    assert band.sd[-1] == band.new_half[-1] == band.mean_half[-1] == 0
    assert band.new_half[:-1] == pytest.approx(plain.new_half)
    held[3, -1] = 0.2  # one curve departs where all others agree: resamples without it have no spread there
    assert (band_curves(held).new_half / band_curves(held).sd < 12).all()  # √10 · 0.9/0.3 = 9.5 standard deviations, and the mean's share


# --- What is missing and what is refused -----------------------------------------------------------------------------------------------------
def test_missing_values_are_left_out_and_counted():
    found = bland_altman([*LARGE, np.nan, 300], [*MINI, 400.0, np.nan])
    assert found == bland_altman(LARGE, MINI)
    assert assess_reliability(np.vstack([JUDGES, [1, 2, 3, np.nan]])) == assess_reliability(JUDGES)
    curves = curves_of(np.random.default_rng(1), 8)
    curves[0, 3] = np.nan
    assert band_curves(curves).n == 7


@pytest.mark.parametrize("name", [float, "person {}".format])
def test_pairs_of_nobody_are_left_out(name):
    first, second, who = cardiac_output()
    subject = [*map(name, who), np.nan, np.nan]
    assert bland_altman([*first, 90, 91], [*second, 1, 2], subject).persons == 12
    assert bland_altman([*first, 90, 91], [*second, 1, 2], subject).bias == pytest.approx(np.mean(first - second))


def test_methods_that_always_differ_alike_have_intervals_without_width():
    found = bland_altman([3.0, 4.0, 7.0], [1.0, 2.0, 5.0])
    assert found.sd == 0 and found.bias_ci == found.lower_ci == found.upper_ci == (2.0, 2.0)
    assert bland_altman([3.0, 4.0, 7.0, 8.0], [1.0, 2.0, 5.0, 6.0], subject=[1, 1, 2, 3]).upper_ci == (2.0, 2.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bland_altman([1, 2, 3], [1, 2]), "expected two rows of the same length"),
        (lambda: bland_altman([[1, 2, 3]], [[1, 2, 3]]), "expected two rows of the same length"),
        (lambda: bland_altman([1, 2], [1, 2]), "2 pairs — expected at least 3"),
        (lambda: bland_altman([1, 2, 3], [1, 2, np.nan]), "2 pairs — expected at least 3"),
        (lambda: bland_altman([1, 2, 3, 4], [1, 2, 3, 5], subject=[1, 1, 2, 2]), "2 persons — expected at least 3"),
        (lambda: bland_altman([1, 2, 3], [1, 2, 3], subject=[1]), "expected one for each of the 3 pairs"),
        (lambda: bland_altman([], []), "0 pairs"),
        (lambda: assess_reliability([1, 2, 3]), "at least two columns"),
        (lambda: assess_reliability([[1], [2], [3]]), "at least two columns"),
        (lambda: assess_reliability([[1, 2], [3, 4]]), "2 complete subjects"),
        (lambda: rmse([np.nan], [1.0]), "no pair"),
        (lambda: rmse([1.0, 2.0], [1.0]), "expected two rows of the same length"),
        (lambda: band_curves([[1.0, 2.0]] * 4), "4 complete curves"),
        (lambda: band_curves([1.0, 2.0]), "one curve per row"),
    ],
)
def test_what_cannot_be_judged_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()

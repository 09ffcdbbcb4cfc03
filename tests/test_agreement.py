"""Agreement statistics against published worked examples, independent oracles and simulated coverage."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from hiphitch_analysis.agreement import assess_reliability, band_curves, bland_altman, mdc95, rmse

# Bland & Altman 1986, Table 1: peak expiratory flow [l/min] of 17 people, the first readings with a large and a mini Wright meter.
LARGE = np.array([494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427.0])
MINI = np.array([512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451.0])
# Shrout & Fleiss 1979, Table 2: six targets, four judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])


def test_peak_flow_of_bland_and_altman():
    found = bland_altman(LARGE, MINI)
    assert found.n == 17
    assert found.bias == pytest.approx(-2.1, abs=0.05) and found.sd == pytest.approx(38.8, abs=0.05)  # as printed
    # the paper draws the limits at two standard deviations: −79.7 and 75.5
    assert found.bias - 2 * found.sd == pytest.approx(-79.7, abs=0.1) and found.bias + 2 * found.sd == pytest.approx(75.5, abs=0.1)
    assert found.lower == pytest.approx(-78.1, abs=0.05) and found.upper == pytest.approx(73.9, abs=0.05)
    assert found.bias_ci == pytest.approx((-22.0, 17.8), abs=0.1)  # as printed
    # printed: −114.3 to −45.1 about −79.7, from a limit's variance of 3 sd²/n; the exact one is 0.4 % wider
    half = (found.lower_ci[1] - found.lower_ci[0]) / 2
    assert half == pytest.approx((114.3 - 45.1) / 2, rel=0.01)


def test_repeated_pairs_with_one_pair_each_are_plain_pairs():
    assert bland_altman(LARGE, MINI, subject=np.arange(17)) == bland_altman(LARGE, MINI)


def test_repeated_pairs_find_the_variance_of_a_single_difference():
    rng = np.random.default_rng(5)
    people, pairs = 400, 6
    who = np.repeat(np.arange(people), pairs)
    difference = 1.0 + rng.normal(0, 2.0, people)[who] + rng.normal(0, 1.5, people * pairs)
    found = bland_altman(difference, np.zeros_like(difference), subject=who)
    assert found.sd == pytest.approx(np.hypot(2.0, 1.5), rel=0.05)  # 400 people know a standard deviation to 3.5 %
    assert found.bias == pytest.approx(1.0, abs=0.25)


def test_intervals_of_bias_and_limits_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(8)
    held = np.zeros(2)
    runs = 1000
    for _ in range(runs):
        found = bland_altman(rng.normal(2.0, 3.0, 20), np.zeros(20))
        held += [found.bias_ci[0] < 2.0 < found.bias_ci[1], found.upper_ci[0] < 2.0 + 1.96 * 3.0 < found.upper_ci[1]]
    # 1000 runs know a coverage of 95 % to 0.7 %; the limit's interval is an approximation, somewhat short on the far side
    assert held[0] / runs == pytest.approx(0.95, abs=0.021) and 0.91 < held[1] / runs < 0.97


def test_judges_of_shrout_and_fleiss():
    found = assess_reliability(JUDGES)
    assert (found.n, found.k) == (6, 4)
    assert found.icc_2_1 == pytest.approx(0.29, abs=0.005) and found.icc_3_1 == pytest.approx(0.71, abs=0.005)  # Table 4 of the paper
    # R, psych::ICC of the same table
    assert found.icc_2_1_ci == pytest.approx((0.019, 0.76), abs=0.005)
    assert found.icc_3_1_ci == pytest.approx((0.34, 0.95), abs=0.005)


def test_standard_errors_are_those_of_an_analysis_of_variance():
    long = pd.DataFrame(JUDGES).reset_index().melt(id_vars="index", var_name="judge", value_name="score")
    table = anova_lm(smf.ols("score ~ C(index) + C(judge)", long).fit())
    squares = table["sum_sq"] / table["df"]
    found = assess_reliability(JUDGES)
    assert found.sem == pytest.approx(np.sqrt(squares["Residual"]))
    assert found.sem_agreement == pytest.approx(np.sqrt(squares["Residual"] + (squares["C(judge)"] - squares["Residual"]) / 6))
    assert found.sem_ci[0] < found.sem < found.sem_ci[1]
    assert mdc95(found.sem) == pytest.approx(2.7718 * found.sem, rel=1e-4)  # 1.96 √2


def test_a_strict_judge_costs_agreement_but_not_consistency():
    stricter = JUDGES - [0, 3, 0, 0]
    one, other = assess_reliability(JUDGES), assess_reliability(stricter)
    assert other.icc_3_1 == pytest.approx(one.icc_3_1) and other.sem == pytest.approx(one.sem)
    assert other.icc_2_1 < one.icc_2_1 and other.sem_agreement > one.sem_agreement


def test_reliability_of_a_simulated_retest():
    rng = np.random.default_rng(2)
    true = rng.normal(0, 3.0, 500)
    found = assess_reliability(true[:, None] + rng.normal(0, 1.0, (500, 2)))
    assert found.icc_3_1 == pytest.approx(9 / 10, abs=0.02) and found.sem == pytest.approx(1.0, rel=0.07)
    assert found.icc_2_1_ci[0] < 0.9 < found.icc_2_1_ci[1]


def test_perfect_repetition_has_no_error_and_no_interval():
    found = assess_reliability([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])
    assert found.icc_2_1 == found.icc_3_1 == 1.0 and found.sem == 0
    assert np.isnan(found.icc_3_1_ci).all()


def test_rmse_in_closed_form():
    time = np.linspace(0, 1, 1001)[:-1]
    assert rmse(3 + 2 * np.sin(2 * np.pi * time), 0 * time) == pytest.approx(np.sqrt(9 + 2))
    assert rmse(3 + 2 * np.sin(2 * np.pi * time), 0 * time, demean=True) == pytest.approx(np.sqrt(2))


def curves_of(rng, n, points=51):
    """Smooth random curves about a sine: three random waves."""
    grid = np.linspace(0, 1, points)
    waves = np.stack([np.ones(points), np.sin(np.pi * grid), np.cos(2 * np.pi * grid)])
    return np.sin(2 * np.pi * grid) + rng.normal(0, 1, (n, 3)) @ waves


def test_bands_hold_whole_curves_as_often_as_they_say():
    rng = np.random.default_rng(4)
    runs, whole, mean, pointwise = 200, 0, 0, 0
    for seed in range(runs):
        curves = curves_of(rng, 25)
        band, new = band_curves(curves, seed), curves_of(rng, 1)[0]
        whole += bool((np.abs(new - band.mean) <= band.new_half).all())
        pointwise += bool((np.abs(new - band.mean) <= 1.96 * band.sd).all())
        mean += bool((np.abs(np.sin(2 * np.pi * np.linspace(0, 1, 51)) - band.mean) <= band.mean_half).all())
    # 200 runs know 95 % to 1.5 %; a band drawn point by point holds clearly fewer
    assert whole / runs > 0.90 and mean / runs > 0.89 and pointwise < whole


def test_missing_values_are_left_out_and_counted():
    found = bland_altman([*LARGE, np.nan], [*MINI, 400.0])
    assert found == bland_altman(LARGE, MINI)
    assert assess_reliability(np.vstack([JUDGES, [1, 2, 3, np.nan]])) == assess_reliability(JUDGES)
    curves = curves_of(np.random.default_rng(1), 8)
    curves[0, 3] = np.nan
    assert band_curves(curves).n == 7


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bland_altman([1, 2, 3], [1, 2]), "expected two rows of the same length"),
        (lambda: bland_altman([1, 2], [1, 2]), "2 pairs — expected at least 3"),
        (lambda: bland_altman([1, 2, 3, 4], [1, 2, 3, 5], subject=[1, 1, 2, 2]), "2 persons — expected at least 3"),
        (lambda: bland_altman([1, 2, 3], [1, 2, 3], subject=[1]), "expected one for each of the 3 pairs"),
        (lambda: bland_altman([], []), "0 pairs"),
        (lambda: assess_reliability([1, 2, 3]), "at least two columns"),
        (lambda: assess_reliability([[1, 2], [3, 4]]), "2 complete subjects"),
        (lambda: rmse([np.nan], [1.0]), "no pair"),
        (lambda: band_curves([[1.0, 2.0]] * 4), "4 complete curves"),
        (lambda: band_curves([1.0, 2.0]), "one curve per row"),
    ],
)
def test_what_cannot_be_judged_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()

"""A line through one athlete's few days."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress, t

from hiphitch_analysis.progress.line import LEAST_SQUARES, NO_INTERVAL, THEIL_SEN, fit_line


def test_few_days_take_the_median_slope():
    # Slopes between the pairs of (0,0) (1,1) (2,2) (3,3) (4,40): six of 1, then 40, 19.5, 38/3 + ..., the median of ten is 1.
    line = fit_line(np.arange(5.0), np.array([0.0, 1.0, 2.0, 3.0, 40.0]), pd.Series(["left"] * 5))
    assert line.method == THEIL_SEN and line.slope == 1.0 and line.level == 0.0
    assert line.slope_low <= 1.0 <= line.slope_high


def test_four_days_give_no_interval():
    line = fit_line(np.arange(4.0), np.array([0.0, 1.0, 2.0, 3.0]), pd.Series(["left"] * 4))
    assert line.method == NO_INTERVAL and line.slope == 1.0 and np.isnan(line.slope_low)


def test_many_days_are_never_surer_than_least_squares():
    rng = np.random.default_rng(4)
    for _ in range(10):
        time, value = np.arange(12.0), rng.standard_normal(12)
        line, plain = fit_line(time, value, pd.Series(["left"] * 12)), linregress(time, value)
        assert line.method == LEAST_SQUARES and line.slope == pytest.approx(plain.slope)
        assert line.slope_se >= plain.stderr * (1 - 1e-9)
        assert line.slope_high - line.slope == pytest.approx(t.ppf(0.975, 10) * line.slope_se)


def test_days_that_are_alike_widen_the_interval():
    rng = np.random.default_rng(6)
    ratios = []
    for _ in range(20):
        value = np.zeros(40)
        for k in range(1, 40):
            value[k] = 0.8 * value[k - 1] + rng.standard_normal()
        ratios.append(fit_line(np.arange(40.0), value, pd.Series(["left"] * 40)).slope_se / linregress(np.arange(40.0), value).stderr)
    assert min(ratios) >= 1 - 1e-9 and np.mean(ratios) > 1.1  # one lag of weight ½ and correlation 0.8 makes √1.8 = 1.34 in long series


def test_sides_share_a_slope_and_differ_in_level():
    time = np.repeat(np.arange(9.0), 2)
    side = pd.Series(["left", "right"] * 9)
    line = fit_line(time, 10 + 0.5 * time + np.tile([-1.0, 1.0], 9), side)
    assert line.slope == pytest.approx(0.5) and line.level == pytest.approx(10.0) and line.rss == pytest.approx(0.0, abs=1e-18)
    assert line.offsets == pytest.approx({"left": -1.0, "right": 1.0})


def test_one_day_is_refused():
    with pytest.raises(ValueError, match="two different days"):
        fit_line(np.zeros(2), np.array([1.0, 2.0]), pd.Series(["left", "right"]))

"""Do chances tell apart and hold: by hand and pair by pair."""

import numpy as np
import pytest

from hiphitch_analysis.certainty import area_under_roc, calibration_curve, calibration_error


def test_area_by_hand_with_ties():
    # pairs: (0.5, 0.2) won, (0.5, 0.5) even, (0.9, both) won: 3.5 of 4
    assert area_under_roc([0.2, 0.5, 0.5, 0.9], [False, False, True, True]) == 3.5 / 4


def test_area_is_the_share_of_pairs_won():
    rng = np.random.default_rng(3)
    scores, happened = rng.normal(size=200).round(1), rng.random(200) < 0.3
    pairs = scores[happened][:, None] - scores[~happened]
    expected = (pairs > 0).mean() + (pairs == 0).mean() / 2
    assert area_under_roc(scores, happened) == pytest.approx(expected, abs=1e-12)


def test_of_one_kind_there_is_no_area():
    assert np.isnan(area_under_roc([0.1, 0.2], [True, True]))


def test_kept_promises_have_no_error():
    chances = np.repeat([0.25, 0.75], 100)
    happened = np.r_[np.arange(100) < 25, np.arange(100) < 75]
    assert calibration_error(chances, happened) == pytest.approx(0.0)


def test_error_is_weighted_by_numbers():
    # 30 promises of 0.05 all broken upwards by none: off by 0.05; 10 of 0.95 kept in half: off by 0.45
    assert calibration_error([0.05] * 30 + [0.95] * 10, [False] * 30 + [True, False] * 5) == pytest.approx((30 * 0.05 + 10 * 0.45) / 40)


def test_certain_chances_and_missing_ones():
    table = calibration_curve([1.0, np.nan, 0.0], [True, True, False])
    assert table["n"].tolist() == [1, 1] and table["high"].tolist() == [pytest.approx(0.1), 1.0]
    assert np.isnan(calibration_error([np.nan], [True]))

import pandas as pd

from hiphitch_analysis.report.policywords import say_later, say_range
from hiphitch_analysis.simulate import STANDARD

FAILED = {"failed": 0.31, "failed_low": 0.1, "failed_high": 0.55}
LATER = {"weeks_done_diff": -0.42, "weeks_done_diff_low": -0.81, "weeks_done_diff_high": 0.03}


def test_a_range_carries_its_ends():
    assert say_range(pd.Series(FAILED), "failed", ".0%") == "31% (10% to 55%)"


def test_later_has_a_sign_that_is_no_hyphen_and_its_interval():
    row = pd.Series(LATER, name="up after 1 session")
    assert say_later(row, "weeks_done") == "−0.4"
    assert say_later(row, "weeks_done", interval=True) == "−0.4 (−0.8 to +0.0)"


def test_the_standard_ladder_is_not_later_than_itself():
    assert say_later(pd.Series(LATER, name=STANDARD), "weeks_done", interval=True) == "–"

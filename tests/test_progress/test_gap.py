"""The ratio of both sides as repetitions, and when it could be chance."""

import math
from types import SimpleNamespace

import pytest

from hiphitch_analysis.progress.gap import Gap, measure_gap


def outlook(asymmetry, left=24.0, right=24.0):
    return SimpleNamespace(asymmetry=asymmetry, reps_now={"left": (left, left, left), "right": (right, right, right)})


def test_a_ratio_becomes_repetitions():
    # 30 against 20: the ratio 1.5 about the mean √600 gives back the difference, √600 · 2 sinh(ln 1.5 / 2) = 10.
    gap = measure_gap(outlook((math.log(1.5), 0.0, math.log(2)), 30.0, 20.0))
    assert (gap.reps, gap.low) == pytest.approx((10.0, 0.0)) and gap.high == pytest.approx(math.sqrt(600) * (math.sqrt(2) - math.sqrt(0.5)))
    assert measure_gap(outlook(None)) is None and measure_gap(None) is None


@pytest.mark.parametrize(
    ("gap", "certainty", "chance"),
    [
        (Gap(2.0, 0.7184, 3.2816), 0.977, False),  # two standard deviations
        (Gap(1.0, -0.2816, 2.2816), 0.841, True),  # one
        (Gap(-0.5, -1.7816, 0.7816), 0.691, True),  # half of one
        (Gap(3.0, 3.0, 3.0), 1.0, False),
    ],
)
def test_its_certainty_is_that_of_a_normal_distribution_and_its_chance_that_of_the_interval(gap, certainty, chance):
    assert gap.certainty == pytest.approx(certainty, abs=1e-3) and gap.chance is chance

"""How sure a repetition is, against the normal distribution worked by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from hiphitch_analysis.norms import REST_NOISE_DEG
from hiphitch_analysis.reps.confidence import DOUBT, MOST, is_partial, rate_confidence


def rated(drop, rise, kind, least=1.0):
    return rate_confidence(np.array(drop, dtype=float), np.array(rise, dtype=float), np.array(kind), least)


def test_without_complete_repetitions_the_usual_noise_counts():
    """One raise of 3.7° after a drop of 8°: 0.3° from the half, whose noise is that of rest − ½ start − ½ bottom, √1.5 of one height's."""
    found = rated([8], [3.7], ["partial"])[0]
    assert found == pytest.approx(norm.cdf(0.3 / (np.sqrt(1.5) * REST_NOISE_DEG.value) + DOUBT), abs=1e-4)


def test_on_the_limit_it_is_even():
    noise_deg = np.sqrt(4 * REST_NOISE_DEG.value**2 / (4 + 6))  # six without any scatter beside the usual, which counts for four
    limit = 4 + DOUBT * np.sqrt(1.5) * noise_deg
    assert rated([8] * 6, [8] * 5 + [limit], ["complete"] * 6)[-1] == pytest.approx(0.5, abs=1e-6)


def test_a_swing_as_small_as_the_smallest_is_doubtful_whatever_it_regains():
    assert rated([1.0], [0.2], ["partial"])[0] == pytest.approx(0.5 * norm.cdf(0.3 / (np.sqrt(1.5) * REST_NOISE_DEG.value) + DOUBT), abs=1e-4)


def test_an_aborted_one_is_judged_by_its_lowering_alone():
    assert rated([8.0], [0.0], ["aborted"])[0] == MOST


def test_an_uneasy_set_is_less_sure_of_the_same_margin():
    rng = np.random.default_rng(0)
    drop, kind = np.full(31, 8.0), ["complete"] * 30 + ["partial"]
    calm, uneasy = (rated(drop, [*(8 + sd * rng.standard_normal(30)), 3.0], kind)[-1] for sd in (0.1, 1.5))
    assert calm == MOST
    # 1.5° between start and rest are 1.06° of each; 30 repetitions know that to a fifth, and the usual noise holds a little back
    assert uneasy == pytest.approx(norm.cdf(1.0 / (np.sqrt(1.5) * 1.06) + DOUBT * REST_NOISE_DEG.high / 1.06), abs=0.06)


def test_what_follows_a_partial_raise_says_nothing_of_the_noise():
    """It begins low and regains 4.4° more than it dropped, because of the raise before it."""
    drop, rise, kind = [8, 8, 8, 8, 3.6] * 2, [8, 8, 8, 3.6, 8] * 2, ["complete", "complete", "complete", "partial", "complete"] * 2
    alone = rated([8] * 7, [8] * 6 + [3.6], ["complete"] * 6 + ["partial"])
    assert rated(drop, rise, kind)[3] == pytest.approx(alone[-1])


def test_no_cycle_no_chance():
    assert rated([], [], []).shape == (0,)


@pytest.mark.parametrize(("drop", "partial"), [(2.0, True), (12.0, False)])
def test_just_above_half_is_partial_where_sway_may_have_lifted_it(drop, partial):
    """53 % regained: 0.06° above half of 2°, 0.36° above half of 12°; sway moves that by 0.2°."""
    found = is_partial(np.full(8, drop), np.array([drop] * 7 + [0.53 * drop]))
    assert found.tolist() == [False] * 7 + [partial]


def test_what_varies_more_than_sway_does_not_make_more_partial():
    """Raises between 60 and 100 % of 30°, as of an arm: the limit is then at most what sway explains."""
    rise = np.array([18.0, 30.0, 24.0, 19.0, 29.0, 21.0, 27.0, 16.0])
    assert not is_partial(np.full(8, 30.0), rise).any()

"""What a test of strength says, and how sure it is."""

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.fatigue import hold_time, reps_to_failure
from hiphitch_analysis.workload.repetition import Demand, Repetition
from hiphitch_analysis.workload.strength import (
    ability_from_dynamometer,
    ability_from_hold,
    ability_from_isokinetic,
    ability_from_reps,
    ability_from_torque,
    ability_of_population,
    choose_ability,
)

MAN = estimate_body(75, 1.78, "male")
DEMAND = Demand(68.3, 74.1, 2.0)


def spread(values):
    return float(np.std(np.log(values)))


# Medians and spreads of 2,000 draws of a log-normal: a median is right to 1.25 σ/√2000, a spread to 1.6 %; three of these are allowed.
@pytest.mark.parametrize(
    ("ability", "median", "sd"),
    [
        (ability_from_torque(120.0, MAN), 120.0, 0.05),
        (ability_from_torque(120.0, MAN, 12.0), 120.0, 0.10),
        (ability_from_dynamometer(200.0, 0.8, MAN), 160.0, 0.08),
        (ability_from_dynamometer(200.0, 0.8, MAN, 30.0), 160.0, 0.15),
        (ability_from_isokinetic(100.0, MAN), 112.0, np.hypot(0.08, np.log(1.25) / 2)),
        (ability_of_population(MAN, "male"), 1.29 * 1.12 * 75, np.hypot(0.23, np.log(1.25) / 2)),
        (ability_of_population(MAN, "female"), 1.13 * 1.12 * 75, np.hypot(0.23, np.log(1.25) / 2)),
    ],
)
def test_tests_and_their_standard_errors(ability, median, sd):
    assert np.median(ability.strength_nm) == pytest.approx(median, rel=3 * 1.25 * sd / np.sqrt(2000))
    assert spread(ability.strength_nm) == pytest.approx(sd, rel=0.05)
    assert spread(ability.rate) == pytest.approx(0.3, rel=0.05)


def test_a_hold_says_more_about_repetitions_than_about_strength():
    # The leg's moment is .636 N·m/kg lying on the side; who holds it 108 s at usual rates holds 40 % of strength: 119 N·m.
    ability = ability_from_hold(float(hold_time(0.4)), MAN)
    leg_nm = 9.80665 * MAN.leg_kg * MAN.leg_com_m
    assert np.median(ability.strength_nm) == pytest.approx(leg_nm / 0.4, rel=0.02)
    assert 0.1 < spread(ability.strength_nm) < 0.2  # 30 % in the rates over the slope of the curve, about 1.9
    assert np.corrcoef(ability.strength_nm, ability.rate)[0, 1] > 0.75  # who tires fast and still holds it is strong
    shuffled = type(ability)(ability.strength_nm, ability.rate[::-1], ability.heaviness, "")
    assert np.std(reps_to_failure(ability, DEMAND)) < 0.8 * np.std(reps_to_failure(shuffled, DEMAND))


def test_a_set_to_failure_gives_back_its_repetitions():
    ability = ability_from_reps(31, DEMAND, MAN)
    found = reps_to_failure(ability, DEMAND)
    assert found.min() >= 31 - 1e-6
    assert found.max() <= 32 + 1e-6
    assert spread(ability.strength_nm) > 0.05  # strong and tiring fast, or weaker and enduring: one set does not tell


def test_the_same_test_gives_the_same_answer():
    np.testing.assert_array_equal(ability_from_torque(100.0, MAN).strength_nm, ability_from_torque(100.0, MAN).strength_nm)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ability_from_torque(2.0, MAN), "torque_nm: expected 10 to 600, got 2"),
        (lambda: ability_from_torque(100.0, MAN, 0.0), "se_nm: expected above 0"),
        (lambda: ability_from_dynamometer(200.0, 80.0, MAN), "lever_m: expected 0.1 to 1.1, got 80"),
        (lambda: ability_from_hold(1.0, MAN), "hold_s"),
        (lambda: ability_from_reps(0, DEMAND, MAN), "reps"),
    ],
)
def test_impossible_tests_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_one_test_at_a_time():
    none = dict.fromkeys(("torque_nm", "isokinetic_nm", "force_n", "hold_s", "max_reps"))

    def choose(lever_m=None, se=None, **given):
        return choose_ability(MAN, "male", Repetition(), none | given, lever_m, se)

    assert "no strength test" in choose().source
    assert "set to failure" in choose(max_reps=20).source
    assert np.median(choose(force_n=150.0, lever_m=0.8).strength_nm) == pytest.approx(120, rel=0.02)
    for given, words in (
        ({"torque_nm": 100.0, "hold_s": 100.0}, "expected one test"),
        ({"force_n": 150.0}, "expected both"),
        ({"se": 3.0}, "test_se"),
    ):
        with pytest.raises(ValueError, match=words):
            choose(**given)

"""The fatigue model against its own differential equations, published figures, and the project's table of repetitions to failure."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from hiphitch_analysis.workload.fatigue import (
    Ability,
    fatigue_after,
    hold_time,
    load_of_hold,
    predict_sets,
    recover,
    recovery_half_time,
    reps_to_failure,
)
from hiphitch_analysis.workload.repetition import Demand

F, R, DRIVE = 0.015, 0.00149, 10.0  # the knee pair of Frey-Law 2012, Table 1, and the drive of Xia & Frey-Law 2008


def one(strength_nm, rate=1.0):
    return Ability(np.array([float(strength_nm)]), np.array([rate]), np.ones(1), "given")


def integrate(load, stop_s):
    """Xia & Frey-Law's three compartments, written down anew: until what is left (rest + active) no longer reaches the load."""

    def flow(t, y):
        active, rest, fatigued = y
        wanted = load(t)
        missing = wanted - active
        drive = DRIVE * (min(missing, rest) if missing > 0 else missing)
        return [drive - F * active, -drive + R * fatigued, F * active - R * fatigued]

    def fails(t, y):
        return y[0] + y[1] - load(t)

    fails.terminal = True
    return solve_ivp(flow, (0, stop_s), [load(0), 1 - load(0), 0.0], events=fails, max_step=0.02, rtol=1e-8)


@pytest.mark.parametrize(("load", "published_s"), [(0.3, 177.0), (0.5, 70.3), (0.7, 29.2)])
def test_hold_times_are_those_of_the_published_equations(load, published_s):
    # Frey-Law 2012's knee pair through the closed form, as printed elsewhere with three digits; and through the equations themselves.
    assert float(hold_time(load)) == pytest.approx(published_s, rel=0.003)
    assert integrate(lambda t: load, 400).t_events[0][0] == pytest.approx(float(hold_time(load)), rel=0.02)  # a tenth of a second of lag


def test_a_light_load_is_held_for_ever():
    assert np.isinf(hold_time(0.05))  # below R / (F + R) = 9 %


def test_the_load_of_a_hold_undoes_the_hold_time():
    loads = np.linspace(0.1, 0.95, 40)
    np.testing.assert_allclose(load_of_hold(hold_time(loads, 1.3), 1.3), loads, rtol=1e-9)


@pytest.mark.parametrize("strength_nm", [95.0, 120.0, 160.0])
def test_repetitions_to_failure_are_those_of_the_equations(strength_nm):
    # A load of 68.4 ± 3.6 N·m once in two seconds. The equations fail at a peak, the closed form at any time: within one repetition.
    failed = integrate(lambda t: (68.4 - 3.6 * np.cos(np.pi * t)) / strength_nm, 600).t_events[0][0]
    assert float(reps_to_failure(one(strength_nm), Demand(68.4, 72.0, 2.0))[0]) == pytest.approx(failed / 2, abs=1.0)


# EVIDENCE §5.2: 75 kg, 8°, one second a phase, the equations integrated for the project before this code; whole repetitions.
@pytest.mark.parametrize(("strength_nm_kg", "reps"), [(1.2, 9), (1.4, 17), (1.6, 24), (1.8, 32), (2.0, 40), (2.4, 57)])
def test_worked_repetitions_to_failure(strength_nm_kg, reps):
    found = float(reps_to_failure(one(strength_nm_kg * 75), Demand(68.4, 72.0, 2.0))[0])
    assert found == pytest.approx(reps, abs=1.0)


def test_fatigue_adds_up_over_two_halves():
    ability, demand = one(130), Demand(68.0, 74.0, 2.0)
    half = fatigue_after(ability, demand, 10)
    np.testing.assert_allclose(fatigue_after(ability, demand, 10, half), fatigue_after(ability, demand, 20), rtol=1e-12)
    assert float(reps_to_failure(ability, demand, half)[0]) == pytest.approx(float(reps_to_failure(ability, demand)[0]) - 10, rel=1e-9)


def test_a_minute_of_rest_leaves_a_quarter():
    assert float(recover(one(100), 0.6, float(recovery_half_time(one(100))[0]))[0]) == pytest.approx(0.3)
    assert float(recover(one(100), 1.0, 60.0)[0]) == pytest.approx(np.exp(-60 / 44.7), rel=0.01)  # time constant 1/(15 R) = 44.7 s; 26 %


def test_the_first_repetition_may_be_too_heavy_and_a_light_one_never_ends():
    assert reps_to_failure(one(70), Demand(68.0, 74.0, 2.0))[0] == 0.0
    assert np.isinf(reps_to_failure(one(2000), Demand(68.0, 74.0, 2.0))[0])


def test_a_session_gets_harder_set_by_set_and_a_rest_helps():
    rng = np.random.default_rng(1)
    ability = Ability(110 * np.exp(0.2 * rng.normal(size=500)), np.exp(0.3 * rng.normal(size=500)), np.ones(500), "drawn")
    short, long = (predict_sets(ability, Demand(68.0, 74.0, 2.0), 3, 20, rest_s) for rest_s in (30, 180))
    assert short["reps_median"].is_monotonic_decreasing
    assert short["chance_complete"].is_monotonic_decreasing
    assert long["reps_median"][2] > short["reps_median"][2]
    assert short["reps_median"][0] == long["reps_median"][0]
    # First set by hand: the share of worlds with more than twenty repetitions.
    assert short["chance_complete"][0] == np.mean(reps_to_failure(ability, Demand(68.0, 74.0, 2.0)) >= 20)


def test_twice_as_fast_a_muscle_does_half_the_repetitions():
    slow, fast = (float(reps_to_failure(one(120, rate), Demand(68.0, 74.0, 2.0))[0]) for rate in (1.0, 2.0))
    assert fast == pytest.approx(slow / 2)


def test_who_tires_twice_as_fast_recovers_twice_as_fast():
    slow, fast = one(100), one(100, 2.0)
    np.testing.assert_allclose(recover(fast, 0.5, 30.0), recover(slow, 0.5, 60.0), rtol=1e-12)
    np.testing.assert_allclose(recovery_half_time(fast), recovery_half_time(slow) / 2, rtol=1e-12)


def test_effort_is_the_peak_over_what_is_left():
    # One world, ten repetitions of the twenty-odd possible: peak 74 of 120 N·m over what is not fatigued by then.
    ability, demand = one(120), Demand(68.0, 74.0, 2.0)
    row = predict_sets(ability, demand, 1, 10, 60.0).iloc[0]
    fatigued = F / R * 68 / 120 * (1 - np.exp(-R * 20))
    assert row["fatigued_median"] == pytest.approx(fatigued)
    assert row["effort_median"] == pytest.approx(74 / 120 / (1 - fatigued))
    assert predict_sets(ability, demand, 1, 100, 60.0)["effort_median"][0] == pytest.approx(1.0)  # failure

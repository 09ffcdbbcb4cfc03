import math

import numpy as np
import pytest

from hiphitch_analysis.simulate.fatigue import GENERAL, KNEE, Muscle, hold_time, tire, trace_fatigue


def step_plainly(fatigued, load, duration_s, muscle, step_s=1e-3):
    """Euler's rule on dM_F/dt = F · load − R · M_F, R multiplied at rest."""
    recovery = muscle.recovery_rate * (muscle.rest_multiplier if load == 0 else 1)
    for _ in range(round(duration_s / step_s)):
        fatigued += step_s * (muscle.fatigue_rate * load - recovery * fatigued)
    return fatigued


@pytest.mark.parametrize("muscle", [KNEE, GENERAL, Muscle(0.03, 0.004, 5.0)])
@pytest.mark.parametrize(
    ("fatigued", "load", "duration_s"), [(0.0, 0.5, 60.0), (0.3, 0.2, 40.0), (0.45, 0.0, 30.0), (0.9, 0.05, 20.0), (0.2, 0.6, 0)]
)
def test_constant_load_against_plain_small_steps(muscle, fatigued, load, duration_s):
    # Euler's rule is off by about rate²/2 · step · time, .06² / 2 · 1e-3 · 60 = 1e-4 at the fastest recovery.
    assert tire(fatigued, load, duration_s, muscle) == pytest.approx(step_plainly(fatigued, load, duration_s, muscle), abs=1e-4)


@pytest.mark.parametrize(("muscle", "left"), [(KNEE, 0.26), (GENERAL, 0.44)])
def test_a_minute_of_rest(muscle, left):
    # exp(−15 · .00149 · 60) = .2616 and exp(−15 · .00091 · 60) = .4409.
    assert tire(0.5, 0.0, 60.0, muscle) / 0.5 == pytest.approx(left, abs=0.005)


def test_holding_for_a_while_twice_is_holding_once():
    halfway = tire(0.1, 0.4, 25.0, KNEE)
    assert tire(halfway, 0.4, 25.0, KNEE) == pytest.approx(tire(0.1, 0.4, 50.0, KNEE), abs=1e-12)


@pytest.mark.parametrize("muscle", [KNEE, GENERAL])
@pytest.mark.parametrize("load", [0.2, 0.4, 0.7])
def test_a_hold_ends_where_nothing_is_left(muscle, load):
    fatigued, held, step_s = 0.0, 0.0, 1e-2
    while load < 1 - fatigued:
        fatigued += step_s * (muscle.fatigue_rate * load - muscle.recovery_rate * fatigued)
        held += step_s
    assert hold_time(load, muscle) == pytest.approx(held, rel=1e-3, abs=step_s)  # a step, and R · step / 2 per second held


def test_a_low_load_is_held_for_ever():
    # Recovery keeps up while F · load ≤ R · (1 − load): load ≤ .00149 / (.015 + .00149) = .0904.
    assert hold_time(0.09, KNEE) == math.inf
    assert hold_time(0.091, KNEE) < math.inf


def trace_plainly(load_at, duration_s, muscle, step_s=1e-3):
    """Euler's rule on the three compartments: what is resting follows the load at 10/s, active ones tire, fatigued ones recover."""
    active = fatigued = 0.0
    for k in range(round(duration_s / step_s)):
        load = load_at(k * step_s)
        gap = load - active
        moved = 10 * (min(gap, 1 - active - fatigued) if gap > 0 else gap)
        recovery = muscle.recovery_rate * (muscle.rest_multiplier if load < 0.01 else 1)
        tiring = muscle.fatigue_rate * active
        active, fatigued = active + step_s * (moved - tiring), fatigued + step_s * (tiring - recovery * fatigued)
    return active, fatigued


@pytest.mark.parametrize("muscle", [KNEE, GENERAL])
def test_compartments_against_plain_small_steps(muscle):
    def load_at(time_s):
        return 0.0 if 40 <= time_s < 70 else 0.5 + 0.2 * math.sin(2 * math.pi * time_s / 2)

    step_s = 0.02
    load = np.array([load_at((k + 0.5) * step_s) for k in range(5000)])
    active, fatigued = trace_fatigue(load, step_s, muscle)[-1]
    expected = trace_plainly(load_at, 100.0, muscle)
    # Active units lag behind by a fraction of the step: .2 · π · .02 = .013 at most, which over a whole cycle adds nothing to the fatigue.
    assert active == pytest.approx(expected[0], abs=0.013)
    assert fatigued == pytest.approx(expected[1], abs=2e-3)
    assert expected[1] > 0.2  # there is fatigue to be wrong about


@pytest.mark.parametrize("muscle", [KNEE, GENERAL])
def test_a_trace_of_a_constant_load_is_a_hold(muscle):
    shares = trace_fatigue(np.full(1200, 0.4), 0.05, muscle)
    # Active units come up within .1 s: F · load · .1 s = .0006 less; afterwards tiring keeps them F / 10 = .15 % below the load.
    assert shares[-1, 1] == pytest.approx(tire(0.0, 0.4, 60.0, muscle), abs=0.0006 + 0.0015 * 0.4)
    assert shares[-1, 0] == pytest.approx(0.4, rel=0.002)
    resting = trace_fatigue(np.r_[np.full(1200, 0.4), np.zeros(1200)], 0.05, muscle)
    # After the load ends active units fall within .1 s, tiring meanwhile: again .0006; the share of active ones lost to it is left out.
    assert resting[-1, 1] == pytest.approx(tire(shares[-1, 1], 0.0, 60.0, muscle), abs=0.001)
    assert resting[-1, 0] < 1e-6


def test_nothing_is_lost_or_made_whatever_is_asked_for():
    load = np.abs(np.random.default_rng(3).normal(0.6, 0.5, 20_000))  # also far more than there is
    shares = trace_fatigue(load, 0.05, KNEE)
    assert shares.min() >= 0
    assert shares.sum(axis=1).max() <= 1 + 1e-9
    # Inflow equals outflow: what is active and fatigued at the end has come from rest, so a step cannot move more than the resting share.
    gained = np.diff(shares.sum(axis=1))
    resting = 1 - shares.sum(axis=1)[:-1]
    assert (gained <= resting + 1e-12).all()
    # With a load beyond reach everything ends up active or fatigued: F · active = R · fatigued there, so active → R / (F + R).
    worn = trace_fatigue(np.full(40_000, 5.0), 0.1, KNEE)[-1]
    assert worn[0] == pytest.approx(0.00149 / (0.015 + 0.00149), rel=0.01)  # a little is on its way from rest: R / 10 of it
    assert worn[1] == pytest.approx(0.015 / (0.015 + 0.00149), rel=0.01)


def test_a_muscle_at_rest_stays_fresh_and_an_empty_trace_is_one_too():
    assert not trace_fatigue(np.zeros(100), 0.05, KNEE).any()
    assert trace_fatigue(np.zeros(0), 0.05, KNEE).shape == (0, 2)


def test_long_steps_are_refused():
    with pytest.raises(ValueError, match=r"^step_s: expected at most 0\.1 s, got 0\.2\. "):
        trace_fatigue(np.zeros(3), 0.2, KNEE)

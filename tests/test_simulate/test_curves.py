import numpy as np
import pytest

from hiphitch_analysis.simulate.curves import draw_sway, multiply, sum_steps


def test_step_follows_its_polynomial():
    value, velocity, acceleration = sum_steps(np.array([0.0, 2.0, 2.5, 3.0, 3.5, 4.0, 9.0]), [(2.0, 2.0, -8.0)])
    # At a quarter: 10/64 − 15/256 + 6/1024 = 0.103515625 of the change.
    np.testing.assert_allclose(value, [0, 0, -8 * 0.103515625, -4, -8 * (1 - 0.103515625), -8, -8], rtol=1e-14)
    # Fastest in the middle: 1.875 × change / duration.
    assert velocity[3] == pytest.approx(-7.5)
    assert velocity[[0, 1, 5, 6]].tolist() == [0, 0, 0, 0]
    # 60 u (1 − u)(1 − 2u) at u = ¼ is 5.625; change / duration² is −2.
    np.testing.assert_allclose(acceleration, [0, 0, -11.25, 0, 11.25, 0, 0], atol=1e-13)


def test_steps_add_up():
    time_s = np.linspace(0, 5, 101)
    both = sum_steps(time_s, [(0.5, 2.0, 3.0), (1.0, 3.0, -1.0)])
    np.testing.assert_allclose(both, sum_steps(time_s, [(0.5, 2.0, 3.0)]) + sum_steps(time_s, [(1.0, 3.0, -1.0)]), atol=1e-14)


# Central differences err by step² × third derivative / 6: below 2e-6 for the velocity. Where a step begins or ends the jerk jumps by
# 60 × change / duration³, at most 234 here, which costs a central difference of the velocity step / 4 times that.
@pytest.mark.parametrize(("order", "atol"), [(0, 2e-6), (1, 6e-3)])
def test_derivatives_agree_with_differences(order, atol):
    step = 1e-4
    time_s = np.arange(0, 4, step)
    steps = sum_steps(time_s, [(0.5, 1.0, 2.0), (1.7, 0.8, -2.0)])
    curve = multiply(steps, draw_sway(time_s, 0.3, np.random.default_rng(1)))
    difference = (curve[order, 2:] - curve[order, :-2]) / (2 * step)
    np.testing.assert_allclose(curve[order + 1, 1:-1], difference, atol=atol)


def test_sway_has_the_size_asked_for_and_no_rate():
    long = draw_sway(np.arange(0, 20000, 0.5), 0.25, np.random.default_rng(3))[0]
    # Sinusoids of different frequency: the mean square adds up; 20 000 s are a thousand periods of the slowest.
    assert np.sqrt(np.mean(long**2)) == pytest.approx(0.25, rel=0.01)
    coarse = draw_sway(np.arange(0, 10, 0.1), 0.25, np.random.default_rng(3))
    fine = draw_sway(np.arange(0, 10, 0.05), 0.25, np.random.default_rng(3))
    np.testing.assert_allclose(coarse, fine[:, ::2], atol=1e-12)  # rounding of the time grid only

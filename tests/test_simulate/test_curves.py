import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiphitch_analysis.simulate.curves import Track, draw_sway, multiply, wave


def make_track(*moves, value=0.0):
    track = Track(value)
    for move in moves:
        track.move(*move)
    return track


def test_move_follows_its_polynomial():
    value, velocity, acceleration = make_track((2.0, 4.0, -8.0)).evaluate(np.array([0.0, 2.0, 2.5, 3.0, 3.5, 4.0, 9.0]))
    # At a quarter: 10/64 − 15/256 + 6/1024 = 0.103515625 of the change.
    np.testing.assert_allclose(value, [0, 0, -8 * 0.103515625, -4, -8 * (1 - 0.103515625), -8, -8], rtol=1e-14)
    # Fastest in the middle: 1.875 × change / duration.
    assert velocity[3] == pytest.approx(-7.5)
    assert velocity[[0, 1, 5, 6]].tolist() == [0, 0, 0, 0]
    # 60 u (1 − u)(1 − 2u) at u = ¼ is 5.625; change / duration² is −2.
    np.testing.assert_allclose(acceleration, [0, 0, -11.25, 0, 11.25, 0, 0], atol=1e-13)


def test_track_rests_between_moves_and_where_it_began():
    track = make_track((1.0, 2.0, 5.0), (2.0, 3.0, -1.0), (6.0, 6.5, 2.0), value=3.0)
    assert track.value == 2.0
    time_s = np.array([0.0, 0.999, 2.0, 3.0, 4.5, 6.0, 6.25, 6.5, 100.0])
    value, velocity, acceleration = track.evaluate(time_s)
    np.testing.assert_allclose(value, [3, 3, 5, -1, -1, -1, 0.5, 2, 2], atol=1e-14)
    np.testing.assert_allclose(velocity, [0, 0, 0, 0, 0, 0, 1.875 * 3 / 0.5, 0, 0], atol=1e-13)
    np.testing.assert_allclose(acceleration, 0, atol=1e-12)  # at rest, at both ends of a move and in its middle


def test_a_track_without_moves_and_a_move_to_where_it_is_already():
    np.testing.assert_array_equal(Track(4.0).evaluate(np.arange(3.0)), [[4, 4, 4], [0, 0, 0], [0, 0, 0]])
    assert make_track((0.0, 1.0, 4.0), value=4.0).starts == []


MOVES = st.lists(st.tuples(st.floats(0.0, 2.0), st.floats(0.05, 3.0), st.floats(-20, 20)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(MOVES, st.floats(-5, 5), st.integers(1, 50))
def test_track_is_the_sum_of_its_moves_at_any_rate(moves, origin, rate_hz):
    track, now = Track(origin), 0.0
    time_s = np.arange(30 * rate_hz) / rate_hz
    expected = np.array([origin, 0.0, 0.0])[:, None] * np.ones(len(time_s))
    for pause, length, value in moves:
        begin, change = now + pause, value - track.value
        now = begin + length
        track.move(begin, now, value)
        u = np.clip((time_s - begin) / (now - begin), 0, 1)
        expected += change * np.stack(
            [10 * u**3 - 15 * u**4 + 6 * u**5, 30 * u**2 * (1 - u) ** 2 / length, 60 * u * (1 - u) * (1 - 2 * u) / length**2]
        )
    # Changes up to 40, over 0.05 s squared: accelerations up to 1e5, which rounding knows to 1e-10 when time itself is known to 1e-15.
    np.testing.assert_allclose(track.evaluate(time_s), expected, atol=1e-7)


# Central differences err by step² × third derivative / 6: below 2e-6 for the velocity. Where a move begins or ends the jerk jumps by
# 60 × change / duration³, at most 234 here, which costs a central difference of the velocity step / 4 times that.
@pytest.mark.parametrize(("order", "atol"), [(0, 2e-6), (1, 6e-3)])
def test_derivatives_agree_with_differences(order, atol):
    step = 1e-4
    time_s = np.arange(0, 4, step)
    moves = make_track((0.5, 1.5, 2.0), (1.7, 2.5, 0.0)).evaluate(time_s)
    drawn = draw_sway(4.0, np.array([0.3]), np.random.default_rng(1))
    sway = np.stack([drawn(time_s, derivative)[:, 0] for derivative in range(3)])
    for curve in (moves, multiply(moves, sway), multiply(wave(time_s, 0.5, 1.3, 0.7), moves)):
        difference = (curve[order, 2:] - curve[order, :-2]) / (2 * step)
        np.testing.assert_allclose(curve[order + 1, 1:-1], difference, atol=atol)


def test_wave_is_a_sine():
    # A quarter of a period after phase 0: the top. Speed at the beginning 2π f A, acceleration at the top −(2π f)² A.
    value, velocity, acceleration = wave(np.array([0.0, 0.125]), 3.0, 2.0)
    np.testing.assert_allclose(value, [0, 3], atol=1e-15)
    np.testing.assert_allclose(velocity, [12 * np.pi, 0], atol=1e-13)
    np.testing.assert_allclose(acceleration, [0, -48 * np.pi**2], atol=1e-12)
    np.testing.assert_allclose(wave(np.array([0.0]), 3.0, 2.0, np.pi / 2), [[3], [0], [-48 * np.pi**2]], atol=1e-12)


def test_product_of_polynomials():
    t = np.array([0.5, 2.0])
    product = multiply(np.stack([t**2, 2 * t, 2 + 0 * t]), np.stack([t**3, 3 * t**2, 6 * t]))
    np.testing.assert_allclose(product, [t**5, 5 * t**4, 20 * t**3], rtol=1e-14)


def test_sway_has_the_size_asked_for_in_every_channel():
    rms = np.array([0.25, 3.0, 0.0])
    drawn = draw_sway(20000.0, rms, np.random.default_rng(3))
    # At its knots, every 0.2 s. Autocorrelation (1 + t / 0.5) exp(−t / 0.5): ∫ of its square over all t is 1.25 s, so that 20 000 s hold 16 000
    # independent squares; the root of their mean is known to 1 / √(2 × 16 000) = 0.6 %. Four of them.
    at_knots = drawn(np.arange(0, 20000, 0.2))
    np.testing.assert_allclose(np.sqrt(np.mean(at_knots**2, axis=0)), rms, rtol=0.024)
    # Between the knots a spline is a little flatter than what it passes through; on average less than a tenth of the variance goes.
    everywhere = np.sqrt(np.mean(drawn(np.arange(0, 20000, 0.05)) ** 2, axis=0))
    np.testing.assert_allclose(everywhere, rms, rtol=0.05)
    assert np.abs(np.mean(at_knots[:, 0] * at_knots[:, 1])) < 4 * 0.25 * 3.0 / np.sqrt(16000)  # channels have nothing to do with each other
    # Neighbours 0.5 s apart hang together: discrete filters with k = exp(−0.4) have (1 + m (1 − k²) / (1 + k²)) k^m at m steps; here m = 5, 1 s.
    k = np.exp(-0.4)
    expected = (1 + 5 * (1 - k**2) / (1 + k**2)) * k**5
    x = at_knots[:, 0] / 0.25
    assert np.mean(x[5:] * x[:-5]) == pytest.approx(expected, abs=4 / np.sqrt(10000))


def test_sway_covers_the_recording_and_knows_no_rate():
    for duration in (0.1, 7.3):
        drawn = draw_sway(duration, np.ones(2), np.random.default_rng(3))
        assert drawn.x[0] <= 0 and drawn.x[-1] >= duration
    drawn = draw_sway(10.0, np.ones(1), np.random.default_rng(3))
    np.testing.assert_allclose(drawn(np.arange(100) / 10, 2), drawn(np.arange(200) / 20, 2)[::2], atol=1e-12)  # rounding of the time only


def test_moves_of_one_track_do_not_overlap():
    track = Track()
    track.move(0.0, 1.0, 5.0)
    track.move(0.5, 0.8, 5.0)  # nothing to do
    for start, end in ((0.5, 2.0), (2.0, 2.0), (3.0, 2.0)):
        with pytest.raises(ValueError, match="Moves follow one another"):
            track.move(start, end, 0.0)
    assert track.evaluate(np.array([0.0, 0.5, 1.0]))[0].tolist() == [0.0, 2.5, 5.0]

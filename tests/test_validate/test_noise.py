"""Does a simulated device's noise come out as its preset says?"""

import numpy as np
import pytest

from hiphitch_analysis.simulate.devices import DEVICES, Axis
from hiphitch_analysis.validate import compare_noise
from hiphitch_analysis.validate.noise import allan_deviation, expected_deviation


def test_allan_deviation_of_a_ramp_has_its_closed_form():
    # Two neighbouring means of a ramp of slope r over τ differ by r τ: deviation r τ / √2.
    tau = np.array([1.0, 5.0])
    np.testing.assert_allclose(allan_deviation(0.3 * np.arange(1000)[:, None] / 10, 10.0, tau).ravel(), 0.3 * tau / np.sqrt(2), rtol=1e-9)


def test_allan_deviation_of_white_noise_falls_with_the_root_of_time():
    values = 2.0 * np.random.default_rng(1).standard_normal((200_000, 3))
    # SD 2 at 100 Hz: 2 / √(100 τ). At τ = 1 s 2,000 stretches of three axes: a standard error of 1 %; four of them.
    np.testing.assert_allclose(allan_deviation(values, 100.0, np.array([0.01, 1.0])).mean(axis=1), [2.0, 0.2], rtol=0.04)


def test_figures_of_a_preset_are_read_off_where_they_are_defined():
    white, flat = Axis(0.1, (0, 0), 0, 0, 1, 0), Axis(0, (0, 0), 0.5, 0, 1, 0)
    assert expected_deviation(white, np.array([1.0]), 100.0) == pytest.approx(0.1)  # noise density: the deviation at one second
    level = expected_deviation(flat, np.geomspace(6, 500, 30), 100.0)
    np.testing.assert_allclose(level, 0.664 * 0.5, rtol=0.06)  # three processes ripple by 5 % around the flat part of flicker noise


def test_static_hour_matches_the_preset():
    table = compare_noise(seed=3)
    assert set(table["device"]) == set(DEVICES) - {"ideal"}
    # Overlapping estimates over T = 3600 s: about T/τ free differences on each of three axes, relative standard error √(τ / 2T / 3); four of them.
    allowed = np.maximum(0.01, 4 * np.sqrt(table["tau_s"] / 3600 / 6))
    worst = (table["ratio"] - 1).abs() / allowed
    assert worst.max() < 1, table.loc[worst.idxmax()].to_dict()

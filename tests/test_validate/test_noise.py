"""Does a simulated device's noise come out as its preset says, and is a file read as it was written?"""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate.devices import DEVICES, Axis
from hiphitch_analysis.validate import compare_noise
from hiphitch_analysis.validate.noise import allan_deviation, expected_deviation, measure_trembling, read_dot_motion, simulate_dot_motion


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


@pytest.fixture
def dot_file(tmp_path):
    """A DOT's file, written by hand: 60 Hz, turning about z by 30° a second, a free acceleration of 2 m/s² along y."""
    half = np.radians(30.0 * np.arange(121) / 60) / 2
    rows = [f"{i},{i * 16667},{np.cos(a)},0,0,{np.sin(a)},0,2,0" for i, a in enumerate(half)]
    head = "DeviceTag:,Pelvis\n\nPacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z"
    path = tmp_path / "dot.csv"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def test_a_dot_is_read_as_it_wrote(dot_file):
    motion = read_dot_motion(dot_file)
    np.testing.assert_allclose(motion[["rate_x", "rate_y", "rate_z"]], [[0, 0, 30.0]] * 120, atol=1e-3)  # the clock counts whole microseconds
    assert motion[["free_x", "free_y", "free_z"]].to_numpy().tolist() == [[0, 2, 0]] * 120
    assert measure_trembling(motion) == pytest.approx((0.0, 0.0), abs=1e-3)


def test_trembling_is_the_deviation_of_white_noise():
    noise = np.random.default_rng(4).standard_normal((15_000, 6)) * [0.1, 0.1, 0.1, 2, 2, 2]
    columns = [f"{what}_{axis}" for what in ("free", "rate") for axis in "xyz"]
    motion = pd.DataFrame(noise, index=np.arange(15_000) / 10_000, columns=columns)
    # 45,000 changes, of which neighbours share a sample: a relative standard error of 0.4 %; four of them.
    assert measure_trembling(motion) == pytest.approx((0.1, 2.0), rel=0.016)


def test_a_simulated_dot_comes_through_its_file():
    motion = simulate_dot_motion(seed=2)
    free, rate = measure_trembling(motion)
    # Two real DOTs on a person standing still: 0.011 and 0.013 m/s², 0.13 and 0.17 °/s. Another person, another day: to a factor of three.
    assert 0.012 / 3 < free < 3 * 0.012 and 0.15 / 3 < rate < 3 * 0.15
    assert motion["free_z"].abs().max() > 1.0  # walking off

"""Tracks of printed markers without pictures."""

import numpy as np
import pytest

from hiphitch_analysis.simulate import Camera, simulate_set
from hiphitch_analysis.simulate.clip import Filming
from hiphitch_analysis.simulate.cornertracks import Finding, track_corners


@pytest.fixture(scope="module")
def skeleton():
    return simulate_set(1, "left", 8, seed=2, skeleton_hz=50.0).skeleton


def corners(table, marker):
    return table[[f"m{marker}_{corner}_{axis}_px" for corner in range(4) for axis in "xy"]].to_numpy().reshape(-1, 4, 2)


def test_a_marker_on_the_wall_by_hand(skeleton):
    table = track_corners(skeleton, Camera(distance_m=2.65, focal_px=1500), Filming(), Finding(0.0))
    square = corners(table, 4)[0]
    # 15 cm, 2.65 + 0.35 m away: 75 px; 42 cm to the athlete's left, which is to the right in the picture: 210 px from the middle
    np.testing.assert_allclose(square[1] - square[0], [75.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(square.mean(axis=0), [540 + 210, 960], atol=1e-6)
    np.testing.assert_allclose(corners(table, 4)[-1], square)


def test_corners_go_round_as_printed_and_right_is_left_in_the_picture(skeleton):
    table = track_corners(skeleton, Camera(), Filming(bend_m=0.12), Finding(0.0))
    for marker in (0, 1):
        square = corners(table, marker)
        assert (square[:, 1, 0] > square[:, 0, 0]).all() and (square[:, 2, 1] > square[:, 1, 1]).all()
    assert (corners(table, 0).mean(axis=1)[:, 0] < corners(table, 1).mean(axis=1)[:, 0]).all()


def test_noise_and_losses_are_as_asked(skeleton):
    exact, found = (track_corners(skeleton, Camera(), Filming(), finding, seed=4) for finding in (Finding(0.0), Finding(0.2, 0.1)))
    off = corners(found, 0) - corners(exact, 0)
    n = np.isfinite(off[:, 0, 0]).sum()
    assert np.nanstd(off) == pytest.approx(0.2, rel=3 / np.sqrt(2 * 8 * n))
    assert np.isnan(off[:, 0, 0]).mean() == pytest.approx(0.1, abs=3 * np.sqrt(0.09 / len(off)))
    assert np.isfinite(corners(found, 4)).all()


def test_no_wall_no_floor(skeleton):
    table = track_corners(skeleton, Camera(), Filming(wall=False, floor=False))
    assert {name[:2] for name in table} == {"m0", "m1", "m2", "m3"}

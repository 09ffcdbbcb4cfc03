"""Where printed markers are in the room."""

import numpy as np
import pytest

from hiphitch_analysis.simulate import simulate_set
from hiphitch_analysis.simulate.printedmarkers import FLOOR, LEFT, RIGHT, WALL, Paper, dress, fix_marker, wear_marker


@pytest.fixture(scope="module")
def wearer():
    return dress(simulate_set(2, "left", 8, seed=2, skeleton_hz=50.0).skeleton)


def test_points_of_the_paper_by_hand():
    paper = Paper(np.array([[1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, 0.0, 1.0]]))  # faces x
    np.testing.assert_allclose(paper.at(np.array([0.02]), np.array([0.01]))[0], [[1.0, 0.02, 0.99]])
    # about a radius of 10 cm a point 2 cm aside has fallen back by 2²/20 cm
    np.testing.assert_allclose(paper.at(np.array([0.02]), np.array([0.0]), bend_m=0.1)[0], [[0.998, 0.02, 1.0]])


def test_hip_markers_sit_on_the_hip_bones_and_face_outward(wearer):
    time_s = wearer.time_s[::40]
    right, left = (wear_marker(wearer, marker, time_s) for marker in (RIGHT, LEFT))
    np.testing.assert_allclose(right.centre, wearer.at("RASI", time_s))
    for paper, aside in ((right, -1), (left, 1)):
        np.testing.assert_allclose(np.linalg.norm(paper.across, axis=1), 1.0)
        np.testing.assert_allclose((paper.across * paper.up).sum(axis=1), 0.0, atol=1e-12)
        normal = np.cross(paper.across, paper.up)
        assert (normal[:, 0] > 0.8).all() and (aside * normal[:, 1] > 0.2).all()  # forwards, and to its own side


def test_skin_tilts_the_two_opposite_ways_and_moves_neither(wearer):
    lowest = np.array([wearer.time_s[np.argmax(np.abs(wearer.swing))]])
    swing = np.interp(lowest, wearer.time_s, wearer.swing)
    for marker, sign in ((RIGHT, -1), (LEFT, 1)):
        still, tilted = (wear_marker(wearer, marker, lowest, skin) for skin in (0.0, 3.0))
        np.testing.assert_array_equal(still.centre, tilted.centre)
        faces_down = [-np.degrees(np.arcsin(np.cross(paper.across, paper.up)[:, 2])) for paper in (still, tilted)]
        assert faces_down[1] - faces_down[0] == pytest.approx(sign * 3.0 * swing, rel=0.02)  # the pelvis's own drop turns the two a little aside


def test_the_leg_that_hangs_is_free_and_statics_stay(wearer):
    assert wearer.free == "right"
    wall, floor = fix_marker(wearer, WALL), fix_marker(wearer, FLOOR)
    np.testing.assert_allclose(np.cross(wall.across, wall.up), [[1, 0, 0]])  # upright, facing the camera
    np.testing.assert_allclose(np.cross(floor.across, floor.up), [[0, 0, 1]])  # flat, facing up
    assert floor.centre[0, 2] == 0.0

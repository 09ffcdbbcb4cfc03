import numpy as np
import pytest

from hiphitch_analysis.read.orientation import prepare_quaternions, restore_gravity, turn_matrices, turn_roll_pitch_yaw

LINES = np.arange(2, 12)
HALF = np.sqrt(0.5)
# rounding of float64 in a handful of operations
EXACT = 1e-12


def test_jumps_of_sign_are_undone_across_missing_rows():
    q = np.array([HALF, HALF, 0, 0])
    nan = np.full(4, np.nan)
    out = prepare_quaternions(np.array([q, -q, nan, -q, q]), "f", LINES)
    np.testing.assert_allclose(out, [q, q, nan, q, q], atol=EXACT)


def test_quaternions_become_unit_and_other_norms_are_refused():
    np.testing.assert_allclose(prepare_quaternions(np.array([[1.015, 0, 0, 0]]), "f", LINES), [[1, 0, 0, 0]], atol=EXACT)
    for bad in ([0.97, 0, 0, 0], [0, 1.03, 0, 0], [0, 0, 0, 0], [1e300, 0, 0, 0]):
        with pytest.raises(ValueError, match="f: the quaternion in line 3 has a norm that is not 1"):
            prepare_quaternions(np.array([[1, 0, 0, 0], bad]), "f", LINES)


def test_matrix_is_read_row_by_row():
    # a quarter turn about z takes x to y: R = [[0, −1, 0], [1, 0, 0], [0, 0, 1]], q = (√½, 0, 0, √½)
    quarter = [0, -1, 0, 1, 0, 0, 0, 0, 1]
    out = turn_matrices(np.array([quarter, [np.nan] * 9], dtype=float), "f", LINES)
    np.testing.assert_allclose(out[0] * np.sign(out[0, 0]), [HALF, 0, 0, HALF], atol=EXACT)
    assert np.isnan(out[1]).all()


@pytest.mark.parametrize("bad", [np.diag([1, 1, -1]), np.diag([1.1, 1, 1]), np.zeros((3, 3)), np.full((3, 3), 1e300)])
def test_what_is_no_rotation_is_refused(bad):
    with pytest.raises(ValueError, match="line 3 is no rotation matrix"):
        turn_matrices(np.array([np.eye(3).ravel(), bad.ravel()]), "f", LINES)


def test_roll_pitch_yaw_turn_in_the_xsens_order():
    # Rz(90°) Ry(90°): the x axis is first pitched to −z, which yaw leaves alone; q = qz · qy = (½, −½, ½, ½)
    out = turn_roll_pitch_yaw(np.array([[0.0, 90.0, 90.0], [90.0, 0.0, 0.0]]))
    np.testing.assert_allclose(out[0] * np.sign(out[0, 0]), [0.5, -0.5, 0.5, 0.5], atol=EXACT)
    np.testing.assert_allclose(out[1] * np.sign(out[1, 0]), [HALF, HALF, 0, 0], atol=EXACT)


def test_gravity_comes_back_in_the_sensor_frame():
    # a quarter turn about x takes the sensor's y axis to earth z: upwards force is along sensor y, and earth y is −z of the sensor
    force = restore_gravity(np.array([[HALF, HALF, 0, 0], [np.nan] * 4]), np.array([[0.1, 0.2, 0.3], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(force[0], [0.1, 9.80665 + 0.3, -0.2], atol=EXACT)
    assert np.isnan(force[1]).all()

import numpy as np
import pytest
from hiphitch_analysis.simulate.plan import MotionPlan
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import cumulative_simpson
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR, QUAT
from hiphitch_analysis.simulate.motion import Motion, simulate_motion
from hiphitch_analysis.simulate.sensors import SENSORS, feel_motion, mount_sensor, record_imu

G = 9.80665
HIPS_M = 0.17
BEHIND, ABOVE = 0.08, 0.03  # where the sensor sits, as the documentation says


def hold(stance="left", rotation=0.0, obliquity=0.0, tilt=0.0):
    """A pelvis that keeps still at given angles [°]."""
    angles = np.zeros((3, 4, 3))
    angles[0] = np.radians([rotation, obliquity, tilt])
    return Motion(np.arange(4) / 60, angles, np.zeros((3, 4, 3)), stance)


@pytest.mark.parametrize(
    ("mounting", "slope", "expected"),
    [
        ((0, 0, 0), 0, (G, 0, 0)),  # x up
        ((180, 0, 0), 0, (-G, 0, 0)),  # upside down
        ((90, 0, 0), 0, (0, -G, 0)),  # turned on the skin: y points down
        ((0, 90, 0), 0, (0, 0, G)),  # lying on its back: z up
        ((90, 90, 0), 0, (0, -G, 0)),  # z first, x left and y down; then about that y: x forward, z left, y still down
        ((0, 0, 90), 0, (G, 0, 0)),  # turned to the side about its own, upright x
        ((0, 0, 0), 30, (G * np.sqrt(0.75), 0, G / 2)),  # the skin faces 30° upwards
    ],
)
def test_at_rest_the_sensor_feels_gravity_along_whatever_points_up(mounting, slope, expected):
    felt = feel_motion(hold(), mount_sensor(mounting, slope), HIPS_M)
    np.testing.assert_allclose(felt.acc_m_s2, np.tile(expected, (4, 1)), atol=1e-12)
    np.testing.assert_allclose(felt.gyr_rad_s, 0, atol=1e-15)


@pytest.mark.parametrize(
    ("pose", "expected"),
    [
        ({"stance": "right", "obliquity": 30}, (np.sqrt(0.75), 0.5, 0)),  # the free, left side is up, and sensor y points left
        ({"stance": "left", "obliquity": 30}, (np.sqrt(0.75), -0.5, 0)),
        ({"stance": "left", "tilt": 30}, (np.sqrt(0.75), 0, 0.5)),  # front down: the sensor's z, pointing backwards, comes up
        ({"stance": "right", "rotation": 80}, (1, 0, 0)),
    ],
)
def test_signs_of_a_tipped_pelvis(pose, expected):
    felt = feel_motion(hold(**pose), mount_sensor(slope_deg=0), HIPS_M)
    np.testing.assert_allclose(felt.acc_m_s2[0], np.multiply(G, expected), atol=1e-12)


@pytest.mark.parametrize(("stance", "sign"), [("left", 1), ("right", -1)])
def test_free_side_turning_forward_is_seen_from_above(stance, sign):
    motion = hold(stance)
    motion.angles_rad[1, :, 0] = 0.3
    felt = feel_motion(motion, mount_sensor(slope_deg=0), HIPS_M)
    # On the left leg the free right side comes forward: anticlockwise from above, positive about sensor x, which points up.
    np.testing.assert_allclose(felt.gyr_rad_s, np.tile([sign * 0.3, 0, 0], (4, 1)), atol=1e-15)


@pytest.mark.parametrize(("stance", "free_left"), [("left", -1), ("right", 1)])
def test_pure_obliquity_has_a_closed_form(stance, free_left):
    amplitude, omega = np.radians(6.0), 2 * np.pi * 0.5
    time_s = np.linspace(0, 3, 200)
    angles = np.zeros((3, 200, 3))
    angles[:, :, 1] = amplitude * np.stack([np.cos(omega * time_s), -omega * np.sin(omega * time_s), -(omega**2) * np.cos(omega * time_s)])
    felt = feel_motion(Motion(time_s, angles, np.zeros((3, 200, 3)), stance), mount_sensor(slope_deg=0), HIPS_M)
    turn, rate, change = free_left * angles[:, :, 1]  # right-handed about the forward axis
    y, z = free_left * HIPS_M / 2, ABOVE
    # A point of a plane turning about a fixed hip, in the turning axes: tangential α × r and centripetal −ω² r, and gravity.
    left = -change * z - rate**2 * y + G * np.sin(turn)
    up = change * y - rate**2 * z + G * np.cos(turn)
    np.testing.assert_allclose(felt.acc_m_s2, np.column_stack([up, left, np.zeros(200)]), atol=1e-12)
    np.testing.assert_allclose(felt.gyr_rad_s, np.column_stack([np.zeros((200, 2)), -rate]), atol=1e-15)


def test_pure_tilt_has_a_closed_form():
    amplitude, omega = np.radians(5.0), 2 * np.pi * 0.7
    time_s = np.linspace(0, 3, 200)
    angles = np.zeros((3, 200, 3))
    angles[:, :, 2] = amplitude * np.stack([np.sin(omega * time_s), omega * np.cos(omega * time_s), -(omega**2) * np.sin(omega * time_s)])
    felt = feel_motion(Motion(time_s, angles, np.zeros((3, 200, 3)), "left"), mount_sensor(slope_deg=0), HIPS_M)
    turn, rate, change = angles[:, :, 2]
    # About the axis pointing left, in the turning axes: a point behind the axis rises as the front goes down.
    forward = change * ABOVE + rate**2 * BEHIND - G * np.sin(turn)
    up = change * BEHIND - rate**2 * ABOVE + G * np.cos(turn)
    np.testing.assert_allclose(felt.acc_m_s2, np.column_stack([up, np.zeros(200), -forward]), atol=1e-12)
    np.testing.assert_allclose(felt.gyr_rad_s, np.column_stack([np.zeros(200), rate, np.zeros(200)]), atol=1e-15)


def simulate(rate_hz=400.0, stance="left", mounting=(20.0, -10.0, 15.0), **plan):
    done = simulate_motion(MotionPlan(reps=3, stance=stance, rotation_deg=5, tilt_deg=3, **plan), rate_hz, seed=6)
    return done.motion.time_s, feel_motion(done.motion, mount_sensor(mounting), HIPS_M), done


@pytest.mark.parametrize("stance", ["left", "right"])
def test_integrated_angular_rate_leads_to_the_final_orientation(stance):
    time_s, felt, _ = simulate(stance=stance)
    middle = (felt.gyr_rad_s[1:] + felt.gyr_rad_s[:-1]) / 2
    turn = Rotation.from_matrix(felt.turn[0])
    for step in Rotation.from_rotvec(middle * np.diff(time_s)[:, None]):
        turn = turn * step
    # Trapezoids at 400 Hz: h² / 12 times the change of the rate's slope, some 1e-6 rad over the recording.
    assert (turn.inv() * Rotation.from_matrix(felt.turn[-1])).magnitude() < 1e-5


def test_specific_force_integrates_twice_to_the_path():
    time_s, felt, _ = simulate(rate_hz=1000, quiet_s=0.5)
    short = time_s < 8.0
    free = np.einsum("nij,nj->ni", felt.turn, felt.acc_m_s2)[short] - [0, 0, G]
    start_velocity = (felt.position_m[1] - felt.position_m[0]) * 1000 - free[0] / 2000
    velocity = start_velocity + cumulative_simpson(free, dx=1e-3, axis=0, initial=0)
    position = felt.position_m[0] + cumulative_simpson(velocity, dx=1e-3, axis=0, initial=0)
    # The start velocity from one difference errs by jerk × h² / 6, about 1e-7 m/s, hence 1e-6 m after 8 s; a weight shift moves it 0.09 m.
    np.testing.assert_allclose(position, felt.position_m[short], atol=1e-5)
    assert np.ptp(felt.position_m[short], axis=0).max() > 0.05


def test_orientation_carries_the_true_angles():
    _, felt, done = simulate(mounting=(0.0, 0.0, 0.0))
    pelvis = felt.turn @ mount_sensor().T
    to_free = -pelvis[:, :, 1]  # stance left: the free side is the right
    zero = np.degrees(done.motion.angles_rad[0]) - done.angles[["rotation_deg", "obliquity_deg", "tilt_deg"]].to_numpy()
    obliquity = np.degrees(np.arcsin(to_free[:, 2])) - zero[:, 1]
    np.testing.assert_allclose(obliquity, done.angles["obliquity_deg"], atol=1e-9)


def test_sides_are_mirror_images():
    left, right = (simulate_motion(MotionPlan(reps=2, stance=side, sway=0), 100, seed=3).motion for side in ("left", "right"))
    a, b = (feel_motion(motion, mount_sensor(), HIPS_M) for motion in (left, right))
    # Mirrored left-right, a vector keeps its x and z and an axial vector (angular rate) keeps its y.
    np.testing.assert_allclose(a.acc_m_s2 * [1, -1, 1], b.acc_m_s2, atol=1e-12)
    np.testing.assert_allclose(a.gyr_rad_s * [-1, 1, -1], b.gyr_rad_s, atol=1e-12)


DEGREES = st.floats(-180, 180, allow_nan=False)
MOTION = simulate_motion(MotionPlan(reps=1, quiet_s=1), 30, seed=8).motion


@settings(max_examples=40, deadline=None)
@given(st.tuples(DEGREES, DEGREES, DEGREES))
def test_mounting_only_turns_the_axes(mounting):
    usual, other = (feel_motion(MOTION, mount_sensor(angles), HIPS_M) for angles in ((0.0, 0.0, 0.0), mounting))
    back = mount_sensor().T @ mount_sensor(mounting)  # the other sensor's axes in the usual sensor's
    np.testing.assert_allclose(back.T @ back, np.eye(3), atol=1e-12)
    assert np.linalg.det(back) == pytest.approx(1.0)
    np.testing.assert_allclose(other.acc_m_s2 @ back.T, usual.acc_m_s2, atol=1e-10)
    np.testing.assert_allclose(other.gyr_rad_s @ back.T, usual.gyr_rad_s, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(other.acc_m_s2, axis=1), np.linalg.norm(usual.acc_m_s2, axis=1), rtol=1e-12)
    np.testing.assert_allclose(other.position_m, usual.position_m)


def still(seconds=60.0, rate_hz=100.0):
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    n = len(time_s)
    return time_s, feel_motion(Motion(time_s, np.zeros((3, n, 3)), np.zeros((3, n, 3)), "left"), mount_sensor(slope_deg=0), HIPS_M)


@pytest.mark.parametrize(("name", "acc_ug", "gyr_deg_s"), [("dot", 120, 0.007), ("mtw", 200, 0.010)])
def test_noise_bias_and_steps_are_those_documented(name, acc_ug, gyr_deg_s):
    time_s, felt = still()
    imu = record_imu(felt, time_s, SENSORS[name], seed=5)
    # White noise of density d sampled at 100 Hz has SD d √50; rounding to a step adds step²/12. 6000 samples: 1 % standard error, four of them.
    acc_sd = np.hypot(acc_ug * 1e-6 * G * np.sqrt(50), 32 * G / 65536 / np.sqrt(12))
    gyr_sd = np.hypot(np.radians(gyr_deg_s) * np.sqrt(50), np.radians(4000) / 65536 / np.sqrt(12))
    np.testing.assert_allclose(imu[ACC].std(), acc_sd, rtol=0.05)
    detrended = imu[GYR] - np.polynomial.Polynomial.fit(time_s, imu[GYR[0]], 1)(time_s)[:, None]
    assert detrended[GYR[0]].std() == pytest.approx(gyr_sd, rel=0.05)
    bias = np.degrees(imu[GYR].mean().abs())
    assert bias.between(0.2 - 0.05, 0.5 + 0.05).all()  # 0.2–0.5 °/s, moved by half a minute of drift with SD 0.02 °/s per minute
    assert (imu[ACC].mean() - [G, 0, 0]).abs().max() < 0.12  # SD 0.03 m/s²: four of them
    steps = imu[GYR[1]] / (np.radians(4000) / 65536)
    np.testing.assert_allclose(steps, steps.round(), atol=1e-6)


def test_ideal_sensor_adds_nothing():
    time_s, felt, _ = simulate(rate_hz=60)
    imu = record_imu(felt, time_s, SENSORS["ideal"], seed=5)
    np.testing.assert_array_equal(imu[ACC], felt.acc_m_s2)
    np.testing.assert_array_equal(imu[GYR], felt.gyr_rad_s)
    turn = Rotation.from_quat(imu[QUAT].to_numpy()[:, [1, 2, 3, 0]]).as_matrix()
    np.testing.assert_allclose(turn, felt.turn, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_device_orientation_is_wrong_by_heading_and_a_little_inclination(seed):
    time_s, felt, _ = simulate(rate_hz=60)
    quaternion = record_imu(felt, time_s, SENSORS["dot"], seed=seed)[QUAT].to_numpy()
    np.testing.assert_allclose(np.linalg.norm(quaternion, axis=1), 1, atol=1e-12)
    assert (np.sum(quaternion[1:] * quaternion[:-1], axis=1) > 0.99).all()  # no jump from q to −q
    device = Rotation.from_quat(quaternion[:, [1, 2, 3, 0]])
    up = device.inv().apply([0, 0, 1])
    true_up = felt.turn[:, 2, :]
    wrong = np.degrees(np.arccos(np.clip(np.sum(up * true_up, axis=1), -1, 1)))
    assert wrong.max() <= 0.3 + 1e-6
    assert wrong.max() > 0.01


def test_human_and_sensor_noise_are_independent():
    done = simulate_motion(MotionPlan(reps=1), seed=1)
    felt = feel_motion(done.motion, mount_sensor(), HIPS_M)
    a, b = (record_imu(felt, done.motion.time_s, SENSORS["dot"], seed=seed) for seed in (1, 2))
    assert not np.allclose(a[GYR].mean(), b[GYR].mean(), atol=1e-4)

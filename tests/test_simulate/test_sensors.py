import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR, QUAT
from hiphitch_analysis.simulate.athlete import TIRELESS, Technique
from hiphitch_analysis.simulate.body import Body
from hiphitch_analysis.simulate.devices import DEVICES, Axis, draw_instants, draw_kept, find_device, process_sd, read_axes
from hiphitch_analysis.simulate.motion import Motion, Mover, Segment, write_script
from hiphitch_analysis.simulate.performance import Task, perform
from hiphitch_analysis.simulate.sensors import Felt, feel_motion, mount_sensor, record_imu, wobble_skin

G = 9.80665
BODY = Body()
SIDES = ("left", "right")
PLACES = ("pelvis", "thigh", "trunk")


def pose(n=4, **angles):
    """A body that holds angles [rad] and their rates: `pelvis_roll=0.3`, `trunk_pitch=(0.1, 0.2)`; right-handed about z, x, y."""

    def curve(name):
        values = np.zeros((3, n))
        value = np.atleast_1d(angles.pop(name, 0.0))
        values[: len(value)] = value[:, None]
        return values

    pelvis, trunk, left, right = (Segment(*(curve(f"{name}_{axis}") for axis in ("yaw", "roll", "pitch"))) for name in ("pelvis", "trunk", *SIDES))
    assert not angles
    zero = np.zeros((3, n))
    nothing = dict.fromkeys(SIDES, zero[0])
    return Motion(np.arange(n) / 60, pelvis, trunk, {"left": left, "right": right}, nothing, np.zeros((3, n, 3)), zero, nothing, zero[0])


def make_mover(stance="left", seed=6, **technique):
    athlete = dataclasses.replace(TIRELESS, technique=Technique(rotation_deg=5.0, tilt_deg=3.0, lean_deg=4.0, **technique))
    script = write_script(perform(athlete, Task(2, (stance,)), seed), 60.0, 2.0, athlete.technique.sway, False, seed)
    return Mover(script, athlete.body, seed)


def move(rate_hz=60.0, **options):
    mover = make_mover(**options)
    return mover.move(np.arange(int(mover.script.now * rate_hz)) / rate_hz)


# --- Signs ---


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
    felt = feel_motion(pose(), BODY, "pelvis", mount_sensor(mounting, slope_deg=slope))
    np.testing.assert_allclose(felt.acc_m_s2, np.tile(expected, (4, 1)), atol=1e-12)
    np.testing.assert_allclose(felt.gyr_rad_s, 0, atol=1e-15)


@pytest.mark.parametrize(
    ("sensor", "x", "y", "z"),
    [
        ("pelvis", (np.sin(np.radians(17)), 0, np.cos(np.radians(17))), (0, 1, 0), (-np.cos(np.radians(17)), 0, np.sin(np.radians(17)))),
        ("thigh", (0, 0, 1), (0, -1, 0), (1, 0, 0)),
        ("trunk", (0, 0, 1), (0, -1, 0), (1, 0, 0)),
    ],
)
def test_default_mountings(sensor, x, y, z):
    # z out of the skin: backwards and 17° upwards over the sacrum, forwards on thigh and chest; x up along the skin; y completes a right-handed set.
    np.testing.assert_allclose(mount_sensor(sensor=sensor), np.column_stack([x, y, z]), atol=1e-15)


A, B = np.sqrt(0.75), 0.5  # cosine and sine of 30°


@pytest.mark.parametrize(
    ("sensor", "angle", "expected"),
    [
        ("pelvis", {"pelvis_roll": np.pi / 6}, (A, B, 0)),  # left side up, and sensor y points left
        ("pelvis", {"pelvis_roll": -np.pi / 6}, (A, -B, 0)),
        ("pelvis", {"pelvis_pitch": np.pi / 6}, (A, 0, B)),  # front down: the sensor's z, pointing backwards, comes up
        ("pelvis", {"pelvis_yaw": 1.4}, (1, 0, 0)),
        ("pelvis", {"trunk_roll": 0.5, "right_roll": 0.5}, (1, 0, 0)),  # what others do is not felt
        ("trunk", {"trunk_roll": np.pi / 6}, (A, -B, 0)),  # left side up: sensor y points right and comes down
        ("trunk", {"trunk_pitch": np.pi / 6}, (A, 0, -B)),  # front down, and z points forwards
        ("trunk", {"pelvis_roll": 0.5}, (1, 0, 0)),
        ("thigh", {"right_pitch": -np.pi / 6}, (A, 0, B)),  # flexed: the front of the thigh faces up
        ("thigh", {"right_roll": np.pi / 6}, (A, -B, 0)),
        ("thigh", {"pelvis_roll": 0.5, "left_pitch": 0.5}, (1, 0, 0)),
    ],
)
def test_signs_of_a_tipped_segment(sensor, angle, expected):
    felt = feel_motion(pose(**angle), BODY, sensor, mount_sensor(sensor=sensor, slope_deg=0), "right")
    np.testing.assert_allclose(felt.acc_m_s2[0], np.multiply(G, expected), atol=1e-12)


@pytest.mark.parametrize(
    ("sensor", "rate", "expected"),
    [
        ("pelvis", {"pelvis_yaw": (0, 0.3)}, (0.3, 0, 0)),  # anticlockwise from above: positive about sensor x, which points up
        ("pelvis", {"pelvis_roll": (0, 0.3)}, (0, 0, -0.3)),  # left side rising: about the forward axis, and z points backwards
        ("pelvis", {"pelvis_pitch": (0, 0.3)}, (0, 0.3, 0)),
        ("trunk", {"trunk_roll": (0, 0.3), "pelvis_roll": (0, 9)}, (0, 0, 0.3)),
        ("thigh", {"left_pitch": (0, -0.3), "right_pitch": (0, 9)}, (0, 0.3, 0)),  # flexing: about the axis to the right, where sensor y points
    ],
)
def test_signs_of_a_turning_segment(sensor, rate, expected):
    felt = feel_motion(pose(**rate), BODY, sensor, mount_sensor(sensor=sensor, slope_deg=0), "left")
    np.testing.assert_allclose(felt.gyr_rad_s, np.tile(expected, (4, 1)), atol=1e-15)


@pytest.mark.parametrize("sensor", PLACES)
def test_sides_are_mirror_images(sensor):
    a, b = (feel_motion(move(100, stance=stance, sway=0.0), BODY, sensor, mount_sensor(sensor=sensor), free) for stance, free in (SIDES, SIDES[::-1]))
    # Mirrored left-right, a vector keeps its x and z and an axial vector (angular rate) keeps its y.
    np.testing.assert_allclose(a.acc_m_s2 * [1, -1, 1], b.acc_m_s2, atol=1e-12)
    np.testing.assert_allclose(a.gyr_rad_s * [-1, 1, -1], b.gyr_rad_s, atol=1e-12)
    assert np.ptp(a.acc_m_s2[:, 1]) > 0.1 and np.ptp(a.gyr_rad_s[:, 2]) > 0.01


DEGREES = st.floats(-180, 180, allow_nan=False)
MOTION = move(20.0)


@settings(max_examples=40, deadline=None)
@given(st.tuples(DEGREES, DEGREES, DEGREES), st.sampled_from(PLACES))
def test_mounting_only_turns_the_axes(mounting, sensor):
    usual, other = (feel_motion(MOTION, BODY, sensor, mount_sensor(angles, sensor)) for angles in ((0.0, 0.0, 0.0), mounting))
    back = mount_sensor(sensor=sensor).T @ mount_sensor(mounting, sensor)  # the other sensor's axes in the usual sensor's
    np.testing.assert_allclose(back.T @ back, np.eye(3), atol=1e-12)
    assert np.linalg.det(back) == pytest.approx(1.0)
    np.testing.assert_allclose(other.acc_m_s2 @ back.T, usual.acc_m_s2, atol=1e-10)
    np.testing.assert_allclose(other.gyr_rad_s @ back.T, usual.gyr_rad_s, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(other.acc_m_s2, axis=1), np.linalg.norm(usual.acc_m_s2, axis=1), rtol=1e-12)
    assert (usual.turn * Rotation.from_matrix(back) * other.turn.inv()).magnitude().max() < 1e-7  # arc of a cosine near 1: √1e-15


# --- Skin ---


def test_no_skin_is_rigid_and_skin_only_turns_what_is_felt():
    plain = feel_motion(MOTION, BODY, "pelvis", np.eye(3))
    rigid = wobble_skin(MOTION, plain, "pelvis", 0.0, "right", np.random.default_rng(1))
    assert rigid.rotation.magnitude().max() == 0
    loose = wobble_skin(MOTION, plain, "pelvis", 2.0, "right", np.random.default_rng(1))
    felt = feel_motion(MOTION, BODY, "pelvis", np.eye(3), skin=loose)
    np.testing.assert_allclose(np.linalg.norm(felt.acc_m_s2, axis=1), np.linalg.norm(plain.acc_m_s2, axis=1), rtol=1e-12)
    np.testing.assert_allclose(felt.turn.apply(felt.acc_m_s2), plain.turn.apply(plain.acc_m_s2), atol=1e-12)


@pytest.mark.parametrize(("axis", "turned"), [(1, 0), (0, 1)])
def test_skin_answers_a_steady_push_as_a_damped_spring(axis, turned):
    step, n = 1e-3, 2000
    push = np.zeros((n, 3))
    push[1:, axis] = 2.0
    still = dataclasses.replace(pose(n), time_s=np.arange(n) * step)
    skin = wobble_skin(still, Felt(push, np.zeros((n, 3)), Rotation.identity(n)), "thigh", 1.5, "right", np.random.default_rng(2))
    angle = np.abs(np.degrees(skin.rotation.as_rotvec()[:, turned]))
    # 0.1° per m/s², one and a half times that, for 2 m/s²: 0.3°. Two seconds of at least 5 Hz damped by 0.35: exp(−22) of the swing is left.
    assert angle[-1] == pytest.approx(0.3, abs=1e-6)
    # It overshoots by exp(−π ζ / √(1 − ζ²)); a maximum read off every millisecond of a 9 Hz swing is missed by at most (0.028)² / 2 of 0.09°.
    assert angle.max() == pytest.approx(0.3 * (1 + np.exp(-np.pi * 0.35 / np.sqrt(1 - 0.35**2))), abs=1e-4)
    half_period = np.argmax(angle) * step
    assert 0.5 / 9.0 - 0.001 < half_period * np.sqrt(1 - 0.35**2) < 0.5 / 5.0 + 0.001


# --- Devices: what the data sheets and `devices` say, by hand. Accelerometer [m/s²], gyroscope [rad/s] ---

DEG = np.pi / 180
SHEETS = {  # noise density, bias (least, most), bias instability, span
    ("dot", "acc"): (120e-6 * G, (0.0, 0.006 * G), 0.03e-3 * G, 16 * G),
    ("dot", "gyr"): (0.007 * DEG, (0.2 * DEG, 0.5 * DEG), 10 / 3600 * DEG, 2000 * DEG),
    ("mtw", "acc"): (200e-6 * G, (0.0, 0.006 * G), 0.1e-3 * G, 160.0),
    ("mtw", "gyr"): (0.010 * DEG, (0.2 * DEG, 0.5 * DEG), 10 / 3600 * DEG, 2000 * DEG),
    ("phone", "acc"): (180e-6 * G, (0.0, 0.004 * G), 0.1e-3 * G, 8 * G),
    ("phone", "gyr"): (0.008 * DEG, (0.0, 0.3 * DEG), 6 / 3600 * DEG, 2000 * DEG),
}
ALL_AXES = pytest.mark.parametrize(("name", "kind"), SHEETS)


def read(name, kind, felt, rate_hz, seed):
    return read_axes(felt, np.arange(len(felt)) / rate_hz, getattr(DEVICES[name], kind), rate_hz, np.random.default_rng(seed))


@ALL_AXES
@pytest.mark.parametrize("rate_hz", [60.0, 400.0])
def test_white_noise_has_the_density_of_the_data_sheet(name, kind, rate_hz):
    density, _, _, span = SHEETS[name, kind]
    differences = np.diff(read(name, kind, np.zeros((20000, 3)), rate_hz, 5), axis=0)  # between neighbours nothing wanders
    # Density d as in IEEE Std 952 (Allan deviation at one second): variance d² rate; rounding to one of 2^16 steps adds step² / 12. The variance of
    # 60 000 differences of neighbours has a relative standard error of √(3 / 60 000) = 0.7 %, its root half of that; four of them.
    expected = np.sqrt(density**2 * rate_hz + (span / 2**15) ** 2 / 12)
    assert differences.std() / np.sqrt(2) == pytest.approx(expected, rel=0.014)


@ALL_AXES
def test_bias_lies_in_its_range_on_either_side_and_is_even(name, kind):
    density, (least, most), _, _ = SHEETS[name, kind]
    means = np.concatenate([read(name, kind, np.zeros((400, 3)), 100.0, seed).mean(axis=0) for seed in range(200)])
    # Mean of 400 samples: noise of d √100 / √400, and what wanders in four seconds, less than that. Five of them for 600 axes.
    slack = 5 * 1.5 * density * np.sqrt(100 / 400)
    size = np.abs(means)
    assert size.max() < most + slack and size.min() > least - slack
    # Even between its ends: mean in the middle, with a standard error of width / √12 / √600; the sign is a coin's, 300 ± 12. Four of each.
    assert size.mean() == pytest.approx((least + most) / 2, abs=4 * (most - least) / np.sqrt(12 * 600) + slack / 10)
    assert np.sum(means > 0) == pytest.approx(300, abs=49)


@ALL_AXES
def test_readings_are_whole_steps_and_stop_at_the_span(name, kind):
    span = SHEETS[name, kind][3]
    felt = np.outer(np.linspace(-1.5, 1.5, 3001) * span, [1.0, -1.0, 0.0])
    values = read(name, kind, felt, 100.0, 3)
    steps = values / (2 * span / 2**16)
    np.testing.assert_allclose(steps, steps.round(), atol=1e-9)  # 2^15 steps at most, known to 1e-16 each
    beyond = np.abs(felt) > 1.05 * span  # bias and noise are far below a twentieth of the span
    np.testing.assert_allclose(values[beyond], np.sign(felt[beyond]) * span, rtol=1e-4)  # a step is 3e-5 of the span
    assert beyond.sum() > 1000
    inside = np.abs(felt) < 0.95 * span
    assert np.abs(values - felt)[inside].max() < 0.002 * span  # 4 mg of 8 g is the phone's largest bias, 0.5e-3, and 4 SD of its noise 0.9e-3


def test_a_swing_beyond_the_gyroscopes_range_is_clipped_in_the_recording():
    time_s = np.arange(200) / 100
    motion = dataclasses.replace(pose(200, pelvis_yaw=(0.0, 50.0)), time_s=time_s)  # 50 rad/s = 2865 °/s
    felt = feel_motion(motion, BODY, "pelvis", mount_sensor(slope_deg=0))
    imu = record_imu(felt, time_s, time_s, DEVICES["dot"], 100.0, np.random.default_rng(1))
    np.testing.assert_allclose(imu[GYR[0]], np.radians(2000), rtol=1e-4)
    assert imu[GYR[1]].abs().max() < 0.02  # bias and noise
    # 0.08 m behind the axis and 50 rad/s: 200 m/s² toward it, away from the sensor's z; a DOT reads 16 g.
    np.testing.assert_allclose(imu[ACC[2]], -16 * G, rtol=1e-4)


def test_phones_clock_is_wrong_by_parts_per_million():
    phone = dataclasses.replace(DEVICES["phone"], jitter_s=0.0)
    rates = []
    for seed in range(400):
        nominal, taken = draw_instants(phone, 10.0, 100.0, np.random.default_rng(seed))
        assert len(nominal) in (1000, 1001)
        np.testing.assert_array_equal(nominal, np.arange(len(nominal)) / 100)
        rates.append((taken[500] / nominal[500] - 1) * 1e6)
        np.testing.assert_allclose(taken[:-1], nominal[:-1] * (1 + rates[-1] * 1e-6), atol=1e-12)
    # 400 draws: the mean has a standard error of 1 ppm, the standard deviation of 0.7 ppm. Four of them.
    assert np.mean(rates) == pytest.approx(0, abs=4) and np.std(rates) == pytest.approx(20, abs=2.8)


@pytest.mark.parametrize("jitter_s", [0.0005, 0.002])
def test_jitter_delays_each_sample(jitter_s):
    device = dataclasses.replace(DEVICES["phone"], clock_ppm=0.0, jitter_s=jitter_s)
    nominal, taken = draw_instants(device, 200.0, 100.0, np.random.default_rng(1))
    late = (taken - nominal)[:-1]
    assert late.min() >= -1e-15
    # Magnitude of a normal number: its root mean square is the jitter. 20 000 draws: 0.5 % standard error; four of them. Its median is 0.674 of it.
    assert np.sqrt(np.mean(late**2)) == pytest.approx(jitter_s, rel=0.02)
    assert np.median(late) == pytest.approx(0.6745 * jitter_s, rel=0.04)
    assert np.corrcoef(late[1:], late[:-1])[0, 1] == pytest.approx(0, abs=4 / np.sqrt(20000))


@pytest.mark.parametrize(("duration_s", "rate_hz", "jitter_s"), [(1000.0, 100.0, 0.0005), (7200.0, 100.0, 0.0005), (60.0, 200.0, 0.1)])
def test_samples_are_taken_one_after_the_other_within_the_recording(duration_s, rate_hz, jitter_s):
    for seed in range(20):
        nominal, taken = draw_instants(find_device("phone", jitter_s=jitter_s), duration_s, rate_hz, np.random.default_rng(seed))
        assert len(nominal) == len(taken)
        assert (np.diff(taken) > 0).all()
        assert taken[0] >= 0 and taken[-1] <= duration_s


def test_stamps_are_true_times_or_the_nominal_ones():
    mover = make_mover()
    duration_s = 10.0
    for device, stamped in ((DEVICES["phone"], True), (find_device("dot", jitter_s=0.002), False)):
        nominal, taken = draw_instants(device, duration_s, 100.0, np.random.default_rng(1))
        assert np.abs(taken - nominal).max() > 1e-4
        felt = feel_motion(mover.move(taken), BODY, "pelvis", mount_sensor())
        imu = record_imu(felt, nominal, taken, device, 100.0, np.random.default_rng(2))
        np.testing.assert_array_equal(imu.index, taken if stamped else nominal)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_losses_have_the_share_asked_for_and_come_in_runs(share):
    kept = np.array([draw_kept(find_device("dot", dropped=share), 20000, np.random.default_rng(seed)) for seed in range(5)])
    assert kept[:, 0].all() and kept[:, -1].all()
    # A run that falls wholly on an earlier one counts for one sample: at 30 % a fraction of them does. Never more than asked for.
    lost = 1 - kept.mean(axis=1)
    assert (lost <= share + 1e-9).all() and (lost > share * (1 - 0.15 * share / 0.3)).all()
    # Runs of three on average; where two meet they count as one longer, which is why they are longer at 30 %. Standard deviation of a run √6, some
    # hundred runs at least in five recordings: at most 0.13 of a standard error; four of them.
    begins = np.sum(kept[:, :-1] & ~kept[:, 1:])
    length = np.sum(~kept) / begins
    assert 3 - 0.5 < length < 3 / (1 - share) + 0.5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.floats(0, 0.5), st.integers(0, 2**31))
@example(3, 0.5, 0)  # two to lose and one that may be lost
@example(3, 0.5, 1)
@example(3, 0.5, 2)
def test_first_and_last_sample_always_arrive(count, share, seed):
    kept = draw_kept(find_device("dot", dropped=share), count, np.random.default_rng(seed))
    assert len(kept) == count
    assert kept[:1].all() and kept[-1:].all()
    assert np.sum(~kept) <= round(share * count)


def test_a_lossy_recording_is_the_whole_one_with_holes():
    motion = move(60.0)
    felt = feel_motion(motion, BODY, "pelvis", mount_sensor())
    whole, lossy = (
        record_imu(felt, motion.time_s, motion.time_s, find_device("dot", dropped=share), 60.0, np.random.default_rng(4)) for share in (0.0, 0.1)
    )
    assert len(whole) == len(motion.time_s)
    assert len(lossy) == pytest.approx(0.9 * len(whole), abs=0.02 * len(whole))
    assert lossy.equals(whole.loc[lossy.index])


@pytest.mark.parametrize("sensor", PLACES)
def test_ideal_sensor_adds_nothing(sensor):
    motion = move(60.0)
    felt = feel_motion(motion, BODY, sensor, mount_sensor(sensor=sensor))
    nominal, taken = draw_instants(DEVICES["ideal"], 5.0, 60.0, np.random.default_rng(5))
    np.testing.assert_array_equal(nominal, taken)
    imu = record_imu(felt, motion.time_s, motion.time_s, DEVICES["ideal"], 60.0, np.random.default_rng(5))
    np.testing.assert_array_equal(imu[ACC], felt.acc_m_s2)
    np.testing.assert_array_equal(imu[GYR], felt.gyr_rad_s)
    turn = Rotation.from_quat(imu[QUAT].to_numpy(), scalar_first=True)
    np.testing.assert_allclose(turn.as_matrix(), felt.turn.as_matrix(), atol=1e-12)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"key": "shimmer"}, "device: expected dot, mtw, phone, ideal, got 'shimmer'"),
        ({"key": "dot", "dropped": 0.6}, "dropped: expected 0 to 0.5 .* got 0.6"),
        ({"key": "dot", "dropped": -0.1}, "dropped"),
        ({"key": "phone", "jitter_s": 0.2}, "jitter_s: expected 0 to 0.1 s, got 0.2"),
        ({"key": "phone", "jitter_s": float("nan")}, "jitter_s"),
    ],
)
def test_devices_nobody_has_are_refused_in_one_line(options, says):
    with pytest.raises(ValueError, match=says) as refused:
        find_device(**options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seed", range(5))
def test_device_orientation_is_wrong_by_heading_and_a_little_inclination(seed):
    motion = move(60.0)
    felt = feel_motion(motion, BODY, "pelvis", mount_sensor())
    quaternion = record_imu(felt, motion.time_s, motion.time_s, DEVICES["dot"], 60.0, np.random.default_rng(seed))[QUAT].to_numpy()
    np.testing.assert_allclose(np.linalg.norm(quaternion, axis=1), 1, atol=1e-12)
    assert (np.sum(quaternion[1:] * quaternion[:-1], axis=1) > 0.99).all()  # no jump from q to −q
    device = Rotation.from_quat(quaternion, scalar_first=True)
    error = device * felt.turn.inv()  # true room → the device's room
    leaning = np.degrees(np.arctan2(np.hypot(*error.as_matrix()[:, :2, 2].T), error.as_matrix()[:, 2, 2]))
    assert 0.01 < leaning.max() <= 0.3 + 1e-6
    # What is left is a heading anywhere that drifts evenly, by 2° a minute for a typical device: within five of those.
    heading = np.unwrap(np.arctan2(error.as_matrix()[:, 1, 0], error.as_matrix()[:, 0, 0]))
    drift, start = np.polyfit(motion.time_s, np.degrees(heading), 1)
    assert 1e-4 < np.abs(drift) < 5 * 2.0 / 60
    # A lean by 0.3° moves the image of an axis by at most half of its square in heading: 1e-3°.
    np.testing.assert_allclose(np.degrees(heading), start + drift * motion.time_s, atol=0.01)


def test_quaternions_do_not_jump_to_their_negative():
    half = np.linspace(0, 2 * np.pi, 100)
    smooth = np.column_stack([np.cos(half), 0.6 * np.sin(half), 0.8 * np.sin(half), np.zeros(100)])  # twice around
    jumping = Rotation.from_quat(smooth * np.where(smooth[:, :1] < 0, -1, 1), scalar_first=True)  # the same turns, with the scalar never negative
    time_s = np.arange(100) / 60
    imu = record_imu(Felt(np.zeros((100, 3)), np.zeros((100, 3)), jumping), time_s, time_s, DEVICES["ideal"], 60.0, np.random.default_rng(1))
    np.testing.assert_allclose(imu[QUAT], smooth, atol=1e-15)


def test_headings_differ_from_device_to_device():
    felt = feel_motion(pose(), BODY, "pelvis", np.eye(3))
    time_s = np.arange(4) / 60
    headings = []
    for seed in range(100):
        w, _, _, z = record_imu(felt, time_s, time_s, DEVICES["dot"], 60.0, np.random.default_rng(seed))[QUAT].to_numpy()[0]
        headings.append(2 * np.degrees(np.arctan2(z, w)) % 360)
    # Anywhere on the circle: the mean vector of 100 is about 0.1 long, and longer than 0.3 once in 8000.
    assert np.abs(np.mean(np.exp(1j * np.radians(headings)))) < 0.3


def test_human_and_sensor_noise_are_independent():
    motion = move(60.0)
    felt = feel_motion(motion, BODY, "pelvis", mount_sensor())
    a, b, again = (record_imu(felt, motion.time_s, motion.time_s, DEVICES["dot"], 60.0, np.random.default_rng(seed)) for seed in (1, 2, 1))
    assert a.equals(again)
    assert not np.allclose(a[GYR].mean(), b[GYR].mean(), atol=1e-4)


# --- Allan deviation of an hour at rest ---

MEMORIES_S = (3.0, 30.0, 300.0)
FLICKER = np.sqrt(2 * np.log(2) / np.pi)  # IEEE Std 952: the Allan deviation of flicker noise is 0.664 of the bias instability
WALK_REACHES_S = 3600.0  # as documented: after an hour the random walk's Allan deviation is as high as the flat part


def allan_variance(values, rate_hz, tau_s):
    """Overlapping, of each column."""
    m = round(tau_s * rate_hz)
    phase = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)]) / rate_hz
    return np.mean((phase[2 * m :] - 2 * phase[m:-m] + phase[: -2 * m]) ** 2, axis=0) / (2 * tau_s**2)


def allan_of_three(tau_s):
    """Allan variance of the sum of three first-order Gauss–Markov processes of unit variance, in closed form."""
    x = np.asarray(tau_s, dtype=float)[..., None] / np.array(MEMORIES_S)
    return np.sum(2 / x * (1 - (3 - 4 * np.exp(-x) + np.exp(-2 * x)) / (2 * x)), axis=-1)


# From the peak of the fastest process to that of the slowest, each at 1.89 times its memory, evenly on a logarithmic scale.
LEVELS = np.sqrt(allan_of_three(np.geomspace(1.89 * MEMORIES_S[0], 1.89 * MEMORIES_S[-1], 2000)))


def test_closed_form_against_a_long_draw():
    # One process with a memory of 3 s and unit variance, by its recursion at 10 Hz; 30 columns of an hour: 30 × 3600 / 6 independent stretches.
    keep = np.exp(-0.1 / 3.0)
    noise = np.random.default_rng(1).standard_normal((36000, 30)) * np.sqrt(1 - keep**2)
    drawn = allan_variance(lfilter([1], [1, -keep], noise, axis=0), 10.0, 5.67).mean()
    assert drawn == pytest.approx(0.6174**2, rel=4 * np.sqrt(2 / 18000))  # the peak of one process


def test_three_processes_are_level_with_flicker_noise():
    # 0.741 of one process's standard deviation on average, 6 % down at both ends and 3.5 % up in the middle.
    assert LEVELS.mean() == pytest.approx(0.741, abs=0.001)
    assert LEVELS.max() / LEVELS.min() == pytest.approx(1.097, abs=0.002)
    # What is documented: level at 0.664 times the instability. On average to one percent, as 0.74 for 0.741 would be, everywhere to 6 %.
    assert process_sd(1.0) * LEVELS.mean() == pytest.approx(FLICKER, rel=0.01)
    np.testing.assert_allclose(process_sd(1.0) * LEVELS, FLICKER, rtol=0.06)


@ALL_AXES
def test_allan_deviation_of_an_hour_at_rest_is_the_data_sheets(name, kind):
    density, _, instability, span = SHEETS[name, kind]
    white = density**2 + (span / 2**15) ** 2 / 12 / 100.0  # Allan variance at 1 s of the noise and of rounding; both fall with 1 / τ
    flat = FLICKER * instability

    def expected(tau_s):
        walk = flat**2 * tau_s / WALK_REACHES_S
        return white / tau_s + (flat / LEVELS.mean()) ** 2 * allan_of_three(tau_s) + walk

    taus = (30.0, 60.0, 120.0, 300.0)
    short, long = [], []
    for number in range(16):
        hour = read(name, kind, np.zeros((360000, 3)), 100.0, 100 * list(SHEETS).index((name, kind)) + number)
        if number < 4:
            short.append([allan_variance(hour, 100.0, tau_s) for tau_s in (0.1, 1.0)])
        seconds = hour.reshape(3600, 100, 3).mean(axis=1)
        long.append([allan_variance(seconds, 1.0, tau_s) for tau_s in taus])
    short, long = (np.concatenate(np.array(rows).transpose(0, 2, 1)) for rows in (short, long))  # one row for each axis
    # White: an overlapping variance over an hour has 1.5 × 3600 s / τ degrees of freedom or more, an axis's deviation at 1 s a standard error of 1 %,
    # that of twelve axes 0.3 %, four times that 1.2 %. At 1 s up to a tenth of the variance is the fastest process's, which is drawn once a
    # second and straight in between: 1 % more.
    for column, (tau_s, rtol) in enumerate(((0.1, 0.01), (1.0, 0.022))):
        assert np.sqrt(short[:, column].mean()) == pytest.approx(np.sqrt(expected(tau_s)), rel=rtol)
    # Flat part: the spread of 48 independent axes says how well their mean is known; four standard errors.
    ratio = long / [expected(tau_s) for tau_s in taus]
    error = ratio.std(axis=0, ddof=1) / np.sqrt(len(ratio))
    assert (np.abs(ratio.mean(axis=0) - 1) < 4 * error).all()
    # An hour holds 12 stretches of 300 s and 120 of 30 s: variances known to √(2 / 12) and √(2 / 120) per axis, 6 % and 2 % for 48 of them.
    assert error[0] < 0.03 and error[-1] < 0.09


def test_an_axis_without_errors_is_transparent():
    felt = np.random.default_rng(1).standard_normal((50, 3))
    none = Axis(0.0, (0.0, 0.0), 0.0, 0.0, np.inf, 0.0)
    np.testing.assert_array_equal(read_axes(felt, np.arange(50) / 60, none, 60.0, np.random.default_rng(2)), felt)

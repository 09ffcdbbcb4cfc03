import dataclasses
import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import Polynomial
from scipy.integrate import cumulative_simpson
from scipy.spatial.transform import Rotation

from hiphitch_analysis.simulate.athlete import TIRELESS, Technique
from hiphitch_analysis.simulate.body import Body
from hiphitch_analysis.simulate.faults import parse_fault
from hiphitch_analysis.simulate.kinematics import Path, carry_point, carry_sliding_point, feel_at, turn_about_axes, turn_on
from hiphitch_analysis.simulate.motion import Motion, Mover, Segment, write_script
from hiphitch_analysis.simulate.performance import Task, perform
from hiphitch_analysis.simulate.sensors import feel_motion, mount_sensor, wobble_skin

G = 9.80665
# Where the sensors sit, as the documentation says: from the middle of the hips, from the hip, from the lumbar hinge.
BEHIND, ABOVE, THIGH_FRONT, CHEST_FRONT = 0.08, 0.03, 0.07, 0.11
BODY = Body("female", 62.0, 1.68)
HALF_M, HINGE_M, CHEST_M, HALF_THIGH_M = 0.099 * 1.68 / 2, 0.0837 * 1.68, 0.16 * 1.68, 0.2425 * 1.68 / 2
FAULTS = (
    "trunk_lean_stance:severe",
    "trunk_lean_free",
    "leg_lifted:severe",
    "pelvis_not_square:severe",
    "drop_too_large:severe",
    "lumbar_not_neutral",
)
MOUNTING = (35.0, -20.0, 50.0)


@functools.cache
def make_mover(sides=("left", "right"), faults=FAULTS, partial=(2,), aborted=(3,), walk_off=True, seed=6, **technique):
    """Sets on both legs with everything a recording can hold: weight shifts, faults, a touch-down, fidgeting in the rest, walking off."""
    athlete = dataclasses.replace(TIRELESS, body=BODY, technique=dataclasses.replace(Technique(), **technique))
    wanted = Task(2, sides, 12.0, faults=tuple(map(parse_fault, faults)), partial=partial, aborted=aborted)
    script = write_script(perform(athlete, wanted, seed), 12.0, 2.0, athlete.technique.sway, walk_off, seed)
    return Mover(script, BODY, seed)


def pure(yaw=None, roll=None, pitch=None, half_m=0.0):
    """A body that stands still but for the pelvis, which turns about a hip that lies `half_m` to the left of the middle."""
    n = next(curve for curve in (yaw, roll, pitch) if curve is not None).shape[1]
    still = np.zeros((3, n))
    rest = Segment(still, still, still)
    pivot = still.copy()
    pivot[0] = half_m
    given_ = Segment(*(still if curve is None else curve for curve in (yaw, roll, pitch)))
    side = dict.fromkeys(("left", "right"), rest)
    zeros = dict.fromkeys(("left", "right"), still[0])
    return Motion(np.arange(n) / 60, given_, rest, side, zeros, np.zeros((3, n, 3)), pivot, zeros, still[0])


# --- Closed forms ---


@pytest.mark.parametrize("free_left", [1, -1])
def test_pure_obliquity_has_a_closed_form(free_left):
    amplitude, omega = np.radians(6.0), 2 * np.pi * 0.5
    time_s = np.linspace(0, 3, 200)
    turn, rate, change = (
        free_left * amplitude * np.stack([np.cos(omega * time_s), -omega * np.sin(omega * time_s), -(omega**2) * np.cos(omega * time_s)])
    )
    felt = feel_motion(pure(roll=np.stack([turn, rate, change]), half_m=-free_left * HALF_M), BODY, "pelvis", mount_sensor(slope_deg=0))
    y, z = free_left * HALF_M, ABOVE
    # A point of a plane turning about a fixed hip, in the turning axes: tangential α × r and centripetal −ω² r, and gravity.
    left = -change * z - rate**2 * y + G * np.sin(turn)
    up = change * y - rate**2 * z + G * np.cos(turn)
    # 1e-12 here and below: rounding of numbers of order 10, a thousand times over.
    np.testing.assert_allclose(felt.acc_m_s2, np.column_stack([up, left, np.zeros(200)]), atol=1e-12)
    np.testing.assert_allclose(felt.gyr_rad_s, np.column_stack([np.zeros((200, 2)), -rate]), atol=1e-15)
    # What a coach's inclinometer would make of it is wrong by the angle between the specific force and gravity: across the vertical (room's left)
    # the lever gives (−α z − ω² y) cos − (α y − ω² z) sin, along it g + (−α z − ω² y) sin + (α y − ω² z) cos.
    lever_left, lever_up = -change * z - rate**2 * y, change * y - rate**2 * z
    across = lever_left * np.cos(turn) - lever_up * np.sin(turn)
    along = G + lever_left * np.sin(turn) + lever_up * np.cos(turn)
    error = np.arctan2(felt.acc_m_s2[:, 1], felt.acc_m_s2[:, 0]) - turn
    np.testing.assert_allclose(error, np.arctan(across / along), atol=1e-14)
    assert np.degrees(np.abs(error)).max() > 0.1  # there is an error to be had


def test_pure_tilt_has_a_closed_form():
    amplitude, omega = np.radians(5.0), 2 * np.pi * 0.7
    time_s = np.linspace(0, 3, 200)
    curve = amplitude * np.stack([np.sin(omega * time_s), omega * np.cos(omega * time_s), -(omega**2) * np.sin(omega * time_s)])
    felt = feel_motion(pure(pitch=curve, half_m=HALF_M), BODY, "pelvis", mount_sensor(slope_deg=0))
    turn, rate, change = curve
    # About the axis pointing left, in the turning axes: a point behind the axis rises as the front goes down.
    forward = change * ABOVE + rate**2 * BEHIND - G * np.sin(turn)
    up = change * BEHIND - rate**2 * ABOVE + G * np.cos(turn)
    np.testing.assert_allclose(felt.acc_m_s2, np.column_stack([up, np.zeros(200), -forward]), atol=1e-12)
    np.testing.assert_allclose(felt.gyr_rad_s, np.column_stack([np.zeros(200), rate, np.zeros(200)]), atol=1e-15)


@pytest.mark.parametrize(("stance", "free_left"), [("left", -1), ("right", 1)])
def test_tilt_error_of_the_accelerometer_in_a_repetition_of_8_degrees(stance, free_left):
    calm = {"variability": 0.0, "sway": 0.0, "rotation_deg": 0.0, "tilt_deg": 0.0, "drop_deg": 8.0}
    mover = make_mover((stance,), (), (), (), False, **calm)
    event = mover.script.events[0]
    assert event.bottom_s - event.start_s == pytest.approx(1.0) and event.end_s - event.bottom_s == pytest.approx(1.0)
    u = np.linspace(0, 1, 201)
    felt = feel_motion(mover.move(event.start_s + u), BODY, "pelvis", mount_sensor(slope_deg=0))
    lowering = -np.radians(8.0) * Polynomial([0, 0, 0, 10, -15, 6])  # minimum jerk over one second
    turn, rate, change = (free_left * lowering.deriv(order)(u) if order else free_left * lowering(u) for order in range(3))
    y, z = free_left * HALF_M, ABOVE
    left, up = -change * z - rate**2 * y, change * y - rate**2 * z
    across, along = left * np.cos(turn) - up * np.sin(turn), G + left * np.sin(turn) + up * np.cos(turn)
    error = np.arctan2(felt.acc_m_s2[:, 1], felt.acc_m_s2[:, 0]) - turn
    # 1e-12: the event's time is a sum of some ten durations, good to 1e-14 s.
    np.testing.assert_allclose(error, np.arctan(across / along), atol=1e-12)
    # α reaches 5.77 × 8° = 0.81 rad/s², so α z / g is 0.14°; ω² y / g is at most 0.04°, α y sin 8° / g at most 0.06°. Well below half a degree.
    assert 0.1 < np.degrees(np.abs(error)).max() < 0.25


# --- Turns ---

CURVE = st.tuples(st.floats(-1.4, 1.4), st.floats(-5, 5), st.floats(-20, 20))


def turn_at(curves, dt):
    """Angles that grow as parabolas from an instant with the given value, rate and acceleration."""
    return [np.array([[a + b * dt + c * dt**2 / 2], [b + c * dt], [c]]) for a, b, c in curves]


def rate_by_difference(make, dt=1e-4):
    """Angular rate in the frame's own axes from two orientations, centred."""
    return (make(-dt / 2).rotation.inv() * make(dt / 2).rotation).as_rotvec()[0] / dt


@settings(max_examples=50, deadline=None)
@given(CURVE, CURVE, CURVE)
def test_turn_agrees_with_scipy_and_with_differences(yaw, roll, pitch):
    def make(dt):
        return turn_about_axes(*turn_at((yaw, roll, pitch), dt))

    turn = make(0.0)
    euler = Rotation.from_euler("ZXY", [[yaw[0], roll[0], pitch[0]]])
    assert (turn.rotation.inv() * euler).magnitude()[0] < 1e-12
    # Central differences err by step² / 24 × third derivative; with rates up to 5 rad/s and 20 rad/s² that derivative stays below 1e4: 4e-6 rad/s.
    np.testing.assert_allclose(turn.rate[0], rate_by_difference(make), atol=1e-5)
    np.testing.assert_allclose(turn.change[0], (make(5e-5).rate[0] - make(-5e-5).rate[0]) / 1e-4, atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(CURVE, CURVE, CURVE, CURVE)
def test_turn_on_a_turn_agrees_with_differences(a, b, c, d):
    def make(dt):
        outer, inner = turn_about_axes(*turn_at((a, b, c), dt)), turn_about_axes(*turn_at((d, a, b), dt))
        return turn_on(outer, inner)

    turn = make(0.0)
    # As above; two turns on each other are up to twice as fast, and the third derivative eight times as large.
    np.testing.assert_allclose(turn.rate[0], rate_by_difference(make), atol=1e-4)
    np.testing.assert_allclose(turn.change[0], (make(5e-5).rate[0] - make(-5e-5).rate[0]) / 1e-4, atol=1e-3)


@settings(max_examples=50, deadline=None)
@given(CURVE, CURVE, CURVE, CURVE)
def test_points_carried_along_accelerate_as_their_positions_say(a, b, c, slide):
    def place(dt, sliding):
        turn = turn_about_axes(*turn_at((a, b, c), dt))
        offset = np.zeros((3, 1, 3))
        offset[0] = [-0.08, 0.0, 0.3]
        offset[:, :, 1] = turn_at([slide], dt)[0]
        origin = Path(np.array([[dt + dt**2, 0.0, -2.0]]), np.array([[2.0, 0.0, 0.0]]))
        return carry_sliding_point(origin, turn, offset) if sliding else carry_point(origin, turn, offset[0, 0] * [1, 0, 1])

    step = 1e-4
    for sliding in (True, False):
        before, now, after = (place(dt, sliding) for dt in (-step, 0.0, step))
        # Second differences err by step² / 12 × fourth derivative (below 1e6 m/s⁴: 1e-3) and by rounding, 4 × 1e-16 × 2 m / step² = 1e-7.
        np.testing.assert_allclose(now.acceleration, (after.position - 2 * now.position + before.position) / step**2, atol=1e-3)


def test_what_is_felt_is_the_acceleration_carried_along_less_gravity():
    mover = make_mover()
    motion = mover.move(np.linspace(0, mover.script.now, 300))
    turn = turn_about_axes(motion.pelvis.yaw, motion.pelvis.roll, motion.pelvis.pitch)
    origin, offset = Path(motion.middle_m[0], motion.middle_m[2]), np.array([0.2, -0.1, 0.3])
    carried = carry_point(origin, turn, offset).acceleration
    felt = turn.rotation.apply(feel_at(origin, turn, offset, G))
    np.testing.assert_allclose(felt, carried + np.array([0, 0, G]), atol=1e-12)


# --- Oracle: MuJoCo, whose rigid-body algorithms (recursive Newton–Euler over a tree of joints) share nothing with ours ---


def joints(*kinds):
    axis = {"x": "1 0 0", "y": "0 1 0", "z": "0 0 1"}
    return "".join(f'<joint type="{kind}" axis="{axis[name]}" armature="1"/>' for kind, names in kinds for name in names)


def build_model(mujoco, thigh_side, quaternions):
    """A chain of slides and hinges; a site for each sensor, turned by its mounting (w, x, y, z)."""
    inertial = '<inertial pos="0 0 0" mass="1" diaginertia="1 1 1"/>'
    sideways = HALF_M if thigh_side == "left" else -HALF_M

    def site(name, x, z):
        return f'<site name="{name}" pos="{x} 0 {z}" quat="{" ".join(map(repr, map(float, quaternions[name])))}"/>'

    def hanging(name, y, z, x_site, z_site):
        # Undo the pelvis's pitch, roll and yaw, then turn about z, x, y as the segment itself does.
        chain = joints(("hinge", "yxz"), ("hinge", "zxy"))
        return f'<body pos="0 {y} {z}">{inertial}{chain}{site(name, x_site, z_site)}</body>'

    sensors = "".join(f'<accelerometer site="{name}"/><gyro site="{name}"/>' for name in quaternions)
    return mujoco.MjModel.from_xml_string(f"""<mujoco>
        <compiler angle="radian"/>
        <option gravity="0 0 -{G}"><flag contact="disable"/></option>
        <worldbody><body>{inertial}{joints(("slide", "xyz"), ("hinge", "zxy"))}
            <body>{inertial}{joints(("slide", "y"))}{site("pelvis", -BEHIND, ABOVE)}
                {hanging("thigh", sideways, 0, THIGH_FRONT, -HALF_THIGH_M)}
                {hanging("trunk", 0, HINGE_M, CHEST_FRONT, CHEST_M)}
            </body></body></worldbody>
        <sensor>{sensors}</sensor></mujoco>""")


def joint_curves(motion, thigh_side):
    """Values, rates and accelerations of all joints in the model's order, shape (3, n, 19)."""
    hip = motion.middle_m.copy()
    hip[:, :, 1] += motion.pivot_m
    pelvis = [motion.pelvis.yaw, motion.pelvis.roll, motion.pelvis.pitch]
    undo = [-curve for curve in reversed(pelvis)]
    others = [[s.yaw, s.roll, s.pitch] for s in (motion.thighs[thigh_side], motion.trunk)]
    rest = np.stack([*pelvis, -motion.pivot_m, *undo, *others[0], *undo, *others[1]], axis=2)
    return np.concatenate([hip, rest], axis=2)


@pytest.mark.parametrize("thigh_side", ["right", "left"])
def test_mujoco_feels_the_same(thigh_side):
    mujoco = pytest.importorskip("mujoco")
    names = ("pelvis", "thigh", "trunk")
    mountings = {name: mount_sensor(MOUNTING, name) for name in names}
    quaternions = {name: Rotation.from_matrix(matrix).as_quat(scalar_first=True) for name, matrix in mountings.items()}
    model = build_model(mujoco, thigh_side, quaternions)
    data = mujoco.MjData(model)
    mover = make_mover(tilt_deg=8.0)
    motion = mover.move(np.linspace(0, mover.script.now, 500))
    curves = joint_curves(motion, thigh_side)
    assert model.nv == curves.shape[2]
    # All of it happens: every kind of turn by more than 8°, and both pivots.
    for curve in (motion.pelvis.yaw, motion.pelvis.roll, motion.pelvis.pitch, motion.trunk.roll, motion.thighs[thigh_side].pitch):
        assert np.degrees(np.abs(curve[0])).max() > 8
    assert motion.pivot_m[0].min() == pytest.approx(-HALF_M) and motion.pivot_m[0].max() == pytest.approx(HALF_M)
    read = np.empty((500, len(names), 2, 3))
    for i in range(500):
        data.qpos, data.qvel, data.qacc = curves[:, i]
        mujoco.mj_inverse(model, data)  # takes qacc as given and works out all sensors
        read[i] = data.sensordata.reshape(len(names), 2, 3)
    for row, name in enumerate(names):
        felt = feel_motion(motion, BODY, name, mountings[name], thigh_side)
        for ours, theirs in ((felt.acc_m_s2, read[:, row, 0]), (felt.gyr_rad_s, read[:, row, 1])):
            # Norm of the difference over norm. Measured over these 500 instants: 3e-16 to 5e-16 in all sensors, for either thigh. That is
            # rounding; 1e-12 leaves room for another machine's.
            assert np.linalg.norm(ours - theirs) / np.linalg.norm(theirs) < 1e-12
            assert np.linalg.norm(theirs) > 1


# --- Integration ---


def integrate(rate_rad_s, step_s, start):
    """Turn on by the mean rate of each step."""
    turn = start
    for step in Rotation.from_rotvec((rate_rad_s[1:] + rate_rad_s[:-1]) / 2 * step_s):
        turn = turn * step
    return turn


@pytest.mark.parametrize("sensor", ["pelvis", "thigh"])
@pytest.mark.parametrize("skin", [0.0, 1.0])
def test_integrated_angular_rate_leads_to_the_final_orientation(sensor, skin):
    mover = make_mover()
    step = 1 / 400
    motion = mover.move(np.arange(int(mover.script.now / step)) * step)
    mounting = mount_sensor(MOUNTING, sensor)
    wobble = None
    if skin:
        along = feel_motion(motion, BODY, sensor, np.eye(3), "right")
        wobble = wobble_skin(motion, along, sensor, skin, "right", np.random.default_rng(4))
        assert np.degrees(wobble.rotation.magnitude()).max() > 0.5
    felt = feel_motion(motion, BODY, sensor, mounting, "right", wobble)
    end = integrate(felt.gyr_rad_s, step, felt.turn[0])
    # Trapezoids leave h² / 12 = 5e-7 s² times the change of the angular acceleration from end to end (10 rad/s²: 5e-6 rad), and times ∫ |ω × α| dt,
    # because turns do not commute: walking, the fastest here, has up to 1.5 rad/s and 10 rad/s² for five seconds, 4e-5 rad if all of it pointed one
    # way. Measured: 2e-6 to 5e-6 rad. Skin swings at 5 to 9 Hz by some tenths of a degree, which is no faster.
    wrong = (end.inv() * felt.turn[-1]).magnitude()
    assert wrong < 4e-5
    assert np.sum(np.linalg.norm(felt.gyr_rad_s, axis=1)) * step > 5  # radians of way: an error of the rate by 1e-5 would show


def test_acceleration_integrates_twice_to_the_path():
    mover = make_mover(("left",), aborted=(), walk_off=False)  # a touch-down's jolt of 0.06 s would ask for smaller steps
    step = 1e-3
    motion = mover.move(np.arange(0, 8.0, step))  # quiet stance, weight shift, repetitions
    pelvis = turn_about_axes(motion.pelvis.yaw, motion.pelvis.roll, motion.pelvis.pitch)
    away = np.zeros((3, len(motion.time_s), 3))
    away[:, :, 1] = motion.pivot_m
    hip = Path(motion.middle_m[0] + away[0], motion.middle_m[2] + away[2])
    path = carry_point(carry_sliding_point(hip, pelvis, -away), pelvis, np.array([-BEHIND, 0.0, ABOVE]))
    felt = feel_motion(motion, BODY, "pelvis", mount_sensor(MOUNTING))
    free = felt.turn.apply(felt.acc_m_s2) - [0, 0, G]
    start_velocity = (path.position[1] - path.position[0]) / step - (2 * free[0] + free[1]) * step / 6
    velocity = start_velocity + cumulative_simpson(free, dx=step, axis=0, initial=0)
    position = path.position[0] + cumulative_simpson(velocity, dx=step, axis=0, initial=0)
    # Where a move begins or ends the jerk jumps, by up to 5 m/s³ here (weight shift: 60 × 0.083 m / (1.2 s)³ = 2.9). Off the grid that costs
    # Simpson's rule up to h² / 10 of it, 5e-7 m/s; ten such ends, at random, and four seconds on average: 6e-6 m. Measured: 1.3e-6 m.
    np.testing.assert_allclose(position, path.position, atol=1e-5)
    assert np.ptp(path.position[:, 1]) > 0.08  # the weight shift


# --- Properties ---


@settings(max_examples=20, deadline=None)
@given(st.integers(10, 200), st.sampled_from(["pelvis", "thigh", "trunk"]), st.sampled_from(["left", "right"]))
def test_doubling_the_rate_leaves_common_instants_unchanged(rate_hz, sensor, thigh_side):
    mover = make_mover()
    count = int(mover.script.now * rate_hz)
    once, twice = (
        feel_motion(mover.move(np.arange(n) / rate), BODY, sensor, mount_sensor(MOUNTING, sensor), thigh_side)
        for n, rate in ((count, rate_hz), (2 * count, 2 * rate_hz))
    )
    # The same instants and the same closed forms: only the processor's vector registers may round differently.
    np.testing.assert_allclose(twice.acc_m_s2[::2], once.acc_m_s2, atol=1e-11)
    np.testing.assert_allclose(twice.gyr_rad_s[::2], once.gyr_rad_s, atol=1e-12)

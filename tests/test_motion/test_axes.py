"""Which way is forward: the witnesses one by one, and what they are worth together."""

from dataclasses import replace

import numpy as np
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.motion.axes import Witness, angle_between, hear_mounting, hear_movement, hear_shift, weigh_witnesses, wrap_line
from hiphitch_analysis.motion.calibration import calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import Overview, estimate_orientation
from hiphitch_analysis.motion.pelvis import estimate_precision, pelvis_angles
from hiphitch_analysis.motion.stance import Stance, find_stance
from hiphitch_analysis.precision import half_width
from hiphitch_analysis.schema import ACC, GYR

UP = np.array([0.0, 0.0, 1.0])


def line(angle_deg):
    return np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg)), 0.0])


def at(found):
    return float(np.degrees(np.arctan2(found[1], found[0])))


def test_two_sure_witnesses_meet_where_their_precisions_say():
    """With full trust the posterior is the product of two normal densities: weights 1/6² and 1/12², standard deviation (1/6² + 1/12²)^-½."""
    found, sd = weigh_witnesses([Witness("movement", line(0), 6.0, 1.0), Witness("mounting", line(10), 12.0, 1.0)], UP)
    assert at(found) == pytest.approx(10 * (1 / 144) / (1 / 36 + 1 / 144), abs=0.05)
    assert sd == pytest.approx((1 / 36 + 1 / 144) ** -0.5, rel=0.01)


@pytest.mark.parametrize("odd_one", range(3))
def test_whoever_stands_alone_is_outvoted(odd_one):
    angles = [0.0, 0.0, 0.0]
    angles[odd_one] = 60.0
    witnesses = [Witness(name, line(angle), 8.0, trust) for name, angle, trust in zip("abc", angles, (0.9, 0.8, 0.9), strict=True)]
    found, _ = weigh_witnesses(witnesses, UP)
    assert angle_between(found, line(0)) < 3


def test_sense_and_half_turns_do_not_matter():
    one = weigh_witnesses([Witness("a", line(170), 8.0, 0.9), Witness("b", -line(175), 8.0, 0.9)], UP)[0]
    assert angle_between(one, line(172.5)) < 0.3
    assert wrap_line(np.array([179.0, -91.0, 90.0])).tolist() == [-1.0, 89.0, -90.0]


def heard(**options):
    simulated = hh.simulate_set(10, "left", 8.0, seed=options.pop("seed", 4), **options)
    overview = estimate_orientation(condition_imu(simulated.imu[ACC + GYR])).overview
    stance = find_stance(overview)
    still = (overview.time_s >= stance.zero_s[0]) & (overview.time_s < stance.zero_s[1])
    up = overview.up[still].mean(axis=0)
    return overview, stance, up / np.linalg.norm(up)


@pytest.mark.parametrize("seed", range(4))
def test_movement_and_weight_shift_find_the_forward_axis(seed):
    overview, stance, up = heard(seed=seed, tilt_deg=0.0, rotation_deg=0.0)
    forward = hear_mounting(np.array([0.0, 0.0, -1.0]), up)  # the simulated sensor sits straight
    assert angle_between(hear_movement(overview, stance, up).line, forward.line) < 4  # sway about the other axis
    assert angle_between(hear_shift(overview, stance, up).line, forward.line) < 25  # the shift itself strays, 8° as a standard deviation


def test_tilt_in_step_turns_the_movement_by_its_share_and_leaves_the_shift_alone():
    overview, stance, up = heard(tilt_deg=4.0, rotation_deg=0.0)
    straight, tilted = (heard(tilt_deg=t, rotation_deg=0.0) for t in (0.0, 4.0))
    assert angle_between(hear_movement(*straight).line, hear_movement(*tilted).line) == pytest.approx(np.degrees(np.arctan(4 / 8)), abs=4)
    assert angle_between(hear_shift(*straight).line, hear_shift(overview, stance, up).line) < 3


def overviewed(turning, rate_hz=25.0):
    """An overview of which only the turning matters, with quiet standing for the first 5 s of 60 s."""
    time_s = np.arange(0, 60, 1 / rate_hz)
    up, quat = np.tile(UP, (len(time_s), 1)), np.tile([1.0, 0, 0, 0], (len(time_s), 1))
    moving = time_s >= 5
    overview = Overview(time_s, rate_hz, up, np.where(moving[:, None], turning(time_s), 0.0), None, quat)
    return overview, Stance(~moving, (0.5, 4.5), None, None)


def swaying(time_s, seed, smoothing_s=0.3):
    """Unit noise that forgets itself within `smoothing_s`."""
    width = round(smoothing_s * 25)
    noise = np.convolve(np.random.default_rng(seed).normal(size=len(time_s) + width), np.ones(width) / width, "valid")[: len(time_s)]
    return noise / noise.std()


@pytest.mark.parametrize("seed", range(5))
def test_what_repeats_is_heard_through_larger_sway_about_the_other_axis(seed):
    """Repetitions of 3 s about one axis, sway of 1.2 times the variance about the other: the turning's main axis is the sway's."""

    def turning(time_s):
        movement = np.sqrt(2) * np.sin(2 * np.pi * time_s / 3.0)
        return 0.05 * np.column_stack([movement, np.sqrt(1.2) * swaying(time_s, seed), 0 * time_s])

    found = hear_movement(*overviewed(turning), UP)
    assert angle_between(found.line, line(0)) < 2 * found.sd_deg
    assert found.sd_deg < 20  # it does say something


@pytest.mark.parametrize("seed", range(5))
def test_sway_in_all_directions_is_no_movement(seed):
    def turning(time_s):
        return 0.05 * np.column_stack([swaying(time_s, seed), swaying(time_s, seed + 100), 0 * time_s])

    assert hear_movement(*overviewed(turning), UP) is None


def test_a_weight_shift_goes_over_by_half_the_distance_of_the_feet():
    """A minimum-jerk way of 6 cm in 0.8 s is a shift; one of 1.5 cm, as a wobble goes, is none, though it is as clearly sideways."""

    def found(metres):
        overview, _ = overviewed(lambda time_s: 0.1 * np.column_stack([np.sin(2 * np.pi * time_s / 3.0), 0 * time_s, 0 * time_s]))
        tau = (overview.time_s - 5.5) / 0.8
        sideways = np.where((tau >= 0) & (tau <= 1), metres * (60 * tau - 180 * tau**2 + 120 * tau**3) / 0.8**2, 0.0)
        overview = replace(overview, acceleration=np.column_stack([0 * sideways, sideways, 0 * sideways]))  # the earth's y: so x is forward
        return overview, find_stance(overview)

    overview, stance = found(0.06)
    assert stance.shift_s[0] < 5.5 < 6.3 < stance.shift_s[1]
    assert angle_between(hear_shift(overview, stance, UP).line, line(0)) < 1
    assert found(0.015)[1].shift_s is None


@pytest.mark.parametrize("swing_s", [0.8, 1.0, 1.2])
def test_a_swing_of_sway_does_not_divide_the_quiet_stance(swing_s):
    """The pelvis sways out and comes back, accelerating as a weight shift does when it begins: it is where it was."""
    overview, _ = overviewed(lambda time_s: np.zeros((len(time_s), 3)))
    since_s = overview.time_s - 30.0
    sideways = 0.25 * np.cos(2 * np.pi * since_s / swing_s) * np.exp(-((since_s / 0.6) ** 2))
    stance = find_stance(replace(overview, acceleration=np.column_stack([0 * sideways, sideways, 0 * sideways])))
    assert stance.quiet.all() and stance.shift_s is None


def test_a_label_that_faces_up_is_no_witness():
    assert hear_mounting(np.array([0.0, 0.0, 1.0]), UP) is None
    assert hear_mounting(np.array([1.0, 0.0, 0.0]), UP).line.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tilt_in_step_does_not_pass_for_obliquity():
    """By the movement's axis alone every drop of 8° with 4° of tilt would come out 0.94° too large, and the tilt as nothing."""
    errors, tilts, held = [], [], []
    for seed in range(8):
        for tilt_deg in (-4.0, 4.0):
            simulated = hh.simulate_set(10, "left", 8.0, seed=seed, tilt_deg=tilt_deg)
            orientation = estimate_orientation(condition_imu(simulated.imu[ACC + GYR]))
            calibration = calibrate(orientation, "left")
            angles = pelvis_angles(orientation, calibration, "left")
            reps = hh.measure_reps(angles, hh.detect_reps(angles, "left"), precision=estimate_precision(orientation, calibration))
            assert len(reps) == 10
            error = (reps["drop_deg"] - simulated.reps["drop_deg"]).median()
            errors.append(error)
            tilts.append(reps["tilt_range_deg"].median())
            held.append(abs(error) < half_width(reps["drop_se_deg"].median(), 0.95))
    assert np.sqrt(np.mean(np.square(errors))) < 0.75  # 0.55 to 0.6 measured over 160 such sets; 16 know that to a fifth
    assert np.median(tilts) > 2.0
    assert np.mean(held) > 0.75  # so much tilt is three standard deviations of what is assumed, and still mostly within the interval


def test_disagreement_widens_the_standard_error():
    def axis_deg(tilt_deg):
        orientation = estimate_orientation(condition_imu(hh.simulate_set(10, "left", 8.0, seed=4, tilt_deg=tilt_deg).imu[ACC + GYR]))
        return calibrate(orientation, "left").axis_deg

    assert axis_deg(4.0) > 1.2 * axis_deg(0.0)

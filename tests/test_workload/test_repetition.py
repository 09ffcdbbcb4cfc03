"""One repetition as asked for: its curve and derivatives, and what it asks."""

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.repetition import Repetition, demand_of, moment_of, move, turn_round, work_of

MAN = estimate_body(75, 1.78, "male")


def test_a_repetition_goes_down_and_comes_back():
    time_s, posture, motion = move(Repetition(8, 0.7), n=101)
    assert time_s[[0, 50, 100]].tolist() == [0, 0.7, 1.4]
    np.testing.assert_allclose(posture.obliquity_deg[[0, 25, 50, 75, 100]], [0, -4, -8, -4, 0], atol=1e-12)
    assert not np.any(posture.trunk_lean_deg)
    assert not np.any(posture.free_leg_angle_deg)
    # EVIDENCE §3.5 for 8° in 1 s a phase: 12.6 °/s and 0.69 rad/s², printed to three and two digits.
    _, _, second = move(Repetition(8, 1.0), n=1001)
    assert np.degrees(np.abs(second.rate_rad_s[0]).max()) == pytest.approx(12.6, abs=0.05)
    assert np.abs(second.acceleration_rad_s2[0]).max() == pytest.approx(0.69, abs=0.005)
    assert motion.rate_rad_s[0][20] < 0 < motion.rate_rad_s[0][80]


def test_rates_are_the_derivatives_of_the_angles():
    time_s, posture, motion = move(Repetition(11, 0.6), n=6001)
    angle, step = np.radians(posture.obliquity_deg), time_s[1] - time_s[0]
    rate, change = motion.rate_rad_s[0], motion.acceleration_rad_s2[0]
    # Central differences are off by step² · ω³ A / 6, 1e-6 here of values about 1.
    np.testing.assert_allclose(np.gradient(angle, step)[1:-1], rate[1:-1], atol=3e-6)
    np.testing.assert_allclose(np.gradient(rate, step)[1:-1], change[1:-1], atol=3e-5)


def test_it_turns_round_in_the_middle():
    motion = turn_round(Repetition(8, 0.5))
    assert motion.rate_rad_s[0] == pytest.approx(0, abs=1e-15)
    assert motion.acceleration_rad_s2[0] == pytest.approx(np.radians(4) * (np.pi / 0.5) ** 2)


@pytest.mark.parametrize(("posture", "trunk", "leg"), [("vertical", 0, 0), ("rigid-trunk", 1, 0), ("rigid-leg", 0, 1)])
def test_what_turns_with_the_pelvis(posture, trunk, leg):
    _, angles, motion = move(Repetition(8, 1.0, posture=posture, trunk_lean_deg=3.0))
    np.testing.assert_allclose(angles.trunk_lean_deg, 3.0 + trunk * angles.obliquity_deg)
    np.testing.assert_allclose(angles.free_leg_angle_deg, leg * angles.obliquity_deg)
    np.testing.assert_allclose(motion.acceleration_rad_s2[1], trunk * motion.acceleration_rad_s2[0])
    np.testing.assert_allclose(motion.acceleration_rad_s2[2], leg * motion.acceleration_rad_s2[0])


def test_mean_and_peak_are_right_to_six_digits():
    coarse, fine = (moment_of(MAN, Repetition(), n).total_nm for n in (129, 8193))
    demand = demand_of(MAN, Repetition())
    assert demand.mean_nm == pytest.approx(np.trapezoid(fine, dx=1 / 8192), rel=1e-6)
    assert demand.peak_nm == pytest.approx(fine.max(), rel=1e-6)
    assert len(coarse) == 129


# EVIDENCE §1: work per lift at 8°, printed with two digits.
@pytest.mark.parametrize(("body", "work_j"), [(estimate_body(60, 1.65, "female"), 7.2), (MAN, 9.5)])
def test_worked_work_of_a_lift(body, work_j):
    assert work_of(body, Repetition(drop_deg=8)) == pytest.approx(work_j, abs=0.1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"drop_deg": 61}, "drop_deg"),
        ({"drop_deg": np.nan}, "drop_deg"),
        ({"phase_s": 0}, "phase_s"),
        ({"ankle_kg": 60}, "ankle_kg"),
        ({"posture": "bent"}, "posture"),
        ({"drop_deg": 50, "free_leg_angle_deg": -20, "posture": "rigid-leg"}, "free_leg_angle_deg"),
    ],
)
def test_no_such_repetition(given, words):
    with pytest.raises(ValueError, match=words):
        Repetition(**given)

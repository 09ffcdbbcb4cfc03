"""The balance at the stance hip: Newton's and Euler's equations, and the two ways to the same forces."""

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.balance import balance_hip
from hiphitch_analysis.workload.effects import Case
from hiphitch_analysis.workload.mechanics import Posture
from hiphitch_analysis.workload.muscle import RAJAGOPAL
from hiphitch_analysis.workload.repetition import Repetition, turn_round

G = 9.80665
MAN = estimate_body(75, 1.78, "male")
CASES = [
    Case(),
    Case(Posture(-10, 5, -8, 0.3), 2.5),
    Case(Posture(-12, -10, 20), 5.0, turn_round(Repetition(12, 0.5))),
]


def test_standing_level_by_hand():
    # 45.21 kg at half of 175.33 mm and 14.895 kg at the whole of it; the muscle's arm and pull as in test_muscle (42.253 mm, 23.546°).
    level = balance_hip(MAN)
    assert level.weights.index.tolist() == ["upper", "leg"]
    assert level.weights["force_n"].tolist() == pytest.approx([45.21 * G, 14.895 * G], rel=1e-4)
    assert level.weights["arm_m"].tolist() == pytest.approx([0.087665, 0.17533])
    assert (level.arm_m, level.inclination_deg, level.stance_lean_deg) == pytest.approx((0.042253, 23.546, 5.706), rel=1e-3)
    assert level.joint_xy_n == pytest.approx((609.6, 1988.4), abs=1)


@pytest.mark.parametrize("case", CASES)
def test_moments_balance_and_ranges_hold_both_geometries(case):
    one, other = balance_hip(MAN, case), balance_hip(MAN, case, RAJAGOPAL)
    turned = float((one.weights["force_n"] * one.weights["arm_m"]).sum()) + one.acceleration_nm
    assert turned == pytest.approx(one.moment_nm, rel=1e-12)
    assert one.muscle_n * one.arm_m == pytest.approx(one.moment_nm, rel=1e-12)
    # hip_forces reaches the same forces without the parts: an independent sum.
    assert sorted((one.muscle_n, other.muscle_n)) == pytest.approx(one.muscle_range_n, rel=1e-12)
    assert sorted((one.joint_n, other.joint_n)) == pytest.approx(one.joint_range_n, rel=1e-12)


def test_forces_of_a_still_body_close():
    # Joint, muscle and weights leave nothing over when nothing accelerates.
    one = balance_hip(MAN, CASES[1])
    lean = np.radians(one.inclination_deg)
    assert one.joint_xy_n[0] == pytest.approx(one.muscle_n * np.sin(lean))
    assert one.joint_xy_n[1] - one.muscle_n * np.cos(lean) == pytest.approx((MAN.mass_kg - MAN.leg_kg + 2.5 - 0.3 * (MAN.leg_kg + 2.5)) * G)


def test_each_force_has_its_row_only_where_it_acts():
    assert balance_hip(MAN, CASES[1]).weights.index.tolist() == ["upper", "leg", "ankle", "floor"]
    floor = balance_hip(MAN, CASES[1]).weights.loc["floor"]
    assert floor["force_n"] == pytest.approx(-0.3 * (MAN.leg_kg + 2.5) * G)
    assert floor["arm_m"] == pytest.approx(MAN.hip_distance_m * np.cos(np.radians(10)))


def test_a_drop_lengthens_the_arm_of_the_weight_and_shortens_the_muscle_s():
    level, dropped = balance_hip(MAN), balance_hip(MAN, Case(Posture(-10)))
    assert dropped.weights.loc["upper", "arm_m"] > 1.2 * level.weights.loc["upper", "arm_m"]
    assert dropped.arm_m < 0.95 * level.arm_m

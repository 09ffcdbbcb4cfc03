"""Muscle and joint force: the project's worked numbers, balance by hand, and what must not matter."""

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.mechanics import Motion, Posture, hip_moment
from hiphitch_analysis.workload.muscle import GAIT2392, hip_forces

G = 9.80665
MAN = estimate_body(75, 1.78, "male")
WOMAN = estimate_body(60, 1.65, "female")


def forces(body, posture, ankle_kg=0.0, motion=None):
    return hip_forces(body, posture, hip_moment(body, posture, ankle_kg, motion), ankle_kg, motion)


# EVIDENCE §3.3, computed before this code. Forces are printed to 1 N and 0.01 body weights, behind them lie lever arms printed to a tenth of a
# millimetre in forty (0.25 %) and, for women, a leg length that is recalled: 0.5 %.
@pytest.mark.parametrize(
    ("body", "ankle_kg", "muscle_n", "joint_bw"),
    [
        (WOMAN, 0, (1003, 1224), (2.47, 2.82)),
        (WOMAN, 1, (1038, 1266), (2.55, 2.91)),
        (WOMAN, 3, (1106, 1350), (2.70, 3.08)),
        (WOMAN, 5, (1175, 1433), (2.84, 3.26)),
        (MAN, 0, (1251, 1526), (2.48, 2.83)),
        (MAN, 1, (1285, 1568), (2.54, 2.90)),
        (MAN, 2, (1319, 1609), (2.60, 2.97)),
        (MAN, 3, (1354, 1651), (2.66, 3.04)),
        (MAN, 5, (1422, 1735), (2.77, 3.17)),
    ],
)
def test_worked_forces_with_ankle_weights(body, ankle_kg, muscle_n, joint_bw):
    found = forces(body, Posture(), ankle_kg)
    assert (float(found.muscle_low_n), float(found.muscle_high_n)) == pytest.approx(muscle_n, rel=0.005)
    assert (float(found.joint_low_n) / body.weight_n, float(found.joint_high_n) / body.weight_n) == pytest.approx(joint_bw, rel=0.005)


@pytest.mark.parametrize(
    ("drop_deg", "muscle_bw", "joint_bw"),
    [
        (0, (1.70, 2.07), (2.48, 2.83)),
        (5, (1.92, 2.35), (2.70, 3.11)),
        (8, (2.07, 2.52), (2.85, 3.28)),
        (10, (2.16, 2.64), (2.95, 3.40)),
        (15, (2.37, 2.89), (3.15, 3.65)),
    ],
)
def test_worked_forces_of_a_drop(drop_deg, muscle_bw, joint_bw):
    found = forces(MAN, Posture(-drop_deg))
    assert (float(found.muscle_low_n) / MAN.weight_n, float(found.muscle_high_n) / MAN.weight_n) == pytest.approx(muscle_bw, rel=0.006)
    assert (float(found.joint_low_n) / MAN.weight_n, float(found.joint_high_n) / MAN.weight_n) == pytest.approx(joint_bw, rel=0.005)


def test_standing_level_by_hand():
    # 735.5 N at 87.67 mm are 64.48 N·m. The leg leans by asin(.08767 / .88182) = 5.706°; lever 40.5 mm at 5°, 38.7 at 10°: 40.246 mm of a model whose
    # hips are 167 mm apart, so 42.253 mm here; 1526 N, pulling at 23.8° − 0.36° · .706 = 23.546°. On the hip: 609.6 N sideways, 1399 + 589.4 N down.
    found = forces(MAN, Posture())
    assert float(found.adduction_deg) == pytest.approx(5.706, abs=0.01)
    assert float(found.muscle_high_n) == pytest.approx(1526, abs=1)
    assert float(found.joint_high_n) == pytest.approx(np.hypot(609.6, 1988.4), abs=2)


def test_a_wider_pelvis_raises_the_moment_and_not_the_force():
    wide = estimate_body(75, 1.78, "male", hip_distance_m=1.1 * MAN.hip_distance_m)
    assert float(hip_moment(wide, Posture()).total_nm / hip_moment(MAN, Posture()).total_nm) == pytest.approx(1.1)
    assert float(forces(wide, Posture()).muscle_low_n / forces(MAN, Posture()).muscle_low_n) == pytest.approx(
        1.0, abs=0.01
    )  # half a degree more lean


def test_a_leg_on_the_floor_takes_load_off_joint_and_muscle():
    light, full = forces(MAN, Posture(0, 0, 0, 0.5)), forces(MAN, Posture())
    assert light.joint_high_n < full.joint_high_n
    assert light.muscle_high_n < 0.81 * full.muscle_high_n  # half a leg takes 20 % of the moment, and the arm grows


def test_acceleration_reaches_the_joint():
    # Falling freely (q̈ such that nothing is held) the joint carries less than standing still; catching the fall, more.
    still, level = forces(MAN, Posture()), Posture()
    falling = forces(MAN, level, 0.0, Motion((0, 0, 0), (-2.0, 0, 0)))
    caught = forces(MAN, level, 0.0, Motion((0, 0, 0), (2.0, 0, 0)))
    assert falling.joint_low_n < still.joint_low_n < caught.joint_low_n
    # The mass over the stance hip moves up with l q̈ on average, sideways with its height: by hand, 2 rad/s² at level.
    lifted = (MAN.pelvis_kg + MAN.upper_kg) * MAN.hip_distance_m / 2 * 2 + MAN.leg_kg * MAN.hip_distance_m * 2
    pushed = -(MAN.pelvis_kg * MAN.pelvis_com_m + MAN.upper_kg * MAN.hinge_m) * 2
    moment = hip_moment(MAN, level, 0.0, Motion((0, 0, 0), (2.0, 0, 0)))
    arm = np.interp(float(still.adduction_deg), GAIT2392.adduction_deg, GAIT2392.arm_m) * MAN.hip_distance_m / 0.167
    lean = np.radians(np.interp(float(still.adduction_deg), GAIT2392.leaning_at_deg, GAIT2392.inclination_deg))
    muscle = float(moment.total_nm) / arm
    carried = G * (MAN.mass_kg - MAN.leg_kg) + lifted
    assert float(caught.joint_high_n) == pytest.approx(np.hypot(muscle * np.sin(lean) + pushed, muscle * np.cos(lean) + carried), rel=1e-9)


def test_ligaments_carry_only_a_hip_that_hangs():
    hanging = forces(MAN, Posture(np.array([0.0, -5.0, -8.0, -12.0])))
    assert (hanging.passive_nm[:3] == 0).all()
    assert hanging.passive_nm[3] == pytest.approx(0.03 * 75 * (float(hanging.adduction_deg[3]) - 15))


def test_a_moment_below_zero_needs_no_abductor():
    assert float(forces(MAN, Posture(0, 50)).muscle_high_n) == 0.0


def test_the_leg_leans_to_stand_under_what_it_carries():
    # 3 kg at the ankle, half of the leg on the floor: the floor takes (14.895 + 3)/2 kg off what the foot stands under. Moment over that weight is
    # the lever arm, over the leg's 0.88182 m the sine of the lean; the drop of 4° comes on top.
    posture = Posture(-4.0, 0.0, 0.0, 0.5)
    moment = hip_moment(MAN, posture, 3.0)
    standing = G * (75 + 3 - 0.5 * (14.895 + 3))
    lean = np.degrees(np.arcsin(float(moment.total_nm) / standing / 0.88182))
    assert float(hip_forces(MAN, posture, moment, 3.0).adduction_deg) == pytest.approx(4.0 + lean, abs=0.002)

"""The frontal-plane moment: closed forms, MuJoCo, OpenSim, and the project's worked numbers."""

from dataclasses import fields, replace

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import Spread, estimate_body
from hiphitch_analysis.workload.mechanics import Motion, Posture, PostureError, hip_moment, hip_moment_se

G = 9.80665
MAN = estimate_body(75, 1.78, "male")
WOMAN = estimate_body(60, 1.65, "female")
ANGLES = ("obliquity_deg", "trunk_lean_deg", "free_leg_angle_deg")


@pytest.mark.parametrize("body", [MAN, WOMAN, estimate_body(112, 2.03), estimate_body(48, 1.51, "female", hip_distance_m=0.158)])
def test_level_and_upright_the_whole_weight_hangs_half_the_hip_distance_away(body):
    # The stance leg stands and is lifted off; its twin hangs a whole hip distance away. Rounding only.
    assert float(hip_moment(body, Posture()).total_nm) == pytest.approx(body.weight_n * body.hip_distance_m / 2, rel=1e-14)


# OpenSim, gait2392, static equilibrium of the whole 3-D model, trunk and legs vertical (computed for the project before this code, EVIDENCE §3.4).
# It has feet beside the leg's axis, which this model does not: 0.3 %.
@pytest.mark.parametrize(("drop_deg", "moment_nm"), [(0, 61.63), (5, 66.38), (10, 70.62)])
def test_opensim_statics(drop_deg, moment_nm):
    model = replace(MAN, pelvis_kg=11.777, upper_kg=34.237, leg_kg=14.576, hip_distance_m=0.167, pelvis_com_m=0.0661, hinge_m=0.1476)
    assert float(hip_moment(model, Posture(-drop_deg)).total_nm) == pytest.approx(moment_nm, rel=0.003)


def _body_xml(body, ankle_kg):
    """The same person as a MuJoCo model: pelvis hinged to the world at the stance hip, trunk and free leg hinged to the pelvis."""
    w = body.hip_distance_m

    def mass(kg, kg_m2, at):
        # Only rotation about y counts; the other moments of inertia must merely satisfy the triangle inequality.
        return f'<inertial pos="{at[0]:.17g} 0 {at[1]:.17g}" mass="{kg:.17g}" diaginertia="{kg_m2:.17g} {kg_m2:.17g} {kg_m2:.17g}"/>'

    hinge = '<joint type="hinge" axis="0 -1 0"/>'  # anticlockwise for an onlooker who sees x to the right and z up
    cuff = f'<body pos="0 0 {-body.cuff_m:.17g}">{mass(ankle_kg, 1e-12, (0, 0))}</body>' if ankle_kg else ""
    return f"""<mujoco><compiler boundmass="0" boundinertia="0" balanceinertia="false"/><option gravity="0 0 {-G}"><flag contact="disable"/></option>
    <worldbody><body>{hinge}{mass(body.pelvis_kg, body.pelvis_kg_m2, (w / 2, body.pelvis_com_m))}
      <body pos="{w / 2:.17g} 0 {body.hinge_m:.17g}">{hinge}{mass(body.upper_kg, body.upper_kg_m2, (0, body.upper_com_m))}</body>
      <body pos="{w:.17g} 0 0">{hinge}{mass(body.leg_kg, body.leg_kg_m2, (0, -body.leg_com_m))}{cuff}</body>
    </body></worldbody></mujoco>"""


@pytest.mark.parametrize(("body", "ankle_kg"), [(MAN, 0.0), (MAN, 3.0), (WOMAN, 1.5)])
def test_inverse_dynamics_agrees_with_mujoco(body, ankle_kg):
    mujoco = pytest.importorskip("mujoco")
    model = mujoco.MjModel.from_xml_string(_body_xml(body, ankle_kg))
    data = mujoco.MjData(model)
    rng = np.random.default_rng(7)
    n = 2000
    q, v, a = rng.uniform(-0.6, 0.6, (3, n)), rng.uniform(-4, 4, (3, n)), rng.uniform(-25, 25, (3, n))
    ours = hip_moment(body, Posture(*np.degrees(q)), ankle_kg, Motion(tuple(v), tuple(a))).total_nm
    theirs = np.empty(n)
    for i in range(n):
        for ours_, theirs_ in ((q, data.qpos), (v, data.qvel), (a, data.qacc)):
            theirs_[:] = (ours_[0, i], ours_[1, i] - ours_[0, i], ours_[2, i] - ours_[0, i])  # MuJoCo counts joints from the segment before
        mujoco.mj_inverse(model, data)
        theirs[i] = data.qfrc_inverse[0]
    assert np.ptp(theirs) > 50  # the states differ enough for an agreement to mean something
    # The ground promised is 1e-9; both are sums of some ten products in double precision.
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max())


# EVIDENCE §3.3: computed for the project before this code, printed to 0.1 N·m and 0.001 N·m/kg. Tolerance: that rounding, and what is left of one
# digit in the inter-hip distances printed beside them (162.5 and 175.3 mm).
@pytest.mark.parametrize(
    ("body", "ankle_kg", "moment_nm"),
    [
        *((WOMAN, kg, nm) for kg, nm in ((0, 47.8), (1, 49.4), (2, 51.0), (3, 52.6), (5, 55.8))),
        *((MAN, kg, nm) for kg, nm in ((0, 64.5), (1, 66.2), (2, 67.9), (3, 69.6), (5, 73.1))),
    ],
)
def test_worked_moments_with_ankle_weights(body, ankle_kg, moment_nm):
    assert float(hip_moment(body, Posture(), ankle_kg).total_nm) == pytest.approx(moment_nm, abs=0.07)


@pytest.mark.parametrize(
    ("drop_deg", "vertical", "rigid_leg", "rigid_trunk"),
    [(5, 69.3, 65.2, 77.2), (8, 72.0, 65.4, 84.6), (10, 73.7, 65.4, 89.3), (15, 77.4, 65.1, 100.8)],
)
def test_worked_moments_of_a_drop(drop_deg, vertical, rigid_leg, rigid_trunk):
    # Printed to 0.1; the heights of hinge and centres were printed to a millimetre or a centimetre, worth up to 0.15 N·m here.
    for posture, expected in (
        (Posture(-drop_deg), vertical),
        (Posture(-drop_deg, 0, -drop_deg), rigid_leg),
        (Posture(-drop_deg, -drop_deg), rigid_trunk),
    ):
        assert float(hip_moment(MAN, posture).total_nm) == pytest.approx(expected, abs=0.15)


# EVIDENCE §3.6, in whole per cents: half of one, and what the figures' own model differs.
@pytest.mark.parametrize(
    ("posture", "percent"),
    [(Posture(0, lean), percent) for lean, percent in ((2, -5), (5, -12), (10, -24), (15, -36))]
    + [(Posture(0, 0, leg), percent) for leg, percent in ((-10, -13), (-20, -25), (10, 13), (20, 25))]
    + [(Posture(0, 0, 0, share), percent) for share, percent in ((0.25, -10), (0.5, -20), (1.0, -40))],
)
def test_worked_effects_of_faults(posture, percent):
    assert 100 * (float(hip_moment(MAN, posture).total_nm / hip_moment(MAN, Posture()).total_nm) - 1) == pytest.approx(percent, abs=0.8)


def test_a_trunk_rigid_with_the_pelvis_adds_a_fifth_at_ten_degrees():
    assert float(hip_moment(MAN, Posture(-10, -10)).total_nm / hip_moment(MAN, Posture(-10)).total_nm) == pytest.approx(1.21, abs=0.006)


def cosine(amplitude_deg, phase_s, n=2001):
    """Level → drop → level as (1 − cos)/2, with derivatives by calculus: degrees, rad/s, rad/s²."""
    omega = np.pi / phase_s
    t = np.linspace(0, 2 * phase_s, n)
    half = np.radians(amplitude_deg) / 2
    return -np.degrees(half) * (1 - np.cos(omega * t)), -half * omega * np.sin(omega * t), -half * omega**2 * np.cos(omega * t)


# EVIDENCE §3.5 prints what acceleration adds to the peak, in per cent, with the upper body's mass counted at its hinge: pushing the upright upper
# body to and fro from there is not in it. That part is `carrying_nm`, so the printed figures are those of `turning_nm`. Printed to two digits (up to
# 5 %), and the pelvis's moment of inertia behind them is not known (it makes 2 to 4 % of the figure).
@pytest.mark.parametrize(
    ("amplitude_deg", "phase_s", "percent"),
    [(5, 1, 1.1), (5, 0.5, 4.4), (5, 0.25, 18), (8, 1, 1.7), (8, 0.5, 6.9), (8, 0.25, 28), (10, 1, 2.1), (10, 0.5, 8.6), (10, 0.25, 34)],
)
def test_worked_shares_of_acceleration(amplitude_deg, phase_s, percent):
    angle, rate, change = cosine(amplitude_deg, phase_s)
    moving = hip_moment(MAN, Posture(angle), 0.0, Motion((rate, 0, 0), (change, 0, 0)))
    assert 100 * float((moving.static_nm + moving.turning_nm).max() / moving.static_nm.max() - 1) == pytest.approx(percent, rel=0.05)


def test_carrying_the_upright_trunk_costs_two_thirds_as_much_again():
    # By hand at the bottom of 8° in 1 s a phase: 4° · π² = 0.6891 rad/s²; the upper body, 36.8325 kg, is pushed sideways by 0.149 m · cos 8° of that
    # and lifted by the hinge's arm, 0.0877 m, at a height of 0.250 m above the hinge: m h_u (h_l cos 8° + l sin 8°) q̈ with the trunk at +8° to it.
    angle, rate, change = cosine(8, 1.0)
    moment = hip_moment(MAN, Posture(angle), 0.0, Motion((rate, 0, 0), (change, 0, 0)))
    bottom = 1000
    by_hand = 36.8325 * 0.2499 * (0.14897 * np.cos(np.radians(8)) - 0.08767 * np.sin(np.radians(8))) * 0.68912
    assert float(moment.carrying_nm[bottom]) == pytest.approx(by_hand, rel=2e-3)  # the lengths are rounded to four digits


def test_mirror_parts_and_scale():
    rng = np.random.default_rng(3)
    posture = Posture(*rng.uniform(-20, 20, (3, 50)), rng.uniform(0, 1, 50))
    motion = Motion(tuple(rng.normal(size=(3, 50))), tuple(rng.normal(size=(3, 50))))
    moment = hip_moment(MAN, posture, 2.0, motion)
    np.testing.assert_allclose(moment.static_nm + moment.acceleration_nm, moment.total_nm, rtol=1e-12)
    # Twice as heavy in all its parts: twice the moment.
    double = replace(
        MAN, **{name: 2 * getattr(MAN, name) for name in ("pelvis_kg", "upper_kg", "leg_kg", "pelvis_kg_m2", "upper_kg_m2", "leg_kg_m2")}
    )
    np.testing.assert_allclose(hip_moment(double, posture, 4.0, motion).total_nm, 2 * moment.total_nm, rtol=1e-12)


def test_energy_is_what_the_moment_puts_in():
    # Trunk and leg stay vertical, so gravity does no work on their own turning and the hip's static work is the energy gained, m g Δh.
    angle = np.linspace(-8, 0, 4001)
    work = np.trapezoid(hip_moment(MAN, Posture(angle), 1.0).total_nm, np.radians(angle))
    sin, fall = np.sin(np.radians(8)), 1 - np.cos(np.radians(8))
    w = MAN.hip_distance_m
    gained = MAN.pelvis_kg * (w / 2 * sin + MAN.pelvis_com_m * fall) + MAN.upper_kg * (w / 2 * sin + MAN.hinge_m * fall) + (MAN.leg_kg + 1) * w * sin
    assert float(work) == pytest.approx(G * gained, rel=1e-6)  # the trapezoid rule's error


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"obliquity_deg": [0, -61.0]}, "obliquity_deg: expected −60 to 60, got -61"),
        ({"trunk_lean_deg": 75.0}, "trunk_lean_deg"),
        ({"floor_share": -0.1}, "floor_share"),
    ],
)
def test_no_posture_on_one_leg(given, words):
    with pytest.raises(ValueError, match=words):
        Posture(**given)


def test_nan_stays_nan_and_harms_nothing_else():
    total = hip_moment(MAN, Posture(np.array([0.0, np.nan, -5.0]))).total_nm
    assert np.isnan(total).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((0, 1.78, "male"), "mass_kg: expected 20 to 300, got 0"),
        ((75, 3.0, "male"), "height_m: expected 1 to 2.5, got 3"),
        ((75, 178, None), "height_m"),
        ((75, 1.78, "m"), "sex"),
    ],
)
def test_no_such_body(given, words):
    with pytest.raises(ValueError, match=words):
        estimate_body(*given)


def test_a_measured_hip_distance_takes_the_place_of_the_estimate():
    measured = estimate_body(75, 1.78, "male", hip_distance_m=0.19)
    assert measured.hip_distance_m == 0.19
    assert measured.spread.hip_distance_m < MAN.spread.hip_distance_m
    with pytest.raises(ValueError, match="hip_distance_m"):
        estimate_body(75, 1.78, "male", hip_distance_m=19)


def test_without_the_sex_the_middle_is_taken_and_is_less_sure():
    either = estimate_body(75, 1.78)
    man, woman = MAN, estimate_body(75, 1.78, "female")
    assert either.leg_kg == pytest.approx((man.leg_kg + woman.leg_kg) / 2)
    assert either.spread.leg_kg > max(man.spread.leg_kg, woman.spread.leg_kg)
    assert either.mass_kg == pytest.approx(75)


def test_a_body_without_a_mass_is_refused():
    with pytest.raises(ValueError, match="leg_kg above 0"):
        replace(MAN, leg_kg=0.0, spread=Spread())


@pytest.mark.parametrize("posture", [Posture(-8, 3, -4, 0.2), Posture(), Posture(5, -10, 12, 0.0)])
def test_standard_errors_are_those_of_drawn_bodies_and_postures(posture):
    # 200,000 draws of everything that may be off, through the model itself; first order against all orders, and the draws' own scatter: 2 %.
    rng, n, ankle_kg = np.random.default_rng(5), 200_000, 2.0
    error = PostureError(0.7, 2.0, 3.0, 0.05)
    names = [f.name for f in fields(PostureError)]
    drawn = {name: getattr(posture, name) + getattr(error, name) * rng.normal(size=n) for name in names}
    of_angles, of_body = hip_moment_se(MAN, posture, error, ankle_kg)
    share = drawn["floor_share"]
    if share.min() < 0:  # a normal share beyond its ends is none; its part is linear, so it is compared at a half
        posture = replace(posture, floor_share=0.5)
        of_angles, of_body = hip_moment_se(MAN, posture, error, ankle_kg)
        drawn["floor_share"] = 0.5 + share - share.mean()
    assert float(of_angles) == pytest.approx(hip_moment(MAN, Posture(**drawn), ankle_kg).total_nm.std(), rel=0.02)
    found = []
    for _ in range(20_000):
        off = {f.name: getattr(MAN, f.name) + getattr(MAN.spread, f.name) * rng.normal() for f in fields(Spread)}
        body = replace(MAN, **off, upper_kg=MAN.mass_kg - MAN.pelvis_kg - 2 * off["leg_kg"])
        found.append(float(hip_moment(body, posture, ankle_kg).total_nm))
    assert float(of_body) == pytest.approx(np.std(found), rel=0.02)

"""Moments from measured angles: a movement whose derivatives are known, the simulator's own truth, and what is not seen."""

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.schema import Loads, check_table
from hiphitch_analysis.simulate.athlete import Athlete
from hiphitch_analysis.simulate.body import Body as TrueBody
from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.loads import list_assumptions, measure_loads
from hiphitch_analysis.workload.mechanics import Motion, Posture, hip_moment

MAN = estimate_body(75, 1.78, "male")
RATE_HZ = 100


def cosines(seconds=12.0, phase_s=1.0, rate_hz=RATE_HZ):
    """Pelvis, trunk and leg as cosines of one beat, with derivatives by calculus."""
    t = np.arange(0, seconds, 1 / rate_hz)
    omega = np.pi / phase_s
    sizes = {"obliquity_deg": (-4.0, -4.0), "trunk_lean_deg": (1.0, 2.0), "free_leg_angle_deg": (-2.0, -3.0)}
    angle = {name: middle - size * np.cos(omega * t) for name, (middle, size) in sizes.items()}
    rate = tuple(np.radians(size) * omega * np.sin(omega * t) for _, size in sizes.values())
    change = tuple(np.radians(size) * omega**2 * np.cos(omega * t) for _, size in sizes.values())
    return pd.DataFrame(angle, index=pd.Index(t, name="time_s")), Motion(rate, change)


@pytest.mark.parametrize(("phase_s", "error"), [(1.0, 0.001), (0.5, 0.004), (0.25, 0.05)])
def test_a_known_movement(phase_s, error):
    angles, motion = cosines(phase_s=phase_s)
    loads = check_table(measure_loads(angles, MAN, 2.0), Loads)
    exact = hip_moment(MAN, Posture(*(angles[name].to_numpy() for name in angles)), 2.0, motion)
    inside = slice(RATE_HZ, -RATE_HZ)  # a quartic over 0.4 s needs what lies on both sides
    size = np.abs(exact.acceleration_nm).max()
    np.testing.assert_allclose(loads["acceleration_nm"].to_numpy()[inside], exact.acceleration_nm[inside], atol=error * size)
    np.testing.assert_allclose(loads["upper_nm"], exact.upper_nm, rtol=1e-12)


def test_twice_the_rate_changes_nothing():
    coarse, fine = (measure_loads(cosines(rate_hz=hz)[0], MAN)["moment_nm"] for hz in (50, 100))
    np.testing.assert_allclose(coarse.loc[2:10].to_numpy(), fine.loc[2:10].to_numpy()[::2], rtol=1e-3)


def test_what_is_not_measured_stays_empty_and_spoils_nothing():
    angles, _ = cosines()
    gap = angles.copy()
    gap.iloc[500:520, 0] = np.nan
    gap.iloc[700, 0] = 75.0  # no pelvis
    whole, holed = measure_loads(angles, MAN)["moment_nm"], measure_loads(gap, MAN)["moment_nm"]
    assert holed.isna().to_numpy().nonzero()[0].tolist() == [*range(500, 520), 700]
    far = np.r_[100:450, 580:650, 760:1100]
    np.testing.assert_array_equal(holed.to_numpy()[far], whole.to_numpy()[far])


def test_little_is_seen_in_little():
    angles, _ = cosines()
    assert measure_loads(angles.iloc[:1], MAN)["moment_nm"].notna().all()
    assert (measure_loads(angles.iloc[:5], MAN)["acceleration_nm"] == 0).all()


def test_each_angle_that_is_measured_makes_it_surer():
    angles, _ = cosines()
    pelvis = angles[["obliquity_deg"]]
    sure = angles.assign(obliquity_se_deg=0.5, trunk_lean_se_deg=0.5, free_leg_angle_se_deg=0.5)
    errors = [
        measure_loads(table, MAN)["moment_se_nm"].mean()
        for table in (pelvis, pelvis.assign(obliquity_se_deg=0.5), sure.drop(columns="free_leg_angle_deg"), sure)
    ]
    assert errors == sorted(errors, reverse=True)
    assert [len(list_assumptions(table)) for table in (pelvis, sure)] == [4, 1]
    empty = pelvis.assign(trunk_lean_deg=np.nan, free_leg_angle_deg=np.nan)  # columns that say nothing are as none
    np.testing.assert_array_equal(measure_loads(empty, MAN)["moment_se_nm"], measure_loads(pelvis, MAN)["moment_se_nm"])


def test_what_is_no_hip_hitch_is_said():
    angles, _ = cosines()
    angles.iloc[50:53, 0] = -70.0
    assert list_assumptions(angles)[-1].startswith("3 angles lie beyond 60°")


BODIES = [("male", 75.0, 1.78, 0.0), ("female", 58.0, 1.66, 1.5), ("male", 96.0, 1.93, 0.5), ("female", 71.0, 1.75, 0.0)]


@pytest.mark.parametrize(("sex", "mass_kg", "height_m", "ankle_kg"), BODIES)
def test_the_simulators_own_truth(sex, mass_kg, height_m, ankle_kg):
    # The simulator has a body and an inverse dynamics of its own: hips 0.5 % farther apart, one set of heights for both sexes: 2 to 3 %.
    athlete = Athlete(body=TrueBody(sex, mass_kg, height_m), strength_left_nm_kg=4.0)
    made = hh.simulate_set(reps=6, stance="left", drop_deg=7, seed=int(mass_kg), athlete=athlete, ankle_kg=ankle_kg)
    first, last = made.reps["start_s"].min(), made.reps["end_s"].max()
    true = made.effort["left_demand_nm"].loc[first:last]

    def difference(angles):
        loads = measure_loads(angles, estimate_body(mass_kg, height_m, sex), ankle_kg).loc[first:last]
        return loads["moment_nm"] - np.interp(loads.index, true.index, true), loads["moment_se_nm"].mean()

    by_truth, _ = difference(made.angles)
    assert abs(by_truth.mean()) < 0.03 * true.mean()
    assert by_truth.std() < 0.03 * true.mean()
    # From the pelvis alone trunk and leg are guessed; the standard error says how far that may be off.
    by_sensor, se = difference(hh.estimate_angles(made.imu, stance="left"))
    assert abs(by_sensor.mean()) < 2.5 * se
    assert se < 0.15 * true.mean()


def test_joint_forces_are_multiples_of_body_weight():
    # Standing level: 2.48 and 2.83 body weights (EVIDENCE §3.3), muscle 1251 and 1526 N.
    still = pd.DataFrame({"obliquity_deg": np.zeros(100)}, index=pd.Index(np.arange(100) / 50, name="time_s"))
    loads = measure_loads(still, MAN).iloc[50]
    assert (loads["joint_low_bw"], loads["joint_high_bw"]) == pytest.approx((2.48, 2.83), abs=0.006)
    assert (loads["muscle_low_n"], loads["muscle_high_n"]) == pytest.approx((1251, 1526), abs=2)

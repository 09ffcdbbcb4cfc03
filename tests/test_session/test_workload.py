"""What a recording asked of the hip abductors, from the file to the tables it leaves."""

import json

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.schema import Doses, check_table
from hiphitch_analysis.session.results import describe_session
from hiphitch_analysis.simulate import Body
from hiphitch_analysis.simulate.mechanics import Posture, abductor_moment

KNOWN = {"mass_kg": 68.0, "height_m": 1.72, "sex": "female", "ankle_kg": 1.0}


@pytest.fixture(scope="module")
def made():
    return hh.simulate_set(8, "right", 7.0, seed=41, ankle_kg=1.0, sensors=("pelvis", "thigh", "trunk"), lean_deg=2.0)


@pytest.fixture(scope="module")
def recording(made, tmp_path_factory):
    return hh.write_set(made, tmp_path_factory.mktemp("work"), "set")[0]


def test_a_set_asks_what_the_simulator_says(made, recording):
    """The simulator's own mechanics from its true angles, for a body of the same sex, mass and height."""
    work = hh.analyse(recording, "right", details=hh.Details("A01", **KNOWN)).workload
    angles = made.angles.loc[made.reps["start_s"].min() : made.reps["end_s"].max()]

    def still(degrees):
        return np.stack([np.radians(degrees.to_numpy()), *np.zeros((2, len(degrees)))])

    posture = Posture(still(-angles["obliquity_deg"]), still(angles["trunk_lean_deg"]), still(angles["free_leg_angle_deg"]), np.zeros(len(angles)))
    true = abductor_moment(Body("female", 68.0, 1.72), posture, 1.0).mean()
    dose = work.doses.iloc[0]
    assert abs(dose["mean_nm"] - true) < 2.5 * dose["mean_se_nm"]
    assert dose["n_reps"] == 8
    assert work.equivalents[0].moment_share == pytest.approx(1 / 40, abs=0.01)  # a kilogram at twice the arm, of 68 kg and a drop


def test_it_goes_into_every_result(recording, tmp_path):
    session = hh.analyse(recording, "right", details=hh.Details("A01", pd.Timestamp("2026-03-02"), **KNOWN))
    told = hh.summarise_session(session)
    json.dumps(told, allow_nan=False)
    dose = told["workload"]["sets"][0]
    assert hh.session_rows(session)["impulse_nms"].iloc[0] == pytest.approx(dose["impulse_nms"])
    assert dose["impulse_nms"] == pytest.approx(dose["mean_nm"] * dose["load_s"])
    assert told["workload"]["ankle_kg"] == 1.0
    assert any("free foot" in taken for taken in told["workload"]["assumptions"])
    assert not any("lever arms" in taken for taken in told["workload"]["assumptions"])
    assert "hip abductors" in describe_session(session)
    hh.write_session(session, tmp_path)
    pd.testing.assert_frame_equal(
        hh.read_doses(tmp_path / "set_imu_doses.csv"), check_table(session.workload.doses, Doses), check_exact=False, rtol=1e-4
    )


def test_further_sensors_take_the_place_of_assumptions(made, recording):
    alone = hh.analyse(recording, "right", details=hh.Details(**KNOWN)).workload
    folder = recording.parent
    further = hh.analyse(
        recording, "right", thigh=folder / "set_thigh_imu.csv", trunk=folder / "set_trunk_imu.csv", details=hh.Details(**KNOWN)
    ).workload
    assert len(further.assumptions) == len(alone.assumptions) - 2
    assert further.doses["mean_se_nm"].iloc[0] < alone.doses["mean_se_nm"].iloc[0]


def test_without_a_body_nothing_is_made_up(recording):
    session = hh.analyse(recording, "right")
    assert session.workload is None
    assert hh.summarise_session(session)["workload"] is None
    assert hh.session_rows(session)["impulse_nms"].isna().all()
    half = hh.analyse(recording, "right", details=hh.Details(mass_kg=70.0))
    assert half.workload is None
    assert "body_incomplete" in half.flags


def test_a_drop_beyond_the_muscles_tables_is_said(tmp_path):
    deep = hh.write_set(hh.simulate_set(5, "left", 17.0, seed=5), tmp_path, "deep")[0]
    said = hh.analyse(deep, "left", details=hh.Details(**KNOWN)).workload.assumptions
    assert any("lever arms are known up to 20° only, and those of 20° are taken" in taken for taken in said)


def test_without_repetitions_there_is_no_dose(tmp_path):
    still = hh.write_set(hh.simulate_set(0, "left", seed=4), tmp_path, "still")[0]
    session = hh.analyse(still, "left", details=hh.Details(**KNOWN))
    assert session.workload.doses.empty
    assert hh.summarise_session(session)["workload"]["sets"] == []
    assert hh.session_rows(session)["impulse_nms"].isna().all()

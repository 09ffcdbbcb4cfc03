import dataclasses
import io
import json

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.schema import ACC, Angles, Imu, TruthEffort, TruthReps, check_table
from hiphitch_analysis.simulate import Athlete, Body, Fault, Muscle, Technique, simulate_set, write_set

SENSORS = ("pelvis", "thigh", "trunk")


@pytest.fixture(scope="module")
def worn():
    """Three sensors on somebody who tires, with faults, on both legs."""
    return simulate_set(
        4, "right", seed=1, sets=2, both_sides=True, rest_s=8.0, athlete=Athlete(), partial=(2,), faults=["leg_lifted:mild@2"], sensors=SENSORS
    )


def test_tables_keep_the_schema(worn):
    assert tuple(worn.recordings) == SENSORS
    assert worn.imu is worn.recordings["pelvis"]
    for imu in worn.recordings.values():
        pd.testing.assert_frame_equal(check_table(imu, Imu), imu)
        np.testing.assert_array_equal(imu.index, worn.angles.index)
        assert not imu.isna().any(axis=None)
        assert np.linalg.norm(imu[ACC], axis=1).mean() == pytest.approx(9.81, abs=0.1)  # mostly at rest; bias of up to 6 mg per axis
    for table, model in ((worn.angles, Angles), (worn.reps, TruthReps), (worn.effort, TruthEffort)):
        check_table(table, model)
        # the truth has no standard errors and no doubtful clock, and the leg stood on with the repetitions
        expected = [name for name in model.to_schema().columns if not name.endswith(("_se_deg", "_late_s")) and (model, name) != (Angles, "side")]
        assert list(table.columns) == expected
        assert not table.isna().any(axis=None)


def test_both_sides_take_turns(worn):
    assert worn.reps.groupby("set")["side"].first().tolist() == ["right", "left", "right", "left"]
    assert (worn.reps["kind"] == "complete").groupby(worn.reps["set"]).sum().tolist() == [4] * 4
    assert worn.reps["rep"].tolist() == list(range(1, 21))
    assert [done.side for done in worn.sets] == ["right", "left", "right", "left"]
    assert worn.reps.loc[worn.reps["kind"] == "partial", "rep"].tolist() == [2, 7, 12, 17]
    assert (worn.reps["start_s"].diff().dropna() > 0).all()
    assert worn.reps["end_s"].iloc[-1] < worn.angles.index[-1]


def test_sensors_feel_different_things_and_do_not_disturb_each_other(worn):
    alone = simulate_set(
        4, "right", seed=1, sets=2, both_sides=True, rest_s=8.0, athlete=Athlete(), partial=(2,), faults=["leg_lifted:mild@2"], sensors=("trunk",)
    )
    pd.testing.assert_frame_equal(alone.imu, worn.recordings["trunk"])
    pd.testing.assert_frame_equal(alone.angles, worn.angles)
    assert not np.allclose(worn.recordings["pelvis"], worn.recordings["trunk"], atol=0.1)
    twice = simulate_set(1, sensors=("thigh", "thigh"))
    assert list(twice.recordings) == ["thigh"]


def test_same_seed_same_bytes_other_seed_other_set(tmp_path):
    formats = ("own", "dot", "dot_quat", "mtw")
    for folder, seed in (("a", 4), ("b", 4), ("c", 5)):
        write_set(simulate_set(2, seed=seed, athlete=Athlete(), sensors=SENSORS, soft_tissue=1.0, device="phone"), tmp_path / folder, "set", formats)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    same = [(tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files]
    other = [(tmp_path / "a" / name).read_bytes() == (tmp_path / "c" / name).read_bytes() for name in files]
    assert len(files) == 3 * 4 + 4
    assert all(same)
    assert not any(other)


def test_files_and_their_names(tmp_path):
    simulated = simulate_set(2, seed=3)
    paths = write_set(simulated, tmp_path / "new" / "folder", "x")
    assert [path.name for path in paths] == ["x_imu.csv", "x_truth_angles.csv", "x_truth_reps.csv", "x_truth_effort.csv", "x_truth.json"]
    truth = json.loads(paths[-1].read_text("utf-8"))
    assert truth["parameters"]["seed"] == 3
    assert truth["sets"] == [{"side": "left", "target_reps": 2, "complete": 2, "stop_reason": "target"}]
    assert truth["hiphitch_analysis"].count(".") == 2
    with pytest.raises(ValueError, match=r"^formats: expected some of own, dot, dot_quat, mtw, got excel\."):
        write_set(simulated, tmp_path / "other", "x", ["own", "excel"])
    assert not (tmp_path / "other").exists()


def test_each_sensor_has_a_file_of_its_own(tmp_path, worn):
    paths = write_set(worn, tmp_path, "x", ("own", "mtw"))
    assert [path.name for path in paths[:6]] == ["x_imu.csv", "x_mtw.txt", "x_thigh_imu.csv", "x_thigh_mtw.txt", "x_trunk_imu.csv", "x_trunk_mtw.txt"]
    for sensor, path in zip(SENSORS, paths[:6:2], strict=True):
        np.testing.assert_allclose(pd.read_csv(path)[ACC], worn.recordings[sensor][ACC], atol=5.1e-7)  # half of the last decimal
    assert [one["stop_reason"] for one in json.loads((tmp_path / "x_truth.json").read_text("utf-8"))["sets"]] == ["target"] * 4


def test_parameters_say_what_was_asked_for():
    asked = {"reps": 2, "stance": "right", "seed": 11, "rest_s": 33.0, "ankle_kg": 1.5, "device": "phone", "dropped": 0.1, "soft_tissue": 0.5}
    simulated = simulate_set(**asked, drop_deg=6.5, mounting_deg=(180.0, 0.0, 0.0), tilt_deg=4.0, faults=["leg_lifted:severe@2"], sensors=SENSORS)
    parameters = simulated.parameters
    assert {key: parameters[key] for key in asked} == asked
    assert parameters["athlete"]["technique"]["drop_deg"] == 6.5
    assert parameters["athlete"]["technique"]["tilt_deg"] == 4.0
    assert parameters["mounting_deg"] == [180.0, 0.0, 0.0]
    assert parameters["faults"] == [{"key": "leg_lifted", "severity": "severe", "onset_rep": 2, "amount": 25.0}]
    assert (parameters["rate_hz"], parameters["tires"], parameters["sensors"]) == (100.0, False, list(SENSORS))


def test_a_recording_can_be_made_again_from_its_parameters(worn):
    parameters = json.loads(json.dumps(worn.parameters))
    assert parameters == worn.parameters
    athlete, faults = parameters.pop("athlete"), parameters.pop("faults")
    technique, body, muscle = Technique(**athlete.pop("technique")), Body(**athlete.pop("body")), Muscle(**athlete.pop("muscle"))
    person = Athlete(technique=technique, body=body, muscle=muscle, **athlete)
    assert parameters.pop("tires") == person.tires
    listed = {name: tuple(parameters.pop(name)) for name in ("partial", "aborted", "mounting_deg")}
    wanted = [Fault(fault["key"], fault["severity"], fault["onset_rep"]) for fault in faults]
    again = simulate_set(**parameters, **listed, athlete=person, faults=wanted)
    for sensor in SENSORS:
        pd.testing.assert_frame_equal(again.recordings[sensor], worn.recordings[sensor])
    pd.testing.assert_frame_equal(again.reps, worn.reps)
    pd.testing.assert_frame_equal(again.effort, worn.effort)


@pytest.mark.parametrize("device", ["dot", "phone"])
def test_rate_and_device_leave_the_truth_alone(device):
    slow, fast = simulate_set(3, seed=2, device=device, rate_hz=60), simulate_set(3, seed=2, device="ideal", rate_hz=120)
    assert slow.reps.equals(fast.reps)
    assert slow.effort.equals(fast.effort)
    np.testing.assert_allclose(slow.angles, fast.angles.iloc[::2], atol=1e-9)  # order of summation only


def test_soft_tissue_and_mounting_leave_the_truth_alone():
    plain, askew = simulate_set(3, seed=2), simulate_set(3, seed=2, soft_tissue=2.0, mounting_deg=(180.0, 5.0, -5.0), sensors=SENSORS)
    pd.testing.assert_frame_equal(plain.angles, askew.angles)
    pd.testing.assert_frame_equal(plain.reps, askew.reps)
    assert not np.allclose(plain.imu[ACC], askew.imu[ACC], atol=1.0)


def test_lost_samples_leave_holes_in_the_counters_and_the_truth_even(tmp_path):
    simulated = simulate_set(5, seed=3, dropped=0.1, rate_hz=60, sensors=("pelvis", "trunk"))
    whole = np.arange(len(simulated.angles)) / 60
    np.testing.assert_allclose(simulated.angles.index, whole, atol=1e-9)
    imu = simulated.imu
    assert len(imu) == pytest.approx(0.9 * len(whole), abs=2)
    assert imu.index[0] == 0.0
    assert imu.index[-1] == simulated.angles.index[-1]
    assert not imu.index.equals(simulated.recordings["trunk"].index)  # each radio link loses its own
    paths = write_set(simulated, tmp_path, "x", ("own", "dot", "dot_quat", "mtw"))
    packets = 1 + np.round(imu.index * 60)
    for path, skip, separator in zip(paths[1:4], (11, 11, 5), (",", ",", "\t"), strict=True):
        rows = path.read_text("utf-8").splitlines()[skip:]
        table = pd.read_csv(io.StringIO("\n".join(rows)), sep=separator)
        np.testing.assert_array_equal(table["PacketCounter"], packets)
        assert (np.diff(table["PacketCounter"]) > 1).sum() > 5
        if separator == ",":
            np.testing.assert_array_equal(np.diff(table["SampleTimeFine"]), 16667 * np.diff(packets))  # µs at 60 Hz
    truth = pd.read_csv(tmp_path / "x_truth_angles.csv")
    np.testing.assert_allclose(np.diff(truth["time_s"]), 1 / 60, atol=1.1e-6)  # two roundings to a millionth
    complete = simulate_set(5, seed=3, dropped=0.0, rate_hz=60)
    pd.testing.assert_frame_equal(simulated.angles, complete.angles)


def test_what_comes_with_technique_goes_into_the_repetitions():
    simulated = simulate_set(2, drop_deg=5.0, lower_s=1.5, raise_s=0.8, variability=0.0, sway=0.0, athlete=Athlete(strength_left_nm_kg=5.0))
    np.testing.assert_allclose(simulated.reps["drop_deg"], 5.0, atol=1e-3)
    np.testing.assert_allclose(simulated.reps["end_s"] - simulated.reps["start_s"], 2.3)
    assert simulated.parameters["athlete"]["strength_left_nm_kg"] == 5.0


def test_an_ankle_weight_reaches_the_effort():
    light, heavy = (simulate_set(3, ankle_kg=kg, leg_coupling=0.0, variability=0.0, sway=0.0) for kg in (0.0, 5.0))
    standing = light.reps["start_s"].iloc[0] - 0.5
    more = heavy.effort["left_demand_nm"].loc[standing:].iloc[0] - light.effort["left_demand_nm"].loc[standing:].iloc[0]
    assert more == pytest.approx(5.0 * 9.80665 * 0.17622, rel=1e-3)  # m g w; tremor and sway are off


NONSENSE = {
    "mass_kg": lambda: simulate_set(athlete=Athlete(body=Body("male", -75.0, 1.78))),
    "mass_kg: expected 30 to 200, got 0": lambda: simulate_set(athlete=Athlete(body=Body("male", 0, 1.78))),
    "rate_hz: expected 10 to 2000, got 0": lambda: simulate_set(rate_hz=0),
    "rate_hz: expected 10 to 2000, got nan": lambda: simulate_set(rate_hz=float("nan")),
    "reps: expected 0 to 200, got 400": lambda: simulate_set(400),
    "device: expected dot, mtw, phone, ideal, got 'watch'": lambda: simulate_set(device="watch"),
    "sensors: expected some of pelvis, thigh, trunk, got foot, pelvis": lambda: simulate_set(sensors=("foot", "pelvis")),
    "sensors: expected some of pelvis, thigh, trunk, got none": lambda: simulate_set(sensors=()),
    "sets: expected 1 to 10 on each side, got 0": lambda: simulate_set(sets=0),
    "rest_s: expected 5 to 1800, got 1": lambda: simulate_set(sets=2, rest_s=1),
    "drop_deg: expected 0.1 to 30, got nan": lambda: simulate_set(drop_deg=float("nan")),
    "lower_s": lambda: simulate_set(lower_s=0.0),
    "strength_left_nm_kg": lambda: simulate_set(athlete=Athlete(strength_left_nm_kg=float("nan"))),
    "ankle_kg": lambda: simulate_set(ankle_kg=-2.0),
    "quiet_s": lambda: simulate_set(quiet_s=-1.0),
    "soft_tissue": lambda: simulate_set(soft_tissue=float("nan")),
    "dropped: expected 0 to 0.5 of the samples, got 0.9": lambda: simulate_set(dropped=0.9),
    "jitter_s": lambda: simulate_set(jitter_s=-0.01),
    "seed: expected a whole number from 0 on, got -1": lambda: simulate_set(seed=-1),
    "stance: expected left or right, got 'both'": lambda: simulate_set(stance="both"),
    "fault: expected one of": lambda: simulate_set(faults=["slouching"]),
    "partial, aborted": lambda: simulate_set(5, partial=(0,)),
    "simulate_set: unknown option return_error; expected one of": lambda: simulate_set(return_error=3),
    "recording: expected at most 7200 s, got": lambda: simulate_set(5, sets=10, both_sides=True, rest_s=1800.0),
}


@pytest.mark.parametrize("says", NONSENSE)
def test_nonsense_is_refused_in_one_sentence(says):
    with pytest.raises(ValueError, match="expected") as refused:
        NONSENSE[says]()
    message = str(refused.value)
    assert message.startswith(says)
    assert "got" in message or "unknown" in message
    assert "\n" not in message
    assert message.endswith(".")


def test_a_mounting_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"^mounting_deg"):
        simulate_set(1, mounting_deg=(float("nan"), 0.0, 0.0))


@pytest.mark.parametrize("fault", ["foot_resting:1.5", "hip_and_leg_apart:2", "tempo_uneven:1.2", "tempo_too_fast:0.01"])
def test_shares_beyond_the_whole_and_phases_of_no_time_are_refused(fault):
    with pytest.raises(ValueError, match=r"^fault "):
        check_table(simulate_set(2, faults=[fault]).angles, Angles)


def test_the_athlete_handed_in_is_not_changed():
    someone = Athlete()
    simulate_set(1, athlete=someone, drop_deg=5.0)
    assert someone == Athlete()
    assert dataclasses.asdict(someone)["technique"]["drop_deg"] == 8.0

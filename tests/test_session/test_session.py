"""The whole way through one recording, and the tables it leaves."""

import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.motion.plausibility import find_doubts, find_unlike
from hiphitch_analysis.schema import ACC, GYR, QUAT, Sessions, check_table
from hiphitch_analysis.session.results import describe_session
from hiphitch_analysis.simulate import Fault


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One simulated set that tires, in every format."""
    out = tmp_path_factory.mktemp("set")
    simulated = hh.simulate_set(12, "left", 8.0, seed=21, faults=[Fault("incomplete_return", 5.0, onset_rep=7)])
    hh.write_set(simulated, out, "set", ("own", "dot", "dot_quat", "mtw"))
    return out, simulated


@pytest.mark.parametrize(
    ("name", "format_", "route"),
    [
        ("set_imu.csv", "own", "vqf"),
        ("set_dot.csv", "xsens_dot", "vqf"),
        ("set_mtw.txt", "xsens_mtw", "vqf"),
        ("set_dot_quat.csv", "xsens_dot", "device"),
    ],
)
def test_every_format_gives_the_same_answer(folder, name, format_, route):
    out, simulated = folder
    session = hh.analyse(out / name, "left")
    assert (session.format, session.sensor.orientation.route) == (format_, route)
    assert session.reps["kind"].tolist() == ["complete"] * 12
    # 0.5°: rounding in the file, the filter, and for the device its own error of up to 0.3°
    assert np.abs(session.reps["drop_deg"] - simulated.reps["drop_deg"]).max() < 0.5
    assert np.abs(session.reps["return_error_deg"] - simulated.reps["return_error_deg"]).max() < 0.7


def test_fault_is_found_where_it_began(folder):
    out, simulated = folder
    fault = hh.analyse(out / "set_imu.csv", "left").faults.set_index("fault").loc["incomplete_return"]
    short = simulated.reps.loc[simulated.reps["return_error_deg"] > 2.0, "rep"]
    assert fault["severity"] != "none" and abs(fault["first_rep"] - short.iloc[0]) <= 1


def test_session_rows(folder):
    out, _ = folder
    details = hh.Details("A01", pd.Timestamp("2026-01-05"), 3, 2, 0.5)
    row = hh.session_rows(hh.analyse(out / "set_imu.csv", "left", details=details)).iloc[0]
    assert row[["recording", "athlete_id", "session", "side", "set", "n_reps", "route"]].tolist() == ["set_imu", "A01", 3, "left", 2, 12, "vqf"]
    assert row["clean_reps"] < 12 and row["form_low"] <= row["form_score"] <= row["form_high"] and row["form_score"] < 100


def test_tables_come_back_from_their_files(folder, tmp_path):
    session = hh.analyse(folder[0] / "set_imu.csv", "left")
    hh.write_session(session, tmp_path)
    pd.testing.assert_frame_equal(hh.read_reps(tmp_path / "set_imu_reps.csv"), session.reps, check_dtype=False, rtol=1e-4)
    pd.testing.assert_frame_equal(hh.read_faults(tmp_path / "set_imu_faults.csv"), session.faults, check_dtype=False, rtol=1e-4)
    pd.testing.assert_frame_equal(hh.read_angles(tmp_path / "set_imu_angles.csv"), session.angles, atol=1e-3)
    assert json.loads((tmp_path / "set_imu.json").read_text())["n_reps"] == 12
    check_table(hh.read_sessions(tmp_path), Sessions)


def test_json_is_plain(folder):
    summary = hh.summarise_session(hh.analyse(folder[0] / "set_imu.csv", "left"))
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert {"n_reps", "reps", "partial", "aborted", "form", "quality", "warnings"} <= set(summary)
    assert {"start_s", "bottom_s", "end_s", "drop_deg", "return_error_deg", "rotation_range_deg", "lower_s", "raise_s", "faults"} <= set(
        summary["reps"][0]
    )
    chances = summary["reps"][-1]["chances"]
    assert all(0 <= chance <= 1 for chance in chances.values()) and chances["incomplete_return"] > 0.95  # 5° short from the seventh on
    assert "trunk_lean_stance" not in chances and "loss_of_balance" in chances  # one sensor on the pelvis
    certainty = [f["certainty"] for f in summary["form"]["faults"] if f["observable"]]
    assert all(0.5 <= c <= 1 for c in certainty)


def write_imu(path, imu):
    imu.to_csv(path)
    return path


def test_stance_is_inferred_from_the_side_that_drops(tmp_path):
    for stance in ("left", "right"):
        path = write_imu(tmp_path / "x.csv", hh.simulate_set(6, stance, seed=4).imu[ACC + GYR])
        session = hh.analyse(path)
        assert session.stance == stance and "stance_inferred" in session.flags


def test_a_file_named_after_the_other_leg_is_doubted(tmp_path):
    imu = hh.simulate_set(6, "left", seed=4).imu[ACC + GYR]
    against = hh.analyse(write_imu(tmp_path / "A03_right-2.csv", imu), "left")
    assert "stance_against_name" in against.flags
    assert "the file is called A03_right-2.csv, but the stance given is left: check on which leg the person stood" in against.warnings
    told_by_movement = hh.analyse(write_imu(tmp_path / "Rechts 2.csv", imu))
    assert told_by_movement.warnings[-1].startswith("the file is called Rechts 2.csv, but the stance taken from the movement is left")
    for name in ("A03_left.csv", "bright.csv", "left and right.csv"):
        assert "stance_against_name" not in hh.analyse(write_imu(tmp_path / name, imu), "left").flags


def test_the_day_of_the_file_stands_where_nobody_gave_one(tmp_path):
    imu = hh.simulate_set(6, "left", seed=4).imu
    folder = tmp_path / "phone"
    (folder / "meta").mkdir(parents=True)
    for name, columns, unit in (("Accelerometer", ACC, "m/s^2"), ("Gyroscope", GYR, "rad/s")):
        header = ["Time (s)", *(f"{axis} ({unit})" for axis in "XYZ")]
        imu[columns].reset_index().set_axis(header, axis=1).to_csv(folder / f"{name}.csv", index=False)
    text = '"event","experiment time","system time","system time text"\n"START",0E0,1.772474651E9,"2026-03-02 18:04:11.000 UTC+00:00"\n'
    (folder / "meta" / "time.csv").write_text(text)
    session = hh.analyse(folder, "left")
    assert (session.details.date, session.details.date_from_file) == (pd.Timestamp(2026, 3, 2), True)
    assert hh.session_rows(session)["date"].tolist() == [pd.Timestamp(2026, 3, 2)]
    summary = hh.summarise_session(session)
    assert (summary["date"], summary["date_from_file"]) == ("2026-03-02", True)
    assert ", 2026-03-02 (says the file), " in describe_session(session).splitlines()[0]
    given = hh.analyse(folder, "left", details=hh.Details(date=pd.Timestamp(2026, 1, 31)))
    assert (given.details.date, given.details.date_from_file) == (pd.Timestamp(2026, 1, 31), False)
    assert "(says the file)" not in describe_session(given)
    assert "date_against_file" in given.flags
    assert "the file says 2 Mar 2026, the date given is 31 Jan 2026: the given one was taken" in given.warnings
    same = hh.analyse(folder, "left", details=hh.Details(date=pd.Timestamp(2026, 3, 2)))
    assert "date_against_file" not in (*same.flags, *session.flags)


def test_standing_still_is_no_set(tmp_path):
    imu = hh.simulate_set(3, seed=4).imu[ACC + GYR]
    session = hh.analyse(write_imu(tmp_path / "still.csv", imu[imu.index < 5]), "left")
    summary = hh.summarise_session(session)
    assert summary["n_reps"] == 0 and "no_reps" in summary["quality"]["flags"] and summary["form"]["score"] is None
    assert hh.session_rows(session)["n_reps"].tolist() == [0]


def test_one_missing_row_costs_nothing(tmp_path):
    """The trap of the orientation filter: a single missing accelerometer row makes 8° repetitions read 0.2°."""
    simulated = hh.simulate_set(8, "left", 8.0, seed=6)
    imu = simulated.imu[ACC + GYR].copy()
    imu.iloc[700, :3] = np.nan
    reps = hh.analyse(write_imu(tmp_path / "hole.csv", imu), "left").reps
    assert np.abs(reps["drop_deg"] - simulated.reps["drop_deg"]).max() < 0.5


def test_without_gyroscope_it_says_what_it_cannot_see(tmp_path):
    session = hh.analyse(write_imu(tmp_path / "acc.csv", hh.simulate_set(8, "left", seed=6).imu[ACC]), "left")
    faults = session.faults.set_index("fault")
    assert "accelerometer_only" in session.flags and not faults.loc["pelvis_not_square", "observable"]


def test_walking_about_is_flagged(tmp_path):
    imu = hh.simulate_set(10, "left", seed=6).imu[ACC + GYR].copy()
    time = imu.index.to_numpy()
    imu["acc_x_m_s2"] += 3.0 * np.sin(2 * np.pi * 1.8 * time) * (time > 7)
    session = hh.analyse(write_imu(tmp_path / "walk.csv", imu), "left")
    assert "unlike_hip_hitch" in session.flags
    # Angles and counts stay, form is not judged: neither in the tables, nor in the JSON, nor in words.
    assert len(session.reps) and not session.faults["observable"].any() and session.reps["faults"].map(len).eq(0).all()
    row, form = hh.session_rows(session).iloc[0], hh.summarise_session(session)["form"]
    assert row["n_reps"] > 0 and row["drop_deg"] > 0 and row[["form_score", "judged_reps", "clean_reps"]].isna().all()
    assert form["score"] is None and all(fault["chance"] is None and not fault["cue"] for fault in form["faults"])
    assert "form not judged" in describe_session(session) and "\u201c" not in describe_session(session)


@pytest.mark.parametrize(
    ("drop", "tilt", "travel", "doubted"), [(8, 4, 0.03, ""), (26, 4, 0.03, "drop by 26"), (8, 30, 0.03, "squat"), (8, 4, 0.3, "30 cm")]
)
def test_repetitions_that_go_too_far_are_no_hip_hitches(drop, tilt, travel, doubted):
    reps = pd.DataFrame(
        {"rep": [1, 2, 3], "set": 1, "kind": "complete", "start_s": [0.0, 2.0, 4.0], "bottom_s": [1.0, 3.0, 5.0], "end_s": [2.0, 4.0, 6.0]}
    )
    time_s = np.arange(0, 6, 0.01)
    place_m = np.column_stack([np.zeros_like(time_s), travel / 2 * np.sin(np.pi * time_s)])  # there and back within each repetition
    told = find_unlike(reps.assign(drop_deg=float(drop), tilt_range_deg=float(tilt)), time_s, place_m)
    assert list(told) == ["unlike_hip_hitch"] * bool(doubted) and all(doubted in sentence for sentence in told.values())


def test_a_corrected_recording_of_another_exercise_stays_unjudged(tmp_path):
    imu = hh.simulate_set(10, "left", seed=6).imu[ACC + GYR].copy()
    time = imu.index.to_numpy()
    imu["acc_x_m_s2"] += 3.0 * np.sin(2 * np.pi * 1.8 * time) * (time > 7)
    session = hh.analyse(write_imu(tmp_path / "walk.csv", imu), "left")
    row = {"recording": "walk", "rep": int(session.found["rep"].iloc[0]), "start_s": np.nan, "bottom_s": np.nan, "end_s": np.nan, "keep": False}
    corrected = hh.correct_session(session, pd.DataFrame([row]))
    assert corrected.flags.count("unlike_hip_hitch") == 1 and not corrected.faults["observable"].any()


@pytest.mark.parametrize("name", ["squatsAsym1.mot", "squats1.trc", "walking1.trc", "walkingTS1.mot"])
def test_squats_and_walking_of_a_laboratory_are_no_hip_hitches(name, shared):
    assert "unlike_hip_hitch" in hh.analyse(shared(f"expert1/{name}"), "left").flags


def test_two_sets_in_one_recording_leave_two_rows(tmp_path):
    first, second = (hh.simulate_set(n, "left", seed=8, device="ideal").imu[ACC + GYR] for n in (6, 4))
    second.index = second.index + first.index[-1] + 1 / 60
    # the second recording starts in its own heading and place: as if the athlete had stood still between both
    both = pd.concat([first, second]).rename_axis("time_s")
    rows = hh.session_rows(hh.analyse(write_imu(tmp_path / "two.csv", both), "left", details=hh.Details("A01", set=2)))
    assert rows["n_reps"].tolist() == [6, 4] and rows["set"].tolist() == [2, 3]


@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize("turned", [0.0, 180.0])
def test_both_legs_in_one_recording(tmp_path, stance, turned):
    """Two sets on each leg in turn, standing about between them; the sensor's label outwards, and inwards."""
    simulated = hh.simulate_set(12, stance, 7.0, seed=3, both_sides=True, sets=2, rest_s=25.0, mounting_deg=(0.0, 0.0, turned), soft_tissue=1.0)
    session = hh.analyse(write_imu(tmp_path / "both.csv", simulated.imu[ACC + GYR]), stance, details=hh.Details("A01", set=3))
    other = "right" if stance == "left" else "left"
    rows = hh.session_rows(session)
    assert rows["side"].tolist() == [stance, other] * 2 and rows["set"].tolist() == [3, 3, 4, 4] and rows["n_reps"].tolist() == [12] * 4
    assert "side_change" in session.flags and "stance_doubtful" not in session.flags
    assert any(f"the {other} from repetition 13" in sentence for sentence in session.warnings)
    assert session.angles["side"].iloc[0] == stance and (session.reps["side"] == np.repeat([stance, other] * 2, 12)).all()
    # 1°: skin slips under the sensor at every shift of weight; before the legs were told apart the other leg's drops were hikes of 7°
    assert np.abs(session.reps["drop_deg"] - simulated.reps["drop_deg"]).max() < 1.0
    assert np.abs(session.reps["return_error_deg"]).max() < 2.0
    assert "left set 3: 12 repetitions" in describe_session(session)
    assert json.loads(json.dumps(hh.summarise_session(session), allow_nan=False))["n_reps"] == 48
    hh.write_session(session, tmp_path / "out")
    pd.testing.assert_frame_equal(hh.read_angles(tmp_path / "out" / "both_angles.csv"), session.angles, atol=1e-3, check_dtype=False)


def test_a_change_of_leg_without_a_rest_is_in_doubt(tmp_path):
    """The second set begins as soon as the first ends: which leg is stood on shows by the level alone."""
    first, second = (hh.simulate_set(6, side, seed=8, device="ideal").imu[ACC + GYR] for side in ("left", "right"))
    moving = second[second.index > 6.5]
    moving.index = moving.index - moving.index[0] + first.index[-1] - 1.5 + 1 / 60
    joined = pd.concat([first[first.index < first.index[-1] - 1.5], moving]).rename_axis("time_s")
    session = hh.analyse(write_imu(tmp_path / "both.csv", joined), "left")
    assert "stance_doubtful" in session.flags and any("Analyse each side" in w for w in session.warnings)


def test_a_raise_to_half_the_drop_makes_the_count_doubtful(tmp_path):
    """REPS as found, one repetition's chance at the limit: the session says which."""
    session = hh.analyse(write_imu(tmp_path / "set.csv", hh.simulate_set(8, "left", 8.0, seed=6).imu[ACC + GYR]), "left")
    assert "count_doubtful" not in session.flags and session.reps["confidence"].min() > 0.9
    reps = session.reps.assign(confidence=np.where(session.reps["rep"].eq(4), 0.6, 1.0))
    assert "repetition 4 at the limit" in find_doubts(session.sensor.orientation, reps)["count_doubtful"]


@pytest.mark.parametrize("stance", ["up", ""])
def test_unknown_stance(folder, stance):
    with pytest.raises(ValueError, match="expected left or right"):
        hh.analyse(folder[0] / "set_imu.csv", stance)


def test_quaternions_alone_are_enough(tmp_path):
    simulated = hh.simulate_set(8, "right", 7.0, seed=3)
    session = hh.analyse(write_imu(tmp_path / "q.csv", simulated.imu[QUAT]), "right")
    assert session.sensor.orientation.route == "device" and len(session.reps) == 8


@pytest.fixture(scope="module")
def eight():
    """Eight repetitions, the third from 11.9 to 13.9 s or so, the sixth from 18 to 20 s."""
    return hh.simulate_set(8, "left", 7.0, seed=1, soft_tissue=1.0)


def part(tmp_path, imu, stance="left", **options):
    """The session of a part of a recording, whose time begins anew."""
    cut = imu[ACC + GYR].copy()
    cut.index = pd.Index(cut.index - cut.index[0], name="time_s")
    return hh.analyse(write_imu(tmp_path / "part.csv", cut), stance, **options)


@pytest.mark.parametrize(("share", "flag"), [(0.1, "cut_at_start"), (0.5, None), (1.0, None), (1.5, None)])
def test_a_set_cut_at_its_beginning(tmp_path, eight, share, flag):
    """The recording begins so far into the third repetition (1: at its lowest point). Five whole ones follow."""
    third = eight.reps.iloc[2]
    begins = third["start_s"] + share * (third["bottom_s"] - third["start_s"])
    session = part(tmp_path, eight.imu[eight.imu.index >= begins])
    counted = session.reps[session.reps["kind"].eq("complete")]
    assert len(counted) == 5 and "relative_zero" in session.flags  # no quiet stance on both feet is left before the set
    np.testing.assert_allclose(counted["bottom_s"], eight.reps["bottom_s"].iloc[3:] - begins, atol=0.1)
    assert flag is None or flag in session.flags


@pytest.mark.parametrize(
    ("share", "count", "kinds", "flag"), [(0.5, 5, set(), None), (1.0, 5, {"aborted"}, "cut_at_end"), (1.5, 5, {"aborted"}, "cut_at_end")]
)
def test_a_set_cut_at_its_end(tmp_path, eight, share, count, kinds, flag):
    """The recording ends so far into the sixth repetition; a raise that is cut off counts no more than one that never came."""
    sixth = eight.reps.iloc[5]
    down = sixth["bottom_s"] - sixth["start_s"]
    ends = sixth["start_s"] + share * down if share <= 1 else sixth["bottom_s"] + (share - 1) * (sixth["end_s"] - sixth["bottom_s"])
    session = part(tmp_path, eight.imu[eight.imu.index <= ends])
    assert session.reps["kind"].eq("complete").sum() == count and set(session.reps["kind"]) - {"complete"} == kinds
    assert flag is None or flag in session.flags
    assert session.faults["severity"].isin(["none", "not observable"]).all()  # nor is it called a fault


def test_one_repetition(tmp_path):
    session = part(tmp_path, hh.simulate_set(1, "left", 7.0, seed=1).imu)
    assert session.reps["kind"].tolist() == ["complete"] and session.reps["drop_deg"].iloc[0] == pytest.approx(7.0, abs=1.0)
    assert "1 repetition, drop" in describe_session(session)
    told = hh.summarise_session(session)["sets"][0]
    assert told["onset"]["rep"] is None and "at least 12" in told["onset"]["reason"] and told["fresh_tired"] == []


def test_the_other_leg_named(tmp_path, eight):
    """By movement alone it is a sensor worn inwards, which is said; with the axis given it cannot be, and both doubts are said."""
    worn = part(tmp_path, eight.imu, "right")
    assert len(worn.reps) == 8 and "sensor_reversed" in worn.flags and any("the other leg was stood on" in w for w in worn.warnings)
    given = part(tmp_path, eight.imu, "right", ap_axis="-z")
    assert {"movement_goes_up", "stance_doubtful"} <= set(given.flags) and any("check the stance side" in w for w in given.warnings)


def test_each_set_of_the_json_says_how_it_went(tmp_path):
    simulated = hh.simulate_set(20, "left", 8.0, seed=5, faults=[Fault("incomplete_return", 6.0, onset_rep=12)])
    session = part(tmp_path, simulated.imu)
    (told,) = hh.summarise_session(session)["sets"]
    assert told["set"] == 1 and told["side"] == "left" and told["tempo"]["n_reps"] == 20
    assert told["onset"]["low"] <= told["onset"]["rep"] <= told["onset"]["high"] and 9 <= told["onset"]["rep"] <= 13
    course = {row["measure"]: row for row in told["course"]}
    assert course["return_error_deg"]["drift_low"] > 0 and course["raise_sparc"]["median"] < -1.3  # −1.41: one smooth movement
    assert next(row for row in told["fresh_tired"] if row["measure"] == "return_error_deg")["low"] > 2
    words = describe_session(session)
    assert "20 repetitions, middle: drop" in words and re.search(r"short of level, reps 1[1-4]–(19|20)\. “Squeeze", words)


def test_the_json_says_what_it_was_made_from(folder):
    out, _ = folder
    file = out / "set_imu.csv"
    made = hh.summarise_session(hh.analyse(file, "left", rate_hz=None, ap_axis="-z"))["made_from"]
    assert made["hiphitch_analysis"] == hh.__version__ and made["options"] == {"stance": "left", "ap_axis": "-z"}
    assert made["recording"] == {"name": "set_imu.csv", "bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    assert str(out) not in json.dumps(made)  # the same in whatever folder
    row = {"recording": "set_imu", "rep": 2, "start_s": np.nan, "bottom_s": np.nan, "end_s": np.nan, "keep": False}
    corrected = hh.summarise_session(hh.analyse(file, "left", corrections=pd.DataFrame([row])))["made_from"]
    assert made["corrections"] == [] and corrected["corrections"] == [row | dict.fromkeys(("start_s", "bottom_s", "end_s"))]

"""Corrections go through everything that hangs on the repetitions, whichever way the angles were seen."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.session.correcting import no_corrections
from hiphitch_analysis.session.results import describe_session
from hiphitch_analysis.simulate import Camera, PoseModel, write_film

HEAD = "recording,rep,start_s,bottom_s,end_s,keep\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One simulated set of eight, as a sensor and as a camera with markers saw it."""
    folder = tmp_path_factory.mktemp("corrected")
    written = hh.write_set(hh.simulate_set(8, "left", seed=3, drop_deg=8), folder, "set1")
    return {"imu": next(path for path in written if "imu" in path.name)}


@pytest.fixture(scope="module")
def session(files):
    return hh.analyse(files["imu"], "left")


def rows(session, *changes):
    table = pd.DataFrame(changes, columns=["rep", "start_s", "bottom_s", "end_s", "keep"]).assign(recording=session.recording)
    return table.astype({"start_s": float, "bottom_s": float, "end_s": float})


def test_an_empty_table_changes_nothing(session):
    same = hh.correct_session(session, no_corrections())
    for field in fields(session):
        before, after = getattr(session, field.name), getattr(same, field.name)
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(before, after)
    assert (same.flags, same.warnings) == (session.flags, session.warnings)


def test_one_left_out_is_gone_from_every_table_and_never_a_zero(session):
    corrected = hh.correct_session(session, rows(session, (5, None, None, None, False)))
    row, before = hh.session_rows(corrected).iloc[0], hh.session_rows(session).iloc[0]
    assert (row["n_reps"], before["n_reps"]) == (7, 8)
    kept = session.reps.drop(index=4)
    assert row["drop_deg"] == pytest.approx(kept["drop_deg"].median()) and kept["drop_deg"].min() > 4  # a zero would pull it down
    assert corrected.scores["n_judged"].tolist() == [7]
    assert all(5 not in told for told in corrected.faults["reps"])
    told = hh.summarise_session(corrected)
    assert told["n_reps"] == 7 == len(told["reps"]) and [rep["rep"] for rep in told["left_out"]] == [5]
    assert "corrected" in told["quality"]["flags"] and told["warnings"][-1] == "corrected by hand: 1 repetition left out"
    assert row["flags"].split()[-1] == "corrected"
    assert describe_session(corrected).splitlines()[-1] == "  ! corrected by hand: 1 repetition left out"


@pytest.mark.parametrize("ending", [".zip", ".csv", ".CSV.gz"])
def test_a_name_with_the_ending_of_its_file_means_the_recording(session, ending):
    written = rows(session, (5, None, None, None, False)).assign(recording=session.recording + ending)
    corrected = hh.correct_session(session, written)
    assert hh.session_rows(corrected)["n_reps"].tolist() == [7]
    assert corrected.corrections["recording"].tolist() == [session.recording]
    assert not len(hh.correct_session(session, written.assign(recording=f"{session.recording}.left")).corrections)


def test_the_dose_is_that_of_the_repetitions_kept(session):
    heavy = replace(session, details=hh.Details(mass_kg=75, height_m=1.78))
    last = hh.correct_session(heavy, rows(session, (8, None, None, None, False))).workload.doses
    assert last["n_reps"].tolist() == [7]
    assert last["load_s"].iloc[0] == pytest.approx(session.found.loc[6, "end_s"] - session.found.loc[0, "start_s"])


def test_a_moved_end_changes_its_raise_by_as_much_and_is_marked(session):
    end_s = session.found.loc[2, "end_s"]
    told = hh.summarise_session(hh.correct_session(session, rows(session, (3, None, None, end_s - 0.24, True))))
    before = hh.summarise_session(session)
    assert told["reps"][2]["raise_s"] == pytest.approx(before["reps"][2]["raise_s"] - 0.24)
    assert [rep["corrected"] for rep in told["reps"]] == [None, None, "moved", None, None, None, None, None]
    assert "corrected" not in before["reps"][0]


def test_numbers_are_those_found_so_that_corrections_replace_and_never_pile_up(session):
    first, second = rows(session, (1, None, None, None, False)), rows(session, (2, None, None, None, False))
    once = hh.correct_session(session, second)
    again = hh.correct_session(hh.correct_session(session, first), second)
    pd.testing.assert_frame_equal(once.reps, again.reps)
    assert (once.flags, once.warnings) == (again.flags, again.warnings)
    back = hh.correct_session(again, no_corrections())
    pd.testing.assert_frame_equal(back.reps, session.reps)
    assert back.flags == session.flags


def test_all_left_out_is_a_recording_without_repetitions(session):
    nothing = hh.correct_session(session, rows(session, *((rep, None, None, None, False) for rep in session.found["rep"])))
    assert "no_reps" in nothing.flags and "no complete repetition is left" in nothing.warnings
    row = hh.session_rows(nothing).iloc[0]
    assert row["n_reps"] == 0 and np.isnan(row["drop_deg"]) and np.isnan(row["form_score"])


def test_the_command_line_takes_a_file(hiphitch, files, session, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(HEAD + f"{session.recording},1,,,,false\nanother,1,,,,false\n", "utf-8")
    code, out, _ = hiphitch("analyse", files["imu"], "--stance", "left", "--corrections", file, "--json", "-", "--out", tmp_path / "out")
    told = json.loads(out)
    assert code == 0 and told["n_reps"] == 7 and not any("nothing was corrected" in warning for warning in told["warnings"])
    left = pd.read_csv(tmp_path / "out" / f"{session.recording}_reps.csv")
    assert (
        left["kind"].tolist()[0] == "left out" and hh.read_reps(tmp_path / "out" / f"{session.recording}_reps.csv")["kind"].eq("complete").sum() == 7
    )


def test_a_file_of_other_recordings_is_doubted_unless_it_speaks_of_another_one_given(hiphitch, files, session, tmp_path):
    file, twin = tmp_path / "c.csv", tmp_path / "twin.csv"
    file.write_text(HEAD + "twin,1,,,,false\n", "utf-8")
    twin.write_bytes(files["imu"].read_bytes())
    told = json.loads(hiphitch("analyse", files["imu"], "--stance", "left", "--corrections", file, "--json", "-")[1])
    assert told["n_reps"] == 8 and "corrections_unused" in told["quality"]["flags"]
    assert told["warnings"][-1] == f"nothing was corrected: the corrections speak of twin, and this recording is {session.recording}"
    both = json.loads(hiphitch("analyse", files["imu"], twin, "--stance", "left", "--corrections", file, "--json", "-")[1])
    assert [one["n_reps"] for one in both] == [8, 7] and not any("corrections_unused" in one["quality"]["flags"] for one in both)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{name},1,,,999,true", "corrections: rep 1 lies outside the recording"),
        ("{name},1,,,x,true", "c.csv: end_s must be a number, got 'x' in line 2"),
        ("{name},9,,,,true", "corrections: rep 9 is beyond the 8 found and adds one"),
    ],
)
def test_a_correction_that_cannot_be_is_one_line_and_exit_2(hiphitch, files, session, tmp_path, line, told):
    file = tmp_path / "c.csv"
    file.write_text(HEAD + line.format(name=session.recording) + "\n", "utf-8")
    code, out, err = hiphitch("analyse", files["imu"], "--stance", "left", "--corrections", file, "--out", tmp_path / "out")
    assert code == 2 and told in err and len(err.strip().splitlines()) == 1 and out == "" and not (tmp_path / "out").exists()


def test_the_corrections_are_never_written_over(hiphitch, files, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(HEAD, "utf-8")
    code, _, err = hiphitch("analyse", files["imu"], "--stance", "left", "--corrections", file, "--angles", file)
    assert code == 2 and "never changed" in err and file.read_text("utf-8") == HEAD


@pytest.mark.parametrize("name", ["set_markers.trc", "set_landmarks.csv"])
def test_markers_and_landmarks_are_corrected_like_a_sensor(hiphitch, film, tmp_path, name):
    file = tmp_path / "c.csv"
    file.write_text(HEAD + f"{name.split('.')[0]},1,,,,false\n", "utf-8")
    told = json.loads(hiphitch("analyse", film / name, "--stance", "left", "--corrections", file, "--json", "-")[1])
    assert told["n_reps"] == 5 and "corrected" in told["quality"]["flags"]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Six repetitions as markers in the room and as landmarks in a picture."""
    out = tmp_path_factory.mktemp("film")
    made = hh.simulate_set(6, "left", seed=3, skeleton_hz=60)
    write_film(made.skeleton, Camera(), PoseModel(0.5, 0.2), out, "set", ["landmarks", "trc"], seed=5)
    return out

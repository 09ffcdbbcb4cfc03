import csv
import json

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate import simulate_squad


@pytest.fixture(scope="module")
def squad(tmp_path_factory):
    steps = []
    files = simulate_squad(tmp_path_factory.mktemp("squad"), seed=3, recordings_per_side=1, progress=lambda *step: steps.append(step))
    return files, steps


def test_every_recording_is_indexed_and_has_its_truth(squad):
    files, steps = squad
    index = pd.read_csv(files.index)
    assert index["file"].tolist() == [path.name for path in files.recordings]
    assert len(index) == 12
    assert index.groupby(["athlete_id", "side"]).size().eq(1).all()
    assert set(index["format"]) == {"own", "dot", "dot_quat", "mtw"}
    assert [step[:2] for step in steps] == [(i + 1, 12) for i in range(12)]
    ending = {"own": "_imu.csv", "dot": "_dot.csv", "dot_quat": "_dot_quat.csv", "mtw": "_mtw.txt"}
    for row, path in zip(index.itertuples(), files.recordings, strict=True):
        stem = f"{row.athlete_id}_{row.date}_{row.side}_set{row.set}"
        assert path.name == stem + ending[row.format]
        assert path.stat().st_size > 10_000
        for kind in ("truth_angles.csv", "truth_reps.csv", "truth_effort.csv", "truth.json"):
            assert path.with_name(f"{stem}_{kind}").exists()


def test_recordings_are_the_last_logged_sets(squad):
    files, _ = squad
    log = pd.read_csv(files.log)
    for row in pd.read_csv(files.index).itertuples():
        mine = log[(log["athlete_id"] == row.athlete_id) & (log["side"] == row.side)]
        last = mine[mine["reps"] > 0].iloc[-1]
        assert (last["session"], last["set"], last["date"], last["ankle_kg"]) == (row.session, row.set, row.date, row.ankle_kg)
        with (files.index.parent / f"{row.athlete_id}_{row.date}_{row.side}_set{row.set}_truth_reps.csv").open() as file:
            assert sum(rep["kind"] == "complete" for rep in csv.DictReader(file)) == last["reps"]


def test_recordings_hold_the_logged_repetitions_of_a_fast_athlete_too(tmp_path):
    files = simulate_squad(tmp_path, seed=1, athletes=4, recordings_per_side=1)
    log = pd.read_csv(files.log).set_index(["athlete_id", "date", "side", "set"])["reps"]
    for row in pd.read_csv(files.index).itertuples():
        reps = pd.read_csv(tmp_path / f"{row.athlete_id}_{row.date}_{row.side}_set{row.set}_truth_reps.csv")
        assert (reps["kind"] == "complete").sum() == log[row.athlete_id, row.date, row.side, row.set], row.file


def read_reps(files, athlete, side=""):
    return pd.concat([pd.read_csv(path) for path in sorted(files.index.parent.glob(f"{athlete}_*{side}_set*_truth_reps.csv"))])


def test_the_stories_can_be_seen_in_the_truth(squad):
    files, _ = squad
    log = pd.read_csv(files.log)
    clean, short, short_left, twist, fast = (
        read_reps(files, "A01"),
        read_reps(files, "A02", "right"),
        read_reps(files, "A02", "left"),
        read_reps(files, "A03"),
        read_reps(files, "A04"),
    )
    assert clean["return_error_deg"].quantile(0.9) < 1.5
    fresh = clean[clean["brain_effort"] < 0.65]
    assert fresh["drop_deg"].median() == pytest.approx(7.0, abs=0.5)  # a habit; it grows by up to half when tired
    assert clean["brain_effort"].max() < 1
    assert short["return_error_deg"].tail(3).mean() > 3
    assert short_left["return_error_deg"].tail(3).mean() < 2
    assert twist["drop_deg"].median() > 11
    assert twist["rotation_range_deg"].median() > 5
    assert (fast["bottom_s"] - fast["start_s"]).median() < 0.65
    assert (clean["end_s"] - clean["start_s"]).median() > 1.4
    absent = pd.to_datetime(log.loc[log["athlete_id"] == "A05", "date"].drop_duplicates())
    assert absent.diff().dt.days.max() > 20
    sore = log[log["athlete_id"] == "A06"]
    assert (sore["stop_reason"] == "pain").any()
    assert (sore.loc[sore["side"] == "right", "pain"] == 0).all()


def test_truth_holds_the_capacity_behind_every_set(squad):
    files, _ = squad
    truth = json.loads(files.truth.read_text())
    log = pd.read_csv(files.log)
    assert [athlete["id"] for athlete in truth["athletes"]] == [f"A0{i}" for i in range(1, 7)]
    assert truth["athletes"][1]["story"].startswith("stops short of level on the right")
    capacity = pd.DataFrame(truth["capacity"])
    assert len(capacity) == len(log)
    assert (np.floor(capacity["capacity"]) >= log["reps"]).all()


def test_log_file_is_plain(squad):
    files, _ = squad
    with files.log.open(newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["date"], first["session"], first["target_reps"], first["reps"], first["amrap"], first["notes"]) == (
        "2026-01-05",
        "1",
        "20",
        "20",
        "false",
        "",
    )


def test_same_seed_same_bytes(tmp_path):
    for name in ("a", "b"):
        simulate_squad(tmp_path / name, seed=5, athletes=2, weeks=1, recordings_per_side=1)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(files) == 3 + 4 * 5
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_more_athletes_than_stories_and_no_recording(tmp_path):
    files = simulate_squad(tmp_path, seed=5, athletes=8, weeks=1, recordings_per_side=0)
    assert files.recordings == ()
    assert pd.read_csv(files.index).empty
    assert json.loads(files.truth.read_text())["athletes"][7]["story"] == "as drawn"


def test_bad_options_are_refused(tmp_path):
    with pytest.raises(ValueError, match="athletes"):
        simulate_squad(tmp_path, athletes=0)

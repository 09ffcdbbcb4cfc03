"""One recording as a page, from the command line; and that it comes out the same, to the byte, wherever it is made."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.report.recording import list_quality, list_reps, list_sets, pick_sets, say_recording
from hiphitch_analysis.simulate import simulate_still


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    made = hh.simulate_set(8, "right", seed=5, faults=["incomplete_return:3.5@6"])
    return hh.write_set(made, tmp_path_factory.mktemp("recording"), "one")[0]


@pytest.fixture(scope="module")
def session(recording):
    return hh.analyse(recording, "right")


def test_the_answer_counts_what_came_back_to_level(session):
    headline, answer = say_recording(session)
    clean = int((~session.reps["faults"].map(lambda faults: "incomplete_return" in faults)).sum())
    assert headline == f"{clean} of 8 reps came back to level." and 4 <= clean <= 6
    assert answer.startswith("One set, standing on the right leg.") and "own" in answer
    assert list(pick_sets(session)) == ["right"] and len(pick_sets(session)["right"].reps) == 8


def test_every_number_has_its_standard_error(session):
    (sets,) = list_sets(session)
    assert sets[:2] == ("right, set 1", "8") and re.fullmatch(r"\d\.\d° ±\N{NO-BREAK SPACE}\d\.\d°", sets[2])
    reps = list_reps(session)
    assert len(reps) == 8 and all("(SE" in rep[2] and "(SE" in rep[3] for rep in reps) and "incomplete return" in reps[7][-1]
    quality = dict(list_quality(session))
    assert quality["level"].startswith("standing still on both feet from") and quality["limited by the zero"].startswith("SD 0.")


def test_a_recording_without_a_repetition_says_so(tmp_path):
    simulate_still(20.0).to_csv(tmp_path / "still.csv")
    still = hh.analyse(tmp_path / "still.csv", "left")
    assert say_recording(still)[0] == "We found no repetition."
    assert pick_sets(still) == {} and list_sets(still) == [] and list_reps(still) == [] and list_quality(still)


def test_without_a_level_nothing_is_said_of_it(recording, tmp_path):
    imu = pd.read_csv(recording)
    imu[imu["time_s"] >= 6.0].to_csv(tmp_path / "late.csv", index=False)  # begun when already on one leg
    late = hh.analyse(tmp_path / "late.csv", "right")
    assert late.relative_zero
    assert re.fullmatch(r"\d reps found\. Level is not known\.", say_recording(late)[0])
    assert list_sets(late)[0][3] == "not known" and dict(list_quality(late))["level"].startswith("not known")


def test_the_same_recording_makes_the_same_files_anywhere(recording, tmp_path):
    """Two processes with other hash seeds, working folders and places for temporary files; the page is made of the recording's name and content."""
    pytest.importorskip("typst")
    made = []
    for name in ("one", "two"):
        (tmp_path / name / "tmp").mkdir(parents=True)
        (tmp_path / name / "=set 1.csv").write_bytes(recording.read_bytes())
        (tmp_path / name / "by_hand.csv").write_text("recording,rep,start_s,bottom_s,end_s,keep\n'=set 1,1,,,,false\n", "utf-8")
        more = ["--stance", "right", "--mass-kg", "62", "--height-m", "1.7", "--date", "2026-01-31", "--athlete", "A01"]
        more += ["--corrections", "by_hand.csv", "--pdf", "--out", "out"]
        command = [sys.executable, "-m", "hiphitch_analysis.cli", "report", "session", "=set 1.csv", *more]
        env = os.environ | {"PYTHONHASHSEED": "1" if name == "one" else "2", "TMPDIR": str(tmp_path / name / "tmp")}
        done = subprocess.run(command, cwd=tmp_path / name, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert "session_=set 1.html" in done.stdout and done.stderr == ""
        made.append({path.name: path.read_bytes() for path in (tmp_path / name / "out").iterdir()})
    assert made[0] == made[1]
    assert sorted(made[0]) == [
        f"session_=set 1{ending}" for ending in (".html", ".json", ".pdf", "_angles.csv", "_faults.csv", "_reps.csv", "_sets.csv")
    ]
    told = json.loads(made[0]["session_=set 1.json"])
    assert told["data_until"] == "2026-01-31" and told["parameters"]["mass_kg"] == 62.0
    assert not [name for name, content in made[0].items() if str(tmp_path).encode() in content]
    assert made[0]["session_=set 1_sets.csv"].splitlines()[1].startswith(b"'=set 1,A01,2026-01-31,")
    page = made[0]["session_=set 1.html"].decode()
    assert "Corrected by hand: 1 repetition left out" in page and [one["file"] for one in told["inputs"]] == ["by_hand.csv", "=set 1.csv"]
    assert "What that set asked of the hip muscles" in page and "Every rep in numbers" in page and "EXAMPLE DATA" not in page


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["nothing.csv", "--stance", "left"], "nothing.csv: expected a recording, there is no such file"),
        (["FILE", "--athlete", "A 1"], "--athlete: expected a pseudonym"),
        (["FILE", "--date", "today"], "--date: expected a day"),
        (["FILE", "--mass-kg", "7"], "mass_kg: expected"),
        (["FILE", "--frame", "big"], "--frame: expected width and height"),
        (["FILE", "--corrections", "nothing.csv"], "nothing.csv"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(hiphitch, recording, tmp_path, options, told):
    code, _, error = hiphitch("report", "session", *[recording if word == "FILE" else word for word in options], "--out", tmp_path / "out")
    assert code == 2 and told in error and len(error.splitlines()) == 1 and not (tmp_path / "out").exists()

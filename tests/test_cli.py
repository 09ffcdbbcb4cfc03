"""The command line: what it promises to other tools, and how it behaves when something is wrong."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hiphitch_analysis.read.corrections import read_corrections
from hiphitch_analysis.read.imu import FORMATS


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    import hiphitch_analysis as hh

    out = tmp_path_factory.mktemp("recording")
    return hh.write_set(hh.simulate_set(6, "left", 8.0, seed=3), out, "set")[0]


@pytest.fixture
def log(tmp_path):
    rows = [f"A01,2026-01-{5 + 2 * s:02d},{s},{side},{k},20,20,target" for s in range(4) for side in ("left", "right") for k in (1, 2)]
    path = tmp_path / "log.csv"
    path.write_text("athlete_id,date,session,side,set,target_reps,reps,stop_reason\n" + "\n".join(rows) + "\n")
    return path


def header(path):
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def test_help_loads_nothing_heavy():
    code = "import sys, hiphitch_analysis.cli; print([m for m in ('pandas', 'numpy', 'matplotlib', 'scipy', 'rich.progress') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_simulate_set(hiphitch, tmp_path):
    code, out, _ = hiphitch("simulate", "set", "--reps", 3, "--stance", "right", "--drop-deg", 6, "--seed", 2, "--format", "mtw", "--out", tmp_path)
    assert code == 0 and len(out.splitlines()) == 6
    for pattern in ("*imu*.csv", "*truth_angles*.csv", "*truth_reps*.csv", "*truth*.json", "*mtw.txt"):
        assert list(tmp_path.glob(pattern)), pattern


def test_simulate_set_of_somebody_who_tires(hiphitch, tmp_path):
    faults = ("--fault", "trunk_lean_stance:mild@3", "--fault", "leg_lifted")
    worn = ("--sensor", "pelvis", "--sensor", "thigh", "--device", "phone", "--dropped", 0.02, "--mounting-deg", 180, 5, -8)
    code, out, _ = hiphitch("simulate", "set", "--reps", 60, "--strength-nm-kg", 1.6, "--both-sides", *faults, *worn, "--out", tmp_path)
    assert code == 0
    assert re.search(r"^set 2, right: \d+ of 60, stopped by fatigue$", out, re.MULTILINE)
    assert len(list(tmp_path.glob("*imu.csv"))) == 2
    truth = json.loads(next(tmp_path.glob("*truth.json")).read_text("utf-8"))
    assert [done["side"] for done in truth["sets"]] == ["left", "right"]
    assert truth["parameters"]["faults"][1] == {"key": "leg_lifted", "severity": "moderate", "onset_rep": 1, "amount": 15.0}


def test_simulate_faults_lists_them(hiphitch):
    code, out, _ = hiphitch("simulate", "faults")
    assert code == 0 and re.search(r"^trunk_lean_stance +3 +5 +10 +°", out, re.MULTILINE)


def test_simulate_log_opens_again(hiphitch, tmp_path):
    assert hiphitch("simulate", "log", "--athletes", 2, "--weeks", 2, "--out", tmp_path)[0] == 0
    assert hiphitch("progress", tmp_path / "log.csv")[0] == 0


def test_simulate_log_by_generator_law_and_format(hiphitch, tmp_path):
    wish = ("--generator", "reference", "--law", "log", "--format", "own", "--format", "hand", "--format", "hevy", "--unit", "lb", "--bom")
    code, out, _ = hiphitch("simulate", "log", "--athletes", 2, "--weeks", 2, "--typo-rate", 0.1, *wish, "--out", tmp_path)
    assert code == 0
    assert [Path(line).name for line in out.split()] == ["log.csv", "log_hand.csv", "A01_hevy.csv", "A02_hevy.csv", "truth.json"]
    assert "weight_lbs" in (tmp_path / "A01_hevy.csv").read_text("utf-8-sig").splitlines()[0]
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert (truth["population"]["law"], truth["season"]["typo_rate"]) == ("log", 0.1)
    code, out, err = hiphitch("simulate", "log", "--generator", "mechanistic", "--law", "log", "--out", tmp_path / "not")
    assert (code, out) == (2, "") and err.startswith("hiphitch: generator: expected") and not (tmp_path / "not").exists()


def test_simulate_policies(hiphitch, tmp_path):
    few = ("--squads", 2, "--athletes", 3, "--weeks", 4, "--seed", 1)
    code, out, err = hiphitch("simulate", "policies", *few, "--out", tmp_path)
    assert (code, err) == (0, "") and "standard ladder" in out and "nobody knows how much the policy itself would change that" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "policies.csv",
        "policies.svg",
        "policies_athletes.csv",
        "policies_prescribed.csv",
    ]
    code, out, _ = hiphitch("simulate", "policies", *few, "--stimulus-reps", 90, "--json", "-")
    told = json.loads(out)
    assert code == 0 and told["policies"][0]["policy"] == "standard ladder" and told["assumption"].startswith("Assumed, not measured")


def test_analyse_json(hiphitch, recording):
    code, out, err = hiphitch("analyse", recording, "--stance", "left", "--json", "-")
    assert code == 0 and err == "" and json.loads(out)["n_reps"] == 6


def test_analyse_leaves_its_tables(hiphitch, recording, tmp_path):
    before = recording.read_bytes()
    code, out, _ = hiphitch(
        "analyse",
        recording,
        "--stance",
        "left",
        "--athlete",
        "A01",
        "--date",
        "2026-01-05",
        "--set",
        2,
        "--angles",
        tmp_path / "a.csv",
        "--out",
        tmp_path,
    )
    assert code == 0 and "6 repetitions" in out and recording.read_bytes() == before
    assert header(tmp_path / "a.csv") == ["time_s", "obliquity_deg", "rotation_deg", "tilt_deg", "obliquity_se_deg", "rotation_se_deg", "tilt_se_deg"]
    assert header(tmp_path / "set_imu_sessions.csv")[:6] == ["recording", "athlete_id", "date", "session", "side", "set"]
    assert not list(tmp_path.glob(".*.part"))


def test_plus_or_minus_is_explained_once(hiphitch, recording):
    code, out, _ = hiphitch("analyse", recording, recording, "--stance", "left")
    assert code == 0 and out.count("° ± ") == 2
    assert out.splitlines()[-1] == "±: 95 % interval" and out.count("95 %") == 1


def test_several_recordings_one_answer_each(hiphitch, recording):
    code, out, _ = hiphitch("analyse", recording, recording, "--stance", "left", "--json", "-")
    assert code == 0 and [entry["n_reps"] for entry in json.loads(out)] == [6, 6]


def test_progress_json(hiphitch, log):
    code, out, _ = hiphitch("progress", log, "--json", "-")
    summary = json.loads(out)
    assert code == 0 and summary["model"]["name"] == "censored capacity" and "at least" in summary["model"]["statement"]
    prescription = summary["athletes"][0]["next_prescription"]
    assert (prescription["sets"], prescription["reps"]) == (2, 25) and prescription["reason"]


def test_progress_looks_at_recorded_form(hiphitch, log, recording, tmp_path):
    hiphitch("analyse", recording, "--stance", "left", "--athlete", "A01", "--date", "2026-01-11", "--out", tmp_path / "found")
    code, out, _ = hiphitch("progress", log, "--sessions", tmp_path / "found", "--json", "-")
    assert code == 0 and "back to level where recorded" in json.loads(out)["athletes"][0]["next_prescription"]["reason"]


def test_looking_at_one_athlete_changes_no_decision(hiphitch, log, tmp_path):
    with log.open("a") as file:
        file.write("B02,2026-03-15,0,left,1,20,20,target\n")
    whole, one = (json.loads(hiphitch("progress", log, *only, "--json", "-")[1])["athletes"] for only in ((), ("--athlete", "A01")))
    assert whole[0] == one[0] and whole[0]["next_prescription"]["action"] == "restart"


def test_template_log_is_a_log(hiphitch, tmp_path):
    code, out, _ = hiphitch("template", "log")
    (tmp_path / "mine.csv").write_text(out)
    assert code == 0 and hiphitch("progress", tmp_path / "mine.csv")[0] == 0


def test_template_hand_sheet_is_a_log(hiphitch, tmp_path):
    code, out, _ = hiphitch("template", "log", "--hand-sheet")
    (tmp_path / "sheet.csv").write_text(out)
    assert code == 0 and out.startswith("date,athlete,target,left,right,") and hiphitch("progress", tmp_path / "sheet.csv")[0] == 0


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    rows = "".join(f"2026-01-{day:02d},{name},Hips,2,20,,,,\n" for day in (5, 7) for name in ("Hip Hitch L", "Hip Hitch R", "Squat") for _ in (1, 2))
    path.write_text("Date,Exercise,Category,Weight,Reps,Distance,Distance Unit,Time,Comment\n" + rows)
    return path


def test_import_says_what_it_did_and_adds_nothing_the_second_time(hiphitch, export, tmp_path):
    into, names = tmp_path / "mine.csv", tmp_path / "names.csv"
    args = ("import", export, "--athlete", "A01", "--map", names, "--into", into, "--weight-unit", "lb")
    code, out, err = hiphitch(*args)
    assert (code, err) == (0, "") and "8 sets of the hip hitch in 12 rows" in out and "added: 8; already there: 0" in out and "8 inferred" in out
    assert names.read_text().splitlines()[1:] == ["Hip Hitch L,hip_hitch,left", "Hip Hitch R,hip_hitch,right", "Squat,,"]
    before = into.read_bytes()
    assert "added: 0; already there: 8" in hiphitch(*args)[1] and into.read_bytes() == before
    assert hiphitch("progress", into)[0] == 0


def test_progress_reads_an_export_with_map_and_plan(hiphitch, export, tmp_path):
    (tmp_path / "names.csv").write_text("exercise,counts_as,side\nHip Hitch R,,\n")
    (tmp_path / "plan.csv").write_text("date,sets,target_reps\n2026-01-01,2,20\n")
    args = ("--athlete", "A01", "--map", tmp_path / "names.csv", "--plan", tmp_path / "plan.csv", "--json", "-")
    code, out, err = hiphitch("progress", export, *args)
    summary = json.loads(out)
    assert (code, err) == (0, "") and [entry["side"] for entry in summary["athletes"]] == ["left"]
    assert (summary["athletes"][0]["next_prescription"]["sets"], summary["athletes"][0]["next_prescription"]["reps"]) == (2, 25)
    assert any("kg or lb: taken as kg" in sentence for sentence in summary["not_inferred"])


def test_help_names_every_format(hiphitch):
    for command in (("analyse",), ("report", "session")):
        _, out, _ = hiphitch(*command, "--help")
        assert ", ".join(known.name for known in FORMATS) in " ".join(re.sub(r"[│|]", " ", out).split())


def test_several_recordings_of_one_stance_are_said_to_be(hiphitch, recording):
    _, out, _ = hiphitch("analyse", recording, recording, "--stance", "left")
    assert any(line.startswith("all 2 recordings were taken as begun on the left leg (--stance)") for line in out.splitlines())
    _, out, _ = hiphitch("analyse", recording, "--stance", "left")
    assert "--stance" not in out


def test_a_log_is_no_recording_and_a_recording_no_log(hiphitch, log, recording, export, tmp_path):
    for file, kind in ((log, "our CSV"), (export, "FitNotes")):
        code, _, said = hiphitch("analyse", file, "--stance", "left")
        assert code == 2 and f"expected a recording, got a training log ({kind}). Use `hiphitch import`" in said
        assert "`hiphitch report athlete`" in said
    for args in (("progress", recording), ("import", recording, "--athlete", "A1", "--into", tmp_path / "new.csv")):
        code, _, said = hiphitch(*args)
        assert code == 2 and "expected a training log, got a recording (own). Use `hiphitch analyse`" in said


def test_template_corrections_are_corrections(hiphitch, tmp_path):
    code, out, _ = hiphitch("template", "corrections")
    (tmp_path / "corrections.csv").write_text(out)
    assert code == 0 and read_corrections(tmp_path / "corrections.csv")["keep"].tolist() == [False, True]


def test_template_protocol_fits_a_page(hiphitch):
    code, out, _ = hiphitch("template", "protocol")
    assert code == 0 and len(out.splitlines()) <= 60 and "both feet" in out


def bad_inputs():
    return [
        (["analyse", "nowhere.csv"], "no such file"),
        (["analyse", "empty.csv", "--stance", "left"], "empty"),
        (["analyse", "nonsense.csv", "--stance", "left"], "not a sensor recording"),
        (["analyse", "RECORDING", "--stance", "up"], "expected left or right"),
        (["analyse", "RECORDING", "--stance", "left", "--ap-axis=q"], "expected one of"),
        (["analyse", "RECORDING", "--stance", "left", "--athlete", "Jo Doe"], "pseudonym"),
        (["analyse", "RECORDING", "--stance", "left", "--date", "5.1.2026"], "2026-01-31"),
        (["analyse", "RECORDING", "RECORDING", "--stance", "left", "--angles", "x.csv"], "one recording"),
        (["analyse", "RECORDING", "--stance", "left", "--out", "empty.csv"], "cannot be written"),
        (["analyse", "RECORDING", "--bogus"], "bogus"),
        (["analyse", "RECORDING", "--stance", "left", "--angles", "RECORDING"], "never changed"),
        (["analyse", "RECORDING", "RECORDING", "--stance", "left", "--out", "x"], "same name"),
        (["progress", "LOG", "--json", "LOG"], "never changed"),
        (["progress", "nowhere.csv"], "no such file"),
        (["progress", "badlog.csv"], "reps"),
        (["progress", "LOG", "--athlete", "B99"], "not in the log"),
        (["progress", "nonsense.csv"], "not a training log"),
        (["progress", "LOG", "--map", "nowhere.csv"], "no such file"),
        (["progress", "LOG", "--plan", "nonsense.csv"], "a plan needs the columns"),
        (["progress", "LOG", "--plan", "LOG", "--json", "LOG"], "never changed"),
        (["import", "nonsense.csv", "--into", "x.csv"], "not a training log"),
        (["import", "LOG", "--into", "LOG"], "never changed"),
        (["import", "LOG", "--map", "LOG", "--into", "x.csv"], "never changed"),
        (["import", "LOG", "--map", "x.csv", "--into", "x.csv"], "never changed"),
        (["import", "LOG", "--athlete", "Jo Doe", "--into", "x.csv"], "pseudonym"),
        (["import", "LOG", "--into", "nonsense.csv"], "missing column"),
        (["import", "LOG", "--into", "empty.csv/x.csv"], "cannot be written"),
        (["import", "LOG"], "--into"),
        (["simulate", "set", "--out", "x", "--stance", "up"], "stance"),
        (["simulate", "policies", "--law", "cubic"], "law"),
        (["report", "athlete", "LOG", "--athlete", "B99", "--out", "x"], "not in the log"),
        (["report", "squad", "nonsense.csv", "--out", "x"], "not a training log"),
    ]


@pytest.mark.parametrize(("args", "words"), bad_inputs())
def test_bad_input_is_one_line_and_exit_2(hiphitch, recording, log, tmp_path, monkeypatch, args, words):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "nonsense.csv").write_text("a,b\n1,x\n")
    (tmp_path / "badlog.csv").write_text("athlete_id,date,side,set,reps\nA1,2026-01-05,left,1,-3\n")
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    code, out, err = hiphitch(*({"RECORDING": recording, "LOG": log}.get(arg, arg) for arg in args))
    assert code == 2 and out == "" and len(err.strip().splitlines()) == 1 and words in err and "Traceback" not in err
    assert {path.name for path in tmp_path.iterdir()} == before  # nothing half done


def test_a_bad_file_among_good_ones_leaves_nothing(hiphitch, recording, tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,x\n")
    assert hiphitch("analyse", recording, tmp_path / "bad.csv", "--stance", "left", "--out", tmp_path / "out")[0] == 2
    assert not (tmp_path / "out").exists()


def test_markers_are_written_to_print(hiphitch, tmp_path):
    code, out, _ = hiphitch("markers", "--pdf", tmp_path / "deep" / "markers.pdf")
    assert code == 0 and "markers.pdf" in out
    assert (tmp_path / "deep" / "markers.pdf").read_bytes().startswith(b"%PDF")


def test_the_bar_moves_within_each_of_several_files(monkeypatch):
    from contextlib import contextmanager

    from hiphitch_analysis import cli

    shown = []

    @contextmanager
    def bar():
        yield lambda done, total, text: shown.append((done / total, text))

    def work(file, progress):
        for done in (1, 2, 3):
            progress(done, 4, f"markers in {file}")
        return file

    monkeypatch.setattr(cli, "progress_bar", bar)
    assert cli._with_bar([Path("a.mp4"), Path("b.mp4")], work) == [Path("a.mp4"), Path("b.mp4")]
    assert [share for share, _ in shown] == pytest.approx([0, 1 / 8, 2 / 8, 3 / 8, 1 / 2, 5 / 8, 6 / 8, 7 / 8])
    assert shown[-1][1] == "markers in b.mp4"

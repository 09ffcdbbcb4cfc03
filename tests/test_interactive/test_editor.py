"""The editor without a browser: what the screen asks for, what it is told, and what is on disk."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.interactive import editor as module
from hiphitch_analysis.interactive.editor import GAP, edit_reps, encode_trace
from hiphitch_analysis.interactive.still import COLOURS
from hiphitch_analysis.report import palette
from hiphitch_analysis.report.export import export_page
from hiphitch_analysis.report.run import run_notebook

HEAD = "recording,rep,start_s,bottom_s,end_s,keep\n"
FRONT = Path(module.__file__).parent


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    return hh.write_set(hh.simulate_set(6, "left", 8.0, seed=3), folder, "set1")[0]


@pytest.fixture(scope="module")
def session(recording):
    return hh.analyse(recording, "left", details=hh.Details("A01"))


@pytest.fixture
def editor(session, tmp_path):
    return edit_reps(session, tmp_path / "c.csv")


def ask(editor, **message):
    """Send what the screen sends."""
    editor._receive(editor.widget, {**message, "asked": ["view", 1]}, [])
    return editor.widget.state


def test_every_edit_is_on_disk_at_once_and_undo_too(editor, session):
    times = session.found.loc[1, ["start_s", "bottom_s", "end_s"]].tolist()
    assert not editor.path.exists()  # looking changes nothing
    state = ask(editor, do="move", rep=2, times=[times[0], times[1], times[2] - 0.24])
    row = f"set1_imu,2,,,{times[2] - 0.24:.3f},true\n"
    assert editor.path.read_text("utf-8") == HEAD + row
    assert re.fullmatch(r"1 edit, saved to c\.csv at \d\d:\d\d", state["status"]) and not state["problem"]
    assert state["edits"][0]["what"] == "end moved" and state["answers"] == ["view", 1] and state["can_undo"] and not state["can_redo"]
    ask(editor, do="keep", rep=1, keep=False)
    assert editor.path.read_text("utf-8") == HEAD + "set1_imu,1,,,,false\n" + row
    state = ask(editor, do="undo")
    assert editor.path.read_text("utf-8") == HEAD + row and state["can_redo"]
    ask(editor, do="redo")
    ask(editor, do="reset", rep=2)
    assert editor.path.read_text("utf-8") == HEAD + "set1_imu,1,,,,false\n"
    ask(editor, do="reset", rep=1)
    assert editor.path.read_text("utf-8") == HEAD
    assert state["sides"] == [{"side": "left", "title": "LEFT leg standing: 6 reps, 6 clean", "stretches": state["sides"][0]["stretches"]}]


def test_the_session_is_that_of_the_command_line_with_the_same_file(editor, session, recording):
    ask(editor, do="keep", rep=3, keep=False)
    state = ask(editor, do="done")
    again = hh.analyse(recording, "left", details=session.details, corrections=hh.read_corrections(editor.path))
    pd.testing.assert_frame_equal(editor.session.reps, again.reps)
    assert hh.session_rows(editor.session).equals(hh.session_rows(again)) and editor.session.flags == again.flags
    assert state["status"].startswith("Done: 5 reps") and len(session.reps) == 6 and "corrected" not in session.flags
    assert [rep["kind"] for rep in state["reps"]][2] == "left out"


def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(editor, session):
    before = editor.edits
    state = ask(editor, do="move", rep=2, times=[0.5, 0.4, 0.6])
    assert state["problem"] and state["status"].startswith("Not done: rep 2 — expected start < bottom < end") and editor.edits == before
    state = ask(editor, do="add", at_s=float(session.found.loc[2, "bottom_s"]))
    assert state["problem"] and "no room" in state["status"] and not editor.path.exists()
    assert not ask(editor, do="keep", rep=1, keep=False)["problem"]


def test_a_place_that_cannot_be_written_to_is_no_edit(session, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    editor = edit_reps(session, tmp_path / "file" / "c.csv")
    state = ask(editor, do="keep", rep=1, keep=False)
    assert state["problem"] and "cannot be written" in state["status"] and state["edits"] == []


def test_one_is_added_where_one_was_left_out(editor, session):
    ask(editor, do="keep", rep=4, keep=False)
    middle = float(session.found.loc[3, "bottom_s"])
    state = ask(editor, do="add", at_s=middle)
    new = next(rep for rep in state["reps"] if rep["rep"] == 7)
    assert state["select"] == 7 and new["name"] == "4" and new["found"] is None
    assert new["times"][1] == pytest.approx(middle, abs=0.02)  # the same lowest point, two samples of 60 Hz
    old = next(rep for rep in state["reps"] if rep["rep"] == 4)
    assert old["replaced"] and old["name"] == "(4)" and len(editor.session.reps) == 6
    assert [row["effect"] for row in state["edits"]] == ["reps 6 → 5; never counted as zero", "reps 5 → 6"]
    gone = ask(editor, do="keep", rep=7, keep=False)
    assert [rep["rep"] for rep in gone["reps"]] == [1, 2, 3, 4, 5, 6] and len(gone["edits"]) == 1


def test_it_goes_on_where_the_file_ended_and_keeps_other_recordings(session, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(HEAD + "other,9,,,,false\nset1_imu,6,,,,false\n", "utf-8")
    editor = edit_reps(session, file)
    assert editor.status == "1 edit" and int(editor.session.reps["kind"].eq("complete").sum()) == 5
    ask(editor, do="reset", rep=6)
    assert file.read_text("utf-8") == HEAD + "other,9,,,,false\n"


def test_a_corrected_session_is_edited_from_what_was_found(session, tmp_path):
    row = {"recording": "set1_imu", "rep": 2, "start_s": np.nan, "bottom_s": np.nan, "end_s": np.nan, "keep": False}
    editor = edit_reps(hh.correct_session(session, pd.DataFrame([row])), tmp_path / "c.csv")
    assert editor.edits.now[0].rep == 2
    editor.reset(2)
    pd.testing.assert_frame_equal(editor.session.reps, session.reps)


def test_a_bad_corrections_file_is_one_sentence(session, tmp_path):
    (tmp_path / "c.csv").write_text(HEAD + "set1_imu,1,,,x,true\n", "utf-8")
    with pytest.raises(ValueError, match="end_s must be a number"):
        edit_reps(session, tmp_path / "c.csv")


def test_a_recording_can_be_named_instead(recording, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert edit_reps(recording).path == Path("set1_imu_corrections.csv")


def test_the_trace_is_small_and_leaves_gaps():
    time = np.arange(0, 600, 0.01)
    angles = pd.DataFrame({"obliquity_deg": 10 * np.sin(time)}, index=pd.Index(time, name="time_s"))
    angles.loc[100:110, "obliquity_deg"] = np.nan
    encoded = encode_trace(angles)
    values = np.frombuffer(encoded["values"], "<i2")
    at = encoded["first_s"] + encoded["step_s"] * np.arange(len(values))
    assert len(encoded["values"]) <= 60_100  # ten minutes at 50 Hz, two bytes each
    known = values != GAP
    assert set(np.round(at[~known])) == set(range(100, 111))
    assert np.abs(values[known] / 100 - 10 * np.sin(at[known])).max() < 0.01  # rounded to a hundredth of a degree
    state = edit_size(angles)
    assert state < 100_000


def edit_size(angles):
    return len(json.dumps({"values": "x" * len(encode_trace(angles)["values"])})) + sum(
        len((FRONT / name).read_bytes()) for name in ("editor.js", "editor.css")
    )


def test_where_nothing_can_be_dragged_there_is_a_picture_and_a_sentence(editor):
    ask(editor, do="keep", rep=1, keep=False)
    shown, how = editor._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "LEFT leg standing: 5 of 6 kept, 5 clean. 1 edit by hand." in shown["text/html"]
    assert shown["image/svg+xml"].startswith("<svg ") and shown["image/svg+xml"].count("<rect") == 2 + 6 and "left out" in shown["image/svg+xml"]
    assert how["image/svg+xml"]["alt"] in shown["text/plain"]


def test_a_page_shows_the_picture_and_no_widget(recording, tmp_path):
    source = f'import hiphitch_analysis as hh\nhh.edit_reps(hh.analyse({str(recording)!r}, "left"), {str(tmp_path / "c.csv")!r})'
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, "id": "one"}
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    run = run_notebook(path)
    assert len(json.dumps(run)) < 200_000  # nor does the widget weigh down the notebook
    page = export_page(run, "one", "0" * 64, show_code=False)
    assert page.count("data:image/svg+xml;base64,") == 1 and '<p class="remark">set1_imu: LEFT leg standing' in page
    assert "widget-view" not in page and "<script" not in page and len(page) < 200_000


def test_the_front_end_asks_for_nothing_and_puts_text_in_as_text():
    script = (FRONT / "editor.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|import\b|fetch\(|https?:", script)
    assert not re.search(r"url\(|@import|https?:", (FRONT / "editor.css").read_text("utf-8"))


def test_its_colours_are_those_of_the_reports():
    style = dict(re.findall(r"--hh-(\w+): (?:var\([^,]+, )?(#\w{6})", (FRONT / "editor.css").read_text("utf-8").split("body[data", 1)[0]))
    left, right = palette.side_style("left"), palette.side_style("right")
    expected = {
        "ink": palette.INK, "muted": palette.MUTED, "rule": palette.RULE, "wash": palette.WASH, "left": left.colour, "right": right.colour,
        "level": palette.GOOD_TEXT, "band": palette.GOOD_TINT, "mend": palette.MEND, "good": palette.GOOD, "watch": palette.WATCH_TEXT,
    }  # fmt: skip
    assert {name: style[name].upper() for name in expected} == {name: colour.upper() for name, colour in expected.items()}
    assert {name: expected[name] for name in COLOURS} == COLOURS


def test_widgets_are_loaded_only_when_made():
    program = "import sys, hiphitch_analysis.interactive.editor; print('anywidget' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "False"

"""What a report was made from: every input counts, no machine shows."""

import json
import re

import pytest

from hiphitch_analysis.report.origin import describe_origin, hash_origin, read_written, write_down


def test_every_input_changes_the_hash(write_notebook, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.csv").write_text("1")
    out = tmp_path / "folder" / "page.html"
    notebook = write_notebook("path = ''\nn = 0")

    def hashed(**changes):
        return hash_origin(describe_origin(notebook, {"path": "folder", "n": 1} | changes, tmp_path, out))

    base = hashed()
    assert re.fullmatch("[0-9a-f]{64}", base)
    for own in (out, out.with_suffix(".json"), out.with_name("page_reps.csv")):
        own.write_text("the page itself is no input")
    assert hashed() == base
    assert hashed(n=2) != base
    (tmp_path / "folder" / "a.csv").write_text("2")
    changed = hashed()
    assert changed != base
    notebook.write_text(notebook.read_text() + " ")
    assert hashed() != changed


def test_each_of_several_files_counts(write_notebook, tmp_path):
    (tmp_path / "a.csv").write_text("1")
    notebook, given = write_notebook("logs = ['x.csv', 'y.csv']"), {"logs": ["a.csv", "elsewhere.csv"]}
    origin = describe_origin(notebook, given, tmp_path, tmp_path / "page.html")
    assert [entry["file"] for entry in origin["inputs"]] == ["a.csv"] and origin["parameters"] == given
    absolute = describe_origin(notebook, {"logs": [str(tmp_path / "a.csv"), "elsewhere.csv"]}, tmp_path, tmp_path / "page.html")
    assert absolute == origin
    (tmp_path / "a.csv").write_text("2")
    assert describe_origin(notebook, given, tmp_path, tmp_path / "page.html") != origin
    assert describe_origin(notebook, {}, tmp_path, tmp_path / "page.html")["parameters"] == {"logs": ["x.csv", "y.csv"]}


def test_text_that_is_no_path_is_just_text(write_notebook, tmp_path):
    for text in ("x" * 5000, "a\0b"):
        origin = describe_origin(write_notebook("t = ''"), {"t": text}, tmp_path, tmp_path / "o.html")
        assert origin["parameters"] == {"t": text} and origin["inputs"] == []


def test_the_same_in_another_folder_is_the_same(write_notebook, tmp_path):
    notebook = write_notebook("log = None\nanalysed = None\nwidth = 2 * 3")
    told = []
    for place in ("one", "two/deeper"):
        folder = tmp_path / place
        (folder / "found" / "sub").mkdir(parents=True)
        (folder / "log.csv").write_text("1")
        for name in ("b.csv", "sub/a.csv"):
            (folder / "found" / name).write_text(name)
        given = {"log": str(folder / "log.csv"), "analysed": str(folder / "found")}
        told.append(describe_origin(notebook, given, folder, folder / "page.html"))
    assert told[0] == told[1]
    assert [entry["file"] for entry in told[0]["inputs"]] == ["log.csv", "found/b.csv", "found/sub/a.csv"]
    assert told[0]["parameters"] == {"log": "log.csv", "analysed": "found", "width": "2 * 3"}
    assert str(tmp_path) not in json.dumps(told)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {"../x": {"sha256": "0"}}, "made_from_sha256": "1"}', '{"files": 3}', "\ud800"])
def test_a_sidecar_that_is_none_says_nothing(tmp_path, text):
    (tmp_path / "page.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_written(tmp_path / "page.json") == ("", [])
    assert read_written(tmp_path / "nothing.json") == ("", [])


def test_what_was_written_is_read_again(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>", encoding="utf-8")
    (tmp_path / "page.json").write_text(write_down({"a": 1}, None, {page: "<p>"}), encoding="utf-8")
    assert read_written(tmp_path / "page.json") == (hash_origin({"a": 1}), [page])
    page.write_text("<p>changed")
    assert read_written(tmp_path / "page.json") == ("", [])

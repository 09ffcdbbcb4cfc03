"""Files are whole or not there, and a spreadsheet finds no formula in them."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiphitch_analysis.outputs import guard_cell, table_to_csv, unguard_cell, write_all, write_whole


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_can_be_had_back(text):
    safe = guard_cell(text)
    assert not safe.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguard_cell(safe) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "  =1", "'=1"])
def test_every_way_to_begin_a_formula_is_guarded_and_undone(text):
    assert guard_cell(text) == f"'{text}" and unguard_cell(f"'{text}") == text


def test_numbers_and_dates_stay_as_they_are():
    table = pd.DataFrame({"deg": [-8.25, None], "n": [-1, 2], "date": pd.to_datetime(["2026-01-05", None]), "ok": [True, False], "=a": ["-", None]})
    assert table_to_csv(table) == "deg,n,date,ok,'=a\n-8.25,-1,2026-01-05,True,'-\n,2,,False,\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")), min_size=1))
def test_a_table_survives_its_csv(notes):
    back = pd.read_csv(io.StringIO(table_to_csv(pd.DataFrame({"notes": notes, "n": 1}))), keep_default_na=False, dtype="str")
    assert [unguard_cell(note) for note in back["notes"]] == notes
    assert not any(note.startswith(("=", "+", "-", "@")) for note in back["notes"])


def test_several_files_are_written_or_none(tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "a.txt").write_text("before")
    with pytest.raises(ValueError, match="taken: cannot be written"):
        write_all({tmp_path / "a.txt": "after", tmp_path / "taken": "no file can go here"})
    with pytest.raises(UnicodeEncodeError):
        write_all({tmp_path / "a.txt": "after", tmp_path / "b.txt": "\ud800"})
    assert (tmp_path / "a.txt").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "taken"]
    assert write_all({tmp_path / "deep" / "c.txt": b"c", tmp_path / "a.txt": "after"}) == [tmp_path / "deep" / "c.txt", tmp_path / "a.txt"]
    assert (tmp_path / "a.txt").read_text() == "after"


def test_a_place_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="cannot be written"):
        write_whole(tmp_path / "file" / "under.txt", "x")

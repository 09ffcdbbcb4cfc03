"""The sheet of one page: what stands on it, and that it stays one page."""

import re

import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.report import pdf
from hiphitch_analysis.report.athlete import list_tables, load_athlete, next_step
from hiphitch_analysis.report.blocks import read_blocks
from hiphitch_analysis.report.sheet import make_athlete_sheet, plan_pdfs, write_sheet


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A01: four weeks of log, the right side tired at times, both sides recorded; B02: left only, every set at its target."""
    folder = tmp_path_factory.mktemp("sheet")
    details = hh.Details("A01", pd.Timestamp("2026-01-30"), set=2)
    for side, form in (("left", {}), ("right", {"faults": ["incomplete_return:3.5"]})):
        recording = hh.write_set(hh.simulate_set(8, side, seed=5, **form), folder, side)[0]
        hh.write_session(hh.analyse(recording, side, details=details), folder / "found")
    days = pd.date_range("2026-01-02", "2026-01-30", freq="4D")
    rows = [
        ("A01", day, side, k, 18 if side == "right" and i % 2 else 20) for i, day in enumerate(days) for side in ("left", "right") for k in (1, 2)
    ]
    rows += [("B02", day, "left", k, 20) for day in days[:3] for k in (1, 2)]
    log = pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "reps"]).assign(target_reps=20, notes="#panic()")
    log["stop_reason"] = log["reps"].map({20: "target", 18: "fatigue"})
    log.to_csv(folder / "log.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def data(folder):
    return load_athlete(folder / "log.csv", folder / "found", "A01")


@pytest.fixture(scope="module")
def written(data):
    return "".join(part.text for part in write_sheet(data, example=True))


def test_the_sheet_answers_shows_and_admits_in_this_order(data, written):
    blocks = read_blocks(written)
    headings = [block["text"] for block in blocks if block["kind"] == "heading"]
    assert headings == [data.plan.headline, "Form in the last recorded set", "Every rep of it", "Reps in the last set, and when 3 × 45 comes"]
    assert blocks[0]["badge"] == "EXAMPLE DATA" and blocks[0]["name"] == "A01"
    (form,) = [block for block in blocks if block["kind"] == "table"]
    assert form["rows"][0][0]["runs"] == [{"text": "Back to level"}]
    assert not [row for row in form["rows"] if "not measured" in str(row)]  # these are named among what could not be seen
    left, right = next(block for block in blocks if block["kind"] == "beside")["parts"]
    assert left[0]["text"] == "Left against right" and "Not known" in str(left)  # the left side's sets were all capped
    assert right[0]["text"] == "What we could not see" and "trunk upright" in str(right)
    assert "8 of 16 last sets stopped at the target" not in str(right) and "12 of 16" in str(right)  # 4 of 8 on the right were exact
    figures = [block for block in blocks if block["kind"] == "figure"]
    assert len(figures) == 3 and all(len(figure["alt"]) > 60 for figure in figures)


def test_it_is_one_page_with_either_font(written, monkeypatch):
    pytest.importorskip("typst")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.make_pdf(written, "A01", sheet=True))) == 1
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)  # as where Source Sans is not installed
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.make_pdf(written, "A01", sheet=True))) == 1


def test_an_athlete_with_one_leg_and_no_recording_has_a_sheet(folder):
    pytest.importorskip("typst")
    data = load_athlete(folder / "log.csv", None, "B02")
    blocks = read_blocks("".join(part.text for part in write_sheet(data, example=False)))
    assert not [block for block in blocks if block["kind"] == "table"]
    assert "Left leg: no recording, so its form is not known." in str(blocks)
    assert "Reps in the last set" in [block.get("text") for block in blocks]  # nothing but "at least": no forecast is drawn
    assert make_athlete_sheet(data).startswith(b"%PDF")


def test_the_tables_behind_it(data):
    tables = list_tables(data)
    assert list(tables) == ["history", "reps", "faults", "chances", "course", "weeks"]
    assert set(tables["faults"]["side"]) == {"left", "right"} and len(tables["history"]) == 16
    course = tables["course"]
    assert (course[["p10", "p25", "median", "p75", "p90"]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert course["date"].min() == pd.Timestamp("2026-01-02") and course["date"].max() > pd.Timestamp("2026-05-15")


def test_the_next_step_stands_on_the_ladder(data):
    assert next_step(data.plan) == 0


def test_pdfs_are_named_before_anything_is_computed(folder, monkeypatch):
    assert list(plan_pdfs(folder / "log.csv", None, "A01")) == ["athlete_A01_sheet.pdf", "athlete_A01.pdf"]
    monkeypatch.setattr(pdf, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    with pytest.raises(ValueError, match="typst is not installed"):
        plan_pdfs("nothing.csv", None, "A01")

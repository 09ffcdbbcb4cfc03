"""The pages for coaches in a real browser: they ask for nothing, complain of nothing, and can be read by everyone."""

import nbformat
import pandas as pd
import pytest
from tests.browsing import Look, look_at, open_browser

import hiphitch_analysis as hh
from hiphitch_analysis.progress.review import SORT_RULE, write_headline
from hiphitch_analysis.report import page
from hiphitch_analysis.report.athlete import write_athlete_report
from hiphitch_analysis.report.export import export_page
from hiphitch_analysis.report.squad import load_squad
from hiphitch_analysis.report.squadtable import write_squad

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    """The athlete sheet of two simulated sets and a short log whose notes are hostile."""
    folder = tmp_path_factory.mktemp("sheet")
    details = hh.Details("A01", pd.Timestamp("2026-01-08"), set=2)
    for side, form in (("left", {}), ("right", {"faults": ["incomplete_return:3.5"]})):
        recording = hh.write_set(hh.simulate_set(12, side, seed=5, **form), folder, side)[0]
        hh.write_session(hh.analyse(recording, side, details=details), folder / "found")
    days = [(f"2026-01-{day:02d}", side, k) for day in (5, 8) for side in ("left", "right") for k in (1, 2)]
    log = pd.DataFrame(days, columns=["date", "side", "set"]).assign(athlete_id="A01", target_reps=20, reps=20, stop_reason="target")
    log["notes"] = "<img src=x onerror='window.PWN=1'>"
    log.to_csv(folder / "log.csv", index=False)
    return write_athlete_report(folder / "log.csv", folder / "found", "A01", folder, example=True).path


@pytest.fixture(scope="module")
def squad(sheet, tmp_path_factory):
    """The squad review of the sheet's athlete, of one with pain who is weaker on the right, and of a file that is no log."""
    folder = tmp_path_factory.mktemp("squad")
    days = [(f"2026-01-{day:02d}", side, k, 25 if side == "left" else 17) for day in (5, 7, 9) for side in ("left", "right") for k in (1, 2)]
    log = pd.DataFrame(days, columns=["date", "side", "set", "reps"]).assign(athlete_id="B02", target_reps=30, pain=6, stop_reason="fatigue")
    log.to_csv(folder / "log.csv", index=False)
    (folder / "<img src=x onerror='window.PWN=1'>.csv").write_text("no log")
    data = load_squad([sheet.parent / "log.csv", *folder.glob("*.csv")], sheet.parent / "found")
    parts = [page.write_headline(write_headline(data.rows), SORT_RULE), write_squad(data.rows, data.as_of), page.write_unseen(data.limits)]
    outputs = [nbformat.v4.new_output("display_data", {"text/html": part.text}) for part in parts]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"hiphitch_wide": True})
    (folder / "squad.html").write_text(export_page(notebook, "Squad", "0" * 64, show_code=False), "utf-8")
    return folder / "squad.html"


@pytest.fixture(scope="module")
def browser():
    with open_browser() as running:
        yield running


@pytest.mark.parametrize(("width", "scheme"), [(900, "light"), (900, "dark"), (390, "light")])
@pytest.mark.parametrize("which", ["sheet", "squad"])
def test_the_page_is_silent_and_readable(browser, request, which, width, scheme):
    assert look_at(browser, request.getfixturevalue(which), width, scheme) == Look([], [], [], 0, 0, True, None)


def test_the_sheet_answers_first(browser, sheet):
    tab = browser.new_page()
    tab.goto(sheet.as_uri())
    assert tab.locator("h1").count() == 1
    assert [tab.locator("dt").nth(i).inner_text() for i in range(3)] == ["Next session", "3 × 45 on both sides", "Ankle weight"]
    first = tab.locator(".form tbody tr").first
    assert first.locator("th").inner_text() == "Back to level"
    assert first.locator("svg").nth(1).get_attribute("aria-label").startswith("mend first")
    assert sheet.stat().st_size < 300_000
    tab.close()


def test_the_squad_is_a_table_on_a_phone_too(browser, squad):
    tab = browser.new_page(viewport={"width": 390, "height": 900})
    tab.goto(squad.as_uri())
    names = [name.strip() for name in tab.get_by_role("rowheader").all_inner_texts()]
    assert names == ["Talk to them today 2", "B02", "A01", "No fresh data 1", "<img src=x onerror='window.PWN=1'>.csv"]
    assert tab.get_by_role("row", name="B02").get_by_role("cell").count() == 11  # laid out in blocks, and still a row of cells
    tab.close()

"""Every notebook runs on the demonstration squad, through the project's own runner."""

from hiphitch_analysis.demo import make_demo
from hiphitch_analysis.report.write import list_notebooks, write_report


def test_every_notebook_runs_with_and_without_parameters(tmp_path):
    squad = make_demo(tmp_path / "reports/demo")
    notebooks = list_notebooks()
    assert notebooks
    for notebook in notebooks:
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        page = write_report(notebook, tmp_path / f"{notebook.stem}.html", title=notebook.stem, show_code=True, folder=tmp_path / "notebooks").path
        assert 20_000 < page.stat().st_size < 2_000_000
        parameters = {"log": str(squad.log), "analysed": str(squad.analysed), "athlete": "A05"}
        assert "A05" in write_report(notebook, tmp_path / "A05.html", parameters).path.read_text("utf-8")


def test_demo_is_kept_while_nothing_changed(tmp_path):
    first = make_demo(tmp_path, seed=5)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert make_demo(tmp_path, seed=5) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
    assert len(first.athletes) == 6 and len(list(first.analysed.glob("*_sessions.csv"))) == 24

"""What an athlete report is made from, and when it is made again."""

import re

import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.report.athlete import find_unlogged, list_facts, load_athlete, write_athlete_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A log of two athletes; the first one's left side recorded twice, the right side never."""
    folder = tmp_path_factory.mktemp("athlete")
    for day, reps in ((5, 6), (7, 8)):
        recording = hh.write_set(hh.simulate_set(reps, "left", seed=day), folder, f"left{day}")[0]
        details = hh.Details("A01", pd.Timestamp(f"2026-01-{day:02d}"), set=2, mass_kg=70.0, height_m=1.75)
        hh.write_session(hh.analyse(recording, "left", details=details), folder / "found")
    rows = [(a, f"2026-01-{d:02d}", side, k) for a in ("A01", "B02") for d in (5, 7) for side in ("left", "right") for k in (1, 2)]
    log = pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set"]).assign(target_reps=20, reps=20, stop_reason="target")
    log.to_csv(folder / "log.csv", index=False)
    return folder


def test_the_last_recorded_set_of_each_side_is_shown(folder):
    data = load_athlete(folder / "log.csv", folder / "found", "A01")
    assert list(data.sets) == ["left"] and data.sets["left"].recording == "left7_imu"
    assert len(data.sets["left"].reps) == 8 and data.sets["left"].zero_s is not None
    assert data.plan.action == "advance" and data.history["clean_reps"].notna().sum() == 2
    assert data.sets["left"].dose["n_reps"] == 8
    assert data.weeks["side"].tolist() == ["left", "right"]  # six of the week's eight sets were logged and not recorded
    assert data.weeks["estimated_share"].between(0.5, 1.0).all()


def test_an_athlete_without_recordings(folder):
    assert load_athlete(folder / "log.csv", folder / "found", "B02").sets == {}
    assert load_athlete(folder / "log.csv", None, "A01").sets == {}


def test_what_a_date_leans_on_and_what_the_log_lacks_is_said(folder):
    doubts = " ".join(load_athlete(folder / "log.csv", folder / "found", "A01").doubts)
    assert "the sets of 1 other athlete in this log" in doubts and "pain is not in the log" in doubts
    assert "is not in the log (" not in doubts  # both recordings belong to logged sessions


def test_a_recording_after_the_log_is_shown_said_and_dated(folder, tmp_path):
    recording = hh.write_set(hh.simulate_set(6, "left", seed=20), tmp_path, "left20")[0]
    hh.write_session(hh.analyse(recording, "left", details=hh.Details("A01", pd.Timestamp("2026-01-20"), set=2)), tmp_path)
    data = load_athlete(folder / "log.csv", tmp_path, "A01", today="2026-01-22")
    assert list_facts(data) == ["session 2", "7 Jan 2026", "recorded 20 Jan 2026", "as of 22 Jan 2026"]
    (told,) = find_unlogged(folder / "log.csv", tmp_path, "A01")
    assert told.startswith("A01: the session of 20 Jan 2026 is not in the log") and told in data.doubts
    with pytest.raises(ValueError, match=r"today: expected 2026-01-20 or later"):
        load_athlete(folder / "log.csv", tmp_path, "A01", today="2026-01-10")


def test_exertion_is_followed_where_form_is_not_known(folder, tmp_path):
    """Two recorded days say nothing of weeks; six logged ones do. Pain that rises with it is said beside the figure."""
    log = pd.DataFrame(
        [
            ("A01", f"2026-01-{5 + 4 * day:02d}", side, 1, 20, 20, 4.0 + 0.4 * day + 0.1 * (side == "left"), 0.4 * day)
            for day in range(6)
            for side in ("left", "right")
        ],
        columns=["athlete_id", "date", "side", "set", "target_reps", "reps", "rpe", "pain"],
    )
    log.to_csv(tmp_path / "log.csv", index=False)
    data = load_athlete(tmp_path / "log.csv", folder / "found", "A01")
    assert data.trend is not None and data.trend.measure == "rpe"
    assert len(data.changes) == 1 and data.changes[0].startswith("Pain has risen")
    assert load_athlete(folder / "log.csv", folder / "found", "A01").trend is None


def test_unknown_athlete_is_refused_before_anything_is_written(folder, tmp_path):
    with pytest.raises(ValueError, match="not in the log, which has A01, B02"):
        write_athlete_report(folder / "log.csv", None, "C03", tmp_path)
    with pytest.raises(ValueError, match=r"not in the log, which has A01, B02\. Did you mean A01\?"):
        write_athlete_report(folder / "log.csv", None, "a01", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_table_is_named(folder, tmp_path):
    sessions = (folder / "found/left7_imu_sessions.csv").read_text()
    (tmp_path / "left7_imu_sessions.csv").write_text(sessions)
    with pytest.raises(ValueError, match=r"left7_imu_reps\.csv"):
        load_athlete(folder / "log.csv", tmp_path, "A01")


def test_page_is_made_once_and_again_when_the_log_changes(folder, tmp_path):
    log = tmp_path / "log.csv"
    log.write_bytes((folder / "log.csv").read_bytes())
    first = write_athlete_report(log, folder / "found", "A01", tmp_path)
    again = write_athlete_report(log, folder / "found", "A01", tmp_path)
    assert (first.reused, again.reused) == (False, True)
    page = first.path.read_text("utf-8")
    assert "Move up to 2 × 25" in page and "Right leg: no recording" in page
    assert "the hip muscles held" in page and "trunk lean was not measured" in page
    assert "For the coach, every week" not in page  # that cell speaks to whoever opens the notebook
    assert not re.findall(r"https?://(?!www\.w3\.org)", page) and len(page) < 2_000_000
    log.write_text(log.read_text().replace("20,20,target", "20,17,fatigue"))
    assert "Not every set" in write_athlete_report(log, folder / "found", "A01", tmp_path).path.read_text("utf-8")

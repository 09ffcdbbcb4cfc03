import csv

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate import LOG_FORMATS, Habits, Season, draw_squad, simulate_season, write_log_files
from hiphitch_analysis.simulate.logfiles import format_hand

LOG = simulate_season(draw_squad(2, seed=1), weeks=2, seed=1).log


def row(date, side, number, reps, stop_reason="target", **more):
    fixed = {"athlete_id": "A01", "date": pd.Timestamp(date), "session": 1.0, "target_reps": 30.0, "ankle_kg": 0.0, "amrap": False, "notes": None}
    return fixed | {"side": side, "set": number, "reps": reps, "stop_reason": stop_reason} | more


def test_hand_sheet_by_hand():
    rows = [row("2026-02-02", side, number, 30) for number in (1, 2, 3) for side in ("left", "right")]
    rows += [row("2026-02-04", "left", number, reps, why) for number, reps, why in ((1, 30, "target"), (2, 30, "target"), (3, 28, "fatigue"))]
    rows += [row("2026-02-04", "right", number, reps, why) for number, reps, why in ((1, 30, "target"), (2, 21, "pain"), (3, 26, "technique"))]
    rows += [row("2026-02-06", "left", 1, 41, "fatigue", amrap=True, ankle_kg=1.5, notes="new shoes", target_reps=np.nan)]
    assert format_hand(pd.DataFrame(rows)).splitlines() == [
        "athlete,date,left,right,target,ankle kg,notes",
        "A01,2026-02-02,3x30,3x30,3x30,,",
        "A01,2026-02-04,30/30/28,30/21/26,3x30,,right set 2: pain; right set 3: form",
        'A01,2026-02-06,1x41,,,1.5,"left set 1: open end, new shoes"',
    ]


def test_hand_sheet_has_every_session_of_everybody():
    sheet = format_hand(LOG)
    rows = list(csv.DictReader(sheet.splitlines()))
    wanted = LOG.drop_duplicates(["athlete_id", "date"])
    assert [(r["athlete"], r["date"]) for r in rows] == list(zip(wanted["athlete_id"], wanted["date"].dt.strftime("%Y-%m-%d"), strict=True))


def test_own_format_is_the_plain_table(tmp_path):
    (path,) = write_log_files(LOG, tmp_path)
    assert path.name == "log.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == LOG.columns.tolist()
    first = {name: rows[0][name] for name in ("athlete_id", "date", "session", "side", "set", "target_reps", "rest_s", "technique", "amrap", "notes")}
    assert list(first.values()) == ["A01", "2026-01-05", "1", "left", "1", "20", "", "", "false", ""]
    assert [int(row["reps"]) for row in rows] == LOG["reps"].tolist()


def test_an_app_has_one_file_per_athlete(tmp_path):
    paths = write_log_files(LOG, tmp_path / "new", LOG_FORMATS)
    assert len(paths) == 2 + 8 * 2 == len(set(paths))
    assert {path.name for path in paths} >= {"log.csv", "log_hand.csv", "A01_strong.csv", "A02_fitnotes_ios.csv"}
    sets = LOG.groupby("athlete_id").size()
    for app in ("strong_2016", "strong_2017", "strong_android", "hevy", "fitnotes", "fitnotes_old", "fitnotes_ios"):
        for athlete, number in sets.items():
            text = (tmp_path / "new" / f"{athlete}_{app}.csv").read_text("utf-8")
            assert text.count("\n") == 1 + number, app
    strong = (tmp_path / "new" / "A01_strong.csv").read_text("utf-8")
    assert strong.count("\n") - strong.count("Rest Timer") == 1 + sets["A01"]


def test_failures_are_marked_where_the_app_can(tmp_path):
    failed = LOG[LOG["athlete_id"] == "A01"]["stop_reason"].eq("fatigue").sum()
    write_log_files(LOG, tmp_path, ("strong", "hevy", "fitnotes_ios"))
    marks = {"strong": ",F,", "hevy": '"failure"', "fitnotes_ios": ",Failed,"}
    assert failed > 0
    assert {app: (tmp_path / f"A01_{app}.csv").read_text("utf-8").count(mark) for app, mark in marks.items()} == dict.fromkeys(marks, failed)


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"format: expected own, hand, .* got xls"):
        write_log_files(LOG, tmp_path / "a", ("own", "xls"))
    with pytest.raises(ValueError, match="fitnotes_old"):
        write_log_files(LOG, tmp_path / "b", ("own", "fitnotes_old"), Habits(side_in="notes"))
    assert not list(tmp_path.iterdir())


def test_open_ends_are_told_in_the_hand_sheet():
    log = simulate_season(draw_squad(1, seed=1), weeks=4, seed=1, season=Season(uncapped_every=3)).log
    assert format_hand(log).count("open end") == log["amrap"].sum() == 8

"""Real exports of Strong and Hevy, one of their exercises taken as if it were the hip hitch, counted independently with the csv module."""

import csv
from collections import Counter

import pandas as pd
import pytest

from hiphitch_analysis.read import import_logs, read_log
from hiphitch_analysis.read.intake import describe_import
from hiphitch_analysis.read.logfile import LogDoubt, open_log

EXPORTS = {
    "strong": ("strong_export/strong.csv", "Exercise Name", "Reps", lambda row: row["Date"][:10]),
    "hevy": (
        "hevy_export/workout_data.csv",
        "exercise_title",
        "reps",
        lambda row: f"{pd.to_datetime(row['start_time'], format='%d %b %Y, %H:%M'):%Y-%m-%d}",
    ),
}


def count(path, exercise_column, reps_column):
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, Counter(row[exercise_column] for row in rows), {row[exercise_column] for row in rows if float(row[reps_column] or 0) > 0}


@pytest.fixture(params=EXPORTS)
def export(request, shared):
    name, exercise_column, reps_column, day = EXPORTS[request.param]
    path = shared(name)
    return path, *count(path, exercise_column, reps_column), exercise_column, reps_column, day


@pytest.mark.filterwarnings("ignore::hiphitch_analysis.read.logfile.LogDoubt")
def test_every_exercise_of_a_real_export_comes_in_completely(export, write):
    path, rows, exercises, with_reps, exercise_column, reps_column, day = export
    assert open_log(path).exercises == exercises
    for exercise in sorted(with_reps):
        names = write("exercise,counts_as,side\n" + f'"{exercise}",hip_hitch,left\n', "map.csv")
        log = read_log(path, athlete_id="A01", mapping=names)
        expected = [(day(row), int(float(row[reps_column]))) for row in rows if row[exercise_column] == exercise and float(row[reps_column] or 0) > 0]
        assert sorted((f"{date:%Y-%m-%d}", reps) for date, reps in zip(log["date"], log["reps"], strict=True)) == sorted(expected)
        assert log["date"].is_monotonic_increasing and log["side"].eq("left").all()


def test_a_real_export_is_imported_once(export, write, tmp_path):
    path, rows, exercises, _, exercise_column, reps_column, _ = export
    exercise = exercises.most_common()[0][0]
    names, into, before = write("exercise,counts_as,side\n" + f'"{exercise}",hip_hitch,right\n', "map.csv"), tmp_path / "log.csv", path.read_bytes()
    done = import_logs([path], into, athlete_id="A01", mapping=names)
    sets = sum(row[exercise_column] == exercise and float(row[reps_column] or 0) > 0 for row in rows)
    assert len(done.merged[0].added) == sets == len(read_log(into))
    assert sum(done.readings[0].left_out.values()) == len(rows) - sets and done.readings[0].rows == len(rows)
    assert done.readings[0].left_out["another exercise"] == len(rows) - exercises[exercise]
    assert set(done.new_names) == set(exercises) - {exercise}
    log, text = into.read_bytes(), describe_import(done)
    again = import_logs([path], into, athlete_id="A01", mapping=names)
    assert (len(again.merged[0].added), again.merged[0].present, again.new_names) == (0, sets, ())
    assert into.read_bytes() == log and path.read_bytes() == before
    assert f"added: {sets}; already there: 0; in conflict: 0" in text


def test_real_exports_hold_no_hip_hitch(export):
    path, _, exercises, *_ = export
    name, n = exercises.most_common()[0]
    with pytest.raises(ValueError, match=f"none of {len(exercises)} exercises is recognised as the hip hitch; the commonest are .*\\({n}\\)"):
        read_log(path, athlete_id="A01")
    assert name in open_log(path).exercises


def test_the_unit_that_the_real_export_of_strong_does_not_say(shared, write):
    names = write("exercise,counts_as,side\nHanging Knee Raise,hip_hitch,left\nBicep Curl (Dumbbell),hip_hitch,left\n", "map.csv")
    with pytest.warns(LogDoubt, match="kg or lb: taken as kg"):
        read_log(shared("strong_export/strong.csv"), athlete_id="A01", mapping=names)

"""The engine of the study of alarms, a slice of it, and what the committed study says."""

import json
from pathlib import Path

import pandas as pd

from hiphitch_analysis.validate import alarms

RESULT = Path(__file__).resolve().parents[2] / "reports/validation/alarms.json"


def test_slice_of_the_study(monkeypatch):
    monkeypatch.setattr(alarms, "ATHLETES", 8)
    monkeypatch.setattr(alarms, "SEASON_WEEKS", 8)
    rows = alarms.watch_season(3)
    assert len(rows) == 8 and rows[["below", "plateau"]].to_numpy().sum() <= 8


def test_alarms_are_counted_by_athlete_and_season():
    figures = alarms.summarise_alarms(pd.DataFrame({"below": [2, 0, 0, 0], "plateau": [1, 1, 0, 0]}))
    assert figures == {"athlete_seasons": 4, "below_per_season": 0.5, "plateau_per_season": 0.5, "per_season": 1.0, "without_any": 0.5}


def test_committed_study_keeps_to_one_false_alarm_a_season():
    result = json.loads(RESULT.read_text("utf-8"))
    assert result["seeds"][0] >= 40_000 and result["athlete_seasons"] >= 100 and result["per_season"] <= 1.0

import json
import math

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate import Population, Season, draw_squad, simulate_season, write_log, write_season


def read(folder):
    return pd.read_csv(folder / "log.csv"), json.loads((folder / "truth.json").read_text("utf-8"))


def test_reference_with_its_settings_and_truth(tmp_path):
    files = write_season(tmp_path, athletes=3, weeks=4, seed=5, law="saturating", carry_over=True, season={"typo_rate": 0.1, "attendance": 0.8})
    assert [path.name for path in files] == ["log.csv", "truth.json"]
    log, truth = read(tmp_path)
    population = Population("saturating", per_rep_before=math.log(33 / 37) / 50)
    known = simulate_season(draw_squad(3, population, 5), 4, 5, Season(typo_rate=0.1, attendance=0.8))
    assert log["reps"].tolist() == known.log["reps"].tolist()
    assert (truth["generator"], truth["seed"], truth["weeks"]) == ("reference", 5, 4)
    assert truth["population"]["law"] == "saturating" and truth["season"]["typo_rate"] == 0.1
    assert [athlete["athlete_id"] for athlete in truth["athletes"]] == ["A01", "A02", "A03"]
    weeks = [athlete["week_3x45"] for athlete in truth["athletes"]]
    assert [w is None for w in weeks] == np.isinf(known.athletes["week_3x45"]).tolist()
    assert [s["done_reps"] for s in truth["sets"]] == known.sets["done_reps"].tolist()
    assert truth["sets"][0]["date"] == known.log["date"].iloc[0].strftime("%Y-%m-%d")


def test_truth_is_json_where_nothing_ends_or_is_known(tmp_path):
    write_season(tmp_path, "reference", athletes=2, weeks=1, seed=1)
    text = (tmp_path / "truth.json").read_text("utf-8")
    assert "Infinity" not in text and "NaN" not in text
    assert read(tmp_path)[1]["athletes"][0]["asymptote"] is None  # linear growth has no end


def test_mechanistic(tmp_path):
    write_season(tmp_path, "mechanistic", athletes=1, weeks=1, seed=1, season={"uncapped_every": 3}, formats=("own", "hevy"))
    log, truth = read(tmp_path)
    assert log["amrap"].sum() == 2 and truth["generator"] == "mechanistic" and truth["training"]["rate"] == [0.12, 0.45]
    assert (tmp_path / "A01_hevy.csv").exists()


def test_without_a_wish_it_is_the_demonstration_squad(tmp_path):
    write_season(tmp_path / "a", athletes=2, weeks=2, seed=3)
    write_log(tmp_path / "b", 3, 2, 2)
    for name in ("log.csv", "truth.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_same_seed_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_season(tmp_path / name, "reference", athletes=2, weeks=2, seed=3, formats=("own", "hand", "fitnotes"))
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["A01_fitnotes.csv", "A02_fitnotes.csv", "log.csv", "log_hand.csv", "truth.json"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


@pytest.mark.parametrize(
    "wish",
    [
        {"generator": "random"},
        {"generator": "squad", "law": "log"},
        {"generator": "squad", "season": {"attendance": 0.5}},
        {"generator": "mechanistic", "law": "log"},
        {"generator": "mechanistic", "carry_over": True},
    ],
)
def test_a_generator_is_not_asked_for_what_it_does_not_have(tmp_path, wish):
    with pytest.raises(ValueError, match="generator: expected squad, reference, mechanistic"):
        write_season(tmp_path / "x", athletes=1, weeks=1, **wish)
    assert not (tmp_path / "x").exists()

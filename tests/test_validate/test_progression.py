"""The engine of the studies of slopes, dates and ranks, fixed slices of them, and what the committed studies say."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.validate.progression import LAWS, recover_squad, score_dates, summarise_dates, summarise_recovery
from hiphitch_analysis.validate.progression import _score as score
from hiphitch_analysis.validate.ranks import RANKED, rank_parameters, summarise_ranks

RESULTS = Path(__file__).resolve().parents[2] / "reports/validation"


def read_result(name):
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def test_slice_of_the_recovery():
    figures = summarise_recovery(pd.DataFrame([recover_squad(seed) for seed in (1, 2, 3)]))
    assert 0.5 < figures["capped_sets"] < 0.8
    # three squads of 40: the ratio strays by about 0.02 around one
    assert abs(figures["model"]["slope_ratio"] - 1) < 0.06 and figures["model"]["correlation"] > 0.9
    assert figures["model"]["correlation"] > figures["capped"]["correlation"] and figures["capped"]["slope_ratio"] < figures["model"]["slope_ratio"]


def test_slice_of_the_dates():
    rows = score_dates("saturating", 3)
    assert len(rows) == 3 * 40 and rows["weeks"].unique().tolist() == [4, 6, 8]
    assert (rows["low"] <= rows["median"]).all() and (rows["median"] <= rows["high"]).all() and (rows["high"] <= rows["horizon"]).all()
    cell = summarise_dates(rows)["pooled"]
    # one squad, three dates alike: a standard error of about 0.06
    assert 0.6 < cell["coverage"] < 0.98 and cell["coverage"] > cell["mixed_coverage"] and cell["crps"] < cell["mixed_crps"]


def test_scores_in_closed_form():
    """Even draws between 0 and 10: their CRPS at 5 is 10/12, and the 80 % interval is 1 to 9."""
    drawn = np.linspace(0, 10, 100001)[:, None]
    found = score(drawn, np.array([5.0]), np.random.default_rng(0))
    assert found["crps"][0] == pytest.approx(10 / 12, abs=1e-3) and found["pit"][0] == pytest.approx(0.5, abs=1e-4)
    assert found["interval_score"][0] == pytest.approx(8.0, abs=1e-3)
    outside = score(drawn, np.array([9.5]), np.random.default_rng(0))
    assert outside["interval_score"][0] == pytest.approx(8.0 + 10 * 0.5, abs=1e-2)


def test_an_atom_beyond_the_horizon_is_spread_evenly():
    """Half of the draws never arrive, and neither does the athlete: the rank lies anywhere in the upper half."""
    drawn = np.repeat([[10.0], [26.0]], 500, axis=0)
    ranks = [score(drawn, np.array([26.0]), np.random.default_rng(seed))["pit"][0] for seed in range(400)]
    assert min(ranks) >= 0.5 and np.mean(ranks) == pytest.approx(0.75, abs=3 * 0.5 / np.sqrt(12 * 400))


def test_slice_of_the_ranks():
    rows = pd.DataFrame([rank_parameters(seed) for seed in range(4)])
    assert rows[list(RANKED)].apply(lambda ranks: ranks.between(0, 1)).all().all()
    assert summarise_ranks(rows)["squads"] == 4


def test_committed_recovery():
    result = read_result("recovery")
    assert result["seeds"][0] >= 10_000 and result["squads"] >= 20
    model = result["model"]
    assert abs(model["slope_ratio"] - 1) <= 0.01 and abs(model["sd_ratio"] - 1) <= 0.05 and model["correlation"] >= 0.95  # the targets
    assert result["capped"]["slope_ratio"] < 0.95 and result["capped"]["sd_ratio"] < 0.9  # what is done today


def test_committed_dates():
    result = read_result("dates")
    squads = result["squads"]
    assert result["first_seed"] >= 54_000 and result["squads_per_law"] >= 30 and len(squads["cells"]) == 3 * len(LAWS)
    assert 0.77 <= squads["pooled"]["coverage"] <= 0.83  # the targets
    assert all(0.74 <= cell["coverage"] <= 0.86 for cell in squads["cells"].values())
    assert 0.72 <= result["alone"]["pooled"]["coverage"] <= 0.88
    assert all(cell["crps"] < cell["mixed_crps"] for cell in squads["cells"].values())


def test_the_readme_says_what_the_studies_found():
    readme = " ".join((RESULTS.parents[1] / "README.md").read_text("utf-8").split())
    recovery, dates, ranks = read_result("recovery"), read_result("dates"), read_result("ranks")
    held = [100 * told["coverage"] for told in ranks["parameters"].values()]
    assert f"In {ranks['squads']} squads drawn from the model's own priors" in readme
    assert f"80 % intervals hold {min(held):.0f} to {max(held):.0f} %" in readme
    pooled, alone = dates["squads"]["pooled"], dates["alone"]["pooled"]
    assert f"In {recovery['squads']} simulated squads of {recovery['athletes']}" in readme
    assert f"mean slope of capacity comes out {abs(100 * (recovery['model']['slope_ratio'] - 1)):.1f} %" in readme
    assert f"intervals that promise 80 % held {100 * pooled['coverage']:.0f} % of {pooled['forecasts']:,} true dates" in readme
    assert f"that mixed model's {100 * pooled['mixed_coverage']:.0f} %" in readme
    assert f"from one athlete's log alone {100 * alone['coverage']:.0f} % held" in readme


def test_every_parameter_is_as_uncertain_as_it_is_said_to_be():
    """The target: flat. The smallest of ten p-values lies below 0.005 in one of twenty flat studies; three standard errors of 400 are 6 %."""
    result = read_result("ranks")
    assert result["seeds"][0] >= 32_000 and result["squads"] >= 400
    for told in result["parameters"].values():
        assert sum(told["counts"]) == result["squads"]
        assert told["p_value"] >= 0.005 and 0.74 <= told["coverage"] <= 0.86

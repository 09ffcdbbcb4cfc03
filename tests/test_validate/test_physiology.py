"""Does the simulated athlete tire like people? The study `physiology` on another seed, and its committed result."""

import json
from pathlib import Path

import pytest

from hiphitch_analysis.validate import compare_physiology

RESULT = Path(__file__).resolve().parents[2] / "reports/validation/physiology.json"
# The fatigue model has one recovery time: after 60 s of rest every later set starts alike, while people lose more from set to set.
EXPLAINED = {"third set to failure after 60 s", "fourth set to failure after 60 s"}


@pytest.fixture(scope="module")
def table():
    return compare_physiology(seed=5)


def test_figures_fall_in_their_ranges(table):
    outside = table[~table["within"]]
    assert set(outside["quantity"]) == EXPLAINED
    assert (outside["remark"].str.len() > 40).all()  # a deviation is explained where it stands


def test_every_range_has_its_source_and_is_a_range(table):
    assert (table["source"].str.len() > 20).all()
    assert (table["low"] < table["high"]).all()
    assert table["quantity"].is_unique


def test_committed_result_is_that_of_this_model():
    kept = json.loads(RESULT.read_text("utf-8"))
    assert kept["figures"] - kept["within"] == len(EXPLAINED)
    assert f"{kept['within']} of {kept['figures']} figures" in (RESULT.parents[2] / "README.md").read_text("utf-8")
    now = compare_physiology(kept["seed"]).set_index("quantity")["simulated"]
    assert set(now.index) == {row["quantity"] for row in kept["table"]}
    for row in kept["table"]:
        # The file keeps three decimals; where another platform rounds otherwise a set may end one repetition earlier or later.
        assert now[row["quantity"]] == pytest.approx(row["simulated"], rel=0.01, abs=1 if row["unit"] == "reps" else 1e-3), row["quantity"]

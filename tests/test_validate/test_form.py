"""The engine of the study of faults, a fixed slice of it, and what the committed study says."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate import FAULTS, simulate_set
from hiphitch_analysis.validate.form import (
    ALL,
    PELVIS,
    SEEN,
    draw_form_case,
    match_reps,
    repeat_score,
    summarise_faults,
    summarise_repeats,
    summarise_scores,
    true_values,
    try_fault,
    try_score,
)

RESULT = Path(__file__).resolve().parents[2] / "reports/validation/faults.json"


@pytest.fixture(scope="module")
def rows():
    """Seeds divisible by four: every fault at moderate severity; and two clean sets."""
    sets = [try_fault(fault, 40 + 4 * i) for i, fault in enumerate(FAULTS)]
    return pd.concat([*sets, try_fault(None, 41), try_fault(None, 42)], ignore_index=True)


def test_slice_of_the_study(rows):
    summary = summarise_faults(rows)
    for key in ALL:
        # eight faulty repetitions each: 0.9 leaves room for one of them to be missed
        assert summary["points"][key]["auc"] >= 0.9, key
    # the first is a target of the study; of the second the target is one mark a set on average, and these are only two sets
    assert summary["calibration_error"] <= 0.05 and summary["marks_per_clean_set"] <= 2


def test_what_a_pelvis_sensor_cannot_see_is_not_named_by_it(rows):
    confusion = summarise_faults(rows)["confusion"]["pelvis"]
    for blind in ("leg_lifted", "leg_drawn_in", "trunk_lean_stance", "trunk_lean_free", "foot_resting"):
        # eight faulty repetitions by nine points: up to four single marks that have nothing to do with the fault
        assert sum(confusion.get(blind, {}).values()) <= 4 / 8
    assert set(SEEN["pelvis"]) == set(PELVIS) and not {"foot_resting", "oblique_pull"} & set(ALL)


def test_true_values_in_closed_form():
    """An ideal set without sway: what was asked for comes out of the truth."""
    still = {"seed": 1, "sway": 0.0, "variability": 0.0, "rotation_deg": 2.0, "tilt_deg": 0.0, "leg_coupling": 0.6, "rotation_from_deg": 30.0}
    simulated = simulate_set(8, "left", 7.0, device="ideal", **still)
    values = true_values(simulated.angles, simulated.reps)
    expected = {"drop_too_large": 7.0, "pelvis_not_square": 2.0, "incomplete_return": 0.0, "hip_and_leg_apart": 0.4, "leg_drawn_in": 0.0}
    for key, value in (expected | {"loss_of_balance": 0.0, "trunk_lean_stance": 0.0, "tempo_uneven": 0.0}).items():
        assert values[key].to_numpy() == pytest.approx(value, abs=0.02), key  # the tremor of muscles stays
    assert values["tempo_too_fast"].to_numpy() == pytest.approx(1.0, abs=0.01)  # samples of the truth are 5 ms apart


def test_pairs_are_one_to_one():
    truth = pd.DataFrame({"kind": "complete", "start_s": [0.0, 2.0], "bottom_s": [1.0, 3.0]})
    found = pd.DataFrame({"kind": ["complete", "complete", "partial"], "bottom_s": [1.2, 9.0, 3.0]})
    assert match_reps(truth, found) == {0: 0}


@pytest.mark.parametrize("fault", ["incomplete_return", "trunk_lean_free", "hip_and_leg_apart"])
def test_the_score_falls_with_severity(fault):
    row = try_score(fault, 44, reps=8)
    assert row["none"] >= row["mild"] > row["moderate"] > row["severe"]


def test_repeatability_in_closed_form():
    scores = pd.DataFrame({"athlete": [1, 1, 2, 2], "form_score": [80.0, 84.0, 60.0, 60.0], "form_core": [90.0, 90.0, 70.0, 72.0]})
    figures = summarise_repeats(scores)
    # variances 8 and 0, mean 4; 0 and 2, mean 1
    assert figures["form_score_sem"] == 2.0 and figures["form_core_sem"] == 1.0
    assert figures["form_score_mdc95"] == pytest.approx(1.96 * np.sqrt(2) * 2, abs=0.01)


def test_scores_by_severity_in_closed_form():
    rows = pd.DataFrame({"fault": ["a", "a"], "none": [100.0, 98.0], "mild": [98.0, 99.0], "moderate": [80.0, 80.0], "severe": [60.0, 60.0]})
    assert summarise_scores(rows)["a"] == {"none": 99.0, "mild": 98.5, "moderate": 80.0, "severe": 60.0, "never_rises": 0.5}


def test_an_athlete_is_recorded_again_in_the_same_form():
    repeats = repeat_score(3, times=2, reps=8)
    assert len(repeats) == 2 and repeats["athlete"].eq(3).all() and repeats["form_score"].between(0, 100).all()


def test_the_same_seed_draws_the_same_athlete():
    assert draw_form_case(7) == draw_form_case(7) != draw_form_case(8)


def test_committed_study():
    result = json.loads(RESULT.read_text("utf-8"))
    # The target is 0.95. The incomplete return misses it: where much sway hides the quiet stance (2 of 30 sets), level is not known.
    assert all(result["points"][key]["auc"] >= (0.90 if key == "incomplete_return" else 0.95) for key in ALL)
    assert result["calibration_error"] <= 0.05 and max(point["calibration_error"] for point in result["points"].values()) <= 0.05
    assert result["marks_per_clean_set"] <= 1
    for fault, scores in result["score_by_severity"].items():
        if fault != "foot_resting":  # no motion sensor sees it, so it costs nothing
            assert scores["none"] >= scores["mild"] > scores["moderate"] > scores["severe"], fault


def test_the_readme_says_what_the_study_found():
    result = json.loads(RESULT.read_text("utf-8"))
    readme = " ".join((RESULT.parents[2] / "README.md").read_text("utf-8").split())
    sets = result["sets_per_fault"] * len(FAULTS) + result["clean_sets"]
    lowest = min(result["points"][key]["auc"] for key in ALL)
    assert f"In {sets:,} simulated sets" in readme and f"at least {np.floor(100 * lowest) / 100:.2f}" in readme
    assert f"off by {result['calibration_error']:.2f} on average" in readme
    assert f"A clean set of 45 carries {result['marks_per_clean_set']:.1f} marks" in readme
    repeats = result["score_repeatability"]
    assert f"a standard error of {repeats['form_score_sem']:.1f} points: a change below {repeats['form_score_mdc95']:.1f} is none" in readme

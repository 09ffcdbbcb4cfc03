"""The engine of the study of change, a fixed slice of it, and what the committed study says."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from hiphitch_analysis.validate.changes import COUPLINGS, summarise_couplings, summarise_onsets, try_coupling, try_onset

RESULT = Path(__file__).resolve().parents[2] / "reports/validation/changes.json"
LEVEL = 0.05  # of both tests, by their construction


def most_by_chance(n, share):
    """A larger number comes by chance in one of a thousand."""
    return binom.ppf(0.999, n, share)


def fewest_by_chance(n, share):
    return binom.ppf(0.001, n, share)


# --- A fixed slice ---------------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def onsets():
    return pd.DataFrame([try_onset(2000 + n, tires=n % 2 == 1) for n in range(16)])


@pytest.fixture(scope="module")
def couplings():
    return pd.DataFrame([try_coupling(kind, 2100 + 10 * i + n) for i, kind in enumerate(COUPLINGS) for n in range(4)])


def test_onsets_of_the_slice(onsets):
    assert onsets["tires"].sum() == 8 and onsets["n_reps"].between(25, 45).all()
    # who does not tire has no onset in the truth; who does has his effort rise past 0.6 within the set or not at all
    assert onsets.loc[~onsets["tires"], "onset"].isna().all()
    tiring = onsets[onsets["tires"]]
    assert (tiring["onset"].notna() == (tiring["effort"] >= 0.6)).all()
    summary = summarise_onsets(onsets)
    assert summary["false_alarms"] * summary["steady_sets"] <= most_by_chance(8, LEVEL)
    # six measures at 95 %, common to a set and so not independent: as if one
    assert summary["contrast_holds_zero"] * 8 >= fewest_by_chance(8, 0.95)
    # the study tells 98 % of the clear ones; of so few one may be missed
    assert summary["clear_sets"] >= 4 and summary["told"] * summary["clear_sets"] >= summary["clear_sets"] - 1
    told = tiring[tiring["told"]]
    assert (told["low"] <= told["found"]).all() and (told["found"] <= told["high"]).all()
    assert abs(summary["onset_median_error_reps"]) <= 4  # the study's mean absolute error


def test_couplings_of_the_slice(couplings):
    summary = summarise_couplings(couplings)
    assert list(summary) == list(COUPLINGS) and all(of_kind["persons"] == 4 for of_kind in summary.values())
    assert summary["none"]["coupling_told"] * 4 <= most_by_chance(4, LEVEL)
    assert summary["straight"]["break_told"] * 4 <= most_by_chance(4, LEVEL)
    # between drops of 6° and 12° the pelvis turns by 1.8° more and beyond; the study misses none of a hundred
    assert summary["straight"]["coupling_told"] == 1
    straight = couplings[couplings["kind"].eq("straight") & couplings["slope"].notna()]
    assert straight["true_slope"].between(straight["slope_low"], straight["slope_high"]).sum() >= fewest_by_chance(len(straight), 0.95)
    bent = couplings[couplings["kind"].eq("bent") & couplings["break_deg"].notna()]
    assert bent["true_break_deg"].between(bent["break_low_deg"], bent["break_high_deg"]).sum() >= fewest_by_chance(len(bent), 0.95)


def test_the_same_seed_is_the_same_person(onsets, couplings):
    again = try_onset(2001, tires=True)
    pd.testing.assert_series_equal(pd.Series(again), pd.Series(onsets.iloc[1].to_dict()), check_dtype=False)
    kinds = couplings.set_index("kind")
    assert kinds.loc["none", "true_slope"].eq(0).all() and kinds.loc["straight", "true_break_deg"].eq(0).all()
    assert kinds.loc["bent", "true_break_deg"].between(8, 10).all() and kinds.loc[["bent", "straight"], "true_slope"].between(0.3, 0.6).all()


# --- Summaries by hand -----------------------------------------------------------------------------------------------------------------------
def onset_row(tires, told, effort, onset=np.nan, found=(np.nan,) * 3, holds=1.0):
    return {"tires": tires, "told": told, "effort": effort, "onset": onset, **dict(zip(("found", "low", "high"), found, strict=True)), "holds": holds}


def test_summary_of_onsets_by_hand():
    rows = [
        onset_row(False, False, 0.5),
        onset_row(False, True, 0.5, found=(5, 4, 6), holds=0.5),
        onset_row(True, False, 0.55),  # form never goes: in neither
        onset_row(True, False, 0.65, 40.0),  # goes, but not clearly
        onset_row(True, True, 0.75, 20.0, (22, 19, 23)),
        onset_row(True, False, 0.75, 25.0),
        onset_row(True, True, 0.95, 10.0, (15, 12, 18)),
        onset_row(True, True, 1.0, 12.0, (11, 11, 12)),
        onset_row(True, True, 1.0, 12.0, (np.nan, 11, 12)),  # what was found is no repetition of the truth
    ]
    assert summarise_onsets(pd.DataFrame(rows)) == {
        "steady_sets": 2,
        "false_alarms": 0.5,
        "contrast_holds_zero": 0.75,
        "tiring_sets": 6,
        "clear_sets": 5,
        "told": 0.8,
        "told_by_effort": {"(0.6, 0.7]": 0.0, "(0.7, 0.8]": 0.5, "(0.9, inf]": 1.0},
        "onset_median_error_reps": 2.0,  # of 2, 5 and −1
        "onset_mean_absolute_error_reps": 2.67,
        "interval_coverage": 0.6667,
        "interval_width_reps": 3.67,  # of 4, 6 and 1
    }


def coupling_row(kind, p_coupling, broken=(np.nan,) * 3, slope=(np.nan,) * 3, truth=(9.0, 0.5)):
    names = ("break_deg", "break_low_deg", "break_high_deg", "slope", "slope_low", "slope_high", "true_break_deg", "true_slope")
    return {"kind": kind, "p_coupling": p_coupling, **dict(zip(names, (*broken, *slope, *truth), strict=True))}


def test_summary_of_couplings_by_hand():
    rows = [
        coupling_row("bent", 0.001, (9.5, 8.0, 10.0), (0.6, 0.4, 0.9)),
        coupling_row("bent", 0.001, (8.8, 8.5, 8.9), (0.5, 0.4, 0.6)),
        coupling_row("bent", 0.02, slope=(0.3, 0.1, 0.4)),  # coupled, no break
        coupling_row("bent", 0.4),
        coupling_row("none", 0.05, (7.0, 6.0, 8.0), (0.2, 0.1, 0.3), (0.0, 0.0)),
        coupling_row("none", 0.06, truth=(0.0, 0.0)),
    ]
    assert summarise_couplings(pd.DataFrame(rows)) == {
        "bent": {
            "persons": 4,
            "coupling_told": 0.75,
            "break_told": 0.5,
            "break_median_error_deg": 0.15,  # of 0.5 and −0.2
            "break_mean_absolute_error_deg": 0.35,
            "break_coverage": 0.5,
            "slope_median_error": 0.05,
            "slope_coverage": 1.0,
        },
        "none": {"persons": 2, "coupling_told": 0.5, "break_told": 0.5},
    }


# --- The study -------------------------------------------------------------------------------------------------------------------------------
def test_committed_study():
    result = json.loads(RESULT.read_text("utf-8"))
    onset, coupling = result["onset"], result["coupling"]
    assert onset["steady_sets"] >= 200 and onset["tiring_sets"] >= 150 and all(coupling[kind]["persons"] >= 100 for kind in COUPLINGS)
    assert onset["false_alarms"] * onset["steady_sets"] <= most_by_chance(onset["steady_sets"], LEVEL)
    assert onset["contrast_holds_zero"] * onset["steady_sets"] >= fewest_by_chance(onset["steady_sets"], 0.95)
    assert onset["told"] >= 0.95 and abs(onset["onset_median_error_reps"]) <= 2  # of 45
    told = round(onset["told"] * onset["clear_sets"])
    # The bound is the one that 80 % would have by chance.
    assert onset["interval_coverage"] * told >= fewest_by_chance(told, 0.8)
    assert list(onset["told_by_effort"].values()) == sorted(onset["told_by_effort"].values())
    assert coupling["none"]["coupling_told"] * 100 <= most_by_chance(100, LEVEL)
    assert coupling["straight"]["break_told"] * 100 <= most_by_chance(100, LEVEL) and coupling["straight"]["coupling_told"] >= 0.95
    bent = coupling["bent"]
    assert bent["coupling_told"] > bent["break_told"] >= 0.4
    broken = round(bent["break_told"] * bent["persons"])
    for what in ("break_coverage", "slope_coverage"):
        assert bent[what] * broken >= fewest_by_chance(broken, 0.95)

"""Is it told when form goes, from where on, and from which drop the pelvis turns? Simulated athletes who tire or do not, through the whole chain."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.reps.coupling import fit_coupling
from hiphitch_analysis.reps.fatigue import contrast_fresh_tired, find_fatigue_onset
from hiphitch_analysis.simulate import draw_athlete, simulate_set
from hiphitch_analysis.validate.form import analyse_simulated, draw_form_case, match_reps

GOES_FROM = 0.6  # brain effort from where on the simulator lets form go
CLEAR = 0.7  # brain effort at a set's end from where on its change is large enough to be looked for
SET_REPS = 45
COUPLINGS = ("bent", "straight", "none")
DROPS_DEG = (6.0, 9.0, 12.0)  # of the recordings that show a coupling


def try_onset(seed: int, tires: bool) -> dict[str, Any]:
    """Simulate a set of 45 by an athlete who tires or does not, analyse its recording, and compare the onset with the truth.

    Parameters
    ----------
    seed : int
        Of athlete, wearing and movement. Strength is drawn from 1.6–2.6 N·m/kg, so that form goes from the first repetitions on, later, or never.
    tires : bool

    Returns
    -------
    dict
        ``seed, tires, n_reps``; ``p_value, told``; in repetitions of the truth ``onset`` (the first whose brain effort passes 0.6; NaN when none
        does), ``found, low, high``; ``effort``, the greatest brain effort; ``holds``, the share of measures whose interval of the difference
        between the set's ends holds zero, as it should in one who does not tire.
    """
    rng = np.random.default_rng([seed, 15])
    case = draw_form_case(seed) | {"sensors": ("pelvis",)}
    strength = float(rng.uniform(1.6, 2.6))
    athlete = dataclasses.replace(draw_athlete("A01", rng), strength_left_nm_kg=strength, strength_right_nm_kg=strength)
    simulated = simulate_set(SET_REPS, athlete=athlete if tires else None, **case)
    reps = analyse_simulated(simulated, case["stance"])
    reps = reps[reps["set"].eq(reps["set"].mode().iloc[0])]
    truth = simulated.reps[simulated.reps["kind"].eq("complete")]
    in_truth = {reps.at[mine, "rep"]: truth.at[index, "rep"] for index, mine in match_reps(simulated.reps, reps).items() if mine in reps.index}
    onset = find_fatigue_onset(reps)
    fresh = int((truth["brain_effort"] < GOES_FROM).sum())
    contrast = contrast_fresh_tired(reps)
    return {
        "seed": seed,
        "tires": tires,
        "n_reps": onset.n_reps,
        "p_value": onset.p_value,
        "told": onset.rep is not None,
        "onset": float(truth["rep"].iloc[fresh]) if tires and fresh < len(truth) else np.nan,
        **{name: in_truth.get(number, np.nan) for name, number in (("found", onset.rep), ("low", onset.low), ("high", onset.high))},
        "effort": float(truth["brain_effort"].max()),
        "holds": float(((contrast["low"] <= 0) & (contrast["high"] >= 0)).mean()),
    }


def summarise_onsets(rows: pd.DataFrame) -> dict[str, Any]:
    """Sum up rows of `try_onset`.

    Parameters
    ----------
    rows : DataFrame
        One row per set.

    Returns
    -------
    dict
        Share of false alarms in sets without fatigue; of sets that end at a brain effort of 0.7 or more, the share told, the onset's median error and
        mean absolute error in repetitions, the share of 80 % intervals that hold the truth and their mean width; the share told by the effort at
        the end; and in how many sets without fatigue the contrast's 95 % intervals hold zero.
    """
    steady, tiring = rows[~rows["tires"]], rows[rows["tires"] & rows["onset"].notna()]
    clear = tiring[tiring["effort"] >= CLEAR]
    found = clear[clear["told"]].dropna(subset=["found", "low", "high"])
    error = found["found"] - found["onset"]
    by_effort = tiring.groupby(pd.cut(tiring["effort"], [GOES_FROM, CLEAR, 0.8, 0.9, np.inf]), observed=True)["told"]
    return {
        "steady_sets": len(steady),
        "false_alarms": round(float(steady["told"].mean()), 4),
        "contrast_holds_zero": round(float(steady["holds"].mean()), 4),
        "tiring_sets": len(tiring),
        "clear_sets": len(clear),
        "told": round(float(clear["told"].mean()), 4),
        "told_by_effort": {str(effort): round(float(share), 4) for effort, share in by_effort.mean().items()},
        "onset_median_error_reps": float(error.median()),
        "onset_mean_absolute_error_reps": round(float(error.abs().mean()), 2),
        "interval_coverage": round(float(found["onset"].between(found["low"], found["high"]).mean()), 4),
        "interval_width_reps": round(float((found["high"] - found["low"]).mean()), 2),
    }


def try_coupling(kind: str, seed: int, reps: int = 20) -> dict[str, Any]:
    """Simulate three recordings of one person with different drops, analyse them, and compare the coupling found with the true one.

    Parameters
    ----------
    kind : {"bent", "straight", "none"}
        Whether rotation goes with the drop from 8–10° on, from no drop at all on, or not.
    seed : int
    reps : int
        Repetitions of each recording.

    Returns
    -------
    dict
        ``kind, seed``; ``true_break_deg, true_slope`` and what `fit_coupling` found.
    """
    rng = np.random.default_rng([seed, 16])
    slope = 0.0 if kind == "none" else float(rng.uniform(0.3, 0.6))
    place = float(rng.uniform(8, 10)) if kind == "bent" else 0.0
    habits = draw_form_case(seed) | {"sensors": ("pelvis",), "rotation_per_deg": slope, "rotation_from_deg": place}
    parts = []
    for number, drop in enumerate(DROPS_DEG):
        worn = {name: draw_form_case(1000 * (seed + 1) + number)[name] for name in ("seed", "device", "mounting_deg")}
        parts.append(analyse_simulated(simulate_set(reps, **{**habits, **worn, "drop_deg": drop}), habits["stance"]))
    found = dataclasses.asdict(fit_coupling(pd.concat(parts, ignore_index=True)))
    return {"kind": kind, "seed": seed, "true_break_deg": place, "true_slope": slope, **found}


def summarise_couplings(rows: pd.DataFrame) -> dict[str, Any]:
    """Sum up rows of `try_coupling`.

    Parameters
    ----------
    rows : DataFrame
        One row per person.

    Returns
    -------
    dict
        By kind: how many persons, in which share a coupling and a break were told; where there is a break also its median error and mean absolute
        error [°], the share of 95 % intervals of break and slope that hold the truth, and the median error of the slope [°/°].
    """
    summary: dict[str, Any] = {}
    for kind, members in rows.groupby("kind", sort=False):
        told = members[members["break_deg"].notna()]
        summary[str(kind)] = {
            "persons": len(members),
            "coupling_told": round(float((members["p_coupling"] <= 0.05).mean()), 4),
            "break_told": round(len(told) / len(members), 4),
        }
        if kind == "bent":
            error = told["break_deg"] - told["true_break_deg"]
            summary[str(kind)] |= {
                "break_median_error_deg": round(float(error.median()), 3),
                "break_mean_absolute_error_deg": round(float(error.abs().mean()), 3),
                "break_coverage": round(float(told["true_break_deg"].between(told["break_low_deg"], told["break_high_deg"]).mean()), 4),
                "slope_median_error": round(float((told["slope"] - told["true_slope"]).median()), 4),
                "slope_coverage": round(float(told["true_slope"].between(told["slope_low"], told["slope_high"]).mean()), 4),
            }
    return summary

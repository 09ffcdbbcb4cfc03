"""Do the intervals hold what they promise? Simulated sets of many devices, tempos, amplitudes and mountings against the standard errors stated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.norms import MOUNTING_YAW_DEG, SKIN_SHARE, TILT_COUPLING
from hiphitch_analysis.precision import SPREAD_DF, half_width
from hiphitch_analysis.schema import ACC, GYR, SIDES
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.simulate import simulate_set
from hiphitch_analysis.simulate.sensors import SKIN_LAG

NOMINAL = 0.90
LEVELS: dict[str, dict[str, Any]] = {
    "device": {"dot": None, "mtw": None, "phone": None},
    "tempo": {"brisk": (0.7, 1.0), "even": (1.0, 1.5), "slow": (1.5, 2.5)},  # seconds a phase
    "amplitude": {"small": (3.0, 6.0), "medium": (6.0, 9.0), "large": (9.0, 12.0)},  # degrees of drop
    # Turned on the skin, tilted away from it, each up to so many degrees; the yaw comes on top.
    "mounting": {"flat": (5.0, 3.0), "turned": (180.0, 3.0), "askew": (180.0, 20.0)},
}
MEASURES = ("drop", "return_error", "rotation_range", "bottom")


@dataclass(frozen=True, slots=True)
class AngleCase:
    """One simulated set whose intervals are tried.

    Attributes
    ----------
    seed : int
    levels : dict of str
        Level of each factor of `LEVELS`.
    stance : {"left", "right"}
    drop_deg, lower_s, raise_s : float
        Intended drop [°] and phase times [s].
    tilt_deg : float
        Sagittal tilt in step with the drop [°].
    mounting_deg : tuple of three floats
        How the sensor is turned away from flat on the sacrum [°]: on the skin, tilted, to the side.
    soft_tissue : float
        Multiple of the simulator's usual amount.
    sway : float
        Multiple of a typical adult's.
    """

    seed: int
    levels: dict[str, str]
    stance: str
    drop_deg: float
    lower_s: float
    raise_s: float
    tilt_deg: float
    mounting_deg: tuple[float, float, float]
    soft_tissue: float
    sway: float


def draw_angle_case(seed: int, wider: float = 1.0) -> AngleCase:
    """Draw a set: its levels in turn, everything else from what `norms` assumes of mounting, soft tissue and tilt.

    Parameters
    ----------
    seed : int
        The same seed gives the same case; 81 successive seeds go through all combinations of levels.
    wider : float
        Factor on the spread of soft tissue and mounting yaw.

    Returns
    -------
    AngleCase

    Examples
    --------
    >>> draw_angle_case(0).levels
    {'device': 'dot', 'tempo': 'brisk', 'amplitude': 'small', 'mounting': 'flat'}
    """
    rng = np.random.default_rng([seed, 4])
    levels, rest = {}, seed
    for factor, choices in LEVELS.items():
        levels[factor] = list(choices)[rest % len(choices)]
        rest //= len(choices)
    shallow, deep = LEVELS["amplitude"][levels["amplitude"]]
    quick, slow = LEVELS["tempo"][levels["tempo"]]
    drop = float(rng.uniform(shallow, deep))
    lower_s, raise_s = rng.uniform(quick, slow, 2).tolist()
    # How much skin there is, and how carefully a sensor is put on, differs: a t-distribution is a normal one of varying spread.
    softness, carelessness = np.minimum(3.0, np.sqrt(SPREAD_DF / rng.chisquare(SPREAD_DF, 2))).tolist()
    spin, lean = LEVELS["mounting"][levels["mounting"]]
    mounting = (float(rng.uniform(-spin, spin)), float(rng.uniform(-lean, lean)), float(rng.normal(0, wider * carelessness * MOUNTING_YAW_DEG.value)))
    tilt = float(rng.normal(0, TILT_COUPLING.value)) * drop
    soft = wider * softness * SKIN_SHARE.value / SKIN_LAG["pelvis"]
    return AngleCase(seed, levels, SIDES[int(rng.integers(2))], drop, lower_s, raise_s, tilt, mounting, soft, float(rng.uniform(0.5, 1.5)))


def try_intervals(case: AngleCase, reps: int = 8, **changes: Any) -> pd.DataFrame:
    """Simulate one set, analyse it, and put each repetition's error beside its standard error.

    Parameters
    ----------
    case : AngleCase
    reps : int
        Repetitions of the set.
    **changes
        Attributes of the case to replace.

    Returns
    -------
    DataFrame
        One row per repetition: ``seed``, the levels, and for each of `MEASURES` its ``_error_deg`` (found minus true) and ``_se_deg``; ``bottom`` is
        the angle of obliquity at the lowest point. No rows when the repetitions found are not the ones done.
    """
    case = replace(case, **changes)
    simulated = simulate_set(
        reps,
        case.stance,
        case.drop_deg,
        case.seed,
        lower_s=case.lower_s,
        raise_s=case.raise_s,
        tilt_deg=case.tilt_deg,
        mounting_deg=case.mounting_deg,
        soft_tissue=case.soft_tissue,
        sway=case.sway,
        device=case.levels["device"],
    )
    analysed = analyse_samples(simulated.imu[ACC + GYR], case.stance)
    angles, found = analysed.angles, analysed.reps
    truth = simulated.reps
    if len(found) != len(truth) or not found["kind"].eq("complete").all():
        return pd.DataFrame()
    rows = pd.DataFrame({"seed": case.seed, **case.levels, "axis_deg": analysed.calibration.axis_deg}, index=found.index)
    for measure in MEASURES[:3]:
        rows[f"{measure}_error_deg"] = found[f"{measure}_deg"] - truth[f"{measure}_deg"]
        rows[f"{measure}_se_deg"] = found[f"{measure}_se_deg"]
    at = truth["bottom_s"].to_numpy()
    obliquity, se, true = (
        np.interp(at, table.index, table[name])
        for table, name in ((angles, "obliquity_deg"), (angles, "obliquity_se_deg"), (simulated.angles, "obliquity_deg"))
    )
    return rows.assign(bottom_error_deg=obliquity - true, bottom_se_deg=se)


def count_coverage(rows: pd.DataFrame, measure: str, nominal: float = NOMINAL) -> float:
    """Return the share of repetitions whose nominal interval holds the truth; rows without a standard error are left out."""
    known = rows[f"{measure}_se_deg"].notna()
    inside = rows.loc[known, f"{measure}_error_deg"].abs() <= half_width(rows.loc[known, f"{measure}_se_deg"], nominal)
    return float(inside.mean())


def summarise_coverage(rows: pd.DataFrame, measures: Iterable[str] = MEASURES) -> dict[str, Any]:
    """Return coverage of each measure overall and at every level of every factor, with errors and standard errors beside it.

    Parameters
    ----------
    rows : DataFrame
        Rows of `try_intervals`.
    measures : iterable of str

    Returns
    -------
    dict
    """
    summary: dict[str, Any] = {"recordings": int(rows["seed"].nunique()), "repetitions": len(rows)}
    for measure in measures:
        error = rows[f"{measure}_error_deg"]
        summary[measure] = {
            "coverage": round(count_coverage(rows, measure), 3),
            "rms_error_deg": round(float(np.sqrt(np.mean(error**2))), 3),
            "median_se_deg": round(float(rows[f"{measure}_se_deg"].median()), 3),
            "levels": {
                factor: {level: round(count_coverage(rows[rows[factor].eq(level)], measure), 3) for level in choices}
                for factor, choices in LEVELS.items()
            },
        }
    return summary

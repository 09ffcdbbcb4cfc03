"""Is a fault of form seen in the repetition that has it, are the chances right, is the score repeatable? Simulated sets with known faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.agreement import mdc95
from hiphitch_analysis.certainty import area_under_roc, calibration_curve, calibration_error
from hiphitch_analysis.form.faults import judge_reps
from hiphitch_analysis.form.points import POINTS
from hiphitch_analysis.form.score import score_form
from hiphitch_analysis.motion.calibration import Calibration
from hiphitch_analysis.motion.segments import add_segments
from hiphitch_analysis.norms import MOUNTING_YAW_DEG, OFF_BEAT
from hiphitch_analysis.schema import ACC, GYR, SIDES
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.simulate import FAULTS, SimulatedSet, simulate_set

Array = NDArray[np.float64]

DEVICES = ("dot", "mtw", "phone")
# Which faults a recording can show, by what is worn. The force of the oblique and the weight on the free foot are in none of them.
PELVIS = (
    "incomplete_return", "hike_above_level", "drop_too_large", "drop_too_small", "pelvis_not_square", "lumbar_not_neutral",
    "tempo_too_fast", "tempo_uneven", "loss_of_balance",
)  # fmt: skip
THIGH = ("leg_lifted", "leg_drawn_in", "hip_and_leg_apart")
TRUNK = ("trunk_lean_stance", "trunk_lean_free")
SEEN = {"pelvis": PELVIS, "pelvis + thigh": PELVIS + THIGH, "pelvis + trunk": PELVIS + TRUNK}
ALL = PELVIS + THIGH + TRUNK
SEVERITIES = ("moderate", "moderate", "mild", "severe")  # in turn: moderate ones decide whether a fault is seen, the others whether chances hold
CLEAN_REPS = 45


def draw_form_case(seed: int) -> dict[str, Any]:
    """Draw an athlete of good form and how the sensors sit.

    Parameters
    ----------
    seed : int
        The same seed gives the same athlete.

    Returns
    -------
    dict
        Arguments of `simulate_set`, without repetitions and faults: drops of 5.5–8.5°, phases of 0.85–1.3 s, three devices,
        worn flat on the sacrum with the usual carelessness or turned on it in any way, moving skin.

    Examples
    --------
    >>> 5.5 <= draw_form_case(3)["drop_deg"] <= 8.5
    True
    """
    rng = np.random.default_rng([seed, 12])
    turned = float(rng.uniform(-180, 180)) if seed % 2 else float(rng.normal(0, 5))
    lower_s, raise_s = rng.uniform(0.85, 1.3, 2).tolist()
    return {
        "stance": SIDES[seed % 2],
        "seed": seed,
        "drop_deg": float(rng.uniform(5.5, 8.5)),
        "lower_s": lower_s,
        "raise_s": raise_s,
        "rotation_deg": float(rng.uniform(1.0, 3.0)),
        "tilt_deg": float(rng.normal(0.0, 0.7)),
        "leg_coupling": float(rng.normal(1.0, 0.05)),
        "variability": float(rng.uniform(0.03, 0.10)),
        "sway": float(rng.uniform(0.6, 1.4)),
        "device": DEVICES[seed % 3],
        "mounting_deg": (turned, float(rng.normal(0, 5)), float(rng.normal(0, MOUNTING_YAW_DEG.value))),
        "soft_tissue": 1.0,
        "sensors": ("pelvis", "thigh", "trunk"),
    }


def analyse_simulated(simulated: SimulatedSet, stance: str) -> pd.DataFrame:
    """Return table REPS with measures and faults of a simulated recording, from all its sensors.

    Parameters
    ----------
    simulated : SimulatedSet
    stance : {"left", "right"}

    Returns
    -------
    DataFrame
        Table REPS.
    """
    return analyse_samples(simulated.recordings["pelvis"][ACC + GYR], stance, add_further=add_simulated(simulated)).reps


def add_simulated(simulated: SimulatedSet) -> Callable[[pd.DataFrame, Calibration, str], pd.DataFrame]:
    """Return what adds the trunk and thigh sensors of a simulated recording to table ANGLES, for `analyse_samples`."""
    further = {name: simulated.recordings[name][ACC + GYR] for name in ("trunk", "thigh") if name in simulated.recordings}

    def add_further(angles: pd.DataFrame, calibration: Calibration, side: str) -> pd.DataFrame:
        return add_segments(angles, calibration, side, **further)[0] if further else angles

    return add_further


def try_fault(fault: str | None, seed: int, reps: int = 16) -> pd.DataFrame:
    """Simulate a set that begins in good form and has a fault from its middle on, and judge every repetition.

    Parameters
    ----------
    fault : str or None
        Key of `simulate.FAULTS`; None: a clean set of 45 repetitions.
    seed : int
    reps : int
        Repetitions of a set with a fault.

    Returns
    -------
    DataFrame
        One row per complete repetition of the truth: ``seed, asked, severity, has`` (the fault is in it), ``found`` (its repetition was), and
        for each coaching point of `ALL` its ``chance:``, whether it was ``marked:``, and whether the truth goes ``beyond:`` the working limit.
    """
    severity = SEVERITIES[seed % len(SEVERITIES)]
    wanted = () if fault is None else (f"{fault}:{severity}@{reps // 2 + 1}",)
    case = draw_form_case(seed)
    simulated = simulate_set(CLEAN_REPS if fault is None else reps, faults=wanted, **case)
    judged = analyse_simulated(simulated, case["stance"])
    chances = judge_reps(judged)
    values = true_values(simulated.angles, simulated.reps)
    partner = match_reps(simulated.reps, judged)
    rows = []
    for index, true in simulated.reps[simulated.reps["kind"].eq("complete")].iterrows():
        row: dict[str, Any] = {
            "seed": seed,
            "asked": fault or "none",
            "severity": severity if fault else "none",
            "has": fault in true["faults"].split(),
        }
        mine = partner.get(index)
        row["found"] = mine is not None
        for point in POINTS:
            if point.key in ALL:
                row[f"chance:{point.key}"] = chances.at[mine, point.key] if mine is not None and point.key in chances else np.nan
                row[f"marked:{point.key}"] = mine is not None and point.key in judged.at[mine, "faults"]
                row[f"beyond:{point.key}"] = bool(point.beyond * (values.at[index, point.key] - point.limit.mild.value) > 0)
        rows.append(row)
    return pd.DataFrame(rows)


def match_reps(truth: pd.DataFrame, found: pd.DataFrame) -> dict[Any, Any]:
    """Pair complete repetitions of the truth with complete ones found, by lowest points nearer than half the lowering.

    Parameters
    ----------
    truth, found : DataFrame
        Tables TRUTH_REPS and REPS.

    Returns
    -------
    dict
        Index of the truth → index of what was found.
    """
    counted = found[found["kind"].eq("complete")]
    pairs: dict[Any, Any] = {}
    for row in truth[truth["kind"].eq("complete")].itertuples():
        away = (counted["bottom_s"] - row.bottom_s).abs()
        if len(away) and away.min() < 0.5 * (row.bottom_s - row.start_s) and away.idxmin() not in pairs.values():
            pairs[row.Index] = away.idxmin()
    return pairs


def true_values(angles: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    """Work out each coaching point's value from the truth, apart from the code that measures recordings.

    Parameters
    ----------
    angles, reps : DataFrame
        Tables ANGLES and TRUTH_REPS of a simulated set.

    Returns
    -------
    DataFrame
        One column per coaching point of `ALL`, one row per repetition, in the unit of its limit.
    """
    time = angles.index.to_numpy()
    first = float(reps["start_s"].iloc[0])
    standing = float(angles.loc[first - 1.0 : first, "tilt_deg"].mean())
    duration = reps["end_s"] - reps["start_s"]
    rows = []
    for i, rep in enumerate(reps.itertuples()):
        part = angles.loc[rep.start_s : rep.end_s]
        rise = angles.loc[rep.bottom_s : rep.end_s]
        if len(rise) < 2:
            rise = part
        at = time[(time >= rep.start_s) & (time <= rep.end_s)]
        obliquity = part["obliquity_deg"].to_numpy()
        task = np.column_stack([np.ones(len(at)), at - at.mean(), obliquity - max(obliquity[0], obliquity[-1])])
        turned = part[["tilt_deg", "rotation_deg"]].to_numpy()
        fit, *_ = np.linalg.lstsq(task, turned, rcond=None)
        rates = np.gradient(turned - task @ fit, at, axis=0)
        gain, offset = np.polyfit(obliquity, part["free_leg_angle_deg"], 1)
        straight = np.interp(rise.index, [rise.index[0], rise.index[-1]], [rise["trunk_lean_deg"].iloc[0], rise["trunk_lean_deg"].iloc[-1]])
        sides = duration.iloc[max(0, i - 5) : i], duration.iloc[i + 1 : i + 6]
        even = [side.mean() for side in sides if len(side) >= 4 and side.std() < OFF_BEAT.mild.value * side.mean()]
        beats = [pd.concat(sides).mean(), *even] if len(duration) > 1 else []
        rows.append(
            {
                "incomplete_return": rep.return_error_deg,
                "hike_above_level": rep.return_error_deg,
                "drop_too_large": rep.drop_deg,
                "drop_too_small": rep.drop_deg,
                "pelvis_not_square": rep.rotation_range_deg,
                "trunk_lean_stance": part["trunk_lean_deg"].max(),
                "trunk_lean_free": (straight - rise["trunk_lean_deg"].to_numpy()).max(),
                "leg_lifted": rise["free_thigh_flexion_deg"].max() - rise["free_thigh_flexion_deg"].iloc[0],
                "leg_drawn_in": -offset,
                "hip_and_leg_apart": abs(gain - 1),
                "lumbar_not_neutral": fit[0, 0] - standing,
                "tempo_too_fast": min(rep.bottom_s - rep.start_s, rep.end_s - rep.bottom_s),
                "tempo_uneven": min((abs(duration.iloc[i] / beat - 1) for beat in beats), default=0.0),
                "loss_of_balance": float(np.sqrt((rates**2).mean(axis=0).sum())),
            }
        )
    values = pd.DataFrame(rows, index=reps.index)
    drift = values["lumbar_not_neutral"].to_numpy()
    values["lumbar_not_neutral"] = [abs(drift[max(0, i - 1) : i + 2].mean()) for i in range(len(drift))]
    return values


def summarise_faults(rows: pd.DataFrame) -> dict[str, Any]:
    """Sum up what `try_fault` found over many sets.

    Parameters
    ----------
    rows : DataFrame
        Rows of `try_fault`, of sets with every fault and of clean ones.

    Returns
    -------
    dict
        For each fault the area under the ROC at moderate severity, repetitions that have it against those without any fault, and the expected
        calibration error of its chance; the calibration of all chances together; false alarms per clean set; and the confusion by what is worn.
    """
    plain = rows[~rows["has"] & rows["found"]]  # a repetition with a fault that is not found counts against us, a good one for nobody
    clean = rows[rows["asked"].eq("none")]
    points = {}
    for key in ALL:
        of_it = rows[rows["asked"].eq(key) & rows["has"] & rows["severity"].eq("moderate")]
        chances = pd.concat([of_it, plain])[f"chance:{key}"].fillna(0.0)
        points[key] = {
            "auc": round(area_under_roc(chances, [True] * len(of_it) + [False] * len(plain)), 4),
            "calibration_error": round(calibration_error(rows[f"chance:{key}"], rows[f"beyond:{key}"]), 4),
            "marked_moderate": round(float(of_it[f"marked:{key}"].mean()), 4),
            "n_moderate": len(of_it),
        }
    stated, kept = _all_chances(rows)
    wrong = sum(clean[f"marked:{key}"].astype(int) for key in ALL)
    untrue = sum((clean[f"marked:{key}"] & ~clean[f"beyond:{key}"]).astype(int) for key in ALL)
    per_set = wrong.groupby(clean["seed"]).sum()
    return {
        "repetitions": len(rows),
        "found": round(float(rows["found"].mean()), 4),
        "points": points,
        "calibration_error": round(calibration_error(stated, kept), 4),
        "calibration": calibration_curve(stated, kept).round(3).to_dict("records"),
        "clean_sets": int(clean["seed"].nunique()),
        "marks_per_clean_set": round(float(per_set.mean()), 3),
        "marks_per_clean_set_p90": float(per_set.quantile(0.9)),
        "untrue_marks_per_clean_set": round(float(untrue.groupby(clean["seed"]).sum().mean()), 3),
        "confusion": {worn: _confuse(rows, seen) for worn, seen in SEEN.items()},
    }


def _all_chances(rows: pd.DataFrame) -> tuple[Array, NDArray[np.bool_]]:
    chances = np.concatenate([rows[f"chance:{key}"].to_numpy(dtype=float) for key in ALL])
    return chances, np.concatenate([rows[f"beyond:{key}"].to_numpy(dtype=bool) for key in ALL])


def _confuse(rows: pd.DataFrame, seen: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return, for each fault asked for at moderate severity, the share of its repetitions that carry each mark; shares below 2 % are left out."""
    table = {}
    for asked, members in rows[rows["has"] & rows["severity"].eq("moderate")].groupby("asked"):
        shares = {key: round(float(members[f"marked:{key}"].mean()), 3) for key in seen}
        table[str(asked)] = {key: share for key, share in shares.items() if share >= 0.02}
    return table


def try_score(fault: str, seed: int, reps: int = 12) -> dict[str, Any]:
    """Score the same set without a fault and with it at each severity.

    Parameters
    ----------
    fault : str
        Key of `simulate.FAULTS`.
    seed : int
    reps : int

    Returns
    -------
    dict
        ``fault, seed`` and the form score at ``none``, ``mild``, ``moderate`` and ``severe``.
    """
    case = draw_form_case(seed)
    row: dict[str, Any] = {"fault": fault, "seed": seed}
    for severity in ("none", "mild", "moderate", "severe"):
        wanted = () if severity == "none" else (f"{fault}:{severity}",)
        scores = score_form(analyse_simulated(simulate_set(reps, faults=wanted, **case), case["stance"]))
        row[severity] = float(scores["form_score"].iloc[0]) if len(scores) else np.nan
    return row


def repeat_score(seed: int, times: int = 4, reps: int = 20) -> pd.DataFrame:
    """Record one athlete several times: the same habits, another day's sway and spread, another device put on in another way.

    Parameters
    ----------
    seed : int
        Of the athlete.
    times : int
        Recordings.
    reps : int
        Repetitions of each.

    Returns
    -------
    DataFrame
        One row per recording: ``athlete, form_score, form_core, form_low, form_high``.
    """
    rng = np.random.default_rng([seed, 13])
    habits = draw_form_case(seed)
    faults = [
        f"{key}:{severity}" for key, severity in zip(rng.choice(list(FAULTS), 2, replace=False), rng.choice(["mild", "moderate"], 2), strict=True)
    ]
    faults = [fault for fault in faults if not fault.startswith("loss_of_balance")]
    rows = []
    for time in range(times):
        day = draw_form_case(1000 * (seed + 1) + time)
        worn = {name: day[name] for name in ("seed", "device", "mounting_deg")}
        scores = score_form(analyse_simulated(simulate_set(reps, faults=faults, **{**habits, **worn}), habits["stance"]))
        names = ["form_score", "form_core", "form_low", "form_high"]
        rows.append({"athlete": seed, **(dict(scores.iloc[0][names]) if len(scores) else {})})
    return pd.DataFrame(rows)


def summarise_scores(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the mean form score of each fault at each severity, from rows of `try_score`, and in which share of sets it rises at no step.

    A fault that the sensors worn cannot show leaves the score as it is.
    """
    steps = ["none", "mild", "moderate", "severe"]
    falls = (rows[steps].diff(axis=1).iloc[:, 1:] <= 0).all(axis=1)
    means = rows.groupby("fault", sort=False)[steps].mean().round(1)
    return {fault: {**means.loc[fault].to_dict(), "never_rises": round(float(falls[rows["fault"].eq(fault)].mean()), 3)} for fault in means.index}


def summarise_repeats(rows: pd.DataFrame) -> dict[str, float]:
    """Return how repeatable the form score is, from rows of `repeat_score`.

    Returns
    -------
    dict
        ``athletes``, ``recordings``; for the score and its core the standard error of measurement ``sem``, root of the mean variance between an
        athlete's recordings, and ``mdc95``, the smallest change between two recordings beyond it at 95 %.
    """
    known = rows.dropna(subset=["form_score", "form_core"])
    within = known.groupby("athlete")[["form_score", "form_core"]].var().mean() ** 0.5
    figures: dict[str, float] = {"athletes": int(known["athlete"].nunique()), "recordings": len(known)}
    for name in ("form_score", "form_core"):
        figures |= {f"{name}_sem": round(float(within[name]), 2), f"{name}_mdc95": round(mdc95(float(within[name])), 2)}
    return figures

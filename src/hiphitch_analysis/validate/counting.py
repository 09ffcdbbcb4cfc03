"""Are repetitions counted exactly, begun and ended where they were, and partial ones told? Simulated sets, beside two plain counters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import find_peaks

from hiphitch_analysis.certainty import calibration_error
from hiphitch_analysis.norms import MOUNTING_YAW_DEG
from hiphitch_analysis.schema import ACC, GYR, SIDES
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.simulate import simulate_set

Array = NDArray[np.float64]

DEVICES = ("dot", "mtw", "phone")
TIMES = ("start_s", "bottom_s", "end_s")
UNSURE = 0.95  # chance below which repetitions are looked at by themselves: nearly all are surer
USABLE = 2.0  # times the angle's own noise that a drop must have to be looked for


def draw_counting_case(seed: int) -> dict[str, Any]:
    """Draw a set to be counted.

    Parameters
    ----------
    seed : int
        The same seed gives the same set.

    Returns
    -------
    dict
        Arguments of `simulate_set`: 6–24 repetitions, drops of 2–15°, phases of 0.5–3 s, pauses at top and bottom up to 1.5 s, three devices, worn in
        any way whatever or flat with its usual carelessness, moving skin, sway of half to one and a half of a typical adult's; partial raises in a
        third, a touch-down in a fifth and walking off in a fifth of the sets.

    Examples
    --------
    >>> case = draw_counting_case(4)
    >>> 2 <= case["drop_deg"] <= 15 and case == draw_counting_case(4)
    True
    """
    rng = np.random.default_rng([seed, 9])
    reps = int(rng.integers(6, 25))
    lower_s, raise_s = np.exp(rng.uniform(np.log(0.5), np.log(3.0), 2)).tolist()
    anyhow, flat = rng.uniform(-180, 180, 3).tolist(), [rng.uniform(-180, 180), rng.normal(0, 5), rng.normal(0, MOUNTING_YAW_DEG.value)]
    rows = rng.permutation(np.arange(2, reps))
    partial = sorted(int(row) for row in rows[:2]) if rng.random() < 1 / 3 else []
    if len(partial) == 2 and partial[1] - partial[0] == 1:
        partial = partial[:1]  # after a partial raise the next one regains all that it lost
    aborted = [int(rows[2])] if rng.random() < 0.2 and len(rows) > 2 else []
    return {
        "reps": reps,
        "stance": SIDES[seed % 2],
        "drop_deg": float(rng.uniform(2, 15)),
        "seed": seed,
        "lower_s": lower_s,
        "raise_s": raise_s,
        "bottom_pause_s": float(rng.choice([0.0, 0.0, 0.3, 0.8])),
        "pause_s": float(rng.choice([0.0, 0.15, 0.5, 1.5])),
        "sway": float(rng.uniform(0.5, 1.5)),
        "variability": float(rng.uniform(0.03, 0.15)),
        "device": DEVICES[seed % 3],
        "mounting_deg": tuple(float(angle) for angle in (anyhow if seed % 2 else flat)),
        "soft_tissue": 1.0,
        "walk_off": bool(rng.random() < 0.2),
        "partial": tuple(partial),
        "aborted": tuple(aborted),
    }


def count_case(case: dict[str, Any]) -> dict[str, Any]:
    """Simulate a set, count it three ways, and compare with the truth.

    Parameters
    ----------
    case : dict
        From `draw_counting_case`.

    Returns
    -------
    dict
        Its conditions; ``usable`` by the truth alone (every drop at least twice the noise of the angle); complete repetitions ``true``, ``found``
        (−1: refused), by ``peaks`` and by ``autocorrelation``; median error of start, bottom and end [s] where the count is right; partial
        repetitions labelled rightly, wrongly and not at all (``hits``, ``false_alarms``, ``misses``); and of each cycle found the ``confidence`` it
        was given and whether it is one of that kind (``right``), as lists.
    """
    simulated = simulate_set(**case)
    truth = simulated.reps
    complete = truth[truth["kind"].eq("complete")]
    noise = _true_noise(case, simulated.angles, truth)
    row: dict[str, Any] = {name: case[name] for name in ("seed", "drop_deg", "lower_s", "raise_s", "pause_s", "sway", "device", "walk_off")}
    row |= {"noise_deg": noise, "usable": bool(truth["drop_deg"].min() >= USABLE * noise), "true": len(complete), "found": -1}
    row |= {"peaks": -1, "autocorrelation": -1, "boundary_s": np.nan, "hits": 0, "false_alarms": 0, "misses": int(truth["kind"].eq("partial").sum())}
    row |= {"confidence": [], "right": []}
    try:
        analysed = analyse_samples(simulated.imu[ACC + GYR], case["stance"])
    except ValueError:
        return row
    found, angles, rate_hz = analysed.reps, analysed.angles, analysed.orientation.rate_hz
    counted = found[found["kind"].eq("complete")]
    row |= {"found": len(counted)} | _plain_counts(angles["obliquity_deg"].to_numpy(), rate_hz)
    if len(counted) == len(complete):
        row["boundary_s"] = float(np.median(np.abs(counted[list(TIMES)].to_numpy() - complete[list(TIMES)].to_numpy())))
    row |= {"confidence": found["confidence"].tolist(), "right": _is_right(truth, found)}
    return row | _match_partials(truth, found)


def summarise_counting(rows: pd.DataFrame) -> dict[str, Any]:
    """Return how many of the usable sets were counted exactly, by us and by the plain counters, with boundaries and the partial label's F1."""
    usable = rows[rows["usable"]]
    confidence, right = (np.concatenate([np.asarray(cell, dtype=float) for cell in usable[name]]) for name in ("confidence", "right"))
    hits, wrong = int(usable["hits"].sum()), int(usable["false_alarms"].sum() + usable["misses"].sum())

    def exact(column: str) -> float:
        return round(float((usable[column] == usable["true"]).mean()), 4)

    by_drop = usable.groupby(pd.cut(usable["drop_deg"], [2, 4, 6, 9, 15], include_lowest=True), observed=True)
    return {
        "sets": len(rows),
        "usable": len(usable),
        "refused": int((usable["found"] < 0).sum()),
        "exact": exact("found"),
        "within_one": round(float(((usable["found"] - usable["true"]).abs() <= 1).mean()), 4),
        "exact_by_peaks": exact("peaks"),
        "exact_by_autocorrelation": exact("autocorrelation"),
        "boundary_median_s": round(float(usable["boundary_s"].median()), 4),
        "boundary_p90_s": round(float(usable["boundary_s"].quantile(0.9)), 4),
        "partial_f1": round(2 * hits / max(1, 2 * hits + wrong), 4),
        "confidence_error": round(calibration_error(confidence, right.astype(bool)), 4),
        "unsure_reps": int((confidence < UNSURE).sum()),
        "unsure_right": round(float(right[confidence < UNSURE].mean()), 4) if (confidence < UNSURE).any() else None,
        "unsure_promised": round(float(confidence[confidence < UNSURE].mean()), 4) if (confidence < UNSURE).any() else None,
        "exact_by_drop_deg": {str(drop): round(float((part["found"] == part["true"]).mean()), 4) for drop, part in by_drop},
    }


def _true_noise(case: dict[str, Any], angles: pd.DataFrame, truth: pd.DataFrame) -> float:
    """Return the root mean square of what sway adds to the true obliquity within the repetitions [°], by the same set without sway."""
    still = simulate_set(**{**case, "sway": 0.0}).angles["obliquity_deg"].to_numpy()
    time = angles.index.to_numpy()
    inside = np.zeros(len(time), dtype=bool)
    for start, end in np.searchsorted(time, truth[["start_s", "end_s"]].to_numpy()):
        inside[start:end] = True
    added = (angles["obliquity_deg"].to_numpy() - still)[inside]
    return float(np.sqrt((added**2).mean()))


def _plain_counts(obliquity: Array, rate_hz: float) -> dict[str, int]:
    """Count as people do with a few lines: peaks of some prominence; and duration over the period of the autocorrelation."""
    known = np.where(np.isfinite(obliquity), obliquity, np.nanmedian(obliquity))
    low, high = np.percentile(known, [5, 95])
    peaks, _ = find_peaks(-known, prominence=0.5 * (high - low), distance=max(1, int(0.5 * rate_hz)))
    centred = known - known.mean()
    power = np.abs(np.fft.rfft(centred, 2 * len(centred))) ** 2
    same = np.fft.irfft(power)[: len(centred)]
    first, last = int(0.8 * rate_hz), int(8.0 * rate_hz)
    period = first + int(np.argmax(same[first:last])) if len(same) > last else 1
    moving = np.abs(centred - np.median(centred)) > 0.25 * (high - low)
    span = np.flatnonzero(moving)
    return {"peaks": len(peaks), "autocorrelation": round((span[-1] - span[0]) / period) if len(span) else 0}


def _is_right(truth: pd.DataFrame, found: pd.DataFrame) -> list[bool]:
    """Return of each cycle found whether one of the truth shares more than half of the shorter one's time with it and is of the same kind."""
    (begins, ends), (true_begins, true_ends) = (table[["start_s", "end_s"]].to_numpy(dtype=float).T for table in (found, truth))
    shared = np.minimum.outer(ends, true_ends) - np.maximum.outer(begins, true_begins)
    shorter = np.minimum.outer(ends - begins, true_ends - true_begins)
    right, taken = [], set()
    for i, kind in enumerate(found["kind"]):
        j = int(shared[i].argmax())
        is_one = shared[i, j] > 0.5 * shorter[i, j] and j not in taken
        taken |= {j} if is_one else set()
        right.append(bool(is_one and truth["kind"].iloc[j] == kind))
    return right


def _match_partials(truth: pd.DataFrame, found: pd.DataFrame) -> dict[str, int]:
    """Pair partial repetitions whose lowest points are nearer than half the lowering and 0.3 s."""
    labelled = found.loc[found["kind"].eq("partial"), "bottom_s"].to_numpy()
    free = np.ones(len(labelled), dtype=bool)
    partial = truth[truth["kind"].eq("partial")]
    for row in partial.itertuples():
        near = np.flatnonzero(free & (np.abs(labelled - row.bottom_s) < 0.3 + 0.5 * (row.bottom_s - row.start_s)))
        free[near[:1]] = False
    hits = int((~free).sum())
    return {"hits": hits, "false_alarms": int(free.sum()), "misses": len(partial) - hits}


def draw_session_case(seed: int) -> dict[str, Any]:
    """Draw a whole session in one recording: sets of 8–24 repetitions on one leg or both in turn, with rests of standing about between.

    Parameters
    ----------
    seed : int
        The same seed gives the same session.

    Returns
    -------
    dict
        Arguments of `simulate_set`: as `draw_counting_case`, with drops of 3–12°, two or three sets on one leg or one or two on each, rests of
        15–90 s in which the person shifts about, and no partial raises or touch-downs.

    Examples
    --------
    >>> 15 <= draw_session_case(4)["rest_s"] <= 90
    True
    """
    rng = np.random.default_rng([seed, 10])
    both = bool(rng.random() < 0.5)
    return {
        **draw_counting_case(seed),
        "reps": int(rng.integers(8, 25)),
        "drop_deg": float(rng.uniform(3, 12)),
        "both_sides": both,
        "sets": int(rng.integers(1, 3)) if both else int(rng.integers(2, 4)),
        "rest_s": float(np.exp(rng.uniform(np.log(15), np.log(90)))),
        "partial": (),
        "aborted": (),
    }


def count_session(case: dict[str, Any]) -> dict[str, Any]:
    """Simulate a session, count it, and compare leg and repetitions of every set with the truth.

    Parameters
    ----------
    case : dict
        From `draw_session_case`.

    Returns
    -------
    dict
        ``seed, both_sides, drop_deg, rest_s``; ``true`` and ``found``, the sets in order as "left 12"; and whether the legs are right (``legs``) and
        all of it is (``exact``).
    """
    simulated = simulate_set(**case)
    try:
        reps = analyse_samples(simulated.imu[ACC + GYR], case["stance"]).reps
        found = _list_sets(reps)
    except ValueError:
        found = []
    true = _list_sets(simulated.reps)
    legs = [name.split()[0] for name in true] == [name.split()[0] for name in found]
    told = {name: case[name] for name in ("seed", "both_sides", "drop_deg", "rest_s")}
    return {**told, "true": ", ".join(true), "found": ", ".join(found), "legs": legs, "exact": true == found}


def summarise_sessions(rows: pd.DataFrame) -> dict[str, Any]:
    """Return in which share of the sessions every set was found on its leg, and with all its repetitions, for one leg and for both in turn."""
    by = {"one_leg": rows[~rows["both_sides"]], "both_legs": rows[rows["both_sides"]]}
    return {
        name: {"sessions": len(part), "legs": round(float(part["legs"].mean()), 4), "exact": round(float(part["exact"].mean()), 4)}
        for name, part in by.items()
    }


def _list_sets(reps: pd.DataFrame) -> list[str]:
    complete = reps[reps["kind"].eq("complete")]
    return [f"{members['side'].iloc[0]} {len(members)}" for _, members in complete.groupby("set")]

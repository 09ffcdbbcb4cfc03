"""Simulate → analyse → error: how far what comes out is from what went in. The engine of the studies in ``tests/studies``."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from hiphitch_analysis.schema import ACC, GYR, SIDES
from hiphitch_analysis.session.samples import analyse_samples
from hiphitch_analysis.simulate import simulate_set


@dataclass(frozen=True, slots=True)
class SetCase:
    """One simulated set to recover.

    Attributes
    ----------
    seed : int
        Of everything random in it.
    reps : int
        Complete repetitions.
    stance : {"left", "right"}
    drop_deg, lower_s, raise_s : float
        Intended drop [°] and phase times [s].
    mounting_deg : tuple of three floats
        How the sensor is turned away from flat on the sacrum [°].
    device : {"dot", "mtw"}
        Whose noise and bias.
    """

    seed: int
    reps: int
    stance: str
    drop_deg: float
    lower_s: float
    raise_s: float
    mounting_deg: tuple[float, float, float]
    device: str


def draw_case(seed: int) -> SetCase:
    """Draw a plain set: 4–12° drop, 1–2 s a phase, 6–24 repetitions, either side, a sensor worn in any way whatever.

    Parameters
    ----------
    seed : int
        The same seed gives the same case.

    Returns
    -------
    SetCase

    Examples
    --------
    >>> case = draw_case(3)
    >>> 4 <= case.drop_deg <= 12 and 1 <= case.lower_s <= 2 and case == draw_case(3)
    True
    """
    rng = np.random.default_rng([seed, 1])
    lower_s, raise_s = rng.uniform(1, 2, 2).tolist()
    mounting: tuple[float, float, float] = tuple(rng.uniform(-180, 180, 3).tolist())
    return SetCase(
        seed, int(rng.integers(6, 25)), SIDES[seed % 2], float(rng.uniform(4, 12)), lower_s, raise_s, mounting, ("dot", "mtw")[seed // 2 % 2]
    )


def recover_set(case: SetCase) -> dict[str, float]:
    """Simulate one set, analyse its gyroscope and accelerometer, and compare.

    Parameters
    ----------
    case : SetCase

    Returns
    -------
    dict
        ``reps`` true and ``found``; ``level_known`` (the two-footed stance was recognised); largest errors over the repetitions of drop, return
        error [°], lowering and raising time [s] (NaN when the count differs); and the root mean square error of obliquity [°].
    """
    simulated = simulate_set(**asdict(case), rate_hz=60.0)
    analysed = analyse_samples(simulated.imu[ACC + GYR], case.stance)
    angles, found = analysed.angles, analysed.reps
    truth = simulated.reps
    errors = {
        "drop_deg": _largest(found["drop_deg"], truth["drop_deg"]),
        "return_error_deg": _largest(found["return_error_deg"], truth["return_error_deg"]),
        "lower_s": _largest(found["lower_s"], truth["bottom_s"] - truth["start_s"]),
        "raise_s": _largest(found["raise_s"], truth["end_s"] - truth["bottom_s"]),
    }
    obliquity = np.interp(angles.index, simulated.angles.index, simulated.angles["obliquity_deg"])
    rms = float(np.sqrt(np.mean((angles["obliquity_deg"] - obliquity) ** 2)))
    counted = int(found["kind"].eq("complete").sum()) if found["kind"].eq("complete").all() else -1
    level = not analysed.calibration.relative_zero
    return {"seed": case.seed, "reps": len(truth), "found": counted, "level_known": level, "obliquity_rms_deg": rms, **errors}


def summarise_recovery(rows: pd.DataFrame) -> dict[str, float | int]:
    """Sum up the rows of `recover_set`: sets counted exactly, and median, 95th percentile and largest of each set's worst error."""
    summary: dict[str, float | int] = {
        "sets": len(rows),
        "repetitions": int(rows["reps"].sum()),
        "sets_counted_exactly": int((rows["reps"] == rows["found"]).sum()),
        "sets_with_level_known": int(rows["level_known"].sum()),
    }
    for name in ("drop_deg", "return_error_deg", "lower_s", "raise_s", "obliquity_rms_deg"):
        summary |= {f"{name}_{label}": round(float(rows[name].quantile(q)), 3) for label, q in (("median", 0.5), ("p95", 0.95), ("max", 1.0))}
    return summary | {"sets_with_a_drop_off_by_half_a_degree": int((rows["drop_deg"] > 0.5).sum())}


def _largest(found: pd.Series, true: pd.Series) -> float:
    return float(np.abs(found.to_numpy() - true.to_numpy()).max()) if len(found) == len(true) else float("nan")

"""Samples of a pelvis sensor → angles and judged repetitions: the stages in a row, without any file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis.motion.calibration import Calibration, calibrate
from hiphitch_analysis.motion.conditioning import Conditioned, condition_imu
from hiphitch_analysis.motion.footing import mark_touch_downs, mask_walking
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.motion.pelvis import estimate_precision, pelvis_angles
from hiphitch_analysis.precision import Precision
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.sides import find_sides, turn_sides
from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.session.correcting import measure_found


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the samples of a recording show, with every intermediate.

    Attributes
    ----------
    stance : {"left", "right"}
        The leg stood on in the first set.
    inferred : str or None
        How the stance was told, where nobody gave it.
    conditioned : Conditioned
        The samples at a fixed rate, and what had to be done to them.
    orientation : Orientation
    calibration : Calibration
    precision : Precision
        What limits the angles.
    angles : DataFrame
        Table ANGLES.
    found : DataFrame
        Table REPS as detected, without measures.
    reps : DataFrame
        Table REPS with measures and faults: complete, partial and aborted ones.
    walked_s : float
        How long the person walked; no repetition was looked for there [s].
    """

    stance: str
    inferred: str | None
    conditioned: Conditioned
    orientation: Orientation
    calibration: Calibration
    precision: Precision
    angles: pd.DataFrame
    found: pd.DataFrame
    reps: pd.DataFrame
    walked_s: float


def analyse_samples(
    imu: pd.DataFrame,
    stance: str | None,
    ap_axis: str | None = None,
    add_further: Callable[[pd.DataFrame, Calibration, str], pd.DataFrame] | None = None,
    packets: int | None = None,
) -> Analysed:
    """Analyse the samples of one pelvis sensor.

    Parameters
    ----------
    imu : DataFrame
        Table IMU.
    stance : {"left", "right"} or None
        The leg stood on in the first set; None: told by the side that drops.
    ap_axis : {"+x", "-x", "+y", "-y", "+z", "-z"}, optional
        The sensor axis that points forward.
    add_further : callable, optional
        Takes table ANGLES, calibration and stance, and returns table ANGLES with what further sensors saw.
    packets : int, optional
        How many samples the device counted, as in `condition_imu`.

    Returns
    -------
    Analysed

    Raises
    ------
    ValueError
        No angle can be trusted: see `condition_imu` and `calibrate`.

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> found = analyse_samples(hh.simulate_set(reps=5, stance="left", drop_deg=8, seed=1).imu, "left")
    >>> found.reps["kind"].tolist()
    ['complete', 'complete', 'complete', 'complete', 'complete']
    """
    if stance is not None and stance not in SIDES:
        raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {stance!r}. It is the leg stood on.")
    conditioned = condition_imu(imu, packets)
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, stance, ap_axis)
    side, inferred = (stance, None) if stance is not None else _infer_side(calibration)
    precision = estimate_precision(orientation, calibration)
    angles = pelvis_angles(orientation, calibration, side, conditioned.valid)
    angles = angles if add_further is None else add_further(angles, calibration, side)
    angles = turn_sides(angles, find_sides(mask_walking(orientation, angles)[0], side))
    standing, walked_s = mask_walking(orientation, angles)
    found = mark_touch_downs(orientation, detect_reps(standing, side))
    reps = measure_found(angles, found, calibration.relative_zero, precision)
    return Analysed(side, inferred, conditioned, orientation, calibration, precision, angles, found, reps, walked_s)


def _infer_side(calibration: Calibration) -> tuple[str, str]:
    if calibration.rises is None:
        raise ValueError(
            "stance: not given, and the recording does not show which side drops. Give --stance left or --stance right, the leg stood on."
        )
    side = "right" if calibration.rises else "left"
    return side, f"the stance side was not given: taken to be {side}, because the other side of the pelvis drops"

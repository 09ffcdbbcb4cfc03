"""Further sensors of the same recording → angles of trunk and free thigh, as further columns of table ANGLES."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.axes import hear_mounting
from hiphitch_analysis.motion.calibration import Calibration
from hiphitch_analysis.motion.conditioning import Conditioned, condition_imu
from hiphitch_analysis.motion.orientation import estimate_orientation
from hiphitch_analysis.precision import Precision, level_se
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]

IN_FRONT = np.array([0.0, 0.0, 1.0])  # on the breastbone and on the front of the thigh the label, and with it z, faces forwards
LATEST_END_S = 0.5  # sensors of one recording end within so much of one another
LEAST_ZERO = 0.5  # of the pelvis's quiet stance: a sensor that saw less of it has no zero there


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a further sensor's recording beside its samples.

    Attributes
    ----------
    offset_s : float or None
        How much later than the pelvis sensor's its recording began, by a clock that both share [s]; None where they share none, and are taken to have
        begun at the same moment.
    within_s : float
        How far the shared clocks may be apart [s].
    packets : int or None
        As in `condition_imu`.
    """

    offset_s: float | None = None
    within_s: float = 0.0
    packets: int | None = None


@dataclass(frozen=True, slots=True)
class Tilted:
    """How a segment stands, relative to quiet standing.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Time [s].
    frontal_deg : ndarray, shape (n,)
        Free side up [°]: a trunk that leans toward the stance side, a leg that goes away from the midline.
    sagittal_deg : ndarray, shape (n,)
        Front up [°]: a trunk that leans back, a thigh that flexes.
    frontal_se_deg, sagittal_se_deg : ndarray, shape (n,)
        Their standard errors [°].
    """

    time_s: Array
    frontal_deg: Array
    sagittal_deg: Array
    frontal_se_deg: Array
    sagittal_se_deg: Array


def add_segments(
    angles: pd.DataFrame,
    calibration: Calibration,
    stance: str,
    trunk: pd.DataFrame | None = None,
    thigh: pd.DataFrame | None = None,
    beside: Mapping[str, Beside] | None = None,
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Add what sensors on trunk and free thigh measure to the pelvis angles.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES of the pelvis.
    calibration : Calibration
        Of the pelvis sensor; its quiet stance is everyone's zero.
    stance : {"left", "right"}
        The leg stood on.
    trunk : DataFrame, optional
        Table IMU of a sensor on the breastbone, label forwards.
    thigh : DataFrame, optional
        Table IMU of a sensor on the front of the free thigh, label forwards.
    beside : mapping of str to Beside, optional
        What is known of ``trunk`` and ``thigh`` beside their samples.

    Returns
    -------
    angles : DataFrame
        Table ANGLES with ``trunk_lean_deg`` and ``lumbar_bend_deg``, ``free_leg_angle_deg`` and ``free_thigh_flexion_deg``, and the standard errors
        of what is measured directly; ``trunk_late_s`` and ``free_leg_late_s`` where the sensors' times may be apart.
    flags, warnings : list of str

    Raises
    ------
    ValueError
        A sensor that cannot be used, see `condition_imu`, or one whose label does not face forwards.

    Notes
    -----
    Sensors without a shared clock are taken to have begun recording at the same moment. How far they ended apart then tells how far that may be
    wrong. Angles are zero in the quiet stance; without one, or where the sensor saw too little of it, the trunk's and the leg's zero is their mean.
    """
    angles = check_table(angles, Angles).copy()
    flags: list[str] = []
    warnings: list[str] = []
    time_s = angles.index.to_numpy(dtype=float)
    for name, imu in (("trunk", trunk), ("thigh", thigh)):
        if imu is None:
            continue
        known = (beside or {}).get(name, Beside())
        conditioned = condition_imu(imu, known.packets)
        segment, zeroed = _tilt_of(conditioned, calibration, stance, name, known.offset_s or 0.0)
        for flag, warning in _doubt_times(name, segment.time_s, time_s, known, zeroed):
            flags.append(f"{name}_{flag}")
            warnings.append(warning)
        late_s = known.within_s if known.offset_s is not None else _ends_apart(segment.time_s, time_s)
        flags += [f"{name}_{flag}" for flag in conditioned.flags]
        warnings += [f"{name} sensor: {warning}" for warning in conditioned.warnings]
        frontal, sagittal, frontal_se, sagittal_se = (
            np.interp(time_s, segment.time_s, values, left=np.nan, right=np.nan)
            for values in (
                segment.frontal_deg,
                segment.sagittal_deg,
                _widen(segment.frontal_se_deg, segment.frontal_deg, segment.time_s, late_s),
                _widen(segment.sagittal_se_deg, segment.sagittal_deg, segment.time_s, late_s),
            )
        )
        if late_s > 0:
            angles["trunk_late_s" if name == "trunk" else "free_leg_late_s"] = late_s
        if name == "trunk":
            angles["trunk_lean_deg"], angles["trunk_lean_se_deg"] = frontal, frontal_se
            angles["lumbar_bend_deg"] = angles["obliquity_deg"] - frontal
        else:
            angles["free_leg_angle_deg"], angles["free_leg_angle_se_deg"] = frontal, frontal_se
            angles["free_thigh_flexion_deg"], angles["free_thigh_flexion_se_deg"] = sagittal, sagittal_se
    return angles, flags, warnings


def _ends_apart(own_s: Array, pelvis_s: Array) -> float:
    """Return how far two recordings end apart [s]; 0 within a sample."""
    apart = float(abs(own_s[-1] - pelvis_s[-1]))
    return apart if apart > 1.5 * max(np.median(np.diff(own_s)), np.median(np.diff(pelvis_s))) else 0.0


def _widen(se_deg: Array, angle_deg: Array, time_s: Array, late_s: float) -> Array:
    """Add to a standard error what an angle changes while its time is off: by anything up to `late_s` [s], either way."""
    return np.hypot(se_deg, late_s / np.sqrt(3) * np.gradient(angle_deg, time_s)) if late_s > 0 else se_deg


def _doubt_times(name: str, own_s: Array, pelvis_s: Array, known: Beside, zeroed: bool) -> Iterator[tuple[str, str]]:
    """Yield what is doubtful about when a further sensor recorded, as flag and sentence."""
    apart = float(abs(own_s[-1] - pelvis_s[-1]))
    if known.offset_s is None and apart > LATEST_END_S:
        yield (
            "not_synchronous",
            f"the {name} sensor's recording is {apart:.1f} s longer or shorter than the pelvis's: did both begin at the same moment?",
        )
    lacking = max(0.0, own_s[0] - pelvis_s[0]) + max(0.0, pelvis_s[-1] - own_s[-1])
    if known.offset_s is not None and lacking > LATEST_END_S:
        yield "incomplete", f"the {name} sensor did not record for {lacking:.1f} s at the beginning or end of the pelvis's recording"
    if not zeroed:
        yield "relative_zero", f"the {name} sensor did not record the quiet stance: its angles count from their mean"


def _tilt_of(conditioned: Conditioned, calibration: Calibration, stance: str, name: str, offset_s: float) -> tuple[Tilted, bool]:
    """Return how a segment stands, on the pelvis's time, and whether it is counted from the quiet stance, where there is one."""
    orientation = estimate_orientation(conditioned)
    time_s = orientation.time_s + offset_s
    (start, end), zeroed = _zero_samples(time_s, calibration)
    up = orientation.up[start:end].mean(axis=0)
    up = up / np.linalg.norm(up)
    mounting = hear_mounting(IN_FRONT, up)
    if mounting is None:
        raise ValueError(f"{name}: the sensor's label faces up or down — expected forwards. Wear it on the {_PLACE[name]}, label outwards.")
    right = np.cross(mounting.line, up)
    free = right if stance == "left" else -right
    frontal = np.degrees(np.arcsin(np.clip(orientation.up @ free, -1.0, 1.0)))
    sagittal = np.degrees(np.arctan2(orientation.up @ mounting.line, orientation.up @ up))
    precision = Precision(
        zero_deg=norms.SKIN_BULGE_DEG.value if calibration.zero_s is not None and zeroed else float("nan"),
        axis_deg=mounting.sd_deg,
        share=norms.SKIN_SHARE.value,
        noise_deg=norms.CHANGE_NOISE_DEG.value,
        drift_deg=norms.DRIFT_DEG.value if orientation.route == "vqf" else norms.DEVICE_DRIFT_DEG.value,
        heading_deg=float("nan"),
    )
    frontal, sagittal = frontal - frontal[start:end].mean(), sagittal - sagittal[start:end].mean()
    frontal[~conditioned.valid] = sagittal[~conditioned.valid] = np.nan
    return Tilted(time_s, frontal, sagittal, level_se(precision, frontal, sagittal), level_se(precision, sagittal, frontal)), zeroed


_PLACE = {"trunk": "breastbone", "thigh": "front of the thigh"}


def _zero_samples(time_s: Array, calibration: Calibration) -> tuple[tuple[int, int], bool]:
    """Return the samples of the quiet stance, or of the whole recording where there is none or too little of it was seen; and whether it was seen."""
    if calibration.zero_s is None:
        return (0, len(time_s)), True
    first_s, last_s = calibration.zero_s
    seen_s = min(last_s, float(time_s[-1])) - max(first_s, float(time_s[0]))
    start, end = np.searchsorted(time_s, calibration.zero_s)
    zeroed = bool(end > start and seen_s >= LEAST_ZERO * (last_s - first_s))
    return (int(start), int(end)) if zeroed else (0, len(time_s)), zeroed

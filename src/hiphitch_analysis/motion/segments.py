"""Further sensors of the same recording → angles of trunk and free thigh, as further columns of table ANGLES."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.motion.axes import hear_mounting
from hiphitch_analysis.motion.calibration import Calibration
from hiphitch_analysis.motion.conditioning import Conditioned, condition_imu
from hiphitch_analysis.motion.orientation import Orientation, estimate_orientation
from hiphitch_analysis.precision import Precision, level_se
from hiphitch_analysis.schema import Angles, check_table

Array = NDArray[np.float64]

IN_FRONT = np.array([0.0, 0.0, 1.0])  # on the breastbone and on the front of the thigh the label, and with it z, faces forwards
LATEST_END_S = 0.5  # sensors of one recording end within so much of one another


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
    angles: pd.DataFrame, calibration: Calibration, stance: str, trunk: pd.DataFrame | None = None, thigh: pd.DataFrame | None = None
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

    Returns
    -------
    angles : DataFrame
        Table ANGLES with ``trunk_lean_deg`` and ``lumbar_bend_deg``, ``free_leg_angle_deg`` and ``free_thigh_flexion_deg``, and the standard errors
        of what is measured directly.
    flags, warnings : list of str

    Raises
    ------
    ValueError
        A sensor that cannot be used, see `condition_imu`, or one whose label does not face forwards.

    Notes
    -----
    All sensors are taken to have begun recording at the same moment. Angles are zero in the quiet stance; without one the trunk's and the leg's
    zero is their mean.
    """
    angles = check_table(angles, Angles).copy()
    flags: list[str] = []
    warnings: list[str] = []
    time_s = angles.index.to_numpy(dtype=float)
    for name, imu in (("trunk", trunk), ("thigh", thigh)):
        if imu is None:
            continue
        conditioned = condition_imu(imu)
        segment = _tilt_of(conditioned, calibration, stance, name)
        late = float(abs(segment.time_s[-1] - time_s[-1]))
        if late > LATEST_END_S:
            flags.append(f"{name}_not_synchronous")
            warnings.append(f"the {name} sensor's recording is {late:.1f} s longer or shorter than the pelvis's: did both begin at the same moment?")
        flags += [f"{name}_{flag}" for flag in conditioned.flags]
        warnings += [f"{name} sensor: {warning}" for warning in conditioned.warnings]
        frontal, sagittal, frontal_se, sagittal_se = (
            np.interp(time_s, segment.time_s, values, left=np.nan, right=np.nan)
            for values in (segment.frontal_deg, segment.sagittal_deg, segment.frontal_se_deg, segment.sagittal_se_deg)
        )
        if name == "trunk":
            angles["trunk_lean_deg"], angles["trunk_lean_se_deg"] = frontal, frontal_se
            angles["lumbar_bend_deg"] = angles["obliquity_deg"] - frontal
        else:
            angles["free_leg_angle_deg"], angles["free_leg_angle_se_deg"] = frontal, frontal_se
            angles["free_thigh_flexion_deg"], angles["free_thigh_flexion_se_deg"] = sagittal, sagittal_se
    return angles, flags, warnings


def _tilt_of(conditioned: Conditioned, calibration: Calibration, stance: str, name: str) -> Tilted:
    orientation = estimate_orientation(conditioned)
    start, end = _zero_samples(orientation, calibration)
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
        zero_deg=norms.SKIN_BULGE_DEG.value if calibration.zero_s is not None else float("nan"),
        axis_deg=mounting.sd_deg,
        share=norms.SKIN_SHARE.value,
        noise_deg=norms.CHANGE_NOISE_DEG.value,
        drift_deg=norms.DRIFT_DEG.value if orientation.route == "vqf" else norms.DEVICE_DRIFT_DEG.value,
        heading_deg=float("nan"),
    )
    frontal, sagittal = frontal - frontal[start:end].mean(), sagittal - sagittal[start:end].mean()
    frontal[~conditioned.valid] = sagittal[~conditioned.valid] = np.nan
    return Tilted(orientation.time_s, frontal, sagittal, level_se(precision, frontal, sagittal), level_se(precision, sagittal, frontal))


_PLACE = {"trunk": "breastbone", "thigh": "front of the thigh"}


def _zero_samples(orientation: Orientation, calibration: Calibration) -> tuple[int, int]:
    """Return the samples of the quiet stance, of the whole recording where there is none."""
    if calibration.zero_s is None:
        return 0, len(orientation.time_s)
    start, end = np.searchsorted(orientation.time_s, calibration.zero_s)
    return (int(start), int(end)) if end > start else (0, len(orientation.time_s))

"""What every route through cameras or a model hands on: angles, where their zero comes from, how well they are known, and what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.precision import Precision, level_se, rotation_se
from hiphitch_analysis.schema import SIDES

Array = NDArray[np.float64]

NO_ZERO = "no quiet stance of at least 3 s on both feet was found"
RELATIVE = "drops are valid, but where level is cannot be known (return error and hike: not observable)"


@dataclass(frozen=True, slots=True)
class Captured:
    """Angles from a sensor, from markers, from a model's coordinates or from a camera's landmarks.

    Attributes
    ----------
    angles : DataFrame
        Table ANGLES with standard errors.
    zero_s : (float, float) or None
        The quiet stance on both feet that defines zero [s]; None when there is none, and obliquity is against the horizontal: of the room (markers,
        OpenSim), or of what a camera shows for one (picture, wall or floor marker).
    relative_zero : bool
        True when there is no such stance: changes are valid, level is not known.
    precision : Precision
        How well the angles are known, for `measure_reps`.
    flags, warnings : tuple of str
        Short codes, and the sentences that explain what is in doubt.
    heading_deg : float
        Heading from which `measure_coordinates` counted rotation, for `build_coordinates` [°]: 0 facing the ground's X, + right side forward. NaN on
        the other routes.
    place_m : ndarray, shape (n, 2) or (n, 3), or None
        Middle of the pelvis at the times of `angles` [m], from any origin; None where it is not seen.
    """

    angles: pd.DataFrame
    zero_s: tuple[float, float] | None
    relative_zero: bool
    precision: Precision
    flags: tuple[str, ...]
    warnings: tuple[str, ...]
    heading_deg: float = field(default=float("nan"), kw_only=True)
    place_m: NDArray[np.float64] | None = field(default=None, kw_only=True)


def check_stance(stance: str) -> float:
    """Return +1 where the free side is the left one, standing on the right leg, and −1 where it is the right one.

    Parameters
    ----------
    stance : {"left", "right"}
        The leg stood on.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Neither left nor right.

    Examples
    --------
    >>> check_stance("right")
    1.0
    """
    if stance not in SIDES:
        raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {stance!r}. It is the leg stood on.")
    return 1.0 if stance == "right" else -1.0


def build_angles(time_s: Array, obliquity: Array, rotation: Array, tilt: Array, precision: Precision) -> pd.DataFrame:
    """Put pelvis angles and their standard errors into a table.

    Parameters
    ----------
    time_s, obliquity, rotation, tilt : ndarray, shape (n,)
        Time [s] and angles [°] in the signs of table ANGLES; NaN where not known.
    precision : Precision

    Returns
    -------
    DataFrame
        Table ANGLES. A standard error is empty where its angle is.
    """
    columns = {
        "obliquity_deg": obliquity,
        "rotation_deg": rotation,
        "tilt_deg": tilt,
        "obliquity_se_deg": np.where(np.isfinite(obliquity), level_se(precision, obliquity, tilt), np.nan),
        "rotation_se_deg": rotation_se(precision, rotation),
        "tilt_se_deg": level_se(precision, tilt, obliquity),
    }
    return pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))


def unwrap_known(angle_rad: Array) -> Array:
    """Unwrap an angle across samples that are not known.

    Parameters
    ----------
    angle_rad : ndarray, shape (n,)
        [rad]; NaN where not known.

    Returns
    -------
    ndarray, shape (n,)
        [rad]

    Examples
    --------
    >>> unwrap_known(np.array([3.0, np.nan, -3.0])).round(2)
    array([3.  ,  nan, 3.28])
    """
    unwrapped, known = angle_rad.copy(), np.isfinite(angle_rad)
    unwrapped[known] = np.unwrap(angle_rad[known])
    return unwrapped


def spread_precision(zero_deg: float, axis_deg: float, share: float, spread_deg: float, turn_deg: float) -> Precision:
    """State how well angles are known whose error wanders by itself, about as fast as the movement.

    Parameters
    ----------
    zero_deg, axis_deg, share : float
        As in `Precision`.
    spread_deg, turn_deg : float
        Standard deviation of one value of obliquity or tilt, and of rotation [°].

    Returns
    -------
    Precision

    Notes
    -----
    A drop is the difference of two moments, each with an error of its own: √2 of one of them.

    Examples
    --------
    >>> precision = spread_precision(0.3, 2.0, 0.1, 1.0, 1.0)
    >>> round(precision.drift_deg, 2), round(precision.noise_deg, 2)
    (1.0, 1.41)
    """
    return Precision(zero_deg, axis_deg, share, float(np.sqrt(2)) * spread_deg, spread_deg, float(np.sqrt(2)) * turn_deg)


def from_zero(angle: Array, zero: NDArray[np.bool_]) -> Array:
    """Subtract what an angle is in the quiet stance, where there is one in which it is known.

    Parameters
    ----------
    angle : ndarray, shape (n,)
        [°]
    zero : ndarray of bool, shape (n,)
        Samples of the quiet stance.

    Returns
    -------
    ndarray, shape (n,)
        [°]

    Examples
    --------
    >>> from_zero(np.array([2.0, 2.0, -6.0]), np.array([True, True, False]))
    array([ 0.,  0., -8.])
    """
    return np.asarray(angle - np.nanmean(angle[zero]) if np.isfinite(angle[zero]).any() else angle)

"""What limits the angles of one recording, and the standard errors that follow from it. Every route that makes angles states its `Precision`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Array = NDArray[np.float64]

# The spreads behind a standard error differ from person to person and sensor to sensor (assumption: by about 30 %, one over the root of twice this
# number), which makes the errors of all of them together t-distributed with this many degrees of freedom.
SPREAD_DF = 6


@dataclass(frozen=True, slots=True)
class Precision:
    """Standard deviations of what makes an angle wrong; each holds for the recording as a whole.

    Attributes
    ----------
    zero_deg : float
        Of the zero of obliquity and tilt [°]; NaN where level is not known.
    axis_deg : float
        Of the forward axis about the vertical [°]: it lets tilt pass for obliquity and the reverse.
    share : float
        Of the share of an angle that the sensor does not follow (skin) or that its scale is off [–].
    noise_deg : float
        Of a change of obliquity or tilt within one repetition [°]: sensor, filter, and where the movement begins and ends.
    drift_deg : float
        Of obliquity or tilt against their zero, some time after it [°].
    heading_deg : float
        Of a change of rotation within one repetition [°]; NaN where the route knows no heading.
    """

    zero_deg: float
    axis_deg: float
    share: float
    noise_deg: float
    drift_deg: float
    heading_deg: float


def change_se(precision: Precision, change_deg: ArrayLike, crossed_deg: ArrayLike) -> Array:
    """Return the standard error of a change of obliquity or tilt within a repetition.

    Parameters
    ----------
    precision : Precision
    change_deg : array_like
        The change itself [°].
    crossed_deg : array_like
        The change of the other of the two angles in the same time [°]; NaN where the route does not know it.

    Returns
    -------
    ndarray
        [°]

    Notes
    -----
    A forward axis that is off by ψ gives Δ cos ψ + Δ' sin ψ for Δ. With ψ normal, of variance σ², the mean square error of that is
    Δ'² σ² + ¾ Δ² σ⁴ up to the fourth order. Valid for σ below about 30°.

    Examples
    --------
    >>> precision = Precision(zero_deg=0.0, axis_deg=10.0, share=0.0, noise_deg=0.0, drift_deg=0.0, heading_deg=1.0)
    >>> change_se(precision, np.array([8.0, 8.0]), np.array([0.0, 4.0])).round(2)  # 4° of tilt in step with a drop of 8°
    array([0.21, 0.73])
    """
    return np.asarray(np.sqrt(precision.noise_deg**2 + _proportional(precision, change_deg, crossed_deg)))


def level_se(precision: Precision, angle_deg: ArrayLike, crossed_deg: ArrayLike) -> Array:
    """Return the standard error of obliquity or tilt against level.

    Parameters
    ----------
    precision : Precision
    angle_deg : array_like
        The angle itself [°].
    crossed_deg : array_like
        The other of the two angles at the same time [°]; NaN where the route does not know it.

    Returns
    -------
    ndarray
        [°]; NaN where level is not known.
    """
    return np.asarray(np.sqrt(precision.zero_deg**2 + precision.drift_deg**2 + _proportional(precision, angle_deg, crossed_deg)))


def rotation_se(precision: Precision, change_deg: ArrayLike) -> Array:
    """Return the standard error of a change of rotation within a repetition [°], of the size `change_deg`."""
    return np.asarray(np.sqrt(precision.heading_deg**2 + (precision.share * np.asarray(change_deg)) ** 2))


def half_width(se: ArrayLike, level: float = 0.95) -> Array:
    """Return by how far an interval of this level reaches to either side of a measure.

    Parameters
    ----------
    se : array_like
        Standard error, in any unit.
    level : float, default 0.95
        Share of intervals that should hold the truth [0–1].

    Returns
    -------
    ndarray
        In the unit of `se`.

    Notes
    -----
    A quantile of Student's t with 6 degrees of freedom (`SPREAD_DF`) times the standard error: 2.447 at 95 %, 1.943 at 90 %, 1.440 at 80 %. Not the
    normal 1.960, because the standard errors themselves are known to some 30 % only (assumption), and 1/√(2·6) is 0.29.

    Examples
    --------
    >>> float(half_width(2.15).round(1))  # a standard error of 2.15° is printed as ± 5.3°
    5.3
    >>> float(half_width(1.0, 0.90).round(2))  # 1.64 if the standard error itself were known
    1.94
    """
    return np.asarray(np.asarray(se) * stdtrit(SPREAD_DF, 0.5 + level / 2))


def chance_beyond(excess: ArrayLike, se: ArrayLike) -> Array:
    """Return the chance that the truth lies beyond a limit.

    Parameters
    ----------
    excess : array_like
        By how much the measure lies beyond it; negative: within.
    se : array_like
        Standard error of the measure, in the same unit.

    Returns
    -------
    ndarray
        [0–1]; NaN where either is missing.

    Notes
    -----
    Nothing is assumed about how often the truth lies beyond: both sides of the limit are taken for equally likely beforehand.

    Examples
    --------
    >>> chance_beyond([0.0, 1.0, -1.0], 0.5).round(2).tolist()  # ±2 standard errors; 0.02 if the standard error itself were known
    [0.5, 0.95, 0.05]
    """
    return np.asarray(stdtr(SPREAD_DF, np.asarray(excess) / np.asarray(se)))


def _proportional(precision: Precision, angle_deg: ArrayLike, crossed_deg: ArrayLike) -> Array:
    """Return the mean square error [°²] that grows with the angles: soft tissue, scale and axis.

    A camera that sees no tilt has what tilt does to it within `noise_deg`: a crossed angle that is not known adds nothing here.
    """
    axis, angle, crossed = np.radians(precision.axis_deg), np.asarray(angle_deg), np.nan_to_num(crossed_deg)
    return np.asarray((precision.share * angle) ** 2 + (axis * crossed) ** 2 + 0.75 * (axis**2 * angle) ** 2)

"""How sure is it that a cycle is a repetition, and of the kind it was called? From how far it lies on its side of both limits, against sway."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hiphitch_analysis.norms import REST_NOISE_DEG

Array = NDArray[np.float64]

PARTIAL_SHARE = 0.5  # by definition: a raise that regains less of its drop does not complete the repetition
MARGIN = float(np.sqrt(1 + PARTIAL_SHARE**2 + (1 - PARTIAL_SHARE) ** 2))  # of rest less half of start and bottom, by the noise of one height
DOUBT = 0.5  # standard deviations above half that still count as half, see is_partial
WORTH = 4.0  # repetitions that the usual noise counts for beside the recording's own
MOST = 0.998  # study reps: one in 500 is wrong where no margin shows it, mostly two cycles that were taken for one
MEDIAN_TO_SD = 1.4826  # of absolute values of normal numbers


def is_partial(drop: Array, rise: Array) -> NDArray[np.bool_]:
    """Return which of a recording's finished cycles are partial: their raise regains less than half of the drop, or hardly more.

    Parameters
    ----------
    drop, rise : ndarray, shape (n,)
        How far each goes down, and up again until it rests [°]; in order of time.

    Returns
    -------
    ndarray of bool, shape (n,)

    Notes
    -----
    Raises of a set end near level, or clearly below half, so that one measured just above half is rather a partial one that sway has lifted. What
    lies within `DOUBT` standard deviations of sway above half is called partial; where drops are large that is hardly more than half.

    Examples
    --------
    >>> drop = np.full(6, 3.0)
    >>> is_partial(drop, np.array([3.0, 2.9, 1.6, 3.1, 1.9, 3.0])).tolist()
    [False, False, True, False, False, False]
    """
    below = rise < PARTIAL_SHARE * drop
    noise_deg = min(_rest_noise(drop, rise, ~below), REST_NOISE_DEG.high)
    return np.asarray(rise - PARTIAL_SHARE * drop < DOUBT * MARGIN * noise_deg)


def rate_confidence(drop: Array, rise: Array, kind: NDArray[np.str_], least: float) -> Array:
    """Return for each cycle of a recording the chance that it is a repetition of the kind it was called.

    Parameters
    ----------
    drop, rise : ndarray, shape (n,)
        How far it goes down, and up again until it rests [°]; in order of time.
    kind : ndarray of str, shape (n,)
        "complete", "partial" or "aborted".
    least : float
        The smallest swing that passes for a repetition in this recording [°].

    Returns
    -------
    ndarray, shape (n,)
        Chances [0–0.998].

    Notes
    -----
    Sway moves start, bottom and rest of a cycle. By how much is told by what the complete repetitions regain more or less than they dropped, together
    with what is usual. Both limits (smallest swing, that of `is_partial`) are then so many standard deviations away.

    Examples
    --------
    >>> drop, rise = np.full(6, 8.0), np.array([8.0, 7.9, 8.1, 3.9, 8.0, 8.1])
    >>> kind = np.array(["complete", "complete", "complete", "partial", "complete", "complete"])
    >>> rate_confidence(drop, rise, kind, 2.0).round(2).tolist()
    [1.0, 1.0, 1.0, 0.83, 1.0, 1.0]
    """
    if not len(drop):
        return np.empty(0)
    noise_deg = _rest_noise(drop, rise, kind == "complete")
    is_swing = ndtr((np.maximum(drop, rise) - least) / (np.sqrt(2) * noise_deg))
    beyond = (rise - PARTIAL_SHARE * drop) / (MARGIN * noise_deg) - DOUBT * min(1.0, REST_NOISE_DEG.high / noise_deg)
    of_kind = np.select([kind == "complete", kind == "partial"], [ndtr(beyond), ndtr(-beyond)], 1.0)
    return np.asarray(np.minimum(is_swing * of_kind, MOST))


def _rest_noise(drop: Array, rise: Array, complete: NDArray[np.bool_]) -> float:
    """Return the standard deviation of one height, from what lies between start and rest, which are two of them [°]."""
    from_a_rest = np.append(True, complete[:-1])[: len(complete)]  # after a partial raise a repetition begins low
    regained = (rise - drop)[complete & from_a_rest]
    usual = REST_NOISE_DEG.value
    if not len(regained):
        return usual
    own = MEDIAN_TO_SD * float(np.median(np.abs(regained - np.median(regained)))) / np.sqrt(2)
    return float(np.sqrt((WORTH * usual**2 + len(regained) * own**2) / (WORTH + len(regained))))

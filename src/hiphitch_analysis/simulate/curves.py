"""Smooth curves with exact derivatives: the bricks of a simulated movement.

A curve is an array of shape (3, n): value, first and second derivative at n instants. Everything is evaluated in closed form, so a movement
does not depend on the rate at which it is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PPoly
from scipy.signal import lfilter

Array = NDArray[np.float64]

SAME_INSTANT_S = 1e-6  # sums of durations differ by rounding
SWAY_KNOT_S = 0.2  # sway is drawn at these intervals and is a cubic spline in between: parts faster than about 1 Hz are left out
TREMOR_KNOT_S = 0.05
SWAY_MEMORY_S = 0.5  # assumption: time constant of the two low-pass filters in a row that shape the sway of a standing person


@dataclass(slots=True)
class Track:
    """A value that rests, moves to another value, rests again: minimum-jerk moves between resting places.

    A move follows the quintic 10u³ − 15u⁴ + 6u⁵, which begins and ends with zero velocity and zero acceleration.

    Attributes
    ----------
    value : float
        Where the track rests after its last move.
    starts, ends, values : list of float
        Beginning and end of each move [s] and the value it ends at; one after the other, not overlapping.
    origin : float
        Value before the first move.

    References
    ----------
    Flash T, Hogan N. The coordination of arm movements: an experimentally confirmed mathematical model. J Neurosci 1985.
    doi:10.1523/JNEUROSCI.05-07-01688.1985

    Examples
    --------
    >>> track = Track()
    >>> track.move(0.0, 1.0, 8.0)
    >>> value, velocity, acceleration = track.evaluate(np.array([0.0, 0.5, 1.0]))
    >>> value.tolist(), velocity.tolist()
    ([0.0, 4.0, 8.0], [0.0, 15.0, 0.0])
    """

    value: float = 0.0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    origin: float = field(init=False)

    def __post_init__(self) -> None:
        """Remember where the track began."""
        self.origin = self.value

    def move(self, start_s: float, end_s: float, value: float) -> None:
        """Move to `value` between two instants [s], not before the last move has ended; a value already reached costs nothing."""
        if value == self.value:
            return
        begin = max(start_s, self.ends[-1]) if self.ends else start_s
        if begin - start_s > SAME_INSTANT_S or end_s <= begin:
            raise ValueError(f"track: expected a move after {begin:.3f} s, got one from {start_s:.3f} to {end_s:.3f} s. Moves follow one another.")
        self.starts.append(begin)
        self.ends.append(end_s)
        self.values.append(value)
        self.value = value

    def evaluate(self, time_s: Array) -> Array:
        """Return the curve at increasing instants [s]."""
        rest = np.concatenate([[self.origin], self.values])
        begins, ends = np.asarray(self.starts), np.asarray(self.ends)
        curve = np.zeros((3, len(time_s)))
        first, last = np.searchsorted(time_s, begins), np.searchsorted(time_s, ends)
        # Stretches alternate between a rest and a move; a move's samples lie in [begin, end).
        edges = np.concatenate([[0], np.column_stack([first, last]).ravel(), [len(time_s)]])
        curve[0] = np.repeat(np.repeat(rest, 2)[:-1], np.diff(edges))
        if len(begins) == 0:
            return curve
        counts = last - first
        # Positions of all samples that lie in a move: a running number within the move, on top of where the move's samples begin.
        moving = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
        length = np.repeat(ends - begins, counts)
        u = (time_s[moving] - np.repeat(begins, counts)) / length
        change = np.repeat(np.diff(rest), counts)
        curve[0, moving] += change * u**3 * (10 - 15 * u + 6 * u**2)
        curve[1, moving] = change / length * 30 * u**2 * (1 - u) ** 2
        curve[2, moving] = change / length**2 * 60 * u * (1 - u) * (1 - 2 * u)
        return curve


def draw_sway(duration_s: float, rms: Array, rng: np.random.Generator) -> PPoly:
    """Draw the slow irregular sway of a standing person.

    Parameters
    ----------
    duration_s : float
        Length [s].
    rms : ndarray, shape (c,)
        Root mean square of each of c channels over a long time, in the channel's unit.
    rng : Generator

    Returns
    -------
    PPoly
        Cubic spline, a function of time [s] with values of shape (n, c); ``sway(t, 1)`` and ``sway(t, 2)`` are its derivatives.

    Notes
    -----
    White noise through two first-order low-pass filters in a row, scaled to a stationary process of unit variance, times `rms`.
    """
    burn_in = int(20 * SWAY_MEMORY_S / SWAY_KNOT_S)
    count = int(np.ceil(duration_s / SWAY_KNOT_S)) + 4
    keep = float(np.exp(-SWAY_KNOT_S / SWAY_MEMORY_S))
    noise = rng.standard_normal((burn_in + count, len(rms)))
    shaped = lfilter([1.0], np.polymul([1, -keep], [1, -keep]), noise, axis=0)[burn_in:]
    square = keep**2  # the variance of two equal first-order filters in a row: (1 + k²) / (1 − k²)³
    return CubicSpline(SWAY_KNOT_S * (np.arange(count) - 1), shaped * np.sqrt((1 - square) ** 3 / (1 + square)) * np.asarray(rms), axis=0)


def draw_tremor(duration_s: float, rms: Array, rng: np.random.Generator) -> PPoly:
    """Draw the fast, tiny trembling of a body held by muscles: as `draw_sway`, white noise up to about 10 Hz."""
    count = int(np.ceil(duration_s / TREMOR_KNOT_S)) + 4
    return CubicSpline(TREMOR_KNOT_S * (np.arange(count) - 1), rng.standard_normal((count, len(rms))) * np.asarray(rms), axis=0)


def wave(time_s: Array, amplitude: float, hz: float, phase_rad: float = 0.0) -> Array:
    """Return a sine as a curve."""
    omega = 2 * np.pi * hz
    angle = omega * time_s + phase_rad
    return amplitude * np.stack([np.sin(angle), omega * np.cos(angle), -(omega**2) * np.sin(angle)])


def multiply(a: Array, b: Array) -> Array:
    """Multiply two curves of shape (3, n), derivatives by the product rule."""
    return np.stack([a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + 2 * a[1] * b[1] + a[0] * b[2]])

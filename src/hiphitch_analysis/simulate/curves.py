"""Smooth curves with exact derivatives: the bricks of a simulated movement.

A curve is an array of shape (3, n): value, first and second derivative at n instants. Everything is evaluated in closed form, so a movement
does not depend on the rate at which it is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Step = tuple[float, float, float]

SWAY_HZ = (0.05, 0.9)  # assumption: quiet standing sways slowly; faster parts are below what a pelvis sensor resolves
SWAY_PARTS = 14  # sinusoids in one sway curve: enough that it does not look periodic within a set


def sum_steps(time_s: Array, steps: Iterable[Step]) -> Array:
    """Add up minimum-jerk steps.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Instants, increasing [s].
    steps : iterable of (start, duration, change)
        Each moves the curve by `change` between `start` [s] and `start` + `duration` [s] with the quintic 10u³ − 15u⁴ + 6u⁵, which begins and
        ends with zero velocity and zero acceleration.

    Returns
    -------
    ndarray, shape (3, n)
        Value, first and second derivative; zero before the first step.

    References
    ----------
    Flash T, Hogan N. The coordination of arm movements: an experimentally confirmed mathematical model. J Neurosci 1985.
    doi:10.1523/JNEUROSCI.05-07-01688.1985

    Examples
    --------
    >>> value, velocity, acceleration = sum_steps(np.array([0.0, 0.5, 1.0]), [(0.0, 1.0, 8.0)])
    >>> value.tolist(), velocity.tolist()
    ([0.0, 4.0, 8.0], [0.0, 15.0, 0.0])
    """
    curve = np.zeros((3, len(time_s)))
    for start, duration, change in steps:
        first, last = np.searchsorted(time_s, (start, start + duration))
        u = (time_s[first:last] - start) / duration
        curve[0, first:last] += change * u**3 * (10 - 15 * u + 6 * u**2)
        curve[1, first:last] += change / duration * 30 * u**2 * (1 - u) ** 2
        curve[2, first:last] += change / duration**2 * 60 * u * (1 - u) * (1 - 2 * u)
        curve[0, last:] += change
    return curve


def draw_sway(time_s: Array, rms: float, rng: np.random.Generator) -> Array:
    """Draw slow irregular sway: a sum of sinusoids whose amplitude falls with frequency.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Instants [s].
    rms : float
        Root mean square of the value over a long time, in the curve's unit.
    rng : Generator
        Source of the frequencies and phases; the number of draws does not depend on `time_s`.

    Returns
    -------
    ndarray, shape (3, n)
        Value, first and second derivative.
    """
    hz = np.exp(rng.uniform(np.log(SWAY_HZ[0]), np.log(SWAY_HZ[1]), SWAY_PARTS))
    phase = rng.uniform(0, 2 * np.pi, SWAY_PARTS)
    weight = 1 / (hz + 0.2)
    amplitude = rms * np.sqrt(2) * weight / np.sqrt(np.sum(weight**2))
    omega = 2 * np.pi * hz
    angle = omega[:, None] * time_s + phase[:, None]
    return np.stack([amplitude @ np.sin(angle), (amplitude * omega) @ np.cos(angle), -(amplitude * omega**2) @ np.sin(angle)])


def multiply(a: Array, b: Array) -> Array:
    """Multiply two curves of shape (3, n), derivatives by the product rule."""
    return np.stack([a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + 2 * a[1] * b[1] + a[0] * b[2]])

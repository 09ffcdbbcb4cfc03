"""Many legs at once go to failure in the fatigue model, without human noise and from any tiredness.

The same rules as in `performance`, which follows one leg with all the variation of a person; there `fresh_capacity` is the special case of one leg
that starts fresh.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate.athlete import Athlete
from hiphitch_analysis.simulate.fatigue import REST_LOAD, Muscle
from hiphitch_analysis.simulate.mechanics import Posture, demand
from hiphitch_analysis.simulate.performance import (
    FASTER_LOWERING,
    FORM_GOES_FROM,
    MORE_DROP,
    NEARLY_SPENT,
    SETTLE_S,
    SHIFT_S,
    SLOWER_RAISE,
    SLOWER_WHEN_SPENT,
    STROKE,
    SWELL,
)

Array = NDArray[np.float64]

MOST = 200  # nobody's set is followed further


@dataclass(frozen=True, slots=True)
class Builds:
    """Lengths and masses of many bodies, named and in units as those of one `Body`, each an array."""

    height_m: Array
    hip_distance_m: Array
    leg_com_m: Array
    mass_kg: Array
    pelvis_kg: Array
    upper_kg: Array
    leg_kg: Array


@dataclass(frozen=True, slots=True)
class Legs:
    """What p stance legs bring to a set: the bodies, fatigue and habits of their athletes, named and in units as theirs, arrays of shape (p,)."""

    builds: Builds
    fatigue_rate: Array
    recovery_rate: Array
    rest_multiplier: Array
    drop_deg: Array
    lean_deg: Array
    leg_coupling: Array
    lower_s: Array
    bottom_pause_s: Array
    raise_s: Array
    pause_s: Array
    tired_lean_deg: Array
    return_deficit_deg: Array


def gather_legs(athletes: Sequence[Athlete]) -> Legs:
    """Return the legs of these athletes, left and right of each in turn: p is twice their number.

    Raises
    ------
    ValueError
        Somebody who does not tire: no set would end.
    """
    if not all(athlete.tires for athlete in athletes):
        raise ValueError("athletes: expected athletes who tire, got one who does not. No set would end.")

    def column(name: str, owners: Sequence[object]) -> Array:
        return np.repeat([float(getattr(owner, name)) for owner in owners], len(SIDES))

    builds = Builds(*(column(field.name, [athlete.body for athlete in athletes]) for field in dataclasses.fields(Builds)))
    muscles, habits = [athlete.muscle for athlete in athletes], [athlete.technique for athlete in athletes]
    tiring = {field.name: column(field.name, muscles) for field in dataclasses.fields(Muscle)}
    form = {name: column(name, habits) for name in ("drop_deg", "lean_deg", "leg_coupling", "lower_s", "bottom_pause_s", "raise_s", "pause_s")}
    deficit = np.array([athlete.return_deficit_deg(side) for athlete in athletes for side in SIDES])
    return Legs(builds=builds, tired_lean_deg=column("tired_lean_deg", athletes), return_deficit_deg=deficit, **tiring, **form)


def take_legs(legs: Legs, which: NDArray[np.int64]) -> Legs:
    """Return the legs with these numbers (from 0), each as often as it is named."""
    builds = Builds(*(getattr(legs.builds, field.name)[which] for field in dataclasses.fields(Builds)))
    return Legs(builds, *(getattr(legs, field.name)[which] for field in dataclasses.fields(Legs)[1:]))


def tire_legs(legs: Legs, fatigued: Array, load: Array | float, duration_s: Array | float) -> Array:
    """Return the fatigued share after a constant load, as `fatigue.tire`, shape (p,)."""
    rate = legs.recovery_rate * np.where(np.asarray(load) < REST_LOAD, legs.rest_multiplier, 1.0)
    settled = legs.fatigue_rate * load / rate
    return np.asarray(settled + (fatigued - settled) * np.exp(-rate * duration_s))


def go_to_failure(legs: Legs, strength_nm: Array, fatigued: Array, ankle_kg: Array, most: int = MOST) -> tuple[Array, Array]:
    """Let every leg do one set to failure.

    Parameters
    ----------
    legs : Legs
    strength_nm : ndarray, shape (p,)
        Strength [N·m].
    fatigued : ndarray, shape (p,)
        Share of the muscle that is fatigued when the athlete moves on to that leg [0–1].
    ankle_kg : ndarray, shape (p,)
        Ankle weight on the free leg [kg].
    most : int
        Sets are given up after so many repetitions.

    Returns
    -------
    capacity : ndarray, shape (p,)
        Repetitions to failure as real numbers; `most` where the leg has not failed by then.
    course : ndarray, shape (k, p)
        Fatigued share before the first repetition, after it, after the second …; from the one that fails on it stays.
    """
    standing = _standing_demand(legs, ankle_kg) / strength_nm
    fatigued = tire_legs(legs, fatigued, standing, SHIFT_S / 2 + SETTLE_S)
    before = effort = standing / (1 - fatigued)
    capacity, course = np.where(before >= 1, 0.0, float(most)), [fatigued]
    going = np.flatnonzero(before < 1)  # only they are followed further
    legs, of_leg = take_legs(legs, going), np.stack([strength_nm, ankle_kg, fatigued, effort, before, np.zeros_like(effort)])[:, going]
    for number in range(most):
        if not len(going):
            break
        strength, ankle, spent, effort, before, top = of_leg
        spent, effort, least, top = _repeat(legs, strength, spent, effort, top, ankle)
        course.append(course[-1].copy())
        course[-1][going] = spent
        fails = least >= 1
        capacity[going[fails]] = number + np.clip((1 - before[fails]) / (least[fails] - before[fails]), 0, 1)
        of_leg = np.stack([strength, ankle, spent, effort, least, top])
        if fails.any():
            on = np.flatnonzero(~fails)
            going, legs, of_leg = going[on], take_legs(legs, on), of_leg[:, on]
    return capacity, np.array(course)


def _repeat(legs: Legs, strength_nm: Array, fatigued: Array, effort: Array, top: Array, ankle_kg: Array) -> tuple[Array, Array, Array, Array]:
    """Return, after one repetition: the fatigued share, its highest brain effort, that of the slowest raise, and where it ends [° below level]."""
    tired = np.clip((effort - FORM_GOES_FROM) / (1 - FORM_GOES_FROM), 0, 1)  # how far form has gone
    lower_s, raise_s = legs.lower_s * (1 - FASTER_LOWERING * tired), legs.raise_s * (1 + SLOWER_RAISE * tired)
    end = legs.return_deficit_deg * tired
    bottom = top + legs.drop_deg * (1 + MORE_DROP * tired)
    load, halfway, effort = _raise(legs, strength_nm, fatigued, tired, (top, bottom, end), (lower_s, raise_s), ankle_kg)
    after = tire_legs(legs, tire_legs(legs, halfway, load[:, 8:].mean(axis=1), raise_s), load[:, -1], legs.pause_s)
    least = effort.copy()
    nearly = np.flatnonzero(effort > NEARLY_SPENT)
    if len(nearly):  # the slowest raise decides
        heights, phases = (top[nearly], bottom[nearly], end[nearly]), (lower_s[nearly], SLOWER_WHEN_SPENT[-1] * raise_s[nearly])
        muscle = strength_nm[nearly], fatigued[nearly], tired[nearly]
        least[nearly] = _raise(take_legs(legs, nearly), *muscle, heights, phases, ankle_kg[nearly])[2]
    return after, effort, least, end


def _raise(
    legs: Legs, strength_nm: Array, fatigued: Array, tired: Array, drop_deg: tuple[Array, Array, Array], phase_s: tuple[Array, Array], ankle_kg: Array
) -> tuple[Array, Array, Array]:
    """Return the load at 16 instants (p, 16), the fatigued share at the bottom, and the highest brain effort of the raise."""
    load = _demand(legs, tired, drop_deg, phase_s, ankle_kg) / strength_nm[:, None]
    halfway = tire_legs(legs, fatigued, load[:, :8].mean(axis=1), phase_s[0])
    halfway = tire_legs(legs, halfway, load[:, 7:9].mean(axis=1), legs.bottom_pause_s)
    return load, halfway, load[:, 8:].max(axis=1) / np.maximum(1e-9, 1 - halfway)


def _demand(legs: Legs, tired: Array, drop_deg: tuple[Array, Array, Array], phase_s: tuple[Array, Array], ankle_kg: Array) -> Array:
    """Return what the abductors have to give at eight instants of the lowering and eight of the raise [N·m], shape (p, 16)."""
    lean = legs.tired_lean_deg * tired
    lean_top, lean_bottom = legs.lean_deg + np.maximum(0, lean) / 2, legs.lean_deg + np.maximum(0, lean)
    drop = _stroke(drop_deg, phase_s)
    trunk = _stroke((lean_top, lean_bottom, lean_top), phase_s)
    trunk[0, :, 8:] += np.minimum(0, lean)[:, None] * SWELL
    leg = -legs.leg_coupling[:, None] * drop
    in_rad = [np.radians(curve).reshape(3, -1) for curve in (drop, trunk, leg)]
    posture = Posture(in_rad[0], in_rad[1], in_rad[2], np.zeros(drop[0].size))
    builds = Builds(*(np.repeat(getattr(legs.builds, field.name), drop.shape[2]) for field in dataclasses.fields(Builds)))
    return demand(builds, posture, np.repeat(ankle_kg, drop.shape[2])).reshape(drop.shape[1:])


def _stroke(values: tuple[Array, Array, Array], phase_s: tuple[Array, Array]) -> Array:
    """Go from the first value to the second while lowering and to the third while raising, shape (3, p, 16): value, first and second derivative."""
    halves = []
    for start, end, duration_s in ((values[0], values[1], phase_s[0]), (values[1], values[2], phase_s[1])):
        per_time = duration_s ** np.arange(3)[:, None]
        half = ((end - start) / per_time)[:, :, None] * STROKE[:, None, :]
        half[0] += start[:, None]
        halves.append(half)
    return np.concatenate(halves, axis=2)


def _standing_demand(legs: Legs, ankle_kg: Array) -> Array:
    """Return what standing level on one leg takes [N·m], shape (p,)."""
    still, lean = np.zeros((3, len(ankle_kg))), np.zeros((3, len(ankle_kg)))
    lean[0] = np.radians(legs.lean_deg)
    return demand(legs.builds, Posture(still, lean, still, still[0]), ankle_kg)

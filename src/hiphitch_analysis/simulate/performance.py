"""An athlete does sets of repetitions: load tires the muscle, tiredness changes the form, form changes the load, until the target or failure.

Form follows *brain effort*, load over what the tired muscle has left: below 0.6 it stays as habits have it, from there to failure at 1 it goes. All
of these rules are assumptions; that drop and rotation grow within an endurance set of single-leg squats was found by Devecchi 2023,
doi:10.1371/journal.pone.0288760.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from hiphitch_analysis.schema import SIDES, other_side
from hiphitch_analysis.simulate.athlete import Athlete
from hiphitch_analysis.simulate.fatigue import tire
from hiphitch_analysis.simulate.faults import Fault
from hiphitch_analysis.simulate.mechanics import Posture, demand
from hiphitch_analysis.simulate.repetition import Repetition

Array = NDArray[np.float64]

FORM_GOES_FROM = 0.6  # brain effort
# What is added at failure, as a share of the fresh value.
MORE_DROP, SLOWER_RAISE, FASTER_LOWERING, MORE_TWIST, MORE_VARIABILITY = 0.5, 0.6, 0.2, 1.0, 1.0
LEVEL_SPREAD = 0.25  # assumption: spread of where the raise ends, as a share of the drop's
SLOWER_WHEN_SPENT = (1.0, 1.5, 2.0)  # assumption: how much slower a raise gets before it is given up
NEARLY_SPENT = 0.9  # brain effort from where on it is worth asking whether a slower raise would still do
MOST_LEFT = 0.45  # share of its drop that a complete repetition may leave unregained
LEAST_PHASE = 0.4  # assumption: no lowering or raise is shorter than this share of what was meant
NOISE_CUT = 2.5  # human noise is normal, cut at this many standard deviations

SHIFT_S = 1.2  # assumption: time to move on to one leg
SETTLE_S = 1.0  # assumption: standing still on one leg before the first and after the last repetition
TOUCH_S = 0.6  # assumption: how long the free foot rests where a lowering was given up
REGROUP_S = 2.0  # assumption: standing on both feet after a touch-down, before going on
MOST_REPS = 1000

_U = (np.arange(8) + 0.5) / 8  # instants within a phase at which its load is taken
STROKE = np.stack([_U**3 * (10 - 15 * _U + 6 * _U**2), 30 * _U**2 * (1 - _U) ** 2, 60 * _U * (1 - _U) * (1 - 2 * _U)])
SWELL = np.sin(np.pi * _U) ** 2


@dataclass(frozen=True, slots=True)
class SetDone:
    """One set as it was done.

    Attributes
    ----------
    side : {"left", "right"}
        Stance side.
    target_reps : int
        Repetitions wanted.
    reps : tuple of Repetition
        Every lowering, also partial and aborted ones.
    brain_effort : tuple of float
        Highest brain effort of each of them [–].
    stop_reason : {"target", "fatigue"}
    """

    side: str
    target_reps: int
    reps: tuple[Repetition, ...]
    brain_effort: tuple[float, ...]
    stop_reason: str

    @property
    def complete(self) -> int:
        """Number of complete repetitions."""
        return sum(rep.kind == "complete" for rep in self.reps)

    @property
    def duration_s(self) -> float:
        """Time on the stance leg."""
        return SHIFT_S + 2 * SETTLE_S + sum(_lasts(rep) for rep in self.reps)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done in one recording.

    Attributes
    ----------
    reps : int or tuple of int
        Target of every set, or one for each of them, 0 to 200.
    sides : tuple of {"left", "right"}
        Stance side of each set, in order.
    rest_s : float
        Standing on both feet between sets [s].
    ankle_kg : float
        Ankle weight on the free leg [kg].
    faults : tuple of Fault
        Faults to have, beside those that tiredness brings.
    partial, aborted : tuple of int
        Rows of each set's truth (from 1) that are partial or aborted, in addition to the complete ones; a lost balance adds a row before its own.
    """

    reps: int | tuple[int, ...] = 20
    sides: tuple[str, ...] = ("left",)
    rest_s: float = 60.0
    ankle_kg: float = 0.0
    faults: tuple[Fault, ...] = ()
    partial: tuple[int, ...] = ()
    aborted: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what nobody could do."""
        for side in self.sides:
            if side not in SIDES:
                raise ValueError(f"stance: expected {' or '.join(SIDES)}, got {side!r}. It is the leg stood on.")
        if not 1 <= len(self.sides) <= 20 or len(self.targets) != len(self.sides):
            raise ValueError(f"sets: expected 1 to 20 with a target each, got {len(self.sides)} sides and {len(self.targets)} targets.")
        asked = [*(("reps", reps, 0, 200) for reps in self.targets), ("rest_s", self.rest_s, 5, 1800), ("ankle_kg", self.ankle_kg, 0, 30)]
        for name, value, low, high in asked:
            if not low <= value <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {value!r}. Choose a value a person could show.")
        rows = [*self.partial, *self.aborted]
        if any(number != int(number) for number in (*self.targets, *rows)):
            raise ValueError(f"reps, partial, aborted: expected whole numbers, got {[*self.targets, *rows]}. Repetitions are counted.")
        last = min(self.targets) + len(rows)
        if len(set(rows)) != len(rows) or any(not 1 <= row <= last for row in rows):
            raise ValueError(f"partial, aborted: expected different rows between 1 and {last}, got {rows}. Rows count all repetitions of the set.")

    @property
    def targets(self) -> tuple[int, ...]:
        """Target of each set."""
        return self.reps if isinstance(self.reps, tuple) else (self.reps,) * len(self.sides)


def perform(athlete: Athlete, wanted: Task, seed: int = 0) -> tuple[SetDone, ...]:
    """Let an athlete do the sets that are wanted.

    Parameters
    ----------
    athlete : Athlete
    wanted : Task
    seed : int
        Seed of the human noise.

    Returns
    -------
    tuple of SetDone
        In order. A set ends at its target or with the lowering that cannot be raised again, which is listed as aborted.

    Examples
    --------
    >>> three = perform(Athlete(), Task(reps=45, sides=("left",) * 3))
    >>> [done.complete for done in three][0] > [done.complete for done in three][2]
    True
    """
    fatigued = dict.fromkeys(SIDES, 0.0)
    done: list[SetDone] = []
    for number, (side, target) in enumerate(zip(wanted.sides, wanted.targets, strict=True)):
        if number:
            fatigued = {name: tire(share, 0.0, wanted.rest_s, athlete.muscle) for name, share in fatigued.items()}
        result, fatigued[side] = _do_set(athlete, wanted, side, target, fatigued[side], np.random.default_rng([seed, 1, number]))
        other = other_side(side)
        fatigued[other] = tire(fatigued[other], 0.0, result.duration_s, athlete.muscle)
        done.append(result)
    return tuple(done)


def fresh_capacity(athlete: Athlete, side: str, ankle_kg: float = 0.0, most: int = MOST_REPS) -> float:
    """Return the repetitions to failure in a fresh set without human noise, as a real number; `most` when it has not failed by then.

    Examples
    --------
    >>> weak, strong = (Athlete(strength_left_nm_kg=s) for s in (1.4, 1.8))
    >>> fresh_capacity(weak, "left") < fresh_capacity(strong, "left")
    True
    """
    fatigued = _tire_standing(athlete, side, 0.0, ankle_kg)
    before = effort = _standing_load(athlete, side, ankle_kg) / (1 - fatigued)
    if before >= 1:
        return 0.0
    top = 0.0
    for number in range(most):
        rep = _tired_form(athlete, side, effort)
        after, effort, end = _load_muscle(athlete, side, rep, top, fatigued, ankle_kg)
        least = effort
        if effort > NEARLY_SPENT:  # the slowest raise decides
            least = _load_muscle(athlete, side, _raise_slower(rep, SLOWER_WHEN_SPENT[-1]), top, fatigued, ankle_kg)[1]
        if least >= 1:
            return number + min(1.0, max(0.0, (1 - before) / (least - before)))
        fatigued, top, before = after, end, least
    return float(most)


def match_capacity(athlete: Athlete, side: str, capacity: float, ankle_kg: float = 0.0) -> Athlete:
    """Return the athlete with the strength on `side` that gives `capacity` repetitions to failure in a fresh set.

    Parameters
    ----------
    athlete : Athlete
    side : {"left", "right"}
    capacity : float
        Repetitions, 1 to 300.
    ankle_kg : float
        Ankle weight they are done with [kg].
    """
    if not athlete.tires:
        raise ValueError("match_capacity: expected an athlete who tires, got one who does not. No strength gives a limit then.")

    def with_strength(log_strength: float) -> Athlete:
        strength: dict[str, Any] = {f"strength_{side}_nm_kg": math.exp(log_strength)}
        return dataclasses.replace(athlete, **strength)

    wanted = float(np.clip(capacity, 1, 300))

    def excess(log_strength: float) -> float:
        return fresh_capacity(with_strength(log_strength), side, ankle_kg, most=math.ceil(wanted) + 5) - wanted

    return with_strength(brentq(excess, math.log(0.5), math.log(9.9), xtol=1e-4))


def _do_set(athlete: Athlete, wanted: Task, side: str, target: int, fatigued: float, rng: np.random.Generator) -> tuple[SetDone, float]:
    """Do one set; also return the fatigued share after it."""
    special = dict.fromkeys(wanted.partial, "partial") | dict.fromkeys(wanted.aborted, "aborted")
    fatigued = _tire_standing(athlete, side, fatigued, wanted.ankle_kg)
    effort = _standing_load(athlete, side, wanted.ankle_kg) / (1 - fatigued)
    reps: list[Repetition] = []
    efforts: list[float] = []
    top = late = 0.0
    for number in range(1, target + len(special) + 1):
        kind = special.get(number, "complete")
        rep = _tired_form(athlete, side, effort)
        for fault in wanted.faults:
            rep = fault.distort(rep, number)
        rep, late = _add_human_noise(rep, athlete, effort, np.clip(rng.standard_normal(8), -NOISE_CUT, NOISE_CUT), late)
        # What regains less than half of its drop would be a partial repetition: a raise that falls short comes to that over several repetitions.
        rep = dataclasses.replace(rep, kind=kind, return_error_deg=min(rep.return_error_deg, top + MOST_LEFT * rep.drop_deg))
        if kind == "aborted" or ("loss_of_balance" in rep.faults and not any("loss_of_balance" in done.faults for done in reps)):
            reps.append(dataclasses.replace(rep, kind="aborted"))
            efforts.append(effort)
            fatigued, top = _give_up(athlete, side, rep, top, fatigued, wanted.ankle_kg), 0.0
            if kind == "aborted":
                continue
        rep, fatigued, effort, top = _do_as_able(athlete, side, rep, top, fatigued, wanted.ankle_kg)
        efforts.append(effort)
        if effort >= 1 and athlete.tires:
            reps.append(dataclasses.replace(rep, kind="aborted"))
            return SetDone(side, target, tuple(reps), tuple(efforts), "fatigue"), fatigued
        reps.append(rep)
    return SetDone(side, target, tuple(reps), tuple(efforts), "target"), fatigued


def _tiredness(athlete: Athlete, effort: float) -> float:
    """How far form has gone: 0 up to a brain effort of 0.6, 1 at failure."""
    return min(1.0, max(0.0, (effort - FORM_GOES_FROM) / (1 - FORM_GOES_FROM))) if athlete.tires else 0.0


def _tired_form(athlete: Athlete, side: str, effort: float) -> Repetition:
    """Return the repetition that habits and tiredness make, without human noise."""
    habit = athlete.technique
    tired = _tiredness(athlete, effort)
    lean = athlete.tired_lean_deg * tired
    return Repetition(
        drop_deg=habit.drop_deg * (1 + MORE_DROP * tired),
        return_error_deg=athlete.return_deficit_deg(side) * tired,
        rotation_deg=habit.rotation_deg + _twist(athlete, habit.drop_deg * (1 + MORE_DROP * tired), tired),
        tilt_deg=habit.tilt_deg,
        lean_top_deg=habit.lean_deg + max(0.0, lean) / 2,
        lean_bottom_deg=habit.lean_deg + max(0.0, lean),
        lean_raise_deg=min(0.0, lean),
        thigh_top_deg=habit.thigh_flexion_deg,
        thigh_bottom_deg=habit.thigh_flexion_deg,
        knee_top_deg=habit.knee_flexion_deg,
        knee_bottom_deg=habit.knee_flexion_deg,
        leg_coupling=habit.leg_coupling,
        lower_s=habit.lower_s * (1 - FASTER_LOWERING * tired),
        raise_s=habit.raise_s * (1 + SLOWER_RAISE * tired),
        bottom_pause_s=habit.bottom_pause_s,
        pause_s=habit.pause_s,
    )


def _twist(athlete: Athlete, drop_deg: float, tired: float) -> float:
    habit = athlete.technique
    return habit.rotation_per_deg * (1 + MORE_TWIST * tired) * max(0.0, drop_deg - habit.rotation_from_deg)


def _add_human_noise(rep: Repetition, athlete: Athlete, effort: float, noise: Array, late: float) -> tuple[Repetition, float]:
    """Vary amplitudes and timing; `late` is how far behind the beat the last event came [s], and is returned anew.

    Events follow the beat with a first-order correction: a lag is made good by a share of it at the next event, while a new error comes on top.
    """
    habit = athlete.technique
    tired = _tiredness(athlete, effort)
    spread = habit.variability * (1 + MORE_VARIABILITY * tired)
    off_beat = 1 + math.copysign(rep.off_beat, noise[6])
    drop = rep.drop_deg * (1 + spread * noise[0])
    extra_twist = _twist(athlete, drop, tired) - _twist(athlete, rep.drop_deg, tired)
    lasts = []
    for wanted, error in ((rep.lower_s * off_beat, 2), (rep.bottom_pause_s, 7), (rep.raise_s * off_beat, 3), (rep.pause_s, 4)):
        later = (1 - habit.beat_correction) * late + spread * wanted * noise[error]
        least = LEAST_PHASE * wanted if error in (2, 3) else 0.0  # a pause can be left out, a movement cannot
        lasts.append(max(least, wanted + later - late) if wanted else 0.0)
        late += lasts[-1] - wanted
    return dataclasses.replace(
        rep,
        drop_deg=drop,
        rotation_deg=rep.rotation_deg * (1 + spread * noise[1]) + extra_twist,
        tilt_deg=rep.tilt_deg * (1 + spread * noise[0]),
        return_error_deg=rep.return_error_deg - LEVEL_SPREAD * spread * rep.drop_deg * noise[5],
        lower_s=lasts[0],
        bottom_pause_s=lasts[1],
        raise_s=lasts[2],
        pause_s=lasts[3],
    ), late


def _do_as_able(athlete: Athlete, side: str, rep: Repetition, top: float, fatigued: float, ankle_kg: float) -> tuple[Repetition, float, float, float]:
    """Do one repetition: a muscle that cannot raise as fast as meant raises more slowly, and only then fails. As `_load_muscle`, and the rep."""
    for slower in SLOWER_WHEN_SPENT if athlete.tires else (1.0,):
        tried = _raise_slower(rep, slower)
        after, effort, end = _load_muscle(athlete, side, tried, top, fatigued, ankle_kg)
        if effort < 1:
            break
    return tried, after, effort, end


def _give_up(athlete: Athlete, side: str, rep: Repetition, top: float, fatigued: float, ankle_kg: float) -> float:
    """Return the fatigued share after a lowering that ends in a touch-down, a moment on both feet, and standing on one leg again."""
    lower = demand(athlete.body, _repetition_posture(rep, top), ankle_kg)[:8].mean() / athlete.strength_nm(side)
    fatigued = tire(fatigued, float(lower), rep.lower_s, athlete.muscle)
    fatigued = tire(fatigued, 0.0, TOUCH_S + SHIFT_S + REGROUP_S, athlete.muscle)
    return _tire_standing(athlete, side, fatigued, ankle_kg)


def _raise_slower(rep: Repetition, slower: float) -> Repetition:
    return dataclasses.replace(rep, raise_s=rep.raise_s * slower)


def _load_muscle(athlete: Athlete, side: str, rep: Repetition, top: float, fatigued: float, ankle_kg: float) -> tuple[float, float, float]:
    """Return the fatigued share after one repetition, its highest brain effort, and where its raise ends [° below level]."""
    load = demand(athlete.body, _repetition_posture(rep, top), ankle_kg) / athlete.strength_nm(side)
    lower, rise = load[:8].mean(), load[8:].mean()
    halfway = tire(fatigued, float(lower), rep.lower_s, athlete.muscle)
    halfway = tire(halfway, float(load[7:9].mean()), rep.bottom_pause_s, athlete.muscle)
    after = tire(halfway, float(rise), rep.raise_s, athlete.muscle)
    after = tire(after, float(load[-1]), rep.pause_s, athlete.muscle)
    # The raise decides: what hangs can still be held by giving way.
    effort = float(load[8:].max()) / max(1e-9, 1 - halfway)
    return after, effort, rep.return_error_deg


def _repetition_posture(rep: Repetition, top: float) -> Posture:
    """Posture at eight instants of the lowering and eight of the raise; `top` is where it begins [° below level]."""

    def phases(start: float, bottom: float, end: float) -> Array:
        down, up = (bottom - start) * STROKE, (end - bottom) * STROKE
        down, up = down / _per_time(rep.lower_s), up / _per_time(rep.raise_s)
        down[0] += start
        up[0] += bottom
        return np.hstack([down, up])

    drop = phases(top, top + rep.drop_deg, rep.return_error_deg)
    lean = phases(rep.lean_top_deg, rep.lean_bottom_deg, rep.lean_top_deg)
    lean[0, 8:] += rep.lean_raise_deg * SWELL
    leg = -rep.leg_coupling * drop
    leg[0] -= rep.leg_in_deg
    floor = phases(rep.floor_top, rep.floor_bottom, rep.floor_top)[0]
    return Posture(np.radians(drop), np.radians(lean), np.radians(leg), floor)


def _per_time(duration_s: float) -> Array:
    return np.array([[1.0], [duration_s], [duration_s**2]])


def _standing_load(athlete: Athlete, side: str, ankle_kg: float) -> float:
    """Share of strength that standing level on one leg takes."""
    still, lean = np.zeros((3, 1)), np.zeros((3, 1))
    lean[0] = math.radians(athlete.technique.lean_deg)
    return float(demand(athlete.body, Posture(still, lean, still, np.zeros(1)), ankle_kg)[0]) / athlete.strength_nm(side)


def _tire_standing(athlete: Athlete, side: str, fatigued: float, ankle_kg: float) -> float:
    """Tire the muscle by moving on to one leg and settling there."""
    return tire(fatigued, _standing_load(athlete, side, ankle_kg), SHIFT_S / 2 + SETTLE_S, athlete.muscle)


def _lasts(rep: Repetition) -> float:
    return rep.lower_s + (0.0 if rep.kind == "aborted" else rep.bottom_pause_s + rep.raise_s + rep.pause_s)

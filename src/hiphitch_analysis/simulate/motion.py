"""One recording as it really happens: pelvis, trunk and both legs in continuous, twice differentiable motion.

Tracks are written in the room's terms (left and right), so that they run on through a change of side: yaw about the vertical, roll about the
forward axis (+ left side up), pitch about the transverse axis (+ front down), and for each leg its frontal angle (+ away from the midline) and
flexion. What the project's signs make of them, relative to the stance side, stands in `truth.py`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PPoly

from hiphitch_analysis.schema import SIDES, other_side
from hiphitch_analysis.simulate.body import Body
from hiphitch_analysis.simulate.curves import Array, Track, draw_sway, draw_tremor, multiply, wave
from hiphitch_analysis.simulate.performance import REGROUP_S, SETTLE_S, SHIFT_S, TOUCH_S, SetDone
from hiphitch_analysis.simulate.repetition import Repetition

END_S = 4.0  # both feet at the end
WALK_S = 5.0  # walking off
QUIET_AGAIN_S = 4.0  # assumption: how long before the next set the fidgeting of a rest ends
TIP_DEG = (0.6, 1.0, 0.6)  # assumption: how far yaw, roll (a brief hike) and pitch tip during a weight shift
TIP_SPREAD_DEG = 0.25
SHIFT_FORWARD_M = 0.012  # assumption: standard deviation of how far the pelvis also goes forward or back, while it goes some 8 cm sideways
PARTIAL_SHARE = 0.35  # a partial raise regains this share of its drop (by definition less than half)
STUMBLE_DEG, STUMBLE_S = 4.0, 0.25  # assumption: size and time of each swing of the pelvis when balance goes
FIDGET_DEG = {"pelvis_yaw": 6.0, "pelvis_roll": 2.0, "pelvis_pitch": 3.0, "trunk_yaw": 8.0, "trunk_roll": 3.0, "trunk_pitch": 4.0}

# Sway on both feet, root mean square. Assumption, orders of magnitude of quiet standing: tenths of a degree and millimetres.
SWAY = {
    "pelvis_yaw": 0.25, "pelvis_roll": 0.12, "pelvis_pitch": 0.25,
    "trunk_yaw": 0.30, "trunk_roll": 0.15, "trunk_pitch": 0.25,
    "left_away": 0.15, "left_flexion": 0.25, "right_away": 0.15, "right_flexion": 0.25,
    "forward_m": 0.0035, "left_m": 0.002, "up_m": 0.0002,
}  # fmt: skip
# Tremor, root mean square, [°] and [m]. Assumption, orders of magnitude of muscles at work: a tenth of a degree per second, a hundredth of a m/s².
TREMOR = {"pelvis_yaw": 0.003, "pelvis_roll": 0.003, "pelvis_pitch": 0.004, "forward_m": 5e-6, "left_m": 5e-6, "up_m": 5e-6}
ONE_LEG_SWAY, RESTING_SWAY = 1.6, 2.5  # assumption: sway on one leg, and while resting, as a multiple of that on both
# Walking off, amplitudes at the stride's or the step's frequency. Obliquity's range of 8.6° was read off one walking person; the rest: assumption.
STRIDE_HZ, SPEED_M_S = 0.9, 1.1
GAIT = (
    ("pelvis_roll", 4.3, 1, 0.0), ("pelvis_yaw", 4.0, 1, 1.2), ("pelvis_pitch", 1.0, 2, 0.4), ("trunk_roll", 1.5, 1, 0.6),
    ("trunk_yaw", 4.0, 1, 4.3), ("left_flexion", 20.0, 1, 0.0), ("right_flexion", 20.0, 1, np.pi), ("left_m", 0.02, 1, 0.8),
    ("up_m", 0.02, 2, 0.3), ("up_m", 0.0004, 8, 0.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """Angles of one body segment as curves, shape (3, n) each [rad, rad/s, rad/s²], right-handed about z, x and y of the room."""

    yaw: Array
    roll: Array
    pitch: Array


@dataclass(frozen=True, slots=True)
class Motion:
    """How the body moves at n instants.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Instants [s].
    pelvis, trunk : Segment
    thighs : dict of Segment by side
    knee_rad : dict of ndarray, shape (n,), by side
        Knee flexion [rad].
    middle_m : ndarray, shape (3, n, 3)
        The point between the hips if the pelvis stayed level, with velocity and acceleration (x forward, y left, z up).
    pivot_m : ndarray, shape (3, n)
        How far to the left of that point the pelvis turns about: half the distance between the hips on the stance side, 0 on both feet.
    weight : dict of ndarray, shape (n,), by side
        How far the weight is on that leg alone [0–1]; 0 for both sides = on both feet.
    floor_share : ndarray, shape (n,)
        Share of the free leg's weight that the floor carries.
    """

    time_s: Array
    pelvis: Segment
    trunk: Segment
    thighs: dict[str, Segment]
    knee_rad: dict[str, Array]
    middle_m: NDArray[np.float64]
    pivot_m: Array
    weight: dict[str, Array]
    floor_share: Array


@dataclass(frozen=True, slots=True)
class Event:
    """When one repetition of a script happened."""

    set: int
    side: str
    rep: Repetition
    start_s: float
    bottom_s: float
    end_s: float


@dataclass(slots=True)
class Script:
    """Moves of every track, written down while a clock runs.

    Attributes
    ----------
    now : float
        The clock [s].
    tracks : dict of Track by name
    events : list of Event
    stances : list of (time, side)
        From this time on the signs of that stance side hold [s]: from the start, and from the middle of each rest.
    quiet_s, sway : float
        Standing still before the first set [s]; multiple of a typical adult's sway [–].
    """

    quiet_s: float
    sway: float
    now: float = 0.0
    tracks: defaultdict[str, Track] = field(default_factory=lambda: defaultdict(Track))
    events: list[Event] = field(default_factory=list)
    stances: list[tuple[float, str]] = field(default_factory=list)

    def move(self, duration_s: float, **values: float) -> None:
        """Move the tracks named to these values from now on, and let the time pass."""
        for name, value in values.items():
            self.tracks[name].move(self.now, self.now + duration_s, value)
        self.now += duration_s


def write_script(sets: tuple[SetDone, ...], rest_s: float, quiet_s: float, sway: float, walk_off: bool, seed: int) -> Script:
    """Turn the sets done into timed moves.

    Parameters
    ----------
    sets : tuple of SetDone
    rest_s : float
        Standing on both feet between sets [s].
    quiet_s : float
        Standing still on both feet before the first one [s].
    sway : float
        Body sway as a multiple of a typical adult's [–].
    walk_off : bool
        Whether the recording ends with walking away.
    seed : int

    Returns
    -------
    Script
    """
    rng = np.random.default_rng([seed, 8])
    script = Script(quiet_s, sway)
    script.tracks["unsteady"] = Track(sway)
    script.now = quiet_s
    for number, done in enumerate(sets, 1):
        if number > 1:
            script.stances.append((script.now + rest_s / 2, done.side))
            _rest(script, rest_s, rng)
        else:
            script.stances.append((0.0, done.side))
        _write_set(script, done, number, rng)
    script.now += END_S
    if walk_off:
        start = script.now
        script.move(WALK_S, walked_m=SPEED_M_S * WALK_S)
        script.tracks["gait"].move(start, start + 1.0, 1.0)
        script.now += 0.5
    return script


def _side_sign(side: str) -> float:
    """+1 when the free leg is the left one: then obliquity is roll, and lean toward the stance side is roll of the trunk."""
    return 1.0 if side == "right" else -1.0


def _write_set(script: Script, done: SetDone, number: int, rng: np.random.Generator) -> None:
    _shift_weight(script, done.side, True, rng)
    script.now += SETTLE_S
    level = 0.0  # obliquity where the next lowering begins [°]
    for row, rep in enumerate(done.reps):
        level = _write_repetition(script, rep, done.side, number, level, rng)
        if rep.kind == "aborted" and row + 1 < len(done.reps):
            _shift_weight(script, done.side, False, rng)
            script.now += REGROUP_S
            _shift_weight(script, done.side, True, rng)
            script.now += SETTLE_S
            level = 0.0
    script.now += SETTLE_S
    _shift_weight(script, done.side, False, rng)


def _shift_weight(script: Script, side: str, onto: bool, rng: np.random.Generator) -> None:
    """Move the weight on to one leg, or back on to both: the pelvis tips a little on the way and ends level."""
    free = other_side(side)
    sign = _side_sign(side)
    tips = rng.normal(TIP_DEG, TIP_SPREAD_DEG) * min(script.sway, 1.0) * [-sign, sign, 1.0]
    start, half = script.now, script.now + SHIFT_S / 2
    end = script.now + SHIFT_S
    for name, tip in zip(("pelvis_yaw", "pelvis_roll", "pelvis_pitch"), tips, strict=True):
        track = script.tracks[name]
        track.move(start, half, track.value / 2 + float(tip))
        track.move(half, end, 0.0)
    script.tracks[f"{side}_weight"].move(start, end, float(onto))
    script.tracks["shifted_m"].move(start, end, float(onto) * float(rng.normal(0, SHIFT_FORWARD_M)) * min(script.sway, 1.0))
    script.tracks["unsteady"].move(start, end, script.sway * (ONE_LEG_SWAY if onto else 1.0))
    if not onto:
        for name in ("trunk_roll", "trunk_yaw", "trunk_pitch", f"{free}_away", f"{free}_flexion", f"{free}_knee", "floor"):
            script.tracks[name].move(start, end, 0.0)
    script.now = end


def _write_repetition(script: Script, rep: Repetition, side: str, number: int, level: float, rng: np.random.Generator) -> float:
    """Lower and raise; return the obliquity at the end of the raise [°]."""
    sign = _side_sign(side)
    reached = sign * script.tracks["pelvis_roll"].value
    # After a partial raise the lowering sinks to about the same depth again.
    bottom_deg = min(level - rep.drop_deg, reached - 0.2 * rep.drop_deg)
    share = max(0.4, (reached - bottom_deg) / rep.drop_deg)
    start = script.now
    if rep.unsteadiness > 1:
        script.tracks["unsteady"].move(start, start + rep.lower_s * share, script.sway * ONE_LEG_SWAY * rep.unsteadiness)
    script.move(rep.lower_s * share, **_pose(rep, side, bottom_deg, rep.lean_bottom_deg, 1.0))
    bottom = script.now
    if rep.kind == "aborted":
        _touch_down(script, rep, side, rng)
        script.events.append(Event(number, side, rep, start, bottom, bottom))
        return level
    script.now += rep.bottom_pause_s
    if rep.kind == "partial":
        regained = bottom_deg + PARTIAL_SHARE * rep.drop_deg
        script.move(rep.raise_s * 0.6, **_pose(rep, side, regained, rep.lean_bottom_deg, 1 - PARTIAL_SHARE))
    else:
        level = -rep.return_error_deg
        pose = _pose(rep, side, level, rep.lean_top_deg, 0.0)
        if rep.lean_raise_deg:  # the trunk bends in the first half of the raise and is back at its end
            lean = pose.pop("trunk_roll")
            middle = script.now + rep.raise_s / 2
            script.tracks["trunk_roll"].move(script.now, middle, sign * ((rep.lean_top_deg + rep.lean_bottom_deg) / 2 + rep.lean_raise_deg))
            script.tracks["trunk_roll"].move(middle, script.now + rep.raise_s, lean)
        script.move(rep.raise_s, **pose)
    script.events.append(Event(number, side, rep, start, bottom, script.now))
    script.now += rep.pause_s
    return level


def _pose(rep: Repetition, side: str, obliquity_deg: float, lean_deg: float, lowered: float) -> dict[str, float]:
    """Values of all tracks at an obliquity; `lowered` goes from 0 at the top to 1 at the bottom."""
    sign, free = _side_sign(side), other_side(side)

    def between(top: float, bottom: float) -> float:
        return top + (bottom - top) * lowered

    return {
        "pelvis_yaw": -sign * rep.rotation_deg * lowered,
        "pelvis_roll": sign * obliquity_deg,
        "pelvis_pitch": rep.tilt_base_deg + rep.tilt_deg * lowered,
        "trunk_roll": sign * lean_deg,
        f"{free}_away": rep.leg_coupling * obliquity_deg - rep.leg_in_deg,
        f"{free}_flexion": between(rep.thigh_top_deg, rep.thigh_bottom_deg),
        f"{free}_knee": between(rep.knee_top_deg, rep.knee_bottom_deg),
        "floor": between(rep.floor_top, rep.floor_bottom),
    }


def _touch_down(script: Script, rep: Repetition, side: str, rng: np.random.Generator) -> None:
    """Let the free foot come down where a lowering was given up; when balance went, after swinging about."""
    if "loss_of_balance" in rep.faults:
        for swing in rng.choice([-1.0, 1.0]) * np.array([1.0, -0.7]):
            rolls = {name: script.tracks[name].value + swing * STUMBLE_DEG * part for name, part in (("pelvis_roll", 1.0), ("trunk_roll", -1.5))}
            script.move(STUMBLE_S, **rolls, pelvis_yaw=script.tracks["pelvis_yaw"].value - swing * STUMBLE_DEG / 2)
    begin = script.now
    script.tracks["floor"].move(begin, begin + 0.2, 1.0)
    script.tracks["jolt_m"].move(begin + 0.1, begin + 0.16, -0.002)
    script.tracks["jolt_m"].move(begin + 0.16, begin + 0.4, 0.0)
    script.now += TOUCH_S


def _rest(script: Script, rest_s: float, rng: np.random.Generator) -> None:
    """Stand on both feet and fidget, then still again before the next set."""
    end = script.now + rest_s
    until = max(script.now + 1.0, end - QUIET_AGAIN_S)
    calm = min(1.0, script.sway)
    script.tracks["unsteady"].move(script.now, script.now + 1.0, script.sway * RESTING_SWAY)
    while script.now + (length := float(rng.uniform(1.5, 3.0))) < until:
        script.move(length, **{name: float(rng.normal(0, size)) * calm for name, size in FIDGET_DEG.items()})
        script.now = min(until, script.now + float(rng.uniform(0.5, 6.0)))
    script.now = until
    script.move(min(2.0, end - until), unsteady=script.sway, **dict.fromkeys(FIDGET_DEG, 0.0))
    script.now = end


class Mover:
    """Evaluates a script and the sway at any instants.

    Parameters
    ----------
    script : Script
    body : Body
    seed : int
        Seed of the sway.
    """

    def __init__(self, script: Script, body: Body, seed: int) -> None:
        self.script, self.body = script, body
        self._sway = draw_sway(script.now, np.array(list(SWAY.values())), np.random.default_rng([seed, 2]))
        self._tremor = draw_tremor(script.now, np.array(list(TREMOR.values())), np.random.default_rng([seed, 11]))

    def move(self, time_s: Array) -> Motion:
        """Return the motion at increasing instants [s]."""
        curves = self._curves(time_s, tuple(SWAY))
        degrees = {name: np.radians(curve) for name, curve in curves.items() if not name.endswith("_m")}
        weight = {side: self.script.tracks[f"{side}_weight"].evaluate(time_s) for side in SIDES}
        half = self.body.hip_distance_m / 2
        pivot = half * (weight["left"] - weight["right"])
        leg = self.body.leg_m
        zero = np.zeros((3, len(time_s)))
        thighs = {}
        for side, sign in (("left", 1.0), ("right", -1.0)):
            # The foot of the stance leg stays under the midline, so that leg leans inwards by what the hip has moved out.
            away = degrees[f"{side}_away"] - half / leg * weight[side]
            thighs[side] = Segment(zero, sign * away, -degrees[f"{side}_flexion"])
        sinking = -(half**2) / (2 * leg) * (multiply(weight["left"], weight["left"]) + multiply(weight["right"], weight["right"]))
        forward = curves["forward_m"] + self.script.tracks["walked_m"].evaluate(time_s) + self.script.tracks["shifted_m"].evaluate(time_s)
        up = curves["up_m"] + sinking + self.script.tracks["jolt_m"].evaluate(time_s)
        return Motion(
            time_s=time_s,
            pelvis=Segment(*(degrees[f"pelvis_{axis}"] for axis in ("yaw", "roll", "pitch"))),
            trunk=Segment(*(degrees[f"trunk_{axis}"] for axis in ("yaw", "roll", "pitch"))),
            thighs=thighs,
            knee_rad={side: np.radians(self.script.tracks[f"{side}_knee"].evaluate(time_s)[0]) for side in SIDES},
            middle_m=np.stack([forward, curves["left_m"] + pivot, up], axis=2),
            pivot_m=pivot,
            weight={side: curve[0] for side, curve in weight.items()},
            floor_share=self.script.tracks["floor"].evaluate(time_s)[0],
        )

    def pelvis_deg(self, time_s: Array) -> dict[str, Array]:
        """Return yaw, roll and pitch of the pelvis [°] at increasing instants [s], shape (n,) each."""
        return {name: curve[0] for name, curve in self._curves(time_s, ("pelvis_yaw", "pelvis_roll", "pelvis_pitch")).items()}

    def _curves(self, time_s: Array, names: tuple[str, ...]) -> dict[str, Array]:
        """Tracks with their sway, and with the gait when the recording ends in walking off."""
        script = self.script
        unsteady, gait = script.tracks["unsteady"].evaluate(time_s), script.tracks["gait"]
        shaking = _evaluate(self._sway, SWAY, names, time_s)
        for name, trembling in _evaluate(self._tremor, TREMOR, names, time_s).items():
            shaking[name] += trembling
        curves = {name: script.tracks[name].evaluate(time_s) + multiply(unsteady, shaking[name]) for name in names}
        if gait.starts:
            envelope = gait.evaluate(time_s)
            for name, amplitude, harmonic, phase in GAIT:
                if name in curves:
                    curves[name] += multiply(envelope, wave(time_s - gait.starts[0], amplitude, harmonic * STRIDE_HZ, phase))
        return curves


def _evaluate(drawn: PPoly, channels: dict[str, float], names: tuple[str, ...], time_s: Array) -> dict[str, Array]:
    """Evaluate those of a spline's channels that are wanted, as curves by name."""
    wanted = [name for name in channels if name in names]
    columns = [list(channels).index(name) for name in wanted]
    part = PPoly(drawn.c[:, :, columns], drawn.x)
    orders = np.stack([part(time_s, order) for order in range(3)])
    return {name: orders[:, :, i] for i, name in enumerate(wanted)}

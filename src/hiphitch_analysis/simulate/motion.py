"""The pelvis of one recorded set in continuous, twice differentiable motion, with the truth about every repetition."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import Angles, TruthReps, check_table
from hiphitch_analysis.simulate.curves import Array, Step, draw_sway, multiply, sum_steps
from hiphitch_analysis.simulate.plan import MotionPlan

LEG_SHARE = 0.53  # assumption: hip height as a share of body height

SHIFT_S = 1.2  # assumption: time to move on to one leg
SETTLE_S = 1.0  # assumption: standing still on one leg before the first and after the last repetition
TOUCH_S = 0.6  # assumption: how long the free foot rests where an aborted lowering ended
REGROUP_S = 2.0  # assumption: standing on both feet after a touch-down, before going on
END_S = 4.0  # both feet at the end
TIP_DEG = (0.6, 1.0, 0.6)  # assumption: how far rotation, obliquity (a brief hike) and tilt tip during a weight shift
PARTIAL_SHARE = 0.35  # a partial raise regains this share of its drop (by definition less than half)

# Sway on both feet, root mean square. Assumption, orders of magnitude of quiet standing: tenths of a degree and millimetres.
SWAY_DEG = {"rotation": 0.25, "obliquity": 0.12, "tilt": 0.25}
SWAY_M = {"forward": 0.0035, "left": 0.002, "up": 0.0002}
ONE_LEG_SWAY = 1.6  # assumption: sway on one leg as a multiple of that on both
TRUTH_HZ = 200.0  # truth is read off this grid, whatever rate is asked for


@dataclass(frozen=True, slots=True)
class Motion:
    """Pelvis motion with exact derivatives.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Instants [s].
    angles_rad : ndarray, shape (3, n, 3)
        Value, first and second derivative [rad, rad/s, rad/s²] of rotation, obliquity, tilt, in the project's signs.
    hip_m : ndarray, shape (3, n, 3)
        Position, velocity and acceleration [m, m/s, m/s²] of the stance hip's centre in the room (x forward, y left, z up).
    stance : {"left", "right"}
        The leg stood on.
    """

    time_s: Array
    angles_rad: NDArray[np.float64]
    hip_m: NDArray[np.float64]
    stance: str


@dataclass(slots=True)
class _Script:
    """Steps of every channel, written down while a clock runs; `pose` is rotation, obliquity and tilt [°] reached so far."""

    now: float
    top_deg: float = 0.0
    pose: Array = field(default_factory=lambda: np.zeros(3))
    steps: tuple[list[Step], list[Step], list[Step]] = field(default_factory=lambda: ([], [], []))
    weight: list[Step] = field(default_factory=list)
    rows: list[tuple[str, float, float, float]] = field(default_factory=list)

    def move_to(self, pose: Array, duration: float) -> None:
        for steps, change in zip(self.steps, pose - self.pose, strict=True):
            steps.append((self.now, duration, change))
        self.pose = pose
        self.now += duration

    def shift_weight(self, onto_one_leg: bool, tips: Array) -> None:
        """Move the weight on to or off the stance leg; the pelvis tips a little on the way and ends level."""
        self.weight.append((self.now, SHIFT_S, 1.0 if onto_one_leg else -1.0))
        part = 0.6 * SHIFT_S
        for steps, tip in zip(self.steps, tips, strict=True):
            steps += [(self.now, part, tip), (self.now + SHIFT_S - part, part, -tip)]
        self.move_to(np.zeros(3), SHIFT_S)
        self.top_deg = 0.0


def _write_script(plan: MotionPlan, rng: np.random.Generator) -> _Script:
    """Turn a plan into timed steps, with human noise."""
    script = _Script(now=plan.quiet_s)
    n = plan.reps + len(plan.partial) + len(plan.aborted)
    tips = rng.normal(TIP_DEG, 0.25, (2 + 2 * len(plan.aborted), 3)) * min(plan.sway, 1.0)
    noise = 1 + plan.variability * np.clip(rng.standard_normal((n, 5)), -2.5, 2.5)
    level_noise = 0.25 * plan.variability * plan.drop_deg * np.clip(rng.standard_normal(n), -2.5, 2.5)
    turns = iter(tips)
    script.shift_weight(True, next(turns))
    script.now += SETTLE_S
    for row in range(1, n + 1):
        tired = max(0.0, (row / n - plan.fatigue_onset) / (1 - plan.fatigue_onset))
        kind = "partial" if row in plan.partial else "aborted" if row in plan.aborted else "complete"
        level = -plan.return_error_deg * tired + level_noise[row - 1]
        _write_repetition(script, plan, kind, noise[row - 1], tired, level)
        if kind == "aborted" and row < n:
            script.now += TOUCH_S
            script.shift_weight(False, next(turns))
            script.now += REGROUP_S
            script.shift_weight(True, next(turns))
            script.now += SETTLE_S
    script.now += SETTLE_S
    script.shift_weight(False, next(turns))
    script.now += END_S
    return script


def _write_repetition(script: _Script, plan: MotionPlan, kind: str, noise: Array, tired: float, level: float) -> None:
    """Lower, and raise to obliquity `level` [°]; after a partial raise the lowering sinks back to about the same depth."""
    drop = plan.drop_deg * noise[0]
    bottom_deg = min(script.top_deg - drop, script.pose[1] - 0.2 * drop)
    rotation = plan.rotation_deg * noise[1] + plan.rotation_per_deg * (1 + tired) * max(0.0, drop - plan.rotation_threshold_deg)
    bottom_pose = np.array([rotation, bottom_deg, plan.tilt_deg * noise[0]])
    pace = 1 + plan.tempo_drift * tired
    share = max(0.4, (script.pose[1] - bottom_deg) / drop)
    start = script.now
    script.move_to(bottom_pose, plan.lower_s * noise[2] * pace * share)
    bottom = script.now
    if kind == "complete":
        script.top_deg = level
        script.move_to(np.array([0.0, level, 0.0]), plan.raise_s * noise[3] * pace)
    elif kind == "partial":
        regained = np.array([0.0, bottom_deg + drop, 0.0])
        script.move_to(bottom_pose + PARTIAL_SHARE * (regained - bottom_pose), plan.raise_s * noise[3] * pace * 0.6)
    script.rows.append((kind, start, bottom, script.now))
    if kind != "aborted":
        script.now += plan.pause_s * noise[4]


@dataclass(frozen=True, slots=True)
class SimulatedMotion:
    """One set as it really happened.

    Attributes
    ----------
    motion : Motion
        At the sampling instants.
    angles : DataFrame
        Table ANGLES at the same instants; zero = mean of the two-footed stance before the set.
    reps : DataFrame
        Table TRUTH_REPS, read off the noise-free angles on a fine grid.
    """

    motion: Motion
    angles: pd.DataFrame
    reps: pd.DataFrame


def simulate_motion(plan: MotionPlan, rate_hz: float = 60.0, seed: int = 0) -> SimulatedMotion:
    """Simulate the pelvis of one set: both feet, on to the stance leg, the repetitions, back to both feet.

    Parameters
    ----------
    plan : MotionPlan
        What the athlete does.
    rate_hz : float
        Sampling rate [Hz]; the motion itself does not depend on it.
    seed : int
        Seed of the human noise.

    Returns
    -------
    SimulatedMotion

    Raises
    ------
    ValueError
        A rate outside 10 to 2000 Hz.

    Notes
    -----
    Amplitudes and times vary from repetition to repetition (normal, cut at 2.5 SD). Form drifts linearly from `fatigue_onset` to the set's end.
    The stance hip stays where the weight shift put it, but for sway: the free side turns around it.

    Examples
    --------
    >>> done = simulate_motion(MotionPlan(reps=3, drop_deg=8, variability=0, sway=0))
    >>> done.reps["drop_deg"].round(3).tolist()
    [8.0, 8.0, 8.0]
    """
    if not 10 <= rate_hz <= 2000:
        raise ValueError(f"rate_hz: expected 10 to 2000, got {rate_hz!r}. Inertial sensors record at 50 to 200 Hz.")
    script = _write_script(plan, np.random.default_rng([seed, 1]))
    time_s = np.arange(int(np.floor(script.now * rate_hz)) + 1) / rate_hz
    motion = _move(script, plan, time_s, seed)
    fine = _move(script, plan, np.arange(int(np.floor(script.now * TRUTH_HZ)) + 1) / TRUTH_HZ, seed)
    still = fine.time_s < max(plan.quiet_s, 1 / TRUTH_HZ)
    zero = fine.angles_rad[0, still].mean(axis=0)
    angles = pd.DataFrame(
        np.degrees(motion.angles_rad[0] - zero)[:, [1, 0, 2]],
        columns=["obliquity_deg", "rotation_deg", "tilt_deg"],
        index=pd.Index(time_s, name="time_s"),
    )
    reps = _read_truth(script, fine.time_s, np.degrees(fine.angles_rad[0] - zero))
    return SimulatedMotion(motion, check_table(angles, Angles), reps)


def _move(script: _Script, plan: MotionPlan, time_s: Array, seed: int) -> Motion:
    """Evaluate a script and the sway at any instants."""
    rng = np.random.default_rng([seed, 2])
    weight = sum_steps(time_s, script.weight)
    unsteady = plan.sway * (ONE_LEG_SWAY - 1) * weight
    unsteady[0] += plan.sway
    sway = [multiply(unsteady, draw_sway(time_s, rms, rng)) for rms in (*SWAY_DEG.values(), *SWAY_M.values())]
    angles = [sum_steps(time_s, steps) + part for steps, part in zip(script.steps, sway[:3], strict=True)]
    hip = np.stack(sway[3:], axis=2)
    toward_stance = 1.0 if plan.stance == "left" else -1.0
    half = plan.hip_distance_m / 2
    leg = LEG_SHARE * plan.height_m
    hip[:, :, 1] += toward_stance * half * weight
    hip[:, :, 2] += -(half**2) / (2 * leg) * multiply(weight, weight)  # the leg leans over the foot: the hip sinks by x²/2l
    return Motion(time_s, np.radians(np.stack(angles, axis=2)), hip, plan.stance)


def _read_truth(script: _Script, time_s: Array, angles_deg: Array) -> pd.DataFrame:
    """Measure each repetition on the noise-free angles (rotation, obliquity, tilt)."""
    rotation, obliquity = angles_deg[:, 0], angles_deg[:, 1]
    rows = []
    for number, (kind, start, bottom, end) in enumerate(script.rows, 1):
        first, last = np.searchsorted(time_s, (start, end + 1e-9))
        lowest = first + int(np.argmin(obliquity[first:last]))
        rows.append(
            {
                "rep": number,
                "kind": kind,
                "start_s": start,
                "bottom_s": bottom if kind == "aborted" else time_s[lowest],
                "end_s": end,
                "drop_deg": np.interp(start, time_s, obliquity) - obliquity[lowest],
                "return_error_deg": -np.interp(end, time_s, obliquity),
                "rotation_range_deg": np.ptp(rotation[first:last]),
            }
        )
    return check_table(pd.DataFrame(rows, columns=list(TruthReps.to_schema().columns)), TruthReps)

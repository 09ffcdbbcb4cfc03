"""What really happened, in the project's words and signs: angles, repetitions, and what the muscle went through."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.schema import SIDES, TruthReps, check_table
from hiphitch_analysis.simulate.athlete import Athlete
from hiphitch_analysis.simulate.curves import Array
from hiphitch_analysis.simulate.fatigue import trace_fatigue
from hiphitch_analysis.simulate.mechanics import Posture, demand
from hiphitch_analysis.simulate.motion import Motion, Mover, Script
from hiphitch_analysis.simulate.performance import SetDone

TRUTH_HZ = 200.0  # repetitions are read off this grid, whatever rate is asked for
EFFORT_HZ = 20.0


def free_left_sign(script: Script, time_s: Array) -> Array:
    """+1 where the signs are those of standing on the right leg (the free leg is the left one), −1 on the left leg; shape (n,)."""
    begins = np.array([begin for begin, _ in script.stances])
    signs = np.array([1.0 if side == "right" else -1.0 for _, side in script.stances])
    return signs[np.searchsorted(begins, time_s, side="right") - 1]


def zero_deg(mover: Mover) -> dict[str, float]:
    """Mean yaw, roll and pitch of the pelvis in the quiet stance on both feet before the first set [°]: the zero of all angles."""
    time_s = np.arange(max(1, int(mover.script.quiet_s * TRUTH_HZ))) / TRUTH_HZ
    return {name: float(curve.mean()) for name, curve in mover.pelvis_deg(time_s).items()}


def true_angles(mover: Mover, motion: Motion, zero: dict[str, float]) -> pd.DataFrame:
    """Return table ANGLES of a motion: pelvis relative to its `zero`, trunk and free leg from the vertical.

    Signs are those of the stance side; in the middle of a rest before the other leg they change over.
    """
    sign = free_left_sign(mover.script, motion.time_s)
    free_left = sign > 0
    left, right = motion.thighs["left"], motion.thighs["right"]
    obliquity = sign * (np.degrees(motion.pelvis.roll[0]) - zero["pelvis_roll"])
    lean = sign * np.degrees(motion.trunk.roll[0])
    columns = {
        "obliquity_deg": obliquity,
        "rotation_deg": -sign * (np.degrees(motion.pelvis.yaw[0]) - zero["pelvis_yaw"]),
        "tilt_deg": np.degrees(motion.pelvis.pitch[0]) - zero["pelvis_pitch"],
        "trunk_lean_deg": lean,
        "lumbar_bend_deg": obliquity - lean,
        "free_leg_angle_deg": np.degrees(np.where(free_left, left.roll[0], -right.roll[0])),
        "free_thigh_flexion_deg": -np.degrees(np.where(free_left, left.pitch[0], right.pitch[0])),
        "free_knee_flexion_deg": np.degrees(np.where(free_left, motion.knee_rad["left"], motion.knee_rad["right"])),
        "floor_share": motion.floor_share,
    }
    return pd.DataFrame(columns, index=pd.Index(motion.time_s, name="time_s"))


def true_reps(mover: Mover, sets: tuple[SetDone, ...], zero: dict[str, float]) -> pd.DataFrame:
    """Return table TRUTH_REPS, each repetition measured on the noise-free angles, relative to `zero`."""
    script = mover.script
    time_s = np.arange(int(np.floor(script.now * TRUTH_HZ)) + 1) / TRUTH_HZ
    pelvis = mover.pelvis_deg(time_s)
    sign = free_left_sign(script, time_s)
    obliquity = sign * (pelvis["pelvis_roll"] - zero["pelvis_roll"])
    efforts = [effort for done in sets for effort in done.brain_effort]
    rows = []
    for number, (event, effort) in enumerate(zip(script.events, efforts, strict=True), 1):
        first, last = np.searchsorted(time_s, (event.start_s, event.end_s + 1e-9))
        lowest = first + int(np.argmin(obliquity[first:last]))
        rows.append(
            {
                "rep": number,
                "set": event.set,
                "side": event.side,
                "kind": event.rep.kind,
                "start_s": event.start_s,
                "bottom_s": event.bottom_s if event.rep.kind == "aborted" else time_s[lowest],
                "end_s": event.end_s,
                "drop_deg": np.interp(event.start_s, time_s, obliquity) - obliquity[lowest],
                "return_error_deg": -np.interp(event.end_s, time_s, obliquity),
                "rotation_range_deg": np.ptp(pelvis["pelvis_yaw"][first:last]),
                "tilt_range_deg": np.ptp(pelvis["pelvis_pitch"][first:last]),
                "brain_effort": effort,
                "faults": " ".join(event.rep.faults),
            }
        )
    return check_table(pd.DataFrame(rows, columns=list(TruthReps.to_schema().columns)), TruthReps)


def true_effort(mover: Mover, athlete: Athlete, ankle_kg: float) -> pd.DataFrame:
    """Return table TRUTH_EFFORT: what the hip abductors of each leg had to give over time, and how tired that made them.

    Integrated afresh over the movement as it happened, with its sway: the set's own reckoning, repetition by repetition, is not used.
    """
    time_s = np.arange(int(np.floor(mover.script.now * EFFORT_HZ)) + 1) / EFFORT_HZ
    motion = mover.move(time_s)
    columns: dict[str, NDArray[np.float64]] = {}
    for side in SIDES:
        sign, free = (1.0, "left") if side == "right" else (-1.0, "right")
        posture = Posture(-sign * motion.pelvis.roll, sign * motion.trunk.roll, sign * motion.thighs[free].roll, motion.floor_share)
        moment = demand(athlete.body, posture, ankle_kg) * motion.weight[side]
        load = moment / athlete.strength_nm(side)
        shares = trace_fatigue(load, 1 / EFFORT_HZ, athlete.muscle)
        columns |= {
            f"{side}_demand_nm": moment,
            f"{side}_load": load,
            f"{side}_active": shares[:, 0],
            f"{side}_fatigued": shares[:, 1],
            f"{side}_brain_effort": load / np.maximum(1e-9, 1 - shares[:, 1]),
        }
    return pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))

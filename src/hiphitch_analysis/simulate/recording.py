"""One simulated recording: what each sensor wrote, the truth beside it, and the files of both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import other_side
from hiphitch_analysis.simulate.athlete import TIRELESS, Athlete, Technique
from hiphitch_analysis.simulate.body import GRAVITY_M_S2
from hiphitch_analysis.simulate.devices import Device, draw_instants, find_device
from hiphitch_analysis.simulate.faults import Fault, parse_fault
from hiphitch_analysis.simulate.files import FORMATS, WRITERS, format_json, format_series, format_table, write_whole
from hiphitch_analysis.simulate.motion import Motion, Mover, write_script
from hiphitch_analysis.simulate.performance import SetDone, Task, perform
from hiphitch_analysis.simulate.sensors import SENSORS, Felt, feel_motion, mount_sensor, record_imu, wobble_skin
from hiphitch_analysis.simulate.skeleton import place_skeleton
from hiphitch_analysis.simulate.truth import true_angles, true_effort, true_reps, zero_deg

LONGEST_S = 7200.0  # assumption: nobody records longer, and two hours at 100 Hz already fill a memory with seven million numbers


@dataclass(frozen=True, slots=True)
class SimulatedSet:
    """One recording of one or more sets, with the truth.

    Attributes
    ----------
    recordings : dict of DataFrame by sensor
        Table IMU of each sensor: accelerometer, gyroscope and the device's own orientation.
    angles : DataFrame
        Table ANGLES on an even clock, free of error; zero = the two-footed stance.
    reps : DataFrame
        Table TRUTH_REPS.
    effort : DataFrame
        Table TRUTH_EFFORT: demand and fatigue over time.
    sets : tuple of SetDone
        What was done, and why each set ended.
    parameters : dict
        Everything that was asked for, seed included.
    skeleton : DataFrame or None
        Joints and pelvis markers in the room, free of error, where they were asked for: see `place_skeleton`.
    """

    recordings: dict[str, pd.DataFrame]
    angles: pd.DataFrame
    reps: pd.DataFrame
    effort: pd.DataFrame
    sets: tuple[SetDone, ...]
    parameters: dict[str, Any]
    skeleton: pd.DataFrame | None = None

    @property
    def imu(self) -> pd.DataFrame:
        """Table IMU of the first sensor, usually the pelvis's."""
        return next(iter(self.recordings.values()))


def simulate_set(
    reps: int = 20,
    stance: str = "left",
    drop_deg: float | None = None,
    seed: int = 0,
    *,
    sets: int = 1,
    both_sides: bool = False,
    rest_s: float = 60.0,
    athlete: Athlete | None = None,
    ankle_kg: float = 0.0,
    faults: Iterable[Fault | str] = (),
    partial: tuple[int, ...] = (),
    aborted: tuple[int, ...] = (),
    quiet_s: float = 5.0,
    walk_off: bool = False,
    device: str = "dot",
    rate_hz: float | None = None,
    sensors: Iterable[str] = ("pelvis",),
    mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    soft_tissue: float = 0.0,
    dropped: float | None = None,
    jitter_s: float | None = None,
    skeleton_hz: float | None = None,
    **technique: Any,
) -> SimulatedSet:
    """Simulate the recording of hip hitches by sensors on pelvis, free thigh and chest.

    Parameters
    ----------
    reps : int
        Complete repetitions per set, 0 to 200. An athlete who tires may stop short of them.
    stance : {"left", "right"}
        The leg stood on in the first set.
    drop_deg : float, optional
        Intended drop of the free side [°]; `SimulatedSet.reps` says what each repetition came to.
    seed : int
        Seed of everything random, 0 or more. The same seed gives the same tables.
    sets : int
        Sets on each side.
    both_sides : bool
        Whether each set is followed by one on the other leg.
    rest_s : float
        Standing on both feet between sets [s].
    athlete : Athlete, optional
        Who performs: strength and fatigue decide how many repetitions there are and how form goes. Without one, the repetitions asked for are
        done in unchanging form by somebody who does not tire.
    ankle_kg : float
        Ankle weight on the free leg [kg].
    faults : iterable of Fault or str
        Faults to have, e.g. ``"trunk_lean_stance:severe@8"``; `simulate.FAULTS` lists them.
    partial, aborted : tuple of int
        Rows of each set's truth (from 1) that are partial or aborted, in addition to the complete ones.
    quiet_s : float
        Standing still on both feet before the first set [s].
    walk_off : bool
        Whether the recording ends with walking away.
    device : {"dot", "mtw", "phone", "ideal"}
        Whose noise, bias, clock and resolution; `ideal` has no errors.
    rate_hz : float, optional
        Sampling rate [Hz], 10 to 2000; by default the device's usual one.
    sensors : iterable of {"pelvis", "thigh", "trunk"}
        Where sensors sit; the thigh is that of the first set's free leg.
    mounting_deg : tuple of three floats
        How the pelvis sensor is turned away from the default mounting (z backwards out of the skin, x up) [°], see `mount_sensor`.
    soft_tissue : float
        How much the skin under the sensors moves over the bone, as a multiple of a usual amount; 0 = rigid.
    dropped, jitter_s : float, optional
        Share of samples lost and each sample's delay, root mean square [s], in place of the device's own.
    skeleton_hz : float, optional
        Rate at which joints and pelvis markers are placed in the room, for cameras [Hz]; by default they are not.
    **technique
        Any other attribute of `Technique` in place of the athlete's, e.g. ``lower_s=1.5, tilt_deg=4``.

    Returns
    -------
    SimulatedSet

    Raises
    ------
    ValueError
        An unknown option, or a value nobody could show.

    Examples
    --------
    >>> simulated = simulate_set(reps=3, stance="right", drop_deg=6, seed=1)
    >>> len(simulated.reps), list(simulated.angles.columns)[:3]
    (3, ['obliquity_deg', 'rotation_deg', 'tilt_deg'])
    """
    chosen, places = find_device(device, dropped, jitter_s), tuple(dict.fromkeys(sensors))
    rate = chosen.rate_hz if rate_hz is None else rate_hz
    _check(seed, sets, quiet_s, rate, places, soft_tissue, technique, skeleton_hz)
    if len(mounting_deg) != 3 or not np.isfinite(mounting_deg).all():
        raise ValueError(f"mounting_deg: expected three angles in degrees, got {mounting_deg!r}. (0, 0, 0) is flat on the sacrum, x up.")
    person = _with_technique(athlete or TIRELESS, drop_deg, technique)
    sides = (stance, other_side(stance)) if both_sides and stance in ("left", "right") else (stance,)
    wanted = tuple(parse_fault(fault) if isinstance(fault, str) else fault for fault in faults)
    task = Task(reps, sides * sets, rest_s, ankle_kg, wanted, partial, aborted)
    done = perform(person, task, seed)
    script = write_script(done, rest_s, quiet_s, person.technique.sway, walk_off, seed)
    if script.now > LONGEST_S:
        raise ValueError(f"recording: expected at most {LONGEST_S:g} s, got {script.now:.0f} s. Ask for fewer sets or shorter rests.")
    mover = Mover(script, person.body, seed)
    nominal_s, taken_s = draw_instants(chosen, script.now, rate, np.random.default_rng([seed, 9]))
    motion = mover.move(nominal_s)
    felt_motion = motion if taken_s is nominal_s else mover.move(taken_s)
    recordings = {
        place: _record(felt_motion, person, place, other_side(stance), mounting_deg, soft_tissue, chosen, rate, nominal_s, seed) for place in places
    }
    asked_for: dict[str, Any] = {
        "seed": seed,
        "reps": reps,
        "stance": stance,
        "sets": sets,
        "both_sides": both_sides,
        "rest_s": rest_s,
        "ankle_kg": ankle_kg,
        "faults": [dataclasses.asdict(fault) | {"amount": fault.amount} for fault in wanted],
        "partial": list(partial),
        "aborted": list(aborted),
        "quiet_s": quiet_s,
        "walk_off": walk_off,
        "device": device,
        "rate_hz": rate,
        "dropped": chosen.dropped,
        "jitter_s": chosen.jitter_s,
        "sensors": list(places),
        "mounting_deg": list(mounting_deg),
        "soft_tissue": soft_tissue,
        "tires": person.tires,
        "athlete": dataclasses.asdict(person),
    }
    zero = zero_deg(mover)
    skeleton = None if skeleton_hz is None else place_skeleton(mover.move(np.arange(0, script.now, 1 / skeleton_hz)), person.body)
    return SimulatedSet(
        recordings, true_angles(mover, motion, zero), true_reps(mover, done, zero), true_effort(mover, person, ankle_kg), done, asked_for, skeleton
    )


def simulate_still(duration_s: float = 3600.0, device: str = "dot", rate_hz: float | None = None, seed: int = 0) -> pd.DataFrame:
    """Simulate the recording of a sensor that lies on a table, z up: what there is to see is the sensor itself.

    Parameters
    ----------
    duration_s : float
        Length [s], up to two hours.
    device : str
        As for `simulate_set`.
    rate_hz : float, optional
        Sampling rate [Hz]; by default the device's own.
    seed : int

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        An unknown device, a rate or length no recording has.

    Examples
    --------
    >>> simulate_still(10, "mtw")["acc_z_m_s2"].mean().round(0)
    np.float64(10.0)
    """
    chosen = find_device(device)
    rate = chosen.rate_hz if rate_hz is None else rate_hz
    _check(seed, 1, 0.0, rate, ("pelvis",), 0.0, {})
    if not 0 < duration_s <= LONGEST_S:
        raise ValueError(f"duration_s: expected more than 0 and at most {LONGEST_S:g}, got {duration_s!r}. An hour shows a sensor's drift.")
    rng = np.random.default_rng([seed, 12])
    nominal_s, taken_s = draw_instants(chosen, duration_s, rate, rng)
    n = len(nominal_s)
    felt = Felt(np.tile([0.0, 0.0, GRAVITY_M_S2], (n, 1)), np.zeros((n, 3)), Rotation.from_quat(np.tile([0.0, 0.0, 0.0, 1.0], (n, 1))))
    return record_imu(felt, nominal_s, taken_s, chosen, rate, rng)


def write_set(simulated: SimulatedSet, out: str | Path, name: str, formats: Iterable[str] = ("own",), date: str = "2026-01-05") -> list[Path]:
    """Write a simulated recording and its truth.

    Parameters
    ----------
    simulated : SimulatedSet
    out : path
        Folder, made if missing.
    name : str
        Beginning of every file name.
    formats : iterable of {"own", "dot", "dot_quat", "mtw"}
        Recordings to write: ``NAME_imu.csv`` (our own), ``NAME_dot.csv`` (DOT, rates), ``NAME_dot_quat.csv`` (DOT, orientation),
        ``NAME_mtw.txt`` (MT Manager). Further sensors follow as ``NAME_thigh_imu.csv`` and so on.
    date : str
        ISO date for the vendors' headers that carry one.

    Returns
    -------
    list of Path
        The recordings in the order asked for, sensor by sensor, then ``NAME_truth_angles.csv``, ``NAME_truth_reps.csv``,
        ``NAME_truth_effort.csv`` and ``NAME_truth.json``.

    Raises
    ------
    ValueError
        An unknown format.
    """
    wanted = tuple(formats)
    if unknown := sorted(set(wanted) - set(FORMATS)):
        raise ValueError(f"formats: expected some of {', '.join(FORMATS)}, got {', '.join(unknown)}. Name formats that can be written.")
    folder, rate = Path(out), simulated.parameters["rate_hz"]
    paths = []
    for sensor, imu in simulated.recordings.items():
        stem = name if sensor == "pelvis" else f"{name}_{sensor}"
        paths += [write_whole(folder / f"{stem}_{FORMATS[key]}", WRITERS[key](imu, rate, date)) for key in wanted]
    outcome = [
        {"side": done.side, "target_reps": done.target_reps, "complete": done.complete, "stop_reason": done.stop_reason} for done in simulated.sets
    ]
    return [
        *paths,
        write_whole(folder / f"{name}_truth_angles.csv", format_series(simulated.angles, 3)),
        write_whole(folder / f"{name}_truth_reps.csv", format_table(simulated.reps, 5)),
        write_whole(folder / f"{name}_truth_effort.csv", format_series(simulated.effort, 4)),
        write_whole(folder / f"{name}_truth.json", format_json({"parameters": simulated.parameters, "sets": outcome})),
    ]


def _check(
    seed: int,
    sets: int,
    quiet_s: float,
    rate_hz: float,
    sensors: tuple[str, ...],
    soft_tissue: float,
    technique: dict[str, Any],
    skeleton_hz: float | None = None,
) -> None:
    """Refuse what is not for `Task`, `Technique`, `Fault` or `Device` to refuse."""
    known = {f.name for f in dataclasses.fields(Technique)}
    if unknown := sorted(set(technique) - known):
        raise ValueError(f"simulate_set: unknown option {', '.join(unknown)}; expected one of {', '.join(sorted(known))}. See Technique.")
    if seed < 0 or seed != int(seed):
        raise ValueError(f"seed: expected a whole number from 0 on, got {seed!r}. Any will do.")
    if not 1 <= sets <= 10 or sets != int(sets):
        raise ValueError(f"sets: expected 1 to 10 on each side, got {sets!r}. The programme has two or three.")
    if not sensors or (unknown := sorted(set(sensors) - set(SENSORS))):
        raise ValueError(f"sensors: expected some of {', '.join(SENSORS)}, got {', '.join(sensors) or 'none'}. Name where sensors sit.")
    limits = [("rate_hz", rate_hz, 10, 2000), ("quiet_s", quiet_s, 0, 600), ("soft_tissue", soft_tissue, 0, 5)]
    limits += [("skeleton_hz", skeleton_hz, 5, 1000)] if skeleton_hz is not None else []
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise ValueError(f"{name}: expected {low} to {high}, got {value!r}. Choose a value a recording could have.")


def _with_technique(athlete: Athlete, drop_deg: float | None, technique: dict[str, Any]) -> Athlete:
    if drop_deg is not None:
        technique = {"drop_deg": drop_deg, **technique}
    return dataclasses.replace(athlete, technique=dataclasses.replace(athlete.technique, **technique))


def _record(
    motion: Motion,
    athlete: Athlete,
    sensor: str,
    thigh_side: str,
    mounting_deg: tuple[float, float, float],
    soft_tissue: float,
    device: Device,
    rate_hz: float,
    nominal_s: np.ndarray,
    seed: int,
) -> pd.DataFrame:
    """Table IMU of one sensor; each place has random streams of its own."""
    stream = SENSORS.index(sensor)
    skin = None
    if soft_tissue:
        along_segment = feel_motion(motion, athlete.body, sensor, np.eye(3), thigh_side)
        skin = wobble_skin(motion, along_segment, sensor, soft_tissue, thigh_side, np.random.default_rng([seed, 10, stream]))
    mounting = mount_sensor(mounting_deg if sensor == "pelvis" else (0.0, 0.0, 0.0), sensor)
    felt = feel_motion(motion, athlete.body, sensor, mounting, thigh_side, skin)
    return record_imu(felt, nominal_s, motion.time_s, device, rate_hz, np.random.default_rng([seed, 3, stream]))

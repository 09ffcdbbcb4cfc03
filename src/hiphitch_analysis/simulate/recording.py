"""One simulated recording: the sensor's table, the truth beside it, and the files of both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hiphitch_analysis.simulate.files import FORMATS, WRITERS, format_angles, format_json, format_table, write_whole
from hiphitch_analysis.simulate.motion import simulate_motion
from hiphitch_analysis.simulate.plan import MotionPlan
from hiphitch_analysis.simulate.sensors import SENSORS, feel_motion, mount_sensor, record_imu


@dataclass(frozen=True, slots=True)
class SimulatedSet:
    """One set, recorded by a sensor on the sacrum, with the truth.

    Attributes
    ----------
    imu : DataFrame
        Table IMU: accelerometer, gyroscope and the device's own orientation.
    angles : DataFrame
        Table ANGLES at the same times, free of error; zero = the two-footed stance.
    reps : DataFrame
        Table TRUTH_REPS.
    parameters : dict
        Everything that was asked for, seed included.
    """

    imu: pd.DataFrame
    angles: pd.DataFrame
    reps: pd.DataFrame
    parameters: dict[str, Any]


def simulate_set(
    reps: int = 20,
    stance: str = "left",
    drop_deg: float = 8.0,
    seed: int = 0,
    *,
    rate_hz: float = 60.0,
    sensor: str = "dot",
    mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    **form: Any,
) -> SimulatedSet:
    """Simulate the recording of one set of hip hitches by a sensor on the sacrum.

    Parameters
    ----------
    reps : int
        Complete repetitions.
    stance : {"left", "right"}
        The leg stood on.
    drop_deg : float
        Intended drop of the free side [°]; `SimulatedSet.reps` says what each repetition came to.
    seed : int
        Seed of everything random, 0 or more. The same seed gives the same tables.
    rate_hz : float
        Sampling rate [Hz].
    sensor : {"dot", "mtw", "ideal"}
        Whose noise, bias and resolution; `ideal` has none.
    mounting_deg : tuple of three floats
        How the sensor is turned away from the default mounting (z backwards out of the skin, x up) [°], see `mount_sensor`.
    **form
        Any other attribute of `MotionPlan`, e.g. ``return_error_deg=4, fatigue_onset=0.5, partial=(7,)``.

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
    >>> len(simulated.reps), list(simulated.angles.columns)
    (3, ['obliquity_deg', 'rotation_deg', 'tilt_deg'])
    """
    known = {f.name for f in dataclasses.fields(MotionPlan)}
    if unknown := sorted(set(form) - known):
        raise ValueError(f"simulate_set: unknown option {', '.join(unknown)}; expected one of {', '.join(sorted(known))}. See MotionPlan.")
    if sensor not in SENSORS:
        raise ValueError(f"sensor: expected {', '.join(SENSORS)}, got {sensor!r}. It names the noise to add.")
    if seed < 0:
        raise ValueError(f"seed: expected 0 or more, got {seed!r}. Any whole number will do.")
    plan = MotionPlan(reps=reps, stance=stance, drop_deg=drop_deg, **form)
    done = simulate_motion(plan, rate_hz, seed)
    felt = feel_motion(done.motion, mount_sensor(mounting_deg), plan.hip_distance_m)
    imu = record_imu(felt, done.motion.time_s, SENSORS[sensor], seed)
    settings = {"seed": seed, "rate_hz": rate_hz, "sensor": sensor, "mounting_deg": list(mounting_deg)}
    return SimulatedSet(imu, done.angles, done.reps, {**settings, **dataclasses.asdict(plan)})


def write_set(simulated: SimulatedSet, out: str | Path, name: str, formats: Iterable[str] = ("own",), date: str = "2026-01-05") -> list[Path]:
    """Write a simulated set and its truth.

    Parameters
    ----------
    simulated : SimulatedSet
    out : path
        Folder, made if missing.
    name : str
        Beginning of every file name.
    formats : iterable of {"own", "dot", "dot_quat", "mtw"}
        Recordings to write: ``NAME_imu.csv`` (our own), ``NAME_dot.csv`` (DOT, rates), ``NAME_dot_quat.csv`` (DOT, orientation),
        ``NAME_mtw.txt`` (MT Manager).
    date : str
        ISO date for the vendors' headers that carry one.

    Returns
    -------
    list of Path
        The recordings in the order asked for, then ``NAME_truth_angles.csv``, ``NAME_truth_reps.csv`` and ``NAME_truth.json``.

    Raises
    ------
    ValueError
        An unknown format.
    """
    wanted = tuple(formats)
    if unknown := sorted(set(wanted) - set(FORMATS)):
        raise ValueError(f"formats: expected some of {', '.join(FORMATS)}, got {', '.join(unknown)}. Name formats that can be written.")
    folder = Path(out)
    paths = [write_whole(folder / f"{name}_{FORMATS[key]}", WRITERS[key](simulated.imu, date)) for key in wanted]
    paths.append(write_whole(folder / f"{name}_truth_angles.csv", format_angles(simulated.angles)))
    paths.append(write_whole(folder / f"{name}_truth_reps.csv", format_table(simulated.reps, 5)))
    paths.append(write_whole(folder / f"{name}_truth.json", format_json({"parameters": simulated.parameters})))
    return paths

"""Xsens (Movella) recordings: DOT csv and MTw / MT Manager txt. Both are read from the line that names ``PacketCounter``, by column name.

======================  ==========================  ==============================
column                  DOT                         MTw, MT Manager
======================  ==========================  ==============================
``Acc_*``               m/s²                        m/s²
``Gyr_*``               °/s                         rad/s
``SampleTimeFine``      µs, 32 bits                 0.1 ms, 32 bits, often empty
``PacketCounter``       counts samples              counts samples, 16 bits
``dq_*``, ``dv[*]``     turn and velocity a sample  –
orientation             ``Quat_W`` … or ``Euler_X`` ``Quat_q0`` … or ``Mat[row][column]`` or ``Roll Pitch Yaw`` [°]
``Mag_*``               arbitrary unit: left out    arbitrary unit: left out
======================  ==========================  ==============================

Orientations turn sensor coordinates into earth coordinates with z up.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.clocks import Clock, Timing
from hiphitch_analysis.read.orientation import prepare_quaternions, restore_gravity, turn_matrices, turn_roll_pitch_yaw
from hiphitch_analysis.read.samples import (
    RATE_TOLERANCE,
    Array,
    Hints,
    RecordingDoubt,
    build_imu,
    choose_rate,
    count_from_start,
    measure_rate,
    text_format,
)
from hiphitch_analysis.read.text import Cells, Text, printable, split_cells, split_header
from hiphitch_analysis.schema import ACC, GYR, QUAT

_HEADER_SEARCH = 200  # lines; real files have at most 13 above the header
_ACC = ("Acc_X", "Acc_Y", "Acc_Z")
_GYR = ("Gyr_X", "Gyr_Y", "Gyr_Z")
_FREE = ("FreeAcc_X", "FreeAcc_Y", "FreeAcc_Z")
_DOT_QUAT = ("Quat_W", "Quat_X", "Quat_Y", "Quat_Z")
_DOT_EULER = ("Euler_X", "Euler_Y", "Euler_Z")
_TURNED = ("dq_W", "dq_X", "dq_Y", "dq_Z")
_PUSHED = ("dv[1]", "dv[2]", "dv[3]")
_MTW_QUAT = ("Quat_q0", "Quat_q1", "Quat_q2", "Quat_q3")
_MAT = tuple(f"Mat[{row}][{column}]" for row in (1, 2, 3) for column in (1, 2, 3))
_EULER = ("Roll", "Pitch", "Yaw")
_DOT_ONLY = {*_DOT_QUAT, "Euler_X", "dq_W", "dv[1]", "Status", "ClipCountAcc"}
_MTW_ONLY = {*_MTW_QUAT, *_MAT, *_EULER, "Year", "UTC_Nano", "StatusWord"}
_DOT_META = re.compile(r'^"?(DeviceTag|FirmwareVersion|AppVersion|SyncStatus|OutputRate|FilterProfile|Measurement Mode|StartTime)\s*:', re.IGNORECASE)
_RATE = re.compile(r"(?:Update|Output)\s*Rate\s*:[\s,;\"]*(\d{1,5}(?:\.\d{1,6})?)\s*Hz", re.IGNORECASE | re.ASCII)
_SYNC = re.compile(r'^"?SyncStatus\s*:[\s,;"]*([A-Za-z ]+)', re.IGNORECASE)
_DOT_TICK_S = 1e-6
_MTW_TICK_S = 1e-4
_COUNTER_MAX = 2.0**53
_CLOCK_FELL_S = 1.0  # a clock that falls so far began anew
_SWAPPED_PACKETS = 60  # rows that a radio link swapped are nearer in number


def recognise_dot(text: Text) -> bool:
    """Whether the text is an Xsens DOT csv: a PacketCounter header below the DOT's metadata, or with columns only a DOT writes."""
    header = _find_header(text)
    if header is None or recognise_mtw(text):
        return False
    return any(_DOT_META.match(line.strip()) for line in text.lines[:header]) or bool(_DOT_ONLY.intersection(split_header(text.lines[header])))


def recognise_mtw(text: Text) -> bool:
    """Whether the text is an export of MT Manager: a PacketCounter header below ``//`` lines, or with columns only MT Manager writes."""
    header = _find_header(text)
    if header is None:
        return False
    return any(line.lstrip().startswith("//") for line in text.lines[:header]) or bool(_MTW_ONLY.intersection(split_header(text.lines[header])))


def read_dot(text: Text, hints: Hints) -> pd.DataFrame:
    """Read an Xsens DOT csv in any of its measurement modes.

    Parameters
    ----------
    text : Text
        The file.
    hints : Hints
        The caller's rate is used only when the file states none.

    Returns
    -------
    DataFrame
        Table IMU. The modes without ``Acc_*`` hold the free acceleration instead (earth frame, gravity removed); with the quaternion the specific
        force in the sensor frame follows as acc = R(q)⁻¹ (FreeAcc + g ẑ). Those modes have no angular rate. The high-fidelity modes hold the
        increments ``dq`` and ``dv`` of each sample instead of rate and acceleration.

    Raises
    ------
    ValueError
        No usable columns, no rate, or what cannot be a recording.
    """
    cells = _split(text)
    further = [group for group in (_DOT_EULER, _TURNED, _PUSHED) if set(group) <= set(cells.header)]
    columns = _take(cells, (_ACC, _GYR, _DOT_QUAT, _FREE, *further))
    ticks, stated = columns.get("SampleTimeFine"), _stated_rate(text)
    if ticks is not None:
        time_s = count_from_start(ticks, 2**32) * _DOT_TICK_S
        _check_step(text.name, time_s, stated)
        choose_rate(text.name, stated or measure_rate(time_s), hints.rate_hz)
    else:
        rate = _need_rate(text.name, "OutputRate", choose_rate(text.name, stated, hints.rate_hz))
        time_s = _count_packets(columns["PacketCounter"]) / rate
    _doubt_lost(text.name, columns["PacketCounter"], _packets_of(columns["PacketCounter"], time_s, stated or hints.rate_hz))
    out = _rename(columns, _ACC, ACC) | _rename(columns, _GYR, GYR, np.pi / 180) | _rename(columns, _DOT_QUAT, QUAT)
    if _ACC[0] not in columns and _PUSHED[0] in columns and _TURNED[0] in columns:
        out |= _divide_increments(columns, stated or measure_rate(time_s), text.name)
    if _DOT_QUAT[0] not in columns and _DOT_EULER[0] in columns:
        out |= dict(zip(QUAT, turn_roll_pitch_yaw(_stack(columns, _DOT_EULER)).T, strict=True))
    if ACC[0] not in out and _FREE[0] in columns and QUAT[0] in out:
        quat = prepare_quaternions(_stack(out, QUAT), text.name, cells.lines)
        out |= dict(zip(ACC, restore_gravity(quat, _stack(columns, _FREE)).T, strict=True))
    return build_imu(text.name, cells.lines, time_s, out)


def _divide_increments(columns: dict[str, Array], rate_hz: float | None, name: str) -> dict[str, Array]:
    """Return specific force and angular rate, as mean over each sample, from the increments of velocity and orientation in the sensor's frame."""
    if rate_hz is None:
        raise ValueError(f"{name}: increments (dq, dv) without a sampling rate. Give --rate-hz R (rate_hz=R in Python).")
    turned = _stack(columns, _TURNED)
    turned = turned * np.where(turned[:, :1] < 0, -1.0, 1.0)
    sine = np.linalg.norm(turned[:, 1:], axis=1)
    with np.errstate(invalid="ignore"):
        angle = 2 * np.arctan2(sine, turned[:, 0]) / np.where(sine > 1e-12, sine, 1.0)
    rate = turned[:, 1:] * np.where(sine > 1e-12, angle, 2.0)[:, None] * rate_hz
    force = _stack(columns, _PUSHED) * rate_hz
    return dict(zip(GYR, rate.T, strict=True)) | dict(zip(ACC, force.T, strict=True))


def read_mtw(text: Text, hints: Hints) -> pd.DataFrame:
    """Read a text export of MT Manager (MTw and other Xsens motion trackers).

    Parameters
    ----------
    text : Text
        The file.
    hints : Hints
        The caller's rate is used only when the file has neither ``Update Rate`` nor SampleTimeFine.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        No usable columns, no rate, or what cannot be a recording.

    Notes
    -----
    Roll, pitch and yaw follow the Xsens convention R = Rz(yaw) Ry(pitch) Rx(roll). SampleTimeFine counts 0.1 ms here, but µs on the DOT.
    """
    cells = _split(text)
    columns = _take(cells, (_ACC, _GYR, _MTW_QUAT, _MAT, _EULER))
    ticks, stated = columns.get("SampleTimeFine"), _stated_rate(text)
    if stated is None and ticks is not None:
        time_s = count_from_start(ticks, 2**32) * _MTW_TICK_S
        choose_rate(text.name, measure_rate(time_s), hints.rate_hz)
    else:
        rate = _need_rate(text.name, "Update Rate", choose_rate(text.name, stated, hints.rate_hz))
        time_s = _count_packets(columns["PacketCounter"]) / rate
        _doubt_lost(text.name, columns["PacketCounter"], _packets_of(columns["PacketCounter"], time_s, rate))
    out = _rename(columns, _ACC, ACC) | _rename(columns, _GYR, GYR)
    quat = _read_orientation(columns, text.name, cells.lines)
    if quat is not None:
        out |= dict(zip(QUAT, quat.T, strict=True))
    return build_imu(text.name, cells.lines, time_s, out)


def _find_header(text: Text) -> int | None:
    """Return the position of the line that names PacketCounter."""
    candidates = (i for i, line in enumerate(text.lines[:_HEADER_SEARCH]) if "PacketCounter" in line)
    return next((i for i in candidates if "PacketCounter" in split_header(text.lines[i])), None)


def _split(text: Text) -> Cells:
    header = _find_header(text)
    if header is None:
        line = printable(text.lines[0].strip())
        raise ValueError(f"{text.name}: expected an Xsens export with a line naming PacketCounter, got '{line}' first. Leave --format out.")
    return split_cells(text, header, pad=False)


def _take(cells: Cells, groups: Sequence[Sequence[str]]) -> dict[str, Array]:
    """Return the counters and those groups of columns that are there; SampleTimeFine only if it is filled and moves."""
    for group in groups:
        lacking = [column for column in group if column not in cells.header]
        if lacking and len(lacking) < len(group):
            raise ValueError(f"{cells.name}: missing column {', '.join(lacking)} beside {group[0]}'s others. Export all axes.")
    wanted = [column for group in groups if group[0] in cells.header for column in group]
    counters = [column for column in ("PacketCounter", "SampleTimeFine") if column in cells.header]
    values = read_numbers(cells, [*counters, *wanted])
    ticks = values.get("SampleTimeFine")
    if ticks is not None and not (np.isfinite(ticks).all() and ticks[0] != ticks[-1]):
        del values["SampleTimeFine"]
    clock = "SampleTimeFine" if "SampleTimeFine" in values else "PacketCounter"
    wrong = np.flatnonzero(~((values[clock] >= 0) & (values[clock] < _COUNTER_MAX)))
    if wrong.size:
        raise ValueError(f"{cells.name}: {clock} must count from 0 up, but does not in line {cells.lines[wrong[0]]}. Correct or remove the line.")
    hollow = [group for group in groups if group[0] in values and not any(np.isfinite(values[column]).any() for column in group)]
    return {column: value for column, value in values.items() if not any(column in group for group in hollow)}


def _count_packets(counter: Array) -> Array:
    """Return the packet numbers from 0. The counter has 16 bits, unless it shows more."""
    return count_from_start(counter, 2**16 if counter.max() < 2**16 else 2**32)


def _rename(columns: dict[str, Array], theirs: Sequence[str], ours: Sequence[str], factor: float = 1.0) -> dict[str, Array]:
    if any(column not in columns for column in theirs):
        return {}
    return {new: columns[old] * factor for old, new in zip(theirs, ours, strict=True)}


def _stack(columns: dict[str, Array], names: Sequence[str]) -> Array:
    return np.column_stack([columns[name] for name in names])


def _stated_rate(text: Text) -> float | None:
    """Return the rate [Hz] stated above the header."""
    header = _find_header(text) or 0
    found = (_RATE.search(line) for line in text.lines[:header])
    rate = next((float(match.group(1)) for match in found if match), None)
    return rate or None


def _need_rate(name: str, key: str, rate_hz: float | None) -> float:
    if rate_hz is None:
        reason = f"header has no '{key}', SampleTimeFine is empty"
        raise ValueError(f"{name}: no sampling rate in the file ({reason}). Give --rate-hz R (rate_hz=R in Python).")
    return rate_hz


def _check_step(name: str, time_s: Array, rate_hz: float | None) -> None:
    """Refuse a clock whose unit cannot be µs: faster than the stated rate, or more than ten times slower."""
    measured = measure_rate(time_s)
    if rate_hz is not None and measured is not None and not 0.1 * rate_hz <= measured <= 1.02 * rate_hz:
        raise ValueError(f"{name}: SampleTimeFine [µs] makes {measured:.6g} Hz, but the file states {rate_hz:.6g} Hz. Export the recording again.")


def _read_orientation(columns: dict[str, Array], name: str, lines: NDArray[np.int64]) -> Array | None:
    """Return the orientation as quaternions, shape (n, 4), from whichever of the three notations the file has; NaN where a cell is empty."""
    if _MTW_QUAT[0] in columns:
        return _stack(columns, _MTW_QUAT)
    if _MAT[0] in columns:
        return turn_matrices(_stack(columns, _MAT), name, lines)
    return turn_roll_pitch_yaw(_stack(columns, _EULER)) if _EULER[0] in columns else None


def read_dot_timing(text: Text, hints: Hints) -> Timing:
    """Return how many packets a DOT counted, and its clock: common to all DOTs where the header says Synced, each DOT's own where it says otherwise.

    Parameters
    ----------
    text : Text
        A file that `read_dot` reads.
    hints : Hints
        The caller's rate, where the file states none.

    Returns
    -------
    Timing
        Without a clock where SampleTimeFine is empty or began anew.
    """
    columns = _take(_split(text), ())
    ticks, counter, stated = columns.get("SampleTimeFine"), columns["PacketCounter"], _stated_rate(text)
    if ticks is None:
        time_s = _count_packets(counter) / (stated or hints.rate_hz or 1.0)
        return Timing(_packets_of(counter, time_s, stated or hints.rate_hz))
    time_s = count_from_start(ticks, 2**32) * _DOT_TICK_S
    clock = None
    if np.diff(time_s).min() > -_CLOCK_FELL_S:
        start_s = float(ticks[0] * _DOT_TICK_S + time_s.min())
        clock = Clock("DOT", start_s, 2**32 * _DOT_TICK_S, _says_synced(text), norms.SYNCED_S.value)
    return Timing(_packets_of(counter, time_s, stated), clock)


def read_mtw_timing(text: Text, hints: Hints) -> Timing:
    """Return how many packets an MTw counted, and the counter as a clock: one Awinda station gives all its sensors the same (not stated in the file).

    Parameters
    ----------
    text : Text
        A file that `read_mtw` reads.
    hints : Hints
        The caller's rate, where the file states none.

    Returns
    -------
    Timing
        Without a clock where no rate is known or the counter began anew.
    """
    columns = _take(_split(text), ())
    ticks, counter, rate = columns.get("SampleTimeFine"), columns["PacketCounter"], _stated_rate(text) or hints.rate_hz
    if ticks is not None:
        rate = rate or measure_rate(count_from_start(ticks, 2**32) * _MTW_TICK_S)
    if rate is None or not np.isfinite(counter).all() or np.diff(_count_packets(counter)).min() < 0:
        return Timing()
    bits = 16 if counter.max() < 2**16 else 32
    clock = Clock("MTw", float(counter[0]) / rate, 2**bits / rate, None, norms.SYNCED_S.value)
    return Timing(_packets_of(counter, _count_packets(counter) / rate, rate), clock)


def _says_synced(text: Text) -> bool | None:
    found = (_SYNC.match(line.strip()) for line in text.lines[: _find_header(text)])
    status = next((match.group(1).strip().lower() for match in found if match), None)
    return None if status is None else status == "synced"


def _packets_of(counter: Array, time_s: Array, stated_hz: float | None) -> int | None:
    """Return how many packets the counter shows from the first sample to the last; None where it began anew or counted something else."""
    if not np.isfinite(counter).all():
        return None
    counted = _count_packets(counter)
    steps, packets = np.diff(counted), int(np.ptp(counted)) + 1
    span_s = float(np.ptp(time_s))
    if packets < 2 or span_s == 0 or steps.min() < -_SWAPPED_PACKETS:
        return None
    if stated_hz is None:
        return packets if (steps == 1).any() else None
    return packets if abs((packets - 1) / span_s / stated_hz - 1) <= RATE_TOLERANCE else None


def _doubt_lost(name: str, counter: Array, packets: int | None) -> None:
    """Warn where so many packets were lost that the usual step from sample to sample spans several: by its times alone the file looks whole."""
    counted = np.unique(_count_packets(counter))
    if packets is None or np.median(np.diff(counted)) < 2:
        return
    lost = packets - len(counted)
    sentence = (
        f"{name}: {lost} of {packets} packets ({lost / packets:.0%}) were lost, as the packet counter shows; the file looks as if recorded slower"
    )
    warnings.warn(RecordingDoubt("packets_lost", sentence), stacklevel=4)


DOT = text_format("xsens_dot", "Xsens DOT csv", recognise_dot, read_dot, read_timing=read_dot_timing)
MTW = text_format("xsens_mtw", "Xsens MTw / MT Manager txt", recognise_mtw, read_mtw, read_timing=read_mtw_timing)

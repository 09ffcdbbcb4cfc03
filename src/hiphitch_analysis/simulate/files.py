"""Write a simulated set as files: our own formats, and the line shapes of two vendors' exports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR, QUAT
from hiphitch_analysis.simulate.body import GRAVITY_M_S2

FORMATS = {"own": "imu.csv", "dot": "dot.csv", "dot_quat": "dot_quat.csv", "mtw": "mtw.txt"}

DOT_START_US = 1_000_000_000  # a DOT counts microseconds since it was switched on
MTW_EMPTY = ["SampleTimeFine", "Year", "Month", "Day", "Second", "UTC_Nano", "UTC_Year", "UTC_Month", "UTC_Day"]
MTW_EMPTY += ["UTC_Hour", "UTC_Minute", "UTC_Second", "UTC_Valid"]


def write_whole(path: Path, text: str) -> Path:
    """Write `text` (UTF-8, line feeds) to `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def format_json(content: dict[str, Any]) -> str:
    """Lay out `content` with the package's version, the same for the same content."""
    return json.dumps({"hiphitch_analysis": version("hiphitch-analysis"), **content}, indent=1) + "\n"


def format_table(table: pd.DataFrame, decimals: int) -> str:
    """Lay out a table as CSV with a fixed number of decimals, without its index."""
    return str(table.to_csv(float_format=f"%.{decimals}f", index=False, lineterminator="\n"))


def format_own(imu: pd.DataFrame, rate_hz: float, date: str) -> str:
    """Lay out table IMU in our own format: acceleration with 6, angular rate with 7 decimals; neither rate nor date has a place in it."""
    rows = _rows("%.6f,%.6f,%.6f,%.6f,%.7f,%.7f,%.7f", np.column_stack([imu.index, imu[[*ACC, *GYR]]]))
    return "\n".join([",".join(["time_s", *ACC, *GYR]), *rows]) + "\n"


def format_series(table: pd.DataFrame, decimals: int) -> str:
    """Lay out a time series as CSV: time to a millionth of a second, values with a fixed number of decimals."""
    rows = _rows("%.6f" + f",%.{decimals}f" * table.shape[1], np.column_stack([table.index, table]))
    return "\n".join([",".join(["time_s", *table.columns]), *rows]) + "\n"


def format_dot_rate(imu: pd.DataFrame, rate_hz: float, date: str) -> str:
    """Lay out table IMU like a Movella/Xsens DOT export of rate quantities: Acc in m/s², Gyr in °/s, SampleTimeFine in µs.

    The column line is that of the maker's logger; the mode's name in full is an assumption, no real file of this mode was at hand.
    """
    values = np.column_stack([*_dot_clock(imu, rate_hz), imu[ACC], np.degrees(imu[GYR])])
    return _format_dot(rate_hz, date, "Inertial data Mode - Rate quantities", "Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z", "%d,%d" + ",%.6f" * 6, values)


def format_dot_quaternion(imu: pd.DataFrame, rate_hz: float, date: str) -> str:
    """Lay out table IMU like a DOT export in Extended (Quaternion) mode: the device's orientation and the acceleration freed of gravity [m/s²]."""
    free = Rotation.from_quat(imu[QUAT].to_numpy()[:, [1, 2, 3, 0]]).apply(np.array(imu[ACC])) - [0, 0, GRAVITY_M_S2]
    values = np.column_stack([*_dot_clock(imu, rate_hz), imu[QUAT], free])
    columns = "Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z,Status"
    return _format_dot(rate_hz, date, "Sensor fusion Mode - Extended(Quaternion)", columns, "%d,%d" + ",%.6f" * 7 + ",0", values)


def format_mtw(imu: pd.DataFrame, rate_hz: float, date: str) -> str:
    """Lay out table IMU like an MT Manager export of an Xsens MTw: TAB separated, Gyr in rad/s, matrix column by column, no times or dates."""
    matrix = Rotation.from_quat(imu[QUAT].to_numpy()[:, [1, 2, 3, 0]]).as_matrix()
    columns = matrix.transpose(0, 2, 1).reshape(-1, 9)
    names = ["PacketCounter", *MTW_EMPTY, "Acc_X", "Acc_Y", "Acc_Z", "Gyr_X", "Gyr_Y", "Gyr_Z"]
    names += [f"Mat[{row}][{column}]" for column in (1, 2, 3) for row in (1, 2, 3)]
    header = [
        "// Start Time: Unknown",
        f"// Update Rate: {rate_hz:.1f}Hz",
        "// Filter Profile: human (46.1)",
        "// Option Flags: AHS Disabled ICC Disabled ",
        "// Firmware Version: simulated",
        "\t".join(names),
    ]
    values = np.column_stack([_packets(imu, rate_hz) % 2**16, imu[[*ACC, *GYR]], columns])
    return "\n".join([*header, *_rows("%05d" + "\t" * len(MTW_EMPTY) + "\t%.6f" * 15, values)]) + "\n"


WRITERS: dict[str, Callable[[pd.DataFrame, float, str], str]] = {
    "own": format_own,
    "dot": format_dot_rate,
    "dot_quat": format_dot_quaternion,
    "mtw": format_mtw,
}


def _packets(imu: pd.DataFrame, rate_hz: float) -> np.ndarray:
    """Count samples from 1 as the device does: a lost one leaves a hole."""
    return np.asarray(np.round((imu.index - imu.index[0]) * rate_hz) + 1)


def _rows(template: str, values: np.ndarray) -> Iterable[str]:
    return (template % tuple(row) for row in values.tolist())


def _dot_clock(imu: pd.DataFrame, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """PacketCounter and SampleTimeFine; like the device, whole microseconds per sample."""
    packet = _packets(imu, rate_hz)
    return packet, (DOT_START_US + np.round(1e6 / rate_hz) * (packet - 1)) % 2**32


def _format_dot(rate_hz: float, date: str, mode: str, columns: str, template: str, values: np.ndarray) -> str:
    header = [
        "sep=,",
        "DeviceTag:,Simulated",
        "FirmwareVersion:,2.0.0",
        "AppVersion:,2021.0",
        "SyncStatus:,Synced",
        f"OutputRate:,{rate_hz:.0f}Hz",
        "FilterProfile:,General",
        f"Measurement Mode:,{mode}",
        f"StartTime: ,{date}_08:00:00_000 GMT+0",
        "Simulated by hiphitch-analysis, no device and no person behind it",
        "",
        f"PacketCounter,SampleTimeFine,{columns}",
    ]
    return "\n".join([*header, *_rows(template, values)]) + "\n"

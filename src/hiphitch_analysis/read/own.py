"""The package's own IMU CSV: ``time_s,acc_x_m_s2,…,gyr_x_rad_s,…`` with optional ``mag_*_ut`` and ``quat_*``."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.rows import tidy_name
from hiphitch_analysis.read.samples import Hints, build_imu, choose_rate, measure_rate, text_format
from hiphitch_analysis.read.text import Text, first_line, printable, split_cells, split_header
from hiphitch_analysis.schema import ACC, GYR, MAG, QUAT

_GROUPS = (ACC, GYR, MAG, QUAT)
_MEASURED = {*ACC, *GYR, *MAG}


def recognise_own(text: Text) -> bool:
    """Whether the first line names a measured column of the IMU table; ``quat_w`` alone, without time_s, may be another maker's."""
    names = _names(text)
    return bool(_MEASURED.intersection(names)) or ("time_s" in names and QUAT[0] in names)


def read_own(text: Text, hints: Hints) -> pd.DataFrame:
    """Read the package's own IMU CSV.

    Parameters
    ----------
    text : Text
        The file.
    hints : Hints
        The file has a rate and units of its own, so the caller's rate is only compared.

    Returns
    -------
    DataFrame
        Table IMU.

    Raises
    ------
    ValueError
        Columns missing, cells that are no numbers, a time line that is not one, or a rate that differs.
    """
    names = _names(text)
    missing = [] if "time_s" in names else ["time_s"]
    groups = [group for group in _GROUPS if set(group).intersection(names)]
    if ACC not in groups and QUAT not in groups:
        groups.append(ACC)
    missing += [column for group in groups for column in group if column not in names]
    if missing:
        got = printable(", ".join(names), 120)
        raise ValueError(f"{text.name}: missing column {', '.join(missing)} (got {got}). Our IMU CSV begins time_s,{','.join(ACC + GYR)}.")
    cells = replace(split_cells(text, first_line(text), pad=False), header=names)
    columns = read_numbers(cells, ["time_s", *(column for group in groups for column in group)])
    time_s = columns.pop("time_s")
    choose_rate(text.name, measure_rate(time_s), hints.rate_hz)
    return build_imu(text.name, cells.lines, time_s, columns)


def _names(text: Text) -> tuple[str, ...]:
    return tuple(tidy_name(name) for name in split_header(text.lines[first_line(text)]))


OWN = text_format("own", f"our IMU CSV (time_s,{ACC[0]},…)", recognise_own, read_own)

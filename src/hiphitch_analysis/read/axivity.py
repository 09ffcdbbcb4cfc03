"""Axivity AX3 and AX6 recordings (``.cwa``), through the maintained reader of scikit-digital-health (extra ``cwa``)."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from hiphitch_analysis.extras import how_to_install
from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.read.samples import Format, Hints, build_imu, choose_rate, measure_rate
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.schema import ACC, GYR

_MAGIC = b"MD\xfc\x03"  # a metadata packet of 1,020 bytes, with which every such file begins


def recognise_cwa(source: Source) -> bool:
    """Whether the first bytes are those of an Axivity metadata packet."""
    return source.head.startswith(_MAGIC)


def read_cwa(source: Source, hints: Hints) -> pd.DataFrame:
    """Read an Axivity recording.

    Parameters
    ----------
    source : Source
    hints : Hints
        The file has a rate and units of its own, so the caller's rate is only compared.

    Returns
    -------
    DataFrame
        Table IMU; an AX3 has no gyroscope.

    Raises
    ------
    ValueError
        The extra is not installed, or the file cannot be read.
    """
    try:
        from skdh.io import ReadCwa  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise ValueError(f"{source.name}: Axivity recordings need one more package. Install it with: {how_to_install('cwa')}") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of time zones, which do not matter here
            read = ReadCwa().predict(file=str(source.path), tz_name=None)
    except Exception as error:  # whatever the reader trips over, it is this file
        raise ValueError(f"{source.name}: the Axivity file is damaged or cut off ({type(error).__name__}). Copy it from the device again.") from error
    time_s = np.asarray(read["time"], dtype=float)
    columns = {name: values * GRAVITY_M_S2.value for name, values in zip(ACC, np.asarray(read["accel"], dtype=float).T, strict=True)}
    if read.get("gyro") is not None:
        columns |= {name: np.radians(values) for name, values in zip(GYR, np.asarray(read["gyro"], dtype=float).T, strict=True)}
    choose_rate(source.name, float(read["fs"]) if read.get("fs") else measure_rate(time_s), hints.rate_hz)
    return build_imu(source.name, np.arange(1, len(time_s) + 1), time_s - time_s[0], columns)


CWA = Format("axivity", "Axivity .cwa", recognise_cwa, read_cwa)

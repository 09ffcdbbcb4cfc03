"""phyphox exports: a zip archive (or its folder) with one csv per sensor, or a single csv.

========================================  ======================================================================
heading                                   read as
========================================  ======================================================================
``Time (s)`` (in any language)            s, from the experiment's start; every sensor has its own
``X (m/s^2)``, ``Acceleration x (m/s^2)`` acceleration as Android defines it (+9.81 upwards), on every phone
``X (rad/s)``, ``Gyroscope x (rad/s)``    angular rate; some people relabel it to ``deg/s``, and then it is taken so
========================================  ======================================================================

phyphox translates its headings, so the unit and the letter of the axis decide; spreadsheets leave their quotation marks out when they save a file
again. Whether an acceleration holds gravity shows in its size: "linear" acceleration has none, and by itself cannot tell which way is up. Separators
are comma, tab or semicolon, the decimal mark point or comma.
"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd

from hiphitch_analysis.read.cells import read_numbers
from hiphitch_analysis.read.labelled import recognise_labelled
from hiphitch_analysis.read.samples import ACC_UNITS, GYR_UNITS, Format, Hints, RecordingDoubt, spell_unit
from hiphitch_analysis.read.source import Source
from hiphitch_analysis.read.streams import Stream, build_from_streams, sort_stream
from hiphitch_analysis.read.text import Text, first_line, printable, split_cells, split_header

_AXIS = re.compile(r"(?:^|[\W_])(?P<axis>[xyz])\s*\((?P<unit>[^)]*)\)$", re.IGNORECASE)
_SECONDS = re.compile(r"\(s\)$")
_START = re.compile(r'"?START"?\s*[,;\t]')
_DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}[^,;\t]*UTC[+-]\d")
_LEAST_M_S2 = 6.0  # the median of an acceleration with gravity lies above


def recognise_phyphox(source: Source) -> bool:
    """Whether a text has phyphox's headings: seconds first, then three axes with their unit.

    Quoted, as the app writes them, they are nobody else's. Bare, as a spreadsheet leaves them, they are taken for phyphox's where a text holds an
    accelerometer alone, as one of its archive does, or where they are in a language that no other reader knows.
    """
    return any((_is_quoted(text) and _find_axes(text)) or _is_bare(text) for text in source.texts)


def _is_quoted(text: Text) -> bool:
    return text.lines[first_line(text)].lstrip().startswith('"')


def _is_bare(text: Text) -> bool:
    """Whether a text names the axes of an accelerometer in phyphox's way, without quotation marks."""
    axes = sum(_AXIS.search(name) is not None for name in split_header(text.lines[first_line(text)]))
    return "acc" in _find_axes(text) and (axes == len("xyz") or not recognise_labelled(text))


def read_phyphox(source: Source, hints: Hints) -> pd.DataFrame:
    """Read a phyphox recording.

    Parameters
    ----------
    source : Source
    hints : Hints
        The files have clocks and units, so the caller's rate is only compared.

    Returns
    -------
    DataFrame
        Table IMU on the accelerometer's times.

    Raises
    ------
    ValueError
        No acceleration with gravity, streams that do not overlap, or what cannot be a recording.
    """
    streams = [(quantity, _read_stream(text, quantity, units)) for text in source.texts for quantity, units in _find_axes(text).items()]
    accelerations = [s for quantity, s in streams if quantity == "acc"]
    with_gravity = [s for s in accelerations if np.nanmedian(np.linalg.norm(s.xyz, axis=1)) > _LEAST_M_S2]
    if not with_gravity:
        got = f"only {accelerations[0].name}, which holds no gravity" if accelerations else "none"
        raise ValueError(f'{source.name}: expected an acceleration with gravity, got {got}. Record phyphox\'s "Acceleration (with g)" with it.')
    if len(with_gravity) > 1:
        others = ", ".join(stream.name for stream in with_gravity[1:4])
        doubt = f"{source.name}: holds several accelerations with gravity; {with_gravity[0].name} was taken, and left out {others}"
        warnings.warn(RecordingDoubt("one_of_several", doubt), stacklevel=3)
    gyroscope = next((s for quantity, s in streams if quantity == "gyr"), None)
    return build_from_streams(source.name, with_gravity[0], gyroscope, hints)


def _find_axes(text: Text) -> dict[str, dict[str, tuple[str, float]]]:
    """Return for ``acc`` and ``gyr`` the heading of each axis and the factor to SI, as far as a text has all three; acc is the first triple."""
    names = split_header(text.lines[first_line(text)])
    if not names or not _SECONDS.search(names[0]):
        return {}
    found: dict[str, dict[str, tuple[str, float]]] = {}
    for quantity, known in (("acc", ACC_UNITS), ("gyr", GYR_UNITS)):
        axes: dict[str, tuple[str, float]] = {}
        for name in names[1:]:
            match = _AXIS.search(name)
            factor = known.get(spell_unit(match["unit"])) if match else None
            if match and factor is not None and factor != ACC_UNITS["g"]:
                axes.setdefault(match["axis"].lower(), (name, factor))
        if len(axes) == 3:
            found[quantity] = axes
    return found


def _read_stream(text: Text, quantity: str, axes: dict[str, tuple[str, float]]) -> Stream:
    cells = split_cells(text, first_line(text), pad=False)
    time = cells.header[0]
    numbers = read_numbers(cells, [time, *(axes[axis][0] for axis in "xyz")])
    values = np.column_stack([numbers[axes[axis][0]] * axes[axis][1] for axis in "xyz"])
    return sort_stream(
        Stream(f"{printable(text.name, 60)} ({'acceleration' if quantity == 'acc' else 'gyroscope'})", numbers[time], values, cells.lines)
    )


def find_day(source: Source) -> pd.Timestamp | None:
    """Return the day on which a recording was started, by the telephone's clock where it was; None where ``meta/time.csv`` is not there.

    The first row ``START`` has it as text with the zone's offset from UTC beside it, so that the day written is the one lived.
    """
    text = source.find("time.csv")
    started = next((line for line in text.lines if _START.match(line)), "") if text is not None else ""
    day = _DAY.search(started)
    try:
        return None if day is None else pd.Timestamp(day[1])
    except ValueError:
        return None


PHYPHOX = Format("phyphox", "phyphox (zip, folder or csv)", recognise_phyphox, read_phyphox, find_day=find_day)

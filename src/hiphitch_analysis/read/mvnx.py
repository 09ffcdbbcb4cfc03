"""Xsens MVN recordings (``.mvnx``, XML): the sensors of a whole suit, or the segments of the body it moves.

==============================  ===========================================================================
element of a frame              read as
==============================  ===========================================================================
``sensorOrientation``           quaternion w, x, y, z per sensor: sensor → earth, z up
``sensorFreeAcceleration``      m/s² in the earth frame, gravity removed: put back with the quaternion
``orientation``                 quaternion per segment, where the file has no sensor data
``time`` (attribute)            ms from the start
==============================  ===========================================================================

Frames of the type ``identity``, ``tpose`` or ``npose`` are poses of calibration, no samples. Angular rates of sensors are not in the format.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd

from hiphitch_analysis.read.orientation import prepare_quaternions, restore_gravity
from hiphitch_analysis.read.samples import Array, Hints, build_imu, choose_rate, measure_rate, text_format
from hiphitch_analysis.read.text import Text
from hiphitch_analysis.schema import ACC, QUAT

_SEARCH = 50  # lines
_ROOT = re.compile(r"<(?:\w+:)?mvnx[\s>]", re.IGNORECASE)
_LABEL = re.compile(r"<(?:\w+:)?(sensor|segment)\s[^>]*?label\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_RATE = re.compile(r"frameRate\s*=\s*[\"'](\d+(?:\.\d+)?)[\"']", re.IGNORECASE | re.ASCII)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def recognise_mvnx(text: Text) -> bool:
    """Whether the root element is ``mvnx``."""
    return _ROOT.search("\n".join(text.lines[:_SEARCH])) is not None


def name_parts(text: Text) -> tuple[str, ...]:
    """Return the labels of the sensors, of the segments where the file has no sensor data."""
    labels = _LABEL.findall("\n".join(text.lines))
    kind = "sensor" if _has_sensors(text) else "segment"
    return tuple(dict.fromkeys(label for element, label in labels if element.lower() == kind))


def read_mvnx(text: Text, hints: Hints) -> pd.DataFrame:
    """Read one sensor, or segment, of an MVN recording.

    Parameters
    ----------
    text : Text
    hints : Hints
        ``sensor`` names it.

    Returns
    -------
    DataFrame
        Table IMU: the orientation, and the acceleration where the file has that of the sensors.

    Raises
    ------
    ValueError
        Damaged XML, one with entities of its own, no samples, or another rate than the caller's.
    """
    whole = "\n".join(text.lines)
    if _DOCTYPE.search(whole):
        raise ValueError(f"{text.name}: the XML defines entities of its own, which no MVN export does. Export the recording again.")
    sensors = _has_sensors(text)
    names = name_parts(text)
    position = names.index(str(hints.sensor))
    try:
        root = ElementTree.fromstring(whole.encode())
    except ElementTree.ParseError as error:
        raise ValueError(f"{text.name}: the XML is damaged or cut off ({error}). Export the recording again.") from error
    frames = [frame for frame in root.iter() if _tag(frame) == "frame" and frame.get("type", "normal") == "normal"]
    if not frames:
        raise ValueError(f"{text.name}: expected frames of type 'normal', got none. Was anything recorded?")
    quat = np.array([_values(text, frame, "sensorOrientation" if sensors else "orientation", position, 4, len(names)) for frame in frames])
    stated = _RATE.search(whole)
    rate = choose_rate(text.name, float(stated.group(1)) if stated else None, hints.rate_hz)
    lines = np.arange(1, len(frames) + 1)
    columns = dict(zip(QUAT, quat.T, strict=True))
    if sensors and _child(frames[0], "sensorFreeAcceleration") is not None:
        free = np.array([_values(text, frame, "sensorFreeAcceleration", position, 3, len(names)) for frame in frames])
        columns |= dict(zip(ACC, restore_gravity(prepare_quaternions(quat, text.name, lines), free).T, strict=True))
    return build_imu(text.name, lines, _time(text, frames, rate), columns)


def _time(text: Text, frames: list[ElementTree.Element], rate_hz: float | None) -> Array:
    """Return the time of each frame [s]: its own, in whole ms, on the stated rate's even clock where both agree."""
    try:
        time_s = np.array([float(frame.get("time", "nan")) for frame in frames]) / 1000
    except ValueError as error:
        raise ValueError(f"{text.name}: a frame has no usable time ({error}). Export the recording again.") from error
    if rate_hz is None:
        if not np.isfinite(time_s).all() or measure_rate(time_s) is None:
            raise ValueError(f"{text.name}: neither a frameRate nor times of frames. Give --rate-hz R (rate_hz=R in Python).")
        return time_s
    even = np.arange(len(frames)) / rate_hz
    rounded = np.isfinite(time_s).all() and np.abs(time_s - time_s[0] - even).max() > 0.002
    return time_s if rounded else even


def _has_sensors(text: Text) -> bool:
    return any("<sensorOrientation" in line or ":sensorOrientation" in line for line in text.lines)


def _values(text: Text, frame: ElementTree.Element, name: str, position: int, width: int, count: int) -> list[float]:
    element = _child(frame, name)
    numbers = (element.text or "").split() if element is not None else []
    part = numbers[position * width : (position + 1) * width]
    try:
        if len(numbers) == width * count:
            return [float(number) for number in part]
    except ValueError:
        pass
    raise ValueError(f"{text.name}: frame {frame.get('index', '?')} has no {name} for every sensor. Export the recording again.")


def _child(frame: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((element for element in frame if _tag(element) == name), None)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


MVNX = text_format("mvnx", "Xsens MVN .mvnx", recognise_mvnx, read_mvnx, name_parts)

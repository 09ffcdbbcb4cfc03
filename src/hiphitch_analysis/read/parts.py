"""Which of several sensors sits on which part of the body, judged by the names people give them."""

from __future__ import annotations

import re

from hiphitch_analysis.read.text import printable

PARTS = ("pelvis", "trunk", "left_thigh", "right_thigh")
_WORDS = {
    "pelvis": r"pelvis|sacrum|sacral|lumbar|l5|lower ?back|waist|hips?|belt",
    "trunk": r"trunk|torso|chest|sternum|thorax|upper ?back|t4|t8",
    "thigh": r"thigh|femur|upper ?leg",
}
_SIDES = {"left": r"left|l", "right": r"right|r"}


def find_part(names: tuple[str, ...], part: str) -> str | None:
    """Return the one name that stands for a part of the body; None when none or several do.

    Parameters
    ----------
    names : tuple of str
        As in a recording.
    part : {"pelvis", "trunk", "left_thigh", "right_thigh"}

    Returns
    -------
    str or None

    Examples
    --------
    >>> names = ("torso_imu", "pelvis_imu", "femur_r_imu", "femur_l_imu")
    >>> [find_part(names, part) for part in PARTS]
    ['pelvis_imu', 'torso_imu', 'femur_l_imu', 'femur_r_imu']
    """
    side, _, segment = part.rpartition("_")
    fitting = [name for name in names if _has(name, _WORDS[segment]) and (not side or _has(name, _SIDES[side]))]
    return fitting[0] if len(fitting) == 1 else None


def choose_sensor(file_name: str, names: tuple[str, ...], wanted: str | None) -> str | None:
    """Return the sensor the caller wants, the pelvis by default; None where the recording names none.

    Raises
    ------
    ValueError
        There is no such sensor, or several fit.
    """
    if not names:
        if wanted is not None and wanted not in PARTS:
            raise ValueError(f"{file_name}: no sensor '{printable(wanted, 40)}' — the recording holds one sensor without a name. Leave --sensor out.")
        return None
    if wanted in names:
        return wanted
    if len(names) == 1 and wanted in PARTS:
        return names[0]  # the caller says where the only sensor sits
    found = find_part(names, wanted or "pelvis") if (wanted or "pelvis") in PARTS else None
    if found is None and len(names) == 1 and wanted is None:
        return names[0]
    if found is None:
        what = f"sensor '{printable(wanted, 40)}'" if wanted is not None else "sensor that is clearly the pelvis's"
        raise ValueError(f"{file_name}: no {what} among {', '.join(printable(name, 40) for name in names)}. Name one of them with --sensor.")
    return found


def _has(name: str, words: str) -> bool:
    """Whether a name holds one of the words; case, camel case and signs between the words do not matter."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = re.sub(r"[\W_]+", " ", parted).lower()
    return re.search(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", plain) is not None

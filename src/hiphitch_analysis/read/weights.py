"""Weights in kilograms, whatever unit an app or a coach writes them in."""

from __future__ import annotations

import math
import re

KG = {"kg": 1.0, "lb": 0.45359237}  # one of each unit in kilograms
_UNIT = re.compile(r"(?<![^\W\d_])(?:(kgs?|kilos?|kilogramm?e?s?)|(lbs?|pounds?))\b", re.IGNORECASE)
_DECIMALS = 3  # a gram: what is left of 5 lb told in kg


def find_unit(text: str) -> str:
    """Return the unit of weight that a heading or a cell names; empty where it names none.

    >>> find_unit("Weight (lbs)"), find_unit("0.5kg"), find_unit("Weight")
    ('lb', 'kg', '')
    """
    found = _UNIT.search(text)
    return "" if found is None else "kg" if found[1] else "lb"


def to_kg(value: float, unit: str) -> float:
    """Return a weight [kg], rounded to a gram.

    >>> to_kg(5.0, "lb")
    2.268
    """
    return round(value * KG[unit], _DECIMALS)


def parse_number(cell: str) -> float:
    """Return the number in a cell of an app's export, whatever its decimal mark; NaN where there is none.

    >>> parse_number("12,5"), parse_number("12.5"), parse_number("-")
    (12.5, 12.5, nan)
    """
    try:
        value = float(cell.replace(",", ".") if "." not in cell else cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan

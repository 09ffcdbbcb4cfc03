"""Figures of compared policies as the cells of a table: weeks, ranges over athletes, and how much later than the standard ladder."""

from __future__ import annotations

import pandas as pd

from hiphitch_analysis.simulate import STANDARD


def say_week(value: float, weeks: float) -> str:
    """Return a week of the season, or that it lies beyond its `weeks`.

    >>> say_week(11.6, 26), say_week(float("inf"), 26)
    ('12', '> 26')
    """
    return f"{value:.0f}" if value <= weeks else f"> {weeks:g}"


def say_range(row: pd.Series, measure: str, pattern: str) -> str:
    """Return a measure with the range of 8 in 10 athletes; `row` is one of `summarise_policies`, `pattern` the format of each number."""
    return f"{row[measure]:{pattern}} ({row[f'{measure}_low']:{pattern}} to {row[f'{measure}_high']:{pattern}})"


def say_later(row: pd.Series, measure: str, interval: bool = False) -> str:
    """Return by how many weeks later than under the standard ladder, for the same athletes; with its 95 % interval where asked for."""
    if row.name == STANDARD:
        return "–"
    later, low, high = (f"{row[f'{measure}_diff{end}']:+.1f}".replace("-", "−") for end in ("", "_low", "_high"))
    return f"{later} ({low} to {high})" if interval else later

"""Dates as apps and people write them → moments. Whether day or month stands first is decided from the whole column, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from hiphitch_analysis.read.cells import get_column, name_faults
from hiphitch_analysis.read.text import Cells, printable
from hiphitch_analysis.read.words import fold

_YEARS = (1900, 2199)
_MONTHS = {
    fold(word): number
    for number, words in enumerate(
        (
            "jan january januar jänner janvier janv enero ene gennaio gen janeiro januari",
            "feb february februar février févr fév febrero febbraio fevereiro fev februari",
            "mar march märz mrz mär mars marzo março maart mrt",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august août agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember dez décembre déc diciembre dic dicembre dezembro",
        ),
        1,
    )
    for word in words.split()
}
_BETWEEN = frozenset(("de", "del", "of", "the", "at", "um", "uhr", "le", "a", "las", "alle", "den", "st", "nd", "rd", "th"))
_TIME = re.compile(r"(?:^|[\s,]|(?<=\d)t)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?\s?m\.?)?\s*(?:uhr)?\s*(?:z|[+-]\d{2}:?\d{2})?$")
_NUMERIC = re.compile(r"(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?")


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as it stands in a cell; `day_or_month`: day and month may stand the other way round."""

    year: int
    month: int
    day: int
    day_or_month: bool = False
    time: tuple[int, int, int] = (0, 0, 0)


def read_moments(cells: Cells, position: int, column: str) -> list[datetime | None]:
    """Read a column of dates, with or without a time of day.

    Parameters
    ----------
    cells : Cells
    position : int
        Which column.
    column : str
        Its name, for messages.

    Returns
    -------
    list of datetime or None
        None where a cell is empty; midnight where no time is given. Offsets from UTC are not applied: the day is the one that is written.

    Raises
    ------
    ValueError
        A cell is no date, or it cannot be told whether the day or the month stands first.

    Notes
    -----
    Understood are ISO dates (2026-01-31, also with a time), months as words in English, German, French, Spanish, Italian, Portuguese and Dutch
    (``30 Jun 2025, 19:56``; ``Jun 30, 2025, 7:56 PM``; ``30 juin 2025``), and numbers: with dots the day stands first; with slashes or dashes the
    order is whichever all dates of the column allow, and the column is refused when that is both or neither.
    """
    written = get_column(cells, position)
    dates = {cell: _take_apart(cell) for cell in dict.fromkeys(written) if cell}
    orders = _find_orders(date for date in dates.values() if date is not None and date.day_or_month)
    if len(orders) != 1:
        got = [cell for cell, date in dates.items() if date is not None and date.day_or_month and (not orders or date.day != date.month)]
        why = (
            "it cannot be told whether the day or the month stands first" if orders else "the day stands first in some dates and the month in others"
        )
        shown = ", ".join(f"'{printable(cell, 30)}'" for cell in got[:3])
        raise ValueError(f"{cells.name}: in column {column} {why} (got {shown}). Write the dates like 2026-01-31.")
    moments = {cell: _build(date, orders[0]) for cell, date in dates.items()}
    if bad := [i for i, cell in enumerate(written) if cell and moments[cell] is None]:
        raise ValueError(f"{cells.name}: {name_faults(cells, column, 'a date like 2026-01-31', position, bad)}. Correct these cells.")
    return [moments[cell] if cell else None for cell in written]


def _find_orders(dates: Iterable[_Written]) -> list[str]:
    """Return what can stand first in all of these dates, taken apart as day/month: the day, the month, or both; the day where it is all the same."""
    dates = [date for date in dates if min(date.day, date.month) <= 12]
    if all(date.day == date.month for date in dates):
        return ["day"]
    return [first for first, other in (("day", "month"), ("month", "day")) if all(getattr(date, other) <= 12 for date in dates)]


def _take_apart(cell: str) -> _Written | None:
    """Return a date as it is written, a day before its month where only numbers are given; None for what is no date."""
    text = fold(cell).strip()
    time = (0, 0, 0)
    if clock := _TIME.search(text):
        hour = int(clock[1]) % 12 + (12 if clock[4] == "p" else 0) if clock[4] else int(clock[1])
        time = (hour, int(clock[2]), int(clock[3] or 0))
        text = text[: clock.start()]
    date = _numbers(text.strip(" ,")) or _words(text)
    return None if date is None else replace(date, time=time)


def _numbers(text: str) -> _Written | None:
    found = _NUMERIC.fullmatch(text)
    if found is None:
        return None
    first, second, last = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) == 4:
        return _Written(first, second, last)
    if len(found[1]) > 2 or len(found[4]) not in (2, 4):
        return None
    return _Written(last + 2000 if len(found[4]) == 2 else last, second, first, day_or_month=found[2] != ".")


def _words(text: str) -> _Written | None:
    tokens = [token for token in re.findall(r"\d+|[^\W\d_]+", text) if token not in _BETWEEN]
    numbers = sorted((token for token in tokens if token.isdigit()), key=len)
    months = [_MONTHS.get(token) for token in tokens if not token.isdigit()]
    if len(months) != 1 or months[0] is None or [len(number) for number in numbers] not in ([1, 4], [2, 4]):
        return None
    return _Written(int(numbers[1]), months[0], int(numbers[0]))


def _build(date: _Written | None, first: str) -> datetime | None:
    if date is None or not _YEARS[0] <= date.year <= _YEARS[1]:
        return None
    month, day = (date.day, date.month) if date.day_or_month and first == "month" else (date.month, date.day)
    try:
        return datetime(date.year, month, day, *date.time)
    except ValueError:
        return None

from datetime import datetime

import numpy as np
import pytest

from hiphitch_analysis.read.dates import read_moments
from hiphitch_analysis.read.text import Cells


def read(*written):
    return read_moments(Cells("log.csv", ("Date",), tuple([cell] for cell in written), np.arange(2, 2 + len(written)), False), 0, "Date")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-06-30", datetime(2025, 6, 30)),
        ("2025-06-30 19:56:03", datetime(2025, 6, 30, 19, 56, 3)),
        ("2025-06-30T19:56:03.120Z", datetime(2025, 6, 30, 19, 56, 3)),
        ("2025-06-30T23:30:00+02:00", datetime(2025, 6, 30, 23, 30)),
        ("2025/06/30", datetime(2025, 6, 30)),
        ("30 Jun 2025, 19:56", datetime(2025, 6, 30, 19, 56)),
        ("02 Jul 2025, 07:05", datetime(2025, 7, 2, 7, 5)),
        ("Jun 30, 2025, 7:56 PM", datetime(2025, 6, 30, 19, 56)),
        ("Jun 30, 2025, 12:05\u202fAM", datetime(2025, 6, 30, 0, 5)),
        ("June 30th, 2025", datetime(2025, 6, 30)),
        ("30 juin 2025, 19:56", datetime(2025, 6, 30, 19, 56)),
        ("30 juil. 2025 à 19:56", datetime(2025, 7, 30, 19, 56)),
        ("12 févr. 2025, 10:00", datetime(2025, 2, 12, 10)),
        ("3 août 2025", datetime(2025, 8, 3)),
        ("1 déc. 2025", datetime(2025, 12, 1)),
        ("30. März 2025 19:56 Uhr", datetime(2025, 3, 30, 19, 56)),
        ("30 de junio de 2025, 19:56", datetime(2025, 6, 30, 19, 56)),
        ("5 ene 2025", datetime(2025, 1, 5)),
        ("5.1.2026", datetime(2026, 1, 5)),
        ("05.01.26", datetime(2026, 1, 5)),
        ("5. 1. 2026", datetime(2026, 1, 5)),
    ],
)
def test_one_date(written, moment):
    assert read(written) == [moment]


def test_every_french_month_as_hevy_writes_it():
    words = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
    assert [moment.month for moment in read(*(f"3 {word} 2025, 10:00" for word in words))] == list(range(1, 13))


def test_the_whole_column_decides_which_of_day_and_month_stands_first():
    assert [moment.day for moment in read("03/04/2026", "13/04/2026", "")[:2]] == [3, 13]
    assert [(moment.month, moment.day) for moment in read("03/04/2026", "04/13/2026", "4-5-26")] == [(3, 4), (4, 13), (4, 5)]
    assert read("05/05/2026") == [datetime(2026, 5, 5)]
    assert read("", "2026-01-05") == [None, datetime(2026, 1, 5)]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            ("03/04/2026", "05/04/2026"),
            r"log.csv: in column Date it cannot be told whether the day or the month stands first \(got '03/04/2026', .*2026-01-31",
        ),
        (("13/04/2026", "04/13/2026"), "the day stands first in some dates and the month in others"),
        (("2026-01-05", "2026-02-30"), "Date must be a date like 2026-01-31, got '2026-02-30' in line 3"),
        (("45/13/2026",), "must be a date"),
        (("20260131",), "must be a date"),
        (("0001-01-01",), "must be a date"),
        (("30 Jun 25",), "must be a date"),
        (("mar. 30 juin 2025",), "must be a date"),  # a weekday that is also a month
        (("5.1.",), "must be a date"),
        (("2026-01-05 25:00",), "must be a date"),
        (("yesterday",), "must be a date"),
    ],
)
def test_what_is_refused(column, message):
    with pytest.raises(ValueError, match=message):
        read(*column)

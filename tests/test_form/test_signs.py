"""Signs of form, by hand: what is mended first, what is watched, what was not seen, and which of two sides speaks."""

import math

import pandas as pd
import pytest

from hiphitch_analysis.form.points import POINTS
from hiphitch_analysis.form.signs import ROWS, Sign, choose_worse, read_sign


def table(**faults):
    """FAULTS by key: (severity, chance), or None for a point that could not be seen."""
    rows = [
        {"fault": key, "observable": told is not None, "severity": told[0] if told else "not observable", "chance": told[1] if told else math.nan}
        for key, told in faults.items()
    ]
    return pd.DataFrame(rows).set_index("fault")


@pytest.mark.parametrize(
    ("faults", "status", "sure", "key"),
    [
        ({"tempo_too_fast": ("none", 0.1), "tempo_uneven": ("none", 0.3)}, "good", 0.9, "tempo_too_fast"),
        ({"tempo_too_fast": ("none", 0.1), "tempo_uneven": ("mild", 0.7)}, "watch", 0.7, "tempo_uneven"),
        ({"tempo_too_fast": ("severe", 0.95), "tempo_uneven": ("mild", 0.7)}, "mend", 0.95, "tempo_too_fast"),
        ({"tempo_too_fast": None, "tempo_uneven": ("mild", 0.7)}, "watch", 0.7, "tempo_uneven"),  # a fault seen is a fault
        ({"tempo_too_fast": ("none", 0.1), "tempo_uneven": None}, "unseen", None, "tempo_uneven"),  # half seen well is not well
        ({"loss_of_balance": ("none", 0.1)}, "unseen", None, ""),  # none of the points asked for
    ],
)
def test_a_sign_is_that_of_the_worst_point(faults, status, sure, key):
    sign = read_sign(table(**faults), ROWS["Tempo"])
    assert (sign.status, sign.fault) == (status, key)
    assert math.isnan(sign.sure) if sure is None else sign.sure == pytest.approx(sure)


def test_a_return_short_of_level_is_mended_first_however_mild():
    assert read_sign(table(incomplete_return=("mild", 0.8), hike_above_level=("none", 0.0)), ROWS["Back to level"]).status == "mend"
    assert read_sign(table(pelvis_not_square=("mild", 0.8)), ROWS["Pelvis square"]).status == "watch"


def test_the_worse_side_speaks():
    good, watch, mend, unseen = Sign("good", 0.9, ""), Sign("watch", 0.6, ""), Sign("mend", 0.85, ""), Sign("unseen", math.nan, "")
    assert choose_worse([good, mend]) == 1 and choose_worse([watch, good]) == 0
    assert choose_worse([unseen, good]) == 1  # what was seen, before what was not
    assert choose_worse([Sign("watch", 0.6, ""), Sign("watch", 0.9, "")]) == 1  # of faults the surer one
    assert choose_worse([Sign("good", 0.99, ""), Sign("good", 0.85, "")]) == 1  # of good signs the less sure one


def test_every_coaching_point_stands_in_one_row():
    keys = [key for row in ROWS.values() for key in row]
    assert len(keys) == len(set(keys)) and {point.key for point in POINTS} <= set(keys)

"""What a set says about capacity, case by case."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.observe import observe_sets


def log(**columns):
    """Rows of table LOG: single values hold for all of them."""
    rows = {"athlete_id": "A01", "date": "2026-01-05", "side": "left", "set": 1, "reps": 18} | columns
    return pd.DataFrame(rows, index=range(max(len(values) if isinstance(values, list) else 1 for values in rows.values())))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"target_reps": 20.0, "stop_reason": "fatigue"}, "between"),
        ({"target_reps": 20.0, "stop_reason": "technique"}, "between"),
        ({"target_reps": 20.0, "stop_reason": "pain"}, "at least"),
        ({"target_reps": 20.0, "stop_reason": "other"}, "at least"),
        ({"target_reps": 18.0, "stop_reason": "target"}, "at least"),
        ({"target_reps": 18.0, "stop_reason": "fatigue"}, "between"),  # reached it, and could do no more
        ({"target_reps": 20.0}, "between"),  # fell short, nobody says why
        ({"target_reps": 18.0}, "at least"),
        ({}, "at least"),  # neither a target nor a reason
        ({"stop_reason": "fatigue"}, "between"),
        ({"amrap": True}, "between"),
        ({"amrap": True, "stop_reason": "pain"}, "at least"),
        ({"reps": 0, "stop_reason": "fatigue"}, "nothing"),
    ],
)
def test_what_a_set_says(columns, says):
    row = observe_sets(log(**columns)).iloc[0]
    assert row["says"] == says
    if says != "nothing":
        assert row["lower"] == pytest.approx(np.log(18)) and row["upper"] == (pytest.approx(np.log(19)) if says == "between" else np.inf)


def test_pain_can_be_taken_for_an_end():
    assert observe_sets(log(target_reps=20.0, stop_reason="pain"), pain_ends=True)["says"].tolist() == ["between"]


def test_what_a_set_depends_on():
    table = log(
        date=["2026-01-19"] * 3 + ["2026-01-05"],  # the order of the file does not matter
        set=[1, 2, 3, 1],
        target_reps=[20.0, 20.0, 20.0, 20.0],
        reps=[20, 17, 15, 20],
        rest_s=[np.nan, 120.0, 30.0, np.nan],
        ankle_kg=[0.7] * 3 + [0.0],
        body_mass_kg=[70.0] * 4,
    )
    sets = observe_sets(table)
    assert sets["week"].tolist() == [0.0, 2.0, 2.0, 2.0] and sets["session"].tolist() == [1, 2, 2, 2]
    assert sets["before"].tolist() == [0.0, 0.0, 20 / 50, 37 / 50]
    assert sets["rest"].tolist() == [0.0, 0.0, 1.0, -1.0]  # doublings of a minute
    assert sets["failed"].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert (sets["second_set"].tolist(), sets["third_set"].tolist()) == ([0, 0, 1, 1], [0, 0, 0, 1])
    assert sets["load"].tolist() == pytest.approx([0.0, 0.01, 0.01, 0.01])


def test_sides_and_athletes_do_not_mix():
    both = pd.concat([log(side=side, athlete_id=name, set=[1, 2], reps=[10, 9], target_reps=10.0) for side in ("left", "right") for name in "BA"])
    sets = observe_sets(both)
    assert sets["athlete_id"].tolist() == ["A"] * 4 + ["B"] * 4 and sets["side"].tolist() == ["left", "left", "right", "right"] * 2
    assert sets["before"].tolist() == [0.0, 10 / 50] * 4 and (sets["failed"] == 0).all()

"""What a coach is told of how a set changed."""

import re

import numpy as np
import pandas as pd

from hiphitch_analysis.report.changes import say_changes


def tiring(n=30, begins=18, seed=1, **per_rep):
    """A set in which measures grow from one repetition on, by so much for each."""
    number = np.arange(1, n + 1)
    noise = np.random.default_rng(seed).normal(0, 1, (4, n))
    tired = np.maximum(0, number - begins)
    sizes = {"drop_deg": (8.0, 0.3), "lower_s": (1.0, 0.05), "raise_s": (1.0, 0.05), "return_error_deg": (0.3, 0.3)}
    measures = {name: base + sd * noise[i] + per_rep.get(name, 0.0) * tired for i, (name, (base, sd)) in enumerate(sizes.items())}
    times = {"start_s": 2.0 * number, "bottom_s": 2.0 * number + 1, "end_s": 2.0 * number + 2}
    return pd.DataFrame({"rep": number, "set": 1, "side": "right", "kind": "complete", **times, **measures})


def test_says_from_where_on_and_by_how_much():
    told = say_changes("right", tiring(return_error_deg=0.25, raise_s=0.04))
    assert told.startswith("right leg: all measures together, form changes from about rep ") and "After it:" in told
    first = int(re.search(r"from about rep (\d+)", told).group(1))
    assert 14 <= first <= 23  # begins at 19
    short, low, high = (float(x) for x in re.search(r"(\d\.\d)° \((\d\.\d) to (\d\.\d)\) more short of level", told).groups())
    assert low < short < high and low > 0
    assert "slower" in told and "smaller" not in told and "lowers" not in told  # neither the drops nor the lowering changed


def test_the_interval_is_said_even_where_it_is_one_repetition():
    """A jump far beyond the noise: no other place is likely."""
    reps = tiring()
    jumped = reps.assign(return_error_deg=reps["return_error_deg"] + 10.0 * (reps["rep"] >= 19))
    assert "form changes from about rep 19 on (80 % sure: 19)." in say_changes("right", jumped)


def test_says_that_nothing_can_be_told():
    told = say_changes("left", tiring())
    assert "no change can be told" in told and "form changes" not in told


def test_says_that_there_are_too_few():
    assert "at least 12" in say_changes("left", tiring(n=8))


def test_less_is_said_as_less():
    assert re.search(r"drops \d\.\d° \(\d\.\d to \d\.\d\) smaller", say_changes("left", tiring(drop_deg=-0.3)))


def test_a_set_that_changes_from_the_start_is_compared_by_thirds():
    told = say_changes("left", tiring(begins=0, return_error_deg=0.2))
    assert "all measures together, form changes from the beginning. Last third against first: " in told
    short = float(re.search(r"(\d\.\d)° \(.*?\) more short of level", told).group(1))
    assert abs(short - 0.2 * 20) < 0.6  # thirds of ten are twenty repetitions apart; means of ten are known to 0.1°

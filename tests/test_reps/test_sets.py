"""Cycles → sets, on times and sizes set by hand."""

import numpy as np
import pytest

from hiphitch_analysis.reps.sets import find_sets


def grouped(*cycles):
    """Sets of (start, duration, swing[, kind]) cycles, as lists of starts."""
    kind = np.array([cycle[3] if len(cycle) > 3 else "complete" for cycle in cycles])
    start, length, swing = (np.array([cycle[i] for cycle in cycles], dtype=float) for i in range(3))
    return [start[members].tolist() for members in find_sets(kind, start, start + length, swing)]


def beat(begin, count, size=8.0, length=2.0):
    return [(begin + length * i, length, size) for i in range(count)]


def starts(cycles):
    return [cycle[0] for cycle in cycles]


def test_a_rest_parts_two_sets():
    one, two = beat(0, 6), beat(22, 5)
    assert grouped(*one, *two) == [starts(one), starts(two)]


def test_a_short_break_does_not():
    one, two = beat(0, 6), beat(19, 5)  # 7 s: as long as getting back on after a touch-down
    assert grouped(*one, *two) == [starts(one + two)]


def test_standing_about_does_not_bridge_two_sets():
    """Four swings between, as slow and irregular as shifting from foot to foot."""
    one, two = beat(0, 8), beat(45, 8)
    about = [(18.0, 5.0, 3.0), (24.5, 3.0, 2.6), (31.0, 7.0, 2.0), (39.0, 4.0, 3.5)]
    assert grouped(*one, *about, *two) == [starts(one), starts(two)]


def test_a_long_rest_full_of_swings_is_no_set():
    one, two = beat(0, 8), beat(90, 8)
    about = [(28.0, 5.0, 3.0), (36.0, 2.2, 4.5), (41.0, 9.0, 2.0), (52.0, 4.0, 6.0), (60.0, 3.0, 2.5), (66.0, 6.0, 4.0), (74.0, 3.5, 1.5)]
    assert grouped(*one, *about, *two) == [starts(one), starts(two)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_swings_after_a_rest_count_if_there_are_two_like_the_others(count):
    one, more = beat(0, 12), beat(40, count, size=7.5)
    assert grouped(*one, *more) == [starts(one)] + ([starts(more)] if count > 1 else [])


def test_steps_at_the_edges_are_left_out():
    steps = [(-3.0, 0.9, 3.0), (20.5, 0.8, 4.0)]  # brief and half as large
    assert grouped(steps[0], *beat(0, 10), steps[1]) == [starts(beat(0, 10))]


def test_relaxing_after_the_last_repetition_is_left_out():
    """A slow sinking of half the size, finished or not, within seconds of the last raise."""
    for kind in ("complete", "aborted"):
        assert grouped(*beat(0, 10), (23.0, 5.5, 4.0, kind)) == [starts(beat(0, 10))]


def test_a_tired_last_repetition_stays():
    last = (20.0, 3.8, 7.0)  # nearly twice as long as the others
    assert grouped(*beat(0, 10), last) == [[*starts(beat(0, 10)), 20.0]]


def test_all_of_a_recording_without_a_beat_is_kept():
    """With nothing regular to judge by, irregular repetitions are what there is."""
    odd = [(0.0, 2.0, 8.0), (2.5, 4.0, 14.0), (7.0, 1.6, 6.5), (9.0, 3.9, 13.0)]
    assert grouped(*odd) == [starts(odd)]


def test_nothing():
    assert grouped() == []

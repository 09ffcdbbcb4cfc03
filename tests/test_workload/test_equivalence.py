"""What stands for what, checked by putting the answer back in."""

from dataclasses import replace

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.equivalence import find_ankle_weight, find_equivalents
from hiphitch_analysis.workload.fatigue import Ability, reps_to_failure
from hiphitch_analysis.workload.repetition import Repetition, demand_of

MAN = estimate_body(75, 1.78, "male")
KNOWN = Ability(np.array([150.0]), np.array([1.0]), np.array([1.0]), "known exactly")


def test_each_equivalent_is_as_near_to_failure():
    now, reps = Repetition(), 30
    found = find_equivalents(MAN, KNOWN, now, reps, added_kg=2.0)
    possible = lambda repetition: float(reps_to_failure(KNOWN, demand_of(MAN, repetition))[0])  # noqa: E731
    heavy = reps / possible(replace(now, ankle_kg=2.0))
    assert (reps + found.reps.median) / possible(now) == pytest.approx(heavy, rel=1e-9)
    # The grids of phases and drops are joined by straight lines: a thousandth.
    assert reps / possible(replace(now, phase_s=now.phase_s + found.phase_s.median)) == pytest.approx(heavy, rel=1e-3)
    assert reps / possible(replace(now, drop_deg=now.drop_deg + found.drop_deg.median)) == pytest.approx(heavy, rel=1e-3)
    # The mean moment grows by 2 kg · g · w cos(drop), averaged over the cosine, over 68.3 N·m: 5 %.
    assert found.moment_share == pytest.approx(2 * 9.80665 * 0.17533 * 0.9963 / 68.3, rel=0.002)


def test_an_ankle_weight_that_keeps_an_effort():
    wanted = find_ankle_weight(MAN, KNOWN, Repetition(), reps=20, effort=0.8)
    assert wanted.low == wanted.median == wanted.high
    heavy = demand_of(MAN, Repetition(ankle_kg=wanted.median))
    assert 20 / float(reps_to_failure(KNOWN, heavy)[0]) == pytest.approx(0.8, rel=1e-3)
    assert find_ankle_weight(MAN, KNOWN, Repetition(), reps=40, effort=0.8).median == 0.0  # too hard already
    assert find_ankle_weight(MAN, replace(KNOWN, strength_nm=np.array([500.0])), Repetition(), reps=5).median == 30.0  # the end of the range
    with pytest.raises(ValueError, match="effort"):
        find_ankle_weight(MAN, KNOWN, Repetition(), 20, effort=1.2)


def test_what_nobody_can_begin_has_no_equivalent():
    weak = Ability(np.array([50.0, 60.0]), np.ones(2), np.ones(2), "")
    assert np.isnan(find_equivalents(MAN, weak, Repetition(), 20).reps.median)

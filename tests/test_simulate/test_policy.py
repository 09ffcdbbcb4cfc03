import dataclasses

import numpy as np
import pytest

from hiphitch_analysis.schema import STOP_REASONS
from hiphitch_analysis.simulate.policy import Prescribed, Shown, check_steps


def show(reps, sets, target, came=None, reason=None):
    """What the log shows of a session; `reps` as (athletes, sets, sides)."""
    n = len(reps)
    asked = Prescribed(np.array(sets), np.array(target), np.zeros(n), np.zeros(n, int))
    reasons = np.zeros(np.shape(reps), int) if reason is None else np.array(reason)
    return Shown(np.ones(n, bool) if came is None else np.array(came), asked, np.array(reps), reasons)


def test_complete_means_every_set_asked_for_on_both_sides():
    reps = [
        [[20, 20], [20, 20], [0, 0]],  # two sets were asked for
        [[20, 20], [20, 19], [0, 0]],
        [[20, 20], [20, 20], [0, 0]],  # three were
        [[25, 21], [20, 30], [20, 20]],  # more than asked for is enough
        [[20, 20], [20, 20], [0, 0]],  # stayed away
    ]
    shown = show(reps, [2, 2, 3, 3, 2], [20] * 5, came=[True] * 4 + [False])
    assert shown.complete.tolist() == [True, False, False, True, False]


def test_last_set_is_that_of_the_weaker_side():
    pain, target = STOP_REASONS.index("pain"), STOP_REASONS.index("target")
    reason = [[[target, target]] * 3, [[target, target], [target, pain], [target, target]], [[pain, pain], [target, target], [target, target]]]
    shown = show([[[9, 9], [8, 7], [6, 5]], [[9, 9], [8, 7], [0, 0]], [[1, 1], [8, 7], [0, 0]]], [3, 2, 2], [20] * 3, reason=reason)
    reached, cut_short = shown.last_set()
    assert reached.tolist() == [5, 7, 7]
    assert cut_short.tolist() == [False, True, False]  # an earlier set stopped by pain says nothing of the last one


def test_a_policy_is_shown_what_a_log_holds_and_no_truth():
    assert [field.name for field in dataclasses.fields(Shown)] == ["came", "asked", "reps", "reason"]


@pytest.mark.parametrize("ladder", [(), ((0, 20),), ((2, 0),), ((11, 20),), ((2, 1001),)])
def test_impossible_ladders_are_refused(ladder):
    with pytest.raises(ValueError, match="ladder: expected"):
        check_steps(ladder)

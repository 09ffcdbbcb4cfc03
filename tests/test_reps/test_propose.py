"""A missed repetition on a cosine whose bottom is known."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.propose import propose_rep

TIME = np.arange(0, 20, 0.01)
ANGLES = pd.DataFrame(
    {"obliquity_deg": np.where((TIME > 4) & (TIME < 12), -4 * (1 - np.cos(np.pi * (TIME - 4))), 0.0), "rotation_deg": 0.0, "tilt_deg": 0.0},
    index=pd.Index(TIME, name="time_s"),
)
REPS = pd.DataFrame(
    {"rep": [1, 2, 3], "set": 1, "side": "left", "kind": "complete", "start_s": [4.0, 6, 10], "bottom_s": [5.0, 7, 11], "end_s": [6.0, 8, 12]}
)


@pytest.mark.parametrize("at_s", [8.0, 8.3, 9.0, 9.9])
def test_between_its_neighbours_it_is_found_wherever_one_points(at_s):
    start, bottom, end = propose_rep(ANGLES, REPS, at_s)
    # begun and ended within a tenth of the drop: acos(0.8) / π of a second
    assert (start, bottom, end) == pytest.approx((8.2, 9.0, 9.8), abs=0.03)


def test_there_is_room_where_one_was_left_out_and_nowhere_else():
    out = REPS.assign(kind=["complete", "left out", "complete"])
    assert propose_rep(ANGLES, out, 7.0)[1] == pytest.approx(7.0, abs=0.03)
    with pytest.raises(ValueError, match=r"no room for a repetition at 5\.00 s"):
        propose_rep(ANGLES, REPS, 5.0)


def test_on_flat_ground_it_is_still_in_order_and_in_free_room():
    start, bottom, end = propose_rep(ANGLES, REPS, 16.0)
    assert 12 <= start < bottom < end <= 20


def test_it_stays_on_one_leg():
    turned = ANGLES.assign(side=np.where(TIME < 9.5, "left", "right"))
    assert propose_rep(turned, REPS, 8.5)[2] < 9.5
    assert propose_rep(turned, REPS.iloc[:2], 9.7)[0] >= 9.5

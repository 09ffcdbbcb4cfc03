"""Which leg is stood on, on curves whose answer is plain; simulated recordings with rests are counted in tests/test_validate."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.sides import find_sides, turn_sides

RATE_HZ = 50.0


def recording(*drops, reps=5, rest_s=12.0, rep_s=2.0, zero=0.0, hike=0.0):
    """ANGLES with a set for each drop [°], negative on the other leg; `hike`: how far each raise goes above level."""
    still = np.zeros(round(rest_s * RATE_HZ))
    tau = np.arange(round(rep_s * RATE_HZ)) / (rep_s * RATE_HZ)
    parts = [still]
    for drop in drops:
        one = -drop * (1 - np.cos(2 * np.pi * tau)) / 2 + np.sign(drop) * hike * np.where(tau > 0.5, np.sin(2 * np.pi * (tau - 0.5)) ** 2, 0.0)
        parts += [np.tile(one, reps), still]
    obliquity = zero + np.concatenate(parts)
    index = pd.Index(np.arange(len(obliquity)) / RATE_HZ, name="time_s")
    return pd.DataFrame({"obliquity_deg": obliquity, "rotation_deg": 1.0, "tilt_deg": 2.0}, index=index)


def sets_of(angles, stance="left"):
    reps = detect_reps(turn_sides(angles, find_sides(angles, stance)), stance)
    return [(side, len(members)) for (_, side), members in reps.groupby(["set", "side"], sort=False)]


@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize("drops", [(8, -8), (8, -8, 8, -8), (8, 8, -8, -8), (8, -5), (4, -9), (8, 8)])
def test_legs_in_turn(drops, stance):
    other = "right" if stance == "left" else "left"
    assert sets_of(recording(*drops), stance) == [(stance if drop > 0 else other, 5) for drop in drops]


@pytest.mark.parametrize("zero", [-1.5, 1.5])
def test_a_zero_that_is_off_does_no_harm(zero):
    assert sets_of(recording(4, -4, 4, zero=zero)) == [("left", 5), ("right", 5), ("left", 5)]


def test_hikes_above_level_are_no_change_of_leg():
    assert sets_of(recording(8, 8, hike=4.0)) == [("left", 5), ("left", 5)]


def test_signs_turn_with_the_leg_and_the_free_leg_is_left_out():
    angles = recording(8, -8).assign(trunk_lean_deg=3.0, free_leg_angle_deg=4.0, obliquity_se_deg=0.5)
    turned = turn_sides(angles, find_sides(angles, "left"))
    other = turned["side"].eq("right")
    assert turned.columns[0] == "side" and turned.index[other][0] == pytest.approx(12 + 10 + 6, abs=0.5)  # the middle of the rest
    np.testing.assert_array_equal(turned.loc[other, "obliquity_deg"], -angles.loc[other, "obliquity_deg"])
    assert turned.loc[other, ["rotation_deg", "tilt_deg", "trunk_lean_deg", "obliquity_se_deg"]].iloc[0].tolist() == [-1.0, 2.0, -3.0, 0.5]
    assert turned.loc[other, "free_leg_angle_deg"].isna().all()
    pd.testing.assert_frame_equal(turned.loc[~other, angles.columns], angles[~other])


def test_one_leg_leaves_the_table_as_it_came():
    angles = recording(8, 8)
    assert turn_sides(angles, find_sides(angles, "left")) is angles


def test_nothing_to_see_is_one_leg():
    assert set(find_sides(recording(), "right")) == {"right"}
    unknown = recording(8).assign(obliquity_deg=np.nan)
    assert set(find_sides(unknown, "right")) == {"right"}


def test_unknown_leg():
    with pytest.raises(ValueError, match="expected left or right"):
        find_sides(recording(8), "both")


def test_a_short_set_on_the_other_leg_is_told_beside_a_long_one():
    """Thirty repetitions left, eight right: a quarter, and yet a set."""
    long, short = recording(8, reps=30), recording(-8, reps=8)
    joined = pd.concat([long, short], ignore_index=True).set_axis(pd.Index(np.arange(len(long) + len(short)) / RATE_HZ, name="time_s"))
    assert sets_of(joined) == [("left", 30), ("right", 8)]

"""Each coaching point is one number per repetition, computed here by hand, and what its words claim of the load is held against the model."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.form.points import POINTS
from hiphitch_analysis.simulate.body import Body
from hiphitch_analysis.simulate.mechanics import Posture, demand

BY_KEY = {point.key: point for point in POINTS}


def reps_with(**columns):
    return pd.DataFrame({"rep": range(1, 1 + len(next(iter(columns.values())))), **columns})


def measure(key, **columns):
    return BY_KEY[key].measure(reps_with(**columns)).tolist()


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("incomplete_return", "return_error_deg"),
        ("hike_above_level", "return_error_deg"),
        ("drop_too_large", "drop_deg"),
        ("drop_too_small", "drop_deg"),
        ("pelvis_not_square", "rotation_range_deg"),
        ("trunk_lean_stance", "trunk_lean_max_deg"),
        ("trunk_lean_free", "trunk_pull_deg"),
        ("leg_lifted", "thigh_lift_deg"),
        ("leg_drawn_in", "leg_in_deg"),
        ("foot_resting", "floor_share_max"),
        ("loss_of_balance", "sway_deg_s"),
    ],
)
def test_points_that_are_a_measure(key, column):
    assert measure(key, **{column: [0.1, 3.0]}) == [0.1, 3.0]
    assert np.isnan(BY_KEY[key].measure(reps_with(other=[1.0, 2.0]))).all()


def test_a_leg_that_turns_less_or_more_than_the_pelvis_is_apart():
    assert measure("hip_and_leg_apart", leg_gain=[1.0, 0.4, 1.5]) == pytest.approx([0.0, 0.6, 0.5])


def test_the_quicker_phase_counts():
    assert measure("tempo_too_fast", lower_s=[1.0, 0.5], raise_s=[0.8, 0.9]) == [0.8, 0.5]


def test_a_drift_is_the_mean_of_three_whichever_way_it_goes():
    assert measure("lumbar_not_neutral", tilt_drift_deg=[0.0, 0.0, -6.0, -6.0]) == pytest.approx([0.0, 2.0, 4.0, 6.0])


def test_off_the_beat_of_the_neighbours():
    durations = [2.0] * 6 + [3.0] + [2.0] * 6
    off = measure("tempo_uneven", lower_s=[d / 2 for d in durations], raise_s=[d / 2 for d in durations])
    assert off[6] == pytest.approx(0.5) and off[0] == off[12] == 0
    assert off[7] == 0  # those after it keep the beat, whatever came before


def test_a_change_of_tempo_is_not_uneven_nor_is_slowing_down():
    changed = [2.0] * 8 + [1.2] * 8
    off = measure("tempo_uneven", lower_s=[1.0] * 16, raise_s=[d - 1 for d in changed])
    # three are too few to tell a beat, so the fourth from either end is held against all around it: seven of its own beat, one of the other
    assert [off.pop(12), off.pop(3)] == pytest.approx([1 - 1.2 / 1.3, 2.0 / 1.9 - 1]) and max(off) == 0
    slowing = np.linspace(2.0, 3.0, 20)
    # four or five neighbours on the nearer side, or both, lie at most three repetitions away, 0.053 s each
    assert max(measure("tempo_uneven", lower_s=slowing / 2, raise_s=slowing / 2)) < 3 * 0.053 / 2.0


def test_two_repetitions_are_held_against_one_another_and_one_against_nothing():
    assert measure("tempo_uneven", lower_s=[1.0, 2.0], raise_s=[1.0, 2.0]) == pytest.approx([0.5, 1.0])
    assert measure("tempo_uneven", lower_s=[1.0], raise_s=[1.0]) == [0.0]


def test_a_beat_that_is_not_kept_is_none():
    """Three long ones in a row between short ones: those before and after them keep no beat, so the mean of both sides decides."""
    durations = [1.5, 2.5, 1.5, 2.5, 2.5, 2.5, 1.5, 2.5, 1.5]
    middle = measure("tempo_uneven", lower_s=[d / 2 for d in durations], raise_s=[d / 2 for d in durations])[4]
    assert middle == pytest.approx(2.5 / ((4 * 1.5 + 4 * 2.5) / 8) - 1)


def test_every_point_has_its_words_and_limits_in_order():
    assert len(BY_KEY) == len(POINTS) == 15
    for point in POINTS:
        steps = [point.beyond * step for step in (point.limit.mild.value, point.limit.moderate, point.limit.severe)]
        assert steps == sorted(steps) and len(set(steps)) == 3
        assert point.title and point.why and point.look and point.finding.format(value=1.0, unit="")
        assert len(point.cue.split()) <= 8  # to be said in one breath


def moment(drop=0.0, lean_stance=0.0, leg_away=0.0, floor=0.0):
    angles = [np.array([[np.radians(angle)], [0.0], [0.0]]) for angle in (drop, lean_stance, leg_away)]
    return float(demand(Body("male", 75.0, 1.78), Posture(*angles, np.array([floor])), 0.0)[0])


def dynamic_share(drop, phase_s):
    """Largest share that a cosine lowering adds to or takes from the moment of the same posture at rest."""
    u, half, rate = np.linspace(0, np.pi, 401), np.radians(drop) / 2, np.pi / phase_s
    moving = np.stack([half * (1 - np.cos(u)), half * rate * np.sin(u), half * rate**2 * np.cos(u)])
    resting, still = moving * [[1], [0], [0]], np.zeros_like(moving)
    moments = [demand(Body("male", 75.0, 1.78), Posture(curve, still, still, np.zeros(401)), 0.0) for curve in (moving, resting)]
    return float(np.abs(moments[0] / moments[1] - 1).max())


def test_what_the_words_say_of_the_load_is_what_the_model_gives():
    """The simulator's mechanics shares no code with the words; 1 % of the moment: what rounding leaves, and half as much again."""
    level = moment()
    assert "5° take about 12 %" in BY_KEY["trunk_lean_stance"].why and moment(lean_stance=5) / level == pytest.approx(0.88, abs=0.01)
    assert "10° take about 13 %" in BY_KEY["leg_drawn_in"].why and moment(leg_away=-10) / level == pytest.approx(0.87, abs=0.01)
    assert "a quarter" in BY_KEY["foot_resting"].why and moment(floor=0.25) / level == pytest.approx(0.90, abs=0.01)
    shares = [share for phase_s in (1.0, 0.5) for share in (dynamic_share(5, phase_s), dynamic_share(10, phase_s))]
    assert "adds 2–4 % to the moment, at half a second 8–16 %" in BY_KEY["tempo_too_fast"].why
    assert shares == pytest.approx([0.02, 0.04, 0.08, 0.16], abs=0.005)  # half a per cent: rounding
    # The thigh's flexion is no argument of the frontal moment at all; a trunk that bends toward the free side adds to it.
    assert "does not make the leg lighter" in BY_KEY["leg_lifted"].why
    assert "the bend adds to it" in BY_KEY["trunk_lean_free"].why and moment(lean_stance=-5) > level

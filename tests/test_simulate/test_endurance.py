import dataclasses

import numpy as np
import pytest

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate import TIRELESS, Athlete, Body, Technique
from hiphitch_analysis.simulate.endurance import gather_legs, go_to_failure, take_legs, tire_legs
from hiphitch_analysis.simulate.fatigue import GENERAL, KNEE, tire
from hiphitch_analysis.simulate.log import draw_athletes
from hiphitch_analysis.simulate.performance import Task, fresh_capacity, match_capacity, perform

SQUAD = draw_athletes(12, seed=3)
LEGS = gather_legs(SQUAD)
STRENGTH = np.array([athlete.strength_nm(side) for athlete in SQUAD for side in SIDES])
NONE = np.zeros(24)


def hanging(strength_nm_kg, muscle):
    technique = Technique(drop_deg=8.0, leg_coupling=0.0, pause_s=0.0, variability=0.0, sway=0.0)
    return Athlete(body=Body("male", 75.0, 1.78), strength_left_nm_kg=strength_nm_kg, muscle=muscle, technique=technique)


# Repetitions to failure computed for the project with another program, whole numbers (see test_performance).
@pytest.mark.parametrize(("muscle", "expected"), [(KNEE, (9, 17, 24, 32, 40, 57)), (GENERAL, (14, 26, 38, 50, 62, 88))])
def test_repetitions_to_failure_as_computed_elsewhere(muscle, expected):
    athletes = [hanging(strength, muscle) for strength in (1.2, 1.4, 1.6, 1.8, 2.0, 2.4)]
    left = take_legs(gather_legs(athletes), np.arange(0, 12, 2))
    capacity, _ = go_to_failure(left, np.array([athlete.strength_nm("left") for athlete in athletes]), np.zeros(6), np.zeros(6))
    np.testing.assert_allclose(capacity, expected, atol=1.5)


@pytest.mark.parametrize("ankle_kg", [0.0, 4.0])
def test_many_legs_do_what_one_leg_does(ankle_kg):
    capacity, _ = go_to_failure(LEGS, STRENGTH, NONE, np.full(24, ankle_kg))
    one_by_one = [fresh_capacity(athlete, side, ankle_kg) for athlete in SQUAD for side in SIDES]
    assert capacity == pytest.approx(one_by_one, rel=1e-9)  # the same rules written twice


def test_a_day_of_three_sets_is_what_an_athlete_without_human_noise_performs():
    steady = [dataclasses.replace(athlete, technique=dataclasses.replace(athlete.technique, variability=0.0)) for athlete in SQUAD]
    legs, fatigued, alone = gather_legs(steady), NONE, []
    for number in range(3):
        if number:
            fatigued = tire_legs(legs, fatigued, 0.0, 60.0)
        capacity, course = go_to_failure(legs, STRENGTH, fatigued, NONE)
        attempts = np.minimum(np.floor(capacity).astype(int) + 1, len(course) - 1)
        fatigued = course[attempts, np.arange(24)]
        alone.append(np.floor(capacity))
    done = [perform(athlete, Task(reps=200, sides=(side,) * 3)) for athlete in steady for side in SIDES]
    complete = np.array([[one.complete for one in sets] for sets in done]).T
    # Near failure a performer tries slower raises one after the other, which tires a little differently.
    assert np.abs(complete - np.array(alone)).max() <= 1
    assert (complete[2] < 0.8 * complete[0]).all()  # else there was no tiredness to compare


def test_rest_is_that_of_the_fatigue_model():
    share = np.linspace(0, 0.6, 24)
    rested = tire_legs(LEGS, share, 0.0, 60.0)
    assert rested == pytest.approx([tire(f, 0.0, 60.0, a.muscle) for f, a in zip(share, np.repeat(np.array(SQUAD, object), 2), strict=True)])


def test_course_rises_until_failure_and_stays():
    capacity, course = go_to_failure(LEGS, STRENGTH, NONE, NONE)
    last = np.floor(capacity).astype(int) + 1
    for leg in range(24):
        assert (np.diff(course[: last[leg] + 1, leg]) > 0).all()
        assert (course[last[leg] :, leg] == course[last[leg], leg]).all()


def test_who_is_tired_or_cannot_stand_does_less():
    fresh, _ = go_to_failure(LEGS, STRENGTH, NONE, NONE)
    tired, _ = go_to_failure(LEGS, STRENGTH, NONE + 0.2, NONE)
    assert (tired < fresh).all()
    nothing, course = go_to_failure(LEGS, 0.4 * STRENGTH, NONE, NONE)  # below what standing takes
    assert (nothing == 0).all() and course.shape == (1, 24)


def test_sets_are_given_up():
    strong = match_capacity(Athlete(), "left", 150)
    capacity, course = go_to_failure(gather_legs([strong]), np.full(2, strong.strength_nm("left")), np.zeros(2), np.zeros(2), most=30)
    assert capacity.tolist() == [30, 30] and len(course) == 31


def test_the_tireless_are_refused():
    with pytest.raises(ValueError, match="expected athletes who tire"):
        gather_legs([TIRELESS])

"""Which sets of an export are taken, on which leg, in which session: what all apps have in common."""

import time

import pandas as pd
import pytest

from hiphitch_analysis.read import read_log
from hiphitch_analysis.read.logfile import make_hints, open_log, read_opened

STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
FITNOTES = "Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time,Comment\n"


def strong(*sets):
    """Write an export of Strong: (day and hour, exercise, set order, repetitions or seconds of a timer, note)."""
    lines = []
    for when, exercise, order, number, *note in sets:
        reps, seconds = (0, number) if order == "Rest Timer" else (number, 0)
        lines.append(f"2026-01-{when}:00:00,Hips,1h,{exercise},{order},0,{reps},0,{seconds},{''.join(note)},,\n")
    return STRONG + "".join(lines)


@pytest.fixture
def read(write):
    def read_content(content, mapping=None):
        path = write(content)
        file_map = write("exercise,counts_as,side\n" + mapping, "map.csv") if mapping else None
        return read_opened(open_log(path), make_hints("A1", file_map, None, None))

    return read_content


def seen(log, *columns):
    return [tuple(None if pd.isna(value) else value for value in row) for row in log.reindex(columns=list(columns)).itertuples(index=False)]


def test_the_map_says_the_side_before_name_and_note(read):
    content = strong(("05 18", "Hip Hitch (Left)", 1, 20, "right"))
    assert read(content).log["side"].tolist() == ["left"]  # and the name before the note
    assert read(content).sides == {("from the exercises' names", "left"): 1}
    reading = read(content.replace("(Left),1,0,20,0,0,right", "(Left),1,0,20,0,0,left"), "Hip Hitch (Left),hip_hitch,right\n")
    assert reading.log["side"].tolist() == ["right"] and reading.sides == {("from the map", "right"): 1}
    assert reading.exercises == ("Hip Hitch (Left)",)


def test_pairs_are_left_and_right_in_turn(read):
    content = strong(*(("05 18", "Hip Hitch", k, 20 + k) for k in range(1, 5)), *(("07 18", "Hip Hitch", k, 30 + k) for k in (1, 2)))
    expected = [("left", 1, 21), ("right", 1, 22), ("left", 2, 23), ("right", 2, 24), ("left", 1, 31), ("right", 1, 32)]
    assert seen(read(content, "Hip Hitch,hip_hitch,pairs\n").log, "side", "set", "reps") == expected
    turned = [({"left": "right", "right": "left"}[side], number, reps) for side, number, reps in expected]
    assert seen(read(content, "Hip Hitch,hip_hitch,pairs right first\n").log, "side", "set", "reps") == turned


def test_a_side_that_a_note_names_goes_before_the_turn(read):
    content = strong(("05 18", "Hip Hitch", 1, 20, "right"))
    assert read(content, "Hip Hitch,hip_hitch,pairs\n").log["side"].tolist() == ["right"]


def test_where_each_side_is_from_is_counted(read):
    sets = ("05 18", 1, 20, "right"), ("07 18", 1, 20), ("07 18", 2, 20)
    content = strong(*((when, "Hip Hitch", *one) for when, *one in sets), ("07 18", "Hip Hike L", 1, 9))
    sides = read(content, "Hip Hitch,hip_hitch,pairs\n").sides
    in_turn = {("in turn, as the map says", "left"): 1, ("in turn, as the map says", "right"): 1}
    assert sides == {("from the notes", "right"): 1, **in_turn, ("from the exercises' names", "left"): 1}


def test_pairs_without_their_other_half_are_refused(read):
    content = strong(*(("05 18", "Hip Hitch", k, 20) for k in (1, 2, 3)), ("07 18", "Hip Hitch", 1, 20), ("07 18", "Hip Hitch", 2, 20))
    with pytest.raises(ValueError, match="'Hip Hitch' is logged in pairs of left and right, but on 2026-01-05 an odd number of sets is left"):
        read(content, "Hip Hitch,hip_hitch,pairs\n")


def test_pairs_are_never_assumed(read):
    with pytest.raises(ValueError, match="on which leg 'Hip Hitch' was done is not said in line 2, 3"):
        read(strong(("05 18", "Hip Hitch", 1, 20), ("05 18", "Hip Hitch", 2, 20)))


def test_two_exercises_of_one_leg_are_numbered_on(read):
    content = strong(("05 18", "Hip Hitch (Left)", 1, 20), ("05 18", "Squat", 1, 5), ("05 18", "Hip Hike L", 1, 18))
    assert seen(read(content).log, "set", "reps") == [(1, 20), (2, 18)]


def test_a_second_block_of_the_same_exercise_is_more_sets(read):
    content = strong(("05 18", "Hip Hitch L", 1, 20), ("05 18", "Squat", 1, 5), ("05 18", "Hip Hitch L", 1, 20))
    reading = read(content)
    assert seen(reading.log, "set", "reps") == [(1, 20), (2, 20)] and reading.left_out == {"another exercise": 1}


def test_two_workouts_of_a_day_are_two_sessions_in_the_order_of_time(read):
    content = strong(("06 19", "Hip Hitch L", 1, 22), ("05 19", "Hip Hitch L", 1, 18), ("05 08", "Hip Hitch L", 1, 20))
    expected = [(pd.Timestamp(2026, 1, 5), 1.0, 1, 20), (pd.Timestamp(2026, 1, 5), 2.0, 1, 18), (pd.Timestamp(2026, 1, 6), None, 1, 22)]
    assert seen(read(content).log, "date", "session", "set", "reps") == expected


def test_rest_is_that_of_the_timer_between_two_sets(read):
    content = strong(
        ("05 18", "Squat", 1, 5),
        ("05 18", "Squat", "Rest Timer", 180),  # before the first set, but no rest from a hip hitch
        ("05 18", "Hip Hitch L", "W", 8),
        ("05 18", "Hip Hitch L", "Rest Timer", 30),
        ("05 18", "Hip Hitch L", 1, 20),
        ("05 18", "Hip Hitch L", 2, 20),
        ("05 18", "Hip Hitch L", "Rest Timer", 60),
        ("05 18", "Hip Hitch R", 1, 20),
        ("05 18", "Hip Hitch R", "Rest Timer", 90),
        ("07 18", "Hip Hitch R", 1, 20),  # the next day
    )
    assert seen(read(content).log, "side", "rest_s") == [("left", 30.0), ("left", None), ("right", 60.0), ("right", None)]
    content = strong(
        ("05 18", "Squat", 1, 5), ("05 18", "Squat", "Rest Timer", 180), ("05 18", "Hip Hitch L", 1, 20), ("05 18", "Hip Hitch L", 2, 20)
    )
    assert "rest_s" not in read(content).log


def test_the_same_row_twice_counts_once(read):
    reading = read(strong(("05 18", "Hip Hitch L", 1, 20), ("05 18", "Hip Hitch L", 1, 20), ("05 18", "Hip Hitch L", 2, 20)))
    assert seen(reading.log, "set", "reps") == [(1, 20), (2, 20)] and reading.left_out == {"twice in the file": 1}


def test_rows_that_may_well_be_alike_are_kept(read):
    alike = [("05 18", "Hip Hitch L", "F", 20)] * 2  # a tag stands in the place of the set's number
    assert len(read(strong(*alike)).log) == 2
    assert len(read(FITNOTES + "2026-01-05,Hip Hitch L,Hips,0,20,,,,\n" * 3).log) == 3


@pytest.mark.parametrize("days", [("05", "07", "05", "07"), ("05", "07", "05", "07", "05", "07")])
def test_two_exports_in_one_file_count_once(read, days):
    sets = [(f"{day} 18", "Hip Hitch L", k, 20) for day in days for k in (1, 2)]
    reading = read(strong(*sets))
    assert seen(reading.log, "set", "reps") == [(1, 20), (2, 20)] * 2 and reading.left_out == {"twice in the file": len(sets) - 4}
    content = FITNOTES + "".join(f"2026-01-{day},Hip Hitch L,Hips,0,20,,,,\n" * 2 for day in days)
    assert seen(read(content).log, "set", "reps") == [(1, 20), (2, 20)] * 2


def test_a_set_that_stands_twice_with_other_figures_is_refused(read):
    with pytest.raises(ValueError, match=r"the workout of 2026-01-05 stands twice, with different figures of 'Hip Hitch L' \(line 4\)"):
        read(strong(("05 18", "Hip Hitch L", 1, 20), ("07 18", "Hip Hitch L", 1, 20), ("05 18", "Hip Hitch L", 1, 22)))
    with pytest.raises(ValueError, match="stands twice"):
        read(FITNOTES + "".join(f"2026-01-{day},Hip Hitch L,Hips,0,{reps},,,,\n" for day, reps in (("05", 20), ("07", 20), ("05", 22))))


def test_thousands_of_rows_are_quick(write):
    exercises = ("Hip Hitch L", "Hip Hitch R", "Squat")
    starts = [f"{day:%Y-%m-%d} 18:00:00,Hips,1h," for day in pd.date_range("2000-01-01", periods=3000)]
    lines = [f"{start}{exercise},{k},0,{20 + k},0,0,,,\n" for start in starts for exercise in exercises for k in (1, 2, 3)]
    start = time.perf_counter()
    log = read_log(write(STRONG + "".join(lines)), athlete_id="A1")
    assert len(log) == 18000
    # 27,000 rows take about 1 s alone; what grows with their square would take minutes, however busy the machine is
    assert time.perf_counter() - start < 10

"""Every expected line here was written by hand after the headers and habits of real exports."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate.exports import APPS, Habits

LOG_COLUMNS = ["date", "session", "side", "set", "reps", "ankle_kg", "rest_s", "rpe", "stop_reason", "notes"]
# One athlete: a day of two sets a side, the second to failure on the left; another with 2.5 kg, where form went and pain came.
ROWS = [
    ("2025-06-28", 1, "left", 1, 20, 0.0, np.nan, 5.5, "target", None),
    ("2025-06-28", 1, "right", 1, 20, 0.0, np.nan, 6.0, "target", None),
    ("2025-06-28", 1, "left", 2, 17, 0.0, 60.0, 10.0, "fatigue", None),
    ("2025-06-28", 1, "right", 2, 20, 0.0, 65.0, 7.0, "target", None),
    ("2025-06-30", 2, "left", 1, 18, 2.5, np.nan, 9.0, "technique", 'wobbly, "soft" mat'),
    ("2025-06-30", 2, "right", 1, 9, 2.5, np.nan, np.nan, "pain", None),
]
LOG = pd.DataFrame(ROWS, columns=LOG_COLUMNS).assign(athlete_id="A01", body_mass_kg=70.4)
LOG["date"] = pd.to_datetime(LOG["date"])


def lines(app, **habits):
    text = APPS[app](LOG, Habits(**habits))
    assert text.endswith("\n") and "\r" not in text
    return text.splitlines()


def test_strong():
    # 77 repetitions of two seconds and 125 s of rest are 4.65 minutes; 27 of them 0.9.
    assert lines("strong") == [
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE",
        '2025-06-28 18:00:00,"Hips",5min,"Hip Hitch (Left)",1,0.0,20,0,0,"","",5.5',
        '2025-06-28 18:00:00,"Hips",5min,"Hip Hitch (Left)",Rest Timer,0,0.0,0,60.0,,,',
        '2025-06-28 18:00:00,"Hips",5min,"Hip Hitch (Left)",F,0.0,17,0,0,,,10',
        '2025-06-28 18:00:00,"Hips",5min,"Hip Hitch (Right)",1,0.0,20,0,0,"","",6',
        '2025-06-28 18:00:00,"Hips",5min,"Hip Hitch (Right)",Rest Timer,0,0.0,0,65.0,,,',
        '2025-06-28 18:00:00,"Hips",5min,"Hip Hitch (Right)",2,0.0,20,0,0,,,7',
        '2025-06-30 18:00:00,"Hips",1min,"Hip Hitch (Left)",1,2.5,18,0,0,"set 1: form went; wobbly, ""soft"" mat","",9',
        '2025-06-30 18:00:00,"Hips",1min,"Hip Hitch (Right)",1,2.5,9,0,0,"set 1: pain","",',
    ]


def test_strong_2017_in_pounds_does_not_say_so():
    found = lines("strong_2017", unit="lb", warm_up=True)
    assert found[0] == "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes"
    assert found[1:4] == [
        '2025-06-28 18:00:00,"Hips","Hip Hitch (Left)",W,0.0,5,0,0,"",""',
        '2025-06-28 18:00:00,"Hips","Hip Hitch (Left)",1,0.0,20,0,0,,',
        '2025-06-28 18:00:00,"Hips","Hip Hitch (Left)",F,0.0,17,0,0,,',
    ]
    assert found[-1] == '2025-06-30 18:00:00,"Hips","Hip Hitch (Right)",1,5.51,9,0,0,,'  # 2.5 kg
    assert len(found) == 1 + 6 + 4


@pytest.mark.parametrize(("unit", "columns", "weight"), [("kg", "kg,Reps,km", "2.5"), ("lb", "lbs,Reps,mi", "5.51")])
def test_strong_2016_counts_from_nought_and_has_the_unit_in_its_header(unit, columns, weight):
    found = lines("strong_2016", unit=unit, warm_up=True)  # it could not mark a warm-up
    assert found[0] == f"Date,Workout Name,Exercise Name,Set Order,{columns},Seconds,Notes"
    assert found[1:3] == [
        '2025-06-28 18:00:00,"Hips","Hip Hitch (Left)",0,0,20,0,0,""',
        '2025-06-28 18:00:00,"Hips","Hip Hitch (Left)",1,0,17,0,0,""',
    ]
    assert found[-1] == f'2025-06-30 18:00:00,"Hips","Hip Hitch (Right)",0,{weight},9,0,0,"set 1: pain"'
    assert len(found) == 7


def test_strong_android():
    assert lines("strong_android", side_in="notes", decimal_comma=True) == [
        "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;Notes;Workout Notes;Workout Duration",
        '2025-06-28 18:00:00;"Hips";"Hip Hitch";1;;;20;5,5;;;0;"left";"";5m',
        '2025-06-28 18:00:00;"Hips";"Hip Hitch";F;;;17;10;;;0;;;5m',
        '2025-06-28 18:00:00;"Hips";"Hip Hitch";1;;;20;6;;;0;"right";"";5m',
        '2025-06-28 18:00:00;"Hips";"Hip Hitch";2;;;20;7;;;0;;;5m',
        '2025-06-30 18:00:00;"Hips";"Hip Hitch";1;2,5;kg;18;9;;;0;"left; set 1: form went; wobbly, ""soft"" mat";"";1m',
        '2025-06-30 18:00:00;"Hips";"Hip Hitch";1;2,5;kg;9;;;;0;"right; set 1: pain";"";1m',
    ]
    assert lines("strong_android", unit="lb")[-1].split(";")[4:6] == ["5.51", "lbs"]


def test_hevy():
    assert lines("hevy") == [
        '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index","set_type","weight_kg","reps",'
        '"distance_km","duration_seconds","rpe"',
        '"Hips","30 Jun 2025, 18:00","30 Jun 2025, 18:01","","Hip Hitch (Left)",,"set 1: form went; wobbly, ""soft"" mat",0,"normal",2.5,18,,,9',
        '"Hips","30 Jun 2025, 18:00","30 Jun 2025, 18:01","","Hip Hitch (Right)",,"set 1: pain",0,"normal",2.5,9,,,',
        '"Hips","28 Jun 2025, 18:00","28 Jun 2025, 18:05","","Hip Hitch (Left)",,"",0,"normal",,20,,,',  # ratings begin at 6
        '"Hips","28 Jun 2025, 18:00","28 Jun 2025, 18:05","","Hip Hitch (Left)",,"",1,"failure",,17,,,10',
        '"Hips","28 Jun 2025, 18:00","28 Jun 2025, 18:05","","Hip Hitch (Right)",,"",0,"normal",,20,,,6',
        '"Hips","28 Jun 2025, 18:00","28 Jun 2025, 18:05","","Hip Hitch (Right)",,"",1,"normal",,20,,,7',
    ]


def test_hevy_in_other_countries():
    american = lines("hevy", unit="lb", dates="us", warm_up=True)
    assert '"weight_lbs","reps","distance_miles"' in american[0]
    assert american[1].startswith('"Hips","Jun 30, 2025, 6:00 PM","Jun 30, 2025, 6:01 PM","","Hip Hitch (Left)",,')
    assert american[1].endswith(',0,"warmup",,5,,,')
    assert american[2].endswith(',1,"normal",5.51,18,,,9')
    assert lines("hevy", dates="fr")[1].startswith('"Hips","30 juin 2025, 18:00","30 juin 2025, 18:01",')


def test_fitnotes():
    assert lines("fitnotes", warm_up=True) == [  # it could not mark a warm-up
        "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment",
        "2025-06-28,Hip Hitch (Left),Legs,,,20,,,,",
        "2025-06-28,Hip Hitch (Left),Legs,,,17,,,,",
        "2025-06-28,Hip Hitch (Right),Legs,,,20,,,,",
        "2025-06-28,Hip Hitch (Right),Legs,,,20,,,,",
        '2025-06-30,Hip Hitch (Left),Legs,2.5,kgs,18,,,,"form went; wobbly, ""soft"" mat"',
        "2025-06-30,Hip Hitch (Right),Legs,2.5,kgs,9,,,,pain",
    ]
    assert lines("fitnotes", unit="lb", side_in="notes")[-1] == "2025-06-30,Hip Hitch,Legs,5.51,lbs,9,,,,right; pain"


def test_fitnotes_old():
    assert lines("fitnotes_old", unit="lb")[::6] == [
        "Date,Exercise,Category,Weight (lbs),Reps,Distance,Distance Unit,Time",
        "2025-06-30,Hip Hitch (Right),Legs,5.51,9,,,",
    ]
    assert lines("fitnotes_old")[0] == "Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time"
    with pytest.raises(ValueError, match="fitnotes_old: expected the side in the exercise's name"):
        lines("fitnotes_old", side_in="notes")


def test_fitnotes_ios():
    assert lines("fitnotes_ios", warm_up=True)[:4] == [
        "Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Time,Distance,Status,IsWarmup,RPE,RIR,Categories,Note",
        'Hips,2025-06-28T18:00:00Z,2025-06-28T18:05:00Z,"70,4",Hip Hitch (Left),None,5,0,,,Done,true,,,"Legs",',
        'Hips,2025-06-28T18:00:00Z,2025-06-28T18:05:00Z,"70,4",Hip Hitch (Left),None,20,0,,,Done,false,"5,5",,"Legs",',
        'Hips,2025-06-28T18:00:00Z,2025-06-28T18:05:00Z,"70,4",Hip Hitch (Left),None,17,0,,,Failed,false,10,,"Legs",',
    ]
    assert lines("fitnotes_ios")[-1] == (
        'Hips,2025-06-30T18:00:00Z,2025-06-30T18:01:00Z,"70,4",Hip Hitch (Right),None,9,"2,5",,,Done,false,,,"Legs",pain'
    )


def test_two_workouts_of_one_day_have_their_own_hours():
    twice = LOG.assign(date=pd.Timestamp("2025-06-28"))
    starts = [line.split(",")[0] for line in APPS["strong"](twice, Habits()).splitlines()[1:]]
    assert sorted(set(starts)) == ["2025-06-28 18:00:00", "2025-06-28 19:00:00"]


def test_a_long_workout_has_hours():
    long = LOG.assign(rest_s=1900.0)
    assert ',"Hips",2h 9m,' in APPS["strong"](long, Habits())  # 4 · 1900 s and 77 · 2 s are 129.2 minutes
    assert APPS["strong_android"](long, Habits()).splitlines()[1].endswith(";2h 9m")


@pytest.mark.parametrize("app", APPS)
def test_byte_order_mark_only_where_asked_for(app):
    assert not APPS[app](LOG, Habits()).startswith("\ufeff")
    assert APPS[app](LOG, Habits(bom=True)) == "\ufeff" + APPS[app](LOG, Habits())


@pytest.mark.parametrize(("wrong", "message"), [({"unit": "st"}, "unit"), ({"dates": "de"}, "dates"), ({"side_in": "name,notes"}, "side_in")])
def test_unknown_habits_are_refused(wrong, message):
    with pytest.raises(ValueError, match=f"{message}: expected"):
        Habits(**wrong)

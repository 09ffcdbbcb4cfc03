"""The exports of Strong, Hevy and FitNotes, variant by variant, each written here by hand."""
# ruff: noqa: E501 — the headers are as long as the apps write them

import gzip
import zipfile

import pandas as pd
import pytest

from hiphitch_analysis.read import read_log
from hiphitch_analysis.read.logfile import LogDoubt, make_hints, open_log, read_opened

STRONG_2016 = """Date,Workout Name,Exercise Name,Set Order,kg,Reps,km,Seconds,Notes
2016-02-03 18:00:00,Hips,Hip Hitch (Left),0,0.5,20,0,0,
2016-02-03 18:00:00,Hips,Hip Hitch (Left),1,0.5,18,0,0,
2016-02-03 18:00:00,Hips,Squat,0,80,5,0,0,
"""
STRONG_2016_LB = """Date;Workout Name;Exercise Name;Set Order;lbs;Reps;mi.;Seconds;Notes;Workout Notes
2018-02-03 18:00:00;"Hips";"Hip Hitch (Left)";1;2.2;20;0;0;"";""
"""
STRONG_2017 = """Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes
2018-02-03 18:00:00,Hips,Hip Hike,1,0,20,0,0,right,
2018-02-03 18:00:00,Hips,Hip Hike,2,0,20,0,0,,
"""
STRONG_2020 = """Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",W,0,5,0,0,"","",
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",1,0,20.0,0,0,,,7
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",Rest Timer,0,0.0,0,60.0,,,
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",2,0,20,0,0,,,10
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",Rest Timer,0,0.0,0,90.0,,,
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",F,0,17,0,0,,,
2021-02-10 16:46:13,"Hips",2h 18m,"Hip Hitch L",D,0,8,0,0,,,
2021-02-10 16:46:13,"Hips",2h 18m,"Plank",1,0,0,0,60,,,
"""
STRONG_ANDROID = """Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;Notes;Workout Notes;Workout Duration
2023-07-30 16:49:28;"Hips";"Hip Hitch (Right)";1;1,5;kg;20;;;;0;"";"";44m
2023-07-30 16:49:28;"Hips";"Hip Hitch (Right)";2;2,5;lbs;19;9,5;;;0;"";"";44m
"""
STRONG_NOW = """"Workout #";"Date";"Workout Name";"Duration (sec)";"Exercise Name";"Set Order";"Weight (kg)";"Reps";"RPE";"Distance (meters)";"Seconds";"Notes";"Workout Notes"
"7";"2025-05-28 12:58:47";"Day 3";"4195";"Hip Hitch";"W";"";"15";"";"";"";"";""
"7";"2025-05-28 12:58:47";"Day 3";"4195";"Hip Hitch";"1";"0.5";"20";"";"";"";"";""
"7";"2025-05-28 12:58:47";"Day 3";"4195";"Hip Hitch";"Rest Timer";"";"";"";"";"120.0";"";""
"7";"2025-05-28 12:58:47";"Day 3";"4195";"Hip Hitch";"F";"0.5";"17";"";"";"";"";""
"7";"2025-05-28 12:58:47";"Day 3";"4195";"Hip Hitch";"Note";"";"";"";"";"";"left leg";""
"""
STRONG_GERMAN = """\ufeffDatum,Workout-Name,Dauer,Name der Übung,Reihenfolge festlegen,Gewicht,Wiederh.,Entfernung,Sekunden,Notizen,Workout-Notizen,RPE
2025-08-23 17:51:23,"Hüfte",2h 23min,"Becken absenken rechts",1,"0,5",20.0,0,0.0,"","Erstes Training",
2025-08-23 17:51:23,"Hüfte",2h 23min,"Becken absenken rechts",Ruhezeit,0,0.0,0,45.0,,,
2025-08-23 17:51:23,"Hüfte",2h 23min,"Becken absenken rechts",2,"0,5",18.0,0,0.0,"","",
"""
STRONG_FRENCH = """Date,Nom de l'entraînement,Durée,Nom de l'exercice,Ordre de la série,Poids,Réps,Distance,Secondes,Notes,Notes d'entraînement,RPE
2025-12-30 20:57:41,"Hanches",1h,"Chute du bassin ",1,0.0,20.0,0,0.0,"jambe gauche","",
2025-12-30 20:57:41,"Hanches",1h,"Chute du bassin ",Minuteur de repos,0,0.0,0,30.0,,,
2025-12-30 20:57:41,"Hanches",1h,"Chute du bassin ",2,0.0,19.0,0,0.0,,,
"""
STRONG_SPANISH = """Fecha;Nombre del entrenamiento;Duración;Nombre del ejercicio;Orden de la serie;Peso;Repeticiones;Distancia;Segundos;Notas;Notas del entrenamiento;RPE
2025-12-30 20:57:41;Cadera;1h;Caída pélvica (izquierda);1;1,5;20;0;0;;;
2025-12-30 20:57:41;Cadera;1h;Caída pélvica (izquierda);Temporizador de descanso;0;0;0;30;;;
2025-12-30 20:57:41;Cadera;1h;Caída pélvica (izquierda);2;1,5;19;0;0;;;
"""
HEVY = """"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index","set_type","weight_kg","reps","distance_km","duration_seconds","rpe"
"Hips","30 Jun 2025, 19:56","30 Jun 2025, 20:58","","Hip Hitch (Left)",,"",0,"warmup",,10,,,
"Hips","30 Jun 2025, 19:56","30 Jun 2025, 20:58","","Hip Hitch (Left)",,"",1,"normal",0.5,30,,,8.5
"Hips","30 Jun 2025, 19:56","30 Jun 2025, 20:58","","Hip Hitch (Left)",,"",2,"failure",0.5,24,,,
"Hips","30 Jun 2025, 19:56","30 Jun 2025, 20:58","","Hip Hitch (Left)",,"",3,"dropset",,12,,,
"Hips","30 Jun 2025, 19:56","30 Jun 2025, 20:58","","Side Plank",,"",0,"normal",,,,45,
"Hips","28 Jun 2025, 09:00","28 Jun 2025, 10:00","","Hip Hitch (Left)",,"",0,"normal",,25,,,
"""
FITNOTES_KGS = """Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time,Comment
2026-03-02,Hip Hitch,Hips,0.0,30,,,,"left"
2026-03-02,Hip Hitch,Hips,0.0,30,,,,"right"
2026-03-02,Hip Hitch,Hips,0.5,28,,,,"left, shaky"
2026-03-02,Plank,Abs,,,,,0:01:00,
"""
FITNOTES_UNIT = """Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment
2026-03-02,Hip Hitch R,Hips,1.0,lbs,30,,,,""
2026-03-02,Hip Hitch R,Hips,1.0,kgs,30,,,,""
"""
FITNOTES_IOS = """Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Time,Distance,Status,IsWarmup,RPE,RIR,Categories,Note
Hips,2025-02-23T10:13:53Z,2025-02-23T11:08:47Z,"94,0",Hip Hitch Left,Bodyweight,10,"0,0",,,Done,true,,,"Hips,Glutes",
Hips,2025-02-23T10:13:53Z,2025-02-23T11:08:47Z,"94,0",Hip Hitch Left,Bodyweight,30,"0,5",,,Done,false,"8,5",2,"Hips,Glutes",
Hips,2025-02-23T10:13:53Z,2025-02-23T11:08:47Z,"94,0",Hip Hitch Left,Bodyweight,25,"0,5",,,Failed,false,,0,"Hips,Glutes",shaky
Hips,2025-02-23T10:13:53Z,2025-02-23T11:08:47Z,"94,0",Hip Hitch Left,Bodyweight,30,"0,5",,,NotStarted,false,,,"Hips,Glutes",
"""

SEEN = ["date", "side", "set", "reps", "ankle_kg", "rest_s", "rpe", "stop_reason"]


def read(path, **options):
    file = open_log(path)
    options = {"athlete_id": "A1", "mapping": None, "plan": None, "weight_unit": None} | options
    return file.format, read_opened(file, make_hints(**options))


def rows(log):
    """Return what a table says, an empty cell as None."""
    table = log.reindex(columns=SEEN).assign(date=log["date"].dt.strftime("%m-%d"))
    return [tuple(None if pd.isna(value) else value for value in row) for row in table.itertuples(index=False)]


@pytest.mark.parametrize(
    ("content", "app", "expected", "left_out"),
    [
        (STRONG_2016, "Strong", [("02-03", "left", 1, 20, 0.5, *[None] * 3), ("02-03", "left", 2, 18, 0.5, *[None] * 3)], {"another exercise": 1}),
        (STRONG_2016_LB, "Strong", [("02-03", "left", 1, 20, 0.998, *[None] * 3)], {}),  # 2.2 lb = 0.99790 kg
        (STRONG_2017, "Strong", [("02-03", "right", 1, 20, *[None] * 4), ("02-03", "right", 2, 20, *[None] * 4)], {}),
        (
            STRONG_2020,
            "Strong",
            [
                ("02-10", "left", 1, 20, None, None, 7.0, None),
                ("02-10", "left", 2, 20, None, 60.0, 10.0, "fatigue"),
                ("02-10", "left", 3, 17, None, 90.0, None, "fatigue"),
            ],
            {"rest timer": 2, "warm-up": 1, "drop set": 1, "another exercise": 1},
        ),
        (STRONG_ANDROID, "Strong", [("07-30", "right", 1, 20, 1.5, *[None] * 3), ("07-30", "right", 2, 19, 1.134, None, 9.5, None)], {}),
        (
            STRONG_NOW,
            "Strong",
            [("05-28", "left", 1, 20, 0.5, *[None] * 3), ("05-28", "left", 2, 17, 0.5, 120.0, None, "fatigue")],
            {"warm-up": 1, "rest timer": 1, "note": 1},
        ),
        (STRONG_GERMAN, "Strong", [("08-23", "right", 1, 20, 0.5, *[None] * 3), ("08-23", "right", 2, 18, 0.5, 45.0, None, None)], {"rest timer": 1}),
        (STRONG_FRENCH, "Strong", [("12-30", "left", 1, 20, *[None] * 4), ("12-30", "left", 2, 19, None, 30.0, None, None)], {"rest timer": 1}),
        (STRONG_SPANISH, "Strong", [("12-30", "left", 1, 20, 1.5, *[None] * 3), ("12-30", "left", 2, 19, 1.5, 30.0, None, None)], {"rest timer": 1}),
        (
            HEVY,
            "Hevy",
            [
                ("06-28", "left", 1, 25, *[None] * 4),
                ("06-30", "left", 1, 30, 0.5, None, 8.5, None),
                ("06-30", "left", 2, 24, 0.5, None, None, "fatigue"),
            ],
            {"warm-up": 1, "drop set": 1, "another exercise": 1},
        ),
        (
            FITNOTES_KGS,
            "FitNotes",
            [("03-02", "left", 1, 30, *[None] * 4), ("03-02", "right", 1, 30, *[None] * 4), ("03-02", "left", 2, 28, 0.5, *[None] * 3)],
            {"another exercise": 1},
        ),
        (FITNOTES_UNIT, "FitNotes", [("03-02", "right", 1, 30, 0.454, *[None] * 3), ("03-02", "right", 2, 30, 1.0, *[None] * 3)], {}),
        (
            FITNOTES_IOS,
            "FitNotes",
            [("02-23", "left", 1, 30, 0.5, None, 8.5, None), ("02-23", "left", 2, 25, 0.5, None, None, "fatigue")],
            {"warm-up": 1, "planned, not done": 1},
        ),
    ],
    ids=("2016", "2016-lb", "2017", "2020", "android", "now", "german", "french", "spanish", "hevy", "fitnotes-kgs", "fitnotes-unit", "fitnotes-ios"),
)
def test_variants(write, content, app, expected, left_out):
    name, reading = read(write(content))
    assert name == app
    assert rows(reading.log) == expected
    assert reading.left_out == left_out
    assert reading.rows == len(expected) + sum(left_out.values())
    assert reading.log["athlete_id"].unique().tolist() == ["A1"]


def test_hevy_in_pounds(write):
    content = HEVY.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles")
    assert rows(read(write(content))[1].log)[1][4] == 0.227  # 0.5 lb


@pytest.mark.parametrize("start", ["Jun 30, 2025, 7:56 PM", "30 juin 2025, 19:56", "30.06.2025 19:56", "2025-06-30 19:56:00"])
def test_hevy_dates_in_other_languages(write, start):
    content = "\n".join(line for line in HEVY.replace("30 Jun 2025, 19:56", start).splitlines() if "28 Jun" not in line)
    assert read(write(content))[1].log["date"].unique().tolist() == [pd.Timestamp(2025, 6, 30)]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "sep=;\n" + text,
        lambda text: text + "\n\n",
        lambda text: text.replace('"', ""),
        lambda text: text.replace(";", "\t"),
    ],
)
def test_how_a_file_was_saved_is_no_matter(write, change):
    assert rows(read(write(change(STRONG_ANDROID)))[1].log) == rows(read(write(STRONG_ANDROID))[1].log)
    assert len(read(write(change(STRONG_ANDROID).encode("utf-16")))[1].log) == 2


def test_a_weight_without_a_unit_is_taken_as_kilograms_and_said(write):
    path = write(STRONG_2017.replace("Hike,1,0,", "Hike,1,2,"))
    with pytest.warns(
        LogDoubt, match=r"file.csv: the file does not say whether weights are kg or lb: taken as kg, else give --weight-unit lb \(1 set\)"
    ):
        assert read_log(path, athlete_id="A1")["ankle_kg"].tolist()[0] == 2.0
    assert read_log(path, athlete_id="A1", weight_unit="lb")["ankle_kg"].tolist()[0] == 0.907
    with pytest.raises(ValueError, match="weight_unit: expected kg or lb, got 'stone'"):
        read_log(path, athlete_id="A1", weight_unit="stone")


def test_figures_that_cannot_be_are_left_out_and_said(write):
    content = STRONG_ANDROID.replace("1,5;kg;20;;", "75;kg;20;11;")
    _, reading = read(write(content))
    assert rows(reading.log)[0][4:7] == (None, None, None)
    assert sorted(reading.doubts) == ["a weight that no ankle carries is left out (1 set)", "an RPE above 10 is left out (1 set)"]


def test_notes_stand_with_their_set(write):
    assert read(write(FITNOTES_KGS))[1].log["notes"].tolist() == ["left", "right", "left, shaky"]


def said_of_sets(log):
    table = log.reindex(columns=["side", "set", "stop_reason", "notes"])
    return [tuple(None if pd.isna(value) else value for value in row) for row in table.itertuples(index=False)]


def test_a_note_says_why_a_set_stopped_and_is_kept(write):
    """The note of an exercise lies on Strong's warm-up, which is left out; it names a set by its number on the side it says."""
    start = "2021-02-10 16:46:13,Hips,1h,Hip Hitch,"
    lines = [
        f'{start}W,0,5,0,0,"left; set 1: form went",,', f"{start}F,0,17,0,0,,,", f"{start}F,0,16,0,0,,,",
        f'{start}W,0,5,0,0,"right; set 2: good form; set 1: knee pain",,', f"{start}1,0,19,0,0,,,9", f"{start}2,0,18,0,0,,,10",
    ]  # fmt: skip
    log = read(write("\n".join([STRONG_2020.splitlines()[0], *lines])))[1].log
    assert said_of_sets(log) == [
        ("left", 1, "technique", "left; set 1: form went"),
        ("left", 2, "fatigue", None),
        ("right", 1, "pain", "right; set 2: good form; set 1: knee pain"),
        ("right", 2, "fatigue", None),  # RPE 10
    ]


def test_the_note_of_an_exercise_in_hevy_names_its_sets(write):
    content = HEVY.replace('"Hip Hitch (Left)",,""', '"Hip Hitch (Left)",,"set 2: Schmerzen"').replace(" (Left)", "").replace("set 2", "links; set 2")
    assert [row[:3] for row in said_of_sets(read(write(content))[1].log)] == [("left", 1, None), ("left", 1, None), ("left", 2, "pain")]


def test_a_comment_in_fitnotes_speaks_of_its_own_set(write):
    content = FITNOTES_KGS.replace('"right"', '"right; technique"').replace("left, shaky", "left, no pain")
    assert said_of_sets(read(write(content))[1].log) == [
        ("left", 1, None, "left"),
        ("right", 1, "technique", "right; technique"),
        ("left", 2, None, "left, no pain"),
    ]


def test_an_export_in_an_archive_beside_other_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("workout_data.csv", HEVY)
        archive.writestr("measurement_data.csv", "date,weight_kg\n2025-06-30,70\n")
    assert len(read(tmp_path / "export.zip")[1].log) == 3
    (tmp_path / "export.csv.gz").write_bytes(gzip.compress(HEVY.encode()))
    assert len(read(tmp_path / "export.csv.gz")[1].log) == 3


def test_a_letter_that_is_no_known_tag_is_left_out_and_counted(write):
    assert read(write(STRONG_2020.replace(",W,0,5,", ",A,0,5,")))[1].left_out["a kind of set that is not known here"] == 1


def test_whose_log_it_is_has_to_be_said(write):
    with pytest.raises(ValueError, match=r"file\.csv: the file does not say whose log it is\. Give --athlete ID"):
        read_log(write(HEVY))
    with pytest.raises(ValueError, match="pseudonym of 1 to 32"):
        read_log(write(HEVY), athlete_id="Jo Doe")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (STRONG_2020.splitlines()[0] + "\n", "expected rows below the header in line 1, got none"),
        (HEVY.replace("Hip Hitch (Left)", "Squat"), r"none of 2 exercises is recognised as the hip hitch; the commonest are 'Squat' \(3\), 'Side Plank' \(1\).*--map MAP.csv"),
        ("\n".join(HEVY.splitlines()[:2]), r"'Hip Hitch \(Left\)' is there, but no set of it to count \(1 warm-up\)"),
        (HEVY.replace(",30,,,8.5", ",,,60,").replace(",24,", ",0,").replace(",25,", ",,"), r"no set of it to count \(3 without repetitions, 1 warm-up, 1 drop set\)"),
        (HEVY.replace(" (Left)", ""), r"on which leg 'Hip Hitch' was done is not said in line 3, 4, 7\. Say it in a map \(--map"),
        (HEVY.replace("30,,,8.5", "12.5,,,8.5"), "repetitions must be a whole number from 0 to 1000, got '12.5' in line 3"),
        (HEVY.replace("30,,,8.5", "-5,,,8.5").replace(",24,", ",2000,"), "got '-5', '2000' in line 3, 4"),
        (HEVY.replace("30,,,8.5", "many,,,8.5"), "got 'many' in line 3"),
        (HEVY.replace('"30 Jun 2025, 19:56",', '"",', 1), "start_time is empty in line 2"),
        (HEVY.replace("30 Jun 2025, 19:56", "30 Juin"), "start_time must be a date like 2026-01-31, got '30 Juin' in line 2, 3, 4"),
        (HEVY + '"Hips","1 Jul 2025, 19:56","","","Squat",,"",0,"normal",0.5,30,,,,,,1\n', "line 8 has 17 cells, expected 14"),
    ],
)  # fmt: skip
def test_what_is_refused(write, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_log(write(content), athlete_id="A1")
    assert "\n" not in str(caught.value)


def test_another_exercise_may_hold_anything(write):
    content = STRONG_2020.replace('"Plank",1,0,0', '"Plank",1,heavy,-3')
    assert len(read(write(content))[1].log) == 3


def test_a_typing_error_is_left_to_the_model(write):
    assert rows(read(write(STRONG_ANDROID.replace("kg;20", "kg;2")))[1].log)[0][3] == 2


def test_one_exercise_done_once_on_each_leg_with_a_note_each(write):
    """Strong keeps one note for an exercise; the same exercise may stand twice in a workout."""
    start = "2021-02-10 16:46:13,Hips,1h,Hip Hitch,"
    by_first_rows = [f"{start}1,0,20,0,0,left,,", f"{start}F,0,18,0,0,,,", f"{start}1,0,19,0,0,right,,", f"{start}2,0,17,0,0,,,"]
    by_numbers = [
        f"{start}1,0,20,0,0,left,,",
        f"{start}2,0,18,0,0,,,",
        f"{start}Note,0,0,0,0,right,,",
        f"{start}1,0,19,0,0,,,",
        f"{start}2,0,17,0,0,,,",
    ]
    tagged = [f"{start}F,0,20,0,0,left,,", f"{start}F,0,18,0,0,,,", f"{start}F,0,19,0,0,right,,", f"{start}F,0,17,0,0,,,"]
    for lines in (by_first_rows, by_numbers, tagged):
        log = read(write("\n".join([STRONG_2020.splitlines()[0], *lines])))[1].log
        assert [row[1:4] for row in rows(log)] == [("left", 1, 20), ("left", 2, 18), ("right", 1, 19), ("right", 2, 17)]


def test_a_note_holds_for_its_exercise_only(write):
    start = "2021-02-10 16:46:13,Hips,1h,Hip Hitch,"
    lines = [f"{start}1,0,20,0,0,left,,", f"{start}2,0,18,0,0,,,", f"{start}1,0,19,0,0,,,"]
    with pytest.raises(ValueError, match="on which leg 'Hip Hitch' was done is not said in line 4"):
        read(write("\n".join([STRONG_2020.splitlines()[0], *lines])))
    days = STRONG_NOW + "".join(f"{line}\n".replace("2025-05-28", "2025-05-30") for line in STRONG_NOW.splitlines()[1:])
    assert read(write(days))[1].log["side"].tolist() == ["left"] * 4
    note_of_another_day = STRONG_FRENCH + STRONG_FRENCH.splitlines()[3].replace("2025-12-30", "2025-12-31")
    with pytest.raises(ValueError, match="is not said in line 5"):
        read(write(note_of_another_day))


def test_a_note_that_names_both_legs_names_none(write):
    content = STRONG_FRENCH.replace("jambe gauche", "gauche puis droite")
    with pytest.raises(ValueError, match="on which leg 'Chute du bassin' was done is not said in line 2, 4"):
        read_log(write(content), athlete_id="A1")

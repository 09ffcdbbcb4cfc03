import sys

import pandas as pd
import pytest

from hiphitch_analysis.read import read_log
from hiphitch_analysis.read.logfile import LogDoubt, make_hints, open_log, read_opened
from hiphitch_analysis.read.setcells import AMRAP, parse_pain, parse_reason, parse_sets, parse_target, parse_weight
from hiphitch_analysis.templates import hand_sheet_template


def seen(log, *columns):
    return [tuple(None if pd.isna(value) else value for value in row) for row in log.reindex(columns=list(columns)).itertuples(index=False)]


@pytest.mark.parametrize(
    ("cell", "sets"),
    [
        ("3x30", [30, 30, 30]),
        ("3 x 30", [30, 30, 30]),
        ("3×30", [30, 30, 30]),
        ("3X30", [30, 30, 30]),
        ("3 * 30 reps", [30, 30, 30]),
        ("30/30/28", [30, 30, 28]),
        ("30,30,28", [30, 30, 28]),
        ("30, 30, 28", [30, 30, 28]),
        ("30; 30; 28", [30, 30, 28]),
        ("30 30 28", [30, 30, 28]),
        ("30+30+28", [30, 30, 28]),
        ("2x30+25", [30, 30, 25]),
        ("2 x 30 + 25", [30, 30, 25]),
        ("2x30, 1x25", [30, 30, 25]),
        ("45", [45]),
        ("0", [0]),
        ("", []),
        (" - ", []),
        ("–", []),
    ],
)
def test_sets_in_a_cell(cell, sets):
    assert parse_sets(cell) == sets


NO_SETS = "30x3 3x x30 3x30x2 12.5 -5 2000 30-28 3x30s thirty 2011-12-10 10.12.2011 10/12/2011 0x30 30/"


@pytest.mark.parametrize("cell", [*NO_SETS.split(), "3x30 (left)"])
def test_cells_that_are_no_sets(cell):
    assert parse_sets(cell) is None


def test_targets_weights_pain_and_reasons():
    assert [parse_target(cell) for cell in ("30", "3x30", "2x30+max", "AMRAP", "up")] == [[30], [30] * 3, [30, 30, AMRAP], [AMRAP], None]
    assert parse_sets("max") is None
    assert [parse_weight(cell, "kg") for cell in ("0.5", "0,5", "1 kg", "1lb", "2 stone", "-1")] == [0.5, 0.5, 1.0, 0.454, None, None]
    assert [parse_pain(cell) for cell in ("0", "3/10", "2,5", "keine", "11", "a bit")] == [0.0, 3.0, 2.5, 0.0, None, None]
    words = ("Ziel", "failure", "ermüdet", "technique", "Form", "mal de dos", "douleur", "pain, form", "ran out of time", "-")
    assert [parse_reason(word) for word in words] == [
        "target",
        "fatigue",
        "fatigue",
        "technique",
        "technique",
        "other",
        "pain",
        "pain",
        "other",
        None,
    ]


ENGLISH = """Date,Athlete,Target,Left,Right,Ankle kg,Pain,Stop reason,Notes
2026-01-05,A01,3x30,3x30,30/30/28,0.5,1,fatigue,hot day
2026-01-07,A01,3x30,3x30,3 x 30,0.5,0,target,
2026-01-07,B02,2x20,"20,18",-,,0,,
"""


def test_a_sheet(write):
    log = read_log(write(ENGLISH))
    assert len(log) == 6 + 6 + 2
    first = log[log["date"].eq("2026-01-05")]
    assert seen(first, "side", "set", "target_reps", "reps", "ankle_kg", "pain", "stop_reason", "notes") == [
        ("left", 1, 30.0, 30, 0.5, 1.0, None, "hot day"),
        ("left", 2, 30.0, 30, 0.5, 1.0, None, None),
        ("left", 3, 30.0, 30, 0.5, 1.0, None, None),
        ("right", 1, 30.0, 30, 0.5, 1.0, None, None),
        ("right", 2, 30.0, 30, 0.5, 1.0, None, None),
        ("right", 3, 30.0, 28, 0.5, 1.0, "fatigue", None),  # the only set that fell short
    ]
    assert log[log["date"].eq("2026-01-07") & log["athlete_id"].eq("A01")]["stop_reason"].tolist() == ["target"] * 6
    assert seen(log[log["athlete_id"].eq("B02")], "side", "set", "reps", "ankle_kg") == [("left", 1, 20, None), ("left", 2, 18, None)]
    assert set(log["target_source"]) == {"given"}


@pytest.mark.parametrize(
    "content",
    [
        "Datum;Links;Rechts;Gewicht (kg)\n5.1.2026;3x30;30/30/28;0,5\n",
        "Date;Gauche;Droite;Poids kg\n05.01.2026;3×30;30+30+28;0,5\n",
        "date,G,D,kg\n2026-01-05,3x30,30/30/28,0.5\n",
        "Fecha,Izquierda,Derecha,Peso kg\n2026-01-05,3x30,30/30/28,0.5\n",
        "Date,L,R,Ankle\n5 Jan 2026,3x30,30/30/28,0.5kg\n",
        "Day,Date,L sets,R sets,Ankle\nMon,2026-01-05,3x30,30/30/28,0.5\n",
        "Hip hitch log of A01\n\nDate,left leg (reps),right leg (reps),ankle weight kg\n2026-01-05,3x30,30/30/28,0.5\n",
        "Date,Left 1,Left 2,Left 3,Right 1,Right 2,Right 3,Ankle left,Ankle right\n2026-01-05,30,30,30,30,30,28,0.5,0.5\n",
        "Date,R3,R1,R2,L1,L2,L3,kg\n2026-01-05,28,30,30,30,30,30,0.5\n",
        "Date\tL\tR\tkg\n13/01/2026\t\t\t\n05/01/2026\t3x30\t30/30/28\t0,5\n",
    ],
)
def test_the_same_day_in_other_sheets(write, content):
    log = read_log(write(content), athlete_id="A01")
    day = [("A01", pd.Timestamp(2026, 1, 5), side, k, reps, 0.5) for side in ("left", "right") for k, reps in enumerate((30, 30, 30), 1)]
    day[-1] = (*day[-1][:4], 28, 0.5)
    assert seen(log, "athlete_id", "date", "side", "set", "reps", "ankle_kg") == day


def test_ankle_weight_in_pounds(write):
    assert read_log(write("Date,L,Ankle (lb)\n2026-01-05,30,1\n"), athlete_id="A01")["ankle_kg"].tolist() == [0.454]
    assert read_log(write("Date,L,Ankle\n2026-01-05,30,1\n"), athlete_id="A01", weight_unit="lb")["ankle_kg"].tolist() == [0.454]


@pytest.mark.parametrize(
    ("row", "reasons"),
    [  # target, left, right, stop reason → reason of each set
        (("30", "30/30/28", "30/30/30", "fatigue"), [None, None, "fatigue", None, None, None]),
        (("", "30/28/25", "", "technique"), [None, "technique", "technique"]),  # short of the most that day
        (("30", "30/30", "", "target"), ["target", "target"]),
        (("30", "30/20", "", "target"), ["target", None]),
        (("", "17", "", "pain"), ["pain"]),  # the only set there is
        (("max", "34", "31", "fatigue"), ["fatigue", "fatigue"]),
        (("", "30/30", "30/30", "fatigue"), [None] * 4),  # which of them?
        (("30", "30/30", "", ""), [None, None]),
    ],
)
def test_to_which_sets_a_reason_belongs(write, row, reasons):
    content = "date,target,left,right,stop,notes\n" + ",".join(("2026-01-05", *row, "n")) + "\n"
    log = read_log(write(content), athlete_id="A1")
    assert [reason for (reason,) in seen(log, "stop_reason")] == reasons
    assert log["notes"].iloc[0] == ("n" if any(reasons) or not row[-1] else f"n; stopped: {row[-1]}")


def test_a_reason_for_each_leg(write):
    log = read_log(write("date,left,right,stop left,stop right\n2026-01-05,30/25,28,fatigue,pain\n"), athlete_id="A1")
    assert seen(log, "side", "stop_reason") == [("left", None), ("left", "fatigue"), ("right", "pain")]


def test_a_reason_in_the_notes_of_a_set(write):
    log = read_log(write("date,target,left,right,notes\n2026-01-05,20,20/4,19/20,left set 2: pain; right set 1: form\n"), athlete_id="A1")
    assert [reason for (reason,) in seen(log, "stop_reason")] == [None, "pain", "technique", None]
    log = read_log(write("date,target,left,stop,notes\n2026-01-05,20,20/18,fatigue,left set 2: pain\n"), athlete_id="A1")
    assert [reason for (reason,) in seen(log, "stop_reason")] == [None, "pain"]


def test_no_number_asked(write):
    log = read_log(write("date,target,left\n2026-01-05,20+max,20/31\n"), athlete_id="A1")
    assert seen(log, "target_reps", "amrap", "target_source") == [(20.0, None, "given"), (None, True, None)]


def test_dates_out_of_order_and_days_without_sets(write):
    file = open_log(write("date,left,right\n2026-01-09,20,\n2026-01-08,,\n2026-01-05,,18\n,,\n"))
    reading = read_opened(file, make_hints("A1", None, None, None))
    assert seen(reading.log, "date", "side", "reps") == [(pd.Timestamp(2026, 1, 5), "right", 18), (pd.Timestamp(2026, 1, 9), "left", 20)]
    assert reading.left_out == {"without sets": 1} and reading.rows == 3


def test_a_day_twice(write):
    assert len(read_log(write("date,left\n2026-01-05,20\n2026-01-05,20\n"), athlete_id="A1")) == 1
    log = read_log(write("date,session,left\n2026-01-05,1,20\n2026-01-05,2,18\n"), athlete_id="A1")
    assert seen(log, "session", "set", "reps") == [(1.0, 1, 20), (2.0, 1, 18)]


def test_columns_that_are_not_read_are_named(write):
    with pytest.warns(LogDoubt, match=r"file\.csv: columns not read: Weather, Coach"):
        read_log(write("date,left,Weather,Coach\n2026-01-05,20,rain,Kim\n"), athlete_id="A1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("date,left\n2026-01-05,20\n2026-01-05,18\n", "2026-01-05 stands twice, in line 2 and 3, with different entries"),
        (
            "date,left\n2026-01-05,30x3\n2026-01-06,12.5\n",
            r"left must be sets like 3x30 or 30/30/28 \(sets × repetitions\), got '30x3', '12.5' in line 2, 3",
        ),
        ("date,left,pain\n2026-01-05,-5,12\n", "left must be .* got '-5' in line 2; pain must be a number from 0 to 10, got '12' in line 2"),
        ("date,left,ankle kg\n2026-01-05,30,heavy\n", "ankle kg must be a weight like 0.5, got 'heavy' in line 2"),
        ("date,left,ankle kg\n2026-01-05,30,50\n", "ankle_kg must be at least 0 and at most 30, got 50 in line 2"),
        ("date,left\n,30\n", "the date is empty in line 2, which has sets"),
        ("date,left\n2026-01-05,\n", "expected sets like 3x30 or 30/30/28 below left or right, got none"),
        ("date,left\n", "expected rows below the header in line 1, got none"),
        ("date,left\n03/04/2026,30\n", "cannot be told whether the day or the month stands first"),
        ("date,athlete,left\n2026-01-05,Anna K.,30\n", "athlete_id must be 1 to 32 letters, digits, - or _, got 'Anna K.' in line 2"),
        ("date,session,left\n2026-01-05,AM,30\n", "session must be a number, got 'AM' in line 2"),
        ("date,athlete,left\n2026-01-05,A1,30\n2026-01-06,,30\n", "does not say whose log it is"),
        ("date,left\n2026-01-05,3x30,28\n", "line 2 has 3 cells, expected 2"),
    ],
)
def test_what_is_refused(write, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_log(write(content), athlete_id=None if "athlete" in content else "A1")
    assert str(caught.value).startswith("file.csv: ") and "\n" not in str(caught.value)


def test_the_template_opens(write):
    log = read_log(write(hand_sheet_template()))
    assert seen(log, "side", "set", "reps", "target_reps", "stop_reason") == [
        ("left", 1, 20, 20.0, None),
        ("left", 2, 20, 20.0, None),
        ("right", 1, 20, 20.0, None),
        ("right", 2, 17, 20.0, "fatigue"),
        ("left", 1, 20, 20.0, None),
        ("left", 2, 20, 20.0, None),
        ("right", 1, 20, 20.0, None),
        ("right", 2, 19, 20.0, "technique"),
    ]


# --- xlsx ----------------------------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")

    def save(*sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / "log.xlsx")
        return tmp_path / "log.xlsx"

    return save


def test_a_workbook_reads_like_its_csv(workbook, write):
    rows = [
        ["Hip hitch"],
        ["Date", "Athlete", "Target", "Left", "Right", "Ankle kg", "Pain", "Stop reason", "Notes"],
        [pd.Timestamp(2026, 1, 5), "A01", "3x30", "3x30", "30/30/28", 0.5, 1, "fatigue", "hot\nday"],
        ["7.1.2026", "A01", "3x30", "3x30", "3 x 30", "0,5", 0.0, "target", None],
        [pd.Timestamp(2026, 1, 7, 18, 30), "B02", "2x20", "20,18", "-", None, 0, None, None],
    ]
    pd.testing.assert_frame_equal(read_log(workbook(("Sheet", rows), ("Empty", []))), read_log(write(ENGLISH)))


def test_our_own_log_in_a_workbook(workbook):
    log = read_log(workbook(("Log", [["athlete_id", "date", "side", "set", "reps"], ["A1", pd.Timestamp(2026, 1, 5), "left", 1, 20]])))
    assert seen(log, "date", "reps") == [(pd.Timestamp(2026, 1, 5), 20)]


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ([("A", [["Date", "L"], ["2026-01-05", 20]]), ("B", [["Date", "L"], ["2026-01-05", 20]])], "expected one log, got 2 .*sheet 'A'.*Save each"),
        ([("A", [["Date", "Squat"], ["2026-01-05", 20]])], "not a training log"),
        ([("A", [])], "the workbook is empty"),
        ([("A", [["Date", "L"], ["2026-01-05", pd.Timestamp(2011, 12, 10)]])], "L must be sets like .* got '2011-12-10' in line 2"),
    ],
)
def test_workbooks_that_are_refused(workbook, sheets, message):
    with pytest.raises(ValueError, match=message):
        read_log(workbook(*sheets), athlete_id="A1")


def test_a_workbook_is_known_by_its_content_whatever_its_name(workbook, write):
    content = workbook(("A", [["Date", "L"], ["2026-01-05", "20/18"]])).read_bytes()
    for name in ("log.csv", "log", "log.xlsx.download"):
        assert read_log(write(content, name), athlete_id="A1")["reps"].tolist() == [20, 18]


def test_a_damaged_workbook_and_an_old_one(write, workbook):
    whole = workbook(("A", [["Date", "L"], ["2026-01-05", 20]])).read_bytes()
    with pytest.raises(ValueError, match=r"damaged or cut off|cannot be read"):
        read_log(write(whole[: len(whole) // 2], "cut.xlsx"), athlete_id="A1")
    with pytest.raises(ValueError, match="old xls workbook"):
        read_log(write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old.xls"), athlete_id="A1")


def test_without_openpyxl_one_sentence_says_what_to_install(write, monkeypatch, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "log.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        ValueError, match=r'log\.xlsx: reading xlsx needs openpyxl\. Install it \(\S+ -m pip install "hiphitch-analysis\[xlsx\]"\), or save'
    ):
        read_log(tmp_path / "log.xlsx", athlete_id="A1")

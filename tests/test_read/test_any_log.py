"""Whatever a log holds, reading and importing it gives a table or one clear sentence."""

import csv
import io
import warnings

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hiphitch_analysis.read import import_logs, read_log
from hiphitch_analysis.schema import Log, check_table

HEADERS = {
    "strong": "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE",
    "strong android": "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;Notes;Workout Notes",
    "hevy": "title,start_time,exercise_title,exercise_notes,set_index,set_type,weight_lbs,reps,rpe",
    "fitnotes": "Date,Exercise,Category,Weight (kgs),Reps,Comment",
    "fitnotes ios": "Name,StartTime,Exercise,Equipment,Reps,Weight,Status,IsWarmup,RPE,Note",
    "sheet": "date,athlete,target,left,right,ankle kg,pain,stop reason,notes,session",
    "ours": "athlete_id,date,session,side,set,target_reps,reps,ankle_kg,stop_reason,amrap,target_source",
}
DATES = (
    ("2026-01-05", "2026-01-07", "2026-01-05 18:00:00", "2026-01-05T08:00:00Z"),
    ("5 Jan 2026, 18:00", "07.01.2026", "Jan 5, 2026, 7:56 PM"),
    ("1/2/2026", "13/1/2026"),
)
NAMES = ("Hip Hitch L", "Hip Hitch (Right)", "hip hike left", "Hip Hitch", "Squat")
FIGURES = ("20", "20", "20", "18", "25", "0", "")
IMPOSSIBLE = ("-3", "2000", "12.5", "3x", "1e999", "9" * 30)
WORDS = (
    "",
    "",
    "",
    "1",
    "2",
    "W",
    "D",
    "F",
    "Rest Timer",
    "normal",
    "warmup",
    "failure",
    "Done",
    "Failed",
    "true",
    "fatigue",
    "pain",
    "0,5",
    "10",
    "left",
)
NOISE = st.sampled_from(('"', "\n", "\x1c", "²", "A1", "-", "given", *NAMES, *WORDS, *IMPOSSIBLE)) | st.text(max_size=4)


@st.composite
def logs(draw):
    """A file with a header that is recognised, rows that might be meant, and now and then a cell or a row that is not."""
    header = draw(st.sampled_from(list(HEADERS.values())))
    delimiter = ";" if ";" in header else ","
    headings = [heading.lower() for heading in header.split(delimiter)]
    dates = draw(st.sampled_from(DATES))
    row = st.tuples(st.sampled_from(dates), st.sampled_from(NAMES), st.sampled_from(FIGURES), st.sampled_from(WORDS), st.integers(1, 4))
    rows = []
    for date, name, figure, word, number in draw(st.lists(row, min_size=1, max_size=6)):
        fill = {
            "date": date,
            "start": date,
            "exercise_n": "",
            "exercise": name,
            "reps": figure,
            "set": str(number),
            "left": figure,
            "right": figure,
            "athlete": "A1",
        }
        fill |= {
            "side": draw(st.sampled_from(("left", "right"))),
            "amrap": "",
            "target": "",
            "session": "",
            "rpe": "",
            "pain": "",
            "weight": "0.5",
            "ankle": "1",
        }
        rows.append([next((value for key, value in fill.items() if heading.startswith(key)), word) for heading in headings])
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(headings) - 1))
        rows[place[0]][place[1]] = draw(NOISE)
    if draw(st.integers(0, 7)) == 0:
        rows.append(draw(st.lists(NOISE, max_size=len(headings))))
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return header + "\n" + lines.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150, derandomize=True)
@given(content=logs())
@example(content=HEADERS["hevy"] + '\nx,"5 Jan 2026, 18:00",Hip Hitch L,,0,normal,,20,\n')
def test_any_content_gives_a_table_or_a_sentence(write, tmp_path, content):
    path, into = write(content.encode("utf-8", "surrogatepass")), tmp_path / "into.csv"
    into.unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            log = read_log(path, athlete_id="A1")
        except ValueError as error:
            assert "file.csv" in str(error) and "\n" not in str(error)
            return
    check_table(log, Log)
    assert len(log) and not log.duplicated([column for column in ("athlete_id", "date", "session", "side", "set") if column in log]).any()
    done = import_logs([path], into, athlete_id=log["athlete_id"].iloc[0])
    before = into.read_bytes()
    again = import_logs([path], into, athlete_id=log["athlete_id"].iloc[0])
    assert len(done.merged[0].added) == again.merged[0].present and again.merged[0].added.empty and not again.merged[0].conflicts
    assert into.read_bytes() == before


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_an_empty_export_is_said_to_be_empty(write, header):
    with pytest.raises(ValueError, match=r"file\.csv: expected rows below the header in line 1, got none"):
        read_log(write(header + "\n"), athlete_id="A1")

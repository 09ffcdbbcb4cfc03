"""The squad review as a page: what it is made from, its table, its small pictures, its figures, and the command end to end."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.form.signs import UNSEEN, Sign
from hiphitch_analysis.progress.concerns import FormSign
from hiphitch_analysis.progress.gap import Gap
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.review import FORM, Goal, LastSets, SquadRow
from hiphitch_analysis.progress.trends import fit_trend
from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.export import clean
from hiphitch_analysis.report.figures import describe_changes, describe_growth, draw_changes, draw_courses, draw_growth
from hiphitch_analysis.report.squad import load_squad
from hiphitch_analysis.report.squadmarks import PLOT_PX, draw_gap, draw_goal, draw_last_sets, find_scales, say_goal, say_last_sets
from hiphitch_analysis.report.squadtable import write_squad
from hiphitch_analysis.report.squadtrend import list_numbers

AS_OF = pd.Timestamp("2026-03-02")
DAYS = tuple(AS_OF - pd.Timedelta(days=day) for day in (28, 25, 7, 0))  # with a break of 18 days
SETS = {"left": LastSets(DAYS, (20, 25, 25, 30), (True, True, True, True)), "right": LastSets(DAYS, (20, 18, 20, 22), (True, False, False, False))}
GOAL = Goal(pd.Timestamp("2026-03-30"), pd.Timestamp("2026-04-27"), pd.Timestamp("2026-06-01"), 0.95, "")
MENDED = FormSign("level", Sign("mend", 0.7, "incomplete_return"), "right", "", "")
FORM_SIGNS = (MENDED, *(FormSign(name, UNSEEN, "", "", "") for name in list(FORM)[1:]))


def row(name="A01", **told):
    usual = {"group": "carry on", "urgency": "ready", "why": "Every set reached its target.", "then": "Move up.", "also": ()}
    usual |= {"session": "3 × 30", "direction": "up", "last_date": AS_OF, "last_sets": SETS, "form": FORM_SIGNS}
    return SquadRow(name, **(usual | {"gap": Gap(8.0, 5.0, 11.0), "goal": GOAL} | told))


def paths(marks, kind):
    return re.findall(rf'<path class="{kind}" d="([^"]*)"([^>]*)>', marks)


def test_last_sets_share_one_scale_and_no_line_crosses_a_break():
    scales = find_scales([row(), row("A02", last_sets={"left": LastSets(DAYS[:1], (90,), (False,))})], AS_OF)
    assert scales.reps == 90
    _, height, marks = draw_last_sets(SETS, scales)
    ((line, look),) = paths(marks, "line left")
    assert line.count("M") == 2 and line.count("L") == 2 and "dasharray" not in look  # two and two, with a gap between
    ((_, look),) = paths(marks, "line right")
    assert "stroke-dasharray" in look
    low, high = (float(re.search(r" ([\d.]+)", part)[1]) for part in (line.split("M")[1], line.split("L")[-1]))
    assert (low - high) / (height - 11) == pytest.approx(10 / 90, abs=0.01)  # 20 to 30 repetitions of 90, to a tenth of a pixel
    assert len(paths(marks, "mark left hollow")) == 1 and len(paths(marks, "mark right")) == 1  # at least 30; exactly 22
    assert re.findall(r"<text[^>]*>([^<]*)", marks) == ["L ≥ 30", "R 22"]
    assert say_last_sets(SETS) == "left: at least 30 on 2 Mar, 20 on 2 Feb; right: 22 on 2 Mar, 20 on 2 Feb"


def test_numbers_that_end_close_together_stay_readable():
    sets = {side: LastSets(DAYS[-1:], (30,), (True,)) for side in ("left", "right")}
    places = [float(y) for y in re.findall(r'<text class="\w+" x="\d+" y="([\d.]+)"', draw_last_sets(sets, find_scales([row()], AS_OF))[2])]
    assert len(places) == 2 and abs(places[1] - places[0]) >= 11 and all(9 < y < 36 for y in places)


def test_a_gap_lies_on_the_side_that_does_more_and_chance_has_its_own_mark():
    scales = find_scales([row()], AS_OF)
    width, _, left = draw_gap(Gap(8.0, 5.0, 11.0), scales)
    right, chance = (draw_gap(gap, scales)[2] for gap in (Gap(-8.0, -11.0, -5.0), Gap(1.0, -2.0, 4.0)))
    start, end = map(float, re.match(r"M([\d.]+) [\d.]+H([\d.]+)", paths(left, "line left")[0][0]).groups())
    assert start < end < width / 2 and ">8</text>" in left
    assert float(paths(right, "line right")[0][0][1:].split(" ")[0]) > width / 2
    assert paths(chance, "mark muted hollow") and "<text" not in chance


def test_dates_share_one_calendar_and_what_lies_beyond_it_ends_in_a_point():
    scales = find_scales([row()], AS_OF)
    width, _, marks = draw_goal(GOAL, scales)
    start, end = map(float, re.match(r"M([\d.]+) [\d.]+H([\d.]+)", paths(marks, "bar")[0][0]).groups())
    # 4 and 13 of the 26 weeks shown, over the width without the point's six pixels.
    assert (start, end) == (pytest.approx(4 / 26 * (width - 6), abs=0.1), pytest.approx(13 / 26 * (width - 6), abs=0.1))
    assert ">27 Apr</text>" in marks and say_goal(GOAL, scales) == "about 27 Apr; 8 in 10 chance between 30 Mar and 1 Jun"
    late = Goal(GOAL.early, None, None, 0.31, "")
    assert f"L{width} " in paths(draw_goal(late, scales)[2], "bar")[0][0]
    assert say_goal(late, scales) == "later; 3 in 10 before 31 Aug; 8 in 10 chance between 30 Mar and beyond the half year ahead"


def test_the_table_has_headers_groups_and_words_for_every_picture():
    rows = [
        row(
            "A02",
            group="talk to them today",
            urgency="pain",
            session="rest",
            direction="",
            gap=None,
            goal=Goal(None, None, None, math.nan, "on hold"),
        )
    ]
    rows += [row("A01", also=("Right weaker by about 8 reps.",)), row("A03", gap=Gap(1.0, -2.0, 4.0))]
    text = clean(write_squad(rows, AS_OF).text)
    assert re.findall(r">(Talk to them today|Carry on) <small>(\d)", text) == [("Talk to them today", "1"), ("Carry on", "2")]
    assert re.findall(r'class="who".*?</svg> (\w+)', text) == ["A02", "A01", "A03"]
    for name in ("level", "tempo", "square", "drop", "trunk"):
        assert re.search(rf"<th[^>]*>{name}</th>", text)
    assert text.count('aria-label="mend first, less sure"') == 3  # under 80 % sure: outlined
    assert 'aria-label="talk to them today"' in text and "on hold" in text and "Also: Right weaker by about 8 reps." in text
    pictures = re.findall(r"<svg[^>]*>", text)
    assert pictures and all('role="img"' in tag and 'aria-label="' in tag for tag in pictures)
    assert "%" not in re.sub(r"(under|at least) 80 %", "", re.sub(r"<[^>]*>", "", text))  # a gap is never a percentage
    assert f"H{PLOT_PX}" in text  # the goal line came through the cleaning


def test_a_hostile_name_is_text():
    evil = '<img/src=x/onerror="alert(1)">'
    text = write_squad([row(evil, why=evil, then=evil, also=(evil,), session=evil, goal=Goal(None, None, None, math.nan, evil))], AS_OF).text
    assert "<img" not in text and text.count("&lt;img/src=x/onerror=&quot;alert(1)&quot;&gt;") == 6


def test_no_row_is_refused():
    with pytest.raises(ValueError, match="at least one athlete"):
        write_squad([], AS_OF)


# --- The scientist's figures ------------------------------------------------------------------------------------------------------------------
def outlook(name, slope, only=False):
    days = dict.fromkeys(("p10", "p25", "median", "p75", "p90"), AS_OF)
    reps = {"left": (40.0, 38.0, 42.0), "right": (30.0, 28.0, 33.0)}
    ratio = (math.log(4 / 3), 0.2, 0.4)
    return Outlook(name, slope, 0.01, reps, days, 0.005, None if only else ratio, (), None, only, False, pd.DataFrame())


def test_growth_is_drawn_in_the_order_of_the_page_and_hollow_where_it_leans_on_others():
    outlooks = {"A01": outlook("A01", math.log(1.05)), "A02": outlook("A02", math.log(1.03), only=True)}
    _, (ax,) = new_figure(136, 40)
    draw_growth(ax, outlooks, ["A02", "A09", "A01"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A02", "A09", "A01"] and ax.yaxis_inverted()
    marks = {line.get_gid(): line.get_xydata()[0] for line in ax.lines if line.get_gid() in ("hollow", "filled")}
    assert marks["hollow"] == pytest.approx([3.0, 0]) and marks["filled"] == pytest.approx([5.0, 2])
    assert "Capacity grows by 4.0 % a week" in ax.get_title("left")
    assert describe_growth(outlooks, ["A02", "A01"]).startswith(
        "Growth of capacity of 2 athletes, per cent a week: mean 4.0, from 3.0 (A02) to 5.0 (A01)"
    )


@pytest.fixture(scope="module")
def trend():
    """Form of six athletes that rises by two points a week, in one a little more than in the next."""
    rng = np.random.default_rng(3)
    gain = {f"A{i}": 2.0 + 0.2 * (i - 2.5) for i in range(6)}
    rows = [(who, side, week, 50 + g * week + rng.normal(0, 1.0)) for who, g in gain.items() for side in ("left", "right") for week in range(8)]
    return fit_trend(pd.DataFrame(rows, columns=["athlete_id", "side", "week", "form_score"]), "form_score")


def test_changes_stand_against_the_smallest_detectable_one(trend):
    _, (ax,) = new_figure(136, 60)
    draw_changes(ax, trend, ["A5", "A0", "B9"])
    marks = [line.get_xydata()[0] for line in ax.lines if line.get_gid() == "filled"]
    assert [place for _, place in marks] == [0, 1]  # of B9 nothing is known: its line stays empty
    # Seven weeks of 2.5 and 1.5 points; a slope of 16 values is known to 0.11 a week (1/√(2·42)), 0.77 in seven weeks: three of them.
    assert marks[0][0] == pytest.approx(17.5, abs=2.3) and marks[1][0] == pytest.approx(10.5, abs=2.3)
    words = describe_changes(trend, ["A5", "A0"])
    assert re.search(r"in 2 athletes: from \+\d+\.\d \(A0\) to \+\d+\.\d \(A5\); 2 of the 95 % intervals", words)
    (band,) = [patch for patch in ax.patches if patch.get_gid() == "mdc95"]
    assert band.get_x() == -8.2 and "±8.2 by chance" in ax.get_title("right")


def test_courses_of_all_and_their_average(trend):
    _, (ax,) = new_figure(273, 70)
    draw_courses(ax, trend)
    kinds = [line.get_gid() for line in ax.lines]
    assert kinds.count("athlete") == 12 and kinds.count("average") == 1
    found = float(re.match(r"Form has become better: \+([\d.]+) points in 7 weeks", ax.get_title("left"))[1])
    assert found == pytest.approx(14.0, abs=0.95)  # of six such athletes: 0.77/√6, three of them
    assert {text.get_text() for text in ax.texts} == {f"A{i}" for i in range(6)}


# --- Files ------------------------------------------------------------------------------------------------------------------------------------
def log_of(*athletes, reps=20):
    rows = [(a, f"2026-01-{d:02d}", side, k, 20, reps) for a in athletes for d in (5, 7, 9) for side in ("left", "right") for k in (1, 2)]
    return pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "target_reps", "reps"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Logs of two athletes, one of them recorded on the left; a third who is logged twice, differently; and a file that is no log."""
    folder = tmp_path_factory.mktemp("squad")
    recording = hh.write_set(hh.simulate_set(6, "left", seed=5), folder, "left")[0]
    hh.write_session(hh.analyse(recording, "left", details=hh.Details("A01", pd.Timestamp("2026-01-09"), set=2)), folder / "found")
    log_of("A01", "C03").to_csv(folder / "one.csv", index=False)
    log_of("B02", "C03", reps=18).to_csv(folder / "two.csv", index=False)
    (folder / "<b>bad</b>.csv".replace("/", "_")).write_text("athlete_id,date,side,set,reps\nZ9,soon,left,1,<script>30</script>\n")
    return folder


def logs(folder: Path) -> list[Path]:
    return [folder / "one.csv", folder / "two.csv", next(folder.glob("*bad*"))]


def test_one_bad_log_does_not_lose_the_others(folder):
    data = load_squad(logs(folder), folder / "found")
    assert [(row.athlete_id, row.urgency) for row in data.rows][:2] == [("A01", "ready"), ("B02", "going on")]
    told = {row.athlete_id: row.why for row in data.rows if row.urgency == "unread"}
    assert set(told) == {"C03", "<b>bad<_b>.csv"} and "logged twice, in one.csv and two.csv" in told["C03"]
    assert data.rows[0].form[0].sign.status == "good" and data.rows[1].form[0].sign.status == "unseen"
    assert any(limit.startswith("B02: no recording of the last 28 days") for limit in data.limits)
    assert any(limit.startswith("12 of 24 sets") for limit in data.limits)  # A01's stopped at their target, B02's ended short of it
    numbers = list_numbers(data.history, data.capacity, data.outlooks, ["A01", "B02"])
    assert [line[:4] for line in numbers] == [("A01", "3", "12", "100%"), ("B02", "3", "12", "0%")] and numbers[0][8] == "lower bound only"


def test_a_leg_that_was_not_logged_has_no_number(tmp_path):
    log_of("A01").query("side == 'left'").to_csv(tmp_path / "left.csv", index=False)
    data = load_squad(tmp_path / "left.csv")
    ((_, _, _, _, _, left, right, *_),) = list_numbers(data.history, data.capacity, data.outlooks, ["A01"])
    assert left.startswith("≥ ") and right == "not logged" and list(data.rows[0].last_sets) == ["left"]


def test_two_files_of_one_name_are_two_files(tmp_path):
    for name in ("A01", "B02", "bad", "worse"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.csv").write_text(log_of(name).to_csv(index=False) if name[1:].isdigit() else "no log")
    found = load_squad(sorted(tmp_path.glob("*/log.csv"))).rows
    assert [row.athlete_id for row in found] == ["A01", "B02", "log.csv", "log.csv"]


def test_a_lost_recording_is_named_and_the_row_stays(folder, tmp_path):
    sessions = next((folder / "found").glob("*_sessions.csv"))
    (tmp_path / sessions.name).write_text(sessions.read_text())
    data = load_squad(folder / "one.csv", tmp_path)
    assert [row.athlete_id for row in data.rows] == ["A01", "C03"]
    assert any(limit.startswith("A01, left leg: left_imu_reps.csv: expected beside the sessions") for limit in data.limits)


@pytest.mark.parametrize("several", [False, True])
def test_without_any_log_there_is_no_page(folder, several):
    bad = logs(folder)[-1]
    with pytest.raises(ValueError, match="date"):
        load_squad([bad, bad] if several else bad)


def test_the_command_writes_the_page_once(hiphitch, folder, tmp_path):
    args = ["report", "squad", *logs(folder), "--sessions", folder / "found", "--out", tmp_path / "out"]
    code, _, err = hiphitch(*args)
    assert code == 0, err
    page = (tmp_path / "out/squad.html").read_text("utf-8")
    assert "Nobody needs a word today. 1 can move up. 2 have no fresh data." in page and "EXAMPLE DATA" not in page
    assert "size: A4 landscape" in page and "What we could not see" in page
    assert "<b>bad" not in page and "&lt;b&gt;bad&lt;_b&gt;.csv" in page and "<script" not in page
    assert not re.findall(r"https?://(?!www\.w3\.org)", page)
    assert "reused" in hiphitch(*args)[1]

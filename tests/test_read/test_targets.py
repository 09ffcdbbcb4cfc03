import pandas as pd
import pytest

from hiphitch_analysis.read import read_log
from hiphitch_analysis.read.targets import apply_plan, infer_targets, mark_given, read_plan


def sets(*reps, athlete_id="A1", date="2026-01-05", side="left", **columns):
    table = pd.DataFrame({"athlete_id": athlete_id, "date": pd.Timestamp(date), "side": side, "set": range(1, len(reps) + 1), "reps": reps})
    return table.assign(**columns)


def targets(log):
    return [
        (None if pd.isna(target) else target, None if pd.isna(source) else source)
        for target, source in zip(log["target_reps"], log["target_source"], strict=True)
    ]


INFERRED = (20.0, "inferred")
NONE = (None, None)


@pytest.mark.parametrize(
    ("reps", "failed", "expected"),
    [
        ((20, 20), "", [INFERRED] * 2),
        ((20, 20, 20), "", [INFERRED] * 3),
        ((20, 20, 17), "", [INFERRED, INFERRED, NONE]),  # the last may have stopped for any reason: "at least 17" is all that is sure
        ((20, 20, 25), "", [INFERRED, INFERRED, NONE]),  # the last had no cap
        ((20, 20, 17), "3", [INFERRED] * 3),  # it failed, short of the target
        ((20, 17, 20), "2", [INFERRED] * 3),
        ((20, 20, 20), "3", [INFERRED, INFERRED, NONE]),  # it failed at 20, so 20 did not cap it
        ((20, 20, 24), "3", [INFERRED, INFERRED, NONE]),
        ((20, 20, 18, 16), "34", [INFERRED] * 4),
        ((20, 20), "12", [NONE] * 2),  # both failed: what was asked is not seen
        ((20, 20), "2", [NONE] * 2),  # one set shows nothing
        ((20,), "", [NONE]),
        ((20, 17), "", [NONE] * 2),
        ((20, 18, 16), "", [NONE] * 3),
        ((20, 17, 20), "", [NONE] * 3),  # the odd one is not the last
        ((20, 20, 17, 20), "4", [NONE] * 4),
        ((0, 0), "", [NONE] * 2),
    ],
)
def test_what_the_sets_of_a_session_show(reps, failed, expected):
    reasons = ["fatigue" if str(k) in failed else None for k in range(1, len(reps) + 1)]
    log = infer_targets(sets(*reps, stop_reason=reasons))
    assert targets(log) == expected
    # Whatever is inferred, no failed set becomes one that its target stopped, and no set of unknown end one that failed.
    failing, unknown = log[[reason is not None for reason in reasons]], log[[reason is None for reason in reasons]]
    assert not (failing["reps"] >= failing["target_reps"]).any()
    assert not (unknown["reps"] < unknown["target_reps"]).any()


def test_each_side_and_session_shows_its_own():
    log = pd.concat([sets(20, 20), sets(15, 15, side="right"), sets(30, 29, date="2026-01-07"), sets(20, 20, athlete_id="B2")], ignore_index=True)
    assert [target for target, _ in targets(infer_targets(log))] == [20, 20, 15, 15, None, None, 20, 20]
    twice = pd.concat([sets(20, 20, session=1.0), sets(18, session=2.0)], ignore_index=True)
    assert [target for target, _ in targets(infer_targets(twice))] == [20, 20, None]


def test_a_session_with_a_target_is_left_alone_and_amrap_sets_have_none():
    log = infer_targets(mark_given(sets(20, 20, 20, target_reps=[25.0, None, None])))
    assert targets(log) == [(25.0, "given"), NONE, NONE]
    assert targets(infer_targets(sets(20, 20, 20, amrap=[None, None, True]))) == [INFERRED, INFERRED, NONE]


PLAN = "date,sets,target_reps,athlete_id,side,ankle_kg\n"


def test_a_row_of_a_plan_holds_until_the_next(write):
    plan = read_plan(write("Date;Sets;Target Reps\n05.01.2026;2;20\n19.01.2026;3;30\n"))
    log = pd.concat([sets(20, 20, 20, date=f"2026-01-{day:02d}") for day in (4, 5, 18, 19, 30)], ignore_index=True)
    two, three, plain = [(20.0, "plan"), (20.0, "plan"), NONE], [(30.0, "plan")] * 3, [NONE] * 3
    assert targets(apply_plan(log, plan)) == plain + two + two + three + three


def test_what_is_prescribed_to_one_goes_before_what_is_prescribed_to_all(write):
    rows = (
        "2026-01-01,2,20,,,\n2026-01-10,3,30,,,\n2026-01-05,2,15,A1,,0.5\n2026-01-07,2,12,A1,left,\n2026-01-12,2,25,A1,,\n2026-01-01,1,40,,right,\n"
    )
    plan = read_plan(write(PLAN + rows))

    def asked(athlete_id, side, day):
        log = apply_plan(sets(9, athlete_id=athlete_id, side=side, date=f"2026-01-{day:02d}"), plan)
        return None if log["target_reps"].isna().all() else log["target_reps"].iloc[0]

    assert [asked("B2", "left", day) for day in (1, 9, 10, 31)] == [20, 20, 30, 30]
    assert [asked("B2", "right", day) for day in (1, 31)] == [40, 40]
    assert [asked("A1", "right", day) for day in (1, 5, 11, 12)] == [40, 15, 15, 25]
    assert [asked("A1", "left", day) for day in (5, 7, 12)] == [15, 12, 12]
    assert asked("B2", "left", 1) == 20 and apply_plan(sets(9, date="2025-12-31"), plan)["target_reps"].isna().all()


def test_a_plan_fills_only_what_the_log_leaves_open(write):
    plan = read_plan(write(PLAN + "2026-01-01,3,20,,,1.5\n"))
    log = apply_plan(mark_given(sets(9, 9, 9, target_reps=[25.0, None, None], ankle_kg=[0.5, None, 0.0], amrap=[None, None, True])), plan)
    assert targets(log) == [(25.0, "given"), (20.0, "plan"), NONE]
    assert log["ankle_kg"].tolist() == [0.5, 1.5, 0.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "date,sets\n2026-01-05,2\n",
            r"a plan needs the columns date, sets, target_reps \(and may have athlete_id, side, ankle_kg\); target_reps is missing",
        ),
        ("date,sets,target_reps\n2026-01-05,2.5,20\n", "sets must be a whole number from 1 to 50, got '2.5' in line 2"),
        (
            "date,sets,target_reps\n2026-01-05,2,\n2026-01-06,,0\n",
            "sets must be .* got '' in line 3; target_reps must be .* got '', '0' in line 2, 3",
        ),
        (
            PLAN + "2026-01-05,2,20,,up,heavy\n",
            "ankle_kg must be a number from 0 to 30, got 'heavy' in line 2; side must be left, right or empty, got 'up'",
        ),
        (PLAN + ",2,20,,,\n", "date must be a date like 2026-01-31, got '' in line 2"),
        (PLAN + "2026-01-05,2,20,A1,,\n2026-01-05,3,30,A1,,\n", "line 3 prescribes something else for the same day"),
        (PLAN, "expected rows below the header"),
    ],
)
def test_a_plan_that_cannot_be(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_plan(write(content))


def test_in_a_log_of_ours(write):
    content = "athlete_id,date,side,set,target_reps,reps\nA1,2026-01-05,left,1,20,20\nA1,2026-01-05,left,2,,20\n"
    plan = write("date,sets,target_reps\n2026-01-01,3,25\n", "plan.csv")
    assert "target_source" not in read_log(write(content))  # our own log says what was asked; nothing is inferred
    assert targets(read_log(write(content), plan=plan)) == [(20.0, "given"), (25.0, "plan")]
    marked = content.replace("reps\n", "reps,target_source\n").replace(",20\nA", ",20,\nA")
    assert targets(read_log(write(marked))) == [(20.0, "given"), NONE]


def test_an_export_with_a_plan_for_its_later_part(write):
    rows = "".join(f"2026-01-{day:02d},Hip Hitch L,Hips,0,{reps},,,,\n" for day in (5, 12) for reps in (20, 20, 18))
    plan = write("date,sets,target_reps\n2026-01-10,3,25\n", "plan.csv")
    log = read_log(write("Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time,Comment\n" + rows), athlete_id="A1", plan=plan)
    assert targets(log) == [INFERRED, INFERRED, NONE] + [(25.0, "plan")] * 3
    assert "stop_reason" not in log  # the log does not say why a set ended

"""A squad in groups, on small logs and recordings whose answer a coach would give."""

import math

import pandas as pd
import pytest

from hiphitch_analysis.norms import FORM_FRESH_DAYS, GAP_TO_NAME_REPS
from hiphitch_analysis.progress.history import summarise_log
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.plan import BECAUSE, LADDER
from hiphitch_analysis.progress.review import choose_recordings, review_squad, write_headline

AS_OF = pd.Timestamp("2026-03-02")


def sessions(athlete, *days, target=20, done=None, sides=("left", "right"), **more):
    """Sets of an athlete on `days` before the review: two a side, all at their target unless `done` maps a side to its repetitions."""
    return [
        {"athlete_id": athlete, "date": AS_OF - pd.Timedelta(days=day), "side": side, "set": k, "target_reps": target}
        | {"reps": (done or {}).get(side, target)}
        | more
        for day in days
        for side in sides
        for k in (1, 2)
    ]


def outlook(name, **told):
    """An outlook of somebody who goes on as usual: 30 on both sides, 3 × 45 in April."""
    days = {"p10": "2026-04-01", "p25": "2026-04-08", "median": "2026-04-15", "p75": "2026-04-22", "p90": "2026-05-01"}
    usual = {
        "slope": 0.05,
        "slope_se": 0.01,
        "reps_now": {"left": (30.0, 28.0, 32.0), "right": (30.0, 28.0, 32.0)},
        "date_3x45": {key: pd.Timestamp(day) for key, day in days.items()},
        "prob_within_horizon": 0.9,
        "asymmetry": (0.0, -0.1, 0.1),
        "alarms": (),
        "uncapped": None,
        "only_at_least": False,
        "ankle_ready": False,
        "chances": pd.DataFrame(
            [(*step, 0.8, 0.8, 0.7, 0.7) for step in LADDER], columns=["sets", "reps", "left", "right", "left_spare", "right_spare"]
        ),
    }
    return Outlook(athlete_id=name, **(usual | told))


def faults(**found):
    """FAULTS of a recording in which all is well but for `found`: key → (severity, chance)."""
    keys = ["incomplete_return", "hike_above_level", "tempo_too_fast", "tempo_uneven", "pelvis_not_square", "drop_too_small", "drop_too_large"]
    rows = []
    for key in keys:
        severity, chance = found.get(key, ("none", 0.02))
        rows.append(
            {"set": 1, "fault": key, "observable": True, "severity": severity, "chance": chance, "finding": f"The {key}.", "cue": f"Mend {key}."}
        )
    blind = {"set": 1, "fault": "trunk_lean_stance", "observable": False, "severity": "not observable", "chance": math.nan, "finding": "", "cue": ""}
    return pd.DataFrame([*rows, blind])


def review(rows, outlooks=None, recorded=None, unread=()):
    log = pd.DataFrame(rows)
    return review_squad(summarise_log(log), outlooks or {}, recorded or {}, AS_OF, unread)


def test_everybody_lands_where_a_coach_would_put_them():
    rows = [
        *sessions("READY", 3, 0),
        *sessions("STALE", 40, 37),
        *sessions("HURTS", 3, 0, pain=6),
        *sessions("STEADY", 0),
        *sessions("STALLED", 3, 0, done={"left": 18, "right": 18}),
    ]
    stuck = outlook("STALLED", alarms=("plateau: capacity has probably not grown over the last three weeks",))
    found = review(rows, {"STALLED": stuck}, unread=[("other.csv", "No date in line 3.")])
    assert [(row.athlete_id, row.group) for row in found] == [
        ("HURTS", "talk to them today"),
        ("STALLED", "adjust the plan"),
        ("READY", "carry on"),
        ("STEADY", "carry on"),
        ("STALE", "no fresh data"),
        ("other.csv", "no fresh data"),
    ]
    assert [row.session for row in found] == ["rest", "2 × 20", "2 × 25", "2 × 20", "2 × 20", ""]
    assert [row.direction for row in found] == ["", "same", "up", "same", "same", ""]
    assert found[0].why == "Pain at 6 of 10, left side." and found[0].goal.words.startswith("no date yet")
    assert found[1].why == "Capacity has probably not grown over the last three weeks."
    assert found[4].why == "37 days without a session." and found[4].goal.words
    assert found[5].why == "No date in line 3." and found[5].last_sets == {}
    assert write_headline(found) == "1 of 6 needs a word today. 1 can move up. 2 have no fresh data."


def test_form_that_broke_comes_first_after_pain_and_other_faults_change_the_plan():
    rows = [*sessions("DROPS", 3, 0), *sessions("WATCH", 3, 0), *sessions("MAYBE", 3, 0)]
    recorded = {
        ("DROPS", "left"): faults(),
        ("DROPS", "right"): faults(drop_too_large=("severe", 0.95)),
        ("WATCH", "left"): faults(drop_too_large=("mild", 0.95)),  # to be watched, not mended
        ("MAYBE", "left"): faults(drop_too_large=("severe", 0.75)),  # under 80 % sure
    }
    drops, maybe, watch = review(rows, recorded=recorded)
    assert (drops.athlete_id, drops.group, drops.why) == ("DROPS", "adjust the plan", "Right: the drop_too_large.")
    assert drops.then == "First say “Mend drop_too_large”, then move up." and drops.direction == "up"  # the prescription is the plan's
    assert maybe.group == watch.group == "carry on"
    by_name = {point.name: point for point in drops.form}
    assert (by_name["drop"].sign.status, by_name["drop"].side, by_name["level"].sign.status) == ("mend", "right", "good")
    assert by_name["trunk"].sign.status == "unseen" and by_name["trunk"].side == ""


def test_short_of_level_is_the_plans_word():
    recorded = pd.DataFrame(
        [
            {"recording": f"{side}", "athlete_id": "A01", "date": AS_OF, "session": math.nan, "side": side, "set": 2, "n_reps": 20}
            | {"judged_reps": 20, "clean_reps": 20 if side == "left" else 8, "drop_deg": 7.0, "return_error_deg": 1.0, "rotation_range_deg": 2.0}
            | {"rep_s": 2.0, "form_score": 80.0, "form_low": 70.0, "form_high": 90.0, "impulse_nms": math.nan, "route": "vqf", "flags": ""}
            for side in ("left", "right")
        ]
    )
    history = summarise_log(pd.DataFrame(sessions("A01", 3, 0)), recorded)
    (row,) = review_squad(history, {}, {("A01", "right"): faults(incomplete_return=("moderate", 0.99))}, AS_OF)
    assert (row.group, row.why) == ("talk to them today", "The right hip stops short of level.")
    assert row.also == ()  # said once, though the recording shows it too
    assert row.last_sets["right"].counts == (20, 8) and row.last_sets["right"].at_least == (True, False)  # 8 clean ones, exactly
    assert row.last_sets["left"].at_least == (True, True)


def test_a_gap_is_signed_in_repetitions_and_named_only_beyond_chance_and_size():
    rows = [*sessions("BIG", 3), *sessions("SMALL", 3), *sessions("LUCK", 3), *sessions("FLOOR", 3)]
    told = {
        "BIG": outlook("BIG", asymmetry=(0.3, 0.2, 0.4)),
        "SMALL": outlook("SMALL", asymmetry=(0.1, 0.05, 0.15)),
        "LUCK": outlook("LUCK", asymmetry=(-0.3, -0.7, 0.1)),
        "FLOOR": outlook("FLOOR", asymmetry=None),
    }
    found = {row.athlete_id: row for row in review(rows, told)}
    # 30 on both sides on average: 30 (e^0.15 − e^−0.15) = 9.03, and 3.00 with half as much.
    assert found["BIG"].gap.reps == pytest.approx(9.034, abs=0.001) and found["BIG"].group == "adjust the plan"
    assert found["BIG"].why == "Right weaker by about 9 reps."
    assert abs(found["SMALL"].gap.reps) < GAP_TO_NAME_REPS.value and not found["SMALL"].gap.chance and found["SMALL"].group == "carry on"
    assert found["LUCK"].gap.chance and found["LUCK"].gap.reps < -GAP_TO_NAME_REPS.value and found["LUCK"].group == "carry on"
    assert found["FLOOR"].gap is None


@pytest.mark.parametrize(
    ("days", "told", "words"),
    [
        ((60, 0), {}, ""),  # a bar
        ((20, 0), {}, "too early for a date: from week 5"),
        ((20, 0), {"only_at_least": True, "date_3x45": {"p10": "2026-02-01", "median": "2026-04-01", "p90": None}}, "too early for a date"),
        ((60, 0), {"prob_within_horizon": math.nan}, "no date yet: one set without a target would tell"),
        ((60, 0), {"only_at_least": True, "date_3x45": {"p10": "2026-02-01", "median": "2026-04-01", "p90": None}}, "perhaps reached: one set"),
        ((60, 0), {"date_3x45": {"p10": "2026-01-20", "median": "2026-02-01", "p90": "2026-02-20"}}, "reached 1 Feb"),
        ((60, 0), {"date_3x45": {"p10": None, "median": None, "p90": None}}, "not within the half year ahead"),
        ((60, 20), {}, "needs a new session"),
    ],
)
def test_the_date_or_why_there_is_none(days, told, words):
    if "date_3x45" in told:
        told = told | {"date_3x45": {key: None if day is None else pd.Timestamp(day) for key, day in told["date_3x45"].items()}}
    (row,) = review(sessions("A01", *days), {"A01": outlook("A01", **told)})
    assert row.goal.words.startswith(words) and bool(row.goal.words) == bool(words)


def test_pain_holds_the_date_and_an_old_pain_says_how_old():
    (row,) = review(sessions("A01", 60, 20, pain=7), {"A01": outlook("A01")})
    assert row.why == "Pain at 7 of 10, left side. That was 20 days ago." and row.goal.words == "on hold while there is pain"


def test_only_the_last_weeks_are_shown_and_what_could_have_been_more_is_marked():
    rows = [*sessions("A01", 70, 10, sides=("left",)), *sessions("A01", 5, done={"left": 15}, sides=("left",), stop_reason="other")]
    rows += sessions("A01", 0, done={"left": 12}, sides=("left",), stop_reason="fatigue")
    (row,) = review(rows)
    assert list(row.last_sets) == ["left"] and row.last_sets["left"].counts == (20, 15, 12)
    assert row.last_sets["left"].at_least == (True, True, False)


def test_an_old_recording_says_nothing_of_today():
    old = AS_OF - pd.Timedelta(days=FORM_FRESH_DAYS.value + 1)
    rows = [("new", "A01", AS_OF, "left", 2, 80.0), ("before", "A01", AS_OF, "left", 1, 80.0), ("old", "A01", old, "right", 1, 80.0)]
    rows += [("unjudged", "A02", AS_OF, "left", 1, math.nan), ("nobody", None, AS_OF, "left", 1, 80.0), ("undated", "A03", pd.NaT, "left", 1, 80.0)]
    table = pd.DataFrame(rows, columns=["recording", "athlete_id", "date", "side", "set", "form_score"]).assign(flags="")
    table.loc[6] = ["other leg", "A01", AS_OF, "left", 3, 80.0, "stance_against_name"]
    assert choose_recordings(table, AS_OF)["recording"].tolist() == ["new"]


def test_every_reason_of_a_plan_has_its_words():
    """Each way to a prescription leads to a row, so none may be missing from what is said."""
    from hiphitch_analysis.progress.concerns import GOING_ON, STALLED, list_concerns
    from hiphitch_analysis.progress.plan import Prescription

    for because in BECAUSE:
        action = {"complete": "advance", "pain": "rest"}.get(because, "repeat")
        plan = Prescription("A01", action, 2, 20, 0.0, "Repeat 2 × 20. So it is.", "left: 18 of 20.", because, 0, 0, 0, False)
        first, *_ = list_concerns(plan, None, (), None, AS_OF, AS_OF)
        assert first.why and first.then.endswith((".", "”"))
    assert set(GOING_ON) | set(STALLED) < set(BECAUSE)


@pytest.mark.parametrize(
    ("groups", "headline"),
    [
        (["READY"], "Nobody needs a word today. 1 can move up."),
        (["HURTS", "HURTS2"], "2 of 2 need a word today."),
        (["STALLED", "READY"], "Nobody needs a word today. 1 needs another plan. 1 can move up."),
    ],
)
def test_the_headline_counts(groups, headline):
    known = {
        "READY": sessions("READY", 3, 0),
        "HURTS": sessions("HURTS", 0, pain=8),
        "HURTS2": sessions("HURTS2", 0, pain=8),
        "STALLED": sessions("STALLED", 6, 3, 0, target=25, done={"left": 9, "right": 9}),
    }
    assert write_headline(review([row for name in groups for row in known[name]])) == headline

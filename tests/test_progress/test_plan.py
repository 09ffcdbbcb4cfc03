"""The log summed up, and the rules that choose the next session, on small logs whose answer a coach would give."""

import pandas as pd
import pytest

from hiphitch_analysis.progress.history import choose_today, summarise_log
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.plan import LADDER, plan_next
from hiphitch_analysis.progress.summary import describe_progress, summarise_progress
from hiphitch_analysis.progress.unlogged import list_unlogged


def session(day, sets, target, done=None, *, athlete="A01", sides=("left", "right"), **more):
    """Rows of one session: `done` maps side → repetitions per set; by default every set reaches its target."""
    rows = []
    for side in sides:
        for k in range(sets):
            reps = (done or {}).get(side, [target] * sets)[k]
            rows.append(
                {"athlete_id": athlete, "date": f"2026-01-{day:02d}", "side": side, "set": k + 1, "target_reps": target, "reps": reps, **more}
            )
    return rows


def history(*sessions, recorded=None):
    return summarise_log(pd.DataFrame([row for rows in sessions for row in rows]), recorded)


def recorded(day, side, clean_reps, form_score=80.0):
    measures = {
        "n_reps": 20,
        "judged_reps": 20,
        "clean_reps": clean_reps,
        "drop_deg": 7.0,
        "return_error_deg": 1.0,
        "rotation_range_deg": 2.0,
        "rep_s": 2.0,
    }
    form = {"form_score": form_score, "form_low": 50.0, "form_high": 90.0, "impulse_nms": float("nan"), "route": "vqf", "flags": ""}
    place = {"recording": f"{side}{day}", "athlete_id": "A01", "date": f"2026-01-{day:02d}", "session": float("nan"), "side": side, "set": 2}
    return place | measures | form


def test_history_of_a_capped_and_a_failed_set():
    table = history(session(5, 2, 20, {"right": [20, 17]}))
    left, right = table.iloc[0], table.iloc[1]
    assert left["capped"] and left["complete"] and left["reps_last"] == 20
    assert not right["capped"] and not right["complete"] and right["reps_min"] == 17


def test_stop_reason_outweighs_the_count():
    tired = history(session(5, 2, 20, stop_reason="fatigue"))
    assert not tired["capped"].any() and tired["complete"].all()  # reached it, but could do no more: exactly 20, not at least 20


def test_amrap_sets_are_never_capped():
    free = history(session(5, 1, 20, {"left": [33], "right": [31]}, amrap=True))
    assert not free["capped"].any() and free["reps_last"].tolist() == [33, 31]


def test_sessions_are_numbered_by_date():
    table = history(session(7, 2, 20), session(5, 2, 20), session(9, 2, 20))
    assert table["session"].tolist() == [1, 1, 2, 2, 3, 3] and table["date"].is_monotonic_increasing


def test_form_is_joined_where_a_set_was_recorded():
    sessions = pd.DataFrame([recorded(7, "right", 16)])
    table = history(session(5, 2, 20), session(7, 2, 20), recorded=sessions)
    assert table["clean_reps"].dropna().tolist() == [16] and table.loc[table["clean_reps"].notna(), "side"].tolist() == ["right"]


def test_two_complete_sessions_move_up_one_does_not():
    once, twice = history(session(5, 2, 20)), history(session(5, 2, 20), session(7, 2, 20))
    assert plan_next(once).action == "repeat" and plan_next(once).reps == 20
    up = plan_next(twice)
    assert (up.action, up.sets, up.reps, up.step_left, up.step_right) == ("advance", 2, 25, 1, 1)


@pytest.mark.parametrize("step", range(len(LADDER) - 1))
def test_every_step_leads_to_the_next(step):
    sets, reps = LADDER[step]
    plan = plan_next(history(session(5, sets, reps), session(7, sets, reps)))
    assert (plan.step, (plan.sets, plan.reps)) == (step, LADDER[step + 1])


def test_after_three_times_45_comes_the_ankle_weight():
    plan = plan_next(history(session(5, 3, 45), session(7, 3, 45)))
    assert plan.ready_for_ankle_weight and (plan.sets, plan.reps, plan.ankle_kg) == (3, 30, 0.5)
    heavier = plan_next(history(session(5, 3, 45, ankle_kg=0.5), session(7, 3, 45, ankle_kg=0.5)))
    assert heavier.ankle_kg == 1.0


def test_the_weaker_side_decides():
    plan = plan_next(history(session(5, 2, 20, {"right": [20, 15]}), session(7, 2, 20, {"right": [20, 18]})))
    assert plan.action == "repeat" and "right: 18 of 20" in plan.reason and "left" not in plan.reason
    assert (plan.step_left, plan.step_right) == (1, 0)


def test_short_of_level_holds_back_whatever_the_count():
    sessions = pd.DataFrame([recorded(7, "left", 20), recorded(7, "right", 16)])
    plan = plan_next(history(session(5, 2, 20), session(7, 2, 20), recorded=sessions))
    assert plan.action == "repeat" and "right hip stops short of level" in plan.headline and "16 of its 20" in plan.reason
    assert (plan.step_left, plan.step_right) == (1, 0)


def test_poor_form_holds_back_too():
    sessions = pd.DataFrame([recorded(7, "left", 20), recorded(7, "right", 20, form_score=55.0)])
    plan = plan_next(history(session(5, 2, 20), session(7, 2, 20), recorded=sessions))
    assert plan.action == "repeat" and "Form first" in plan.headline and "right" in plan.reason and "55" in plan.reason


def test_a_set_stopped_by_pain_counts_wherever_it_stands():
    rows = session(5, 2, 20) + session(7, 2, 20, stop_reason="target")
    rows[4]["stop_reason"] = "pain"
    assert plan_next(history(rows)).action == "rest"


def test_a_side_that_failed_is_not_forgotten_on_the_other_sides_days():
    failed = session(5, 2, 20, {"right": [20, 9]})
    plan = plan_next(history(failed, session(7, 2, 20, sides=("left",)), session(9, 2, 20, sides=("left",))))
    assert plan.action == "repeat" and "right: 9 of 20" in plan.reason


def test_sides_trained_on_alternate_days_are_each_counted():
    once = [session(day, 2, 20, sides=(side,)) for day, side in ((5, "left"), (6, "right"))]
    twice = [*once, *(session(day, 2, 20, sides=(side,)) for day, side in ((7, "left"), (8, "right")))]
    assert plan_next(history(*once)).action == "repeat" and plan_next(history(*twice)).action == "advance"


def test_the_side_that_does_less_sets_the_step():
    uneven = [session(day, 3, 45, sides=("left",)) + session(day, 2, 45, sides=("right",)) for day in (5, 7)]
    plan = plan_next(history(*uneven))
    assert not plan.ready_for_ankle_weight and (plan.sets, plan.reps) == (3, 30)


def test_ankle_weight_needs_both_sides():
    plan = plan_next(history(*(session(day, 3, 45, sides=("left",)) for day in (5, 7))))
    assert plan.action == "repeat" and "other side" in plan.headline


def test_less_than_the_first_step_does_not_move_up():
    assert plan_next(history(session(5, 1, 20), session(7, 1, 20))).action == "repeat"
    few = [session(day, 2, 20, {"left": [12, 12], "right": [12, 12]}, amrap=True) for day in (5, 7)]
    assert plan_next(history(*[[{**row, "target_reps": None} for row in rows] for rows in few])).action == "repeat"


def test_what_a_leg_could_do_counts_sessions_at_the_same_step():
    plan = plan_next(history(session(5, 2, 20), session(7, 2, 25)))
    assert plan.step_left == plan.step_right == 1


def test_two_sessions_on_one_day_keep_their_own_form():
    rows = session(7, 2, 20, session=1.0) + session(7, 2, 20, session=2.0)
    sessions = pd.DataFrame([recorded(7, "left", 5) | {"session": 1.0}, recorded(7, "left", 20) | {"session": 2.0}])
    table = history(rows, recorded=sessions).query("side == 'left'")
    assert table["clean_reps"].tolist() == [5, 20]
    without = history(rows, recorded=sessions.assign(session=float("nan"))).query("side == 'left'")
    assert without["clean_reps"].isna().tolist() == [True, False]


def test_a_recording_of_another_set_is_not_the_last_one():
    table = history(session(7, 3, 30), recorded=pd.DataFrame([recorded(7, "left", 20)]))
    assert table["clean_reps"].notna().any() and not table["recorded_last"].any()


def test_a_session_number_holds_for_the_day():
    rows = session(7, 2, 20, sides=("left",), session=4.0) + session(7, 2, 20, sides=("right",), session=None)
    assert history(rows)["session"].tolist() == [1, 1]


@pytest.mark.parametrize("more", [{"pain": 6}, {"pain": 2, "stop_reason": "pain"}])
def test_pain_comes_before_everything(more):
    plan = plan_next(history(session(5, 2, 20), session(7, 2, 20, **more)))
    assert plan.action == "rest" and plan.sets == 0 and "physio" in plan.reason


def test_mild_pain_does_not_stop_the_programme():
    assert plan_next(history(session(5, 2, 20, pain=1), session(7, 2, 20, pain=2))).action == "advance"


def test_long_break_restarts_one_step_lower():
    table = history(session(5, 2, 25), session(7, 2, 25))
    plan = plan_next(table, as_of=pd.Timestamp("2026-02-01"))
    assert plan.action == "restart" and (plan.sets, plan.reps) == (2, 20) and "25 days" in plan.headline
    assert plan_next(table, as_of=pd.Timestamp("2026-01-20")).action == "advance"


def test_far_short_three_times_steps_back():
    days = [session(day, 2, 30, {"left": [25, 18], "right": [30, 30]}) for day in (5, 7, 9)]
    assert plan_next(history(*days)).action == "step back"
    assert plan_next(history(*days[:2])).action == "repeat"


def test_headlines_are_short():
    plans = [
        plan_next(history(session(5, 2, 20))),
        plan_next(history(session(5, 3, 45), session(7, 3, 45))),
        plan_next(history(session(5, 2, 20, pain=7))),
        plan_next(history(session(5, 2, 20)), as_of=pd.Timestamp("2026-03-01")),
    ]
    assert all(len(plan.headline.replace(" × ", "×").split()) <= 10 for plan in plans)


def test_one_side_only_is_said():
    plan = plan_next(history(session(5, 2, 20, sides=("left",)), session(7, 2, 20, sides=("left",))))
    assert plan.action == "advance" and "only side logged" in plan.reason and plan.step_right == -1


def test_log_without_targets_cannot_be_complete_and_says_so():
    log = pd.DataFrame(session(5, 2, 20) + session(7, 2, 20)).drop(columns="target_reps")
    summary = summarise_progress(log)
    assert summary["athletes"][0]["next_prescription"]["action"] == "repeat"
    assert any(line.startswith("what was prescribed is not in the log") for line in summary["not_inferred"])


def test_summary_repeats_the_prescription_on_both_sides():
    summary = summarise_progress(pd.DataFrame(session(5, 2, 20) + session(7, 2, 20) + session(7, 2, 20, athlete="B")))
    ids = [(entry["athlete_id"], entry["side"]) for entry in summary["athletes"]]
    assert ids == [("A01", "left"), ("A01", "right"), ("B", "left"), ("B", "right")]
    assert summary["athletes"][0]["next_prescription"] == summary["athletes"][1]["next_prescription"]
    assert "Move up to 2 × 25" in describe_progress(summary) and "at least" in describe_progress(summary)


def test_one_athlete_at_a_time():
    with pytest.raises(ValueError, match="one athlete"):
        plan_next(history(session(5, 2, 20), session(5, 2, 20, athlete="B")))


# --- With what the capacity model says ---------------------------------------------------------------------------------------------------------
def outlook_with(chances, ready=False):
    """An outlook of which only the chances matter: one for each step, the same on both sides, with and without repetitions to spare."""
    table = pd.DataFrame([{"sets": s, "reps": r, **dict.fromkeys(("left", "right", "left_spare", "right_spare"), c)} for (s, r), c in chances])
    nothing = {"slope": 0.0, "slope_se": 0.0, "reps_now": {}, "date_3x45": {}, "prob_within_horizon": 0.0, "asymmetry": None, "alarms": ()}
    return Outlook(athlete_id="A01", **nothing, uncapped=None, only_at_least=False, ankle_ready=ready, chances=table)


def chances(*values):
    return list(zip(LADDER, values, strict=True))


def test_a_step_that_would_fail_is_held_back_though_the_rule_says_up():
    two = history(session(5, 2, 20), session(7, 2, 20))
    held = plan_next(two, outlook=outlook_with(chances(0.9, 0.35, 0.1, 0, 0, 0, 0)))
    assert (held.action, held.sets, held.reps) == ("repeat", 2, 20) and "Chance to complete 2 × 25: 35 %" in held.reason
    assert plan_next(two, outlook=outlook_with(chances(0.9, 0.65, 0.1, 0, 0, 0, 0))).action == "advance"


def test_one_complete_session_is_enough_where_the_next_step_is_as_good_as_certain():
    once = history(session(5, 2, 20))
    up = plan_next(once, outlook=outlook_with(chances(1, 0.95, 0.5, 0, 0, 0, 0)))
    assert (up.action, up.step_left, up.step_right) == ("advance", 1, 1)  # both legs can do what they are sent to
    assert plan_next(once, outlook=outlook_with(chances(1, 0.85, 0.5, 0, 0, 0, 0))).action == "repeat"


def test_a_step_out_of_reach_is_left_for_one_likelier_done_than_not():
    failed = history(session(5, 3, 35, {"left": [33, 30, 28], "right": [33, 30, 28]}))
    plan = plan_next(failed, outlook=outlook_with(chances(1, 0.9, 0.6, 0.4, 0.05, 0, 0)))
    assert (plan.action, plan.sets, plan.reps) == ("step back", 2, 30)
    assert plan_next(failed, outlook=outlook_with(chances(1, 1, 0.9, 0.6, 0.2, 0, 0))).action == "repeat"


def test_an_ankle_weight_asks_for_repetitions_to_spare():
    top = history(session(5, 3, 45), session(7, 3, 45))
    assert plan_next(top, outlook=outlook_with(chances(*[1.0] * 6, 0.7))).action == "repeat"
    assert plan_next(top, outlook=outlook_with(chances(*[1.0] * 7), ready=True)).action == "add ankle weight"


def test_a_log_whose_every_set_was_capped_gives_a_lower_bound_only():
    log = pd.DataFrame([row for day in (5, 7, 9, 12) for row in session(day, 2, 30, stop_reason="target")])
    entry = summarise_progress(log)["athletes"][0]
    assert entry["lower_bound_only"] and entry["date_3x45"]["median"] is None and entry["date_3x45"]["prob_within_horizon"] is None
    assert entry["reps_set1_now"] > 30 and entry["reps_set1_interval"][1] is None and entry["asymmetry"] is None


def test_a_log_without_a_single_repetition_says_so():
    summary = summarise_progress(pd.DataFrame(session(5, 2, 20, {"left": [0, 0], "right": [0, 0]})))
    assert summary["athletes"][0]["slope"] is None and any("no set holds a repetition" in line for line in summary["not_inferred"])


def test_what_hangs_on_sets_stopped_for_pain_is_said_of_the_side_that_hurt():
    hurt = session(12, 2, 30, {"left": [30, 12], "right": [30, 30]})
    for row in hurt:
        row["stop_reason"] = "pain" if row["reps"] < 30 else "target"
    rows = session(5, 2, 25) + session(7, 2, 25, {"left": [25, 22], "right": [25, 24]}) + hurt
    left, right = summarise_progress(pd.DataFrame(rows))["athletes"]
    assert right["if_pain_ends"] is None
    assert left["if_pain_ends"]["reps_set1_now"] < left["reps_set1_now"]
    assert "if pain had ended capacity, a fresh set would come to" in describe_progress(summarise_progress(pd.DataFrame(rows)))


def test_what_is_not_censored_is_followed_too():
    rows = [row | {"rpe": 4.0 + 0.4 * week} for week in range(6) for row in session(5 + 4 * week, 2, 20 + week)]
    summary = summarise_progress(pd.DataFrame(rows))
    assert [(trend["measure"], trend["changed"]) for trend in summary["trends"]] == [("rpe", True)]
    assert "Exertion has risen" in describe_progress(summary)


# --- Recordings that the log knows nothing of ---------------------------------------------------------------------------------------------------
def test_a_set_recorded_after_the_log_ends_brings_its_form():
    sessions = pd.DataFrame([recorded(9, "left", 20), recorded(9, "right", 12)])
    table = history(session(5, 2, 20), session(7, 2, 20), recorded=sessions)
    last = table[table["session"].eq(2)].set_index("side")
    assert last["clean_reps"].to_dict() == {"left": 20, "right": 12} and not last["recorded_last"].any()  # the points of the log stay as they are
    assert last["recorded_on"].eq(pd.Timestamp("2026-01-09")).all() and table.loc[table["session"].eq(1), "recorded_on"].isna().all()
    plan = plan_next(table)
    assert plan.action == "repeat" and plan.because == "short of level" and "12 of its 20 repetitions recorded on 9 Jan" in plan.reason


def test_a_recording_is_a_sign_of_life():
    sessions = pd.DataFrame([recorded(24, "left", 20), recorded(24, "right", 20)])
    logged = [session(5, 2, 20), session(7, 2, 20)]
    today = pd.Timestamp("2026-01-26")
    assert plan_next(history(*logged), today).action == "restart"
    assert plan_next(history(*logged, recorded=sessions), today).action == "advance"


def test_today_is_the_last_day_of_the_log_or_of_a_recording_of_somebody_in_it():
    log = pd.DataFrame(session(5, 2, 20)).assign(date=pd.Timestamp("2026-01-05"))
    rows = pd.DataFrame([recorded(9, "left", 20), recorded(30, "left", 20) | {"athlete_id": "B07"}]).assign(date=lambda t: pd.to_datetime(t["date"]))
    assert choose_today(log) == pd.Timestamp("2026-01-05") and choose_today(log, rows) == pd.Timestamp("2026-01-09")
    assert choose_today(log, rows, pd.Timestamp("2026-02-01")) == pd.Timestamp("2026-02-01")
    with pytest.raises(ValueError, match=r"today: expected 2026-01-09 or later, .* got 2026-01-08"):
        choose_today(log, rows, pd.Timestamp("2026-01-08"))


def test_a_recording_that_may_be_of_the_other_leg_decides_nothing():
    doubted = [recorded(9, side, 12) | {"flags": "relative_zero stance_against_name"} for side in ("left", "right")]
    table = history(session(5, 2, 20), session(7, 2, 20), recorded=pd.DataFrame(doubted))
    assert table["clean_reps"].isna().all() and plan_next(table).action == "advance"
    log = pd.DataFrame(session(5, 2, 20)).assign(date=pd.Timestamp("2026-01-05"))
    told = list_unlogged(log, pd.DataFrame(doubted).assign(date=pd.Timestamp("2026-01-09")))
    assert told[0] == "A01: left9, right9 may be of the other leg, so its form decides nothing. Check --stance"


def test_what_the_log_does_not_know_is_said_by_name():
    log = pd.DataFrame(session(5, 2, 20) + session(9, 2, 20)).assign(date=lambda t: pd.to_datetime(t["date"]))
    rows = [
        recorded(5, "left", 20),  # in the log
        recorded(7, "left", 20),  # between two sessions
        recorded(12, "left", 20),
        recorded(12, "right", 20),
        recorded(12, "right", 20) | {"athlete_id": "B07", "recording": "b"},
        recorded(12, "right", 20) | {"athlete_id": None, "recording": "nobody"},
        recorded(12, "right", 20) | {"date": None, "recording": "some day"},
        recorded(14, "right", 20) | {"n_reps": 0},  # nothing to leave out
    ]
    told = list_unlogged(log, pd.DataFrame(rows).assign(date=lambda t: pd.to_datetime(t["date"])))
    assert told == [
        "1 recording names no athlete: not used. Analyse it again with --athlete",
        "1 recording belongs to B07, who is not in the log: not used",
        "A01: 1 recording names no date: form is shown, but decides nothing. Analyse it again with --date",
        "A01: the session of 7 Jan 2026 is not in the log (not used). Write it there; recorded were left set 2 with 20 repetitions",
        "A01: the session of 12 Jan 2026 is not in the log (form counts, repetitions do not). Write it there; recorded were "
        "left set 2 with 20 repetitions, right set 2 with 20 repetitions",
    ]
    assert list_unlogged(log, None) == []


def test_one_set_on_its_own_does_not_set_the_step():
    plan = plan_next(history(session(5, 2, 25), session(7, 2, 25), session(9, 1, 30)))
    assert (plan.sets, plan.reps, plan.action) == (2, 25, "repeat") and "shorter than this step" in plan.reason


def test_a_leg_could_do_only_what_is_likely():
    two = history(session(5, 2, 20), session(7, 2, 20))
    plan = plan_next(two, outlook=outlook_with(chances(0.9, 0.35, 0.1, 0, 0, 0, 0)))
    assert plan.because == "next step unlikely" and (plan.step_left, plan.step_right) == (0, 0)

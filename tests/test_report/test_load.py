"""What a set asked, in a coach's words."""

import pandas as pd

from hiphitch_analysis.report.load import say_load, say_week

DOSE = {"mean_nm": 66.0, "mean_se_nm": 7.0, "joint_low_bw": 2.8, "joint_high_bw": 3.2, "work_j": 9.2, "n_reps": 20, "equivalents": None}
EQUAL = {"added_kg": 1.0, "moment_share": 0.025, "reps": {"median": 1.6}, "phase_s": {"median": 0.06}, "drop_deg": {"median": 2.3}}


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_load_with_its_limits_and_equivalents():
    told = plain(say_load("right", {**DOSE, "equivalents": EQUAL}))
    assert told.startswith("right leg: the hip muscles held 66 N·m on average (52 to 80)")
    assert "adds 2.5 % to the load: as hard as 1.6 repetitions more than 20, or as 2.3° more drop" in told


def test_what_was_not_measured_is_not_said():
    assert "too little of the set was measured" in say_load("left", {**DOSE, "mean_nm": None})
    told = say_load("left", {**DOSE, "work_j": None, "joint_low_bw": None, "equivalents": {**EQUAL, "reps": {"median": None}}})
    assert "raise" not in told and "joint" not in told and "kilogram" not in told


def test_a_week():
    weeks = pd.DataFrame(
        {
            "side": ["left", "left", "right"],
            "week": pd.to_datetime(["2026-01-05", "2026-01-12", "2026-01-12"]),
            "reps": [40, 60, 50],
            "impulse_nms": [5000.0, 8140.0, 6000.0],
            "estimated_share": [0.0, 0.5, 0.0],
        }
    )
    told = plain(say_week(weeks))
    assert told.startswith("In the week of 12 Jan the hip muscles did 8,100 N·m·s in 60 repetitions standing left and 6,000 N·m·s in 50")
    assert "(29 % of it" in told  # 4,070 of 14,140
    assert say_week(weeks.assign(impulse_nms=float("nan"))) == ""
    assert "logged and not recorded" not in say_week(weeks.iloc[:1])

"""Trends of what is not censored: against lme4's figures for real data, against simulated truth, and where there is too little to fit."""

import subprocess
import sys
import time as clock

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.trends import fit_trend


def simulate(seed, athletes=12, days=10, slope=0.6, slope_sd=0.5, level_sd=6.0, side_sd=2.0, day_sd=2.0, sd=3.0):
    """Form over eight weeks: levels, slopes, sides and days of each athlete drawn independently. Returns the table and the athletes' slopes."""
    rng = np.random.default_rng([77, seed])
    own = slope + slope_sd * rng.standard_normal(athletes)
    rows = []
    for i in range(athletes):
        weeks = np.r_[0, np.sort(rng.choice(np.arange(1, 56), days - 1, replace=False))] / 7
        level, sides, of_day = 70 + level_sd * rng.standard_normal(), side_sd * rng.standard_normal(2), day_sd * rng.standard_normal(days)
        for k, week in enumerate(weeks):
            for j, side in enumerate(("left", "right")):
                rows.append((f"A{i:02d}", week, side, level + own[i] * week + sides[j] + of_day[k] + sd * rng.standard_normal()))
    return pd.DataFrame(rows, columns=["athlete_id", "week", "side", "form_score"]), own


# --- Real data -------------------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def knee_extension(shared):
    table = pd.read_csv(shared("exscidata/strengthvolume.csv"))
    table = table[table["exercise"].eq("legext") & table["include"].eq("incl")].dropna(subset=["load"])
    week = {"pre": 0.0, "session1": 0.3, "week2": 2.0, "week5": 5.0, "week9": 9.0, "post": 12.0}
    return table.assign(week=table["time"].map(week), log_load=np.log(table["load"]))


MODEL = {"athlete": "participant", "components": ("leg",), "covariates": ("sex",), "moderators": ("sets",)}


def test_real_strength_data_give_the_figures_of_lme4(knee_extension):
    trend = fit_trend(knee_extension, "log_load", **MODEL)
    assert (len(trend.points), trend.athletes.shape[0]) == (363, 34)
    assert trend.time == "log(1+week)" and trend.method == "mixed, own slopes"
    # lme4: log(load) ~ lw * sets + sex + (lw | participant) + (1 | participant:leg), REML; given to six decimals.
    expected = {"time": 0.165608, "sets[single]": 0.005784, "sex[male]": 0.409733, "time:sets[single]": -0.014329}
    for name, value in expected.items():
        assert trend.effects.loc[name, "estimate"] == pytest.approx(value, abs=3e-6)  # two optimisers stop that far apart
    assert trend.log_likelihood == pytest.approx(359.450, abs=0.0006)
    # The difference of plain likelihoods is 56.2 at both optima; the model has as many parameters either way but for the leg's, zero in weeks.
    assert 105 < trend.aic["week"] - trend.aic["log(1+week)"] < 115


def test_without_the_leg_log_time_has_the_plain_likelihood_that_was_measured_elsewhere(knee_extension):
    trend = fit_trend(knee_extension, "log_load", **{**MODEL, "components": ()})
    parameters = 5 + 3 + 1
    assert parameters - trend.aic["log(1+week)"] / 2 == pytest.approx(374.5, abs=0.05)


# --- Simulated truth -------------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def twenty():
    """Twenty squads of twelve, fitted in weeks."""
    squads = [simulate(seed) for seed in range(20)]
    return [(fit_trend(table, "form_score", time="week"), own) for table, own in squads]


def test_slope_and_spreads_are_recovered(twenty):
    mean = np.mean([trend.effects.loc["time", "estimate"] for trend, _ in twenty])
    # One squad's mean slope has a standard error of about √(0.5² + 0.35²)/√12 = 0.18, the mean of twenty 0.04; three of them.
    assert abs(mean - 0.6) < 0.12
    spreads = pd.DataFrame([trend.sds for trend, _ in twenty]).fillna(0.0).mean()
    # 20 × 11 degrees of freedom between athletes: 5 % standard error for levels, more for slopes and days, which carry error of their own.
    assert abs(spreads["level"] - 6.0) < 0.9 and abs(spreads["slope"] - 0.5) < 0.12
    assert abs(spreads["side"] - 2.0) < 0.4 and abs(spreads["day"] - 2.0) < 0.4 and abs(spreads["residual"] - 3.0) < 0.2


def test_intervals_hold_what_they_promise(twenty):
    mean = np.mean([trend.effects.loc["time", "low"] <= 0.6 <= trend.effects.loc["time", "high"] for trend, _ in twenty])
    assert mean >= 0.8  # of 20 squads at 95 %, fewer than 16 would happen once in 400
    own = np.mean([((trend.athletes["slope_low"] <= own) & (own <= trend.athletes["slope_high"])).mean() for trend, own in twenty])
    assert 0.90 <= own <= 0.99  # 240 athletes, those of a squad share its mean's error: about 2 % standard error


def test_own_slopes_are_shrunken_and_nearer_the_truth_than_alone(twenty):
    trend, own = twenty[0]
    alone = np.array(
        [
            fit_trend(group, "form_score", time="week").athletes["slope"].iloc[0]
            for _, group in trend.points.rename(columns={"value": "form_score"}).groupby("athlete_id")
        ]
    )
    assert trend.athletes["slope"].std() < alone.std()
    assert np.sqrt(np.mean((trend.athletes["slope"] - own) ** 2)) < np.sqrt(np.mean((alone - own) ** 2))


def test_one_athletes_interval_holds_too():
    held = [
        bool(row["slope_low"] <= own[0] <= row["slope_high"])
        for table, own in (simulate(seed, athletes=1, days=12) for seed in range(100))
        for row in fit_trend(table, "form_score", time="week").athletes.to_dict("records")
    ]
    assert 0.88 <= np.mean(held) <= 1.0  # 95 % of 100: 2.2 % standard error


def test_log_time_is_found_where_it_is_true():
    table, _ = simulate(3)
    curved = table.assign(form_score=table["form_score"] + 8.0 * np.log1p(table["week"]) - 1.0 * table["week"])
    assert fit_trend(curved, "form_score").time == "log(1+week)"
    assert fit_trend(table, "form_score").time == "week"


# --- Exact lines -----------------------------------------------------------------------------------------------------------------------------
def test_an_exact_line_comes_back():
    week = np.arange(10.0)
    table = pd.concat(
        [pd.DataFrame({"athlete_id": "A01", "week": week, "side": s, "drop_deg": 8 + d + 0.25 * week}) for s, d in (("left", 0), ("right", 1))]
    )
    trend = fit_trend(table, "drop_deg", time="week")
    row = trend.athletes.iloc[0]
    assert row["slope"] == pytest.approx(0.25) and row["change"] == pytest.approx(2.25)
    ends = trend.courses.groupby("side")["fitted"].agg(["first", "last"])
    np.testing.assert_allclose(ends.loc["left"], [8.0, 10.25])
    np.testing.assert_allclose(ends.loc["right"], [9.0, 11.25])


def test_sets_of_a_day_count_once():
    table, _ = simulate(1, athletes=1)
    thrice = pd.concat([table] * 3)
    once, more = fit_trend(table, "form_score"), fit_trend(thrice, "form_score")
    pd.testing.assert_frame_equal(once.athletes, more.athletes)


def test_weeks_come_from_dates_of_each_athlete():
    dates = pd.to_datetime(["2026-01-05", "2026-01-12", "2026-01-19"])
    table = pd.concat(
        [
            pd.DataFrame({"athlete_id": who, "date": dates + pd.Timedelta(days=d), "side": "left", "pain": [3.0, 2.0, 1.0]})
            for who, d in (("A", 0), ("B", 30))
        ]
    )
    np.testing.assert_allclose(fit_trend(table, "pain", time="week").athletes["slope"], -1.0)


# --- Too little, and too much ------------------------------------------------------------------------------------------------------------------
def test_steps_down_are_said():
    few = fit_trend(simulate(2, athletes=3)[0], "form_score")
    assert few.method == "least squares, cluster-robust" and any("line of its own" in note for note in few.notes)
    assert few.effects.loc["time", "low"] < few.effects.loc["time", "high"]
    one = fit_trend(simulate(2, athletes=1, days=6)[0], "form_score")
    assert one.method == "each athlete alone" and "A00: Theil–Sen." in one.notes
    alike = fit_trend(simulate(4, slope_sd=0.0, side_sd=0.0, athletes=6)[0], "form_score", time="week")
    assert any("left out" in note or "one slope for all" in note for note in alike.notes)
    assert all("takes no weights" in trend.notes[-1] for trend in (alike,))


def test_two_sessions_give_a_slope_and_no_interval():
    table = pd.DataFrame({"athlete_id": "A01", "week": [0.0, 2.0], "side": "left", "rpe": [5.0, 6.0]})
    row = fit_trend(table, "rpe").athletes.iloc[0]
    assert row["slope"] == pytest.approx(0.5) and np.isnan(row["slope_low"])


def test_one_slope_for_all_where_each_came_twice():
    table, _ = simulate(5, athletes=8, days=2)
    trend = fit_trend(table, "form_score")
    assert trend.method == "mixed, one slope" and trend.sds["slope"] == 0.0
    assert np.ptp(trend.athletes["slope"]) == 0


def test_a_constant_measure_is_said_to_be_one():
    table = simulate(1)[0].assign(form_score=85.0)
    trend = fit_trend(table, "form_score")
    assert trend.method == "constant" and (trend.athletes["slope"] == 0).all() and trend.athletes["slope_low"].isna().all()
    assert (trend.courses["fitted"] == 85.0).all()


def test_one_constant_athlete_among_others():
    table = simulate(1)[0]
    table.loc[table["athlete_id"].eq("A03"), "form_score"] = 70.0
    assert np.isfinite(fit_trend(table, "form_score").athletes[["slope", "slope_low"]].to_numpy()).all()


def test_one_side_only():
    table = simulate(6)[0].query("side == 'left'")
    trend = fit_trend(table, "form_score")
    assert trend.method.startswith("mixed") and {"side", "day"}.isdisjoint(trend.sds)
    assert set(trend.courses["side"]) == {"left"}


def test_missing_values_are_left_out():
    table, _ = simulate(7)
    table.loc[::3, "form_score"] = np.nan
    kept = fit_trend(table, "form_score", time="week")
    pd.testing.assert_frame_equal(kept.athletes, fit_trend(table.dropna(), "form_score", time="week").athletes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.assign(form_score=np.nan), "values of two different days"),
        (lambda t: t.assign(week=0.0), "values of two different days"),
        (lambda t: t.drop(columns="form_score"), "'form_score'"),
        (lambda t: t.drop(columns="week"), "'date' or 'week'"),
        (lambda t: t.assign(form_score="good"), "numbers"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_words(change, told):
    with pytest.raises(ValueError, match=told):
        fit_trend(change(simulate(1)[0]), "form_score")
    with pytest.raises(ValueError, match="time: expected"):
        fit_trend(simulate(1)[0], "form_score", time="months")


def test_two_thousand_rows_in_good_time():
    table, _ = simulate(8, athletes=40, days=25)
    assert len(table) == 2000
    began = clock.perf_counter()
    trend = fit_trend(table, "form_score")
    assert trend.method == "mixed, own slopes"
    assert clock.perf_counter() - began < 30  # 3 s alone on two cores; the machine may be busy


def test_statsmodels_is_loaded_only_when_something_is_fitted():
    modules = "trends", "effort", "completion", "level", "sentences", "mixed"
    program = "import sys\n" + "".join(f"import hiphitch_analysis.progress.{m}\n" for m in modules) + "print('statsmodels' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

"""Where athletes stand and are going: against the truth of simulated ones, and where the log cannot tell."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.outlook import _alarms, forecast, look_ahead
from hiphitch_analysis.progress.plan import LADDER
from hiphitch_analysis.simulate import draw_squad, simulate_season

WEEKS = 9


@pytest.fixture(scope="module")
def season():
    return simulate_season(draw_squad(24, seed=8), weeks=WEEKS, seed=8)


@pytest.fixture(scope="module")
def outlooks(season):
    return look_ahead(fit_capacity(season.log, curved=False), LADDER, season.log["date"].max())


def test_capacity_now_is_the_truth_within_its_interval(season, outlooks):
    squad, held = draw_squad(24, seed=8), []
    week = (season.log["date"].max() - season.log["date"].min()).days / 7
    for i, name in enumerate(squad.ids):
        for j, side in enumerate(("left", "right")):
            median, low, high = outlooks[name].reps_now[side]
            true = np.exp(squad.level[i] + squad.side[i, j] + squad.slope[i] * week)
            held.append(low < true < high)
            assert median == pytest.approx(true, rel=0.25)
    assert 0.65 < np.mean(held) < 0.95  # 80 % of 48 that hang together in pairs: a standard error of 0.07


def test_asymmetry_has_the_sign_and_size_of_the_truth(season, outlooks):
    squad = draw_squad(24, seed=8)
    known = [(outlooks[name].asymmetry[0], squad.side[i, 0] - squad.side[i, 1]) for i, name in enumerate(squad.ids) if outlooks[name].asymmetry]
    found, true = np.array(known).T
    assert len(known) > 15 and np.corrcoef(found, true)[0, 1] > 0.8


def test_dates_are_those_of_the_forecast(season, outlooks):
    table = forecast(fit_capacity(season.log, curved=False)).set_index("athlete_id")
    for name, outlook in outlooks.items():
        median = outlook.date_3x45["median"]
        assert (median is None and pd.isna(table.at[name, "median"])) or median == table.at[name, "median"]
        assert outlook.prob_within_horizon == pytest.approx(table.at[name, "prob_within_horizon"])


def test_a_longer_horizon_never_takes_a_date_away(season):
    capacity = fit_capacity(season.log, curved=False)
    near, far = (forecast(capacity, horizon_weeks=weeks) for weeks in (5, 40))
    assert (near["prob_within_horizon"] <= far["prob_within_horizon"]).all()
    assert far.loc[near["p90"].notna(), "p90"].equals(near.loc[near["p90"].notna(), "p90"])


def test_one_sided_and_capped_logs_say_what_they_cannot():
    days = pd.date_range("2026-01-05", periods=8, freq="3D")
    log = pd.DataFrame({"athlete_id": "A01", "date": days, "side": "left", "set": 1, "target_reps": 25.0, "reps": 25, "stop_reason": "target"})
    outlook = look_ahead(fit_capacity(log), LADDER, days[-1])["A01"]
    assert outlook.only_at_least and outlook.asymmetry is None and np.isnan(outlook.prob_within_horizon)
    assert set(outlook.date_3x45.values()) == {None} and outlook.uncapped == "left"
    assert outlook.reps_now["left"][1] > 25


def days_off(z, weeks=12):
    count = 3 * weeks
    week = np.arange(count) / 3
    z = np.resize(z, count) if np.ndim(z) else np.full(count, float(z))
    return pd.DataFrame({"week": week, "z": z, "off": 0.07 * z, "sd": 0.07, "told": True})


def test_alarms_sound_for_days_that_keep_falling_short_and_not_for_luck():
    assert _alarms(days_off(0.0), slope=0.05) == ()
    assert any(alarm.startswith("below expectation") for alarm in _alarms(days_off(-1.5), slope=0.05))
    bad_days = days_off(0.0).assign(z=lambda table: np.where(table.index % 6 == 0, -2.0, 0.3))
    assert _alarms(bad_days, slope=0.05) == ()


def test_a_plateau_is_named_when_the_last_weeks_undo_the_growth():
    falling = days_off(0.0)
    last = falling["week"] > falling["week"].max() - 3
    falling.loc[last, "off"] = -0.15 * (falling.loc[last, "week"] - falling["week"].max() + 3)
    assert any(alarm.startswith("plateau") for alarm in _alarms(falling, slope=0.03))
    assert _alarms(falling.assign(off=0.0), slope=0.03) == ()


def test_outlook_is_frozen(outlooks):
    with pytest.raises(dataclasses.FrozenInstanceError):
        next(iter(outlooks.values())).slope = 0.0

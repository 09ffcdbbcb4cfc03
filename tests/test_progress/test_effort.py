"""Exertion as an ordered rating, against simulated truth and the closed form of two groups."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.effort import fit_effort
from hiphitch_analysis.progress.ordinal import fit_ordered

CUTS = np.array([-3.0, -1.5, 0.0, 1.5, 3.0])


def simulate(seed, athletes=8, sessions=16, week=0.1, per_set=0.5, per_tenth=0.3, day_sd=0.0):
    """Ratings 3 to 8 by a cumulative logit with a level for each athlete (SD 1.2)."""
    rng = np.random.default_rng([5, seed])
    rows = []
    for i in range(athletes):
        level = 1.2 * rng.standard_normal()
        for k in range(sessions):
            day = day_sd * rng.standard_normal()
            for number in (1, 2, 3):
                reps = int(rng.integers(14, 21))
                latent = level + day + per_tenth * (10 * reps / 20 - 10) + per_set * (number - 1) + week * 3 * k / 7 + rng.logistic()
                date = pd.Timestamp("2026-01-05") + pd.Timedelta(days=3 * k)
                rows.append((f"A{i}", date, "left", number, 20, reps, 3.0 + (latent > CUTS).sum()))
    return pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "target_reps", "reps", "rpe"])


def test_effects_are_recovered_and_intervals_hold():
    truth = {"percent_of_target": 0.3, "set": 0.5, "week": 0.1}
    fits = [fit_effort(simulate(seed)) for seed in range(12)]
    for name, value in truth.items():
        rows = pd.DataFrame([fit.effects.loc[name] for fit in fits])
        # A level for each athlete costs about 2 % of bias at 48 sets each; twelve logs leave the standard error divided by √12.
        assert abs(rows["estimate"].mean() - value) < 0.03 * value + 3 * rows["se"].mean() / np.sqrt(12)
        assert (rows["low"].le(value) & rows["high"].ge(value)).sum() >= 9  # of 12 at 95 %, fewer would happen once in 400


def test_days_that_are_alike_widen_the_weeks_interval():
    alike, apart = simulate(3, day_sd=1.5, week=0.0), simulate(3, day_sd=0.0, week=0.0)
    assert fit_effort(alike).effects.loc["week", "se"] > 1.2 * fit_effort(apart).effects.loc["week", "se"]


def test_two_groups_and_two_ratings_give_the_odds_ratio():
    # 30 of 40 against 10 of 40 rated high: odds 3 and 1/3, ratio 9.
    rating = np.r_[np.ones(30), np.zeros(10), np.ones(10), np.zeros(30)].astype(np.int64)
    group = np.repeat([1.0, 0.0], 40)[:, None]
    estimate, cov, log_likelihood = fit_ordered(rating, group, np.arange(80))
    assert estimate[0] == pytest.approx(np.log(9.0), abs=1e-3)
    assert log_likelihood == pytest.approx(2 * (30 * np.log(0.75) + 10 * np.log(0.25)), abs=1e-3)
    # Robust with every row its own cluster: equal to 1/30 + 1/10 + 1/10 + 1/30 in a saturated model, times n/(n−1).
    assert cov[0, 0] == pytest.approx((2 / 30 + 2 / 10) * 80 / 79, rel=1e-3)


def test_a_separated_rating_has_no_optimum():
    assert fit_ordered(np.repeat([0, 1], 20), np.repeat([0.0, 1.0], 20)[:, None], np.arange(40)) is None


def test_what_it_may_say_and_may_not_is_said():
    fit = fit_effort(simulate(1))
    assert fit.method == "ordered logit" and fit.levels[0] >= 3
    assert any(note.startswith("May say") for note in fit.notes) and any("Hackett" in note for note in fit.notes)
    assert any("left out: target, ankle_kg" in note for note in fit.notes)


def test_an_athlete_with_one_rating_is_left_out():
    log = simulate(2)
    log.loc[log["athlete_id"].eq("A3"), "rpe"] = 5.0
    fit = fit_effort(log)
    assert fit.n_athletes == 7 and any("A3" in note for note in fit.notes)


@pytest.mark.parametrize(
    "change",
    [
        lambda log: log.assign(rpe=np.nan),
        lambda log: log.drop(columns="rpe"),
        lambda log: log.drop(columns="target_reps"),
        lambda log: log.assign(rpe=5.0),
        lambda log: log.head(3),
    ],
)
def test_too_little_is_said(change):
    fit = fit_effort(change(simulate(1)))
    assert fit.method == "nothing to fit" and fit.effects.empty and len(fit.notes) == 1


def test_one_athlete():
    fit = fit_effort(simulate(4, athletes=1, sessions=40))
    assert fit.method == "ordered logit" and {"week", "set"} <= set(fit.effects.index)

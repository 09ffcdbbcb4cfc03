"""The share of sets completed, as a description."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.completion import fit_completion


def simulate(seed, athletes=20, sessions=12, level_sd=0.8, week=0.2):
    rng = np.random.default_rng([8, seed])
    rows = []
    for i in range(athletes):
        level = level_sd * rng.standard_normal()
        for k in range(sessions):
            for number in (1, 2):
                done = rng.random() < 1 / (1 + np.exp(-(level + week * (k / 2 - 3) - 0.5 * (number - 1))))
                date = pd.Timestamp("2026-01-05") + pd.Timedelta(days=3 * k)
                rows.append((f"A{i:02d}", date, "left", number, 20, 20 if done else 17))
    return pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "target_reps", "reps"])


def test_without_clusters_it_is_the_logit_it_was_made_of():
    fits = [fit_completion(simulate(seed, level_sd=0.0)) for seed in range(10)]
    rows = pd.DataFrame([fit.effects.loc["week"] for fit in fits])
    per_week = 0.2 / 2 / (3 / 7)  # the truth rises by 0.1 per session, of which there is one in three days
    assert abs(rows["estimate"].mean() - per_week) < 3 * rows["se"].mean() / np.sqrt(10)
    assert (rows["low"].le(per_week) & rows["high"].ge(per_week)).sum() >= 8


def test_one_effect_gives_the_odds_ratio_of_a_table():
    """Week 0 and week 1 in the same twenty athletes, each done or not: 15 and 5 of 20, so a ratio of (5/15) / (15/5) = 1/9."""
    first, second = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-12")
    done = {first: [True] * 15 + [False] * 5, second: [False] * 15 + [True] * 5}
    rows = [(f"A{i:02d}", date, "left", 1, 20, 20 if flag else 15) for date, flags in done.items() for i, flag in enumerate(flags)]
    log = pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "target_reps", "reps"])
    assert fit_completion(log).effects.loc["week", "odds_ratio"] == pytest.approx(1 / 9, rel=1e-3)


def test_it_is_called_a_description():
    fit = fit_completion(simulate(1))
    assert fit.notes[0].startswith("A description") and "prescription rises" in fit.notes[0]
    assert any("athletes, sets within one exchangeable" in note for note in fit.notes)


def test_the_share_falls_as_the_prescription_rises_although_capacity_grows():
    """Capacity grows by one repetition a week, the prescription by two: the trap that the notes name."""
    rng = np.random.default_rng(3)
    rows = []
    for i in range(30):
        for week in range(10):
            reps = int(24 + week + 3 * rng.standard_normal())
            target = 18 + 2 * week + int(rng.integers(0, 5))
            rows.append((f"A{i:02d}", pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=week), "left", 1, target, min(reps, target)))
    log = pd.DataFrame(rows, columns=["athlete_id", "date", "side", "set", "target_reps", "reps"])
    done = (log["reps"] >= log["target_reps"]).groupby(log["date"]).mean()
    assert done.iloc[:3].mean() > done.iloc[-3:].mean() + 0.3
    fit = fit_completion(log)
    assert fit.effects.loc["target", "estimate"] < 0 < fit.effects.loc["week", "estimate"]


def test_one_athletes_clusters_are_sessions():
    fit = fit_completion(simulate(5, athletes=1, sessions=40))
    assert any("Clusters: sessions" in note for note in fit.notes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda log: log.assign(reps=20), "Every set"),
        (lambda log: log.assign(reps=10), "No set"),
        (lambda log: log.drop(columns="target_reps"), "no targets"),
        (lambda log: log.assign(amrap=True), "no targets"),
        (lambda log: log.head(4).assign(reps=[20, 20, 17, 20]), "Too few"),
    ],
)
def test_too_little_is_said(change, told):
    fit = fit_completion(change(simulate(1)))
    assert fit.method == "nothing to fit" and told in fit.notes[0]

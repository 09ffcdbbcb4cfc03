"""Level and slope day by day."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.progress.level import NOTHING, STEADY, WANDERING, follow_level


def weekly(values, side="left"):
    return pd.DataFrame({"athlete_id": "A01", "side": side, "week": np.arange(len(values), dtype=float), "rpe": values})


def test_a_steady_line_is_least_squares_at_the_choose_today():
    value = np.array([5.0, 5.6, 5.2, 6.1, 6.3, 5.9])
    last = follow_level(weekly(value), "rpe").course.iloc[-1]
    slope, level = np.polyfit(np.arange(6.0), value, 1)
    assert last["level"] == pytest.approx(level + 5 * slope, abs=1e-6) and last["slope"] == pytest.approx(slope, abs=1e-6)
    x = np.column_stack([np.ones(6), np.arange(6.0) - 5])  # level at the last day
    residual = value - x @ np.linalg.lstsq(x, value, rcond=None)[0]
    se = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * (residual @ residual) / 4)
    np.testing.assert_allclose([last["level_high"] - last["level"], last["slope_high"] - last["slope"]], 2.776445 * se, rtol=1e-5)  # t, 4 degrees


def test_an_exact_line_is_followed_from_its_second_value_on():
    course = follow_level(weekly(2.0 + 0.5 * np.arange(12.0) + 1e-6 * np.sin(np.arange(12.0))), "rpe").course
    assert course["level"].iloc[:7].isna().all()
    np.testing.assert_allclose(course["level"].iloc[7:], 2.0 + 0.5 * course["week"].iloc[7:], atol=1e-4)
    np.testing.assert_allclose(course["slope"].iloc[14:], 0.5, atol=1e-4)


def test_the_slope_turns_with_the_athlete():
    rng = np.random.default_rng(2)
    up_then_down = np.r_[np.arange(12.0), 11 - np.arange(12.0)] + 0.2 * rng.standard_normal(24)
    followed = follow_level(weekly(up_then_down), "rpe")
    assert followed.methods == {"A01": WANDERING}
    slope = followed.course.set_index(followed.course["week"].round(4))["slope"]
    assert slope.loc[11.0] == pytest.approx(1.0, abs=0.4) and slope.loc[23.0] == pytest.approx(-1.0, abs=0.4)


def test_no_later_value_tells_of_a_day_while_the_line_is_steady():
    value = np.array([5.0, 5.6, 5.2, 6.1, 6.3, 5.9])
    short, long = follow_level(weekly(value[:5]), "rpe").course, follow_level(weekly(value), "rpe").course
    np.testing.assert_allclose(short["level"], long["level"].iloc[: len(short)], atol=1e-8)


def test_days_without_training_are_not_zeros():
    course = follow_level(weekly([5.0, 6.0, 5.0, 6.0, 5.0, 6.0]), "rpe").course
    assert len(course) == 36 and course["value"].notna().sum() == 6
    assert course["level"].dropna().between(4.0, 7.1).all()


def test_a_side_that_was_trained_alone_does_not_jump():
    both = pd.concat([weekly([5.0] * 6, "left"), weekly([7.0] * 6, "right")])
    both.loc[both["side"].eq("left") & both["week"].eq(3.0), "rpe"] = np.nan
    values = follow_level(both, "rpe").course["value"].dropna()
    np.testing.assert_allclose(values, 6.0)


def test_coverage_of_level_and_slope():
    rng = np.random.default_rng(9)
    held = []
    for _ in range(60):
        slope = 0.1 + np.cumsum(0.02 * rng.standard_normal(56))
        level = 70 + np.r_[0.0, np.cumsum(slope[:-1] + 0.3 * rng.standard_normal(55))]
        days = np.sort(np.r_[0, 55, rng.choice(np.arange(1, 55), 22, replace=False)])
        table = pd.DataFrame({"athlete_id": "A", "side": "left", "week": days / 7, "y": level[days] + 1.5 * rng.standard_normal(24)})
        last = follow_level(table, "y").course.iloc[-1]
        held.append((last["level_low"] <= level[-1] <= last["level_high"], last["slope_low"] <= 7 * slope[-1] <= last["slope_high"]))
    assert (np.mean(held, axis=0) >= 0.85).all()  # of 60 at 95 %, fewer than 51 would happen once in 300


@pytest.mark.parametrize("values", [[5.0], [5.0, 6.0, 5.0], [5.0] * 10, [np.nan] * 3])
def test_too_little_is_said(values):
    followed = follow_level(weekly(values), "rpe")
    assert set(followed.methods.values()) <= {NOTHING} and followed.notes
    assert followed.course["level"].isna().all()


def test_eight_days_are_needed_to_wander():
    noise = np.random.default_rng(1).standard_normal(8)
    assert follow_level(weekly(noise[:7]), "rpe").methods == {"A01": STEADY}
    assert follow_level(weekly(noise), "rpe").methods == {"A01": WANDERING}

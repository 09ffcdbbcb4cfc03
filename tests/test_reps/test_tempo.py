"""The tempo of a set, against tables worked by hand."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.tempo import COLUMNS, describe_tempo


def table(start, **columns):
    start = np.asarray(start, dtype=float)
    times = {"start_s": start, "bottom_s": start + 0.9, "end_s": start + 1.8, "lower_s": 0.9, "raise_s": 0.9, "pause_s": 0.1}
    return pd.DataFrame({"rep": np.arange(1, len(start) + 1), "set": 1, "side": "left", "kind": "complete", **times, **columns})


def from_intervals(intervals):
    return table(np.append(0.0, np.cumsum(intervals)))


# The fourth is partial: from start to start 2.2 2.0 | 2.4 2.0 2.4 s, between repetitions 1 2 | 5 6 7 and the next.
WORKED = table(
    [0.0, 2.2, 4.2, 6.1, 8.0, 10.4, 12.4, 14.8],
    kind=["complete"] * 3 + ["partial"] + ["complete"] * 4,
    lower_s=[0.8, 1.0, 1.2, 9.0, 1.0, 1.0, 0.7, 1.3],
    raise_s=[1.0, 1.0, 1.0, 9.0, 1.31, 1.0, 1.0, 1.0],
    pause_s=[0.1, 0.3, 0.1, 9.0, 0.3, 0.1, 0.3, np.nan],
)


@pytest.fixture(scope="module")
def worked():
    return describe_tempo(WORKED, beat_s=1.0).iloc[0]


def test_phases_by_hand(worked):
    # lowering: sum 7.0 of 7, off by −0.2 0 0.2 0 0 −0.3 0.3 → squares 0.26, a sixth of it
    assert worked["n_reps"] == 7 and worked["set"] == 1
    assert worked["lower_s"] == pytest.approx(1.0) and worked["lower_sd_s"] == pytest.approx(np.sqrt(0.26 / 6))
    assert worked["lower_cv"] == pytest.approx(np.sqrt(0.26 / 6))
    # pause: six of them, off their mean of 0.2 by 0.1 each; the last repetition has none
    assert worked["pause_s"] == pytest.approx(0.2) and worked["pause_sd_s"] == pytest.approx(np.sqrt(0.06 / 5))
    assert worked["pause_cv"] == pytest.approx(5 * np.sqrt(0.06 / 5))
    # raise: six of 1 and one of 1.31: off by −0.31/7 six times and once by 6 · 0.31/7
    assert worked["raise_s"] == pytest.approx(1 + 0.31 / 7) and worked["raise_sd_s"] == pytest.approx(0.31 / np.sqrt(7))


def test_share_in_the_working_tempo_by_hand(worked):
    # 0.8 and 1.3 are in it, 0.7 and 1.31 are not
    assert worked["in_range"] == pytest.approx(5 / 7)


def test_beat_and_lag_by_hand(worked):
    # median of 2.0 2.0 2.2 2.4 2.4; counts of 1.1 1.0 1.2 1.0 1.2 against a beat of 1
    assert worked["count_s"] == pytest.approx(1.1) and worked["lag_s"] == pytest.approx(0.1)


def test_drift_by_hand(worked):
    # Slopes between (1, 2.2) (2, 2.0) (5, 2.4) (6, 2.0) (7, 2.4): −0.4 −0.2 −0.04 0 0 | 1/30 0.05 0.08 2/15 0.4
    assert worked["drift_s"] == pytest.approx(1 / 60) and worked["lag_drift_s"] == pytest.approx(1 / 120)
    # Sen: two pairs of ties leave a variance of (5·4·15 − 2·2·1·9) / 18 = 44/3; 1.96 √(44/3) = 7.5 of ten slopes: the first and the last
    assert worked["drift_low_s"] == pytest.approx(-0.4) and worked["drift_high_s"] == pytest.approx(0.4)


def test_correlation_by_hand(worked):
    # off their mean of 2.2 by 0 −0.2 | 0.2 −0.2 0.2: (0 · −0.2 + 0.2 · −0.2 + −0.2 · 0.2) / 0.16; those on either side of the partial one are no pair
    assert worked["correlation"] == pytest.approx(-0.5)


def test_without_a_metronome_there_is_no_lag():
    told, heard = describe_tempo(WORKED).iloc[0], describe_tempo(WORKED, beat_s=1.0).iloc[0]
    assert told[["lag_s", "lag_drift_s"]].isna().all()
    pd.testing.assert_series_equal(told.drop(["lag_s", "lag_drift_s"]), heard.drop(["lag_s", "lag_drift_s"]))


def test_a_steady_drift_is_told_exactly_and_one_long_pause_does_not_move_it():
    steady = 2.0 + 0.01 * np.arange(20)
    rested = steady.copy()
    rested[9] += 6.0
    for intervals in (steady, rested):
        told = describe_tempo(from_intervals(intervals), beat_s=1.0).iloc[0]
        assert told["drift_s"] == pytest.approx(0.01, abs=1e-9) and told["lag_drift_s"] == pytest.approx(0.005, abs=1e-9)
        assert told["drift_low_s"] <= 0.01 + 1e-9 and told["drift_high_s"] >= 0.01 - 1e-9
    # counts of 1 to 1.095 in steps of 0.005, the lag is their mean minus one; the long pause adds 3 to one of twenty
    assert describe_tempo(from_intervals(steady), beat_s=1.0)["lag_s"].iloc[0] == pytest.approx(0.0475)
    assert describe_tempo(from_intervals(rested), beat_s=1.0)["lag_s"].iloc[0] == pytest.approx(0.0475 + 3 / 20)


def test_late_ones_made_good_are_told_by_a_negative_correlation():
    # every other one 0.1 s late: intervals 2.1 1.9 2.1 …, all n − 1 products −0.01 and n squares 0.01
    told = describe_tempo(table(2.0 * np.arange(21) + 0.1 * (np.arange(21) % 2)), beat_s=1.0).iloc[0]
    assert told["correlation"] == pytest.approx(-19 / 20) and told["lag_s"] == pytest.approx(0.0, abs=1e-12)


def test_an_own_wandering_pace_has_a_correlation_of_minus_one_over_n():
    rng = np.random.default_rng(3)
    found = [describe_tempo(from_intervals(rng.normal(2.0, 0.1, 10)))["correlation"].iloc[0] for _ in range(200)]
    # its standard deviation is at most 1/√10, of the mean of 200 thus 0.022; four of them
    assert np.mean(found) == pytest.approx(-1 / 10, abs=4 * 0.022)


def test_sets_stand_apart_and_no_time_is_taken_across_them():
    first, second = table([0.0, 2.0, 4.0, 6.0, 8.0]), table([60.0, 63.0, 66.0, 69.0, 72.0]).assign(set=2, rep=[6, 7, 8, 9, 10])
    told = describe_tempo(pd.concat([second, first], ignore_index=True), beat_s=1.0).set_index("set")
    assert told.index.tolist() == [1, 2] and told["n_reps"].tolist() == [5, 5]
    assert told["count_s"].tolist() == [1.0, 1.5] and told["lag_s"].tolist() == [0.0, 0.5]
    assert told["correlation"].isna().all()  # without any variation there is none


def test_one_that_could_not_be_measured_leaves_a_gap():
    reps = table(2.0 * np.arange(8) + np.where(np.arange(8) > 3, 1.0, 0.0), unmeasured=[None, None, None, "gap in the data", None, None, None, None])
    told = describe_tempo(reps).iloc[0]
    assert told["n_reps"] == 7 and told["count_s"] == 1.0  # the 5 s from the third to the fifth are no time of one repetition
    assert told["drift_s"] == 0.0 == told["drift_high_s"]


@pytest.mark.parametrize(("count", "there"), [(1, {"lower_s"}), (2, {"lower_sd_s", "count_s"}), (4, {"count_s"}), (5, {"drift_s", "correlation"})])
def test_too_little_to_tell_is_empty(count, there):
    told = describe_tempo(table(np.cumsum([0.0, 2.0, 2.1, 2.0, 2.2][:count])), beat_s=1.0).iloc[0]
    assert told[list(there)].notna().all()
    assert np.isnan(told["lower_sd_s"]) == (count < 2) and np.isnan(told["count_s"]) == np.isnan(told["lag_s"]) == (count < 2)
    assert told[["drift_s", "drift_low_s", "drift_high_s", "correlation", "lag_drift_s"]].isna().all() == (count < 5)  # four times at least


def test_nothing_complete_gives_no_row():
    empty = describe_tempo(table([0.0, 2.0]).assign(kind="partial"), beat_s=1.0)
    assert empty.empty and empty.columns.tolist() == COLUMNS


@pytest.mark.parametrize("beat_s", [0.0, -1.0, np.nan, np.inf])
def test_a_beat_that_is_no_time_is_refused(beat_s):
    with pytest.raises(ValueError, match=r"^beat_s: expected a time above 0 s, got .*\. At 60 beats per minute it is 1\.$"):
        describe_tempo(WORKED, beat_s=beat_s)


def test_missing_measures_are_refused():
    with pytest.raises(ValueError, match=r"^reps: missing column 'raise_s', 'pause_s' — expected measured repetitions"):
        describe_tempo(WORKED.drop(columns=["raise_s", "pause_s"]))

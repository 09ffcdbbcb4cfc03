"""What each repetition measures, against curves whose measures are known beforehand."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.measure import measure_reps, normalise_curves

RATE_HZ = 100.0
PERIOD_S = 2.0
DROP_DEG = 8.0


def cosine_set(count=5, rotation_deg=0.0, drift_deg_s=0.0, sag_deg=0.0):
    """Repetitions of −A(1 − cos)/2 with rotation in step, heading drift, and a top that sags by `sag_deg` per repetition."""
    time = np.arange(0, 3 + count * PERIOD_S + 3, 1 / RATE_HZ)
    phase = np.clip((time - 3) / PERIOD_S, 0, count)
    dip = (1 - np.cos(2 * np.pi * phase)) / 2
    angles = {"obliquity_deg": -DROP_DEG * dip - sag_deg * phase, "rotation_deg": rotation_deg * dip + drift_deg_s * time, "tilt_deg": 0.5 * dip}
    return pd.DataFrame(angles, index=pd.Index(time, name="time_s"))


def measured(angles, **kwargs):
    return measure_reps(angles, detect_reps(angles), **kwargs)


def test_measures_of_a_cosine_in_closed_form():
    reps = measured(cosine_set(rotation_deg=3.0))
    # 0.05°: the 5 Hz low-pass takes 0.3 % of an amplitude of 4° at 0.5 Hz, times two
    assert reps["drop_deg"].to_numpy() == pytest.approx(DROP_DEG, abs=0.05)
    assert reps["return_error_deg"].abs().max() < 0.05
    assert reps["rotation_range_deg"].to_numpy() == pytest.approx(3.0, abs=0.05)
    assert reps["tilt_range_deg"].to_numpy() == pytest.approx(0.5, abs=0.02)
    # the steepest slope of A(1 − cos ωt)/2 is Aω/2
    assert reps["peak_velocity_deg_s"].to_numpy() == pytest.approx(DROP_DEG * np.pi / PERIOD_S, rel=0.01)
    # 2 % of a phase by extrapolation at the ends of the set, and a sample
    assert reps["lower_s"].to_numpy() == pytest.approx(1.0, abs=0.04)
    assert reps["raise_s"].to_numpy() == pytest.approx(1.0, abs=0.04)
    assert (reps["pause_s"].iloc[:-1] < 0.05).all() and np.isnan(reps["pause_s"].iloc[-1])
    assert (reps["regularity"] > 0.998).all()  # the first and last are cut 2 % longer than the others


def test_heading_drift_is_no_rotation():
    assert measured(cosine_set(drift_deg_s=0.3))["rotation_range_deg"].max() < 0.05


def test_return_error_grows_with_a_sagging_top():
    reps = measured(cosine_set(sag_deg=1.0))
    assert reps["return_error_deg"].to_numpy() == pytest.approx(np.arange(1, 6), abs=0.1)


def test_without_a_level_there_is_no_return_error():
    reps = measured(cosine_set(), relative_zero=True)
    assert reps["return_error_deg"].isna().all() and reps["drop_deg"].notna().all()


def test_repetition_in_a_gap_is_not_measured():
    angles = cosine_set()
    angles.loc[7.5:7.9] = np.nan  # within the third
    reps = measured(angles)
    assert reps["unmeasured"].tolist()[2] == "gap in the data" and reps["drop_deg"].isna().tolist() == [False, False, True, False, False]
    assert reps["unmeasured"].isna().tolist() == [True, True, False, True, True]


def test_irregular_repetition_stands_out():
    angles = cosine_set()
    third = (angles.index >= 7) & (angles.index < 9)
    angles.loc[third, "obliquity_deg"] += 1.5 * np.sin(2 * np.pi * (angles.index[third] - 7) / 1.0)
    reps = measured(angles)
    assert reps["regularity"].idxmin() == 2 and reps["regularity"].min() < 0.98


def test_aborted_repetition_has_a_drop_but_no_raise():
    angles = cosine_set()
    reps = measured(angles[angles.index < 12.0])  # the last one ends at its bottom
    assert reps["kind"].iloc[-1] == "aborted"
    assert reps["drop_deg"].iloc[-1] == pytest.approx(DROP_DEG, abs=0.3)
    assert reps[["raise_s", "return_error_deg", "peak_velocity_deg_s"]].iloc[-1].isna().all()


def test_measuring_twice_is_measuring_once():
    angles = cosine_set()
    reps = measured(angles)
    pd.testing.assert_frame_equal(measure_reps(angles, reps), reps)


def test_normalised_curves():
    reps = pd.DataFrame({"start_s": [0.0, 2.0], "end_s": [2.0, 3.0]})
    time = np.arange(0, 4, 0.01)
    curves = normalise_curves(time, time, reps, points=3)
    np.testing.assert_allclose(curves, [[0, 1, 2], [2, 2.5, 3]])


def test_no_repetitions():
    angles = cosine_set(0)
    assert measured(angles).empty

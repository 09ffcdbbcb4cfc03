import dataclasses

import numpy as np
import pytest
from hiphitch_analysis.simulate.plan import MotionPlan

from hiphitch_analysis.simulate.motion import simulate_motion

EXACT = {"variability": 0.0, "sway": 0.0}


def test_without_noise_every_repetition_is_as_planned():
    plan = MotionPlan(reps=4, drop_deg=7.0, lower_s=1.2, raise_s=0.8, pause_s=0.5, rotation_deg=3.0, fatigue_onset=0.5, **EXACT)
    reps = simulate_motion(plan).reps
    # 5 s on both feet, 1.2 s weight shift and 1 s to settle; then 1.2 + 0.8 + 0.5 s each.
    np.testing.assert_allclose(reps["start_s"], 7.2 + 2.5 * np.arange(4), atol=1e-9)
    np.testing.assert_allclose(reps["end_s"] - reps["start_s"], 2.0, atol=1e-9)
    # Truth is read off a grid of 5 ms.
    np.testing.assert_allclose(reps["bottom_s"] - reps["start_s"], 1.2, atol=0.005)
    np.testing.assert_allclose(reps["drop_deg"], 7.0, atol=1e-4)
    np.testing.assert_allclose(reps["rotation_range_deg"], 3.0, atol=1e-4)
    np.testing.assert_allclose(reps["return_error_deg"], 0.0, atol=1e-9)


def test_return_error_grows_from_the_onset_to_the_end():
    reps = simulate_motion(MotionPlan(reps=10, return_error_deg=4.0, fatigue_onset=0.5, **EXACT)).reps
    np.testing.assert_allclose(reps["return_error_deg"], [0, 0, 0, 0, 0, 0.8, 1.6, 2.4, 3.2, 4.0], atol=1e-9)
    np.testing.assert_allclose(reps["drop_deg"], 8.0, atol=1e-4)  # measured from where each begins


def test_hike_is_a_negative_return_error():
    done = simulate_motion(MotionPlan(reps=5, return_error_deg=-3.0, **EXACT))
    assert done.reps["return_error_deg"].iloc[-1] == pytest.approx(-3.0)
    assert done.angles["obliquity_deg"].max() == pytest.approx(3.0, abs=1e-3)


def test_too_much_drop_makes_the_pelvis_twist():
    plan = MotionPlan(reps=10, drop_deg=12.0, rotation_deg=2.0, rotation_per_deg=0.5, rotation_threshold_deg=9.0, fatigue_onset=0.5, **EXACT)
    twist = simulate_motion(plan).reps["rotation_range_deg"]
    # 2 + 0.5 × (12 − 9) = 3.5 when fresh; the part beyond the threshold doubles at the end.
    assert twist.iloc[0] == pytest.approx(3.5, abs=1e-3)
    assert twist.iloc[-1] == pytest.approx(5.0, abs=1e-3)


def test_tempo_drifts():
    reps = simulate_motion(MotionPlan(reps=10, tempo_drift=-0.3, fatigue_onset=0.5, **EXACT)).reps
    length = reps["end_s"] - reps["start_s"]
    assert length.iloc[0] == pytest.approx(2.0)
    assert length.iloc[-1] == pytest.approx(1.4)


def test_noise_has_the_size_asked_for():
    reps = simulate_motion(MotionPlan(reps=400, drop_deg=8.0, variability=0.08, sway=0.0), seed=4).reps
    # 400 draws of SD 0.64 (cut at 2.5 SD: 0.62): the mean has a standard error of 0.03, the SD of 0.02; four of them.
    assert reps["drop_deg"].mean() == pytest.approx(8.0, abs=0.13)
    assert reps["drop_deg"].std() == pytest.approx(0.62, abs=0.09)
    assert (reps["end_s"] - reps["start_s"]).std() == pytest.approx(0.08 * np.sqrt(2), rel=0.15)


def test_sway_moves_truth_by_tenths_of_a_degree():
    still = simulate_motion(MotionPlan(reps=20, sway=0.0), seed=2).reps
    alive = simulate_motion(MotionPlan(reps=20, sway=1.0), seed=2).reps
    moved = (alive["drop_deg"] - still["drop_deg"]).abs()
    assert moved.max() > 0.02
    assert moved.max() < 1.0  # sway on one leg has an RMS of 0.2°; a difference of two instants stays below five times that


def test_two_footed_stance_is_the_zero():
    done = simulate_motion(MotionPlan(reps=2, quiet_s=5.0), rate_hz=200, seed=7)
    np.testing.assert_allclose(done.angles.loc[:4.999].mean(), 0.0, atol=1e-3)  # the zero is taken on the same 5 ms grid, give or take one sample
    assert done.angles.loc[:4.999, "obliquity_deg"].std() > 0.01  # a person sways


@pytest.mark.parametrize("stance", ["left", "right"])
def test_weight_shifts_half_the_hip_distance_onto_the_stance_leg(stance):
    done = simulate_motion(MotionPlan(reps=1, stance=stance, height_m=1.70, **EXACT))
    sideways = done.motion.hip_m[0, :, 1]  # + left
    toward = 1 if stance == "left" else -1
    middle = len(sideways) // 2
    assert sideways[0] == 0
    assert toward * sideways[middle] == pytest.approx(0.099 * 1.70 / 2)
    assert sideways[-1] == pytest.approx(0, abs=1e-12)
    # The leg, 0.53 of the height, leans over its foot: the hip sinks by half the square of the shift over its length, 4 mm.
    assert done.motion.hip_m[0, middle, 2] == pytest.approx(-((0.099 * 1.70 / 2) ** 2) / (2 * 0.53 * 1.70))


def test_sides_are_mirror_images():
    plan = MotionPlan(reps=3, stance="left", sway=0.0)
    left, right = (simulate_motion(dataclasses.replace(plan, stance=side), seed=3) for side in ("left", "right"))
    np.testing.assert_array_equal(left.angles, right.angles)
    np.testing.assert_allclose(left.motion.hip_m * [1, -1, 1], right.motion.hip_m, atol=1e-15)


def test_rate_changes_nothing():
    plan = MotionPlan(reps=5, return_error_deg=3, partial=(2,))
    slow, fast = simulate_motion(plan, 60, seed=9), simulate_motion(plan, 120, seed=9)
    np.testing.assert_array_equal(slow.reps.drop(columns="kind"), fast.reps.drop(columns="kind"))
    np.testing.assert_allclose(slow.angles, fast.angles.iloc[::2], atol=1e-10)  # order of summation only
    np.testing.assert_allclose(slow.motion.hip_m, fast.motion.hip_m[:, ::2], atol=1e-12)


def test_motion_is_smooth():
    done = simulate_motion(MotionPlan(reps=4, return_error_deg=3, partial=(2,), aborted=(4,)), rate_hz=2000, seed=1)
    acceleration = np.degrees(done.motion.angles_rad[2])
    assert np.isfinite(acceleration).all()
    # The steepest acceleration of a minimum-jerk step is 60 × change / duration³: 60 × 9 / 0.55³ = 3200 °/s³ bounds the brisk partial raises,
    # so that half a millisecond changes the acceleration by less than 2 °/s². A corner in velocity or acceleration would change it at once.
    assert np.abs(np.diff(acceleration, axis=0)).max() < 2.0
    assert np.abs(np.diff(done.motion.hip_m[2], axis=0)).max() < 0.01


def test_partial_raise_regains_less_than_half_and_aborted_touches_down():
    done = simulate_motion(MotionPlan(reps=4, partial=(2,), aborted=(5,), **EXACT))
    assert done.reps["kind"].tolist() == ["complete", "partial", "complete", "complete", "aborted", "complete"]
    partial, aborted = done.reps.iloc[1], done.reps.iloc[4]
    assert partial["drop_deg"] == pytest.approx(8.0, abs=1e-3)
    assert 8.0 - partial["return_error_deg"] == pytest.approx(0.35 * 8.0, abs=1e-3)
    # The next lowering sinks back to the same depth and is raised completely.
    assert done.reps.iloc[2]["drop_deg"] == pytest.approx(0.35 * 8.0, abs=1e-2)
    assert done.reps.iloc[2]["return_error_deg"] == pytest.approx(0.0, abs=1e-9)
    assert aborted["end_s"] == aborted["bottom_s"] == pytest.approx(aborted["start_s"] + 1.0)
    # After a touch-down both feet carry the weight again before the last repetition.
    between = (done.motion.time_s > aborted["end_s"]) & (done.motion.time_s < done.reps.iloc[5]["start_s"])
    assert done.motion.hip_m[0, between, 1].min() == pytest.approx(0.0, abs=1e-9)


def test_no_repetition_is_a_recording_too():
    done = simulate_motion(MotionPlan(reps=0), seed=1)
    assert len(done.reps) == 0
    assert done.angles["obliquity_deg"].min() > -3


def test_rate_is_checked():
    with pytest.raises(ValueError, match="rate_hz"):
        simulate_motion(MotionPlan(), rate_hz=0)

"""Spectral arc length against spectra known in closed form, and of phases whose speed is known."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.smoothness import LEAST_SAMPLES, measure_smoothness, spectral_arc_length

RATE_HZ = 200.0
SIGMA_S = 0.1


# --- Spectra in closed form --------------------------------------------------------------------------------------------------------------------
def arc_length(spectrum, step_hz):
    """Arc length of an amplitude spectrum, by the definition: up to the last frequency, at most 10 Hz, where it reaches 0.05 of that at zero."""
    frequency = step_hz * np.arange(int(10.0 / step_hz) + 1)
    amplitude = np.abs(spectrum(frequency)) / abs(spectrum(np.zeros(1))[0])
    last = max(i for i, value in enumerate(amplitude) if value >= 0.05)
    width, height = np.full(last, step_hz / frequency[last]), np.diff(amplitude[: last + 1])
    return -float(np.sqrt(width**2 + height**2).sum())


def gauss(frequency, apart_s=0.0, ripple=0.0, ripple_hz=0.0):
    """Of one or two Gaussian submovements of SIGMA_S, or one with a ripple cos(2πft) on top."""

    def of_one(f):
        return np.exp(-2 * (np.pi * f * SIGMA_S) ** 2)

    whole = of_one(frequency) + ripple / 2 * (of_one(frequency - ripple_hz) + of_one(frequency + ripple_hz))
    return whole * 2 * np.cos(np.pi * frequency * apart_s)


def gauss_speed(apart_s=0.0, ripple=0.0, ripple_hz=0.0, rate_hz=RATE_HZ):
    time = np.arange(-1.2, 1.2, 1 / rate_hz)  # six sigma and more at either end: nothing is cut off
    wave = 1 + ripple * np.cos(2 * np.pi * ripple_hz * time)
    return wave * sum(np.exp(-0.5 * ((time - shift) / SIGMA_S) ** 2) for shift in (-apart_s / 2, apart_s / 2))


def half_sine(frequency, duration_s):
    """Of sin(πt/T), the speed of a half cosine's way: cos(πfT) / (1 − (2fT)²), π/4 where both vanish."""
    x = 2 * frequency * duration_s
    apart = np.where(np.isclose(x, 1), 2.0, x)
    return np.where(np.isclose(x, 1), np.pi / 4, np.cos(np.pi * frequency * duration_s) / (1 - apart**2))


def step_of(samples, rate_hz):
    """The published measure's own grid: zeros up to the next power of two, and four doublings more."""
    points = 1
    while points < samples:
        points *= 2
    return rate_hz / (16 * points)


CASES = {
    "one": {},
    "two apart": {"apart_s": 0.5},
    "two close": {"apart_s": 0.25},
    "ripple within 10 Hz": {"ripple": 0.3, "ripple_hz": 8.0},
    "ripple too small": {"ripple": 0.08, "ripple_hz": 8.0},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_gaussian_submovements_against_their_own_spectrum(case):
    speed = gauss_speed(**case)
    found = spectral_arc_length(speed, RATE_HZ)
    # 1e-6: at 200 Hz a Gaussian of 0.1 s has no more than 1e-100 of its spectrum beyond half the rate, and 1e-30 of it lies outside the time
    assert found == pytest.approx(arc_length(lambda f: gauss(f, **case), step_of(len(speed), RATE_HZ)), abs=1e-6)
    # 0.02: the curve itself instead of chords between the grid's points: they cut the corners where the spectrum touches zero, and the last
    # point lies up to one of some 70 steps before the crossing
    assert found == pytest.approx(arc_length(lambda f: gauss(f, **case), 1e-4), abs=0.02)


@pytest.mark.parametrize("duration_s", [0.6, 1.0, 1.4, 3.0])
def test_half_cosine_against_its_own_spectrum(duration_s):
    speed = np.sin(np.pi * np.arange(round(duration_s * RATE_HZ) + 1) / round(duration_s * RATE_HZ))
    step = step_of(len(speed), RATE_HZ)
    # 0.002: sampled, its spectrum folds at half the rate, where it has fallen to 1 / (fT)² / 4 of that at zero: 7e-5 at the shortest
    assert spectral_arc_length(speed, RATE_HZ) == pytest.approx(arc_length(lambda f: half_sine(f, duration_s), step), abs=0.002)


def test_size_and_unit_change_nothing():
    speed = gauss_speed(apart_s=0.3)
    assert spectral_arc_length(1e-3 * speed, RATE_HZ) == pytest.approx(spectral_arc_length(speed, RATE_HZ), rel=1e-12)


def test_the_same_samples_played_faster_change_nothing_while_they_stay_below_10_hz():
    speed = gauss_speed(apart_s=0.3)
    assert spectral_arc_length(speed, 2 * RATE_HZ) == pytest.approx(spectral_arc_length(speed, RATE_HZ), rel=1e-12)


@pytest.mark.parametrize("duration_s", [0.5, 0.8, 1.0, 1.3, 2.0, 4.0])
def test_one_minimum_jerk_movement_has_one_value_whatever_its_duration(duration_s):
    u = np.linspace(0, 1, round(duration_s * 100) + 1)
    # the value in the docstring; 0.015: the last frequency lies up to one of 34 to 68 steps before the crossing, over which the curve is nearly flat
    assert spectral_arc_length(30 * u**2 * (1 - u) ** 2, 100.0) == pytest.approx(-1.41, abs=0.015)


def test_more_submovements_are_less_smooth():
    one, two, three = (spectral_arc_length(np.tile(np.sin(np.pi * np.arange(100) / 100), n), 100.0) for n in (1, 2, 3))
    assert one > two + 0.2 and two > three + 0.2  # ten times what the grid leaves open


def test_what_lies_beyond_10_hz_adds_nothing():
    calm, shaking = (spectral_arc_length(gauss_speed(ripple=size, ripple_hz=18.0), RATE_HZ) for size in (0.0, 0.5))
    # 1e-4: of a ripple at 18 Hz a Gaussian of 0.1 s leaves exp(−2 (π · 0.1 · 14)²) below 4 Hz, nothing; the mean moves by as little
    assert shaking == pytest.approx(calm, abs=1e-4)


def test_a_side_lobe_that_just_reaches_the_threshold_makes_a_jump():
    """Half a ripple's size is its amplitude in the spectrum: one of 0.049 is not followed to its 7 Hz, one of 0.051 is."""
    cases = [{"ripple": 2 * size, "ripple_hz": 7.0} for size in (0.049, 0.051)]
    below, above = (arc_length(lambda f, case=case: gauss(f, **case), 1e-4) for case in cases)
    assert below - above > 0.1
    # 0.02: as above
    assert [spectral_arc_length(gauss_speed(**case), RATE_HZ) for case in cases] == pytest.approx([below, above], abs=0.02)


def test_no_movement_and_a_missing_value_are_nan():
    speed = gauss_speed()
    assert np.isnan(spectral_arc_length(np.zeros(50), 100.0))
    for missing in (np.nan, np.inf):
        assert np.isnan(spectral_arc_length(np.where(np.arange(len(speed)) == 7, missing, speed), 100.0))


def test_a_movement_whose_spectrum_ends_at_zero_is_nan():
    # 40 points padded to 1024 at 20 kHz: the second frequency, 19.5 Hz, is beyond 10 Hz
    assert np.isnan(spectral_arc_length(np.ones(40), 20_000.0))


@pytest.mark.parametrize(("speed", "rate_hz"), [(1.0, 100.0), ([1.0], 100.0), (np.ones((3, 3)), 100.0), (np.ones(30), 0.0), (np.ones(30), np.nan)])
def test_what_is_no_movement_is_refused(speed, rate_hz):
    with pytest.raises(ValueError, match=r"^spectral arc length: a speed of shape .* Hz — expected one row .* Hand in one movement\.$"):
        spectral_arc_length(speed, rate_hz)


# --- Of repetitions ----------------------------------------------------------------------------------------------------------------------------
def minimum_jerk(u):
    u = np.clip(u, 0.0, 1.0)
    return u**3 * (10 - 15 * u + 6 * u**2)


def recording(lower=(2.0, 3.0), rise=((3.0, 4.0),), depth_deg=8.0, rate_hz=100.0):
    """One repetition; a raise of several parts has rests between them."""
    time = np.arange(0, 7, 1 / rate_hz)
    down = minimum_jerk((time - lower[0]) / (lower[1] - lower[0]))
    up = sum(minimum_jerk((time - begin) / (end - begin)) for begin, end in rise) / len(rise)
    angles = {"obliquity_deg": -depth_deg * (down - up), "rotation_deg": 0.0, "tilt_deg": 0.0}
    reps = {"rep": [1], "set": 1, "side": "left", "kind": "complete", "start_s": lower[0], "bottom_s": lower[1], "end_s": rise[-1][1]}
    return pd.DataFrame(angles, index=pd.Index(time, name="time_s")), pd.DataFrame(reps)


@pytest.mark.parametrize("depth_deg", [2.0, 8.0, 15.0])
@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
def test_a_minimum_jerk_repetition_has_the_values_of_its_phases(depth_deg, rate_hz):
    angles, reps = recording(depth_deg=depth_deg, rate_hz=rate_hz)
    # 0.02: 0.015 of the grid as above; the 5 Hz low-pass takes 1 % of an amplitude at 1.6 Hz, where the spectrum of a phase of 1 s ends
    assert measure_smoothness(angles, reps).to_numpy() == pytest.approx(np.full((1, 2), -1.41), abs=0.02)


def test_a_raise_in_two_parts_is_less_smooth_and_the_lowering_before_it_is_not():
    angles, reps = recording(rise=((3.0, 3.7), (3.9, 4.6)))
    lower, rise = measure_smoothness(angles, reps).iloc[0]
    assert lower == pytest.approx(-1.41, abs=0.02)  # as above
    assert rise < -2  # two equal parts that hardly overlap: |cos| makes a second lobe of some 0.6, which adds its height going up and down


def test_a_rest_at_the_bottom_belongs_to_the_raise():
    plain, rested = recording(), recording(rise=((3.4, 4.4),))
    before, after = measure_smoothness(*plain).iloc[0], measure_smoothness(*rested).iloc[0]
    # 0.01: the low-pass reaches over the bottom by 0.1 s, and one neighbour is another
    assert after["lower_sparc"] == pytest.approx(before["lower_sparc"], abs=0.01)
    assert np.abs(rested[1]["bottom_s"].iloc[0] - 3.0) < 1e-9 and rested[1]["end_s"].iloc[0] == 4.4


def test_time_run_backwards_swaps_lowering_and_raise():
    angles, reps = recording(lower=(2.0, 3.0), rise=((3.0, 3.6), (3.7, 4.3)))
    lower, rise = measure_smoothness(angles, reps).iloc[0]
    mirrored = pd.DataFrame(angles.to_numpy()[::-1], columns=angles.columns, index=angles.index)
    last = angles.index[-1]
    turned = reps.assign(start_s=last - 4.3, bottom_s=last - 3.0, end_s=last - 2.0)
    turned[["start_s", "bottom_s", "end_s"]] = angles.index.to_numpy()[np.rint(turned[["start_s", "bottom_s", "end_s"]] * 100).astype(int)]
    # 1e-3: the forward-backward filter begins at the other end
    assert measure_smoothness(mirrored, turned).to_numpy() == pytest.approx(np.array([[rise, lower]]), abs=1e-3)
    assert rise < lower - 0.5


def test_a_side_that_drops_the_other_way_changes_nothing():
    angles, reps = recording()
    pd.testing.assert_frame_equal(measure_smoothness(angles.assign(obliquity_deg=-angles["obliquity_deg"]), reps), measure_smoothness(angles, reps))


def test_what_is_not_complete_not_measured_or_touches_a_gap_is_empty():
    angles, one = recording()
    reps = pd.concat([one] * 4, ignore_index=True).assign(
        rep=[1, 2, 3, 4], kind=["complete", "partial", "aborted", "complete"], unmeasured=[None, None, None, "gap in the data"]
    )
    reps.index = [7, 5, 3, 1]
    measured = measure_smoothness(angles, reps)
    assert measured.index.tolist() == [7, 5, 3, 1] and measured.columns.tolist() == ["lower_sparc", "raise_sparc"]
    assert measured.notna().all(axis=1).tolist() == [True, False, False, False]
    angles.loc[2.5:2.52, "obliquity_deg"] = np.nan
    assert measure_smoothness(angles, one).notna().iloc[0].tolist() == [False, True]
    angles.loc[2.9:3.0, "obliquity_deg"] = np.nan  # the lowest point belongs to both
    assert measure_smoothness(angles, one).isna().all(axis=None)


def test_a_phase_of_too_few_samples_is_empty():
    angles, reps = recording(rate_hz=20.0)
    at = angles.index.to_numpy()
    reps = reps.assign(start_s=at[40], bottom_s=at[40 + LEAST_SAMPLES - 1], end_s=at[40 + 2 * LEAST_SAMPLES - 3])  # 8 and 7 samples, both ends in
    assert measure_smoothness(angles, reps).notna().iloc[0].tolist() == [True, False]


def test_a_recording_with_hardly_any_angle_is_empty():
    angles, reps = recording()
    angles.iloc[20:, 0] = np.nan
    assert measure_smoothness(angles, reps).isna().all(axis=None)

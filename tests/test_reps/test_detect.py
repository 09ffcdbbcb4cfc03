"""Finding repetitions, on hand-made curves whose answer is plain."""

import itertools

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.detect import detect_reps

RATE_HZ = 60.0


def curve(*pieces, rate_hz=RATE_HZ):
    """ANGLES from (duration [s], obliquity reached [°]) pieces joined by minimum-jerk movements."""
    level, parts = 0.0, []
    for seconds, target in pieces:
        tau = np.arange(round(seconds * rate_hz)) / round(seconds * rate_hz)
        parts.append(level + (target - level) * (10 * tau**3 - 15 * tau**4 + 6 * tau**5))
        level = target
    obliquity = np.concatenate(parts)
    index = pd.Index(np.arange(len(obliquity)) / rate_hz, name="time_s")
    return pd.DataFrame({"obliquity_deg": obliquity, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=index)


def rep(drop=8.0, seconds=1.0, pause=0.2, end=0.0):
    return [(seconds, -drop), (seconds, end), (pause, end)]


def test_five_plain_repetitions():
    reps = detect_reps(curve((3, 0), *rep() * 5, (3, 0)), "left")
    assert reps["kind"].tolist() == ["complete"] * 5 and reps["set"].unique().tolist() == [1] and set(reps["side"]) == {"left"}
    true_start = 3 + 2.2 * np.arange(5)
    # 0.04 s: 2.5 % of a one-second phase by extrapolation, and one sample
    np.testing.assert_allclose(reps["start_s"], true_start, atol=0.04)
    np.testing.assert_allclose(reps["bottom_s"], true_start + 1, atol=0.02)
    np.testing.assert_allclose(reps["end_s"], true_start + 2, atol=0.04)


@pytest.mark.parametrize("drop", [1.0, 2.0, 8.0, 30.0, 80.0])
@pytest.mark.parametrize("seconds", [0.25, 0.5, 1.0, 2.0, 4.0])
def test_count_whatever_the_size_and_tempo(drop, seconds):
    assert detect_reps(curve((3, 0), *rep(drop, seconds) * 7, (3, 0)))["kind"].tolist() == ["complete"] * 7


@pytest.mark.parametrize("rate_hz", [20, 50, 100, 300])
def test_count_at_any_rate(rate_hz):
    assert len(detect_reps(curve((3, 0), *rep() * 4, (3, 0), rate_hz=rate_hz))) == 4


def test_no_movement_no_repetition():
    assert detect_reps(curve((10, 0))).empty
    sway = curve((20, 0))
    sway["obliquity_deg"] += 0.35 * np.sin(2 * np.pi * 0.3 * sway.index.to_numpy())  # as much as a standing pelvis sways
    assert detect_reps(sway).empty


def test_raise_that_regains_less_than_half_is_partial():
    reps = detect_reps(curve((3, 0), *rep(), (1, -8), (1, -5), (1, -8), (1, 0), *rep(), (3, 0)))
    assert reps["kind"].tolist() == ["complete", "partial", "complete", "complete"]


def test_raise_that_regains_more_than_half_is_complete():
    assert set(detect_reps(curve((3, 0), *rep(), *rep(end=-3), *rep(), (3, 0)))["kind"]) == {"complete"}


def test_lowering_that_is_never_followed_by_a_raise_is_aborted():
    reps = detect_reps(curve((3, 0), *rep() * 3, (1, -8), (2, -8)))
    assert reps["kind"].tolist() == ["complete"] * 3 + ["aborted"]
    assert reps["bottom_s"].iloc[-1] == pytest.approx(3 + 3 * 2.2 + 1, abs=0.06)  # where the lowering stops, not where the recording does


def test_a_waver_does_not_split_a_repetition():
    angles = curve((3, 0), *rep(10, 2.0) * 3, (3, 0))
    angles["obliquity_deg"] += 0.4 * np.sin(2 * np.pi * 1.5 * angles.index.to_numpy())
    assert len(detect_reps(angles)) == 3


def test_sets_are_separated_by_a_rest():
    reps = detect_reps(curve((3, 0), *rep() * 4, (30, 0), *rep() * 3, (3, 0)))
    assert reps["set"].tolist() == [1] * 4 + [2] * 3 and reps["rep"].tolist() == list(range(1, 8))


def test_stepping_on_and_off_is_no_repetition():
    reps = detect_reps(curve((3, 0), (0.4, 1.5), (0.4, -1.2), (0.4, 0), (1, 0), *rep() * 5, (0.4, -1.3), (0.4, 1.5), (0.4, 0), (3, 0)))
    assert len(reps) == 5


def test_gap_is_bridged_for_finding():
    angles = curve((3, 0), *rep() * 5, (3, 0))
    angles.loc[5.0:5.3] = np.nan
    assert len(detect_reps(angles)) == 5


def test_empty_of_numbers():
    angles = curve((3, 0), *rep() * 5, (3, 0))
    angles[:] = np.nan
    assert detect_reps(angles).empty


def test_step_off_after_a_low_last_raise_is_no_part_of_it():
    reps = detect_reps(curve((3, 0), *rep() * 3, (1, -10), (1, -5), (0.5, -5), (1.2, 0), (3, 0)))
    assert len(reps) == 4
    assert reps["end_s"].iloc[-1] == pytest.approx(3 + 3 * 2.2 + 2, abs=0.06)


def test_quick_step_onto_the_leg_is_no_part_of_the_first_lowering():
    reps = detect_reps(curve((3, 0), (0.4, 1.4), (0.3, 0), (1.5, -0.1), (2, -5), (1, 0), (0.2, 0), *rep(5, 1.5) * 3, (3, 0)))
    assert len(reps) == 4
    assert reps["start_s"].iloc[0] == pytest.approx(3 + 0.7 + 1.5, abs=0.12)  # 2.5 % of two seconds, and the slow drift before it


def test_brief_swing_before_the_set_is_no_repetition():
    assert len(detect_reps(curve((3, 0), (0.6, 3), (0.6, 0), (1, 0), *rep(5, 1.5) * 5, (3, 0)))) == 5


def pieces(*turns, seconds=1.0, rate_hz=50.0):
    """Obliquity that goes from turn to turn along cosines, with rests of 0.2 s between."""
    curve = [np.full(100, turns[0])]
    for one, other in itertools.pairwise(turns):
        share = (1 - np.cos(np.pi * np.arange(round(seconds * rate_hz)) / (seconds * rate_hz))) / 2
        curve += [one + (other - one) * share, np.full(10, other)]
    values = np.concatenate([*curve, np.full(100, turns[-1])])
    time = pd.Index(np.arange(len(values)) / rate_hz, name="time_s")
    return pd.DataFrame({"obliquity_deg": values, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=time)


@pytest.mark.parametrize(
    ("turns", "kinds"),
    [
        ((0, -8, 0, -8, 0, -8, 0), "ccc"),
        ((0, -8, 0, -8, -5.5, -7.5, 0, -8, 0), "cpcc"),  # regains 2.5° of 8° and goes down again by 2°: a quarter of the usual swing
        ((0, -8, 0, -8, -2, -3.2, 0, -8, 0), "ccc"),  # a waver in the upper half of a raise
        ((0, -8, 0, -2, -0.8, -8, 0, -8, 0), "ccc"),  # a waver at the beginning of a lowering
        ((0, 1.0, -8, 0, -8, 0, -8, 0), "ccc"),  # the hip tips up while the weight goes onto one leg
        ((0, -8, 0, -8, 0, -8, -7.4, -8), "cca"),  # no raise follows the last lowering
    ],
)
def test_partial_raises_and_wavers(turns, kinds):
    found = detect_reps(pieces(*turns))
    assert "".join(kind[0] for kind in found["kind"]) == kinds


def test_a_single_small_swing_between_sets_is_no_set():
    still = [0.0] * 8
    found = detect_reps(pieces(0, -20, 0, -20, 0, -20, 0, *still, -3, 0, *still, -18, 0, -20, 0, -19, 0, seconds=0.8))
    assert found.groupby("set").size().tolist() == [3, 3]


def test_a_small_first_set_is_a_set():
    still = [0.0] * 8
    found = detect_reps(pieces(0, -5, 0, -5, 0, -5, 0, *still, -18, 0, -20, 0, -19, 0))
    assert found.groupby("set").size().tolist() == [3, 3]


def test_a_form_that_goes_small_stays_counted():
    """Drops of 2.5° after drops of 8° in the same beat are small repetitions, one at the set's edge is a step on or off."""
    assert len(detect_reps(curve((3, 0), *rep() * 8, *rep(2.5) * 6, (3, 0)))) == 14
    assert len(detect_reps(curve((3, 0), *rep(2.5) * 3, *rep() * 8, (3, 0)))) == 11
    assert len(detect_reps(curve((3, 0), *rep() * 8, *rep(2.5), (3, 0)))) == 8


@pytest.mark.parametrize("regained", [-5.5, -6.5])
def test_what_follows_a_partial_raise_is_a_repetition_at_the_edge_too(regained):
    """The last lowering of the set goes down by less than a third of the usual, from where the partial raise left it, and all the way up."""
    reps = detect_reps(curve((3, 0), *rep() * 5, (1, -8), (1, regained), (1, -8), (1, 0), (3, 0)))
    assert reps["kind"].tolist() == ["complete"] * 5 + ["partial", "complete"]


def test_sway_in_a_pause_does_not_complete_a_partial_raise():
    """The raise rests at a third of the drop; in the pause after it the pelvis sways up past the half for a moment."""
    swaying = [(1.0, -4.0), (1.0, -2.7), (1.0, -2.7), (0.5, -1.9), (0.5, -2.7), (1.0, -2.7)]
    kinds = detect_reps(curve((3, 0), *rep(4.0) * 3, *swaying, *rep(4.0) * 3, (3, 0)))["kind"].tolist()
    assert kinds == ["complete"] * 3 + ["partial"] + ["complete"] * 3


@pytest.mark.parametrize(("seconds", "spread_s"), [(0.5, 0.035), (1.0, 0.02), (2.0, 0.02)])
def test_times_lie_between_the_samples(seconds, spread_s):
    """The same movement sampled at 20 Hz from eight different moments on: whole samples would differ by up to 50 ms."""
    found = []
    for late_s in np.arange(8) / 160:
        time = np.arange(0, 9 + 8 * seconds, 0.05) + late_s
        phases = np.concatenate([3 + seconds * (2 * k + np.array([0, 1])) for k in range(4)])
        moved = np.zeros(len(time))
        for begins, way in zip(phases, [-8.0, 8.0] * 4, strict=True):
            u = np.clip((time - begins) / seconds, 0, 1)
            moved += way * (10 * u**3 - 15 * u**4 + 6 * u**5)
        angles = pd.DataFrame({"obliquity_deg": moved, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=pd.Index(time, name="time_s"))
        found.append(detect_reps(angles)[["start_s", "bottom_s", "end_s"]].to_numpy())
    spread = np.ptp(np.array(found), axis=0).max(axis=0)
    assert spread[1] < 0.01  # the parabola's own error on a bottom that is no parabola
    assert spread[[0, 2]].max() < spread_s  # ten samples of half a second do not tell the fastest moment any better


def test_confidence_says_how_near_the_limit_a_raise_is():
    """Raises that regain 20, 45, 55 and 100 % of 8°: the second and third lie 0.4° from the half, the others 2.4° and more."""
    reps = detect_reps(curve((3, 0), *rep() * 4, *(p for up in (-6.4, -4.4, -3.6) for p in [(1, -8), (1, up), (0.3, up), (1, -8), (1, 0)]), (3, 0)))
    assert reps["kind"].tolist() == ["complete"] * 4 + ["partial", "complete", "partial", "complete", "complete", "complete"]
    just_above, others = reps["confidence"].iloc[8], reps["confidence"].drop(reps.index[8])
    assert 0.6 < just_above < 0.98 and others.min() > 0.99  # doubt goes to partial, so the one just below half is sure of it


def test_stepping_off_does_not_complete_a_partial_last_raise():
    """It regains two fifths of the drop and rests for a second and a half; then the weight goes onto both feet, which brings the pelvis level."""
    kinds = detect_reps(curve((3, 0), *rep() * 5, (1, -8), (1, -4.9), (1.5, -4.9), (0.8, 0), (4, 0)))["kind"].tolist()
    assert kinds == ["complete"] * 5 + ["partial"]


def test_what_noise_makes_is_mostly_left_out():
    """Six repetitions of 10° with standing before and after, under slow noise as of a pose model: without knowing of it, standing is counted too."""
    time = np.arange(0, 40, 1 / 30)
    lowering = np.where((time > 12) & (time < 24), -5 * (1 - np.cos(2 * np.pi * (time - 12) / 2)), 0.0)
    counted = {0.0: [], 1.5 * np.sqrt(2): []}
    for seed in range(10):
        slow = np.convolve(np.random.default_rng(seed).normal(size=len(time) + 24), np.hanning(25), "valid")
        angles = {"obliquity_deg": lowering + 1.5 * slow / slow.std(), "rotation_deg": np.nan, "tilt_deg": np.nan}
        table = pd.DataFrame(angles, index=pd.Index(time, name="time_s"))
        for noise_deg, counts in counted.items():
            counts.append(detect_reps(table, "left", noise_deg)["kind"].eq("complete").sum())
    unaware, aware = (np.mean(counts) - 6 for counts in counted.values())
    assert unaware > 4  # of some twenty swings of noise in 28 s
    assert abs(aware) < unaware / 2

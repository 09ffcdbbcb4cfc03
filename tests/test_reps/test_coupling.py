"""How rotation goes with the drop, against couplings that were built in."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from hiphitch_analysis.reps.coupling import LEAST_REPS, LEAST_SIDE, PLACES, fit_coupling

BREAK_DEG, SLOPE, BASE_DEG = 9.0, 0.5, 2.0


def table(drop, turned, **columns):
    number = np.arange(1, len(drop) + 1)
    times = {"start_s": 2.0 * number, "bottom_s": 2.0 * number + 1, "end_s": 2.0 * number + 2}
    return pd.DataFrame(
        {"rep": number, "set": 1, "side": "left", "kind": "complete", **times, "drop_deg": drop, "rotation_range_deg": turned, **columns}
    )


def person(seed, slope=SLOPE, place=BREAK_DEG, n=60, noise_deg=0.3):
    """Drops evenly between 4° and 14°."""
    rng = np.random.default_rng([seed, 41])
    drop = rng.uniform(4, 14, n)
    return table(drop, BASE_DEG + slope * np.maximum(0, drop - place) + rng.normal(0, noise_deg, n))


def recordings(seed, slope, turned_by_deg=0.0, dropped_by_deg=0.0, said=False):
    """Three recordings around drops of 6°, 9° and 12°, each with an error in all of its rotations or drops; the table may say how large."""
    rng = np.random.default_rng([seed, 44])
    parts = []
    for middle in (6.0, 9.0, 12.0):
        drop = rng.normal(middle, 0.7, 15)
        turned = 8.0 + slope * drop + rng.normal(0, 0.3, 15)
        parts.append(table(drop + rng.normal(0, dropped_by_deg), turned + rng.normal(0, turned_by_deg)))
    reps = pd.concat(parts, ignore_index=True)
    return reps.assign(drop_se_deg=dropped_by_deg, rotation_range_se_deg=turned_by_deg) if said else reps


def no_break(found):
    return np.isnan([found.break_deg, found.break_low_deg, found.break_high_deg, found.base_deg]).all()


def most_by_chance(n, share):
    """A larger number comes by chance in one of a thousand."""
    return binom.ppf(0.999, n, share)


# --- Known without noise -------------------------------------------------------------------------------------------------------------------------
def test_a_hinge_without_noise_is_found_to_the_spacing_of_the_places_tried():
    drop = np.linspace(4, 14, 81)
    found = fit_coupling(table(drop, BASE_DEG + SLOPE * np.maximum(0, drop - BREAK_DEG)))
    spacing = (drop[-LEAST_SIDE] - drop[LEAST_SIDE - 1]) / (PLACES - 1)
    assert found.break_deg == pytest.approx(BREAK_DEG, abs=spacing / 2 + 1e-9)
    # a break wrong by half a spacing (0.08°) tilts the line over the 5° beyond it by a few times 0.08/5 of its slope, and lifts the level by less
    assert found.slope == pytest.approx(SLOPE, rel=0.03) and found.base_deg == pytest.approx(BASE_DEG, abs=0.02)
    assert found.p_coupling == found.p_break == 1 / 1000 and found.reason is None and found.n_reps == 81
    # of 81 drops from 4° to 14° in steps of 1/8° the fifth and the fifth but one from the end
    assert (found.drop_low_deg, found.drop_high_deg) == pytest.approx((4.5, 13.5))


def test_a_straight_line_without_noise_has_a_slope_and_no_break():
    drop = np.linspace(4, 14, 41)
    found = fit_coupling(table(drop, 0.3 * drop))
    assert no_break(found) and found.p_coupling == 1 / 1000 and found.p_break > 0.05
    assert [found.slope, found.slope_low, found.slope_high] == pytest.approx([0.3] * 3)
    assert found.reason == "no break stands out between 4.5° and 13.5°: a straight line from the smallest drop on does as well"


def test_rotation_that_falls_with_the_drop_is_no_coupling():
    drop = np.linspace(4, 14, 41)
    found = fit_coupling(table(drop, 8 - 0.3 * drop))
    assert found.p_coupling == 1.0 and np.isnan([found.slope, found.p_break]).all() and no_break(found)
    assert found.reason == "rotation does not go with the drop more than chance makes it"


# --- Built in, with noise --------------------------------------------------------------------------------------------------------------------------
def test_built_in_break_and_slope_lie_within_their_intervals():
    found = [fit_coupling(person(seed)) for seed in range(40)]
    # beyond the break the pelvis turns by 2.5°, eight times the noise: missed in none
    assert all(f.reason is None and f.p_break <= 0.05 for f in found)
    fewest = binom.ppf(0.001, 40, 0.95)  # a smaller number comes by chance in one of a thousand
    assert sum(f.break_low_deg < BREAK_DEG < f.break_high_deg for f in found) >= fewest
    assert sum(f.slope_low < SLOPE < f.slope_high for f in found) >= fewest
    # By hand: 30 repetitions on either side. The slope beyond, of drops spread by 5/√12 = 1.44°, has a standard error of 0.3 / (√30 · 1.44) = 0.038.
    # The break is where the level (0.3/√30 = 0.055°) meets that line, 2.5° before its middle (√(0.055² + 0.038² · 2.5²) = 0.11°):
    # √(0.11² + 0.055²) / 0.5 = 0.25°. An interval is 3.92 times as wide; a quarter, because 30 is no fixed number and the break moves both.
    slope_se, break_se = 0.038, 0.25
    assert np.median([f.slope_high - f.slope_low for f in found]) == pytest.approx(3.92 * slope_se, rel=0.25)
    assert np.median([f.break_high_deg - f.break_low_deg for f in found]) == pytest.approx(3.92 * break_se, rel=0.25)
    # the median of 40 has 1.25/√40 = 0.2 of a standard error; three of them
    assert np.median([f.slope for f in found]) == pytest.approx(SLOPE, abs=0.6 * slope_se)
    assert np.median([f.break_deg for f in found]) == pytest.approx(BREAK_DEG, abs=0.6 * break_se)


def test_straight_lines_tell_a_break_no_more_often_than_chance_allows():
    found = [fit_coupling(person(seed, slope=0.3, place=0.0)) for seed in range(60)]
    assert all(f.p_coupling == 1 / 1000 for f in found)  # 3° over the drops, ten times the noise
    assert sum(f.reason is None for f in found) <= most_by_chance(60, 0.05)
    straight = [f for f in found if f.reason]
    # 0.01: the slope of 60 drops spread by 2.9° and 0.3° of noise has a standard error of 0.0134; the mean of 57 of 0.0018; five of them
    assert np.mean([f.slope for f in straight]) == pytest.approx(0.3, abs=0.01)
    assert sum(f.slope_low < 0.3 < f.slope_high for f in straight) >= binom.ppf(0.001, len(straight), 0.95)
    assert all("a straight line" in f.reason and no_break(f) for f in straight)


def test_no_coupling_tells_one_no_more_often_than_chance_allows():
    found = [fit_coupling(person(seed, slope=0.0)) for seed in range(100)]
    assert sum(f.p_coupling <= 0.05 for f in found) <= most_by_chance(100, 0.05)
    assert sum(f.p_coupling <= 0.5 for f in found) >= binom.ppf(0.001, 100, 0.5)  # and p is not simply large


@pytest.mark.parametrize("scatter", [lambda drop: 0.075 * drop, lambda drop: 3.0 / drop], ids=["grows", "shrinks"])
def test_scatter_that_changes_with_the_drop_is_no_break(scatter):
    """Three times as large at one end as at the other. Residuals put in any order, instead of given signs, told a break in 20 of 100 that shrink."""
    told = 0
    for seed in range(100):
        rng = np.random.default_rng([seed, 43])
        drop = rng.uniform(4, 14, 60)
        told += fit_coupling(table(drop, 8 + 0.4 * drop + rng.normal(0, scatter(drop)))).reason is None
    assert told <= most_by_chance(100, 0.05)


# --- Errors that the repetitions of a recording share ----------------------------------------------------------------------------------------
def test_errors_common_to_a_recording_do_not_pass_for_a_coupling():
    said, unsaid = (sum(fit_coupling(recordings(seed, 0.0, 0.5, said=said)).p_coupling <= 0.05 for seed in range(80)) for said in (True, False))
    # without the standard errors three offsets that rise pass for a coupling
    assert said <= most_by_chance(80, 0.05) < unsaid


@pytest.mark.parametrize("errors", [{"turned_by_deg": 0.5}, {"dropped_by_deg": 0.5}])
def test_errors_common_to_a_recording_do_not_pass_for_a_break(errors):
    found = [fit_coupling(recordings(seed, 1.0, **errors, said=True)) for seed in range(120)]
    assert all(f.p_coupling <= 0.05 for f in found)  # 6° of turning: what follows is about the break
    unsaid = sum(fit_coupling(recordings(seed, 1.0, **errors)).reason is None for seed in range(120))
    # without the standard errors a middle recording that is off downwards, by more than the scatter of 0.3°, passes for one
    assert sum(f.reason is None for f in found) <= most_by_chance(120, 0.05) < unsaid


def test_a_new_recording_begins_where_the_numbers_do_not_rise():
    reps = recordings(3, 0.3).assign(rotation_range_se_deg=3.0)
    apart = fit_coupling(reps)
    together = fit_coupling(reps.assign(rep=np.arange(1, len(reps) + 1)))
    # an error of 3° of each could make the 2° between the first and the last; one common to all of them cancels
    assert apart.p_coupling > 0.05 and together.p_coupling == 1 / 1000


def test_an_error_of_the_drop_widens_the_intervals():
    reps = recordings(4, 0.5)
    plain, unsure = fit_coupling(reps), fit_coupling(reps.assign(drop_se_deg=1.0))
    assert plain.reason == unsure.reason and "straight line" in plain.reason
    # an error of 1° of either end of some 6° of drop is √2 / 6 of the slope; without it 0.3° of scatter leaves 0.3 / (√45 · 2.5) = 0.018 of 0.5
    assert unsure.slope_high - unsure.slope_low > 3 * (plain.slope_high - plain.slope_low)


# --- What is used, and what is refused -------------------------------------------------------------------------------------------------------
def test_only_complete_repetitions_with_both_measures_are_used():
    good = person(1)
    odd = good.iloc[:30].assign(drop_deg=30.0, rotation_range_deg=0.0)
    odd["kind"] = ["partial"] * 20 + ["complete"] * 10
    odd.loc[20:24, "drop_deg"] = np.nan
    odd.loc[25:29, "rotation_range_deg"] = np.nan
    both = pd.concat([good, odd.assign(rep=np.arange(61, 91))], ignore_index=True)
    assert fit_coupling(both) == fit_coupling(good)


def test_several_sets_belong_together():
    reps = person(2)
    assert fit_coupling(reps.assign(set=1 + (reps["rep"] > 30))) == fit_coupling(reps)


def test_too_few_repetitions():
    found = fit_coupling(person(3, n=LEAST_REPS - 1))
    assert found.reason == "19 measured repetitions: at least 20 are needed to see how rotation goes with the drop" and found.n_reps == 19
    assert np.isnan([found.p_coupling, found.p_break, found.slope]).all() and no_break(found)
    assert not np.isnan(fit_coupling(person(3, n=LEAST_REPS)).p_coupling)


def test_none_at_all():
    found = fit_coupling(person(3).assign(kind="partial"))
    assert found.n_reps == 0 and np.isnan([found.drop_low_deg, found.drop_high_deg]).all() and found.reason.startswith("0 measured repetitions")


@pytest.mark.parametrize(("spread_deg", "asked"), [(1.9, False), (2.1, True)])
def test_drops_too_alike(spread_deg, asked):
    drop = 8.05 + spread_deg / 0.9 * np.linspace(-0.5, 0.5, 41)  # from the 5th to the 95th percentile nine tenths of it
    found = fit_coupling(table(drop, 2 + 0.5 * drop))
    assert found.drop_high_deg - found.drop_low_deg == pytest.approx(spread_deg)
    assert (found.p_coupling == 1 / 1000) == asked
    if not asked:
        assert found.reason == "the drops lie between 7.1° and 9.0°: only if they differ by 2° can a break be seen" and np.isnan(found.p_coupling)


def test_every_rotation_equal():
    found = fit_coupling(person(4).assign(rotation_range_deg=3.0))
    assert found.p_coupling == 1.0 and found.reason == "rotation does not go with the drop more than chance makes it"


def test_missing_measures_are_refused():
    with pytest.raises(ValueError, match=r"^reps: missing column 'drop_deg', 'rotation_range_deg' — expected measured repetitions"):
        fit_coupling(person(5).drop(columns=["drop_deg", "rotation_range_deg"]))


def test_the_same_repetitions_get_the_same_answer():
    assert fit_coupling(person(6)) == fit_coupling(person(6))

"""A session followed through, against the model's closed form written down anew and the project's own table of loads."""

import numpy as np
import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.endurance import (
    AS_TAUGHT,
    least_strength,
    middle_ability,
    price_changes,
    trace_pools,
    vary_repetition,
    vary_rest,
    vary_strength,
)
from hiphitch_analysis.workload.repetition import Demand, Repetition, demand_of
from hiphitch_analysis.workload.strength import ability_from_torque

F, R, FASTER = 0.015, 0.00149, 15.0  # knee pair of Frey-Law 2012 and multiplier of Looft 2018
DEMAND = Demand(mean_nm=68.4, peak_nm=72.0, rep_s=2.0)
MAN = estimate_body(75, 1.78, "male")


def settle(fatigued, load, rate, time_s):
    """dM/dt = F load − rate M."""
    end = F * load / rate
    return end + (fatigued - end) * np.exp(-rate * time_s)


def test_the_pools_are_the_closed_form_and_add_up_to_one():
    pools = trace_pools(120.0, DEMAND, sets=2, reps=10, rest_s=30)
    np.testing.assert_allclose(pools[["active_share", "fatigued_share", "resting_share"]].sum(axis=1), 1.0, rtol=1e-12)
    first = settle(0.0, 0.57, R, 20.0)
    rested = settle(first, 0.0, FASTER * R, 30.0)
    second = settle(rested, 0.57, R, 20.0)
    ends = pools.groupby(["set", "pause"])["fatigued_share"].last()
    assert [ends[1, False], ends[1, True], ends[2, False]] == pytest.approx([first, rested, second], rel=1e-9)
    assert pools.index[-1] == 70.0 and pools.index.is_monotonic_increasing
    assert (pools.loc[pools["pause"], "active_share"] == 0).all()


def test_a_set_that_fails_ends_where_its_peak_finds_nothing_left():
    pools = trace_pools(120.0, DEMAND, sets=3, reps=45, rest_s=60)
    ends = pools[~pools["pause"]].groupby("set").last()
    assert ends["fatigued_share"].tolist() == pytest.approx([1 - 72 / 120] * 3, abs=1e-9)
    assert (ends["reps"] < 45).all() and ends["reps"].iloc[1] < ends["reps"].iloc[0]
    assert pools["fails_at"].iloc[0] == pytest.approx(0.4)


def test_who_is_too_weak_for_one_repetition_does_none():
    pools = trace_pools(70.0, DEMAND, sets=2, reps=10, rest_s=30)
    assert (pools["reps"] == 0).all() and (pools["fatigued_share"] == 0).all() and (pools["fails_at"] == 0).all()


def test_nobody_tires_of_a_load_that_recovery_keeps_up_with():
    pools = trace_pools(1200.0, DEMAND, sets=1, reps=100, rest_s=60)
    assert pools["reps"].iloc[-1] == 100


def test_more_weight_and_more_drop_cost_repetitions_and_less_is_known_than_the_middle():
    ability = ability_from_torque(120.0, MAN)
    weight = vary_repetition(MAN, ability, Repetition(), "ankle_kg", (0.0, 3.0))
    drop = vary_repetition(MAN, ability, Repetition(), "drop_deg", (4.0, 8.0, 12.0))
    for table in (weight, drop):
        assert (table["reps_median"].diff().dropna() < 0).all()
        assert (table["reps_p10"] < table["reps_median"]).all() and (table["reps_median"] < table["reps_p90"]).all()
    # EVIDENCE §5.2 at 1.6 N·m/kg: 24 repetitions, 20 with 3 kg, computed by another program with the mean load of 8° for the peak; ours falls a
    # little short of it because the peak counts as well.
    middle = vary_repetition(MAN, middle_ability(120.0), Repetition(), "ankle_kg", (0.0, 3.0))["reps_median"]
    assert middle.tolist() == pytest.approx([24, 20], abs=2)


def test_a_longer_rest_gives_more_back_and_never_more_than_a_fresh_set():
    table = vary_rest(middle_ability(120.0), DEMAND, sets=3, reps=45, values=(0.0, 30.0, 60.0, 120.0, 3600.0))
    assert (table["reps_median"].diff().dropna() > 0).all()
    assert table["reps_median"].iloc[0] == pytest.approx(0, abs=1e-9)  # a set to failure, and no rest after it
    assert table["reps_median"].iloc[-1] == pytest.approx(24.2, abs=0.05)


@pytest.mark.parametrize(("sets", "reps", "low", "high"), [(3, 45, 0.30, 0.40), (2, 20, 0.50, 0.60)])
def test_the_strength_for_a_step_is_the_load_computed_elsewhere(sets, reps, low, high):
    # EVIDENCE §5.2: 3 × 45 with a minute between them is feasible below about 35 % of strength, 2 × 20 below 55 %; to a twentieth of strength.
    assert low < DEMAND.mean_nm / least_strength(DEMAND, sets, reps, 60.0) < high


def test_with_that_strength_every_set_is_just_completed():
    strength = least_strength(DEMAND, 3, 45, 60.0)
    for factor, complete in ((1.002, True), (0.998, False)):  # it is found to a thousandth
        last = trace_pools(factor * strength, DEMAND, 3, 45, 60.0)["reps"].iloc[-1]
        assert (last == 45) == complete


def test_hip_and_leg_as_one_unit_ask_for_less_at_the_bottom():
    # EVIDENCE §3.3: at 8° of drop 65.4 N·m with the leg rigid with the pelvis, 72.0 with the leg vertical; turning round at a second a phase adds
    # 1.7 to 3 %, and more where the leg is swung.
    rigid = demand_of(MAN, AS_TAUGHT).peak_nm
    assert 65.4 < rigid < 72.0 and rigid < demand_of(MAN, Repetition()).peak_nm


def test_a_tenth_of_strength_costs_more_than_two_kilograms_or_a_deeper_drop():
    prices = price_changes(MAN, 135.0, AS_TAUGHT).set_index("change")["reps"]
    assert prices.index.tolist() == ["as it is", "a tenth less strength", "2 kg more at the ankle", "a drop of 12° instead of 8°"]
    assert prices.idxmin() == "a tenth less strength" and prices.idxmax() == "as it is"
    load, peak = (np.array([value]) / (0.9 * 135) for value in (demand_of(MAN, AS_TAUGHT).mean_nm, demand_of(MAN, AS_TAUGHT).peak_nm))
    end = F * load / R  # settle() solved for the time at which 1 − peak is tired
    assert prices["a tenth less strength"] == pytest.approx(np.log(end / (end - (1 - peak)))[0] / R / 2, rel=1e-9)


def test_twice_the_strength_is_more_than_twice_the_repetitions():
    table = vary_strength(MAN, DEMAND, (1.2, 1.8, 2.4))
    assert table["reps_median"].iloc[2] > 2 * table["reps_median"].iloc[0]
    assert table["value"].tolist() == [1.2, 1.8, 2.4]

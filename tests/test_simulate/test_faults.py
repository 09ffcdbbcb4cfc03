import dataclasses

import numpy as np
import pytest

from hiphitch_analysis.simulate import FAULTS, Fault, list_faults, simulate_set
from hiphitch_analysis.simulate.faults import SEVERITIES, parse_fault
from hiphitch_analysis.simulate.repetition import Repetition

NAMES = (
    *("incomplete_return", "hike_above_level", "drop_too_large", "drop_too_small", "pelvis_not_square", "trunk_lean_stance", "trunk_lean_free"),
    *("leg_lifted", "leg_drawn_in", "foot_resting", "hip_and_leg_apart", "lumbar_not_neutral", "tempo_too_fast", "tempo_uneven", "loss_of_balance"),
)
LESS_IS_WORSE = ("drop_too_small", "tempo_too_fast")
EXACT = {"variability": 0.0, "sway": 0.0}
FINE = {"rate_hz": 200.0, "device": "ideal"}  # on a grid of 5 ms an extreme of a smooth move is missed by less than a thousandth of its size
NEAR = 0.01  # [°], or of a share or a second: that grid


def test_every_fault_is_in_the_table_and_gets_worse_from_left_to_right():
    assert tuple(FAULTS) == NAMES
    for key, kind in FAULTS.items():
        mild, moderate, severe = kind.amounts
        assert mild > moderate > severe > 0 if key in LESS_IS_WORSE else 0 < mild < moderate < severe, key
        assert [Fault(key, severity).amount for severity in SEVERITIES] == [mild, moderate, severe]


def test_the_table_as_text_says_it_all():
    rows = list_faults().splitlines()
    assert len(rows) == 1 + len(NAMES)
    assert rows[0].split()[:5] == ["fault", "mild", "moderate", "severe", "unit"]
    assert rows[1 + NAMES.index("trunk_lean_stance")].split()[:5] == ["trunk_lean_stance", "3", "5", "10", "°"]


@pytest.mark.parametrize(
    ("text", "fault", "amount"),
    [
        ("trunk_lean_stance", Fault("trunk_lean_stance", "moderate", 1), 5.0),
        ("leg_lifted:severe", Fault("leg_lifted", "severe", 1), 25.0),
        ("incomplete_return:4.5@12", Fault("incomplete_return", 4.5, 12), 4.5),
        ("foot_resting@3", Fault("foot_resting", "moderate", 3), 0.25),
    ],
)
def test_faults_as_written_on_the_command_line(text, fault, amount):
    assert parse_fault(text) == fault
    assert fault.amount == amount


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("slouching", "^fault: expected one of incomplete_return, .*, got 'slouching'"),
        ("", "^fault: expected one of"),
        ("leg_lifted:awful", "^fault leg_lifted: expected severity mild, moderate, severe or an amount, got 'awful'"),
        ("leg_lifted:-3", r"^fault leg_lifted: expected 0\.1 to 80, got -3\.0"),
        ("leg_lifted:0", r"^fault leg_lifted: expected 0\.1 to 80, got 0\.0"),
        ("leg_lifted:nan", r"^fault leg_lifted: expected 0\.1 to 80, got nan"),
        ("leg_lifted:81", r"^fault leg_lifted: expected 0\.1 to 80, got 81"),
        ("leg_lifted@0", "^fault leg_lifted: expected an onset at repetition 1 or later, got 0"),
        ("leg_lifted@x", "^fault leg_lifted: expected a repetition's number after @, got 'x'"),
        ("leg_lifted@-2", "^fault leg_lifted: expected a repetition's number after @, got '-2'"),
    ],
)
def test_a_fault_the_table_does_not_have_is_refused_in_one_line(text, says):
    with pytest.raises(ValueError, match=says) as refused:
        parse_fault(text)
    assert "\n" not in str(refused.value)


def test_nothing_else_in_a_repetition_changes():
    # What each fault may touch; everything else of a repetition has to stay.
    touches = {
        "incomplete_return": {"return_error_deg"}, "hike_above_level": {"return_error_deg"}, "drop_too_large": {"drop_deg", "rotation_deg"},
        "drop_too_small": {"drop_deg"}, "pelvis_not_square": {"rotation_deg"}, "trunk_lean_stance": {"lean_bottom_deg", "lean_top_deg"},
        "trunk_lean_free": {"lean_raise_deg"}, "leg_lifted": {"thigh_top_deg", "knee_top_deg"}, "leg_drawn_in": {"leg_in_deg"},
        "foot_resting": {"floor_bottom", "floor_top"}, "hip_and_leg_apart": {"leg_coupling", "thigh_bottom_deg", "knee_bottom_deg"},
        "lumbar_not_neutral": {"tilt_base_deg"}, "tempo_too_fast": {"lower_s", "raise_s"}, "tempo_uneven": {"off_beat"},
        "loss_of_balance": {"unsteadiness"},
    }  # fmt: skip
    plain = dataclasses.asdict(Repetition())
    for key, fields in touches.items():
        changed = dataclasses.asdict(Fault(key, "severe", 3).distort(Repetition(), 3))
        assert {name for name in plain if plain[name] != changed[name]} == {*fields, "faults"}, key
        assert Fault(key, "severe", 3).distort(Repetition(), 2) == Repetition(), key


def windows(simulated):
    """The truth's angles in each repetition's own time, half-open as all regions are."""
    return [simulated.angles.loc[rep.start_s : rep.end_s - 1e-9] for rep in simulated.reps.itertuples()]


def at_the_end(simulated, name):
    """Where each raise has come to."""
    return np.array([np.interp(rep.end_s, simulated.angles.index, simulated.angles[name]) for rep in simulated.reps.itertuples()])


def slope(window):
    return np.polyfit(window["obliquity_deg"], window["free_leg_angle_deg"], 1)[0]


def each(measure):
    return lambda simulated: np.array([measure(window) for window in windows(simulated)])


def lasts(simulated):
    return (simulated.reps["end_s"] - simulated.reps["start_s"]).to_numpy()


# Fault → what is seen in the truth, before the onset and from repetition 6 on. Somebody in whom nothing is wrong drops by 8° in 1 s + 1 s with 2° of
# rotation and .5° of tilt, thigh and knee bent by 8° and 20°, the free leg going along entirely, the trunk upright.
SEEN = {
    "incomplete_return": (lambda s: -at_the_end(s, "obliquity_deg"), 0.0, 3.0),
    "hike_above_level": (lambda s: at_the_end(s, "obliquity_deg"), 0.0, 3.0),
    "drop_too_large": (each(lambda w: -w["obliquity_deg"].min()), 8.0, 13.0),
    "drop_too_small": (each(lambda w: -w["obliquity_deg"].min()), 8.0, 2.5),
    "pelvis_not_square": (each(lambda w: w["rotation_deg"].max()), 2.0, 8.0),
    "trunk_lean_stance": (each(lambda w: w["trunk_lean_deg"].max()), 0.0, 5.0),
    "trunk_lean_free": (each(lambda w: w["trunk_lean_deg"].min()), 0.0, -5.0),
    "leg_lifted": (lambda s: at_the_end(s, "free_thigh_flexion_deg"), 8.0, 23.0),
    "leg_drawn_in": (lambda s: at_the_end(s, "free_leg_angle_deg"), 0.0, -10.0),
    "foot_resting": (each(lambda w: w["floor_share"].max()), 0.0, 0.25),
    "tempo_too_fast": (lasts, 2.0, 1.2),
}


@pytest.mark.parametrize("key", SEEN)
@pytest.mark.parametrize("stance", ["left", "right"])
def test_the_truth_shows_the_amount_from_the_onset_on_and_not_before(key, stance):
    measure, before, after = SEEN[key]
    simulated = simulate_set(10, stance, faults=[f"{key}:moderate@6"], seed=3, **EXACT, **FINE)
    np.testing.assert_allclose(measure(simulated), [before] * 5 + [after] * 5, atol=NEAR)
    assert simulated.reps["faults"].tolist() == [""] * 5 + [key] * 5
    assert (simulated.reps["kind"] == "complete").all()


@pytest.mark.parametrize("key", SEEN)
def test_severe_shows_more_than_mild(key):
    measure, before, _ = SEEN[key]
    shown = [abs(measure(simulate_set(3, faults=[Fault(key, severity)], **EXACT, **FINE))[-1] - before) for severity in SEVERITIES]
    assert shown[0] < shown[1] < shown[2]


def test_too_large_a_drop_turns_the_pelvis():
    reps = simulate_set(10, faults=["drop_too_large@6"], **EXACT).reps
    # A degree for each degree beyond 8°: 13 − 8 = 5 on top of the usual 2.
    np.testing.assert_allclose(reps["rotation_range_deg"], [2.0] * 5 + [7.0] * 5, atol=NEAR)
    np.testing.assert_allclose(reps["drop_deg"], [8.0] * 5 + [13.0] * 5, atol=NEAR)


def test_the_trunk_leans_half_as_far_at_the_top():
    simulated = simulate_set(10, faults=["trunk_lean_stance@6"], **EXACT, **FINE)
    np.testing.assert_allclose(at_the_end(simulated, "trunk_lean_deg"), [0.0] * 5 + [2.5] * 5, atol=NEAR)


def test_the_oblique_pulls_in_the_raise_only():
    simulated = simulate_set(10, faults=["trunk_lean_free@6"], **EXACT, **FINE)
    for rep in simulated.reps.itertuples():
        lowering, raising = simulated.angles.loc[rep.start_s : rep.bottom_s], simulated.angles.loc[rep.bottom_s : rep.end_s]
        assert lowering["trunk_lean_deg"].abs().max() < NEAR
        if rep.rep >= 6:
            assert raising["trunk_lean_deg"].idxmin() == pytest.approx((rep.bottom_s + rep.end_s) / 2, abs=0.02)
    # Bent toward the free side at the spine: obliquity minus lean goes up with it.
    assert simulated.angles["lumbar_bend_deg"].max() > 0.5


def test_the_lifted_leg_comes_down_again_with_its_knee():
    simulated = simulate_set(10, faults=["leg_lifted@6"], **EXACT, **FINE)
    for rep in list(simulated.reps.itertuples())[5:]:
        bottom, top = (simulated.angles.loc[instant - 0.003 : instant + 0.003].iloc[0] for instant in (rep.bottom_s, rep.end_s))
        assert top["free_thigh_flexion_deg"] - bottom["free_thigh_flexion_deg"] == pytest.approx(15, abs=NEAR)
        assert top["free_knee_flexion_deg"] - bottom["free_knee_flexion_deg"] == pytest.approx(15, abs=NEAR)


def test_the_resting_foot_carries_half_as_much_at_the_top():
    simulated = simulate_set(10, faults=["foot_resting@6"], **EXACT, **FINE)
    np.testing.assert_allclose(at_the_end(simulated, "floor_share"), [0.0] * 5 + [0.125] * 5, atol=NEAR)
    assert simulated.angles["floor_share"].iloc[[0, -1]].tolist() == [0.0, 0.0]  # it is about the free leg: on both feet there is none


def test_hip_and_leg_go_apart():
    simulated = simulate_set(10, faults=["hip_and_leg_apart@6"], **EXACT, **FINE)
    # Free leg against obliquity: one unit before, half of it lost after. The first raise of each kind begins where the other ends, at 0 and 0.
    np.testing.assert_allclose(each(slope)(simulated), [1.0] * 5 + [0.5] * 5, atol=NEAR)
    bent = each(lambda w: w["free_knee_flexion_deg"].max())(simulated)
    np.testing.assert_allclose(bent, [20.0] * 5 + [30.0] * 5, atol=NEAR)  # the foot has to stay off the floor: 20° · .5 more


def test_the_pelvis_tips_forward_over_the_set():
    simulated = simulate_set(20, faults=["lumbar_not_neutral@6"], **EXACT, **FINE)
    grown = at_the_end(simulated, "tilt_deg")
    np.testing.assert_allclose(grown[:5], 0.0, atol=NEAR)
    assert (np.diff(grown[4:14]) > 0).all()  # grows with each repetition
    np.testing.assert_allclose(np.diff(grown[4:14]), 8.0 / 9, atol=NEAR)  # evenly: 8° are reached eight repetitions after the onset, in nine
    np.testing.assert_allclose(grown[13:], 8.0, atol=NEAR)
    np.testing.assert_allclose(each(lambda w: w["tilt_deg"].max())(simulated)[13:], 8.5, atol=NEAR)  # the usual .5° comes on top


def test_uneven_tempo_goes_both_ways():
    simulated = simulate_set(40, faults=["tempo_uneven@6"], seed=5, **EXACT)
    np.testing.assert_allclose(lasts(simulated)[:5], 2.0, atol=1e-9)
    np.testing.assert_allclose(np.abs(lasts(simulated)[5:] - 2.0), 0.5, atol=1e-9)  # a quarter too long or too short
    too_long = (lasts(simulated)[5:] > 2).sum()
    assert 35 / 2 - 4 * 3 < too_long < 35 / 2 + 4 * 3  # 35 tosses of a coin: SD √35/2 = 3, four of them


def test_balance_is_lost_once_with_a_touch_down():
    simulated = simulate_set(10, faults=["loss_of_balance@6"], seed=2, **EXACT, **FINE)
    reps = simulated.reps
    assert reps["kind"].tolist() == ["complete"] * 5 + ["aborted"] + ["complete"] * 5
    assert reps["faults"].tolist() == [""] * 5 + ["loss_of_balance"] * 6
    aborted, after = reps.iloc[5], reps.iloc[6]
    between = simulated.angles.loc[aborted["end_s"] : after["start_s"]]
    assert between["floor_share"].max() == pytest.approx(1.0, abs=NEAR)  # the free foot comes down
    # Before that it swings: the pelvis by 4° away from the 8° it hung, then back by .7 · 4°; the trunk the other way, half as far again.
    swung = between.loc[: aborted["end_s"] + 0.5]
    assert (swung["obliquity_deg"] + 8).abs().max() == pytest.approx(4.0, abs=0.05)
    assert (swung["obliquity_deg"].iloc[-1] + 8) / 4 == pytest.approx(np.sign(swung["obliquity_deg"].iloc[50] + 8) * 0.3, abs=0.01)
    assert swung["trunk_lean_deg"].abs().max() == pytest.approx(6.0, abs=0.05)
    assert simulate_set(10, seed=2, **EXACT, **FINE).angles["floor_share"].max() == 0.0


def test_who_loses_balance_sways_more():
    def roughness(simulated, rows):
        # Away from each repetition's own smooth move, with sway only: the difference to the same seed without sway.
        still = simulate_set(10, seed=2, faults=["loss_of_balance@6"], variability=0.0, sway=0.0, **FINE).angles["trunk_lean_deg"]
        off = simulated.angles["trunk_lean_deg"] - still
        return float(np.sqrt(np.mean(np.concatenate([off.loc[simulated.reps["start_s"][i] : simulated.reps["end_s"][i]] for i in rows]) ** 2)))

    before, after = [], []
    for seed in range(6):
        swaying = simulate_set(10, seed=seed, faults=["loss_of_balance@6"], variability=0.0, **FINE)
        before.append(roughness(swaying, range(5)))
        after.append(roughness(swaying, range(7, 11)))
    # Three times the sway. Each stretch of 8 to 10 s holds about eight independent values, six seeds fifty: an SD is off by 10 %, a ratio by 14 %.
    assert np.sqrt(np.mean(np.square(after)) / np.mean(np.square(before))) == pytest.approx(3.0, rel=0.4)


def test_two_faults_at_once_in_every_set():
    simulated = simulate_set(6, sets=2, both_sides=True, rest_s=10, faults=["trunk_lean_stance:mild@4", "leg_drawn_in:severe"], **EXACT, **FINE)
    leans = each(lambda w: w["trunk_lean_deg"].max())(simulated)
    np.testing.assert_allclose(leans, 4 * ([0.0] * 3 + [3.0] * 3), atol=NEAR)  # repetitions are counted anew in each set
    np.testing.assert_allclose(at_the_end(simulated, "free_leg_angle_deg"), -20.0, atol=NEAR)
    assert simulated.reps["faults"].tolist() == 4 * (["leg_drawn_in"] * 3 + ["trunk_lean_stance leg_drawn_in"] * 3)

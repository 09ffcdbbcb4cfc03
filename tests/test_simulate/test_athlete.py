import dataclasses

import numpy as np
import pytest

from hiphitch_analysis.simulate import TIRELESS, Athlete, Body, Muscle, Technique, draw_athlete
from hiphitch_analysis.simulate.fatigue import GENERAL, KNEE


def test_many_athletes_follow_the_priors():
    drawn = [draw_athlete("A", np.random.default_rng([1, i])) for i in range(2000)]
    for sex, mean, sd in (("male", 1.62, 0.18), ("female", 1.41, 0.16)):
        group = [a for a in drawn if a.body.sex == sex]
        assert len(group) == pytest.approx(1000, abs=90)  # 2000 tosses of a coin: SD 22, four of them
        level = np.array([(a.strength_left_nm_kg + a.strength_right_nm_kg) / 2 for a in group])
        # Two sides of 4 % about the athlete's own: .18 and 1.62 · .04 / √2 together. 1000 draws: SE sd/√1000 and 2.3 % of an SD; four of them.
        spread = np.hypot(sd, mean * 0.04 / np.sqrt(2))
        assert level.mean() == pytest.approx(mean, abs=4 * spread / np.sqrt(900))
        assert level.std() == pytest.approx(spread, rel=0.095)
        difference = np.array([np.log(a.strength_left_nm_kg / a.strength_right_nm_kg) for a in group])
        assert difference.std() == pytest.approx(0.04 * np.sqrt(2), rel=0.095)
        assert difference.mean() == pytest.approx(0.0, abs=4 * 0.0566 / np.sqrt(900))
    # Other means of 2000: attendance 8.4 / 12 with an SD of .127; drop 7.5 ± 1.2, hardly clipped; four standard errors.
    assert np.mean([a.attendance for a in drawn]) == pytest.approx(0.7, abs=0.012)
    assert np.mean([a.technique.drop_deg for a in drawn]) == pytest.approx(7.5, abs=0.12)
    assert np.mean([a.tired_lean_deg for a in drawn]) == pytest.approx(3.0, abs=0.23)
    assert min(a.weekly_gain for a in drawn) >= 0.02
    assert min(min(a.return_deficit_left_deg, a.return_deficit_right_deg) for a in drawn) >= 0
    index = np.array([a.body.mass_kg / a.body.height_m**2 for a in drawn])
    assert index.min() > 17.5  # clipped at 18 before height and mass are rounded
    assert index.max() < 27.5


def test_muscles_lie_between_the_knee_and_the_enduring_end():
    drawn = [draw_athlete("A", np.random.default_rng([2, i])).muscle for i in range(500)]
    for muscle in drawn:
        assert GENERAL.fatigue_rate <= muscle.fatigue_rate <= KNEE.fatigue_rate
        assert GENERAL.recovery_rate <= muscle.recovery_rate <= KNEE.recovery_rate
        # Both rates go together: the same share of the way on a logarithmic scale.
        shares = [
            np.log(getattr(muscle, r) / getattr(KNEE, r)) / np.log(getattr(GENERAL, r) / getattr(KNEE, r)) for r in ("fatigue_rate", "recovery_rate")
        ]
        assert shares[0] == pytest.approx(shares[1], abs=1e-9)
    share = np.mean([np.log(m.fatigue_rate / 0.015) / np.log(0.0097 / 0.015) for m in drawn])
    assert share == pytest.approx(1 / 3, abs=4 * 0.236 / np.sqrt(500))  # beta(1, 2): a third on average, SD .236


def test_drawing_is_reproducible_and_names_nobody_else():
    one, again, other = (draw_athlete("A01", np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one.id == "A01"


def test_sides():
    someone = Athlete("B2", Body("female", 60.0, 1.65), 1.3, 1.5, return_deficit_left_deg=1.0, return_deficit_right_deg=4.0)
    assert (someone.strength_nm("left"), someone.strength_nm("right")) == (pytest.approx(78.0), pytest.approx(90.0))
    assert (someone.return_deficit_deg("left"), someone.return_deficit_deg("right")) == (1.0, 4.0)


def test_who_tires():
    assert Athlete().tires
    assert not TIRELESS.tires
    assert not dataclasses.replace(Athlete(), muscle=Muscle(0.0, 0.001)).tires


@pytest.mark.parametrize("name", ["", "Anna Müller", "../A01", "A" * 33])
def test_only_a_pseudonym_names_an_athlete(name):
    with pytest.raises(ValueError, match=r"^athlete id: expected 1 to 32 letters"):
        Athlete(name)


@pytest.mark.parametrize("strength", [0.0, -1.6, 160.0, float("nan"), float("inf")])
@pytest.mark.parametrize("side", ["left", "right"])
def test_strength_is_a_person_s(side, strength):
    with pytest.raises(ValueError, match=f"^strength_{side}_nm_kg: expected 0.3 to 10"):
        Athlete(**{f"strength_{side}_nm_kg": strength})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("drop_deg", -8.0), ("drop_deg", float("nan")), ("lower_s", 0.0), ("raise_s", 21.0), ("pause_s", -0.1), ("bottom_pause_s", 61.0),
        ("variability", 0.5), ("beat_correction", 1.2), ("sway", -1.0), ("leg_coupling", -0.1), ("lean_deg", 45.0), ("rotation_per_deg", -0.5),
        ("knee_flexion_deg", 120.0), ("thigh_flexion_deg", 90.0), ("tilt_deg", 30.0), ("rotation_deg", 60.0), ("rotation_from_deg", -1.0),
    ],
)  # fmt: skip
def test_a_technique_nobody_could_show_is_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name}: expected .* to .*, got "):
        Technique(**{name: value})

import numpy as np
import pytest

from hiphitch_analysis.simulate.athlete import Athlete, draw_athlete


def test_many_athletes_follow_the_priors():
    drawn = [draw_athlete("A", np.random.default_rng([1, i])) for i in range(2000)]
    level = np.array([(a.log_capacity_left + a.log_capacity_right) / 2 for a in drawn])
    difference = np.array([a.log_capacity_left - a.log_capacity_right for a in drawn])
    # Standard errors over 2000 draws: 0.30/√2000 = 0.0067 for the mean, 1.6 % for a standard deviation; four of them.
    assert level.mean() == pytest.approx(np.log(25), abs=0.028)
    assert level.std() == pytest.approx(np.hypot(0.30, 0.08 / np.sqrt(2)), rel=0.065)
    assert difference.std() == pytest.approx(0.08 * np.sqrt(2), rel=0.065)
    assert np.mean([a.attendance for a in drawn]) == pytest.approx(0.7, abs=0.02)
    assert min(a.weekly_gain for a in drawn) >= 0.02
    index = np.array([a.mass_kg / a.height_m**2 for a in drawn])
    assert index.min() > 17.5  # clipped at 18 before height and mass are rounded
    assert index.max() < 27.5


def test_sides():
    someone = Athlete("B2", "female", 60, 1.65, 3.0, 3.2, 0.2, return_deficit_left_deg=1.0, return_deficit_right_deg=4.0)
    assert (someone.log_capacity("left"), someone.log_capacity("right")) == (3.0, 3.2)
    assert (someone.return_deficit_deg("left"), someone.return_deficit_deg("right")) == (1.0, 4.0)


@pytest.mark.parametrize("name", ["", "Anna Müller", "../A01", "A" * 33])
def test_only_a_pseudonym_names_an_athlete(name):
    with pytest.raises(ValueError, match="athlete id"):
        Athlete(name, "female", 60, 1.65, 3.0, 3.0, 0.2)

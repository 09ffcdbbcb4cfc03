import pytest

from hiphitch_analysis.simulate.body import Body


def test_a_man_of_two_metres_by_hand():
    man = Body("male", 80.0, 2.0)
    # de Leva's shares of mass: lower trunk .1117; thigh .1416, shank .0433, foot .0137, together .1986.
    assert man.pelvis_kg == pytest.approx(8.936)
    assert man.leg_kg == pytest.approx(15.888)
    assert man.upper_kg == pytest.approx(39.288)
    assert man.hip_distance_m == pytest.approx(0.198)
    assert man.leg_m == pytest.approx(1.06)
    assert (man.thigh_m, man.shank_m) == (pytest.approx(0.485), pytest.approx(0.4986))
    # (.1416 · .4095 · .485 + .0433 · (.485 + .4395 · .4986) + .0137 · (.485 + .4986)) / .1986
    assert man.leg_com_m == pytest.approx(0.362977, abs=1e-6)


def test_a_woman_has_the_womens_table():
    woman = Body("female", 60.0, 1.65)
    assert woman.pelvis_kg == pytest.approx(0.1247 * 60)
    assert woman.leg_kg == pytest.approx((0.1478 + 0.0481 + 0.0129) * 60)
    # (.1478 · .3612 · .400125 + .0481 · (.400125 + .4352 · .411345) + .0129 · .81147) / .2088 = .059 686 / .2088
    assert woman.leg_com_m == pytest.approx(0.285850, abs=1e-6)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_the_parts_weigh_as_much_as_the_whole_and_scale_with_it(sex):
    body, big = Body(sex, 60.0, 1.5), Body(sex, 120.0, 1.8)
    assert body.pelvis_kg + 2 * body.leg_kg + body.upper_kg == pytest.approx(60.0)
    assert big.upper_kg == pytest.approx(2 * body.upper_kg)
    assert big.leg_com_m == pytest.approx(1.2 * body.leg_com_m)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("other", 75.0, 1.78), "^sex: expected female or male|^sex: expected male or female"),
        (("male", -75.0, 1.78), r"^mass_kg: expected 30 to 200, got -75\.0\. "),
        (("male", 0.0, 1.78), "^mass_kg"),
        (("male", float("nan"), 1.78), "^mass_kg"),
        (("female", 60.0, 165.0), "^height_m"),
        (("female", 60.0, float("inf")), "^height_m"),
    ],
)
def test_a_body_nobody_has_is_refused(values, says):
    with pytest.raises(ValueError, match=says):
        Body(*values)

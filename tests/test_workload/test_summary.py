"""What the command says: the project's worked numbers through the command line, and impossible input."""

import json

import pytest

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.repetition import Repetition
from hiphitch_analysis.workload.strength import ability_from_torque
from hiphitch_analysis.workload.summary import Plan, describe_workload, summarise_workload

MAN = estimate_body(75, 1.78, "male")
MALE = ("--mass-kg", "75", "--height-m", "1.78", "--sex", "male")
FEMALE = ("--mass-kg", "60", "--height-m", "1.65", "--sex", "female")


@pytest.fixture
def asked(hiphitch):
    def ask(*args):
        code, out, err = hiphitch("workload", *args, "--json", "-")
        assert code == 0, err
        return json.loads(out)

    return ask


# EVIDENCE §3.3, §3.6: moments are printed to 0.1 N·m or whole per cents, forces to 1 N, body weights to 0.01; lever arms behind them to a quarter of
# a per cent. One call each; the whole tables are held in test_mechanics.py and test_muscle.py.
@pytest.mark.parametrize(
    ("options", "moment_nm", "muscle_n", "joint_bw"),
    [
        ((*FEMALE,), 47.8, (1003, 1224), (2.47, 2.82)),
        ((*MALE, "--ankle-kg", 5), 73.1, (1422, 1735), (2.77, 3.17)),
        ((*MALE, "--drop-deg", 10), 73.7, (2.16 * 735.5, 2.64 * 735.5), (2.95, 3.40)),
        ((*MALE, "--drop-deg", 10, "--posture", "rigid-trunk"), 89.3, None, None),
        ((*MALE, "--drop-deg", 10, "--posture", "rigid-leg"), 65.4, None, None),
        ((*MALE, "--trunk-lean-deg", 10), 64.5 * 0.76, None, None),
        ((*MALE, "--free-leg-angle-deg=-20"), 64.5 * 0.75, None, None),
        ((*MALE, "--floor-share", 0.5), 64.5 * 0.80, None, None),
    ],
)
def test_worked_numbers_come_out_of_the_command(asked, options, moment_nm, muscle_n, joint_bw):
    found = asked(*options)
    assert found["moment_nm"] == pytest.approx(moment_nm, rel=0.008)
    if muscle_n is not None:
        assert found["muscle_force_n"] == pytest.approx(muscle_n, rel=0.006)
        assert found["joint_force_bw"] == pytest.approx(joint_bw, rel=0.006)


# EVIDENCE §3.5, what acceleration adds to the peak in per cent, the upper body's mass counted at its hinge (see test_mechanics.py); with the whole
# upper body it is 3.0, by hand in test_mechanics.py.
@pytest.mark.parametrize(("drop_deg", "phase_s", "percent"), [(5, 1, 1.1), (8, 1, 1.7), (8, 0.5, 6.9), (10, 0.25, 34)])
def test_worked_shares_of_acceleration_come_out_too(asked, drop_deg, phase_s, percent):
    found = asked(*MALE, "--drop-deg", drop_deg, "--phase-s", phase_s)
    assert 100 * found["repetition"]["turning_share"] == pytest.approx(percent, rel=0.05)
    assert found["repetition"]["acceleration_share"] > 1.5 * found["repetition"]["turning_share"]
    assert found["moment_nm"] == pytest.approx(found["repetition"]["peak_nm"])  # at the lowest point, moving


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mass-kg", 0, "--height-m", 1.78), "mass_kg: expected 20 to 300, got 0. Check the unit."),
        (("--mass-kg", 75, "--height-m", 3), "height_m: expected 1 to 2.5, got 3. Check the unit."),
        ((*MALE, "--ankle-kg", 60), "ankle_kg: expected 0 to 30, got 60. Check the unit."),
        ((*MALE, "--drop-deg", 61), "drop_deg: expected −60 to 60, got 61. Angles are in degrees, from level."),
        ((*MALE, "--trunk-lean-deg", 90), "trunk_lean_deg: expected −60 to 60, got 90."),
        ((*MALE, "--free-leg-angle-deg", 75), "free_leg_angle_deg"),
        ((*MALE, "--floor-share", 25), "floor_share: expected 0 to 1, got 25. It is a share of the leg."),
        ((*MALE, "--posture", "lying"), "posture: expected vertical, rigid-trunk, rigid-leg, got 'lying'."),
        ((*MALE, "--phase-s", 0), "phase_s"),
        (("--mass-kg", 75, "--height-m", 1.78, "--sex", "m"), "sex: expected male or female, got 'm'."),
        ((*MALE, "--hip-distance-m", 17), "hip_distance_m"),
        ((*MALE, "--force-n", 200), "force_n and lever_m: expected both or neither."),
        ((*MALE, "--torque-nm", 100, "--hold-s", 90), "strength: expected one test"),
        ((*MALE, "--reps", 0), "reps: expected 1 to 500, got 0."),
        ((*MALE, "--drop-deg", "nan"), "drop_deg"),
        ((*MALE, "--effort", 80), "effort: expected 0.05 to 1, got 80."),
    ],
)
def test_impossible_input_is_refused_in_one_line(hiphitch, options, words):
    code, out, err = hiphitch("workload", *options)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert words in err


def test_the_free_body_can_be_drawn(hiphitch, tmp_path):
    code, _, err = hiphitch("workload", *MALE, "--drop-deg", 8, "--ankle-kg", 3, "--figure", tmp_path / "free.svg")
    assert code == 0, err
    drawn = (tmp_path / "free.svg").read_text("utf-8")
    assert drawn.lstrip().startswith("<?xml")
    assert "ankle weight 3 kg" in drawn
    assert hiphitch("workload", *MALE, "--figure", tmp_path)[0] == 2  # a folder


def test_what_is_beyond_the_muscles_tables_is_said(asked):
    found = asked(*MALE, "--drop-deg", 25)
    assert any("lever arms are known up to 20° only, and those of 20° are taken" in doubt for doubt in found["warnings"])
    assert found["passive_nm"][1] > 0
    assert asked(*MALE, "--drop-deg", 8)["warnings"] == []
    assert "165 kg and 1.65 m are 61 kg/m²" in asked("--mass-kg", 165, "--height-m", 1.65)["warnings"][0]  # pounds


def test_the_parts_are_the_whole():
    found = summarise_workload(estimate_body(75, 1.78), Repetition(8, 0.5, 2.0), ability_from_torque(140.0, MAN), Plan(3, 30, 90), moving=True)
    parts = found["moment_parts_nm"]
    assert sum(parts[name] for name in ("pelvis", "upper", "leg", "ankle", "floor", "acceleration")) == pytest.approx(found["moment_nm"])
    assert parts["carrying"] + parts["turning"] == pytest.approx(parts["acceleration"])
    assert found["static_nm"] + found["acceleration_nm"] == pytest.approx(found["moment_nm"])
    assert found["moment_nm_kg"] == pytest.approx(found["moment_nm"] / 75)
    assert len(found["session"]["by_set"]) == 3
    json.dumps(found, allow_nan=False)


def test_it_says_so_in_words():
    body = MAN
    text = describe_workload(summarise_workload(body, Repetition(0.0), ability_from_torque(150.0, MAN)))
    assert "hip-abductor moment 64.5 N·m (0.86 N·m/kg)" in text
    assert "1251 to 1526 N" in text
    assert "repetitions as hard as one of these" in text
    weak = describe_workload(summarise_workload(body, Repetition(8), ability_from_torque(50.0, MAN)))
    assert "no ankle weight" in weak
    # 45 kg over 590 N·m are 6 % of strength, less than recovery keeps up with (9 %, R / (F + R)).
    light = estimate_body(45, 1.6, "female")
    assert "repetitions to failure: no end; chance" in describe_workload(summarise_workload(light, Repetition(8), ability_from_torque(590.0, light)))

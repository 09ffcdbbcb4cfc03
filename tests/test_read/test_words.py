import pytest

from hiphitch_analysis.read.exercises import guess_exercise
from hiphitch_analysis.read.words import find_side, find_side_in_note


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("Hip Hitch (Left)", "left"),
        ("Hip hike L", "left"),
        ("Hip Hitch [R]", "right"),
        ("hip hitch - r", "right"),
        ("Hip Hitch links", "left"),
        ("Beckenabsenken rechtes Bein", "right"),
        ("Hip Hitch (re)", "right"),
        ("Chute du bassin gauche", "left"),
        ("Chute du bassin (D)", "right"),
        ("Caída pélvica izquierda", "left"),
        ("Caída pélvica dcha.", "right"),
        ("Left Hip Hitch (Weighted)", "left"),
        ("Hip Hitch", None),
        ("Hip Hitch L/R", None),
        ("Hip Hitch (left and right)", None),
        ("Hip hitch (variant d)", None),  # a letter
        ("Hip Hitch (Leg Raised)", None),
        ("Lateral Hip Hitch", None),
        ("Bright Hip Hitch", None),
    ],
)
def test_side_in_a_name(name, side):
    assert find_side(name) == side


@pytest.mark.parametrize(
    ("note", "side"),
    [
        ("left", "left"),
        ("Right side.", "right"),
        ("Stance leg: left; felt easy", "left"),
        ("links, sauber", "left"),
        ("R", "right"),
        ("L: slow", "left"),
        ("jambe droite", "right"),
        ("right - 2 in reserve", "right"),
        ("felt right", None),
        ("right after squats", None),
        ("left heel sore", None),
        ("2 left in the tank", None),
        ("left, then right", None),
        ("l'exercice", None),
        ("", None),
    ],
)
def test_side_in_a_note(note, side):
    assert find_side_in_note(note) == side


NAMES = (
    ("Hip Hitch", "HIP-HIKE (left)", "hip hiking", "Pelvic Drop", "pelvic drops (R)", "Pelvic Hike", "Single Leg Hip Hitch"),
    ("Beckenabsenken", "Becken senken links", "Seitliches Beckenheben", "Chute du bassin", "Caída pélvica", "Queda pélvica"),
)
OTHERS = (
    ("Hip Thrust (Barbell)", "Beckenheben", "Élévation du bassin", "Hip Abduction (Machine)", "Pelvic Tilt", "Hitchhiker", "Step Down", "Squat", ""),
)


@pytest.mark.parametrize("name", [name for names in NAMES for name in names])
def test_the_hip_hitch_by_its_names(name):
    assert guess_exercise(name).counts


@pytest.mark.parametrize("name", [name for names in OTHERS for name in names])
def test_other_exercises(name):
    assert not guess_exercise(name).counts

import pytest

from hiphitch_analysis.read.exercises import Exercise, complete_map, holds, look_up, read_map


def test_a_map_is_read_in_any_spelling(write):
    rows = "Standing  hike ;Hip Hitch;Left;x\nPelvic Drop;;;\nBoth;hip_hitch;PAIRS;\nTurned;hip_hitch;pairs, right first;\n"
    mapping = read_map(write("\ufeffExercise;Counts As;Side;Remark\n" + rows))
    assert look_up("standing hike", mapping) == Exercise(True, "left")
    assert look_up("Pelvic Drop", mapping) == Exercise(False)  # the map goes before the guess
    assert look_up("Both", mapping).side == "pairs"
    assert look_up("Turned", mapping).side == "pairs right first"
    assert look_up("Hip Hitch R", mapping) == Exercise(True, "right")  # what the map does not hold is guessed
    assert holds(mapping, "BOTH") and not holds(mapping, "Hip Hitch R")


def test_a_map_without_sides_or_rows(write):
    assert read_map(write("exercise,counts_as\nA,hip_hitch\n"))["a"] == Exercise(True)
    assert read_map(write("exercise,counts_as,side\n")) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("exercise,side\nA,left\n", r"a map needs the columns exercise, counts_as, side; counts_as is missing \(got 'exercise', 'side'\)"),
        ("exercise,counts_as,side\nA,squat,\n", "counts_as must be hip_hitch or empty, got 'squat' in line 2"),
        ("exercise,counts_as,side\nA,hip_hitch,up\n", "side must be left, right, pairs, pairs right first or empty, got 'up' in line 2"),
        ("exercise,counts_as,side\nA,hip_hitch,left\na,hip_hitch,right\n", "'a' stands twice"),
    ],
)
def test_a_map_that_cannot_be(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_map(write(content))


def test_a_map_is_completed_in_its_own_form():
    text = "\ufeffside;exercise;counts_as\r\n;Plank;"
    assert complete_map(text, ["Hip Hitch (L)", "Press; wide"]) == text + '\r\nleft;Hip Hitch (L);hip_hitch\r\n;"Press; wide";\r\n'
    assert complete_map("", ["Squat"]) == "exercise,counts_as,side\nSquat,,\n"

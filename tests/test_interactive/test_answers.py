"""What a student reads."""

import pytest

from hiphitch_analysis.interactive.answers import check_answer

HINT = "Think of the seesaw."


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "Still open. Think of the seesaw."),
        (47.0, "Yes, 47.8 N·m."),  # 1.7 % off
        (46.0, "Not yet, 46 N·m is too small. Think of the seesaw."),  # 3.8 %
        (60.0, "Not yet, 60 N·m is too large. Think of the seesaw."),
        (95.0, "Nearly: 2 times too large. That happens with half a distance for a whole one."),
        (23.9, "Nearly: 2 times too small. That happens with half a distance for a whole one."),
        (0.0478, "Nearly: 1000 times too small. That happens with millimetres for metres, or the other way round."),
        (478, "Nearly: 10 times too large. That happens with a decimal point."),
        (0, "Not yet, 0 N·m is too small. Think of the seesaw."),
        (-47.8, "Not yet, -47.8 N·m is too small. Think of the seesaw."),
    ],
)
def test_a_number_gets_a_kind_sentence(given, told):
    assert check_answer(given, 47.8, "N·m", HINT) == told

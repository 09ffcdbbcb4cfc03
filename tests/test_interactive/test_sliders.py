"""Sliders moved by setting their value, as a hand would, against numbers from the project's worked tables."""

import json
import re
import subprocess
import sys

import pytest

from hiphitch_analysis.interactive.sliders import HELD, TEMPI, fatigue_sliders, mechanics_sliders
from hiphitch_analysis.report.export import export_page
from hiphitch_analysis.report.fatigue import render_session
from hiphitch_analysis.report.mechanics import render_case
from hiphitch_analysis.report.run import run_notebook
from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.mechanics import hip_moment

MAN = estimate_body(75, 1.78, "male")
LEVEL = "Pelvis level: the hip muscles must give 64.5 N·m. They pull with 1251 to 1526 N"  # EVIDENCE §3.3


@pytest.fixture
def sliders():
    return mechanics_sliders(MAN, render_case)


def moment(sliders) -> float:
    case = sliders.case
    return float(hip_moment(MAN, case.posture, case.ankle_kg, case.motion).total_nm)


def test_they_start_at_standing_level(sliders):
    assert sliders.sentence.startswith(LEVEL)
    assert sliders.case.motion is None and dict(TEMPI)["held still"] == sliders.controls["phase_s"].value == HELD


# EVIDENCE §3.3 and §3.6: in N·m or as changes of 64.5 N·m in whole per cents; tolerance is that rounding.
@pytest.mark.parametrize(
    ("moved", "expected", "off", "told"),
    [
        ({"ankle_kg": 3.0}, 69.6, 0.07, "3 kg at the ankle"),
        ({"drop_deg": 10.0}, 73.7, 0.15, "Pelvis dropped 10°"),
        ({"lean_deg": 10.0}, 64.5 * 0.76, 0.4, "trunk 10° over the standing leg"),
        ({"leg_deg": -10.0}, 64.5 * 0.87, 0.4, "free leg 10° in"),
        ({"floor_share": 1.0}, 64.5 * 0.60, 0.4, "100 % of the free leg on the floor"),
        ({"drop_deg": 8.0, "phase_s": 0.5}, 72.0 * 1.118, 0.15, "80.5 N·m"),
        ({"phase_s": 0.5}, 64.5, 0.07, "64.5 N·m"),  # without a drop there is nothing to turn
    ],
)
def test_a_moved_slider_changes_number_sentence_and_picture(sliders, moved, expected, off, told):
    before = sliders.svg
    for name, value in moved.items():
        sliders.controls[name].value = value
    assert moment(sliders) == pytest.approx(expected, abs=off)
    assert f"{moment(sliders):.1f} N·m" in sliders.sentence and told in sliders.sentence
    assert (sliders.svg == before) == (moved == {"phase_s": 0.5})
    assert sliders.svg in sliders._picture.value and sliders.sentence in sliders._words.value


def test_the_way_back_draws_once(sliders):
    drawn = []
    sliders._render = lambda body, case: drawn.append(case) or ("<svg/>", "words")
    sliders.controls["drop_deg"].value = 5.0
    sliders.controls["phase_s"].value = 1.0
    sliders.reset()
    assert len(drawn) == 3 and sliders.case.motion is None and sliders.case.posture.obliquity_deg == 0
    sliders.controls["lean_deg"].value = 2.0
    assert len(drawn) == 4  # they are still followed


def test_words_are_escaped():
    shown = mechanics_sliders(MAN, lambda body, case: ("<svg/>", '<b>"x"</b>'))
    assert "<b>" not in shown._words.value + shown._picture.value + shown._repr_mimebundle_()[0]["text/html"]


def test_where_nothing_slides_there_is_a_picture_and_a_sentence(sliders):
    shown, how = sliders._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert shown["image/svg+xml"].startswith("<?xml") and LEVEL in shown["text/html"] and LEVEL in how["image/svg+xml"]["alt"]


def test_a_page_shows_both_and_no_widget(write_page):
    text = write_page(
        "from hiphitch_analysis.interactive.sliders import mechanics_sliders",
        "from hiphitch_analysis.report.mechanics import render_case",
        "from hiphitch_analysis.workload.anthropometry import estimate_body",
        'mechanics_sliders(estimate_body(75, 1.78, "male"), render_case)',
    )
    assert text.count("data:image/svg+xml;base64,") == 1 and f'<p class="remark">{LEVEL}' in text
    assert "widget-view" not in text and "<script" not in text


@pytest.fixture
def write_page(tmp_path):
    def write(*lines):
        cell = {"cell_type": "code", "source": "\n".join(lines), "metadata": {}, "outputs": [], "execution_count": None, "id": "one"}
        path = tmp_path / "one.ipynb"
        path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
        return export_page(run_notebook(path), "one", "0" * 64, show_code=False)

    return write


def test_widgets_are_loaded_only_when_made():
    program = "import sys, hiphitch_analysis.interactive.sliders; print('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "False"


# --- How a session tires -----------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def tiring():
    return fatigue_sliders(MAN, 1.8, 60.0, 0.0, render_session)


def ends(sliders) -> list[int]:
    """Repetitions of the sets that the sentence names; empty where all are completed."""
    return [int(number) for number in re.findall(r"(\d+) reps", sliders.sentence)]


def test_more_strength_more_rest_and_less_weight_give_more_repetitions(tiring):
    first = ends(tiring)
    tiring.controls["ankle_kg"].value = 5.0
    weighted = ends(tiring)
    assert "5 kg at the ankle" in tiring.sentence and all(now < before for now, before in zip(weighted, first, strict=True))
    tiring.reset()
    tiring.controls["rest_s"].value = 300.0
    assert ends(tiring)[0] == first[0] and ends(tiring)[2] > first[2]
    tiring.controls["strength_nm_kg"].value = 4.0
    assert tiring.sentence.endswith("all sets are completed.")
    assert tiring.sentence in tiring._words.value and "reps" in tiring.svg


def test_a_value_beyond_the_slider_is_taken_to_its_end():
    sliders = fatigue_sliders(MAN, 9.0, 60.0, 0.0, render_session)
    assert sliders.controls["strength_nm_kg"].value == 4.0 and "4.00 N·m/kg" in sliders.sentence

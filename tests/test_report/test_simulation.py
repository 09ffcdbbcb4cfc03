import pandas as pd
import pytest

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.simulation import describe_effort, draw_effort, draw_noise, draw_signals, draw_truth
from hiphitch_analysis.simulate import Athlete, simulate_set


@pytest.fixture(scope="module")
def failed():
    """A set that ends by failure: about 27 of 40 repetitions."""
    return simulate_set(40, "left", seed=2, athlete=Athlete(), sets=2)


@pytest.fixture
def ax():
    return new_figure(180, 50)[1][0]


def test_signals_are_named_and_carry_their_unit(ax, failed):
    draw_signals(ax, failed.angles, ["obliquity_deg", "trunk_lean_deg"], ["obliquity", "lean"], "Angles", "°")
    assert [line.get_label() for line in ax.lines] == ["obliquity", "lean"]
    assert len({line.get_linestyle() for line in ax.lines}) == 2  # told apart without colour
    assert ax.get_ylabel() == "[°]"
    assert ax.lines[0].get_ydata().min() == failed.angles["obliquity_deg"].min()


def test_effort_shows_load_effort_and_where_it_fails(ax, failed):
    draw_effort(ax, failed.effort, "left")
    labels = [line.get_label() for line in ax.lines]
    assert any("brain effort" in label for label in labels)
    assert any("failure" in text.get_text() for text in ax.texts)
    assert ax.lines[1].get_ydata().max() == failed.effort["left_brain_effort"].max()


def test_effort_in_words(failed):
    sets = [(done.complete, done.target_reps, done.stop_reason) for done in failed.sets]
    words = describe_effort(failed.effort, sets)
    assert f"{sets[0][0]} of 40 (fatigue)" in words


def test_truth_leaves_out_what_was_given_up(ax, failed):
    draw_truth(ax, failed.reps, "return_error_deg", "Short of level", "°")
    drawn = sum(len(line.get_xdata()) for line in ax.lines if line.get_marker() != "None" and len(line.get_xdata()) > 2)
    assert drawn == failed.reps["kind"].eq("complete").sum()


def test_noise_has_a_line_and_marks_for_each_device(ax):
    rows = [(device, "gyroscope", tau, 0.1, 0.11, 1.1) for device in ("dot", "mtw") for tau in (1.0, 10.0)]
    draw_noise(ax, pd.DataFrame(rows, columns=["device", "signal", "tau_s", "expected", "simulated", "ratio"]), "gyroscope", "rad/s")
    assert len(ax.lines) == 4
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert "rad/s" in ax.get_ylabel()

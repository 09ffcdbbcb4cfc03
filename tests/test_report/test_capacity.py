"""The figure of capacity: what is drawn is what the tables say."""

from dataclasses import replace

import numpy as np
import pytest

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.forecast import draw_worlds, weeks_to_goal
from hiphitch_analysis.progress.growth import LINEAR, Law
from hiphitch_analysis.report.canvas import new_figure, render
from hiphitch_analysis.report.capacity import describe_capacity, draw_capacity, say_growth
from hiphitch_analysis.simulate import draw_squad, simulate_season


@pytest.fixture(scope="module")
def fitted():
    capacity = fit_capacity(simulate_season(draw_squad(6, seed=3), weeks=8, seed=3).log, curved=False)
    return capacity, draw_worlds(capacity)


def test_every_set_is_drawn_once_and_capped_ones_open(fitted):
    capacity, worlds = fitted
    fig, (ax,) = new_figure(88, 70)
    draw_capacity(ax, capacity, worlds, "A03", "left")
    own = capacity.sets[capacity.sets["athlete_id"].eq("A03") & capacity.sets["side"].eq("left")]
    drawn = {len(line.get_xdata()): line.get_markerfacecolor() for line in ax.lines if line.get_linestyle() == "None" and len(line.get_xdata()) > 1}
    assert drawn[int(own["says"].eq("at least").sum())] == "white" and drawn[int(own["says"].eq("between").sum())] != "white"
    assert render(fig, describe_capacity(capacity, worlds, "A03", "left"))[0].startswith("image/")


def test_the_bar_on_the_goal_line_is_the_forecast(fitted):
    capacity, worlds = fitted
    place = capacity.athletes.index("A02")
    low, _, high = np.quantile(weeks_to_goal(worlds)[:, place], [0.1, 0.5, 0.9])
    _, (ax,) = new_figure(88, 70)
    draw_capacity(ax, capacity, worlds, "A02", "right")
    bars = [line for line in ax.lines if line.get_linewidth() == 4]
    assert len(bars) == 1 and bars[0].get_xdata()[0] == pytest.approx(low, abs=0.2) and bars[0].get_ydata()[0] == 45
    assert bars[0].get_xdata()[1] <= high + 0.2


def test_who_is_not_in_sight_is_said_to_be(fitted):
    capacity, worlds = fitted
    _, (ax,) = new_figure(88, 70)
    draw_capacity(ax, capacity, worlds, "A01", "left")  # gains 3 % a week from 14 repetitions on: forty weeks to go
    assert any("not in sight" in text.get_text() or "likely later" in text.get_text() for text in ax.texts)


def believing(capacity, straight):
    """The same log, straight growth believed so much and the rest shared by two laws that slow down."""
    (one,) = capacity.branches
    shares = {LINEAR: straight, Law("saturating", 0.1): 0.7 * (1 - straight), Law("logarithmic", 0.3): 0.3 * (1 - straight)}
    return replace(capacity, branches=tuple(replace(one, law=law, weight=share) for law, share in shares.items()))


@pytest.mark.parametrize(
    ("straight", "said"),
    [
        (0.55, "straight growth has 55 % of the belief and slowing growth 45 %: they look alike, and the forecast is as wide as that."),
        (0.97, "straight growth has 97 % of the belief: that growth slows down does not show."),
        (0.0001, "straight growth keeps under 0.5 % of the belief. Growth that slows down has the rest: towards a limit 70 %, without one 30 %."),
    ],
)
def test_what_is_said_of_growth_hangs_on_the_belief_and_the_weeks(fitted, straight, said):
    told = say_growth(believing(fitted[0], straight))
    assert told == f"After 8 weeks of log {said}"  # eight weeks were simulated


def test_where_only_straight_growth_was_weighed_nothing_is_said_to_look_alike(fitted):
    told = say_growth(fitted[0])
    assert "no slowing growth" in told and "alike" not in told

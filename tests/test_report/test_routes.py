"""Error of a drop by route, drawn and told."""

import numpy as np
import pytest

from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.routes import describe_routes, draw_routes

ROUTES = [
    {"route": "sensor", "drop_rms_deg": 0.4, "drop_rms_by_size_deg": {"3–6°": 0.2, "6–9°": 0.4, "9–12°": 0.5}},
    {"route": "markers", "drop_rms_deg": 0.7, "drop_rms_by_size_deg": {"3–6°": 0.7, "6–9°": 0.7, "9–12°": 0.8}},
    {"route": "printed", "drop_rms_deg": 0.7, "drop_rms_by_size_deg": {"3–6°": 0.6, "6–9°": 0.7, "9–12°": 0.8}},
    {"route": "landmarks", "drop_rms_deg": 2.5, "drop_rms_by_size_deg": {"3–6°": 2.1, "6–9°": 2.5, "9–12°": 2.9}},
]


def test_every_route_is_drawn_where_its_numbers_are():
    _, (ax,) = new_figure(182, 70)
    draw_routes(ax, ROUTES)
    lines = [line for line in ax.get_lines() if len(line.get_xdata()) == 3]
    for line, told in zip(lines, ROUTES, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), list(told["drop_rms_by_size_deg"].values()))
    assert len({line.get_marker() for line in lines}) == len({line.get_linestyle() for line in lines}) == 4  # told apart without colour
    assert "°" in ax.get_ylabel()
    words = " ".join(text.get_text() for text in ax.texts)
    assert "sensor on the sacrum" in words and "pose model" in words


def test_names_do_not_overlap():
    fig, (ax,) = new_figure(182, 70)
    draw_routes(ax, ROUTES)  # two of the four end at the same height
    fig.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[i + 1 :])


def test_it_is_told_in_words():
    assert describe_routes(ROUTES).endswith(
        "a sensor on the sacrum 0.4°, optical markers on the hip bones 0.7°, "
        "printed markers, from a phone 0.7°, a pose model's hips, from a phone 2.5°."
    )


def test_an_unknown_route_is_no_route():
    _, (ax,) = new_figure(182, 70)
    with pytest.raises(KeyError):
        draw_routes(ax, [{**ROUTES[0], "route": "crystal ball"}])

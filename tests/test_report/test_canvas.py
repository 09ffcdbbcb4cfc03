"""How a figure gets into a notebook: as a drawing with words, small, and the same every time."""

import re

import numpy as np
import pytest

from hiphitch_analysis.report import canvas
from hiphitch_analysis.report.canvas import new_figure, render, show, style_axes


def test_a_figure_has_the_size_asked_for():
    fig, axes = new_figure(127.0, 50.8, columns=2)
    assert tuple(fig.get_size_inches()) == pytest.approx((5.0, 2.0))  # 25.4 mm to the inch
    assert len(axes) == 2


def test_a_small_figure_is_an_svg_with_words_in_the_fonts_of_the_page():
    fig, (ax,) = new_figure(80, 40)
    style_axes(ax, "LEFT leg standing")
    kind, svg = render(fig, "Every rep <of> the set")
    assert kind == "image/svg+xml"
    assert ">LEFT leg standing</text>" in svg  # words stay words
    assert "<title>Every rep &lt;of&gt; the set</title>" in svg
    assert "DejaVu" not in svg
    assert "sans-serif" in svg


def test_a_dense_figure_is_a_png_of_the_size_of_the_page():
    fig, (ax,) = new_figure(182, 50)
    ax.plot(np.random.default_rng(1).normal(size=20_000))
    kind, png = render(fig, "noise")
    assert kind == "image/png"
    assert png.startswith(b"\x89PNG")
    width = int.from_bytes(png[16:20], "big")  # the PNG header's first number
    assert width == pytest.approx(182 / 25.4 * 110, abs=1)
    assert width <= 850


def test_the_same_figure_is_drawn_the_same_twice():
    drawings = []
    for _ in range(2):
        fig, (ax,) = new_figure(80, 40)
        ax.bar([1, 2], [3, 4])
        drawings.append(render(fig, "bars")[1])
    assert drawings[0] == drawings[1]


def test_coordinates_are_short_and_words_untouched():
    fig, (ax,) = new_figure(80, 40)
    ax.plot([0, 1 / 3], [0, 1 / 7])
    ax.text(0, 0, "π is 3.14159")
    svg = render(fig, "line")[1]
    assert not re.search(r' d="[^"]*\.\d{3}', svg)
    assert "π is 3.14159" in svg


def test_a_figure_is_shown_with_its_words_and_width(monkeypatch):
    shown = {}
    monkeypatch.setattr(canvas, "display", lambda data, metadata, raw: shown.update(data=data, metadata=metadata))
    show(new_figure(127.0, 40)[0], "Two words")
    assert shown["metadata"] == {"image/svg+xml": {"alt": "Two words", "width": 480}}  # 5 inches of 96 px
    assert shown["data"]["text/plain"] == "Two words"


def test_a_figure_without_words_is_refused():
    with pytest.raises(ValueError, match="alt: expected the figure's title"):
        show(new_figure(80, 40)[0], " ")

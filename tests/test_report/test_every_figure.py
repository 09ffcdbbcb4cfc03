"""What holds for every figure: units on its axes, words that can be read and lie on nothing, colours of the palette."""

import importlib
import inspect
import itertools
import pkgutil
import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color, to_rgb, to_rgba
from matplotlib.dates import AutoDateFormatter, ConciseDateFormatter, DateFormatter
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import NullFormatter
from tests.drawn import builders

import hiphitch_analysis.report as room
from hiphitch_analysis.report import palette

UNITS = r"\[(°|s|min|%|kg|m/s²|rad/s)\]|%|degrees"
COUNTED = re.compile(rf"{UNITS}|\b(reps?|repetitions?|sets?|weeks?|sessions?|per cent|share|seconds?)\b", re.IGNORECASE)
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text
COLOURS = [value for value in vars(palette).values() if isinstance(value, str) and re.fullmatch("#[0-9A-Fa-f]{6}", value)]
COLOURS += [colour for style in palette.SIDE_STYLES.values() for colour in (style.colour, style.tint, style.edge)]


DRAWN = {}  # a figure takes a second, and seven tests look at it


@pytest.fixture
def drawn(request, history, angles, tired_reps):
    if request.param not in DRAWN:
        fig = builders(history, angles, tired_reps)[request.param]()
        renderer = FigureCanvasAgg(fig).get_renderer()
        fig.draw(renderer)
        DRAWN[request.param] = fig, renderer
    return DRAWN[request.param]


def names() -> list[str]:
    return sorted(builders(None, None, None))


def every(test):
    return pytest.mark.parametrize("drawn", names(), indirect=True)(test)


def texts_of(fig) -> list[Text]:
    """Return what can be read: a tick label of an axis that is switched off is drawn nowhere."""
    found = [text for text in fig.texts if text.get_text().strip()]
    for ax in fig.axes:
        found += [text for text in (*ax.texts, ax.title, ax._left_title, ax._right_title) if text.get_text().strip() and text.get_visible()]
        if not ax.axison:
            continue
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            inside = [tick for tick in axis.get_major_ticks() if low - 1e-9 <= tick.get_loc() <= high + 1e-9]
            found += [tick.label1 for tick in inside if tick.label1.get_visible() and tick.label1.get_text().strip()]
            found += [axis.label] if axis.label.get_text().strip() and axis.label.get_visible() else []
    return found


def luminance(colour) -> float:
    """Relative luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one, other) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def under(text: Text, fig, renderer) -> tuple[float, float, float]:
    """Return the colour a text stands on: its own box, else the mark or the topmost filled patch that holds its middle, else the paper."""
    box = text.get_bbox_patch()
    if box is not None and to_rgba(box.get_facecolor())[3] > 0.5:
        return to_rgb(box.get_facecolor())
    extent = Text.get_window_extent(text, renderer)
    middle = ((extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2)
    for line in (line for ax in fig.axes for line in ax.lines if line.get_marker() in Line2D.filled_markers):
        marks = line.get_transform().transform(line.get_xydata())
        if (np.abs(marks - middle) < line.get_markersize() * fig.dpi / 144).all(axis=1).any():  # half a mark's size, in points
            return to_rgb(line.get_markerfacecolor())
    ground = np.ones(3)
    for patch in sorted((p for ax in fig.axes for p in ax.patches), key=lambda p: p.get_zorder()):
        if patch.get_fill() and patch.get_zorder() <= text.get_zorder() and patch.get_path().contains_point(middle, patch.get_transform()):
            red, green, blue, alpha = to_rgba(patch.get_facecolor())
            ground = alpha * np.array([red, green, blue]) + (1 - alpha) * ground
    return tuple(ground)


def test_every_draw_function_is_among_them():
    drawn = set()
    for module in pkgutil.iter_modules(room.__path__):
        found = vars(importlib.import_module(f"{room.__name__}.{module.name}"))
        drawn |= {name for name in found if name.startswith("draw_") and "ax" in inspect.signature(found[name]).parameters}
    parts = {"draw_skeleton"}  # of the free body
    assert drawn - parts == set(names())


@every
def test_an_axis_with_numbers_says_of_what(drawn):
    fig, _ = drawn
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            labels = [tick.label1.get_text() for tick in axis.get_major_ticks() if tick.label1.get_visible() and tick.label1.get_text()]
            plain = [label for label in labels if re.fullmatch(r"[−\-]?[\d.,]+", label)]
            if (
                not ax.axison
                or not axis.get_visible()
                or not plain
                or isinstance(axis.get_major_formatter(), (NullFormatter, DateFormatter, AutoDateFormatter, ConciseDateFormatter))
            ):
                continue
            titles = " ".join([axis.get_label_text(), ax.get_title(loc="left"), ax.get_title(loc="right")])
            assert COUNTED.search(titles), f"{plain} of what? The axis says {axis.get_label_text()!r}, the title {ax.get_title(loc='left')!r}"


@every
def test_nothing_is_smaller_than_a_tick_label(drawn):
    fig, _ = drawn
    assert [(t.get_text(), t.get_fontsize()) for t in texts_of(fig) if t.get_fontsize() < palette.TICK] == []


@every
def test_every_word_can_be_read_where_it_stands(drawn):
    fig, renderer = drawn
    pale = [(t.get_text(), t.get_color(), round(contrast(t.get_color(), under(t, fig, renderer)), 1)) for t in texts_of(fig)]
    assert [entry for entry in pale if entry[2] < LEAST_CONTRAST] == []


@every
def test_no_word_lies_on_another_or_leaves_the_figure(drawn):
    fig, renderer = drawn
    boxes = [(t.get_text(), Text.get_window_extent(t, renderer)) for t in texts_of(fig)]
    meeting = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1
    ]
    assert meeting == []
    frame = fig.bbox
    assert [word for word, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > frame.x1 + 1 or box.y1 > frame.y1 + 1] == []


@every
def test_colours_are_those_of_the_palette(drawn):
    fig, _ = drawn
    used = set()
    for ax in fig.axes:
        for line in ax.lines:
            used |= {line.get_color()} if line.get_linestyle() != "None" else set()
            filled = not isinstance(line.get_marker(), str) or line.get_marker() in Line2D.filled_markers
            used |= {line.get_markerfacecolor(), line.get_markeredgecolor()} if filled else set()
        used |= {patch.get_facecolor() for patch in ax.patches if patch.get_fill() and patch.get_facecolor()[3] > 0}
        used |= {tuple(colour) for group in ax.collections for colour in (*group.get_facecolor(), *group.get_edgecolor())}
    used = {to_rgb(colour) for colour in used if to_rgba(colour)[3] > 0}
    assert [colour for colour in used if not any(same_color(colour, known) for known in [*COLOURS, "white"])] == []

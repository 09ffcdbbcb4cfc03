"""A figure at the size it is shown, and its way into a notebook: drawn once, with a text alternative."""

from __future__ import annotations

import io
import re
from typing import Any

import matplotlib as mpl
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from hiphitch_analysis.report.palette import INK, MUTED, TICK

LAYOUT_FONT = "DejaVu Sans"  # comes with matplotlib, so that a figure is laid out alike on every machine
# What a browser shows the words of an SVG figure in: the letters of the page around it. None is wider than DejaVu Sans, so what fits there fits.
PAGE_FONTS = "'Source Sans 3','Source Sans Pro',-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"
SVG_LIMIT = 80_000  # bytes; a longer drawing (a dense trace) is smaller as PNG
PNG_DPI = 110
MM_PER_INCH = 25.4
CSS_PX_PER_INCH = 96


def new_figure(width_mm: float, height_mm: float, columns: int = 1, *, share_y: bool = True) -> tuple[Figure, list[Axes]]:
    """Make an empty figure of the size at which it will be shown.

    Parameters
    ----------
    width_mm, height_mm : float
        Size on the page [mm]; the page's column is 182 mm wide.
    columns : int, default 1
        Panels side by side.
    share_y : bool, default True
        One vertical axis for all panels.

    Returns
    -------
    Figure
    list of Axes
        One per panel.

    Examples
    --------
    >>> fig, (left, right) = new_figure(182, 60, columns=2)
    >>> round(float(fig.get_figwidth()), 2)
    7.17
    """
    layout = ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02, wspace=0.06)
    fig = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout=layout, facecolor="white")
    axes = np.atleast_1d(fig.subplots(1, columns, sharey=share_y))
    return fig, list(axes)


def show(fig: Figure, alt: str) -> None:
    """Show `fig` in a notebook, with words for those who cannot see it.

    Parameters
    ----------
    fig : Figure
        A finished figure.
    alt : str
        Its title and the two or three numbers a reader would quote; the figure's ``describe_…`` function makes it.

    Raises
    ------
    ValueError
        `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("alt: expected the figure's title and its main numbers, got nothing. The describe_… function of the figure makes it.")
    kind, data = render(fig, alt)
    shown = {"alt": alt, "width": round(fig.get_figwidth() * CSS_PX_PER_INCH)}
    display({kind: data, "text/plain": alt}, metadata={kind: shown}, raw=True)  # type: ignore[no-untyped-call]


def render(fig: Figure, alt: str) -> tuple[str, str | bytes]:
    """Draw `fig` as SVG, or as PNG at 110 dpi where the SVG would be long.

    Parameters
    ----------
    fig : Figure
    alt : str
        Title of the SVG, for programs that read it alone.

    Returns
    -------
    str
        ``image/svg+xml`` or ``image/png``.
    str or bytes
        The drawing; the same figure gives the same drawing.
    """
    svg = render_svg(fig, alt)
    if len(svg.encode()) <= SVG_LIMIT:
        return "image/svg+xml", svg
    image = io.BytesIO()
    with mpl.rc_context(_font_settings()):
        fig.savefig(image, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return "image/png", image.getvalue()


def render_svg(fig: Figure, alt: str) -> str:
    """Draw `fig` as SVG, however long; arguments as for `render`."""
    buffer = io.StringIO()
    with mpl.rc_context(_font_settings()):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": alt})
    return _use_page_fonts(_shorten_paths(buffer.getvalue()))


def _font_settings() -> Any:
    return {"svg.fonttype": "none", "svg.hashsalt": "hiphitch", "font.sans-serif": [LAYOUT_FONT]}


def style_axes(ax: Axes, title: str, colour: str = INK, note: str = "") -> None:
    """Give `ax` the house's quiet look: a title in the side's colour, a note at the right, two thin spines, small ticks."""
    ax.set_title(title, loc="left", size=9.5, weight="bold", color=colour, pad=6)
    if note:
        ax.set_title(note, loc="right", size=8.5, color=INK, pad=6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set(color=MUTED, linewidth=0.6)
    ax.tick_params(labelsize=TICK, color=MUTED, labelcolor=INK, width=0.6, length=3)


def _shorten_paths(svg: str) -> str:
    """Write the lines' coordinates to a hundredth of a point: a third of the size, and no eye sees the difference."""
    return re.sub(r'(?<= d=")[^"]*', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), svg)


def _use_page_fonts(svg: str) -> str:
    """Name the page's fonts instead of those that the drawing was laid out with."""
    names = re.escape(LAYOUT_FONT)
    return re.sub(rf"(?:'[^']*', *)*'{names}'(?:, *(?:'[^']*'|[\w-]+))*", PAGE_FONTS, svg)

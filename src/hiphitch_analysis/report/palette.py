"""Colours, line styles, markers and type sizes of every figure and page, defined once.

Warm colours mean "look here" and nothing else. Left is blue, round and solid; right is black, square and dashed, so no leg looks wrong by its
colour. The colours are those of Okabe and Ito; the shape is the code, colour only helps.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1B1F24"
MUTED = "#5B6570"
RULE = "#C9CFD6"
WASH = "#F3F5F7"
PASSED = "#BFC5CC"

GOOD, GOOD_TEXT, GOOD_TINT = "#009E73", "#00694D", "#DDF0EA"
WATCH, WATCH_TEXT = "#E69F00", "#8A5A00"
MEND, MEND_TEXT = "#D55E00", "#A84300"
MODEL, MODEL_TEXT, MODEL_TINT = "#CC79A7", "#9A4A78", "#EBD9E4"  # what a model says: muscle force, censored capacity
LOAD, LOAD_TEXT = "#56B4E9", "#1F6E9C"  # added load; always with the dark outline
SHADE, PALE_SHADE, BAND = "#A4AEB9", "#D3D9DF", "#E1E4E8"  # bars and bands of what has neither side nor judgement
BODY_FILL, BONE_FILL = "#F1F3F6", "#D9DEE4"  # a body drawn behind forces, and its bones

# Type sizes [pt] at the size at which a figure is shown.
BODY = 9.5
NOTE = 8.5
TICK = 7.5

# Widths [mm] of the page's text column and of one of two panels side by side.
COLUMN_MM = 182.0
PANEL_MM = 88.0

PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}  # behind words that stand on lines


@dataclass(frozen=True, slots=True)
class SideStyle:
    """How one stance side is drawn.

    Attributes
    ----------
    colour, tint, edge : str
        Of lines and marks, of wide bands, and of the lines of single repetitions.
    marker : str
        Matplotlib marker.
    line : str
        Matplotlib line style.
    face : str
        Marker filling in overlays: squares stay open, to see through.
    letter, word, title : str
    """

    colour: str
    tint: str
    edge: str
    marker: str
    line: str
    face: str
    letter: str
    word: str
    title: str


SIDE_STYLES: dict[str, SideStyle] = {
    "left": SideStyle("#0072B2", "#CFE3F0", "#A5CBE3", "o", "-", "#0072B2", "L", "left", "LEFT leg standing"),
    "right": SideStyle(INK, "#E1E4E8", "#BFC5CC", "s", "--", "white", "R", "right", "RIGHT leg standing"),
}


def side_style(side: str) -> SideStyle:
    """Return how `side` is drawn.

    Parameters
    ----------
    side : {"left", "right"}
        Stance side.

    Returns
    -------
    SideStyle

    Raises
    ------
    ValueError
        Any other word.

    Examples
    --------
    >>> side_style("left").marker, side_style("right").marker
    ('o', 's')
    """
    if side not in SIDE_STYLES:
        raise ValueError(f"side: expected left or right, got {side!r}. It is the leg stood on.")
    return SIDE_STYLES[side]

"""The sheet of printed markers, true to scale on A4, with a page on how to stick them and how to film."""

from __future__ import annotations

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from hiphitch_analysis.report.canvas import MM_PER_INCH
from hiphitch_analysis.report.palette import INK, MUTED

A4_MM = (210.0, 297.0)
# AprilTag 16h5, numbers 0 to 5: the inner 4 × 4 cells row by row, 1 white. A border of one black cell goes around them.
CELLS: dict[int, tuple[str, str, str, str]] = {
    0: ("1101", "1000", "1100", "0100"),
    1: ("1010", "0101", "0111", "0100"),
    2: ("0101", "0110", "0010", "1100"),
    3: ("1001", "1101", "1010", "0010"),
    4: ("0110", "0101", "1001", "1110"),
    5: ("1101", "0110", "1111", "1110"),
}
BODY_MM, STATIC_MM = 50.0, 150.0  # black squares
WHITE_MM, STRIP_MM = 10.0, 12.0  # white around a square, and the strip above it that says what it is
NAMES = {0: "RIGHT hip bone", 1: "LEFT hip bone", 2: "BREASTBONE", 3: "FREE ANKLE", 4: "WALL", 5: "FLOOR"}
RULER_MM = 100

HEADING, TEXT, SMALL = 18.0, 11.0, 8.5  # type [pt]
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Print",
        (
            "Print on matt paper at 100 %, not “fit to page”. The ruler on each page must measure 100 mm.",
            "Glue them on card as stiff as a business card. Cut along the thin lines; keep the white edge.",
        ),
    ),
    (
        "Stick",
        (
            "RIGHT and LEFT are the athlete's own right and left. The arrow points up.",
            "Feel for the bone at the front of the hip, below the belt (the ASIS). Its place is under the middle of the",
            "black square, where the lines from the four small marks cross.",
            "Use double-sided skin tape on skin, or tape on tight shorts pulled flat.",
            "Loose cloth slides, and 2 mm of it are half a degree.",
            "The card must touch neither the crease of the thigh nor the waistband, and must not bend.",
            "Breastbone and ankle of the free leg are for trunk and leg. They can be left out.",
        ),
    ),
    (
        "Set up",
        (
            "WALL: on the wall behind, at the height of the hips, beside the athlete. Level it with a spirit level.",
            "FLOOR: flat on level floor, in front of the feet and beside them, the arrow away from the camera.",
            "Phone on a stand, upright, lens at the height of the hips (within 10 cm), square in front, 2.5 to 3 m away.",
            "Film in 1080p or better. Switch video stabilisation off. Light from the camera's side; no shine on the paper.",
        ),
    ),
    (
        "Film",
        (
            "Stand still on both feet for 4 seconds. It is the zero of everything that follows.",
            "Go over onto the stance leg and do the set. Hands and shirt stay off the markers.",
            "Then:  hiphitch analyse clip.mp4 --stance left    (the leg stood on)",
        ),
    ),
)


def make_marker_sheet() -> bytes:
    """Draw the sheet: how to use it, the markers for the body, the one for the wall and the one for the floor.

    Returns
    -------
    bytes
        A PDF of four A4 pages, true to scale.
    """
    file = io.BytesIO()
    with PdfPages(file, metadata={"Title": "Markers for filming the hip hitch", "CreationDate": None}) as pdf:
        for page in draw_pages():
            pdf.savefig(page)
    return file.getvalue()


def draw_pages() -> list[Figure]:
    """Draw the four pages, A4, one millimetre of the axes to a millimetre of paper."""
    how, axes = _page()
    _write_steps(axes)
    body, axes = _page()
    _say(axes, 20, 18, "For the body", HEADING)
    _say(axes, 20, 26, "Cut along the thin lines. The black squares are 50 mm wide.", TEXT)
    for i, (left, top) in enumerate(((22, 34), (118, 34), (22, 136), (118, 136))):
        _draw_card(axes, i, left, top, BODY_MM)
    _draw_ruler(axes, 55, 262)
    fixed = []
    for i, advice in (
        (4, "On the wall, at the height of the hips. Leave the page whole. Hold a spirit level along this line:"),
        (5, "Flat on the floor, arrow away from the camera."),
    ):
        page, axes = _page()
        _say(axes, 20, 18, f"For the {NAMES[i].lower()}", HEADING)
        _say(axes, 20, 26, advice, TEXT)
        if i == 4:
            axes.plot([20, 190], [32, 32], color=INK, linewidth=1.0)
        _draw_card(axes, i, 20, 40, STATIC_MM)
        _draw_ruler(axes, 55, 262)
        fixed.append(page)
    return [how, body, *fixed]


def describe_pages() -> str:
    """Say what the sheet holds."""
    return (
        "Four A4 pages: how to print, stick, set up and film; four markers of 50 mm for the hip bones, the breastbone and the free ankle; "
        "one of 150 mm for the wall and one for the floor; a ruler of 100 mm on each page of markers."
    )


def _page() -> tuple[Figure, Axes]:
    width, height = A4_MM
    fig = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), facecolor="white")
    axes = fig.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return fig, axes


def _say(axes: Axes, x: float, y: float, text: str, size: float, colour: str = INK, align: str = "left", weight: str = "normal") -> None:
    axes.text(x, y, text, fontsize=size, color=colour, ha=align, va="baseline", weight=weight)


def _write_steps(axes: Axes) -> None:
    _say(axes, 20, 24, "Markers for filming the hip hitch", HEADING)
    _say(axes, 20, 32, "With them a phone measures how far the hip drops to a fraction of a degree.", TEXT, MUTED)
    y = 48.0
    for title, lines in STEPS:
        _say(axes, 20, y, title, TEXT + 2, weight="bold")
        for line in lines:
            y += 7.5
            _say(axes, 20, y, line, SMALL + 0.5)
        y += 14
    _say(axes, 20, 268, "What is measured is the line between the markers. Skin moves over bone, by half a degree or more:", SMALL, MUTED)
    _say(axes, 20, 274, "trust changes within one clip more than the angle itself, and stick the markers anew each day with care.", SMALL, MUTED)


def _draw_card(axes: Axes, marker: int, left: float, top: float, side: float) -> None:
    """Draw a card: cutting line, strip with name and arrow, black square with its cells, and marks that point at its middle."""
    wide, high = side + 2 * WHITE_MM, side + 2 * WHITE_MM + STRIP_MM
    axes.add_patch(Rectangle((left, top), wide, high, fill=False, edgecolor=MUTED, linewidth=0.4))
    _say(axes, left + 4, top + 8, NAMES[marker], TEXT, weight="bold")
    _say(axes, left + wide - 14, top + 8, f"{marker}", SMALL, MUTED, align="right")
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.2}
    axes.annotate("", xy=(left + wide - 7, top + 2), xytext=(left + wide - 7, top + 11), arrowprops=arrow)
    x0, y0, cell = left + WHITE_MM, top + STRIP_MM + WHITE_MM, side / 6
    axes.add_patch(Rectangle((x0, y0), side, side, facecolor="black", edgecolor="none"))
    for row, cells in enumerate(CELLS[marker]):
        for column, white in enumerate(cells):
            if white == "1":
                axes.add_patch(
                    Rectangle((x0 + (column + 1) * cell, y0 + (row + 1) * cell), cell, cell, facecolor="white", edgecolor="white", linewidth=0.1)
                )
    x, y = x0 + side / 2, y0 + side / 2
    bottom = top + high
    for ends in (
        ((left, left + 3), (y, y)),
        ((left + wide - 3, left + wide), (y, y)),
        ((x, x), (bottom - 3, bottom)),
        ((x, x), (top + STRIP_MM, top + STRIP_MM + 3)),
    ):
        axes.plot(*ends, color=INK, linewidth=0.6)


def _draw_ruler(axes: Axes, left: float, y: float) -> None:
    axes.plot([left, left + RULER_MM], [y, y], color=INK, linewidth=0.8, solid_capstyle="butt")
    for mm in range(0, RULER_MM + 1, 5):
        axes.plot([left + mm, left + mm], [y, y - (5 if mm % 10 == 0 else 2.5)], color=INK, linewidth=0.6, solid_capstyle="butt")
    for mm in (0, 50, 100):
        _say(axes, left + mm, y + 5, f"{mm}", SMALL, align="center")
    _say(axes, left + RULER_MM / 2, y + 11, "100 mm. If not, print again at 100 %.", SMALL, align="center")

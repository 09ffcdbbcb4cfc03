"""A page → PDF/UA by typst: the whole of it, or as a sheet of one page. typst and its fonts are the extra ``pdf``."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hiphitch_analysis.extras import how_to_install
from hiphitch_analysis.report.blocks import Block, read_blocks
from hiphitch_analysis.report.canvas import CSS_PX_PER_INCH, LAYOUT_FONT, MM_PER_INCH, PAGE_FONTS
from hiphitch_analysis.report.palette import COLUMN_MM

TEMPLATE = Path(__file__).with_name("templates") / "typst" / "report.typ"
WIDE_COLUMN_MM, GUTTER_MM = 269.0, 8.0  # of a landscape page, and between two blocks beside each other
NARROW_FONT, NARROW_PACKAGE = "Source Sans Pro", "font_source_sans_pro"


def make_pdf(page: str, title: str, *, sheet: bool = False, wide: bool = False) -> bytes:
    """Set a page as PDF.

    Parameters
    ----------
    page : str
        HTML as `export_page` or the ``write_…`` functions of `page` make it.
    title : str
        Title of the document.
    sheet : bool, default False
        One page whatever it holds: set smaller where it is longer.
    wide : bool, default False
        A4 landscape.

    Returns
    -------
    bytes
        PDF/UA-1, A4, without a date: the same page gives the same bytes.

    Raises
    ------
    ValueError
        typst is not installed, or the page cannot be set.

    Notes
    -----
    Words reach typst as JSON strings and are never read as its language. It sees no file but its template, and no fonts but those of the extra
    ``pdf`` (Source Sans) and of matplotlib (DejaVu Sans, where Source Sans is missing).
    """
    typst = need_typst()
    try:
        document: bytes = typst.compile(TEMPLATE, pdf_standards=["ua-1"], **_prepare(page, title, sheet, wide))
    except typst.TypstError as error:
        raise ValueError(f"pdf: the page {title!r} cannot be set ({error.message}). The HTML page says the same.") from error
    return document


def need_typst() -> Any:
    """Return typst, or say in one sentence what brings it.

    Returns
    -------
    module

    Raises
    ------
    ValueError
        It is not installed.
    """
    try:
        return import_module("typst")
    except ImportError:
        raise ValueError(f"--pdf: typst is not installed here. `{how_to_install('pdf')}` adds it; the page itself needs nothing.") from None


def find_fonts() -> dict[str, Path]:
    """Find the fonts of a PDF.

    Returns
    -------
    dict of str to Path
        Folder of each family, the one to be used first.
    """
    from matplotlib import get_data_path

    fonts = {LAYOUT_FONT: Path(get_data_path()) / "fonts" / "ttf"}
    package = find_spec(NARROW_PACKAGE)
    if package is not None and package.origin is not None:
        fonts = {NARROW_FONT: Path(package.origin).parent / "files", **fonts}
    return fonts


def _prepare(page: str, title: str, sheet: bool, wide: bool) -> dict[str, Any]:
    """Return what typst is told besides the template: words and figures as one JSON, and where fonts are."""
    fonts = find_fonts()
    blocks = _level(_draw(read_blocks(page), next(iter(fonts)), WIDE_COLUMN_MM if wide else COLUMN_MM))
    data = {"title": title, "sheet": sheet, "wide": wide, "fonts": list(fonts), "blocks": blocks}
    return {
        "root": TEMPLATE.parent,
        "font_paths": list(fonts.values()),
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False)},
    }


def _draw(blocks: Iterable[Block], font: str, column_mm: float) -> list[Block]:
    """Give figures in the form that typst takes: SVG as text in the document's own font, other pictures as numbers; and their share of the column."""
    drawn = []
    for block in blocks:
        if block["kind"] == "beside":
            drawn.append(block | {"parts": [_draw(part, font, column_mm / len(block["parts"]) - GUTTER_MM / 2) for part in block["parts"]]})
        elif block["kind"] in ("table", "text"):
            drawn.append(json.loads(json.dumps(block, ensure_ascii=False).replace(PAGE_FONTS, f"'{font}'")))
        elif block["kind"] == "figure":
            picture = base64.b64decode(block["data"])
            width_mm = column_mm if block["width_px"] is None else block["width_px"] / CSS_PX_PER_INCH * MM_PER_INCH
            data: Any = picture.decode("utf-8").replace(PAGE_FONTS, f"'{font}'") if block["format"] == "svg" else list(picture)
            drawn.append(block | {"data": data, "share": min(1.0, width_mm / column_mm)})
        else:
            drawn.append(block)
    return drawn


def _level(blocks: list[Block]) -> list[Block]:
    """Let headings begin with the first order and leave out none, as PDF/UA asks."""
    level, levelled = 0, []
    for block in blocks:
        if block["kind"] == "heading":
            level = min(block["level"], level + 1)
            block = block | {"level": level}
        levelled.append(block)
    return levelled

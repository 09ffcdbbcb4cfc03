"""An executed notebook → one self-contained page: our own template, everything escaped or cleaned, no request outside, no script."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert import HTMLExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from traitlets.config import Config

from hiphitch_analysis.report.page import esc

LAB_ONLY = "lab-only"  # tag of cells that speak to whoever opens the notebook, not to the reader of its page
TEMPLATES = Path(__file__).with_name("templates")
# fmt: off
TAGS = [
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "hr", "i",
    "li", "ol", "p", "path",
    "pre", "small", "span", "strong", "sub", "sup", "svg", "table", "tbody", "td", "text", "th", "thead", "tr", "ul",
]
# fmt: on
ATTRIBUTES = {
    "*": ["class", "role", "aria-label", "tabindex"],
    "a": ["href", "title"],
    "abbr": ["title"],
    "th": ["scope", "colspan", "rowspan"],
    "td": ["colspan", "rowspan"],
    "svg": ["width", "height", "viewBox"],
    "text": ["x", "y", "text-anchor"],
    "path": ["d", "fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-dasharray"],
}
# Cleaning keeps the text of a removed element; of these the text is no text.
_NO_TEXT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template, and with escaping on: nbconvert leaves it off."""

    def _create_environment(self) -> Any:
        environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        return environment


def clean(markup: str) -> Markup:
    """Remove from `markup` whatever could run, load or disguise: all but a short list of elements and attributes.

    Parameters
    ----------
    markup : str
        HTML of a notebook's output, or rendered Markdown.

    Returns
    -------
    Markup
        Safe to be put into the page as it is.

    Examples
    --------
    >>> str(clean('<p onclick="x()">3 reps<script>x()</script><img src=x onerror=x()></p>'))
    '<p>3 reps</p>'
    """
    return Markup(_cleaner().sanitize_html_tags(_NO_TEXT.sub("", markup)))  # type: ignore[no-untyped-call]


def export_page(notebook: NotebookNode, title: str, inputs: str, show_code: bool) -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    title : str
        Title of the page.
    inputs : str
        Hash of everything that the page was made from, kept in its head.
    show_code : bool
        Whether the cells' code is shown.

    Returns
    -------
    str
        A whole HTML document. Where no cell writes a headline, the notebook's own title is the first one.
    """
    exporter = PageExporter(  # type: ignore[no-untyped-call]
        template_name="hiphitch",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=not show_code,
        exclude_anchor_links=True,
        config=Config({"TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {LAB_ONLY}}}),
        filters={"clean": clean},
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"hiphitch_title": title, "hiphitch_inputs": inputs})
    return str(page) if "<h1" in page else str(page).replace("<main>", f"<main>\n<h1>{esc(read_title(notebook) or title)}</h1>", 1)


def read_title(notebook: NotebookNode) -> str:
    """Return the first heading of the first order in a notebook's words, without its mark; empty where there is none."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")


@cache
def _cleaner() -> SanitizeHTML:
    return SanitizeHTML(tags=TAGS, attributes=ATTRIBUTES, styles=[], strip=True)  # type: ignore[no-untyped-call]

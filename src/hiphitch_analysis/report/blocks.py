"""A page → a list of plain blocks (headings, paragraphs, answers, tables, figures), from which a PDF is set.

The page is the only source: what it escapes and leaves out, the PDF cannot bring back, and both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from hiphitch_analysis.report.canvas import PAGE_FONTS
from hiphitch_analysis.report.palette import INK, MUTED, side_style

_BLANKS = re.compile(r"[ \t\r\n]+")  # not the blanks that keep a number with its unit
_APART = " \N{EM SPACE}\N{EM SPACE}"
_COLOURS = {"left": side_style("left").colour, "muted": MUTED}
PICTURE_PX = 10.7  # 8 pt, as in the page's style

Block = dict[str, Any]
Run = dict[str, Any]

STYLES = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "code": "code", "sub": "sub", "sup": "sup"}
INLINE = {*STYLES, "a", "abbr", "span", "small", "br", "svg"}
SKIPPED = {"details", "hr", "script", "style"}  # code is for the screen


def read_blocks(page: str) -> list[Block]:
    """Read the blocks of a page.

    Parameters
    ----------
    page : str
        HTML as `export_page` or the ``write_…`` functions of `page` make it.

    Returns
    -------
    list of dict
        Each with its ``kind``: ``top``, ``heading``, ``text``, ``answers``, ``list``, ``table``, ``figure``, ``printed`` or ``beside``, and only
        plain values. Words come as runs: text with how it looks.

    Examples
    --------
    >>> read_blocks("<h2>Form <small>in set 3</small></h2><p>4 &lt; 5 <strong>reps</strong></p>") == [
    ...     {"kind": "heading", "level": 2, "text": "Form", "note": "in set 3"},
    ...     {"kind": "text", "role": "", "runs": [{"text": "4 < 5 "}, {"text": "reps", "bold": True}]},
    ... ]
    True
    """
    soup = BeautifulSoup(page, "html.parser")
    return list(_blocks(soup.find("main") or soup))


def _blocks(parent: Tag) -> Iterator[Block]:
    loose: list[Run] = []
    for child in parent.children:
        if _is_inline(child):
            loose += _runs(child)
            continue
        yield from _text(loose, parent)
        loose = []
        if isinstance(child, Tag) and child.name not in SKIPPED:
            yield from _block(child)
    yield from _text(loose, parent)


def _block(tag: Tag) -> Iterator[Block]:
    if tag.name in ("h1", "h2", "h3", "h4"):
        note = tag.find("small")
        words = [child for child in tag.children if child is not note]
        yield {"kind": "heading", "level": int(tag.name[1]), "text": _plain(words), "note": _plain([note] if note else [])}
    elif tag.name == "p" and "top" in _classes(tag):
        yield _top(tag)
    elif "key" in _classes(tag):
        yield from _text([run for part in tag.find_all("span", recursive=False) for run in [*_runs(part), {"text": _APART}]], tag)
    elif tag.name == "p":
        yield from _text([run for child in tag.children for run in _runs(child)], tag)
    elif tag.name == "dl":
        yield {"kind": "answers", "items": [_answer(item) for item in tag.find_all("div", recursive=False)]}
    elif tag.name in ("ul", "ol"):
        items = [_trim([run for child in item.children for run in _runs(child)]) for item in tag.find_all("li", recursive=False)]
        yield {"kind": "list", "ordered": tag.name == "ol", "limits": "limits" in _classes(tag), "items": items}
    elif tag.name == "table":
        yield _table(tag)
    elif tag.name == "img":
        kind, _, data = str(tag.get("src", "")).removeprefix("data:image/").partition(";base64,")
        width = str(tag.get("width", ""))
        shown = {"alt": str(tag.get("alt", "")), "width_px": int(width) if width.isdecimal() else None}
        yield {"kind": "figure", "format": kind.removesuffix("+xml"), "data": data, **shown}
    elif tag.name == "pre":
        yield {"kind": "printed", "text": tag.get_text().strip("\n")}
    elif "beside" in _classes(tag):
        yield {"kind": "beside", "parts": [list(_blocks(part)) for part in tag.find_all("div", recursive=False)]}
    else:
        yield from _blocks(tag)


def _top(tag: Tag) -> Block:
    name, kind, badge = tag.find("strong"), tag.find("span", class_="kind"), tag.find("span", class_="badge")
    facts = [span for span in tag.find_all("span", recursive=False) if span is not kind]
    words = [child for child in kind.children if child is not badge] if kind else []
    return {
        "kind": "top",
        "name": _plain([name] if name else []),
        "facts": [_plain([fact]) for fact in facts],
        "page": _plain(words),
        "badge": _plain([badge] if badge else []),
    }


def _answer(item: Tag) -> dict[str, str]:
    parts = {"question": item.find("dt"), "answer": item.find("strong"), "reason": item.find("span", class_="why")}
    return {name: _plain([part] if part else []) for name, part in parts.items()}


def _table(tag: Tag) -> Block:
    rows = [[_cell(cell) for cell in row.find_all(["th", "td"])] for row in tag.find_all("tr")]
    head = len(tag.select("thead tr"))
    return {"kind": "table", "ruled": "squad" in _classes(tag), "head": rows[:head], "rows": rows[head:]}


def _cell(tag: Tag) -> Block:
    classes = _classes(tag)
    numbers = "number" in classes or (tag.name == "td" and tag.find_parent("table", class_="dataframe") is not None)
    runs = _trim([run for child in tag.children for run in _runs(child)])
    looks = {"left": "left" in classes, "strong": "strong" in classes, "roomy": bool({"say", "why"} & set(classes))}
    spans = {name: int(str(tag.get(name, "1"))) for name in ("colspan", "rowspan")}
    return {"head": tag.name == "th", "number": numbers, **looks, **spans, "runs": runs}


def _text(runs: list[Run], parent: Tag) -> Iterator[Block]:
    words = _trim(runs)
    if words:
        role = next((name for name in _classes(parent) if name in ("lead", "remark", "foot", "key")), "")
        yield {"kind": "text", "role": role, "runs": words}


def _runs(node: PageElement, **look: Any) -> list[Run]:
    """Return the words of a node with how they look."""
    if isinstance(node, NavigableString):
        words = _BLANKS.sub(" ", str(node))
        return [{"text": words, **look}] if words and type(node) is NavigableString else []
    if not isinstance(node, Tag) or node.name in SKIPPED:
        return []
    if node.name == "br":
        return [{"text": "\n", **look}]
    if node.name == "svg":
        size = {name: float(str(node.get(name, "16"))) for name in ("width", "height")}
        return [{"sign": _drawing(node), "picture": "picture" in _classes(node), **size, "text": str(node.get("aria-label", ""))}]
    if node.name in STYLES:
        look |= {STYLES[node.name]: True}
    if node.name == "a" and str(node.get("href", "")).startswith(("http://", "https://")):
        look |= {"link": str(node["href"])}
    if {"about", "also", "none"} & set(_classes(node)) or node.name == "small":
        look |= {"muted": True}
    apart = [{"text": "\n"}] if {"then", "also"} & set(_classes(node)) else []  # shown as a line of its own
    return apart + [run for child in node.children for run in _runs(child, **look)]


def _drawing(svg: Tag) -> str:
    """Return a drawing as a file of its own: with a namespace, the case of names, and the look of its words that the page's style gives."""
    words = f"text{{font:{PICTURE_PX}px {PAGE_FONTS};fill:{INK}}}" + "".join(f"text.{name}{{fill:{colour}}}" for name, colour in _COLOURS.items())
    inner = "".join(str(child) for child in svg.children)
    box = str(svg.get("viewbox", svg.get("viewBox", "0 0 16 16")))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{svg["width"]}" height="{svg["height"]}"><style>{words}</style>{inner}</svg>'
    )


def _trim(runs: list[Run]) -> list[Run]:
    """Leave out white space at both ends."""
    kept = [dict(run) for run in runs]
    while kept and "sign" not in kept[0] and not kept[0]["text"].strip():
        kept.pop(0)
    while kept and "sign" not in kept[-1] and not kept[-1]["text"].strip():
        kept.pop()
    if kept:
        kept[0]["text"], kept[-1]["text"] = kept[0]["text"].lstrip(), kept[-1]["text"].rstrip()
    return kept


def _plain(nodes: list[Any]) -> str:
    return _BLANKS.sub(" ", "".join(run["text"] for node in nodes for run in _runs(node))).strip()


def _is_inline(node: PageElement) -> bool:
    return isinstance(node, NavigableString) or (isinstance(node, Tag) and node.name in INLINE)


def _classes(tag: Tag) -> list[str]:
    return list(tag.get_attribute_list("class")) if tag.get("class") else []

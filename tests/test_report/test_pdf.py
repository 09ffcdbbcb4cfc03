"""A page as PDF: the same words, nothing run, nothing dated, one page where a sheet is asked for."""

import base64
import json
import re
import zlib

import numpy as np
import pytest

from hiphitch_analysis.report import pdf as module
from hiphitch_analysis.report.blocks import read_blocks
from hiphitch_analysis.report.canvas import new_figure, render, style_axes
from hiphitch_analysis.report.marks import status_svg
from hiphitch_analysis.report.page import Answer, esc, write_answers, write_headline, write_note, write_section, write_table, write_top, write_unseen
from hiphitch_analysis.report.pdf import find_fonts, make_pdf, need_typst

pytest.importorskip("typst")
EVIL = '#panic("x") *bold* <script>alert(1)</script> $x$ @ref \\ "'


def draw(title="LEFT leg standing", points=3):
    fig, (ax,) = new_figure(80, 40)
    ax.plot(np.random.default_rng(1).normal(size=points))
    style_axes(ax, title)
    kind, drawing = render(fig, "Three points.")
    data = base64.b64encode(drawing.encode() if isinstance(drawing, str) else drawing).decode()
    return f'<img src="data:{kind};base64,{data}" alt="{esc(title)}: three points." width="302">'


def write_page(words="Repeat 3 × 30.", more=""):
    parts = [write_top(words, [words], example=True), write_headline(words, words), write_answers([Answer(words, words, words)] * 3)]
    parts += [write_section(words, words), write_table([words, "deg"], [[words, 4.0]]), write_unseen([words]), write_note(words)]
    return f"<main>{''.join(part.text for part in parts)}{draw()}{status_svg('mend', sure=True)}{more}</main>"


def count_pages(document):
    return len(re.findall(rb"/Type\s*/Page\b", document))


def objects(document):
    """Every stream of a PDF that can be unpacked, and the plain rest."""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]
    yield document


def read_words(document):
    """The alternative texts and titles of a PDF: strings that stand in it as they are."""
    return b"\n".join(objects(document))


@pytest.fixture(scope="module")
def document():
    return make_pdf(write_page(), "A sheet")


def test_it_is_a_tagged_document_with_title_and_language(document):
    words = read_words(document)
    assert document.startswith(b"%PDF-1.7") and count_pages(document) == 1
    assert b"pdfuaid:part>1<" in words and b"/Marked true" in words
    assert b"/Lang" in words and b">A sheet<" in words  # in the metadata
    assert b"LEFT leg standing: three points." in words  # the figure's own words, for those who cannot see it


def test_the_same_page_gives_the_same_bytes_without_a_date(document):
    assert make_pdf(write_page(), "A sheet") == document
    assert b"CreationDate" not in document and b"CreateDate" not in read_words(document)


def test_words_are_never_read_as_a_program():
    page = write_page(EVIL)
    assert page.count("&lt;script&gt;") > 5
    document = make_pdf(page, EVIL)
    headings = json.loads(need_typst().query(module.TEMPLATE, "heading", field="body", **module._prepare(page, EVIL, sheet=False, wide=False)))
    assert [heading for heading in headings if heading == {"func": "text", "text": EVIL}] and json.dumps(EVIL)[1:-1] in json.dumps(headings[1])
    title = re.search(rb"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", read_words(document), re.DOTALL)[1].decode()
    assert title.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") == EVIL


def test_a_sheet_is_one_page_whatever_it_holds():
    long = "".join(write_section(f"Section {i}").text + draw() for i in range(8))
    page = write_page(more=long)
    assert count_pages(make_pdf(page, "long")) >= 2
    assert count_pages(make_pdf(page, "long", sheet=True)) == 1
    assert count_pages(make_pdf(write_page(), "short", sheet=True)) == 1


def test_a_wide_page_lies_on_its_side():
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", read_words(make_pdf(write_page(), "wide", wide=True)))[1].split()
    assert float(box[2]) == pytest.approx(842, abs=1) and float(box[3]) == pytest.approx(595, abs=1)  # A4 in points


def test_a_dense_figure_comes_as_a_picture():
    page = f"<main><h1>Dense</h1>{draw(points=20_000)}</main>"
    assert "data:image/png" in page
    assert b"/Subtype /Image" in read_words(make_pdf(page, "dense")).replace(b"/Subtype/Image", b"/Subtype /Image")


def test_headings_leave_out_no_order():
    page = "<main><h3>Three</h3><h1>One</h1><h4>Four</h4></main>"
    assert [block["level"] for block in module._level(read_blocks(page))] == [1, 1, 2]
    assert make_pdf(page, "headings").startswith(b"%PDF")


def test_without_typst_one_sentence_says_what_brings_it(monkeypatch):
    def fail(name):
        raise ImportError(name)

    monkeypatch.setattr(module, "import_module", fail)
    with pytest.raises(ValueError, match=r"^--pdf: typst is not installed here\. `\S+ -m pip install \"hiphitch-analysis\[pdf\]\"` adds it"):
        need_typst()


def test_fonts_are_of_the_environment_and_never_of_the_system():
    fonts = find_fonts()
    assert list(fonts)[-1] == "DejaVu Sans" and all(any(folder.glob("*.ttf")) for folder in fonts.values())


# --- What is read of a page --------------------------------------------------------------------------------------------------------------------
def test_blocks_say_what_the_page_says():
    blocks = read_blocks(write_page("A < B"))
    assert [block["kind"] for block in blocks] == [
        "top",
        "heading",
        "text",
        "answers",
        "heading",
        "table",
        "heading",
        "list",
        "text",
        "figure",
        "text",
    ]
    assert blocks[0] == {"kind": "top", "name": "A < B", "facts": ["A < B"], "page": "Hip hitch: athlete sheet", "badge": "EXAMPLE DATA"}
    assert blocks[3]["items"][2] == {"question": "A < B", "answer": "A < B", "reason": "A < B"}
    assert [cell["number"] for cell in blocks[5]["rows"][0]] == [False, True] and blocks[5]["head"][0][0]["head"]
    assert blocks[9]["alt"] == "LEFT leg standing: three points." and blocks[9]["width_px"] == 302
    assert blocks[10]["runs"][0]["text"] == "mend first" and 'viewBox="0 0 16 16"' in blocks[10]["runs"][0]["sign"]
    assert json.loads(json.dumps(blocks)) == blocks


def test_a_table_in_groups_keeps_its_pictures_with_their_words():
    words = '<text class="left" x="1" y="9">30</text>'
    picture = f'<svg class="picture" role="img" aria-label="left: 30" width="148" height="36" viewBox="0 0 148 36">{words}</svg>'
    head = '<tr><th rowspan="2">Athlete</th><th colspan="2">Form</th></tr><tr><th>level</th><th>tempo</th></tr>'
    row = f'<tr><th>A01</th><td class="why">Rest. <span class="then">See &lt;b&gt;.</span></td><td>{picture}</td></tr>'
    body = f'<tbody><tr><th colspan="3">Talk</th></tr>{row}</tbody>'
    page = f'<table class="squad"><thead>{head}</thead>{body}</table><p class="key"><span>a</span><span>b</span></p>'
    table, key = read_blocks(page)
    assert table["ruled"] and len(table["head"]) == 2 and (table["head"][0][0]["rowspan"], table["rows"][0][0]["colspan"]) == (2, 3)
    assert [run["text"] for run in table["rows"][1][1]["runs"]] == ["Rest. ", "\n", "See <b>."] and table["rows"][1][1]["roomy"]
    (shown,) = table["rows"][1][2]["runs"]
    assert shown["picture"] and shown["width"] == 148 and "left: 30" in shown["text"] and "text.left{fill:#0072B2}" in shown["sign"]
    assert key["role"] == "key" and key["runs"][1]["text"].isspace()
    document = make_pdf(f"<main><h1>Squad</h1>{page}</main>", "Squad", wide=True)
    assert count_pages(document) == 1 and b"left: 30" in read_words(document)


def test_code_and_what_runs_are_left_out():
    page = (
        "<main><details><summary>Code</summary><pre>secret = 1</pre></details><script>x()</script><!-- note --><style>p{}</style><p>words</p></main>"
    )
    assert read_blocks(page) == [{"kind": "text", "role": "", "runs": [{"text": "words"}]}]


def test_looks_nest_and_units_stay_with_their_numbers():
    page = (
        '<p>5\N{NO-BREAK SPACE}s  <strong>more <em>and</em></strong> <a href="https://doi.org/1">d</a> <a href="javascript:x">j</a> H<sub>2</sub></p>'
    )
    assert read_blocks(page)[0]["runs"] == [
        {"text": "5\N{NO-BREAK SPACE}s "},
        {"text": "more ", "bold": True},
        {"text": "and", "bold": True, "italic": True},
        {"text": " "},
        {"text": "d", "link": "https://doi.org/1"},
        {"text": " "},
        {"text": "j"},
        {"text": " H"},
        {"text": "2", "sub": True},
    ]

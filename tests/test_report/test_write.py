"""The page on disk: whole or not at all, asking for nothing, running nothing, and not made twice."""

import re
from html.parser import HTMLParser

import pytest

from hiphitch_analysis.report import write as module
from hiphitch_analysis.report.export import clean
from hiphitch_analysis.report.write import find_notebook, hash_inputs, write_report

EVIL = "<img src=x onerror=alert(1)>"
SHOW = """
from hiphitch_analysis.report.canvas import new_figure, show
from hiphitch_analysis.report.page import Html, write_headline, write_top
import pandas as pd
display(write_top(who, []), write_headline("Repeat 3 × 30.", who))
"""
DRAW = """
fig, (ax,) = new_figure(80, 40)
ax.set_title(who)
show(fig, f'Bars of "{who}"')
"""
ATTACKS = """
from IPython.display import HTML, Javascript, Markdown
display(HTML(f"<script>window.PWN = 1</script>{who}<svg onload=alert(1)><path d='M0 0' onclick=alert(1)></path></svg>"))
display(Markdown(f"# {who} [link](javascript:alert(1)) ![i](https://outside.example/i.png)"), Javascript("window.PWN = 2"))
display(HTML("<iframe src='https://outside.example'></iframe><style>body{background:url(https://outside.example)}</style><form><input></form>"))
display(pd.DataFrame({"name": [who]}))
print(who)
who
"""


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    import nbformat

    folder = tmp_path_factory.mktemp("page")
    cells = [nbformat.v4.new_code_cell("who = ''", metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source) for source in (SHOW, DRAW, ATTACKS)]
    cells.append(nbformat.v4.new_markdown_cell(f"## Words\n\n> 3 < 4 & more\n\n<script>window.PWN = 3</script>{EVIL}\n\n[a](https://doi.org/10.1/x)"))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "n.ipynb")
    written = write_report(folder / "n.ipynb", folder / "deep" / "page.html", {"who": EVIL}, title="Sheet of <b>A01</b>")
    return written.path.read_text("utf-8")


def test_the_page_has_what_a_page_needs(page):
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page
    assert "<title>Sheet of &lt;b&gt;A01&lt;/b&gt;</title>" in page
    assert "<main>" in page
    policy = next(a for tag, a in Elements(page).found if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert any(a.get("name") == "viewport" for tag, a in Elements(page).found if tag == "meta")


def test_nothing_in_the_page_runs_or_loads(page):
    elements = Elements(page).found
    assert not {"script", "iframe", "form", "input", "link", "object", "base"} & {tag for tag, _ in elements}
    assert len([tag for tag, _ in elements if tag == "style"]) == 1
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    sources = [attributes["src"] for _, attributes in elements if "src" in attributes]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    links = {attributes["href"] for _, attributes in elements if attributes.get("href")}
    assert links == {"https://doi.org/10.1/x"}  # a link may lead outside when it is clicked; nothing else may
    assert not re.search(r"url\(|@import", page)


def test_hostile_words_are_shown_as_words(page):
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "window.PWN" not in page


def test_pictures_carry_their_words(page):
    pictures = [attributes for tag, attributes in Elements(page).found if tag == "img"]
    assert [picture["alt"] for picture in pictures] == [f'Bars of "{EVIL}"']
    assert pictures[0]["width"] == "302"  # 80 mm at 96 px to the inch


def test_markdown_keeps_its_meaning(page):
    assert "<blockquote>" in page
    assert "3 &lt; 4 &amp; more" in page


def test_the_page_is_small(page):
    assert len(page.encode()) < 40_000  # template and style are a tenth of nbconvert's own


def test_code_is_shown_only_when_asked_and_never_the_injected_paths(write_notebook, tmp_path):
    notebook = write_notebook("path = ''", "shown = 1")
    plain = write_report(notebook, tmp_path / "a.html", {"path": "private/place.csv"})
    code = write_report(notebook, tmp_path / "b.html", {"path": "private/place.csv"}, show_code=True)
    assert "shown = 1" not in plain.path.read_text("utf-8")
    assert "shown = 1" in code.path.read_text("utf-8")
    assert "private" not in code.path.read_text("utf-8")


def test_signs_survive_the_cleaning():
    from hiphitch_analysis.report.marks import status_svg

    svg = status_svg("unseen", sure=False)
    assert str(clean(svg)) == svg


@pytest.mark.parametrize(
    "attack",
    [
        "<svg><script>alert(1)</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<a href='jav&#x09;ascript:alert(1)'>x</a>",
        "<scr<script>x</script>ipt>alert(1)</script>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<svg><a xlink:href='javascript:alert(1)'><path d='M0 0'/></a></svg>",
    ],
)
def test_cleaning_leaves_nothing_that_runs(attack):
    elements = Elements(str(clean(attack))).found
    assert not {"script", "style", "img", "math"} & {tag for tag, _ in elements}
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on") or name in ("style", "href", "xlink:href")]


# --- Written whole, and not twice -------------------------------------------------------------------------------------------------------------
def test_a_failed_run_leaves_what_was_there(write_notebook, tmp_path):
    out = tmp_path / "out" / "page.html"
    bad = write_notebook("n = 1", "raise ValueError('no')")
    with pytest.raises(ValueError, match="no"):
        write_report(bad, out)
    assert not out.parent.exists()
    out.parent.mkdir()
    out.write_text("old")
    with pytest.raises(ValueError, match="no"):
        write_report(bad, out)
    assert [p.name for p in out.parent.iterdir()] == ["page.html"]
    assert out.read_text() == "old"


def test_the_same_inputs_are_not_run_again(write_notebook, tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("1")
    notebook = write_notebook("path = ''", "open(path).read()")
    first = write_report(notebook, tmp_path / "page.html", {"path": "data.csv"}, folder=tmp_path)
    text = first.path.read_text("utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(module, "run_notebook", lambda *_: pytest.fail("run again"))
        second = write_report(notebook, tmp_path / "page.html", {"path": "data.csv"}, folder=tmp_path)
    assert (first.reused, second.reused) == (False, True)
    (tmp_path / "data.csv").write_text("2")
    third = write_report(notebook, tmp_path / "page.html", {"path": "data.csv"}, folder=tmp_path)
    assert not third.reused
    assert third.path.read_text("utf-8") != text


def test_every_input_changes_the_hash(write_notebook, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.csv").write_text("1")
    out = tmp_path / "folder" / "page.html"
    notebook = write_notebook("path = ''")
    parameters = {"path": "folder", "n": 1}
    base = hash_inputs(notebook, parameters, tmp_path, out)
    assert re.fullmatch("[0-9a-f]{64}", base)
    out.write_text("the page itself is no input")
    assert hash_inputs(notebook, parameters, tmp_path, out) == base
    assert hash_inputs(notebook, parameters | {"n": 2}, tmp_path, out) != base
    several = {"path": ["folder/a.csv", "elsewhere.csv"]}
    listed = hash_inputs(notebook, several, tmp_path, out)
    (tmp_path / "folder" / "a.csv").write_text("2")
    changed = hash_inputs(notebook, parameters, tmp_path, out)
    assert changed != base and hash_inputs(notebook, several, tmp_path, out) != listed
    notebook.write_text(notebook.read_text() + " ")
    assert hash_inputs(notebook, parameters, tmp_path, out) != changed


def test_text_that_is_no_path_is_just_text(write_notebook, tmp_path):
    for text in ("x" * 5000, "a\0b"):
        assert len(hash_inputs(write_notebook("t = ''"), {"t": text}, tmp_path, tmp_path / "o.html")) == 64


def test_a_notebook_is_found_by_name_and_others_are_refused():
    assert find_notebook("02_athlete_report.ipynb").is_file()
    for name in ("nothing.ipynb", "../pyproject.toml"):
        with pytest.raises(ValueError, match=r"02_athlete_report\.ipynb"):
            find_notebook(name)

"""The page on disk: whole or not at all, asking for nothing, running nothing, and not made twice."""

import hashlib
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from hiphitch_analysis.report import write as module
from hiphitch_analysis.report.export import clean
from hiphitch_analysis.report.write import find_notebook, write_report

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


KEEP = """
import pandas as pd
from hiphitch_analysis.report.tables import keep_table
keep_table(pd.DataFrame({"date": pd.to_datetime(["2026-01-05", "2026-01-08"]), "reps": [20, 25], "notes": [note, "well"]}), "sets")
print("words")
"""


def test_tables_and_the_origin_lie_beside_the_page(write_notebook, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "log.csv").write_text("1")
    notebook = write_notebook("path = ''\nnote = ''\nseed = 7", KEEP)
    parameters = {"path": str(tmp_path / "in" / "log.csv"), "note": "=HYPERLINK(1)"}
    written = write_report(notebook, tmp_path / "out" / "page.html", parameters, seeds={"forecast": 3})
    assert [path.name for path in written.files] == ["page.html", "page_sets.csv", "page.json"]
    assert (tmp_path / "out" / "page_sets.csv").read_text() == "date,reps,notes\n2026-01-05,20,'=HYPERLINK(1)\n2026-01-08,25,well\n"
    assert "HYPERLINK" not in written.path.read_text("utf-8") and "words" in written.path.read_text("utf-8")
    text = (tmp_path / "out" / "page.json").read_text("utf-8")
    told = json.loads(text)
    assert str(tmp_path) not in text
    assert told["parameters"] == {"path": "log.csv", "note": "=HYPERLINK(1)", "seed": 7}
    assert told["seeds"] == {"seed": 7, "forecast": 3} and told["data_until"] == "2026-01-08"
    assert told["inputs"] == [{"parameter": "path", "file": "log.csv", "bytes": 1, "sha256": hashlib.sha256(b"1").hexdigest()}]
    page = written.path.read_bytes()
    assert told["files"]["page.html"] == {"bytes": len(page), "sha256": hashlib.sha256(page).hexdigest()}
    assert set(told["files"]) == {"page.html", "page_sets.csv"} and told["libraries"]["pandas"] == pd.__version__


def test_a_file_that_is_missing_or_changed_is_made_again(write_notebook, tmp_path):
    notebook = write_notebook("note = 'x'", KEEP)
    for spoil in (lambda path: path.unlink(), lambda path: path.write_text("changed by hand")):
        write_report(notebook, tmp_path / "page.html")
        assert write_report(notebook, tmp_path / "page.html").reused
        spoil(tmp_path / "page_sets.csv")
        assert not write_report(notebook, tmp_path / "page.html").reused
        assert (tmp_path / "page_sets.csv").read_text().startswith("date,reps")


def test_a_further_file_is_made_from_the_page_that_is_there(write_notebook, tmp_path, monkeypatch):
    notebook = write_notebook("note = 'x'", KEEP)
    plain = write_report(notebook, tmp_path / "page.html")
    with monkeypatch.context() as patch:
        patch.setattr(module, "run_notebook", lambda *_: pytest.fail("run again"))
        more = write_report(notebook, tmp_path / "page.html", beside={"page.pdf": lambda page: f"{len(page)}"})
        again = write_report(notebook, tmp_path / "page.html", beside={"page.pdf": lambda page: pytest.fail("made again")})
    assert (plain.reused, more.reused, again.reused) == (False, False, True)
    assert (tmp_path / "page.pdf").read_text() == str(len(plain.path.read_text("utf-8")))
    assert write_report(notebook, tmp_path / "page.html").reused  # without the wish for it, it stays, being of this page


def test_what_belonged_to_an_earlier_page_does_not_stay(write_notebook, tmp_path):
    write_report(write_notebook("note = 'x'", KEEP), tmp_path / "page.html", beside={"page.pdf": lambda _: "old", "page_own.pdf": lambda _: "old"})
    (tmp_path / "page_own.pdf").write_text("changed by hand")
    write_report(write_notebook("note = 'x'"), tmp_path / "page.html")
    assert sorted(path.name for path in tmp_path.glob("page*")) == ["page.html", "page.json", "page_own.pdf"]


def test_when_a_further_file_fails_nothing_is_written(write_notebook, tmp_path):
    def fail(page):
        raise ValueError("no typst here")

    with pytest.raises(ValueError, match="no typst here"):
        write_report(write_notebook("n = 1"), tmp_path / "out" / "page.html", beside={"page.pdf": fail})
    assert not (tmp_path / "out").exists()


def test_a_page_without_a_headline_has_the_notebooks_title_as_one(write_notebook, tmp_path):
    page = write_report(write_notebook("n = 1", "#md# Why <i>so</i>?\n\nWords."), tmp_path / "a.html").path.read_text("utf-8")
    assert page.count("<h1") == 1  # Markdown has written it
    bare = write_report(write_notebook("n = 1"), tmp_path / "b.html", title="Hip & hitch").path.read_text("utf-8")
    assert "<main>\n<h1>Hip &amp; hitch</h1>" in bare


def test_a_notebook_is_found_by_name_and_others_are_refused():
    assert find_notebook("02_athlete_report.ipynb").is_file()
    for name in ("nothing.ipynb", "../pyproject.toml"):
        with pytest.raises(ValueError, match=r"02_athlete_report\.ipynb"):
            find_notebook(name)

"""A page in Chromium: what it asks for, what it complains of, and what axe-core finds."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@dataclass(frozen=True)
class Look:
    outside: list[str]  # what it asked for besides itself
    complaints: list[str]
    violations: list[str]  # serious and critical ones
    too_wide: int  # pixels by which the page itself would scroll sideways
    bare_pictures: int  # not loaded, or without words
    headed: bool  # by a heading of the first order
    ran: object  # what a hostile text would have set


@contextmanager
def open_browser():
    """Start Chromium without a network, or skip."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=QUIET)
        yield running
        running.close()


def look_at(browser, page: Path, width: int = 900, scheme: str = "light", media: str = "screen") -> Look:
    """Open a page with every request but its own refused, and judge it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.emulate_media(media=media, color_scheme=scheme)
    requests, complaints = [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.route("**/*", lambda route: route.continue_() if route.request.url == page.as_uri() else route.abort())
    tab.goto(page.as_uri())
    bare = tab.locator("img").evaluate_all("all => all.filter(i => !(i.complete && i.naturalWidth > 0 && i.alt.length > 20)).length")
    look = Look(
        outside=[url for url in requests if not url.startswith("data:") and url != page.as_uri()],
        complaints=complaints,
        violations=[
            f"{v['id']}: {v['nodes'][0]['html'][:90]}" for v in axe.Axe().run(tab).response["violations"] if v["impact"] in ("serious", "critical")
        ],
        too_wide=max(0, tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")),
        bare_pictures=bare,
        headed=tab.locator("h1").count() > 0,
        ran=tab.evaluate("window.PWN"),
    )
    tab.close()
    return look

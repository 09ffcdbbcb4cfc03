"""The rep editor where it is used: real JupyterLab in a real browser, moved by mouse and keys."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from tests.browsing import open_browser

import hiphitch_analysis as hh

pytestmark = pytest.mark.browser
PATIENCE_S = 60  # of a loaded machine; nothing waits longer than it must
CELLS = [
    'import hiphitch_analysis as hh\n\nsession = hh.analyse("set3_imu.csv", "left")\neditor = hh.edit_reps(session)\neditor',
    'print("kept", editor.session.reps["kind"].eq("complete").sum())\nprint(editor.corrections.to_csv(index=False))',
]
HEAD = "recording,rep,start_s,bottom_s,end_s,keep\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A simulated set of eight on each leg, and a notebook that opens the editor on it."""
    folder = tmp_path_factory.mktemp("lab")
    hh.write_set(hh.simulate_set(8, "left", 8.0, seed=5, both_sides=True, rest_s=20), folder, "set3")
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for i, source in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "edit.ipynb").write_text(json.dumps(notebook), "utf-8")
    return folder


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    """JupyterLab on 127.0.0.1 with nothing of this machine's own settings; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = tmp_path_factory.mktemp("jupyter")
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = os.environ | {name: str(own / name.lower()) for name in places} | {"JUPYTER_TOKEN": ""}
    settings = own / "jupyter_config_dir/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}), "utf-8")
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    with (own / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(f"{address}/api/status", process, own / "server.log")
        yield address
    finally:
        process.send_signal(signal.SIGINT if os.name == "nt" else signal.SIGTERM)  # the server ends its kernels
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_server(address, process, log):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def browser():
    with open_browser() as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser, server):
    """The notebook, run from top to bottom; what it asked for and complained of is kept beside the page."""
    page = browser.new_page(viewport={"width": 1360, "height": 1100})
    page.set_default_timeout(PATIENCE_S * 1000)
    page.requests, page.complaints = [], []
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{server}/lab/tree/edit.ipynb?reset")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # else JupyterLab asks which kernel is meant
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".hh-editor").wait_for()
    yield page
    page.close()


def test_repetitions_are_edited_by_mouse_and_keys(tab, folder):
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_S * 1000)
    editor, saved = tab.locator(".hh-editor"), folder / "set3_imu_corrections.csv"
    status, field = editor.get_by_role("status"), editor.get_by_label("end in seconds")
    rep = editor.locator(".hh-rep")
    expect(rep).to_have_text("Left rep 1")
    expect(editor.locator(".hh-side")).to_have_text(["LEFT leg standing: 8 reps, 8 clean", "RIGHT leg standing: 8 reps, 8 clean"])
    assert not saved.exists()
    found = float(field.input_value())

    # the mouse drags the end of the first repetition 6 px earlier
    handle = editor.get_by_role("slider", name="end of rep 1", exact=True)
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x - 3, y, steps=3)
    tab.mouse.move(x - 6, y, steps=3)
    tab.mouse.up()
    expect(status).to_have_text(re.compile(r"^1 edit, saved to set3_imu_corrections\.csv at \d\d:\d\d$"))
    dragged = float(field.input_value())
    assert 0.05 < found - dragged < 0.3  # seven repetitions of some 2 s lie in some 550 px
    assert read_saved(saved) == [f"set3_imu,1,,,{dragged:.3f},true"]
    table = editor.locator("tbody tr")
    expect(table).to_have_count(1)
    cells = table.locator("th, td").all_inner_texts()
    assert cells[:6] == ["1", "left", "1", "end moved", f"{found:.2f} s", f"{dragged:.2f} s"] and cells[6].startswith("raise ")

    # keys: 10 ms, with Shift 100 ms; JupyterLab's own meaning of the letters (cut the cell, insert one) stays away
    expect(handle).to_be_focused()
    tab.keyboard.press("ArrowLeft")
    expect(field).to_have_value(f"{dragged - 0.01:.2f}")
    tab.keyboard.press("Shift+ArrowLeft")
    expect(field).to_have_value(f"{dragged - 0.11:.2f}")
    wait_until(lambda: read_saved(saved) == [f"set3_imu,1,,,{dragged - 0.11:.3f},true"])
    tab.keyboard.press("n")
    expect(rep).to_have_text("Left rep 2")
    tab.keyboard.type("dd")  # no key of ours, and JupyterLab's to delete the cell
    tab.keyboard.press("x")
    expect(table).to_have_count(2)
    expect(table.nth(1)).to_contain_text("reps 8 → 7; never counted as zero")
    wait_until(lambda: read_saved(saved)[1:] == ["set3_imu,2,,,,false"])
    expect(editor.locator(".hh-left.hh-side")).to_have_text(re.compile("7 of 8 kept"))
    tab.keyboard.press("u")
    expect(table).to_have_count(1)
    wait_until(lambda: read_saved(saved) == [f"set3_imu,1,,,{dragged - 0.11:.3f},true"])
    tab.keyboard.press("r")
    expect(table).to_have_count(2)

    # the numeric fields: a time that cannot be is refused in words, one that can be is taken
    field.fill("999")
    field.press("Enter")
    expect(status).to_have_text(re.compile("^Not done: rep 2 lies outside the recording"))
    expect(field).not_to_have_value("999")
    tab.keyboard.press("u")
    expect(table).to_have_count(1)
    start = editor.get_by_label("start in seconds")
    begins = float(start.input_value())
    start.fill(f"{begins + 0.05:.2f}")
    start.press("Enter")
    expect(table).to_have_count(2)
    editor.get_by_role("button", name="Back to automatic").click()
    expect(start).to_have_value(f"{begins:.2f}")
    expect(table).to_have_count(1)

    # what was left out gives room for one that is added
    tab.keyboard.press("x")
    expect(table).to_have_count(2)
    tab.keyboard.press("a")
    expect(table.nth(2)).to_contain_text("added")
    wait_until(lambda: len(read_saved(saved)) == 3 and read_saved(saved)[2].startswith("set3_imu,17,"))
    editor.get_by_role("button", name="Done").click()
    expect(status).to_have_text(re.compile("^Done: 16 reps"))

    # a cell below has the corrected session
    below = tab.locator(".jp-CodeCell").nth(1)
    below.locator(".cm-content").click()
    tab.keyboard.press("Shift+Enter")
    printed = below.locator(".jp-OutputArea-output pre")
    expect(printed).to_contain_text("kept 16")
    expect(printed).to_contain_text("set3_imu,2,,,,False")
    assert tab.locator(".jp-CodeCell").count() == 3  # and the empty one that Shift+Enter makes below: no key of ours made or cut a cell


def test_it_can_be_used_without_seeing_or_a_mouse(tab):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(tab, context=".hh-editor").response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    tab.locator(".hh-editor").get_by_role("button", name="Add rep").focus()
    tab.keyboard.press("Tab")
    ring = tab.evaluate("(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))")
    assert ring == ["solid", "2px"]


def test_nothing_outside_this_machine_is_asked_and_nothing_complains(tab, server):
    outside = [url for url in tab.requests if not url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))]
    assert outside == []
    assert tab.complaints == []


def read_saved(path):
    """Return the rows of the corrections file; it is whole whenever it is looked at."""
    text = path.read_text("utf-8")
    assert text.startswith(HEAD) and text.endswith("\n")
    return text.removeprefix(HEAD).splitlines()


def wait_until(holds):
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)

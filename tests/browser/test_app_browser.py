"""The local app in headless Chromium: it opens without an error, plays, and a slider changes the numbers."""

import os
import signal
import subprocess
import sys
from importlib import util
from pathlib import Path

import pytest

from chromium_browser import headless, skip_without_chromium

WALK = Path(__file__).parents[3] / "shared" / "motions" / "walking" / "subject01_walk1.trc"
PATIENCE_MS = 120_000

skip_without_chromium()
if util.find_spec("viser") is None:
    pytest.skip("needs the package viser (pip: .[app])", allow_module_level=True)


@pytest.fixture(scope="module")
def address():
    """Return the address of the app on the recording of a walk, or where that is absent on a step."""
    case = ["--mass", "72.6", "--height", "1.80"]
    if WALK.exists():
        case += [str(WALK), "--forces", str(WALK.with_name("subject01_walk1_grf.mot"))]
    running = subprocess.Popen(
        [sys.executable, "-m", "psoas.cli", "app", *case], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        assert running.stdout is not None
        yield running.stdout.readline().split()[0]
    finally:
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(timeout=20) == 0
        finally:
            running.kill()


@pytest.fixture(scope="module")
def opened(address):
    """Return a page that shows the first numbers, and what it said and asked for on the way."""
    with headless() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 500})
        page.set_default_timeout(PATIENCE_MS)
        told: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda door: asked.append(door.url))
        page.goto(address)
        page.wait_for_selector('[data-psoas="L5/S1"]')
        page.wait_for_selector("canvas")
        yield page, told, asked


def number(page) -> float:
    return float(page.inner_text('[data-psoas="L5/S1"]'))


def until(page, condition: str) -> None:
    """Wait until an expression of the page is true."""
    page.wait_for_function(condition, timeout=PATIENCE_MS, polling=100)


def test_it_opens_without_an_error_and_asks_its_own_server_only(opened, address):
    page, told, asked = opened
    assert told == []
    own = address.removeprefix("http://")
    schemes = [url.split(own)[0] for url in asked if own in url]
    assert set(schemes) >= {"http://", "ws://"}
    assert [url for url in asked if own not in url and not url.startswith(("data:", "blob:"))] == []
    assert 300 < number(page) < 3000


def test_it_plays_and_pauses(opened):
    page, told, _ = opened
    first = page.inner_text('[data-psoas="state"]')
    page.get_by_role("button", name="Play").dispatch_event("click")
    until(page, f"document.querySelector('[data-psoas=\"state\"]').innerText !== {first!r}")
    page.get_by_role("button", name="Pause").dispatch_event("click")
    page.get_by_role("button", name="Play").wait_for()
    assert told == []


def test_a_slider_changes_the_numbers_and_the_way_back_restores_them(opened):
    page, told, _ = opened
    # Whatever moment was paused at: now beside normal of that moment.
    now = "document.querySelector('[data-psoas=\"L5/S1\"]')"
    alike = f"{now}.innerText === {now}.nextElementSibling.innerText"
    until(page, alike)
    page.locator("[role=slider]").nth(1).focus()  # the first is the timeline
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    until(page, f"!({alike})")
    # When the whole movement is there, no share of it is told any more.
    until(page, "!document.querySelector('[data-psoas=\"state\"]').innerText.includes('being computed')")
    page.get_by_role("button", name="Back to the start").dispatch_event("click")
    until(page, alike)
    assert told == []


def test_the_loads_are_taken_home_as_a_table(opened):
    page, told, _ = opened
    page.get_by_text("Keep").dispatch_event("click")
    with page.expect_download(timeout=PATIENCE_MS) as kept:
        page.get_by_role("button", name="Loads (CSV)").dispatch_event("click")
    assert kept.value.suggested_filename.endswith("_loads.csv")
    text = Path(kept.value.path()).read_text()
    assert "L5/S1" in text and text.count("\n") > 6 * 20
    assert told == []


def test_a_page_of_somebody_else_gets_nothing(opened, address):
    page, _, _ = opened
    other = page.context.browser.new_page()
    answer = other.goto(address.replace("127.0.0.1", "localhost"))
    assert answer.status == 200
    # The page of "localhost" is its own origin and may; one without an origin may not.
    other.goto("about:blank")
    door = address.replace("http", "ws")
    refused = other.evaluate(
        f"""() => new Promise((done) => {{ const door = new WebSocket({door!r}, "viser-v0");
        door.onopen = () => done("open"); door.onerror = () => done("refused"); }})"""
    )
    assert refused == "refused"
    other.close()

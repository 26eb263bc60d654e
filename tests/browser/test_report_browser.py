"""The report in headless Chromium: it opens from disk, plays, turns by keyboard, and an audit finds nothing serious."""

import pytest

from chromium_browser import audited, headless, skip_without_chromium
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.chain import result_of
from psoas.frames import frames_of
from psoas.mechanics.scene import scene_of
from psoas.report.page import write_report
from psoas.saved import Answer

READY = "#player[data-ready]"

skip_without_chromium()


@pytest.fixture(scope="module")
def chromium():
    with headless() as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    case = Case(motion=Movement(pattern="sit"), name="sitting down")
    frames = frames_of(case)
    result = result_of(case, frames, causes=True)
    scene = scene_of(frames.body, frames.positions, frames.contacts, frames.available)
    phases = tuple(frames.phases)
    answer = Answer((result,), "Sitting down on a chair", phases, findings=("A finding.",), scenes=(scene,))
    return write_report(tmp_path_factory.mktemp("report") / "sit.html", answer)


def opened(chromium, file, width=1280, height=900, scheme="light"):
    """Return a page that has drawn its first frame, and what it said and asked for on the way."""
    page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    told: list[str] = []
    page.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"error: {error}"))
    page.on("request", lambda request: told.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(file.as_uri())
    page.wait_for_selector(READY, timeout=60_000)
    return page, told


def picture(page) -> list[int]:
    """Return a coarse print of what the canvas shows: mean opacity of 12 x 12 cells."""
    return page.evaluate(
        """() => { const c = document.querySelector('canvas'), small = document.createElement('canvas');
        small.width = small.height = 12; const d = small.getContext('2d'); d.drawImage(c, 0, 0, 12, 12);
        return Array.from(d.getImageData(0, 0, 12, 12).data); }"""
    )


def test_it_opens_from_disk_without_an_error_and_asks_for_nothing(chromium, file):
    page, told = opened(chromium, file)
    assert told == []
    assert len(set(picture(page))) > 30  # something is drawn, in many tones
    page.close()


def test_it_plays_and_pauses_and_the_charts_follow(chromium, file):
    page, told = opened(chromium, file)
    assert page.input_value(".player-time") == "0"
    first, line = picture(page), page.get_attribute("svg[data-t0] .now", "x1")
    page.click(".player-play")
    # Not wait_for_function, which evaluates text inside the page: its policy forbids that.
    page.evaluate(
        """() => new Promise((done, fail) => { const s = document.querySelector('.player-time');
        const end = Date.now() + 60000; const look = () => Number(s.value) > 3 ? done() :
            Date.now() > end ? fail(new Error('it does not play')) : setTimeout(look, 50); look(); })"""
    )
    page.click(".player-play")
    assert page.inner_text(".player-play") == "Play"
    stopped = page.input_value(".player-time")
    page.wait_for_timeout(300)
    assert page.input_value(".player-time") == stopped
    assert picture(page) != first and page.get_attribute("svg[data-t0] .now", "x1") != line
    assert told == []
    page.close()


def test_it_turns_by_the_arrow_keys_and_stands_still_until_asked(chromium, file):
    page, _ = opened(chromium, file)
    first = picture(page)
    page.wait_for_timeout(300)
    assert picture(page) == first
    page.focus("canvas")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(300)
    turned = picture(page)
    assert turned != first
    page.keyboard.press("0")
    page.wait_for_timeout(300)
    assert picture(page) == first
    page.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_window(chromium, file, width):
    page, _ = opened(chromium, file, width, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_audit_of_accessibility_finds_nothing_serious(chromium, file, scheme):
    page, _ = opened(chromium, file, scheme=scheme)
    serious, met = audited(page)
    assert serious == [] and met > 20
    page.close()


def test_it_prints_on_few_pages(chromium, file):
    page, _ = opened(chromium, file)
    paper = page.pdf(format="A4", print_background=True)
    assert 2 <= paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") <= 8
    page.close()


def test_without_webgl_the_page_says_so_and_is_whole(chromium, file):
    page = chromium.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(file.as_uri())
    assert "needs a browser with WebGL" in page.inner_text(".player-note")
    assert page.locator("table").count() >= 4
    page.close()

"""A headless Chromium for the tests in tests/browser; where there is none they skip and say so."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources, util
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Drawing in software, so that a machine without a graphics card draws the same.
SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


def skip_without_chromium() -> None:
    """Skip the whole module where Chromium or playwright is missing."""
    if util.find_spec("playwright") is None or CHROMIUM is None:
        why = "needs Chromium and the package playwright (apt: chromium; pip: .[browser])"
        pytest.skip(why, allow_module_level=True)


@contextmanager
def headless() -> Iterator[Any]:
    """Give a browser, and close it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SOFTWARE))
        yield browser
        browser.close()


def audited(page: Any) -> tuple[list[tuple[str, str]], int]:
    """Return what axe finds serious on a page with all its details open (rule, element), and how many rules it met."""
    if util.find_spec("axe_playwright_python") is None:
        pytest.skip("needs the package axe-playwright-python (pip: .[browser])")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    serious = [
        (v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"] if v["impact"] in ("serious", "critical")
    ]
    return serious, len(found["passes"])

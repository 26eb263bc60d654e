"""Take the pictures of the what-if page that docs/first-minute.md shows: every preset, at three widths.

Needs .[docs,browser] and Chromium. The pictures are looked at, not compared: fonts differ from machine to machine.
"""

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from psoas.case.case import Case
from psoas.export.page import page

FIGURES = Path(__file__).parent / "figures"
SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# Width, height, colours; pictures a row and the width of each in the sheet.
SHEETS = ((1440, 900, "light", 2, 800), (820, 1180, "dark", 4, 400), (390, 844, "light", 8, 240))
TIGHT = "#v=1&preset=end_of_stance&tight=10"


def picture(view: Page, whole: bool = False) -> Image.Image:
    """Return what the view shows once it stands still."""
    view.wait_for_timeout(900)
    return Image.open(io.BytesIO(view.screenshot(full_page=whole))).convert("RGB")


def sheet(pictures: list[Image.Image], columns: int, width: int) -> Image.Image:
    """Return pictures side by side, each `width` wide."""
    small = [p.resize((width, round(p.height * width / p.width)), Image.Resampling.LANCZOS) for p in pictures]
    rows = -(-len(small) // columns)
    gap, high = 8, max(p.height for p in small)
    made = Image.new("RGB", (columns * (width + gap) - gap, rows * (high + gap) - gap), "white")
    for i, one in enumerate(small):
        made.paste(one, (i % columns * (width + gap), i // columns * (high + gap)))
    return made


def save(image: Image.Image, name: str) -> None:
    """Write a figure."""
    file = FIGURES / f"{name}.jpg"
    image.save(file, quality=82, optimize=True)
    print(f"{file} {file.stat().st_size / 1e3:.0f} kB")


def main() -> None:
    """Write the sheets and the two pictures of the first minute."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("no Chromium here: the pictures of the page stay as they are")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "what-if.html"
        file.write_text(page(Case()), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SOFTWARE))
        for width, height, scheme, columns, small in SHEETS:
            view = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            view.goto(file.as_uri())
            view.wait_for_selector("html[data-engine=ready]", timeout=60_000)
            taken = []
            for preset in view.evaluate("() => Object.keys(window.psoas.presets)"):
                view.click(f"#preset-{preset}")
                view.evaluate("scrollTo(0, 0)")
                taken.append(picture(view))
                if width == 1440 and preset == "standing":
                    save(taken[-1].resize((1200, 750), Image.Resampling.LANCZOS), "page-standing")
            save(sheet(taken, columns, small), f"page-{width}")
            if width == 1440:
                view.goto(file.as_uri() + TIGHT)
                view.wait_for_timeout(1500)
                save(picture(view).resize((1200, 750), Image.Resampling.LANCZOS), "page-tight")
            view.close()
        browser.close()


if __name__ == "__main__":
    main()

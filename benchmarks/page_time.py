"""How fast the what-if page is in headless Chromium: to its first frame, and from a moved slider to its answer.

Needs .[browser] and Chromium. Slider moves are those a person can make, one number of a preset at a time, drawn with a
fixed seed; a refused posture counts as answered. Software rendering; run it on an otherwise idle machine.
"""

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from psoas.case.case import Case
from psoas.export.page import page

SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
SLIDERS = {
    "tight": (0, 0.2),
    "weak": (0, 0.8),
    "inhibited": (0, 0.8),
    "tilt": (-15, 15),
    "trunk": (-5, 30),
    "hands": (0, 25),
    "backrest": (90, 130),
}
MEASURE = """async (scenarios) => {
  const took = [];
  for (const s of scenarios) {
    const begin = performance.now();
    let status = 'refused';
    try { status = (await window.psoas.compute(s)).status; } catch { /* a posture that cannot be */ }
    took.push([performance.now() - begin, status]);
  }
  return took;
}"""


def moved(scenario: dict, slider: str, value: float) -> dict:
    """Return the scenario with one slider moved."""
    s = json.loads(json.dumps(scenario))
    change, around, posture = s.setdefault("change", {}), s.setdefault("surroundings", {}), s["posture"]
    if slider == "tight":
        change["tight"] = {"psoas_major": value}
    elif slider in ("weak", "inhibited"):
        change[slider] = {"multifidus": value, "erector_spinae": value}
    elif slider == "tilt":
        posture["pelvis_tilt_deg"] = posture.get("pelvis_tilt_deg", 0) + value
    elif slider == "trunk":
        posture["trunk_flexion_deg"] = value
    elif slider == "hands":
        around["hands_kg"] = value
    else:
        around["backrest_deg"] = value
    return s


def told(name: str, took: list[float]) -> None:
    """Print a row of sorted times [ms]."""
    late = took[int(0.95 * len(took))]
    print(f"{name:20} {statistics.median(took):10.1f} {late:8.1f} {took[-1]:8.1f} {len(took):6}")


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--moves", type=int, default=20, help="of each slider that a preset has")
    moves = arguments.parse_args().moves
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "what-if.html"
        file.write_text(page(Case()), encoding="utf-8")
        print(f"file {file.stat().st_size / 1e6:.2f} MB")
        first, engine = [], []
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SOFTWARE))
        for _ in range(5):
            view = browser.new_page(viewport={"width": 1280, "height": 900})
            begin = time.perf_counter()
            view.goto(file.as_uri())
            view.wait_for_selector("html[data-ready]", timeout=60_000)
            first.append(time.perf_counter() - begin)
            view.wait_for_selector("html[data-engine=ready]", timeout=60_000)
            engine.append(time.perf_counter() - begin)
            if len(first) < 5:
                view.close()
        print(f"medians of 5: first frame {statistics.median(first):.2f} s, engine {statistics.median(engine):.2f} s")
        presets = view.evaluate("() => window.psoas.presets")
        print(f"{'preset':20} {'median ms':>10} {'95 % ms':>8} {'most ms':>8} {'moves':>6}")
        everything = []
        for name, scenario in presets.items():
            asked = [
                moved(scenario, slider, draw.uniform(*SLIDERS[slider]))
                for slider in SLIDERS
                if slider != "backrest" or "backrest_deg" in scenario.get("surroundings", {})
                for _ in range(moves)
            ]
            took = sorted(ms for ms, _ in view.evaluate(MEASURE, asked))
            everything += took
            told(name, took)
        told("all", sorted(everything))
        browser.close()


if __name__ == "__main__":
    main()

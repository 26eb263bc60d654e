"""The committed pages are what `make docs` writes today, beyond rounding."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def made_by(name):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def same(committed: list[str], fresh: list[str]) -> int:
    """Hold two texts against each other, line by line, and return how many numbers agreed."""
    assert len(committed) == len(fresh)
    compared = 0
    for old, new in zip(committed, fresh, strict=True):
        assert NUMBER.sub("#", old) == NUMBER.sub("#", new)
        for a, b in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True):
            # 1 % or one unit of the last place: machines differ in rounding, and discs settle to 1 N.
            step = 10.0 ** -len(a.partition(".")[2])
            assert float(a) == pytest.approx(float(b), rel=0.01, abs=1.01 * step), old
            compared += 1
    return compared


def test_the_page_of_the_body_is_the_one_that_is_regenerated():
    fresh = made_by("make_body").page().splitlines()
    assert same((DOCS / "body.md").read_text(encoding="utf-8").splitlines(), fresh) > 100


@pytest.mark.parametrize("name", ["causes", "interventions"])
def test_the_page_of_studies_is_the_one_that_is_regenerated(name):
    maker = made_by("make_studies")
    line = next(studies[name] for studies in maker.STUDIES.values() if name in studies)
    fresh = maker.section(name, line, False)
    page = (DOCS / "studies.md").read_text(encoding="utf-8").splitlines()
    start = page.index(fresh[1])
    assert same(page[start - 1 : start - 1 + len(fresh)], fresh) > 50


def test_every_study_is_on_the_page():
    page = (DOCS / "studies.md").read_text(encoding="utf-8")
    for studies in made_by("make_studies").STUDIES.values():
        for name in studies:
            assert f"### `psoas {name}" in page, name

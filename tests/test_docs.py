"""The committed page of the body's figures is what `make docs` writes today, beyond rounding."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_the_one_that_is_regenerated():
    spec = importlib.util.spec_from_file_location("make_body", DOCS / "make_body.py")
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    number = re.compile(r"[-+]?\d+(?:\.\d+)?")
    committed, fresh = (DOCS / "body.md").read_text(encoding="utf-8").splitlines(), tables.page().splitlines()
    assert len(committed) == len(fresh)
    compared = 0
    for old, new in zip(committed, fresh, strict=True):
        assert number.sub("#", old) == number.sub("#", new)
        for a, b in zip(number.findall(old), number.findall(new), strict=True):
            # 1 % or one unit of the last place: machines differ in rounding, and discs settle to 1 N.
            step = 10.0 ** -len(a.partition(".")[2])
            assert float(a) == pytest.approx(float(b), rel=0.01, abs=1.01 * step)
            compared += 1
    assert compared > 100

"""The page of the comparison with OpenSim: what it shows, and that a tolerance that is missed is told."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "crosscheck"
GOOD = {"length": 0.01, "slope": 0.03, "solver": 1e-12, "wrapped": 0.4, "itself": 0.39, "force": 0.2, "joint": 0.3}


@pytest.fixture(scope="module")
def shown():
    sys.path.insert(0, str(FOLDER))
    try:
        import page
    finally:
        sys.path.remove(str(FOLDER))
    return page


@dataclass(frozen=True)
class Row:
    name: str
    figures: dict
    missed: tuple
    objective: tuple = (1.23456, 1.23457, 1.2346)


def row(shown, **changed):
    figures = GOOD | {"worse": -1e-5} | changed
    return Row("standing", figures, shown.missed(figures))


def test_a_run_within_every_tolerance(shown):
    text = shown.page([row(shown)], fascicles=286, version="4.6")
    assert "| standing | 0.010 | 0.030 | 0.40 | 0.39 | 0.20 | 0.30 | 1.2346 | 1.2346 |" in text
    assert "Every tolerance is met." in text and "1 of these 1 frames" in text


@pytest.mark.parametrize("key", ["length", "slope", "solver", "force", "joint", "worse"])
@pytest.mark.parametrize("value", [5.0, float("nan")])
def test_a_tolerance_that_is_missed_is_told(shown, key, value):
    made = row(shown, **{key: value})
    assert made.missed == (key,)
    text = shown.page([row(shown), made], fascicles=286, version="4.6")
    assert "Every tolerance is met." not in text
    assert f"- standing: {shown.LIMITS[key][0]}" in text

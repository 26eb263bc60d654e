"""Everyday activities: one table, least dose first, and sentences that follow from it."""

import numpy as np
import pytest

from psoas.studies.activities import WALKING, activities
from psoas.studies.situations import situations


@pytest.fixture(scope="module")
def study():
    return activities()


def column(study, name):
    table = study.tables[0]
    i = table.columns.index(name)
    return {row[0]: row[i] for row in table.rows}


def test_every_activity_has_its_row_and_standing_is_the_first_result(study):
    names = {s.name for s in situations("activities")} | {WALKING}
    assert set(column(study, "angles")) == names
    assert study.results[0].name == "standing" and len(study.results) == len(names)


def test_the_dose_is_its_definition_and_orders_the_table(study):
    doses = column(study, "dose, kN h")
    assert list(doses.values()) == sorted(doses.values())
    for result in study.results:
        kept = [status != "edge" for status in result.status]
        force = result.level("L4/L5")["compression_n"][kept]
        assert doses[result.name] == pytest.approx(1e-3 * np.sqrt(np.mean(force**2)), rel=1e-9)
    # A posture that is held: the dose of an hour is its load.
    assert doses["standing"] == pytest.approx(1e-3 * column(study, "mean, N")["standing"])


def test_what_must_hold_of_loads(study):
    ratio = column(study, "over standing")
    assert ratio["lying supine"] < ratio["sitting with a backrest"] < 1.0
    assert 1.0 < ratio["carrying 5 kg in each hand"] < ratio["carrying 10 kg in one hand"]
    assert ratio["weeding, a hand on the knee"] < ratio["weeding with straight knees"]


def test_water_carries_the_swimmer(study):
    afloat = next(r for r in study.results if r.name.startswith("swimming"))
    # Nothing is left for the bed that stands in for the water's surface.
    assert np.abs(afloat.contacts.force_n).max() < 1.0


def test_what_is_left_out_is_said(study):
    assert "Stairs" in study.tables[0].note and "no threshold" in study.tables[0].note
    assert any("implants in five people 1.71" in s for s in study.findings)

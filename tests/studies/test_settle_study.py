"""The study of settling: what it shows with and without a change, and what its keywords refuse."""

from itertools import pairwise

import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.mechanics.settle import reflex_gain
from psoas.sources.cite import bibliography
from psoas.studies.settle import CLINICAL, settle


@pytest.fixture(scope="module")
def tight():
    return settle(change=Change(tight={"psoas_major": 0.2}), starts=20)


@pytest.fixture(scope="module")
def doses():
    return settle(starts=5)


def table(study, title):
    return next(t for t in study.tables if t.title.startswith(title))


def test_three_columns_of_loads_and_the_first_is_the_untouched(tight):
    assert [r.case["name"] for r in tight.results] == ["untouched", "changed, posture kept"]
    loads = table(tight, "Loads")
    assert len(loads.rows) == 6 and len(loads.columns) == 7
    for row, level in zip(loads.rows, tight.results[0].levels, strict=True):
        assert row[1] == pytest.approx(float(tight.results[0].level(level)["compression_n"][0]))
    # More passive pull of the psoas presses the levels it spans harder, whether the posture is kept or not.
    assert loads.rows[4][2] > loads.rows[4][1] and loads.rows[4][3] > loads.rows[4][1]


def test_angles_add_up(tight):
    rows = {row[0]: row for row in table(tight, "Where it comes to rest").rows}
    levels = [row for name, row in rows.items() if name.endswith(" flexion")]
    assert len(levels) == 6
    lumbar = rows["lumbar flexion (less is a deeper curve)"]
    assert sum(row[3] for row in levels) == pytest.approx(lumbar[3])
    assert rows["pelvis tilt (forward +)"][3] + lumbar[3] == pytest.approx(rows["thorax inclination"][3])


def test_the_starts_are_told_and_so_is_what_is_not_found_in_people(tight):
    found = table(tight, "Places of rest")
    assert sum(row[0] for row in found.rows) == 20
    assert any("random postures within 5 degrees" in text for text in tight.findings)
    assert CLINICAL in tight.findings
    assert set(tight.sources) <= set(bibliography()) and "heino1990" in tight.sources


def test_the_reflex_is_gone_through(tight):
    gains = table(tight, "Over the range")
    assert [row[0] for row in gains.rows] == sorted(row[0] for row in gains.rows) and len(gains.rows) >= 3
    moved = {row[0]: row[1] for row in gains.rows}
    assert moved[reflex_gain()[0]] == pytest.approx(table(tight, "Where").rows[0][3], abs=1e-6)


def test_without_a_change_it_stays_and_doses_are_shown(doses):
    assert len(doses.results) == 1
    assert any(text.startswith("It comes to rest where it stands") for text in doses.findings)
    dose = table(doses, "Dose")
    kinds = [row[0] for row in dose.rows]
    assert kinds.count("psoas major tight") == 5 and kinds.count("extensors weak") == 5 and len(kinds) == 15
    assert abs(dose.rows[0][2]) < 0.01  # no dose, no move
    tilts = [row[2] for row in dose.rows if row[0] == "psoas major tight"]
    assert all(after > before for before, after in pairwise(tilts))
    assert [len(f.curves) for f in doses.figures] == [3, 3]
    for title in ("Loads", "Where"):
        assert not any("changed, posture kept" in head for head in table(doses, title).columns)


def test_where_nothing_holds_it_the_study_says_so():
    study = settle(change=Change(tight={"psoas_major": 0.1}), reflex=0.0, starts=3)
    assert any("tips over" in text for text in study.findings)
    gains = table(study, "Over the range")
    assert gains.rows[0][0] == 0.0 and gains.rows[0][-1] == "it tips over"


def test_tone_belongs_to_the_balanced_person():
    study = settle(change=Change(tone=0.04), starts=3)
    assert study.results[0].case["change"]["tone"] == 0.04
    assert any(text.startswith("It comes to rest where it stands") for text in study.findings)


def test_the_range_told_is_the_tables_whatever_is_given():
    low, high = reflex_gain()[1]
    study = settle(change=Change(tight={"psoas_major": 0.1}), reflex=3.0, starts=2)
    assert any(f"here 3, assumed range {low:g} to {high:g}" in text for text in study.findings)


def test_a_search_that_was_given_up_is_told(monkeypatch, tight):
    assert not any("given up" in text for text in tight.findings)
    monkeypatch.setattr("psoas.mechanics.settle.PASSES", 1)
    study = settle(change=Change(tight={"psoas_major": 0.2}), starts=2)
    assert any("given up" in text for text in study.findings)


@pytest.mark.parametrize(
    ("keywords", "flag"),
    [
        ({"reflex": -0.1}, "--reflex"),
        ({"reflex": float("nan")}, "--reflex"),
        ({"starts": 0}, "--starts"),
        ({"starts": 100_000}, "--starts"),
        ({"within_deg": 0.0}, "--within"),
        ({"within_deg": 90.0}, "--within"),
    ],
)
def test_what_cannot_be_is_refused(keywords, flag):
    with pytest.raises(InputError, match=flag):
        settle(**keywords)

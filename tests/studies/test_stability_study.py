"""The study of stability: untouched and changed side by side, and what is asked of its keywords."""

import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.sources.cite import bibliography
from psoas.studies.stability import GROUPS, stability


@pytest.fixture(scope="module")
def study():
    return stability(change=Change(weak={"extensors": 0.3}, tone=0.05))


def test_both_persons_stand_in_the_tables(study):
    assert [r.case["name"] for r in study.results] == ["untouched", "changed"]
    column = study.tables[0]
    assert [row[:2] for row in column.rows] == [
        (case, held) for case in ("untouched", "changed") for held in ("pelvis held", "pelvis free on the hips")
    ]
    # The pelvis free can only be softer than the pelvis held.
    for held, free in zip(column.rows[::2], column.rows[1::2], strict=True):
        assert free[2] < held[2]
    # More tone means more force and so more stiffness.
    assert column.rows[2][2] > column.rows[0][2]


def test_every_group_has_its_row(study):
    tables = [t for t in study.tables if t.title.startswith("What each muscle group adds")]
    assert len(tables) == 2
    for table in tables:
        assert [row[0] for row in table.rows] == ["nothing", "all muscles", *(g.replace("_", " ") for g in GROUPS)]
        whole = table.rows[0][2]
        assert all(row[2] <= whole + 1e-3 for row in table.rows)  # stiffness only adds
        assert table.rows[1][2] < min(row[2] for row in table.rows[2:])
        # The stiffness of hip muscles does nothing where the pelvis is held.
    held = {row[0]: row[2] for row in tables[0].rows}
    assert held["gluteus maximus"] == pytest.approx(held["nothing"], abs=1e-3)


def test_findings_say_what_is_held_and_sources_are_known(study):
    text = " ".join(study.findings)
    assert "do not move" in text and "88 N in specimens" in text and "0.5 to 42" in text
    assert study.sources and set(study.sources) <= set(bibliography())


def test_the_figure_crosses_where_the_table_says(study):
    (figure,) = study.figures
    for curve, row in zip(figure.curves, study.tables[0].rows, strict=True):
        q = row[5]
        assert q is not None
        assert all((y > 0.0) == (x > q) for x, y in zip(curve.x, curve.y, strict=True) if abs(x - q) > 0.01)


@pytest.mark.parametrize("gain", [-1.0, 101.0, float("nan"), float("inf")])
def test_a_gain_that_is_no_gain_is_refused(gain):
    with pytest.raises(InputError, match="--gain"):
        stability(gain=gain)

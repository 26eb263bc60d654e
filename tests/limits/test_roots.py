"""Nerve roots: lumbar roots leave below the vertebra of their name, and nothing is concluded from them."""

import pytest

from limited_results import made
from psoas.errors import InputError
from psoas.limits.roots import root_at, roots
from psoas.result import LEVELS


def test_a_root_leaves_below_the_vertebra_of_its_name():
    table = roots()
    assert [row[0] for row in table.rows] == list(LEVELS)
    for level, leaves, passes, *_ in table.rows:
        upper, lower = level.split("/")
        assert leaves == upper == root_at(level)
        assert passes == lower


def test_the_load_stands_beside_and_no_diagnosis_is_made():
    table = roots(made(compression=900.0, shear=-300.0))
    assert table.rows[4][3:5] == pytest.approx((900.0, 300.0))
    assert "nothing about a person's complaints" in table.note
    assert len(table.columns) == len(roots().columns) + 2


def test_an_unknown_level_is_refused():
    with pytest.raises(InputError, match="Did you mean 'L4/L5'"):
        root_at("L4-L5")

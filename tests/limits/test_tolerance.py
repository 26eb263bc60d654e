"""Limits by age and sex, flags exactly at the value, and what share of a limit a result uses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limited_results import made
from psoas.errors import InputError
from psoas.limits import tolerance
from psoas.limits.tolerance import flag, limit_named, limits_for, tolerances, uses, utilisation
from psoas.result import LEVELS
from psoas.sources.cite import references

AGES = (16.0, 20.0, 33.0, 45.0, 60.0, 90.0, 100.0)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_flag_changes_exactly_at_every_limit(sex):
    seen = 0
    for age in AGES:
        for limit in limits_for(sex, age):
            assert flag(limit.value_n, limit) == "at or above"
            assert flag(math.nextafter(limit.value_n, 0.0), limit) == "below"
            assert flag(math.nextafter(limit.value_n, math.inf), limit) == "at or above"
            seen += 1
    assert seen == 7 * len(AGES)


def test_the_published_figures_stand_as_published():
    of = {limit.name: limit for limit in limits_for("male", 45)}
    assert of["NIOSH design limit"].value_n == 3400.0
    assert of["NIOSH maximum permissible limit"].value_n == 6400.0
    assert of["shear limit, up to 100 a day"].value_n == 1000.0
    assert of["shear limit, 100 to 1000 a day"].value_n == 700.0
    by_age = {
        (sex, age): limit_named(tolerance.BY_AGE, sex, age).value_n for sex in ("male", "female") for age in (20, 60)
    }
    assert by_age == {("male", 20): 5400, ("male", 60): 2200, ("female", 20): 4100, ("female", 60): 1800}
    assert limit_named("mean strength by age", "male", 40).value_n == pytest.approx(10530 - 974 * 4, abs=1)
    assert limit_named("mean strength by age", "female", 40).value_n == pytest.approx(7030 - 591 * 4, abs=1)


@given(st.floats(16, 100), st.floats(16, 100))
def test_tolerance_never_grows_with_age_and_is_held_beyond_the_ends(one, other):
    for sex in ("male", "female"):
        young, old = (limit_named(tolerance.BY_AGE, sex, age).value_n for age in sorted((one, other)))
        assert young >= old
        assert limit_named(tolerance.BY_AGE, sex, 80).value_n == limit_named(tolerance.BY_AGE, sex, 60).value_n


def test_every_figure_says_where_it_is_from_and_how_it_was_read():
    seen = 0
    for limit in limits_for("female", 30):
        assert references(limit.source)
        assert limit.read_status in ("READ", "READ2", "RECALLED")
        seen += 1
    assert seen == 7


def test_shear_is_held_against_the_limit_of_its_frequency():
    assert [tolerances("male", 45, n)[1].value_n for n in (1, 100, 101, 1000)] == [1000, 1000, 700, 700]


def test_the_largest_load_and_its_time_are_found():
    result = made(compression=[700, 800, 900, 1000, 1100, 1200], shear=-500.0)
    pressed, sheared = (uses(result, limit) for limit in tolerances("male", 60))
    assert [u.load_n for u in pressed] == pytest.approx([700, 800, 900, 1000, 1100, 1200])
    assert {u.frame for u in pressed} == {1}
    assert sheared[0].load_n == pytest.approx(500)  # backward shear counts by its size
    assert sheared[0].share == pytest.approx(0.5)
    table = utilisation(result, "male", 60)
    assert [row[0] for row in table.rows] == list(LEVELS)
    assert table.rows[-1][1:5] == pytest.approx((1200, 1.0, 2200, 100 * 1200 / 2200))


def test_a_joint_that_is_pulled_apart_uses_nothing():
    assert {u.share for u in uses(made(compression=-100.0), tolerances("male", 45)[0])} == {0.0}


def test_a_load_at_the_limit_is_flagged_in_the_table():
    at, under = utilisation(made(shear=1000.0), "male", 45), utilisation(made(shear=999.999), "male", 45)
    assert {row[-1] for row in at.rows} == {"at or above"}
    assert {row[-1] for row in under.rows} == {"below"}
    assert "flagged" not in at.note
    assert "1 of 2 frames" in utilisation(made(status=("ok", "flagged: why")), "male", 45).note
    assert "No shear limit" in utilisation(made(), "male", 45, 2000).note


def test_the_table_of_limits_names_source_and_read_status():
    table = tolerance.limits_table(made(), "female", 25)
    assert len(table.rows) == 7
    assert {row[-2] for row in table.rows} == {"READ", "READ2", "RECALLED"}
    assert all(row[-1] for row in table.rows)


@pytest.mark.parametrize("age", [15, 101, math.nan])
def test_an_age_out_of_range_is_refused(age):
    with pytest.raises(InputError, match="16 to 100"):
        limits_for("male", age)


def test_names_that_are_not_known_are_answered_with_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'male'"):
        limits_for("mail", 45)
    with pytest.raises(InputError, match="Did you mean 'NIOSH design limit'"):
        limit_named("NIOSH limit", "male", 45)
    with pytest.raises(InputError, match="nan"):
        flag(math.nan, limits_for("male", 45)[0])
    with pytest.raises(InputError, match="per_day"):
        tolerances("male", 45, -1)

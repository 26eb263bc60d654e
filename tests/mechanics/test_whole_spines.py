"""Whole lumbar spines in vitro: what a load along their curve takes off their range, as was measured."""

import numpy as np
import pytest

from psoas.mechanics.ligamentous import LEVELS, _tissue, column_at_rest, whole_spine_stiffening

ANGLES = np.radians(np.linspace(0.0, 16.0, 161))


@pytest.fixture(scope="module")
def turned(default_body):
    """Return the turn of all levels together [deg] under a pure moment [N m], which every level feels alike."""
    rest = column_at_rest(default_body)

    def of(axis, moment, load):
        total = 0.0
        for level in LEVELS:
            tissue = _tissue(default_body, rest, (f"{level}_{axis}",), whole_spine_stiffening(load))
            resisted = -np.sign(moment) * tissue.force(np.sign(moment) * ANGLES[:, None])[:, 0]
            resisted = resisted - resisted[0]
            assert resisted[-1] > abs(moment)
            total += np.degrees(np.interp(abs(moment), resisted, ANGLES))
        return total

    return of


def test_a_load_along_the_curve_takes_a_quarter_off_flexion_and_extension(turned):
    """Patwardhan 2003: 25 % less at 1200 N; spread not told, taken as a tenth. The moments are recalled."""
    whole, loaded = (turned("flexion", 8.0, load) + turned("flexion", -6.0, load) for load in (0.0, 1200.0))
    assert 1.0 - loaded / whole == pytest.approx(0.25, abs=0.1)


def test_280_newtons_hardly_change_side_bend_and_little_twist(turned):
    """Rohlmann 2001: rotation at 7.5 N m hardly less in side bend and slightly less in twist; taken as under 10 %."""
    for axis in ("bend", "twist"):
        assert 0.0 < 1.0 - turned(axis, 7.5, 280.0) / turned(axis, 7.5, 0.0) < 0.1


def test_600_newtons_take_less_off_side_bend_than_was_measured(turned):
    """Niosi 2006: 37 % less at 7.5 N m. Ours, 13 %, misses that, as docs/limits.md says; a known misfit, held here."""
    assert 1.0 - turned("bend", 7.5, 600.0) / turned("bend", 7.5, 0.0) == pytest.approx(0.13, abs=0.01)


def test_the_stiffening_doubles_where_it_was_measured_and_ends_there():
    assert whole_spine_stiffening(0.0) == 1.0
    assert whole_spine_stiffening(1200.0) == 2.0 == whole_spine_stiffening(5000.0)

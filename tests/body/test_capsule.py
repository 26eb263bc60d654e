"""The hip's capsule: what its law must pass through, and that the mid range is free of it."""

import math

import numpy as np
import pytest

from psoas.body.capsule import CapsuleLaw, capsule_forces, capsule_law


@pytest.fixture(scope="module")
def law(default_anatomy):
    return capsule_law(default_anatomy.parameters)


def test_five_newton_metres_where_they_were_measured(law):
    at = math.radians(-12.0)
    # The law is built to pass through the measured point exactly, and as stiff there as measured.
    assert law.moment(np.array(at)) == pytest.approx(5.0, abs=1e-9)
    assert math.radians(float(law.slope(np.array(at)))) == pytest.approx(0.8, abs=1e-9)


def test_slack_in_the_mid_range(law):
    angles = np.radians(np.arange(-3.0, 120.0))
    assert np.all(law.moment(angles) == 0.0)
    assert np.all(law.slope(angles) == 0.0)


def test_moment_is_the_slope_of_the_energy_and_slope_that_of_the_moment():
    law = CapsuleLaw(slack_angle=-0.05, stiffness=40.0, toe=0.1)
    angles = np.linspace(-0.5, 0.2, 141)
    step = 1e-6
    # Central differences: exact but for rounding where the law is quadratic, 1e-7 at the joints of its parts.
    moment = -(law.energy(angles + step) - law.energy(angles - step)) / (2 * step)
    assert moment == pytest.approx(law.moment(angles), abs=1e-6)
    slope = -(law.moment(angles + step) - law.moment(angles - step)) / (2 * step)
    assert slope == pytest.approx(law.slope(angles), abs=1e-3)
    assert np.all(np.diff(law.moment(angles)) <= 0.0)


def test_both_hips_and_nothing_else(default_body):
    positions = np.zeros((2, default_body.model.nv))
    positions[1, default_body.rows(("hip_flexion_r", "hip_flexion_l"))] = np.radians((-20.0, -12.0))
    forces = capsule_forces(default_body, positions)
    assert np.all(forces[0] == 0.0)
    right, left = default_body.dof["hip_flexion_r"], default_body.dof["hip_flexion_l"]
    assert forces[1, left] == pytest.approx(5.0, abs=1e-9)
    assert forces[1, right] == pytest.approx(5.0 + 8 * 0.8, abs=1e-9)  # linear beyond the measured point
    assert np.count_nonzero(forces) == 2

"""Settling: minima that are known by hand, the untouched person, mirrored changes, and random starts that agree."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from psoas.anatomy.anatomy import mirrored_name
from psoas.case.posture import Posture
from psoas.mechanics.equilibrium import at_rest
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.settle import TOLERANCE, minimise, reflex_gain, rests, settle, under_load, unsteered
from psoas.mechanics.stability import balance
from random_people import placed

REFLEX = 1.1
ODD = ("_bend", "_twist")


@dataclass(frozen=True)
class Wells:
    """U = sum_i (x_i^2 - 0.01)^2 * 100 + tilt . x: up to two minima in every coordinate, tilted by a force."""

    tilt: np.ndarray
    freedom: tuple = (0, 1)

    def energy_and_force(self, x):
        return (100.0 * (x**2 - 0.01) ** 2).sum(axis=1) + x @ self.tilt, -400.0 * x * (x**2 - 0.01) - self.tilt

    def hessian(self, x):
        return np.diag(400.0 * (3.0 * x**2 - 0.01))


@pytest.fixture(scope="module")
def standing(default_body):
    positions, contacts = placed(default_body, Posture(preset="standing"))
    return balance(default_body, positions, at_rest(default_body, 0.02), contacts)


def tightened(standing, prefix, fraction, side=""):
    names = standing.body.fibres.names
    tight = np.array([fraction if n.startswith(prefix) and n.endswith(side) else 0.0 for n in names])
    return replace(standing.effort, tight=tight)


@pytest.fixture(scope="module")
def tight(standing):
    return settle(unsteered(standing, tightened(standing, "psoas_", 0.2), REFLEX))


def test_every_start_finds_the_nearest_well():
    wells = Wells(np.zeros(2))
    starts = np.array([[0.05, 0.05], [-0.05, 0.03], [0.08, -0.12], [-0.2, -0.2]])
    found = minimise(wells, starts)
    assert found.converged.all() and not found.fallen.any()
    # TOLERANCE over the curvature of 8 at the bottom is 1.25e-6; the energy left is 4 times its square, twice.
    np.testing.assert_allclose(found.x, 0.1 * np.sign(starts), atol=1.5e-6)
    assert np.abs(found.energy).max() < 2e-11


def test_all_places_of_rest_are_listed_with_how_often_they_are_found():
    listed, lost = rests(Wells(np.zeros(2)), 200, 0.15, seed=4)
    assert lost == 0 and sum(rest.count for rest in listed) == 200
    assert len(listed) == 4 and all(rest.stable for rest in listed)
    assert [rest.count for rest in listed] == sorted((rest.count for rest in listed), reverse=True)
    # The curvature at +- 0.1 is 400 (3 0.01 - 0.01) = 8.
    np.testing.assert_allclose([rest.eigenvalue for rest in listed], 8.0, rtol=1e-5)
    one, lost = rests(Wells(np.array([3.0, 3.0])), 50, 0.15, seed=4)  # tilted so far that one well is left in each
    assert lost == 0 and len(one) == 1 and one[0].count == 50 and (one[0].x < -0.1).all()


def test_a_search_ends_at_no_force_and_never_climbs(standing, tight):
    potential = tight.potential
    starts = np.random.default_rng(8).uniform(-0.06, 0.06, (5, len(potential.freedom)))
    begin = potential.energy(starts)
    found = minimise(potential, starts)
    assert found.converged.all() and (found.force <= TOLERANCE).all()
    assert (found.energy < begin).all()
    np.testing.assert_allclose(np.abs(potential.force(found.x)).max(axis=1), found.force, atol=1e-9)


def test_the_untouched_person_stays(standing):
    for reflex in (0.6, REFLEX):
        found = settle(unsteered(standing, standing.effort, reflex))
        assert found.rest is not None and found.rest.stable and found.steady
        # The equilibrium leaves up to 0.01 N m on a hinge (1 N of preload) against 100 N m/rad: 0.006 degrees.
        assert np.degrees(np.abs(found.rest.x)).max() < 0.01


def test_at_rest_nothing_is_left_and_the_discs_are_as_loaded(standing, tight):
    assert tight.rest is not None and tight.rest.stable and tight.steady
    x = tight.rest.x[None]
    assert np.abs(tight.potential.force(x)).max() <= TOLERANCE
    again = under_load(tight.potential, x)
    np.testing.assert_allclose(again.preload, tight.potential.preload, atol=1.0)
    assert again.pressure_n == pytest.approx(tight.potential.pressure_n, rel=0.01)
    assert np.degrees(np.abs(x)).max() > 0.1  # it did move
    turned = np.degrees(x[0])[[n.endswith(ODD) for n in tight.potential.freedom.names]]
    assert np.abs(turned).max() < 1e-3  # both sides alike: no bend, no twist


def test_a_tight_hip_flexor_tilts_the_pelvis_forward(standing, tight):
    """The psoas and the iliacus pull the pelvis forward over the thigh: the sign is that of their moment at the hip."""
    assert tight.rest.x[0] > 0.0
    iliacus = settle(unsteered(standing, tightened(standing, "iliacus", 0.2), REFLEX))
    assert iliacus.rest is not None and iliacus.rest.x[0] > 0.0
    hamstrings = replace(
        standing.effort, tight=np.where(np.array(standing.body.fibres.groups) == "hamstrings", 0.1, 0.0)
    )
    back = settle(unsteered(standing, hamstrings, REFLEX))
    assert back.rest is not None and back.rest.x[0] < 0.0


def test_weak_and_inhibited_extensors_let_the_trunk_forward(standing):
    chosen = np.isin(np.array(standing.body.fibres.groups), ("multifidus",)) | np.array(
        [g.startswith(("longissimus", "iliocostalis")) for g in standing.body.fibres.groups]
    )
    weak = settle(unsteered(standing, replace(standing.effort, weak=np.where(chosen, 0.3, 0.0)), REFLEX))
    cap = np.where(chosen, 0.7, standing.effort.cap)
    inhibited = settle(unsteered(standing, replace(standing.effort, cap=cap), REFLEX))
    flexing = [i for i, n in enumerate(weak.potential.freedom.names) if n.endswith("_flexion")]
    assert weak.rest.x[flexing].sum() > np.radians(0.5)
    np.testing.assert_allclose(inhibited.rest.x, weak.rest.x, atol=1e-6)  # a share of the force either way


def test_a_stronger_reflex_settles_less(standing):
    moved = [
        float(np.abs(settle(unsteered(standing, tightened(standing, "psoas_", 0.2), g)).rest.x).max())
        for g in (0.6, 1.1, 2.2)
    ]
    assert moved[0] > moved[1] > moved[2] > 0.0


def test_without_a_reflex_it_does_not_stay(standing):
    found = settle(unsteered(standing, tightened(standing, "psoas_", 0.1), 0.0))
    assert found.rest is None or np.degrees(np.abs(found.rest.x)).max() > 5.0


def test_one_tight_side_settles_as_the_mirror_of_the_other(standing):
    right, left = (settle(unsteered(standing, tightened(standing, "psoas_", 0.2, s), REFLEX)) for s in ("_r", "_l"))
    names = right.potential.freedom.names
    sign = np.array([-1.0 if n.endswith(ODD) else 1.0 for n in names])
    np.testing.assert_allclose(left.rest.x, sign * right.rest.x, atol=1e-6)
    odd = np.degrees(np.abs(right.rest.x))[sign < 0.0]
    assert odd.max() > 0.01  # degrees: it does bend
    swap = [standing.body.fibres.names.index(mirrored_name(n)) for n in standing.body.fibres.names]
    kin = [kinetics(standing.body, s.potential.freedom.positions(s.rest.x[None])) for s in (right, left)]
    tension = [
        s.potential.muscles.tension(k.length[:, : len(swap)])[0] for s, k in zip((right, left), kin, strict=True)
    ]
    np.testing.assert_allclose(tension[1][swap], tension[0], atol=1e-3)  # N


def test_a_hundred_starts_agree_within_a_tenth_of_a_degree(tight):
    listed, lost = rests(tight.potential, 100, np.radians(5.0))
    assert lost == 0
    assert len(listed) == 1 and listed[0].count == 100 and listed[0].stable
    assert np.degrees(listed[0].spread) < 0.1
    assert np.degrees(np.abs(listed[0].x - tight.rest.x)).max() < 0.1


def test_the_reflex_is_the_cited_one():
    gain, spread, sources = reflex_gain()
    assert spread is not None and spread[0] < gain < spread[1] and "psoas_assumed" in sources

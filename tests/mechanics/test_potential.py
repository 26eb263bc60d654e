"""The total potential: its force is its slope, its Hessian symmetric, its balance that of the equilibrium."""

from dataclasses import replace

import numpy as np
import pytest

from psoas.body.coordinates import LUMBAR
from psoas.case.posture import Posture
from psoas.mechanics.equilibrium import at_rest
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.muscle_springs import PassiveMuscle, Reflex, ShortRange
from psoas.mechanics.potential import Cable, DeadLoad, freedom
from psoas.mechanics.stability import balance, neck_load, potential_of
from random_people import placed

SMALL = 1e-5  # rad, of differences of the energy


@pytest.fixture(scope="module")
def standing(default_body):
    positions, contacts = placed(default_body, Posture(preset="standing"))
    return balance(default_body, positions, at_rest(default_body, 0.02), contacts)


@pytest.fixture(scope="module")
def potential(standing):
    return potential_of(standing, 10.0, pelvis=True)


def slopes(potential, x):
    steps = SMALL * np.eye(len(x))
    return (potential.energy(x + steps) - potential.energy(x - steps)) / (2.0 * SMALL)


def test_the_force_is_the_slope_of_the_energy(potential, standing):
    body = potential.body
    thorax = DeadLoad("thorax", np.array([0.05, 0.2, 0.02]), np.array([20.0, -50.0, 10.0]))
    cable = Cable(
        (("L1", np.array([0.02, 0.01, 0.0])), ("L4", np.array([0.01, 0.0, 0.0])), ("pelvis", np.zeros(3))), 80.0
    )
    length = standing.kin.length[0, : body.muscle_count]
    drive = standing.found.activation[0]
    tight = np.array([0.15 if n.startswith("psoas_") else 0.0 for n in body.fibres.names])
    reflex = Reflex(body, replace(standing.effort, tight=tight), drive, length, 1.1)
    kinds = (
        potential,
        replace(potential, loads=(thorax,), cable=cable),
        replace(potential, muscles=reflex),
        replace(potential, muscles=potential.muscles.without_stiffness(tight > 0.0)),
    )
    rng = np.random.default_rng(1)
    for kind in kinds:
        for _ in range(3):
            x = rng.uniform(-0.06, 0.06, len(kind.freedom))
            force = kind.force(x[None])[0]
            # Differences of some 400 J over 1e-5 rad: rounding of 1e-13 J gives 1e-8 N m; the law's own curve less.
            np.testing.assert_allclose(slopes(kind, x), -force, atol=2e-6)
            assert np.abs(force).max() > 1.0  # N m: something pulled


def test_the_hessian_is_that_of_the_energy(potential):
    x = np.random.default_rng(2).uniform(-0.03, 0.03, len(potential.freedom))
    hessian = potential.hessian(x)
    raw = np.array([(slopes(potential, x + s) - slopes(potential, x - s)) / 2e-3 for s in 1e-3 * np.eye(len(x))])
    size = np.abs(hessian).max()
    # Second differences of the energy: rounding 1e-8 N m over 1e-3 rad, and a step ten times wider.
    assert np.abs(raw - hessian).max() < 2e-3 * size
    # A line of pull that tightens within the step leaves some 0.05 N m/rad.
    assert np.abs(raw - raw.T).max() < 2e-4 * size
    np.testing.assert_array_equal(hessian, hessian.T)


def test_forces_of_a_field_have_a_symmetric_slope(potential):
    """Before it is made symmetric the Hessian is so already: everything has a potential."""
    size = len(potential.freedom)
    steps = 1e-4 * np.eye(size)
    forces = potential.force(np.concatenate([steps, -steps]))
    raw = -(forces[:size] - forces[size:]) / 2e-4
    assert np.abs(raw - raw.T).max() < 1e-5 * np.abs(raw).max()


def test_the_balanced_posture_is_a_stationary_point(potential, standing):
    force = potential.force(np.zeros((1, len(potential.freedom))))[0]
    # The equilibrium stops when the preload changes by under 1 N, which moves the discs' moments by under 0.01 N m.
    assert np.abs(force).max() < 0.01
    kin = standing.kin
    loads = potential.joint_loads(kin)
    np.testing.assert_allclose(loads.compression, standing.found.loads.compression, atol=0.1)  # N, for the same reason
    np.testing.assert_allclose(loads.anterior_shear, standing.found.loads.anterior_shear, atol=0.1)


def test_the_legs_stay_where_the_pelvis_tilts(potential):
    body, x = potential.body, np.zeros((3, len(potential.freedom)))
    x[:, 0] = (0.0, 0.2, -0.3)
    kin = kinetics(body, potential.freedom.positions(x))
    moved = 0
    for name in ("thigh_r", "thigh_l", "foot_r", "foot_l"):
        places = world_points(body, kin, name, np.array([0.03, -0.1, 0.02]))
        assert np.abs(places - places[0]).max() < 1e-12  # m
        moved += 1
    assert moved == 4
    assert (
        np.abs(world_points(body, kin, "L5", np.zeros(3))[1:] - world_points(body, kin, "L5", np.zeros(3))[0]).max()
        > 0.01
    )
    steps = 1e-6
    x[1:, 0] = (0.2 + steps, 0.2 - steps)
    q = potential.freedom.positions(x)
    x[:, 0] = 0.2
    np.testing.assert_allclose((q[1] - q[2]) / (2 * steps), potential.freedom.tangent(x[:1])[0, :, 0], atol=1e-9)


def test_a_listed_pelvis_cannot_tilt_on_both_hips(default_body):
    q = np.zeros(default_body.model.nq)
    q[default_body.dof["pelvis_list"]] = 0.1
    with pytest.raises(ValueError, match="neither listed nor turned"):
        freedom(default_body, q, LUMBAR, pelvis=True)


def test_short_range_stiffness_is_q_f_over_l(standing):
    body = standing.body
    length = standing.kin.length[0, : body.muscle_count]
    active = standing.found.active[0]
    springs = ShortRange.of(body, standing.effort, active, length, 7.0)
    step = 1e-6
    rise = (springs.tension(length[None] + step) - springs.tension(length[None] - step))[0] / (2 * step)
    passive = PassiveMuscle(body, standing.effort.tight)
    own = (passive.tension(length[None] + step) - passive.tension(length[None] - step))[0] / (2 * step)
    np.testing.assert_allclose(rise - own, 7.0 * active / length, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(springs.tension(length[None])[0], active + standing.found.passive[0], rtol=1e-12)
    everything = np.ones(body.muscle_count, bool)
    still = springs.without_stiffness(everything)
    np.testing.assert_allclose(still.tension(1.1 * length[None]), springs.tension(length[None]), rtol=1e-12)


def test_the_reflex_raises_the_drive_with_stretch_and_stays_between_nothing_and_all(standing):
    body = standing.body
    length = standing.kin.length[0, : body.muscle_count]
    inhibited = replace(standing.effort, cap=np.full(body.muscle_count, 0.7))
    reflex = Reflex(body, inhibited, standing.found.activation[0], length, 1.1)
    at = reflex.activation(length[None])[0]
    np.testing.assert_allclose(at, 0.7 * standing.found.activation[0], rtol=1e-12)
    longer = reflex.activation(length[None] + 0.01)[0]
    f = body.fibres
    straight = f.pennation == 0.0  # the fibre takes all of the path's stretch
    assert straight.sum() > 50
    expected = 0.7 * (standing.found.activation[0] + 1.1 * 0.01 / f.optimal_fibre)
    np.testing.assert_allclose(longer[straight], expected[straight], rtol=1e-9)
    assert reflex.activation(length[None] - 0.1).min() == 0.0
    assert reflex.activation(length[None] + 5.0).max() <= 0.7


def test_a_weight_at_the_neck_pulls_down_with_its_arm(potential):
    """The work of a weight over a small tilt of the pelvis is its fall."""
    only = potential.bare(neck_load(potential.body, 100.0))
    x = np.zeros((1, len(potential.freedom)))
    kin = kinetics(potential.body, potential.freedom.positions(x))
    neck = world_points(potential.body, kin, "thorax", neck_load(potential.body).point)[0]
    hip = kin.position[0, potential.body.bodies["thigh_r"]]
    assert only.force(x)[0, 0] == pytest.approx(100.0 * (neck[0] - hip[0]), rel=1e-9)

"""Stability: known columns, mirrored bodies, the column without muscle, and what tone and stiffness add."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest
from test_symmetry import mirrored

from psoas.anatomy.anatomy import mirrored_name
from psoas.body.body import Body, Fibres
from psoas.body.passive import DiscLaw
from psoas.case.posture import Posture
from psoas.mechanics.columns import AppliedForce, applied_generalised
from psoas.mechanics.equilibrium import at_rest
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.ligamentous import (
    _tissue,
    column_at_rest,
    critical_weight,
    follower,
    through_bodies,
    through_discs,
    top_load,
)
from psoas.mechanics.potential import DeadLoad, Freedom, Potential, freedom
from psoas.mechanics.stability import (
    Stability,
    balance,
    critical_load,
    dead_loads,
    eigenvalues_over_gain,
    in_words,
    least_gain,
    least_tone,
    neck_load,
    potential_of,
    smallest,
    stability,
    without_stiffness,
    without_strength,
)
from random_people import placed


@pytest.fixture(scope="module")
def standing(default_body):
    positions, contacts = placed(default_body, Posture(preset="standing"))
    return balance(default_body, positions, at_rest(default_body, 0.02), contacts)


def chain(links, stiffness, length):
    """Hessian of a column of rigid links on rotational springs, and of a unit weight on its top, by hand.

    U = sum k x_i^2 / 2 + P length sum_i cos(x_1 + .. + x_i): the i-th link leans by the sum of the joints below.
    """
    lower = np.tril(np.ones((links, links)))
    return stiffness * np.eye(links), -length * lower.T @ lower


def test_one_link_buckles_at_k_over_l():
    stiffness, per_newton = chain(1, 30.0, 0.2)
    assert critical_load(stiffness, per_newton, 1000.0) == pytest.approx(30.0 / 0.2, rel=1e-12)


def test_two_links_buckle_at_their_known_load():
    """P L / k = (3 - sqrt 5) / 2: the smaller root of p^2 - 3 p + 1 = 0."""
    stiffness, per_newton = chain(2, 30.0, 0.2)
    assert critical_load(stiffness, per_newton, 1000.0) == pytest.approx(30.0 / 0.2 * (3 - 5**0.5) / 2, rel=1e-12)


def test_many_links_buckle_as_eulers_column():
    """N links of length L / N on springs N EI / L: pi^2 EI / (4 L^2) as N grows, the error falling as 1 / N."""
    euler = np.pi**2 / 4.0
    errors = []
    for links in (20, 40, 80):
        stiffness, per_newton = chain(links, float(links), 1.0 / links)
        errors.append(abs(critical_load(stiffness, per_newton, 100.0) / euler - 1.0))
    assert errors[2] < 0.02 and errors[1] / errors[2] == pytest.approx(2.0, rel=0.05)


def test_a_falling_column_tells_what_to_lift_off():
    stiffness, per_newton = chain(3, 10.0, 0.1)
    bears = critical_load(stiffness, per_newton, 1000.0)
    falling = stiffness + (bears + 25.0) * per_newton
    assert smallest(falling) < 0.0
    assert critical_load(falling, per_newton, 1000.0) == pytest.approx(-25.0, abs=1e-6)
    assert critical_load(falling, per_newton, 20.0) is None  # not within reach
    assert critical_load(stiffness, np.zeros((3, 3)), 1000.0) is None  # nothing that tips it


def test_the_critical_load_is_where_the_loaded_potential_turns_soft(standing):
    found = stability(potential_of(standing, 10.0))
    assert found.critical_load_n is not None and found.critical_load_n > 0.0
    potential = potential_of(standing, 10.0)
    x = np.zeros(len(potential.freedom))
    loaded = replace(potential, loads=(neck_load(standing.body, found.critical_load_n),))
    # The Hessian by differences of forces of some 50 N m over 1e-4 rad, eigenvalues of some 100 N m/rad.
    assert abs(smallest(loaded.hessian(x))) < 1e-3
    half = replace(potential, loads=(neck_load(standing.body, 0.5 * found.critical_load_n),))
    assert 0.0 < smallest(half.hessian(x)) < found.eigenvalue


def test_the_mirrored_person_stands_as_well(default_body, standing):
    positions, contacts = placed(default_body, Posture(preset="standing", trunk_bend_deg=4.0, trunk_twist_deg=3.0))
    effort = at_rest(default_body, 0.02)
    weak = np.array(
        [0.5 if n.startswith("multifidus") and n.endswith("_r") else 0.0 for n in default_body.fibres.names]
    )
    swap = [default_body.fibres.names.index(mirrored_name(n)) for n in default_body.fibres.names]
    one = balance(default_body, positions, replace(effort, weak=weak), contacts)
    other = balance(default_body, mirrored(default_body, positions), replace(effort, weak=weak[swap]), contacts)
    first, second = (stability(potential_of(state, 10.0)) for state in (one, other))
    np.testing.assert_allclose(second.eigenvalues, first.eigenvalues, rtol=1e-5)
    assert second.critical_load_n == pytest.approx(first.critical_load_n, rel=1e-5)
    assert abs(first.eigenvalue / stability(potential_of(standing, 10.0)).eigenvalue - 1.0) > 1e-3  # it did change


def test_in_a_symmetric_posture_modes_are_in_one_plane(standing):
    found = stability(potential_of(standing, 10.0))
    flexing = np.array([n.endswith("_flexion") for n in found.names])
    pure = 0
    for mode in found.modes.T:
        share = float((mode[flexing] ** 2).sum())
        pure += int(min(share, 1.0 - share) < 1e-3)
    assert pure == len(found.names) == 18


def test_stiffness_of_muscle_only_adds(standing):
    """k = q F / L is a positive semidefinite part of the Hessian: no eigenvalue falls as q rises."""
    values = eigenvalues_over_gain(standing, np.array([0.0, 5.0, 10.0, 40.0]))
    assert (np.diff(values) > 0.0).all()
    whole = stability(potential_of(standing, 10.0))
    assert values[2] == pytest.approx(whole.eigenvalue, rel=1e-5)  # linear in q
    names = np.array(standing.body.fibres.groups)
    for group in ("multifidus", "rectus_abdominis", "psoas_major"):
        soft = stability(without_stiffness(potential_of(standing, 10.0), names == group))
        assert (soft.eigenvalues <= whole.eigenvalues + 1e-3).all(), group
    everything = stability(without_stiffness(potential_of(standing, 10.0), np.ones(len(names), bool)))
    assert everything.eigenvalue < values[0] + 1e-6  # passive stiffness is gone too


def test_the_least_q_is_where_the_column_turns(standing):
    for pelvis in (False, True):
        q = least_gain(standing, pelvis=pelvis)
        assert q is not None and q > 0.0
        below, above = eigenvalues_over_gain(standing, np.array([0.98 * q, 1.02 * q]), pelvis=pelvis)
        assert below < 0.0 < above


def test_the_least_tone_is_where_the_column_turns(standing):
    tone = least_tone(standing, 10.0, pelvis=True)
    assert tone is not None and 0.0 < tone < 0.5

    def at(floor):
        effort = replace(standing.effort, floor=np.full(standing.body.muscle_count, floor))
        return stability(potential_of(standing.again(effort), 10.0, pelvis=True)).eigenvalue

    assert at(0.9 * tone) < 0.0 < at(1.1 * tone)
    assert least_tone(standing, 60.0) == 0.0


def test_a_muscle_without_strength_pulls_only_as_tissue(standing):
    chosen = np.array(standing.body.fibres.groups) == "multifidus"
    weaker = without_strength(standing, chosen)
    assert standing.found.active[0, chosen].sum() > 10.0
    assert weaker.found.active[0, chosen].max() == 0.0
    np.testing.assert_allclose(weaker.found.passive, standing.found.passive)


def test_forces_of_the_world_become_loads_on_their_points(standing):
    body, kin = standing.body, standing.kin
    point = world_points(body, kin, "thorax", np.array([0.1, 0.2, 0.05]))
    applied = (AppliedForce("thorax", np.array([[30.0, -10.0, 5.0]]), point),)
    (load,) = dead_loads(body, kin, applied)
    np.testing.assert_allclose(load.point, [0.1, 0.2, 0.05], atol=1e-12)
    only = potential_of(standing, 0.0).bare(load)
    expected = applied_generalised(body, kin, applied)[0, only.freedom.rows]
    np.testing.assert_allclose(only.force(np.zeros((1, 18)))[0], expected, atol=1e-9)


def test_words_of_a_mode():
    names = ("pelvis_tilt", "L3/L4_flexion", "L4/L5_flexion", "L3/L4_bend", "L4/L5_bend")
    assert in_words(names, np.array([0.0, 0.5, 0.8, 0.0, 0.0])) == (
        "the column gives way forward and back, all levels the same way, most at L4/L5"
    )
    text = in_words(names, np.array([0.9, 0.0, 0.0, 0.5, -0.4]))
    assert text.startswith("the pelvis tilts on the hips") and "to the side" in text and "against each other" in text
    assert in_words(names, np.array([1.0, 0.1, 0.0, 0.0, 0.0])) == "the pelvis tilts on the hips"


def test_the_unloaded_column_rests_and_a_stiffer_disc_bears_more(default_body):
    q = column_at_rest(default_body)
    lumbar = default_body.rows(tuple(f"{level}_flexion" for level in default_body.levels))
    assert np.degrees(np.abs(q[lumbar] - default_body.discs.neutral)).max() < 2.0  # pretension moves it little
    assert np.abs(np.delete(q, lumbar)).max() == 0.0
    whole = critical_weight(default_body)
    assert critical_weight(default_body, stiffening=lambda load: 1.0) < whole  # discs that stiffen under load bear more
    law = default_body.discs
    soft = replace(default_body, discs=replace(law, stiffness=law.stiffness * [1.0, 1.0, 0.3, 1.0]))
    assert critical_weight(soft) < 0.6 * whole


def test_the_frontal_column_buckles_near_its_chain_of_links(default_body):
    """Without ligaments' part and twist: five springs k between links, as by hand, on the rest's own geometry."""
    free = freedom(default_body, column_at_rest(default_body), tuple(f"{x}_bend" for x in default_body.levels[1:]))
    tissue = _tissue(default_body, free.origin, free.names)
    k = np.diag(tissue.hessian(np.zeros(5)))
    kin = kinetics(default_body, free.origin[None])
    heights = [kin.position[0, default_body.bodies[n], 1] for n in ("L1", "L2", "L3", "L4", "L5")]
    top = kin.position[0, default_body.bodies["thorax"], 1]
    # Leaning about the horizontal X axis at every disc; d2y/dx_i dx_j = -(height of the top over the higher joint).
    above = np.array([top - h for h in heights])
    per_newton = np.array([[-min(a, b) for b in above] for a in above])
    by_hand = critical_load(np.diag(k), per_newton, 1e4)
    ours = critical_load(
        tissue.hessian(np.zeros(5)), tissue.bare(top_load(default_body, 1.0)).hessian(np.zeros(5)), 1e4
    )
    # The bend axes are tilted with the lordosis by up to some 20 degrees, and vertical in part: within a fifth.
    assert ours == pytest.approx(by_hand, rel=0.2)


def test_a_load_through_the_disc_centres_turns_nothing(default_body):
    """Identity: discs turn about their centres, so a cable through the centres keeps its length and has no moment."""
    for load in (300.0, 1000.0):
        found = follower(default_body, through_discs(default_body, load))
        assert found.stands and found.total_deg < 1e-3 and found.level_deg < 1e-3


def test_a_load_through_the_vertebral_bodies_turns_little_and_more_with_load(default_body):
    turns = []
    for load in (100.0, 1000.0):
        found = follower(default_body, through_bodies(default_body, load))
        assert found.stands
        turns.append(found.total_deg)
    assert 0.0 < turns[0] < turns[1] < 20.0


def test_a_weight_on_a_leaning_pole_needs_no_anatomy():
    """The Hessian of a body made of one hinge: m g h below, k above."""
    spec = mujoco.MjSpec()
    pole = spec.worldbody.add_body(name="pole")
    pole.add_joint(name="lean", type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 0, -1])
    pole.explicitinertial = True
    pole.mass, pole.ipos, pole.inertia = 2.0, [0.0, 0.5, 0.0], [0.01, 0.01, 0.01]
    spec.option.gravity = [0.0, -9.81, 0.0]
    spec.worldbody.add_site(name="ground", pos=[0.1, 0.0, 0.0])
    pole.add_site(name="half", pos=[0.0, 0.5, 0.0])
    line = spec.add_tendon(name="line")  # a body has lines of pull; nothing pulls on this one
    line.wrap_site("ground")
    line.wrap_site("half")
    none = np.zeros(0)
    body = Body(
        spec.compile(),
        None,
        Fibres((), (), none, none, none, none, none, none),
        (),
        {"lean": 0},
        {"pole": 1},
        DiscLaw(np.zeros((0, 4)), 0.0, 1.0, none),
    )
    free = Freedom(("lean",), np.zeros(1), np.array([0]), np.zeros(0, int))
    potential = Potential(
        body, free, loads=(DeadLoad("pole", np.array([0.0, 0.8, 0.0]), np.array([0.0, -30.0, 0.0])),), tissue=False
    )
    expected = -(2.0 * 9.81 * 0.5 + 30.0 * 0.8)
    assert potential.hessian(np.zeros(1))[0, 0] == pytest.approx(expected, rel=1e-6)
    lean = np.array([[0.3]])
    assert potential.force(lean)[0, 0] == pytest.approx(-expected * np.sin(0.3), rel=1e-9)


def test_a_state_of_one_eigenvalue_tells_it():
    found = Stability(("a", "b"), np.array([-1.0, 2.0]), np.eye(2), None)
    assert not found.stable and found.eigenvalue == -1.0 and found.mode.tolist() == [1.0, 0.0]

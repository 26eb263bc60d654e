"""Joint loads against a free-body sum written here, and against MuJoCo's own interaction forces."""

from dataclasses import dataclass

import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from body_states import random_positions
from psoas.body.body import Body
from psoas.body.coordinates import CHILD_OF_LEVEL, LUMBAR
from psoas.mechanics.equilibrium import AppliedForce, at_rest, equilibrium
from psoas.mechanics.joints import joint_forces
from psoas.mechanics.kinetics import kinetics
from random_people import people

TOLERANCE = 1e-6  # relative to the largest force: asked for; differences of accelerations below are good to 1e-8
STENCIL = ((-2, -1 / 12), (-1, 4 / 3), (0, -5 / 2), (1, 4 / 3), (2, -1 / 12))  # fourth-order second difference
STEP = 1e-3  # s: truncation h^4/90 x^(6) ~ 1e-11 m/s2, rounding 1e-16 / h^2 = 1e-10
SLOPE = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))


@dataclass(frozen=True)
class Scene:
    """One frame: what moves, and every force on it with the body it acts on and its world point."""

    body: Body
    q: np.ndarray
    v: np.ndarray
    a: np.ndarray
    forces: list  # (body id, force (3,), point (3,))
    couples: list  # (body id, moment (3,))
    levels: np.ndarray  # (K, 3) what the program says, world
    turning: np.ndarray  # (K, 3) what the program leaves on the three hinges of each level, N m
    answer: object
    kin: object


def line_pieces(model, data, line, tension):
    """Yield (body id, force, point) of a line under tension from its path points.

    Between two points on one cylinder the chord stands for the arc: their inner forces cancel on that body.
    """
    first, count = data.ten_wrapadr[line], data.ten_wrapnum[line]
    places = data.wrap_xpos.reshape(-1, 3)[first : first + count]
    owners = data.wrap_obj.reshape(-1)[first : first + count]
    path = range(model.tendon_adr[line], model.tendon_adr[line] + model.tendon_num[line])
    sites = [model.wrap_objid[j] for j in path if model.wrap_type[j] == mujoco.mjtWrap.mjWRAP_SITE]
    bodies = []
    for owner in owners:
        bodies.append(model.geom_bodyid[owner] if owner >= 0 else model.site_bodyid[sites.pop(0)])
    assert not sites
    for i in range(count - 1):
        along = places[i + 1] - places[i]
        size = np.linalg.norm(along)
        if size > 0:
            yield bodies[i], tension * along / size, places[i]
            yield bodies[i + 1], -tension * along / size, places[i + 1]


def scene(body, q, v, a, contacts, applied, tone=0.02):
    kin = kinetics(body, q[None], v[None], a[None])
    found = equilibrium(body, kin, at_rest(body, tone), contacts, applied, root_carried=bool(contacts))
    model, data = body.model, mujoco.MjData(body.model)
    data.qpos[:] = q
    mujoco.mj_fwdPosition(model, data)
    p = body.anatomy.parameters
    area = p["abdominal_pressure_area"] * (body.height / p["reference_height"]) ** 2
    tension = np.concatenate(
        [(found.active + found.passive)[0], found.ligament[0], [-area * found.abdominal_pressure[0]]]
    )
    assert len(tension) == model.ntendon and model.tendon(model.ntendon - 1).name == "abdominal_pressure"
    forces, couples = [], []
    for line, pull in enumerate(tension):
        forces += line_pieces(model, data, line, pull)
    for c, push in zip(contacts, found.contact[0], strict=True):
        i = body.bodies[c.body]
        point = data.xpos[i] + data.xmat[i].reshape(3, 3) @ c.position
        forces.append((i, push, point))
        if c.partner:
            forces.append((body.bodies[c.partner], -push, point))
    for x in applied:
        forces.append((body.bodies[x.body], x.force[0], x.point[0]))
        if x.moment is not None:
            couples.append((body.bodies[x.body], x.moment[0]))
    hinges = body.rows(LUMBAR).reshape(len(body.levels), 3)
    turning = found.generalised[0, hinges] + found.disc_moment[0]
    levels = joint_forces(body, kin, found.generalised)[0]
    return Scene(body, q, v, a, forces, couples, levels, turning, found, kin)


@pytest.fixture(scope="module")
def scenes(default_body):
    """Static frames of random persons on their contacts; and random fast movements in the air with pushes."""
    rng = np.random.default_rng(5)
    result = []
    for person in people(14, 2, seed=6):
        size = person.body.model.nv
        for q in person.positions:
            point = kinetics(person.body, q[None]).position[:, person.body.bodies["hand_r"]]
            push = AppliedForce("hand_r", rng.normal(0, 15, (1, 3)), point, rng.normal(0, 1, (1, 3)))
            result.append(scene(person.body, q, np.zeros(size), np.zeros(size), person.contacts, (push,)))
    body = default_body
    for q in random_positions(body, 12, seed=7):
        v, a = rng.normal(0, 2, body.model.nv), rng.normal(0, 10, body.model.nv)
        slides = body.rows(tuple(f"{level}_{axis}" for level in body.levels for axis in "xyz"))
        q[slides], v[slides], a[slides] = 0.0, 0.0, 0.0
        kin = kinetics(body, q[None])
        pushes = []
        for name in ("thorax", "head", "L3", "foot_l"):
            point = kin.position[:, body.bodies[name]] + rng.normal(0, 0.1, 3)
            pushes.append(AppliedForce(name, rng.normal(0, 60, (1, 3)), point, rng.normal(0, 5, (1, 3))))
        result.append(scene(body, q, v, a, (), tuple(pushes)))
    return result


def above(body, level):
    """Bodies carried by a level: its upper body and all that hangs on it."""
    model, top = body.model, body.bodies[CHILD_OF_LEVEL[level]]
    carried = {top}
    for i in range(1, model.nbody):
        if model.body_parentid[i] in carried:
            carried.add(i)
    return sorted(carried)


def motion_of(s):
    """Acceleration (B, 3) of every mass centre and rate of angular momentum (B, 3) about it, by differences in time."""
    model, data = s.body.model, mujoco.MjData(s.body.model)
    centres, turns = {}, {}
    for k in range(-4, 5):
        t = k * STEP
        data.qpos[:] = s.q + s.v * t + 0.5 * s.a * t * t  # hinges and slides only: coordinates add
        mujoco.mj_kinematics(model, data)
        centres[k] = data.xipos.copy()
        turns[k] = data.ximat.reshape(-1, 3, 3).copy()
    acceleration = sum(w * centres[k] for k, w in STENCIL) / STEP**2

    def momentum(k):
        rate = sum(w * turns[k + j] for j, w in SLOPE) / STEP
        spin = rate @ np.swapaxes(turns[k], 1, 2)
        omega = np.stack([spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]], axis=1)
        inertia = turns[k] @ (model.body_inertia[:, :, None] * np.swapaxes(turns[k], 1, 2))
        return np.einsum("bij,bj->bi", inertia, omega)

    return acceleration, sum(w * momentum(k) for k, w in SLOPE) / STEP, centres[0]


def cut(s, level):
    """Force (3,) and moment (3,) about the disc centre that the lower body puts on the upper, by summing all above."""
    model, carried = s.body.model, above(s.body, level)
    acceleration, spin, centres = motion_of(s)
    child = s.body.bodies[CHILD_OF_LEVEL[level]]
    centre = s.kin.position[0, child]
    force, moment = np.zeros(3), np.zeros(3)
    for i in carried:
        need = model.body_mass[i] * (acceleration[i] - model.opt.gravity)
        force += need
        moment += np.cross(centres[i] - centre, need) + spin[i]
    for i, f, point in s.forces:
        if i in carried:
            force -= f
            moment -= np.cross(point - centre, f)
    for i, m in s.couples:
        if i in carried:
            moment -= m
    return force, moment


def hinge_axes(s, level):
    rows = s.body.rows(tuple(f"{level}_{axis}" for axis in ("flexion", "bend", "twist")))
    return s.kin.axis[0, rows]


def test_forces_are_those_of_a_free_body(scenes):
    worst, turned, compared = 0.0, 0.0, 0
    for s in scenes:
        size = np.abs(s.levels).max()
        for k, level in enumerate(s.body.levels):
            force, moment = cut(s, level)
            worst = max(worst, np.abs(force - s.levels[k]).max() / size)
            # Along each hinge: what disc and unmet moment must supply. Against force x 0.1 m, a usual arm.
            turned = max(turned, np.abs(hinge_axes(s, level) @ moment - s.turning[k]).max() / (0.1 * size))
            compared += 1
    print(f"free body: force {worst:.1e}, moment {turned:.1e} relative over {compared} cuts")
    assert compared == 6 * (13 * 2 + 1 + 12)
    assert worst <= TOLERANCE and turned <= TOLERANCE
    static = [s for s in scenes if not s.v.any()]
    assert len(static) == 27 and all(np.abs(s.answer.contact).sum() > 100 for s in static)


def test_forces_are_those_of_mujoco(scenes):
    worst, turned, compared = 0.0, 0.0, 0
    for s in scenes:
        model, data = s.body.model, mujoco.MjData(s.body.model)
        data.qpos[:], data.qvel[:], data.qacc[:] = s.q, s.v, s.a
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        for i, f, point in s.forces:
            data.xfrc_applied[i, :3] += f
            data.xfrc_applied[i, 3:] += np.cross(point - data.xipos[i], f)
        for i, m in s.couples:
            data.xfrc_applied[i, 3:] += m
        data.qacc[:] = s.a
        mujoco.mj_rnePostConstraint(model, data)
        size = np.abs(s.levels).max()
        for k, level in enumerate(s.body.levels):
            child = s.body.bodies[CHILD_OF_LEVEL[level]]
            moment, force = data.cfrc_int[child][:3], data.cfrc_int[child][3:]
            # Spatial forces stand about the mass centre of the whole body's tree.
            about = moment + np.cross(data.subtree_com[model.body_rootid[child]] - data.xpos[child], force)
            worst = max(worst, np.abs(force - s.levels[k]).max() / size)
            turned = max(turned, np.abs(hinge_axes(s, level) @ about - s.turning[k]).max() / (0.1 * size))
            compared += 1
    print(f"cfrc_int: force {worst:.1e}, moment {turned:.1e} relative over {compared} joints")
    assert compared == 6 * 39
    assert worst <= TOLERANCE and turned <= TOLERANCE


def test_loads_are_joint_forces_in_the_axes_of_the_disc(scenes):
    worst = 0.0
    for s in scenes:
        for k, level in enumerate(s.body.levels):
            disc = s.body.anatomy.disc(level)
            ends = [
                Rotation.from_matrix(s.kin.orientation[0, s.body.bodies[b]]) * Rotation.from_euler("z", tilt)
                for b, tilt in ((disc.lower, disc.lower_endplate_tilt), (disc.upper, disc.upper_endplate_tilt))
            ]
            half = ends[0] * Rotation.from_rotvec(0.5 * (ends[0].inv() * ends[1]).as_rotvec())
            forward, up, right = half.as_matrix().T @ s.levels[k]
            loads = s.answer.loads
            found = [loads.compression[0, k], -loads.anterior_shear[0, k], -loads.right_shear[0, k]]
            # The lower pushes the upper up: pressed together; it pushes back what is pressed forward.
            worst = max(worst, np.abs(np.array([up, forward, right]) - found).max() / np.abs(s.levels).max())
            assert loads.flexion_moment[0, k] == -s.answer.disc_moment[0, k, 0]
    assert worst <= 1e-9  # rounding


def test_signs_in_quiet_standing(default_body):
    """Standing presses the discs together, and L5 slides forward on the steep sacrum."""
    person = next(iter(people(1, 1, seed=1)))
    kin = kinetics(person.body, person.positions)
    loads = equilibrium(person.body, kin, at_rest(person.body, 0.02), person.contacts).loads
    assert (loads.compression > 0).all()
    assert loads.anterior_shear[0, -1] > 0

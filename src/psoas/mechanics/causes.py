"""Who loads what: the load of every lumbar level split exactly into what causes it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.body.build import PRESSURE_LINE
from psoas.body.contacts import ContactPoint
from psoas.mechanics.columns import AppliedForce, applied_generalised
from psoas.mechanics.equilibrium import Equilibrium
from psoas.mechanics.joints import disc_axes, joint_forces
from psoas.mechanics.kinetics import Kinetics, point_jacobian, world_points

BODY_WEIGHT, INERTIA = "body weight", "inertia"
HAND_LOAD, HAND_LOAD_INERTIA = "load in the hands", "inertia of the load"
PRESSURE, LIGAMENTS, UNMET = "abdominal pressure", "ligaments", "unmet"
ACTIVE, PASSIVE, CONTACT = " active", " passive", "contact "  # `multifidus active`, `contact seat`

Split = dict[str, dict[str, np.ndarray]]


def causes(
    body: Body,
    kin: Kinetics,
    found: Equilibrium,
    contacts: tuple[ContactPoint, ...] = (),
    applied: Mapping[str, tuple[AppliedForce, ...]] | None = None,
    velocities: np.ndarray | None = None,
    accelerations: np.ndarray | None = None,
) -> Split:
    """Return load -> cause -> (K, F): what each cause adds to compression, shears [N] and flexion moment [N m].

    What is left on the slide rows of a level is its joint force (D1), and that is linear in what acts:
    g = tau - R f - J' F. Each term's rows, resolved in the axes of the disc, are therefore its share, with the signs
    of `JointLoads`; over all causes they sum to the load. On the flexion row the disc answers all the others:

        flexion_moment = sum of (R f + J' F - tau) over what acts + the unmet moment

    so a positive share bends the part above into flexion: gravity does when one leans, extensors are negative.
    applied: known forces by the name under which they are told. velocities, accelerations (F, V): of the same frames
    as `kin`; None at rest. A cause that does nothing at any level is left out, but for body weight and unmet.
    """
    level_rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    axes = disc_axes(body, kin)
    split: Split = {key: {} for key in ("compression_n", "anterior_shear_n", "right_shear_n", "flexion_moment_nm")}
    for name, generalised in _parts(body, kin, found, contacts, applied or {}, velocities, accelerations):
        force = np.einsum("fkxa,fkx->akf", axes, joint_forces(body, kin, generalised))
        moment = -generalised[:, level_rows].T
        if name == BODY_WEIGHT or force.any() or moment.any():
            _add(split, name, force, moment)
    # The rows of the hinges hold what no muscle met; the slides of a level have nothing of the kind.
    unmet = found.generalised[:, level_rows].T
    _add(split, UNMET, np.zeros((3, *unmet.shape)), unmet)
    return split


def _add(split: Split, name: str, force: np.ndarray, moment: np.ndarray) -> None:
    """Add the share of a cause from force (3, K, F) of the lower on the upper body in disc axes, moment (K, F)."""
    split["compression_n"][name] = force[1]
    split["anterior_shear_n"][name] = -force[0]
    split["right_shear_n"][name] = -force[2]
    split["flexion_moment_nm"][name] = moment


def _parts(
    body: Body,
    kin: Kinetics,
    found: Equilibrium,
    contacts: tuple[ContactPoint, ...],
    applied: Mapping[str, tuple[AppliedForce, ...]],
    velocities: np.ndarray | None,
    accelerations: np.ndarray | None,
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the name and the generalised force (F, V), with the sign of tau, of all that acts but the discs."""
    yield from _masses(body, kin, velocities, accelerations)
    m, groups = body.muscle_count, np.array(body.fibres.groups)
    for group in dict.fromkeys(body.fibres.groups):
        of = np.flatnonzero(groups == group)
        for kind, force in ((ACTIVE, found.active), (PASSIVE, found.passive)):
            yield group + kind, -np.einsum("fvm,fm->fv", kin.arms[:, :, of], force[:, of])
    if body.anatomy is not None:
        scale = body.height / body.anatomy.parameters["reference_height"]
        area = body.anatomy.parameters["abdominal_pressure_area"] * scale**2
        line = kin.arms[:, :, body.model.tendon(PRESSURE_LINE).id]
        yield PRESSURE, line * (area * found.abdominal_pressure)[:, None]
    lines = slice(m, m + found.ligament.shape[1])
    yield LIGAMENTS, -np.einsum("fvl,fl->fv", kin.arms[:, :, lines], found.ligament)
    for name, forces in applied.items():
        yield name, -applied_generalised(body, kin, forces)
    for name in dict.fromkeys(c.contact for c in contacts):
        pushed = np.zeros_like(kin.tau)
        for i, c in enumerate(contacts):
            if c.contact == name:
                pushed += _push(body, kin, c, found.contact[:, i])
        yield CONTACT + name, -pushed


def _push(body: Body, kin: Kinetics, c: ContactPoint, force: np.ndarray) -> np.ndarray:
    """J' F (F, V) of a contact's force (F, 3); what bears it, if of the body, takes the opposite."""
    points = world_points(body, kin, c.body, c.position)
    jacobian = point_jacobian(body, kin, c.body, points)
    if c.partner:
        jacobian = jacobian - point_jacobian(body, kin, c.partner, points)
    return np.einsum("fxv,fx->fv", jacobian, force)


def _masses(
    body: Body, kin: Kinetics, velocities: np.ndarray | None, accelerations: np.ndarray | None
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield tau's parts: weight and inertia of the person, and of the masses held, which the hands carry inside."""
    moving = velocities is not None or accelerations is not None
    at_rest = inverse_dynamics(body.model, kin.positions) if moving else kin.tau
    person, person_moving = at_rest, kin.tau
    if any(body.loads_kg):
        empty = copy.copy(body.model)
        for side, load in zip("rl", body.loads_kg, strict=True):
            empty.body_mass[body.bodies[f"hand_{side}"]] -= load
        person = inverse_dynamics(empty, kin.positions)
        person_moving = inverse_dynamics(empty, kin.positions, velocities, accelerations) if moving else person
    yield BODY_WEIGHT, person
    yield INERTIA, person_moving - person
    yield HAND_LOAD, at_rest - person
    yield HAND_LOAD_INERTIA, (kin.tau - at_rest) - (person_moving - person)


def inverse_dynamics(
    model: mujoco.MjModel,
    positions: np.ndarray,
    velocities: np.ndarray | None = None,
    accelerations: np.ndarray | None = None,
) -> np.ndarray:
    """Return tau (F, V) [N, N m] of frames (F, V) by Newton and Euler alone: tau = M(q) qdd + c(q, qd) + g(q).

    The recursion takes masses as they stand in the model, so they may have been changed since it was compiled.
    """
    data, tau = mujoco.MjData(model), np.zeros((len(positions), model.nv))
    for i, position in enumerate(positions):
        data.qpos[:] = position
        data.qvel[:] = 0.0 if velocities is None else velocities[i]
        data.qacc[:] = 0.0 if accelerations is None else accelerations[i]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_comVel(model, data)
        mujoco.mj_rne(model, data, 1, tau[i])
    return tau

"""Frames -> what balances them: muscle, contact and passive forces, unmet moments and joint loads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from psoas.body.body import Body
from psoas.body.build import PRESSURE_LINE
from psoas.body.contacts import ContactPoint, generators
from psoas.body.coordinates import BALANCED, BEND_AXES, HIPS, LUMBAR, ROOT
from psoas.body.passive import ligament_tension
from psoas.mechanics.joints import JointLoads, joint_loads
from psoas.mechanics.kinetics import Kinetics, moment_jacobian, point_jacobian, world_points
from psoas.muscle.criteria import fascicle_weights, power_of
from psoas.muscle.curves import capability
from psoas.muscle.sharing import SharingProblem, share, share_minmax

CONTACT_UNIT = 100.0  # N per unit of a contact column, so that columns are of one size
CONTACT_COST = 1e-6  # times (force / body weight)^2 (D5)
UNMET_COST = 100.0  # per N m; a bound on the multipliers that feasible demands do not reach
ROOT_COST = 1000.0  # per N or N m that no contact carries; what is left is reported as a residual or an error
PRELOAD_TOLERANCE = 1.0  # N between passes of disc stiffening (D6)
PRELOAD_PASSES = 25
CHUNK = 64  # frames solved together


@dataclass(frozen=True)
class Effort:
    """What the muscles of a person can and do: per fascicle (M,) and the rule by which they share.

    floor: least activation (tone); cap: greatest (1 - inhibited); tight, weak: fractions (D4).
    """

    floor: np.ndarray
    cap: np.ndarray
    tight: np.ndarray
    weak: np.ndarray
    criterion: str = "squared"
    weights: str = "volume"


@dataclass(frozen=True)
class AppliedForce:
    """A known force of the world on a body: force, moment (F, 3) [N, N m] at world points (F, 3) [m]."""

    body: str
    force: np.ndarray
    point: np.ndarray
    moment: np.ndarray | None = None


@dataclass(frozen=True)
class Equilibrium:
    """F frames, M fascicles, V coordinates, C contact points, K levels, rows as BALANCED.

    activation, active, passive (F, M) [1, N, N]; contact (F, C, 3) [N, world]; demand, unmet (F, rows) [N, N m]
    as generalised forces that muscle and contacts must, and could not, supply; generalised (F, V) what is left for
    the joints; abdominal_pressure (F,) [Pa]; disc_moment (F, K, 3) [N m]; converged (F,).
    """

    activation: np.ndarray
    active: np.ndarray
    passive: np.ndarray
    fibre_ratio: np.ndarray
    ligament: np.ndarray
    contact: np.ndarray
    demand: np.ndarray
    unmet: np.ndarray
    generalised: np.ndarray
    loads: JointLoads
    abdominal_pressure: np.ndarray
    disc_moment: np.ndarray
    objective: np.ndarray
    converged: np.ndarray
    status: tuple[str, ...] = field(default=())


def at_rest(body: Body, tone: float) -> Effort:
    """Return the effort of a healthy person: nothing tight, weak or inhibited, activation from tone to 1."""
    count = body.muscle_count
    zero = np.zeros(count)
    return Effort(zero + tone, zero + 1.0, zero, zero)


def equilibrium(
    body: Body,
    kin: Kinetics,
    effort: Effort,
    contacts: tuple[ContactPoint, ...] = (),
    applied: tuple[AppliedForce, ...] = (),
    *,
    root_carried: bool = True,
    available: np.ndarray | None = None,
    preload: np.ndarray | None = None,
) -> Equilibrium:
    """Share the demand of frames among muscles and contacts, and read the joint loads off the slide rows (D1, D5).

    Rows (hinges): R_act a + J' f_contact + passive tissue + J' f_applied + unmet = tau.
    The discs stiffen with compression, so the sharing is repeated until compression changes by <= 1 N (D6).
    root_carried: contacts must carry the root; without, its rows are left out and reported as the residual.
    available (F, C): which contact points bear in which frame; None: all in all.
    preload (F, K): compression [N] that stiffens the discs, taken as given instead of repeated for.
    """
    if available is None:
        available = np.ones((len(kin), len(contacts)), bool)
    parts = [
        _chunk(
            body, kin.frames(slice(i, i + CHUNK)), effort, contacts,
            tuple(_cut(a, slice(i, i + CHUNK)) for a in applied), root_carried,
            available[i : i + CHUNK],
            None if preload is None else preload[i : i + CHUNK],
        )
        for i in range(0, len(kin), CHUNK)
    ]
    return parts[0] if len(parts) == 1 else _joined(parts)


def _cut(a: AppliedForce, frames: slice) -> AppliedForce:
    return AppliedForce(a.body, a.force[frames], a.point[frames], None if a.moment is None else a.moment[frames])


def _joined(parts: list[Equilibrium]) -> Equilibrium:
    values = {}
    for name in Equilibrium.__dataclass_fields__:
        items = [getattr(p, name) for p in parts]
        if name == "loads":
            fields = JointLoads.__dataclass_fields__
            values[name] = JointLoads(*(np.concatenate([getattr(x, f) for x in items]) for f in fields))
        elif name == "status":
            values[name] = tuple(text for item in items for text in item)
        else:
            values[name] = np.concatenate(items)
    return Equilibrium(**values)


def line_forces(body: Body, kin: Kinetics) -> tuple[np.ndarray, np.ndarray]:
    """Return arms of the fascicles with the share of abdominal pressure each carries, and those of ligaments.

    (F, V, M) and (F, V, L): a fascicle that raises the pressure by c Pa per newton also pushes pelvic floor and
    diaphragm apart with c A newtons along the line of pressure.
    """
    m = body.muscle_count
    arms = kin.arms[:, :, :m]
    if body.anatomy is None or not body.fibres.pressure.any():
        return arms, kin.arms[:, :, m : m + len(body.ligament_names)]
    scale = body.height / body.anatomy.parameters["reference_height"]
    area = body.anatomy.parameters["abdominal_pressure_area"] * scale**2
    push = -kin.arms[:, :, body.model.tendon(PRESSURE_LINE).id]
    arms = arms + push[:, :, None] * (area * body.fibres.pressure)[None, None, :]
    return arms, kin.arms[:, :, m : m + len(body.ligament_names)]


def contact_columns(body: Body, kin: Kinetics, contacts: tuple[ContactPoint, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return generalised forces (F, V, 4 C) of CONTACT_UNIT newtons along each pyramid edge, and the edges (C, 4, 3)."""
    frames, size = kin.tau.shape
    columns = np.zeros((frames, size, 4 * len(contacts)))
    edges = np.zeros((len(contacts), 4, 3))
    for i, c in enumerate(contacts):
        points = world_points(body, kin, c.body, c.position)
        jacobian = point_jacobian(body, kin, c.body, points)
        if c.partner:
            jacobian = jacobian - point_jacobian(body, kin, c.partner, points)
        edges[i] = generators(c.normal, c.friction)
        columns[:, :, 4 * i : 4 * i + 4] = CONTACT_UNIT * np.einsum("fxv,gx->fvg", jacobian, edges[i])
    return columns, edges


def applied_generalised(body: Body, kin: Kinetics, applied: tuple[AppliedForce, ...]) -> np.ndarray:
    """Sum of J' f + J_w' m over known forces (F, V)."""
    total = np.zeros_like(kin.tau)
    for a in applied:
        total += np.einsum("fxv,fx->fv", point_jacobian(body, kin, a.body, a.point), a.force)
        if a.moment is not None:
            total += np.einsum("fxv,fx->fv", moment_jacobian(body, kin, a.body), a.moment)
    return total


def ligament_forces(body: Body, kin: Kinetics) -> np.ndarray:
    """Tension (F, L) [N] of the ligaments."""
    if body.anatomy is None or not body.ligament_names:
        return np.zeros((len(kin), 0))
    m = body.muscle_count
    x = body.anatomy.ligaments
    return ligament_tension(
        kin.length[:, m : m + len(x)],
        body.ligament_length,
        np.array([a.stiffness for a in x]),
        np.array([a.slack_strain for a in x]),
        np.array([a.transition_strain for a in x]),
    )


def level_angles(body: Body, positions: np.ndarray) -> np.ndarray:
    """Return flexion, bend and twist (.., K, 3) [rad] of each level from positions (.., V)."""
    rows = body.rows(LUMBAR)
    return positions[..., rows].reshape(*positions.shape[:-1], len(body.levels), len(BEND_AXES))


def _chunk(
    body: Body,
    kin: Kinetics,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...],
    root_carried: bool,
    available: np.ndarray,
    preload: np.ndarray | None,
) -> Equilibrium:
    m = body.muscle_count
    frames = len(kin)
    f = body.fibres
    can = capability(
        kin.length[:, :m], kin.velocity[:, :m], f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation,
        tight=effort.tight, weak=effort.weak,
    )
    active_force, passive, ratio = can.active_n, can.passive_n, can.normalised_length
    arms, ligament_arms = line_forces(body, kin)
    ligament = ligament_forces(body, kin)
    columns, edges = contact_columns(body, kin, contacts)
    known = (
        applied_generalised(body, kin, applied)
        + np.einsum("fvm,fm->fv", arms, passive)
        + np.einsum("fvl,fl->fv", ligament_arms, ligament)
    )
    names = BALANCED if root_carried else LUMBAR + HIPS
    rows = body.rows(names)
    matrix = np.concatenate([arms[:, rows] * active_force[:, None, :], columns[:, rows]], axis=2)
    lower, upper, weight, power = _bounds(body, effort, np.repeat(available, 4, axis=1))
    cost = np.array([ROOT_COST if n in ROOT else UNMET_COST for n in names])
    muscles = np.arange(len(weight)) < m

    compression = np.full((frames, len(body.levels)), 0.6 * body.weight) if preload is None else preload
    disc_law = body.discs
    angles = level_angles(body, kin.positions)
    lumbar = body.rows(LUMBAR)
    start = None
    settled, pace, before = np.zeros(frames, bool), np.ones(frames), np.zeros_like(compression)
    for _ in range(PRELOAD_PASSES):
        discs = disc_law.moment(angles, compression)
        acting = known.copy()
        acting[:, lumbar] += discs.reshape(frames, -1)
        demand = kin.tau - acting
        problem = SharingProblem(matrix, demand[:, rows], lower, upper, weight, power, cost)
        solution = (
            share_minmax(problem, muscles, start)
            if effort.criterion == "minmax"
            else share(problem, start)
        )
        start = solution.multipliers
        x = solution.x
        acting += np.einsum("fvm,fm->fv", arms, active_force * x[:, :m])
        acting += np.einsum("fvc,fc->fv", columns, x[:, m:])
        left = kin.tau - acting
        loads = joint_loads(body, kin, left, discs[..., 0])
        change = loads.compression - compression
        settled |= np.abs(change).max(axis=1) <= PRELOAD_TOLERANCE
        if settled.all() or preload is not None:
            break
        # Where the spine is lightly loaded stiffening can overshoot for ever: a frame that swings takes half steps.
        swings = ((change * before).sum(axis=1) < 0.0) & (np.abs(change).max(axis=1) > 0.5 * np.abs(before).max(axis=1))
        pace = np.where(swings, 0.5 * pace, pace)
        before = change
        # A frame that has settled keeps its preload, so that no answer depends on the frames beside it.
        compression = compression + np.where(settled, 0.0, pace)[:, None] * change
    activation = x[:, :m]
    push = x[:, m:].reshape(frames, len(contacts), 4) * CONTACT_UNIT
    active = activation * active_force
    unmet = np.zeros((frames, len(BALANCED)))
    unmet[:, [BALANCED.index(n) for n in names]] = solution.unmet
    if not root_carried:
        unmet[:, : len(ROOT)] = left[:, body.rows(ROOT)]
    return Equilibrium(
        activation,
        active,
        passive,
        ratio,
        ligament,
        np.einsum("fcg,cgx->fcx", push, edges),
        demand[:, body.rows(BALANCED)],
        unmet,
        left,
        loads,
        (active + passive) @ f.pressure,
        discs,
        solution.objective,
        solution.converged & (settled | (preload is not None)),
        solution.status,
    )


def _bounds(
    body: Body, effort: Effort, available: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return lower (n,), upper (F, n), weight (n,), power (n,) of all columns; available (F, 4 C)."""
    m = body.muscle_count
    f = body.fibres
    weight = fascicle_weights(effort.weights, f.volume / f.optimal_fibre, f.optimal_fibre)
    contact_weight = CONTACT_COST * (CONTACT_UNIT / body.weight) ** 2
    frames, contact_count = available.shape
    zero = np.zeros(contact_count)
    floor = np.minimum(effort.floor, effort.cap)
    caps = np.broadcast_to(effort.cap, (frames, m))
    return (
        np.concatenate([floor, zero]),
        np.concatenate([caps, np.where(available, np.inf, 0.0)], axis=1),
        np.concatenate([weight, zero + contact_weight]),
        np.concatenate([np.full(m, power_of(effort.criterion)), zero + 2.0]),
    )

"""Frames -> what balances them: muscle, contact and passive forces, unmet moments and joint loads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from psoas.body.body import Body
from psoas.body.capsule import capsule_forces
from psoas.body.contacts import ContactPoint
from psoas.body.coordinates import BALANCED, BEND_AXES, HIPS, LUMBAR, ROOT
from psoas.mechanics.columns import (
    CONTACT_UNIT as CONTACT_UNIT,
)
from psoas.mechanics.columns import (
    AppliedForce as AppliedForce,
)
from psoas.mechanics.columns import (
    applied_generalised,
    contact_columns,
    ligament_forces,
    line_forces,
)
from psoas.mechanics.joints import JointLoads, joint_loads
from psoas.mechanics.kinetics import Kinetics
from psoas.muscle.criteria import fascicle_weights, power_of
from psoas.muscle.curves import capability
from psoas.muscle.sharing import SharingProblem, SharingSolution, share, share_minmax

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
    status: tuple[str, ...] = ()


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
    progress: Callable[[int, int], None] | None = None,
) -> Equilibrium:
    """Share the demand of frames among muscles and contacts, and read the joint loads off the slide rows (D1, D5).

    Rows (hinges): R_act a + J' f_contact + passive tissue + J' f_applied + unmet = tau.
    The discs stiffen with compression, so the sharing is repeated until compression changes by <= 1 N (D6).
    root_carried: contacts must carry the root; without, its rows are left out and reported as the residual.
    available (F, C): which contact points bear in which frame; None: all in all.
    preload (F, K): compression [N] that stiffens the discs, taken as given instead of repeated for.
    progress: called with the frames done and all frames.
    """
    if available is None:
        available = np.ones((len(kin), len(contacts)), bool)
    parts = []
    for i in range(0, len(kin), CHUNK):
        chosen = slice(i, i + CHUNK)
        some = tuple(a.frames(chosen) for a in applied)
        held = None if preload is None else preload[chosen]
        parts.append(_chunk(body, kin.frames(chosen), effort, contacts, some, root_carried, available[chosen], held))
        if progress is not None:
            progress(min(i + CHUNK, len(kin)), len(kin))
    return parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts: list[Equilibrium]) -> Equilibrium:
    def arrays(items: list[Any], names: Iterable[str]) -> dict[str, np.ndarray]:
        return {name: np.concatenate([getattr(x, name) for x in items]) for name in names}

    plain = [f.name for f in fields(Equilibrium) if f.name not in ("loads", "status")]
    loads = JointLoads(**arrays([p.loads for p in parts], [f.name for f in fields(JointLoads)]))
    status = tuple(text for p in parts for text in p.status)
    return Equilibrium(**arrays(parts, plain), loads=loads, status=status)


def level_angles(body: Body, positions: np.ndarray) -> np.ndarray:
    """Return flexion, bend and twist (.., K, 3) [rad] of each level from positions (.., V)."""
    rows = body.rows(LUMBAR)
    return positions[..., rows].reshape(*positions.shape[:-1], len(body.levels), len(BEND_AXES))


@dataclass(frozen=True)
class _Acting:
    """What can act on F frames and what acts anyway, before the discs: the sharing problem but for its demand.

    arms (F, V, M), columns (F, V, 4 C), edges (C, 4, 3), known (F, V): generalised forces per newton, per contact unit,
    and of passive muscle, ligaments, hip capsules and given forces; reach, passive (F, M) [N]; matrix (F, m, n) of the
    rows balanced.
    """

    names: tuple[str, ...]
    rows: np.ndarray
    arms: np.ndarray
    columns: np.ndarray
    edges: np.ndarray
    known: np.ndarray
    reach: np.ndarray
    passive: np.ndarray
    fibre_ratio: np.ndarray
    ligament: np.ndarray
    matrix: np.ndarray
    bounds: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

    def problem(self, demand: np.ndarray) -> SharingProblem:
        """Return the sharing problem of a demand (F, V)."""
        cost = np.array([ROOT_COST if n in ROOT else UNMET_COST for n in self.names])
        return SharingProblem(self.matrix, demand[:, self.rows], *self.bounds, cost)

    def of(self, x: np.ndarray) -> np.ndarray:
        """Return the generalised force (F, V) of a solution's columns x (F, n)."""
        m = self.reach.shape[1]
        muscle = np.einsum("fvm,fm->fv", self.arms, self.reach * x[:, :m])
        return muscle + np.einsum("fvc,fc->fv", self.columns, x[:, m:])


def _acting(
    body: Body,
    kin: Kinetics,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...],
    root_carried: bool,
    available: np.ndarray,
) -> _Acting:
    m, f = body.muscle_count, body.fibres
    can = capability(
        kin.length[:, :m],
        kin.velocity[:, :m],
        f.max_force,
        f.optimal_fibre,
        f.tendon_slack,
        f.pennation,
        tight=effort.tight,
        weak=effort.weak,
    )
    arms, ligament_arms = line_forces(body, kin)
    ligament = ligament_forces(body, kin)
    columns, edges = contact_columns(body, kin, contacts)
    known = (
        applied_generalised(body, kin, applied)
        + np.einsum("fvm,fm->fv", arms, can.passive_n)
        + np.einsum("fvl,fl->fv", ligament_arms, ligament)
        + capsule_forces(body, kin.positions)
    )
    names = BALANCED if root_carried else LUMBAR + HIPS
    rows = body.rows(names)
    matrix = np.concatenate([arms[:, rows] * can.active_n[:, None, :], columns[:, rows]], axis=2)
    bounds = _bounds(body, effort, np.repeat(available, 4, axis=1))
    return _Acting(
        names,
        rows,
        arms,
        columns,
        edges,
        known,
        can.active_n,
        can.passive_n,
        can.normalised_length,
        ligament,
        matrix,
        bounds,
    )


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
    m, frames = body.muscle_count, len(kin)
    acting = _acting(body, kin, effort, contacts, applied, root_carried, available)
    muscles = np.arange(acting.matrix.shape[2]) < m
    compression = np.full((frames, len(body.levels)), 0.6 * body.weight) if preload is None else preload
    angles, lumbar = level_angles(body, kin.positions), body.rows(LUMBAR)
    start: SharingSolution | None = None
    settled, pace, before = np.zeros(frames, bool), np.ones(frames), np.zeros_like(compression)
    for _ in range(PRELOAD_PASSES):
        discs = body.discs.moment(angles, compression)
        demand = kin.tau - acting.known
        demand[:, lumbar] -= discs.reshape(frames, -1)
        problem = acting.problem(demand)
        solution = share_minmax(problem, muscles, start) if effort.criterion == "minmax" else share(problem, start)
        start = solution
        left = demand - acting.of(solution.x)
        loads = joint_loads(body, kin, left, discs[..., 0])
        change = loads.compression - compression
        settled |= np.abs(change).max(axis=1) <= PRELOAD_TOLERANCE
        if settled.all() or preload is not None:
            break
        # Lightly loaded discs stiffen so fast that this can swing for ever: a frame that swings takes half steps.
        swings = (change * before).sum(axis=1) < -0.25 * (before**2).sum(axis=1)
        pace = np.where(swings, 0.5 * pace, pace)
        before = change
        # A frame that has settled keeps its preload, so that no answer depends on the frames beside it.
        compression = compression + np.where(settled, 0.0, pace)[:, None] * change
    unmet = np.zeros((frames, len(BALANCED)))
    unmet[:, [BALANCED.index(n) for n in acting.names]] = solution.unmet
    if not root_carried:
        unmet[:, : len(ROOT)] = left[:, body.rows(ROOT)]
    activation = solution.x[:, :m]
    active = activation * acting.reach
    push = solution.x[:, m:].reshape(frames, len(contacts), 4) * CONTACT_UNIT
    return Equilibrium(
        activation,
        active,
        acting.passive,
        acting.fibre_ratio,
        acting.ligament,
        np.einsum("fcg,cgx->fcx", push, acting.edges),
        demand[:, body.rows(BALANCED)],
        unmet,
        left,
        loads,
        (active + acting.passive) @ body.fibres.pressure,
        discs,
        solution.objective,
        solution.converged & (settled | (preload is not None)),
        solution.status,
    )


def _bounds(body: Body, effort: Effort, available: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
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

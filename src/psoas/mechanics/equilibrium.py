"""Frames -> what balances them: muscle, contact and passive forces, unmet moments and joint loads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.body.coordinates import BALANCED, BEND_AXES, LUMBAR, ROOT
from psoas.mechanics.acting import UNMET_COST as UNMET_COST
from psoas.mechanics.acting import Effort as Effort
from psoas.mechanics.acting import acting
from psoas.mechanics.acting import at_rest as at_rest
from psoas.mechanics.columns import CONTACT_UNIT as CONTACT_UNIT
from psoas.mechanics.columns import AppliedForce as AppliedForce
from psoas.mechanics.columns import applied_generalised as applied_generalised
from psoas.mechanics.joints import JointLoads, joint_loads
from psoas.mechanics.kinetics import Kinetics
from psoas.muscle.fast import follower_of
from psoas.muscle.minmax import share_minmax, where
from psoas.muscle.sharing import SharingSolution, share

PRELOAD_TOLERANCE = 1.0  # N between passes of disc stiffening (D6)
PRELOAD_PASSES = 25
PRELOAD_SHARE = 0.6  # of body weight, the compression with which a balance begins
CHUNK = 64  # frames solved together


@dataclass(frozen=True)
class Started:
    """What the frames after these start from, or these again.

    solution; multipliers (F, m) of the frame before, compression (F, K) [N] and what the next frame's may be.
    """

    solution: SharingSolution
    multipliers: np.ndarray
    compression: np.ndarray
    ahead: np.ndarray

    def again(self) -> Started:
        """Return the start for the same frames with something else changed: nothing moves on."""
        return Started(self.solution, self.solution.multipliers, self.compression, self.compression)

    def first(self, count: int) -> Started:
        """Return the start of the first `count` frames."""
        if count == len(self.compression):
            return self
        chosen = {n: v[:count] for n, v in vars(self.solution).items()}
        rest = (self.multipliers[:count], self.compression[:count], self.ahead[:count])
        return Started(SharingSolution(**chosen), *rest)


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
    start: Started | None = None


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
    start: Started | None = None,
    compiled: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Equilibrium:
    """Share the demand of frames among muscles and contacts, and read the joint loads off the slide rows (D1, D5).

    Rows (hinges): R_act a + J' f_contact + passive tissue + J' f_applied + unmet = tau.
    The discs stiffen with compression, so the sharing is repeated until compression changes by <= 1 N (D6).
    root_carried: contacts must carry the root; without, its rows are left out and reported as the residual.
    available (F, C): which contact points bear in which frame; None: all in all.
    preload (F, K): compression [N] that stiffens the discs, taken as given instead of repeated for.
    start: what an equilibrium of F frames, up to `CHUNK`, close to these left: saves most of the work.
    compiled: share in compiled code, see `compiled_for`.
    progress: called with the frames done and all frames.
    """
    if available is None:
        available = np.ones((len(kin), len(contacts)), bool)
    parts = []
    for i in range(0, len(kin), CHUNK):
        chosen = slice(i, i + CHUNK)
        some = tuple(a.frames(chosen) for a in applied)
        held = None if preload is None else preload[chosen]
        here = (root_carried, available[chosen], held, start, compiled)
        parts.append(_chunk(body, kin.frames(chosen), effort, contacts, some, *here))
        if progress is not None:
            progress(min(i + CHUNK, len(kin)), len(kin))
    return parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts: list[Equilibrium]) -> Equilibrium:
    def arrays(items: list[Any], names: Iterable[str]) -> dict[str, np.ndarray]:
        return {name: np.concatenate([getattr(x, name) for x in items]) for name in names}

    plain = [f.name for f in fields(Equilibrium) if f.name not in ("loads", "status", "start")]
    loads = JointLoads(**arrays([p.loads for p in parts], [f.name for f in fields(JointLoads)]))
    status = tuple(text for p in parts for text in p.status)
    return Equilibrium(**arrays(parts, plain), loads=loads, status=status, start=None)


def level_angles(body: Body, positions: np.ndarray) -> np.ndarray:
    """Return flexion, bend and twist (.., K, 3) [rad] of each level from positions (.., V)."""
    rows = body.rows(LUMBAR)
    return positions[..., rows].reshape(*positions.shape[:-1], len(body.levels), len(BEND_AXES))


def asked(body: Body, wanted: np.ndarray, angles: np.ndarray, compression: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what the discs leave of a demand `wanted` (F, V), and their moments (F, K, 3) [N m].

    angles (F, K, 3) [rad] of the levels, compression (F, K) [N] that stiffens their discs.
    """
    discs = body.discs.moment(angles, compression)
    demand = wanted.copy()
    demand[:, body.rows(LUMBAR)] -= discs.reshape(len(wanted), -1)
    return demand, discs


def _chunk(
    body: Body,
    kin: Kinetics,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...],
    root_carried: bool,
    available: np.ndarray,
    preload: np.ndarray | None,
    before: Started | None,
    compiled: bool,
) -> Equilibrium:
    m, frames = body.muscle_count, len(kin)
    acts = acting(body, kin, effort, contacts, applied, root_carried, available)
    muscles = np.arange(acts.matrix.shape[2]) < m
    compression = np.full((frames, len(body.levels)), PRELOAD_SHARE * body.weight)
    start: SharingSolution | None = None
    if before is not None:
        compression = before.ahead
        start = replace(before.solution, multipliers=2.0 * before.solution.multipliers - before.multipliers)
    if preload is not None:
        compression = preload
    angles = level_angles(body, kin.positions)
    wanted = kin.tau - acts.known
    carried = acts.compression(wanted)
    problem = acts.problem(wanted)
    follower = follower_of(problem, compiled=compiled)
    settled, pace, last = np.zeros(frames, bool), np.ones(frames), np.zeros_like(compression)
    solution: SharingSolution | None = None
    for _ in range(PRELOAD_PASSES):
        demand, discs = asked(body, wanted, angles, compression)
        problem = problem.asking(demand[:, acts.rows])
        if effort.criterion == "minmax":
            found = share_minmax(problem, muscles, start)
            found = found if solution is None else where(settled, solution, found)
        else:
            found = share(problem, start, follower=follower, settled=None if solution is None else settled)
        # A frame that has settled keeps its preload and its digits, so that no answer depends on the frames beside it.
        start = solution = found
        change = carried + np.matmul(acts.pressed, solution.x[..., None])[..., 0] - compression
        settled |= np.abs(change).max(axis=1) <= PRELOAD_TOLERANCE
        if settled.all() or preload is not None:
            break
        # Lightly loaded discs stiffen so fast that this can swing for ever: a frame that swings takes half steps.
        swings = (change * last).sum(axis=1) < -0.25 * (last**2).sum(axis=1)
        pace = np.where(swings, 0.5 * pace, pace)
        last = change
        compression = compression + np.where(settled, 0.0, pace)[:, None] * change
    assert solution is not None
    left = demand - acts.of(solution.x)
    loads = joint_loads(body, kin, left, discs[..., 0], acts.disc_axes)
    ahead = loads.compression if before is None else 2.0 * loads.compression - before.compression
    multipliers = solution.multipliers if before is None else before.solution.multipliers
    go_on = Started(solution, multipliers, loads.compression, ahead)
    unmet = np.zeros((frames, len(BALANCED)))
    unmet[:, [BALANCED.index(n) for n in acts.names]] = solution.unmet
    if not root_carried:
        unmet[:, : len(ROOT)] = left[:, body.rows(ROOT)]
    activation = solution.x[:, :m]
    active = activation * acts.reach
    push = solution.x[:, m:].reshape(frames, len(contacts), 4) * CONTACT_UNIT
    return Equilibrium(
        activation,
        active,
        acts.passive,
        acts.fibre_ratio,
        acts.ligament,
        np.einsum("fcg,cgx->fcx", push, acts.edges),
        demand[:, body.rows(BALANCED)],
        unmet,
        left,
        loads,
        ((active + acts.passive) * body.fibres.pressure).sum(axis=1),
        discs,
        solution.objective,
        solution.converged & (settled | (preload is not None)),
        solution.status,
        go_on,
    )

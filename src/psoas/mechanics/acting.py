"""What acts on frames of a body: the columns that may be used, what acts anyway, and the person's effort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.body.body import Body
from psoas.body.capsule import capsule_forces
from psoas.body.contacts import ContactPoint
from psoas.body.coordinates import BALANCED, HIPS, LUMBAR, ROOT
from psoas.mechanics.columns import (
    CONTACT_UNIT,
    AppliedForce,
    applied_generalised,
    contact_columns,
    ligament_forces,
    pressure_push,
)
from psoas.mechanics.kinetics import Kinetics
from psoas.muscle.criteria import fascicle_weights, power_of
from psoas.muscle.curves import Capability, capability
from psoas.muscle.sharing import SharingProblem

CONTACT_COST = 1e-6  # times (force / body weight)^2 (D5)
UNMET_COST = 100.0  # per N m; a bound on the multipliers that feasible demands do not reach
ROOT_COST = 1000.0  # per N or N m that no contact carries; what is left is reported as a residual or an error


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


def at_rest(body: Body, tone: float) -> Effort:
    """Return the effort of a healthy person: nothing tight, weak or inhibited, activation from tone to 1."""
    count = body.muscle_count
    zero = np.zeros(count)
    return Effort(zero + tone, zero + 1.0, zero, zero)


@dataclass(frozen=True)
class Acting:
    """What can act on F frames and what acts anyway, before the discs: the sharing problem but for its demand.

    arms (F, V, M) of each newton; push (F, V) of a newton along the line of pressure, pressure (M,) what a fascicle's
    newton adds to that; columns (F, V, 4 C), edges (C, 4, 3); known (F, V) of passive muscle, ligaments, hip capsules
    and given forces; reach, passive (F, M) [N]; matrix (F, m, n) of the rows balanced.
    """

    names: tuple[str, ...]
    rows: np.ndarray
    arms: np.ndarray
    push: np.ndarray
    pressure: np.ndarray
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
        force = self.reach * x[:, :m]
        return _lines(self.arms, self.push, self.pressure, force) + np.matmul(self.columns, x[:, m:, None])[..., 0]


def _lines(arms: np.ndarray, push: np.ndarray, pressure: np.ndarray, force: np.ndarray) -> np.ndarray:
    """Return the generalised force (F, V) of fascicles' forces (F, M) and of the pressure they raise."""
    return np.matmul(arms, force[..., None])[..., 0] + push * (force * pressure).sum(axis=1)[:, None]


def capable(body: Body, kin: Kinetics, effort: Effort) -> Capability:
    """Return what the fascicles of a person with this effort can pull in each frame, arrays (F, M)."""
    m, f = body.muscle_count, body.fibres
    return capability(
        kin.length[:, :m],
        kin.velocity[:, :m],
        f.max_force,
        f.optimal_fibre,
        f.tendon_slack,
        f.pennation,
        tight=effort.tight,
        weak=effort.weak,
    )


def acting(
    body: Body,
    kin: Kinetics,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...],
    root_carried: bool,
    available: np.ndarray,
) -> Acting:
    """Evaluate what acts on the frames of `kin`; see `equilibrium` for the rest."""
    m = body.muscle_count
    can = capable(body, kin, effort)
    arms = kin.arms[:, :, :m]
    push, pressure = pressure_push(body, kin)
    ligament_arms = kin.arms[:, :, m : m + len(body.ligament_names)]
    ligament = ligament_forces(body, kin)
    columns, edges = contact_columns(body, kin, contacts)
    known = (
        applied_generalised(body, kin, applied)
        + _lines(arms, push, pressure, can.passive_n)
        + np.matmul(ligament_arms, ligament[..., None])[..., 0]
        + capsule_forces(body, kin.positions)
    )
    names = BALANCED if root_carried else LUMBAR + HIPS
    rows = body.rows(names)
    matrix = np.concatenate([reached_by(arms, push, pressure, can.active_n, rows), columns[:, rows]], axis=2)
    bounds = _bounds(body, effort, np.repeat(available, 4, axis=1))
    return Acting(
        names,
        rows,
        arms,
        push,
        pressure,
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


def reached_by(
    arms: np.ndarray, push: np.ndarray, pressure: np.ndarray, reach: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Return the generalised force (F, rows, M) of each fascicle's reach (F, M) on some rows."""
    chosen = arms[:, rows]
    raises = np.flatnonzero(pressure)
    chosen[:, :, raises] += push[:, rows, None] * pressure[raises]
    chosen *= reach[:, None, :]
    return chosen


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

"""What acts on frames of a body: the columns that may be used, what acts anyway, and the person's effort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.body.body import Body
from psoas.body.build import PRESSURE_LINE
from psoas.body.capsule import capsule_forces
from psoas.body.contacts import ContactPoint
from psoas.body.coordinates import BALANCED, HIPS, LUMBAR, ROOT
from psoas.mechanics.columns import (
    CONTACT_UNIT,
    AppliedForce,
    applied_generalised,
    contact_columns,
    ligament_forces,
    pressure_share,
)
from psoas.mechanics.joints import disc_axes, slide_rows
from psoas.mechanics.kinetics import Kinetics
from psoas.mechanics.pulls import Pulls
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

    pulls of all lines; pressure (M,): newtons along the line of pressure that one of each fascicle raises, and that
    line's place, -1 if there is none; columns (F, V, 4 C), edges (C, 4, 3); known (F, V) of passive muscle, ligaments,
    hip capsules and given forces; reach, passive (F, M) [N]; matrix (F, m, n) of the rows balanced; slides (K, 3), and
    how far upward in the disc, of axes disc_axes (F, K, 3, 3), each points (F, K, 3); pressed (F, K, n): what each
    column adds to the compression of each level [N].
    """

    names: tuple[str, ...]
    rows: np.ndarray
    pulls: Pulls
    pressure: np.ndarray
    pressure_line: int
    columns: np.ndarray
    edges: np.ndarray
    known: np.ndarray
    reach: np.ndarray
    passive: np.ndarray
    fibre_ratio: np.ndarray
    ligament: np.ndarray
    matrix: np.ndarray
    slides: np.ndarray
    upward: np.ndarray
    disc_axes: np.ndarray
    pressed: np.ndarray
    bounds: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

    def problem(self, demand: np.ndarray) -> SharingProblem:
        """Return the sharing problem of a demand (F, V)."""
        cost = np.array([ROOT_COST if n in ROOT else UNMET_COST for n in self.names])
        return SharingProblem(self.matrix, demand[:, self.rows], *self.bounds, cost)

    def compression(self, wanted: np.ndarray) -> np.ndarray:
        """Return the compression (F, K) [N] of each level that a generalised force (F, V) leaves its joint to carry."""
        return np.einsum("fkj,fkj->fk", np.take(wanted, self.slides, axis=1), self.upward)

    def of(self, x: np.ndarray) -> np.ndarray:
        """Return the generalised force (F, V) of a solution's columns x (F, n)."""
        m = self.reach.shape[1]
        tension = _tension(self.pulls, self.reach * x[:, :m], self.pressure, self.pressure_line)
        pulled = self.pulls.generalised(tension)
        return pulled + np.matmul(self.columns, x[:, m:, None])[..., 0] if x.shape[1] > m else pulled


def _tension(pulls: Pulls, force: np.ndarray, pressure: np.ndarray, line: int) -> np.ndarray:
    """Return the tensions (F, T) [N] of fascicles' forces (F, M) and of the pressure they raise, which pushes."""
    tension = np.zeros((len(force), pulls.lines.count))
    tension[:, : force.shape[1]] = force
    if line >= 0:
        tension[:, line] = -(force * pressure).sum(axis=1)
    return tension


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
    m, pulls = body.muscle_count, kin.pulls
    can = capable(body, kin, effort)
    pressure = pressure_share(body)
    line = body.model.tendon(PRESSURE_LINE).id if pressure.any() else -1
    ligament = ligament_forces(body, kin)
    columns, edges = contact_columns(body, kin, contacts)
    tension = _tension(pulls, can.passive_n, pressure, line)
    tension[:, m : m + ligament.shape[1]] = ligament
    known = applied_generalised(body, kin, applied) + pulls.generalised(tension) + capsule_forces(body, kin.positions)
    names = BALANCED if root_carried else LUMBAR + HIPS
    rows = body.rows(names)
    slides, axes = slide_rows(body), disc_axes(body, kin)
    upward = np.einsum("fkjx,fkx->fkj", np.take(kin.axis, slides, axis=1), axes[..., 1])
    # A line of -1 has no arms: places that the contacts fill.
    lines = np.concatenate([np.arange(m), np.full(columns.shape[2], -1)])
    matrix, push = pulls.rows(rows, lines, np.array([line]))
    pressed, pressing = pulls.rows(slides, lines, np.array([line]), weights=-upward)
    raises = np.flatnonzero(pressure)
    for table, pushed in ((matrix, push), (pressed, pressing)):
        table[:, :, raises] -= pushed * pressure[raises]
        table[:, :, :m] *= can.active_n[:, None]
    if columns.shape[2]:
        matrix[:, :, m:] = columns[:, rows]
        pressed[:, :, m:] = -np.einsum("fkj,fkjc->fkc", upward, np.take(columns, slides, axis=1))
    bounds = _bounds(body, effort, np.repeat(available, 4, axis=1))
    return Acting(
        names,
        rows,
        pulls,
        pressure,
        line,
        columns,
        edges,
        known,
        can.active_n,
        can.passive_n,
        can.normalised_length,
        ligament,
        matrix,
        slides,
        upward,
        axes,
        pressed,
        bounds,
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

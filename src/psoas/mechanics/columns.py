"""What acts on the rows of a body: lines of pull, contacts, ligaments and known forces, as generalised forces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.body.body import Body
from psoas.body.build import PRESSURE_LINE
from psoas.body.contacts import ContactPoint, generators
from psoas.body.passive import LigamentLaw
from psoas.mechanics.kinetics import Kinetics, moved_by

CONTACT_UNIT = 100.0  # N per unit of a contact column, so that columns are of one size


@dataclass(frozen=True)
class AppliedForce:
    """A known force of the world on a body: force, moment (F, 3) [N, N m] at world points (F, 3) [m]."""

    body: str
    force: np.ndarray
    point: np.ndarray
    moment: np.ndarray | None = None

    def frames(self, chosen: slice | np.ndarray) -> AppliedForce:
        """Return some of the frames."""
        moment = None if self.moment is None else self.moment[chosen]
        return AppliedForce(self.body, self.force[chosen], self.point[chosen], moment)

    def repeated(self, count: int) -> AppliedForce:
        """Return one frame's force over `count` equal frames."""
        moment = None if self.moment is None else np.repeat(self.moment, count, axis=0)
        force, point = np.repeat(self.force, count, axis=0), np.repeat(self.point, count, axis=0)
        return AppliedForce(self.body, force, point, moment)


def line_forces(body: Body, kin: Kinetics) -> tuple[np.ndarray, np.ndarray]:
    """Return arms of the fascicles with the share of abdominal pressure each carries, and those of ligaments.

    (F, V, M) and (F, V, L): a fascicle that raises the pressure by c Pa per newton also pushes pelvic floor and
    diaphragm apart with c A newtons along the line of pressure.
    """
    m = body.muscle_count
    arms = kin.arms[:, :, :m]
    push, pressure = pressure_push(body, kin)
    if pressure.any():
        arms = arms + push[:, :, None] * pressure[None, None, :]
    return arms, kin.arms[:, :, m : m + len(body.ligament_names)]


def pressure_push(body: Body, kin: Kinetics) -> tuple[np.ndarray, np.ndarray]:
    """Return the generalised force (F, V) of one newton along the line of pressure, and c A (M,) of each fascicle."""
    share = pressure_share(body)
    if not share.any():
        return np.zeros_like(kin.tau), share
    return -kin.arms[:, :, body.model.tendon(PRESSURE_LINE).id], share


def pressure_share(body: Body) -> np.ndarray:
    """Return c A (M,): newtons along the line of pressure that one newton of each fascicle raises; 0 for most."""
    if body.anatomy is None or not body.fibres.pressure.any():
        return np.zeros(body.muscle_count)
    scale = body.height / body.anatomy.parameters["reference_height"]
    return body.anatomy.parameters["abdominal_pressure_area"] * scale**2 * body.fibres.pressure


def contact_columns(body: Body, kin: Kinetics, contacts: tuple[ContactPoint, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return generalised forces (F, V, 4 C) of CONTACT_UNIT newtons along each pyramid edge, and (C, 4, 3) edges."""
    frames, size = kin.tau.shape
    edges = np.array([generators(c.normal, c.friction) for c in contacts]).reshape(len(contacts), 4, 3)
    if not contacts:
        return np.zeros((frames, size, 0)), edges
    on = [body.bodies[c.body] for c in contacts]
    local = np.array([c.position for c in contacts])
    points = kin.position[:, on] + np.matmul(kin.orientation[:, on], local[:, :, None])[..., 0]
    # A partner feels the opposite force at the same point, so that what moves both feels nothing.
    moved = np.array([moved_by(body, c.body) * 1.0 for c in contacts])
    for i, c in enumerate(contacts):
        if c.partner:
            moved[i] -= moved_by(body, c.partner)
    wrenches = np.empty((frames, len(contacts), 4, 6))
    wrenches[..., :3] = edges
    wrenches[..., 3:] = np.cross(points[:, :, None], edges)
    pushes = np.matmul(kin.pulls.screws, np.swapaxes(wrenches.reshape(frames, -1, 6), 1, 2))
    pushes *= -CONTACT_UNIT * np.repeat(moved, 4, axis=0).T
    return pushes, edges


def applied_generalised(body: Body, kin: Kinetics, applied: tuple[AppliedForce, ...]) -> np.ndarray:
    """Sum of J' f + J_w' m over known forces (F, V): of each force's wrench about the world's origin, see `Pulls`."""
    total = np.zeros_like(kin.tau)
    for a in applied:
        moment = np.cross(a.point, a.force)
        if a.moment is not None:
            moment += a.moment
        wrench = np.concatenate([a.force, moment], axis=1)
        total -= np.matmul(kin.pulls.screws, wrench[..., None])[..., 0] * moved_by(body, a.body)
    return total


def ligament_forces(body: Body, kin: Kinetics) -> np.ndarray:
    """Tension (F, L) [N] of the ligaments."""
    if body.anatomy is None or not body.ligament_names:
        return np.zeros((len(kin), 0))
    m, law = body.muscle_count, LigamentLaw.of(body.anatomy.ligaments)
    return law.tension(kin.length[:, m : m + len(body.ligament_names)], body.ligament_length)

"""The total potential of a posture nobody steers: generalised force, energy and Hessian of the coordinates set free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from psoas.body.body import Body
from psoas.body.build import GRAVITY, PRESSURE_LINE
from psoas.body.capsule import capsule_forces, capsule_law
from psoas.body.coordinates import LUMBAR
from psoas.body.passive import LigamentLaw
from psoas.mechanics.equilibrium import level_angles
from psoas.mechanics.joints import JointLoads, joint_loads
from psoas.mechanics.kinetics import Kinetics, kinetics, point_jacobian, world_points
from psoas.mechanics.muscle_springs import Springs

STEP = 1e-4  # rad, of the central differences of the generalised force
PELVIS = "pelvis_tilt"


@dataclass(frozen=True)
class Freedom:
    """Which coordinates are free, and the posture they leave: x (.., n) [rad] is measured from there.

    rows (n,): hinges that turn by x; with `hips` (the hip axis in the pelvis' frame, (2,) [m]) one more, the first:
    the pelvis tilts about the hips, and both hips flex with it, so that thighs, legs and feet stay where they are.
    All other coordinates are held.
    """

    names: tuple[str, ...]
    origin: np.ndarray
    rows: np.ndarray
    legs: np.ndarray  # rows of what follows the pelvis: x, y, tilt, hip flexions
    hips: np.ndarray | None = None

    def __len__(self) -> int:
        """Return the number of free coordinates n."""
        return len(self.names)

    def positions(self, x: np.ndarray) -> np.ndarray:
        """Return the positions (F, V) of all coordinates at x (F, n)."""
        q = np.repeat(self.origin[None], len(x), axis=0)
        hinges = x if self.hips is None else x[:, 1:]
        q[:, self.rows] += hinges
        if self.hips is not None:
            tx, ty, tilt, right, left = self.legs
            q[:, (tilt, right, left)] += x[:, :1]
            before, after = _turned(self.origin[tilt : tilt + 1], self.hips)[0], _turned(q[:, tilt], self.hips)
            q[:, (tx, ty)] += before - after
        return q

    def tangent(self, x: np.ndarray) -> np.ndarray:
        """Return dq/dx (F, V, n)."""
        matrix = np.zeros((len(x), len(self.origin), len(self)))
        first = 0 if self.hips is None else 1
        matrix[:, self.rows, np.arange(first, len(self))] = 1.0
        if self.hips is not None:
            tx, ty, tilt, right, left = self.legs
            matrix[:, (tilt, right, left), 0] = 1.0
            lever = _turned(self.origin[tilt] + x[:, 0], self.hips)
            # d/dtilt of -R(-tilt) h:  tilting forward turns from y towards x.
            matrix[:, tx, 0], matrix[:, ty, 0] = -lever[:, 1], lever[:, 0]
        return matrix


def _turned(tilt: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return a point (2,) of the pelvis turned about -Z by tilt (F,), (F, 2)."""
    c, s = np.cos(tilt), np.sin(tilt)
    return np.stack([c * point[0] + s * point[1], -s * point[0] + c * point[1]], axis=1)


def freedom(body: Body, origin: np.ndarray, names: Sequence[str] = LUMBAR, *, pelvis: bool = False) -> Freedom:
    """Return the freedom of some hinges about the positions `origin` (V,), with the pelvis held or tilting on the hips.

    Raises ValueError where the pelvis is to tilt and is listed or turned, or the hips do not share an axis across.
    """
    legs = body.rows(("pelvis_tx", "pelvis_ty", PELVIS, "hip_flexion_r", "hip_flexion_l"))
    rows = body.rows(tuple(names))
    if not pelvis:
        return Freedom(tuple(names), origin, rows, legs)
    assert body.anatomy is not None
    right, left = (np.array(body.anatomy.segment(f"thigh_{s}").joint[:2]) for s in "rl")
    turned = np.abs(origin[body.rows(("pelvis_list", "pelvis_rotation"))]).max()
    if turned > 1e-9 or not np.allclose(right, left, atol=1e-9):
        raise ValueError("The pelvis can tilt on both hips only where it is neither listed nor turned.")
    return Freedom((PELVIS, *names), origin, rows, legs, right)


@dataclass(frozen=True)
class DeadLoad:
    """A force (3,) [N] that keeps its direction in the world, on a point (3,) [m] of a body."""

    body: str
    point: np.ndarray
    force: np.ndarray


@dataclass(frozen=True)
class Cable:
    """A line through points of bodies, (body, (3,) [m]) from end to end, under a tension [N] that does not change."""

    points: tuple[tuple[str, np.ndarray], ...]
    tension: float


@dataclass(frozen=True)
class Potential:
    """Everything that pulls on the free coordinates of a body.

    U = gravity + ligaments + hip capsules + discs + muscles - loads . points + cable * length - pressure * line.
    muscles: their law, None for none; preload (K,): compression [N] that stiffens the discs, held; pressure_n: force of
    the abdominal pressure [N] along its line, held; weight: whether the body has weight; tissue: whether discs and
    ligaments (of the hips too) resist. Contacts that do not move do no work.
    """

    body: Body
    freedom: Freedom
    muscles: Springs | None = None
    preload: np.ndarray | None = None
    pressure_n: float = 0.0
    loads: tuple[DeadLoad, ...] = ()
    cable: Cable | None = None
    weight: bool = True
    tissue: bool = True

    def force(self, x: np.ndarray) -> np.ndarray:
        """Return the generalised force -dU/dx (F, n) [N m] at x (F, n) [rad]."""
        kin = kinetics(self.body, self.freedom.positions(x))
        return np.einsum("fv,fvn->fn", self.generalised(kin), self.freedom.tangent(x))

    def energy(self, x: np.ndarray) -> np.ndarray:
        """Return U (F,) [J] at x (F, n); its zero is arbitrary."""
        return self._energy(kinetics(self.body, self.freedom.positions(x)))

    def energy_and_force(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return U (F,) [J] and -dU/dx (F, n) [N m] at x (F, n)."""
        kin = kinetics(self.body, self.freedom.positions(x))
        return self._energy(kin), np.einsum("fv,fvn->fn", self.generalised(kin), self.freedom.tangent(x))

    def _energy(self, kin: Kinetics) -> np.ndarray:
        m, ligaments = self.body.muscle_count, len(self.body.ligament_names)
        total = np.zeros(len(kin))
        if self.weight:
            total += self.body.model.body_mass.sum() * GRAVITY * kin.centre[:, 1]
        if self.tissue:
            assert self.body.anatomy is not None
            law = LigamentLaw.of(self.body.anatomy.ligaments)
            total += law.energy(kin.length[:, m : m + ligaments], self.body.ligament_length).sum(axis=1)
            hips = self.body.rows(("hip_flexion_r", "hip_flexion_l"))
            total += capsule_law(self.body.anatomy.parameters).energy(kin.positions[:, hips]).sum(axis=1)
            total += self._disc_energy(kin.positions)
        if self.muscles is not None:
            total += self.muscles.energy(kin.length[:, :m]).sum(axis=1)
        if self.pressure_n:
            total -= self.pressure_n * kin.length[:, self.body.model.tendon(PRESSURE_LINE).id]
        for load in self.loads:
            total -= world_points(self.body, kin, load.body, load.point) @ load.force
        if self.cable is not None:
            total += self.cable.tension * _along(self.body, kin, self.cable)[0]
        return total

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """Return d2U/dx2 (n, n) [N m/rad] at x (n,), by central differences of the force, made symmetric."""
        steps = STEP * np.eye(len(x))
        forces = self.force(np.concatenate([x + steps, x - steps]))
        raw = -(forces[: len(x)] - forces[len(x) :]) / (2.0 * STEP)
        return 0.5 * (raw + raw.T)

    def bare(self, *loads: DeadLoad) -> Potential:
        """Return the potential of these loads alone, on the same free coordinates."""
        return replace(
            self, muscles=None, pressure_n=0.0, loads=loads, cable=None, weight=False, tissue=False, preload=None
        )

    def generalised(self, kin: Kinetics) -> np.ndarray:
        """Return the generalised forces (F, V) on all coordinates but those of contacts and joints."""
        body = self.body
        m, ligaments = body.muscle_count, len(body.ligament_names)
        total = -kin.tau if self.weight else np.zeros_like(kin.tau)
        if self.tissue:
            assert body.anatomy is not None
            law = LigamentLaw.of(body.anatomy.ligaments)
            pull = law.tension(kin.length[:, m : m + ligaments], body.ligament_length)
            total += np.einsum("fvl,fl->fv", kin.arms[:, :, m : m + ligaments], pull)
            total += capsule_forces(body, kin.positions)
            total[:, body.rows(LUMBAR)] += self.discs(kin.positions).reshape(len(kin), -1)
        if self.muscles is not None:
            total += np.einsum("fvm,fm->fv", kin.arms[:, :, :m], self.muscles.tension(kin.length[:, :m]))
        if self.pressure_n:
            total -= self.pressure_n * kin.arms[:, :, body.model.tendon(PRESSURE_LINE).id]
        for load in self.loads:
            point = world_points(body, kin, load.body, load.point)
            total += np.einsum("fxv,x->fv", point_jacobian(body, kin, load.body, point), load.force)
        if self.cable is not None:
            total -= self.cable.tension * _along(body, kin, self.cable)[1]
        return total

    def joint_loads(self, kin: Kinetics) -> JointLoads:
        """Return the loads (F, K) of the lumbar joints under these forces, where nothing else touches the trunk."""
        return joint_loads(self.body, kin, -self.generalised(kin), self.discs(kin.positions)[..., 0])

    def discs(self, positions: np.ndarray) -> np.ndarray:
        """Return the discs' moments (F, K, 3) [N m] on the vertebra above."""
        angles = level_angles(self.body, positions)
        return self.body.discs.moment(angles, self._preload(angles))

    def _disc_energy(self, positions: np.ndarray) -> np.ndarray:
        angles = level_angles(self.body, positions)
        return self.body.discs.energy(angles, self._preload(angles)).sum(axis=-1)

    def _preload(self, angles: np.ndarray) -> np.ndarray:
        preload = np.zeros(len(self.body.levels)) if self.preload is None else self.preload
        return np.broadcast_to(preload, angles.shape[:-1])


def _along(body: Body, kin: Kinetics, cable: Cable) -> tuple[np.ndarray, np.ndarray]:
    """Return the length (F,) [m] of a cable and its slope dL/dq (F, V)."""
    places = [world_points(body, kin, name, local) for name, local in cable.points]
    moves = [point_jacobian(body, kin, name, x) for (name, _), x in zip(cable.points, places, strict=True)]
    length, slope = np.zeros(len(kin)), np.zeros_like(kin.tau)
    for i in range(len(places) - 1):
        line = places[i + 1] - places[i]
        size = np.linalg.norm(line, axis=1)
        length += size
        slope += np.einsum("fx,fxv->fv", line / size[:, None], moves[i + 1] - moves[i])
    return length, slope


def pressure_force(body: Body, tension: np.ndarray) -> float:
    """Return the force [N] of the abdominal pressure that tensions (M,) [N] raise: A sum c_i T_i."""
    assert body.anatomy is not None
    scale = body.height / body.anatomy.parameters["reference_height"]
    return float(body.anatomy.parameters["abdominal_pressure_area"] * scale**2 * (tension @ body.fibres.pressure))

"""The same frames by this package: passive tissue, pressure, contacts and tone off, OpenSim's reserves on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from opensim_side import RESERVE, ROWS, Motion

from psoas.body.body import Body
from psoas.body.coordinates import CHILD_OF_LEVEL
from psoas.mechanics.columns import AppliedForce, applied_generalised
from psoas.mechanics.joints import joint_forces
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.curves import capability
from psoas.muscle.problem import SharingProblem
from psoas.muscle.sharing import share


@dataclass(frozen=True)
class Answer:
    """One frame, M fascicles, 24 lumbar and hip rows.

    capability (M,) [N], length (M,) [m], arms (M, 24) [m], demand (24,) [N m], activation (M,), reserve (24,) [N m],
    joint (6, 3) [N]: on the upper body, in its axes.
    """

    capability: np.ndarray
    length: np.ndarray
    arms: np.ndarray
    demand: np.ndarray
    activation: np.ndarray
    reserve: np.ndarray
    joint: np.ndarray

    def objective(self, activation: np.ndarray) -> float:
        """Sum of a^2 and of (r / RESERVE)^2, with the reserves r that those activations leave to carry."""
        reserve = self.demand - self.arms.T @ (activation * self.capability)
        return float((activation**2).sum() + ((reserve / RESERVE) ** 2).sum())


def answer(body: Body, motion: Motion, accelerations: np.ndarray, row: int) -> Answer:
    """Return how one row of a motion is shared out, and the joint forces that follow."""
    one = slice(row, row + 1)
    kin = kinetics(body, motion.positions[one], motion.velocities[one], accelerations[one])
    m = body.muscle_count
    f = body.fibres
    can = capability(
        kin.length[:, :m], kin.velocity[:, :m], f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation
    ).active_n[0]
    applied = tuple(AppliedForce(n, force[one], point[one], moment[one]) for n, force, point, moment in motion.forces)
    asked = kin.tau - applied_generalised(body, kin, applied)
    rows = body.rows(ROWS)
    arms = kin.arms[0, rows, :m]
    problem = SharingProblem(
        columns=(arms * can)[None],
        demand=asked[:, rows],
        lower=np.zeros(m),
        upper=np.ones(m),
        weight=np.ones(m),
        power=2.0,
        unmet_cost=np.inf,
        reserve_weight=np.full(len(rows), 1.0 / RESERVE**2),
    )
    found = share(problem)
    if not found.converged.all():
        raise RuntimeError(found.status[0])
    left = asked - kin.arms[:, :, :m] @ (can * found.x[0])
    world = joint_forces(body, kin, left)[0]
    upper = [body.bodies[c] for c in CHILD_OF_LEVEL.values()]
    joint = np.einsum("kxa,kx->ka", kin.orientation[0, upper], world)
    return Answer(can, kin.length[0, :m], arms.T, asked[0, rows], found.x[0], found.unmet[0], joint)

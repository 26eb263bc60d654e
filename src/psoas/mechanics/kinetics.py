"""What MuJoCo says of a body in given frames: inverse dynamics, lines of pull, frames of its bodies."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from psoas.body.body import Body

# MuJoCo writes its warnings to a file in the user's folder. The one that comes here, a mass matrix that two aligned
# axes of a ball-like joint make singular, does not matter: inverse dynamics never inverts it.
mujoco.set_mju_user_warning(lambda _: None)


@dataclass(frozen=True)
class Kinetics:
    """Arrays over F frames; V coordinates, T tendons (fascicles, ligaments, pressure line), B bodies with world.

    tau (F, V): generalised force that the movement and gravity need [N, N m].
    arms (F, V, T): generalised force of one newton of tension, R = -dL/dq [m, or 1 for slides].
    length (F, T) [m], velocity (F, T) [m/s]: of the paths.
    axis, anchor (F, V, 3): world axis and anchor of each coordinate.
    position (F, B, 3) [m], orientation (F, B, 3, 3): of the bodies' frames in the world.
    centre (F, 3): centre of mass of the whole [m].
    """

    positions: np.ndarray
    tau: np.ndarray
    arms: np.ndarray
    length: np.ndarray
    velocity: np.ndarray
    axis: np.ndarray
    anchor: np.ndarray
    position: np.ndarray
    orientation: np.ndarray
    centre: np.ndarray

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.tau)

    def frames(self, chosen: slice | np.ndarray) -> Kinetics:
        """Return some of the frames."""
        return Kinetics(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def kinetics(
    body: Body,
    positions: np.ndarray,
    velocities: np.ndarray | None = None,
    accelerations: np.ndarray | None = None,
) -> Kinetics:
    """Evaluate frames: positions, velocities, accelerations (F, V) of all coordinates in the model's order.

    tau = M(q) qdd + c(q, qd) + g(q) (mj_inverse); tendon Jacobian dL/dq from mj_tendon, wraps included.
    """
    model, data = body.model, mujoco.MjData(body.model)
    frames, size, lines = len(positions), model.nv, model.ntendon
    tau = np.zeros((frames, size))
    arms = np.zeros((frames, size, lines))
    length, velocity = np.zeros((frames, lines)), np.zeros((frames, lines))
    axis, anchor = np.zeros((frames, size, 3)), np.zeros((frames, size, 3))
    position, orientation = np.zeros((frames, model.nbody, 3)), np.zeros((frames, model.nbody, 9))
    centre = np.zeros((frames, 3))
    line_of_entry, dof_of_entry, entries = tendon_entries(model)
    for i in range(frames):
        data.qpos[:] = positions[i]
        data.qvel[:] = 0.0 if velocities is None else velocities[i]
        data.qacc[:] = 0.0 if accelerations is None else accelerations[i]
        mujoco.mj_inverse(model, data)
        tau[i] = data.qfrc_inverse
        arms[i, dof_of_entry, line_of_entry] = -data.ten_J[entries]
        length[i], velocity[i] = data.ten_length, data.ten_velocity
        axis[i], anchor[i] = data.xaxis, data.xanchor
        position[i], orientation[i] = data.xpos, data.xmat
        centre[i] = data.subtree_com[0]
    shape = (frames, model.nbody, 3, 3)
    return Kinetics(
        np.array(positions, float),
        tau,
        arms,
        length,
        velocity,
        axis,
        anchor,
        position,
        orientation.reshape(shape),
        centre,
    )


def tendon_entries(model: mujoco.MjModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (line, coordinate, place in data.ten_J) of every stored entry of the sparse tendon Jacobian."""
    count = model.ten_J_rownnz
    line = np.repeat(np.arange(model.ntendon), count)
    places = np.concatenate([np.arange(a, a + n) for a, n in zip(model.ten_J_rowadr, count, strict=True)])
    return line, model.ten_J_colind[places], places


def moved_by(body: Body, name: str) -> np.ndarray:
    """Return which coordinates (V,) move a body: those of itself and of its ancestors."""
    model = body.model
    moves = np.zeros(model.nv, bool)
    index = body.bodies[name]
    while index > 0:
        start, count = model.body_dofadr[index], model.body_dofnum[index]
        if count:
            moves[start : start + count] = True
        index = model.body_parentid[index]
    return moves


def world_points(body: Body, kin: Kinetics, name: str, local: np.ndarray) -> np.ndarray:
    """Return the world place (F, 3) of a point fixed in a body (3,) [m]."""
    i = body.bodies[name]
    return kin.position[:, i] + kin.orientation[:, i] @ local


def point_jacobian(body: Body, kin: Kinetics, name: str, points: np.ndarray) -> np.ndarray:
    """dx/dq (F, 3, V) of world points (F, 3) carried by a body: a x (x - anchor) for hinges, a for slides."""
    lever = points[:, None, :] - kin.anchor
    turning = np.cross(kin.axis, lever)
    slide = body.model.jnt_type == mujoco.mjtJoint.mjJNT_SLIDE
    columns = np.where(slide[None, :, None], kin.axis, turning) * moved_by(body, name)[None, :, None]
    return np.swapaxes(columns, 1, 2)


def moment_jacobian(body: Body, kin: Kinetics, name: str) -> np.ndarray:
    """Angular Jacobian (F, 3, V) of a body: the axes of the hinges that turn it."""
    slide = body.model.jnt_type == mujoco.mjtJoint.mjJNT_SLIDE
    columns = kin.axis * (moved_by(body, name) & ~slide)[None, :, None]
    return np.swapaxes(columns, 1, 2)

"""What MuJoCo says of a body in given frames: inverse dynamics, lines of pull, frames of its bodies."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.mechanics.batch import Evaluator, evaluator
from psoas.mechanics.batch import tendon_entries as tendon_entries
from psoas.mechanics.pulls import Pulls

# MuJoCo writes its warnings to a file in the user's folder. The one that comes here, a mass matrix that two aligned
# axes of a ball-like joint make singular, does not matter: inverse dynamics never inverts it.
mujoco.set_mju_user_warning(lambda _: None)

TOGETHER = 64  # frames whose lines are worked out together: enough to spread NumPy's calls


@dataclass(frozen=True)
class Kinetics:
    """Arrays over F frames; V coordinates, T tendons (fascicles, ligaments, pressure line), B bodies with world.

    tau (F, V): generalised force that the movement and gravity need [N, N m].
    length (F, T) [m], velocity (F, T) [m/s]: of the paths.
    axis, anchor (F, V, 3): world axis and anchor of each coordinate.
    position (F, B, 3) [m], orientation (F, B, 3, 3): of the bodies' frames in the world.
    centre (F, 3): centre of mass of the whole [m].
    pulls: what the lines pull across each joint.
    """

    positions: np.ndarray
    tau: np.ndarray
    length: np.ndarray
    velocity: np.ndarray
    axis: np.ndarray
    anchor: np.ndarray
    position: np.ndarray
    orientation: np.ndarray
    centre: np.ndarray
    pulls: Pulls

    @cached_property
    def arms(self) -> np.ndarray:
        """Generalised force (F, V, T) of one newton of tension, R = -dL/dq [m, or 1 for slides]."""
        return self.pulls.arms()

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.tau)

    def frames(self, chosen: slice | np.ndarray) -> Kinetics:
        """Return some of the frames."""
        arrays = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "pulls"}
        return Kinetics(**arrays, pulls=self.pulls.frames(chosen))


def kinetics(
    body: Body,
    positions: np.ndarray,
    velocities: np.ndarray | None = None,
    accelerations: np.ndarray | None = None,
) -> Kinetics:
    """Evaluate frames: positions, velocities, accelerations (F, V) of all coordinates in the model's order.

    tau = M(q) qdd + c(q, qd) + g(q), what mj_inverse returns; arms -dL/dq as mj_tendon's, wraps included (`batch`).
    """
    by = evaluator(body.model)
    frames, size, count = len(positions), body.model.nv, body.model.ntendon
    at = np.array(positions, float)
    tau, length, centre = np.empty((frames, size)), np.empty((frames, count)), np.empty((frames, 3))
    axis, anchor = np.empty((frames, size, 3)), np.empty((frames, size, 3))
    position, orientation = np.empty((frames, body.model.nbody, 3)), np.empty((frames, body.model.nbody, 9))
    pulls = Pulls(
        by.lines,
        np.empty((frames, size, 6)),
        np.empty((frames, 6, len(by.lines.line))),
        np.zeros((frames, size, len(by.lines.wrapped))),
    )
    for first in range(0, frames, TOGETHER):
        some = slice(first, first + TOGETHER)
        _evaluate(
            by,
            at[some],
            None if velocities is None else velocities[some],
            None if accelerations is None else accelerations[some],
            (tau[some], length[some]),
            (axis[some], anchor[some], position[some], orientation[some], centre[some]),
            pulls.frames(some),
        )
    velocity = np.zeros((frames, count)) if velocities is None else pulls.stretching(np.asarray(velocities, float))
    orientation = orientation.reshape(frames, -1, 3, 3)
    return Kinetics(at, tau, length, velocity, axis, anchor, position, orientation, centre, pulls)


def _evaluate(
    by: Evaluator,
    positions: np.ndarray,
    velocities: np.ndarray | None,
    accelerations: np.ndarray | None,
    forces: tuple[np.ndarray, np.ndarray],
    places: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    pulls: Pulls,
) -> None:
    """Write tau, length; axis, anchor, position, orientation, centre; pulls of a few frames to their places."""
    model, data, lines = by.model, by.data, by.lines
    tau, length = forces
    axis, anchor, position, orientation, centre = places
    sites = np.empty((len(positions), 3, model.nsite))
    stored = np.empty((len(positions), len(lines.entries)))
    # MuJoCo's arrays are views that stay; asking for them anew costs as much as a stage.
    x, v, a, inverse = data.qpos, data.qvel, data.qacc, data.qfrc_inverse
    xaxis, xanchor, xpos, xmat, com = data.xaxis, data.xanchor, data.xpos, data.xmat, data.subtree_com
    site_places, jacobian, line_length = data.site_xpos.T, data.ten_J, data.ten_length
    v[:], a[:] = 0.0, 0.0
    for i in range(len(positions)):
        x[:] = positions[i]
        if velocities is not None:
            v[:] = velocities[i]
        if accelerations is not None:
            a[:] = accelerations[i]
        if by.bare:
            mujoco.mj_kinematics(model, data)
            mujoco.mj_comPos(model, data)
            mujoco.mj_tendon(model, data)
            mujoco.mj_comVel(model, data)
            mujoco.mj_rne(model, data, 1, tau[i])
        else:
            mujoco.mj_inverse(model, data)
            tau[i] = inverse
        sites[i] = site_places
        stored[i] = jacobian[lines.entries]
        length[i] = line_length
        axis[i], anchor[i] = xaxis, xanchor
        position[i], orientation[i] = xpos, xmat
        centre[i] = com[0]
    pulls.wrapped[:, lines.entry_dof, lines.entry_line] = -stored
    pulls.screws[:] = lines.screws(axis, anchor)
    lines.fill(sites, pulls.across, length)


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

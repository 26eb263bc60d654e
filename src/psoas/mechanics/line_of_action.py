"""Lines of pull: what each newton of a fascicle does to every level, and how it is turned where it bends over bone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.mechanics.joints import disc_axes, joint_forces
from psoas.mechanics.kinetics import kinetics


@dataclass(frozen=True, eq=False)
class LinesOfAction:
    """N fascicles in one posture, K levels from the top; world axes are forward, up, right.

    start (N, 3) [m]: the upper end. direction (N, 3): unit, along which it pulls there. crosses (N, K): which levels
    lie within its path. compression, anterior_shear, right_shear (N, K): newtons of load per newton of tension, with
    the signs of `JointLoads`. arm (N, K) [m]: R = -dL/dq of the level's flexion, + bends forward.
    """

    names: tuple[str, ...]
    start: np.ndarray
    direction: np.ndarray
    crosses: np.ndarray
    compression: np.ndarray
    anterior_shear: np.ndarray
    right_shear: np.ndarray
    arm: np.ndarray

    def turning(self) -> tuple[int | None, ...]:
        """Return per fascicle the lowest level above which it extends and below which it flexes, by its index.

        None where it does only one of the two at the levels that it crosses.
        """
        found: list[int | None] = []
        for arm, crossed in zip(self.arm, self.crosses, strict=True):
            places = np.flatnonzero(crossed)
            turns = [int(a) for a, b in pairwise(places) if arm[a] < 0.0 <= arm[b]]
            found.append(turns[-1] if turns else None)
        return tuple(found)


def lines_of_action(body: Body, position: np.ndarray, chosen: np.ndarray) -> LinesOfAction:
    """Return the lines of action of some fascicles (N,), by index, in one posture (V,).

    The joint answers a newton of tension with -R on its slide rows, which in the axes of the disc is the load.
    """
    kin = kinetics(body, position[None])
    data = posed(body, position)
    axes = disc_axes(body, kin)[0]
    unit = np.eye(body.model.ntendon)[chosen]
    force = joint_forces(body, kin, -(unit @ kin.arms[0].T))  # (N, K, 3), world; one fascicle stands for one frame
    in_disc = np.einsum("kxa,nkx->nka", axes, force)
    rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    starts = [path(body, data, int(i))[0][:2] for i in chosen]
    along = np.array([points[1] - points[0] for points in starts])
    return LinesOfAction(
        tuple(body.fibres.names[i] for i in chosen),
        np.array([points[0] for points in starts]),
        along / np.linalg.norm(along, axis=1, keepdims=True),
        np.abs(in_disc).max(axis=2) > 1e-12,
        in_disc[..., 1],
        -in_disc[..., 0],
        -in_disc[..., 2],
        kin.arms[0][rows][:, chosen].T,
    )


def path(body: Body, data: mujoco.MjData, line: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a line's points (n, 3) [m, world] from its origin, the body of each (n,), and which lie on a cylinder.

    data: of the body's model, its tendons evaluated.
    """
    model = body.model
    first, count = int(data.ten_wrapadr[line]), int(data.ten_wrapnum[line])
    points = data.wrap_xpos.reshape(-1, 3)[first : first + count].copy()
    geoms = data.wrap_obj.reshape(-1)[first : first + count]
    declared = range(int(model.tendon_adr[line]), int(model.tendon_adr[line] + model.tendon_num[line]))
    sites = iter([model.wrap_objid[j] for j in declared if model.wrap_type[j] == mujoco.mjtWrap.mjWRAP_SITE])
    owners = [int(model.geom_bodyid[g]) if g >= 0 else int(model.site_bodyid[next(sites)]) for g in geoms]
    return points, np.array(owners), geoms >= 0


@dataclass(frozen=True, eq=False)
class Turned:
    """How N fascicles are turned where they lie on one bone, in one posture.

    turn (N,) [rad]: between the direction in which the line comes and that in which it leaves the bone.
    on_cylinder (N,) [rad]: the part of it over the bone's cylinder; what is left bends at points of the path.
    pressed (N, 3): force on the bone per newton of tension, world: the sum of the two pulls, u_in + u_out.
    place (N, 3) [m]: the middle of the contact.
    """

    turn: np.ndarray
    on_cylinder: np.ndarray
    pressed: np.ndarray
    place: np.ndarray


def turned_on(body: Body, position: np.ndarray, chosen: np.ndarray, bone: str = "pelvis") -> Turned:
    """Return how some fascicles (N,), by index, are turned on a bone they pass, in one posture (V,).

    Raises ValueError for a fascicle that does not pass the bone between two others.
    """
    data = posed(body, position)
    turns, over, pressed, places = [], [], [], []
    for i in chosen:
        points, owners, wrapped = path(body, data, int(i))
        lying = np.flatnonzero(owners == body.bodies[bone])
        if not len(lying) or lying[0] == 0 or lying[-1] == len(points) - 1:
            raise ValueError(f"{body.fibres.names[i]} does not pass over {bone}.")
        to_origin = _unit(points[lying[0] - 1] - points[lying[0]])
        to_end = _unit(points[lying[-1] + 1] - points[lying[-1]])
        turns.append(_angle(-to_origin, to_end))
        pressed.append(to_origin + to_end)
        places.append(points[lying].mean(axis=0))
        touched = lying[wrapped[lying]]
        over.append(0.0)
        if len(touched):
            comes = _unit(points[touched[0]] - points[touched[0] - 1])
            over[-1] = _angle(comes, _unit(points[touched[-1] + 1] - points[touched[-1]]))
    return Turned(np.array(turns), np.array(over), np.array(pressed), np.array(places))


def posed(body: Body, position: np.ndarray) -> mujoco.MjData:
    """Return the model's data in one posture (V,), its lines of pull evaluated."""
    data = mujoco.MjData(body.model)
    data.qpos[:] = position
    mujoco.mj_fwdPosition(body.model, data)
    return data


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))

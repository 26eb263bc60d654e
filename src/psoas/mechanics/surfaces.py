"""What of the body lies on a seat, a backrest or a bed: points near the surface bear, those in the air do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.errors import PoseError
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.kinetics import Kinetics, kinetics, world_points
from psoas.motion.postures import posing

GIVE = {"seat": "seat_give", "backrest": "backrest_give", "bed": "bed_give"}
ARM = ("upper_arm", "forearm", "hand")
RESTS = ("armrests", "desk")
BEYOND = 2e-3  # m that the line of weight may pass beyond the outermost point that bears
SHORTEST_LEVER = 0.02  # m; a rest nearer than this to the plumb line of the shoulder carries the whole arm


def touching(body: Body, positions: np.ndarray, points: tuple[ContactPoint, ...]) -> tuple[ContactPoint, ...]:
    """Return the contact points that the surroundings reach in a pose (V,).

    A seat, backrest or bed is a plane that touches the point deepest along its normal, and gives way by `GIVE`: points
    further from it are left out. An elbow on a thigh and a hand that leans are props: they push along the line to the
    shoulder, so that no muscle of the shoulder, which the model lacks, is taken for granted.
    """
    kin = kinetics(body, positions[None])
    planes = {}
    for name in GIVE:
        # A seat carries the seat bones; thighs that slope down hang over its front edge.
        heights = [
            _height(body, kin, c) for c in points if c.contact == name and (name != "seat" or c.body == "pelvis")
        ]
        if heights:
            planes[name] = min(heights)
    kept = []
    for c in points:
        if c.contact in planes and abs(_height(body, kin, c) - planes[c.contact]) > posing()[GIVE[c.contact]]:
            continue
        kept.append(_prop(body, kin, c) if c.contact.startswith(("elbow_on_thigh", "hand_")) else c)
    return tuple(kept)


def _height(body: Body, kin: Kinetics, c: ContactPoint) -> float:
    return float(world_points(body, kin, c.body, c.position)[0] @ c.normal)


def _prop(body: Body, kin: Kinetics, c: ContactPoint) -> ContactPoint:
    shoulder = kin.position[0, body.bodies[f"upper_arm_{c.body[-1]}"]]
    way = shoulder - world_points(body, kin, c.body, c.position)[0]
    return replace(c, normal=way / np.linalg.norm(way), friction=0.0)


@dataclass(frozen=True)
class Rest:
    """A relaxed arm that lies on something: the contact's name and the force on the forearm."""

    name: str
    force: AppliedForce


def arm_rests(body: Body, positions: np.ndarray, contacts: tuple[str, ...]) -> tuple[Rest, ...]:
    """Return what desk or armrests carry of each relaxed arm in a pose (V,).

    N = min(W, sum W_i x_i / x), upwards: with x the distance of the rest and x_i those of upper arm, forearm and hand
    (with what it holds) in front of the shoulder, N leaves no moment there; W, the weight of the arm, is all that a
    relaxed arm can give (assumed: nobody pushes down).
    """
    assert body.anatomy is not None
    name = next((n for n in RESTS if n in contacts), "")
    if not name:
        return ()
    places = {p.body: np.array(p.position) for p in body.anatomy.skin if p.contact == name}
    kin = kinetics(body, positions[None])
    gravity = -float(body.model.opt.gravity[1])
    rests = []
    for side in "rl":
        shoulder = kin.position[0, body.bodies[f"upper_arm_{side}"]]
        point = world_points(body, kin, f"forearm_{side}", places[f"forearm_{side}"])
        way = (point[0] - shoulder) * np.array([1.0, 0.0, 1.0])
        lever = float(np.linalg.norm(way))
        weights = np.array([body.model.body_mass[body.bodies[f"{part}_{side}"]] * gravity for part in ARM])
        push = float(weights.sum())
        if lever > SHORTEST_LEVER:
            moment = sum(
                w * float((_centre(body, kin, f"{p}_{side}") - shoulder) @ way) / lever
                for w, p in zip(weights, ARM, strict=True)
            )
            push = float(np.clip(moment / lever, 0.0, push))
        force = AppliedForce(f"forearm_{side}", np.array([[0.0, push, 0.0]]), point)
        rests.append(Rest(f"{'armrest' if name == 'armrests' else name}_{side}", force))
    return tuple(rests)


def refuse_falling(
    body: Body, positions: np.ndarray, contacts: tuple[ContactPoint, ...], applied: tuple[AppliedForce, ...]
) -> None:
    """Raise PoseError where all that bears pushes up and the line of weight passes in front of or behind it."""
    if any(abs(c.normal[1]) < 0.999 for c in contacts):
        return  # a backrest or a prop holds: the sharing tells
    kin = kinetics(body, positions[None])
    places = [float(world_points(body, kin, c.body, c.position)[0, 0]) for c in contacts]
    weight = -float(body.model.body_subtreemass[0] * body.model.opt.gravity[1])
    x = weight * float(centre_of_mass(body, positions)[0])
    for a in applied:
        weight -= float(a.force[0, 1])
        x -= float(a.force[0, 1] * a.point[0, 0] - a.force[0, 0] * a.point[0, 1])
    if not contacts or weight <= 0.0:
        return
    x /= weight
    beyond = max(min(places) - x, x - max(places))
    if beyond > BEYOND:
        names = ", ".join(dict.fromkeys(c.contact for c in contacts))
        side = "behind" if x < min(places) else "in front of"
        raise PoseError(
            f"No contact can balance this posture: the weight falls {100 * beyond:.0f} cm {side} what bears it "
            f"({names}), which cannot carry {weight:.0f} N so. Give it a seat, a backrest or a bed under "
            "[surroundings], or bring the trunk back over what bears it."
        )


@dataclass(frozen=True)
class NetLoad:
    """Net force (3,) [N] and moment (3,) [N m] that what lies beyond a joint needs from it, world axes."""

    force: np.ndarray
    moment: np.ndarray


def net_load(
    body: Body, positions: np.ndarray, joint: str, parts: tuple[str, ...], applied: tuple[AppliedForce, ...] = ()
) -> NetLoad:
    """Free body of the parts beyond the joint of body `joint`, at rest: F = -sum (W_i + f_k), M = -sum r x (W_i, f_k).

    applied: known forces on those parts (of one frame); r from the joint's centre.
    """
    kin = kinetics(body, positions[None])
    centre = kin.position[0, body.bodies[joint]]
    gravity = np.array(body.model.opt.gravity)
    force, moment = np.zeros(3), np.zeros(3)
    for part in parts:
        weight = body.model.body_mass[body.bodies[part]] * gravity
        force += weight
        moment += np.cross(_centre(body, kin, part) - centre, weight)
    for a in applied:
        if a.body in parts:
            force += a.force[0]
            moment += np.cross(a.point[0] - centre, a.force[0])
    return NetLoad(-force, -moment)


def centre_of_mass(body: Body, positions: np.ndarray) -> np.ndarray:
    """Return the world place (3,) [m] of the centre of mass in a pose (V,)."""
    data = mujoco.MjData(body.model)
    data.qpos[:] = positions
    mujoco.mj_kinematics(body.model, data)
    mujoco.mj_comPos(body.model, data)
    return np.array(data.subtree_com[0])


def _centre(body: Body, kin: Kinetics, name: str) -> np.ndarray:
    return np.asarray(world_points(body, kin, name, body.model.body_ipos[body.bodies[name]])[0])

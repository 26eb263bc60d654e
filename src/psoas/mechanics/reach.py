"""Hands sent to a place, eyes to what they look at: the arms and the neck that do it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.case.posture import Posture
from psoas.errors import PoseError
from psoas.motion.postures import posing

STRAIGHT, FOLDED = 0.0, math.radians(150.0)  # of the elbow
REACHED = 1e-3  # m; a hand nearer than this to its place is there
NECK = (math.radians(-80.0), math.radians(65.0))
DOWN = np.array([0.0, -1.0, 0.0])


@dataclass(frozen=True)
class Reach:
    """Where the hands go, per side (m): forward of `origin` (ankles or hips, their middle), height above the soles."""

    forward: dict[str, float]
    height: dict[str, float]
    origin: str  # "ankles" or "hips"
    right: float = 0.0  # of straight ahead


class OutOfReach(PoseError):
    """A place that the hands do not get to: `missing_m` more of arm would be needed."""

    def __init__(self, message: str, missing_m: float):
        super().__init__(message)
        self.missing_m = missing_m


@dataclass(frozen=True)
class Gaze:
    """What the eyes look at: distance in front of them, height above the soles (m)."""

    distance: float
    height: float


def reach_hands(body: Body, q: np.ndarray, reach: Reach) -> dict[str, float]:
    """Turn shoulders and elbows in `q` so that the grips are where `reach` says; return what is missing (m) per side.

    Missing is positive where a straight arm is too short (the arm then points there), negative where the folded arm
    is too long. Elbows hang as low as the hand's place allows; the hands are `hands_apart` from each other.
    """
    data = _kinematics(body, q)
    middle = _middle(body, data, reach.origin)
    floor = _floor(body, data)
    half = 0.5 * posing()["hands_apart"] * body.height / _reference_height(body)
    missing = {}
    for side, forward in reach.forward.items():
        across = half if side == "r" else -half
        place = np.array([middle[0] + forward, floor + reach.height[side], middle[2] + across + reach.right])
        missing[side] = reach_point(body, data, q, side, place)
    return missing


def reach_point(body: Body, data: mujoco.MjData, q: np.ndarray, side: str, place: np.ndarray) -> float:
    """Set shoulder and elbow of one side so that the grip is at `place` (3,) in the world; return what is missing (m).

    Upper arm a, forearm with hand g, elbow flexion e: v(e) = a + Rz(e) g is as long as the way to the place; the upper
    arm then turns by R = R_thorax' [u w u x w] [v' n v' x n]', u towards the place, w the lowest direction square to u.
    """
    model = body.model
    upper = model.body_pos[body.bodies[f"forearm_{side}"]]
    hand = body.bodies[f"hand_{side}"]
    grip = model.body_pos[hand] + model.body_ipos[hand]
    way = place - data.xpos[body.bodies[f"upper_arm_{side}"]]
    distance = float(np.linalg.norm(way))

    def arm(elbow: float) -> np.ndarray:
        c, s = math.cos(elbow), math.sin(elbow)
        return np.asarray(upper + np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ grip)

    low, high = STRAIGHT, FOLDED
    longest, shortest = (float(np.linalg.norm(arm(x))) for x in (low, high))
    missing = max(distance - longest, 0.0) + min(distance - shortest, 0.0)
    wanted = min(max(distance, shortest), longest)
    for _ in range(50):
        elbow = 0.5 * (low + high)
        if float(np.linalg.norm(arm(elbow))) > wanted:
            low = elbow
        else:
            high = elbow
    v = arm(elbow)
    along = way / max(distance, 1e-9)
    world = np.column_stack([along, _square(DOWN, along), np.cross(along, _square(DOWN, along))])
    v_hat = v / np.linalg.norm(v)
    local = np.column_stack([v_hat, _square(upper, v_hat), np.cross(v_hat, _square(upper, v_hat))])
    thorax = data.xmat[body.bodies["thorax"]].reshape(3, 3)
    turn = thorax.T @ world @ local.T
    sign = 1.0 if side == "r" else -1.0
    dof = body.dof
    q[dof[f"shoulder_flexion_{side}"]] = math.atan2(-turn[0, 1], turn[1, 1])
    q[dof[f"shoulder_adduction_{side}"]] = sign * math.asin(float(np.clip(turn[2, 1], -1.0, 1.0)))
    q[dof[f"shoulder_rotation_{side}"]] = sign * math.atan2(-turn[2, 0], turn[2, 2])
    q[dof[f"elbow_flexion_{side}"]] = elbow
    return missing


def look(body: Body, q: np.ndarray, gaze: Gaze) -> float:
    """Set the neck in `q` so that head and eyes look there; return how far below the horizontal that is (rad).

    The head turns by gaze_share (angle - gaze_rest) from level, the eyes do the rest (`posing.csv`); the neck bends at
    C7/T1, the only joint of our neck.
    """
    data = _kinematics(body, q)
    head = body.bodies["head"]
    p = posing()
    eye = np.array([p["eye_forward"], p["eye_height"] * _reference_height(body) - _neck_height(body), 0.0])
    eye *= body.height / _reference_height(body)
    place = data.xpos[head] + eye
    angle = math.atan2(place[1] - (_floor(body, data) + gaze.height), gaze.distance)
    turn = p["gaze_share"] * (angle - p["gaze_rest"])
    thorax = data.xmat[body.bodies["thorax"]].reshape(3, 3)
    q[body.dof["neck_flexion"]] = turn - math.atan2(thorax[0, 1], thorax[1, 1])
    return angle


def aims(posture: Posture, contacts: tuple[str, ...]) -> tuple[Reach | None, Gaze | None]:
    """Return where a posture sends hands and eyes; hands are measured from the hips where a seat carries."""
    reach, gaze = None, None
    forward, height = posture.hands_forward_m, posture.hands_height_m
    if forward is not None and height is not None:
        sides = [s for s in "rl" if forward.side(s) is not None]
        origin = "hips" if "seat" in contacts else "ankles"
        ahead, up = ({s: x.side(s) or 0.0 for s in sides} for x in (forward, height))
        reach = Reach(ahead, up, origin, posture.hands_right_m or 0.0)
    if posture.gaze_distance_m is not None and posture.gaze_height_m is not None:
        gaze = Gaze(posture.gaze_distance_m, posture.gaze_height_m)
    return reach, gaze


def arrived(body: Body, reach: Reach | None, gaze: Gaze | None, q: np.ndarray) -> tuple[str, ...]:
    """Raise PoseError where hands or eyes do not get to what they were sent to; return what was assumed."""
    notes: tuple[str, ...] = ()
    if reach is not None:
        for side, missing in reach_hands(body, q, reach).items():
            hand = "right" if side == "r" else "left"
            if missing > REACHED:
                raise OutOfReach(
                    f"Out of reach: {100 * missing:.0f} cm are missing between the {hand} hand and its place, "
                    f"{reach.forward[side]:.2f} m in front of the {reach.origin}, {reach.height[side]:.2f} m high. "
                    "Bring it nearer, or lean towards it with trunk_flexion_deg and pelvis_tilt_deg.",
                    missing,
                )
            if missing < -REACHED:
                raise PoseError(
                    f"Too near: the {hand} hand's place is {-100 * missing:.0f} cm closer to the shoulder than a "
                    "folded arm allows. Move it away with hands_forward_m or hands_height_m."
                )
        notes += ("the arms reach with the elbows as low as they can hang",)
    if gaze is not None:
        neck = q[body.dof["neck_flexion"]]
        if not NECK[0] <= neck <= NECK[1]:
            raise PoseError(
                f"The head would have to bend {math.degrees(neck):.0f} degrees to see what is {gaze.height:g} m high "
                f"and {gaze.distance:g} m away; put it where a neck bends {math.degrees(NECK[0]):.0f} to "
                f"{math.degrees(NECK[1]):.0f} degrees."
            )
        notes += ("head and eyes share the gaze 41 to 59 (Burgess-Limerick 1998); the neck bends at C7/T1 only",)
    return notes


def grip(body: Body, q: np.ndarray, side: str) -> np.ndarray:
    """Return the world place (3,) [m] of a hand's grip."""
    data = _kinematics(body, q)
    return np.array(data.xipos[body.bodies[f"hand_{side}"]])


def _kinematics(body: Body, q: np.ndarray) -> mujoco.MjData:
    data = mujoco.MjData(body.model)
    data.qpos[:] = q
    mujoco.mj_kinematics(body.model, data)
    return data


def _middle(body: Body, data: mujoco.MjData, origin: str) -> np.ndarray:
    name = "foot" if origin == "ankles" else "thigh"
    return np.asarray(0.5 * (data.xpos[body.bodies[f"{name}_r"]] + data.xpos[body.bodies[f"{name}_l"]]))


def _floor(body: Body, data: mujoco.MjData) -> float:
    """Height of the lowest point of both soles in the world."""
    assert body.anatomy is not None
    return min(
        float((data.xpos[foot] + data.xmat[foot].reshape(3, 3) @ np.array(p.position))[1])
        for p in body.anatomy.skin
        if p.contact == "feet"
        for foot in (body.bodies[p.body],)
    )


def _neck_height(body: Body) -> float:
    """Height of C7/T1 above the floor (m) in neutral standing of the reference person."""
    data = _kinematics(body, np.zeros(body.model.nq))
    height = float(data.xpos[body.bodies["head"]][1]) - _floor(body, data)
    return height * _reference_height(body) / body.height


def _reference_height(body: Body) -> float:
    assert body.anatomy is not None
    return float(body.anatomy.parameters["reference_height"])


def _square(direction: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Return the unit vector nearest to `direction` that is square to the unit vector `to`."""
    rest = direction - (direction @ to) * to
    if np.linalg.norm(rest) < 1e-6:
        other = np.array([-1.0, 0.0, 0.0])  # an arm that hangs straight down folds its elbow backwards
        rest = other - (other @ to) * to
    return np.asarray(rest / np.linalg.norm(rest))

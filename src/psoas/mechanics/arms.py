"""The arms of a posture: hanging down, or reaching what the elbows rest on."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.errors import PoseError


def hang(body: Body, q: np.ndarray, given: dict[str, float | None]) -> None:
    """Turn the shoulders whose flexion is not given so that the upper arms point down in the world.

    The arm's long axis in the thorax is y = R' e_y = Rz(f) Rx(a) e_y = (-sin f cos a, cos f cos a, sin a).
    """
    data = mujoco.MjData(body.model)
    data.qpos[:] = q
    mujoco.mj_kinematics(body.model, data)
    turn = data.xmat[body.bodies["thorax"]].reshape(3, 3)
    up = turn.T @ np.array([0.0, 1.0, 0.0])
    for s in "rl":
        angle = given[s]
        if angle is not None:
            q[body.dof[f"shoulder_flexion_{s}"]] = angle
        else:
            _point_arm(body, q, s, up)


def _point_arm(body: Body, q: np.ndarray, side: str, up: np.ndarray) -> None:
    """Set shoulder flexion f and adduction a so that the arm's long axis is `up` (3,), a unit vector in the thorax."""
    sign = 1.0 if side == "r" else -1.0
    q[body.dof[f"shoulder_flexion_{side}"]] = math.atan2(-up[0], up[1])
    q[body.dof[f"shoulder_adduction_{side}"]] = sign * math.asin(float(np.clip(up[2], -1.0, 1.0)))


def elbows_on_thighs(body: Body, q: np.ndarray) -> np.ndarray:
    """Turn the shoulders so that the elbows rest on the thighs; raises PoseError where they cannot reach."""
    data = mujoco.MjData(body.model)
    data.qpos[:] = q
    mujoco.mj_kinematics(body.model, data)
    q = q.copy()
    for s in "rl":
        arm, thigh = body.bodies[f"upper_arm_{s}"], body.bodies[f"thigh_{s}"]
        shoulder = data.xpos[arm]
        elbow_local = body.model.body_pos[body.bodies[f"forearm_{s}"]]
        reach = float(np.linalg.norm(elbow_local))
        knee = body.model.body_pos[body.bodies[f"shank_{s}"]]
        above = np.array([0.08 * body.height / 1.7, 0.0, 0.0])  # front of the thigh, where the elbow would rest
        along = np.linspace(0.25, 0.98, 200)
        turn = data.xmat[thigh].reshape(3, 3)
        places = np.array([data.xpos[thigh] + turn @ (knee * t + above) for t in along])
        gap = np.linalg.norm(places - shoulder, axis=1) - reach
        if gap.min() > 0.0:
            raise PoseError(
                f"The elbows do not reach the thighs: {gap.min() * 100:.0f} cm are missing. "
                "Flex the trunk or tilt the pelvis forward, or leave 'elbows_on_thighs' out."
            )
        best = int(np.argmin(np.abs(gap)))
        thorax = data.xmat[body.bodies["thorax"]].reshape(3, 3)
        down = thorax.T @ (places[best] - shoulder) / np.linalg.norm(places[best] - shoulder)
        _point_arm(body, q, s, -down)
        q[body.dof[f"elbow_flexion_{s}"]] = math.radians(90.0)
    return q


def forearms_level(body: Body, q: np.ndarray) -> np.ndarray:
    """Return positions with hanging upper arms and level forearms, as on a desk or armrest at elbow height."""
    q = q.copy()
    hang(body, q, {"r": None, "l": None})
    for s in "rl":
        q[body.dof[f"elbow_flexion_{s}"]] = math.radians(90.0)
    return q

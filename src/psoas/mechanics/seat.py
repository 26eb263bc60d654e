"""A chair and its person: seat height, backrest and lumbar support turned into pelvis, lumbar curve and legs."""

from __future__ import annotations

import math
from collections.abc import Callable

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.errors import PoseError
from psoas.mechanics.angles import Angles
from psoas.motion.postures import posing

LEVEL = math.radians(90.0)  # thighs on an ordinary seat
STEEPEST = math.radians(45.0)  # thighs on a stool that one perches on
SUPPORTED = "L3"  # where a lumbar support bulges
CURVES = (-0.5, 0.8)  # rad of lumbar flexion that a support may ask for
LEANS = (-1.6, 0.8)  # rad of pelvis tilt against a backrest
HEIGHT_TOLERANCE = 1e-5  # m
LARGEST_STEP = 0.3  # rad

Posed = Callable[["Angles"], np.ndarray]


def on_seat(body: Body, a: Angles, height: float) -> float:
    """Return the thighs' inclination (rad) on a seat `height` (m) above the floor, feet flat and shanks upright.

    With the shanks upright, height = sole + shank + thigh cos(inclination) - depth of the seat bones below the hips.
    Raises PoseError where the feet do not reach the floor or the knees would be above the chest.
    """
    model, bodies = body.model, body.bodies
    assert body.anatomy is not None
    thigh = float(np.linalg.norm(model.body_pos[bodies["shank_r"]]))
    shank = float(-model.body_pos[bodies["foot_r"]][1])
    sole = -min(p.position[1] for p in body.anatomy.skin if p.contact == "feet")
    c, s = math.cos(a.tilt), math.sin(a.tilt)
    hip = model.body_pos[bodies["thigh_r"]]
    bones = [np.array(p.position) - hip for p in body.anatomy.skin if p.contact == "seat" and p.body == "pelvis"]
    depth = -min(c * x[1] - s * x[0] for x in bones)
    cosine = (height + depth - sole - shank) / thigh
    highest = sole + shank - depth + thigh * math.cos(STEEPEST)
    if height > highest:
        raise PoseError(
            f"The seat is {100 * (height - highest):.0f} cm too high: at {height:g} m the feet of a person of "
            f"{body.height:g} m do not reach the floor. Lower seat_height_m to {highest:.2f} m or less."
        )
    lowest = sole + shank - depth + thigh * math.cos(math.radians(125.0))
    if height < lowest:
        raise PoseError(
            f"The seat is {100 * (lowest - height):.0f} cm too low to sit on with upright shanks: seat_height_m is "
            f"{height:g} m. Raise it to {lowest:.2f} m or more."
        )
    return math.acos(cosine)


def adapted(a: Angles, thigh: float, *, tilt_free: bool, trunk_free: bool) -> None:
    """Slope the thighs to `thigh` (rad): a third of the change is taken by pelvis and lumbar spine (Bendix 1983)."""
    change = posing()["seat_share"] * (thigh - a.thigh["r"])
    if tilt_free:
        a.tilt -= change
        if trunk_free:
            a.trunk = (a.trunk[0] + change, *a.trunk[1:])


def against_backrest(
    body: Body, a: Angles, posed: Posed, recline: float, support: float | None, *, trunk_free: bool
) -> float | None:
    """Tilt the pelvis until sacrum and thorax touch a backrest reclined by `recline` (rad) from upright.

    With n the backrest's normal, heights h = x . n: find the tilt with min h(sacrum) = min h(thorax). A support that
    bulges by `support` (m) at L3 straightens the lumbar curve until the back lies that far in front of the backrest.
    Return how far (m) the back at L3 stays away from the support where the curve does not reach it, else None.
    """
    normal = np.array([math.cos(recline), math.sin(recline), 0.0])
    data = mujoco.MjData(body.model)
    near = {"tilt": a.tilt}

    def height(on: str, contact: str = "backrest") -> float:
        return _height(body, data, normal, on, contact)

    def gap(tilt: float) -> float:
        a.tilt = tilt
        data.qpos[:] = posed(a)
        mujoco.mj_kinematics(body.model, data)
        return height("pelvis") - height("thorax")

    def tilted(flexion: float) -> None:
        a.trunk = (flexion, *a.trunk[1:])
        angle = 90 + math.degrees(recline)
        what = f"The pelvis cannot lean so that sacrum and thorax touch a backrest of {angle:.0f} degrees"
        near["tilt"] = _root(gap, near["tilt"], *LEANS, what)
        gap(near["tilt"])

    def bulge(flexion: float) -> float:
        tilted(flexion)
        return height(SUPPORTED, "lumbar_support") - height("thorax") - (support or 0.0)

    own = a.trunk[0]
    tilted(own)
    if support is None:
        return None
    away = height(SUPPORTED, "lumbar_support") - height("thorax") - support
    if away > 0.0 or not trunk_free:
        return max(away, 0.0) or None
    found = _root(bulge, own, *CURVES, f"No lumbar curve follows a support of {100 * support:g} cm")
    tilted(found)
    return None


def _height(body: Body, data: mujoco.MjData, normal: np.ndarray, on: str, contact: str) -> float:
    """Least distance (m) along the normal of a body's skin points of a contact."""
    assert body.anatomy is not None
    index = body.bodies[on]
    turn = data.xmat[index].reshape(3, 3)
    return min(
        float((data.xpos[index] + turn @ np.array(p.position)) @ normal)
        for p in body.anatomy.skin
        if p.contact == contact and p.body == on
    )


def _root(function: Callable[[float], float], start: float, low: float, high: float, what: str) -> float:
    """Return where a function of one variable (rad) is zero by secants from `start`, PoseError with `what` outside."""
    x, step = start, math.radians(2.0)
    y = function(x)
    for _ in range(25):
        if abs(y) < HEIGHT_TOLERANCE:
            return x
        slope = (function(x + step) - y) / step
        if slope == 0.0:
            break
        step = float(np.clip(-y / slope, -LARGEST_STEP, LARGEST_STEP))
        x += step
        if not low <= x <= high:
            break
        y = function(x)
    raise PoseError(f"{what}. Give pelvis_tilt_deg and trunk_flexion_deg yourself.")

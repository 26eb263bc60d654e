"""Bones to look at: solids over the joints of a scene, their sizes from morphometry; nothing is computed from them.

Sizes of lumbar vertebrae: Visible Human and 87 patients (discs.csv and its sources); the rest is drawn after anatomy
atlases at the joint centres of the model (assumed) and carries no load, no attachment and no mass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from psoas.report.limb_bones import femur, foot, forearm, hand, humerus, shank
from psoas.report.solids import Mesh, Points, joined, mirrored, rod, surface, without
from psoas.report.trunk_bones import THORACIC, hip_bone, ribs, sacrum, shoulder, skull, sternum
from psoas.scene import Scene

# Span of the transverse processes and from the front of the body to the tip of the spinous process [m], L1 .. L5.
TRANSVERSE = {"L1": 0.0735, "L2": 0.083, "L3": 0.093, "L4": 0.091, "L5": 0.096}
FRONT_TO_TIP = {"L1": 0.086, "L2": 0.089, "L3": 0.091, "L4": 0.0885, "L5": 0.083}
REFERENCE = 1.70  # stature of the reference skeleton [m]


@dataclass(frozen=True, eq=False)
class Bone:
    """A mesh on a body: its place in the body's frame is scale x rotation about Z x vertices + shift.

    mirror: drawn with z turned round.
    """

    mesh: str
    body: str
    scale: float = 1.0
    turn: float = 0.0  # rad, about Z
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    mirror: bool = False


def bones(scene: Scene) -> tuple[dict[str, Mesh], list[Bone]]:
    """Return the meshes and where each is drawn, for the bodies that the scene has."""
    meshes: dict[str, Mesh] = {}
    placed: list[Bone] = []
    size = scene.height_m / REFERENCE

    def add(name: str, mesh: Mesh, *bodies: str, scale: float = 1.0, both: bool = False) -> None:
        for body in bodies:
            if scene.body(body) >= 0:
                meshes[name] = mesh
                placed.append(Bone(name, body, scale, mirror=body.endswith("_l")))
                if both:
                    placed.append(Bone(name, body, scale, mirror=True))

    for level, body in enumerate(("L1", "L2", "L3", "L4", "L5")):
        if scene.body(body) >= 0 and body in scene.parents:
            add(body, _lumbar(scene, level, body, size), body)
    ratio = _ratio(scene, "thigh_r", 2, 0.0835)
    add("hip", hip_bone(), "pelvis", scale=ratio, both=True)
    add("sacrum", sacrum(), "pelvis", scale=ratio)
    chest = _ratio(scene, "head", 1, 0.29597)
    add("ribs", ribs(), "thorax", scale=chest, both=True)
    add("sternum", sternum(), "thorax", scale=chest)
    add("shoulder", shoulder(), "thorax", scale=chest, both=True)
    add("skull", skull(), "head", scale=size)
    if scene.body("thorax") >= 0:
        meshes["thoracic"] = _thoracic()
        placed += _stack("thoracic", "thorax", THORACIC, chest)
    if scene.body("head") >= 0 and scene.body("thorax") >= 0:
        neck = [(-0.002 + 0.016 * t, 0.008 + 0.085 * t) for t in np.linspace(0, 1, 6)]
        placed += _stack("thoracic", "head", neck, 0.62 * size, spread=1.0 / 0.62)
    add("femur", femur(), "thigh_r", "thigh_l", scale=_ratio(scene, "shank_r", 1, -0.3958))
    add("shank", shank(), "shank_r", "shank_l", scale=_ratio(scene, "foot_r", 1, -0.43))
    add("foot", foot(), "foot_r", "foot_l", scale=size)
    add("humerus", humerus(), "upper_arm_r", "upper_arm_l", scale=_ratio(scene, "forearm_r", 1, -0.286273))
    add("forearm", forearm(), "forearm_r", "forearm_l", scale=_ratio(scene, "hand_r", 1, -0.248848))
    add("hand", hand(), "hand_r", "hand_l", scale=size)
    return meshes, placed


def disc_mesh(depth: float, width: float, height: float) -> Mesh:
    """Return a disc about its centre, bulging at its rim."""
    a, b, h = 0.5 * depth, 0.5 * width, 0.5 * height

    def solid(p: Points) -> np.ndarray:
        rim = (np.hypot(p[:, 0] / a, p[:, 2] / b) - 1.0) * a
        return np.hypot(np.maximum(rim + 0.35 * h, 0), np.maximum(np.abs(p[:, 1]) - 0.65 * h, 0)) - 0.35 * h

    hollow = without(solid, rod([(-1.65 * a, -1, 0), (-1.65 * a, 1, 0)], [0.72 * a, 0.72 * a]))
    return surface(hollow, (-a - 0.004, -h - 0.004, -b - 0.004), (a + 0.004, h + 0.004, b + 0.004), 0.0036)


def _ratio(scene: Scene, body: str, axis: int, reference: float) -> float:
    """How much larger than the reference the parent of a body is, by the place of the body's joint."""
    i = scene.body(body)
    return float(scene.joint_m[i, axis]) / reference if i >= 0 else scene.height_m / REFERENCE


def _stack(
    mesh: str, body: str, places: Sequence[tuple[float, float]], scale: float, spread: float = 1.0
) -> list[Bone]:
    x = np.array(places)
    along = np.gradient(x, axis=0)
    lean = -np.arctan2(along[:, 0], along[:, 1])
    shrink = np.linspace(1.0, 0.8, len(x))
    return [
        Bone(mesh, body, scale * k, float(t), (scale * spread * p[0], scale * spread * p[1], 0.0))
        for p, t, k in zip(x, lean, shrink, strict=True)
    ]


def _lumbar(scene: Scene, level: int, body: str, size: float) -> Mesh:
    """Return a vertebra between the disc above it (`level`) and the one below, in the frame of the vertebra."""
    child = scene.bodies[scene.parents.index(body)]
    up = scene.joint_m[scene.body(child)]
    above, below = scene.disc_m[level], scene.disc_m[level + 1]
    tilt_up, tilt_down = scene.disc_tilt[level, 1], scene.disc_tilt[level + 1, 0]
    bottom = 0.5 * below[2] * np.array([-np.sin(tilt_down), np.cos(tilt_down)])
    top = up[:2] - 0.5 * above[2] * np.array([-np.sin(tilt_up), np.cos(tilt_up)])
    return _vertebra(
        bottom,
        top,
        (float(tilt_down), float(tilt_up)),
        0.25 * (above[0] + below[0]),
        0.25 * (above[1] + below[1]),
        0.5 * TRANSVERSE[body] * size,
        FRONT_TO_TIP[body] * size,
        0.003,
    )


def _vertebra(
    bottom: np.ndarray,
    top: np.ndarray,
    tilts: tuple[float, float],
    a: float,
    b: float,
    half_span: float,
    to_tip: float,
    step: float,
    droop: float = 0.004,
) -> Mesh:
    """Return a waisted elliptic body between two endplates, an arch with its processes behind it.

    bottom, top (2,): middles of the endplates; a, b: half depth and half width of the body; droop: of the tip.
    """
    axis = top - bottom
    tall = float(np.linalg.norm(axis))
    low_n = np.array([-np.sin(tilts[0]), np.cos(tilts[0])])
    top_n = np.array([-np.sin(tilts[1]), np.cos(tilts[1])])

    def trunk(p: Points) -> np.ndarray:
        flat = p[:, :2]
        t = np.clip((flat - bottom) @ axis / tall**2, 0.0, 1.0)
        waist = 1.0 - 0.16 * np.sin(np.pi * t) ** 1.3
        x = flat[:, 0] - (bottom[0] + t * axis[0])
        side = (np.hypot(x / (a * waist), p[:, 2] / (b * waist)) - 1.0) * a
        caps = np.maximum((bottom - flat) @ low_n, (flat - top) @ top_n)
        r = 0.0025
        outside = np.hypot(np.maximum(side + r, 0), np.maximum(caps + r, 0))
        return outside + np.minimum(np.maximum(side, caps) + r, 0) - r

    f = tall / 0.028  # of a lumbar body
    back = 0.5 * (bottom[0] + top[0]) - a
    high, mid = bottom[1] + 0.68 * tall, bottom[1] + 0.42 * tall
    tip = 0.5 * (bottom[0] + top[0]) + a - to_tip
    arch = back - 0.021 * f
    parts = joined(
        rod([(back + 0.006, high, 0.32 * b * 2), (back - 0.010 * f, high, 0.72 * b)], [0.0065 * f, 0.006 * f]),
        rod([(back - 0.010 * f, high - 0.003, 0.7 * b), (arch, mid, 0.003)], [0.0058 * f, 0.0055 * f], (1, 1.5, 1)),
        rod([(arch, mid, 0), (tip + 0.006 * f, mid - droop, 0)], [0.0034 * f, 0.0036 * f], (1, 2.5, 1)),
        rod(
            [(back - 0.008 * f, high - 0.002, 0.66 * b), (back - 0.016 * f, high + 0.001, half_span)],
            [0.0058 * f, 0.0036 * f],
        ),
        rod([(back - 0.012 * f, high, 0.76 * b), (back - 0.013 * f, top[1] + 0.009 * f, 0.86 * b)], [0.0066 * f] * 2),
        rod([(arch + 0.006 * f, mid, 0.5 * b), (arch + 0.001, bottom[1] - 0.009 * f, 0.6 * b)], [0.0062 * f] * 2),
        by=0.005 * f,
    )
    canal = rod([(back - 0.006 * f, -1, 0), (back - 0.006 * f, 1, 0)], [0.0072 * f] * 2, (1, 1, 1.35))
    whole = mirrored(without(joined(trunk, parts, by=0.004 * f), canal))
    margin = 0.01
    low = (tip - margin, bottom[1] - 0.028 * f - droop, -half_span - margin)
    high_corner = (back + 2 * a + margin, top[1] + 0.024 * f, half_span + margin)
    return surface(whole, low, high_corner, step)


@cache
def _thoracic() -> Mesh:
    return _vertebra(
        np.array([0.0, -0.0105]), np.array([0.0, 0.0105]), (0.0, 0.0), 0.0145, 0.0155, 0.034, 0.062, 0.0042, 0.02
    )

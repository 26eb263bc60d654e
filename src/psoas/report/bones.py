"""Bones to look at: solids over the joints of a scene, their sizes from morphometry; nothing is computed from them.

Sizes of lumbar vertebrae: Visible Human and 87 patients (discs.csv and its sources); the rest is drawn after anatomy
atlases at the joint centres of the model (assumed) and carries no load, no attachment and no mass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from psoas.report.solids import (
    Mesh,
    Points,
    ball,
    joined,
    mirrored,
    rod,
    sheet,
    surface,
    together,
    triangle,
    tube,
    without,
)
from psoas.scene import Scene

# Span of the transverse processes and from the front of the body to the tip of the spinous process [m], L1 .. L5.
TRANSVERSE = {"L1": 0.0735, "L2": 0.083, "L3": 0.093, "L4": 0.091, "L5": 0.096}
FRONT_TO_TIP = {"L1": 0.086, "L2": 0.089, "L3": 0.091, "L4": 0.0885, "L5": 0.083}
REFERENCE = 1.70  # stature of the reference skeleton [m]
# Centres of the thoracic bodies T12 .. T1 in the frame of the thorax [m]: 37 mm before the transverse processes.
THORACIC = (
    (-0.004, 0.014),
    (-0.016, 0.041),
    (-0.027, 0.067),
    (-0.036, 0.093),
    (-0.041, 0.118),
    (-0.043, 0.143),
    (-0.042, 0.168),
    (-0.037, 0.192),
    (-0.030, 0.216),
    (-0.021, 0.239),
    (-0.011, 0.261),
    (-0.001, 0.282),
)


@dataclass(frozen=True, eq=False)
class Bone:
    """A mesh on a body: its place in the body's frame is scale x rotation about Z x vertices + shift.

    mirror: drawn with z turned round. kind: "bone" or "disc".
    """

    mesh: str
    body: str
    scale: float = 1.0
    turn: float = 0.0  # rad, about Z
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    mirror: bool = False
    kind: str = "bone"


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
    add("hip", _hip_bone(), "pelvis", scale=ratio, both=True)
    add("sacrum", _sacrum(), "pelvis", scale=ratio)
    chest = _ratio(scene, "head", 1, 0.29597)
    add("ribs", _ribs(), "thorax", scale=chest, both=True)
    add("sternum", _sternum(), "thorax", scale=chest)
    add("shoulder", _shoulder(), "thorax", scale=chest, both=True)
    add("skull", _skull(), "head", scale=size)
    if scene.body("thorax") >= 0:
        meshes["thoracic"] = _thoracic()
        placed += _stack("thoracic", "thorax", THORACIC, chest)
    if scene.body("head") >= 0 and scene.body("thorax") >= 0:
        neck = [(-0.002 + 0.016 * t, 0.008 + 0.085 * t) for t in np.linspace(0, 1, 6)]
        placed += _stack("thoracic", "head", neck, 0.62 * size, spread=1.0 / 0.62)
    add("femur", _femur(), "thigh_r", "thigh_l", scale=_ratio(scene, "shank_r", 1, -0.3958))
    add("shank", _shank(), "shank_r", "shank_l", scale=_ratio(scene, "foot_r", 1, -0.43))
    add("foot", _foot(), "foot_r", "foot_l", scale=size)
    add("humerus", _humerus(), "upper_arm_r", "upper_arm_l", scale=_ratio(scene, "forearm_r", 1, -0.286273))
    add("forearm", _forearm(), "forearm_r", "forearm_l", scale=_ratio(scene, "hand_r", 1, -0.248848))
    add("hand", _hand(), "hand_r", "hand_l", scale=size)
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


@cache
def _hip_bone() -> Mesh:
    """Return the right hip bone: a bent wing with a thick crest, the socket, ischium and pubis."""
    outline = [
        (-0.030, -0.050),
        (-0.018, -0.030),
        (0.001, -0.004),
        (-0.006, 0.030),
        (-0.028, 0.064),
        (-0.060, 0.086),
        (-0.095, 0.090),
        (-0.128, 0.078),
        (-0.152, 0.056),
        (-0.163, 0.030),
        (-0.158, 0.006),
        (-0.132, 0.000),
        (-0.112, -0.020),
        (-0.104, -0.050),
        (-0.070, -0.062),
    ]

    def bent(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        hollow = 0.010 * (1.0 - np.clip(((x + 0.075) / 0.075) ** 2 + ((y - 0.03) / 0.07) ** 2, 0.0, 1.0))
        return 0.117 + 0.46 * x + 0.14 * y + hollow

    crest = [(x, y, float(bent(np.array(x), np.array(y)))) for x, y in outline[2:11]]
    wing = sheet(outline, bent, 0.0048)
    rim = rod(crest, [0.0075, 0.0055, 0.0062, 0.007, 0.0065, 0.0065, 0.0075, 0.008, 0.0065])
    hip = (-0.0707, -0.0661, 0.0835)
    body = joined(
        wing,
        rim,
        ball(hip, 0.0335),
        rod([(-0.066, -0.040, 0.083), (-0.085, 0.000, 0.078), (-0.120, 0.022, 0.062)], [0.016, 0.010, 0.009]),
        rod([(-0.085, -0.088, 0.080), (-0.108, -0.118, 0.068), (-0.112, -0.136, 0.060)], [0.019, 0.017, 0.015]),
        rod([(-0.052, -0.052, 0.080), (-0.032, -0.062, 0.045), (-0.024, -0.076, 0.014)], [0.014, 0.0085, 0.0095]),
        rod([(-0.024, -0.076, 0.013), (-0.040, -0.104, 0.011)], [0.0095, 0.0085]),
        rod([(-0.040, -0.104, 0.012), (-0.074, -0.122, 0.030), (-0.108, -0.134, 0.055)], [0.0075, 0.007, 0.010]),
        by=0.010,
    )
    socket = joined(ball(hip, 0.0262), ball((-0.0600, -0.0740, 0.1050), 0.022), by=0.006)
    whole = without(body, socket, ball((-0.068, -0.094, 0.050), (0.020, 0.017, 0.016)), by=0.003)
    return surface(whole, (-0.185, -0.165, -0.002), (0.022, 0.112, 0.150), 0.0046)


@cache
def _sacrum() -> Mesh:
    x = [(-0.094, 0.044), (-0.116, 0.021), (-0.138, -0.004), (-0.152, -0.030), (-0.156, -0.054), (-0.148, -0.078)]
    centre = [(px, py, 0.0) for px, py in x]
    plate = np.array([-0.094, 0.044])
    normal = np.array([np.sin(0.617), np.cos(0.617)])
    wings = joined(
        rod(centre, [0.0165, 0.015, 0.0115, 0.0085, 0.006, 0.0035], (1, 1, 1.75)),
        rod([(-0.100, 0.036, 0.018), (-0.124, 0.026, 0.046)], [0.016, 0.013]),
        rod([(-0.124, 0.026, 0.046), (-0.140, -0.002, 0.036)], [0.013, 0.009]),
        rod([(-0.132, 0.052, 0), (-0.160, 0.012, 0), (-0.170, -0.022, 0)], [0.008, 0.0065, 0.004], (1, 1, 0.8)),
        rod([(-0.118, 0.050, 0.019), (-0.112, 0.062, 0.021)], [0.006, 0.0055]),
        ball((-0.094, 0.042, 0), (0.0155, 0.013, 0.0255)),
        by=0.008,
    )
    holes = []
    for (px, py), side in zip(
        [(-0.118, 0.018), (-0.137, -0.008), (-0.149, -0.033)], (0.021, 0.018, 0.014), strict=True
    ):
        holes.append(rod([(px + 0.03, py - 0.012, side), (px - 0.04, py + 0.016, side)], [0.0042, 0.0042]))

    def cut(p: Points) -> np.ndarray:
        # The endplate is flat: what stands above it belongs to the disc.
        above = (p[:, :2] - plate) @ normal
        near = np.hypot(p[:, 0] - plate[0], p[:, 2] * 0.7) - 0.020
        return np.maximum(-above, near)

    whole = without(mirrored(without(wings, *holes, by=0.002)), cut, by=0.002)
    return surface(whole, (-0.190, -0.095, -0.070), (-0.060, 0.080, 0.070), 0.0042)


@cache
def _ribs() -> Mesh:
    """Return the twelve right ribs with their cartilage, from the vertebra round the side to the front."""
    wide = (0.055, 0.082, 0.100, 0.113, 0.122, 0.129, 0.133, 0.134, 0.131, 0.124, 0.108, 0.080)
    front = (
        [(0.046, 0.256, 0.040), (0.056, 0.246, 0.022)],
        [(0.062, 0.232, 0.052), (0.068, 0.228, 0.019)],
        [(0.078, 0.206, 0.062), (0.080, 0.205, 0.017)],
        [(0.090, 0.176, 0.070), (0.089, 0.184, 0.015)],
        [(0.099, 0.144, 0.078), (0.096, 0.164, 0.014)],
        [(0.105, 0.110, 0.084), (0.104, 0.118, 0.050), (0.102, 0.146, 0.014)],
        [(0.106, 0.074, 0.090), (0.108, 0.080, 0.064), (0.106, 0.128, 0.013)],
        [(0.098, 0.040, 0.099), (0.105, 0.046, 0.082), (0.107, 0.090, 0.056)],
        [(0.082, 0.010, 0.108), (0.094, 0.014, 0.098), (0.103, 0.050, 0.079)],
        [(0.058, -0.020, 0.113), (0.076, -0.018, 0.109), (0.092, 0.016, 0.097)],
        [(0.016, -0.026, 0.108)],
        [(-0.018, -0.026, 0.078)],
    )
    made = []
    for i in range(12):
        cx, cy = THORACIC[11 - i]
        ahead = np.array(front[i][0])
        drop = cy - ahead[1]
        back = 0.020 + 0.4 * wide[i] * 0.18
        lateral = (0.42 * ahead[0] + 0.58 * (cx - 0.02), cy - 0.55 * drop, wide[i])
        path: list[Sequence[float]] = [
            (cx - 0.012, cy + 0.006, 0.013),
            (cx - 0.034, cy + 0.004, 0.032),
            (cx - 0.030 - back, cy - 0.10 * drop - 0.002, 0.26 * wide[i] + 0.034),
        ]
        if i < 10:
            path += [
                (0.30 * lateral[0] + 0.70 * (cx - 0.036), cy - 0.30 * drop, 0.90 * wide[i]),
                lateral,
                (0.70 * ahead[0] + 0.22 * lateral[0], cy - 0.82 * drop, 0.80 * wide[i] + 0.20 * ahead[2]),
            ]
        else:
            path.append((0.5 * (cx - 0.045) + 0.5 * ahead[0], cy - 0.6 * drop, 0.92 * ahead[2]))
        path += front[i]
        radii = [0.0048] * 3 + [0.0056] * (len(path) - 4) + [0.0042]
        made.append(tube(path, radii, sides=6, flat=0.58))
    return together(*made)


@cache
def _sternum() -> Mesh:
    whole = rod(
        [
            (0.055, 0.258, 0),
            (0.064, 0.236, 0),
            (0.078, 0.208, 0),
            (0.098, 0.150, 0),
            (0.107, 0.116, 0),
            (0.109, 0.098, 0),
        ],
        [0.0088, 0.0062, 0.0058, 0.0066, 0.005, 0.0028],
        (1, 1, 2.5),
    )
    return surface(whole, (0.035, 0.085, -0.035), (0.125, 0.278, 0.035), 0.0045)


@cache
def _shoulder() -> Mesh:
    """Return the right collar bone and shoulder blade; they are parts of the thorax in the model."""
    upper, lower, socket = (-0.078, 0.236, 0.076), (-0.100, 0.100, 0.092), (-0.002, 0.222, 0.150)
    blade = joined(
        triangle(upper, lower, socket, 0.0026),
        rod([lower, (-0.062, 0.150, 0.122), socket], [0.005, 0.0055, 0.010]),
        rod([upper, (-0.094, 0.170, 0.080), lower], [0.004, 0.0034, 0.005]),
        rod([(-0.088, 0.212, 0.078), (-0.064, 0.236, 0.120), (-0.020, 0.256, 0.170)], [0.0045, 0.006, 0.0085]),
        rod([(-0.006, 0.230, 0.142), (0.024, 0.236, 0.142)], [0.007, 0.005]),
        by=0.006,
    )
    flesh = surface(blade, (-0.125, 0.080, 0.055), (0.045, 0.280, 0.195), 0.0048)
    collar = tube(
        [(0.056, 0.258, 0.014), (0.066, 0.262, 0.060), (0.034, 0.266, 0.112), (-0.008, 0.262, 0.166)],
        [0.0088, 0.0062, 0.006, 0.007],
    )
    return together(flesh, collar)


@cache
def _skull() -> Mesh:
    cranium = joined(
        ball((-0.006, 0.168, 0), (0.090, 0.070, 0.070)),
        ball((0.030, 0.150, 0), (0.060, 0.056, 0.058)),
        rod([(0.052, 0.106, 0), (0.072, 0.094, 0)], [0.034, 0.026], (1, 1, 1.12)),
        rod([(0.074, 0.112, 0.046), (0.045, 0.112, 0.062), (0.005, 0.116, 0.066)], [0.009, 0.006, 0.005]),
        rod([(0.084, 0.150, 0.012), (0.078, 0.147, 0.044)], [0.009, 0.009]),
        rod([(0.090, 0.128, 0), (0.098, 0.118, 0)], [0.007, 0.006]),
        by=0.010,
    )
    jaw = joined(
        rod([(0.016, 0.116, 0.050), (0.020, 0.072, 0.046)], [0.0085, 0.009]),
        rod([(0.020, 0.072, 0.046), (0.058, 0.055, 0.034), (0.085, 0.050, 0.0)], [0.009, 0.009, 0.011]),
        by=0.008,
    )
    holes = (
        ball((0.098, 0.131, 0.031), (0.030, 0.0165, 0.0185)),
        ball((0.104, 0.104, 0.0), (0.020, 0.014, 0.0105)),
        rod([(0.03, 0.090, 0.0), (0.10, 0.081, 0.0)], [0.004, 0.0025], (1, 1, 14)),
    )
    whole = mirrored(without(joined(cranium, jaw, by=0.004), *holes, by=0.004))
    return surface(whole, (-0.105, 0.030, -0.082), (0.118, 0.246, 0.082), 0.007)


@cache
def _femur() -> Mesh:
    shaft = [(-0.006, -0.040, 0.034), (0.004, -0.110, 0.028), (0.010, -0.210, 0.019), (0.003, -0.320, 0.006)]
    whole = joined(
        ball((0, 0, 0), 0.0245),
        rod([(0, 0, 0), (-0.006, -0.026, 0.036)], [0.0145, 0.016]),
        ball((-0.014, -0.014, 0.052), (0.016, 0.022, 0.011)),
        ball((-0.020, -0.052, 0.012), (0.010, 0.013, 0.010)),
        rod(shaft, [0.0185, 0.0145, 0.0135, 0.0155]),
        rod([(0.003, -0.320, 0.006), (0.000, -0.372, 0.002)], [0.0155, 0.019], (1, 1, 1.4)),
        ball((-0.006, -0.392, -0.023), (0.029, 0.023, 0.0165)),
        ball((-0.006, -0.391, 0.024), (0.029, 0.022, 0.0165)),
        by=0.009,
    )
    notch = rod([(-0.045, -0.408, 0), (-0.010, -0.412, 0)], [0.011, 0.008])
    return surface(without(whole, notch), (-0.050, -0.425, -0.050), (0.045, 0.035, 0.080), 0.006)


@cache
def _shank() -> Mesh:
    tibia = joined(
        ball((-0.004, -0.034, 0), (0.026, 0.013, 0.037)),
        rod(
            [(-0.002, -0.040, 0), (0.006, -0.090, -0.002), (0.002, -0.240, -0.004), (0.0, -0.385, -0.004)],
            [0.023, 0.0155, 0.0115, 0.0145],
        ),
        ball((0.020, -0.066, 0.0), (0.010, 0.014, 0.010)),
        rod([(0.0, -0.395, -0.012), (0.002, -0.430, -0.020)], [0.015, 0.0085]),
        by=0.008,
    )
    fibula = rod(
        [(-0.020, -0.052, 0.036), (-0.020, -0.090, 0.032), (-0.018, -0.300, 0.026), (-0.006, -0.436, 0.027)],
        [0.0095, 0.0058, 0.0058, 0.0095],
    )
    patella = ball((0.043, 0.002, 0.0), (0.0095, 0.021, 0.020))
    return surface(joined(tibia, fibula, patella, by=0.003), (-0.045, -0.452, -0.050), (0.060, 0.032, 0.056), 0.006)


@cache
def _foot() -> Mesh:
    parts = [
        ball((0.002, -0.010, 0.0), (0.027, 0.017, 0.018)),
        rod([(0.004, -0.030, 0.006), (-0.040, -0.038, 0.004)], [0.014, 0.0165]),
        rod([(0.018, -0.018, -0.002), (0.058, -0.032, 0.004)], [0.014, 0.0115], (1, 1, 1.5)),
    ]
    for i in range(5):
        start = (0.058 - 0.004 * i, -0.030 - 0.003 * i, -0.014 + 0.010 * i)
        ball_of = (0.126 - 0.0085 * i, -0.049, -0.027 + 0.0185 * i)
        tip = (0.172 - 0.011 * i - 0.006 * (i == 0), -0.053, -0.024 + 0.0200 * i)
        thick = 0.0082 if i == 0 else 0.0056
        parts.append(rod([start, ball_of, tip], [thick, thick, 0.8 * thick]))
    return surface(joined(*parts, by=0.005), (-0.068, -0.068, -0.045), (0.190, 0.015, 0.072), 0.0048)


@cache
def _humerus() -> Mesh:
    whole = joined(
        ball((-0.002, 0.000, -0.004), 0.0225),
        ball((0.006, -0.004, 0.012), (0.013, 0.017, 0.012)),
        rod([(0.000, -0.014, 0.002), (0.004, -0.120, -0.002), (0.012, -0.250, -0.008)], [0.0165, 0.0108, 0.0115]),
        rod([(0.012, -0.262, -0.008), (0.013, -0.286, -0.010)], [0.011, 0.0105], (1, 1, 2.1)),
        by=0.008,
    )
    return surface(whole, (-0.035, -0.308, -0.045), (0.038, 0.032, 0.036), 0.0054)


@cache
def _forearm() -> Mesh:
    ulna = rod(
        [(-0.014, 0.012, 0.0), (-0.006, -0.030, -0.004), (-0.008, -0.130, -0.012), (-0.002, -0.236, -0.014)],
        [0.0105, 0.0095, 0.0066, 0.0062],
    )
    radius = rod(
        [(0.006, -0.018, 0.010), (0.006, -0.045, 0.010), (0.010, -0.130, 0.012), (0.004, -0.236, 0.008)],
        [0.0095, 0.0062, 0.0068, 0.0125],
    )
    return surface(joined(ulna, radius, by=0.002), (-0.035, -0.262, -0.032), (0.032, 0.035, 0.032), 0.0054)


@cache
def _hand() -> Mesh:
    parts = [ball((0.002, -0.014, 0.0), (0.022, 0.016, 0.010))]
    for i in range(4):
        x = 0.024 - 0.0155 * i
        tip = -0.158 + (0.004, 0.0, 0.008, 0.024)[i]
        parts.append(
            rod(
                [(0.55 * x, -0.022, 0), (x, -0.076, 0), (1.08 * x, -0.116, -0.006), (x, tip, -0.016)],
                [0.0058, 0.0064, 0.0052, 0.0042],
            )
        )
    parts.append(
        rod([(0.016, -0.020, -0.002), (0.040, -0.052, -0.014), (0.044, -0.092, -0.020)], [0.006, 0.006, 0.0045])
    )
    return surface(joined(*parts, by=0.003), (-0.040, -0.172, -0.034), (0.060, 0.010, 0.018), 0.0046)

"""Hip bone, sacrum, rib cage, shoulder and skull in the frames of their segments; drawn after atlases (assumed)."""

from __future__ import annotations

from collections.abc import Sequence
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


@cache
def hip_bone() -> Mesh:
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
def sacrum() -> Mesh:
    """Return the sacrum below the flat endplate of S1."""
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
def ribs() -> Mesh:
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
def sternum() -> Mesh:
    """Return the sternum."""
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
def shoulder() -> Mesh:
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
def skull() -> Mesh:
    """Return skull and jaw above the joint of the neck."""
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

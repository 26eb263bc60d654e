"""How the bones of the lumbar spine look from the side: from discs and ligament attachments, the rest as usual."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from psoas.anatomy.anatomy import Anatomy

# Shapes on which no load depends, drawn as these bones usually look (assumed); x forward and y up, in mm at a stature
# of 1.70 m. Sacrum and coccyx: from the middle of the L5/S1 disc, along and across the sacral endplate.
# fmt: off
SACRUM = (
    -13.5, -5.5, 14.5, -5.5, 16.5, -11, 11, -29, 9.5, -33, 3.5, -52, 3, -56, 1.5, -73, 6, -89, 14, -103, 21, -110,
    18, -115, 8, -110, -7, -101, -17, -88, -21, -81, -28, -72, -28, -66, -34, -57, -35, -49, -41, -41, -41, -32,
    -46, -24, -44, -14, -37, -9, -30, -6, -28, 6, -23.5, 8, -19, -2,
)
# The right hip bone, in the frame of the pelvis (origin at the front upper spines), and the hole in it.
HIP_BONE = (
    0, 0, -4, 20, -20, 50, -46, 77, -78, 92, -112, 87, -139, 62, -151, 34, -147, 16, -130, 4, -117, -12, -113, -28,
    -119, -44, -126, -58, -117, -68, -113, -82, -117, -104, -113, -125, -98, -136, -80, -130, -56, -119, -28, -112,
    -2, -98, 2, -86, -8, -74, -26, -64, -37, -54, -36, -42, -25, -31, -23, -22, -11, -10,
)
FORAMEN = (-70, -96, -88, -98, -96, -108, -92, -120, -76, -121, -54, -112, -44, -104, -54, -96)
# The right femur's upper end, in its own frame (origin in the middle of its head), sawn off.
FEMUR = (
    6, -20, 10, -45, 9, -80, 9.5, -112, 3, -115, -6, -111, -14, -115, -20.5, -112, -20, -84, -22, -68, -27, -59,
    -27.5, -50, -21, -40, -26, -26, -30, -8, -23, 8, -12, 5,
)
# fmt: on
FEMORAL_HEAD = 0.024  # m, radius at 1.70 m (assumed)
CORNER = 0.0025  # m, of the rounded edges of vertebral bodies
WAIST, HOLLOW = 0.09, 0.03  # how far the front of a vertebral body and its endplates are hollowed, in depths
POINTS = 8  # of a curve between two given points


def _shape(numbers: tuple[float, ...], size: float) -> np.ndarray:
    return 1e-3 * size * np.reshape(numbers, (-1, 2))


def size_of(anatomy: Anatomy) -> float:
    """Return the stature over that of the shapes."""
    return anatomy.subject.height_m / anatomy.parameters["reference_height"]


def hip_outlines(anatomy: Anatomy) -> Iterator[tuple[str, str, str, np.ndarray]]:
    """Yield kind, label, body and edge (N, 2) [m] in that frame: hip bone, its hole, sacrum, femur."""
    size = size_of(anatomy)
    circle = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    head = size * FEMORAL_HEAD * np.column_stack([np.cos(circle), np.sin(circle)])
    sacrum = turned(_shape(SACRUM, size), anatomy.discs[-1].lower_endplate_tilt)
    yield "pelvis", "hip bone", "pelvis", smooth(_shape(HIP_BONE, size))
    yield "hole", "obturator foramen", "pelvis", smooth(_shape(FORAMEN, size))
    yield "sacrum", "sacrum", "pelvis", smooth(sacrum + np.array(anatomy.segment("L5").joint[:2]))
    yield "femur", "head of the femur", "pelvis", head + np.array(anatomy.segment("thigh_r").joint[:2])
    yield "femur", "femur", "thigh_r", smooth(_shape(FEMUR, size))


def vertebra_outlines(anatomy: Anatomy, k: int) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield kind, label and edge (N, 2) [m] of the arch and the body of the vertebra on level k, in its frame.

    The body stands between the discs below and above it. The thorax is one body that ends with T12, which leans in
    it by its endplate; T12 is drawn as tall as L1, with L1's arch.
    """
    lower, above = anatomy.discs[k], anatomy.discs[max(k - 1, 0)]
    label, lean = ("T12", lower.upper_endplate_tilt) if k == 0 else (lower.upper, 0.0)
    rise = anatomy.segment(anatomy.discs[k - 1].upper if k else "thorax").joint[1]
    low = endplate(0.0, 0.5 * lower.height, lower.upper_endplate_tilt - lean, lower.depth)
    high = endplate(rise, -0.5 * above.height, above.lower_endplate_tilt if k else 0.0, above.depth)
    arch = _arch(anatomy, k)
    if arch is not None:
        yield "arch", label, turned(arch, lean)
    yield "vertebra", label, turned(_block(low, high, lower.depth), lean)


def disc_outline(anatomy: Anatomy, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return back and front edge (2, 2) [m] of a disc's roof in the vertebra above, of its floor in the one below."""
    disc = anatomy.discs[k]
    roof = endplate(0.0, 0.5 * disc.height, disc.upper_endplate_tilt, disc.depth)
    floor = endplate(0.0, -0.5 * disc.height, disc.lower_endplate_tilt, disc.depth)
    return roof, floor + np.array(anatomy.segment(disc.upper).joint[:2])


def endplate(y: float, lift: float, tilt: float, depth: float) -> np.ndarray:
    """Return the back and the front edge (2, 2) [m] of an endplate, `lift` along its normal from (0, y)."""
    along, up = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
    middle = np.array([0.0, y]) + lift * up
    return np.array([middle - 0.5 * depth * along, middle + 0.5 * depth * along])


def _block(low: np.ndarray, high: np.ndarray, depth: float) -> np.ndarray:
    """Return the edge of a vertebral body from its endplates (2, 2): hollow walls and plates, rounded corners."""

    def hollowed(a: np.ndarray, b: np.ndarray, x: float, y: float) -> np.ndarray:
        t = np.linspace(0.0, 1.0, 15)[:-1, None]
        return np.asarray((1 - t) * a + t * b + 4 * t * (1 - t) * depth * np.array([x, y]))

    edge = [
        hollowed(low[0], low[1], 0.0, HOLLOW),
        hollowed(low[1], high[1], -WAIST, 0.0),
        hollowed(high[1], high[0], 0.0, -HOLLOW),
        hollowed(high[0], low[0], 0.5 * WAIST, 0.0),
    ]
    return rounded(np.concatenate(edge))


def _arch(anatomy: Anatomy, k: int) -> np.ndarray | None:
    """Return the edge (N, 2) [m] of pedicle, joint and spinous processes, through the ligaments' attachments.

    T12 (k = 0) has L1's, whose ligaments are known above and below.
    """
    k = max(k, 1)
    discs = anatomy.discs
    ends = {}
    for x in anatomy.ligaments:
        stem = x.name.split("_")[0]
        if x.name.endswith("_l"):
            continue
        for index, level in ((0, discs[k].level), (1, discs[k - 1].level)):
            if x.level == level:
                ends[stem, index] = np.array(x.path[index][1][:2])
    wanted = [(stem, index) for stem in ("CL", "ISL", "SSL") for index in (0, 1)]
    if any(key not in ends for key in wanted):
        return None
    facet_low, facet_high = ends["CL", 0], ends["CL", 1]
    under, over = ends["ISL", 0], ends["ISL", 1]
    tip = 0.5 * (ends["SSL", 0] + ends["SSL", 1])
    size = size_of(anatomy)
    wall = -0.5 * discs[k].depth
    shifts = (
        ((wall + 0.003 * size, 0.0275 * size), None),
        ((0.004, 0.004), facet_high),
        ((-0.001, 0.005), facet_high),
        ((-0.005, -0.003), facet_high),
        ((0.001, 0.002), over),
        ((0.002, 0.007), tip),
        ((-0.003, 0.003), tip),
        ((-0.003, -0.006), tip),
        ((0.004, -0.008), tip),
        ((0.003, -0.001), under),
        ((-0.004, 0.005), facet_low),
        ((-0.004, -0.003), facet_low),
        ((0.001, -0.005), facet_low),
        ((0.005, 0.001), facet_low),
        ((wall - 0.0055 * size, 0.0145 * size), None),
        ((wall + 0.003 * size, 0.0165 * size), None),
    )
    return smooth(np.array([size * np.array(s) + at if at is not None else np.array(s) for s, at in shifts]))


def rounded(points: np.ndarray) -> np.ndarray:
    """Return a closed line (240, 2) with rounded corners: an average along it, over CORNER to either side."""
    closed = np.concatenate([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    places = np.linspace(0.0, along[-1], 240, endpoint=False)
    window = np.linspace(-CORNER, CORNER, 9)
    weight = np.hanning(len(window) + 2)[1:-1]
    spread = (places[:, None] + window) % along[-1]
    each = np.stack([np.interp(spread, along, closed[:, i]) for i in range(2)], axis=-1)
    return np.asarray(np.einsum("pwx,w->px", each, weight / weight.sum()))


def smooth(points: np.ndarray) -> np.ndarray:
    """Return a closed curve (POINTS N, 2) through points (N, 2): a uniform Catmull-Rom spline."""
    t = np.linspace(0.0, 1.0, POINTS, endpoint=False)[:, None]
    a, b, c, d = (np.roll(points, shift, axis=0)[:, None] for shift in (1, 0, -1, -2))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(curve.reshape(-1, 2))


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Return points (N, 2) turned about the origin by an angle [rad], + from x to y."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[c, s], [-s, c]]))


def unit(vector: np.ndarray) -> np.ndarray:
    """Return a vector of length 1."""
    return np.asarray(vector / np.linalg.norm(vector))

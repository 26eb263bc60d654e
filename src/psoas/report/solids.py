"""Solids as signed distances and their surfaces as quads: what the drawn bones are modelled from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Points = np.ndarray  # (N, 3) m
Distance = Callable[[Points], np.ndarray]  # (N, 3) -> (N,) m, negative inside

CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])


@dataclass(frozen=True, eq=False)
class Mesh:
    """A closed surface: vertices (N, 3) m, quads (Q, 4) of vertex numbers, counter-clockwise from outside."""

    vertices: np.ndarray
    quads: np.ndarray


def ball(centre: Sequence[float], radii: Sequence[float] | float) -> Distance:
    """Return an ellipsoid along the axes: (|p / r| - 1) min(r), exact for a sphere."""
    c, r = np.asarray(centre, float), np.broadcast_to(np.asarray(radii, float), (3,))
    return lambda p: (np.linalg.norm((p - c) / r, axis=1) - 1.0) * float(r.min())


def rod(points: Sequence[Sequence[float]], radii: Sequence[float], stretch: Sequence[float] = (1, 1, 1)) -> Distance:
    """Return rods between points whose radius changes evenly along each; `stretch` widens the section by axis."""
    s = np.asarray(stretch, float)
    x, r = np.asarray(points, float) / s, np.asarray(radii, float)

    def distance(p: Points) -> np.ndarray:
        q, best = p / s, np.full(len(p), np.inf)
        for a, b, ra, rb in zip(x[:-1], x[1:], r[:-1], r[1:], strict=True):
            d = b - a
            t = np.clip((q - a) @ d / max(float(d @ d), 1e-12), 0.0, 1.0)
            best = np.minimum(best, np.linalg.norm(q - a - t[:, None] * d, axis=1) - (ra + t * (rb - ra)))
        return best * float(s.min())

    return distance


def sheet(outline: Sequence[Sequence[float]], height: Callable[[np.ndarray, np.ndarray], np.ndarray], half: float):
    """Return a bent sheet z = height(x, y) within a polygon of the x-y plane, `half` thick to each side."""
    corners = np.asarray(outline, float)

    def distance(p: Points) -> np.ndarray:
        return np.maximum(np.abs(p[:, 2] - height(p[:, 0], p[:, 1])) - half, _polygon(corners, p[:, :2]))

    return distance


def triangle(a: Sequence[float], b: Sequence[float], c: Sequence[float], half: float) -> Distance:
    """Return a flat triangle, `half` thick to each side and round at its edges."""
    corners = np.asarray([a, b, c], float)
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    normal = normal / np.linalg.norm(normal)

    def distance(p: Points) -> np.ndarray:
        best, inside = np.full(len(p), np.inf), np.ones(len(p), bool)
        for i in range(3):
            start, edge = corners[i], corners[(i + 1) % 3] - corners[i]
            t = np.clip((p - start) @ edge / (edge @ edge), 0.0, 1.0)
            best = np.minimum(best, np.linalg.norm(p - start - t[:, None] * edge, axis=1))
            inside &= (p - start) @ np.cross(normal, edge) >= 0
        return np.where(inside, np.abs((p - corners[0]) @ normal), best) - half

    return distance


def joined(*parts: Distance, by: float = 0.004) -> Distance:
    """Return the union of solids, their seams rounded over `by` m (polynomial smooth minimum)."""

    def distance(p: Points) -> np.ndarray:
        found = parts[0](p)
        for part in parts[1:]:
            other = part(p)
            h = np.clip(0.5 + 0.5 * (other - found) / by, 0.0, 1.0)
            found = other + (found - other) * h - by * h * (1.0 - h)
        return found

    return distance


def without(solid: Distance, *holes: Distance, by: float = 0.003) -> Distance:
    """Return a solid with other solids taken out of it, the rims rounded over `by` m."""

    def distance(p: Points) -> np.ndarray:
        found = solid(p)
        for hole in holes:
            other = -hole(p)
            h = np.clip(0.5 - 0.5 * (other - found) / by, 0.0, 1.0)
            found = other + (found - other) * h + by * h * (1.0 - h)
        return found

    return distance


def mirrored(solid: Distance) -> Distance:
    """Return a solid whose left half (z < 0) is the mirror of its right half."""
    return lambda p: solid(np.stack([p[:, 0], p[:, 1], np.abs(p[:, 2])], axis=1))


def surface(solid: Distance, low: Sequence[float], high: Sequence[float], step: float) -> Mesh:
    """Return the surface of a solid inside a box by surface nets: one vertex in each cell that the surface crosses.

    The vertex is the mean of the crossings of the cell's twelve edges (Gibson 1998); a quad stands across every edge
    of the grid that the surface crosses. What reaches the sides of the box is left open.
    """
    base = np.asarray(low, float)
    size = np.ceil((np.asarray(high, float) - base) / step).astype(int) + 1
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in size), indexing="ij"), axis=-1)
    value = solid(base + step * grid.reshape(-1, 3)).reshape(*size)
    corner = np.stack([value[_moved(c, size)] for c in CORNERS], axis=-1)
    cells = np.argwhere((corner.min(axis=-1) < 0) & (corner.max(axis=-1) >= 0))
    at = corner[tuple(cells.T)]
    total, crossings = np.zeros((len(cells), 3)), np.zeros(len(cells))
    for a, b in _edges():
        crossed = (at[:, a] < 0) != (at[:, b] < 0)
        share = np.where(crossed, at[:, a], 0.0) / np.where(crossed, at[:, a] - at[:, b], 1.0)
        total += crossed[:, None] * (CORNERS[a] + share[:, None] * (CORNERS[b] - CORNERS[a]))
        crossings += crossed
    vertices = base + step * (cells + total / crossings[:, None])
    number = np.full(size - 1, -1)
    number[tuple(cells.T)] = np.arange(len(cells))
    return Mesh(vertices, np.concatenate([_across(value, number, axis) for axis in range(3)]))


def tube(points: Sequence[Sequence[float]], radii: Sequence[float], *, sides: int = 7, flat: float = 1.0) -> Mesh:
    """Return a tube along points (P, 3) with radii (P,), closed at both ends; `flat` < 1 thins it sideways to Y."""
    x, r = _smooth(np.asarray(points, float), np.asarray(radii, float))
    along = np.gradient(x, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0]) - along * along[:, 1:2]
    up /= np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-9)
    side = np.cross(along, up)
    turn = 2 * np.pi * np.arange(sides) / sides
    ring = np.cos(turn)[None, :, None] * up[:, None] + flat * np.sin(turn)[None, :, None] * side[:, None]
    vertices = (x[:, None] + r[:, None, None] * ring).reshape(-1, 3)
    first, n = np.arange(sides), np.roll(np.arange(sides), -1)
    bands = [np.stack([first, n, n + sides, first + sides], axis=1) + sides * i for i in range(len(x) - 1)]
    caps = []
    for ring_start, end, order in ((0, 0, (1, 0)), (sides * (len(x) - 1), len(x) - 1, (0, 1))):
        middle = len(vertices)
        vertices = np.vstack([vertices, x[end]])
        pair = np.stack([first, n], axis=1)[:, order] + ring_start
        caps.append(np.column_stack([pair, np.full((sides, 2), middle)]))
    return Mesh(vertices, np.concatenate([*bands, *caps]))


def together(*meshes: Mesh) -> Mesh:
    """Return meshes as one."""
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes[:-1])])
    return Mesh(
        np.concatenate([m.vertices for m in meshes]),
        np.concatenate([m.quads + start for m, start in zip(meshes, starts, strict=True)]),
    )


def _polygon(corners: np.ndarray, p: np.ndarray) -> np.ndarray:
    best, inside = np.full(len(p), np.inf), np.zeros(len(p), bool)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        edge = b - a
        t = np.clip((p - a) @ edge / (edge @ edge), 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(p - a - t[:, None] * edge, axis=1))
        if edge[1] != 0.0:
            crosses = (a[1] > p[:, 1]) != (b[1] > p[:, 1])
            inside ^= crosses & (p[:, 0] < a[0] + (p[:, 1] - a[1]) * edge[0] / edge[1])
    return np.where(inside, -best, best)


def _moved(corner: np.ndarray, size: np.ndarray) -> tuple[slice, ...]:
    return tuple(slice(int(c), int(n) - 1 + int(c)) for c, n in zip(corner, size, strict=True))


def _edges() -> list[tuple[int, int]]:
    return [(a, b) for a in range(8) for b in range(a + 1, 8) if np.abs(CORNERS[a] - CORNERS[b]).sum() == 1]


def _across(value: np.ndarray, number: np.ndarray, axis: int) -> np.ndarray:
    """Return the quads of the four cells about every crossed edge along an axis."""
    inside = np.moveaxis(value, axis, 0) < 0
    cells = np.moveaxis(number, axis, 0)
    # Cyclic axes keep the orientation: (axis, u, v) is (x, y, z), (y, x, z) or (z, x, y) after moveaxis.
    flip = axis == 1
    a, b = inside[:-1, 1:-1, 1:-1], inside[1:, 1:-1, 1:-1]
    i, j, k = np.nonzero(a != b)
    quad = np.stack([cells[i, j, k], cells[i, j + 1, k], cells[i, j + 1, k + 1], cells[i, j, k + 1]], axis=1)
    outward = a[i, j, k] != flip
    return np.where(outward[:, None], quad, quad[:, ::-1])


def _smooth(x: np.ndarray, r: np.ndarray, per: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Return a Catmull-Rom curve through the points, `per` pieces between two."""
    padded = np.vstack([2 * x[0] - x[1], x, 2 * x[-1] - x[-2]])
    found, radii = [], []
    for i in range(len(x) - 1):
        p0, p1, p2, p3 = padded[i : i + 4]
        for t in np.arange(per) / per:
            found.append(
                0.5
                * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * (p1 - p2) + p3 - p0) * t**3)
            )
            radii.append(r[i] + t * (r[i + 1] - r[i]))
    return np.array([*found, x[-1]]), np.array([*radii, r[-1]])

"""A scene as triangles: bones and discs in the frame of their body, muscles as bands that change with every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.report.bones import Bone, bones, disc_mesh
from psoas.report.player import ARMS, LEVEL_CHILDREN
from psoas.report.solids import Mesh
from psoas.scene import Scene, rotations

STATIONS, SIDES = 12, 5  # of a band: sections along it, corners of each
# From a pale rose over red to a deep wine, as in the report: lighter is always less, so that it reads in grey as well.
RAMP = np.array([(0.86, 0.70, 0.65), (0.85, 0.47, 0.40), (0.76, 0.20, 0.17), (0.50, 0.05, 0.11), (0.28, 0.01, 0.09)])
SHADES = 10
THIN_M, THICK_M = 0.0013, 0.0075  # radii between which a band is drawn


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles to draw: vertices (N, 3) m, faces (T, 3) of vertex numbers, counter-clockwise from outside."""

    vertices: np.ndarray
    faces: np.ndarray


def skeleton(scene: Scene) -> dict[str, Surface]:
    """Return the bones of each body in one surface, in the frame of the body, by the body's name."""
    meshes, placed = bones(scene)
    parts: dict[str, list[Surface]] = {}
    for bone in placed:
        parts.setdefault(bone.body, []).append(_placed(meshes[bone.mesh], bone))
    return {body: joined(surfaces) for body, surfaces in parts.items()}


def is_arm(body: str) -> bool:
    """Return whether a body belongs to an arm, which may be hidden because it covers the spine."""
    return body.startswith(ARMS)


def discs(scene: Scene) -> list[Surface]:
    """Return the discs from the top, each about its centre; none where the scene has not all of them."""
    if any(scene.body(child) < 0 for child in LEVEL_CHILDREN):
        return []
    # A little larger than the bone and thicker than measured, so that it is seen between the endplates.
    return [_triangles(disc_mesh(1.03 * depth, 1.03 * width, 1.15 * height)) for depth, width, height in scene.disc_m]


def disc_poses(scene: Scene, picture: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places (6, 3) and unit quaternions (6, 4) of the discs: midway between the endplates that face each other.

    q = (q_upper + q_lower) / |..|, each turned by the tilt of its endplate about Z.
    """
    upper = [scene.body(child) for child in LEVEL_CHILDREN]
    lower = [scene.body(scene.parents[i]) for i in upper]
    a = _about_z(scene.turn[picture, upper], scene.disc_tilt[:, 0])
    b = _about_z(scene.turn[picture, lower], scene.disc_tilt[:, 1])
    middle = a + b * np.where((a * b).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    return scene.position_m[picture, upper], middle / np.linalg.norm(middle, axis=1, keepdims=True)


def plate(half_m: np.ndarray, axes: np.ndarray, centre_m: np.ndarray, thick_m: float = 0.036) -> Surface:
    """Return a support as a box below its outer face: half_m (2,), axes (3, 3) as rows, centre_m (3,) of that face."""
    signs = np.array([(i, j, k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 0)], float)
    corners = signs * np.array([*half_m, thick_m])
    quads = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    if np.linalg.det(axes) < 0:
        quads = quads[:, ::-1]
    return _triangles(Mesh(centre_m + corners @ axes, quads))


class Bands:
    """The muscles of a scene as bands: thick in the belly, pale and thin at both ends, darker with force."""

    def __init__(self, scene: Scene, top_n: float) -> None:
        """Take the force `top_n` [N] as the darkest."""
        self.scene, self.top_n = scene, max(top_n, 1.0)
        self._paths = _Paths(scene)
        ring = np.arange(SIDES)
        on = (ring + 1) % SIDES
        one = np.concatenate([np.stack([ring, on, on + SIDES], 1), np.stack([ring, on + SIDES, ring + SIDES], 1)])
        self._faces = one[None] + SIDES * np.arange(STATIONS - 1)[:, None, None]  # (pieces, triangles, 3)

    def shade(self, force_n: np.ndarray) -> np.ndarray:
        """Return the number of the colour (M,) of forces [N]: even steps of the square root, as the eye asks for."""
        part = np.sqrt(np.clip(np.nan_to_num(force_n) / self.top_n, 0.0, 1.0))
        return np.minimum((SHADES * part).astype(int), SHADES - 1)

    def surfaces(self, picture: int, force_n: np.ndarray, shown: np.ndarray) -> list[Surface]:
        """Return one surface per colour, then that of the tendons, of drawn frame `picture`.

        force_n (M,) N; shown (M,) bool: which lines are drawn. A colour that no line has gets no vertices.
        """
        chosen = np.flatnonzero(shown)
        force = force_n[chosen]
        vertices = _tubes(self._paths.sampled(picture)[chosen], self._radius(force, chosen))
        shade = self.shade(force)
        belly, ends = self._faces[1:-1].reshape(-1, 3), self._faces[[0, -1]].reshape(-1, 3)
        return [*(_of(vertices[shade == i], belly) for i in range(SHADES)), _of(vertices, ends)]

    def _radius(self, force: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        plain = np.clip(0.55 * np.sqrt(self.scene.line_area_m2[chosen] / np.pi), THIN_M, THICK_M)
        belly = np.abs(np.sin(np.pi * np.arange(STATIONS) / (STATIONS - 1))) ** 0.75
        thick = plain * (0.85 + 0.4 * np.sqrt(np.clip(np.nan_to_num(force) / self.top_n, 0.0, 1.0)))
        return thick[:, None] * (0.34 + 0.66 * belly)


def colours() -> np.ndarray:
    """Return the colours of the shades, (SHADES, 3) of 0 to 1."""
    at = np.linspace(0.0, len(RAMP) - 1.0, SHADES)
    return np.stack([np.interp(at, np.arange(len(RAMP)), RAMP[:, k]) for k in range(3)], axis=1)


class _Paths:
    """The points of every line, straight pieces and arcs, as one padded array."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        arc = scene.wrap_m.shape[2]
        bent = {int(line): w for w, line in enumerate(scene.wrap_line)}
        rows: list[list[int]] = []
        for line in range(len(scene.lines)):
            points = [int(i) for i in np.flatnonzero(scene.point_line == line)]
            if line in bent:
                w = bent[line]
                after = int(scene.wrap_after[w]) + 1
                own = [len(scene.point_line) + w * arc + i for i in range(arc)]
                points = [*points[:after], *own, *points[after:]]
            rows.append(points)
        width = max(map(len, rows))
        self._index = np.array([[*row, *[row[-1]] * (width - len(row))] for row in rows])

    def sampled(self, picture: int) -> np.ndarray:
        """Return STATIONS points at equal steps along every line, (M, STATIONS, 3) m, a little smoothed."""
        s = self.scene
        turn, place = rotations(s.turn[picture]), s.position_m[picture]
        points = np.einsum("pij,pj->pi", turn[s.point_body], s.point_m) + place[s.point_body]
        arcs = np.einsum("wij,waj->wai", turn[s.wrap_body], s.wrap_m[picture]) + place[s.wrap_body][:, None]
        path = np.concatenate([points, arcs.reshape(-1, 3)])[self._index]
        for i in range(1, path.shape[1]):  # an arc that the line passes straight is no detour
            path[:, i] = np.where(np.isfinite(path[:, i]), path[:, i], path[:, i - 1])
        along = np.concatenate(
            [np.zeros((len(path), 1)), np.linalg.norm(np.diff(path, axis=1), axis=2).cumsum(axis=1)], axis=1
        )
        at = along[:, -1:] * np.linspace(0.0, 1.0, STATIONS)
        i = np.clip((along[:, None, :] <= at[:, :, None]).sum(axis=2) - 1, 0, path.shape[1] - 2)
        line = np.arange(len(path))[:, None]
        step = along[line, i + 1] - along[line, i]
        part = np.divide(at - along[line, i], step, out=np.zeros_like(at), where=step > 1e-9)
        x = path[line, i] + np.clip(part, 0.0, 1.0)[..., None] * (path[line, i + 1] - path[line, i])
        for _ in range(2):
            x[:, 1:-1] = 0.5 * x[:, 1:-1] + 0.25 * (x[:, :-2] + x[:, 2:])
        return x


def _tubes(x: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Return the corners (M, STATIONS, SIDES, 3) of tubes about lines (M, STATIONS, 3) with radius (M, STATIONS)."""
    along = np.gradient(x, axis=1)
    along = along / np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-9)
    upright = np.abs(along[:, 0, 1:2]) >= 0.9
    side = np.cross(along[:, 0], np.where(upright, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    angle = 2.0 * np.pi * np.arange(SIDES) / SIDES
    corners = np.empty((*x.shape[:2], SIDES, 3))
    for s in range(x.shape[1]):  # each section is turned from the one before no more than the line turns
        t = along[:, s]
        side = side - t * (side * t).sum(axis=1, keepdims=True)
        side = side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
        other = np.cross(t, side)
        round_ = np.cos(angle)[:, None] * side[:, None] + np.sin(angle)[:, None] * other[:, None]
        corners[:, s] = x[:, s, None] + radius[:, s, None, None] * round_
    return corners


def _of(vertices: np.ndarray, faces: np.ndarray) -> Surface:
    starts = STATIONS * SIDES * np.arange(len(vertices))
    return Surface(vertices.reshape(-1, 3), (faces[None] + starts[:, None, None]).reshape(-1, 3))


def joined(surfaces: list[Surface]) -> Surface:
    """Return several surfaces as one."""
    starts = np.cumsum([0, *(len(s.vertices) for s in surfaces)])[:-1]
    faces = [s.faces + start for s, start in zip(surfaces, starts, strict=True)]
    return Surface(np.concatenate([s.vertices for s in surfaces]), np.concatenate(faces))


def _placed(mesh: Mesh, bone: Bone) -> Surface:
    c, s = np.cos(bone.turn), np.sin(bone.turn)
    turn = np.array([(c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)])
    surface = _triangles(mesh)
    vertices = bone.scale * surface.vertices @ turn.T + np.array(bone.shift)
    if not bone.mirror:
        return Surface(vertices, surface.faces)
    return Surface(vertices * (1.0, 1.0, -1.0), surface.faces[:, ::-1])


def _triangles(mesh: Mesh) -> Surface:
    q = np.asarray(mesh.quads)
    return Surface(np.asarray(mesh.vertices, float), np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]))


def _about_z(q: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Return quaternions (N, 4) x a turn about Z by angle (N,)."""
    w, x, y, z = q.T
    c, s = np.cos(0.5 * angle), np.sin(0.5 * angle)
    return np.stack([w * c - z * s, x * c + y * s, y * c - x * s, z * c + w * s], axis=1)

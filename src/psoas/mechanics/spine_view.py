"""The lumbar spine of a posture seen from the right: where its bones, lines of pull and loads are in one plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psoas.body.body import Body
from psoas.mechanics.bone_outlines import disc_outline, hip_outlines, rounded, unit, vertebra_outlines
from psoas.mechanics.joints import disc_axes
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.mechanics.line_of_action import path, posed
from psoas.views import LevelLoad, Outline, Pull, SpineView

BULGE = 0.045  # of a disc beyond its endplates, in its depth


def spine_view(
    body: Body,
    position: np.ndarray,
    chosen: Sequence[int],
    newtons: np.ndarray,
    compression: np.ndarray,
    anterior_shear: np.ndarray,
    shares: dict[str, np.ndarray],
    title: str = "",
) -> SpineView:
    """Return the side view of one posture (V,): projected on the pelvis' own side plane, the spine turned upright.

    chosen (N,): fascicles to be drawn, by index, with their tensions newtons (N,). compression, anterior_shear (K,) [N]
    of the levels; shares: name -> (K,) [N], which sum to the compression.
    """
    kin, data = kinetics(body, position[None]), posed(body, position)
    plane = _Plane(body, kin)
    axes = disc_axes(body, kin)[0]
    pulls = tuple(
        Pull(body.fibres.names[i], float(force), plane.world(path(body, data, int(i))[0]))
        for i, force in zip(chosen, newtons, strict=True)
    )
    levels = tuple(
        LevelLoad(
            level,
            plane.origin_of(body.anatomy.disc(level).upper) if body.anatomy else np.zeros(2),
            unit(plane.direction(axes[k, :, 0])),
            float(compression[k]),
            float(anterior_shear[k]),
            tuple((name, float(values[k])) for name, values in shares.items()),
        )
        for k, level in enumerate(body.levels)
    )
    gravity = plane.direction(np.array([0.0, -1.0, 0.0]))
    return SpineView(title, _bones(body, plane), pulls, levels, gravity)


class _Plane:
    """From bodies and world to the picture: the pelvis' own x and y, turned so that T12/L1 is above L5/S1."""

    def __init__(self, body: Body, kin: Kinetics) -> None:
        self.body, self.kin = body, kin
        self.turn = np.eye(2)
        spine = unit(self.origin_of("thorax") - self.origin_of("L5"))
        self.turn = np.array([[spine[1], -spine[0]], [spine[0], spine[1]]])

    def world(self, points: np.ndarray) -> np.ndarray:
        """Return points (N, 3) [m] of the world in the picture (N, 2)."""
        i = self.body.bodies["pelvis"]
        return self.direction(points - self.kin.position[0, i])

    def direction(self, vectors: np.ndarray) -> np.ndarray:
        """Return directions (.., 3) of the world in the picture (.., 2)."""
        seen = vectors @ self.kin.orientation[0, self.body.bodies["pelvis"]]
        return np.asarray(seen[..., :2] @ self.turn.T)

    def of(self, name: str, points: np.ndarray) -> np.ndarray:
        """Return points (N, 2), x and y in a body's frame [m], in the picture (N, 2)."""
        i = self.body.bodies[name]
        local = np.column_stack([points, np.zeros(len(points))])
        return self.world(self.kin.position[0, i] + local @ self.kin.orientation[0, i].T)

    def origin_of(self, name: str) -> np.ndarray:
        return self.of(name, np.zeros((1, 2)))[0]


def _bones(body: Body, plane: _Plane) -> tuple[Outline, ...]:
    """Return the outlines from what lies behind to what lies in front."""
    if body.anatomy is None:
        return ()
    bones = [Outline(kind, label, plane.of(on, edge)) for kind, label, on, edge in hip_outlines(body.anatomy)]
    for k in range(len(body.levels) - 1, -1, -1):
        disc = body.anatomy.discs[k]
        roof, floor = disc_outline(body.anatomy, k)
        bones.append(Outline("disc", disc.level, _between(plane.of(disc.upper, roof), plane.of(disc.lower, floor))))
        for kind, label, edge in vertebra_outlines(body.anatomy, k):
            bones.append(Outline(kind, label, plane.of(disc.upper, edge)))
    return tuple(bones)


def _between(roof: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Return the edge of a disc between two endplates (2, 2), back and front edge each; it bulges a little."""
    across = roof[1] - roof[0]
    front = 0.5 * (roof[1] + floor[1]) + BULGE * across
    back = 0.5 * (roof[0] + floor[0]) - 0.5 * BULGE * across
    return rounded(np.array([roof[0], roof[1], front, floor[1], floor[0], back]))

"""The picture: a scene's bones, discs, supports and muscles as nodes of the viewer."""

from __future__ import annotations

from typing import Any

import numpy as np

from psoas.app.shapes import Bands, Surface, colours, disc_poses, discs, is_arm, plate, skeleton
from psoas.report.player import FAMILIES
from psoas.scene import Scene

BONE, DISC, SUPPORT, TENDON = (240, 226, 205), (143, 178, 194), (176, 182, 188), (214, 188, 172)
WALKS_M = 0.8  # of way over the floor, beyond which the picture goes with the person
WORLD = "/person"
WHOLE, NEAR = "whole body", "low back"
WIDER = 1.4  # as which what lies flat counts: the picture between the panels is higher than wide
BEYOND_M = 0.35  # of the body beyond its outermost joints, both ends together
# Where from, and how bright: over the right shoulder of who looks at a person facing forward, behind, from the left.
LAMPS = (((0.55, 0.95, 0.55), 2.0), ((-0.7, 0.45, -0.6), 1.0), ((-0.5, 0.15, 0.9), 0.4))
FIELD = float(np.radians(38.0))  # of view, from top to bottom


class Stage:
    """What stands in the picture. Everything hangs on one node, so that a person who walks stays in the middle."""

    def __init__(self, server: Any, scene: Scene, groups: tuple[str, ...], top_n: float) -> None:
        """Build the picture of a scene; groups: of every line; top_n: the force [N] that is darkest."""
        self.scene, self._server = scene, server
        self._bands = Bands(scene, top_n)
        self._family = np.array([_family(group) for group in groups])
        self.shown = np.ones(len(groups), bool)
        self._lamps = _lights(server)
        self._world = server.scene.add_frame(WORLD, show_axes=False)
        self._bones = {
            body: _mesh(server, f"{WORLD}/bones/{body}", surface, BONE) for body, surface in skeleton(scene).items()
        }
        self._discs = [_mesh(server, f"{WORLD}/discs/{i}", x, DISC) for i, x in enumerate(discs(scene))]
        self._supports = [
            _mesh(server, f"{WORLD}/supports/{i}", plate(s.half_m, s.axes, s.centre_m), SUPPORT)
            for i, s in enumerate(scene.supports)
        ]
        shades = [*np.round(255 * colours()).astype(int).tolist(), TENDON]
        nothing = Surface(np.zeros((3, 3)), np.array([(0, 1, 2)]))
        self._muscles = [
            _mesh(server, f"{WORLD}/muscles/{i}", nothing, (int(r), int(g), int(b)), shadow=False)
            for i, (r, g, b) in enumerate(shades)
        ]
        pelvis = scene.position_m[:, max(scene.body("pelvis"), 0)][:, [0, 2]]
        self.walks = bool((np.ptp(pelvis, axis=0) > WALKS_M).any())
        self._way = pelvis - pelvis.mean(axis=0) if self.walks else np.zeros_like(pelvis)
        self._ground(server, pelvis.mean(axis=0))

    def show(self, family: str, arms: bool, shadows: bool) -> None:
        """Show the muscles of one family, or all for another name; the arms or not; shadows or not."""
        self._lamps[0].cast_shadow = shadows
        names = [name for name, _ in FAMILIES]
        self.shown = self._family == names.index(family) if family in names else np.ones(len(self._family), bool)
        for body, handle in self._bones.items():
            if is_arm(body):
                handle.visible = arms

    def draw(self, picture: int, force_n: np.ndarray) -> None:
        """Put everything where drawn frame `picture` has it, muscles in the colour of their force (M,) [N]."""
        s = self.scene
        surfaces = self._bands.surfaces(picture, force_n, self.shown)
        with self._server.atomic():
            self._world.position = (-self._way[picture, 0], 0.0, -self._way[picture, 1])
            for body, handle in self._bones.items():
                i = s.body(body)
                handle.position, handle.wxyz = s.position_m[picture, i], s.turn[picture, i]
            if self._discs:
                for handle, place, turn in zip(self._discs, *disc_poses(s, picture), strict=True):
                    handle.position, handle.wxyz = place, turn
            for handle, support in zip(self._supports, s.supports, strict=True):
                handle.visible = bool(support.bears[picture])
            for handle, surface in zip(self._muscles, surfaces, strict=True):
                handle.visible = len(surface.faces) > 0
                if handle.visible:
                    handle.vertices = surface.vertices.astype(np.float32)
                    handle.faces = surface.faces.astype(np.uint32)

    def _ground(self, server: Any, middle: np.ndarray) -> None:
        s = self.scene
        height = s.floor_m
        if not np.isfinite(height):
            plates = [p.centre_m[1] for p in s.supports]
            height = min(plates) if plates else float(s.position_m[:, :, 1].min()) - 0.07
        server.scene.add_grid(
            f"{WORLD}/floor",
            width=12.0 if self.walks else 4.0,
            height=4.0,
            plane="xz",
            cell_color=(214, 212, 206),
            section_color=(190, 188, 182),
            cell_size=0.25,
            section_size=1.0,
            position=(float(middle[0]), float(height) - 0.003, float(middle[1])),
            shadow_opacity=0.12,
        )

    def look(self, view: str, picture: int) -> None:
        """Point every camera, and those of pages to come, at the whole body or, in the view NEAR, at the low back."""
        s = self.scene
        if view == NEAR:
            bodies = [i for i in (s.body("L3"), s.body("L5")) if i >= 0]
            at = s.position_m[picture, bodies].mean(axis=0) - [self._way[picture, 0], 0.0, self._way[picture, 1]]
            eye = at + np.array([0.55, 0.12, 0.85])
        else:
            way = np.stack([self._way[:, 0], np.zeros(len(self._way)), self._way[:, 1]], axis=1)
            places = (s.position_m - way[:, None]).reshape(-1, 3)
            low, high = places.min(axis=0), places.max(axis=0)
            at = 0.5 * (low + high) + [0.0, 0.06, 0.0]  # the joints' middle; the head goes on above the topmost
            size = float(((high - low) * (WIDER, 1.0, WIDER)).max()) + BEYOND_M
            eye = at + size * np.array([1.05, 0.2, 1.35])
        first = self._server.initial_camera
        first.up, first.fov, first.look_at, first.position = (0.0, 1.0, 0.0), FIELD, tuple(at), tuple(eye)
        for client in self._server.get_clients().values():
            with client.atomic():
                client.camera.position, client.camera.look_at = eye, at


def _lights(server: Any) -> list[Any]:
    """Light from the sky, a lamp in front and weaker ones, so that the back is no dark side; return the lamps."""
    scene = server.scene
    scene.configure_default_lights(False)
    scene.configure_environment_map(None)
    scene.add_light_hemisphere("/lights/sky", sky_color=(255, 252, 246), ground_color=(150, 152, 160), intensity=1.3)
    return [
        scene.add_light_directional(f"/lights/{i}", position=position, intensity=intensity)
        for i, (position, intensity) in enumerate(LAMPS)
    ]


def _mesh(server: Any, name: str, surface: Surface, colour: tuple[int, int, int], *, shadow: bool = True) -> Any:
    return server.scene.add_mesh_simple(
        name,
        surface.vertices.astype(np.float32),
        surface.faces.astype(np.uint32),
        color=colour,
        cast_shadow=shadow,
        receive_shadow=False,
    )


def _family(group: str) -> int:
    for i, (_, stems) in enumerate(FAMILIES):
        if any(group.startswith(stem) for stem in stems):
            return i
    return len(FAMILIES) - 1

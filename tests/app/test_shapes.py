"""Bones, discs and bands as triangles: closed, where the scene has them, thicker and darker with force."""

from dataclasses import replace

import numpy as np
import pytest

from psoas.app.shapes import (
    SHADES,
    SIDES,
    STATIONS,
    THICK_M,
    Bands,
    colours,
    disc_poses,
    discs,
    is_arm,
    plate,
    skeleton,
)
from psoas.case.case import Case
from psoas.chain import run
from psoas.scene import rotations


@pytest.fixture(scope="module")
def standing():
    return run(Case())[0]


@pytest.fixture(scope="module")
def bands(standing):
    return Bands(standing.scene, 100.0)


def volume(surface):
    """Return the volume of a surface, positive where its triangles are counter-clockwise from outside."""
    a, b, c = surface.vertices[surface.faces.T]
    return float(np.einsum("ti,ti->", a, np.cross(b, c))) / 6.0


def test_every_bone_is_seen_from_outside_and_both_sides_are_alike(standing):
    parts = skeleton(standing.scene)
    assert set(parts) <= set(standing.scene.bodies) and len(parts) == 20
    for body, surface in parts.items():
        assert volume(surface) > 1e-6, body  # more than 1 cm3
        assert surface.faces.max() < len(surface.vertices)
    for body in ("thigh", "hand", "foot"):
        right, left = parts[f"{body}_r"], parts[f"{body}_l"]
        assert np.allclose(np.sort(right.vertices[:, 2]), np.sort(-left.vertices[:, 2]))
        assert volume(right) == pytest.approx(volume(left))
    assert [body for body in parts if is_arm(body)] == [b for b in parts if b.startswith(("upper", "fore", "hand"))]


def test_discs_lie_between_the_vertebrae_they_part(standing):
    scene = standing.scene
    assert len(discs(scene)) == 6 and all(volume(d) > 5e-6 for d in discs(scene))
    place, turn = disc_poses(scene, 0)
    assert np.allclose(np.linalg.norm(turn, axis=1), 1.0)
    assert (np.diff(place[:, 1]) < 0).all()  # from the top
    up = rotations(turn)[:, :, 1]
    along = -np.gradient(place, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    # A lumbar disc is wedged and the column bent: within 20 degrees across the line of the discs.
    assert ((up * along).sum(axis=1) > np.cos(np.radians(20.0))).all()


def test_a_scene_without_every_vertebra_has_no_discs(standing):
    bodies = tuple("other" if b == "L3" else b for b in standing.scene.bodies)
    assert discs(replace(standing.scene, bodies=bodies)) == []


def test_a_band_runs_from_origin_to_insertion(standing, bands):
    scene = standing.scene
    shown = np.ones(len(scene.lines), bool)
    x = bands._paths.sampled(0)
    assert x.shape == (len(scene.lines), STATIONS, 3) and np.isfinite(x).all()
    turn, place = rotations(scene.turn[0]), scene.position_m[0]
    world = np.einsum("pij,pj->pi", turn[scene.point_body], scene.point_m) + place[scene.point_body]
    first = np.searchsorted(scene.point_line, np.arange(len(scene.lines)))
    last = np.searchsorted(scene.point_line, np.arange(len(scene.lines)), side="right") - 1
    assert np.allclose(x[:, 0], world[first]) and np.allclose(x[:, -1], world[last])
    surfaces = bands.surfaces(0, np.zeros(len(scene.lines)), shown)
    assert len(surfaces) == SHADES + 1
    assert len(surfaces[0].vertices) == len(scene.lines) * STATIONS * SIDES
    assert all(len(s.vertices) == 0 for s in surfaces[1:-1])


def test_a_band_that_bends_follows_its_cylinder(standing, bands):
    scene = standing.scene
    bent = [w for w in range(len(scene.wrap_line)) if np.isfinite(scene.wrap_m[0, w]).all()]
    assert len(bent) > 5
    x = bands._paths.sampled(0)
    for w in bent:
        b = scene.wrap_body[w]
        arc = scene.wrap_m[0, w] @ rotations(scene.turn[0, b]).T + scene.position_m[0, b]
        near = np.linalg.norm(x[scene.wrap_line[w], :, None] - arc, axis=2).min()
        assert near < 0.02  # sections are a few cm apart


def test_force_makes_a_band_darker_and_thicker_within_bounds(standing, bands):
    lines, top = len(standing.scene.lines), bands.top_n
    force = np.linspace(0.0, 1.2 * top, lines)
    shade = bands.shade(force)
    assert (np.diff(shade) >= 0).all() and shade[0] == 0 and shade[-1] == SHADES - 1
    light = colours() @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(light) < 0).all()  # lighter is always less
    one = np.zeros(lines, bool)
    one[0] = True

    def thick(newtons):
        surface = bands.surfaces(0, np.full(lines, newtons), one)
        ring = surface[-1].vertices.reshape(STATIONS, SIDES, 3)
        return np.linalg.norm(ring - ring.mean(axis=1, keepdims=True), axis=2).mean(axis=1)

    weak, strong = thick(0.0), thick(top)
    assert (strong > weak).all() and strong.max() < 1.3 * THICK_M
    assert weak[0] < 0.5 * weak[STATIONS // 2] and weak[-1] < 0.5 * weak[STATIONS // 2]


def test_a_force_that_is_not_known_is_drawn_as_none(bands):
    assert bands.shade(np.array([np.nan, 0.0])).tolist() == [0, 0]


def test_a_plate_lies_under_its_face():
    axes = np.array([(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)])
    box = plate(np.array([0.2, 0.3]), axes, np.array([0.5, 0.4, 0.0]), 0.04)
    assert volume(box) == pytest.approx(0.4 * 0.6 * 0.04)
    assert box.vertices[:, 1].max() == pytest.approx(0.4) and box.vertices[:, 1].min() == pytest.approx(0.36)
    turned = plate(np.array([0.2, 0.3]), axes * [[1], [1], [-1]], np.zeros(3), 0.04)
    assert volume(turned) > 0

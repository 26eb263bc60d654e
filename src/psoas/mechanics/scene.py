"""Frames of a body -> Scene: where its bones, its muscles' paths and its supports are, to be drawn later."""

from __future__ import annotations

from collections.abc import Sequence

import mujoco
import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.scene import Scene, Support, quaternions

MOST_FRAMES = 120  # of a scene: enough for a smooth picture, and a file that can be sent
ARC_POINTS = 5  # on a cylinder that a line bends over
MARGIN_M = 0.05  # by which a plate is larger than the points that bear on it
ACROSS = np.array([0.0, 0.0, 1.0])


def scene_of(
    body: Body,
    positions: np.ndarray,
    contacts: Sequence[ContactPoint] = (),
    available: np.ndarray | None = None,
) -> Scene:
    """Return the scene of frames: positions (F, V) [rad, m]; available (F, C) says which contacts bear when.

    Of more than MOST_FRAMES frames evenly spaced ones are kept, the first and the last among them. A line bends over
    its cylinder as MuJoCo lays it: straight to the tangent points, between them an arc of ARC_POINTS points.
    """
    anatomy = body.anatomy
    assert anatomy is not None
    count = len(positions)
    kept = np.unique(np.linspace(0, count - 1, min(count, MOST_FRAMES)).round().astype(int))
    place, turn, arcs = _drawn(body, positions[kept], anatomy)
    names = [s.name for s in anatomy.segments]
    number = {name: i for i, name in enumerate(names)}
    path = [(i, number[b], x) for i, f in enumerate(anatomy.fascicles) for b, x in f.path]
    wrapped = [(i, f) for i, f in enumerate(anatomy.fascicles) if f.wrap]
    home = {w.name: number[w.body] for w in anatomy.wraps}
    bears = np.ones((len(kept), len(contacts)), bool) if available is None else np.asarray(available)[kept] > 0
    supports, floor = _supports(contacts, bears, place, turn, number)
    return Scene(
        kept,
        body.height,
        tuple(names),
        tuple(s.parent for s in anatomy.segments),
        np.array([s.joint for s in anatomy.segments]),
        place,
        quaternions(turn),
        np.array([(d.depth, d.width, d.height) for d in anatomy.discs]),
        np.array([(d.upper_endplate_tilt, d.lower_endplate_tilt) for d in anatomy.discs]),
        anatomy.fascicle_names,
        np.array([f.area for f in anatomy.fascicles]),
        np.array([line for line, _, _ in path]),
        np.array([b for _, b, _ in path]),
        np.array([x for _, _, x in path]),
        np.array([i for i, _ in wrapped], int),
        np.array([f.wrap_after for _, f in wrapped], int),
        np.array([home[f.wrap] for _, f in wrapped], int),
        arcs,
        supports,
        floor,
    )


def _drawn(body: Body, positions: np.ndarray, anatomy: Anatomy) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places (K, B, 3), turns (K, B, 3, 3) and arcs over cylinders (K, W, A, 3) in their body's frame."""
    model, data = body.model, mujoco.MjData(body.model)
    bodies = [body.bodies[s.name] for s in anatomy.segments]
    wrapped = [(i, f.wrap) for i, f in enumerate(anatomy.fascicles) if f.wrap]
    geom = [model.geom(wrap).id for _, wrap in wrapped]
    place = np.zeros((len(positions), len(bodies), 3))
    turn = np.zeros((len(positions), len(bodies), 3, 3))
    arcs = np.full((len(positions), len(wrapped), ARC_POINTS, 3), np.nan)
    for k, q in enumerate(positions):
        data.qpos[:] = q
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_tendon(model, data)
        place[k] = data.xpos[bodies]
        turn[k] = data.xmat[bodies].reshape(-1, 3, 3)
        for w, (line, _) in enumerate(wrapped):
            start, size = data.ten_wrapadr[line], data.ten_wrapnum[line]
            on_geom = data.wrap_obj.ravel()[start : start + size] == geom[w]
            if on_geom.sum() == 2:
                tangent = data.wrap_xpos.reshape(-1, 3)[start : start + size][on_geom]
                home = model.geom_bodyid[geom[w]]
                axes = data.geom_xmat[geom[w]].reshape(3, 3)
                arc = _arc(tangent, data.geom_xpos[geom[w]], axes)
                arcs[k, w] = (arc - data.xpos[home]) @ data.xmat[home].reshape(3, 3)
    return place, turn, arcs


def _arc(tangent: np.ndarray, centre: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Return points (A, 3) of the helix from one tangent point to the other on a cylinder along axes[:, 2]."""
    local = (tangent - centre) @ axes
    angle = np.arctan2(local[:, 1], local[:, 0])
    swept = (angle[1] - angle[0] + np.pi) % (2 * np.pi) - np.pi
    share = np.linspace(0.0, 1.0, ARC_POINTS)
    radius = float(np.hypot(*local[0, :2]))
    at = angle[0] + share * swept
    height = local[0, 2] + share * (local[1, 2] - local[0, 2])
    points = np.stack([radius * np.cos(at), radius * np.sin(at), height], axis=1)
    return centre + points @ axes.T


def _supports(
    contacts: Sequence[ContactPoint], bears: np.ndarray, place: np.ndarray, turn: np.ndarray, number: dict[str, int]
) -> tuple[tuple[Support, ...], float]:
    """Return the plates that bear the person and the height of the floor, from the last frame in which each bears."""
    floor = np.nan
    plates: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    when: dict[str, np.ndarray] = {}
    for c, contact in enumerate(contacts):
        if contact.partner or not bears[:, c].any():
            continue
        i = number[contact.body]
        world = place[:, i] + turn[:, i] @ contact.position
        if contact.contact.startswith("foot"):
            lowest = world[bears[:, c], 1].min()
            floor = lowest if np.isnan(floor) else min(floor, lowest)
        else:
            name = contact.contact.removesuffix("_r").removesuffix("_l") if "desk" in contact.contact else ""
            last = int(np.flatnonzero(bears[:, c])[-1])
            name = name or contact.contact
            plates.setdefault(name, []).append((world[last], contact.normal))
            when[name] = when.get(name, bears[:, c]) | bears[:, c]
    return tuple(_plate(name, points, when[name]) for name, points in plates.items()), float(floor)


def _plate(name: str, points: list[tuple[np.ndarray, np.ndarray]], bears: np.ndarray) -> Support:
    x = np.array([point for point, _ in points])
    outward = points[0][1] / np.linalg.norm(points[0][1])
    along = np.cross(outward, ACROSS)
    along = along / np.linalg.norm(along)
    axes = np.array([along, np.cross(along, outward) * -1.0, outward])
    flat = x @ axes.T
    low, high = flat.min(axis=0), flat.max(axis=0)
    # The face stands where the body is farthest out on it: nothing sinks in.
    centre = np.array([*(0.5 * (low + high))[:2], low[2]]) @ axes
    return Support(name, centre, axes, 0.5 * (high - low)[:2] + MARGIN_M, bears)

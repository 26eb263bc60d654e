"""The 3-D view's data: bones, paths, forces and poses of every result in one compressed block of whole numbers."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence

import numpy as np

from psoas.report.bones import bones, disc_mesh
from psoas.report.solids import Mesh
from psoas.result import Result
from psoas.scene import Scene

MOST_TAKES = 8  # results that the player holds
MESH_STEP_M = 5e-5  # of the drawn bones, which are known no better
FORCE_STEP_N = 0.1  # of the forces, which are stored as whole numbers up to 6553 N
MISSING = -32768  # an arc that a line does not pass over
LEVEL_CHILDREN = ("thorax", "L1", "L2", "L3", "L4", "L5")
ARMS = ("upper_arm", "forearm", "hand")  # hidden in the near view, which they would cover
FAMILIES = (
    ("Psoas and iliacus", ("psoas_major", "iliacus")),
    ("Back extensors", ("multifidus", "longissimus", "iliocostalis", "erector")),
    ("Quadratus lumborum", ("quadratus_lumborum",)),
    ("Abdominals", ("external_oblique", "internal_oblique", "rectus_abdominis", "transversus")),
    ("Latissimus dorsi", ("latissimus",)),
    ("Buttock and thigh", ()),
)


class Block:
    """Arrays in one block of bytes; the same array twice is kept once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.places: dict[bytes, list[object]] = {}

    def add(self, array: np.ndarray) -> list[object]:
        """Return [type, start, count] of an array of int16, uint16 or uint8, for JSON."""
        raw = np.ascontiguousarray(array).tobytes()
        key = hashlib.sha256(array.dtype.str.encode() + raw).digest()
        if key not in self.places:
            self.data += bytes(-len(self.data) % 2)
            self.places[key] = [array.dtype.name, len(self.data), int(array.size)]
            self.data += raw
        return self.places[key]

    def text(self) -> str:
        """Return the block, compressed (zlib) and in base64."""
        return base64.b64encode(zlib.compress(bytes(self.data), 9)).decode()


def player_data(results: Sequence[Result], scenes: Sequence[Scene | None], labels: Sequence[str]) -> str:
    """Return the JSON that the player of the page reads, "" where no result has a scene.

    Whole numbers carry their step: lengths are value x step [m], forces value x FORCE_STEP_N [N], quaternions value /
    32767. Of the results with a scene the first MOST_TAKES are held.
    """
    shown = [(r, s, x) for r, s, x in zip(results, scenes, labels, strict=False) if s is not None][:MOST_TAKES]
    if not shown:
        return ""
    block, takes = Block(), []
    models: dict[bytes, dict[str, object]] = {}
    for result, scene, label in shown:
        key = hashlib.sha256(scene.joint_m.tobytes() + scene.disc_m.tobytes() + scene.point_m.tobytes()).digest()
        if key not in models:
            models[key] = _model(scene, result.muscles.groups, block)
        takes.append({"label": label, "model": list(models).index(key), **_take(scene, result, block)})
    top = max(float(np.nanmax(r.muscles.force_n[:, s.frames], initial=1.0)) for r, s, _ in shown)
    data = {
        "takes": takes,
        "models": list(models.values()),
        "families": [name for name, _ in FAMILIES],
        "top": top,
        "levels": list(shown[0][0].levels),
        "block": block.text(),
    }
    return json.dumps(data, separators=(",", ":"), allow_nan=False)


def scene_model(scene: Scene, groups: Sequence[str]) -> dict[str, object]:
    """Return what a drawing needs of the person and does not change, its arrays in a block of its own; for JSON.

    groups: the group of each line. `discs` holds the upper and the lower body of each disc from the top and the halves
    of its endplates' tilt [rad], from which a pose of the bodies gives the pose of the disc.
    """
    block = Block()
    model = _model(scene, groups, block)
    discs = []
    if _has_discs(scene):
        for level, child in enumerate(LEVEL_CHILDREN):
            upper = scene.body(child)
            half = 0.5 * scene.disc_tilt[level]
            discs.append([upper, scene.body(scene.parents[upper]), round(float(half[0]), 5), round(float(half[1]), 5)])
    return {
        "bodies": list(scene.bodies),
        "lines": list(scene.lines),
        "groups": list(groups),
        **model,
        "discs": discs,
        "arcPoints": int(scene.wrap_m.shape[2]),
        "families": [name for name, _ in FAMILIES],
        "block": block.text(),
    }


def _model(scene: Scene, groups: Sequence[str], block: Block) -> dict[str, object]:
    """Return what does not move: meshes, where they are drawn, and the paths in their bodies' frames."""
    meshes, placed = bones(scene)
    instances: list[dict[str, object]] = [
        {
            "name": b.mesh,
            "mesh": list(meshes).index(b.mesh),
            "body": scene.body(b.body),
            "scale": round(b.scale, 5),
            "turn": round(b.turn, 5),
            "shift": [round(v, 5) for v in b.shift],
            "mirror": b.mirror,
            "disc": False,
            "arm": b.body.startswith(ARMS),
        }
        for b in placed
    ]
    listed = list(meshes.values())
    if _has_discs(scene):
        for level, child in enumerate(LEVEL_CHILDREN):
            instances.append(
                {"name": _disc_name(scene, child), "mesh": len(listed), "body": len(scene.bodies) + level, "scale": 1}
                | {"turn": 0, "shift": [0, 0, 0], "mirror": False, "disc": True, "arm": False}
            )
            depth, width, height = scene.disc_m[level]
            # A little larger than the bone and thicker than measured, so that it is seen between the endplates.
            listed.append(disc_mesh(1.03 * depth, 1.03 * width, 1.15 * height))
    starts = np.searchsorted(scene.point_line, np.arange(len(scene.lines) + 1))
    return {
        "meshes": [_mesh(m, block) for m in listed],
        "instances": instances,
        "starts": block.add(starts.astype(np.uint16)),
        "pointBodies": block.add(scene.point_body.astype(np.uint8)),
        "points": _lengths(scene.point_m, block),
        "radius": block.add(np.clip(1e6 * np.sqrt(scene.line_area_m2 / np.pi), 0, 65535).astype(np.uint16)),
        "family": block.add(np.array([_family(g) for g in groups], np.uint8)),
        "wrapLine": block.add(scene.wrap_line.astype(np.uint16)),
        "wrapAfter": block.add(scene.wrap_after.astype(np.uint16)),
        "wrapBody": block.add(scene.wrap_body.astype(np.uint8)),
        "pelvis": scene.body("pelvis"),
        "focus": scene.body("L3"),
        "names": [_plain(name) for name in scene.lines],
    }


def _take(scene: Scene, result: Result, block: Block) -> dict[str, object]:
    """Return what moves: poses of bodies and discs, arcs, forces, and the compression of each level."""
    position, turn = scene.position_m, scene.turn
    if _has_discs(scene):
        discs = [_disc_pose(scene, level, child) for level, child in enumerate(LEVEL_CHILDREN)]
        position = np.concatenate([position, np.stack([p for p, _ in discs], axis=1)], axis=1)
        turn = np.concatenate([turn, np.stack([q for _, q in discs], axis=1)], axis=1)
    arcs = np.where(np.isfinite(scene.wrap_m), np.round(scene.wrap_m / 2e-5), MISSING)
    force = np.nan_to_num(result.muscles.force_n[:, scene.frames].T)
    return {
        "time": [round(float(t), 4) for t in result.time_s[scene.frames]],
        "count": int(position.shape[1]),
        "position": _lengths(position, block),
        "turn": block.add(np.round(32767 * turn).astype(np.int16)),
        "arcs": [2e-5, *block.add(np.clip(arcs, MISSING, 32767).astype(np.int16))],
        "arcPoints": int(scene.wrap_m.shape[2]),
        "force": block.add(np.clip(np.round(force / FORCE_STEP_N), 0, 65535).astype(np.uint16)),
        "compression": [
            [round(float(v)) if np.isfinite(v) else None for v in row]
            for row in np.asarray(result.loads["compression_n"])[:, scene.frames]
        ],
        "floor": round(scene.floor_m, 4) if np.isfinite(scene.floor_m) else None,
        "supports": [
            {
                "name": s.name,
                "centre": [round(float(v), 4) for v in s.centre_m],
                "axes": [round(float(v), 5) for v in s.axes.ravel()],
                "half": [round(float(v), 4) for v in s.half_m],
                "bears": [int(b) for b in s.bears],
            }
            for s in scene.supports
        ],
    }


def _has_discs(scene: Scene) -> bool:
    return all(scene.body(child) >= 0 for child in LEVEL_CHILDREN)


def _disc_name(scene: Scene, child: str) -> str:
    lower = scene.parents[scene.body(child)]
    return f"{'T12' if child == 'thorax' else child}/{'S1' if lower == 'pelvis' else lower}"


def _disc_pose(scene: Scene, level: int, child: str) -> tuple[np.ndarray, np.ndarray]:
    """Return place (K, 3) and quaternion (K, 4) of a disc: midway between the endplates that face each other."""
    upper = scene.body(child)
    lower = scene.body(scene.parents[upper])
    half = 0.5 * scene.disc_tilt[level]
    a = _turned(scene.turn[:, upper], half[0])
    b = _turned(scene.turn[:, lower], half[1])
    b = b * np.where((a * b).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    middle = a + b
    return scene.position_m[:, upper], middle / np.linalg.norm(middle, axis=1, keepdims=True)


def _turned(q: np.ndarray, half_angle: float) -> np.ndarray:
    """Return q x a turn about Z by twice half_angle."""
    w, x, y, z = q.T
    c, s = np.cos(half_angle), np.sin(half_angle)
    return np.stack([w * c - z * s, x * c + y * s, y * c - x * s, z * c + w * s], axis=1)


def _mesh(mesh: Mesh, block: Block) -> dict[str, object]:
    """Return the mesh, each row as the difference from the row before it: neighbours compress better."""
    vertices = np.round(mesh.vertices / MESH_STEP_M).astype(np.int16)
    return {"v": [MESH_STEP_M, *block.add(_steps(vertices))], "q": block.add(_steps(mesh.quads.astype(np.int16)))}


def _steps(rows: np.ndarray) -> np.ndarray:
    return np.diff(rows, axis=0, prepend=np.zeros_like(rows[:1]))


def _lengths(values: np.ndarray, block: Block) -> list[object]:
    """Return [step, type, start, count] of lengths [m] as int16."""
    step = max(float(np.abs(values).max(initial=0.0)), 1e-6) / 32767
    return [float(f"{step:.8g}"), *block.add(np.round(values / float(f"{step:.8g}")).astype(np.int16))]


def _family(group: str) -> int:
    for i, (_, stems) in enumerate(FAMILIES):
        if any(group.startswith(stem) for stem in stems):
            return i
    return len(FAMILIES) - 1


def _plain(name: str) -> str:
    side = {"r": "right", "l": "left"}.get(name[-1], "")
    return f"{name[:-2].replace('_', ' ')}, {side}" if side and name[-2] == "_" else name.replace("_", " ")

"""The joint coordinates of the body: names, kinds and axes, in the order of the model."""

from __future__ import annotations

from dataclasses import dataclass

from psoas.anatomy.anatomy import LEVELS, Vector

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
MINUS_X, MINUS_Y, MINUS_Z = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)

CHILD_OF_LEVEL = dict(zip(LEVELS, ("thorax", "L1", "L2", "L3", "L4", "L5"), strict=True))
BEND_AXES = ("flexion", "bend", "twist")

ROOT = ("pelvis_tx", "pelvis_ty", "pelvis_tz", "pelvis_tilt", "pelvis_list", "pelvis_rotation")
HIPS = tuple(f"hip_{axis}_{side}" for side in "rl" for axis in ("flexion", "adduction", "rotation"))
LUMBAR = tuple(f"{level}_{axis}" for level in LEVELS for axis in BEND_AXES)
LUMBAR_SLIDES = tuple(f"{level}_{axis}" for level in LEVELS for axis in "xyz")
# The rows that muscle and contacts must balance (D5); knees, ankles, arms and neck are driven directly.
BALANCED = ROOT + LUMBAR + HIPS


@dataclass(frozen=True)
class Coordinate:
    """One hinge (rad) or slide (m): positive is flexion, bend to the right, turn to the left (clinical signs)."""

    name: str
    axis: Vector
    slide: bool = False


def coordinates_of(body: str) -> tuple[Coordinate, ...]:
    """Return the coordinates by which a body moves against its parent, in order."""
    if body == "pelvis":
        axes = (X, Y, Z, MINUS_Z, X, Y)
        return tuple(Coordinate(n, a, i < 3) for i, (n, a) in enumerate(zip(ROOT, axes, strict=True)))
    for level, child in CHILD_OF_LEVEL.items():
        if child == body:
            slides = tuple(Coordinate(f"{level}_{n}", a, True) for n, a in zip("xyz", (X, Y, Z), strict=True))
            return slides + _turns(level, (MINUS_Z, X, Y), BEND_AXES)
    if body == "head":
        return _turns("neck", (MINUS_Z, X, Y), BEND_AXES)
    stem, side = body[:-2], body[-1]
    if side not in "rl" or body[-2] != "_":
        return ()
    lateral = (X, Y) if side == "r" else (MINUS_X, MINUS_Y)
    if stem == "thigh":
        return _limb("hip", side, Z, lateral)
    if stem == "upper_arm":
        return _limb("shoulder", side, Z, lateral)
    if stem == "shank":
        return (Coordinate(f"knee_flexion_{side}", MINUS_Z),)
    if stem == "foot":
        return (Coordinate(f"ankle_flexion_{side}", Z), Coordinate(f"ankle_inversion_{side}", lateral[0]))
    if stem == "forearm":
        return (Coordinate(f"elbow_flexion_{side}", Z),)
    return ()


def _turns(stem: str, axes: tuple[Vector, ...], names: tuple[str, ...]) -> tuple[Coordinate, ...]:
    return tuple(Coordinate(f"{stem}_{n}", a) for n, a in zip(names, axes, strict=True))


def _limb(stem: str, side: str, flexion: Vector, lateral: tuple[Vector, Vector]) -> tuple[Coordinate, ...]:
    return (
        Coordinate(f"{stem}_flexion_{side}", flexion),
        Coordinate(f"{stem}_adduction_{side}", lateral[0]),
        Coordinate(f"{stem}_rotation_{side}", lateral[1]),
    )

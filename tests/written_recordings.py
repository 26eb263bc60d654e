"""Small writers for the tests: one movement of the model as BVH text, C3D or OpenSim angles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from psoas.mechanics.skeleton import GROUPS, Skeleton

ORDERS = ("ZXY", "XYZ", "YZX", "ZYX", "XZY", "YXZ")
BVH_NAMES = {
    "pelvis": "Hips", "L5": "LowerBack", "L1": "Spine", "thorax": "Spine1", "head": "Neck",
    "upper_arm_*": "*Arm", "forearm_*": "*ForeArm", "hand_*": "*Hand", "thigh_*": "*UpLeg", "shank_*": "*Leg",
    "foot_*": "*Foot",
}  # fmt: skip


def bodies_of(skeleton: Skeleton, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return origins (F, B, 3) and turns (F, B, 3, 3) of all bodies at coordinates (F, D)."""
    index = np.arange(len(skeleton.bodies))
    nothing = np.zeros((len(index), 3))
    reach = skeleton.reach(q, np.ones(len(GROUPS)), index, nothing, nothing)
    return reach.points, reach.turn


def euler_deg(turn: np.ndarray, order: str) -> np.ndarray:
    """Return the angles (F, 3) [deg] with turn = R_a R_b R_c for the order "abc"."""
    a, b, c = ("XYZ".index(axis) for axis in order)
    sign = 1.0 if (b - a) % 3 == 1 else -1.0
    return np.degrees(
        np.stack(
            [
                np.arctan2(-sign * turn[:, b, c], turn[:, c, c]),
                np.arcsin(np.clip(sign * turn[:, a, c], -1, 1)),
                np.arctan2(-sign * turn[:, a, b], turn[:, a, a]),
            ],
            axis=1,
        )
    )


def bvh_name(body: str) -> str:
    """Return a body's name as an animation program has it."""
    if body[-2:] in ("_r", "_l"):
        return BVH_NAMES[body[:-1] + "*"].replace("*", "Right" if body[-1] == "r" else "Left")
    return BVH_NAMES.get(body, body)


def bvh_text(
    skeleton: Skeleton, q: np.ndarray, step: float, per_metre: float = 100.0, stance: np.ndarray | None = None
) -> str:
    """Return a BVH file of coordinates (F, D), each joint with another Euler order; the rest pose is `stance` (1, D).

    By default it is standing.
    """
    at, turn = bodies_of(skeleton, q)
    rest, home = bodies_of(skeleton, np.zeros((1, q.shape[1])) if stance is None else stance)
    turn = turn @ np.swapaxes(home, 2, 3)  # of each body from the rest pose
    lines, columns = ["HIERARCHY"], []

    def write(i: int, depth: int) -> None:
        pad, parent = "  " * depth, skeleton.parent[i]
        order = ORDERS[i % len(ORDERS)]
        offset = (rest[0, i] - rest[0, parent]) * per_metre if parent >= 0 else np.zeros(3)
        lines.append(f"{pad}{'JOINT' if parent >= 0 else 'ROOT'} {bvh_name(skeleton.bodies[i])}")
        lines.append(pad + "{")
        lines.append(f"{pad}  OFFSET " + " ".join(f"{v:.6f}" for v in offset))
        names = [f"{axis}rotation" for axis in order]
        local = turn[:, i] if parent < 0 else np.swapaxes(turn[:, parent], 1, 2) @ turn[:, i]
        if parent < 0:
            names = ["Xposition", "Yposition", "Zposition", *names]
            columns.append(at[:, i] * per_metre)
        columns.append(euler_deg(local, order))
        lines.append(f"{pad}  CHANNELS {len(names)} " + " ".join(names))
        children = [j for j, p in enumerate(skeleton.parent) if p == i]
        for child in children:
            write(child, depth + 1)
        if not children:
            lines.append(f"{pad}  End Site\n{pad}  {{\n{pad}    OFFSET 0 {10 if i else 0} 0\n{pad}  }}")
        lines.append(pad + "}")

    write(0, 0)
    lines += ["MOTION", f"Frames: {len(q)}", f"Frame Time: {step:.7f}"]
    lines += [" ".join(f"{v:.6f}" for v in row) for row in np.hstack(columns)]
    return "\n".join(lines) + "\n"


def write_c3d(path: Path, names: tuple[str, ...], positions: np.ndarray, rate: float, unit: str = "mm") -> None:
    """Write marker paths (F, M, 3) [m], NaN where missing, as C3D."""
    import ezc3d

    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [rate]
    file["parameters"]["POINT"]["UNITS"]["value"] = [unit]
    file["parameters"]["POINT"]["LABELS"]["value"] = list(names)
    points = np.ones((4, len(names), len(positions)))
    points[:3] = np.moveaxis(positions, 0, -1).transpose(1, 0, 2) * {"mm": 1000.0, "m": 1.0}[unit]
    file["data"]["points"] = points
    file.write(str(path))


def write_plates(
    path: Path,
    names: tuple[str, ...],
    positions: np.ndarray,
    loads: list[np.ndarray],
    corners: np.ndarray,
    origin: list[float],
) -> None:
    """Write markers (F, M, 3) [m, Y up] at 60 Hz, in a laboratory with Z up, and plates of type 2 in one place.

    loads: of each plate (10 F, 6) [N, N mm] what presses on it, about the transducer; corners (4, 3), origin (3,) [mm].
    """
    import ezc3d

    file, count = ezc3d.c3d(), len(loads)
    file["parameters"]["POINT"]["RATE"]["value"] = [60.0]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["LABELS"]["value"] = list(names)
    points = np.ones((4, len(names), len(positions)))
    points[:3] = np.moveaxis(1000 * z_up(positions), 0, -1).transpose(1, 0, 2)
    file["data"]["points"] = points
    file["parameters"]["ANALOG"]["RATE"]["value"] = [600.0]
    labels = [f"{name}{i + 1}" for i in range(count) for name in ("Fx", "Fy", "Fz", "Mx", "My", "Mz")]
    file["parameters"]["ANALOG"]["LABELS"]["value"] = labels
    file["parameters"]["ANALOG"]["UNITS"]["value"] = [*["N"] * 3, *["Nmm"] * 3] * count
    file["data"]["analogs"] = np.hstack(loads).T[None]
    plates = file["parameters"]["FORCE_PLATFORM"]
    plates["USED"]["value"] = np.array([count])
    plates["TYPE"]["value"] = np.full(count, 2)
    plates["CHANNEL"]["value"] = np.arange(1, 6 * count + 1).reshape(count, 6).T
    plates["CORNERS"]["value"] = np.repeat(corners.T[:, :, None], count, axis=2)
    plates["ORIGIN"]["value"] = np.repeat(np.array(origin)[:, None], count, axis=1)
    file.write(str(path))


def z_up(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (.., 3) with Y up in a laboratory with Z up: (x, y, z) becomes (x, -z, y)."""
    return vectors[..., [0, 2, 1]] * np.array([1.0, -1.0, 1.0])

"""Where bones, muscles and supports are in space: plain arrays from which a picture is drawn without computing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Support:
    """What bears the person, as a plate: centre (3,) m, axes (3, 3) as rows (along, across, outward), half_m (2,).

    The plate's outer face, towards the body, holds `centre`; it does not move. bears (K,): in which drawn frames.
    """

    name: str
    centre_m: np.ndarray
    axes: np.ndarray
    half_m: np.ndarray
    bears: np.ndarray


@dataclass(frozen=True, eq=False)
class Scene:
    """One person over K drawn frames, which `frames` (K,) numbers in the result.

    bodies, parents: B names, "" for the root's parent. joint_m (B, 3): origin in the parent's frame [m].
    position_m (K, B, 3) [m] and turn (K, B, 4): origin and unit quaternion (w, x, y, z) of each body in the world.
    disc_m (6, 3): depth, width, middle height of each disc from the top [m]; disc_tilt (6, 2): its upper and lower
    endplate about Z in the frame of the vertebra above and below [rad].
    lines (M,): names in the order of the result's muscles; line_area_m2 (M,). point_line, point_body (P,),
    point_m (P, 3): the points of all paths in the frame of their body.
    wrap_line, wrap_after, wrap_body (W,): lines that bend over a cylinder behind their point number wrap_after;
    wrap_m (K, W, A, 3): the arc in the frame of wrap_body, NaN while the line passes straight.
    floor_m: height of the floor, NaN without one. Raises ValueError for a wrong shape.
    """

    frames: np.ndarray
    height_m: float
    bodies: tuple[str, ...]
    parents: tuple[str, ...]
    joint_m: np.ndarray
    position_m: np.ndarray
    turn: np.ndarray
    disc_m: np.ndarray
    disc_tilt: np.ndarray
    lines: tuple[str, ...]
    line_area_m2: np.ndarray
    point_line: np.ndarray
    point_body: np.ndarray
    point_m: np.ndarray
    wrap_line: np.ndarray
    wrap_after: np.ndarray
    wrap_body: np.ndarray
    wrap_m: np.ndarray
    supports: tuple[Support, ...] = ()
    floor_m: float = float("nan")

    def __post_init__(self) -> None:
        k, b, m, p, w = len(self.frames), len(self.bodies), len(self.lines), len(self.point_line), len(self.wrap_line)
        arc = np.shape(self.wrap_m)[2] if np.ndim(self.wrap_m) == 4 else 0
        wanted = {
            "joint_m": (b, 3),
            "position_m": (k, b, 3),
            "turn": (k, b, 4),
            "disc_m": (6, 3),
            "disc_tilt": (6, 2),
            "line_area_m2": (m,),
            "point_body": (p,),
            "point_m": (p, 3),
            "wrap_after": (w,),
            "wrap_body": (w,),
            "wrap_m": (k, w, arc, 3),
        }
        for name, shape in wanted.items():
            if np.shape(getattr(self, name)) != shape:
                raise ValueError(f"Scene: {name} has shape {np.shape(getattr(self, name))}, but must have {shape}.")
        for name, indices, count in (
            ("point_line", self.point_line, m),
            ("point_body", self.point_body, b),
            ("wrap_line", self.wrap_line, m),
            ("wrap_body", self.wrap_body, b),
        ):
            if len(indices) and (np.min(indices) < 0 or np.max(indices) >= count):
                raise ValueError(f"Scene: {name} names what is not there; allowed is 0 to {count - 1}.")
        for support in self.supports:
            if np.shape(support.bears) != (k,):
                raise ValueError(f"Scene: '{support.name}' bears in {np.shape(support.bears)}, but must in ({k},).")
        if len(self.parents) != b:
            raise ValueError(f"Scene: parents has {len(self.parents)} entries, but must have {b}.")

    def body(self, name: str) -> int:
        """Return the number of a body, -1 where there is none of that name."""
        return self.bodies.index(name) if name in self.bodies else -1


def quaternions(turn: np.ndarray) -> np.ndarray:
    """Return unit quaternions (.., 4), w >= 0, of rotation matrices (.., 3, 3).

    q is the eigenvector of the largest eigenvalue of K, whose entries are sums of the matrix' entries (Bar-Itzhack
    2000): exact at every angle.
    """
    r = np.asarray(turn, float)
    xx, yy, zz = r[..., 0, 0], r[..., 1, 1], r[..., 2, 2]
    k = np.empty((*r.shape[:-2], 4, 4))
    k[..., 0, 0] = xx + yy + zz
    k[..., 1, 1], k[..., 2, 2], k[..., 3, 3] = xx - yy - zz, yy - xx - zz, zz - xx - yy
    k[..., 0, 1] = k[..., 1, 0] = r[..., 2, 1] - r[..., 1, 2]
    k[..., 0, 2] = k[..., 2, 0] = r[..., 0, 2] - r[..., 2, 0]
    k[..., 0, 3] = k[..., 3, 0] = r[..., 1, 0] - r[..., 0, 1]
    k[..., 1, 2] = k[..., 2, 1] = r[..., 1, 0] + r[..., 0, 1]
    k[..., 1, 3] = k[..., 3, 1] = r[..., 0, 2] + r[..., 2, 0]
    k[..., 2, 3] = k[..., 3, 2] = r[..., 2, 1] + r[..., 1, 2]
    q = np.linalg.eigh(k)[1][..., -1]
    return q * np.where(q[..., :1] < 0, -1.0, 1.0)


def rotations(quaternion: np.ndarray) -> np.ndarray:
    """Return rotation matrices (.., 3, 3) of unit quaternions (.., 4) (w, x, y, z)."""
    w, x, y, z = np.moveaxis(np.asarray(quaternion, float), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)

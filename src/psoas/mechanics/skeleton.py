"""Forward kinematics of marker points for many frames at once, with Jacobians for angles and segment scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.coordinates import BEND_AXES, LUMBAR_SLIDES, coordinates_of

TRUNK = tuple(f"trunk_{axis}" for axis in BEND_AXES)

# Segments that are scaled by one factor; left and right are equal.
GROUPS = {
    "pelvis": ("pelvis",),
    "trunk": ("L5", "L4", "L3", "L2", "L1", "thorax"),
    "head": ("head",),
    "upper_arms": ("upper_arm_r", "upper_arm_l"),
    "forearms": ("forearm_r", "forearm_l", "hand_r", "hand_l"),
    "thighs": ("thigh_r", "thigh_l"),
    "shanks": ("shank_r", "shank_l"),
    "feet": ("foot_r", "foot_l"),
}


def rhythm_shares(anatomy: Anatomy) -> dict[str, tuple[str, float]]:
    """Return for each lumbar hinge the trunk angle it follows and its share: theta_level = share theta_trunk."""
    shares: dict[str, tuple[str, float]] = {}
    for disc in anatomy.discs:
        for axis, share in zip(BEND_AXES, (disc.flexion_share, disc.bend_share, disc.twist_share), strict=True):
            shares[f"{disc.level}_{axis}"] = (f"trunk_{axis}", share)
    return shares


@dataclass(frozen=True)
class Reach:
    """Where P points are in F frames, and how they move.

    points (F, P, 3) [m]; by_coordinate (F, P, 3, D) [m or m/rad]; by_scale (F, P, 3, G) [m];
    turn (F, P, 3, 3) of the body of each point.
    """

    points: np.ndarray
    by_coordinate: np.ndarray
    by_scale: np.ndarray
    turn: np.ndarray


class Skeleton:
    """The joints of one person as arrays, with the lumbar hinges tied to three trunk angles by the rhythm.

    coordinates: D names: the root's six, trunk_flexion, trunk_bend, trunk_twist, neck, hips .. elbows.
    """

    def __init__(self, anatomy: Anatomy):
        self.segments = anatomy.segments
        self.bodies = tuple(s.name for s in anatomy.segments)
        tilt = {s.name: s.tilt for s in anatomy.segments}
        self.parent = [self.bodies.index(s.parent) if s.parent else -1 for s in anatomy.segments]
        self.turn = [s.tilt - tilt.get(s.parent, 0.0) for s in anatomy.segments]
        self.place = [np.array(s.joint) for s in anatomy.segments]
        group_of = {body: i for i, bodies in enumerate(GROUPS.values()) for body in bodies}
        self.group = [group_of[name] for name in self.bodies]
        self.hinges: list[list[tuple[int, np.ndarray, bool, float]]] = []
        shares = rhythm_shares(anatomy)
        names: list[str] = []
        for body in self.bodies:
            own = []
            for c in coordinates_of(body):
                if c.name in LUMBAR_SLIDES:
                    continue
                name, share = shares.get(c.name, (c.name, 1.0))
                if name not in names:
                    names.append(name)
                own.append((names.index(name), np.array(c.axis), c.slide, share))
            self.hinges.append(own)
        self.coordinates = tuple(names)
        # The bodies on the way from the root to each body.
        self.way: list[list[int]] = []
        for i, parent in enumerate(self.parent):
            self.way.append([*(self.way[parent] if parent >= 0 else []), i])

    def reach(self, q: np.ndarray, scale: np.ndarray, body: np.ndarray, local: np.ndarray, shift: np.ndarray) -> Reach:
        """Place points: x = o_b + R_b (s_g(b) local + shift), o_b = o_p + R_p s_g(p) joint_b.

        q (F, D) [rad, m]; scale (G,) factors of GROUPS; body (P,) indices; local, shift (P, 3) [m].
        """
        frames, width = q.shape
        count = len(self.bodies)
        origin = np.zeros((count, frames, 3))
        turn = np.zeros((count, frames, 3, 3))
        stretch = np.zeros((count, frames, 3, len(GROUPS)))  # d origin / d scale
        moved: list[list[tuple[int, np.ndarray, np.ndarray | None, float]]] = []
        for i, parent in enumerate(self.parent):
            if parent < 0:
                now = np.broadcast_to(_about(np.array([0.0, 0.0, 1.0]), np.full(1, self.turn[i]))[0], (frames, 3, 3))
                at = np.broadcast_to(self.place[i], (frames, 3))
            else:
                arm = turn[parent] @ self.place[i]
                at = origin[parent] + scale[self.group[parent]] * arm
                stretch[i] = stretch[parent]
                stretch[i, :, :, self.group[parent]] += arm
                now = turn[parent]
                if self.turn[i]:
                    now = now @ _about(np.array([0.0, 0.0, 1.0]), np.full(1, self.turn[i]))[0]
            own: list[tuple[int, np.ndarray, np.ndarray | None, float]] = []
            for index, axis, slide, share in self.hinges[i]:
                world = now @ axis
                if slide:
                    at = at + world * q[:, index, None]
                    own.append((index, world, None, share))
                else:
                    own.append((index, world, at, share))
                    now = now @ _about(axis, share * q[:, index])
            origin[i], turn[i] = at, now
            moved.append(own)
        points = np.zeros((frames, len(body), 3))
        by_coordinate = np.zeros((frames, len(body), 3, width))
        by_scale = np.zeros((frames, len(body), 3, len(GROUPS)))
        turns = np.zeros((frames, len(body), 3, 3))
        for b in np.unique(body):
            mine = np.flatnonzero(body == b)
            group = self.group[b]
            fixed = scale[group] * local[mine] + shift[mine]
            x = origin[b][:, None] + np.einsum("fij,pj->fpi", turn[b], fixed)
            points[:, mine] = x
            turns[:, mine] = turn[b][:, None]
            by_scale[:, mine] = stretch[b][:, None]
            by_scale[:, mine, :, group] += np.moveaxis(np.einsum("fij,pj->fpi", turn[b], local[mine]), 1, 0)
            for k in self.way[b]:
                for index, axis, anchor, share in moved[k]:
                    if anchor is None:
                        by_coordinate[:, mine, :, index] += np.broadcast_to(axis, (len(mine), frames, 3))
                    else:
                        lever = x - anchor[:, None]
                        column = share * _cross(axis[:, None], lever)
                        by_coordinate[:, mine, :, index] += np.moveaxis(column, 1, 0)
        return Reach(points, by_coordinate, by_scale, turns)


def _about(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Rotation matrices (F, 3, 3) about a unit axis: R = I + sin K + (1 - cos) K^2."""
    k = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    return np.eye(3) + np.sin(angle)[:, None, None] * k + (1.0 - np.cos(angle))[:, None, None] * (k @ k)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )

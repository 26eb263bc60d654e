"""Joint angles of many frames from marker positions: batched damped Gauss-Newton within the joint limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.coordinates import ROOT
from psoas.mechanics.skeleton import Skeleton, rhythm_shares
from psoas.sources.table import read_table

MARKER_SPREAD = 0.01  # m, of a marker of weight 1 about its place (skin and measurement; assumed)
# Spread (rad) about standing that is expected of each angle beforehand: it decides only what markers leave open.
ANGLE_SPREAD = {
    "trunk": np.radians(45.0),
    "neck": np.radians(30.0),
    "hip": np.radians(60.0),
    "knee": np.radians(90.0),
    "ankle": np.radians(30.0),
    "shoulder": np.radians(60.0),
    "elbow": np.radians(60.0),
}
ITERATIONS = 60
SMALLEST_STEP = 1e-5  # rad or m
BLOCK = 256  # frames solved together


@dataclass(frozen=True)
class AngleBounds:
    """For each coordinate (D,): limits [rad, m] and the inverse square of the spread expected beforehand."""

    low: np.ndarray
    high: np.ndarray
    stiffness: np.ndarray


@dataclass(frozen=True)
class Targets:
    """Markers and where they were seen.

    body (P,) indices in the skeleton; local (P, 3) [m] on the unscaled body; seen (F, P, 3) [m], NaN where missing;
    weight (P,) of the squared distance [1/m2].
    """

    body: np.ndarray
    local: np.ndarray
    seen: np.ndarray
    weight: np.ndarray

    def frames(self, chosen: np.ndarray | slice) -> Targets:
        """Return some of the frames."""
        return Targets(self.body, self.local, self.seen[chosen], self.weight)

    def misfit(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return distances point - seen (F, P, 3) [m] with 0 where missing, and weights (F, P) likewise."""
        there = ~np.isnan(self.seen).any(axis=2)
        distance = np.where(there[..., None], points - np.nan_to_num(self.seen), 0.0)
        return distance, there * self.weight


def angle_bounds(anatomy: Anatomy, coordinates: tuple[str, ...]) -> AngleBounds:
    """Return limits from the table of joint ranges and the expected spread; the root has neither.

    A trunk angle may grow until the first lumbar level that follows it reaches its own limit.
    """
    table = read_table("anatomy/data/joint_ranges.csv")
    lowest, highest = table.si("lowest_deg"), table.si("highest_deg")
    ranges = {row["coordinate"]: (float(lowest[i]), float(highest[i])) for i, row in enumerate(table.rows)}
    low, high, stiffness = [], [], []
    for name in coordinates:
        if name in ROOT:
            low.append(-np.inf)
            high.append(np.inf)
            stiffness.append(0.0)
            continue
        stem, axis = name.split("_")[:2]
        if stem == "trunk":
            largest = max(share for follows, share in rhythm_shares(anatomy).values() if follows == name)
            a, b = (limit / largest for limit in ranges[f"level_{axis}"])
        else:
            a, b = ranges[f"{stem}_{axis}"]
        low.append(a)
        high.append(b)
        stiffness.append(1.0 / ANGLE_SPREAD[stem] ** 2)
    return AngleBounds(np.array(low), np.array(high), np.array(stiffness))


def track(
    skeleton: Skeleton,
    targets: Targets,
    scale: np.ndarray,
    shift: np.ndarray,
    start: np.ndarray,
    bounds: AngleBounds,
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates (F, D) and the marker distances (F, P) [m, NaN where missing] of each frame.

    minimise sum_m weight_m |x_m(q) - seen_m|^2 + sum_d stiffness_d q_d^2 within low <= q <= high, frame by frame:
    (J'WJ + S + lambda diag) dq = -(J'W r + S q), coordinates held at a limit that they press against.
    """
    q = np.array(start)
    distance = np.full(targets.seen.shape[:2], np.nan)
    for begin in range(0, len(q), BLOCK):
        block = slice(begin, begin + BLOCK)
        part = targets.frames(block)
        q[block] = _track_block(skeleton, part, scale, shift, q[block], bounds)
        points = skeleton.reach(q[block], scale, targets.body, targets.local, shift).points
        distance[block] = np.linalg.norm(points - part.seen, axis=2)
    return q, distance


def _track_block(
    skeleton: Skeleton,
    targets: Targets,
    scale: np.ndarray,
    shift: np.ndarray,
    start: np.ndarray,
    bounds: AngleBounds,
) -> np.ndarray:
    q = np.clip(start, bounds.low, bounds.high)
    damping = np.full(len(q), 1e-3)
    busy = np.arange(len(q))
    best, jacobian, force = _evaluate(skeleton, targets, scale, shift, q, bounds)
    diagonal = np.arange(q.shape[1])
    for _ in range(ITERATIONS):
        held = ((q[busy] <= bounds.low) & (force[busy] > 0)) | ((q[busy] >= bounds.high) & (force[busy] < 0))
        matrix = jacobian[busy]
        size = np.einsum("fdd->fd", matrix)
        matrix = np.where(held[:, :, None] | held[:, None, :], 0.0, matrix)
        # Root coordinates that no marker sees keep a small diagonal of their own.
        matrix[:, diagonal, diagonal] = np.where(held, 1.0, size * (1.0 + damping[busy, None]) + 1e-6)
        step = np.linalg.solve(matrix, np.where(held, 0.0, -force[busy])[..., None])[..., 0]
        trial = np.clip(q[busy] + step, bounds.low, bounds.high)
        value, new_jacobian, new_force = _evaluate(skeleton, targets.frames(busy), scale, shift, trial, bounds)
        better = value <= best[busy]
        moved = np.abs(trial - q[busy]).max(axis=1)
        won = busy[better]
        q[won], best[won] = trial[better], value[better]
        jacobian[won], force[won] = new_jacobian[better], new_force[better]
        damping[busy] = np.where(better, damping[busy] * 0.2, damping[busy] * 10.0)
        busy = busy[(moved > SMALLEST_STEP) & (damping[busy] < 1e8)]
        if len(busy) == 0:
            break
    return q


def _evaluate(
    skeleton: Skeleton,
    targets: Targets,
    scale: np.ndarray,
    shift: np.ndarray,
    q: np.ndarray,
    bounds: AngleBounds,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cost (F,), its Gauss-Newton matrix (F, D, D) and half its gradient (F, D)."""
    reach = skeleton.reach(q, scale, targets.body, targets.local, shift)
    distance, weight = targets.misfit(reach.points)
    frames, width = q.shape
    columns = reach.by_coordinate.reshape(frames, -1, width)
    weighted = columns * np.repeat(weight, 3, axis=1)[..., None]
    matrix = np.swapaxes(columns, 1, 2) @ weighted
    matrix[:, np.arange(width), np.arange(width)] += bounds.stiffness
    force = np.einsum("fnd,fn->fd", weighted, distance.reshape(frames, -1)) + bounds.stiffness * q
    cost = np.einsum("fp,fpx,fpx->f", weight, distance, distance) + q**2 @ bounds.stiffness
    return cost, matrix, force

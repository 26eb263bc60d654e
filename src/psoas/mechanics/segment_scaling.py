"""Segment sizes and marker places of one person from some frames of a recording, in one least squares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psoas.mechanics.skeleton import GROUPS, Reach, Skeleton
from psoas.mechanics.tracking import AngleBounds, Targets

SCALE_SPREAD = 0.06  # of a segment's length about its share of stature (assumed)
# Skin moves alike from frame to frame, so many frames of one recording say no more than about six apart (assumed).
INDEPENDENT_FRAMES = 6
SCALE_LIMITS = (0.75, 1.35)
ITERATIONS = 50
SMALLEST_GAIN = 1e-6  # of the cost


def fit_segments(
    skeleton: Skeleton, targets: Targets, offset: np.ndarray, start: np.ndarray, bounds: AngleBounds
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return factors s (G,), marker shifts u (P, 3) [m] and coordinates (K, D) of K frames.

    minimise sum_km weight_m |x_m(q_k, s, u_m) - seen_km|^2 + n / K sum_kd stiffness_d q_kd^2
             + n (sum_g (s_g - 1)^2 / 0.06^2 + sum_m |u_m|^2 / offset_m^2),   n = max(1, K / 6)

    by damped Gauss-Newton; the coordinates of each frame are eliminated first (Schur complement), because a frame
    has none in common with another. offset (P,) [m]: expected spread of each marker's place.
    """
    groups, points = len(GROUPS), len(targets.body)
    q = np.clip(start, bounds.low, bounds.high)
    shared = np.concatenate([np.ones(groups), np.zeros(3 * points)])
    centre = shared.copy()
    count = max(1.0, len(q) / INDEPENDENT_FRAMES)
    # What is expected of an angle is expected once of the recording, not anew in each frame.
    bounds = replace(bounds, stiffness=bounds.stiffness * count / len(q))
    stiff = count * np.concatenate([np.full(groups, SCALE_SPREAD**-2.0), np.repeat(offset**-2.0, 3)])

    def reach(q: np.ndarray, shared: np.ndarray) -> Reach:
        shift = shared[groups:].reshape(points, 3)
        return skeleton.reach(q, shared[:groups], targets.body, targets.local, shift)

    def cost(now: Reach, q: np.ndarray, shared: np.ndarray) -> float:
        distance, weight = targets.misfit(now.points)
        value = np.einsum("fp,fpx,fpx->", weight, distance, distance) + (q**2 @ bounds.stiffness).sum()
        return float(value + stiff @ (shared - centre) ** 2)

    now = reach(q, shared)
    best = cost(now, q, shared)
    damping = 1e-3
    for _ in range(ITERATIONS):
        step_q, step_shared = _step(now, targets, q, shared - centre, stiff, bounds, damping)
        trial_q = np.clip(q + step_q, bounds.low, bounds.high)
        trial = shared + step_shared
        trial[:groups] = np.clip(trial[:groups], *SCALE_LIMITS)
        then = reach(trial_q, trial)
        value = cost(then, trial_q, trial)
        gain = best - value
        if gain >= 0.0:
            q, shared, now, best = trial_q, trial, then, value
            damping *= 0.2
            if gain <= SMALLEST_GAIN * best:
                break
        else:
            damping *= 10.0
            if damping > 1e8:
                break
    return shared[:groups], shared[groups:].reshape(points, 3), q


def _step(
    now: Reach,
    targets: Targets,
    q: np.ndarray,
    away: np.ndarray,
    stiff: np.ndarray,
    bounds: AngleBounds,
    damping: float,
) -> tuple[np.ndarray, np.ndarray]:
    frames, width = q.shape
    points, groups = len(targets.body), now.by_scale.shape[3]
    distance, weight = targets.misfit(now.points)
    w = weight[..., None, None]
    own = now.by_coordinate  # (K, P, 3, D)
    weighted = own * w
    # A marker's shift moves that marker alone, by the turn of its body, so those blocks are written out.
    a = np.einsum("fpxi,fpxj->fij", weighted, own, optimize=True)
    b = np.zeros((frames, width, groups + 3 * points))
    b[:, :, :groups] = np.einsum("fpxi,fpxg->fig", weighted, now.by_scale, optimize=True)
    b[:, :, groups:] = np.swapaxes(np.swapaxes(weighted, 2, 3) @ now.turn, 1, 2).reshape(frames, width, -1)
    c = np.zeros((groups + 3 * points,) * 2)
    scaled = now.by_scale * w
    c[:groups, :groups] = np.einsum("fpxg,fpxh->gh", scaled, now.by_scale, optimize=True)
    mixed = np.swapaxes((np.swapaxes(scaled, 2, 3) @ now.turn).sum(axis=0), 0, 1).reshape(groups, -1)
    c[:groups, groups:], c[groups:, :groups] = mixed, mixed.T
    shifts = np.arange(groups, len(c))
    c[shifts, shifts] = np.repeat(weight.sum(axis=0), 3)
    force = np.einsum("fpxd,fpx->fd", weighted, distance) + bounds.stiffness * q
    pull = np.concatenate(
        [
            np.einsum("fpxg,fpx->g", scaled, distance),
            np.einsum("fp,fpxy,fpx->py", weight, now.turn, distance).ravel(),
        ]
    )
    pull += stiff * away
    diagonal = np.arange(width)
    a[:, diagonal, diagonal] += bounds.stiffness
    size = np.einsum("fdd->fd", a)
    held = ((q <= bounds.low) & (force > 0)) | ((q >= bounds.high) & (force < 0))
    a = np.where(held[:, :, None] | held[:, None, :], 0.0, a)
    a[:, diagonal, diagonal] = np.where(held, 1.0, size * (1.0 + damping) + 1e-6)
    b = np.where(held[:, :, None], 0.0, b)
    force = np.where(held, 0.0, force)
    c[np.diag_indices(len(c))] += stiff + damping * np.diag(c)
    solved = np.linalg.solve(a, np.concatenate([b, force[..., None]], axis=2))
    inverse_b, inverse_force = solved[..., :-1], solved[..., -1]
    schur = c - b.reshape(-1, len(c)).T @ inverse_b.reshape(-1, len(c))
    right = -(pull - np.einsum("fdi,fd->i", b, inverse_force))
    step = np.linalg.solve(schur, right)
    return -(inverse_force + inverse_b @ step), step

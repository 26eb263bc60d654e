"""The lumbar rhythm gives way under load: how a given trunk flexion is shared by the levels."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.mechanics.equilibrium import AppliedForce, Effort, Equilibrium, equilibrium
from psoas.mechanics.kinetics import kinetics

GIVE = 0.6  # a level's share may leave the rhythm's by this fraction of it (assumed; spread of levels in vivo)
STEP = math.radians(0.25)  # of the finite differences
REACH = math.radians(2.0)  # largest change of a direction in one pass
PASSES = 25
SETTLED = 5e-4  # of the cost; a smaller gain moved no load by more than 0.2 % where it was tried
FLATTEST = 1e-6  # second difference, as part of the cost, below which rounding and not curvature is seen
DAMPINGS = (0.0, 0.01, 0.1, 1.0)  # of the largest curvature
SMALLEST = math.radians(2.0)  # of trunk flexion, below which the rhythm stands


def settle(
    body: Body,
    positions: np.ndarray,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...] = (),
    free: tuple[str, ...] | None = None,
    *,
    root_carried: bool = True,
) -> np.ndarray:
    """Return positions (V,) whose free levels share their flexion with the least effort and unmet moment.

    minimise J(theta), the least cost of the sharing problem at level angles theta, subject to sum theta fixed and
    |theta_k - s_k| <= 0.6 |s_k|, s the rhythm's angles. A quasi-Newton iteration (BFGS, begun with the
    curvatures by finite differences) along the directions that keep the sum, with several dampings tried side by side;
    only `free` levels move (None: all).
    The sum is kept exactly. Where the criterion is minmax, the
    shares settle by squares: a smallest largest activation has no slope along most directions.
    """
    if effort.criterion == "minmax":
        effort = replace(effort, criterion="squared")
    levels = body.levels if free is None else free
    if len(levels) < 2:
        return positions
    rows = body.rows(tuple(f"{level}_flexion" for level in levels))
    begin = positions[rows]
    if abs(begin.sum()) < SMALLEST:
        return positions
    room = GIVE * np.abs(begin)
    basis = np.linalg.svd(np.ones((1, len(rows))))[2][1:]  # directions (K - 1, K) that keep the sum

    def balance(angles: np.ndarray, preload: np.ndarray | None) -> Equilibrium:
        q = np.repeat(positions[None], len(angles), axis=0)
        q[:, rows] = angles
        many = tuple(a.repeated(len(angles)) for a in applied)
        held = None if preload is None else np.repeat(preload, len(angles), axis=0)
        kin = kinetics(body, q)
        return equilibrium(body, kin, effort, contacts, many, root_carried=root_carried, preload=held)

    angles = begin.copy()
    size = len(basis)
    bend, before, moved = np.eye(size), np.zeros(size), np.zeros(size)
    for i in range(PASSES):
        # Within a pass the discs are as stiff as at its start, so that the cost is smooth and cheap.
        here = balance(angles[None], None)
        preload, now = here.loads.compression, float(here.objective[0])

        def cost(at: np.ndarray, preload: np.ndarray = preload) -> np.ndarray:
            return balance(at, preload).objective

        values = cost(np.concatenate([angles + STEP * basis, angles - STEP * basis])).reshape(2, size)
        slope = (values[0] - values[1]) / (2.0 * STEP)
        curvature = np.maximum(values[0] + values[1] - 2.0 * now, FLATTEST * now) / STEP**2
        bend = np.diag(curvature) if i == 0 else _updated(bend, moved, slope - before)
        trials = np.array([_within(angles + move @ basis, begin, room) for move in _moves(slope, bend, curvature)])
        found = cost(trials)
        best = int(np.argmin(found))
        if found[best] >= now * (1.0 - SETTLED):
            break
        before, moved = slope, (trials[best] - angles) @ basis.T
        angles = trials[best]
    settled = positions.copy()
    settled[rows] = angles
    return settled


def curves(sums: np.ndarray, settled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a, b (K,) of theta_k = a_k s + b_k s^2, by least squares over settled postures: sums (N,), angles (N, K).

    sum a = 1 and sum b = 0, so that the levels make up s [rad] at any s: the fit of the whole is the sum of the fits.
    """
    found, *_ = np.linalg.lstsq(np.stack([sums, sums**2], axis=1), settled, rcond=None)
    return found[0], found[1]


def _updated(bend: np.ndarray, moved: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return the Hessian (D, D) after a move (D,) over which the slope changed by `change` (D,): BFGS."""
    along = bend @ moved
    if change @ moved <= 1e-3 * (moved @ along):
        return bend  # no curvature was seen along the move: the update would not be positive
    return bend + np.outer(change, change) / (change @ moved) - np.outer(along, along) / (moved @ along)


def _moves(slope: np.ndarray, bend: np.ndarray, curvature: np.ndarray) -> list[np.ndarray]:
    """Return the steps to try (D,) [rad]: Newton's, damped more and more, and each direction by its own curvature."""
    values, vectors = np.linalg.eigh(bend)
    along, scale = vectors.T @ slope, float(np.abs(values).max())
    # Rounding may leave a direction without curvature; its step is then cut to REACH below.
    tried = [-vectors @ (along / np.maximum(values + damping * scale, 1e-9)) for damping in DAMPINGS]
    tried += [-share * slope / curvature for share in (1.0, 0.25)]
    return [move * min(1.0, REACH / max(float(np.abs(move).max()), 1e-12)) for move in tried]


def _within(angles: np.ndarray, begin: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return the nearest angles inside begin +- room with the same sum (bisection on one common shift)."""
    high = 2.0 * float(room.sum() + np.abs(angles - begin).sum())
    low = -high
    total = begin.sum()
    for _ in range(80):
        shift = 0.5 * (low + high)
        if np.clip(angles + shift, begin - room, begin + room).sum() < total:
            low = shift
        else:
            high = shift
    clipped = np.clip(angles + high, begin - room, begin + room)
    clipped[int(np.argmax(room))] += total - clipped.sum()
    return clipped

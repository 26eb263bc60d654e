"""Follow a motion: the solution of a problem nearby names the bounds that hold, which is most of the answer.

With the free columns F (between their bounds) and D = 1 / (cost's second derivative) on them, the multipliers that
balance a demand are  lambda + K^-1 (demand - columns x),  K = columns_F D columns_F',  exact for power 2 once F is
right. From the frame before, F is right or all but right, so that one K and a few products do; while only the demand
changes, K is kept. Whatever this does not solve is left to the iterations that start from anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.problem import Floats, SharingProblem, apply

STEPS = 8  # tried before a problem is left to the other iterations
_NEAR = 1e-6  # part of a row's size that the last, linear, step may take care of
_WALL = 1e4  # columns this many times as cheap as the common run are nearly free
_FLAT = 5e-3  # activation below which a cubic cost counts as no flatter: its D is without bound at 0
_REFINED = 4  # times that what is left over is spread
_EXACT = 1e-13  # part of a row's size that may be left over
_CLOSE = 1e-12  # and beyond which a problem was not solved
_BEHIND = 1e-9  # activation by which a cubic column may differ from what its price asks

_EPSILON = float(np.finfo(np.float64).eps)


class Follower:
    """B problems whose columns, bounds and weights stay while their demand may change; it keeps each one's K^-1."""

    def __init__(self, problem: SharingProblem):
        self.problem = problem
        batch, rows, count = problem.columns.shape
        self._cubic = problem.power == 3.0
        self._any_cubic = bool(self._cubic.any())
        reserve = problem.reserves
        self._give = np.where(reserve > 0, 0.5 / np.where(reserve > 0, reserve, 1.0), 0.0)
        columns = problem.columns
        if count:
            self._least = 1e-4 * np.maximum(columns.max(-1), -columns.min(-1))
        else:
            self._least = np.zeros((batch, rows))
        self._half = 0.5 / problem.weight
        typical = np.median(self._half, axis=-1, keepdims=True) if count else np.ones((batch, 1))
        self._walls = (self._half > _WALL * typical) & ~self._cubic
        places = np.flatnonzero(self._walls.any(0))
        self._wall_size = np.abs(columns[:, :, places])
        self._wall_bend = np.where(self._walls, self._half, 0.0)[:, places]
        self._bend = np.full((batch, count), -1.0)  # the D that each kept K was made with
        self._inverse = np.zeros((batch, rows, rows))

    @np.errstate(all="ignore")  # a start from far away may overflow, and is then not followed
    def solve(
        self, demand: Floats, multipliers: Floats, x: Floats | None = None, wanted: NDArray[np.bool_] | None = None
    ) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
        """Return x (B, n), multipliers (B, m), a bound on `kkt_residual` (B,) and the steps used (B,).

        demand (B, m); multipliers (B, m): of solutions nearby, or of two frames extended to this one; they tell which
        bounds hold, but for nearly free columns, where x (B, n), of a solution nearby, does. wanted (B,): which
        problems to try, all if not given. The bound is infinite where a problem was not solved, or where a multiplier
        reached its unmet cost.
        """
        p = self.problem
        scale = np.abs(demand) + self._least
        scale = np.where(scale > 0, scale, 1.0)
        price = apply_turned(p.columns, multipliers)
        now, bend = self._answer(price)
        if x is not None and self._walls.any():
            # A nearly free column answers the least change of its price with leaps: it keeps to its bound, or off it.
            held, given = self._linear(x, price)
            now, bend = np.where(self._walls, held, now), np.where(self._walls, given, bend)
        left = demand - apply(p.columns, now) - self._give * multipliers
        used = np.zeros(len(demand), dtype=np.int64)
        tried = np.ones(len(demand), dtype=np.bool_) if wanted is None else wanted
        done = ~tried
        worst, pace = np.full(len(demand), np.inf), np.ones(len(demand))
        for _ in range(STEPS):
            used[~done] += 1
            self._prepare(bend, ~done)
            step = np.where(done[:, None], 0.0, pace[:, None] * apply(self._inverse, left))
            multipliers = multipliers + step
            now, bend = self._answer(apply_turned(p.columns, multipliers))
            left = demand - apply(p.columns, now) - self._give * multipliers
            done = ~tried | (np.abs(left) <= _NEAR * scale + self._rounding(multipliers)).all(-1)
            if done.all():
                break
            # A column at the corner of its floor can send the steps to and fro: half a step ends that.
            before, worst = worst, (np.abs(left) / scale).max(-1, initial=0.0)
            pace = np.where(worst > before, 0.5, 1.0)
        # What is left over is spread by the same K without moving a bound, as nearly free columns need. A problem that
        # is close enough keeps its digits, so that no answer depends on its neighbours.
        for count in range(_REFINED):
            again = np.asarray((np.abs(left) > (0.0 if count == 0 else _EXACT) * scale).any(-1))[:, None]
            if not again.any():
                break
            step = np.where(again, apply(self._inverse, left), 0.0)
            now = np.minimum(np.maximum(now + bend * apply_turned(p.columns, step), p.lower), p.upper)
            multipliers = multipliers + step
            left = demand - apply(p.columns, now) - self._give * multipliers
        residual = (np.abs(left) / scale).max(-1, initial=0.0)
        doubtful = np.flatnonzero(tried & done & (residual > _CLOSE))
        if doubtful.size:
            whole = scale[doubtful] + apply(np.abs(p.columns[doubtful]), now[doubtful])
            residual[doubtful] = (np.abs(left[doubtful]) / whole).max(-1, initial=0.0)
        sound = tried & done & (residual <= _CLOSE) & (np.abs(multipliers) < p.bound).all(-1)
        if self._any_cubic:
            # The last, linear, step may leave a curved cost behind its price.
            answer = self._answer(apply_turned(p.columns, multipliers))[0]
            sound &= (np.where(self._cubic, np.abs(now - answer), 0.0) <= _BEHIND).all(-1)
        return now, multipliers, np.where(sound, residual, np.inf), used

    def _rounding(self, multipliers: Floats) -> Floats | float:
        """Return (B, m) what the rounding of a nearly free column's price puts into the rows, as in `newton.Batch`."""
        if not self._wall_bend.size:
            return 0.0
        price = apply_turned(self._wall_size, np.abs(multipliers))
        return 8.0 * _EPSILON * apply(self._wall_size, self._wall_bend * price)

    def _linear(self, x: Floats, price: Floats) -> tuple[Floats, Floats]:
        """Return what nearly free columns (of power 2) answer to their price if their bounds hold as at x; and D."""
        free = (x > self.problem.lower) & (x < self.problem.upper)
        return np.where(free, price * self._half, x), np.where(free, self._half, 0.0)

    def _answer(self, price: Floats) -> tuple[Floats, Floats]:
        """Return what each column answers to its price, and its D, as `newton.Batch.answer`."""
        p = self.problem
        wish, bend = price * self._half, self._half
        if self._any_cubic:
            root = np.sqrt(np.maximum(wish, 0.0) * (2.0 / 3.0))
            wish = np.where(self._cubic, root, wish)
            bend = np.where(self._cubic, bend / (3.0 * np.maximum(root, _FLAT)), bend)
        x = np.minimum(np.maximum(wish, p.lower), p.upper)
        return x, np.where((wish > p.lower) & (wish < p.upper), bend, 0.0)

    def _prepare(self, bend: Floats, wanted: NDArray[np.bool_]) -> None:
        """Make K^-1 anew where D differs from the one it was made with."""
        stale = np.flatnonzero(wanted & (bend != self._bend).any(-1))
        if not stale.size:
            return
        rows = np.arange(self.problem.columns.shape[1])
        curved = np.empty((len(stale), len(rows), len(rows)))
        # One after another: the free columns of one problem, some third of all, stay in the nearest cache.
        for i, place in enumerate(stale):
            free = np.flatnonzero(bend[place])
            columns = self.problem.columns[place].take(free, axis=1)
            np.matmul(columns * bend[place, free], columns.T, out=curved[i])
        curved[:, rows, rows] += self._give
        size = 1.0 / np.sqrt(np.maximum(curved[:, rows, rows], 1e-300))
        curved *= size[:, :, None] * size[:, None, :]
        # With a unit diagonal this is above rounding, so that the matrix cannot be singular.
        curved[:, rows, rows] += 1e-14
        self._inverse[stale] = np.linalg.inv(curved) * (size[:, :, None] * size[:, None, :])
        self._bend[stale] = bend[stale]


def apply_turned(matrix: Floats, vector: Floats) -> Floats:
    """Return (B, k) = matrix (B, i, k) transposed times vector (B, i)."""
    return np.asarray(np.matmul(vector[:, None, :], matrix)[:, 0])

"""The batched dual Newton iteration: all problems of a batch step together, finished ones drop out.

With s = columns' multipliers, each column answers its price alone,

    x_i(s_i) = clip((max(s_i, 0) / (power_i weight_i))^(1 / (power_i - 1)), lower_i, upper_i),

so that the concave dual

    g(multipliers) = demand' multipliers + sum_i (weight_i x_i^power_i - s_i x_i)
                     - sum_j multipliers_j^2 / (4 reserve_j)

has the gradient  demand - columns x - multipliers / (2 reserve)  and, piece by piece, the curvature
H = columns D columns' + diag(1 / (2 reserve)),  D_i = dx_i/ds_i. A linear unmet cost is the box
|multipliers_j| <= cost_j. The step is a projected Newton step (Bertsekas 1982, SIAM J Control Optim
20:221), damped after Levenberg or shortened where it does not gain. Near the solution it is exact (power 2)
or quadratic (power 3). Nearly free columns (contacts) are walls in g, and a demand out of reach lies far
off: there `interior` is quicker and comes first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.problem import Floats, SharingProblem, apply

TOLERANCE = 1e-10
LEAST_DAMPING = 1e-12
_EPSILON = float(np.finfo(np.float64).eps)
# Damping and length of the steps tried where the Newton step does not gain; damping 0 is the Newton step.
_TRIALS = (
    (1e-6, 1.0),
    (1e-3, 1.0),
    (1.0, 1.0),
    (0.0, 0.25),
    (0.0, 0.0625),
    (0.0, 0.01),
    (1.0, 0.1),
    (1.0, 0.01),
)
_PER_PROBLEM = ("columns", "turned", "size", "demand", "lower", "upper", "weight", "least", "ruler")


@dataclass(frozen=True)
class Batch:
    """The live problems of one batch: what the iterations read, every array's first axis the problem."""

    columns: Floats  # (B, m, n)
    turned: Floats  # (B, n, m) contiguous
    size: Floats  # (B, m, n) |columns|
    demand: Floats  # (B, m)
    lower: Floats  # (B, n)
    upper: Floats  # (B, n)
    weight: Floats  # (B, n)
    least: Floats  # (B, m) 1e-4 of each row's largest column
    ruler: Floats  # (B, m) squared size of each row, the damping's unit
    cubic: NDArray[np.bool_]  # (n,)
    bound: Floats  # (m,) box of the multipliers
    give: Floats  # (m,) 1 / (2 reserve), 0 without one

    @staticmethod
    def of(problem: SharingProblem) -> Batch:
        """Return the arrays of a problem as the iterations want them."""
        reserve, weight = problem.reserves, problem.weight
        typical = np.median(weight, axis=-1, keepdims=True) if weight.shape[1] else np.ones((len(weight), 1))
        ruler = (np.square(problem.columns) / (2 * np.maximum(weight, typical))[:, None, :]).sum(-1)
        return Batch(
            problem.columns,
            np.ascontiguousarray(np.swapaxes(problem.columns, 1, 2)),
            np.abs(problem.columns),
            problem.demand,
            problem.lower,
            problem.upper,
            weight,
            1e-4 * np.abs(problem.columns).max(-1, initial=0.0),
            np.where(ruler > 0, ruler, 1.0),
            problem.power == 3.0,
            problem.bound,
            np.where(reserve > 0, 0.5 / np.where(reserve > 0, reserve, 1.0), 0.0),
        )

    def only(self, chosen: NDArray[np.int64]) -> Batch:
        """Return the problems of these indices."""
        if len(chosen) == len(self.demand):
            return self
        return replace(self, **{name: getattr(self, name)[chosen] for name in _PER_PROBLEM})

    def cost_slope(self, x: Floats) -> tuple[Floats, Floats]:
        """Return (B, n) first and second derivative of weight x^power."""
        if not self.cubic.any():
            return 2.0 * self.weight * x, 2.0 * self.weight
        first = self.weight * np.where(self.cubic, 3.0 * x * x, 2.0 * x)
        return first, self.weight * np.where(self.cubic, 6.0 * x, 2.0)

    def answer(self, multipliers: Floats) -> tuple[Floats, Floats, Floats]:
        """Return x (B, n), its slope D (B, n) and the dual's value (B,) at these multipliers (B, m)."""
        price = apply(self.turned, multipliers)
        slope = 0.5 / self.weight
        wish = price * slope
        if self.cubic.any():
            root = np.sqrt(np.maximum(price, 0.0) / (3.0 * self.weight))
            wish = np.where(self.cubic, root, wish)
            slope = np.where(self.cubic, slope / (3.0 * np.maximum(root, 1e-6)), slope)
        x = np.minimum(np.maximum(wish, self.lower), self.upper)
        slope = np.where((wish > self.lower) & (wish < self.upper), slope, 0.0)
        effort = self.weight * np.where(self.cubic, x * x * x, x * x)
        value = (self.demand * multipliers).sum(-1) + (effort - price * x).sum(-1)
        return x, slope, value - 0.5 * (self.give * multipliers * multipliers).sum(-1)

    def curvature(self, slope: Floats) -> Floats:
        """Return columns D columns' (B, m, m) for the columns' slopes D (B, n)."""
        return np.asarray(np.matmul(self.columns * slope[:, None, :], self.turned))

    def begin(self) -> Floats:
        """Return (B, m) multipliers that would balance the demand if no column had a bound."""
        slope = np.where(self.cubic, 1.0 / (3.0 * self.weight), 0.5 / self.weight)
        step = damped_solve(self.curvature(slope), self.give + LEAST_DAMPING * self.ruler, self.demand)
        return np.asarray(np.clip(step, -self.bound, self.bound))

    def scale(self, x: Floats) -> Floats:
        """Return (B, m) the size of each row, as in `problem.kkt_residual`."""
        scale = np.abs(self.demand) + apply(self.size, np.abs(x)) + self.least
        return np.where(scale > 0, scale, 1.0)

    def rounding(self, multipliers: Floats, slope: Floats) -> Floats:
        """Return (B, m) what rounding alone can put into the gradient: D times the rounding of each price."""
        price = apply(np.swapaxes(self.size, 1, 2), np.abs(multipliers))
        return np.asarray(4 * _EPSILON * apply(self.size, slope * price))


def damped_solve(curved: Floats, damping: Floats, right: Floats) -> Floats:
    """Return d (B, m) of (curved + diag(damping)) d = right, rows scaled to a unit diagonal first."""
    rows = np.arange(curved.shape[1])
    curved = curved.copy()
    curved[:, rows, rows] += damping
    scale = 1.0 / np.sqrt(np.maximum(curved[:, rows, rows], 1e-300))
    curved *= scale[:, :, None] * scale[:, None, :]
    # A last shade of damping: with a unit diagonal it is above rounding, so the matrix cannot be singular.
    curved[:, rows, rows] += 1e-14
    return np.asarray(scale * np.linalg.solve(curved, (scale * right)[..., None])[..., 0])


@dataclass
class _State:
    """Where the live problems stand; every array's first axis is the live problem."""

    multipliers: Floats
    x: Floats
    slope: Floats
    value: Floats
    damping: Floats

    def only(self, chosen: NDArray[np.int64]) -> _State:
        return _State(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def iterate(batch: Batch, start: Floats, most: int) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Return multipliers (B, m), iterations used (B,) and whether the gradient got below tolerance (B,)."""
    begin = np.clip(start, -batch.bound, batch.bound)
    final = begin.copy()
    used = np.zeros(len(final), dtype=np.int64)
    done = np.zeros(len(final), dtype=np.bool_)
    live = np.arange(len(final))
    state = _State(begin, *batch.answer(begin), np.full(len(final), LEAST_DAMPING))
    for count in range(most + 1):
        gradient = batch.demand - apply(batch.columns, state.x) - batch.give * state.multipliers
        held = (np.abs(state.multipliers) >= batch.bound) & (gradient * state.multipliers >= 0)
        scale = batch.scale(state.x)
        wrong = np.where(held, 0.0, np.abs(gradient))
        ready = (wrong <= 1e-6 * scale).all(-1)
        if ready.any():
            close = TOLERANCE * scale + batch.rounding(state.multipliers, state.slope)
            ready &= (wrong <= close).all(-1)
        final[live] = state.multipliers
        done[live] = ready
        if ready.all() or count == most:
            break
        if ready.any():
            keep = np.flatnonzero(~ready)
            batch, live, state = batch.only(keep), live[keep], state.only(keep)
            gradient, held = gradient[keep], held[keep]
        used[live] += 1
        state = _advance(batch, state, gradient, held)
    return final, used, done


def _advance(batch: Batch, state: _State, gradient: Floats, held: NDArray[np.bool_]) -> _State:
    """Return the state one step on: the Newton step where it gains, else the best damped or shorter one."""
    free = ~held
    curved = batch.curvature(state.slope) * (free[:, :, None] & free[:, None, :])
    pull = np.where(held, 0.0, gradient)
    step = damped_solve(curved, batch.give + state.damping[:, None] * batch.ruler + held, pull)
    there = np.clip(state.multipliers + step, -batch.bound, batch.bound)
    x, slope, value = batch.answer(there)
    gain = (gradient * (there - state.multipliers)).sum(-1)
    good = value >= state.value + 1e-4 * gain - 1e-12 * (1.0 + np.abs(state.value))
    after = _State(there, x, slope, value, np.where(good, LEAST_DAMPING, state.damping))
    if good.all():
        return after
    bad = np.flatnonzero(~good)
    some, here = batch.only(bad), state.multipliers[bad]
    best, choice = np.full(len(bad), -np.inf), here.copy()
    steps = {0.0: step[bad]}
    for damping, share in _TRIALS:
        if damping not in steps:
            padding = batch.give + damping * some.ruler + held[bad]
            steps[damping] = damped_solve(curved[bad], padding, pull[bad])
        trial = np.clip(here + share * steps[damping], -batch.bound, batch.bound)
        reached = some.answer(trial)[2]
        better = reached > best
        choice[better], best[better] = trial[better], reached[better]
        after.damping[bad[better]] = max(damping, LEAST_DAMPING)
    after.multipliers[bad] = choice
    after.x[bad], after.slope[bad], after.value[bad] = some.answer(choice)
    return after

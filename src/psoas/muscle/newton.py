"""The batched dual Newton iteration: all problems of a batch step together, finished ones drop out.

With s = columns' multipliers, each column answers its price alone,

    x_i(s_i) = clip((max(s_i, 0) / (power_i weight_i))^(1 / (power_i - 1)), lower_i, upper_i),

so that the concave dual

    g(multipliers) = demand' multipliers + sum_i (weight_i x_i^power_i - s_i x_i) - sum_j multipliers_j^2 / (4 reserve_j)

has the gradient  demand - columns x - multipliers / (2 reserve)  and, piece by piece, the curvature
H = columns D columns' + diag(1 / (2 reserve)),  D_i = dx_i/ds_i. A linear unmet cost is the box |multipliers_j| <=
cost_j. The step is a projected Newton step (Bertsekas 1982, SIAM J Control Optim 20:221) on the projected arc, damped
after Levenberg where H is singular.

Nearly free columns (contacts) make walls in g that a Newton step runs into. Their weights therefore start heavier
and come down in stages, each started from the one before; the last stage has the weights as given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.problem import Floats, SharingProblem, _apply

TOLERANCE = 1e-10
ITERATIONS = 150
_EPSILON = float(np.finfo(np.float64).eps)
_DAMPING = (1e-8, 1e-6, 1e-4, 1e-2, 1.0)
_ARC = (0.25, 0.0625, 0.015625, 0.00390625, 0.0009765625)
_LEAST_DAMPING = 1e-12
_STAGE = 30.0  # how much lighter nearly free columns become from one stage to the next
_SETTLED = 1e6  # by this many times the first stage's steepness, the columns that carry no longer change


_PER_PROBLEM = ("columns", "turned", "size", "demand", "lower", "upper", "weight", "given", "light", "ruler")


@dataclass(frozen=True)
class Batch:
    """The live problems of one batch: what the iteration reads, row by row of the same index."""

    columns: Floats  # (B, m, n)
    turned: Floats  # (B, n, m), contiguous
    size: Floats  # (B, m, n) |columns|
    demand: Floats  # (B, m)
    lower: Floats  # (B, n)
    upper: Floats  # (B, n)
    weight: Floats  # (B, n)
    given: Floats  # (B, n) the weights of the last stage
    light: Floats  # (B, n) weight at which a column is as steep as the first stage allows
    ruler: Floats  # (B, m) squared size of each row, the damping's unit
    cubic: NDArray[np.bool_]  # (n,)
    bound: Floats  # (m,) box of the multipliers
    give: Floats  # (m,) 1 / (2 reserve), 0 without one

    @staticmethod
    def of(problem: SharingProblem) -> Batch:
        """Return the arrays of a problem as the iteration wants them."""
        reserve, weight = problem.reserves, problem.weight
        sizes = np.square(problem.columns).sum(-2)
        light = _first_weights(sizes, weight)
        ruler = (np.square(problem.columns) / (2 * np.maximum(weight, light))[:, None, :]).sum(-1)
        return Batch(
            problem.columns,
            np.ascontiguousarray(np.swapaxes(problem.columns, 1, 2)),
            np.abs(problem.columns),
            problem.demand,
            problem.lower,
            problem.upper,
            weight,
            weight,
            light,
            np.where(ruler > 0, ruler, 1.0),
            problem.power == 3.0,
            problem.bound,
            np.where(reserve > 0, 0.5 / np.where(reserve > 0, reserve, 1.0), 0.0),
        )

    def only(self, chosen: NDArray[np.int64]) -> Batch:
        """Return the problems of these indices."""
        per_problem = (
            "columns",
            "turned",
            "size",
            "demand",
            "lower",
            "upper",
            "weight",
            "given",
            "light",
            "ruler",
        )
        return replace(self, **{name: getattr(self, name)[chosen] for name in per_problem})

    def staged(self, stage: Floats) -> Batch:
        """Return the batch with nearly free columns as heavy as their stage (B,) asks; infinity = as given."""
        return replace(self, weight=np.maximum(self.given, self.light / stage[:, None]))

    def answer(self, multipliers: Floats) -> tuple[Floats, Floats, Floats]:
        """Return x (B, n), its slope D (B, n) and the dual's value (B,) at these multipliers (B, m)."""
        price = _apply(self.turned, multipliers)
        wish = price / (2.0 * self.weight)
        slope = 0.5 / self.weight
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
        """Return H (B, m, m) for the columns' slopes D (B, n)."""
        curved = np.matmul(self.columns * slope[:, None, :], self.turned)
        if self.give.any():
            curved += np.diag(self.give)
        return np.asarray(curved)

    def begin(self) -> Floats:
        """Return (B, m) multipliers that would balance the demand if no column had a bound."""
        slope = np.where(self.cubic, 1.0 / (3.0 * self.weight), 0.5 / self.weight)
        step = damped_solve(self.curvature(slope), _LEAST_DAMPING * self.ruler, self.demand)
        return np.asarray(np.clip(step, -self.bound, self.bound))

    def imbalance(self, multipliers: Floats, x: Floats) -> tuple[Floats, NDArray[np.bool_], Floats]:
        """Return the dual's gradient (B, m), the rows held at their box (B, m) and each row's scale (B, m)."""
        gradient = self.demand - _apply(self.columns, x) - self.give * multipliers
        held = (np.abs(multipliers) >= self.bound) & (gradient * multipliers >= 0)
        scale = np.abs(self.demand) + _apply(self.size, x)
        return gradient, held, np.where(scale > 0, scale, 1.0)

    def rounding(self, multipliers: Floats, slope: Floats) -> Floats:
        """Return (B, m) what rounding alone can put into the gradient: D times the rounding of each price."""
        price = _apply(np.swapaxes(self.size, 1, 2), np.abs(multipliers))
        return np.asarray(4 * _EPSILON * _apply(self.size, slope * price))


def _first_weights(sizes: Floats, weight: Floats) -> Floats:
    """Return (B, n) the weights at which no column is over 100 times as steep as the common run; else 0.

    Steepness = |column|^2 / (2 weight): what a column gives back for a unit of price. Where all columns are of one
    kind (within 1e5) there is nothing to stage.
    """
    steep = sizes / (2 * weight)
    first = np.zeros_like(steep)
    for row, values in enumerate(steep):
        some = values[values > 0]
        if some.size:
            common = np.sort(some)[some.size // 10]
            if some.max() > 1e5 * common:
                first[row] = sizes[row] / (2 * 100 * common)
    return first


def damped_solve(curved: Floats, damping: Floats, right: Floats) -> Floats:
    """Return (B, m) the solution of (curved + diag(damping)) d = right, rows scaled to a unit diagonal first."""
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


def iterate(
    problem: SharingProblem, start: Floats | None = None, *, most: int = ITERATIONS
) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Return multipliers (B, m), iterations used (B,) and whether each problem's residual got below tolerance."""
    batch = Batch.of(problem)
    stage = np.where(batch.light.any(-1), 1.0 if start is None else _STAGE**2, np.inf)
    batch = batch.staged(stage)
    begin = batch.begin() if start is None else np.clip(start, -batch.bound, batch.bound)
    final = begin.copy()
    used = np.zeros(len(final), dtype=np.int64)
    done = np.zeros(len(final), dtype=np.bool_)
    live = np.arange(len(final))
    state = _State(begin, *batch.answer(begin), np.full(len(final), _LEAST_DAMPING))
    for _ in range(most + 1):
        gradient, held, scale = batch.imbalance(state.multipliers, state.x)
        wrong = np.where(held, 0.0, np.abs(gradient))
        easing = np.isfinite(stage) & (wrong <= 0.1 * scale).all(-1)
        near = np.isinf(stage) & (wrong <= 1e-6 * scale).all(-1)
        ready = np.zeros(len(live), dtype=np.bool_)
        if near.any():
            close = TOLERANCE * scale + batch.rounding(state.multipliers, state.slope)
            ready = near & (wrong <= close).all(-1)
        final[live] = state.multipliers
        done[live] = ready
        if ready.all():
            break
        if easing.any():
            stage = np.where(easing, np.where(stage >= _SETTLED, np.inf, stage * _STAGE), stage)
            batch = batch.staged(stage)
            state.x, state.slope, state.value = batch.answer(state.multipliers)
            gradient, held, scale = batch.imbalance(state.multipliers, state.x)
        if ready.any():
            keep = np.flatnonzero(~ready)
            batch, live, stage, state = batch.only(keep), live[keep], stage[keep], state.only(keep)
            gradient, held = gradient[keep], held[keep]
        used[live] += 1
        state = _advance(batch, state, gradient, held)
    return final, np.minimum(used, most), done


def _advance(batch: Batch, state: _State, gradient: Floats, held: NDArray[np.bool_]) -> _State:
    """Return the state after one step: the Newton step where it gains, else the best of damped or shorter ones."""
    free = ~held
    curved = batch.curvature(state.slope)
    curved *= free[:, :, None] & free[:, None, :]
    pull = np.where(held, 0.0, gradient)
    step = damped_solve(curved, state.damping[:, None] * batch.ruler + held, pull)
    there = np.clip(state.multipliers + step, -batch.bound, batch.bound)
    x, slope, value = batch.answer(there)
    gain = (gradient * (there - state.multipliers)).sum(-1)
    good = value >= state.value + 1e-4 * gain - 1e-12 * (1.0 + np.abs(state.value))
    damping = np.where(good, np.maximum(state.damping * 0.01, _LEAST_DAMPING), state.damping)
    after = _State(there, x, slope, value, damping)
    if good.all():
        return after
    bad = np.flatnonzero(~good)
    some, here = batch.only(bad), state.multipliers[bad]
    best, choice, chosen = np.full(len(bad), -np.inf), here.copy(), state.damping[bad]
    trials = [(d, 1.0) for d in _DAMPING] + [(_DAMPING[-1], a) for a in _ARC] + [(0.0, a) for a in _ARC]
    step_of: dict[float, Floats] = {0.0: step[bad]}
    for amount, share in trials:
        if amount not in step_of:
            padding = amount * some.ruler + held[bad]
            step_of[amount] = damped_solve(curved[bad], padding, pull[bad])
        trial = np.clip(here + share * step_of[amount], -batch.bound, batch.bound)
        reached = some.answer(trial)[2]
        better = reached > best
        choice[better], best[better] = trial[better], reached[better]
        chosen[better] = amount if amount else _LEAST_DAMPING
    after.multipliers[bad], after.damping[bad] = choice, chosen
    after.x[bad], after.slope[bad], after.value[bad] = some.answer(choice)
    return after

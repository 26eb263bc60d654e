"""Share a load out over muscles and contacts: the batched kernel's face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.newton import ITERATIONS, Batch, damped_solve, iterate
from psoas.muscle.problem import Floats, SharingProblem, SharingSolution, _apply
from psoas.muscle.problem import kkt_residual as kkt_residual
from psoas.muscle.problem import objective as objective

ACCEPTED = 1e-8  # kkt_residual at or under which a solution counts as found
CHUNK = (
    32  # problems that iterate together: few enough for the processor's cache, enough to spread NumPy's calls
)


def share(
    problem: SharingProblem, start: Floats | None = None, *, most_iterations: int = ITERATIONS
) -> SharingSolution:
    """Return the solution of every problem of the batch (see `SharingProblem` for what is minimised).

    Each problem's answer depends on its own numbers and its own start only, not on the batch it is in.

    Args:
        problem: B problems of m rows and n columns.
        start: (B, m) or (m,) multipliers near the solution, e.g. the previous frame's; None starts cold.
        most_iterations: Newton iterations after which a problem is given up, with a sentence in `status`.

    Raises:
        ValueError: start has another shape or is not finite.

    """
    batch, rows, count = problem.columns.shape
    if start is not None:
        start = np.asarray(start, dtype=np.float64)
        if start.shape not in ((rows,), (batch, rows)):
            raise ValueError(
                f"start has shape {start.shape}, where ({batch}, {rows}) multipliers are needed."
            )
        if not np.isfinite(start).all():
            raise ValueError("start holds a multiplier that is not a finite number.")
        start = np.broadcast_to(start, (batch, rows))
    x, unmet = np.empty((batch, count)), np.empty((batch, rows))
    multipliers = np.empty((batch, rows))
    iterations = np.zeros(batch, dtype=np.int64)
    residual = np.zeros(batch)
    for first in range(0, batch, CHUNK):
        part = slice(first, min(first + CHUNK, batch))
        piece = _part(problem, part)
        found, iterations[part], _ = iterate(
            piece, None if start is None else start[part], most=most_iterations
        )
        x[part], unmet[part], multipliers[part] = _balance(piece, found)
        residual[part] = kkt_residual(piece, x[part], multipliers[part], unmet[part])
    converged = residual <= ACCEPTED
    status = tuple(
        _sentence(problem, *each) for each in zip(converged, iterations, residual, unmet, strict=True)
    )
    return SharingSolution(
        x, unmet, multipliers, iterations, objective(problem, x, unmet), residual, converged, status
    )


def _part(problem: SharingProblem, part: slice) -> SharingProblem:
    return SharingProblem(
        problem.columns[part],
        problem.demand[part],
        problem.lower[part],
        problem.upper[part],
        problem.weight[part],
        problem.power,
        problem.unmet_cost,
        problem.reserve_weight,
    )


def _balance(problem: SharingProblem, multipliers: Floats) -> tuple[Floats, Floats, Floats]:
    """Return x (B, n), unmet (B, m) and multipliers (B, m) that balance the demand to rounding.

    x from the multipliers alone carries their rounding times D, too much for nearly free columns. So the
    columns between their bounds take up what is left over, as D columns' d with H d = what is left over; rows at
    their box take the rest as unmet, all other linear rows have exactly none.
    """
    batch = Batch.of(problem)
    x, slope, _ = batch.answer(multipliers)
    held = np.abs(multipliers) >= batch.bound
    free = ~held
    curved = batch.curvature(slope)
    curved *= free[:, :, None] & free[:, None, :]
    give = batch.give * multipliers
    inside = np.nextafter(batch.bound, 0.0)  # a row that is not at its box does not get there by rounding
    for _ in range(3):
        left = np.where(held, 0.0, batch.demand - _apply(batch.columns, x) - give)
        step = damped_solve(curved, 1e-15 * batch.ruler + held, left)
        x = np.clip(x + slope * _apply(batch.turned, step), batch.lower, batch.upper)
        give = give + batch.give * step
        multipliers = np.where(held, multipliers, np.clip(multipliers + step, -inside, inside))
    left = batch.demand - _apply(batch.columns, x)
    # At its box a row may be just met: what rounding leaves there is not unmet, nor is what has the other sign.
    scale = np.abs(batch.demand) + _apply(batch.size, x)
    real = held & (left * multipliers > 0) & (np.abs(left) > 1e-12 * scale)
    return x, np.where(real, left, np.where(batch.give > 0, give, 0.0)), multipliers


def _sentence(
    problem: SharingProblem, converged: bool, iterations: int, residual: float, unmet: Floats
) -> str:
    """Return what became of one problem."""
    if converged:
        count = int(np.count_nonzero(unmet[problem.reserves == 0]))
        if not count:
            return "Solved."
        return f"Solved; the columns cannot meet {count} of {len(unmet)} rows in full."
    hard = np.isinf(problem.bound) & (problem.reserves == 0)
    hint = " The hard rows may be out of reach; give them a finite unmet_cost." if hard.any() else ""
    return f"Not solved: after {iterations} iterations the residual is {residual:.1e}, over {ACCEPTED:.0e}.{hint}"


def share_minmax(
    problem: SharingProblem,
    muscles: NDArray[np.bool_],
    start: Floats | None = None,
    *,
    tolerance: float = 1e-6,
    most_iterations: int = ITERATIONS,
) -> SharingSolution:
    """Return the solution whose largest muscle activation is as small as the demand allows.

    Min-max: the smallest common cap t such that the columns, muscles held to x_i <= max(lower_i, min(upper_i,
    t)), leave no more unmet than without it; under that cap the problem's own criterion decides. t is found by
    bisection to within `tolerance`, from above, so that the solution always meets what can be met.

    Args:
        problem: as for `share`.
        muscles: (n,) True for the columns whose activation counts.
        start: multipliers to begin with.
        tolerance: of the cap, in activation.
        most_iterations: per solve.

    """
    muscles = np.asarray(muscles, dtype=np.bool_)
    needed = problem.columns.shape[2:]
    if muscles.shape != needed or not muscles.any():
        raise ValueError(f"muscles has shape {muscles.shape}, where {needed} with one True is needed.")
    free = share(problem, start, most_iterations=most_iterations)
    allowed = _unmet_cost(problem, free.unmet) * (1 + 1e-9)
    low = np.zeros(len(allowed))
    high = free.x[:, muscles].max(-1)
    # Lighter weights make the unmet cost exact closer to the smallest cap, where the multipliers grow.
    oracle = SharingProblem(
        problem.columns,
        problem.demand,
        problem.lower,
        problem.upper,
        problem.weight * 1e-3,
        problem.power,
        problem.unmet_cost,
        problem.reserve_weight,
    )
    total = free.iterations.copy()
    guess = free.multipliers * 1e-3
    for _ in range(60):
        if (high - low <= tolerance).all():
            break
        middle = 0.5 * (low + high)
        tried = share(_capped(oracle, muscles, middle), guess, most_iterations=most_iterations)
        enough = tried.converged & (_unmet_cost(problem, tried.unmet) <= allowed)
        guess = np.where(enough[:, None], tried.multipliers, guess)
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        total += tried.iterations
    best = share(_capped(problem, muscles, high), free.multipliers, most_iterations=most_iterations)
    return SharingSolution(
        best.x,
        best.unmet,
        best.multipliers,
        total + best.iterations,
        best.objective,
        best.kkt_residual,
        best.converged,
        best.status,
    )


def _capped(problem: SharingProblem, muscles: NDArray[np.bool_], cap: Floats) -> SharingProblem:
    capped = np.maximum(problem.lower, np.minimum(problem.upper, cap[:, None]))
    return SharingProblem(
        problem.columns,
        problem.demand,
        problem.lower,
        np.where(muscles, capped, problem.upper),
        problem.weight,
        problem.power,
        problem.unmet_cost,
        problem.reserve_weight,
    )


def _unmet_cost(problem: SharingProblem, unmet: Floats) -> Floats:
    """Return (B,) the cost of what is unmet alone."""
    return objective(problem, np.zeros(problem.lower.shape), unmet)

"""The sharing whose largest muscle activation is as small as the demand allows, by bisection on a common cap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.problem import Floats, SharingProblem, SharingSolution, objective
from psoas.muscle.sharing import share

_FIRST = 1e3  # what the unmet cost is multiplied by where it comes before everything else


def share_minmax(
    problem: SharingProblem,
    muscles: NDArray[np.bool_],
    start: Floats | SharingSolution | None = None,
    *,
    tolerance: float = 1e-6,
    most_iterations: int = 60,
) -> SharingSolution:
    """Return the solution whose largest muscle activation is as small as the demand allows.

    First the least unmet cost; then the smallest common cap t that allows it, muscles held to
    x_i <= max(lower_i, min(upper_i, t)); under that cap the problem's own criterion. For that order the unmet
    cost counts a thousandfold, and multipliers may exceed `unmet_cost` by as much. t is found by bisection to
    within `tolerance`, from above, so that the solution always meets what can be met.

    Args:
        problem: as for `share`.
        muscles: (n,) True for the columns whose activation counts.
        start: as for `share`.
        tolerance: of the cap, in activation.
        most_iterations: as for `share`.

    Raises:
        ValueError: muscles has another shape or names none.

    """
    muscles = np.asarray(muscles, dtype=np.bool_)
    needed = problem.columns.shape[2:]
    if muscles.shape != needed or not muscles.any():
        raise ValueError(f"muscles has shape {muscles.shape}, where {needed} with at least one True is needed.")
    dear = replace(problem, unmet_cost=problem.unmet_cost * _FIRST)
    free = share(dear, start, most_iterations=most_iterations)
    allowed = _unmet_cost(dear, free.unmet) * (1 + 1e-9)
    low, high = problem.lower[:, muscles].min(-1), free.x[:, muscles].max(-1)
    best, iterations = free, free.iterations.copy()
    while (high - low > tolerance).any():
        middle = 0.5 * (low + high)
        tried = share(_capped(dear, muscles, middle), best, most_iterations=most_iterations)
        enough = tried.converged & (_unmet_cost(dear, tried.unmet) <= allowed)
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        best = where(enough, tried, best)
        iterations += tried.iterations
    return replace(best, iterations=iterations, objective=objective(problem, best.x, best.unmet))


def where(chosen: NDArray[np.bool_], first: SharingSolution, second: SharingSolution) -> SharingSolution:
    """Return the first solution's problems where chosen (B,), else the second's."""
    arrays = {
        name: np.where(chosen if first_array.ndim == 1 else chosen[:, None], first_array, getattr(second, name))
        for name, first_array in vars(first).items()
        if name != "status"
    }
    status = (one if yes else two for yes, one, two in zip(chosen, first.status, second.status, strict=True))
    return SharingSolution(**arrays, status=tuple(status))


def _capped(problem: SharingProblem, muscles: NDArray[np.bool_], cap: Floats) -> SharingProblem:
    capped = np.maximum(problem.lower, np.minimum(problem.upper, cap[:, None]))
    return replace(problem, upper=np.where(muscles, capped, problem.upper))


def _unmet_cost(problem: SharingProblem, unmet: Floats) -> Floats:
    """Return (B,) the cost of what is unmet alone."""
    return objective(problem, np.zeros(problem.lower.shape), unmet)

"""The sharing problem and its solution as values, and the measure by which any solution judges itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
LARGEST = 1e100
"""Numbers of a problem may be as large as this."""


def _named(name: str, value: ArrayLike, *, infinite: bool = False) -> Floats:
    """Return value as a contiguous float array, refusing NaN (and infinity unless it is allowed) by name."""
    try:
        array = np.ascontiguousarray(value, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise ValueError(f"{name} must be an array of numbers.") from cause
    # The sum of squares tells of most arrays that all is well, and makes no array of its own; NaN goes through it.
    if np.vdot(array, array) <= LARGEST**2:
        return array
    bad = np.isnan(array) if infinite else ~np.isfinite(array)
    # Squares of anything larger overflow, and nothing in a body comes near.
    bad |= np.isfinite(array) & (np.abs(array) > LARGEST)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        allowed = ("a number or infinity" if infinite else "a finite number") + f" up to {LARGEST:.0e}"
        raise ValueError(f"{name}{list(place)} is {array[place]}, where {allowed} is needed.")
    return array


def _shaped(name: str, array: Floats, shape: tuple[int, ...]) -> Floats:
    """Return array spread to shape, or say which shape was needed."""
    if array.shape == shape:
        return array
    try:
        return np.ascontiguousarray(np.broadcast_to(array, shape))
    except ValueError:
        raise ValueError(f"{name} has shape {array.shape}, where {shape} is needed.") from None


@dataclass(frozen=True, eq=False)
class SharingProblem:
    """A batch of B problems that share one load out over n columns, row by row (m rows).

    minimise    sum_i weight_i x_i^power_i + sum_j phi_j(unmet_j)
    subject to  columns x + unmet = demand,   lower <= x <= upper

    Each row's phi is one of three:

    - `unmet_cost` finite: phi_j = unmet_cost_j |unmet_j|, an exact penalty, so the row's multiplier stays
      within +- unmet_cost_j and unmet_j is exactly zero while it is strictly inside;
    - `unmet_cost` infinite: a hard row, unmet_j = 0;
    - `reserve_weight` given and positive: phi_j = reserve_weight_j unmet_j^2, and no unmet_cost.

    Attributes:
        columns: (B, m, n) what one unit of x_i adds to row j, e.g. N m per activation, N per 100 N.
        demand: (B, m) what the columns have to add up to, in the rows' own units (N, N m).
        lower: (B, n) or (n,), at least 0 (activation floor, 0 for contacts).
        upper: (B, n) or (n,), at least `lower`; infinity where there is no cap.
        weight: (B, n) or (n,), above 0.
        power: (n,) or one number, each 2 or 3.
        unmet_cost: (m,) or one number, above 0, cost per unit of unmet row; infinity = hard row.
        reserve_weight: (m,) or None; 0 = no reserve on that row.

    Raises:
        ValueError: a shape that does not fit, a NaN, a floor above its cap, a weight or cost not above 0.

    """

    columns: Floats
    demand: Floats
    lower: Floats
    upper: Floats
    weight: Floats
    power: Floats
    unmet_cost: Floats
    reserve_weight: Floats | None = None

    def __post_init__(self) -> None:
        columns = _named("columns", self.columns)
        if columns.ndim != 3:
            raise ValueError(f"columns has shape {columns.shape}, where (problems, rows, columns) is needed.")
        batch, rows, count = columns.shape
        fit = {
            "columns": columns,
            "demand": _shaped("demand", _named("demand", self.demand), (batch, rows)),
            "lower": _shaped("lower", _named("lower", self.lower), (batch, count)),
            "upper": _shaped("upper", _named("upper", self.upper, infinite=True), (batch, count)),
            "weight": _shaped("weight", _named("weight", self.weight), (batch, count)),
            "power": _shaped("power", _named("power", self.power), (count,)),
            "unmet_cost": _shaped("unmet_cost", _named("unmet_cost", self.unmet_cost, infinite=True), (rows,)),
        }
        if self.reserve_weight is not None:
            reserve = _named("reserve_weight", self.reserve_weight)
            fit["reserve_weight"] = _shaped("reserve_weight", reserve, (rows,))
            _require(fit["reserve_weight"] >= 0, "reserve_weight", fit["reserve_weight"], "0 or more is needed")
        _require(fit["lower"] >= 0, "lower", fit["lower"], "0 or more is needed")
        _require(fit["upper"] >= fit["lower"], "upper", fit["upper"], "at least its lower bound is needed")
        _require(fit["weight"] > 0, "weight", fit["weight"], "more than 0 is needed")
        _require(np.isin(fit["power"], (2.0, 3.0)), "power", fit["power"], "2 or 3 is needed")
        _require(fit["unmet_cost"] > 0, "unmet_cost", fit["unmet_cost"], "more than 0 is needed")
        for name, value in fit.items():
            object.__setattr__(self, name, value)

    def asking(self, demand: ArrayLike) -> SharingProblem:
        """Return the same problem with another demand (B, m), without looking over all the rest again."""
        other = object.__new__(SharingProblem)
        vars(other).update(vars(self))
        vars(other)["demand"] = _shaped("demand", _named("demand", demand), self.columns.shape[:2])
        return other

    @property
    def reserves(self) -> Floats:
        """(m,) reserve weights, 0 where a row has none."""
        if self.reserve_weight is None:
            return np.zeros(self.columns.shape[1])
        return self.reserve_weight

    @property
    def bound(self) -> Floats:
        """(m,) bound on each row's multiplier: the unmet cost, infinity for hard rows and reserves."""
        return np.where(self.reserves > 0, np.inf, self.unmet_cost)


def _require(good: NDArray[np.bool_], name: str, array: Floats, needed: str) -> None:
    if not good.all():
        place = tuple(int(i) for i in np.argwhere(~good)[0])
        raise ValueError(f"{name}{list(place)} is {array[place]:g}, where {needed}.")


@dataclass(frozen=True, eq=False)
class SharingSolution:
    """What the columns carry, problem by problem; a failure is a value with a sentence, never an exception.

    Attributes:
        x: (B, n) within its bounds (activation, contact force in the columns' units).
        unmet: (B, m) = demand - columns x, exactly zero where |multiplier| < unmet_cost.
        multipliers: (B, m) price of each row, d objective / d demand.
        iterations: (B,) Newton iterations used.
        objective: (B,) value of the minimised sum.
        kkt_residual: (B,) see `kkt_residual`; 0 is exact.
        converged: (B,) whether the residual reached its tolerance.
        status: one sentence per problem.

    """

    x: Floats
    unmet: Floats
    multipliers: Floats
    iterations: NDArray[np.int64]
    objective: Floats
    kkt_residual: Floats
    converged: NDArray[np.bool_]
    status: tuple[str, ...]


def objective(problem: SharingProblem, x: Floats, unmet: Floats) -> Floats:
    """Return (B,) sum_i weight_i x_i^power_i + sum_j phi_j(unmet_j); an unmet hard row costs infinity."""
    cubic, powered = problem.power == 3.0, x * x
    if cubic.any():
        powered = np.where(cubic, powered * x, powered)
    effort = (problem.weight * powered).sum(-1)
    reserve = problem.reserves
    size = np.abs(unmet)
    linear = np.where(size > 0, np.where(reserve > 0, 0.0, problem.unmet_cost), 0.0) * size
    return np.asarray(effort + linear.sum(-1) + (reserve * unmet * unmet).sum(-1))


def kkt_residual(problem: SharingProblem, x: Floats, multipliers: Floats, unmet: Floats) -> Floats:
    """Return (B,) how far a claimed solution is from optimal: the largest of four scale-free residuals.

    With g_i = power_i weight_i x_i^(power_i - 1) - (columns' multipliers)_i and
    t_j = |demand|_j + (|columns| |x|)_j + 1e-4 max_i |columns|_ji (so that a row in which next to nothing acts
    is not measured against nothing), each part is 0 at the solution only:

    - balance: |columns x + unmet - demand|_j / t_j;
    - bounds: how far x lies outside [lower, upper];
    - price of x: |x - clip(x - g / h, lower, upper)|_i with
      h_i = power_i weight_i + (|columns|' |multipliers|)_i;
    - price of a row: linear |multiplier - clip(multiplier + bound unmet / t, -bound, bound)|_j / bound_j;
      reserve |unmet - multiplier / (2 reserve)|_j / t_j; hard |unmet|_j / t_j.

    The formulas know no solver. x (B, n), multipliers (B, m), unmet (B, m).
    """
    columns, size = problem.columns, np.abs(problem.columns)
    turned = np.swapaxes(columns, 1, 2)
    scale = np.abs(problem.demand) + apply(size, np.abs(x)) + 1e-4 * size.max(-1, initial=0.0)
    scale = np.where(scale > 0, scale, 1.0)
    worst = (np.abs(apply(columns, x) + unmet - problem.demand) / scale).max(-1, initial=0.0)
    outside = np.maximum(problem.lower - x, x - problem.upper)
    worst = np.maximum(worst, np.maximum(outside, 0.0).max(-1, initial=0.0))

    slope = problem.power * problem.weight * np.where(problem.power == 3.0, x * x, x)
    steep = problem.power * problem.weight + apply(np.swapaxes(size, 1, 2), np.abs(multipliers))
    moved = np.clip(x - (slope - apply(turned, multipliers)) / steep, problem.lower, problem.upper)
    worst = np.maximum(worst, np.abs(x - moved).max(-1, initial=0.0))

    bound, reserve = problem.bound, problem.reserves
    boxed = np.isfinite(bound)
    limit = np.where(boxed, bound, 1.0)
    price = np.abs(multipliers - np.clip(multipliers + limit * unmet / scale, -limit, limit)) / limit
    yielding = np.where(reserve > 0, multipliers / np.where(reserve > 0, 2 * reserve, 1.0), 0.0)
    row = np.where(boxed, price, np.abs(unmet - yielding) / scale)
    return np.asarray(np.maximum(worst, row.max(-1, initial=0.0)))


def apply(matrix: Floats, vector: Floats) -> Floats:
    """Return (B, i) = matrix (B, i, k) times vector (B, k)."""
    return np.asarray(np.matmul(matrix, vector[..., None])[..., 0])

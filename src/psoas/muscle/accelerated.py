"""The sharing kernel through JAX: thousands of problems together, compiled, on a GPU or on the processor.

The same dual as `newton`'s, climbed by the same projected Newton step, with two things done otherwise, so that no
problem waits for a decision of another's: all lengths of a step are tried at once, and a length counts as safe where
the slope along the way has not turned, gradient(there) . (there - here) >= 0. The dual is concave, so this bounds
its gain from below; unlike a difference of two values it keeps its sign in single precision.

JAX is asked for by the extra `psoas[gpu]` and imported at the first call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.problem import Floats, SharingProblem, SharingSolution, objective
from psoas.muscle.sharing import share

Precision = Literal["double", "single"]
Array = Any  # of JAX

TOGETHER = {"cpu": 64}
"""Problems on the device at once: on a processor as many as its caches hold, elsewhere `ELSEWHERE`."""
ELSEWHERE = 4096  # of 24 rows and 286 columns: 225 MB of double precision
MOST = 20
"""Newton iterations, after which a problem is handed to `share`."""
_LENGTHS = (1.0, 0.5, 0.2, 0.05, 0.01)  # of a Newton step, all tried
_REFINED = 2  # times that what is left over is spread without moving a bound


class _Limits(NamedTuple):
    """What a precision allows, the first three as parts of a row's size."""

    wanted: float  # left over, to stop at
    enough: float  # left over, beyond which a problem was not solved
    damping: float  # of the curvature, so that it cannot be singular
    flat: float  # activation below which a cubic cost counts as no flatter
    turned: float  # part of the first slope by which the last may point back and still count as not turned


_LIMITS = {
    "double": _Limits(1e-11, 1e-9, 1e-12, 1e-6, 1e-3),
    "single": _Limits(1e-6, 1e-5, 1e-6, 1e-3, 1e-3),
}


def share_accelerated(
    problem: SharingProblem,
    start: Floats | None = None,
    *,
    precision: Precision = "double",
    together: int | None = None,
) -> SharingSolution:
    """Return the solution of every problem of the batch as `sharing.share` does, worked out by JAX.

    It runs on what JAX takes by itself (`jax.default_backend()`): a GPU where its CUDA build is installed, else the
    processor. x differs from `share`'s by at most 1e-6 in double and 1e-3 in single precision. Problems left unsolved
    after `MOST` iterations are handed to `share`: most with nearly free columns (contacts), and those whose demand
    is far out of reach.

    Args:
        problem: B problems of m rows and n columns.
        start: (B, m) multipliers of problems nearby; None starts cold.
        precision: "double", or "single", in half the room and on a GPU in much less time.
        together: problems on the device at once (by default 64 on a processor, 4096 elsewhere); a shape is compiled
            once, so that the last piece of a batch is filled up to it.

    Raises:
        ImportError: JAX is not installed (`pip install psoas[gpu]`).
        ValueError: start has another shape or is not finite, precision is unknown, or together is less than 1.

    """
    batch, rows, count = problem.columns.shape
    if precision not in _LIMITS:
        raise ValueError(f"precision is {precision!r}, where one of {', '.join(_LIMITS)} is needed.")
    if together is None:
        together = TOGETHER.get(_jax().default_backend(), ELSEWHERE)
    if together < 1:
        raise ValueError(f"together is {together}, where at least 1 is needed.")
    if start is not None:
        start = np.asarray(start, dtype=np.float64)
        if start.shape != (batch, rows) or not np.isfinite(start).all():
            raise ValueError(f"start has shape {start.shape}, where finite numbers ({batch}, {rows}) are needed.")
    limits = _LIMITS[precision]
    kind = np.float64 if precision == "double" else np.float32
    x, multipliers, unmet = np.empty((batch, count)), np.empty((batch, rows)), np.empty((batch, rows))
    residual, iterations = np.empty(batch), np.zeros(batch, dtype=np.int64)
    size = min(together, 1 << max(batch - 1, 0).bit_length())
    reserve = problem.reserves
    give = np.where(reserve > 0, 0.5 / np.where(reserve > 0, reserve, 1.0), 0.0)
    each = (problem.columns, problem.demand, problem.lower, problem.upper, problem.weight)
    common = (problem.power == 3.0, problem.bound.astype(kind), give.astype(kind))
    with _jax().enable_x64(precision == "double"):
        solve = _kernel(precision, bool((problem.power == 3.0).any()), start is not None)
        for first in range(0, batch, size):
            # The last piece is filled up with its own last problem.
            some = np.minimum(np.arange(first, first + size), batch - 1)
            begin = np.zeros((size, rows)) if start is None else start[some]
            found = solve(*(value[some].astype(kind) for value in each), begin.astype(kind), *common)
            here = slice(first, min(first + size, batch))
            for into, value in zip((x, multipliers, unmet, residual, iterations), found, strict=True):
                into[here] = np.asarray(value)[: here.stop - first]
    # Single precision rounds the bounds themselves.
    x = np.clip(x, problem.lower, problem.upper)
    effort = objective(problem, x, unmet)
    over = (unmet[:, reserve == 0] != 0).sum(-1)
    status = tuple(f"Solved; {k} of {rows} rows cannot be met in full." if k else "Solved." for k in over)
    solved = residual <= limits.enough
    answer = SharingSolution(x, unmet, multipliers, iterations, effort, residual, solved, status)
    return answer if solved.all() else _finished(problem, answer, np.flatnonzero(~solved))


def _finished(problem: SharingProblem, answer: SharingSolution, left: NDArray[np.int64]) -> SharingSolution:
    """Return the answer with the problems of these indices solved by `share`."""
    names = ("columns", "demand", "lower", "upper", "weight")
    rest = share(replace(problem, **{name: getattr(problem, name)[left] for name in names}))
    for name, value in vars(answer).items():
        if name not in ("status", "iterations"):
            value[left] = getattr(rest, name)
    answer.iterations[left] += rest.iterations
    status = list(answer.status)
    for place, text in zip(left, rest.status, strict=True):
        status[place] = text
    return replace(answer, status=tuple(status))


@cache
def _jax() -> Any:
    try:
        import jax
    except ImportError as cause:
        raise ImportError("The accelerated kernel needs JAX: pip install psoas[gpu].") from cause
    return jax


@cache
def _kernel(precision: Precision, any_cubic: bool, started: bool) -> Callable[..., Any]:
    """Return the compiled function of one shape of batch: arrays of B problems, then cubic, bound and give."""
    jax = _jax()
    jnp, limits = jax.numpy, _LIMITS[precision]

    def solve(
        columns: Array,
        demand: Array,
        lower: Array,
        upper: Array,
        weight: Array,
        begin: Array,
        cubic: Array,
        bound: Array,
        give: Array,
    ) -> tuple[Array, ...]:
        half = 0.5 / weight
        size = jnp.abs(columns)
        least = jnp.abs(demand) + 1e-4 * size.max(-1, initial=0.0)
        ruler = (jnp.square(columns) * half).sum(-1)
        damping = give + limits.damping * jnp.where(ruler > 0, ruler, 1.0)

        def scale_of(x: Array) -> Array:
            """Return the size of each row (m,), as in `problem.kkt_residual`."""
            whole = least + size @ x
            return jnp.where(whole > 0, whole, 1.0)

        def answer(price: Array) -> tuple[Array, Array]:
            """Return x and D = dx/dprice (.., n), as `newton.Batch.answer`."""
            wish, bend = price * half, jnp.broadcast_to(half, price.shape)
            if any_cubic:
                root = jnp.sqrt(jnp.maximum(wish, 0.0) * (2.0 / 3.0))
                wish = jnp.where(cubic, root, wish)
                bend = jnp.where(cubic, bend / (3.0 * jnp.maximum(root, limits.flat)), bend)
            return jnp.clip(wish, lower, upper), jnp.where((wish > lower) & (wish < upper), bend, 0.0)

        def left_over(multipliers: Array) -> tuple[Array, Array, Array]:
            """Return what of the demand x leaves (.., m), x and D, at multipliers (.., m)."""
            x, bend = answer(multipliers @ columns)
            return demand - x @ columns.T - give * multipliers, x, bend

        def factor(bend: Array, held: Array) -> Callable[[Array], Array]:
            """Return the solver of (columns D columns' + damping) d = right over the rows that are not held."""
            free = 1.0 - held
            curved = ((columns * bend) @ columns.T) * free[:, None] * free
            curved = curved + jnp.diag(damping + held)
            scale = 1.0 / jnp.sqrt(jnp.diag(curved))
            root = jnp.linalg.cholesky(curved * scale[:, None] * scale)
            return lambda right: scale * jax.scipy.linalg.cho_solve((root, True), scale * right * free)

        def holds(multipliers: Array, left: Array) -> Array:
            """Return 1 for rows at their box that press on it, else 0."""
            return ((jnp.abs(multipliers) >= bound) & (left * multipliers >= 0)).astype(columns.dtype)

        def wrong(multipliers: Array, left: Array, x: Array) -> Array:
            """Return the largest part of a row that is not balanced."""
            off = jnp.where(holds(multipliers, left) > 0, 0.0, jnp.abs(left))
            return (off / scale_of(x)).max(-1, initial=0.0)

        def advance(state: tuple[Array, ...]) -> tuple[Array, ...]:
            """Return the state one step on: the longest step whose slope has not turned, else the shortest."""
            multipliers, left, _, bend, count = state
            step = factor(bend, holds(multipliers, left))(left)
            there = jnp.clip(multipliers + jnp.array(_LENGTHS)[:, None] * step, -bound, bound)
            lefts, answers, bends = left_over(there)
            way = there - multipliers
            safe = (lefts * way).sum(-1) >= -limits.turned * (left * way).sum(-1)
            chosen = jnp.where(safe.any(), jnp.argmax(safe), len(_LENGTHS) - 1)
            return there[chosen], lefts[chosen], answers[chosen], bends[chosen], count + 1

        def going(state: tuple[Array, ...]) -> Array:
            multipliers, left, x, _, count = state
            return (count < MOST) & (wrong(multipliers, left, x) > limits.wanted)

        if not started:
            slope = jnp.where(cubic, 2.0 / 3.0, 1.0) * half
            begin = factor(slope, jnp.zeros_like(demand))(demand)
        begin = jnp.clip(begin, -bound, bound)
        state = jax.lax.while_loop(going, advance, (begin, *left_over(begin), 0))
        multipliers, left, x, bend, count = state
        held = holds(multipliers, left)
        spread = factor(bend, held)
        for _ in range(_REFINED):
            step = spread(left)
            x = jnp.clip(x + bend * (step @ columns), lower, upper)
            multipliers = jnp.clip(multipliers + step, -bound, bound)
            left = demand - columns @ x - give * multipliers
        residual = (jnp.where(held > 0, 0.0, jnp.abs(left)) / scale_of(x)).max(-1, initial=0.0)
        # How far x lies from what its price asks, as in `problem.kkt_residual`.
        slope = jnp.where(cubic, 3.0 * x * x, 2.0 * x) * weight
        steep = jnp.where(cubic, 3.0, 2.0) * weight + jnp.abs(multipliers) @ size
        moved = jnp.clip(x - (slope - multipliers @ columns) / steep, lower, upper)
        residual = jnp.maximum(residual, jnp.abs(x - moved).max(-1, initial=0.0))
        unmet = jnp.where(held > 0, left, give * multipliers)
        return x, multipliers, unmet, residual, count

    return jax.jit(jax.vmap(solve, in_axes=(0,) * 6 + (None,) * 3))

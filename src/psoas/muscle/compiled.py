"""Follow a motion, or solve from anywhere, in compiled code, one problem after another (`psoas[fast]`).

The same steps and tolerances as `follow`'s, but a problem's columns are read from the nearest caches from its first
step to its last, and no step makes an array. What that does not solve is climbed, as in `climb`; the little that is
left even then goes to the iterations in NumPy.

The functions hold no lock of Python's, so that threads run side by side. What was compiled is kept for the next
process under what it was made from (`made_from`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from psoas.muscle.compiled_algebra import INNER, copy_into, write_largest
from psoas.muscle.compiled_steps import begin, climb, finish, follow
from psoas.muscle.follow import CLOSE, Follower
from psoas.muscle.made_from import made_from
from psoas.muscle.problem import Floats, SharingProblem

_ROW, _ROWS, _CUBE = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1]
_FLAG, _FLAGS, _COUNTS = types.boolean[::1], types.boolean[:, ::1], types.int64[::1]
_SIGNATURE = types.void(
    types.Tuple((_CUBE, _ROWS, _ROWS, _ROWS, _ROWS, _FLAGS)),
    types.Tuple((_FLAG, _ROW, _ROW)),
    types.Tuple((_ROWS, _ROWS, _CUBE, _ROWS, _ROWS)),
    _ROWS,
    _ROWS,
    _FLAG,
    types.Tuple((_ROWS, _ROWS, _ROWS, _ROWS, _ROW, _COUNTS)),
)
"""Of `_solve_all`, told beforehand: arrays of any other kind would be compiled for anew."""


@njit(**INNER)
def _solve_each(each, common, kept, start, near, wanted, answers):
    """Write the answers of the wanted problems, one after another; see `CompiledFollower.solve`."""
    columns, demand, lower, upper, half, walls = each
    cubic, bound, give = common
    xs, multipliers, held, unmet, residual, used = answers
    batch, rows, count = columns.shape
    any_cubic, cold = False, len(start) == 0
    for i in range(count):
        any_cubic |= cubic[i]
    bend, left, scale, packed = np.empty(count), np.empty(rows), np.empty(rows), np.empty((5, max(rows, 4)))
    work = (np.empty(count), np.empty(count), np.empty(rows), np.empty(rows), np.empty(rows), np.empty(rows), packed)
    for b in range(batch):
        if not wanted[b]:
            continue
        any_walls = False
        for i in range(count):
            any_walls |= walls[b, i]
        largest = kept[4][b]
        if rows > 0 and largest[0] < 0.0:
            write_largest(columns[b], largest)
        for j in range(rows):
            scale[j] = abs(demand[b, j]) + 1e-4 * largest[j]
            scale[j] = scale[j] if scale[j] > 0.0 else 1.0
        own = (columns[b], demand[b], lower[b], upper[b], half[b], walls[b])
        problem = (*own, cubic, bound, give, scale, any_cubic, any_walls)
        state = (xs[b], bend, multipliers[b], held[b], left)
        own_kept = (kept[0][b], kept[1][b], kept[2][b], kept[3][b], largest)
        if not cold:
            copy_into(start[b], multipliers[b])
            begin(problem, state, work, near[b])
            arrived, used[b] = follow(problem, state, own_kept, work)
            if arrived:
                residual[b] = finish(problem, state, own_kept, work)
            if residual[b] == np.inf:
                copy_into(start[b], multipliers[b])
        if residual[b] == np.inf:
            arrived, more = climb(problem, state, own_kept, work, cold)
            used[b] += more
            if arrived:
                residual[b] = finish(problem, state, own_kept, work)
        for j in range(rows):
            # What rounding leaves of a row at its box that is just met is not unmet.
            real = held[b, j] != 0.0 and abs(left[j]) > CLOSE * scale[j]
            unmet[b, j] = left[j] if real else give[j] * multipliers[b, j]


def _kept(key: int) -> Any:
    """Return `_solve_each` compiled for `_SIGNATURE`, kept for the next process where there is a place to write to.

    Numba finds what it kept by the outermost function's file and code, and by what that closes over; of what it calls,
    and of their constants, it sees nothing. So it closes over the key, which tells all of that.
    """

    def solve_all(each, common, kept, start, near, wanted, answers):  # type: ignore[no-untyped-def]
        key  # noqa: B018
        _solve_each(each, common, kept, start, near, wanted, answers)

    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return njit(_SIGNATURE, cache=True, **options)(solve_all)
    except RuntimeError:
        return njit(_SIGNATURE, **options)(solve_all)


_solve_all = _kept(made_from(_solve_each))


class CompiledFollower(Follower):
    """As `Follower`, one problem after another in compiled code, and from nothing as well."""

    anywhere = True

    def __init__(self, problem: SharingProblem):
        self._fix(problem)
        batch, rows, count = problem.columns.shape
        self._kept = (
            np.full((batch, count), -1.0),  # D and held rows, as in `Follower`, and K's factor with its scale
            np.zeros((batch, rows)),
            np.empty((batch, rows, rows)),
            np.empty((batch, rows)),
            np.full((batch, rows), -1.0),  # the largest column of each row, below 0 until it is asked for
        )

    def solve(
        self,
        demand: Floats,
        multipliers: Floats | None,
        x: Floats | None = None,
        held: Floats | None = None,
        wanted: NDArray[np.bool_] | None = None,
    ) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.int64]]:
        """Return what `Follower.solve` does; multipliers None starts from nothing."""
        p = self.problem
        batch, rows, count = p.columns.shape
        start = np.empty((0, rows)) if multipliers is None else _plain(multipliers)
        # Without x near by, no column is taken from there.
        near = np.empty((batch, 0)) if x is None else _plain(x)
        answers = (
            np.zeros((batch, count)),
            np.zeros((batch, rows)),
            np.zeros((batch, rows)) if held is None else np.array(held),
            np.zeros((batch, rows)),
            np.full(batch, np.inf),
            np.zeros(batch, dtype=np.int64),
        )
        known = (p.columns, demand, p.lower, p.upper, self._half, self._walls)
        tried = np.ones(batch, dtype=np.bool_) if wanted is None else wanted
        each, common = tuple(map(_plain, known)), tuple(map(_plain, (self._cubic, p.bound, self._give)))
        _solve_all(each, common, self._kept, start, near, _plain(tried), answers)
        found, prices, _, unmet, residual, used = answers
        return found, prices, unmet, residual, used


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return array, or a copy where it is not contiguous or must not be written to, for which nothing is compiled."""
    return array if array.flags.c_contiguous and array.flags.writeable else array.copy()

"""Follow a motion, or solve from anywhere, in compiled code, one problem after another (`psoas[fast]`).

The same steps and tolerances as `follow`'s, but a problem's columns are read from the nearest caches from its first
step to its last, and no step makes an array. What that does not solve is climbed, as in `climb`; the little that is
left even then goes to the iterations in NumPy.

The functions hold no lock of Python's, so that threads run side by side. All stand in this one file, because Numba
keeps what it compiled until the file of the outermost one changes: after a change of `follow`'s or `climb`'s
constants, touch this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from psoas.muscle.climb import CUTS, DAMPED, FLATTEST, LEVEL
from psoas.muscle.follow import BEHIND, CLOSE, EPSILON, EXACT, FLAT, NEAR, REFINED, STALE, STEPS, TURNED, Follower
from psoas.muscle.problem import Floats, SharingProblem

_CLIMBED = 100  # steps of a climb, which are cheap here
_ARRIVED = 1e-9  # part of a row's size that it may leave over, beyond rounding, to be spread

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
_INNER = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


@njit(**_INNER)
def _copy(source, target):
    # Assigning slices would compile the making of their error messages too, for some seconds.
    for i in range(len(source)):
        target[i] = source[i]


@njit(**_INNER)
def _price(columns, multipliers, price):
    """Write columns' multipliers (n,)."""
    rows, count = columns.shape
    price[:] = 0.0
    for j in range(rows):
        each = multipliers[j]
        for i in range(count):
            price[i] += each * columns[j, i]


@njit(**_INNER)
def _left_over(columns, x, demand, give, multipliers, left):
    """Write demand - columns x - give multipliers (m,), eight rows together: their sums do not wait for each other."""
    rows, count = columns.shape
    j = 0
    while j + 8 <= rows:
        a = b = c = d = e = f = g = h = 0.0
        for i in range(count):
            each = x[i]
            a += columns[j, i] * each
            b += columns[j + 1, i] * each
            c += columns[j + 2, i] * each
            d += columns[j + 3, i] * each
            e += columns[j + 4, i] * each
            f += columns[j + 5, i] * each
            g += columns[j + 6, i] * each
            h += columns[j + 7, i] * each
        left[j], left[j + 1], left[j + 2], left[j + 3] = a, b, c, d
        left[j + 4], left[j + 5], left[j + 6], left[j + 7] = e, f, g, h
        j += 8
    while j < rows:
        a = 0.0
        for i in range(count):
            a += columns[j, i] * x[i]
        left[j] = a
        j += 1
    for j in range(rows):
        left[j] = demand[j] - left[j] - give[j] * multipliers[j]


@njit(**_INNER)
def _largest(columns, largest):
    """Write the largest |columns| of each row (m,), four rows together."""
    rows, count = columns.shape
    j = 0
    while j + 4 <= rows:
        a = b = c = d = 0.0
        for i in range(count):
            a = max(a, abs(columns[j, i]))
            b = max(b, abs(columns[j + 1, i]))
            c = max(c, abs(columns[j + 2, i]))
            d = max(d, abs(columns[j + 3, i]))
        largest[j], largest[j + 1], largest[j + 2], largest[j + 3] = a, b, c, d
        j += 4
    while j < rows:
        a = 0.0
        for i in range(count):
            a = max(a, abs(columns[j, i]))
        largest[j] = a
        j += 1


@njit(**_INNER)
def _wish(price, half, cubic):
    """Return what a column would answer to its price if it had no bound."""
    return np.sqrt(max(price * half, 0.0) * (2.0 / 3.0)) if cubic else price * half


@njit(**_INNER)
def _answer(problem, price, flat, x, bend):
    """Write what each column answers to its price (n,), and its D (n,), as `Follower._answer`; flat: see FLAT."""
    _, _, lower, upper, half, _, cubic, _, _, _, any_cubic, _ = problem
    for i in range(len(price)):
        curved = any_cubic and cubic[i]
        wish = _wish(price[i], half[i], curved)
        x[i] = min(max(wish, lower[i]), upper[i])
        slope = half[i] / (3.0 * max(wish, flat)) if curved else half[i]
        bend[i] = slope if (wish > lower[i]) & (wish < upper[i]) else 0.0


@njit(**_INNER)
def _factor(columns, bend, more, held, packed, curved, size):
    """Write the factor U (m, m) of K = columns D columns' + diag(more), scaled by size (m,): size K size = U' U.

    Scaled to a unit diagonal, and held rows left out, as `Follower._prepare`; the diagonal of U is written inverted.
    """
    rows, count = columns.shape
    curved[:, :] = 0.0
    i = 0
    while i < count:
        # Each pass over K adds four free columns, the last perhaps fewer.
        found = 0
        while found < 4 and i < count:
            if bend[i] != 0.0:
                for j in range(rows):
                    packed[found, j] = columns[j, i]
                packed[4, found] = bend[i]
                found += 1
            i += 1
        for none in range(found, 4):
            for j in range(rows):
                packed[none, j] = 0.0
        for j in range(rows):
            a, b = packed[0, j] * packed[4, 0], packed[1, j] * packed[4, 1]
            c, d = packed[2, j] * packed[4, 2], packed[3, j] * packed[4, 3]
            for k in range(rows):
                curved[j, k] += (a * packed[0, k] + b * packed[1, k]) + (c * packed[2, k] + d * packed[3, k])
    for j in range(rows):
        if held[j] != 0.0:
            for k in range(rows):
                curved[j, k] = curved[k, j] = 0.0
            curved[j, j] = 1.0
        curved[j, j] += more[j]
        size[j] = 1.0 / np.sqrt(max(curved[j, j], 1e-300))
    for j in range(rows):
        for k in range(rows):
            curved[j, k] *= size[j] * size[k]
        curved[j, j] += 1e-14
    for j in range(rows):
        # Of a row that repeats others nothing but rounding is left, which may be below 0.
        inverse = 1.0 / np.sqrt(max(curved[j, j], 1e-15))
        for k in range(rows):
            curved[j, k] *= inverse
        for i in range(j + 1, rows):
            part = curved[j, i]
            for k in range(rows):
                curved[i, k] -= part * curved[j, k]
        curved[j, j] = inverse


@njit(**_INNER)
def _solve(curved, size, right, held, step):
    """Write step (m,) of K step = right over the rows that are not held."""
    rows = len(right)
    for j in range(rows):
        step[j] = 0.0 if held[j] != 0.0 else right[j] * size[j]
    for j in range(rows):
        step[j] *= curved[j, j]
        for k in range(j + 1, rows):
            step[k] -= step[j] * curved[j, k]
    for j in range(rows - 1, -1, -1):
        value = step[j]
        for k in range(j + 1, rows):
            value -= curved[j, k] * step[k]
        step[j] = value * curved[j, j]
    for j in range(rows):
        step[j] *= size[j]


@njit(**_INNER)
def _rounding(problem, multipliers, rounding):
    """Write what the rounding of a nearly free column's price puts into the rows (m,), as `Follower._rounding`."""
    columns, _, _, _, half, walls, _, _, _, _, _, any_walls = problem
    rows = len(rounding)
    rounding[:] = 0.0
    if any_walls:
        for i in range(len(walls)):
            if walls[i]:
                price = 0.0
                for j in range(rows):
                    price += abs(columns[j, i] * multipliers[j])
                for j in range(rows):
                    rounding[j] += 8.0 * EPSILON * abs(columns[j, i]) * half[i] * price


@njit(**_INNER)
def _start(problem, state, work, near):
    """Start from the answer to the multipliers and, where that leaps, from x nearby, as `Follower._begin`."""
    columns, demand, lower, upper, half, walls, cubic, bound, give, _, _, any_walls = problem
    x, bend, multipliers, held, left = state
    price, stuck = work[0], False
    for j in range(len(held)):
        if held[j] != 0.0:
            multipliers[j] = held[j] * bound[j]
            stuck = True
    _price(columns, multipliers, price)
    _answer(problem, price, FLAT, x, bend)
    if any_walls or stuck:
        for i in range(len(near)):
            if stuck or walls[i]:
                free = (near[i] > lower[i]) & (near[i] < upper[i])
                slope = half[i] / (3.0 * max(near[i], FLAT)) if cubic[i] else half[i]
                bend[i] = slope if free else 0.0
                x[i] = price[i] * slope + (0.5 * near[i] if cubic[i] else 0.0) if free else near[i]
    _left_over(columns, x, demand, give, multipliers, left)


@njit(**_INNER)
def _follow(problem, state, kept, work):
    """Step from where the problem stands, as `Follower._advance`; return whether it arrived, and the steps used."""
    columns, demand, _, _, _, _, _, bound, give, scale, any_cubic, _ = problem
    x, bend, multipliers, held, left = state
    kept_bend, kept_held, curved, size, _ = kept
    price, before, move, pull, was, rounding, packed = work
    rows, count = columns.shape
    worst, back, stale = np.inf, 0.0, STALE if any_cubic else 0.0
    for used in range(1, STEPS + 1):
        newton, changed, lost = back == 0.0, False, False
        for j in range(rows):
            pull[j], was[j] = 0.0 if held[j] != 0.0 else left[j], held[j]
            changed |= held[j] != kept_held[j]
        _copy(bend, before)
        if newton:
            for i in range(count):
                changed |= abs(bend[i] - kept_bend[i]) > stale * kept_bend[i]
            if changed:
                _factor(columns, bend, give, held, packed, curved, size)
                _copy(bend, kept_bend)
                _copy(held, kept_held)
            _solve(curved, size, pull, held, move)
        for j in range(rows):
            move[j] *= 1.0 if newton else back
            lost |= not np.isfinite(move[j])
            there = multipliers[j] + move[j]
            if held[j] == 0.0 and abs(there) >= bound[j]:
                held[j] = 1.0 if there > 0.0 else -1.0
            multipliers[j] = held[j] * bound[j] if held[j] != 0.0 else there
        if lost:
            break
        _price(columns, multipliers, price)
        _answer(problem, price, FLAT, x, bend)
        _left_over(columns, x, demand, give, multipliers, left)
        _rounding(problem, multipliers, rounding)
        near, same, first, last, most = True, True, 0.0, 0.0, 0.0
        for j in range(rows):
            # A row at its box that no longer presses on it is let go.
            if held[j] * left[j] < 0.0:
                held[j] = 0.0
            same &= held[j] == was[j]
            over = 0.0 if held[j] != 0.0 else left[j]
            near &= abs(over) <= NEAR * scale[j] + rounding[j]
            first += pull[j] * move[j]
            last += over * move[j]
            most = max(most, abs(over) / scale[j])
        if near and same:
            return True, used
        # A step too far that yet leaves less over has found bounds that hold, and goes on from there.
        too_far = same and last < -TURNED * first and most > worst
        worst, back = most, last / (first - last) if too_far else 0.0
        if not newton:
            # Back at a corner, what moves on either side of it counts as moving, or the next step goes too far again.
            for i in range(count):
                bend[i] = max(bend[i], before[i])
    return False, used


@njit(**_INNER)
def _slope(problem, multipliers, move, price, along, place):
    """Return the dual's slope at multipliers + place move, where prices are price + place along."""
    _, demand, lower, upper, half, _, cubic, _, give, _, any_cubic, _ = problem
    slope = 0.0
    for j in range(len(move)):
        slope += move[j] * (demand[j] - give[j] * (multipliers[j] + place * move[j]))
    for i in range(len(price)):
        wish = _wish(price[i] + place * along[i], half[i], any_cubic and cubic[i])
        slope -= along[i] * min(max(wish, lower[i]), upper[i])
    return slope


@njit(**_INNER)
def _climb(problem, state, kept, work, cold):
    """Climb as `climb.climb`, if cold first as if no column had a bound; return whether it arrived, and the steps."""
    columns, demand, _, _, half, walls, _, bound, give, scale, _, _ = problem
    x, bend, multipliers, held, left = state
    kept_bend, kept_held, curved, size, _ = kept
    price, along, move, more, _, rounding, packed = work
    rows, count = columns.shape
    for j in range(rows):
        total = 0.0
        for i in range(count):
            if not walls[i]:
                total += columns[j, i] * columns[j, i] * half[i]
        more[j] = give[j] + DAMPED * (total if total > 0.0 else 1.0)
        held[j] = 0.0
        if abs(multipliers[j]) >= bound[j]:
            held[j] = 1.0 if multipliers[j] > 0.0 else -1.0
            multipliers[j] = held[j] * bound[j]
    whole = True
    for used in range(_CLIMBED):
        _price(columns, multipliers, price)
        _answer(problem, price, FLATTEST, x, bend)
        if cold and used == 0:
            # The first step is made as if no column had a bound.
            _copy(half, bend)
        _left_over(columns, x, demand, give, multipliers, left)
        _rounding(problem, multipliers, rounding)
        near = whole
        for j in range(rows):
            if whole and held[j] * left[j] < 0.0:
                held[j] = 0.0
                near = False
            near &= held[j] != 0.0 or abs(left[j]) <= _ARRIVED * scale[j] + rounding[j]
        _factor(columns, bend, more, held, packed, curved, size)
        if near:
            _copy(bend, kept_bend)
            _copy(held, kept_held)
            return True, used
        _solve(curved, size, left, held, move)
        rest, whole = 1.0, True
        while rest > 0.0:
            reach, hit = rest, -1
            for j in range(rows):
                room = bound[j] - multipliers[j] if move[j] > 0.0 else bound[j] + multipliers[j]
                if abs(move[j]) * reach > room:
                    reach, hit = room / abs(move[j]), j
            _price(columns, move, along)
            first = _slope(problem, multipliers, move, price, along, 0.0)
            if not first > 0.0:
                whole = False
                break
            # As `climb._cut`.
            place, low, above, high, below, before = reach, 0.0, first, reach, 0.0, np.inf
            for _ in range(CUTS):
                slope = _slope(problem, multipliers, move, price, along, place)
                if slope >= -LEVEL * first and (place == reach or slope <= LEVEL * first):
                    break
                if slope < 0.0:
                    high, below = place, slope
                else:
                    low, above = place, slope
                share = min(max(above / (above - below), 0.05), 0.95) if high - low <= 0.5 * before else 0.5
                before = high - low
                place = low + share * before
            for j in range(rows):
                multipliers[j] += place * move[j]
            for i in range(count):
                price[i] += place * along[i]
            if hit < 0 or place < reach:
                whole &= place == rest
                break
            held[hit] = 1.0 if move[hit] > 0.0 else -1.0
            multipliers[hit], move[hit] = held[hit] * bound[hit], 0.0
            rest, whole = rest - reach, False
    # The factor kept is that of the last step here, and must not pass for the one that was kept before.
    kept_bend[:] = -1.0
    return False, _CLIMBED


@njit(**_INNER)
def _finish(problem, state, kept, work):
    """Spread what is left over as `Follower._spread`; return the residual, infinite where this is no solution."""
    columns, demand, lower, upper, _, _, cubic, bound, give, scale, any_cubic, _ = problem
    x, bend, multipliers, held, left = state
    price, answer, move, _, _, _, _ = work
    rows, count = columns.shape
    for turn in range(REFINED):
        again = False
        for j in range(rows):
            again |= held[j] == 0.0 and abs(left[j]) > (0.0 if turn == 0 else EXACT * scale[j])
        if not again:
            break
        _solve(kept[2], kept[3], left, held, move)
        _price(columns, move, price)
        for i in range(count):
            x[i] = min(max(x[i] + bend[i] * price[i], lower[i]), upper[i])
        for j in range(rows):
            multipliers[j] += move[j]
        _left_over(columns, x, demand, give, multipliers, left)
    residual = 0.0
    for j in range(rows):
        if held[j] != 0.0:
            if left[j] * held[j] < 0.0:
                return np.inf
            continue
        off = abs(left[j]) / scale[j]
        if not off <= CLOSE:
            whole = scale[j]
            for i in range(count):
                whole += abs(columns[j, i]) * x[i]
            off = abs(left[j]) / whole
        if not (off <= CLOSE and abs(multipliers[j]) < bound[j]):
            return np.inf
        residual = max(residual, off)
    if any_cubic:
        # The last, linear, step may leave a curved cost behind its price.
        _price(columns, multipliers, price)
        _answer(problem, price, FLAT, answer, bend)
        for i in range(count):
            if cubic[i] and not abs(x[i] - answer[i]) <= BEHIND:
                return np.inf
    return residual


def _kept(function: Callable[..., None]) -> Any:
    """Return function compiled for `_SIGNATURE`, kept for the next process where there is a place to write to."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return njit(_SIGNATURE, cache=True, **options)(function)
    except RuntimeError:
        return njit(_SIGNATURE, **options)(function)


@_kept
def _solve_all(each, common, kept, start, near, wanted, answers):
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
            _largest(columns[b], largest)
        for j in range(rows):
            scale[j] = abs(demand[b, j]) + 1e-4 * largest[j]
            scale[j] = scale[j] if scale[j] > 0.0 else 1.0
        own = (columns[b], demand[b], lower[b], upper[b], half[b], walls[b])
        problem = (*own, cubic, bound, give, scale, any_cubic, any_walls)
        state = (xs[b], bend, multipliers[b], held[b], left)
        own_kept = (kept[0][b], kept[1][b], kept[2][b], kept[3][b], largest)
        if not cold:
            _copy(start[b], multipliers[b])
            _start(problem, state, work, near[b])
            arrived, used[b] = _follow(problem, state, own_kept, work)
            if arrived:
                residual[b] = _finish(problem, state, own_kept, work)
            if residual[b] == np.inf:
                _copy(start[b], multipliers[b])
        if residual[b] == np.inf:
            arrived, more = _climb(problem, state, own_kept, work, cold)
            used[b] += more
            if arrived:
                residual[b] = _finish(problem, state, own_kept, work)
        for j in range(rows):
            # What rounding leaves of a row at its box that is just met is not unmet.
            real = held[b, j] != 0.0 and abs(left[j]) > CLOSE * scale[j]
            unmet[b, j] = left[j] if real else give[j] * multipliers[b, j]


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

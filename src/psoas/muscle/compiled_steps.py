"""Bring one problem from a start to its solution, in compiled code: follow, or climb where that fails, then finish.

The same steps and tolerances as `follow`'s and `climb`'s. A problem: see `compiled_algebra`. Its state is (x, D (n,),
multipliers, held rows, what is left over (m,)), kept what K's factor was made with, as in `CompiledFollower`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from psoas.muscle.climb import CUTS, DAMPED, FLATTEST, LEVEL
from psoas.muscle.compiled_algebra import (
    INNER,
    copy_into,
    dual_slope,
    factorise,
    solve_factored,
    write_answer,
    write_left_over,
    write_prices,
    write_rounding,
)
from psoas.muscle.follow import BEHIND, CLOSE, EXACT, FLAT, NEAR, REFINED, STALE, STEPS, TURNED

COMPILED_CLIMBED = 100  # steps of a climb, which are cheap here
ARRIVED = 1e-9  # part of a row's size that it may leave over, beyond rounding, to be spread


@njit(**INNER)
def begin(problem, state, work, near):
    """Start from the answer to the multipliers and, where that leaps, from x nearby, as `Follower._begin`."""
    columns, demand, lower, upper, half, walls, cubic, bound, give, _, _, any_walls = problem
    x, bend, multipliers, held, left = state
    price, stuck = work[0], False
    for j in range(len(held)):
        if held[j] != 0.0:
            multipliers[j] = held[j] * bound[j]
            stuck = True
    write_prices(columns, multipliers, price)
    write_answer(problem, price, FLAT, x, bend)
    if any_walls or stuck:
        for i in range(len(near)):
            if stuck or walls[i]:
                free = (near[i] > lower[i]) & (near[i] < upper[i])
                slope = half[i] / (3.0 * max(near[i], FLAT)) if cubic[i] else half[i]
                bend[i] = slope if free else 0.0
                x[i] = price[i] * slope + (0.5 * near[i] if cubic[i] else 0.0) if free else near[i]
    write_left_over(columns, x, demand, give, multipliers, left)


@njit(**INNER)
def follow(problem, state, kept, work):
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
        copy_into(bend, before)
        if newton:
            for i in range(count):
                changed |= abs(bend[i] - kept_bend[i]) > stale * kept_bend[i]
            if changed:
                factorise(columns, bend, give, held, packed, curved, size)
                copy_into(bend, kept_bend)
                copy_into(held, kept_held)
            solve_factored(curved, size, pull, held, move)
        for j in range(rows):
            move[j] *= 1.0 if newton else back
            lost |= not np.isfinite(move[j])
            there = multipliers[j] + move[j]
            if held[j] == 0.0 and abs(there) >= bound[j]:
                held[j] = 1.0 if there > 0.0 else -1.0
            multipliers[j] = held[j] * bound[j] if held[j] != 0.0 else there
        if lost:
            break
        write_prices(columns, multipliers, price)
        write_answer(problem, price, FLAT, x, bend)
        write_left_over(columns, x, demand, give, multipliers, left)
        write_rounding(problem, multipliers, rounding)
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


@njit(**INNER)
def climb(problem, state, kept, work, cold):
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
    for used in range(COMPILED_CLIMBED):
        write_prices(columns, multipliers, price)
        write_answer(problem, price, FLATTEST, x, bend)
        if cold and used == 0:
            # The first step is made as if no column had a bound.
            copy_into(half, bend)
        write_left_over(columns, x, demand, give, multipliers, left)
        write_rounding(problem, multipliers, rounding)
        near = whole
        for j in range(rows):
            if whole and held[j] * left[j] < 0.0:
                held[j] = 0.0
                near = False
            near &= held[j] != 0.0 or abs(left[j]) <= ARRIVED * scale[j] + rounding[j]
        factorise(columns, bend, more, held, packed, curved, size)
        if near:
            copy_into(bend, kept_bend)
            copy_into(held, kept_held)
            return True, used
        solve_factored(curved, size, left, held, move)
        rest, whole = 1.0, True
        while rest > 0.0:
            reach, hit = rest, -1
            for j in range(rows):
                room = bound[j] - multipliers[j] if move[j] > 0.0 else bound[j] + multipliers[j]
                if abs(move[j]) * reach > room:
                    reach, hit = room / abs(move[j]), j
            write_prices(columns, move, along)
            first = dual_slope(problem, multipliers, move, price, along, 0.0)
            if not first > 0.0:
                whole = False
                break
            # As `climb._cut`.
            place, low, above, high, below, before = reach, 0.0, first, reach, 0.0, np.inf
            for _ in range(CUTS):
                slope = dual_slope(problem, multipliers, move, price, along, place)
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
    return False, COMPILED_CLIMBED


@njit(**INNER)
def finish(problem, state, kept, work):
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
        solve_factored(kept[2], kept[3], left, held, move)
        write_prices(columns, move, price)
        for i in range(count):
            x[i] = min(max(x[i] + bend[i] * price[i], lower[i]), upper[i])
        for j in range(rows):
            multipliers[j] += move[j]
        write_left_over(columns, x, demand, give, multipliers, left)
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
        write_prices(columns, multipliers, price)
        write_answer(problem, price, FLAT, answer, bend)
        for i in range(count):
            if cubic[i] and not abs(x[i] - answer[i]) <= BEHIND:
                return np.inf
    return residual

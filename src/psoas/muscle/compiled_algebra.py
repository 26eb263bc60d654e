"""What a step over one problem's columns takes, in compiled code: prices, answers, what is left over, K's factor.

A problem is (columns (m, n), demand (m,), lower, upper, half, walls, cubic (n,), bound, give, scale (m,), whether any
column is cubic, whether any is a wall), with the meanings of `Follower`. Nothing here makes an array.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from psoas.muscle.follow import EPSILON

INNER = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


@njit(**INNER)
def copy_into(source, target):
    """Write source (k,) into target (k,)."""
    # Assigning slices would compile the making of their error messages too, for some seconds.
    for i in range(len(source)):
        target[i] = source[i]


@njit(**INNER)
def write_prices(columns, multipliers, price):
    """Write columns' multipliers (n,)."""
    rows, count = columns.shape
    price[:] = 0.0
    for j in range(rows):
        each = multipliers[j]
        for i in range(count):
            price[i] += each * columns[j, i]


@njit(**INNER)
def write_left_over(columns, x, demand, give, multipliers, left):
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


@njit(**INNER)
def write_largest(columns, largest):
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


@njit(**INNER)
def wished(price, half, cubic):
    """Return what a column would answer to its price if it had no bound."""
    return np.sqrt(max(price * half, 0.0) * (2.0 / 3.0)) if cubic else price * half


@njit(**INNER)
def write_answer(problem, price, flat, x, bend):
    """Write what each column answers to its price (n,), and its D (n,), as `Follower._answer`; flat: see FLAT."""
    _, _, lower, upper, half, _, cubic, _, _, _, any_cubic, _ = problem
    for i in range(len(price)):
        curved = any_cubic and cubic[i]
        wish = wished(price[i], half[i], curved)
        x[i] = min(max(wish, lower[i]), upper[i])
        slope = half[i] / (3.0 * max(wish, flat)) if curved else half[i]
        bend[i] = slope if (wish > lower[i]) & (wish < upper[i]) else 0.0


@njit(**INNER)
def factorise(columns, bend, more, held, packed, curved, size):
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


@njit(**INNER)
def solve_factored(curved, size, right, held, step):
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


@njit(**INNER)
def write_rounding(problem, multipliers, rounding):
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


@njit(**INNER)
def dual_slope(problem, multipliers, move, price, along, place):
    """Return the dual's slope at multipliers + place move, where prices are price + place along."""
    _, demand, lower, upper, half, _, cubic, _, give, _, any_cubic, _ = problem
    slope = 0.0
    for j in range(len(move)):
        slope += move[j] * (demand[j] - give[j] * (multipliers[j] + place * move[j]))
    for i in range(len(price)):
        wish = wished(price[i] + place * along[i], half[i], any_cubic and cubic[i])
        slope -= along[i] * min(max(wish, lower[i]), upper[i])
    return slope

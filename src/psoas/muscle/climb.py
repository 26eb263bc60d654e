"""Climb one problem's dual from a start that did not lead to its top at once: Newton steps, each cut where it is best.

Along a step the dual's slope falls all the way,

    slope(t) = step' (demand - give (multipliers + t step)) - (columns' step)' x(columns' (multipliers + t step)),

so that the dual is greatest where this is 0, which takes no more than the columns' prices to find. A row whose
multiplier meets its box on the way stays there, the others go on, and it is let go when a whole step is left. Five to
twenty steps do where following a motion failed because a row came to its box or left it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from psoas.muscle.newton import Batch, damped_solve
from psoas.muscle.problem import Floats

CLIMBED = 60  # steps, after which other iterations are quicker
LEVEL = 0.02  # part of the first slope along a step that may be left where it is cut
CUTS = 40  # places tried for that
DAMPED = 1e-12  # of the squared size of each row
FLATTEST = 1e-6  # activation below which a cubic cost counts as no flatter, as in `newton`
_ARRIVED = 1e-10  # part of a row's size that may be left over


def climb(batch: Batch, start: Floats) -> tuple[Floats, int, bool]:
    """Return multipliers (m,) of a batch of one problem, the steps used, and whether that is the top.

    start (m,): multipliers to begin at.
    """
    columns, demand, lower, upper = batch.columns[0], batch.demand[0], batch.lower[0], batch.upper[0]
    half, bound, give, cubic = 0.5 / batch.weight[0], batch.bound, batch.give, batch.cubic
    damping, scale = give + DAMPED * batch.ruler[0], np.abs(demand) + batch.least[0]
    curved_costs = bool(cubic.any())

    def wish(price: Floats) -> Floats:
        """Return (n,) what columns would answer to their price if they had no bound."""
        straight = price * half
        if not curved_costs:
            return straight
        return np.where(cubic, np.sqrt(np.maximum(straight, 0.0) * (2.0 / 3.0)), straight)

    multipliers = np.clip(start, -bound, bound)
    held = np.where(np.abs(multipliers) >= bound, np.sign(multipliers), 0.0)
    whole = True
    for used in range(CLIMBED):
        price = multipliers @ columns
        asked = wish(price)
        left = demand - columns @ np.minimum(np.maximum(asked, lower), upper) - give * multipliers
        let_go = (held * left < 0.0) & whole
        held[let_go] = 0.0
        left[held != 0.0] = 0.0
        if whole and not let_go.any() and (np.abs(left) <= _ARRIVED * scale).all():
            return multipliers, used, True
        free = np.flatnonzero((asked > lower) & (asked < upper))
        bend = half[free]
        if curved_costs:
            bend = np.where(cubic[free], bend / (3.0 * np.maximum(asked[free], FLATTEST)), bend)
        some, loose = columns[:, free], held == 0.0
        curved = ((some * bend) @ some.T) * (loose[:, None] & loose)
        step = damped_solve(curved[None], damping + ~loose, left[None])[0]
        if not np.isfinite(step).all():
            break
        rest, whole = 1.0, True
        while rest > 0.0:
            room = np.where(step > 0.0, bound - multipliers, bound + multipliers)
            reach = np.where(step != 0.0, room / np.where(step != 0.0, np.abs(step), 1.0), np.inf)
            hit = int(np.argmin(reach))
            farthest = min(rest, float(reach[hit]))
            along, here, way = step @ columns, multipliers, step

            def slope(
                t: float, here: Floats = here, way: Floats = way, price: Floats = price, along: Floats = along
            ) -> float:
                x = np.minimum(np.maximum(wish(price + t * along), lower), upper)
                return float(way @ (demand - give * (here + t * way)) - along @ x)

            first = slope(0.0)
            if not first > 0.0:
                whole = False
                break
            place = _cut(slope, first, farthest)
            multipliers, price = multipliers + place * step, price + place * along
            if place < farthest or farthest == rest:
                whole &= place == rest
                break
            held[hit] = np.sign(step[hit])
            multipliers[hit], step[hit] = held[hit] * bound[hit], 0.0
            rest, whole = rest - farthest, False
    return multipliers, CLIMBED, False


def _cut(slope: Callable[[float], float], first: float, farthest: float) -> float:
    """Return where a falling slope, `first` > 0 at 0, is all but 0, or `farthest` if that comes before."""
    place, low, above, high, below, before = farthest, 0.0, first, farthest, 0.0, np.inf
    for _ in range(CUTS):
        value = slope(place)
        if value >= -LEVEL * first and (place == farthest or value <= LEVEL * first):
            break
        if value < 0.0:
            high, below = place, value
        else:
            low, above = place, value
        # In the line of both ends, but in the middle where that has not taken half away: at a corner it only creeps.
        share = min(max(above / (above - below), 0.05), 0.95) if high - low <= 0.5 * before else 0.5
        before = high - low
        place = low + share * before
    return place

"""Follow a motion: the solution of a problem nearby names the bounds that hold, which is most of the answer.

With the free columns F (between their bounds) and D = 1 / (cost's second derivative) on them, the multipliers that
balance a demand are  lambda + K^-1 (demand - columns x),  K = columns_F D columns_F',  exact for power 2 once F is
right. From the frame before, F is right or all but right, so that one K and a few products do; while only the demand
changes, K is kept. A row that cannot be met, its multiplier at its box, stays out of K. A step past the greatest
value of the dual, told by the slope along it having turned, is taken back to where that slope is 0 by the chord.
Whatever this does not solve is left to the iterations that start from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.problem import Floats, SharingProblem, apply

STEPS = 16  # tried before a problem is left to the other iterations
TURNED = 0.3  # part of the first slope along a step by which the last may point back
NEAR = 1e-6  # part of a row's size that the last, linear, step may take care of
WALL = 1e4  # columns this many times as cheap as the common run are nearly free
FLAT = 5e-3  # activation below which a cubic cost counts as no flatter: its D is without bound at 0
STALE = 0.03  # part by which a cubic column's D may differ from that which K was made with
REFINED = 4  # times that what is left over is spread
EXACT = 1e-13  # part of a row's size that may be left over
CLOSE = 1e-12  # and beyond which a problem was not solved
BEHIND = 1e-9  # activation by which a cubic column may differ from what its price asks

EPSILON = float(np.finfo(np.float64).eps)


@dataclass
class _Live:
    """Problems on their way, and where they stand; every array's first axis is the live problem."""

    place: NDArray[np.int64]  # (B,) among all
    columns: Floats  # (B, m, n)
    lower: Floats  # (B, n)
    upper: Floats  # (B, n)
    half: Floats  # (B, n) D of a quadratic cost
    demand: Floats  # (B, m)
    scale: Floats  # (B, m) size of each row
    wall_size: Floats  # (B, m, k)
    wall_bend: Floats  # (B, k)
    multipliers: Floats  # (B, m)
    held: Floats  # (B, m) sign of the box at which a multiplier is held, else 0
    x: Floats  # (B, n)
    bend: Floats  # (B, n) D
    left: Floats  # (B, m) what of the demand is left over
    move: Floats  # (B, m) the last step
    worst: Floats  # (B,) the largest part of a row left over
    back: Floats  # (B,) part of it that the next takes back, below 0; 0 for a Newton step
    done: NDArray[np.bool_]  # (B,)

    def only(self, chosen: NDArray[np.int64]) -> _Live:
        """Return the problems of these indices."""
        return _Live(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


class Follower:
    """B problems whose columns, bounds and weights stay while their demand may change; it keeps each one's K^-1."""

    anywhere = False  # whether `solve` can do without multipliers

    def __init__(self, problem: SharingProblem):
        self._fix(problem)
        batch, rows, count = problem.columns.shape
        columns = problem.columns
        if count:
            self._least = 1e-4 * np.maximum(columns.max(-1), -columns.min(-1))
        else:
            self._least = np.zeros((batch, rows))
        places = np.flatnonzero(self._walls.any(0))
        self._wall_size = np.abs(columns[:, :, places])
        self._wall_bend = np.where(self._walls, self._half, 0.0)[:, places]
        self._bend = np.full((batch, count), -1.0)  # the D and held rows that each kept K was made with
        self._held = np.zeros((batch, rows))
        self._inverse = np.zeros((batch, rows, rows))

    def _fix(self, problem: SharingProblem) -> None:
        """Work out what no step changes."""
        self.problem = problem
        self._cubic = problem.power == 3.0
        self._any_cubic = bool(self._cubic.any())
        reserve = problem.reserves
        self._give = np.where(reserve > 0, 0.5 / np.where(reserve > 0, reserve, 1.0), 0.0)
        self._half = 0.5 / problem.weight
        count = problem.columns.shape[2]
        typical = np.median(self._half, axis=-1, keepdims=True) if count else np.ones((len(self._half), 1))
        self._walls = (self._half > WALL * typical) & ~self._cubic

    @np.errstate(all="ignore")  # a start from far away may overflow, and is then not followed
    def solve(
        self,
        demand: Floats,
        multipliers: Floats | None,
        x: Floats | None = None,
        held: Floats | None = None,
        wanted: NDArray[np.bool_] | None = None,
    ) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.int64]]:
        """Return x (B, n), multipliers, unmet (B, m), a bound on `kkt_residual` (B,) and the steps used (B,).

        demand (B, m); multipliers (B, m): of solutions nearby, or of two frames extended to this one; they tell which
        bounds hold, but for nearly free columns, where x (B, n), of a solution nearby, does. None is for those only who
        solve from `anywhere`. held (B, m): the sign of the box at which a row's multiplier was there, 0 for most.
        wanted (B,): which problems to try, all if not given. The bound is infinite where a problem was not solved.
        """
        assert multipliers is not None
        whole = wanted is None or bool(wanted.all())
        chosen = np.arange(len(demand)) if wanted is None else np.flatnonzero(wanted)
        now = self._begin(demand, multipliers, x, held, None if whole else chosen)
        used = np.zeros(len(demand), dtype=np.int64)
        live = now
        for _ in range(STEPS):
            used[live.place[~live.done]] += 1
            self._advance(live)
            if live is not now:
                here = np.searchsorted(chosen, live.place)
                for name in ("multipliers", "held", "x", "bend", "left", "done"):
                    getattr(now, name)[here] = getattr(live, name)
            going = np.flatnonzero(~live.done)
            if not going.size:
                break
            # Once they are few, the others are left out: their columns are most of what a step reads.
            if 2 * going.size <= len(live.done):
                live = live.only(going)
        self._spread(now)
        p, loose = self.problem, now.held == 0
        off = np.where(loose, np.abs(now.left), 0.0)
        residual = (off / now.scale).max(-1, initial=0.0)
        doubtful = np.flatnonzero(now.done & (residual > CLOSE))
        if doubtful.size:
            size = now.scale[doubtful] + apply(np.abs(now.columns[doubtful]), now.x[doubtful])
            residual[doubtful] = (off[doubtful] / size).max(-1, initial=0.0)
        sound = now.done & (residual <= CLOSE)
        sound &= np.where(loose, np.abs(now.multipliers) < p.bound, now.left * now.held >= 0).all(-1)
        if self._any_cubic:
            # The last, linear, step may leave a curved cost behind its price.
            answer = self._answer(now, apply_turned(now.columns, now.multipliers))[0]
            sound &= (np.where(self._cubic, np.abs(now.x - answer), 0.0) <= BEHIND).all(-1)
        # What rounding leaves of a row at its box that is just met is not unmet.
        real = ~loose & (np.abs(now.left) > CLOSE * now.scale)
        unmet = np.where(real, now.left, self._give * now.multipliers)
        found = (now.x, now.multipliers, unmet, np.where(sound, residual, np.inf))
        if whole:
            return *found, used
        spread = (np.zeros(p.lower.shape), np.zeros(demand.shape), np.zeros(demand.shape), np.full(len(demand), np.inf))
        for into, value in zip(spread, found, strict=True):
            into[chosen] = value
        return *spread, used

    def _begin(
        self,
        demand: Floats,
        multipliers: Floats,
        x: Floats | None,
        held: Floats | None,
        chosen: NDArray[np.int64] | None,
    ) -> _Live:
        p = self.problem
        held = np.zeros(demand.shape) if held is None else held
        scale = np.abs(demand) + self._least
        scale = np.where(scale > 0, scale, 1.0)
        multipliers = np.where(held != 0, held * np.where(held != 0, p.bound, 1.0), multipliers)
        fixed = (p.columns, p.lower, p.upper, self._half, demand, scale, self._wall_size, self._wall_bend)
        none, nothing = np.zeros(p.lower.shape), np.zeros(demand.shape)
        started = (multipliers, held, none, none, nothing, nothing, np.full(len(demand), np.inf), np.zeros(len(demand)))
        now = _Live(np.arange(len(demand)), *fixed, *started, np.zeros(len(demand), dtype=np.bool_))
        walls = self._walls
        if chosen is not None:
            now, walls, x = now.only(chosen), walls[chosen], None if x is None else x[chosen]
        price = apply_turned(now.columns, now.multipliers)
        now.x, now.bend = self._answer(now, price)
        stuck = (now.held != 0).any(-1)[:, None]
        if x is not None and (walls.any() or stuck.any()):
            # A nearly free column answers the least change of its price with leaps: it keeps to its bound, or off it.
            # So does every column where a row is at its box, for there multipliers are large and leap too.
            stays, given = self._linear(now, x, price)
            now.x = np.where(walls | stuck, stays, now.x)
            now.bend = np.where(walls | stuck, given, now.bend)
        now.left = now.demand - apply(now.columns, now.x) - self._give * now.multipliers
        return now

    def _advance(self, live: _Live) -> None:
        """Take one step: Newton's, or back along the last one where that went too far."""
        bound, going = self.problem.bound, ~live.done
        newton = going & (live.back == 0)
        self._prepare(live, newton)
        pull = np.where(live.held != 0, 0.0, live.left)
        inverse = self._inverse if len(live.place) == len(self._inverse) else self._inverse[live.place]
        move = np.where(newton[:, None], apply(inverse, pull), (live.back * going)[:, None] * live.move)
        there = live.multipliers + move
        reached = np.where((live.held == 0) & (np.abs(there) >= bound), np.sign(there), live.held)
        live.multipliers = np.where(reached != 0, reached * np.where(reached != 0, bound, 1.0), there)
        before, back = live.bend, going & ~newton
        live.x, live.bend = self._answer(live, apply_turned(live.columns, live.multipliers))
        live.left = live.demand - apply(live.columns, live.x) - self._give * live.multipliers
        # A row at its box that no longer presses on it is let go.
        held = np.where(reached * live.left < 0, 0.0, reached)
        same = (held == live.held).all(-1)
        left = np.where(held != 0, 0.0, live.left)
        near = (np.abs(left) <= NEAR * live.scale + self._rounding(live)).all(-1)
        first, last = (pull * move).sum(-1), (left * move).sum(-1)
        worst = (np.abs(left) / live.scale).max(-1, initial=0.0)
        # A step too far that yet leaves less over has found bounds that hold, and goes on from there.
        over = same & (last < -TURNED * first) & (worst > live.worst)
        live.worst = worst
        live.back = np.where(over, last / np.where(over, first - last, 1.0), 0.0)
        lost = ~np.isfinite(move).all(-1)
        live.move, live.held, live.done = move, held, live.done | (near & same) | lost
        # Back at a corner, what moves on either side of it counts as moving, or the next step goes too far again.
        corner = np.flatnonzero(back & ~live.done)
        live.bend[corner] = np.maximum(live.bend[corner], before[corner])

    def _spread(self, now: _Live) -> None:
        """Spread what is left over by the same K without moving a bound, as nearly free columns need.

        A problem that is close enough keeps its digits, so that no answer depends on its neighbours.
        """
        free = now.held == 0
        inverse = self._inverse if len(now.place) == len(self._inverse) else self._inverse[now.place]
        for count in range(REFINED):
            left = np.where(free, now.left, 0.0)
            again = np.asarray((np.abs(left) > (0.0 if count == 0 else EXACT) * now.scale).any(-1))[:, None]
            if not again.any():
                break
            step = np.where(again & free, apply(inverse, left), 0.0)
            now.x = np.minimum(np.maximum(now.x + now.bend * apply_turned(now.columns, step), now.lower), now.upper)
            now.multipliers = now.multipliers + step
            now.left = now.demand - apply(now.columns, now.x) - self._give * now.multipliers

    def _rounding(self, live: _Live) -> Floats | float:
        """Return (B, m) what the rounding of a nearly free column's price puts into the rows, as in `newton.Batch`."""
        if not live.wall_bend.size:
            return 0.0
        price = apply_turned(live.wall_size, np.abs(live.multipliers))
        return 8.0 * EPSILON * apply(live.wall_size, live.wall_bend * price)

    def _linear(self, live: _Live, x: Floats, price: Floats) -> tuple[Floats, Floats]:
        """Return what columns answer to their price, to first order from x, if their bounds hold as at x; and D."""
        free = (x > live.lower) & (x < live.upper)
        bend = live.half
        if self._any_cubic:
            bend = np.where(self._cubic, bend / (3.0 * np.maximum(x, FLAT)), bend)
        # x + D (price - cost's slope), of which a quadratic cost leaves D price and a cubic one D price + x / 2.
        return np.where(free, price * bend + np.where(self._cubic, 0.5 * x, 0.0), x), np.where(free, bend, 0.0)

    def _answer(self, live: _Live, price: Floats) -> tuple[Floats, Floats]:
        """Return what each column answers to its price, and its D, as `newton.Batch.answer`."""
        wish, bend = price * live.half, live.half
        if self._any_cubic:
            root = np.sqrt(np.maximum(wish, 0.0) * (2.0 / 3.0))
            wish = np.where(self._cubic, root, wish)
            bend = np.where(self._cubic, bend / (3.0 * np.maximum(root, FLAT)), bend)
        x = np.minimum(np.maximum(wish, live.lower), live.upper)
        return x, np.where((wish > live.lower) & (wish < live.upper), bend, 0.0)

    def _prepare(self, live: _Live, wanted: NDArray[np.bool_]) -> None:
        """Make K^-1 anew where D or the held rows differ from those it was made with."""
        every = live.place
        kept = self._bend if every.size == len(self._bend) else self._bend[every]
        changed = (np.abs(live.bend - kept) > (STALE * kept if self._any_cubic else 0.0)).any(-1)
        changed |= (live.held != self._held[every]).any(-1)
        stale = np.flatnonzero(wanted & changed)
        if not stale.size:
            return
        rows = np.arange(live.columns.shape[1])
        curved = np.empty((len(stale), len(rows), len(rows)))
        # One after another: the free columns of one problem, some third of all, stay in the nearest cache.
        for i, at in enumerate(stale):
            free = np.flatnonzero(live.bend[at])
            columns = live.columns[at].take(free, axis=1)
            np.matmul(columns * live.bend[at, free], columns.T, out=curved[i])
        held = live.held[stale] != 0
        curved *= ~(held[:, :, None] | held[:, None, :])
        curved[:, rows, rows] += self._give + held
        size = 1.0 / np.sqrt(np.maximum(curved[:, rows, rows], 1e-300))
        curved *= size[:, :, None] * size[:, None, :]
        # With a unit diagonal this is above rounding, so that the matrix cannot be singular.
        curved[:, rows, rows] += 1e-14
        places = every[stale]
        self._inverse[places] = np.linalg.inv(curved) * (size[:, :, None] * size[:, None, :])
        self._bend[places], self._held[places] = live.bend[stale], live.held[stale]


def apply_turned(matrix: Floats, vector: Floats) -> Floats:
    """Return (B, k) = matrix (B, i, k) transposed times vector (B, i)."""
    return np.asarray(np.matmul(vector[:, None, :], matrix)[:, 0])

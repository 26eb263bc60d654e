"""A batched interior-point iteration, for where Newton's way is long, and the guess it ends in.

Every inequality is a pair of a gap and a price, both positive, whose product goes to zero: x - lower and
upper - x with their multipliers; bound - multipliers_j and bound + multipliers_j with the two signs of
unmet_j. Predictor and corrector after Mehrotra (1992, SIAM J Optim 2:575), primal and dual steps of one
length. What it ends in (which columns lie at which bound, which rows are at their box) is a system of
equations for the multipliers to finish from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.newton import LEAST_DAMPING, Batch, damped_solve
from psoas.muscle.problem import Floats, apply

_CLOSE = 1e-6  # mean product of gap and price, per least weight, from which the pairs are looked at
_APART = 100.0  # ratio at which a pair has parted
_PATIENCE = 8  # iterations by which a demand in reach is all but met when started near
_SPENT = 1e-20  # mean product at which rounding decides the pairs that have not parted


@dataclass(frozen=True)
class Guess:
    """Which bounds hold at a solution, with x (B, n) and multipliers (B, m) near it."""

    x: Floats
    multipliers: Floats
    low: NDArray[np.bool_]  # (B, n) at the lower bound
    top: NDArray[np.bool_]  # (B, n) at the upper bound
    held: NDArray[np.int8]  # (B, m) sign of the box at which the multiplier is, else 0

    def only(self, chosen: NDArray[np.int64]) -> Guess:
        """Return the problems of these indices."""
        return Guess(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @staticmethod
    def from_solution(batch: Batch, x: Floats, multipliers: Floats, unmet: Floats) -> Guess:
        """Return the guess that bounds hold where they held in a solution of a problem nearby."""
        held = np.where((unmet != 0) & np.isfinite(batch.bound), np.sign(unmet), 0).astype(np.int8)
        return Guess(x, multipliers, x <= batch.lower, x >= batch.upper, held)

    def as_reached(self, batch: Batch) -> tuple[Floats, Floats, Floats]:
        """Return x (B, n), unmet (B, m) and multipliers (B, m) as they stand.

        The best there is where a column carries so little that rounding hides which bounds hold.
        """
        x = np.clip(self.x, batch.lower, batch.upper)
        inside = np.nextafter(batch.bound, 0.0)
        multipliers = np.clip(self.multipliers, -inside, inside)
        multipliers = np.where(self.held == 0, multipliers, self.held * np.where(self.held == 0, 1.0, batch.bound))
        left = batch.demand - apply(batch.columns, x)
        given = batch.give * multipliers
        unmet = np.where(left * self.held > 0, left, np.where(batch.give > 0, given, 0.0))
        return x, unmet, multipliers

    def price(self, batch: Batch) -> Floats:
        """Return multipliers (B, m) that balance the demand if just these bounds hold.

        Exact for power 2, a Newton step from x for power 3.
        """
        x = np.where(self.low, batch.lower, np.where(self.top, batch.upper, self.x))
        free = ~(self.low | self.top)
        loose = self.held == 0
        multipliers = np.where(loose, self.multipliers, self.held * np.where(loose, 1.0, batch.bound))
        slope, bend = batch.cost_slope(x)
        give = np.where(free, 1.0 / np.maximum(bend, 1e-9 * batch.weight), 0.0)
        x = x + give * (apply(batch.turned, multipliers) - slope)
        left = np.where(loose, batch.demand - apply(batch.columns, x) - batch.give * multipliers, 0.0)
        curved = batch.curvature(give) * (loose[:, :, None] & loose[:, None, :])
        return multipliers + damped_solve(curved, batch.give + LEAST_DAMPING * batch.ruler + ~loose, left)


@dataclass
class _Pairs:
    """Gaps and prices, stacked as lower (n), upper (n), box above (m), box below (m).

    Pairs that do not exist (no cap, no box, lower = upper) have gap 1 and price 0 throughout.
    """

    x: Floats  # (B, n)
    multipliers: Floats  # (B, m)
    gap: Floats  # (B, 2 n + 2 m)
    price: Floats  # (B, 2 n + 2 m)
    there: NDArray[np.bool_]  # (B, 2 n + 2 m) which pairs exist

    def only(self, chosen: NDArray[np.int64]) -> _Pairs:
        return _Pairs(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def mean(self) -> Floats:
        """Return (B,) the mean product of gap and price."""
        count = np.maximum(self.there.sum(-1), 1)
        return np.asarray((self.gap * self.price).sum(-1) / count)


def _begin(batch: Batch, height: float, reach: float) -> _Pairs:
    """Return the first pairs: products at `height`, unmet at `reach` times what the first x leaves over."""
    problems, rows = batch.demand.shape
    fixed, capped = batch.upper <= batch.lower, np.isfinite(batch.upper)
    wide = np.where(capped, batch.upper - batch.lower, 3.0)
    x = batch.lower + np.where(fixed, 0.0, 0.3 * wide)
    boxed = np.broadcast_to(np.isfinite(batch.bound), (problems, rows))
    limit = np.where(boxed, batch.bound, 1.0)
    there = np.concatenate([~fixed, capped & ~fixed, boxed, boxed], -1)
    above = np.where(capped & ~fixed, batch.upper - x, 1.0)
    gap = np.concatenate([np.where(fixed, 1.0, x - batch.lower), above, limit, limit], -1)
    unmet = np.maximum(height / limit, reach * np.abs(batch.demand - apply(batch.columns, x)))
    price = np.concatenate([height / gap[:, : 2 * x.shape[1]], unmet, unmet], -1)
    return _Pairs(x, np.zeros((problems, rows)), np.where(there, gap, 1.0), np.where(there, price, 0.0), there)


def interior(batch: Batch, most: int, *, far: bool) -> tuple[Guess, NDArray[np.int64], NDArray[np.bool_]]:
    """Return the guess the iteration ends in, the iterations used (B,) and whether it arrived (B,).

    far: start as from a demand out of reach, which takes some more steps and gets there from anywhere.
    """
    now = _begin(batch, *((10.0, 1.0) if far else (0.1, 0.0)))
    whole, final = batch, now.only(np.arange(len(batch.demand)))
    used = np.zeros(len(batch.demand), dtype=np.int64)
    arrived = np.zeros(len(used), dtype=np.bool_)
    live, running = np.arange(len(used)), np.ones(len(used), dtype=np.bool_)
    for count in range(most):
        mean = now.mean()
        left = _left(batch, now)
        wrong = (np.abs(left) / batch.scale(now.x)).max(-1, initial=0.0)
        least = batch.weight.min(-1, initial=1.0)
        ready = (mean <= np.clip(_CLOSE * least, 1e-14, 1e-10)) & (wrong <= 1e-8)
        if ready.any():
            ready &= _parted(batch, now) | (mean <= _SPENT)
        arrived[live[running & ready]] = True
        running &= ~ready
        if count == _PATIENCE and not far:
            running &= wrong <= 1e-2
        if not running.any():
            break
        # Leaving finished problems in for a while is cheaper than copying the others at every step.
        if running.mean() < 0.7:
            keep = np.flatnonzero(running)
            batch, now, live, mean, left = batch.only(keep), now.only(keep), live[keep], mean[keep], left[keep]
            running = running[keep]
        # A hard row out of reach runs away to infinity; `_step` then stands still and the status tells it.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            now = _step(batch, now, mean, left)
        used[live[running]] += 1
        for name in ("x", "multipliers", "gap", "price"):
            getattr(final, name)[live[running]] = getattr(now, name)[running]
    return _guess(whole, final), used, arrived


def _ratio(batch: Batch, now: _Pairs) -> Floats:
    """Return (B, 2 n + 2 m) price over gap: a column's in units of its cost's bend, a row's relative."""
    bend = 2.0 * batch.weight
    limit = np.where(np.isfinite(batch.bound), batch.bound, 1.0)
    row = batch.scale(now.x) / limit
    return np.asarray(now.price / (now.gap * np.concatenate([bend, bend, row, row], -1)))


def _parted(batch: Batch, now: _Pairs) -> NDArray[np.bool_]:
    """Return (B,) whether of every pair one is next to nothing beside the other."""
    ratio = _ratio(batch, now)
    return np.asarray((~now.there | (ratio > _APART) | (ratio < 1 / _APART)).all(-1))


def _left(batch: Batch, now: _Pairs) -> Floats:
    """Return (B, m) what of the demand is neither carried nor unmet."""
    rows, both = batch.demand.shape[1], 2 * now.x.shape[1]
    unmet = now.price[:, both : both + rows] - now.price[:, both + rows :]
    return np.asarray(batch.demand - apply(batch.columns, now.x) - unmet - batch.give * now.multipliers)


def _step(batch: Batch, now: _Pairs, mean: Floats, left: Floats) -> _Pairs:
    """Return the pairs one predictor-corrector step on."""
    count, rows = now.x.shape[1], batch.demand.shape[1]
    cut = (count, 2 * count, 2 * count + rows)
    slope, bend = batch.cost_slope(now.x)
    lower, upper = now.price[:, :count], now.price[:, count : 2 * count]
    steep = now.price / now.gap
    movable = now.there[:, :count]
    stiff = bend + steep[:, :count] + steep[:, count : 2 * count]
    give = np.where(movable, 1.0 / np.where(movable, stiff, 1.0), 0.0)
    curved = batch.curvature(give)
    row_give = batch.give + steep[:, cut[1] : cut[2]] + steep[:, cut[2] :]
    wrong = apply(batch.turned, now.multipliers) + lower - upper - slope

    def direction(target: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        pull = np.where(now.there, target / now.gap - now.price, 0.0)
        low, top, plus, minus = np.split(pull, cut, axis=-1)
        push = wrong + low - top
        right = left - apply(batch.columns, give * push) - plus + minus
        d_multipliers = damped_solve(curved, row_give, right)
        d_x = give * (apply(batch.turned, d_multipliers) + push)
        d_gap = np.where(now.there, np.concatenate([d_x, -d_x, -d_multipliers, d_multipliers], -1), 0.0)
        return d_x, d_multipliers, d_gap, pull - steep * d_gap

    _, _, d_gap, d_price = direction(np.zeros((len(mean), 1)))
    reach = _longest(now, d_gap, d_price)[:, None]
    after = ((now.gap + reach * d_gap) * (now.price + reach * d_price)).sum(-1) / np.maximum(now.there.sum(-1), 1)
    centre = np.clip(after / mean, 0.0, 1.0) ** 3 * mean
    d_x, d_multipliers, d_gap, d_price = direction(centre[:, None] - d_gap * d_price)
    reach = 0.995 * _longest(now, d_gap, d_price)
    sound = np.isfinite(d_multipliers).all(-1) & np.isfinite(d_x).all(-1)
    share = np.where(sound, np.minimum(reach, 1.0), 0.0)[:, None]
    return _Pairs(
        now.x + _times(share, d_x),
        now.multipliers + _times(share, d_multipliers),
        np.maximum(now.gap + _times(share, d_gap), 1e-300),
        np.where(now.there, np.maximum(now.price + _times(share, d_price), 1e-300), 0.0),
        now.there,
    )


def _times(share: Floats, step: Floats) -> Floats:
    """Return share times step, nothing where the share is nothing (whatever the step then is)."""
    return np.where(share > 0, share * np.where(share > 0, step, 0.0), 0.0)


def _longest(now: _Pairs, d_gap: Floats, d_price: Floats) -> Floats:
    """Return (B,) the longest step, at most 1 / 0.995, that keeps gaps and prices positive."""
    price = np.where(now.there, now.price, 1.0)
    worst = np.maximum((-d_gap / now.gap).max(-1), (-d_price / price).max(-1))
    return np.asarray(1.0 / np.maximum(worst, 0.995))


def _guess(batch: Batch, final: _Pairs) -> Guess:
    """Return which of each pair has gone to zero."""
    count, rows = final.x.shape[1], batch.demand.shape[1]
    cut = (count, 2 * count, 2 * count + rows)
    shut = final.there & (_ratio(batch, final) > 1.0)
    low, top, plus, minus = np.split(shut, cut, axis=-1)
    held = plus.astype(np.int8) - minus.astype(np.int8)
    return Guess(final.x, final.multipliers, low | ~final.there[:, :count], top, held)

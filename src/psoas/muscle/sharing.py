"""Share a load out over muscles and contacts: the batched kernel's face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from psoas.muscle.climb import CLIMBED, climb
from psoas.muscle.follow import STEPS, Follower
from psoas.muscle.interior import Guess, interior
from psoas.muscle.newton import Batch, damped_solve, iterate
from psoas.muscle.problem import Floats, SharingProblem, SharingSolution, apply
from psoas.muscle.problem import kkt_residual as kkt_residual
from psoas.muscle.problem import objective as objective

ACCEPTED = 1e-7
"""A solution counts as found when its `kkt_residual` is at or under this."""
CHUNK = 32  # problems that iterate together: few enough for the cache, enough to spread NumPy's calls
_DIRECT = 8  # Newton iterations granted before the interior-point iteration is called in
_FINISH = 20  # Newton iterations granted after it
_NEAR = 40  # interior-point iterations granted when started near; mostly 10 to 20 are used
_EXACT = 1e-12  # residual at which there is nothing left to refine
_NEARLY_FREE = 1e5  # columns this many times as steep as the common run make walls, see `newton`


def share(
    problem: SharingProblem,
    start: Floats | SharingSolution | None = None,
    *,
    most_iterations: int = 60,
    follower: Follower | None = None,
    settled: NDArray[np.bool_] | None = None,
) -> SharingSolution:
    """Return the solution of every problem of the batch (see `SharingProblem` for what is minimised).

    Each problem's answer depends on its own numbers and its own start only, not on the batch it is in. A
    start changes how soon the solution is found, and its digits at the level of rounding.

    Args:
        problem: B problems of m rows and n columns.
        start: the solution of a problem nearby (B problems, or 1 for all), whole: the bounds that hold in
            it are most of the answer; or its multipliers alone, (B, m) or (m,), best those of two frames
            extended to this one. None starts cold.
        most_iterations: after which an iteration gives up; the problem's `status` then says so.
        follower: one made for a problem that differs from this one in its demand only, whose work is kept.
        settled: (B,) problems that keep the answer of start, which is then whole.

    Raises:
        ValueError: start has another shape or is not finite.

    """
    batch, rows, count = problem.columns.shape
    given = _checked(start, batch, rows, count)
    found = SharingSolution(
        np.zeros((batch, count)),
        np.zeros((batch, rows)),
        np.zeros((batch, rows)),
        np.zeros(batch, dtype=np.int64),
        np.full(batch, np.inf),
        np.full(batch, np.inf),
        np.zeros(batch, dtype=np.bool_),
        (),
    )
    wanted = np.ones(batch, dtype=np.bool_)
    if settled is not None and isinstance(start, SharingSolution):
        wanted = ~settled
        for name in ("x", "unmet", "multipliers", "iterations", "kkt_residual"):
            getattr(found, name)[settled] = getattr(start, name)[settled]
    rest = np.flatnonzero(wanted)
    anywhere = follower is not None and follower.anywhere
    if (given or anywhere) and rest.size and most_iterations >= STEPS:
        rest = _follow(follower or Follower(problem), problem, given, found, wanted)
    for first in range(0, len(rest), CHUNK):
        part = rest[first : first + CHUNK]
        _solve(_only(problem, part), found, part, tuple(each[part] for each in given), most_iterations)
    over = np.count_nonzero(found.unmet[:, problem.reserves == 0], axis=1)
    status: tuple[str, ...] = ("Solved.",) * batch
    if over.any() or (found.kkt_residual > ACCEPTED).any():
        told = zip(found.iterations.tolist(), found.kkt_residual.tolist(), over.tolist(), strict=True)
        status = tuple(_sentence(problem, *each) for each in told)
    effort = objective(problem, found.x, found.unmet)
    return replace(found, objective=effort, converged=found.kkt_residual <= ACCEPTED, status=status)


def _follow(
    follower: Follower,
    problem: SharingProblem,
    given: tuple[Floats, ...],
    found: SharingSolution,
    wanted: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Write the solutions of the wanted problems that their start leads to, and return which of them are left."""
    x, multipliers, unmet = given if len(given) == 3 else (None, given[0] if given else None, None)
    held, tried = None, wanted
    if unmet is not None and unmet.any():
        # Only at a finite cost is a row unmet; what is left of a hard one tells that nothing was solved.
        held = np.where(problem.reserves > 0, 0.0, np.sign(unmet))
        tried = wanted & ~((held != 0) & np.isinf(problem.bound)).any(-1)
        held = np.where(np.isinf(problem.bound), 0.0, held)
    reached, price, over, residual, used = follower.solve(problem.demand, multipliers, x, held, tried)
    followed = np.isfinite(residual)
    found.iterations[tried] = used[tried]
    for name, value in (("x", reached), ("multipliers", price), ("unmet", over), ("kkt_residual", residual)):
        getattr(found, name)[followed] = value[followed]
    return np.flatnonzero(wanted & ~followed)


_PER_PROBLEM = ("columns", "demand", "lower", "upper", "weight")


def _only(problem: SharingProblem, chosen: NDArray[np.int64]) -> SharingProblem:
    return replace(problem, **{name: getattr(problem, name)[chosen] for name in _PER_PROBLEM})


def _checked(start: Floats | SharingSolution | None, batch: int, rows: int, count: int) -> tuple[Floats, ...]:
    """Return () for no start, (multipliers,) or (x, multipliers, unmet), each spread over the batch."""
    if start is None:
        return ()
    if isinstance(start, SharingSolution):
        arrays = {
            "x": (start.x, count),
            "multipliers": (start.multipliers, rows),
            "unmet": (start.unmet, rows),
        }
    else:
        arrays = {"multipliers": (np.asarray(start, dtype=np.float64), rows)}
    spread = []
    for name, (array, width) in arrays.items():
        if array.shape not in ((width,), (1, width), (batch, width)):
            raise ValueError(f"start's {name} have shape {array.shape}, where ({batch}, {width}) is needed.")
        if not np.isfinite(array).all():
            raise ValueError(f"start's {name} hold a number that is not finite.")
        spread.append(np.broadcast_to(array, (batch, width)))
    return tuple(spread)


def _solve(
    problem: SharingProblem,
    found: SharingSolution,
    place: NDArray[np.int64],
    near: tuple[Floats, ...],
    most: int,
) -> None:
    """Write the solutions of these problems to their place in found.

    Newton at once where it is quick, else from the inside, started near and then, where that fails, far; where that
    fails too, a climb from the best so far.
    """
    batch = Batch.of(problem)
    steep = np.square(batch.columns).sum(-2) / batch.weight
    direct = steep.max(-1, initial=0.0) <= _NEARLY_FREE * _common(steep)
    if near:
        for i in np.flatnonzero(direct):
            one = batch.only(np.array([i]))
            top, steps, there = climb(one, near[-2 if len(near) == 3 else 0][i])
            found.iterations[place[i]] += steps
            if there:
                _record(_only(problem, np.array([i])), _balance(one, top[None]), found, place[[i]])
    if len(near) == 3:
        begin = Guess.from_solution(batch, *near).price(batch)
        direct[:] = True
    elif near:
        begin = near[0]
    else:
        direct &= not batch.cubic.any()
        begin = batch.begin()
    for way in ("direct", "near", "far"):
        wanted = found.kkt_residual[place] > ACCEPTED
        if way == "direct":
            wanted &= direct
        if way == "near" and len(near) == 3:
            # What was out of reach nearby mostly still is, and then a start from near does not arrive.
            wanted &= ~near[2].any(-1)
        left = np.flatnonzero(wanted)
        if not left.size:
            continue
        some, where = batch.only(left), place[left]
        guess = begin[left]
        if way != "direct":
            inside, used, arrived = interior(some, min(most, _NEAR) if way == "near" else most, far=way == "far")
            found.iterations[where] += used
            guess = inside.price(some)
            # The guess is mostly exact, and where the walls are steep a Newton step can only spoil it.
            keep = _record(_only(problem, left), _balance(some, guess), found, where) > _EXACT
            # Where the near start did not arrive, the far one comes next; only after that is there no other way.
            keep &= arrived | (way == "far")
            left, guess = left[keep], guess[keep]
            if not left.size:
                continue
            some, where, inside = batch.only(left), place[left], inside.only(np.flatnonzero(keep))
        multipliers, used, _ = iterate(some, guess, min(most, _DIRECT if way == "direct" else _FINISH))
        found.iterations[where] += used
        piece = _only(problem, left)
        _record(piece, _balance(some, multipliers), found, where)
        if way != "direct":
            _record(piece, inside.as_reached(some), found, where)
    for i in np.flatnonzero((found.kkt_residual[place] > ACCEPTED) & (most >= CLIMBED)):
        # The guess from the inside may name bounds that do not fit, where contacts that could stand in for each other
        # carry next to nothing. A climb from there settles them; beside steep walls all but rounding.
        one = batch.only(np.array([i]))
        with np.errstate(all="ignore"):  # a hard row out of reach has run away
            top, steps, _ = climb(one, found.multipliers[place[i]])
            found.iterations[place[i]] += steps
            _record(_only(problem, np.array([i])), _balance(one, top[None]), found, place[[i]])


def _record(
    problem: SharingProblem,
    candidate: tuple[Floats, Floats, Floats],
    found: SharingSolution,
    place: NDArray[np.int64],
) -> Floats:
    """Write x, unmet and multipliers to their place where better than what was found; return the residual."""
    x, unmet, multipliers = candidate
    residual = kkt_residual(problem, x, multipliers, unmet)
    better = residual < found.kkt_residual[place]
    for name, value in (("x", x), ("unmet", unmet), ("multipliers", multipliers), ("kkt_residual", residual)):
        getattr(found, name)[place[better]] = value[better]
    return residual


def _common(steep: Floats) -> Floats:
    """Return (B,) the tenth percentile of what is above 0 in (B, n), infinity where nothing is."""
    ordered = np.sort(np.where(steep > 0, steep, np.inf), axis=-1)
    place = (steep > 0).sum(-1) // 10
    if not steep.shape[1]:
        return np.full(len(steep), np.inf)
    return np.asarray(np.take_along_axis(ordered, place[:, None], -1)[:, 0])


def _balance(batch: Batch, multipliers: Floats) -> tuple[Floats, Floats, Floats]:
    """Return x (B, n), unmet (B, m) and multipliers (B, m) that balance the demand to rounding.

    x from the multipliers alone carries their rounding times D, too much for nearly free columns. So the
    columns between their bounds take up what is left over, as D columns' d with H d = what is left over.
    Rows at their box take the rest as unmet; all other linear rows have exactly none.
    """
    x, slope, _ = batch.answer(multipliers)
    held = np.abs(multipliers) >= batch.bound
    free = ~held
    curved = batch.curvature(slope) * (free[:, :, None] & free[:, None, :])
    give = batch.give * multipliers
    inside = np.nextafter(batch.bound, 0.0)  # a row that is not at its box does not get there by rounding
    for _ in range(3):
        left = np.where(held, 0.0, batch.demand - apply(batch.columns, x) - give)
        step = damped_solve(curved, batch.give + 1e-15 * batch.ruler + held, left)
        x = np.clip(x + slope * apply(batch.turned, step), batch.lower, batch.upper)
        give = give + batch.give * step
        multipliers = np.where(held, multipliers, np.clip(multipliers + step, -inside, inside))
    left = batch.demand - apply(batch.columns, x)
    # At its box a row may be just met: what rounding leaves there, or a wrong sign, is not unmet.
    real = held & (left * multipliers > 0) & (np.abs(left) > 1e-12 * batch.scale(x))
    return x, np.where(real, left, np.where(batch.give > 0, give, 0.0)), multipliers


def _sentence(problem: SharingProblem, iterations: int, residual: float, over: int) -> str:
    """Return what became of one problem, of which `over` rows without a reserve are unmet."""
    if residual <= ACCEPTED:
        return f"Solved; {over} of {problem.demand.shape[1]} rows cannot be met in full." if over else "Solved."
    hint = ""
    if (np.isinf(problem.unmet_cost) & (problem.reserves == 0)).any():
        hint = " Its hard rows may be out of reach; a finite unmet_cost shows by how much."
    told = f"residual {residual:.1e} after {iterations} iterations, where {ACCEPTED:.0e} is needed"
    return f"Not solved: {told}.{hint}"

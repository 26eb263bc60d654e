"""The sharing problems of a motion, and general solvers on them alone: DAQP warm and cold, clarabel, OSQP."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from psoas.muscle.accelerated import Precision, share_accelerated
from psoas.muscle.fast import follower_of
from psoas.muscle.sharing import SharingProblem, SharingSolution, share

BLOCK = 64  # frames after which a warm start begins anew
_BATCH = 50  # motions that go side by side


@dataclass(frozen=True)
class Timed:
    """CPU seconds per problem, and the largest difference in x from the exact answer."""

    seconds: float
    error: float


def one(problem: SharingProblem, chosen: np.ndarray | slice) -> SharingProblem:
    """Return some of the problems."""
    names = ("columns", "demand", "lower", "upper", "weight")
    return replace(problem, **{name: getattr(problem, name)[chosen] for name in names})


def ours_cold(problem: SharingProblem, *, fast: bool = False) -> tuple[Timed, SharingSolution]:
    """Solve all from nothing; fast: with `psoas[fast]`, loaded."""
    follower_of(problem, compiled=fast)
    begun = time.process_time()
    exact = share(problem, follower=follower_of(problem, compiled=True) if fast else None)
    return Timed((time.process_time() - begun) / len(problem.demand), 0.0), exact


def ours_warm(problem: SharingProblem, exact: SharingSolution, *, fast: bool = False) -> Timed:
    """Solve the frames of a motion in their order, blocks of 64 side by side, each from the two before it.

    Only frames with a frame before them count, as for DAQP; the motion is repeated until `_BATCH` blocks are full, so
    that what a long motion costs is measured on a short one. fast: with `psoas[fast]`, loaded.
    """
    frames = len(problem.demand)
    starts = np.arange(0, frames - 1, max((frames - BLOCK) // _BATCH, 1))[:_BATCH]
    seconds, error, solved = 0.0, 0.0, 0
    last: SharingSolution | None = None
    before: np.ndarray | None = None
    for step in range(min(BLOCK, frames - int(starts[-1]))):
        chosen = starts + step
        some = one(problem, chosen)
        if last is None:
            last, before = share(some), None
            continue
        begun = time.process_time()
        start = last if before is None else replace(last, multipliers=2.0 * last.multipliers - before)
        found = share(some, start, follower=follower_of(some, compiled=fast))
        seconds += time.process_time() - begun
        before, last = last.multipliers, found
        solved += len(chosen)
        error = max(error, float(np.abs(found.x - exact.x[chosen]).max()))
    return Timed(seconds / max(solved, 1), error)


def through_jax(problem: SharingProblem, exact: SharingSolution, precision: Precision) -> Timed | None:
    """Return what `share_accelerated` needs from cold once it is compiled; None where JAX is not installed.

    CPU seconds where it runs on the processor; on a GPU wall seconds, in which the processor only waits.
    """
    try:
        jax = importlib.import_module("jax")
    except ImportError:
        return None
    clock = time.process_time if jax.default_backend() == "cpu" else time.perf_counter
    share_accelerated(problem, precision=precision)
    begun = clock()
    found = share_accelerated(problem, precision=precision)
    seconds = clock() - begun
    return Timed(seconds / len(problem.demand), float(np.abs(found.x - exact.x).max()))


def others(problem: SharingProblem, exact: SharingSolution) -> dict[str, Timed | None]:
    """Return what each general solver needs for the same problems with hard rows; None where it is not installed."""
    known: dict[str, tuple[str, Callable[[SharingProblem, SharingSolution], Timed]]] = {
        "DAQP, warm": ("daqp", _daqp_warm),
        "DAQP, cold": ("daqp", _daqp_cold),
        "clarabel": ("clarabel", _clarabel),
        "OSQP, warm": ("osqp", _osqp),
    }
    found: dict[str, Timed | None] = {}
    for name, (library, way) in known.items():
        try:
            importlib.import_module(library)
            importlib.import_module("scipy.sparse" if library != "daqp" else "daqp")
        except ImportError:
            found[name] = None
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found[name] = way(problem, exact)
    return found


def _scaled(problem: SharingProblem, i: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, lower, upper for y = x / scale, whose cost is y'y / 2, and scale (n,)."""
    scale = 1.0 / np.sqrt(2.0 * problem.weight[i])
    low = np.concatenate([problem.lower[i] / scale, problem.demand[i]])
    high = np.concatenate([problem.upper[i] / scale, problem.demand[i]])
    return np.ascontiguousarray(problem.columns[i] * scale), low, high, scale


def _daqp(problem: SharingProblem, exact: SharingSolution, warm: bool) -> Timed:
    import daqp

    rows, count = problem.columns.shape[1:]
    sense = np.concatenate([np.zeros(count), np.full(rows, 5)]).astype(np.int32)
    flat, none = np.eye(count), np.zeros(count)
    solver, seconds, error = None, 0.0, 0.0
    for i in range(len(problem.demand)):
        begun = time.process_time()
        columns, low, high, scale = _scaled(problem, i)
        if solver is None or not warm:
            solver = daqp.Model()
            solver.setup(flat, none, columns, high, low, sense)
        else:
            solver.update(A=columns, bupper=high, blower=low)
        y = solver.solve()[0]
        if i or not warm:
            seconds += time.process_time() - begun
        error = max(error, float(np.abs(y * scale - exact.x[i]).max()))
    return Timed(seconds / max(len(problem.demand) - warm, 1), error)


def _daqp_warm(problem: SharingProblem, exact: SharingSolution) -> Timed:
    return _daqp(problem, exact, warm=True)


def _daqp_cold(problem: SharingProblem, exact: SharingSolution) -> Timed:
    return _daqp(one(problem, slice(0, 50)), exact, warm=False)


def _clarabel(problem: SharingProblem, exact: SharingSolution) -> Timed:
    import clarabel
    from scipy import sparse

    rows, count = problem.columns.shape[1:]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    cones = [clarabel.ZeroConeT(rows), clarabel.NonnegativeConeT(2 * count)]
    bounds = sparse.vstack([sparse.identity(count), -sparse.identity(count)])
    some = range(min(len(problem.demand), 50))
    seconds, error = 0.0, 0.0
    for i in some:
        begun = time.process_time()
        columns = sparse.vstack([sparse.csc_matrix(problem.columns[i]), bounds]).tocsc()
        right = np.concatenate([problem.demand[i], problem.upper[i], -problem.lower[i]])
        cost = sparse.diags(2.0 * problem.weight[i]).tocsc()
        found = clarabel.DefaultSolver(cost, np.zeros(count), columns, right, cones, settings).solve()
        seconds += time.process_time() - begun
        error = max(error, float(np.abs(np.array(found.x) - exact.x[i]).max()))
    return Timed(seconds / len(some), error)


def _osqp(problem: SharingProblem, exact: SharingSolution) -> Timed:
    import osqp
    from scipy import sparse

    rows, count = problem.columns.shape[1:]
    pattern = sparse.vstack([sparse.csc_matrix(np.ones((rows, count))), sparse.identity(count)]).tocsc()
    is_row = pattern.indices < rows
    solver, seconds, error = None, 0.0, 0.0
    some = range(min(len(problem.demand), 100))
    for i in some:
        begun = time.process_time()
        low = np.concatenate([problem.demand[i], problem.lower[i]])
        high = np.concatenate([problem.demand[i], problem.upper[i]])
        pattern.data[is_row] = problem.columns[i].T.ravel()
        if solver is None:
            solver = osqp.OSQP()
            cost = sparse.diags(2.0 * problem.weight[i]).tocsc()
            options = {"verbose": False, "eps_abs": 1e-6, "eps_rel": 1e-6, "max_iter": 20000}
            solver.setup(cost, np.zeros(count), pattern, low, high, **options)
        else:
            solver.update(Ax=pattern.data, l=low, u=high)
        x = solver.solve().x
        if i:
            seconds += time.process_time() - begun
        error = max(error, float(np.abs(x - exact.x[i]).max()))
    return Timed(seconds / max(len(some) - 1, 1), error)

"""Compiled code shares as NumPy does: the same problems followed, the same answers, whatever it is asked beside."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sharing_problems import moving, only, trunk

import psoas.mechanics.along as along
from psoas.bench.motion import moving_frames
from psoas.mechanics.along import balanced
from psoas.muscle.fast import follower_of
from psoas.muscle.follow import Follower
from psoas.muscle.sharing import SharingProblem, kkt_residual, share

pytest.importorskip("numba", reason="psoas[fast] is not installed")

from psoas.muscle import compiled
from psoas.muscle.compiled import CompiledFollower

# Both stop within 1e-12 of a row's size; what that leaves of an activation is mostly 1e-13.
CLOSE = 1e-9
MUSCLES = 250


def apart(x, y):
    """Return by how much muscles differ; nearly free contacts differ where only rounding tells them apart."""
    return np.abs(x - y)[:, :MUSCLES].max(initial=0.0)


@pytest.mark.parametrize("power", [2.0, 3.0])
@pytest.mark.parametrize("points", [0, 8])
def test_what_numpy_follows_is_followed_to_the_same_answer_in_as_many_steps(power, points):
    problem = moving(3, 40, power, points)
    exact = share(problem)
    ahead = 2 * exact.multipliers[1:-1] - exact.multipliers[:-2]
    here, x = only(problem, np.arange(2, 40)), exact.x[1:-1]
    by_numpy, by_us = (kind(here).solve(here.demand, ahead, x) for kind in (Follower, CompiledFollower))
    followed = np.isfinite(by_numpy[3])
    assert followed.sum() >= 34 and np.isfinite(by_us[3]).all()
    assert apart(by_us[0][followed], by_numpy[0][followed]) <= CLOSE
    assert apart(by_us[0], exact.x[2:]) <= CLOSE
    assert np.array_equal(by_us[2], by_numpy[2])
    # Rounding may decide otherwise whether a step was the last.
    assert np.abs(by_us[4] - by_numpy[4])[followed].max() <= 1
    assert (kkt_residual(here, by_us[0], by_us[1], by_us[2]) <= 1e-10).all()


def test_rows_at_their_box_are_followed():
    problem = moving(4, 40)
    cheap = replace(problem, unmet_cost=0.03)
    exact = share(cheap)
    held = np.sign(exact.unmet[1:-1])
    here = only(cheap, np.arange(2, 40))
    by_numpy, by_us = (
        kind(here).solve(here.demand, exact.multipliers[1:-1], exact.x[1:-1], held)
        for kind in (Follower, CompiledFollower)
    )
    followed = np.isfinite(by_numpy[3])
    assert followed.sum() >= 20 and np.isfinite(by_us[3]).all()
    assert (exact.unmet[2:][followed] != 0).any(-1).sum() >= 20
    assert apart(by_us[0], exact.x[2:]) <= CLOSE
    assert np.array_equal(by_us[2] != 0, exact.unmet[2:] != 0)
    assert np.abs(by_us[2] - exact.unmet[2:]).max() <= CLOSE * np.abs(cheap.demand).max()


@pytest.mark.parametrize("power", [2.0, 3.0])
@pytest.mark.parametrize(("points", "farthest", "least"), [(0, 1.0, 47), (0, 4.0, 46), (8, 1.0, 46), (20, 4.0, 24)])
def test_from_nothing_the_answer_is_that_of_numpy(power, points, farthest, least):
    problem = trunk(1, 48, power=power, points=points, beyond=np.linspace(min(farthest, 0.5), farthest, 48))
    exact = share(problem)
    x, multipliers, unmet, residual, _ = CompiledFollower(problem).solve(problem.demand, None)
    solved = np.isfinite(residual)
    assert solved.sum() >= least
    assert apart(x[solved], exact.x[solved]) <= CLOSE
    assert np.array_equal(unmet[solved] != 0, exact.unmet[solved] != 0)
    assert (kkt_residual(problem, x, multipliers, unmet)[solved] <= 1e-10).all()
    # `share` has NumPy solve the rest.
    whole = share(problem, follower=CompiledFollower(problem))
    assert whole.converged.all() and apart(whole.x, exact.x) <= 1e-7
    assert np.array_equal(whole.unmet != 0, exact.unmet != 0)


def test_reserves_hard_rows_and_mixed_powers():
    rng = np.random.default_rng(5)
    columns = rng.normal(0, 1, (7, 3, 12))
    demand = np.matmul(columns, rng.uniform(0.1, 0.5, (7, 12))[..., None])[..., 0]
    power = np.where(np.arange(12) < 6, 2.0, 3.0)
    reserve, cost = np.array([3.0, 0.0, 0.0]), np.array([np.inf, np.inf, 50.0])
    problem = SharingProblem(columns, demand, 0.01, 1.0, 1.0, power, cost, reserve)
    exact, from_nothing = share(problem), share(problem, follower=CompiledFollower(problem))
    from_near = share(problem, replace(exact, multipliers=exact.multipliers * 1.01), follower=CompiledFollower(problem))
    for found in (from_nothing, from_near):
        assert (found.kkt_residual <= 1e-12).all()
        assert np.abs(found.x - exact.x).max() <= CLOSE and np.abs(found.unmet - exact.unmet).max() <= CLOSE
    assert (np.abs(exact.unmet[:, 0]) > 1e-4).all()


@pytest.mark.parametrize("rows", [1, 3, 9, 12])
def test_few_rows_more_rows_than_columns_and_rows_that_repeat_each_other(rows):
    rng = np.random.default_rng(rows)
    columns = rng.normal(size=(20, rows, 5))
    columns[10:, -1] = columns[10:, 0]
    problem = SharingProblem(columns, rng.normal(size=(20, rows)), 0.0, 1.0, 1.0, 2.0, 10.0)
    exact, found = share(problem), share(problem, follower=CompiledFollower(problem))
    assert found.converged.all() and np.abs(found.x - exact.x).max() <= CLOSE
    assert found.objective == pytest.approx(exact.objective, rel=1e-9)


def test_a_hard_row_out_of_reach_is_told():
    problem = SharingProblem([[[1.0, 2.0]]], [[9.0]], 0.0, 1.0, 1.0, 2.0, np.inf)
    found = share(problem, follower=CompiledFollower(problem))
    assert not found.converged[0] and found.status[0].startswith("Not solved: residual")
    assert np.isfinite(found.x).all() and np.isfinite(found.multipliers).all()


def test_a_problem_that_was_not_solved_leaves_nothing_to_those_after_it():
    problem = SharingProblem([[[1.0, 2.0]]], [[9.0]], 0.0, 1.0, 1.0, 2.0, np.inf)
    used, fresh = CompiledFollower(problem), CompiledFollower(problem)
    within, near = np.array([[0.6]]), np.array([[0.1]])
    assert np.isfinite(used.solve(within, near)[3]).all()
    assert np.isinf(used.solve(problem.demand, None)[3]).all()
    for again, first in zip(used.solve(within, near), fresh.solve(within, near), strict=True):
        assert np.array_equal(again, first)


def test_an_empty_batch_is_an_empty_answer():
    problem = SharingProblem(np.zeros((0, 3, 5)), np.zeros((0, 3)), 0.0, 1.0, 1.0, 2.0, 1.0)
    assert share(problem, follower=CompiledFollower(problem)).x.shape == (0, 5)


def test_bits_do_not_depend_on_neighbours_or_threads():
    problem = moving(9, 40, 3.0)
    start = share(problem)
    other = replace(problem, demand=problem.demand * 1.01)
    together = share(other, start, follower=CompiledFollower(other))

    def alone(i):
        one = only(other, [i])
        near = replace(start, **{n: getattr(start, n)[[i]] for n in ("x", "multipliers", "unmet")})
        return share(one, near, follower=CompiledFollower(one))

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(alone, range(40)))
    assert np.array_equal(np.concatenate([one.x for one in found]), together.x)
    assert np.array_equal(np.concatenate([one.multipliers for one in found]), together.multipliers)


def test_no_kind_of_array_is_compiled_for_anew():
    problem = moving(10, 4)
    for array in (problem.columns, problem.demand, problem.lower):
        array.flags.writeable = False
    start = share(problem)
    strided = np.repeat(start.multipliers, 2, axis=0)[::2]
    assert np.isfinite(follower_of(problem, compiled=True).solve(problem.demand, strided, start.x)[3]).all()
    assert len(compiled._solve_all.signatures) == 1


@pytest.mark.parametrize("criterion", ["squared", "cubed"])
def test_a_motion_has_the_same_loads_and_its_bits_do_not_depend_on_what_goes_together(criterion, monkeypatch):
    frames = moving_frames(260, criterion=criterion)

    def run():
        moved = (frames.positions, frames.velocities, frames.accelerations)
        return balanced(frames.body, *moved, frames.effort, (), frames.applied, root_carried=False)[1]

    monkeypatch.setenv("PSOAS_FAST", "0")
    by_numpy = run()
    monkeypatch.setenv("PSOAS_FAST", "1")
    calls, solve = [], CompiledFollower.solve
    monkeypatch.setattr(CompiledFollower, "solve", lambda *given: calls.append(1) or solve(*given))
    together = run()
    assert len(calls) >= 64
    assert np.abs(together.activation - by_numpy.activation).max() <= CLOSE
    assert np.abs(together.loads.compression - by_numpy.loads.compression).max() <= 1e-5  # N, of some 500
    monkeypatch.setattr(along, "CHUNK", 2)
    apart = run()
    assert np.array_equal(together.activation, apart.activation)
    assert np.array_equal(together.loads.compression, apart.loads.compression)

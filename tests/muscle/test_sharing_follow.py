"""Following a motion: the same answers as from anywhere, in one or two steps, whatever is solved beside it."""

from dataclasses import replace

import numpy as np
import pytest
from sharing_problems import moving, only

from psoas.muscle import fast
from psoas.muscle.fast import follower_of
from psoas.muscle.follow import Follower
from psoas.muscle.problem import kkt_residual
from psoas.muscle.sharing import share


@pytest.mark.parametrize("power", [2.0, 3.0])
@pytest.mark.parametrize("points", [0, 8])
def test_followed_frames_are_solved_exactly_and_soon(power, points):
    problem = moving(3, 24, power, points)
    cold = share(problem)
    assert cold.converged.all() and not cold.unmet.any()
    steps, followed = [], 0
    for i in range(2, 24):
        here = only(problem, [i])
        before = replace(cold, **{n: getattr(cold, n)[[i - 1]] for n in ("x", "multipliers", "unmet")})
        ahead = 2 * cold.multipliers[[i - 1]] - cold.multipliers[[i - 2]]
        for start in (before, replace(before, multipliers=ahead)):
            warm = share(here, start)
            assert kkt_residual(here, warm.x, warm.multipliers, warm.unmet)[0] <= 1e-10
            assert np.abs(warm.x - cold.x[i])[0, :250].max() <= 1e-7
            steps.append(int(warm.iterations[0]))
            followed += int(warm.kkt_residual[0] <= 1e-12)
    assert len(steps) == 44 and followed >= 40
    assert np.mean(steps) <= 4


def test_the_residual_told_is_a_bound_on_the_one_measured():
    problem = moving(5, 12)
    cold = share(problem)
    x, multipliers, unmet, residual, _ = Follower(problem).solve(problem.demand, cold.multipliers * 1.001, cold.x)
    assert np.isfinite(residual).all()
    measured = kkt_residual(problem, x, multipliers, unmet)
    assert not unmet.any()
    assert (measured <= residual + 4e-16 * 250).all()  # the price of x is exact but for rounding


def test_a_changed_demand_is_followed_with_what_is_known_of_its_columns():
    problem = moving(7, 8)
    follower = Follower(problem)
    first = share(problem, share(problem), follower=follower)
    other = replace(problem, demand=problem.demand * 1.01)
    again, fresh = share(other, first, follower=follower), share(other)
    assert again.converged.all()
    assert np.abs(again.x - fresh.x).max() <= 1e-9


def test_a_problem_is_followed_to_the_same_bits_alone_and_among_others():
    problem = moving(9, 20, 3.0)
    start = share(problem).multipliers * 1.002
    together = share(problem, start)
    matched = 0
    for i in (0, 7, 19):
        alone = share(only(problem, [i]), start[[i]])
        assert np.array_equal(alone.x[0], together.x[i])
        assert np.array_equal(alone.multipliers[0], together.multipliers[i])
        matched += 1
    assert matched == 3


def test_what_cannot_be_followed_is_solved_all_the_same():
    problem = moving(11, 6)
    out_of_reach = replace(problem, demand=problem.demand * np.array([1, 1, 40, 1, 1, 40])[:, None])
    solution = share(out_of_reach, share(problem))
    assert solution.converged.all()
    assert solution.unmet[[2, 5]].any(-1).all() and not solution.unmet[[0, 1, 3, 4]].any()
    residual = kkt_residual(out_of_reach, solution.x, solution.multipliers, solution.unmet)
    assert (residual <= 1e-8).all()


def test_what_has_settled_keeps_its_answer_and_its_neighbours_their_bits():
    problem = moving(13, 10, 3.0)
    start = share(problem)
    other = replace(problem, demand=problem.demand * 1.02)
    settled = np.arange(10) % 3 == 0
    some, all_of_them = share(other, start, settled=settled), share(other, start)
    for name in ("x", "multipliers", "unmet", "kkt_residual", "iterations", "objective"):
        assert np.array_equal(getattr(some, name)[settled], getattr(start, name)[settled]), name
        assert np.array_equal(getattr(some, name)[~settled], getattr(all_of_them, name)[~settled]), name
    assert settled.sum() == 4 and some.converged.all() and (some.x != start.x)[~settled].any()


def test_compiled_code_is_for_many_frames_where_numba_is_installed(monkeypatch):
    monkeypatch.delenv("PSOAS_FAST", raising=False)
    monkeypatch.setattr(fast, "fast_is_installed", lambda: True)
    assert [fast.compiled_for(count) for count in (1, fast.MANY - 1, fast.MANY)] == [False, False, True]
    monkeypatch.setenv("PSOAS_FAST", "0")
    assert not fast.compiled_for(10**6)
    monkeypatch.setenv("PSOAS_FAST", "1")
    assert fast.compiled_for(1)
    monkeypatch.setattr(fast, "fast_is_installed", lambda: False)
    assert not fast.compiled_for(10**6)
    assert type(follower_of(moving(15, 2), compiled=True)) is Follower

"""The climb: to the same top as the other iterations, from wherever it starts, and cut where the dual is greatest."""

import numpy as np
import pytest
from sharing_problems import trunk

from psoas.muscle.climb import LEVEL, _cut, climb
from psoas.muscle.newton import Batch
from psoas.muscle.sharing import share


@pytest.mark.parametrize("power", [2.0, 3.0])
@pytest.mark.parametrize("start", ["near", "elsewhere"])
def test_it_ends_at_the_multipliers_of_the_solution(power, start):
    problem = trunk(21, 24, power=power, cost=0.03)
    exact, batch = share(problem), Batch.of(problem)
    assert (exact.unmet != 0).any(-1).sum() >= 12
    rng, arrived, steps = np.random.default_rng(0), 0, []
    for i in range(24):
        size = 0.05 if start == "near" else 1.0
        begin = exact.multipliers[i] + size * 0.03 * rng.normal(size=24)
        top, used, there = climb(batch.only(np.array([i])), begin)
        steps.append(used)
        arrived += there
        if there:
            # What is left over is 1e-10 of a row, and a trunk's dual is curved by 1e-5 and more along each multiplier.
            assert np.abs(top - exact.multipliers[i]).max() <= 1e-6
            assert np.array_equal(np.abs(top) >= 0.03, exact.unmet[i] != 0)
    assert arrived >= 23 and np.mean(steps) <= 15


def test_a_problem_far_out_of_reach_is_given_up_or_solved_but_never_wrong():
    problem = trunk(22, 12, beyond=np.linspace(2.0, 8.0, 12))
    exact, batch = share(problem), Batch.of(problem)
    arrived = 0
    for i in range(12):
        top, _, there = climb(batch.only(np.array([i])), np.zeros(24))
        assert np.isfinite(top).all() and (np.abs(top) <= 100.0).all()
        if there:
            assert np.array_equal(np.abs(top) >= 100.0, exact.unmet[i] != 0)
            arrived += 1
    assert arrived >= 6


@pytest.mark.parametrize("corner", [1e-5, 1e-3, 0.3, 0.9])
def test_a_step_is_cut_where_the_slope_is_all_but_nothing(corner):
    asked = []

    def slope(t):
        # Falls gently up to a corner, by far more beyond it.
        asked.append(t)
        return 1.0 - 0.5 * t / corner if t <= corner else 0.5 - 100.0 * (t - corner) / corner

    place = _cut(slope, 1.0, 1.0)
    assert len(asked) <= 20 and abs(slope(place)) <= LEVEL
    assert _cut(lambda t: 1.0 - 0.1 * t, 1.0, 1.0) == 1.0

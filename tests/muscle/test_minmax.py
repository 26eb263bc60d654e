from dataclasses import replace

import numpy as np
import pytest
from sharing_problems import trunk

from psoas.muscle.minmax import share_minmax
from psoas.muscle.sharing import SharingProblem, kkt_residual, share


def test_equal_arms_end_at_one_cap_and_a_short_one_at_the_same():
    # t (1 + 0.5) = 0.6, where the sum of squares would give 0.48 and 0.24
    problem = SharingProblem(np.array([[[1.0, 0.5]]]), np.array([[0.6]]), 0.0, 1.0, 1.0, 2.0, 100.0)
    found = share_minmax(problem, np.array([True, True]))
    assert found.x[0] == pytest.approx([0.4, 0.4], abs=2e-6)
    assert found.unmet[0, 0] == 0.0
    assert share(problem).x[0] == pytest.approx([0.48, 0.24], abs=1e-12)


def test_columns_that_are_no_muscles_do_not_count():
    columns, weight = np.array([[[1.0, 1.0]]]), np.array([1.0, 1e-6])
    problem = SharingProblem(columns, np.array([[5.0]]), 0.0, np.array([1.0, np.inf]), weight, 2.0, 100.0)
    found = share_minmax(problem, np.array([True, False]))
    assert found.x[0, 0] <= 1e-5
    assert found.x[0, 1] == pytest.approx(5.0, abs=1e-5)


@pytest.mark.parametrize("points", [0, 8])
def test_the_largest_activation_is_that_of_the_linear_program(points):
    linprog = pytest.importorskip("scipy.optimize", reason="scipy is not installed").linprog
    problem = trunk(21, 6, muscles=120, points=points, floor=0.01)
    count = problem.lower.shape[1]
    muscles = np.arange(count) < 120
    found = share_minmax(problem, muscles)
    assert found.converged.all()
    assert (found.unmet == 0).all()
    for k in range(6):
        # min t: x_i <= max(lower_i, t) is x_i <= t for all but those held at their floor
        lower, upper = problem.lower[k], problem.upper[k]
        rows = [np.append(np.eye(count)[i], -1.0) for i in range(120) if upper[i] > lower[i]]
        equal = np.column_stack([problem.columns[k], np.zeros(problem.columns.shape[1])])
        bounds = [*zip(lower, np.where(np.isinf(upper), None, upper), strict=True), (0.0, 1.0)]
        exact = linprog(
            np.append(np.zeros(count), 1.0),
            np.array(rows),
            np.zeros(len(rows)),
            equal,
            problem.demand[k],
            bounds,
        )
        assert exact.status == 0
        ours = found.x[k][muscles & (upper > lower)].max()
        # Bisection to 1e-6; the linear program holds its rows to 1e-7 N m only.
        assert -5e-6 <= ours - exact.fun <= 5e-6
        assert ours < share(problem).x[k][muscles].max()


def test_a_demand_out_of_reach_keeps_its_unmet():
    problem = trunk(22, 4, muscles=120, beyond=np.full(4, 3.0))
    free = share(replace(problem, unmet_cost=problem.unmet_cost * 1e3))
    found = share_minmax(problem, np.ones(120, dtype=bool))
    cost = np.abs(free.unmet).sum(-1)
    assert (cost > 0).all()
    assert np.abs(found.unmet).sum(-1) == pytest.approx(cost, rel=1e-5)


def test_under_its_cap_the_solution_is_the_criterions_own():
    problem = trunk(23, 4, muscles=120)
    found = share_minmax(problem, np.ones(120, dtype=bool))
    cap = np.maximum(found.x.max(-1, keepdims=True), problem.lower)
    capped = replace(problem, upper=np.minimum(np.maximum(problem.lower, cap), problem.upper))
    capped = replace(capped, unmet_cost=capped.unmet_cost * 1e3)
    assert (kkt_residual(capped, found.x, found.multipliers, found.unmet) <= 1e-8).all()


def test_a_mask_that_names_no_muscle_is_refused():
    problem = trunk(24, 1, muscles=10)
    with pytest.raises(ValueError, match=r"muscles has shape \(3,\), where \(10,\) with at least one True"):
        share_minmax(problem, np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="at least one True"):
        share_minmax(problem, np.zeros(10, dtype=bool))

"""Against solvers that share nothing with ours: DAQP, Clarabel, OpenSim."""

import csv
from pathlib import Path

import numpy as np
import pytest
from sharing_problems import ROWS, trunk

from psoas.muscle.sharing import SharingProblem, share

# DAQP ends on a vertex of its active set, exact to rounding over the conditioning of that set.
CLOSE = 1e-6
OPENSIM = Path(__file__).resolve().parents[3] / "shared" / "opensim"


def by_daqp(problem, index, *, hard):
    """Return the activations by DAQP's dual active set; linear costs as two more columns per row unless hard."""
    daqp = pytest.importorskip("daqp", reason="daqp is not installed")
    columns, cost = problem.columns[index], problem.unmet_cost
    rows, count = columns.shape
    lower, upper = problem.lower[index], problem.upper[index]
    curvature, linear, more = np.diag(2.0 * problem.weight[index]), np.zeros(count), {}
    if not hard:
        columns = np.column_stack([columns, np.eye(rows), -np.eye(rows)])
        curvature = np.diag(np.concatenate([2.0 * problem.weight[index], np.zeros(2 * rows)]))
        linear = np.concatenate([linear, cost, cost])
        lower = np.concatenate([lower, np.zeros(2 * rows)])
        upper = np.concatenate([upper, np.full(2 * rows, 1e30)])
        more = {"eps_prox": 1e-6}
    sense = np.concatenate([np.zeros(len(linear)), np.full(rows, 5)]).astype(np.int32)
    x, _, status, _ = daqp.solve(
        np.ascontiguousarray(curvature),
        linear,
        np.ascontiguousarray(columns),
        np.concatenate([upper, problem.demand[index]]),
        np.concatenate([lower, problem.demand[index]]),
        sense,
        primal_tol=1e-10,
        dual_tol=1e-10,
        **more,
    )
    assert status == 1
    return np.asarray(x)[:count]


def by_clarabel(problem, index):
    """Return activations and objective by Clarabel's interior point at 1e-10."""
    clarabel = pytest.importorskip("clarabel", reason="clarabel is not installed")
    sparse = pytest.importorskip("scipy.sparse", reason="scipy is not installed")
    columns, cost = problem.columns[index], problem.unmet_cost
    rows, count = columns.shape
    total = count + 2 * rows
    capped = np.flatnonzero(np.isfinite(problem.upper[index]))
    one = sparse.identity(total, format="csc")
    equal = sparse.csc_matrix(np.column_stack([columns, np.eye(rows), -np.eye(rows)]))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    found = clarabel.DefaultSolver(
        sparse.diags(np.concatenate([2.0 * problem.weight[index], np.zeros(2 * rows)])).tocsc(),
        np.concatenate([np.zeros(count), cost, cost]),
        sparse.vstack([equal, -one, one[capped]]).tocsc(),
        np.concatenate(
            [problem.demand[index], -problem.lower[index], np.zeros(2 * rows), problem.upper[index][capped]]
        ),
        [clarabel.ZeroConeT(rows), clarabel.NonnegativeConeT(total + len(capped))],
        settings,
    ).solve()
    assert str(found.status) == "Solved"
    return np.array(found.x)[:count], found.obj_val


def test_a_thousand_demands_within_reach_equal_daqp():
    compared, worst = 0, 0.0
    for seed in range(10):
        problem = trunk(100 + seed, 100)
        solution = share(problem)
        assert solution.converged.all()
        assert (solution.unmet == 0).all()
        for index in range(100):
            worst = max(worst, np.abs(by_daqp(problem, index, hard=True) - solution.x[index]).max())
            compared += 1
    assert compared == 1000
    assert worst <= CLOSE


def compare(problem, reference):
    """Assert ours equals the reference on every problem; return how many were out of reach."""
    solution = share(problem)
    assert solution.converged.all(), solution.status
    for index in range(len(problem.demand)):
        exact = reference(problem, index)
        assert np.abs(exact - solution.x[index])[:250].max() <= CLOSE
        both = problem.columns[index] @ (exact - solution.x[index])
        assert np.abs(both).max() <= 1e-6 * (1 + np.abs(problem.demand[index]).max())
    return int((solution.unmet != 0).any(-1).sum())


def exact_with_costs(problem, index):
    return by_daqp(problem, index, hard=False)


def test_demands_out_of_reach_equal_daqp():
    problem = trunk(200, 40, beyond=np.linspace(1.2, 5.0, 40))
    assert compare(problem, exact_with_costs) > 20


@pytest.mark.slow
def test_many_demands_out_of_reach_equal_daqp():
    problem = trunk(201, 200, beyond=np.linspace(1.0, 6.0, 200))
    assert compare(problem, exact_with_costs) > 100


def exact_without_costs(problem, index):
    return by_daqp(problem, index, hard=True)


def test_contacts_equal_daqp():
    problem = trunk(300, 60, points=24)
    assert problem.columns.shape == (60, ROWS, 346)
    assert compare(problem, exact_without_costs) == 0


@pytest.mark.slow
def test_many_contacts_equal_daqp():
    for seed, points in ((301, 8), (302, 24), (303, 50)):
        assert compare(trunk(seed, 60, points=points), exact_without_costs) == 0


def test_contacts_out_of_reach_cost_what_clarabel_finds():
    # An interior point stops 1e-10 of the objective short, which for a square is 1e-5 of an activation and more
    # where the optimum is flat: the objectives are compared at 1e-6, the activations at 1e-3.
    problem = trunk(310, 40, points=20, beyond=np.linspace(0.5, 4.0, 40))
    solution = share(problem)
    assert solution.converged.all(), solution.status
    for index in range(40):
        theirs, cost = by_clarabel(problem, index)
        assert solution.objective[index] == pytest.approx(cost, rel=1e-6)
        assert np.abs(theirs - solution.x[index])[:250].max() <= 1e-3
    assert 5 < (solution.unmet != 0).any(-1).sum() < 40


@pytest.mark.parametrize("points", [0, 20])
def test_cubed_is_optimal_by_its_own_conditions(points):
    # No exact solver of ours takes cubes: the conditions of optimality, sufficient for a convex problem, decide.
    for seed in range(3):
        problem = trunk(400 + seed, 64, power=3.0, points=points, beyond=np.linspace(0.5, 3.0, 64))
        solution = share(problem)
        assert solution.converged.all(), solution.status
        assert solution.kkt_residual.max() <= 1e-8


@pytest.mark.parametrize("variant", ["B", "C"])
def test_opensims_postures_come_out_as_opensims_static_optimization(variant):
    if not OPENSIM.exists():
        pytest.skip("the OpenSim reference set is not beside this checkout")
    data = np.load(OPENSIM / "qp_data.npz", allow_pickle=True)
    theirs = {}
    with open(OPENSIM / f"{variant}_muscle_forces_N.csv", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows)[2:]
        for posture, source, *forces in rows:
            theirs[posture, source] = np.array(forces, dtype=float)
    assert names == list(data[f"muscles_{variant}"])
    lumbar = [list(data["coords"]).index(name) for name in data["lumbar_coords"]]
    postures = sorted({posture for posture, _ in theirs})
    force = np.array([data[f"{variant}_{posture}_F"] for posture in postures])
    columns = np.array([data[f"{variant}_{posture}_R"] for posture in postures]) * force[:, None, :]
    demand = np.array([data[f"{variant}_{posture}_tau"][lumbar] for posture in postures])
    solution = share(SharingProblem(columns, demand, 0.0, 1.0, 1.0, 2.0, np.inf, reserve_weight=np.full(18, 0.01)))
    assert solution.converged.all()
    ours = dict(zip(postures, solution.x * force, strict=True))
    for (posture, source), forces in theirs.items():
        # OpenSim's own stop criterion leaves up to 0.012 N; the exact solution is tabled to 8 digits.
        assert np.abs(ours[posture] - forces).max() <= (0.1 if source == "opensim_so" else 1e-4)
    assert len(theirs) == 2 * len(postures) >= 20

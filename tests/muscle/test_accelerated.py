"""The kernel through JAX answers as the kernel on the processor does."""

from dataclasses import replace

import numpy as np
import pytest
from sharing_problems import trunk

from psoas.muscle import accelerated
from psoas.muscle.accelerated import share_accelerated
from psoas.muscle.sharing import SharingProblem, kkt_residual, share

pytest.importorskip("jax", reason="psoas[gpu] is not installed")

# What x may differ by: in activation, hence also in parts of each muscle's maximum force.
ALLOWED = {"double": 1e-6, "single": 1e-3}
BATCH = 48


@pytest.fixture
def handed(monkeypatch):
    """Count the problems that are handed to the other kernel."""
    count = []

    def counting(problem, *rest):
        count.append(len(problem.demand))
        return share(problem, *rest)

    monkeypatch.setattr(accelerated, "share", counting)
    return count


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("power", [2.0, 3.0])
def test_it_answers_as_the_other_kernel(power, precision, handed):
    problem = trunk(11, BATCH, power=power)
    found, exact = share_accelerated(problem, precision=precision), share(problem)
    assert found.converged.all() and not handed
    assert np.abs(found.x - exact.x).max() <= ALLOWED[precision]
    assert (found.x >= problem.lower).all() and (found.x <= problem.upper).all()
    assert np.abs(found.objective / exact.objective - 1).max() <= ALLOWED[precision]
    residual = kkt_residual(problem, found.x, found.multipliers, found.unmet)
    assert residual.max() <= (1e-9 if precision == "double" else 1e-5)
    assert (found.unmet == 0).all() and set(found.status) == {"Solved."}


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("power", [2.0, 3.0])
def test_what_cannot_be_met_is_unmet_and_told(power, precision, handed):
    # At a cost of the size of the usual price, what is dear is left undone.
    problem = trunk(12, BATCH, power=power, cost=0.03)
    found, exact = share_accelerated(problem, precision=precision), share(problem)
    assert found.converged.all()
    assert np.abs(found.x - exact.x).max() <= ALLOWED[precision]
    out = (exact.unmet != 0).any(-1)
    assert out.sum() - sum(handed) >= 20
    assert ((found.unmet != 0) == (exact.unmet != 0)).all()
    scale = np.abs(problem.demand).max()
    assert np.abs(found.unmet - exact.unmet).max() <= ALLOWED[precision] * scale
    assert [text == "Solved." for text in found.status] == list(~out)


def test_a_demand_far_out_of_reach_is_handed_to_the_other_kernel(handed):
    problem = trunk(12, BATCH, beyond=np.linspace(1.0, 6.0, BATCH))
    found, exact = share_accelerated(problem), share(problem)
    assert found.converged.all() and 10 <= sum(handed) < BATCH
    assert np.abs(found.x - exact.x).max() <= ALLOWED["double"]
    assert ((found.unmet != 0) == (exact.unmet != 0)).all() and (exact.unmet != 0).any(-1).sum() >= 10


def test_what_does_not_converge_is_handed_to_the_other_kernel(handed):
    problem = trunk(13, 24, points=8)
    found, exact = share_accelerated(problem, precision="single"), share(problem)
    assert sum(handed) >= 20 and found.converged.all()
    # Nearly free contacts differ where only rounding tells them apart; handed problems are the other kernel's own.
    muscles = problem.weight > 1e-6
    assert np.abs(np.where(muscles, found.x - exact.x, 0)).max() <= 1e-6


def test_reserves_hard_rows_and_mixed_powers():
    rng = np.random.default_rng(5)
    columns = rng.normal(0, 1, (7, 3, 12))
    demand = np.matmul(columns, rng.uniform(0.1, 0.5, (7, 12))[..., None])[..., 0]
    power = np.where(np.arange(12) < 6, 2.0, 3.0)
    reserve, cost = np.array([3.0, 0.0, 0.0]), np.array([np.inf, np.inf, 50.0])
    problem = SharingProblem(columns, demand, 0.01, 1.0, 1.0, power, cost, reserve)
    found, exact = share_accelerated(problem), share(problem)
    assert found.converged.all() and exact.converged.all()
    assert np.abs(found.x - exact.x).max() <= ALLOWED["double"]
    assert np.abs(found.unmet - exact.unmet).max() <= 1e-6
    assert (np.abs(found.unmet[:, 0]) > 1e-4).all() and (found.unmet[:, 1:] == 0).all()


def test_pieces_and_a_start_change_nothing():
    problem = trunk(14, 37)
    whole = share_accelerated(problem)
    pieces = share_accelerated(problem, together=16)
    assert np.abs(whole.x - pieces.x).max() <= 1e-12
    moved = replace(problem, demand=problem.demand * 1.01)
    begun = share_accelerated(moved, whole.multipliers)
    assert np.abs(begun.x - share(moved).x).max() <= ALLOWED["double"]
    assert begun.iterations.sum() < share_accelerated(moved).iterations.sum()
    empty = share_accelerated(SharingProblem(np.zeros((0, 3, 4)), np.zeros((0, 3)), 0.0, 1.0, 1.0, 2.0, 100.0))
    assert empty.x.shape == (0, 4) and empty.status == ()


def test_wrong_requests_are_named():
    problem = trunk(15, 2)
    with pytest.raises(ValueError, match="start has shape"):
        share_accelerated(problem, np.zeros(3))
    with pytest.raises(ValueError, match="finite"):
        share_accelerated(problem, np.full(problem.demand.shape, np.nan))
    with pytest.raises(ValueError, match="precision is 'half'"):
        share_accelerated(problem, precision="half")
    with pytest.raises(ValueError, match="together is 0"):
        share_accelerated(problem, together=0)

from dataclasses import replace

import numpy as np
import pytest
from sharing_problems import trunk

from psoas.muscle import sharing
from psoas.muscle.interior import interior
from psoas.muscle.sharing import CHUNK, SharingProblem, kkt_residual, objective, share

ROUNDING = 1e-12


def small(columns, demand, *, upper=1.0, lower=0.0, weight=1.0, power=2.0, cost=100.0, reserve=None):
    columns = np.atleast_2d(np.asarray(columns, dtype=float))[None]
    return SharingProblem(columns, np.atleast_1d(demand)[None], lower, upper, weight, power, cost, reserve)


def carried(problem, x):
    return np.matmul(problem.columns, x[..., None])[..., 0]


def balance(problem, solution):
    """Return the worst |columns x + unmet - demand| relative to each row's |demand| + |columns| x."""
    scale = np.abs(problem.demand) + np.matmul(np.abs(problem.columns), solution.x[..., None])[..., 0]
    off = np.abs(carried(problem, solution.x) + solution.unmet - problem.demand)
    return (off / np.where(scale > 0, scale, 1.0)).max()


def check(problem, solution):
    """Assert what every solution owes: solved, within bounds, balanced, unmet only at the box."""
    assert solution.converged.all(), solution.status
    assert (solution.kkt_residual <= 1e-8).all()
    assert (kkt_residual(problem, solution.x, solution.multipliers, solution.unmet) <= 1e-8).all()
    assert (solution.x >= problem.lower).all()
    assert (solution.x <= problem.upper).all()
    assert balance(problem, solution) <= ROUNDING
    inside = np.abs(solution.multipliers) < problem.bound
    linear = problem.reserves == 0
    assert (solution.unmet[inside & linear] == 0.0).all()


# Answers known by hand


def test_two_muscles_share_by_moment_arm_over_weight():
    # x_i = s a_i / (2 w_i), with s from a.x = b
    a, w = np.array([1.0, 2.0]), np.array([1.0, 4.0])
    solution = share(small(a, 1.0, weight=w))
    price = 1.0 / (a * a / (2 * w)).sum()
    assert solution.x[0] == pytest.approx(price * a / (2 * w), abs=ROUNDING)
    assert solution.multipliers[0, 0] == pytest.approx(price, abs=ROUNDING)
    assert solution.unmet[0, 0] == 0.0
    assert solution.objective[0] == pytest.approx(price / 2, abs=ROUNDING)
    assert solution.status == ("Solved.",)


def test_cubed_shares_by_the_root():
    # 3 w x^2 = s a, so that x_i goes with sqrt(a_i / w_i)
    a, w = np.array([1.0, 4.0]), np.array([1.0, 1.0])
    solution = share(small(a, 0.9, weight=w, power=3.0))
    assert solution.x[0] == pytest.approx([0.1, 0.2], abs=1e-9)


def test_powers_may_differ_between_columns():
    # 2 x_1 = 3 x_2^2 = s at equal arms: s = 0.5 gives 0.25 and sqrt(1/6)
    solution = share(small([1.0, 1.0], 0.25 + np.sqrt(1 / 6), power=np.array([2.0, 3.0])))
    assert solution.x[0] == pytest.approx([0.25, np.sqrt(1 / 6)], abs=1e-9)


def test_a_full_muscle_leaves_the_rest_to_the_others():
    solution = share(small([1.0, 1.0], 1.2, upper=np.array([0.3, 1.0])))
    assert solution.x[0] == pytest.approx([0.3, 0.9], abs=ROUNDING)


def test_what_no_muscle_can_do_is_unmet_at_the_price_of_the_cost():
    problem = small([2.0, 1.0], -5.0, cost=7.0)
    solution = share(problem)
    assert (solution.x[0] == 0.0).all()
    assert solution.unmet[0, 0] == -5.0
    assert solution.multipliers[0, 0] == -7.0
    problem = small([2.0, 1.0], 5.0, cost=7.0)
    solution = share(problem)
    assert solution.x[0] == pytest.approx([1.0, 1.0], abs=0)
    assert solution.unmet[0, 0] == pytest.approx(2.0, abs=ROUNDING)
    assert solution.objective[0] == pytest.approx(2.0 + 7.0 * 2.0, abs=1e-10)
    assert solution.status == ("Solved; 1 of 1 rows cannot be met in full.",)


def test_a_cheap_row_is_left_unmet_when_meeting_it_costs_more():
    # Meeting 1 by x = 1 would cost 2 per unit at the margin; at 0.5 per unit, x stops at 0.25.
    solution = share(small([1.0], 1.0, cost=0.5))
    assert solution.x[0, 0] == pytest.approx(0.25, abs=ROUNDING)
    assert solution.unmet[0, 0] == pytest.approx(0.75, abs=ROUNDING)


def test_the_floor_of_an_antagonist_is_paid_for_by_the_agonist():
    solution = share(small([1.0, -1.0], 0.2, lower=0.1))
    assert solution.x[0] == pytest.approx([0.3, 0.1], abs=ROUNDING)


def test_a_reserve_takes_its_quadratic_share():
    # min x^2 + q r^2, x + r = 1: r = 1 / (1 + q)
    solution = share(small([1.0], 1.0, reserve=np.array([3.0]), cost=np.inf))
    assert solution.unmet[0, 0] == pytest.approx(0.25, abs=ROUNDING)
    assert solution.x[0, 0] == pytest.approx(0.75, abs=ROUNDING)
    assert solution.kkt_residual[0] <= ROUNDING


def test_a_contact_pushes_and_never_pulls():
    # One foot each side of the load; an unbounded nearly free column each, and a muscle that would be dear.
    columns = [[100.0, 100.0, 0.0], [-10.0, 10.0, 5.0]]
    weight, upper = np.array([2e-8, 2e-8, 1.0]), np.array([np.inf, np.inf, 1.0])
    solution = share(small(columns, [700.0, 20.0], weight=weight, upper=upper))
    assert solution.x[0] == pytest.approx([2.5, 4.5, 0.0], abs=1e-6)
    # 80 N m is more than the 70 that the outer foot gives: the muscle must do the rest.
    solution = share(small(columns, [700.0, 72.0], weight=weight, upper=upper))
    assert solution.x[0] == pytest.approx([0.0, 7.0, 0.4], abs=1e-6)
    assert (solution.unmet == 0).all()


def test_a_hard_row_out_of_reach_is_told_and_does_not_hang():
    solution = share(small([[1.0, 2.0]], 9.0, cost=np.inf))
    assert not solution.converged[0]
    assert solution.status[0].startswith("Not solved: residual")
    assert "finite unmet_cost" in solution.status[0]
    assert np.isfinite(solution.x).all()
    assert np.isfinite(solution.multipliers).all()


# Properties


@pytest.mark.parametrize("power", [2.0, 3.0])
@pytest.mark.parametrize("points", [0, 20])
def test_solutions_are_optimal_balanced_and_within_bounds(power, points):
    problem = trunk(1, 48, power=power, points=points, beyond=np.linspace(0.5, 4.0, 48))
    solution = share(problem)
    check(problem, solution)
    out_of_reach = (solution.unmet != 0).any(-1)
    assert 8 < out_of_reach.sum() < 40  # the family holds both kinds
    assert (solution.unmet[0] == 0).all()


@pytest.mark.parametrize("points", [0, 12])
def test_the_unmet_is_exactly_zero_where_muscles_can_do_it(points):
    problem = trunk(2, 64, points=points)
    solution = share(problem)
    check(problem, solution)
    assert (solution.unmet == 0.0).all()


@pytest.mark.parametrize("power", [2.0, 3.0])
def test_splitting_every_column_in_two_changes_nothing(power):
    problem = trunk(3, 16, power=power, points=8)
    halves = replace(
        problem,
        columns=np.concatenate([problem.columns, problem.columns], -1) / 2,
        lower=np.concatenate([problem.lower] * 2, -1),
        upper=np.concatenate([problem.upper] * 2, -1),
        weight=np.concatenate([problem.weight] * 2, -1) / 2,
        power=np.concatenate([problem.power] * 2),
    )
    whole, split = share(problem), share(halves)
    count = problem.lower.shape[1]
    muscles = slice(0, 250)
    assert np.abs(split.x[:, :count] - whole.x)[:, muscles].max() <= 1e-9
    assert np.abs(split.x[:, count:] - whole.x)[:, muscles].max() <= 1e-9
    assert np.abs(carried(halves, split.x) - carried(problem, whole.x)).max() <= 1e-9
    assert split.objective == pytest.approx(whole.objective, rel=1e-9)


def test_an_answer_does_not_depend_on_the_batch_it_is_in():
    batch = 2 * CHUNK + 5
    problem = trunk(4, batch, points=8, beyond=np.where(np.arange(batch) % 5 == 0, 3.0, 1.0))
    together = share(problem)
    order = np.random.default_rng(0).permutation(batch)
    part = ("columns", "demand", "lower", "upper", "weight")
    shuffled = share(replace(problem, **{name: getattr(problem, name)[order] for name in part}))
    # Bit for bit: every step of a problem is the same arithmetic whoever its neighbours are.
    assert np.array_equal(shuffled.x, together.x[order])
    assert np.array_equal(shuffled.unmet, together.unmet[order])
    for index in (0, 7, batch - 1):
        alone = share(replace(problem, **{name: getattr(problem, name)[[index]] for name in part}))
        assert np.array_equal(alone.x[0], together.x[index])


@pytest.mark.parametrize("points", [0, 12])
@pytest.mark.parametrize("power", [2.0, 3.0])
def test_a_start_changes_the_way_and_not_the_answer(points, power):
    problem = trunk(5, 24, points=points, power=power, beyond=np.where(np.arange(24) % 6 == 0, 2.5, 1.0))
    before = share(problem)
    rng = np.random.default_rng(5)
    moved = replace(problem, demand=problem.demand * (1 + 0.003 * rng.normal(size=problem.demand.shape)))
    cold = share(moved)
    check(moved, cold)
    tried = 0
    for start in (before, before.multipliers, np.full(problem.demand.shape, 1e3), cold):
        warm = share(moved, start)
        check(moved, warm)
        assert np.abs(warm.x - cold.x)[:, :250].max() <= 1e-7
        tried += 1
    assert tried == 4
    assert share(moved, cold).iterations.mean() < 1 + 0.2 * cold.iterations.mean()


def test_units_of_rows_do_not_matter():
    problem = trunk(6, 12, points=8, beyond=np.linspace(1, 3, 12))
    unit = np.geomspace(1e-3, 1e3, problem.demand.shape[1])
    scaled = replace(
        problem,
        columns=problem.columns * unit[:, None],
        demand=problem.demand * unit,
        unmet_cost=problem.unmet_cost / unit,
    )
    here, there = share(problem), share(scaled)
    check(scaled, there)
    assert np.abs(here.x - there.x)[:, :250].max() <= 1e-7
    assert there.multipliers * unit == pytest.approx(here.multipliers, rel=1e-4, abs=1e-6)


def test_multipliers_are_the_price_of_demand():
    problem = trunk(7, 4)
    solution = share(problem)
    step = 1e-4
    for row in (0, 5, 11, 23):
        sides = []
        for sign in (1, -1):
            demand = problem.demand.copy()
            demand[:, row] += sign * step
            sides.append(share(replace(problem, demand=demand)).objective)
        # Central difference over a curvature of about 1e-2 per (N m)^2.
        assert (sides[0] - sides[1]) / (2 * step) == pytest.approx(solution.multipliers[:, row], abs=1e-6)


# Degenerate problems


def solved(problem):
    solution = share(problem)
    check(problem, solution)
    return solution


def test_zero_demand_is_answered_by_rest():
    problem = trunk(8, 3, floor=0.0)
    solution = solved(replace(problem, demand=np.zeros_like(problem.demand), lower=np.zeros_like(problem.lower)))
    assert (solution.x == 0).all()
    assert (solution.iterations == 0).all()


def test_columns_of_zeros_stay_at_their_floor():
    problem = trunk(9, 6)
    columns = problem.columns.copy()
    columns[:, :, ::3] = 0.0
    solution = solved(replace(problem, columns=columns))
    assert np.array_equal(solution.x[:, ::3], problem.lower[:, ::3])
    nothing = solved(replace(problem, columns=np.zeros_like(columns)))
    assert np.array_equal(nothing.x, problem.lower)
    assert np.array_equal(nothing.unmet, problem.demand)


def test_floors_equal_to_caps_leave_everything_else_unmet():
    problem = trunk(10, 6)
    fixed = solved(replace(problem, upper=problem.lower))
    assert np.array_equal(fixed.x, problem.lower)


def test_rows_of_zeros_with_a_demand_are_unmet():
    problem = trunk(11, 4)
    columns = problem.columns.copy()
    columns[:, 3] = 0.0
    solution = solved(replace(problem, columns=columns))
    assert np.array_equal(solution.unmet[:, 3], problem.demand[:, 3])


def test_rows_that_repeat_each_other():
    problem = trunk(12, 6)
    doubled = replace(
        problem,
        columns=np.concatenate([problem.columns, problem.columns[:, :4]], axis=1),
        demand=np.concatenate([problem.demand, problem.demand[:, :4]], axis=1),
        unmet_cost=100.0 * np.ones(28),
    )
    assert np.abs(solved(doubled).x - solved(problem).x).max() <= 1e-8


def test_rows_that_contradict_each_other_leave_one_unmet():
    problem = trunk(13, 6)
    doubled = replace(
        problem,
        columns=np.concatenate([problem.columns, problem.columns[:, :1]], axis=1),
        demand=np.concatenate([problem.demand, problem.demand[:, :1] + 5.0], axis=1),
        unmet_cost=np.append(np.full(24, 100.0), 10.0),
    )
    solution = solved(doubled)
    assert solution.unmet[:, -1] == pytest.approx(5.0, abs=1e-9)


@pytest.mark.parametrize("times", [0.01, 30.0, 1e6])
def test_small_and_huge_demands(times):
    problem = trunk(14, 4, points=8)
    solution = solved(replace(problem, demand=problem.demand * times))
    assert np.isfinite(solution.objective).all()


@pytest.mark.parametrize("times", [0.0, 1e-9, 1e-6])
def test_a_body_in_flight_has_next_to_no_contact_force(times):
    # So little is carried that rounding hides which contacts carry it; the muscles must not notice.
    problem = trunk(14, 4, points=8)
    demand = problem.demand * np.append(np.full(6, times), np.ones(24))
    solution = share(replace(problem, demand=demand))
    flight = share(replace(problem, demand=demand * np.append(np.zeros(6), np.ones(24))))
    assert solution.converged.all(), solution.status
    assert balance(replace(problem, demand=demand), solution) <= 1e-8
    assert solution.x[:, 250:].max() <= 10 * times
    assert np.abs(solution.x - flight.x)[:, :250].max() <= 1e-4


def test_one_row_one_column_and_more_rows_than_columns():
    solved(small([1.0], 0.5))
    rng = np.random.default_rng(15)
    tall = SharingProblem(rng.normal(size=(9, 12, 4)), rng.normal(size=(9, 12)), 0.0, 1.0, 1.0, 2.0, 10.0)
    solved(tall)


def test_an_empty_batch_is_an_empty_answer():
    problem = SharingProblem(np.zeros((0, 3, 5)), np.zeros((0, 3)), 0.0, 1.0, 1.0, 2.0, 1.0)
    solution = share(problem)
    assert solution.x.shape == (0, 5)
    assert solution.status == ()


def test_an_iteration_cap_of_one_gives_up_with_a_sentence():
    solution = share(trunk(16, 4, points=8), most_iterations=1)
    assert not solution.converged.any()
    assert all(sentence.startswith("Not solved") for sentence in solution.status)


# The measure itself


@pytest.mark.parametrize("points", [8, 20])
def test_where_the_guess_from_the_inside_names_bounds_that_do_not_fit_a_climb_finds_them(points, monkeypatch):
    problem = trunk(2, 16, points=points)
    exact = share(problem)
    monkeypatch.setattr(sharing, "interior", lambda batch, most, *, far: interior(batch, min(most, 8), far=far))
    found = share(problem)
    check(problem, found)
    assert np.abs(found.x - exact.x)[:, :250].max() <= 1e-9
    # Without the climb most of these are not solved.
    monkeypatch.setattr(sharing, "climb", lambda batch, start: (start, 0, False))
    assert (~share(problem).converged).sum() >= 8


def test_kkt_residual_sees_every_kind_of_fault():
    problem = trunk(17, 1, beyond=[5.0])
    good = share(problem)
    assert (good.unmet != 0).any()
    assert kkt_residual(problem, good.x, good.multipliers, good.unmet)[0] <= 1e-12
    moved = np.clip(good.x + 0.05, problem.lower, problem.upper)
    left = problem.demand - carried(problem, moved)
    inside = np.abs(good.multipliers) < 100.0
    faults = {
        "balance": (good.x, good.multipliers, good.unmet + 1.0),
        "bounds": (good.x - 0.01, good.multipliers, problem.demand - carried(problem, good.x - 0.01)),
        "price of x": (moved, good.multipliers, left),
        "price of a row": (good.x, np.where(inside, good.multipliers, 0.5 * good.multipliers), good.unmet),
        "box": (good.x, good.multipliers * 1.1, good.unmet),
    }
    for name, fault in faults.items():
        assert kkt_residual(problem, *fault)[0] > 1e-4, name


def test_no_neighbour_is_better():
    problem = trunk(18, 4, points=8, beyond=[1.0, 1.5, 2.0, 3.0])
    best = share(problem)
    rng = np.random.default_rng(18)
    for _ in range(200):
        x = np.clip(best.x + 0.01 * rng.normal(size=best.x.shape), problem.lower, problem.upper)
        unmet = problem.demand - carried(problem, x)
        assert (objective(problem, x, unmet) >= best.objective).all()


# What is refused


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"demand": np.array([[np.nan]])}, r"demand\[0, 0\] is nan, where a finite number up to 1e\+100 is needed"),
        ({"demand": np.array([[1e200]])}, r"demand\[0, 0\] is 1e\+200, where a finite number up to 1e\+100"),
        ({"columns": np.zeros((1, 2))}, r"columns has shape \(1, 2\), where \(problems, rows, columns\)"),
        ({"demand": np.zeros((1, 2))}, r"demand has shape \(1, 2\), where \(1, 1\) is needed"),
        ({"lower": np.array([-0.1, 0.0])}, r"lower\[0, 0\] is -0.1, where 0 or more is needed"),
        ({"lower": np.array([0.5, 2.0])}, r"upper\[0, 1\] is 1, where at least its lower bound"),
        ({"weight": 0.0}, r"weight\[0, 0\] is 0, where more than 0 is needed"),
        ({"power": 2.5}, r"power\[0\] is 2.5, where 2 or 3 is needed"),
        ({"unmet_cost": -1.0}, r"unmet_cost\[0\] is -1, where more than 0"),
        ({"unmet_cost": np.nan}, r"unmet_cost\[0\] is nan"),
        ({"reserve_weight": np.array([-1.0])}, r"reserve_weight\[0\] is -1"),
        ({"upper": "a"}, "upper must be an array of numbers"),
    ],
)
def test_a_problem_that_cannot_be_is_refused(change, told):
    fine = {
        "columns": np.ones((1, 1, 2)),
        "demand": np.ones((1, 1)),
        "lower": 0.0,
        "upper": 1.0,
        "weight": 1.0,
        "power": 2.0,
        "unmet_cost": 1.0,
    }
    SharingProblem(**fine)
    with pytest.raises(ValueError, match=told):
        SharingProblem(**{**fine, **change})


def test_a_start_that_does_not_fit_is_refused():
    problem = small([1.0, 2.0], 1.0)
    with pytest.raises(ValueError, match=r"start's multipliers have shape \(3,\), where \(1, 1\) is needed"):
        share(problem, np.zeros(3))
    with pytest.raises(ValueError, match="start's multipliers hold a number that is not finite"):
        share(problem, np.array([np.nan]))

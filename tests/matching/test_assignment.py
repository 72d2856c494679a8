"""The assignment engine: certified against independent solvers, stable where it says so, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from anxin.matching.engine.assignment import certificate, exact, simple, stable
from anxin.matching.engine.assignment.problem import Impossible, Problem, from_lists
from tests import thorough

SIDES = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1)


@st.composite
def problems(draw: st.DrawFn, most_seats: int = 1) -> Problem:
    """Small batches, many with equal satisfactions, orders without candidates and too few workers."""
    workers = draw(st.integers(1, 7))
    rows = draw(
        st.lists(
            st.lists(
                st.tuples(st.integers(0, workers - 1), SIDES, SIDES), max_size=6, unique_by=lambda c: c[0]
            ),
            max_size=7,
        )
    )
    return from_lists(
        rows, workers,
        unserved=draw(st.lists(st.sampled_from([0.0, 0.3, 2.0]), min_size=len(rows), max_size=len(rows))),
        seats=draw(st.lists(st.integers(1, most_seats), min_size=len(rows), max_size=len(rows))),
        share=draw(st.sampled_from([0.0, 0.5, 0.7, 1.0])), seed=draw(st.integers(0, 5)),
    )  # fmt: skip


def highs(problem: Problem) -> int:
    """The greatest total in points, by HiGHS's branch and bound."""
    if not len(problem.worker):
        return exact.total(problem, np.array([], dtype=np.int64))
    entries = np.arange(len(problem.worker))
    by_order, by_worker = np.zeros((problem.orders, len(entries))), np.zeros((problem.workers, len(entries)))
    by_order[problem.order, entries] = 1
    by_worker[problem.worker, entries] = 1
    gain = problem.points + exact.empty_points(problem)[problem.order]
    found = milp(
        -gain.astype(float), integrality=np.ones(len(entries)), bounds=(0, 1),
        constraints=[LinearConstraint(by_order, ub=problem.seats), LinearConstraint(by_worker, ub=1)],
        options={"mip_rel_gap": 0},
    )  # fmt: skip
    return exact.total(problem, np.flatnonzero(np.asarray(found.x) > 0.5))


@given(problems(most_seats=3))
@settings(deadline=None, max_examples=thorough.examples(150))
def test_total_is_what_highs_finds_and_the_prices_prove_it(problem: Problem) -> None:
    solution = exact.solve(problem)
    proof = certificate.check(problem, solution)
    assert proof.proven, proof
    assert exact.total(problem, solution.chosen) == highs(problem)


def city(orders: int, workers: int, each: int, seed: int, *, levels: int = 0) -> Problem:
    """Random candidates; with `levels`, satisfactions of that many steps only, so that most are equal."""
    rng = np.random.default_rng(seed)
    rows = [np.sort(rng.choice(workers, each, replace=False)) for _ in range(orders)]
    sides = rng.random((2, orders * each))
    if levels:
        sides = np.round(sides * levels) / levels
    return Problem(
        np.arange(0, orders * each + 1, each), np.concatenate(rows), sides[0], sides[1],
        np.ones(orders), np.ones(orders, dtype=np.int64), workers, seed=seed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("orders", "workers", "levels"),
    [(300, 900, 0), (300, 280, 0), (300, 310, 2), (500, 100, 1), (400, 400, 4)],
)
def test_larger_batches_are_proven_too_also_where_all_are_equal_or_workers_are_scarce(
    orders: int, workers: int, levels: int
) -> None:
    problem = city(orders, workers, 12, seed=orders + workers, levels=levels)
    assert certificate.check(problem, exact.solve(problem)).proven


def test_a_worse_plan_and_a_wrong_price_are_not_proven() -> None:
    problem = city(60, 50, 8, seed=3)
    right = exact.solve(problem)
    worse = certificate.check(problem, exact.Solution(right.chosen[1:], right.price))
    assert worse.gap > 0
    dearer = right.price.copy()
    dearer[0] += 10**10
    assert certificate.check(problem, exact.Solution(right.chosen, dearer)).gap > 0
    twice = certificate.check(problem, exact.Solution(np.repeat(right.chosen, 2), right.price))
    assert twice.faults and not twice.proven


def test_simple_ways_never_exceed_the_optimum_and_are_plans() -> None:
    problem = city(200, 180, 10, seed=5)
    best = exact.total(problem, exact.solve(problem).chosen)
    for chosen in (simple.greedy(problem), simple.first_come(problem), stable.solve(problem)):
        assert certificate.faults(problem, chosen) == ()
        assert exact.total(problem, chosen) < best


@given(problems(most_seats=3))
@settings(deadline=None, max_examples=thorough.examples(100))
def test_the_stable_plan_has_no_pair_that_would_rather_have_each_other(problem: Problem) -> None:
    chosen = stable.solve(problem)
    assert certificate.faults(problem, chosen) == ()
    assert list(stable.blocking(problem, chosen)) == []


def test_a_pair_that_would_rather_have_each_other_is_found() -> None:
    # Both orders and both workers agree on who is better; the plan gives the better order the worse worker.
    problem = from_lists([[(0, 0.9, 0.9), (1, 0.2, 0.9)], [(0, 0.9, 0.2), (1, 0.2, 0.2)]], 2)
    assert list(stable.blocking(problem, np.array([1, 2]))) == [0]
    assert list(stable.solve(problem)) == [0, 3]


def test_equals_are_decided_by_the_seed_and_by_nothing_else() -> None:
    rows = [[(worker, 0.5, 0.5) for worker in range(4)] for _ in range(8)]
    plans = {
        seed: exact.solve(from_lists(rows, 4, seed=seed)).chosen.tolist()
        for seed in range(30)
        for _ in range(2)
    }
    assert all(exact.solve(from_lists(rows, 4, seed=s)).chosen.tolist() == plan for s, plan in plans.items())
    served = {entry // 4 for plan in plans.values() for entry in plan}
    assert served == set(range(8)), "a lot never favours the same orders"


def test_a_dearer_order_is_served_first_where_workers_are_scarce() -> None:
    rows = [[(0, 0.9, 0.9)], [(0, 0.4, 0.4)]]
    assert exact.solve(from_lists(rows, 1, unserved=[0.0, 0.0])).chosen.tolist() == [0]
    assert exact.solve(from_lists(rows, 1, unserved=[0.0, 1.0])).chosen.tolist() == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"candidates": [[(3, 0.5, 0.5)]]}, {"candidates": [[(0, 1.5, 0.5)]]},
        {"candidates": [[(0, float("nan"), 0.5)]]}, {"candidates": [[(0, 0.5, 0.5), (0, 0.1, 0.1)]]},
        {"candidates": [[(0, 0.5, 0.5)]], "seats": [0]}, {"candidates": [[(0, 0.5, 0.5)]], "unserved": -1.0},
        {"candidates": [[(0, 0.5, 0.5)]], "share": 2.0},
    ],
)  # fmt: skip
def test_numbers_that_contradict_each_other_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Impossible):
        from_lists(workers=2, **wrong)  # type: ignore[arg-type]


def test_nothing_to_assign_is_an_empty_plan() -> None:
    empty = from_lists([], 3)
    assert exact.solve(empty).chosen.tolist() == [] and certificate.check(empty, exact.solve(empty)).proven
    assert stable.solve(from_lists([[]], 0)).tolist() == []

"""What a plain assignment cannot: whole crews, several orders a worker, rolling windows, advice for the unserved."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.matching.engine.assignment import advice, certificate, crews, days, exact, window
from anxin.matching.engine.assignment.advice import Change
from anxin.matching.engine.assignment.problem import Floats, Impossible, Ints, Problem, from_lists
from tests import thorough
from tests.matching.test_assignment import city, problems


def every_plan(problem: Problem) -> list[Ints]:
    """All sets of candidates, by brute force: for problems of up to a dozen candidates."""
    entries = range(len(problem.worker))
    return [
        np.array(chosen, dtype=np.int64)
        for size in range(len(problem.worker) + 1)
        for chosen in itertools.combinations(entries, size)
    ]


@given(problems(most_seats=3))
@settings(deadline=None, max_examples=thorough.examples(60))
def test_crews_come_whole_and_never_exceed_the_ceiling(problem: Problem) -> None:
    found = crews.whole(problem)
    filled = exact.seats_filled(problem, found.chosen)
    assert certificate.faults(problem, found.chosen) == ()
    assert set(filled[filled > 0] - problem.seats[filled > 0]) <= {0}
    assert found.points == exact.total(problem, found.chosen) <= found.ceiling


def test_two_crews_that_cannot_both_be_filled_do_not_tear_the_workers_apart() -> None:
    rows = [[(w, 0.8, 0.8) for w in range(3)], [(w, 0.7, 0.7) for w in range(3)]]
    found = crews.whole(from_lists(rows, 3, seats=[2, 2], unserved=1.0))
    assert exact.seats_filled(from_lists(rows, 3, seats=[2, 2]), found.chosen).tolist() == [2, 0]
    assert found.given_up == (1,)


HOURS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), min_size=1, max_size=4)


@given(st.data(), HOURS)
@settings(deadline=None, max_examples=thorough.examples(60))
def test_a_workers_orders_never_overlap_and_the_ceiling_holds_for_every_plan(
    data: st.DataObject, hours: list[tuple[int, int]]
) -> None:
    workers = data.draw(st.integers(1, 2))
    rows = [[(w, data.draw(st.floats(0, 1)), 0.5) for w in range(workers)] for _ in hours]
    problem = from_lists(rows, workers, unserved=1.0)
    starts = np.array([60.0 * start for start, _ in hours])
    ends = starts + np.array([60.0 * long for _, long in hours])

    def travel(from_: Ints, to: Ints) -> Floats:
        return 30.0 * np.abs(from_ - to)

    def possible(chosen: Ints) -> bool:
        for a, b in itertools.combinations(chosen.tolist(), 2):
            i, k = sorted((problem.order[a], problem.order[b]), key=lambda o: starts[o])
            if i == k:
                return False
            if problem.worker[a] == problem.worker[b] and ends[i] + 30.0 * abs(i - k) > starts[k]:
                return False
        return True

    found = days.solve(problem, starts, ends, travel)
    best = max(exact.total(problem, plan) for plan in every_plan(problem) if possible(plan))
    assert possible(found.chosen)
    assert found.points <= best <= found.ceiling


def test_morning_and_afternoon_are_solved_to_the_proven_optimum() -> None:
    problem = city(80, 40, 10, seed=9)
    starts = np.where(np.arange(80) % 2, 540.0, 840.0)
    found = days.solve(problem, starts, starts + 180, lambda a, b: np.full(len(a), 45.0))
    assert found.points == found.ceiling
    assert np.bincount(problem.worker[found.chosen]).max() == 2


def test_an_order_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Impossible):
        days.solve(from_lists([[(0, 1, 1)]], 1), np.array([60.0]), np.array([30.0]), lambda a, b: 0.0 * a)


def test_what_was_promised_stays_though_a_better_order_arrives() -> None:
    before = from_lists([[(0, 0.5, 0.5), (1, 0.4, 0.4)]], 2)
    promised = exact.solve(before).chosen
    rows = [[(0, 0.5, 0.5), (1, 0.4, 0.4)], [(0, 1.0, 1.0)], [(1, 0.3, 0.3)]]
    after = from_lists(rows, 2)
    assert window.solve(after, promised).chosen.tolist() == [0, 3]
    assert exact.solve(after).chosen.tolist() != [0, 3]


def test_a_plan_shown_before_changes_only_for_a_gain_that_is_worth_it() -> None:
    problem = from_lists([[(0, 0.50, 0.50), (1, 0.51, 0.51)]], 2)
    none = np.array([], dtype=np.int64)
    assert window.solve(problem, none, np.array([0]), loyalty=0.02).chosen.tolist() == [0]
    assert window.solve(problem, none, np.array([0]), loyalty=0.005).chosen.tolist() == [1]


def test_a_worker_promised_twice_is_refused() -> None:
    problem = from_lists([[(0, 1, 1)], [(0, 1, 1)]], 1)
    with pytest.raises(Impossible):
        window.solve(problem, np.array([0, 1]))


def test_promised_seats_of_a_crew_are_kept_and_the_rest_filled_anew() -> None:
    problem = from_lists([[(0, 0.1, 0.1), (1, 0.9, 0.9), (2, 0.8, 0.8)]], 3, seats=[2], unserved=1.0)
    assert window.solve(problem, np.array([0])).chosen.tolist() == [0, 1]


def test_the_unserved_hear_of_the_nearest_change_that_helps_and_leaves_nobody_else_alone() -> None:
    problem = from_lists([[(0, 0.9, 0.9)], [], []], 3, unserved=1.0)
    chosen = exact.solve(problem).chosen
    changes = {
        1: [
            Change("place", "next town", 0.5, ((1, 0.5, 0.5),)),
            Change("hour", "+30", 0.1, ((0, 0.9, 0.9),)),  # only who is needed elsewhere
            Change("hour", "+60", 0.2, ((2, 0.5, 0.5),)),
        ],
        2: [Change("qualification", "less", 0.9, ())],
    }
    left = advice.unserved(problem, chosen).tolist()
    helps = advice.nobody_else_left(problem, chosen)
    found = advice.nearest(left, lambda order: changes[order], helps)
    assert found[1] is not None and (found[1].kind, found[1].what) == ("hour", "+60")
    assert found[2] is None
    assert set(found) == {1, 2}

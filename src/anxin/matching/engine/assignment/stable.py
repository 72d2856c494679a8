"""The stable mode: no order and no worker would both rather have each other than what they got. Pure.

Gale and Shapley's deferred acceptance: orders propose down their own list, a worker keeps the best proposal so far.
Among all stable plans it is the one that customers like best. Equals are put in order by the problem's lots.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from anxin.matching.engine.assignment.problem import Ints, Problem


@njit(nogil=True, cache=True)
def _accept(
    first: Ints, worker: Ints, wish: Ints, standing: Ints, seats: Ints, workers: int
) -> Ints:  # pragma: no cover - compiled
    """wish: entries of every order, dearest to the customer first. standing: the worker's, more is better."""
    held = np.full(workers, -1, np.int64)
    asked = first[:-1].copy()
    order_of = np.empty(len(worker), np.int64)
    for i in range(len(seats)):
        order_of[first[i] : first[i + 1]] = i
    waiting, size = np.empty(int(seats.sum()) + 1, np.int64), 0
    for i in range(len(seats)):
        for _ in range(seats[i]):
            waiting[size] = i
            size += 1
    while size:
        size -= 1
        i = waiting[size]
        while asked[i] < first[i + 1]:
            e = wish[asked[i]]
            asked[i] += 1
            before = held[worker[e]]
            if before < 0 or standing[e] > standing[before]:
                held[worker[e]] = e
                if before >= 0:
                    waiting[size] = order_of[before]
                    size += 1
                break
    return held[held >= 0]


def rankings(problem: Problem) -> tuple[Ints, Ints]:
    """By candidate, how high the customer and the worker rank it among theirs: greater is better, never equal."""
    both = []
    for side, mine in ((problem.customer, problem.order), (problem.service, problem.worker)):
        ascending = np.lexsort((np.arange(len(side)), problem.lots, side, mine))
        rank = np.empty(len(side), np.int64)
        rank[ascending] = np.arange(len(side))
        both.append(rank)
    return both[0], both[1]


def solve(problem: Problem) -> Ints:
    """The entries of the stable plan that customers like best, ascending."""
    customer, service = rankings(problem)
    wish = np.lexsort((-customer, problem.order))
    held = _accept(problem.first, problem.worker, wish, service, problem.seats, problem.workers)
    return np.asarray(np.sort(held), dtype=np.int64)


def blocking(problem: Problem, chosen: Ints) -> Ints:
    """Entries of pairs that would both rather have each other: none in a stable plan."""
    customer, service = rankings(problem)
    filled = np.bincount(problem.order[chosen], minlength=problem.orders)
    worst = np.full(problem.orders, np.iinfo(np.int64).max)
    np.minimum.at(worst, problem.order[chosen], customer[chosen])
    worst[filled < problem.seats] = -1
    has = np.full(problem.workers, -1)
    has[problem.worker[chosen]] = service[chosen]
    taken = np.zeros(len(problem.worker), dtype=bool)
    taken[chosen] = True
    return np.flatnonzero(~taken & (customer > worst[problem.order]) & (service > has[problem.worker]))

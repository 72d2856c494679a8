"""The two ways people assign by hand, for comparison: best pair first, and first come first served. Pure."""

from __future__ import annotations

import numpy as np
from numba import njit

from anxin.matching.engine.assignment.problem import Ints, Problem


@njit(nogil=True, cache=True)
def _take(
    turn: Ints, order: Ints, worker: Ints, seats: Ints, workers: int
) -> Ints:  # pragma: no cover - compiled
    left, free = seats.copy(), np.ones(workers, np.bool_)
    taken, size = np.empty(int(seats.sum()), np.int64), 0
    for e in turn:
        if left[order[e]] and free[worker[e]]:
            left[order[e]] -= 1
            free[worker[e]] = False
            taken[size] = e
            size += 1
    return taken[:size]


def greedy(problem: Problem) -> Ints:
    """The best pair of all, then the best of what is left."""
    turn = np.lexsort((-problem.lots, -problem.points))
    return np.asarray(np.sort(_take(turn, problem.order, problem.worker, problem.seats, problem.workers)))


def first_come(problem: Problem) -> Ints:
    """Order after order as they stand, each takes the best who is still free."""
    turn = np.lexsort((-problem.lots, -problem.points, problem.order))
    return np.asarray(np.sort(_take(turn, problem.order, problem.worker, problem.seats, problem.workers)))

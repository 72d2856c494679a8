"""The greatest total satisfaction, exactly, with prices that prove it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anxin.matching.engine.assignment import kernel
from anxin.matching.engine.assignment.problem import UNIT, Ints, Problem


@dataclass(frozen=True)
class Solution:
    """chosen: the candidates taken, as entries of the problem, ascending. price: by worker, in lots (certificate.py).

    extra: points added to each candidate when it was solved (fairness), or None.
    """

    chosen: Ints
    price: Ints
    extra: Ints | None = None


def values(problem: Problem, extra: Ints | None = None) -> tuple[Ints, Ints]:
    """What the solver maximises, in lots: by candidate, and by order for leaving a seat empty."""
    points = problem.points if extra is None else problem.points + extra
    return points * problem.lot_size + problem.lots, -empty_points(problem) * problem.lot_size


def empty_points(problem: Problem) -> Ints:
    """Points that an empty seat of each order costs."""
    return np.rint(problem.unserved * UNIT).astype(np.int64)


def solve(problem: Problem, extra: Ints | None = None) -> Solution:
    """Assign every seat to at most one worker and every worker to at most one seat, at the greatest total.

    A crew's seats are filled one by one (`crews.whole` leaves no crew half filled). extra: points by candidate.
    """
    value, reserve = values(problem, extra)
    first, worker, rows, entries = problem.first, problem.worker, None, None
    if problem.orders and int(problem.seats.max()) > 1:
        rows = np.repeat(np.arange(problem.orders), problem.seats)
        many = np.diff(first)[rows]
        first = np.concatenate([[0], np.cumsum(many)])
        entries = np.arange(first[-1]) - np.repeat(first[:-1] - problem.first[rows], many)
        worker, value, reserve = worker[entries], value[entries], reserve[rows]
    choice, price, _, _ = kernel.assign(first, worker, value, reserve, problem.workers)
    chosen = choice[choice >= 0]
    if entries is not None:
        chosen = entries[chosen]
    return Solution(np.sort(chosen), price, extra)


def seats_filled(problem: Problem, chosen: Ints) -> Ints:
    """By order, how many of its seats are taken."""
    return np.bincount(problem.order[chosen], minlength=problem.orders)


def total(problem: Problem, chosen: Ints) -> int:
    """Points of the pairs chosen, less what the empty seats cost."""
    empty = problem.seats - seats_filled(problem, chosen)
    return int(problem.points[chosen].sum() - (empty * empty_points(problem)).sum())

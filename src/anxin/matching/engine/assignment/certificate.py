"""Proof that a plan is the best there is, without the solver: only prices, additions and comparisons. Pure.

Weak duality: whatever the prices p ≥ 0, no plan is worth more than Σ p + Σ seats · max(reserve, best of value − p).
A plan worth exactly that much is therefore optimal. Values are counted in lots, all lots together are less than one
point: a gap below one point proves that no plan has more points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anxin.matching.engine.assignment.exact import Solution, seats_filled, values
from anxin.matching.engine.assignment.problem import Ints, Problem


@dataclass(frozen=True)
class Certificate:
    """worth and ceiling in lots; gap 0 is the proof. faults: what makes the plan no plan at all, in words."""

    worth: int
    ceiling: int
    faults: tuple[str, ...]

    @property
    def gap(self) -> int:
        return self.ceiling - self.worth

    @property
    def proven(self) -> bool:
        return self.gap == 0 and not self.faults


def check(problem: Problem, solution: Solution) -> Certificate:
    value, reserve = values(problem, solution.extra)
    net = value - solution.price[problem.worker]
    best = reserve.copy()
    np.maximum.at(best, problem.order, net)
    ceiling = int((best * problem.seats).sum()) + int(solution.price.sum())
    empty = problem.seats - seats_filled(problem, solution.chosen)
    worth = int(value[solution.chosen].sum()) + int((empty * reserve).sum())
    return Certificate(worth, ceiling, faults(problem, solution.chosen, solution.price))


def faults(problem: Problem, chosen: Ints, price: Ints | None = None) -> tuple[str, ...]:
    """What is wrong with a plan as such: nobody twice, no seat twice, no price below nothing."""
    found = []
    if len(np.unique(chosen)) != len(chosen):
        found.append("a pair is chosen twice")
    if np.bincount(problem.worker[chosen], minlength=1).max(initial=0) > 1:
        found.append("a worker has two orders")
    if (seats_filled(problem, chosen) > problem.seats).any():
        found.append("an order has more workers than seats")
    if price is not None and len(price) and price.min() < 0:
        found.append("a price is negative")
    return tuple(found)

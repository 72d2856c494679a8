"""Crews that come whole or not at all. Pure.

Seats filled one by one are a plain assignment and exactly solved; "all or none" is not (it is as hard as packing sets).
So the exact plan of seats is the ceiling, and from it half filled crews are given up, the least worth first, and tried
again at the end. The gap to the ceiling is told; where no crew was half filled the plan is the certified optimum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anxin.matching.engine.assignment import exact
from anxin.matching.engine.assignment.problem import Ints, Problem, part


@dataclass(frozen=True)
class Crews:
    """chosen: no order has some but not all of its seats filled. given_up: orders that could not be filled, ascending.

    points and ceiling as in `fair.Fair`; equal where proven.
    """

    chosen: Ints
    points: int
    ceiling: int
    given_up: tuple[int, ...]


def whole(problem: Problem) -> Crews:
    """The best plan found in which every crew is whole or left alone."""
    best = exact.solve(problem).chosen
    ceiling = exact.total(problem, best)
    out = np.zeros(problem.orders, dtype=bool)
    out |= np.diff(problem.first) < problem.seats
    chosen = best
    while (torn := _torn(problem, chosen)).any():
        worth = np.bincount(problem.order[chosen], weights=problem.points[chosen], minlength=problem.orders)
        those = np.flatnonzero(torn)
        # Half of them at a time: few tries for many crews, and one by one at the end.
        least = those[np.argsort(worth[those] / problem.seats[those], kind="stable")][: (len(those) + 1) // 2]
        out[least] = True
        chosen = _without(problem, out)
    for order in np.flatnonzero(out):
        if (
            len(np.flatnonzero(out)) > 64
            or problem.first[order + 1] - problem.first[order] < problem.seats[order]
        ):
            continue
        out[order] = False
        again = _without(problem, out)
        if not _torn(problem, again).any() and exact.total(problem, again) > exact.total(problem, chosen):
            chosen = again
        else:
            out[order] = True
    filled = exact.seats_filled(problem, chosen)
    return Crews(
        chosen, exact.total(problem, chosen), ceiling, tuple(np.flatnonzero(out & (filled == 0)).tolist())
    )


def _torn(problem: Problem, chosen: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    filled = exact.seats_filled(problem, chosen)
    return (filled > 0) & (filled < problem.seats)


def _without(problem: Problem, out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    rest, entries = part(problem, ~out[problem.order])
    return entries[exact.solve(rest).chosen]

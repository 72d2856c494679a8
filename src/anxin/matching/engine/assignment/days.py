"""Several orders a worker, one after the other with the way between. Pure.

Orders that all last at one moment exclude each other, so that among them a worker takes one at most: a plain
assignment. The batch is divided into such groups; each is solved exactly while the others stand, again and again until
nothing gains. No round can lose. The whole is as hard as routing, so the optimum is not promised: the groups solved as
if the others did not exist give a certified ceiling, and where the plan reaches it, it is optimal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anxin.matching.engine.assignment import exact
from anxin.matching.engine.assignment.problem import Floats, Impossible, Ints, Problem, part

ROUNDS = 12
Travel = Callable[[Ints, Ints], Floats]
"""Minutes from the homes of these orders to the homes of those, pair by pair."""


@dataclass(frozen=True)
class Day:
    """chosen: a worker's orders never overlap, travel included. rounds: how often all groups were gone through."""

    chosen: Ints
    points: int
    ceiling: int
    rounds: int


def groups(starts: Floats, ends: Floats) -> list[Ints]:
    """Orders divided so that those of one group all last at one moment, in the order of those moments."""
    left = np.argsort(ends, kind="stable")
    found = []
    while len(left):
        moment = ends[left[0]]
        together = starts[left] < moment
        together[0] = True
        found.append(np.sort(left[together]))
        left = left[~together]
    return found


def solve(problem: Problem, starts: Floats, ends: Floats, travel: Travel, *, most: int = 8) -> Day:
    """The best plan found. starts, ends: minutes by order; most: orders a worker may have in all."""
    if not len(starts) == len(ends) == problem.orders or (ends <= starts).any():
        raise Impossible("an order ends before it begins")
    cliques = groups(starts, ends)
    ceiling = sum(_group(problem, clique, np.ones(len(problem.worker), dtype=bool))[1] for clique in cliques)
    plans = [
        _rounds(problem, starts, ends, travel, most, turn)
        for turn in (cliques, cliques[::-1], sorted(cliques, key=len, reverse=True))
    ]
    chosen, rounds = max(plans, key=lambda plan: exact.total(problem, plan[0]))
    return Day(chosen, exact.total(problem, chosen), ceiling, rounds)


def _group(
    problem: Problem, clique: Ints, allowed: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Ints, int]:
    """The best entries of one group, and their points less what its empty seats cost."""
    inside = np.zeros(problem.orders, dtype=bool)
    inside[clique] = True
    rest, entries = part(problem, allowed & inside[problem.order], np.where(inside, problem.seats, 0))
    chosen = exact.solve(rest).chosen
    return entries[chosen], exact.total(rest, chosen)


def _rounds(
    problem: Problem, starts: Floats, ends: Floats, travel: Travel, most: int, turn: list[Ints]
) -> tuple[Ints, int]:
    chosen, rounds, before = np.array([], dtype=np.int64), 0, 1
    while rounds < ROUNDS and exact.total(problem, chosen) != before:
        rounds += 1
        before = exact.total(problem, chosen)
        for clique in turn:
            others = chosen[~np.isin(problem.order[chosen], clique)]
            allowed = free(problem, starts, ends, travel, others, most)
            chosen = np.concatenate([others, _group(problem, clique, allowed)[0]])
    return np.sort(chosen), rounds


def free(
    problem: Problem, starts: Floats, ends: Floats, travel: Travel, plan: Ints, most: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """By candidate: the worker has time for it beside the plan, way included, and has not enough already."""
    many = np.bincount(problem.worker[plan], minlength=problem.workers)
    free = many[problem.worker] < most
    by_worker = plan[np.argsort(problem.worker[plan], kind="stable")]
    begins = np.concatenate([[0], np.cumsum(many)])
    for nth in range(int(many.max(initial=0))):
        has = np.flatnonzero(free & (many[problem.worker] > nth))
        theirs = problem.order[by_worker[begins[problem.worker[has]] + nth]]
        mine = problem.order[has]
        before = ends[theirs] + travel(theirs, mine) <= starts[mine]
        after = ends[mine] + travel(mine, theirs) <= starts[theirs]
        free[has] &= before | after
    return free

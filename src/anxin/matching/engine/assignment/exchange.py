"""From a plan that keeps a condition towards one that is worth more, piece by piece. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anxin.matching.engine.assignment import exact
from anxin.matching.engine.assignment.problem import Ints, Problem

LATEST = 8
PIECES = 400
MOVES = 20_000


def improve(problem: Problem, plan: Ints, others: list[Ints], keeps: Callable[[Ints], bool]) -> Ints:
    """Take from richer plans every piece that the condition still allows, then single changes, best first."""
    worth = {len(others) - 1 - k: exact.total(problem, other) for k, other in enumerate(reversed(others))}
    for index in sorted(worth, key=lambda k: (worth[k], k))[:LATEST]:
        plan = _mixed(problem, plan, others[index], keeps)
    return _single(problem, plan, keeps)


def pieces(problem: Problem, plan: Ints, other: Ints) -> list[tuple[Ints, Ints]]:
    """What differs, in the smallest parts that can be exchanged alone: (entries that go, entries that come)."""
    goes, comes = np.setdiff1d(plan, other), np.setdiff1d(other, plan)
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    changed = np.concatenate([goes, comes])
    for entry in changed.tolist():
        parent[root(int(problem.order[entry]))] = root(problem.orders + int(problem.worker[entry]))
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for side, entries in ((0, goes), (1, comes)):
        for entry in entries.tolist():
            parts.setdefault(root(int(problem.order[entry])), ([], []))[side].append(entry)
    return [(np.array(gone, dtype=np.int64), np.array(come, dtype=np.int64)) for gone, come in parts.values()]


def _mixed(problem: Problem, plan: Ints, other: Ints, keeps: Callable[[Ints], bool]) -> Ints:
    """Exchange pieces, the most valuable first, as long as the condition holds."""
    value = problem.points + exact.empty_points(problem)[problem.order]
    parts = [
        (int(value[come].sum() - value[gone].sum()), gone, come)
        for gone, come in pieces(problem, plan, other)
    ]
    for gain, gone, come in sorted(parts, key=lambda part: (-part[0], part[1].tolist()))[:PIECES]:
        if gain > 0:
            tried = np.union1d(np.setdiff1d(plan, gone), come)
            if keeps(tried):
                plan = tried
    return plan


def _single(problem: Problem, plan: Ints, keeps: Callable[[Ints], bool]) -> Ints:
    """Change one order's worker, or exchange two orders' workers, while that is worth more and the condition holds."""
    if len(plan) * len(problem.worker) > MOVES:
        return plan
    value = problem.points + exact.empty_points(problem)[problem.order]
    better = True
    while better:
        better = False
        for gain, gone, come in _neighbours(problem, plan, value):
            if gain <= 0:
                break
            tried = np.union1d(np.setdiff1d(plan, gone), come)
            if keeps(tried):
                plan, better = tried, True
                break
    return plan


def _neighbours(problem: Problem, plan: Ints, value: Ints) -> list[tuple[int, list[int], list[int]]]:
    """All plans one step away as (points gained, entries that go, entries that come), most valuable first."""
    of_worker = {int(problem.worker[e]): e for e in plan.tolist()}
    full = exact.seats_filled(problem, plan) >= problem.seats
    chosen, steps = set(plan.tolist()), []
    of_order: dict[int, list[int]] = {}
    for e in plan.tolist():
        of_order.setdefault(int(problem.order[e]), []).append(e)
    for e in range(len(problem.worker)):
        if e in chosen:
            continue
        i, j = int(problem.order[e]), int(problem.worker[e])
        mine = of_order.get(i, []) if full[i] else [None]
        held = of_worker.get(j)
        for old in mine:
            gone = [x for x in (old, held) if x is not None]
            gain = int(value[e] - sum(value[x] for x in gone))
            steps.append((gain, gone, [e]))
            if held is None:
                continue
            # Who lost j takes another: the worker that i gave back, or one that is free.
            k = int(problem.order[held])
            back = int(problem.worker[old]) if old is not None else -1
            for other in range(int(problem.first[k]), int(problem.first[k + 1])):
                w = int(problem.worker[other])
                if w == back or w not in of_worker:
                    steps.append((gain + int(value[other]), gone, [e, other]))
    return sorted(steps, key=lambda step: (-step[0], step[1], step[2]))

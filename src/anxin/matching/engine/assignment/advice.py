"""What would help an order that nobody can serve: the nearest change with which somebody can. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from anxin.matching.engine.assignment import exact
from anxin.matching.engine.assignment.problem import Ints, Problem


@dataclass(frozen=True)
class Change:
    """A change somebody could agree to, and who could come then: (worker, customer's, worker's satisfaction).

    kind: hour, place, qualification …; what: its particulars, for words; away: how far from what was asked (0 … 1),
    by a rule that is published.
    """

    kind: str
    what: str
    away: float
    candidates: tuple[tuple[int, float, float], ...]


Relaxed = Callable[[int], Iterable[Change]]
"""The changes thinkable for an order, in any order."""


def unserved(problem: Problem, chosen: Ints) -> Ints:
    """Orders with an empty seat."""
    return np.flatnonzero(exact.seats_filled(problem, chosen) < problem.seats)


def nearest(
    orders: Iterable[int], relaxed: Relaxed, helps: Callable[[int, Change], bool]
) -> dict[int, Change | None]:
    """For each of these orders the nearest change that helps, or None."""
    return {
        order: next(
            (
                change
                for change in sorted(relaxed(order), key=_away)
                if change.candidates and helps(order, change)
            ),
            None,
        )
        for order in orders
    }


def _away(change: Change) -> tuple[float, str, str]:
    return change.away, change.kind, change.what


def nobody_else_left(problem: Problem, chosen: Ints) -> Callable[[int, Change], bool]:
    """A change helps a plain batch if with it more seats are filled in all."""
    return lambda order, change: _filled(problem, order, change) > len(chosen)


def _filled(problem: Problem, order: int, change: Change) -> int:
    """Seats filled when the order could have these candidates too, it being served before all that is equal."""
    begin, end = int(problem.first[order]), int(problem.first[order + 1])
    known = set(problem.worker[begin:end].tolist())
    new = [one for one in change.candidates if one[0] not in known]
    first = problem.first.copy()
    first[order + 1 :] += len(new)
    columns = [
        np.insert(column, end, np.array([one[k] for one in new], dtype=column.dtype))
        for k, column in enumerate((problem.worker, problem.customer, problem.service))
    ]
    changed = replace(
        problem, first=first, worker=columns[0], customer=columns[1], service=columns[2],
        unserved=np.full(problem.orders, 2.0),
    )  # fmt: skip
    return len(exact.solve(changed).chosen)

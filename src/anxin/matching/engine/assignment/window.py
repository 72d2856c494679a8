"""Demands that keep arriving: what was promised stays, all else is decided anew. Pure.

The whole is solved anew each time, which takes milliseconds; so the plan depends on the facts and not on the order in
which they came.
"""

from __future__ import annotations

import numpy as np

from anxin.matching.engine.assignment import exact
from anxin.matching.engine.assignment.problem import UNIT, Impossible, Ints, Problem, part


def solve(
    problem: Problem, promised: Ints, proposed: Ints | None = None, loyalty: float = 0.0
) -> exact.Solution:
    """The best plan that contains every promised entry; the proof is of the rest, whose solution is given back.

    proposed: entries of the plan shown before; each is worth `loyalty` satisfactions more, so that nobody hears of
    a change that gains almost nothing.
    """
    if len(np.unique(problem.worker[promised])) != len(promised):
        raise Impossible("one worker is promised twice")
    left = problem.seats - exact.seats_filled(problem, promised)
    if (left < 0).any():
        raise Impossible("more workers are promised than the order has seats")
    open_ = ~np.isin(problem.worker, problem.worker[promised]) & (left[problem.order] > 0)
    rest, entries = part(problem, open_, left)
    extra = None
    if proposed is not None and loyalty:
        extra = int(round(UNIT * loyalty)) * np.isin(entries, proposed).astype(np.int64)
    found = exact.solve(rest, extra)
    return exact.Solution(np.union1d(promised, entries[found.chosen]), found.price, extra)

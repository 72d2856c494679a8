"""Demands that keep arriving: what was promised stays, all else is decided anew. Pure.

The whole is solved anew each time, which takes milliseconds; so the plan depends on the facts and not on the order in
which they came.
"""

from __future__ import annotations

from dataclasses import replace

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
    extra = None if proposed is None or not loyalty else _worth(entries, proposed, loyalty)
    found = exact.solve(rest, extra)
    return exact.Solution(np.union1d(promised, entries[found.chosen]), found.price, extra)


def keeping(problem: Problem, shown: Ints, loyalty: float) -> Problem:
    """The same batch, in which each entry of the plan shown before is worth `loyalty` satisfactions (0 … 1) more.

    For what solves it in several steps (days.py, fair.py): ceilings and proofs count the loyalty like satisfaction.
    """
    return replace(problem, bonus=_worth(np.arange(len(problem.worker)), shown, loyalty))


def _worth(entries: Ints, shown: Ints, loyalty: float) -> Ints:
    return int(round(UNIT * loyalty)) * np.isin(entries, shown).astype(np.int64)

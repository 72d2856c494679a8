"""Annealing over routes, compiled: from hot to cold, deterministic by its seed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from anxin.matching.engine.dayplan.moves import some_move
from anxin.matching.engine.dayplan.routes import mark, may, put, undo
from anxin.matching.engine.dayplan.state import LOGGED, Data, Floats, Ints, State, compiled, settle, total

# A plan is better only by more than what rounding can do.
BETTER = 1e-7
# The warmth falls once in so many tries.
EVERY = 256


class Best(NamedTuple):
    """The best plan so far: heads of its routes, what follows each visit, the holds; its cost."""

    head: Ints
    after: Ints
    hold: Floats
    cost: Floats


@compiled
def _cheapest(data: Data, state: State, visit: int) -> int:
    """The shift at whose end the visit costs least now; -1 if none may make it."""
    other, least, chosen = data.visit[visit].other, np.inf, -1
    for shift in range(data.liking.shape[1]):
        if not may(data, visit, shift):
            continue
        if other >= 0 and state.stop[other].shift >= 0:
            there = state.stop[other].shift
            if there == shift or (
                data.visit[visit].apart and data.shift[there].person == data.shift[shift].person
            ):
                continue
        last, here = state.route[shift].tail, data.visit[visit].place
        place = data.shift[shift].base if last < 0 else data.visit[last].place
        free = data.shift[shift].begins if last < 0 else state.stop[last].start + data.visit[last].length
        way = 0.0 if place < 0 or here < 0 else data.minutes[place, here]
        beyond = max(
            0.0, max(free + way, data.visit[visit].early) + data.visit[visit].length - data.shift[shift].ends
        )
        beyond += max(0.0, state.route[shift].load + data.visit[visit].load - data.shift[shift].most)
        late = max(0.0, free + way - data.visit[visit].late)
        cost = (
            way
            + data.liking[visit, shift]
            + 2 * late * data.visit[visit].late_price
            + beyond * data.shift[shift].over_price
        )
        if cost < least:
            least, chosen = cost, shift
    return chosen


@compiled
def greet(data: Data, state: State, order: Ints) -> float:
    """A first plan: the visits in the given order, each at the end of the shift where it costs least now.

    What costs more there than unserved stays out, except where it is locked.
    """
    mark(state)
    for visit in order:
        if state.stop[visit].shift >= 0:
            continue
        mark(state)
        before, other = total(data, state), data.visit[visit].other
        for which in range(2):
            half = visit if which == 0 else other
            if half < 0:
                continue
            shift = _cheapest(data, state, half)
            if shift >= 0:
                put(data, state, half, shift, state.route[shift].tail)
        whole = state.stop[visit].shift >= 0 and (other < 0 or state.stop[other].shift >= 0)
        if (
            not whole
            or not settle(data, state, np.inf)
            or total(data, state) > before
            and not data.visit[visit].locked
        ):
            undo(data, state)
    return total(data, state)


@compiled
def anneal(
    data: Data, state: State, best: Best, kinds: Floats, steps: int, hot: float, cold: float, seed: int
) -> float:
    """Try `steps` changes while it cools from `hot` to `cold` (units of cost); `best` keeps the best plan seen.

    Returns the cost of where it stands at last.
    """
    np.random.seed(seed)
    cost, warmth, factor = total(data, state), hot, (cold / hot) ** (EVERY / steps)
    for step in range(steps):
        if step % EVERY == EVERY - 1:
            warmth *= factor
        mark(state)
        limit = cost - warmth * np.log(1.0 - np.random.random())
        if not some_move(data, state, kinds, limit):
            if state.counts[LOGGED] > 0:
                undo(data, state)
            continue
        if not settle(data, state, limit):
            undo(data, state)
            continue
        now = total(data, state)
        if now > limit:
            undo(data, state)
            continue
        cost = now
        if now < best.cost[0] - BETTER:
            best.cost[0] = now
            for shift in range(len(state.route)):
                best.head[shift] = state.route[shift].head
            for visit in range(len(state.stop)):
                best.after[visit], best.hold[visit] = state.stop[visit].after, state.stop[visit].hold
    return cost


@njit(nogil=True)
def least_addition(data: Data, state: State, visit: int) -> float:
    """What serving the visit, with its other half, would add to the cost at least; infinite if it can nowhere be.

    Where that is below nothing it is done.
    """
    mark(state)
    before, other, least = total(data, state), data.visit[visit].other, np.inf
    where = np.full(4, -1, np.int64)
    for shift, behind in _spots(data, state, visit):
        for there, after in _spots(data, state, other):
            if there == shift:
                continue
            _place(data, state, visit, shift, behind, there, after)
            cost = total(data, state) if settle(data, state, np.inf) else np.inf
            undo(data, state)
            if cost - before < least:
                least = cost - before
                where[0], where[1], where[2], where[3] = shift, behind, there, after
    if least < -BETTER:
        _place(data, state, visit, where[0], where[1], where[2], where[3])
        settle(data, state, np.inf)
    return float(least)


@njit(nogil=True)
def _spots(data: Data, state: State, visit: int) -> list[tuple[int, int]]:
    """Shift and visit before of every place where the visit may be; one place nowhere for no visit."""
    found = [(-1, -1)]
    if visit < 0:
        return found
    found.clear()
    for shift in range(data.liking.shape[1]):
        if may(data, visit, shift):
            found.append((shift, -1))
            behind = state.route[shift].head
            while behind >= 0:
                found.append((shift, behind))
                behind = state.stop[behind].after
    return found


@compiled
def _place(data: Data, state: State, visit: int, shift: int, behind: int, there: int, after: int) -> None:
    mark(state)
    put(data, state, visit, shift, behind)
    if there >= 0:
        put(data, state, data.visit[visit].other, there, after)

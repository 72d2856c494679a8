"""Annealing over routes, compiled: from hot to cold, deterministic by its seed."""

import numpy as np
from numba import njit

from anxin.matching.engine.dayplan.moves import some_move
from anxin.matching.engine.dayplan.routes import mark, put, undo
from anxin.matching.engine.dayplan.state import Data, Ints, State, settle, total


@njit(cache=True)
def greet(data: Data, state: State, order: Ints) -> None:
    """A first plan: the visits in the given order, each at the end of the shift where it costs least now."""
    shifts = data.liking.shape[1]
    for visit in order:
        if state.shift[visit] >= 0:
            continue
        mark(state)
        for which in range(2):
            half = visit if which == 0 else data.other[visit]
            if half < 0:
                continue
            best, chosen = np.inf, -1
            for shift in range(shifts):
                if data.liking[half, shift] > 1e300 or (data.other[half] >= 0 and state.shift[data.other[half]] == shift):
                    continue
                last = state.tail[shift]
                place = data.base[shift] if last < 0 else data.place[last]
                free = data.begins[shift] if last < 0 else state.start[last] + data.length[last]
                here = data.place[half]
                way = 0.0 if place < 0 or here < 0 else data.minutes[place, here]
                cost = way + data.liking[half, shift] + 2 * max(0.0, free + way - data.late[half])
                if cost < best:
                    best, chosen = cost, shift
            if chosen >= 0:
                put(data, state, half, chosen, state.tail[chosen])
        whole = state.shift[visit] >= 0 and (data.other[visit] < 0 or state.shift[data.other[visit]] >= 0)
        if not whole or not settle(data, state):
            undo(data, state)


@njit(cache=True)
def anneal(
    data: Data, state: State, best: State, kinds: np.ndarray, steps: int, hot: float, cold: float, seed: int  # type: ignore[type-arg]
) -> float:
    """Try `steps` changes while it cools from `hot` to `cold` (units of cost). `best` keeps the best plan seen.

    Returns the cost of the best plan.
    """
    np.random.seed(seed)
    cost = total(data, state)
    least = total(data, best)
    warmth, factor = hot, (cold / hot) ** (256.0 / steps)
    for step in range(steps):
        if step & 255 == 255:
            warmth *= factor
        mark(state)
        if not some_move(data, state, kinds):
            if state.counts[2] > 0:
                undo(data, state)
            continue
        if not settle(data, state):
            undo(data, state)
            continue
        now = total(data, state)
        if now > cost and np.random.random() >= np.exp((cost - now) / warmth):
            undo(data, state)
            continue
        cost = now
        if now < least - 1e-7:
            least = now
            copy(state, best)
    return float(least)


@njit(cache=True)
def copy(state: State, to: State) -> None:
    """Keep a settled plan."""
    to.before[:], to.after[:], to.shift[:] = state.before, state.after, state.shift
    to.head[:], to.tail[:], to.start[:] = state.head, state.tail, state.start
    to.over[:], to.work[:], to.sums[:] = state.over, state.work, state.sums
    to.known[:, :] = state.known

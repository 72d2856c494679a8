"""The changes a search tries, compiled. Each returns whether it changed anything; `settle` says whether it can be."""

import numpy as np
from numba import njit

from anxin.matching.engine.dayplan.routes import may, put, take
from anxin.matching.engine.dayplan.state import Data, State, touch

LONGEST = 4


@njit(cache=True)
def some_near(data: Data, visit: int) -> int:
    """One of the visits near in place and time, the nearer the likelier; -1 if there is none."""
    drawn = np.random.random()
    return int(data.near[visit, int(data.near.shape[1] * drawn * drawn)])


@njit(cache=True)
def relocate(data: Data, state: State, visit: int, to: int, behind: bool) -> bool:
    """Make `visit` right behind, or right before, the visit `to`."""
    if to < 0 or to == visit or state.shift[to] < 0 or not may(data, visit, state.shift[to]):
        return False
    if state.shift[visit] >= 0:
        if (behind and state.before[visit] == to) or (not behind and state.after[visit] == to):
            return False
        take(data, state, visit)
    put(data, state, visit, state.shift[to], to if behind else state.before[to])
    return True


@njit(cache=True)
def begin(data: Data, state: State, visit: int, shift: int) -> bool:
    """Make `visit` the first of a shift."""
    if not may(data, visit, shift) or state.head[shift] == visit:
        return False
    if state.shift[visit] >= 0:
        take(data, state, visit)
    put(data, state, visit, shift, -1)
    return True


@njit(cache=True)
def swap(data: Data, state: State, one: int, two: int) -> bool:
    """Let two visits change places."""
    if two < 0 or one == two or state.shift[one] < 0 or state.shift[two] < 0:
        return False
    shift_one, shift_two = state.shift[one], state.shift[two]
    if not may(data, one, shift_two) or not may(data, two, shift_one):
        return False
    if state.after[one] == two:
        return relocate(data, state, one, two, True)
    if state.after[two] == one:
        return relocate(data, state, two, one, True)
    before_one, before_two = state.before[one], state.before[two]
    take(data, state, one)
    take(data, state, two)
    put(data, state, one, shift_two, before_two)
    put(data, state, two, shift_one, before_one)
    return True


@njit(cache=True)
def cross(data: Data, state: State, visit: int, to: int) -> bool:
    """Two shifts exchange what is left of their day: behind `visit` comes `to` with all that follows it."""
    if to < 0 or state.shift[visit] < 0 or state.shift[to] < 0 or state.shift[visit] == state.shift[to]:
        return False
    here, there = state.shift[visit], state.shift[to]
    rest = state.after[visit]
    one, two = rest, to
    while one >= 0 or two >= 0:
        if one >= 0:
            if not may(data, one, there):
                return False
            one = state.after[one]
        if two >= 0:
            if not may(data, two, here):
                return False
            two = state.after[two]
    end_here, end_there = visit, state.before[to]
    one, two = rest, to
    while one >= 0 or two >= 0:
        next_one = state.after[one] if one >= 0 else -1
        next_two = state.after[two] if two >= 0 else -1
        if one >= 0:
            take(data, state, one)
        if two >= 0:
            take(data, state, two)
            put(data, state, two, here, end_here)
            end_here = two
        if one >= 0:
            put(data, state, one, there, end_there)
            end_there = one
        one, two = next_one, next_two
    return True


@njit(cache=True)
def carry(data: Data, state: State, visit: int, to: int) -> bool:
    """Move a few visits in a row behind another one."""
    if to < 0 or to == visit or state.shift[visit] < 0 or state.shift[to] < 0:
        return False
    shift, last, count = state.shift[to], visit, 1 + int(np.random.random() * LONGEST)
    one = visit
    for _ in range(count):
        if one < 0:
            break
        if one == to or not may(data, one, shift):
            return False
        last, one = one, state.after[one]
    if state.before[visit] == to:
        return False
    behind, one = to, visit
    while True:
        following = state.after[one]
        take(data, state, one)
        put(data, state, one, shift, behind)
        behind = one
        if one == last:
            return True
        one = following


@njit(cache=True)
def together(data: Data, state: State, visit: int) -> bool:
    """Move both halves of a visit by two, each next to a visit near it; also what is not served yet."""
    other = data.other[visit]
    if other < 0:
        return relocate(data, state, visit, some_near(data, visit), np.random.random() < 0.5)
    to, to_other = some_near(data, visit), some_near(data, other)
    if to < 0 or to_other < 0 or to == other or to_other == visit:
        return False
    if state.shift[to] < 0 or state.shift[to_other] < 0:
        return False
    if not may(data, visit, state.shift[to]) or not may(data, other, state.shift[to_other]):
        return False
    _beside(data, state, visit, to)
    _beside(data, state, other, to_other)
    return True


@njit(cache=True)
def _beside(data: Data, state: State, visit: int, to: int) -> None:
    if state.shift[visit] >= 0:
        take(data, state, visit)
    put(data, state, visit, state.shift[to], to if np.random.random() < 0.5 else state.before[to])


@njit(cache=True)
def leave_out(data: Data, state: State, visit: int) -> bool:
    """Serve a visit, with its other half, not at all."""
    if state.shift[visit] < 0:
        return False
    take(data, state, visit)
    if data.other[visit] >= 0:
        take(data, state, data.other[visit])
    return True


@njit(cache=True)
def serve_anywhere(data: Data, state: State, visit: int) -> bool:
    """Bring in a visit that is not served: near another one, or into any place of any shift that may."""
    if np.random.random() < 0.5 and together(data, state, visit):
        return True
    shifts = data.liking.shape[1]
    for which in range(2):
        half = visit if which == 0 else data.other[visit]
        if half < 0 or state.shift[half] >= 0:
            continue
        for _ in range(20):
            shift = int(np.random.random() * shifts)
            if not may(data, half, shift):
                continue
            before, one = -1, state.head[shift]
            while one >= 0 and (state.start[one] < data.late[half] or np.random.random() < 0.2):
                before, one = one, state.after[one]
                if np.random.random() < 0.2 and state.start[before] > data.early[half]:
                    break
            put(data, state, half, shift, before)
            break
        if state.shift[half] < 0:
            return False
    return True


@njit(cache=True)
def some_move(data: Data, state: State, kinds: np.ndarray) -> bool:  # type: ignore[type-arg]
    """Try one change. `kinds`: cumulated shares of relocate, swap, cross, carry, together, begin; the rest leaves out."""
    visit = int(np.random.random() * len(data.place))
    if state.shift[visit] < 0:
        return serve_anywhere(data, state, visit)
    drawn = np.random.random()
    if drawn < kinds[0]:
        return relocate(data, state, visit, some_near(data, visit), np.random.random() < 0.5)
    if drawn < kinds[1]:
        return swap(data, state, visit, some_near(data, visit))
    if drawn < kinds[2]:
        return cross(data, state, visit, some_near(data, visit))
    if drawn < kinds[3]:
        return carry(data, state, visit, some_near(data, visit))
    if drawn < kinds[4]:
        return together(data, state, visit)
    if drawn < kinds[5]:
        return begin(data, state, visit, int(np.random.random() * data.liking.shape[1]))
    return leave_out(data, state, visit)


@njit(cache=True)
def rebuild(data: Data, state: State, routes: np.ndarray, ends: np.ndarray) -> bool:  # type: ignore[type-arg]
    """Put whole routes into an empty state: `routes` the visits one shift after the other, `ends` where each ends."""
    at = 0
    for shift in range(len(ends)):
        before = -1
        while at < ends[shift]:
            put(data, state, routes[at], shift, before)
            before = routes[at]
            at += 1
    for visit in range(len(data.place)):
        if state.shift[visit] >= 0:
            touch(state, visit)
    return True

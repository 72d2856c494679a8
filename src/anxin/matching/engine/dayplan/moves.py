"""The changes a search tries, compiled. Each returns whether it changed anything; `settle` says whether it can be."""

from __future__ import annotations

import numpy as np

from anxin.matching.engine.dayplan.remake import remake
from anxin.matching.engine.dayplan.routes import keep_until, mark, may, put, take
from anxin.matching.engine.dayplan.state import (
    LATE,
    Data,
    Floats,
    Ints,
    State,
    compiled,
    inlined,
    judge_overtime,
    pain,
    settle,
    total,
)

LONGEST = 4
# Share of changes of when instead of who, where a visit has a time at which it would best begin.
REHOLD = 0.12
# Share of changes of a home's whole series, where an unknown face costs something.
ONE_FACE = 0.03


@inlined
def some_near(data: Data, visit: int) -> int:
    """One of the visits near in place and time, the nearer the likelier; -1 if there is none."""
    drawn = np.random.random()
    return int(data.near[visit, int(data.near.shape[1] * drawn * drawn)])


@compiled
def some_shift(data: Data, visit: int) -> int:
    """One of the shifts, the visit may be part of it if a few draws find such a one."""
    shift = 0
    for _ in range(8):
        shift = int(np.random.random() * data.liking.shape[1])
        if may(data, visit, shift):
            break
    return shift


@compiled
def relocate(data: Data, state: State, visit: int, to: int, behind: bool) -> bool:
    """Make `visit` right behind, or right before, the visit `to`."""
    if to < 0 or to == visit or state.stop[to].shift < 0 or not may(data, visit, state.stop[to].shift):
        return False
    if state.stop[visit].shift >= 0:
        if (behind and state.stop[visit].before == to) or (not behind and state.stop[visit].after == to):
            return False
        take(data, state, visit)
    put(data, state, visit, state.stop[to].shift, to if behind else state.stop[to].before)
    return True


@inlined
def begin(data: Data, state: State, visit: int, shift: int) -> bool:
    """Make `visit` the first of a shift."""
    if not may(data, visit, shift) or state.route[shift].head == visit:
        return False
    if state.stop[visit].shift >= 0:
        take(data, state, visit)
    put(data, state, visit, shift, -1)
    return True


@inlined
def swap(data: Data, state: State, one: int, two: int) -> bool:
    """Let two visits change places."""
    if two < 0 or one == two or state.stop[one].shift < 0 or state.stop[two].shift < 0:
        return False
    shift_one, shift_two = state.stop[one].shift, state.stop[two].shift
    if not may(data, one, shift_two) or not may(data, two, shift_one):
        return False
    if state.stop[one].after == two:
        return relocate(data, state, one, two, True)
    if state.stop[two].after == one:
        return relocate(data, state, two, one, True)
    before_one, before_two = state.stop[one].before, state.stop[two].before
    take(data, state, one)
    take(data, state, two)
    put(data, state, one, shift_two, before_two)
    put(data, state, two, shift_one, before_one)
    return True


@inlined
def cross(data: Data, state: State, visit: int, to: int) -> bool:
    """Two shifts exchange what is left of their day: behind `visit` comes `to` with all that follows it."""
    if (
        to < 0
        or state.stop[visit].shift < 0
        or state.stop[to].shift < 0
        or state.stop[visit].shift == state.stop[to].shift
    ):
        return False
    here, there = state.stop[visit].shift, state.stop[to].shift
    rest = state.stop[visit].after
    one, two = rest, to
    while one >= 0 or two >= 0:
        if one >= 0:
            if not may(data, one, there):
                return False
            one = state.stop[one].after
        if two >= 0:
            if not may(data, two, here):
                return False
            two = state.stop[two].after
    end_here, end_there = visit, state.stop[to].before
    one, two = rest, to
    while one >= 0 or two >= 0:
        next_one = state.stop[one].after if one >= 0 else -1
        next_two = state.stop[two].after if two >= 0 else -1
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


@inlined
def carry(data: Data, state: State, visit: int, to: int) -> bool:
    """Move a few visits in a row behind another one."""
    if to < 0 or to == visit or state.stop[visit].shift < 0 or state.stop[to].shift < 0:
        return False
    shift, last, count = state.stop[to].shift, visit, 1 + int(np.random.random() * LONGEST)
    one = visit
    for _ in range(count):
        if one < 0:
            break
        if one == to or not may(data, one, shift):
            return False
        last, one = one, state.stop[one].after
    if state.stop[visit].before == to:
        return False
    behind, one = to, visit
    while True:
        following = state.stop[one].after
        take(data, state, one)
        put(data, state, one, shift, behind)
        behind = one
        if one == last:
            return True
        one = following


@inlined
def together(data: Data, state: State, visit: int) -> bool:
    """Move both halves of a visit by two, each next to a visit near it; also what is not served yet."""
    other = data.visit[visit].other
    if other < 0:
        return relocate(data, state, visit, some_near(data, visit), np.random.random() < 0.5)
    to, to_other = some_near(data, visit), some_near(data, other)
    if to < 0 or to_other < 0 or to == other or to_other == visit:
        return False
    if state.stop[to].shift < 0 or state.stop[to_other].shift < 0:
        return False
    if not may(data, visit, state.stop[to].shift) or not may(data, other, state.stop[to_other].shift):
        return False
    _beside(data, state, visit, to)
    _beside(data, state, other, to_other)
    return True


@compiled
def _beside(data: Data, state: State, visit: int, to: int) -> None:
    if state.stop[visit].shift >= 0:
        take(data, state, visit)
    put(data, state, visit, state.stop[to].shift, to if np.random.random() < 0.5 else state.stop[to].before)


@inlined
def leave_out(data: Data, state: State, visit: int) -> bool:
    """Serve a visit, with its other half, not at all."""
    other = data.visit[visit].other
    if state.stop[visit].shift < 0 or data.visit[visit].locked or (other >= 0 and data.visit[other].locked):
        return False
    take(data, state, visit)
    if other >= 0:
        take(data, state, other)
    return True


@inlined
def rehold(data: Data, state: State, visit: int) -> bool:
    """Let a visit begin as early as may be, wait for the time that would be best, or for any time between."""
    asked, drawn = data.visit[visit], np.random.random()
    hold = asked.early
    if drawn < 0.5:
        hold = min(asked.hold, max(hold, asked.aim1 if drawn < 0.3 else asked.aim2))
    elif drawn < 0.7:
        hold += np.random.random() * (asked.hold - hold)
    if abs(hold - state.stop[visit].hold) < 1e-6:
        return False
    keep_until(state, visit, hold)
    return True


@inlined
def serve_anywhere(data: Data, state: State, visit: int) -> bool:
    """Bring in a visit that is not served: near another one, or into any place of any shift that may."""
    if np.random.random() < 0.5 and together(data, state, visit):
        return True
    shifts = data.liking.shape[1]
    for which in range(2):
        half = visit if which == 0 else data.visit[visit].other
        if half < 0 or state.stop[half].shift >= 0:
            continue
        for _ in range(20):
            shift = int(np.random.random() * shifts)
            if not may(data, half, shift):
                continue
            before, one = -1, state.route[shift].head
            while one >= 0 and (state.stop[one].start < data.visit[half].late or np.random.random() < 0.2):
                before, one = one, state.stop[one].after
                if np.random.random() < 0.2 and state.stop[before].start > data.visit[half].early:
                    break
            put(data, state, half, shift, before)
            break
        if state.stop[half].shift < 0:
            return False
    return True


@inlined
def one_face(data: Data, state: State, visit: int) -> bool:
    """Let one person make every visit of the visit's home that they may make, each about when it begins now."""
    home, moved = data.visit[visit].household, False
    if home < 0:
        return False
    person = data.shift[some_shift(data, visit)].person
    for one in range(len(data.visit)):
        stop = state.stop[one]
        if data.visit[one].household != home or stop.shift < 0 or data.shift[stop.shift].person == person:
            continue
        for shift in range(data.liking.shape[1]):
            if data.shift[shift].person == person and may(data, one, shift):
                take(data, state, one)
                before, after = -1, state.route[shift].head
                while after >= 0 and state.stop[after].start < stop.start:
                    before, after = after, state.stop[after].after
                put(data, state, one, shift, before)
                moved = True
                break
    return moved


@compiled
def some_move(data: Data, state: State, kinds: Floats, limit: float) -> bool:
    """Try one change that costs no more than `limit`.

    `kinds`: cumulated shares of remake, relocate, swap, cross, carry, together, begin; else leave out.
    """
    visit = int(np.random.random() * len(data.visit))
    if state.stop[visit].shift < 0:
        return serve_anywhere(data, state, visit)
    if data.aimed and np.random.random() < REHOLD:
        return rehold(data, state, visit)
    if data.face_price > 0 and np.random.random() < ONE_FACE:
        return one_face(data, state, visit)
    drawn = np.random.random()
    if drawn < kinds[0]:
        return remake(data, state, visit, limit)
    if drawn < kinds[1]:
        return relocate(data, state, visit, some_near(data, visit), np.random.random() < 0.5)
    if drawn < kinds[2]:
        return swap(data, state, visit, some_near(data, visit))
    if drawn < kinds[3]:
        return cross(data, state, visit, some_near(data, visit))
    if drawn < kinds[4]:
        return carry(data, state, visit, some_near(data, visit))
    if drawn < kinds[5]:
        return together(data, state, visit)
    if drawn < kinds[6]:
        return begin(data, state, visit, some_shift(data, visit))
    return leave_out(data, state, visit)


@compiled
def rebuild(data: Data, state: State, routes: Ints, ends: Ints, holds: Floats, starts: Floats) -> float:
    """Put whole routes into an empty state: `routes` the visits one shift after the other, `ends` where each ends.

    Returns the cost; infinite if nobody can follow them.
    """
    for visit in range(len(holds)):
        state.stop[visit].hold = holds[visit]
    mark(state)
    at = 0
    for shift in range(len(ends)):
        before = -1
        while at < ends[shift]:
            put(data, state, routes[at], shift, before)
            before = routes[at]
            at += 1
    for visit in routes:
        state.sums[LATE] += pain(data, visit, starts[visit]) - pain(data, visit, state.stop[visit].start)
        state.stop[visit].start = starts[visit]
    for shift in range(len(ends)):
        judge_overtime(data, state, shift)
    return total(data, state) if settle(data, state, np.inf) else np.inf

"""Changes of routes, compiled: put a visit into a route, take it out, take changes back."""

from __future__ import annotations

from anxin.matching.engine.dayplan.state import (
    EVENNESS,
    FACES,
    HELD,
    JOINED,
    LATE,
    LIKING,
    LOGGED,
    OVER,
    PARTED,
    PARTS,
    STARTED,
    TRAVEL,
    UNSERVED,
    WAITING,
    Data,
    State,
    compiled,
    inlined,
    judge_overtime,
    note,
    pain,
    place_after,
    place_before,
    ready,
    touch,
)


@inlined
def mark(state: State) -> None:
    """What follows can be taken back to here."""
    state.counts[LOGGED] = 0
    for n in range(PARTS):
        state.sums[PARTS + n] = state.sums[n]


@inlined
def may(data: Data, visit: int, shift: int) -> bool:
    """Whether the visit may be part of the shift at all."""
    return bool(data.liking[visit, shift] < 1e300)


@inlined
def detour(data: Data, state: State, visit: int, before: int, after: int, shift: int) -> float:
    """What the way over the visit costs beyond the way past it; nothing for a break."""
    here = data.visit[visit].place
    if here < 0:
        return 0.0
    comes, goes = place_before(data, state, before, shift), place_after(data, state, after, shift)
    return float(data.fares[comes, here] + data.fares[here, goes] - data.fares[comes, goes])


@inlined
def _count_work(data: Data, state: State, visit: int, shift: int, by: int) -> None:
    """Keep the shift's load, each person's work (a break is none) and the faces that a household does not know."""
    asked, person = data.visit[visit], data.shift[shift].person
    state.route[shift].load += asked.load * by
    if asked.place >= 0:
        length = asked.length * by
        state.sums[EVENNESS] += length * (2 * state.work[person] + length)
        state.work[person] += length
    if asked.household >= 0:
        if state.known[asked.household, person] == (0 if by > 0 else 1):
            state.sums[FACES] += by
        state.known[asked.household, person] += by


@inlined
def _count(data: Data, state: State, visit: int, shift: int, by: int) -> None:
    _count_work(data, state, visit, shift, by)
    state.sums[LIKING] += by * data.liking[visit, shift]
    state.sums[UNSERVED] -= by * data.visit[visit].unserved_price
    state.sums[LATE] += by * pain(data, visit, state.stop[visit].start)


@inlined
def _join(state: State, visit: int, shift: int, before: int) -> None:
    route, stop = state.route[shift], state.stop[visit]
    after = route.head if before < 0 else state.stop[before].after
    stop.before, stop.after, stop.shift = before, after, shift
    if before < 0:
        route.head = visit
    else:
        state.stop[before].after = visit
    if after < 0:
        route.tail = visit
    else:
        state.stop[after].before = visit


@inlined
def _part(state: State, visit: int) -> None:
    stop = state.stop[visit]
    shift, before, after = stop.shift, stop.before, stop.after
    if before < 0:
        state.route[shift].head = after
    else:
        state.stop[before].after = after
    if after < 0:
        state.route[shift].tail = before
    else:
        state.stop[after].before = before
    stop.before, stop.after, stop.shift = -1, -1, -1


@inlined
def _touch_from(data: Data, state: State, visit: int) -> None:
    """The visit, and behind breaks the first that one travels to from elsewhere now."""
    while visit >= 0:
        touch(state, visit)
        if data.visit[visit].place >= 0:
            return
        visit = state.stop[visit].after


@compiled
def put(data: Data, state: State, visit: int, shift: int, before: int) -> None:
    """Make an unvisited visit part of a shift, right after `before` (-1: as its first)."""
    after = state.route[shift].head if before < 0 else state.stop[before].after
    state.sums[TRAVEL] += detour(data, state, visit, before, after, shift)
    _join(state, visit, shift, before)
    note(state, JOINED, visit, shift, before, 0.0)
    # Judged in the order of time, what follows must not see when the visit began where it stood before.
    note(state, STARTED, visit, -1, -1, state.stop[visit].start)
    state.stop[visit].start = max(state.stop[visit].hold, ready(data, state, visit))
    _count(data, state, visit, shift, 1)
    touch(state, visit)
    _touch_from(data, state, after)
    judge_overtime(data, state, shift)


@compiled
def take(data: Data, state: State, visit: int) -> None:
    """Take a visit out of its route."""
    stop = state.stop[visit]
    shift, before, after = stop.shift, stop.before, stop.after
    _count(data, state, visit, shift, -1)
    _part(state, visit)
    state.sums[TRAVEL] -= detour(data, state, visit, before, after, shift)
    note(state, PARTED, visit, shift, before, 0.0)
    _touch_from(data, state, after)
    judge_overtime(data, state, shift)


@inlined
def keep_until(state: State, visit: int, hold: float) -> None:
    """Let a visit not begin before `hold`."""
    note(state, HELD, visit, -1, -1, state.stop[visit].hold)
    state.stop[visit].hold = hold
    touch(state, visit)


@compiled
def undo(data: Data, state: State) -> None:
    """Take back all changes since `mark`."""
    for n in range(state.counts[LOGGED] - 1, -1, -1):
        entry = state.log[n]
        if entry.kind == STARTED:
            state.stop[entry.visit].start = entry.value
        elif entry.kind == JOINED:
            _count_work(data, state, entry.visit, entry.shift, -1)
            _part(state, entry.visit)
        elif entry.kind == PARTED:
            _join(state, entry.visit, entry.shift, entry.before)
            _count_work(data, state, entry.visit, entry.shift, 1)
        elif entry.kind == OVER:
            state.route[entry.shift].over = entry.value
        else:
            state.stop[entry.visit].hold = entry.value
    for n in range(PARTS):
        state.sums[n] = state.sums[PARTS + n]
    while state.counts[WAITING] > 0:
        state.counts[WAITING] -= 1
        state.stop[state.heap[state.counts[WAITING]].visit].waits = 0
    state.counts[LOGGED] = 0

"""Changes of routes, compiled: put a visit into a route, take it out, take changes back."""

from numba import njit

from anxin.matching.engine.dayplan.state import (
    CHANGES, EVENNESS, HEAP, LATE, LIKING, LINKS, OVERS, STARTS, TRAVEL, UNSERVED, Data, State, judge_overtime,
    lateness, place_after, place_before, touch,
)  # fmt: skip


@njit(cache=True, inline="always")
def mark(state: State) -> None:
    """What follows can be taken back to here."""
    state.counts[STARTS] = state.counts[LINKS] = state.counts[OVERS] = 0
    state.kept[:] = state.sums


@njit(cache=True)
def _detour(data: Data, state: State, visit: int, before: int, after: int, shift: int) -> float:
    """What the way over the visit costs beyond the way past it; nothing for a break."""
    if data.place[visit] < 0:
        return 0.0
    here = data.place[visit]
    comes, goes = place_before(data, state, before, shift), place_after(data, state, after, shift)
    return float(data.fare[comes, here] + data.fare[here, goes] - data.fare[comes, goes])


@njit(cache=True)
def _count(data: Data, state: State, visit: int, shift: int, by: int) -> None:
    """Keep workload and the number of people a household knows."""
    person, household = data.person[shift], data.household[visit]
    length = data.length[visit] * by
    state.sums[EVENNESS] += length * (2 * state.work[person] + length)
    state.work[person] += length
    if household >= 0:
        known = state.known[household]
        if known[person] == (0 if by > 0 else 1):
            state.sums[CHANGES] += by
        known[person] += by
    state.sums[LIKING] += by * data.liking[visit, shift]
    state.sums[UNSERVED] -= by * data.unserved_price[visit]
    state.sums[LATE] += by * data.late_price[visit] * lateness(data, state, visit)


@njit(cache=True, inline="always")
def _log(state: State, visit: int, shift: int, before: int) -> None:
    count = state.counts[LINKS]
    state.link_visit[count], state.link_shift[count], state.link_before[count] = visit, shift, before
    state.counts[LINKS] += 1


@njit(cache=True, inline="always")
def _join(state: State, visit: int, shift: int, before: int) -> None:
    after = state.head[shift] if before < 0 else state.after[before]
    state.before[visit], state.after[visit], state.shift[visit] = before, after, shift
    if before < 0:
        state.head[shift] = visit
    else:
        state.after[before] = visit
    if after < 0:
        state.tail[shift] = visit
    else:
        state.before[after] = visit


@njit(cache=True, inline="always")
def _part(state: State, visit: int) -> None:
    shift, before, after = state.shift[visit], state.before[visit], state.after[visit]
    if before < 0:
        state.head[shift] = after
    else:
        state.after[before] = after
    if after < 0:
        state.tail[shift] = before
    else:
        state.before[after] = before
    state.before[visit] = state.after[visit] = state.shift[visit] = -1


@njit(cache=True, inline="always")
def _touch_from(data: Data, state: State, visit: int) -> None:
    """The visit, and behind breaks the first that one travels to from elsewhere now."""
    while visit >= 0:
        touch(state, visit)
        if data.place[visit] >= 0:
            return
        visit = state.after[visit]


@njit(cache=True)
def put(data: Data, state: State, visit: int, shift: int, before: int) -> None:
    """Make an unvisited visit part of a shift, right after `before` (-1: as its first)."""
    after = state.head[shift] if before < 0 else state.after[before]
    state.sums[TRAVEL] += _detour(data, state, visit, before, after, shift)
    _join(state, visit, shift, before)
    _count(data, state, visit, shift, 1)
    _log(state, visit, -1, -1)
    touch(state, visit)
    _touch_from(data, state, after)
    judge_overtime(data, state, shift)


@njit(cache=True)
def take(data: Data, state: State, visit: int) -> None:
    """Take a visit out of its route."""
    shift, before, after = state.shift[visit], state.before[visit], state.after[visit]
    _count(data, state, visit, shift, -1)
    _part(state, visit)
    state.sums[TRAVEL] -= _detour(data, state, visit, before, after, shift)
    _log(state, visit, shift, before)
    _touch_from(data, state, after)
    judge_overtime(data, state, shift)


@njit(cache=True)
def undo(data: Data, state: State) -> None:
    """Take back all changes since `mark`."""
    for n in range(state.counts[LINKS] - 1, -1, -1):
        visit, shift = state.link_visit[n], state.link_shift[n]
        if shift < 0:
            _count(data, state, visit, state.shift[visit], -1)
            _part(state, visit)
        else:
            _join(state, visit, shift, state.link_before[n])
            _count(data, state, visit, shift, 1)
    for n in range(state.counts[STARTS] - 1, -1, -1):
        state.start[state.log_visit[n]] = state.log_start[n]
    for n in range(state.counts[OVERS] - 1, -1, -1):
        state.over[state.log_over[n]] = state.log_over_cost[n]
    state.sums[:] = state.kept
    while state.counts[HEAP] > 0:
        state.counts[HEAP] -= 1
        state.in_heap[state.heap[state.counts[HEAP]]] = False


@njit(cache=True, inline="always")
def may(data: Data, visit: int, shift: int) -> bool:
    """Whether the visit may be part of the shift at all."""
    return bool(data.liking[visit, shift] < 1e300)

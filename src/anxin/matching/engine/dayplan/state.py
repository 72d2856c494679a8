"""The state of a search for day plans, compiled: who visits whom in which order, and when.

A plan is nothing but its routes: for each visit who goes, and what is visited before and after. The starting times are
the earliest that all of it allows (a visit's window, the way from the visit before, the lag to the other half of a
visit by two). A change of routes moves few of them, so only those are judged again, in the order of time; a change
that would make two people wait for each other moves times beyond the horizon and is refused.

Units: minutes for times, cost for everything in `sums`. -1 stands for "none" in every array of indexes.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

# Where in `State.sums` each part of the cost stands.
TRAVEL, LATE, LARGEST, OVERTIME, UNSERVED, LIKING, EVENNESS, CHANGES = range(8)
PARTS = 8
EPSILON = 1e-9
# A time that moves this often in one go moves for ever: two people wait for each other.
OFTEN = 6


class Data(NamedTuple):
    """What does not change: V visits, S shifts, P places, H households, K near visits of each.

    `liking[v, s]` is the cost of shift s for visit v, infinite where it may not be; `place` -1 is a break, taken where
    one is. `other` is the other half of a visit by two, `first` whether this half is the one that the lag counts from.
    """

    place: Ints
    length: Floats
    early: Floats
    late: Floats
    late_price: Floats
    unserved_price: Floats
    other: Ints
    first: NDArray[np.bool_]
    lag_least: Floats
    lag_most: Floats
    liking: Floats
    minutes: Floats
    fare: Floats
    begins: Floats
    ends: Floats
    base: Ints
    over_price: Floats
    household: Ints
    person: Ints
    near: Ints
    largest_price: float
    even_price: float
    change_price: float
    horizon: float


class State(NamedTuple):
    """What a search changes. `counts`: entries of heap, of log of starts, of log of links, of log of overtime."""

    before: Ints
    after: Ints
    shift: Ints
    head: Ints
    tail: Ints
    start: Floats
    over: Floats
    work: Floats
    known: Ints
    sums: Floats
    kept: Floats
    heap: Ints
    heap_key: Floats
    in_heap: NDArray[np.bool_]
    moved: Ints
    log_visit: Ints
    log_start: Floats
    link_visit: Ints
    link_shift: Ints
    link_before: Ints
    log_over: Ints
    log_over_cost: Floats
    counts: Ints


HEAP, STARTS, LINKS, OVERS = range(4)


def empty(data: Data) -> State:
    """A state in which nobody is visited."""
    visits, shifts = data.liking.shape
    none = np.full(visits, -1, np.int32)
    room = 64 * visits + 1024
    sums = np.zeros(PARTS)
    sums[UNSERVED] = data.unserved_price.sum()
    households, people = int(data.household.max(initial=0)) + 1, int(data.person.max(initial=0)) + 1
    return State(
        before=none.copy(), after=none.copy(), shift=none.copy(), head=np.full(shifts, -1, np.int32),
        tail=np.full(shifts, -1, np.int32), start=data.early.copy(), over=np.zeros(shifts), work=np.zeros(people),
        known=np.zeros((households, people), np.int32), sums=sums, kept=np.zeros(PARTS),
        heap=np.zeros(visits + 1, np.int32), heap_key=np.zeros(visits + 1), in_heap=np.zeros(visits, np.bool_), moved=np.zeros(visits, np.int32),
        log_visit=np.zeros(room, np.int32), log_start=np.zeros(room), link_visit=np.zeros(room, np.int32),
        link_shift=np.zeros(room, np.int32), link_before=np.zeros(room, np.int32), log_over=np.zeros(room, np.int32),
        log_over_cost=np.zeros(room), counts=np.zeros(4, np.int32),
    )  # fmt: skip


@njit(cache=True, inline="always")
def total(data: Data, state: State) -> float:
    """The cost of the plan."""
    sums = state.sums
    return float(
        sums[TRAVEL] + sums[LATE] + data.largest_price * sums[LARGEST] + sums[OVERTIME] + sums[UNSERVED]
        + sums[LIKING] + data.even_price * sums[EVENNESS] + data.change_price * sums[CHANGES]
    )  # fmt: skip


@njit(cache=True, inline="always")
def place_before(data: Data, state: State, visit: int, shift: int) -> int:
    """Where one comes from who has just made `visit` (-1: has just begun the shift)."""
    while visit >= 0 and data.place[visit] < 0:
        visit = state.before[visit]
    return int(data.base[shift] if visit < 0 else data.place[visit])


@njit(cache=True)
def place_after(data: Data, state: State, visit: int, shift: int) -> int:
    """Where one goes next, breaks left out, if `visit` (-1: the way home) is next."""
    while visit >= 0 and data.place[visit] < 0:
        visit = state.after[visit]
    return int(data.base[shift] if visit < 0 else data.place[visit])


@njit(cache=True, inline="always")
def ready(data: Data, state: State, visit: int) -> float:
    """When who makes the visit can be there."""
    shift, previous = state.shift[visit], state.before[visit]
    at = data.begins[shift] if previous < 0 else state.start[previous] + data.length[previous]
    if data.place[visit] >= 0:
        at += data.minutes[place_before(data, state, previous, shift), data.place[visit]]
    return float(at)


@njit(cache=True, inline="always")
def lateness(data: Data, state: State, visit: int) -> float:
    return float(max(0.0, state.start[visit] - data.late[visit]))


@njit(cache=True, inline="always")
def touch(state: State, visit: int) -> None:
    """Have the visit's time judged again by `settle`."""
    if visit < 0 or state.in_heap[visit]:
        return
    state.in_heap[visit] = True
    key, at = state.start[visit], state.counts[HEAP]
    state.counts[HEAP] += 1
    while at > 0 and state.heap_key[(at - 1) >> 1] > key:
        up = (at - 1) >> 1
        state.heap[at], state.heap_key[at] = state.heap[up], state.heap_key[up]
        at = up
    state.heap[at], state.heap_key[at] = visit, key


@njit(cache=True, inline="always")
def _earliest(state: State) -> int:
    """Take the touched visit with the earliest time."""
    taken = state.heap[0]
    state.in_heap[taken] = False
    state.counts[HEAP] -= 1
    size = state.counts[HEAP]
    moved, key, at = state.heap[size], state.heap_key[size], 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and state.heap_key[down + 1] < state.heap_key[down]:
            down += 1
        if state.heap_key[down] >= key:
            break
        state.heap[at], state.heap_key[at] = state.heap[down], state.heap_key[down]
        at = down
    state.heap[at], state.heap_key[at] = moved, key
    return int(taken)


@njit(cache=True, inline="always")
def judge_overtime(data: Data, state: State, shift: int) -> None:
    """What the shift costs beyond its end, the way home counted."""
    last, cost = state.tail[shift], 0.0
    if last >= 0 and data.over_price[shift] > 0:
        home = data.minutes[place_before(data, state, last, shift), data.base[shift]]
        beyond = state.start[last] + data.length[last] + home - data.ends[shift]
        cost = max(0.0, beyond) * data.over_price[shift]
    if cost != state.over[shift]:
        count = state.counts[OVERS]
        state.log_over[count], state.log_over_cost[count] = shift, state.over[shift]
        state.counts[OVERS] += 1
        state.sums[OVERTIME] += cost - state.over[shift]
        state.over[shift] = cost


@njit(cache=True, inline="always")
def _set_start(data: Data, state: State, visit: int, at: float) -> None:
    old = state.start[visit]
    if abs(at - old) <= EPSILON:
        return
    count = state.counts[STARTS]
    state.log_visit[count], state.log_start[count] = visit, old
    state.counts[STARTS] += 1
    due = data.late[visit]
    state.sums[LATE] += data.late_price[visit] * (max(0.0, at - due) - max(0.0, old - due))
    state.start[visit] = at
    state.moved[visit] += 1
    if state.after[visit] >= 0:
        touch(state, state.after[visit])
    else:
        judge_overtime(data, state, state.shift[visit])


@njit(cache=True, inline="always")
def _judge(data: Data, state: State, visit: int) -> float:
    """Give the visit, and its other half, the earliest time its neighbours allow. Returns the later of them."""
    other = data.other[visit]
    if other < 0:
        at = max(data.early[visit], ready(data, state, visit))
        _set_start(data, state, visit, at)
        return float(at)
    one, two = (visit, other) if data.first[visit] else (other, visit)
    at_one = max(data.early[one], ready(data, state, one))
    if state.before[two] == one:
        at_two = max(data.early[two], at_one + data.length[one] + data.minutes[data.place[one], data.place[two]])
        if at_two > at_one + data.lag_most[one] + EPSILON:
            at_one = at_two - data.lag_most[one]
            at_two = max(at_two, at_one + data.length[one] + data.minutes[data.place[one], data.place[two]])
        if at_two > at_one + data.lag_most[one] + EPSILON:
            return float(np.inf)
    else:
        at_two = max(data.early[two], ready(data, state, two))
        at_one = max(at_one, at_two - data.lag_most[one])
    at_two = max(at_two, at_one + data.lag_least[one])
    _set_start(data, state, one, at_one)
    _set_start(data, state, two, at_two)
    return float(max(at_one, at_two))


@njit(cache=True)
def settle(data: Data, state: State) -> bool:
    """Judge the times of all that was touched. False, with times half judged, if no times satisfy the routes.

    A few routes that could be followed are refused too (times that move OFTEN times); a search loses little by it.
    """
    good = True
    while good and state.counts[HEAP] > 0:
        visit = _earliest(state)
        if state.shift[visit] >= 0:
            good = _judge(data, state, visit) <= data.horizon and state.moved[visit] <= OFTEN
    for n in range(state.counts[STARTS]):
        state.moved[state.log_visit[n]] = 0
    if not good:
        return False
    if data.largest_price > 0:
        _judge_largest(data, state)
    return True


@njit(cache=True)
def _judge_largest(data: Data, state: State) -> None:
    largest, again, top = state.sums[LARGEST], False, 0.0
    for n in range(state.counts[STARTS]):
        visit = state.log_visit[n]
        if state.shift[visit] >= 0:
            top = max(top, lateness(data, state, visit))
        if state.log_start[n] - data.late[visit] >= largest - EPSILON:
            again = True
    for n in range(state.counts[LINKS]):
        visit = state.link_visit[n]
        if state.shift[visit] >= 0:
            top = max(top, lateness(data, state, visit))
        elif lateness(data, state, visit) >= largest - EPSILON:
            again = True
    if again:
        top = 0.0
        for visit in range(len(state.shift)):
            if state.shift[visit] >= 0:
                top = max(top, lateness(data, state, visit))
        state.sums[LARGEST] = top
    else:
        state.sums[LARGEST] = max(largest, top)

"""The state of a search for day plans, compiled: who visits whom in which order, and when.

A plan is nothing but its routes: for each visit who goes, and what is visited before and after. The starting times are
the earliest that all of it allows (a visit's hold, the way from the visit before, the lag to the other half of a
visit by two). A change of routes moves few of them, so only those are judged again, in the order of time; a change
that would make two people wait for each other moves times beyond the horizon and is refused.

Units: minutes for times, cost for everything in `sums`. -1 stands for "none" wherever an index stands. Records instead
of many arrays: compiled code hands every array over as seven numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Compiled code makes no arrays here, so nobody need count who holds them: that cost more than all the rest of a step.
UNCOUNTED: dict[str, Any] = {"_nrt": False}
Made = TypeVar("Made", bound=Callable[..., object])


def compiled(function: Made) -> Made:
    """Compile a function that makes no arrays."""
    made: Made = njit(nogil=True, **UNCOUNTED)(function)
    return made


def inlined(function: Made) -> Made:
    """The same, into each function that calls it."""
    made: Made = njit(forceinline=True, **UNCOUNTED)(function)
    return made


Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Records = NDArray[Any]

# A visit as asked. `other` is the other half of a visit by two, `first` whether the lag counts from this half, `apart`
# whether two people make them; `aim` 1 and 2: minutes at which it would best begin, with their prices.
VISIT = np.dtype([
    ("place", "i8"), ("other", "i8"), ("first", "i8"), ("apart", "i8"), ("locked", "i8"), ("household", "i8"),
    ("length", "f8"), ("load", "f8"), ("early", "f8"), ("late", "f8"), ("late_price", "f8"), ("unserved_price", "f8"),
    ("lag_least", "f8"), ("lag_most", "f8"), ("hold", "f8"), ("aim1", "f8"), ("aim1_price", "f8"), ("aim2", "f8"),
    ("aim2_price", "f8"),
])  # fmt: skip
SHIFT = np.dtype(
    [("base", "i8"), ("person", "i8"), ("begins", "f8"), ("ends", "f8"), ("over_price", "f8"), ("most", "f8")]
)
# A visit as planned. `hold`: before this minute it does not begin; `moved`: how often its time moved in one go.
STOP = np.dtype([
    ("before", "i8"), ("after", "i8"), ("shift", "i8"), ("waits", "i8"), ("moved", "i8"),
    ("start", "f8"), ("hold", "f8"),
])  # fmt: skip
ROUTE = np.dtype([("head", "i8"), ("tail", "i8"), ("over", "f8"), ("load", "f8")])
HEAP = np.dtype([("visit", "i8"), ("key", "f8")])
LOG = np.dtype([("kind", "i8"), ("visit", "i8"), ("shift", "i8"), ("before", "i8"), ("value", "f8")])

# Kinds of entries of the log.
STARTED, JOINED, PARTED, OVER, HELD = range(5)
# Where in `State.sums` each part of the cost stands; LATE is all that depends on when a visit begins. What they were at
# the last mark stands behind them.
TRAVEL, LATE, LARGEST, OVERTIME, UNSERVED, LIKING, EVENNESS, FACES = range(8)
PARTS = 8
# Where in `State.counts` the entries of heap and log are counted.
WAITING, LOGGED = range(2)
EPSILON = 1e-9
# Entries of the log that one judgement of times leaves free for what is noted without one.
SPARE = 256
# A delay is followed to so many others who wait for each other.
FOLLOWED = 2
# A time that moves this often in one go moves for ever: two people wait for each other.
OFTEN = 6


class Data(NamedTuple):
    """What does not change. `liking[v, s]`: the cost of shift s for visit v, infinite where it may not be."""

    visit: Records
    shift: Records
    liking: Floats
    minutes: Floats
    fares: Floats
    near: Ints
    known: Ints
    largest_price: float
    even_price: float
    face_price: float
    horizon: float
    aimed: bool


class State(NamedTuple):
    """What a search changes. `out`, `rank`, `later` are of `remake`: what is out, its order, whose delay to follow."""

    stop: Records
    route: Records
    work: Floats
    known: Ints
    sums: Floats
    heap: Records
    log: Records
    counts: Ints
    out: Ints
    rank: Floats
    later: Records


def empty(data: Data) -> State:
    """A state in which nobody is visited."""
    visits, shifts = data.liking.shape
    stop, route, sums = np.zeros(visits, STOP), np.zeros(shifts, ROUTE), np.zeros(2 * PARTS)
    for name in ("before", "after", "shift"):
        stop[name] = -1
    stop["start"], stop["hold"] = data.visit["early"], data.visit["hold"]
    route["head"] = route["tail"] = -1
    sums[UNSERVED] = data.visit["unserved_price"].sum()
    people = int(data.shift["person"].max(initial=0)) + 1
    return State(
        stop, route, np.zeros(people), data.known.copy(), sums, np.zeros(visits + 1, HEAP),
        np.zeros(64 * visits + 4 * SPARE, LOG), np.zeros(2, np.int64), np.zeros(visits, np.int64), np.zeros(visits),
        np.zeros(FOLLOWED + 1, HEAP),
    )  # fmt: skip


@inlined
def total(data: Data, state: State) -> float:
    """The cost of the plan."""
    sums = state.sums
    return float(
        sums[TRAVEL] + sums[LATE] + data.largest_price * sums[LARGEST] + sums[OVERTIME] + sums[UNSERVED]
        + sums[LIKING] + data.even_price * sums[EVENNESS] + data.face_price * sums[FACES]
    )  # fmt: skip


@inlined
def note(state: State, kind: int, visit: int, shift: int, before: int, value: float) -> None:
    """Keep what is needed to take a change back."""
    entry = state.log[state.counts[LOGGED]]
    entry.kind, entry.visit, entry.shift, entry.before, entry.value = kind, visit, shift, before, value
    state.counts[LOGGED] += 1


@inlined
def place_before(data: Data, state: State, visit: int, shift: int) -> int:
    """Where one comes from who has just made `visit` (-1: has just begun the shift)."""
    while visit >= 0 and data.visit[visit].place < 0:
        visit = state.stop[visit].before
    return int(data.shift[shift].base if visit < 0 else data.visit[visit].place)


@inlined
def place_after(data: Data, state: State, visit: int, shift: int) -> int:
    """Where one goes next, breaks left out, if `visit` (-1: the way home) is next."""
    while visit >= 0 and data.visit[visit].place < 0:
        visit = state.stop[visit].after
    return int(data.shift[shift].base if visit < 0 else data.visit[visit].place)


@inlined
def ready(data: Data, state: State, visit: int) -> float:
    """When who makes the visit can be there."""
    stop = state.stop[visit]
    shift, previous = stop.shift, stop.before
    at = (
        data.shift[shift].begins if previous < 0 else state.stop[previous].start + data.visit[previous].length
    )
    place = data.visit[visit].place
    if place >= 0:
        at += data.minutes[place_before(data, state, previous, shift), place]
    return float(at)


@inlined
def lateness(data: Data, state: State, visit: int) -> float:
    """Minutes beyond its window."""
    return float(max(0.0, state.stop[visit].start - data.visit[visit].late))


@inlined
def pain(data: Data, visit: int, at: float) -> float:
    """What it costs that the visit begins then."""
    asked = data.visit[visit]
    cost = asked.late_price * max(0.0, at - asked.late)
    if data.aimed:
        cost += asked.aim1_price * abs(at - asked.aim1) + asked.aim2_price * abs(at - asked.aim2)
    return float(cost)


@inlined
def touch(state: State, visit: int) -> None:
    """Have the visit's time judged again by `settle`."""
    if visit < 0 or state.stop[visit].waits:
        return
    state.stop[visit].waits = 1
    heap, key, at = state.heap, state.stop[visit].start, state.counts[WAITING]
    state.counts[WAITING] += 1
    while at > 0 and heap[(at - 1) >> 1].key > key:
        up = heap[(at - 1) >> 1]
        heap[at].visit, heap[at].key = up.visit, up.key
        at = (at - 1) >> 1
    heap[at].visit, heap[at].key = visit, key


@inlined
def _earliest(state: State) -> int:
    """Take the touched visit with the earliest time."""
    heap = state.heap
    taken = heap[0].visit
    state.stop[taken].waits = 0
    state.counts[WAITING] -= 1
    size = state.counts[WAITING]
    visit, key, at = heap[size].visit, heap[size].key, 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and heap[down + 1].key < heap[down].key:
            down += 1
        if heap[down].key >= key:
            break
        heap[at].visit, heap[at].key = heap[down].visit, heap[down].key
        at = down
    heap[at].visit, heap[at].key = visit, key
    return int(taken)


@inlined
def judge_overtime(data: Data, state: State, shift: int) -> None:
    """What the shift costs beyond its end, the way home counted, and beyond what it may hold."""
    asked, route, cost = data.shift[shift], state.route[shift], 0.0
    if asked.over_price <= 0:
        return
    last = route.tail
    if last >= 0:
        home = data.minutes[place_before(data, state, last, shift), asked.base]
        beyond = state.stop[last].start + data.visit[last].length + home - asked.ends
        cost = (max(0.0, beyond) + max(0.0, route.load - asked.most)) * asked.over_price
    if cost != route.over:
        note(state, OVER, -1, shift, -1, route.over)
        state.sums[OVERTIME] += cost - route.over
        route.over = cost


@inlined
def _set_start(data: Data, state: State, visit: int, at: float) -> None:
    stop = state.stop[visit]
    old = stop.start
    if abs(at - old) <= EPSILON:
        return
    note(state, STARTED, visit, -1, -1, old)
    state.sums[LATE] += pain(data, visit, at) - pain(data, visit, old)
    stop.start = at
    stop.moved += 1
    if stop.after >= 0:
        touch(state, stop.after)
    else:
        judge_overtime(data, state, stop.shift)


@inlined
def _judge(data: Data, state: State, visit: int) -> float:
    """Give the visit, and its other half, the earliest time its neighbours allow. Returns the later of them."""
    other = data.visit[visit].other
    if other < 0 or state.stop[other].shift < 0:
        at = max(state.stop[visit].hold, ready(data, state, visit))
        _set_start(data, state, visit, at)
        return float(at)
    one, two = (visit, other) if data.visit[visit].first else (other, visit)
    asked, stop_one, stop_two = data.visit[one], state.stop[one], state.stop[two]
    if asked.apart and data.shift[stop_one.shift].person == data.shift[stop_two.shift].person:
        return float(np.inf)
    at_one = max(stop_one.hold, ready(data, state, one))
    if stop_two.before == one:
        gap = asked.length + data.minutes[asked.place, data.visit[two].place]
        if gap > asked.lag_most + EPSILON:
            return float(np.inf)
        at_one = max(at_one, stop_two.hold - asked.lag_most)
        at_two = max(stop_two.hold, at_one + gap)
    else:
        at_two = max(stop_two.hold, ready(data, state, two))
        at_one = max(at_one, at_two - asked.lag_most)
    at_two = max(at_two, at_one + asked.lag_least)
    _set_start(data, state, one, at_one)
    _set_start(data, state, two, at_two)
    return float(max(at_one, at_two))


@compiled
def settle(data: Data, state: State, limit: float) -> bool:
    """Judge the times of all that was touched, and the largest lateness. False as `retime` is."""
    good = retime(data, state, limit)
    if good and data.largest_price > 0:
        _judge_largest(data, state)
    return bool(good)


@compiled
def retime(data: Data, state: State, limit: float) -> bool:
    """Judge the times of all that was touched. False, with times half judged, if no times satisfy the routes or if the
    plan costs more than `limit`.

    What the routes cost is known beforehand, and what times cost can fall by no more than all of it was at the mark:
    most changes are given up before most of their times are judged. A few routes that could be followed are refused
    too (times that move OFTEN times); a search loses little by it.
    """
    sums = state.sums
    mercy = sums[PARTS + LATE] + sums[PARTS + OVERTIME] + data.largest_price * sums[PARTS + LARGEST]
    good, first = total(data, state) - mercy <= limit, state.counts[LOGGED]
    while good and state.counts[WAITING] > 0:
        visit = _earliest(state)
        if state.stop[visit].shift >= 0:
            good = _judge(data, state, visit) <= data.horizon and state.stop[visit].moved <= OFTEN
            good = good and state.counts[LOGGED] < len(state.log) - SPARE
            good = good and total(data, state) - mercy <= limit
    for n in range(first, state.counts[LOGGED]):
        if state.log[n].kind == STARTED:
            state.stop[state.log[n].visit].moved = 0
    return bool(good)


@compiled
def _judge_largest(data: Data, state: State) -> None:
    """The largest lateness: all are looked at only if one that was the largest is so no more."""
    largest, again, top = state.sums[LARGEST], False, 0.0
    for n in range(state.counts[LOGGED]):
        entry = state.log[n]
        if entry.kind > PARTED:
            continue
        late = lateness(data, state, entry.visit)
        if state.stop[entry.visit].shift >= 0:
            top = max(top, late)
        elif late >= largest - EPSILON:
            again = True
        if entry.kind == STARTED and entry.value - data.visit[entry.visit].late >= largest - EPSILON:
            again = True
    if again:
        top = 0.0
        for visit in range(len(state.stop)):
            if state.stop[visit].shift >= 0:
                top = max(top, lateness(data, state, visit))
        state.sums[LARGEST] = top
    else:
        state.sums[LARGEST] = max(largest, top)

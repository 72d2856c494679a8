"""Ruin and recreate, compiled: some visits near each other are taken out and put back one by one where they add least.

What a place adds is reckoned from the times as they stand, without moving anything: the way over the visit, its own
lateness, and the delay that runs down the route, and down the routes of those who wait for it. The chosen place is then
taken, and all times are judged, before the next visit looks for its own.
"""

from __future__ import annotations

import numpy as np

from anxin.matching.engine.dayplan.routes import detour, may, put, take
from anxin.matching.engine.dayplan.state import (
    EPSILON,
    FOLLOWED,
    LARGEST,
    Data,
    State,
    compiled,
    inlined,
    pain,
    place_before,
    retime,
    total,
)

# So many visits, and neighbours of each in its route, are taken out at most.
MOST = 14
STRING = 4
# A place that would be the best so far is overlooked now and then.
BLINK = 0.02
# From so many visits and shifts on, only places near a visit are tried, and so many empty shifts.
MANY = 300
EMPTY = 3


@inlined
def _on(data: Data, place: int, after: int, shift: int) -> float:
    """Minutes from `place` to the next visit, or home if there is none; a break is taken where one is."""
    there = data.shift[shift].base if after < 0 else data.visit[after].place
    return 0.0 if there < 0 else float(data.minutes[place, there])


@inlined
def _over(data: Data, shift: int, home: float, by: float) -> float:
    """What it adds that somebody who would be home at `home` is so `by` minutes later."""
    beyond = home - data.shift[shift].ends
    return float(data.shift[shift].over_price * (max(0.0, beyond + by) - max(0.0, beyond)))


@inlined
def _late(data: Data, state: State, visit: int, at: float) -> float:
    """What it costs that the visit begins then, the largest lateness as it stands counted."""
    largest = max(0.0, at - data.visit[visit].late - state.sums[LARGEST])
    return float(pain(data, visit, at) + data.largest_price * largest)


@inlined
def _delay(data: Data, state: State, visit: int, by: float, most: float) -> float:
    """What it adds that a visit, and what follows from it, begins `by` minutes later; followed only up to `most`."""
    cost, waiting, seen, waited = 0.0, 0, 0, -1
    while cost < most:
        if visit < 0 or by <= EPSILON:
            if waiting == 0:
                break
            waiting -= 1
            visit, by = state.later[waiting].visit, state.later[waiting].key
            waited = visit
        stop, asked = state.stop[visit], data.visit[visit]
        shift, after, other, at = stop.shift, stop.after, asked.other, stop.start + by
        cost += _late(data, state, visit, at) - pain(data, visit, stop.start)
        if other >= 0 and visit != waited and seen < FOLLOWED and state.stop[other].shift >= 0:
            due = at + asked.lag_least if asked.first else at - data.visit[other].lag_most
            if due > state.stop[other].start + EPSILON:
                state.later[waiting].visit, state.later[waiting].key = other, due - state.stop[other].start
                waiting, seen = waiting + 1, seen + 1
        ends = stop.start + asked.length + _on(data, place_before(data, state, visit, shift), after, shift)
        if after < 0:
            cost += _over(data, shift, ends, by)
        else:
            by -= state.stop[after].start - ends
        visit = after
    return float(cost)


@inlined
def _person(data: Data, state: State, visit: int, shift: int) -> float:
    """What it adds that this person comes, and that the shift holds one more."""
    asked, person, cost = data.visit[visit], data.shift[shift].person, data.liking[visit, shift]
    if data.face_price > 0 and asked.household >= 0 and state.known[asked.household, person] == 0:
        cost += data.face_price
    if data.even_price > 0 and asked.place >= 0:
        cost += data.even_price * asked.length * (2 * state.work[person] + asked.length)
    if asked.load > 0:
        load, holds = state.route[shift].load, data.shift[shift].most
        cost += data.shift[shift].over_price * (max(0.0, load + asked.load - holds) - max(0.0, load - holds))
    return float(cost)


@inlined
def _addition(
    data: Data, state: State, visit: int, shift: int, before: int, at: float, ways: float, most: float
) -> float:
    """What the visit adds right after `before`, if it can begin `at` and its ways and its person add `ways`."""
    asked = data.visit[visit]
    cost, other = ways, asked.other
    if other >= 0 and state.stop[other].shift >= 0:
        there = state.stop[other].start
        if asked.first:
            at = max(at, there - asked.lag_most)
            late = at + asked.lag_least - there
        else:
            at = max(at, there + data.visit[other].lag_least)
            late = at - data.visit[other].lag_most - there
        cost += _delay(data, state, other, late, most - cost)
    cost += _late(data, state, visit, at)
    if cost >= most:
        return float(cost)
    after = state.route[shift].head if before < 0 else state.stop[before].after
    here = place_before(data, state, before, shift)
    ends = at + asked.length + _on(data, here if asked.place < 0 else asked.place, after, shift)
    if after >= 0:
        cost += _delay(data, state, after, ends - state.stop[after].start, most - cost)
    else:
        home = float(data.shift[shift].begins)
        if before >= 0:
            home = state.stop[before].start + data.visit[before].length + _on(data, here, -1, shift)
        cost += _over(data, shift, home, ends - home)
    return float(cost)


@inlined
def _there(data: Data, state: State, visit: int, shift: int, before: int, own: float, most: float) -> float:
    """What the visit adds right after `before`, infinite from `most` on. own: what its person adds."""
    asked = data.visit[visit]
    after = state.route[shift].head if before < 0 else state.stop[before].after
    ways = own + detour(data, state, visit, before, after, shift)
    if ways >= most:
        return float(np.inf)
    at = data.shift[shift].begins if before < 0 else state.stop[before].start + data.visit[before].length
    if asked.place >= 0:
        at += data.minutes[place_before(data, state, before, shift), asked.place]
    if asked.late_price * (at - asked.late) >= most:
        return float(np.inf)
    cost = _addition(data, state, visit, shift, before, max(at, state.stop[visit].hold), ways, most)
    return float(cost if cost < most else np.inf)


@inlined
def _open_to(data: Data, state: State, visit: int, shift: int) -> bool:
    """Whether the visit may be part of the shift while its other half is where it is."""
    other = data.visit[visit].other
    there = -1 if other < 0 else state.stop[other].shift
    if not may(data, visit, shift) or shift == there:
        return False
    return there < 0 or not data.visit[visit].apart or data.shift[there].person != data.shift[shift].person


@compiled
def cheapest_place(data: Data, state: State, visit: int) -> tuple[float, int, int]:
    """What the visit adds where it adds least; that shift, and the visit before.

    Where there are many places, only those beside the visits near it are looked at, and a few shifts without visits.
    """
    if len(data.visit) + len(data.shift) > MANY:
        return cheapest_near(data, state, visit)
    asked, least, to, behind = data.visit[visit], np.inf, -1, -1
    for shift in range(data.liking.shape[1]):
        if not _open_to(data, state, visit, shift):
            continue
        own = _person(data, state, visit, shift)
        before, after = -1, state.route[shift].head
        free = data.shift[shift].begins
        while own < least:
            at = free
            if asked.place >= 0:
                at += data.minutes[place_before(data, state, before, shift), asked.place]
            if asked.late_price * (at - asked.late) >= least:
                break
            ways = own + detour(data, state, visit, before, after, shift)
            if ways < least:
                at = max(at, state.stop[visit].hold)
                cost = _addition(data, state, visit, shift, before, at, ways, least)
                if cost < least and np.random.random() >= BLINK:
                    least, to, behind = cost, shift, before
            if after < 0:
                break
            free = state.stop[after].start + data.visit[after].length
            before, after = after, state.stop[after].after
    return least, to, behind


@compiled
def cheapest_near(data: Data, state: State, visit: int) -> tuple[float, int, int]:
    """The same among the places beside the visits near it, both ends of each route and a few empty shifts."""
    least, to, behind, shifts = np.inf, -1, -1, data.liking.shape[1]
    for n in range(data.near.shape[1]):
        beside = data.near[visit, n]
        if beside < 0:
            break
        shift = state.stop[beside].shift
        if shift < 0 or not _open_to(data, state, visit, shift):
            continue
        own = _person(data, state, visit, shift)
        for which in range(2):
            before = beside if which == 0 else state.stop[beside].before
            cost = _there(data, state, visit, shift, before, own, least)
            if cost < least and np.random.random() >= BLINK:
                least, to, behind = cost, shift, before
    begun, tried = int(np.random.random() * shifts), 0
    for n in range(shifts):
        shift = (begun + n) % shifts
        tail = state.route[shift].tail
        if (tail < 0 and tried == EMPTY) or not _open_to(data, state, visit, shift):
            continue
        own = _person(data, state, visit, shift)
        for which in range(2):
            before = -1 if which == 0 else tail
            cost = _there(data, state, visit, shift, before, own, least)
            if cost < least and np.random.random() >= BLINK:
                least, to, behind = cost, shift, before
            if tail < 0:
                tried += 1
                break
    return least, to, behind


@inlined
def _take_out(data: Data, state: State, visit: int, count: int) -> int:
    state.out[count] = visit
    take(data, state, visit)
    return count + 1


@compiled
def _ruin(data: Data, state: State, seed: int) -> int:
    """Take out visits near `seed`, some neighbours of each with it. Returns how many are out."""
    wanted, count = 1 + int(np.random.random() * MOST), 0
    longest = 1 + int(np.random.random() * STRING)
    near = -1
    while count < wanted and near < data.near.shape[1]:
        visit = seed if near < 0 else data.near[seed, near]
        near += 1
        if visit < 0:
            break
        if state.stop[visit].shift < 0:
            continue
        for _ in range(int(np.random.random() * longest)):
            if state.stop[visit].before >= 0:
                visit = state.stop[visit].before
        for _ in range(longest):
            if visit < 0 or count >= wanted:
                break
            following, other = state.stop[visit].after, data.visit[visit].other
            count = _take_out(data, state, visit, count)
            if other >= 0 and state.stop[other].shift >= 0 and np.random.random() < 0.5:
                if following == other:
                    following = state.stop[other].after
                count = _take_out(data, state, other, count)
            visit = following
    return count


@compiled
def _sort(data: Data, state: State, count: int) -> None:
    """The order in which they are put back."""
    way = int(np.random.random() * 4)
    for n in range(count):
        visit = state.out[n]
        asked = data.visit[visit]
        key = np.random.random()
        if way == 1:
            key = asked.late
        elif way == 2:
            key = -asked.late
        elif way == 3:
            key -= 1.0 if asked.other >= 0 else 0.0
        at = n
        while at > 0 and state.rank[at - 1] > key:
            state.rank[at], state.out[at] = state.rank[at - 1], state.out[at - 1]
            at -= 1
        state.rank[at], state.out[at] = key, visit


@compiled
def _back(data: Data, state: State, visit: int) -> bool:
    """Put the visit, and its other half if that is out too, where they add least; or leave both out."""
    other = data.visit[visit].other
    for which in range(2):
        half = visit if which == 0 else other
        if half < 0 or state.stop[half].shift >= 0:
            continue
        cost, shift, before = cheapest_place(data, state, half)
        if shift < 0 or (cost > data.visit[half].unserved_price and not data.visit[half].locked):
            return _leave(data, state, visit)
        put(data, state, half, shift, before)
        if not retime(data, state, np.inf):
            return False
    return True


@compiled
def _leave(data: Data, state: State, visit: int) -> bool:
    """Serve neither half; False if that may not be."""
    for which in range(2):
        half = visit if which == 0 else data.visit[visit].other
        if half >= 0:
            if data.visit[half].locked:
                return False
            if state.stop[half].shift >= 0:
                take(data, state, half)
    return retime(data, state, np.inf)


@compiled
def remake(data: Data, state: State, seed: int, limit: float) -> bool:
    """Take out visits near `seed` and put them back. False, half done, if that cannot be or costs more than `limit`."""
    missed = state.stop[seed].shift < 0
    count = _ruin(data, state, seed)
    if missed:
        state.out[count] = seed
        count += 1
    missing = 0.0
    for n in range(count):
        missing += data.visit[state.out[n]].unserved_price
    _sort(data, state, count)
    if not retime(data, state, np.inf):
        return False
    for n in range(count):
        visit = state.out[n]
        missing -= data.visit[visit].unserved_price
        if state.stop[visit].shift < 0 and not _back(data, state, visit):
            return False
        # What comes back later hardly makes it cheaper.
        if total(data, state) - missing > limit:
            return False
    return True

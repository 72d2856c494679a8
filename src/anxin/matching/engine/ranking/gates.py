"""The gates of one worker, compiled: the search asks them one after the other, an explanation asks them all."""

# Compiled functions take what Numba infers, which no annotation says.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, arg-type, assignment"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.facts import DAY_S, END, HELD, LAT, LNG, START, WORK

metres = njit(cache=True)(points.metres)
travel_seconds = njit(cache=True)(points.travel_seconds)

# What the search reads of a worker lies together: two lines of the processor's cache.
ROW = np.dtype(
    [
        ("ready", np.int64), ("worth", np.int64), ("key", np.int64), ("booking_at", np.int64),
        ("lat", np.int32), ("lng", np.int32), ("agency", np.int32), ("pattern", np.int32),
        ("bookings", np.int16), ("room", np.int16), ("recent", np.int16), ("grabs", np.bool_), ("active", np.bool_),
        ("health", np.int64, 4), ("insurance", np.int64, 4), ("_", np.int64),
    ]
)  # fmt: skip
assert ROW.itemsize == 128


class Columns(NamedTuple):
    """The columns as the compiled functions take them; skill and certificates by slot, one row an item or a title."""

    rows: Any
    skill: Any
    certificates: Any
    bookings: Any
    pattern_at: Any
    pattern_from: Any
    pattern_to: Any
    live: Any


class Asked(NamedTuple):
    """A need as the compiled functions take it: see `facts.Need`. a0…b1: `week_pieces`; tier, insurance -1 none."""

    lat: int
    lng: int
    cosine: float
    sine: float
    item: int
    level: int
    days: int
    tier: int
    insurance: int
    agency: int
    grabbing: bool
    start: int
    end: int
    held: int
    a0: int
    a1: int
    b0: int
    b1: int
    weekday: int
    day_s: int
    week_s: int
    week_days: int
    rest_s: int
    titles: Any
    excluded: Any


@njit(cache=True)
def skilled(c, slot, q):
    have = c.skill[q.item, slot]
    return have != 0 and (q.level == 0 or have <= q.level)


@njit(cache=True)
def of_agency(c, slot, q):
    row = c.rows[slot]
    return (
        row.agency >= 0
        and c.live[row.agency]
        and (q.agency < 0 or row.agency == q.agency)
        and (not q.grabbing or row.grabs)
    )


@njit(cache=True)
def healthy(c, slot, q):
    return q.tier < 0 or (c.rows[slot].health[q.tier] & q.days) == q.days


@njit(cache=True)
def insured(c, slot, q):
    return q.insurance < 0 or (c.rows[slot].insurance[q.insurance] & q.days) == q.days


@njit(cache=True)
def certified(c, slot, q):
    for title in q.titles:  # noqa: SIM110  # a generator does not compile
        if title < 0 or (c.certificates[title, slot] & q.days) != q.days:
            return False
    return True


@njit(cache=True)
def _within(c, pattern, start, end):
    for i in range(c.pattern_at[pattern], c.pattern_at[pattern + 1]):
        if c.pattern_from[i] <= start and end <= c.pattern_to[i]:
            return True
    return False


@njit(cache=True)
def at_work(c, slot, q):
    pattern = c.rows[slot].pattern
    return _within(c, pattern, q.a0, q.a1) and (q.b0 < 0 or _within(c, pattern, q.b0, q.b1))


@njit(cache=True)
def before(c, slot, moment):
    """How many of the worker's bookings start before a moment."""
    row = c.rows[slot]
    low, high = 0, np.int64(row.bookings)
    while low < high:
        middle = (low + high) // 2
        if c.bookings[row.booking_at + middle, START] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)
def free(c, slot, q):
    # Bookings never overlap, so only the last one that starts before our end can reach into our time.
    many = before(c, slot, q.held)
    return many == 0 or c.bookings[c.rows[slot].booking_at + many - 1, HELD] <= q.start


@njit(cache=True)
def reachable(c, slot, q):
    """Whether there is time to come from the visit before and to go to the visit after."""
    row = c.rows[slot]
    many = before(c, slot, q.start)
    for i in range(many - 1, -1, -1):
        one = c.bookings[row.booking_at + i]
        if one[LAT] != points.UNKNOWN:
            away = metres(one[LAT], one[LNG], q.lat, q.lng, q.cosine, q.sine)
            if q.start - one[END] < travel_seconds(away):
                return False
            break
    for i in range(many, row.bookings):
        one = c.bookings[row.booking_at + i]
        if one[LAT] != points.UNKNOWN:
            away = metres(one[LAT], one[LNG], q.lat, q.lng, q.cosine, q.sine)
            if one[START] - q.end < travel_seconds(away):
                return False
            break
    return True


@njit(cache=True)
def _work_between(c, slot, start, end):
    row = c.rows[slot]
    total = 0
    for i in range(row.bookings):
        one = c.bookings[row.booking_at + i]
        if one[WORK] != 0:
            total += max(0, min(end, one[END]) - max(start, one[START]))
    return total


@njit(cache=True)
def rested(c, slot, q):
    """Whether hours of the day and the week, days of the week and the rest between days keep to the caps."""
    if q.end - q.start >= DAY_S:
        return True
    first, last = q.start // DAY_S, (q.end - 1) // DAY_S
    if q.rest_s > 0:
        row = c.rows[slot]
        for i in range(row.bookings):
            one = c.bookings[row.booking_at + i]
            if one[WORK] == 0:
                continue
            if (one[END] - 1) // DAY_S < first and one[END] > q.start - q.rest_s:
                return False
            if one[START] // DAY_S > last and one[START] < q.end + q.rest_s:
                return False
    for day in range(first, last + 1):
        begin = day * DAY_S
        own = min(q.end, begin + DAY_S) - max(q.start, begin)
        if 0 < q.day_s < own + _work_between(c, slot, begin, begin + DAY_S):
            return False
        if q.week_s == 0 and q.week_days == 0:
            continue
        monday = (day - (day + q.weekday) % 7) * DAY_S
        mine = min(q.end, monday + 7 * DAY_S) - max(q.start, monday)
        if 0 < q.week_s < mine + _work_between(c, slot, monday, monday + 7 * DAY_S):
            return False
        if q.week_days > 0:
            worked = 0
            for other in range(7):
                there = monday + other * DAY_S
                if (q.start < there + DAY_S and q.end > there) or _work_between(
                    c, slot, there, there + DAY_S
                ) > 0:
                    worked += 1
            if worked > q.week_days:
                return False
    return True


@njit(cache=True)
def excluded(c, slot, q):
    key = c.rows[slot].key
    at = np.searchsorted(q.excluded, key)
    return at < len(q.excluded) and q.excluded[at] == key


@njit(cache=True)
def stands(c, slot, q):
    """The gates that need no calendar, the cheapest first; area and the item itself are asked of a whole cell."""
    row = c.rows[slot]
    if not row.active or (row.ready & q.days) != q.days:
        return False
    if q.level != 0 and not skilled(c, slot, q):
        return False
    return of_agency(c, slot, q) and healthy(c, slot, q) and insured(c, slot, q)


@njit(cache=True)
def comes(c, slot, q):
    """The other gates: papers by title, hours, calendar, travel, rest, blocks."""
    return (
        at_work(c, slot, q)
        and free(c, slot, q)
        and certified(c, slot, q)
        and reachable(c, slot, q)
        and rested(c, slot, q)
        and not excluded(c, slot, q)
    )


@njit(cache=True)
def failed(c, slot, q):
    """Every gate of one slot but area, employment and colour, as bits in the order of `city.GATES`."""
    is_free = free(c, slot, q)
    wrong = 0
    for bit, passed in enumerate(
        (
            c.rows[slot].active, of_agency(c, slot, q), skilled(c, slot, q), healthy(c, slot, q),
            insured(c, slot, q), certified(c, slot, q), at_work(c, slot, q), is_free,
            not is_free or reachable(c, slot, q), rested(c, slot, q), not excluded(c, slot, q),
        )
    ):  # fmt: skip
        if not passed:
            wrong |= 1 << bit
    return wrong

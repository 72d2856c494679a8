"""When everything begins if the routes are followed: the earliest times that all of it allows. Plain Python.

A visit does not begin before its `hold` (its window, or the time a plan keeps it for), nor before whoever makes it can
be there; the halves of a visit by two keep their lag, the first waiting for the second if need be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from anxin.matching.engine.dayplan.problem import Day
from anxin.matching.engine.dayplan.result import Routes

EPSILON = 1e-9


def places(day: Day, route: Sequence[int], shift: int) -> list[int]:
    """Where one is during each visit of a route: a break is taken where one is."""
    found, here = [], day.shifts[shift].base
    for visit in route:
        place = day.visits[visit].place
        here = here if place is None else place
        found.append(here)
    return found


def way_minutes(day: Day, route: Sequence[int], shift: int) -> list[float]:
    """Minutes of way to each visit of a route, and home."""
    base = day.shifts[shift].base
    stands = [base, *places(day, route, shift), base]
    return [float(day.ways[a, b]) for a, b in zip(stands, stands[1:], strict=False)]


def follow(day: Day, routes: Routes, holds: Sequence[float]) -> dict[int, float] | None:
    """When each visit of the routes begins; None if people would wait for each other for ever."""
    visits, horizon = day.bound, day.horizon
    at: dict[int, float] = {}
    floor: dict[int, float] = {}
    before: dict[int, tuple[int, float]] = {}
    after: dict[int, int] = {}
    for shift, route in enumerate(routes):
        for n, (visit, way) in enumerate(zip(route, way_minutes(day, route, shift), strict=False)):
            floor[visit] = max(holds[visit], visits[visit].early)
            if n == 0:
                floor[visit] = max(floor[visit], day.shifts[shift].begins + way)
            else:
                previous = route[n - 1]
                before[visit] = previous, visits[previous].minutes + way
                after[previous] = visit
            at[visit] = floor[visit]
    waiting, judged = deque(sorted(at, key=at.__getitem__)), dict.fromkeys(at, 0)
    while waiting:
        visit = waiting.popleft()
        earliest = max(floor[visit], _by_pair(day, visit, at))
        if visit in before:
            previous, gap = before[visit]
            earliest = max(earliest, at[previous] + gap)
        judged[visit] += 1
        if earliest > horizon or judged[visit] > 2 * len(at) + 2:
            return None
        if earliest > at[visit] + EPSILON or judged[visit] == 1:
            at[visit] = max(earliest, at[visit])
            waiting += [one for one in (after.get(visit), day.other(visit)) if one is not None and one in at]
    return at


def _by_pair(day: Day, visit: int, at: dict[int, float]) -> float:
    """The earliest time that the other half of a visit by two allows."""
    pair = day.pair_of.get(visit)
    if pair is None:
        return 0.0
    if visit == pair.first:
        return at[pair.second] - pair.most if pair.second in at else 0.0
    return at[pair.first] + pair.least if pair.first in at else 0.0

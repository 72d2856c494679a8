"""A day as arrays for the search."""

from __future__ import annotations

from math import inf

import numpy as np

from anxin.matching.engine.dayplan.problem import Day
from anxin.matching.engine.dayplan.state import SHIFT, VISIT, Data, Floats, Ints, Records

# So many visits are tried beside each visit.
NEAR = 32


def arrays(day: Day) -> Data:
    """The day, found without complaints, as arrays."""
    ways = np.ascontiguousarray(day.ways, np.float64)
    fares = np.ascontiguousarray(day.paid, np.float64) * day.prices.way
    visit, liking, prices = _visits(day), _liking(day), day.prices
    household, person, known = _faces(day)
    visit["household"] = household
    shift = np.zeros(len(day.shifts), SHIFT)
    for name in ("base", "begins", "ends", "over_price", "most"):
        shift[name] = [getattr(one, name) for one in day.shifts]
    shift["person"] = person
    return Data(
        visit, shift, liking, ways, fares, _near(visit, liking, ways), known, float(prices.largest),
        float(prices.unequal), float(prices.face), day.horizon, any(map(day.targets, range(len(visit)))),
    )  # fmt: skip


def _visits(day: Day) -> Records:
    visit = np.zeros(len(day.visits), VISIT)
    for name in ("early", "late", "late_price", "unserved_price", "load"):
        visit[name] = [getattr(one, name) for one in day.bound]
    visit["place"] = [-1 if one.place is None else one.place for one in day.bound]
    visit["length"] = [one.minutes for one in day.bound]
    visit["hold"] = [day.aim(n) for n in range(len(visit))]
    visit["locked"] = [n in day.locks for n in range(len(visit))]
    visit["other"], visit["first"] = -1, 1
    for pair in day.pairs:
        one, two = visit[pair.first], visit[pair.second]
        one["other"], two["other"], two["first"] = pair.second, pair.first, 0
        one["lag_least"], one["lag_most"] = pair.least, pair.most
        one["apart"] = two["apart"] = pair.apart
    for n in range(len(visit)):
        for which, (at, price) in enumerate(day.targets(n), start=1):
            visit[n][f"aim{which}"], visit[n][f"aim{which}_price"] = at, price
    return visit


def _liking(day: Day) -> Floats:
    """By visit and shift: what it costs to send it, with what another person than people were told costs."""
    liking = np.full((len(day.visits), len(day.shifts)), inf)
    for n, visit in enumerate(day.bound):
        liking[n, list(visit.liking)] = list(visit.liking.values())
        if (told := day.earlier.get(n)) is not None:
            liking[n] += [day.prices.other_person * (shift.person != told.person) for shift in day.shifts]
    return liking


def _faces(day: Day) -> tuple[Ints, Ints, Ints]:
    """Households and persons numbered from 0, and by both how often one knows the other from before."""
    homes = {
        home: n for n, home in enumerate(sorted({v.household for v in day.visits if v.household is not None}))
    }
    people = {person: n for n, person in enumerate(sorted({shift.person for shift in day.shifts}))}
    household = np.array([-1 if v.household is None else homes[v.household] for v in day.visits], np.int64)
    person = np.array([people[shift.person] for shift in day.shifts], np.int64)
    known = np.zeros((len(homes) + 1, len(people) + 1), np.int64)
    for home, faces in day.known.items():
        for face in faces:
            if home in homes and face in people:
                known[homes[home], people[face]] = 1
    return household, person, known


def _near(visit: Records, liking: Floats, ways: Floats) -> Ints:
    """For each visit the visits that could well stand beside it on a route, best first."""
    place, length, early, late = (visit[name] for name in ("place", "length", "early", "late"))
    where = np.maximum(place, 0)
    way = np.where((place[:, None] < 0) | (place[None, :] < 0), 0.0, ways[np.ix_(where, where)])
    # One after the other: what is waited and what comes late if the first begins as early, or as late, as it may.
    begins = early[:, None] + length[:, None] + way
    ends = late[:, None] + length[:, None] + way
    follows = way + 0.5 * np.maximum(0, early[None, :] - ends) + np.maximum(0, begins - late[None, :])
    cost = np.minimum(follows, follows.T)
    # Of use only if somebody may be sent to both.
    open_to = np.isfinite(liking).astype(np.float32)
    cost[open_to @ open_to.T == 0] = inf
    np.fill_diagonal(cost, inf)
    chosen = np.argsort(cost, axis=1, kind="stable")[:, : min(NEAR, max(len(visit) - 1, 1))].astype(np.int64)
    chosen[~np.isfinite(np.take_along_axis(cost, chosen.astype(np.int64), axis=1))] = -1
    return chosen

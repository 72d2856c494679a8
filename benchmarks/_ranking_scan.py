"""The peers in memory: a NumPy scan of all columns, and the nearest 300 that are ranked anew."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from anxin.matching.engine.ranking import gates, points
from anxin.matching.engine.ranking.city import City
from anxin.matching.engine.ranking.facts import Facts, Need


@njit(cache=True)
def coming(c: Any, slots: Any, q: Any, k: int) -> Any:
    """The first k of these whose calendar, hours and blocks allow it."""
    kept = np.empty(k, np.int64)
    many = 0
    for slot in slots:
        if many < k and gates.comes(c, slot, q):
            kept[many] = slot
            many += 1
    return kept[:many]


class Scan:
    """Every column of every worker, side by side in memory. The calendar, which no column holds, is asked by the
    engine's compiled gate, in the order of the totals, as the engine does."""

    def __init__(self, city: City, facts: Facts) -> None:
        rows = city.columns.rows
        self.city = city
        self.c = city.columns
        for name in ("ready", "worth", "key", "lat", "lng", "recent", "active", "agency"):
            setattr(self, name, rows[name].copy())
        self.health = [rows["health"][:, tier].copy() for tier in range(4)]
        self.insurance = [rows["insurance"][:, tier].copy() for tier in range(4)]
        self.towns = np.full((len(rows), 4), -1, np.int32)
        owners = np.repeat(city._slots[np.argsort(np.argsort(facts.key))], np.diff(facts.town_at))
        place = np.arange(len(facts.town)) - np.repeat(facts.town_at[:-1], np.diff(facts.town_at))
        self.towns[owners, place] = facts.town

    def scored(self, need: Need) -> tuple[Any, Any]:
        """(slots that pass what columns hold, their totals)."""
        days = need.days
        skill = self.c.skill[need.item]
        have = skill != 0
        if need.level:
            have &= skill <= need.level
        found = np.flatnonzero(have)
        found = found[(self.towns[found] == need.town).any(axis=1)]
        found = found[self.active[found] & ((self.ready[found] & days) == days)]
        found = found[self.c.live[self.agency[found]]]
        if need.tier:
            found = found[(self.health[need.tier - 1][found] & days) == days]
        if need.insurance:
            found = found[(self.insurance[need.insurance - 1][found] & days) == days]
        away = self.metres(found, need)
        w = self.city.weights
        total = self.worth[found] + w.near * (w.half_m * points.WHOLE // (w.half_m + away))
        for key, visits in need.known.items():
            total[self.key[found] == key] += w.continuity * points.continuity(visits, w.full_visits)
        return found, total

    def metres(self, found: Any, need: Need) -> Any:
        cosine, sine = points.turned(need.lat)
        lat, lng = self.lat[found].astype(np.int64), self.lng[found].astype(np.int64)
        north = (lat - need.lat) * points.RADIANS
        east = (
            (lng - need.lng) * points.RADIANS * (cosine * (1.0 - north * north / 8.0) - sine * (north / 2.0))
        )
        away = (points.EARTH_M * np.sqrt(north * north + east * east) + 0.5).astype(np.int64)
        return np.where(lat == points.UNKNOWN, points.FAR_M, np.minimum(points.FAR_M, away))

    def first(self, need: Need, k: int = 20) -> list[tuple[int, int]]:
        """(key, total) of the first k, from a look at everybody."""
        found, total = self.scored(need)
        order = np.lexsort((self.key[found], self.recent[found], -total))
        kept = coming(self.c, found[order], self.city._asked(need), k)
        totals = dict(zip(found.tolist(), total.tolist(), strict=True))
        return [(int(self.key[slot]), totals[slot]) for slot in kept.tolist()]

    def of_the_nearest(self, need: Need, near: int, k: int = 20) -> list[int]:
        """Keys of the first k among the `near` nearest who come."""
        found, total = self.scored(need)
        order = np.lexsort((self.key[found], self.metres(found, need)))
        kept = coming(self.c, found[order], self.city._asked(need), near)
        totals = dict(zip(found.tolist(), total.tolist(), strict=True))
        best = sorted(kept.tolist(), key=lambda s: (-totals[s], self.recent[s], self.key[s]))
        return [int(self.key[slot]) for slot in best[:k]]

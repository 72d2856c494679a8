"""A city's workers in memory: asked for the first k, asked why not, and kept up to date."""

from __future__ import annotations

from typing import Any

import numpy as np

from anxin.matching.engine.ranking import build, gates, kernel, points
from anxin.matching.engine.ranking.facts import END, HELD, START, Caps, Facts, Found, Ints, Need, Unfit
from anxin.matching.engine.ranking.points import WHOLE, Weights
from anxin.workers.values import Gate

# The bits of `gates.failed`; area, employment and colour are told beside them.
GATES = (
    Gate.ACTIVE, Gate.AFFILIATION, Gate.SKILL, Gate.HEALTH, Gate.INSURANCE, Gate.CERTIFICATES, Gate.SHIFT,
    Gate.FREE, Gate.TRAVEL, Gate.HOURS, Gate.EXCLUDED,
)  # fmt: skip
BITS = np.left_shift(np.int64(1), np.arange(64))
NOBODY = (np.empty(0, np.int32), np.empty(0, np.int64))


class Full(Exception):
    """No cell has room left for newcomers: build the city anew."""


class City:
    """Columns sorted by cell. Days are counted from one first day; past `facts.DAYS` days it is built anew.

    weekday: of the first day, Monday 0. live: which agencies work, by number. caps: hours and rest.
    """

    def __init__(
        self, facts: Facts, weights: Weights | None = None, *, live: Ints, weekday: int = 0, caps: Caps | None = None
    ) -> None:  # fmt: skip
        self.weights = weights or Weights()
        self.weekday, self.caps, self.turned = weekday, caps or Caps(), 0
        self._frame = build.frame(facts)
        slots, firsts = build.laid(facts, build.morton(facts.lat, facts.lng, *self._frame))
        cells = len(firsts) + 4 + len(firsts) // 32
        self._firsts, self._cells = firsts, cells
        rows, self._cold, skill, certificates = build.filled(facts, slots, cells)
        self.columns = gates.Columns(
            rows, skill, certificates, facts.bookings, facts.pattern_at, facts.pattern_from, facts.pattern_to,
            np.asarray(live, np.bool_),
        )  # fmt: skip
        self._used = len(facts.bookings)
        self._patterns: dict[tuple[tuple[int, int], ...], int] = {}
        self._best = np.full((len(skill), cells), -1, np.int64)
        self._has = np.zeros((len(skill), cells), np.int64)
        self._boxes = np.zeros((cells, 4), np.int32)
        self._all = np.arange(cells, dtype=np.int32), np.full(cells, -1, np.int64)
        self._towns = build.gathered(facts.town, np.repeat(slots, np.diff(facts.town_at)), cells)
        self._agencies = build.gathered(facts.agency[facts.agency >= 0], slots[facts.agency >= 0], cells)
        order = np.argsort(facts.key, kind="stable")
        self._keys, self._slots = facts.key[order], slots[order]
        self._moved: dict[int, int] = {}
        self._town_at, self._town = facts.town_at, facts.town
        self._own_towns: dict[int, Ints] = {}
        self.weigh(self.weights)

    def __len__(self) -> int:
        return int((self.columns.rows["key"] != build.EMPTY).sum())

    # Questions

    def first(self, need: Need, k: int = 20) -> list[Found]:
        """The first k of all who pass every gate, best first. Raises Unfit."""
        need.check(len(self.columns.skill))
        if k <= 0:
            return []
        q, (cells, masks) = self._asked(need), self._in_question(need)
        known, extras = self._known(need)
        slots, totals, ways = np.empty(k, np.int64), np.empty(k, np.int64), np.empty(k, np.int64)
        have, self.opened, self.weighed = kernel.first(
            self.columns, self._boxes, self._best[need.item], self._has[need.item], cells, masks, q,
            self.weights.near, self.weights.half_m, known, extras, slots, totals, ways,
        )  # fmt: skip
        keys = self.columns.rows["key"][slots[:have]]
        found = zip(keys.tolist(), totals.tolist(), ways.tolist(), strict=False)
        return [Found(*one) for one in found]

    def place(self, key: int, need: Need) -> tuple[int | None, int]:
        """(the place among all who pass, from 1, or None where a gate stops this one; how many pass). Raises Unfit."""
        need.check(len(self.columns.skill))
        slot = self._slot(key)
        total = sum(self.parts(key, need).values()) if slot >= 0 else 0
        recent = int(self.columns.rows[slot]["recent"]) if slot >= 0 else 0
        known, extras = self._known(need)
        cells, masks = self._in_question(need)
        eligible, ahead = kernel.count(
            self.columns, self._has[need.item], cells, masks, self._asked(need), self.weights.near,
            self.weights.half_m, known, extras, total, recent, key,
        )  # fmt: skip
        return (None if self.why_not(key, need) else ahead + 1), eligible

    def why_not(self, key: int, need: Need) -> list[Gate]:
        """Every gate that stops this worker; an empty list = they could come. Who is not known is not active."""
        need.check(len(self.columns.skill))
        slot = self._slot(key)
        if slot < 0:
            return [Gate.ACTIVE]
        bits = gates.failed(self.columns, slot, self._asked(need))
        wrong = {gate for i, gate in enumerate(GATES) if bits >> i & 1}
        cold = self._cold[slot]
        if int(cold["employed"]) & need.days != need.days:
            wrong.add(Gate.AFFILIATION)
        if int(cold["green"]) & need.days != need.days:
            wrong.add(Gate.GREEN)
        if need.town >= 0 and need.town not in self._towns_of(slot):
            wrong.add(Gate.AREA)
        return [gate for gate in Gate if gate in wrong]

    def parts(self, key: int, need: Need) -> dict[str, int]:
        """What each component adds to the total; their sum is the total."""
        w, slot = self.weights, self._slot(key)
        cold, row = self._cold[slot], self.columns.rows[slot]
        return {
            "near": w.near * points.near(self._away(slot, need), w.half_m),
            "rating": w.rating
            * points.rating(int(cold["rating_sum"]), int(cold["rating_count"]), w.prior_mean, w.prior_count),
            "experience": w.experience
            * points.experience(int(cold["practised"]) + self.turned, w.full_years),
            "credit": w.credit * points.credit(int(cold["credit"])),
            "fairness": w.fairness * points.fairness(int(row["recent"]), w.fair_orders),
            "continuity": w.continuity * points.continuity(need.known.get(key, 0), w.full_visits),
        }

    # Changes

    def weigh(self, weights: Weights, *, turned: int | None = None) -> None:
        """Take other weights, or another day: `turned` days after the first."""
        self.weights, self.turned = weights, self.turned if turned is None else turned
        self._count(0, self._cells)

    def put(self, facts: Facts) -> None:
        """Add these workers, or take their new facts in place of the old. Raises Full."""
        codes = build.morton(facts.lat, facts.lng, *self._frame)
        for i in range(len(facts)):
            self._put(facts, i, int(codes[i]))

    def remove(self, key: int) -> None:
        """Forget a worker; nothing happens where they are not known."""
        if (slot := self._slot(key)) >= 0:
            self._clear(slot)
            self._moved[key] = -1
            self._count(slot // 64, slot // 64 + 1)

    def stand(self, key: int, *, rating_sum: int, rating_count: int, credit: int, recent: int) -> None:
        """New sums of a worker: a rating came, an order was done."""
        slot = self._known_slot(key)
        cold = self._cold[slot : slot + 1]
        cold["rating_sum"], cold["rating_count"], cold["credit"] = rating_sum, rating_count, credit
        self.columns.rows["recent"][slot] = recent
        self._count(slot // 64, slot // 64 + 1)

    def agency(self, number: int, *, live: bool) -> None:
        """An agency opens or is suspended."""
        self.columns.live[number] = live

    def book(self, key: int, booking: tuple[int, int, int, int, int, int]) -> None:
        """Take a worker's time: start, end, held until, place, 1 for work. Raises Unfit where it is taken."""
        slot = self._known_slot(key)
        row = self.columns.rows[slot]
        at, many = int(row["booking_at"]), int(row["bookings"])
        mine = self.columns.bookings[at : at + many]
        i = int(np.searchsorted(mine[:, START], booking[START]))
        if not booking[START] < booking[END] <= booking[HELD]:
            raise Unfit("a booking ends after it begins")
        if (i > 0 and mine[i - 1, HELD] > booking[START]) or (i < many and mine[i, START] < booking[HELD]):
            raise Unfit("this time is taken")
        self._write(slot, np.insert(mine, i, booking, axis=0))

    def release(self, key: int, start: int) -> None:
        """Give the time back that begins at `start`; nothing happens where none does."""
        slot = self._known_slot(key)
        row = self.columns.rows[slot]
        mine = self.columns.bookings[int(row["booking_at"]) :][: int(row["bookings"])]
        self._write(slot, mine[mine[:, START] != start])

    # Inside

    def _asked(self, need: Need) -> gates.Asked:
        cosine, sine = points.turned(need.lat)
        keys = np.array(sorted(need.excluded), np.int64)
        caps = self.caps
        return gates.Asked(
            need.lat, need.lng, cosine, sine, need.item, need.level, need.days, need.tier - 1, need.insurance - 1,
            need.agency, need.grabbing, need.start, need.end, need.held, *need.week_pieces(self.weekday),
            self.weekday, caps.day_s, caps.week_s, caps.week_days, caps.rest_s,
            np.array(self._titles(need), np.int64), keys,
        )  # fmt: skip

    def _titles(self, need: Need) -> list[int]:
        # A title that nobody was ever told of is one that nobody holds.
        return [title if 0 <= title < len(self.columns.certificates) else -1 for title in need.titles]

    def _in_question(self, need: Need) -> tuple[Ints, Ints]:
        found = self._all if need.town < 0 else self._towns.get(need.town, NOBODY)
        if need.agency >= 0:
            found = kernel.meet(*self._agencies.get(need.agency, NOBODY), *found)
        return found

    def _known(self, need: Need) -> tuple[Ints, Ints]:
        """Slots of the workers who were at this household before and do the item in the town, with their points."""
        slots, extras = [], []
        for key, visits in need.known.items():
            slot = self._slot(key)
            extra = self.weights.continuity * points.continuity(visits, self.weights.full_visits)
            if slot < 0 or extra <= 0 or self.columns.skill[need.item, slot] == 0:
                continue
            if need.town < 0 or need.town in self._towns_of(slot):
                slots.append(slot)
                extras.append(extra)
        return np.array(slots, np.int64), np.array(extras, np.int64)

    def _away(self, slot: int, need: Need) -> int:
        row = self.columns.rows[slot]
        return points.metres(int(row["lat"]), int(row["lng"]), need.lat, need.lng, *points.turned(need.lat))

    def _slot(self, key: int) -> int:
        if key in self._moved:
            return self._moved[key]
        at = int(np.searchsorted(self._keys, key))
        return int(self._slots[at]) if at < len(self._keys) and self._keys[at] == key else -1

    def _known_slot(self, key: int) -> int:
        if (slot := self._slot(key)) < 0:
            raise KeyError(key)
        return slot

    def _towns_of(self, slot: int) -> Any:
        if slot in self._own_towns:
            return self._own_towns[slot]
        source = int(self._cold[slot]["source"])
        return self._town[self._town_at[source] : self._town_at[source + 1]] if source >= 0 else ()

    def _count(self, start: int, end: int) -> None:
        w = self.weights
        weighed = np.array(
            [w.rating, w.experience, w.credit, w.fairness, w.prior_mean, w.prior_count, w.full_years, w.fair_orders],
            np.int64,
        )  # fmt: skip
        rows, skill = self.columns.rows, self.columns.skill
        build.weigh(rows, self._cold, weighed, self.turned, start * 64, end * 64)
        build.sum_up(rows, skill, self._best, self._has, self._boxes, start, end)

    def _put(self, facts: Facts, i: int, code: int) -> None:
        key = int(facts.key[i])
        home = max(0, int(np.searchsorted(self._firsts, code, side="right")) - 1)
        if (slot := self._slot(key)) >= 0:
            self._clear(slot)
            if slot // 64 != home:
                self._count(slot // 64, slot // 64 + 1)
                slot = -1
        if slot < 0:
            slot = self._room(home)
        rows, cold = self.columns.rows[slot : slot + 1], self._cold[slot : slot + 1]
        for name in ("key", "lat", "lng", "agency", "recent", "grabs", "active"):
            rows[name] = getattr(facts, name)[i]
        rows["ready"] = facts.green[i] & facts.employed[i]
        rows["health"], rows["insurance"] = facts.health[:, i], facts.insurance[:, i]
        a, b = facts.pattern_at[facts.pattern[i] : facts.pattern[i] + 2]
        hours = zip(facts.pattern_from[a:b].tolist(), facts.pattern_to[a:b].tolist(), strict=True)
        rows["pattern"] = self._pattern(tuple(hours))
        for name in ("green", "employed", "rating_sum", "rating_count", "practised", "credit"):
            cold[name] = getattr(facts, name)[i]
        self.columns.skill[:, slot] = facts.skill[:, i]
        self.columns.certificates[:, slot] = facts.certificates[:, i]
        self._own_towns[slot] = towns = facts.town[facts.town_at[i] : facts.town_at[i + 1]].copy()
        for town in towns:
            _join(self._towns, int(town), slot)
        if facts.agency[i] >= 0:
            _join(self._agencies, int(facts.agency[i]), slot)
        self._write(slot, facts.bookings[facts.booking_at[i] : facts.booking_at[i + 1]])
        self._moved[key] = slot
        self._count(slot // 64, slot // 64 + 1)

    def _room(self, home: int) -> int:
        """A free slot in the cell of the place, else in the spare cells at the end."""
        keys = self.columns.rows["key"]
        for start, end in ((home * 64, home * 64 + 64), (len(self._firsts) * 64, len(keys))):
            free = np.flatnonzero(keys[start:end] == build.EMPTY)
            if len(free):
                return start + int(free[0])
        raise Full

    def _clear(self, slot: int) -> None:
        for town in self._towns_of(slot):
            _leave(self._towns, int(town), slot)
        row = self.columns.rows[slot : slot + 1]
        if row["agency"][0] >= 0:
            _leave(self._agencies, int(row["agency"][0]), slot)
        self._own_towns[slot] = np.empty(0, np.int32)
        row["key"], row["active"], row["lat"], row["agency"] = build.EMPTY, False, points.UNKNOWN, -1
        row["bookings"] = row["room"] = 0

    def _pattern(self, hours: tuple[tuple[int, int], ...]) -> int:
        c = self.columns
        if not self._patterns:
            for i in range(len(c.pattern_at) - 1):
                a, b = c.pattern_at[i : i + 2]
                pairs = zip(c.pattern_from[a:b].tolist(), c.pattern_to[a:b].tolist(), strict=True)
                self._patterns[tuple(pairs)] = i
        if hours not in self._patterns:
            self._patterns[hours] = len(c.pattern_at) - 1
            self.columns = c._replace(
                pattern_from=np.append(c.pattern_from, np.array([a for a, _ in hours], np.int32)),
                pattern_to=np.append(c.pattern_to, np.array([b for _, b in hours], np.int32)),
                pattern_at=np.append(c.pattern_at, c.pattern_at[-1] + len(hours)),
            )
        return self._patterns[hours]

    def _write(self, slot: int, bookings: Ints) -> None:
        """A worker's bookings anew: in their old room where it is enough, else at the end of the pool."""
        row = self.columns.rows[slot : slot + 1]
        many = len(bookings)
        if many > row["room"][0]:
            bookings, room = bookings.copy(), many + 8
            pool = self.columns.bookings
            if self._used + room > len(pool):
                more = np.zeros((max(room, len(pool) // 8), 6), np.int32)
                self.columns = self.columns._replace(bookings=np.concatenate([pool, more]))
            row["booking_at"], row["room"] = self._used, room
            self._used += room
        at = int(row["booking_at"][0])
        self.columns.bookings[at : at + many] = bookings
        row["bookings"] = many


def _join(lists: dict[int, tuple[Ints, Ints]], group: int, slot: int) -> None:
    cells, masks = lists.get(group, NOBODY)
    cell, bit = slot // 64, BITS[slot % 64]
    at = int(np.searchsorted(cells, cell))
    if at < len(cells) and cells[at] == cell:
        masks[at] |= bit
    else:
        lists[group] = np.insert(cells, at, cell), np.insert(masks, at, bit)


def _leave(lists: dict[int, tuple[Ints, Ints]], group: int, slot: int) -> None:
    cells, masks = lists.get(group, NOBODY)
    at = int(np.searchsorted(cells, slot // 64))
    if at < len(cells) and cells[at] == slot // 64:
        masks[at] &= ~BITS[slot % 64]


__all__ = ["WHOLE", "City", "Full"]

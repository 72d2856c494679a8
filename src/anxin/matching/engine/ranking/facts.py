"""What the engine is told of workers, and what is asked of it: arrays and plain numbers.

Times are seconds from local midnight of the city's first day; days are bits of a mask, bit 0 that first day; places
are millionths of a degree (`points.UNKNOWN`: not known). Items, titles, towns and agencies are the caller's numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAYS = 62
DAY_S = 86_400
WEEK_MIN = 7 * 1440
NO_LEVEL = 6
# Columns of a booking: service from, until, held until (turnover), place, and whether it is work (a visit).
START, END, HELD, LAT, LNG, WORK = range(6)

Ints = NDArray[Any]


@dataclass
class Facts:
    """Columns over n workers, in any order.

    key: unique, int64; of two equals the smaller stands first. skill: (items, n) uint8, 0 = not, 1 highest … 5, 6 = no
    level certified. health, insurance: (4, n) int64, row t-1 the days on which tier or class t is met. certificates:
    (titles, n) int64 days. green, employed: int64 days. town_at: n+1 offsets into town. pattern: the worker's
    weekly hours, of which pattern_at holds the offsets into pattern_from/to (week minutes, merged and sorted).
    rating_sum: hundredths of a star. practised: days up to the first day. booking_at: n+1 offsets into bookings,
    (m, 6) int32, sorted by start, never overlapping.
    """

    key: Ints
    lat: Ints
    lng: Ints
    skill: Ints
    health: Ints
    insurance: Ints
    certificates: Ints
    green: Ints
    employed: Ints
    active: Ints
    agency: Ints
    grabs: Ints
    town_at: Ints
    town: Ints
    pattern: Ints
    pattern_at: Ints
    pattern_from: Ints
    pattern_to: Ints
    rating_sum: Ints
    rating_count: Ints
    practised: Ints
    credit: Ints
    recent: Ints
    booking_at: Ints
    bookings: Ints

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True)
class Caps:
    """Hours and rest: seconds of work on one day and in one week (Monday first), days with work in a week, and the
    seconds of rest to work of another day. 0 asks for nothing. Services of a day or longer are not held to them."""

    day_s: int = 0
    week_s: int = 0
    week_days: int = 0
    rest_s: int = 0


class Unfit(ValueError):
    """A question that has no answer: told in `args`."""


@dataclass(frozen=True)
class Need:
    """What work is to be filled. town: -1 anywhere. agency: -1 any. level: 0 any. tier, insurance: 1…4, 0 none.

    held: until when the worker's time is taken (turnover). excluded: keys that are blocked or were asked before.
    known: visits to this household by key of the worker. grabbing: only who may take open orders themselves.
    """

    lat: int
    lng: int
    item: int
    start: int
    end: int
    held: int
    town: int = -1
    agency: int = -1
    level: int = 0
    tier: int = 0
    insurance: int = 0
    titles: tuple[int, ...] = ()
    excluded: frozenset[int] = frozenset()
    known: dict[int, int] = field(default_factory=dict)
    grabbing: bool = False

    def check(self, items: int) -> None:
        """Raises Unfit where there is nothing to look for."""
        if not self.start < self.end <= self.held:
            raise Unfit("a service ends after it begins, and its time is held at least until then")
        if not (self.start >= 0 and self.end <= DAYS * DAY_S):
            raise Unfit(f"only the {DAYS} days from the first are known")
        if not 0 <= self.item < items:
            raise Unfit("no such item")
        if not (-90_000_000 <= self.lat <= 90_000_000 and -180_000_000 <= self.lng <= 180_000_000):
            raise Unfit("no such place")
        if not (0 <= self.tier <= 4 and 0 <= self.insurance <= 4 and 0 <= self.level <= 5):
            raise Unfit("no such tier, class or level")

    @property
    def days(self) -> int:
        """The service days as bits."""
        first, last = self.start // DAY_S, (self.end - 1) // DAY_S
        return (1 << (last + 1)) - (1 << first)

    def week_pieces(self, weekday: int) -> tuple[int, int, int, int]:
        """The service as one or two half-open pieces of the week in minutes; the second -1, -1 where there is one.

        weekday: of the first day, Monday 0.
        """
        if self.end - self.start >= 7 * DAY_S:
            return 0, WEEK_MIN, -1, -1
        whole = weekday * 1440 * 60 + self.start
        start = whole // 60 % WEEK_MIN
        end = start + -(-(self.end - self.start + whole % 60) // 60)
        return (start, end, -1, -1) if end <= WEEK_MIN else (0, end - WEEK_MIN, start, WEEK_MIN)


@dataclass(frozen=True, slots=True)
class Found:
    """One of the first: key, total (at most 10¹²) and metres."""

    key: int
    total: int
    metres: int


def one(**columns: Any) -> Facts:
    """Facts of a single worker from scalars and lists; what is left out is empty or zero."""
    towns, bookings = columns.pop("town", []), columns.pop("bookings", [])
    hours = columns.pop("hours", [])
    dtypes = {"key": np.int64, "lat": np.int32, "lng": np.int32, "green": np.int64, "employed": np.int64,
              "active": np.bool_, "agency": np.int32, "grabs": np.bool_, "rating_sum": np.int64,
              "rating_count": np.int32, "practised": np.int32, "credit": np.int16, "recent": np.int16}  # fmt: skip
    wide = {"skill": np.uint8, "health": np.int64, "insurance": np.int64, "certificates": np.int64}
    made: dict[str, Any] = {name: np.array([columns.pop(name, 0)], dtype) for name, dtype in dtypes.items()}
    made |= {name: np.array(columns.pop(name), dtype).reshape(-1, 1) for name, dtype in wide.items()}
    made["town_at"] = np.array([0, len(towns)], np.int64)
    made["town"] = np.array(towns, np.int32)
    made["pattern"] = np.zeros(1, np.int32)
    made["pattern_at"] = np.array([0, len(hours)], np.int64)
    made["pattern_from"] = np.array([a for a, _ in hours], np.int32)
    made["pattern_to"] = np.array([b for _, b in hours], np.int32)
    made["booking_at"] = np.array([0, len(bookings)], np.int64)
    made["bookings"] = np.array(bookings, np.int32).reshape(-1, 6)
    if columns:
        raise TypeError(f"no such columns: {', '.join(columns)}")
    return Facts(**made)

"""A day to be planned, as values: visits, shifts, ways, prices. Minutes count from any common midnight, so that the
shifts of several days can stand in one problem. Nothing here is compiled.

Requirements A-6.4.2, B-7.4.2, C-6.1.2.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

# Nothing begins this long (minutes) after the last window: there two people wait for each other for ever.
BEYOND = 600.0
# What may not be at all costs this much a minute.
FORBIDDEN = 1e6


@dataclass(frozen=True)
class Visit:
    """One person's work at one door. `place` indexes the ways; None is a break, taken where one is.

    It begins in early..late; later costs `late_price` a minute; not at all costs `unserved_price`. Each minute away
    from `wish` costs `wish_price`. `load` counts against its shift's `most`. `liking` maps a shift to what it costs (0:
    fully welcome) to send it; who is absent from it may not be sent (skill, area, block); nobody in it: the visit stays
    unserved.
    """

    place: int | None
    minutes: float
    early: float
    late: float
    liking: Mapping[int, float]
    late_price: float = 1.0
    unserved_price: float = 10_000.0
    household: int | None = None
    wish: float | None = None
    wish_price: float = 0.0
    load: float = 0.0


@dataclass(frozen=True)
class Together:
    """Two visits at one home: the second begins `least` to `most` minutes after the first (0..0: at the same time).

    `apart`: two people make them; else one who may make both can, one after the other.
    """

    first: int
    second: int
    least: float = 0.0
    most: float = 0.0
    apart: bool = True


@dataclass(frozen=True)
class Shift:
    """One person on one day: from leaving `base` to being back there; later than `ends` costs `over_price` a minute.

    `most`: what the loads of its visits may come to (minutes of work under a daily cap, meals on a bicycle); each unit
    beyond costs `over_price` too.
    """

    base: int
    begins: float
    ends: float
    person: int
    over_price: float = 1.0
    most: float = inf


@dataclass(frozen=True)
class Lock:
    """What a dispatcher has settled for a visit: its shift, and perhaps its start to the minute."""

    shift: int
    begins: float | None = None


@dataclass(frozen=True)
class Earlier:
    """What people were told before: who comes, and when."""

    person: int
    begins: float


@dataclass(frozen=True)
class Prices:
    """What else costs: a minute on the way, the largest lateness a minute, unequal work (per minute² of each person's
    sum), a face that a household does not know, and against the earlier plan another person or a minute's move."""

    way: float = 1.0
    largest: float = 0.0
    unequal: float = 0.0
    face: float = 0.0
    other_person: float = 0.0
    moved_minute: float = 0.0


@dataclass(frozen=True)
class Day:
    """All that a plan is made from. `ways[a][b]`: minutes from place a to place b.

    `fares`: what counts as way where that is less than the minutes (waiting between two doors is none); else the ways.
    `locks`, `earlier`: by visit. `known`: by household, the persons who have been there before.
    """

    visits: Sequence[Visit]
    shifts: Sequence[Shift]
    ways: NDArray[np.float64]
    pairs: Sequence[Together] = ()
    prices: Prices = field(default_factory=Prices)
    locks: Mapping[int, Lock] = field(default_factory=dict)
    earlier: Mapping[int, Earlier] = field(default_factory=dict)
    known: Mapping[int, Collection[int]] = field(default_factory=dict)
    fares: NDArray[np.float64] | None = None

    @property
    def paid(self) -> NDArray[np.float64]:
        """The ways as they are paid."""
        return self.ways if self.fares is None else self.fares

    @cached_property
    def bound(self) -> tuple[Visit, ...]:
        """The visits as their locks leave them: one shift, one minute."""
        return tuple(_locked(one, self.locks.get(n)) for n, one in enumerate(self.visits))

    @cached_property
    def pair_of(self) -> dict[int, Together]:
        """By visit, the pair it is a half of."""
        return {half: pair for pair in self.pairs for half in (pair.first, pair.second)}

    def other(self, visit: int) -> int | None:
        """The other half of a visit by two."""
        pair = self.pair_of.get(visit)
        return None if pair is None else pair.second if visit == pair.first else pair.first

    @property
    def horizon(self) -> float:
        """Nothing begins later than this."""
        return max((one.late for one in self.bound), default=0.0) + BEYOND

    def targets(self, visit: int) -> list[tuple[float, float]]:
        """When the visit would best begin, with the price of a minute away from it: its wish, what people were told."""
        one, told = self.bound[visit], self.earlier.get(visit)
        found = [] if one.wish is None or not one.wish_price else [(one.wish, one.wish_price)]
        if told is not None and self.prices.moved_minute:
            found.append((told.begins, self.prices.moved_minute))
        return found

    def aim(self, visit: int) -> float:
        """Before this minute the visit does not begin unless a plan says so: the dearest target, else its window."""
        one, aims = self.bound[visit], self.targets(visit)
        if not aims:
            return one.early
        return min(max(one.early, max(aims, key=lambda aim: aim[1])[0]), one.late)


def _locked(visit: Visit, lock: Lock | None) -> Visit:
    if lock is None:
        return visit
    liking = {lock.shift: visit.liking.get(lock.shift, 0.0)}
    if lock.begins is None:
        return replace(visit, liking=liking)
    return replace(visit, liking=liking, early=lock.begins, late=lock.begins, late_price=FORBIDDEN, wish=None)

"""A day to be planned, as values: visits, shifts, ways, prices. Pure; minutes count from any common midnight.

Requirements A-6.4.2, B-7.4.2, C-6.1.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from anxin.kit.text import gettext_noop as _
from anxin.matching.engine.dayplan.state import Data

NEAR = 32
# Nothing begins this long (minutes) after the last window: there two people wait for each other for ever.
BEYOND = 600.0
# A lateness that is not allowed at all costs this much a minute.
FORBIDDEN = 1e6


@dataclass(frozen=True)
class Visit:
    """One person's work at one door. `place` indexes the ways; None is a break, taken where one is.

    It begins in early..late; later costs `late_price` a minute; not at all costs `unserved_price`. `liking` maps a
    shift to what it costs (0: fully welcome) to send it; who is absent from it may not be sent.
    """

    place: int | None
    minutes: float
    early: float
    late: float
    liking: dict[int, float]
    late_price: float = 1.0
    unserved_price: float = 10_000.0
    household: int | None = None


@dataclass(frozen=True)
class Together:
    """Two visits at one home: the second begins `least` to `most` minutes after the first (0..0: at the same time)."""

    first: int
    second: int
    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True)
class Shift:
    """One person on one day: from leaving `base` to being back there; later than `ends` costs `over_price` a minute."""

    base: int
    begins: float
    ends: float
    person: int
    over_price: float = 1.0


@dataclass(frozen=True)
class Prices:
    """What else costs: a minute on the way, the largest lateness, unequal work (per minute²), one more face at a home."""

    way: float = 1.0
    largest: float = 0.0
    unequal: float = 0.0
    change: float = 0.0


class Fault(StrEnum):
    """Why a day cannot be planned as it was asked."""

    WINDOW = "window"
    LENGTH = "length"
    PLACE = "place"
    NOBODY = "nobody"
    LAG = "lag"
    HALF = "half"
    SHIFT = "shift"
    WAYS = "ways"
    PRICE = "price"


LABELS = {
    Fault.WINDOW: _("时间窗口的开始晚于结束"),
    Fault.LENGTH: _("时长不是正数"),
    Fault.PLACE: _("地点不在路程表里"),
    Fault.NOBODY: _("没有人可以去"),
    Fault.LAG: _("两次上门的间隔自相矛盾"),
    Fault.HALF: _("两人上门的另一半不存在或重复"),
    Fault.SHIFT: _("班次的开始晚于结束"),
    Fault.WAYS: _("路程表不是方阵，或有负数、空缺"),
    Fault.PRICE: _("代价不是非负数"),
}


@dataclass(frozen=True)
class Complaint:
    """What is wrong with which visit, pair or shift (`at` its index; -1: the whole)."""

    fault: Fault
    at: int


class BadDay(ValueError):
    """A day that cannot be planned; `complaints` says why, all of it at once."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__(", ".join(f"{one.fault} {one.at}" for one in complaints))
        self.complaints = tuple(complaints)


@dataclass(frozen=True)
class Day:
    """All that a plan is made from. `ways[a][b]`: minutes from place a to place b."""

    visits: Sequence[Visit]
    shifts: Sequence[Shift]
    ways: NDArray[np.float64]
    pairs: Sequence[Together] = ()
    prices: Prices = field(default_factory=Prices)

    def complaints(self) -> list[Complaint]:
        """Everything that is wrong with it; empty if it can be planned."""
        return [*self._of_ways(), *self._of_visits(), *self._of_shifts(), *self._of_pairs()]

    def _of_ways(self) -> list[Complaint]:
        ways = np.asarray(self.ways)
        square = ways.ndim == 2 and ways.shape[0] == ways.shape[1]
        good = square and bool(np.isfinite(ways).all() and (ways >= 0).all() and (np.diag(ways) == 0).all())
        found = [] if good else [Complaint(Fault.WAYS, -1)]
        prices = self.prices
        if not _prices(prices.way, prices.largest, prices.unequal, prices.change):
            found.append(Complaint(Fault.PRICE, -1))
        return found

    def _of_visits(self) -> list[Complaint]:
        found, places, shifts = [], len(self.ways), len(self.shifts)
        for n, one in enumerate(self.visits):
            if not (isfinite(one.early) and isfinite(one.late) and one.early <= one.late):
                found.append(Complaint(Fault.WINDOW, n))
            if not (isfinite(one.minutes) and one.minutes > 0):
                found.append(Complaint(Fault.LENGTH, n))
            if one.place is not None and not 0 <= one.place < places:
                found.append(Complaint(Fault.PLACE, n))
            if not one.liking or not all(0 <= s < shifts for s in one.liking):
                found.append(Complaint(Fault.NOBODY, n))
            if not _prices(one.late_price, one.unserved_price, *one.liking.values()):
                found.append(Complaint(Fault.PRICE, n))
        return found

    def _of_shifts(self) -> list[Complaint]:
        found = []
        for n, one in enumerate(self.shifts):
            if not (isfinite(one.begins) and isfinite(one.ends) and one.begins <= one.ends):
                found.append(Complaint(Fault.SHIFT, n))
            if not 0 <= one.base < len(self.ways):
                found.append(Complaint(Fault.PLACE, n))
        return found

    def _of_pairs(self) -> list[Complaint]:
        found: list[Complaint] = []
        seen: set[int] = set()
        for n, one in enumerate(self.pairs):
            halves = {one.first, one.second}
            there = all(0 <= half < len(self.visits) for half in halves)
            if len(halves) < 2 or halves & seen or not there or any(self.visits[h].place is None for h in halves):
                found.append(Complaint(Fault.HALF, n))
            if not (isfinite(one.most) and 0 <= one.least <= one.most):
                found.append(Complaint(Fault.LAG, n))
            seen |= halves
        return found


def _prices(*values: float) -> bool:
    return all(isfinite(one) and one >= 0 for one in values)


def compiled(day: Day) -> Data:
    """The day as arrays for the search. Raises BadDay."""
    if complaints := day.complaints():
        raise BadDay(complaints)
    visits, shifts = day.visits, day.shifts
    other, first = np.full(len(visits), -1, np.int32), np.ones(len(visits), np.bool_)
    least, most = np.zeros(len(visits)), np.zeros(len(visits))
    for pair in day.pairs:
        other[pair.first], other[pair.second] = pair.second, pair.first
        first[pair.second] = False
        least[pair.first], most[pair.first] = pair.least, pair.most
    liking = np.full((len(visits), len(shifts)), inf)
    for n, visit in enumerate(visits):
        liking[n, list(visit.liking)] = list(visit.liking.values())
    ways = np.ascontiguousarray(day.ways, np.float64)
    early, late = _floats(v.early for v in visits), _floats(v.late for v in visits)
    length = _floats(v.minutes for v in visits)
    place = np.array([-1 if v.place is None else v.place for v in visits], np.int32)
    return Data(
        place=place, length=length, early=early, late=late,
        late_price=_floats(v.late_price for v in visits),
        unserved_price=_floats(v.unserved_price for v in visits), other=other, first=first, lag_least=least,
        lag_most=most, liking=liking, minutes=ways, fare=ways * day.prices.way,
        begins=_floats(s.begins for s in shifts), ends=_floats(s.ends for s in shifts),
        base=np.array([s.base for s in shifts], np.int32), over_price=_floats(s.over_price for s in shifts),
        household=np.array([-1 if v.household is None else v.household for v in visits], np.int32),
        person=np.array([s.person for s in shifts], np.int32),
        near=_near(place, length, early, late, liking, ways), largest_price=float(day.prices.largest),
        even_price=float(day.prices.unequal), change_price=float(day.prices.change), horizon=float(late.max(initial=0.0)) + BEYOND,
    )  # fmt: skip


def _floats(values: object) -> NDArray[np.float64]:
    return np.array(list(values), np.float64)  # type: ignore[call-overload,no-any-return]


def _near(
    place: NDArray[np.int32], length: NDArray[np.float64], early: NDArray[np.float64], late: NDArray[np.float64],
    liking: NDArray[np.float64], ways: NDArray[np.float64],
) -> NDArray[np.int32]:  # fmt: skip
    """For each visit the visits that could well stand beside it on a route, best first."""
    count = len(place)
    where = np.maximum(place, 0)
    way = np.where((place[:, None] < 0) | (place[None, :] < 0), 0.0, ways[np.ix_(where, where)])
    # One after the other: what is waited and what comes late if the first begins as early, or as late, as it may.
    begins = early[:, None] + length[:, None] + way
    ends = late[:, None] + length[:, None] + way
    follows = way + 0.5 * np.maximum(0, early[None, :] - ends) + np.maximum(0, begins - late[None, :])
    cost = np.minimum(follows, follows.T)
    # Of use only if somebody may be sent to both.
    open_to = np.isfinite(liking)
    cost[(open_to.astype(np.float32) @ open_to.T.astype(np.float32)) == 0] = inf
    np.fill_diagonal(cost, inf)
    width = min(NEAR, max(count - 1, 1))
    chosen = np.argsort(cost, axis=1, kind="stable")[:, :width].astype(np.int32)
    chosen[~np.isfinite(np.take_along_axis(cost, chosen.astype(np.int64), axis=1))] = -1
    return chosen

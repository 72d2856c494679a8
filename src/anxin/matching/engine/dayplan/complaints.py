"""Why a day cannot be planned as it was asked: every contradiction by name, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from anxin.kit.text import gettext_noop as _
from anxin.matching.engine.dayplan.problem import FORBIDDEN, Day


class Fault(StrEnum):
    """What is wrong."""

    WINDOW = "window"
    LENGTH = "length"
    LOAD = "load"
    PLACE = "place"
    WISH = "wish"
    UNKNOWN_SHIFT = "unknown_shift"
    PRICE = "price"
    HOURS = "hours"
    TWICE = "twice"
    HALF = "half"
    LAG = "lag"
    APART = "apart"
    LOCK = "lock"
    LOCKS = "locks"
    EARLIER = "earlier"
    WAYS = "ways"


FAULTS = {
    Fault.WINDOW: _("时间窗口的开始晚于结束"),
    Fault.LENGTH: _("时长不是正数"),
    Fault.LOAD: _("上门的负荷或班次的上限不是非负数"),
    Fault.PLACE: _("地点不在路程表里"),
    Fault.WISH: _("希望的时间不在时间窗口内"),
    Fault.UNKNOWN_SHIFT: _("班次不存在"),
    Fault.PRICE: _("代价不是非负数"),
    Fault.HOURS: _("班次的开始晚于结束"),
    Fault.TWICE: _("同一个人有两个重叠的班次"),
    Fault.HALF: _("两人上门的另一半不存在、重复或是休息"),
    Fault.LAG: _("两次上门的间隔自相矛盾"),
    Fault.APART: _("两人上门的时间窗口永远合不上"),
    Fault.LOCK: _("锁定的班次或时间与上门的条件矛盾"),
    Fault.LOCKS: _("两个锁定的上门互相重叠"),
    Fault.EARLIER: _("原计划提到不存在的上门，或时间不是数"),
    Fault.WAYS: _("路程表不是方阵，或有负数、空缺"),
}


class Of(StrEnum):
    """What a complaint's number counts."""

    VISIT = "visit"
    SHIFT = "shift"
    PAIR = "pair"
    WHOLE = "whole"


OF = {Of.VISIT: _("上门"), Of.SHIFT: _("班次"), Of.PAIR: _("两人上门"), Of.WHOLE: _("整个计划")}


@dataclass(frozen=True)
class Complaint:
    """What is wrong with which visit, shift or pair (its index; 0 for the whole)."""

    fault: Fault
    of: Of
    at: int = 0


class BadDay(ValueError):
    """A day that cannot be planned; `complaints` says why, all of it at once."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__(", ".join(f"{one.fault} of {one.of} {one.at}" for one in complaints))
        self.complaints = tuple(complaints)


def complaints(day: Day) -> list[Complaint]:
    """Everything that is wrong with the day; empty if it can be planned."""
    found = [*_of_whole(day), *_of_visits(day), *_of_shifts(day), *_of_pairs(day), *_of_locks(day)]
    return found or [*_of_meetings(day), *_of_overlaps(day)]


def _prices(*values: float) -> bool:
    return all(isfinite(one) and one >= 0 for one in values)


def _square(ways: NDArray[np.float64]) -> bool:
    square = ways.ndim == 2 and ways.shape[0] == ways.shape[1]
    return square and bool(np.isfinite(ways).all() and (ways >= 0).all() and (np.diag(ways) == 0).all())


def _of_whole(day: Day) -> list[Complaint]:
    square = all(_square(np.asarray(ways)) for ways in (day.ways, day.paid))
    good = square and np.shape(day.ways) == np.shape(day.paid)
    found = [] if good else [Complaint(Fault.WAYS, Of.WHOLE)]
    if not _prices(*vars(day.prices).values()):
        found.append(Complaint(Fault.PRICE, Of.WHOLE))
    return found


def _of_visits(day: Day) -> list[Complaint]:
    places, shifts = len(day.ways), len(day.shifts)
    found = []
    for n, one in enumerate(day.visits):
        told = day.earlier.get(n)
        bad = {
            Fault.WINDOW: not (isfinite(one.early) and isfinite(one.late) and one.early <= one.late),
            Fault.LENGTH: not (isfinite(one.minutes) and one.minutes > 0),
            Fault.LOAD: not _prices(one.load),
            Fault.PLACE: one.place is not None and not 0 <= one.place < places,
            Fault.WISH: one.wish is not None and not one.early <= one.wish <= one.late,
            Fault.UNKNOWN_SHIFT: not all(0 <= shift < shifts for shift in one.liking),
            Fault.PRICE: not _prices(
                one.late_price, one.unserved_price, one.wish_price, *one.liking.values()
            ),
            Fault.EARLIER: told is not None and not isfinite(told.begins),
        }
        found += [Complaint(fault, Of.VISIT, n) for fault, is_so in bad.items() if is_so]
    strangers = [n for n in day.earlier if not 0 <= n < len(day.visits)]
    return found + [Complaint(Fault.EARLIER, Of.VISIT, n) for n in strangers]


def _of_shifts(day: Day) -> list[Complaint]:
    found, of_person = [], dict[int, list[tuple[float, float, int]]]()
    for n, one in enumerate(day.shifts):
        bad = {
            Fault.HOURS: not (isfinite(one.begins) and isfinite(one.ends) and one.begins <= one.ends),
            Fault.LOAD: not one.most >= 0,
            Fault.PLACE: not 0 <= one.base < len(day.ways),
            Fault.PRICE: not _prices(one.over_price),
        }
        found += [Complaint(fault, Of.SHIFT, n) for fault, is_so in bad.items() if is_so]
        of_person.setdefault(one.person, []).append((one.begins, one.ends, n))
    for theirs in of_person.values():
        for before, after in pairwise(sorted(theirs)):
            if after[0] < before[1]:
                found.append(Complaint(Fault.TWICE, Of.SHIFT, after[2]))
    return found


def _of_pairs(day: Day) -> list[Complaint]:
    found: list[Complaint] = []
    seen: set[int] = set()
    for n, one in enumerate(day.pairs):
        halves = {one.first, one.second}
        there = all(0 <= half < len(day.visits) for half in halves)
        if len(halves) < 2 or halves & seen or not there or any(day.visits[h].place is None for h in halves):
            found.append(Complaint(Fault.HALF, Of.PAIR, n))
        if not (isfinite(one.most) and 0 <= one.least <= one.most):
            found.append(Complaint(Fault.LAG, Of.PAIR, n))
        seen |= halves
    return found


def _of_locks(day: Day) -> list[Complaint]:
    found = []
    for n, lock in day.locks.items():
        good = 0 <= n < len(day.visits) and lock.shift in day.visits[n].liking
        if good and lock.begins is not None:
            good = day.visits[n].early <= lock.begins <= day.visits[n].late
        if not good:
            found.append(Complaint(Fault.LOCK, Of.VISIT, n))
    return found


def _of_meetings(day: Day) -> list[Complaint]:
    """Pairs that cannot meet although neither may be late."""
    found = []
    for n, pair in enumerate(day.pairs):
        one, two = day.bound[pair.first], day.bound[pair.second]
        one_late = one.late_price >= FORBIDDEN and two.early > one.late + pair.most
        two_late = two.late_price >= FORBIDDEN and one.early + pair.least > two.late
        if one_late or two_late:
            found.append(Complaint(Fault.APART, Of.PAIR, n))
    return found


def _of_overlaps(day: Day) -> list[Complaint]:
    """Visits locked to the minute that one person cannot make one after the other."""
    fixed = sorted((lock.shift, lock.begins, n) for n, lock in day.locks.items() if lock.begins is not None)
    found = []
    for (shift, begins, n), (next_shift, next_begins, next_n) in pairwise(fixed):
        one, two = day.visits[n], day.visits[next_n]
        way = 0.0 if one.place is None or two.place is None else float(day.ways[one.place, two.place])
        if shift == next_shift and begins + one.minutes + way > next_begins:
            found.append(Complaint(Fault.LOCKS, Of.VISIT, next_n))
    return found

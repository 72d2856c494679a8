"""A plan in the hands of a dispatcher: what a move would cost, and where else a visit could stand.

Plain Python, so that a page answers at once: nothing here is compiled, nothing is searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from anxin.kit.text import gettext_noop as _
from anxin.matching.engine.dayplan.check import recount
from anxin.matching.engine.dayplan.problem import FORBIDDEN, Day
from anxin.matching.engine.dayplan.result import Cost, Left, Plan, Routes, Stop, Why
from anxin.matching.engine.dayplan.timetable import follow


class Unfollowable(ValueError):
    """Routes in which people would wait for each other for ever."""


class Gate(StrEnum):
    """Why a move cannot be."""

    MAY = "may"
    LOCKED = "locked"
    APART = "apart"
    HALF = "half"
    TIME = "time"


GATES = {
    Gate.MAY: _("这个人不能去"),
    Gate.LOCKED: _("已锁定"),
    Gate.APART: _("两人上门要由两个人去"),
    Gate.HALF: _("两人上门的另一半没有位置"),
    Gate.TIME: _("时间排不开"),
}


@dataclass(frozen=True)
class Move:
    """What a move would do: the plan after it and what it adds to the cost, or the gate at which it fails."""

    plan: Plan | None
    adds: Cost = Cost()
    gate: Gate | None = None


@dataclass(frozen=True)
class Place:
    """Where a visit could stand: behind so many other visits of a shift; what that adds to the cost."""

    shift: int
    position: int
    move: Move


def lay(day: Day, routes: Routes, holds: Sequence[float] | None = None, left: Sequence[Left] = ()) -> Plan:
    """The plan of these routes, everything as early as it may be. Raises Unfollowable.

    holds: by visit, before which minute it does not begin; else each visit's aim. left: why some stay out.
    """
    at = follow(day, routes, [day.aim(n) for n in range(len(day.visits))] if holds is None else holds)
    if at is None:
        raise Unfollowable
    stops = tuple(
        tuple(Stop(shift, n, at[n], max(0.0, at[n] - day.visits[n].late)) for n in route)
        for shift, route in enumerate(routes)
    )
    said = {one.visit: one for one in left}
    out = tuple(said.get(n, Left(n, Why.BY_HAND)) for n in range(len(day.visits)) if n not in at)
    bare = Plan(stops, out, Cost())
    return replace(bare, cost=recount(day, bare))


def held(day: Day, plan: Plan) -> list[float]:
    """By visit, before which minute it does not begin in this plan: its aim, or the earlier time that the plan says."""
    aims = [day.aim(n) for n in range(len(day.visits))]
    return [min(aim, plan.stops[n].begins) if n in plan.stops else aim for n, aim in enumerate(aims)]


def cost_of_move(day: Day, plan: Plan, visit: int, to_shift: int | None, position: int = 0) -> Move:
    """What it would cost to make `visit` stand behind `position` others of `to_shift`; None: to leave it out.

    The other half of a visit by two stays where it is; if it is unserved it goes to its cheapest place, and a visit
    by two is left out whole. A move that would make somebody late without pardon (FORBIDDEN) fails by time.
    """
    other = day.other(visit)
    if gate := _gate(day, plan, visit, to_shift, other):
        return Move(None, gate=gate)
    taken = {visit} if to_shift is not None or other is None else {visit, other}
    routes = [[n for n in route if n not in taken] for route in plan.order]
    holds = held(day, plan)
    holds[visit] = day.aim(visit)
    if to_shift is None:
        return _moved(day, plan, routes, holds)
    routes[to_shift].insert(position, visit)
    if other is None or other in plan.stops:
        return _moved(day, plan, routes, holds)
    tries = [
        move
        for shift, there in _spots(day, plan, routes, other)
        if day.shifts[shift].person != day.shifts[to_shift].person or not day.pair_of[visit].apart
        if (move := _moved(day, plan, _with(routes, other, shift, there), holds)).plan
    ]
    return min(tries, key=lambda move: move.adds.total, default=Move(None, gate=Gate.HALF))


def places(day: Day, plan: Plan, visit: int, most: int = 10) -> list[Place]:
    """Where else the visit could stand, the cheapest place of each shift, cheapest first: the substitutes."""
    here = plan.stops.get(visit)
    routes = [[n for n in route if n != visit] for route in plan.order]
    best: dict[int, Place] = {}
    for shift, position in _spots(day, plan, routes, visit):
        if here is not None and here.shift == shift:
            continue
        move = cost_of_move(day, plan, visit, shift, position)
        if move.plan and (shift not in best or move.adds.total < best[shift].move.adds.total):
            best[shift] = Place(shift, position, move)
    return sorted(best.values(), key=lambda place: (place.move.adds.total, place.shift))[:most]


def _gate(day: Day, plan: Plan, visit: int, to_shift: int | None, other: int | None) -> Gate | None:
    lock, here = day.locks.get(visit), plan.stops.get(visit)
    if to_shift is None:
        bound = lock or (other is not None and other in day.locks)
        return Gate.LOCKED if bound else None
    if to_shift not in day.visits[visit].liking:
        return Gate.MAY
    if lock and (lock.shift != to_shift or (lock.begins is not None and here is None)):
        return Gate.LOCKED
    beside = plan.stops.get(other) if other is not None else None
    if beside and day.pair_of[visit].apart:
        same = day.shifts[beside.shift].person == day.shifts[to_shift].person
        return Gate.APART if same else None
    return None


def _with(routes: Routes, visit: int, shift: int, position: int) -> list[list[int]]:
    found = [list(route) for route in routes]
    found[shift].insert(position, visit)
    return found


def _spots(day: Day, plan: Plan, routes: Routes, visit: int) -> Iterator[tuple[int, int]]:
    """The places in routes without the visit where its window may be kept, and the one nearest to it in each."""
    one = day.bound[visit]
    for shift in sorted(one.liking):
        begins = [plan.stops[n].begins if n in plan.stops else day.bound[n].early for n in routes[shift]]
        nearest = sum(at < one.late for at in begins)
        for n in range(len(begins) + 1):
            early = n < len(begins) and begins[n] < one.early
            late = n > 0 and begins[n - 1] > one.late
            if n == nearest or not (early or late):
                yield shift, n


def _moved(day: Day, plan: Plan, routes: Routes, holds: Sequence[float]) -> Move:
    try:
        after = lay(day, routes, holds, plan.left)
    except Unfollowable:
        return Move(None, gate=Gate.TIME)
    adds = after.cost - plan.cost
    # One minute that may not be costs as much.
    if adds.total - adds.unserved >= FORBIDDEN:
        return Move(None, adds, Gate.TIME)
    return Move(after, adds)
